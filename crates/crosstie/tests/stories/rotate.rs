//! Another key for the secrets at rest: what was sealed opens before, after, and when the change
//! is broken off.

use crate::harness::{Server, Stand, binary, command, push, sha, until};
use sandbox::jira::Flavour;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

const FIRST: &str = "the-first-key-of-this-story-0000000000";
const SECOND: &str = "the-second-key-of-this-story-000000000";

fn rotation(data: &Path) -> Command {
    let mut command = Command::new(binary());
    command.args(["secrets", "rotate", "--data"]).arg(data);
    command.current_dir(data);
    command
}

/// What a command says, and whether it succeeded.
fn said(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// The names of the keys in the folder.
fn keys(data: &Path) -> Vec<String> {
    let names = fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name.starts_with("secret_key"));
    names.sort();
    names
}

/// A server with a project that comments in Jira.
async fn server(stand: &Stand, environment: &[(&str, &str)]) -> Server {
    let server = Server::start_with(environment);
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, stand).await;
    server
}

/// Sees that the hook's secret and Jira's password open.
async fn works(server: &Server, number: usize) {
    let body = push("main", &sha(number), "AB-1 again");
    let taken = server.hook("group/p", &body, &number.to_string()).await;
    assert_eq!(taken.status, 202, "{}", taken.body);
    let project = server.get("/api/v4/projects/group%2Fp").await;
    let settled = server.settled(project["id"].as_i64().unwrap(), 1).await;
    assert_eq!(settled[0]["status"], "delivered", "{settled:#?}");
}

#[tokio::test]
async fn a_key_in_the_folder_is_changed_there_and_the_one_before_is_kept_by_name() {
    let stand = Stand::start(Flavour::Server).await;
    let mut server = server(&stand, &[]).await;
    let (done, words) = said(&mut rotation(server.data()));
    assert!(
        !done && words.contains("another Crosstie is using"),
        "{words}"
    );
    let before = fs::read_to_string(server.data().join("secret_key")).unwrap();

    assert!(server.stop().success());
    let (done, words) = said(&mut rotation(server.data()));
    assert!(done && words.contains("2 secrets are sealed"), "{words}");
    let now = keys(server.data());
    assert_eq!(now.len(), 2, "{now:?}");
    assert_ne!(
        fs::read_to_string(server.data().join("secret_key")).unwrap(),
        before
    );
    assert_eq!(
        fs::read_to_string(server.data().join(&now[1])).unwrap(),
        before
    );
    for name in &now {
        let mode = fs::metadata(server.data().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
        let key = fs::read_to_string(server.data().join(name)).unwrap();
        assert!(!words.contains(key.trim()), "a key is shown");
    }

    let server = server.kill_and_restart();
    works(&server, 1).await;
    let told = server
        .get("/api/crosstie/v1/audit_events?action=secret_key.rotated")
        .await;
    assert_eq!(told[0]["actor"]["name"], "command line");
    assert_eq!(told[0]["about"]["level"], "instance");
}

#[tokio::test]
async fn a_key_of_the_operator_is_changed_by_the_operator() {
    let stand = Stand::start(Flavour::Server).await;
    let mut server = server(&stand, &[("CROSSTIE_SECRET_KEY", FIRST)]).await;
    assert!(server.stop().success());
    let file = server.data().join("next");
    fs::write(&file, format!("{SECOND}\n")).unwrap();
    let with = |present: &str| {
        let mut command = rotation(server.data());
        command
            .env("CROSSTIE_SECRET_KEY", present)
            .arg("--new-key-file")
            .arg(&file);
        said(&mut command)
    };
    let (done, words) = with(SECOND);
    assert!(!done && words.contains("is not the one"), "{words}");
    let (done, words) = with(FIRST);
    assert!(done && words.contains("Set CROSSTIE_SECRET_KEY"), "{words}");
    assert_eq!(
        keys(server.data()),
        [""; 0],
        "nothing is put into the folder"
    );
    let (done, words) = with(SECOND);
    assert!(!done && words.contains("is the present one"), "{words}");

    let mut old = command(server.data(), "127.0.0.1:0");
    let (done, words) = said(old.env("CROSSTIE_SECRET_KEY", FIRST));
    assert!(
        !done
            && words.contains("secrets rotate")
            && words.contains("CROSSTIE_SECRET_KEY to the new key"),
        "{words}"
    );
    server.set("CROSSTIE_SECRET_KEY", SECOND);
    let server = server.kill_and_restart();
    works(&server, 1).await;
}

/// Runs statements on the database of a stopped server.
fn on_database(data: &Path, script: &str) {
    let program = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
    let mut python = Command::new("python3");
    python
        .args(["-c", program])
        .arg(data.join("crosstie.db"))
        .arg(script);
    assert!(python.status().unwrap().success());
}

/// Makes the change come to the sources, after the settings, and go no further.
const ENDLESS: &str = "CREATE TRIGGER endless AFTER UPDATE ON sources BEGIN
    SELECT (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n);
END";

#[tokio::test]
async fn a_change_that_is_killed_in_the_middle_has_not_happened() {
    let stand = Stand::start(Flavour::Server).await;
    let mut server = server(&stand, &[]).await;
    assert!(server.stop().success());
    let before = fs::read_to_string(server.data().join("secret_key")).unwrap();
    on_database(server.data(), ENDLESS);
    let mut killed = rotation(server.data()).spawn().unwrap();
    let next = server.data().join("secret_key.new");
    until("the new key is there", || next.exists()).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    on_database(server.data(), "DROP TRIGGER endless");
    assert_eq!(
        fs::read_to_string(server.data().join("secret_key")).unwrap(),
        before
    );

    let mut server = server.kill_and_restart();
    works(&server, 1).await;
    assert!(server.stop().success());
    let (done, words) = said(&mut rotation(server.data()));
    assert!(done, "{words}");
    works(&server.kill_and_restart(), 2).await;
}

#[tokio::test]
async fn a_change_that_is_killed_after_it_is_on_disk_is_ended_by_the_next_start() {
    let stand = Stand::start(Flavour::Server).await;
    let mut server = server(&stand, &[]).await;
    assert!(server.stop().success());
    let (done, words) = said(&mut rotation(server.data()));
    assert!(done, "{words}");
    let kept = keys(server.data());
    // What is in the folder when only the last step is missing.
    let folder = server.data().to_owned();
    fs::rename(folder.join("secret_key"), folder.join("secret_key.new")).unwrap();
    fs::rename(folder.join(&kept[1]), folder.join("secret_key")).unwrap();

    let server = server.kill_and_restart();
    works(&server, 1).await;
    assert_eq!(keys(&folder), kept);
}

#[tokio::test]
async fn wherever_a_change_is_killed_everything_opens() {
    let stand = Stand::start(Flavour::Server).await;
    let mut server = server(&stand, &[]).await;
    for round in 1..=4 {
        assert!(server.stop().success());
        let mut child = rotation(server.data())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let begun = server.data().join("secret_key.new");
        // It may end before this is seen; then nothing was broken off.
        while !begun.exists() && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        server = server.kill_and_restart();
        works(&server, round).await;
    }
}
