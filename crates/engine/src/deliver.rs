//! One attempt: load what it needs, let the integration act, record the transcript.

use crate::backlog::Claimed;
use crate::carry_out::{Purpose, StepRunner, steps_of};
use crate::event_cache::CachedEvent;
use crate::matching::{disabled, nothing_to_send};
use crate::snapshot::ActiveIntegration;
use crate::{Engine, ProjectSnapshot, comparison, refusal};
use catalogue::{Context, Deliver, End, Failure, Integration, Memo, Plan, Skip, Values};
use jiff::Timestamp;
use model::id::ProjectId;
use model::{Event, Recorded};
use outbound::{Net, Recorder, Redactor};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::deliveries::{DeliveryRow, PendingEvent};
use store::{Sql, StoreError, deliveries, external_ids};

/// The maximum duration of one attempt, all its requests together.
const MAX_DURATION: Duration = Duration::from_secs(300);

/// When an attempt started.
#[derive(Clone, Copy)]
pub(crate) struct Started {
    at: Timestamp,
    clock: Instant,
}

/// What an attempt did and how it ended.
pub(crate) struct AttemptResult {
    pub started_at: Timestamp,
    pub took: Duration,
    /// requests and answers, redacted
    pub requests: Vec<Recorded>,
    pub result: Result<End, Failure>,
    /// what the integration found out
    pub memo: Memo,
    /// the settings it ran with, if it got that far
    pub settings: Option<Arc<ActiveIntegration>>,
    /// keys of the steps that need not be sent again
    pub done: Vec<String>,
}

impl AttemptResult {
    /// An attempt that ended before it sent anything.
    pub(crate) fn without_requests(
        started: Started,
        result: Result<End, Failure>,
        delivery: &DeliveryRow,
    ) -> Self {
        Self {
            started_at: started.at,
            took: started.clock.elapsed(),
            requests: Vec::new(),
            result,
            memo: Memo::default(),
            settings: None,
            done: delivery.done.clone(),
        }
    }
}

/// Why there is nothing to attempt.
enum NoAttempt {
    /// the delivery is no longer pending
    AlreadyEnded,
    /// the delivery ends without a request
    EndsWith(Result<End, Failure>),
}

impl From<StoreError> for NoAttempt {
    fn from(error: StoreError) -> Self {
        Self::EndsWith(Err(Failure::retry(error.to_string())))
    }
}

impl NoAttempt {
    fn skipped(reason: impl Into<Skip>) -> Self {
        Self::EndsWith(Ok(End::Skipped(reason.into())))
    }

    fn give_up(why: impl Into<String>) -> Self {
        Self::EndsWith(Err(Failure::give_up(why)))
    }
}

/// What an attempt works on.
struct Job {
    event: Arc<CachedEvent>,
    snapshot: Arc<ProjectSnapshot>,
    active: Arc<ActiveIntegration>,
}

impl Engine {
    /// The start of an attempt.
    pub(crate) fn start_attempt(&self) -> Started {
        Started {
            at: self.parts.clock.now(),
            clock: Instant::now(),
        }
    }

    /// Makes one attempt of a delivery; `None` when the delivery is no longer pending.
    pub(crate) async fn attempt(&self, claimed: &Claimed) -> Option<AttemptResult> {
        let started = self.start_attempt();
        match self.load(claimed).await {
            Ok(job) => Some(self.perform(started, &job, &claimed.row).await),
            Err(NoAttempt::AlreadyEnded) => None,
            Err(NoAttempt::EndsWith(result)) => Some(AttemptResult::without_requests(
                started,
                result,
                &claimed.row,
            )),
        }
    }

    /// Loads a delivery's event and settings.
    async fn load(&self, claimed: &Claimed) -> Result<Job, NoAttempt> {
        let delivery = &claimed.row;
        let deleted = || NoAttempt::skipped("the event or its project was deleted");
        let event = match &claimed.event {
            Some(event) => Arc::clone(event),
            None => self.read_event(delivery).await?.ok_or_else(deleted)?,
        };
        let snapshot = self.cached_snapshot(delivery.project_id).await?;
        let snapshot = snapshot.ok_or_else(deleted)?;
        let slug = delivery.integration.as_str();
        let integration = catalogue::find(slug).ok_or_else(|| {
            NoAttempt::give_up(format!("this version has no integration `{slug}`"))
        })?;
        let active = snapshot
            .active
            .iter()
            .find(|active| active.row.slug == slug);
        let active = active
            .cloned()
            .ok_or_else(|| NoAttempt::skipped(format!("{} was disabled", integration.title)))?;
        Ok(Job {
            event,
            snapshot,
            active,
        })
    }

    /// The event of a pending delivery; `None` if it was deleted.
    async fn read_event(
        &self,
        delivery: &DeliveryRow,
    ) -> Result<Option<Arc<CachedEvent>>, NoAttempt> {
        let id = delivery.id;
        let event = self
            .parts
            .store
            .read(move |sql| deliveries::pending_event(sql, id));
        let body = match event.await? {
            PendingEvent::Ended => return Err(NoAttempt::AlreadyEnded),
            PendingEvent::Deleted => return Ok(None),
            PendingEvent::Body(body) => body,
        };
        let event =
            Event::parse_shared(body).map_err(|error| NoAttempt::give_up(error.to_string()))?;
        Ok(Some(self.events.pin(event)))
    }

    async fn perform(&self, started: Started, job: &Job, delivery: &DeliveryRow) -> AttemptResult {
        let without_requests = |result| AttemptResult::without_requests(started, result, delivery);
        let active = &job.active;
        if let Some(refusal) = refusal::remembered(&active.row) {
            return without_requests(Err(refusal));
        }
        let values = match &active.values {
            Ok(values) => values,
            Err(error) => return without_requests(Err(Failure::give_up(error.to_string()))),
        };
        let in_event = job.event.project();
        let mut context = self.context_of(
            Some(delivery.id),
            &job.snapshot.project,
            &active.disabled_triggers,
            in_event,
        );
        let stored = self.external_ids(delivery.project_id, active.integration, &job.event);
        match stored.await {
            Ok(external_ids) => context.external_ids = external_ids,
            Err(error) => return without_requests(Err(Failure::retry(error.to_string()))),
        }
        let mut net = Recorder::new(&self.parts.outbound, active.redactor.clone());
        let (mut done, mut memo) = (delivery.done.clone(), Memo::default());
        let run = self.act(job, values, &context, &mut net, (&mut done, &mut memo));
        let result = tokio::time::timeout(MAX_DURATION, run)
            .await
            .unwrap_or_else(|_| {
                let seconds = MAX_DURATION.as_secs();
                Err(Failure::retry(format!("timed out after {seconds} s")))
            });
        net.close().await;
        AttemptResult {
            started_at: started.at,
            took: started.clock.elapsed(),
            requests: net.into_record(),
            result: redacted(result, &active.redactor),
            memo,
            settings: Some(Arc::clone(active)),
            done,
        }
    }

    /// The external ids that the integration asks for; usually none, and no query.
    pub(crate) async fn external_ids(
        &self,
        project_id: ProjectId,
        integration: &Integration,
        event: &Event,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let (deliver, slug) = (integration.deliver, integration.slug);
        let subjects = deliver.map_or_else(Vec::new, |deliver| deliver.subjects(event));
        if subjects.is_empty() {
            return Ok(BTreeMap::new());
        }
        let read = move |sql: &mut dyn Sql| external_ids::get(sql, project_id, slug, &subjects);
        self.parts.store.read(read).await
    }

    /// Lets the integration deliver.
    async fn act(
        &self,
        job: &Job,
        values: &Values,
        context: &Context,
        net: &mut dyn Net,
        (done, memo): (&mut Vec<String>, &mut Memo),
    ) -> Result<End, Failure> {
        let (integration, event) = (job.active.integration, &*job.event);
        // The settings may have changed since the event was matched.
        if let Some(reason) = disabled(integration, event, context) {
            return Ok(End::Skipped(reason));
        }
        let boxed;
        let plan: &dyn Plan = match integration.deliver {
            None => return Ok(End::Skipped(nothing_to_send(integration.title))),
            Some(Deliver::Conversation(conversation)) => {
                return conversation.run(event, values, context, net, memo).await;
            }
            Some(Deliver::Plan(plan)) => plan,
            Some(Deliver::Mail(plan)) => {
                let repositories = self.parts.repositories.as_deref();
                let project = &job.snapshot.project;
                let comparison = comparison::compare(repositories, event, project).await;
                boxed = plan(self.mail_input(comparison));
                &*boxed
            }
        };
        let steps = match steps_of(plan, event, values, context) {
            Ok(steps) => steps,
            Err(reason) => return Ok(End::Skipped(reason)),
        };
        let purpose = Purpose::Delivery;
        let mut runner = StepRunner {
            plan,
            purpose,
            context,
            net,
            done,
            memo,
        };
        runner.run(steps).await
    }
}

/// A tool may return a secret in its error; the log must not contain it.
fn redacted(result: Result<End, Failure>, redactor: &Redactor) -> Result<End, Failure> {
    let clean = |text: String| redactor.redact(&text).into_owned();
    match result {
        Ok(End::Delivered(note)) => Ok(End::Delivered(note.map(clean))),
        Ok(End::Skipped(Skip(reason))) => Ok(End::Skipped(Skip(clean(reason)))),
        Err(failure) => Err(failure.map_why(clean)),
    }
}
