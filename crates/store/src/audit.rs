//! The audit chain: one append-only chain of hashes per practice, so that a row that was altered, removed or moved shows.
//! Rows hold ids and codes only, never a client's words, so that erasure stays possible. What is worth a row is decided by
//! the workflows and the pages.

use std::collections::BTreeMap;

use care::{Instant, PracticeId};
use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde_json::{Map, Value as JsonValue};
use sha2::{Digest, Sha256};

use crate::seal::hex;
use crate::{InstanceScope, Json, Read, Result, values};

/// The hash before the first row.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const PAGE: i64 = 1000;
/// Rows per statement, well below the parameter limits of both databases.
const CHUNK: usize = 500;

/// One thing that was done or seen: who, what, to which record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    at: DateTime<Utc>,
    actor: String,
    action: String,
    subject_kind: String,
    subject_id: String,
    detail: Map<String, JsonValue>,
}

impl AuditEntry {
    /// `actor` is a staff id, a client's packet id or the name of a job; `action` a verb with its noun (`case.acknowledge`);
    /// the subject is the kind and the id of one record.
    pub fn new(
        at: DateTime<Utc>,
        actor: impl Into<String>,
        action: impl Into<String>,
        subject_kind: impl Into<String>,
        subject_id: impl Into<String>,
    ) -> Self {
        Self {
            // Both databases keep microseconds: hashing more would not verify after reading back.
            at: at.trunc_subsecs(6),
            actor: actor.into(),
            action: action.into(),
            subject_kind: subject_kind.into(),
            subject_id: subject_id.into(),
            detail: Map::new(),
        }
    }

    /// Adds an id or a code. Never free text, never a name.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.detail.insert(key.to_owned(), JsonValue::String(value.into()));
        self
    }

    /// Adds a list of ids: what a page showed.
    #[must_use]
    pub fn listing<S: Into<String>>(mut self, key: &'static str, values: impl IntoIterator<Item = S>) -> Self {
        let list = values.into_iter().map(|value| JsonValue::String(value.into())).collect();
        self.detail.insert(key.to_owned(), JsonValue::Array(list));
        self
    }
}

/// A stored row of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Position in the practice's chain, counted from 1.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// Kind of the record.
    pub subject_kind: String,
    /// Id of the record.
    pub subject_id: String,
    /// Further ids and codes.
    pub detail: Json<Map<String, JsonValue>>,
    /// Hash of the row before.
    pub previous: String,
    /// Hash of this row.
    pub hash: String,
}

crate::record! {
    AuditRow { seq, at, actor, action, subject_kind, subject_id, detail, previous, hash }
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// Rows that verified.
    pub rows: i64,
    /// The hash of the last of them, to be compared with one written down elsewhere.
    pub head: String,
    /// The first place where the chain is broken.
    pub broken: Option<AuditBreak>,
}

/// Where and how a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditBreak {
    /// Position in the chain.
    pub seq: i64,
    /// What was found there.
    pub kind: BreakKind,
}

/// How a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakKind {
    /// The row is missing.
    Missing,
    /// The row's content does not match its hash.
    Altered,
    /// The row does not follow the one before it.
    Moved,
    /// The rows end elsewhere than the head says: rows were cut off or added at the end.
    HeadDiffers,
}

impl std::fmt::Display for AuditBreak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.kind {
            BreakKind::Missing => "is missing",
            BreakKind::Altered => "was altered",
            BreakKind::Moved => "does not follow the row before it",
            BreakKind::HeadDiffers => "is where the chain ends, and the recorded end is another",
        };
        write!(f, "audit row {} {what}", self.seq)
    }
}

/// The hash of one row: SHA-256 over its canonical JSON (keys sorted, no spaces), the previous hash included.
fn hash(practice: &str, seq: i64, entry: &AuditEntry, previous: &str) -> String {
    let mut canonical = String::new();
    let fields = [
        ("action", JsonValue::from(entry.action.as_str())),
        ("actor", JsonValue::from(entry.actor.as_str())),
        ("at", JsonValue::from(entry.at.to_rfc3339_opts(SecondsFormat::Micros, true))),
        ("detail", JsonValue::Object(entry.detail.clone())),
        ("practice", JsonValue::from(practice)),
        ("previous", JsonValue::from(previous)),
        ("seq", JsonValue::from(seq)),
        ("subject_id", JsonValue::from(entry.subject_id.as_str())),
        ("subject_kind", JsonValue::from(entry.subject_kind.as_str())),
    ];
    let object: Map<String, JsonValue> = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    write_canonical(&JsonValue::Object(object), &mut canonical);
    hex(&Sha256::digest(canonical.as_bytes()))
}

/// JSON with sorted keys: `JSONB` gives keys back in an order of its own.
fn write_canonical(value: &JsonValue, text: &mut String) {
    match value {
        JsonValue::Object(object) => {
            let sorted: BTreeMap<&String, &JsonValue> = object.iter().collect();
            text.push('{');
            for (position, (key, value)) in sorted.into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                text.push_str(&JsonValue::from(key.as_str()).to_string());
                text.push(':');
                write_canonical(value, text);
            }
            text.push('}');
        }
        JsonValue::Array(list) => {
            text.push('[');
            for (position, value) in list.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_canonical(value, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// Appends the entries to their practices' chains: per practice one statement that locks the head, one that inserts the rows,
/// one that moves the head.
pub(crate) async fn extend(read: &mut Read, journal: Vec<(PracticeId, AuditEntry)>) -> Result<()> {
    // In a fixed order, so that two transactions with the same two practices cannot wait for each other.
    let mut chains: BTreeMap<PracticeId, Vec<AuditEntry>> = BTreeMap::new();
    for (practice, entry) in journal {
        chains.entry(practice).or_default().push(entry);
    }
    for (practice, entries) in chains {
        let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let remembered = read.db.audit_heads.get(&practice);
        // Whoever remembers the end of the chain moves it in one statement, if it is still the end.
        if let Some((seq, previous)) = remembered {
            let chained = Chained::after(&practice, seq, previous.clone(), entries);
            let moved = read
                .query("UPDATE audit_head SET seq = $2, hash = $3 WHERE practice_id = $1 AND seq = $4 AND hash = $5")
                .bind(&practice)
                .bind(seq + count)
                .bind(chained.head.as_str())
                .bind(seq)
                .bind(previous)
                .execute()
                .await?;
            if moved == 1 {
                chained.insert(read, &practice).await?;
                continue;
            }
            extend_unremembered(read, &practice, count, chained.entries).await?;
        } else {
            extend_unremembered(read, &practice, count, entries).await?;
        }
    }
    Ok(())
}

/// Extends a chain whose end has to be looked up: nobody here has written to it yet, or somebody else has since.
async fn extend_unremembered(
    read: &mut Read,
    practice: &PracticeId,
    count: i64,
    entries: Vec<AuditEntry>,
) -> Result<()> {
    // The upsert locks the head's row until the commit, on both databases; the hash is still that of the last row.
    let (last, previous): (i64, String) = read
        .query(
            "INSERT INTO audit_head (practice_id, seq, hash) VALUES ($1, $2, $3)
             ON CONFLICT (practice_id) DO UPDATE SET seq = audit_head.seq + excluded.seq
             RETURNING seq, hash",
        )
        .bind(practice)
        .bind(count)
        .bind(BEGINNING)
        .one()
        .await?;
    let chained = Chained::after(practice, last - count, previous, entries);
    read.query("UPDATE audit_head SET hash = $2 WHERE practice_id = $1")
        .bind(practice)
        .bind(chained.head.as_str())
        .later()
        .await?;
    chained.insert(read, practice).await
}

/// Entries with their places in the chain.
struct Chained {
    entries: Vec<AuditEntry>,
    /// Of each entry, its position and the hash of the row before it.
    places: Vec<(i64, String)>,
    /// The hash of the last one.
    head: String,
}

impl Chained {
    fn after(practice: &PracticeId, mut seq: i64, mut head: String, entries: Vec<AuditEntry>) -> Self {
        let mut places = Vec::with_capacity(entries.len());
        for entry in &entries {
            seq += 1;
            let own = hash(practice.as_str(), seq, entry, &head);
            places.push((seq, std::mem::replace(&mut head, own)));
        }
        Self { entries, places, head }
    }

    async fn insert(self, read: &mut Read, practice: &PracticeId) -> Result<()> {
        let last = self.places.last().map_or(0, |(seq, _)| *seq);
        let hashes: Vec<String> =
            self.places.iter().skip(1).map(|(_, previous)| previous.clone()).chain([self.head.clone()]).collect();
        let rows = self.entries.into_iter().zip(self.places).zip(hashes).map(|((entry, (seq, previous)), own)| {
            values![
                practice,
                seq,
                entry.at,
                entry.actor,
                entry.action,
                entry.subject_kind,
                entry.subject_id,
                Json(entry.detail),
                previous,
                own,
            ]
        });
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            read.query(
                "INSERT INTO audit (practice_id, seq, at, actor, action, subject_kind, subject_id, detail, previous, hash)
                 VALUES $rows",
            )
            .bind_rows(rows.by_ref().take(CHUNK))
            .later()
            .await?;
        }
        read.db.audit_heads.remember(practice, last, self.head);
        Ok(())
    }
}

/// The ends of the chains as this process last wrote them. Only a hint: a transaction that was rolled back, or another
/// process, makes it wrong, and then the compare-and-set misses and the end is looked up.
#[derive(Default)]
pub(crate) struct Heads(std::sync::Mutex<std::collections::HashMap<PracticeId, (i64, String)>>);

impl Heads {
    fn get(&self, practice: &PracticeId) -> Option<(i64, String)> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(practice).cloned()
    }

    fn remember(&self, practice: &PracticeId, seq: i64, hash: String) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(practice.clone(), (seq, hash));
    }
}

/// Verifies the practice's chain from its beginning and names the first broken row.
pub async fn verify_audit(read: &mut Read) -> Result<AuditReport> {
    let practice = read.practice().clone();
    let head: Option<(i64, String)> =
        read.query("SELECT seq, hash FROM audit_head WHERE practice_id = $1").bind(&practice).optional().await?;
    let (head_seq, head_hash) = head.unwrap_or((0, BEGINNING.to_owned()));
    let mut report = AuditReport { rows: 0, head: BEGINNING.to_owned(), broken: None };
    loop {
        let page: Vec<AuditRow> = audit_page(read, report.rows, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            if let Some(kind) = check(&practice, &report, &row) {
                let seq = if kind == BreakKind::Missing { report.rows + 1 } else { row.seq };
                report.broken = Some(AuditBreak { seq, kind });
                return Ok(report);
            }
            report.rows = row.seq;
            report.head = row.hash;
        }
    }
    if report.rows != head_seq || report.head != head_hash {
        let kind = if report.rows < head_seq { BreakKind::Missing } else { BreakKind::HeadDiffers };
        let seq = if kind == BreakKind::Missing { report.rows + 1 } else { report.rows };
        report.broken = Some(AuditBreak { seq, kind });
    }
    Ok(report)
}

/// The hash of the row at a position, from 1.
pub async fn audit_hash(read: &mut Read, seq: i64) -> Result<Option<String>> {
    let practice = read.practice().clone();
    read.query("SELECT hash FROM audit WHERE practice_id = $1 AND seq = $2")
        .bind(practice)
        .bind(seq)
        .scalar_optional()
        .await
}

/// The practices that have a chain; [`crate::INSTANCE`] is one of them once it has a row.
pub async fn audited_practices(instance: &mut impl InstanceScope) -> Result<Vec<PracticeId>> {
    instance.query("SELECT practice_id FROM audit_head ORDER BY practice_id").scalars().await
}

/// The rows after a position, oldest first.
pub async fn audit_page(read: &mut Read, after: i64, limit: i64) -> Result<Vec<AuditRow>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT seq, at, actor, action, subject_kind, subject_id, detail, previous, hash FROM audit
         WHERE practice_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(practice)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// Which rows a person asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only rows before this position.
    pub before: Option<i64>,
    /// Only those of this actor, in the text of the chain.
    pub actor: Option<String>,
    /// Only those about this id, or that list it; of a client those about the records that are part of theirs as well.
    pub about: Option<String>,
    /// Only from this instant on.
    pub from: Option<Instant>,
    /// Only before this instant.
    pub until: Option<Instant>,
}

/// The latest rows that pass a filter, newest first.
pub async fn audit_latest(read: &mut Read, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditRow>> {
    let practice = read.practice().clone();
    // An id holds no sign that LIKE would take for another.
    let about =
        filter.about.as_deref().filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    if filter.about.is_some() && about.is_none() {
        return Ok(Vec::new());
    }
    read.query(
        "SELECT seq, at, actor, action, subject_kind, subject_id, detail, previous, hash FROM audit \
         WHERE practice_id = $1 AND ($2 IS NULL OR seq < $2) AND ($3 IS NULL OR actor = $3) \
         AND ($4 IS NULL OR subject_id = $4 OR CAST(detail AS TEXT) LIKE '%\"' || $4 || '\"%' \
         OR EXISTS (SELECT 1 FROM client c WHERE c.practice_id = $1 AND c.merged_into = $4 \
         AND (subject_id = c.id OR CAST(detail AS TEXT) LIKE '%\"' || c.id || '\"%'))) \
         AND ($6 IS NULL OR at >= $6) AND ($7 IS NULL OR at < $7) ORDER BY seq DESC LIMIT $5",
    )
    .bind(practice)
    .bind(filter.before)
    .bind(filter.actor.as_deref())
    .bind(about)
    .bind(limit)
    .bind(filter.from)
    .bind(filter.until)
    .all()
    .await
}

/// What others than `except` did to these subjects, or about the client of them, since an instant, newest first: views,
/// changes, whatever is kept under a subject's id.
pub async fn audit_of_subjects(
    read: &mut Read,
    subjects: &[String],
    except: &str,
    since: Instant,
    limit: i64,
) -> Result<Vec<AuditRow>> {
    let practice = read.practice().clone();
    let mut found = Vec::new();
    for batch in subjects.chunks(200) {
        let rows: Vec<AuditRow> = read
            .query(
                "SELECT seq, at, actor, action, subject_kind, subject_id, detail, previous, hash FROM audit \
                 WHERE practice_id = $1 AND actor <> $2 AND actor LIKE 'staff:%' AND at >= $3 \
                 AND subject_id IN ($each) ORDER BY seq DESC",
            )
            .bind(&practice)
            .bind(except)
            .bind(since)
            .bind_each(batch.iter().map(String::as_str))
            .all()
            .await?;
        found.extend(rows);
    }
    found.sort_by_key(|row| std::cmp::Reverse(row.seq));
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

fn check(practice: &PracticeId, so_far: &AuditReport, row: &AuditRow) -> Option<BreakKind> {
    if row.seq != so_far.rows + 1 {
        return Some(BreakKind::Missing);
    }
    let entry = AuditEntry {
        at: row.at,
        actor: row.actor.clone(),
        action: row.action.clone(),
        subject_kind: row.subject_kind.clone(),
        subject_id: row.subject_id.clone(),
        detail: row.detail.0.clone(),
    };
    if row.previous != so_far.head {
        return Some(BreakKind::Moved);
    }
    (hash(practice.as_str(), row.seq, &entry, &row.previous) != row.hash).then_some(BreakKind::Altered)
}
