//! Durable intake: events kept with full fsync, beside a handler that parses them and keeps nothing.

use crate::figures::percentile;
use crate::load::{Flood, flood, shots};
use crate::process::{Process, free_address};
use crate::product::Product;
use crate::report::{Aim, Row};
use crate::scale::Scale;
use crate::sink::Sink;
use anyhow::Result;

/// Projects that the events are shared out to.
const PROJECTS: usize = 8;

/// Events for each second and how long each waits for its answer, while the tool is down, so that
/// nothing else is done, and while it is up and everything is delivered beside.
pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let count = scale.of(20_000, 500);
    let sink = Sink::start().await?;
    let bare = Process::bare("bare-handler", &[]).await?;
    let (mut down, mut up, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..scale.rounds() {
        plain.push(flood(bare.address, &shots(round, count, &["1".to_owned()])).await?);
        let nobody = free_address()?;
        down.push(ours(round, count, &format!("http://{nobody}")).await?);
        up.push(ours(round, count, &format!("http://{}", sink.address)).await?);
        sink.all(0).await?;
    }
    let row = |what: &str, unit, figure: &dyn Fn(&Flood) -> f64, ours: &[Flood], aim| Row {
        what: what.to_owned(),
        unit,
        ours: ours.iter().map(figure).collect(),
        bare: plain.iter().map(figure).collect(),
        aim,
    };
    let share = |share: f64| move |flood: &Flood| percentile(&flood.latencies, share);
    Ok(vec![
        row(
            "durable intake",
            "events/s",
            &Flood::rate,
            &down,
            Aim::RatioAtLeast(0.5),
        ),
        row(
            "durable intake, p50",
            "ms",
            &share(0.5),
            &down,
            Aim::Nothing,
        ),
        row(
            "durable intake, p99",
            "ms",
            &share(0.99),
            &down,
            Aim::Nothing,
        ),
        row(
            "durable intake while delivering",
            "events/s",
            &Flood::rate,
            &up,
            Aim::Nothing,
        ),
    ])
}

async fn ours(round: usize, count: usize, tool: &str) -> Result<Flood> {
    let product = Product::start().await?;
    let projects = product.projects(PROJECTS, tool).await?;
    flood(product.address(), &shots(round, count, &projects)).await
}
