//! What was asked of clients who stopped coming, and what they said: the check-ins of one slot with their responses. What the
//! answers mean is `care::exit_survey`'s.

use crate::attendance::Wanted;
use crate::{Json, Query, Read, Record, Result, Row};
use care::attendance::By;
use care::exit_survey::{SLOT, Said};
use care::response::Sheet;
use care::{ClientId, EpisodeId, Instant, StaffId};

/// What was asked in one course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// Whom.
    pub client_id: ClientId,
    /// In which course.
    pub episode_id: EpisodeId,
    /// When the message went; none where none did.
    pub sent_at: Option<Instant>,
    /// When it was answered, and what was said.
    pub said: Option<(Instant, Said)>,
}

impl Record for Exit {
    fn read(row: &Row<'_>) -> Result<Self> {
        let at: Option<Instant> = row.get("submitted_at")?;
        let answers: Option<Json<Sheet>> = row.get("answers")?;
        Ok(Self {
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            sent_at: row.get("sent_at")?,
            said: at.zip(answers).map(|(at, answers)| (at, Said::of(&answers.0))),
        })
    }
}

/// What was asked in these courses.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Exit>> {
    if episodes.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    read.query(
        "SELECT p.client_id, p.episode_id, p.sent_at, r.submitted_at, r.answers FROM packet p \
         LEFT JOIN response r ON r.practice_id = p.practice_id AND r.packet_id = p.id AND r.kind = 'original' \
         WHERE p.practice_id = $1 AND p.slot = $2 AND p.episode_id IN ($each) ORDER BY p.send_at, p.id",
    )
    .bind(&practice)
    .bind(SLOT)
    .bind_each(episodes)
    .all()
    .await
}

/// What was asked in a span, of the courses wanted: from the practice in `$1` to the people in `$each`. The slot stands in the text, where
/// the index on the few check-ins of its kind can be seen to serve.
macro_rules! of_those_wanted {
    () => {
        " WHERE p.practice_id = $1 AND p.slot = 'exit' AND p.sent_at >= $2 AND p.sent_at < $3 AND ($4 = '' OR e.site_id = $4) \
         AND ($5 = '' OR e.programme_id = $5) AND ($6 = '' OR e.payer_id = $6) \
         AND ($7 = 'all' OR (SELECT a.clinician_id FROM assignment a WHERE a.practice_id = e.practice_id \
         AND a.episode_id = e.id ORDER BY a.starts_at DESC, a.id DESC LIMIT 1) IN ($each))"
    };
}

/// A statement about them, with its values but for `$8`, which is its own; none where no span is wanted.
fn of_those_wanted<'t>(read: &'t mut Read, wanted: &Wanted, statement: &'static str) -> Option<Query<'t>> {
    let (first, last) = (wanted.spans.first()?, wanted.spans.last()?);
    let practice = read.practice().clone();
    let text = |by| wanted.chosen(by).unwrap_or_default();
    let query = read
        .query(statement)
        .bind(&practice)
        .bind(first.begins)
        .bind(last.ends)
        .bind(text(By::Site))
        .bind(text(By::Programme))
        .bind(text(By::Payer))
        .bind(if wanted.clinicians.is_some() { "some" } else { "all" });
    Some(query)
}

fn people(wanted: &Wanted) -> &[StaffId] {
    wanted.clinicians.as_deref().unwrap_or_default()
}

/// What was asked in the spans, of the courses wanted. A course belongs to the last clinician it had.
pub async fn asked(read: &mut Read, wanted: &Wanted) -> Result<Vec<Exit>> {
    let statement = concat!(
        "SELECT p.client_id, p.episode_id, p.sent_at, r.submitted_at, r.answers FROM packet p \
         JOIN episode e ON e.practice_id = p.practice_id AND e.id = p.episode_id \
         LEFT JOIN response r ON r.practice_id = p.practice_id AND r.packet_id = p.id AND r.kind = 'original'",
        of_those_wanted!(),
        " ORDER BY p.sent_at, p.id"
    );
    let Some(query) = of_those_wanted(read, wanted, statement) else { return Ok(Vec::new()) };
    query.bind_each(people(wanted)).all().await
}

/// How many of those asked answered, by what a filter picks from: what may be shown of one of them depends on the others.
pub async fn answered_by(read: &mut Read, wanted: &Wanted, by: By) -> Result<Vec<(String, u64)>> {
    let statement = concat!(
        "SELECT CASE $8 WHEN 'site' THEN e.site_id WHEN 'programme' THEN coalesce(e.programme_id, '') \
         WHEN 'payer' THEN coalesce(e.payer_id, '') ELSE '' END AS of, count(*) AS answered FROM packet p \
         JOIN episode e ON e.practice_id = p.practice_id AND e.id = p.episode_id \
         JOIN response r ON r.practice_id = p.practice_id AND r.packet_id = p.id AND r.kind = 'original'",
        of_those_wanted!(),
        " GROUP BY 1 ORDER BY 1"
    );
    let Some(query) = of_those_wanted(read, wanted, statement) else { return Ok(Vec::new()) };
    let rows: Vec<Answered> = query.bind(by.as_str()).bind_each(people(wanted)).all().await?;
    Ok(rows.into_iter().map(|row| (row.of, row.answered)).collect())
}

struct Answered {
    of: String,
    answered: u64,
}

crate::record! { Answered { of, answered } }
