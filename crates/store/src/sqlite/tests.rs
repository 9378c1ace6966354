//! The promises of the SQLite store.

use super::*;
use crate::Store;
use crate::sql::params;
use crate::{claims, deliveries, instance};
use model::id::DeliveryId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

fn lease(node: &str) -> deliveries::Lease {
    deliveries::Lease {
        node: node.into(),
        until: at(100_000),
    }
}

fn at(ms: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(ms).unwrap()
}

/// How SQLite runs a query.
pub(crate) fn query_plan(
    sql: &mut dyn Sql,
    query: &str,
    given: &[crate::Value],
) -> Result<Vec<String>, StoreError> {
    let steps: Vec<((i64, i64), (i64, String))> =
        sql.list(&format!("EXPLAIN QUERY PLAN {query}"), given)?;
    Ok(steps.into_iter().map(|(_, (_, step))| step).collect())
}

fn open(dir: &tempfile::TempDir) -> Store {
    Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()))
}

#[tokio::test]
async fn a_failed_function_is_undone_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let good = store.write(|sql| instance::set(sql, "a", "1"));
    let bad = store.write(|sql| {
        instance::set(sql, "b", "1")?;
        Err::<(), _>(StoreError::Conflict)
    });
    let also_good = store.write(|sql| instance::set(sql, "c", "1"));
    let (good, bad, also_good) = tokio::join!(good, bad, also_good);
    assert!(good.is_ok() && also_good.is_ok());
    assert!(matches!(bad, Err(StoreError::Conflict)));
    let stored = store.read(|sql| {
        Ok((
            instance::get(sql, "a")?,
            instance::get(sql, "b")?,
            instance::get(sql, "c")?,
        ))
    });
    assert_eq!(
        stored.await.unwrap(),
        (Some("1".into()), None, Some("1".into()))
    );
}

#[tokio::test]
async fn of_a_shared_commit_of_the_log_only_what_failed_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    // The writer is held up until the other three wait for it together.
    let (go, held_up) = std::sync::mpsc::channel::<()>();
    let first = store.log(move |_| {
        let _ = held_up.recv();
        Ok(())
    });
    let set = |name: &'static str| store.log(move |sql| instance::set(sql, name, "1"));
    let bad = store.log(|sql| {
        instance::set(sql, "b", "1")?;
        Err::<(), _>(StoreError::Conflict)
    });
    let all_wait = async { drop(go) };
    let (first, good, bad, also_good, ()) = tokio::join!(first, set("a"), bad, set("c"), all_wait);
    assert!(first.is_ok() && good.is_ok() && also_good.is_ok());
    assert!(matches!(bad, Err(StoreError::Conflict)));
    let names = store.read(|sql| sql.list("SELECT name FROM instance ORDER BY name", &[]));
    let names: Vec<String> = names.await.unwrap();
    assert_eq!(names, ["a", "c"]);
}

#[tokio::test]
async fn the_log_of_the_database_is_copied_beside_the_writer() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let size = || std::fs::metadata(dir.path().join("t.db")).unwrap().len();
    let begun = std::time::Instant::now();
    while size() < 1_000_000 {
        let large = "x".repeat(100_000);
        let set = store.log_batched(move |sql| instance::set(sql, "large", &large));
        set.await.unwrap();
        let more = store.log(|sql| {
            sql.run("INSERT INTO instance (name, value) SELECT 'large' || (SELECT COUNT(*) FROM instance), value FROM instance WHERE name = 'large'", &[])
        });
        more.await.unwrap();
        assert!(begun.elapsed().as_secs() < 60, "{}", size());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_begins_again_under_an_unbroken_load() {
    const PAGES: u64 = 50;
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let log = dir.path().join("t.db-wal");
    let written = Arc::new(AtomicU64::new(0));
    let most = checkpoint::MAX_PAGES.unsigned_abs() * 4_096 * 20;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (store, log, written) = (store.clone(), log.clone(), Arc::clone(&written));
        writers.spawn(async move {
            for turn in 0.. {
                let large = format!("{turn:4096}").repeat(50);
                let name = format!("large{writer}");
                let set = store.log(move |sql| instance::set(sql, &name, &large));
                set.await.unwrap();
                let written = written.fetch_add(PAGES * 4_096, Ordering::Relaxed);
                let length = std::fs::metadata(&log).unwrap().len();
                if written > 2 * length {
                    break;
                }
                assert!(written < most, "{length} of {written}");
            }
        });
    }
    writers.join_all().await;
}

#[tokio::test]
async fn what_is_told_as_kept_is_kept_and_nothing_else_when_the_disk_fills_up_in_between() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let full = |pages: i64| {
        let pragma = format!("PRAGMA max_page_count = {pages}");
        store.write(move |sql| sql.rows(&pragma, &[]))
    };
    full(1).await.unwrap();
    let small = |name: &'static str| store.write(move |sql| instance::set(sql, name, "1"));
    let large = store.write(|sql| instance::set(sql, "large", &"x".repeat(1_000_000)));
    let (before, large, after) = tokio::join!(small("before"), large, small("after"));
    let error = large.unwrap_err();
    assert!(
        error.is_temporary() && error.to_string().contains("free space"),
        "{error}"
    );
    let stored = async |name: &'static str| {
        store
            .read(move |sql| instance::get(sql, name))
            .await
            .unwrap()
            .is_some()
    };
    assert_eq!(stored("before").await, before.is_ok());
    assert_eq!(stored("after").await, after.is_ok());
    assert!(!stored("large").await);

    full(1_000_000).await.unwrap();
    small("later").await.unwrap();
    assert!(stored("later").await);
}

#[tokio::test]
async fn a_unique_value_given_twice_is_a_conflict() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let insert = || {
        store.write(|sql| {
            sql.run(
                "INSERT INTO instance (name, value) VALUES (?1, ?1)",
                params!["x"],
            )
        })
    };
    assert!(insert().await.is_ok());
    assert!(matches!(insert().await, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let result = store.read(|sql| instance::set(sql, "a", "1")).await;
    assert!(
        matches!(result, Err(StoreError::Unavailable(why)) if why.to_string().contains("writable"))
    );
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let newer =
        store.write(|sql| sql.run("INSERT INTO schema_version (version) VALUES (999)", &[]));
    newer.await.unwrap();
    drop(store);
    let error = Sqlite::open(&dir.path().join("t.db")).err().unwrap();
    assert!(
        matches!(error, StoreError::Newer { found: 999, .. }),
        "{error}"
    );
}

#[test]
fn what_is_no_database_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.db");
    std::fs::write(
        &path,
        "this is no database, but it is long enough to look like a file",
    )
    .unwrap();
    let message = Sqlite::open(&path).err().unwrap().to_string();
    assert!(
        message.contains("t.db") && message.contains("backup"),
        "{message}"
    );
    let message = Sqlite::open(&dir.path().join("no/such/dir.db"))
        .err()
        .unwrap()
        .to_string();
    assert!(message.contains("exists"), "{message}");
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    open(&dir)
        .write(|sql| instance::set(sql, "a", "kept"))
        .await
        .unwrap();
    let value = open(&dir)
        .read(|sql| instance::get(sql, "a"))
        .await
        .unwrap();
    assert_eq!(value.as_deref(), Some("kept"));
}

#[tokio::test]
async fn a_change_is_counted_before_it_is_told_and_the_log_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let before = store.settings_version();
    store.log(|sql| instance::set(sql, "a", "1")).await.unwrap();
    assert_eq!(store.settings_version(), before);
    let other_handle = store.clone();
    store
        .write(|sql| instance::set(sql, "a", "2"))
        .await
        .unwrap();
    assert!(other_handle.settings_version() > before);
}

#[tokio::test]
async fn a_queue_for_one_tool_is_passed_over_for_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let claimed = store.write(|sql| {
        sql.script(
            "PRAGMA defer_foreign_keys = ON;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
             INSERT INTO deliveries (event_id, project_id, integration, status, destination, next_at, created_at)
             SELECT 0, 0, 'x', 'pending', CASE WHEN i <= 10 THEN 'a' WHEN i % 2 = 0 THEN 'b' ELSE 'c' END, i * 10, 0 FROM n",
        )?;
        let mut claim = |limit, without: &[&str]| {
            let without: Vec<String> = without.iter().map(|name| (*name).to_owned()).collect();
            let rows = claims::claim(sql, at(200), &lease("a"), limit, &without)?;
            let ids = ids(&rows);
            Ok::<_, StoreError>((ids, claims::next_due(sql, &without)?))
        };
        let all = [
            claim(3, &["a"])?,
            claim(100, &["a", "c"])?,
            claim(2, &[])?,
            claim(100, &["a", "b", "c"])?,
        ];
        sql.run("DELETE FROM deliveries", &[])?;
        Ok(all)
    });
    let due = |ms| Some(at(ms));
    assert_eq!(
        claimed.await.unwrap(),
        [
            (vec![11, 12, 13], due(140)),
            (vec![14, 16, 18, 20], due(220)),
            (vec![1, 2], due(30)),
            (vec![], None),
        ]
    );
}

#[tokio::test]
async fn what_is_given_back_comes_before_what_came_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let claimed = store.write(|sql| {
        sql.script(
            "PRAGMA defer_foreign_keys = ON;
             INSERT INTO deliveries (event_id, project_id, integration, status, destination, next_at, created_at)
             VALUES (0, 0, 'x', 'pending', 'a', 10, 10), (0, 0, 'x', 'pending', 'a', 20, 20)",
        )?;
        let first = |sql: &mut dyn Sql| {
            let rows = claims::claim(sql, at(200), &lease("a"), 1, &[])?;
            Ok::<_, StoreError>(ids(&rows))
        };
        let begun = first(sql)?;
        claims::release(sql, DeliveryId(1), &"a".into())?;
        let again = first(sql)?;
        claims::release_own(sql, &"a".into())?;
        let after_a_start = first(sql)?;
        sql.run("DELETE FROM deliveries", &[])?;
        Ok([begun, again, after_a_start])
    });
    assert_eq!(claimed.await.unwrap(), [[1], [1], [1]]);
}

const PENDING: &str = "PRAGMA defer_foreign_keys = ON;
    INSERT INTO deliveries (event_id, project_id, integration, status, destination, next_at, created_at)
    VALUES (0, 0, 'x', 'pending', 'a', 10, 10), (0, 0, 'x', 'pending', 'a', 20, 20)";

fn ids(rows: &[deliveries::DeliveryRow]) -> Vec<i64> {
    rows.iter().map(|row| row.id.0).collect()
}

#[tokio::test]
async fn only_its_own_node_releases_a_claim_before_its_lease_ends() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let claims = store.log(|sql| {
        sql.script(PENDING)?;
        let claim = |sql: &mut dyn Sql, now, node, limit| {
            claims::claim(sql, at(now), &lease(node), limit, &[]).map(|rows| ids(&rows))
        };
        let first = claim(sql, 200, "a", 1)?;
        let second = claim(sql, 200, "b", 2)?;
        claims::release(sql, DeliveryId(1), &"b".into())?;
        claims::release_own(sql, &"b".into())?;
        let own_again = claim(sql, 200, "b", 2)?;
        let too_early = claims::release_expired(sql, at(99_999))?;
        claims::renew(
            sql,
            DeliveryId(2),
            &deliveries::Lease {
                until: at(200_000),
                ..lease("b")
            },
        )?;
        claims::renew(
            sql,
            DeliveryId(1),
            &deliveries::Lease {
                until: at(200_000),
                ..lease("b")
            },
        )?;
        let expired = claims::release_expired(sql, at(100_000))?;
        let of_another = claim(sql, 100_000, "b", 2)?;
        sql.run("DELETE FROM deliveries", &[])?;
        Ok((
            vec![first, second, own_again, of_another],
            too_early,
            expired,
        ))
    });
    let expected = [vec![1], vec![2], vec![2], vec![1]];
    assert_eq!(claims.await.unwrap(), (expected.to_vec(), 0, 1));
}

#[tokio::test]
async fn claims_read_an_index_of_unclaimed_deliveries_only() {
    const DOWN: &[String] = &[String::new()];
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let plan = async |without: &'static [String]| {
        let rows = store.read(move |sql| {
            let query = claims::claim_query(without);
            query_plan(sql, &query, &vec![crate::Value::Int(1); 4 + without.len()])
        });
        rows.await.unwrap().join("; ")
    };
    let claim = plan(&[]).await;
    assert!(
        claim.contains("USING INDEX deliveries_due (next_at<?)"),
        "{claim}"
    );
    let without = plan(DOWN).await;
    assert!(
        without.contains("USING INDEX deliveries_waiting (destination=? AND next_at<?)"),
        "{without}"
    );
    for steps in [claim, without] {
        assert!(
            !steps.contains("SCAN deliveries") && !steps.contains("SCAN due"),
            "{steps}"
        );
    }
}

#[tokio::test]
async fn a_write_that_runs_again_has_its_effect_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let (go, held_up) = std::sync::mpsc::channel::<()>();
    let first = store.log(move |_| {
        let _ = held_up.recv();
        Ok(())
    });
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    let add = store.write(move |sql| {
        counted.fetch_add(1, Ordering::Relaxed);
        sql.run("INSERT INTO instance (name, value) VALUES ('n' || (SELECT COUNT(*) FROM instance), '')", &[])
    });
    // It shares the transaction, which is therefore rolled back.
    let bad = store.write(|_| Err::<(), _>(StoreError::Conflict));
    let before = store.settings_version();
    let (first, add, bad, ()) = tokio::join!(first, add, bad, async { drop(go) });
    assert!(first.is_ok() && add.is_ok() && bad.is_err());
    let count = store.read_versioned(|sql| sql.number("SELECT COUNT(*) FROM instance", &[]));
    let (version, count) = count.await.unwrap();
    assert_eq!((runs.load(Ordering::Relaxed), count), (2, 1));
    assert_eq!((before, version), (0, 2));
}

#[tokio::test]
async fn a_second_store_on_the_database_notices_new_settings_when_it_reads() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (open(&dir), open(&dir));
    let read = || other.read_versioned(|sql| instance::get(sql, "a"));
    let (before, _) = read().await.unwrap();
    assert_eq!(other.settings_version(), before);
    one.write(|sql| instance::set(sql, "a", "1")).await.unwrap();
    let (after, value) = read().await.unwrap();
    assert!(after > before && value.as_deref() == Some("1"));
    assert_eq!(other.settings_version(), after);
}

#[tokio::test]
async fn what_the_version_before_had_claimed_is_released_by_the_migration() {
    let dir = tempfile::tempdir().unwrap();
    let mut old = Connection::open(&dir.path().join("t.db"), Access::Write).unwrap();
    migrate::run(&mut old, &migrate::SQLITE, &migrate::MIGRATIONS[..1]).unwrap();
    old.script(
        "PRAGMA foreign_keys = OFF;
         INSERT INTO deliveries (event_id, project_id, integration, status, destination, next_at, claimed_at, created_at)
         VALUES (0, 0, 'x', 'pending', 'a', 600200, 200, 10), (0, 0, 'x', 'pending', 'a', 5000, NULL, 20)",
    )
    .unwrap();
    drop(old);
    let claim = open(&dir)
        .log(|sql| claims::claim(sql, at(300), &lease("a"), 10, &[]))
        .await;
    assert_eq!(ids(&claim.unwrap()), [1]);
}

#[tokio::test]
async fn pending_deliveries_are_counted_claimed_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let counts = store.log(|sql| {
        sql.script(PENDING)?;
        claims::claim(sql, at(200), &lease("a"), 1, &[])?;
        let counted = deliveries::count_pending(sql)?;
        sql.run("DELETE FROM deliveries", &[])?;
        Ok((counted, deliveries::count_pending(sql)?))
    });
    assert_eq!(counts.await.unwrap(), (2, 0));
}

#[test]
fn an_error_names_the_remedy_and_keeps_its_source() {
    let dir = tempfile::tempdir().unwrap();
    let error = Sqlite::open(dir.path()).err().unwrap();
    assert!(
        error.to_string().contains("check that the data folder"),
        "{error}"
    );
    let source = std::error::Error::source(&error).unwrap();
    assert!(
        source.downcast_ref::<rusqlite::Error>().is_some(),
        "{source}"
    );
}
