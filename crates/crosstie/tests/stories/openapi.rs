//! The API is what its OpenAPI document says: schemathesis, unmodified, asks every operation.

use crate::clients::python;
use crate::harness::{Server, Stand, TOKEN, push, sha};
use sandbox::jira::Flavour;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// What the answers are held against.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Operations that would take away what the others need (the token, the group, the project), and
/// those of all integrations but one: they are made from one declaration.
const LEFT_OUT: &str = "Rotate$|^delete.*PersonalAccessTokens|^deleteApiV4(Projects|Groups)Id$|(Integrations|Services)(?!Jira$|Slug)[A-Z]";

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_what_its_document_says() {
    let Some(python) = python() else { return };
    let server = Server::start();
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    let told = server
        .hook("group/p", &push("work", &sha(1), "AB-1"), "1")
        .await;
    let event = told.json().unwrap()["event_id"].clone();
    let delivery = server.settled(project, 1).await[0]["id"].clone();
    let group = server.get("/api/v4/groups").await[0]["id"].clone();

    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("schemathesis.toml");
    std::fs::write(
        &settings,
        parameters(&json!(project), &group, &event, &delivery),
    )
    .unwrap();
    let mut run = Command::new(Path::new(&python).with_file_name("st"));
    run.current_dir(folder.path())
        .arg("--config-file")
        .arg(&settings)
        .args(["run", &format!("{}/-/openapi.json", server.url)])
        .args(["--header", &format!("PRIVATE-TOKEN: {TOKEN}")])
        .args(["--phases", "coverage,fuzzing", "--checks", CHECKS])
        .args(["--max-examples", "4", "--seed", "1", "--no-shrink"])
        .args(["--continue-on-failure", "--workers", "1"])
        .args(["--exclude-operation-id-regex", LEFT_OUT]);
    let output = run.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // It has asked with a good token to the end, of a project that is there.
    server.get("/api/v4/user").await;
    server.get(&format!("/api/v4/projects/{project}")).await;
    assert!(!server.log().contains("status=5"), "{}", server.log());
}

/// Names in paths that lead somewhere.
fn parameters(project: &Value, group: &Value, event: &Value, delivery: &Value) -> String {
    format!(
        "[parameters]
\"path.slug\" = \"jira\"
\"path.user_id\" = 1
\"path.event_id\" = {event}
\"path.delivery_id\" = {delivery}

[[operations]]
include-path-regex = \"/projects/\"
parameters = {{ \"path.id\" = {project} }}

[[operations]]
include-path-regex = \"/groups/\"
parameters = {{ \"path.id\" = {group} }}
"
    )
}
