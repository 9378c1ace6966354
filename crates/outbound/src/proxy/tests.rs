//! Through a proxy that leads to stand-ins.

use super::*;
use crate::{AllowList, Authorities, Limits, Lines, Outbound, Request};
use sandbox::tls::{Identity, authority, serve};
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// A proxy and its address.
async fn proxy() -> (sandbox::proxy::Proxy, SocketAddr) {
    let proxy = sandbox::proxy::Proxy::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = proxy.clone();
    tokio::spawn(async move { served.serve(listener).await });
    (proxy, address)
}

/// A server without TLS that says hello.
async fn tool() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
            let _ = stream.write_all(answer).await;
        }
    });
    address
}

fn outbound(proxy: &str, allow: &str) -> Outbound {
    let proxy = Proxy::parse(proxy)
        .unwrap()
        .resolving("tool.test, gone.test")
        .unwrap();
    let authorities = Authorities::parse(authority().unwrap().as_bytes()).unwrap();
    Outbound::new(AllowList::parse(allow).unwrap(), Limits::default())
        .with_proxy(proxy)
        .with_authorities(authorities)
}

async fn get(client: &Outbound, url: &str) -> Result<String, SendError> {
    client
        .send(&Request::get(url))
        .await
        .map(|answer| answer.body)
}

#[tokio::test]
async fn a_name_resolved_by_the_proxy_has_its_certificate_verified() {
    let (proxy, address) = proxy().await;
    proxy.demand("Basic YWRhOnAmdw==");
    let tool = tool().await;
    let client = outbound(&format!("http://ada:p%26w@{address}"), "");
    proxy.lead("tool.test", tool, Identity::of("tool.test").unwrap());
    assert_eq!(get(&client, "https://tool.test/x").await.unwrap(), "hi");
    for stranger in [Identity::self_made(), Identity::of("other.test")] {
        proxy.lead("tool.test", tool, stranger.unwrap());
        let error = get(&client, "https://tool.test/x").await.unwrap_err();
        assert!(matches!(error, SendError::Tls { .. }), "{error}");
    }
    let refused = get(&client, "https://gone.test/").await.unwrap_err();
    assert!(refused.to_string().contains("403 Forbidden") && !refused.is_temporary());

    let stranger = outbound(&format!("http://{address}"), "");
    let error = get(&stranger, "https://tool.test/").await.unwrap_err();
    assert!(
        error.to_string().contains("requires a valid user name") && error.is_temporary(),
        "{error}"
    );
}

#[tokio::test]
async fn addresses_are_checked_as_without_a_proxy() {
    let (proxy, address) = proxy().await;
    let client = outbound(&format!("http://{address}"), "");
    for url in [
        "http://127.0.0.1/",
        "https://[::1]/",
        "http://localhost/",
        "https://10.0.0.1/",
    ] {
        let error = get(&client, url).await.unwrap_err();
        assert!(matches!(error, SendError::Refused { .. }), "{url}: {error}");
    }
    let lines = Lines {
        host: "127.0.0.1".into(),
        port: address.port(),
        text: String::new(),
    };
    let error = client.send_lines(&lines).await.unwrap_err();
    assert!(matches!(error, SendError::Refused { .. }), "{error}");
    assert_eq!(proxy.heads(), Vec::<String>::new());

    // A public address goes to the proxy as it was checked.
    let error = get(&client, "https://8.8.8.8/").await.unwrap_err();
    assert!(matches!(error, SendError::ProxyRefused { .. }), "{error}");
    let error = get(&client, "http://[2606:4700::1111]/").await.unwrap_err();
    assert!(matches!(error, SendError::ProxyRefused { .. }), "{error}");
    let requests: Vec<_> = proxy
        .heads()
        .iter()
        .map(|head| head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(
        requests,
        [
            "CONNECT 8.8.8.8:443 HTTP/1.1",
            "CONNECT [2606:4700::1111]:80 HTTP/1.1"
        ]
    );
}

#[tokio::test]
async fn permitted_private_addresses_are_reached_without_the_proxy() {
    let (proxy, address) = proxy().await;
    let client = outbound(&format!("http://{address}"), "127.0.0.1");
    assert_eq!(
        get(&client, &format!("http://{}/", tool().await))
            .await
            .unwrap(),
        "hi"
    );
    assert_eq!(proxy.heads(), Vec::<String>::new());
}

#[tokio::test]
async fn an_authority_is_trusted_only_for_its_own_certificates() {
    let listeners = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let urls = listeners
        .each_ref()
        .map(|listener| format!("https://{}", listener.local_addr().unwrap()));
    for (listener, host) in listeners.into_iter().zip(["127.0.0.1", "127.0.0.2"]) {
        let identity = Identity::of(host).unwrap();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
        std::thread::spawn(move || serve(&listener, &identity, answer).unwrap());
    }
    let with = outbound("http://127.0.0.1:9", "127.0.0.1");
    assert_eq!(get(&with, &urls[0]).await.unwrap(), "hi");
    let without = Outbound::new(AllowList::parse("127.0.0.1").unwrap(), Limits::default());
    for (client, url) in [(&without, &urls[0]), (&with, &urls[1])] {
        let error = get(client, url).await.unwrap_err();
        assert!(matches!(error, SendError::Tls { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_a_proxy_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for response in [
            "SSH-2.0-OpenSSH_9\r\n\r\n",
            "",
            "HTTP/1.1 503 Busy\u{1b}[31m\r\n\r\n",
        ] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(response.as_bytes()).await;
        }
    });
    let client = outbound(&format!("http://{address}"), "");
    for part in [
        "does not speak HTTP",
        "closed the connection",
        "responded 503 Busy[31m",
        "the proxy of --outbound-proxy",
    ] {
        let error = get(&client, "https://tool.test/").await.unwrap_err();
        assert!(
            error.to_string().contains(part) && error.is_temporary(),
            "{part}: {error}"
        );
    }
}

#[test]
fn an_error_names_the_problem_without_the_password() {
    for (text, part) in [
        ("nonsense", "not a URL"),
        ("https://u:hunter2@proxy.test", "https:// is not supported"),
        (
            "socks5://u:hunter2@proxy.test",
            "socks5:// is not supported",
        ),
        (
            "http://u:hunter2@proxy.test/path",
            "end after the host and port",
        ),
        ("http://u:hunter2@", "not a URL"),
        (
            "http://u%ff:hunter2@proxy.test",
            "not valid percent-encoded",
        ),
    ] {
        let error = Proxy::parse(text).unwrap_err().to_string();
        assert!(
            error.contains(part) && !error.contains("hunter2"),
            "{text}: {error}"
        );
    }
    let proxy = Proxy::parse("http://u:hunter2@proxy.test:3128").unwrap();
    assert_eq!(proxy.name(), "proxy.test:3128");
    assert_eq!(
        Proxy::parse("http://proxy.test").unwrap().name(),
        "proxy.test:80"
    );
    assert!(!format!("{proxy:?}").contains("hunter2"));
    let error = proxy.clone().resolving("a.test,http://b.test").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("\"http://b.test\" is not a host name")
    );
    let proxy = proxy.resolving("Discord.com. slack.com").unwrap();
    assert!(proxy.resolves("discord.com") && proxy.resolves("SLACK.com."));
    assert!(!proxy.resolves("evil.discord.com"));
}
