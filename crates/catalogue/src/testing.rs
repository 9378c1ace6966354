//! Short words for the tests of integrations.

use crate::{
    Deliver, Integration, MailInput, MailSite, Plan, References, Setting, Step, Values, markdown,
};
use model::{Event, Secret};
use outbound::{Outgoing, Request};
use serde_json::{Map, Value, json};

/// Values with these plain settings, an object, and these secrets.
pub(crate) fn values(
    settings: &'static [Setting],
    plain: Value,
    secrets: &[(&str, &str)],
) -> Values {
    let Value::Object(plain) = plain else {
        panic!("an object")
    };
    let secrets = secrets
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Secret::new(*text)));
    Values::new(settings, plain, secrets.collect(), Map::new())
}

/// The plan of an integration that has one; mail goes to a fake server.
pub(crate) fn with_plan<T>(
    integration: &Integration,
    test: impl FnOnce(&dyn Plan) -> T,
) -> Option<T> {
    match integration.deliver? {
        Deliver::Plan(plan) => Some(test(plan)),
        Deliver::Mail(plan) => Some(test(&*plan(mail_input()))),
        Deliver::Conversation(_) => None,
    }
}

/// A mail server, and no comparison.
pub(crate) fn mail_input() -> MailInput {
    MailInput {
        site: Some(MailSite {
            from: "crosstie@git.test".into(),
            relay: "smtp://mail.test:25".into(),
        }),
        comparison: None,
    }
}

pub(crate) fn event(body: &Value) -> Event {
    Event::parse(&body.to_string()).unwrap()
}

/// The HTTP request of a step.
pub(crate) fn request(step: &Step) -> Request {
    let Outgoing::Http(request) = &step.outgoing else {
        panic!("HTTP")
    };
    request.clone()
}

/// Texts of a project with one issue tracker.
pub(crate) struct Texts(References);

impl Texts {
    /// With this setting of the tracker's.
    pub(crate) fn of(integration: &Integration, setting: &str, value: &str) -> Self {
        let values = values(integration.settings, json!({setting: value}), &[]);
        let mut references = References::of_project(1);
        references.track(integration.title, (integration.tracker.unwrap())(&values));
        Self(references)
    }

    /// The references in Markdown, each with the address it leads to.
    pub(crate) fn links(&self, text: &str) -> Vec<String> {
        let html = markdown::render(text, &self.0);
        let links = html.split("<a href=\"").skip(1);
        let references = links.filter_map(|link| {
            let (start, rest) = link.split_once('>')?;
            let (name, _) = rest.split_once("</a>")?;
            let (address, attributes) = start.split_once('"')?;
            let is_reference = attributes.contains("class=\"gfm ");
            is_reference.then(|| format!("{name} {address}"))
        });
        references.collect()
    }

    /// Fails if a name becomes a link where it may not.
    pub(crate) fn leave_alone(&self, name: &str) {
        assert_eq!(self.links(name).len(), 1, "{name} is a reference");
        for text in [
            format!("`{name}`"),
            format!("```\n{name}\n```"),
            format!("    {name}"),
            format!("<pre>{name}</pre>"),
            format!("[{name}](/x)"),
            format!("[x](<#{name}>)"),
            format!("<a href=\"/x\">{name}</a>"),
            format!("![{name}](x.png)"),
        ] {
            assert_eq!(self.links(&text), [""; 0], "{text}");
        }
    }
}
