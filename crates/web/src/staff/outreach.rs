//! Whom to get in touch with after two missed sessions: the front desk sees those of its sites, clinicians and supervisors those of
//! the clients they look after.

use super::exit::{self, Reader};
use super::form::{Nothing, Posted};
use super::people::People;
use super::session::Signed;
use super::shown::{Seen, done, id};
use super::words::{Telling, phone};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::appointment::Appointment;
use care::client::Client;
use care::outreach::{Outreach, OutreachOutcome, OutreachTry, TryResult, missed_running};
use care::staff::Role;
use care::{ClientId, EpisodeId, Language, OutreachId, StaffId};
use chrono::Duration;
use serde::Deserialize;
use std::collections::HashMap;
use store::Read;
use store::exit_survey::Exit;
use templates::staff::{ExitLine, Flash, OutreachCard, OutreachLine, OutreachPage, Place, TryLine};
use workflows::{access, outreach};

/// How far back closed ones are shown, and how many at most.
const LATELY: Duration = Duration::days(30);
const CLOSED: usize = 30;
/// What to say, line by line.
const SCRIPT: [&str; 5] =
    ["outreach-script-1", "outreach-script-2", "outreach-script-3", "outreach-script-4", "outreach-script-5"];

/// What the page is made from.
struct Around {
    people: People,
    clients: HashMap<ClientId, Client>,
    clinicians: HashMap<EpisodeId, StaffId>,
    appointments: HashMap<EpisodeId, Vec<Appointment>>,
    tries: HashMap<OutreachId, Vec<OutreachTry>>,
    exits: HashMap<EpisodeId, Exit>,
    /// The people whose clients' answers are the reader's to see.
    looked_after: Vec<StaffId>,
}

impl Around {
    fn exit(&self, telling: Telling, one: &Outreach) -> Option<ExitLine> {
        let clinician = self.clinicians.get(&one.episode_id);
        let sees = clinician.is_some_and(|clinician| self.looked_after.contains(clinician));
        Some(exit::line(telling, self.exits.get(&one.episode_id)?, if sees { Reader::Chart } else { Reader::Desk }))
    }
}

/// Those that this person sees, and their clients.
async fn within(
    read: &mut Read,
    app: &App,
    me: &Signed,
    mut all: Vec<Outreach>,
) -> Result<(Vec<Outreach>, HashMap<ClientId, Client>, HashMap<EpisodeId, StaffId>)> {
    let ids: Vec<ClientId> = all.iter().map(|one| one.client_id.clone()).collect();
    let clients: HashMap<ClientId, Client> =
        store::client::by_ids(read, &ids).await?.into_iter().map(|client| (client.id.clone(), client)).collect();
    let episodes: Vec<EpisodeId> = all.iter().map(|one| one.episode_id.clone()).collect();
    let clinicians: HashMap<EpisodeId, StaffId> = store::assignment::current_of(read, &episodes)
        .await?
        .into_iter()
        .map(|assignment| (assignment.episode_id, assignment.clinician_id))
        .collect();
    let looked_after = access::looks_after(read, &app.ctx, &me.viewer).await?;
    let is_desk = me.is(&[Role::Intake, Role::Admin]);
    all.retain(|one| {
        let Some(client) = clients.get(&one.client_id) else { return false };
        let mine = clinicians.get(&one.episode_id).is_some_and(|clinician| looked_after.contains(clinician));
        mine || (is_desk && me.viewer.works_at(&client.site_id))
    });
    Ok((all, clients, clinicians))
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::ViewOutreach, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let mut all = store::outreach::open(&mut read).await?;
    all.extend(store::outreach::closed_since(&mut read, telling.now - LATELY).await?);
    let (seen, clients, clinicians) = within(&mut read, &app, &me, all).await?;
    let (open, mut closed): (Vec<Outreach>, Vec<Outreach>) = seen.into_iter().partition(|one| one.closed_at.is_none());
    closed.truncate(CLOSED);
    let mut appointments: HashMap<EpisodeId, Vec<Appointment>> = HashMap::new();
    let episodes: Vec<EpisodeId> = open.iter().map(|one| one.episode_id.clone()).collect();
    for one in store::appointment::of_episodes(&mut read, &episodes).await? {
        appointments.entry(one.episode_id.clone()).or_default().push(one);
    }
    let shown: Vec<OutreachId> = open.iter().chain(&closed).map(|one| one.id.clone()).collect();
    let mut tries: HashMap<OutreachId, Vec<OutreachTry>> = HashMap::new();
    for one in store::outreach::tries(&mut read, &shown).await? {
        tries.entry(one.outreach_id.clone()).or_default().push(one);
    }
    let courses: Vec<EpisodeId> = open.iter().chain(&closed).map(|one| one.episode_id.clone()).collect();
    let exits = store::exit_survey::of_episodes(&mut read, &courses).await?;
    let exits = exits.into_iter().map(|exit| (exit.episode_id.clone(), exit)).collect();
    let looked_after = access::looks_after(&mut read, &app.ctx, &me.viewer).await?;
    drop(read);
    let around = Around { people, clients, clinicians, appointments, tries, exits, looked_after };
    let page = OutreachPage {
        shell: me.shell(&app, Some(Place::Outreach)),
        overdue: open.iter().filter(|one| one.due_at < telling.now).count(),
        open: open.iter().filter_map(|one| card(&app, &me, &around, telling, one)).collect(),
        closed: closed.iter().filter_map(|one| line(&around, telling, one)).collect(),
        outcomes: OutreachOutcome::BY_HAND.to_vec(),
        results: TryResult::ALL.to_vec(),
    };
    let seen = open.iter().chain(&closed).map(|one| one.client_id.clone());
    let seen = Seen::list("view.outreach", &me, seen);
    me.show(&app, StatusCode::OK, &page, seen).await
}

fn script(app: &App, language: Language) -> Vec<String> {
    SCRIPT.iter().filter_map(|key| app.templates.said(key, language)).collect()
}

fn card(app: &App, me: &Signed, around: &Around, telling: Telling, one: &Outreach) -> Option<OutreachCard> {
    let client = around.clients.get(&one.client_id)?;
    let there = telling.at(around.people.zone(&client.site_id));
    let appointments = around.appointments.get(&one.episode_id).map(Vec::as_slice).unwrap_or_default();
    let next = appointments.iter().find(|next| next.state.is_on() && next.starts_at > telling.now);
    let clinician = around.clinicians.get(&one.episode_id).map(|id| around.people.name(id));
    let about = [Some(around.people.site_name(&client.site_id)), clinician];
    let number = client.phone.as_ref().map(|number| phone(number.text()));
    let address = client.email.as_ref().map(|address| address.text().to_owned());
    let tries = around.tries.get(&one.id).map(Vec::as_slice).unwrap_or_default();
    Some(OutreachCard {
        id: one.id.as_str().to_owned(),
        client: client.name.text().to_owned(),
        href: format!("/clients/{}", client.id),
        about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        contacts: [number, address].into_iter().flatten().collect(),
        missed: missed_running(appointments).iter().map(|missed| there.session(missed.starts_at)).collect(),
        next: next.map(|next| there.session(next.starts_at)),
        owner: around.people.name(&one.owner_id),
        mine: one.owner_id == me.staff.id,
        due: there.moment(one.due_at),
        script: script(app, client.language),
        script_language: client.language.as_str(),
        translation: if client.language == me.language { Vec::new() } else { script(app, me.language) },
        tries: tries
            .iter()
            .map(|one| TryLine { result: one.result, at: there.session(one.at), by: around.people.name(&one.by_id) })
            .collect(),
        exit: around.exit(there, one),
    })
}

fn line(around: &Around, telling: Telling, one: &Outreach) -> Option<OutreachLine> {
    let client = around.clients.get(&one.client_id)?;
    Some(OutreachLine {
        client: client.name.text().to_owned(),
        href: format!("/clients/{}", client.id),
        outcome: one.outcome?,
        at: telling.session(one.closed_at?),
        by: one.closed_by.as_ref().map(|by| around.people.name(by)),
        tries: around.tries.get(&one.id).map_or(0, Vec::len),
        exit: around.exit(telling, one),
    })
}

/// What somebody does.
enum Act {
    Try(TryResult),
    Take,
    Finish(OutreachOutcome),
    /// What the form says is none of the choices.
    Unknown,
}

/// A change of one of them, by somebody who may make it. Closed by somebody else meanwhile, nothing is changed.
async fn change(app: &App, me: &Signed, outreach: &str, act: Act) -> Result<Response> {
    let outreach: OutreachId = id(outreach)?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::outreach::find(&mut read, &outreach).await?.ok_or(Error::NotFound)?;
    drop(read);
    me.authorise(app, Action::ReachOut, Some(&found.client_id)).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let (ctx, by) = (&app.ctx, &me.viewer);
    let changed = match act {
        Act::Try(result) => outreach::tried(&mut tx, ctx, by, &outreach, result).await,
        Act::Take => outreach::take(&mut tx, ctx, by, &outreach).await,
        Act::Finish(outcome) => outreach::finish(&mut tx, ctx, by, &outreach, outcome).await,
        Act::Unknown => Err(workflows::Error::Conflict),
    };
    match changed {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Conflict | workflows::Error::Invalid(_)) => {
            return Ok(done(app, "/outreach", Flash::NotPossible));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(app, "/outreach", Flash::OutreachSaved))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Tried {
    result: String,
}

/// Notes a try.
pub(super) async fn tried(
    State(app): State<App>,
    me: Signed,
    Path(outreach): Path<String>,
    Posted(form): Posted<Tried>,
) -> Result<Response> {
    change(&app, &me, &outreach, form.result.parse().map_or(Act::Unknown, Act::Try)).await
}

/// Takes one over.
pub(super) async fn take(
    State(app): State<App>,
    me: Signed,
    Path(outreach): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    change(&app, &me, &outreach, Act::Take).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Finished {
    outcome: String,
}

/// Records what came of one.
pub(super) async fn finish(
    State(app): State<App>,
    me: Signed,
    Path(outreach): Path<String>,
    Posted(form): Posted<Finished>,
) -> Result<Response> {
    change(&app, &me, &outreach, form.outcome.parse().map_or(Act::Unknown, Act::Finish)).await
}
