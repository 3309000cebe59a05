//! Check-ins: the questionnaires asked together on one occasion, and the links that open them.

mod lifecycle;

pub use lifecycle::IN_FLIGHT;

use crate::message::Channel;
use crate::text::text_enum;
use crate::{AppointmentId, ClientId, DeviceId, EpisodeId, Instant, Language, PacketId};
use serde::{Deserialize, Serialize};

text_enum! {
    /// Where a check-in stands. Only `planned` and `open` have a future.
    PacketState {
        /// Waits for its time.
        Planned = "planned",
        /// The client was told, or a person opened it; answers are accepted.
        Open = "open",
        /// Submitted.
        Completed = "completed",
        /// Its time passed.
        Expired = "expired",
        /// Taken back: the appointment moved or was cancelled, the episode ended.
        Withdrawn = "withdrawn",
    }
}

/// Whoever has not answered for so long is not at it any more.
const AT_IT_MINUTES: i64 = 5;

text_enum! {
    /// Why a check-in exists.
    Occasion {
        /// First of an episode.
        Intake = "intake",
        /// Before a session.
        BeforeSession = "before_session",
        /// After a session.
        AfterSession = "after_session",
        /// On the calendar.
        Regular = "regular",
        /// A person asked for it.
        OnRequest = "on_request",
        /// Something happened: a session was missed, a case was opened.
        Event = "event",
        /// The course of therapy has ended.
        Discharge = "discharge",
        /// Some months after the end.
        FollowUp = "follow_up",
    }
}

impl Occasion {
    /// Whether the client is asked about their own goals as well. Right after a session the questions are about the session,
    /// and what an event asks is about the event.
    pub const fn asks_about_goals(self) -> bool {
        !matches!(self, Self::AfterSession | Self::Event)
    }
}

/// An instrument version asked in a packet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Asked {
    /// Instrument id.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// One check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Id.
    pub id: PacketId,
    /// Whose.
    pub client_id: ClientId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// For which appointment.
    pub appointment_id: Option<AppointmentId>,
    /// Why.
    pub occasion: Occasion,
    /// What makes it unique in its episode (`before:<appointment>`, `regular:<day>` …): never two for one session.
    pub slot: String,
    /// What is asked, in order.
    pub asked: Vec<Asked>,
    /// Where it stands.
    pub state: PacketState,
    /// When the first message should go.
    pub send_at: Instant,
    /// When the first message went; the expiry counts from it.
    pub sent_at: Option<Instant>,
    /// When it ends, but see [`Packet::accepts_until`].
    pub expires_at: Instant,
    /// When a person first pressed Start.
    pub started_at: Option<Instant>,
    /// When the last answer was saved.
    pub last_answer_at: Option<Instant>,
    /// When it was submitted.
    pub completed_at: Option<Instant>,
    /// Language it is answered in, once chosen.
    pub language: Option<Language>,
}

impl Packet {
    /// Until when answers are accepted: an active client is never expired.
    /// `max(expiry, last answer + 30 min)`, at most expiry + 24 h.
    pub fn accepts_until(&self) -> Instant {
        let active = self.last_answer_at.map(|at| at + chrono::Duration::minutes(30));
        let limit = self.expires_at + chrono::Duration::hours(24);
        active.map_or(self.expires_at, |active| self.expires_at.max(active).min(limit))
    }

    /// Whether it belongs to the end of the course or the time after it, so that it is asked though the course has ended.
    pub fn is_after_discharge(&self) -> bool {
        matches!(self.occasion, Occasion::Discharge | Occasion::FollowUp) || self.is_exit_survey()
    }

    /// Whether it asks why the client has stopped coming.
    pub fn is_exit_survey(&self) -> bool {
        self.slot == crate::exit_survey::SLOT
    }

    /// Whether somebody is at it now: begun, not handed in, and the last answer (or the beginning) no longer ago than a long
    /// thought about one question takes.
    pub fn is_being_answered(&self, now: Instant) -> bool {
        let last = self.last_answer_at.max(self.started_at);
        let is_open = matches!(self.state, PacketState::Planned | PacketState::Open);
        is_open && last.is_some_and(|at| now - at < chrono::Duration::minutes(AT_IT_MINUTES))
    }

    /// Whether answers are accepted now.
    pub fn accepts(&self, now: Instant) -> bool {
        self.state.is_going_on() && now < self.accepts_until()
    }
}

text_enum! {
    /// What a link may do.
    LinkPurpose {
        /// Open a check-in.
        CheckIn = "check_in",
        /// Stop mails of a kind.
        Unsubscribe = "unsubscribe",
    }
}

/// A link, found by the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which check-in.
    pub packet_id: PacketId,
    /// What it may do.
    pub purpose: LinkPurpose,
    /// How it was sent; none for kiosk, QR and staff.
    pub channel: Option<Channel>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
}

/// A browser that pressed Start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Id.
    pub id: DeviceId,
    /// Which check-in it may answer, and no other.
    pub packet_id: PacketId,
    /// When it pressed Start.
    pub started_at: Instant,
}
