//! Files that never change: their names contain the digest of their content.

use crate::error::ApiError;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use std::sync::LazyLock;
use store::identity::digest;

/// Their path.
pub(super) const FOLDER: &str = "/-/assets/";

struct Asset {
    name: String,
    media_type: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(ending: &str, media_type: &'static str, text: &'static str) -> Self {
        let digest = digest(text);
        Self {
            name: format!("crosstie-{}.{ending}", &digest[..16]),
            media_type,
            text,
        }
    }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../templates/crosstie.css");
    Asset::new("css", "text/css; charset=utf-8", text)
});

static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../templates/icon.svg");
    Asset::new("svg", "image/svg+xml", text)
});

/// The path of the style sheet.
pub(super) fn style() -> String {
    format!("{FOLDER}{}", STYLE.name)
}

/// The path of the icon.
pub(super) fn icon() -> String {
    format!("{FOLDER}{}", ICON.name)
}

/// The file of that name.
pub(super) fn answer(name: &str) -> Response {
    let Some(asset) = [&*STYLE, &*ICON]
        .into_iter()
        .find(|asset| asset.name == name)
    else {
        return ApiError::NoRoute.into_response();
    };
    let mut response = Response::new(Body::from(asset.text));
    let headers = [
        (CONTENT_TYPE, asset.media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
