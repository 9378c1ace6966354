//! A stand-in of Jira: its REST API as far as an integration uses it, and a page to look at.
//!
//! One request goes through [`gate`] (log, fault), [`account`] (credentials) and
//! [`api`] (the calls); [`page`] shows what came of it. All state is in [`state`].

mod account;
mod api;
mod body;
mod document;
mod fault_answers;
mod faults;
mod gate;
mod log_entry;
mod login_guard;
mod page;
mod product;
mod query;
mod site;
mod state;
mod text;
mod views;
mod workflow;

pub use faults::Fault;
pub use log_entry::Logged;
pub use product::{Account, Flavour};
pub use site::{Jira, Now};
pub use views::{CommentView, IssueView, LinkView};

use axum::Router;
use tokio::net::TcpListener;

impl Jira {
    /// The API and the pages, to be served at the root of a host.
    pub fn router(&self) -> Router {
        let gate = axum::middleware::from_fn_with_state(self.clone(), gate::pass);
        api::router(self).merge(page::router(self)).layer(gate)
    }
}

/// Serves a stand-in until the task is dropped.
pub async fn serve(jira: &Jira, listener: TcpListener) -> std::io::Result<()> {
    axum::serve(listener, jira.router()).await
}

#[cfg(test)]
mod tests;
