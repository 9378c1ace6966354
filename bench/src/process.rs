//! The processes that are measured.

use crate::connection::Connection;
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// What answers `200` once requests are served.
pub(crate) const READINESS: &str = "/-/readiness";

/// The longest that a start may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running process that serves HTTP; it ends with this value.
pub(crate) struct Process {
    child: Child,
    pub address: SocketAddr,
    /// from its start until it served requests
    pub started_in: Duration,
}

impl Process {
    /// Starts a program that listens where it is told and waits until it serves.
    pub(crate) async fn start(mut command: Command, address: SocketAddr) -> Result<Self> {
        let begun = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("{} cannot be started", command.get_program().display()))?;
        let mut process = Self {
            child,
            address,
            started_in: Duration::ZERO,
        };
        while !serves(address).await {
            if begun.elapsed() > PATIENCE || process.child.try_wait()?.is_some() {
                bail!("{} did not start to serve", command.get_program().display());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        process.started_in = begun.elapsed();
        Ok(process)
    }

    /// One of the bare loops of this program.
    pub(crate) async fn bare(name: &str, target: &[&str]) -> Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args([name, &address.to_string()]).args(target);
        Self::start(command, address).await
    }

    /// Memory that it has in use now, in megabytes.
    pub(crate) fn resident(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .context("memory is read from /proc, which only Linux has")?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse::<f64>().ok());
        Ok(kilobytes.context("no VmRSS in /proc")? / 1024.0)
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server, built beside this program.
pub(crate) fn crosstie() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("crosstie");
    if !path.is_file() {
        bail!(
            "{} is missing: run this with `cargo xtask bench`, which builds it",
            path.display()
        );
    }
    Ok(path)
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn serves(address: SocketAddr) -> bool {
    let request = async {
        let mut connection = Connection::open(address).await?;
        connection.send("GET", READINESS, &[], Bytes::new()).await
    };
    request.await.is_ok_and(|(status, _)| status.is_success())
}
