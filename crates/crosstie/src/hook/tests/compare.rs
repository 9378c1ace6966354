//! What a push changed, read by the real git.

use super::super::compare::{LocalRepositories, compare};
use super::super::target::Target;
use super::*;
use engine::comparison::Repositories as _;
use model::{Change, Comparison, Secret};

impl Repo {
    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        fs::write(self.work.join(path), content).unwrap();
    }

    fn commit_all(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.commit(message)
    }

    /// Pushes main and compares; the two hashes are of the bare repository.
    async fn compared(&self, before: &str, after: &str) -> Comparison {
        self.push(&["main"]);
        compare(&Git::new(&self.bare), before, after).await.unwrap()
    }
}

fn lines(count: usize, word: &str) -> String {
    let lines: Vec<_> = (0..count)
        .map(|number| format!("{word} {number}"))
        .collect();
    lines.join("\n") + "\n"
}

#[tokio::test]
async fn every_kind_of_change_is_read() {
    let repo = Repo::new();
    for name in ["changed", "gone", "old name"] {
        repo.write(name, lines(20, name));
    }
    let before = repo.commit_all("Begin");
    repo.write(
        "changed",
        lines(20, "changed").replace("changed 7\n", "seven\nand more\n"),
    );
    repo.git(&["rm", "-q", "gone"]);
    repo.git(&["mv", "old name", "new\nname"]);
    repo.write("image", b"\x89PNG\0\0");
    repo.write("latin", b"caf\xe9\n");
    repo.commit_all("One");
    let after = repo.commit_all("Two");
    let found = repo.compared(&before, &after).await;

    assert!(!found.is_reverse && !found.too_large && !found.more_files);
    assert_eq!(found.commits_count, 2);
    let messages: Vec<_> = found
        .commits
        .iter()
        .map(|commit| commit.message.trim())
        .collect();
    assert_eq!(messages, ["One", "Two"]);
    let files: Vec<_> = found
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.change, file.added, file.removed))
        .collect();
    assert_eq!(
        files,
        [
            ("changed", Change::Modified, 2, 1),
            ("gone", Change::Deleted, 0, 20),
            ("image", Change::Added, 0, 0),
            ("latin", Change::Added, 1, 0),
            ("new\nname", Change::Renamed, 0, 0),
        ]
    );
    assert!(
        found.files[0]
            .hunks
            .contains("\n-changed 7\n+seven\n+and more\n")
    );
    assert!(found.files[2].is_binary && found.files[2].hunks.is_empty());
    assert!(found.files[3].hunks.contains("+caf\u{fffd}"));
    assert_eq!(found.files[4].old_path, "old name");
}

#[tokio::test]
async fn a_branch_that_was_set_back_has_the_removed_commits() {
    let repo = Repo::new();
    let first = repo.commit("First");
    repo.write("file", "text\n");
    repo.commit_all("Second");
    let third = repo.commit("Third");
    let found = repo.compared(&third, &first).await;
    assert!(found.is_reverse);
    assert_eq!(
        (found.commits_count, found.commits[0].message.trim()),
        (2, "Second")
    );
    assert_eq!(
        (found.files.len(), found.files[0].change),
        (1, Change::Added)
    );
}

#[tokio::test]
async fn a_rewritten_commit_has_only_its_own_changes() {
    let repo = Repo::new();
    let base = repo.commit("Base");
    repo.write("wrong", "text\n");
    let before = repo.commit_all("Wrong");
    repo.push(&["main"]);
    repo.git(&["reset", "-q", "--hard", &base]);
    repo.write("right", "text\n");
    let after = repo.commit_all("Right");
    let found = repo.compared(&before, &after).await;
    assert_eq!((found.is_reverse, found.commits_count), (false, 1));
    let paths: Vec<_> = found.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["right"]);
}

#[tokio::test]
async fn too_many_files_are_listed_without_hunks() {
    let repo = Repo::new();
    let empty = repo.commit("Empty");
    let cases: [(&str, usize, String); 4] = [
        ("files", 31, "x\n".into()),
        ("lines", 1, lines(5_001, "x")),
        ("bytes", 1, "x".repeat(600_000)),
        ("large", 1, "x".repeat(17 * 1024 * 1024)),
    ];
    for (name, count, content) in cases {
        repo.git(&["reset", "-q", "--hard", &empty]);
        for number in 0..count {
            repo.write(&format!("{name}-{number:02}"), &content);
        }
        let after = repo.commit_all(name);
        let found = repo.compared(&empty, &after).await;
        assert!(found.too_large, "{name}");
        assert_eq!(found.files.len(), count, "{name}");
        assert!(
            found.files.iter().all(|file| file.hunks.is_empty()),
            "{name}"
        );
    }
    repo.git(&["reset", "-q", "--hard", &empty]);
    for number in 0..30 {
        repo.write(&format!("{number}"), lines(100, "x"));
    }
    let after = repo.commit_all("just enough");
    assert!(!repo.compared(&empty, &after).await.too_large);
}

#[tokio::test]
async fn a_repository_of_another_project_is_not_read() {
    let repo = Repo::new();
    let before = repo.commit("One");
    let after = repo.commit("Two");
    repo.push(&["main"]);
    let path = repo.bare.to_str().unwrap();
    let request = async |project: &str| {
        LocalRepositories
            .compare(path, project, &before, &after)
            .await
    };
    assert!(
        request("group/app")
            .await
            .unwrap_err()
            .contains("no hook is installed")
    );
    let target = Target::new("http://127.0.0.1:1", "group/app", &Secret::new("s")).unwrap();
    target.save(&repo.bare).unwrap();
    assert_eq!(request("Group/App").await.unwrap().commits_count, 1);
    assert!(
        request("group/other")
            .await
            .unwrap_err()
            .contains("another project")
    );
    let gone = LocalRepositories
        .compare(path, "group/app", &"1".repeat(40), &after)
        .await;
    assert!(gone.unwrap_err().contains("no longer in the repository"));
}
