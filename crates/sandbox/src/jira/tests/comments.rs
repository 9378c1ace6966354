//! Comments.

use super::*;

const PATH: &str = "issue/SHOP-1/comment";

fn document(text: &str) -> Value {
    let link = json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": "https://git.test/c"}}]});
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [link]}]})
}

async fn comment(jira: &Jira, body: Value) -> Got {
    post(jira, &format!("2/{PATH}"), json!({"body": body})).await
}

#[tokio::test]
async fn a_comment_is_made_and_told() {
    let jira = server();
    let got = comment(&jira, json!("[a commit|https://git.test/c] says")).await;
    assert_eq!(got.status, 201);
    assert!(got.header("content-type").starts_with("application/json"));
    let made = got.json();
    assert_eq!(made["author"]["name"], "jane");
    assert_eq!(made["created"], "2026-02-03T04:05:06.000+0000");
    let id = made["id"].as_str().unwrap();
    assert_eq!(get(&jira, &format!("2/{PATH}/{id}")).await.json(), made);
    assert_eq!(get(&jira, &format!("2/{PATH}/1")).await.status, 404);
    let view = jira.issue("SHOP-1").unwrap();
    assert_eq!(view.comments[0].text, "[a commit|https://git.test/c] says");
    assert_eq!(view.comments[0].document, None);
}

#[tokio::test]
async fn an_empty_comment_is_refused() {
    let jira = server();
    let refusal =
        json!({"errorMessages": [], "errors": {"comment": "Comment body can not be empty!"}});
    for body in [
        json!({}),
        json!({"body": null}),
        json!({"body": ""}),
        json!({"body": " \n\t"}),
    ] {
        let got = post(&jira, &format!("2/{PATH}"), body.clone()).await;
        assert_eq!(
            (got.status.as_u16(), got.json()),
            (400, refusal.clone()),
            "{body}"
        );
    }
    let blank = json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": " "}]}]});
    let cloud = cloud();
    for body in [json!({}), json!({"body": blank})] {
        let got = post(&cloud, &format!("3/{PATH}"), body.clone()).await;
        assert_eq!(
            (got.status.as_u16(), got.json()),
            (400, refusal.clone()),
            "{body}"
        );
    }
    assert_eq!(jira.issue("SHOP-1").unwrap().comments, []);
}

#[tokio::test]
async fn a_comment_has_at_most_so_many_characters() {
    let jira = server();
    assert_eq!(comment(&jira, "ä".repeat(32_767).into()).await.status, 201);
    let (status, why) = comment(&jira, "ä".repeat(32_768).into()).await.refused();
    assert_eq!(status, 400);
    assert!(
        why.starts_with("comment: ") && why.contains("32,767"),
        "{why}"
    );
    let cloud = cloud();
    let long = post(
        &cloud,
        &format!("3/{PATH}"),
        json!({"body": document(&"x".repeat(32_768))}),
    )
    .await;
    assert_eq!(long.status, 400);
}

#[tokio::test]
async fn each_version_takes_its_own_language_alone() {
    let (server, cloud) = (server(), cloud());
    for jira in [&server, &cloud] {
        assert_eq!(comment(jira, document("x")).await.refused().0, 400);
        assert_eq!(comment(jira, json!(7)).await.refused().0, 400);
    }
    let (status, why) = post(&cloud, &format!("3/{PATH}"), json!({"body": "words"}))
        .await
        .refused();
    assert_eq!(status, 400);
    assert!(why.contains("not valid"), "{why}");
    let bad = json!({"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]});
    assert_eq!(
        post(&cloud, &format!("3/{PATH}"), json!({"body": bad}))
            .await
            .refused()
            .0,
        400
    );
    assert_eq!(cloud.issue("SHOP-1").unwrap().comments, []);
}

#[tokio::test]
async fn a_document_is_kept_and_told_to_version_2_as_wiki_text() {
    let jira = cloud();
    let got = post(
        &jira,
        &format!("3/{PATH}"),
        json!({"body": document("a commit")}),
    )
    .await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["body"]),
        (201, &document("a commit"))
    );
    let view = jira.issue("SHOP-1").unwrap();
    assert_eq!(view.comments[0].text, "a commit");
    assert_eq!(view.comments[0].document, Some(document("a commit")));
    let shown = get(&jira, "2/issue/SHOP-1").await.json();
    assert_eq!(
        shown["fields"]["comment"]["comments"][0]["body"],
        "[a commit|https://git.test/c]"
    );

    comment(&jira, json!("[b|https://git.test/b]")).await;
    let shown = get(&jira, &format!("3/{PATH}")).await.json();
    let text = &shown["comments"][1]["body"]["content"][0]["content"][0];
    assert_eq!(text["marks"][0]["attrs"]["href"], "https://git.test/b");
}

#[tokio::test]
async fn unknown_keys_and_audiences_are_refused() {
    let jira = server();
    let send = async |extra: Value| {
        let mut body = json!({"body": "x"});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        post(&jira, &format!("2/{PATH}"), body).await
    };
    let (status, why) = send(json!({"bodi": "x"})).await.refused();
    assert!(status == 400 && why.contains("\"bodi\""), "{status} {why}");
    for visibility in [
        json!("role"),
        json!({}),
        json!({"type": "everyone", "value": "x"}),
        json!({"type": "role"}),
    ] {
        let got = send(json!({"visibility": visibility})).await;
        assert_eq!(got.refused().0, 400, "{visibility}");
    }
    let got = send(json!({"visibility": {"type": "role", "value": "Developers"}})).await;
    assert_eq!(got.json()["visibility"]["value"], "Developers");
    assert_eq!(jira.issue("SHOP-1").unwrap().comments.len(), 1);
}

#[tokio::test]
async fn only_json_that_says_so_is_read() {
    let jira = server();
    let send = async |media: Option<&str>, body: &'static str| {
        let mut request = Request::post(format!("/rest/api/2/{PATH}"))
            .header("authorization", basic("jane", "secret"));
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        super::send(&jira, request.body(Body::from(body)).unwrap())
            .await
            .refused()
            .0
    };
    let good = r#"{"body": "x"}"#;
    for media in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
    ] {
        assert_eq!(send(media, good).await, 415, "{media:?}");
    }
    for bad in ["", "{", "[]", "\"x\"", r#"{"body": "x"} x"#] {
        assert_eq!(send(Some("application/json"), bad).await, 400, "{bad}");
    }
    assert_eq!(jira.issue("SHOP-1").unwrap().comments, []);
}

#[tokio::test]
async fn a_content_type_may_name_its_charset() {
    let jira = server();
    let request = Request::post(format!("/rest/api/2/{PATH}"))
        .header("authorization", basic("jane", "secret"))
        .header("content-type", "Application/JSON; charset=utf-8");
    let got = send(&jira, request.body(Body::from(r#"{"body": "x"}"#)).unwrap()).await;
    assert_eq!(got.status, 201);
}

#[tokio::test]
async fn comments_come_in_pages() {
    let jira = server();
    for n in 0..130 {
        comment(&jira, format!("{n}").into()).await;
    }
    let page = async |query: &str| {
        let got = get(&jira, &format!("2/{PATH}{query}")).await.json();
        let bodies: Vec<_> = got["comments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["body"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(got["total"], 130);
        (
            got["startAt"].clone(),
            got["maxResults"].clone(),
            bodies.len(),
            bodies.first().cloned(),
        )
    };
    let first = |text: &str| Some(text.to_owned());
    assert_eq!(page("").await, (json!(0), json!(50), 50, first("0")));
    assert_eq!(
        page("?startAt=50&maxResults=7").await,
        (json!(50), json!(7), 7, first("50"))
    );
    assert_eq!(
        page("?startAt=100&maxResults=1000").await,
        (json!(100), json!(100), 30, first("100"))
    );
    assert_eq!(page("?startAt=130").await, (json!(130), json!(50), 0, None));
    assert_eq!(
        page("?orderBy=-created&startAt=1").await,
        (json!(1), json!(50), 50, first("128"))
    );
    assert_eq!(page("?orderBy=%2Bcreated").await.3, first("0"));
    for query in ["?startAt=-1", "?maxResults=x", "?orderBy=author"] {
        assert_eq!(
            get(&jira, &format!("2/{PATH}{query}")).await.refused().0,
            400,
            "{query}"
        );
    }
}
