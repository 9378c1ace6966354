//! What the hook does at a push, and what a flush does later.

use super::Pusher;
use super::collect::Collector;
use super::event::{LIMITS, Limits};
use super::git::Git;
use super::send::{self, Pace};
use super::spool::{Letter, Spool};
use super::target::Target;
use super::{line, refs, repository};
use anyhow::Context as _;
use model::{Clock, Random};
use std::path::Path;

/// Characters of an idempotency key: more than 128 bits.
const KEY_LENGTH: usize = 24;

/// One push, and what is needed to report it.
pub(super) struct Push<'a> {
    pub(super) git: Git,
    /// what git wrote to the hook's stdin
    pub(super) input: &'a [u8],
    pub(super) pusher: &'a Pusher,
    pub(super) random: &'a dyn Random,
    pub(super) clock: &'a dyn Clock,
    pub(super) pace: Pace,
    pub(super) limits: Limits,
}

/// Events of a push that could not be put into the spool, and why.
#[derive(Default)]
struct Unkept {
    letters: Vec<Letter>,
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
            pace: send::AT_PUSH,
            limits: LIMITS,
        }
    }

    /// Keeps the push's events and sends what waits. Gives the line to show, if any.
    pub(super) async fn report(&self) -> Option<String> {
        let result = async {
            let target = Target::load(self.git.dir())?;
            let spool = Spool::of(self.git.dir());
            let mut gaps = Vec::new();
            let unkept = self.keep_events(&spool, &target.project, &mut gaps).await;
            let tally = send::deliver(spool, unkept.letters, target, self.pace).await?;
            Ok::<_, anyhow::Error>(line::of_push(
                self.git.dir(),
                &tally,
                &gaps,
                unkept.why.as_deref(),
            ))
        };
        result.await.unwrap_or_else(|error| {
            let told = format!("this push may not be reported: {error:#}");
            Some(line::one_line(&[told]))
        })
    }

    async fn keep_events(&self, spool: &Spool, project: &str, gaps: &mut Vec<String>) -> Unkept {
        let (updates, strange) = refs::parse(self.input);
        let mut unkept = Unkept::default();
        let mut collector = Collector {
            git: &self.git,
            project,
            pusher: self.pusher,
            limits: self.limits,
            gaps: Vec::new(),
        };
        if strange > 0 {
            let gap = format!("{strange} lines on stdin are not \"old new ref\" and were left out");
            collector.gaps.push(gap);
        }
        if !updates.is_empty() {
            let around = collector.look_around(&updates).await;
            let time = self.clock.now();
            for (number, update) in updates.iter().enumerate() {
                let Some(kind) = update.kind() else {
                    continue;
                };
                let told = collector.tell(update, kind, &around).await;
                let letter = match told.body(self.limits.body) {
                    Ok(body) => Letter {
                        key: model::ambient::token_text(self.random, KEY_LENGTH),
                        event: told.header().to_owned(),
                        body,
                    },
                    Err(error) => {
                        let name = update.shown_name();
                        collector
                            .gaps
                            .push(format!("{name} is not reported: {error}"));
                        continue;
                    }
                };
                // Once one could not be kept, the next must not get before it.
                if unkept.letters.is_empty() {
                    match spool.keep(&letter, time, number) {
                        Ok(()) => continue,
                        Err(error) => unkept.why = Some(error.to_string()),
                    }
                }
                unkept.letters.push(letter);
            }
        }
        gaps.append(&mut collector.gaps);
        unkept
    }
}

/// Sends what waits, however long it takes. Gives the summary, and whether nothing stayed.
pub(super) async fn flush(named: &Path, pace: Pace) -> anyhow::Result<(String, bool)> {
    let git_dir = repository::git_dir(named).await?;
    let target = Target::load(&git_dir)?;
    let tally = send::deliver(Spool::of(&git_dir), Vec::new(), target, pace)
        .await
        .context("the spool could not be sent")?;
    let clean = tally.kept == 0 && tally.refused.is_empty() && tally.reason.is_none();
    Ok((line::of_flush(&git_dir, &tally), clean))
}
