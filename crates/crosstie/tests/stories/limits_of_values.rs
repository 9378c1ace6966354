//! Every setting of every integration that takes text has a limit, and says so by name.

use crate::harness::Server;
use catalogue::{Integration, Kind, Setting};
use outbound::Method;
use serde_json::{Map, Value, json};

/// One character, or one entry, more than a setting takes; nothing for one that has no such limit.
fn too_much(setting: &Setting) -> Option<Value> {
    let longest = setting.longest()?;
    let more = |count: usize| "a".repeat(count);
    Some(match setting.kind {
        Kind::Url => json!(format!("https://tool.test/{}", more(longest - 17))),
        Kind::TextList => (0..=longest).map(|number| format!("A{number}")).collect(),
        _ => json!(more(longest + 1)),
    })
}

/// What names a setting and its limit.
fn words(setting: &Setting) -> Option<String> {
    let unit = match setting.kind {
        Kind::TextList => "entries",
        _ => "characters",
    };
    let limit = setting.longest()?;
    let name = setting.name;
    Some(format!(
        ":{name}=>[\"is too long (maximum is {limit} {unit})"
    ))
}

/// What is sent: too much of everything that has a limit, and what else has to be there.
fn body(integration: &Integration) -> Value {
    let value = |setting: &Setting| {
        let other = || {
            setting.required.then(|| match setting.choices.first() {
                Some(choice) => json!(choice),
                None => json!(1),
            })
        };
        too_much(setting).or_else(other)
    };
    let all = integration.settings.iter();
    let all = all.filter_map(|setting| Some((setting.name.to_owned(), value(setting)?)));
    Value::Object(all.collect::<Map<_, _>>())
}

#[tokio::test]
async fn every_text_over_its_limit_is_refused_by_name_and_nothing_is_saved() {
    let server = Server::start_with(&[("CROSSTIE_ENV", "development")]);
    let project = server.project("p", "gitlab").await;
    let mut tried = 0;
    for integration in catalogue::ALL.iter().filter(|one| one.not_by_api.is_none()) {
        let wanted: Vec<String> = integration.settings.iter().filter_map(words).collect();
        if wanted.is_empty() {
            continue;
        }
        let path = format!(
            "/api/v4/projects/{project}/integrations/{}",
            integration.slug
        );
        let answer = server
            .call(Method::Put, &path, Some(body(integration)))
            .await;
        assert_eq!(answer.status, 400, "{}: {}", integration.slug, answer.body);
        let said = answer.json().unwrap();
        let said = said["message"].as_str().unwrap_or_else(|| panic!("{said}"));
        for words in wanted {
            assert!(
                said.contains(&words),
                "{}: {words}: {said}",
                integration.slug
            );
            tried += 1;
        }
        let kept = server.call(Method::Get, &path, None).await;
        assert_eq!(kept.status, 404, "{}", integration.slug);
    }
    assert!(tried > 150, "{tried}");
    let long = json!({"url": "https://jira.test", "username": "u", "password": "p", "project_keys": ["A".repeat(3_000)]});
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    let answer = server.call(Method::Put, &path, Some(long)).await;
    assert!(
        answer
            .body
            .contains("project_keys=>[\\\"has a too long entry"),
        "{}",
        answer.body
    );
    let blanks = json!({"url": "https://jira.test", "username": format!("u{}", " ".repeat(5_000)), "password": "p"});
    let answer = server.call(Method::Put, &path, Some(blanks)).await;
    assert!(
        answer.body.contains("username=>[\\\"is too long"),
        "{}",
        answer.body
    );
}
