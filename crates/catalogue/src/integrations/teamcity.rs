//! # JetBrains TeamCity
//!
//! ## What it does
//!
//! Has a build configuration on a TeamCity server run for the branches that get new commits.
//!
//! ## Set-up
//!
//! 1. In TeamCity, make a user who may run the build configuration.
//! 2. Enter the server's address, the ID of the build configuration, and the user's name and
//!    password.
//! 3. Run the test: it starts a build of the default branch.
//!
//! ## Events
//!
//! - **Push to a branch**: the branch is built, unless it was deleted or the push brings no commits.
//! - **Merge request**: the branch it comes from is built when it is opened, reopened, or gets new
//!   commits.
//!
//! ## Limits
//!
//! A push to a branch with an open merge request leads to a build for each of the two events;
//! switch one of them off if both reach Crosstie. Crosstie does not ask TeamCity how a build went.

use crate::setting::settings;
use crate::{
    Category, Context, Deliver, Integration, Plan, Setting, Skip, Step, Values, builds,
    credentials, query, sample,
};
use model::event::Body;
use model::{Event, Kind, Trigger};
use outbound::Request;

settings! {
    /// Base address of the TeamCity server, for example `https://teamcity.example.com`.
    teamcity_url: Setting::url("TeamCity server URL").required().binds_secrets(),
    /// Whether the certificate of the server is verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
    /// ID of the build configuration to run.
    build_type: Setting::text("Build type").required(),
    /// Name of a TeamCity user who may run it.
    username: Setting::text("Username").may_be_blank(),
    /// Password of that user.
    password: Setting::secret("Password").may_be_blank(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "teamcity",
    title: "JetBrains TeamCity",
    summary: "Runs builds on a TeamCity server.",
    category: Category::Ci,
    source: include_str!("teamcity.rs"),
    docs_url: "https://www.jetbrains.com/help/teamcity/rest/teamcity-rest-api-documentation.html",
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests],
    kinds: &[Kind::Push, Kind::MergeRequest],
    validate: |values| credentials::check(values).into_iter().collect(),
    address: |values| values.text("teamcity_url"),
    deliver: Some(Deliver::Plan(&Teamcity)),
    example: &[
        ("teamcity_url", "https://teamcity.example.com"),
        ("build_type", "Shop_Build"),
        ("username", "crosstie"),
    ],
    ..Integration::DEFAULT
};

struct Teamcity;

impl Plan for Teamcity {
    fn steps(&self, event: &Event, values: &Values, _: &Context) -> Result<Vec<Step>, Skip> {
        if let Some(reason) = builds::skip_reason(event) {
            return Err(reason);
        }
        let branch = match &event.body {
            Body::Push(push) => push.ref_name(),
            Body::MergeRequest(event) => &event.attributes.source_branch,
            _ => return Err("there is no branch to build".into()),
        };
        Ok(vec![build(branch, values)])
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        sample::steps(self, values, context)
    }
}

/// Queues a build.
fn build(branch: &str, values: &Values) -> Step {
    let (branch, build_type) = (attribute(branch), attribute(&values.text("build_type")));
    let body = format!("<build branchName=\"{branch}\"><buildType id=\"{build_type}\"/></build>");
    let address = query::below(&values.text("teamcity_url"), "httpAuth/app/rest/buildQueue");
    let mut request = Request::post(address)
        .auth(credentials::auth(values))
        .verify_certificate(values.flag("enable_ssl_verification"));
    request.body = Some(("application/xml", body));
    Step::new("build", request)
}

/// A text as the value of an XML attribute in double quotes.
fn attribute(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, request, values};
    use outbound::Auth;
    use serde_json::{Value, json};

    fn sent(body: &Value) -> Result<Request, Skip> {
        let plain =
            json!({"teamcity_url": "https://t.test/", "build_type": "A\"<B", "username": "ada"});
        let values = values(SETTINGS, plain, &[("password", "pw")]);
        let steps = Teamcity.steps(&event(body), &values, &Context::sample())?;
        Ok(request(&steps[0]))
    }

    #[test]
    fn the_branch_that_has_new_commits_is_built() {
        let push = json!({"object_kind": "push", "ref": "refs/heads/a&b", "after": "1", "total_commits_count": 1});
        let request = sent(&push).unwrap();
        assert_eq!(request.url, "https://t.test/httpAuth/app/rest/buildQueue");
        assert!(matches!(request.auth, Auth::Basic { .. }));
        let xml = r#"<build branchName="a&amp;b"><buildType id="A&quot;&lt;B"/></build>"#;
        assert_eq!(request.body, Some(("application/xml", xml.to_owned())));

        let opened = json!({"object_kind": "merge_request",
            "object_attributes": {"state": "opened", "action": "open", "source_branch": "topic"}});
        let body = sent(&opened).unwrap().body.unwrap().1;
        assert!(body.starts_with("<build branchName=\"topic\">"), "{body}");

        let deleted = json!({"object_kind": "push", "ref": "refs/heads/x", "after": "000", "total_commits_count": 1});
        assert_eq!(sent(&deleted).unwrap_err(), "`x` was deleted".into());
    }
}
