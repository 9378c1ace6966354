//! [`Net`], through which integrations send, and the [`Recorder`] behind it.

use crate::smtp::Session;
use crate::{Answer, MailMessage, Outbound, Outgoing, Redactor, Request, SendError};
use async_trait::async_trait;
use model::Recorded;
use std::borrow::Cow;
use std::sync::Arc;

/// The maximum of a body stored in the log, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// The only way for an integration to reach the network.
#[async_trait]
pub trait Net: Send {
    /// Sends over any protocol and waits for the whole answer.
    async fn deliver(&mut self, outgoing: Outgoing) -> Result<Answer, SendError>;

    /// Sends an HTTP request.
    async fn send(&mut self, request: Request) -> Result<Answer, SendError> {
        self.deliver(request.into()).await
    }
}

/// Sends through [`Outbound`] and records every exchange, with secrets redacted.
pub struct Recorder<'a> {
    outbound: &'a Outbound,
    mail: Session,
    transcript: Transcript,
}

impl<'a> Recorder<'a> {
    /// An empty record.
    pub fn new(outbound: &'a Outbound, redactor: Redactor) -> Self {
        Self {
            outbound,
            mail: Session::default(),
            transcript: Transcript::new(redactor),
        }
    }

    /// Closes the connection to the mail server, if one is open.
    pub async fn close(&mut self) {
        std::mem::take(&mut self.mail).close().await;
    }

    /// The exchanges, in order.
    pub fn into_record(self) -> Vec<Recorded> {
        self.transcript.into_record()
    }
}

#[async_trait]
impl Net for Recorder<'_> {
    async fn deliver(&mut self, outgoing: Outgoing) -> Result<Answer, SendError> {
        let result = match &outgoing {
            Outgoing::Http(request) => self.outbound.send(request).await,
            Outgoing::Lines(lines) => self.outbound.send_lines(lines).await,
            Outgoing::Mail(mail) => self.outbound.send_mail(&mut self.mail, mail).await,
        };
        let relay = self.outbound.relay_url();
        self.transcript
            .add(&outgoing, result.as_ref().ok(), relay.as_deref());
        result
    }
}

/// Requests with their answers, as the delivery log stores them.
pub struct Transcript {
    redactor: Redactor,
    record: Vec<Recorded>,
    /// the last message recorded, to record it once for all its recipients
    message: Option<Arc<MailMessage>>,
}

impl Transcript {
    /// An empty transcript.
    pub fn new(redactor: Redactor) -> Self {
        Self {
            redactor,
            record: Vec::new(),
            message: None,
        }
    }

    /// The exchanges, in order.
    pub fn into_record(self) -> Vec<Recorded> {
        self.record
    }

    /// Adds one exchange; `relay` is the mail server's URL, if one is configured.
    pub fn add(&mut self, outgoing: &Outgoing, answer: Option<&Answer>, relay: Option<&str>) {
        let (method, url, body) = match outgoing {
            Outgoing::Http(request) => {
                let body = request.body.as_ref();
                let body = body.map(|(_, text)| Cow::from(text));
                (request.method.name(), Cow::from(&request.url), body)
            }
            Outgoing::Lines(lines) => ("TCP", lines.url().into(), Some(Cow::from(&lines.text))),
            Outgoing::Mail(mail) => {
                let last = self.message.replace(Arc::clone(&mail.message));
                let is_first = last.is_none_or(|last| !Arc::ptr_eq(&last, &mail.message));
                let text = mail.excerpt(is_first).into();
                ("SMTP", relay.unwrap_or_default().into(), Some(text))
            }
        };
        let has_status = !matches!(outgoing, Outgoing::Lines(_));
        self.record.push(Recorded {
            method: method.to_owned(),
            url: self.redactor.redact(&url).into_owned(),
            status: answer.filter(|_| has_status).map(|answer| answer.status),
            request_body: body.map(|text| self.redactor.excerpt(&text, MAX_BODY)),
            response_body: answer.map(|answer| self.redactor.excerpt(&answer.body, MAX_BODY)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lines;
    use model::Secret;
    use serde_json::json;

    fn record(outgoing: &Outgoing, answer: &Answer, redactor: Redactor) -> Recorded {
        let mut transcript = Transcript::new(redactor);
        transcript.add(outgoing, Some(answer), None);
        transcript.into_record().remove(0)
    }

    #[test]
    fn the_record_has_no_secret_and_is_cut_to_its_limit() {
        let secret = Secret::new("s3cret");
        let redactor = Redactor::new([&secret], &[]);
        let request = Request::post("https://x.test/?key=s3cret").json(&json!({"k": "s3cret"}));
        let answer = Answer {
            body: format!("you sent s3cret {}", "ü".repeat(MAX_BODY)),
            ..Answer::sample(200, &json!(null))
        };
        let recorded = record(&request.into(), &answer, redactor);
        assert!(!format!("{recorded:?}").contains("s3cret"), "{recorded:?}");
        let body = recorded.response_body.unwrap();
        assert!(body.len() < MAX_BODY + 40 && body.ends_with("bytes more]"));
    }

    #[test]
    fn lines_have_no_status() {
        let lines = Lines {
            host: "irc.test".into(),
            port: 6659,
            text: "{}\n".into(),
        };
        let answer = Answer::sample(200, &json!(null));
        let recorded = record(&lines.into(), &answer, Redactor::default());
        assert_eq!(
            (
                recorded.method.as_str(),
                recorded.url.as_str(),
                recorded.status
            ),
            ("TCP", "tcp://irc.test:6659", None)
        );
    }
}
