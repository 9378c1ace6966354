//! `…/-/deliveries/:id.json`: what the API tells of a delivery, for a browser's session.

use super::page_error::PageError;
use super::page_request::PageRequest;
use super::security_headers;
use crate::lookup::Found;
use crate::{answer, api};
use axum::response::Response;
use model::access::AccessLevel;
use model::id::DeliveryId;
use store::deliveries;
use store::projects::ProjectRow;

/// Shows a delivery with its attempts.
pub(super) async fn show(
    request: &PageRequest,
    project: &Found<ProjectRow>,
    file: &str,
) -> Result<Response, PageError> {
    request.needs(project, AccessLevel::Maintainer)?;
    let id = file.strip_suffix(".json").and_then(|id| id.parse().ok());
    let id = id.map(DeliveryId).ok_or(PageError::NotFound)?;
    let found = request
        .app
        .store
        .read(move |sql| Ok((deliveries::get(sql, id)?, deliveries::attempts(sql, id)?)));
    let (delivery, attempts) = found.await?;
    let delivery = delivery
        .filter(|delivery| delivery.project_id == project.row.id)
        .ok_or(PageError::NotFound)?;
    let shown = api::delivery_with_attempts(&delivery, &attempts);
    Ok(security_headers::add(answer::ok(&shown)))
}
