//! Everything that is held about one client, as a page to read and print and as JSON. It holds the chart, so it is for those
//! who may see the chart; links, devices and secrets of the door are no part of it, and the audit has a page of its own.

mod sections;

use super::charts::Happened;
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
use care::case::{Case, Step};
use care::client::Client;
use care::episode::Episode;
use care::goal::Goal;
use care::own_words::OwnWords;
use care::packet::{Packet, PacketState};
use care::rater::{By, Collateral, RaterForm};
use care::response::{Response as Answered, SavedAnswer};
use care::{ClientId, EpisodeId, MeetingId, Phi};
use instruments::{Answer, Answers, Instrument, Library};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::slice;
use store::Read;
use store::held::{COLUMNS_LEFT_OUT, HeldRow, TABLES_LEFT_OUT};
use templates::staff::{AnsweredBlock, AnsweredItem, ClientExport, ExportNote, Fact, Place};
use templates::{Templates, format};

/// Lines of the timeline at most: more than any course of therapy has.
const LINES: usize = 20_000;

/// What the page tells.
struct Held {
    client: Client,
    episodes: Vec<Episode>,
    packets: Vec<Packet>,
    responses: Vec<Answered>,
    /// Answers of check-ins that were never handed in.
    unfinished: Vec<(Packet, Vec<SavedAnswer>)>,
    cases: Vec<(Case, Vec<Step>)>,
    words: Vec<OwnWords>,
    goals: Vec<Goal>,
    collaterals: Vec<Collateral>,
    raters: Vec<RaterForm>,
    tables: BTreeMap<String, Vec<HeldRow>>,
}

async fn held(read: &mut Read, client: Client) -> Result<Held> {
    let id = client.id.clone();
    let mut held = Held {
        episodes: store::episode::list_of_client(read, &id).await?,
        packets: Vec::new(),
        responses: Vec::new(),
        unfinished: Vec::new(),
        cases: Vec::new(),
        words: store::own_words::of_client(read, &id, i64::MAX).await?,
        goals: Vec::new(),
        collaterals: store::rater::people(read, &id).await?,
        raters: Vec::new(),
        tables: store::held::of_client(read, &id).await?,
        client,
    };
    // A decision of supervision was made on the day of its meeting.
    for decision in held.tables.get_mut("supervision_decision").into_iter().flatten() {
        let meeting = decision.get("meeting_id").and_then(Json::as_str).map(MeetingId::from_text);
        let Some(meeting) = meeting else { continue };
        if let Some(meeting) = store::meeting::find(read, &meeting).await? {
            decision.insert("held_on".to_owned(), Json::from(meeting.held_on.to_string()));
        }
    }
    for episode in held.episodes.clone() {
        held.packets.extend(store::packet::of_episode(read, &episode.id).await?);
        held.responses.extend(store::response::of_episode(read, &episode.id).await?);
        held.goals.extend(store::goal::of_episode(read, &episode.id).await?);
        held.raters.extend(store::rater::of_episode(read, &episode.id).await?);
    }
    for packet in held.packets.iter().filter(|packet| packet.state != PacketState::Completed) {
        let saved = store::answer::of_packet(read, &packet.id).await?;
        if !saved.is_empty() {
            held.unfinished.push((packet.clone(), saved));
        }
    }
    for case in store::case::of_client(read, &id).await? {
        let steps = store::case::steps(read, slice::from_ref(&case.id)).await?;
        held.cases.push((case, steps));
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
    let mut people = People::of(&mut read, me.zone).await?;
    let telling = me.telling(&app).at(people.zone(&client.site_id));
    let held = held(&mut read, client).await?;
    let cases: Vec<Case> = held.cases.iter().map(|(case, ..)| case.clone()).collect();
    let (client, episodes) = (&held.client, &held.episodes);
    let ids: Vec<EpisodeId> = episodes.iter().map(|episode| episode.id.clone()).collect();
    let plans = store::plan_change::of_episodes(&mut read, &ids).await?;
    let happened = Happened { cases: &cases, plans: &plans };
    let (shelf, view) = (&me.shelf.library, View::Chart);
    let record =
        record::of_client(&mut read, shelf, telling, &mut people, client, episodes, &happened, view, LINES).await?;
    let names = sections::Names::of(&mut read).await?;
    drop(read);
    let note = |step: &Step| {
        Some(ExportNote {
            at: telling.date_time(step.at),
            by: step.by.as_ref().map(|by| people.name(by)).unwrap_or_default(),
            text: step.note.as_ref()?.text().to_owned(),
        })
    };
    let teller = sections::Teller {
        templates: &app.templates,
        library: &me.shelf.library,
        people: &people,
        telling,
        names: &names,
        tables: &held.tables,
    };
    let unfinished = app.templates.said("export-unfinished", me.language).unwrap_or_default();
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
                held.unfinished
                    .iter()
                    .flat_map(|(packet, saved)| begun(&me.shelf.library, telling, packet, saved, &unfinished)),
            )
            .chain(
                held.raters
                    .iter()
                    .filter_map(|form| rated(&me.shelf.library, telling, &held.collaterals, form, &clinician)),
            )
            .collect(),
        words: held.words.iter().cloned().map(|words| words_line(&me.shelf.library, telling, words)).collect(),
        appointments: record.appointments,
        timeline: record.timeline,
        notes: held.cases.iter().flat_map(|(_, steps)| steps).filter_map(note).collect(),
        sections: teller.sections(&held.goals),
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

/// What was answered of a check-in that was never handed in.
fn begun(
    library: &Library,
    telling: Telling,
    packet: &Packet,
    saved: &[SavedAnswer],
    unfinished: &str,
) -> Vec<AnsweredBlock> {
    let answered = |asked: &care::packet::Asked| {
        let instrument = library.get(&asked.id, &asked.version)?;
        let of_it = saved.iter().filter(|one| one.instrument == asked.id);
        let at = of_it.clone().map(|one| one.answered_at).max()?;
        let answers = of_it.map(|one| (one.item.clone(), one.value.map_or(Answer::Declined, Answer::Value))).collect();
        Some(block(instrument, &answers, Some(unfinished), at, telling))
    };
    packet.asked.iter().filter_map(answered).collect()
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
    let tables = store::held::of_client(&mut read, &client.id).await?;
    drop(read);
    let document = as_json(&tables, app.now());
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

/// What is left out is said as well, so that nobody takes it for all there is.
fn as_json(tables: &BTreeMap<String, Vec<HeldRow>>, now: care::Instant) -> Json {
    let whole = TABLES_LEFT_OUT.iter().map(|(table, why)| json!({ "table": table, "why": why }));
    let columns =
        COLUMNS_LEFT_OUT.iter().map(|(table, column, why)| json!({ "table": table, "column": column, "why": why }));
    json!({ "made_at": now, "tables": tables, "left_out": whole.chain(columns).collect::<Vec<_>>() })
}
