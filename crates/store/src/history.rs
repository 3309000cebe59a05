//! Rows that happened before this installation did: the demo practice, and later the history brought along from another
//! system. They are taken over as they were, many rows a statement; nothing is sent because of them.

use crate::{BATCH, Json, Result, Tx, Value, packet, response, values};
use care::appointment::Appointment;
use care::case::{Case, PlanChange, Reason, Step, Verification};
use care::client::{Client, Consent};
use care::episode::{Assignment, Episode, Measure};
use care::message::Message;
use care::packet::Packet;
use care::placement::Placement;
use care::response::{Response, Signal, StoredScore};
use care::{CaseId, EpisodeId, Instant};

/// Values in one statement: as many as make it worth its way, and few enough to be put together quickly.
const VALUES: usize = 4_000;

/// What came of a case that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Which.
    pub case_id: CaseId,
    /// What is known.
    pub state: Verification,
    /// Since when it was looked.
    pub closed_at: Instant,
    /// When it was known; none while it is not.
    pub decided_at: Option<Instant>,
}

/// What is taken over, each row in its final state.
#[derive(Debug, Default)]
pub struct Past {
    /// Clients, with the instant they came.
    pub clients: Vec<(Client, Instant)>,
    /// What they agreed to.
    pub consents: Vec<Consent>,
    /// Their courses of therapy.
    pub episodes: Vec<Episode>,
    /// Who was responsible.
    pub assignments: Vec<Assignment>,
    /// Their sessions.
    pub appointments: Vec<Appointment>,
    /// Check-ins.
    pub packets: Vec<Packet>,
    /// Messages, those to staff too.
    pub messages: Vec<Message>,
    /// Answers.
    pub responses: Vec<Response>,
    /// Scores.
    pub scores: Vec<StoredScore>,
    /// Running summaries as they stand at the end.
    pub measures: Vec<Measure>,
    /// Findings.
    pub signals: Vec<Signal>,
    /// Cases.
    pub cases: Vec<Case>,
    /// Their reasons. Whoever took one up has disposed of it.
    pub reasons: Vec<Reason>,
    /// Their steps.
    pub steps: Vec<Step>,
    /// What came of the closed ones.
    pub verified: Vec<Verified>,
    /// Changes of clients' plans. Whoever made one has looked at it again.
    pub plan_changes: Vec<PlanChange>,
}

/// Takes everything over, table by table.
pub async fn take_over(tx: &mut Tx, past: &Past) -> Result<()> {
    crate::client::insert_many(tx, &past.clients).await?;
    crate::consent::insert_many(tx, &past.consents).await?;
    insert_episodes(tx, &past.episodes).await?;
    insert_assignments(tx, &past.assignments).await?;
    crate::appointment::insert_many(tx, &past.appointments).await?;
    insert_packets(tx, &past.packets).await?;
    insert_messages(tx, &past.messages).await?;
    insert_responses(tx, &past.responses).await?;
    for scores in past.scores.chunks(VALUES / 15) {
        response::insert_scores(tx, scores).await?;
    }
    for measures in past.measures.chunks(VALUES / 22) {
        response::save_measures(tx, measures).await?;
    }
    for signals in past.signals.chunks(VALUES / 8) {
        response::insert_signals(tx, signals).await?;
    }
    insert_cases(tx, &past.cases).await?;
    insert_reasons(tx, &past.reasons).await?;
    insert_steps(tx, &past.steps).await?;
    insert_verified(tx, &past.verified).await?;
    insert_plan_changes(tx, &past.plan_changes).await
}

/// Says of many episodes at once where they belong.
pub async fn place(tx: &mut Tx, episodes: &[EpisodeId], to: &Placement) -> Result<()> {
    let practice = tx.practice().clone();
    for batch in episodes.chunks(BATCH) {
        tx.query(
            "UPDATE episode SET programme_id = $2, payer_id = $3, modality_id = $4, problem_id = $5 \
             WHERE practice_id = $1 AND id IN ($each)",
        )
        .bind(&practice)
        .bind(to.programme_id.as_ref())
        .bind(to.payer_id.as_ref())
        .bind(to.modality_id.as_ref())
        .bind(to.problem_id.as_ref())
        .bind_each(batch)
        .execute()
        .await?;
    }
    Ok(())
}

/// Inserts rows in as few statements as their width allows.
async fn insert(tx: &mut Tx, sql: &'static str, rows: Vec<Vec<Value>>) -> Result<()> {
    let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        tx.query(sql).bind_rows(rows.by_ref().take((VALUES / width).max(1))).execute().await?;
    }
    Ok(())
}

async fn insert_episodes(tx: &mut Tx, episodes: &[Episode]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = episodes
        .iter()
        .map(|one| {
            values![
                &practice,
                &one.id,
                &one.client_id,
                &one.site_id,
                &one.protocol_id,
                one.started_on,
                one.state,
                one.discharged_at,
                one.discharge_reason,
            ]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO episode (practice_id, id, client_id, site_id, protocol_id, started_on, state, discharged_at, discharge_reason) VALUES $rows",
        rows,
    )
    .await
}

async fn insert_assignments(tx: &mut Tx, assignments: &[Assignment]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = assignments
        .iter()
        .map(|one| values![&practice, &one.id, &one.episode_id, &one.clinician_id, one.starts_at, one.ends_at,])
        .collect();
    insert(
        tx,
        "INSERT INTO assignment (practice_id, id, episode_id, clinician_id, starts_at, ends_at) VALUES $rows",
        rows,
    )
    .await
}

async fn insert_packets(tx: &mut Tx, packets: &[Packet]) -> Result<()> {
    let (statement, rows) = packet::taken_over(tx.practice(), packets);
    insert(tx, statement, rows).await
}

async fn insert_messages(tx: &mut Tx, messages: &[Message]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = messages
        .iter()
        .map(|one| {
            let text = one.text.as_deref().map(|text| tx.seal("message", "text", one.id.as_str(), text));
            values![
                &practice,
                &one.id,
                one.kind,
                one.channel,
                one.client_id.as_ref(),
                one.staff_id.as_ref(),
                one.packet_id.as_ref(),
                one.case_id.as_ref(),
                one.reason_id.as_ref(),
                one.unique_key.as_str(),
                one.state,
                one.due_at,
                one.attempt,
                one.instead,
                text,
                one.sent_at,
                one.due_at,
            ]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO message (practice_id, id, kind, channel, client_id, staff_id, packet_id, case_id, reason_id, unique_key, \
         state, due_at, attempt, instead, text_sealed, sent_at, created_at) VALUES $rows",
        rows,
    )
    .await
}

async fn insert_responses(tx: &mut Tx, responses: &[Response]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = responses
        .iter()
        .map(|one| {
            values![
                &practice,
                &one.id,
                &one.packet_id,
                &one.client_id,
                &one.episode_id,
                one.kind,
                one.mode,
                Json(&one.answers),
                one.fingerprint.as_str(),
                one.submitted_at,
            ]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO response (practice_id, id, packet_id, client_id, episode_id, kind, mode, answers, fingerprint, submitted_at) VALUES $rows",
        rows,
    )
    .await
}

async fn insert_cases(tx: &mut Tx, cases: &[Case]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = cases
        .iter()
        .map(|one| {
            values![
                &practice,
                &one.id,
                &one.client_id,
                &one.episode_id,
                &one.owner_id,
                one.state,
                one.decision,
                one.opened_at,
                one.due_at,
                one.closed_at,
                one.revision,
            ]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO care_case (practice_id, id, client_id, episode_id, owner_id, state, decision, opened_at, due_at, closed_at, revision) VALUES $rows",
        rows,
    )
    .await
}

async fn insert_reasons(tx: &mut Tx, reasons: &[Reason]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = reasons
        .iter()
        .map(|one| {
            values![
                &practice,
                &one.id,
                &one.case_id,
                one.rule,
                one.level,
                one.response_id.as_ref(),
                one.packet_id.as_ref(),
                Json(&one.inputs),
                one.raised_at,
                one.due_at,
                one.acknowledged_at,
                one.acknowledged_by.as_ref(),
                one.disposed_at,
                one.disposed_at.and(one.acknowledged_by.as_ref()),
                one.disposition,
            ]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO case_reason (practice_id, id, case_id, rule, level, response_id, packet_id, inputs, raised_at, due_at, \
         acknowledged_at, acknowledged_by, disposed_at, disposed_by, disposition) VALUES $rows",
        rows,
    )
    .await
}

async fn insert_steps(tx: &mut Tx, steps: &[Step]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = steps
        .iter()
        .map(|one| {
            let note = one.note.as_ref().map(|note| tx.seal("case_step", "note", one.id.as_str(), note.text()));
            values![&practice, &one.id, &one.case_id, one.kind, one.at, one.by.as_ref(), one.to.as_ref(), note,]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO case_step (practice_id, id, case_id, kind, at, by_id, to_id, note_sealed) VALUES $rows",
        rows,
    )
    .await
}

async fn insert_verified(tx: &mut Tx, verified: &[Verified]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows =
        verified.iter().map(|one| values![&practice, &one.case_id, one.state, one.closed_at, one.decided_at]).collect();
    insert(tx, "INSERT INTO case_verification (practice_id, case_id, state, closed_at, decided_at) VALUES $rows", rows)
        .await
}

async fn insert_plan_changes(tx: &mut Tx, changes: &[PlanChange]) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = changes
        .iter()
        .map(|one| {
            let id = one.id.as_str();
            let what = tx.seal("plan_change", "what", id, one.what.text());
            let why = tx.seal("plan_change", "why", id, one.why.text());
            values![
                &practice,
                &one.id,
                &one.episode_id,
                one.case_id.as_ref(),
                one.kind,
                what,
                why,
                one.review_session,
                one.changed_at,
                &one.changed_by,
                one.outcome,
                one.reviewed_at,
                one.reviewed_at.map(|_| &one.changed_by),
            ]
        })
        .collect();
    insert(
        tx,
        "INSERT INTO plan_change (practice_id, id, episode_id, case_id, kind, what_sealed, why_sealed, review_session, \
         changed_at, changed_by, outcome, reviewed_at, reviewed_by) VALUES $rows",
        rows,
    )
    .await
}
