//! *Today*: cases first, then the day's sessions in each site's own zone, then who needs attention, then the front desk's
//! tasks.

use super::agenda;
use super::live;
use super::people::People;
use super::session::Signed;
use super::shown::Seen;
use super::standing::{self, rank};
use super::tasks;
use super::words::{Telling, case_reason, gravest_first, level_of};
use crate::App;
use crate::error::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use care::appointment::{Appointment, AppointmentState, Reply};
use care::case::{Case, CaseState, Reason};
use care::exposure::{Exposure, FACTORS, WINDOW_DAYS, at_factor};
use care::packet::{Occasion, PacketState};
use care::rater::Relation;
use care::response::SignalLevel;
use care::staff::Role;
use care::{AppointmentId, ClientId, EpisodeId, Phi, local_time};
use chrono::Duration;
use instruments::Library;
use std::cmp::Reverse;
use std::collections::HashMap;
use store::Read;
use store::answering::Answering;
use templates::format;
use templates::staff::{AttentionRow, CaseCard, CheckIn, Meter, OtherDue, Place, SendNow, SessionRow, Today};
use workflows::{access, check_in};

/// The front door leads to *Today*.
pub(super) async fn home(_me: Signed) -> Redirect {
    Redirect::to("/today")
}

impl Signed {
    /// How this person is told the time.
    pub(super) fn telling(&self, app: &App) -> Telling {
        Telling { now: app.now(), zone: self.zone, language: self.language }
    }
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let mut people = People::places(&mut read, me.zone).await?;
    let is_clinical = me.is(&[Role::Clinician, Role::Supervisor]);
    let is_desk = me.is(&[Role::Intake]);

    let cases = my_cases(&mut read, &me, telling).await?;
    let looked_after =
        if is_clinical { access::looks_after(&mut read, &app.ctx, &me.viewer).await? } else { Vec::new() };
    let assigned = store::assignment::episodes_of(&mut read, &looked_after).await?;
    let episodes: Vec<EpisodeId> = assigned.iter().map(|one| one.episode.id.clone()).collect();
    let standings = standing::of_episodes(&mut read, &me.shelf, me.language, telling.now, &episodes).await?;

    let appointments = todays(&mut read, &me, &people, telling).await?;
    let owners = cases.iter().map(|(case, _)| &case.owner_id);
    people.meet(&mut read, owners.chain(appointments.iter().map(|one| &one.clinician_id))).await?;
    let check_ins = check_ins(&mut read, &appointments).await?;
    let replies: HashMap<AppointmentId, Reply> =
        store::appointment_notice::replies(&mut read, &appointments).await?.into_iter().collect();
    let tasks = if is_desk { Some(tasks::open(&mut read, &me).await?.0) } else { None };

    let mut seen: Vec<ClientId> = cases.iter().map(|(case, _)| case.client_id.clone()).collect();
    seen.extend(appointments.iter().map(|appointment| appointment.client_id.clone()));
    seen.extend(assigned.iter().map(|one| one.episode.client_id.clone()));
    seen.extend(tasks.iter().flatten().filter_map(|task| task.client_id.clone()));
    seen.sort();
    seen.dedup();
    let clients: HashMap<ClientId, Phi<String>> =
        store::client::named(&mut read, &seen).await?.into_iter().map(|client| (client.id, client.name)).collect();
    let name = |id: &ClientId| clients.get(id).map(|name| name.text().to_owned()).unwrap_or_default();

    let mut shown: Vec<ClientId> = Vec::new();
    let cards: Vec<CaseCard> = cases
        .into_iter()
        .map(|(case, reasons)| {
            shown.push(case.client_id.clone());
            let client = name(&case.client_id);
            card(&me, &people, telling, client, &case, &reasons)
        })
        .collect();

    let mut sessions = Vec::new();
    for appointment in &appointments {
        shown.push(appointment.client_id.clone());
        let facts = RowFacts {
            client: name(&appointment.client_id),
            check_in: check_ins.get(&appointment.id),
            reply: replies.get(&appointment.id).copied(),
            signal: standings.get(&appointment.episode_id).map(|standing| standing.overall.level),
        };
        sessions.push(session_row(&mut read, &me, &people, telling, appointment, facts).await?);
    }
    let others = store::rater::due_of(&mut read, &episodes, telling.now).await?;
    let meter = if is_clinical { Some(meter(&mut read, &me, telling).await?) } else { None };
    let owed = agenda::own_follow_ups(&mut read, &me).await?;
    let about: Vec<ClientId> = owed.iter().filter_map(|one| one.client_id.clone()).collect();
    let known: HashMap<ClientId, String> = store::client::named(&mut read, &about)
        .await?
        .into_iter()
        .map(|client| (client.id, client.name.into_exposed()))
        .collect();
    drop(read);
    let day = format::local_day(telling.now, me.zone);
    let of = |id: &ClientId| known.get(id).cloned().unwrap_or_default();
    let follow_ups = owed.iter().map(|one| agenda::follow_up(one, &me, None, &of, day)).collect();
    shown.extend(about);

    let mut attention: Vec<(Option<care::Instant>, AttentionRow)> = Vec::new();
    for one in &assigned {
        let Some(standing) = standings.get(&one.episode.id) else { continue };
        if standing.case.is_some() || !matches!(standing.overall.level, SignalLevel::Red | SignalLevel::Amber) {
            continue;
        }
        shown.push(one.episode.client_id.clone());
        let next = standing.next.as_ref().map(|next| next.starts_at);
        let row = AttentionRow {
            client: name(&one.episode.client_id),
            href: format!("/clients/{}", one.episode.client_id),
            signal: standing.overall.level,
            reasons: standing.reasons.clone(),
            next_session: next.map(|at| telling.at(people.zone(&one.episode.site_id)).session(at)),
        };
        attention.push((next, row));
    }
    let others = others.iter().map(|(request, relation)| {
        shown.push(request.client_id.clone());
        let instrument = me.shelf.current(&request.instrument);
        OtherDue {
            client: name(&request.client_id),
            href: format!("/clients/{}/raters", request.client_id),
            instrument: instrument.map_or_else(String::new, |one| one.short_name.get(me.language).to_owned()),
            relation: relation.map(Relation::as_str),
            since: telling.short_day(request.due_at),
        }
    });
    let others: Vec<OtherDue> = others.collect();
    // The gravest first, and among equals whoever comes next.
    attention.sort_by_key(|(next, row)| (rank(row.signal), next.is_none(), *next));

    let tasks = tasks.map(|open| {
        shown.extend(open.iter().filter_map(|task| task.client_id.clone()));
        open.iter().map(|task| tasks::row(task, &name, &people, telling)).collect::<Vec<_>>()
    });
    let page = Today {
        shell: {
            let mut shell = me.shell(&app, Some(Place::Today));
            if let Some(entry) = shell.nav.iter_mut().find(|entry| entry.place == Place::Today) {
                entry.count = u32::try_from(cards.len()).ok();
            }
            shell
        },
        day: format::long_day(day, me.language),
        cases: (is_clinical || !cards.is_empty()).then_some(cards),
        sessions: (me.is(&[Role::Clinician]) || is_desk).then_some(sessions),
        attention: is_clinical.then(|| attention.into_iter().map(|(_, row)| row).collect()),
        others,
        meter,
        follow_ups,
        tasks,
    };
    let seen = Seen::list("view.today", &me, shown);
    me.show(&app, StatusCode::OK, &page, seen).await
}

/// This person's alerts of the last days, and what larger thresholds would have done.
async fn meter(read: &mut Read, me: &Signed, telling: Telling) -> Result<Meter> {
    let since = telling.now - Duration::days(WINDOW_DAYS);
    let alerts = store::case::alerts_of(read, &me.staff.id, since).await?;
    let exposure = Exposure::of(alerts.len(), &me.face.practice.settings);
    let simulated = FACTORS.into_iter().filter(|factor| *factor > 1.0 && exposure.is_used_up());
    Ok(Meter {
        alerts: exposure.alerts,
        budget: exposure.budget,
        bundled: exposure.is_used_up(),
        simulated: simulated.map(|factor| (factor.to_string(), at_factor(&alerts, factor))).collect(),
    })
}

/// Open cases that are this person's to act on: as owner, or because they were called. Danger first, then by date.
async fn my_cases(read: &mut Read, me: &Signed, telling: Telling) -> Result<Vec<(Case, Vec<Reason>)>> {
    let cases = store::case::open_for(read, &me.staff.id, telling.now).await?;
    with_reasons(read, cases).await
}

/// Cases with their reasons, the most urgent first.
pub(super) async fn with_reasons(read: &mut Read, cases: Vec<Case>) -> Result<Vec<(Case, Vec<Reason>)>> {
    let ids: Vec<_> = cases.iter().map(|case| case.id.clone()).collect();
    let mut reasons = store::case::reasons_of(read, &ids).await?;
    gravest_first(&mut reasons);
    let mut all: Vec<(Case, Vec<Reason>)> = cases
        .into_iter()
        .map(|case| {
            let own = reasons.iter().filter(|reason| reason.case_id == case.id).cloned().collect();
            (case, own)
        })
        .collect();
    all.sort_by_key(|(case, reasons)| (Reverse(level_of(reasons)), case.due_at));
    Ok(all)
}

/// A case in a list.
pub(super) fn card(
    me: &Signed,
    people: &People,
    telling: Telling,
    client: String,
    case: &Case,
    reasons: &[Reason],
) -> CaseCard {
    let waits = |reason: &Reason| reason.is_open() && reason.rule.is_risk() && reason.acknowledged_at.is_none();
    CaseCard {
        id: case.id.as_str().to_owned(),
        href: format!("/cases/{}", case.id),
        client,
        level: level_of(reasons),
        reasons: reasons
            .iter()
            .filter(|reason| reason.is_open())
            .map(|one| case_reason(&me.shelf.library, me.language, one))
            .collect(),
        state: case.state,
        due: telling.moment(case.due_at),
        owner: people.assignee(&case.owner_id, &me.staff.id),
        revision: case.revision,
        may_acknowledge: case.state == CaseState::Open || reasons.iter().any(waits),
    }
}

/// The sessions of the day, each in its site's own day: a clinician's own, for the front desk those of its sites.
pub(super) async fn todays(
    read: &mut Read,
    me: &Signed,
    people: &People,
    telling: Telling,
) -> Result<Vec<Appointment>> {
    let (from, until) = (telling.now - Duration::hours(36), telling.now + Duration::hours(36));
    let mut found = Vec::new();
    if me.is(&[Role::Clinician]) {
        found.extend(store::appointment::of_clinicians(read, std::slice::from_ref(&me.staff.id), from, until).await?);
    }
    if me.is(&[Role::Intake]) {
        let sites: Vec<_> =
            people.sites.iter().filter(|site| me.viewer.works_at(&site.id)).map(|site| site.id.clone()).collect();
        found.extend(store::appointment::of_sites(read, &sites, from, until).await?);
    }
    found.retain(|appointment| {
        let zone = people.zone(&appointment.site_id);
        let is_on = !matches!(appointment.state, AppointmentState::Cancelled | AppointmentState::LateCancelled);
        is_on && local_time::day_of(appointment.starts_at, zone) == local_time::day_of(telling.now, zone)
    });
    found.sort_by(|one, other| (one.starts_at, &one.id).cmp(&(other.starts_at, &other.id)));
    found.dedup_by(|one, other| one.id == other.id);
    Ok(found)
}

/// The check-in before each of the sessions.
pub(super) async fn check_ins(
    read: &mut Read,
    appointments: &[Appointment],
) -> Result<HashMap<AppointmentId, Answering>> {
    let ids: Vec<AppointmentId> = appointments.iter().map(|appointment| appointment.id.clone()).collect();
    let mut before = HashMap::new();
    for one in store::answering::of_appointments(read, &ids).await? {
        let Some(appointment) = one.packet.appointment_id.clone() else { continue };
        if one.packet.occasion == Occasion::AfterSession || one.packet.state == PacketState::Withdrawn {
            continue;
        }
        before.insert(appointment, one);
    }
    Ok(before)
}

/// What a session's row is made from.
pub(super) struct RowFacts<'a> {
    /// The client's name.
    pub client: String,
    /// The check-in before it.
    pub check_in: Option<&'a Answering>,
    /// What the client said to a reminder.
    pub reply: Option<Reply>,
    /// How the course stands, where that is this person's to see.
    pub signal: Option<SignalLevel>,
}

/// A session's row.
pub(super) async fn session_row(
    read: &mut Read,
    me: &Signed,
    people: &People,
    telling: Telling,
    appointment: &Appointment,
    facts: RowFacts<'_>,
) -> Result<SessionRow> {
    let there = telling.at(people.zone(&appointment.site_id));
    let (check_in, send) = check_in_of(read, &me.shelf.library, appointment, facts.check_in, there).await?;
    Ok(SessionRow {
        id: appointment.id.as_str().to_owned(),
        revision: live::revision(facts.check_in, telling.now),
        time: format::time(appointment.starts_at, there.zone, me.language),
        client: facts.client,
        href: format!("/clients/{}", appointment.client_id),
        site: (people.sites.len() > 1).then(|| people.site_name(&appointment.site_id)),
        clinician: (appointment.clinician_id != me.staff.id).then(|| people.name(&appointment.clinician_id)),
        reply: facts.reply,
        check_in,
        send,
        signal: facts.signal,
    })
}

async fn check_in_of(
    read: &mut Read,
    library: &Library,
    appointment: &Appointment,
    before: Option<&Answering>,
    telling: Telling,
) -> Result<(CheckIn, Option<SendNow>)> {
    let Some(Answering { packet, answered }) = before else {
        let episode = store::episode::find(read, &appointment.episode_id).await?;
        let is_open = episode.is_some_and(|episode| episode.is_open());
        let send = SendNow { action: format!("/clients/{}/check-in", appointment.client_id) };
        return Ok((CheckIn::None, is_open.then_some(send)));
    };
    let send = || Some(SendNow { action: format!("/packets/{}/send", packet.id) });
    Ok(match packet.state {
        PacketState::Completed => {
            let when = packet.completed_at.map(|at| telling.session(at)).unwrap_or_default();
            (CheckIn::Done { when }, None)
        }
        PacketState::Expired | PacketState::Withdrawn => (CheckIn::Expired, None),
        PacketState::Planned | PacketState::Open if packet.started_at.is_some() => {
            let answered = *answered;
            let total = i64::try_from(check_in::questions(library, packet).len()).unwrap_or(0);
            let is_now = packet.is_being_answered(telling.now);
            (if is_now { CheckIn::Answering { answered, total } } else { CheckIn::PartDone { answered, total } }, None)
        }
        PacketState::Planned => {
            let planned = (packet.send_at > telling.now).then(|| telling.session(packet.send_at));
            (CheckIn::NotSent { planned }, send())
        }
        PacketState::Open => (CheckIn::Sent, send()),
    })
}
