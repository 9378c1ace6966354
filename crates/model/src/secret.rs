//! Secret values.

use std::fmt;

/// A text that cannot be printed, serialized or compared by accident.
///
/// Only [`Secret::expose`] returns the value, so a search for that word finds
/// every use.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps the value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, to be sent or checked.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the value is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Whether two byte strings are equal, in a time that depends only on their lengths.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        let shown = format!("{:?}", Secret::new("hunter2"));
        assert_eq!(shown, "[secret]");
    }

    #[test]
    fn comparison_needs_the_whole_value() {
        assert!(constant_time_eq(b"abc", b"abc"));
        for other in [&b"ab"[..], b"abcd", b"", b"abd"] {
            assert!(!constant_time_eq(b"abc", other), "{other:?}");
        }
    }
}
