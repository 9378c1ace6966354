//! Declared parameters: what a route takes, and how what was sent becomes that.
//!
//! The same declaration is shown in the OpenAPI document.

use crate::error::ApiError;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// text; numbers and truth values become text
    Text,
    /// a whole number, or text that is one
    Integer,
    /// a truth value in any of the usual words
    Boolean,
    /// a day, `2027-01-31`
    Date,
    /// a moment, `2027-01-31T12:00:00Z`, or the beginning of a day in UTC
    Time,
    /// a list of texts
    TextList,
    /// a list of texts, or one text with commas between
    CommaList,
    /// a list of whole numbers
    IntegerList,
    /// an object
    Object,
}

/// One parameter that a route takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// its name on the wire
    pub name: &'static str,
    /// its type
    pub kind: ParamKind,
    /// whether it must be sent
    pub required: bool,
    /// what it is, for people
    pub help: &'static str,
    /// the values it may have; any if empty
    pub choices: &'static [&'static str],
    /// whether it may also be a blank text, which means no choice
    pub may_be_blank: bool,
    /// other names it may be sent under
    pub aliases: &'static [&'static str],
    /// whether a text must not be empty; checked where the value is used
    pub filled: bool,
    /// most characters, or most entries of a list; checked where the value is used
    pub longest: Option<usize>,
    /// least and greatest number; checked where the value is used
    pub range: Option<(i64, i64)>,
    /// what kind of text it is, in the words of OpenAPI: `uri`, `password`
    pub format: Option<&'static str>,
}

impl Parameter {
    /// A parameter that may be left out.
    pub const fn optional(name: &'static str, kind: ParamKind, help: &'static str) -> Self {
        Self {
            name,
            kind,
            required: false,
            help,
            choices: &[],
            may_be_blank: false,
            aliases: &[],
            filled: false,
            longest: None,
            range: None,
            format: None,
        }
    }

    /// A parameter that must be sent.
    pub const fn required(name: &'static str, kind: ParamKind, help: &'static str) -> Self {
        let mut parameter = Self::optional(name, kind, help);
        parameter.required = true;
        parameter
    }

    /// The same, with no more characters or entries.
    #[must_use]
    pub const fn up_to(mut self, longest: usize) -> Self {
        self.longest = Some(longest);
        self
    }

    /// The same, with a number from here on.
    #[must_use]
    pub const fn from(mut self, least: i64) -> Self {
        self.range = Some((least, i64::MAX));
        self
    }

    /// The same, with these values alone.
    #[must_use]
    pub const fn one_of(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }

    /// Its name and the others it may be sent under.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    fn problem(&self, given: &Map<String, Value>, into: &mut Map<String, Value>) -> Option<String> {
        let Some(sent) = self.names().find_map(|name| given.get(name)) else {
            return self.required.then(|| format!("{} is missing", self.name));
        };
        let Some(value) = coerce(self.kind, sent) else {
            return Some(format!("{} is invalid", self.name));
        };
        if !self.allows(&value) {
            return Some(format!("{} does not have a valid value", self.name));
        }
        into.insert(self.name.to_owned(), value);
        None
    }

    /// The value as it was declared; nothing if it cannot be that.
    pub fn accept(&self, sent: &Value) -> Option<Value> {
        coerce(self.kind, sent).filter(|value| self.allows(value))
    }

    fn allows(&self, value: &Value) -> bool {
        let among = |text: &str| self.choices.contains(&text);
        match value {
            _ if self.choices.is_empty() => true,
            Value::Null => !self.required,
            Value::String(text) if text.is_empty() => self.may_be_blank || among(text),
            Value::String(text) => among(text),
            Value::Array(items) => items.iter().all(|item| self.allows(item)),
            other => among(&other.to_string()),
        }
    }
}

/// The value as that kind; nothing if it cannot be one.
pub fn coerce(kind: ParamKind, sent: &Value) -> Option<Value> {
    match kind {
        ParamKind::Text => text(sent),
        ParamKind::Integer => integer(sent),
        ParamKind::Boolean => boolean(sent),
        ParamKind::Date => date(sent),
        ParamKind::Time => time(sent),
        ParamKind::TextList => list(sent, text),
        ParamKind::IntegerList => list(sent, integer),
        ParamKind::Object => sent.is_object().then(|| sent.clone()),
        ParamKind::CommaList => match sent {
            Value::String(joined) => Some(
                joined
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(Value::from)
                    .collect(),
            ),
            other => list(other, text),
        },
    }
}

fn text(sent: &Value) -> Option<Value> {
    match sent {
        Value::Null | Value::String(_) => Some(sent.clone()),
        Value::Bool(_) | Value::Number(_) => Some(Value::String(sent.to_string())),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn integer(sent: &Value) -> Option<Value> {
    match sent {
        Value::Null => Some(Value::Null),
        Value::Number(number) => number.as_i64().map(Value::from),
        Value::String(text) if text.trim().is_empty() => Some(Value::Null),
        Value::String(text) => text.trim().parse::<i64>().ok().map(Value::from),
        _ => None,
    }
}

fn boolean(sent: &Value) -> Option<Value> {
    let word = match sent {
        Value::Null | Value::Bool(_) => return Some(sent.clone()),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.to_ascii_lowercase(),
        _ => return None,
    };
    match word.as_str() {
        "" => Some(Value::Null),
        "true" | "1" | "t" | "y" | "yes" | "on" => Some(Value::Bool(true)),
        "false" | "0" | "f" | "n" | "no" | "off" => Some(Value::Bool(false)),
        _ => None,
    }
}

fn date(sent: &Value) -> Option<Value> {
    match sent {
        Value::Null => Some(Value::Null),
        Value::String(text) if text.is_empty() => Some(Value::Null),
        // A full moment is taken by its day in UTC, as clients with one type for both send it.
        Value::String(text) => text
            .parse::<Date>()
            .or_else(|_| text.parse().map(model::ambient::day))
            .ok()
            .map(|date| Value::String(date.to_string())),
        _ => None,
    }
}

fn time(sent: &Value) -> Option<Value> {
    match sent {
        Value::Null => Some(Value::Null),
        Value::String(text) if text.is_empty() => Some(Value::Null),
        Value::String(text) => moment(text).map(|moment| moment.to_string().into()),
        _ => None,
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let beginning = |day: Date| day.to_zoned(TimeZone::UTC).ok();
    text.parse()
        .ok()
        .or_else(|| Some(beginning(text.parse().ok()?)?.timestamp()))
}

fn list(sent: &Value, item: fn(&Value) -> Option<Value>) -> Option<Value> {
    match sent {
        Value::Null => Some(Value::Array(Vec::new())),
        Value::Array(items) => items.iter().map(item).collect(),
        _ => None,
    }
}

/// Values that were declared, sent, and are what they should be.
#[derive(Clone, Debug, Default)]
pub struct Params(Map<String, Value>);

impl Params {
    /// Takes the declared parameters from what was sent, or names all that is wrong with them.
    pub fn read(declared: &[Parameter], given: &Map<String, Value>) -> Result<Self, ApiError> {
        let mut values = Map::new();
        let problems: Vec<String> = declared
            .iter()
            .filter_map(|parameter| parameter.problem(given, &mut values))
            .collect();
        if problems.is_empty() {
            Ok(Self(values))
        } else {
            Err(ApiError::Parameters(problems.join(", ")))
        }
    }

    /// The value as it is; nothing if it was not sent.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether it was sent, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Text; nothing if it was not sent or is null.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Text with something in it.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.trim().is_empty())
    }

    /// An object.
    pub fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.get(name)?.as_object()
    }

    /// A number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// A truth value.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// A day.
    pub fn date(&self, name: &str) -> Option<Date> {
        self.text(name)?.parse().ok()
    }

    /// A moment.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    /// A list of texts.
    pub fn texts(&self, name: &str) -> Option<Vec<&str>> {
        Some(
            self.get(name)?
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .collect(),
        )
    }

    /// All values, in declaration order.
    pub fn all(&self) -> &Map<String, Value> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn given(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn values_are_coerced_as_grape_does() {
        let cases = [
            (ParamKind::Text, json!(12), Some(json!("12"))),
            (ParamKind::Text, json!(true), Some(json!("true"))),
            (ParamKind::Text, json!(null), Some(json!(null))),
            (ParamKind::Text, json!(["a"]), None),
            (ParamKind::Integer, json!("40"), Some(json!(40))),
            (ParamKind::Integer, json!(""), Some(json!(null))),
            (ParamKind::Integer, json!("abc"), None),
            (ParamKind::Integer, json!(1.5), None),
            (ParamKind::Boolean, json!("Yes"), Some(json!(true))),
            (ParamKind::Boolean, json!(0), Some(json!(false))),
            (ParamKind::Boolean, json!("OFF"), Some(json!(false))),
            (ParamKind::Boolean, json!(""), Some(json!(null))),
            (ParamKind::Boolean, json!("maybe"), None),
            (ParamKind::Boolean, json!(2), None),
            (
                ParamKind::Date,
                json!("2027-01-31"),
                Some(json!("2027-01-31")),
            ),
            (
                ParamKind::Date,
                json!("2027-01-31T10:00:00Z"),
                Some(json!("2027-01-31")),
            ),
            (ParamKind::Date, json!("2027-02-31"), None),
            (ParamKind::Date, json!(5), None),
            (
                ParamKind::Time,
                json!("2027-01-31T10:00:00+01:00"),
                Some(json!("2027-01-31T09:00:00Z")),
            ),
            (
                ParamKind::Time,
                json!("2027-01-31"),
                Some(json!("2027-01-31T00:00:00Z")),
            ),
            (ParamKind::Time, json!("yesterday"), None),
            (
                ParamKind::TextList,
                json!(["A", 1]),
                Some(json!(["A", "1"])),
            ),
            (ParamKind::TextList, json!(null), Some(json!([]))),
            (ParamKind::TextList, json!("A"), None),
            (
                ParamKind::CommaList,
                json!("a, b,"),
                Some(json!(["a", "b"])),
            ),
            (ParamKind::IntegerList, json!(["1", 2]), Some(json!([1, 2]))),
            (ParamKind::IntegerList, json!(["x"]), None),
        ];
        for (kind, sent, wanted) in cases {
            assert_eq!(coerce(kind, &sent), wanted, "{kind:?} {sent}");
        }
    }

    #[test]
    fn no_choice_may_be_a_blank_text_where_that_is_declared() {
        let strict = Parameter::optional("branches", ParamKind::Text, "").one_of(&["all"]);
        let blank = Parameter {
            may_be_blank: true,
            ..strict
        };
        let cases = [
            (strict, "all", true),
            (strict, "", false),
            (blank, "all", true),
            (blank, "", true),
            (blank, "some", false),
        ];
        for (parameter, sent, taken) in cases {
            let accepted = parameter.accept(&json!(sent));
            assert_eq!(accepted, taken.then(|| json!(sent)), "{sent:?}");
        }
    }

    #[test]
    fn all_errors_are_returned_at_once_in_declaration_order() {
        let declared = [
            Parameter::required("url", ParamKind::Text, ""),
            Parameter::optional("push_events", ParamKind::Boolean, ""),
            Parameter::required("password", ParamKind::Text, ""),
            Parameter::optional("level", ParamKind::Integer, "").one_of(&["30", "40"]),
        ];
        let sent = given(json!({"push_events":"maybe","level":"41","unknown":1}));
        let error = Params::read(&declared, &sent).unwrap_err();
        assert_eq!(
            error.to_string(),
            "url is missing, push_events is invalid, password is missing, level does not have a valid value"
        );
        let sent = given(json!({"url":null,"password":"","level":40,"unknown":1}));
        let read = Params::read(&declared, &sent).unwrap();
        assert_eq!(read.integer("level"), Some(40));
        assert!(read.has("url") && read.text("url").is_none());
        assert!(!read.has("unknown") && !read.has("push_events"));
    }
}
