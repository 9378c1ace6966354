//! Accepting connections, and the idle time after which they are closed.

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// The wait after connections could not be taken, for want of files to open for example.
const PAUSE: Duration = Duration::from_millis(500);

/// Serves until `stop` completes and the requests under way are answered.
///
/// A client has `patience` to send a request's head; one that is slower, or has nothing more to
/// ask, loses its connection.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Duration,
    stop: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            taken = listener.accept() => match taken {
                Ok(taken) => {
                    connections.spawn(converse(taken, router.clone(), patience, stopped.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    // Fails only when no connection is left.
    let _ = stopping.send(true);
    while connections.join_next().await.is_some() {}
}

/// One connection, to its end.
async fn converse(
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    patience: Duration,
    mut stopped: watch::Receiver<bool>,
) {
    // Without it small answers may wait for more to send.
    let _ = stream.set_nodelay(true);
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(patience);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = protocol.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let stopping = async {
        // The sender's end means the same.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::io::{Read, Write};

    /// What a client hears that sends this and no more.
    fn heard(address: std::net::SocketAddr, sent: &[u8]) -> String {
        let timeout = Duration::from_secs(60);
        let mut stream = std::net::TcpStream::connect_timeout(&address, timeout).unwrap();
        stream.set_read_timeout(Some(timeout)).unwrap();
        stream.write_all(sent).unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        heard
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_does_not_get_on_with_it_loses_the_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "hello" }));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let patience = Duration::from_millis(300);
        let serving = tokio::spawn(serve(listener, router, patience, async {
            let _ = stopped.await;
        }));
        for sent in ["", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "] {
            let heard = tokio::task::spawn_blocking(move || heard(address, sent.as_bytes()));
            assert_eq!(heard.await.unwrap(), "", "{sent}");
        }
        let whole = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        let heard = tokio::task::spawn_blocking(move || heard(address, whole));
        assert!(heard.await.unwrap().ends_with("hello"));
        stop.send(()).unwrap();
        serving.await.unwrap();
    }
}
