//! The delivery of an event to an integration, and its attempts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The status of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// waiting for its first or next attempt
    Pending,
    /// accepted by the tool
    Delivered,
    /// given up; may be retried by hand
    Failed,
    /// deliberately not sent, for a stored reason
    Skipped,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Skipped];

    /// The name in the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// The result of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// accepted by the tool
    Delivered,
    /// failed, to be retried
    Retry,
    /// failed permanently
    Failed,
    /// the integration found nothing to do
    Skipped,
}

impl Outcome {
    /// The name in the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry => "retry",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A request and its answer in the delivery log, with secrets redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// `GET`, `POST`, …
    pub method: String,
    /// absolute URL
    pub url: String,
    /// status of the answer; absent without an answer
    pub status: Option<u16>,
    /// what was sent, cut to 16 KB
    pub request_body: Option<String>,
    /// what was received, cut to 16 KB
    pub response_body: Option<String>,
}

/// One attempt of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// 1, 2, 3, …
    pub number: i64,
    /// when it started
    pub started_at: Timestamp,
    /// duration in milliseconds
    pub duration_ms: i64,
    /// its result
    pub outcome: Outcome,
    /// error message
    pub error: Option<String>,
    /// the requests made, in order
    pub requests: Vec<Recorded>,
}
