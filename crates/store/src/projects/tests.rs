//! What namespaces, projects and memberships promise.

use super::*;
use crate::identity::{self, NewUser, User};
use crate::{Page, Sqlite, Store, StoreError};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use model::access::{AccessLevel, Visibility};
use std::sync::Arc;

const NOW: Timestamp = Timestamp::constant(1_770_000_000, 0);
const TODAY: Date = date(2026, 2, 2);
const FIRST: Page = Page {
    number: 1,
    size: 20,
};

/// Runs a test inside one write.
async fn inside(work: impl FnMut(&mut dyn Sql) -> Result<(), StoreError> + Send + 'static) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()));
    store.write(work).await.unwrap();
}

fn person(sql: &mut dyn Sql, username: &str) -> Result<User, StoreError> {
    let new = NewUser {
        username,
        name: username,
        email: username,
        admin: false,
        password_hash: None,
    };
    identity::add_user(sql, &new, NOW)
}

fn group(
    sql: &mut dyn Sql,
    (path, parent): (&str, Option<&Namespace>),
    creator: &User,
) -> Result<Namespace, StoreError> {
    let name = path.to_uppercase();
    let new = NewGroup {
        name: &name,
        path,
        description: "",
        visibility: Visibility::Private,
        parent,
        creator_id: creator.id,
    };
    add_group(sql, &new, NOW)
}

fn made(
    sql: &mut dyn Sql,
    path: &str,
    namespace: &Namespace,
    creator: &User,
) -> Result<ProjectRow, StoreError> {
    let new = NewProject {
        namespace,
        name: path,
        path,
        description: None,
        visibility: Visibility::Private,
        default_branch: "main",
        creator_id: creator.id,
    };
    add_project(sql, &new, NOW)
}

#[tokio::test]
async fn groups_nest_and_a_rename_moves_all_below() {
    inside(|sql| {
        let ann = person(sql, "ann")?;
        let a = group(sql, ("a", None), &ann)?;
        let b = group(sql, ("b", Some(&a)), &ann)?;
        let c = group(sql, ("c", Some(&b)), &ann)?;
        assert_eq!(
            (c.full_name.as_str(), c.full_path.as_str()),
            ("A / B / C", "a/b/c")
        );
        let other = group(sql, ("ab", None), &ann)?;
        let p = made(sql, "p", &c, &ann)?;
        assert_eq!(p.name_with_namespace(), "A / B / C / p");
        let changes = GroupChanges {
            name: Some("Über".into()),
            path: Some("Long-Er".into()),
            ..GroupChanges::default()
        };
        update_group(sql, &b, &changes)?;
        let p = project_by_path(sql, "A/LONG-ER/c/P")?.unwrap();
        assert_eq!(p.full_path, "a/Long-Er/c/p");
        assert_eq!(p.name_with_namespace(), "A / Über / C / p");
        assert!(project_by_path(sql, "a/b/c/p")?.is_none());
        assert_eq!(namespace(sql, other.id)?, Some(other));
        let again = namespace_by_path(sql, "a/long-er")?.unwrap();
        let back = GroupChanges {
            name: Some("B".into()),
            path: Some("b".into()),
            ..GroupChanges::default()
        };
        assert_eq!(update_group(sql, &again, &back)?, b);
        assert_eq!(project(sql, p.id)?.unwrap().full_path, "a/b/c/p");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_path_is_taken_by_groups_users_and_projects_alike() {
    inside(|sql| {
        let ann = person(sql, "ann")?;
        let a = group(sql, ("a", None), &ann)?;
        made(sql, "p", &a, &ann)?;
        for taken in ["ann", "ANN", "A"] {
            let result = group(sql, (taken, None), &ann);
            assert!(matches!(result, Err(StoreError::Conflict)), "{taken}");
        }
        assert!(matches!(
            group(sql, ("P", Some(&a)), &ann),
            Err(StoreError::Conflict)
        ));
        assert!(matches!(
            made(sql, "P", &a, &ann),
            Err(StoreError::Conflict)
        ));
        assert!(name_taken(sql, a.id, "p", None)?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn deleting_a_group_takes_everything_below_with_it() {
    inside(|sql| {
        let ann = person(sql, "ann")?;
        let a = group(sql, ("a", None), &ann)?;
        let b = group(sql, ("b", Some(&a)), &ann)?;
        let remaining = group(sql, ("kept", None), &ann)?;
        let p = made(sql, "p", &b, &ann)?;
        add_member(
            sql,
            MemberScope::Project(p.id),
            (ann.id, AccessLevel::Guest, None),
            NOW,
        )?;
        delete_group(sql, a.id)?;
        assert!(namespace(sql, b.id)?.is_none() && project(sql, p.id)?.is_none());
        assert_eq!(sql.number("SELECT COUNT(*) FROM members", &[])?, 1);
        assert_eq!(owner_count(sql, MemberScope::Namespace(remaining.id))?, 1);
        let own = personal_namespace(sql, ann.id)?.unwrap();
        let mine = made(sql, "mine", &own, &ann)?;
        delete_project(sql, mine.id)?;
        assert_eq!(sql.number("SELECT COUNT(*) FROM members", &[])?, 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_highest_membership_on_the_way_up_holds_until_it_ends() {
    inside(|sql| {
        let (ann, bob) = (person(sql, "ann")?, person(sql, "bob")?);
        let a = group(sql, ("a", None), &ann)?;
        let b = group(sql, ("b", Some(&a)), &ann)?;
        let p = made(sql, "p", &b, &ann)?;
        let home = personal_namespace(sql, bob.id)?.unwrap();
        let own = made(sql, "own", &home, &ann)?;
        let level = |sql: &mut dyn Sql, today| access_level_of(sql, bob.id, p.id, today);
        assert_eq!(level(sql, TODAY)?, None);
        assert_eq!(
            access_level_of(sql, bob.id, own.id, TODAY)?,
            Some(AccessLevel::Owner)
        );
        assert_eq!(access_level_of(sql, ann.id, own.id, TODAY)?, None);
        let ends = date(2026, 2, 10);
        add_member(
            sql,
            MemberScope::Namespace(a.id),
            (bob.id, AccessLevel::Maintainer, Some(ends)),
            NOW,
        )?;
        add_member(
            sql,
            MemberScope::Project(p.id),
            (bob.id, AccessLevel::Reporter, None),
            NOW,
        )?;
        assert_eq!(level(sql, TODAY)?, Some(AccessLevel::Maintainer));
        assert_eq!(level(sql, ends)?, Some(AccessLevel::Reporter));
        let inherited = inherited_level(sql, MemberScope::Project(p.id), bob.id, TODAY)?;
        assert_eq!(inherited, Some(AccessLevel::Maintainer));
        assert_eq!(
            namespace_access_level_of(sql, bob.id, b.id, TODAY)?,
            Some(AccessLevel::Maintainer)
        );
        let filter = MemberFilter::default();
        let all = all_members(sql, MemberScope::Project(p.id), &filter, TODAY, FIRST)?;
        let shown: Vec<_> = all
            .rows
            .iter()
            .map(|member| (member.user.username.as_str(), member.access_level))
            .collect();
        assert_eq!(
            shown,
            [
                ("ann", AccessLevel::Owner),
                ("bob", AccessLevel::Maintainer)
            ]
        );
        assert_eq!(all.total, 2);
        let direct = members(sql, MemberScope::Project(p.id), &filter, TODAY, FIRST)?;
        assert_eq!(direct.total, 1);
        let one = member_of_all(sql, MemberScope::Project(p.id), bob.id, ends)?;
        assert_eq!(
            one.map(|member| member.access_level),
            Some(AccessLevel::Reporter)
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn lists_show_what_the_viewer_may_see() {
    inside(|sql| {
        let (ann, bob) = (person(sql, "ann")?, person(sql, "bob")?);
        let a = group(sql, ("a", None), &ann)?;
        let b = group(sql, ("b", Some(&a)), &ann)?;
        let p = made(sql, "p", &b, &ann)?;
        let home = personal_namespace(sql, bob.id)?.unwrap();
        let q = made(sql, "q", &home, &bob)?;
        let ids = |sql: &mut dyn Sql, filter: ProjectFilter| {
            let found = list_projects(sql, &filter, TODAY, FIRST)?;
            assert_eq!(found.rows.len(), usize::try_from(found.total).unwrap());
            Ok::<_, StoreError>(found.rows.iter().map(|row| row.id).collect::<Vec<_>>())
        };
        let seen = |viewer| ProjectFilter {
            viewer,
            order: ProjectOrder::Id,
            ascending: true,
            ..ProjectFilter::default()
        };
        assert_eq!(ids(sql, seen(Viewer::Admin))?, [p.id, q.id]);
        assert_eq!(ids(sql, seen(Viewer::User(ann.id)))?, [p.id]);
        assert_eq!(
            ids(sql, seen(Viewer::Member(bob.id, AccessLevel::Owner)))?,
            [q.id]
        );
        let public = ProjectChanges {
            visibility: Some(Visibility::Public),
            ..ProjectChanges::default()
        };
        update_project(sql, &q, &public)?;
        assert_eq!(ids(sql, seen(Viewer::User(ann.id)))?, [p.id, q.id]);
        assert_eq!(
            ids(sql, seen(Viewer::Member(ann.id, AccessLevel::Guest)))?,
            [p.id]
        );
        for (subgroups, count) in [(false, 0), (true, 1)] {
            let below = ProjectFilter {
                namespace_id: Some(a.id),
                subgroups,
                ..ProjectFilter::default()
            };
            assert_eq!(ids(sql, below)?.len(), count);
        }
        let groups = |sql: &mut dyn Sql, viewer, parent_id| {
            let filter = GroupFilter {
                viewer,
                parent_id,
                ..GroupFilter::default()
            };
            Ok::<_, StoreError>(list_groups(sql, &filter, TODAY, FIRST)?.total)
        };
        assert_eq!(groups(sql, None, None)?, 2);
        assert_eq!(groups(sql, Some(ann.id), Some(a.id))?, 1);
        assert_eq!(groups(sql, Some(bob.id), None)?, 0);
        let filter = NamespaceFilter {
            viewer: Some(ann.id),
            ..NamespaceFilter::default()
        };
        assert_eq!(list_namespaces(sql, &filter, TODAY, FIRST)?.total, 3);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_branch_is_protected_once() {
    inside(|sql| {
        let ann = person(sql, "ann")?;
        let a = group(sql, ("a", None), &ann)?;
        let p = made(sql, "p", &a, &ann)?;
        let new = NewProtectedBranch {
            name: "release/*",
            push_level: AccessLevel::NoAccess,
            merge_level: AccessLevel::Maintainer,
            allow_force_push: false,
        };
        let mut branch = add_protected_branch(sql, p.id, &new)?;
        assert!(matches!(
            add_protected_branch(sql, p.id, &new),
            Err(StoreError::Conflict)
        ));
        branch.allow_force_push = true;
        update_protected_branch(sql, &branch)?;
        assert_eq!(protected_branches(sql, p.id)?, [branch.clone()]);
        assert_eq!(protected_branch(sql, p.id, "release/*")?, Some(branch));
        assert!(delete_protected_branch(sql, p.id, "release/*")?);
        assert!(!delete_protected_branch(sql, p.id, "release/*")?);
        Ok(())
    })
    .await;
}
