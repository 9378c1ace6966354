//! The domain types and their rules: events, projects, sources, references, deliveries.
//!
//! Everything is pure: nothing reads a clock, a file or a socket. Code that needs
//! the time or randomness takes a [`Clock`] or a [`Random`].

pub mod access;
pub mod ambient;
pub mod delivery;
mod diff;
pub mod event;
mod hex;
pub mod id;
pub mod project;
pub mod reference;
pub mod secret;
pub mod source;
pub mod trigger;
pub mod visible;

pub use ambient::{Clock, Random};
pub use delivery::{Attempt, Outcome, Recorded, Status};
pub use diff::{Change, ChangedFile, Comparison};
pub use event::{Event, Kind};
pub use hex::hex;
pub use project::Project;
pub use secret::Secret;
pub use source::{Links, SourceKind};
pub use trigger::Trigger;
