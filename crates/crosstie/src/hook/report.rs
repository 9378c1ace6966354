//! Reporting a push, and flushing the spool later.

use super::collect::Collector;
use super::event::{LIMITS, Limits};
use super::git::Git;
use super::pusher::Pusher;
use super::send::{self, TimeLimits};
use super::spool::{Spool, SpooledEvent};
use super::target::Target;
use super::{line, refs, repository};
use anyhow::Context as _;
use model::{Clock, Random};
use std::path::Path;

/// The length of an idempotency key, in characters: more than 128 bits.
const KEY_LENGTH: usize = 24;

/// A push to report.
pub(super) struct Push<'a> {
    pub(super) git: Git,
    /// the hook's stdin
    pub(super) input: &'a [u8],
    pub(super) pusher: &'a Pusher,
    pub(super) random: &'a dyn Random,
    pub(super) clock: &'a dyn Clock,
    pub(super) time_limits: TimeLimits,
    pub(super) limits: Limits,
}

/// Events that could not be spooled, and why.
#[derive(Default)]
struct Unspooled {
    events: Vec<SpooledEvent>,
    why: Option<String>,
}

impl<'a> Push<'a> {
    /// A push to the repository in `git_dir`.
    pub(super) fn new(
        git_dir: &Path,
        input: &'a [u8],
        pusher: &'a Pusher,
        random: &'a dyn Random,
        clock: &'a dyn Clock,
    ) -> Self {
        Self {
            git: Git::new(git_dir),
            input,
            pusher,
            random,
            clock,
            time_limits: send::AT_PUSH,
            limits: LIMITS,
        }
    }

    /// Spools the push's events and sends the spool. Returns the message to show, if any.
    pub(super) async fn report(&self) -> Option<String> {
        let result = async {
            let target = Target::load(self.git.dir())?;
            let spool = Spool::of(self.git.dir());
            let mut gaps = Vec::new();
            let unspooled = self.spool_events(&spool, &target.project, &mut gaps).await;
            let tally = send::deliver(spool, unspooled.events, target, self.time_limits).await?;
            Ok::<_, anyhow::Error>(line::of_push(
                self.git.dir(),
                &tally,
                &gaps,
                unspooled.why.as_deref(),
            ))
        };
        result.await.unwrap_or_else(|error| {
            let message = format!("this push may not be reported: {error:#}");
            Some(line::one_line(&[message]))
        })
    }

    async fn spool_events(
        &self,
        spool: &Spool,
        project: &str,
        gaps: &mut Vec<String>,
    ) -> Unspooled {
        let (updates, invalid) = refs::parse(self.input);
        let mut unspooled = Unspooled::default();
        let mut collector = Collector {
            git: &self.git,
            project,
            pusher: self.pusher,
            limits: self.limits,
            gaps: Vec::new(),
        };
        if invalid > 0 {
            let gap = format!("{invalid} lines on stdin are not \"old new ref\" and were ignored");
            collector.gaps.push(gap);
        }
        if !updates.is_empty() {
            let context = collector.read_context(&updates).await;
            let time = self.clock.now();
            for (number, update) in updates.iter().enumerate() {
                let Some(kind) = update.kind() else {
                    continue;
                };
                let ref_event = collector.ref_event(update, kind, &context).await;
                let event = SpooledEvent {
                    key: model::ambient::token_text(self.random, KEY_LENGTH),
                    kind: ref_event.header().to_owned(),
                    body: ref_event.body(self.limits.body),
                };
                // After one failure the next must not be spooled, to preserve the order.
                if unspooled.events.is_empty() {
                    match spool.add(&event, time, number) {
                        Ok(()) => continue,
                        Err(error) => unspooled.why = Some(error.to_string()),
                    }
                }
                unspooled.events.push(event);
            }
        }
        gaps.append(&mut collector.gaps);
        unspooled
    }
}

/// Sends the spool without a total time limit. Returns the summary, and whether everything was sent.
pub(super) async fn flush(named: &Path, time_limits: TimeLimits) -> anyhow::Result<(String, bool)> {
    let git_dir = repository::git_dir(named).await?;
    let target = Target::load(&git_dir)?;
    let tally = send::deliver(Spool::of(&git_dir), Vec::new(), target, time_limits)
        .await
        .context("the spool could not be sent")?;
    let clean = tally.spooled == 0 && tally.refused.is_empty() && tally.reason.is_none();
    Ok((line::of_flush(&git_dir, &tally), clean))
}
