//! Settings of the instance, of groups and of projects: what holds, whose secrets are used, and what
//! becomes of two who save at once.

use crate::harness::{Server, Stand, push, sha};
use outbound::Method;
use sandbox::jira::Flavour;
use serde_json::{Value, json};

const INSTANCE: &str = "/api/crosstie/v1/integrations/jira";
const GROUP: &str = "/api/v4/groups/group/integrations/jira";

fn of_project(id: i64) -> String {
    format!("/api/v4/projects/{id}/integrations/jira")
}

/// Pushes a commit that names an issue, and answers what became of it.
async fn pushed(server: &Server, project: i64, number: usize) -> Value {
    let event = push("work", &sha(number), "AB-1");
    let answer = server.hook("group/p", &event, &number.to_string()).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    server.settled(project, number).await.remove(0)
}

#[tokio::test]
async fn a_push_goes_where_the_nearest_settings_say() {
    let server = Server::start();
    let stands = [
        Stand::start(Flavour::Server).await,
        Stand::start(Flavour::Server).await,
        Stand::start(Flavour::Server).await,
    ];
    let project = server.project("p", "gitlab").await;
    let own = of_project(project);
    let told = || stands.each_ref().map(|stand| stand.jira.requests().len());
    for (number, path) in (1..).zip([INSTANCE, GROUP, own.as_str()]) {
        let before = told();
        server.put(path, stands[number - 1].settings()).await;
        assert_eq!(
            pushed(&server, project, number).await["status"],
            "delivered"
        );
        for (index, (before, after)) in before.iter().zip(told()).enumerate() {
            assert_eq!(
                after > *before,
                index + 1 == number,
                "Jira {index} at push {number}"
            );
        }
    }
    let inherit = json!({ "use_inherited_settings": true });
    server.put(&own, inherit.clone()).await;
    server.put(GROUP, inherit).await;
    let before = told();
    pushed(&server, project, 4).await;
    let after = told();
    assert!(after[0] > before[0], "the instance's again");
    assert_eq!(after[1..], before[1..]);

    // Off at the instance is off for all that inherit.
    let off = server.call(Method::Delete, INSTANCE, None).await;
    assert_eq!(off.status, 204);
    let event = push("work", &sha(5), "AB-1");
    server.hook("group/p", &event, "5").await;
    assert_eq!(server.settled(project, 4).await.len(), 4);
    assert_eq!(server.get(&own).await["active"], false);
}

#[tokio::test]
async fn a_test_uses_the_settings_above_and_their_secret_goes_nowhere_else() {
    let server = Server::start();
    let stand = Stand::start(Flavour::Server).await;
    let elsewhere = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.put(GROUP, stand.settings()).await;
    let test = format!("/api/crosstie/v1/projects/{project}/integrations/jira/test");
    assert_eq!(server.post(&test, json!({})).await["success"], true);

    for password in [json!(""), json!(null)] {
        let mut stolen = elsewhere.settings();
        stolen["password"] = password;
        let answer = server
            .call(Method::Put, &of_project(project), Some(stolen))
            .await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.body.contains("can't be blank"), "{}", answer.body);
    }
    assert_eq!(server.post(&test, json!({})).await["success"], true);
    assert_eq!(elsewhere.jira.requests().len(), 0);

    let effective = format!("/api/crosstie/v1/projects/{project}/integrations/jira/effective");
    let told = server.get(&effective).await;
    assert_eq!(
        told["properties"]["password"],
        json!({ "set": true, "level": "group", "full_path": "group" })
    );
    let overrides = server.get(&format!("{INSTANCE}/overrides")).await;
    assert_eq!(overrides[0]["full_path"], "group");
    assert_eq!(overrides.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_save_at_once_one_is_kept_whole() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = of_project(project);
    let settings = |who: &str| {
        json!({
            "url": format!("https://{who}.test"), "username": who, "password": who,
            "jira_issue_prefix": who, "commit_events": who == "one",
        })
    };
    for round in 0..10 {
        let save = async |who: &str| server.call(Method::Put, &path, Some(settings(who))).await;
        let (one, two) = tokio::join!(save("one"), save("two"));
        for (who, answer) in [("one", one), ("two", two)] {
            assert_eq!(answer.status, 200, "{}", answer.body);
            let answered: Value = answer.json().unwrap();
            assert_eq!(answered["properties"]["username"], who, "round {round}");
        }
        let kept = server.get(&path).await;
        let who = kept["properties"]["username"].as_str().unwrap();
        assert_eq!(
            [
                &kept["properties"]["url"],
                &kept["properties"]["jira_issue_prefix"],
                &kept["commit_events"]
            ],
            [
                &json!(format!("https://{who}.test")),
                &json!(who),
                &json!(who == "one")
            ],
            "round {round}"
        );
    }
}
