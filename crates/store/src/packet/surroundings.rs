//! What stands around a check-in: who reads it, when the next session is, what was answered already.

use crate::{Error, Read};
use care::packet::Packet;
use care::proof::{OnFile, Proof};
use care::{Instant, Language, Phi, StaffId};

/// What the first page of a check-in says besides the check-in itself.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The name of the clinician who will read the answers.
    pub reader: Option<Phi<String>>,
    /// The client's language.
    pub language: Option<Language>,
    /// Start of the next session.
    pub next_session: Option<Instant>,
    /// The instruments and items that were answered so far.
    pub answered: Vec<(String, String)>,
    /// What the client can be asked to show before it opens.
    pub on_file: OnFile,
    /// How many of the client's goals are still to be asked about.
    pub goals: i64,
}

struct Around {
    staff: Option<StaffId>,
    name: Option<Vec<u8>>,
    language: Option<Language>,
    next_session: Option<Instant>,
    instrument: Option<String>,
    item: Option<String>,
    chosen: Option<Proof>,
    has_birth_date: i64,
    has_pin: i64,
    goals: i64,
}

crate::record! { Around { staff, name, language, next_session, instrument, item, chosen, has_birth_date, has_pin, goals } }

/// Reads it in one statement: one row for each answer, or one without.
pub async fn surroundings(read: &mut Read, packet: &Packet, now: Instant) -> Result<Surroundings, Error> {
    let practice = read.practice().clone();
    let rows: Vec<Around> = read
        .query(
            "SELECT s.id AS staff, s.name_sealed AS name, c.language AS language, w.instrument AS instrument, w.item AS item, \
             (SELECT min(t.starts_at) FROM appointment t WHERE t.practice_id = p.practice_id AND t.episode_id = p.episode_id \
             AND t.state = 'scheduled' AND t.starts_at >= $3) AS next_session, f.chosen AS chosen, \
             CAST(CASE WHEN c.birth_date_sealed IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_birth_date, \
             CAST(CASE WHEN f.pin_index IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_pin, \
             CASE WHEN p.started_at IS NOT NULL THEN \
              (SELECT count(*) FROM packet_goal k WHERE k.practice_id = p.practice_id AND k.packet_id = p.id AND k.answered_at IS NULL) \
             WHEN c.recipient = 'client' THEN \
              (SELECT count(*) FROM goal g WHERE g.practice_id = p.practice_id AND g.episode_id = p.episode_id AND g.state = 'active') \
             ELSE 0 END AS goals \
             FROM packet p \
             LEFT JOIN client c ON c.practice_id = p.practice_id AND c.id = p.client_id \
             LEFT JOIN client_proof f ON f.practice_id = p.practice_id AND f.client_id = p.client_id \
             LEFT JOIN assignment a ON a.practice_id = p.practice_id AND a.episode_id = p.episode_id AND a.ends_at IS NULL \
             LEFT JOIN staff s ON s.practice_id = a.practice_id AND s.id = a.clinician_id \
             LEFT JOIN answer w ON w.practice_id = p.practice_id AND w.packet_id = p.id \
             WHERE p.practice_id = $1 AND p.id = $2",
        )
        .bind(&practice)
        .bind(&packet.id)
        .bind(now)
        .all()
        .await?;
    let reader = match rows.first() {
        Some(Around { staff: Some(staff), name: Some(name), .. }) => {
            Some(Phi::new(read.open("staff", "name", staff.as_str(), name)?))
        }
        _ => None,
    };
    Ok(Surroundings {
        reader,
        language: rows.first().and_then(|row| row.language),
        next_session: rows.first().and_then(|row| row.next_session),
        on_file: rows.first().map_or(OnFile::default(), |row| OnFile {
            chosen: row.chosen,
            has_birth_date: row.has_birth_date == 1,
            has_pin: row.has_pin == 1,
        }),
        goals: rows.first().filter(|_| packet.occasion.asks_about_goals()).map_or(0, |row| row.goals),
        answered: rows.into_iter().filter_map(|row| Some((row.instrument?, row.item?))).collect(),
    })
}
