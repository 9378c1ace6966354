//! The API is what its OpenAPI document says: schemathesis, unmodified, asks every operation.

use crate::clients::python;
use crate::harness::{Server, Stand, TOKEN, push, sha};
use sandbox::jira::Flavour;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// What the answers are held against.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// Operations that would take away what the others need: the token, the group, the project.
const LEFT_OUT: &str = "Rotate$|^delete.*PersonalAccessTokens|^deleteApiV4(Projects|Groups)Id$";
/// Those of one integration, but Jira's: they are made from one declaration. Projects' are asked in a
/// run of their own; groups and the instance have the same.
const OF_OTHERS: &str = "Integrations(?!Jira$|Slug)[A-Z]";
const OF_PROJECTS: &str = "ApiV4ProjectsIdIntegrations(?!Jira$|Slug)[A-Z]";

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_what_its_document_says() {
    let left_out = format!("{LEFT_OUT}|{OF_OTHERS}");
    asked(&[
        "--exclude-operation-id-regex",
        &left_out,
        "--phases",
        "coverage,fuzzing",
        "--max-examples",
        "4",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_integration_is_what_its_document_says() {
    // All cases of all of them would take a minute, and are made from the declaration of Jira's too.
    asked(&[
        "--include-operation-id-regex",
        OF_PROJECTS,
        "--phases",
        "fuzzing",
        "--max-examples",
        "5",
    ])
    .await;
}

/// Asks these operations of a server where there is something of everything.
async fn asked(which: &[&str]) {
    let Some(python) = python() else { return };
    // A refusal for the number of requests would hide what is behind it.
    let server = Server::start_with(&[("CROSSTIE_RATE_LIMIT_API", "0")]);
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
        .args(["--checks", CHECKS])
        .args(["--seed", "1", "--no-shrink"])
        .args(["--continue-on-failure", "--workers", "1"])
        .args(which);
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
