//! The path of an event, one module per step:
//!
//! [`intake`] stores an event → [`matching`] finds the integrations it is for → [`queue`] claims what
//! is due → [`deliver`] makes one attempt → [`retry`] computes the wait → [`record`] stores the result.
//!
//! A delivery is a row in the store before its event's request is answered; all that is in memory can
//! be lost at any time without losing a delivery.

mod attempts;
mod backlog;
mod breaker;
mod carry_out;
pub mod comparison;
pub mod configure;
mod context;
mod deliver;
pub mod effective;
mod engine;
mod event_cache;
pub mod intake;
mod lanes;
pub mod matching;
pub mod metrics;
pub mod preview;
pub mod queue;
mod record;
mod references;
mod refusal;
pub mod retry;
mod snapshot;
mod test_settings;
#[cfg(test)]
mod testing;
mod unseal;
mod wake;

pub use configure::{Change, Declared, Difference, Outcome, SaveError, Shown};
pub use context::own_links;
pub use engine::{Engine, Parts};
pub use intake::IncomingEvent;
pub use metrics::Metrics;
pub use preview::{Preview, PreviewError};
pub use snapshot::{ProjectKey, ProjectSnapshot};
pub use test_settings::TestError;
pub use unseal::{UnsealError, unseal};
