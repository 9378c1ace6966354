//! Makes invisible characters of untrusted text visible: control characters, which terminals
//! interpret, and those that change the direction of the text around them.

use std::fmt::Write;

/// One line, with line breaks made visible too.
pub fn line(text: &str) -> String {
    visible(text, false)
}

/// Several lines; line breaks and tabs stay.
pub fn block(text: &str) -> String {
    visible(&text.replace("\r\n", "\n"), true)
}

fn visible(text: &str, multiline: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' | '\t' if multiline => out.push(char),
            '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{200b}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_become_visible() {
        let cases = [
            ("plain ünïcode שלום 👩\u{200d}🚀", None),
            ("a\u{202e}txt.exe\u{2066}", Some("a⟨U+202E⟩txt.exe⟨U+2066⟩")),
            ("\x1b[31mred\0\x7f", Some("⟨U+001B⟩[31mred⟨U+0000⟩⟨U+007F⟩")),
            ("a\nb\tc\r", Some("a⟨U+000A⟩b⟨U+0009⟩c⟨U+000D⟩")),
            ("\u{85}\u{feff}", Some("⟨U+0085⟩⟨U+FEFF⟩")),
        ];
        for (text, wanted) in cases {
            assert_eq!(line(text), wanted.unwrap_or(text));
        }
        assert_eq!(block("a\r\n\tb\rc\x07"), "a\n\tb⟨U+000D⟩c⟨U+0007⟩");
    }
}
