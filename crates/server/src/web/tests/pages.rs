use super::{Browser, form_token, house, project};
use crate::testing::ROOT;
use crate::web::assets;
use serde_json::json;

#[tokio::test]
async fn every_page_has_the_headers_that_keep_it_harmless() {
    let bench = house().await;
    let mut browser = Browser::new(&bench);
    browser.sign_in("ann").await;
    for (path, status) in [("/", 200), ("/nothing", 404), ("/?page=%zz", 400)] {
        let page = browser.get(path).await.is(status);
        let policy = page.header("content-security-policy");
        assert_eq!(
            policy,
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        );
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let html = page.text.to_lowercase();
        assert!(html.contains(r#"<html lang="en">"#) && html.contains("<main"));
        assert!(
            !html.contains("<script") && !html.contains(" style="),
            "{html}"
        );
    }
}

#[tokio::test]
async fn the_style_sheet_is_kept_for_good_under_its_own_name() {
    let bench = house().await;
    let mut browser = Browser::new(&bench);
    let form = browser.get("/users/sign_in").await.is(200);
    for path in [assets::style(), assets::icon()] {
        assert!(form.text.contains(&path));
        let asset = browser.get(&path).await.is(200);
        assert!(asset.header("cache-control").ends_with("immutable"));
    }
    let style = browser.get(&assets::style()).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    browser.get("/-/assets/crosstie-0.css").await.is(404);
}

#[tokio::test]
async fn who_is_not_signed_in_cannot_tell_what_exists() {
    let bench = house().await;
    project(&bench, "hidden", "private").await;
    project(&bench, "inside", "internal").await;
    let mut browser = Browser::new(&bench);
    for name in ["hidden", "inside", "nothing"] {
        for page in ["", "/-/commit/abcdef0", "/-/deliveries/1.json", "/-/x"] {
            let path = format!("/tools/{name}{page}");
            let away = browser.get(&path).await.is(303);
            let wanted = format!("/users/sign_in?return_to={}", path.replace('/', "%2F"));
            assert_eq!(
                (away.header("location"), away.text.as_str()),
                (wanted.as_str(), "")
            );
        }
    }
    browser.sign_in("ann").await;
    let strip = |text: &str, token: &str| text.replace(token, "");
    let nothing = browser.get("/tools/nothing").await.is(404);
    let hidden = browser.get("/tools/hidden").await.is(404);
    assert_eq!(
        strip(&nothing.text, &form_token(&nothing)),
        strip(&hidden.text, &form_token(&hidden))
    );
    browser.get("/tools/inside").await.is(200);
    browser.get("/TOOLS/Inside/").await.is(200);
}

#[tokio::test]
async fn the_home_page_lists_what_one_may_see() {
    let bench = house().await;
    for (name, visibility) in [
        ("hidden", "private"),
        ("inside", "internal"),
        ("open", "public"),
    ] {
        project(&bench, name, visibility).await;
    }
    let listed = |text: &str| {
        ["hidden", "inside", "open"].map(|name| text.contains(&format!("href=\"/tools/{name}\"")))
    };
    let mut browser = Browser::new(&bench);
    browser.get("/tools/open").await.is(200);
    browser.sign_in("ann").await;
    let home = browser.get("/").await.is(200);
    assert_eq!(listed(&home.text), [false, true, true]);
    assert!(home.text.contains("2 projects"));
    let found = browser.get("/?search=OPE").await.is(200);
    assert_eq!(listed(&found.text), [false, false, true]);
    let none = browser.get("/?search=%3Cb%3E%00").await.is(200);
    assert!(none.text.contains("&#60;b&#62;") && !none.text.contains("<b>"));
    for page in ["2", "0", "-1", "x", "99999999999999999999"] {
        browser.get(&format!("/?page={page}")).await.is(200);
    }
    let mut root = Browser::new(&bench);
    root.sign_in("root").await;
    let home = root.get("/").await.is(200);
    assert_eq!(listed(&home.text), [true, true, true]);
}

#[tokio::test]
async fn long_lists_are_turned_over() {
    let bench = house().await;
    let group = bench.group("many", None).await;
    for number in 0..51 {
        bench.project(&format!("p{number:02}"), group).await;
    }
    let mut root = Browser::new(&bench);
    root.sign_in("root").await;
    let first = root.get("/?search=p").await.is(200);
    assert!(first.text.contains("/?search=p&#38;page=2") && !first.text.contains("rel=\"prev\""));
    let second = root.get("/?search=p&page=2").await.is(200);
    assert!(second.text.contains("/many/p50") && !second.text.contains("rel=\"next\""));
}

#[tokio::test]
async fn programs_still_get_their_own_answers() {
    let bench = house().await;
    let mut browser = Browser::new(&bench);
    for path in ["/api/v4/nothing", "/api", "/hooks/a/b", "/-/nothing"] {
        let answer = browser.get(path).await.is(404);
        assert_eq!(answer.body, json!({ "error": "404 Not Found" }), "{path}");
    }
    bench.get("/user", ROOT).await.is(200);
    let head = browser.send("HEAD", "/users/sign_in", None).await.is(200);
    assert_eq!(head.text, "");
    browser.send("PUT", "/tools/x", None).await.is(303);
}
