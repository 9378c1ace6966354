//! `crosstie apply` and `crosstie export`: settings as a file.

use crate::harness::{Server, TOKEN, binary};
use outbound::Method;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const PASSWORD: &str = "story-apply-password";
const WEBHOOK: &str = "https://hooks.slack.test/services/story-apply-webhook";

/// What the file of these stories says.
const FILE: &str = "\
instance:
  integrations:
    slack: {webhook: 'env:WEBHOOK', channel: general}
groups:
  group:
    integrations:
      jira:
        url: https://jira.test
        username: crosstie
        password: file:password
        jira_issue_prefix: 'AB-'
        commit_events: false
projects:
  group/a:
    source: {kind: git, secret: env:HOOK, web_url: https://git.test/a}
    integrations:
      jira: {inherit: true}
      slack: {active: false}
";

/// A folder to run commands in, with the file and its secrets.
struct Desk {
    folder: TempDir,
    server: String,
}

impl Desk {
    fn new(server: &Server, text: &str) -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            server: server.url.clone(),
        };
        desk.write(text);
        std::fs::write(desk.folder.path().join("password"), format!("{PASSWORD}\n")).unwrap();
        desk
    }

    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("ties.yaml"), text).unwrap();
    }

    /// Runs a command; its exit code and all that it says.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(binary())
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CROSSTIE_SERVER", &self.server)
            .env("CROSSTIE_TOKEN", TOKEN)
            .env("WEBHOOK", WEBHOOK)
            .env("HOOK", "story-apply-hook")
            .env("CROSSTIE_SLACK_WEBHOOK", WEBHOOK)
            .env("CROSSTIE_GROUP_JIRA_PASSWORD", PASSWORD)
            .env("CROSSTIE_GROUP_A_SOURCE_SECRET", "story-apply-hook")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        for secret in [PASSWORD, WEBHOOK, "story-apply-hook"] {
            assert!(!said.contains(secret), "{said}");
        }
        (output.status.code().unwrap(), said)
    }

    /// Runs a command that has to go well.
    fn well(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    }
}

async fn server_with_projects() -> Server {
    let server = Server::start();
    let group = json!({"name": "Group", "path": "group"});
    let group = server.post("/api/v4/groups", group).await;
    for name in ["a", "b"] {
        let project = json!({"name": name, "path": name, "namespace_id": group["id"]});
        server.post("/api/v4/projects", project).await;
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_shown_carried_out_once_and_taken_to_another_server() {
    let server = server_with_projects().await;
    let desk = Desk::new(&server, FILE);
    let plan = desk.well(&["apply", "ties.yaml", "--dry-run"]);
    for line in [
        "+ instance: slack",
        "    webhook: will be set",
        "    channel: \"general\"",
        "+ group group: jira",
        "    commit_events: false",
        "    inherit: true",
        "+ project group/a: source",
        "5 to add, 0 to change, 0 to remove.",
    ] {
        assert!(plan.lines().any(|shown| shown == line), "{line}: {plan}");
    }
    let detailed = ["apply", "ties.yaml", "--dry-run", "--detailed-exitcode"];
    assert_eq!(desk.run(&detailed).0, 2);
    let (code, said) = desk.run(&["apply", "ties.yaml"]);
    assert!(code == 1 && said.contains("--yes"), "{said}");
    assert_eq!(desk.well(&["export"]), "{}\n", "nothing was changed so far");

    desk.well(&["apply", "ties.yaml", "--yes"]);
    assert!(
        desk.well(&["apply", "ties.yaml"])
            .starts_with("Nothing to change")
    );
    assert_eq!(desk.run(&detailed).0, 0);
    let exported = desk.well(&["export"]);
    assert!(
        exported.contains("password: env:CROSSTIE_GROUP_JIRA_PASSWORD\n"),
        "{exported}"
    );
    let part = desk.well(&["export", "--project", "group/a"]);
    assert!(
        part.contains("inherit: true") && !part.contains("instance"),
        "{part}"
    );
    assert!(
        desk.run(&["export", "--group", "none"])
            .1
            .contains("Not Found")
    );

    desk.write(&exported);
    assert!(
        desk.well(&["apply", "ties.yaml"])
            .starts_with("Nothing to change")
    );
    let other = server_with_projects().await;
    let desk = Desk::new(&other, &exported);
    desk.well(&["apply", "ties.yaml", "--yes"]);
    assert_eq!(desk.well(&["export"]), exported);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_shown_with_old_and_new_and_what_goes_only_if_asked() {
    let server = server_with_projects().await;
    let desk = Desk::new(&server, FILE);
    desk.well(&["apply", "ties.yaml", "--yes"]);
    desk.write("groups: {group: {integrations: {jira: {url: https://jira.test, username: other, password: env:HOOK}}}}\nprojects: {group/a: {integrations: {}}}\n");
    let plan = desk.well(&["apply", "ties.yaml", "--dry-run"]);
    for line in [
        "~ group group: jira",
        "    username: \"crosstie\" → \"other\"",
        "    password: set → will be replaced",
        "    jira_issue_prefix: \"AB-\" → unset",
        "    commit_events: false → true",
        "0 to add, 1 to change, 0 to remove.",
    ] {
        assert!(plan.lines().any(|shown| shown == line), "{line}: {plan}");
    }
    let said = desk.well(&["apply", "ties.yaml", "--yes", "--prune"]);
    assert!(said.contains("- project group/a: slack"), "{said}");
    let exported = desk.well(&["export"]);
    assert!(
        exported.contains("slack:") && !exported.contains("inherit"),
        "what the file does not speak of stays: {exported}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_is_told_with_its_line_and_nothing_is_done() {
    let server = server_with_projects().await;
    let desk = Desk::new(
        &server,
        "\
instance:
  integrations:
    jira: {url: https://jira.test, username: u, password: plain}
    irk: {}
groups:
  nowhere:
    integrations: {}
projects:
  group/a:
    sauce: {}
    integrations:
      slack:
        webhook: env:STORY_NOT_SET
        push_events: perhaps
        no_such_setting: 1
  group/b:
    integrations:
      jira:
        url: nonsense
        password: env:HOOK
        jira_issue_transition_id: [1]
",
    );
    let (code, said) = desk.run(&["apply", "ties.yaml", "--yes"]);
    assert_eq!(code, 1, "{said}");
    let wanted = [
        "ties.yaml:3:59: instance.integrations.jira.password: is a secret, which does not belong",
        "ties.yaml:4:5: instance.integrations.irk: is unknown",
        "ties.yaml:6:3: groups.nowhere: there is no such group",
        "ties.yaml:10:5: projects.group/a.sauce: is unknown: there are source and integrations",
        "ties.yaml:13:18: projects.group/a.integrations.slack.webhook: the variable STORY_NOT_SET is not set",
        "ties.yaml:14:9: projects.group/a.integrations.slack.push_events: must be true or false",
        "ties.yaml:15:9: projects.group/a.integrations.slack.no_such_setting: is unknown",
        "ties.yaml:18:7: projects.group/b.integrations.jira.username: can't be blank",
        "ties.yaml:19:9: projects.group/b.integrations.jira.url: must be a valid URL",
        "ties.yaml:21:9: projects.group/b.integrations.jira.jira_issue_transition_id: must be a text",
        "crosstie: nothing was changed: 10 errors to mend",
    ];
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), wanted.len(), "{said}");
    for (line, wanted) in lines.iter().zip(wanted) {
        assert!(line.starts_with(wanted), "{wanted}\n{said}");
    }
    desk.write("a: [\n");
    let (code, said) = desk.run(&["apply", "ties.yaml"]);
    assert!(
        code == 1 && said.contains("ties.yaml:2:1: is no YAML"),
        "{said}"
    );
    assert_eq!(desk.well(&["export"]), "{}\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_spellings_are_taken_and_what_is_wrong_with_them_is_found() {
    let server = server_with_projects().await;
    let text = "\
projects:
  group/a:
    integrations:
      apple-app-store: {active: false, app_store_issuer_id: I}
      slack: {webhook: env:WEBHOOK, group_mentions_channel: '#mentions', group_mentions_events: true}
";
    let desk = Desk::new(&server, text);
    let said = desk.well(&["apply", "ties.yaml", "--yes"]);
    assert!(said.contains("    group_mention_events: true"), "{said}");
    let exported = desk.well(&["export"]);
    for line in [
        "apple_app_store:",
        "group_mention_channel: \"#mentions\"",
        "group_mention_events: true",
    ] {
        assert!(exported.contains(line), "{line}: {exported}");
    }
    assert!(
        desk.well(&["apply", "ties.yaml"])
            .starts_with("Nothing to change")
    );
    desk.write(
        "\
projects:
  group/a:
    integrations:
      apple-app-store: {active: true, app_store_issuer_id: \"a\\u202eb\"}
      slack: {webhook: env:WEBHOOK, group_mention_events: true, group_mentions_events: \"x\\u009b\"}
      apple_app_store: {active: false}
  group/b:
    integrations:
      slack: {webhook: env:WEBHOOK, \"a\\u202eb\": 1}
",
    );
    let (code, said) = desk.run(&["apply", "ties.yaml"]);
    assert_eq!(code, 1, "{said}");
    for wanted in [
        "ties.yaml:4:7: projects.group/a.integrations.apple-app-store.app_store_key_id: can't be blank",
        "ties.yaml:5:65: projects.group/a.integrations.slack.group_mentions_events: names group_mention_events a second time",
        "ties.yaml:6:7: projects.group/a.integrations.apple_app_store: names apple_app_store a second time",
        "projects.group/b.integrations.slack.a⟨U+202E⟩b: is unknown",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_has_changed_meanwhile_is_not_overwritten() {
    let server = server_with_projects().await;
    let path = "/api/crosstie/v1/apply";
    let slack = |channel: &str| json!({"projects": {"group/a": {"integrations": {"slack": {"webhook": WEBHOOK, "channel": channel}}}}});
    let dry = json!({"settings": slack("one"), "dry_run": true});
    let plan = server.post(path, dry).await;
    let fingerprint = plan["fingerprint"].clone();
    let another = server.post(path, json!({"settings": slack("two")})).await;
    assert_eq!(another["changes"][0]["action"], "add", "{another}");
    let late = json!({"settings": slack("one"), "fingerprint": fingerprint});
    let late = server.call(Method::Post, path, Some(late)).await;
    assert_eq!(late.status, 409, "{}", late.body);
    let kept = server.get("/api/crosstie/v1/export").await;
    let kept = &kept["projects"]["group/a"]["integrations"]["slack"];
    assert_eq!(kept["channel"], "two");
    assert_eq!(kept["webhook"], "env:CROSSTIE_GROUP_A_SLACK_WEBHOOK");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_apply_and_references_are_not_kept_as_secrets() {
    let server = server_with_projects().await;
    let user = json!({"username": "dev", "name": "Dev", "email": "dev@x.test", "password": "a long password"});
    let user = server.post("/api/v4/users", user).await;
    let token = format!("/api/v4/users/{}/personal_access_tokens", user["id"]);
    let token = server
        .post(&token, json!({"name": "t", "scopes": ["api"]}))
        .await;
    let token = token["token"].as_str().unwrap();
    let (apply, export) = ("/api/crosstie/v1/apply", "/api/crosstie/v1/export");
    let body = Some(json!({"settings": {}}));
    let refused = server.call_as(token, Method::Post, apply, body);
    assert_eq!(refused.await.status, 403);
    let refused = server.call_as(token, Method::Get, export, None);
    assert_eq!(refused.await.status, 403);

    let settings = json!({"instance": {"integrations": {"slack": {"webhook": "env:WEBHOOK"}}}});
    let body = Some(json!({"settings": settings}));
    let answer = server.call(Method::Post, apply, body).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let errors: Value = answer.json().unwrap()["errors"].clone();
    assert_eq!(errors[0]["path"][3], "webhook");
    assert!(
        errors[0]["message"].as_str().unwrap().contains("reference"),
        "{errors}"
    );
}
