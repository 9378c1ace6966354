//! One setting, declared once.
//!
//! The API's coercion and validation, the masking, the OpenAPI document, the docs
//! page and the form all read this declaration.

use serde_json::Value;

/// The type of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// text
    Text,
    /// an http or https address
    Url,
    /// yes or no
    Boolean,
    /// a whole number
    Integer,
    /// a list of texts
    TextList,
}

/// The default value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// nothing
    None,
    /// yes or no
    Boolean(bool),
    /// a whole number
    Integer(i64),
    /// text
    Text(&'static str),
}

/// The part of an address that a setting is, where the address is not one URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// name or address of a host
    Host,
    /// a TCP port
    Port,
    /// the first label of a host name, the rest of which is fixed
    Label,
}

/// A setting of an integration.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent properties; a declaration names those that apply"
)]
pub struct Setting {
    /// its name on the wire
    pub name: &'static str,
    /// other spellings of its name that clients may send
    pub aliases: &'static [&'static str],
    /// its name for humans
    pub title: &'static str,
    /// its documentation, a line each
    pub lines: &'static [&'static str],
    /// the type of its value
    pub kind: Kind,
    /// whether it must be given on every save
    pub required: bool,
    /// its value when it is not set
    pub default: Default,
    /// the values it may have; any when empty
    pub choices: &'static [&'static str],
    /// what each of them means
    pub meanings: &'static [&'static str],
    /// most characters, or most entries of a list
    pub max: usize,
    /// which part of the tool's address it is
    pub part: Option<Part>,
    /// the setting that this one is forgotten with when that is made blank
    pub goes_with: Option<&'static str>,
    /// least and greatest number it may be
    pub range: Option<(i64, i64)>,
    /// whether a save that must name it may give nothing for it
    pub may_be_blank: bool,
    /// whether its value is kept sealed and never shown
    pub secret: bool,
    /// whether secrets go to this address, and so must be entered again when it changes
    pub binds_secrets: bool,
    /// whether GitLab shows it beside the triggers, and not among the properties
    pub top_level: bool,
}

impl Setting {
    const fn new(kind: Kind, title: &'static str) -> Self {
        Self {
            name: "",
            aliases: &[],
            title,
            lines: &[],
            kind,
            required: false,
            default: Default::None,
            choices: &[],
            meanings: &[],
            max: 2_048,
            part: None,
            goes_with: None,
            range: None,
            may_be_blank: false,
            secret: false,
            binds_secrets: false,
            top_level: false,
        }
    }

    /// Text.
    pub const fn text(title: &'static str) -> Self {
        Self::new(Kind::Text, title)
    }

    /// An http or https address.
    pub const fn url(title: &'static str) -> Self {
        Self::new(Kind::Url, title)
    }

    /// Text that is never shown again.
    pub const fn secret(title: &'static str) -> Self {
        let mut setting = Self::new(Kind::Text, title);
        setting.secret = true;
        setting
    }

    /// An http or https address that is itself a secret, as that of an incoming webhook.
    pub const fn secret_url(title: &'static str) -> Self {
        let mut setting = Self::new(Kind::Url, title);
        setting.secret = true;
        setting
    }

    /// Yes or no, with its default.
    pub const fn boolean(title: &'static str, default: bool) -> Self {
        let mut setting = Self::new(Kind::Boolean, title);
        setting.default = Default::Boolean(default);
        setting
    }

    /// A whole number, without a default.
    pub const fn number(title: &'static str) -> Self {
        Self::new(Kind::Integer, title)
    }

    /// One of the numbers 0, 1, 2, …, the first of which is the default.
    pub const fn numbered(
        title: &'static str,
        choices: &'static [&'static str],
        meanings: &'static [&'static str],
    ) -> Self {
        let mut setting = Self::new(Kind::Integer, title);
        setting.default = Default::Integer(0);
        setting.choices = choices;
        setting.meanings = meanings;
        setting
    }

    /// One of these texts, with the default.
    pub const fn choice(
        title: &'static str,
        default: &'static str,
        choices: &'static [&'static str],
        meanings: &'static [&'static str],
    ) -> Self {
        Self::one_of(title, choices, meanings).or(default)
    }

    /// One of these texts, without a default.
    pub const fn one_of(
        title: &'static str,
        choices: &'static [&'static str],
        meanings: &'static [&'static str],
    ) -> Self {
        let mut setting = Self::new(Kind::Text, title);
        setting.choices = choices;
        setting.meanings = meanings;
        setting
    }

    /// Name or address of the host of the tool, with its default.
    pub const fn host(title: &'static str, default: &'static str) -> Self {
        let mut setting = Self::new(Kind::Text, title);
        setting.default = Default::Text(default);
        setting.part = Some(Part::Host);
        setting
    }

    /// The first label of the tool's host name, where the rest is fixed.
    pub const fn label(title: &'static str) -> Self {
        let mut setting = Self::new(Kind::Text, title);
        setting.part = Some(Part::Label);
        setting.max = 63;
        setting
    }

    /// The TCP port where the tool listens, with its default.
    pub const fn port(title: &'static str, default: i64) -> Self {
        let mut setting = Self::new(Kind::Integer, title);
        setting.default = Default::Integer(default);
        setting.part = Some(Part::Port);
        setting
    }

    /// A list of texts.
    pub const fn list(title: &'static str, most: usize) -> Self {
        let mut setting = Self::new(Kind::TextList, title);
        setting.max = most;
        setting
    }

    /// Must be given on every save.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The default is this text.
    #[must_use]
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Default::Text(default);
        self
    }

    /// Must be named on every save, and may be blank all the same.
    #[must_use]
    pub const fn may_be_blank(mut self) -> Self {
        self.required = true;
        self.may_be_blank = true;
        self
    }

    /// No less and no greater than these.
    #[must_use]
    pub const fn range(mut self, least: i64, greatest: i64) -> Self {
        self.range = Some((least, greatest));
        self
    }

    /// At most this many characters.
    #[must_use]
    pub const fn max(mut self, characters: usize) -> Self {
        self.max = characters;
        self
    }

    /// Forgotten when that other setting is made blank, as a password with its user name.
    #[must_use]
    pub const fn goes_with(mut self, other: &'static str) -> Self {
        self.goes_with = Some(other);
        self
    }

    /// Secrets go to this address: a URL, or the name of a host or a part of it, with or without a
    /// port.
    #[must_use]
    pub const fn binds_secrets(mut self) -> Self {
        self.binds_secrets = true;
        self
    }

    /// Shown beside the triggers.
    #[must_use]
    pub const fn top_level(mut self) -> Self {
        self.top_level = true;
        self
    }

    /// Clients may send it under these names too.
    #[must_use]
    pub const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Its name and documentation; called by [`settings!`](crate::setting::settings).
    pub(crate) const fn named(
        mut self,
        name: &'static str,
        lines: &'static [&'static str],
    ) -> Self {
        self.name = name;
        self.lines = lines;
        self
    }

    /// Maximum characters of a text, or most entries of a list, where any will do.
    pub fn longest(&self) -> Option<usize> {
        let limited = matches!(self.kind, Kind::Text | Kind::Url | Kind::TextList);
        (limited && self.choices.is_empty()).then_some(self.max)
    }

    /// Least and greatest number it may be.
    pub fn numbers(&self) -> Option<(i64, i64)> {
        match self.part {
            Some(Part::Port) => Some((1, 65_535)),
            _ => self.range,
        }
    }

    /// Whether clients may call it that.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    /// Its documentation, in one paragraph.
    pub fn help(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(|line| line.trim()).collect();
        lines.join(" ")
    }

    /// What the API returns when it is not set.
    pub fn default_json(&self) -> Value {
        match (self.default, self.kind) {
            (Default::Boolean(value), _) => value.into(),
            (Default::Integer(value), _) => value.into(),
            (Default::Text(value), _) => value.into(),
            (Default::None, Kind::TextList) => Value::Array(Vec::new()),
            (Default::None, _) => Value::Null,
        }
    }
}

/// Joins lists of settings; called by [`settings!`](crate::setting::settings).
pub(crate) const fn join<const N: usize>(lists: &[&[Setting]]) -> [Setting; N] {
    let mut joined = [Setting::text(""); N];
    let (mut list, mut at, mut filled) = (0, 0, 0);
    while list < lists.len() {
        if at < lists[list].len() {
            joined[filled] = lists[list][at];
            (at, filled) = (at + 1, filled + 1);
        } else {
            (list, at) = (list + 1, 0);
        }
    }
    joined
}

/// Declares the settings of an integration: documentation, name, kind and rules. Lists of settings
/// that are declared elsewhere may follow, as `..LIST`.
///
/// A setting without a documentation comment does not compile.
macro_rules! settings {
    ($($(#[doc = $line:literal])+ $name:ident: $setting:expr,)* $(..$shared:expr),* $(,)?) => {
        const OWN_SETTINGS: &[$crate::Setting] = &[
            $($setting.named(stringify!($name), &[$($line),+])),*
        ];
        /// The settings, in the order shown.
        pub static SETTINGS: &[$crate::Setting] = &$crate::setting::join::<
            { OWN_SETTINGS.len() $(+ $shared.len())* }
        >(&[OWN_SETTINGS $(, $shared)*]);
    };
}
pub(crate) use settings;
