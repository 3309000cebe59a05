//! The growth models and what rules and models are worth: made by the nightly job, only read and laid out here.

mod card;
pub(super) mod figures;
pub(super) mod table;

use super::frame;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::session::Signed;
use crate::staff::words::Telling;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use care::access::Action;
use care::expected_response::refit::Outcome;
use care::expected_response::{CALIBRATION_COURSES, CALIBRATION_EVENTS, GrowthModel, Origin};
use care::model_card::CardFile;
use instruments::Instrument;
use stats::growth::log_session;
use store::detection::{LastLook, StoredModel};
use templates::format;
use templates::staff::admin::{LookText, ModelFigures, ModelRow, ModelVersion, Models, Section};
use workflows::detection;

/// A number with at most one decimal.
fn tenth(value: f64) -> String {
    format::score((value * 10.0).round() / 10.0)
}

fn name_of(me: &Signed, instrument: &Instrument) -> String {
    instrument.short_name.get(me.language).to_owned()
}

/// What is in force for each instrument that is followed, and what the last look found.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::ViewDetection, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let held = workflows::shelf::detection(&mut read).await?;
    let looks = store::detection::last_looks(&mut read).await?;
    let cards = store::detection::cards(&mut read).await?;
    let followed = detection::followed(&mut read, &me.shelf).await?;
    let mut rows = Vec::with_capacity(followed.len());
    for instrument in &followed {
        let scale = &instrument.primary().id;
        let versions = store::detection::models_of(&mut read, &instrument.id).await?;
        let model = held.model(instrument, scale);
        let card = cards.iter().find(|card| card.instrument == instrument.id);
        let calibration = model.map(|model| &model.calibration);
        let evaluated = match (calibration.filter(|one| one.is_enough()), card) {
            (Some(calibration), _) => (calibration.courses, calibration.events),
            (None, Some(card)) => (card.evaluated, card.events),
            (None, None) => (0, 0),
        };
        let look = looks.iter().find(|look| look.instrument == instrument.id && look.scale == *scale);
        rows.push(ModelRow {
            id: instrument.id.clone(),
            name: name_of(&me, instrument),
            card: format!("/admin/models/{}", instrument.id),
            rules: format!("/admin/detection/{}", instrument.id),
            model: model.map(|model| model_figures(model, telling)),
            agreement: card::agreement(model),
            evaluated,
            needed: (CALIBRATION_COURSES, CALIBRATION_EVENTS),
            look: look.map(|look| look_text(look, versions.first(), telling)),
            versions: versions
                .iter()
                .filter(|one| one.model.scale == *scale)
                .map(|one| version(one, telling))
                .collect(),
        });
    }
    drop(read);
    let (shell, sections) = frame(&app, &me, Section::Models);
    me.render(&app, StatusCode::OK, &Models { shell, sections, rows })
}

fn model_figures(model: &GrowthModel, telling: Telling) -> ModelFigures {
    let found = &model.parameters;
    let last = u32::try_from(model.last_session)
        .map_or(found.intercept, |session| found.intercept + found.slope * log_session(session));
    let (source, dated, scores) = match &model.origin {
        Origin::Published { source, period } => (Some(source.clone()), period.clone(), None),
        Origin::Practice { fitted_at, scores } => (None, telling.day(*fitted_at), Some(*scores)),
    };
    ModelFigures {
        version: model.version,
        source,
        dated,
        courses: model.courses,
        scores,
        first: tenth(found.intercept),
        last: tenth(last),
        last_session: model.last_session,
        slope: format::change((found.slope * 100.0).round() / 100.0),
        sd_first: tenth(found.random[0][0].max(0.0).sqrt()),
        sd_slope: tenth(found.random[1][1].max(0.0).sqrt()),
        sd_score: tenth(found.residual_variance.max(0.0).sqrt()),
    }
}

/// A look that found nothing new says by which checks the model in force came in.
fn look_text(look: &LastLook, in_force: Option<&StoredModel>, telling: Telling) -> LookText {
    let passed = in_force.filter(|_| look.outcome == Outcome::Unchanged).map_or(look.checks, |model| model.checks);
    let density = |value: Option<f64>| value.map(|value| figures::signed(value, 3));
    LookText {
        outcome: look.outcome,
        when: telling.date_time(look.looked_at),
        courses: passed.courses,
        closed: passed.closed,
        held_back: passed.held_back,
        foretold: passed.foretold,
        new_score: density(passed.new_score),
        old_score: density(passed.old_score),
    }
}

fn version(stored: &StoredModel, telling: Telling) -> ModelVersion {
    let figures = model_figures(&stored.model, telling);
    ModelVersion {
        version: figures.version,
        dated: figures.dated,
        courses: figures.courses,
        scores: figures.scores.unwrap_or_default(),
        line: (figures.first, figures.slope),
    }
}

/// The instrument of an address; not found where the ladder does not look at it.
fn followed(me: &Signed, id: &str) -> Result<Instrument> {
    me.shelf.library.current(id).filter(|one| detection::is_followed(one)).cloned().ok_or(Error::NotFound)
}

/// Notes that a card leaves the house.
async fn note_export(app: &App, me: &Signed, instrument: &Instrument) -> Result<()> {
    let entry = workflows::audit::entry(&app.ctx, &me.actor(), "export.model_card", "practice", me.practice.as_str());
    let mut tx = app.db.write(&me.practice).await?;
    tx.audit(entry.with("instrument", instrument.id.as_str()));
    tx.commit().await?;
    Ok(())
}

/// The card of an instrument.
pub async fn card(State(app): State<App>, me: Signed, Path(id): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::ViewDetection, None).await?;
    let instrument = followed(&me, &id)?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let held = workflows::shelf::detection(&mut read).await?;
    let found = store::detection::card(&mut read, &instrument.id).await?;
    drop(read);
    let model = held.model(&instrument, &instrument.primary().id);
    let (shell, sections) = frame(&app, &me, Section::Models);
    let page = card::page((shell, sections), name_of(&me, &instrument), &instrument, found.as_ref(), model, telling);
    me.render(&app, StatusCode::OK, &page)
}

/// The same as a file, with the stricter rules for what leaves the house.
pub async fn file(State(app): State<App>, me: Signed, Path(id): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::ViewDetection, None).await?;
    let instrument = followed(&me, &id)?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::detection::card(&mut read, &instrument.id).await?.ok_or(Error::NotFound)?;
    drop(read);
    let body = serde_json::to_vec_pretty(&CardFile::from(&found)).map_err(|_| Error::Internal)?;
    note_export(&app, &me, &instrument).await?;
    let mut response = (StatusCode::OK, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = format!("attachment; filename=\"model-card-{}.json\"", instrument.id);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
