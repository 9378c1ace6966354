//! A host whose certificate nobody vouches for: TLS with a certificate of its own making.
//!
//! Its key lies in the open beside it, and is good for nothing else.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

const CERTIFICATE: &[u8] = include_bytes!("../tls/certificate.pem");
const KEY: &[u8] = include_bytes!("../tls/key.pem");

/// Gives every connection the same bytes after what comes first, for as long as the program runs.
///
/// Blocks: it wants a thread of its own. Fails when the certificate cannot be used.
pub fn serve(listener: &TcpListener, answer: &[u8]) -> Result<(), Box<dyn Error>> {
    let config = Arc::new(config()?);
    for stream in listener.incoming().flatten() {
        // A client that does not like the certificate goes away, as it should.
        if let Err(error) = greet(stream, &config, answer) {
            tracing::debug!(%error, "a client of the TLS stand-in went away");
        }
    }
    Ok(())
}

fn config() -> Result<ServerConfig, Box<dyn Error>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE)?;
    let key = PrivateKeyDer::from_pem_slice(KEY)?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok(config)
}

fn greet(
    stream: TcpStream,
    config: &Arc<ServerConfig>,
    answer: &[u8],
) -> Result<(), Box<dyn Error>> {
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
