//! A settings file: what is sent to the server, and where in the file things are.

use super::json::texts;
use super::problem::{Mark, Problem};
use super::yaml::{self, Node, Value};
use serde_json::{Map, Value as Json};

/// A file that was read, its references looked up.
pub(super) struct Document {
    root: Node,
    /// what the server is sent; references that lead nowhere are left out
    pub(super) settings: Json,
    /// these references, by the keys that lead there
    problems: Vec<(Vec<String>, Problem)>,
}

type LookUp<'f> = &'f dyn Fn(&str) -> Result<String, String>;

impl Document {
    /// Reads it; `secret` resolves a reference, or returns what is wrong with it.
    pub(super) fn read(text: &str, secret: LookUp<'_>) -> Result<Self, Problem> {
        let root = yaml::read(text)?;
        let mut reader = Reader {
            path: Vec::new(),
            problems: Vec::new(),
            secret,
        };
        let settings = reader.json(&root).unwrap_or_default();
        let problems = reader.problems;
        Ok(Self {
            root,
            settings,
            problems,
        })
    }

    /// All that is wrong, by place: references that lead nowhere, and what the server found.
    pub(super) fn problems_with(&self, answer: &Json) -> Vec<Problem> {
        let mut all: Vec<Problem> = self
            .problems
            .iter()
            .map(|(_, problem)| problem.clone())
            .collect();
        for error in answer["errors"].as_array().into_iter().flatten() {
            let path = texts(&error["path"]);
            // The server misses what was left out.
            let reported = self.problems.iter().any(|(keys, _)| *keys == path);
            if !reported {
                let message = error["message"].as_str().unwrap_or_default();
                let message = format!("{}: {message}", path.join("."));
                all.push(Problem::new(self.find(&path), message));
            }
        }
        all.sort_by_key(|problem| problem.at);
        all
    }

    /// Where the keys lead, as far as they do.
    fn find(&self, path: &[&str]) -> Mark {
        let (mut node, mut at) = (&self.root, self.root.at);
        for key in path {
            let Value::Map(entries) = &node.value else {
                break;
            };
            let Some((_, place, below)) = entries.iter().find(|(name, ..)| name == key) else {
                break;
            };
            (node, at) = (below, *place);
        }
        at
    }
}

struct Reader<'f> {
    path: Vec<String>,
    problems: Vec<(Vec<String>, Problem)>,
    secret: LookUp<'f>,
}

impl Reader<'_> {
    fn json(&mut self, node: &Node) -> Option<Json> {
        Some(match &node.value {
            Value::Null => Json::Null,
            Value::Text(text) if !text.is_empty() && is_secret(&self.path) => {
                match (self.secret)(text) {
                    Ok(secret) => secret.into(),
                    Err(why) => {
                        let message = format!("{}: {why}", self.path.join("."));
                        let problem = Problem::new(node.at, message);
                        self.problems.push((self.path.clone(), problem));
                        return None;
                    }
                }
            }
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().filter_map(|item| self.json(item)).collect(),
            Value::Map(entries) => {
                let mut map = Map::new();
                for (key, _, below) in entries {
                    self.path.push(key.clone());
                    let value = self.json(below);
                    self.path.pop();
                    map.extend(value.map(|value| (key.clone(), value)));
                }
                Json::Object(map)
            }
        })
    }
}

/// Whether the setting at these keys is a secret.
fn is_secret(path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path[..] {
        ["instance", "integrations", slug, name]
        | ["groups" | "projects", _, "integrations", slug, name] => catalogue::find(slug)
            .is_some_and(|integration| {
                integration
                    .settings
                    .iter()
                    .any(|setting| setting.secret && setting.is_called(name))
            }),
        ["projects", _, "source", name] => matches!(name, "secret" | "api_token"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TEXT: &str = "\
projects:
  g/a:
    source: {kind: git, secret: env:HOOK}
    integrations:
      jira:
        url: https://jira.test
        password: env:PW
        jira_issue_transition_id: 31
      slack:
        webhook: plain
";

    fn look_up(reference: &str) -> Result<String, String> {
        match reference {
            "env:PW" => Ok("hunter2".into()),
            "env:HOOK" => Err("the variable HOOK is not set".into()),
            _ => Err("is a secret".into()),
        }
    }

    #[test]
    fn references_are_looked_up_where_secrets_stand() {
        let document = Document::read(TEXT, &look_up).unwrap();
        let project = &document.settings["projects"]["g/a"];
        assert_eq!(
            project["integrations"]["jira"],
            json!({"url": "https://jira.test", "password": "hunter2", "jira_issue_transition_id": "31"})
        );
        assert_eq!(project["source"], json!({"kind": "git"}));
    }

    #[test]
    fn all_errors_are_returned_at_once_in_the_files_order() {
        let document = Document::read(TEXT, &look_up).unwrap();
        let integrations = ["projects", "g/a", "integrations"];
        let at = |more: [&'static str; 2]| [&integrations[..], &more].concat();
        let answer = json!({"errors": [
            {"path": at(["slack", "webhook"]), "message": "can't be blank"},
            {"path": at(["jira", "username"]), "message": "can't be blank"},
        ]});
        let shown: Vec<String> = document
            .problems_with(&answer)
            .iter()
            .map(|problem| {
                format!(
                    "{}:{} {}",
                    problem.at.line, problem.at.column, problem.message
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "3:33 projects.g/a.source.secret: the variable HOOK is not set",
                "5:7 projects.g/a.integrations.jira.username: can't be blank",
                "10:18 projects.g/a.integrations.slack.webhook: is a secret",
            ]
        );
    }
}
