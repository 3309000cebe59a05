//! What stays true on a page while a client answers: the rows of *Today* and the line on the client's page. A stream says which row
//! has changed and nothing of what it says (`row:revision`); the page fetches the row, by the same rules of access as itself.

use super::people::People;
use super::session::Signed;
use super::shown::id;
use super::words::{Telling, change_of, primary};
use super::{standing, stream, today};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::access::{Access, Action, decide as may};
use care::appointment::{Appointment, Reply};
use care::packet::PacketState;
use care::staff::Role;
use care::{AppointmentId, ClientId, Instant, PacketId};
use chrono::Duration;
use instruments::Library;
use std::hash::{DefaultHasher, Hash, Hasher};
use store::Read;
use store::answering::{Answering, LOOKED_ON};
use templates::staff::{ClientLive, LiveLine, LiveScore, LiveState, TodayRow};
use templates::{Page, format};
use workflows::{access, audit, check_in};

/// So long the client's page says that a check-in was handed in.
const LATELY: Duration = Duration::minutes(30);

/// A word that differs whenever a check-in has moved on. It says nothing of how far.
pub(super) fn revision(check_in: Option<&Answering>, now: Instant) -> String {
    let mut hasher = DefaultHasher::new();
    if let Some(Answering { packet, answered }) = check_in {
        let facts = (packet.id.as_str(), packet.state.as_str(), answered, packet.started_at, packet.completed_at);
        (facts, packet.is_being_answered(now)).hash(&mut hasher);
    }
    format!("{:x}", hasher.finish())
}

/// The stream of *Today*: the rows that the page has.
pub(super) async fn today(State(app): State<App>, me: Signed) -> Result<impl IntoResponse> {
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::places(&mut read, me.zone).await?;
    let appointments = today::todays(&mut read, &me, &people, telling).await?;
    drop(read);
    let (of, practice) = (app.clone(), me.practice.clone());
    stream::of(&app, &me, move || {
        let (app, practice, appointments) = (of.clone(), practice.clone(), appointments.clone());
        async move {
            let mut read = app.db.read(&practice).await.ok()?;
            let check_ins = today::check_ins(&mut read, &appointments).await.ok()?;
            let now = app.now();
            let word = |one: &Appointment| format!("{}:{}", one.id, revision(check_ins.get(&one.id), now));
            Some(appointments.iter().map(word).collect::<Vec<_>>().join(" "))
        }
    })
}

/// One row of *Today*, for whoever has it on theirs.
pub(super) async fn row(State(app): State<App>, me: Signed, Path(appointment): Path<String>) -> Result<Response> {
    let appointment: AppointmentId = id(&appointment)?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let mut people = People::places(&mut read, me.zone).await?;
    let mut own = today::todays(&mut read, &me, &people, telling).await?;
    own.retain(|one| one.id == appointment);
    let Some(found) = own.first() else { return Err(Error::NotFound) };
    people.meet(&mut read, [&found.clinician_id]).await?;
    let check_ins = today::check_ins(&mut read, &own).await?;
    let replies = store::appointment_notice::replies(&mut read, &own).await?;
    let client = store::client::find(&mut read, &found.client_id).await?.ok_or(Error::NotFound)?;
    // The same condition as on the page: the clients that this person looks after.
    let looked_after = if me.is(&[Role::Clinician, Role::Supervisor]) {
        access::looks_after(&mut read, &app.ctx, &me.viewer).await?
    } else {
        Vec::new()
    };
    let assigned = store::assignment::current(&mut read, &found.episode_id).await?;
    let is_mine = assigned.is_some_and(|assignment| looked_after.contains(&assignment.clinician_id));
    let episodes = if is_mine { std::slice::from_ref(&found.episode_id) } else { &[] };
    let standings = standing::of_episodes(&mut read, &me.shelf, me.language, telling.now, episodes).await?;
    let facts = today::RowFacts {
        client: client.name.text().to_owned(),
        check_in: check_ins.get(&found.id),
        reply: replies.into_iter().map(|(_, reply): (AppointmentId, Reply)| reply).next(),
        signal: standings.get(&found.episode_id).map(|standing| standing.overall.level),
    };
    let at = facts.check_in.map(|one| &one.packet.id);
    let noted = Noted::of(&mut read, &me, &client.id, at).await?;
    let row = today::session_row(&mut read, &me, &people, telling, found, facts).await?;
    drop(read);
    let page = TodayRow { row, csrf: me.csrf.clone() };
    part(&app, &me, &page, &client.id, noted).await
}

/// What the audit holds of somebody who looks on: one row for each person, client and check-in says who looked, and a row for each
/// answer would say how fast a client thinks.
enum Noted {
    /// That they look on at this check-in.
    Already,
    /// Not yet; of a part without a check-in, every time.
    Not(Option<PacketId>),
}

impl Noted {
    async fn of(read: &mut Read, me: &Signed, client: &ClientId, check_in: Option<&PacketId>) -> Result<Self> {
        let Some(check_in) = check_in else { return Ok(Self::Not(None)) };
        let is_noted = store::answering::is_noted(read, &audit::actor(&me.actor()), client, check_in).await?;
        Ok(if is_noted { Self::Already } else { Self::Not(Some(check_in.clone())) })
    }
}

/// Answers with a part of a page; who looks on is in the audit before it is sent.
async fn part<P: Page>(app: &App, me: &Signed, page: &P, client: &ClientId, noted: Noted) -> Result<Response> {
    let response = me.render(app, StatusCode::OK, page)?;
    if let Noted::Not(check_in) = noted {
        let entry = audit::entry(&app.ctx, &me.actor(), LOOKED_ON, "client", client.as_str());
        let entry = entry.listing("clients", [client.as_str()]);
        let mut tx = app.db.write(&me.practice).await?;
        tx.audit(match &check_in {
            Some(check_in) => entry.with("check_in", check_in.as_str()),
            None => entry,
        });
        tx.commit().await?;
    }
    Ok(response)
}

/// The stream of a client's page. Access is asked when it opens and again with everything that is fetched because of it.
pub(super) async fn client(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
) -> Result<impl IntoResponse> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewContacts, Some(&client)).await?;
    let (of, practice) = (app.clone(), me.practice.clone());
    stream::of(&app, &me, move || {
        let (app, practice, client) = (of.clone(), practice.clone(), client.clone());
        async move {
            let mut read = app.db.read(&practice).await.ok()?;
            let found = latest(&mut read, &client, app.now()).await.ok()?;
            Some(format!("client:{}", revision(found.as_ref(), app.now())))
        }
    })
}

/// The line of a client's page by itself.
pub(super) async fn answering(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewContacts, Some(&client)).await?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::client::find(&mut read, &client).await?.ok_or(Error::NotFound)?;
    let tie = access::to_client(&mut read, &app.ctx, &me.viewer, &client).await?;
    let people = People::places(&mut read, me.zone).await?;
    let telling = me.telling(&app).at(people.zone(&found.site_id));
    let chart = may(&me.viewer, Action::ViewChart, &tie);
    let latest = latest(&mut read, &client, telling.now).await?;
    let noted = Noted::of(&mut read, &me, &client, latest.as_ref().map(|one| &one.packet.id)).await?;
    let live = line_of(&mut read, &me.shelf.library, telling, &client, chart, latest).await?;
    drop(read);
    part(&app, &me, &ClientLive { live }, &client, noted).await
}

/// What a client has last been at, if that was lately.
async fn latest(read: &mut Read, client: &ClientId, now: Instant) -> Result<Option<Answering>> {
    let found = store::answering::of_client(read, client, now - LATELY).await?;
    Ok(found.filter(|one| one.packet.state == PacketState::Completed || one.packet.is_being_answered(now)))
}

/// What a client is answering, or has just handed in; with the scores where `chart` allows them.
pub(super) async fn line(
    read: &mut Read,
    library: &Library,
    telling: Telling,
    client: &ClientId,
    chart: Access,
) -> Result<LiveLine> {
    let found = latest(read, client, telling.now).await?;
    line_of(read, library, telling, client, chart, found).await
}

async fn line_of(
    read: &mut Read,
    library: &Library,
    telling: Telling,
    client: &ClientId,
    chart: Access,
    found: Option<Answering>,
) -> Result<LiveLine> {
    let revision = revision(found.as_ref(), telling.now);
    let state = match found {
        None => LiveState::Nothing,
        Some(Answering { packet, answered }) if packet.state != PacketState::Completed => {
            let total = i64::try_from(check_in::questions(library, &packet).len()).unwrap_or(0);
            LiveState::Answering { answered, total }
        }
        Some(Answering { packet, .. }) => {
            let at = packet.completed_at.unwrap_or(telling.now);
            let measures = if chart == Access::Allowed {
                store::response::measures(read, &packet.episode_id).await?
            } else {
                Vec::new()
            };
            let scores = primary(library, &measures)
                .filter(|(_, measure)| measure.latest_at == at)
                .filter_map(|(scale, measure)| {
                    Some(LiveScore {
                        name: library.current(&measure.instrument)?.short_name.get(telling.language).to_owned(),
                        value: format::score(measure.latest),
                        change: measure.previous.map(|before| change_of(scale, before, measure.latest)),
                    })
                })
                .collect();
            LiveState::Done { when: format::time(at, telling.zone, telling.language), scores }
        }
    };
    Ok(LiveLine { href: format!("/clients/{client}"), revision, state })
}
