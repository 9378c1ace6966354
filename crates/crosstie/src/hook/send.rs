//! Brings events to the server: in order, within a time, each until it is taken.

use super::spool::{Letter, Spool};
use super::target::Target;
use anyhow::Context as _;
use outbound::{AllowList, Answer, Limits, Outbound, Redactor, Request, SendError};
use std::fs::File;
use std::time::Duration;
use tokio::time::Instant;

/// How long a sender of somebody else's is waited for when there is no hurry.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest piece of a server's own words that is shown.
const WORDS: usize = 200;

/// How much time there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// for one event
    pub(super) request: Duration,
    /// for everything
    pub(super) whole: Option<Duration>,
}

/// While somebody waits for their push.
pub(super) const AT_PUSH: Pace = Pace {
    request: Duration::from_secs(3),
    whole: Some(Duration::from_secs(3)),
};

/// While an administrator empties the spool.
pub(super) const AT_FLUSH: Pace = Pace {
    request: Duration::from_secs(10),
    whole: None,
};

/// How it went.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// the server has them
    pub(super) sent: usize,
    /// they wait in the spool
    pub(super) kept: usize,
    /// they could not be kept, and were not sent
    pub(super) lost: usize,
    /// set aside, with the reason for each
    pub(super) refused: Vec<String>,
    /// why it ended before the end
    pub(super) reason: Option<String>,
}

/// What the server's answer means for an event.
enum Reply {
    Taken,
    /// it will never be taken
    Refused(String),
    /// it may be taken later, and those behind it wait with it
    Later(String),
}

/// Sends the spool and then what could not be put into it.
///
/// On a thread and runtime of its own: looking up a name cannot be called off, so
/// a runtime that waits for its threads would hold up the push beyond the time.
pub(super) async fn deliver(
    spool: Spool,
    direct: Vec<Letter>,
    target: Target,
    pace: Pace,
) -> anyhow::Result<Tally> {
    let (report, reported) = tokio::sync::oneshot::channel();
    let work = move || {
        let tally = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map(|runtime| {
                let tally = runtime.block_on(Sender::new(spool, target, pace).send_all(direct));
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
        .context("sending stopped in the middle")?
        .context("cannot start sending")
}

struct Sender {
    spool: Spool,
    target: Target,
    outbound: Outbound,
    pace: Pace,
    deadline: Option<Instant>,
    /// whether the server takes nothing now, so that nothing may overtake what waits
    blocked: bool,
    tally: Tally,
}

impl Sender {
    fn new(spool: Spool, target: Target, pace: Pace) -> Self {
        let limits = Limits {
            connect_timeout: pace.request,
            timeout: pace.request,
            answer_bytes: 64 * 1024,
            ..Limits::default()
        };
        Self {
            spool,
            target,
            // The administrator of the repository chose the server.
            outbound: Outbound::new(AllowList::everything(), limits),
            pace,
            deadline: pace.whole.map(|whole| Instant::now() + whole),
            blocked: false,
            tally: Tally::default(),
        }
    }

    async fn send_all(mut self, direct: Vec<Letter>) -> Tally {
        if let Err(error) = self.send_spool().await {
            self.tally
                .reason
                .get_or_insert_with(|| format!("{error:#}"));
        }
        self.tally.kept = self.spool.list().map_or(0, |names| names.len());
        self.send_direct(direct).await;
        self.tally
    }

    async fn send_spool(&mut self) -> anyhow::Result<()> {
        if self.listed()?.is_empty() {
            return Ok(());
        }
        let Some(_lock) = self.lock().await? else {
            return Ok(());
        };
        // Again after the last one: another push may have put more in, and be waiting for the lock.
        loop {
            let names = self.listed()?;
            if names.is_empty() {
                return Ok(());
            }
            for name in names {
                if !self.send_file(&name).await? {
                    return Ok(());
                }
            }
        }
    }

    fn listed(&self) -> anyhow::Result<Vec<String>> {
        let folder = self.spool.folder().display();
        self.spool
            .list()
            .with_context(|| format!("cannot list {folder}"))
    }

    /// The lock, or leave to go without where it cannot be had: a repeat does no harm.
    async fn lock(&mut self) -> anyhow::Result<Option<Option<File>>> {
        let until = self.deadline.unwrap_or_else(|| Instant::now() + PATIENCE);
        match self.spool.lock(until).await {
            Ok(Some(file)) => Ok(Some(Some(file))),
            Ok(None) => {
                self.blocked = true;
                self.tally.reason = Some("another push or flush is still sending".into());
                Ok(None)
            }
            Err(_) => Ok(Some(None)),
        }
    }

    /// Whether the next one can be sent.
    async fn send_file(&mut self, name: &str) -> anyhow::Result<bool> {
        let path = || self.spool.folder().join(name).display().to_string();
        let Some(letter) = self
            .spool
            .load(name)
            .with_context(|| format!("cannot read {}", path()))?
        else {
            self.set_aside(name, "the file is damaged")?;
            return Ok(true);
        };
        match self.send(&letter).await {
            Reply::Taken => {
                self.tally.sent += 1;
                self.spool
                    .discard(name)
                    .with_context(|| format!("cannot remove {}, which was sent", path()))?;
                Ok(true)
            }
            Reply::Refused(why) => {
                self.set_aside(name, &why)?;
                Ok(true)
            }
            Reply::Later(why) => {
                self.blocked = true;
                self.tally.reason = Some(why);
                Ok(false)
            }
        }
    }

    fn set_aside(&mut self, name: &str, why: &str) -> anyhow::Result<()> {
        self.tally.refused.push(why.to_owned());
        self.spool
            .refuse(name, why)
            .with_context(|| format!("cannot set {name} aside ({why})"))
    }

    async fn send_direct(&mut self, letters: Vec<Letter>) {
        for letter in letters {
            if self.blocked {
                self.tally.lost += 1;
                continue;
            }
            match self.send(&letter).await {
                Reply::Taken => self.tally.sent += 1,
                Reply::Refused(why) => {
                    self.tally.lost += 1;
                    self.tally.reason = Some(format!("the server refused it ({why})"));
                }
                Reply::Later(why) => {
                    self.blocked = true;
                    self.tally.lost += 1;
                    self.tally.reason = Some(why);
                }
            }
        }
    }

    async fn send(&self, letter: &Letter) -> Reply {
        let secret = self.target.secret.expose().to_owned();
        let mut request = Request::post(self.target.intake()).json(&letter.body);
        request.headers.extend([
            ("x-gitlab-event", letter.event.clone()),
            ("x-gitlab-token", secret),
            ("idempotency-key", letter.key.clone()),
        ]);
        let now = Instant::now();
        let until = now + self.pace.request;
        let until = self.deadline.map_or(until, |deadline| deadline.min(until));
        if until <= now {
            return self.too_slow();
        }
        match tokio::time::timeout_at(until, self.outbound.send(&request)).await {
            Ok(result) => self.judge(result),
            Err(_) => self.too_slow(),
        }
    }

    fn too_slow(&self) -> Reply {
        let time = self.pace.whole.unwrap_or(self.pace.request).as_secs_f32();
        Reply::Later(format!(
            "the server at {} did not take them within {time} s",
            self.target.server
        ))
    }

    fn judge(&self, result: Result<Answer, SendError>) -> Reply {
        let server = &self.target.server;
        let answer = match result {
            Ok(answer) => answer,
            Err(SendError::Timeout { .. }) => return self.too_slow(),
            Err(error @ SendError::Redirect { .. }) => {
                return Reply::Later(format!("{error} with crosstie hook install"));
            }
            Err(error) => {
                return Reply::Later(format!("the server at {server} cannot be reached: {error}"));
            }
        };
        let status = answer.status;
        match status {
            200 | 202 => Reply::Taken,
            400 | 413 | 422 => Reply::Refused(format!("{status}{}", self.words(&answer))),
            401 | 403 => Reply::Later(format!(
                "the server at {server} does not accept the secret ({status}); set the right one with crosstie hook install"
            )),
            404 => Reply::Later(format!(
                "the server at {server} knows no project {} (404); create it or name the right one with crosstie hook install",
                self.target.project
            )),
            _ => Reply::Later(format!(
                "the server at {server} answered {status}{}",
                self.words(&answer)
            )),
        }
    }

    /// What the server says itself, short and without our secret.
    fn words(&self, answer: &Answer) -> String {
        let json = answer.json().unwrap_or_default();
        let text = ["message", "error"]
            .iter()
            .find_map(|key| json[*key].as_str())
            .unwrap_or_default();
        let clean = Redactor::new([&self.target.secret], &[])
            .redact(text)
            .into_owned();
        let short: String = clean.chars().take(WORDS).collect();
        if short.is_empty() {
            short
        } else {
            format!(": {short}")
        }
    }
}
