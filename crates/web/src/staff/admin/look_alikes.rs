//! Records that may be of one person: the pairs, two records side by side, and merges with their way back.

use super::frame;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Nothing, Posted};
use crate::staff::people::People;
use crate::staff::search::clinicians_of;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, done, id};
use crate::staff::words::phone;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::client::{Client, Consent, ConsentState, Purpose};
use care::message::Channel;
use care::{ClientId, MergeId, Phi};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use templates::format;
use templates::staff::Flash;
use templates::staff::admin::{
    ConsentRow, HoldingRow, LookAlikes, MergeLine, MovedCount, PairLine, PairRecord, PairRow, RecordPair, Section,
};
use workflows::merge;

/// Pairs of one page; merges of one page.
const PAIRS: usize = 100;
const MERGES: i64 = 30;

/// What the counts of moved rows are told as; whatever else there is, is one sum.
const TOLD: [&str; 5] = ["episode", "appointment", "packet", "response", "care_case"];

/// The pairs and the merges.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let found = merge::look_alikes(&mut read, &app.ctx, &me.viewer).await?;
    let merges = store::merge::list(&mut read, MERGES).await?;
    let ids: Vec<ClientId> = merges.iter().flat_map(|one| [one.kept_id.clone(), one.gone_id.clone()]).collect();
    let known: HashMap<ClientId, Client> = store::client::by_ids(&mut read, &ids)
        .await?
        .into_iter()
        .filter(|client| me.viewer.works_at(&client.site_id))
        .map(|client| (client.id.clone(), client))
        .collect();
    let mut lines = Vec::new();
    for one in &merges {
        let (Some(kept), Some(gone)) = (known.get(&one.kept_id), known.get(&one.gone_id)) else { continue };
        let undone = one.undone_at.map(|at| {
            let who = one.undone_by.as_ref().map(|by| people.name(by)).unwrap_or_default();
            format!("{who}, {}", telling.date_time(at))
        });
        lines.push(MergeLine {
            id: one.id.as_str().to_owned(),
            kept: kept.name.text().to_owned(),
            href: format!("/clients/{}", kept.id),
            gone: gone.name.text().to_owned(),
            at: telling.date_time(one.merged_at),
            by: people.name(&one.merged_by),
            moved: counts(store::merge::moved(&mut read, &one.id).await?),
            undone,
        });
    }
    drop(read);
    let shown = found.iter().take(PAIRS);
    let pairs = shown
        .clone()
        .map(|pair| PairLine {
            href: format!("/admin/look-alikes/{}/{}", pair.one.id, pair.other.id),
            one: pair.one.name.text().to_owned(),
            other: pair.other.name.text().to_owned(),
            likeness: pair.likeness.clone(),
        })
        .collect();
    let (shell, sections) = frame(&app, &me, Section::LookAlikes);
    let more = i64::try_from(found.len().saturating_sub(PAIRS)).unwrap_or(0);
    let seen = shown.flat_map(|pair| [pair.one.id.clone(), pair.other.id.clone()]).chain(known.into_keys());
    let seen = Seen::list("view.look_alikes", &me, seen.collect::<Vec<_>>());
    me.show(&app, StatusCode::OK, &LookAlikes { shell, sections, pairs, more, merges: lines }, seen).await
}

fn counts(moved: Vec<(String, i64)>) -> Vec<MovedCount> {
    let mut told: BTreeMap<usize, i64> = BTreeMap::new();
    for (table, count) in moved {
        let place = TOLD.iter().position(|known| *known == table).unwrap_or(TOLD.len());
        *told.entry(place).or_default() += count;
    }
    told.into_iter()
        .map(|(place, count)| MovedCount { kind: TOLD.get(place).copied().unwrap_or("other").to_owned(), count })
        .collect()
}

/// How a form about a pair ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Asked,
    Undecided,
    InTheWay,
}

/// The two side by side.
pub async fn compare(
    State(app): State<App>,
    me: Signed,
    Path((one, other)): Path<(String, String)>,
) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    page(&app, &me, StatusCode::OK, &id(&one)?, &id(&other)?, Outcome::Asked).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    one: &ClientId,
    other: &ClientId,
    outcome: Outcome,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let (one, other) = merge::pair(&mut read, &me.viewer, one, other).await?;
    let ids = [one.id.clone(), other.id.clone()];
    let clinicians = clinicians_of(&mut read, &ids).await?;
    let consents = store::consent::current_of(&mut read, &ids).await?;
    let (first, second) =
        (store::merge::holdings(&mut read, &one.id).await?, store::merge::holdings(&mut read, &other.id).await?);
    drop(read);
    let with = |client: &Client| clinicians.get(&client.id).map(|id| people.name(id));
    let text = |value: &Option<Phi<String>>| value.as_ref().map(|value| value.text().to_owned());
    let born = |client: &Client| client.birth_date.as_ref().map(|day| format::day(*day.expose(), me.language));
    let sex = |client: &Client| client.sex.and_then(|sex| app.templates.said(&format!("sex-{sex}"), me.language));
    let number = |client: &Client| client.phone.as_ref().map(|number| phone(number.text()));
    let name = |client: &Client| Some(client.name.text().to_owned());
    let mut rows = vec![
        pair_row("name", name(&one), name(&other)),
        pair_row("birth_date", born(&one), born(&other)),
        pair_row("sex", sex(&one), sex(&other)),
        pair_row("phone", number(&one), number(&other)),
        pair_row("zone", one.zone.clone(), other.zone.clone()),
    ];
    rows.push(pair_row("preferred_name", text(&one.preferred_name), text(&other.preferred_name)));
    rows.push(pair_row("external_id", text(&one.external_id), text(&other.external_id)));
    rows.push(pair_row("email", text(&one.email), text(&other.email)));
    rows.push(pair_row("site", Some(people.site_name(&one.site_id)), Some(people.site_name(&other.site_id))));
    rows.push(pair_row("clinician", with(&one), with(&other)));
    rows.retain(|row| row.one.is_some() || row.other.is_some());
    let holding = |kind: &str, one, other| HoldingRow { kind: kind.to_owned(), one, other };
    let (shell, sections) = frame(app, me, Section::LookAlikes);
    let record = |client: &Client| PairRecord {
        id: client.id.as_str().to_owned(),
        name: client.name.text().to_owned(),
        href: format!("/clients/{}", client.id),
    };
    let view = RecordPair {
        shell,
        sections,
        path: format!("/admin/look-alikes/{}/{}", one.id, other.id),
        records: vec![record(&one), record(&other)],
        rows,
        holdings: vec![
            holding("episodes", first.episodes, second.episodes),
            holding("open", first.open, second.open),
            holding("appointments", first.appointments, second.appointments),
            holding("completed", first.completed, second.completed),
            holding("waiting", first.waiting, second.waiting),
        ],
        consents: consent_rows(&consents, &one, &other),
        both_open: first.open > 0 && second.open > 0,
        undecided: outcome == Outcome::Undecided,
        in_the_way: outcome == Outcome::InTheWay,
    };
    me.show(app, status, &view, Seen::list("view.pair", me, ids)).await
}

fn pair_row(field: &str, one: Option<String>, other: Option<String>) -> PairRow {
    PairRow { field: field.to_owned(), same: one.is_some() && one == other, one, other }
}

fn consent_rows(consents: &[Consent], one: &Client, other: &Client) -> Vec<ConsentRow> {
    let state = |client: &Client, channel: Channel, purpose: Purpose| -> Option<ConsentState> {
        let is_it = |held: &&Consent| held.client_id == client.id && held.channel == channel && held.purpose == purpose;
        consents.iter().find(is_it).map(|held| held.state)
    };
    Channel::ALL
        .iter()
        .flat_map(|&channel| Purpose::ALL.iter().map(move |&purpose| (channel, purpose)))
        .map(|(channel, purpose)| ConsentRow {
            channel,
            purpose,
            one: state(one, channel, purpose),
            other: state(other, channel, purpose),
        })
        .filter(|row| row.one.is_some() || row.other.is_some())
        .collect()
}

/// Which record goes on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Choice {
    kept: String,
}

/// Merges the two.
pub async fn join(
    State(app): State<App>,
    me: Signed,
    Path((one, other)): Path<(String, String)>,
    Posted(choice): Posted<Choice>,
) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    let (one, other): (ClientId, ClientId) = (id(&one)?, id(&other)?);
    let again = |outcome| page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, &one, &other, outcome);
    let (kept, gone) = match choice.kept.as_str() {
        kept if kept == one.as_str() => (&one, &other),
        kept if kept == other.as_str() => (&other, &one),
        _ => return again(Outcome::Undecided).await,
    };
    let mut tx = app.db.write(&me.practice).await?;
    match merge::merge(&mut tx, &app.ctx, &me.viewer, kept, gone).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(_)) => {
            drop(tx);
            return again(Outcome::InTheWay).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/look-alikes", Flash::RecordsMerged))
}

/// The two are two people.
pub async fn keep_apart(
    State(app): State<App>,
    me: Signed,
    Path((one, other)): Path<(String, String)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    merge::keep_apart(&mut tx, &app.ctx, &me.viewer, &id(&one)?, &id(&other)?).await?;
    tx.commit().await?;
    Ok(done(&app, "/admin/look-alikes", Flash::KeptApart))
}

/// Takes a merge back.
pub async fn undo(
    State(app): State<App>,
    me: Signed,
    Path(merge): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    let merge: MergeId = id(&merge)?;
    let mut tx = app.db.write(&me.practice).await?;
    let flash = match merge::undo(&mut tx, &app.ctx, &me.viewer, &merge).await {
        Ok(_) => {
            tx.commit().await?;
            Flash::MergeUndone
        }
        Err(workflows::Error::Conflict) => Flash::NotPossible,
        Err(error) => return Err(Error::from(error)),
    };
    Ok(done(&app, "/admin/look-alikes", flash))
}
