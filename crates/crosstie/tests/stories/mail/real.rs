//! The same with OpenSMTPD and Python's own reading of the mail.

use super::setup;
use serde_json::json;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The mail server that the test runner has set up; without it the test is skipped aloud, or fails
/// in CI.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner tells the tests its set-up through the environment"
)]
fn program() -> Option<PathBuf> {
    let program = std::env::var_os("CROSSTIE_SMTPD").map(PathBuf::from);
    if program.is_none() {
        assert!(
            std::env::var("CI").is_err(),
            "OpenSMTPD has to be there: run cargo xtask test"
        );
        println!("skipped: OpenSMTPD is not set up (cargo xtask test does it)");
    }
    program
}

/// A mail server with a mailbox for everybody.
struct MailServer {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl MailServer {
    fn start(program: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let boxes = folder.path().join("boxes");
        fs::create_dir(&boxes).unwrap();
        // It delivers as its own user, who has to get there.
        for path in [folder.path(), &boxes] {
            run(Command::new("chmod").arg("755").arg(path));
        }
        run(Command::new("chown").arg("opensmtpd").arg(&boxes));
        let config = folder.path().join("smtpd.conf");
        let lines = format!(
            "listen on 127.0.0.1 port {port} hostname mail.test\naction \"keep\" maildir \"{}/%{{rcpt.user}}\" virtual {{ \"@\" => \"opensmtpd\" }}\nmatch from any for any action \"keep\"\n",
            boxes.display()
        );
        fs::write(&config, lines).unwrap();
        let child = Command::new(program)
            .args(["-d", "-f"])
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            child,
            folder,
            port,
        }
    }

    /// The first mail of a user, once it has come.
    async fn mail(&self, user: &str) -> PathBuf {
        let folder = self.folder.path().join("boxes").join(user).join("new");
        let begin = Instant::now();
        loop {
            let found = fs::read_dir(&folder)
                .ok()
                .and_then(|mut files| files.next());
            if let Some(file) = found {
                return file.unwrap().path();
            }
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "no mail for {user}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It ends its own children when it is asked to, not when it is killed.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

#[tokio::test]
async fn a_real_mail_server_takes_what_python_can_read() {
    let Some(program) = program() else { return };
    let mail_server = MailServer::start(&program);
    let url = format!("smtp://127.0.0.1:{}", mail_server.port);
    let settings = json!({"recipients": "anna@x.test bert@x.test"});
    let (server, repository, project) = setup(&url, settings).await;
    repository.commit("A beginning");
    repository.push(&["main:refs/heads/other"]);
    let rows = server.settled(project, 1).await;
    assert_eq!(rows[0]["status"], "delivered", "{rows:#?}");
    mail_server.mail("anna").await;
    fs::remove_dir_all(mail_server.folder.path().join("boxes/anna/new")).unwrap();

    repository.commit("Grüße <aus> Köln\n\n.\n..dots");
    repository.push(&["main:refs/heads/other"]);
    let rows = server.settled(project, 2).await;
    assert_eq!(rows[0]["status"], "delivered", "{rows:#?}");
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/stories/mail/read_mail.py"
    );
    run(Command::new("python3")
        .arg(script)
        .arg(mail_server.mail("anna").await));
    mail_server.mail("bert").await;
}
