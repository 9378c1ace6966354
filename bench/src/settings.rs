//! Inherited settings: resolving and changing them must not cost more in a large house.

use crate::figures::{median, milliseconds};
use crate::report::{Aim, Row};
use crate::scale::Scale;
use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Map, json};
use std::sync::Arc;
use std::time::Instant;
use store::settings::{self, Level, SettingsRow};
use store::{Sqlite, Store, StoreError};
use tempfile::TempDir;

/// Projects asked for in turn, each more than once.
const ASKED: i64 = 1_000;
/// Changes of the instance's default for one figure.
const CHANGES: usize = 200;
/// Projects for each group.
const PER_GROUP: usize = 50;

/// A house of so many projects: groups of fifty, one default for all, settings of its own for each
/// tenth group and project.
struct House {
    store: Store,
    projects: i64,
    _folder: TempDir,
}

/// What resolving and changing cost in a large house, beside a small one.
pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let count = scale.of(1_000_000, 2_000);
    let (large, small) = (House::build(count).await?, House::build(10).await?);
    let (mut resolving, mut changing) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for _ in 0..scale.rounds() {
        resolving.1.push(small.resolve().await?);
        resolving.0.push(large.resolve().await?);
        let (ours, bare) = change_in_turn(&large, &small, scale.of(CHANGES, 20)).await?;
        changing.0.push(ours);
        changing.1.push(bare);
    }
    Ok(vec![
        Row {
            what: format!("effective settings, {count} projects (bare: 10)"),
            unit: "µs",
            ours: resolving.0,
            bare: resolving.1,
            aim: Aim::AtMost(100.0),
        },
        Row {
            what: format!("instance default changed, {count} projects (bare: 10)"),
            unit: "ms",
            ours: changing.0,
            bare: changing.1,
            aim: Aim::RatioAtMost(1.5),
        },
    ])
}

/// The median time of a change in each, made in turns.
async fn change_in_turn(large: &House, small: &House, times: usize) -> Result<(f64, f64)> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for number in 0..times {
        bare.push(small.change(number).await?);
        ours.push(large.change(number).await?);
    }
    Ok((median(&ours), median(&bare)))
}

impl House {
    async fn build(projects: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = Store::new(Arc::new(Sqlite::open(&folder.path().join("bench.db"))?));
        let groups = projects.div_ceil(PER_GROUP);
        let counted = |count: usize| {
            format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
            )
        };
        let own = |scope: &str, table: &str| {
            format!(
                "INSERT INTO settings (scope, owner_id, slug, inherits, active, triggers, fields, learned, created_at, updated_at)
                 SELECT '{scope}', id, 'own', 0, 1, '{{}}', '{{\"webhook\":\"https://chat.example.com/x\"}}', '{{}}', 0, 0
                 FROM {table} WHERE id % 10 = 0;"
            )
        };
        let script = [
            counted(groups),
            "INSERT INTO namespaces (kind, name, path, full_name, full_path, path_key, description, visibility, created_at)
             SELECT 'group', 'g' || i, 'g' || i, 'g' || i, 'g' || i, 'g' || i, '', 'private', 0 FROM n;"
                .to_owned(),
            counted(projects),
            format!(
                "INSERT INTO projects (namespace_id, name, path, full_path, path_key, visibility, default_branch, creator_id, created_at, last_activity_at)
                 SELECT (SELECT MIN(id) FROM namespaces) + (i - 1) / {PER_GROUP}, 'p' || i, 'p' || i, 'g/p' || i, 'g/p' || i, 'private', 'main', 1, 0, 0 FROM n;"
            ),
            own("namespace", "namespaces"),
            own("project", "projects"),
        ];
        store
            .write(move |sql| sql.script(&script.join("\n")))
            .await?;
        let house = Self {
            store,
            projects: i64::try_from(projects)?,
            _folder: folder,
        };
        house.change(0).await?;
        Ok(house)
    }

    /// Microseconds for one project's effective settings: the median over many, all read before.
    async fn resolve(&self) -> Result<f64> {
        let (step, projects) = ((self.projects / ASKED).max(1), self.projects);
        let times = self.store.read(move |sql| {
            let mut times = Vec::new();
            for turn in 0..2 {
                for number in 0..ASKED {
                    let begun = Instant::now();
                    let level = Level::Project(model::id::ProjectId(1 + number * step % projects));
                    let rows = settings::stored_inheritances(sql, level)?;
                    if turn == 1 {
                        times.push(milliseconds(begun.elapsed()) * 1e3);
                    }
                    if rows.is_empty() {
                        return Err(StoreError::broken("no settings are found"));
                    }
                }
            }
            Ok(times)
        });
        Ok(median(&times.await?))
    }

    /// Milliseconds to change the instance's default, until it is on disk.
    async fn change(&self, number: usize) -> Result<f64> {
        let fields = match json!({ "webhook": format!("https://chat.example.com/{number}") }) {
            serde_json::Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let row = SettingsRow {
            id: model::id::SettingsId(0),
            level: Level::Instance,
            slug: "default".into(),
            inherits: false,
            active: true,
            triggers: Map::new(),
            fields,
            secrets: None,
            tool_state: Map::new(),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        let begun = Instant::now();
        self.store
            .write(move |sql| settings::put(sql, &row))
            .await?;
        Ok(milliseconds(begun.elapsed()))
    }
}
