//! `/`: the projects that one may see.

use super::layout::{self, Layout};
use super::page_error::PageError;
use super::page_request::PageRequest;
use super::text;
use askama::Template;
use axum::response::Response;
use http::StatusCode;
use model::ambient::day;
use serde_json::Value;
use store::Page as Part;
use store::projects::{self, ProjectFilter, ProjectOrder, ProjectRow, Viewer};
use url::form_urlencoded;

/// Projects on a page.
const SIZE: i64 = 50;

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    layout: Layout,
    search: String,
    total: i64,
    projects: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
}

struct Row {
    /// the groups it belongs to, `Group / Sub`
    group: String,
    name: String,
    full_path: String,
    description: String,
    visibility: &'static str,
    archived: bool,
}

impl From<&ProjectRow> for Row {
    fn from(project: &ProjectRow) -> Self {
        Self {
            group: text::line(&project.namespace.full_name),
            name: text::line(&project.name),
            full_path: project.full_path.clone(),
            description: text::line(project.description.as_deref().unwrap_or_default()),
            visibility: project.visibility.name(),
            archived: project.archived,
        }
    }
}

/// Shows the projects, by name.
pub(super) async fn show(request: &PageRequest) -> Result<Response, PageError> {
    let user = request.user().ok_or(PageError::SignIn)?;
    let query = request.query()?;
    let given = |name| query.get(name).and_then(Value::as_str).unwrap_or_default();
    let search = given("search").trim().to_owned();
    let number = given("page").parse().unwrap_or(1).clamp(1, i64::MAX / SIZE);
    let filter = ProjectFilter {
        viewer: if user.admin {
            Viewer::Admin
        } else {
            Viewer::User(user.id)
        },
        search: Some(search.replace('\0', "")).filter(|search| !search.is_empty()),
        order: ProjectOrder::Name,
        ascending: true,
        ..ProjectFilter::default()
    };
    let (today, part) = (day(request.now), Part { number, size: SIZE });
    let found = request
        .app
        .store
        .read(move |sql| projects::list_projects(sql, &filter, today, part));
    let found = found.await?;
    let other = |number: i64| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !search.is_empty() {
            query.append_pair("search", &search);
        }
        query.append_pair("page", &number.to_string()).finish()
    };
    let page = Page {
        layout: Layout::of(request),
        total: found.total,
        projects: found.rows.iter().map(Row::from).collect(),
        previous: (number > 1).then(|| other(number - 1)),
        next: (number * SIZE < found.total).then(|| other(number + 1)),
        search,
    };
    Ok(layout::page(StatusCode::OK, &page))
}
