//! Carrying out a plan: its steps in order, each once across all attempts.

use catalogue::{Context, Done, End, Failure, Plan, Step};
use outbound::Net;
use std::fmt::Write as _;

/// Most notes shown one after another; the rest is counted.
const SHOWN: usize = 5;

/// What stands before the key of a step that was refused for good and is not needed.
const LOST: &str = "lost: ";

/// What became of a plan's steps.
#[derive(Default)]
struct Tally {
    notes: Vec<String>,
    lost: Vec<Failure>,
    refused: Option<Failure>,
    postponed: Option<Failure>,
}

/// Sends what is not yet sent, adding to `done` what need not be sent again.
pub(crate) async fn carry_out(
    plan: &dyn Plan,
    steps: Vec<Step>,
    context: &Context,
    net: &mut dyn Net,
    done: &mut Vec<String>,
) -> Result<Done, Failure> {
    let all = steps.len();
    let mut tally = Tally::default();
    for step in steps {
        let lost = format!("{LOST}{}", step.key);
        if done.contains(&step.key) || done.contains(&lost) {
            continue;
        }
        let judged = match net.deliver(step.outgoing).await {
            Ok(answer) => plan.judge(&answer, context),
            Err(error) if error.concerns_all() => return Err(error.into()),
            Err(error) => Err(error.into()),
        };
        match judged {
            Ok(note) => {
                done.push(step.key);
                tally.notes.extend(note);
            }
            Err(failure) => {
                let is_final = matches!(failure, Failure::Never { .. });
                if !tally.add(failure, &step.key, all) {
                    break;
                }
                if is_final && plan.may_lose_some() {
                    done.push(lost);
                }
            }
        }
    }
    let sent = done.iter().filter(|key| !key.starts_with(LOST)).count();
    let result = tally.result(plan, all, sent);
    if matches!(result, Err(Failure::Never { .. })) {
        // A retry by hand asks for all of them again.
        done.retain(|key| !key.starts_with(LOST));
    }
    result
}

impl Tally {
    /// Takes note of a failure; `false` when the other steps would fare no better now.
    fn add(&mut self, failure: Failure, key: &str, all: usize) -> bool {
        let failure = if all > 1 {
            about(key, failure)
        } else {
            failure
        };
        match &failure {
            Failure::Never { .. } => {
                self.lost.push(failure);
                true
            }
            Failure::Refused { .. } => {
                self.refused = Some(failure);
                false
            }
            Failure::Again { after, down, .. } => {
                let goes_on = !down && after.is_none();
                self.postponed.get_or_insert(failure);
                goes_on
            }
        }
    }

    fn result(self, plan: &dyn Plan, all: usize, sent: usize) -> Result<Done, Failure> {
        if let Some(failure) = self.refused.or(self.postponed) {
            return Err(failure);
        }
        let lost = self.lost.len();
        let mut said: Vec<String> = self
            .lost
            .iter()
            .map(|failure| failure.why().to_owned())
            .collect();
        if lost > 0 && !(plan.may_lose_some() && sent > 0) {
            let made = if sent > 0 && all > 1 {
                format!("{sent} of {all} were sent; ")
            } else {
                String::new()
            };
            return Err(Failure::Never {
                why: format!("{made}{}", listed(said)),
            });
        }
        said.extend(self.notes);
        let note = (!said.is_empty()).then(|| listed(said));
        Ok(Done {
            end: End::Delivered(note),
            learned: None,
        })
    }
}

/// The failure with the name of the step it befell.
fn about(key: &str, failure: Failure) -> Failure {
    let named = |why: String| format!("{key}: {why}");
    match failure {
        Failure::Never { why } => Failure::Never { why: named(why) },
        Failure::Refused { why } => Failure::Refused { why: named(why) },
        Failure::Again { why, after, down } => Failure::Again {
            why: named(why),
            after,
            down,
        },
    }
}

fn listed(mut texts: Vec<String>) -> String {
    let more = texts.len().saturating_sub(SHOWN);
    texts.truncate(SHOWN);
    let mut text = texts.join("; ");
    if more > 0 {
        let _ = write!(text, "; and {more} more");
    }
    text
}

#[cfg(test)]
mod tests;
