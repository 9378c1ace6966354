//! The script in a real repository, run by a real git.

use super::super::install::{install, uninstall};
use super::super::script::PREVIOUS;
use super::super::spool::Spool;
use super::super::target::{self, Target};
use super::*;
use model::Secret;

/// A stand-in of the binary that writes down how it was called.
fn binary(repo: &Repo) -> PathBuf {
    let path = repo.root().join("bin of 'ada'/crosstie");
    let text =
        "here=${0%/*}\nprintf '%s\\n' \"$@\" >> \"$here/called\"\ncat >> \"$here/called\"\nexit 3";
    write_script(&path, text);
    path
}

fn called(repo: &Repo) -> String {
    fs::read_to_string(repo.root().join("bin of 'ada'/called")).unwrap_or_default()
}

fn target(secret: &str) -> Target {
    Target::new("http://x.test", "group/app", &Secret::new(secret)).unwrap()
}

async fn error(path: &Path) -> String {
    let result = install(path, &target("s"), Path::new("/x")).await;
    format!("{:#}", result.unwrap_err())
}

#[tokio::test]
async fn the_hook_reports_a_push() {
    let repo = Repo::new();
    let message = install(&repo.bare, &target("one"), &binary(&repo))
        .await
        .unwrap();
    assert!(
        message.ends_with("are reported to http://x.test as group/app"),
        "{message}"
    );
    let head = repo.commit("one");
    assert_eq!(repo.push_and_see("main"), "");
    let expected = format!(
        "hook\nrun\n--repo\n.\n{} {head} refs/heads/main\n",
        "0".repeat(40)
    );
    assert_eq!(called(&repo), expected);

    // Again: the same hook, the new secret, no trace of an earlier hook.
    install(&repo.bare, &target("two"), &binary(&repo))
        .await
        .unwrap();
    assert_eq!(Target::load(&repo.bare).unwrap().secret.expose(), "two");
    assert!(!repo.bare.join("hooks").join(PREVIOUS).exists());
}

#[tokio::test]
async fn the_script_finds_its_repository_from_any_folder() {
    let repo = Repo::new();
    install(&repo.bare, &target("s"), &binary(&repo))
        .await
        .unwrap();
    let mut script = Command::new(repo.bare.join("hooks/post-receive"));
    fed(script.current_dir("/").env_remove("GIT_DIR"), b"a b c\n");
    assert!(called(&repo).contains(&format!("--repo\n{}\na b c\n", repo.bare.display())));
}

#[tokio::test]
async fn a_missing_binary_is_reported_in_one_line_and_does_not_fail_the_push() {
    let repo = Repo::new();
    install(&repo.bare, &target("s"), Path::new("/no/such/crosstie"))
        .await
        .unwrap();
    repo.commit("one");
    let seen = repo.push_and_see("main");
    assert_eq!(seen.trim_end().lines().count(), 1, "{seen}");
    assert!(
        seen.contains("crosstie: this push is not reported, /no/such/crosstie is missing"),
        "{seen}"
    );
}

#[tokio::test]
async fn a_previous_hook_runs_first_and_is_restored() {
    let repo = Repo::new();
    let hook = repo.bare.join("hooks/post-receive");
    let text = "cat > \"${0%/*}/theirs\"; exit 7";
    write_script(&hook, text);
    for _ in 0..2 {
        let message = install(&repo.bare, &target("s"), &binary(&repo))
            .await
            .unwrap();
        assert!(
            message.contains("the previous hook was renamed"),
            "{message}"
        );
    }
    let mut script = Command::new(&hook);
    script.current_dir(&repo.bare).stdin(Stdio::piped());
    let mut child = spawned(&mut script);
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"a b c\nd e f\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(7));
    assert_eq!(
        fs::read_to_string(repo.bare.join("hooks/theirs")).unwrap(),
        "a b c\nd e f\n"
    );
    assert!(called(&repo).ends_with("a b c\nd e f\n"));

    let message = uninstall(&repo.bare).await.unwrap();
    assert!(message.contains("the previous one restored"), "{message}");
    assert_eq!(
        fs::read_to_string(&hook).unwrap(),
        format!("#!/bin/sh\n{text}\n")
    );
    assert!(!target::folder(&repo.bare).exists());
    let again = format!("{:#}", uninstall(&repo.bare).await.unwrap_err());
    assert!(again.contains("no hook is installed"), "{again}");
}

#[tokio::test]
async fn two_other_hooks_are_an_error() {
    let repo = Repo::new();
    write_script(&repo.bare.join("hooks/post-receive"), "one");
    write_script(&repo.bare.join("hooks").join(PREVIOUS), "two");
    let error = error(&repo.bare).await;
    assert!(error.contains("is a Crosstie hook"), "{error}");
    assert!(!target::folder(&repo.bare).exists(), "nothing half-done");
}

#[tokio::test]
async fn unsent_events_stay_when_the_hook_is_removed() {
    let repo = Repo::new();
    install(&repo.bare, &target("s"), &binary(&repo))
        .await
        .unwrap();
    fs::write(Spool::of(&repo.bare).folder().join("1.json"), "{}").unwrap();
    let message = uninstall(&repo.bare).await.unwrap();
    assert!(
        message.contains("1 event not sent and left in"),
        "{message}"
    );
    assert!(!repo.bare.join("hooks/post-receive").exists());
    assert!(!target::file(&repo.bare).exists());
    assert!(Spool::of(&repo.bare).folder().join("1.json").exists());
}

#[tokio::test]
async fn a_shared_hooks_folder_reports_only_installed_repositories() {
    let repo = Repo::new();
    let shared = repo.root().join("shared hooks");
    repo.git_bare(&["config", "core.hooksPath", shared.to_str().unwrap()]);
    install(&repo.bare, &target("s"), &binary(&repo))
        .await
        .unwrap();
    repo.commit("one");
    assert_eq!(repo.push_and_see("main"), "");
    assert!(called(&repo).contains("refs/heads/main"));
    let before = called(&repo);

    let other = repo.root().join("other.git");
    checked(
        git_command(&repo.root())
            .args(["init", "-q", "--bare"])
            .arg(&other),
    );
    checked(
        git_command(&other)
            .arg("config")
            .arg("core.hooksPath")
            .arg(&shared),
    );
    checked(
        git_command(&repo.work)
            .args(["push", "-q"])
            .arg(&other)
            .arg("main"),
    );
    assert_eq!(called(&repo), before);

    let message = uninstall(&repo.bare).await.unwrap();
    assert!(
        message.contains("was not removed, because other repositories may share it"),
        "{message}"
    );
    assert!(shared.join("post-receive").exists());
}

#[tokio::test]
async fn a_relative_hooks_folder_is_relative_to_the_git_folder() {
    let repo = Repo::new();
    repo.git_bare(&["config", "core.hooksPath", "my-hooks"]);
    install(&repo.bare, &target("s"), &binary(&repo))
        .await
        .unwrap();
    assert!(repo.bare.join("my-hooks/post-receive").exists());
    repo.commit("one");
    assert_eq!(repo.push_and_see("main"), "");
    assert!(called(&repo).contains("refs/heads/main"));
}

#[tokio::test]
async fn a_repository_and_its_worktrees_share_one_hook() {
    let repo = Repo::new();
    repo.commit("one");
    repo.git(&["worktree", "add", "-q", "../tree"]);
    for folder in [
        repo.work.clone(),
        repo.work.join(".git"),
        repo.root().join("tree"),
    ] {
        install(&folder, &target("s"), &binary(&repo))
            .await
            .unwrap();
        let config = target::file(&repo.work.join(".git"));
        fs::remove_file(config).unwrap();
    }
    assert!(repo.work.join(".git/hooks/post-receive").exists());
}

#[tokio::test]
async fn a_folder_that_is_not_a_repository_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        error(&dir.path().join("none"))
            .await
            .contains("cannot open")
    );
    assert!(error(dir.path()).await.contains("is not a git repository"));
    fs::write(dir.path().join("HEAD"), "x").unwrap();
    fs::create_dir(dir.path().join("objects")).unwrap();
    let half = error(dir.path()).await;
    assert!(half.contains("is not a git repository"), "{half}");
    let repo = Repo::new();
    fs::remove_dir_all(repo.bare.join("hooks")).ok();
    fs::write(repo.bare.join("hooks"), "in the way").unwrap();
    let blocked = error(&repo.bare).await;
    assert!(blocked.contains("hooks"), "{blocked}");
}
