//! The operator's configuration: flags, then the environment, then `crosstie.toml`, then defaults.

use crate::hook::Pusher;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use engine::retry::{Schedule, parse_wait};
use outbound::{AllowList, Authorities, Limits, Proxy, Relay, is_mail_address};
use serde::Deserialize;
use server::Rates;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// The file that is read when it is there and no other is named.
const DEFAULT_FILE: &str = "crosstie.toml";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// The longest time for one answer that may be asked for; an attempt, of several requests, has five
/// minutes.
const LONGEST_ANSWER: Duration = Duration::from_secs(120);

const AUDIT_DAYS: u32 = 365;

/// The options of the server. Each is also `CROSSTIE_<OPTION>` in the environment
/// and a key in the configuration file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Options {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "CROSSTIE_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Folder for the database, keys and first credentials
    #[arg(long, env = "CROSSTIE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// PostgreSQL instead of SQLite in the data folder
    #[arg(
        long,
        env = "CROSSTIE_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// NATS JetStream to spread the work over several machines
    #[arg(
        long,
        env = "CROSSTIE_QUEUE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub queue_url: Option<String>,
    /// Address under which people and tools reach this server [default: http://LISTEN]
    #[arg(long, env = "CROSSTIE_EXTERNAL_URL", value_name = "URL")]
    pub external_url: Option<String>,
    /// Private hosts and networks that integrations may reach, separated by commas
    #[arg(long, env = "CROSSTIE_OUTBOUND_ALLOW", value_name = "HOST_OR_CIDR,…")]
    pub outbound_allow: Option<String>,
    /// How long a tool may take for one answer [default: 10s]
    #[arg(long, env = "CROSSTIE_OUTBOUND_TIMEOUT", value_name = "TIME")]
    pub outbound_timeout: Option<String>,
    /// Proxy on the way to the Internet, such as http://user:password@proxy.example.com:3128
    #[arg(
        long,
        env = "CROSSTIE_OUTBOUND_PROXY",
        value_name = "URL",
        hide_env_values = true
    )]
    pub outbound_proxy: Option<String>,
    /// Hosts whose names the proxy resolves instead of this machine, separated by commas
    #[arg(long, env = "CROSSTIE_OUTBOUND_PROXY_NAMES", value_name = "HOST,…")]
    pub outbound_proxy_names: Option<String>,
    /// Certificate authorities to trust in addition to the system's, a PEM file
    #[arg(long, env = "CROSSTIE_OUTBOUND_CA_FILE", value_name = "FILE")]
    pub outbound_ca_file: Option<String>,
    /// Mail server for mails, such as smtp://user:password@mail.example.com:587
    #[arg(
        long,
        env = "CROSSTIE_SMTP_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub smtp_url: Option<String>,
    /// Sender of mails [default: crosstie@ and the host of the external URL]
    #[arg(long, env = "CROSSTIE_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// What this process does
    #[arg(long, env = "CROSSTIE_ROLE", value_name = "ROLE")]
    pub role: Option<Role>,
    /// Waits before each attempt of a delivery [default: 0s,5s,30s,2m,10m,30m,2h,6h,12h]
    #[arg(long, env = "CROSSTIE_RETRY_SCHEDULE", value_name = "WAITS")]
    pub retry_schedule: Option<String>,
    /// How logs are written [default: text]
    #[arg(long, env = "CROSSTIE_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// What the server is for; some integrations are available only for development
    /// [default: production]
    #[arg(long, env = "CROSSTIE_ENV", value_name = "ENV")]
    pub env: Option<Env>,
    /// Requests of the API a minute by one user, 0 for any number [default: 2000]
    #[arg(long, env = "CROSSTIE_RATE_LIMIT_API", value_name = "COUNT")]
    pub rate_limit_api: Option<u32>,
    /// Pages a minute by one user, 0 for any number [default: 1000]
    #[arg(long, env = "CROSSTIE_RATE_LIMIT_WEB", value_name = "COUNT")]
    pub rate_limit_web: Option<u32>,
    /// Either a minute from one address without signing in, 0 for any number [default: 500]
    #[arg(
        long,
        env = "CROSSTIE_RATE_LIMIT_UNAUTHENTICATED",
        value_name = "COUNT"
    )]
    pub rate_limit_unauthenticated: Option<u32>,
    /// Days that audit log entries are stored, 0 to store them forever [default: 365]
    #[arg(long, env = "CROSSTIE_AUDIT_DAYS", value_name = "DAYS")]
    pub audit_days: Option<u32>,
    /// First administrator's API token, taken at the first start
    #[arg(long, env = "CROSSTIE_ROOT_TOKEN", hide = true, hide_env_values = true)]
    pub root_token: Option<String>,
    /// First administrator's web password, taken at the first start
    #[arg(
        long,
        env = "CROSSTIE_ROOT_PASSWORD",
        hide = true,
        hide_env_values = true
    )]
    pub root_password: Option<String>,
    /// Key that secrets are sealed with, at least 32 characters
    #[arg(long, env = "CROSSTIE_SECRET_KEY", hide = true, hide_env_values = true)]
    pub secret_key: Option<String>,
    /// Secret of the system-wide hook, `POST /hooks`
    #[arg(
        long,
        env = "CROSSTIE_HOOK_SECRET",
        hide = true,
        hide_env_values = true
    )]
    pub hook_secret: Option<String>,
}

/// What a process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// answers requests and delivers
    #[default]
    All,
    /// answers requests
    Web,
    /// delivers
    Worker,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// lines for humans
    #[default]
    Text,
    /// one JSON object a line
    Json,
}

/// What a server is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Env {
    /// work
    #[default]
    Production,
    /// trying things out
    Development,
}

/// The options, checked.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// address and port to listen on
    pub listen: SocketAddr,
    /// folder for everything kept
    pub data: PathBuf,
    /// address others reach this server under, without a slash at the end; where it listens if none
    pub external_url: Option<String>,
    /// private addresses that may be reached
    pub outbound_allow: AllowList,
    /// how long a tool may take for one answer
    pub outbound_timeout: Duration,
    /// the proxy on the way to the Internet, if there is one
    pub outbound_proxy: Option<Proxy>,
    /// certificate authorities in addition to those of the system
    pub outbound_authorities: Authorities,
    /// the mail server, if there is one
    pub mail: Option<MailConfig>,
    /// waits before each attempt
    pub schedule: Schedule,
    /// how logs are written
    pub log_format: LogFormat,
    /// what the server is for
    pub env: Env,
    /// how often API and pages may be asked
    pub rates: Rates,
    /// days that audit log entries are stored; forever if none
    pub audit_days: Option<u32>,
    /// credentials and keys given from outside
    pub given: Given,
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub(crate) struct MailConfig {
    /// the server that takes it
    pub relay: Relay,
    /// the sender, if not the default
    pub from: Option<String>,
}

/// Credentials and keys that the operator may set; otherwise they are generated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// API token of `root`
    pub root_token: Option<String>,
    /// web password of `root`
    pub root_password: Option<String>,
    /// key for secrets at rest
    pub secret_key: Option<String>,
    /// secret of the system-wide hook
    pub hook_secret: Option<String>,
}

/// Puts the options together and checks them.
///
/// `file` was named on the command line; without one, `crosstie.toml` in the present
/// folder is read if it is there.
pub(crate) fn load(options: Options, file: Option<&Path>) -> Result<Config> {
    let from_file = match file {
        Some(path) => read_file(path)?,
        None => default_file()?,
    };
    check(merge(options, from_file))
}

fn default_file() -> Result<Options> {
    let path = Path::new(DEFAULT_FILE);
    if path.exists() {
        read_file(path)
    } else {
        Ok(Options::default())
    }
}

fn read_file(path: &Path) -> Result<Options> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration file {} cannot be read", path.display()))?;
    toml::from_str(&text)
        .with_context(|| format!("the configuration file {} is not right", path.display()))
}

fn merge(first: Options, second: Options) -> Options {
    Options {
        listen: first.listen.or(second.listen),
        data: first.data.or(second.data),
        database_url: first.database_url.or(second.database_url),
        queue_url: first.queue_url.or(second.queue_url),
        external_url: first.external_url.or(second.external_url),
        outbound_allow: first.outbound_allow.or(second.outbound_allow),
        outbound_timeout: first.outbound_timeout.or(second.outbound_timeout),
        outbound_proxy: first.outbound_proxy.or(second.outbound_proxy),
        outbound_proxy_names: first.outbound_proxy_names.or(second.outbound_proxy_names),
        outbound_ca_file: first.outbound_ca_file.or(second.outbound_ca_file),
        smtp_url: first.smtp_url.or(second.smtp_url),
        mail_from: first.mail_from.or(second.mail_from),
        role: first.role.or(second.role),
        retry_schedule: first.retry_schedule.or(second.retry_schedule),
        log_format: first.log_format.or(second.log_format),
        env: first.env.or(second.env),
        rate_limit_api: first.rate_limit_api.or(second.rate_limit_api),
        rate_limit_web: first.rate_limit_web.or(second.rate_limit_web),
        rate_limit_unauthenticated: first
            .rate_limit_unauthenticated
            .or(second.rate_limit_unauthenticated),
        audit_days: first.audit_days.or(second.audit_days),
        root_token: first.root_token.or(second.root_token),
        root_password: first.root_password.or(second.root_password),
        secret_key: first.secret_key.or(second.secret_key),
        hook_secret: first.hook_secret.or(second.hook_secret),
    }
}

fn check(options: Options) -> Result<Config> {
    if options.database_url.is_some() {
        bail!(
            "--database-url: this version keeps everything in SQLite in the data folder; leave the option out"
        );
    }
    if options.queue_url.is_some() {
        bail!(
            "--queue-url: this version works on one machine without a broker; leave the option out"
        );
    }
    if options.role.unwrap_or_default() != Role::All {
        bail!("--role: this version works on one machine, in the role `all`");
    }
    let rates = rates(&options);
    let listen = options.listen.unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
    let listen: SocketAddr = listen.parse().with_context(|| {
        format!("--listen {listen}: an address and a port are needed, such as 127.0.0.1:8080")
    })?;
    let Some(data) = options.data else {
        bail!(
            "--data is missing: name the folder where Crosstie keeps its database, for example --data ./crosstie-data"
        );
    };
    Ok(Config {
        listen,
        data,
        external_url: non_blank(options.external_url)
            .map(|url| external_url(&url))
            .transpose()?,
        outbound_allow: AllowList::parse(&options.outbound_allow.unwrap_or_default())
            .context("--outbound-allow")?,
        outbound_timeout: match options.outbound_timeout {
            Some(text) => outbound_timeout(&text)?,
            None => Limits::default().timeout,
        },
        outbound_proxy: proxy(
            non_blank(options.outbound_proxy),
            non_blank(options.outbound_proxy_names),
        )?,
        outbound_authorities: match non_blank(options.outbound_ca_file) {
            Some(path) => authorities(&path)?,
            None => Authorities::default(),
        },
        mail: mail(non_blank(options.smtp_url), non_blank(options.mail_from))?,
        schedule: match options.retry_schedule {
            Some(text) => Schedule::parse(&text).context("--retry-schedule")?,
            None => Schedule::default(),
        },
        log_format: options.log_format.unwrap_or_default(),
        env: options.env.unwrap_or_default(),
        rates,
        audit_days: Some(options.audit_days.unwrap_or(AUDIT_DAYS)).filter(|days| *days > 0),
        given: Given {
            root_token: non_blank(options.root_token),
            root_password: non_blank(options.root_password),
            secret_key: non_blank(options.secret_key),
            hook_secret: non_blank(options.hook_secret),
        },
    })
}

fn rates(options: &Options) -> Rates {
    let defaults = Rates::default();
    Rates {
        api: options.rate_limit_api.unwrap_or(defaults.api),
        web: options.rate_limit_web.unwrap_or(defaults.web),
        unauthenticated: options
            .rate_limit_unauthenticated
            .unwrap_or(defaults.unauthenticated),
    }
}

fn outbound_timeout(text: &str) -> Result<Duration> {
    parse_wait(text)
        .filter(|time| !time.is_zero() && *time <= LONGEST_ANSWER)
        .with_context(|| {
            format!("--outbound-timeout {text}: a time up to 2m is needed, such as 10s or 500ms")
        })
}

fn proxy(url: Option<String>, names: Option<String>) -> Result<Option<Proxy>> {
    let Some(url) = url else {
        if names.is_some() {
            bail!("--outbound-proxy-names: there is no proxy; name it with --outbound-proxy");
        }
        return Ok(None);
    };
    // The address is not quoted: it may hold a password.
    let proxy = Proxy::parse(&url).context("--outbound-proxy")?;
    let proxy = proxy.resolving(&names.unwrap_or_default());
    Ok(Some(proxy.context("--outbound-proxy-names")?))
}

fn authorities(path: &str) -> Result<Authorities> {
    let option = || format!("--outbound-ca-file {path}");
    let pem = std::fs::read(path).with_context(option)?;
    Authorities::parse(&pem).with_context(option)
}

fn mail(smtp_url: Option<String>, from: Option<String>) -> Result<Option<MailConfig>> {
    if let Some(from) = from.as_ref().filter(|from| !is_mail_address(from)) {
        bail!("--mail-from {from}: a mail address is needed, such as crosstie@example.com");
    }
    // The address is not quoted: it may hold a password.
    let relay = smtp_url.map(|url| Relay::parse(&url).context("--smtp-url"));
    Ok(relay.transpose()?.map(|relay| MailConfig { relay, from }))
}

/// An empty variable in the environment counts as unset.
pub(crate) fn non_blank(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn external_url(text: &str) -> Result<String> {
    let url = Url::parse(text).with_context(|| format!("--external-url {text}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        bail!(
            "--external-url {text}: an http or https address is needed, such as https://crosstie.example.com"
        );
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// The data folder and the key for secrets of the server with the same configuration, as far as
/// they were not named.
pub(crate) fn sealed(
    data: Option<PathBuf>,
    secret_key: Option<String>,
) -> Result<(PathBuf, Option<String>)> {
    let file = default_file()?;
    let Some(data) = data.or(file.data) else {
        bail!("--data is missing: name the server's data folder");
    };
    let key = non_blank(secret_key).or(non_blank(file.secret_key));
    Ok((data, key))
}

/// Where a running server is, and what it is asked with.
pub(crate) struct Reached {
    /// its address, without a slash at the end
    pub url: String,
    /// an API token
    pub token: String,
}

/// Finds the server that runs with the same configuration, as far as it was not named.
pub(crate) fn reached(
    server: Option<String>,
    data: Option<PathBuf>,
    token: Option<String>,
) -> Result<Reached> {
    let file = default_file()?;
    let url = match non_blank(server) {
        Some(url) => url,
        None => format!("http://{}", listening(file.listen.as_deref())),
    };
    let token = match (non_blank(token), data.or(file.data)) {
        (Some(token), _) => token,
        (None, Some(data)) => {
            let path = data.join("root_token");
            let text = std::fs::read_to_string(&path).with_context(|| {
                format!(
                    "no token: {} cannot be read; set CROSSTIE_TOKEN to an API token",
                    path.display()
                )
            })?;
            text.trim().to_owned()
        }
        (None, None) => bail!(
            "no token: set CROSSTIE_TOKEN to an API token, or name the server's data folder with --data"
        ),
    };
    Ok(Reached {
        url: url.trim_end_matches('/').to_owned(),
        token,
    })
}

/// Where a server that listens there is reached from the same machine.
fn listening(listen: Option<&str>) -> String {
    let listen = environment("CROSSTIE_LISTEN").or(listen.map(str::to_owned));
    let listen = listen.unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
    match listen.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_unspecified() => format!("127.0.0.1:{}", address.port()),
        _ => listen,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one home of the environment"
)]
fn environment(name: &str) -> Option<String> {
    non_blank(std::env::var(name).ok())
}

/// The variable of that name, which a settings file refers to.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one home of the environment"
)]
pub(crate) fn referred(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Who pushes, from the environment of a Git hook.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one home of the environment"
)]
pub(crate) fn pusher() -> Pusher {
    Pusher::from_environment(|name| std::env::var(name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str) -> Options {
        toml::from_str(text).unwrap()
    }

    fn message(text: &str) -> String {
        format!("{:#}", check(options(text)).unwrap_err())
    }

    #[test]
    fn flags_come_before_the_file() {
        let merged = merge(
            options("listen = '1.2.3.4:5'"),
            options("listen = 'x'\ndata = '/d'"),
        );
        let config = check(merged).unwrap();
        assert_eq!(config.listen.to_string(), "1.2.3.4:5");
        assert_eq!(config.external_url, None);
        assert_eq!(config.data, Path::new("/d"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_option() {
        assert!(message("").contains("--data is missing"));
        assert!(message("data='d'\nlisten='here'").contains("--listen here"));
        assert!(message("data='d'\noutbound_allow='http://x'").contains("--outbound-allow"));
        assert!(message("data='d'\nexternal_url='ftp://x'").contains("--external-url"));
        assert!(message("data='d'\nretry_schedule='often'").contains("--retry-schedule"));
        for time in ["soon", "0s", "10m"] {
            let error_text = message(&format!("data='d'\noutbound_timeout='{time}'"));
            assert!(error_text.contains("--outbound-timeout"), "{error_text}");
        }
        assert!(message("data='d'\noutbound_ca_file='/none'").contains("--outbound-ca-file /none"));
        assert!(message("data='d'\noutbound_proxy_names='x'").contains("there is no proxy"));
        let names = "data='d'\noutbound_proxy='http://p'\noutbound_proxy_names='http://x'";
        assert!(message(names).contains("--outbound-proxy-names"));
        let proxy = message("data='d'\noutbound_proxy='https://u:hunter2@x'");
        assert!(proxy.contains("--outbound-proxy") && !proxy.contains("hunter2"));
        let smtp = message("data='d'\nsmtp_url='http://u:hunter2@x'");
        assert!(smtp.contains("--smtp-url") && !smtp.contains("hunter2"));
        assert!(message("data='d'\nmail_from='me'").contains("--mail-from me"));
        assert!(message("data='d'\nrole='web'").contains("--role"));
        assert!(message("data='d'\ndatabase_url='postgres://x'").contains("--database-url"));
    }

    #[test]
    fn a_server_is_for_production_unless_set_to_development() {
        let env = |text: &str| check(options(text)).unwrap().env;
        assert_eq!(env("data='d'"), Env::Production);
        assert_eq!(env("data='d'\nenv='development'"), Env::Development);
        assert!(toml::from_str::<Options>("env = 'test'").is_err());
    }

    #[test]
    fn an_unknown_key_in_the_file_is_an_error() {
        let error = toml::from_str::<Options>("lisen = 'x'")
            .unwrap_err()
            .to_string();
        assert!(error.contains("lisen"), "{error}");
    }
}
