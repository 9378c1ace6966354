//! All outgoing connections: to permitted addresses only, within limits, recorded.
//!
//! An integration describes what to send as data ([`Outgoing`]); [`Outbound`] sends it over HTTP,
//! SMTP or TCP, and [`Recorder`] records every exchange with its secrets redacted.

mod allow;
mod authorities;
mod connect;
mod error;
pub mod guard;
mod http;
mod limits;
mod lines;
mod mail;
mod net;
mod outgoing;
mod proxy;
mod redact;
mod relay;
mod request;
mod smtp;
mod tls;

pub use allow::{AllowList, AllowListError};
pub use authorities::{Authorities, AuthoritiesError};
pub use error::SendError;
pub use http::{Limits, Outbound};
pub use mail::{Mail, MailMessage, header_text, is_bidi_control, is_mail_address};
pub use net::{Net, Recorder, Transcript};
pub use outgoing::{Lines, Outgoing};
pub use proxy::{Proxy, ProxyError};
pub use redact::Redactor;
pub use relay::{Relay, RelayError};
pub use request::{Answer, Auth, Method, Request};
