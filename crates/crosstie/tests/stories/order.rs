//! Messages of a project arrive in the order of its events, also when a tool cannot keep up.

use crate::harness::{Server, push, sha, until};
use jiff::Timestamp;
use sandbox::chat::{self, Chat, Fault};
use serde_json::json;

/// More than one destination may have in the server's memory.
const EVENTS: usize = 700;

/// The number of the event that a message tells of.
fn number_in(message: &chat::Message) -> usize {
    let payload = message.payload.to_string();
    let after = payload.split("event no ").nth(1).unwrap();
    after[..4].parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_while_older_messages_wait_does_not_overtake_them() {
    let server = Server::start();
    let chat = Chat::new(&[], || Timestamp::UNIX_EPOCH);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = chat.clone();
    tokio::spawn(async move { chat::serve(&heard, listener).await });
    let project = server.project("p", "gitlab").await;
    let webhook = format!("http://{address}{}", Chat::webhook_path());
    let path = format!("/api/v4/projects/{project}/integrations/slack");
    server.put(&path, json!({ "webhook": webhook })).await;

    // The first one is asked to wait, and all others of its tool with it.
    chat.set_fault(Some(Fault {
        status: 429,
        body: "slow down".into(),
        retry_after: Some(1),
    }));
    let send = async |number: usize| {
        let body = push("main", &sha(number), &format!("event no {number:04}"));
        let answer = server
            .hook("group/p", &body, &format!("key {number}"))
            .await;
        assert_eq!(answer.status, 202, "{}", answer.body);
    };
    send(0).await;
    server.says("paused: rate limited").await;
    chat.set_fault(None);
    for number in 1..EVENTS {
        send(number).await;
    }
    until("all messages arrived", || chat.messages().len() == EVENTS).await;
    let numbers: Vec<usize> = chat.messages().iter().map(number_in).collect();
    let later: Vec<usize> = numbers.into_iter().filter(|number| *number > 0).collect();
    assert!(later.is_sorted(), "{later:?}");
}
