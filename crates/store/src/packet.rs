//! Check-ins, their links and the browsers that answer them.

use crate::{Error, InstanceScope, InstanceTx, Json, Read, Record, Row, Tx};
use care::message::Channel;
use care::packet::{Asked, Device, Link, LinkPurpose, Packet};
use care::proof::{OnFile, Proof};
use care::{ClientId, DeviceId, EpisodeId, Instant, Language, MessageId, PacketId, Phi, PracticeId, StaffId};

macro_rules! columns {
    () => {
        "id, client_id, episode_id, appointment_id, occasion, slot, asked, state, send_at, sent_at, expires_at, started_at, \
         last_answer_at, completed_at, language"
    };
    (p) => {
        "p.id, p.client_id, p.episode_id, p.appointment_id, p.occasion, p.slot, p.asked, p.state, p.send_at, p.sent_at, \
         p.expires_at, p.started_at, p.last_answer_at, p.completed_at, p.language"
    };
}

impl Record for Packet {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            appointment_id: row.get("appointment_id")?,
            occasion: row.get("occasion")?,
            slot: row.get("slot")?,
            asked: row.get::<Json<Vec<Asked>>>("asked")?.0,
            state: row.get("state")?,
            send_at: row.get("send_at")?,
            sent_at: row.get("sent_at")?,
            expires_at: row.get("expires_at")?,
            started_at: row.get("started_at")?,
            last_answer_at: row.get("last_answer_at")?,
            completed_at: row.get("completed_at")?,
            language: row.get("language")?,
        })
    }
}

/// Inserts a check-in. `false` when its slot is taken: never two for one session.
pub async fn insert(tx: &mut Tx, packet: &Packet) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO packet (practice_id, id, client_id, episode_id, appointment_id, occasion, slot, asked, state, send_at, \
             sent_at, expires_at, started_at, last_answer_at, completed_at, language) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
             ON CONFLICT (practice_id, episode_id, slot) DO NOTHING",
        )
        .bind(&practice)
        .bind(&packet.id)
        .bind(&packet.client_id)
        .bind(&packet.episode_id)
        .bind(packet.appointment_id.as_ref())
        .bind(packet.occasion)
        .bind(packet.slot.as_str())
        .bind(Json(&packet.asked))
        .bind(packet.state)
        .bind(packet.send_at)
        .bind(packet.sent_at)
        .bind(packet.expires_at)
        .bind(packet.started_at)
        .bind(packet.last_answer_at)
        .bind(packet.completed_at)
        .bind(packet.language)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// One check-in.
pub async fn find(read: &mut Read, id: &PacketId) -> Result<Option<Packet>, Error> {
    let practice = read.practice().clone();
    read.query(concat!("SELECT ", columns!(p), " FROM packet p WHERE p.practice_id = $1 AND p.id = $2"))
        .bind(&practice)
        .bind(id)
        .optional()
        .await
}

/// Every check-in of an episode, earliest first.
pub async fn of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<Packet>, Error> {
    let practice = read.practice().clone();
    read.query(concat!(
        "SELECT ",
        columns!(p),
        " FROM packet p WHERE p.practice_id = $1 AND p.episode_id = $2 ORDER BY p.send_at, p.id"
    ))
    .bind(&practice)
    .bind(episode)
    .all()
    .await
}

/// The check-ins of a client's appointments in a span, for the day's list.
pub async fn of_appointments_between(read: &mut Read, from: Instant, until: Instant) -> Result<Vec<Packet>, Error> {
    let practice = read.practice().clone();
    read.query(concat!(
        "SELECT ",
        columns!(p),
        // The day's appointments first, then the check-ins of each: without statistics SQLite would begin with every check-in.
        " FROM appointment a CROSS JOIN packet p \
         WHERE a.practice_id = $1 AND a.starts_at >= $2 AND a.starts_at < $3 \
         AND p.practice_id = a.practice_id AND p.appointment_id = a.id ORDER BY p.send_at, p.id"
    ))
    .bind(&practice)
    .bind(from)
    .bind(until)
    .all()
    .await
}

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

/// A check-in found from outside, with the practice it belongs to.
#[derive(Debug, Clone)]
pub struct Found<T> {
    /// The practice.
    pub practice: PracticeId,
    /// The check-in.
    pub packet: Packet,
    /// What it was found by.
    pub by: T,
}

impl Record for Found<Link> {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            practice: row.get("practice_id")?,
            packet: Packet::read(row)?,
            by: Link {
                packet_id: row.get("id")?,
                purpose: row.get("purpose")?,
                channel: row.get("channel")?,
                revoked_at: row.get("revoked_at")?,
            },
        })
    }
}

impl Record for Found<DeviceId> {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { practice: row.get("practice_id")?, by: row.get("device_id")?, packet: Packet::read(row)? })
    }
}

impl Record for Found<Answerer> {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        let device =
            Device { id: row.get("device_id")?, packet_id: row.get("id")?, started_at: row.get("device_started_at")? };
        Ok(Self {
            practice: row.get("practice_id")?,
            packet: Packet::read(row)?,
            by: Answerer { device, goals: row.get("goals")? },
        })
    }
}

/// The check-in a link opens. Looked up in the whole deployment: a token says nothing of its practice.
pub async fn by_link(instance: &mut impl InstanceScope, token_hash: &str) -> Result<Option<Found<Link>>, Error> {
    instance
        .query(concat!(
            "SELECT p.practice_id, l.purpose, l.channel, l.revoked_at, ",
            columns!(p),
            " FROM link l JOIN packet p ON p.practice_id = l.practice_id AND p.id = l.packet_id WHERE l.token_hash = $1"
        ))
        .bind(token_hash)
        .optional()
        .await
}

/// A browser that pressed Start.
#[derive(Debug, Clone)]
pub struct Answerer {
    /// The browser.
    pub device: Device,
    /// How many of the client's goals its check-in asks about, after the questionnaires.
    pub goals: i64,
}

/// The check-in a browser may answer, by the hash of its cookie.
pub async fn by_device(instance: &mut impl InstanceScope, cookie_hash: &str) -> Result<Option<Found<Answerer>>, Error> {
    instance.query(concat!(
        "SELECT p.practice_id, d.id AS device_id, d.started_at AS device_started_at, \
         (SELECT count(*) FROM packet_goal k WHERE k.practice_id = p.practice_id AND k.packet_id = p.id) AS goals, ",
        columns!(p),
        " FROM device d JOIN packet p ON p.practice_id = d.practice_id AND p.id = d.packet_id WHERE d.cookie_hash = $1"
    ))
    .bind(cookie_hash)
    .optional()
    .await
}

/// A person pressed Start: the check-in is open from now on, in this language.
pub async fn start(tx: &mut Tx, id: &PacketId, language: Language, now: Instant) -> Result<Option<Packet>, Error> {
    let practice = tx.practice().clone();
    tx.query(concat!(
        "UPDATE packet SET state = 'open', started_at = COALESCE(started_at, $3), language = $4 \
         WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open') RETURNING ",
        columns!()
    ))
    .bind(&practice)
    .bind(id)
    .bind(now)
    .bind(language)
    .optional()
    .await
}

/// The person chose another language.
pub async fn set_language(tx: &mut Tx, id: &PacketId, language: Language) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE packet SET language = $3 WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open')")
        .bind(&practice)
        .bind(id)
        .bind(language)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// An answer was given; `None` when the check-in no longer takes any.
pub async fn touch(tx: &mut Tx, id: &PacketId, now: Instant) -> Result<Option<Packet>, Error> {
    let practice = tx.practice().clone();
    tx.query(concat!(
        "UPDATE packet SET last_answer_at = $3 WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open') RETURNING ",
        columns!()
    ))
    .bind(&practice)
    .bind(id)
    .bind(now)
    .optional()
    .await
}

/// Closes the check-in for its one response. `None` when somebody was faster.
pub async fn complete(tx: &mut Tx, id: &PacketId, now: Instant) -> Result<Option<Packet>, Error> {
    let practice = tx.practice().clone();
    tx.query(concat!(
        "UPDATE packet SET state = 'completed', completed_at = $3 \
         WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open') RETURNING ",
        columns!()
    ))
    .bind(&practice)
    .bind(id)
    .bind(now)
    .optional()
    .await
}

/// The same for the browser that submits, known by the hash of its cookie, with the practice its check-in belongs to.
pub async fn complete_by_device(
    tx: &mut InstanceTx,
    cookie_hash: &str,
    now: Instant,
) -> Result<Option<Found<DeviceId>>, Error> {
    InstanceScope::query(
        tx,
        concat!(
            "UPDATE packet SET state = 'completed', completed_at = $2 WHERE state IN ('planned', 'open') \
         AND (practice_id, id) = (SELECT practice_id, packet_id FROM device WHERE cookie_hash = $1) \
         RETURNING practice_id, (SELECT d.id FROM device d WHERE d.cookie_hash = $1) AS device_id, ",
            columns!()
        ),
    )
    .bind(cookie_hash)
    .bind(now)
    .optional()
    .await
}

/// The first message went: the check-in is open and its expiry counts from now.
pub async fn mark_sent(tx: &mut Tx, id: &PacketId, now: Instant, expires_at: Instant) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE packet SET state = CASE state WHEN 'planned' THEN 'open' ELSE state END, sent_at = $3, expires_at = $4 \
         WHERE practice_id = $1 AND id = $2 AND sent_at IS NULL AND state IN ('planned', 'open')",
    )
    .bind(&practice)
    .bind(id)
    .bind(now)
    .bind(expires_at)
    .execute()
    .await?;
    Ok(())
}

/// Moves a check-in that nobody has been told of yet.
pub async fn reschedule(
    tx: &mut Tx,
    id: &PacketId,
    asked: &[Asked],
    send_at: Instant,
    expires_at: Instant,
) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE packet SET asked = $3, send_at = $4, expires_at = $5 \
             WHERE practice_id = $1 AND id = $2 AND state = 'planned' AND started_at IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(Json(asked))
        .bind(send_at)
        .bind(expires_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Brings a withdrawn check-in back with a new time: its appointment is on again.
pub async fn reinstate(
    tx: &mut Tx,
    id: &PacketId,
    asked: &[Asked],
    send_at: Instant,
    expires_at: Instant,
) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE packet SET state = 'planned', asked = $3, send_at = $4, expires_at = $5 \
             WHERE practice_id = $1 AND id = $2 AND state = 'withdrawn' AND started_at IS NULL AND sent_at IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(Json(asked))
        .bind(send_at)
        .bind(expires_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a check-in back. `false` when it is done or ended already.
pub async fn withdraw(tx: &mut Tx, id: &PacketId) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE packet SET state = 'withdrawn' WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open')",
        )
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends a check-in whose time passed. `false` when an answer or the submission was faster.
pub async fn expire(tx: &mut Tx, packet: &Packet) -> Result<bool, Error> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE packet SET state = 'expired' WHERE practice_id = $1 AND id = $2 AND state IN ('planned', 'open') \
             AND last_answer_at IS NOT DISTINCT FROM $3",
        )
        .bind(&practice)
        .bind(&packet.id)
        .bind(packet.last_answer_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Check-ins whose nominal end has passed, in the whole deployment; some may still be active.
pub async fn ending(
    instance: &mut impl InstanceScope,
    before: Instant,
    limit: i64,
) -> Result<Vec<(PracticeId, Packet)>, Error> {
    struct Ending(PracticeId, Packet);
    impl Record for Ending {
        fn read(row: &Row<'_>) -> Result<Self, Error> {
            Ok(Self(row.get("practice_id")?, Packet::read(row)?))
        }
    }
    let rows: Vec<Ending> = instance
        .query(concat!(
            "SELECT p.practice_id, ",
            columns!(p),
            " FROM packet p WHERE p.state IN ('planned', 'open') AND p.expires_at <= $1 ORDER BY p.expires_at, p.id LIMIT $2"
        ))
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|Ending(practice, packet)| (practice, packet)).collect())
}

/// How many check-ins of the episode the client was told of and missed, one after the other, up to now.
pub async fn missed_running(read: &mut Read, episode: &EpisodeId) -> Result<i64, Error> {
    let practice = read.practice().clone();
    read.query(
        "SELECT count(*) FROM packet p WHERE p.practice_id = $1 AND p.episode_id = $2 AND p.state = 'expired' AND p.sent_at IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM packet c WHERE c.practice_id = $1 AND c.episode_id = $2 AND c.state = 'completed' AND c.completed_at > p.send_at)",
    )
    .bind(&practice)
    .bind(episode)
    .scalar()
    .await
}

/// Inserts a link. The token is kept sealed only for as long as its message has not gone.
pub async fn insert_link(
    tx: &mut Tx,
    token: &str,
    link: &Link,
    message: Option<&MessageId>,
    now: Instant,
) -> Result<(), Error> {
    let practice = tx.practice().clone();
    let hash = care::token::hash(token);
    let sealed = message.map(|_| tx.seal("link", "token", &hash, token));
    tx.query(
        "INSERT INTO link (practice_id, token_hash, packet_id, purpose, channel, message_id, token_sealed, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&practice)
    .bind(hash.as_str())
    .bind(&link.packet_id)
    .bind(link.purpose)
    .bind(link.channel)
    .bind(message)
    .bind(sealed)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// The tokens of a message that has not gone yet, by purpose.
pub async fn tokens_of_message(read: &mut Read, message: &MessageId) -> Result<Vec<(LinkPurpose, String)>, Error> {
    let practice = read.practice().clone();
    let rows: Vec<(String, LinkPurpose, Option<Vec<u8>>)> = read
        .query("SELECT token_hash, purpose, token_sealed FROM link WHERE practice_id = $1 AND message_id = $2 AND revoked_at IS NULL")
        .bind(&practice)
        .bind(message)
        .all()
        .await?;
    rows.into_iter()
        .filter_map(|(hash, purpose, sealed)| sealed.map(|sealed| (hash, purpose, sealed)))
        .map(|(hash, purpose, sealed)| Ok((purpose, read.open("link", "token", &hash, &sealed)?)))
        .collect()
}

/// Wipes the sealed tokens of a message that has gone or never will.
pub async fn wipe_tokens(tx: &mut Tx, message: &MessageId) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE link SET token_sealed = NULL WHERE practice_id = $1 AND message_id = $2 AND token_sealed IS NOT NULL",
    )
    .bind(&practice)
    .bind(message)
    .execute()
    .await?;
    Ok(())
}

/// Takes every link of a check-in back.
pub async fn revoke_links(tx: &mut Tx, packet: &PacketId, now: Instant) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("UPDATE link SET revoked_at = $3, token_sealed = NULL WHERE practice_id = $1 AND packet_id = $2 AND revoked_at IS NULL")
        .bind(&practice)
        .bind(packet)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// A browser pressed Start.
pub async fn insert_device(
    tx: &mut Tx,
    device: &Device,
    cookie_hash: &str,
    channel: Option<Channel>,
) -> Result<(), Error> {
    let practice = tx.practice().clone();
    tx.query("INSERT INTO device (practice_id, id, packet_id, cookie_hash, channel, started_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(&practice)
        .bind(&device.id)
        .bind(&device.packet_id)
        .bind(cookie_hash)
        .bind(channel)
        .bind(device.started_at)
        .execute()
        .await?;
    Ok(())
}

/// The browsers that pressed Start on a check-in.
pub async fn devices(read: &mut Read, packet: &PacketId) -> Result<Vec<Device>, Error> {
    let practice = read.practice().clone();
    let rows: Vec<(DeviceId, Instant)> = read
        .query("SELECT id, started_at FROM device WHERE practice_id = $1 AND packet_id = $2 ORDER BY started_at, id")
        .bind(&practice)
        .bind(packet)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id, started_at)| Device { id, packet_id: packet.clone(), started_at }).collect())
}

/// The latest check-in of every open episode of the clients, for lists.
pub async fn latest_completed(read: &mut Read, client: &ClientId) -> Result<Option<Instant>, Error> {
    let practice = read.practice().clone();
    read.query("SELECT max(completed_at) FROM packet WHERE practice_id = $1 AND client_id = $2")
        .bind(&practice)
        .bind(client)
        .scalar()
        .await
}

/// [`missed_running`] for many episodes at once; an episode that missed nothing is left out.
pub async fn missed_running_of(
    read: &mut Read,
    episodes: &[care::EpisodeId],
) -> Result<Vec<(care::EpisodeId, i64)>, Error> {
    let practice = read.practice().clone();
    read.query(
        "SELECT p.episode_id, count(*) FROM packet p WHERE p.practice_id = $1 AND p.state = 'expired' AND p.sent_at IS NOT NULL \
         AND p.episode_id IN ($each) AND NOT EXISTS (SELECT 1 FROM packet c WHERE c.practice_id = $1 AND c.episode_id = p.episode_id \
         AND c.state = 'completed' AND c.completed_at > p.send_at) GROUP BY p.episode_id",
    )
    .bind(&practice)
    .bind_each(episodes)
    .all()
    .await
}
