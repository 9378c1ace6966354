//! Where deliveries arrive: a server in this process that notes which event came when.

use anyhow::{Result, bail};
use axum::Router;
use axum::extract::State;
use bytes::Bytes;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// The longest wait for what was accepted to arrive.
const PATIENCE: Duration = Duration::from_secs(300);

type Arrivals = Arc<Mutex<HashMap<usize, Instant>>>;

/// A listening sink; it answers `ok` to everything.
pub(crate) struct Sink {
    pub address: SocketAddr,
    arrivals: Arrivals,
}

impl Sink {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let arrivals = Arrivals::default();
        let router = Router::new()
            .fallback(take)
            .with_state(Arc::clone(&arrivals));
        tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { address, arrivals })
    }

    /// When each event arrived first, once all have; the sink is empty again then.
    pub(crate) async fn all(&self, count: usize) -> Result<Vec<Instant>> {
        let begun = Instant::now();
        loop {
            {
                let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
                if arrivals.len() >= count {
                    let mut all: Vec<_> = arrivals.drain().collect();
                    all.sort_unstable();
                    return Ok(all.into_iter().map(|(_, at)| at).collect());
                }
                if begun.elapsed() > PATIENCE {
                    bail!("{} of {count} events arrived", arrivals.len());
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn take(State(arrivals): State<Arrivals>, body: Bytes) -> &'static str {
    if let Some(number) = crate::bodies::number_in(&body) {
        let mut arrivals = arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        arrivals.entry(number).or_insert_with(Instant::now);
    }
    "ok"
}
