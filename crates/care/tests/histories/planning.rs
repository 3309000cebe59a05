//! Check-ins from protocol and calendar, and the messages planned for them.

use crate::planted::Planted;
use crate::world::{State, index, library};
use care::delivery::{
    AfterCancelled, Follow, after_cancelled, after_first, base_key, channels, is_under_way_elsewhere, may_fall_back,
};
use care::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState};
use care::packet::PacketState;
use care::plan::{Change, Desired, HORIZON_DAYS, Situation, changes};
use care::review::{self, Known};
use care::{CaseId, Instant, MessageId, PacketId, ReasonId, StaffId};

/// What a message to staff is about.
pub struct About<'a> {
    pub case: &'a CaseId,
    pub reason: &'a ReasonId,
    pub key: String,
}

impl State {
    /// Brings the check-ins in line with protocol and calendar.
    pub fn replan(&mut self, now: Instant) {
        let changes = changes(&Situation {
            episode: &self.episode,
            protocol: &self.protocol,
            appointments: &self.appointments,
            packets: &self.packets,
            answered: &self.answered,
            course: &self.course,
            horizon_days: HORIZON_DAYS,
            library: library(),
            settings: &self.settings,
            before_session_hours: self.site.hours_before_session(&self.settings),
            zone: self.practice_zone,
            now,
        });
        for change in changes {
            match change {
                Change::Create(desired) => {
                    if self.packets.iter().all(|packet| packet.slot != desired.slot) {
                        self.add_packet(desired);
                        self.plan_invite(self.packets.len() - 1, now);
                    }
                }
                Change::Move { packet, to } => {
                    let at = self.packet(&packet);
                    if let Some(moved) = self.packets[at].rescheduled(&to.asked, to.send_at, to.expires_at) {
                        self.packets[at] = moved;
                        self.plan_invite(at, now);
                    }
                }
                Change::Withdraw { packet, .. } => self.take_back(self.packet(&packet), now),
            }
        }
        self.sessions_changed();
    }

    fn add_packet(&mut self, desired: Desired) {
        let id = PacketId::from_text(format!("p{}", self.packets.len()));
        let packet = desired.into_packet(id, self.episode.client_id.clone(), self.episode.id.clone());
        self.packets.push(packet);
        self.sheets.push(care::response::Sheet::new());
    }

    pub fn packet(&self, id: &PacketId) -> usize {
        self.packets.iter().position(|packet| packet.id == *id).expect("a check-in that is there")
    }

    /// Takes a check-in back.
    pub fn take_back(&mut self, at: usize, now: Instant) {
        let Some(withdrawn) = self.packets[at].withdrawn() else { return };
        self.packets[at] = withdrawn;
        self.revoke_links(at);
        self.cancel_messages_of(at, CancelReason::PacketClosed);
        self.lapse(at, now);
    }

    pub fn revoke_links(&mut self, at: usize) {
        let id = self.packets[at].id.clone();
        for (message, token) in self.messages.iter().zip(&mut self.tokens) {
            *token &= message.packet_id.as_ref() != Some(&id);
        }
    }

    pub fn cancel_messages_of(&mut self, at: usize, reason: CancelReason) {
        let id = self.packets[at].id.clone();
        self.change_where(|message| message.packet_id.as_ref() == Some(&id), |message| message.cancelled(reason));
    }

    pub fn change_where(&mut self, which: impl Fn(&Message) -> bool, change: impl Fn(&Message) -> Option<Message>) {
        for message in self.messages.iter_mut().filter(|message| which(message)) {
            if let Some(changed) = change(message) {
                *message = changed;
            }
        }
    }

    /// What was saved and never submitted is looked at once more for danger.
    pub fn lapse(&mut self, at: usize, now: Instant) {
        let (open, closed) = self.known_reasons();
        let packet = &self.packets[at];
        let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
        let found = review::lapsed(library(), &packet.asked, &self.sheets[at], &known);
        self.raise(Some(at), &found.reasons, now);
    }

    /// The staff presses "send now" at a check-in.
    pub fn send_now(&mut self, at: usize, now: Instant) {
        let packet = &self.packets[at];
        if self.episode.state != care::episode::EpisodeState::Open || packet.started_at.is_some() {
            return;
        }
        match packet.state {
            PacketState::Planned => {
                let asked = packet.asked.clone();
                if let Some(moved) = packet.rescheduled(&asked, now, self.settings.expiry(now)) {
                    self.packets[at] = moved;
                }
                self.plan_invite(at, now);
            }
            PacketState::Open if packet.accepts(now) => self.plan_new_link(at, now),
            _ => {}
        }
    }

    pub fn plan_new_link(&mut self, at: usize, now: Instant) {
        let packet = &self.packets[at];
        let links: Vec<&Message> = self
            .messages
            .iter()
            .filter(|one| one.packet_id.as_ref() == Some(&packet.id) && one.kind == MessageKind::NewLink)
            .collect();
        let recent = links.iter().filter(|one| one.due_at > now - chrono::Duration::hours(24)).count();
        if recent >= 3 || !packet.accepts(now) {
            return;
        }
        let Some(channel) = self.usable_channel() else { return };
        let key = format!("packet:{}:new_link:{}:{channel}", packet.id, links.len());
        let mut message = self.blank(MessageKind::NewLink, channel, key, now);
        message.client_id = Some(self.episode.client_id.clone());
        message.packet_id = Some(packet.id.clone());
        self.plan_message(message);
    }

    pub fn usable_channel(&self) -> Option<Channel> {
        channels(self.preferred).into_iter().find(|channel| self.reach[index(*channel)].is_open())
    }

    pub fn plan_invite(&mut self, at: usize, now: Instant) {
        self.plan_for_client(at, MessageKind::Invite, self.packets[at].send_at, now);
    }

    pub fn plan_for_client(&mut self, packet: usize, kind: MessageKind, at: Instant, now: Instant) {
        let channel = self.usable_channel().unwrap_or(self.preferred);
        self.plan_on(packet, kind, channel, None, at, now);
    }

    fn plan_on(
        &mut self,
        packet: usize,
        kind: MessageKind,
        channel: Channel,
        instead: Option<Instead>,
        at: Instant,
        now: Instant,
    ) {
        let due_at = self.hours().earliest(at.max(now));
        let packet = self.packets[packet].clone();
        let is_same = |message: &Message| message.packet_id.as_ref() == Some(&packet.id) && message.kind == kind;
        let of_packet: Vec<Message> =
            self.messages.iter().filter(|one| one.packet_id.as_ref() == Some(&packet.id)).cloned().collect();
        if is_under_way_elsewhere(&of_packet, kind, channel) && !self.is(Planted::OtherChannelToo) {
            return;
        }
        if !self.is(Planted::FallbackAndReminder) {
            self.change_where(
                |message| is_same(message) && message.channel != channel,
                Message::given_up_for_other_channel,
            );
        }
        let key = format!("packet:{}:{kind}:{channel}", packet.id);
        if let Some(row) = self.messages.iter_mut().find(|message| message.unique_key == key) {
            if let Some(moved) = row.rescheduled(due_at, instead) {
                *row = moved;
            }
            return;
        }
        let mut message = self.blank(kind, channel, key, due_at);
        message.client_id = Some(self.episode.client_id.clone());
        message.packet_id = Some(packet.id.clone());
        message.instead = instead;
        if due_at >= packet.expires_at {
            message.state = MessageState::Cancelled;
            message.cancel_reason = Some(CancelReason::QuietHours);
        }
        self.plan_message(message);
    }

    /// Plans a message unless one with its key is there already.
    pub fn plan_message(&mut self, message: Message) {
        if self.messages.iter().all(|one| one.unique_key != message.unique_key) {
            self.messages.push(message);
            self.tokens.push(true);
        }
    }

    /// The same, and one that was taken back comes back.
    pub fn plan_or_bring_back(&mut self, message: Message) {
        match self.messages.iter_mut().find(|one| one.unique_key == message.unique_key) {
            Some(row) => {
                if let Some(back) = row.rescheduled(message.due_at, message.instead) {
                    *row = back;
                }
            }
            None => self.plan_message(message),
        }
    }

    pub fn tell_staff(
        &mut self,
        kind: MessageKind,
        to: &StaffId,
        about: &About<'_>,
        channels: &[Channel],
        due_at: Instant,
    ) {
        for channel in channels {
            let mut message = self.blank(kind, *channel, format!("{}:{to}:{channel}", about.key), due_at);
            message.staff_id = Some(to.clone());
            message.case_id = Some(about.case.clone());
            message.reason_id = Some(about.reason.clone());
            self.plan_message(message);
        }
    }

    /// The check-in's first message has gone: what follows is planned.
    pub fn went(&mut self, message: &Message, at: Instant, now: Instant) {
        let (Some(packet), MessageKind::Invite) = (&message.packet_id, message.kind) else { return };
        let position = self.packet(packet);
        if let Some(sent) = self.packets[position].sent(at, self.settings.expiry(at)) {
            self.packets[position] = sent;
        }
        if !self.packets[position].state.is_going_on() {
            return;
        }
        let other = message.channel.other();
        let other = self.reach[index(other)].is_open().then_some(other);
        let of_packet: Vec<Message> =
            self.messages.iter().filter(|one| one.packet_id.as_ref() == Some(packet)).cloned().collect();
        match after_first(message, at, &self.packets[position], &of_packet, other, &self.hours()) {
            Follow::OtherChannel { at } => {
                let channel = message.channel.other();
                self.plan_on(position, MessageKind::Reminder, channel, Some(Instead::Unopened), at, now);
                if self.is(Planted::FallbackAndReminder) {
                    self.plan_on(position, MessageKind::Reminder, message.channel, None, at, now);
                }
            }
            Follow::Reminder { at } => self.plan_for_client(position, MessageKind::Reminder, at, now),
            Follow::Nothing => {}
        }
    }

    /// Tries the other channel once.
    pub fn fall_back(&mut self, message: &Message, instead: Instead, now: Instant) {
        let other = message.channel.other();
        let Some(base) = base_key(message) else { return };
        let of_packet: Vec<Message> = self
            .messages
            .iter()
            .filter(|one| message.packet_id.is_some() && one.packet_id == message.packet_id)
            .cloned()
            .collect();
        if !may_fall_back(message, &of_packet) && !self.is(Planted::FallbackTwice) {
            return;
        }
        if message.client_id.is_some() && !self.reach[index(other)].is_open() {
            return;
        }
        let suffix =
            if self.is(Planted::FallbackTwice) { format!("{}-again", self.messages.len()) } else { String::new() };
        let mut next = self.blank(message.kind, other, format!("{base}{other}{suffix}"), now);
        next.client_id.clone_from(&message.client_id);
        next.staff_id.clone_from(&message.staff_id);
        next.packet_id.clone_from(&message.packet_id);
        next.case_id.clone_from(&message.case_id);
        next.reason_id.clone_from(&message.reason_id);
        next.instead = Some(instead);
        self.plan_or_bring_back(next);
    }

    /// What goes in place of a message that was not sent after all.
    pub fn after_cancelled(&mut self, message: &Message, reason: CancelReason, now: Instant) {
        let packet = message.packet_id.as_ref().map(|id| self.packet(id));
        let follows = after_cancelled(message, reason, packet.map(|at| &self.packets[at]), &self.hours());
        match (follows, packet) {
            (AfterCancelled::OtherChannel, _) => self.fall_back(message, Instead::NotPossible, now),
            (AfterCancelled::Reminder(at), Some(packet)) => {
                self.plan_for_client(packet, MessageKind::Reminder, at, now);
            }
            (AfterCancelled::Reminder(_), None) | (AfterCancelled::Nothing, _) => {}
        }
    }

    pub fn blank(&self, kind: MessageKind, channel: Channel, unique_key: String, due_at: Instant) -> Message {
        Message::planned(MessageId::from_text(format!("m{}", self.messages.len())), kind, channel, unique_key, due_at)
    }
}
