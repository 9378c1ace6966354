//! Sends events to the server: in order, within a time limit, each until it is accepted.

use super::spool::{Spool, SpooledEvent};
use super::target::Target;
use anyhow::{Context as _, bail, ensure};
use outbound::{AllowList, Answer, Limits, Outbound, Redactor, Request, SendError};
use std::fs::File;
use std::time::Duration;
use tokio::time::Instant;

/// How long a flush waits for another sender.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum of a server's message that is shown, in characters.
const MAX_SHOWN: usize = 200;

/// Time limits for sending.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimits {
    /// for one event
    pub(super) request: Duration,
    /// for all events
    pub(super) total: Option<Duration>,
}

/// For a push, while the pusher waits.
pub(super) const AT_PUSH: TimeLimits = TimeLimits {
    request: Duration::from_secs(3),
    total: Some(Duration::from_secs(3)),
};

/// For a flush by an administrator.
pub(super) const AT_FLUSH: TimeLimits = TimeLimits {
    request: Duration::from_secs(10),
    total: None,
};

/// The result of sending.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// events accepted by the server
    pub(super) sent: usize,
    /// events left in the spool
    pub(super) spooled: usize,
    /// events neither spooled nor sent
    pub(super) lost: usize,
    /// the reason for each rejected event
    pub(super) refused: Vec<String>,
    /// why sending stopped early
    pub(super) reason: Option<String>,
}

/// The server's response to an event.
enum Reply {
    Accepted,
    /// the server will never accept it
    Refused(String),
    /// it may be accepted later; the events after it wait too
    Later(String),
}

/// Sends the spool, and then the events that could not be spooled.
///
/// Uses a separate thread and runtime: a name lookup cannot be cancelled, so
/// a runtime that waits for its threads would delay the push beyond the time limit.
pub(super) async fn deliver(
    spool: Spool,
    direct: Vec<SpooledEvent>,
    target: Target,
    time_limits: TimeLimits,
) -> anyhow::Result<Tally> {
    let (report, reported) = tokio::sync::oneshot::channel();
    let work = move || {
        let tally = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map(|runtime| {
                let tally =
                    runtime.block_on(Sender::new(spool, target, time_limits).send_all(direct));
                runtime.shutdown_background();
                tally
            });
        let _ = report.send(tally);
    };
    std::thread::Builder::new()
        .name("crosstie-hook-send".into())
        .spawn(work)
        .context("cannot start a thread")?;
    reported
        .await
        .context("sending stopped unexpectedly")?
        .context("cannot start sending")
}

struct Sender {
    spool: Spool,
    target: Target,
    outbound: Outbound,
    time_limits: TimeLimits,
    deadline: Option<Instant>,
    /// whether sending must stop, to preserve the order
    blocked: bool,
    tally: Tally,
}

impl Sender {
    fn new(spool: Spool, target: Target, time_limits: TimeLimits) -> Self {
        let limits = Limits {
            connect_timeout: time_limits.request,
            timeout: time_limits.request,
            answer_bytes: 64 * 1024,
            ..Limits::default()
        };
        Self {
            spool,
            target,
            // The administrator of the repository chose the server.
            outbound: Outbound::new(AllowList::everything(), limits),
            time_limits,
            deadline: time_limits.total.map(|total| Instant::now() + total),
            blocked: false,
            tally: Tally::default(),
        }
    }

    async fn send_all(mut self, direct: Vec<SpooledEvent>) -> Tally {
        if let Err(error) = self.send_spool().await {
            self.tally
                .reason
                .get_or_insert_with(|| format!("{error:#}"));
        }
        self.tally.spooled = self.spool.list().map_or(0, |names| names.len());
        self.send_direct(direct).await;
        self.tally
    }

    async fn send_spool(&mut self) -> anyhow::Result<()> {
        if self.list()?.is_empty() {
            return Ok(());
        }
        let _lock = self.lock().await?;
        // List again after the last one: another push may have added more, and be waiting for the lock.
        loop {
            let names = self.list()?;
            if names.is_empty() {
                return Ok(());
            }
            for name in names {
                self.send_file(&name).await?;
            }
        }
    }

    fn list(&self) -> anyhow::Result<Vec<String>> {
        let folder = self.spool.folder().display();
        self.spool
            .list()
            .with_context(|| format!("cannot list {folder}"))
    }

    /// The lock; an error while another process has it. Without it where locking fails, because
    /// duplicates are harmless.
    async fn lock(&mut self) -> anyhow::Result<Option<File>> {
        let deadline = self
            .deadline
            .unwrap_or_else(|| Instant::now() + LOCK_TIMEOUT);
        let lock = self.spool.lock(deadline).await;
        self.blocked = matches!(lock, Ok(None));
        ensure!(!self.blocked, "another push or flush is still sending");
        Ok(lock.ok().flatten())
    }

    /// Sends one event; an error if the next one cannot be sent.
    async fn send_file(&mut self, name: &str) -> anyhow::Result<()> {
        let path = || self.spool.folder().join(name).display().to_string();
        let Some(event) = self
            .spool
            .load(name)
            .with_context(|| format!("cannot read {}", path()))?
        else {
            return self.reject(name, "the file is damaged");
        };
        match self.send(&event).await {
            Reply::Accepted => {
                self.tally.sent += 1;
                self.spool
                    .discard(name)
                    .with_context(|| format!("cannot remove {} after sending it", path()))
            }
            Reply::Refused(why) => self.reject(name, &why),
            Reply::Later(why) => {
                self.blocked = true;
                bail!(why)
            }
        }
    }

    fn reject(&mut self, name: &str, why: &str) -> anyhow::Result<()> {
        self.tally.refused.push(why.to_owned());
        self.spool
            .refuse(name, why)
            .with_context(|| format!("cannot move {name} to the rejected events ({why})"))
    }

    async fn send_direct(&mut self, events: Vec<SpooledEvent>) {
        for event in events {
            if self.blocked {
                self.tally.lost += 1;
                continue;
            }
            match self.send(&event).await {
                Reply::Accepted => self.tally.sent += 1,
                Reply::Refused(why) => {
                    self.tally.lost += 1;
                    self.tally.reason = Some(format!("the server rejected it ({why})"));
                }
                Reply::Later(why) => {
                    self.blocked = true;
                    self.tally.lost += 1;
                    self.tally.reason = Some(why);
                }
            }
        }
    }

    async fn send(&self, event: &SpooledEvent) -> Reply {
        let secret = self.target.secret.expose().to_owned();
        let mut request = Request::post(self.target.intake()).json(&event.body);
        request.headers.extend([
            ("x-gitlab-event", event.kind.clone()),
            ("x-gitlab-token", secret),
            ("idempotency-key", event.key.clone()),
        ]);
        let now = Instant::now();
        let until = now + self.time_limits.request;
        let until = self.deadline.map_or(until, |deadline| deadline.min(until));
        if until <= now {
            return self.timed_out();
        }
        match tokio::time::timeout_at(until, self.outbound.send(&request)).await {
            Ok(result) => self.reply(result),
            Err(_) => self.timed_out(),
        }
    }

    fn timed_out(&self) -> Reply {
        let time = self
            .time_limits
            .total
            .unwrap_or(self.time_limits.request)
            .as_secs_f32();
        Reply::Later(format!(
            "the server at {} timed out after {time} s",
            self.target.server
        ))
    }

    fn reply(&self, result: Result<Answer, SendError>) -> Reply {
        let server = &self.target.server;
        let answer = match result {
            Ok(answer) => answer,
            Err(SendError::Timeout { .. }) => return self.timed_out(),
            Err(error @ SendError::Redirect { .. }) => {
                return Reply::Later(format!("{error} with crosstie hook install"));
            }
            Err(error) => {
                return Reply::Later(format!("the server at {server} cannot be reached: {error}"));
            }
        };
        let status = answer.status;
        match status {
            200 | 202 => Reply::Accepted,
            400 | 413 | 422 => Reply::Refused(format!("{status}{}", self.message(&answer))),
            401 | 403 => Reply::Later(format!(
                "the server at {server} rejects the secret ({status}): set the right one with crosstie hook install"
            )),
            404 => Reply::Later(format!(
                "the server at {server} has no project {} (404): create it, or set the right one with crosstie hook install",
                self.target.project
            )),
            _ => Reply::Later(format!(
                "the server at {server} responded {status}{}",
                self.message(&answer)
            )),
        }
    }

    /// The server's message, shortened and without the secret.
    fn message(&self, answer: &Answer) -> String {
        let json = answer.json().unwrap_or_default();
        let text = ["message", "error"]
            .iter()
            .find_map(|key| json[*key].as_str())
            .unwrap_or_default();
        let clean = Redactor::new([&self.target.secret], &[])
            .redact(text)
            .into_owned();
        let short: String = clean.chars().take(MAX_SHOWN).collect();
        if short.is_empty() {
            short
        } else {
            format!(": {short}")
        }
    }
}
