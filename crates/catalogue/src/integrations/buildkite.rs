//! # Buildkite
//!
//! ## What it does
//!
//! Triggers a Buildkite pipeline on pushes, tags and merge requests.
//!
//! ## Set-up
//!
//! 1. In Buildkite, make a pipeline for a GitLab repository; it shows a token.
//! 2. Enter the token and the address of the pipeline.
//! 3. Run the test: it sends a sample push.
//!
//! ## Events
//!
//! - **Push, tag push, merge request**: handed on in GitLab's form. Buildkite decides what it builds.
//!
//! ## Limits
//!
//! Crosstie does not ask Buildkite how a build went.

use crate::setting::settings;
use crate::webhook::{Hook, Name};
use crate::{Category, Context, Deliver, Integration, Plan, Setting, Skip, Step, Values, sample};
use model::{Event, Kind, Trigger};
use outbound::Auth;

settings! {
    /// Token that Buildkite shows for the pipeline: two parts with a colon between.
    token: Setting::secret("Token").required(),
    /// Address of the pipeline's page, for example `https://buildkite.com/example/pipeline`.
    project_url: Setting::url("Pipeline URL").required(),
    /// Taken for older clients and without effect: the certificate is always verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "buildkite",
    title: "Buildkite",
    summary: "Runs builds of a Buildkite pipeline.",
    category: Category::Ci,
    source: include_str!("buildkite.rs"),
    docs_url: "https://buildkite.com/docs/apis",
    setup_url: "https://buildkite.com/docs/pipelines/source-control/gitlab",
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests, Trigger::TagPush],
    kinds: &[Kind::Push, Kind::MergeRequest, Kind::TagPush],
    address: |_| HOST.to_owned(),
    deliver: Some(Deliver::Plan(&Buildkite)),
    example: &[("project_url", "https://buildkite.com/example/shop")],
    ..Integration::DEFAULT
};

const HOST: &str = "https://webhook.buildkite.com";

struct Buildkite;

impl Plan for Buildkite {
    /// The first part of the token is for the webhook, the second for reading build statuses.
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        let token = values.secret("token");
        let part = token.expose().split(':').next().unwrap_or_default();
        let part: String = url::form_urlencoded::byte_serialize(part.as_bytes()).collect();
        let hook = Hook {
            url: format!("{HOST}/deliver/{part}"),
            auth: Auth::None,
            verify_certificate: true,
            name: Name::Fixed("Service Hook"),
        };
        hook.steps(event, context)
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        sample::steps(self, values, context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, request, values};
    use serde_json::json;

    #[test]
    fn the_first_part_of_the_token_names_the_hook() {
        let values = values(SETTINGS, json!({}), &[("token", "hook1:status2")]);
        let push = event(&json!({"object_kind": "push"}));
        let steps = Buildkite.steps(&push, &values, &Context::sample()).unwrap();
        let request = request(&steps[0]);
        assert_eq!(request.url, "https://webhook.buildkite.com/deliver/hook1");
        assert!(
            request
                .headers
                .contains(&("x-gitlab-event", "Service Hook".to_owned()))
        );
    }
}
