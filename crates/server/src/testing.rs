//! A whole server on a temporary database, for tests that speak HTTP to its router.

use crate::routes::{Route, mount};
use crate::{App, Parts, Rates, router};
use axum::Router;
use axum::body::Body;
use engine::{Engine, Metrics};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use jiff::Timestamp;
use model::access::Scope;
use model::id::UserId;
use model::{Clock, Random, Secret};
use outbound::{AllowList, Limits, Outbound};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use store::identity::{self, NewToken};
use store::{Keyring, Sqlite, Store};
use tower::ServiceExt;

/// The administrator's token.
pub(crate) const ROOT: &str = "glpat-root";

/// A clock that does not run until it is set: noon of 2026-02-02 in UTC at first.
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    /// Sets it ahead.
    pub(crate) fn pass_days(&self, days: i64) {
        self.pass_seconds(days * 86_400);
    }

    /// Sets it ahead.
    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Numbers that never repeat within a test.
#[derive(Default)]
struct Counter(Mutex<u64>);

impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for byte in bytes {
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = state.to_be_bytes()[0];
        }
    }
}

/// The server under test.
pub(crate) struct Bench {
    pub(crate) app: App,
    pub(crate) clock: Arc<TestClock>,
    router: Router,
    _dir: tempfile::TempDir,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answer {
    /// A header's text; empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Fails the test unless the status is that.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails the test unless status and body are those.
    #[track_caller]
    pub(crate) fn says(self, status: u16, body: &Value) -> Self {
        assert_eq!((self.status, &self.body), (status, body));
        self
    }

    /// The id in the body.
    #[track_caller]
    pub(crate) fn id(&self) -> i64 {
        self.body["id"].as_i64().unwrap()
    }

    /// One field of every item of a list.
    #[track_caller]
    pub(crate) fn each(&self, field: &str) -> Vec<Value> {
        let items = self.body.as_array().unwrap();
        items.iter().map(|item| item[field].clone()).collect()
    }
}

impl Bench {
    /// A server with `root` and its token.
    pub(crate) async fn start() -> Self {
        Self::start_with(false, Rates::default()).await
    }

    /// The same, for developers or not.
    pub(crate) async fn start_as(for_development: bool) -> Self {
        Self::start_with(for_development, Rates::default()).await
    }

    /// The same, with these limits.
    pub(crate) async fn limited(rates: Rates) -> Self {
        Self::start_with(false, rates).await
    }

    async fn start_with(for_development: bool, rates: Rates) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(Sqlite::open(&dir.path().join("t.db")).unwrap()));
        let clock = Arc::new(TestClock(AtomicI64::new(1_770_033_600)));
        let random = Arc::new(Counter::default());
        let keyring = Arc::new(Keyring::new(&"k".repeat(32)).unwrap());
        let external_url = "https://ties.example".to_owned();
        let engine = Engine::new(engine::Parts {
            mail: None,
            repositories: None,
            store: store.clone(),
            node: "test".into(),
            keyring: keyring.clone(),
            outbound: Outbound::new(AllowList::default(), Limits::default()),
            clock: clock.clone(),
            random: random.clone(),
            schedule: engine::retry::Schedule::default(),
            external_url: external_url.clone(),
            metrics: Metrics::new().unwrap(),
            for_development,
        });
        let app = App::new(Parts {
            store,
            keyring,
            clock: clock.clone(),
            random,
            engine,
            hook_secret: Secret::new("system secret"),
            external_url,
            rates,
        });
        let bench = Self {
            router: router(app.clone()),
            app,
            clock,
            _dir: dir,
        };
        let now = bench.app.clock.now();
        let root = bench
            .app
            .store
            .write(move |sql| identity::ensure_root(sql, now))
            .await
            .unwrap();
        bench.token(root.id, ROOT, &[Scope::Api]).await;
        bench
    }

    /// Keeps a token of that text without an end.
    pub(crate) async fn token(
        &self,
        user_id: UserId,
        text: &'static str,
        scopes: &'static [Scope],
    ) {
        let now = self.app.clock.now();
        let work = self.app.store.write(move |sql| {
            let new = NewToken {
                user_id,
                name: text,
                description: None,
                scopes,
                expires_at: None,
            };
            identity::add_token(sql, &new, &identity::digest(text), now)
        });
        work.await.unwrap();
    }

    /// Makes a user with a token of that text, and returns its id.
    pub(crate) async fn user(&self, username: &str, token: &'static str) -> i64 {
        let body = json!({
            "username": username,
            "name": username,
            "email": format!("{username}@ties.example"),
        });
        let id = self.post("/users", ROOT, &body).await.is(201).id();
        self.token(UserId(id), token, &[Scope::Api]).await;
        id
    }

    /// Answers these routes instead of all.
    pub(crate) fn with_routes(mut self, routes: Vec<Route>) -> Self {
        let routes: Vec<Arc<Route>> = routes.into_iter().map(Arc::new).collect();
        self.router = mount(Router::new(), &routes).with_state(self.app.clone());
        self
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn json(&self, method: &str, path: &str, token: &str, body: Option<&Value>) -> Answer {
        // Most tests are about GitLab's API.
        let root = if path.starts_with("/api/") {
            ""
        } else {
            "/api/v4"
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{root}{path}"))
            .header("host", "ties.example")
            .header("private-token", token);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.json("GET", path, token, None).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.json("POST", path, token, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.json("PUT", path, token, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.json("PATCH", path, token, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, token: &str) -> Answer {
        self.json("DELETE", path, token, None).await
    }

    /// Makes a group, below another if given, and returns its id.
    pub(crate) async fn group(&self, path: &str, parent: Option<i64>) -> i64 {
        let body = json!({ "name": path, "path": path, "parent_id": parent });
        self.post("/groups", ROOT, &body).await.is(201).id()
    }

    /// Makes a project in a group, and returns its id.
    pub(crate) async fn project(&self, path: &str, namespace: i64) -> i64 {
        let body = json!({ "path": path, "namespace_id": namespace });
        self.post("/projects", ROOT, &body).await.is(201).id()
    }
}
