//! The OpenAPI 3.0 document, made from the same list of routes as the router.
//! It leaves out the pages for people, and itself.

mod answers;
mod intake;

use crate::auth::Needs;
use crate::params::{ParamKind, Parameter};
use crate::routes::Route;
use http::Method;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Describes all routes but those that are another way to write one.
pub fn document(routes: &[Arc<Route>]) -> Value {
    let mut paths = Map::new();
    for route in routes.iter().filter(|route| !route.alias) {
        let entry = paths
            .entry(&route.path)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(methods) = entry {
            methods.insert(route.method.as_str().to_lowercase(), operation(route));
        }
    }
    paths.extend(intake::paths());
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Crosstie",
            "description": "GitLab's project-integrations API, and what Crosstie adds to it.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "privateToken": [] }, { "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "privateToken": { "type": "apiKey", "in": "header", "name": "PRIVATE-TOKEN" },
                "bearer": { "type": "http", "scheme": "bearer" },
                "hookToken": intake::security_scheme(),
            },
            "schemas": answers::components(),
            "responses": answers::shared_refusals(routes),
        },
    })
}

fn operation(route: &Route) -> Value {
    let in_body = matches!(route.method, Method::POST | Method::PUT | Method::PATCH);
    let mut parameters: Vec<Value> = route
        .path_names()
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect();
    if !in_body {
        parameters.extend(route.parameters.iter().map(|parameter| {
            json!({
                "name": parameter.name,
                "in": "query",
                "required": parameter.required,
                "description": parameter.help,
                "schema": schema(parameter),
            })
        }));
    }
    let mut operation = Map::new();
    operation.insert("operationId".into(), operation_id(route).into());
    operation.insert("summary".into(), route.summary.into());
    operation.insert("tags".into(), json!([route.tag]));
    operation.insert("parameters".into(), parameters.into());
    if in_body && !route.parameters.is_empty() {
        operation.insert("requestBody".into(), body(&route.parameters));
    }
    operation.insert("responses".into(), answers::responses(route));
    if route.needs == Needs::Nothing {
        operation.insert("security".into(), json!([]));
    }
    Value::Object(operation)
}

/// `putApiV4ProjectsIdIntegrationsJira`, as GitLab's own document has it.
fn operation_id(route: &Route) -> String {
    let mut id = route.method.as_str().to_lowercase();
    for word in route.path.split(|letter: char| !letter.is_alphanumeric()) {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.push_str(letters.as_str());
    }
    id
}

fn schema(parameter: &Parameter) -> Value {
    let list = |items: &str| json!({ "type": "array", "items": { "type": items } });
    let mut schema = match parameter.kind {
        ParamKind::Text => json!({ "type": "string" }),
        ParamKind::Integer => json!({ "type": "integer" }),
        ParamKind::Boolean => json!({ "type": "boolean" }),
        ParamKind::Object => json!({ "type": "object" }),
        ParamKind::Date => json!({ "type": "string", "format": "date" }),
        ParamKind::Time => json!({ "type": "string", "format": "date-time" }),
        ParamKind::TextList | ParamKind::CommaList => list("string"),
        ParamKind::IntegerList => list("integer"),
    };
    if !parameter.choices.is_empty() {
        let choices: Value = parameter
            .choices
            .iter()
            .map(|choice| match parameter.kind {
                ParamKind::Integer | ParamKind::IntegerList => {
                    choice.parse::<i64>().map_or(json!(choice), Value::from)
                }
                _ => json!(choice),
            })
            .chain(parameter.may_be_blank.then(|| json!("")))
            .collect();
        let location = match parameter.kind {
            ParamKind::TextList | ParamKind::CommaList | ParamKind::IntegerList => {
                &mut schema["items"]["enum"]
            }
            _ => &mut schema["enum"],
        };
        *location = choices;
    }
    limit(&mut schema, parameter);
    schema
}

/// How long, how great, and what kind of text.
fn limit(schema: &mut Value, parameter: &Parameter) {
    if parameter.filled && parameter.choices.is_empty() {
        schema["minLength"] = 1.into();
    }
    if let Some(longest) = parameter.longest {
        let is_list = matches!(
            parameter.kind,
            ParamKind::TextList | ParamKind::CommaList | ParamKind::IntegerList
        );
        schema[if is_list { "maxItems" } else { "maxLength" }] = longest.into();
    }
    if let Some((least, greatest)) = parameter.range {
        schema["minimum"] = least.into();
        if greatest < i64::MAX {
            schema["maximum"] = greatest.into();
        }
    }
    if parameter.kind == ParamKind::Integer && parameter.choices.is_empty() {
        schema["format"] = "int64".into();
    }
    if let Some(format) = parameter.format {
        schema["format"] = format.into();
        if format == "password" {
            schema["writeOnly"] = true.into();
        }
    }
}

fn body(parameters: &[Parameter]) -> Value {
    let properties: Map<String, Value> = parameters
        .iter()
        .map(|parameter| {
            let mut schema = schema(parameter);
            schema["description"] = parameter.help.into();
            (parameter.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<&str> = parameters
        .iter()
        .filter(|parameter| parameter.required)
        .map(|parameter| parameter.name)
        .collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    json!({
        "required": !required.is_empty(),
        "content": {
            "application/json": { "schema": schema.clone() },
            "application/x-www-form-urlencoded": { "schema": schema },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_once_and_names_are_unique() {
        let mut routes: Vec<Arc<Route>> = crate::api::routes().into_iter().map(Arc::new).collect();
        let document = document(&routes);
        routes.retain(|route| !route.alias);
        let described: usize = document["paths"]
            .as_object()
            .unwrap()
            .values()
            .map(|methods| methods.as_object().unwrap().len())
            .sum();
        assert_eq!(described, routes.len() + intake::paths().len());
        let mut ids: Vec<String> = routes.iter().map(|route| operation_id(route)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), routes.len());
        assert!(ids.contains(&"getApiV4ProjectsId".to_owned()), "{ids:?}");
        let settings = |slug: &str, name: &str| {
            let path = format!("/api/v4/projects/{{id}}/integrations/{slug}");
            let put = &document["paths"][path]["put"]["requestBody"]["content"];
            put["application/json"]["schema"]["properties"][name].clone()
        };
        let (password, url) = (settings("jira", "password"), settings("jira", "url"));
        assert_eq!(password["format"], "password");
        assert_eq!(password["writeOnly"], true);
        assert_eq!(url["minLength"], 1);
        assert_eq!(
            (&url["format"], &url["maxLength"]),
            (&json!("uri"), &json!(2048))
        );
        let port = settings("irker", "server_port");
        assert_eq!(
            (&port["minimum"], &port["maximum"]),
            (&json!(1), &json!(65_535))
        );
        assert!(settings("jira", "project_keys")["maxItems"].is_number());
        let members = &document["paths"]["/api/v4/projects/{id}/members"]["post"];
        let schema = &members["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(schema["required"], json!(["user_id", "access_level"]));
        assert_eq!(schema["properties"]["access_level"]["enum"][0], json!(10));
    }
}
