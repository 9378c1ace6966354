//! How a delivery or a test ends.

use outbound::SendError;
use std::fmt;
use std::time::Duration;

/// Why an event is not delivered, for a human.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip(pub String);

impl From<String> for Skip {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

impl From<&str> for Skip {
    fn from(reason: &str) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a delivery ended without a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// the tool accepted it; with a note for the log, if any
    Delivered(Option<String>),
    /// there was nothing to do
    Skipped(Skip),
}

/// How an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// what went wrong and what to do, for a human
    pub why: String,
    /// what follows for the delivery
    pub then: Then,
}

/// What follows from a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// it may succeed later
    Retry {
        /// how long the tool asks to wait
        after: Option<Duration>,
        /// whether the tool itself seems down, which counts for the circuit breaker
        tool_down: bool,
    },
    /// it will not succeed until someone changes something
    GiveUp,
    /// the tool refused the credentials: they are not sent again until the settings are saved or a
    /// test succeeds, since many tools lock an account after repeated failures
    CredentialsRefused,
}

impl Failure {
    /// A failure that is final.
    pub fn give_up(why: impl Into<String>) -> Self {
        let why = why.into();
        let then = Then::GiveUp;
        Self { why, then }
    }

    /// Refused credentials.
    pub fn refused(why: impl Into<String>) -> Self {
        let why = why.into();
        let then = Then::CredentialsRefused;
        Self { why, then }
    }

    /// A failure of only this delivery that may pass.
    pub fn retry(why: impl Into<String>) -> Self {
        Self::retry_after(why, None)
    }

    /// The same, where the tool may ask for a wait.
    pub fn retry_after(why: impl Into<String>, after: Option<Duration>) -> Self {
        let why = why.into();
        let tool_down = false;
        let then = Then::Retry { after, tool_down };
        Self { why, then }
    }

    /// The tool seems down.
    pub fn tool_down(why: impl Into<String>, after: Option<Duration>) -> Self {
        let why = why.into();
        let tool_down = true;
        let then = Then::Retry { after, tool_down };
        Self { why, then }
    }

    /// The same failure with another text.
    #[must_use]
    pub fn map_why(self, change: impl FnOnce(String) -> String) -> Self {
        let why = change(self.why);
        Self { why, ..self }
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        if error.is_temporary() {
            Self::tool_down(error.to_string(), None)
        } else {
            Self::give_up(error.to_string())
        }
    }
}
