//! Passwords: PBKDF2-HMAC-SHA256, stored as `pbkdf2-sha256$iterations$salt$hash`.

use crate::error::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use model::{Random, Secret};
use ring::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use std::num::NonZeroU32;
use tokio::sync::Semaphore;

/// What OWASP asks for with this algorithm.
const ITERATIONS: NonZeroU32 = match NonZeroU32::new(600_000) {
    Some(count) => count,
    None => NonZeroU32::MIN,
};
const NAME: &str = "pbkdf2-sha256";
const LENGTH: usize = 32;

/// Hashes computed at a time: password guessing must not use the whole machine.
static PLACES: Semaphore = Semaphore::const_new(2);

/// The stored hash of a password; computed off the threads that serve requests.
pub async fn hash(random: &dyn Random, password: Secret) -> Result<String, ApiError> {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    compute(move || hash_with(&salt, ITERATIONS, &password)).await
}

/// Whether a password is the one that was hashed; as slow when there is none to compare with.
pub async fn verify(password: Secret, stored: Option<String>) -> Result<bool, ApiError> {
    compute(move || {
        if let Some(stored) = stored {
            return matches(&password, &stored);
        }
        hash_with(&[0; 16], ITERATIONS, &password);
        false
    })
    .await
}

/// Runs something slow beside the threads that answer requests, when there is a place.
async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let failed = |error: &dyn std::error::Error| ApiError::Internal(error.to_string());
    let permit = PLACES.acquire().await.map_err(|error| failed(&error))?;
    let done = tokio::task::spawn_blocking(move || {
        // Held to the end even when nobody waits for it any more.
        let _place = permit;
        work()
    });
    done.await.map_err(|error| failed(&error))
}

/// The stored hash of a password, with this many iterations.
pub(crate) fn hash_with(salt: &[u8], iterations: NonZeroU32, password: &Secret) -> String {
    let mut out = [0; LENGTH];
    let bytes = password.expose().as_bytes();
    pbkdf2::derive(PBKDF2_HMAC_SHA256, iterations, salt, bytes, &mut out);
    let encode = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
    format!("{NAME}${iterations}${}${}", encode(salt), encode(&out))
}

fn matches(password: &Secret, stored: &str) -> bool {
    let parts: Vec<&str> = stored.split('$').collect();
    let [NAME, iterations, salt, hash] = parts[..] else {
        return false;
    };
    let (Ok(iterations), Ok(salt), Ok(hash)) = (
        iterations.parse::<NonZeroU32>(),
        STANDARD_NO_PAD.decode(salt),
        STANDARD_NO_PAD.decode(hash),
    ) else {
        return false;
    };
    // ring compares in constant time.
    let bytes = password.expose().as_bytes();
    pbkdf2::verify(PBKDF2_HMAC_SHA256, iterations, &salt, bytes, &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_matches() {
        let few = NonZeroU32::new(10).unwrap();
        let stored = hash_with(b"salt", few, &Secret::new("correct horse"));
        assert!(stored.starts_with("pbkdf2-sha256$10$"), "{stored}");
        assert!(matches(&Secret::new("correct horse"), &stored));
        assert!(!matches(&Secret::new("correct horsf"), &stored));
        for broken in ["", "plain", "pbkdf2-sha256$0$c2FsdA$AAAA", "md5$1$a$b"] {
            assert!(!matches(&Secret::new("correct horse"), broken), "{broken}");
        }
        assert_eq!(ITERATIONS.get(), 600_000);
    }
}
