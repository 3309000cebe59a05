//! What may become of a check-in. Each step gives the check-in as it will be, or none where somebody or something was faster
//! and the row is left alone; `store` makes the same change by compare-and-set. Completed, expired and withdrawn are ends.

use super::{Asked, Packet, PacketState};
use crate::{Instant, Language};
use chrono::Duration;

/// A request that was on its way when the check-in ended is still taken.
pub const IN_FLIGHT: Duration = Duration::minutes(2);

impl PacketState {
    /// Whether the check-in has a future.
    pub const fn is_going_on(self) -> bool {
        matches!(self, Self::Planned | Self::Open)
    }
}

impl Packet {
    fn while_going_on(&self) -> Option<Self> {
        self.state.is_going_on().then(|| self.clone())
    }

    /// A person pressed Start.
    pub fn started(&self, language: Language, now: Instant) -> Option<Self> {
        let packet = self.while_going_on()?;
        Some(Self {
            state: PacketState::Open,
            started_at: packet.started_at.or(Some(now)),
            language: Some(language),
            ..packet
        })
    }

    /// An answer was saved.
    pub fn touched(&self, now: Instant) -> Option<Self> {
        Some(Self { last_answer_at: Some(now), ..self.while_going_on()? })
    }

    /// Submitted: its one response is taken in.
    pub fn completed(&self, now: Instant) -> Option<Self> {
        Some(Self { state: PacketState::Completed, completed_at: Some(now), ..self.while_going_on()? })
    }

    /// The first message went, or may have gone: the expiry counts from then. Only once.
    pub fn sent(&self, at: Instant, expires_at: Instant) -> Option<Self> {
        let packet = self.while_going_on().filter(|packet| packet.sent_at.is_none())?;
        Some(Self { state: PacketState::Open, sent_at: Some(at), expires_at, ..packet })
    }

    /// Moved: nobody has been told of it yet.
    pub fn rescheduled(&self, asked: &[Asked], send_at: Instant, expires_at: Instant) -> Option<Self> {
        (self.state == PacketState::Planned && self.started_at.is_none()).then(|| Self {
            asked: asked.to_vec(),
            send_at,
            expires_at,
            ..self.clone()
        })
    }

    /// Taken back.
    pub fn withdrawn(&self) -> Option<Self> {
        Some(Self { state: PacketState::Withdrawn, ..self.while_going_on()? })
    }

    /// Ended, as it was seen with its last answer at `seen`: an answer that was saved since was faster.
    pub fn expired(&self, seen: Option<Instant>) -> Option<Self> {
        let packet = self.while_going_on().filter(|packet| packet.last_answer_at == seen)?;
        Some(Self { state: PacketState::Expired, ..packet })
    }

    /// Whether a request that comes now is still taken: it may have been on its way when the check-in ended.
    pub fn takes(&self, now: Instant) -> bool {
        self.state.is_going_on() && self.was_open(now)
    }

    /// Whether its time had not passed when a request that comes now was made, whatever state it is in by now.
    pub fn was_open(&self, now: Instant) -> bool {
        now - IN_FLIGHT < self.accepts_until()
    }

    /// Whether its time has passed for good: whatever was on its way has arrived.
    pub fn is_over(&self, now: Instant) -> bool {
        !self.takes(now)
    }
}
