//! Instruments of the practice's own: a form that becomes a file, a file or a Questionnaire that is taken over, the draft
//! with its test cases, and its publication. What a file must hold is `instruments`' to say, when it may be published
//! `workflows`'.

use super::super::frame;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Posted, field_problems};
use crate::staff::session::Signed;
use crate::staff::shown::done;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use care::access::Action;
use care::library::{AdditionKind, AdditionState};
use care::local_time;
use chrono::Datelike;
use exchange::fhir;
use instruments::{Library, Rater};
use serde::Deserialize;
use templates::staff::admin::{InstrumentDraft, NewInstrumentForm, OwnFields, Section};
use templates::staff::{Choice, FieldProblem, Flash};
use workflows::library::{self, Filed};

mod typed;
mod upload;

pub use upload::{MOST, upload};

/// Who may be chosen to answer, in the order of the form.
const RATERS: [Rater; 5] = [Rater::Client, Rater::Clinician, Rater::Parent, Rater::Partner, Rater::Caregiver];

/// The form.
pub async fn new(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    form(&app, &me, blank(), Vec::new(), Vec::new())
}

/// What the form begins with: most of what a practice writes is for its clients.
fn blank() -> OwnFields {
    OwnFields { raters: vec![Rater::Client.as_str().to_owned()], ..OwnFields::default() }
}

fn form(
    app: &App,
    me: &Signed,
    fields: OwnFields,
    problems: Vec<FieldProblem>,
    faults: Vec<String>,
) -> Result<Response> {
    let choices = |values: &[&str], chosen: &str| {
        let chosen = if chosen.is_empty() { values[0] } else { chosen };
        values.iter().map(|value| Choice::new(*value, "", chosen)).collect()
    };
    let is_fine = problems.is_empty() && faults.is_empty();
    let (shell, sections) = frame(app, me, Section::Instruments);
    let page = NewInstrumentForm {
        shell,
        sections,
        kinds: choices(&["choice", "yes_no", "numeric", "line", "goal"], &fields.kind),
        methods: choices(&["sum", "mean"], &fields.method),
        polarities: choices(&["higher_worse", "higher_better"], &fields.polarity),
        raters: RATERS
            .iter()
            .map(|rater| Choice {
                chosen: fields.raters.iter().any(|typed| typed == rater.as_str()),
                ..Choice::new(rater.as_str(), "", "")
            })
            .collect(),
        typed: fields,
        problems,
        faults,
    };
    me.render(app, if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }, &page)
}

fn year(app: &App, me: &Signed) -> i32 {
    local_time::day_of(app.now(), me.zone).year()
}

/// Makes a draft of what was typed.
pub async fn create(State(app): State<App>, me: Signed, Posted(fields): Posted<OwnFields>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let new = match typed::read(&fields, year(&app, &me)) {
        Ok(new) => new,
        Err(faults) => return form(&app, &me, fields, Vec::new(), faults),
    };
    let id = new.id.clone();
    match keep(&app, &me, &id, &new.to_toml()).await {
        Ok(()) => Ok(done(&app, &format!("/admin/instruments/{id}/draft"), Flash::Saved)),
        Err(workflows::Error::Invalid(problems)) => form(&app, &me, fields, field_problems(&problems), Vec::new()),
        Err(error) => Err(error.into()),
    }
}

async fn keep(app: &App, me: &Signed, id: &str, file: &str) -> workflows::Result<()> {
    let mut tx = app.db.write(&me.practice).await?;
    library::save_draft(&mut tx, &app.ctx, &me.viewer, id, file).await?;
    Ok(tx.commit().await?)
}

#[derive(Deserialize)]
pub struct File {
    file: String,
}

/// Takes a file or a FHIR Questionnaire over.
pub async fn take(State(app): State<App>, me: Signed, Posted(posted): Posted<File>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    taken(&app, &me, &posted.file).await
}

/// Makes a draft of a file, whichever way it came.
async fn taken(app: &App, me: &Signed, content: &str) -> Result<Response> {
    let content = content.trim();
    let (id, file) = if content.starts_with('{') {
        match fhir::read_questionnaire(content, year(app, me)) {
            Ok(taken) => {
                // What was left behind stays with the draft, for whoever finishes it.
                let mut new = taken.instrument;
                new.notes.extend(taken.untaken.iter().map(|one| format!("Not taken over: {one}")));
                (new.id.clone(), new.to_toml())
            }
            Err(untaken) => {
                let faults = untaken.iter().map(ToString::to_string).collect();
                return form(app, me, blank(), Vec::new(), faults);
            }
        }
    } else {
        match typed::id_of_file(content) {
            Ok(id) => (id, content.to_owned()),
            Err(fault) => return form(app, me, blank(), Vec::new(), vec![fault]),
        }
    };
    match keep(app, me, &id, &file).await {
        Ok(()) => Ok(done(app, &format!("/admin/instruments/{id}/draft"), Flash::Saved)),
        Err(workflows::Error::Invalid(problems)) => form(app, me, blank(), field_problems(&problems), Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The draft. A published instrument's page leads here too: then its file is the beginning of the next version.
pub async fn draft(State(app): State<App>, me: Signed, Path(instrument): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let next = library::next_version(&mut tx, &instrument).await?;
    let additions = store::library::additions(&mut tx).await?;
    drop(tx);
    let own: Vec<_> =
        additions.iter().filter(|one| one.instrument == instrument && one.kind == AdditionKind::Custom).collect();
    let draft = own.iter().find(|one| one.state == AdditionState::Draft).or(own.last());
    let Some(draft) = draft else { return Err(Error::NotFound) };
    let faults = match draft.state {
        AdditionState::Draft => library::problems_of_own(&app.ctx.library, &instrument, &next, &draft.document),
        // Nothing was changed yet: there is nothing to publish.
        _ => vec![format!("version: {} is published; change the file and save it as the next version", draft.version)],
    };
    let (shell, sections) = frame(&app, &me, Section::Instruments);
    let page = InstrumentDraft {
        shell,
        sections,
        readable: draft.state == AdditionState::Draft
            && Library::parse([(format!("{instrument}/{}.toml", draft.version), &draft.document)]).is_ok(),
        cases: cases(&instrument, &draft.version, &draft.document),
        id: instrument,
        version: next,
        file: draft.document.clone(),
        faults,
    };
    me.render(&app, StatusCode::OK, &page)
}

/// Each test case, and whether it gives what it must.
fn cases(id: &str, version: &str, document: &str) -> Vec<(String, bool)> {
    let Ok(library) = Library::parse([(format!("{id}/{version}.toml"), document)]) else { return Vec::new() };
    let Some(instrument) = library.get(id, version) else { return Vec::new() };
    let failing = ::instruments::examples_failing(instrument);
    let passes = |title: &str| !failing.iter().any(|one| one.place == format!("example[{title}]"));
    instrument.examples.iter().map(|one| (one.title.clone(), passes(&one.title))).collect()
}

/// Saves the file of a draft.
pub async fn save(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Posted(posted): Posted<File>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    match keep(&app, &me, &instrument, &posted.file).await {
        Ok(()) => Ok(done(&app, &format!("/admin/instruments/{instrument}/draft"), Flash::Saved)),
        Err(workflows::Error::Invalid(_)) => {
            Ok(done(&app, &format!("/admin/instruments/{instrument}/draft"), Flash::NotPossible))
        }
        Err(error) => Err(error.into()),
    }
}

/// Publishes a draft in which nothing is wrong.
pub async fn publish(State(app): State<App>, me: Signed, Path(instrument): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let filed = library::publish_draft(&mut tx, &app.ctx, &me.viewer, &instrument).await?;
    let Filed::Published(_) = filed else {
        return Ok(done(&app, &format!("/admin/instruments/{instrument}/draft"), Flash::NotPossible));
    };
    tx.commit().await?;
    app.ctx.forget_shelf(&me.practice);
    Ok(done(&app, &format!("/admin/instruments/{instrument}"), Flash::Saved))
}

/// Throws a draft away.
pub async fn discard(State(app): State<App>, me: Signed, Path(instrument): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    library::drop_draft(&mut tx, &app.ctx, &me.viewer, &instrument).await?;
    tx.commit().await?;
    Ok(done(&app, "/admin/instruments", Flash::Saved))
}

/// The file of an instrument of the practice's own, to take away.
pub async fn file(State(app): State<App>, me: Signed, Path(instrument): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut read = app.db.read(&me.practice).await?;
    let additions = store::library::additions(&mut read).await?;
    drop(read);
    let mut own = additions.iter().filter(|one| one.instrument == instrument && one.kind == AdditionKind::Custom);
    let newest = own.rfind(|one| one.state != AdditionState::Draft).ok_or(Error::NotFound)?;
    let name = format!("attachment; filename=\"{instrument}-{}.toml\"", newest.version);
    let headers =
        [(header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, newest.document.clone()).into_response())
}
