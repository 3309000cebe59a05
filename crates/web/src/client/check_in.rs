//! Around the questions: where to go on, the last look, the submission and its receipt, the language.

use super::cookie::{Answered, Answering, Cookie};
use super::question::closed;
use super::{shell, switch_form};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use care::packet::PacketState;
use care::response::{ResponseKind, Sheet};
use care::{Language, Phi};
use instruments::{Answer as Given, ItemKind};
use serde::Deserialize;
use templates::client::{Receipt, Review, ThankYou};
use templates::format;
use workflows::check_in;
use workflows::response::{self, Outcome, ReadFirst};

/// Goes on at the first unanswered question.
pub async fn resume(State(app): State<App>, Answered { answering, saved, goals }: Answered) -> Result<Response> {
    if !answering.packet.accepts(app.now()) {
        return Ok(closed(&answering));
    }
    let questions = check_in::questions(&answering.library, &answering.packet);
    let mut next = check_in::first_unanswered(&questions, &saved);
    if next == questions.len() {
        next += goals.iter().take_while(|goal| goal.answered_at.is_some()).count();
    }
    Ok(Redirect::to(&if next < questions.len() + goals.len() {
        format!("/check-in/{}", next + 1)
    } else {
        "/check-in/submit".to_owned()
    })
    .into_response())
}

/// The last look before the submission.
pub async fn review(
    State(app): State<App>,
    Answered { answering, saved, goals }: Answered,
    headers: HeaderMap,
) -> Result<Response> {
    if !answering.packet.accepts(app.now()) {
        return Ok(closed(&answering));
    }
    let face = app.face(&answering.practice).await?;
    let questions = check_in::questions(&answering.library, &answering.packet);
    let asked = questions.len() + goals.len();
    let is_answered = questions.iter().map(|question| {
        let given = saved.iter().find(|one| one.instrument == question.instrument.id && one.item == question.item.id);
        // Nothing to say in words is an answer too.
        given.is_some_and(|one| one.value.is_some() || question.item.kind == ItemKind::Words)
    });
    let is_answered = is_answered.chain(goals.iter().map(|goal| goal.rating.is_some()));
    let unanswered: Vec<u32> =
        (1..).zip(is_answered).filter(|(_, is_answered)| !is_answered).map(|(number, _)| number).collect();
    let language = answering.language();
    let offered = check_in::languages(&answering.library, &answering.packet, &face.confirmed);
    let page = Review {
        shell: shell(&app, &headers, Some(face.practice.display_name.clone())).with_switch(switch_form(
            answering.csrf.clone(),
            "/check-in/submit".to_owned(),
            &offered,
            language,
        )),
        answered: u32::try_from(asked - unanswered.len()).unwrap_or_default(),
        unanswered,
        back: format!("/check-in/{}", asked.max(1)),
        csrf: answering.csrf.clone(),
    };
    Ok(Html(app.templates.render(&page, language)?).into_response())
}

#[derive(Deserialize)]
pub struct SubmitForm {
    csrf: String,
    /// Answers that were given and could not be saved one by one: `phq-9:1:2`, or `phq-9:1:` for "prefer not to answer".
    #[serde(default)]
    answer: Vec<String>,
    /// What the client wrote in their own words.
    #[serde(default)]
    words: String,
}

impl SubmitForm {
    /// The answers that come along.
    fn given(&self) -> Result<Sheet> {
        let mut sheet = Sheet::new();
        for answer in &self.answer {
            let mut parts = answer.splitn(3, ':');
            let (Some(instrument), Some(item), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(Error::Stale);
            };
            let value = if value.is_empty() { None } else { Some(value.parse().map_err(|_| Error::Stale)?) };
            sheet.entry(instrument.to_owned()).or_default().insert(item.to_owned(), Given::from(value));
        }
        Ok(sheet)
    }
}

/// Submits. The reply comes after the commit; the same submission again gets the same receipt.
pub async fn submit(State(app): State<App>, cookie: Cookie, Form(form): Form<SubmitForm>) -> Result<Response> {
    care::failpoint!("submit.begun");
    cookie.check(&form.csrf)?;
    let given = form.given()?;
    let words = Phi::new(form.words);
    let tx = app.db.write_all().await?;
    let (tx, receipt) = match response::submit_from(tx, &app.ctx, &cookie.hash, given, &words).await {
        Ok(Some(submitted)) => submitted,
        // Nothing was answered: the questions come first, and what was written is kept.
        Err(workflows::Error::Invalid(_)) => return unanswered(&app, &cookie, &words).await,
        Ok(None) | Err(workflows::Error::Closed) => return Err(Error::NotFound),
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    care::failpoint!("submit.after_commit");
    Ok(Redirect::to(match (receipt.read_first, receipt.outcome) {
        (ReadFirst::Yes, _) => "/check-in/help-now?then=done",
        (ReadFirst::No, Outcome::Accepted) => "/check-in/done",
        (ReadFirst::No, Outcome::Repeated | Outcome::Amended) => "/check-in/done?again=1",
    })
    .into_response())
}

async fn unanswered(app: &App, cookie: &Cookie, words: &Phi<String>) -> Result<Response> {
    if words.text().trim().is_empty() {
        return Ok(Redirect::to("/check-in/1").into_response());
    }
    let tx = app.db.write_all().await?;
    let (tx, read_first) = response::words_from(tx, &app.ctx, &cookie.hash, words).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(Redirect::to(match read_first {
        ReadFirst::Yes => "/check-in/help-now?after=0",
        ReadFirst::No => "/check-in/1",
    })
    .into_response())
}

#[derive(Deserialize)]
pub struct Done {
    again: Option<String>,
}

/// The receipt: what happened, what happens next and when. It shows no answers.
pub async fn done(
    State(app): State<App>,
    answering: Answering,
    Query(done): Query<Done>,
    headers: HeaderMap,
) -> Result<Response> {
    if answering.packet.state != PacketState::Completed {
        return Ok(Redirect::to("/check-in").into_response());
    }
    let face = app.face(&answering.practice).await?;
    let around = super::landing::around(&app, &answering.practice, &answering.packet).await?;
    let language = answering.language();
    let receipt = if done.again.is_none() { Receipt::Received } else { kept(&app, &answering).await? };
    let received = answering.packet.completed_at.unwrap_or_else(|| app.now());
    let course = super::course::is_shown(&app, &answering, &headers).await?;
    let page = ThankYou {
        course: course.then(|| "/check-in/progress".to_owned()),
        shell: shell(&app, &headers, Some(face.practice.display_name.clone())),
        receipt,
        received: format::long_date_time(received, face.zone(), language),
        reader: around.reader.map(|name| name.text().to_owned()),
        session: around.next_session.map(|at| format::weekday_day(format::local_day(at, face.zone()), language)),
    };
    Ok(Html(app.templates.render(&page, language)?).into_response())
}

/// Whether a later submission was the same or is kept beside the first.
async fn kept(app: &App, answering: &Answering) -> Result<Receipt> {
    let mut read = app.db.read(&answering.practice).await?;
    let responses = store::response::of_packet(&mut read, &answering.packet.id).await?;
    let amended = responses.iter().any(|response| response.kind == ResponseKind::Amendment);
    Ok(if amended { Receipt::Amended } else { Receipt::Already })
}

#[derive(Deserialize)]
pub struct LanguageForm {
    csrf: String,
    lang: Language,
    #[serde(default)]
    to: String,
}

/// Another language, answers kept.
pub async fn language(
    State(app): State<App>,
    answering: Answering,
    Form(form): Form<LanguageForm>,
) -> Result<Response> {
    answering.check(&form.csrf)?;
    let face = app.face(&answering.practice).await?;
    if check_in::languages(&answering.library, &answering.packet, &face.confirmed).contains(&form.lang) {
        let mut tx = app.db.write(&answering.practice).await?;
        store::packet::set_language(&mut tx, &answering.packet.id, form.lang).await?;
        tx.commit().await?;
    }
    // Only to our own check-in pages, never to an address that somebody else wrote into the form.
    let own = form
        .to
        .strip_prefix("/check-in/")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    Ok(Redirect::to(if own { &form.to } else { "/check-in" }).into_response())
}
