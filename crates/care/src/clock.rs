//! Time and chance, as arguments. Nothing else in the project asks the machine for either.

use chrono::{DateTime, SubsecRound, Utc};
use std::sync::{Arc, Mutex};

/// Tells the time. Instants are truncated to microseconds, the precision both databases keep.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> DateTime<Utc>;
}

/// Gives unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that asks the machine for the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// A clock that stands still until it is told otherwise.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    /// A clock standing at the instant.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(now.trunc_subsecs(6))))
    }

    /// Moves the clock to the instant.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().expect("a clock's lock is never held across a panic") = now.trunc_subsecs(6);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: chrono::Duration) {
        let now = self.now() + by;
        self.set(now);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("a clock's lock is never held across a panic")
    }
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that asks the machine for chance")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives random bytes");
    }
}

/// A repeatable source for the demo practice and for tests. Never for secrets.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<rand_chacha::ChaCha12Rng>);

impl SeededEntropy {
    /// The stream that belongs to the seed.
    pub fn new(seed: u64) -> Self {
        use rand_chacha::rand_core::SeedableRng;
        Self(Mutex::new(rand_chacha::ChaCha12Rng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        use rand_chacha::rand_core::Rng;
        self.0.lock().expect("a random source's lock is never held across a panic").fill_bytes(buffer);
    }
}

/// A span, one fifth more or less, so that what failed together does not come back together.
pub fn jittered(span: chrono::Duration, entropy: &dyn Entropy) -> chrono::Duration {
    let mut chance = [0_u8; 2];
    entropy.fill(&mut chance);
    let millis = span.num_milliseconds();
    chrono::Duration::milliseconds(
        millis * 4 / 5 + millis * 2 / 5 * i64::from(u16::from_le_bytes(chance)) / i64::from(u16::MAX),
    )
}
