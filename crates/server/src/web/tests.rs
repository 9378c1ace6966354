//! The pages as browsers see them: requests to the real router.

mod commit;
mod pages;
mod sign_in;

use crate::password;
use crate::testing::{Answer, Bench, ROOT};
use axum::body::Body;
use http::Request;
use http::header::{COOKIE, HOST};
use model::Secret;
use model::id::UserId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use store::identity;
use url::form_urlencoded;

/// Everybody's password.
const PASSWORD: &str = "correct horse";

/// A browser: it keeps cookies, and follows nothing by itself.
struct Browser<'a> {
    bench: &'a Bench,
    cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    fn new(bench: &'a Bench) -> Self {
        Self {
            bench,
            cookies: BTreeMap::new(),
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.send("POST", path, Some(body)).await
    }

    async fn send(&mut self, method: &str, path: &str, form: Option<String>) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "ties.example")
            .header(COOKIE, cookies.join("; "))
            .body(Body::from(form.unwrap_or_default()))
            .unwrap();
        let answer = self.bench.send(request).await;
        for set in answer.headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Fills in the sign-in form.
    async fn try_password(&mut self, name: &str, password: &str, return_to: &str) -> Answer {
        let form = self.get("/users/sign_in").await.is(200);
        let token = form_token(&form);
        let fields = [
            ("authenticity_token", token.as_str()),
            ("return_to", return_to),
            ("user[login]", name),
            ("user[password]", password),
        ];
        self.post("/users/sign_in", &fields).await
    }

    async fn sign_in(&mut self, name: &str) {
        self.try_password(name, PASSWORD, "").await.is(303);
    }
}

/// The token in a page's form.
#[track_caller]
fn form_token(page: &Answer) -> String {
    let (_, rest) = page
        .text
        .split_once(r#"name="authenticity_token" value=""#)
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Gives a user the password that is looked at quickly.
async fn set_password(bench: &Bench, user_id: UserId) {
    let few = NonZeroU32::new(10).unwrap();
    let hash = password::hash_with(b"salt", few, &Secret::new(PASSWORD));
    let work = bench
        .app
        .store
        .write(move |sql| identity::set_password(sql, user_id, &hash));
    work.await.unwrap();
}

/// A server with `root`, and `ann` who is a member of nothing; both have the password.
async fn house() -> Bench {
    let bench = Bench::start().await;
    let ann = bench.user("ann", "glpat-ann").await;
    set_password(&bench, UserId(ann)).await;
    let root = bench.get("/user", ROOT).await.id();
    set_password(&bench, UserId(root)).await;
    bench
}

/// Makes `tools/NAME` of that visibility with a bare repository as its source.
async fn project(bench: &Bench, name: &str, visibility: &str) -> i64 {
    let groups = bench.get("/groups?search=tools", ROOT).await;
    let group = if let Some(group) = groups.body.as_array().unwrap().first() {
        group["id"].as_i64().unwrap()
    } else {
        let body = json!({ "name": "Tools", "path": "tools", "visibility": "public" });
        bench.post("/groups", ROOT, &body).await.is(201).id()
    };
    let body = json!({ "path": name, "namespace_id": group, "visibility": visibility });
    let id = bench.post("/projects", ROOT, &body).await.is(201).id();
    let source = json!({ "kind": "git", "secret": "hook" });
    let request = Request::put(format!("/api/crosstie/v1/projects/{id}/source"))
        .header("private-token", ROOT)
        .header("content-type", "application/json")
        .body(Body::from(source.to_string()))
        .unwrap();
    bench.send(request).await.is(200);
    id
}

/// Hands over a push of these commits.
async fn push(bench: &Bench, project: i64, branch: &str, commits: &[Value]) -> i64 {
    let body = json!({
        "object_kind": "push", "ref": format!("refs/heads/{branch}"), "user_name": "Grace",
        "before": "1".repeat(40), "after": "2".repeat(40), "commits": commits,
    });
    let request = Request::post(format!("/hooks/{project}"))
        .header("x-gitlab-token", "hook")
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = bench.send(request).await.is(202);
    answer.body["event_id"].as_i64().unwrap()
}

fn sha(letter: char) -> String {
    letter.to_string().repeat(40)
}
