//! The demo, as a newcomer runs it.

use crate::harness::{Repository, binary};
use std::process::Command;

fn demo(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = Command::new(binary())
        .arg("demo")
        .arg("--once")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[test]
fn it_goes_the_whole_way_from_a_repository_and_from_nothing() {
    let repository = Repository::new();
    repository.commit("a beginning");
    let before = repository.git(&["log", "--all", "--format=%H"]);
    for kind in ["server", "cloud"] {
        let said = demo(&repository.clone_path(), &["--jira", kind]);
        assert!(
            said.contains("/rest/api/") && said.contains("/transitions → 204"),
            "{said}"
        );
        assert_eq!(said.matches(": delivered").count(), 10, "{said}");
        assert!(
            said.contains("/issues/143\"") && said.contains("<code>NOTES-144</code>"),
            "{said}"
        );
    }
    assert_eq!(
        repository.git(&["log", "--all", "--format=%H"]),
        before,
        "the repository is left as it was"
    );
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(demo(empty.path(), &[]).matches(": delivered").count(), 10);
}
