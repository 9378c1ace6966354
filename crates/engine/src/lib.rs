//! The way of the data, one module for each step:
//!
//! [`intake`] keeps an event once → [`matching`] finds the integrations it is for →
//! [`queue`] hands out what is due → [`deliver`] makes one attempt → [`retry`] decides
//! what comes next → [`record`] keeps what happened.
//!
//! A delivery is a row in the store from the moment its event is answered; whatever
//! is in memory can be lost at any time without losing a delivery.

mod attempts;
mod breaker;
mod carry_out;
pub mod comparison;
pub mod configure;
mod context;
mod deliver;
mod engine;
mod gate;
mod held;
pub mod intake;
mod known;
mod lanes;
pub mod matching;
pub mod metrics;
pub mod preview;
pub mod queue;
mod record;
mod references;
mod refusal;
pub mod retry;
mod test_settings;
#[cfg(test)]
mod testing;
pub mod trackers;
mod unseal;

pub use configure::{Change, Declared, Difference, Outcome, SaveError, Shown};
pub use context::own_links;
pub use engine::{Engine, Parts};
pub use intake::{Accepted, IncomingEvent};
pub use known::{Known, ProjectKey};
pub use metrics::Metrics;
pub use preview::{Preview, PreviewError};
pub use test_settings::TestError;
pub use unseal::{UnsealError, unseal};
