//! Redirects, never to another server.

use percent_encoding::percent_decode_str;
use url::{Url, form_urlencoded};

/// Represents this server; no such host exists.
const HERE: &str = "http://here.invalid";

/// Path of the sign-in page.
pub(super) const SIGN_IN: &str = "/users/sign_in";

/// The path of the sign-in page that returns to a path afterwards.
pub(super) fn to_sign_in(return_to: &str) -> String {
    let path = path(return_to);
    if path == "/" {
        return SIGN_IN.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", &path)
        .finish();
    format!("{SIGN_IN}?{query}")
}

/// The path and query to redirect to, or the home page if the text names another server.
pub(super) fn path(text: &str) -> String {
    checked(text).unwrap_or_else(|| "/".to_owned())
}

fn checked(text: &str) -> Option<String> {
    // Decoded twice, because a proxy or a browser on the way may decode once more.
    let once = percent_decode_str(text).decode_utf8().ok()?;
    let twice = percent_decode_str(&once).decode_utf8().ok()?;
    for shown in [text, &once, &twice] {
        let odd = shown.contains('\\') || shown.chars().any(char::is_control);
        if odd || !shown.starts_with('/') || shown.starts_with("//") {
            return None;
        }
    }
    let here = Url::parse(HERE).ok()?;
    let url = here.join(text).ok()?;
    // Joined, `/a/..//b` is `//b`, and that is another host.
    let stays = url.origin() == here.origin() && !url.path().starts_with("//");
    let leads_back = url.path().starts_with("/users/sign_");
    if !stays || leads_back {
        return None;
    }
    Some(match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_server_are_accepted() {
        for (text, wanted) in [
            ("/", "/"),
            ("/g/p/-/commit/abc?x=1&y=%20", "/g/p/-/commit/abc?x=1&y=%20"),
            ("/a b/ü#part", "/a%20b/%C3%BC"),
            ("/?page=2", "/?page=2"),
            ("/a?next=//evil.test", "/a?next=//evil.test"),
        ] {
            assert_eq!(path(text), wanted, "{text}");
        }
    }

    #[test]
    fn everything_else_leads_home() {
        for text in [
            "",
            "evil",
            "//evil.test",
            "///evil.test",
            "https://evil.test",
            "https:evil.test",
            "javascript:alert(1)",
            "/\\evil.test",
            "\\\\evil.test",
            "/%5cevil.test",
            "/%255cevil.test",
            "/%2fevil.test",
            "%2f%2fevil.test",
            "/a/..//evil.test",
            "/.//evil.test",
            "/%2e%2e//evil.test",
            "/\tevil",
            "/\n/evil.test",
            "/%0d%0aSet-Cookie:x",
            " //evil.test",
            "/%ff",
            "/users/sign_in",
            "/users/sign_out",
        ] {
            assert_eq!(path(text), "/", "{text:?}");
        }
    }
}
