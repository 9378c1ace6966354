//! Reads the settings document, and collects all errors with their locations.

use super::entry::{Owner, Problem, Section};
use crate::api::v4::setting_parameter;
use crate::params::{ParamKind, Parameter};
use catalogue::Integration;
use engine::{Change, Declared};
use model::Trigger;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// A document that was read.
pub(super) struct Document {
    /// those above before those below
    pub(super) sections: Vec<Section>,
    /// all that is wrong
    pub(super) problems: Vec<Problem>,
    pub(super) spellings: Spellings,
}

/// Reads all sections.
pub(super) fn read(document: &Map<String, Value>) -> Document {
    let mut reader = Reader {
        at: Vec::new(),
        problems: Vec::new(),
        spellings: Spellings::default(),
    };
    let mut sections = Vec::new();
    for (name, value) in document {
        reader.within(name, |reader| match name.as_str() {
            "instance" => sections.push(reader.section(Owner::Instance, value)),
            "groups" => sections.extend(reader.sections(Owner::Group, value)),
            "projects" => sections.extend(reader.sections(Owner::Project, value)),
            _ => reader.problem("is unknown: there are instance, groups and projects"),
        });
    }
    sections.sort_by_key(|section| match &section.owner {
        Owner::Instance => (0, 0),
        Owner::Group(path) => (1, path.matches('/').count()),
        Owner::Project(_) => (2, 0),
    });
    Document {
        sections,
        problems: reader.problems,
        spellings: reader.spellings,
    }
}

struct Reader {
    at: Vec<String>,
    problems: Vec<Problem>,
    spellings: Spellings,
}

/// Names that the document spells in another way: the path to each as Crosstie spells
/// them, and its own last key.
#[derive(Default)]
pub(super) struct Spellings(HashMap<Vec<String>, String>);

impl Spellings {
    /// The keys as the document spells them.
    pub(super) fn of_document(&self, keys: &[String]) -> Vec<String> {
        let spelled = (0..keys.len()).map(|last| {
            let other = self.0.get(&keys[..=last]);
            other.unwrap_or(&keys[last]).clone()
        });
        spelled.collect()
    }
}

impl Reader {
    /// Tells how Crosstie spells the key that was reached, and the integration that it is below.
    fn spells(&mut self, canonical: &str, below: Option<&Integration>) {
        let mut keys = self.at.clone();
        let Some(written) = keys.pop().filter(|written| written != canonical) else {
            return;
        };
        if let (Some(integration), Some(last)) = (below, keys.last_mut()) {
            integration.slug.clone_into(last);
        }
        keys.push(canonical.to_owned());
        self.spellings.0.insert(keys, written);
    }

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

    fn sections(&mut self, owner: fn(String) -> Owner, value: &Value) -> Vec<Section> {
        let mut sections = Vec::new();
        for (path, value) in self.entries(value) {
            sections.push(self.within(path, |reader| reader.section(owner(path.clone()), value)));
        }
        sections
    }

    fn section(&mut self, owner: Owner, value: &Value) -> Section {
        let mut section = Section {
            owner,
            integrations: None,
            source: None,
        };
        let of_project = matches!(section.owner, Owner::Project(_));
        for (name, value) in self.entries(value) {
            self.within(name, |reader| match name.as_str() {
                "integrations" => {
                    section.integrations = Some(reader.integrations(&section.owner, value));
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
        owner: &Owner,
        value: &Value,
    ) -> Vec<(&'static Integration, Declared)> {
        let mut all: Vec<(&'static Integration, Declared)> = Vec::new();
        for (slug, value) in self.entries(value) {
            self.within(slug, |reader| match catalogue::find(slug) {
                Some(integration)
                    if all
                        .iter()
                        .any(|(canonical, _)| canonical.slug == integration.slug) =>
                {
                    reader.problem(format!("names {} a second time", integration.slug));
                }
                None => reader.problem("is unknown: there is no integration of that name"),
                Some(integration) if !owner.takes(integration) => {
                    let level = owner.level_name();
                    reader.problem(format!("cannot be set up for a whole {level}"));
                }
                Some(integration) => {
                    reader.spells(integration.slug, None);
                    let declared = reader.declared(owner, integration, value);
                    all.push((integration, declared));
                }
            });
        }
        all
    }

    fn declared(&mut self, owner: &Owner, integration: &Integration, value: &Value) -> Declared {
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
            if *owner == Owner::Instance {
                self.problem("has nothing above it to inherit from");
            } else if named || of_own {
                self.problem("says inherit, and so cannot have values of its own");
            }
        }
        declared
    }

    fn value(&mut self, integration: &Integration, name: &str, value: &Value, into: &mut Change) {
        let setting = integration.settings.iter().find(|it| it.is_called(name));
        let mut triggers = integration.triggers.iter();
        let trigger = triggers.find(|it| Trigger::from_field(name) == Some(**it));
        let canonical = setting.map(|it| it.name);
        let Some(canonical) = canonical.or_else(|| Some(trigger?.field())) else {
            return self.problem(format!(
                "is unknown: {} has neither a setting nor an event switch of that name",
                integration.slug
            ));
        };
        if into.fields.contains_key(canonical) || into.triggers.contains_key(canonical) {
            return self.problem(format!("names {canonical} a second time"));
        }
        self.spells(canonical, Some(integration));
        let accepted = match setting {
            Some(setting) if setting.secret => self.secret(value),
            Some(setting) => self.accepted(&setting_parameter(setting), value),
            None => self.flag(value).map(Value::from),
        };
        let values = match setting {
            Some(_) => &mut into.fields,
            None => &mut into.triggers,
        };
        values.extend(accepted.map(|value| (canonical.to_owned(), value)));
    }

    fn source(&mut self, value: &Value) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, value) in self.entries(value) {
            self.within(name, |reader| {
                let canonical = crate::api::own::source::PUT
                    .iter()
                    .find(|it| it.name == name);
                let value = match canonical {
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
