//! The running server, asked over its API.

use crate::config::{self, Reached};
use anyhow::{Result, bail};
use clap::Args;
use outbound::{AllowList, Answer, Limits, Method, Outbound, Request, SendError};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

/// Which server, and as which user.
#[derive(Args)]
pub(crate) struct Where {
    /// The server's address [default: where `crosstie serve` listens by the same configuration]
    #[arg(long, env = "CROSSTIE_SERVER", value_name = "URL")]
    server: Option<String>,
    /// Folder of the server's data, whose root token is used when `CROSSTIE_TOKEN` is not set
    #[arg(long, env = "CROSSTIE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// An API token
    #[arg(long, env = "CROSSTIE_TOKEN", hide = true, hide_env_values = true)]
    token: Option<String>,
}

/// For the largest documents.
const TIMEOUT: Duration = Duration::from_secs(120);
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// The server that is asked.
pub(crate) struct Server {
    url: String,
    token: String,
    /// who may do what is asked, for the message when the token may not
    needs: &'static str,
    outbound: Outbound,
}

impl Server {
    /// Finds it. `needs` is who may do what will be asked, such as `a maintainer`.
    pub(crate) fn reached(options: Where, needs: &'static str) -> Result<Self> {
        let Reached { url, token } = config::reached(options.server, options.data, options.token)?;
        let limits = Limits {
            timeout: TIMEOUT,
            answer_bytes: ANSWER_BYTES,
            ..Limits::default()
        };
        // The user has chosen the server.
        let outbound = Outbound::new(AllowList::everything(), limits);
        Ok(Self {
            url,
            token,
            needs,
            outbound,
        })
    }

    /// Asks for a path below `/api/crosstie/v1`, and answers the JSON of a success.
    pub(crate) async fn ask(&self, method: Method, path: &str) -> Result<Value> {
        self.success(&self.send(method, path, None).await?)
    }

    /// Asks, whatever the answer's status.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let mut request = Request::new(method, format!("{}/api/crosstie/v1/{path}", self.url));
        request.headers.push(("private-token", self.token.clone()));
        if let Some(body) = body {
            request = request.json(body);
        }
        let server = &self.url;
        self.outbound.send(&request).await.map_err(|error| match error {
            SendError::Connect { .. } | SendError::Resolve { .. } | SendError::Timeout { .. } => {
                anyhow::anyhow!("the server at {server} cannot be reached ({error}): start it, or name another one with --server")
            }
            other => anyhow::anyhow!("the server at {server} cannot be asked: {other}"),
        })
    }

    /// The JSON of a success; any other answer as an error with what to do.
    pub(crate) fn success(&self, answer: &Answer) -> Result<Value> {
        let server = &self.url;
        let json = answer.json().unwrap_or_default();
        let detail = ["message", "error"]
            .iter()
            .find_map(|name| json[*name].as_str())
            .unwrap_or("no reason was given");
        match answer.status {
            200..=299 if !json.is_null() => Ok(json),
            401 => bail!(
                "the server at {server} refused the token ({detail}): set CROSSTIE_TOKEN to an API token, or name the server's --data folder"
            ),
            403 => bail!(
                "the token may not do this ({detail}): use one of {}, with the scope api",
                self.needs
            ),
            404 if json.is_object() => bail!("{detail}, or the token's user may not see it"),
            409 => bail!("{detail}"),
            status => {
                bail!(
                    "the server at {server} answered {status}: {detail}; is it Crosstie's address?"
                )
            }
        }
    }
}
