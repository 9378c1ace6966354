use super::{Browser, house, project, push, sha};
use crate::testing::ROOT;
use serde_json::json;

#[tokio::test]
async fn a_commit_is_shown_with_what_is_known_of_it() {
    let bench = house().await;
    let id = project(&bench, "open", "public").await;
    let commit = json!({
        "id": sha('A'), "message": "Fix <b> & more\n\nBecause\u{202e} of it\n",
        "timestamp": "2026-02-03T04:05:06+01:00",
        "author": { "name": "Ada <script>", "email": "ada@git.test" },
        "added": ["new \"file\".txt"], "modified": ["a\nb", "c"], "removed": [],
    });
    push(&bench, id, "work", std::slice::from_ref(&commit)).await;
    push(&bench, id, "main", &[json!({ "id": sha('b') }), commit]).await;

    let mut browser = Browser::new(&bench);
    let page = browser
        .get(&format!("/tools/open/-/commit/{}", sha('a')))
        .await
        .is(200);
    for part in [
        "Fix &#60;b&#62; &#38; more",
        "\nBecause⟨U+202E⟩ of it</pre>",
        "Ada &#60;script&#62;",
        "3 Feb 2026, 03:05 UTC",
        &format!(">{}<", sha('a')),
        "Commit aaaaaaaa",
        "new &#34;file&#34;.txt",
        "a⟨U+000A⟩b",
        "1 added",
        "2 modified",
        "Grace",
    ] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }
    assert!(!page.text.contains("0 removed") && !page.text.contains("ada@git.test"));
    let (main, work) = (page.text.rfind(">main<"), page.text.rfind(">work<"));
    assert!(main < work, "the newest push comes first");
    assert!(!page.text.contains("deliveries"), "{}", page.text);
    let short = browser.get("/tools/open/-/commit/AAAAAAA").await.is(200);
    assert!(short.text.contains(&sha('a')));
    let listed = browser.get("/tools/open").await.is(200);
    assert!(listed.text.contains(&format!("/-/commit/{}", sha('b'))));
    for page in ["tree/a/b", "commits/a/b", "tags/v1", "branches"] {
        let path = format!("/tools/OPEN/-/{page}");
        let led = browser.get(&path).await.is(303);
        assert_eq!(led.header("location"), "/tools/open", "{page}");
    }
    let compared = format!("/tools/open/-/compare/{}...{}", sha('0'), sha('a'));
    assert!(
        browser
            .get(&compared)
            .await
            .is(200)
            .text
            .contains(&sha('a'))
    );
    browser.get("/tools/open/-/compare/main").await.is(404);
    browser.sign_in("ann").await;
    let page = browser.get("/tools/open/-/commit/aaaaaaa").await.is(200);
    assert!(page.text.contains("ada@git.test"));
}

#[tokio::test]
async fn what_is_no_hash_or_none_of_ours_is_not_found() {
    let bench = house().await;
    let id = project(&bench, "open", "public").await;
    let other = project(&bench, "other", "public").await;
    let twins = ["0", "1"].map(|end| json!({ "id": format!("{}{end}", "c".repeat(39)) }));
    push(&bench, id, "main", &twins).await;
    push(&bench, other, "main", &[json!({ "id": sha('d') })]).await;
    let mut browser = Browser::new(&bench);
    let long = "c".repeat(65);
    for digits in [
        "cccccc",
        "ccccccg",
        "%25%25%25%25%25%25%25",
        "../..",
        "ddddddd",
        &long,
        "",
    ] {
        let path = format!("/tools/open/-/commit/{digits}");
        browser.get(&path).await.is(404);
    }
    let several = browser.get("/tools/open/-/commit/ccccccc").await.is(404);
    assert!(several.text.contains("More than one commit"));
    let path = format!("/tools/open/-/commit/{}0", "c".repeat(39));
    browser.get(&path).await.is(200);
}

#[tokio::test]
async fn deliveries_are_for_maintainers() {
    let bench = house().await;
    let id = project(&bench, "open", "public").await;
    let jira = json!({ "url": "https://jira.test", "username": "u", "password": "p" });
    let path = format!("/projects/{id}/integrations/jira");
    bench.put(&path, ROOT, &jira).await.is(200);
    push(
        &bench,
        id,
        "main",
        &[json!({ "id": sha('a'), "message": "no key" })],
    )
    .await;
    let path = format!("/tools/open/-/commit/{}", sha('a'));
    let mut root = Browser::new(&bench);
    root.sign_in("root").await;
    let page = root.get(&path).await.is(200);
    assert!(page.text.contains("no issue key in 1 commit message"));
    let (_, rest) = page.text.split_once("/tools/open/-/deliveries/").unwrap();
    let json = format!(
        "/tools/open/-/deliveries/{}",
        rest.split('"').next().unwrap()
    );
    let shown = root.get(&json).await.is(200);
    assert_eq!(shown.body["status"], "skipped");
    assert_eq!(shown.header("cache-control"), "no-store");
    project(&bench, "other", "public").await;
    for wrong in [
        json.replace("open", "other"),
        json.replace(".json", ""),
        json.replace(".json", "0.json"),
    ] {
        root.get(&wrong).await.is(404);
    }

    let ann = bench.get("/user", "glpat-ann").await.id();
    let mut browser = Browser::new(&bench);
    browser.get(&json).await.is(303);
    browser.sign_in("ann").await;
    let mut sees = async |level: Option<i64>| {
        if let Some(level) = level {
            let member = json!({ "user_id": ann, "access_level": level });
            bench
                .delete(&format!("/projects/{id}/members/{ann}"), ROOT)
                .await;
            bench
                .post(&format!("/projects/{id}/members"), ROOT, &member)
                .await
                .is(201);
        }
        let page = browser.get(&path).await.is(200);
        (
            page.text.contains("no issue key"),
            browser.get(&json).await.status,
        )
    };
    assert_eq!(sees(None).await, (false, 404));
    assert_eq!(sees(Some(30)).await, (false, 404));
    assert_eq!(sees(Some(40)).await, (true, 200));
}

#[tokio::test]
async fn large_pushes_messages_and_lists_stay_usable() {
    let bench = house().await;
    let id = project(&bench, "open", "public").await;
    let mut commits: Vec<_> = (0..10_000)
        .map(|number| json!({ "id": format!("{number:040x}"), "message": "m" }))
        .collect();
    let names: Vec<_> = (0..2_500).map(|number| format!("file-{number}")).collect();
    commits.push(json!({ "id": sha('f'), "message": format!("Title\n\n{}", "word ".repeat(300_000)), "added": names }));
    push(&bench, id, "main", &commits).await;
    let mut browser = Browser::new(&bench);
    let page = browser.get("/tools/open/-/commit/fffffff").await.is(200);
    assert!(
        page.text.contains("for 500000 more characters")
            || page.text.contains("for 499999 more characters")
    );
    assert!(page.text.contains("2500 added") && page.text.contains("and 500 more"));
    let listed = browser.get("/tools/open").await.is(200);
    assert!(listed.text.contains("and 9996 more commits"));
    browser
        .get(&format!("/tools/open/-/commit/{:040x}", 77))
        .await
        .is(200);
}
