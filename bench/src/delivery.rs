//! Delivery end to end: from the hook to the tool, beside a relay that only receives and forwards.

use crate::figures::{milliseconds, percentile};
use crate::load::{flood, shots, steady};
use crate::process::Process;
use crate::product::Product;
use crate::report::{Aim, Row};
use crate::scale::Scale;
use crate::sink::Sink;
use anyhow::Result;
use std::net::SocketAddr;

/// Projects of the second figure; the first is one project's.
const MANY: usize = 16;
/// Events in a second where latency is measured.
const PACE: u32 = 200;

/// Events delivered in a second through one project and through many, then the time from sending
/// to arrival at a steady pace.
pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let count = scale.of(10_000, 300);
    let calm = scale.of(2_000, 100);
    let sink = Sink::start().await?;
    let tool = format!("http://{}", sink.address);
    let bare = Process::bare("bare-relay", &[&format!("{tool}/")]).await?;
    let anything = ["1".to_owned()];
    let (mut one, mut many, mut relayed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..scale.rounds() {
        relayed.push(delivered(bare.address, &sink, round, count, &anything).await?);
        for (rates, projects) in [(&mut one, 1), (&mut many, MANY)] {
            let product = Product::start().await?;
            let projects = product.projects(projects, &tool).await?;
            rates.push(delivered(product.address(), &sink, round, count, &projects).await?);
        }
        theirs.push(waited(bare.address, &sink, round, calm, &anything).await?);
        let product = Product::start().await?;
        let projects = product.projects(MANY, &tool).await?;
        ours.push(waited(product.address(), &sink, round, calm, &projects).await?);
    }
    let rate = |what: &str, ours| Row {
        what: what.to_owned(),
        unit: "events/s",
        ours,
        bare: relayed.clone(),
        aim: Aim::RatioAtLeast(0.5),
    };
    let wait = |what: &str, share, aim| Row {
        what: format!("hook to tool at {PACE} events/s, {what}"),
        unit: "ms",
        ours: ours.iter().map(|waits| percentile(waits, share)).collect(),
        bare: theirs
            .iter()
            .map(|waits| percentile(waits, share))
            .collect(),
        aim: Aim::RatioAtMost(aim),
    };
    Ok(vec![
        rate("delivered, one project", one),
        rate("delivered, 16 projects", many),
        wait("p50", 0.5, 10.0),
        wait("p99", 0.99, 30.0),
    ])
}

/// Events in a second, from the first one's sending to the last one's arrival.
async fn delivered(
    address: SocketAddr,
    sink: &Sink,
    round: usize,
    count: usize,
    projects: &[String],
) -> Result<f64> {
    let flood = flood(address, &shots(round, count, projects)).await?;
    let last = sink.all(count).await?.into_iter().max();
    let took = last.map_or(flood.took, |last| last - flood.begun);
    Ok(count as f64 / took.as_secs_f64())
}

/// How long each event took from its sending to its arrival, in milliseconds.
async fn waited(
    address: SocketAddr,
    sink: &Sink,
    round: usize,
    count: usize,
    projects: &[String],
) -> Result<Vec<f64>> {
    let sent = steady(address, &shots(round + 1_000, count, projects), PACE).await?;
    let arrived = sink.all(count).await?;
    let waits = arrived
        .iter()
        .zip(&sent)
        .map(|(arrived, sent)| milliseconds(*arrived - *sent));
    Ok(waits.collect())
}
