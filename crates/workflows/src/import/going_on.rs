//! A run goes on, a batch at a time: its rows are taken over, or taken back. How far it has come is written with each batch, so it
//! does not matter who goes on, a request or a job, nor whether two do: the later one of a batch is told that it was too late.

use super::KnownPeople;
use super::reading::{Done, House, Reading};
use super::runs::{file, undo};
use crate::{Context, Error, Result};
use care::import::ImportState;
use care::staff::Actor;
use care::{ImportRunId, PracticeId};
use store::import_run::Progress;
use store::{Db, Tx};

/// Changes of one transaction when a run is taken back.
const CHANGES: i64 = 200;

/// Goes on with a run, at most so many batches of it. Tells whether anything may be left. [`Error::Conflict`] when somebody else
/// went on with it meanwhile.
pub async fn go_on(
    db: &Db,
    ctx: &Context,
    practice: &PracticeId,
    id: &ImportRunId,
    by: &Actor,
    batches: usize,
) -> Result<bool> {
    let mut read = db.read(practice).await?;
    let run = store::import_run::find(&mut read, id).await?.ok_or(Error::NotFound)?;
    match run.state {
        ImportState::Applying => {
            let (Some(file), choices) = file(&mut read, id).await? else { return Ok(false) };
            let house = House::read(&mut read).await?;
            let mut known = KnownPeople::read(&mut read).await?;
            drop(read);
            let reading = Reading::of(&house, run.uploaded_at, run.kind, &file, &choices);
            for _ in 0..batches {
                let mut tx = db.write(practice).await?;
                let is_left = take_over(&mut tx, ctx, &reading, id, by, &mut known).await?;
                tx.commit().await?;
                care::failpoint!("import.batch");
                if !is_left {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        ImportState::Undoing => {
            drop(read);
            for _ in 0..batches {
                let mut tx = db.write(practice).await?;
                let count = undo(&mut tx, ctx, id, CHANGES).await?;
                tx.commit().await?;
                if count == 0 {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        ImportState::Uploaded | ImportState::Applied | ImportState::Undone => Ok(false),
    }
}

/// Takes the next batch over and writes down how far the run is; after the last one it is applied. `false` when it is.
async fn take_over(
    tx: &mut Tx,
    ctx: &Context,
    reading: &Reading,
    id: &ImportRunId,
    by: &Actor,
    known: &mut KnownPeople,
) -> Result<bool> {
    let run = store::import_run::find(tx, id).await?.ok_or(Error::NotFound)?;
    let done = reading.take(tx, ctx, &run, by, known, u64::try_from(run.done).unwrap_or(0)).await?;
    let Some((line, _)) = done.last() else {
        // A file without a usable row has had no batch in which the others were counted.
        let rejected = if run.total.is_none() { count(reading.unreadable()) } else { 0 };
        return if store::import_run::applied(tx, id, rejected, ctx.now()).await? {
            Ok(false)
        } else {
            Err(Error::Conflict)
        };
    };
    let of = |is: fn(&Done) -> bool| count(done.iter().filter(|(_, one)| is(one)).count());
    let rejected = of(|one| matches!(one, Done::Rejected(_)));
    let progress = Progress {
        done: i64::try_from(*line).unwrap_or(i64::MAX),
        total: reading.lines().last().map_or(0, |line| i64::try_from(*line).unwrap_or(i64::MAX)),
        created: of(|one| *one == Done::Created),
        changed: of(|one| matches!(one, Done::Merged(_, fields) if !fields.is_empty())),
        rejected: if run.total.is_none() { rejected + count(reading.unreadable()) } else { rejected },
    };
    if store::import_run::went_on(tx, &run, &progress).await? { Ok(true) } else { Err(Error::Conflict) }
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
