//! # Squash TM
//!
//! ## What it does
//!
//! Sends a project's issues to Squash TM, so that requirements there follow them.
//!
//! ## Set-up
//!
//! 1. In Squash TM, set up the plug-in for GitLab; it shows the address of a webhook.
//! 2. Enter that address, and the token if the plug-in asks for one.
//! 3. Run the test: it sends a sample issue, marked as a test.
//!
//! ## Events
//!
//! - **Issue, confidential issue**: handed on in GitLab's form. Each has a switch of its own.
//!
//! ## Limits
//!
//! Only issues, not tasks or incidents. The test counts as passed when Squash TM answers HTTP 200.

use crate::setting::settings;
use crate::webhook::{Hook, Name};
use crate::{
    Category, Context, Deliver, Failure, Integration, Plan, Setting, Skip, Step, Values, query,
};
use model::{Event, Kind, Trigger};
use outbound::{Answer, Auth};
use serde_json::json;

settings! {
    /// Address of the plug-in's webhook.
    url: Setting::url("Squash TM webhook URL").required().binds_secrets(),
    /// Token that the plug-in asks for, if it does.
    token: Setting::secret("Secret token").max(255),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "squash-tm",
    title: "Squash TM",
    summary: "Notifies Squash TM about changed issues.",
    category: Category::Other,
    source: include_str!("squash_tm.rs"),
    docs_url: "https://tm-en.doc.squashtest.com/",
    settings: SETTINGS,
    triggers: &[Trigger::Issues, Trigger::ConfidentialIssues],
    kinds: &[Kind::Issue],
    address: |values| values.text("url"),
    deliver: Some(Deliver::Plan(&Squash)),
    example: &[("url", "https://squash.example.com/squash/gitlab")],
    ..Integration::DEFAULT
};

struct Squash;

impl Plan for Squash {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        hook(values, "Issue Hook").steps(event, context)
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        let event = sample(context);
        let hook = hook(values, "Test Configuration Hook");
        event
            .and_then(|event| hook.steps(&event, context).ok())
            .unwrap_or_default()
    }

    fn judge_test(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        let note = self.judge(answer, context)?;
        if answer.status == 200 {
            return Ok(note);
        }
        let why = format!(
            "Squash TM answers HTTP 200 to a test, but this was HTTP {}",
            answer.status
        );
        Err(Failure::give_up(why))
    }
}

/// The plug-in's webhook, which reads the token from the URL.
fn hook(values: &Values, name: &'static str) -> Hook {
    let token = values.secret("token");
    let pairs = [("token", token.expose())];
    let pairs = if token.is_empty() { &[] } else { &pairs[..] };
    Hook {
        url: query::with(&values.text("url"), pairs),
        auth: Auth::None,
        verify_certificate: true,
        name: Name::Fixed(name),
    }
}

/// A sample issue.
fn sample(context: &Context) -> Option<Event> {
    let project = &context.project;
    let page = project.links.project();
    let event = json!({
        "object_kind": "issue",
        "event_type": "issue",
        "user": { "name": "Crosstie (a test)", "username": "crosstie" },
        "project": {
            "id": project.id,
            "name": project.name,
            "web_url": page,
            "path_with_namespace": project.full_path,
        },
        "object_attributes": {
            "id": 0,
            "iid": 0,
            "title": "Test of an integration's settings",
            "description": "Crosstie made this issue up.",
            "state": "opened",
            "action": "open",
            "url": page,
        },
        "labels": [],
        "changes": {},
    });
    Event::parse(&event.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, request, values};
    use serde_json::Value;

    fn settings(token: &str) -> Values {
        values(
            SETTINGS,
            json!({"url": "https://s.test/hook"}),
            &[("token", token)],
        )
    }

    #[test]
    fn the_token_goes_in_the_address() {
        let issue = event(&json!({"object_kind": "issue", "event_type": "confidential_issue"}));
        for (token, url) in [
            ("", "https://s.test/hook"),
            ("t&u", "https://s.test/hook?token=t%26u"),
        ] {
            let steps = Squash
                .steps(&issue, &settings(token), &Context::sample())
                .unwrap();
            let request = request(&steps[0]);
            assert_eq!(request.url, url);
            assert!(
                request
                    .headers
                    .contains(&("x-gitlab-event", "Issue Hook".to_owned()))
            );
        }
    }

    #[test]
    fn a_test_is_called_one_and_passes_with_200_alone() {
        let context = Context::sample();
        let steps = Squash.test_steps(&settings("t"), &context);
        let request = request(&steps[0]);
        assert!(
            request
                .headers
                .contains(&("x-gitlab-event", "Test Configuration Hook".to_owned()))
        );
        for (status, passes) in [(200, true), (204, false), (302, false), (500, false)] {
            let judged = Squash.judge_test(&Answer::sample(status, &Value::Null), &context);
            assert_eq!(judged.is_ok(), passes, "{status}");
        }
    }
}
