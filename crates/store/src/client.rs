//! People in therapy and how to reach them. Everything that says who they are is sealed; look-ups go over keyed indexes,
//! and a search by name opens the names of those the caller may see (`client/name.rs`). Who may see whom is decided
//! before a [`Scope`] is made.

mod name;
mod row;

use crate::{BATCH, Error, Read, Result, Tx};
use care::client::Client;
use care::{ClientId, EpisodeId, Instant, Language, Phi, Sex, SiteId, StaffId};
use chrono::NaiveDate;
use row::{Sealed, Stored};

/// Whose clients a list or a search looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every client of the practice.
    Practice,
    /// The clients these sites look after.
    Sites(Vec<SiteId>),
    /// The clients whose open episode one of these people has now: a clinician, or a supervisor's supervisees.
    Clinicians(Vec<StaffId>),
}

/// The index a number (E.164) is kept under.
pub(crate) fn phone_index(read: &Read, phone: &str) -> String {
    read.blind_index("phone", phone.trim())
}

/// The index a mail address is kept under. Case and surrounding blanks do not matter.
pub(crate) fn email_index(read: &Read, email: &str) -> String {
    read.blind_index("email", &email.trim().to_lowercase())
}

/// The index an id from another system is kept under. It has to match exactly but for surrounding blanks.
pub(crate) fn external_index(read: &Read, external: &str) -> String {
    read.blind_index("external", external.trim())
}

/// Inserts a client. `false` when another client has the same external id already.
pub async fn insert(tx: &mut Tx, client: &Client, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let sealed = Sealed::of(tx, client)?;
    let rows = sealed
        .bind(
            tx.query(
                "INSERT INTO client (practice_id, id, site_id, language, zone, preferred_channel, recipient, updated_at, \
                 external_sealed, external_index, name_sealed, preferred_name_sealed, birth_date_sealed, email_sealed, \
                 email_index, phone_sealed, phone_index, emergency_sealed, guardian_sealed, guardian_phone_index, \
                 sex, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $8) \
                 ON CONFLICT (practice_id, external_index) WHERE external_index IS NOT NULL DO NOTHING",
            )
            .bind(&practice),
            client,
            now,
        )
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Inserts many clients in few statements, each with the instant it came. An external id that is there already is a refused
/// unique rule.
pub async fn insert_many(tx: &mut Tx, clients: &[(Client, Instant)]) -> Result<()> {
    let practice = tx.practice().clone();
    for batch in clients.chunks(BATCH / 4) {
        let mut rows = Vec::with_capacity(batch.len());
        for (client, at) in batch {
            rows.push(Sealed::of(tx, client)?.into_row(&practice, client, *at));
        }
        tx.query(
            "INSERT INTO client (practice_id, id, site_id, language, zone, preferred_channel, recipient, updated_at, \
             external_sealed, external_index, name_sealed, preferred_name_sealed, birth_date_sealed, email_sealed, \
             email_index, phone_sealed, phone_index, emergency_sealed, guardian_sealed, guardian_phone_index, \
             sex, created_at) VALUES $rows",
        )
        .bind_rows(rows)
        .execute()
        .await?;
    }
    Ok(())
}

/// Writes everything known of a client, unless it was changed since the revision that was `seen`: then, and when the
/// practice has no such client, [`Error::Conflict`]. An external id that another client has is a refused unique rule.
pub async fn update(tx: &mut Tx, client: &Client, seen: i64, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    let sealed = Sealed::of(tx, client)?;
    let rows = sealed
        .bind(
            tx.query(
                "UPDATE client SET site_id = $3, language = $4, zone = $5, preferred_channel = $6, recipient = $7, \
                 updated_at = $8, external_sealed = $9, external_index = $10, name_sealed = $11, \
                 preferred_name_sealed = $12, birth_date_sealed = $13, email_sealed = $14, email_index = $15, \
                 phone_sealed = $16, phone_index = $17, emergency_sealed = $18, guardian_sealed = $19, \
                 guardian_phone_index = $20, sex = $21, revision = revision + 1 \
                 WHERE practice_id = $1 AND id = $2 AND revision = $22",
            )
            .bind(&practice),
            client,
            now,
        )
        .bind(seen)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::Conflict) }
}

/// Notes the language a client chose; [`Error::NotFound`] when the practice has no such client.
pub async fn set_language(tx: &mut Tx, id: &ClientId, language: Language, now: Instant) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE client SET language = $3, updated_at = $4, revision = revision + 1 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .bind(language)
        .bind(now)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// One client.
pub async fn find(read: &mut Read, id: &ClientId) -> Result<Option<Client>> {
    let practice = read.practice().clone();
    let stored: Option<Stored> = read
        .query("SELECT * FROM client WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    stored.map(|stored| stored.opened(read)).transpose()
}

/// One client with the revision to give to [`update`].
pub async fn find_to_change(read: &mut Read, id: &ClientId) -> Result<Option<(Client, i64)>> {
    let practice = read.practice().clone();
    let stored: Option<Stored> = read
        .query("SELECT * FROM client WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    stored.map(|stored| stored.with_revision(read)).transpose()
}

/// The record that a record was made part of, through as many merges as there were; `None` for one that stands by itself.
pub async fn merged_into(read: &mut Read, id: &ClientId) -> Result<Option<ClientId>> {
    let practice = read.practice().clone();
    let mut last: Option<ClientId> = None;
    loop {
        let next: Option<ClientId> = read
            .query("SELECT merged_into FROM client WHERE practice_id = $1 AND id = $2 AND merged_into IS NOT NULL")
            .bind(&practice)
            .bind(last.as_ref().unwrap_or(id))
            .scalar_optional()
            .await?;
        // A record that is part of another cannot take one in, so there is no circle.
        match next {
            Some(next) => last = Some(next),
            None => return Ok(last),
        }
    }
}

/// Whether there is a record of this id that stands by itself: not part of another, not erased.
pub async fn stands(read: &mut Read, id: &ClientId) -> Result<bool> {
    let practice = read.practice().clone();
    let found: Option<ClientId> = read
        .query("SELECT id FROM client WHERE practice_id = $1 AND id = $2 AND merged_into IS NULL AND erased_at IS NULL")
        .bind(&practice)
        .bind(id)
        .scalar_optional()
        .await?;
    Ok(found.is_some())
}

/// Whose row has this id of another system, wherever that row was merged to: nobody else can have it.
pub async fn holder_of_external(read: &mut Read, external: &str) -> Result<Option<ClientId>> {
    let practice = read.practice().clone();
    let index = external_index(read, external);
    read.query("SELECT id FROM client WHERE practice_id = $1 AND external_index = $2")
        .bind(&practice)
        .bind(index)
        .scalar_optional()
        .await
}

/// The client with this id in the practice's other systems. An id of a record that was made part of another finds that one.
pub async fn by_external(read: &mut Read, external: &str) -> Result<Option<Client>> {
    Ok(by_external_to_change(read, external).await?.map(|(client, _)| client))
}

/// The same with the revision to give to [`update`].
pub async fn by_external_to_change(read: &mut Read, external: &str) -> Result<Option<(Client, i64)>> {
    let practice = read.practice().clone();
    let index = external_index(read, external);
    let stored: Option<Stored> = read
        .query("SELECT * FROM client WHERE practice_id = $1 AND external_index = $2")
        .bind(&practice)
        .bind(index)
        .optional()
        .await?;
    let Some(stored) = stored else { return Ok(None) };
    if stored.is_merged() {
        let (client, _) = stored.with_revision(read)?;
        let Some(kept) = merged_into(read, &client.id).await? else { return Ok(None) };
        return find_to_change(read, &kept).await;
    }
    stored.with_revision(read).map(Some)
}

/// The clients of these ids, by id; ids the practice does not know are left out.
pub async fn by_ids(read: &mut Read, ids: &[ClientId]) -> Result<Vec<Client>> {
    let practice = read.practice().clone();
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut clients = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let stored: Vec<Stored> = read
            .query("SELECT * FROM client WHERE practice_id = $1 AND id IN ($each) ORDER BY id")
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        for stored in stored {
            clients.push(stored.opened(read)?);
        }
    }
    Ok(clients)
}

/// A client as lists name them.
#[derive(Debug, Clone)]
pub struct Named {
    /// Id.
    pub id: ClientId,
    /// The site that looks after them.
    pub site_id: SiteId,
    /// Full name.
    pub name: Phi<String>,
}

/// The clients of these ids by name alone; nothing else of them is opened.
pub async fn named(read: &mut Read, ids: &[ClientId]) -> Result<Vec<Named>> {
    let practice = read.practice().clone();
    let mut ids: Vec<&ClientId> = ids.iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut clients = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let stored: Vec<(ClientId, SiteId, Vec<u8>)> = read
            .query("SELECT id, site_id, name_sealed FROM client WHERE practice_id = $1 AND id IN ($each)")
            .bind(&practice)
            .bind_each(batch.iter().copied())
            .all()
            .await?;
        for (id, site_id, name) in stored {
            let name = Phi::new(read.open("client", "name", id.as_str(), &name)?);
            clients.push(Named { id, site_id, name });
        }
    }
    Ok(clients)
}

/// What cut-offs of some ages or of one sex need to know of the clients of these episodes, where it is known.
#[derive(Debug, Clone)]
pub struct Person {
    /// The client's birth date.
    pub born: Option<Phi<NaiveDate>>,
    /// The client's sex.
    pub sex: Option<Sex>,
}

struct PersonRow {
    episode_id: EpisodeId,
    client_id: ClientId,
    birth_date_sealed: Option<Vec<u8>>,
    sex: Option<Sex>,
}
crate::record! { PersonRow { episode_id, client_id, birth_date_sealed, sex } }

/// Birth date and sex of the clients of these episodes; an episode of a client of whom neither is known is left out.
pub async fn persons_of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<(EpisodeId, Person)>> {
    let practice = read.practice().clone();
    let mut found = Vec::with_capacity(episodes.len());
    for batch in episodes.chunks(BATCH) {
        let stored: Vec<PersonRow> = read
            .query(
                "SELECT e.id AS episode_id, c.id AS client_id, c.birth_date_sealed, c.sex FROM episode e CROSS JOIN client c WHERE e.practice_id = $1 \
                 AND e.id IN ($each) AND c.practice_id = e.practice_id AND c.id = e.client_id \
                 AND (c.birth_date_sealed IS NOT NULL OR c.sex IS NOT NULL)",
            )
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        for PersonRow { episode_id, client_id, birth_date_sealed, sex } in stored {
            let born = birth_date_sealed.map(|sealed| row::birth_date(read, &client_id, &sealed)).transpose()?;
            found.push((episode_id, Person { born, sex }));
        }
    }
    Ok(found)
}

/// Every client who shares the number, as their own or as their guardian's: what STOP speaks for. The
/// number is E.164. A number that only a merged record had speaks for the record it is part of.
pub async fn by_phone(read: &mut Read, phone: &str) -> Result<Vec<Client>> {
    let practice = read.practice().clone();
    let index = phone_index(read, phone);
    let stored: Vec<Stored> = read
        .query("SELECT * FROM client WHERE practice_id = $1 AND (phone_index = $2 OR guardian_phone_index = $2)")
        .bind(&practice)
        .bind(index)
        .all()
        .await?;
    in_order(stored, read).await
}

/// Every client with the mail address as their own.
pub async fn by_email(read: &mut Read, email: &str) -> Result<Vec<Client>> {
    let practice = read.practice().clone();
    let index = email_index(read, email);
    let stored: Vec<Stored> = read
        .query("SELECT * FROM client WHERE practice_id = $1 AND email_index = $2")
        .bind(&practice)
        .bind(index)
        .all()
        .await?;
    in_order(stored, read).await
}

/// Opened and in the order of their ids. Asked to sort, SQLite without statistics walks all clients in that order instead.
/// A record that is part of another is given as that one.
async fn in_order(stored: Vec<Stored>, read: &mut Read) -> Result<Vec<Client>> {
    let mut clients = Vec::with_capacity(stored.len());
    for stored in stored {
        let is_merged = stored.is_merged();
        let client = stored.opened(read)?;
        let kept = if is_merged { merged_into(read, &client.id).await? } else { None };
        match kept {
            Some(kept) => clients.extend(find(read, &kept).await?),
            None => clients.push(client),
        }
    }
    clients.sort_by(|one: &Client, other| one.id.cmp(&other.id));
    clients.dedup_by(|one, other| one.id == other.id);
    Ok(clients)
}

/// The clients of the scope, by name.
pub async fn list(read: &mut Read, scope: &Scope) -> Result<Vec<Client>> {
    let practice = read.practice().clone();
    let stored: Vec<Stored> = match scope {
        Scope::Practice => {
            read.query("SELECT * FROM client WHERE practice_id = $1 AND merged_into IS NULL AND erased_at IS NULL")
                .bind(&practice)
                .all()
                .await?
        }
        Scope::Sites(sites) => {
            read.query(
                "SELECT * FROM client WHERE practice_id = $1 AND merged_into IS NULL AND erased_at IS NULL \
                 AND site_id IN ($each)",
            )
            .bind(&practice)
            .bind_each(sites)
            .all()
            .await?
        }
        Scope::Clinicians(clinicians) => {
            read.query(
                "SELECT * FROM client WHERE practice_id = $1 AND id IN (SELECT e.client_id FROM episode e \
                 JOIN assignment a ON a.practice_id = e.practice_id AND a.episode_id = e.id AND a.ends_at IS NULL \
                 WHERE e.practice_id = $1 AND e.state = 'open' AND a.clinician_id IN ($each))",
            )
            .bind(&practice)
            .bind_each(clinicians)
            .all()
            .await?
        }
    };
    let clients = stored.into_iter().map(|stored| stored.opened(read)).collect::<Result<Vec<_>>>()?;
    Ok(name::sorted(clients))
}

/// The clients of the scope in whose name or preferred name every word of the text begins a word, whatever its case and
/// accents, by name, at most `limit`. A text without a letter or digit finds nobody.
pub async fn search_by_name(read: &mut Read, scope: &Scope, text: &str, limit: usize) -> Result<Vec<Client>> {
    let wanted = name::Wanted::new(text);
    if wanted.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let practice = read.practice().clone();
    let names: Vec<(ClientId, Vec<u8>, Option<Vec<u8>>)> = match scope {
        Scope::Practice => {
            read.query(
                "SELECT id, name_sealed, preferred_name_sealed FROM client WHERE practice_id = $1 \
                 AND merged_into IS NULL AND erased_at IS NULL",
            )
            .bind(&practice)
            .all()
            .await?
        }
        Scope::Sites(sites) => {
            read.query(
                "SELECT id, name_sealed, preferred_name_sealed FROM client WHERE practice_id = $1 \
                 AND merged_into IS NULL AND erased_at IS NULL AND site_id IN ($each)",
            )
            .bind(&practice)
            .bind_each(sites)
            .all()
            .await?
        }
        Scope::Clinicians(clinicians) => {
            read.query(
                "SELECT id, name_sealed, preferred_name_sealed FROM client WHERE practice_id = $1 AND id IN \
                 (SELECT e.client_id FROM episode e \
                 JOIN assignment a ON a.practice_id = e.practice_id AND a.episode_id = e.id AND a.ends_at IS NULL \
                 WHERE e.practice_id = $1 AND e.state = 'open' AND a.clinician_id IN ($each))",
            )
            .bind(&practice)
            .bind_each(clinicians)
            .all()
            .await?
        }
    };
    let mut found = Vec::new();
    for (id, full, preferred) in names {
        let full = read.open("client", "name", id.as_str(), &full)?;
        let preferred = read.open_optional("client", "preferred_name", id.as_str(), preferred.as_deref())?;
        if wanted.is_in(&full, preferred.as_deref()) {
            found.push((name::folded(&full), id));
        }
    }
    found.sort_unstable();
    found.truncate(limit);
    let ids: Vec<ClientId> = found.into_iter().map(|(_, id)| id).collect();
    Ok(name::sorted(by_ids(read, &ids).await?))
}
