//! kill -9 in the middle: nothing is lost, nothing is said twice.

use crate::harness::{Server, Stand, client, hook_request, push, sha};
use sandbox::jira::{Fault, Flavour};
use std::time::Duration;

const EVENTS: usize = 1_000;
const PROJECTS: usize = 8;
const ISSUES: usize = 100;

/// The issue that an event names.
fn key(number: usize) -> String {
    format!("CR-{}", number % ISSUES + 1)
}

/// Sends an event until it is answered for; the server may be gone in between.
async fn send_until_kept(url: &str, project: usize, number: usize) {
    let client = client();
    let key = key(number);
    let body = push("work", &sha(number), &format!("{key} event {number}"));
    let request = hook_request(
        url,
        &format!("group/p{project}"),
        &body,
        &format!("event-{number}"),
    );
    loop {
        match client.send(&request).await {
            Ok(answer) if matches!(answer.status, 200 | 202) => return,
            Ok(answer) => panic!("{} {}", answer.status, answer.body),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_events_survive_kills_and_a_jira_that_fails_half_the_time() {
    let waits = vec!["20ms"; 400].join(",");
    let mut server = Server::start_with(&[("CROSSTIE_RETRY_SCHEDULE", &waits)]);
    let stand = Stand::start(Flavour::Server).await;
    let mut projects = Vec::new();
    for number in 0..PROJECTS {
        let id = server.project(&format!("p{number}"), "gitlab").await;
        server.set_up_jira(id, &stand).await;
        projects.push(id);
    }
    for number in 0..ISSUES {
        stand.jira.add_issue(&key(number), "An issue among many");
    }
    stand.jira.set_fault(Fault::FailHalf);

    let url = server.url.clone();
    let sender = tokio::spawn(async move {
        for number in 0..EVENTS {
            send_until_kept(&url, number % PROJECTS, number).await;
        }
    });
    for kill in 1..=4 {
        let enough = stand.jira.requests().len() + 300 * kill;
        while stand.jira.requests().len() < enough && !sender.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server = tokio::task::spawn_blocking(move || server.kill_and_restart())
            .await
            .unwrap();
    }
    sender.await.unwrap();

    let mut delivered = 0;
    for (number, id) in projects.iter().enumerate() {
        let expected = (EVENTS - number).div_ceil(PROJECTS);
        delivered += all_settled(&server, *id, expected).await;
    }
    assert_eq!(delivered, EVENTS, "nothing is lost");

    let mut comments = 0;
    for issue in (0..ISSUES).map(|number| stand.jira.issue(&key(number)).unwrap()) {
        for number in (0..EVENTS).filter(|number| key(*number) == issue.key) {
            let said = issue
                .comments
                .iter()
                .filter(|comment| comment.text.contains(&sha(number)))
                .count();
            let linked = issue
                .links
                .iter()
                .filter(|link| link.url.contains(&sha(number)))
                .count();
            assert_eq!((said, linked), (1, 1), "event {number} on {}", issue.key);
        }
        comments += issue.comments.len();
    }
    assert_eq!(comments, EVENTS, "nothing is said twice");
}

/// Waits until all deliveries of a project have ended well; answers how many there are.
async fn all_settled(server: &Server, project: i64, expected: usize) -> usize {
    let count = async |status: &str| {
        let path =
            format!("/api/crosstie/v1/projects/{project}/deliveries?status={status}&per_page=1");
        let answer = server.call(outbound::Method::Get, &path, None).await;
        answer.header("x-total").unwrap().parse::<usize>().unwrap()
    };
    let begin = std::time::Instant::now();
    while count("delivered").await < expected {
        assert!(
            begin.elapsed() < Duration::from_secs(600),
            "project {project} does not settle"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(
        (
            count("pending").await,
            count("failed").await,
            count("skipped").await
        ),
        (0, 0, 0)
    );
    count("delivered").await
}
