//! An entry of the catalogue, set up from its declaration alone.

use super::events;
use super::tool::{Behavior, Owner, Tool};
use crate::harness::Server;
use catalogue::{Context, Deliver, Integration, Kind, MailInput, MailSite, Part, Setting, Values};
use model::{Event, Secret};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use url::Url;

/// Settings for a tool at one place.
#[derive(Clone)]
pub(crate) struct Entry {
    pub integration: &'static Integration,
    pub values: Values,
    /// what is sent to save them
    pub settings: Value,
    /// texts that must never be seen again
    pub secrets: Vec<String>,
}

/// Every integration that makes deliveries.
pub(crate) fn senders() -> impl Iterator<Item = &'static Integration> {
    let all = catalogue::ALL.iter().copied();
    all.filter(|integration| integration.deliver.is_some())
}

/// Every one of them that speaks to a tool of its own, with a good one that listens.
pub(crate) async fn all() -> Vec<(Entry, Tool)> {
    let mut all = Vec::new();
    for integration in senders() {
        let (entry, tool) = Entry::with_tool(integration, Behavior::Good).await;
        if entry.reaches(tool.address) || entry.host().is_some() {
            all.push((entry, tool));
        } else {
            println!("{}: it sends to no tool of its own", integration.slug);
        }
    }
    all
}

impl Entry {
    /// Settings, and the tool they name.
    pub(crate) async fn with_tool(
        integration: &'static Integration,
        behavior: Behavior,
    ) -> (Self, Tool) {
        let (tool, listener) = Tool::bind(behavior).await;
        let entry = Self::at(integration, "http", tool.address);
        let owner = Owner {
            integration,
            values: entry.values.clone(),
        };
        tool.serve(listener, owner);
        (entry, tool)
    }

    /// Settings for a tool at that address; where the integration's own rules want another host,
    /// for the host of its example.
    pub(crate) fn at(integration: &'static Integration, scheme: &str, address: SocketAddr) -> Self {
        let entry = Self::with_origin(integration, &format!("{scheme}://{address}"), address);
        let refused = (integration.validate)(&entry.values);
        let mut examples = integration.example.iter();
        let elsewhere = examples.find(|row| refused.iter().any(|error| error.field == row.0));
        let url = elsewhere.and_then(|row| Url::parse(row.1).ok());
        match url.map(|url| url.origin().ascii_serialization()) {
            Some(origin) => Self::with_origin(integration, &origin, address),
            None => entry,
        }
    }

    fn with_origin(integration: &'static Integration, origin: &str, address: SocketAddr) -> Self {
        let mut sent = Map::new();
        let mut secrets = Vec::new();
        for setting in integration.settings {
            let Some(value) = value(integration, setting, origin, address) else {
                continue;
            };
            if setting.secret {
                let text = value.as_str().unwrap();
                secrets.push(text.strip_prefix(origin).unwrap_or(text).to_owned());
            }
            sent.insert(setting.name.to_owned(), value);
        }
        let values = values(integration, &sent);
        for trigger in integration.triggers {
            sent.insert(trigger.field().to_owned(), true.into());
        }
        Self {
            integration,
            values,
            settings: sent.into(),
            secrets,
        }
    }

    /// Where it sends to.
    fn address(&self) -> String {
        (self.integration.address)(&self.values)
    }

    /// Whether the settings lead to the tool, and not to an address that is fixed.
    pub(crate) fn reaches(&self, tool: SocketAddr) -> bool {
        self.address().contains(&tool.to_string())
    }

    /// The host on the Internet that it sends to whatever its settings say.
    pub(crate) fn host(&self) -> Option<String> {
        let url = Url::parse(&self.address()).ok()?;
        let host = url.domain().filter(|_| url.scheme() == "https");
        host.map(str::to_owned)
    }

    /// Whether it talks HTTP.
    pub(crate) fn is_http(&self) -> bool {
        self.address().starts_with("http")
    }

    /// The first of the sample events that it has something to do for.
    pub(crate) fn event(&self) -> Value {
        let wanted = events::samples()
            .into_iter()
            .find(|event| self.acts_on(event));
        wanted.unwrap_or_else(|| {
            let slug = self.integration.slug;
            panic!("{slug} acts on none of the sample events: add one for its kinds to `events`")
        })
    }

    pub(crate) fn acts_on(&self, event: &Value) -> bool {
        let event = Event::parse(&event.to_string()).unwrap();
        let (values, context) = (&self.values, Context::sample());
        self.integration.kinds.contains(&event.kind)
            && match self.integration.deliver {
                None => false,
                Some(Deliver::Plan(plan)) => plan.steps(&event, values, &context).is_ok(),
                Some(Deliver::Mail(plan)) => {
                    plan(mail_input()).steps(&event, values, &context).is_ok()
                }
                Some(Deliver::Conversation(conversation)) => {
                    conversation.skip_reason(&event, values, &context).is_none()
                }
            }
    }

    /// Saves the settings for a project.
    pub(crate) async fn set_up(&self, server: &Server, project: i64) {
        let path = format!(
            "/api/v4/projects/{project}/integrations/{}",
            self.integration.slug
        );
        server.put(&path, self.settings.clone()).await;
    }
}

/// The values that hold when that is sent.
pub(crate) fn values(integration: &Integration, sent: &Map<String, Value>) -> Values {
    let (mut plain, mut sealed) = (Map::new(), BTreeMap::new());
    for setting in integration.settings {
        let name = setting.name.to_owned();
        match sent.get(setting.name) {
            Some(value) if setting.secret => {
                let secret = Secret::new(value.as_str().unwrap());
                drop(sealed.insert(name, secret));
            }
            Some(value) => drop(plain.insert(name, value.clone())),
            None => {}
        }
    }
    Values::new(integration.settings, plain, sealed, Map::new())
}

/// What an example would be, led to the tool; nothing for what may be left out.
fn value(
    integration: &Integration,
    setting: &Setting,
    origin: &str,
    address: SocketAddr,
) -> Option<Value> {
    let declared = integration
        .example
        .iter()
        .find(|row| row.0 == setting.name)
        .map(|row| row.1);
    let planted =
        || format!("pl4nt3d_{}_{}_0a1b2c3d", integration.slug, setting.name).replace('-', "_");
    match (setting.part, setting.kind) {
        (Some(Part::Host), _) => return Some(address.ip().to_string().into()),
        (Some(Part::Port), _) => return Some(address.port().into()),
        (None, Kind::Url) if setting.secret => {
            return Some(format!("{origin}{}/{}", path_of(declared), planted()).into());
        }
        (None, Kind::Url) => return Some(format!("{origin}{}", path_of(declared)).into()),
        (None, Kind::Integer) => return Some(declared?.parse::<i64>().unwrap().into()),
        (None, Kind::Boolean) => return Some((declared? == "true").into()),
        (None, Kind::TextList) => return Some(declared?.split(',').collect()),
        (None, Kind::Text) | (Some(Part::Label), _) => {}
    }
    match declared {
        Some(text) => Some(text.into()),
        None if setting.secret => Some(planted().into()),
        None if setting.required => Some(
            setting
                .choices
                .first()
                .unwrap_or(&"example")
                .to_owned()
                .into(),
        ),
        None => None,
    }
}

/// The path of an example's address.
fn path_of(declared: Option<&str>) -> String {
    let after_scheme = declared
        .and_then(|url| url.split_once("://"))
        .map(|parts| parts.1);
    let path = after_scheme.and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()));
    path.unwrap_or_default().trim_end_matches('/').to_owned()
}

/// A mail server that is configured.
pub(crate) fn mail_input() -> MailInput {
    MailInput {
        site: Some(MailSite {
            from: "crosstie@git.test".into(),
            relay: "smtp://mail.test:25".into(),
        }),
        comparison: None,
    }
}
