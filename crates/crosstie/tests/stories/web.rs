//! People sign in and look at what a push did.

use crate::browser::Browser;
use crate::harness::{Repository, Server, Stand};
use sandbox::jira::Flavour;
use serde_json::json;

const PASSWORD: &str = "story-password";

#[tokio::test]
async fn signing_in_needs_the_password_and_the_form() {
    let server = Server::start_with(&[("CROSSTIE_EXTERNAL_URL", "https://ties.example/")]);
    let mut browser = Browser::new(&server.url);
    let away = browser.get("/").is(303);
    assert_eq!(away.header("location"), "/users/sign_in");
    let form = browser.get("/users/sign_in").is(200);
    assert!(
        form.header("content-security-policy")
            .starts_with("default-src 'none'; style-src 'self';")
    );
    let style = form
        .text
        .split_once("rel=\"stylesheet\" href=\"")
        .unwrap()
        .1;
    let style = browser.get(style.split('"').next().unwrap()).is(200);
    assert!(style.header("cache-control").contains("immutable"));

    for (name, password) in [("root", "wrong"), ("nobody", PASSWORD)] {
        let refused = browser.try_password(name, password, "").is(422);
        assert!(refused.text.contains("Wrong username or password."));
    }
    let right = |token| {
        [
            ("authenticity_token", token),
            ("user[login]", "root"),
            ("user[password]", PASSWORD),
        ]
    };
    browser.post("/users/sign_in", &right("")[1..]).is(403);
    browser.post("/users/sign_in", &right("0")).is(403);
    let foreign = Browser::new(&server.url).get("/users/sign_in").token();
    browser.post("/users/sign_in", &right(&foreign)).is(403);
    browser.get("/").is(303);

    let signed_in = browser.try_password("root", PASSWORD, "").is(303);
    let cookie = signed_in.header("set-cookie");
    assert!(cookie.starts_with("__Host-crosstie_session="), "{cookie}");
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let home = browser.get("/").is(200);
    assert_eq!(home.header("cache-control"), "no-store");

    let stolen = browser.cookies.clone();
    browser.post("/users/sign_out", &[]).is(403);
    let form = [("authenticity_token", home.token())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.post("/users/sign_out", &form).is(303);
    assert!(!browser.cookies.contains_key("__Host-crosstie_session"));
    browser.cookies = stolen;
    browser.get("/").is(303);
}

#[tokio::test]
async fn the_way_on_after_signing_in_stays_on_this_server() {
    let server = Server::start();
    let mut browser = Browser::new(&server.url);
    browser.try_password("root", PASSWORD, "/a/b?c=d").is(303);
    for (way, leads_to) in [
        ("/a/b?c=d", "/a/b?c=d"),
        ("//evil", "/"),
        ("https://evil", "/"),
        ("/\\evil", "/"),
        ("/%5cevil", "/"),
        ("/%255cevil", "/"),
    ] {
        let query = url::form_urlencoded::byte_serialize(way.as_bytes()).collect::<String>();
        let address = format!("/users/sign_in?return_to={query}");
        let on = browser.get(&address).is(303);
        assert_eq!(on.header("location"), leads_to, "{way}");
        let mut other = Browser::new(&server.url);
        let form = other.get(&address).is(200);
        let shown = format!("name=\"return_to\" value=\"{leads_to}\"");
        assert!(form.text.contains(&shown), "{way}");
    }
    let on = Browser::new(&server.url).try_password("root", PASSWORD, "//evil");
    assert_eq!(on.is(303).header("location"), "/");
    let mut stranger = Browser::new(&server.url);
    let away = stranger.get("//evil.test/x").is(303);
    assert_eq!(away.header("location"), "/users/sign_in");
}

#[tokio::test]
async fn who_tries_too_often_has_to_wait() {
    let server = Server::start();
    let mut browser = Browser::new(&server.url);
    let mut tries = 0;
    let refused = loop {
        let page = browser.try_password("root", "wrong", "");
        if page.status != 422 {
            break page.is(429);
        }
        tries += 1;
    };
    assert!((10..=12).contains(&tries), "{tries}");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait) && refused.text.contains("Too many attempts"));
    browser.try_password("root", PASSWORD, "").is(429);
}

#[tokio::test]
async fn the_link_that_jira_got_leads_to_the_commit() {
    let server = Server::start();
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "git").await;
    server.set_up_jira(project, &stand).await;
    let repository = Repository::new();
    repository.install_hook(&server.url, "group/p");
    let name = "<img src=x>\u{202e}&\n.txt";
    std::fs::write(repository.clone_path().join(name), "").unwrap();
    let sha = repository.commit("AB-1 <script>alert(1)</script>\n\n\u{202e}\u{1b}[31m\"'>&amp;");
    repository.push(&["main"]);
    let deliveries = server.settled(project, 1).await;
    assert_eq!(deliveries[0]["status"], "delivered");

    let link = &stand.jira.issue("AB-1").unwrap().links[0].url;
    let path = link.strip_prefix(server.url.as_str()).unwrap();
    let mut browser = Browser::new(&server.url);
    let away = browser.get(path).is(303);
    let sign_in = browser.get(away.header("location")).is(200);
    assert!(sign_in.text.contains(&format!("value=\"{path}\"")));
    let on = browser.try_password("root", PASSWORD, path).is(303);
    let page = browser.get(on.header("location")).is(200);
    for part in [
        "AB-1 &#60;script&#62;alert(1)&#60;/script&#62;",
        "⟨U+202E⟩⟨U+001B⟩[31m&#34;&#39;&#62;&#38;amp;",
        "&#60;img src=x&#62;⟨U+202E⟩&#38;⟨U+000A⟩.txt",
        &sha,
        "2 added",
        "delivered",
    ] {
        assert!(page.text.contains(part), "{part} in {}", page.text);
    }
    for never in ["<script", "<img src=x", "\u{202e}", "\u{1b}"] {
        assert!(!page.text.contains(never), "{never:?}");
    }
    browser.get(&path[..path.len() - 30]).is(200);
    browser.get(&path.replace(&sha, &"0".repeat(40))).is(404);
    let json = page.text.split_once("/group/p/-/deliveries/").unwrap().1;
    let json = format!("/group/p/-/deliveries/{}", json.split('"').next().unwrap());
    let shown = browser.get(&json).is(200);
    assert_eq!(shown.header("content-type"), "application/json");
    assert!(shown.text.contains("\"delivered\""));
}

#[tokio::test]
async fn a_stranger_cannot_tell_a_project_that_exists_from_one_that_does_not() {
    let server = Server::start();
    server.project("p", "git").await;
    let user = json!({
        "username": "ann", "name": "Ann", "email": "ann@ties.example", "password": "a good password",
    });
    server.post("/api/v4/users", user).await;
    let sha = "a".repeat(40);
    let mut stranger = Browser::new(&server.url);
    let mut ann = Browser::new(&server.url);
    ann.try_password("ann", "a good password", "").is(303);
    for page in ["", "/-/commit/", "/-/deliveries/1.json", "/-/anything"] {
        let rest = format!(
            "{page}{}",
            if page.ends_with("commit/") { &sha } else { "" }
        );
        let there = stranger.get(&format!("/group/p{rest}")).is(303);
        let not_there = stranger.get(&format!("/group/q{rest}")).is(303);
        assert_eq!(
            there.header("location").replace("group%2Fp", "group%2Fq"),
            not_there.header("location")
        );
        let there = ann.get(&format!("/group/p{rest}")).is(404);
        let not_there = ann.get(&format!("/group/q{rest}")).is(404);
        assert_eq!(there.text, not_there.text);
    }
}

#[test]
fn behind_a_proxy_that_takes_a_folder_away_links_have_it() {
    let url = [("CROSSTIE_EXTERNAL_URL", "http://ties.example/ties")];
    let server = Server::start_with(&url);
    let mut browser = Browser::new(&server.url);
    let away = browser.get("/group/p").is(303);
    let place = away.header("location");
    assert_eq!(place, "/ties/users/sign_in?return_to=%2Fgroup%2Fp");
    let form = browser.get(place.strip_prefix("/ties").unwrap()).is(200);
    for link in ["href=\"/ties/-/assets/", "action=\"/ties/users/sign_in\""] {
        assert!(form.text.contains(link), "{}", form.text);
    }
    let on = browser.try_password("root", PASSWORD, "/group/p").is(303);
    assert_eq!(on.header("location"), "/ties/group/p");
}
