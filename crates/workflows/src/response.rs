//! Answers and submissions. One function for every door: link, kiosk, staff entry, import.

use crate::{Context, Error, Result, audit, case, delivery};
use care::episode::BaselineWindow;
use care::message::CancelReason;
use care::packet::{Packet, PacketState};
use care::practice::TaskKind;
use care::response::{Mode, Response, ResponseKind, SavedAnswer, Sheet, Signal, StoredScore};
use care::review::{self, Finding, History, Known, NewReason};
use care::staff::Actor;
use care::{CaseId, DeviceId, Instant, PacketId, ResponseId, ScoreId, SignalId};
use chrono::Duration;
use instruments::{Answer, AnswerError};
use sha2::{Digest, Sha256};
use store::Tx;

/// A request that was on its way when the check-in ended is still taken.
const IN_FLIGHT: Duration = Duration::minutes(2);

/// One answer to save.
#[derive(Debug, Clone)]
pub struct GiveAnswer {
    /// Which browser gave it; none for staff entry.
    pub device: Option<DeviceId>,
    /// Instrument id.
    pub instrument: String,
    /// Item id.
    pub item: String,
    /// The answer.
    pub answer: Answer,
}

/// What follows from a saved answer, for the very next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The next question.
    Continue,
    /// Help before anything else: the answer was about danger.
    Interrupt,
    /// The check-in was submitted meanwhile; a different answer was kept apart.
    AlreadyCompleted,
}

/// Saves one answer as given. Danger in it is acted on here, in the same transaction, submitted or not.
pub async fn answer(tx: &mut Tx, ctx: &Context, packet: &PacketId, give: &GiveAnswer) -> Result<Next> {
    let now = ctx.now();
    // The row is locked by the first write, so that a submission on another device sees this answer or comes before it.
    let touched = store::packet::touch(tx, packet, now).await?;
    let open = touched.is_some();
    let packet = match touched {
        Some(packet) => packet,
        None => store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?,
    };
    let asked = packet.asked.iter().find(|asked| asked.id == give.instrument).ok_or(Error::NotFound)?;
    let shelf = ctx.shelf_with(tx, std::slice::from_ref(asked)).await?;
    let instrument = shelf.library.get(&asked.id, &asked.version).ok_or(Error::NotFound)?;
    instruments::check_answer(instrument, &give.item, &give.answer).map_err(|error| {
        Error::invalid(
            "value",
            match error {
                AnswerError::UnknownItem => "answer-unknown-item",
                AnswerError::NotOffered => "answer-not-offered",
                AnswerError::DeclineNotAllowed => "answer-decline-not-allowed",
            },
        )
    })?;
    if !open {
        return late_answer(tx, ctx, &packet, give).await;
    }
    let before = Packet { last_answer_at: None, ..packet.clone() };
    let saved_before = store::answer::of_packet(tx, &packet.id).await?;
    let last = saved_before.iter().map(|saved| saved.answered_at).max();
    if !(Packet { last_answer_at: last, ..before }).accepts(now - IN_FLIGHT) {
        return Err(Error::Closed);
    }
    let saved = SavedAnswer {
        instrument: give.instrument.clone(),
        item: give.item.clone(),
        value: give.answer.value(),
        device_id: give.device.clone(),
        answered_at: now,
    };
    store::answer::save(tx, &packet.id, &saved).await?;
    care::failpoint!("answer.in_tx");
    let mut sheet = sheet_of(&saved_before);
    sheet.entry(give.instrument.clone()).or_default().insert(give.item.clone(), give.answer);

    let asks_about_danger = instrument.risk.iter().any(|rule| rule.item == give.item);
    if !asks_about_danger {
        return Ok(Next::Continue);
    }
    let episode = store::episode::lock(tx, &packet.episode_id).await?.ok_or(Error::NotFound)?;
    let (open, closed) = store::case::reasons_of_episode(tx, &packet.episode_id).await?;
    let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
    let found = review::risk_of_partial(&shelf.library, &packet.asked, &sheet, &known);
    write_signals(tx, ctx, &packet, None, &found.signals).await?;
    case::raise(tx, ctx, episode, case::Origin { packet: Some(&packet.id), response: None }, &found.reasons).await?;
    let endangered = instruments::risks(instrument, &sheet[&give.instrument], instruments::Completeness::InProgress)
        .iter()
        .any(|risk| risk.item == give.item && risk.value.is_some());
    Ok(if endangered { Next::Interrupt } else { Next::Continue })
}

/// An answer that came after the submission: the same one is nothing new, another one is kept as an amendment.
async fn late_answer(tx: &mut Tx, ctx: &Context, packet: &Packet, give: &GiveAnswer) -> Result<Next> {
    if packet.state != PacketState::Completed {
        return Err(Error::Closed);
    }
    let responses = store::response::of_packet(tx, &packet.id).await?;
    let Some(latest) = responses.iter().max_by_key(|response| (response.submitted_at, response.id.clone())) else {
        return Err(Error::Closed);
    };
    let known = |sheet: &Sheet| sheet.get(&give.instrument).and_then(|answers| answers.get(&give.item)).copied();
    if known(&latest.answers) == Some(give.answer)
        || responses.first().is_some_and(|first| known(&first.answers) == Some(give.answer))
    {
        return Ok(Next::AlreadyCompleted);
    }
    let mut sheet = latest.answers.clone();
    sheet.entry(give.instrument.clone()).or_default().insert(give.item.clone(), give.answer);
    amend(tx, ctx, packet, sheet, Mode::Link).await?;
    Ok(Next::AlreadyCompleted)
}

/// Proof of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The response.
    pub response: ResponseId,
    /// When the response that counts was submitted.
    pub submitted_at: Instant,
    /// What this submission was.
    pub outcome: Outcome,
    /// The case that its answers opened or extended.
    pub case: Option<CaseId>,
}

/// What a submission was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The one response of the check-in.
    Accepted,
    /// The same answers again: the same receipt.
    Repeated,
    /// Other answers after the first submission: kept apart.
    Amended,
}

/// Submits what was saved. Everything that follows is in the caller's transaction; reply only after its commit.
pub async fn submit(tx: &mut Tx, ctx: &Context, packet: &PacketId, mode: Mode) -> Result<Receipt> {
    let now = ctx.now();
    let Some(packet) = store::packet::complete(tx, packet, now).await? else { return receipt(tx, packet).await };
    if !packet_was_open(&packet, now) {
        return Err(Error::Closed);
    }
    let answers = store::answer::of_packet(tx, &packet.id).await?;
    if answers.is_empty() {
        return Err(Error::invalid("answers", "submit-nothing-answered"));
    }
    accept(tx, ctx, packet, sheet_of(&answers), mode, now).await
}

/// Takes in a whole sheet at once, given at `at`: staff entry, import, demo. Validates every answer.
pub async fn submit_sheet(
    tx: &mut Tx,
    ctx: &Context,
    packet: &PacketId,
    sheet: Sheet,
    mode: Mode,
    at: Instant,
) -> Result<Receipt> {
    let found = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
    submit_sheet_of(tx, ctx, &found, sheet, mode, at).await
}

/// The same, for a check-in that the caller has read in this transaction.
pub async fn submit_sheet_of(
    tx: &mut Tx,
    ctx: &Context,
    found: &Packet,
    sheet: Sheet,
    mode: Mode,
    at: Instant,
) -> Result<Receipt> {
    let mut problems = Vec::new();
    let shelf = ctx.shelf_with(tx, &found.asked).await?;
    for (id, answers) in &sheet {
        let asked = found.asked.iter().find(|asked| &asked.id == id).ok_or(Error::NotFound)?;
        let instrument = shelf.library.get(&asked.id, &asked.version).ok_or(Error::NotFound)?;
        for (item, answer) in answers {
            if instruments::check_answer(instrument, item, answer).is_err() {
                problems.push(crate::Problem { field: format!("{id}.{item}"), key: "answer-not-offered" });
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if sheet.values().all(std::collections::BTreeMap::is_empty) {
        return Err(Error::invalid("answers", "submit-nothing-answered"));
    }
    match store::packet::complete(tx, &found.id, at).await? {
        Some(packet) => accept(tx, ctx, packet, sheet, mode, at).await,
        None if found.state == PacketState::Completed => amend(tx, ctx, found, sheet, mode).await,
        None => Err(Error::Closed),
    }
}

fn packet_was_open(packet: &Packet, now: Instant) -> bool {
    now - IN_FLIGHT < packet.accepts_until()
}

async fn receipt(tx: &mut Tx, packet: &PacketId) -> Result<Receipt> {
    let responses = store::response::of_packet(tx, packet).await?;
    let first = responses.into_iter().next().ok_or(Error::Closed)?;
    Ok(Receipt { response: first.id, submitted_at: first.submitted_at, outcome: Outcome::Repeated, case: None })
}

/// The one response of a check-in: kept, scored, reviewed, acted on.
async fn accept(tx: &mut Tx, ctx: &Context, packet: Packet, sheet: Sheet, mode: Mode, at: Instant) -> Result<Receipt> {
    let response = Response {
        id: ctx.id(ResponseId::new),
        packet_id: packet.id.clone(),
        client_id: packet.client_id.clone(),
        episode_id: packet.episode_id.clone(),
        kind: ResponseKind::Original,
        mode,
        fingerprint: fingerprint(&sheet),
        answers: sheet,
        submitted_at: at,
    };
    if !store::response::insert(tx, &response).await? {
        return Err(Error::Conflict);
    }
    care::failpoint!("submit.in_tx");
    let episode = store::episode::lock(tx, &packet.episode_id).await?.ok_or(Error::NotFound)?;
    let sessions = store::appointment::sessions_of_episode(tx, &episode.id).await?;
    let session = session_number(&sessions, packet.appointment_id.as_ref(), at);
    let first_session = sessions.first().map_or_else(
        || episode.started_on.and_time(chrono::NaiveTime::MIN).and_utc() + Duration::hours(20),
        |(_, starts_at)| *starts_at,
    );
    let measures = store::response::measures(tx, &episode.id).await?;
    let (open, closed) = store::case::reasons_of_episode(tx, &episode.id).await?;

    // Scoring is our own arithmetic over data; if it should ever fail, the answers are kept and a person is told.
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    let library: &instruments::Library = &shelf.library;
    let scored = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let scores = review::score(library, &packet.asked, &response.answers);
        let history = History {
            episode: &episode.id,
            measures: &measures,
            session,
            baseline_window: BaselineWindow::around(first_session),
            known: Known { packet: Some(&packet.id), open: &open, closed: &closed },
        };
        let review = review::review(library, &packet.asked, &response.answers, &scores, &history, at);
        (scores, review)
    }));
    let origin = case::Origin { packet: Some(&packet.id), response: Some(&response.id) };
    let case = if let Ok((scores, review)) = scored {
        let rows: Vec<StoredScore> = scores
            .into_iter()
            .map(|score| StoredScore {
                id: ctx.id(ScoreId::new),
                response_id: response.id.clone(),
                episode_id: episode.id.clone(),
                instrument: score.instrument,
                version: score.version,
                scale: score.scale,
                state: score.state,
                value: score.value,
                exact: score.exact,
                answered: score.answered,
                missing: score.missing,
                band: score.band,
                session,
                at,
            })
            .collect();
        store::response::insert_scores(tx, &rows).await?;
        store::response::save_measures(tx, &review.measures).await?;
        write_signals(tx, ctx, &packet, Some(&response.id), &review.signals).await?;
        if !open.is_empty() {
            store::case::attach_response(tx, &packet.id, &response.id).await?;
        }
        case::raise(tx, ctx, episode, origin, &review.reasons).await?
    } else {
        tracing::error!(response = %response.id, "scoring failed; the answers are kept and staff are told");
        let failed = NewReason {
            rule: care::response::Rule::ScoringFailed,
            level: care::case::ReasonLevel::Review,
            inputs: care::response::SignalInputs::default(),
        };
        case::raise(tx, ctx, episode, origin, &[failed]).await?
    };
    store::message::cancel_of_packet(tx, &packet.id, CancelReason::PacketClosed).await?;
    let actor = Actor::Client(packet.client_id.clone());
    tx.audit(
        audit::entry(ctx, &actor, "response.submit", "response", response.id.as_str())
            .with("packet", packet.id.as_str()),
    );
    Ok(Receipt { response: response.id, submitted_at: at, outcome: Outcome::Accepted, case })
}

/// A second, different submission: never dropped, never overwriting. Its danger is acted on like any other.
async fn amend(tx: &mut Tx, ctx: &Context, packet: &Packet, sheet: Sheet, mode: Mode) -> Result<Receipt> {
    let now = ctx.now();
    let first = receipt(tx, &packet.id).await?;
    let amendment = Response {
        id: ctx.id(ResponseId::new),
        packet_id: packet.id.clone(),
        client_id: packet.client_id.clone(),
        episode_id: packet.episode_id.clone(),
        kind: ResponseKind::Amendment,
        mode,
        fingerprint: fingerprint(&sheet),
        answers: sheet,
        submitted_at: now,
    };
    if !store::response::insert(tx, &amendment).await? {
        return Ok(first);
    }
    let episode = store::episode::lock(tx, &packet.episode_id).await?.ok_or(Error::NotFound)?;
    let (open, closed) = store::case::reasons_of_episode(tx, &episode.id).await?;
    let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    let found = review::amendment(&shelf.library, &packet.asked, &amendment.answers, &known);
    write_signals(tx, ctx, packet, Some(&amendment.id), &found.signals).await?;
    let origin = case::Origin { packet: Some(&packet.id), response: Some(&amendment.id) };
    let case = case::raise(tx, ctx, episode, origin, &found.reasons).await?;
    delivery::raise_task(tx, ctx, TaskKind::Amendment, &packet.client_id, now + Duration::days(1)).await?;
    let actor = Actor::Client(packet.client_id.clone());
    tx.audit(
        audit::entry(ctx, &actor, "response.amend", "response", amendment.id.as_str())
            .with("packet", packet.id.as_str()),
    );
    Ok(Receipt { response: first.response, submitted_at: first.submitted_at, outcome: Outcome::Amended, case })
}

/// Writes what the rules found.
pub(crate) async fn write_signals(
    tx: &mut Tx,
    ctx: &Context,
    packet: &Packet,
    response: Option<&ResponseId>,
    findings: &[Finding],
) -> Result<()> {
    let now = ctx.now();
    let signals: Vec<Signal> = findings
        .iter()
        .map(|finding| Signal {
            id: ctx.id(SignalId::new),
            episode_id: packet.episode_id.clone(),
            response_id: response.cloned(),
            rule: finding.rule,
            level: finding.level,
            inputs: finding.inputs.clone(),
            raised_at: now,
        })
        .collect();
    Ok(store::response::insert_signals(tx, &signals).await?)
}

/// The sheet of the answers saved so far.
pub fn sheet_of(answers: &[SavedAnswer]) -> Sheet {
    let mut sheet = Sheet::new();
    for saved in answers {
        sheet.entry(saved.instrument.clone()).or_default().insert(saved.item.clone(), Answer::from(saved.value));
    }
    sheet
}

/// Hash of a sheet: the same answers have the same one.
pub(crate) fn fingerprint(sheet: &Sheet) -> String {
    use std::fmt::Write;
    let mut hasher = Sha256::new();
    for (instrument, answers) in sheet {
        for (item, answer) in answers {
            let value = answer.value().map_or_else(|| "-".to_owned(), |value| value.to_string());
            hasher.update(format!("{instrument}\u{1f}{item}\u{1f}{value}\n"));
        }
    }
    hasher.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The number of the session that a check-in belongs to: that of its appointment, else of the sessions begun by then.
fn session_number(sessions: &[(care::AppointmentId, Instant)], own: Option<&care::AppointmentId>, at: Instant) -> i64 {
    let position = own.and_then(|own| sessions.iter().position(|(id, _)| id == own));
    let number = position
        .map_or_else(|| sessions.iter().filter(|(_, starts_at)| *starts_at <= at).count(), |position| position + 1);
    i64::try_from(number.max(1)).unwrap_or(i64::MAX)
}
