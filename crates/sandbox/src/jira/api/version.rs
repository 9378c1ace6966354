//! The versions of the REST API.

use crate::jira::site::Jira;

/// One version of the API of one stand-in.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) jira: Jira,
    pub(super) version: Version,
}

/// v2 speaks wiki text, v3 documents; all else is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Two,
    Three,
}
