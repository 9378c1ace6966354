//! A bare repository's own hook: GitLab's shape, without ids and links.

use super::gitlab;
use super::source::Source;
use crate::error::ApiError;
use bytes::Bytes;
use engine::IncomingEvent;
use http::HeaderMap;
use model::event::EventError;
use model::{Event, Links, Secret};
use serde_json::{Value, json};
use store::project_details::ProjectDetails;

/// Requests of `crosstie hook`, which carry GitLab's headers.
pub(super) struct Git;

impl Source for Git {
    fn precheck(&self, headers: &HeaderMap, secret: &Secret) -> Result<(), ApiError> {
        gitlab::check_token(headers, secret)
    }

    fn signs_body(&self) -> bool {
        false
    }

    fn verify(&self, headers: &HeaderMap, _: &Bytes, secret: &Secret) -> Result<(), ApiError> {
        gitlab::check_token(headers, secret)
    }

    fn events(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        project: &ProjectDetails,
        external_url: &str,
    ) -> Result<Vec<IncomingEvent>, ApiError> {
        let fields = serde_json::from_slice(body).map_err(EventError::Syntax)?;
        let mut value = Value::Object(fields);
        fill(&mut value, project, external_url);
        Ok(vec![IncomingEvent {
            event: Event::from_value(&value)?,
            source_key: gitlab::delivery_id(headers, body),
        }])
    }
}

/// Adds the project's ids, and links to the source's web pages or, without them, to Crosstie's.
fn fill(event: &mut Value, project: &ProjectDetails, external_url: &str) {
    let links = links(project, external_url);
    event["project_id"] = project.project_id.0.into();
    let default_branch = event["project"]["default_branch"]
        .as_str()
        .unwrap_or(&project.default_branch);
    event["project"] = json!({
        "id": project.project_id,
        "name": project.name,
        "web_url": links.project(),
        "path_with_namespace": project.full_path,
        "default_branch": default_branch,
    });
    for commit in event["commits"].as_array_mut().into_iter().flatten() {
        if let Some(sha) = commit["id"].as_str() {
            commit["url"] = links.commit(sha).into();
        }
    }
}

fn links(project: &ProjectDetails, external_url: &str) -> Links {
    let source = project.source.clone().unwrap_or_default();
    if source.web_url.is_empty() {
        engine::own_links(external_url, &project.full_path)
    } else {
        Links::new(source.kind, &source.web_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SourceKind;
    use model::id::ProjectId;
    use store::sources::SourceRow;

    fn filled(web_url: &str) -> Value {
        let project = ProjectDetails {
            project_id: ProjectId(7),
            name: "P".into(),
            name_with_namespace: "G / P".into(),
            full_path: "g/p".into(),
            default_branch: "main".into(),
            protected_branches: Vec::new(),
            source: Some(SourceRow {
                kind: SourceKind::Git,
                web_url: web_url.into(),
                ..SourceRow::default()
            }),
        };
        let mut event = json!({"object_kind": "push", "project": {"default_branch": "trunk"}, "commits": [{"id": "abc"}]});
        fill(&mut event, &project, "https://crosstie.test");
        event
    }

    #[test]
    fn links_lead_to_the_source_or_else_to_crosstie() {
        let event = filled("https://git.test/x");
        assert_eq!(
            event["commits"][0]["url"],
            "https://git.test/x/-/commit/abc"
        );
        assert_eq!(event["project"]["web_url"], "https://git.test/x");
        assert_eq!(event["project"]["default_branch"], "trunk");
        assert_eq!(event["project_id"], 7);
        let event = filled("");
        assert_eq!(
            event["commits"][0]["url"],
            "https://crosstie.test/g/p/-/commit/abc"
        );
    }
}
