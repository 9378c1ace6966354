//! An OpenAPI document as something to hold requests against.

use boon::{Compiler, Draft, Schemas};
use serde_json::Value;
use std::path::Path;

/// The name the document is known under while schemas are compiled.
const NAME: &str = "http://contract.test/document.json";

/// A published description of an API.
pub(crate) struct Contract {
    document: Value,
}

impl Contract {
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut document = serde_json::from_str(&text).unwrap();
        drop_empty_required(&mut document);
        Self { document }
    }

    /// Fails unless the document has the path and method, and the body is as it says; answers the path's template.
    pub(crate) fn check(&self, method: &str, path: &str, body: &str) -> String {
        let paths = self.document["paths"].as_object().unwrap();
        let template = paths
            .keys()
            .find(|template| matches(template, path))
            .unwrap_or_else(|| panic!("{path} is not in the document"));
        let operation = &paths[template][method.to_lowercase()];
        assert!(
            operation.is_object(),
            "{method} {template} is not in the document"
        );
        let media = &operation["requestBody"]["content"]["application/json"];
        if media["schema"].is_object() {
            let body: Value = serde_json::from_str(body)
                .unwrap_or_else(|_| panic!("{method} {path} needs a JSON body: {body}"));
            self.validate(
                &format!(
                    "#/paths/{}/{}/requestBody/content/application~1json/schema",
                    escape(template),
                    method.to_lowercase()
                ),
                &body,
            );
        } else {
            assert!(body.is_empty(), "{method} {path} takes no body: {body}");
        }
        template.clone()
    }

    fn validate(&self, pointer: &str, body: &Value) {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        // OpenAPI 3.0 schemas are nearest to draft 4.
        compiler.set_default_draft(Draft::V4);
        compiler.add_resource(NAME, self.document.clone()).unwrap();
        let index = compiler
            .compile(&format!("{NAME}{pointer}"), &mut schemas)
            .unwrap();
        if let Err(error) = schemas.validate(body, index) {
            panic!("{pointer}: {error:#}\n{body:#}");
        }
    }
}

/// Draft 4 does not know `"required": []`, which the published documents have.
fn drop_empty_required(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|name, value| name != "required" || value != &Value::Array(Vec::new()));
            map.values_mut().for_each(drop_empty_required);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_empty_required),
        _ => {}
    }
}

/// Whether a path is one of a template such as `/issue/{key}/comment`.
fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(&path)
            .all(|(part, given)| part.starts_with('{') || part == given)
}

/// A path as part of a JSON pointer in a URL.
fn escape(path: &str) -> String {
    path.replace('~', "~0")
        .replace('/', "~1")
        .replace('{', "%7B")
        .replace('}', "%7D")
}

#[test]
fn conformance_paths_match_their_templates_alone() {
    assert!(matches("/issue/{key}/comment", "/issue/AB-1/comment"));
    assert!(!matches("/issue/{key}", "/issue/AB-1/comment"));
}
