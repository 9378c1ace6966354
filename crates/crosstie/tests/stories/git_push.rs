//! A real `git push` reaches a Jira issue.

use crate::harness::{Repository, Server, Stand};
use sandbox::jira::Flavour;
use serde_json::json;

async fn setup(flavour: Flavour) -> (Server, Stand, Repository, i64) {
    let server = Server::start();
    let jira = Stand::start(flavour).await;
    let project = server.project("p", "git").await;
    server.set_up_jira(project, &jira).await;
    let repository = Repository::new();
    repository.install_hook(&server.url, "group/p");
    (server, jira, repository, project)
}

async fn comment_link_and_transition_once_each(flavour: Flavour) {
    let (server, stand, repository, project) = setup(flavour).await;
    repository.git(&["checkout", "--quiet", "-b", "work"]);
    let mentioned = repository.commit("AB-1 Start with it");
    assert_eq!(
        repository.push(&["work"]),
        "",
        "a push that goes well is silent"
    );
    let rows = server.settled(project, 1).await;
    assert_eq!(rows[0]["status"], "delivered", "{rows:#?}");

    let issue = stand.jira.issue("AB-1").unwrap();
    assert_eq!((issue.comments.len(), issue.links.len()), (1, 1));
    let address = format!("{}/group/p/-/commit/{mentioned}", server.url);
    assert!(
        issue.comments[0].text.contains("mentioned this issue in"),
        "{issue:?}"
    );
    assert!(
        issue.comments[0].text.contains("Start with it"),
        "{issue:?}"
    );
    assert_eq!(issue.links[0].url, address);
    assert_eq!(issue.links[0].title, "Commit - AB-1 Start with it");

    // The same commit arrives on other branches: nothing new is said.
    repository.git(&["branch", "again"]);
    repository.push(&["again"]);
    repository.git(&["checkout", "--quiet", "-B", "main"]);
    let closing = repository.commit("Finish it\n\nCloses AB-2, AB-3 and AB-4");
    repository.push(&["main"]);
    server.settled(project, 3).await;
    let issue = stand.jira.issue("AB-1").unwrap();
    assert_eq!(
        (issue.comments.len(), issue.links.len()),
        (1, 1),
        "{issue:?}"
    );

    for key in ["AB-2", "AB-3", "AB-4"] {
        let issue = stand.jira.issue(key).unwrap();
        assert_eq!(issue.status, "Done", "{key}");
        assert_eq!(issue.comments.len(), 1, "{issue:?}");
        assert!(
            issue.comments[0].text.contains("Issue solved with")
                && issue.comments[0].text.contains(&closing)
        );
        assert_eq!(issue.links.len(), 1);
        assert!(
            issue.links[0].resolved
                && issue.links[0].title == format!("Solved by commit {closing}.")
        );
    }
}

#[tokio::test]
async fn server_flavour_comment_link_and_transition_once_each() {
    comment_link_and_transition_once_each(Flavour::Server).await;
}

#[tokio::test]
async fn cloud_flavour_comment_link_and_transition_once_each() {
    comment_link_and_transition_once_each(Flavour::Cloud).await;
}

#[tokio::test]
async fn what_is_not_for_jira_is_kept_with_its_reason() {
    let (server, stand, repository, project) = setup(Flavour::Server).await;
    repository.commit("no key here");
    repository.push(&["main"]);
    repository.git(&["tag", "v1"]);
    repository.push(&["v1"]);
    repository.git(&["branch", "gone"]);
    repository.push(&["gone"]);
    repository.push(&["--delete", "gone"]);
    let rows = server.settled(project, 4).await;
    let reasons: Vec<_> = rows
        .iter()
        .map(|row| row["reason"].as_str().unwrap())
        .collect();
    assert!(rows.iter().all(|row| row["status"] == "skipped"));
    assert_eq!(
        reasons,
        [
            "branch `gone` was deleted",
            "the push to `gone` brought no new commits",
            "Jira issues does not act on tag push events",
            "no issue key in 1 commit message",
        ]
    );
    assert!(stand.jira.requests().is_empty());
}

#[tokio::test]
async fn while_the_server_is_away_events_wait_beside_the_repository() {
    let (mut server, stand, repository, project) = setup(Flavour::Server).await;
    assert!(server.stop().success());
    repository.commit("AB-1 while away");
    let seen = repository.push(&["main"]);
    let ours: Vec<_> = seen
        .lines()
        .filter(|line| line.contains("crosstie"))
        .collect();
    assert_eq!(ours.len(), 1, "one clear line: {seen}");
    let server = server.kill_and_restart();
    assert!(server.deliveries(project).await.is_empty());

    repository.commit("AB-2 back again");
    assert_eq!(repository.push(&["main"]), "");
    let rows = server.settled(project, 2).await;
    assert!(
        rows.iter().all(|row| row["status"] == "delivered"),
        "{rows:#?}"
    );
    for key in ["AB-1", "AB-2"] {
        assert_eq!(stand.jira.issue(key).unwrap().comments.len(), 1, "{key}");
    }
}

#[tokio::test]
async fn links_lead_to_the_sources_own_pages() {
    let (server, stand, repository, project) = setup(Flavour::Server).await;
    let source = json!({"kind": "git", "web_url": "https://git.test/cgit/p.git"});
    server
        .put(
            &format!("/api/crosstie/v1/projects/{project}/source"),
            source,
        )
        .await;
    let sha = repository.commit("AB-5 with a page of its own");
    repository.push(&["main"]);
    server.settled(project, 1).await;
    let issue = stand.jira.issue("AB-5").unwrap();
    assert_eq!(
        issue.links[0].url,
        format!("https://git.test/cgit/p.git/commit/?id={sha}")
    );
}
