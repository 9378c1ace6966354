//! The load: hooks sent over many connections, as fast as they are answered or at a steady pace.

use crate::bodies;
use crate::connection::Connection;
use crate::figures::milliseconds;
use crate::product::HOOK_SECRET;
use anyhow::{Result, ensure};
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Connections that send at the same time.
const CONNECTIONS: usize = 64;

/// One request to send.
pub(crate) struct Shot {
    path: String,
    key: String,
    body: Bytes,
}

/// What to send: the events of one round, shared out to the projects in turn.
pub(crate) fn shots(round: usize, count: usize, projects: &[String]) -> Arc<Vec<Shot>> {
    let shot = |number: usize| Shot {
        path: format!("/hooks/{}", projects[number % projects.len()]),
        key: format!("{round}-{number}"),
        body: bodies::event(number).into(),
    };
    Arc::new((0..count).map(shot).collect())
}

/// What a flood measured.
pub(crate) struct Flood {
    pub begun: Instant,
    pub took: Duration,
    /// of each request, in milliseconds
    pub latencies: Vec<f64>,
}

impl Flood {
    /// Requests answered in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }
}

/// Sends everything as fast as it is answered.
pub(crate) async fn flood(address: SocketAddr, shots: &Arc<Vec<Shot>>) -> Result<Flood> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS {
        open.push(Connection::open(address).await?);
    }
    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for mut connection in open {
        let (shots, next) = (Arc::clone(shots), Arc::clone(&next));
        senders.spawn(async move {
            let mut latencies = Vec::new();
            while let Some(shot) = shots.get(next.fetch_add(1, Ordering::Relaxed)) {
                let sent = Instant::now();
                fire(&mut connection, shot).await?;
                latencies.push(milliseconds(sent.elapsed()));
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(ended) = senders.join_next().await {
        latencies.extend(ended??);
    }
    Ok(Flood {
        begun,
        took: begun.elapsed(),
        latencies,
    })
}

/// Sends everything at a steady pace; answers when each was sent.
pub(crate) async fn steady(
    address: SocketAddr,
    shots: &Arc<Vec<Shot>>,
    per_second: u32,
) -> Result<Vec<Instant>> {
    let begin = Instant::now() + Duration::from_millis(100);
    let interval = Duration::from_secs(1) / per_second;
    let mut senders = JoinSet::new();
    for first in 0..CONNECTIONS {
        let shots = Arc::clone(shots);
        senders.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut sent = Vec::new();
            let mut due = begin + interval * u32::try_from(first)?;
            for (number, shot) in shots.iter().enumerate().skip(first).step_by(CONNECTIONS) {
                tokio::time::sleep_until(due.into()).await;
                due += interval * u32::try_from(CONNECTIONS)?;
                sent.push((number, Instant::now()));
                fire(&mut connection, shot).await?;
            }
            anyhow::Ok(sent)
        });
    }
    let mut sent = Vec::new();
    while let Some(ended) = senders.join_next().await {
        sent.extend(ended??);
    }
    sent.sort_unstable();
    Ok(sent.into_iter().map(|(_, at)| at).collect())
}

async fn fire(connection: &mut Connection, shot: &Shot) -> Result<()> {
    let headers = [
        ("x-gitlab-event", "Push Hook"),
        ("x-gitlab-token", HOOK_SECRET),
        ("idempotency-key", shot.key.as_str()),
        ("user-agent", "GitLab/18.0"),
    ];
    let (status, answer) = connection
        .send("POST", &shot.path, &headers, shot.body.clone())
        .await?;
    ensure!(
        status == 202,
        "{}: {status} {}",
        shot.path,
        String::from_utf8_lossy(&answer)
    );
    Ok(())
}
