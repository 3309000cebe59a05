//! What one client will be asked, and where they are asked something else than the protocol says. The decisions are
//! `care::plan`'s and `workflows::protocol`'s.

use super::form::{Nothing, Posted, field_problems};
use super::people::People;
use super::protocol_lines::{Fields, cadence, one_line, raters, rhythm_words};
use super::session::Signed;
use super::shown::{Seen, done, id};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::{Access, Action, decide};
use care::packet::Occasion;
use care::plan::most_questions;
use care::protocol::{Exception, Protocol, ProtocolState, SECONDS_PER_ITEM, minutes};
use care::{ClientId, ProtocolExceptionId, ProtocolId};
use chrono::NaiveDate;
use instruments::Rater;
use store::Read;
use store::protocol::PlannedMove;
use templates::format;
use templates::staff::{
    Choice, ClientPlan, DroppedRow, ExceptionRow, FieldProblem, Flash, MoveRow, NotAskedRow, OtherRow, Place,
    PlannedRow, RhythmNote, Wrong,
};
use workflows::planning::{WEEKS_AHEAD, ahead, others_ahead};
use workflows::protocol::{NewException, end_exception, except};

/// An exception as typed: what is added is a line of the protocol's form whose fields begin so.
const AT: &str = "exception_";

fn typed<'a>(fields: &'a Fields, name: &str) -> &'a str {
    let found = fields.iter().find(|(key, _)| key.strip_prefix(AT) == Some(name));
    found.map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewChart, Some(&client)).await?;
    let usual = vec![(format!("{AT}rhythm"), "before_session".to_owned())];
    page(&app, &me, &client, StatusCode::OK, &usual, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    client: &ClientId,
    status: StatusCode,
    fields: &Fields,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let found = store::client::find(&mut read, client).await?.ok_or(Error::NotFound)?;
    let episode = store::episode::open_of_client(&mut read, client).await?.ok_or(Error::NotFound)?;
    let plan = ahead(&mut read, &app.ctx, &episode.id).await?;
    let others = others_ahead(&mut read, &app.ctx, &episode.id).await?;
    let collaterals = store::rater::people(&mut read, client).await?;
    let exceptions = store::protocol_exception::of_episode(&mut read, &episode.id).await?;
    let moves = store::protocol_exception::moves_of_episode(&mut read, &episode.id).await?;
    let versions = store::protocol::list(&mut read).await?;
    let next = next_of(&mut read, &versions, &episode.protocol_id).await?;
    let people = People::of(&mut read, me.zone).await?;
    let tie = workflows::access::to_client(&mut read, &app.ctx, &me.viewer, client).await?;
    drop(read);
    let may = decide(&me.viewer, Action::ManageEpisode, &tie) == Access::Allowed;
    let zone = people.zone(&episode.site_id);
    let today = format::local_day(app.now(), zone);
    let name =
        |id: &str| me.shelf.current(id).map_or_else(|| id.to_owned(), |one| one.short_name.get(me.language).to_owned());
    let day = |at| format::day(format::local_day(at, zone), me.language);
    let version_of = |id: &ProtocolId| versions.iter().find(|one| &one.id == id);
    let number = |id: &ProtocolId| version_of(id).map_or(0, |one: &Protocol| one.version);
    let goals_of = |occasion: Occasion| if occasion.asks_about_goals() { plan.goals } else { 0 };
    let rows = plan.wanted.iter().map(|one| PlannedRow {
        when: format::date_time(one.send_at.max(app.now()), zone, me.language),
        is_out: plan.out.contains(&one.slot),
        occasion: one.occasion,
        instruments: one.asked.iter().map(|asked| name(&asked.id)).collect(),
        goals: goals_of(one.occasion),
        questions: most_questions(&me.shelf.library, &one.asked) + goals_of(one.occasion),
        minutes: minutes(most_questions(&me.shelf.library, &one.asked) + goals_of(one.occasion)),
        dropped: plan
            .dropped
            .iter()
            .filter(|dropped| dropped.slot == one.slot)
            .map(|dropped| DroppedRow {
                instrument: name(&dropped.instrument),
                items: dropped.items,
                goals: dropped.goals,
                budget: dropped.budget.items,
                seconds: dropped.items * SECONDS_PER_ITEM,
                budget_seconds: dropped.budget.seconds,
            })
            .collect(),
    });
    let view = ClientPlan {
        shell: me.shell(app, Some(Place::Caseload)),
        client: client.as_str().to_owned(),
        name: found.called().to_owned(),
        protocol: version_of(&episode.protocol_id).map(|one| one.name.clone()).unwrap_or_default(),
        version: number(&episode.protocol_id),
        weeks: WEEKS_AHEAD,
        rows: rows.collect(),
        others: others
            .wanted
            .iter()
            .map(|(by, instrument, one)| OtherRow {
                when: day(one.send_at.max(app.now())),
                is_due: one.send_at <= app.now(),
                instrument: name(instrument),
                person: by.collateral().and_then(|id| {
                    collaterals.iter().find(|person| &person.id == id).map(|person| person.name.text().to_owned())
                }),
            })
            .collect(),
        not_asked: others
            .not_asked
            .iter()
            .map(|(line, why)| NotAskedRow {
                instrument: name(&line.instrument),
                rater: line.rater.as_str(),
                why: why.as_str(),
            })
            .collect(),
        exceptions: exceptions
            .iter()
            .map(|one| {
                let (what, instrument) = match &one.what {
                    Exception::Skip { instrument } => ("skip", instrument),
                    Exception::Add { line } => ("add", &line.instrument),
                };
                let added = match &one.what {
                    Exception::Skip { .. } => None,
                    Exception::Add { line } => Some(line),
                };
                let rhythm = added.map(|line| rhythm_words(line.rhythm));
                ExceptionRow {
                    id: one.id.as_str().to_owned(),
                    what,
                    instrument: name(instrument),
                    rater: added.map(|line| line.rater).filter(|one| *one != Rater::Client).map(Rater::as_str),
                    rhythm: rhythm.map(|(rhythm, number)| RhythmNote { rhythm, number: number.unwrap_or(1) }),
                    reason: one.reason.text().to_owned(),
                    by: people.name(&one.decided_by),
                    at: day(one.decided_at),
                    until: one.until.map(|until| format::day(until, me.language)),
                    stands: one.ended_at.is_none() && one.until.is_none_or(|until| until >= today),
                }
            })
            .collect(),
        moves: next
            .map(|(version, planned)| MoveRow {
                before: number(&episode.protocol_id),
                after: version.version,
                reason: planned.reason.text().to_owned(),
                by: people.name(&planned.decided_by),
                decided: day(planned.decided_at),
                applied: None,
                from: version.in_force_from.map(|day| format::day(day, me.language)),
            })
            .into_iter()
            .chain(moves.iter().map(|one| MoveRow {
                before: number(&one.before),
                after: number(&one.after),
                reason: one.reason.text().to_owned(),
                by: people.name(&one.decided_by),
                decided: day(one.decided_at),
                applied: one.applied_at.map(day),
                from: None,
            }))
            .collect(),
        instruments: if may {
            // What is added may be somebody else's to answer.
            let usable = me.shelf.instruments().filter(|one| me.shelf.standing(one, today).is_usable());
            usable
                .map(|one| Choice::new(one.id.as_str(), one.short_name.get(me.language), typed(fields, "instrument")))
                .collect()
        } else {
            Vec::new()
        },
        what: ["skip", "add"]
            .map(|one| Choice::new(one, one, if typed(fields, "what") == "add" { "add" } else { "skip" }))
            .into(),
        raters: raters(fields, AT),
        cadence: cadence(fields, AT),
        reason: typed(fields, "reason").to_owned(),
        until: typed(fields, "until").to_owned(),
        problems,
    };
    me.show(app, status, &view, Seen::client("view.plan", client)).await
}

/// The version of the episode's protocol that waits for its day, where running episodes move to it then.
async fn next_of<'a>(
    read: &mut Read,
    versions: &'a [Protocol],
    now: &ProtocolId,
) -> Result<Option<(&'a Protocol, PlannedMove)>> {
    let name = versions.iter().find(|one| &one.id == now).map(|one| &one.name);
    let waits = |one: &&Protocol| one.state == ProtocolState::Scheduled && Some(&one.name) == name;
    let Some(version) = versions.iter().find(waits) else { return Ok(None) };
    let planned = store::protocol::planned_moves(read, std::slice::from_ref(&version.id)).await?.pop();
    Ok(planned.map(|planned| (version, planned)))
}

/// Puts an exception on record.
pub(super) async fn add(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageEpisode, Some(&client)).await?;
    let mut problems = Vec::new();
    let text = typed(&fields, "until").trim();
    let until = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    if until.is_none() && !text.is_empty() {
        problems.push(FieldProblem::new("exception_until", Wrong::Date));
    }
    let mut what = Exception::Skip { instrument: typed(&fields, "instrument").to_owned() };
    if typed(&fields, "what") == "add" {
        match one_line(&fields, AT) {
            Ok(Some(line)) => what = Exception::Add { line },
            Ok(None) => problems.push(FieldProblem::new("exception_instrument", Wrong::Choose)),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return page(&app, &me, &client, StatusCode::UNPROCESSABLE_ENTITY, &fields, problems).await;
    }
    let mut tx = app.db.write(&me.practice).await?;
    let episode = store::episode::open_of_client(&mut tx, &client).await?.ok_or(Error::Conflict)?;
    let new = NewException { episode: episode.id, what, reason: typed(&fields, "reason").to_owned(), until };
    match except(&mut tx, &app.ctx, &me.staff.id, &new).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = field_problems(&problems);
            return page(&app, &me, &client, StatusCode::UNPROCESSABLE_ENTITY, &fields, problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &format!("/clients/{client}/plan"), Flash::Saved))
}

/// Takes an exception back.
pub(super) async fn end(
    State(app): State<App>,
    me: Signed,
    Path((client, exception)): Path<(String, String)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageEpisode, Some(&client)).await?;
    let exception: ProtocolExceptionId = id(&exception)?;
    let mut tx = app.db.write(&me.practice).await?;
    let episode = store::protocol_exception::episode_of(&mut tx, &exception).await?.ok_or(Error::NotFound)?;
    // An exception of somebody else is none of this client's.
    let own = store::episode::find(&mut tx, &episode).await?.is_some_and(|episode| episode.client_id == client);
    if !own {
        return Err(Error::NotFound);
    }
    let flash = match end_exception(&mut tx, &app.ctx, &me.staff.id, &exception).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Conflict) => Flash::NothingChanged,
        Err(error) => return Err(error.into()),
    };
    Ok(done(&app, &format!("/clients/{client}/plan"), flash))
}
