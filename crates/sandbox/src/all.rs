//! All stand-ins at once, each on a free port of this machine, and the settings that lead to them.

use crate::chat::Chat;
use crate::irker::Irker;
use crate::jenkins::Jenkins;
use crate::jira::{Account, Flavour, Jira, Now};
use crate::mail::Mail;
use axum::Router;
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// What every stand-in takes for a password.
const PASSWORD: &str = "demo-password";

/// The stand-ins, and where they are.
pub struct All {
    /// page and API of Jira
    pub jira: String,
    /// page and webhook of the chat
    pub chat: String,
    /// page and hooks of Jenkins
    pub jenkins: String,
    /// page of the mail sink
    pub mail: String,
    /// where the mail sink takes mail
    pub smtp: SocketAddr,
    /// page of the IRC channels
    pub irc: String,
    irker: SocketAddr,
    jira_user: &'static str,
}

impl All {
    /// Starts all of them, with one of the two kinds of Jira.
    pub async fn start(flavour: Flavour, now: Now) -> io::Result<Self> {
        let jira_user = match flavour {
            Flavour::Server => "crosstie",
            Flavour::Cloud => "crosstie@example.com",
        };
        let clock = Arc::clone(&now);
        let chat = Chat::new(&["#shop"], move || clock());
        let jenkins = Jenkins::new("crosstie", PASSWORD);
        jenkins.add_job("shop");
        let (mail, irker) = (Mail::new(), Irker::new());
        let (smtp_listener, smtp) = listen().await?;
        let (line_listener, irker_address) = listen().await?;
        let all = Self {
            jira: serve(jira(flavour, jira_user, now).router()).await?,
            chat: serve(chat.router()).await?,
            jenkins: serve(jenkins.router()).await?,
            mail: serve(mail.router()).await?,
            irc: serve(irker.router()).await?,
            smtp,
            irker: irker_address,
            jira_user,
        };
        tokio::spawn(async move { mail.serve_smtp(smtp_listener).await });
        tokio::spawn(async move { irker.serve_lines(line_listener).await });
        Ok(all)
    }

    /// Each integration with the settings that lead to its stand-in.
    pub fn settings(&self) -> Vec<(&'static str, Value)> {
        let jira = json!({
            "url": self.jira, "username": self.jira_user, "password": PASSWORD,
            "jira_issue_transition_automatic": true,
        });
        let chat = json!({
            "webhook": format!("{}{}", self.chat, Chat::webhook_path()),
            "username": "crosstie", "channel": "#shop", "branches_to_be_notified": "all",
        });
        let jenkins = json!({
            "jenkins_url": self.jenkins, "project_name": "shop", "username": "crosstie", "password": PASSWORD,
        });
        let mail = json!({"recipients": "ada@example.com grace@example.com"});
        let irc = json!({
            "server_host": self.irker.ip().to_string(), "server_port": self.irker.port(),
            "recipients": "irc://irc.example.net/#shop",
        });
        vec![
            ("jira", jira),
            ("slack", chat),
            ("jenkins", jenkins),
            ("emails-on-push", mail),
            ("irker", irc),
        ]
    }

    /// The integration that needs no tool, its settings, and a text that shows what it does.
    pub fn tracker() -> (&'static str, Value, &'static str) {
        let settings = json!({
            "project_url": "https://tracker.example.com/",
            "issues_url": "https://tracker.example.com/issues/:id",
            "new_issue_url": "https://tracker.example.com/new",
        });
        (
            "custom-issue-tracker",
            settings,
            "See NOTES-143, but not `NOTES-144`",
        )
    }
}

fn jira(flavour: Flavour, username: &str, now: Now) -> Jira {
    let account = Account {
        username: username.into(),
        password: PASSWORD.into(),
    };
    let jira = Jira::new(flavour, account, now);
    jira.add_project("SHOP", "Shop");
    jira.add_issue("SHOP-1", "The basket forgets what is in it");
    jira.add_issue("SHOP-2", "Prices show too many digits");
    jira
}

async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves pages; answers where.
async fn serve(router: Router) -> io::Result<String> {
    let (listener, address) = listen().await?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}
