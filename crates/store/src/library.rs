//! What a practice has declared, licensed and added to the instruments that ship. Every change counts the revision up, so
//! that what is held in memory is known to be out of date with one look.

use crate::{Read, Result, Tx, record, values};
use care::library::{Addition, AdditionState, Declaration, Licence, Seat};
use care::{Instant, StaffId};

record! { Declaration { purpose, declared_by, declared_at } }
record! { Licence { id, instrument, holder, number, terms, seats, starts_on, ends_on, recorded_by, recorded_at } }
record! { Seat { instrument, staff_id } }
record! { Addition { instrument, version, kind, document, state, content_hash, saved_by, saved_at, published_at } }

/// How often the practice's part of the library has changed.
pub async fn revision(read: &mut Read) -> Result<i64> {
    let practice = read.practice().clone();
    let found = read
        .query("SELECT revision FROM library_revision WHERE practice_id = $1")
        .bind(&practice)
        .scalar_optional()
        .await?;
    Ok(found.unwrap_or(0))
}

/// What a practice's answers are judged by has changed: what is held in memory is out of date.
pub(crate) async fn changed(tx: &mut Tx) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO library_revision (practice_id, revision) VALUES ($1, 1) \
         ON CONFLICT (practice_id) DO UPDATE SET revision = library_revision.revision + 1",
    )
    .bind(&practice)
    .execute()
    .await?;
    Ok(())
}

/// Records a declaration of use.
pub async fn declare(tx: &mut Tx, declaration: &Declaration) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO instrument_use (practice_id, declared_at, purpose, declared_by) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (practice_id, declared_at) DO UPDATE SET purpose = excluded.purpose, declared_by = excluded.declared_by",
    )
    .bind(&practice)
    .bind(declaration.declared_at)
    .bind(declaration.purpose)
    .bind(&declaration.declared_by)
    .execute()
    .await?;
    changed(tx).await
}

/// The declaration in force.
pub async fn declaration(read: &mut Read) -> Result<Option<Declaration>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT purpose, declared_by, declared_at FROM instrument_use WHERE practice_id = $1 \
         ORDER BY declared_at DESC LIMIT 1",
    )
    .bind(&practice)
    .optional()
    .await
}

/// Records a licence; it takes the place of an earlier one for the same instrument.
pub async fn record_licence(tx: &mut Tx, licence: &Licence) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO instrument_licence (practice_id, id, instrument, holder, number, terms, seats, starts_on, ends_on, \
         recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&practice)
    .bind(&licence.id)
    .bind(licence.instrument.as_str())
    .bind(licence.holder.as_str())
    .bind(licence.number.as_str())
    .bind(licence.terms.as_str())
    .bind(licence.seats.map(i64::from))
    .bind(licence.starts_on)
    .bind(licence.ends_on)
    .bind(&licence.recorded_by)
    .bind(licence.recorded_at)
    .execute()
    .await?;
    changed(tx).await
}

/// Every licence that was recorded, the latest of an instrument first.
pub async fn licences(read: &mut Read) -> Result<Vec<Licence>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, instrument, holder, number, terms, seats, starts_on, ends_on, recorded_by, recorded_at \
         FROM instrument_licence WHERE practice_id = $1 ORDER BY instrument, recorded_at DESC, id DESC",
    )
    .bind(&practice)
    .all()
    .await
}

/// Gives the seats of an instrument to these clinicians and no others.
pub async fn seat(tx: &mut Tx, instrument: &str, holders: &[StaffId]) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM licence_seat WHERE practice_id = $1 AND instrument = $2")
        .bind(&practice)
        .bind(instrument)
        .execute()
        .await?;
    if !holders.is_empty() {
        tx.query("INSERT INTO licence_seat (practice_id, instrument, staff_id) VALUES $rows")
            .bind_rows(holders.iter().map(|holder| values![&practice, instrument, holder]))
            .execute()
            .await?;
    }
    changed(tx).await
}

/// Who holds the seats.
pub async fn seats(read: &mut Read) -> Result<Vec<Seat>> {
    let practice = read.practice().clone();
    read.query("SELECT instrument, staff_id FROM licence_seat WHERE practice_id = $1 ORDER BY instrument, staff_id")
        .bind(&practice)
        .all()
        .await
}

/// Saves a draft, new or in place of the one before. `false` when that version has been published: it stays as it is.
pub async fn save_draft(tx: &mut Tx, addition: &Addition) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO practice_instrument (practice_id, instrument, version, kind, document, state, saved_by, saved_at) \
             VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7) ON CONFLICT (practice_id, instrument, version) DO UPDATE \
             SET document = excluded.document, saved_by = excluded.saved_by, saved_at = excluded.saved_at \
             WHERE practice_instrument.state = 'draft'",
        )
        .bind(&practice)
        .bind(addition.instrument.as_str())
        .bind(addition.version.as_str())
        .bind(addition.kind)
        .bind(addition.document.as_str())
        .bind(&addition.saved_by)
        .bind(addition.saved_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Throws a draft away. `false` when there is none.
pub async fn drop_draft(tx: &mut Tx, instrument: &str, version: &str) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "DELETE FROM practice_instrument WHERE practice_id = $1 AND instrument = $2 AND version = $3 AND state = 'draft'",
        )
        .bind(&practice)
        .bind(instrument)
        .bind(version)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Publishes a draft. `false` when there is none any more.
pub async fn publish(tx: &mut Tx, instrument: &str, version: &str, content_hash: &str, at: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE practice_instrument SET state = 'published', content_hash = $4, published_at = $5 \
             WHERE practice_id = $1 AND instrument = $2 AND version = $3 AND state = 'draft'",
        )
        .bind(&practice)
        .bind(instrument)
        .bind(version)
        .bind(content_hash)
        .bind(at)
        .execute()
        .await?;
    if rows == 1 {
        changed(tx).await?;
    }
    Ok(rows == 1)
}

/// Takes a published version out of new check-ins, or back into them. `false` when it is not in the state before.
pub async fn set_state(
    tx: &mut Tx,
    instrument: &str,
    version: &str,
    from: AdditionState,
    to: AdditionState,
) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE practice_instrument SET state = $5 WHERE practice_id = $1 AND instrument = $2 AND version = $3 \
             AND state = $4 AND published_at IS NOT NULL",
        )
        .bind(&practice)
        .bind(instrument)
        .bind(version)
        .bind(from)
        .bind(to)
        .execute()
        .await?;
    if rows == 1 {
        changed(tx).await?;
    }
    Ok(rows == 1)
}

/// Everything the practice added, drafts included.
pub async fn additions(read: &mut Read) -> Result<Vec<Addition>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT instrument, version, kind, document, state, content_hash, saved_by, saved_at, published_at \
         FROM practice_instrument WHERE practice_id = $1 ORDER BY instrument, saved_at, version",
    )
    .bind(&practice)
    .all()
    .await
}
