//! Commits of every shape, and of every number.

use super::*;
use serde_json::json;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

#[tokio::test]
async fn files_are_compared_with_the_first_parent() {
    let repo = Repo::new();
    let file = |name: &str, text: &str| fs::write(repo.work.join(name), text).unwrap();
    let all = |message: &str| {
        repo.git(&["add", "-A"]);
        repo.commit(message)
    };
    file("a", "1");
    file("b", "1");
    all("root");
    repo.git(&["checkout", "-q", "-b", "topic"]);
    file("of-topic", "1");
    all("topic");
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["mv", "a", "renamed"]);
    file("b", "2");
    let head = repo.head();
    repo.git(&[
        "update-index",
        "--add",
        "--cacheinfo",
        &format!("160000,{head},module"),
    ]);
    repo.commit("rename");
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    let bodies = repo.pushed(&["main"]).await;
    let commits = bodies[0]["commits"].as_array().unwrap();
    let files = |title: &str| {
        let commit = commits
            .iter()
            .find(|commit| commit["title"] == title)
            .unwrap();
        json!([commit["added"], commit["modified"], commit["removed"]])
    };
    assert_eq!(files("root"), json!([["a", "b"], [], []]));
    assert_eq!(files("topic"), json!([["of-topic"], [], []]));
    assert_eq!(files("rename"), json!([["module", "renamed"], [], ["a"]]));
    assert_eq!(files("merge"), json!([["of-topic"], [], []]));
    assert_eq!(commits.last().unwrap()["title"], "merge");
}

#[tokio::test]
async fn invalid_utf_8_is_replaced_and_declared_encodings_are_converted() {
    let repo = Repo::new();
    fs::write(repo.work.join(OsStr::from_bytes(b"caf\xe9\n.txt")), "x").unwrap();
    repo.git(&["add", "-A"]);
    let tree = repo.git(&["write-tree"]);
    // Git itself would mend the message.
    let person = "Ada <ada@git.test> 1700000000 +0000";
    let mut raw =
        format!("tree {tree}\nauthor {person}\ncommitter {person}\n\nbroken ").into_bytes();
    raw.extend_from_slice(b"\xff message\n");
    let mut hash = git_command(&repo.work);
    let id = fed(
        hash.args(["hash-object", "-t", "commit", "-w", "--stdin"]),
        &raw,
    );
    repo.git(&["reset", "-q", "--hard", &id]);
    let latin = [
        "-c",
        "i18n.commitEncoding=ISO-8859-1",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
    ];
    let message = OsStr::from_bytes(b"caf\xe9");
    checked(git_command(&repo.work).args(latin).arg(message));
    let bodies = repo
        .pushed(&[OsStr::from_bytes(b"main:refs/heads/\xfcber")])
        .await;
    assert_eq!(bodies[0]["ref"], "refs/heads/\u{fffd}ber");
    assert_eq!(
        bodies[0]["commits"][0]["message"],
        "broken \u{fffd} message\n"
    );
    assert_eq!(
        bodies[0]["commits"][0]["added"],
        json!(["caf\u{fffd}\n.txt"])
    );
    assert_eq!(bodies[0]["commits"][1]["message"], "café\n");
}

#[tokio::test]
async fn a_message_of_a_megabyte_is_complete() {
    let repo = Repo::new();
    let message = "ABC-1 ".repeat(170_000);
    let mut commit = git_command(&repo.work);
    fed(
        commit.args(["commit", "-q", "--allow-empty", "-F", "-"]),
        message.as_bytes(),
    );
    let bodies = repo.pushed(&["main"]).await;
    let commit = &bodies[0]["commits"][0];
    assert_eq!(
        commit["message"].as_str().unwrap().trim_end(),
        message.trim_end()
    );
    assert!(commit["title"].as_str().unwrap().len() <= 81);
}

#[tokio::test]
async fn a_repository_with_long_hashes_is_supported() {
    let repo = Repo::with_format("sha256");
    let head = repo.commit("one");
    repo.git(&["tag", "-a", "-m", "note", "v1"]);
    let bodies = repo.pushed(&["main", "v1"]).await;
    assert_eq!(head.len(), 64);
    assert_eq!(
        (&bodies[0]["before"], ids(&bodies[0])),
        (&json!("0".repeat(64)), vec![head.as_str()])
    );
    assert_eq!(
        (&bodies[1]["message"], &bodies[1]["checkout_sha"]),
        (&json!("note\n"), &json!(head))
    );
}

/// Makes a line of commits, each with a file, without a process for each.
fn import(repo: &Repo, commits: usize) {
    let mut stream = String::new();
    for number in 0..commits {
        let message = format!("Commit {number}");
        write!(
            stream,
            "commit refs/heads/main\ncommitter Ada <ada@git.test> {} +0000\ndata {}\n{message}\nM 100644 inline file-{}\ndata 1\n{}\n",
            1_700_000_000 + number,
            message.len(),
            number % 500,
            number / 500,
        )
        .unwrap();
    }
    let mut import = git_command(&repo.work);
    fed(import.args(["fast-import", "--quiet"]), stream.as_bytes());
}

#[tokio::test]
async fn a_push_of_thousands_of_commits_needs_a_handful_of_processes() {
    let repo = Repo::new();
    import(&repo, 3_000);
    let input = repo.push(&["main"]);
    let log = repo.root().join("processes");
    let program = repo.root().join("counting-git");
    let text = format!("echo \"$4\" >> '{}'\nexec git \"$@\"", log.display());
    write_script(&program, &text);
    let git = Git::new(&repo.bare).with_program(&program, Duration::from_secs(60));
    let bodies = events_by(&git, &input, LIMITS).await;
    let body = &bodies[0];
    assert_eq!(body["total_commits_count"], 3_000);
    let commits = body["commits"].as_array().unwrap();
    assert_eq!(commits.len(), 2_000);
    assert_eq!(commits[0]["title"], "Commit 1000");
    assert_eq!(commits[1_999]["title"], "Commit 2999");
    let listed = commits.iter().map(|commit| commit["modified"] != json!([]));
    let expected = (0..2_000).map(|place| place >= 1_900);
    assert!(listed.eq(expected), "the newest 100 alone have their files");
    let processes = fs::read_to_string(&log).unwrap();
    assert_eq!(
        processes.lines().collect::<Vec<_>>(),
        [
            "symbolic-ref",
            "cat-file",
            "for-each-ref",
            "log",
            "rev-list",
            "diff-tree"
        ]
    );
}

#[tokio::test]
async fn a_log_larger_than_a_body_gives_the_newest_that_fit() {
    let repo = Repo::new();
    import(&repo, 50);
    let input = repo.push(&["main"]);
    let limits = Limits {
        commits: 40,
        with_files: 10,
        body: 4_000,
    };
    let bodies = events_by(&Git::new(&repo.bare), &input, limits).await;
    let commits = bodies[0]["commits"].as_array().unwrap();
    assert_eq!(bodies[0]["total_commits_count"], 50);
    assert!((5..40).contains(&commits.len()));
    assert_eq!(commits.last().unwrap()["title"], "Commit 49");
}
