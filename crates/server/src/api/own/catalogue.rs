//! `catalogue`: every integration as it declares itself.

use crate::answer;
use crate::auth::Needs;
use crate::call::Call;
use crate::error::ApiError;
use crate::routes::Route;
use axum::response::Response;
use catalogue::{Integration, Kind, Levels};
use serde_json::{Value, json};

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/catalogue",
            "List the integrations with their settings",
            index,
        )
        .needs(Needs::AnyScope),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    let all: Vec<Value> = catalogue::ALL
        .iter()
        .filter(|integration| call.app.engine.offers(integration))
        .map(|integration| entity(integration))
        .collect();
    Ok(answer::ok(&Value::Array(all)))
}

fn entity(integration: &Integration) -> Value {
    let settings = integration.settings.iter().map(|setting| {
        json!({
            "name": setting.name,
            "title": setting.title,
            "help": setting.help(),
            "type": type_name(setting.kind),
            "required": setting.required,
            "secret": setting.secret,
            "default": setting.default_json(),
            "choices": setting.choices,
        })
    });
    json!({
        "slug": integration.slug,
        "title": integration.title,
        "summary": integration.summary,
        "category": integration.category.title(),
        "levels": levels(integration.levels),
        "settings": settings.collect::<Vec<_>>(),
        "events": integration.triggers.iter().map(|trigger| trigger.field()).collect::<Vec<_>>(),
    })
}

fn levels(levels: Levels) -> &'static [&'static str] {
    match levels {
        Levels::All => &["project", "group", "instance"],
        Levels::ProjectAndGroup => &["project", "group"],
        Levels::Project => &["project"],
    }
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Url => "string",
        Kind::Boolean => "boolean",
        Kind::Integer => "integer",
        Kind::TextList => "array",
    }
}
