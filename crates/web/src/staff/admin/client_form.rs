//! One client with all fields. Saving a new one begins their episode.

use super::{frame, languages, typed_day};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::door::zones;
use crate::staff::form::{Posted, protocol_choices, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::client::{Client, ConsentSource, ConsentState, Contact, Purpose, Recipient};
use care::message::Channel;
use care::staff::Role;
use care::{ClientId, Language, Phi, ProtocolId, Sex, SiteId, StaffId};
use serde::Deserialize;
use templates::staff::admin::{ClientForm as Page, Section};
use templates::staff::{Choice, FieldProblem, Flash, Wrong};
use workflows::client::{self, ClientForm, ContactForm, Decision};
use workflows::consent_wording;
use workflows::episode::{self, Start};

/// What is typed.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    revision: String,
    name: String,
    preferred_name: String,
    birth_date: String,
    sex: String,
    external_id: String,
    site: String,
    clinician: String,
    protocol: String,
    phone: String,
    email: String,
    preferred_channel: String,
    language: String,
    zone: String,
    emergency_name: String,
    emergency_relation: String,
    emergency_phone: String,
    guardian_name: String,
    guardian_relation: String,
    guardian_phone: String,
    guardian_email: String,
    recipient: String,
    consent: Vec<String>,
}

impl Typed {
    fn of(client: &Client, revision: i64) -> Self {
        let text = |value: Option<&Phi<String>>| value.map(|value| value.text().to_owned()).unwrap_or_default();
        let part = |contact: Option<&Phi<Contact>>, part: fn(&Contact) -> Option<String>| {
            contact.and_then(|contact| part(contact.expose())).unwrap_or_default()
        };
        let (emergency, guardian) = (client.emergency_contact.as_ref(), client.guardian.as_ref());
        Self {
            revision: revision.to_string(),
            name: client.name.text().to_owned(),
            preferred_name: text(client.preferred_name.as_ref()),
            birth_date: client.birth_date.as_ref().map(|born| born.expose().to_string()).unwrap_or_default(),
            sex: client.sex.map(Sex::as_str).unwrap_or_default().to_owned(),
            external_id: text(client.external_id.as_ref()),
            site: client.site_id.as_str().to_owned(),
            clinician: String::new(),
            protocol: String::new(),
            phone: text(client.phone.as_ref()),
            email: text(client.email.as_ref()),
            preferred_channel: client.preferred_channel.as_str().to_owned(),
            language: client.language.as_str().to_owned(),
            zone: client.zone.clone().unwrap_or_default(),
            emergency_name: part(emergency, |one| Some(one.name.clone())),
            emergency_relation: part(emergency, |one| one.relation.clone()),
            emergency_phone: part(emergency, |one| one.phone.clone()),
            guardian_name: part(guardian, |one| Some(one.name.clone())),
            guardian_relation: part(guardian, |one| one.relation.clone()),
            guardian_phone: part(guardian, |one| one.phone.clone()),
            guardian_email: part(guardian, |one| one.email.clone()),
            recipient: client.recipient.as_str().to_owned(),
            consent: Vec::new(),
        }
    }

    /// The workflow's form, or the fields that cannot even be read. `emergency_email` is not on the page and kept.
    fn read(&self, before: Option<&Client>) -> Result<ClientForm, Vec<FieldProblem>> {
        let birth_date = typed_day(&self.birth_date);
        let site = self.site.parse::<SiteId>();
        let mut problems = Vec::new();
        if site.is_err() {
            problems.push(FieldProblem::new("site", Wrong::Choose));
        }
        let sex = Some(self.sex.trim()).filter(|text| !text.is_empty()).map(str::parse::<Sex>).transpose();
        if sex.is_err() {
            problems.push(FieldProblem::new("sex", Wrong::Choose));
        }
        let (Ok(birth_date), Ok(site), Ok(sex)) = (birth_date, site, sex) else {
            if birth_date.is_err() {
                problems.push(FieldProblem::new("birth_date", Wrong::Date));
            }
            return Err(problems);
        };
        let phi = |text: &str| Phi::new(text.to_owned());
        let kept =
            before.and_then(|client| client.emergency_contact.as_ref()).and_then(|one| one.expose().email.clone());
        Ok(ClientForm {
            site,
            external_id: phi(&self.external_id),
            name: phi(&self.name),
            preferred_name: phi(&self.preferred_name),
            birth_date: birth_date.map(Phi::new),
            sex,
            email: phi(&self.email),
            phone: phi(&self.phone),
            language: self.language.parse().unwrap_or(Language::En),
            zone: self.zone.clone(),
            preferred_channel: self.preferred_channel.parse().unwrap_or(Channel::Sms),
            emergency_contact: ContactForm {
                name: phi(&self.emergency_name),
                relation: phi(&self.emergency_relation),
                phone: phi(&self.emergency_phone),
                email: phi(if self.emergency_name.trim().is_empty() {
                    ""
                } else {
                    kept.as_deref().unwrap_or_default()
                }),
            },
            guardian: ContactForm {
                name: phi(&self.guardian_name),
                relation: phi(&self.guardian_relation),
                phone: phi(&self.guardian_phone),
                email: phi(&self.guardian_email),
            },
            recipient: self.recipient.parse().unwrap_or(Recipient::Client),
        })
    }

    fn consents(&self) -> impl Iterator<Item = (Channel, Purpose)> + '_ {
        self.consent.iter().filter_map(|pair| {
            let (channel, purpose) = pair.split_once('-')?;
            Some((channel.parse().ok()?, purpose.parse().ok()?))
        })
    }
}

const NAMES: [(&str, &str); 5] = [
    ("emergency_contact_name", "emergency_name"),
    ("emergency_contact_relation", "emergency_relation"),
    ("emergency_contact_phone", "emergency_phone"),
    ("emergency_contact_email", "emergency_name"),
    ("channel", "consent"),
];

async fn form(
    app: &App,
    me: &Signed,
    status: StatusCode,
    client: Option<&ClientId>,
    typed: Typed,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let protocols = match client {
        None => protocol_choices(&mut read, &typed.protocol).await?,
        Some(_) => Vec::new(),
    };
    drop(read);
    let words = |values: &[&str], current: &str| {
        values.iter().map(|value| Choice::new(*value, *value, current)).collect::<Vec<_>>()
    };
    let or = |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
    let is_new = client.is_none();
    let consents =
        Purpose::ALL.iter().flat_map(|purpose| Channel::ALL.iter().map(move |channel| format!("{channel}-{purpose}")));
    let (shell, sections) = frame(app, me, Section::Clients);
    let page = Page {
        shell,
        sections,
        action: client.map_or_else(|| "/admin/clients/new".to_owned(), |client| format!("/admin/clients/{client}")),
        page: client.map(|client| format!("/clients/{client}")),
        erase: client.filter(|_| me.is(&[Role::Admin])).map(|client| format!("/admin/erasures/{client}")),
        revision: if is_new { None } else { Some(typed.revision.parse().unwrap_or(0)) },
        languages: languages(&or(&typed.language, me.face.practice.language.as_str())),
        zones: zones(&typed.zone),
        channels: words(
            &[Channel::Sms.as_str(), Channel::Email.as_str()],
            &or(&typed.preferred_channel, Channel::Sms.as_str()),
        ),
        sites: people
            .sites
            .iter()
            .filter(|site| me.viewer.works_at(&site.id) || site.id.as_str() == typed.site)
            .map(|site| Choice::new(site.id.as_str(), site.name.clone(), &typed.site))
            .collect(),
        clinicians: if is_new { people.choices(&[Role::Clinician], None, &typed.clinician) } else { Vec::new() },
        protocols,
        recipients: words(
            &[Recipient::Client.as_str(), Recipient::Guardian.as_str()],
            &or(&typed.recipient, Recipient::Client.as_str()),
        ),
        consents: if is_new {
            consents
                .map(|pair| Choice { chosen: typed.consent.contains(&pair), value: pair.clone(), label: pair })
                .collect()
        } else {
            Vec::new()
        },
        name: typed.name,
        preferred_name: typed.preferred_name,
        birth_date: typed.birth_date,
        sexes: words(&Sex::ALL.iter().map(|sex| sex.as_str()).collect::<Vec<_>>(), &typed.sex),
        external_id: typed.external_id,
        phone: typed.phone,
        email: typed.email,
        emergency_name: typed.emergency_name,
        emergency_relation: typed.emergency_relation,
        emergency_phone: typed.emergency_phone,
        guardian_name: typed.guardian_name,
        guardian_relation: typed.guardian_relation,
        guardian_phone: typed.guardian_phone,
        guardian_email: typed.guardian_email,
        problems,
    };
    match client {
        Some(client) => me.show(app, status, &page, Seen::client("view.contacts", client)).await,
        None => me.render(app, status, &page),
    }
}

/// An empty form.
pub async fn new(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    form(&app, &me, StatusCode::OK, None, Typed::default(), Vec::new()).await
}

/// Takes a client in: data, consents and the beginning of the episode in one transaction.
pub async fn create(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    let again = |problems| form(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, None, typed.clone(), problems);
    let read = match typed.read(None) {
        Ok(read) => read,
        Err(problems) => return again(problems).await,
    };
    if !me.viewer.works_at(&read.site) {
        return again(vec![FieldProblem::new("site", Wrong::Choose)]).await;
    }
    let mut tx = app.db.write(&me.practice).await?;
    match take_in(&mut tx, &app, &me, &typed, &read).await {
        Ok(client) => {
            tx.commit().await?;
            Ok(done(&app, &format!("/clients/{client}"), Flash::Saved))
        }
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &NAMES);
            if found.is_empty() { Ok(done(&app, "/admin/clients", Flash::NotPossible)) } else { again(found).await }
        }
        Err(error) => Err(error.into()),
    }
}

async fn take_in(
    tx: &mut store::Tx,
    app: &App,
    me: &Signed,
    typed: &Typed,
    form: &ClientForm,
) -> workflows::Result<ClientId> {
    let client = client::create(tx, &app.ctx, &me.actor(), form).await?;
    let wording = consent_wording::current_version(tx, &app.ctx).await?;
    for (channel, purpose) in typed.consents() {
        let decision = Decision {
            channel,
            purpose,
            state: ConsentState::Given,
            wording_version: wording.clone(),
            source: ConsentSource::Staff,
        };
        client::decide(tx, &app.ctx, Some(&me.staff.id), &client, &decision).await?;
    }
    let start = Start {
        clinician: typed.clinician.parse::<StaffId>().ok(),
        protocol: typed.protocol.parse::<ProtocolId>().ok(),
        ..Start::of(client.clone())
    };
    episode::start(tx, &app.ctx, &me.actor(), &start).await?;
    Ok(client)
}

/// One client.
pub async fn show(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageClient, Some(&client)).await?;
    let mut read = app.db.read(&me.practice).await?;
    let (found, revision) = store::client::find_to_change(&mut read, &client).await?.ok_or(Error::NotFound)?;
    drop(read);
    form(&app, &me, StatusCode::OK, Some(&client), Typed::of(&found, revision), Vec::new()).await
}

/// Saves, unless somebody else saved meanwhile.
pub async fn save(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageClient, Some(&client)).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let before = store::client::find(&mut tx, &client).await?.ok_or(Error::NotFound)?;
    let seen = typed.revision.parse::<i64>().map_err(|_| Error::Conflict)?;
    let problems = match typed.read(Some(&before)) {
        Ok(read) => match client::edit(&mut tx, &app.ctx, &me.actor(), &client, seen, &read).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(done(&app, &format!("/clients/{client}"), Flash::Saved));
            }
            Err(workflows::Error::Invalid(problems)) => renamed(&problems, &NAMES),
            Err(error) => return Err(error.into()),
        },
        Err(problems) => problems,
    };
    drop(tx);
    form(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(&client), typed, problems).await
}
