//! The client page: what changed, the trajectories, the record, and what can be done from here. For people of the desk the
//! same page without answers and scores.

mod acts;
mod begin;
mod charts;
mod expectation;
mod export;
mod goals;
mod moved;
mod progress;
mod proof;
mod record;
mod report;

pub(super) use acts::{
    Booking, add_appointment, assign, consent, discharge, record_appointment, send_check_in, send_packet, usable,
    withdraw_packet,
};

use super::case::words_line;
use super::people::{AtSite, People};
use super::plan_change;
use super::session::Signed;
use super::shown::{Seen, id};
use super::standing;
use super::words::{Telling, case_reason, change_of, contact, gravest_first, level_of, phone, primary};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use care::access::{Access, Action, Relationship, decide as may};
use care::client::Client;
use care::episode::{DischargeReason, Episode};
use care::message::Channel;
use care::placement::{EntryKind, EntryState};
use care::protocol::Protocol;
use care::staff::Role;
use care::supervision::DiscussFlag;
use care::{ClientId, EpisodeId, Phi, PlacementId, StaffId};
use chrono::Datelike;
use serde::Deserialize;
use store::Read;
use templates::client::LanguageName;
use templates::format;
use templates::staff::{
    AppointmentForm, BeginForm, CaseLine, Changed, Choice, ClientActions, ClientHeader, ClientPage, ContactLine,
    DischargeForm, Discuss, FieldProblem, Place, PlaceForm, ReadOut, ReassignForm, SendNow, UnusableLine, Wrong,
};
use workflows::access;

pub(super) use begin::{begin, place};
pub(super) use export::{export, export_json};
pub(super) use moved::{move_appointment, show_move};
pub(super) use progress::{choose as choose_progress, show as show_progress};
pub(super) use proof::{choose as choose_proof, unlock as unlock_proof};
pub(super) use record::{changes as changes_of, move_at};
pub(super) use report::report;

/// What of the page is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    /// The instrument whose forecast is to be drawn.
    forecast: Option<String>,
}

/// What was typed into a form that could not be carried out, and why.
#[derive(Default)]
struct Typed {
    date: String,
    starts: String,
    minutes: Option<String>,
    clinician: String,
    site: String,
    reason: String,
    case_to: String,
    protocol: String,
    starts_on: String,
    discuss_note: String,
    plan: plan_change::Written,
    forecast: Option<String>,
    problems: Vec<FieldProblem>,
}

/// So much of what a client wrote is shown.
const WORDS: i64 = 10;

/// How much of a client somebody sees.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    /// Answers, scores and cases too.
    Chart,
    /// Names, contacts, appointments and messages.
    Desk,
}

/// The page.
pub(super) async fn show(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    let mut read = app.db.read(&me.practice).await?;
    let kept = store::client::merged_into(&mut read, &client).await?;
    drop(read);
    if let Some(kept) = kept {
        // Whoever may not see the record that goes on learns nothing of it by an old address.
        me.authorise(&app, Action::ViewContacts, Some(&kept)).await?;
        return Ok(Redirect::to(&format!("/clients/{kept}")).into_response());
    }
    let typed = Typed { forecast: asked.forecast, ..Typed::default() };
    page(&app, &me, &client, StatusCode::OK, typed).await
}

async fn page(app: &App, me: &Signed, client: &ClientId, status: StatusCode, typed: Typed) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let stands = store::client::stands(&mut read, client).await?;
    let Some(found) = store::client::find(&mut read, client).await?.filter(|_| stands) else {
        drop(read);
        return Err(refuse(app, me, client, Access::Hidden).await?);
    };
    let tie = access::to_client(&mut read, &app.ctx, &me.viewer, client).await?;
    let chart = may(&me.viewer, Action::ViewChart, &tie);
    let view = if chart == Access::Allowed {
        View::Chart
    } else if may(&me.viewer, Action::ViewContacts, &tie) == Access::Allowed {
        View::Desk
    } else {
        drop(read);
        return Err(refuse(app, me, client, chart).await?);
    };
    let action = if view == View::Chart { "view.chart" } else { "view.contacts" };
    let noted = me.note(app, &Seen::client(action, client));
    let page = assemble(app, me, &mut read, &found, &tie, view, typed).await?;
    drop(read);
    let response = me.render(app, status, &page)?;
    noted.kept().await?;
    Ok(response)
}

async fn refuse(app: &App, me: &Signed, client: &ClientId, access: Access) -> Result<Error> {
    let refused =
        access::deny(&app.db, &me.practice, &app.ctx, &me.viewer, Action::ViewChart, Some(client), access).await?;
    Ok(refused.into())
}

async fn assemble(
    app: &App,
    me: &Signed,
    read: &mut Read,
    client: &Client,
    tie: &Relationship,
    view: View,
    typed: Typed,
) -> Result<ClientPage> {
    let library = &me.shelf.library;
    let mut people = People::places(read, me.zone).await?;
    let episodes = store::episode::list_of_client(read, &client.id).await?;
    let episode = episodes.iter().find(|episode| episode.is_open()).or(episodes.first());
    let zone = people.zone(episode.map_or(&client.site_id, |episode| &episode.site_id));
    let telling = me.telling(app).at(zone);
    let ids: Vec<EpisodeId> = episode.iter().map(|episode| episode.id.clone()).collect();
    let standing = standing::of_episodes(read, &me.shelf, me.language, telling.now, &ids).await?.into_values().next();
    let own = library.for_person(&standing.as_ref().map(|standing| standing.person).unwrap_or_default());
    let library = &*own;
    let protocol = match episode {
        Some(episode) => store::protocol::find(read, &episode.protocol_id).await?,
        None => None,
    };
    let cases = if view == View::Chart { store::case::of_client(read, &client.id).await? } else { Vec::new() };
    let plans = match view {
        View::Chart => {
            let all: Vec<EpisodeId> = episodes.iter().map(|episode| episode.id.clone()).collect();
            store::plan_change::of_episodes(read, &all).await?
        }
        View::Desk => Vec::new(),
    };
    let flag = if view == View::Chart { store::discuss::open_of(read, &ids).await?.pop() } else { None };
    let happened = charts::Happened { cases: &cases, plans: &plans };
    let mut charts = match (view, episode) {
        (View::Chart, Some(episode)) => {
            charts::of_episode(
                read,
                &me.shelf,
                telling,
                episode,
                protocol.as_ref(),
                &happened,
                typed.forecast.as_deref(),
            )
            .await?
        }
        _ => charts::Charts::default(),
    };
    let goals = match (view, episode) {
        (View::Chart, Some(episode)) => goals::followed(read, &app.templates, telling, episode).await?,
        _ => Vec::new(),
    };
    let raters = match (view, episode) {
        (View::Chart, Some(episode)) => {
            super::raters::of_episode(read, library, &app.templates, telling, episode).await?
        }
        _ => Vec::new(),
    };
    charts.multiples.extend(goals::multiples(&app.templates, telling, &goals));
    let record =
        record::of_client(read, library, telling, &mut people, client, &episodes, &happened, view, record::LINES)
            .await?;

    let words = match view {
        View::Chart => store::own_words::of_client(read, &client.id, WORDS).await?,
        View::Desk => Vec::new(),
    };
    let case_ids: Vec<_> = cases.iter().map(|case| case.id.clone()).collect();
    let mut reasons = store::case::reasons_of(read, &case_ids).await?;
    gravest_first(&mut reasons);
    let mut lines: Vec<(bool, care::Instant, CaseLine)> = cases
        .iter()
        .map(|case| {
            let own: Vec<_> = reasons.iter().filter(|reason| reason.case_id == case.id).cloned().collect();
            let is_closed = case.closed_at.is_some();
            let line = CaseLine {
                href: format!("/cases/{}", case.id),
                opened: telling.day(case.opened_at),
                level: level_of(&own),
                state: case.state,
                reasons: own.iter().map(|reason| case_reason(library, me.language, reason)).collect(),
                due: (!is_closed).then(|| telling.moment(case.due_at)),
                closed: case.closed_at.map(|at| telling.date_time(at)),
            };
            (is_closed, case.opened_at, line)
        })
        .collect();
    lines.sort_by_key(|(is_closed, opened, _)| (*is_closed, std::cmp::Reverse(*opened)));

    let clinician = match episode.filter(|episode| episode.is_open()) {
        Some(episode) => store::assignment::current(read, &episode.id).await?.map(|one| one.clinician_id),
        None => None,
    };
    let clinician = clinician.as_ref();
    people.meet(read, clinician.into_iter().chain(flag.iter().map(|flag| &flag.raised_by))).await?;
    let mut header = header(me, &people, telling, client, episode, clinician, standing.as_ref(), tie, view);
    if let Some(contact) = &mut header.contact {
        let may_lift = may(&me.viewer, Action::ManageClient, tie) == Access::Allowed;
        for channel in Channel::ALL {
            let Some(address) = client.address(*channel).map(str::to_owned) else { continue };
            if let Some(found) = store::unusable_contact::find(read, *channel, &address).await? {
                contact.unusable.push(UnusableLine {
                    channel: *channel,
                    reason: found.reason,
                    since: telling.day(found.since),
                    lift: may_lift.then(|| format!("/clients/{}/contacts/{channel}/usable", client.id)),
                });
            }
        }
    }
    let has_open_case =
        standing.as_ref().and_then(|standing| standing.case.as_ref()).map(|(case, _)| format!("/cases/{}", case.id));
    let protocols = super::form::protocol_choices(read, &typed.protocol).await?;
    let placement = placement_form(me, read, episode, tie).await?;
    let open = episode.filter(|episode| episode.is_open());
    let offered = AtSite::of(read, &client.site_id, offered(me, open, tie, has_open_case.as_ref())).await?;
    let actions = actions(
        me,
        &people,
        &offered,
        client,
        episode,
        clinician.map(StaffId::as_str),
        tie,
        has_open_case,
        protocols,
        telling.now,
        placement,
        &typed,
    );
    let sessions = standing.as_ref().map_or(0, |standing| standing.sessions);
    // A new referral of one's own, with nothing in it that waits for a decision; the workflow looks once more.
    let is_new = standing.as_ref().is_none_or(|standing| standing.sessions == 0 && standing.case.is_none());
    let actions = ClientActions { decline: is_new && clinician == Some(&me.staff.id), ..actions };
    Ok(ClientPage {
        shell: me.shell(app, Some(if view == View::Chart { Place::Caseload } else { Place::Today })),
        live: super::live::line(read, &me.shelf.library, telling, &client.id, may(&me.viewer, Action::ViewChart, tie))
            .await?,
        exit: match view {
            View::Chart => {
                let exits = store::exit_survey::of_episodes(read, &ids).await?;
                exits.first().map(|one| super::exit::line(telling, one, super::exit::Reader::Chart))
            }
            View::Desk => None,
        },
        changed: standing
            .as_ref()
            .filter(|_| view == View::Chart)
            .and_then(|standing| changed(library, telling, standing, &charts, protocol.as_ref())),
        header,
        cases: lines.into_iter().map(|(.., line)| line).collect(),
        multiples: charts.multiples,
        plans: plans
            .iter()
            .rev()
            .filter(|plan| ids.contains(&plan.episode_id))
            .map(|plan| plan_change::line(plan, &people, telling, sessions))
            .collect(),
        plan: episode.filter(|episode| view == View::Chart && episode.is_open()).map(|_| typed.plan.fields(sessions)),
        discuss: episode
            .filter(|episode| view == View::Chart && episode.is_open())
            .map(|_| discuss(flag, &people, telling, &typed)),
        measures: charts.measures,
        goals,
        raters,
        risk: charts.risk,
        words: words.into_iter().map(|words| words_line(library, telling, words)).collect(),
        snippet: charts.snippet,
        packets: record.packets,
        appointments: record.appointments,
        timeline: record.timeline,
        progress: progress::form(read, view, &client.id).await?,
        proof: if may(&me.viewer, Action::ManageClient, tie) == Access::Allowed {
            proof::form(read, &me.face.practice.settings, telling, &client.id).await?
        } else {
            None
        },
        consents: record.consents,
        wording: read_out(app, read, client).await?,
        actions,
        problems: typed.problems,
    })
}

#[expect(clippy::too_many_arguments, reason = "the header is put together from everything the page has read")]
fn header(
    me: &Signed,
    people: &People,
    telling: Telling,
    client: &Client,
    episode: Option<&Episode>,
    clinician: Option<&StaffId>,
    standing: Option<&standing::Standing>,
    tie: &Relationship,
    view: View,
) -> ClientHeader {
    let may_manage = may(&me.viewer, Action::ManageClient, tie) == Access::Allowed;
    let may_contact = may(&me.viewer, Action::ViewContacts, tie) == Access::Allowed;
    let is_open = episode.is_some_and(Episode::is_open);
    let current = standing.filter(|_| view == View::Chart && is_open);
    let name = client.name.text();
    let initials: Vec<String> =
        name.split_whitespace().filter_map(|part| part.chars().next()).map(|first| format!("{first}.")).collect();
    ClientHeader {
        id: client.id.as_str().to_owned(),
        name: name.to_owned(),
        preferred_name: client
            .preferred_name
            .as_ref()
            .map(|name| name.text().to_owned())
            .filter(|called| called != name),
        age: client
            .birth_date
            .as_ref()
            .and_then(|born| age(*born.expose(), format::local_day(telling.now, telling.zone))),
        site: people.site_name(&client.site_id),
        clinician: clinician.map(|id| people.name(id)),
        language: LanguageName::from(client.language).name.to_owned(),
        episode: episode.map(|episode| format::day(episode.started_on, telling.language)),
        discharged: episode.and_then(|episode| episode.discharged_at).map(|at| telling.day(at)),
        next_session: standing.and_then(|standing| standing.next.as_ref()).map(|next| telling.session(next.starts_at)),
        contact: may_contact.then(|| ContactLine {
            phone: client.phone.as_ref().map(|number| phone(number.text())),
            email: client.email.as_ref().map(|email| email.text().to_owned()),
            emergency: client.emergency_contact.as_ref().map(|person| contact(person.expose())),
            guardian: client.guardian.as_ref().map(|person| contact(person.expose())),
            unusable: Vec::new(),
        }),
        signal: current.map(|standing| standing.overall.level),
        reasons: current.map(|standing| standing.reasons.clone()).unwrap_or_default(),
        because: current.map(standing::Standing::because).unwrap_or_default(),
        edit: may_manage.then(|| format!("/admin/clients/{}", client.id)),
        audit: (me.is(&[Role::Admin]) && may_contact).then(|| format!("/admin/audit?client={}", client.id)),
        export: (view == View::Chart).then(|| format!("/clients/{}/export", client.id)),
        report: (view == View::Chart).then(|| format!("/clients/{}/report.pdf", client.id)),
        initials: initials.join(" "),
        printed: format!("{}, {}", me.staff.name.text(), telling.date_time(telling.now)),
    }
}

/// Where the open episode belongs, where the practice has programmes or payers and the person may say so.
async fn placement_form(
    me: &Signed,
    read: &mut Read,
    episode: Option<&Episode>,
    tie: &Relationship,
) -> Result<Option<PlaceForm>> {
    let may_say = may(&me.viewer, Action::ManageClient, tie) == Access::Allowed;
    let Some(episode) = episode.filter(|episode| may_say && episode.is_open()) else {
        return Ok(None);
    };
    let all = store::placement::list(read).await?;
    if all.is_empty() {
        return Ok(None);
    }
    let now = store::placement::of_episode(read, &episode.id).await?.unwrap_or_default();
    let choices = |kind: EntryKind, current: Option<&PlacementId>| -> Vec<Choice> {
        all.iter()
            .filter(|entry| entry.kind == kind)
            .filter(|entry| entry.state == EntryState::Active || current == Some(&entry.id))
            .map(|entry| {
                let chosen = current.map(PlacementId::as_str).unwrap_or_default();
                Choice::new(entry.id.as_str(), entry.name.clone(), chosen)
            })
            .collect()
    };
    Ok(Some(PlaceForm {
        programmes: choices(EntryKind::Programme, now.programme_id.as_ref()),
        payers: choices(EntryKind::Payer, now.payer_id.as_ref()),
        modalities: choices(EntryKind::Modality, now.modality_id.as_ref()),
        problems: choices(EntryKind::Problem, now.problem_id.as_ref()),
    }))
}

/// What is read out to the client before a consent is recorded.
async fn read_out(app: &App, read: &mut Read, client: &Client) -> Result<Option<ReadOut>> {
    let current = workflows::consent_wording::current(read, &app.ctx).await?;
    let found = current.into_iter().find(|wording| wording.language == client.language);
    Ok(found.map(|wording| ReadOut {
        version: wording.version,
        code: wording.language.as_str().to_owned(),
        text: wording.body,
    }))
}

/// The wish to talk about the client, raised or to be raised.
fn discuss(flag: Option<DiscussFlag>, people: &People, telling: Telling, typed: &Typed) -> Discuss {
    Discuss {
        raised: flag.as_ref().map(|flag| format!("{}, {}", people.name(&flag.raised_by), telling.day(flag.raised_at))),
        note: flag.and_then(|flag| flag.note).map(Phi::into_exposed),
        typed: typed.discuss_note.clone(),
    }
}

/// The page again with a wish that was too long.
pub(super) async fn refuse_wish(app: &App, me: &Signed, client: &ClientId, note: String) -> Result<Response> {
    let problems = vec![FieldProblem::new("discuss_note", Wrong::TooLong)];
    let typed = Typed { discuss_note: note, problems, ..Typed::default() };
    page(app, me, client, StatusCode::UNPROCESSABLE_ENTITY, typed).await
}

/// The page again with a change of the plan that could not be recorded.
pub(super) async fn refuse_plan(
    app: &App,
    me: &Signed,
    client: &ClientId,
    plan: plan_change::Written,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let typed = Typed { plan, problems, ..Typed::default() };
    page(app, me, client, StatusCode::UNPROCESSABLE_ENTITY, typed).await
}

fn age(born: chrono::NaiveDate, today: chrono::NaiveDate) -> Option<i64> {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    let years = i64::from(today.year() - born.year()) - i64::from(!had_birthday);
    (0..=130).contains(&years).then_some(years)
}

/// What changed on the protocol's first outcome instrument since the time before.
fn changed(
    library: &instruments::Library,
    telling: Telling,
    standing: &standing::Standing,
    charts: &charts::Charts,
    protocol: Option<&Protocol>,
) -> Option<Changed> {
    let order = |id: &str| {
        protocol.and_then(|protocol| protocol.lines.iter().position(|line| line.instrument == id)).unwrap_or(usize::MAX)
    };
    let mut outcomes: Vec<_> = primary(library, &standing.measures)
        .filter(|(scale, one)| scale.alliance.is_none() && one.previous.is_some())
        .collect();
    outcomes.sort_by_key(|(_, one)| (std::cmp::Reverse(one.latest_at), order(&one.instrument)));
    let (scale, measure) = outcomes.first()?;
    let previous = measure.previous?;
    let moved = change_of(scale, previous, measure.latest);
    Some(Changed {
        instrument: library.current(&measure.instrument)?.short_name.get(telling.language).to_owned(),
        from: format::score(previous),
        to: format::score(measure.latest),
        change: moved.points,
        trend: moved.trend,
        moved: charts.moved.get(&measure.instrument).cloned().unwrap_or_default(),
    })
}

/// Whose names the forms offer, by role: a practice may have a thousand, and opens none for a form that is not there.
fn offered(me: &Signed, open: Option<&Episode>, tie: &Relationship, open_case: Option<&String>) -> &'static [Role] {
    let allowed = |action| may(&me.viewer, action, tie) == Access::Allowed;
    let needed = match open {
        Some(_) => [Action::ManageEpisode, Action::ManageAppointments].into_iter().any(allowed),
        None => allowed(Action::ManageClient),
    };
    match (needed, open_case) {
        (false, _) => &[],
        (true, Some(_)) if allowed(Action::ManageEpisode) => &[Role::Clinician, Role::Supervisor],
        (true, _) => &[Role::Clinician],
    }
}

#[expect(clippy::too_many_arguments, reason = "what may be done follows from everything the page has read")]
fn actions(
    me: &Signed,
    people: &People,
    offered: &AtSite,
    client: &Client,
    episode: Option<&Episode>,
    clinician: Option<&str>,
    tie: &Relationship,
    open_case: Option<String>,
    protocols: Vec<Choice>,
    now: care::Instant,
    placement: Option<PlaceForm>,
    typed: &Typed,
) -> ClientActions {
    let allowed = |action| may(&me.viewer, action, tie) == Access::Allowed;
    let open = episode.filter(|episode| episode.is_open());
    let clinicians = |current: &str| offered.choices(&[Role::Clinician], current);
    let chosen = if typed.clinician.is_empty() { clinician.unwrap_or_default() } else { typed.clinician.as_str() };
    let site = if typed.site.is_empty() { client.site_id.as_str() } else { typed.site.as_str() };
    ClientActions {
        send: open
            .filter(|_| allowed(Action::SendCheckIn))
            .map(|_| SendNow { action: format!("/clients/{}/check-in", client.id) }),
        discharge: open.filter(|_| allowed(Action::ManageEpisode)).map(|_| DischargeForm {
            reasons: DischargeReason::ALL
                .iter()
                .map(|one| Choice::new(one.as_str(), one.as_str(), &typed.reason))
                .collect(),
            case_to: if open_case.is_some() {
                offered.choices(&[Role::Clinician, Role::Supervisor], &typed.case_to)
            } else {
                Vec::new()
            },
            has_case: open_case.is_some(),
            case: open_case.filter(|_| allowed(Action::ViewChart)),
        }),
        begin: (open.is_none() && allowed(Action::ManageClient)).then(|| BeginForm {
            clinicians: clinicians(&typed.clinician),
            sites: people
                .sites
                .iter()
                .filter(|one| me.viewer.works_at(&one.id))
                .map(|one| Choice::new(one.id.as_str(), one.name.clone(), site))
                .collect(),
            protocols,
            starts_on: if typed.starts_on.is_empty() {
                format::local_day(now, me.zone).to_string()
            } else {
                typed.starts_on.clone()
            },
        }),
        decline: false,
        reassign: open
            .filter(|_| allowed(Action::ManageEpisode))
            .map(|_| ReassignForm { clinicians: clinicians(clinician.unwrap_or_default()) }),
        placement,
        appointment: open.filter(|_| allowed(Action::ManageAppointments)).map(|_| AppointmentForm {
            date: typed.date.clone(),
            starts: typed.starts.clone(),
            minutes: typed.minutes.clone().unwrap_or_else(|| "50".to_owned()),
            clinicians: clinicians(chosen),
            sites: people
                .sites
                .iter()
                .filter(|one| me.viewer.works_at(&one.id))
                .map(|one| Choice::new(one.id.as_str(), format!("{} ({})", one.name, one.zone), site))
                .collect(),
        }),
        consent: allowed(Action::ManageClient),
    }
}
