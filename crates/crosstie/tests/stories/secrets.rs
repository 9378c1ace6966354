//! Secrets that were entered are nowhere to be read: not in logs, answers, attempts or files.

use crate::harness::{HOOK_SECRET, JIRA_PASSWORD, SYSTEM_SECRET, Server, Stand, TOKEN, push, sha};
use outbound::{Answer, Method, Request};
use sandbox::jira::{Fault, Flavour};
use serde_json::{Value, json};

const PERSONAL_TOKEN: &str = "story-personal-token";
const API_TOKEN: &str = "story-source-api-token";
const ROOT_PASSWORD: &str = "story-password";

/// `crosstie:` and Jira's password, as they go over the wire.
const BASIC: &str = "Y3Jvc3N0aWU6c3RvcnktamlyYS1wYXNzd29yZA==";

/// What nobody may find.
const SECRETS: [&str; 8] = [
    JIRA_PASSWORD,
    BASIC,
    PERSONAL_TOKEN,
    API_TOKEN,
    ROOT_PASSWORD,
    HOOK_SECRET,
    SYSTEM_SECRET,
    TOKEN,
];

fn clean(place: &str, bytes: &[u8]) {
    for secret in SECRETS {
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(
            !found,
            "{secret} is in {place}: {}",
            String::from_utf8_lossy(bytes)
        );
    }
}

/// Asks, and sees that the answer is clean.
async fn ask(server: &Server, method: Method, path: &str, body: Option<Value>) -> Answer {
    let answer = server.call(method, path, body).await;
    clean(path, answer.body.as_bytes());
    clean(path, format!("{:?}", answer.headers).as_bytes());
    answer
}

/// Everything that uses a secret, done well and done wrong.
async fn use_all(server: &Server, stand: &Stand, project: i64) {
    let own = format!("/api/crosstie/v1/projects/{project}");
    let settings = format!("/api/v4/projects/{project}/integrations/jira");
    let source = json!({"kind": "gitlab", "secret": HOOK_SECRET, "api_url": "https://git.test/api/v4", "api_token": API_TOKEN});
    ask(server, Method::Put, &format!("{own}/source"), Some(source)).await;
    let bearer = json!({"url": stand.url, "jira_auth_type": 1, "password": PERSONAL_TOKEN});
    let wrong = json!({"url": "nonsense", "username": "crosstie", "password": JIRA_PASSWORD});
    assert_eq!(
        ask(server, Method::Put, &settings, Some(wrong))
            .await
            .status,
        400
    );
    for values in [bearer, stand.settings()] {
        ask(server, Method::Put, &settings, Some(values)).await;
        for (number, trouble) in [
            Fault::None,
            Fault::Garbage,
            Fault::ServerError,
            Fault::Unauthorized,
        ]
        .into_iter()
        .enumerate()
        {
            stand.jira.set_fault(trouble);
            let event = push("work", &sha(number), "AB-1");
            let key = format!("{number}-{}", stand.jira.requests().len());
            let answer = server.hook("group/p", &event, &key).await;
            assert_eq!(answer.status, 202, "{}", answer.body);
            server.settled(project, 1).await;
            ask(
                server,
                Method::Post,
                &format!("{own}/integrations/jira/test"),
                None,
            )
            .await;
            ask(
                server,
                Method::Post,
                &format!("{own}/integrations/jira/preview"),
                None,
            )
            .await;
        }
    }
}

/// Asks for everything that can be read.
async fn read_all(server: &Server, project: i64) {
    let own = format!("/api/crosstie/v1/projects/{project}");
    let settings = format!("/api/v4/projects/{project}/integrations/jira");
    for row in server.settled(project, 4).await {
        ask(
            server,
            Method::Get,
            &format!("/api/crosstie/v1/deliveries/{}", row["id"]),
            None,
        )
        .await;
    }
    let listed = ["events", "deliveries", "source"].map(|name| format!("{own}/{name}"));
    let other = [
        &settings,
        "/api/v4/user",
        "/api/v4/personal_access_tokens",
        "/-/metrics",
        "/-/readiness",
        "/-/openapi.json",
    ];
    for path in listed.iter().map(String::as_str).chain(other) {
        assert_eq!(
            ask(server, Method::Get, path, None).await.status,
            200,
            "{path}"
        );
    }
    // Credentials in odd places: in a query, and wrong by one letter.
    ask(
        server,
        Method::Get,
        &format!("/api/v4/nothing?private_token={TOKEN}"),
        None,
    )
    .await;
    let mut request = Request::post(format!(
        "{}/hooks/group%2Fp?token={HOOK_SECRET}",
        server.url
    ));
    request
        .headers
        .push(("x-gitlab-token", format!("{HOOK_SECRET}x")));
    let answer = server.send(request).await;
    assert_eq!(answer.status, 401);
    clean("the intake's refusal", answer.body.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_entered_is_nowhere_to_be_read() {
    for format in ["text", "json"] {
        let mut server = Server::start_with(&[
            ("CROSSTIE_LOG_FORMAT", format),
            ("CROSSTIE_RETRY_SCHEDULE", "0s,1ms"),
        ]);
        let stand = Stand::start(Flavour::Server).await;
        let project = server.project("p", "gitlab").await;
        use_all(&server, &stand, project).await;
        read_all(&server, project).await;
        assert!(server.stop().success());
        assert!(server.log().contains("attempt"), "{}", server.log());
        clean("the log", server.log().as_bytes());
        for entry in std::fs::read_dir(server.data()).unwrap() {
            let path = entry.unwrap().path();
            clean(path.to_str().unwrap(), &std::fs::read(&path).unwrap());
        }
    }
}
