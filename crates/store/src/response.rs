//! Responses, scores, running summaries and signals.

use crate::{Error, InstanceScope, Json, Query, Read, Record, Row, Tx, record, values};
use care::episode::Measure;
use care::response::{Response, ResponseKind, Sheet, Signal, SignalInputs, StoredScore};
use care::{EpisodeId, Instant, PacketId, PracticeId};

impl Record for Response {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            packet_id: row.get("packet_id")?,
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            kind: row.get("kind")?,
            mode: row.get("mode")?,
            answers: row.get::<Json<Sheet>>("answers")?.0,
            fingerprint: row.get("fingerprint")?,
            submitted_at: row.get("submitted_at")?,
        })
    }
}

record! {
    StoredScore { id, response_id, episode_id, instrument, version, scale, state, value, exact, answered, missing, band, session, at }
    Measure {
        episode_id, instrument, scale, structure, sessions_before, baseline, baseline_at, baseline_session, best, lowest, highest, previous,
        latest, latest_at, latest_session, n, sum_x, sum_xx, sum_y, sum_xy, sum_yy
    }
}

impl Record for Signal {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            episode_id: row.get("episode_id")?,
            response_id: row.get("response_id")?,
            rule: row.get("rule")?,
            level: row.get("level")?,
            inputs: row.get::<Json<SignalInputs>>("inputs")?.0,
            raised_at: row.get("raised_at")?,
        })
    }
}

const INSERT: &str = "INSERT INTO response (practice_id, id, packet_id, client_id, episode_id, kind, mode, answers, fingerprint, \
    submitted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const INSERT_ONCE: &str = "INSERT INTO response (practice_id, id, packet_id, client_id, episode_id, kind, mode, answers, fingerprint, \
    submitted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";

/// Inserts the response that a check-in was closed for in this transaction. Nobody else can have given one: another one there
/// is an error, and nothing is stored.
pub async fn insert_first(tx: &mut Tx, response: &Response) -> Result<(), Error> {
    insertion(tx, INSERT, response).later().await
}

/// Inserts a response. `false` when the same answers to the same check-in are there already.
pub async fn insert(tx: &mut Tx, response: &Response) -> Result<bool, Error> {
    Ok(insertion(tx, INSERT_ONCE, response).execute().await? == 1)
}

fn insertion<'t>(tx: &'t mut Tx, sql: &'static str, response: &Response) -> Query<'t> {
    let practice = tx.practice().clone();
    tx.query(sql)
        .bind(&practice)
        .bind(&response.id)
        .bind(&response.packet_id)
        .bind(&response.client_id)
        .bind(&response.episode_id)
        .bind(response.kind)
        .bind(response.mode)
        .bind(Json(&response.answers))
        .bind(response.fingerprint.as_str())
        .bind(response.submitted_at)
}

/// The responses of a check-in: the one that counts first.
pub async fn of_packet(read: &mut Read, packet: &PacketId) -> Result<Vec<Response>, Error> {
    let practice = read.practice().clone();
    let mut responses: Vec<Response> = read
        .query("SELECT * FROM response WHERE practice_id = $1 AND packet_id = $2 ORDER BY submitted_at, id")
        .bind(&practice)
        .bind(packet)
        .all()
        .await?;
    responses.sort_by_key(|response| response.kind != ResponseKind::Original);
    Ok(responses)
}

/// The responses of an episode, earliest first.
pub async fn of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Response>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM response WHERE practice_id = $1 AND episode_id = $2 ORDER BY submitted_at, id")
        .bind(&practice)
        .bind(episode)
        .all()
        .await
}

/// The same of several episodes, earliest first.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Response>, Error> {
    let practice = read.practice().clone();
    let mut found: Vec<Response> = read
        .query("SELECT * FROM response WHERE practice_id = $1 AND episode_id IN ($each)")
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await?;
    found.sort_by(|a, b| (a.submitted_at, &a.id).cmp(&(b.submitted_at, &b.id)));
    Ok(found)
}

/// Responses submitted since an instant, in the whole deployment, for the sweep.
pub async fn since(
    instance: &mut impl InstanceScope,
    from: Instant,
    after: Option<&Response>,
    limit: i64,
) -> Result<Vec<(PracticeId, Response)>, Error> {
    struct Owned(PracticeId, Response);
    impl Record for Owned {
        fn read(row: &Row<'_>) -> Result<Self, Error> {
            Ok(Self(row.get("practice_id")?, Response::read(row)?))
        }
    }
    let (from, id) = after.map_or((from, ""), |response| (response.submitted_at, response.id.as_str()));
    let rows: Vec<Owned> = instance
        .query("SELECT * FROM response WHERE (submitted_at, id) > ($1, $2) ORDER BY submitted_at, id LIMIT $3")
        .bind(from)
        .bind(id)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|Owned(practice, response)| (practice, response)).collect())
}

/// Inserts the scores of a response in one statement.
pub async fn insert_scores(tx: &mut Tx, scores: &[StoredScore]) -> Result<(), Error> {
    if scores.is_empty() {
        return Ok(());
    }
    let practice = tx.practice().clone();
    let rows = scores.iter().map(|s| {
        values![
            &practice,
            &s.id,
            &s.response_id,
            &s.episode_id,
            s.instrument.as_str(),
            s.version.as_str(),
            s.scale.as_str(),
            s.state,
            s.value,
            s.exact,
            s.answered,
            s.missing,
            s.band.as_deref(),
            s.session,
            s.at
        ]
    });
    tx.query(
        "INSERT INTO score (practice_id, id, response_id, episode_id, instrument, version, scale, state, value, exact, answered, missing, \
         band, session, at) VALUES $rows",
    )
    .bind_rows(rows.collect::<Vec<_>>())
    .later()
    .await?;
    Ok(())
}

/// The scores of an episode, earliest first. Amendments have none: only the response that counts is scored into them.
pub async fn scores_of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<StoredScore>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM score WHERE practice_id = $1 AND episode_id = $2 ORDER BY at, instrument, scale")
        .bind(&practice)
        .bind(episode)
        .all()
        .await
}

/// The scores of several episodes, earliest first.
pub async fn scores_of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<StoredScore>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM score WHERE practice_id = $1 AND episode_id IN ($each) ORDER BY at, instrument, scale")
        .bind(&practice)
        .bind_each(episodes.iter())
        .all()
        .await
}

/// The version of an instrument by which a scale was scored in a course.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    /// The course.
    pub episode: &'a EpisodeId,
    /// The instrument.
    pub instrument: &'a str,
    /// One of its versions.
    pub version: &'a str,
    /// The scale.
    pub scale: &'a str,
}

/// The last usable scores of a series of each course, so many at most, earliest first: for lists with sparklines. A series has a
/// row for each version that belongs to it, and a course has one series.
pub async fn last_of_series(
    read: &mut Read,
    series: &[Scored<'_>],
    most: usize,
) -> Result<Vec<(EpisodeId, f64)>, Error> {
    if series.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    read.query(
        "WITH led (episode_id, instrument, version, scale) AS (VALUES $rows) \
         SELECT episode_id, value FROM (SELECT s.episode_id, s.value, s.at, s.id, \
         row_number() OVER (PARTITION BY s.episode_id ORDER BY s.at DESC, s.id DESC) AS place FROM led CROSS JOIN score s \
         WHERE s.practice_id = $1 AND s.episode_id = led.episode_id AND s.instrument = led.instrument AND s.scale = led.scale \
         AND s.version = led.version AND s.value IS NOT NULL) AS drawn WHERE place <= $2 ORDER BY at, id",
    )
    .bind(&practice)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .bind_rows(series.iter().map(|one| values![one.episode, one.instrument, one.version, one.scale]))
    .all()
    .await
}

/// A series of an episode that goes on, or went on to its end: no newer structure of its scale was answered.
macro_rules! goes_on {
    () => {
        "NOT EXISTS (SELECT 1 FROM measure o WHERE o.practice_id = m.practice_id AND o.episode_id = m.episode_id \
         AND o.instrument = m.instrument AND o.scale = m.scale AND o.structure > m.structure)"
    };
}

/// The running summaries of an episode, of the series that go on.
pub async fn measures(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Measure>, Error> {
    let practice = read.practice().clone();
    read.query(concat!("SELECT * FROM measure m WHERE practice_id = $1 AND episode_id = $2 AND ", goes_on!()))
        .bind(&practice)
        .bind(episode)
        .all()
        .await
}

/// The same of several episodes.
pub async fn measures_of(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Measure>, Error> {
    let practice = read.practice().clone();
    read.query(concat!("SELECT * FROM measure m WHERE practice_id = $1 AND episode_id IN ($each) AND ", goes_on!()))
        .bind(&practice)
        .bind_each(episodes.iter())
        .all()
        .await
}

/// Writes the running summaries. The caller holds the episode's only open submission, so that none is lost.
pub async fn save_measures(tx: &mut Tx, measures: &[Measure]) -> Result<(), Error> {
    if measures.is_empty() {
        return Ok(());
    }
    let practice = tx.practice().clone();
    let rows = measures.iter().map(|m| {
        values![
            &practice,
            &m.episode_id,
            m.instrument.as_str(),
            m.scale.as_str(),
            m.baseline,
            m.baseline_at,
            m.best,
            m.previous,
            m.latest,
            m.latest_at,
            m.n,
            m.sum_x,
            m.sum_xx,
            m.sum_y,
            m.sum_xy,
            m.sum_yy,
            m.lowest,
            m.highest,
            m.baseline_session,
            m.latest_session,
            m.structure,
            m.sessions_before
        ]
    });
    tx.query(
        "INSERT INTO measure (practice_id, episode_id, instrument, scale, baseline, baseline_at, best, previous, latest, latest_at, n, \
         sum_x, sum_xx, sum_y, sum_xy, sum_yy, lowest, highest, baseline_session, latest_session, structure, sessions_before) VALUES $rows \
         ON CONFLICT (practice_id, episode_id, instrument, scale, structure) DO UPDATE SET baseline = excluded.baseline, \
         baseline_at = excluded.baseline_at, best = excluded.best, previous = excluded.previous, latest = excluded.latest, \
         latest_at = excluded.latest_at, n = excluded.n, sum_x = excluded.sum_x, sum_xx = excluded.sum_xx, sum_y = excluded.sum_y, \
         sum_xy = excluded.sum_xy, sum_yy = excluded.sum_yy, lowest = excluded.lowest, highest = excluded.highest, \
         baseline_session = excluded.baseline_session, latest_session = excluded.latest_session",
    )
    .bind_rows(rows.collect::<Vec<_>>())
    .later()
    .await?;
    Ok(())
}

/// Inserts the findings on a response in one statement.
pub async fn insert_signals(tx: &mut Tx, signals: &[Signal]) -> Result<(), Error> {
    if signals.is_empty() {
        return Ok(());
    }
    let practice = tx.practice().clone();
    let rows = signals.iter().map(|s| {
        values![&practice, &s.id, &s.episode_id, s.response_id.as_ref(), s.rule, s.level, Json(&s.inputs), s.raised_at]
    });
    tx.query(
        "INSERT INTO signal (practice_id, id, episode_id, response_id, rule, level, inputs, raised_at) VALUES $rows",
    )
    .bind_rows(rows.collect::<Vec<_>>())
    .later()
    .await?;
    Ok(())
}

/// The findings of an episode, latest first.
pub async fn signals(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Signal>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM signal WHERE practice_id = $1 AND episode_id = $2 ORDER BY raised_at DESC, id DESC")
        .bind(&practice)
        .bind(episode)
        .all()
        .await
}

/// The findings of several episodes, latest first.
pub async fn signals_of(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Signal>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM signal WHERE practice_id = $1 AND episode_id IN ($each) ORDER BY raised_at DESC, id DESC")
        .bind(&practice)
        .bind_each(episodes.iter())
        .all()
        .await
}

/// Puts other running summaries in the place of all of an episode's.
pub async fn replace_measures(tx: &mut Tx, episode: &EpisodeId, measures: &[Measure]) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM measure WHERE practice_id = $1 AND episode_id = $2")
        .bind(&practice)
        .bind(episode)
        .later()
        .await?;
    save_measures(tx, measures).await
}
