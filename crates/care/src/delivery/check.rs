//! What is looked at again in the moment of sending: whether the client may be written to at all, whether the message still
//! has its cause, and whether the hour allows it.

use super::{MARGIN, follow};
use crate::Instant;
use crate::case::Reason;
use crate::episode::EpisodeState;
use crate::message::{CancelReason, Channel, Message, MessageKind};
use crate::packet::Packet;
use crate::practice::Settings;
use crate::quiet_hours;
use chrono::Duration;
use chrono_tz::Tz;

/// What is known of one client on one channel.
#[expect(clippy::struct_excessive_bools, reason = "four facts that say nothing of one another")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// A number or an address is on file.
    pub has_address: bool,
    /// It asked for no more.
    pub is_suppressed: bool,
    /// Nothing arrives there.
    pub is_unusable: bool,
    /// The client agreed to messages of the kind on the channel.
    pub has_consent: bool,
}

impl Reach {
    /// Whether the client may be written to.
    pub const fn is_open(self) -> bool {
        self.has_address && self.has_consent && !self.is_suppressed && !self.is_unusable
    }

    /// Why a message of the kind must not go; none where it may. Who wrote to us is answered, once and on the same channel,
    /// whatever they agreed to.
    pub const fn bars(self, kind: MessageKind) -> Option<CancelReason> {
        if !self.has_address {
            Some(CancelReason::NoAddress)
        } else if self.is_suppressed {
            Some(CancelReason::OptedOut)
        } else if self.is_unusable {
            Some(CancelReason::Unusable)
        } else if !self.has_consent && !matches!(kind, MessageKind::AutoReply) {
            Some(CancelReason::NoConsent)
        } else {
            None
        }
    }
}

/// The channels in the order in which they are tried.
pub const fn channels(preferred: Channel) -> [Channel; 2] {
    [preferred, preferred.other()]
}

/// Why a message about a check-in has no cause any more; none where it has.
pub fn about_check_in(message: &Message, packet: &Packet, episode: EpisodeState, now: Instant) -> Option<CancelReason> {
    if !packet.accepts(now) {
        Some(CancelReason::PacketClosed)
    } else if episode != EpisodeState::Open && !packet.is_after_discharge() {
        Some(CancelReason::Discharged)
    } else if follow::is_opened(message, packet) {
        Some(CancelReason::Opened)
    } else {
        None
    }
}

/// Why a message to staff about a reason has no cause any more; none where it has. A person who took the case up meanwhile
/// needs no further call; the first notice still goes to everyone concerned.
pub fn about_reason(message: &Message, reason: Option<&Reason>) -> Option<CancelReason> {
    let is_taken_up = reason.is_some_and(|reason| reason.acknowledged_at.is_some());
    (message.kind == MessageKind::Escalation && is_taken_up).then_some(CancelReason::Acknowledged)
}

/// The hours that hold for one client.
#[derive(Debug, Clone, Copy)]
pub struct Hours<'a> {
    /// The client's zone, where known.
    pub zone: Option<Tz>,
    /// The practice's.
    pub practice_zone: Tz,
    /// The practice's decisions.
    pub settings: &'a Settings,
}

impl Hours<'_> {
    /// The earliest instant, not before `at`, at which a message may go.
    pub fn earliest(&self, at: Instant) -> Instant {
        quiet_hours::earliest(at, self.zone, self.practice_zone, self.settings)
    }

    /// The last instant, not after `latest`, until which a message may go without a break from `now` on.
    pub fn open_until(&self, now: Instant, latest: Instant) -> Instant {
        quiet_hours::open_until(now, latest, self.zone, self.practice_zone, self.settings)
    }
}

/// When a message whose time has come may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Now.
    Now,
    /// Later: the client sleeps.
    At(Instant),
    /// Not before it makes no sense any more.
    Never,
}

/// When a message may go that makes sense until `ends_at`. Whoever asked for it just now is not made to wait for the morning.
pub fn when(kind: MessageKind, ends_at: Instant, now: Instant, hours: &Hours<'_>) -> When {
    if matches!(kind, MessageKind::NewLink | MessageKind::AutoReply) {
        return When::Now;
    }
    let allowed = hours.earliest(now);
    if allowed <= now {
        When::Now
    } else if allowed < ends_at {
        When::At(allowed)
    } else {
        When::Never
    }
}

/// Whether a worker has too little left of its lease to begin to send: another may take the message up while the request is
/// under way. `held` is how long ago it claimed the message by a clock that nobody sets: where the machine's clock was put
/// back meanwhile, the time of day says nothing of that.
pub fn is_overslept(message: &Message, now: Instant, held: Duration) -> bool {
    message.lease_until.is_none_or(|until| now + MARGIN > until) || held + MARGIN > message.lease()
}
