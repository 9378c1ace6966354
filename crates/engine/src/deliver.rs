//! One attempt: load what it needs, let the integration act, keep the transcript.

use crate::carry_out::carry_out;
use crate::held::Held;
use crate::known::Active;
use crate::lanes::Claimed;
use crate::matching::unwanted;
use crate::{Engine, Known, ProjectKey, refusal};
use catalogue::{Context, Done, End, Failure, Form, Values};
use jiff::Timestamp;
use model::{Event, Recorded};
use outbound::{Net, Recorder, Redactor};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::deliveries::{DeliveryRow, Waiting};
use store::{StoreError, deliveries};

/// The longest that one attempt may take, all its requests together.
const LONGEST: Duration = Duration::from_secs(300);

/// An attempt that was made.
pub struct Tried {
    /// when it began
    pub started_at: Timestamp,
    /// how long it took
    pub took: Duration,
    /// what went over the wire, redacted
    pub requests: Vec<Recorded>,
    /// how it ended
    pub result: Result<Done, Failure>,
    /// the settings it was made with
    pub(crate) learned_by: Option<Arc<Active>>,
    /// keys of the steps that need not be made again
    pub done: Vec<String>,
}

/// What an attempt works on.
struct Job {
    event: Arc<Held>,
    known: Arc<Known>,
    active: Arc<Active>,
}

impl Engine {
    /// Makes one attempt of a delivery; `None` when it is no longer to be made.
    pub(crate) async fn attempt(&self, claimed: &Claimed) -> Option<Tried> {
        let delivery = &claimed.row;
        let started_at = self.parts.clock.now();
        let clock = Instant::now();
        let mut tried = match self.load(claimed).await {
            Ok(job) => self.perform(&job, delivery).await,
            Err(None) => return None,
            Err(Some(end)) => Tried {
                started_at,
                took: Duration::ZERO,
                requests: Vec::new(),
                result: end,
                learned_by: None,
                done: delivery.done.clone(),
            },
        };
        tried.started_at = started_at;
        tried.took = clock.elapsed();
        Some(tried)
    }

    /// Loads a delivery's event and settings. `Err` ends the attempt before it begins:
    /// with an outcome, or with none when the delivery no longer waits.
    async fn load(&self, claimed: &Claimed) -> Result<Job, Option<Result<Done, Failure>>> {
        let delivery = &claimed.row;
        let gone = || Some(Ok(skipped("the event or its project is gone".into())));
        let event = match &claimed.event {
            Some(event) => Arc::clone(event),
            None => self.read_event(delivery).await?.ok_or_else(gone)?,
        };
        let known = self.known(ProjectKey::Id(delivery.project_id)).await;
        let known = known.map_err(|error| Some(Err(store_failure(&error))))?;
        job(&delivery.integration, event, known.ok_or_else(gone)?).map_err(Some)
    }

    /// The event of a delivery that still waits.
    async fn read_event(
        &self,
        delivery: &DeliveryRow,
    ) -> Result<Option<Arc<Held>>, Option<Result<Done, Failure>>> {
        let id = delivery.id;
        let waiting = self
            .parts
            .store
            .read(move |sql| deliveries::waiting(sql, id));
        let body = match waiting.await {
            Err(error) => return Err(Some(Err(store_failure(&error)))),
            Ok(Waiting::Ended) => return Err(None),
            Ok(Waiting::Gone) => return Ok(None),
            Ok(Waiting::For(body)) => body,
        };
        let event = Event::parse(&body).map_err(|error| {
            Some(Err(Failure::Never {
                why: error.to_string(),
            }))
        })?;
        Ok(Some(self.holder.keep(event)))
    }

    async fn perform(&self, job: &Job, delivery: &DeliveryRow) -> Tried {
        let now = self.parts.clock.now();
        let active = &job.active;
        let mut tried = Tried {
            started_at: now,
            took: Duration::ZERO,
            requests: Vec::new(),
            result: Ok(Done {
                end: End::Delivered(None),
                learned: None,
            }),
            learned_by: Some(Arc::clone(active)),
            done: delivery.done.clone(),
        };
        if let Some(refusal) = refusal::remembered(&active.row) {
            tried.result = Err(refusal);
            return tried;
        }
        let values = match &active.values {
            Ok(values) => values,
            Err(error) => {
                tried.result = Err(Failure::Never {
                    why: error.to_string(),
                });
                return tried;
            }
        };
        let project = &job.known.project;
        let in_event = job.event.project();
        let mut context = self.context_of(delivery.id, project, &active.off, in_event);
        let looked = self.compare(active.integration, &job.event, project);
        context.comparison = looked.await;
        let mut net = Recorder::new(&self.parts.outbound, active.redactor.clone());
        let run = act(job, values, &context, &mut net, &mut tried.done);
        let result = tokio::time::timeout(LONGEST, run)
            .await
            .unwrap_or_else(|_| {
                Err(Failure::Again {
                    why: format!("it took longer than {} s altogether", LONGEST.as_secs()),
                    after: None,
                    down: false,
                })
            });
        net.close().await;
        tried.requests = net.into_record();
        tried.result = cleaned(result, &active.redactor);
        tried
    }
}

/// Lets the integration do what it does.
async fn act(
    job: &Job,
    values: &Values,
    context: &Context,
    net: &mut dyn Net,
    done: &mut Vec<String>,
) -> Result<Done, Failure> {
    let integration = job.active.integration;
    match integration.form {
        Form::Passive(_) => Ok(skipped(format!("{} sends nothing", integration.title))),
        Form::Conversation(conversation) => {
            conversation.run(&job.event, values, context, net).await
        }
        Form::Plan(plan) => {
            // The settings may have changed since the event was matched.
            if let Some(reason) = unwanted(integration, &job.event, context) {
                return Ok(skipped(reason));
            }
            match plan.steps(&job.event, values, context) {
                Err(reason) => Ok(skipped(reason)),
                Ok(steps) => carry_out(plan, steps, context, net, done).await,
            }
        }
    }
}

/// Puts together what was loaded.
fn job(slug: &str, event: Arc<Held>, known: Arc<Known>) -> Result<Job, Result<Done, Failure>> {
    let integration = catalogue::find(slug).ok_or_else(|| {
        Err(Failure::Never {
            why: format!("this version has no integration {slug}"),
        })
    })?;
    let active = known.active.iter().find(|active| active.row.slug == slug);
    let active = active
        .cloned()
        .ok_or_else(|| Ok(skipped(format!("{} was switched off", integration.title))))?;
    Ok(Job {
        event,
        known,
        active,
    })
}

fn skipped(reason: String) -> Done {
    Done {
        end: End::Skipped(reason),
        learned: None,
    }
}

fn store_failure(error: &StoreError) -> Failure {
    Failure::Again {
        why: error.to_string(),
        after: None,
        down: false,
    }
}

/// A tool may give back a secret in its error; it does not get into the log.
fn cleaned(result: Result<Done, Failure>, redactor: &Redactor) -> Result<Done, Failure> {
    let clean = |text: String| redactor.redact(&text).into_owned();
    match result {
        Ok(Done { end, learned }) => {
            let end = match end {
                End::Delivered(note) => End::Delivered(note.map(clean)),
                End::Skipped(reason) => End::Skipped(clean(reason)),
            };
            Ok(Done { end, learned })
        }
        Err(Failure::Again { why, after, down }) => Err(Failure::Again {
            why: clean(why),
            after,
            down,
        }),
        Err(Failure::Never { why }) => Err(Failure::Never { why: clean(why) }),
        Err(Failure::Refused { why }) => Err(Failure::Refused { why: clean(why) }),
    }
}

impl Tried {
    /// What was learned, and for which row.
    pub(crate) fn learned(&self) -> Option<(i64, Timestamp, Map<String, Value>)> {
        let row = &self.learned_by.as_ref()?.row;
        let learned = match &self.result {
            Ok(done) => done.learned.clone()?,
            Err(Failure::Refused { why }) => refusal::with(&row.learned, why, self.started_at),
            Err(_) => return None,
        };
        Some((row.id, row.updated_at, learned))
    }
}
