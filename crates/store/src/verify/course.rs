//! What the checks of `workflows::verify` look at: narrow views of many rows, a page at a time.

use care::episode::Measure;
use care::message::Channel;
use care::packet::Asked;
use care::response::{Response, StoredScore};
use care::{ClientId, EpisodeId, Instant, MessageId, ResponseId};

use crate::{Json, Read, Record, Result, Row, record};

/// A response with what was asked.
#[derive(Debug)]
pub struct AskedResponse {
    /// The response.
    pub response: Response,
    /// What its check-in asked.
    pub asked: Vec<Asked>,
}

impl Record for AskedResponse {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { response: Response::read(row)?, asked: row.get::<Json<Vec<Asked>>>("asked")?.0 })
    }
}

/// Responses by id, after one.
pub async fn responses(read: &mut Read, after: Option<&ResponseId>, limit: i64) -> Result<Vec<AskedResponse>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT r.*, p.asked FROM response r JOIN packet p ON p.practice_id = r.practice_id AND p.id = r.packet_id \
         WHERE r.practice_id = $1 AND ($2 IS NULL OR r.id > $2) ORDER BY r.id LIMIT $3",
    )
    .bind(&practice)
    .bind(after)
    .bind(limit)
    .all()
    .await
}

/// The scores of some responses.
pub async fn scores(read: &mut Read, responses: &[ResponseId]) -> Result<Vec<StoredScore>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM score WHERE practice_id = $1 AND response_id IN ($each)")
        .bind(&practice)
        .bind_each(responses.iter())
        .all()
        .await
}

/// Episodes by id, after one.
pub async fn episodes(read: &mut Read, after: Option<&EpisodeId>, limit: i64) -> Result<Vec<EpisodeId>> {
    let practice = read.practice().clone();
    read.query("SELECT id FROM episode WHERE practice_id = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(&practice)
        .bind(after.map_or("", EpisodeId::as_str))
        .bind(limit)
        .scalars()
        .await
}

/// The running summaries of some episodes, those of series that another one followed as well.
pub async fn measures(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Measure>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM measure WHERE practice_id = $1 AND episode_id IN ($each)")
        .bind(&practice)
        .bind_each(episodes.iter())
        .all()
        .await
}

/// A message that went to a client about a check-in.
#[derive(Debug, Clone)]
pub struct SentMessage {
    /// Id.
    pub id: MessageId,
    /// To whom.
    pub client_id: ClientId,
    /// How.
    pub channel: Channel,
    /// What kind.
    pub kind: String,
    /// When.
    pub sent_at: Instant,
    /// The client's zone, where it is known.
    pub zone: Option<String>,
    /// When the episode of the check-in ended; none for a check-in that belongs to the time after.
    pub discharged_at: Option<Instant>,
    /// Whether check-ins on this channel were agreed to when it went.
    pub consent: Option<String>,
}

record! { SentMessage { id, client_id, channel, kind, sent_at, zone, discharged_at, consent } }

/// The messages that went to clients about check-ins, by id, after one; with the consent that held at that moment.
pub async fn sent(read: &mut Read, after: Option<&MessageId>, limit: i64) -> Result<Vec<SentMessage>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT m.id, m.client_id, m.channel, m.kind, m.sent_at, c.zone, \
         CASE WHEN p.occasion IN ('discharge', 'follow_up') OR p.slot = 'exit' THEN NULL ELSE e.discharged_at END AS discharged_at, \
         (SELECT k.state FROM consent k WHERE k.practice_id = m.practice_id AND k.client_id = m.client_id \
          AND k.channel = m.channel AND k.purpose = 'check_in' AND k.recorded_at <= m.sent_at \
          ORDER BY k.recorded_at DESC, k.id DESC LIMIT 1) AS consent \
         FROM message m JOIN client c ON c.practice_id = m.practice_id AND c.id = m.client_id \
         JOIN packet p ON p.practice_id = m.practice_id AND p.id = m.packet_id \
         JOIN episode e ON e.practice_id = p.practice_id AND e.id = p.episode_id \
         WHERE m.practice_id = $1 AND m.state IN ('sent', 'delivered') AND m.sent_at IS NOT NULL \
         AND ($2 IS NULL OR m.id > $2) ORDER BY m.id LIMIT $3",
    )
    .bind(&practice)
    .bind(after)
    .bind(limit)
    .all()
    .await
}
