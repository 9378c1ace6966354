//! The target of a repository's events: server, project and secret.

use super::durable;
use anyhow::{Context as _, bail};
use model::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use url::Url;

/// The characters to encode in a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A valid target.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// URL of the server, without a slash at the end
    pub(super) server: String,
    /// `group/app`
    pub(super) project: String,
    /// the project's hook secret
    pub(super) secret: Secret,
}

/// The content of `crosstie/hook.json`.
#[derive(Serialize, Deserialize)]
struct Stored {
    server: String,
    project: String,
    secret: String,
}

/// Crosstie's folder in a repository.
pub(super) fn folder(git_dir: &Path) -> PathBuf {
    git_dir.join("crosstie")
}

/// The file with the target.
pub(super) fn file(git_dir: &Path) -> PathBuf {
    folder(git_dir).join("hook.json")
}

impl Target {
    /// Validates command-line values.
    pub(super) fn new(server: &str, project: &str, secret: &Secret) -> anyhow::Result<Self> {
        check_project(project)?;
        check_secret(secret.expose())?;
        Ok(Self {
            server: checked_server(server)?,
            project: project.to_owned(),
            secret: secret.clone(),
        })
    }

    /// Loads a repository's target.
    pub(super) fn load(git_dir: &Path) -> anyhow::Result<Self> {
        let path = file(git_dir);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
                "no hook is installed in {} (run crosstie hook install)",
                git_dir.display()
            ),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        // serde_json's message may quote the text, which contains the secret.
        let Ok(stored) = serde_json::from_str::<Stored>(&text) else {
            bail!(
                "{} is damaged: run crosstie hook install again",
                path.display()
            );
        };
        Self::new(&stored.server, &stored.project, &Secret::new(stored.secret))
            .with_context(|| format!("{} is invalid", path.display()))
    }

    /// Saves a repository's target, readable only by its owner.
    pub(super) fn save(&self, git_dir: &Path) -> anyhow::Result<()> {
        let (folder, path) = (folder(git_dir), file(git_dir));
        let stored = Stored {
            server: self.server.clone(),
            project: self.project.clone(),
            secret: self.secret.expose().to_owned(),
        };
        let text = serde_json::to_string_pretty(&stored)? + "\n";
        durable::private_folder(&folder)
            .and_then(|()| durable::chown_like(git_dir, &folder))
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
        durable::write(&path, text.as_bytes(), 0o600)
            .and_then(|()| durable::chown_like(git_dir, &path))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// The URL for the project's events.
    pub(super) fn intake(&self) -> String {
        let project = utf8_percent_encode(&self.project, SEGMENT);
        format!("{}/hooks/{project}", self.server)
    }
}

fn checked_server(server: &str) -> anyhow::Result<String> {
    // The text is not quoted: it may contain a password.
    let url = Url::parse(server).map_err(|error| {
        anyhow::anyhow!("--server is not a URL ({error}); it must be like http://127.0.0.1:8080")
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        bail!(
            "--server begins with {}: only http:// and https:// are supported",
            url.scheme()
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        bail!("--server contains credentials: remove them, --secret authenticates the hook");
    }
    if url.query().is_some() || url.fragment().is_some() {
        bail!("--server has a query or fragment (? or #): give only the URL of the server");
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn check_project(project: &str) -> anyhow::Result<()> {
    let good_segment = |segment: &str| {
        segment
            .starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '_' | '.'))
            && segment
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.'))
            && !matches!(segment, "." | "..")
    };
    if project.len() > 1024 || !project.contains('/') || !project.split('/').all(good_segment) {
        bail!(
            "--project {project:?} is not a project's full path; it must be like group/app (events, digits, _ - . between the slashes)"
        );
    }
    Ok(())
}

fn check_secret(secret: &str) -> anyhow::Result<()> {
    if secret.is_empty() {
        bail!("--secret is empty: give the secret of the project's source");
    }
    if secret.trim() != secret || !secret.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        bail!(
            "--secret is not valid in an HTTP header: only visible ASCII characters are allowed, and spaces between them"
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
    fn a_target_is_saved_privately_and_has_the_intake_url() {
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
    fn an_invalid_value_is_refused_by_its_option() {
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
    fn a_damaged_or_missing_file_is_an_error_without_its_text() {
        let dir = tempfile::tempdir().unwrap();
        let text = |dir: &Path| format!("{:#}", Target::load(dir).unwrap_err());
        assert!(text(dir.path()).contains("no hook is installed"));
        fs::create_dir(folder(dir.path())).unwrap();
        fs::write(file(dir.path()), r#"{"secret": "hunter2""#).unwrap();
        let damaged = text(dir.path());
        assert!(damaged.contains("damaged") && !damaged.contains("hunter2"));
    }
}
