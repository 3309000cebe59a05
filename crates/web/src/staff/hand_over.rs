//! A check-in that does not travel by message: answers entered from paper or from the telephone, a card with its link, the
//! questions on paper, and this device handed to the client, which ends the staff member's own view first.

use super::door::qr;
use super::form::{Nothing, Posted};
use super::session::{Signed, leave};
use super::shown::{Seen, done, id, rendered};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use care::access::Action;
use care::packet::{Asked, Packet};
use care::practice::CrisisResource;
use care::response::{Mode, Sheet};
use care::sitting::{self, Question};
use care::{ClientId, Instant, Language, PacketId, Phi};
use chrono::{LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use instruments::{Answer, ItemKind, VISUAL_ANALOGUE_MAX, WRITTEN};
use templates::format;
use templates::staff::{
    AnswerEntry, Choice, EntryItem, EntryPart, FieldProblem, Flash, HandOverCard, KioskCard, PaperForm, Place, Wrong,
};
use workflows::check_in;
use workflows::{response, sign_in};

/// Answers this much older than the check-in are another check-in's.
const EARLIEST: chrono::Duration = chrono::Duration::days(30);

pub(super) type Fields = Vec<(String, String)>;

/// A check-in that can still be answered, with what its pages need.
struct Found {
    packet: Packet,
    name: String,
    language: Language,
    zone: Tz,
    library: std::sync::Arc<instruments::Library>,
    /// What may be answered: what the check-in asks, and what its screening questionnaires may go on to.
    asked: Vec<Asked>,
}

impl Found {
    fn questions(&self) -> Vec<Question<'_>> {
        sitting::questions(&self.library, &self.asked)
    }

    /// Where a questionnaire is only a further step: which one calls for it, and from which total on.
    fn step_to(&self, id: &str) -> Option<(String, i64)> {
        let is_planned = self.packet.asked.iter().any(|one| one.id == id);
        let by = |one: &Asked| {
            let short = self.library.get(&one.id, &one.version)?;
            let step = short.step.as_ref().filter(|step| step.to == id)?;
            Some((short.short_name.get(self.language).to_owned(), step.at_least))
        };
        if is_planned { None } else { self.asked.iter().find_map(by) }
    }
}

async fn found(app: &App, me: &Signed, packet: &str) -> Result<Found> {
    let packet: PacketId = id(packet)?;
    let mut read = app.db.read(&me.practice).await?;
    let packet = store::packet::find(&mut read, &packet).await?.ok_or(Error::NotFound)?;
    drop(read);
    me.authorise(app, Action::SendCheckIn, Some(&packet.client_id)).await?;
    let mut read = app.db.read(&me.practice).await?;
    let client = store::client::find(&mut read, &packet.client_id).await?.ok_or(Error::NotFound)?;
    let (language, asked) = check_in::on_paper(&mut read, &app.ctx, &packet).await?;
    drop(read);
    let library = app.library_of(&me.practice, &packet).await?;
    Ok(Found { name: client.called().to_owned(), language, zone: me.zone, library, packet, asked })
}

/// What was typed for one question.
fn typed<'a>(fields: &'a [(String, String)], what: &str, number: usize) -> &'a str {
    let key = format!("{what}_{number}");
    fields.iter().find(|(name, _)| *name == key).map(|(_, value)| value.trim()).unwrap_or_default()
}

/// The questions by questionnaire, with what was typed.
fn parts(found: &Found, fields: &Fields, wrong: &[usize]) -> Vec<EntryPart> {
    let questions = found.questions();
    let mut parts: Vec<EntryPart> = Vec::new();
    let mut last = "";
    for (number, question) in (1..).zip(&questions) {
        if question.instrument.id != last {
            last = &question.instrument.id;
            parts.push(EntryPart {
                name: question.instrument.short_name.get(found.language).to_owned(),
                stem: question.instrument.stem.get(found.language).to_owned(),
                only_after: found.step_to(&question.instrument.id),
                items: Vec::new(),
            });
        }
        let item = item(question, number, found.language, fields, wrong.contains(&number));
        if let Some(part) = parts.last_mut() {
            part.items.push(item);
        }
    }
    parts
}

/// Questions as the form asks them, numbered from 1, with what was typed.
pub(super) fn entry_items(
    questions: &[Question<'_>],
    language: Language,
    fields: &[(String, String)],
    wrong: &[usize],
) -> Vec<EntryItem> {
    let numbered = (1..).zip(questions);
    numbered.map(|(number, question)| item(question, number, language, fields, wrong.contains(&number))).collect()
}

fn item(
    question: &Question<'_>,
    number: usize,
    language: Language,
    fields: &[(String, String)],
    wrong: bool,
) -> EntryItem {
    let value = typed(fields, "answer", number).to_owned();
    let (options, range) = match &question.item.kind {
        ItemKind::Choice(options) => {
            let choice =
                |one: &instruments::AnswerOption| Choice::new(one.value.to_string(), one.label.get(language), &value);
            (options.iter().map(choice).collect(), String::new())
        }
        ItemKind::VisualAnalogue { low, high } => {
            (Vec::new(), format!("0 = {}, 10 = {}", low.get(language), high.get(language)))
        }
        ItemKind::Number { .. } | ItemKind::Goal => {
            let (low, high) = question.item.range();
            (Vec::new(), format!("{low} – {high}"))
        }
        ItemKind::Words => (Vec::new(), String::new()),
    };
    let decline = question.item.allow_decline.then(|| typed(fields, "decline", number) == "1");
    let in_words = question.item.kind == ItemKind::Words;
    let wording = question.item.text.get(language).to_owned();
    EntryItem { number, wording, options, range, in_words, value, decline, wrong }
}

/// The form.
pub(super) async fn enter(State(app): State<App>, me: Signed, Path(packet): Path<String>) -> Result<Response> {
    let found = found(&app, &me, &packet).await?;
    if !found.packet.accepts(app.now()) {
        return Ok(done(&app, &format!("/clients/{}", found.packet.client_id), Flash::NotPossible));
    }
    page(&app, &me, &found, StatusCode::OK, &given_now(found.zone, app.now()), Vec::new(), &[]).await
}

async fn page(
    app: &App,
    me: &Signed,
    found: &Found,
    status: StatusCode,
    fields: &Fields,
    problems: Vec<FieldProblem>,
    wrong: &[usize],
) -> Result<Response> {
    let one =
        |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let mode = if one("mode") == "phone" { "phone" } else { "paper" };
    let view = AnswerEntry {
        shell: me.shell(app, Some(Place::Caseload)),
        client: found.packet.client_id.as_str().to_owned(),
        name: found.name.clone(),
        packet: found.packet.id.as_str().to_owned(),
        occasion: found.packet.occasion,
        code: found.language.as_str().to_owned(),
        parts: parts(found, fields, wrong),
        modes: ["paper", "phone"].map(|one| Choice::new(one, one, mode)).into(),
        date: one("answered_on"),
        time: one("answered_at"),
        problems,
    };
    me.show(app, status, &view, Seen::client("view.entry", &found.packet.client_id)).await
}

/// The fields of a form of which nothing was typed yet: the answers were given just now.
pub(super) fn given_now(zone: Tz, now: Instant) -> Fields {
    let local = now.with_timezone(&zone);
    [("answered_on", "%Y-%m-%d"), ("answered_at", "%H:%M")]
        .map(|(name, format)| (name.to_owned(), local.format(format).to_string()))
        .into()
}

/// Day and time at which the answers were given.
pub(super) fn given_at(
    fields: &[(String, String)],
    zone: Tz,
    earliest: Instant,
    now: Instant,
) -> Result<Instant, FieldProblem> {
    let one =
        |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).unwrap_or_default();
    let day = NaiveDate::parse_from_str(one("answered_on"), "%Y-%m-%d")
        .map_err(|_| FieldProblem::new("answered_on", Wrong::Date))?;
    let time = NaiveTime::parse_from_str(one("answered_at"), "%H:%M")
        .map_err(|_| FieldProblem::new("answered_at", Wrong::Time))?;
    let at = match zone.from_local_datetime(&day.and_time(time)) {
        LocalResult::Single(at) => at.with_timezone(&Utc),
        LocalResult::None | LocalResult::Ambiguous(..) => {
            return Err(FieldProblem::new("answered_at", Wrong::LocalTime));
        }
    };
    // The minute that is going on is not the future.
    if at > now || at < earliest {
        return Err(FieldProblem::new("answered_on", Wrong::Order));
    }
    Ok(at)
}

/// The answers, or the numbers of the questions whose answer cannot be used.
pub(crate) fn answers_of(questions: &[Question<'_>], fields: &[(String, String)]) -> Result<Sheet, Vec<usize>> {
    let mut sheet = Sheet::new();
    let mut wrong = Vec::new();
    for (number, question) in (1..).zip(questions) {
        let text = typed(fields, "answer", number);
        let answer = if typed(fields, "decline", number) == "1" && question.item.allow_decline {
            Answer::Declined
        } else if text.is_empty() {
            continue;
        } else {
            let Some(value) = number_of(question, text) else {
                wrong.push(number);
                continue;
            };
            Answer::Value(value)
        };
        if instruments::check_answer(question.instrument, &question.item.id, &answer).is_err() {
            wrong.push(number);
            continue;
        }
        sheet.entry(question.instrument.id.clone()).or_default().insert(question.item.id.clone(), answer);
    }
    if wrong.is_empty() { Ok(sheet) } else { Err(wrong) }
}

/// What was written to the questions that are answered in words: instrument, item, words.
fn words_of(questions: &[Question<'_>], fields: &[(String, String)]) -> Vec<(String, String, Phi<String>)> {
    let asked = (1..).zip(questions).filter(|(_, question)| question.item.kind == ItemKind::Words);
    asked
        .map(|(number, question)| (question, typed(fields, "answer", number)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(question, text)| (question.instrument.id.clone(), question.item.id.clone(), Phi::new(text.to_owned())))
        .collect()
}

/// An option's value, a number, or a mark of a line with one decimal, as tenths.
fn number_of(question: &Question<'_>, text: &str) -> Option<i64> {
    match &question.item.kind {
        ItemKind::Choice(_) | ItemKind::Number { .. } | ItemKind::Goal => text.parse().ok(),
        ItemKind::Words => Some(WRITTEN),
        ItemKind::VisualAnalogue { .. } => {
            let text = text.replace(',', ".");
            let (whole, tenth) = text.split_once('.').unwrap_or((&text, "0"));
            let digit = |part: &str, most: usize| {
                !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit())
            };
            if !digit(whole, 2) || !digit(tenth, 1) {
                return None;
            }
            let value = whole.parse::<i64>().ok()? * 10 + tenth.parse::<i64>().ok()?;
            (value <= VISUAL_ANALOGUE_MAX).then_some(value)
        }
    }
}

/// Takes the answers in, with how and when they were given.
pub(super) async fn take_in(
    State(app): State<App>,
    me: Signed,
    Path(packet): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Result<Response> {
    let found = found(&app, &me, &packet).await?;
    let back = format!("/clients/{}", found.packet.client_id);
    if !found.packet.accepts(app.now()) {
        return Ok(done(&app, &back, Flash::NotPossible));
    }
    let mode = match fields.iter().find(|(name, _)| name == "mode").map(|(_, value)| value.as_str()) {
        Some("paper") => Ok(Mode::Paper),
        Some("phone") => Ok(Mode::Phone),
        _ => Err(FieldProblem::new("mode", Wrong::Choose)),
    };
    let at = given_at(&fields, found.zone, found.packet.send_at - EARLIEST, app.now());
    let sheet = answers_of(&found.questions(), &fields);
    let (mode, at, sheet) = match (mode, at, sheet) {
        (Ok(mode), Ok(at), Ok(sheet)) if !sheet.is_empty() => (mode, at, sheet),
        (mode, at, sheet) => {
            let wrong = sheet.as_ref().err().cloned().unwrap_or_default();
            let mut problems: Vec<FieldProblem> = [mode.err(), at.err()].into_iter().flatten().collect();
            match sheet {
                Err(_) => problems.push(FieldProblem::new("answers", Wrong::Choose)),
                Ok(sheet) if sheet.is_empty() => problems.push(FieldProblem::new("answers", Wrong::Required)),
                Ok(_) => {}
            }
            return page(&app, &me, &found, StatusCode::UNPROCESSABLE_ENTITY, &fields, problems, &wrong).await;
        }
    };
    let mut tx = app.db.write(&me.practice).await?;
    match response::enter(&mut tx, &app.ctx, &me.staff.id, &found.packet.id, sheet, mode, at).await {
        Ok(_) => {
            let words = words_of(&found.questions(), &fields);
            response::enter_words(&mut tx, &app.ctx, &found.packet.id, &words).await?;
            tx.commit().await?;
        }
        Err(workflows::Error::Closed) => return Ok(done(&app, &back, Flash::NotPossible)),
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &back, Flash::Saved))
}

/// A card with a link of its own, in the client's language.
pub(super) async fn card(
    State(app): State<App>,
    me: Signed,
    Path(packet): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let found = found(&app, &me, &packet).await?;
    if !found.packet.accepts(app.now()) {
        return Ok(done(&app, &format!("/clients/{}", found.packet.client_id), Flash::NotPossible));
    }
    let mut tx = app.db.write(&me.practice).await?;
    let token = check_in::hand_out(&mut tx, &app.ctx, &found.packet.id, &me.actor()).await?;
    let practice = store::practice::get(&mut tx).await?;
    tx.commit().await?;
    let link = format!("{}/c/{token}", app.config.base_url);
    let view = HandOverCard {
        shell: me.shell(&app, Some(Place::Caseload)),
        client: found.packet.client_id.as_str().to_owned(),
        practice: practice.display_name,
        phone: practice.phone,
        code: found.language.as_str().to_owned(),
        qr: qr::svg(&link),
        link,
        until: format::weekday_day(format::local_day(found.packet.expires_at, found.zone), found.language),
    };
    let mut response = rendered(&app, found.language, StatusCode::OK, &view)?;
    // The address on it opens the check-in.
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The questions on paper, in the client's language.
pub(super) async fn paper(State(app): State<App>, me: Signed, Path(packet): Path<String>) -> Result<Response> {
    let found = found(&app, &me, &packet).await?;
    let mut read = app.db.read(&me.practice).await?;
    let practice = store::practice::get(&mut read).await?;
    let episode = store::episode::find(&mut read, &found.packet.episode_id).await?;
    drop(read);
    let site = episode.map(|episode| episode.site_id);
    let view = PaperForm {
        shell: me.shell(&app, Some(Place::Caseload)),
        client: found.packet.client_id.as_str().to_owned(),
        practice: practice.display_name,
        code: found.language.as_str().to_owned(),
        parts: parts(&found, &Vec::new(), &[]),
        crisis: on_paper(me.face.crisis(found.language, site.as_ref())),
    };
    let seen = Seen::client("view.paper", &found.packet.client_id);
    me.show_in(&app, found.language, StatusCode::OK, &view, seen).await
}

/// Each name with its number or address, once: on paper calling and texting are the same line.
fn on_paper<'a>(crisis: impl Iterator<Item = &'a CrisisResource>) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for one in crisis {
        let to = one.href.split_once(':').map_or(one.href.as_str(), |(_, to)| to.trim_start_matches('/'));
        let line = (one.label.clone(), to.to_owned());
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// A code that opens this check-in on a kiosk, for a day.
pub(super) async fn code(
    State(app): State<App>,
    me: Signed,
    Path(packet): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let found = found(&app, &me, &packet).await?;
    if !found.packet.accepts(app.now()) {
        return Ok(done(&app, &format!("/clients/{}", found.packet.client_id), Flash::NotPossible));
    }
    let mut tx = app.db.write(&me.practice).await?;
    let code = workflows::kiosk::issue(&mut tx, &app.ctx, &me.actor(), &found.packet).await?;
    let practice = store::practice::get(&mut tx).await?;
    tx.commit().await?;
    let until = (app.now() + chrono::Duration::hours(24)).min(found.packet.expires_at);
    let view = KioskCard {
        shell: me.shell(&app, Some(Place::Caseload)),
        client: found.packet.client_id.as_str().to_owned(),
        practice: practice.display_name,
        code: format!("{} {}", &code[..3], &code[3..]),
        until: Some(format::date_time(until, found.zone, me.language)),
    };
    me.render(&app, StatusCode::OK, &view)
}

/// A code of the client's own for kiosks; the one before no longer works.
pub(super) async fn standing_code(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::SendCheckIn, Some(&client)).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let code = workflows::kiosk::issue_standing(&mut tx, &app.ctx, &me.actor(), &client).await?;
    let practice = store::practice::get(&mut tx).await?;
    tx.commit().await?;
    let view = KioskCard {
        shell: me.shell(&app, Some(Place::Caseload)),
        client: client.as_str().to_owned(),
        practice: practice.display_name,
        code: format!("{} {}", &code[..4], &code[4..]),
        until: None,
    };
    me.render(&app, StatusCode::OK, &view)
}

/// Hands this device to the client: the staff member is signed out of it first.
pub(super) async fn here(
    State(app): State<App>,
    me: Signed,
    Path(packet): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let found = found(&app, &me, &packet).await?;
    if !found.packet.accepts(app.now()) {
        return Ok(done(&app, &format!("/clients/{}", found.packet.client_id), Flash::NotPossible));
    }
    let mut tx = app.db.write(&me.practice).await?;
    let token = check_in::hand_out(&mut tx, &app.ctx, &found.packet.id, &me.actor()).await?;
    sign_in::sign_out(&mut tx, &app.ctx, &me.session).await?;
    tx.commit().await?;
    let mut response = Redirect::to(&format!("/c/{token}")).into_response();
    response.headers_mut().append(header::SET_COOKIE, leave(&app));
    Ok(response)
}
