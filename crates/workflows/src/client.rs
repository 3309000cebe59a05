//! Clients: their data, what they agreed to, and finding them. Whether the person who acts may is asked before, by
//! [`crate::access::check`].

use crate::field::Form;
use crate::{Context, Error, Result, access, audit, delivery};
use care::access::Viewer;
use care::client::{Client, Consent, ConsentSource, ConsentState, Contact, Purpose, Recipient};
use care::message::Channel;
use care::staff::Actor;
use care::{ClientId, ConsentId, Language, Phi, Sex, SiteId, StaffId};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use store::{Read, Tx};

/// From this age on people receive their messages themselves.
const OF_AGE: i32 = 18;
/// Nobody is older.
const OLDEST: i32 = 120;

/// What is typed about another person; left out where the name is empty and nothing else is there.
#[derive(Debug, Clone, Default)]
pub struct ContactForm {
    /// Name.
    pub name: Phi<String>,
    /// How they are related.
    pub relation: Phi<String>,
    /// Number.
    pub phone: Phi<String>,
    /// Mail address.
    pub email: Phi<String>,
}

/// What is typed about a client; optional texts may be empty.
#[derive(Debug, Clone)]
pub struct ClientForm {
    /// The site that looks after them.
    pub site: SiteId,
    /// The id in the practice's other systems.
    pub external_id: Phi<String>,
    /// Full name.
    pub name: Phi<String>,
    /// The name they like to be called by.
    pub preferred_name: Phi<String>,
    /// Birth date.
    pub birth_date: Option<Phi<NaiveDate>>,
    /// Sex, where it is noted.
    pub sex: Option<Sex>,
    /// Mail address.
    pub email: Phi<String>,
    /// Number.
    pub phone: Phi<String>,
    /// Language.
    pub language: Language,
    /// IANA zone; empty where unknown.
    pub zone: String,
    /// Channel to try first.
    pub preferred_channel: Channel,
    /// Whom to call in an emergency.
    pub emergency_contact: ContactForm,
    /// A minor's guardian.
    pub guardian: ContactForm,
    /// Who receives the messages.
    pub recipient: Recipient,
}

/// Takes a client in. Nobody has agreed to anything yet.
pub async fn create(tx: &mut Tx, ctx: &Context, by: &Actor, typed: &ClientForm) -> Result<ClientId> {
    let client = checked(tx, ctx, ctx.id(ClientId::new), typed).await?;
    if !store::client::insert(tx, &client, ctx.now()).await? {
        return Err(Error::invalid("external_id", "wrong-taken"));
    }
    audit::write(tx, ctx, by, "client.create", "client", client.id.as_str());
    delivery::note_landline(tx, ctx, None, &client).await?;
    Ok(client.id)
}

/// Changes a client's data, as it was in the revision the person saw; [`Error::Conflict`] when somebody was faster.
/// Messages that are planned go to the new address.
pub async fn edit(tx: &mut Tx, ctx: &Context, by: &Actor, id: &ClientId, seen: i64, typed: &ClientForm) -> Result<()> {
    let (before, revision) = store::client::find_to_change(tx, id).await?.ok_or(Error::NotFound)?;
    if revision != seen {
        return Err(Error::Conflict);
    }
    let after = checked(tx, ctx, id.clone(), typed).await?;
    if let Some(external) = &after.external_id
        && store::client::holder_of_external(tx, external.text()).await?.is_some_and(|other| &other != id)
    {
        return Err(Error::invalid("external_id", "wrong-taken"));
    }
    store::client::update(tx, &after, seen, ctx.now()).await?;
    let entry = audit::entry(ctx, by, "client.edit", "client", id.as_str());
    tx.audit(entry.listing("fields", changed_fields(&before, &after)));
    delivery::note_landline(tx, ctx, Some(&before), &after).await
}

/// The names of the fields that differ: what the audit may know of a change.
pub(crate) fn changed_fields(before: &Client, after: &Client) -> Vec<&'static str> {
    [
        ("site", before.site_id != after.site_id),
        ("external_id", before.external_id != after.external_id),
        ("name", before.name != after.name),
        ("preferred_name", before.preferred_name != after.preferred_name),
        ("birth_date", before.birth_date != after.birth_date),
        ("sex", before.sex != after.sex),
        ("email", before.email != after.email),
        ("phone", before.phone != after.phone),
        ("language", before.language != after.language),
        ("zone", before.zone != after.zone),
        ("preferred_channel", before.preferred_channel != after.preferred_channel),
        ("emergency_contact", before.emergency_contact != after.emergency_contact),
        ("guardian", before.guardian != after.guardian),
        ("recipient", before.recipient != after.recipient),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

async fn checked(read: &mut Read, ctx: &Context, id: ClientId, typed: &ClientForm) -> Result<Client> {
    let today = access::today(read, ctx).await?;
    let mut form = Form::default();
    let site = store::site::find(read, &typed.site).await?;
    form.expect("site", "wrong-choose", || site.is_some());
    let external_id = form.optional_line("external_id", typed.external_id.text(), 100);
    let name = form.line("name", typed.name.text(), 150);
    let preferred_name = form.optional_line("preferred_name", typed.preferred_name.text(), 80);
    let birth_date = typed.birth_date.as_ref().map(|day| *day.expose());
    form.expect("birth_date", "wrong-date", || birth_date.is_none_or(|day| is_plausible(day, today)));
    let email = form.email("email", typed.email.text());
    let phone = form.phone("phone", typed.phone.text());
    let zone = form.zone("zone", &typed.zone);
    let emergency_contact = contact(&mut form, "emergency_contact", &typed.emergency_contact);
    let guardian = contact(&mut form, "guardian", &typed.guardian);
    if typed.recipient == Recipient::Guardian {
        form.expect("recipient", "client-guardian-of-adult", || birth_date.is_some_and(|day| age(day, today) < OF_AGE));
        form.expect("guardian_name", "wrong-no-contact", || {
            guardian.as_ref().is_some_and(|one| one.phone.is_some() || one.email.is_some())
        });
    }
    form.finish()?;
    Ok(Client {
        id,
        site_id: typed.site.clone(),
        external_id: external_id.map(Phi::new),
        name: Phi::new(name),
        preferred_name: preferred_name.map(Phi::new),
        birth_date: birth_date.map(Phi::new),
        sex: typed.sex,
        email: email.map(Phi::new),
        phone: phone.map(Phi::new),
        language: typed.language,
        zone,
        preferred_channel: typed.preferred_channel,
        emergency_contact: emergency_contact.map(Phi::new),
        guardian: guardian.map(Phi::new),
        recipient: typed.recipient,
    })
}

/// Fields are named `<field>_name`, `<field>_relation`, `<field>_phone` and `<field>_email`.
fn contact(form: &mut Form, field: &str, typed: &ContactForm) -> Option<Contact> {
    let relation = form.optional_line(&format!("{field}_relation"), typed.relation.text(), 60);
    let phone = form.phone(&format!("{field}_phone"), typed.phone.text());
    let email = form.email(&format!("{field}_email"), typed.email.text());
    let is_given =
        [&typed.name, &typed.relation, &typed.phone, &typed.email].iter().any(|text| !text.text().trim().is_empty());
    if !is_given {
        return None;
    }
    let name = form.line(&format!("{field}_name"), typed.name.text(), 150);
    Some(Contact { name, relation, phone, email })
}

fn age(born: NaiveDate, today: NaiveDate) -> i32 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i32::from(!had_birthday)
}

pub(crate) fn is_plausible(born: NaiveDate, today: NaiveDate) -> bool {
    born <= today && age(born, today) <= OLDEST
}

/// A decision about messages, as it reached the practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// On which channel.
    pub channel: Channel,
    /// About what.
    pub purpose: Purpose,
    /// Which.
    pub state: ConsentState,
    /// The version of the wording that was read or said.
    pub wording_version: String,
    /// How it reached us.
    pub source: ConsentSource,
}

/// Records what a client decided. What is planned stays planned: the sender looks again, and the ledger says why a message
/// did not go.
pub async fn decide(
    tx: &mut Tx,
    ctx: &Context,
    by: Option<&StaffId>,
    client: &ClientId,
    decision: &Decision,
) -> Result<ConsentId> {
    let found = store::client::find(tx, client).await?.ok_or(Error::NotFound)?;
    let mut form = Form::default();
    let wording_version = form.line("wording_version", &decision.wording_version, 60);
    let needs_address = decision.state == ConsentState::Given;
    form.expect("channel", "wrong-no-contact", || !needs_address || found.address(decision.channel).is_some());
    form.finish()?;
    let consent = Consent {
        id: ctx.id(ConsentId::new),
        client_id: client.clone(),
        channel: decision.channel,
        purpose: decision.purpose,
        state: decision.state,
        wording_version,
        source: decision.source,
        recorded_at: ctx.now(),
        recorded_by: by.cloned(),
    };
    store::consent::insert(tx, &consent).await?;
    let actor = by.map_or_else(|| Actor::Client(client.clone()), |staff| Actor::Staff(staff.clone()));
    let name = match decision.state {
        ConsentState::Given => "consent.give",
        ConsentState::Withdrawn => "consent.withdraw",
    };
    let entry = audit::entry(ctx, &actor, name, "client", client.as_str());
    tx.audit(
        entry
            .with("channel", decision.channel.as_str())
            .with("purpose", decision.purpose.as_str())
            .with("wording", consent.wording_version),
    );
    Ok(consent.id)
}

/// Notes which channel a client prefers.
pub async fn prefer(tx: &mut Tx, ctx: &Context, by: &Actor, id: &ClientId, channel: Channel) -> Result<()> {
    let (before, revision) = store::client::find_to_change(tx, id).await?.ok_or(Error::NotFound)?;
    if before.preferred_channel == channel {
        return Ok(());
    }
    let after = Client { preferred_channel: channel, ..before };
    store::client::update(tx, &after, revision, ctx.now()).await?;
    tx.audit(audit::entry(ctx, by, "client.edit", "client", id.as_str()).listing("fields", ["preferred_channel"]));
    Ok(())
}

/// The clients the viewer may list, by name.
pub async fn list(read: &mut Read, ctx: &Context, viewer: &Viewer) -> Result<Vec<Client>> {
    let mut found = Vec::new();
    for scope in access::scopes(read, ctx, viewer).await? {
        found.push(store::client::list(read, &scope).await?);
    }
    Ok(merged(found))
}

/// The clients the viewer may list that a text finds: by name, or by exactly their number, mail address or external id.
/// Nobody outside the viewer's scope is found, not even counted.
pub async fn search(read: &mut Read, ctx: &Context, viewer: &Viewer, text: &str, limit: usize) -> Result<Vec<Client>> {
    let mut found = Vec::new();
    let scopes = access::scopes(read, ctx, viewer).await?;
    for scope in &scopes {
        found.push(store::client::search_by_name(read, scope, text, limit).await?);
    }
    let mut exact = Vec::new();
    if let Some(phone) = crate::field::phone(text) {
        exact.extend(store::client::by_phone(read, &phone).await?);
    }
    if let Some(email) = crate::field::email(text) {
        exact.extend(store::client::by_email(read, &email).await?);
    }
    if !text.trim().is_empty() {
        exact.extend(store::client::by_external(read, text).await?);
    }
    for client in exact {
        if is_within(read, &scopes, &client).await? {
            found.push(vec![client]);
        }
    }
    let mut all = merged(found);
    all.truncate(limit);
    Ok(all)
}

async fn is_within(read: &mut Read, scopes: &[store::client::Scope], client: &Client) -> Result<bool> {
    use store::client::Scope;
    for scope in scopes {
        let within = match scope {
            Scope::Practice => true,
            Scope::Sites(sites) => sites.contains(&client.site_id),
            Scope::Clinicians(people) => match store::episode::open_of_client(read, &client.id).await? {
                Some(episode) => store::assignment::current(read, &episode.id)
                    .await?
                    .is_some_and(|one| people.contains(&one.clinician_id)),
                None => false,
            },
        };
        if within {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One list of several that are each in order, without repetition; in the order of names.
fn merged(lists: Vec<Vec<Client>>) -> Vec<Client> {
    if lists.len() == 1 {
        return lists.into_iter().next().unwrap_or_default();
    }
    let by_name: BTreeMap<(String, ClientId), Client> = lists
        .into_iter()
        .flatten()
        .map(|client| ((client.name.text().to_lowercase(), client.id.clone()), client))
        .collect();
    by_name.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::{age, is_plausible};
    use chrono::NaiveDate;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_birthday_counts_from_its_day_on() {
        assert_eq!(age(day("2008-11-22"), day("2026-11-21")), 17);
        assert_eq!(age(day("2008-11-21"), day("2026-11-21")), 18);
        assert_eq!(age(day("2008-02-29"), day("2026-02-28")), 17);
        assert!(is_plausible(day("2026-11-21"), day("2026-11-21")));
        assert!(!is_plausible(day("2026-11-22"), day("2026-11-21")));
        assert!(!is_plausible(day("1890-01-01"), day("2026-11-21")));
    }
}
