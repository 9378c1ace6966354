//! Black-box stories: the real binary, real git, real HTTP, a strict stand-in of Jira.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that meets what it did not expect has failed, and says so"
)]

mod apply;
mod audit;
mod bad_input;
mod bad_settings;
mod browser;
mod clients;
mod conformance;
mod crash;
mod deliveries;
mod demo;
mod disk;
mod every_integration;
mod git_push;
mod gitlab_hooks;
mod harness;
mod hostile;
mod irc;
mod jenkins;
mod large_push;
mod levels;
mod limits;
mod limits_of_values;
mod mail;
mod markdown;
mod openapi;
mod order;
mod refusals;
mod rotate;
mod secrets;
mod settings;
mod slack;
mod slow;
mod start;
mod stop;
mod trackers;
mod trouble;
mod upgrade;
mod web;
mod wrong_settings;
