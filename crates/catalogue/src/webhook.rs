//! Integrations that forward an event as a webhook in GitLab's form.
//!
//! The body is the event's own JSON, with GitLab's headers, so tools made for GitLab's webhooks accept it:
//! <https://docs.gitlab.com/user/project/integrations/webhooks/>.

use crate::{Context, Skip, Step};
use model::{Event, Kind};
use outbound::{Auth, Request};

/// Largest body that is sent, in bytes: GitLab's limit.
const LARGEST: usize = 25 * 1024 * 1024;

/// Where a hook goes.
pub struct Hook {
    /// the whole address
    pub url: String,
    /// who sends it
    pub auth: Auth,
    /// whether the host must show a certificate that the system trusts
    pub verify_certificate: bool,
    /// the value of `X-Gitlab-Event`
    pub name: Name,
}

/// The value of `X-Gitlab-Event`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// the kind of the event, such as `Push Hook`
    OfKind,
    /// a fixed name, such as `Service Hook`
    Fixed(&'static str),
}

impl Hook {
    /// The one step that delivers an event; or why it cannot be sent.
    pub fn steps(self, event: &Event, context: &Context) -> Result<Vec<Step>, Skip> {
        let body = event.json();
        if body.len() > LARGEST {
            let why = format!(
                "the event has {} bytes, more than a webhook's maximum of {LARGEST}",
                body.len()
            );
            return Err(Skip(why));
        }
        let name = match self.name {
            Name::OfKind => name_of(event),
            Name::Fixed(name) => name.to_owned(),
        };
        let mut request = Request::post(self.url)
            .auth(self.auth)
            .verify_certificate(self.verify_certificate)
            .header("x-gitlab-event", name)
            .header("x-gitlab-instance", &context.external_url);
        // A tool that counts hooks by their id must not take a repeat for a second one.
        for id in [
            "idempotency-key",
            "x-gitlab-webhook-uuid",
            "x-gitlab-event-uuid",
        ] {
            request = request.header(id, &context.delivery_key);
        }
        request.body = Some(("application/json", body.to_owned()));
        Ok(vec![Step::new("hook", request)])
    }
}

/// The name of a hook for an event: `Merge Request Hook`, `Confidential Issue Hook`, …
fn name_of(event: &Event) -> String {
    let kind = match event.kind {
        // GitLab writes `build` in the body and `Job` in the header.
        Kind::Job => "job",
        kind => kind.name(),
    };
    let secrecy = event.confidential.then_some("confidential");
    let words = secrecy.into_iter().chain(kind.split('_')).chain(["hook"]);
    words.map(capitalised).collect::<Vec<_>>().join(" ")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use outbound::Outgoing;

    fn sent(json: &str, name: Name) -> Request {
        let hook = Hook {
            url: "https://ci.test/hook".into(),
            auth: Auth::None,
            verify_certificate: true,
            name,
        };
        let event = Event::parse(json).unwrap();
        let step = hook.steps(&event, &Context::sample()).unwrap().remove(0);
        let Outgoing::Http(request) = step.outgoing else {
            panic!("HTTP")
        };
        request
    }

    fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
        let found = request.headers.iter().find(|header| header.0 == name);
        found.map(|header| header.1.as_str())
    }

    #[test]
    fn the_body_goes_as_it_came_and_the_headers_are_gitlabs() {
        let json = r#"{"object_kind":"push",  "ref":"refs/heads/main", "unknown": [1]}"#;
        let request = sent(json, Name::OfKind);
        assert_eq!(request.body, Some(("application/json", json.to_owned())));
        for (name, value) in [
            ("x-gitlab-event", "Push Hook"),
            ("x-gitlab-instance", "https://crosstie.test"),
            ("idempotency-key", "00000000-0000-8000-8000-000000000000"),
            (
                "x-gitlab-webhook-uuid",
                "00000000-0000-8000-8000-000000000000",
            ),
            (
                "x-gitlab-event-uuid",
                "00000000-0000-8000-8000-000000000000",
            ),
        ] {
            assert_eq!(header(&request, name), Some(value), "{name}");
        }
        assert_eq!(
            header(&request, "x-gitlab-token"),
            None,
            "integrations have none"
        );
    }

    #[test]
    fn the_hook_is_named_after_the_kind_or_as_the_tool_wants() {
        for (json, expected) in [
            (r#"{"object_kind":"tag_push"}"#, "Tag Push Hook"),
            (r#"{"object_kind":"merge_request"}"#, "Merge Request Hook"),
            (r#"{"object_kind":"build"}"#, "Job Hook"),
            (
                r#"{"object_kind":"issue","event_type":"confidential_issue"}"#,
                "Confidential Issue Hook",
            ),
        ] {
            let request = sent(json, Name::OfKind);
            assert_eq!(header(&request, "x-gitlab-event"), Some(expected));
        }
        let request = sent(r#"{"object_kind":"push"}"#, Name::Fixed("Service Hook"));
        assert_eq!(header(&request, "x-gitlab-event"), Some("Service Hook"));
    }

    #[test]
    fn what_is_too_large_is_not_sent() {
        let json = format!(r#"{{"object_kind":"push","x":"{}"}}"#, "x".repeat(LARGEST));
        let hook = Hook {
            url: String::new(),
            auth: Auth::None,
            verify_certificate: true,
            name: Name::OfKind,
        };
        let why = hook
            .steps(&Event::parse(&json).unwrap(), &Context::sample())
            .unwrap_err();
        assert!(why.0.contains("maximum of 26214400"), "{why}");
    }
}
