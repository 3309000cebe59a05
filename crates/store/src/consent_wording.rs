//! What clients are told before they agree to messages, by version and language. Versions are only ever added.

use crate::{Read, Result, Tx, record, values};
use care::client::ConsentWording;

record! { ConsentWording { version, language, body, published_at, published_by } }

/// Publishes a version in its languages. `false` when the practice has a version of this name already.
pub async fn publish(tx: &mut Tx, wordings: &[ConsentWording]) -> Result<bool> {
    let practice = tx.practice().clone();
    if wordings.is_empty() {
        return Ok(true);
    }
    let rows = tx
        .query(
            "INSERT INTO consent_wording (practice_id, version, language, body, published_at, published_by) VALUES $rows \
             ON CONFLICT (practice_id, version, language) DO NOTHING",
        )
        .bind_rows(wordings.iter().map(|wording| {
            values![
                &practice,
                wording.version.as_str(),
                wording.language,
                wording.body.as_str(),
                wording.published_at,
                wording.published_by.as_ref(),
            ]
        }))
        .execute()
        .await?;
    Ok(usize::try_from(rows).is_ok_and(|rows| rows == wordings.len()))
}

/// Every version in every language, the newest first.
pub async fn list(read: &mut Read) -> Result<Vec<ConsentWording>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT version, language, body, published_at, published_by FROM consent_wording WHERE practice_id = $1 \
         ORDER BY published_at DESC, version DESC, language",
    )
    .bind(&practice)
    .all()
    .await
}

/// How many consents that hold now were given to each version.
pub async fn held(read: &mut Read) -> Result<Vec<(String, i64)>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT wording_version, count(*) FROM (SELECT wording_version, state, row_number() OVER (PARTITION BY client_id, \
         channel, purpose ORDER BY recorded_at DESC, CASE state WHEN 'withdrawn' THEN 0 ELSE 1 END, id DESC) AS place \
         FROM consent WHERE practice_id = $1) AS decision WHERE place = 1 AND state = 'given' \
         GROUP BY wording_version ORDER BY wording_version",
    )
    .bind(&practice)
    .all()
    .await
}
