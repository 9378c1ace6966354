//! Addresses with a query.

use url::form_urlencoded::Serializer;

/// The address with these pairs behind what is there; a secret among them is redacted in the log
/// like any other.
pub(crate) fn with(address: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return address.to_owned();
    }
    let mark = if address.contains('?') { '&' } else { '?' };
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{address}{mark}{query}")
}

/// The address of something below a base, with one slash between.
pub(crate) fn below(base: &str, path: &str) -> String {
    format!("{}/{path}", base.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_encoded_and_follow_what_is_there() {
        assert_eq!(with("https://x.test/a", &[]), "https://x.test/a");
        let one = with("https://x.test/a", &[("k", "a&b c")]);
        assert_eq!(one, "https://x.test/a?k=a%26b+c");
        assert_eq!(
            with(&one, &[("l", "ü")]),
            "https://x.test/a?k=a%26b+c&l=%C3%BC"
        );
        assert_eq!(below("https://x.test//", "a/b"), "https://x.test/a/b");
    }
}
