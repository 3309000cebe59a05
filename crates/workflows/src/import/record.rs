//! What a run did to each client and appointment, kept for the hour in which it can be taken back.

use super::Run;
use crate::Result;
use care::appointment::{Appointment, AppointmentState};
use care::client::{Client, Contact, Recipient};
use care::import::ImportChange;
use care::message::Channel;
use care::{ClientId, EpisodeId, Instant, Language, Phi, Sex, SiteId, StaffId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::import_run::Change;

/// Notes one change, where a person may want to take it back.
pub(super) async fn note(
    tx: &mut Tx,
    run: &Run,
    what: ImportChange,
    subject: &str,
    before: Option<Phi<String>>,
    revision: Option<i64>,
    fields: &[&str],
) -> Result<()> {
    let Some(id) = &run.record else { return Ok(()) };
    let fields = fields.iter().map(|&field| field.to_owned()).collect();
    let change = Change { seq: 0, what, subject_id: subject.to_owned(), before, revision, fields };
    Ok(store::import_run::note(tx, id, &change).await?)
}

/// A client as they were.
#[derive(Serialize, Deserialize)]
struct KeptClient {
    site: SiteId,
    external_id: Option<String>,
    name: String,
    preferred_name: Option<String>,
    birth_date: Option<NaiveDate>,
    #[serde(default)]
    sex: Option<Sex>,
    email: Option<String>,
    phone: Option<String>,
    language: Language,
    zone: Option<String>,
    preferred_channel: Channel,
    emergency_contact: Option<Contact>,
    guardian: Option<Contact>,
    recipient: Recipient,
}

/// The text in which a client is kept.
pub(super) fn kept_client(client: &Client) -> Option<Phi<String>> {
    let text = |value: &Option<Phi<String>>| value.as_ref().map(|value| value.text().to_owned());
    let kept = KeptClient {
        site: client.site_id.clone(),
        external_id: text(&client.external_id),
        name: client.name.text().to_owned(),
        preferred_name: text(&client.preferred_name),
        birth_date: client.birth_date.as_ref().map(|day| *day.expose()),
        sex: client.sex,
        email: text(&client.email),
        phone: text(&client.phone),
        language: client.language,
        zone: client.zone.clone(),
        preferred_channel: client.preferred_channel,
        emergency_contact: client.emergency_contact.as_ref().map(|one| one.expose().clone()),
        guardian: client.guardian.as_ref().map(|one| one.expose().clone()),
        recipient: client.recipient,
    };
    serde_json::to_string(&kept).ok().map(Phi::new)
}

/// The client that was kept.
pub(super) fn client_kept(id: &ClientId, text: &Phi<String>) -> Option<Client> {
    let kept: KeptClient = serde_json::from_str(text.text()).ok()?;
    Some(Client {
        id: id.clone(),
        site_id: kept.site,
        external_id: kept.external_id.map(Phi::new),
        name: Phi::new(kept.name),
        preferred_name: kept.preferred_name.map(Phi::new),
        birth_date: kept.birth_date.map(Phi::new),
        sex: kept.sex,
        email: kept.email.map(Phi::new),
        phone: kept.phone.map(Phi::new),
        language: kept.language,
        zone: kept.zone,
        preferred_channel: kept.preferred_channel,
        emergency_contact: kept.emergency_contact.map(Phi::new),
        guardian: kept.guardian.map(Phi::new),
        recipient: kept.recipient,
    })
}

/// An appointment before and after: it is given back only while it still is what the run made of it.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptAppointment {
    episode: EpisodeId,
    before: Times,
    after: Times,
}

#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Times {
    clinician: StaffId,
    site: SiteId,
    starts_at: Instant,
    ends_at: Instant,
    state: AppointmentState,
}

fn times(of: &Appointment) -> Times {
    Times {
        clinician: of.clinician_id.clone(),
        site: of.site_id.clone(),
        starts_at: of.starts_at,
        ends_at: of.ends_at,
        state: of.state,
    }
}

/// The text in which a change of an appointment is kept.
pub(super) fn kept_appointment(before: &Appointment, after: &Appointment) -> Option<Phi<String>> {
    let kept = KeptAppointment { episode: after.episode_id.clone(), before: times(before), after: times(after) };
    serde_json::to_string(&kept).ok().map(Phi::new)
}

/// The appointment to give back; none where it is not any more what the run made of it.
pub(super) fn appointment_kept(now: &Appointment, text: &Phi<String>) -> Option<Appointment> {
    let kept: KeptAppointment = serde_json::from_str(text.text()).ok()?;
    if times(now) != kept.after {
        return None;
    }
    let before = kept.before;
    Some(Appointment {
        clinician_id: before.clinician,
        site_id: before.site,
        starts_at: before.starts_at,
        ends_at: before.ends_at,
        state: before.state,
        ..now.clone()
    })
}
