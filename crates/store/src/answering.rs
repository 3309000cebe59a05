//! Check-ins with how far their answers have come: what pages that stay open look at again and again. One statement each.

use crate::{Read, Record, Result, Row};
use care::packet::Packet;
use care::{AppointmentId, ClientId, Instant, PacketId};

/// A check-in and how many answers to it are saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answering {
    /// The check-in.
    pub packet: Packet,
    /// Saved answers; those left out on purpose count.
    pub answered: i64,
}

impl Record for Answering {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { packet: Packet::read(row)?, answered: row.get("answered")? })
    }
}

/// The check-ins of these appointments.
pub async fn of_appointments(read: &mut Read, appointments: &[AppointmentId]) -> Result<Vec<Answering>> {
    if appointments.is_empty() {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    read.query(
        "SELECT p.*, (SELECT count(*) FROM answer w WHERE w.practice_id = p.practice_id AND w.packet_id = p.id) AS answered \
         FROM packet p WHERE p.practice_id = $1 AND p.appointment_id IN ($each) ORDER BY p.send_at, p.id",
    )
    .bind(&practice)
    .bind_each(appointments)
    .all()
    .await
}

/// What a client has last been at since an instant: the check-in with the latest answer, handed in or not. By way of the client's
/// courses, because check-ins are found by course.
pub async fn of_client(read: &mut Read, client: &ClientId, since: Instant) -> Result<Option<Answering>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT p.*, (SELECT count(*) FROM answer w WHERE w.practice_id = p.practice_id AND w.packet_id = p.id) AS answered \
         FROM episode e CROSS JOIN packet p WHERE e.practice_id = $1 AND e.client_id = $2 \
         AND p.practice_id = e.practice_id AND p.episode_id = e.id AND p.state IN ('planned', 'open', 'completed') \
         AND coalesce(p.completed_at, p.last_answer_at, p.started_at) >= $3 \
         ORDER BY coalesce(p.completed_at, p.last_answer_at, p.started_at) DESC, p.id DESC LIMIT 1",
    )
    .bind(&practice)
    .bind(client)
    .bind(since)
    .optional()
    .await
}

/// The name in the audit of looking on while a check-in is answered.
pub const LOOKED_ON: &str = "view.live";

/// Whether the audit holds already that somebody (an actor as the audit writes it) looked on while this check-in was answered.
pub async fn is_noted(read: &mut Read, actor: &str, client: &ClientId, check_in: &PacketId) -> Result<bool> {
    let practice = read.practice().clone();
    read.query(
        "SELECT EXISTS (SELECT 1 FROM audit WHERE practice_id = $1 AND subject_kind = 'client' AND subject_id = $2 \
         AND actor = $3 AND action = $4 AND detail ->> 'check_in' = $5)",
    )
    .bind(&practice)
    .bind(client)
    .bind(actor)
    .bind(LOOKED_ON)
    .bind(check_in)
    .scalar()
    .await
}
