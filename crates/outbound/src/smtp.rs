//! SMTP (<https://www.rfc-editor.org/rfc/rfc5321>): one connection for all messages of an attempt,
//! one transaction for each.
//!
//! lettre encodes the message; the client is Crosstie's own, because it uses the checked connector
//! and the time limits of this crate, and must go on after a refused recipient.

mod dialogue;
mod reply;

use crate::connect::bare;
use crate::error::within;
use crate::relay::{RelayClient, Tls};
use crate::{Answer, Mail, Outbound, SendError};
use dialogue::{Dialogue, Wire};
use reply::Reply;
use rustls::pki_types::ServerName;
use tokio::sync::OwnedSemaphorePermit;
use tokio_rustls::TlsConnector;

/// The connection to the mail server during one attempt.
#[derive(Default)]
pub(crate) enum Session {
    /// not opened yet, or closed after an error
    #[default]
    Closed,
    /// ready for the next message
    Open(Box<Dialogue>, Option<OwnedSemaphorePermit>),
    /// the server refused a message for a reason that applies to all
    Refused(SendError),
}

impl Session {
    /// Ends the session, without waiting long for the reply.
    pub(crate) async fn close(self) {
        if let Self::Open(mut dialogue, _permit) = self {
            dialogue.quit().await;
        }
    }
}

impl Outbound {
    /// Sends a message; the answer has the SMTP reply's code as status and its text as body.
    ///
    /// An answer applies to this message; what applies to all messages is an error.
    pub(crate) async fn send_mail(
        &self,
        session: &mut Session,
        mail: &Mail,
    ) -> Result<Answer, SendError> {
        let client = self.relay.as_ref().ok_or(SendError::NoRelay)?;
        let message = mail.encode()?;
        let (mut dialogue, permit) = match std::mem::take(session) {
            Session::Open(dialogue, permit) => (dialogue, permit),
            Session::Closed => {
                let permit = self.hosts.acquire(&client.relay.name()).await;
                match self.open(client, &mail.message.from).await {
                    Ok(dialogue) => (Box::new(dialogue), permit),
                    Err(error) => {
                        *session = after_error(&error);
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
                *session = Session::Open(dialogue, permit);
                Ok(Answer {
                    status: reply.code,
                    headers: Vec::new(),
                    body: reply.text,
                })
            }
            Err(error) => {
                *session = after_error(&error);
                Err(error)
            }
        }
    }

    /// Connects, starts TLS and authenticates as configured by `--smtp-url`.
    async fn open(&self, client: &RelayClient, from: &str) -> Result<Dialogue, SendError> {
        let relay = &client.relay;
        let tcp = client.connector.connect(&relay.host, relay.port).await?;
        let mut wire: Box<dyn Wire> = Box::new(tcp);
        if relay.tls == Tls::Implicit {
            wire = self.encrypted(client, wire).await?;
        }
        // A reply may take longer than a web page: some servers look up the sender first.
        let patience = self.limits.timeout * 3;
        let mut dialogue = Dialogue::new(wire, relay.name(), patience);
        dialogue.greeting().await?;
        let own_name = from.rsplit('@').next().unwrap_or("localhost");
        dialogue.ehlo(own_name).await?;
        let encrypt = match relay.tls {
            Tls::None | Tls::Implicit => false,
            Tls::Opportunistic => dialogue.offers("STARTTLS"),
            Tls::Required if dialogue.offers("STARTTLS") => true,
            Tls::Required => return Err(dialogue.refused(
                "does not offer STARTTLS, which is required: enable it there, or use smtps://, or set tls=none in --smtp-url",
            )),
        };
        if encrypt {
            let plain = dialogue.start_tls().await?;
            let wire = self.encrypted(client, plain).await?;
            dialogue = Dialogue::new(wire, relay.name(), patience);
            dialogue.ehlo(own_name).await?;
        }
        if let Some((name, password)) = &relay.credentials {
            dialogue.authenticate(name, password).await?;
        }
        Ok(dialogue)
    }

    async fn encrypted(
        &self,
        client: &RelayClient,
        plain: Box<dyn Wire>,
    ) -> Result<Box<dyn Wire>, SendError> {
        let host = client.relay.name();
        let failed = |why: String| SendError::Tls {
            host: host.clone(),
            why: format!(
                "{why}; use a certificate that this machine trusts, add its authority with --outbound-ca-file, or set tls=none in --smtp-url"
            ),
        };
        let name = ServerName::try_from(bare(&client.relay.host).to_owned());
        let name = name.map_err(|error| failed(error.to_string()))?;
        let connector = TlsConnector::from(client.tls_config(&self.authorities));
        let handshake = async {
            let stream = connector.connect(name, plain).await;
            stream.map_err(|error| failed(error.to_string()))
        };
        Ok(Box::new(
            within(self.limits.timeout, &host, handshake).await?,
        ))
    }
}

/// The state of a session after an error.
fn after_error(error: &SendError) -> Session {
    if error.concerns_all() {
        Session::Refused(error.clone())
    } else {
        Session::Closed
    }
}

/// Sends one message. The reply is the last one, or the one that ended the transaction early.
async fn transaction(
    dialogue: &mut Dialogue,
    mail: &Mail,
    message: &[u8],
) -> Result<Reply, SendError> {
    dialogue
        .mail_from(&mail.message.from, message.len())
        .await?;
    let reply = dialogue
        .command(&format!("RCPT TO:<{}>", mail.recipient))
        .await?;
    if !reply.is_positive() {
        dialogue.reset().await?;
        return Ok(reply);
    }
    let reply = dialogue.command("DATA").await?;
    if reply.is_positive() {
        return Err(dialogue.refused("accepts DATA before the message was sent"));
    }
    if reply.code != 354 {
        dialogue.reset().await?;
        return Ok(reply);
    }
    dialogue.content(message).await
}

#[cfg(test)]
mod tests;
