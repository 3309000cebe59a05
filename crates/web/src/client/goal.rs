//! The client's own goals, after the questionnaires: one a page, in their own words, how near they are to it today. A check-in
//! asks about those that were followed when it was begun; an answer is saved as given and shown on the device that gave it alone.

use super::cookie::Answering;
use super::question::Next;
use super::{shell, switch_form};
use crate::App;
use crate::error::{Error, Result};
use crate::face::Face;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use care::goal::{AskedGoal, HIGHEST};
use care::response::SavedAnswer;
use care::sitting;
use templates::client::{Answer, Decline, Problem, Question as Page};
use workflows::check_in;
use workflows::goal;

/// What a form calls the goal of a number; no question of a questionnaire is called so.
fn name(number: i64) -> String {
    format!("#goal:{number}")
}

/// The number of the goal that a form names.
pub(super) fn named(item: &str) -> Option<i64> {
    item.strip_prefix("#goal:")?.parse().ok()
}

/// What was said so far in a check-in.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    /// To the questionnaires.
    pub saved: &'a [SavedAnswer],
    /// About the goals.
    pub goals: &'a [AskedGoal],
}

/// The page of the goal at this position, from 0, among the goals. Questionnaires have the numbers before it.
pub(super) fn page(
    app: &App,
    face: &Face,
    answering: &Answering,
    said: Said<'_>,
    position: usize,
    problem: Option<Problem>,
    headers: &HeaderMap,
) -> Result<Response> {
    let Said { saved, goals } = said;
    let goal = goals.get(position).ok_or(Error::NotFound)?;
    let before = check_in::questions(&answering.library, &answering.packet).len();
    let number = before + position + 1;
    let language = answering.language();
    let own = goal.device_id.as_ref() == Some(&answering.device.id);
    let offered = check_in::languages(&answering.library, &answering.packet, &face.confirmed);
    // Somebody who came here past unanswered questions may have more of them to come.
    let may_grow = sitting::may_grow(&answering.library, &answering.packet.asked, |instrument, item| {
        saved.iter().any(|one| one.instrument == instrument.id && one.item == item.id)
    });
    let view = Page {
        shell: shell(app, headers, Some(face.practice.display_name.clone())).with_switch(switch_form(
            answering.csrf.clone(),
            format!("/check-in/{number}"),
            &offered,
            language,
        )),
        number: u32::try_from(number).unwrap_or(u32::MAX),
        total: u32::try_from(before + goals.len()).ok().filter(|_| !may_grow),
        item: name(goal.number),
        follows: None,
        stem: None,
        wording: format!("“{}”", goal.text.text()),
        answer: Answer::Goal {
            steps: (0..=HIGHEST).map(|step| step.to_string()).collect(),
            chosen: goal.rating.filter(|_| own).map(|rating| rating.to_string()),
        },
        decline: if own && goal.answered_at.is_some() && goal.rating.is_none() {
            Decline::Chosen
        } else {
            Decline::Offered
        },
        back: (number > 1).then(|| format!("/check-in/{}", number - 1)),
        csrf: answering.csrf.clone(),
        seq: format!("{}-goal-{}", &answering.device.id.as_str()[..8], goal.number),
        draft: answering.device.id.as_str().to_owned(),
        problem,
        preview: None,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(app.templates.render(&view, language)?)).into_response())
}

/// Saves what was said about a goal and leads on.
pub(super) async fn answer(
    app: &App,
    answering: &Answering,
    number: i64,
    value: Option<&str>,
    headers: &HeaderMap,
) -> Result<Next> {
    let mut read = app.db.read(&answering.practice).await?;
    let (saved, goals) = store::goal::asked::with_answers(&mut read, &answering.packet.id).await?;
    drop(read);
    let position = goals.iter().position(|goal| goal.number == number).ok_or(Error::Stale)?;
    let rating = match value.map(care::goal::rating) {
        None => None,
        Some(Some(rating)) => Some(rating),
        Some(None) => {
            let face = app.face(&answering.practice).await?;
            let again = page(
                app,
                &face,
                answering,
                Said { saved: &saved, goals: &goals },
                position,
                Some(Problem::Missing),
                headers,
            )?;
            return Ok(Next::Again(again));
        }
    };
    let mut tx = app.db.write(&answering.practice).await?;
    let (ctx, packet, device) = (&app.ctx, &answering.packet.id, &answering.device.id);
    let next = match goal::answer(&mut tx, ctx, packet, device, number, rating).await {
        Ok(next) => next,
        Err(workflows::Error::Closed) => return Err(Error::NotFound),
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    if next == workflows::response::Next::AlreadyCompleted {
        return Ok(Next::To("/check-in/done?again=1".to_owned()));
    }
    let before = check_in::questions(&answering.library, &answering.packet).len();
    Ok(Next::To(if position + 1 < goals.len() {
        format!("/check-in/{}", before + position + 2)
    } else {
        "/check-in/submit".to_owned()
    }))
}
