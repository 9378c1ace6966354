//! A chat that is well.

use jiff::Timestamp;
use sandbox::chat::{self, Chat};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// It with the channel `#dev`, and the settings that lead to it.
pub(crate) async fn chat() -> (Chat, Value) {
    let chat = Chat::new(&["#dev"], || Timestamp::UNIX_EPOCH);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = chat.clone();
    tokio::spawn(async move { chat::serve(&served, listener).await });
    let webhook = format!("http://{address}{}", Chat::webhook_path());
    (chat, json!({"webhook": webhook, "channel": "#dev"}))
}
