//! What may help where a domain of the support check is low: a practice's versions of the list.

use crate::versions::versions;
use crate::{Json, Record, Result, Row};
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

versions! { "support_suggestions" of SuggestionList: suggestions }
