//! Answers and submissions. One function for every door: link, kiosk, staff entry, import.

mod consequences;

pub(crate) use self::consequences::fingerprint;
pub use self::consequences::{Consequences, Judge, consequences, signals};

use crate::sitting::{Settled, settle};
use crate::{Context, Error, Result, audit, case, delivery, exit_survey, outcome, own_words};
use care::client::person_at;
use care::message::CancelReason;
use care::own_words::AskedFor;
use care::packet::{Packet, PacketState};
use care::practice::TaskKind;
use care::response::{Mode, ResponseKind, SavedAnswer, Sheet};
use care::review::{self, Finding, Known};
use care::sitting;
use care::staff::Actor;
use care::{CaseId, DeviceId, Instant, PacketId, Phi, ResponseId, StaffId};
use chrono::Duration;
use instruments::{Answer, AnswerError, Instrument, Library};
use std::borrow::Cow;
use store::Tx;
use store::standing::Standing;

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
    /// The check-in asks more or less than before: the next question is to be looked up.
    Changed,
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
    let mut packet = match touched {
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
    if !(Packet { last_answer_at: last, ..before }).takes(now) {
        return Err(Error::Closed);
    }
    let mut sheet = sheet_of(&saved_before);
    let twins = sitting::twins(&shelf.library, &packet.asked, &give.instrument, &give.item);
    let everywhere: Vec<(&str, &str)> =
        [(give.instrument.as_str(), give.item.as_str())].into_iter().chain(twins).collect();
    for (instrument, item) in &everywhere {
        let saved = SavedAnswer {
            instrument: (*instrument).to_owned(),
            item: (*item).to_owned(),
            value: give.answer.value(),
            device_id: give.device.clone(),
            answered_at: now,
        };
        store::answer::save(tx, &packet.id, &saved).await?;
        sheet.entry(saved.instrument).or_default().insert(saved.item, give.answer);
    }
    care::failpoint!("answer.in_tx");
    let settled = settle(tx, ctx, &shelf, &mut packet, &mut sheet, now).await?;

    let is_about_danger = |(id, item): &(&str, &str)| {
        let asked = packet.asked.iter().find(|one| one.id == *id);
        let instrument = asked.and_then(|one| shelf.library.get(&one.id, &one.version));
        instrument.is_some_and(|one| one.risk.iter().any(|rule| rule.item == *item))
    };
    if !everywhere.iter().any(is_about_danger) {
        return Ok(match settled {
            Settled::Same => Next::Continue,
            Settled::Changed => Next::Changed,
        });
    }
    let episode = store::episode::lock(tx, &packet.episode_id).await?.ok_or(Error::NotFound)?;
    let (open, closed) = store::case::reasons_of_episode(tx, &packet.episode_id).await?;
    let known = Known { packet: Some(&packet.id), open: &open, closed: &closed };
    let found = review::risk_of_partial(&shelf.library, &packet.asked, &sheet, &known);
    write_signals(tx, ctx, &packet, None, &found.signals).await?;
    case::raise(tx, ctx, episode, case::Origin { packet: Some(&packet.id), response: None }, &found.reasons).await?;
    let endangered = everywhere.iter().any(|(id, item)| {
        let asked = packet.asked.iter().find(|one| one.id == *id);
        let Some(instrument) = asked.and_then(|one| shelf.library.get(&one.id, &one.version)) else { return false };
        let Some(answers) = sheet.get(*id) else { return false };
        instruments::risks(instrument, answers, instruments::Completeness::InProgress)
            .iter()
            .any(|risk| risk.item == *item && risk.value.is_some())
    });
    Ok(match (endangered, settled) {
        (true, _) => Next::Interrupt,
        (false, Settled::Changed) => Next::Changed,
        (false, Settled::Same) => Next::Continue,
    })
}

/// Saves an answer in words: that there is one stands with the other answers, the words are kept apart and sealed. A phrase that a
/// person must read is acted on here, in the same transaction, submitted or not.
pub async fn answer_in_words(
    tx: &mut Tx,
    ctx: &Context,
    packet: &PacketId,
    give: &GiveAnswer,
    words: &Phi<String>,
) -> Result<Next> {
    let next = answer(tx, ctx, packet, give).await?;
    let packet = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
    let asked_for = asked_for(&packet, &give.instrument, &give.item).ok_or(Error::NotFound)?;
    Ok(match words_to(tx, ctx, &packet, Some(asked_for), words).await? {
        ReadFirst::Yes => Next::Interrupt,
        ReadFirst::No => next,
    })
}

/// Keeps words that staff enter from paper, in the transaction that takes the answers in.
pub async fn enter_words(
    tx: &mut Tx,
    ctx: &Context,
    packet: &PacketId,
    words: &[(String, String, Phi<String>)],
) -> Result<()> {
    let packet = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
    for (instrument, item, text) in words {
        let asked_for = asked_for(&packet, instrument, item).ok_or(Error::NotFound)?;
        words_to(tx, ctx, &packet, Some(asked_for), text).await?;
    }
    Ok(())
}

fn asked_for(packet: &Packet, instrument: &str, item: &str) -> Option<AskedFor> {
    let asked = packet.asked.iter().find(|asked| asked.id == instrument)?;
    Some(AskedFor { instrument: asked.id.clone(), version: asked.version.clone(), item: item.to_owned() })
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
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    for (instrument, item) in sitting::twins(&shelf.library, &packet.asked, &give.instrument, &give.item) {
        sheet.entry(instrument.to_owned()).or_default().insert(item.to_owned(), give.answer);
    }
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
    /// Whether the client's own words hold a phrase that a person must read: help is shown before the receipt.
    pub read_first: ReadFirst,
}

/// Whether help is shown before the receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFirst {
    /// Yes.
    Yes,
    /// Nothing in the words asks for it, or there are none.
    No,
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
    match store::packet::complete(tx, packet, now).await? {
        Some(packet) => submit_open(tx, ctx, packet, Sheet::new(), None, None, mode, now).await,
        None => receipt(tx, packet).await,
    }
}

/// The same from the browser that answers, known by the hash of its cookie: whose check-in it is, that it is open and that it
/// is closed now are one statement. What the browser has not yet had saved may come along in `given`, and what the client wrote
/// in their own words in `words`. `None` when there is no such browser.
pub async fn submit_from(
    mut tx: store::InstanceTx,
    ctx: &Context,
    cookie_hash: &str,
    given: Sheet,
    words: &Phi<String>,
) -> Result<Option<(Tx, Receipt)>> {
    let now = ctx.now();
    if let Some(found) = store::packet::complete_by_device(&mut tx, cookie_hash, now).await? {
        check_sheet(tx.within(&found.practice), ctx, &found.packet, &given).await?;
        let mut tx = tx.into_practice(&found.practice);
        let receipt =
            submit_open(&mut tx, ctx, found.packet, given, Some(words), Some(found.by), Mode::Link, now).await?;
        return Ok(Some((tx, receipt)));
    }
    let Some(found) = store::packet::by_device(&mut tx, cookie_hash).await? else { return Ok(None) };
    check_sheet(tx.within(&found.practice), ctx, &found.packet, &given).await?;
    let mut tx = tx.into_practice(&found.practice);
    let mut first = receipt(&mut tx, &found.packet.id).await?;
    // Written later or on another device: kept and searched like the first.
    first.read_first = late_words(&mut tx, ctx, &found.packet, words).await?;
    if given.is_empty() {
        return Ok(Some((tx, first)));
    }
    let mut sheet = sheet_of(&store::answer::of_packet(&mut tx, &found.packet.id).await?);
    let shelf = ctx.shelf_with(&mut tx, &found.packet.asked).await?;
    for (instrument, answers) in shared(&shelf.library, &found.packet, given) {
        sheet.entry(instrument).or_default().extend(answers);
    }
    let receipt = amend(&mut tx, ctx, &found.packet, sheet, Mode::Link).await?;
    Ok(Some((tx, Receipt { read_first: first.read_first, ..receipt })))
}

/// Keeps what the client wrote where there was nothing to submit yet. `None` when there is no such browser.
pub async fn words_from(
    mut tx: store::InstanceTx,
    ctx: &Context,
    cookie_hash: &str,
    words: &Phi<String>,
) -> Result<Option<(Tx, ReadFirst)>> {
    let Some(found) = store::packet::by_device(&mut tx, cookie_hash).await? else { return Ok(None) };
    let mut tx = tx.into_practice(&found.practice);
    let read_first = late_words(&mut tx, ctx, &found.packet, words).await?;
    Ok(Some((tx, read_first)))
}

/// Words that came without answers, or after them.
async fn late_words(tx: &mut Tx, ctx: &Context, packet: &Packet, words: &Phi<String>) -> Result<ReadFirst> {
    words_to(tx, ctx, packet, None, words).await
}

/// Words that came by themselves, to a question that asks for them or to none.
async fn words_to(
    tx: &mut Tx,
    ctx: &Context,
    packet: &Packet,
    asked_for: Option<AskedFor>,
    words: &Phi<String>,
) -> Result<ReadFirst> {
    let Some(reason) = own_words::take(tx, ctx, packet, asked_for, words).await? else { return Ok(ReadFirst::No) };
    let episode = store::episode::lock(tx, &packet.episode_id).await?.ok_or(Error::NotFound)?;
    case::raise(tx, ctx, episode, case::Origin { packet: Some(&packet.id), response: None }, &[reason]).await?;
    Ok(ReadFirst::Yes)
}

/// A check-in that was closed just now, for its one response: what was saved, and over it what was given along.
#[expect(clippy::too_many_arguments, reason = "what a browser brings along, and who it is")]
async fn submit_open(
    tx: &mut Tx,
    ctx: &Context,
    mut packet: Packet,
    given: Sheet,
    words: Option<&Phi<String>>,
    device: Option<DeviceId>,
    mode: Mode,
    now: Instant,
) -> Result<Receipt> {
    if !packet.was_open(now) {
        return Err(Error::Closed);
    }
    let standing = store::standing::lock(tx, &packet).await?.ok_or(Error::NotFound)?;
    let mut sheet = sheet_of(&standing.answers);
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    for (instrument, answers) in shared(&shelf.library, &packet, given) {
        for (item, answer) in answers {
            let before = sheet.entry(instrument.clone()).or_default().insert(item.clone(), answer);
            // An answer that was saved otherwise stays visible beside the one that counts.
            if before.is_some_and(|before| before != answer) {
                let saved = SavedAnswer {
                    instrument: instrument.clone(),
                    item,
                    value: answer.value(),
                    device_id: device.clone(),
                    answered_at: now,
                };
                store::answer::save(tx, &packet.id, &saved).await?;
            }
        }
    }
    if sheet.values().all(std::collections::BTreeMap::is_empty) {
        return Err(Error::invalid("answers", "submit-nothing-answered"));
    }
    settle(tx, ctx, &shelf, &mut packet, &mut sheet, now).await?;
    accept(tx, ctx, packet, standing, sheet, words, mode, now).await
}

/// Answers, to shared questions in every questionnaire of the check-in that asks them.
fn shared(library: &Library, packet: &Packet, given: Sheet) -> Sheet {
    let mut all = Sheet::new();
    for (instrument, answers) in given {
        for (item, answer) in answers {
            for (other, twin) in sitting::twins(library, &packet.asked, &instrument, &item) {
                all.entry(other.to_owned()).or_default().insert(twin.to_owned(), answer);
            }
            all.entry(instrument.clone()).or_default().insert(item, answer);
        }
    }
    all
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

/// Takes in answers that a staff member enters from paper or from the telephone, given at `at`. What the client has saved
/// of the check-in already is part of them where the paper says nothing.
pub async fn enter(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    packet: &PacketId,
    mut sheet: Sheet,
    mode: Mode,
    at: Instant,
) -> Result<Receipt> {
    let found = store::packet::find(tx, packet).await?.ok_or(Error::NotFound)?;
    let shelf = ctx.shelf_with(tx, &found.asked).await?;
    sheet = shared(&shelf.library, &found, sheet);
    for (instrument, answers) in sheet_of(&store::answer::of_packet(tx, packet).await?) {
        for (item, answer) in answers {
            sheet.entry(instrument.clone()).or_default().entry(item).or_insert(answer);
        }
    }
    let receipt = submit_sheet_of(tx, ctx, &found, sheet, mode, at).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "response.enter", "response", receipt.response.as_str());
    tx.audit(entry.with("packet", packet.as_str()).with("mode", mode.as_str()));
    Ok(receipt)
}

/// The same, for a check-in that the caller has read in this transaction.
pub async fn submit_sheet_of(
    tx: &mut Tx,
    ctx: &Context,
    found: &Packet,
    mut sheet: Sheet,
    mode: Mode,
    at: Instant,
) -> Result<Receipt> {
    check_sheet(tx, ctx, found, &sheet).await?;
    if sheet.values().all(std::collections::BTreeMap::is_empty) {
        return Err(Error::invalid("answers", "submit-nothing-answered"));
    }
    match store::packet::complete(tx, &found.id, at).await? {
        Some(mut packet) => {
            let standing = store::standing::lock(tx, &packet).await?.ok_or(Error::NotFound)?;
            let shelf = ctx.shelf_with(tx, &packet.asked).await?;
            settle(tx, ctx, &shelf, &mut packet, &mut sheet, at).await?;
            if !sheet.keys().all(|id| packet.asked.iter().any(|asked| asked.id == *id)) {
                return Err(Error::NotFound);
            }
            accept(tx, ctx, packet, standing, sheet, None, mode, at).await
        }
        None if found.state == PacketState::Completed => amend(tx, ctx, found, sheet, mode).await,
        None => Err(Error::Closed),
    }
}

/// Refuses answers that the check-in does not ask for or its instruments do not offer.
async fn check_sheet(tx: &mut Tx, ctx: &Context, packet: &Packet, sheet: &Sheet) -> Result<()> {
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    // Until it is handed in, what a screening questionnaire goes on to may be answered along with it.
    let asked = match packet.state {
        PacketState::Completed => Cow::Borrowed(&packet.asked),
        _ => Cow::Owned(sitting::at_most(&shelf.library, &packet.asked)),
    };
    let mut problems = Vec::new();
    for (id, answers) in sheet {
        let asked = asked.iter().find(|asked| &asked.id == id).ok_or(Error::NotFound)?;
        let instrument = shelf.library.get(&asked.id, &asked.version).ok_or(Error::NotFound)?;
        for (item, answer) in answers {
            if instruments::check_answer(instrument, item, answer).is_err() {
                problems.push(crate::Problem { field: format!("{id}.{item}"), key: "answer-not-offered" });
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

async fn receipt(tx: &mut Tx, packet: &PacketId) -> Result<Receipt> {
    let responses = store::response::of_packet(tx, packet).await?;
    let first = responses.into_iter().next().ok_or(Error::Closed)?;
    Ok(Receipt {
        response: first.id,
        submitted_at: first.submitted_at,
        outcome: Outcome::Repeated,
        case: None,
        read_first: ReadFirst::No,
    })
}

/// The library as it reads for the client at that moment. Only where something that was asked has cut-offs of some ages or
/// of one sex alone, it costs a statement to know them.
async fn library_for<'l>(tx: &mut Tx, library: &'l Library, packet: &Packet, at: Instant) -> Result<Cow<'l, Library>> {
    let mut asked = packet.asked.iter().filter_map(|asked| library.get(&asked.id, &asked.version));
    if !asked.any(Instrument::depends_on_person) {
        return Ok(Cow::Borrowed(library));
    }
    let found = store::client::persons_of_episodes(tx, std::slice::from_ref(&packet.episode_id)).await?;
    let person = found.first().map(|(_, person)| person);
    let born = person.and_then(|person| person.born.as_ref());
    Ok(library.for_person(&person_at(born, person.and_then(|person| person.sex), at)))
}

/// The one response of a check-in: kept, scored, reviewed, acted on.
#[expect(clippy::too_many_arguments, reason = "everything that a submission is made of")]
async fn accept(
    tx: &mut Tx,
    ctx: &Context,
    packet: Packet,
    standing: Standing,
    sheet: Sheet,
    words: Option<&Phi<String>>,
    mode: Mode,
    at: Instant,
) -> Result<Receipt> {
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    let library = library_for(tx, &shelf.library, &packet, at).await?;
    let judge = Judge { library: &library, detection: &shelf.detection };
    let mut found = consequences(ctx, &judge, &packet, sheet, mode, at, &standing);
    let to_read = match words {
        Some(words) => own_words::take(tx, ctx, &packet, None, words).await?,
        None => None,
    };
    let read_first = if to_read.is_some() { ReadFirst::Yes } else { ReadFirst::No };
    found.reasons.extend(to_read);
    let response = &found.response.id;
    store::response::insert_first(tx, &found.response).await?;
    care::failpoint!("submit.in_tx");
    store::response::insert_scores(tx, &found.scores).await?;
    store::response::save_measures(tx, &found.measures).await?;
    store::response::insert_signals(tx, &found.signals).await?;
    if !standing.open.is_empty() {
        store::case::attach_response(tx, &packet.id, response).await?;
    }
    if outcome::counts_still(&standing.episode, at) {
        outcome::touch(tx, ctx, &standing.episode).await?;
    }
    let origin = case::Origin { packet: Some(&packet.id), response: Some(response) };
    let case = case::raise(tx, ctx, standing.episode, origin, &found.reasons).await?;
    if packet.is_exit_survey() {
        exit_survey::heard(tx, ctx, &packet, &found.response.answers).await?;
    }
    store::message::cancel_of_packet(tx, &packet.id, CancelReason::PacketClosed).await?;
    tx.audit(submitted(ctx, &packet, response));
    Ok(Receipt { response: found.response.id, submitted_at: at, outcome: Outcome::Accepted, case, read_first })
}

/// The line of the audit for a submission.
pub fn submitted(ctx: &Context, packet: &Packet, response: &ResponseId) -> store::AuditEntry {
    let actor = Actor::Client(packet.client_id.clone());
    audit::entry(ctx, &actor, "response.submit", "response", response.as_str()).with("packet", packet.id.as_str())
}

/// A second, different submission: never dropped, never overwriting. Its danger is acted on like any other.
async fn amend(tx: &mut Tx, ctx: &Context, packet: &Packet, sheet: Sheet, mode: Mode) -> Result<Receipt> {
    let now = ctx.now();
    let first = receipt(tx, &packet.id).await?;
    let amendment = consequences::response(ctx, packet, sheet, ResponseKind::Amendment, mode, now);
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
    Ok(Receipt {
        response: first.response,
        submitted_at: first.submitted_at,
        outcome: Outcome::Amended,
        case,
        read_first: ReadFirst::No,
    })
}

/// Writes what the rules found.
pub(crate) async fn write_signals(
    tx: &mut Tx,
    ctx: &Context,
    packet: &Packet,
    response: Option<&ResponseId>,
    findings: &[Finding],
) -> Result<()> {
    Ok(store::response::insert_signals(tx, &signals(ctx, packet, response, findings)).await?)
}

/// The sheet of the answers saved so far.
pub fn sheet_of(answers: &[SavedAnswer]) -> Sheet {
    let mut sheet = Sheet::new();
    for saved in answers {
        sheet.entry(saved.instrument.clone()).or_default().insert(saved.item.clone(), Answer::from(saved.value));
    }
    sheet
}
