//! Black-box stories: the real binary, real git, real HTTP, a strict stand-in of Jira.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect has failed, and says so"
)]

mod apply;
mod bad_input;
mod browser;
mod clients;
mod conformance;
mod crash;
mod deliveries;
mod demo;
mod disk;
mod git_push;
mod gitlab_hooks;
mod harness;
mod hostile;
mod large_push;
mod openapi;
mod refusals;
mod secrets;
mod settings;
mod slack;
mod slow;
mod start;
mod stop;
mod trouble;
mod web;
