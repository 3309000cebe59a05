//! One invented client: who they are, their course of therapy, and everything that came of it, as rows in their final state.
//! What answers mean is decided by the same functions as for real ones; nothing is written here.

use super::answers::{lines, symptom_answers};
use super::course::{self, Attendance, Session};
use super::desk::{Desk, Reasons};
use super::people::{AREA_CODES, FIRST_NAMES, LAST_NAMES};
use super::seed::{Seeder, ZONE};
use super::severity::Severity;
use anyhow::{Context as _, Result};
use care::appointment::{Appointment, AppointmentState};
use care::client::{Client, Consent, ConsentSource, ConsentState, Contact, Purpose, Recipient};
use care::detection::Detection;
use care::episode::{Assignment, DischargeReason, Episode, EpisodeState, Measure};
use care::message::{Channel, Instead, Message, MessageKind, MessageState};
use care::packet::{Asked, Occasion, Packet, PacketState};
use care::plan::Desired;
use care::quiet_hours;
use care::response::{Ahead, Mode, Sheet};
use care::review::{self, Known, Quiet};
use care::staff::Actor;
use care::{
    AppointmentId, AssignmentId, ClientId, ConsentId, EpisodeId, Instant, Language, MessageId, PacketId, Phi, Sex,
    StaffId,
};
use chrono::Duration;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use store::AuditEntry;
use store::history::Past;
use store::standing::Standing;
use workflows::audit;
use workflows::response;

/// A check-in is expired once requests on their way have arrived.
const GRACE: Duration = Duration::minutes(2);

/// One client in so many stops coming without a word.
const FADING: usize = 14;

/// At the page of one client in so many nobody has looked.
const UNREAD: usize = 23;
/// When a client's page is looked at after the last session, or the end: by then the client has said how it was.
const LAST_LOOK: Duration = Duration::days(3);

/// The share of check-ins that are handed in faster than they can be read.
const HASTY: f64 = 0.015;

/// Something that happens in a course, in the order of time, to the check-in at this position.
struct Event {
    at: Instant,
    packet: usize,
    /// What was answered; none when the check-in's time may have passed.
    sheet: Option<Sheet>,
}

/// What happens in a course of therapy, the check-ins it happens in, and the messages that asked for them.
struct Course {
    events: Vec<Event>,
    packets: Vec<Packet>,
    messages: Vec<Message>,
}

impl Seeder {
    /// Adds a client with everything that happened to the rows of the past and to the audit.
    pub fn client(&self, past: &mut Past, journal: &mut Vec<AuditEntry>, number: usize) -> Result<()> {
        let rng = &mut ChaCha12Rng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let now = self.now;
        let place = usize::from(rng.random_bool(0.42));
        let clinician = &self.clinicians[place][rng.random_range(0..self.clinicians[place].len())];
        let sessions = if number % FADING == 3 {
            course::fading(rng, ZONE, now)
        } else {
            // Half of them began within the last half year, so that the caseloads of today are full.
            let span = if rng.random_bool(0.5) { 180 } else { 548 };
            let first_day = (now - Duration::days(rng.random_range(5..span))).with_timezone(&ZONE).date_naive();
            let planned = if rng.random_bool(0.18) { rng.random_range(1..4) } else { rng.random_range(6..34) };
            course::sessions(rng, first_day, planned, ZONE, now)
        };
        let began = sessions.first().map_or(now, |session| session.starts_at) - Duration::days(3);
        self.clock.set(began);
        let client = self.person(rng, number, place, began);
        let consents = self.consents(rng, &client, began);
        let reaches_on = |channel| consents.iter().any(|one| one.channel == channel);
        let other = Some(client.preferred_channel.other()).filter(|other| reaches_on(*other));
        past.consents.extend(consents);
        let running = sessions.iter().any(|session| session.attendance == Attendance::Scheduled)
            || sessions.last().is_some_and(|session| now - session.starts_at < Duration::days(10));
        let mut episode = Episode {
            id: self.ctx.id(EpisodeId::new),
            client_id: client.id.clone(),
            site_id: self.sites[place].clone(),
            protocol_id: self.protocol.clone(),
            started_on: began.with_timezone(&ZONE).date_naive(),
            state: EpisodeState::Open,
            discharged_at: None,
            discharge_reason: None,
        };
        let mut assignment = Assignment {
            id: self.ctx.id(AssignmentId::new),
            episode_id: episode.id.clone(),
            clinician_id: clinician.owner.clone(),
            starts_at: began,
            ends_at: None,
        };
        let appointments = self.appointments(&episode, &clinician.owner, &sessions);
        let course = self.course(rng, &client, other, &episode, &sessions, &appointments)?;
        let on = appointments.iter().filter(|one| one.state.is_on());
        let sessions_on: Vec<_> = on.map(|one| (one.id.clone(), one.starts_at)).collect();
        let starts = sessions_on.iter().map(|(_, starts_at)| *starts_at).collect();
        let mut words = rng.clone();
        words.set_stream(1);
        let mut desk = Desk::new(self, &episode, clinician, starts, words);
        let mut standing = Standing {
            episode: episode.clone(),
            sessions: sessions_on,
            measures: Vec::new(),
            open: Vec::new(),
            closed: Vec::new(),
            answers: Vec::new(),
        };
        let packets = self.live(past, journal, rng, course, &mut desk, &mut standing)?;
        let ended = sessions.last().map_or(now, |session| (session.starts_at + Duration::days(9)).min(now));
        desk.verify(journal, &mut standing, if running { now } else { ended }, None)?;
        // Some of the latest cases wait for their clinician still.
        let lag = if rng.random_bool(0.8) { 1 } else { 9 };
        desk.work(journal, rng, Reasons::of(&mut standing), now - Duration::days(lag))?;
        if !running {
            desk.work(journal, rng, Reasons::of(&mut standing), now + Duration::days(30))?;
            desk.verify(journal, &mut standing, now, Some(ended))?;
        }
        desk.clear(past);
        if !running {
            let reason = match rng.random::<f64>() {
                x if x < 0.6 => DischargeReason::Completed,
                x if x < 0.85 => DischargeReason::DroppedOut,
                _ => DischargeReason::Moved,
            };
            episode.state = EpisodeState::Discharged;
            episode.discharged_at = Some(ended);
            episode.discharge_reason = Some(reason);
            assignment.ends_at = Some(ended);
            if reason == DischargeReason::DroppedOut {
                let mut own = rng.clone();
                own.set_stream(2);
                self.exit(past, journal, &mut own, &client, &mut standing, ended);
            }
        }
        let met = sessions.iter().rfind(|session| session.attendance == Attendance::Attended);
        let last = if running { met.map(|session| session.starts_at) } else { Some(ended) };
        if let Some(at) = last.filter(|_| number % UNREAD != 5) {
            self.clock.set((at + LAST_LOOK).min(now));
            journal.push(self.look(&clinician.owner, &client));
        }
        past.clients.push((client, began));
        past.episodes.push(episode);
        past.assignments.push(assignment);
        past.appointments.extend(appointments);
        past.packets.extend(packets);
        past.measures.extend(standing.measures);
        past.reasons.extend(standing.open);
        past.reasons.extend(standing.closed);
        Ok(())
    }

    /// The clinician's look at a client's page.
    fn look(&self, clinician: &StaffId, client: &Client) -> AuditEntry {
        let by = Actor::Staff(clinician.clone());
        let entry = audit::entry(&self.ctx, &by, "view.chart", "client", client.id.as_str());
        entry.listing("clients", [client.id.as_str()])
    }

    /// Lets a course happen, event by event, and returns its check-ins as they ended.
    fn live(
        &self,
        past: &mut Past,
        journal: &mut Vec<AuditEntry>,
        rng: &mut ChaCha12Rng,
        course: Course,
        desk: &mut Desk<'_>,
        standing: &mut Standing,
    ) -> Result<Vec<Packet>> {
        let Course { mut events, mut packets, messages } = course;
        past.messages.extend(messages);
        events.sort_by_key(|event| event.at);
        let detection = Detection::default();
        let judge = response::Judge { library: &self.ctx.library, detection: &detection };
        for Event { at, packet: position, sheet } in events {
            desk.verify(journal, standing, at, None)?;
            desk.work(journal, rng, Reasons::of(standing), at)?;
            self.clock.set(at);
            let packet = &mut packets[position];
            if let Some(sheet) = sheet {
                packet.state = PacketState::Completed;
                packet.completed_at = Some(at);
                (packet.started_at, packet.last_answer_at) = (Some(at - took(rng, &sheet)), Some(at));
                let found = response::consequences(&self.ctx, &judge, packet, sheet, Mode::Link, at, standing);
                absorb(&mut standing.measures, &found.measures);
                let reasons = found.reasons;
                desk.raise(journal, &mut standing.open, Some(&packet.id), Some(&found.response.id), reasons)?;
                journal.push(response::submitted(&self.ctx, packet, &found.response.id));
                past.responses.push(found.response);
                past.scores.extend(found.scores);
                past.signals.extend(found.signals);
            } else if !packet.accepts(at - GRACE) {
                packet.state = PacketState::Expired;
                let is_over = |session: &&(AppointmentId, Instant)| session.1 < at;
                let sessions = standing.sessions.iter().filter(is_over).count();
                let quiet = Quiet {
                    missed_running: missed_running(&packets),
                    ahead: Ahead::of(sessions < standing.sessions.len(), i64::try_from(sessions)?),
                };
                let packet = &packets[position];
                let known = Known { packet: Some(&packet.id), open: &standing.open, closed: &standing.closed };
                let found = review::silence(quiet, &known, &self.settings);
                past.signals.extend(response::signals(&self.ctx, packet, None, &found.signals));
                desk.raise(journal, &mut standing.open, Some(&packet.id), None, found.reasons)?;
                journal.push(audit::entry(&self.ctx, &Actor::System, "packet.expire", "packet", packet.id.as_str()));
            }
        }
        Ok(packets)
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
            // Every tenth did not say, as in life; by number, so that the course of the dice stays what it was.
            sex: match number % 10 {
                0 => None,
                1 | 3 | 4 | 6 | 8 | 9 => Some(Sex::Female),
                _ => Some(Sex::Male),
            },
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

    fn appointments(&self, episode: &Episode, clinician: &StaffId, sessions: &[Session]) -> Vec<Appointment> {
        let appointment = |session: &Session| Appointment {
            id: self.ctx.id(AppointmentId::new),
            client_id: episode.client_id.clone(),
            episode_id: episode.id.clone(),
            clinician_id: clinician.clone(),
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
        other: Option<Channel>,
        episode: &Episode,
        sessions: &[Session],
        appointments: &[Appointment],
    ) -> Result<Course> {
        let severity = Severity::draw(rng).context("the growth models of the demo's instruments ship")?;
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
                messages.extend(other.map(|channel| self.on_the_other_channel(client, &before, channel)));
                events.push(Event { at: before.expires_at + Duration::minutes(5), packet: packets.len(), sheet: None });
            } else if !missed && answered_at < self.now {
                let mut sheet = Sheet::new();
                for id in &asked {
                    sheet.insert((*id).to_owned(), symptom_answers(rng, id, level, at_risk));
                }
                if asks_symptoms {
                    last_symptoms = Some(session.starts_at);
                }
                events.push(Event { at: answered_at, packet: packets.len(), sheet: Some(sheet) });
            } else if sent_at <= self.now {
                // Sent and neither answered nor over: it waits on the client's phone.
                events.push(Event { at: sent_at, packet: packets.len(), sheet: None });
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
                    events.push(Event { at: answered_at, packet: packets.len(), sheet: Some(sheet) });
                } else {
                    let at = (after.expires_at + Duration::minutes(5)).min(self.now);
                    events.push(Event { at, packet: packets.len(), sheet: None });
                }
                packets.push(after);
            }
        }
        Ok(Course { events, packets, messages })
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
        let desired = Desired {
            slot: format!("{slot}:{}", appointment.id),
            occasion,
            appointment_id: Some(appointment.id.clone()),
            asked,
            send_at: sent_at,
            expires_at: sent_at + Duration::hours(96),
        };
        self.sent(&episode.client_id, &episode.id, desired)
    }

    /// A check-in that went out at its time.
    pub(super) fn sent(&self, client: &ClientId, episode: &EpisodeId, desired: Desired) -> Packet {
        let sent_at = desired.send_at;
        let packet = desired.into_packet(self.ctx.id(PacketId::new), client.clone(), episode.clone());
        Packet { state: PacketState::Open, sent_at: Some(sent_at), ..packet }
    }

    /// What a client gets who did not open a check-in within a day.
    fn on_the_other_channel(&self, client: &Client, packet: &Packet, channel: Channel) -> Message {
        let at = packet.send_at + Duration::hours(24);
        let at = quiet_hours::earliest(at, Some(ZONE), ZONE, &self.settings);
        Message {
            id: self.ctx.id(MessageId::new),
            kind: MessageKind::Reminder,
            channel,
            unique_key: format!("packet:{}:reminder:{channel}", packet.id),
            // Mail servers report no arrival.
            state: if channel == Channel::Email { MessageState::Sent } else { MessageState::Delivered },
            due_at: at,
            instead: Some(Instead::Unopened),
            sent_at: Some(at),
            ..self.invitation(client, packet)
        }
    }

    pub(super) fn invitation(&self, client: &Client, packet: &Packet) -> Message {
        let channel = client.preferred_channel;
        let unique_key = format!("packet:{}:invite:{channel}", packet.id);
        Message {
            client_id: Some(client.id.clone()),
            packet_id: Some(packet.id.clone()),
            state: MessageState::Delivered,
            attempt: 1,
            text: Some("Harbor Lane: {link}".to_owned()),
            sent_at: Some(packet.send_at),
            ..Message::planned(self.ctx.id(MessageId::new), MessageKind::Invite, channel, unique_key, packet.send_at)
        }
    }
}

/// How long a check-in took: some seconds a question, and now and then less than anybody needs to read one.
fn took(rng: &mut impl Rng, sheet: &Sheet) -> Duration {
    let questions: usize = sheet.values().map(instruments::Answers::len).sum();
    let each = if rng.random_bool(HASTY) { 1 } else { rng.random_range(4..11) };
    Duration::seconds(each * i64::try_from(questions).unwrap_or(0))
}

/// How many check-ins the client was told of and missed, one after the other, as `store::packet::missed_running` counts them.
fn missed_running(packets: &[Packet]) -> i64 {
    let last = packets.iter().filter_map(|packet| packet.completed_at).max();
    let missed = packets.iter().filter(|packet| {
        packet.state == PacketState::Expired
            && packet.sent_at.is_some()
            && last.is_none_or(|completed_at| completed_at <= packet.send_at)
    });
    i64::try_from(missed.count()).unwrap_or(i64::MAX)
}

/// Takes changed summaries in, for the next answers.
pub(super) fn absorb(measures: &mut Vec<Measure>, changed: &[Measure]) {
    for measure in changed {
        match measures.iter_mut().find(|one| one.is_same_series(measure)) {
            Some(kept) => kept.clone_from(measure),
            None => measures.push(measure.clone()),
        }
    }
}
