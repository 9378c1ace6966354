//! The only way out to the world: guarded, limited, recorded.
//!
//! An integration says what to send as a [`Request`] (data); [`Outbound`] sends it,
//! and [`Recorder`] keeps what went over the wire with every secret taken out.
//! Nothing here knows of integrations or the store: the record is handed back.

mod allow;
mod connect;
mod error;
pub mod guard;
mod http;
mod limits;
mod lines;
mod net;
mod outgoing;
mod redact;
mod request;
mod tls;

pub use allow::{AllowList, AllowListError};
pub use error::SendError;
pub use http::{Limits, Outbound};
pub use net::{Net, Recorder, recorded};
pub use outgoing::{Lines, Outgoing};
pub use redact::Redactor;
pub use request::{Answer, Auth, Method, Request};
