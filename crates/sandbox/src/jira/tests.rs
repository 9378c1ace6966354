//! The stand-in as its callers see it: through the router.

mod access;
mod comments;
mod issues;
mod links;
mod misbehaviour;
mod pages;
mod transitions;

use super::{Account, Flavour, Jira};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// A stand-in with the issues SHOP-1 and SHOP-2.
fn jira(flavour: Flavour) -> Jira {
    let account = Account {
        username: "jane".into(),
        password: "secret".into(),
    };
    let now = "2026-02-03T04:05:06Z".parse::<Timestamp>().unwrap();
    let jira = Jira::new(flavour, account, Arc::new(move || now));
    jira.add_project("SHOP", "The Shop");
    jira.add_issue("SHOP-1", "The basket is empty");
    jira.add_issue("SHOP-2", "<b>Prices</b>");
    jira
}

fn server() -> Jira {
    jira(Flavour::Server)
}

fn cloud() -> Jira {
    jira(Flavour::Cloud)
}

/// What came back.
struct Got {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    /// The status, and the message of a refusal.
    fn refused(&self) -> (u16, String) {
        let json = self.json();
        let general = json["errorMessages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap().to_owned());
        let fields = json["errors"].as_object().unwrap().iter();
        let fields = fields.map(|(name, why)| format!("{name}: {}", why.as_str().unwrap()));
        (
            self.status.as_u16(),
            general.chain(fields).collect::<Vec<_>>().join("\n"),
        )
    }
}

async fn send(jira: &Jira, request: Request<Body>) -> Got {
    let answer = jira.router().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Got {
        status: parts.status,
        headers: parts.headers,
        text,
    }
}

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

/// A call of the API with the right credentials.
async fn call(jira: &Jira, method: &str, path: &str, body: Option<&Value>) -> Got {
    let request = Request::builder()
        .method(method)
        .uri(format!("/rest/api/{path}"))
        .header("host", "jira.test:8080")
        .header("authorization", basic("jane", "secret"))
        .header("content-type", "application/json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    send(jira, request.body(body).unwrap()).await
}

async fn get(jira: &Jira, path: &str) -> Got {
    call(jira, "GET", path, None).await
}

async fn post(jira: &Jira, path: &str, body: Value) -> Got {
    call(jira, "POST", path, Some(&body)).await
}

/// A call of the API with any or no credentials.
async fn authenticate(jira: &Jira, path: &str, authorization: Option<&str>) -> Got {
    let mut request = Request::builder().uri(format!("/rest/api/{path}"));
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    send(jira, request.body(Body::empty()).unwrap()).await
}
