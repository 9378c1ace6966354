//! The body of a comment: wiki text or a document.

use super::document;
use super::text::{Block, read, words, write};
use super::views::CommentView;
use serde_json::Value;

/// A comment's body as it came.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    Wiki(String),
    Document(Value),
}

impl Body {
    pub(super) fn blocks(&self) -> Vec<Block> {
        match self {
            Self::Wiki(text) => read(text),
            Self::Document(document) => document::read(document),
        }
    }

    /// As REST v2 tells it.
    pub(super) fn wiki(&self) -> String {
        match self {
            Self::Wiki(text) => text.clone(),
            Self::Document(_) => write(&self.blocks()),
        }
    }

    /// As REST v3 tells it.
    pub(super) fn document(&self) -> Value {
        match self {
            Self::Document(document) => document.clone(),
            Self::Wiki(_) => document::write(&self.blocks()),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Wiki(text) => text.trim().is_empty(),
            Self::Document(_) => words(&self.blocks()).trim().is_empty(),
        }
    }

    pub(super) fn view(&self) -> CommentView {
        match self {
            Self::Wiki(text) => CommentView {
                text: text.clone(),
                document: None,
            },
            Self::Document(document) => CommentView {
                text: words(&self.blocks()),
                document: Some(document.clone()),
            },
        }
    }
}
