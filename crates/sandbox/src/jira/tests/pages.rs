//! The pages.

use super::*;

async fn page(jira: &Jira, path: &str) -> Got {
    send(jira, Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_first_page_lists_all_and_escapes_it() {
    let jira = server();
    jira.add_project("VOID", "Nothing here");
    let got = page(&jira, "/").await;
    assert_eq!(got.status, 200);
    for part in [
        "This is not Jira",
        "The Shop",
        "/browse/SHOP-1",
        "To Do",
        "No issues in this project yet",
        "#60;b",
    ] {
        assert!(got.text.contains(part), "{part}: {}", got.text);
    }
    assert!(!got.text.contains("<b>") && !got.text.contains("<script"));
    let policy = got.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
}

#[tokio::test]
async fn an_empty_jira_says_so() {
    let account = Account {
        username: "jane".into(),
        password: "secret".into(),
    };
    let jira = Jira::new(Flavour::Cloud, account, Arc::new(|| Timestamp::UNIX_EPOCH));
    assert!(page(&jira, "/").await.text.contains("No projects yet"));
}

#[tokio::test]
async fn an_issue_shows_wiki_text_with_links_and_quotes() {
    let jira = server();
    let body = "[Jane|https://git.test/jane] wrote <i>:{quote}one & two{quote}";
    post(&jira, "2/issue/SHOP-1/comment", json!({"body": body})).await;
    post(
        &jira,
        "2/issue/SHOP-1/comment",
        json!({"body": "[x|javascript:alert(1)]"}),
    )
    .await;
    let text = page(&jira, "/browse/shop-1").await.text;
    let link = r#"<p><a href="https://git.test/jane" rel="noopener noreferrer nofollow">Jane</a> wrote &#60;i&#62;:</p>"#;
    assert!(text.contains(link), "{text}");
    assert!(
        text.contains("<blockquote>one &#38; two</blockquote>"),
        "{text}"
    );
    assert!(!text.contains("href=\"javascript"), "{text}");
    assert!(text.contains("Unresolved") && text.contains("No web links yet"));
}

#[tokio::test]
async fn an_issue_shows_documents_and_strikes_resolved_links_through() {
    let jira = cloud();
    let words = |text: &str| json!({"type": "text", "text": text});
    let evil = json!({"type": "text", "text": "evil", "marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}]});
    let body = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [words("one"), {"type": "hardBreak"}, words("two"), evil]},
        {"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "paragraph", "content": [words("item")]}]}]},
        {"type": "codeBlock", "content": [words("a\n  b")]},
        {"type": "rule"},
    ]});
    let made = post(&jira, "3/issue/SHOP-1/comment", json!({"body": body})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for (url, resolved) in [("https://git.test/a", true), ("https://git.test/b", false)] {
        let link = json!({"object": {"url": url, "title": url, "status": {"resolved": resolved}}});
        post(&jira, "3/issue/SHOP-1/remotelink", link).await;
    }
    post(
        &jira,
        "3/issue/SHOP-1/transitions",
        json!({"transition": {"id": "31"}}),
    )
    .await;
    let text = page(&jira, "/browse/SHOP-1").await.text;
    let parts = [
        "<p>one<br>two",
        r#"<p class="item">item</p>"#,
        "<pre><code>a\n  b</code></pre>",
        "<hr>",
        r#"<s><a href="https://git.test/a""#,
        r#"<span class="status done">Done</span>"#,
        "2026-02-03 04:05 UTC",
    ];
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        !text.contains(r#"<s><a href="https://git.test/b""#),
        "{text}"
    );
    assert!(!text.contains("href=\"javascript"), "{text}");
}

#[tokio::test]
async fn what_is_not_there_is_a_page_too() {
    let jira = server();
    for path in ["/browse/SHOP-9", "/browse/%3Cb%3E", "/nowhere"] {
        let got = page(&jira, path).await;
        assert_eq!(got.status, 404, "{path}");
        assert!(got.text.contains("Not found"), "{}", got.text);
    }
}

#[tokio::test]
async fn the_style_sheet_is_served() {
    let got = page(&server(), "/style.css").await;
    assert!(got.header("content-type").starts_with("text/css"));
    assert!(got.text.contains("prefers-color-scheme: dark"));
}

#[tokio::test]
async fn a_stand_in_is_served_on_a_listener() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let jira = server();
    let task = tokio::spawn(async move { crate::jira::serve(&jira, listener).await });
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
    task.abort();
}
