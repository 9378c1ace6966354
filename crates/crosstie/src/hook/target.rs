//! Where a repository's events go: server, project and secret.

use super::durable;
use anyhow::{Context as _, bail};
use model::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use url::Url;

/// What a path segment may hold as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A checked target.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// address of the server, no slash at its end
    pub(super) server: String,
    /// `group/app`
    pub(super) project: String,
    /// the project's hook secret
    pub(super) secret: Secret,
}

/// `crosstie/hook.json` as it is written.
#[derive(Serialize, Deserialize)]
struct Stored {
    server: String,
    project: String,
    secret: String,
}

/// The folder of ours in a repository.
pub(super) fn folder(git_dir: &Path) -> PathBuf {
    git_dir.join("crosstie")
}

/// The file that holds the target.
pub(super) fn file(git_dir: &Path) -> PathBuf {
    folder(git_dir).join("hook.json")
}

impl Target {
    /// Checks what a person typed.
    pub(super) fn new(server: &str, project: &str, secret: &Secret) -> anyhow::Result<Self> {
        check_project(project)?;
        check_secret(secret.expose())?;
        Ok(Self {
            server: checked_server(server)?,
            project: project.to_owned(),
            secret: secret.clone(),
        })
    }

    /// Reads a repository's target.
    pub(super) fn load(git_dir: &Path) -> anyhow::Result<Self> {
        let path = file(git_dir);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
                "no hook is installed in {} (crosstie hook install does that)",
                git_dir.display()
            ),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        // serde_json's message may quote the text, and the text holds the secret.
        let Ok(stored) = serde_json::from_str::<Stored>(&text) else {
            bail!(
                "{} is damaged; run crosstie hook install again",
                path.display()
            );
        };
        Self::new(&stored.server, &stored.project, &Secret::new(stored.secret))
            .with_context(|| format!("{} cannot be used", path.display()))
    }

    /// Writes a repository's target, readable for its owner alone.
    pub(super) fn save(&self, git_dir: &Path) -> anyhow::Result<()> {
        let (folder, path) = (folder(git_dir), file(git_dir));
        let stored = Stored {
            server: self.server.clone(),
            project: self.project.clone(),
            secret: self.secret.expose().to_owned(),
        };
        let text = serde_json::to_string_pretty(&stored)? + "\n";
        durable::private_folder(&folder)
            .and_then(|()| durable::give_to_owner_of(git_dir, &folder))
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        durable::write(&path, text.as_bytes(), 0o600)
            .and_then(|()| durable::give_to_owner_of(git_dir, &path))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// The intake of the project.
    pub(super) fn intake(&self) -> String {
        let project = utf8_percent_encode(&self.project, SEGMENT);
        format!("{}/hooks/{project}", self.server)
    }
}

fn checked_server(server: &str) -> anyhow::Result<String> {
    // The text itself is not quoted: it may hold a password.
    let url = Url::parse(server).map_err(|error| {
        anyhow::anyhow!("--server is not a URL ({error}); it should be like http://127.0.0.1:8080")
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        bail!(
            "--server begins with {}: only http:// and https:// are possible",
            url.scheme()
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        bail!("--server holds credentials; leave them out, the hook identifies itself by --secret");
    }
    if url.query().is_some() || url.fragment().is_some() {
        bail!(
            "--server ends in a query or fragment (? or #); give the address of the server alone"
        );
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn check_project(project: &str) -> anyhow::Result<()> {
    let good_segment = |segment: &str| {
        segment
            .starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '_' | '.'))
            && segment
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'))
            && !matches!(segment, "." | "..")
    };
    if project.len() > 1024 || !project.contains('/') || !project.split('/').all(good_segment) {
        bail!(
            "--project {project:?} is not a project's full path; it should be like group/app (letters, digits, _ - . between the slashes)"
        );
    }
    Ok(())
}

fn check_secret(secret: &str) -> anyhow::Result<()> {
    if secret.is_empty() {
        bail!("--secret is empty; give the secret of the project's source");
    }
    if secret.trim() != secret || !secret.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        bail!(
            "--secret cannot travel in an HTTP header: it may hold visible ASCII characters, and blanks inside"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    fn error(server: &str, project: &str, secret: &str) -> String {
        format!(
            "{:#}",
            Target::new(server, project, &Secret::new(secret)).unwrap_err()
        )
    }

    #[test]
    fn a_target_is_kept_privately_and_names_its_intake() {
        let dir = tempfile::tempdir().unwrap();
        let secret = Secret::new("s3 \"cret");
        let target = Target::new("https://x.test/base//", "g/s-1/a.b", &secret).unwrap();
        target.save(dir.path()).unwrap();
        let path = file(dir.path());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(
            fs::metadata(folder(dir.path())).unwrap().mode() & 0o777,
            0o700
        );
        let loaded = Target::load(dir.path()).unwrap();
        assert_eq!(loaded.secret.expose(), "s3 \"cret");
        assert_eq!(loaded.intake(), "https://x.test/base/hooks/g%2Fs-1%2Fa.b");
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        assert!(error("ftp://x.test", "g/p", "s").contains("only http:// and https://"));
        let credentials = error("https://ada:hunter2@x.test", "g/p", "s");
        assert!(credentials.contains("credentials") && !credentials.contains("hunter2"));
        assert!(error("x.test:8080", "g/p", "s").contains("--server"));
        assert!(error("nothing", "g/p", "s").contains("not a URL"));
        assert!(error("https://x.test/?a=1", "g/p", "s").contains("query"));
        assert!(error("https://x.test", "g/p", "").contains("--secret is empty"));
        assert!(error("https://x.test", "g/p", "a\nb").contains("--secret"));
        for project in [
            "", "app", "7", "/g/p", "g/p/", "g//p", "g/-p", "g/..", "g/a b", "g/ä",
        ] {
            assert!(
                error("https://x.test", project, "s").contains("--project"),
                "{project}"
            );
        }
    }

    #[test]
    fn a_damaged_or_missing_file_is_told_without_its_text() {
        let dir = tempfile::tempdir().unwrap();
        let text = |dir: &Path| format!("{:#}", Target::load(dir).unwrap_err());
        assert!(text(dir.path()).contains("no hook is installed"));
        fs::create_dir(folder(dir.path())).unwrap();
        fs::write(file(dir.path()), r#"{"secret": "hunter2""#).unwrap();
        let damaged = text(dir.path());
        assert!(damaged.contains("damaged") && !damaged.contains("hunter2"));
    }
}
