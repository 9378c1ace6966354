//! Mail over the operator's mail server (RFC 5321): one connection for all letters of an attempt,
//! a transaction for each.
//!
//! lettre writes the message; the dialogue is our own, because it goes over our connector, TLS and
//! time limits, and has to go on after a refused recipient.

mod dialogue;
mod reply;

use crate::connect::Connector;
use crate::relay::{Relay, Tls};
use crate::{Answer, Authorities, Mail, Outbound, SendError, tls};
use dialogue::Dialogue;
use reply::Reply;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::sync::{Arc, OnceLock};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::OwnedSemaphorePermit;
use tokio_rustls::TlsConnector;

/// A connection, encrypted or not.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// The mail server and the way to it.
pub(crate) struct RelayLine {
    pub(crate) relay: Relay,
    pub(crate) connector: Connector,
    tls: OnceLock<Arc<ClientConfig>>,
}

/// The connection to the mail server during one attempt.
#[derive(Default)]
pub(crate) enum Session {
    /// none yet, or none any more
    #[default]
    Closed,
    /// ready for the next message
    Open(Box<Dialogue>, Option<OwnedSemaphorePermit>),
    /// the server takes nothing from us, and is not asked again
    Refused(SendError),
}

impl Session {
    /// Takes leave of the server, without waiting long for its own.
    pub(crate) async fn close(self) {
        if let Self::Open(mut dialogue, _place) = self {
            dialogue.quit().await;
        }
    }
}

impl RelayLine {
    pub(crate) fn new(relay: Relay, connector: Connector) -> Self {
        Self {
            relay,
            connector,
            tls: OnceLock::new(),
        }
    }

    async fn encrypted(
        &self,
        plain: Box<dyn Wire>,
        authorities: &Authorities,
    ) -> Result<Box<dyn Wire>, SendError> {
        let config = self
            .tls
            .get_or_init(|| Arc::new(tls::verifying(authorities)));
        let failed = |why: String| SendError::Tls {
            host: self.relay.name(),
            why: format!(
                "{why}; use a certificate that this machine trusts, name its authority with --outbound-ca-file, or say tls=none in --smtp-url"
            ),
        };
        let bare = self
            .relay
            .host
            .trim_start_matches('[')
            .trim_end_matches(']');
        let name =
            ServerName::try_from(bare.to_owned()).map_err(|error| failed(error.to_string()))?;
        let stream = TlsConnector::from(Arc::clone(config))
            .connect(name, plain)
            .await;
        Ok(Box::new(stream.map_err(|error| failed(error.to_string()))?))
    }
}

impl Outbound {
    /// Sends a message; the answer has the SMTP reply's code as status and its text as body.
    ///
    /// An answer concerns this message; what concerns all is an error.
    pub(crate) async fn send_mail(
        &self,
        session: &mut Session,
        mail: &Mail,
    ) -> Result<Answer, SendError> {
        let line = self.relay.as_ref().ok_or(SendError::NoRelay)?;
        let message = mail.encode()?;
        let (mut dialogue, place) = match std::mem::take(session) {
            Session::Open(dialogue, place) => (dialogue, place),
            Session::Closed => {
                let place = self.gates.enter(&line.relay.name()).await;
                match self.open(line, &mail.message.from).await {
                    Ok(dialogue) => (Box::new(dialogue), place),
                    Err(error) => {
                        *session = refused(&error);
                        return Err(error);
                    }
                }
            }
            Session::Refused(error) => {
                *session = Session::Refused(error.clone());
                return Err(error);
            }
        };
        match transaction(&mut dialogue, mail, &message).await {
            Ok(reply) => {
                *session = Session::Open(dialogue, place);
                Ok(Answer {
                    status: reply.code,
                    headers: Vec::new(),
                    body: reply.text,
                })
            }
            Err(error) => {
                *session = refused(&error);
                Err(error)
            }
        }
    }

    /// Connects, encrypts and signs in as the relay's address says.
    async fn open(&self, line: &RelayLine, from: &str) -> Result<Dialogue, SendError> {
        let relay = &line.relay;
        let tcp = line.connector.connect(&relay.host, relay.port).await?;
        let mut wire: Box<dyn Wire> = Box::new(tcp);
        if relay.tls == Tls::Implicit {
            wire = self
                .timed(line, line.encrypted(wire, &self.authorities))
                .await?;
        }
        // A reply may take longer than a web page: servers look the sender up meanwhile.
        let patience = self.limits.timeout * 3;
        let mut dialogue = Dialogue::new(wire, relay.name(), patience);
        dialogue.greeting().await?;
        let own_name = from.rsplit('@').next().unwrap_or("localhost");
        dialogue.hello(own_name).await?;
        let encrypt = match relay.tls {
            Tls::None | Tls::Implicit => false,
            Tls::Opportunistic => dialogue.offers("STARTTLS"),
            Tls::Required if dialogue.offers("STARTTLS") => true,
            Tls::Required => return Err(dialogue.says_no(
                "does not offer TLS, which is required: set up STARTTLS there, or use smtps://, or say tls=none in --smtp-url",
            )),
        };
        if encrypt {
            let plain = dialogue.start_tls().await?;
            let wire = self
                .timed(line, line.encrypted(plain, &self.authorities))
                .await?;
            dialogue = Dialogue::new(wire, relay.name(), patience);
            dialogue.hello(own_name).await?;
        }
        if let Some((name, password)) = &relay.credentials {
            dialogue.sign_in(name, password).await?;
        }
        Ok(dialogue)
    }

    async fn timed<T>(
        &self,
        line: &RelayLine,
        work: impl Future<Output = Result<T, SendError>>,
    ) -> Result<T, SendError> {
        let after = self.limits.timeout;
        tokio::time::timeout(after, work).await.unwrap_or_else(|_| {
            Err(SendError::Timeout {
                host: line.relay.name(),
                after,
            })
        })
    }
}

/// What is left of a session after an error.
fn refused(error: &SendError) -> Session {
    if error.concerns_all() {
        Session::Refused(error.clone())
    } else {
        Session::Closed
    }
}

/// One message. The reply is the last one, or the one that ended the transaction early.
async fn transaction(
    dialogue: &mut Dialogue,
    mail: &Mail,
    message: &[u8],
) -> Result<Reply, SendError> {
    dialogue.sender(&mail.message.from, message.len()).await?;
    let reply = dialogue
        .command(&format!("RCPT TO:<{}>", mail.recipient))
        .await?;
    if !reply.is_positive() {
        dialogue.reset().await?;
        return Ok(reply);
    }
    let reply = dialogue.command("DATA").await?;
    if reply.is_positive() {
        return Err(dialogue.says_no("answers DATA as if a message had been sent"));
    }
    if reply.code != 354 {
        dialogue.reset().await?;
        return Ok(reply);
    }
    dialogue.content(message).await
}

#[cfg(test)]
mod tests;
