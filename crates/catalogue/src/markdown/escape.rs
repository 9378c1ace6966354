//! Text and addresses written so that they stay what they are inside HTML.

use memchr::memchr3_iter;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Attributes of a link to another host, as GitLab writes them.
pub(super) const OUTSIDE: &str = " rel=\"nofollow noreferrer noopener\" target=\"_blank\"";

/// Writes text between tags.
pub(super) fn text(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let mut start = 0;
    for at in memchr3_iter(b'&', b'<', b'>', bytes) {
        out.push_str(&text[start..at]);
        out.push_str(match bytes[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        start = at + 1;
    }
    out.push_str(&text[start..]);
}

/// Writes the value of an attribute, without its quotes.
pub(super) fn attribute(value: &str, out: &mut String) {
    for (index, part) in value.split('"').enumerate() {
        if index > 0 {
            out.push_str("&quot;");
        }
        text(part, out);
    }
}

/// Writes the value of an attribute that was HTML before: what is an entity stays one.
pub(super) fn raw_attribute(value: &str, out: &mut String) {
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        attribute(&rest[..at], out);
        let length = entity(&rest[at..]).unwrap_or(0);
        if length == 0 {
            out.push_str("&amp;");
            rest = &rest[at + 1..];
        } else {
            out.push_str(&rest[at..at + length]);
            rest = &rest[at + length..];
        }
    }
    attribute(rest, out);
}

/// Writes an address as the value of an attribute; what no address may hold is percent-encoded.
pub(super) fn address(address: &str, out: &mut String) {
    let mut start = 0;
    for (at, letter) in address.char_indices() {
        let stays = letter.is_ascii_alphanumeric()
            || matches!(letter, '!' | '#'..='%' | '('..='/' | ':' | ';' | '=' | '?' | '@' | '[' | ']' | '_' | '~');
        if stays {
            continue;
        }
        out.push_str(&address[start..at]);
        start = at + letter.len_utf8();
        match letter {
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            _ => out.extend(utf8_percent_encode(&address[at..start], NON_ALPHANUMERIC)),
        }
    }
    out.push_str(&address[start..]);
}

/// What an address may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// nowhere: its scheme is none that is allowed
    Nowhere,
    /// a place on the same host
    Here,
    /// another host
    Outside,
    /// a mailbox
    Mail,
}

/// What an address leads to. The scheme is what stands before the first `:`, as browsers see it.
pub(super) fn reach(address: &str) -> Reach {
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    match address[..end].split_once(':') {
        None if address.starts_with("//") => Reach::Outside,
        None => Reach::Here,
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => Reach::Outside,
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => Reach::Outside,
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("mailto") => Reach::Mail,
        Some(_) => Reach::Nowhere,
    }
}

/// The same for an address that stood in HTML: an entity may not hide the scheme.
pub(super) fn raw_reach(address: &str) -> Reach {
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    // the `#` of a number ends it too
    if address[..end].contains('&') {
        return Reach::Nowhere;
    }
    reach(address.trim_matches(|c: char| c.is_ascii_whitespace()))
}

/// The length of the character reference (`&amp;`, `&#65;`, `&#x41;`) at the start of a text.
pub(super) fn entity(text: &str) -> Option<usize> {
    const LONGEST: usize = 34;
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &body[..end];
    let is_entity = match name.strip_prefix('#') {
        None => {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
        Some(number) => match number.strip_prefix(['x', 'X']) {
            None => !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()),
            Some(hex) => !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
        },
    };
    is_entity.then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&str, &mut String), value: &str) -> String {
        let mut out = String::new();
        write(value, &mut out);
        out
    }

    #[test]
    fn what_html_reads_otherwise_is_escaped() {
        assert_eq!(written(text, "a<b> & \"c\""), "a&lt;b&gt; &amp; \"c\"");
        assert_eq!(
            written(attribute, "\"a\"\"ä\""),
            "&quot;a&quot;&quot;ä&quot;"
        );
        assert_eq!(
            written(attribute, "\"><x>&amp;"),
            "&quot;&gt;&lt;x&gt;&amp;amp;"
        );
        assert_eq!(
            written(raw_attribute, "a&amp;b &lt; & &#65; &#x; &x"),
            "a&amp;b &lt; &amp; &#65; &amp;#x; &amp;x"
        );
        assert_eq!(
            written(address, "https://x/a b?c=\"ä\"&d='e'%20\\"),
            "https://x/a%20b?c=%22%C3%A4%22&amp;d=&#39;e&#39;%20%5C"
        );
    }

    #[test]
    fn an_address_leads_where_a_browser_would_go() {
        for (address, expected) in [
            ("https://x.test", Reach::Outside),
            ("HTTP://x.test", Reach::Outside),
            ("//x.test", Reach::Outside),
            ("mailto:a@x.test", Reach::Mail),
            ("page", Reach::Here),
            ("/page:1", Reach::Here),
            ("?a=b:c", Reach::Here),
            ("#a:b", Reach::Here),
            ("", Reach::Here),
            ("javascript:alert(1)", Reach::Nowhere),
            ("JavaScript:alert(1)", Reach::Nowhere),
            (" javascript:alert(1)", Reach::Nowhere),
            ("java\nscript:alert(1)", Reach::Nowhere),
            ("data:text/html,x", Reach::Nowhere),
            ("vbscript:x", Reach::Nowhere),
        ] {
            assert_eq!(reach(address), expected, "{address}");
        }
        for hidden in [
            "javascript&colon;alert(1)",
            "java&#115;cript:alert(1)",
            "&#x6A;avascript:alert(1)",
            "java&Tab;script:alert(1)",
            "&#1;javascript:alert(1)",
        ] {
            assert_eq!(raw_reach(hidden), Reach::Nowhere, "{hidden}");
        }
        assert_eq!(raw_reach(" https://x.test/?a&amp;b"), Reach::Outside);
    }
}
