//! The disk fills up, and has room again: nothing half-kept, nothing lost, nobody has to act twice.

use crate::harness::{Repository, Server, Stand, own_disks, push, sha, until};
use sandbox::jira::{Fault, Flavour};
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A way to run out of room.
struct Disk {
    /// shell that runs before the server
    before: &'static str,
    fill: fn(&Server),
    free: fn(&Server),
    /// what the refusal has to say
    advice: &'static str,
}

/// A limit on the size of files, as a quota is: it needs no rights.
const QUOTA: Disk = Disk {
    before: "trap '' XFSZ",
    fill: |server| limit(server, "1:"),
    free: |server| limit(server, "unlimited:"),
    advice: "over a quota",
};

/// A small disk, seen by the server alone and gone with it.
const FULL: Disk = Disk {
    before: r#"mount -t tmpfs -o size=16m,mode=700 none "$PWD""#,
    fill: |server| {
        let mut file = std::fs::File::create(filler(server)).unwrap();
        let error = std::io::copy(&mut std::io::repeat(0), &mut file).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{error}");
    },
    free: |server| std::fs::remove_file(filler(server)).unwrap(),
    advice: "free space on the disk",
};

fn limit(server: &Server, bytes: &str) {
    let pid = server.pid();
    let status = Command::new("prlimit")
        .args(["--pid", &pid, &format!("--fsize={bytes}")])
        .status();
    assert!(status.expect("prlimit, of util-linux, is needed").success());
}

/// A file on the server's own disk, reached from outside.
fn filler(server: &Server) -> PathBuf {
    PathBuf::from(format!(
        "/proc/{}/root{}/filler",
        server.pid(),
        server.data().display()
    ))
}

#[tokio::test]
async fn over_a_quota_nothing_is_half_kept_and_it_goes_on_by_itself() {
    room_runs_out(&QUOTA, |before, environment| {
        Server::start_after(before, environment)
    })
    .await;
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_half_kept_and_it_goes_on_by_itself() {
    let Some(unshare) = own_disks() else { return };
    let start = |before: &str, environment: &[(&str, &str)]| {
        Server::start_after(&unshare(before), environment)
    };
    room_runs_out(&FULL, start).await;
}

async fn room_runs_out(disk: &Disk, start: impl Fn(&str, &[(&str, &str)]) -> Server) {
    let server = start(disk.before, &[("CROSSTIE_RETRY_SCHEDULE", "0s,1h")]);
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    let pushed = server.project("pushed", "git").await;
    server.set_up_jira(pushed, &stand).await;
    let repository = Repository::new();
    repository.install_hook(&server.url, "group/pushed");

    // An attempt is under way when it happens, and cannot be written down.
    stand
        .jira
        .set_fault(Fault::Slow(Duration::from_millis(100)));
    let event = |number| push("work", &sha(number), &format!("AB-{number}"));
    assert_eq!(server.hook("group/p", &event(1), "1").await.status, 202);
    until("Jira is asked", || !stand.jira.requests().is_empty()).await;
    (disk.fill)(&server);
    server.says("an attempt could not be stored").await;
    stand.jira.set_fault(Fault::None);

    // Large, so that no room left over somewhere takes it.
    let mut large = event(2);
    large["padding"] = json!("x".repeat(1_000_000));
    let answer = server.hook("group/p", &large, "2").await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.body.contains(disk.advice), "{}", answer.body);
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    repository.commit(&format!("AB-3 {}", "x".repeat(100_000)));
    let seen = repository.push(&["main"]);
    assert!(seen.contains("503") && seen.contains(disk.advice), "{seen}");
    let events = format!("/api/crosstie/v1/projects/{project}/events");
    assert_eq!(
        server.get(&events).await.as_array().unwrap().len(),
        1,
        "reading goes on"
    );

    (disk.free)(&server);
    let answer = server.hook("group/p", &large, "2").await;
    assert_eq!(answer.status, 202, "sent again, it is new: {}", answer.body);
    repository.commit("AB-4 there is room again");
    assert_eq!(repository.push(&["main"]), "");
    for (project, count) in [(project, 2), (pushed, 2)] {
        for row in server.settled(project, count).await {
            let delivery = server.delivery(&row["id"]).await;
            assert_eq!(row["status"], "delivered", "{row:#}");
            assert_eq!(
                delivery["attempts"].as_array().unwrap().len(),
                1,
                "{delivery:#}"
            );
        }
    }
    for number in 1..=4 {
        let issue = stand.jira.issue(&format!("AB-{number}")).unwrap();
        assert_eq!(
            (issue.comments.len(), issue.links.len()),
            (1, 1),
            "{issue:?}"
        );
    }
}
