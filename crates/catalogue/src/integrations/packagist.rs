//! # Packagist
//!
//! ## What it does
//!
//! Has a PHP package updated on a Packagist server when its project changes.
//!
//! ## Set-up
//!
//! 1. In Packagist, open your profile and copy the API token.
//! 2. Enter it with your user name, and the address of the server, if it is not
//!    `https://packagist.org`.
//! 3. Run the test: it sends a sample push. Packagist must know the project's address.
//!
//! ## Events
//!
//! - **Push, tag push, merge request**: handed on in GitLab's form. Packagist finds the package by the
//!   project's address.
//!
//! ## Limits
//!
//! The test counts as passed when Packagist answers HTTP 202, as it does for a package that it knows.

use crate::setting::settings;
use crate::webhook::{Hook, Name};
use crate::{
    Category, Context, Deliver, Failure, Integration, Plan, Setting, Skip, Step, Values, query,
    sample,
};
use model::{Event, Kind, Trigger};
use outbound::{Answer, Auth};

settings! {
    /// Name of the Packagist account.
    username: Setting::text("Username").required(),
    /// API token of that account.
    token: Setting::secret("Token").required(),
    /// Address of the Packagist server; `https://packagist.org` when it is blank.
    server: Setting::url("Server").binds_secrets(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "packagist",
    title: "Packagist",
    summary: "Has a PHP package updated on Packagist.",
    category: Category::Registry,
    source: include_str!("packagist.rs"),
    docs_url: "https://packagist.org/apidoc",
    setup_url: "https://packagist.org/about#how-to-update-packages",
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests, Trigger::TagPush],
    kinds: &[Kind::Push, Kind::MergeRequest, Kind::TagPush],
    address: |values| server(values),
    deliver: Some(Deliver::Plan(&Packagist)),
    example: &[("username", "example"), ("server", "https://packagist.org")],
    good_answer: (202, r#"{"status":"success"}"#),
    ..Integration::DEFAULT
};

fn server(values: &Values) -> String {
    let set = values.text("server");
    if set.is_empty() {
        "https://packagist.org".to_owned()
    } else {
        set
    }
}

struct Packagist;

impl Plan for Packagist {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        let (username, token) = (values.text("username"), values.secret("token"));
        let pairs = [
            ("username", username.as_str()),
            ("apiToken", token.expose()),
        ];
        let hook = Hook {
            url: query::with(&query::below(&server(values), "api/update-package"), &pairs),
            auth: Auth::None,
            verify_certificate: true,
            name: Name::Fixed("Service Hook"),
        };
        hook.steps(event, context)
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        sample::steps(self, values, context)
    }

    fn judge_test(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        let note = self.judge(answer, context)?;
        if answer.status == 202 {
            return Ok(note);
        }
        let why = format!(
            "Packagist answers HTTP 202 when it takes an update, but this was HTTP {}",
            answer.status
        );
        Err(Failure::give_up(why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event, request, values};
    use serde_json::{Value, json};

    #[test]
    fn the_hook_is_on_packagist_or_another_server() {
        let url = |plain: Value| {
            let values = values(SETTINGS, plain, &[("token", "t")]);
            let push = event(&json!({"object_kind": "push"}));
            request(&Packagist.steps(&push, &values, &Context::sample()).unwrap()[0]).url
        };
        assert_eq!(
            url(json!({"username": "a b"})),
            "https://packagist.org/api/update-package?username=a+b&apiToken=t"
        );
        let own = url(json!({"username": "a", "server": "https://p.test/"}));
        assert_eq!(
            own,
            "https://p.test/api/update-package?username=a&apiToken=t"
        );
    }

    #[test]
    fn a_test_passes_with_202_alone() {
        let judged = |status| {
            Packagist.judge_test(&Answer::sample(status, &Value::Null), &Context::sample())
        };
        assert_eq!(judged(202), Ok(None));
        assert!(judged(200).unwrap_err().why.contains("HTTP 200"));
        assert!(
            Packagist
                .judge(&Answer::sample(200, &Value::Null), &Context::sample())
                .is_ok()
        );
    }
}
