//! Which events trigger a build: those that bring commits.

use crate::Skip;
use model::Event;
use model::event::{Body, MergeRequestAttributes, Push};

/// Why an event does not trigger a build, if so.
///
/// GitLab also skips a push to the source branch of an open merge request. Crosstie does not know
/// these branches, so such a push and its merge request each trigger a build.
pub(crate) fn skip_reason(event: &Event) -> Option<Skip> {
    match &event.body {
        Body::Push(push) => skip_push(push),
        Body::MergeRequest(event) => skip_merge_request(&event.attributes),
        _ => Some("there is nothing to build".into()),
    }
}

fn skip_push(push: &Push) -> Option<Skip> {
    if push.is_deletion() {
        return Some(format!("`{}` was deleted", push.ref_name()).into());
    }
    (push.total_commits_count == 0).then(|| "the push brings no commits".into())
}

fn skip_merge_request(attributes: &MergeRequestAttributes) -> Option<Skip> {
    if attributes.state != "opened" {
        return Some("the merge request is not open".into());
    }
    let brings_commits = match attributes.action.as_str() {
        "open" | "reopen" => true,
        "update" => !attributes.oldrev.is_empty(),
        _ => false,
    };
    (!brings_commits).then(|| "the merge request has no new commits".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn is_built(event: &Value) -> bool {
        skip_reason(&Event::parse(&event.to_string()).unwrap()).is_none()
    }

    #[test]
    fn a_push_with_commits_is_built() {
        for (after, count, expected) in [("1", 1, true), ("1", 0, false), ("0000", 1, false)] {
            for kind in ["push", "tag_push"] {
                let event =
                    json!({"object_kind": kind, "after": after, "total_commits_count": count});
                assert_eq!(is_built(&event), expected, "{event}");
            }
        }
    }

    #[test]
    fn a_merge_request_is_built_when_it_brings_commits() {
        for (state, action, oldrev, expected) in [
            ("opened", "open", "", true),
            ("opened", "reopen", "", true),
            ("opened", "update", "1", true),
            ("opened", "update", "", false),
            ("opened", "approved", "", false),
            ("merged", "merge", "", false),
            ("closed", "update", "1", false),
        ] {
            let event = json!({"object_kind": "merge_request",
                "object_attributes": {"state": state, "action": action, "oldrev": oldrev}});
            assert_eq!(is_built(&event), expected, "{event}");
        }
        assert!(!is_built(&json!({"object_kind": "issue"})));
    }
}
