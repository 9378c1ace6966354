//! Inheritance: the nearest row of one's own upwards holds, in every tree of groups.

use super::*;
use crate::identity::{self, NewUser};
use crate::projects::{self, Namespace, NewGroup, NewProject};
use crate::{Page, Sqlite, Store};
use model::access::Visibility;
use model::id::SettingsId;
use proptest::prelude::*;
use std::sync::Arc;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// What a level has: no row, one that inherits, or one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Has {
    Nothing,
    Link,
    Own,
}

/// Groups by the index of their parent, which comes before them, and what each level has. The last
/// one is what the instance has, which has nothing above.
#[derive(Clone, Debug)]
struct Tree {
    groups: Vec<(Option<prop::sample::Index>, Has)>,
    projects: Vec<(prop::sample::Index, Has)>,
    instance: Has,
}

fn tree() -> impl Strategy<Value = Tree> {
    let has = || prop::sample::select(vec![Has::Nothing, Has::Link, Has::Own]);
    let parent = prop::option::weighted(0.8, any::<prop::sample::Index>());
    let groups = prop::collection::vec((parent, has()), 1..8);
    let projects = prop::collection::vec((any::<prop::sample::Index>(), has()), 1..5);
    let instance = prop::sample::select(vec![Has::Nothing, Has::Own]);
    (groups, projects, instance).prop_map(|(groups, projects, instance)| Tree {
        groups,
        projects,
        instance,
    })
}

fn row(level: Level, inherits: bool) -> SettingsRow {
    SettingsRow {
        id: SettingsId(0),
        level,
        slug: "x".into(),
        inherits,
        active: !inherits,
        triggers: Map::new(),
        fields: Map::new(),
        secrets: None,
        tool_state: Map::new(),
        created_at: NOW,
        updated_at: NOW,
    }
}

fn set(sql: &mut dyn Sql, level: Level, has: Has) -> Result<(), StoreError> {
    // A row of another integration must not be mistaken for it.
    let other = SettingsRow {
        slug: "other".into(),
        ..row(level, false)
    };
    put(sql, &other)?;
    if has != Has::Nothing {
        put(sql, &row(level, has == Has::Link))?;
    }
    Ok(())
}

/// Every level of a tree with the levels from it upwards and what each of them has.
type Lines = Vec<Vec<(Level, Has)>>;

/// Puts a tree into the store.
fn plant(sql: &mut dyn Sql, tree: &Tree) -> Result<(Lines, Vec<Namespace>), StoreError> {
    let new = NewUser {
        username: "ada",
        name: "Ada",
        email: "ada",
        admin: false,
        password_hash: None,
    };
    let creator_id = identity::add_user(sql, &new, NOW)?.id;
    set(sql, Level::Instance, tree.instance)?;
    let mut groups: Vec<Namespace> = Vec::new();
    let mut lines: Lines = vec![vec![(Level::Instance, tree.instance)]];
    for (number, (parent, has)) in tree.groups.iter().enumerate() {
        let parent = parent.map(|index| index.index(number.max(1)));
        let above = parent.filter(|parent| *parent < groups.len());
        let path = format!("g{number}");
        let new = NewGroup {
            name: &path,
            path: &path,
            description: "",
            visibility: Visibility::Private,
            parent: above.map(|index| &groups[index]),
            creator_id,
        };
        let group = projects::add_group(sql, &new, NOW)?;
        let level = Level::Namespace(group.id);
        set(sql, level, *has)?;
        let upwards = above.map_or(0, |index| index + 1);
        lines.push([&[(level, *has)], lines[upwards].as_slice()].concat());
        groups.push(group);
    }
    for (number, (within, has)) in tree.projects.iter().enumerate() {
        let within = within.index(groups.len());
        let path = format!("p{number}");
        let new = NewProject {
            namespace: &groups[within],
            name: &path,
            path: &path,
            description: None,
            visibility: Visibility::Private,
            default_branch: "main",
            creator_id,
        };
        let level = Level::Project(projects::add_project(sql, &new, NOW)?.id);
        set(sql, level, *has)?;
        lines.push([&[(level, *has)], lines[within + 1].as_slice()].concat());
    }
    Ok((lines, groups))
}

/// Checks every level of a tree, and who is said to have settings of its own.
fn check(sql: &mut dyn Sql, tree: &Tree) -> Result<(), StoreError> {
    let (lines, groups) = plant(sql, tree)?;
    let expected = |line: &[(Level, Has)]| {
        let own = line.iter().find(|(_, has)| *has == Has::Own);
        own.map(|(level, _)| *level)
    };
    for line in &lines {
        let (level, has) = line[0];
        let found = stored_inheritance(sql, level, "x")?;
        let holds = found.effective().map(|row| row.level);
        assert_eq!(holds, expected(line), "{line:?}");
        assert_eq!(found.own.is_some(), has != Has::Nothing, "{line:?}");
        let listed = stored_inheritances(sql, level)?;
        let listed = listed.iter().find(|inheritance| {
            let some = inheritance.own.as_ref().or(inheritance.above.as_ref());
            some.is_some_and(|row| row.slug == "x")
        });
        let listed = listed.and_then(|inheritance| Some(inheritance.effective()?.level));
        assert_eq!(listed, expected(line), "{line:?}");
        let distance = line.iter().position(|(_, has)| *has == Has::Own);
        if let Some(distance) = distance.filter(|distance| distance + 1 < line.len()) {
            assert_eq!(
                found.distance(),
                i64::try_from(distance).unwrap(),
                "{line:?}"
            );
        }
    }
    let page = Page {
        number: 1,
        size: 100,
    };
    for below in std::iter::once(None).chain(groups.iter().map(|group| Some(group.id))) {
        let above = below.map_or(Level::Instance, Level::Namespace);
        let mut levels: Vec<Level> = lines
            .iter()
            .filter(|line| {
                line[0].1 == Has::Own && line[1..].iter().any(|(level, _)| *level == above)
            })
            .map(|line| line[0].0)
            .collect();
        let found = overrides(sql, below, "x", page)?;
        let mut shown: Vec<Level> = found.rows.iter().map(|row| row.level).collect();
        let key = |level: &Level| level.seal_context("");
        levels.sort_by_key(key);
        shown.sort_by_key(key);
        assert_eq!(shown, levels, "below {above:?}");
        assert_eq!(found.total, i64::try_from(shown.len()).unwrap());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_nearest_row_of_its_own_upwards_holds(tree in tree()) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(store.write(move |sql| check(sql, &tree))).unwrap();
    }
}
