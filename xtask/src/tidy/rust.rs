//! Just enough of Rust's grammar to tell code, comments and literals apart, and tests from the
//! rest.

use std::ops::Range;

/// What a stretch of source text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Comment,
    /// The inside of a string or character literal, without its quotes.
    Literal,
}

/// A source file, taken apart.
pub(super) struct Source<'a> {
    text: &'a str,
    pieces: Vec<(Kind, Range<usize>)>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut pieces = Vec::new();
        let (mut code_from, mut at) = (0, 0);
        while let Some(next) = text[at..].chars().next() {
            if let Some((kind, inside, end)) = opening(text, at) {
                pieces.push((Kind::Code, code_from..inside.start));
                code_from = inside.end;
                pieces.push((kind, inside));
                at = end;
            } else {
                at += next.len_utf8();
            }
        }
        pieces.push((Kind::Code, code_from..text.len()));
        Self { text, pieces }
    }

    /// The text with everything but `kind` blanked out: offsets and lines stay what they are.
    pub(super) fn only(&self, kind: Kind) -> String {
        let mut shown = String::with_capacity(self.text.len());
        for (found, range) in &self.pieces {
            let piece = &self.text[range.clone()];
            if *found == kind {
                shown.push_str(piece);
            } else {
                shown.extend(
                    piece
                        .bytes()
                        .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
                );
            }
        }
        shown
    }

    /// The literals, as they are written, with their offsets.
    pub(super) fn literals(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let literals = self
            .pieces
            .iter()
            .filter(|(kind, _)| *kind == Kind::Literal);
        literals.map(|(_, range)| (range.start, &self.text[range.clone()]))
    }

    /// What stands under `#[cfg(test)]`.
    pub(super) fn tests(&self) -> Tests {
        const MARK: &str = "#[cfg(test)]";
        let code = self.only(Kind::Code);
        let mut tests = Tests::default();
        for (start, _) in code.match_indices(MARK) {
            let item = &code[start + MARK.len()..];
            let Some(length) = item.find(['{', ';']) else {
                continue;
            };
            if item[length..].starts_with('{') {
                let inside = start + MARK.len() + length;
                tests.blocks.push(start..closing(&code, inside));
            } else if let Some(name) = module_name(&item[..length]) {
                tests.modules.push(name.to_owned());
            }
        }
        tests
    }
}

/// The test code of a file.
#[derive(Default)]
pub(super) struct Tests {
    /// Where items stand that are compiled for tests alone.
    pub(super) blocks: Vec<Range<usize>>,
    /// The modules compiled for tests alone that lie in files of their own.
    pub(super) modules: Vec<String>,
}

impl Tests {
    pub(super) fn contain(&self, offset: usize) -> bool {
        self.blocks.iter().any(|block| block.contains(&offset))
    }
}

/// The comment or literal that opens at `at`: its kind, its inside, and where code goes on.
fn opening(text: &str, at: usize) -> Option<(Kind, Range<usize>, usize)> {
    let rest = &text[at..];
    let literal = |from: usize, to: usize, end: usize| Some((Kind::Literal, from..to, end));
    if rest.starts_with("//") {
        let end = at + rest.find('\n').unwrap_or(rest.len());
        Some((Kind::Comment, at..end, end))
    } else if rest.starts_with("/*") {
        let end = at + block_comment(rest);
        Some((Kind::Comment, at..end, end))
    } else if let Some(inside) = rest.strip_prefix('"') {
        let end = at + 1 + unescaped(inside, '"');
        literal(at + 1, end, (end + 1).min(text.len()))
    } else if rest.starts_with('r') {
        let (hashes, inside) = raw_string(text, at)?;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = inside + text[inside..].find(&close).unwrap_or(text.len() - inside);
        literal(inside, end, (end + close.len()).min(text.len()))
    } else if let Some(inside) = rest.strip_prefix('\'') {
        let end = at + 1 + character(inside)?;
        literal(at + 1, end, end + 1)
    } else {
        None
    }
}

/// The length of the block comment at the beginning of `text`; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The offset of the first `end` that no backslash escapes.
fn unescaped(text: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == end => return at,
            _ => {}
        }
    }
    text.len()
}

/// If the `r` at `at` begins a raw string: its number of hashes and where its inside begins.
fn raw_string(text: &str, at: usize) -> Option<(usize, usize)> {
    let word = text[..at]
        .rsplit(|c: char| !is_of_name(c))
        .next()
        .unwrap_or_default();
    let rest = &text[at + 1..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let is_raw = matches!(word, "" | "b" | "c") && rest[hashes..].starts_with('"');
    is_raw.then_some((hashes, at + 1 + hashes + 1))
}

/// The length of the character literal whose inside begins `text`; none if this is a lifetime.
fn character(text: &str) -> Option<usize> {
    if text.starts_with('\\') {
        let end = unescaped(text, '\'');
        return (end < text.len()).then_some(end);
    }
    let length = text.chars().next()?.len_utf8();
    text[length..].starts_with('\'').then_some(length)
}

/// Where the bracket that opens at `open` closes, in text that is code alone.
pub(super) fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return open + at;
        }
    }
    code.len()
}

/// The name in `mod name`, whatever stands before it.
fn module_name(item: &str) -> Option<&str> {
    item.split_whitespace()
        .skip_while(|word| *word != "mod")
        .nth(1)
}

pub(super) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(text: &str) -> Vec<&str> {
        Source::new(text)
            .literals()
            .map(|(_, literal)| literal)
            .collect()
    }

    #[test]
    fn literals_of_every_form_are_found() {
        assert_eq!(literals(r#"f("a", b"b\"", c"c")"#), ["a", r#"b\""#, "c"]);
        assert_eq!(
            literals(r###"f(r"a\", br#"b"c"#, r##"d"#e"##)"###),
            [r"a\", "b\"c", "d\"#e"]
        );
        assert_eq!(
            literals(r"f('a', '\'', 'é', '\u{1F600}')"),
            ["a", r"\'", "é", r"\u{1F600}"]
        );
    }

    #[test]
    fn lifetimes_raw_names_and_comments_are_no_literals() {
        assert_eq!(
            literals("fn f<'a>(x: &'a str, r#type: u8, for_r: u8) {}"),
            [""; 0]
        );
        assert_eq!(
            literals("// it's \"one\"\n/* \"two\" /* \"three\" */ \"four\" */ \"five\""),
            ["five"]
        );
    }

    #[test]
    fn what_never_ends_ends_with_the_file() {
        for text in ["\"a", "r#\"a", "/* a", "'\\", "// a", "r#", "'"] {
            assert_eq!(
                Source::new(text).only(Kind::Code).len(),
                text.len(),
                "{text}"
            );
        }
    }

    #[test]
    fn blanking_out_keeps_offsets_and_lines() {
        let source = Source::new("let é = \"ü{\n\"; // {");
        assert_eq!(source.only(Kind::Code), "let é = \"   \n\";     ");
        assert_eq!(source.only(Kind::Comment).trim_start(), "// {");
    }

    #[test]
    fn test_code_is_found_inside_the_file_and_outside() {
        let text = "fn a() {}\n#[cfg(test)]\n#[path = \"x;\"]\nmod b { fn c() { \"}\" } }\nfn d() {}\n\
                    #[cfg(test)]\npub(crate) mod e;\n";
        let tests = Source::new(text).tests();
        let contains = |word: &str| tests.contain(text.find(word).expect("it is there"));
        assert!(contains("fn c"));
        assert!(!contains("fn a"));
        assert!(!contains("fn d"));
        assert_eq!(tests.modules, ["e"]);
    }
}
