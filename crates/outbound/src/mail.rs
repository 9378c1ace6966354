//! A mail as data, and the message that goes over the wire.

use crate::SendError;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::sync::Arc;

/// Bytes that an address may have (RFC 5321, section 4.5.3.1.3).
const ADDRESS: usize = 254;

/// One letter to one recipient.
#[derive(Clone, Debug)]
pub struct Mail {
    /// the address it goes to
    pub recipient: String,
    /// its `Message-ID`, in angle brackets; the same at every attempt
    pub message_id: String,
    /// what all recipients get
    pub letter: Arc<Letter>,
}

/// What is the same for all recipients.
#[derive(Clone, Debug)]
pub struct Letter {
    /// name for humans in `From`
    pub from_name: String,
    /// address in `From`, and where the mail server returns what it cannot deliver
    pub from: String,
    /// where answers go, if not to `from`
    pub reply_to: Option<String>,
    /// the subject
    pub subject: String,
    /// when it was written
    pub date: Timestamp,
    /// further headers
    pub headers: Vec<(&'static str, String)>,
    /// the text
    pub text: String,
    /// the same as a web page
    pub html: String,
}

/// Whether a text is an address that mail can be sent to: ASCII, with one `@`.
pub fn is_mail_address(text: &str) -> bool {
    let fits = text.is_ascii() && text.len() <= ADDRESS && text.split('@').count() == 2;
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    fits && plain && text.parse::<Address>().is_ok()
}

/// A text as it may stand in a header: one line, and nothing in it that turns the reading direction
/// or cannot be seen.
pub fn header_text(text: &str) -> String {
    let visible = text.chars().filter(|letter| !turns_direction(*letter));
    let spaced = visible.map(|letter| if letter.is_control() { ' ' } else { letter });
    let line: String = spaced.collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character changes the reading direction of what stands around it.
pub fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Mail {
    /// The message as it goes over the wire, lines ended with CRLF.
    pub(crate) fn message(&self) -> Result<Vec<u8>, SendError> {
        let letter = &*self.letter;
        let mut builder = Message::builder()
            .from(mailbox(&letter.from_name, &letter.from)?)
            .to(mailbox("", &self.recipient)?)
            .subject(header_text(&letter.subject))
            .date(letter.date.into())
            .raw_header(written("Message-ID", &self.message_id));
        if let Some(reply_to) = &letter.reply_to {
            builder = builder.reply_to(mailbox(&letter.from_name, reply_to)?);
        }
        for (name, value) in &letter.headers {
            builder = builder.raw_header(header(name, value)?);
        }
        let parts = MultiPart::alternative()
            .boundary(self.boundary())
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(letter.text.clone()),
            )
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_HTML)
                    .body(letter.html.clone()),
            );
        let message = builder
            .multipart(parts)
            .map_err(|error| unfit(&self.recipient, &error))?;
        Ok(message.formatted())
    }

    /// What parts the text from the page, and stands in neither.
    fn boundary(&self) -> String {
        let id = self.message_id.chars().filter(char::is_ascii_alphanumeric);
        let mut boundary: String = "=_".chars().chain(id.take(48)).collect();
        while self.letter.text.contains(&boundary) || self.letter.html.contains(&boundary) {
            boundary.push('_');
        }
        boundary
    }

    /// Headers and text for the log; for a further recipient of the same letter the name alone.
    pub(crate) fn shown(&self, is_first: bool) -> String {
        let letter = &*self.letter;
        if !is_first {
            return format!("To: {}\n\n(the same message)\n", self.recipient);
        }
        let mut lines = vec![
            format!("From: {} <{}>", header_text(&letter.from_name), letter.from),
            format!("To: {}", self.recipient),
            format!("Subject: {}", header_text(&letter.subject)),
            format!("Message-ID: {}", self.message_id),
        ];
        lines.extend(letter.reply_to.iter().map(|to| format!("Reply-To: {to}")));
        lines.extend(
            letter
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", header_text(value))),
        );
        format!("{}\n\n{}", lines.join("\n"), letter.text)
    }
}

fn mailbox(name: &str, address: &str) -> Result<Mailbox, SendError> {
    let parsed: Address = address.parse().map_err(|error| unfit(address, &error))?;
    let name = header_text(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), parsed))
}

/// A header of plain words; what is not ASCII is encoded (RFC 2047).
fn header(name: &'static str, value: &str) -> Result<HeaderValue, SendError> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| unfit(name, &error))?;
    Ok(HeaderValue::new(name, header_text(value)))
}

/// A header whose value is written as it is: ASCII without blanks.
fn written(name: &'static str, value: &str) -> HeaderValue {
    let value: String = value.chars().filter(char::is_ascii_graphic).collect();
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.clone(),
        value,
    )
}

fn unfit(what: &str, error: &dyn std::fmt::Display) -> SendError {
    SendError::BadUrl {
        url: format!("mailto:{}", header_text(what)),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(letter: Letter) -> String {
        let mail = Mail {
            recipient: "bob@x.test".into(),
            message_id: "<7@crosstie.test>".into(),
            letter: Arc::new(letter),
        };
        String::from_utf8(mail.message().unwrap()).unwrap()
    }

    fn letter() -> Letter {
        Letter {
            from_name: "Ada".into(),
            from: "crosstie@x.test".into(),
            reply_to: None,
            subject: "Hello".into(),
            date: Timestamp::UNIX_EPOCH,
            headers: Vec::new(),
            text: "text\n.\n".into(),
            html: "<p>text</p>".into(),
        }
    }

    #[test]
    fn a_message_has_both_parts_and_is_the_same_each_time() {
        let text = mail(letter());
        for line in [
            "From: Ada <crosstie@x.test>",
            "To: bob@x.test",
            "Subject: Hello",
            "Date: Thu, 01 Jan 1970 00:00:00 +0000",
            "Message-ID: <7@crosstie.test>",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line}\n{text}");
        }
        assert_eq!(text, mail(letter()));
    }

    #[test]
    fn no_text_makes_a_header_of_its_own() {
        let evil = "x\r\nBcc: y@z.test\r\n\r\nbody\u{202e}\u{0}";
        let text = mail(Letter {
            from_name: evil.into(),
            subject: evil.into(),
            headers: vec![
                ("X-GitLab-Author", evil.into()),
                ("X-Long", "ü".repeat(300)),
            ],
            ..letter()
        });
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.is_ascii());
        assert!(
            !head
                .lines()
                .any(|line| line.to_lowercase().starts_with("bcc")),
            "{head}"
        );
        assert!(head.lines().all(|line| line.len() <= 998), "{head}");
        assert!(head.contains("Subject: x Bcc: y@z.test body\r\n"), "{head}");
    }

    #[test]
    fn an_address_is_told_from_other_text() {
        for good in [
            "a@x.test",
            "a.b+c@x.test",
            "a@localhost",
            "o'n@x.test",
            "a@[127.0.0.1]",
        ] {
            assert!(is_mail_address(good), "{good}");
        }
        let long = format!("{}@x.test", "a".repeat(250));
        for bad in [
            "",
            "a",
            "@x.test",
            "a@",
            "a@b@c",
            "a b@x.test",
            "ä@x.test",
            "<a@x.test>",
            &long,
            "a@x.test\r\nBcc:",
            "a@x.test>",
            "\"a\"@",
        ] {
            assert!(!is_mail_address(bad), "{bad}");
        }
    }

    #[test]
    fn the_log_has_a_letter_once() {
        let mail = Mail {
            recipient: "bob@x.test".into(),
            message_id: "<7@x>".into(),
            letter: Arc::new(letter()),
        };
        assert!(
            mail.shown(true).contains("Subject: Hello\n")
                && mail.shown(true).ends_with("text\n.\n")
        );
        assert_eq!(mail.shown(false), "To: bob@x.test\n\n(the same message)\n");
    }
}
