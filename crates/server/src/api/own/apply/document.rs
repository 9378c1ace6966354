//! Reads the document of settings: what is wrong with it is told all at once, each with its place.

use crate::api::v4::setting_parameter;
use crate::params::{ParamKind, Parameter};
use catalogue::{Integration, Levels};
use engine::{Change, Declared};
use serde_json::{Map, Value};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// the keys that lead there
    pub(super) at: Vec<String>,
    /// the message, without the place
    pub(super) message: String,
}

/// Whose settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Instance,
    /// by full path
    Group(String),
    /// by full path
    Project(String),
}

impl Place {
    /// `instance`, `group` or `project`.
    pub(super) fn level_name(&self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Group(_) => "group",
            Self::Project(_) => "project",
        }
    }

    /// The full path; nothing for the instance.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::Instance => None,
            Self::Group(path) | Self::Project(path) => Some(path),
        }
    }

    /// The keys that lead to it.
    pub(super) fn at(&self) -> Vec<String> {
        match self {
            Self::Instance => vec!["instance".into()],
            Self::Group(path) => vec!["groups".into(), path.clone()],
            Self::Project(path) => vec!["projects".into(), path.clone()],
        }
    }

    fn takes(&self, integration: &Integration) -> bool {
        match self {
            Self::Instance => integration.levels == Levels::All,
            Self::Group(_) => integration.levels != Levels::Project,
            Self::Project(_) => true,
        }
    }
}

/// What the document says of one place.
pub(super) struct Section {
    pub(super) place: Place,
    /// the integrations, if it names any
    pub(super) integrations: Option<Vec<(&'static Integration, Declared)>>,
    /// the values of the source, if it names one
    pub(super) source: Option<Map<String, Value>>,
}

/// All sections, those above before those below, and all that is wrong.
pub(super) fn read(document: &Map<String, Value>) -> (Vec<Section>, Vec<Problem>) {
    let mut reader = Reader {
        at: Vec::new(),
        problems: Vec::new(),
    };
    let mut sections = Vec::new();
    for (name, value) in document {
        reader.within(name, |reader| match name.as_str() {
            "instance" => sections.push(reader.section(Place::Instance, value)),
            "groups" => sections.extend(reader.sections(Place::Group, value)),
            "projects" => sections.extend(reader.sections(Place::Project, value)),
            _ => reader.problem("is unknown: there are instance, groups and projects"),
        });
    }
    sections.sort_by_key(|section| match &section.place {
        Place::Instance => (0, 0),
        Place::Group(path) => (1, path.matches('/').count()),
        Place::Project(_) => (2, 0),
    });
    (sections, reader.problems)
}

struct Reader {
    at: Vec<String>,
    problems: Vec<Problem>,
}

impl Reader {
    fn problem(&mut self, message: impl Into<String>) {
        self.problems.push(Problem {
            at: self.at.clone(),
            message: message.into(),
        });
    }

    fn within<T>(&mut self, name: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        self.at.push(name.to_owned());
        let result = work(self);
        self.at.pop();
        result
    }

    /// The entries of what has to be an object; nothing counts as an empty one.
    fn entries<'v>(&mut self, value: &'v Value) -> Vec<(&'v String, &'v Value)> {
        match value {
            Value::Object(map) => map.iter().collect(),
            Value::Null => Vec::new(),
            _ => {
                self.problem("must have names with values below it");
                Vec::new()
            }
        }
    }

    fn sections(&mut self, place: fn(String) -> Place, value: &Value) -> Vec<Section> {
        let mut sections = Vec::new();
        for (path, value) in self.entries(value) {
            sections.push(self.within(path, |reader| reader.section(place(path.clone()), value)));
        }
        sections
    }

    fn section(&mut self, place: Place, value: &Value) -> Section {
        let mut section = Section {
            place,
            integrations: None,
            source: None,
        };
        let of_project = matches!(section.place, Place::Project(_));
        for (name, value) in self.entries(value) {
            self.within(name, |reader| match name.as_str() {
                "integrations" => {
                    section.integrations = Some(reader.integrations(&section.place, value));
                }
                "source" if of_project => section.source = Some(reader.source(value)),
                _ if of_project => reader.problem("is unknown: there are source and integrations"),
                _ => reader.problem("is unknown: there is integrations"),
            });
        }
        section
    }

    fn integrations(
        &mut self,
        place: &Place,
        value: &Value,
    ) -> Vec<(&'static Integration, Declared)> {
        let mut all = Vec::new();
        for (slug, value) in self.entries(value) {
            self.within(slug, |reader| match catalogue::find(slug) {
                None => reader.problem("is unknown: there is no integration of that name"),
                Some(integration) if !place.takes(integration) => {
                    let level = place.level_name();
                    reader.problem(format!("cannot be set up for a whole {level}"));
                }
                Some(integration) => {
                    let declared = reader.declared(place, integration, value);
                    all.push((integration, declared));
                }
            });
        }
        all
    }

    fn declared(&mut self, place: &Place, integration: &Integration, value: &Value) -> Declared {
        let mut declared = Declared {
            active: true,
            inherits: false,
            values: Change::default(),
        };
        let (mut named, mut of_own) = (false, false);
        for (name, value) in self.entries(value) {
            self.within(name, |reader| {
                if name == "active" {
                    named = true;
                    declared.active = reader.flag(value).unwrap_or(true);
                } else if name == "inherit" {
                    declared.inherits = reader.flag(value).unwrap_or(false);
                } else {
                    of_own = true;
                    reader.value(integration, name, value, &mut declared.values);
                }
            });
        }
        if declared.inherits {
            if *place == Place::Instance {
                self.problem("has nothing above it to inherit from");
            } else if named || of_own {
                self.problem("says inherit, and so cannot have values of its own");
            }
        }
        declared
    }

    fn value(&mut self, integration: &Integration, name: &str, value: &Value, into: &mut Change) {
        let setting = integration.settings.iter().find(|it| it.name == name);
        let is_trigger = integration.triggers.iter().any(|it| it.field() == name);
        match setting {
            Some(setting) if setting.secret => {
                if let Some(value) = self.secret(value) {
                    into.fields.insert(name.to_owned(), value);
                }
            }
            Some(setting) => {
                if let Some(value) = self.accepted(&setting_parameter(setting), value) {
                    into.fields.insert(name.to_owned(), value);
                }
            }
            None if is_trigger => {
                if let Some(on) = self.flag(value) {
                    into.triggers.insert(name.to_owned(), on.into());
                }
            }
            None => self.problem(format!(
                "is unknown: {} has neither a setting nor an event switch of that name",
                integration.slug
            )),
        }
    }

    fn source(&mut self, value: &Value) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, value) in self.entries(value) {
            self.within(name, |reader| {
                let known = super::super::source::PUT.iter().find(|it| it.name == name);
                let value = match known {
                    None => {
                        reader.problem("is unknown: a source has no setting of that name");
                        None
                    }
                    Some(_) if super::source::is_secret(name) => reader.secret(value),
                    Some(parameter) => reader.accepted(parameter, value),
                };
                values.extend(value.map(|value| (name.clone(), value)));
            });
        }
        values
    }

    /// A secret itself, and not where it is to be found.
    fn secret(&mut self, value: &Value) -> Option<Value> {
        let parameter = Parameter::optional("", ParamKind::Text, "");
        let value = self.accepted(&parameter, value)?;
        let text = value.as_str().unwrap_or_default();
        if ["env:", "file:"].iter().any(|kind| text.starts_with(kind)) {
            self.problem("is a reference, which `crosstie apply` looks up: send the secret itself");
            return None;
        }
        Some(value)
    }

    fn flag(&mut self, value: &Value) -> Option<bool> {
        let parameter = Parameter::optional("", ParamKind::Boolean, "");
        self.accepted(&parameter, value)?.as_bool()
    }

    fn accepted(&mut self, parameter: &Parameter, value: &Value) -> Option<Value> {
        let accepted = parameter.accept(value);
        if accepted.is_none() {
            self.problem(wanted(parameter));
        }
        accepted
    }
}

/// What a value would have to be.
fn wanted(parameter: &Parameter) -> String {
    if !parameter.choices.is_empty() {
        return format!("must be one of {}", parameter.choices.join(", "));
    }
    let kind = match parameter.kind {
        ParamKind::Text => "a text",
        ParamKind::Integer => "a whole number",
        ParamKind::Boolean => "true or false",
        ParamKind::Date => "a day, such as 2027-01-31",
        ParamKind::Time => "a time, such as 2027-01-31T10:00:00Z",
        ParamKind::TextList | ParamKind::CommaList => "a list of texts",
        ParamKind::IntegerList => "a list of whole numbers",
        ParamKind::Object => "names with values below it",
    };
    format!("must be {kind}")
}
