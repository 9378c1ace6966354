//! The server on a data folder of its own, with projects that have one integration each.

use crate::connection::{Connection, TOKEN};
use crate::process::{self, Process, free_address};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs::File;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use store::{Sql, Sqlite, Store, StoreError};
use tempfile::TempDir;

/// The secret of every project's hook.
pub(crate) const HOOK_SECRET: &str = "bench-hook-secret";

/// The integration that is measured, and what it is set to for a tool at that address.
const INTEGRATION: &str = "slack";
fn settings(tool: &str) -> Value {
    json!({ "webhook": format!("{tool}/services/T0/B0/X0"), "branches_to_be_notified": "all" })
}

/// A running server.
pub(crate) struct Product {
    pub process: Process,
    folder: TempDir,
}

impl Product {
    /// Starts on an empty data folder.
    pub(crate) async fn start() -> Result<Self> {
        Self::start_in(tempfile::tempdir()?).await
    }

    async fn start_in(folder: TempDir) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(process::crosstie()?);
        command
            .args(["serve", "--listen", &address.to_string()])
            .args(["--outbound-allow", "127.0.0.1", "--data"])
            .arg(folder.path())
            .env("CROSSTIE_ROOT_TOKEN", TOKEN)
            .env("CROSSTIE_ROOT_PASSWORD", "bench-password")
            .env("CROSSTIE_RATE_LIMIT_API", "0")
            .current_dir(folder.path())
            .stderr(
                File::options()
                    .create(true)
                    .append(true)
                    .open(folder.path().join("log"))?,
            );
        let process = Process::start(command, address).await?;
        Ok(Self { process, folder })
    }

    /// Stops, changes the database in one transaction, and starts again.
    pub(crate) async fn restart_with<F>(self, change: F) -> Result<Self>
    where
        F: FnMut(&mut dyn Sql) -> Result<(), StoreError> + Send + 'static,
    {
        let Self { process, folder } = self;
        process.stop()?;
        let database = Sqlite::open(&folder.path().join("crosstie.db"))?;
        let store = Store::new(Arc::new(database));
        store.write(change).await?;
        drop(store);
        Self::start_in(folder).await
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.process.address
    }

    /// Makes projects with a source and the integration; answers their ids.
    pub(crate) async fn projects(&self, count: usize, tool: &str) -> Result<Vec<String>> {
        let mut connection = Connection::open(self.address()).await?;
        let group = json!({ "name": "Bench", "path": "bench" });
        let group = connection.api("POST", "/api/v4/groups", &group).await?;
        let mut ids = Vec::new();
        for number in 0..count {
            let name = format!("project-{number}");
            let project = json!({ "name": name, "path": name, "namespace_id": group["id"] });
            let project = connection.api("POST", "/api/v4/projects", &project).await?;
            let id = project["id"].as_i64().context("a project has an id")?;
            let source = json!({ "kind": "gitlab", "secret": HOOK_SECRET });
            let path = format!("/api/crosstie/v1/projects/{id}/source");
            connection.api("PUT", &path, &source).await?;
            let path = format!("/api/v4/projects/{id}/integrations/{INTEGRATION}");
            connection.api("PUT", &path, &settings(tool)).await?;
            ids.push(id.to_string());
        }
        Ok(ids)
    }
}
