//! A server that cannot start ends at once, says in one message what to do, and changes nothing.

use crate::harness::{Server, after, command, own_disks};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// Every file of a folder with the hash of what is in it, but what SQLite keeps there for the moment.
fn contents(folder: &Path) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        if !bytes.is_empty() && !name.ends_with("-shm") {
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            found.insert(name, hasher.finish());
        }
    }
    found
}

/// Starts a server that cannot start, and answers what it said; nothing may have changed.
fn refused(data: &Path, listen: &str, before: &str) -> String {
    let as_it_was = contents(data);
    let Output { status, stderr, .. } = after(before, &command(data, listen)).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(
        said.starts_with("crosstie: ") && said.lines().count() == 1,
        "{said}"
    );
    assert_eq!(contents(data), as_it_was, "{said}");
    said
}

/// Runs a statement on a database; closing it folds everything into the one file.
fn sqlite(file: &Path, statement: &str) {
    let program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()";
    let mut python = Command::new("python3");
    python.args(["-c", program]).arg(file).arg(statement);
    assert!(python.status().unwrap().success());
}

/// A server that has been used and stopped, its database changed by a statement.
async fn used(statement: &str) -> Server {
    let mut server = Server::start();
    server.project("p", "gitlab").await;
    assert!(server.stop().success());
    sqlite(&server.data().join("crosstie.db"), statement);
    server
}

#[test]
fn a_port_in_use() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let said = refused(data.path(), &address, "");
    assert!(
        said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn a_file_that_is_no_database_or_somebody_elses() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("crosstie.db");
    for bytes in [vec![b'x'; 5_000], vec![0; 4_096], b"short".to_vec()] {
        std::fs::write(&file, bytes).unwrap();
        let said = refused(data.path(), "127.0.0.1:0", "");
        assert!(
            said.contains("crosstie.db") && said.contains("backup"),
            "{said}"
        );
    }
    std::fs::remove_file(&file).unwrap();
    sqlite(&file, "CREATE TABLE users (x)");
    let said = refused(data.path(), "127.0.0.1:0", "");
    assert!(
        said.contains("another program") && said.contains("another data folder"),
        "{said}"
    );
}

#[test]
fn a_data_folder_that_is_a_file() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    let output = command(&file, "127.0.0.1:0")
        .current_dir(data.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("--data"),
        "{said}"
    );
}

#[tokio::test]
async fn a_database_of_a_newer_version() {
    let server = used("INSERT INTO schema_version (version) VALUES (999)").await;
    let said = refused(server.data(), "127.0.0.1:0", "");
    assert!(
        said.contains("999") && said.contains("newer Crosstie"),
        "{said}"
    );
}

#[tokio::test]
async fn a_folder_or_a_database_that_cannot_be_written() {
    let Some(own) = own_disks() else { return };
    let server = used("SELECT * FROM instance").await;
    for path in ["$PWD", "$PWD/crosstie.db"] {
        let read_only = own(&format!(
            r#"mount --bind "{path}" "{path}" && mount -o remount,ro,bind "{path}""#
        ));
        let said = refused(server.data(), "127.0.0.1:0", &read_only);
        assert!(said.contains("must be writable"), "{path}: {said}");
    }
    let empty = tempfile::tempdir().unwrap();
    let read_only = own(r#"mount --bind "$PWD" "$PWD" && mount -o remount,ro,bind "$PWD""#);
    let said = refused(empty.path(), "127.0.0.1:0", &read_only);
    assert!(said.contains("must be writable"), "{said}");
}

#[tokio::test]
async fn a_missing_key_or_another_one() {
    let server = used("SELECT * FROM instance").await;
    let key = server.data().join("secret_key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let said = refused(server.data(), "127.0.0.1:0", "");
    assert!(
        said.contains("secret_key is missing") && said.contains("CROSSTIE_SECRET_KEY"),
        "{said}"
    );
    std::fs::write(&key, "x".repeat(40)).unwrap();
    let said = refused(server.data(), "127.0.0.1:0", "");
    assert!(
        said.contains("not the one") && said.contains("earlier key"),
        "{said}"
    );
    std::fs::write(&key, kept).unwrap();
    let server = server.kill_and_restart();
    server.get("/api/v4/projects/group%2Fp").await;
}

#[tokio::test]
async fn what_is_kept_is_for_its_owner_alone_even_in_a_folder_that_is_open_to_all() {
    let data = tempfile::tempdir().unwrap();
    std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let server = Server::start_on(data);
    for entry in std::fs::read_dir(server.data()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} is {mode:o}", entry.path());
    }
}
