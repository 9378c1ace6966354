//! A message for a chat, independent of the tool that shows it.

use super::rich::RichText;
use jiff::Timestamp;

/// The message about one event.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// who did what where, in one sentence
    pub summary: RichText,
    /// whether the details say it all, so that tools that show them need no sentence above
    pub details_suffice: bool,
    /// what more there is to say
    pub details: Option<Details>,
}

/// What stands below the sentence.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// words and where they lead
    pub title: Option<(String, String)>,
    /// the text
    pub text: RichText,
    /// what it means
    pub tone: Tone,
    /// facts, in two columns
    pub fields: Vec<Field>,
    /// whose work it is
    pub author: Option<Author>,
    /// what it belongs to
    pub footer: String,
    /// when it happened
    pub at: Option<Timestamp>,
}

/// A fact.
#[derive(Clone, Debug)]
pub struct Field {
    /// its name
    pub title: String,
    /// what it is
    pub value: RichText,
    /// whether half a line is enough
    pub short: bool,
}

/// A person beside a message.
#[derive(Clone, Debug)]
pub struct Author {
    /// name
    pub name: String,
    /// address of a picture; may be empty
    pub picture: String,
}

/// What a message means, shown as a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// nothing special
    #[default]
    Neutral,
    /// all went well
    Good,
    /// it went well, with something to look at
    Warning,
    /// something failed
    Danger,
    /// something asks for attention
    Attention,
}

impl Message {
    /// Only a sentence.
    pub fn of(summary: RichText) -> Self {
        Self {
            summary,
            ..Self::default()
        }
    }

    /// The sentence and, below it, the text of the details.
    pub fn in_full(&self) -> RichText {
        let summary = self.summary.clone();
        match &self.details {
            Some(details) if !details.text.is_empty() => {
                summary.text("\n").then(details.text.clone())
            }
            _ => summary,
        }
    }

    /// With details below.
    #[must_use]
    pub fn with(mut self, details: Details) -> Self {
        self.details = Some(details);
        self
    }
}

impl Details {
    /// Only text; none when it is empty.
    pub fn text(text: RichText) -> Option<Self> {
        let details = Self {
            text,
            ..Self::default()
        };
        (!details.text.is_empty()).then_some(details)
    }
}

impl Field {
    /// A fact that half a line is enough for.
    pub fn short(title: impl Into<String>, value: RichText) -> Self {
        Self {
            title: title.into(),
            value,
            short: true,
        }
    }
}
