//! The addresses that external issue trackers have in common, each declared once here.

use crate::Values;
use outbound::{Method, Request};

/// Declares the addresses of a tracker, and after them further settings.
macro_rules! two_urls {
    ($($more:tt)*) => {
        $crate::setting::settings! {
            /// Address of the page that lists the project's issues.
            project_url: $crate::Setting::url("Project URL").required(),
            /// Address of an issue, with `:id` in place of its id.
            issues_url: $crate::Setting::url("Issue URL").required(),
            $($more)*
        }
    };
}
pub(crate) use two_urls;

/// Declares the addresses of a tracker that has one for writing a new issue too.
macro_rules! three_urls {
    () => {
        $crate::tracker_urls::two_urls! {
            /// Address of the page of the form for a new issue.
            new_issue_url: $crate::Setting::url("New issue URL").required(),
        }
    };
}
pub(crate) use three_urls;

/// The request that shows whether the tracker is reachable.
pub(crate) fn probe(values: &Values) -> Request {
    Request::new(Method::Head, values.text("project_url"))
}
