//! The supervisor's page: the people they supervise today, in alphabetical order, and what is open. Nobody is ranked.

use super::people::People;
use super::session::Signed;
use super::shown::Seen;
use super::{standing, today};
use crate::App;
use crate::error::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use care::access::Action;
use care::response::SignalLevel;
use care::staff::{Role, Supervision};
use care::{ClientId, EpisodeId, StaffId};
use std::collections::HashMap;
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
    let edges: Vec<Supervision> = store::supervision::holding_on(&mut read, today)
        .await?
        .into_iter()
        .filter(|edge| edge.supervisor_id == me.staff.id)
        .collect();
    let mut supervised: Vec<StaffId> = edges.iter().map(|edge| edge.clinician_id.clone()).collect();
    supervised.sort_by_key(|id| people.name(id));
    supervised.dedup();
    let assigned = store::assignment::episodes_of(&mut read, &supervised).await?;
    let episodes: Vec<EpisodeId> = assigned.iter().map(|one| one.episode.id.clone()).collect();
    let standings = standing::of_episodes(&mut read, &me.shelf, me.language, telling.now, &episodes).await?;

    let row = |id: &StaffId| {
        let own: Vec<_> = assigned
            .iter()
            .filter(|one| &one.clinician_id == id)
            .filter_map(|one| standings.get(&one.episode.id))
            .collect();
        let count = |holds: &dyn Fn(&standing::Standing) -> Option<()>| {
            i64::try_from(own.iter().filter(|standing| holds(standing).is_some()).count()).unwrap_or(0)
        };
        let since = edges.iter().find(|edge| &edge.clinician_id == id);
        Supervisee {
            name: people.name(id),
            agenda: format!("/supervision/{id}"),
            href: format!("/caseload?clinician={id}"),
            since: since.map(|edge| span(edge, me.language)).unwrap_or_default(),
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
        }
    };
    let supervisees: Vec<Supervisee> = supervised.iter().map(row).collect();

    let open: Vec<_> =
        standings.values().filter_map(|standing| standing.case.as_ref().map(|(case, _)| case.clone())).collect();
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
    let page = SupervisionPage { shell: me.shell(&app, Some(Place::Supervision)), supervisees, cases, own };
    let seen = Seen::list("view.supervision", &me, shown);
    me.show(&app, StatusCode::OK, &page, seen).await
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
