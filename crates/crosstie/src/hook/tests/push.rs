//! Which commits belong to which event.

use super::*;
use serde_json::json;

const ZEROS: &str = "0000000000000000000000000000000000000000";

#[tokio::test]
async fn a_new_branch_and_its_update() {
    let repo = Repo::new();
    let first = repo.commit("First\n\nABC-1");
    let second = repo.commit("Second");
    let bodies = repo.pushed(&["main"]).await;
    assert_eq!(bodies.len(), 1);
    let body = &bodies[0];
    assert_eq!(
        (&body["object_kind"], &body["ref"]),
        (&json!("push"), &json!("refs/heads/main"))
    );
    assert_eq!(
        (&body["before"], &body["after"]),
        (&json!(ZEROS), &json!(second))
    );
    assert_eq!(body["checkout_sha"], json!(second));
    assert_eq!(body["project"]["default_branch"], "main");
    assert_eq!(body["user_name"], "Ada Lovelace");
    assert_eq!(ids(body), [&first, &second]);
    assert_eq!(
        body["commits"][0],
        json!({
            "id": first, "message": "First\n\nABC-1\n", "title": "First",
            "timestamp": "2026-01-02T10:00:00+01:00",
            "author": {"name": "Ada Lovelace", "email": "ada@git.test"},
            "added": [], "modified": [], "removed": [],
        })
    );

    let third = repo.commit("");
    let bodies = repo.pushed(&["main"]).await;
    assert_eq!(
        (&bodies[0]["before"], ids(&bodies[0])),
        (&json!(second), vec![third.as_str()])
    );
    assert_eq!(bodies[0]["commits"][0]["message"], "");
    assert_eq!(bodies[0]["total_commits_count"], 1);
}

#[tokio::test]
async fn a_new_branch_has_the_commits_of_no_other_branch() {
    let repo = Repo::new();
    repo.commit("base");
    repo.push(&["main"]);
    repo.git(&["checkout", "-q", "-b", "topic"]);
    let own = repo.commit("own");
    repo.git(&["branch", "same"]);
    // Both are new in the same push: neither takes the commit from the other.
    let bodies = repo.pushed(&["topic", "same"]).await;
    assert_eq!(bodies.len(), 2);
    for body in &bodies {
        assert_eq!(ids(body), [&own]);
    }
    repo.git(&["branch", "third"]);
    let bodies = repo.pushed(&["third"]).await;
    assert_eq!(
        (ids(&bodies[0]), &bodies[0]["total_commits_count"]),
        (vec![], &json!(0))
    );
    assert_eq!(bodies[0]["checkout_sha"], json!(own));
}

#[tokio::test]
async fn a_new_branch_is_compared_with_the_old_head_of_an_updated_one() {
    let repo = Repo::new();
    repo.commit("base");
    repo.push(&["main:release"]);
    let more = repo.commit("more");
    repo.git(&["branch", "copy"]);
    let bodies = repo.pushed(&["main:release", "copy"]).await;
    assert_eq!(bodies.len(), 2);
    for body in &bodies {
        assert_eq!(ids(body), [&more]);
    }
}

#[tokio::test]
async fn the_commits_of_the_default_branch_are_reported_only_there() {
    let repo = Repo::new();
    let base = repo.commit("base");
    repo.git(&["branch", "copy"]);
    repo.git(&["checkout", "-q", "-b", "topic"]);
    let own = repo.commit("own");
    let bodies = repo.pushed(&["topic", "copy", "main"]).await;
    let of = |name: &str| {
        let body = bodies.iter().find(|body| body["ref"] == json!(name));
        ids(body.unwrap())
    };
    assert_eq!(of("refs/heads/main"), [&base]);
    assert_eq!(of("refs/heads/topic"), [&own]);
    assert_eq!(of("refs/heads/copy"), Vec::<&str>::new());
}

#[tokio::test]
async fn a_renamed_branch_has_no_commits() {
    let repo = Repo::new();
    repo.commit("base");
    repo.git(&["checkout", "-q", "-b", "old"]);
    repo.commit("own");
    repo.push(&["main", "old"]);
    let bodies = repo.pushed(&["old:new", ":old"]).await;
    assert_eq!(bodies.len(), 2);
    for body in &bodies {
        assert_eq!(
            (ids(body), &body["total_commits_count"]),
            (vec![], &json!(0))
        );
    }
}

#[tokio::test]
async fn a_forced_push_has_the_commits_not_in_the_old_history() {
    let repo = Repo::new();
    repo.commit("base");
    repo.commit("old");
    repo.push(&["main"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let new = repo.commit("new");
    let input = repo.push(&["main"]);
    assert_eq!(ids(&repo.events(&input).await[0]), [&new]);
}

#[tokio::test]
async fn a_forced_push_without_its_old_commit_is_like_a_new_branch() {
    let repo = Repo::new();
    repo.commit("base");
    repo.push(&["main", "main:other"]);
    let old = repo.commit("old");
    repo.push(&["main"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let new = repo.commit("new");
    let input = repo.push(&["main"]);
    repo.git_bare(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git_bare(&["gc", "-q", "--prune=now"]);
    let bodies = repo.events(&input).await;
    assert_eq!(
        (&bodies[0]["before"], ids(&bodies[0])),
        (&json!(old), vec![new.as_str()])
    );
}

#[tokio::test]
async fn a_deletion_has_no_commits() {
    let repo = Repo::new();
    let head = repo.commit("base");
    repo.git(&["tag", "v1"]);
    repo.push(&["main", "main:gone", "v1"]);
    let bodies = repo.pushed(&[":gone", ":v1"]).await;
    assert_eq!(bodies.len(), 2);
    for (body, kind) in bodies.iter().zip(["push", "tag_push"]) {
        assert_eq!(body["object_kind"], kind);
        assert_eq!(
            (&body["before"], &body["after"]),
            (&json!(head), &json!(ZEROS))
        );
        assert_eq!(
            (&body["checkout_sha"], &body["total_commits_count"]),
            (&json!(null), &json!(0))
        );
    }
}

#[tokio::test]
async fn tags_have_their_commit() {
    let repo = Repo::new();
    let head = repo.commit("base");
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-a", "-m", "Release 1\n\nABC-2", "noted"]);
    repo.git(&["tag", "-a", "-m", "outer", "nested", "noted"]);
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    repo.git(&["tag", "tree", &tree]);
    let bodies = repo.pushed(&["light", "noted", "nested", "tree"]).await;
    let find = |name: &str| {
        let full = format!("refs/tags/{name}");
        bodies
            .iter()
            .find(|body| body["ref"] == json!(full))
            .unwrap()
    };
    let (light, noted, nested) = (find("light"), find("noted"), find("nested"));
    assert_eq!(
        (&light["message"], &light["checkout_sha"]),
        (&json!(null), &json!(head))
    );
    assert_eq!(noted["message"], "Release 1\n\nABC-2\n");
    assert_eq!(
        (&noted["checkout_sha"], &nested["checkout_sha"]),
        (&json!(head), &json!(head))
    );
    assert_ne!(noted["after"], json!(head));
    assert_eq!(noted["user_name"], "Grace Hopper");
    assert_eq!(nested["message"], "outer\n");
    assert_eq!(find("tree")["checkout_sha"], json!(null));
    assert!(
        bodies
            .iter()
            .all(|body| body["object_kind"] == "tag_push" && ids(body).is_empty())
    );
}

#[tokio::test]
async fn other_refs_are_not_reported() {
    let repo = Repo::new();
    repo.commit("base");
    let (updates, strange) = refs::parse(&repo.push(&["main:refs/notes/x", "main:refs/for/main"]));
    assert_eq!((updates.len(), strange), (0, 0));
}
