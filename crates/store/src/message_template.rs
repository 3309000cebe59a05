//! A practice's own words for its messages. A version never changes; at most one per kind, language and channel is current.

use crate::{Read, Result, Tx, record};
use care::Language;
use care::message::Channel;
use care::message_template::{MessageTemplate, TemplateKind};

record! { MessageTemplate { id, kind, language, channel, version, subject, body, created_at, created_by } }

/// The words in force for a message; none where those of the product are.
pub async fn current(
    read: &mut Read,
    kind: TemplateKind,
    language: Language,
    channel: Channel,
) -> Result<Option<MessageTemplate>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, kind, language, channel, version, subject, body, created_at, created_by FROM message_template \
         WHERE practice_id = $1 AND kind = $2 AND language = $3 AND channel = $4 AND state = 'current'",
    )
    .bind(&practice)
    .bind(kind)
    .bind(language)
    .bind(channel)
    .optional()
    .await
}

/// Everything in force.
pub async fn all_current(read: &mut Read) -> Result<Vec<MessageTemplate>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, kind, language, channel, version, subject, body, created_at, created_by FROM message_template \
         WHERE practice_id = $1 AND state = 'current' ORDER BY kind, channel, language",
    )
    .bind(&practice)
    .all()
    .await
}

/// Every version for a message, latest first.
pub async fn versions(
    read: &mut Read,
    kind: TemplateKind,
    language: Language,
    channel: Channel,
) -> Result<Vec<MessageTemplate>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, kind, language, channel, version, subject, body, created_at, created_by FROM message_template \
         WHERE practice_id = $1 AND kind = $2 AND language = $3 AND channel = $4 ORDER BY version DESC",
    )
    .bind(&practice)
    .bind(kind)
    .bind(language)
    .bind(channel)
    .all()
    .await
}

/// Takes the words in force out of force. `false` when there were none.
pub async fn retire(tx: &mut Tx, kind: TemplateKind, language: Language, channel: Channel) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE message_template SET state = 'retired' \
             WHERE practice_id = $1 AND kind = $2 AND language = $3 AND channel = $4 AND state = 'current'",
        )
        .bind(&practice)
        .bind(kind)
        .bind(language)
        .bind(channel)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Puts a version in force. `false` when somebody was faster with this number.
pub async fn insert(tx: &mut Tx, template: &MessageTemplate) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO message_template (practice_id, id, kind, language, channel, version, subject, body, state, created_at, \
             created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'current', $9, $10) \
             ON CONFLICT (practice_id, kind, language, channel, version) DO NOTHING",
        )
        .bind(&practice)
        .bind(&template.id)
        .bind(template.kind)
        .bind(template.language)
        .bind(template.channel)
        .bind(template.version)
        .bind(template.subject.as_deref())
        .bind(template.body.as_str())
        .bind(template.created_at)
        .bind(&template.created_by)
        .execute()
        .await?;
    Ok(rows == 1)
}
