//! A server that was really started, a Jira that really listens, and patience.

use jiff::Timestamp;
use outbound::{AllowList, Answer, Limits, Method, Outbound, Request};
use sandbox::jira::{Account, Flavour, Jira};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub(crate) const TOKEN: &str = "glpat-story-0123456789abcd";
pub(crate) const HOOK_SECRET: &str = "story-hook-secret";
pub(crate) const SYSTEM_SECRET: &str = "story-system-secret";
/// How long a condition may take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The binary under test.
pub(crate) fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_crosstie")
}

/// A running server and its data folder.
pub(crate) struct Server {
    child: Child,
    pub url: String,
    data: Arc<TempDir>,
    environment: Vec<(String, String)>,
    client: Outbound,
}

impl Server {
    /// Starts a server with an empty data folder.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with an empty data folder and these variables.
    pub(crate) fn start_with(environment: &[(&str, &str)]) -> Self {
        let data = Arc::new(tempfile::tempdir().unwrap());
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self::launch(data, "127.0.0.1:0", environment)
    }

    /// Gives up the project's newest delivery's wait: tries it again now.
    pub(crate) async fn retry(&self, delivery: &Value) {
        self.post(
            &format!("/api/crosstie/v1/deliveries/{delivery}/retry"),
            json!({}),
        )
        .await;
    }

    fn launch(data: Arc<TempDir>, listen: &str, environment: Vec<(String, String)>) -> Self {
        let mut child = command(data.path(), listen)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let url = wait_until_ready(&mut child);
        Self {
            child,
            url,
            data,
            environment,
            client: client(),
        }
    }

    /// Ends the process without warning and starts it again on the same data and address.
    pub(crate) fn kill_and_restart(mut self) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let listen = self.url.trim_start_matches("http://").to_owned();
        Self::launch(Arc::clone(&self.data), &listen, self.environment.clone())
    }

    /// Asks the process to stop and waits until it has.
    pub(crate) fn stop(&mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap()
    }

    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    pub(crate) async fn send(&self, request: Request) -> Answer {
        self.client.send(&request).await.unwrap()
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call_as(TOKEN, method, path, body).await
    }

    pub(crate) async fn call_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::new(method, format!("{}{path}", self.url));
        request.headers.push(("private-token", token.to_owned()));
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::Get, path, None).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.body);
        answer.json().unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.call(Method::Post, path, Some(body)).await;
        assert!(
            answer.is_success(),
            "POST {path}: {} {}",
            answer.status,
            answer.body
        );
        answer.json().unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Value {
        let answer = self.call(Method::Put, path, Some(body)).await;
        assert!(
            answer.is_success(),
            "PUT {path}: {} {}",
            answer.status,
            answer.body
        );
        answer.json().unwrap()
    }

    /// Makes `group/name` with a source of that kind and answers its id.
    pub(crate) async fn project(&self, name: &str, kind: &str) -> i64 {
        let groups = self.get("/api/v4/groups").await;
        let group = groups
            .as_array()
            .unwrap()
            .iter()
            .find(|group| group["path"] == "group")
            .cloned();
        let group = match group {
            Some(group) => group,
            None => {
                self.post("/api/v4/groups", json!({"name": "Group", "path": "group"}))
                    .await
            }
        };
        let project = json!({"name": name, "path": name, "namespace_id": group["id"], "default_branch": "main"});
        let id = self.post("/api/v4/projects", project).await["id"]
            .as_i64()
            .unwrap();
        let source = json!({"kind": kind, "secret": HOOK_SECRET});
        self.put(&format!("/api/crosstie/v1/projects/{id}/source"), source)
            .await;
        id
    }

    /// Sets Jira up for a project, with closing by transition.
    pub(crate) async fn set_up_jira(&self, project: i64, jira: &Stand) {
        self.put(
            &format!("/api/v4/projects/{project}/integrations/jira"),
            jira.settings(),
        )
        .await;
    }

    /// Hands an event over as GitLab would.
    pub(crate) async fn hook(&self, project: &str, body: &Value, key: &str) -> Answer {
        self.send(hook_request(&self.url, project, body, key)).await
    }

    pub(crate) async fn deliveries(&self, project: i64) -> Vec<Value> {
        let list = self
            .get(&format!(
                "/api/crosstie/v1/projects/{project}/deliveries?per_page=100"
            ))
            .await;
        list.as_array().unwrap().clone()
    }

    pub(crate) async fn delivery(&self, id: &Value) -> Value {
        self.get(&format!("/api/crosstie/v1/deliveries/{id}")).await
    }

    /// The project's deliveries once there are so many and none is pending; newest first.
    pub(crate) async fn settled(&self, project: i64, count: usize) -> Vec<Value> {
        let begin = Instant::now();
        loop {
            let list = self.deliveries(project).await;
            if list.len() >= count && list.iter().all(|delivery| delivery["status"] != "pending") {
                return list;
            }
            assert!(begin.elapsed() < PATIENCE, "not settled: {list:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command that starts a server, with nothing of this process's own settings.
pub(crate) fn command(data: &Path, listen: &str) -> Command {
    let mut command = Command::new(binary());
    command
        .args([
            "serve",
            "--listen",
            listen,
            "--outbound-allow",
            "127.0.0.1",
            "--data",
        ])
        .arg(data)
        .env("CROSSTIE_ROOT_TOKEN", TOKEN)
        .env("CROSSTIE_ROOT_PASSWORD", "story-password")
        .env("CROSSTIE_HOOK_SECRET", SYSTEM_SECRET)
        .current_dir(data);
    command
}

/// Reads the log until the server says where it listens, then keeps the log flowing.
fn wait_until_ready(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    for line in lines.by_ref() {
        let line = line.unwrap();
        let address = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix("address="));
        if line.contains("ready")
            && let Some(address) = address
        {
            let url = format!("http://{address}");
            std::thread::spawn(move || lines.for_each(drop));
            return url;
        }
        said.push(line);
    }
    panic!("the server did not start: {}", said.join("\n"));
}

pub(crate) fn client() -> Outbound {
    let limits = Limits {
        timeout: PATIENCE,
        answer_bytes: 64 * 1024 * 1024,
        ..Limits::default()
    };
    Outbound::new(AllowList::parse("127.0.0.1").unwrap(), limits)
}

pub(crate) fn hook_request(url: &str, project: &str, body: &Value, key: &str) -> Request {
    let mut request =
        Request::post(format!("{url}/hooks/{}", project.replace('/', "%2F"))).json(body);
    request.headers.push(("x-gitlab-event", "Push Hook".into()));
    request.headers.push(("x-gitlab-token", HOOK_SECRET.into()));
    request.headers.push(("idempotency-key", key.into()));
    request
}

/// A push of one commit to a branch, as GitLab tells it.
pub(crate) fn push(branch: &str, sha: &str, message: &str) -> Value {
    json!({
        "object_kind": "push", "event_name": "push", "ref": format!("refs/heads/{branch}"),
        "before": "1".repeat(40), "after": sha, "user_name": "Ada", "user_username": "ada",
        "project": {"name": "P", "path_with_namespace": "group/p", "web_url": "https://git.test/group/p", "default_branch": "main"},
        "commits": [{"id": sha, "message": message, "url": format!("https://git.test/group/p/-/commit/{sha}"),
                     "author": {"name": "Ada", "email": "ada@git.test"}}],
        "total_commits_count": 1,
    })
}

/// A full hash that begins with the number.
pub(crate) fn sha(number: usize) -> String {
    format!("{number:08x}{}", "a".repeat(32))
}

/// A stand-in of Jira that listens.
pub(crate) struct Stand {
    pub jira: Jira,
    pub url: String,
}

pub(crate) const JIRA_PASSWORD: &str = "story-jira-password";

impl Stand {
    pub(crate) async fn start(flavour: Flavour) -> Self {
        let account = Account {
            username: "crosstie".into(),
            password: JIRA_PASSWORD.into(),
        };
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let jira = Jira::new(flavour, account, Arc::new(move || now));
        jira.add_project("AB", "Alpha");
        for number in 1..=9 {
            jira.add_issue(&format!("AB-{number}"), &format!("Issue number {number}"));
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = jira.clone();
        tokio::spawn(async move { sandbox::jira::serve(&served, listener).await });
        Self { jira, url }
    }

    pub(crate) fn settings(&self) -> Value {
        json!({
            "url": self.url, "username": "crosstie", "password": JIRA_PASSWORD,
            "jira_issue_transition_automatic": true,
        })
    }
}

/// A folder with a bare repository and a clone of it.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Self { folder };
        git(
            repository.folder.path(),
            &[
                "init",
                "--quiet",
                "--bare",
                "--initial-branch=main",
                "bare.git",
            ],
        );
        git(
            repository.folder.path(),
            &["clone", "--quiet", "bare.git", "clone"],
        );
        repository.git(&["checkout", "--quiet", "-B", "main"]);
        repository
    }

    pub(crate) fn bare(&self) -> PathBuf {
        self.folder.path().join("bare.git")
    }

    pub(crate) fn clone_path(&self) -> PathBuf {
        self.folder.path().join("clone")
    }

    pub(crate) fn install_hook(&self, server: &str, project: &str) {
        let bare = self.bare();
        let output = Command::new(binary())
            .args(["hook", "install"])
            .arg(&bare)
            .args([
                "--project",
                project,
                "--server",
                server,
                "--secret",
                HOOK_SECRET,
            ])
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.clone_path(), arguments)
    }

    /// Commits a change and answers the hash.
    pub(crate) fn commit(&self, message: &str) -> String {
        let file = self.clone_path().join("file.txt");
        let count = std::fs::read_to_string(&file)
            .unwrap_or_default()
            .lines()
            .count();
        std::fs::write(&file, "line\n".repeat(count + 1)).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Pushes and answers what the pusher saw.
    pub(crate) fn push(&self, arguments: &[&str]) -> String {
        let all = [&["push", "--quiet", "origin"], arguments].concat();
        let output = git_command(&self.clone_path(), &all).output().unwrap();
        let seen = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{seen}");
        seen
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = git_command(folder, arguments).output().unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn git_command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args([
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@git.test",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments);
    command
}
