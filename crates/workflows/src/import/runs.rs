//! A file as a person brings it in on a page: kept, looked at, applied, and for an hour taken back.

use super::record;
use crate::access::require;
use crate::{Context, Error, Result, audit, staff};
use care::access::{Action, Viewer};
use care::appointment::AppointmentState;
use care::import::{DayOrder, ImportChange, ImportKind, ImportRun, ImportState};
use care::{AppointmentId, ClientId, ConsentId, EpisodeId, ImportRunId, Job, SiteId};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::import_run::Change;
use store::{Read, Tx};

/// How long whoever asked for it has time to go on with a run before a job does: longer than a request lasts.
const SEEN_TO_AFTER: Duration = Duration::seconds(40);

/// What a person says of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The site of rows that name none.
    pub site: Option<SiteId>,
    /// How dates with slashes are meant.
    pub day_order: DayOrder,
    /// The wording that a bare "yes" agreed to.
    pub wording: Option<String>,
    /// Our columns by name, with the header of the file that holds each; an empty header leaves the column out.
    pub columns: BTreeMap<String, String>,
}

impl Default for Choices {
    fn default() -> Self {
        Self { site: None, day_order: DayOrder::Unknown, wording: None, columns: BTreeMap::new() }
    }
}

/// Whether the viewer may bring files in: the desk, where it works at every site, because a file may hold rows of any.
fn may_import(by: &Viewer) -> Result<()> {
    require(by, Action::Import)?;
    if by.sites.is_empty() { Ok(()) } else { Err(Error::Forbidden) }
}

/// Keeps a file.
pub async fn upload(tx: &mut Tx, ctx: &Context, by: &Viewer, kind: ImportKind, file: &str) -> Result<ImportRunId> {
    may_import(by)?;
    if file.trim().is_empty() {
        return Err(Error::invalid("file", "wrong-required"));
    }
    let run = ImportRun {
        id: ctx.id(ImportRunId::new),
        kind,
        state: ImportState::Uploaded,
        uploaded_at: ctx.now(),
        uploaded_by: by.staff_id.clone(),
        applied_at: None,
        created: 0,
        changed: 0,
        rejected: 0,
        kept: 0,
        done: 0,
        total: None,
    };
    store::import_run::insert(tx, &run, file).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "import.upload", "import", run.id.as_str());
    tx.audit(entry.with("kind", kind.as_str()));
    Ok(run.id)
}

/// The file of a run that is not applied yet, and what was said of it.
pub async fn file(read: &mut Read, id: &ImportRunId) -> Result<(Option<String>, Choices)> {
    let (file, choices) = store::import_run::file(read, id).await?.ok_or(Error::NotFound)?;
    Ok((file, serde_json::from_value(choices).unwrap_or_default()))
}

/// Keeps what a person says of a file. [`Error::Conflict`] when it is applied by now.
pub async fn choose(tx: &mut Tx, by: &Viewer, id: &ImportRunId, choices: &Choices) -> Result<()> {
    may_import(by)?;
    if let Some(site) = &choices.site
        && store::site::find(tx, site).await?.is_none()
    {
        return Err(Error::invalid("site", "wrong-choose"));
    }
    let json = serde_json::to_value(choices).map_err(|_| Error::invalid("columns", "wrong-choose"))?;
    if store::import_run::set_choices(tx, id, &json).await? { Ok(()) } else { Err(Error::Conflict) }
}

/// Begins to take the rows over, or goes on with it; a job sees to it, and [`super::go_on`] may before.
pub async fn begin(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &ImportRunId) -> Result<()> {
    may_import(by)?;
    let from = [ImportState::Uploaded, ImportState::Applying];
    // A file that was wiped can only be brought in again.
    if file(tx, id).await?.0.is_none() || !store::import_run::advance(tx, id, from, ImportState::Applying).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &staff::actor(by), "import.apply", "import", id.as_str());
    see_to(tx, ctx, by, id).await
}

/// Has a job go on with a run, a little later: whoever asked goes on with it at once, and most files are done then.
async fn see_to(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &ImportRunId) -> Result<()> {
    tx.enqueue(&job_of(tx, by, id), ctx.now() + SEEN_TO_AFTER).await?;
    Ok(())
}

/// Whoever went on with a run has done their part: a job goes on with it now.
pub async fn leave_to_job(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &ImportRunId) -> Result<()> {
    may_import(by)?;
    tx.enqueue(&job_of(tx, by, id), ctx.now()).await?;
    Ok(())
}

fn job_of(tx: &Tx, by: &Viewer, id: &ImportRunId) -> Job {
    Job::Import { practice: tx.practice().clone(), run: id.clone(), by: by.staff_id.clone() }
}

/// Begins to take a run back, or goes on with it, as [`begin`]. [`Error::Conflict`] when its hour is over.
pub async fn begin_undo(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &ImportRunId) -> Result<()> {
    may_import(by)?;
    let run = store::import_run::find(tx, id).await?.ok_or(Error::NotFound)?;
    let from = [ImportState::Applied, ImportState::Undoing];
    if !run.can_be_undone(ctx.now()) || !store::import_run::advance(tx, id, from, ImportState::Undoing).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &staff::actor(by), "import.undo", "import", id.as_str());
    see_to(tx, ctx, by, id).await
}

/// Takes the latest changes of a run back, at most `limit`, the last done first. What somebody has gone on with stays as it
/// is. Tells how many there were; with none left the run is undone.
pub(super) async fn undo(tx: &mut Tx, ctx: &Context, id: &ImportRunId, limit: i64) -> Result<usize> {
    let changes = store::import_run::changes(tx, id, limit).await?;
    let mut to_plan = BTreeSet::new();
    for change in &changes {
        let is_back = take_back(tx, ctx, change, &mut to_plan).await?;
        store::import_run::settle(tx, id, change.seq, i64::from(!is_back)).await?;
    }
    let to_plan: Vec<EpisodeId> = to_plan.into_iter().collect();
    let there = store::episode::by_ids(tx, &to_plan).await?;
    crate::planning::again(tx, ctx, there.into_iter().map(|episode| episode.id)).await?;
    if changes.is_empty() {
        let from = [ImportState::Undoing, ImportState::Undoing];
        store::import_run::advance(tx, id, from, ImportState::Undone).await?;
    }
    Ok(changes.len())
}

async fn take_back(tx: &mut Tx, ctx: &Context, change: &Change, to_plan: &mut BTreeSet<EpisodeId>) -> Result<bool> {
    let subject = change.subject_id.as_str();
    Ok(match change.what {
        ImportChange::ClientCreated => store::import_run::delete_client(tx, &ClientId::from_text(subject)).await?,
        ImportChange::ConsentCreated => store::import_run::delete_consent(tx, &ConsentId::from_text(subject)).await?,
        ImportChange::EpisodeBegun => store::import_run::delete_episode(tx, &EpisodeId::from_text(subject)).await?,
        ImportChange::ClientChanged => {
            let id = ClientId::from_text(subject);
            let found = store::client::find_to_change(tx, &id).await?;
            let kept = change.before.as_ref().and_then(|text| record::client_kept(&id, text));
            match (found, kept) {
                (Some((_, revision)), Some(before)) if Some(revision) == change.revision => {
                    store::client::update(tx, &before, revision, ctx.now()).await?;
                    true
                }
                _ => false,
            }
        }
        ImportChange::AppointmentCreated => {
            let id = AppointmentId::from_text(subject);
            let Some(found) = store::appointment::find(tx, &id).await? else { return Ok(false) };
            to_plan.insert(found.episode_id.clone());
            // A session that was recorded since is a fact of its own.
            let is_as_made = change.fields.first().is_some_and(|state| state == found.state.as_str());
            is_as_made && store::import_run::delete_appointment(tx, &id).await?
        }
        ImportChange::AppointmentChanged => {
            let id = AppointmentId::from_text(subject);
            let Some(found) = store::appointment::find(tx, &id).await? else { return Ok(false) };
            to_plan.insert(found.episode_id.clone());
            match change.before.as_ref().and_then(|text| record::appointment_kept(&found, text)) {
                Some(before) => store::import_run::restore_appointment(tx, &before).await?,
                None => false,
            }
        }
    })
}

/// The state in which an imported appointment was made, as it is kept with the change.
pub(super) fn made_as(state: AppointmentState) -> [&'static str; 1] {
    [state.as_str()]
}
