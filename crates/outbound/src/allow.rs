//! Addresses that the operator permits besides public ones.

use crate::guard;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Hosts and networks named by `--outbound-allow`.
///
/// A network permits its addresses; a host name permits that name,
/// whatever it resolves to. An entry is exact: there is no "allow everything local".
#[derive(Clone, Debug, Default)]
pub struct AllowList {
    networks: Vec<IpNet>,
    hosts: Vec<String>,
}

/// An entry that is neither an address, a network nor a host name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "\"{0}\" is not a host name, an address or a network, such as jira.internal, 10.1.2.3 or 10.1.0.0/16"
)]
pub struct AllowListError(pub String);

impl AllowList {
    /// Parses entries separated by commas or whitespace.
    pub fn parse(text: &str) -> Result<Self, AllowListError> {
        let mut list = Self::default();
        for entry in text
            .split([',', ' ', '\t', '\n'])
            .filter(|entry| !entry.is_empty())
        {
            let bare = entry.trim_start_matches('[').trim_end_matches(']');
            if let Ok(network) = bare.parse::<IpNet>() {
                list.networks.push(network.trunc());
            } else if let Ok(address) = bare.parse::<IpAddr>() {
                list.networks.push(address.to_canonical().into());
            } else if let Some(name) = host_name(entry) {
                list.hosts.push(name);
            } else {
                return Err(AllowListError(entry.to_owned()));
            }
        }
        Ok(list)
    }

    /// A list that permits every address, for a client of a server that its user chose.
    pub fn everything() -> Self {
        let everything = |start: IpAddr| IpNet::new_assert(start, 0);
        Self {
            networks: vec![
                everything(Ipv4Addr::UNSPECIFIED.into()),
                everything(Ipv6Addr::UNSPECIFIED.into()),
            ],
            hosts: Vec::new(),
        }
    }

    /// Whether `host`, resolved to `address`, may be connected to.
    pub fn permits(&self, host: &str, address: IpAddr) -> bool {
        let address = address.to_canonical();
        guard::is_public(address)
            || self
                .networks
                .iter()
                .any(|network| network.contains(&address))
            || self
                .hosts
                .iter()
                .any(|name| name == &host.trim_end_matches('.').to_ascii_lowercase())
    }
}

/// A host name in lower case, without a dot at the end.
pub(crate) fn host_name(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_name = text.len() <= 253
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
        && !text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_name.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(list: &str, host: &str, address: &str) -> bool {
        AllowList::parse(list)
            .unwrap()
            .permits(host, address.parse().unwrap())
    }

    #[test]
    fn an_entry_permits_what_it_names_only() {
        assert!(permits("", "x.test", "8.8.8.8"));
        assert!(!permits("", "x.test", "127.0.0.1"));
        assert!(permits("127.0.0.1", "127.0.0.1", "127.0.0.1"));
        assert!(permits("127.0.0.1", "mapped", "::ffff:127.0.0.1"));
        assert!(!permits("127.0.0.1", "127.0.0.2", "127.0.0.2"));
        assert!(permits("10.1.0.0/16, ::1", "x", "10.1.9.9"));
        assert!(permits("10.1.0.0/16,::1", "x", "::1"));
        assert!(!permits("10.1.0.0/16", "x", "10.2.0.1"));
        assert!(permits("Jira.Internal", "jira.internal.", "10.0.0.1"));
        assert!(!permits("jira.internal", "wiki.internal", "10.0.0.1"));
        assert!(AllowList::everything().permits("x", "::1".parse().unwrap()));
        assert!(AllowList::everything().permits("x", "10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn a_bad_entry_is_named() {
        for entry in ["10.0.0.0/33", "http://x", "a..b", "1.2.3"] {
            assert_eq!(
                AllowList::parse(entry).unwrap_err(),
                AllowListError(entry.to_owned())
            );
        }
    }
}
