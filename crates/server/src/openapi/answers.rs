//! What the routes answer: the entities, which path has which, and the refusals.

use crate::auth::Needs;
use crate::routes::Route;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every entity with its fields. `?` after a type means that there may be nothing.
const ENTITIES: &[(&str, &str)] = &[
    (
        "Version",
        "version:string revision:string kas:object enterprise:boolean",
    ),
    (
        "User",
        "id:integer username:string name:string state:string web_url:string",
    ),
    (
        "Token",
        "id:integer name:string revoked:boolean created_at:string description:string? scopes:array user_id:integer last_used_at:string? active:boolean expires_at:string?",
    ),
    (
        "Group",
        "id:integer web_url:string name:string path:string description:string visibility:string full_name:string full_path:string created_at:string parent_id:integer?",
    ),
    (
        "Namespace",
        "id:integer name:string path:string kind:string full_path:string parent_id:integer? web_url:string",
    ),
    (
        "Project",
        "id:integer name:string name_with_namespace:string path:string path_with_namespace:string description:string? created_at:string default_branch:string? web_url:string last_activity_at:string namespace:object",
    ),
    (
        "Integration",
        "id:integer title:string slug:string created_at:string updated_at:string active:boolean inherited:boolean",
    ),
    (
        "Member",
        "id:integer username:string name:string state:string web_url:string access_level:integer created_at:string expires_at:string?",
    ),
    (
        "ProtectedBranch",
        "id:integer name:string push_access_levels:array merge_access_levels:array unprotect_access_levels:array allow_force_push:boolean code_owner_approval_required:boolean",
    ),
    ("Plan", "dry_run:boolean changes:array fingerprint:string"),
    ("Settings", ""),
    (
        "CatalogueEntry",
        "slug:string title:string summary:string category:string settings:array events:array",
    ),
    (
        "Delivery",
        "id:integer event_id:integer project_id:integer integration:string status:string reason:string? destination:string? created_at:string next_attempt_at:string? finished_at:string?",
    ),
    (
        "DeliveryWithAttempts",
        "id:integer event_id:integer project_id:integer integration:string status:string created_at:string finished_at:string? attempts:array",
    ),
    (
        "Event",
        "id:integer project_id:integer kind:string received_at:string",
    ),
    (
        "Source",
        "kind:string web_url:string repository_path:string api_url:string secret_set:boolean api_token_set:boolean",
    ),
    ("Test", "success:boolean"),
    (
        "Preview",
        "event_id:integer integration:string skipped:string? requests:array",
    ),
    ("Markdown", "html:string"),
    (
        "AuditEvent",
        "id:integer created_at:string actor:object address:string? action:string about:object integration:string? changes:array",
    ),
    (
        "Effective",
        "integration:string active:boolean inherited:boolean level:string properties:object events:object",
    ),
    (
        "Override",
        "id:integer type:string avatar_url:string? name:string full_name:string full_path:string active:boolean",
    ),
    ("Message", "message:string"),
    ("Health", "status:string"),
];

/// What `GET` of a path answers; `[…]` is a list. Other methods answer one of them.
const ANSWERS: &[(&str, &str)] = &[
    ("/version", "Version"),
    ("/metadata", "Version"),
    ("/user", "User"),
    ("/users", "[User]"),
    ("/users/{user_id}", "User"),
    ("/personal_access_tokens", "[Token]"),
    ("/personal_access_tokens/self", "Token"),
    ("/personal_access_tokens/{token_id}", "Token"),
    ("/personal_access_tokens/self/rotate", "Token"),
    ("/personal_access_tokens/{token_id}/rotate", "Token"),
    ("/users/{user_id}/personal_access_tokens", "Token"),
    ("/groups", "[Group]"),
    ("/groups/{id}", "Group"),
    ("/groups/{id}/subgroups", "[Group]"),
    ("/groups/{id}/projects", "[Project]"),
    ("/projects", "[Project]"),
    ("/projects/{id}", "Project"),
    ("/projects/{id}/archive", "Project"),
    ("/projects/{id}/unarchive", "Project"),
    ("/members", "[Member]"),
    ("/members/all", "[Member]"),
    ("/members/{user_id}", "Member"),
    ("/members/all/{user_id}", "Member"),
    ("/protected_branches", "[ProtectedBranch]"),
    ("/protected_branches/{name}", "ProtectedBranch"),
    ("/namespaces", "[Namespace]"),
    ("/namespaces/{id}", "Namespace"),
    ("/apply", "Plan"),
    ("/export", "Settings"),
    ("/catalogue", "[CatalogueEntry]"),
    ("/projects/{id}/deliveries", "[Delivery]"),
    ("/deliveries/{delivery_id}", "DeliveryWithAttempts"),
    ("/deliveries/{delivery_id}/retry", "DeliveryWithAttempts"),
    ("/projects/{id}/events", "[Event]"),
    ("/projects/{id}/events/{event_id}", "Event"),
    ("/projects/{id}/source", "Source"),
    ("/integrations/{slug}/test", "Test"),
    ("/integrations/{slug}/preview", "Preview"),
    ("/integrations/{slug}/effective", "Effective"),
    ("/integrations/{slug}/overrides", "[Override]"),
    ("/audit_events", "[AuditEvent]"),
    ("/markdown", "Markdown"),
    ("/integrations", "[Integration]"),
    ("/services", "[Integration]"),
    ("/-/liveness", "Health"),
    ("/-/readiness", "Health"),
];

/// The longest line of [`ANSWERS`] that the path ends with; all below a list of integrations is one.
fn answer(path: &str) -> Option<&'static str> {
    let listed = ANSWERS.iter().filter(|(end, _)| path.ends_with(end));
    let documented = listed
        .max_by_key(|(end, _)| end.len())
        .map(|(_, name)| *name);
    let is_integration = || {
        let (above, _) = path.rsplit_once('/')?;
        let below = above.ends_with("/integrations") || above.ends_with("/services");
        below.then_some("Integration")
    };
    documented.or_else(is_integration)
}

/// The entities and the shapes of refusals, for the document's components.
pub(super) fn components() -> Value {
    let mut all = Map::new();
    for (name, fields) in ENTITIES {
        let names: Vec<&str> = fields
            .split_whitespace()
            .filter_map(|field| Some(field.split_once(':')?.0))
            .collect();
        let properties: Map<String, Value> = fields.split_whitespace().filter_map(field).collect();
        let mut entity = json!({ "type": "object", "properties": properties });
        if !names.is_empty() {
            entity["required"] = json!(names);
        }
        all.insert((*name).into(), entity);
    }
    all.insert("Error".into(), json!({
        "type": "object",
        "description": "`message` tells what is wrong with the request or the data, `error` what is wrong with path, parameters or token.",
        "properties": {
            "message": { "oneOf": [
                { "type": "string" },
                { "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } } },
            ] },
            "error": { "type": "string" },
            "error_description": { "type": "string" },
            "scope": { "type": "string" },
            "errors": {
                "type": "array",
                "description": "What is wrong with a document, each with the keys that lead there.",
                "items": {
                    "type": "object",
                    "properties": {
                        "path": { "type": "array", "items": { "type": "string" } },
                        "message": { "type": "string" },
                    },
                    "required": ["path", "message"],
                },
            },
        },
    }));
    Value::Object(all)
}

fn field(text: &str) -> Option<(String, Value)> {
    let (name, kind) = text.split_once(':')?;
    let nullable = kind.ends_with('?');
    let kind = kind.trim_end_matches('?');
    let mut schema = json!({ "type": kind });
    if kind == "array" {
        schema["items"] = json!({});
    }
    if nullable {
        schema["nullable"] = true.into();
    }
    Some((name.to_owned(), schema))
}

/// All that a route answers, by status.
pub(super) fn responses(route: &Route) -> Value {
    let mut all = Map::new();
    let success = route.success;
    let mut well = json!({ "description": reason(success) });
    if let Some(schema) = schema(route) {
        well["content"] = json!({ "application/json": { "schema": schema } });
    } else if success != StatusCode::NO_CONTENT {
        well["content"] = json!({ "text/plain": { "schema": { "type": "string" } } });
    }
    all.insert(success.as_u16().to_string(), well);
    let has_body = matches!(route.method, Method::POST | Method::PUT | Method::PATCH);
    let common = refusals(route.needs != Needs::Nothing, has_body);
    for status in common.iter().chain(route.refusals) {
        let code = status.as_u16().to_string();
        let shared = json!({ "$ref": format!("#/components/responses/{code}") });
        all.insert(code, shared);
    }
    Value::Object(all)
}

/// Every refusal by its status, for the document's components.
pub(super) fn shared_refusals(routes: &[Arc<Route>]) -> Value {
    let of_routes = routes.iter().flat_map(|route| route.refusals);
    let all: BTreeSet<StatusCode> = refusals(true, true)
        .into_iter()
        .chain(of_routes.copied())
        .collect();
    let all = all
        .into_iter()
        .map(|status| (status.as_u16().to_string(), refusal(status)));
    Value::Object(all.collect())
}

/// The statuses that any route may refuse with.
fn refusals(of_token: bool, has_body: bool) -> Vec<StatusCode> {
    let mut all = vec![StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND];
    if of_token {
        all.extend([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN]);
    }
    if has_body {
        all.extend([
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ]);
    }
    all.push(StatusCode::TOO_MANY_REQUESTS);
    all.push(StatusCode::SERVICE_UNAVAILABLE);
    all.sort();
    all
}

fn refusal(status: StatusCode) -> Value {
    let mut content = json!({
        "application/json": { "schema": { "$ref": "#/components/schemas/Error" } },
    });
    let description = match status {
        StatusCode::BAD_REQUEST => {
            // Bytes that are no text are refused in plain text.
            content["text/plain"] = json!({ "schema": { "type": "string" } });
            "A parameter is missing or wrong"
        }
        StatusCode::UNAUTHORIZED => "No token, or one that is not good",
        StatusCode::FORBIDDEN => "Not allowed to this user or token",
        StatusCode::NOT_FOUND => "Not there, or not to be seen",
        StatusCode::TOO_MANY_REQUESTS => "Asked too often; see Retry-After",
        StatusCode::SERVICE_UNAVAILABLE => "The store cannot be used just now; see Retry-After",
        other => reason(other),
    };
    json!({ "description": description, "content": content })
}

fn schema(route: &Route) -> Option<Value> {
    if route.success == StatusCode::NO_CONTENT {
        return None;
    }
    let name = match route.method {
        Method::DELETE => "Message",
        _ => answer(&route.path)?,
    };
    let one = name.trim_matches(['[', ']']);
    let entity = json!({ "$ref": format!("#/components/schemas/{one}") });
    Some(if name != one && route.method == Method::GET {
        json!({ "type": "array", "items": entity })
    } else {
        entity
    })
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Success")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_apis_says_what_it_answers_with_an_entity_that_is_there() {
        let components = components();
        for route in crate::api::routes() {
            if route.alias || route.success == StatusCode::NO_CONTENT {
                continue;
            }
            let schema = schema(&route);
            let route_name = format!("{} {}", route.method, route.path);
            let text = schema
                .unwrap_or_else(|| panic!("{route_name} has no answer"))
                .to_string();
            let name = text
                .split("schemas/")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            assert!(components[name].is_object(), "{route_name}: {name}");
        }
    }

    #[test]
    fn the_longest_end_of_a_path_counts() {
        for (path, wanted) in [
            ("/api/v4/projects/{id}", "Project"),
            ("/api/v4/groups/{id}/projects", "[Project]"),
            ("/api/v4/groups/{id}/members/all", "[Member]"),
            ("/api/v4/projects/{id}/services/jira", "Integration"),
            ("/api/v4/users/{user_id}/personal_access_tokens", "Token"),
        ] {
            assert_eq!(answer(path), Some(wanted), "{path}");
        }
        assert_eq!(answer("/-/health"), None);
    }
}
