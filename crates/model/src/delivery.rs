//! One event on its way to one integration, and the tries it took.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// waits for its first or next attempt
    Pending,
    /// the tool has it
    Delivered,
    /// given up; may be retried by hand
    Failed,
    /// not sent on purpose; the reason is kept
    Skipped,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Skipped];

    /// Its name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// How one attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// the tool took it
    Delivered,
    /// failed, and will be tried again
    Retry,
    /// failed for good
    Failed,
    /// the integration looked and found nothing to do
    Skipped,
}

impl Outcome {
    /// Its name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry => "retry",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One request and its answer as kept in the log, secrets already redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// `GET`, `POST`, …
    pub method: String,
    /// absolute address
    pub url: String,
    /// status of the answer; absent when none came
    pub status: Option<u16>,
    /// what was sent, cut to the log's limit
    pub request_body: Option<String>,
    /// what came back, cut to the log's limit
    pub response_body: Option<String>,
}

/// One try of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// 1, 2, 3, …
    pub number: i64,
    /// when it began
    pub started_at: Timestamp,
    /// how long it took, in milliseconds
    pub duration_ms: i64,
    /// how it ended
    pub outcome: Outcome,
    /// what went wrong, for a human
    pub error: Option<String>,
    /// the requests made, in order
    pub requests: Vec<Recorded>,
}
