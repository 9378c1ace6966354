//! Start-up time and memory: idle, with many projects, and with a long queue.

use crate::bodies;
use crate::figures::milliseconds;
use crate::process::{Process, free_address};
use crate::product::Product;
use crate::report::{Aim, Row};
use crate::scale::Scale;
use anyhow::Result;
use std::time::Duration;
use store::{Sql, StoreError, Value};

/// Distinct events that the queued deliveries share.
const EVENTS: usize = 10_000;
/// How long a server works before its memory is read.
const SETTLES: Duration = Duration::from_secs(5);

/// What it takes to be there, beside the bare handler's process.
pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let projects = scale.of(100_000, 1_000);
    let deliveries = scale.of(1_000_000, 10_000);
    let (mut starts, mut bare_starts) = (Vec::new(), Vec::new());
    let (mut idle, mut queued, mut bare_idle) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..scale.rounds() {
        let bare = Process::bare("bare-handler", &[]).await?;
        bare_starts.push(milliseconds(bare.started_in));
        bare_idle.push(bare.resident()?);

        let tool = format!("http://{}", free_address()?);
        let product = Product::start().await?;
        let project: i64 = product.projects(1, &tool).await?[0].parse()?;
        let product = product
            .restart_with(move |sql| many_projects(sql, projects))
            .await?;
        starts.push(milliseconds(product.process.started_in));
        idle.push(product.process.resident()?);
        let product = product
            .restart_with(move |sql| many_deliveries(sql, deliveries, project, &tool))
            .await?;
        tokio::time::sleep(SETTLES).await;
        queued.push(product.process.resident()?);
    }
    let row = |what: String, unit, ours, bare: &[f64], most| Row {
        what,
        unit,
        ours,
        bare: bare.to_vec(),
        aim: Aim::AtMost(most),
    };
    Ok(vec![
        row(
            format!("start-up with {projects} projects"),
            "ms",
            starts,
            &bare_starts,
            300.0,
        ),
        row("memory, idle".to_owned(), "MB", idle, &bare_idle, 50.0),
        row(
            format!("memory, {deliveries} queued"),
            "MB",
            queued,
            &bare_idle,
            250.0,
        ),
    ])
}

/// Adds projects to the one group there is.
fn many_projects(sql: &mut dyn Sql, count: usize) -> Result<(), StoreError> {
    let query = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         INSERT INTO projects (namespace_id, name, path, full_path, path_key, visibility, default_branch, creator_id, created_at, last_activity_at)
         SELECT g.id, 'p' || i, 'p' || i, 'bench/p' || i, 'bench/p' || i, 'private', 'main', 1, 0, 0
         FROM n JOIN namespaces g ON g.path_key = 'bench'"
    );
    sql.script(&query)
}

/// Queues deliveries of one project for a tool.
fn many_deliveries(
    sql: &mut dyn Sql,
    count: usize,
    project: i64,
    tool: &str,
) -> Result<(), StoreError> {
    let events = EVENTS.min(count);
    for number in 0..events {
        sql.run(
            "INSERT INTO events (project_id, kind, body, received_at) VALUES (?1, 'push', ?2, 0)",
            &[Value::from(project), Value::from(bodies::event(number))],
        )?;
    }
    let query = format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})
         INSERT INTO deliveries (event_id, project_id, integration, status, destination, next_at, created_at)
         SELECT first.id + n.i % {events}, ?1, s.slug, 'pending', ?2, n.i, 0
         FROM n, (SELECT MIN(id) AS id FROM events) first JOIN settings s ON s.scope = 'project' AND s.owner_id = ?1"
    );
    sql.run(&query, &[Value::from(project), Value::from(tool)])?;
    Ok(())
}
