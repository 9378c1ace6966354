//! What the demo does and prints, step by step.

use super::api::Api;
use super::credentials::{HOOK_SECRET, PASSWORD, TOKEN};
use super::repository::Repository;
use anyhow::{Context, Result, bail};
use sandbox::all::All;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The project that is pushed to.
const PROJECT: &str = "demo/shop";
/// The project whose issues are in a tracker that is only linked to.
const NOTES: &str = "demo/notes";
/// How long the walk waits for the deliveries of a push.
const PATIENCE: Duration = Duration::from_secs(60);

/// The walk through everything.
pub(super) struct Walk {
    pub(super) api: Api,
    pub(super) server: String,
    pub(super) tools: All,
    pub(super) out: std::io::Stdout,
}

impl Walk {
    /// Goes the whole way, and then waits to be ended unless it is to go only once.
    pub(super) async fn go(
        mut self,
        folder: &Path,
        repo: Option<PathBuf>,
        once: bool,
    ) -> Result<()> {
        self.print("\nCrosstie, the whole way once. Everything runs on this machine.\n")?;
        self.step(1, &format!("Crosstie listens on {}", self.server))?;
        self.step(
            2,
            "stand-ins of Jira, a chat, Jenkins, a mail server and IRC listen beside it",
        )?;
        let repository = Repository::make(folder, repo).await?;
        self.step(
            3,
            &format!("a bare repository was made from {}", repository.origin()),
        )?;
        let count = self.set_up(&repository).await?;
        self.step(4, &format!("project {PROJECT} was made, {count} integrations set up, the hook put into the repository"))?;

        let title = "SHOP-1 Keep the basket in the session";
        let branch = repository.commit_on_branch(title).await?;
        self.step(5, &format!("git push of branch {branch}: \"{title}\""))?;
        self.print_deliveries(count).await?;
        let branch = repository
            .commit_on_default("Round prices to two digits\n\nFixes SHOP-2")
            .await?;
        self.step(
            6,
            &format!("git push of branch {branch}: \"Round prices to two digits … Fixes SHOP-2\""),
        )?;
        self.print_deliveries(2 * count).await?;
        self.show_references().await?;
        self.print_addresses()?;
        if !once {
            self.print("\nCtrl-C ends the demo and leaves nothing behind.\n")?;
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    /// Makes the project with all its integrations; answers how many these are.
    async fn set_up(&self, repository: &Repository) -> Result<usize> {
        let group = json!({"name": "Demo", "path": "demo"});
        let group = self.api.post("/api/v4/groups", &group).await?;
        let project = json!({
            "name": "Shop", "path": "shop", "namespace_id": group["id"],
            "default_branch": repository.default_branch(),
        });
        self.api.post("/api/v4/projects", &project).await?;
        let notes = json!({"name": "Notes", "path": "notes", "namespace_id": group["id"]});
        self.api.post("/api/v4/projects", &notes).await?;
        let source =
            json!({"kind": "git", "secret": HOOK_SECRET, "repository_path": repository.bare()});
        self.api
            .put(&path("/api/crosstie/v1", PROJECT, "/source"), &source)
            .await?;
        let settings = self.tools.settings();
        for (slug, values) in &settings {
            let route = path("/api/v4", PROJECT, &format!("/integrations/{slug}"));
            self.api.put(&route, values).await?;
        }
        repository
            .install_hook(&self.server, PROJECT, HOOK_SECRET)
            .await?;
        Ok(settings.len())
    }

    /// Waits until so many deliveries have ended and prints what those of the newest event did.
    async fn print_deliveries(&mut self, count: usize) -> Result<()> {
        let wait = async {
            loop {
                let list = self
                    .api
                    .get(&path("/api/crosstie/v1", PROJECT, "/deliveries"))
                    .await?;
                let rows = list.as_array().cloned().unwrap_or_default();
                let ended = |row: &&Value| row["status"] != "pending";
                if rows.iter().filter(ended).count() >= count {
                    return Ok::<_, anyhow::Error>(rows);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let Ok(rows) = tokio::time::timeout(PATIENCE, wait).await else {
            bail!("the deliveries did not end within {} s", PATIENCE.as_secs());
        };
        let rows = rows?;
        let newest = rows[0]["event_id"].clone();
        for row in rows.iter().rev().filter(|row| row["event_id"] == newest) {
            self.print_delivery(&row["id"]).await?;
        }
        Ok(())
    }

    async fn print_delivery(&mut self, id: &Value) -> Result<()> {
        let delivery = self
            .api
            .get(&format!("/api/crosstie/v1/deliveries/{id}"))
            .await?;
        let text = |key: &str| delivery[key].as_str().unwrap_or_default().to_owned();
        let reason = delivery["reason"]
            .as_str()
            .map(|reason| format!(" ({reason})"));
        self.print(&format!(
            "     delivery {id} to {}: {}{}",
            text("integration"),
            text("status"),
            reason.unwrap_or_default()
        ))?;
        let attempts = delivery["attempts"].as_array().into_iter().flatten();
        for request in
            attempts.flat_map(|attempt| attempt["requests"].as_array().into_iter().flatten())
        {
            let url = request["url"].as_str().unwrap_or_default();
            let method = request["method"].as_str().unwrap_or_default();
            let status = request["status"]
                .as_u64()
                .map(|status| format!(" → {status}"));
            self.print(&format!(
                "       {method:<4} {url}{}",
                status.unwrap_or_default()
            ))?;
        }
        Ok(())
    }

    /// Shows what a tracker that is only linked to does: Markdown with its references as links.
    async fn show_references(&mut self) -> Result<()> {
        let (slug, settings, text) = All::tracker();
        let route = path("/api/v4", NOTES, &format!("/integrations/{slug}"));
        self.api.put(&route, &settings).await?;
        let request = json!({"text": text, "gfm": true, "project": NOTES});
        let answer = self.api.post("/api/v4/markdown", &request).await?;
        self.step(7, &format!("{slug} of project {NOTES}: \"{text}\" as HTML"))?;
        self.print(&format!(
            "     {}",
            answer["html"].as_str().unwrap_or_default().trim()
        ))
    }

    fn print_addresses(&mut self) -> Result<()> {
        let (server, tools) = (self.server.clone(), &self.tools);
        let deliveries = path("/api/crosstie/v1", PROJECT, "/deliveries");
        let lines = [
            format!("{server}/{PROJECT}  what was pushed; sign in as root with {PASSWORD}"),
            format!("{}/browse/SHOP-1  the comment and the link", tools.jira),
            format!("{}/browse/SHOP-2  moved to Done", tools.jira),
            format!("{}/  what the chat heard", tools.chat),
            format!("{}/  what Jenkins builds", tools.jenkins),
            format!("{}/  the mails", tools.mail),
            format!("{}/  what the IRC channel heard", tools.irc),
            format!("curl -H 'PRIVATE-TOKEN: {TOKEN}' {server}{deliveries}"),
        ];
        self.print("\nLook at it:")?;
        lines
            .iter()
            .try_for_each(|line| self.print(&format!("  {line}")))
    }

    fn step(&mut self, number: u8, text: &str) -> Result<()> {
        self.print(&format!("  {number}. {text}"))
    }

    fn print(&mut self, text: &str) -> Result<()> {
        writeln!(self.out, "{text}").context("nothing can be written here")
    }
}

fn path(api: &str, project: &str, rest: &str) -> String {
    format!("{api}/projects/{}{rest}", project.replace('/', "%2F"))
}
