//! The world as an integration sees it, and the recorder that stands between.

use crate::smtp::Session;
use crate::{Answer, Letter, Outbound, Outgoing, Redactor, Request, SendError};
use async_trait::async_trait;
use model::Recorded;
use std::sync::Arc;

/// Bytes of a body kept in the log.
const KEPT: usize = 16 * 1024;

/// The only way an integration reaches anything.
#[async_trait]
pub trait Net: Send {
    /// Sends something, whichever way it goes, and waits for the whole answer.
    async fn deliver(&mut self, outgoing: Outgoing) -> Result<Answer, SendError>;

    /// Sends an HTTP request.
    async fn send(&mut self, request: Request) -> Result<Answer, SendError> {
        self.deliver(request.into()).await
    }
}

/// Sends through [`Outbound`] and keeps what went over the wire, without secrets.
pub struct Recorder<'a> {
    outbound: &'a Outbound,
    mail: Session,
    transcript: Transcript,
}

impl<'a> Recorder<'a> {
    /// A new record.
    pub fn new(outbound: &'a Outbound, redactor: Redactor) -> Self {
        Self {
            outbound,
            mail: Session::default(),
            transcript: Transcript::new(redactor),
        }
    }

    /// Takes leave of the mail server, if it was spoken to.
    pub async fn hang_up(&mut self) {
        std::mem::take(&mut self.mail).close().await;
    }

    /// What was sent and answered, in order.
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

/// What went over the wire, or would: the form in which the log keeps it.
pub struct Transcript {
    redactor: Redactor,
    record: Vec<Recorded>,
    /// the letter that stands in the record last, so that it is kept once for all who get it
    letter: Option<Arc<Letter>>,
}

impl Transcript {
    /// An empty one.
    pub fn new(redactor: Redactor) -> Self {
        Self {
            redactor,
            record: Vec::new(),
            letter: None,
        }
    }

    /// All of it, in order.
    pub fn into_record(self) -> Vec<Recorded> {
        self.record
    }

    /// Adds one exchange; `relay` is the mail server's address, if there is one.
    pub fn add(&mut self, outgoing: &Outgoing, answer: Option<&Answer>, relay: Option<&str>) {
        let (method, url, body) = match outgoing {
            Outgoing::Http(request) => {
                let body = request.body.as_ref().map(|(_, text)| text.clone());
                (request.method.name(), request.url.clone(), body)
            }
            Outgoing::Lines(lines) => ("TCP", lines.url(), Some(lines.text.clone())),
            Outgoing::Mail(mail) => {
                let known = self.letter.replace(Arc::clone(&mail.letter));
                let is_first = known.is_none_or(|known| !Arc::ptr_eq(&known, &mail.letter));
                (
                    "SMTP",
                    relay.unwrap_or_default().to_owned(),
                    Some(mail.shown(is_first)),
                )
            }
        };
        let has_status = !matches!(outgoing, Outgoing::Lines(_));
        let kept = |text: &str| cut(self.redactor.clean(text).into_owned());
        self.record.push(Recorded {
            method: method.to_owned(),
            url: self.redactor.clean(&url).into_owned(),
            status: answer.filter(|_| has_status).map(|answer| answer.status),
            request_body: body.map(|text| kept(&text)),
            response_body: answer.map(|answer| kept(&answer.body)),
        });
    }
}

/// Cuts to the log's limit, at a character.
fn cut(text: String) -> String {
    if text.len() <= KEPT {
        return text;
    }
    let end = (0..=KEPT)
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0);
    format!("{}… [{} bytes more]", &text[..end], text.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lines;
    use model::Secret;
    use serde_json::json;

    fn recorded(outgoing: &Outgoing, answer: &Answer, redactor: Redactor) -> Recorded {
        let mut transcript = Transcript::new(redactor);
        transcript.add(outgoing, Some(answer), None);
        transcript.into_record().remove(0)
    }

    #[test]
    fn the_record_holds_no_secret_and_no_more_than_its_limit() {
        let secret = Secret::new("s3cret");
        let redactor = Redactor::new([&secret], &[]);
        let request = Request::post("https://x.test/?key=s3cret").json(&json!({"k": "s3cret"}));
        let answer = Answer {
            body: format!("you said s3cret {}", "ü".repeat(KEPT)),
            ..Answer::made_up(200, &json!(null))
        };
        let kept = recorded(&request.into(), &answer, redactor);
        assert!(!format!("{kept:?}").contains("s3cret"), "{kept:?}");
        let body = kept.response_body.unwrap();
        assert!(body.len() < KEPT + 40 && body.ends_with("bytes more]"));
    }

    #[test]
    fn lines_have_no_status() {
        let lines = Lines {
            host: "irc.test".into(),
            port: 6659,
            text: "{}\n".into(),
        };
        let answer = Answer::made_up(200, &json!(null));
        let kept = recorded(&lines.into(), &answer, Redactor::default());
        assert_eq!(
            (kept.method.as_str(), kept.url.as_str(), kept.status),
            ("TCP", "tcp://irc.test:6659", None)
        );
    }
}
