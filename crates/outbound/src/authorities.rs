//! Certificate authorities that are trusted besides the system's.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Root certificates of the operator, such as a company's own.
#[derive(Clone, Debug, Default)]
pub struct Authorities(Vec<CertificateDer<'static>>);

/// An invalid file of certificates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthoritiesError {
    /// no certificate
    #[error("it contains no certificate; it must be PEM, with -----BEGIN CERTIFICATE-----")]
    Empty,
    /// a malformed certificate
    #[error("its certificate number {number} is invalid: {why}")]
    Unusable {
        /// counted from 1
        number: usize,
        /// the library's message
        why: String,
    },
}

impl Authorities {
    /// Parses certificates in PEM, one after the other; all must be valid.
    pub fn parse(pem: &[u8]) -> Result<Self, AuthoritiesError> {
        let mut roots = RootCertStore::empty();
        let mut all = Vec::new();
        for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
            let unusable = |why: String| AuthoritiesError::Unusable {
                number: index + 1,
                why,
            };
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots
                .add(certificate.clone())
                .map_err(|error| unusable(error.to_string()))?;
            all.push(certificate);
        }
        if all.is_empty() {
            return Err(AuthoritiesError::Empty);
        }
        Ok(Self(all))
    }

    /// A store with these certificates only.
    pub(crate) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.0.iter().cloned());
        roots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_valid_as_a_whole_or_not_at_all() {
        let good = sandbox::tls::authority().unwrap();
        assert_eq!(Authorities::parse(good.as_bytes()).unwrap().0.len(), 1);
        let two = format!("a comment\n{good}\n{good}");
        assert_eq!(Authorities::parse(two.as_bytes()).unwrap().0.len(), 2);
        for text in [
            "",
            "hello",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            let error = Authorities::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error, AuthoritiesError::Empty, "{text}");
        }
        for bad in ["AAAA", "%%%%"] {
            let text =
                format!("{good}-----BEGIN CERTIFICATE-----\n{bad}\n-----END CERTIFICATE-----\n");
            let error = Authorities::parse(text.as_bytes()).unwrap_err();
            assert!(
                matches!(error, AuthoritiesError::Unusable { number: 2, .. }),
                "{bad}: {error}"
            );
        }
    }
}
