//! The client against real sockets.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// A server that gives every connection the same bytes, after reading the request's head.
async fn answering(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(bytes).await;
        }
    });
    format!("http://{address}")
}

fn outbound(allow: &str) -> Outbound {
    within(Duration::from_secs(120), allow)
}

fn within(timeout: Duration, allow: &str) -> Outbound {
    let limits = Limits {
        connect_timeout: timeout,
        timeout,
        answer_bytes: 1_000,
        ..Limits::default()
    };
    Outbound::new(AllowList::parse(allow).unwrap(), limits)
}

async fn get(url: &str) -> Result<Answer, SendError> {
    outbound("127.0.0.1").send(&Request::get(url)).await
}

#[tokio::test]
async fn an_answer_is_returned_completely() {
    let url =
        answering(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nX-Reason: no\r\n\r\nhi").await;
    let answer = get(&url).await.unwrap();
    assert_eq!(
        (
            answer.status,
            answer.body.as_str(),
            answer.header("x-reason")
        ),
        (404, "hi", Some("no"))
    );
}

#[tokio::test]
async fn private_addresses_are_refused_in_every_notation() {
    let client = outbound("");
    for url in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://localhost/",
        "http://169.254.169.254/latest",
        "http://0.0.0.0/",
        "https://10.0.0.1/",
    ] {
        let error = client.send(&Request::get(url)).await.unwrap_err();
        assert!(matches!(error, SendError::Refused { .. }), "{url}: {error}");
        assert!(!error.is_temporary());
    }
}

#[tokio::test]
async fn a_url_with_credentials_or_another_scheme_is_refused() {
    for url in [
        "ftp://x.test/",
        "file:///etc/passwd",
        "http://u:p@x.test/",
        "nonsense",
        "http://",
    ] {
        let error = get(url).await.unwrap_err();
        assert!(matches!(error, SendError::BadUrl { .. }), "{url}: {error}");
        assert!(!error.to_string().contains("u:p"));
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_an_error_that_names_it() {
    let url = answering(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/meta?x=1\r\ncontent-length: 0\r\n\r\n").await;
    let error = get(&url).await.unwrap_err();
    assert!(
        matches!(&error, SendError::Redirect { location, .. } if location == "http://169.254.169.254/meta")
    );
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let url =
        answering(b"HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n").await;
    assert!(matches!(
        get(&url).await.unwrap_err(),
        SendError::Redirect { .. }
    ));
}

#[tokio::test]
async fn a_self_signed_certificate_is_accepted_only_without_verification() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
        let stranger = sandbox::tls::Identity::self_made().unwrap();
        sandbox::tls::serve(&listener, &stranger, answer).unwrap();
    });
    let client = outbound("127.0.0.1");
    let lax = Request::get(&url).verify_certificate(false);
    assert_eq!(client.send(&lax).await.unwrap().body, "hi");
    // Not even right after the other client got through.
    let error = client.send(&Request::get(&url)).await.unwrap_err();
    assert!(matches!(error, SendError::Tls { .. }), "{error:?}");
    let guarded = outbound("").send(&lax).await.unwrap_err();
    assert!(matches!(guarded, SendError::Refused { .. }), "{guarded}");
}

#[tokio::test]
async fn silence_garbage_and_floods_are_distinguished() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let hasty = within(Duration::from_millis(200), "127.0.0.1");
    let error = hasty.send(&Request::get(&url)).await.unwrap_err();
    assert!(matches!(error, SendError::Timeout { .. }), "{error}");
    let garbage = answering(b"SSH-2.0-OpenSSH_9\r\n").await;
    assert!(matches!(
        get(&garbage).await.unwrap_err(),
        SendError::Broken { .. }
    ));
    let flood = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2000000\r\n\r\nxxxx").await;
    assert!(matches!(
        get(&flood).await.unwrap_err(),
        SendError::TooLarge { limit: 1_000, .. }
    ));
    let cut =
        answering(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\nconnection: close\r\n\r\nxxxx").await;
    assert!(get(&cut).await.unwrap_err().is_temporary());
}

#[tokio::test]
async fn a_closed_port_and_an_untrusted_certificate_have_their_errors() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    assert!(matches!(
        get(&format!("http://{address}")).await.unwrap_err(),
        SendError::Connect { .. }
    ));
    let plain = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let error = get(&plain.replace("http://", "https://"))
        .await
        .unwrap_err();
    assert!(matches!(error, SendError::Tls { .. }), "{error:?}");
}

/// A server that answers when so many requests are there, and keeps its connections; counts these.
async fn answering_together(many: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let opened = Arc::new(AtomicUsize::new(0));
    let (count, all_there) = (Arc::clone(&opened), Arc::new(Barrier::new(many)));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            let all_there = Arc::clone(&all_there);
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                    all_there.wait().await;
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                    let _ = stream.write_all(answer).await;
                }
            });
        }
    });
    (url, opened)
}

#[tokio::test]
async fn as_many_connections_are_pooled_as_requests_may_be_concurrent() {
    let outbound = Arc::new(outbound("127.0.0.1"));
    let many = outbound.limits.concurrent_per_host;
    let (url, opened) = answering_together(many).await;
    // A connection is free a moment after its answer was read, so that one or the other may be
    // opened anew; after some rounds there are enough.
    for _ in 0..200 {
        let before = opened.load(Ordering::Relaxed);
        let mut sent = JoinSet::new();
        for _ in 0..many {
            let (outbound, url) = (Arc::clone(&outbound), url.clone());
            sent.spawn(async move { outbound.send(&Request::get(&url)).await });
        }
        for answer in sent.join_all().await {
            assert_eq!(answer.unwrap().status, 200);
        }
        if opened.load(Ordering::Relaxed) == before {
            return;
        }
    }
    panic!("{} connections for {many}", opened.load(Ordering::Relaxed));
}
