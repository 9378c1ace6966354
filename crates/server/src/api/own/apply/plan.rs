//! What has to change so that the settings are what a document says.

use super::entry::{Field, Owner, Problem, Section};
use super::source;
use crate::app::App;
use crate::caller::Caller;
use catalogue::Integration;
use engine::{Declared, Difference, SaveError, Shown};
use model::id::ProjectId;
use ring::digest::{Context, SHA256};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use store::audit::{self, Subject};
use store::projects::{self, NamespaceKind};
use store::settings::{self, Level, SettingsRow};
use store::sources::{self, SourceRow};
use store::{Sql, StoreError};

/// What is done to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    Change,
    Remove,
}

impl Action {
    /// Its name on the wire.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Remove => "remove",
        }
    }
}

/// One row that changes.
pub(super) struct Change {
    pub(super) owner: Owner,
    /// `source`, or the integration
    pub(super) what: String,
    pub(super) action: Action,
    pub(super) fields: Vec<Field>,
    write: Write,
}

enum Write {
    Settings(SettingsRow),
    Nothing(Level),
    Source(ProjectId, SourceRow),
}

/// What would be done, and on what grounds.
pub(super) struct Planned {
    pub(super) changes: Vec<Change>,
    pub(super) problems: Vec<Problem>,
    /// changes with every row that was looked at
    pub(super) fingerprint: String,
}

/// Makes the changes, each with its audit log entry.
pub(super) fn carry_out(
    sql: &mut dyn Sql,
    app: &App,
    changes: &[Change],
    caller: &Caller,
) -> Result<(), StoreError> {
    let engine = &app.engine;
    for change in changes {
        let fields = change.fields.iter().map(Field::audit_change);
        match &change.write {
            Write::Settings(row) => {
                engine.put_declared(sql, caller.actor(), row, fields.flatten().collect())
            }
            Write::Nothing(level) => {
                engine.delete_declared(sql, caller.actor(), *level, &change.what)
            }
            Write::Source(project, row) => {
                let entry = caller.entry("source.saved", Subject::Project(*project), fields);
                audit::add(sql, &entry)?;
                sources::put(sql, *project, row)
            }
        }?;
    }
    Ok(())
}

impl Field {
    /// The change as the audit log shows it; a secret that is listed has a new value.
    fn audit_change(&self) -> Option<audit::Change> {
        if !self.secret {
            return audit::Change::value(self.name, self.old.clone(), self.new.clone());
        }
        let mark = |set: &Value, mark| (*set == true).then_some(mark);
        audit::Change::secret(
            self.name,
            mark(&self.old, &b"old"[..]),
            mark(&self.new, &b"new"[..]),
        )
    }
}

/// Compares a document with the store.
#[derive(Clone)]
pub(super) struct Planner {
    pub(super) app: App,
    pub(super) sections: Vec<Section>,
    /// what is wrong already
    pub(super) problems: Vec<Problem>,
    pub(super) prune: bool,
}

/// An owner that exists.
pub(super) struct Found {
    pub(super) level: Level,
    /// the groups above, the nearest first, and the instance
    pub(super) above: Vec<Level>,
}

/// The plan while it is made.
pub(super) struct Work {
    pub(super) planned: Planned,
    seen: Context,
    /// the rows after the change, by their seal context; `None` for one that is removed
    becoming: HashMap<String, Option<SettingsRow>>,
}

impl Planner {
    /// What has to change.
    pub(super) fn plan(self, sql: &mut dyn Sql) -> Result<Planned, StoreError> {
        let mut work = Work {
            planned: Planned {
                changes: Vec::new(),
                problems: self.problems,
                fingerprint: String::new(),
            },
            seen: Context::new(&SHA256),
            becoming: HashMap::new(),
        };
        let mut levels = HashSet::new();
        for section in self.sections {
            let Some(found) = find(sql, &section.owner)? else {
                let what = section.owner.level_name();
                work.problem(
                    section.owner.at(),
                    format!("there is no such {what}: make it first"),
                );
                continue;
            };
            if !levels.insert(found.level.seal_context("")) {
                let what = section.owner.level_name();
                work.problem(section.owner.at(), format!("names a {what} a second time"));
                continue;
            }
            if let (Some(values), Level::Project(id)) = (&section.source, found.level) {
                work.source(&self.app, sql, id, &section.owner, values)?;
            }
            if let Some(wanted) = section.integrations {
                work.integrations(&self.app, sql, &section.owner, &found, wanted, self.prune)?;
            }
        }
        work.planned.fingerprint = model::hex(work.seen.finish().as_ref());
        Ok(work.planned)
    }
}

impl Work {
    fn problem(&mut self, at: Vec<String>, message: String) {
        self.planned.problems.push(Problem { at, message });
    }

    fn saw(&mut self, row: &Value) {
        self.seen.update(row.to_string().as_bytes());
        self.seen.update(b"\n");
    }

    fn source(
        &mut self,
        app: &App,
        sql: &mut dyn Sql,
        project: ProjectId,
        owner: &Owner,
        values: &serde_json::Map<String, Value>,
    ) -> Result<(), StoreError> {
        let present = sources::get(sql, project)?;
        self.saw(&json!([
            project,
            present.as_ref().map(|row| format!("{row:?}"))
        ]));
        let at = [owner.at(), vec!["source".into()]].concat();
        match source::declare(app, project, present.as_ref(), values, &at)? {
            Err(problems) => self.planned.problems.extend(problems),
            Ok((_, fields)) if fields.is_empty() => {}
            Ok((row, fields)) => self.planned.changes.push(Change {
                owner: owner.clone(),
                what: "source".into(),
                action: if present.is_some() {
                    Action::Change
                } else {
                    Action::Add
                },
                fields,
                write: Write::Source(project, row),
            }),
        }
        Ok(())
    }

    fn integrations(
        &mut self,
        app: &App,
        sql: &mut dyn Sql,
        owner: &Owner,
        found: &Found,
        wanted: Vec<(&'static Integration, Declared)>,
        prune: bool,
    ) -> Result<(), StoreError> {
        let mut present = settings::of_level(sql, found.level)?;
        for row in &present {
            self.saw(&identity(row));
        }
        let named: Vec<_> = wanted.iter().map(|(integration, _)| *integration).collect();
        for (integration, declared) in wanted {
            let row = present
                .iter()
                .position(|row| row.slug == integration.slug)
                .map(|index| present.remove(index));
            self.integration(app, sql, owner, found, (integration, declared, row))?;
        }
        let exists = |row: &SettingsRow| catalogue::find(&row.slug).is_some();
        for row in present.into_iter().filter(|row| prune && exists(row)) {
            self.becoming
                .insert(found.level.seal_context(&row.slug), None);
            self.planned.changes.push(Change {
                owner: owner.clone(),
                what: row.slug,
                action: Action::Remove,
                fields: Vec::new(),
                write: Write::Nothing(found.level),
            });
        }
        self.check_trackers(sql, owner, found, &named)
    }

    fn integration(
        &mut self,
        app: &App,
        sql: &mut dyn Sql,
        owner: &Owner,
        found: &Found,
        (integration, declared, present): (&'static Integration, Declared, Option<SettingsRow>),
    ) -> Result<(), StoreError> {
        let at = [
            owner.at(),
            vec!["integrations".into(), integration.slug.into()],
        ]
        .concat();
        if let (Some(why), None) = (integration.not_by_api, &present) {
            self.problem(at, why.to_owned());
            return Ok(());
        }
        if declared.inherits && self.above(sql, found, integration.slug)?.is_none() {
            self.problem(at, "has nothing above it to inherit from".into());
            return Ok(());
        }
        let outcome = app
            .engine
            .declare(found.level, integration, present.as_ref(), declared);
        match outcome {
            Err(SaveError::Store(error)) => return Err(error),
            Err(SaveError::Invalid(errors)) => {
                for error in errors {
                    let field = (error.field != "base").then(|| error.field.to_owned());
                    let at = at.iter().cloned().chain(field).collect();
                    self.problem(at, error.message);
                }
            }
            Err(other) => self.problem(at, other.to_string()),
            Ok(outcome) => {
                self.becoming.insert(
                    found.level.seal_context(integration.slug),
                    Some(outcome.row.clone()),
                );
                if !outcome.differences.is_empty() {
                    self.planned.changes.push(Change {
                        owner: owner.clone(),
                        what: integration.slug.into(),
                        action: if present.is_some() {
                            Action::Change
                        } else {
                            Action::Add
                        },
                        fields: outcome.differences.into_iter().map(field).collect(),
                        write: Write::Settings(outcome.row),
                    });
                }
            }
        }
        Ok(())
    }

    /// The row of a level, as it will be.
    pub(super) fn row(
        &self,
        sql: &mut dyn Sql,
        level: Level,
        slug: &str,
    ) -> Result<Option<SettingsRow>, StoreError> {
        match self.becoming.get(&level.seal_context(slug)) {
            Some(row) => Ok(row.clone()),
            None => settings::get(sql, level, slug),
        }
    }

    /// The nearest row above with settings of its own, as it will be.
    pub(super) fn above(
        &self,
        sql: &mut dyn Sql,
        found: &Found,
        slug: &str,
    ) -> Result<Option<SettingsRow>, StoreError> {
        for level in &found.above {
            let row = self.row(sql, *level, slug)?;
            if let Some(row) = row.filter(|row| !row.inherits) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

fn find(sql: &mut dyn Sql, owner: &Owner) -> Result<Option<Found>, StoreError> {
    let (level, group) = match owner {
        Owner::Instance => (Level::Instance, None),
        Owner::Group(path) => match projects::namespace_by_path(sql, path)? {
            Some(group) if group.kind == NamespaceKind::Group => {
                (Level::Namespace(group.id), group.parent_id)
            }
            _ => return Ok(None),
        },
        Owner::Project(path) => match projects::project_by_path(sql, path)? {
            Some(project) => (Level::Project(project.id), Some(project.namespace.id)),
            None => return Ok(None),
        },
    };
    let mut above = Vec::new();
    let mut next = group;
    while let Some(id) = next {
        above.push(Level::Namespace(id));
        next = projects::namespace(sql, id)?.and_then(|group| group.parent_id);
    }
    above.push(Level::Instance);
    Ok(Some(Found { level, above }))
}

/// All of a row that the plan depends on.
fn identity(row: &SettingsRow) -> Value {
    json!([
        row.id,
        row.inherits,
        row.active,
        row.triggers,
        row.fields,
        row.secrets,
    ])
}

fn field(difference: Difference) -> Field {
    let (secret, new) = value(difference.new);
    let old = difference.old.map_or(Value::Null, |old| value(old).1);
    Field {
        name: difference.name,
        secret,
        old,
        new,
    }
}

fn value(shown: Shown) -> (bool, Value) {
    match shown {
        Shown::Plain(value) => (false, value),
        Shown::Secret(set) => (true, set.into()),
    }
}
