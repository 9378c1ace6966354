//! Web links.

use super::*;

const PATH: &str = "2/issue/SHOP-1/remotelink";

fn link(url: &str, title: &str) -> Value {
    json!({"relationship": "mentioned on", "object": {"url": url, "title": title, "status": {"resolved": false}}})
}

#[tokio::test]
async fn a_link_is_made_changed_and_deleted() {
    let jira = server();
    let got = post(&jira, PATH, link("https://git.test/c", "Commit - x")).await;
    assert_eq!(got.status, 201);
    let made = got.json();
    let id = made["id"].as_u64().unwrap();
    assert_eq!(
        made["self"],
        format!("http://jira.test:8080/rest/api/{PATH}/{id}")
    );

    let shown = get(&jira, PATH).await.json();
    assert_eq!(shown[0]["object"]["url"], "https://git.test/c");
    assert_eq!(shown[0]["object"]["status"]["resolved"], false);
    assert_eq!(shown[0]["relationship"], "mentioned on");
    let one = format!("{PATH}/{id}");
    assert_eq!(get(&jira, &one).await.json(), shown[0]);

    let mut solved = link("https://git.test/c", "Solved");
    solved["object"]["status"]["resolved"] = true.into();
    solved.as_object_mut().unwrap().remove("relationship");
    let got = call(&jira, "PUT", &one, Some(&solved)).await;
    assert_eq!((got.status.as_u16(), got.text.as_str()), (204, ""));
    let view = &jira.issue("SHOP-1").unwrap().links[0];
    assert_eq!((view.title.as_str(), view.resolved), ("Solved", true));
    let shown = get(&jira, &one).await.json();
    assert!(shown["relationship"].is_null(), "what is not given is gone");

    assert_eq!(call(&jira, "DELETE", &one, None).await.status, 204);
    assert_eq!(jira.issue("SHOP-1").unwrap().links, []);
    for method in ["GET", "DELETE", "PUT"] {
        let got = call(&jira, method, &one, Some(&link("https://git.test/c", "x"))).await;
        assert_eq!(got.refused().0, 404, "{method}");
    }
}

#[tokio::test]
async fn the_same_global_id_replaces_instead_of_adding() {
    let jira = server();
    let with = |id: &str, title: &str| {
        let mut link = link("https://git.test/c", title);
        link["globalId"] = id.into();
        link
    };
    let first = post(&jira, PATH, with("a", "one")).await;
    let second = post(&jira, PATH, with("a", "two")).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 200));
    assert_eq!(first.json(), second.json());
    assert_eq!(post(&jira, PATH, with("b", "three")).await.status, 201);
    assert_eq!(
        post(&jira, "2/issue/SHOP-2/remotelink", with("a", "four"))
            .await
            .status,
        201,
        "another issue"
    );
    let titles: Vec<_> = jira
        .issue("SHOP-1")
        .unwrap()
        .links
        .into_iter()
        .map(|link| link.title)
        .collect();
    assert_eq!(titles, ["two", "three"]);

    assert_eq!(
        get(&jira, &format!("{PATH}?globalId=b")).await.json()["object"]["title"],
        "three"
    );
    assert_eq!(
        get(&jira, &format!("{PATH}?globalId=c")).await.refused().0,
        404
    );
    let id = &first.json()["id"];
    let got = call(&jira, "PUT", &format!("{PATH}/{id}"), Some(&with("b", "x"))).await;
    assert_eq!(got.refused().0, 400, "two links of one globalId");
}

#[tokio::test]
async fn without_a_global_id_each_link_is_new() {
    let jira = server();
    for _ in 0..2 {
        let mut link = link("https://git.test/c", "x");
        link["GlobalID"] = "GitLab".into();
        link["globalId"] = Value::Null;
        assert_eq!(
            post(&jira, PATH, link).await.status,
            201,
            "a key in another case is another key"
        );
    }
    let links = jira.issue("SHOP-1").unwrap().links;
    assert_eq!(
        links
            .iter()
            .map(|link| link.global_id.clone())
            .collect::<Vec<_>>(),
        [None, None]
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_link_is_told_by_field() {
    let jira = server();
    let cases = [
        (
            json!({}),
            "title: 'title' is required.\nurl: 'url' is required.",
        ),
        (
            json!({"object": null}),
            "title: 'title' is required.\nurl: 'url' is required.",
        ),
        (
            json!({"object": {"url": "https://a.test"}}),
            "title: 'title' is required.",
        ),
        (json!({"object": {"title": "x"}}), "url: 'url' is required."),
        (link("https://a.test", " "), "title: 'title' is required."),
        (
            link("/c", "x"),
            "url: 'url' must be an absolute http or https address.",
        ),
        (
            link("javascript:alert(1)", "x"),
            "url: 'url' must be an absolute http or https address.",
        ),
        (
            link("https://a.test/ b", "x"),
            "url: 'url' must be an absolute http or https address.",
        ),
        (
            json!({"object": {"url": "https://a.test", "title": "x", "icon": {"url16x16": "x"}}}),
            "url16x16: 'url16x16' must be an absolute http or https address.",
        ),
        (
            json!({"object": "https://a.test"}),
            "object of a remote link must be an object.",
        ),
        (
            json!({"object": ["https://a.test", "x"]}),
            "object of a remote link must be an object.",
        ),
        (
            json!({"object": {"url": 1, "title": "x"}}),
            "url of object must be a string.",
        ),
        (
            json!({"globalId": 1, "object": {"url": "https://a.test", "title": "x"}}),
            "globalId of a remote link must be a string.",
        ),
        (
            json!({"object": {"url": "https://a.test", "title": "x", "status": {"resolved": "yes"}}}),
            "resolved of status must be true or false.",
        ),
    ];
    for (body, why) in cases {
        let got = post(&jira, PATH, body.clone()).await.refused();
        assert_eq!(got, (400, why.to_owned()), "{body}");
    }
    assert_eq!(jira.issue("SHOP-1").unwrap().links, []);
}

#[tokio::test]
async fn titles_and_global_ids_have_at_most_255_characters() {
    let jira = server();
    let with = |id: usize, title: usize| {
        let mut link = link("https://a.test", &"ä".repeat(title));
        link["globalId"] = "x".repeat(id).into();
        link
    };
    assert_eq!(post(&jira, PATH, with(255, 255)).await.status, 201);
    let (status, why) = post(&jira, PATH, with(256, 255)).await.refused();
    assert!(status == 400 && why.starts_with("globalId: "), "{why}");
    let (status, why) = post(&jira, PATH, with(255, 256)).await.refused();
    assert!(status == 400 && why.starts_with("title: "), "{why}");
}
