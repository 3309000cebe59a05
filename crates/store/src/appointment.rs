//! Appointments, from the practice's calendar or made here. What an appointment that moves or falls through does to its
//! check-ins is decided by whoever changed it: every change hands back what was before.

use crate::{BATCH, Error, Read, Result, Tx, record, values};
use care::appointment::{Appointment, AppointmentState};
use care::{AppointmentId, ClientId, EpisodeId, Instant, SiteId, StaffId};

record! { Appointment { id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state } }

/// What an import did to one appointment. `after` has the id of the row that was there, not the proposed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upserted {
    /// It was not known.
    Created(Appointment),
    /// Its time is another; anything else may be too.
    Moved {
        /// As it was.
        before: Appointment,
        /// As it is.
        after: Appointment,
    },
    /// Its time is the same and something else is not.
    Changed {
        /// As it was.
        before: Appointment,
        /// As it is.
        after: Appointment,
    },
    /// It was known exactly so.
    Unchanged(Appointment),
}

/// Inserts an appointment made here, without an id of another calendar.
pub async fn insert(tx: &mut Tx, appointment: &Appointment) -> Result<()> {
    insert_row(tx, appointment, None).await?;
    Ok(())
}

/// Inserts many appointments made here in few statements.
pub async fn insert_many(tx: &mut Tx, appointments: &[Appointment]) -> Result<()> {
    let practice = tx.practice().clone();
    for batch in appointments.chunks(BATCH) {
        tx.query(
            "INSERT INTO appointment (practice_id, id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, \
             state) VALUES $rows",
        )
        .bind_rows(batch.iter().map(|one| {
            values![
                &practice,
                &one.id,
                &one.client_id,
                &one.episode_id,
                &one.clinician_id,
                &one.site_id,
                one.starts_at,
                one.ends_at,
                one.state,
            ]
        }))
        .execute()
        .await?;
    }
    Ok(())
}

/// The sessions of an episode that took place or are to, with their starts, earliest first.
pub async fn sessions_of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<(AppointmentId, Instant)>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, starts_at FROM appointment WHERE practice_id = $1 AND episode_id = $2 AND state IN ('scheduled', 'attended') \
         ORDER BY starts_at, id",
    )
    .bind(&practice)
    .bind(episode)
    .all()
    .await
}

/// Takes over an appointment of the practice's calendar, found again by its id there. Every field is taken as given, the
/// state too: whoever must not lose a recorded attendance looks [`by_external`] first. [`Error::Conflict`] when somebody
/// else changed it at the same time.
pub async fn upsert(tx: &mut Tx, external: &str, appointment: &Appointment) -> Result<Upserted> {
    let index = external_index(tx, external);
    if insert_row(tx, appointment, Some(&index)).await? == 1 {
        return Ok(Upserted::Created(appointment.clone()));
    }
    let before = by_external(tx, external).await?.ok_or(Error::Conflict)?;
    let after = Appointment { id: before.id.clone(), ..appointment.clone() };
    if after == before {
        return Ok(Upserted::Unchanged(after));
    }
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE appointment SET client_id = $3, episode_id = $4, clinician_id = $5, site_id = $6, starts_at = $7, \
             ends_at = $8, state = $9 WHERE practice_id = $1 AND id = $2 AND starts_at = $10 AND ends_at = $11 AND state = $12",
        )
        .bind(&practice)
        .bind(&after.id)
        .bind(&after.client_id)
        .bind(&after.episode_id)
        .bind(&after.clinician_id)
        .bind(&after.site_id)
        .bind(after.starts_at)
        .bind(after.ends_at)
        .bind(after.state)
        .bind(before.starts_at)
        .bind(before.ends_at)
        .bind(before.state)
        .execute()
        .await?;
    if rows == 0 {
        return Err(Error::Conflict);
    }
    if (before.starts_at, before.ends_at) == (after.starts_at, after.ends_at) {
        Ok(Upserted::Changed { before, after })
    } else {
        Ok(Upserted::Moved { before, after })
    }
}

/// One appointment.
pub async fn find(read: &mut Read, id: &AppointmentId) -> Result<Option<Appointment>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM appointment \
         WHERE practice_id = $1 AND id = $2",
    )
    .bind(&practice)
    .bind(id)
    .optional()
    .await
}

/// The appointment with this id in the practice's calendar.
pub async fn by_external(read: &mut Read, external: &str) -> Result<Option<Appointment>> {
    let practice = read.practice().clone();
    let index = external_index(read, external);
    read.query(
        "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM appointment \
         WHERE practice_id = $1 AND external_index = $2",
    )
    .bind(&practice)
    .bind(index)
    .optional()
    .await
}

/// Moves an appointment on from one state to another. `None` when it is not in the first.
pub async fn set_state(
    tx: &mut Tx,
    id: &AppointmentId,
    from: AppointmentState,
    to: AppointmentState,
) -> Result<Option<Appointment>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE appointment SET state = $4 WHERE practice_id = $1 AND id = $2 AND state = $3 \
         RETURNING id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state",
    )
    .bind(&practice)
    .bind(id)
    .bind(from)
    .bind(to)
    .optional()
    .await
}

/// Gives an appointment to come another time. `None` when it no longer starts at `from` or is not to come any more.
pub async fn reschedule(
    tx: &mut Tx,
    id: &AppointmentId,
    from: Instant,
    starts_at: Instant,
    ends_at: Instant,
) -> Result<Option<Appointment>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE appointment SET starts_at = $4, ends_at = $5 \
         WHERE practice_id = $1 AND id = $2 AND starts_at = $3 AND state = 'scheduled' \
         RETURNING id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state",
    )
    .bind(&practice)
    .bind(id)
    .bind(from)
    .bind(starts_at)
    .bind(ends_at)
    .optional()
    .await
}

/// Every appointment of an episode, earliest first.
pub async fn of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Appointment>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM appointment \
         WHERE practice_id = $1 AND episode_id = $2 ORDER BY starts_at, id",
    )
    .bind(&practice)
    .bind(episode)
    .all()
    .await
}

/// Every appointment of these episodes, earliest first.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Appointment>> {
    let practice = read.practice().clone();
    let mut found = Vec::new();
    for batch in episodes.chunks(BATCH) {
        let rows: Vec<Appointment> = read
            .query(
                "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM appointment \
                 WHERE practice_id = $1 AND episode_id IN ($each)",
            )
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        found.extend(rows);
    }
    found.sort_by(|a, b| (a.starts_at, &a.id).cmp(&(b.starts_at, &b.id)));
    Ok(found)
}

/// Every appointment of a client, of any episode, earliest first.
pub async fn of_client(read: &mut Read, client: &ClientId) -> Result<Vec<Appointment>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM appointment \
         WHERE practice_id = $1 AND client_id = $2 ORDER BY starts_at, id",
    )
    .bind(&practice)
    .bind(client)
    .all()
    .await
}

/// The appointments of these people that start in the span (its end not counted), earliest first.
pub async fn of_clinicians(
    read: &mut Read,
    clinicians: &[StaffId],
    from: Instant,
    until: Instant,
) -> Result<Vec<Appointment>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM appointment \
         WHERE practice_id = $1 AND starts_at >= $2 AND starts_at < $3 AND clinician_id IN ($each) ORDER BY starts_at, id",
    )
    .bind(&practice)
    .bind(from)
    .bind(until)
    .bind_each(clinicians)
    .all()
    .await
}

/// The appointments at these sites that start in the span (its end not counted), earliest first.
pub async fn of_sites(read: &mut Read, sites: &[SiteId], from: Instant, until: Instant) -> Result<Vec<Appointment>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM appointment \
         WHERE practice_id = $1 AND starts_at >= $2 AND starts_at < $3 AND site_id IN ($each) ORDER BY starts_at, id",
    )
    .bind(&practice)
    .bind(from)
    .bind(until)
    .bind_each(sites)
    .all()
    .await
}

/// The next appointment to come of each episode: the earliest still scheduled that starts at the instant or later.
pub async fn next_of(read: &mut Read, episodes: &[EpisodeId], now: Instant) -> Result<Vec<Appointment>> {
    let practice = read.practice().clone();
    let mut next = Vec::new();
    for batch in episodes.chunks(BATCH) {
        let rows: Vec<Appointment> = read
            .query(
                "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM \
                 (SELECT p.*, row_number() OVER (PARTITION BY episode_id ORDER BY starts_at, id) AS place FROM appointment p \
                 WHERE practice_id = $1 AND state = 'scheduled' AND starts_at >= $2 AND episode_id IN ($each)) AS ahead \
                 WHERE place = 1 ORDER BY episode_id",
            )
            .bind(&practice)
            .bind(now)
            .bind_each(batch)
            .all()
            .await?;
        next.extend(rows);
    }
    Ok(next)
}

/// The last session of each episode: the latest that was not cancelled or missed and started before the instant.
pub async fn last_of(read: &mut Read, episodes: &[EpisodeId], now: Instant) -> Result<Vec<Appointment>> {
    let practice = read.practice().clone();
    let mut last = Vec::new();
    for batch in episodes.chunks(BATCH) {
        let rows: Vec<Appointment> = read
            .query(
                "SELECT id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state FROM \
                 (SELECT p.*, row_number() OVER (PARTITION BY episode_id ORDER BY starts_at DESC, id DESC) AS place \
                 FROM appointment p WHERE practice_id = $1 AND state IN ('scheduled', 'attended') AND starts_at < $2 \
                 AND episode_id IN ($each)) AS behind WHERE place = 1 ORDER BY episode_id",
            )
            .bind(&practice)
            .bind(now)
            .bind_each(batch)
            .all()
            .await?;
        last.extend(rows);
    }
    Ok(last)
}

/// How many sessions of the episode started at the instant or before: scheduled and attended ones, since a session is
/// often marked attended only days later.
pub async fn count_sessions_until(read: &mut Read, episode: &EpisodeId, until: Instant) -> Result<i64> {
    let practice = read.practice().clone();
    read.query(
        "SELECT count(*) FROM appointment \
         WHERE practice_id = $1 AND episode_id = $2 AND state IN ('scheduled', 'attended') AND starts_at <= $3",
    )
    .bind(&practice)
    .bind(episode)
    .bind(until)
    .scalar()
    .await
}

/// The index of an id in the practice's calendar. It has to match exactly but for surrounding blanks.
fn external_index(read: &Read, external: &str) -> String {
    read.blind_index("external", external.trim())
}

async fn insert_row(tx: &mut Tx, appointment: &Appointment, external_index: Option<&String>) -> Result<u64> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO appointment (practice_id, id, client_id, episode_id, clinician_id, site_id, external_index, starts_at, \
         ends_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (practice_id, external_index) WHERE external_index IS NOT NULL DO NOTHING",
    )
    .bind(&practice)
    .bind(&appointment.id)
    .bind(&appointment.client_id)
    .bind(&appointment.episode_id)
    .bind(&appointment.clinician_id)
    .bind(&appointment.site_id)
    .bind(external_index)
    .bind(appointment.starts_at)
    .bind(appointment.ends_at)
    .bind(appointment.state)
    .execute()
    .await
}

/// [`count_sessions_until`] for many episodes at once; an episode without a session is left out.
pub async fn sessions_of(read: &mut Read, episodes: &[EpisodeId], until: Instant) -> Result<Vec<(EpisodeId, i64)>> {
    let practice = read.practice().clone();
    let mut counts = Vec::new();
    for batch in episodes.chunks(BATCH) {
        let rows: Vec<(EpisodeId, i64)> = read
            .query(
                "SELECT episode_id, count(*) FROM appointment WHERE practice_id = $1 AND state IN ('scheduled', 'attended') \
                 AND starts_at <= $2 AND episode_id IN ($each) GROUP BY episode_id",
            )
            .bind(&practice)
            .bind(until)
            .bind_each(batch)
            .all()
            .await?;
        counts.extend(rows);
    }
    Ok(counts)
}
