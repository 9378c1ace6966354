//! # Jenkins
//!
//! ## What it does
//!
//! Hands pushes, tags and merge requests on to a Jenkins server, as GitLab does, so that Jenkins
//! builds what was pushed. Jenkins reads them with its GitLab plug-in.
//!
//! ## Set-up
//!
//! 1. In Jenkins, install the GitLab plug-in, and in the job's configuration switch on *Build when a
//!    change is pushed to GitLab*.
//! 2. Make a user that may build the job, or one's API token. If the plug-in is set to work without
//!    authentication, leave user name and password blank.
//! 3. Enter Jenkins's address and the job's name. A job in folders is named with them: `tools/shop`.
//! 4. Save, then run the test: it sends a sample push.
//!
//! ## Events
//!
//! Each event is sent as it came, in GitLab's form, to `/project/` and the job's name.
//!
//! - **Push to a branch**, unless disabled.
//! - **Tag push** and **merge request**, when enabled.
//!
//! ## Limits
//!
//! An event of more than 25 MB is skipped. Every attempt of a delivery has the same
//! `Idempotency-Key`. The job's result is not queried. The sample commit of the test
//! is in no repository: a job that builds the pushed commit will not find it. Without verification
//! of certificates, anybody between Crosstie and Jenkins can read the password.

use crate::setting::settings;
use crate::webhook::{Hook, Name};
use crate::{
    Category, Context, Deliver, Failure, FieldError, Integration, Levels, Plan, Setting, Skip,
    Step, Values, answers, sample,
};
use model::{Event, Kind, Trigger};
use outbound::{Answer, Auth};
use url::Url;

settings! {
    /// Address of the Jenkins server, for example `https://jenkins.example.com`.
    jenkins_url: Setting::url("Jenkins server URL").required().binds_secrets(),
    /// Verify the certificate of the Jenkins server. Switch it off only for a server in your own
    /// network that has a certificate of its own making.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
    /// Name of the job, with its folders: `folder/job`.
    project_name: Setting::text("Project name").required(),
    /// Name of a user that may build the job.
    username: Setting::text("Username"),
    /// The user's password or API token.
    password: Setting::secret("Password").goes_with("username"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "jenkins",
    title: "Jenkins",
    summary: "Runs jobs on a Jenkins server when something is pushed.",
    category: Category::Ci,
    source: include_str!("jenkins.rs"),
    docs_url: "https://plugins.jenkins.io/gitlab-plugin/",
    setup_url: "https://plugins.jenkins.io/gitlab-plugin/",
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests, Trigger::TagPush],
    disabled_by_default: &[Trigger::MergeRequests, Trigger::TagPush],
    levels: Levels::Project,
    kinds: &[Kind::Push, Kind::MergeRequest, Kind::TagPush],
    validate,
    address: |values| values.text("jenkins_url"),
    deliver: Some(Deliver::Plan(&Jenkins)),
    example: &[
        ("jenkins_url", "https://jenkins.example.com"),
        ("project_name", "shop"),
        ("username", "crosstie"),
    ],
    ..Integration::DEFAULT
};

struct Jenkins;

impl Plan for Jenkins {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        let hook = Hook {
            url: job_url(values)?,
            auth: auth(values),
            verify_certificate: values.flag("enable_ssl_verification"),
            name: Name::OfKind,
        };
        hook.steps(event, context)
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        sample::steps(self, values, context)
    }

    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        let hint = match answer.status {
            403 => "; the user needs the permission to build the job",
            404 => "; check the project name, and that Jenkins has the GitLab plug-in",
            _ => "",
        };
        answers::success(answer, context.now).map_err(|failure| failure.map_why(|why| why + hint))
    }

    fn judge_test(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        let note = self.judge(answer, context)?;
        if answer.status == 200 {
            return Ok(note);
        }
        Err(Failure::give_up(format!(
            "Jenkins answers HTTP 200 to an event that it takes, but this was HTTP {}",
            answer.status
        )))
    }
}

/// The address of the job's hook.
fn job_url(values: &Values) -> Result<String, String> {
    let mut url = Url::parse(&values.text("jenkins_url"))
        .map_err(|error| format!("the Jenkins server URL cannot be read: {error}"))?;
    url.set_query(None);
    url.set_fragment(None);
    let name = values.text("project_name");
    let mut path = url
        .path_segments_mut()
        .map_err(|()| "the Jenkins server URL has no path".to_owned())?;
    path.pop_if_empty().push("project").extend(name.split('/'));
    drop(path);
    Ok(url.into())
}

fn auth(values: &Values) -> Auth {
    let (username, password) = (values.text("username"), values.secret("password"));
    if username.is_empty() {
        return Auth::None;
    }
    Auth::Basic { username, password }
}

fn validate(values: &Values) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let name = values.text("project_name");
    let is_odd = |part: &str| matches!(part, "" | "." | "..") || part.contains(char::is_control);
    if !name.is_empty() && name.split('/').any(is_odd) {
        errors.push(FieldError::new(
            "project_name",
            "must be the name of a job, with the names of its folders before it: `folder/job`",
        ));
    }
    if !values.secret("password").is_empty() && values.text("username").is_empty() {
        errors.push(FieldError::new("username", "can't be blank"));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Secret;
    use outbound::{Outgoing, Request};
    use serde_json::{Map, Value, json};
    use std::collections::BTreeMap;

    fn values(plain: Value, password: &str) -> Values {
        let Value::Object(plain) = plain else {
            panic!("an object")
        };
        let secrets = BTreeMap::from([("password".to_owned(), Secret::new(password))]);
        Values::new(SETTINGS, plain, secrets, Map::new())
    }

    fn sent(values: &Values) -> Request {
        let event = Event::parse(r#"{"object_kind":"push"}"#).unwrap();
        let step = Jenkins
            .steps(&event, values, &Context::sample())
            .unwrap()
            .remove(0);
        let Outgoing::Http(request) = step.outgoing else {
            panic!("HTTP")
        };
        request
    }

    #[test]
    fn a_job_is_addressed_below_the_servers_path_whatever_its_name() {
        for (url, name, expected) in [
            ("https://j.test", "shop", "https://j.test/project/shop"),
            ("https://j.test/", "a/b", "https://j.test/project/a/b"),
            (
                "https://j.test/ci/?x=1#y",
                "shop",
                "https://j.test/ci/project/shop",
            ),
            (
                "https://j.test:8443/ci",
                "a b?c#d%2e",
                "https://j.test:8443/ci/project/a%20b%3Fc%23d%252e",
            ),
            (
                "https://j.test",
                "a\\..\\b",
                "https://j.test/project/a%5C..%5Cb",
            ),
        ] {
            let request = sent(&values(
                json!({"jenkins_url": url, "project_name": name}),
                "",
            ));
            assert_eq!(request.url, expected);
            assert!(matches!(request.auth, Auth::None) && request.verify_certificate);
        }
    }

    #[test]
    fn who_asks_and_whether_certificates_count_is_set() {
        let plain = json!({"jenkins_url": "https://j.test", "project_name": "x", "username": "ada", "enable_ssl_verification": false});
        let request = sent(&values(plain, "pw"));
        assert!(
            matches!(&request.auth, Auth::Basic { username, password } if username == "ada" && password.expose() == "pw")
        );
        assert!(!request.verify_certificate);
    }

    #[test]
    fn a_job_has_a_name_and_a_password_a_user() {
        let errors = |plain: Value, password: &str| {
            let found = validate(&values(plain, password));
            found.iter().map(|error| error.field).collect::<Vec<_>>()
        };
        for name in ["a", "a/b", "a b", "..a", ""] {
            assert_eq!(errors(json!({"project_name": name}), ""), [""; 0], "{name}");
        }
        for name in ["..", "a/../b", "a//b", "/a", "a/", "a/.", "a\tb"] {
            assert_eq!(
                errors(json!({"project_name": name}), ""),
                ["project_name"],
                "{name}"
            );
        }
        assert_eq!(errors(json!({"project_name": "a"}), "pw"), ["username"]);
        assert_eq!(
            errors(json!({"project_name": "a", "username": "u"}), "pw"),
            [""; 0]
        );
    }

    #[test]
    fn a_test_wants_exactly_200_and_a_refusal_says_what_to_do() {
        let (context, answer) = (Context::sample(), |status| {
            Answer::sample(status, &Value::Null)
        });
        assert_eq!(Jenkins.judge(&answer(201), &context), Ok(None));
        assert_eq!(Jenkins.judge_test(&answer(200), &context), Ok(None));
        let why = |status| {
            Jenkins
                .judge_test(&answer(status), &context)
                .unwrap_err()
                .why
        };
        assert!(why(201).contains("HTTP 201"));
        assert!(why(404).contains("GitLab plug-in"));
        assert!(why(403).contains("permission to build"));
    }

    #[test]
    fn the_test_sends_a_push() {
        let values = values(
            json!({"jenkins_url": "https://j.test", "project_name": "x"}),
            "",
        );
        let steps = Jenkins.test_steps(&values, &Context::sample());
        let Outgoing::Http(request) = &steps[0].outgoing else {
            panic!("HTTP")
        };
        assert!(
            request
                .body
                .as_ref()
                .unwrap()
                .1
                .contains("made this commit up")
        );
    }
}
