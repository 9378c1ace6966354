//! Routes as data: the router and the OpenAPI document are made from the same list.

use crate::app::App;
use crate::call::Call;
use crate::error::ApiError;
use crate::params::Parameter;
use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What a token must be good for to use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// no token at all
    Nothing,
    /// `api`, or `read_api` to read
    Api,
    /// `api` or `read_api`: it changes nothing, whatever its method
    ReadApi,
    /// `api`, or `read_api` or `read_user` to read
    ReadUser,
    /// any scope
    AnyScope,
}

/// The largest body that a route takes if it says nothing else, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

type Answering = Pin<Box<dyn Future<Output = Result<Response, ApiError>> + Send>>;

/// One method of one path.
pub struct Route {
    /// GET (which answers HEAD too), POST, PUT, PATCH or DELETE
    pub method: Method,
    /// in axum's form, `/projects/{id}`
    pub path: String,
    /// what it does, in one line
    pub summary: &'static str,
    /// the resource it belongs to
    pub tag: &'static str,
    /// which scope it takes
    pub needs: Needs,
    /// what it takes in query and body
    pub parameters: Cow<'static, [Parameter]>,
    /// status when all goes well
    pub success: StatusCode,
    /// whether it is another way to write a path, which is answered but not described
    pub alias: bool,
    /// whether it is there on servers for development alone
    pub for_development: bool,
    /// statuses of its own that it may refuse with
    pub refusals: &'static [StatusCode],
    /// the largest body it takes, in bytes
    pub body_limit: usize,
    handler: Box<dyn Fn(Call) -> Answering + Send + Sync>,
}

impl Route {
    fn new<F, A>(method: Method, path: &str, summary: &'static str, handler: F) -> Self
    where
        F: Fn(Call) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        let success = match method {
            Method::POST => StatusCode::CREATED,
            Method::DELETE => StatusCode::NO_CONTENT,
            _ => StatusCode::OK,
        };
        Self {
            method,
            path: path.to_owned(),
            summary,
            tag: "",
            needs: Needs::Api,
            parameters: Cow::Borrowed(&[]),
            success,
            alias: false,
            for_development: false,
            refusals: &[],
            body_limit: BODY_LIMIT,
            handler: Box::new(move |call| Box::pin(handler(call))),
        }
    }

    /// A route that reads.
    pub fn get<F, A>(path: &str, summary: &'static str, handler: F) -> Self
    where
        F: Fn(Call) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        Self::new(Method::GET, path, summary, handler)
    }

    /// A route that makes something.
    pub fn post<F, A>(path: &str, summary: &'static str, handler: F) -> Self
    where
        F: Fn(Call) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        Self::new(Method::POST, path, summary, handler)
    }

    /// A route that sets something.
    pub fn put<F, A>(path: &str, summary: &'static str, handler: F) -> Self
    where
        F: Fn(Call) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        Self::new(Method::PUT, path, summary, handler)
    }

    /// A route that changes a part of something.
    pub fn patch<F, A>(path: &str, summary: &'static str, handler: F) -> Self
    where
        F: Fn(Call) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        Self::new(Method::PATCH, path, summary, handler)
    }

    /// A route that removes something.
    pub fn delete<F, A>(path: &str, summary: &'static str, handler: F) -> Self
    where
        F: Fn(Call) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Response, ApiError>> + Send + 'static,
    {
        Self::new(Method::DELETE, path, summary, handler)
    }

    /// The same, with these parameters.
    #[must_use]
    pub fn with(mut self, parameters: impl Into<Cow<'static, [Parameter]>>) -> Self {
        self.parameters = parameters.into();
        self
    }

    /// The same, for tokens of another scope.
    #[must_use]
    pub fn needs(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }

    /// The same, with another status when all goes well (for the document; the handler answers).
    #[must_use]
    pub fn answers(mut self, success: StatusCode) -> Self {
        self.success = success;
        self
    }

    /// The same, as another way to write a path: answered, but not described.
    #[must_use]
    pub fn aliased(mut self) -> Self {
        self.alias = true;
        self
    }

    /// The same, with statuses that it refuses with beside those that all have (for the document).
    #[must_use]
    pub fn refuses(mut self, statuses: &'static [StatusCode]) -> Self {
        self.refusals = statuses;
        self
    }

    /// The same, with a body of up to so many bytes.
    #[must_use]
    pub fn takes_up_to(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The same, below a prefix and under a tag if it has none.
    pub(crate) fn within(mut self, prefix: &str, tag: &'static str) -> Self {
        self.path.insert_str(0, prefix);
        if self.tag.is_empty() {
            self.tag = tag;
        }
        self
    }

    /// The names in braces of its path.
    pub(crate) fn path_names(&self) -> impl Iterator<Item = &str> {
        self.path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// Adds the routes to a router, all methods of a path in one place.
pub fn mount(mut router: Router<App>, all: &[Arc<Route>]) -> Router<App> {
    let mut paths: BTreeMap<&str, Vec<Arc<Route>>> = BTreeMap::new();
    for route in all {
        paths.entry(&route.path).or_default().push(route.clone());
    }
    for (path, methods) in paths {
        let methods: Arc<[Arc<Route>]> = methods.into();
        let handler = move |State(app): State<App>, names: RawPathParams, request: Request| {
            let methods = methods.clone();
            async move {
                dispatch(app, &methods, &names, request)
                    .await
                    .unwrap_or_else(IntoResponse::into_response)
            }
        };
        router = router.route(path, any(handler));
    }
    router
}

async fn dispatch(
    app: App,
    methods: &[Arc<Route>],
    names: &RawPathParams,
    request: Request,
) -> Result<Response, ApiError> {
    let wanted = match *request.method() {
        Method::HEAD => &Method::GET,
        ref other => other,
    };
    let Some(route) = methods.iter().find(|route| route.method == *wanted) else {
        let allow = allowed(methods);
        return if request.method() == Method::OPTIONS {
            let header = HeaderValue::from_str(&allow).ok();
            let mut response = crate::answer::no_content();
            header.and_then(|value| response.headers_mut().insert(ALLOW, value));
            Ok(response)
        } else {
            Err(ApiError::NotAllowed(allow))
        };
    };
    let call = Call::read(app, route.clone(), names, request).await?;
    let usage = call.usage;
    let answered = (route.handler)(call).await;
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    if let Some(usage) = usage {
        usage.tell(response.headers_mut());
    }
    Ok(response)
}

fn allowed(methods: &[Arc<Route>]) -> String {
    let mut names = vec!["OPTIONS"];
    for route in methods {
        names.push(route.method.as_str());
        if route.method == Method::GET {
            names.push("HEAD");
        }
    }
    names.join(", ")
}
