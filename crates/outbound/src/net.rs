//! The world as an integration sees it, and the recorder that stands between.

use crate::{Answer, Outbound, Outgoing, Redactor, Request, SendError};
use async_trait::async_trait;
use model::Recorded;

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
    redactor: Redactor,
    record: Vec<Recorded>,
}

impl<'a> Recorder<'a> {
    /// A new record.
    pub fn new(outbound: &'a Outbound, redactor: Redactor) -> Self {
        Self {
            outbound,
            redactor,
            record: Vec::new(),
        }
    }

    /// What was sent and answered, in order.
    pub fn into_record(self) -> Vec<Recorded> {
        self.record
    }
}

#[async_trait]
impl Net for Recorder<'_> {
    async fn deliver(&mut self, outgoing: Outgoing) -> Result<Answer, SendError> {
        let result = match &outgoing {
            Outgoing::Http(request) => self.outbound.send(request).await,
            Outgoing::Lines(lines) => self.outbound.send_lines(lines).await,
        };
        self.record
            .push(recorded(&outgoing, result.as_ref().ok(), &self.redactor));
        result
    }
}

/// One exchange as the log keeps it.
pub fn recorded(outgoing: &Outgoing, answer: Option<&Answer>, redactor: &Redactor) -> Recorded {
    let kept = |text: &str| cut(redactor.clean(text).into_owned());
    let (method, url, body) = match outgoing {
        Outgoing::Http(request) => {
            let body = request.body.as_ref().map(|(_, text)| text);
            (request.method.name(), request.url.clone(), body)
        }
        Outgoing::Lines(lines) => ("TCP", lines.url(), Some(&lines.text)),
    };
    let spoken = matches!(outgoing, Outgoing::Http(_));
    Recorded {
        method: method.to_owned(),
        url: redactor.clean(&url).into_owned(),
        status: answer.filter(|_| spoken).map(|answer| answer.status),
        request_body: body.map(|text| kept(text)),
        response_body: answer.map(|answer| kept(&answer.body)),
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

    #[test]
    fn the_record_holds_no_secret_and_no_more_than_its_limit() {
        let secret = Secret::new("s3cret");
        let redactor = Redactor::new([&secret], &[]);
        let request = Request::post("https://x.test/?key=s3cret").json(&json!({"k": "s3cret"}));
        let answer = Answer {
            body: format!("you said s3cret {}", "ü".repeat(KEPT)),
            ..Answer::made_up(200, &json!(null))
        };
        let kept = recorded(&request.into(), Some(&answer), &redactor);
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
        let kept = recorded(&lines.into(), Some(&answer), &Redactor::default());
        assert_eq!(
            (kept.method.as_str(), kept.url.as_str(), kept.status),
            ("TCP", "tcp://irc.test:6659", None)
        );
    }
}
