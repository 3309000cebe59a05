//! One client of one practice in rows, as the store keeps them, and the circumstances a history plays in.

use crate::dice::Dice;
use crate::planted::Planted;
use crate::sending::Worker;
use care::appointment::{Appointment, AppointmentState};
use care::case::{Case, Reason};
use care::delivery::{Hours, Reach};
use care::episode::{Episode, EpisodeState, Measure};
use care::leave::{Leave, Roster};
use care::message::{Channel, Message};
use care::packet::{Asked, Packet};
use care::plan::Course;
use care::practice::{Settings, Site, TaskKind};
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::response::{ResponseKind, Sheet};
use care::staff::{Role, Shortcut, Staff, StaffState};
use care::{
    AppointmentId, ClientId, EpisodeId, Instant, Language, LeaveId, Phi, ProtocolId, ReasonId, SiteId, StaffId,
    local_time,
};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use instruments::Library;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

pub fn library() -> &'static Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().expect("the library that ships"));
    &LIBRARY
}

/// A submitted set of answers.
#[derive(Debug, Clone)]
pub struct Response {
    pub packet: usize,
    pub kind: ResponseKind,
    pub sheet: Sheet,
}

/// One rung of a reason's ladder.
#[derive(Debug, Clone)]
pub struct Rung {
    pub reason: ReasonId,
    pub place: i64,
    pub due_at: Instant,
    pub fired_at: Option<Instant>,
}

/// Everything the product knows: rows, and what its workers hold in memory.
#[derive(Debug)]
pub struct State {
    pub settings: Settings,
    pub zone: Option<Tz>,
    pub practice_zone: Tz,
    pub site: Site,
    pub roster: Roster,
    pub episode: Episode,
    pub protocol: Protocol,
    pub appointments: Vec<Appointment>,
    pub course: Course,
    pub answered: BTreeMap<String, Instant>,
    pub measures: Vec<Measure>,
    pub packets: Vec<Packet>,
    /// What was saved, by check-in.
    pub sheets: Vec<Sheet>,
    pub responses: Vec<Response>,
    pub messages: Vec<Message>,
    /// Whether the link of a message is still kept sealed, so that it can be asked for.
    pub tokens: Vec<bool>,
    pub preferred: Channel,
    pub reach: [Reach; 2],
    pub cases: Vec<Case>,
    pub reasons: Vec<Reason>,
    pub rungs: Vec<Rung>,
    pub tasks: BTreeSet<TaskKind>,
    /// Two that anything may happen to, and one that nothing does.
    pub workers: [Worker; 3],
    pub planted: Option<Planted>,
}

pub const fn index(channel: Channel) -> usize {
    match channel {
        Channel::Sms => 0,
        Channel::Email => 1,
    }
}

impl State {
    /// The circumstances that belong to a seed: zone, season, settings, channels. With the instant at which it begins.
    pub fn new(dice: &mut Dice, planted: Option<Planted>) -> (Self, Instant) {
        let zones: [Option<Tz>; 6] = [
            Some(chrono_tz::America::Los_Angeles),
            Some(chrono_tz::Europe::Berlin),
            Some(chrono_tz::Australia::Lord_Howe),
            Some(chrono_tz::Asia::Kathmandu),
            Some(chrono_tz::America::St_Johns),
            None,
        ];
        let zone = zones[usize::from(dice.small(6))];
        let practice_zone = zone.unwrap_or(chrono_tz::America::Chicago);
        let begins =
            NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day").and_hms_opt(0, 0, 0).expect("a time").and_utc()
                + Duration::hours(i64::from(dice.hours(0, 8_760)));
        let settings = Settings {
            fallback_after_hours: [0, 12, 24, 47][usize::from(dice.small(4))],
            reminder_after_hours: [48, 48, 24, 0][usize::from(dice.small(4))],
            expires_after_hours: [96, 96, 60, 168][usize::from(dice.small(4))],
            review_in_hours: [None, None, Some([10, 20, 30]), Some([60, 61, 62])][usize::from(dice.small(4))],
            off_track_overdue_after_hours: [0, 0, 24, 72][usize::from(dice.small(4))],
            missed_overdue_after_hours: [0, 0, 1, 48][usize::from(dice.small(4))],
            ..Settings::default()
        };
        let started_on = local_time::day_of(begins, practice_zone);
        let has =
            |has_address, has_consent| Reach { has_address, is_suppressed: false, is_unusable: false, has_consent };
        let both = dice.below(4) > 0;
        let preferred = if dice.below(3) == 0 { Channel::Email } else { Channel::Sms };
        let mut reach = [has(true, both), has(true, both)];
        reach[index(preferred)].has_consent = true;
        let state = Self {
            settings,
            zone,
            practice_zone,
            site: Site {
                id: SiteId::from_text("site"),
                name: "North".to_owned(),
                zone: practice_zone.name().to_owned(),
                on_call_id: Some(StaffId::from_text("oz")),
                before_session_hours: [None, None, Some(2), Some(48)][usize::from(dice.small(4))],
            },
            roster: Roster {
                staff: vec![
                    person("ana", Role::Clinician, Some("ben")),
                    person("ben", Role::Clinician, None),
                    person("sue", Role::Supervisor, None),
                    person("oz", Role::Clinician, None),
                ],
                leaves: Vec::new(),
                duties: Vec::new(),
                today: started_on,
            },
            episode: Episode {
                id: EpisodeId::from_text("episode"),
                client_id: ClientId::from_text("client"),
                site_id: SiteId::from_text("site"),
                protocol_id: ProtocolId::from_text("protocol"),
                started_on,
                state: EpisodeState::Open,
                discharged_at: None,
                discharge_reason: None,
            },
            protocol: Protocol {
                id: ProtocolId::from_text("protocol"),
                name: "Standard".to_owned(),
                version: 1,
                lines: vec![
                    Line::new("phq-9", Rhythm::BeforeSession),
                    Line::new("phq-9", Rhythm::EveryWeeks(2)),
                    Line::new("session-feedback", Rhythm::AfterSession),
                    Line::new("phq-9", Rhythm::Discharge),
                ],
                budget: None,
                state: ProtocolState::Current,
                in_force_from: None,
                created_at: begins,
            },
            appointments: Vec::new(),
            course: Course::default(),
            answered: BTreeMap::new(),
            measures: Vec::new(),
            packets: Vec::new(),
            sheets: Vec::new(),
            responses: Vec::new(),
            messages: Vec::new(),
            tokens: Vec::new(),
            preferred,
            reach,
            cases: Vec::new(),
            reasons: Vec::new(),
            rungs: Vec::new(),
            tasks: BTreeSet::new(),
            workers: [Worker::Idle, Worker::Idle, Worker::Idle],
            planted,
        };
        (state, begins)
    }

    pub fn is(&self, planted: Planted) -> bool {
        self.planted == Some(planted)
    }

    /// Who is there today.
    pub fn look_at_calendar(&mut self, now: Instant) {
        self.roster.today = local_time::day_of(now, self.practice_zone);
    }

    pub fn clinician() -> StaffId {
        StaffId::from_text("ana")
    }

    pub fn hours(&self) -> Hours<'_> {
        Hours { zone: self.zone, practice_zone: self.practice_zone, settings: &self.settings }
    }

    /// Starts of the sessions that take place or took place.
    pub fn sessions(&self) -> Vec<Instant> {
        self.appointments.iter().filter(|one| one.state.is_on()).map(|one| one.starts_at).collect()
    }

    pub fn book(&mut self, starts_at: Instant) {
        if self.appointments.len() >= 5 {
            return;
        }
        self.appointments.push(Appointment {
            id: AppointmentId::from_text(format!("s{}", self.appointments.len())),
            client_id: self.episode.client_id.clone(),
            episode_id: self.episode.id.clone(),
            clinician_id: Self::clinician(),
            site_id: self.site.id.clone(),
            starts_at,
            ends_at: starts_at + Duration::minutes(50),
            state: AppointmentState::Scheduled,
        });
    }

    pub fn leave(&mut self, days: u8) {
        let today = self.roster.today;
        if self.roster.leave_of(&Self::clinician()).is_none() {
            self.roster.leaves.push(Leave {
                id: LeaveId::from_text("leave"),
                staff_id: Self::clinician(),
                cover_id: StaffId::from_text("ben"),
                starts_on: today,
                ends_on: today + Duration::days(i64::from(days)),
            });
        }
    }
}

pub fn asks_about_danger(asked: &[Asked]) -> bool {
    asked.iter().any(|one| one.id == "phq-9")
}

fn person(id: &str, role: Role, backup: Option<&str>) -> Staff {
    Staff {
        id: StaffId::from_text(id),
        name: Phi::new(id.to_owned()),
        email: Phi::new(format!("{id}@example.org")),
        phone: Some(Phi::new("+15550100".to_owned())),
        language: Language::En,
        state: StaffState::Active,
        backup_id: backup.map(StaffId::from_text),
        shortcut: Shortcut::On,
        roles: vec![role],
        sites: Vec::new(),
    }
}
