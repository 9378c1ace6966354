//! go-gitlab and Terraform's provider, which do not install here: the requests they make, and what
//! they must find in the answers, are written down in the folder `recorded` and replayed.

use super::server;
use crate::harness::{Server, TOKEN};
use jiff::Timestamp;
use outbound::{Answer, Method, Request};
use serde::Deserialize;
use serde_json::{Map, Value, json};

type Fields = Map<String, Value>;

/// What a client does.
#[derive(Deserialize)]
struct Recording {
    /// the keys of an integration that it decodes, and the type of each
    entity: Map<String, Value>,
    integrations: Vec<Recorded>,
}

/// What a client does with an integration.
#[derive(Deserialize)]
struct Recorded {
    /// below the project or the group
    path: String,
    /// sets it up
    send: Fields,
    /// changes it; what is not in it stays
    #[serde(default)]
    then: Fields,
    /// the properties that it decodes, and the type of each
    #[serde(default)]
    types: Map<String, Value>,
    /// what may not be read back
    #[serde(default)]
    hidden: Vec<String>,
    /// what is sent and not taken, and so not read back
    #[serde(default)]
    ignored: Vec<String>,
    /// whether the client does the same for groups
    #[serde(default)]
    of_groups: bool,
    /// how it is refused, if it is
    status: Option<u16>,
    #[serde(default)]
    says: String,
}

/// A client that talks to a server, with the token where it puts it.
struct Client {
    server: Server,
    token: (&'static str, String),
}

impl Client {
    async fn call(&self, method: Method, path: &str, body: Option<&Fields>) -> Answer {
        let mut request = Request::new(method, format!("{}/api/v4/{path}", self.server.url));
        request.headers.push(self.token.clone());
        if let Some(body) = body {
            request = request.json(&Value::Object(body.clone()));
        }
        self.server.send(request).await
    }

    /// The answer's body, which came with that status.
    async fn get(&self, path: &str) -> Value {
        self.said(200, Method::Get, path, None).await
    }

    async fn said(&self, status: u16, method: Method, path: &str, body: Option<&Fields>) -> Value {
        let name = method.name();
        let answer = self.call(method, path, body).await;
        assert_eq!(answer.status, status, "{name} {path}: {}", answer.body);
        if status == 204 {
            assert_eq!(answer.body, "", "{name} {path}");
            return Value::Null;
        }
        let content_type = answer.header("content-type");
        assert_eq!(content_type, Some("application/json"), "{name} {path}");
        answer.json().unwrap()
    }
}

impl Recording {
    /// That the client can decode an answer, and that what it has sent is there.
    fn check(&self, recorded: &Recorded, got: &Value, sent: &Fields) {
        let path = &recorded.path;
        self.decode(path, got);
        let properties = &got["properties"];
        assert!(properties.is_object(), "{path}: {got}");
        for (name, kind) in &recorded.types {
            is_of(path, name, &properties[name], kind);
        }
        assert_eq!(got["active"], true, "{path}");
        for (name, value) in sent {
            let found = got.get(name).or_else(|| properties.get(name));
            if recorded.hidden.contains(name) {
                assert_eq!(found, None, "{path}: {name} is read back");
            } else if !recorded.ignored.contains(name) {
                assert!(
                    reads_as(value, found),
                    "{path}: {name} is {found:?}, not {value}"
                );
            }
        }
    }

    fn decode(&self, path: &str, got: &Value) {
        for (name, kind) in &self.entity {
            is_of(path, name, &got[name], kind);
        }
        let slug = path.rsplit('/').next();
        assert_eq!(got["slug"].as_str(), slug, "{path}");
        assert!(got["created_at"].is_string() && got["updated_at"].is_string());
    }
}

/// That a value is of a type that the client decodes; nothing and null it always takes.
fn is_of(path: &str, name: &str, value: &Value, kind: &Value) {
    let fits = match kind.as_str().unwrap() {
        "text" => value.is_string(),
        "flag" => value.is_boolean(),
        "number" => value.is_i64(),
        "texts" => value
            .as_array()
            .is_some_and(|list| list.iter().all(Value::is_string)),
        "time" => value
            .as_str()
            .is_some_and(|text| text.parse::<Timestamp>().is_ok()),
        other => panic!("{path}: {name} is of no type {other}"),
    };
    assert!(fits || value.is_null(), "{path}: {name} is {value}");
}

/// Whether what is found reads as what was sent. To Go null is a blank text, and blank entries of a
/// list are dropped.
fn reads_as(sent: &Value, found: Option<&Value>) -> bool {
    let blank = *sent == "" && found == Some(&Value::Null);
    let blank_list = *sent == json!([""]) && found == Some(&json!([]));
    blank || blank_list || found == Some(sent)
}

/// What holds after a change.
fn changed(recorded: &Recorded) -> Fields {
    let mut all = recorded.send.clone();
    all.extend(recorded.then.clone());
    all
}

/// How the client is refused: with an error that it finds the words of.
async fn refused(client: &Client, project: &str, recorded: &Recorded, status: u16) {
    let path = format!("{project}/{}", recorded.path);
    let body = Some(&recorded.send);
    let answer = client.said(status, Method::Put, &path, body).await;
    let words = answer["message"].as_str().or(answer["error"].as_str());
    assert!(words.unwrap().contains(&recorded.says), "{path}: {answer}");
}

#[tokio::test]
async fn go_gitlab_is_answered_as_it_expects() {
    let recording: Recording =
        serde_json::from_str(include_str!("recorded/go_gitlab.json")).unwrap();
    let server = server();
    let project = format!("projects/{}", server.project("p", "gitlab").await);
    let mut client = Client {
        server,
        token: ("private-token", TOKEN.into()),
    };
    for recorded in &recording.integrations {
        let path = format!("{project}/{}", recorded.path);
        if let Some(status) = recorded.status {
            refused(&client, &project, recorded, status).await;
            continue;
        }
        client.said(404, Method::Get, &path, None).await;
        let sent = [recorded.send.clone(), changed(recorded)];
        for (body, wanted) in [&recorded.send, &recorded.then].into_iter().zip(sent) {
            if !body.is_empty() {
                let answer = client.said(200, Method::Put, &path, Some(body)).await;
                recording.check(recorded, &answer, &wanted);
                recording.check(recorded, &client.get(&path).await, &wanted);
            }
        }
        let list = client.get(&format!("{project}/services")).await;
        assert_eq!(list.as_array().map(Vec::len), Some(1), "{path}: {list}");
        recording.decode(&recorded.path, &list[0]);
        client.said(204, Method::Delete, &path, None).await;
        let off = client.get(&path).await;
        recording.decode(&recorded.path, &off);
        assert_eq!(off["active"], false, "{path}");
        assert_eq!(
            client.get(&format!("{project}/services")).await,
            Value::Array(Vec::new())
        );
    }
    let unknown = format!("{project}/services/flowdock");
    client.said(400, Method::Get, &unknown, None).await;
    client.token.1 = "wrong".into();
    client.said(401, Method::Get, &project, None).await;
}

/// A resource from its creation to its end: always the full set, always read after it was written.
async fn lifecycle(client: &Client, recording: &Recording, recorded: &Recorded, path: &str) {
    client.said(404, Method::Get, path, None).await;
    let sent = [recorded.send.clone(), changed(recorded)];
    for (body, wanted) in [&recorded.send, &recorded.then].into_iter().zip(sent) {
        client.said(200, Method::Put, path, Some(body)).await;
        let read = client.get(path).await;
        recording.check(recorded, &read, &wanted);
        assert_eq!(client.get(path).await, read, "nothing drifts");
    }
    client.said(204, Method::Delete, path, None).await;
    assert_eq!(client.get(path).await["active"], false, "{path}");
}

#[tokio::test]
async fn terraform_is_answered_as_it_expects() {
    let recording: Recording =
        serde_json::from_str(include_str!("recorded/terraform.json")).unwrap();
    let server = server();
    let project = format!("projects/{}", server.project("p", "gitlab").await);
    let client = Client {
        server,
        token: ("authorization", format!("Bearer {TOKEN}")),
    };
    assert_eq!(client.get("user").await["username"], "root");
    for place in ["version", "metadata"] {
        let version = client.get(place).await["version"].clone();
        let numbers = version.as_str().unwrap().split(['.', '-']).take(3);
        let numbers = numbers.filter_map(|number| number.parse::<u32>().ok());
        assert_eq!(numbers.count(), 3, "{place}: {version}");
    }
    let mut written = Vec::new();
    for recorded in &recording.integrations {
        let path = format!("{project}/{}", recorded.path);
        lifecycle(&client, &recording, recorded, &path).await;
        written.push(path);
        if recorded.of_groups {
            let slug = recorded.path.rsplit('/').next().unwrap();
            let path = format!("groups/group/integrations/{slug}");
            lifecycle(&client, &recording, recorded, &path).await;
            written.push(path);
        }
    }
    for owner in [&project, "groups/group"] {
        client.said(202, Method::Delete, owner, None).await;
    }
    for path in written {
        client.said(404, Method::Get, &path, None).await;
    }
}
