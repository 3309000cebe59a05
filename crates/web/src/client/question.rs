//! One question per page. Each answer is saved as given; another device goes on at the first unanswered question and is
//! never shown earlier answers.

use super::cookie::{Answered, Answering};
use super::{goal, shell, switch_form};
use crate::App;
use crate::error::{Error, Result};
use crate::face::Face;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Json, Redirect, Response};
use axum_extra::extract::Form;
use care::Phi;
use care::goal::AskedGoal;
use care::own_words::ROOM;
use care::packet::PacketState;
use care::response::SavedAnswer;
use care::sitting;
use instruments::{Answer as Given, GOAL_MAX, Item, ItemKind, Language, WRITTEN};
use serde::Deserialize;
use templates::client::{Answer, Choice, Decline, Follows, Problem, Question as Page};
use workflows::check_in::{self, Question};
use workflows::response::{self, GiveAnswer, Next as Saved};

/// As many steps as stand beside one another on a phone; more are a list.
const MOST_STEPS: i64 = 10;

/// What comes after an answer.
pub(super) enum Next {
    /// A page.
    To(String),
    /// The same page, which says what was wrong.
    Again(Response),
}

pub async fn show(
    State(app): State<App>,
    Answered { answering, saved, goals }: Answered,
    Path(number): Path<usize>,
    headers: HeaderMap,
) -> Result<Response> {
    if !answering.packet.accepts(app.now()) {
        return Ok(closed(&answering));
    }
    let face = app.face(&answering.practice).await?;
    let before = check_in::questions(&answering.library, &answering.packet).len();
    match number.checked_sub(before + 1) {
        Some(position) if position < goals.len() => {
            let said = goal::Said { saved: &saved, goals: &goals };
            goal::page(&app, &face, &answering, said, position, None, &headers)
        }
        _ => {
            let written = written(&app, &answering, number, &saved).await?;
            let said = Said { saved: &saved, goals: &goals, written: written.as_deref() };
            page(&app, &face, &answering, number, said, None, &headers)
        }
    }
}

/// Where a browser goes whose check-in takes no answers any more.
pub(super) fn closed(answering: &Answering) -> Response {
    if answering.packet.state == PacketState::Completed {
        Redirect::to("/check-in/done").into_response()
    } else {
        Error::NotFound.into_response()
    }
}

/// What a page shows of what was said before.
#[derive(Clone, Copy)]
struct Said<'a> {
    saved: &'a [SavedAnswer],
    goals: &'a [AskedGoal],
    /// What this browser wrote to the question, where it is answered in words.
    written: Option<&'a str>,
}

/// What this browser wrote to a question that is answered in words.
async fn written(app: &App, answering: &Answering, number: usize, saved: &[SavedAnswer]) -> Result<Option<String>> {
    let questions = check_in::questions(&answering.library, &answering.packet);
    let Some(question) = number.checked_sub(1).and_then(|position| questions.get(position)) else { return Ok(None) };
    if question.item.kind != ItemKind::Words || own(saved, question, answering).is_none_or(|own| own.value.is_none()) {
        return Ok(None);
    }
    let mut read = app.db.read(&answering.practice).await?;
    let words = store::own_words::of_packet(&mut read, &answering.packet.id).await?;
    let to_this = words.into_iter().rev().find(|one| {
        let asked_for = one.asked_for.as_ref();
        asked_for.is_some_and(|one| one.instrument == question.instrument.id && one.item == question.item.id)
    });
    Ok(to_this.map(|words| words.text.into_exposed()))
}

/// What this browser answered before.
fn own<'a>(saved: &'a [SavedAnswer], question: &Question<'_>, answering: &Answering) -> Option<&'a SavedAnswer> {
    saved.iter().find(|one| {
        one.instrument == question.instrument.id
            && one.item == question.item.id
            && one.device_id.as_ref() == Some(&answering.device.id)
    })
}

fn page(
    app: &App,
    face: &Face,
    answering: &Answering,
    number: usize,
    said: Said<'_>,
    problem: Option<Problem>,
    headers: &HeaderMap,
) -> Result<Response> {
    let questions = check_in::questions(&answering.library, &answering.packet);
    let question = number.checked_sub(1).and_then(|position| questions.get(position)).ok_or(Error::NotFound)?;
    let language = answering.language();
    let saved = said.saved;
    let own = own(saved, question, answering);
    let offered = check_in::languages(&answering.library, &answering.packet, &face.confirmed);
    let stem = question.instrument.stem.get(language);
    // The count is said once it can be relied on: this answer and those still missing may add questions.
    let may_grow = sitting::may_grow(&answering.library, &answering.packet.asked, |instrument, item| {
        instrument.id != question.instrument.id
            && saved.iter().any(|one| one.instrument == instrument.id && one.item == item.id)
    });
    let page = Page {
        shell: shell(app, headers, Some(face.practice.display_name.clone())).with_switch(switch_form(
            answering.csrf.clone(),
            format!("/check-in/{number}"),
            &offered,
            language,
        )),
        number: u32::try_from(number).unwrap_or(u32::MAX),
        total: u32::try_from(questions.len() + answering.goals).ok().filter(|_| !may_grow),
        item: format!("{}:{}", question.instrument.id, question.item.id),
        follows: check_in::follows(&questions, number - 1).map(|(answered, more)| Follows { answered, more }),
        stem: (!stem.is_empty()).then(|| stem.to_owned()),
        wording: question.item.text.get(language).to_owned(),
        answer: shown(question.item, own.and_then(|own| own.value), said, language),
        decline: match (question.item.allow_decline, own) {
            (false, _) => Decline::NotOffered,
            (true, Some(SavedAnswer { value: None, .. })) => Decline::Chosen,
            (true, _) => Decline::Offered,
        },
        back: (number > 1).then(|| format!("/check-in/{}", number - 1)),
        csrf: answering.csrf.clone(),
        seq: format!("{}-{number}", &answering.device.id.as_str()[..8]),
        draft: answering.device.id.as_str().to_owned(),
        problem,
        preview: None,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(app.templates.render(&page, language)?)).into_response())
}

/// The ways to answer, with what this browser answered before.
fn shown(item: &Item, given: Option<i64>, said: Said<'_>, language: Language) -> Answer {
    let chosen = given.map(|value| value.to_string());
    let steps = |from: i64, to: i64| (from..=to).map(|value| value.to_string()).collect();
    match &item.kind {
        ItemKind::Choice(options) => Answer::Choice {
            options: options
                .iter()
                .map(|option| Choice { value: option.value.to_string(), label: option.label.get(language).to_owned() })
                .collect(),
            chosen,
        },
        ItemKind::VisualAnalogue { low, high } => Answer::VisualAnalogue {
            low: low.get(language).to_owned(),
            high: high.get(language).to_owned(),
            given: given.map(|value| format!("{}.{}", value / 10, value % 10)),
        },
        ItemKind::Number { min, max } if max - min <= MOST_STEPS => Answer::Scale { steps: steps(*min, *max), chosen },
        ItemKind::Number { min, max } => Answer::Choice {
            options: (*min..=*max).map(|value| Choice { value: value.to_string(), label: value.to_string() }).collect(),
            chosen,
        },
        ItemKind::Goal => Answer::GoalItem {
            steps: steps(0, GOAL_MAX),
            chosen,
            goals: said.goals.iter().map(|goal| goal.text.text().to_owned()).collect(),
        },
        ItemKind::Words => Answer::Words { given: said.written.map(str::to_owned), room: ROOM },
    }
}

/// The ways to answer, to look at.
pub(crate) fn looked_at(item: &Item, language: Language) -> Answer {
    shown(item, None, Said { saved: &[], goals: &[], written: None }, language)
}

#[derive(Deserialize)]
pub struct AnswerForm {
    csrf: String,
    item: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    decline: String,
}

/// Saves an answer and leads on: to help first where the answer was about danger.
pub async fn answer(
    State(app): State<App>,
    answering: Answering,
    Path(_): Path<usize>,
    headers: HeaderMap,
    Form(form): Form<AnswerForm>,
) -> Result<Response> {
    answering.check(&form.csrf)?;
    let next = match goal::named(&form.item) {
        Some(number) => {
            let value = (form.decline != "1").then_some(form.value.as_str());
            goal::answer(&app, &answering, number, value, &headers).await?
        }
        None => save(&app, &answering, &form, &headers).await?,
    };
    let to = match next {
        Next::To(to) => to,
        Next::Again(page) => return Ok(page),
    };
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    Ok(if wants_json {
        Json(serde_json::json!({ "next": to })).into_response()
    } else {
        Redirect::to(&to).into_response()
    })
}

async fn save(app: &App, answering: &Answering, form: &AnswerForm, headers: &HeaderMap) -> Result<Next> {
    care::failpoint!("answer.begun");
    let questions = check_in::questions(&answering.library, &answering.packet);
    // The page and the check-in must mean the same question. Where another device's answers added or dropped questions in
    // between, it has another number now.
    let position = position(&questions, &form.item).ok_or(Error::Stale)?;
    let (number, question) = (position + 1, &questions[position]);
    let given = match read(question, form) {
        Ok(given) => given,
        Err(problem) => {
            let face = app.face(&answering.practice).await?;
            let mut read = app.db.read(&answering.practice).await?;
            let (saved, goals) = store::goal::asked::with_answers(&mut read, &answering.packet.id).await?;
            drop(read);
            let said = Said { saved: &saved, goals: &goals, written: None };
            return Ok(Next::Again(page(app, &face, answering, number, said, Some(problem), headers)?));
        }
    };
    let give = GiveAnswer {
        device: Some(answering.device.id.clone()),
        instrument: question.instrument.id.clone(),
        item: question.item.id.clone(),
        answer: given,
    };
    let mut tx = app.db.write(&answering.practice).await?;
    let (ctx, packet) = (&app.ctx, &answering.packet.id);
    let given = if question.item.kind == ItemKind::Words && given == Given::Value(WRITTEN) {
        response::answer_in_words(&mut tx, ctx, packet, &give, &Phi::new(form.value.clone())).await
    } else {
        response::answer(&mut tx, ctx, packet, &give).await
    };
    let saved = match given {
        Ok(saved) => saved,
        Err(workflows::Error::Closed) => return Err(Error::NotFound),
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    care::failpoint!("answer.after_commit");
    Ok(Next::To(match saved {
        Saved::Interrupt => format!("/check-in/help-now?after={number}"),
        Saved::AlreadyCompleted => "/check-in/done?again=1".to_owned(),
        Saved::Changed => after(app, answering, &form.item).await?,
        Saved::Continue => following(position, questions.len(), answering),
    }))
}

/// The page after the question at a position: the next one, the client's goals, the last look.
fn following(position: usize, questions: usize, answering: &Answering) -> String {
    if position + 1 < questions + answering.goals {
        format!("/check-in/{}", position + 2)
    } else {
        "/check-in/submit".to_owned()
    }
}

/// Position of the question that a form names, from 0.
fn position(questions: &[Question<'_>], item: &str) -> Option<usize> {
    questions.iter().position(|question| item == format!("{}:{}", question.instrument.id, question.item.id))
}

/// Where the questions go on after one whose answer changed what is asked.
async fn after(app: &App, answering: &Answering, item: &str) -> Result<String> {
    let mut read = app.db.read(&answering.practice).await?;
    let packet = store::packet::find(&mut read, &answering.packet.id).await?.ok_or(Error::NotFound)?;
    drop(read);
    let library = app.library_of(&answering.practice, &packet).await?;
    let questions = check_in::questions(&library, &packet);
    Ok(match position(&questions, item) {
        Some(position) => following(position, questions.len(), answering),
        None => "/check-in".to_owned(),
    })
}

/// What the form says: an option's value, a mark with at most one decimal, or "prefer not to answer".
fn read(question: &Question<'_>, form: &AnswerForm) -> Result<Given, Problem> {
    if form.decline == "1" && question.item.allow_decline {
        return Ok(Given::Declined);
    }
    let text = form.value.trim();
    if question.item.kind == ItemKind::Words {
        // Nothing to say is no mistake.
        return match (text.is_empty(), question.item.allow_decline) {
            (false, _) => Ok(Given::Value(WRITTEN)),
            (true, true) => Ok(Given::Declined),
            (true, false) => Err(Problem::Missing),
        };
    }
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    let value = match &question.item.kind {
        ItemKind::VisualAnalogue { .. } => tenths(text).ok_or(Problem::OutOfRange)?,
        _ => text.parse().map_err(|_| Problem::Missing)?,
    };
    let given = Given::Value(value);
    instruments::check_answer(question.instrument, &question.item.id, &given).map_err(|_| {
        match &question.item.kind {
            ItemKind::VisualAnalogue { .. } => Problem::OutOfRange,
            _ => Problem::Missing,
        }
    })?;
    Ok(given)
}

/// A number from 0 to 10 with at most one decimal (point or comma), as tenths.
fn tenths(text: &str) -> Option<i64> {
    let text = text.replace(',', ".");
    let (whole, tenth) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(tenth) || tenth.trim_end_matches('0').len() > 1 {
        return None;
    }
    let tenth: i64 = tenth.get(..1)?.parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 10 + tenth).filter(|value| (0..=instruments::VISUAL_ANALOGUE_MAX).contains(value))
}

#[cfg(test)]
mod tests {
    use super::tenths;

    #[test]
    fn a_mark_is_read_to_the_tenth_and_nothing_else_is() {
        let good = [("0", 0), ("10", 100), ("8.1", 81), ("8,1", 81), ("7.50", 75), ("0.0", 0)];
        for (text, value) in good {
            assert_eq!(tenths(text), Some(value), "{text}");
        }
        for bad in ["", "10.1", "11", "-1", "8.15", "8.", ".5", "1e1", "NaN", "８"] {
            assert_eq!(tenths(bad), None, "{bad}");
        }
    }
}
