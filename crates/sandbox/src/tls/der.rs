//! Certificates (RFC 5280) put down in DER, as small as clients take them.

use std::net::IpAddr;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT: u8 = 0x06;
const UTF8: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const TRUE: &[u8] = &[0x01, 0x01, 0xff];

/// The name of who signs.
const ISSUER: &str = "authority of the stand-ins";

/// Whom a certificate is about.
pub(super) enum Subject<'a> {
    /// the authority itself
    Authority,
    /// a host, by name or address
    Host(&'a str),
}

/// A certificate signed with Ed25519, good for a century.
pub(super) fn certificate(
    subject: &Subject<'_>,
    public_key: &[u8],
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let (name, extension) = match subject {
        Subject::Authority => {
            let rules = wrap(OCTET_STRING, &[&wrap(SEQUENCE, &[TRUE])]);
            (
                ISSUER,
                wrap(SEQUENCE, &[&object(BASIC_CONSTRAINTS), TRUE, &rules]),
            )
        }
        Subject::Host(host) => {
            let names = wrap(OCTET_STRING, &[&wrap(SEQUENCE, &[&alternative(host)])]);
            (*host, wrap(SEQUENCE, &[&object(ALTERNATIVE_NAME), &names]))
        }
    };
    let algorithm = wrap(SEQUENCE, &[&object(ED25519)]);
    let times = [
        wrap(UTC_TIME, &[b"260101000000Z"]),
        wrap(GENERALIZED_TIME, &[b"21260101000000Z"]),
    ];
    let certificate = wrap(
        SEQUENCE,
        &[
            &wrap(0xa0, &[&wrap(INTEGER, &[&[2]])]),
            &wrap(INTEGER, &[&[1]]),
            &algorithm,
            &common_name(ISSUER),
            &wrap(SEQUENCE, &[&times[0], &times[1]]),
            &common_name(name),
            public_key,
            &wrap(0xa3, &[&wrap(SEQUENCE, &[&extension])]),
        ],
    );
    let signature = wrap(BIT_STRING, &[&[0], &sign(&certificate)]);
    wrap(SEQUENCE, &[&certificate, &algorithm, &signature])
}

/// A public key of Ed25519.
pub(super) fn ed25519(key: &[u8]) -> Vec<u8> {
    let algorithm = wrap(SEQUENCE, &[&object(ED25519)]);
    wrap(SEQUENCE, &[&algorithm, &wrap(BIT_STRING, &[&[0], key])])
}

/// A public key on the curve P-256.
pub(super) fn p256(point: &[u8]) -> Vec<u8> {
    let algorithm = wrap(SEQUENCE, &[&object(EC_PUBLIC_KEY), &object(PRIME256V1)]);
    wrap(SEQUENCE, &[&algorithm, &wrap(BIT_STRING, &[&[0], point])])
}

fn common_name(name: &str) -> Vec<u8> {
    let named = wrap(
        SEQUENCE,
        &[&object(COMMON_NAME), &wrap(UTF8, &[name.as_bytes()])],
    );
    wrap(SEQUENCE, &[&wrap(SET, &[&named])])
}

/// A host as one of a certificate's alternative names.
fn alternative(host: &str) -> Vec<u8> {
    match host.parse() {
        Ok(IpAddr::V4(address)) => wrap(0x87, &[&address.octets()]),
        Ok(IpAddr::V6(address)) => wrap(0x87, &[&address.octets()]),
        Err(_) => wrap(0x82, &[host.as_bytes()]),
    }
}

fn object(identifier: &[u8]) -> Vec<u8> {
    wrap(OBJECT, &[identifier])
}

/// A tag, the length, and the parts, which have less than 64 KB.
fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [.., high, low] = content.len().to_be_bytes();
    let mut bytes = vec![tag];
    match (high, low) {
        (0, 0..0x80) => bytes.push(low),
        (0, _) => bytes.extend([0x81, low]),
        _ => bytes.extend([0x82, high, low]),
    }
    bytes.extend(content);
    bytes
}
