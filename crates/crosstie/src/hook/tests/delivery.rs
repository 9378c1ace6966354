//! From the hook's stdin to the server, whatever the server does.

use super::super::report::{self, Push};
use super::super::send::{AT_FLUSH, TimeLimits};
use super::super::spool::Spool;
use super::super::target::{self, Target};
use super::intake::Intake;
use super::*;
use model::Secret;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// A repository with a target, and the randomness of all its pushes.
struct Reported {
    repo: Repo,
    random: Counter,
    clock: Ticking,
    time_limits: TimeLimits,
}

impl Reported {
    fn to(server: &str) -> Self {
        let reported = Self {
            repo: Repo::new(),
            random: Counter::default(),
            clock: Ticking::default(),
            time_limits: super::super::send::AT_PUSH,
        };
        reported.aim(server);
        reported.repo.commit("base");
        reported
    }

    fn aim(&self, server: &str) {
        let target = Target::new(server, "group/app", &Secret::new("s3cret")).unwrap();
        target.save(&self.repo.bare).unwrap();
    }

    fn spool(&self) -> Spool {
        Spool::of(&self.repo.bare)
    }

    fn waiting(&self) -> usize {
        self.spool().list().unwrap().len()
    }

    /// Pushes and reports; gives the line the pusher sees.
    async fn push(&self, refs: &[&str]) -> Option<String> {
        let input = self.repo.push(refs);
        let pusher = Pusher::default();
        let mut push = Push::new(&self.repo.bare, &input, &pusher, &self.random, &self.clock);
        push.time_limits = self.time_limits;
        push.report().await
    }

    async fn flush(&self) -> (String, bool) {
        report::flush(&self.repo.bare, AT_FLUSH).await.unwrap()
    }
}

/// An address without a listener.
async fn unreachable_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_push_is_reported_silently() {
    let intake = Intake::start(&[202, 200]).await;
    let reported = Reported::to(&intake.url);
    reported.repo.git(&["tag", "v1"]);
    assert_eq!(reported.push(&["main", "v1"]).await, None);
    let received = intake.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].target, "POST /hooks/group%2Fapp HTTP/1.1");
    assert_eq!(received[0].header("x-gitlab-event"), "Push Hook");
    assert_eq!(received[1].header("x-gitlab-event"), "Tag Push Hook");
    assert_eq!(received[0].header("x-gitlab-token"), "s3cret");
    assert_eq!(received[0].header("content-type"), "application/json");
    assert_eq!(received[0].header("idempotency-key").len(), 24);
    assert_ne!(
        received[0].header("idempotency-key"),
        received[1].header("idempotency-key")
    );
    assert_eq!(reported.waiting(), 0);
}

#[tokio::test]
async fn events_for_an_unreachable_server_are_sent_with_the_next_push() {
    let reported = Reported::to(&unreachable_url().await);
    let line = reported.push(&["main", "main:b"]).await.unwrap();
    assert!(
        line.starts_with("crosstie: 2 events queued, the server at http://127.0.0.1:"),
        "{line}"
    );
    assert!(line.contains("cannot be reached"), "{line}");
    assert!(line.contains("(run \"crosstie hook flush '/"), "{line}");
    assert!(
        line.ends_with("or push again)") && !line.contains('\n'),
        "{line}"
    );
    assert_eq!(reported.waiting(), 2);

    let intake = Intake::start(&[]).await;
    reported.aim(&intake.url);
    assert_eq!(reported.push(&["main:c"]).await, None);
    let order: Vec<_> = intake
        .received()
        .iter()
        .map(intake::Received::reference)
        .collect();
    assert_eq!(order, ["refs/heads/main", "refs/heads/b", "refs/heads/c"]);
    assert_eq!(reported.waiting(), 0);
}

#[tokio::test]
async fn a_flush_sends_an_event_again_with_its_key() {
    let intake = Intake::start(&[503]).await;
    let reported = Reported::to(&intake.url);
    let line = reported.push(&["main"]).await.unwrap();
    assert!(
        line.contains("responded 503: details, token [redacted]"),
        "{line}"
    );
    assert_eq!(
        reported.flush().await,
        ("crosstie: 1 event sent; the queue is empty".into(), true)
    );
    let received = intake.received();
    assert_eq!(
        received[0].header("idempotency-key"),
        received[1].header("idempotency-key")
    );
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(
        reported.flush().await,
        ("crosstie: 0 events sent; the queue is empty".into(), true)
    );
}

#[tokio::test]
async fn events_stay_queued_with_a_wrong_secret_or_an_unknown_project() {
    let intake = Intake::start(&[401, 404]).await;
    let reported = Reported::to(&intake.url);
    let line = reported.push(&["main"]).await.unwrap();
    assert!(line.contains("rejects the secret (401)"), "{line}");
    let (line, clean) = reported.flush().await;
    assert!(
        line.contains("1 event queued; ") && line.contains("has no project group/app"),
        "{line}"
    );
    assert!(!clean);
    assert_eq!(reported.waiting(), 1);
}

#[tokio::test]
async fn a_rejected_event_does_not_delay_the_others() {
    let intake = Intake::start(&[400, 413]).await;
    let reported = Reported::to(&intake.url);
    let line = reported.push(&["main", "main:b", "main:c"]).await.unwrap();
    assert!(
        line.starts_with("crosstie: 2 events rejected (400: details"),
        "{line}"
    );
    assert_eq!((reported.waiting(), intake.received().len()), (0, 3));
    let refused = reported.spool().refused().unwrap();
    assert_eq!(refused.len(), 2);
    let why = reported
        .spool()
        .refused_folder()
        .join(refused[1].replace(".json", ".why"));
    assert_eq!(
        fs::read_to_string(why).unwrap(),
        "413: details, token [redacted]\n"
    );
}

#[tokio::test]
async fn a_silent_server_delays_a_push_up_to_the_time_limit() {
    let intake = Intake::start(&[202, 0]).await;
    let mut reported = Reported::to(&intake.url);
    reported.time_limits = TimeLimits {
        request: Duration::from_millis(400),
        total: Some(Duration::from_millis(400)),
    };
    let input = reported.repo.push(&["main", "main:b", "main:c"]);
    let pusher = Pusher::default();
    let mut push = Push::new(
        &reported.repo.bare,
        &input,
        &pusher,
        &reported.random,
        &reported.clock,
    );
    push.time_limits = reported.time_limits;
    let start = Instant::now();
    let line = push.report().await.unwrap();
    let took = start.elapsed();
    assert!(
        (Duration::from_millis(400)..Duration::from_secs(3)).contains(&took),
        "{took:?}"
    );
    assert!(
        line.contains("2 events queued") && line.contains("timed out after 0.4 s"),
        "{line}"
    );
    assert_eq!(
        reported.flush().await.0,
        "crosstie: 2 events sent; the queue is empty"
    );
}

#[tokio::test]
async fn another_sender_delays_a_push_up_to_the_time_limit() {
    let intake = Intake::start(&[]).await;
    let mut reported = Reported::to(&intake.url);
    reported.time_limits.total = Some(Duration::from_millis(200));
    reported.spool().create().unwrap();
    let lock = reported
        .spool()
        .lock(tokio::time::Instant::now())
        .await
        .unwrap();
    let line = reported.push(&["main"]).await.unwrap();
    assert!(
        line.contains("1 event queued") && line.contains("still sending"),
        "{line}"
    );
    drop(lock);
    assert!(reported.flush().await.1);
    assert_eq!(intake.received().len(), 1);
}

#[tokio::test]
async fn without_a_spool_events_are_sent_at_once_or_reported_lost() {
    let intake = Intake::start(&[]).await;
    let reported = Reported::to(&intake.url);
    fs::write(
        target::folder(&reported.repo.bare).join("spool"),
        "in the way",
    )
    .unwrap();
    let line = reported.push(&["main", "main:b"]).await.unwrap();
    assert!(
        line.contains("cannot be queued in") && line.ends_with("sent at once instead"),
        "{line}"
    );
    assert_eq!(intake.received().len(), 2);
    reported.aim(&unreachable_url().await);
    let line = reported.push(&["main:c", "main:d"]).await.unwrap();
    assert!(line.contains("2 events lost: the server at"), "{line}");
}

#[tokio::test]
async fn a_damaged_file_in_the_spool_is_rejected() {
    let intake = Intake::start(&[]).await;
    let reported = Reported::to(&intake.url);
    reported.spool().create().unwrap();
    fs::write(reported.spool().folder().join("0.json"), "{").unwrap();
    let line = reported.push(&["main"]).await.unwrap();
    assert!(
        line.contains("1 event rejected (the file is damaged)"),
        "{line}"
    );
    assert_eq!(intake.received().len(), 1);
}

#[tokio::test]
async fn a_hook_without_settings_is_reported() {
    let repo = Repo::new();
    let (random, clock) = (Counter::default(), Ticking::default());
    let pusher = Pusher::default();
    let push = Push::new(&repo.bare, b"", &pusher, &random, &clock);
    let line = push.report().await.unwrap();
    assert!(line.contains("no hook is installed in"), "{line}");
}
