//! The conversation with Jira: read the issue, comment, link, transition.
//!
//! Every step looks first, so that an event repeated, retried or cut off in the
//! middle says and does each thing once. A comment comes before its link: a link
//! that is there means that the comment was made.

use super::client::{CallError, Client, Deployment};
use super::settings::transition_ids;
use super::text::{Comment, Span, short};
use super::work::{Entity, Intent, Noun, Task, work};
use crate::{Context, Conversation, End, Failure, Memo, Skip, Values};
use async_trait::async_trait;
use model::Event;
use outbound::{Answer, Net, Request};
use serde_json::{Map, Value, json};

/// What stands in every comment about a solution, by which it is known again.
const SOLVED: &str = "Issue solved with ";

/// Jira as a conversation.
pub(super) struct Jira;

#[async_trait]
impl Conversation for Jira {
    fn skip_reason(&self, event: &Event, values: &Values, context: &Context) -> Option<Skip> {
        work(event, values, context).err()
    }

    async fn run(
        &self,
        event: &Event,
        values: &Values,
        context: &Context,
        net: &mut dyn Net,
        memo: &mut Memo,
    ) -> Result<End, Failure> {
        let work = match work(event, values, context) {
            Ok(work) => work,
            Err(skip) => return Ok(End::Skipped(skip)),
        };
        let mut client = Client::new(values, context.now, net);
        client.deployment = match stored_deployment(values) {
            Some(deployment) => deployment,
            None => client.discover().await.map_err(whole)?,
        };
        if stored_deployment(values).is_none() {
            memo.tool_state = Some(Map::from_iter([(
                DEPLOYMENT.to_owned(),
                client.deployment.name().into(),
            )]));
        }
        let mut talk = Talk {
            client,
            values,
            context,
            notes: Vec::new(),
            done: 0,
            refused: false,
        };
        for task in &work.tasks {
            talk.task(task).await?;
        }
        talk.notes.extend(work.left_out);
        talk.finish()
    }

    async fn test(
        &self,
        values: &Values,
        context: &Context,
        net: &mut dyn Net,
        _memo: &mut Memo,
    ) -> Result<Value, Failure> {
        let mut client = Client::new(values, context.now, net);
        let mut merged = client.server_info().await.map_err(whole)?;
        let myself = client.myself().await.map_err(whole)?;
        if let (Some(merged), Value::Object(myself)) = (merged.as_object_mut(), myself) {
            merged.extend(myself);
        }
        Ok(merged)
    }

    fn example(&self, request: &Request, values: &Values) -> Answer {
        let path = request.url.split("/rest/api/").nth(1).unwrap_or_default();
        let open = json!({
            "fields": {"resolution": null, "comment": {"comments": [], "total": 0}},
            "transitions": example_transitions(values),
        });
        let body = match path {
            "2/serverInfo" => json!({"deploymentType": "Server"}),
            path if path.ends_with("remotelink") => json!([]),
            path if path.ends_with("expand=transitions") => open,
            // Once it was moved, it is done.
            _ => {
                json!({"fields": {"resolution": {"name": "Done"}, "comment": {"comments": [], "total": 0}}})
            }
        };
        Answer::sample(200, &body)
    }
}

/// What is stored as tool state: which of Atlassian's products the site is.
const DEPLOYMENT: &str = "deployment_type";

fn stored_deployment(values: &Values) -> Option<Deployment> {
    let name = values.tool_state(DEPLOYMENT)?.as_str()?;
    Deployment::from_name(name)
}

fn example_transitions(values: &Values) -> Vec<Value> {
    let ids = transition_ids(values);
    let ids = if ids.is_empty() {
        vec!["31".to_owned()]
    } else {
        ids
    };
    ids.iter()
        .map(|id| json!({"id": id, "to": {"statusCategory": {"key": "done"}}}))
        .collect()
}

/// A call that concerns no single issue has no one to pass its error on to.
fn whole(error: CallError) -> Failure {
    match error {
        CallError::Delivery(failure) => failure,
        CallError::NoSuchIssue => Failure::give_up(
            "Jira's API is not at this URL (404): check the Web URL and the API URL",
        ),
        CallError::Refused(why) => Failure::give_up(why),
    }
}

/// One delivery's conversation and what came of it.
struct Talk<'a> {
    client: Client<'a>,
    values: &'a Values,
    context: &'a Context,
    notes: Vec<String>,
    done: usize,
    refused: bool,
}

impl Talk<'_> {
    async fn task(&mut self, task: &Task) -> Result<(), Failure> {
        let result = match task.intent {
            Intent::Mention | Intent::Refresh => self.mention(task).await,
            Intent::Close | Intent::CloseQuietly => self.close(task).await,
        };
        let key = &task.key;
        match result {
            Ok(()) => self.done += 1,
            Err(CallError::Delivery(failure)) => return Err(failure),
            Err(CallError::NoSuchIssue) => self
                .notes
                .push(format!("{key} does not exist or may not be seen")),
            Err(CallError::Refused(why)) => {
                self.refused = true;
                self.notes.push(format!("{key}: {why}"));
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<End, Failure> {
        let note = (!self.notes.is_empty()).then(|| self.notes.join("; "));
        if self.refused {
            return Err(Failure::give_up(note.unwrap_or_default()));
        }
        Ok(if self.done > 0 {
            End::Delivered(note)
        } else {
            End::Skipped(Skip(
                note.unwrap_or_else(|| "there was nothing to do".into()),
            ))
        })
    }

    async fn mention(&mut self, task: &Task) -> Result<(), CallError> {
        let issue = self.client.issue(&task.key, false).await?;
        self.add_mention(task, &issue).await
    }

    async fn add_mention(&mut self, task: &Task, issue: &Value) -> Result<(), CallError> {
        let Task {
            key,
            entity,
            intent,
        } = task;
        let link = self.find_link(key, entity).await?;
        if link.is_none() {
            if *intent == Intent::Refresh {
                return Ok(());
            }
            let comment = mentioned(entity, self.context);
            self.comment_once(key, issue, entity, "", &comment).await?;
        }
        self.put_link(
            key,
            link,
            &link_body(entity, &mention_title(entity), entity.over),
        )
        .await
    }

    /// Moves the issue to done and comments on that. Before the move the link gets its new title,
    /// still unresolved: by that a later try knows that this closing has begun.
    async fn close(&mut self, task: &Task) -> Result<(), CallError> {
        let Task {
            key,
            entity,
            intent,
        } = task;
        let issue = self.client.issue(key, true).await?;
        let link = self.find_link(key, entity).await?;
        let title = solved_title(entity);
        let begun = link
            .as_ref()
            .is_some_and(|link| link["object"]["title"] == title.as_str());
        if is_done(&issue) && !begun {
            // Another transition came first.
            return match intent {
                Intent::CloseQuietly => Ok(()),
                _ => self.add_mention(task, &issue).await,
            };
        }
        if !is_done(&issue) {
            self.put_link(key, link, &link_body(entity, &title, false))
                .await?;
            match self.make_transitions(key, issue).await {
                Err(CallError::Refused(why)) => {
                    self.not_solved(task).await?;
                    return Err(CallError::Refused(why));
                }
                moved => moved?,
            }
        }
        let issue = self.client.issue(key, false).await?;
        if !is_done(&issue) {
            return self.not_solved(task).await;
        }
        self.comment_once(key, &issue, entity, SOLVED, &solved(entity))
            .await?;
        let link = self.find_link(key, entity).await?;
        self.put_link(key, link, &link_body(entity, &title, true))
            .await
    }

    /// The issue is not done after all: what is left is a mention.
    async fn not_solved(&mut self, task: &Task) -> Result<(), CallError> {
        let Task {
            key,
            entity,
            intent,
        } = task;
        if *intent == Intent::Close {
            let issue = self.client.issue(key, false).await?;
            let comment = mentioned(entity, self.context);
            self.comment_once(key, &issue, entity, "", &comment).await?;
        }
        let link = self.find_link(key, entity).await?;
        self.put_link(
            key,
            link,
            &link_body(entity, &mention_title(entity), entity.over),
        )
        .await
    }

    /// Comments, unless comments are off or one with this address and these words is there.
    async fn comment_once(
        &mut self,
        key: &str,
        issue: &Value,
        entity: &Entity,
        words: &str,
        comment: &Comment,
    ) -> Result<(), CallError> {
        let wanted = self.values.flag("comment_on_event_enabled");
        if wanted && !self.has_comment(key, issue, &entity.url, words).await? {
            self.client.add_comment(key, comment).await?;
        }
        Ok(())
    }

    /// Makes the transitions asked for, and notes what could not be made.
    async fn make_transitions(&mut self, key: &str, mut issue: Value) -> Result<(), CallError> {
        if self.values.flag("jira_issue_transition_automatic") {
            match transition_to_done(&issue) {
                Some(id) => self.client.transition(key, &id).await?,
                None => self
                    .notes
                    .push(format!("{key}: no transition to a done status is offered")),
            }
            return Ok(());
        }
        for id in transition_ids(self.values) {
            // After a crash the first of several may be made already, and no longer offered.
            if offers(&issue, &id) {
                self.client.transition(key, &id).await?;
                issue = self.client.issue(key, true).await?;
            } else {
                self.notes.push(format!(
                    "{key}: transition {id} is not offered ({})",
                    offered(&issue)
                ));
            }
        }
        Ok(())
    }

    async fn find_link(&mut self, key: &str, entity: &Entity) -> Result<Option<Value>, CallError> {
        let links = self.client.links(key).await?;
        Ok(links
            .into_iter()
            .find(|link| link["object"]["url"] == entity.url.as_str()))
    }

    /// Creates the link, or updates it if its content differs.
    async fn put_link(
        &mut self,
        key: &str,
        present: Option<Value>,
        wanted: &Value,
    ) -> Result<(), CallError> {
        let Some(present) = present else {
            return self.client.add_link(key, wanted).await;
        };
        let same = ["title", "status"].iter().all(|part| {
            let (has, wants) = (&present["object"][*part], &wanted["object"][*part]);
            has == wants || (*part == "status" && has["resolved"] == wants["resolved"])
        });
        match id_text(&present["id"]) {
            Some(id) if !same => self.client.change_link(key, &id, wanted).await,
            _ => Ok(()),
        }
    }

    /// Whether a comment holds both the address and the words.
    async fn has_comment(
        &mut self,
        key: &str,
        issue: &Value,
        url: &str,
        words: &str,
    ) -> Result<bool, CallError> {
        let embedded = &issue["fields"]["comment"];
        let mut page = embedded["comments"].as_array().cloned().unwrap_or_default();
        let total = embedded["total"].as_u64().unwrap_or_default();
        let mut seen = 0;
        loop {
            if page
                .iter()
                .any(|comment| contains(&comment["body"], url, words))
            {
                return Ok(true);
            }
            seen += page.len();
            if page.is_empty() || seen as u64 >= total {
                return Ok(false);
            }
            page = self.client.comments(key, seen).await?["comments"]
                .as_array()
                .cloned()
                .unwrap_or_default();
        }
    }
}

/// Whether a comment's body, wiki text or document, holds the address and the words.
///
/// An address counts only as a whole: `/merge_requests/1` does not stand in `/merge_requests/12`.
fn contains(body: &Value, url: &str, words: &str) -> bool {
    let text = match body {
        Value::String(text) => text.clone(),
        document => document.to_string(),
    };
    let whole = |(at, _): (usize, &str)| {
        !text[at + url.len()..]
            .starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/' || c == '-')
    };
    text.contains(words) && text.match_indices(url).any(whole)
}

/// Solved, or in a status of the category "done": workflows need not set a resolution.
fn is_done(issue: &Value) -> bool {
    let fields = &issue["fields"];
    !fields["resolution"].is_null() || fields["status"]["statusCategory"]["key"] == "done"
}

fn transition_to_done(issue: &Value) -> Option<String> {
    let transitions = issue["transitions"].as_array()?;
    let done = transitions
        .iter()
        .find(|transition| transition["to"]["statusCategory"]["key"] == "done")?;
    id_text(&done["id"])
}

/// Whether a transition is offered; a Jira that lists none is left to refuse by itself.
fn offers(issue: &Value, id: &str) -> bool {
    match issue["transitions"].as_array() {
        Some(transitions) if !transitions.is_empty() => transitions
            .iter()
            .any(|transition| id_text(&transition["id"]).as_deref() == Some(id)),
        _ => true,
    }
}

fn offered(issue: &Value) -> String {
    let transitions = issue["transitions"].as_array().into_iter().flatten();
    let ids: Vec<_> = transitions
        .filter_map(|transition| id_text(&transition["id"]))
        .collect();
    format!("offered: {}", ids.join(", "))
}

/// An id, which Jira writes as text or as a number.
fn id_text(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// "Jane mentioned this issue in a commit of Group / Project on branch main: …", GitLab's sentence.
fn mentioned(entity: &Entity, context: &Context) -> Comment {
    let noun = match entity.noun {
        Noun::Commit(_) => "a commit",
        Noun::MergeRequest(_) => "a merge request",
    };
    let project = &context.project;
    let author = match &entity.author_url {
        Some(url) => Span::Link(entity.author.clone(), url.clone()),
        None => Span::Text(entity.author.clone()),
    };
    let mut spans = vec![
        author,
        Span::Text(" mentioned this issue in ".into()),
        Span::Link(noun.into(), entity.url.clone()),
        Span::Text(" of ".into()),
        Span::Link(
            project.name_with_namespace.clone(),
            project.links.project().to_owned(),
        ),
    ];
    if !entity.branch.is_empty() {
        spans.push(Span::Text(" on branch ".into()));
        spans.push(Span::Link(
            short(&entity.branch, 200),
            project.links.branch(&entity.branch),
        ));
    }
    spans.push(Span::Text(":".into()));
    if !entity.title.is_empty() {
        spans.push(Span::Quote(entity.title.clone()));
    }
    Comment(spans)
}

fn solved(entity: &Entity) -> Comment {
    let name = match &entity.noun {
        Noun::Commit(sha) => sha.clone(),
        Noun::MergeRequest(iid) => format!("merge request !{iid}"),
    };
    Comment(vec![
        Span::Text(SOLVED.into()),
        Span::Link(name, entity.url.clone()),
        Span::Text(".".into()),
    ])
}

fn mention_title(entity: &Entity) -> String {
    match entity.noun {
        Noun::Commit(_) => format!("Commit - {}", entity.title),
        Noun::MergeRequest(_) => format!("Merge request - {}", entity.title),
    }
}

fn solved_title(entity: &Entity) -> String {
    match &entity.noun {
        Noun::Commit(sha) => format!("Solved by commit {sha}."),
        Noun::MergeRequest(iid) => format!("Solved by merge request !{iid}."),
    }
}

/// A web link; the address as `globalId` makes Jira replace a link instead of adding a second.
fn link_body(entity: &Entity, title: &str, resolved: bool) -> Value {
    let mut link = json!({
        "relationship": "mentioned on",
        "object": {"url": entity.url, "title": title, "status": {"resolved": resolved}},
    });
    if entity.url.chars().count() <= 255 {
        link["globalId"] = entity.url.as_str().into();
    }
    link
}
