//! The whole way, once, on one machine: a server, stand-ins of Jira, a chat, a CI server, a mail
//! server and an IRC relay, a bare repository, and real pushes. Works with no network and leaves
//! nothing behind.

mod api;
mod credentials;
mod repository;
mod walk;

use crate::ambient::SystemClock;
use crate::config::{Config, Env, Given, LogFormat, MailConfig};
use crate::{log, serve};
use anyhow::{Context, Result};
use api::Api;
use clap::{Args, ValueEnum};
use credentials::{HOOK_SECRET, PASSWORD, TOKEN};
use engine::retry::Schedule;
use model::Clock;
use outbound::{AllowList, Authorities, Limits, Relay};
use sandbox::all::All;
use sandbox::jira::Flavour;
use server::Rates;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tracing::Level;
use walk::Walk;

/// Options of `crosstie demo`.
#[derive(Args)]
pub(crate) struct Options {
    /// Repository to start from [default: the one this folder is in]
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
    /// Which of the two kinds of Jira to stand in for
    #[arg(long, value_enum, default_value_t = JiraKind::Server)]
    jira: JiraKind,
    /// End after the walk instead of waiting for Ctrl-C
    #[arg(long)]
    once: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum JiraKind {
    /// Jira Server or Data Center: wiki text
    Server,
    /// Jira Cloud: documents
    Cloud,
}

/// Runs the demo until it is stopped.
pub(crate) async fn run(options: Options) -> Result<()> {
    log::start(LogFormat::Text, Level::WARN);
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let flavour = match options.jira {
        JiraKind::Server => Flavour::Server,
        JiraKind::Cloud => Flavour::Cloud,
    };
    let tools = All::start(flavour, Arc::new(|| SystemClock.now())).await;
    let tools = tools.context("no free port on 127.0.0.1")?;
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .context("no free port on 127.0.0.1")?;
    let address = listener.local_addr()?;
    let config = Config {
        audit_days: None,
        listen: address,
        data: folder.path().join("data"),
        external_url: None,
        outbound_allow: AllowList::parse("127.0.0.1")?,
        outbound_timeout: Limits::default().timeout,
        outbound_proxy: None,
        outbound_authorities: Authorities::default(),
        schedule: Schedule::default(),
        mail: Some(MailConfig {
            relay: Relay::parse(&format!("smtp://{}", tools.smtp))?,
            from: None,
        }),
        log_format: LogFormat::Text,
        env: Env::Production,
        rates: Rates::default(),
        given: Given {
            root_token: Some(TOKEN.into()),
            root_password: Some(PASSWORD.into()),
            secret_key: Some("demo-key-for-secrets-of-the-demo-alone".into()),
            hook_secret: Some(HOOK_SECRET.into()),
        },
    };
    let server = serve::start(&config, listener).await?;
    let walk = Walk {
        api: Api::new(&server.external_url, TOKEN)?,
        server: server.external_url.clone(),
        tools,
        out: std::io::stdout(),
    };
    let result = tokio::select! {
        result = walk.go(folder.path(), options.repo, options.once) => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    server.stop().await;
    result
}
