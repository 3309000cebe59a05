//! What follows from a message that went, did not arrive or may not go: the other channel and the one reminder. Never more
//! than the rules allow: whoever was written to on the other channel because a check-in was not opened has had the
//! check-in's one reminder.

use super::Hours;
use crate::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState};
use crate::packet::Packet;
use crate::{Instant, quiet_hours};

/// What follows a check-in's first message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// A message on the other channel in place of the reminder, unless the check-in is opened first.
    OtherChannel {
        /// When.
        at: Instant,
    },
    /// The reminder, on the channel that can be used then.
    Reminder {
        /// When.
        at: Instant,
    },
    /// Nothing.
    Nothing,
}

/// What follows a check-in's first message, which went at `sent_at`: one on the other channel where the practice wants it, the
/// client can be written to there (`other` is that channel then) and has not opened the check-in; else the reminder. `messages` are
/// all of the check-in's.
pub fn after_first(
    first: &Message,
    sent_at: Instant,
    packet: &Packet,
    messages: &[Message],
    other: Option<Channel>,
    hours: &Hours<'_>,
) -> Follow {
    if hours.settings.fallback_after_hours == 0 {
        return reminder(sent_at, packet, hours);
    }
    // The fate of the first message was learned late, and the second is on its way or has been.
    if messages.iter().any(|one| one.kind == MessageKind::Reminder && (one.has_gone() || one.attempt > 0)) {
        return Follow::Nothing;
    }
    let is_free = messages.iter().all(|one| one.channel == first.channel || is_waiting(one));
    if is_free
        && packet.started_at.is_none()
        && other.is_some()
        && let Some(at) =
            quiet_hours::fallback(sent_at, packet.expires_at, hours.zone, hours.practice_zone, hours.settings)
    {
        return Follow::OtherChannel { at };
    }
    reminder(sent_at, packet, hours)
}

/// The one reminder, counted from the first message.
fn reminder(sent_at: Instant, packet: &Packet, hours: &Hours<'_>) -> Follow {
    match quiet_hours::reminder(sent_at, packet.expires_at, hours.zone, hours.practice_zone, hours.settings) {
        Some(at) => Follow::Reminder { at },
        None => Follow::Nothing,
    }
}

/// Whether a message of the kind about the check-in has gone on another channel, may have, or was tried there and is to be
/// tried again: then none is planned on this one, whatever was preferred since.
pub fn is_under_way_elsewhere(messages: &[Message], kind: MessageKind, channel: Channel) -> bool {
    messages.iter().any(|one| {
        let may_arrive = matches!(
            one.state,
            MessageState::Planned
                | MessageState::Sending
                | MessageState::Unknown
                | MessageState::Sent
                | MessageState::Delivered
        );
        one.kind == kind && one.channel != channel && one.attempt > 0 && may_arrive
    })
}

/// Whether a message is the one that waits for the check-in not to be opened.
fn is_waiting(message: &Message) -> bool {
    message.instead == Some(Instead::Unopened) && message.state == MessageState::Planned && message.attempt == 0
}

/// Whether a message that was to go because its check-in had not been opened has no cause any more.
pub fn is_opened(message: &Message, packet: &Packet) -> bool {
    message.instead == Some(Instead::Unopened) && packet.started_at.is_some()
}

/// Whether a message that did not arrive is tried once on the other channel, consent for it apart: a client's, unless they
/// have been told of the check-in there already (a first message whose failure is reported late is not sent there after its
/// reminder), and one that tells staff of danger. `messages` are all of the check-in's.
pub fn may_fall_back(message: &Message, messages: &[Message]) -> bool {
    let other = message.channel.other();
    if message.client_id.is_none() {
        return matches!(message.kind, MessageKind::RiskNotice | MessageKind::Escalation);
    }
    message.kind != MessageKind::Invite || !messages.iter().any(|one| one.channel == other && one.has_gone())
}

/// What makes the message unique on any channel: its key without the channel. None where it goes on its own channel only.
pub fn base_key(message: &Message) -> Option<&str> {
    message.unique_key.strip_suffix(message.channel.as_str())
}

/// What goes in place of a message that was not sent after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterCancelled {
    /// The same on the other channel.
    OtherChannel,
    /// The reminder, at its own time counted from the first message, if its check-in goes on.
    Reminder(Instant),
    /// Nothing.
    Nothing,
}

/// What goes in place of a message that was not sent after all. `packet` is its check-in.
pub fn after_cancelled(
    message: &Message,
    reason: CancelReason,
    packet: Option<&Packet>,
    hours: &Hours<'_>,
) -> AfterCancelled {
    let is_barred = matches!(
        reason,
        CancelReason::OptedOut | CancelReason::NoConsent | CancelReason::NoAddress | CancelReason::Unusable
    );
    if message.instead != Some(Instead::Unopened) {
        return if is_barred { AfterCancelled::OtherChannel } else { AfterCancelled::Nothing };
    }
    if !is_barred && reason != CancelReason::Opened {
        return AfterCancelled::Nothing;
    }
    // It took the place of the reminder, which goes at its own time now.
    let Some(packet) = packet.filter(|packet| packet.state.is_going_on()) else { return AfterCancelled::Nothing };
    let Some(sent_at) = packet.sent_at else { return AfterCancelled::Nothing };
    match reminder(sent_at, packet, hours) {
        Follow::Reminder { at } => AfterCancelled::Reminder(at),
        Follow::OtherChannel { .. } | Follow::Nothing => AfterCancelled::Nothing,
    }
}
