//! The support check of a case and the supervisor's list.

use super::find;
use crate::App;
use crate::error::Result;
use crate::staff::form::Posted;
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::done;
use crate::staff::words::Telling;
use axum::extract::{Path, State};
use axum::response::Response;
use care::access::Action;
use care::case::{Case, CaseState};
use care::packet::{Packet, PacketState};
use care::response::StoredScore;
use care::staff::Role;
use care::support::{CheckItem, Domain, INSTRUMENT, SuggestionList};
use instruments::Library;
use serde::Deserialize;
use store::Read;
use templates::format;
use templates::staff::{CheckLine, DomainLine, Flash, Support};
use workflows::support;

/// As it was answered last in the case's episode, and whether one is out.
pub async fn view(read: &mut Read, library: &Library, telling: Telling, case: &Case, may_act: bool) -> Result<Support> {
    let mut scores = store::response::scores_of_episode(read, &case.episode_id).await?;
    scores.retain(|score| score.instrument == INSTRUMENT);
    let last = scores.last().map(|score| (score.response_id.clone(), score.at));
    let packets = store::packet::of_episode(read, &case.episode_id).await?;
    let asks = |packet: &&Packet| packet.asked.iter().any(|asked| asked.id == INSTRUMENT);
    let waits = |packet: &Packet| {
        matches!(packet.state, PacketState::Planned | PacketState::Open) && packet.accepts(telling.now)
    };
    let domains = match &last {
        Some((response, _)) => {
            let suggestions = support::library::list(read).await?;
            let of_last: Vec<&StoredScore> = scores.iter().filter(|score| &score.response_id == response).collect();
            Domain::ALL.iter().filter_map(|domain| line(library, &suggestions, telling, *domain, &of_last)).collect()
        }
        None => Vec::new(),
    };
    Ok(Support {
        answered: last.map(|(_, at)| telling.day(at)),
        out: packets.iter().filter(asks).any(waits),
        may_ask: may_act && case.state != CaseState::Closed,
        domains,
    })
}

fn line(
    library: &Library,
    list: &SuggestionList,
    telling: Telling,
    domain: Domain,
    scores: &[&StoredScore],
) -> Option<DomainLine> {
    let score = scores.iter().find(|score| score.scale == domain.as_str())?;
    let scale = library.get(&score.instrument, &score.version)?.scale(domain.as_str())?;
    let low = score.value.is_some_and(|value| scale.cutoffs.iter().any(|cutoff| cutoff.is_met(value)));
    let highest = format::score(scale.axis.max);
    let suggestions =
        list.of(domain, telling.language).filter(|_| low).map(|one| (one.text.clone(), one.source.clone()));
    Some(DomainLine {
        title: scale.title.get(telling.language).to_owned(),
        score: score.value.map(format::score),
        highest,
        low,
        suggestions: suggestions.collect(),
    })
}

/// The supervisor's list.
pub async fn checklist(read: &mut Read, people: &People, telling: Telling, case: &Case) -> Result<Vec<CheckLine>> {
    let checked = store::case::checklist(read, &case.id).await?;
    let line = |item: &CheckItem| CheckLine {
        item: *item,
        done: checked
            .iter()
            .find(|one| one.item == *item)
            .map(|one| format!("{}, {}", people.name(&one.checked_by), telling.day(one.checked_at))),
    };
    Ok(CheckItem::ALL.iter().map(line).collect())
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Gone {
    item: Vec<String>,
}

/// Asks the client.
pub async fn ask(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(_): Posted<Gone>,
) -> Result<Response> {
    let case = find(&app, &me, &case).await?;
    me.authorise(&app, Action::ActOnCase, Some(&case.client_id)).await?;
    let to = format!("/cases/{}", case.id);
    let mut tx = app.db.write(&me.practice).await?;
    match support::ask(&mut tx, &app.ctx, &me.staff.id, &case).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            let underway = problems.iter().any(|problem| problem.key == "packet-being-answered");
            let out = problems.iter().any(|problem| problem.key == "packet-already-sent");
            let flash = match (underway, out) {
                (true, _) => Flash::CheckInUnderway,
                (_, true) => Flash::CheckInAlreadyOut,
                _ => Flash::NotPossible,
            };
            return Ok(done(&app, &to, flash));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &to, Flash::SupportSent))
}

/// Notes what was gone through: supervisors only.
pub async fn go_through(
    State(app): State<App>,
    me: Signed,
    Path(case): Path<String>,
    Posted(gone): Posted<Gone>,
) -> Result<Response> {
    let case = find(&app, &me, &case).await?;
    me.authorise(&app, Action::ActOnCase, Some(&case.client_id)).await?;
    let to = format!("/cases/{}", case.id);
    if !me.is(&[Role::Supervisor]) {
        return Ok(done(&app, &to, Flash::NotPossible));
    }
    let items: Vec<CheckItem> = gone.item.iter().filter_map(|item| item.parse().ok()).collect();
    let mut tx = app.db.write(&me.practice).await?;
    support::go_through(&mut tx, &app.ctx, &me.staff.id, &case.id, &items).await?;
    tx.commit().await?;
    Ok(done(&app, &to, Flash::CaseStepRecorded))
}
