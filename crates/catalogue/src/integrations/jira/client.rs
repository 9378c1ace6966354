//! Jira's REST calls, and what its answers mean.
//!
//! Paths and verbs: Jira's REST v2 and v3 documents. v2 takes wiki text and exists
//! everywhere; v3 takes documents and exists only on Cloud.

use super::settings::{PERSONAL_TOKEN, api_base, is_cloud_address};
use super::text::Comment;
use crate::{Failure, Values};
use jiff::Timestamp;
use outbound::{Answer, Auth, Net, Request};
use serde_json::{Value, json};

/// Which of Atlassian's two products a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deployment {
    Server,
    Cloud,
}

impl Deployment {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Cloud => "cloud",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Server, Self::Cloud]
            .into_iter()
            .find(|deployment| deployment.name() == name)
    }
}

/// Why a call did not do what was asked.
#[derive(Debug)]
pub(super) enum CallError {
    /// the whole delivery ends here
    Delivery(Failure),
    /// the issue does not exist, or may not be seen
    NoSuchIssue,
    /// this call was refused; others may be granted
    Refused(String),
}

impl<T: Into<Failure>> From<T> for CallError {
    fn from(error: T) -> Self {
        Self::Delivery(error.into())
    }
}

/// The calls, for one site.
pub(super) struct Client<'a> {
    net: &'a mut dyn Net,
    base: String,
    auth: Auth,
    now: Timestamp,
    /// decides between v2 and v3
    pub(super) deployment: Deployment,
}

impl<'a> Client<'a> {
    pub(super) fn new(values: &Values, now: Timestamp, net: &'a mut dyn Net) -> Self {
        let auth = if values.integer("jira_auth_type") == PERSONAL_TOKEN {
            Auth::Bearer(values.secret("password"))
        } else {
            Auth::Basic {
                username: values.text("username"),
                password: values.secret("password"),
            }
        };
        Self {
            net,
            base: api_base(values),
            auth,
            now,
            deployment: Deployment::Server,
        }
    }

    /// What the site reports about itself.
    pub(super) async fn server_info(&mut self) -> Result<Value, CallError> {
        let request = Request::get(format!("{}/rest/api/2/serverInfo", self.base));
        self.json(request).await
    }

    /// Detects which product the site is; by its address if it does not report that.
    pub(super) async fn discover(&mut self) -> Result<Deployment, CallError> {
        let reported = match self.server_info().await {
            Ok(info) => info["deploymentType"].as_str().unwrap_or_default() == "Cloud",
            Err(CallError::NoSuchIssue | CallError::Refused(_)) => false,
            Err(error @ CallError::Delivery(_)) => return Err(error),
        };
        let cloud = reported || is_cloud_address(&self.base);
        Ok(if cloud {
            Deployment::Cloud
        } else {
            Deployment::Server
        })
    }

    /// Who the credentials belong to.
    pub(super) async fn myself(&mut self) -> Result<Value, CallError> {
        let request = Request::get(format!("{}/rest/api/2/myself", self.base));
        self.json(request).await
    }

    /// An issue with its comments; its transitions too, if asked for.
    pub(super) async fn issue(&mut self, key: &str, transitions: bool) -> Result<Value, CallError> {
        let expand = if transitions {
            "?expand=transitions"
        } else {
            ""
        };
        let request = Request::get(self.path(&format!("issue/{key}{expand}")));
        self.json(request).await
    }

    /// The page of comments from `start` on.
    pub(super) async fn comments(&mut self, key: &str, start: usize) -> Result<Value, CallError> {
        let request = Request::get(self.path(&format!(
            "issue/{key}/comment?startAt={start}&maxResults=100"
        )));
        self.json(request).await
    }

    /// Says something on an issue.
    pub(super) async fn add_comment(
        &mut self,
        key: &str,
        comment: &Comment,
    ) -> Result<(), CallError> {
        let body = match self.deployment {
            Deployment::Server => json!({"body": comment.wiki()}),
            Deployment::Cloud => json!({"body": comment.document()}),
        };
        let request = Request::post(self.path(&format!("issue/{key}/comment"))).json(&body);
        self.call(request).await.map(drop)
    }

    /// The web links of an issue.
    pub(super) async fn links(&mut self, key: &str) -> Result<Vec<Value>, CallError> {
        let request = Request::get(self.path(&format!("issue/{key}/remotelink")));
        Ok(self
            .json(request)
            .await?
            .as_array()
            .cloned()
            .unwrap_or_default())
    }

    /// Makes a web link; one of the same `globalId` is replaced by Jira itself.
    pub(super) async fn add_link(&mut self, key: &str, link: &Value) -> Result<(), CallError> {
        let request = Request::post(self.path(&format!("issue/{key}/remotelink"))).json(link);
        self.call(request).await.map(drop)
    }

    /// Changes a web link.
    pub(super) async fn change_link(
        &mut self,
        key: &str,
        id: &str,
        link: &Value,
    ) -> Result<(), CallError> {
        let request = Request::put(self.path(&format!("issue/{key}/remotelink/{id}"))).json(link);
        self.call(request).await.map(drop)
    }

    /// Makes a transition.
    pub(super) async fn transition(&mut self, key: &str, id: &str) -> Result<(), CallError> {
        let body = json!({"transition": {"id": id}});
        let request = Request::post(self.path(&format!("issue/{key}/transitions"))).json(&body);
        self.call(request).await.map(drop)
    }

    fn path(&self, rest: &str) -> String {
        let version = match self.deployment {
            Deployment::Server => 2,
            Deployment::Cloud => 3,
        };
        format!("{}/rest/api/{version}/{rest}", self.base)
    }

    async fn json(&mut self, request: Request) -> Result<Value, CallError> {
        let answer = self.call(request).await?;
        answer.json().ok_or_else(|| {
            let why = format!(
                "{} answered with something that is not JSON: is it the address of Jira, or of a log-in page or proxy before it?",
                self.base
            );
            CallError::Delivery(Failure::retry(why))
        })
    }

    async fn call(&mut self, request: Request) -> Result<Answer, CallError> {
        let answer = self.net.send(request.auth(self.auth.clone())).await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(self.call_error(&answer))
        }
    }

    /// What an answer other than success means for the call and the delivery.
    fn call_error(&self, answer: &Answer) -> CallError {
        let detail = detail(answer);
        let denied = answer
            .header("x-seraph-loginreason")
            .is_some_and(|reason| reason.contains("AUTHENTICATION_DENIED"));
        let after = answer.retry_after(self.now);
        CallError::Delivery(match answer.status {
            401 | 403 if denied => Failure::refused(
                "Jira requires a CAPTCHA after too many failed logins: sign in to Jira once as this user, run the test, then retry",
            ),
            401 => Failure::refused(format!(
                "Jira refused the credentials (401{detail}): enter them again"
            )),
            403 if answer.json().is_none() => Failure::give_up(
                "Jira rejected the request before processing it (403): is this server's address on its allowlist?",
            ),
            404 => return CallError::NoSuchIssue,
            410 => Failure::give_up(format!(
                "Jira no longer has this API (410{detail}): upgrade Crosstie"
            )),
            429 => Failure::retry_after("rate limited by Jira (429)", after),
            status @ (408 | 409 | 425) => Failure::retry_after(
                format!("Jira could not process the request right now ({status}{detail})"),
                after,
            ),
            status @ 500.. => {
                Failure::tool_down(format!("Jira server error ({status}{detail})"), after)
            }
            status => {
                return CallError::Refused(format!("Jira rejected the request ({status}{detail})"));
            }
        })
    }
}

/// Jira's error messages, after a colon.
fn detail(answer: &Answer) -> String {
    let json = answer.json().unwrap_or_default();
    let general = json["errorMessages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let of_fields = json["errors"]
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.values())
        .filter_map(Value::as_str);
    let words: Vec<_> = general.chain(of_fields).collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(": {}", super::text::short(&words.join("; "), 300))
    }
}
