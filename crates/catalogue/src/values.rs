//! The values of one integration's settings.

use crate::{Kind, Part, Setting};
use model::Secret;
use outbound::AllowList;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use url::{Host, Url};

/// The values that hold for one delivery, read by setting name.
#[derive(Clone, Debug)]
pub struct Values {
    settings: &'static [Setting],
    plain: Map<String, Value>,
    secrets: BTreeMap<String, Secret>,
    tool_state: Map<String, Value>,
}

/// What is wrong with a setting, in the words GitLab's models use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// the setting, or `base` for the whole
    pub field: &'static str,
    /// the message, without the field's name
    pub message: String,
}

impl FieldError {
    /// An error of one field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

impl Values {
    /// Values of these settings.
    pub fn new(
        settings: &'static [Setting],
        plain: Map<String, Value>,
        secrets: BTreeMap<String, Secret>,
        tool_state: Map<String, Value>,
    ) -> Self {
        Self {
            settings,
            plain,
            secrets,
            tool_state,
        }
    }

    fn get(&self, name: &str) -> Value {
        match self.plain.get(name) {
            Some(value) if !value.is_null() => value.clone(),
            _ => self.default_of(name),
        }
    }

    /// Whether the integration has a setting of that name.
    pub fn has(&self, name: &str) -> bool {
        self.settings.iter().any(|setting| setting.name == name)
    }

    /// Whether it is set.
    pub fn is_set(&self, name: &str) -> bool {
        self.plain.get(name).is_some_and(|value| !value.is_null())
    }

    /// The texts of all settings whose name ends so.
    pub fn named(&self, end: &str) -> Vec<(&'static str, String)> {
        let names = self.settings.iter().map(|setting| setting.name);
        names
            .filter(|name| name.ends_with(end))
            .map(|name| (name, self.text(name)))
            .collect()
    }

    /// A text, trimmed; the default, if any, when it is blank.
    pub fn text(&self, name: &str) -> String {
        let value = self.get(name);
        let text = value.as_str().unwrap_or_default().trim();
        if !text.is_empty() {
            return text.to_owned();
        }
        let default = self.default_of(name);
        default.as_str().unwrap_or_default().to_owned()
    }

    fn default_of(&self, name: &str) -> Value {
        let setting = self.settings.iter().find(|setting| setting.name == name);
        debug_assert!(setting.is_some(), "no setting is called {name}");
        setting.map_or(Value::Null, Setting::default_json)
    }

    /// A yes or no; `false` when neither set nor defaulted.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).as_bool().unwrap_or_default()
    }

    /// A number; 0 when neither set nor defaulted.
    pub fn integer(&self, name: &str) -> i64 {
        self.get(name).as_i64().unwrap_or_default()
    }

    /// A secret; empty when not set.
    pub fn secret(&self, name: &str) -> Secret {
        self.secrets.get(name).cloned().unwrap_or_default()
    }

    /// Every secret that is set, for redaction.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.values()
    }

    /// The plain texts that may stand before a secret in basic authentication.
    pub fn texts(&self) -> Vec<&str> {
        self.plain
            .values()
            .filter_map(Value::as_str)
            .filter(|text| !text.is_empty())
            .collect()
    }

    /// What the integration found out earlier.
    pub fn tool_state(&self, name: &str) -> Option<&Value> {
        self.tool_state.get(name)
    }

    /// What is wrong with single values, by their declarations.
    pub fn check(&self, allow: &AllowList) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for setting in self.settings {
            let text = if setting.secret {
                self.secret(setting.name).expose().to_owned()
            } else {
                self.text(setting.name)
            };
            let blank = match setting.kind {
                Kind::Boolean | Kind::TextList => false,
                Kind::Integer => self.get(setting.name).is_null(),
                Kind::Text | Kind::Url => text.is_empty(),
            };
            if blank && setting.required && !setting.may_be_blank {
                errors.push(FieldError::new(setting.name, "can't be blank"));
            }
            let sent = self.plain.get(setting.name);
            if let Some(message) = too_long(setting, &text, sent) {
                errors.push(FieldError::new(setting.name, message));
            }
            if let (Some(range), Some(value)) = (setting.range, self.get(setting.name).as_i64()) {
                errors.extend(
                    out_of(range, value).map(|message| FieldError::new(setting.name, message)),
                );
            }
            if setting.kind == Kind::Url && !blank {
                errors.extend(
                    check_url(&text, allow).map(|message| FieldError::new(setting.name, message)),
                );
            }
            let fault = match setting.part {
                Some(Part::Host) => check_host(&text, allow),
                Some(Part::Port) => check_port(self.integer(setting.name)),
                Some(Part::Label) => check_label(&text),
                None => None,
            };
            errors.extend(fault.map(|message| FieldError::new(setting.name, message)));
        }
        errors
    }
}

/// Maximum characters of an entry of a list.
const LONGEST_ENTRY: usize = 2_048;

/// Of a plain text it is what was sent that counts, with the blanks around it.
fn too_long(setting: &Setting, text: &str, sent: Option<&Value>) -> Option<String> {
    let characters = |text: &str| text.chars().count();
    if let Some(entries) = sent.and_then(Value::as_array) {
        let mut texts = entries.iter().filter_map(Value::as_str);
        let long = texts.any(|text| characters(text) > LONGEST_ENTRY);
        return if entries.len() > setting.max {
            Some(format!("is too long (maximum is {} entries)", setting.max))
        } else {
            long.then(|| format!("has a too long entry (maximum is {LONGEST_ENTRY} characters)"))
        };
    }
    let text = sent.and_then(Value::as_str).unwrap_or(text);
    (characters(text) > setting.max)
        .then(|| format!("is too long (maximum is {} characters)", setting.max))
}

fn out_of((least, greatest): (i64, i64), value: i64) -> Option<String> {
    if value < least {
        return Some(format!("must be greater than or equal to {least}"));
    }
    (value > greatest).then(|| format!("must be less than or equal to {greatest}"))
}

/// What is wrong with an address: GitLab's words, then what to do.
fn check_url(text: &str, allow: &AllowList) -> Option<String> {
    let Ok(url) = Url::parse(text) else {
        return Some("must be a valid URL".into());
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Some("is blocked: Only allowed schemes are http, https".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some(
            "is blocked: it contains a user name or password; enter them in their own fields"
                .into(),
        );
    }
    refused(&url.host()?, allow)
}

/// What is wrong with a host's name or address that stands by itself.
fn check_host(text: &str, allow: &AllowList) -> Option<String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let host = match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => Host::Ipv4(address),
        Ok(IpAddr::V6(address)) => Host::Ipv6(address),
        Err(_) => match Host::parse(text) {
            Ok(host) => host,
            Err(_) => return Some("is not the name or address of a host".into()),
        },
    };
    match &host {
        Host::Ipv4(address) => refused(&Host::Ipv4(*address), allow),
        Host::Ipv6(address) => refused(&Host::Ipv6(*address), allow),
        Host::Domain(name) => refused(&Host::Domain(name.as_str()), allow),
    }
}

/// A label must not lead to a host of another name.
fn check_label(text: &str) -> Option<String> {
    let letters = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let fine = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !text.ends_with('-')
        && text.chars().all(letters);
    (!text.is_empty() && !fine)
        .then(|| "must begin with a letter and contain only letters, digits and hyphens".to_owned())
}

fn check_port(port: i64) -> Option<String> {
    (!(1..=65_535).contains(&port)).then(|| "must be a port, from 1 to 65535".to_owned())
}

/// Why no request may be sent to a host, as far as its name shows without resolving it.
fn refused(host: &Host<&str>, allow: &AllowList) -> Option<String> {
    let (name, address) = match host {
        Host::Ipv4(address) => (address.to_string(), IpAddr::V4(*address)),
        Host::Ipv6(address) => (address.to_string(), IpAddr::V6(*address)),
        Host::Domain(name) if *name == "localhost" || name.ends_with(".localhost") => {
            ((*name).to_owned(), Ipv4Addr::LOCALHOST.into())
        }
        Host::Domain(_) => return None,
    };
    (!allow.permits(&name, address)).then(|| {
        format!(
            "is blocked: Requests to private and special addresses are not allowed; an administrator can permit {name} with --outbound-allow"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static SETTINGS: &[Setting] = &[
        Setting::url("URL")
            .required()
            .named("url", &["The address."]),
        Setting::secret("Token")
            .required()
            .named("token", &["The token."]),
        Setting::text("Name").max(3).named("name", &["The name."]),
        Setting::list("Keys", 1).named("keys", &["The keys."]),
        Setting::number("Topic")
            .range(1, i64::MAX)
            .named("topic", &["The topic."]),
        Setting::boolean("On", true).named("on", &["Whether it is on."]),
        Setting::host("Host", "tool.test").named("host", &["The host."]),
        Setting::port("Port", 6_659).named("port", &["The port."]),
        Setting::number("Size")
            .range(1, 9)
            .named("size", &["The size."]),
    ];

    static SENT: &[Setting] = &[
        Setting::number("Count")
            .required()
            .named("count", &["The count."]),
        Setting::text("Note")
            .may_be_blank()
            .named("note", &["The note."]),
    ];

    fn values(plain: Value) -> Values {
        let Value::Object(plain) = plain else {
            panic!("an object")
        };
        Values::new(SETTINGS, plain, BTreeMap::new(), Map::new())
    }

    fn errors(plain: Value, allow: &str) -> Vec<String> {
        values(plain)
            .check(&AllowList::parse(allow).unwrap())
            .into_iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect()
    }

    #[test]
    fn each_value_is_checked_by_its_declaration() {
        let found = errors(json!({"name": "four", "keys": ["A", "B"], "topic": 0}), "");
        assert_eq!(
            found,
            [
                "url can't be blank",
                "token can't be blank",
                "name is too long (maximum is 3 characters)",
                "keys is too long (maximum is 1 entries)",
                "topic must be greater than or equal to 1",
            ]
        );
    }

    #[test]
    fn a_number_stays_in_its_range_and_is_there_when_it_must_be() {
        let of_size = |size: i64| errors(json!({"size": size}), "").pop().unwrap();
        assert_eq!(of_size(0), "size must be greater than or equal to 1");
        assert_eq!(of_size(10), "size must be less than or equal to 9");
        assert!(of_size(9).starts_with("token"), "{}", of_size(9));

        let sent = Values::new(SENT, Map::new(), BTreeMap::new(), Map::new());
        let wanted = FieldError::new("count", "can't be blank");
        assert_eq!(sent.check(&AllowList::default()), [wanted]);
    }

    #[test]
    fn an_address_must_be_one_that_may_be_called() {
        for (url, part) in [
            ("ftp://x.test", "Only allowed schemes"),
            ("javascript:alert(1)", "Only allowed schemes"),
            ("nonsense", "valid URL"),
            ("https://u:p@x.test", "own fields"),
            ("http://127.0.0.1:8080", "--outbound-allow"),
            ("http://2130706433", "--outbound-allow"),
            ("http://[::1]/", "--outbound-allow"),
            ("http://localhost/", "--outbound-allow"),
        ] {
            let found = errors(json!({"url": url}), "");
            assert!(found[0].contains(part), "{url}: {found:?}");
        }
        let fine = errors(json!({"url": "http://127.0.0.1:8080/jira"}), "127.0.0.1");
        assert_eq!(fine, ["token can't be blank"]);
    }

    #[test]
    fn a_host_must_be_one_that_may_be_called_and_a_port_a_port() {
        let found = |plain: Value, allow: &str| {
            let mut found = errors(plain, allow);
            found.retain(|error| error.starts_with("host") || error.starts_with("port"));
            found
        };
        for host in [
            "irc.test",
            "8.8.8.8",
            "2606:4700::1111",
            "[2606:4700::1111]",
            "",
        ] {
            assert!(found(json!({"host": host}), "").is_empty(), "{host}");
        }
        for (host, part) in [
            ("localhost", "permit localhost with --outbound-allow"),
            ("127.0.0.1", "--outbound-allow"),
            ("[::1]", "--outbound-allow"),
            ("10.1.2.3", "--outbound-allow"),
            ("irc.test:6659", "name or address"),
            ("http://irc.test/", "name or address"),
            ("a b", "name or address"),
        ] {
            let found = found(json!({"host": host}), "");
            assert!(found[0].contains(part), "{host}: {found:?}");
        }
        assert!(found(json!({"host": "localhost"}), "localhost").is_empty());
        for port in [0, -1, 65_536] {
            assert!(found(json!({"port": port}), "")[0].contains("from 1 to 65535"));
        }
    }

    #[test]
    fn a_label_cannot_lead_elsewhere() {
        for (text, fine) in [
            ("example", true),
            ("Ex-2", true),
            ("x", true),
            ("", true),
            ("2x", false),
            ("x-", false),
            ("evil.test/", false),
            ("a@b", false),
        ] {
            assert_eq!(check_label(text).is_none(), fine, "{text}");
        }
    }

    #[test]
    fn what_was_not_set_has_its_default() {
        assert_eq!(values(json!({"host": " "})).text("host"), "tool.test");
        assert_eq!(values(json!({"host": "x"})).text("host"), "x");
        assert_eq!(values(json!({})).integer("port"), 6_659);
        assert!(values(json!({})).flag("on"));
        assert!(values(json!({"on": null})).flag("on"));
        assert!(!values(json!({"on": false})).flag("on"));
        assert_eq!(values(json!({"name": " ab "})).text("name"), "ab");
    }
}
