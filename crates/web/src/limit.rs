//! A small counter in memory against guessing links. Sign-in is counted in the database instead.

use care::Instant;
use chrono::Duration;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

/// Misses per address and minute before an address has to wait.
const PER_ADDRESS: u32 = 20;
/// Misses of everybody per minute before everybody who misses has to wait.
const TOTAL: u32 = 2_000;
/// Addresses remembered at most.
const ADDRESSES: usize = 10_000;

#[derive(Default)]
pub struct Limiter(Mutex<Window>);

#[derive(Default)]
struct Window {
    began: Option<Instant>,
    total: u32,
    by_address: HashMap<IpAddr, u32>,
}

impl Limiter {
    /// Whether the address has used up its misses of this minute: seconds to wait.
    pub fn exhausted(&self, address: IpAddr, now: Instant) -> Option<i64> {
        let mut window = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let left = window.roll(now);
        let misses = window.by_address.get(&address).copied().unwrap_or(0);
        (misses >= PER_ADDRESS || window.total >= TOTAL).then_some(left)
    }

    /// Counts a miss.
    pub fn miss(&self, address: IpAddr, now: Instant) {
        let mut window = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        window.roll(now);
        window.total = window.total.saturating_add(1);
        if window.by_address.len() < ADDRESSES || window.by_address.contains_key(&address) {
            *window.by_address.entry(address).or_default() += 1;
        }
    }
}

impl Window {
    /// Begins a new minute when the old one is over; seconds left of the current one.
    fn roll(&mut self, now: Instant) -> i64 {
        let began = self.began.filter(|began| now - *began < Duration::minutes(1) && now >= *began);
        let Some(began) = began else {
            *self = Self { began: Some(now), ..Self::default() };
            return 60;
        };
        (60 - (now - began).num_seconds()).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_misses_a_minute_and_then_a_wait() {
        let limiter = Limiter::default();
        let address = IpAddr::from([192, 0, 2, 1]);
        let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
        for _ in 0..PER_ADDRESS {
            assert_eq!(limiter.exhausted(address, now), None);
            limiter.miss(address, now);
        }
        assert_eq!(limiter.exhausted(address, now + Duration::seconds(10)), Some(50));
        assert_eq!(limiter.exhausted(IpAddr::from([192, 0, 2, 2]), now), None, "another address is not held back");
        assert_eq!(limiter.exhausted(address, now + Duration::seconds(61)), None, "the next minute is a new one");
    }
}
