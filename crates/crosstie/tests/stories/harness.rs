//! A server that was really started, a Jira that really listens, and patience.

mod chat;

pub(crate) use chat::chat;

use jiff::Timestamp;
use outbound::{AllowList, Answer, Limits, Method, Outbound, Request};
use sandbox::jira::{Account, Flavour, Jira};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
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
    how: How,
    log: Log,
    client: Outbound,
}

/// How a server is started.
#[derive(Clone, Default)]
struct How {
    /// a line of shell that runs first, in the server's own process
    before: String,
    environment: Vec<(String, String)>,
}

/// What a server has written to its standard error so far.
type Log = Arc<Mutex<String>>;

impl Server {
    /// Starts a server with an empty data folder.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server on a data folder.
    pub(crate) fn start_on(data: TempDir) -> Self {
        Self::launch(Arc::new(data), "127.0.0.1:0", How::default())
    }

    /// Starts a server with an empty data folder and these variables.
    pub(crate) fn start_with(environment: &[(&str, &str)]) -> Self {
        Self::start_after("", environment)
    }

    /// The same, after a line of shell that changes the process's limits or its view of the disk.
    /// The line runs in the data folder.
    pub(crate) fn start_after(before: &str, environment: &[(&str, &str)]) -> Self {
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let how = How {
            before: before.to_owned(),
            environment: environment.collect(),
        };
        Self::launch(Arc::new(tempfile::tempdir().unwrap()), "127.0.0.1:0", how)
    }

    /// Gives up the project's newest delivery's wait: tries it again now.
    pub(crate) async fn retry(&self, delivery: &Value) {
        self.post(
            &format!("/api/crosstie/v1/deliveries/{delivery}/retry"),
            json!({}),
        )
        .await;
    }

    fn launch(data: Arc<TempDir>, listen: &str, how: How) -> Self {
        let mut child = after(&how.before, &command(data.path(), listen))
            .envs(how.environment.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Log::default();
        let url = wait_until_ready(&mut child, &log);
        Self {
            child,
            url,
            data,
            how,
            log,
            client: client(),
        }
    }

    /// Ends the process without warning and starts it again on the same data and address.
    pub(crate) fn kill_and_restart(mut self) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let listen = self.url.trim_start_matches("http://").to_owned();
        Self::launch(Arc::clone(&self.data), &listen, self.how.clone())
    }

    /// Sets a variable for the next start.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let set = (name.to_owned(), value.to_owned());
        self.how.environment.push(set);
    }

    /// Asks the process to stop and waits until it has.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended()
    }

    /// Sends the process a signal.
    pub(crate) fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        kill.args([&format!("-{name}"), &self.pid()]);
        assert!(kill.status().unwrap().success());
    }

    /// Waits until the process has ended by itself.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn pid(&self) -> String {
        self.child.id().to_string()
    }

    /// What the server has written to its standard error so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until the server has written that to its standard error.
    pub(crate) async fn says(&self, words: &str) {
        let what = format!("the log says {words}");
        until(&what, || self.log().contains(words)).await;
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
        .env("CROSSTIE_RATE_LIMIT_API", "0")
        .env("CROSSTIE_RATE_LIMIT_UNAUTHENTICATED", "0")
        .current_dir(data);
    command
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The command, after a line of shell in the same process.
pub(crate) fn after(before: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{before}\nexec \"$@\""), "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// What makes a line of shell run in a process with disks of its own, gone with it: as root, or
/// where the system lets everybody. Without it the test is skipped aloud, or fails in CI.
#[expect(
    clippy::disallowed_methods,
    reason = "CI tells the tests so through the environment"
)]
pub(crate) fn own_disks() -> Option<impl Fn(&str) -> String> {
    let works = |command: &&str| {
        let mut words = command.split(' ');
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .args(["sh", "-c", "mount -t tmpfs none /mnt"]);
        command.output().is_ok_and(|output| output.status.success())
    };
    let found = ["unshare --mount", "unshare --map-root-user --mount"]
        .into_iter()
        .find(works);
    if found.is_none() {
        assert!(
            std::env::var("CI").is_err(),
            "unshare --mount, of util-linux, has to be permitted"
        );
        println!("skipped: no process may have disks of its own here");
    }
    found.map(|unshare| {
        move |line: &str| format!(r#"exec {unshare} sh -c '{line} && exec "$@"' sh "$@""#)
    })
}

/// Reads the log until the server says where it listens, then goes on reading.
fn wait_until_ready(child: &mut Child, log: &Log) -> String {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let log = Arc::clone(log);
    let keep = move |log: &Log, line: &str| {
        let mut log = log.lock().unwrap();
        log.push_str(line);
        log.push('\n');
    };
    for line in lines.by_ref() {
        let line = line.unwrap();
        keep(&log, &line);
        // As text or as JSON.
        let address = ["address=", "\"address\":\""]
            .iter()
            .find_map(|name| line.split_once(name))
            .and_then(|(_, rest)| rest.split([' ', '"']).next());
        if line.contains("ready")
            && let Some(address) = address
        {
            let url = format!("http://{address}");
            std::thread::spawn(move || {
                lines
                    .map_while(Result::ok)
                    .for_each(|line| keep(&log, &line));
            });
            return url;
        }
    }
    panic!("the server did not start: {}", log.lock().unwrap());
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

    /// Makes commits from a stream of `git fast-import`.
    pub(crate) fn import(&self, stream: &[u8]) {
        let mut import = git_command(&self.clone_path(), &["fast-import", "--quiet", "--force"]);
        let mut child = import.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stream).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Pushes a ref whose name may be no text.
    pub(crate) fn push_raw(&self, reference: &[u8]) {
        let mut push = git_command(&self.clone_path(), &["push", "--quiet", "origin"]);
        let output = push.arg(OsStr::from_bytes(reference)).output().unwrap();
        let seen = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && seen.is_empty(), "{seen}");
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
