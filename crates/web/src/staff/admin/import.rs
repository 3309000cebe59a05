//! Files from other systems: uploaded, understood, looked at as a table of what would happen, applied, and for an hour taken
//! back. A look changes nothing: the rows are taken over in a transaction that is never committed. A usual file is done when the page
//! comes; what is larger goes on by a job.

mod rows;
mod upload;

pub(super) use upload::{MOST, upload};

use self::rows::{Outcome, look};
use super::frame;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Nothing, Posted, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::import::{DayOrder, ImportKind, ImportRun, ImportState, UNDO};
use care::{ImportRunId, SiteId};
use templates::staff::admin::{
    ImportColumn, ImportHome, ImportPage, ImportProgress, ImportRow, ImportRunLine, Plan, Section,
};
use templates::staff::{Choice, FieldProblem, Flash};
use workflows::import::{self, Choices, House, Reading};

/// Rows of the table at most: what is wrong comes first.
const SHOWN: usize = 300;
/// Batches that are taken over, or taken back, while a person waits for the page.
const AT_ONCE: usize = 7;

/// The runs so far, and the way in for a file.
pub async fn home(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Import, None).await?;
    home_page(&app, &me, StatusCode::OK, ImportKind::Clients, Vec::new()).await
}

async fn home_page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    kind: ImportKind,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let runs = store::import_run::list(&mut read, 30).await?;
    let people = People::of(&mut read, me.zone).await?;
    drop(read);
    let (shell, sections) = frame(app, me, Section::Import);
    let view = ImportHome {
        shell,
        sections,
        kinds: ImportKind::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), kind.as_str())).collect(),
        runs: runs.iter().map(|run| line(app, me, &people, run)).collect(),
        problems,
    };
    me.render(app, status, &view)
}

fn line(app: &App, me: &Signed, people: &People, run: &ImportRun) -> ImportRunLine {
    let telling = me.telling(app);
    ImportRunLine {
        href: format!("/admin/import/{}", run.id),
        kind: run.kind,
        state: run.state,
        when: telling.date_time(run.applied_at.unwrap_or(run.uploaded_at)),
        who: people.name(&run.uploaded_by),
        created: run.created,
        changed: run.changed,
        rejected: run.rejected,
        kept: run.kept,
    }
}

/// One run: what its file would do, or what it did.
pub async fn show(State(app): State<App>, me: Signed, Path(run): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Import, None).await?;
    page(&app, &me, StatusCode::OK, &id(&run)?, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    run: &ImportRunId,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let found = store::import_run::find(&mut read, run).await?.ok_or(Error::NotFound)?;
    let (file, choices) = import::file(&mut read, run).await?;
    let people = People::of(&mut read, me.zone).await?;
    let house = House::read(&mut read).await?;
    drop(read);
    let now = app.now();
    let plan = match (&file, found.state) {
        (Some(file), ImportState::Uploaded) => {
            let reading = Reading::of(&house, found.uploaded_at, found.kind, file, &choices);
            let looked = look(app, me, &found, &reading).await?;
            Some(plan(app, me, &people, &reading, looked, &choices))
        }
        _ => None,
    };
    let seen = plan.as_ref().map(|(_, clients)| clients.clone()).unwrap_or_default();
    let telling = me.telling(app);
    let until = found.applied_at.filter(|_| found.can_be_undone(now)).map(|at| telling.date_time(at + UNDO));
    let (shell, sections) = frame(app, me, Section::Import);
    let view = ImportPage {
        shell,
        sections,
        id: run.as_str().to_owned(),
        run: line(app, me, &people, &found),
        is_gone: file.is_none() && found.state == ImportState::Uploaded,
        progress: (found.state == ImportState::Applying)
            .then(|| ImportProgress { done: found.done, total: found.total.unwrap_or(0) }),
        plan: plan.map(|(plan, _)| plan),
        undo_until: until,
        problems,
    };
    me.show(app, status, &view, Seen::list("view.import", me, seen)).await
}

fn plan(
    app: &App,
    me: &Signed,
    people: &People,
    reading: &Reading,
    mut outcome: Outcome,
    choices: &Choices,
) -> (Plan, Vec<care::ClientId>) {
    let columns = reading
        .columns
        .iter()
        .map(|(column, header)| ImportColumn {
            name: column.name.to_owned(),
            is_required: column.need == exchange::Need::Required,
            found: header.is_some(),
            headers: reading
                .headers
                .iter()
                .map(|one| Choice::new(one.clone(), one.clone(), header.as_deref().unwrap_or_default()))
                .collect(),
        })
        .collect();
    outcome.rows.sort_by_key(|row| (row.rank(), row.line));
    let rest = outcome.rows.len().saturating_sub(SHOWN);
    let words = |key: &str| app.templates.said(key, me.language).unwrap_or_else(|| key.replace('-', " "));
    let rows = outcome.rows.into_iter().take(SHOWN).map(|row| ImportRow {
        line: row.line,
        name: row.name,
        does: row.does,
        fields: row.fields.iter().map(|field| words(&format!("import-field-{field}"))).collect(),
        faults: row
            .faults
            .into_iter()
            .map(|(field, key)| format!("{}: {}", words(&format!("import-field-{field}")), words(key)))
            .chain(row.said)
            .collect(),
    });
    let site = choices.site.as_ref().map(SiteId::as_str).unwrap_or_default();
    let plan = Plan {
        columns,
        sites: people.sites.iter().map(|one| Choice::new(one.id.as_str(), one.name.clone(), site)).collect(),
        day_orders: DayOrder::ALL
            .iter()
            .map(|one| Choice::new(one.as_str(), one.as_str(), choices.day_order.as_str()))
            .collect(),
        wording: choices.wording.clone().unwrap_or_default(),
        ignored: outcome.ignored,
        created: outcome.created,
        changed: outcome.changed,
        same: outcome.same,
        rejected: outcome.rejected,
        rows: rows.collect(),
        rest: i64::try_from(rest).unwrap_or(0),
        unseen: outcome.unseen,
    };
    (plan, outcome.clients)
}

/// What a person says of the file; the page shows at once what it would mean.
pub async fn choose(
    State(app): State<App>,
    me: Signed,
    Path(run): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response> {
    me.authorise(&app, Action::Import, None).await?;
    let run: ImportRunId = id(&run)?;
    let value = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned());
    let choices = Choices {
        site: value("site").and_then(|site| site.parse().ok()),
        day_order: value("day_order").and_then(|order| order.parse().ok()).unwrap_or(DayOrder::Unknown),
        wording: value("wording").filter(|wording| !wording.is_empty()),
        columns: fields
            .iter()
            .filter_map(|(name, header)| Some((name.strip_prefix("column_")?.to_owned(), header.trim().to_owned())))
            .collect(),
    };
    let mut tx = app.db.write(&me.practice).await?;
    match import::choose(&mut tx, &me.viewer, &run, &choices).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, &run, renamed(&problems, &[])).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &format!("/admin/import/{run}"), Flash::ImportLooked))
}

/// Takes the usable rows over, or goes on with it.
pub async fn apply(
    State(app): State<App>,
    me: Signed,
    Path(run): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Import, None).await?;
    let run: ImportRunId = id(&run)?;
    let mut tx = app.db.write(&me.practice).await?;
    import::begin(&mut tx, &app.ctx, &me.viewer, &run).await?;
    tx.commit().await?;
    let said = if go_on(&app, &me, &run).await? { Flash::ImportGoesOn } else { Flash::ImportApplied };
    Ok(done(&app, &format!("/admin/import/{run}"), said))
}

/// Takes a run back, within its hour, or goes on with it.
pub async fn undo(
    State(app): State<App>,
    me: Signed,
    Path(run): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Import, None).await?;
    let run: ImportRunId = id(&run)?;
    let page = format!("/admin/import/{run}");
    let mut tx = app.db.write(&me.practice).await?;
    match import::begin_undo(&mut tx, &app.ctx, &me.viewer, &run).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Conflict) => return Ok(done(&app, &page, Flash::NotPossible)),
        Err(error) => return Err(error.into()),
    }
    let said = if go_on(&app, &me, &run).await? { Flash::ImportGoesOn } else { Flash::ImportUndone };
    Ok(done(&app, &page, said))
}

/// Goes on with a run for as long as somebody may wait for a page, and leaves the rest to a job. Tells whether there is any.
async fn go_on(app: &App, me: &Signed, run: &ImportRunId) -> Result<bool> {
    match import::go_on(&app.db, &app.ctx, &me.practice, run, &me.actor(), AT_ONCE).await {
        Ok(true) => {
            let mut tx = app.db.write(&me.practice).await?;
            import::leave_to_job(&mut tx, &app.ctx, &me.viewer, run).await?;
            tx.commit().await?;
            Ok(true)
        }
        Ok(false) => Ok(false),
        // The job goes on with it at this moment.
        Err(workflows::Error::Conflict) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
