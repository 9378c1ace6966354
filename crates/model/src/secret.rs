//! A value that must not be seen.

use std::fmt;

/// Text that cannot print, serialise or compare itself by accident.
///
/// Only [`Secret::expose`] gives the value, so that every place that uses one is
/// found by searching for that word.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Takes the value in.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that sends or checks it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
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
