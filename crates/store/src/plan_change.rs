//! Changes of clients' plans. What and why are sealed.

use crate::{Read, Record, Result, Row, Tx};
use care::case::{PlanChange, PlanOutcome};
use care::{EpisodeId, Instant, Phi, PlanChangeId, StaffId};

struct Sealed(PlanChange, Vec<u8>, Vec<u8>);

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let change = PlanChange {
            id: row.get("id")?,
            episode_id: row.get("episode_id")?,
            case_id: row.get("case_id")?,
            kind: row.get("kind")?,
            what: Phi::new(String::new()),
            why: Phi::new(String::new()),
            review_session: row.get("review_session")?,
            changed_at: row.get("changed_at")?,
            changed_by: row.get("changed_by")?,
            outcome: row.get("outcome")?,
            reviewed_at: row.get("reviewed_at")?,
        };
        Ok(Self(change, row.get("what_sealed")?, row.get("why_sealed")?))
    }
}

impl Sealed {
    fn opened(self, read: &Read) -> Result<PlanChange> {
        let Self(mut change, what, why) = self;
        let id = change.id.as_str();
        let (what, why) = (read.open("plan_change", "what", id, &what)?, read.open("plan_change", "why", id, &why)?);
        change.what = Phi::new(what);
        change.why = Phi::new(why);
        Ok(change)
    }
}

/// Keeps a change.
pub async fn insert(tx: &mut Tx, change: &PlanChange) -> Result<()> {
    let practice = tx.practice().clone();
    let id = change.id.as_str();
    let what = tx.seal("plan_change", "what", id, change.what.text());
    let why = tx.seal("plan_change", "why", id, change.why.text());
    tx.query(
        "INSERT INTO plan_change (practice_id, id, episode_id, case_id, kind, what_sealed, why_sealed, review_session, \
         changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&practice)
    .bind(&change.id)
    .bind(&change.episode_id)
    .bind(change.case_id.as_ref())
    .bind(change.kind)
    .bind(what)
    .bind(why)
    .bind(change.review_session)
    .bind(change.changed_at)
    .bind(&change.changed_by)
    .execute()
    .await?;
    Ok(())
}

/// The changes of these episodes' plans, earliest first.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<PlanChange>> {
    if episodes.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    let rows: Vec<Sealed> = read
        .query("SELECT * FROM plan_change WHERE practice_id = $1 AND episode_id IN ($each) ORDER BY changed_at, id")
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await?;
    rows.into_iter().map(|row| row.opened(read)).collect()
}

/// One change.
pub async fn find(read: &mut Read, id: &PlanChangeId) -> Result<Option<PlanChange>> {
    let practice = read.practice().clone();
    let row: Option<Sealed> = read
        .query("SELECT * FROM plan_change WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    row.map(|row| row.opened(read)).transpose()
}

/// Records what the look at a change came to. `false` when it was looked at already.
pub async fn review(tx: &mut Tx, id: &PlanChangeId, outcome: PlanOutcome, by: &StaffId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE plan_change SET outcome = $3, reviewed_at = $4, reviewed_by = $5 \
             WHERE practice_id = $1 AND id = $2 AND outcome IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(outcome)
        .bind(now)
        .bind(by)
        .execute()
        .await?;
    Ok(rows == 1)
}
