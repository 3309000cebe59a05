//! How fast texts leave, where the sender's number allows only so many a second: a bucket that holds one second's worth. Texts to
//! clients wait for their turn; those to staff never do, and what they took is missing afterwards. One process's memory: nodes that
//! share a number share its rate.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Debug)]
struct Bucket {
    per_second: f64,
    /// Below zero by those that wait.
    tokens: f64,
    counted_at: Instant,
}

impl Bucket {
    /// Takes one, and says after how long its text may leave.
    fn take(&mut self, now: Instant) -> Duration {
        let added = now.duration_since(self.counted_at).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + added).min(self.per_second) - 1.0;
        self.counted_at = now;
        Duration::from_secs_f64((-self.tokens / self.per_second).max(0.0))
    }
}

/// The pace of texts; none where the provider takes them as they come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace(Option<Arc<Mutex<Bucket>>>);

impl Pace {
    /// So many texts a second.
    pub(crate) fn of(per_second: Option<NonZeroU32>) -> Self {
        Self(per_second.map(|per_second| {
            let per_second = f64::from(per_second.get());
            Arc::new(Mutex::new(Bucket { per_second, tokens: per_second, counted_at: Instant::now() }))
        }))
    }

    /// Waits for the turn of a text to a client; one to staff takes its turn at once.
    pub(crate) async fn turn(&self, for_client: bool) {
        let Some(bucket) = &self.0 else { return };
        let wait = bucket.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
        if for_client {
            tokio::time::sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_s_worth_at_once_and_then_one_after_the_other() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut bucket = Bucket { per_second: 2.0, tokens: 2.0, counted_at: start };
        let waits: Vec<u128> = (0..5).map(|_| bucket.take(start).as_millis()).collect();
        assert_eq!(waits, [0, 0, 500, 1_000, 1_500]);
        assert_eq!(bucket.take(at(1_500)).as_millis(), 500, "those before it have had their turns");
        assert_eq!(bucket.take(at(60_000)).as_millis(), 0);
        assert_eq!(bucket.take(at(60_000)).as_millis(), 0);
        assert_eq!(bucket.take(at(60_000)).as_millis(), 500, "a quiet minute saves up one second, not sixty");
    }

    #[tokio::test]
    async fn a_text_to_staff_never_waits() {
        let pace = Pace::of(NonZeroU32::new(1));
        let began = Instant::now();
        for _ in 0..30 {
            pace.turn(false).await;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "thirty seconds' worth");
        Pace::of(None).turn(true).await;
    }
}
