//! How far the check-ins of a period came, counted by the database, and where they leaked. A check-in belongs to the period
//! in which it was to be sent; one that was taken back before it went is none.

use crate::{Read, Result, record};
use care::{ClientId, Instant, PacketId, SiteId};

/// How far the check-ins of one group came. A check-in handed over in person is completed without having been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stages {
    /// The group: a channel, a site's id, a language, or the number of reminders; none where it has none.
    pub group_key: Option<String>,
    /// Planned for the period.
    pub planned: i64,
    /// Taken by the provider of texts or the mail server.
    pub sent: i64,
    /// Texts: reported as delivered. Mails: taken and not refused, since mail servers report no more than that.
    pub delivered: i64,
    /// *Start* was pressed.
    pub opened: i64,
    /// Something was answered.
    pub started: i64,
    /// Handed in.
    pub completed: i64,
}

record! { Stages { group_key, planned, sent, delivered, opened, started, completed } }

/// By what check-ins are put into groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The channel of the first message that went, or is to.
    Channel,
    /// The site of the episode.
    Site,
    /// The language it was begun in, else the client's.
    Language,
    /// How many reminders went out.
    Reminder,
}

/// Each check-in of the period with what happened to it.
macro_rules! each {
    () => {
        "WITH each AS (SELECT p.id, p.client_id, p.state, p.started_at, p.last_answer_at, p.send_at, e.site_id, \
         COALESCE(p.language, c.language) AS language, \
         (SELECT m.channel FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id AND m.kind IN ('invite', 'new_link') \
         ORDER BY CASE WHEN m.sent_at IS NULL THEN 1 ELSE 0 END, m.sent_at, m.due_at, m.id LIMIT 1) AS channel, \
         (SELECT count(*) FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id AND m.kind = 'reminder' \
         AND m.sent_at IS NOT NULL) AS reminders, \
         CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
         AND m.sent_at IS NOT NULL) THEN 1 ELSE 0 END AS was_sent, \
         CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
         AND (m.state = 'delivered' OR (m.channel = 'email' AND m.state = 'sent'))) THEN 1 ELSE 0 END AS was_delivered, \
         CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
         AND m.kind = 'invite') THEN 1 ELSE 0 END AS has_message, \
         CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
         AND (m.state IN ('planned', 'sending') OR (m.channel = 'sms' AND m.state = 'sent'))) THEN 1 ELSE 0 END AS under_way \
         FROM packet p JOIN episode e ON e.practice_id = p.practice_id AND e.id = p.episode_id \
         JOIN client c ON c.practice_id = p.practice_id AND c.id = p.client_id \
         WHERE p.practice_id = $1 AND p.send_at >= $2 AND p.send_at < $3 AND NOT (p.state = 'withdrawn' AND p.sent_at IS NULL))"
    };
}

macro_rules! stages {
    ($group:literal) => {
        concat!(
            each!(),
            " SELECT ",
            $group,
            " AS group_key, count(*) AS planned, CAST(sum(was_sent) AS BIGINT) AS sent, \
             CAST(sum(was_delivered) AS BIGINT) AS delivered, count(started_at) AS opened, count(last_answer_at) AS started, \
             CAST(sum(CASE WHEN state = 'completed' THEN 1 ELSE 0 END) AS BIGINT) AS completed FROM each GROUP BY 1 ORDER BY 1 NULLS LAST"
        )
    };
}

/// How far the check-ins of a period (its end not counted) came, by group.
pub async fn stages(read: &mut Read, by: By, from: Instant, until: Instant) -> Result<Vec<Stages>> {
    let practice = read.practice().clone();
    let statement = match by {
        By::Channel => stages!("channel"),
        By::Site => stages!("site_id"),
        By::Language => stages!("language"),
        By::Reminder => stages!("CAST(reminders AS TEXT)"),
    };
    read.query(statement).bind(&practice).bind(from).bind(until).all().await
}

/// A check-in that did not come through, and where it stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaked {
    /// The check-in.
    pub id: PacketId,
    /// Whose it is.
    pub client_id: ClientId,
    /// At which site.
    pub site_id: SiteId,
    /// When it was to be sent.
    pub send_at: Instant,
    /// `undelivered`, `unopened` or `incomplete`.
    pub leak: String,
}

record! { Leaked { id, client_id, site_id, send_at, leak } }

/// The check-ins of a period that did not come through by now: those whose messages all came to nothing, those nobody
/// opened, and those begun and not handed in. The latest first.
pub async fn leaks(read: &mut Read, from: Instant, until: Instant, limit: i64) -> Result<Vec<Leaked>> {
    let practice = read.practice().clone();
    read.query(concat!(
        each!(),
        ", stopped AS (SELECT id, client_id, site_id, send_at, CASE WHEN state IN ('completed', 'withdrawn') THEN NULL \
         WHEN last_answer_at IS NOT NULL OR started_at IS NOT NULL THEN 'incomplete' \
         WHEN has_message = 1 AND was_delivered = 0 AND under_way = 0 THEN 'undelivered' \
         WHEN was_sent = 1 THEN 'unopened' END AS leak FROM each) \
         SELECT id, client_id, site_id, send_at, leak FROM stopped WHERE leak IS NOT NULL ORDER BY send_at DESC, id LIMIT $4"
    ))
    .bind(&practice)
    .bind(from)
    .bind(until)
    .bind(limit)
    .all()
    .await
}
