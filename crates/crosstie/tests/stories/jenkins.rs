//! A push starts a build on a strict stand-in of Jenkins.

use crate::harness::{Repository, Server, push, sha};
use outbound::Method;
use sandbox::jenkins::Jenkins;
use serde_json::{Value, json};

const PASSWORD: &str = "story-jenkins-password";

struct Setup {
    server: Server,
    jenkins: Jenkins,
    project: i64,
    url: String,
}

impl Setup {
    async fn start(kind: &str) -> Self {
        let server = Server::start_with(&[("CROSSTIE_RETRY_SCHEDULE", "0s,1ms")]);
        let jenkins = Jenkins::new("ada", PASSWORD);
        jenkins.add_job("tools/shop");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let listening = jenkins.clone();
        tokio::spawn(async move { sandbox::jenkins::serve(&listening, listener).await });
        let project = server.project("p", kind).await;
        let setup = Self {
            server,
            jenkins,
            project,
            url,
        };
        let settings = json!({
            "jenkins_url": setup.url, "project_name": "tools/shop", "username": "ada", "password": PASSWORD,
        });
        assert_eq!(setup.set(settings).await.0, 200);
        setup
    }

    async fn set(&self, settings: Value) -> (u16, String) {
        let path = format!("/api/v4/projects/{}/integrations/jenkins", self.project);
        let answer = self.server.call(Method::Put, &path, Some(settings)).await;
        (answer.status, answer.body)
    }

    async fn test(&self) -> Value {
        let path = format!(
            "/api/crosstie/v1/projects/{}/integrations/jenkins/test",
            self.project
        );
        self.server.post(&path, json!({})).await
    }
}

#[tokio::test]
async fn a_real_push_starts_a_build_of_its_commit() {
    let setup = Setup::start("git").await;
    let repository = Repository::new();
    repository.install_hook(&setup.server.url, "group/p");
    let commit = repository.commit("Build me");
    repository.push(&["main"]);
    let row = setup.server.settled(setup.project, 1).await.remove(0);
    assert_eq!(row["status"], "delivered", "{row:#}");
    let builds = setup.jenkins.builds("tools/shop");
    assert_eq!(builds.len(), 1, "{builds:?}");
    assert_eq!(
        (builds[0].what.as_str(), builds[0].sha.as_str()),
        ("main", commit.as_str())
    );
    assert_eq!(builds[0].cause, "Push Hook");
    assert_eq!(
        builds[0].key.len(),
        36,
        "a tool can tell a repeat: {builds:?}"
    );
}

#[tokio::test]
async fn tags_and_merge_requests_come_only_when_switched_on() {
    let setup = Setup::start("gitlab").await;
    let tag = json!({"object_kind": "tag_push", "ref": "refs/tags/v1", "after": sha(2), "user_name": "Ada"});
    let request = json!({"object_kind": "merge_request", "user": {"name": "Ada"},
        "object_attributes": {"iid": 7, "action": "open", "last_commit": {"id": sha(3)}}});
    for (number, event) in [&push("main", &sha(1), "x"), &tag, &request]
        .into_iter()
        .enumerate()
    {
        setup
            .server
            .hook("group/p", event, &format!("first-{number}"))
            .await;
    }
    let rows = setup.server.settled(setup.project, 3).await;
    let skipped = rows.iter().filter(|row| row["status"] == "skipped");
    let reasons: Vec<_> = skipped.map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "`merge_requests_events` is disabled",
            "`tag_push_events` is disabled"
        ]
    );
    let switches = json!({"jenkins_url": setup.url, "project_name": "tools/shop",
        "merge_requests_events": true, "tag_push_events": true});
    assert_eq!(setup.set(switches).await.0, 200);
    for (number, event) in [&tag, &request].into_iter().enumerate() {
        setup
            .server
            .hook("group/p", event, &format!("second-{number}"))
            .await;
    }
    setup.server.settled(setup.project, 5).await;
    let causes: Vec<_> = setup
        .jenkins
        .builds("tools/shop")
        .into_iter()
        .map(|build| build.cause)
        .collect();
    assert_eq!(causes, ["Push Hook", "Tag Push Hook", "Merge Request Hook"]);
}

#[tokio::test]
async fn a_test_says_what_is_wrong_and_settings_that_cannot_be_are_refused() {
    let setup = Setup::start("gitlab").await;
    assert_eq!(setup.test().await["success"], true);
    let job = |name: &str| json!({"jenkins_url": setup.url, "project_name": name});
    setup.set(job("shop")).await;
    let said = setup.test().await.to_string();
    assert!(
        said.contains("GitLab plug-in") && said.contains("false"),
        "{said}"
    );
    assert_eq!(setup.set(job("../../other")).await.0, 400);
    let nobody = json!({"jenkins_url": setup.url, "project_name": "tools/shop", "username": ""});
    setup.set(nobody.clone()).await;
    let said = setup.test().await.to_string();
    assert!(
        said.contains("credentials"),
        "the password went with the name: {said}"
    );
    let mut password_alone = nobody;
    password_alone["password"] = PASSWORD.into();
    let (status, body) = setup.set(password_alone).await;
    assert!(
        status == 400 && body.contains("username"),
        "{status} {body}"
    );
}
