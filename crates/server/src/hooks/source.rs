//! What the file of a source must provide.

use crate::error::ApiError;
use bytes::Bytes;
use engine::IncomingEvent;
use http::HeaderMap;
use model::Secret;
use model::event::EventError;
use store::project_details::ProjectDetails;

/// One kind of Git host: how its requests prove their origin, and which events they carry.
pub(super) trait Source: Sync {
    /// Refuses by its headers, before its body is read, a request that cannot be genuine:
    /// its signature is missing or its token is wrong.
    fn precheck(&self, headers: &HeaderMap, secret: &Secret) -> Result<(), ApiError>;

    /// Whether the origin is proven by a signature over the body. If not,
    /// [`precheck`](Self::precheck) must prove it, because the body is read without a
    /// reservation for [unverified bodies](crate::body::UnverifiedBodies).
    fn signs_body(&self) -> bool {
        true
    }

    /// Refuses a request that does not prove its origin.
    fn verify(&self, headers: &HeaderMap, body: &Bytes, secret: &Secret) -> Result<(), ApiError>;

    /// The events of a request whose origin is proven; none for one such as a ping.
    ///
    /// When there are several, each needs a `source_key` of its own, the same at each retry.
    fn events(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        project: &ProjectDetails,
        external_url: &str,
    ) -> Result<Vec<IncomingEvent>, ApiError>;
}

impl From<EventError> for ApiError {
    fn from(error: EventError) -> Self {
        Self::BadRequest(error.to_string())
    }
}
