//! The pushes that a commit was in.

use crate::sql::params;
use crate::{Sql, StoreError, Value};
use model::id::{EventId, ProjectId};

/// Rows inserted with one statement.
const AT_ONCE: usize = 200;

/// The commits whose hash has a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commit {
    /// none was pushed
    Unknown,
    /// one, by its full hash
    One(String),
    /// more than one
    Several,
}

/// The pushes that a commit was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushes {
    /// ids of the newest of their events, newest first
    pub event_ids: Vec<EventId>,
    /// how many there are in total
    pub total: i64,
}

/// Stores that an event had these commits, given by their full hashes in lower case.
pub fn add_commits(
    sql: &mut dyn Sql,
    (event_id, project_id): (EventId, ProjectId),
    shas: &[String],
) -> Result<(), StoreError> {
    for some in shas.chunks(AT_ONCE) {
        let places: Vec<String> = (3..some.len() + 3)
            .map(|number| format!("(?1, ?{number}, ?2)"))
            .collect();
        let query = format!(
            "INSERT INTO event_commits (project_id, sha, event_id) VALUES {} ON CONFLICT DO NOTHING",
            places.join(", ")
        );
        let mut given = params![project_id, event_id].to_vec();
        given.extend(some.iter().map(Value::from));
        sql.run(&query, &given)?;
    }
    Ok(())
}

/// The commit of a project whose hash starts with these hexadecimal digits in lower case.
pub fn find_commit(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    digits: &str,
) -> Result<Commit, StoreError> {
    // `g` is what follows the last hexadecimal digit.
    let hashes: Vec<String> = sql.list(
        "SELECT DISTINCT sha FROM event_commits WHERE project_id = ?1 AND sha >= ?2 AND sha < ?3 ORDER BY sha LIMIT 2",
        params![project_id, digits, format!("{digits}g")],
    )?;
    Ok(match &hashes[..] {
        [] => Commit::Unknown,
        [one] => Commit::One(one.clone()),
        _ => Commit::Several,
    })
}

/// The pushes that a commit was in, given by its full hash; up to `limit` ids.
pub fn pushes_of(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    sha: &str,
    limit: i64,
) -> Result<Pushes, StoreError> {
    let event_ids = sql.list(
        "SELECT event_id FROM event_commits WHERE project_id = ?1 AND sha = ?2 ORDER BY event_id DESC LIMIT ?3",
        params![project_id, sha, limit],
    )?;
    let total = sql.number(
        "SELECT COUNT(*) FROM event_commits WHERE project_id = ?1 AND sha = ?2",
        params![project_id, sha],
    )?;
    Ok(Pushes { event_ids, total })
}

/// Ids of a project's newest events with commits, newest first.
pub fn newest_with_commits(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    limit: i64,
) -> Result<Vec<EventId>, StoreError> {
    sql.list(
        "SELECT e.id FROM events e WHERE e.project_id = ?1
             AND EXISTS (SELECT 1 FROM event_commits c WHERE c.event_id = e.id)
         ORDER BY e.id DESC LIMIT ?2",
        params![project_id, limit],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{self, EventInsert, NewEvent};
    use crate::identity::ensure_root;
    use crate::projects::{self, NewProject};
    use crate::{Sqlite, Store};
    use jiff::Timestamp;
    use model::access::Visibility;
    use std::sync::Arc;

    const NOW: Timestamp = Timestamp::constant(1_770_000_000, 0);

    fn project(sql: &mut dyn Sql, path: &str) -> Result<ProjectId, StoreError> {
        let root = ensure_root(sql, NOW)?;
        let namespace = projects::personal_namespace(sql, root.id)?.unwrap();
        let new = NewProject {
            namespace: &namespace,
            name: path,
            path,
            description: None,
            visibility: Visibility::Private,
            default_branch: "main",
            creator_id: root.id,
        };
        Ok(projects::add_project(sql, &new, NOW)?.id)
    }

    fn event(
        sql: &mut dyn Sql,
        project_id: ProjectId,
        shas: &[&str],
    ) -> Result<EventId, StoreError> {
        let new = NewEvent {
            project_id,
            source_key: None,
            kind: "push",
            body: "{}".into(),
            received_at: NOW,
        };
        let EventInsert::New(id) = events::insert(sql, &new)? else {
            panic!("a duplicate");
        };
        let shas: Vec<String> = shas.iter().map(|sha| (*sha).to_owned()).collect();
        add_commits(sql, (id, project_id), &shas)?;
        Ok(id)
    }

    #[tokio::test]
    async fn a_commit_is_found_by_its_beginning_in_its_own_project() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()));
        let work = store.write(|sql| {
            let (one, other) = (project(sql, "one")?, project(sql, "other")?);
            let first = event(sql, one, &["abcdef01", "abcdefff", "abcdefff"])?;
            let second = event(sql, one, &["abcdef01"])?;
            let third = event(sql, other, &["abcdef02"])?;
            assert_eq!(find_commit(sql, one, "abcdef")?, Commit::Several);
            for digits in ["abcdef0", "abcdef01"] {
                let found = find_commit(sql, one, digits)?;
                assert_eq!(found, Commit::One("abcdef01".into()), "{digits}");
            }
            for digits in ["abcdef02", "abcdef011", "bbcdef0"] {
                assert_eq!(find_commit(sql, one, digits)?, Commit::Unknown, "{digits}");
            }
            let both = pushes_of(sql, one, "abcdef01", 5)?;
            assert_eq!((both.event_ids, both.total), (vec![second, first], 2));
            let newest = pushes_of(sql, one, "abcdef01", 1)?;
            assert_eq!((newest.event_ids, newest.total), (vec![second], 2));
            event(sql, one, &[])?;
            assert_eq!(newest_with_commits(sql, one, 5)?, [second, first]);
            projects::delete_project(sql, one)?;
            let left = sql.number("SELECT MIN(event_id) FROM event_commits", &[])?;
            assert_eq!(EventId(left), third, "commits go with their project");
            Ok(())
        });
        work.await.unwrap();
    }

    #[tokio::test]
    async fn many_commits_are_stored_with_their_event() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()));
        let work = store.write(|sql| {
            let id = project(sql, "p")?;
            let shas: Vec<String> = (0..10_000).map(|number| format!("{number:040x}")).collect();
            let shas: Vec<&str> = shas.iter().map(String::as_str).collect();
            event(sql, id, &shas)?;
            let count = sql.number("SELECT COUNT(*) FROM event_commits", &[])?;
            assert_eq!(count, 10_000);
            let last = format!("{:040x}", 9_999);
            assert_eq!(find_commit(sql, id, &last)?, Commit::One(last));
            Ok(())
        });
        work.await.unwrap();
    }
}
