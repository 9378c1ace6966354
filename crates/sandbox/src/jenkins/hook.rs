//! One hook: who may come in, and what it must say.

use super::jobs::{Build, Jenkins};
use crate::web as page;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The hooks that are taken, and the kind of event that each must bring.
const HOOKS: [(&str, &str); 3] = [
    ("Push Hook", "push"),
    ("Tag Push Hook", "tag_push"),
    ("Merge Request Hook", "merge_request"),
];

/// Takes a hook and starts a build, unless it tells of something that is gone.
pub(super) async fn take(
    State(jenkins): State<Jenkins>,
    Path(job): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    if header(AUTHORIZATION.as_str()) != jenkins.credentials() {
        return respond(StatusCode::UNAUTHORIZED, "Invalid username or password.");
    }
    if !jenkins.jobs().contains_key(&job) {
        return respond(StatusCode::NOT_FOUND, "No such job.");
    }
    if !header(CONTENT_TYPE.as_str()).starts_with("application/json") {
        return respond(StatusCode::UNSUPPORTED_MEDIA_TYPE, "A hook is JSON.");
    }
    let Some((cause, kind)) = HOOKS
        .iter()
        .find(|(name, _)| *name == header("x-gitlab-event"))
    else {
        return respond(
            StatusCode::BAD_REQUEST,
            "X-Gitlab-Event names no hook that starts a build.",
        );
    };
    let Ok(event) = serde_json::from_slice::<Value>(&body) else {
        return respond(StatusCode::BAD_REQUEST, "The body is not JSON.");
    };
    if event["object_kind"] != *kind {
        return respond(
            StatusCode::BAD_REQUEST,
            "object_kind and X-Gitlab-Event are at odds.",
        );
    }
    match read(&event) {
        None => respond(StatusCode::BAD_REQUEST, "The event names no commit."),
        Some(found) if is_gone(&found.sha) => respond(StatusCode::OK, ""),
        Some(found) => {
            jenkins.start(
                &job,
                Build {
                    cause: (*cause).to_owned(),
                    key: header("idempotency-key").to_owned(),
                    ..found
                },
            );
            respond(StatusCode::OK, "")
        }
    }
}

impl Jenkins {
    /// What `Authorization` has to be.
    fn credentials(&self) -> String {
        let (username, password) = (&self.shared.username, &self.shared.password);
        format!(
            "Basic {}",
            STANDARD.encode(format!("{username}:{password}"))
        )
    }

    fn start(&self, job: &str, build: Build) {
        let mut jobs = self.jobs();
        let builds = jobs.entry(job.to_owned()).or_default();
        builds.push(Build {
            number: builds.len() + 1,
            ..build
        });
    }
}

/// What is to be built; nothing when the event does not say.
fn read(event: &Value) -> Option<Build> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let build = |what: String, sha: &Value, by: &Value| {
        Some(Build {
            number: 0,
            cause: String::new(),
            what,
            sha: text(sha)?,
            by: text(by).unwrap_or_default(),
            key: String::new(),
        })
    };
    let attributes = &event["object_attributes"];
    if let Some(number) = attributes["iid"].as_u64() {
        return build(
            format!("merge request !{number}"),
            &attributes["last_commit"]["id"],
            &event["user"]["name"],
        );
    }
    let reference = text(&event["ref"])?;
    let name = reference
        .strip_prefix("refs/heads/")
        .or(reference.strip_prefix("refs/tags/"))?;
    build(name.to_owned(), &event["after"], &event["user_name"])
}

/// Whether the commit is the one that stands for "nothing".
fn is_gone(sha: &str) -> bool {
    sha.bytes().all(|byte| byte == b'0')
}

fn respond(status: StatusCode, sentence: &str) -> Response {
    page::answer(status, "text/plain; charset=utf-8", sentence.to_owned())
}
