//! What a push changed, read from a repository on this machine.

use async_trait::async_trait;
use model::event::{Body, Push};
use model::{Comparison, Event, SourceKind};
use store::project_details::ProjectDetails;

/// The repositories on this machine.
#[async_trait]
pub trait Repositories: Send + Sync {
    /// The changes between two commits of a project's repository; both are full hashes.
    ///
    /// `path` is a setting that a Maintainer can change, so the repository itself must show that it
    /// reports to `project`. The error is for the administrator's log.
    async fn compare(
        &self,
        path: &str,
        project: &str,
        before: &str,
        after: &str,
    ) -> Result<Comparison, String>;
}

/// What an event's push changed, if the repository can be read.
pub(crate) async fn compare(
    repositories: Option<&dyn Repositories>,
    event: &Event,
    project: &ProjectDetails,
) -> Option<Comparison> {
    let source = project.source.as_ref()?;
    let path = source.repository_path.as_str();
    if source.kind != SourceKind::Git || path.is_empty() {
        return None;
    }
    let push = compared(event)?;
    let read = repositories?
        .compare(path, &project.full_path, &push.before, &push.after)
        .await;
    // A mail without changes is better than none.
    read.inspect_err(|why| {
        tracing::warn!(
            project = project.full_path,
            why,
            "the repository cannot be read"
        );
    })
    .ok()
}

/// The push of an event, if it has two commits to compare.
fn compared(event: &Event) -> Option<&Push> {
    let Body::Push(push) = &event.body else {
        return None;
    };
    let is_whole = |hash: &str| {
        matches!(hash.len(), 40 | 64) && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let has_two_sides = !push.is_creation()
        && !push.is_deletion()
        && is_whole(&push.before)
        && is_whole(&push.after)
        && push.before != push.after;
    has_two_sides.then_some(push)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_ref_that_moved_has_two_sides() {
        let (zero, one, two) = ("0".repeat(40), "1".repeat(40), "2".repeat(40));
        for (before, after, expected) in [
            (&one, &two, true),
            (&zero, &two, false),
            (&one, &zero, false),
            (&one, &one, false),
            (&"--output=x".to_owned(), &two, false),
            (&one, &"2".repeat(39), false),
        ] {
            let json = format!(
                r#"{{"object_kind":"push","ref":"refs/heads/x","before":"{before}","after":"{after}"}}"#
            );
            let event = Event::parse(&json).unwrap();
            assert_eq!(compared(&event).is_some(), expected, "{before} {after}");
        }
    }
}
