//! The real clock and the real randomness: their only home.

use jiff::Timestamp;
use model::{Clock, Random};
use ring::rand::{SecureRandom, SystemRandom};

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one home of the clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's randomness.
pub(crate) struct SystemBytes(SystemRandom);

impl SystemBytes {
    /// A handle on it.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one home of randomness"
    )]
    pub(crate) fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Random for SystemBytes {
    #[expect(
        clippy::expect_used,
        reason = "a machine without randomness cannot make keys: nothing may go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        self.0
            .fill(bytes)
            .expect("the operating system gives random bytes");
    }
}
