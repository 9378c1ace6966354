//! A mail as data, and its encoding for SMTP.

use crate::SendError;
use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::sync::Arc;

/// The maximum length of an address, in bytes
/// (<https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3>, without the angle brackets).
const MAX_ADDRESS: usize = 254;

/// A message to one recipient.
#[derive(Clone, Debug)]
pub struct Mail {
    /// the address it goes to
    pub recipient: String,
    /// its `Message-ID`, in angle brackets; the same at every attempt
    pub message_id: String,
    /// the same for all recipients
    pub message: Arc<MailMessage>,
}

/// The part of a mail that is the same for all recipients.
#[derive(Clone, Debug)]
pub struct MailMessage {
    /// display name in `From`
    pub from_name: String,
    /// address in `From` and of the envelope, to which undeliverable mail is returned
    pub from: String,
    /// address for replies, if not `from`
    pub reply_to: Option<String>,
    /// the subject
    pub subject: String,
    /// the `Date` header
    pub date: Timestamp,
    /// further headers
    pub headers: Vec<(&'static str, String)>,
    /// the plain text part
    pub text: String,
    /// the HTML part
    pub html: String,
}

/// Whether a text is a mail address: ASCII, with one `@`.
pub fn is_mail_address(text: &str) -> bool {
    let fits = text.is_ascii() && text.len() <= MAX_ADDRESS && text.split('@').count() == 2;
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    fits && plain && text.parse::<Address>().is_ok()
}

/// A text made safe for a header: one line, without control characters and changes of the reading
/// direction.
pub fn header_text(text: &str) -> String {
    let visible = text.chars().filter(|char| !is_bidi_control(*char));
    let spaced = visible.map(|char| if char.is_control() { ' ' } else { char });
    let line: String = spaced.collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character changes the reading direction of the text around it
/// (<https://www.unicode.org/reports/tr9/#Explicit_Directional_Formatting_Codes>).
pub fn is_bidi_control(char: char) -> bool {
    matches!(char, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Mail {
    /// The message in its Internet format, with CRLF line breaks.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, SendError> {
        let message = &*self.message;
        let mut builder = Message::builder()
            .from(mailbox(&message.from_name, &message.from)?)
            .to(mailbox("", &self.recipient)?)
            .subject(header_text(&message.subject))
            .date(message.date.into())
            .raw_header(unencoded_header("Message-ID", &self.message_id));
        if let Some(reply_to) = &message.reply_to {
            builder = builder.reply_to(mailbox(&message.from_name, reply_to)?);
        }
        for (name, value) in &message.headers {
            builder = builder.raw_header(header(name, value)?);
        }
        let parts = MultiPart::alternative()
            .boundary(self.boundary())
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(message.text.clone()),
            )
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_HTML)
                    .body(message.html.clone()),
            );
        let message = builder
            .multipart(parts)
            .map_err(|error| invalid(&self.recipient, &error))?;
        Ok(message.formatted())
    }

    /// A separator of the two parts that appears in neither.
    fn boundary(&self) -> String {
        let id = self.message_id.chars().filter(char::is_ascii_alphanumeric);
        let mut boundary: String = "=_".chars().chain(id.take(48)).collect();
        while self.message.text.contains(&boundary) || self.message.html.contains(&boundary) {
            boundary.push('_');
        }
        boundary
    }

    /// Headers and text for the delivery log; only the recipient after the first of a message.
    pub(crate) fn excerpt(&self, is_first: bool) -> String {
        let message = &*self.message;
        if !is_first {
            return format!("To: {}\n\n(the same message)\n", self.recipient);
        }
        let mut lines = vec![
            format!(
                "From: {} <{}>",
                header_text(&message.from_name),
                message.from
            ),
            format!("To: {}", self.recipient),
            format!("Subject: {}", header_text(&message.subject)),
            format!("Message-ID: {}", self.message_id),
        ];
        lines.extend(message.reply_to.iter().map(|to| format!("Reply-To: {to}")));
        lines.extend(
            message
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", header_text(value))),
        );
        format!("{}\n\n{}", lines.join("\n"), message.text)
    }
}

fn mailbox(name: &str, address: &str) -> Result<Mailbox, SendError> {
    let parsed: Address = address.parse().map_err(|error| invalid(address, &error))?;
    let name = header_text(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), parsed))
}

/// A header whose text is encoded where it is not ASCII (<https://www.rfc-editor.org/rfc/rfc2047>).
fn header(name: &'static str, value: &str) -> Result<HeaderValue, SendError> {
    let name =
        HeaderName::new_from_ascii(name.to_owned()).map_err(|error| invalid(name, &error))?;
    Ok(HeaderValue::new(name, header_text(value)))
}

/// A header whose value is not encoded: ASCII without whitespace.
fn unencoded_header(name: &'static str, value: &str) -> HeaderValue {
    let value: String = value.chars().filter(char::is_ascii_graphic).collect();
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        value.clone(),
        value,
    )
}

fn invalid(what: &str, error: &dyn std::fmt::Display) -> SendError {
    SendError::BadUrl {
        url: format!("mailto:{}", header_text(what)),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(message: MailMessage) -> String {
        let mail = Mail {
            recipient: "bob@x.test".into(),
            message_id: "<7@crosstie.test>".into(),
            message: Arc::new(message),
        };
        String::from_utf8(mail.encode().unwrap()).unwrap()
    }

    fn message() -> MailMessage {
        MailMessage {
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
        let text = mail(message());
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
        assert_eq!(text, mail(message()));
    }

    #[test]
    fn text_cannot_inject_a_header() {
        let evil = "x\r\nBcc: y@z.test\r\n\r\nbody\u{202e}\u{0}";
        let text = mail(MailMessage {
            from_name: evil.into(),
            subject: evil.into(),
            headers: vec![
                ("X-GitLab-Author", evil.into()),
                ("X-Long", "ü".repeat(300)),
            ],
            ..message()
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
    fn only_valid_addresses_are_accepted() {
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
    fn the_log_has_a_message_once() {
        let mail = Mail {
            recipient: "bob@x.test".into(),
            message_id: "<7@x>".into(),
            message: Arc::new(message()),
        };
        assert!(
            mail.excerpt(true).contains("Subject: Hello\n")
                && mail.excerpt(true).ends_with("text\n.\n")
        );
        assert_eq!(
            mail.excerpt(false),
            "To: bob@x.test\n\n(the same message)\n"
        );
    }
}
