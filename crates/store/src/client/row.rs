//! A client's row: sealed on the way in, opened on the way out.

use super::{email_index, external_index, phone_index};
use crate::{Error, Query, Read, Record, Result, Row, Value, values};
use care::client::{Client, Contact, Recipient};
use care::message::Channel;
use care::{ClientId, Instant, Language, Phi, PracticeId, Sex, SiteId};
use chrono::NaiveDate;

/// What of a client is sealed or indexed.
pub(super) struct Sealed {
    external: Option<Vec<u8>>,
    external_index: Option<String>,
    name: Vec<u8>,
    preferred_name: Option<Vec<u8>>,
    birth_date: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    email_index: Option<String>,
    phone: Option<Vec<u8>>,
    phone_index: Option<String>,
    emergency: Option<Vec<u8>>,
    guardian: Option<Vec<u8>>,
    guardian_phone_index: Option<String>,
}

impl Sealed {
    pub(super) fn of(read: &Read, client: &Client) -> Result<Self> {
        let id = client.id.as_str();
        let text = |column: &'static str, value: Option<&Phi<String>>| {
            value.map(|value| read.seal("client", column, id, value.text()))
        };
        let contact = |column: &'static str, value: Option<&Phi<Contact>>| -> Result<Option<Vec<u8>>> {
            let Some(value) = value else { return Ok(None) };
            let json = serde_json::to_string(value.expose()).map_err(|_| damaged(column))?;
            Ok(Some(read.seal("client", column, id, &json)))
        };
        let birth_date = client.birth_date.as_ref().map(|day| day.expose().to_string());
        let guardian_phone = client.guardian.as_ref().and_then(|guardian| guardian.expose().phone.as_deref());
        Ok(Self {
            external: text("external", client.external_id.as_ref()),
            external_index: client.external_id.as_ref().map(|external| external_index(read, external.text())),
            name: read.seal("client", "name", id, client.name.text()),
            preferred_name: text("preferred_name", client.preferred_name.as_ref()),
            birth_date: birth_date.map(|day| read.seal("client", "birth_date", id, &day)),
            email: text("email", client.email.as_ref()),
            email_index: client.email.as_ref().map(|email| email_index(read, email.text())),
            phone: text("phone", client.phone.as_ref()),
            phone_index: client.phone.as_ref().map(|phone| phone_index(read, phone.text())),
            emergency: contact("emergency", client.emergency_contact.as_ref())?,
            guardian: contact("guardian", client.guardian.as_ref())?,
            guardian_phone_index: guardian_phone.map(|phone| phone_index(read, phone)),
        })
    }

    /// Binds $2 to $21; $8 is the instant of the change.
    pub(super) fn bind<'t>(self, query: Query<'t>, client: &Client, now: Instant) -> Query<'t> {
        query
            .bind(&client.id)
            .bind(&client.site_id)
            .bind(client.language)
            .bind(client.zone.as_ref())
            .bind(client.preferred_channel)
            .bind(client.recipient)
            .bind(now)
            .bind(self.external)
            .bind(self.external_index)
            .bind(self.name)
            .bind(self.preferred_name)
            .bind(self.birth_date)
            .bind(self.email)
            .bind(self.email_index)
            .bind(self.phone)
            .bind(self.phone_index)
            .bind(self.emergency)
            .bind(self.guardian)
            .bind(self.guardian_phone_index)
            .bind(client.sex)
    }

    /// The values of a row that is inserted, in the order of [`Sealed::bind`] between practice and instant.
    pub(super) fn into_row(self, practice: &PracticeId, client: &Client, at: Instant) -> Vec<Value> {
        values![
            practice,
            &client.id,
            &client.site_id,
            client.language,
            client.zone.as_ref(),
            client.preferred_channel,
            client.recipient,
            at,
            self.external,
            self.external_index,
            self.name,
            self.preferred_name,
            self.birth_date,
            self.email,
            self.email_index,
            self.phone,
            self.phone_index,
            self.emergency,
            self.guardian,
            self.guardian_phone_index,
            client.sex,
            at
        ]
    }
}

/// A row as stored.
pub(super) struct Stored {
    id: ClientId,
    site_id: SiteId,
    external: Option<Vec<u8>>,
    name: Vec<u8>,
    preferred_name: Option<Vec<u8>>,
    birth_date: Option<Vec<u8>>,
    sex: Option<Sex>,
    email: Option<Vec<u8>>,
    phone: Option<Vec<u8>>,
    language: Language,
    zone: Option<String>,
    preferred_channel: Channel,
    emergency: Option<Vec<u8>>,
    guardian: Option<Vec<u8>>,
    recipient: Recipient,
    revision: i64,
    merged_into: Option<ClientId>,
}

impl Record for Stored {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            site_id: row.get("site_id")?,
            external: row.get("external_sealed")?,
            name: row.get("name_sealed")?,
            preferred_name: row.get("preferred_name_sealed")?,
            birth_date: row.get("birth_date_sealed")?,
            sex: row.get("sex")?,
            email: row.get("email_sealed")?,
            phone: row.get("phone_sealed")?,
            language: row.get("language")?,
            zone: row.get("zone")?,
            preferred_channel: row.get("preferred_channel")?,
            emergency: row.get("emergency_sealed")?,
            guardian: row.get("guardian_sealed")?,
            recipient: row.get("recipient")?,
            revision: row.get("revision")?,
            merged_into: row.get("merged_into")?,
        })
    }
}

impl Stored {
    /// Whether the record was made part of another.
    pub(super) const fn is_merged(&self) -> bool {
        self.merged_into.is_some()
    }

    /// The client, and which revision of it this is.
    pub(super) fn with_revision(self, read: &Read) -> Result<(Client, i64)> {
        let revision = self.revision;
        Ok((self.opened(read)?, revision))
    }

    pub(super) fn opened(self, read: &Read) -> Result<Client> {
        let id = self.id.as_str();
        let text = |column: &'static str, sealed: Option<&[u8]>| read.open_optional("client", column, id, sealed);
        let contact = |column: &'static str, sealed: Option<&[u8]>| -> Result<Option<Phi<Contact>>> {
            let Some(json) = read.open_optional("client", column, id, sealed)? else { return Ok(None) };
            serde_json::from_str(&json).map(|contact| Some(Phi::new(contact))).map_err(|_| damaged(column))
        };
        let birth_date = self.birth_date.as_deref().map(|sealed| birth_date(read, &self.id, sealed)).transpose()?;
        Ok(Client {
            external_id: text("external", self.external.as_deref())?.map(Phi::new),
            name: Phi::new(read.open("client", "name", id, &self.name)?),
            preferred_name: text("preferred_name", self.preferred_name.as_deref())?.map(Phi::new),
            birth_date,
            sex: self.sex,
            email: text("email", self.email.as_deref())?.map(Phi::new),
            phone: text("phone", self.phone.as_deref())?.map(Phi::new),
            emergency_contact: contact("emergency", self.emergency.as_deref())?,
            guardian: contact("guardian", self.guardian.as_deref())?,
            site_id: self.site_id,
            language: self.language,
            zone: self.zone,
            preferred_channel: self.preferred_channel,
            recipient: self.recipient,
            id: self.id,
        })
    }
}

/// A sealed value that opens and still is not what the column holds. Names the column, never the value.
fn damaged(column: &'static str) -> Error {
    Error::Corrupt(format!("client.{column}_sealed does not hold what it should"))
}

/// Opens a sealed birth date.
pub(super) fn birth_date(read: &Read, client: &ClientId, sealed: &[u8]) -> Result<Phi<NaiveDate>> {
    let day = read.open("client", "birth_date", client.as_str(), sealed)?;
    day.parse().map(Phi::new).map_err(|_| damaged("birth_date"))
}
