//! The supervisor's page: the people they supervise today, in alphabetical order, and what is open. Nobody is ranked.

pub(super) mod file;

use super::people::People;
use super::session::Signed;
use super::shown::Seen;
use super::standing::{self, Standing};
use super::today;
use super::words::Telling;
use crate::App;
use crate::error::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use care::access::Action;
use care::response::SignalLevel;
use care::staff::{Role, Supervision};
use care::{ClientId, EpisodeId, StaffId};
use chrono::NaiveDate;
use std::collections::HashMap;
use store::Read;
use templates::format;
use templates::staff::{CaseCard, Place, Supervisee, SupervisionPage};
use workflows::access;

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    // A clinician who supervises nobody has one page here: the one their supervisor sees of them.
    if me.is(&[Role::Clinician]) && !me.is(&[Role::Supervisor]) {
        return Ok(Redirect::to(&format!("/supervision/{}", me.staff.id)).into_response());
    }
    me.authorise(&app, Action::Supervise, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let today = access::today(&mut read, &app.ctx).await?;
    let found = found(&mut read, &me, &people, telling, today).await?;

    let open: Vec<_> =
        found.standings.values().filter_map(|standing| standing.case.as_ref().map(|(case, _)| case.clone())).collect();
    let open = today::with_reasons(&mut read, open).await?;
    let shown: Vec<ClientId> = open.iter().map(|(case, _)| case.client_id.clone()).collect();
    let names: HashMap<ClientId, String> = store::client::by_ids(&mut read, &shown)
        .await?
        .into_iter()
        .map(|client| (client.id.clone(), client.name.into_exposed()))
        .collect();
    drop(read);
    let cases: Vec<CaseCard> = open
        .iter()
        .map(|(case, reasons)| {
            let client = names.get(&case.client_id).cloned().unwrap_or_default();
            today::card(&me, &people, telling, client, case, reasons)
        })
        .collect();
    let own = me.is(&[Role::Clinician]).then(|| format!("/supervision/{}", me.staff.id));
    let supervisees = found.supervisees.into_iter().map(|(_, one)| one).collect();
    let page = SupervisionPage { shell: me.shell(&app, Some(Place::Supervision)), supervisees, cases, own };
    let seen = Seen::list("view.supervision", &me, shown);
    me.show(&app, StatusCode::OK, &page, seen).await
}

/// The people somebody supervises on a day, by name, and how their clients stand.
struct Found {
    /// Who.
    clinicians: Vec<StaffId>,
    /// What is open of each, and since when they are supervised.
    supervisees: Vec<(NaiveDate, Supervisee)>,
    /// How their clients stand.
    standings: HashMap<EpisodeId, Standing>,
}

async fn found(read: &mut Read, me: &Signed, people: &People, telling: Telling, today: NaiveDate) -> Result<Found> {
    let edges: Vec<Supervision> = store::supervision::holding_on(read, today)
        .await?
        .into_iter()
        .filter(|edge| edge.supervisor_id == me.staff.id)
        .collect();
    let mut clinicians: Vec<StaffId> = edges.iter().map(|edge| edge.clinician_id.clone()).collect();
    clinicians.sort_by_key(|id| people.name(id));
    clinicians.dedup();
    let assigned = store::assignment::episodes_of(read, &clinicians).await?;
    let episodes: Vec<EpisodeId> = assigned.iter().map(|one| one.episode.id.clone()).collect();
    let standings = standing::of_episodes(read, &me.shelf, me.language, telling.now, &episodes).await?;
    let row = |edge: &Supervision| {
        let id = &edge.clinician_id;
        let own: Vec<_> = assigned
            .iter()
            .filter(|one| &one.clinician_id == id)
            .filter_map(|one| standings.get(&one.episode.id))
            .collect();
        let count = |holds: &dyn Fn(&Standing) -> Option<()>| {
            i64::try_from(own.iter().filter(|standing| holds(standing).is_some()).count()).unwrap_or(0)
        };
        let supervisee = Supervisee {
            name: people.name(id),
            agenda: format!("/supervision/{id}"),
            href: format!("/caseload?clinician={id}"),
            since: span(edge, me.language),
            clients: i64::try_from(own.len()).unwrap_or(0),
            open: count(&|standing| standing.case.as_ref().map(|_| ())),
            overdue: count(&|standing| {
                standing.case.as_ref().filter(|(case, _)| case.due_at < telling.now).map(|_| ())
            }),
            risk: count(&|standing| {
                let (_, reasons) = standing.case.as_ref()?;
                reasons.iter().any(|reason| reason.rule.is_risk() && reason.is_open()).then_some(())
            }),
            off_track: count(&|standing| (standing.overall.level == SignalLevel::Red).then_some(())),
            silent: count(&|standing| standing.quiet.is_silence().then_some(())),
        };
        (edge.starts_on, supervisee)
    };
    let of = |id: &StaffId| edges.iter().find(|edge| &edge.clinician_id == id);
    let supervisees = clinicians.iter().filter_map(of).map(row).collect();
    Ok(Found { clinicians, supervisees, standings })
}

/// "since Jan 5, 2026", and until when if that is known.
fn span(edge: &Supervision, language: care::Language) -> String {
    let from = format::day(edge.starts_on, language);
    let until = edge.ends_on.map(|day| format::day(day, language));
    match (language, until) {
        (care::Language::En, None) => format!("since {from}"),
        (care::Language::En, Some(until)) => format!("{from} to {until}"),
        (care::Language::Es, None) => format!("desde el {from}"),
        (care::Language::Es, Some(until)) => format!("del {from} al {until}"),
    }
}
