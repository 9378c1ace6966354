use super::*;
use crate::{Page, Sqlite, Store, identity};
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
    found.rows.into_iter().map(|kept| kept.action).collect()
}

#[tokio::test]
async fn entries_are_found_by_each_filter_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(Arc::new(Sqlite::open(&folder.path().join("t.db")).unwrap()));
    let work = store.write(|sql| {
        let root = identity::ensure_root(sql, Timestamp::UNIX_EPOCH)?;
        let who = Actor {
            user_id: Some(root.id),
            name: root.username.clone(),
            address: Some("192.0.2.1".into()),
        };
        let user = Subject::User(root.id);
        let shell = Actor::command_line();
        for entry in [
            entry(10, &who, "integration.saved", Subject::Project(7)),
            entry(20, &shell, "token.created", user),
            entry(30, &who, "group.created", Subject::Namespace(1)),
        ] {
            add(sql, &entry)?;
        }
        let moment = |second| Timestamp::from_second(second).ok();
        let none = Filter::default;
        let all = ["group.created", "token.created", "integration.saved"];
        let cases = [
            (none(), &all[..]),
            (
                Filter {
                    project: Some(Owner::Id(7)),
                    ..none()
                },
                &all[2..],
            ),
            (
                Filter {
                    group: Some(Owner::Name("ROOT".into())),
                    ..none()
                },
                &all[..1],
            ),
            (
                Filter {
                    group: Some(Owner::Id(7)),
                    ..none()
                },
                &[],
            ),
            (
                Filter {
                    integration: Some("jira".into()),
                    ..none()
                },
                &all[2..],
            ),
            (
                Filter {
                    user: Some(Owner::Id(root.id)),
                    ..none()
                },
                &[all[0], all[2]],
            ),
            (
                Filter {
                    user: Some(Owner::Name("Root".into())),
                    ..none()
                },
                &[all[0], all[2]],
            ),
            (
                Filter {
                    user: Some(Owner::Name("command line".into())),
                    ..none()
                },
                &[],
            ),
            (
                Filter {
                    action: Some("token.created".into()),
                    ..none()
                },
                &all[1..2],
            ),
            (
                Filter {
                    after: moment(20),
                    ..none()
                },
                &all[..2],
            ),
            (
                Filter {
                    before: moment(20),
                    after: moment(11),
                    ..none()
                },
                &all[1..2],
            ),
        ];
        for (filter, wanted) in cases {
            assert_eq!(actions(sql, &filter), wanted, "{filter:?}");
        }
        let kept = list(sql, &none(), FIRST)?.rows;
        assert_eq!((kept[1].path.as_str(), kept[1].subject), ("root", user));
        assert_eq!(kept[2].path, "", "what is gone has no path");
        assert_eq!(kept[2].actor, who);
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
