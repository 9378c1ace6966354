//! The one way in which connections are encrypted.

use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// TLS that trusts the authorities this machine trusts.
pub(crate) fn config() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    #[expect(
        clippy::expect_used,
        reason = "ring supports the default protocol versions: known at build time"
    )]
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the default protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
