//! The description of one method of one path, which the OpenAPI document shows.

use crate::auth::Needs;
use crate::params::Parameter;
use http::{Method, StatusCode};
use std::borrow::Cow;

/// One method of one path.
#[derive(Clone)]
pub struct Endpoint {
    /// GET (which includes HEAD), POST, PUT, PATCH or DELETE
    pub method: Method,
    /// in axum's form, `/projects/{id}`
    pub path: String,
    /// what it does, in one line
    pub summary: &'static str,
    /// the resource it belongs to
    pub tag: &'static str,
    /// the scope it requires
    pub needs: Needs,
    /// its parameters in query and body
    pub parameters: Cow<'static, [Parameter]>,
    /// the status on success
    pub success: StatusCode,
    /// whether it is another spelling of a path, which is served but not described
    pub alias: bool,
    /// whether only servers in development mode have it
    pub for_development: bool,
    /// error statuses besides those of all routes
    pub refusals: &'static [StatusCode],
    /// the maximum size of its body, in bytes
    pub body_limit: usize,
}

impl Endpoint {
    /// The names in braces of its path.
    pub(crate) fn path_names(&self) -> impl Iterator<Item = &str> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}
