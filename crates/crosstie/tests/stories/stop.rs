//! A server that is told to stop: it ends what is under way, within a limit, and loses nothing.

use crate::harness::{Server, Stand, push, sha, until};
use sandbox::jira::{Fault, Flavour};
use std::time::{Duration, Instant};

const EVENTS: usize = 6;

/// A server with a queue behind a slow Jira, once that has been asked for the first time.
async fn busy(slow: Duration) -> (Server, Stand, i64) {
    let server = Server::start_with(&[("CROSSTIE_OUTBOUND_TIMEOUT", "2m")]);
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    stand.jira.set_fault(Fault::Slow(slow));
    for number in 1..=EVENTS {
        let event = push("work", &sha(number), &format!("AB-{number}"));
        let answer = server.hook("group/p", &event, &number.to_string()).await;
        assert_eq!(answer.status, 202);
    }
    until("Jira is asked", || !stand.jira.requests().is_empty()).await;
    (server, stand, project)
}

/// Starts it again and sees that everything arrives, once.
async fn arrives_once(server: Server, stand: &Stand, project: i64) -> Server {
    stand.jira.set_fault(Fault::None);
    let server = server.kill_and_restart();
    let rows = server.settled(project, EVENTS).await;
    assert_eq!(rows.len(), EVENTS);
    for (number, row) in (1..=EVENTS).zip(&rows) {
        assert_eq!(row["status"], "delivered", "{row:#}");
        let issue = stand.jira.issue(&format!("AB-{number}")).unwrap();
        assert_eq!(
            (issue.comments.len(), issue.links.len()),
            (1, 1),
            "{issue:?}"
        );
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_ended_and_the_rest_is_made_after_the_restart() {
    for signal in ["TERM", "INT"] {
        let (mut server, stand, project) = busy(Duration::from_millis(200)).await;
        server.signal(signal);
        assert_eq!(server.ended().code(), Some(0), "{}", server.log());
        assert!(!server.log().contains("broken off"), "{}", server.log());
        assert!(
            stand.jira.issue("AB-6").unwrap().comments.is_empty(),
            "nothing new is begun"
        );
        let server = arrives_once(server, &stand, project).await;
        for row in server.deliveries(project).await {
            let delivery = server.delivery(&row["id"]).await;
            assert_eq!(
                delivery["attempts"].as_array().unwrap().len(),
                1,
                "{delivery:#}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_does_not_answer_is_not_waited_for_beyond_the_limit() {
    let (mut server, stand, project) = busy(Duration::from_secs(3_600)).await;
    let begin = Instant::now();
    assert_eq!(server.stop().code(), Some(0), "{}", server.log());
    assert!(
        begin.elapsed() < Duration::from_secs(30),
        "{:?}",
        begin.elapsed()
    );
    assert!(
        server.log().contains("attempts are cancelled"),
        "{}",
        server.log()
    );
    arrives_once(server, &stand, project).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let (mut server, stand, project) = busy(Duration::from_secs(3_600)).await;
    server.signal("TERM");
    server.says("stopping").await;
    let begin = Instant::now();
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(1));
    assert!(
        begin.elapsed() < Duration::from_secs(8),
        "{:?}",
        begin.elapsed()
    );
    server.says("second signal; what was under way").await;
    arrives_once(server, &stand, project).await;
}
