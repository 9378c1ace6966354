//! TLS of the stand-ins: an authority that tests may trust, hosts it vouches for, and one that
//! nobody vouches for.
//!
//! All keys lie in the open, and are good for nothing else.

mod der;

use der::{Subject, certificate};
use ring::signature::{Ed25519KeyPair, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// A certificate of its own making.
const SELF_MADE: &[u8] = include_bytes!("../tls/certificate.pem");
/// The key of all hosts.
const KEY: &str = include_str!("../tls/key.pem");
/// What the authority's key is made from.
const SEED: [u8; 32] = *b"the stand-ins' own authority key";
/// Bytes of a point of the curve P-256.
const POINT: usize = 65;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The authority's certificate, in PEM.
pub fn authority() -> Result<String> {
    let key = authority_key()?;
    let public = der::ed25519(key.public_key().as_ref());
    Ok(pem(&certificate(&Subject::Authority, &public, |bytes| {
        key.sign(bytes).as_ref().to_vec()
    })))
}

fn authority_key() -> Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_seed_unchecked(&SEED).map_err(|_| "the seed makes no key".into())
}

/// What a host shows to say who it is.
#[derive(Clone, Debug)]
pub struct Identity(CertificateDer<'static>);

impl Identity {
    /// A host, by name or address, that the [`authority`] vouches for.
    pub fn of(host: &str) -> Result<Self> {
        let signer = authority_key()?;
        let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes())?;
        // The public half stands at the end of a private key of this kind.
        let bytes = key.secret_der();
        let point = bytes.get(bytes.len().saturating_sub(POINT)..);
        let public = der::p256(point.unwrap_or_default());
        let made = certificate(&Subject::Host(host), &public, |bytes| {
            signer.sign(bytes).as_ref().to_vec()
        });
        Ok(Self(made.into()))
    }

    /// One that nobody vouches for.
    pub fn self_made() -> Result<Self> {
        Ok(Self(CertificateDer::from_pem_slice(SELF_MADE)?))
    }

    /// The certificate, in PEM.
    pub fn certificate(&self) -> String {
        pem(&self.0)
    }

    /// The private key, in PEM.
    pub fn key(&self) -> &'static str {
        KEY
    }

    /// The server's side of a handshake.
    pub fn acceptor(&self) -> Result<TlsAcceptor> {
        Ok(TlsAcceptor::from(self.config()?))
    }

    fn config(&self) -> Result<Arc<ServerConfig>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes())?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.0.clone()], key)?;
        Ok(Arc::new(config))
    }
}

/// Gives every connection the same bytes after what comes first, for as long as the program runs.
///
/// Blocks: it wants a thread of its own. Fails when the certificate cannot be used.
pub fn serve(listener: &TcpListener, identity: &Identity, answer: &[u8]) -> Result<()> {
    let config = identity.config()?;
    for stream in listener.incoming().flatten() {
        // A client that does not like the certificate goes away, as it should.
        if let Err(error) = greet(stream, &config, answer) {
            tracing::debug!(%error, "a client of the TLS stand-in went away");
        }
    }
    Ok(())
}

fn greet(stream: TcpStream, config: &Arc<ServerConfig>, answer: &[u8]) -> Result<()> {
    let connection = ServerConnection::new(Arc::clone(config))?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut heard = [0; 16 * 1024];
    if stream.read(&mut heard)? > 0 {
        stream.write_all(answer)?;
    }
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(())
}

fn pem(certificate: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at(rest.len().min(64));
        // A String takes whatever is written.
        let _ = writeln!(pem, "{line}");
        rest = next;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}
