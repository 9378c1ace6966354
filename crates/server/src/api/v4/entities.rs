//! Rows as JSON: GitLab's keys in GitLab's order.

use crate::answer::time;
use crate::app::App;
use serde_json::{Map, Value, json};
use store::identity::{Token, User};
use store::projects::{Member, Namespace, NamespaceKind, ProjectRow, ProtectedBranch};

/// A user as everybody may see it.
pub(super) fn user(app: &App, user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "public_email": null,
        "name": user.name,
        "state": "active",
        "locked": false,
        "avatar_url": null,
        "web_url": format!("{}/{}", app.external_url, user.username),
    })
}

/// A user as it sees itself, and as administrators see it.
pub(super) fn full_user(app: &App, user: &User, admin: bool) -> Value {
    let mut entity = json!({
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "state": "active",
        "locked": false,
        "avatar_url": null,
        "web_url": format!("{}/{}", app.external_url, user.username),
        "created_at": time(user.created_at),
        "bio": "",
        "location": "",
        "public_email": null,
        "website_url": "",
        "organization": "",
        "job_title": "",
        "pronouns": null,
        "bot": false,
        "work_information": null,
        "followers": 0,
        "following": 0,
        "last_sign_in_at": null,
        "confirmed_at": time(user.created_at),
        "last_activity_on": null,
        "email": user.email,
        "theme_id": 1,
        "color_scheme_id": 1,
        "projects_limit": 100_000,
        "current_sign_in_at": null,
        "identities": [],
        "can_create_group": true,
        "can_create_project": true,
        "two_factor_enabled": false,
        "external": false,
        "private_profile": false,
        "commit_email": user.email,
    });
    if admin {
        entity["is_admin"] = user.admin.into();
        entity["note"] = Value::Null;
    }
    entity
}

/// A token, without its text.
pub(super) fn token(token: &Token, active: bool) -> Value {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.name()).collect();
    json!({
        "id": token.id,
        "name": token.name,
        "revoked": token.revoked,
        "created_at": time(token.created_at),
        "description": token.description,
        "scopes": scopes,
        "user_id": token.user_id,
        "last_used_at": token.last_used_at.map(time),
        "active": active,
        "expires_at": token.expires_at.map(|day| day.to_string()),
    })
}

/// A group.
pub(super) fn group(app: &App, group: &Namespace) -> Value {
    json!({
        "id": group.id,
        "web_url": web_url(app, group),
        "name": group.name,
        "path": group.path,
        "description": group.description,
        "visibility": group.visibility.name(),
        "full_name": group.full_name,
        "full_path": group.full_path,
        "created_at": time(group.created_at),
        "parent_id": group.parent_id,
        "organization_id": 1,
        "avatar_url": null,
        "request_access_enabled": false,
        "archived": false,
    })
}

/// A namespace, as `/namespaces` lists it.
pub(super) fn namespace(app: &App, namespace: &Namespace) -> Value {
    json!({
        "id": namespace.id,
        "name": namespace.name,
        "path": namespace.path,
        "kind": namespace.kind.name(),
        "full_path": namespace.full_path,
        "parent_id": namespace.parent_id,
        "avatar_url": null,
        "web_url": web_url(app, namespace),
    })
}

fn web_url(app: &App, namespace: &Namespace) -> String {
    let (base, path) = (&app.external_url, &namespace.full_path);
    match namespace.kind {
        NamespaceKind::Group => format!("{base}/groups/{path}"),
        NamespaceKind::User => format!("{base}/{path}"),
    }
}

/// A project; the parts that Crosstie has no rooms for are there and closed.
pub(super) fn project(app: &App, project: &ProjectRow) -> Value {
    let mut entity = simple_project(app, project);
    let rest = json!({
        "visibility": project.visibility.name(),
        "archived": project.archived,
        "empty_repo": false,
        "creator_id": project.creator_id,
        "issues_enabled": false,
        "merge_requests_enabled": false,
        "wiki_enabled": false,
        "jobs_enabled": false,
        "snippets_enabled": false,
        "issues_access_level": "disabled",
        "repository_access_level": "disabled",
        "merge_requests_access_level": "disabled",
        "wiki_access_level": "disabled",
        "builds_access_level": "disabled",
        "snippets_access_level": "disabled",
        "shared_with_groups": [],
    });
    extend(&mut entity, rest);
    entity
}

/// What `simple=true` leaves of a project.
pub(super) fn simple_project(app: &App, project: &ProjectRow) -> Value {
    let url = format!("{}/{}", app.external_url, project.full_path);
    json!({
        "id": project.id,
        "description": project.description,
        "name": project.name,
        "name_with_namespace": project.name_with_namespace(),
        "path": project.path,
        "path_with_namespace": project.full_path,
        "created_at": time(project.created_at),
        "default_branch": project.default_branch,
        "tag_list": [],
        "topics": [],
        "ssh_url_to_repo": null,
        "http_url_to_repo": format!("{url}.git"),
        "web_url": url,
        "readme_url": null,
        "forks_count": 0,
        "avatar_url": null,
        "star_count": 0,
        "last_activity_at": time(project.last_activity_at),
        "namespace": namespace(app, &project.namespace),
    })
}

fn extend(entity: &mut Value, rest: Value) {
    if let (Value::Object(entity), Value::Object(rest)) = (entity, rest) {
        entity.extend(rest);
    }
}

/// A member of a group or project.
pub(super) fn member(app: &App, member: &Member) -> Value {
    let mut entity = user(app, &member.user);
    let rest = json!({
        "access_level": member.access_level.number(),
        "created_at": time(member.created_at),
        "expires_at": member.expires_at.map(|day| day.to_string()),
        "membership_state": "active",
    });
    extend(&mut entity, rest);
    entity
}

/// A protected branch.
pub(super) fn protected_branch(branch: &ProtectedBranch) -> Value {
    let level = |level: model::access::AccessLevel| {
        let description = match level.number() {
            0 => "No one",
            _ => level.description(),
        };
        let mut item = Map::new();
        item.insert("id".into(), branch.id.into());
        item.insert("access_level".into(), level.number().into());
        item.insert("access_level_description".into(), description.into());
        item.insert("user_id".into(), Value::Null);
        item.insert("group_id".into(), Value::Null);
        Value::Array(vec![Value::Object(item)])
    };
    json!({
        "id": branch.id,
        "name": branch.name,
        "push_access_levels": level(branch.push_level),
        "merge_access_levels": level(branch.merge_level),
        "unprotect_access_levels": [],
        "allow_force_push": branch.allow_force_push,
        "code_owner_approval_required": false,
    })
}
