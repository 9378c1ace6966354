//! Where a request comes from.

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use std::net::{IpAddr, SocketAddr};

/// The client's address. A proxy on this machine or in a private network is believed when it says
/// for whom it asks.
pub(crate) fn address(extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(address)| address.ip().to_canonical());
    if peer.is_some_and(|peer| !is_near(peer)) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    forwarded
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok())
        .or(peer)
}

fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_nearby_is_believed_about_its_client() {
        let cases = [
            ("203.0.113.9:1", Some("198.51.100.1"), "203.0.113.9"),
            ("127.0.0.1:1", Some("198.51.100.1"), "198.51.100.1"),
            (
                "[::ffff:10.0.0.1]:1",
                Some("1.2.3.4, 198.51.100.1"),
                "198.51.100.1",
            ),
            ("[fd00::1]:1", Some("2001:db8::1"), "2001:db8::1"),
            ("192.168.0.1:1", Some("1.2.3.4, unknown"), "192.168.0.1"),
            ("127.0.0.1:1", None, "127.0.0.1"),
        ];
        for (peer, forwarded, wanted) in cases {
            let mut extensions = Extensions::new();
            let parsed: SocketAddr = peer.parse().unwrap();
            extensions.insert(ConnectInfo(parsed));
            let mut headers = HeaderMap::new();
            if let Some(forwarded) = forwarded {
                headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            }
            let found = address(&extensions, &headers);
            assert_eq!(found, Some(wanted.parse().unwrap()), "{peer}");
        }
    }
}
