//! A message as Slack's attachments, which Mattermost and others take too.
//!
//! Shape: <https://api.slack.com/reference/messaging/attachments>.

use super::message::{Details, Message, Tone};
use super::rich::{Markup, Plain, RichText};
use serde_json::{Map, Value, json};

/// Maximum characters of a text: Slack advises 4,000, and a block takes 3,000.
const TEXT: usize = 3_000;

/// The keys of a message: `text`, `fallback` and `attachments`.
pub fn keys(message: &Message, markup: &dyn Markup) -> Map<String, Value> {
    let summary = message.summary.clone().shortened(TEXT);
    let text = if message.details_suffice {
        String::new()
    } else {
        summary.write(markup)
    };
    let fallback = summary.write(&Plain);
    let attachments: Vec<Value> = message
        .details
        .iter()
        .map(|details| attachment(details, &fallback, markup))
        .collect();
    Map::from_iter([
        ("text".to_owned(), text.into()),
        ("fallback".to_owned(), fallback.into()),
        ("attachments".to_owned(), attachments.into()),
    ])
}

fn attachment(details: &Details, fallback: &str, markup: &dyn Markup) -> Value {
    let mut keys = Map::new();
    let mut put = |key: &str, value: Value| {
        if !matches!(&value, Value::String(text) if text.is_empty()) {
            keys.insert(key.to_owned(), value);
        }
    };
    put("fallback", fallback.into());
    put("color", color(details.tone).into());
    if let Some(author) = &details.author {
        put("author_name", author.name.as_str().into());
        put("author_icon", web(&author.picture).into());
    }
    if let Some((title, link)) = &details.title {
        let title = RichText::new().text(title).shortened(300);
        put("title", title.write(markup).into());
        put("title_link", web(link).into());
    }
    put(
        "text",
        details.text.clone().shortened(TEXT).write(markup).into(),
    );
    if !details.fields.is_empty() {
        let fields = details.fields.iter().map(|field| {
            let value = field.value.clone().shortened(TEXT).write(markup);
            json!({"title": field.title, "value": value, "short": field.short})
        });
        put("fields", fields.collect());
    }
    put("footer", details.footer.as_str().into());
    if let Some(at) = details.at {
        put("ts", at.as_second().into());
    }
    put("mrkdwn_in", json!(["text", "fields"]));
    Value::Object(keys)
}

fn color(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "#334455",
        Tone::Good => "good",
        Tone::Warning => "warning",
        Tone::Danger => "danger",
        Tone::Attention => "#C95823",
    }
}

/// An address that a browser may open, or nothing.
fn web(url: &str) -> &str {
    let leads = url.starts_with("https://") || url.starts_with("http://");
    if leads { url } else { "" }
}
