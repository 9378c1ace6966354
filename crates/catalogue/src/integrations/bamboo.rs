//! # Atlassian Bamboo
//!
//! ## What it does
//!
//! Has a plan on a Bamboo server built whenever something is pushed.
//!
//! ## Set-up
//!
//! 1. In Bamboo, give the plan a remote trigger, and make a user who may build it.
//! 2. Enter the server's address, the plan's key, and the user's name and password. Both may be
//!    blank for a server that lets anybody build.
//! 3. Run the test: it starts a build.
//!
//! ## Events
//!
//! - **Push to a branch**: the plan is built. Bamboo finds out itself what is new.
//!
//! ## Limits
//!
//! Every push leads to a build, that which deletes a branch too. The plan's key counts as a secret:
//! it is never shown again, and must be entered again, like the password, when the address of the
//! server changes. Crosstie does not ask Bamboo how a build went.

use crate::setting::settings;
use crate::{
    Category, Context, Deliver, Integration, Plan, Setting, Skip, Step, Values, credentials, query,
};
use model::{Event, Kind, Trigger};
use outbound::{Auth, Request};

settings! {
    /// Base address of the Bamboo server, for example `https://bamboo.example.com`.
    bamboo_url: Setting::url("Bamboo URL").required().binds_secrets(),
    /// Whether the certificate of the server is verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
    /// Key of the plan to build, for example `PROJ-PLAN`.
    build_key: Setting::secret("Build key").required(),
    /// Name of a Bamboo user who may build the plan.
    username: Setting::text("Username").may_be_blank(),
    /// Password of that user.
    password: Setting::secret("Password").may_be_blank(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "bamboo",
    title: "Atlassian Bamboo",
    summary: "Runs builds of a Bamboo plan.",
    category: Category::Ci,
    source: include_str!("bamboo.rs"),
    docs_url: "https://developer.atlassian.com/server/bamboo/bamboo-rest-apis/",
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    kinds: &[Kind::Push],
    validate: |values| credentials::check(values).into_iter().collect(),
    address: |values| values.text("bamboo_url"),
    deliver: Some(Deliver::Plan(&Bamboo)),
    example: &[
        ("bamboo_url", "https://bamboo.example.com"),
        ("username", "crosstie"),
    ],
    ..Integration::DEFAULT
};

struct Bamboo;

impl Plan for Bamboo {
    fn steps(&self, _: &Event, values: &Values, _: &Context) -> Result<Vec<Step>, Skip> {
        Ok(vec![build(values)])
    }

    fn test_steps(&self, values: &Values, _: &Context) -> Vec<Step> {
        vec![build(values)]
    }
}

/// Bamboo's remote trigger.
fn build(values: &Values) -> Step {
    let auth = credentials::auth(values);
    let key = values.secret("build_key");
    let mut pairs = vec![("buildKey", key.expose())];
    if !matches!(auth, Auth::None) {
        pairs.push(("os_authType", "basic"));
    }
    let address = query::below(&values.text("bamboo_url"), "updateAndBuild.action");
    let request = Request::get(query::with(&address, &pairs))
        .auth(auth)
        .verify_certificate(values.flag("enable_ssl_verification"));
    Step::new("build", request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{request, values};
    use outbound::Method;
    use serde_json::json;

    #[test]
    fn a_build_is_asked_for_with_or_without_credentials() {
        let plain = json!({"bamboo_url": "https://b.test/bamboo/", "username": "ada", "enable_ssl_verification": false});
        let signed = build(&values(
            SETTINGS,
            plain,
            &[("build_key", "AB-C&D"), ("password", "pw")],
        ));
        let signed = request(&signed);
        assert_eq!(signed.method, Method::Get);
        assert_eq!(
            signed.url,
            "https://b.test/bamboo/updateAndBuild.action?buildKey=AB-C%26D&os_authType=basic"
        );
        assert!(matches!(&signed.auth, Auth::Basic { username, .. } if username == "ada"));
        assert!(!signed.verify_certificate);

        let open = build(&values(
            SETTINGS,
            json!({"bamboo_url": "https://b.test"}),
            &[("build_key", "AB")],
        ));
        let open = request(&open);
        assert_eq!(open.url, "https://b.test/updateAndBuild.action?buildKey=AB");
        assert!(matches!(open.auth, Auth::None) && open.verify_certificate);
    }
}
