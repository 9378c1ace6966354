//! The intake of events. It is described by hand: what it takes is the sender's own form, known by
//! its headers, and no list of parameters.

use http::StatusCode;
use serde_json::{Map, Value, json};

/// The two addresses that events are sent to.
pub(super) fn paths() -> Map<String, Value> {
    let project = json!({
        "name": "project", "in": "path", "required": true,
        "description": "Id or full path of the project.",
        "schema": { "type": "string" },
    });
    let of_project = operation(
        "postHooksProject",
        "Take an event of a project",
        "The secret is that of the project's source.",
        &[project],
    );
    let of_all = operation(
        "postHooks",
        "Take an event of a system-wide hook",
        "The event names its project; the secret is the instance's.",
        &[],
    );
    [("/hooks/{project}", of_project), ("/hooks", of_all)]
        .into_iter()
        .map(|(path, operation)| (path.to_owned(), json!({ "post": operation })))
        .collect()
}

/// What proves where an event comes from.
pub(super) fn security_scheme() -> Value {
    json!({ "type": "apiKey", "in": "header", "name": "X-Gitlab-Token" })
}

fn operation(id: &str, summary: &str, description: &str, in_path: &[Value]) -> Value {
    let header = |name: &str, description: &str| json!({ "name": name, "in": "header", "description": description, "schema": { "type": "string" } });
    let mut parameters = in_path.to_vec();
    parameters.extend([
        header("X-Gitlab-Event", "What kind of event it is."),
        header(
            "Idempotency-Key",
            "The sender's own id of this delivery: a repeat is not delivered again.",
        ),
    ]);
    let stored = |description: &str| {
        json!({
            "description": description,
            "content": { "application/json": { "schema": {
                "type": "object",
                "properties": {
                    "event_id": {
                        "type": "integer",
                        "nullable": true,
                        "description": "Id of the first event; null when the request carries none.",
                    },
                    "event_ids": {
                        "type": "array",
                        "items": { "type": "integer" },
                        "description": "Ids of all events, when the request carries several.",
                    },
                },
                "required": ["event_id"],
            } } },
        })
    };
    let mut responses = Map::new();
    responses.insert(
        "200".into(),
        stored("A duplicate, which was stored before, or a request without events."),
    );
    responses.insert("202".into(), stored("The event is on disk."));
    for refusal in REFUSALS {
        let code = refusal.as_u16().to_string();
        let shared = json!({ "$ref": format!("#/components/responses/{code}") });
        responses.insert(code, shared);
    }
    json!({
        "operationId": id,
        "summary": summary,
        "description": description,
        "tags": ["events"],
        "parameters": parameters,
        "requestBody": {
            "required": true,
            "description": "The event, in the form of GitLab's webhooks.",
            "content": { "application/json": { "schema": { "type": "object" } } },
        },
        "responses": responses,
        "security": [{ "hookToken": [] }],
    })
}

const REFUSALS: [StatusCode; 6] = [
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::NOT_FOUND,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::SERVICE_UNAVAILABLE,
];
