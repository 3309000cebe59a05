//! Everything that is held about one client, as a page to read and print and as JSON. It holds the chart, so it is for those
//! who may see the chart; links, devices and secrets of the door are no part of it, and the audit has a page of its own.

use super::{View, record};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::case::words_line;
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, id};
use crate::staff::words::{Telling, contact, phone};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use care::access::Action;
use care::appointment::Appointment;
use care::case::{Case, Reason, Step};
use care::client::{Client, Consent};
use care::episode::{Assignment, Episode};
use care::goal::Goal;
use care::message::Message;
use care::own_words::OwnWords;
use care::packet::Packet;
use care::rater::{By, Collateral, RaterForm};
use care::response::{Response as Answered, StoredScore};
use care::{ClientId, Phi};
use instruments::{Answers, Instrument, Library};
use serde_json::{Value as Json, json};
use std::slice;
use store::Read;
use templates::staff::{AnsweredBlock, AnsweredItem, ClientExport, ExportNote, Fact, Place};
use templates::{Templates, format};

/// Lines of the timeline at most: more than any course of therapy has.
const LINES: usize = 20_000;

/// What is held.
struct Held {
    client: Client,
    consents: Vec<Consent>,
    episodes: Vec<Episode>,
    assignments: Vec<Assignment>,
    appointments: Vec<Appointment>,
    packets: Vec<Packet>,
    responses: Vec<Answered>,
    scores: Vec<StoredScore>,
    cases: Vec<(Case, Vec<Reason>, Vec<Step>)>,
    messages: Vec<Message>,
    words: Vec<OwnWords>,
    goals: Vec<Goal>,
    collaterals: Vec<Collateral>,
    raters: Vec<RaterForm>,
}

async fn held(read: &mut Read, client: Client) -> Result<Held> {
    let id = client.id.clone();
    let mut held = Held {
        consents: store::consent::history(read, &id).await?,
        episodes: store::episode::list_of_client(read, &id).await?,
        assignments: Vec::new(),
        appointments: store::appointment::of_client(read, &id).await?,
        packets: Vec::new(),
        responses: Vec::new(),
        scores: Vec::new(),
        cases: Vec::new(),
        messages: store::message::of_client(read, &id).await?,
        words: store::own_words::of_client(read, &id, i64::MAX).await?,
        goals: Vec::new(),
        collaterals: store::rater::people(read, &id).await?,
        raters: Vec::new(),
        client,
    };
    // What was agreed to and sent under another record of the same person stays with the address it went to.
    for part in store::merge::parts_of(read, &id).await? {
        held.consents.extend(store::consent::history(read, &part).await?);
        held.messages.extend(store::message::of_client(read, &part).await?);
    }
    for episode in held.episodes.clone() {
        held.assignments.extend(store::assignment::history(read, &episode.id).await?);
        held.packets.extend(store::packet::of_episode(read, &episode.id).await?);
        held.responses.extend(store::response::of_episode(read, &episode.id).await?);
        held.goals.extend(store::goal::of_episode(read, &episode.id).await?);
        held.raters.extend(store::rater::of_episode(read, &episode.id).await?);
        held.scores.extend(store::response::scores_of_episode(read, &episode.id).await?);
    }
    for case in store::case::of_client(read, &id).await? {
        let reasons = store::case::reasons(read, &case.id).await?;
        let steps = store::case::steps(read, slice::from_ref(&case.id)).await?;
        held.cases.push((case, reasons, steps));
    }
    held.responses.sort_by_key(|response| std::cmp::Reverse(response.submitted_at));
    Ok(held)
}

async fn found(app: &App, me: &Signed, client: &str) -> Result<ClientId> {
    let client: ClientId = id(client)?;
    me.authorise(app, Action::ViewChart, Some(&client)).await?;
    Ok(client)
}

/// The page.
pub async fn export(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let id = found(&app, &me, &client).await?;
    let mut read = app.db.read(&me.practice).await?;
    let client = store::client::find(&mut read, &id).await?.ok_or(Error::NotFound)?;
    let people = People::of(&mut read, me.zone).await?;
    let telling = me.telling(&app).at(people.zone(&client.site_id));
    let held = held(&mut read, client).await?;
    let cases: Vec<Case> = held.cases.iter().map(|(case, ..)| case.clone()).collect();
    let (client, episodes) = (&held.client, &held.episodes);
    let record =
        record::of_client(&mut read, &me.shelf.library, telling, &people, client, episodes, &cases, View::Chart, LINES)
            .await?;
    drop(read);
    let note = |step: &Step| {
        Some(ExportNote {
            at: telling.date_time(step.at),
            by: step.by.as_ref().map(|by| people.name(by)).unwrap_or_default(),
            text: step.note.as_ref()?.text().to_owned(),
        })
    };
    let clinician = app.templates.said("raters-by-clinician", me.language).unwrap_or_default();
    let view = ClientExport {
        shell: me.shell(&app, Some(Place::Caseload)),
        name: client.name.text().to_owned(),
        href: format!("/clients/{id}"),
        json: format!("/clients/{id}/export.json"),
        printed: format!("{}, {}", me.staff.name.text(), telling.date_time(telling.now)),
        facts: facts(&app.templates, client, &people, telling),
        consents: record.consents,
        answered: held
            .responses
            .iter()
            .flat_map(|response| blocks(&me.shelf.library, telling, &held.packets, response))
            .chain(
                held.raters
                    .iter()
                    .filter_map(|form| rated(&me.shelf.library, telling, &held.collaterals, form, &clinician)),
            )
            .collect(),
        words: held.words.iter().cloned().map(|words| words_line(&me.shelf.library, telling, words)).collect(),
        appointments: record.appointments,
        timeline: record.timeline,
        notes: held.cases.iter().flat_map(|(_, _, steps)| steps).filter_map(note).collect(),
    };
    me.show(&app, StatusCode::OK, &view, Seen::client("export.read", &id)).await
}

fn facts(templates: &Templates, client: &Client, people: &People, telling: Telling) -> Vec<Fact> {
    let text = |value: &Option<Phi<String>>| value.as_ref().map(|value| value.text().to_owned());
    [
        ("name", Some(client.name.text().to_owned())),
        ("preferred_name", text(&client.preferred_name)),
        ("birth_date", client.birth_date.as_ref().map(|day| format::day(*day.expose(), telling.language))),
        ("sex", client.sex.and_then(|sex| templates.said(&format!("sex-{sex}"), telling.language))),
        ("external_id", text(&client.external_id)),
        ("email", text(&client.email)),
        ("phone", client.phone.as_ref().map(|number| phone(number.text()))),
        ("zone", client.zone.clone()),
        ("site", Some(people.site_name(&client.site_id))),
        ("emergency_name", client.emergency_contact.as_ref().map(|one| contact(one.expose()))),
        ("guardian_name", client.guardian.as_ref().map(|one| contact(one.expose()))),
    ]
    .into_iter()
    .filter_map(|(field, value)| Some(Fact { field: field.to_owned(), value: value? }))
    .collect()
}

/// A response in words, a block for each instrument: the questions as they were asked.
fn blocks(library: &Library, telling: Telling, packets: &[Packet], response: &Answered) -> Vec<AnsweredBlock> {
    let asked = packets.iter().find(|packet| packet.id == response.packet_id).map(|packet| packet.asked.as_slice());
    let answered = |asked: &care::packet::Asked| {
        let instrument = library.get(&asked.id, &asked.version)?;
        Some(block(instrument, response.answers.get(&asked.id)?, None, response.submitted_at, telling))
    };
    asked.unwrap_or_default().iter().filter_map(answered).collect()
}

/// What somebody else answered, in words.
fn rated(
    library: &Library,
    telling: Telling,
    people: &[Collateral],
    form: &RaterForm,
    clinician: &str,
) -> Option<AnsweredBlock> {
    let instrument = library.get(&form.instrument, &form.version)?;
    let who = match &form.by {
        By::Clinician => clinician,
        By::Collateral(id) => people.iter().find(|person| person.id == *id)?.name.text(),
    };
    Some(block(instrument, &form.answers, Some(who), form.rated_at, telling))
}

fn block(
    instrument: &Instrument,
    answers: &Answers,
    who: Option<&str>,
    at: care::Instant,
    telling: Telling,
) -> AnsweredBlock {
    let language = telling.language;
    let scale = instrument.primary();
    let score = instruments::score(instrument, answers).into_iter().find(|score| score.scale == scale.id);
    let items = instrument.items.iter().map(|item| {
        let value = answers.get(&item.id).and_then(|answer| answer.value());
        AnsweredItem {
            item: item.text.get(language).to_owned(),
            answer: value.and_then(|value| item.shown(value, language)),
            value,
            before: None,
            marked: false,
        }
    });
    let who = who.map(|who| format!(" ({who})")).unwrap_or_default();
    AnsweredBlock {
        title: format!("{}{who}, {}", instrument.short_name.get(language), telling.day(at)),
        score: score.and_then(|score| score.value).map(|value| scale.shown(value)),
        items: items.collect(),
    }
}

/// The same for a machine: every table's rows about the client, with the names of the columns.
pub async fn export_json(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let id = found(&app, &me, &client).await?;
    let mut read = app.db.read(&me.practice).await?;
    let client = store::client::find(&mut read, &id).await?.ok_or(Error::NotFound)?;
    let held = held(&mut read, client).await?;
    drop(read);
    let document = as_json(&held, app.now());
    let body = serde_json::to_vec_pretty(&document).map_err(|_| Error::Internal)?;
    let entry = workflows::audit::entry(&app.ctx, &me.actor(), "export.json", "client", id.as_str());
    let mut tx = app.db.write(&me.practice).await?;
    tx.audit(entry.listing("clients", [id.as_str()]));
    tx.commit().await?;
    let mut response = (StatusCode::OK, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // The name of a downloaded file stays on a disk: it names nobody.
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"record.json\""));
    Ok(response)
}

fn as_json(held: &Held, now: care::Instant) -> Json {
    let text = |value: &Option<Phi<String>>| value.as_ref().map(|value| value.text().to_owned());
    let client = &held.client;
    let message = |one: &Message| {
        json!({
            "id": one.id, "kind": one.kind, "channel": one.channel, "state": one.state, "due_at": one.due_at,
            "sent_at": one.sent_at, "check_in": one.packet_id, "code": one.code, "text": one.text,
        })
    };
    let response = |one: &Answered| {
        json!({
            "id": one.id, "check_in": one.packet_id, "episode": one.episode_id, "kind": one.kind, "mode": one.mode,
            "submitted_at": one.submitted_at, "answers": one.answers,
        })
    };
    let score = |one: &StoredScore| {
        json!({
            "response": one.response_id, "instrument": one.instrument, "version": one.version, "scale": one.scale,
            "state": one.state, "value": one.value, "answered": one.answered, "missing": one.missing, "band": one.band,
            "session": one.session, "at": one.at,
        })
    };
    let case = |(case, reasons, steps): &(Case, Vec<Reason>, Vec<Step>)| {
        let reason = |one: &Reason| {
            json!({
                "rule": one.rule, "level": one.level, "raised_at": one.raised_at, "due_at": one.due_at,
                "acknowledged_at": one.acknowledged_at, "disposed_at": one.disposed_at, "disposition": one.disposition,
                "check_in": one.packet_id,
            })
        };
        let step =
            |one: &Step| json!({ "kind": one.kind, "at": one.at, "by": one.by, "to": one.to, "note": text(&one.note) });
        json!({
            "id": case.id, "episode": case.episode_id, "state": case.state, "decision": case.decision,
            "opened_at": case.opened_at, "due_at": case.due_at, "closed_at": case.closed_at,
            "reasons": reasons.iter().map(reason).collect::<Vec<_>>(), "steps": steps.iter().map(step).collect::<Vec<_>>(),
        })
    };
    json!({
        "made_at": now,
        "client": {
            "id": client.id, "site": client.site_id, "external_id": text(&client.external_id), "name": client.name.text(),
            "preferred_name": text(&client.preferred_name),
            "birth_date": client.birth_date.as_ref().map(|day| day.expose().to_string()),
            "sex": client.sex, "email": text(&client.email), "phone": text(&client.phone), "language": client.language, "zone": client.zone,
            "preferred_channel": client.preferred_channel, "recipient": client.recipient,
            "emergency_contact": client.emergency_contact.as_ref().map(Phi::expose),
            "guardian": client.guardian.as_ref().map(Phi::expose),
        },
        "consents": held.consents.iter().map(|one| json!({
            "channel": one.channel, "purpose": one.purpose, "state": one.state, "wording": one.wording_version,
            "source": one.source, "recorded_at": one.recorded_at,
        })).collect::<Vec<_>>(),
        "episodes": held.episodes.iter().map(|one| json!({
            "id": one.id, "site": one.site_id, "protocol": one.protocol_id, "started_on": one.started_on,
            "state": one.state, "discharged_at": one.discharged_at, "discharge_reason": one.discharge_reason,
        })).collect::<Vec<_>>(),
        "assignments": held.assignments.iter().map(|one| json!({
            "episode": one.episode_id, "clinician": one.clinician_id, "starts_at": one.starts_at, "ends_at": one.ends_at,
        })).collect::<Vec<_>>(),
        "appointments": held.appointments.iter().map(|one| json!({
            "id": one.id, "episode": one.episode_id, "clinician": one.clinician_id, "site": one.site_id,
            "starts_at": one.starts_at, "ends_at": one.ends_at, "state": one.state,
        })).collect::<Vec<_>>(),
        "check_ins": held.packets.iter().map(|one| json!({
            "id": one.id, "episode": one.episode_id, "appointment": one.appointment_id, "occasion": one.occasion,
            "asked": one.asked, "state": one.state, "send_at": one.send_at, "sent_at": one.sent_at,
            "started_at": one.started_at, "completed_at": one.completed_at, "expires_at": one.expires_at,
        })).collect::<Vec<_>>(),
        "responses": held.responses.iter().map(response).collect::<Vec<_>>(),
        "own_words": held.words.iter().map(|one| json!({
            "check_in": one.packet_id, "given_at": one.given_at,
            "question": one.asked_for.as_ref().map(|asked| json!({
                "instrument": asked.instrument, "version": asked.version, "item": asked.item,
            })),
            "text": one.text.text(), "phrases": one.found,
        })).collect::<Vec<_>>(),
        "goals": held.goals.iter().map(|one| json!({
            "episode": one.episode_id, "number": one.number, "state": one.state, "ended_at": one.ended_at,
            "wordings": one.wordings.iter().map(|words| json!({
                "version": words.version, "text": words.text.text(), "agreed_at": words.agreed_at, "agreed_with": words.agreed_with,
            })).collect::<Vec<_>>(),
            "ratings": one.ratings.iter().map(|rated| json!({
                "version": rated.version, "rating": rated.rating, "rated_at": rated.rated_at,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "collaterals": held.collaterals.iter().map(|one| json!({
            "id": one.id, "name": one.name.text(), "contact": text(&one.contact), "relation": one.relation, "language": one.language,
            "agreed_at": one.agreed_at, "agreed_with": one.agreed_with, "ended_at": one.ended_at,
        })).collect::<Vec<_>>(),
        "raters": held.raters.iter().map(|one| json!({
            "episode": one.episode_id, "rater": one.by.rater(), "collateral": one.by.collateral(), "entered_by": one.entered_by,
            "instrument": one.instrument, "version": one.version, "answers": one.answers, "session": one.session,
            "rated_at": one.rated_at,
        })).collect::<Vec<_>>(),
        "scores": held.scores.iter().map(score).collect::<Vec<_>>(),
        "cases": held.cases.iter().map(case).collect::<Vec<_>>(),
        "messages": held.messages.iter().map(message).collect::<Vec<_>>(),
    })
}
