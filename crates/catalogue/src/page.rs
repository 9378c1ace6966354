//! The documentation page of an integration, made from its file.

use crate::{Integration, Kind, Setting};
use std::fmt::Write;

/// The page in Markdown: the module documentation, with the table of settings and triggers inserted
/// before `## Events`, and links to the vendor at its end.
pub fn markdown(integration: &Integration) -> String {
    let prose = module_docs(integration.source);
    let (before, after) = match prose.find("## Events") {
        Some(at) => prose.split_at(at),
        None => (prose.as_str(), ""),
    };
    let slug = integration.slug;
    let mut page = String::from(before);
    let _ = write!(
        page,
        "## Settings\n\n`PUT /api/v4/projects/:id/integrations/{slug}` takes:\n\n"
    );
    page.push_str("| Setting | Type | Required | Default | Meaning |\n|---|---|---|---|---|\n");
    for setting in integration.settings {
        page.push_str(&row(setting));
    }
    for trigger in integration.triggers {
        let _ = writeln!(
            page,
            "| `{}` | boolean | no | `{}` | Events: {}. |",
            trigger.field(),
            integration.is_enabled_by_default(*trigger),
            trigger.meaning()
        );
    }
    page.push('\n');
    page.push_str(&example(integration));
    page.push_str(after);
    page.push_str(&links(integration));
    page
}

/// The vendor's documentation, where the integration names it.
fn links(integration: &Integration) -> String {
    let links = [
        ("Setup at the vendor", integration.setup_url),
        ("API documentation", integration.docs_url),
    ];
    let mut section = String::new();
    for (title, url) in links.iter().filter(|(_, url)| !url.is_empty()) {
        if section.is_empty() {
            section.push_str("\n## See also\n\n");
        }
        let _ = writeln!(section, "- [{title}]({url})");
    }
    section
}

/// A call that sets the integration up, if it declares an example.
fn example(integration: &Integration) -> String {
    if integration.example.is_empty() {
        return String::new();
    }
    let value = |setting: &Setting| {
        let declared = integration.example.iter().find(|row| row.0 == setting.name);
        declared
            .map(|row| row.1)
            .or(setting.secret.then_some("secret"))
    };
    let mut call = String::from(
        "For example:\n\n```sh\ncurl --request PUT --header \"PRIVATE-TOKEN: $TOKEN\" \\\n",
    );
    for setting in integration.settings {
        if let Some(value) = value(setting) {
            let name = setting.name;
            let _ = writeln!(call, "     --data-urlencode '{name}={value}' \\");
        }
    }
    let path = "api/v4/projects/group%2Fproject/integrations";
    let slug = integration.slug;
    let _ = write!(
        call,
        "     \"https://crosstie.example.com/{path}/{slug}\"\n```\n\n"
    );
    call
}

fn row(setting: &Setting) -> String {
    let default = match setting.default_json() {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => format!("`{text}`"),
        value => format!("`{value}`"),
    };
    let choices = setting.choices.iter().zip(setting.meanings);
    let mut choices: Vec<_> = choices
        .map(|(choice, meaning)| match *choice {
            "" => format!("blank: {meaning}"),
            choice => format!("`{choice}`: {meaning}"),
        })
        .collect();
    if setting.meanings.is_empty() {
        choices = setting
            .choices
            .iter()
            .map(|choice| format!("`{choice}`"))
            .collect();
    }
    let choices = if choices.is_empty() {
        String::new()
    } else {
        format!(" ({})", choices.join(", "))
    };
    format!(
        "| `{}` | {} | {} | {default} | {}{choices} |\n",
        setting.name,
        type_name(setting),
        if setting.required { "yes" } else { "no" },
        setting.help().replace('|', "\\|"),
    )
}

fn type_name(setting: &Setting) -> &'static str {
    match setting.kind {
        Kind::Text if setting.secret => "string (secret)",
        Kind::Url if setting.secret => "string (URL, secret)",
        Kind::Text => "string",
        Kind::Url => "string (URL)",
        Kind::Boolean => "boolean",
        Kind::Integer => "integer",
        Kind::TextList => "array of strings",
    }
}

/// The `//!` lines at the head of a file, without the mark.
fn module_docs(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let mut text = String::new();
    for line in lines {
        text.push_str(line.strip_prefix(' ').unwrap_or(line));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_headings_and_every_setting() {
        for integration in crate::ALL {
            let page = markdown(integration);
            for heading in [
                "# ",
                "## What it does",
                "## Set-up",
                "## Settings",
                "## Events",
                "## Limits",
            ] {
                assert!(
                    page.lines().any(|line| line.starts_with(heading)),
                    "{}: {heading}",
                    integration.slug
                );
            }
            for setting in integration.settings {
                assert!(
                    page.contains(&format!("`{}`", setting.name)),
                    "{}",
                    setting.name
                );
            }
        }
    }
}
