//! Taking back what a run made. Each statement looks first whether somebody has gone on with the thing, and then leaves it
//! as it is: `false`.

use crate::{Result, Tx};
use care::appointment::Appointment;
use care::{AppointmentId, ClientId, ConsentId, EpisodeId};

/// Deletes a client whom nothing else has come to rest on.
pub async fn delete_client(tx: &mut Tx, id: &ClientId) -> Result<bool> {
    let practice = tx.practice().clone();
    let is_free: Option<i64> = tx
        .query(
            "SELECT revision FROM client WHERE practice_id = $1 AND id = $2 AND revision = 1 \
             AND NOT EXISTS (SELECT 1 FROM episode WHERE practice_id = $1 AND client_id = $2) \
             AND NOT EXISTS (SELECT 1 FROM consent WHERE practice_id = $1 AND client_id = $2) \
             AND NOT EXISTS (SELECT 1 FROM message WHERE practice_id = $1 AND client_id = $2)",
        )
        .bind(&practice)
        .bind(id)
        .scalar_optional()
        .await?;
    if is_free.is_none() {
        return Ok(false);
    }
    tx.query("DELETE FROM task WHERE practice_id = $1 AND client_id = $2").bind(&practice).bind(id).execute().await?;
    let rows =
        tx.query("DELETE FROM client WHERE practice_id = $1 AND id = $2").bind(&practice).bind(id).execute().await?;
    Ok(rows == 1)
}

/// Deletes a consent decision that came from a file.
pub async fn delete_consent(tx: &mut Tx, id: &ConsentId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("DELETE FROM consent WHERE practice_id = $1 AND id = $2 AND source = 'import'")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Whether none of the check-ins of an episode, or of one of its appointments, has left the house.
async fn is_untouched(tx: &mut Tx, episode: Option<&EpisodeId>, appointment: Option<&AppointmentId>) -> Result<bool> {
    let practice = tx.practice().clone();
    let touched: i64 = tx
        .query(
            "SELECT count(*) FROM packet p WHERE p.practice_id = $1 AND ($2 IS NULL OR p.episode_id = $2) \
             AND ($3 IS NULL OR p.appointment_id = $3) AND (p.state NOT IN ('planned', 'withdrawn') \
             OR EXISTS (SELECT 1 FROM link l WHERE l.practice_id = p.practice_id AND l.packet_id = p.id) \
             OR EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
             AND m.state NOT IN ('planned', 'cancelled')))",
        )
        .bind(&practice)
        .bind(episode)
        .bind(appointment)
        .scalar()
        .await?;
    Ok(touched == 0)
}

/// Deletes an appointment that is as it was made and whose check-ins have not left the house.
pub async fn delete_appointment(tx: &mut Tx, id: &AppointmentId) -> Result<bool> {
    if !is_untouched(tx, None, Some(id)).await? {
        return Ok(false);
    }
    let practice = tx.practice().clone();
    let rows = tx
        .query("DELETE FROM appointment WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Gives an appointment back the time and state it had.
pub async fn restore_appointment(tx: &mut Tx, before: &Appointment) -> Result<bool> {
    if !is_untouched(tx, None, Some(&before.id)).await? {
        return Ok(false);
    }
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE appointment SET starts_at = $3, ends_at = $4, state = $5, clinician_id = $6, site_id = $7 \
             WHERE practice_id = $1 AND id = $2",
        )
        .bind(&practice)
        .bind(&before.id)
        .bind(before.starts_at)
        .bind(before.ends_at)
        .bind(before.state)
        .bind(&before.clinician_id)
        .bind(&before.site_id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Deletes an episode that holds nothing but planned check-ins and whom it is assigned to.
pub async fn delete_episode(tx: &mut Tx, id: &EpisodeId) -> Result<bool> {
    if !is_untouched(tx, Some(id), None).await? {
        return Ok(false);
    }
    let practice = tx.practice().clone();
    let held: i64 = tx
        .query(
            "SELECT (SELECT count(*) FROM appointment WHERE practice_id = $1 AND episode_id = $2) \
             + (SELECT count(*) FROM care_case WHERE practice_id = $1 AND episode_id = $2) \
             + (SELECT count(*) FROM signal WHERE practice_id = $1 AND episode_id = $2) \
             + (SELECT count(*) FROM response WHERE practice_id = $1 AND episode_id = $2)",
        )
        .bind(&practice)
        .bind(id)
        .scalar()
        .await?;
    if held > 0 {
        return Ok(false);
    }
    for sql in [
        "DELETE FROM message WHERE practice_id = $1 AND packet_id IN (SELECT id FROM packet WHERE practice_id = $1 AND episode_id = $2)",
        "DELETE FROM packet WHERE practice_id = $1 AND episode_id = $2",
        "DELETE FROM assignment WHERE practice_id = $1 AND episode_id = $2",
    ] {
        tx.query(sql).bind(&practice).bind(id).execute().await?;
    }
    let rows =
        tx.query("DELETE FROM episode WHERE practice_id = $1 AND id = $2").bind(&practice).bind(id).execute().await?;
    Ok(rows == 1)
}
