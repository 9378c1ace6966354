//! Black-box stories: the real binary, real git, real HTTP, a strict stand-in of Jira.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect has failed, and says so"
)]

mod bad_input;
mod clients;
mod conformance;
mod crash;
mod demo;
mod git_push;
mod gitlab_hooks;
mod harness;
mod markdown;
mod settings;
mod start;
mod trouble;
