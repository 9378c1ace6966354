//! YAML with the place of everything in it.
//!
//! Every scalar is a text as it is written: only the server knows its type, and
//! `1.10` must not become `1.1` on the way.

use super::problem::{Mark, Problem};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

/// How deep lists and mappings may be nested.
const DEPTH: usize = 32;

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) at: Mark,
    pub(super) value: Value,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    /// keys with their places, as they are written
    Map(Vec<(String, Mark, Node)>),
}

/// A list or mapping that has not ended yet.
struct Open {
    node: Node,
    /// the key whose value comes next
    key: Option<(String, Mark)>,
}

/// Reads one document; an empty one is an empty mapping.
pub(super) fn read(text: &str) -> Result<Node, Problem> {
    let mut builder = Builder {
        open: Vec::new(),
        root: None,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            Problem::new(
                mark(error.marker()),
                format!("is no YAML: {}", error.info()),
            )
        })?;
        builder.take(event, span)?;
    }
    let start = Mark { line: 1, column: 1 };
    let root = builder.root.unwrap_or(Node {
        at: start,
        value: Value::Null,
    });
    match root.value {
        Value::Null => Ok(Node {
            value: Value::Map(Vec::new()),
            ..root
        }),
        Value::Map(_) => Ok(root),
        _ => Err(Problem::new(
            root.at,
            "must be instance, groups or projects with what is below them",
        )),
    }
}

struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let at = mark(&span.start);
        match event {
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err(Problem::new(
                at,
                "has a tag (!…), and tags are not taken here",
            )),
            Event::Alias(_) => Err(Problem::new(
                at,
                "is an alias (*…), and aliases are not taken here: let projects inherit instead",
            )),
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                if let Some(open) = self.open.last_mut()
                    && matches!(open.node.value, Value::Map(_))
                    && open.key.is_none()
                {
                    return open.begin_key(text.into_owned(), at);
                }
                let value = match &*text {
                    "" | "~" | "null" | "Null" | "NULL" if plain => Value::Null,
                    _ => Value::Text(text.into_owned()),
                };
                self.put(Node { at, value })
            }
            Event::SequenceStart(..) => self.begin(at, Value::List(Vec::new())),
            Event::MappingStart(..) => self.begin(at, Value::Map(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.put(open.node),
                None => Ok(()),
            },
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin(&mut self, at: Mark, value: Value) -> Result<(), Problem> {
        let needs_key = self
            .open
            .last()
            .is_some_and(|open| matches!(open.node.value, Value::Map(_)) && open.key.is_none());
        if needs_key {
            return Err(Problem::new(at, "must be a name, not a list or mapping"));
        }
        if self.open.len() == DEPTH {
            return Err(Problem::new(at, "is nested too deep"));
        }
        self.open.push(Open {
            node: Node { at, value },
            key: None,
        });
        Ok(())
    }

    fn put(&mut self, node: Node) -> Result<(), Problem> {
        let Some(open) = self.open.last_mut() else {
            if self.root.is_some() {
                return Err(Problem::new(
                    node.at,
                    "begins a second document: one is taken",
                ));
            }
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => {
                entries.extend(open.key.take().map(|(key, at)| (key, at, node)));
            }
            Value::Null | Value::Text(_) => {}
        }
        Ok(())
    }
}

impl Open {
    fn begin_key(&mut self, key: String, at: Mark) -> Result<(), Problem> {
        if let Value::Map(entries) = &self.node.value
            && let Some((_, first, _)) = entries.iter().find(|(name, ..)| *name == key)
        {
            let line = first.line;
            return Err(Problem::new(
                at,
                format!("{key} was already given in line {line}"),
            ));
        }
        self.key = Some((key, at));
        Ok(())
    }
}

fn mark(marker: &Marker) -> Mark {
    Mark {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let problem = read(text).unwrap_err();
        format!(
            "{}:{} {}",
            problem.at.line, problem.at.column, problem.message
        )
    }

    #[test]
    fn everything_knows_its_place_and_scalars_stay_as_written() {
        let root = read("a: 1.10\nb:\n  - x\n  - ~\nc: 'null'\n").unwrap();
        let Value::Map(entries) = root.value else {
            panic!("a mapping")
        };
        assert_eq!(entries[0].2.value, Value::Text("1.10".into()));
        assert_eq!(entries[1].1, Mark { line: 2, column: 1 });
        let Value::List(items) = &entries[1].2.value else {
            panic!("a list")
        };
        assert_eq!((items[0].at.line, items[0].at.column), (3, 5));
        assert_eq!(items[1].value, Value::Null);
        assert_eq!(entries[2].2.value, Value::Text("null".into()));
    }

    #[test]
    fn unsupported_yaml_is_rejected_with_its_position() {
        let deep = "[".repeat(40);
        for (text, wanted) in [
            ("a: [1\nb: 2", "2:2 is no YAML"),
            ("a: 1\na: 2", "2:1 a was already given in line 1"),
            ("a: &x 1\nb: *x", "2:4 is an alias"),
            ("a: !!str 1", "1:4 has a tag"),
            ("a: 1\n---\nb: 2", "3:1 begins a second document"),
            ("- a", "1:1 must be instance"),
            ("? [a]\n: 1", "1:3 must be a name"),
            (deep.as_str(), "1:33 is nested too deep"),
        ] {
            let error_text = refused(text);
            assert!(error_text.starts_with(wanted), "{text}: {error_text}");
        }
        assert_eq!(read("# nothing\n").unwrap().value, Value::Map(Vec::new()));
    }
}
