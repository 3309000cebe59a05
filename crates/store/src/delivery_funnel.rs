//! How far the check-ins of a period came, counted by the database. A check-in belongs to the period in which it was to
//! be sent; one that was taken back before it went is none. Where they got lost is `leak`'s.

use crate::{Read, Result, record};
use care::Instant;

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
        "WITH each AS (SELECT p.state, p.started_at, p.last_answer_at, e.site_id, \
         COALESCE(p.language, c.language) AS language, \
         (SELECT m.channel FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id AND m.kind IN ('invite', 'new_link') \
         ORDER BY CASE WHEN m.sent_at IS NULL THEN 1 ELSE 0 END, m.sent_at, m.due_at, m.id LIMIT 1) AS channel, \
         (SELECT count(*) FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id AND m.kind = 'reminder' \
         AND m.sent_at IS NOT NULL) AS reminders, \
         CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
         AND m.sent_at IS NOT NULL) THEN 1 ELSE 0 END AS was_sent, \
         CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
         AND (m.state = 'delivered' OR (m.channel = 'email' AND m.state = 'sent'))) THEN 1 ELSE 0 END AS was_delivered \
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
