//! What the site says of itself and of the account.

use super::answer::json_answer;
use super::call::Call;
use super::time::time;
use crate::jira::product::Flavour;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

pub(super) fn server_info(call: &Call) -> Response {
    let (kind, version, numbers, build) = match call.api.jira.flavour() {
        Flavour::Server => ("Server", "9.12.0", [9, 12, 0], 912_000),
        Flavour::Cloud => ("Cloud", "1001.0.0-SNAPSHOT", [1001, 0, 0], 100_000),
    };
    let info = json!({
        "baseUrl": call.site,
        "version": version,
        "versionNumbers": numbers,
        "deploymentType": kind,
        "buildNumber": build,
        "buildDate": "2024-01-01T00:00:00.000+0000",
        "serverTime": time(call.now()),
        "scmInfo": "0000000000000000000000000000000000000000",
        "serverTitle": "Stand-in of Jira",
    });
    json_answer(StatusCode::OK, &info)
}

pub(super) fn myself(call: &Call) -> Response {
    let mut user = user(call);
    let more = json!({
        "locale": "en_US",
        "groups": {"size": 0, "items": []},
        "applicationRoles": {"size": 0, "items": []},
        "expand": "groups,applicationRoles",
    });
    if let Value::Object(more) = more {
        user.extend(more);
    }
    json_answer(StatusCode::OK, &user.into())
}

/// The account as a person; Cloud knows people by an id that says nothing, Server by name.
pub(super) fn user(call: &Call) -> Map<String, Value> {
    let base = call.base();
    let name = &call.api.jira.account().username;
    let short = name.split('@').next().unwrap_or_default();
    let mail = if name.contains('@') {
        name.clone()
    } else {
        format!("{name}@example.com")
    };
    let user = match call.api.jira.flavour() {
        Flavour::Server => json!({
            "self": format!("{base}/user?username={short}"),
            "name": name,
            "key": "JIRAUSER10000",
            "emailAddress": mail,
        }),
        Flavour::Cloud => json!({
            "self": format!("{base}/user?accountId={ACCOUNT_ID}"),
            "accountId": ACCOUNT_ID,
            "accountType": "atlassian",
            "emailAddress": mail,
        }),
    };
    let mut user = match user {
        Value::Object(user) => user,
        _ => Map::new(),
    };
    user.insert("avatarUrls".into(), json!({}));
    user.insert("displayName".into(), short.into());
    user.insert("active".into(), true.into());
    user.insert("timeZone".into(), "UTC".into());
    user
}

const ACCOUNT_ID: &str = "712020:00000000-0000-4000-8000-000000000001";
