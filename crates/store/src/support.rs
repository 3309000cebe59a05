//! What may help where a domain of the support check is low: a practice's versions of the list.

use crate::{Json, Read, Record, Result, Row, Tx};
use care::support::{Suggestion, SuggestionList};

impl Record for SuggestionList {
    fn read(row: &Row<'_>) -> Result<Self> {
        let suggestions: Json<Vec<Suggestion>> = row.get("suggestions")?;
        Ok(Self {
            version: row.get("version")?,
            suggestions: suggestions.0,
            why: row.get("why")?,
            saved_at: row.get("saved_at")?,
            saved_by: row.get("saved_by")?,
        })
    }
}

/// Every version, the newest first, without the one that ships.
pub async fn lists(read: &mut Read) -> Result<Vec<SuggestionList>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM support_suggestions WHERE practice_id = $1 ORDER BY version DESC")
        .bind(&practice)
        .all()
        .await
}

/// The list in use; none where the practice has the one that ships.
pub async fn current(read: &mut Read) -> Result<Option<SuggestionList>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM support_suggestions WHERE practice_id = $1 ORDER BY version DESC LIMIT 1")
        .bind(&practice)
        .optional()
        .await
}

/// Adds a version. `false` when somebody else has added it meanwhile.
pub async fn add_list(tx: &mut Tx, list: &SuggestionList) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO support_suggestions (practice_id, version, suggestions, why, saved_at, saved_by) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(&practice)
        .bind(list.version)
        .bind(Json(list.suggestions.clone()))
        .bind(&list.why)
        .bind(list.saved_at)
        .bind(&list.saved_by)
        .execute()
        .await?;
    Ok(rows == 1)
}
