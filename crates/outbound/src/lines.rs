//! Lines over TCP: written, then the sending side is closed; the server closing its side shows
//! that it has read to the end.

use crate::error::within;
use crate::{Answer, Lines, Outbound, SendError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The maximum read of an unexpected answer, in bytes.
const MAX_ANSWER: u64 = 4 * 1024;

impl Outbound {
    /// Sends lines; text that the server sends before it closes is the answer's body.
    ///
    /// A server that accepts the connection and never reads times out.
    pub async fn send_lines(&self, lines: &Lines) -> Result<Answer, SendError> {
        let host = format!("{}:{}", lines.host, lines.port);
        let broken = |why: std::io::Error| SendError::Broken {
            host: host.clone(),
            why: why.to_string(),
        };
        let _permit = self.hosts.acquire(&host).await;
        let exchange = async {
            let mut stream = self.connector.connect(&lines.host, lines.port).await?;
            stream
                .write_all(lines.text.as_bytes())
                .await
                .map_err(broken)?;
            stream.shutdown().await.map_err(broken)?;
            let mut body = Vec::new();
            stream
                .take(MAX_ANSWER)
                .read_to_end(&mut body)
                .await
                .map_err(broken)?;
            Ok(Answer {
                status: 200,
                headers: Vec::new(),
                body: String::from_utf8_lossy(&body).into_owned(),
            })
        };
        within(self.limits.timeout, &host, exchange).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AllowList, Limits};
    use std::time::Duration;
    use tokio::net::TcpListener;

    async fn listener() -> (TcpListener, Lines) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let lines = Lines {
            host: "127.0.0.1".into(),
            port: listener.local_addr().unwrap().port(),
            text: "one\ntwo\n".into(),
        };
        (listener, lines)
    }

    fn outbound(allow: &str, timeout: Duration) -> Outbound {
        let limits = Limits {
            timeout,
            ..Limits::default()
        };
        Outbound::new(AllowList::parse(allow).unwrap(), limits)
    }

    #[tokio::test]
    async fn all_lines_arrive_before_the_connection_ends() {
        let (listener, lines) = listener().await;
        let reader = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            text
        });
        let answer = outbound("127.0.0.1", Duration::from_secs(60))
            .send_lines(&lines)
            .await;
        assert_eq!(answer.unwrap().status, 200);
        assert_eq!(reader.await.unwrap(), "one\ntwo\n");
    }

    #[tokio::test]
    async fn a_server_that_never_reads_times_out() {
        let (listener, lines) = listener().await;
        let server = tokio::spawn(async move {
            let connection = listener.accept().await;
            std::future::pending::<()>().await;
            drop(connection);
        });
        let error = outbound("127.0.0.1", Duration::from_millis(300))
            .send_lines(&lines)
            .await
            .unwrap_err();
        assert!(matches!(error, SendError::Timeout { .. }) && error.is_temporary());
        server.abort();
    }

    #[tokio::test]
    async fn private_addresses_are_refused_for_lines_too() {
        let (_listener, lines) = listener().await;
        let error = outbound("", Duration::from_secs(60))
            .send_lines(&lines)
            .await
            .unwrap_err();
        assert!(matches!(error, SendError::Refused { .. }), "{error}");
    }
}
