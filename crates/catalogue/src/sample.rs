//! A sample event, for testing settings.

use crate::{Context, Plan, Step, Values};
use model::Event;
use model::event::EventError;
use serde_json::json;

/// The message of the sample commit.
pub const MESSAGE: &str =
    "Test of an integration's settings\n\nCrosstie made this commit up: it is in no repository.";

/// What a plan sends for the sample push; nothing when it would send nothing.
pub fn steps(plan: &dyn Plan, values: &Values, context: &Context) -> Vec<Step> {
    let event = push(context).ok();
    event
        .and_then(|event| plan.steps(&event, values, context).ok())
        .unwrap_or_default()
}

/// A push of one commit to the project's default branch, in GitLab's shape; its texts say that
/// it is a test.
pub fn push(context: &Context) -> Result<Event, EventError> {
    let project = &context.project;
    let web_url = project.links.project();
    let branch = match project.default_branch.as_str() {
        "" => "main",
        named => named,
    };
    let (before, after) = ("0123456789".repeat(4), "1234567890".repeat(4));
    let namespace = project
        .full_path
        .rsplit_once('/')
        .map(|(namespace, _)| namespace);
    let described = json!({
        "id": project.id,
        "name": project.name,
        "description": "",
        "web_url": web_url,
        "avatar_url": null,
        "git_ssh_url": "",
        "git_http_url": format!("{web_url}.git"),
        "namespace": namespace,
        "visibility_level": 0,
        "path_with_namespace": project.full_path,
        "default_branch": branch,
    });
    let commit = json!({
        "id": after,
        "message": MESSAGE,
        "title": MESSAGE.lines().next(),
        "timestamp": context.now.to_string(),
        "url": project.links.commit(&after),
        "author": { "name": "Crosstie", "email": "" },
        "added": [],
        "modified": ["README.md"],
        "removed": [],
    });
    let event = json!({
        "object_kind": "push",
        "event_name": "push",
        "before": before,
        "after": after,
        "ref": format!("refs/heads/{branch}"),
        "ref_protected": false,
        "checkout_sha": after,
        "message": null,
        "user_id": 0,
        "user_name": "Crosstie (a test)",
        "user_username": "crosstie",
        "user_email": "",
        "user_avatar": null,
        "project_id": project.id,
        "project": described,
        "repository": {
            "name": project.name,
            "url": web_url,
            "description": "",
            "homepage": web_url,
            "git_http_url": format!("{web_url}.git"),
            "git_ssh_url": "",
            "visibility_level": 0,
        },
        "commits": [commit],
        "total_commits_count": 1,
        "push_options": {},
    });
    Event::parse(&event.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::event::Body;

    #[test]
    fn the_sample_is_a_push_to_the_default_branch_that_says_it_is_a_test() {
        let event = push(&Context::sample()).unwrap();
        let Body::Push(push) = event.body else {
            panic!("a push")
        };
        assert_eq!(push.branch(), Some("main"));
        assert_eq!(push.commits[0].title(), "Test of an integration's settings");
        assert_eq!(push.project.unwrap().path_with_namespace, "group/project");
    }

    #[test]
    fn hostile_names_do_not_break_it() {
        let mut context = Context::sample();
        context.project.name = "\"},\u{0}\u{202e}<!channel>".into();
        context.project.default_branch = String::new();
        let event = push(&context).unwrap();
        let project = event.project().unwrap();
        assert_eq!(
            (project.name.as_str(), project.default_branch.as_str()),
            (context.project.name.as_str(), "main")
        );
    }
}
