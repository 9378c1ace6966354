//! Routes as data: the router and the OpenAPI document are built from the same list.

use crate::app::App;
use crate::auth::Needs;
use crate::call::Call;
use crate::endpoint::Endpoint;
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
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

/// The default maximum size of a body, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

type Responding = Pin<Box<dyn Future<Output = Result<Response, ApiError>> + Send>>;

/// What handles a call: an `async fn(Call) -> Result<Response, ApiError>`.
pub trait Handler: Send + Sync + 'static {
    /// Handles one call.
    fn handle(&self, call: Call) -> Responding;
}

impl<F, A> Handler for F
where
    F: Fn(Call) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response, ApiError>> + Send + 'static,
{
    fn handle(&self, call: Call) -> Responding {
        Box::pin(self(call))
    }
}

/// An endpoint and what handles it.
pub struct Route {
    endpoint: Arc<Endpoint>,
    handler: Box<dyn Handler>,
}

impl Deref for Route {
    type Target = Endpoint;

    fn deref(&self) -> &Endpoint {
        &self.endpoint
    }
}

impl Route {
    fn new(
        method: Method,
        path: &str,
        summary: &'static str,
        success: StatusCode,
        handler: impl Handler,
    ) -> Self {
        Self {
            endpoint: Arc::new(Endpoint {
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
            }),
            handler: Box::new(handler),
        }
    }

    /// A route that reads.
    pub fn get(path: &str, summary: &'static str, handler: impl Handler) -> Self {
        Self::new(Method::GET, path, summary, StatusCode::OK, handler)
    }

    /// A route that creates something.
    pub fn post(path: &str, summary: &'static str, handler: impl Handler) -> Self {
        Self::new(Method::POST, path, summary, StatusCode::CREATED, handler)
    }

    /// A route that replaces something.
    pub fn put(path: &str, summary: &'static str, handler: impl Handler) -> Self {
        Self::new(Method::PUT, path, summary, StatusCode::OK, handler)
    }

    /// A route that changes a part of something.
    pub fn patch(path: &str, summary: &'static str, handler: impl Handler) -> Self {
        Self::new(Method::PATCH, path, summary, StatusCode::OK, handler)
    }

    /// A route that deletes something.
    pub fn delete(path: &str, summary: &'static str, handler: impl Handler) -> Self {
        let success = StatusCode::NO_CONTENT;
        Self::new(Method::DELETE, path, summary, success, handler)
    }

    fn change(mut self, change: impl FnOnce(&mut Endpoint)) -> Self {
        change(Arc::make_mut(&mut self.endpoint));
        self
    }

    /// The same, with these parameters.
    #[must_use]
    pub fn with(self, parameters: impl Into<Cow<'static, [Parameter]>>) -> Self {
        self.change(|endpoint| endpoint.parameters = parameters.into())
    }

    /// The same, for tokens of another scope.
    #[must_use]
    pub fn needs(self, needs: Needs) -> Self {
        self.change(|endpoint| endpoint.needs = needs)
    }

    /// The same, with another status on success. This describes the route; the handler returns it.
    #[must_use]
    pub fn answers(self, success: StatusCode) -> Self {
        self.change(|endpoint| endpoint.success = success)
    }

    /// The same, marked whether it is another spelling of a path: served, but not described.
    #[must_use]
    pub fn aliased(self, is_alias: bool) -> Self {
        self.change(|endpoint| endpoint.alias = is_alias)
    }

    /// The same, on servers in development mode only.
    #[must_use]
    pub fn for_development(self, only: bool) -> Self {
        self.change(|endpoint| endpoint.for_development = only)
    }

    /// The same, with error statuses besides those of all routes. This describes the route.
    #[must_use]
    pub fn refuses(self, statuses: &'static [StatusCode]) -> Self {
        self.change(|endpoint| endpoint.refusals = statuses)
    }

    /// The same, with another maximum size of the body, in bytes.
    #[must_use]
    pub fn takes_up_to(self, bytes: usize) -> Self {
        self.change(|endpoint| endpoint.body_limit = bytes)
    }

    /// The same, below a prefix and under a tag if it has none.
    pub(crate) fn within(self, prefix: &str, tag: &'static str) -> Self {
        self.change(|endpoint| {
            endpoint.path.insert_str(0, prefix);
            if endpoint.tag.is_empty() {
                endpoint.tag = tag;
            }
        })
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
    let call = Call::read(app, route.endpoint.clone(), names, request).await?;
    let usage = call.usage;
    let response = route.handler.handle(call).await;
    let mut response = response.unwrap_or_else(IntoResponse::into_response);
    if let Some(usage) = usage {
        usage.add_headers(response.headers_mut());
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
