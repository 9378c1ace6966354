//! Requests that no honest client sends: a clear 4xx, and the server goes on.

use crate::harness::{HOOK_SECRET, Server, TOKEN};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Sends bytes as they are, and answers what comes back until the connection ends.
fn exchange(server: &Server, bytes: &[u8]) -> String {
    let address: SocketAddr = server.url.trim_start_matches("http://").parse().unwrap();
    let timeout = Duration::from_secs(120);
    let mut stream = TcpStream::connect_timeout(&address, timeout).unwrap();
    stream.set_read_timeout(Some(timeout)).unwrap();
    // The server may have heard enough and hung up.
    let _ = stream.write_all(bytes);
    let mut heard = Vec::new();
    let _ = stream.read_to_end(&mut heard);
    String::from_utf8_lossy(&heard).into_owned()
}

/// The status and the body of the answer to a request.
fn ask(server: &Server, line: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let head = format!(
        "{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nprivate-token: {TOKEN}\r\nx-gitlab-token: {HOOK_SECRET}\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    parted(&exchange(server, &[head.as_bytes(), body].concat()))
}

fn parted(heard: &str) -> (u16, String) {
    let (first, body) = heard.split_once("\r\n\r\n").unwrap_or((heard, ""));
    let status = first
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (
        status.unwrap_or_else(|| panic!("no answer: {heard:?}")),
        body.to_owned(),
    )
}

/// Whether a body is an error as the API tells them: JSON, or a few plain words where there is no
/// text to speak of.
fn is_error(body: &str) -> bool {
    match serde_json::from_str::<Value>(body) {
        Ok(json) => !json["message"].is_null() || !json["error"].is_null(),
        Err(_) => body.starts_with("Bad Request") || body.starts_with("Invalid"),
    }
}

/// The server answers as before, has not used much memory, and no request has made it stumble.
async fn is_well(server: &Server) {
    let user = server.get("/api/v4/user").await;
    assert_eq!(user["username"], "root");
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 400 * 1024, "{peak} kB");
    let log = server.log();
    assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn paths_and_queries() {
    let server = Server::start();
    server.project("p", "gitlab").await;
    let long = "a".repeat(6_000);
    let digits = "9".repeat(400);
    let places = [
        "%00",
        "a%00b",
        "%",
        "%zz",
        "%ff%fe",
        "%C0%AF",
        "%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "group%2Fp%2F..%2Fp",
        "group%252Fp",
        &long,
        &digits,
        "-1",
        "1e5",
    ];
    for place in places {
        for line in [
            format!("GET /api/v4/projects/{place}"),
            format!("PUT /api/v4/projects/{place}/integrations/jira"),
            format!("GET /api/v4/projects/1/integrations/{place}"),
            format!("GET /api/crosstie/v1/deliveries/{place}"),
            format!("POST /hooks/{place}"),
        ] {
            let (status, body) = ask(&server, &line, "", b"");
            assert!(matches!(status, 400 | 404), "{line}: {status} {body}");
            assert!(is_error(&body), "{line}: {body}");
        }
    }
    let deep = format!("a{}=1", "[b]".repeat(1_500));
    for query in [
        "page=-1",
        "page=99999999999999999999",
        "page[]=1",
        "per_page=0",
        "search=%ff",
        "search=%00",
        "search=%",
        &deep,
    ] {
        let (status, body) = ask(&server, &format!("GET /api/v4/projects?{query}"), "", b"");
        assert!(status == 400 && is_error(&body), "{query}: {status} {body}");
    }
    let many: Vec<_> = (0..5_000).map(|number| format!("a{number}=1")).collect();
    let (status, _) = ask(
        &server,
        &format!("GET /api/v4/projects?{}", many.join("&")),
        "",
        b"",
    );
    assert_eq!(status, 200, "what is not known is not minded");
    let (status, _) = ask(
        &server,
        &format!("GET /api/v4/projects/{}", "a".repeat(100_000)),
        "",
        b"",
    );
    assert_eq!(status, 414);
    is_well(&server).await;
}

#[tokio::test]
async fn bodies() {
    let server = Server::start();
    server.project("p", "gitlab").await;
    let json = "content-type: application/json\r\n";
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let parts = "content-type: multipart/form-data; boundary=abc\r\n";
    let deep_list = "[".repeat(100_000);
    let deep_object = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let deep_form = format!("name{}=1", "[a]".repeat(100_000));
    let wide_form = "v[][k]=1&".repeat(100_000);
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(1024 * 1024));
    let open = "--abc\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nx";
    let cases: [(&str, &[u8], u16); 19] = [
        (json, deep_list.as_bytes(), 400),
        (json, deep_object.as_bytes(), 400),
        (json, br#"{"name":1e999,"path":"x"}"#, 400),
        (
            json,
            br#"{"name":"x","path":"x","parent_id":123456789012345678901234567890}"#,
            400,
        ),
        (json, br#"{"name":"\ud800","path":"x"}"#, 400),
        (json, b"{\"name\":\"\xff\",\"path\":\"x\"}", 400),
        (json, br#"{"name":"a\u0000","path":"x"}"#, 400),
        (json, br#"{"name":["a"],"path":{"b":1}}"#, 400),
        (json, b"[1]", 400),
        (json, b"null", 400),
        (json, long.as_bytes(), 413),
        (form, deep_form.as_bytes(), 400),
        (form, wide_form.as_bytes(), 400),
        (form, b"name=%ff&path=x", 400),
        (parts, b"x", 400),
        (parts, open.as_bytes(), 400),
        ("content-type: multipart/form-data\r\n", b"x", 400),
        ("content-type: text/xml\r\n", b"<a/>", 415),
        ("content-type: ///\r\n", b"a=1", 415),
    ];
    for (headers, body, wanted) in cases {
        let (status, said) = ask(&server, "POST /api/v4/groups", headers, body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert!(
            status == wanted && is_error(&said),
            "{shown}: {status} {said}"
        );
    }
    let groups = server.get("/api/v4/groups").await;
    assert_eq!(
        groups.as_array().unwrap().len(),
        1,
        "nothing was half-made: {groups}"
    );
    let twice = br#"{"name":"first","name":"last","path":"twice"}"#;
    let (status, said) = ask(&server, "POST /api/v4/groups", json, twice);
    assert!(status == 201 && said.contains("\"last\""), "{said}");
    is_well(&server).await;
}

#[tokio::test]
async fn bodies_of_hooks() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let hook = "POST /hooks/group%2Fp";
    let limit = 25 * 1024 * 1024;
    let (start, end) = (r#"{"object_kind":"push","padding":""#, "\"}");
    let sized = |size: usize| format!("{start}{}{end}", "x".repeat(size - start.len() - end.len()));
    let (status, said) = ask(&server, hook, "", sized(limit + 1).as_bytes());
    assert!(status == 413 && is_error(&said), "{status} {said}");
    // Without the secret nothing is read that could fill the memory.
    let (status, said) = parted(&exchange(&server, &endless("x-gitlab-token: wrong")));
    assert!(status == 401 && is_error(&said), "{status} {said}");
    let (status, said) = parted(&exchange(
        &server,
        &endless(&format!("x-gitlab-token: {HOOK_SECRET}")),
    ));
    assert!(status == 413 && is_error(&said), "{status} {said}");
    let deep = format!(r#"{{"object_kind":"push","x":{}"#, "[".repeat(100_000));
    let surrogate = r#"{"object_kind":"push","commits":[{"message":"\ud800"}]}"#;
    let number = r#"{"object_kind":"push","total_commits_count":1e999}"#;
    for body in [deep.as_str(), surrogate, number] {
        let (status, said) = ask(&server, hook, "", body.as_bytes());
        assert!(
            status == 400 && is_error(&said),
            "{}: {status} {said}",
            &body[..40]
        );
    }
    let events = server
        .get(&format!("/api/crosstie/v1/projects/{project}/events"))
        .await;
    assert_eq!(events, json!([]));
    let (status, said) = ask(&server, hook, "", sized(limit).as_bytes());
    assert_eq!(status, 202, "a byte less is taken: {said}");
    is_well(&server).await;
}

#[tokio::test]
async fn large_hooks_of_strangers_are_refused_without_being_held_in_memory() {
    let server = Server::start();
    server.project("p", "gitlab").await;
    server.project("bare", "git").await;
    let body = vec![b'x'; 20 * 1024 * 1024];
    let request = |path: &str, header: &str| {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}content-length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), &body].concat()
    };
    let (wrong, right) = ("x-gitlab-token: wrong\r\n", "x-gitlab-token: right\r\n");
    for (request, expected) in [
        (request("/hooks/group%2Fp", wrong), 401),
        (request("/hooks/group%2Fp", ""), 401),
        (request("/hooks/group%2Fbare", wrong), 401),
        (request("/hooks", wrong), 401),
        (request("/hooks/group%2Fnone", right), 404),
    ] {
        // Together they are larger than the memory that the server may use.
        std::thread::scope(|scope| {
            let senders: Vec<_> = (0..30)
                .map(|_| scope.spawn(|| parted(&exchange(&server, &request))))
                .collect();
            for sender in senders {
                let (status, text) = sender.join().unwrap();
                assert!(status == expected && is_error(&text), "{status} {text}");
            }
        });
    }
    is_well(&server).await;
}

/// A hook whose chunks go on beyond every limit.
fn endless(header: &str) -> Vec<u8> {
    let mut bytes = format!(
        "POST /hooks/group%2Fp HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    .into_bytes();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    for _ in 0..480 {
        bytes.extend_from_slice(chunk.as_bytes());
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

#[tokio::test]
async fn what_is_no_http() {
    let server = Server::start();
    let post = format!(
        "POST /api/v4/groups HTTP/1.1\r\nhost: x\r\nconnection: close\r\nprivate-token: {TOKEN}\r\n"
    );
    let many = "x-again: y\r\n".repeat(500);
    for (bytes, wanted) in [
        ("\u{16}\u{3}\u{1}garbage\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), 400),
        (
            format!("{post}content-length: 1\r\ncontent-length: 2\r\n\r\nxx"),
            400,
        ),
        (format!("{post}content-length: -1\r\n\r\nxx"), 400),
        (
            format!("{post}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n"),
            400,
        ),
        (
            format!("{post}transfer-encoding: chunked\r\n\r\nffffffffffffffff1\r\n\r\n"),
            400,
        ),
        (
            format!("GET /-/health HTTP/1.1\r\nhost: x\r\n{many}\r\n"),
            431,
        ),
        (
            format!(
                "GET /-/health HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
                "a".repeat(1_000_000)
            ),
            431,
        ),
    ] {
        let (status, _) = parted(&exchange(&server, bytes.as_bytes()));
        assert_eq!(status, wanted, "{:?}", &bytes[..bytes.len().min(60)]);
    }
    is_well(&server).await;
}
