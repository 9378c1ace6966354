//! Mail over TLS: a certificate is taken when its authority is trusted and it is for the host, and
//! nothing is said to a server with another one.

use super::{server_with, set_up, told};
use sandbox::mail::{Fault, Mail};
use sandbox::tls::{self, Identity};
use serde_json::{Value, json};
use std::io::Write as _;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;

/// The file of the authority that vouches for the stand-ins.
fn authority() -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(tls::authority().unwrap().as_bytes())
        .unwrap();
    file
}

/// What becomes of a mail that goes there, with that authority trusted.
async fn mailed(url: &str, authority: &str) -> Value {
    let server = server_with(url, authority);
    let project = server.project("p", "gitlab").await;
    set_up(&server, project, json!({"recipients": "anna@x.test"})).await;
    told(&server, project, 1).await
}

/// Fails unless nothing was sent, because of the certificate, and it is said what to do.
fn not_trusted(url: &str, delivery: &Value) {
    assert_eq!(delivery["status"], "failed", "{url}: {delivery:#}");
    let reason = delivery["reason"].as_str().unwrap();
    for part in ["the TLS handshake with 127.0.0.1", "--outbound-ca-file"] {
        assert!(reason.contains(part), "{url}: {reason}");
    }
}

/// A sink that takes mail over TLS alone, and its two addresses.
async fn sink(identity: Identity) -> (Mail, [String; 2]) {
    let sink = Mail::new();
    sink.set_identity(identity);
    sink.set_fault(Fault::DemandTls);
    let [begins, is] = [
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
        TcpListener::bind("127.0.0.1:0").await.unwrap(),
    ];
    let urls = [
        format!("smtp://{}?tls=required", begins.local_addr().unwrap()),
        format!("smtps://{}", is.local_addr().unwrap()),
    ];
    let (first, second) = (sink.clone(), sink.clone());
    tokio::spawn(async move { first.serve_smtp(begins).await });
    tokio::spawn(async move { second.serve_smtps(is).await });
    (sink, urls)
}

#[tokio::test]
async fn mail_is_sent_over_tls_to_whom_a_trusted_authority_vouches_for() {
    let authority = authority();
    let trusted = authority.path().to_str().unwrap();
    let (good, urls) = sink(Identity::of("127.0.0.1").unwrap()).await;
    for url in &urls {
        let delivery = mailed(url, trusted).await;
        assert_eq!(delivery["status"], "delivered", "{url}: {delivery:#}");
        not_trusted(url, &mailed(url, "").await);
    }
    assert_eq!(good.messages().len(), 2);
    let (elsewhere, urls) = sink(Identity::of("mail.elsewhere.test").unwrap()).await;
    for url in &urls {
        not_trusted(url, &mailed(url, trusted).await);
    }
    assert_eq!(elsewhere.messages().len(), 0);
}
