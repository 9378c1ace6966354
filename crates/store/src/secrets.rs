//! Secrets at rest: sealed with ChaCha20-Poly1305, bound to the row they belong to.

use model::Random;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};

/// The first byte of everything sealed: how to read the rest.
const VERSION: u8 = 1;
/// Bytes that name the key something was sealed with.
const KEY_ID: usize = 4;

/// A secret that cannot be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// the key is not the one it was sealed with
    #[error("it was sealed with another key than the present CROSSTIE_SECRET_KEY")]
    WrongKey,
    /// cut, changed, or moved to another row
    #[error("it is damaged, or was copied from another row")]
    Damaged,
    /// the key has no 32 bytes of base64 or hex, or is too short to be one
    #[error(
        "the key is too short: at least 32 characters are needed, for example 64 hexadecimal digits"
    )]
    BadKey,
}

/// The key that seals and opens.
pub struct Keyring {
    id: [u8; KEY_ID],
    key: LessSafeKey,
}

impl Keyring {
    /// A keyring from the operator's key text, at least 32 characters of any form.
    pub fn new(text: &str) -> Result<Self, SecretsError> {
        let text = text.trim();
        if text.len() < 32 {
            return Err(SecretsError::BadKey);
        }
        let bytes = digest(
            &SHA256,
            &[b"crosstie secret key v1\0", text.as_bytes()].concat(),
        );
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes.as_ref())
            .map_err(|_| SecretsError::BadKey)?;
        let name = digest(
            &SHA256,
            &[b"crosstie key id v1\0", text.as_bytes()].concat(),
        );
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&name.as_ref()[..KEY_ID]);
        Ok(Self {
            id,
            key: LessSafeKey::new(key),
        })
    }

    /// An id of the key that distinguishes it from others without revealing it.
    pub fn id(&self) -> String {
        model::hex(&self.id)
    }

    /// Seals `plain` so that it opens only with the same `context` (its row and column).
    pub fn seal(
        &self,
        random: &dyn Random,
        context: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, SecretsError> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| SecretsError::Damaged)?;
        Ok([&[VERSION][..], &self.id, &nonce, &sealed].concat())
    }

    /// Opens what was sealed for that context.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, SecretsError> {
        let (version, rest) = sealed.split_first().ok_or(SecretsError::Damaged)?;
        if *version != VERSION || rest.len() < KEY_ID + NONCE_LEN {
            return Err(SecretsError::Damaged);
        }
        let (id, rest) = rest.split_at(KEY_ID);
        if id != self.id {
            return Err(SecretsError::WrongKey);
        }
        let (nonce, body) = rest.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretsError::Damaged)?;
        let mut body = body.to_vec();
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut body)
            .map_err(|_| SecretsError::Damaged)?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;
    impl Random for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(1);
        }
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_at_the_same_place_only() {
        let keyring = Keyring::new(&"k".repeat(32)).unwrap();
        let sealed = keyring.seal(&Ones, "settings:7", b"pw").unwrap();
        assert!(!sealed.windows(2).any(|window| window == b"pw"));
        assert_eq!(keyring.open("settings:7", &sealed).unwrap(), b"pw");
        assert_eq!(
            keyring.open("settings:8", &sealed),
            Err(SecretsError::Damaged)
        );
        let other = Keyring::new(&"x".repeat(32)).unwrap();
        assert_eq!(
            other.open("settings:7", &sealed),
            Err(SecretsError::WrongKey)
        );
        for end in 0..sealed.len() {
            assert!(keyring.open("settings:7", &sealed[..end]).is_err());
        }
        assert_eq!(Keyring::new("short").err(), Some(SecretsError::BadKey));
    }
}
