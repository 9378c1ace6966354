//! Jira misbehaves: what the log says, what is tried again, and who does not have to wait.

use crate::harness::{JIRA_PASSWORD, Server, Stand, push, sha};
use sandbox::jira::{Fault, Flavour};
use serde_json::{Value, json};
use std::time::Duration;

async fn setup(schedule: &str) -> (Server, Stand, i64) {
    let server = Server::start_with(&[("CROSSTIE_RETRY_SCHEDULE", schedule)]);
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    (server, stand, project)
}

/// One event while Jira is in trouble; answers its delivery once it has ended.
async fn outcome(trouble: Fault, schedule: &str) -> (Value, Server, Stand) {
    let (server, stand, project) = setup(schedule).await;
    stand.jira.set_fault(trouble);
    server
        .hook("group/p", &push("work", &sha(1), "AB-1"), "k")
        .await;
    let row = server.settled(project, 1).await.remove(0);
    let delivery = server.delivery(&row["id"]).await;
    (delivery, server, stand)
}

#[tokio::test]
async fn final_answers_end_it_at_once_and_say_what_to_do() {
    for (trouble, words) in [
        (Fault::Unauthorized, "enter them again"),
        (Fault::Captcha, "sign in to Jira once"),
        (
            Fault::Redirect("http://169.254.169.254/latest/meta-data".into()),
            "redirects to http://169.254.169.254",
        ),
    ] {
        let (delivery, ..) = outcome(trouble, "0s,1ms,1ms").await;
        assert_eq!(delivery["status"], "failed", "{delivery:#}");
        assert_eq!(
            delivery["attempts"].as_array().unwrap().len(),
            1,
            "no second try: {delivery:#}"
        );
        assert!(
            delivery["reason"].as_str().unwrap().contains(words),
            "{delivery:#}"
        );
    }
}

#[tokio::test]
async fn credentials_that_were_refused_are_not_shown_again_until_somebody_has_acted() {
    for trouble in [Fault::Unauthorized, Fault::Captcha] {
        let (first, server, stand) = outcome(trouble.clone(), "0s,1ms").await;
        let project = first["project_id"].as_i64().unwrap();
        let asked = stand.jira.requests().len();
        for number in 2..=9 {
            let event = push("work", &sha(number), "AB-1");
            server.hook("group/p", &event, &number.to_string()).await;
        }
        let rows = server.settled(project, 9).await;
        let knocks = stand.jira.requests().len() - asked;
        assert_eq!(knocks, 0, "each knock brings the account nearer to a lock");
        for row in &rows[..8] {
            let reason = row["reason"].as_str().unwrap();
            assert_eq!(row["status"], "failed", "{row:#}");
            assert!(
                reason.contains("refused at 2") && reason.contains("run the test, then retry"),
                "{reason}"
            );
        }

        // A test that is refused changes nothing; one that succeeds opens the way again.
        let test = format!("/api/crosstie/v1/projects/{project}/integrations/jira/test");
        assert_eq!(server.post(&test, json!({})).await["success"], false);
        stand.jira.set_fault(Fault::None);
        let retry = format!("/api/crosstie/v1/deliveries/{}/retry", rows[0]["id"]);
        server.post(&retry, json!({})).await;
        assert_eq!(server.settled(project, 9).await[0]["status"], "failed");
        assert_eq!(server.post(&test, json!({})).await["success"], true);
        server.post(&retry, json!({})).await;
        assert_eq!(server.settled(project, 9).await[0]["status"], "delivered");

        // So does saving the settings again.
        stand.jira.set_fault(trouble);
        server.post(&test, json!({})).await;
        stand.jira.set_fault(Fault::None);
        server.set_up_jira(project, &stand).await;
        let retry = format!("/api/crosstie/v1/deliveries/{}/retry", rows[1]["id"]);
        server.post(&retry, json!({})).await;
        assert_eq!(server.settled(project, 9).await[1]["status"], "delivered");
    }
}

#[tokio::test]
async fn passing_trouble_is_tried_again_until_the_schedule_ends() {
    for (trouble, words) in [
        (Fault::ServerError, "server error"),
        (Fault::Html, "not JSON"),
        (Fault::Garbage, "not JSON"),
    ] {
        let (delivery, ..) = outcome(trouble, "0s,1ms,1ms").await;
        assert_eq!(delivery["status"], "failed", "{delivery:#}");
        assert_eq!(
            delivery["attempts"].as_array().unwrap().len(),
            3,
            "{delivery:#}"
        );
        let reason = delivery["reason"].as_str().unwrap();
        assert!(
            reason.contains(words) && reason.contains("gave up"),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn what_was_given_up_can_be_sent_again_by_hand() {
    let (delivery, server, stand) = outcome(Fault::ServerError, "0s").await;
    assert_eq!(delivery["status"], "failed");
    stand.jira.set_fault(Fault::None);
    let path = format!("/api/crosstie/v1/deliveries/{}/retry", delivery["id"]);
    server.post(&path, json!({})).await;
    let row = server
        .settled(delivery["project_id"].as_i64().unwrap(), 1)
        .await
        .remove(0);
    assert_eq!(row["status"], "delivered");
    assert_eq!(stand.jira.issue("AB-1").unwrap().comments.len(), 1);
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    let (server, stand, project) = setup("0s,1ms,1ms").await;
    stand.jira.set_fault(Fault::RateLimited {
        retry_after_secs: 2,
    });
    server
        .hook("group/p", &push("work", &sha(1), "AB-1"), "k")
        .await;
    while stand.jira.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stand.jira.set_fault(Fault::None);
    let row = server.settled(project, 1).await.remove(0);
    let delivery = server.delivery(&row["id"]).await;
    assert_eq!(delivery["status"], "delivered");
    let attempts = delivery["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 2, "{delivery:#}");
    let at = |index: usize| {
        attempts[index]["started_at"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
    };
    assert!(at(1).duration_since(at(0)).as_secs() >= 2, "{delivery:#}");
}

#[tokio::test]
async fn a_dead_tool_delays_nobody_else_and_gets_its_backlog_when_it_is_back() {
    let (server, stand, dead) = setup("0s,1h,1h,1h").await;
    stand.jira.set_fault(Fault::ServerError);
    for number in 0..20 {
        server
            .hook(
                "group/p",
                &push("work", &sha(number), "AB-1"),
                &format!("dead-{number}"),
            )
            .await;
    }
    let alive = server.project("alive", "gitlab").await;
    let other = Stand::start(Flavour::Server).await;
    server.set_up_jira(alive, &other).await;
    server
        .hook("group/alive", &push("work", &sha(99), "AB-1"), "alive")
        .await;
    assert_eq!(server.settled(alive, 1).await[0]["status"], "delivered");
    assert!(
        server
            .deliveries(dead)
            .await
            .iter()
            .all(|row| row["status"] == "pending")
    );
    let asked = stand.jira.requests().len();
    assert!(
        asked < 20,
        "a tool that is down is not asked for every delivery: {asked}"
    );

    // The schedule says an hour; the breaker sees it heal within seconds.
    stand.jira.set_fault(Fault::None);
    let rows = server.settled(dead, 20).await;
    assert!(rows.iter().all(|row| row["status"] == "delivered"));
}

#[tokio::test]
async fn nothing_that_is_kept_or_shown_holds_a_secret() {
    let (server, stand, project) = setup("0s").await;
    server
        .hook(
            "group/p",
            &push("work", &sha(1), &format!("AB-1 {JIRA_PASSWORD}")),
            "k",
        )
        .await;
    let row = server.settled(project, 1).await.remove(0);
    let base = format!("/api/v4/projects/{project}/integrations");
    let own = format!("/api/crosstie/v1/projects/{project}");
    let mut seen = server.delivery(&row["id"]).await.to_string();
    for path in [
        base.clone(),
        format!("{base}/jira"),
        format!("{own}/deliveries"),
        format!("{own}/source"),
        "/-/metrics".into(),
    ] {
        let answer = server.call(outbound::Method::Get, &path, None).await;
        assert_eq!(answer.status, 200, "{path}");
        seen.push_str(&answer.body);
    }
    seen.push_str(
        &server
            .post(&format!("{own}/integrations/jira/test"), json!({}))
            .await
            .to_string(),
    );
    stand.jira.set_fault(Fault::Unauthorized);
    seen.push_str(
        &server
            .post(&format!("{own}/integrations/jira/test"), json!({}))
            .await
            .to_string(),
    );
    for secret in [
        JIRA_PASSWORD,
        crate::harness::HOOK_SECRET,
        crate::harness::SYSTEM_SECRET,
    ] {
        assert!(!seen.contains(secret), "{secret} is shown");
    }
    server_keeps_no_plain_secret(&server);
}

fn server_keeps_no_plain_secret(server: &Server) {
    for entry in std::fs::read_dir(server.data()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        let holds = |secret: &str| {
            bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        };
        assert!(!holds(crate::harness::HOOK_SECRET), "{}", path.display());
        assert!(!holds(crate::harness::TOKEN), "{}", path.display());
    }
}
