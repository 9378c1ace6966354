//! Benchmarks of Crosstie: `cargo xtask bench` builds both in release mode and runs this.
//!
//! Every figure stands beside a bare loop that does only what cannot be left out, measured in
//! turns with it in the same run; what counts is the ratio of the two.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "telling a developer at a terminal what was measured is this program's job"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "it measures from outside: it has a clock and opens connections of its own"
)]
#![expect(
    clippy::cast_precision_loss,
    reason = "figures are rounded when they are shown"
)]

mod bare;
mod bodies;
mod connection;
mod delivery;
mod figures;
mod footprint;
mod intake;
mod load;
mod matching;
mod process;
mod product;
mod references;
mod report;
mod scale;
mod settings;
mod sink;

use anyhow::{Result, bail};
use report::{Form, Row};
use scale::Scale;
use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask bench [NAME…] [--quick] [--markdown | --json]

  intake     events taken in and kept, for each second
  delivery   events delivered, for each second, and how long each takes at a steady rate
  footprint  start-up time and memory, with many projects and with a long queue
  settings   effective settings in a large house and in a small one
  matching   commit messages read for references
  references Markdown rendered, with references as links

  --quick    small amounts and one round, to see that it works: the figures mean little
  --markdown, --json
             the table in another form";

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &[&str]) -> Result<()> {
    match args {
        // The bare loops are processes of their own, like the product.
        ["bare-handler", address] => return bare::handler(address).await,
        ["bare-relay", address, target] => return bare::relay(address, target).await,
        _ => {}
    }
    let mut scale = Scale { quick: false };
    let mut form = Form::Terminal;
    let mut names = Vec::new();
    for arg in args {
        match *arg {
            "--quick" => scale.quick = true,
            "--markdown" => form = Form::Markdown,
            "--json" => form = Form::Json,
            "--help" | "-h" => {
                println!("{HELP}");
                return Ok(());
            }
            option if option.starts_with('-') => bail!("no such option: {option}\n\n{HELP}"),
            name => names.push(name),
        }
    }
    if names.is_empty() {
        names = vec![
            "intake",
            "delivery",
            "footprint",
            "settings",
            "matching",
            "references",
        ];
    }
    let mut rows = Vec::new();
    for name in names {
        eprintln!("… {name}");
        rows.extend(one(name, scale).await?);
    }
    println!("{}", report::shown(&rows, form));
    Ok(())
}

async fn one(name: &str, scale: Scale) -> Result<Vec<Row>> {
    match name {
        "intake" => intake::run(scale).await,
        "delivery" => delivery::run(scale).await,
        "footprint" => footprint::run(scale).await,
        "settings" => settings::run(scale).await,
        "matching" => matching::run(scale),
        "references" => references::run(scale),
        other => bail!("no such benchmark: {other}\n\n{HELP}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_runs_in_this_process_works() {
        let scale = Scale { quick: true };
        for name in ["settings", "matching", "references"] {
            let rows = one(name, scale).await.unwrap();
            assert!(
                rows.iter()
                    .all(|row| row.ours.iter().all(|figure| *figure > 0.0)),
                "{rows:?}"
            );
        }
    }

    #[tokio::test]
    async fn an_unknown_name_or_option_is_refused_with_the_list_of_all() {
        for arg in ["intakes", "--quik"] {
            let why = run(&[arg]).await.unwrap_err().to_string();
            assert!(why.contains(arg) && why.contains("footprint"), "{why}");
        }
    }
}
