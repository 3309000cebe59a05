//! The questionnaire of somebody close to a client, by a link of their own: all questions on one page, handed in once. A GET
//! changes nothing, and no page names the client.

use super::{language_of, shell};
use crate::App;
use crate::error::{Error, Result};
use crate::face::Face;
use crate::security::Visitor;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::Form;
use care::rater::RaterLink;
use care::sitting::Question;
use care::{Language, PracticeId};
use instruments::{Answers, ItemKind, Library};
use std::sync::Arc;
use templates::client::{Choice, Decline, RaterItem, RaterPage, RaterState, Unavailable};
use templates::format;
use workflows::rater::{self, Taken};

/// A link that was found, with what its page needs.
struct Found {
    practice: PracticeId,
    link: RaterLink,
    face: Arc<Face>,
    language: Language,
    library: Arc<Library>,
}

impl Found {
    fn questions(&self) -> Result<Vec<Question<'_>>> {
        let instrument = self.library.get(&self.link.instrument, &self.link.version).ok_or(Error::NotFound)?;
        Ok(instrument.items.iter().map(|item| Question { instrument, item }).collect())
    }
}

async fn look(app: &App, visitor: Visitor, token: &str) -> Result<Option<Found>> {
    let now = app.now();
    if let Some(seconds) = app.misses.exhausted(visitor.0, now) {
        return Err(Error::TooMany(seconds));
    }
    let mut read = app.db.read_all().await?;
    let found = store::rater::by_link(&mut read, &care::token::hash(token)).await?;
    drop(read);
    let Some((practice, link)) = found else {
        app.misses.miss(visitor.0, now);
        return Ok(None);
    };
    if link.used_at.is_none() && link.expires_at <= now {
        return Ok(None);
    }
    let face = app.face(&practice).await?;
    let mut read = app.db.read(&practice).await?;
    let asked = care::packet::Asked { id: link.instrument.clone(), version: link.version.clone() };
    let shelf = app.ctx.shelf_with(&mut read, std::slice::from_ref(&asked)).await?;
    let person = store::rater::person(&mut read, &link.collateral_id).await?.ok_or(Error::NotFound)?;
    drop(read);
    Ok(Some(Found { practice, link, face, language: person.language, library: shelf.library.clone() }))
}

/// The one page for every dead link.
fn unavailable(app: &App, headers: &HeaderMap) -> Result<Response> {
    let page = Unavailable { shell: shell(app, headers, None), request: None };
    Ok((StatusCode::NOT_FOUND, Html(app.templates.render(&page, language_of(headers, None))?)).into_response())
}

fn page(app: &App, found: &Found, headers: &HeaderMap, status: StatusCode, state: RaterState) -> Result<Response> {
    let shell = shell(app, headers, Some(found.face.practice.display_name.clone()));
    let page = RaterPage { shell, state };
    Ok((status, Html(app.templates.render(&page, found.language)?)).into_response())
}

fn ask(found: &Found, token: &str, fields: &[(String, String)], wrong: &[usize], nothing: bool) -> Result<RaterState> {
    let questions = found.questions()?;
    let language = found.language;
    let items = (1..).zip(&questions).map(|(number, question)| {
        let key = format!("answer_{number}");
        let value = fields.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone()).unwrap_or_default();
        let (options, range) = match &question.item.kind {
            ItemKind::Choice(options) => {
                let choice = |one: &instruments::AnswerOption| Choice {
                    value: one.value.to_string(),
                    label: one.label.get(language).to_owned(),
                };
                (options.iter().map(choice).collect(), String::new())
            }
            ItemKind::VisualAnalogue { low, high } => {
                (Vec::new(), format!("0 = {}, 10 = {}", low.get(language), high.get(language)))
            }
            // A file that asks others has neither words nor goals: it is refused when it is read.
            ItemKind::Number { .. } | ItemKind::Goal | ItemKind::Words => {
                let (low, high) = question.item.range();
                (Vec::new(), format!("{low} – {high}"))
            }
        };
        RaterItem {
            number,
            wording: question.item.text.get(language).to_owned(),
            options,
            value,
            range,
            decline: if question.item.allow_decline { Decline::Offered } else { Decline::NotOffered },
            wrong: wrong.contains(&number),
        }
    });
    Ok(RaterState::Ask {
        action: format!("/r/{token}"),
        stem: questions.first().map(|one| one.instrument.stem.get(language).to_owned()).unwrap_or_default(),
        items: items.collect(),
        nothing,
        until: format::weekday_day(format::local_day(found.link.expires_at, found.face.zone()), language),
    })
}

/// The questions, or the word of thanks once they were answered.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let Some(found) = look(&app, visitor, &token).await? else { return unavailable(&app, &headers) };
    if found.link.used_at.is_some() {
        return page(&app, &found, &headers, StatusCode::OK, RaterState::Done { resources: Vec::new() });
    }
    let state = ask(&found, &token, &[], &[], false)?;
    page(&app, &found, &headers, StatusCode::OK, state)
}

/// Takes the answers; the same again is thanked for as well.
pub async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response> {
    let Some(found) = look(&app, visitor, &token).await? else { return unavailable(&app, &headers) };
    let answers = match crate::staff::answers_of(&found.questions()?, &declined(&fields)) {
        Ok(mut sheet) => sheet.remove(&found.link.instrument).unwrap_or_default(),
        Err(wrong) => {
            let state = ask(&found, &token, &fields, &wrong, false)?;
            return page(&app, &found, &headers, StatusCode::UNPROCESSABLE_ENTITY, state);
        }
    };
    if found.link.used_at.is_none() && answers.values().all(|answer| answer.value().is_none()) {
        let state = ask(&found, &token, &fields, &[], true)?;
        return page(&app, &found, &headers, StatusCode::UNPROCESSABLE_ENTITY, state);
    }
    let resources = match take(&app, &found, &token, answers).await? {
        Some(Taken::Danger) => {
            let mut read = app.db.read(&found.practice).await?;
            let episode = store::episode::find(&mut read, &found.link.episode_id).await?;
            found.face.resources(found.language, episode.map(|episode| episode.site_id).as_ref())
        }
        Some(Taken::Kept) => Vec::new(),
        None => return unavailable(&app, &headers),
    };
    page(&app, &found, &headers, StatusCode::OK, RaterState::Done { resources })
}

/// What came of it; none where the link's time ended meanwhile.
async fn take(app: &App, found: &Found, token: &str, answers: Answers) -> Result<Option<Taken>> {
    let mut tx = app.db.write(&found.practice).await?;
    match rater::submit(&mut tx, &app.ctx, &care::token::hash(token), &found.link, answers).await {
        Ok(outcome) => {
            tx.commit().await?;
            Ok(Some(outcome))
        }
        // Handed in before.
        Err(workflows::Error::Conflict) => Ok(Some(Taken::Kept)),
        Err(workflows::Error::Closed) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The form's fields as those of the staff's form: "leave out" is a field of its own there.
fn declined(fields: &[(String, String)]) -> Vec<(String, String)> {
    let field = |(name, value): &(String, String)| match (name.strip_prefix("answer_"), value.as_str()) {
        (Some(number), "-") => (format!("decline_{number}"), "1".to_owned()),
        _ => (name.clone(), value.clone()),
    };
    fields.iter().map(field).collect()
}
