//! How often the API and the pages may be asked: by user, or by address as long as nobody is known.
//!
//! The intake of events is not limited, since a host drops a refused event; neither is `/-/…`, which
//! operators monitor. Headers and response are GitLab's:
//! <https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/>.

use crate::buckets::{Buckets, Level, Limit, network};
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::{SignedDuration, Timestamp};
use model::id::UserId;
use std::net::IpAddr;

/// Tokens that are not good, from one address; then one in six seconds. Good ones are not held
/// back for them: neighbours share addresses, and tokens are too long to be guessed.
const FAILURES: u32 = 10;

/// Requests that may be made a minute; 0: as many as one likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// of the API, by a user
    pub api: u32,
    /// of pages, by a user
    pub web: u32,
    /// of either, by an address, of nobody known
    pub unauthenticated: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            api: 2000,
            web: 1000,
            unauthenticated: 500,
        }
    }
}

/// Counts requests, in memory.
pub(crate) struct Limits {
    api: Rule<UserId>,
    web: Rule<UserId>,
    unauthenticated: Rule<String>,
    failures: Rule<String>,
}

impl Limits {
    pub(crate) fn new(rates: Rates) -> Self {
        let failures = FAILURES.min(rates.unauthenticated);
        Self {
            api: Rule::new("throttle_authenticated_api", rates.api),
            web: Rule::new("throttle_authenticated_web", rates.web),
            unauthenticated: Rule::new("throttle_unauthenticated", rates.unauthenticated),
            failures: Rule::new("throttle_failed_authentication", failures),
        }
    }

    /// Counts a user's request of the API.
    pub(crate) fn api(&self, user_id: UserId, now: Timestamp) -> Result<Usage, Usage> {
        self.api.take(&user_id, now)
    }

    /// Counts a user's request of a page.
    pub(crate) fn web(&self, user_id: UserId, now: Timestamp) -> Result<Usage, Usage> {
        self.web.take(&user_id, now)
    }

    /// Counts a request of nobody known.
    pub(crate) fn unauthenticated(
        &self,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Usage, Usage> {
        self.unauthenticated.take(&network(address), now)
    }

    /// Counts a token that was not good.
    pub(crate) fn failure(&self, address: Option<IpAddr>, now: Timestamp) -> Result<Usage, Usage> {
        self.unauthenticated(address, now)?;
        self.failures.take(&network(address), now)
    }
}

/// One kind of request that is counted.
struct Rule<K> {
    name: &'static str,
    limit: u32,
    buckets: Option<Buckets<K>>,
}

impl<K: std::hash::Hash + Eq + Clone> Rule<K> {
    fn new(name: &'static str, limit: u32) -> Self {
        Self {
            name,
            limit,
            buckets: Limit::per_minute(limit).map(Buckets::new),
        }
    }

    fn take(&self, key: &K, now: Timestamp) -> Result<Usage, Usage> {
        let Some(buckets) = &self.buckets else {
            return Ok(Usage(None));
        };
        let level = buckets.take(key, now);
        let usage = Usage(Some(Counted {
            name: self.name,
            limit: self.limit,
            level,
            now,
        }));
        if level.wait > 0 {
            Err(usage)
        } else {
            Ok(usage)
        }
    }
}

/// How much of a limit is used; nothing where there is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage(Option<Counted>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    name: &'static str,
    limit: u32,
    level: Level,
    now: Timestamp,
}

impl Usage {
    /// Tells it in the headers of an answer.
    pub(crate) fn add_headers(self, headers: &mut HeaderMap) {
        let Some(Counted {
            name,
            limit,
            level,
            now,
        }) = self.0
        else {
            return;
        };
        let refused = level.wait > 0;
        let observed = level.used + i64::from(refused);
        let end = now + SignedDuration::from_secs(level.empty_in);
        let mut values = vec![
            ("ratelimit-name", name.to_owned()),
            ("ratelimit-limit", limit.to_string()),
            ("ratelimit-observed", observed.to_string()),
            (
                "ratelimit-remaining",
                (i64::from(limit) - observed).max(0).to_string(),
            ),
            ("ratelimit-reset", end.as_second().to_string()),
            (
                "ratelimit-resettime",
                end.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            ),
        ];
        if refused {
            values.push((RETRY_AFTER.as_str(), level.wait.to_string()));
        }
        for (name, text) in values {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(&text),
            ) {
                headers.insert(name, value);
            }
        }
    }

    /// The answer to a request too many.
    pub(crate) fn refusal(self) -> Response {
        let mut response = Response::new(Body::from("Retry later\n"));
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        self.add_headers(headers);
        response
    }
}

#[cfg(test)]
mod tests;
