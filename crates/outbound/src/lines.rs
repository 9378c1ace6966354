//! Lines over TCP: written, then the connection is closed from our side, and the
//! server's closing of its own side shows that it has read to the end.

use crate::{Answer, Lines, Outbound, SendError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes of an unexpected answer that are kept.
const ANSWER: u64 = 4 * 1024;

impl Outbound {
    /// Sends lines; what the server says before it closes is the answer's body.
    ///
    /// A server that takes the connection and never reads runs into the time limit.
    pub async fn send_lines(&self, lines: &Lines) -> Result<Answer, SendError> {
        let host = format!("{}:{}", lines.host, lines.port);
        let broken = |why: std::io::Error| SendError::Broken {
            host: host.clone(),
            why: why.to_string(),
        };
        let _place = self.gates.enter(&host).await;
        let exchange = async {
            let mut stream = self.connector.connect(&lines.host, lines.port).await?;
            stream
                .write_all(lines.text.as_bytes())
                .await
                .map_err(broken)?;
            stream.shutdown().await.map_err(broken)?;
            let mut said = Vec::new();
            stream
                .take(ANSWER)
                .read_to_end(&mut said)
                .await
                .map_err(broken)?;
            Ok(Answer {
                status: 200,
                headers: Vec::new(),
                body: String::from_utf8_lossy(&said).into_owned(),
            })
        };
        match tokio::time::timeout(self.limits.timeout, exchange).await {
            Ok(result) => result,
            Err(_) => Err(SendError::Timeout {
                host,
                after: self.limits.timeout,
            }),
        }
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
    async fn a_server_that_never_reads_is_not_waited_for_without_end() {
        let (listener, lines) = listener().await;
        let held = tokio::spawn(async move {
            let held = listener.accept().await;
            std::future::pending::<()>().await;
            drop(held);
        });
        let error = outbound("127.0.0.1", Duration::from_millis(300))
            .send_lines(&lines)
            .await
            .unwrap_err();
        assert!(matches!(error, SendError::Timeout { .. }) && error.is_temporary());
        held.abort();
    }

    #[tokio::test]
    async fn the_guard_stands_before_lines_too() {
        let (_listener, lines) = listener().await;
        let error = outbound("", Duration::from_secs(60))
            .send_lines(&lines)
            .await
            .unwrap_err();
        assert!(matches!(error, SendError::Refused { .. }), "{error}");
    }
}
