//! The way back of a merge: each row that was moved, and what has grown on those rows since.

use super::{about_clients, set, text};
use crate::transfer::{Catalog, quoted};
use crate::value::Value;
use crate::{Json, Result, Tx};
use care::merge::{Joined, Merge};
use care::{EpisodeId, PacketId};
use serde_json::{Map, Value as Document};

type Noted = (String, String, Json<Map<String, Document>>, Json<Map<String, Document>>);

/// Gives every row that a merge moved back to the record it was of, with the answers and cases that came to it since, and
/// deletes what the merge added. Gives the check-ins that had gone from one course of therapy to the other and went back.
/// The running summaries of both courses and the check-ins to plan are the caller's.
pub async fn put_back(tx: &mut Tx, merge: &Merge) -> Result<Vec<PacketId>> {
    let practice = tx.practice().clone();
    let noted: Vec<Noted> = tx
        .query(
            "SELECT what, table_name, row_key, before FROM client_merge_row WHERE practice_id = $1 AND merge_id = $2 \
             ORDER BY seq DESC",
        )
        .bind(&practice)
        .bind(&merge.id)
        .all()
        .await?;
    let mut episodes: Vec<EpisodeId> = Vec::new();
    let mut packets: Vec<PacketId> = Vec::new();
    let mut sessions: Vec<String> = Vec::new();
    for (what, table, Json(key), Json(before)) in noted {
        let id = key.get("id").and_then(Document::as_str).unwrap_or_default().to_owned();
        if what == "added" {
            tx.query("DELETE FROM consent WHERE practice_id = $1 AND id = $2")
                .bind(&practice)
                .bind(id)
                .execute()
                .await?;
            continue;
        }
        let columns: Vec<(&str, Option<&str>)> =
            before.iter().map(|(column, value)| (column.as_str(), value.as_str())).collect();
        set(tx, &table, &key, &columns).await?;
        let changed_course = before.contains_key("episode_id");
        match (table.as_str(), changed_course) {
            ("episode", _) => episodes.push(EpisodeId::from_text(id)),
            ("packet", true) => packets.push(PacketId::from_text(id)),
            ("appointment", true) => sessions.push(id),
            _ => {}
        }
    }
    if let Some(joined) = &merge.joined {
        reopen(tx, joined).await?;
        packets.extend(packets_since(tx, joined, &sessions).await?);
        follow_packets(tx, joined, &packets).await?;
    }
    follow_episodes(tx, merge, &episodes).await?;
    Ok(packets)
}

async fn reopen(tx: &mut Tx, joined: &Joined) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE episode SET state = 'open', discharged_at = NULL, discharge_reason = NULL \
         WHERE practice_id = $1 AND id = $2 AND state = 'discharged'",
    )
    .bind(&practice)
    .bind(&joined.ended)
    .execute()
    .await?;
    if let Some(assignment) = &joined.assignment {
        tx.query("UPDATE assignment SET ends_at = NULL WHERE practice_id = $1 AND id = $2")
            .bind(&practice)
            .bind(assignment)
            .execute()
            .await?;
    }
    Ok(())
}

/// Check-ins that were planned for the moved sessions since: they go with the session.
async fn packets_since(tx: &mut Tx, joined: &Joined, sessions: &[String]) -> Result<Vec<PacketId>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE packet SET episode_id = $3 WHERE practice_id = $1 AND episode_id = $2 AND state <> 'withdrawn' \
         AND NOT EXISTS (SELECT 1 FROM packet o WHERE o.practice_id = packet.practice_id AND o.episode_id = $3 \
         AND o.slot = packet.slot) AND appointment_id IN ($each) RETURNING id",
    )
    .bind(&practice)
    .bind(&joined.into)
    .bind(&joined.ended)
    .bind_each(sessions.iter().map(String::as_str))
    .scalars()
    .await
}

/// Answers, scores and signals of check-ins go to the course of therapy the check-in is of.
async fn follow_packets(tx: &mut Tx, joined: &Joined, packets: &[PacketId]) -> Result<()> {
    let practice = tx.practice().clone();
    for batch in packets.chunks(200) {
        let responses: Vec<String> = tx
            .query("UPDATE response SET episode_id = $2 WHERE practice_id = $1 AND packet_id IN ($each) RETURNING id")
            .bind(&practice)
            .bind(&joined.ended)
            .bind_each(batch)
            .scalars()
            .await?;
        for sql in [
            "UPDATE score SET episode_id = $2 WHERE practice_id = $1 AND response_id IN ($each)",
            "UPDATE signal SET episode_id = $2 WHERE practice_id = $1 AND response_id IN ($each)",
        ] {
            tx.query(sql)
                .bind(&practice)
                .bind(&joined.ended)
                .bind_each(responses.iter().map(String::as_str))
                .execute()
                .await?;
        }
    }
    Ok(())
}

/// What was written about the moved courses of therapy since the merge, under whichever table.
async fn follow_episodes(tx: &mut Tx, merge: &Merge, episodes: &[EpisodeId]) -> Result<()> {
    let practice = tx.practice().clone();
    let catalog = Catalog::read(tx).await?;
    for table in about_clients(&catalog) {
        // A message that was sent since went to the kept record's address; those to come follow their check-in.
        let by = if table.name == "message" {
            "state = 'planned' AND packet_id IN (SELECT p.id FROM packet p WHERE p.practice_id = $1 AND p.episode_id = $4)"
        } else if table.kind("episode_id").is_some() {
            "episode_id = $4"
        } else {
            continue;
        };
        let sql = format!(
            "UPDATE {} SET client_id = $3 WHERE practice_id = $1 AND client_id = $2 AND {by}",
            quoted(&table.name)
        );
        for episode in episodes {
            let values: Vec<Value> = vec![
                text(&practice.as_str()),
                text(&merge.kept_id.as_str()),
                text(&merge.gone_id.as_str()),
                text(&episode.as_str()),
            ];
            tx.query_numbered(sql.clone(), values).execute().await?;
        }
    }
    Ok(())
}
