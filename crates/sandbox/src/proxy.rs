//! A company's proxy (HTTP `CONNECT`) that leads to stand-ins instead of the Internet: each host it
//! knows is at a port of this machine. TLS ends in it, with the certificate it is given for the host.

use crate::tls::Identity;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// Bytes of a request's head.
const HEAD: usize = 8 * 1024;

/// The proxy. Clones share everything.
#[derive(Clone, Default)]
pub struct Proxy {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    hosts: HashMap<String, (SocketAddr, Identity)>,
    credentials: Option<String>,
    heads: Vec<String>,
}

impl Proxy {
    /// One that knows no host.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leads `host:443` to a stand-in that speaks without TLS.
    pub fn lead(&self, host: &str, to: SocketAddr, identity: Identity) {
        self.state()
            .hosts
            .insert(format!("{host}:443"), (to, identity));
    }

    /// Asks everybody for these credentials, the value of `Proxy-Authorization`.
    pub fn demand(&self, credentials: &str) {
        self.state().credentials = Some(credentials.to_owned());
    }

    /// The heads of all requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.state().heads.clone()
    }

    /// Serves until the task is dropped.
    pub async fn serve(&self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            let proxy = self.clone();
            tokio::spawn(async move {
                // Who hangs up in the middle is gone.
                let _ = proxy.serve_client(stream).await;
            });
        }
    }

    async fn serve_client(&self, mut client: TcpStream) -> io::Result<()> {
        let head = head(&mut client).await?;
        let target = match self.target(&head) {
            Ok(target) => target,
            Err(answer) => return refuse(&mut client, answer).await,
        };
        let Ok(mut tool) = connect(target.0).await else {
            return refuse(&mut client, "502 Bad Gateway").await;
        };
        client
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await?;
        let acceptor = target.1.acceptor().map_err(io::Error::other)?;
        let mut client = acceptor.accept(client).await?;
        copy_bidirectional(&mut client, &mut tool).await.map(drop)
    }

    /// Where a request leads, or the status it is refused with.
    fn target(&self, head: &str) -> Result<(SocketAddr, Identity), &'static str> {
        let mut shared = self.state();
        shared.heads.push(head.to_owned());
        let is_let_in = shared.credentials.as_ref().is_none_or(|credentials| {
            head.contains(&format!("\r\nProxy-Authorization: {credentials}\r\n"))
        });
        let mut words = head.lines().next().unwrap_or_default().split(' ');
        let (method, target) = (words.next(), words.next().unwrap_or_default());
        if method != Some("CONNECT") || words.next() != Some("HTTP/1.1") {
            return Err("405 Method Not Allowed");
        }
        if !head.contains(&format!("\r\nHost: {target}\r\n")) {
            return Err("400 Bad Request");
        }
        if !is_let_in {
            return Err("407 Proxy Authentication Required");
        }
        shared.hosts.get(target).cloned().ok_or("403 Forbidden")
    }

    /// Never held across an await; what a panicking test left behind is still good to look at.
    fn state(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a proxy connects by itself, and this one to the stand-ins alone"
)]
async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    TcpStream::connect(address).await
}

async fn refuse(client: &mut TcpStream, answer: &str) -> io::Result<()> {
    let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
    client.write_all(answer.as_bytes()).await
}

/// What comes before the tunnel; a client waits for the answer before it says more.
async fn head(client: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        if client.read_buf(&mut bytes).await? == 0 || bytes.len() > HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
