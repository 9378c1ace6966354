//! Text that names issues: what `POST /api/v4/markdown` makes of it, and the trackers behind it.

use crate::harness::{Server, TOKEN, push, sha};
use outbound::Method;
use serde_json::{Value, json};

const TRACKER: &str = "custom-issue-tracker";

fn tracker() -> Value {
    json!({
        "project_url": "https://issues.test/shop",
        "issues_url": "https://issues.test/shop/:id",
        "new_issue_url": "https://issues.test/shop/new",
    })
}

async fn html(server: &Server, body: Value) -> String {
    let answer = server
        .call(Method::Post, "/api/v4/markdown", Some(body))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json().unwrap()["html"].as_str().unwrap().to_owned()
}

async fn in_project(server: &Server, text: &str) -> String {
    html(
        server,
        json!({"text": text, "gfm": true, "project": "group/p"}),
    )
    .await
}

/// What an answer refuses, whichever of GitLab's two shapes it has.
async fn refused(server: &Server, method: Method, path: &str, body: Value) -> (u16, String) {
    let answer = server.call(method, path, Some(body)).await;
    let said = answer.json().unwrap();
    let said = said["message"].as_str().or(said["error"].as_str());
    (answer.status, said.unwrap_or_default().to_owned())
}

fn link(id: &str, address: &str, title: &str, text: &str) -> String {
    format!(
        r#"<a href="{address}" data-project="PROJECT" data-external-issue="{id}" data-container="body" data-placement="top" data-reference-type="external_issue" title="Issue in {title}" class="gfm gfm-issue has-tooltip">{text}</a>"#
    )
}

#[tokio::test]
async fn a_custom_tracker_is_set_up_and_its_issues_are_linked() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let base = format!("/api/v4/projects/{project}/integrations");
    let path = format!("{base}/{TRACKER}");
    let with = |name: &str, value: &str| {
        let mut body = tracker();
        body[name] = value.into();
        body
    };
    for (body, words) in [
        (
            json!({}),
            "project_url is missing, issues_url is missing, new_issue_url is missing",
        ),
        (
            with("issues_url", "https://issues.test/shop"),
            ":issues_url=>[\"must contain :id",
        ),
        (
            with("issues_url", "http://10.0.0.1/:id"),
            ":issues_url=>[\"is blocked: ",
        ),
        (
            with("project_url", "http://192.168.0.1"),
            ":project_url=>[\"is blocked: ",
        ),
        (
            with("new_issue_url", "ftp://issues.test"),
            ":new_issue_url=>[\"is blocked: ",
        ),
        (
            with("new_issue_url", ""),
            ":new_issue_url=>[\"can't be blank\"]",
        ),
    ] {
        let (status, said) = refused(&server, Method::Put, &path, body).await;
        assert_eq!(status, 400, "{said}");
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(
        in_project(&server, "#143").await,
        "<p dir=\"auto\">#143</p>"
    );

    let saved = server.put(&path, tracker()).await;
    assert_eq!(
        (&saved["title"], &saved["active"]),
        (&json!("Custom issue tracker"), &json!(true))
    );
    assert_eq!(saved["properties"], tracker());
    let to = |text: &str| {
        let link = link(
            "143",
            "https://issues.test/shop/143",
            "Custom issue tracker",
            text,
        );
        link.replace("PROJECT", &project.to_string())
    };
    assert_eq!(
        in_project(&server, "See #143, API_32-143 and `#143`.").await,
        format!(
            "<p dir=\"auto\">See {}, {} and <code>#143</code>.</p>",
            to("#143"),
            to("API_32-143")
        )
    );
}

/// Every tracker that has an entry of its own, with the text that names an issue, and its id.
const TRACKERS: [(&str, &str, &str, &str); 7] = [
    ("bugzilla", "Bugzilla", "BUG-143", "143"),
    ("redmine", "Redmine", "#143", "143"),
    ("ewm", "EWM", "Work item 143", "143"),
    ("youtrack", "JetBrains YouTrack", "shop-143", "shop-143"),
    ("clickup", "ClickUp", "CU-8abc", "8abc"),
    ("phorge", "Phorge", "T143", "T143"),
    ("linear", "Linear", "SHO-143", "SHO-143"),
];

#[tokio::test]
async fn every_tracker_links_what_names_its_issues() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    for (slug, title, name, id) in TRACKERS {
        let path = format!("/api/v4/projects/{project}/integrations/{slug}");
        let mut settings = tracker();
        settings["workspace_url"] = json!("https://linear.app/shop/");
        let saved = server.put(&path, settings).await;
        assert_eq!(saved["title"], json!(title));
        let address = if slug == "linear" {
            format!("https://linear.app/shop/issue/{id}")
        } else {
            format!("https://issues.test/shop/{id}")
        };
        let link = link(id, &address, title, name).replace("PROJECT", &project.to_string());
        assert_eq!(
            in_project(
                &server,
                &format!("See {name}, not `{name}` or [it](/{id}).")
            )
            .await,
            format!(
                "<p dir=\"auto\">See {link}, not <code>{name}</code> or <a href=\"/{id}\">it</a>.</p>"
            ),
        );
        let switched_off = server.call(Method::Delete, &path, Some(json!({}))).await;
        assert_eq!(switched_off.status, 204, "{slug}");
        let plain = in_project(&server, name).await;
        assert_eq!(plain, format!("<p dir=\"auto\">{name}</p>"));
    }
}

#[tokio::test]
async fn a_project_has_one_tracker_at_a_time() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let base = format!("/api/v4/projects/{project}/integrations");
    let path = format!("{base}/{TRACKER}");
    server.put(&path, tracker()).await;
    let jira = json!({"url": "https://jira.test", "username": "u", "password": "p"});
    let (status, said) = refused(&server, Method::Put, &format!("{base}/jira"), jira.clone()).await;
    assert_eq!(status, 400);
    assert!(said.contains(
        ":base=>[\"Another issue tracker is already in use. Only one issue tracker service can be active at a time\"]"
    ), "{said}");
    let switched_off = server.call(Method::Delete, &path, Some(json!({}))).await;
    assert_eq!(switched_off.status, 204);
    server.put(&format!("{base}/jira"), jira).await;
    assert_eq!(
        in_project(&server, "#143").await,
        "<p dir=\"auto\">#143</p>"
    );
    let (status, _) = refused(&server, Method::Put, &path, tracker()).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn jiras_keys_are_linked_by_its_own_pattern() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    let mut jira =
        json!({"url": "https://jira.test/ctx/?team=1", "username": "u", "password": "p"});
    server.put(&path, jira.clone()).await;
    let to = |text: &str| {
        let link = link(
            "AB-1",
            "https://jira.test/ctx/browse/AB-1?team=1",
            "Jira issues",
            text,
        );
        link.replace("PROJECT", &project.to_string())
    };
    assert_eq!(
        in_project(&server, "AB-1 [x](/AB-2) #1").await,
        format!(
            "<p dir=\"auto\">{} <a href=\"/AB-2\">x</a> #1</p>",
            to("AB-1")
        )
    );
    assert_eq!(
        in_project(&server, "[why](AB-1)").await,
        format!("<p dir=\"auto\">{}</p>", to("why"))
    );
    jira["jira_issue_prefix"] = json!("J:");
    server.put(&path, jira).await;
    assert_eq!(
        in_project(&server, "AB-1 J:AB-1").await,
        format!("<p dir=\"auto\">AB-1 {}</p>", to("J:AB-1"))
    );
}

#[tokio::test]
async fn an_issue_of_the_host_wins_once_an_event_told_of_it() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    server
        .put(
            &format!("/api/v4/projects/{project}/integrations/{TRACKER}"),
            tracker(),
        )
        .await;
    let issue = |title: &str| {
        json!({
            "object_kind": "issue", "event_type": "issue",
            "object_attributes": {"iid": 143, "title": title, "url": "https://git.test/group/p/-/issues/143"},
        })
    };
    for (key, event) in [
        ("1", issue("First")),
        ("2", issue("Second")),
        ("3", push("main", &sha(1), "no issue")),
    ] {
        assert_eq!(server.hook("group/p", &event, key).await.status, 202);
    }
    let text = in_project(&server, "#143 #144 API-143").await;
    let own = format!(
        r#"<a href="https://git.test/group/p/-/issues/143" data-project="{project}" data-iid="143" data-container="body" data-placement="top" data-reference-type="issue" title="Second" class="gfm gfm-issue has-tooltip">#143</a>"#
    );
    assert!(text.contains(&own), "{text}");
    for (number, name) in [("144", "#144"), ("143", "API-143")] {
        let external = link(
            number,
            &format!("https://issues.test/shop/{number}"),
            "Custom issue tracker",
            name,
        );
        let external = external.replace("PROJECT", &project.to_string());
        assert!(text.contains(&external), "{text}");
    }
}

#[tokio::test]
async fn who_may_ask_for_what() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    server
        .put(
            &format!("/api/v4/projects/{project}/integrations/{TRACKER}"),
            tracker(),
        )
        .await;
    let path = "/api/v4/markdown";
    assert_eq!(
        refused(&server, Method::Post, path, json!({})).await,
        (400, "text is missing".into())
    );
    assert_eq!(
        refused(
            &server,
            Method::Post,
            path,
            json!({"text": "a", "project": "group/none"})
        )
        .await,
        (404, "404 Project Not Found".into())
    );
    let large = json!({"text": "a".repeat(1024 * 1024)});
    assert_eq!(refused(&server, Method::Post, path, large).await.0, 413);
    let nobody = server
        .call_as("wrong", Method::Post, path, Some(json!({"text": "a"})))
        .await;
    assert_eq!(nobody.status, 401);

    // without `gfm`, and without a project, no text refers to anything
    assert_eq!(
        html(&server, json!({"text": "#1 *a*", "project": "group/p"})).await,
        "<p>#1 <em>a</em></p>"
    );
    assert_eq!(
        html(&server, json!({"text": "#1", "gfm": true})).await,
        "<p dir=\"auto\">#1</p>"
    );

    // a stranger does not see the project; a token that only reads is enough
    let user = json!({"username": "ada", "name": "Ada", "email": "ada@git.test", "password": "a long password"});
    let user = server.post("/api/v4/users", user).await["id"].clone();
    let tokens = format!("/api/v4/users/{user}/personal_access_tokens");
    let token = json!({"name": "t", "scopes": ["read_api"]});
    let token = server.post(&tokens, token).await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_ne!(token, TOKEN);
    let ask = |project: Option<&str>| json!({"text": "#1", "gfm": true, "project": project});
    let plain = server
        .call_as(&token, Method::Post, path, Some(ask(None)))
        .await;
    assert_eq!(plain.status, 201, "{}", plain.body);
    let hidden = server
        .call_as(&token, Method::Post, path, Some(ask(Some("group/p"))))
        .await;
    assert_eq!(hidden.status, 404, "{}", hidden.body);
}
