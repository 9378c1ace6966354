//! Lists in pages, with GitLab's headers.

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::params::{ParamKind, Parameter, Params};
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use store::{Page, Paged};
use url::form_urlencoded;

/// `page` and `per_page`, for the lists of parameters of paginated routes.
pub const PAGE: Parameter =
    Parameter::optional("page", ParamKind::Integer, "Number of the page, from 1").from(1);
/// See [`PAGE`].
pub const PER_PAGE: Parameter = Parameter::optional(
    "per_page",
    ParamKind::Integer,
    "Items on a page, at most 100",
)
.from(1);

/// Above this many rows GitLab omits the total: <https://docs.gitlab.com/api/rest/#pagination-response-headers>.
const MAX_TOTAL: i64 = 10_000;
const MAX_PAGE_SIZE: i64 = 100;

/// The page that a request asks for.
pub fn page(params: &Params) -> Result<Page, ApiError> {
    let number = params.integer("page").unwrap_or(1);
    let size = params.integer("per_page").unwrap_or(20);
    let mut problems = Vec::new();
    if number < 1 {
        problems.push("page does not have a valid value");
    }
    if size < 1 {
        problems.push("per_page does not have a valid value");
    }
    if problems.is_empty() {
        let size = size.min(MAX_PAGE_SIZE);
        Ok(Page { number, size })
    } else {
        Err(ApiError::Parameters(problems.join(", ")))
    }
}

/// A page of a list as an answer.
pub fn answer<T>(
    call: &Call,
    page: Page,
    found: &Paged<T>,
    entity: impl Fn(&T) -> Value,
) -> Response {
    let body: Value = found.rows.iter().map(entity).collect();
    let mut response = answer::ok(&body);
    let last = (found.total + page.size - 1).div_euclid(page.size).max(1);
    let next = (page.number < last).then(|| page.number + 1);
    let previous = (page.number > 1).then(|| page.number - 1);
    let shown = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    let mut headers = vec![
        ("x-per-page", page.size.to_string()),
        ("x-page", page.number.to_string()),
        ("x-next-page", shown(next)),
        ("x-prev-page", shown(previous)),
    ];
    let has_total = found.total <= MAX_TOTAL;
    if has_total {
        headers.push(("x-total", found.total.to_string()));
        headers.push(("x-total-pages", last.to_string()));
    }
    let links: Vec<String> = [
        ("prev", previous),
        ("next", next),
        ("first", Some(1)),
        ("last", has_total.then_some(last)),
    ]
    .into_iter()
    .filter_map(|(rel, number)| {
        let url = link(call, number?, page.size);
        Some(format!("<{url}>; rel=\"{rel}\""))
    })
    .collect();
    headers.push(("link", links.join(", ")));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// The URL the client used, for another page; never with its token.
fn link(call: &Call, number: i64, size: i64) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(call.uri.query().unwrap_or("").as_bytes()) {
        if !["page", "per_page", "private_token"].contains(&name.as_ref()) {
            query.append_pair(&name, &value);
        }
    }
    query
        .append_pair("page", &number.to_string())
        .append_pair("per_page", &size.to_string());
    format!("{}{}?{}", call.base_url(), call.uri.path(), query.finish())
}
