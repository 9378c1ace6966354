//! `crosstie deliveries`: the delivery log from the shell, asked from the running server.

mod show;

use crate::remote::{Server, Where};
use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use outbound::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::Write;

/// What can be done with deliveries.
#[derive(Subcommand)]
pub(crate) enum DeliveriesCommand {
    /// List a project's deliveries, newest first
    List {
        /// The project's path or id
        #[arg(long, value_name = "GROUP/APP")]
        project: String,
        /// Only those to this integration
        #[arg(long, value_name = "SLUG")]
        integration: Option<String>,
        /// Only those in this status
        #[arg(long, value_name = "STATUS")]
        status: Option<Status>,
        /// How many at most
        #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
        #[command(flatten)]
        common: Common,
    },
    /// Show a delivery with its attempts, their requests and answers
    Show {
        /// The delivery's id
        id: i64,
        #[command(flatten)]
        common: Common,
    },
    /// Try a delivery again
    Retry {
        /// The delivery's id
        id: i64,
        #[command(flatten)]
        common: Common,
    },
}

/// The status of a delivery.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Status {
    /// it waits, or is being made
    Pending,
    /// the tool has it
    Delivered,
    /// it was given up
    Failed,
    /// there was nothing to do
    Skipped,
}

/// What all of them take.
#[derive(Args)]
pub(crate) struct Common {
    #[command(flatten)]
    place: Where,
    /// Print the API's answer as JSON
    #[arg(long)]
    json: bool,
}

/// Does it.
pub(crate) async fn run(command: DeliveriesCommand) -> Result<()> {
    let (method, path, common, show): (_, _, _, fn(&Value) -> String) = match command {
        DeliveriesCommand::List {
            project,
            integration,
            status,
            limit,
            common,
        } => {
            let path = list_path(&project, integration.as_deref(), status, limit);
            (Method::Get, path, common, show::list)
        }
        DeliveriesCommand::Show { id, common } => {
            (Method::Get, format!("deliveries/{id}"), common, show::whole)
        }
        DeliveriesCommand::Retry { id, common } => (
            Method::Post,
            format!("deliveries/{id}/retry"),
            common,
            show::retried,
        ),
    };
    let json = common.json;
    let answer = Server::reached(common.place, "a maintainer")?
        .ask(method, &path)
        .await?;
    let text = if json {
        format!("{answer:#}\n")
    } else {
        show(&answer)
    };
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("the answer cannot be printed")
}

fn list_path(
    project: &str,
    integration: Option<&str>,
    status: Option<Status>,
    limit: u32,
) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut path = format!("projects/{}/deliveries?per_page={limit}", encoded(project));
    // Writing into a string does not fail.
    if let Some(integration) = integration {
        let _ = write!(path, "&integration={}", encoded(integration));
    }
    if let Some(status) = status.and_then(|status| status.to_possible_value()) {
        let _ = write!(path, "&status={}", status.get_name());
    }
    path
}
