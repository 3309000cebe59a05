//! Clients from another system. What a file says replaces what is known; an empty cell says nothing. Consent is never
//! assumed, and a withdrawal is not undone by an older yes.

use super::record::{kept_client, note};
use super::{ClientOutcome, RowOutcome, Run, folded, site_of};
use crate::client::{changed_fields, is_plausible};
use crate::field::Form;
use crate::{Context, Problem, Result, access, audit, delivery};
use care::client::{Client, Consent, ConsentSource, ConsentState, Contact, Purpose, Recipient};
use care::import::{ClientRow, ConsentAnswer, ImportChange};
use care::message::Channel;
use care::practice::{Site, TaskKind};
use care::{ClientId, ConsentId, Instant, Language, Phi, local_time};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use std::collections::HashMap;
use store::{Read, Tx};

/// Everybody the practice knows by name and birth date, read once for a whole import: who looks like somebody else is
/// shown to a person, never merged.
#[derive(Default)]
pub struct KnownPeople(HashMap<(String, NaiveDate), Vec<ClientId>>);

impl KnownPeople {
    /// Reads them.
    pub async fn read(read: &mut Read) -> Result<Self> {
        let mut known = Self::default();
        for client in store::client::list(read, &store::client::Scope::Practice).await? {
            known.note(&client);
        }
        Ok(known)
    }

    fn note(&mut self, client: &Client) {
        if let Some(born) = &client.birth_date {
            let ids = self.0.entry((folded(client.name.text()), *born.expose())).or_default();
            if !ids.contains(&client.id) {
                ids.push(client.id.clone());
            }
        }
    }

    fn has_another(&self, client: &Client) -> bool {
        let Some(born) = &client.birth_date else { return false };
        self.0
            .get(&(folded(client.name.text()), *born.expose()))
            .is_some_and(|ids| ids.iter().any(|id| id != &client.id))
    }
}

/// What the rows of a batch are read against.
struct Setting<'a> {
    run: &'a Run,
    sites: Vec<Site>,
    language: Language,
    zone: Tz,
    today: NaiveDate,
}

/// Takes a batch of clients in, row by row; the outcomes are in the order of the rows.
pub async fn clients(
    tx: &mut Tx,
    ctx: &Context,
    run: &Run,
    known: &mut KnownPeople,
    rows: &[ClientRow],
) -> Result<Vec<ClientOutcome>> {
    let practice = store::practice::get(tx).await?;
    let setting = Setting {
        run,
        sites: store::site::list(tx).await?,
        language: practice.language,
        zone: local_time::zone(&practice.zone).unwrap_or(Tz::UTC),
        today: access::today(tx, ctx).await?,
    };
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        outcomes.push(one(tx, ctx, &setting, known, row).await?);
    }
    care::failpoint!("import.clients");
    Ok(outcomes)
}

async fn one(
    tx: &mut Tx,
    ctx: &Context,
    setting: &Setting<'_>,
    known: &mut KnownPeople,
    row: &ClientRow,
) -> Result<ClientOutcome> {
    let before = match row.external_id.text().trim() {
        "" => None,
        external => store::client::by_external_to_change(tx, external).await?,
    };
    // An id that came to the client with a merge says of whom the file speaks, and nothing that is to replace what is known.
    if let Some((before, _)) = &before
        && before.external_id.as_ref().map(Phi::text) != Some(row.external_id.text().trim())
    {
        return Ok(RowOutcome::Merged(before.id.clone()));
    }
    let client = match joined(ctx, setting, before.as_ref().map(|(before, _)| before), row) {
        Ok(client) => client,
        Err(problems) => return Ok(RowOutcome::Rejected(problems)),
    };
    let now = ctx.now();
    let outcome = match before {
        None => {
            // Another import may bring the same id at the same moment; then it is theirs, and the next run merges.
            if !store::client::insert(tx, &client, now).await? {
                return Ok(RowOutcome::Rejected(vec![Problem { field: "external_id".to_owned(), key: "wrong-taken" }]));
            }
            audit::write(tx, ctx, &setting.run.by, "client.import", "client", client.id.as_str());
            let id = client.id.as_str();
            note(tx, setting.run, ImportChange::ClientCreated, id, None, Some(1), &[]).await?;
            delivery::note_landline(tx, ctx, None, &client).await?;
            if known.has_another(&client) {
                delivery::raise_task(tx, ctx, TaskKind::LookAlike, &client.id, now + Duration::days(1)).await?;
            }
            RowOutcome::Created(client.id.clone())
        }
        Some((before, revision)) => {
            if before != client {
                match store::client::update(tx, &client, revision, now).await {
                    // A person saved the client at the same moment; the next run merges with what they saved.
                    Err(store::Error::Conflict) => {
                        let key = "import-changed-meanwhile";
                        return Ok(RowOutcome::Rejected(vec![Problem { field: "external_id".to_owned(), key }]));
                    }
                    other => other?,
                }
                let entry = audit::entry(ctx, &setting.run.by, "client.import", "client", client.id.as_str());
                let fields = changed_fields(&before, &client);
                tx.audit(entry.listing("fields", fields.clone()));
                let (id, kept) = (client.id.as_str(), kept_client(&before));
                note(tx, setting.run, ImportChange::ClientChanged, id, kept, Some(revision + 1), &fields).await?;
                delivery::note_landline(tx, ctx, Some(&before), &client).await?;
            }
            RowOutcome::Merged(client.id.clone())
        }
    };
    known.note(&client);
    for (channel, answer) in [(Channel::Sms, &row.sms_consent), (Channel::Email, &row.email_consent)] {
        consent(tx, ctx, setting, &client, channel, answer).await?;
    }
    Ok(outcome)
}

/// The client as known with what the row says, or everything that is wrong with the row.
fn joined(
    ctx: &Context,
    setting: &Setting<'_>,
    before: Option<&Client>,
    row: &ClientRow,
) -> Result<Client, Vec<Problem>> {
    let mut form = Form::default();
    let external_id = form.line("external_id", row.external_id.text(), 100);
    let name = form.line("name", row.name.text(), 150);
    let preferred_name =
        row.preferred_name.as_ref().and_then(|text| form.optional_line("preferred_name", text.text(), 80));
    let birth_date = row.birth_date.as_ref().map(|day| *day.expose());
    form.expect("birth_date", "wrong-date", || birth_date.is_none_or(|day| is_plausible(day, setting.today)));
    let email = row.email.as_ref().and_then(|text| form.email("email", text.text()));
    let phone = row.phone.as_ref().and_then(|text| form.phone("phone", text.text()));
    let zone = row.zone.map(|zone| zone.name().to_owned());
    let guardian = row.guardian.as_ref().map(|one| contact(&mut form, "guardian", one.expose()));
    let emergency = row.emergency_contact.as_ref().map(|one| contact(&mut form, "emergency_contact", one.expose()));
    let site = match (before, &row.site) {
        // A known client stays at their site unless the file says another.
        (Some(before), None) => Some(before.site_id.clone()),
        _ => match site_of(&setting.sites, setting.run, row.site.as_deref()) {
            Ok(site) => Some(site.id.clone()),
            Err(problem) => {
                form.refuse(&problem.field, problem.key);
                None
            }
        },
    };
    let either = |new: Option<String>, old: fn(&Client) -> Option<&Phi<String>>| {
        new.map(Phi::new).or_else(|| before.and_then(old).cloned())
    };
    let guardian = guardian.map(Phi::new).or_else(|| before.and_then(|b| b.guardian.clone()));
    let recipient = row.recipient.or(before.map(|b| b.recipient)).unwrap_or(Recipient::Client);
    form.expect("recipient", "wrong-no-contact", || {
        recipient == Recipient::Client
            || guardian.as_ref().is_some_and(|one| one.expose().phone.is_some() || one.expose().email.is_some())
    });
    let email = either(email, |b| b.email.as_ref());
    let phone = either(phone, |b| b.phone.as_ref());
    let usual = if phone.is_none() && email.is_some() { Channel::Email } else { Channel::Sms };
    let problems = form.problems();
    let (Some(site_id), true) = (site, problems.is_empty()) else { return Err(problems) };
    Ok(Client {
        id: before.map_or_else(|| ctx.id(ClientId::new), |b| b.id.clone()),
        site_id,
        external_id: Some(Phi::new(external_id)),
        name: Phi::new(name),
        preferred_name: either(preferred_name, |b| b.preferred_name.as_ref()),
        birth_date: birth_date.map(Phi::new).or_else(|| before.and_then(|b| b.birth_date.clone())),
        sex: row.sex.or(before.and_then(|b| b.sex)),
        email,
        phone,
        language: row.language.or(before.map(|b| b.language)).unwrap_or(setting.language),
        zone: zone.or_else(|| before.and_then(|b| b.zone.clone())),
        preferred_channel: row.preferred_channel.or(before.map(|b| b.preferred_channel)).unwrap_or(usual),
        emergency_contact: emergency.map(Phi::new).or_else(|| before.and_then(|b| b.emergency_contact.clone())),
        guardian,
        recipient,
    })
}

fn contact(form: &mut Form, field: &str, typed: &Contact) -> Contact {
    Contact {
        name: form.line(&format!("{field}_name"), &typed.name, 150),
        relation: typed.relation.as_ref().and_then(|text| form.optional_line(&format!("{field}_relation"), text, 60)),
        phone: typed.phone.as_ref().and_then(|text| form.phone(&format!("{field}_phone"), text)),
        email: typed.email.as_ref().and_then(|text| form.email(&format!("{field}_email"), text)),
    }
}

/// Records what a file says about a consent, where that is news.
async fn consent(
    tx: &mut Tx,
    ctx: &Context,
    setting: &Setting<'_>,
    client: &Client,
    channel: Channel,
    said: &ConsentAnswer,
) -> Result<()> {
    if *said == ConsentAnswer::Unknown {
        return Ok(());
    }
    let now = ctx.now();
    let current = store::consent::current(tx, &client.id).await?;
    let held = current.iter().find(|held| held.channel == channel && held.purpose == Purpose::CheckIn);
    let (state, wording_version, at) = match said {
        ConsentAnswer::Given { wording, on } => {
            let at = on.map_or(now, |day| noon(day, setting.zone).min(now));
            let is_news = match held {
                None => true,
                // A yes without a day may be older than the withdrawal; one with a later day is a new yes.
                Some(held) => held.state == ConsentState::Withdrawn && on.is_some() && at > held.recorded_at,
            };
            if !is_news {
                return Ok(());
            }
            (ConsentState::Given, wording.clone().unwrap_or_else(|| "import".to_owned()), at)
        }
        ConsentAnswer::Declined => {
            if held.is_some_and(|held| held.state == ConsentState::Withdrawn) {
                return Ok(());
            }
            (
                ConsentState::Withdrawn,
                held.map_or_else(|| "import".to_owned(), |held| held.wording_version.clone()),
                now,
            )
        }
        ConsentAnswer::Unknown => return Ok(()),
    };
    let decision = Consent {
        id: ctx.id(ConsentId::new),
        client_id: client.id.clone(),
        channel,
        purpose: Purpose::CheckIn,
        state,
        wording_version,
        source: ConsentSource::Import,
        recorded_at: at,
        recorded_by: match &setting.run.by {
            care::staff::Actor::Staff(id) => Some(id.clone()),
            _ => None,
        },
    };
    store::consent::insert(tx, &decision).await?;
    note(tx, setting.run, ImportChange::ConsentCreated, decision.id.as_str(), None, None, &[]).await?;
    let name = if state == ConsentState::Given { "consent.give" } else { "consent.withdraw" };
    let entry = audit::entry(ctx, &setting.run.by, name, "client", client.id.as_str());
    tx.audit(entry.with("channel", channel.as_str()).with("source", ConsentSource::Import.as_str()));
    Ok(())
}

fn noon(day: NaiveDate, zone: Tz) -> Instant {
    local_time::at_minute(day, 12 * 60, zone)
}
