//! # Asana
//!
//! ## What it does
//!
//! Comments on the Asana tasks that commits name, and completes those that a commit closes.
//!
//! ## Set-up
//!
//! 1. In Asana, make a personal access token for a user who sees the tasks.
//! 2. Enter it as `api_key`. Comments will appear under that user's name.
//! 3. Run the test: it shows whether Asana accepts the token.
//!
//! ## Events
//!
//! - **Push to a branch**: every commit's message is read. A task is named by `#` and its ID, or by
//!   its address on `app.asana.com`; it gets a comment with the message and a link to the commit. A
//!   word that begins with *fix*, *close* or *closi* right before it completes the task.
//!
//! ## Limits
//!
//! The newest 100 tasks named in one push, each once for a commit. What looks like a task and is none
//! is left out, and the delivery's note says so. A commit that is pushed to another branch is
//! announced again.

use crate::setting::settings;
use crate::{
    Category, Context, Deliver, Failure, Integration, Plan, Setting, Skip, Step, Values, answers,
    branches,
};
use model::event::{Body, Commit, Push};
use model::{Event, Kind, Trigger};
use outbound::{Answer, Auth, Request};

mod tasks;

settings! {
    /// Personal access token of the Asana user who is to comment on tasks.
    api_key: Setting::secret("API key").required(),
    /// Branches whose commits are read, separated by commas; all when it is blank.
    restrict_to_branch: Setting::text("Restrict to branch"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "asana",
    title: "Asana",
    summary: "Comments on the Asana tasks that commits name.",
    category: Category::Other,
    source: include_str!("asana.rs"),
    docs_url: "https://developers.asana.com/reference/createstoryfortask",
    setup_url: "https://developers.asana.com/docs/personal-access-token",
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    kinds: &[Kind::Push],
    address: |_| API.to_owned(),
    deliver: Some(Deliver::Plan(&Asana)),
    example: &[("restrict_to_branch", "main")],
    ..Integration::DEFAULT
};

const API: &str = "https://app.asana.com/api/1.0";

/// Maximum tasks of one push.
const MOST: usize = 100;

struct Asana;

impl Plan for Asana {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        let Body::Push(push) = &event.body else {
            return Err("it names no commits".into());
        };
        if let Some(reason) = branches::restricted(values, push.ref_name()) {
            return Err(reason);
        }
        let named = push.commits.iter().flat_map(|commit| {
            let tasks = tasks::named(&commit.message);
            tasks.into_iter().map(move |task| (commit, task))
        });
        let named: Vec<_> = named.collect();
        let newest = &named[named.len().saturating_sub(MOST)..];
        if newest.is_empty() {
            return Err("no commit names an Asana task".into());
        }
        let steps = newest.iter().flat_map(|(commit, task)| {
            let comment = comment(push, commit, &task.id, (values, context));
            let completion = task.is_closed.then(|| complete(commit, &task.id, values));
            [Some(comment), completion].into_iter().flatten()
        });
        Ok(steps.collect())
    }

    fn test_steps(&self, values: &Values, _: &Context) -> Vec<Step> {
        let request = Request::get(format!("{API}/users/me"));
        vec![Step::new("user", request.auth(auth(values)))]
    }

    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        // A number in a message may be anything.
        if matches!(answer.status, 400 | 404) {
            return Ok(Some(format!(
                "Asana knows no such task: {}",
                answers::excerpt(answer)
            )));
        }
        answers::success(answer, context.now)
    }

    fn judge_test(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        answers::success(answer, context.now)
    }

    fn tolerates_lost_steps(&self) -> bool {
        true
    }
}

fn auth(values: &Values) -> Auth {
    Auth::Bearer(values.secret("api_key"))
}

/// Comments on a task that a commit mentions.
fn comment(
    push: &Push,
    commit: &Commit,
    task: &str,
    (values, context): (&Values, &Context),
) -> Step {
    let own = context.project.links.commit(&commit.id);
    let page = if commit.url.is_empty() {
        &own
    } else {
        &commit.url
    };
    let text = format!(
        "{} pushed to branch {} of {} ( {page} ): {}",
        push.user_name,
        push.ref_name(),
        context.project.name_with_namespace,
        commit.message
    );
    let request = Request::post(format!("{API}/tasks/{task}/stories"));
    let request = request.auth(auth(values)).form(&[("text", &text)]);
    Step::new(format!("comment on {task} for {}", commit.id), request)
}

fn complete(commit: &Commit, task: &str, values: &Values) -> Step {
    let request = Request::put(format!("{API}/tasks/{task}"));
    let request = request.auth(auth(values)).form(&[("completed", "true")]);
    Step::new(format!("completion of {task} for {}", commit.id), request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Then;
    use crate::testing::{event, request, values};
    use outbound::Method;
    use serde_json::{Value, json};

    fn push(branch: &str, messages: &[&str]) -> Value {
        let commit =
            |message: &&str| json!({"id": "c1", "message": message, "url": "https://git.test/c1"});
        let commits: Vec<Value> = messages.iter().map(commit).collect();
        json!({"object_kind": "push", "ref": format!("refs/heads/{branch}"), "user_name": "Ada", "commits": commits})
    }

    fn steps(body: &Value, only: &str) -> Result<Vec<Step>, Skip> {
        let values = values(
            SETTINGS,
            json!({"restrict_to_branch": only}),
            &[("api_key", "k")],
        );
        Asana.steps(&event(body), &values, &Context::sample())
    }

    #[test]
    fn a_task_gets_a_comment_and_is_completed_when_the_commit_says_so() {
        let steps = steps(&push("main", &["Work on #12, fixes #13"]), "").unwrap();
        let sent: Vec<Request> = steps.iter().map(request).collect();
        let seen: Vec<_> = sent
            .iter()
            .map(|request| (request.method, request.url.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (
                    Method::Post,
                    "https://app.asana.com/api/1.0/tasks/12/stories"
                ),
                (
                    Method::Post,
                    "https://app.asana.com/api/1.0/tasks/13/stories"
                ),
                (Method::Put, "https://app.asana.com/api/1.0/tasks/13"),
            ]
        );
        let text = url::form_urlencoded::parse(sent[0].body.as_ref().unwrap().1.as_bytes())
            .next()
            .unwrap()
            .1;
        assert_eq!(
            text,
            "Ada pushed to branch main of Group / Project ( https://git.test/c1 ): Work on #12, fixes #13"
        );
        assert_eq!(sent[2].body.as_ref().unwrap().1, "completed=true");
        assert!(
            sent.iter()
                .all(|request| matches!(&request.auth, Auth::Bearer(key) if key.expose() == "k"))
        );
    }

    #[test]
    fn branches_and_messages_without_tasks_are_passed_over() {
        let reason = |body: &Value, only: &str| steps(body, only).unwrap_err().0;
        assert!(reason(&push("wip", &["#1"]), "main, next").contains("`restrict_to_branch`"));
        assert_eq!(
            reason(&push("next", &["none"]), "main, next"),
            "no commit names an Asana task"
        );
        let many: Vec<String> = (0..150).map(|number| format!("#{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let steps = steps(&push("main", &many), "").unwrap();
        assert_eq!(
            (steps.len(), steps[0].key.as_str()),
            (100, "comment on 50 for c1")
        );
    }

    #[test]
    fn no_such_task_is_a_note_in_a_delivery() {
        let context = Context::sample();
        for status in [400, 404] {
            let answer = Answer::sample(status, &Value::Null);
            assert!(Asana.judge(&answer, &context).unwrap().is_some());
            assert!(Asana.judge_test(&answer, &context).is_err());
        }
        let refused = Answer::sample(401, &Value::Null);
        assert!(matches!(
            Asana.judge(&refused, &context),
            Err(Failure {
                then: Then::CredentialsRefused,
                ..
            })
        ));
    }
}
