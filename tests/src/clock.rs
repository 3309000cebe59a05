//! The clock of the fault loops: the machine's, and as much ahead of it as the loop says, so that leases end and ladders come
//! due in a moment. Every part of a loop reads one of these: the processes, the provider, the checks.

use care::{Clock, Entropy, Instant, SeededEntropy, SystemClock, SystemEntropy};
use chrono::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock, moved ahead. Clones move together.
#[derive(Debug, Clone, Default)]
pub struct AheadClock(Arc<AtomicI64>);

impl AheadClock {
    /// So many microseconds ahead.
    pub fn ahead(micros: i64) -> Self {
        Self(Arc::new(AtomicI64::new(micros)))
    }

    /// How far it is ahead, in microseconds.
    pub fn micros(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Moves it to so many microseconds ahead.
    pub fn set(&self, micros: i64) {
        self.0.store(micros, Ordering::SeqCst);
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }
}

impl Clock for AheadClock {
    fn now(&self) -> Instant {
        SystemClock.now() + Duration::microseconds(self.micros())
    }
}

/// Chance that can be repeated: the seed is printed with every failure.
pub struct Dice {
    seed: u64,
    entropy: SeededEntropy,
}

impl Dice {
    /// The dice of `BELLWETHER_TEST_SEED`, else fresh ones.
    pub fn from_environment() -> Self {
        let given = std::env::var("BELLWETHER_TEST_SEED").ok().and_then(|text| text.parse().ok());
        Self::new(given.unwrap_or_else(|| {
            let mut bytes = [0; 4];
            SystemEntropy.fill(&mut bytes);
            u64::from(u32::from_le_bytes(bytes))
        }))
    }

    /// The dice of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, entropy: SeededEntropy::new(seed) }
    }

    /// The seed.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// A number from 0 to below `end`.
    pub fn below(&self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        u64::from_le_bytes(bytes) % end.max(1)
    }
}
