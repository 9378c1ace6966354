//! Replies of a mail server.

/// A complete reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// three digits
    pub(super) code: u16,
    /// the text without the codes, one line each
    pub(super) text: String,
}

impl Reply {
    /// Whether the command succeeded.
    pub(super) fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Whether the command may succeed later.
    pub(super) fn is_temporary(&self) -> bool {
        self.code < 500
    }

    /// Code and text in one line.
    pub(super) fn shown(&self) -> String {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        format!("{} {}", self.code, words.join(" "))
    }
}

/// One line of a reply: its code, whether more follow, and the text; `None` if it is not SMTP.
pub(super) fn parse_line(line: &str) -> Option<(u16, bool, &str)> {
    let line = line.trim_end_matches(['\r', '\n']);
    let code = line.get(..3)?;
    let rest = &line[3..];
    let is_code = code.bytes().all(|byte| byte.is_ascii_digit())
        && (b'2'..=b'5').contains(&code.as_bytes()[0]);
    let more = match rest.bytes().next() {
        None | Some(b' ') => false,
        Some(b'-') => true,
        Some(_) => return None,
    };
    let text = rest.get(1..).unwrap_or_default();
    is_code.then(|| Some((code.parse().ok()?, more, text)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_code_and_a_text() {
        for (line, expected) in [
            ("250 ok\r\n", Some((250, false, "ok"))),
            ("250-SIZE 1\r\n", Some((250, true, "SIZE 1"))),
            ("354\r\n", Some((354, false, ""))),
            ("HTTP/1.1 400 Bad Request\r\n", None),
            ("25 ok", None),
            ("2500 ok", None),
            ("999 ok", None),
            ("ü50 ok", None),
            ("", None),
        ] {
            assert_eq!(parse_line(line), expected, "{line:?}");
        }
    }
}
