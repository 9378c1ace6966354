//! What users and tokens promise.

use super::*;
use crate::{Page, Sqlite, Store, StoreError, projects};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use model::access::Scope;
use std::sync::Arc;

const NOW: Timestamp = Timestamp::constant(1_770_000_000, 0);
const FIRST: Page = Page {
    number: 1,
    size: 20,
};

fn open(dir: &tempfile::TempDir) -> Store {
    Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()))
}

fn person(username: &str) -> NewUser<'_> {
    NewUser {
        username,
        name: "Some Body",
        email: "s@example.com",
        admin: false,
        password_hash: None,
    }
}

#[tokio::test]
async fn the_first_administrator_is_made_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let first = store.write(|sql| ensure_root(sql, NOW)).await.unwrap();
    let again = store.write(|sql| ensure_root(sql, NOW)).await.unwrap();
    assert_eq!(first, again);
    assert!(first.admin && first.name == "Administrator");
    let own = store.read(move |sql| projects::personal_namespace(sql, first.id));
    assert_eq!(own.await.unwrap().unwrap().full_path, "root");
}

#[tokio::test]
async fn usernames_are_the_same_in_upper_and_lower_case() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let ann = store.write(|sql| add_user(sql, &person("Ann"), NOW));
    let ann = ann.await.unwrap();
    let again = store.write(|sql| add_user(sql, &person("aNN"), NOW));
    assert!(matches!(again.await, Err(StoreError::Conflict)));
    let found = store.read(|sql| user_by_name(sql, "ANN")).await.unwrap();
    assert_eq!(found, Some(ann));
    let filter = UserFilter {
        search: Some("e_B".into()),
        ..UserFilter::default()
    };
    let none = store.read(move |sql| list_users(sql, &filter, FIRST));
    assert_eq!(none.await.unwrap().total, 0, "_ is no wildcard");
    let filter = UserFilter {
        search: Some("E BO".into()),
        ..UserFilter::default()
    };
    let one = store.read(move |sql| list_users(sql, &filter, FIRST));
    assert_eq!(one.await.unwrap().total, 1);
    assert!(
        store
            .read(|sql| email_taken(sql, "S@Example.com"))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_token_is_found_by_its_digest_until_its_last_day() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let made = store.write(|sql| {
        let root = ensure_root(sql, NOW)?;
        let new = NewToken {
            user_id: root.id,
            name: "ci",
            description: None,
            scopes: &[Scope::ReadApi, Scope::ReadUser],
            expires_at: Some(date(2026, 2, 3)),
        };
        add_token(sql, &new, &digest("glpat-x"), NOW)
    });
    let made = made.await.unwrap();
    let (found, owner) = store
        .read(|sql| token_by_digest(sql, &digest("glpat-x")))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found, owner.username.as_str()), (made.clone(), "root"));
    assert_eq!(
        digest("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert!(made.is_active(date(2026, 2, 2)));
    assert!(!made.is_active(date(2026, 2, 3)));
    for (day, active, count) in [(2, true, 1), (3, true, 0), (3, false, 1)] {
        let filter = TokenFilter {
            active: Some(active),
            ..TokenFilter::default()
        };
        let found = store.read(move |sql| list_tokens(sql, &filter, date(2026, 2, day), FIRST));
        assert_eq!(found.await.unwrap().total, count, "{day} {active}");
    }
}

#[tokio::test]
async fn uses_are_noted_every_ten_minutes() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let token = store.write(|sql| {
        let root = ensure_root(sql, NOW)?;
        let new = NewToken {
            user_id: root.id,
            name: "ci",
            description: None,
            scopes: &[Scope::Api],
            expires_at: None,
        };
        let made = add_token(sql, &new, "d", NOW)?;
        assert!(made.touch_is_due(NOW));
        touch(sql, made.id, NOW)?;
        token(sql, made.id)
    });
    let token = token.await.unwrap().unwrap();
    assert!(!token.touch_is_due(NOW + SignedDuration::from_mins(9)));
    assert!(token.touch_is_due(NOW + SignedDuration::from_mins(10)));
}

#[tokio::test]
async fn a_rotated_token_that_comes_back_takes_its_successors_along() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let work = store.write(|sql| {
        let root = ensure_root(sql, NOW)?;
        let new = NewToken {
            user_id: root.id,
            name: "ci",
            description: Some("why"),
            scopes: &[Scope::Api],
            expires_at: None,
        };
        let first = add_token(sql, &new, "1", NOW)?;
        let day = date(2026, 3, 1);
        let second = rotate(sql, &first, "2", day, NOW)?;
        let third = rotate(sql, &second, "3", day, NOW)?;
        assert_eq!(third.description.as_deref(), Some("why"));
        assert!(matches!(
            rotate(sql, &first, "4", day, NOW),
            Err(StoreError::Conflict)
        ));
        assert_eq!(revoke_successors(sql, first.id)?, 1);
        let third = token(sql, third.id)?;
        assert!(third.is_some_and(|token| token.revoked));
        Ok(())
    });
    work.await.unwrap();
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used_and_not_beyond_its_longest() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let days = |days: i64| SignedDuration::from_hours(days * 24);
    let work = store.write(move |sql| {
        let root = ensure_root(sql, NOW)?;
        add_session(sql, root.id, "d", NOW)?;
        let found = session(sql, "d", NOW + days(6))?.unwrap();
        assert_eq!(found.user, root);
        assert!(!found.renewal_is_due(NOW + SignedDuration::from_mins(9)));
        assert!(found.renewal_is_due(NOW + SignedDuration::from_mins(10)));
        assert_eq!(session(sql, "d", NOW + days(7))?, None);
        let end = found.end_if_used(NOW + days(6));
        assert_eq!(end, NOW + days(13));
        renew_session(sql, "d", NOW + days(6), end)?;
        assert!(session(sql, "d", NOW + days(12))?.is_some());
        assert_eq!(found.end_if_used(NOW + days(29)), NOW + days(30));
        Ok(())
    });
    work.await.unwrap();
}

#[tokio::test]
async fn sessions_end_with_the_password_and_are_cleared_away_when_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    let work = store.write(|sql| {
        let root = ensure_root(sql, NOW)?;
        let other = add_user(sql, &person("ann"), NOW)?;
        for (user, digest) in [(root.id, "1"), (root.id, "2"), (other.id, "3")] {
            add_session(sql, user, digest, NOW)?;
        }
        end_session(sql, "1")?;
        assert_eq!(session(sql, "1", NOW)?, None);
        assert!(session(sql, "2", NOW)?.is_some());
        set_password(sql, root.id, "new")?;
        assert_eq!(session(sql, "2", NOW)?, None);
        assert!(session(sql, "3", NOW)?.is_some());
        add_session(sql, root.id, "4", NOW + SignedDuration::from_hours(200))?;
        let left = sql.number("SELECT COUNT(*) FROM sessions", &[])?;
        assert_eq!(left, 1);
        Ok(())
    });
    work.await.unwrap();
}
