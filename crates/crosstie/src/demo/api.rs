//! The server's API, called as any client would.

use anyhow::{Context, Result, bail};
use outbound::{AllowList, Limits, Method, Outbound, Request};
use serde_json::Value;

/// A client of the API.
pub(crate) struct Api {
    base: String,
    token: String,
    outbound: Outbound,
}

impl Api {
    /// A client of the server at that address.
    pub(crate) fn new(base: &str, token: &str) -> Result<Self> {
        Ok(Self {
            base: base.to_owned(),
            token: token.to_owned(),
            outbound: Outbound::new(AllowList::parse("127.0.0.1")?, Limits::default()),
        })
    }

    /// Reads.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::Get, path, None).await
    }

    /// Makes something.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::Post, path, Some(body)).await
    }

    /// Sets something.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::Put, path, Some(body)).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = Request::new(method, format!("{}{path}", self.base));
        request.headers.push(("private-token", self.token.clone()));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self
            .outbound
            .send(&request)
            .await
            .with_context(|| format!("{} {path}", method.name()))?;
        if !answer.is_success() {
            bail!(
                "{} {path} was answered {}: {}",
                method.name(),
                answer.status,
                answer.body
            );
        }
        Ok(answer.json().unwrap_or_default())
    }
}
