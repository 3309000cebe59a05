//! The check-ins an episode should have.

use super::budget::{self, Dropped};
use super::{Desired, Situation, base, is_slot};
use crate::appointment::{Appointment, AppointmentState};
use crate::local_time::{at_minute, day_of};
use crate::packet::{Asked, Occasion, Packet, PacketState};
use crate::protocol::{Event, Line, Rhythm, Stop};
use crate::{AppointmentId, Instant};
use chrono::{Duration, Months, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// An instrument asked every N weeks is due with a session up to this many days before the N weeks are over, so that a
/// session every other Tuesday does not miss it by an hour.
const TOLERANCE_DAYS: i64 = 3;

/// A session up to this many days after the N weeks are over is waited for; without one the instrument is asked on its
/// own day.
const REACH_DAYS: i64 = 7;

/// A session that ended longer ago than this is not asked about any more.
const AFTER_SESSION_HOURS: i64 = 24;

/// What happened longer ago than this is not asked about any more.
const EVENT_DAYS: i64 = 7;

/// When an instrument was last asked or will be, by instrument id.
type Asks = BTreeMap<String, Instant>;

/// The check-ins an episode should have from now to the horizon, by time of sending.
///
/// - Before each scheduled session, `before_session_hours` before its start: the before-session lines, the intake lines
///   until they were answered once, and the every-N-weeks lines that are due (last submitted at least N weeks less 3
///   days before the session, or never).
/// - On their own day: every-N-weeks lines without a session from 3 days before to 7 days after they are due, on the
///   day the N weeks are over but not before tomorrow, when the working day begins; lines due within 3 days of one
///   another together. A line that was never asked waits 7 days from the start of the episode for a first session. An
///   unanswered one is asked again after N weeks.
/// - After each session that takes place or took place, at its end: the after-session lines.
///
/// - On an event: after a missed session at its end, after the opening of a case at once.
///
/// Lines that have stopped are left out, and so is what the budget has no room for. `send_at` may lie in the past: then it
/// is due at once.
pub fn desired(situation: &Situation<'_>) -> Vec<Desired> {
    plan(situation).wanted
}

/// What an episode should be asked, and what was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The check-ins, by time of sending.
    pub wanted: Vec<Desired>,
    /// What the budget had no room for.
    pub dropped: Vec<Dropped>,
    /// How many questions about the client's own goals a check-in has whose occasion asks about them.
    pub goals: u32,
    /// Of [`super::to_come`]: the slots of which the client was told, or which they have begun.
    pub out: BTreeSet<String>,
}

/// The check-ins an episode should have, as [`desired`], with what was left out of them and why.
pub fn plan(situation: &Situation<'_>) -> Plan {
    let wanted = unlimited(situation);
    match situation.protocol.budget {
        Some(budget) => budget::within(situation, wanted, budget),
        None => Plan { wanted, dropped: Vec::new(), goals: situation.course.goals.now, out: BTreeSet::new() },
    }
}

fn unlimited(situation: &Situation<'_>) -> Vec<Desired> {
    let sessions = upcoming(situation);
    let pending = pending(situation, &sessions);
    let regular = regular(situation, &sessions, &pending);
    let mut asks = pending;
    let mut wanted = Vec::new();
    for session in &sessions {
        let slot = format!("before:{}", session.id);
        let send_at = before(session, situation);
        let told = |packet: &&Packet| {
            is_slot(&packet.slot, &slot) && is_told(packet, situation.now) && is_check_in_of(packet, session, situation)
        };
        if let Some(told) = situation.packets.iter().find(told) {
            note(&mut asks, &told.asked, session.starts_at);
        }
        let lines = |line: &&Line| match line.rhythm {
            Rhythm::BeforeSession => true,
            Rhythm::BeforeEvery(turn) => turn.takes(number_of(session, situation)),
            Rhythm::Intake => !was_asked(&asks, &regular, &line.instrument, session.starts_at),
            rhythm => Period::of(rhythm).is_some_and(|period| {
                last_ask(&asks, &regular, &line.instrument, session.starts_at)
                    .is_none_or(|last| session.starts_at >= period.after(last) - period.tolerance())
            }),
        };
        let asked = asked(situation, going_on(situation).filter(lines));
        let occasion = occasion(situation, &asked, &asks, Occasion::BeforeSession);
        note(&mut asks, &asked, session.starts_at);
        push(
            &mut wanted,
            situation,
            Desired { appointment_id: Some(session.id.clone()), ..check_in(slot, occasion, asked, send_at) },
        );
    }
    for (day, instruments) in &regular {
        let lines = |line: &&Line| match line.rhythm {
            Rhythm::Intake => !asks.contains_key(&line.instrument),
            rhythm => Period::of(rhythm).is_some() && instruments.contains(&line.instrument),
        };
        let asked = asked(situation, going_on(situation).filter(lines));
        note(&mut asks, &asked, situation.now);
        let send_at = at_minute(*day, situation.settings.business_from_minute, situation.zone);
        push(&mut wanted, situation, check_in(format!("regular:{day}"), Occasion::Regular, asked, send_at));
    }
    for session in ended_or_to_end(situation) {
        let lines = going_on(situation).filter(|line| match line.rhythm {
            Rhythm::AfterSession => true,
            Rhythm::AfterEvery(turn) => turn.takes(number_of(session, situation)),
            _ => false,
        });
        let packet =
            check_in(format!("after:{}", session.id), Occasion::AfterSession, asked(situation, lines), session.ends_at);
        push(&mut wanted, situation, Desired { appointment_id: Some(session.id.clone()), ..packet });
    }
    for (slot, event, at) in events(situation) {
        let lines = going_on(situation).filter(|line| line.rhythm == Rhythm::On(event));
        push(&mut wanted, situation, check_in(slot, Occasion::Event, asked(situation, lines), at));
    }
    wanted.sort_by_key(|one| one.send_at);
    wanted
}

/// The protocol's lines that have not stopped.
fn going_on<'a>(situation: &Situation<'a>) -> impl Iterator<Item = &'a Line> {
    let course = situation.course;
    situation.protocol.lines.iter().filter(move |line| match line.stop {
        None => true,
        Some(Stop::AfterTimes(times)) => course.times.get(&line.instrument).copied().unwrap_or(0) < times,
        Some(Stop::AtRemission) => !course.in_remission.contains(&line.instrument),
    })
}

/// The session's number in the episode, from 1; sessions that are off do not count.
fn number_of(session: &Appointment, situation: &Situation<'_>) -> u32 {
    let is_before = |one: &&Appointment| {
        one.episode_id == situation.episode.id
            && one.state.is_on()
            && (one.starts_at, &one.id) <= (session.starts_at, &session.id)
    };
    u32::try_from(situation.appointments.iter().filter(is_before).count()).unwrap_or(u32::MAX)
}

/// What has happened lately: the slot of its check-in, what it was, and when.
fn events(situation: &Situation<'_>) -> Vec<(String, Event, Instant)> {
    let is_recent = |at: Instant| at <= situation.now && at > situation.now - Duration::days(EVENT_DAYS);
    let missed = situation
        .appointments
        .iter()
        .filter(|one| one.episode_id == situation.episode.id && one.state == AppointmentState::NoShow)
        .map(|one| (format!("event:no_show:{}", one.id), Event::NoShow, one.ends_at));
    let cases = situation.course.cases.iter().map(|(id, at)| (format!("event:case:{id}"), Event::CaseOpened, *at));
    missed.chain(cases).filter(|(_, _, at)| is_recent(*at)).collect()
}

/// How long it is from one time to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    Weeks(u32),
    Days(u32),
    Months(u32),
}

impl Period {
    const fn of(rhythm: Rhythm) -> Option<Self> {
        match rhythm {
            Rhythm::EveryWeeks(weeks) => Some(Self::Weeks(weeks)),
            Rhythm::EveryDays(days) => Some(Self::Days(days)),
            Rhythm::EveryMonths(months) => Some(Self::Months(months)),
            _ => None,
        }
    }

    /// When it is over.
    fn after(self, last: Instant) -> Instant {
        match self {
            Self::Weeks(weeks) => last + Duration::weeks(i64::from(weeks.max(1))),
            Self::Days(days) => last + Duration::days(i64::from(days.max(1))),
            Self::Months(months) => last.checked_add_months(Months::new(months.max(1))).unwrap_or(last),
        }
    }

    /// How much earlier a session may come.
    fn tolerance(self) -> Duration {
        match self {
            Self::Weeks(_) | Self::Months(_) => Duration::days(TOLERANCE_DAYS),
            Self::Days(days) => Duration::days(TOLERANCE_DAYS.min(i64::from(days / 3))),
        }
    }

    /// How much later a session is waited for.
    fn reach(self) -> Duration {
        match self {
            Self::Weeks(_) | Self::Months(_) => Duration::days(REACH_DAYS),
            Self::Days(days) => Duration::days(REACH_DAYS.min(i64::from(days / 2))),
        }
    }
}

pub(super) fn check_in(slot: String, occasion: Occasion, asked: Vec<Asked>, send_at: Instant) -> Desired {
    Desired { slot, occasion, appointment_id: None, asked, send_at, expires_at: send_at }
}

pub(super) fn push(wanted: &mut Vec<Desired>, situation: &Situation<'_>, one: Desired) {
    if !one.asked.is_empty() {
        wanted.push(Desired { expires_at: situation.settings.expiry(one.send_at), ..one });
    }
}

/// Current versions, each instrument once, in the protocol's order.
pub(super) fn asked<'a>(situation: &Situation<'_>, lines: impl Iterator<Item = &'a Line>) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for line in lines {
        if let Some(instrument) = situation.library.current(&line.instrument)
            && asked.iter().all(|one| one.id != instrument.id)
        {
            asked.push(Asked { id: instrument.id.clone(), version: instrument.version.clone() });
        }
    }
    asked
}

/// A check-in that carries an intake line not asked before is the intake.
fn occasion(situation: &Situation<'_>, asked: &[Asked], asks: &Asks, otherwise: Occasion) -> Occasion {
    let is_first = |line: &Line| {
        line.rhythm == Rhythm::Intake
            && !asks.contains_key(&line.instrument)
            && asked.iter().any(|one| one.id == line.instrument)
    };
    if situation.protocol.lines.iter().any(is_first) { Occasion::Intake } else { otherwise }
}

fn horizon(situation: &Situation<'_>) -> Instant {
    situation.now + Duration::days(situation.horizon_days)
}

fn upcoming<'a>(situation: &Situation<'a>) -> Vec<&'a Appointment> {
    let mut sessions: Vec<&Appointment> = situation
        .appointments
        .iter()
        .filter(|one| one.episode_id == situation.episode.id && one.state == AppointmentState::Scheduled)
        .filter(|one| one.starts_at > situation.now && one.starts_at <= horizon(situation))
        .collect();
    sessions.sort_by(|a, b| (a.starts_at, &a.id).cmp(&(b.starts_at, &b.id)));
    sessions
}

fn ended_or_to_end<'a>(situation: &Situation<'a>) -> impl Iterator<Item = &'a Appointment> {
    let from = situation.now - Duration::hours(AFTER_SESSION_HOURS);
    let (until, episode) = (horizon(situation), &situation.episode.id);
    situation.appointments.iter().filter(move |one| {
        one.episode_id == *episode && one.state.is_on() && one.ends_at > from && one.ends_at <= until
    })
}

/// Whether the client was told of a check-in that can still be answered, or is about to be: what it asks is asked.
pub(super) fn is_told(packet: &Packet, now: Instant) -> bool {
    match packet.state {
        PacketState::Open => true,
        PacketState::Planned => packet.started_at.is_some() || packet.send_at <= now,
        PacketState::Completed | PacketState::Expired | PacketState::Withdrawn => false,
    }
}

/// Whether the check-in is being taken back with its appointment: what it asks is not asked.
pub(super) fn is_called_off(packet: &Packet, situation: &Situation<'_>) -> bool {
    let takes_place = |id: &AppointmentId| situation.appointments.iter().any(|one| one.id == *id && one.state.is_on());
    packet.started_at.is_none() && packet.appointment_id.as_ref().is_some_and(|id| !takes_place(id))
}

/// Whether the check-in is the one of a session still to come: it was not told so early that it ends before that
/// session's check-in is due.
fn is_check_in_of(packet: &Packet, session: &Appointment, situation: &Situation<'_>) -> bool {
    packet.appointment_id.as_ref() == Some(&session.id) && packet.expires_at > before(session, situation)
}

/// When the check-in before a session should be sent.
fn before(session: &Appointment, situation: &Situation<'_>) -> Instant {
    session.starts_at - Duration::hours(i64::from(situation.before_session_hours))
}

/// When each instrument was last answered or is being asked, apart from the check-ins of sessions still to come.
fn pending(situation: &Situation<'_>, sessions: &[&Appointment]) -> Asks {
    let mut asks = situation.answered.clone();
    for packet in situation.packets {
        let is_of_upcoming = sessions.iter().any(|session| is_check_in_of(packet, session, situation));
        if is_told(packet, situation.now) && !is_called_off(packet, situation) && !is_of_upcoming {
            note(&mut asks, &packet.asked, packet.send_at);
        }
    }
    asks
}

fn note(asks: &mut Asks, asked: &[Asked], at: Instant) {
    for one in asked {
        let last = asks.entry(one.id.clone()).or_insert(at);
        *last = at.max(*last);
    }
}

/// Check-ins on their own day: which instruments, by day.
type Regular = BTreeMap<NaiveDate, Vec<String>>;

fn last_ask(asks: &Asks, regular: &Regular, instrument: &String, before: Instant) -> Option<Instant> {
    let on_its_day = regular
        .iter()
        .filter(|(_, instruments)| instruments.contains(instrument))
        .map(|(day, _)| day.and_time(chrono::NaiveTime::MIN).and_utc())
        .filter(|at| *at < before)
        .max();
    asks.get(instrument).copied().max(on_its_day)
}

fn was_asked(asks: &Asks, regular: &Regular, instrument: &String, before: Instant) -> bool {
    last_ask(asks, regular, instrument, before).is_some()
}

fn regular(situation: &Situation<'_>, sessions: &[&Appointment], pending: &Asks) -> Regular {
    let today = day_of(situation.now, situation.zone);
    let tomorrow = today + Duration::days(1);
    let last_day = day_of(horizon(situation), situation.zone);
    let mut due: Vec<(NaiveDate, String)> = Vec::new();
    for line in going_on(situation) {
        let Some(period) = Period::of(line.rhythm) else { continue };
        let asks = |packet: &&Packet| packet.asked.iter().any(|one| one.id == line.instrument);
        let own_day =
            || situation.packets.iter().filter(asks).filter(|packet| base(&packet.slot).starts_with("regular:"));
        let lapsed = own_day().filter(|packet| packet.state == PacketState::Expired).map(|packet| packet.send_at).max();
        let (tolerated, due_day) = match pending.get(&line.instrument).copied().max(lapsed) {
            Some(last) => {
                let due_day = day_of(period.after(last), situation.zone);
                (due_day - period.tolerance(), due_day)
            }
            None => (NaiveDate::MIN, situation.episode.started_on + period.reach()),
        };
        let reached = due_day.max(today) + period.reach();
        let in_reach =
            |session: &&Appointment| (tolerated..=reached).contains(&day_of(session.starts_at, situation.zone));
        if sessions.iter().any(in_reach) {
            continue;
        }
        // A check-in that waits already keeps its day, or it would be put off by a day every day.
        let waiting = own_day()
            .filter(|packet| packet.state == PacketState::Planned)
            .map(|packet| day_of(packet.send_at, situation.zone))
            .filter(|day| *day >= tolerated)
            .min();
        let day = waiting.unwrap_or(due_day.max(tomorrow));
        if day <= last_day {
            due.push((day, line.instrument.clone()));
        }
    }
    together(due)
}

/// Lines due within a few days of one another are asked together, on the earliest day.
fn together(mut due: Vec<(NaiveDate, String)>) -> Regular {
    due.sort();
    let mut regular = Regular::new();
    for (day, instrument) in due {
        let earlier =
            regular.keys().next_back().copied().filter(|first| day - *first <= Duration::days(TOLERANCE_DAYS));
        regular.entry(earlier.unwrap_or(day)).or_default().push(instrument);
    }
    regular
}
