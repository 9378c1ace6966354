//! Pushes that are huge or strange, through a bare repository's own hook.

use crate::harness::{Repository, Server, Stand};
use sandbox::jira::Flavour;
use std::fmt::Write;
use std::time::{Duration, Instant};

async fn setup() -> (Server, Stand, Repository, i64) {
    let server = Server::start();
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "git").await;
    server.set_up_jira(project, &stand).await;
    let repository = Repository::new();
    repository.install_hook(&server.url, "group/p");
    (server, stand, repository, project)
}

/// The most memory that the server has used, in MiB.
fn peak(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim()
        .trim_end_matches(" kB")
        .trim()
        .parse::<u64>()
        .unwrap()
        / 1024
}

/// Pushes, and sees that the pusher is not held up.
fn push_quickly(repository: &Repository, reference: &str) {
    let begin = Instant::now();
    let seen = repository.push(&[reference]);
    assert_eq!(seen, "");
    assert!(
        begin.elapsed() < Duration::from_secs(30),
        "{:?}",
        begin.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_commits() {
    let (server, stand, repository, project) = setup().await;
    let mut stream = String::new();
    for number in 1..=10_000 {
        let message = format!("AB-{} change {number}", number % 9 + 1);
        writeln!(
            stream,
            "commit refs/heads/many\ncommitter Ada <ada@git.test> {} +0000\ndata {}\n{message}\nM 644 inline f\ndata {}\n{number}\n",
            1_700_000_000 + number,
            message.len(),
            number.to_string().len(),
        )
        .unwrap();
    }
    repository.import(stream.as_bytes());
    push_quickly(&repository, "many");
    let row = server.settled(project, 1).await.remove(0);
    assert_eq!(row["status"], "delivered", "{row:#}");
    let note = row["reason"].as_str().unwrap();
    for words in [
        "1900 oldest of 2000",
        "only the 2000 newest of 10000 commits",
    ] {
        assert!(note.contains(words), "{note}");
    }
    let newest = stand.jira.issue("AB-2").unwrap();
    assert!(
        newest
            .comments
            .iter()
            .any(|comment| comment.text.contains("change 10000")),
        "{newest:?}"
    );
    assert!(peak(&server) < 400, "{} MiB", peak(&server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_message_of_a_megabyte() {
    let (server, stand, repository, project) = setup().await;
    let message = format!(
        "AB-1 Begin\n\n{}\nCloses AB-3",
        "lorem ipsum ".repeat(90_000)
    );
    let stream = format!(
        "commit refs/heads/main\ncommitter Ada <ada@git.test> 1700000000 +0000\ndata {}\n{message}\n",
        message.len()
    );
    repository.import(stream.as_bytes());
    push_quickly(&repository, "main");
    let row = server.settled(project, 1).await.remove(0);
    assert_eq!(row["status"], "delivered", "{row:#}");
    for key in ["AB-1", "AB-3"] {
        assert_eq!(stand.jira.issue(key).unwrap().comments.len(), 1, "{key}");
    }
    assert!(peak(&server) < 400, "{} MiB", peak(&server));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_messages_that_are_no_utf_8() {
    let (server, stand, repository, project) = setup().await;
    let stream = b"commit refs/heads/w\xf6rk\ncommitter J\xf6rg <j@git.test> 1700000000 +0000\nencoding ISO-8859-1\ndata 12\nAB-4 gr\xfc\xdfen\nM 644 inline f\xff\xfe.txt\ndata 1\nx\n\n";
    repository.import(stream);
    let before = repository.git(&["for-each-ref", "--format=%(objectname)"]);
    // The shell, because the name is no text for this program either.
    repository.push_raw(b"refs/heads/w\xf6rk");
    let row = server.settled(project, 1).await.remove(0);
    assert_eq!(row["status"], "delivered", "{row:#}");
    let issue = stand.jira.issue("AB-4").unwrap();
    assert_eq!(issue.comments.len(), 1, "{issue:?}");
    assert!(issue.comments[0].text.contains("grüßen"), "{issue:?}");
    assert!(
        issue.links[0].url.contains(before.lines().next().unwrap()),
        "{issue:?}"
    );
}
