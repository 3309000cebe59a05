//! A breaker for each channel: while a provider is in trouble, messages to clients wait instead of piling onto it. Messages
//! to staff never wait for it. One process's memory: each node finds out for itself.

use care::Instant;
use care::message::Channel;
use chrono::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers looked back on.
const WINDOW: usize = 20;
/// Of these, as many failures close the channel.
const FAILURES: usize = 10;
/// For how long.
const PAUSE: Duration = Duration::minutes(1);
/// A provider that asks for more time than this is tried again all the same.
const LONGEST: Duration = Duration::hours(1);

#[derive(Debug, Default)]
struct Breaker {
    troubles: VecDeque<bool>,
    closed_until: Option<Instant>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Breakers(Arc<Mutex<[Breaker; 2]>>);

impl Breakers {
    /// Until when messages to clients wait; `None` when they need not.
    pub(crate) fn closed_until(&self, channel: Channel, now: Instant) -> Option<Instant> {
        self.with(channel, |breaker| breaker.closed_until.filter(|until| now < *until))
    }

    /// Takes in an answer. After a pause the channel has a clean slate.
    pub(crate) fn note(&self, channel: Channel, is_trouble: bool, now: Instant) {
        self.with(channel, |breaker| {
            breaker.troubles.push_back(is_trouble);
            if breaker.troubles.len() > WINDOW {
                breaker.troubles.pop_front();
            }
            let failures = breaker.troubles.iter().filter(|trouble| **trouble).count();
            if breaker.troubles.len() == WINDOW && failures >= FAILURES {
                breaker.troubles.clear();
                breaker.closed_until = Some(now + PAUSE);
                metrics::counter!("bellwether_breaker_opened_total", "channel" => channel.as_str()).increment(1);
                tracing::error!(
                    channel = channel.as_str(),
                    "the provider fails too often; messages to clients wait a minute"
                );
            }
        });
    }

    /// The provider takes no more from this sender for so long: messages to clients wait.
    pub(crate) fn pause(&self, channel: Channel, after: Duration, now: Instant) {
        let until = now + after.min(LONGEST);
        self.with(channel, |breaker| breaker.closed_until = breaker.closed_until.max(Some(until)));
    }

    fn with<T>(&self, channel: Channel, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut breakers[match channel {
            Channel::Sms => 0,
            Channel::Email => 1,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_twenty_closes_one_channel_for_a_minute() {
        let breakers = Breakers::default();
        let now = chrono::DateTime::from_timestamp(1_773_068_400, 0).unwrap();
        for n in 0..19 {
            breakers.note(Channel::Sms, n % 2 == 0, now);
            assert_eq!(breakers.closed_until(Channel::Sms, now), None, "after {n}");
        }
        breakers.note(Channel::Sms, false, now);
        let until = now + Duration::minutes(1);
        assert_eq!(breakers.closed_until(Channel::Sms, now), Some(until));
        assert_eq!(breakers.closed_until(Channel::Email, now), None);
        assert_eq!(breakers.closed_until(Channel::Sms, until), None, "and then it is tried again");
        breakers.note(Channel::Sms, true, until);
        assert_eq!(breakers.closed_until(Channel::Sms, until), None, "one failure is not half of twenty");
    }

    #[test]
    fn a_provider_has_the_time_it_asks_for_and_never_less_than_before() {
        let breakers = Breakers::default();
        let now = chrono::DateTime::from_timestamp(1_773_068_400, 0).unwrap();
        breakers.pause(Channel::Sms, Duration::minutes(10), now);
        breakers.pause(Channel::Sms, Duration::seconds(1), now);
        assert_eq!(breakers.closed_until(Channel::Sms, now), Some(now + Duration::minutes(10)));
        assert_eq!(breakers.closed_until(Channel::Email, now), None);
        breakers.pause(Channel::Sms, Duration::days(300), now);
        assert_eq!(breakers.closed_until(Channel::Sms, now), Some(now + Duration::hours(1)));
    }
}
