//! Rules on the form of a value, for the `validate` of several integrations.

use crate::{FieldError, Values};

/// GitLab's word for a value of the wrong form; nothing for one that is not set.
pub(crate) fn form(
    values: &Values,
    name: &'static str,
    fits: fn(&str) -> bool,
) -> Option<FieldError> {
    let text = values.text(name);
    (!text.is_empty() && !fits(&text)).then(|| FieldError::new(name, "is invalid"))
}

/// The error of a secret that is set and has the wrong form.
pub(crate) fn secret_form(
    values: &Values,
    name: &'static str,
    fits: fn(&str) -> bool,
    message: &str,
) -> Option<FieldError> {
    let secret = values.secret(name);
    let text = secret.expose();
    (!text.is_empty() && !fits(text)).then(|| FieldError::new(name, message))
}

/// Only letters, digits and underscores, at least one.
pub(crate) fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.is_empty() && text.bytes().all(fits)
}

/// A letter, then letters, digits and underscores.
pub(crate) fn is_identifier(text: &str) -> bool {
    is_word(text) && text.starts_with(|first: char| first.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_identifiers() {
        for (text, word, identifier) in [
            ("a_1", true, true),
            ("1a", true, false),
            ("_a", true, false),
            ("", false, false),
            ("a-b", false, false),
            ("ä", false, false),
            ("a\n", false, false),
        ] {
            assert_eq!(
                (is_word(text), is_identifier(text)),
                (word, identifier),
                "{text:?}"
            );
        }
    }
}
