//! Carrying out a plan: its steps in order, each once across all attempts.

use catalogue::{Context, End, Failure, Memo, Plan, Skip, Step, Then, Values};
use model::Event;
use outbound::{Answer, Net};
use std::fmt::Write as _;

/// The maximum number of notes listed; further ones are counted.
const MAX_NOTES: usize = 5;

/// Marks the key of a step that failed for good and that the plan tolerates.
const LOST: &str = "lost: ";

/// What steps are sent for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// a delivery
    Delivery,
    /// a test of the settings, which every step has to pass
    Test,
}

/// The steps of a plan, at least one: a delivery without a request did not succeed.
pub(crate) fn steps_of(
    plan: &dyn Plan,
    event: &Event,
    values: &Values,
    context: &Context,
) -> Result<Vec<Step>, Skip> {
    let steps = plan.steps(event, values, context)?;
    if steps.is_empty() {
        return Err("there is no message for this event with these settings".into());
    }
    Ok(steps)
}

/// Sends the steps of a plan.
pub(crate) struct StepRunner<'a> {
    pub plan: &'a dyn Plan,
    pub purpose: Purpose,
    pub context: &'a Context,
    pub net: &'a mut dyn Net,
    /// keys of the steps that need not be sent again
    pub done: &'a mut Vec<String>,
    pub memo: &'a mut Memo,
}

impl StepRunner<'_> {
    /// Sends what is not yet sent.
    pub(crate) async fn run(&mut self, steps: Vec<Step>) -> Result<End, Failure> {
        let total = steps.len();
        let mut tally = Tally::default();
        for step in steps {
            let lost = format!("{LOST}{}", step.key);
            if self.done.contains(&step.key) || self.done.contains(&lost) {
                continue;
            }
            let judged = match self.net.deliver(step.outgoing).await {
                Ok(answer) => self.judge(&answer, step.subject),
                Err(error) if error.concerns_all() => return Err(error.into()),
                Err(error) => Err(error.into()),
            };
            match judged {
                Ok(note) => {
                    self.done.push(step.key);
                    tally.notes.extend(note);
                }
                Err(failure) => {
                    let is_final = failure.then == Then::GiveUp;
                    if !tally.add(failure, &step.key, total) {
                        break;
                    }
                    if is_final && self.tolerates_lost_steps() {
                        self.done.push(lost);
                    }
                }
            }
        }
        let sent = self
            .done
            .iter()
            .filter(|key| !key.starts_with(LOST))
            .count();
        let tolerant = self.tolerates_lost_steps() && sent > 0;
        let result = tally.result(tolerant, sent, total);
        if result
            .as_ref()
            .is_err_and(|failure| failure.then == Then::GiveUp)
        {
            // A manual retry sends all of them again.
            self.done.retain(|key| !key.starts_with(LOST));
        }
        result
    }

    fn judge(
        &mut self,
        answer: &Answer,
        subject: Option<String>,
    ) -> Result<Option<String>, Failure> {
        let note = match self.purpose {
            Purpose::Delivery => self.plan.judge(answer, self.context)?,
            Purpose::Test => self.plan.judge_test(answer, self.context)?,
        };
        let created = subject.and_then(|subject| Some((subject, self.plan.external_id(answer)?)));
        self.memo.external_ids.extend(created);
        Ok(note)
    }

    fn tolerates_lost_steps(&self) -> bool {
        self.purpose == Purpose::Delivery && self.plan.tolerates_lost_steps()
    }
}

/// The results of a plan's steps.
#[derive(Default)]
struct Tally {
    notes: Vec<String>,
    lost: Vec<String>,
    /// credentials refused, which ends the attempt
    refused: Option<Failure>,
    /// the first failure that may pass
    postponed: Option<Failure>,
}

impl Tally {
    /// Adds a failure; `false` when the remaining steps would fail as well now.
    fn add(&mut self, failure: Failure, key: &str, total: usize) -> bool {
        let failure = if total > 1 {
            failure.map_why(|why| format!("{key}: {why}"))
        } else {
            failure
        };
        match failure.then {
            Then::GiveUp => {
                self.lost.push(failure.why);
                true
            }
            Then::CredentialsRefused => {
                self.refused = Some(failure);
                false
            }
            Then::Retry { after, tool_down } => {
                self.postponed.get_or_insert(failure);
                !tool_down && after.is_none()
            }
        }
    }

    fn result(self, tolerant: bool, sent: usize, total: usize) -> Result<End, Failure> {
        if let Some(failure) = self.refused.or(self.postponed) {
            return Err(failure);
        }
        if !self.lost.is_empty() && !tolerant {
            let made = if sent > 0 && total > 1 {
                format!("{sent} of {total} were sent; ")
            } else {
                String::new()
            };
            return Err(Failure::give_up(format!("{made}{}", listed(self.lost))));
        }
        let notes = [self.lost, self.notes].concat();
        Ok(End::Delivered((!notes.is_empty()).then(|| listed(notes))))
    }
}

fn listed(mut notes: Vec<String>) -> String {
    let more = notes.len().saturating_sub(MAX_NOTES);
    notes.truncate(MAX_NOTES);
    let mut text = notes.join("; ");
    if more > 0 {
        let _ = write!(text, "; and {more} more");
    }
    text
}

#[cfg(test)]
mod tests;
