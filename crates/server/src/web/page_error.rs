//! Why a page cannot be shown.

use crate::error::ApiError;
use http::StatusCode;
use store::StoreError;

/// Why a page cannot be shown.
#[derive(Debug)]
pub(super) enum PageError {
    /// not signed in, and the page does not exist or is not public
    SignIn,
    /// it does not exist, or the user may not see it
    NotFound,
    /// the hash prefix is ambiguous
    Ambiguous,
    /// the CSRF token is missing, expired or of another session
    ExpiredForm,
    /// any other error
    Failed(ApiError),
}

impl From<ApiError> for PageError {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl PageError {
    /// The response's status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::SEE_OTHER,
            Self::NotFound | Self::Ambiguous => StatusCode::NOT_FOUND,
            Self::ExpiredForm => StatusCode::FORBIDDEN,
            Self::Failed(error) => error.status(),
        }
    }
}
