//! Stand-ins of outside tools, for the demo and the tests.
//!
//! They refuse what the real ones refuse, record what they receive, and can be made
//! to misbehave. They are never part of the server.

pub mod all;
pub mod chat;
pub mod irker;
pub mod jenkins;
pub mod jira;
pub mod mail;
pub mod proxy;
pub mod tls;
mod web;
