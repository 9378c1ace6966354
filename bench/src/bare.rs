//! The bare loops: what nobody can do without, on the same HTTP libraries, in a process of its own.

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use model::Event;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::net::TcpListener;

/// Parses each event and answers `202`, keeping nothing.
pub(crate) async fn handler(address: &str) -> Result<()> {
    let count = Arc::new(AtomicI64::new(0));
    let router = Router::new()
        .route("/hooks/{project}", post(parse))
        .with_state(count);
    serve(address, router).await
}

async fn parse(State(count): State<Arc<AtomicI64>>, body: Bytes) -> (StatusCode, String) {
    match Event::parse(&String::from_utf8_lossy(&body)) {
        Ok(_) => {
            let id = count.fetch_add(1, Ordering::Relaxed);
            (StatusCode::ACCEPTED, format!("{{\"event_id\":{id}}}"))
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()),
    }
}

#[derive(Clone)]
struct Relay {
    client: Client<HttpConnector, Full<Bytes>>,
    target: String,
}

/// Sends each body on and answers `202` when the other side has it, keeping nothing.
pub(crate) async fn relay(address: &str, target: &str) -> Result<()> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let relay = Relay {
        client: Client::builder(TokioExecutor::new()).build(connector),
        target: target.to_owned(),
    };
    let router = Router::new()
        .route("/hooks/{project}", post(forward))
        .with_state(relay);
    serve(address, router).await
}

async fn forward(State(relay): State<Relay>, body: Bytes) -> StatusCode {
    let sent = async {
        let request = Request::post(&relay.target).body(Full::new(body))?;
        let answer = relay.client.request(request).await?;
        answer.into_body().collect().await?;
        anyhow::Ok(())
    };
    match sent.await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::BAD_GATEWAY,
    }
}

async fn serve(address: &str, router: Router) -> Result<()> {
    let router = router.route(crate::process::READINESS, get(|| async { "ok" }));
    Ok(axum::serve(TcpListener::bind(address).await?, router).await?)
}
