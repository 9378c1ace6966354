//! The whole way, once, on one machine: a server, a stand-in of Jira, a bare
//! repository, and a real push. Works with no network and leaves nothing behind.

mod api;
mod repository;

use crate::ambient::SystemClock;
use crate::config::{Config, Given, LogFormat};
use crate::{log, serve};
use anyhow::{Context, Result, bail};
use api::Api;
use clap::{Args, ValueEnum};
use engine::retry::Schedule;
use model::Clock;
use outbound::{AllowList, Limits};
use repository::Repository;
use sandbox::jira::{Account, Flavour, Jira};
use serde_json::{Value, json};
use server::Rates;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tracing::Level;

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

/// The demo's only project.
const PROJECT: &str = "demo/shop";
const HOOK_SECRET: &str = "demo-hook-secret";
/// The web password of `root`.
const PASSWORD: &str = "demo-password";
const TOKEN: &str = "glpat-demo-0123456789abcd";
/// How long the walk waits for the deliveries of a push.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the demo until it is told to stop.
pub(crate) async fn run(options: Options) -> Result<()> {
    log::start(LogFormat::Text, Level::WARN);
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let jira = start_jira(options.jira).await?;
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .context("no free port on 127.0.0.1")?;
    let address = listener.local_addr()?;
    let config = Config {
        listen: address,
        data: folder.path().join("data"),
        external_url: None,
        outbound_allow: AllowList::parse("127.0.0.1")?,
        outbound_timeout: Limits::default().timeout,
        schedule: Schedule::default(),
        log_format: LogFormat::Text,
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
        jira,
        out: std::io::stdout(),
    };
    let result = tokio::select! {
        result = walk.go(folder.path(), options.repo, options.once) => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    server.stop().await;
    result
}

/// The stand-in that was started, and how to reach it.
struct Stand {
    url: String,
    account: (String, String),
}

async fn start_jira(kind: JiraKind) -> Result<Stand> {
    let (flavour, username) = match kind {
        JiraKind::Server => (Flavour::Server, "crosstie"),
        JiraKind::Cloud => (Flavour::Cloud, "crosstie@example.com"),
    };
    let account = Account {
        username: username.into(),
        password: "demo-password".into(),
    };
    let jira = Jira::new(flavour, account, Arc::new(|| SystemClock.now()));
    jira.add_project("SHOP", "Shop");
    jira.add_issue("SHOP-1", "The basket forgets what is in it");
    jira.add_issue("SHOP-2", "Prices show too many digits");
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .context("no free port on 127.0.0.1")?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { sandbox::jira::serve(&jira, listener).await });
    Ok(Stand {
        url,
        account: (username.into(), "demo-password".into()),
    })
}

struct Walk {
    api: Api,
    server: String,
    jira: Stand,
    out: std::io::Stdout,
}

impl Walk {
    async fn go(
        mut self,
        folder: &std::path::Path,
        repo: Option<PathBuf>,
        once: bool,
    ) -> Result<()> {
        self.say("\nCrosstie, the whole way once. Everything runs on this machine.\n")?;
        self.step(1, &format!("Crosstie listens on {}", self.server))?;
        self.step(
            2,
            &format!("a stand-in of Jira listens on {}", self.jira.url),
        )?;
        let repository = Repository::make(folder, repo).await?;
        self.step(
            3,
            &format!("a bare repository was made from {}", repository.origin()),
        )?;
        self.set_up(&repository).await?;
        self.step(
            4,
            &format!("project {PROJECT} was made, Jira set up, the hook put into the repository"),
        )?;

        let branch = repository
            .commit_on_branch("SHOP-1 Keep the basket in the session")
            .await?;
        self.step(
            5,
            &format!("git push of branch {branch}: \"SHOP-1 Keep the basket in the session\""),
        )?;
        self.tell_deliveries(1).await?;
        let branch = repository
            .commit_on_default("Round prices to two digits\n\nFixes SHOP-2")
            .await?;
        self.step(
            6,
            &format!("git push of branch {branch}: \"Round prices to two digits … Fixes SHOP-2\""),
        )?;
        self.tell_deliveries(2).await?;
        self.tell_addresses()?;
        if !once {
            self.say("\nCtrl-C ends the demo and leaves nothing behind.\n")?;
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn set_up(&self, repository: &Repository) -> Result<()> {
        let group = self
            .api
            .post("/api/v4/groups", &json!({"name": "Demo", "path": "demo"}))
            .await?;
        let project = json!({
            "name": "Shop", "path": "shop", "namespace_id": group["id"],
            "default_branch": repository.default_branch(),
        });
        self.api.post("/api/v4/projects", &project).await?;
        let source =
            json!({"kind": "git", "secret": HOOK_SECRET, "repository_path": repository.bare()});
        self.api
            .put(&project_path("/api/crosstie/v1", "/source"), &source)
            .await?;
        let (username, password) = &self.jira.account;
        let jira = json!({
            "url": self.jira.url, "username": username, "password": password,
            "jira_issue_transition_automatic": true,
        });
        self.api
            .put(&project_path("/api/v4", "/integrations/jira"), &jira)
            .await?;
        repository
            .install_hook(&self.server, PROJECT, HOOK_SECRET)
            .await
    }

    /// Waits until so many deliveries have ended and tells what the newest of them did.
    async fn tell_deliveries(&mut self, count: usize) -> Result<()> {
        let wait = async {
            loop {
                let list = self
                    .api
                    .get(&project_path("/api/crosstie/v1", "/deliveries"))
                    .await?;
                let rows = list.as_array().cloned().unwrap_or_default();
                let ended = |row: &&Value| row["status"] != "pending";
                if rows.iter().filter(ended).count() >= count {
                    return Ok::<_, anyhow::Error>(rows[0]["id"].clone());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let Ok(id) = tokio::time::timeout(PATIENCE, wait).await else {
            bail!("the delivery did not end within {} s", PATIENCE.as_secs());
        };
        let delivery = self
            .api
            .get(&format!("/api/crosstie/v1/deliveries/{}", id?))
            .await?;
        let status = delivery["status"].as_str().unwrap_or_default();
        let reason = delivery["reason"]
            .as_str()
            .map(|reason| format!(" ({reason})"))
            .unwrap_or_default();
        self.say(&format!(
            "     delivery {} to Jira: {status}{reason}",
            delivery["id"]
        ))?;
        let attempts = delivery["attempts"].as_array().into_iter().flatten();
        for request in
            attempts.flat_map(|attempt| attempt["requests"].as_array().into_iter().flatten())
        {
            let url = request["url"].as_str().unwrap_or_default();
            let path = url.strip_prefix(self.jira.url.as_str()).unwrap_or(url);
            let method = request["method"].as_str().unwrap_or_default();
            self.say(&format!(
                "       {method:<4} {path} → {}",
                request["status"]
            ))?;
        }
        Ok(())
    }

    fn tell_addresses(&mut self) -> Result<()> {
        let (server, jira) = (self.server.clone(), self.jira.url.clone());
        self.say("\nLook at it:")?;
        self.say(&format!(
            "  {server}/{PROJECT}  what was pushed; sign in as root with {PASSWORD}"
        ))?;
        self.say(&format!("  {jira}/browse/SHOP-1  the comment and the link"))?;
        self.say(&format!("  {jira}/browse/SHOP-2  moved to Done"))?;
        self.say(&format!(
            "  curl -H 'PRIVATE-TOKEN: {TOKEN}' {server}{}",
            project_path("/api/crosstie/v1", "/deliveries")
        ))
    }

    fn step(&mut self, number: u8, text: &str) -> Result<()> {
        self.say(&format!("  {number}. {text}"))
    }

    fn say(&mut self, text: &str) -> Result<()> {
        writeln!(self.out, "{text}").context("nothing can be written here")
    }
}

fn project_path(api: &str, rest: &str) -> String {
    format!("{api}/projects/{}{rest}", PROJECT.replace('/', "%2F"))
}
