//! All columns with sealed values, and the change of their key.

use crate::settings::Level;
use crate::sql::params;
use crate::{Columns, Keyring, Reason, Row, SecretsError, Sql, StoreError, sources};
use model::Random;

/// Rows read at a time.
const BATCH: i64 = 500;

/// A column of sealed values.
struct Column {
    table: &'static str,
    /// the table's key, a number
    key: &'static str,
    name: &'static str,
    /// the columns that the context of a value is built from
    with: &'static str,
    context: fn(&mut Columns<'_>) -> Result<String, StoreError>,
}

/// Every column of bytes in the database. A test compares it with the tables.
const COLUMNS: &[Column] = &[
    Column {
        table: "settings",
        key: "id",
        name: "secrets",
        with: "scope, owner_id, slug",
        context: |columns| {
            let (level, slug): (Level, String) = columns.read()?;
            Ok(level.seal_context(&slug))
        },
    },
    Column {
        table: "sources",
        key: "project_id",
        name: "secret",
        with: "project_id",
        context: |columns| Ok(sources::secret_context(columns.read()?)),
    },
    Column {
        table: "sources",
        key: "project_id",
        name: "api_token",
        with: "project_id",
        context: |columns| Ok(sources::api_token_context(columns.read()?)),
    },
];

/// What a change of the key did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// values sealed with the new key
    pub count: u64,
    /// contexts of values that the old key does not open, left unchanged
    pub unreadable: Vec<String>,
}

/// Seals everything with another key, in one transaction, so that one key always opens everything.
pub fn reseal(
    sql: &mut dyn Sql,
    (old, new): (&Keyring, &Keyring),
    random: &dyn Random,
) -> Result<Resealed, StoreError> {
    let mut done = Resealed::default();
    for column in COLUMNS {
        let mut last = i64::MIN;
        loop {
            let rows = column.batch(sql, last)?;
            let Some(end) = rows.last() else { break };
            last = end.key;
            for sealed in &rows {
                column.reseal(sql, sealed, (old, new), random, &mut done)?;
            }
        }
    }
    Ok(done)
}

/// A sealed value, by the key of its row.
struct Sealed {
    key: i64,
    value: Vec<u8>,
    context: String,
}

impl Column {
    /// The next values.
    fn batch(&self, sql: &mut dyn Sql, after: i64) -> Result<Vec<Sealed>, StoreError> {
        let Self {
            table,
            key,
            name,
            with,
            ..
        } = self;
        let rows = sql.rows(
            &format!(
                "SELECT {key}, {name}, {with} FROM {table} WHERE {key} > ?1 AND {name} IS NOT NULL ORDER BY {key} LIMIT ?2"
            ),
            params![after, BATCH],
        )?;
        let read = |row: &Row| {
            let mut columns = row.columns();
            Ok(Sealed {
                key: columns.read()?,
                value: columns.read()?,
                context: (self.context)(&mut columns)?,
            })
        };
        rows.iter().map(read).collect()
    }

    fn reseal(
        &self,
        sql: &mut dyn Sql,
        sealed: &Sealed,
        (old, new): (&Keyring, &Keyring),
        random: &dyn Random,
        done: &mut Resealed,
    ) -> Result<(), StoreError> {
        let context = &sealed.context;
        let Ok(plain) = old.open(context, &sealed.value) else {
            done.unreadable.push(context.clone());
            return Ok(());
        };
        let value = new
            .seal(random, context, &plain)
            .map_err(|error: SecretsError| {
                StoreError::Secret(Reason::new(error.to_string(), error))
            })?;
        let Self {
            table, key, name, ..
        } = self;
        sql.run(
            &format!("UPDATE {table} SET {name} = ?2 WHERE {key} = ?1"),
            params![sealed.key, value],
        )?;
        done.count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{self, SettingsRow};
    use crate::sources::SourceRow;
    use crate::{Sqlite, Store, identity, projects};
    use jiff::Timestamp;
    use model::id::{NamespaceId, SettingsId};
    use serde_json::Map;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    struct Ones;
    impl Random for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(1);
        }
    }

    fn keys() -> (Keyring, Keyring) {
        let key = |letter: &str| Keyring::new(&letter.repeat(32)).unwrap();
        (key("a"), key("b"))
    }

    fn store(folder: &tempfile::TempDir) -> Store {
        Store::new(Arc::new(Sqlite::open(&folder.path().join("t.db")).unwrap()))
    }

    fn seal(keyring: &Keyring, context: &str) -> Vec<u8> {
        keyring.seal(&Ones, context, context.as_bytes()).unwrap()
    }

    /// A project with a source and settings at every level, and one value of a lost key.
    fn fill(sql: &mut dyn Sql, keyring: &Keyring) -> Result<Vec<String>, StoreError> {
        let root = identity::ensure_root(sql, NOW)?;
        let namespace = projects::personal_namespace(sql, root.id)?.unwrap();
        let new = projects::NewProject {
            namespace: &namespace,
            name: "p",
            path: "p",
            description: None,
            visibility: model::access::Visibility::Private,
            default_branch: "main",
            creator_id: root.id,
        };
        let id = projects::add_project(sql, &new, NOW)?.id;
        let (secret, token) = (sources::secret_context(id), sources::api_token_context(id));
        let source = SourceRow {
            secret: Some(seal(keyring, &secret)),
            api_token: Some(seal(keyring, &token)),
            ..SourceRow::default()
        };
        sources::put(sql, id, &source)?;
        let mut places = vec![secret, token];
        for level in [
            Level::Instance,
            Level::Namespace(NamespaceId(1)),
            Level::Project(id),
        ] {
            let context = level.seal_context("jira");
            settings::put(sql, &row(level, "jira", Some(seal(keyring, &context))))?;
            settings::put(sql, &row(level, "slack", None))?;
            places.push(context);
        }
        let lost = Keyring::new(&"x".repeat(32)).unwrap();
        let context = Level::Instance.seal_context("lost");
        settings::put(
            sql,
            &row(Level::Instance, "lost", Some(seal(&lost, &context))),
        )?;
        Ok(places)
    }

    fn row(level: Level, slug: &str, secrets: Option<Vec<u8>>) -> SettingsRow {
        SettingsRow {
            id: SettingsId(0),
            level,
            slug: slug.to_owned(),
            inherits: false,
            active: true,
            triggers: Map::new(),
            fields: Map::new(),
            secrets,
            tool_state: Map::new(),
            created_at: NOW,
            updated_at: NOW,
        }
    }

    /// The places of what opens with that key.
    fn opens(sql: &mut dyn Sql, keyring: &Keyring) -> Result<BTreeSet<String>, StoreError> {
        let mut found = BTreeSet::new();
        for column in COLUMNS {
            for sealed in column.batch(sql, i64::MIN)? {
                if keyring.open(&sealed.context, &sealed.value).is_ok() {
                    found.insert(sealed.context);
                }
            }
        }
        Ok(found)
    }

    #[tokio::test]
    async fn everything_opens_with_the_new_key_alone_and_what_was_lost_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let work = store.write(|sql| {
            let (old, new) = keys();
            let places: BTreeSet<String> = fill(sql, &old)?.into_iter().collect();
            assert_eq!(opens(sql, &old)?, places);
            let done = reseal(sql, (&old, &new), &Ones)?;
            let wanted = Resealed {
                count: 5,
                unreadable: vec![Level::Instance.seal_context("lost")],
            };
            assert_eq!(done, wanted);
            assert_eq!(opens(sql, &new)?, places);
            assert!(opens(sql, &old)?.is_empty());
            Ok(())
        });
        work.await.unwrap();
    }

    #[tokio::test]
    async fn a_change_that_is_broken_off_leaves_everything_to_the_old_key() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let places = store.write(|sql| fill(sql, &keys().0)).await.unwrap();
        let broken = store.write(|sql| {
            let (old, new) = keys();
            reseal(sql, (&old, &new), &Ones)?;
            Err::<(), _>(StoreError::unavailable("the power is gone"))
        });
        assert!(broken.await.is_err());
        let left = store.read(|sql| opens(sql, &keys().0)).await.unwrap();
        assert_eq!(left, places.into_iter().collect());
    }

    #[tokio::test]
    async fn no_column_of_bytes_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let found = store.read(|sql| {
            let rows: Vec<(String, String)> = sql.list(
                "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND UPPER(c.type) = 'BLOB'",
                &[],
            )?;
            let columns = rows.iter();
            Ok(columns
                .map(|(table, column)| format!("{table}.{column}"))
                .collect::<BTreeSet<_>>())
        });
        let listed = COLUMNS
            .iter()
            .map(|column| format!("{}.{}", column.table, column.name));
        assert_eq!(
            found.await.unwrap(),
            listed.collect(),
            "a column of bytes holds sealed values: add it to COLUMNS"
        );
    }
}
