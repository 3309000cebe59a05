//! Supervision meetings, what was decided in them, and the follow-ups. Notes and decisions are sealed.

use crate::{Read, Record, Result, Row, Tx, values};
use care::supervision::{Meeting, MeetingDecision};
use care::{Instant, MeetingDecisionId, MeetingId, Phi, StaffId};
use chrono::NaiveDate;

struct SealedMeeting(Meeting, Option<Vec<u8>>);

impl Record for SealedMeeting {
    fn read(row: &Row<'_>) -> Result<Self> {
        let meeting = Meeting {
            id: row.get("id")?,
            supervisor_id: row.get("supervisor_id")?,
            clinician_id: row.get("clinician_id")?,
            held_on: row.get("held_on")?,
            minutes: row.get("minutes")?,
            note: None,
        };
        Ok(Self(meeting, row.get("note_sealed")?))
    }
}

struct SealedDecision(MeetingDecision, Vec<u8>);

impl Record for SealedDecision {
    fn read(row: &Row<'_>) -> Result<Self> {
        let decision = MeetingDecision {
            id: row.get("id")?,
            meeting_id: row.get("meeting_id")?,
            client_id: row.get("client_id")?,
            topic: row.get("topic")?,
            text: Phi::new(String::new()),
            owner_id: row.get("owner_id")?,
            due_on: row.get("due_on")?,
            done_at: row.get("done_at")?,
        };
        Ok(Self(decision, row.get("text_sealed")?))
    }
}

impl SealedDecision {
    fn opened(self, read: &Read) -> Result<MeetingDecision> {
        let Self(mut decision, text) = self;
        decision.text = Phi::new(read.open("supervision_decision", "text", decision.id.as_str(), &text)?);
        Ok(decision)
    }
}

/// Keeps a meeting with its decisions.
pub async fn insert(
    tx: &mut Tx,
    meeting: &Meeting,
    decisions: &[MeetingDecision],
    by: &StaffId,
    now: Instant,
) -> Result<()> {
    let practice = tx.practice().clone();
    let id = meeting.id.as_str();
    let note = meeting.note.as_ref().map(|note| tx.seal("supervision_meeting", "note", id, note.text()));
    tx.query(
        "INSERT INTO supervision_meeting (practice_id, id, supervisor_id, clinician_id, held_on, minutes, note_sealed, \
         recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&practice)
    .bind(&meeting.id)
    .bind(&meeting.supervisor_id)
    .bind(&meeting.clinician_id)
    .bind(meeting.held_on)
    .bind(meeting.minutes)
    .bind(note)
    .bind(by)
    .bind(now)
    .execute()
    .await?;
    if decisions.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = decisions
        .iter()
        .map(|one| {
            let text = tx.seal("supervision_decision", "text", one.id.as_str(), one.text.text());
            values![
                &practice,
                &one.id,
                &one.meeting_id,
                one.client_id.as_ref(),
                one.topic,
                text,
                one.owner_id.as_ref(),
                one.due_on
            ]
        })
        .collect();
    tx.query(
        "INSERT INTO supervision_decision (practice_id, id, meeting_id, client_id, topic, text_sealed, owner_id, due_on) \
         VALUES $rows",
    )
    .bind_rows(rows)
    .execute()
    .await?;
    Ok(())
}

/// The meetings of a clinician since a day, latest first: with one supervisor, or with all of them.
pub async fn of_clinician(
    read: &mut Read,
    clinician: &StaffId,
    supervisor: Option<&StaffId>,
    since: NaiveDate,
) -> Result<Vec<Meeting>> {
    let practice = read.practice().clone();
    let rows: Vec<SealedMeeting> = read
        .query(
            "SELECT * FROM supervision_meeting WHERE practice_id = $1 AND clinician_id = $2 AND held_on >= $4 \
             AND ($3 IS NULL OR supervisor_id = $3) ORDER BY held_on DESC, id DESC",
        )
        .bind(&practice)
        .bind(clinician)
        .bind(supervisor)
        .bind(since)
        .all()
        .await?;
    rows.into_iter()
        .map(|SealedMeeting(mut meeting, note)| {
            let note = read.open_optional("supervision_meeting", "note", meeting.id.as_str(), note.as_deref())?;
            meeting.note = note.map(Phi::new);
            Ok(meeting)
        })
        .collect()
}

/// One meeting.
pub async fn find(read: &mut Read, id: &MeetingId) -> Result<Option<Meeting>> {
    let practice = read.practice().clone();
    let row: Option<SealedMeeting> = read
        .query("SELECT * FROM supervision_meeting WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    Ok(row.map(|SealedMeeting(meeting, _)| meeting))
}

/// What was decided in these meetings.
pub async fn decisions_of(read: &mut Read, meetings: &[MeetingId]) -> Result<Vec<MeetingDecision>> {
    if meetings.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    let rows: Vec<SealedDecision> = read
        .query("SELECT * FROM supervision_decision WHERE practice_id = $1 AND meeting_id IN ($each) ORDER BY id")
        .bind(&practice)
        .bind_each(meetings)
        .all()
        .await?;
    rows.into_iter().map(|row| row.opened(read)).collect()
}

/// A person's follow-ups that are not done, the next due first.
pub async fn follow_ups_of(read: &mut Read, owner: &StaffId) -> Result<Vec<MeetingDecision>> {
    let practice = read.practice().clone();
    let rows: Vec<SealedDecision> = read
        .query(
            "SELECT * FROM supervision_decision WHERE practice_id = $1 AND owner_id = $2 AND done_at IS NULL \
             ORDER BY due_on, id",
        )
        .bind(&practice)
        .bind(owner)
        .all()
        .await?;
    rows.into_iter().map(|row| row.opened(read)).collect()
}

/// One decision.
pub async fn decision(read: &mut Read, id: &MeetingDecisionId) -> Result<Option<MeetingDecision>> {
    let practice = read.practice().clone();
    let row: Option<SealedDecision> = read
        .query("SELECT * FROM supervision_decision WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    row.map(|row| row.opened(read)).transpose()
}

/// Marks a follow-up done. `false` when it is done already, or is none.
pub async fn finish(tx: &mut Tx, id: &MeetingDecisionId, by: &StaffId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE supervision_decision SET done_at = $3, done_by = $4 \
             WHERE practice_id = $1 AND id = $2 AND done_at IS NULL AND owner_id IS NOT NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(now)
        .bind(by)
        .execute()
        .await?;
    Ok(rows == 1)
}
