//! The log of API requests.

/// One API request and the status of its response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// such as `POST`
    pub method: String,
    /// the path with its query
    pub path: String,
    /// the status of the answer
    pub status: u16,
    /// the request's body
    pub body: String,
}
