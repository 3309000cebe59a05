//! What others say about a client: who they are, what they answered, the links they were given. Names and contacts are sealed.

use crate::{InstanceScope, Json, Read, Record, Result, Row, Tx};
use care::rater::{By, Collateral, RaterForm, RaterLink, RaterRequest, Relation};
use care::{ClientId, CollateralId, EpisodeId, Instant, Phi, PracticeId, RaterRequestId, StaffId};

struct Sealed(Collateral, Vec<u8>, Option<Vec<u8>>);

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let person = Collateral {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            name: Phi::new(String::new()),
            contact: None,
            relation: row.get("relation")?,
            language: row.get("language")?,
            agreed_at: row.get("agreed_at")?,
            agreed_with: row.get("agreed_with")?,
            ended_at: row.get("ended_at")?,
        };
        Ok(Self(person, row.get("name_sealed")?, row.get("contact_sealed")?))
    }
}

impl Record for RaterForm {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            by: row.get::<Option<CollateralId>>("collateral_id")?.map_or(By::Clinician, By::Collateral),
            entered_by: row.get("entered_by")?,
            instrument: row.get("instrument")?,
            version: row.get("version")?,
            answers: row.get::<Json<_>>("answers")?.0,
            session: row.get("session")?,
            rated_at: row.get("rated_at")?,
        })
    }
}

impl Record for RaterRequest {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            by: row.get::<Option<CollateralId>>("collateral_id")?.map_or(By::Clinician, By::Collateral),
            instrument: row.get("instrument")?,
            slot: row.get("slot")?,
            occasion: row.get("occasion")?,
            appointment_id: row.get("appointment_id")?,
            state: row.get("state")?,
            due_at: row.get("due_at")?,
            ends_at: row.get("ends_at")?,
        })
    }
}

impl Record for RaterLink {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            collateral_id: row.get("collateral_id")?,
            instrument: row.get("instrument")?,
            version: row.get("version")?,
            expires_at: row.get("expires_at")?,
            used_at: row.get("used_at")?,
        })
    }
}

fn opened(read: &Read, Sealed(person, name, contact): Sealed) -> Result<Collateral> {
    let id = person.id.as_str().to_owned();
    let name = Phi::new(read.open("collateral", "name", &id, &name)?);
    let contact = read.open_optional("collateral", "contact", &id, contact.as_deref())?.map(Phi::new);
    Ok(Collateral { name, contact, ..person })
}

/// The people who are or were asked about a client, in the order in which they were agreed to.
pub async fn people(read: &mut Read, client: &ClientId) -> Result<Vec<Collateral>> {
    people_of(read, std::slice::from_ref(client)).await
}

/// The same about several clients.
pub async fn people_of(read: &mut Read, clients: &[ClientId]) -> Result<Vec<Collateral>> {
    let practice = read.practice().clone();
    let rows: Vec<Sealed> = read
        .query("SELECT * FROM collateral WHERE practice_id = $1 AND client_id IN ($each) ORDER BY agreed_at, id")
        .bind(&practice)
        .bind_each(clients)
        .all()
        .await?;
    rows.into_iter().map(|row| opened(read, row)).collect()
}

/// One of them.
pub async fn person(read: &mut Read, id: &CollateralId) -> Result<Option<Collateral>> {
    let practice = read.practice().clone();
    let row: Option<Sealed> = read
        .query("SELECT * FROM collateral WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    row.map(|row| opened(read, row)).transpose()
}

/// Adds a person.
pub async fn add(tx: &mut Tx, person: &Collateral) -> Result<()> {
    let practice = tx.practice().clone();
    let id = person.id.as_str();
    let name = tx.seal("collateral", "name", id, person.name.text());
    let contact = person.contact.as_ref().map(|contact| tx.seal("collateral", "contact", id, contact.text()));
    tx.query(
        "INSERT INTO collateral (practice_id, id, client_id, name_sealed, contact_sealed, relation, language, agreed_at, agreed_with) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&practice)
    .bind(&person.id)
    .bind(&person.client_id)
    .bind(name)
    .bind(contact)
    .bind(person.relation)
    .bind(person.language)
    .bind(person.agreed_at)
    .bind(&person.agreed_with)
    .execute()
    .await?;
    Ok(())
}

/// The person is no longer asked. `false` when that is so already.
pub async fn end(tx: &mut Tx, id: &CollateralId, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE collateral SET ended_at = $3 WHERE practice_id = $1 AND id = $2 AND ended_at IS NULL")
        .bind(&practice)
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// What others said in a course of therapy, earliest first.
pub async fn of_episode(read: &mut Read, episode: &EpisodeId) -> Result<Vec<RaterForm>> {
    of_episodes(read, std::slice::from_ref(episode)).await
}

/// The same in several courses.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<RaterForm>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM rater_form WHERE practice_id = $1 AND episode_id IN ($each) ORDER BY rated_at, id")
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await
}

/// What protocols ask of others in these courses, in every state, earliest first.
pub async fn requests_of(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<RaterRequest>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM rater_request WHERE practice_id = $1 AND episode_id IN ($each) ORDER BY due_at, id")
        .bind(&practice)
        .bind_each(episodes)
        .all()
        .await
}

/// What others should answer now about these courses, with what the person is to the client, earliest first.
pub async fn due_of(
    read: &mut Read,
    episodes: &[EpisodeId],
    now: Instant,
) -> Result<Vec<(RaterRequest, Option<Relation>)>> {
    struct Due(RaterRequest, Option<Relation>);
    impl Record for Due {
        fn read(row: &Row<'_>) -> Result<Self> {
            Ok(Self(RaterRequest::read(row)?, row.get("relation")?))
        }
    }
    let practice = read.practice().clone();
    let rows: Vec<Due> = read
        .query(
            "SELECT r.*, c.relation FROM rater_request r \
             LEFT JOIN collateral c ON c.practice_id = r.practice_id AND c.id = r.collateral_id \
             WHERE r.practice_id = $1 AND r.state = 'planned' AND r.due_at <= $2 AND r.ends_at > $2 \
             AND r.episode_id IN ($each) ORDER BY r.due_at, r.id",
        )
        .bind(&practice)
        .bind(now)
        .bind_each(episodes)
        .all()
        .await?;
    Ok(rows.into_iter().map(|Due(request, relation)| (request, relation)).collect())
}

/// Asks somebody. `false` when the same is asked already.
pub async fn ask(tx: &mut Tx, request: &RaterRequest) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO rater_request (practice_id, id, client_id, episode_id, rater, collateral_id, instrument, slot, occasion, \
             appointment_id, state, due_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&practice)
        .bind(&request.id)
        .bind(&request.client_id)
        .bind(&request.episode_id)
        .bind(request.by.rater().as_str())
        .bind(request.by.collateral())
        .bind(request.instrument.as_str())
        .bind(request.slot.as_str())
        .bind(request.occasion)
        .bind(request.appointment_id.as_ref())
        .bind(request.state)
        .bind(request.due_at)
        .bind(request.ends_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Gives a request another time. `false` when it is not to be answered any more.
pub async fn reschedule(tx: &mut Tx, id: &RaterRequestId, due_at: Instant, ends_at: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE rater_request SET due_at = $3, ends_at = $4 WHERE practice_id = $1 AND id = $2 AND state = 'planned'",
        )
        .bind(&practice)
        .bind(id)
        .bind(due_at)
        .bind(ends_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a request back. `false` when it is not to be answered any more.
pub async fn withdraw(tx: &mut Tx, id: &RaterRequestId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE rater_request SET state = 'withdrawn' WHERE practice_id = $1 AND id = $2 AND state = 'planned'")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The answers came to what was due by now of this person and instrument; tells how many requests that were.
pub async fn answered(tx: &mut Tx, episode: &EpisodeId, by: &By, instrument: &str, now: Instant) -> Result<u64> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE rater_request SET state = 'answered' WHERE practice_id = $1 AND episode_id = $2 AND rater = $3 \
         AND COALESCE(collateral_id, '') = $4 AND instrument = $5 AND state = 'planned' AND due_at <= $6",
    )
    .bind(&practice)
    .bind(episode)
    .bind(by.rater().as_str())
    .bind(by.collateral().map_or("", CollateralId::as_str))
    .bind(instrument)
    .bind(now)
    .execute()
    .await
}

/// Keeps what somebody answered.
pub async fn insert(tx: &mut Tx, form: &RaterForm) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO rater_form (practice_id, id, client_id, episode_id, rater, collateral_id, entered_by, instrument, version, \
         answers, session, rated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&practice)
    .bind(&form.id)
    .bind(&form.client_id)
    .bind(&form.episode_id)
    .bind(form.by.rater().as_str())
    .bind(form.by.collateral())
    .bind(form.entered_by.as_ref())
    .bind(form.instrument.as_str())
    .bind(form.version.as_str())
    .bind(Json(&form.answers))
    .bind(form.session)
    .bind(form.rated_at)
    .execute()
    .await?;
    Ok(())
}

/// Inserts a link; its token is kept as a hash only.
pub async fn insert_link(tx: &mut Tx, token: &str, link: &RaterLink, by: &StaffId, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO rater_link (practice_id, token_hash, client_id, episode_id, collateral_id, instrument, version, created_at, \
         created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&practice)
    .bind(care::token::hash(token).as_str())
    .bind(&link.client_id)
    .bind(&link.episode_id)
    .bind(&link.collateral_id)
    .bind(link.instrument.as_str())
    .bind(link.version.as_str())
    .bind(now)
    .bind(by)
    .bind(link.expires_at)
    .execute()
    .await?;
    Ok(())
}

/// The link of a token, with the practice it belongs to; none where the person is no longer asked.
pub async fn by_link(instance: &mut impl InstanceScope, token_hash: &str) -> Result<Option<(PracticeId, RaterLink)>> {
    struct Owned(PracticeId, RaterLink);
    impl Record for Owned {
        fn read(row: &Row<'_>) -> Result<Self> {
            Ok(Self(row.get("practice_id")?, RaterLink::read(row)?))
        }
    }
    let found: Option<Owned> = instance
        .query(
            "SELECT l.practice_id, l.client_id, l.episode_id, l.collateral_id, l.instrument, l.version, l.expires_at, l.used_at \
             FROM rater_link l JOIN collateral c ON c.practice_id = l.practice_id AND c.id = l.collateral_id \
             WHERE l.token_hash = $1 AND c.ended_at IS NULL",
        )
        .bind(token_hash)
        .optional()
        .await?;
    Ok(found.map(|Owned(practice, link)| (practice, link)))
}

/// The answers came: the link is used up. `false` when somebody was faster, or its time is over.
pub async fn use_link(tx: &mut Tx, token_hash: &str, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE rater_link SET used_at = $3 WHERE practice_id = $1 AND token_hash = $2 AND used_at IS NULL \
             AND expires_at > $3",
        )
        .bind(&practice)
        .bind(token_hash)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}
