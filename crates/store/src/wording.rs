//! Wordings that a person of the practice has read and confirmed before clients see them. Which wordings need that is
//! the instrument's file to say.

use crate::{Read, Result, Tx, record};
use care::{Instant, Language, StaffId};

/// One confirmed wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Instrument id.
    pub instrument: String,
    /// Version of the instrument whose wording was read.
    pub version: String,
    /// Language that was read.
    pub language: Language,
    /// Who read it.
    pub confirmed_by: StaffId,
    /// When.
    pub confirmed_at: Instant,
}

record! { Confirmation { instrument, version, language, confirmed_by, confirmed_at } }

/// Confirms a wording. `false` when it was confirmed already: the first confirmation stands.
pub async fn confirm(tx: &mut Tx, confirmation: &Confirmation) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO wording_confirmation (practice_id, instrument, version, language, confirmed_by, confirmed_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (practice_id, instrument, version, language) DO NOTHING",
        )
        .bind(&practice)
        .bind(confirmation.instrument.as_str())
        .bind(confirmation.version.as_str())
        .bind(confirmation.language)
        .bind(&confirmation.confirmed_by)
        .bind(confirmation.confirmed_at)
        .execute()
        .await?;
    if rows == 1 {
        crate::library::changed(tx).await?;
    }
    Ok(rows == 1)
}

/// Whether a wording was confirmed.
pub async fn is_confirmed(read: &mut Read, instrument: &str, version: &str, language: Language) -> Result<bool> {
    let practice = read.practice().clone();
    let found = read
        .query(
            "SELECT confirmed_by FROM wording_confirmation \
             WHERE practice_id = $1 AND instrument = $2 AND version = $3 AND language = $4",
        )
        .bind(&practice)
        .bind(instrument)
        .bind(version)
        .bind(language)
        .scalar_optional::<StaffId>()
        .await?;
    Ok(found.is_some())
}

/// Every confirmed wording of the practice.
pub async fn list(read: &mut Read) -> Result<Vec<Confirmation>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT instrument, version, language, confirmed_by, confirmed_at FROM wording_confirmation WHERE practice_id = $1 \
         ORDER BY instrument, version, language",
    )
    .bind(&practice)
    .all()
    .await
}
