//! # Drone
//!
//! ## What it does
//!
//! Notifies a Drone server about pushes, tags and merge requests, so that it builds them.
//!
//! ## Set-up
//!
//! 1. In Drone, activate the repository and make a token.
//! 2. Enter the server's address and the token.
//! 3. Run the test: it sends a sample push.
//!
//! ## Events
//!
//! - **Push, tag push**: handed on in GitLab's form, unless it deletes something or brings no commits.
//! - **Merge request**: handed on when it is opened, reopened, or gets new commits.
//!
//! ## Limits
//!
//! Drone must know the project by the path it has here. A push to a branch with an open merge request
//! is handed on like any other. Crosstie does not ask Drone how a build went.

use crate::setting::settings;
use crate::webhook::{Hook, Name};
use crate::{
    Category, Context, Deliver, Integration, Plan, Setting, Skip, Step, Values, builds, query,
    sample,
};
use model::{Event, Kind, Trigger};
use outbound::Auth;

settings! {
    /// Token of the Drone server.
    token: Setting::secret("Token").required(),
    /// Base address of the Drone server, for example `https://drone.example.com`.
    drone_url: Setting::url("Drone server URL").required().binds_secrets(),
    /// Whether the certificate of the server is verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "drone-ci",
    title: "Drone",
    summary: "Runs builds on a Drone server.",
    category: Category::Ci,
    source: include_str!("drone_ci.rs"),
    docs_url: "https://docs.drone.io/webhooks/overview/",
    setup_url: "https://docs.drone.io/server/provider/gitlab/",
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests, Trigger::TagPush],
    kinds: &[Kind::Push, Kind::MergeRequest, Kind::TagPush],
    address: |values| values.text("drone_url"),
    deliver: Some(Deliver::Plan(&Drone)),
    example: &[("drone_url", "https://drone.example.com")],
    ..Integration::DEFAULT
};

struct Drone;

impl Plan for Drone {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        if let Some(reason) = builds::skip_reason(event) {
            return Err(reason);
        }
        let hook = Hook {
            url: hook_address(values, &context.project.full_path),
            auth: Auth::None,
            verify_certificate: values.flag("enable_ssl_verification"),
            name: Name::Fixed("Service Hook"),
        };
        hook.steps(event, context)
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        sample::steps(self, values, context)
    }
}

/// Drone's webhook for a project.
fn hook_address(values: &Values, project: &str) -> String {
    let (owner, name) = project.rsplit_once('/').unwrap_or(("", project));
    let token = values.secret("token");
    let pairs = [
        ("owner", owner),
        ("name", name),
        ("access_token", token.expose()),
    ];
    query::with(&query::below(&values.text("drone_url"), "hook"), &pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, request, values};
    use serde_json::json;

    #[test]
    fn the_hook_names_the_project() {
        let plain = json!({"drone_url": "http://d.test/", "enable_ssl_verification": false});
        let values = values(SETTINGS, plain, &[("token", "t")]);
        let push = json!({"object_kind": "push", "ref": "refs/heads/main", "after": "1", "total_commits_count": 1});
        let steps = Drone
            .steps(&event(&push), &values, &Context::sample())
            .unwrap();
        let request = request(&steps[0]);
        assert_eq!(
            request.url,
            "http://d.test/hook?owner=group&name=project&access_token=t"
        );
        assert!(!request.verify_certificate);
        assert!(hook_address(&values, "a/b/c").contains("owner=a%2Fb&name=c"));

        let empty = event(&json!({"object_kind": "push", "ref": "refs/heads/main", "after": "1"}));
        assert!(Drone.steps(&empty, &values, &Context::sample()).is_err());
    }
}
