//! A real push reaches a channel of a real IRC server, through a real irker daemon.

use crate::harness::{Repository, Server};
use outbound::Method;
use serde_json::json;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// How long a server may take to start, and a line to arrive.
const PATIENCE: Duration = Duration::from_secs(60);
const CHANNEL: &str = "#shop";

/// Where the test environment has a program; without it the test is skipped aloud, or fails in CI.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner tells the tests its set-up through the environment"
)]
fn program(variable: &str) -> Option<String> {
    let found = std::env::var(variable).ok();
    if found.is_none() {
        assert!(
            std::env::var("CI").is_err(),
            "{variable} has to be set: run cargo xtask test"
        );
        println!("skipped: {variable} is not set (cargo xtask test does it)");
    }
    found
}

/// A program that ends with the test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        let quiet = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(quiet.spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn ngircd(program: &str, folder: &Path) -> (Running, u16) {
    let port = free_port();
    let file = folder.join("ngircd.conf");
    let settings = format!(
        "[Global]\nName = irc.test.local\nInfo = stories\nListen = 127.0.0.1\nPorts = {port}\n\
         [Limits]\nMaxConnectionsIP = 0\n[Options]\nDNS = no\nIdent = no\nPAM = no\n"
    );
    std::fs::write(&file, settings).unwrap();
    let running = Running::start(
        Command::new(program)
            .arg("--nodaemon")
            .arg("--config")
            .arg(&file),
    );
    (running, port)
}

/// irkerd has no option for its port: the story runs a copy with another number in it.
fn irkerd(program: &str, folder: &Path) -> (Running, u16) {
    let port = free_port();
    let script = std::fs::read_to_string(program).unwrap();
    let file = folder.join("irkerd");
    let other_port = script.replacen("PORT = 6659", &format!("PORT = {port}"), 1);
    assert_ne!(script, other_port);
    std::fs::write(&file, other_port).unwrap();
    let mut python = Command::new("python3");
    python.arg(&file).args(["-H", "127.0.0.1", "-H6", "::1"]);
    (Running::start(&mut python), port)
}

#[expect(
    clippy::disallowed_methods,
    reason = "an IRC client of the test's own, on this machine"
)]
async fn connected(port: u16) -> TcpStream {
    let attempt = async {
        loop {
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await {
                return stream;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, attempt).await.unwrap()
}

/// Somebody who sits in the channel.
struct Reader(BufReader<TcpStream>);

impl Reader {
    async fn join(port: u16) -> Self {
        let mut reader = Self(BufReader::new(connected(port).await));
        reader.say("NICK ada\r\nUSER ada 0 * :Ada").await;
        reader.until(|line| line.contains(" 001 ")).await;
        reader.say(&format!("JOIN {CHANNEL}")).await;
        reader.until(|line| line.contains(" 366 ")).await;
        reader
    }

    async fn say(&mut self, line: &str) {
        let line = format!("{line}\r\n");
        self.0.get_mut().write_all(line.as_bytes()).await.unwrap();
    }

    async fn until(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        let wait = async {
            loop {
                let mut line = String::new();
                assert!(
                    self.0.read_line(&mut line).await.unwrap() > 0,
                    "the IRC server went away"
                );
                let line = line.trim_end();
                if let Some(token) = line.strip_prefix("PING ") {
                    self.say(&format!("PONG {token}")).await;
                } else if wanted(line) {
                    return line.to_owned();
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap()
    }

    /// What somebody says in the channel next.
    async fn next_message(&mut self) -> String {
        let start = format!(" PRIVMSG {CHANNEL} :");
        let line = self.until(|line| line.contains(&start)).await;
        line.split_once(&start).unwrap().1.to_owned()
    }
}

#[tokio::test]
async fn a_push_is_read_in_the_channel() {
    let (Some(ngircd_program), Some(irkerd_program)) =
        (program("CROSSTIE_NGIRCD"), program("CROSSTIE_IRKERD"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (_ngircd, irc_port) = ngircd(&ngircd_program, folder.path());
    let (_irkerd, port) = irkerd(&irkerd_program, folder.path());
    let mut reader = Reader::join(irc_port).await;
    drop(connected(port).await);

    let server = Server::start();
    let project = server.project("p", "git").await;
    let path = format!("/api/v4/projects/{project}/integrations/irker");
    let settings = json!({
        "server_host": "127.0.0.1", "server_port": port, "recipients": CHANNEL,
        "default_irc_uri": format!("irc://127.0.0.1:{irc_port}/"), "colorize_messages": true,
    });
    server.put(&path, settings).await;
    let repository = Repository::new();
    repository.install_hook(&server.url, "group/p");
    let commit = repository.commit("Tëll them\n\nall");
    repository.push(&["main"]);

    let row = server.settled(project, 1).await.remove(0);
    assert_eq!(row["status"], "delivered", "{row:#}");
    let made = reader.next_message().await;
    assert!(
        made.contains("has created a new branch \x0305main\x0f: "),
        "{made:?}"
    );
    let count = reader.next_message().await;
    assert!(
        count.contains("pushed \x021\x0f new commit to \x0305main\x0f"),
        "{count:?}"
    );
    let told = reader.next_message().await;
    let expected = format!(
        "\x0304p\x0f/\x0305main\x0f \x0314{}\x0f Ada (\x03121 file\x0f): Tëll them",
        &commit[..8]
    );
    assert_eq!(told, expected);
}

#[tokio::test]
async fn this_machine_is_reached_only_when_the_operator_permits_it() {
    let server = Server::start();
    let project = server.project("p", "git").await;
    let path = format!("/api/v4/projects/{project}/integrations/irker");
    let settings = json!({"recipients": "irc://irc.test/#shop", "server_host": "::1"});
    let answer = server.call(Method::Put, &path, Some(settings)).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.body.contains("permit ::1 with --outbound-allow"),
        "{}",
        answer.body
    );
}
