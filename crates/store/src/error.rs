//! Errors of the store.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// A failed store operation.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// A row with the same unique value exists.
    Conflict,
    /// The database cannot be used now: disk full, locked, read-only, missing.
    Unavailable(Reason),
    /// The database was written by a newer Crosstie.
    Newer {
        /// version of the database
        found: i64,
        /// newest version that this program supports
        supported: i64,
    },
    /// A query or a row is not what the program expects: a bug.
    Broken(Reason),
    /// A stored secret cannot be decrypted.
    Secret(Reason),
}

/// Why an operation failed, and the error behind it.
#[derive(Clone, Debug)]
pub struct Reason {
    text: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Reason {
    /// A reason with the error behind it.
    pub fn new(text: impl Into<String>, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            text: text.into(),
            source: Some(Arc::new(source)),
        }
    }

    /// The same, with words before it.
    pub(crate) fn context(mut self, words: impl fmt::Display) -> Self {
        self.text = format!("{words}: {}", self.text);
        self
    }
}

impl<T: Into<String>> From<T> for Reason {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            source: None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl StoreError {
    /// Whether the same operation may succeed later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// [`Unavailable`](Self::Unavailable), without an error behind it.
    pub fn unavailable(text: impl Into<String>) -> Self {
        Self::Unavailable(text.into().into())
    }

    /// [`Broken`](Self::Broken), without an error behind it.
    pub fn broken(text: impl Into<String>) -> Self {
        Self::Broken(text.into().into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => out.write_str("already taken"),
            Self::Unavailable(why) => write!(out, "the database cannot be used: {why}"),
            Self::Newer { found, supported } => write!(
                out,
                "the database has version {found}, this Crosstie supports versions up to {supported}: start the newer Crosstie again, or restore the backup made before the upgrade"
            ),
            Self::Broken(why) => write!(out, "unexpected data in the database: {why}"),
            Self::Secret(why) => write!(out, "a stored secret cannot be decrypted: {why}"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let (Self::Unavailable(why) | Self::Broken(why) | Self::Secret(why)) = self else {
            return None;
        };
        let source: &(dyn Error + 'static) = why.source.as_deref()?;
        Some(source)
    }
}
