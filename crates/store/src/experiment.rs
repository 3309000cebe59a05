//! What a practice tries, and how often something happened in each of many spans of time. Words are sealed. What the counts mean is
//! `care::experiment`'s.

use crate::attendance::Span;
use crate::{Read, Record, Result, Row, Tx, values};
use care::experiment::{Decided, Experiment, Verdict};
use care::outcome::PAIR;
use care::{ExperimentId, Instant, Phi, SiteId, StaffId};

struct Sealed {
    experiment: Experiment,
    change: Vec<u8>,
    expectation: Vec<u8>,
    decided: Option<(Verdict, Vec<u8>, Instant, StaffId)>,
}

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let verdict: Option<Verdict> = row.get("decision")?;
        let reason: Option<Vec<u8>> = row.get("decision_sealed")?;
        let at: Option<Instant> = row.get("decided_at")?;
        let by: Option<StaffId> = row.get("decided_by")?;
        let decided = match (verdict, reason, at, by) {
            (Some(verdict), Some(reason), Some(at), Some(by)) => Some((verdict, reason, at, by)),
            _ => None,
        };
        let unread = || Phi::new(String::new());
        Ok(Self {
            experiment: Experiment {
                id: row.get("id")?,
                change: unread(),
                expectation: unread(),
                metric: row.get("metric")?,
                guardrail: row.get("guardrail")?,
                site_id: row.get("site_id")?,
                every: row.get("every")?,
                owner_id: row.get("owner_id")?,
                starts_on: row.get("starts_on")?,
                ends_on: row.get("ends_on")?,
                created_at: row.get("created_at")?,
                created_by: row.get("created_by")?,
                decided: None,
            },
            change: row.get("change_sealed")?,
            expectation: row.get("expectation_sealed")?,
            decided,
        })
    }
}

fn opened(read: &Read, sealed: Sealed) -> Result<Experiment> {
    let Sealed { experiment, change, expectation, decided } = sealed;
    let open = |column: &'static str, sealed: &[u8]| {
        read.open("experiment", column, experiment.id.as_str(), sealed).map(Phi::new)
    };
    let decided = match decided {
        Some((verdict, reason, at, by)) => Some(Decided { verdict, reason: open("decision", &reason)?, at, by }),
        None => None,
    };
    let (change, expectation) = (open("change", &change)?, open("expectation", &expectation)?);
    Ok(Experiment { change, expectation, decided, ..experiment })
}

/// Writes a new one down.
pub async fn insert(tx: &mut Tx, one: &Experiment) -> Result<()> {
    let practice = tx.practice().clone();
    let change = tx.seal("experiment", "change", one.id.as_str(), one.change.text());
    let expectation = tx.seal("experiment", "expectation", one.id.as_str(), one.expectation.text());
    tx.query(
        "INSERT INTO experiment (practice_id, id, change_sealed, expectation_sealed, metric, guardrail, site_id, every, owner_id, \
         starts_on, ends_on, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(&practice)
    .bind(&one.id)
    .bind(change)
    .bind(expectation)
    .bind(one.metric)
    .bind(one.guardrail)
    .bind(one.site_id.as_ref())
    .bind(one.every)
    .bind(&one.owner_id)
    .bind(one.starts_on)
    .bind(one.ends_on)
    .bind(one.created_at)
    .bind(&one.created_by)
    .execute()
    .await?;
    Ok(())
}

/// All of them, what begins last first.
pub async fn list(read: &mut Read) -> Result<Vec<Experiment>> {
    let practice = read.practice().clone();
    let rows: Vec<Sealed> = read
        .query("SELECT * FROM experiment WHERE practice_id = $1 ORDER BY starts_on DESC, id DESC")
        .bind(&practice)
        .all()
        .await?;
    rows.into_iter().map(|sealed| opened(read, sealed)).collect()
}

/// One of them.
pub async fn find(read: &mut Read, id: &ExperimentId) -> Result<Option<Experiment>> {
    let practice = read.practice().clone();
    let row: Option<Sealed> = read
        .query("SELECT * FROM experiment WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    row.map(|sealed| opened(read, sealed)).transpose()
}

/// Keeps what was decided. `false` when that is done already.
pub async fn decide(tx: &mut Tx, id: &ExperimentId, decided: &Decided) -> Result<bool> {
    let practice = tx.practice().clone();
    let reason = tx.seal("experiment", "decision", id.as_str(), decided.reason.text());
    let rows = tx
        .query(
            "UPDATE experiment SET decision = $3, decision_sealed = $4, decided_at = $5, decided_by = $6 \
             WHERE practice_id = $1 AND id = $2 AND decision IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(decided.verdict)
        .bind(reason)
        .bind(decided.at)
        .bind(&decided.by)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Hits among the cases of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Which span.
    pub of: String,
    /// Hits.
    pub hits: u64,
    /// Cases.
    pub cases: u64,
}

impl Record for Counted {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { of: row.get("of")?, hits: row.get("hits")?, cases: row.get("cases")? })
    }
}

fn of_site(site: Option<&SiteId>) -> &str {
    site.map_or("", SiteId::as_str)
}

/// Of the check-ins that were sent in each span and whose time is over, those that were handed in.
pub async fn completed(read: &mut Read, spans: &[Span], site: Option<&SiteId>) -> Result<Vec<Counted>> {
    let practice = read.practice().clone();
    read.query(
        "WITH span (of, begins, ends) AS (VALUES $rows) \
         SELECT span.of, count(*) AS cases, count(*) FILTER (WHERE p.state = 'completed') AS hits \
         FROM span JOIN packet p ON p.send_at >= span.begins AND p.send_at < span.ends \
         JOIN episode e ON e.practice_id = p.practice_id AND e.id = p.episode_id \
         WHERE p.practice_id = $1 AND p.state IN ('completed', 'expired') AND ($2 = '' OR e.site_id = $2) \
         GROUP BY span.of ORDER BY span.of",
    )
    .bind(&practice)
    .bind(of_site(site))
    .bind_rows(spans.iter().map(|span| values![span.of.as_str(), span.begins, span.ends]))
    .all()
    .await
}

/// Of the clients to whom a check-in was to be sent in each span, those who took a consent to messages back in it.
pub async fn opted_out(read: &mut Read, spans: &[Span], site: Option<&SiteId>) -> Result<Vec<Counted>> {
    let practice = read.practice().clone();
    read.query(
        "WITH span (of, begins, ends) AS (VALUES $rows), told AS (SELECT DISTINCT span.of, span.begins, span.ends, p.client_id \
         FROM span JOIN packet p ON p.send_at >= span.begins AND p.send_at < span.ends \
         JOIN episode e ON e.practice_id = p.practice_id AND e.id = p.episode_id \
         WHERE p.practice_id = $1 AND NOT (p.state = 'withdrawn' AND p.sent_at IS NULL) AND ($2 = '' OR e.site_id = $2)) \
         SELECT told.of, count(*) AS cases, count(*) FILTER (WHERE EXISTS (SELECT 1 FROM consent k WHERE k.practice_id = $1 \
         AND k.client_id = told.client_id AND k.recorded_at >= told.begins AND k.recorded_at < told.ends \
         AND k.state = 'withdrawn')) AS hits FROM told GROUP BY told.of ORDER BY told.of",
    )
    .bind(&practice)
    .bind(of_site(site))
    .bind_rows(spans.iter().map(|span| values![span.of.as_str(), span.begins, span.ends]))
    .all()
    .await
}

/// Of the courses that ended in each span and were measured first and last, those reliably better by PHQ-9 and GAD-7 together.
pub async fn improved(read: &mut Read, spans: &[Span], site: Option<&SiteId>) -> Result<Vec<Counted>> {
    let practice = read.practice().clone();
    read.query(
        "WITH span (of, first, after) AS (VALUES $rows) \
         SELECT span.of, count(*) AS cases, count(*) FILTER (WHERE o.change = 'better') AS hits \
         FROM span JOIN outcome o ON o.closed_on >= span.first AND o.closed_on < span.after \
         WHERE o.practice_id = $1 AND o.lens = $2 AND o.paired AND ($3 = '' OR o.site_id = $3) \
         GROUP BY span.of ORDER BY span.of",
    )
    .bind(&practice)
    .bind(PAIR)
    .bind(of_site(site))
    .bind_rows(spans.iter().map(|span| values![span.of.as_str(), span.from, span.until]))
    .all()
    .await
}
