//! # Pivotal Tracker
//!
//! ## What it does
//!
//! Notifies Pivotal Tracker about commits. It finds the stories that their messages name, and
//! closes those they ask to close.
//!
//! ## Set-up
//!
//! 1. In Pivotal Tracker, open your profile and make an API token.
//! 2. Enter it as `token`.
//! 3. Run the test: it sends a sample commit that names no story.
//!
//! ## Events
//!
//! - **Push to a branch**: every commit is commit_step of.
//!
//! ## Limits
//!
//! The newest 100 commits of one push. A commit that is pushed to another branch is commit_step of again.

use crate::setting::settings;
use crate::{
    Category, Context, Deliver, Integration, Plan, Setting, Skip, Step, Values, branches, sample,
};
use model::event::{Body, Commit};
use model::{Event, Kind, Trigger};
use outbound::Request;
use serde_json::json;

settings! {
    /// API token of the Pivotal Tracker user.
    token: Setting::secret("Token").required(),
    /// Branches whose commits are commit_step of, separated by commas; all when it is blank.
    restrict_to_branch: Setting::text("Restrict to branch"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "pivotaltracker",
    title: "Pivotal Tracker",
    summary: "Notifies Pivotal Tracker about commits.",
    category: Category::Other,
    source: include_str!("pivotaltracker.rs"),
    docs_url: "https://www.pivotaltracker.com/help/api/rest/v5",
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    kinds: &[Kind::Push],
    address: |_| COMMITS.to_owned(),
    deliver: Some(Deliver::Plan(&Pivotal)),
    example: &[("restrict_to_branch", "main")],
    ..Integration::DEFAULT
};

const COMMITS: &str = "https://www.pivotaltracker.com/services/v5/source_commits";

/// Maximum commits of one push.
const MOST: usize = 100;

struct Pivotal;

impl Plan for Pivotal {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        let Body::Push(push) = &event.body else {
            return Err("it has no commits".into());
        };
        let branch = push.ref_name();
        if let Some(reason) = branches::restricted(values, branch).filter(|_| !branch.is_empty()) {
            return Err(reason);
        }
        if push.commits.is_empty() {
            return Err("the push brings no commits".into());
        }
        let newest = &push.commits[push.commits.len().saturating_sub(MOST)..];
        Ok(newest
            .iter()
            .map(|commit| commit_step(commit, values, context))
            .collect())
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        sample::steps(self, values, context)
    }
}

/// Posts one commit.
fn commit_step(commit: &Commit, values: &Values, context: &Context) -> Step {
    let own = context.project.links.commit(&commit.id);
    let page = if commit.url.is_empty() {
        &own
    } else {
        &commit.url
    };
    let body = json!({ "source_commit": {
        "commit_id": commit.id,
        "author": commit.author.name,
        "url": page,
        "message": commit.message,
    }});
    let request = Request::post(COMMITS).header("x-trackertoken", values.secret("token").expose());
    Step::new(commit.id.as_str(), request.json(&body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, request, values};

    fn steps(reference: &str, commits: usize, only: &str) -> Result<Vec<Step>, Skip> {
        let commit = |number: usize| json!({"id": format!("c{number}"), "message": "[#7] m", "author": {"name": "Ada"}, "url": "https://git.test/c"});
        let commits: Vec<_> = (0..commits).map(commit).collect();
        let body = json!({"object_kind": "push", "ref": reference, "commits": commits});
        let values = values(
            SETTINGS,
            json!({"restrict_to_branch": only}),
            &[("token", "t")],
        );
        Pivotal.steps(&event(&body), &values, &Context::sample())
    }

    #[test]
    fn every_commit_is_sent() {
        let steps = steps("refs/heads/main", 2, "main").unwrap();
        assert_eq!((steps.len(), steps[1].key.as_str()), (2, "c1"));
        let request = request(&steps[0]);
        assert_eq!(request.url, COMMITS);
        assert!(
            request
                .headers
                .contains(&("x-trackertoken", "t".to_owned()))
        );
        let sent: serde_json::Value = serde_json::from_str(&request.body.unwrap().1).unwrap();
        let expected = json!({"source_commit": {"commit_id": "c0", "author": "Ada", "url": "https://git.test/c", "message": "[#7] m"}});
        assert_eq!(sent, expected);
    }

    #[test]
    fn some_pushes_are_passed_over_or_cut() {
        assert!(
            steps("refs/heads/wip", 1, "main")
                .unwrap_err()
                .0
                .contains("`wip`")
        );
        assert!(
            steps("refs/heads/main", 0, "")
                .unwrap_err()
                .0
                .contains("no commits")
        );
        assert_eq!(steps("", 1, "main").unwrap().len(), 1);
        let newest = steps("refs/heads/main", 130, "").unwrap();
        assert_eq!((newest.len(), newest[0].key.as_str()), (100, "c30"));
    }
}
