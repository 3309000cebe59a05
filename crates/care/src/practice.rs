//! The practice, its sites and what it has decided about hours, reminders and escalation.

use crate::ladder;
use crate::proof::Proof;
use crate::text::text_enum;
use crate::{ClientId, CrisisResourceId, Instant, Language, PracticeId, SiteId, StaffId, TaskId};
use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

/// The tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Practice {
    /// Id.
    pub id: PracticeId,
    /// Full name, for staff.
    pub name: String,
    /// The neutral name shown to clients and used as the sender, at most 30 characters of GSM-7: no hint of a condition.
    pub display_name: String,
    /// The number clients may call.
    pub phone: String,
    /// Language where a person has none of their own.
    pub language: Language,
    /// IANA zone where a site or client has none of its own.
    pub zone: String,
    /// Decisions about hours, reminders and escalation.
    pub settings: Settings,
    /// When it was set up.
    pub created_at: Instant,
}

/// A place where the practice works.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Id.
    pub id: SiteId,
    /// Name.
    pub name: String,
    /// IANA zone; import times without an offset are in it.
    pub zone: String,
    /// Who answers for clients without a clinician, and the last tier of the ladder.
    pub on_call_id: Option<StaffId>,
    /// Hours before a session at which its check-in is sent here; none where it goes by the practice's.
    pub before_session_hours: Option<u32>,
}

impl Site {
    /// Hours before a session at which its check-in is sent to the clients of this site.
    pub fn hours_before_session(&self, settings: &Settings) -> u32 {
        self.before_session_hours.unwrap_or(settings.before_session_hours)
    }
}

/// What a practice has decided; every field has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// First minute of the day, in the client's zone, at which a client message may go (default 08:00).
    pub quiet_until_minute: u32,
    /// First minute of the day, in the client's zone, at which no client message may go any more (default 21:00).
    pub quiet_from_minute: u32,
    /// The narrower pair for a client whose zone is unknown (default 10:00–18:00 in the practice's zone).
    pub unknown_zone_until_minute: u32,
    /// See `unknown_zone_until_minute`.
    pub unknown_zone_from_minute: u32,
    /// Hours from the first message to the one reminder (default 48; 0 = none). Always less than the expiry.
    pub reminder_after_hours: u32,
    /// Hours from the first message until a check-in that was not opened goes on the other channel, where the client agreed to
    /// that; in place of the reminder, so never later than it (default 0 = not at all, else at least 12).
    pub fallback_after_hours: u32,
    /// Hours from the first message until the link ends (default 96).
    pub expires_after_hours: u32,
    /// Hours before the session at which its check-in is sent (default 24), where its site has none of its own.
    pub before_session_hours: u32,
    /// Working hours of the practice, minutes of the day in the site's zone, Monday to Friday (default 08:00–18:00).
    pub business_from_minute: u32,
    /// See `business_from_minute`.
    pub business_until_minute: u32,
    /// Minutes from an urgent risk answer to backup, supervisor and on-call, in hours (default 60, 90, 120). What is longer than
    /// that does not hold: [`crate::ladder::tiers`].
    pub ladder_in_hours: [u32; 3],
    /// The same outside working hours (default 240, 270, 300).
    pub ladder_after_hours: [u32; 3],
    /// The same from a review of a risk answer that is overdue, in hours (default: as an urgent one).
    pub review_in_hours: Option<[u32; 3]>,
    /// The same outside working hours.
    pub review_after_hours: Option<[u32; 3]>,
    /// Minutes between calls of the last tier until a person acknowledges (default 15, which is the most).
    pub ladder_repeat: u32,
    /// Hours until the supervisor is told of an off-track case (0 = at once; default 48).
    pub off_track_supervisor_after_hours: u32,
    /// The same of missed check-ins (default: as off track).
    pub missed_supervisor_after_hours: Option<u32>,
    /// The same of what a person must read (default: as off track, at most 48).
    pub read_supervisor_after_hours: Option<u32>,
    /// Hours after the due date of an off-track reason until backup and supervisors hear that nobody has taken it up (default 0).
    pub off_track_overdue_after_hours: u32,
    /// The same of missed check-ins (default 0).
    pub missed_overdue_after_hours: u32,
    /// Whether a missed pair of check-ins opens a case (default) or is shown only.
    pub silence: Silence,
    /// Whether clients are reminded of their appointments (default off: nobody is written to because of an upgrade).
    pub appointment_reminders: AppointmentReminders,
    /// Alerts a clinician is told of one by one in seven days; further ones come once a day (default 10). Danger is never
    /// among them.
    pub alert_budget: u32,
    /// What clients are shown of their own course (default: symptoms and wellbeing).
    pub progress: ShowProgress,
    /// What a client shows before a check-in opens on a browser (default nothing: the link is enough).
    pub proof: Proof,
    /// Days on which no client is written to, in the client's zone, earliest first (default none).
    pub holidays: Vec<Holiday>,
}

/// A day on which no client is written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day.
    pub day: NaiveDate,
    /// What it is called, for staff.
    pub name: String,
}

text_enum! {
    /// Whether clients are reminded of their appointments, 72, 24 and 2 hours before.
    AppointmentReminders {
        /// Nobody is.
        Off = "off",
        /// Whoever agreed to it is.
        On = "on",
    }
}

text_enum! {
    /// What a client is shown of their own course. How working together felt is never among it.
    ShowProgress {
        /// Symptoms and wellbeing.
        Symptoms = "symptoms",
        /// Nothing.
        Nothing = "nothing",
    }
}

text_enum! {
    /// What two missed check-ins running lead to.
    Silence {
        /// A case with reason "silence".
        Case = "case",
        /// A mark on the caseload only.
        Shown = "shown",
    }
}

impl Settings {
    /// When a check-in ends whose first message goes at the instant.
    #[must_use]
    pub fn expiry(&self, sent_at: Instant) -> Instant {
        sent_at + Duration::hours(i64::from(self.expires_after_hours))
    }

    /// The same with hours that end so many minutes earlier, for what may be under way for so long once it is out of our hands.
    /// Hours that are no longer than that keep their first minute.
    ///
    /// ```
    /// use care::practice::Settings;
    /// let early = Settings::default().closing_earlier(15);
    /// assert_eq!((early.quiet_from_minute, early.unknown_zone_from_minute), (20 * 60 + 45, 17 * 60 + 45));
    /// assert_eq!(early.closing_earlier(2_000).quiet_from_minute, early.quiet_until_minute + 1);
    /// ```
    #[must_use]
    pub fn closing_earlier(&self, minutes: u32) -> Self {
        let earlier = |opens: u32, closes: u32| {
            // Hours that make no sense stay as they are: they are replaced where they are read.
            if opens < closes { closes.saturating_sub(minutes).max(opens + 1) } else { closes }
        };
        Self {
            quiet_from_minute: earlier(self.quiet_until_minute, self.quiet_from_minute),
            unknown_zone_from_minute: earlier(self.unknown_zone_until_minute, self.unknown_zone_from_minute),
            ..self.clone()
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            quiet_until_minute: 8 * 60,
            quiet_from_minute: 21 * 60,
            unknown_zone_until_minute: 10 * 60,
            unknown_zone_from_minute: 18 * 60,
            reminder_after_hours: 48,
            fallback_after_hours: 0,
            expires_after_hours: 96,
            before_session_hours: 24,
            business_from_minute: 8 * 60,
            business_until_minute: 18 * 60,
            ladder_in_hours: ladder::IN_HOURS,
            ladder_after_hours: ladder::AFTER_HOURS,
            review_in_hours: None,
            review_after_hours: None,
            ladder_repeat: ladder::REPEAT,
            off_track_supervisor_after_hours: ladder::SUPERVISORS,
            missed_supervisor_after_hours: None,
            read_supervisor_after_hours: None,
            off_track_overdue_after_hours: 0,
            missed_overdue_after_hours: 0,
            silence: Silence::Case,
            appointment_reminders: AppointmentReminders::Off,
            alert_budget: 10,
            progress: ShowProgress::Symptoms,
            proof: Proof::Off,
            holidays: Vec::new(),
        }
    }
}

/// Help that a client is shown before anything else when an answer says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrisisResource {
    /// Id.
    pub id: CrisisResourceId,
    /// Language it is written in.
    pub language: Language,
    /// What the button says.
    pub label: String,
    /// One line below it.
    pub detail: String,
    /// `tel:`, `sms:` or `https:` address.
    pub href: String,
    /// The one site it is for; none where it is the whole practice's.
    pub site_id: Option<SiteId>,
    /// Order of display.
    pub position: i64,
    /// When a person last checked that it is right.
    pub reviewed_on: NaiveDate,
}

text_enum! {
    /// Work for the front desk.
    TaskKind {
        /// A client's number asked for no more texts.
        OptedOut = "opted_out",
        /// A client wrote back; the text itself is not kept.
        InboundText = "inbound_text",
        /// An address does not work.
        Undeliverable = "undeliverable",
        /// A message may or may not have gone; nobody knows, and it is not sent again by itself.
        UnknownOutcome = "unknown_outcome",
        /// A link was answered by more than one device with different answers.
        Amendment = "amendment",
        /// An import proposes two clients who may be one person.
        LookAlike = "look_alike",
        /// A client answered a reminder of an appointment with something that needs a person.
        AppointmentRequest = "appointment_request",
        /// Somebody could not show that a check-in is theirs, and is not asked again for a while.
        LockedOut = "locked_out",
    }
}

/// A task with one owner role: the front desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Id.
    pub id: TaskId,
    /// What it is.
    pub kind: TaskKind,
    /// Whom it is about.
    pub client_id: Option<ClientId>,
    /// When it arose.
    pub raised_at: Instant,
    /// When it should be done.
    pub due_at: Instant,
    /// When somebody did it.
    pub done_at: Option<Instant>,
    /// Who did it.
    pub done_by: Option<StaffId>,
}
