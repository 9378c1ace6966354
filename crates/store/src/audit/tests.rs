use super::*;
use crate::{Page, Sqlite, Store, identity};
use model::id::{NamespaceId, ProjectId};
use std::sync::Arc;

const FIRST: Page = Page {
    number: 1,
    size: 20,
};

fn entry(second: i64, actor: &Actor, action: &'static str, subject: Subject) -> Entry {
    Entry {
        at: Timestamp::from_second(second).unwrap(),
        actor: actor.clone(),
        action,
        subject,
        integration: (action == "integration.saved").then(|| "jira".to_owned()),
        changes: Change::value("url", Json::Null, "https://a.test")
            .into_iter()
            .collect(),
    }
}

fn actions(sql: &mut dyn Sql, filter: &Filter) -> Vec<String> {
    let found = list(sql, filter, FIRST).unwrap();
    assert_eq!(found.total, i64::try_from(found.rows.len()).unwrap());
    found
        .rows
        .into_iter()
        .map(|remaining| remaining.action)
        .collect()
}

/// Three entries: of a project that is gone, of root, and of root's namespace.
fn fill(sql: &mut dyn Sql) -> Result<Actor, StoreError> {
    let root = identity::ensure_root(sql, Timestamp::UNIX_EPOCH)?;
    let who = Actor {
        user_id: Some(root.id),
        name: root.username.clone(),
        address: Some("192.0.2.1".into()),
    };
    let user = Subject::User(root.id);
    for entry in [
        entry(
            10,
            &who,
            "integration.saved",
            Subject::Project(ProjectId(7)),
        ),
        entry(20, &Actor::command_line(), "token.created", user),
        entry(
            30,
            &who,
            "group.created",
            Subject::Namespace(NamespaceId(1)),
        ),
    ] {
        add(sql, &entry)?;
    }
    Ok(who)
}

/// What the filter leaves of the three.
type Case = (fn(&mut Filter), &'static [&'static str]);

const CASES: &[Case] = &[
    (
        |_| {},
        &["group.created", "token.created", "integration.saved"],
    ),
    (
        |filter| filter.project = Some(Owner::Id(7)),
        &["integration.saved"],
    ),
    (
        |filter| filter.group = Some(name("ROOT")),
        &["group.created"],
    ),
    (|filter| filter.group = Some(Owner::Id(7)), &[]),
    (
        |filter| filter.integration = Some("jira".into()),
        &["integration.saved"],
    ),
    (
        |filter| filter.user = Some(Owner::Id(1)),
        &["group.created", "integration.saved"],
    ),
    (
        |filter| filter.user = Some(name("Root")),
        &["group.created", "integration.saved"],
    ),
    (|filter| filter.user = Some(name("command line")), &[]),
    (
        |filter| filter.action = Some("token.created".into()),
        &["token.created"],
    ),
    (
        |filter| filter.after = moment(20),
        &["group.created", "token.created"],
    ),
    (
        |filter| (filter.after, filter.before) = (moment(11), moment(20)),
        &["token.created"],
    ),
];

fn name(text: &str) -> Owner {
    Owner::Name(text.into())
}

fn moment(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(second).ok()
}

#[tokio::test]
async fn entries_are_found_by_each_filter_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Arc::new(Sqlite::open(&folder.path().join("t.db")).unwrap()));
    let work = store.write(|sql| {
        let who = fill(sql)?;
        for (set, wanted) in CASES {
            let mut filter = Filter::default();
            set(&mut filter);
            assert_eq!(actions(sql, &filter), *wanted, "{filter:?}");
        }
        let remaining = list(sql, &Filter::default(), FIRST)?.rows;
        assert_eq!(remaining[1].path, "root");
        assert_eq!(remaining[2].path, "", "what is gone has no path");
        assert_eq!(remaining[2].actor, who);
        Ok(())
    });
    work.await.unwrap();
}

#[tokio::test]
async fn old_entries_go_and_young_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Arc::new(Sqlite::open(&folder.path().join("t.db")).unwrap()));
    let work = store.write(|sql| {
        fill(sql)?;
        let before = Timestamp::from_second(30).unwrap();
        let left = ["group.created", "token.created"];
        assert_eq!(prune(sql, before, 1)?, 1, "the oldest go first");
        assert_eq!(actions(sql, &Filter::default()), left);
        assert_eq!(prune(sql, before, 9)?, 1);
        assert_eq!(prune(sql, before, 9)?, 0);
        assert_eq!(actions(sql, &Filter::default()), left[..1]);
        Ok(())
    });
    work.await.unwrap();
}

#[test]
fn what_became_of_a_secret_is_told_without_its_values() {
    let cases = [
        (None, None, None),
        (None, Some("b"), Some("set")),
        (Some("a"), Some("b"), Some("changed")),
        (Some("a"), Some("a"), None),
        (Some("a"), None, Some("removed")),
    ];
    for (old, new, wanted) in cases {
        let change = Change::secret("pw", old.map(str::as_bytes), new.map(str::as_bytes));
        let wanted = wanted
            .map(|became| json!({ "name": "pw", "old": null, "new": null, "secret": became }));
        assert_eq!(change.map(|change| change.0), wanted, "{old:?} {new:?}");
    }
}

#[test]
fn maps_are_compared_by_name() {
    let map = |value: Json| value.as_object().cloned().unwrap();
    let changes = Change::between(
        &map(json!({ "a": 1, "b": 2, "gone": [] })),
        &map(json!({ "a": 1, "b": 3, "new": true })),
    );
    let shown: Vec<&Json> = changes.iter().map(Change::json).collect();
    let wanted = [
        json!({ "name": "b", "old": 2, "new": 3 }),
        json!({ "name": "gone", "old": [], "new": null }),
        json!({ "name": "new", "old": null, "new": true }),
    ];
    assert_eq!(shown, wanted.iter().collect::<Vec<_>>());
}
