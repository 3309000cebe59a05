//! Seeds the practice *Harbor Lane Counseling*: invented people, eighteen months of courses of therapy, deterministic from
//! its seed, dated relative to now. History goes through the same workflows as real answers, on a clock that is set to
//! each event's instant, so that scores, signals and cases are what they would have been.

use super::answers::{lines, symptom_answers};
use super::course::{self, Attendance, Session, Severity};
use super::founding;
use super::people::{AREA_CODES, FIRST_NAMES, LAST_NAMES};
use anyhow::{Context as _, Result};
use care::appointment::{Appointment, AppointmentState};
use care::case::{
    Assessment, Case, CaseState, Contacted, Decision, Disposition, EmergencyContact, PlanChangeKind, Reason,
    ReasonLevel, Referral, SafetyPlan, Screener, VERIFY_SESSIONS,
};
use care::client::{Client, Consent, ConsentSource, ConsentState, Contact, Purpose, Recipient};
use care::episode::{Assignment, DischargeReason, Episode, EpisodeState};
use care::message::{Channel, Message, MessageKind, MessageState};
use care::packet::{Asked, Occasion, Packet, PacketState};
use care::response::{Mode, Sheet};
use care::staff::{Actor, Staff};
use care::{
    AppointmentId, AssignmentId, CaseId, ClientId, ConsentId, EpisodeId, Instant, Language, MessageId, PacketId, Phi,
    PracticeId, ProtocolId, SeededEntropy, SiteId, TestClock,
};
use chrono::Duration;
use chrono_tz::Tz;
use instruments::{Answer, Library};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::sync::Arc;
use store::{Db, Tx};
use workflows::{Context, case, packet, response};

pub const ZONE: Tz = chrono_tz::America::Los_Angeles;
/// The password of every invented account. The demo prints it; nothing else accepts it.
pub const PASSWORD: &str = "harbor lane demo";
/// Clients share commits, as many as fit into this time: a commit for each would write the same pages again and again, and
/// nobody is to hold the writer for long.
const COMMIT_AFTER: std::time::Duration = std::time::Duration::from_millis(150);

/// What invented clinicians change when somebody is off track.
const PLANS: &[(PlanChangeKind, &str)] = &[
    (PlanChangeKind::Frequency, "Twice a week for the next month"),
    (PlanChangeKind::Focus, "Sleep first, then the conflict at work"),
    (PlanChangeKind::Method, "Behavioral activation with a weekly plan"),
    (PlanChangeKind::Medication, "Referral to the prescriber for a second look"),
    (PlanChangeKind::InvolveOthers, "Partner joins two sessions"),
];

/// What the demo prints once its practice is there.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// Token of a check-in that waits to be answered.
    pub link: Option<String>,
}

/// What is seeded.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The same seed gives the same practice.
    pub seed: u64,
    /// Number of clients.
    pub clients: usize,
    /// Now.
    pub now: Instant,
}

/// What the seeding works with.
pub struct Seeder {
    pub ctx: Context,
    pub clock: TestClock,
    pub sites: [SiteId; 2],
    pub staff: Vec<Staff>,
    pub protocol: ProtocolId,
    /// The version of the wording that clients agreed to.
    pub wording: String,
    pub now: Instant,
}

/// Seeds an empty database. `step` is called once per client, for the progress bar.
pub async fn seed(db: &Db, library: Arc<Library>, plan: Plan, mut step: impl FnMut()) -> Result<Seeded> {
    let clock = TestClock::at(plan.now - Duration::days(560));
    let ctx = Context::new(clock.clone(), SeededEntropy::new(plan.seed), library);
    let practice = ctx.id(PracticeId::new);
    let mut tx = db.write(&practice).await?;
    let seeder = founding::found(&mut tx, ctx, clock, &practice, plan).await?;
    tx.commit().await?;
    let mut numbers = (0..plan.clients).peekable();
    while numbers.peek().is_some() {
        let mut tx = db.write(&practice).await?;
        let began = std::time::Instant::now();
        while began.elapsed() < COMMIT_AFTER
            && let Some(number) = numbers.next()
        {
            let mut rng = ChaCha12Rng::seed_from_u64(plan.seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
            seeder.client(&mut tx, &mut rng, number).await.with_context(|| format!("seeding client {number}"))?;
            step();
        }
        tx.commit().await?;
    }
    seeder.clock.set(plan.now);
    let mut tx = db.write(&practice).await?;
    store::history::settle_the_past(&mut tx, plan.now).await?;
    tx.commit().await?;
    let link = seeder.ahead(db, &practice).await?;
    Ok(Seeded { link })
}

/// Something that happens in a course, in the order of time.
enum Event {
    Submit { at: Instant, packet: Box<Packet>, sheet: Sheet },
    Expire { at: Instant, packet: PacketId },
}

/// The open case of a course as its clinician last saw it.
#[derive(Default)]
struct Desk {
    /// Whether nothing has happened to it since.
    is_current: bool,
    case: Option<(Case, Vec<Reason>)>,
    /// Cases that were closed, when, and what is not known yet: whether the client got back on track.
    closed: Vec<(CaseId, Instant)>,
}

/// What happens in a course of therapy, the check-ins it happens in, and the messages that asked for them.
struct Course {
    events: Vec<Event>,
    packets: Vec<Packet>,
    messages: Vec<Message>,
}

impl Event {
    fn at(&self) -> Instant {
        match self {
            Self::Submit { at, .. } | Self::Expire { at, .. } => *at,
        }
    }
}

impl Seeder {
    /// A site and one of its clinicians.
    fn clinician(rng: &mut impl Rng) -> (usize, usize) {
        let place = usize::from(rng.random_bool(0.42));
        (place, if place == 0 { rng.random_range(0..5) } else { rng.random_range(5..9) })
    }

    async fn client(&self, tx: &mut Tx, rng: &mut ChaCha12Rng, number: usize) -> Result<()> {
        let now = self.now;
        let (place, clinician) = Self::clinician(rng);
        // Half of them began within the last half year, so that the caseloads of today are full.
        let span = if rng.random_bool(0.5) { 180 } else { 548 };
        let first_day = (now - Duration::days(rng.random_range(5..span))).with_timezone(&ZONE).date_naive();
        let planned = if rng.random_bool(0.18) { rng.random_range(1..4) } else { rng.random_range(6..34) };
        let sessions = course::sessions(rng, first_day, planned, ZONE, now);
        let began = sessions.first().map_or(now, |session| session.starts_at) - Duration::days(3);
        self.clock.set(began);
        let client = self.person(rng, number, place, began);
        store::client::insert(tx, &client, began).await?;
        store::consent::insert_many(tx, &self.consents(rng, &client, began)).await?;
        let running = sessions.iter().any(|session| session.attendance == Attendance::Scheduled)
            || sessions.last().is_some_and(|session| now - session.starts_at < Duration::days(10));
        let episode = Episode {
            id: self.ctx.id(EpisodeId::new),
            client_id: client.id.clone(),
            site_id: self.sites[place].clone(),
            protocol_id: self.protocol.clone(),
            started_on: began.with_timezone(&ZONE).date_naive(),
            state: EpisodeState::Open,
            discharged_at: None,
            discharge_reason: None,
        };
        store::episode::insert(tx, &episode).await?;
        let assignment = Assignment {
            id: self.ctx.id(AssignmentId::new),
            episode_id: episode.id.clone(),
            clinician_id: self.staff[clinician].id.clone(),
            starts_at: began,
            ends_at: None,
        };
        store::assignment::assign(tx, &assignment).await?;
        let appointments = self.appointments(&episode, clinician, &sessions);
        store::appointment::insert_many(tx, &appointments).await?;
        let Course { mut events, packets, messages } = self.course(rng, &client, &episode, &sessions, &appointments);
        events.sort_by_key(Event::at);
        store::history::insert_packets(tx, &packets).await?;
        store::history::insert_messages(tx, &messages).await?;
        let mut desk = Desk::default();
        for event in events {
            self.work_cases(tx, rng, &episode.id, &mut desk, event.at()).await?;
            self.clock.set(event.at());
            match event {
                Event::Submit { at, packet, sheet } => {
                    let receipt = response::submit_sheet_of(tx, &self.ctx, &packet, sheet, Mode::Link, at)
                        .await
                        .context("answers")?;
                    desk.is_current &= receipt.case.is_none();
                    self.verify(tx, &mut desk, &sessions, at).await?;
                }
                Event::Expire { packet, .. } => {
                    packet::expire(tx, &self.ctx, &packet).await.context("a missed check-in")?;
                    desk.is_current = false;
                }
            }
        }
        // Some of the latest cases wait for their clinician still.
        let lag = if rng.random_bool(0.8) { 1 } else { 9 };
        self.work_cases(tx, rng, &episode.id, &mut desk, now - Duration::days(lag)).await.context("a case")?;
        if !running {
            self.work_cases(tx, rng, &episode.id, &mut desk, now + Duration::days(30)).await?;
            let reason = match rng.random::<f64>() {
                x if x < 0.6 => DischargeReason::Completed,
                x if x < 0.85 => DischargeReason::DroppedOut,
                _ => DischargeReason::Moved,
            };
            let ended = sessions.last().map_or(now, |session| (session.starts_at + Duration::days(9)).min(now));
            self.clock.set(ended);
            store::episode::discharge(tx, &episode.id, reason, ended).await?;
            store::assignment::end(tx, &episode.id, ended).await?;
            for (case, _) in desk.closed.drain(..) {
                case::verify(tx, &self.ctx, &case).await?;
            }
        }
        Ok(())
    }

    /// Looks at closed cases once their four sessions are over.
    async fn verify(&self, tx: &mut Tx, desk: &mut Desk, sessions: &[Session], now: Instant) -> Result<()> {
        let held = |closed: Instant| {
            let after = |one: &&Session| one.number > 0 && one.starts_at > closed && one.starts_at <= now;
            sessions.iter().filter(after).count()
        };
        let (due, waiting): (Vec<_>, Vec<_>) =
            desk.closed.drain(..).partition(|(_, closed)| held(*closed) >= VERIFY_SESSIONS as usize);
        desk.closed = waiting;
        for (case, _) in due {
            case::verify(tx, &self.ctx, &case).await?;
            desk.is_current = false;
        }
        Ok(())
    }

    fn person(&self, rng: &mut impl Rng, number: usize, place: usize, began: Instant) -> Client {
        let first = FIRST_NAMES[rng.random_range(0..FIRST_NAMES.len())];
        let last = LAST_NAMES[rng.random_range(0..LAST_NAMES.len())];
        let age = course::normal(rng, 36.0, 13.0).clamp(13.0, 81.0);
        let born = began.date_naive() - Duration::days((age * 365.25) as i64 + rng.random_range(0..300));
        let phone = format!("+1{}55501{:02}", AREA_CODES[(number / 100) % AREA_CODES.len()], number % 100);
        let email = format!("client{number:04}@example.org");
        let is_minor = age < 18.0;
        let contact = |relation: &str, phone: &str| Contact {
            name: format!("{} {last}", FIRST_NAMES[(number * 7 + 3) % FIRST_NAMES.len()]),
            relation: Some(relation.to_owned()),
            phone: Some(phone.to_owned()),
            email: Some(format!("family{number:04}@example.org")),
        };
        Client {
            id: self.ctx.id(ClientId::new),
            site_id: self.sites[place].clone(),
            external_id: Some(Phi::new(format!("HL-{:05}", 10_000 + number))),
            name: Phi::new(format!("{first} {last}")),
            preferred_name: rng.random_bool(0.12).then(|| Phi::new(first.chars().take(3).collect::<String>())),
            birth_date: Some(Phi::new(born)),
            email: Some(Phi::new(email)),
            phone: Some(Phi::new(phone.clone())),
            language: if rng.random_bool(0.16) { Language::Es } else { Language::En },
            zone: rng.random_bool(0.94).then(|| ZONE.name().to_owned()),
            preferred_channel: if rng.random_bool(0.74) { Channel::Sms } else { Channel::Email },
            emergency_contact: rng.random_bool(0.85).then(|| Phi::new(contact("partner", &phone))),
            guardian: is_minor.then(|| Phi::new(contact("parent", &phone))),
            recipient: if is_minor && age < 15.0 { Recipient::Guardian } else { Recipient::Client },
        }
    }

    fn consents(&self, rng: &mut impl Rng, client: &Client, at: Instant) -> Vec<Consent> {
        let mut consents = Vec::new();
        for channel in Channel::ALL {
            let given = *channel == client.preferred_channel || rng.random_bool(0.7);
            for purpose in Purpose::ALL.iter().filter(|_| given) {
                consents.push(Consent {
                    id: self.ctx.id(ConsentId::new),
                    client_id: client.id.clone(),
                    channel: *channel,
                    purpose: *purpose,
                    state: ConsentState::Given,
                    wording_version: self.wording.clone(),
                    source: ConsentSource::Staff,
                    recorded_at: at,
                    recorded_by: None,
                });
            }
        }
        consents
    }

    fn appointments(&self, episode: &Episode, clinician: usize, sessions: &[Session]) -> Vec<Appointment> {
        let appointment = |session: &Session| Appointment {
            id: self.ctx.id(AppointmentId::new),
            client_id: episode.client_id.clone(),
            episode_id: episode.id.clone(),
            clinician_id: self.staff[clinician].id.clone(),
            site_id: episode.site_id.clone(),
            starts_at: session.starts_at,
            ends_at: session.starts_at + Duration::minutes(50),
            state: match session.attendance {
                Attendance::Attended => AppointmentState::Attended,
                Attendance::Cancelled => AppointmentState::Cancelled,
                Attendance::LateCancelled => AppointmentState::LateCancelled,
                Attendance::NoShow => AppointmentState::NoShow,
                Attendance::Scheduled => AppointmentState::Scheduled,
            },
        };
        sessions.iter().map(appointment).collect()
    }

    /// The check-ins of a course with their answers, and the messages that asked for them.
    fn course(
        &self,
        rng: &mut ChaCha12Rng,
        client: &Client,
        episode: &Episode,
        sessions: &[Session],
        appointments: &[Appointment],
    ) -> Course {
        let severity = Severity::draw(rng);
        let at_risk = rng.random_bool(0.06);
        let answers_rarely = rng.random_bool(0.08);
        let alliance = course::normal(rng, 36.0, 2.5).clamp(24.0, 39.5);
        let mut last_symptoms: Option<Instant> = None;
        let (mut events, mut packets, mut messages) = (Vec::new(), Vec::new(), Vec::new());
        for (session, appointment) in sessions.iter().zip(appointments).filter(|(session, _)| session.number > 0) {
            let sent_at = session.starts_at - Duration::hours(24);
            let called_off = matches!(session.attendance, Attendance::Cancelled | Attendance::LateCancelled);
            if called_off || sent_at > self.now {
                continue;
            }
            let level = severity.at(session.number.max(1), rng);
            let asks_symptoms = last_symptoms.is_none_or(|last| session.starts_at - last >= Duration::days(11));
            let answered_at = sent_at + Duration::minutes(rng.random_range(4..1380));
            let mut asked = vec!["wellbeing-check"];
            if asks_symptoms {
                asked.extend(["phq-9", "gad-7"]);
            }
            let occasion = if last_symptoms.is_none() { Occasion::Intake } else { Occasion::BeforeSession };
            let before = self.packet(episode, appointment, occasion, "before", &asked, sent_at);
            messages.push(self.invitation(client, &before));
            let missed =
                rng.random_bool(if answers_rarely { 0.65 } else { 0.09 }) || session.attendance == Attendance::NoShow;
            if missed && before.expires_at + Duration::hours(1) < self.now {
                events.push(Event::Expire { at: before.expires_at + Duration::minutes(5), packet: before.id.clone() });
            } else if !missed && answered_at < self.now {
                let mut sheet = Sheet::new();
                for id in &asked {
                    sheet.insert((*id).to_owned(), symptom_answers(rng, id, level, at_risk));
                }
                if asks_symptoms {
                    last_symptoms = Some(session.starts_at);
                }
                events.push(Event::Submit { at: answered_at, packet: Box::new(before.clone()), sheet });
            } else if sent_at <= self.now {
                // Sent and neither answered nor over: it waits on the client's phone.
                events.push(Event::Expire { at: sent_at, packet: before.id.clone() });
            }
            packets.push(before);
            if session.attendance == Attendance::Attended {
                let after_at = session.starts_at + Duration::minutes(50);
                let after =
                    self.packet(episode, appointment, Occasion::AfterSession, "after", &["session-feedback"], after_at);
                let answered_at = after_at + Duration::minutes(rng.random_range(3..600));
                messages.push(self.invitation(client, &after));
                if rng.random_bool(if answers_rarely { 0.3 } else { 0.86 }) && answered_at < self.now {
                    let dip = if rng.random_bool(0.03) { -7.0 } else { 0.0 };
                    let total = (alliance + dip + course::normal(rng, 0.0, 0.7)).clamp(4.0, 40.0);
                    let sheet = Sheet::from([("session-feedback".to_owned(), lines(rng, total))]);
                    events.push(Event::Submit { at: answered_at, packet: Box::new(after.clone()), sheet });
                } else {
                    events.push(Event::Expire {
                        at: (after.expires_at + Duration::minutes(5)).min(self.now),
                        packet: after.id.clone(),
                    });
                }
                packets.push(after);
            }
        }
        Course { events, packets, messages }
    }

    fn packet(
        &self,
        episode: &Episode,
        appointment: &Appointment,
        occasion: Occasion,
        slot: &str,
        asked: &[&str],
        sent_at: Instant,
    ) -> Packet {
        let asked = asked
            .iter()
            .filter_map(|id| self.ctx.library.current(id))
            .map(|instrument| Asked { id: instrument.id.clone(), version: instrument.version.clone() })
            .collect();
        self.clock.set(sent_at);
        Packet {
            id: self.ctx.id(PacketId::new),
            client_id: episode.client_id.clone(),
            episode_id: episode.id.clone(),
            appointment_id: Some(appointment.id.clone()),
            occasion,
            slot: format!("{slot}:{}", appointment.id),
            asked,
            state: PacketState::Open,
            send_at: sent_at,
            sent_at: Some(sent_at),
            expires_at: sent_at + Duration::hours(96),
            started_at: None,
            last_answer_at: None,
            completed_at: None,
            language: None,
        }
    }

    fn invitation(&self, client: &Client, packet: &Packet) -> Message {
        let channel = client.preferred_channel;
        Message {
            id: self.ctx.id(MessageId::new),
            kind: MessageKind::Invite,
            channel,
            client_id: Some(client.id.clone()),
            staff_id: None,
            packet_id: Some(packet.id.clone()),
            case_id: None,
            reason_id: None,
            unique_key: format!("packet:{}:invite:{channel}", packet.id),
            state: MessageState::Delivered,
            due_at: packet.send_at,
            attempt: 1,
            lease_until: None,
            provider_id: None,
            code: None,
            cancel_reason: None,
            text: Some("Harbor Lane: {link}".to_owned()),
            sent_at: Some(packet.send_at),
        }
    }

    /// A clinician works the episode's open case, if it was opened long enough before `until`.
    async fn work_cases(
        &self,
        tx: &mut Tx,
        rng: &mut ChaCha12Rng,
        episode: &EpisodeId,
        desk: &mut Desk,
        until: Instant,
    ) -> Result<()> {
        if !desk.is_current {
            desk.case = match store::case::open_of_episode(tx, episode).await? {
                Some(open) => {
                    let reasons = store::case::reasons(tx, &open.id).await?;
                    Some((open, reasons))
                }
                None => None,
            };
            desk.is_current = true;
        }
        let Some((open, reasons)) = &desk.case else { return Ok(()) };
        let risky = reasons.iter().any(|reason| reason.rule.is_risk());
        let latest = reasons.iter().map(|reason| reason.raised_at).max().unwrap_or(open.opened_at);
        let taken_up = latest
            + if risky {
                Duration::minutes(rng.random_range(6..110))
            } else {
                Duration::hours(rng.random_range(3..60))
            };
        if taken_up > until || taken_up > self.now {
            return Ok(());
        }
        let (open, reasons) = (open.clone(), reasons.clone());
        desk.is_current = false;
        let by = open.owner_id.clone();
        let act = async |tx: &mut Tx, at: Instant, act: case::Act, note: Option<&str>| {
            self.clock.set(at);
            let note = note.map(|note| Phi::new(note.to_owned()));
            case::act(tx, &self.ctx, &by, case::Command { case: open.id.clone(), revision: None, act, note }).await
        };
        act(tx, taken_up, case::Act::Acknowledge, None).await?;
        let reviewed = taken_up + Duration::hours(2);
        let closed = taken_up + Duration::days(rng.random_range(2..8));
        if closed > until || closed > self.now {
            return Ok(());
        }
        act(tx, reviewed, case::Act::Review, None).await?;
        act(tx, closed, case::Act::Discuss, Some("Looked at the course together in session.")).await?;
        for reason in reasons.iter().filter(|reason| reason.rule.is_risk()) {
            let is_urgent = reason.level == ReasonLevel::Urgent;
            let how = if is_urgent { Disposition::SafetyPlan } else { Disposition::AssessedSafe };
            let done = Assessment {
                contact: Contacted::Phone,
                screener: if is_urgent { Screener::Moderate } else { Screener::Low },
                safety_plan: if is_urgent { SafetyPlan::Made } else { SafetyPlan::InPlace },
                emergency_contact: EmergencyContact::NotNeeded,
                referral: Referral::None,
            };
            act(
                tx,
                closed,
                case::Act::Dispose(reason.id.clone(), how, done),
                Some("Asked directly; plan agreed and written down."),
            )
            .await?;
        }
        let decided = if rng.random_bool(0.65) {
            let (kind, what) = PLANS[rng.random_range(0..PLANS.len())];
            let held = store::appointment::count_sessions_until(tx, episode, closed).await?;
            let text = |text: &str| Phi::new(text.to_owned());
            let why = text("The scores turned; agreed together in session.");
            case::Act::ChangePlan(case::NewPlan { kind, what: text(what), why, review_session: held + VERIFY_SESSIONS })
        } else {
            case::Act::Decide(Decision::NoChange)
        };
        act(tx, closed, decided, Some("Agreed on the next four sessions.")).await?;
        let case = act(tx, closed, case::Act::Close, Some("Review again at the next flag.")).await?;
        debug_assert_eq!(case.state, CaseState::Closed);
        desk.closed.push((case.id, closed));
        Ok(())
    }

    /// Everything from now on: the coming check-ins, a fresh urgent answer, and one link to try.
    async fn ahead(&self, db: &Db, practice: &PracticeId) -> Result<Option<String>> {
        let mut after = None;
        let mut open = Vec::new();
        loop {
            let mut read = db.read_all().await?;
            let page = store::episode::open_ids(&mut read, after.as_ref(), 200).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            open.extend(page.into_iter().map(|(_, episode)| episode));
        }
        let mut link = None;
        for chunk in open.chunks(25) {
            let mut tx = db.write(practice).await?;
            for episode in chunk {
                packet::replan(&mut tx, &self.ctx, episode).await?;
            }
            tx.commit().await?;
        }
        // The clinician whose sign-in is printed comes first: that is where people look.
        let mut read = db.read(practice).await?;
        let hers = store::assignment::episodes_of(&mut read, std::slice::from_ref(&self.staff[0].id)).await?;
        drop(read);
        open.sort_by_key(|id| !hers.iter().any(|assigned| &assigned.episode.id == id));
        let mut urgent = false;
        for episode in &open {
            let mut tx = db.write(practice).await?;
            let packets = store::packet::of_episode(&mut tx, episode).await?;
            let asks_symptoms = |packet: &&Packet| {
                packet.state == PacketState::Planned
                    && packet.occasion == Occasion::BeforeSession
                    && packet.asked.iter().any(|asked| asked.id == "phq-9")
            };
            let Some(fresh) = packets.iter().find(asks_symptoms) else { continue };
            if urgent {
                self.clock.set(self.now);
                link = Some(workflows::check_in::hand_out(&mut tx, &self.ctx, &fresh.id, &Actor::System).await?);
                tx.commit().await?;
                break;
            }
            self.answer_with_danger(&mut tx, fresh).await?;
            tx.commit().await?;
            urgent = true;
        }
        self.clock.set(self.now);
        Ok(link)
    }
}

impl Seeder {
    /// Twenty-five minutes ago somebody answered item 9 with "more than half the days"; nobody has taken it up.
    async fn answer_with_danger(&self, tx: &mut Tx, packet: &Packet) -> Result<()> {
        let at = self.now - Duration::minutes(25);
        self.clock.set(at);
        let mut rng = ChaCha12Rng::seed_from_u64(9);
        let mut sheet = Sheet::new();
        for asked in &packet.asked {
            sheet.insert(asked.id.clone(), symptom_answers(&mut rng, &asked.id, 19.0, false));
        }
        if let Some(answers) = sheet.get_mut("phq-9") {
            answers.insert("9".to_owned(), Answer::Value(2));
        }
        response::submit_sheet(tx, &self.ctx, &packet.id, sheet, Mode::Link, at).await?;
        Ok(())
    }
}
