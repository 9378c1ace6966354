//! A browser of the simplest kind: it keeps cookies, sends paths as they are given, and
//! follows nothing by itself.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A browser before one server.
pub(crate) struct Browser {
    authority: String,
    pub cookies: BTreeMap<String, String>,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Page {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub text: String,
}

impl Page {
    /// The first header of that name, empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    /// Fails the story unless the status is that.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// The token in the page's form.
    #[track_caller]
    pub(crate) fn token(&self) -> String {
        let (_, rest) = self
            .text
            .split_once(r#"name="authenticity_token" value=""#)
            .unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    /// A browser without cookies.
    pub(crate) fn new(url: &str) -> Self {
        Self {
            authority: url.trim_start_matches("http://").to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    pub(crate) fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[])
    }

    pub(crate) fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        self.send("POST", path, form)
    }

    /// Fills in the sign-in form.
    pub(crate) fn try_password(&mut self, name: &str, password: &str, return_to: &str) -> Page {
        let token = self.get("/users/sign_in").is(200).token();
        let form = [
            ("authenticity_token", token.as_str()),
            ("return_to", return_to),
            ("user[login]", name),
            ("user[password]", password),
        ];
        self.post("/users/sign_in", &form)
    }

    fn send(&mut self, method: &str, path: &str, form: &[(&str, &str)]) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.authority,
            cookies.join("; "),
            body.len(),
        );
        let page = exchange(&self.authority, &request);
        for (_, set) in page.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        page
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this stands for somebody's browser, which Crosstie's guard is not for"
)]
fn exchange(authority: &str, request: &str) -> Page {
    let mut stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(120)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let answer = String::from_utf8(bytes).unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    Page {
        status: status.parse().unwrap(),
        headers: lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect(),
        text: text.to_owned(),
    }
}
