use super::{Browser, form_token, house, set_password};
use crate::testing::ROOT;
use model::id::UserId;
use serde_json::json;

const SESSION: &str = "__Host-crosstie_session";

#[tokio::test]
async fn a_session_begins_with_the_password_and_ends_at_sign_out() {
    let bench = house().await;
    let mut browser = Browser::new(&bench);
    let away = browser.get("/").await.is(303);
    assert_eq!(away.header("location"), "/users/sign_in");
    let answer = browser
        .try_password(" ANN ", super::PASSWORD, "/?page=2")
        .await;
    let answer = answer.is(303);
    assert_eq!(answer.header("location"), "/?page=2");
    let cookie = answer.header("set-cookie");
    for part in [
        SESSION,
        "Path=/",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Max-Age=604800",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let home = browser.get("/").await.is(200);
    assert!(home.text.contains("@ann"));
    let again = browser.get("/users/sign_in?return_to=/x").await.is(303);
    assert_eq!(again.header("location"), "/x");

    let cookies_before = browser.cookies.clone();
    let out = [("authenticity_token", form_token(&home))];
    let out = out.each_ref().map(|(name, value)| (*name, value.as_str()));
    for wrong in [&[][..], &[("authenticity_token", "0")]] {
        browser.post("/users/sign_out", wrong).await.is(403);
    }
    browser.get("/").await.is(200);
    browser.post("/users/sign_out", &out).await.is(303);
    assert!(!browser.cookies.contains_key(SESSION));
    browser.cookies = cookies_before;
    browser.get("/").await.is(303);
    browser.post("/users/sign_out", &out).await.is(303);
}

#[tokio::test]
async fn a_new_sign_in_has_a_new_token_and_ends_the_one_before() {
    let bench = house().await;
    let mut browser = Browser::new(&bench);
    browser
        .cookies
        .insert(SESSION.into(), "chosen-by-somebody-else".into());
    browser.sign_in("ann").await;
    let first = browser.cookies.clone();
    assert_ne!(first[SESSION], "chosen-by-somebody-else");
    // The form's cookie alone still opens the form; the old session goes along with the request.
    let mut other = Browser::new(&bench);
    let form = other.get("/users/sign_in").await;
    other.cookies.extend(first.clone());
    let token = form_token(&form);
    let fields = [
        ("authenticity_token", token.as_str()),
        ("user[login]", "root"),
        ("user[password]", super::PASSWORD),
    ];
    other.post("/users/sign_in", &fields).await.is(303);
    assert_ne!(other.cookies[SESSION], first[SESSION]);
    browser.get("/").await.is(303);
    other.get("/").await.is(200);
}

#[tokio::test]
async fn sessions_slide_and_end_with_the_password() {
    let bench = house().await;
    let ann = bench.get("/user", "glpat-ann").await.id();
    let mut browser = Browser::new(&bench);
    browser.sign_in("ann").await;
    let home = browser.get("/").await.is(200);
    assert_eq!(home.header("set-cookie"), "", "nothing to renew yet");
    for _ in 0..4 {
        bench.clock.pass_days(6);
        let home = browser.get("/").await.is(200);
        assert!(home.header("set-cookie").starts_with(SESSION));
    }
    bench.clock.pass_days(6);
    browser.get("/").await.is(303);
    browser.sign_in("ann").await;
    set_password(&bench, UserId(ann)).await;
    browser.get("/").await.is(303);
}

#[tokio::test]
async fn unknown_names_and_wrong_passwords_get_the_same_answer() {
    let bench = house().await;
    let body = json!({ "username": "bot", "name": "bot", "email": "bot@ties.example" });
    bench.post("/users", ROOT, &body).await.is(201);
    let mut pages = Vec::new();
    for name in ["ann", "nobody", "bot"] {
        let mut browser = Browser::new(&bench);
        let form = browser.try_password(name, "wrong", "").await.is(422);
        assert!(form.text.contains("Wrong username or password."));
        assert!(!browser.cookies.contains_key(SESSION));
        let token = form_token(&form);
        pages.push(form.text.replace(&token, "").replace(name, ""));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
}

#[tokio::test]
async fn a_form_of_another_browser_is_refused() {
    let bench = house().await;
    let mut mine = Browser::new(&bench);
    let token = form_token(&mine.get("/users/sign_in").await);
    let form = |token| {
        [
            ("authenticity_token", token),
            ("user[login]", "ann"),
            ("user[password]", super::PASSWORD),
        ]
    };
    for wrong in ["", "0"] {
        let answer = mine.post("/users/sign_in", &form(wrong)).await.is(403);
        assert!(answer.text.contains("expired") && !mine.cookies.contains_key(SESSION));
    }
    let mut other = Browser::new(&bench);
    other.post("/users/sign_in", &form(&token)).await.is(403);
    other.post("/users/sign_in", &form(&token)).await.is(403);
    mine.post("/users/sign_in", &form(&token)).await.is(303);
}

#[tokio::test]
async fn too_many_tries_have_to_wait_even_with_the_right_password() {
    let bench = house().await;
    for _ in 0..10 {
        let mut browser = Browser::new(&bench);
        browser.try_password("ann", "wrong", "").await.is(422);
    }
    let mut browser = Browser::new(&bench);
    let answer = browser
        .try_password("Ann", super::PASSWORD, "")
        .await
        .is(429);
    assert_eq!(answer.header("retry-after"), "60");
    assert!(answer.text.contains("Try again in 60 seconds."));
    browser.sign_in("root").await;
    bench.clock.pass_days(1);
    Browser::new(&bench).sign_in("ann").await;
}

#[tokio::test]
async fn odd_forms_are_refused_politely() {
    let bench = house().await;
    let mut browser = Browser::new(&bench);
    let large = "x".repeat(70_000);
    browser
        .post("/users/sign_in", &[("a", &large)])
        .await
        .is(413);
    let odd = browser.send("POST", "/users/sign_in", Some("a=%ff".into()));
    let odd = odd.await.is(400);
    assert!(odd.header("content-type").starts_with("text/html"));
    browser.try_password("a\0b", "wrong", "").await.is(422);
    browser.try_password("", "", "").await.is(422);
    let nested = "user[login][]=x&user[password][a]=y&authenticity_token[]=z";
    let nested = browser.send("POST", "/users/sign_in", Some(nested.into()));
    nested.await.is(403);
}
