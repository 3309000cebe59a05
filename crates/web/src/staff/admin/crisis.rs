//! What clients are shown in a crisis, per language, with the day a person last checked each.

use super::{REVIEW, frame, languages};
use crate::App;
use crate::error::Result;
use crate::staff::form::{Nothing, Posted, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::practice::CrisisResource;
use care::{CrisisResourceId, Language};
use serde::Deserialize;
use templates::client::LanguageName;
use templates::format;
use templates::staff::admin::{CrisisGroup, CrisisResources, CrisisRow, Section};
use templates::staff::{Choice, FieldProblem, Flash, Wrong};
use workflows::practice::{CrisisForm, replace_crisis_resources};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    language: String,
    label: String,
    detail: String,
    href: String,
    position: String,
    site: String,
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, Typed::default(), Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Typed,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let all = store::crisis_resource::all(&mut read).await?;
    let people = People::of(&mut read, me.zone).await?;
    drop(read);
    let today = format::local_day(app.now(), me.zone);
    let row = |one: &CrisisResource| CrisisRow {
        id: one.id.as_str().to_owned(),
        label: one.label.clone(),
        detail: one.detail.clone(),
        href: one.href.clone(),
        site: one.site_id.as_ref().map(|site| people.site_name(site)),
        reviewed: format::day(one.reviewed_on, me.language),
        stale: today - one.reviewed_on > REVIEW,
    };
    let group = |language: Language| CrisisGroup {
        name: LanguageName::from(language).name.to_owned(),
        code: language.as_str().to_owned(),
        rows: all.iter().filter(|one| one.language == language).map(row).collect(),
    };
    let (shell, sections) = frame(app, me, Section::Crisis);
    let view = CrisisResources {
        shell,
        sections,
        groups: Language::ALL.iter().map(|language| group(*language)).collect(),
        languages: languages(&typed.language),
        label: typed.label,
        detail: typed.detail,
        href: typed.href,
        position: typed.position,
        sites: people.sites.iter().map(|site| Choice::new(site.id.as_str(), site.name.clone(), &typed.site)).collect(),
        problems,
    };
    me.render(app, status, &view)
}

fn as_form(one: &CrisisResource) -> CrisisForm {
    CrisisForm {
        language: one.language,
        label: one.label.clone(),
        detail: one.detail.clone(),
        href: one.href.clone(),
        site: one.site_id.clone(),
        reviewed_on: one.reviewed_on,
    }
}

/// Writes the list as changed by one act; `None` when the act finds nothing to change.
async fn replace(
    app: &App,
    me: &Signed,
    change: impl FnOnce(Vec<CrisisResource>) -> Option<Vec<CrisisForm>>,
) -> Result<Result<Flash, Vec<workflows::Problem>>> {
    let mut tx = app.db.write(&me.practice).await?;
    let Some(list) = change(store::crisis_resource::all(&mut tx).await?) else { return Ok(Ok(Flash::NotPossible)) };
    match replace_crisis_resources(&mut tx, &app.ctx, &me.viewer, &list).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => return Ok(Err(problems)),
        Err(error) => return Err(error.into()),
    }
    app.forget_face(&me.practice);
    Ok(Ok(Flash::Saved))
}

/// Adds one at its place among those of its language.
pub async fn add(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let position = match typed.position.trim() {
        "" => Some(usize::MAX),
        number => number.parse::<usize>().ok().map(|number| number.saturating_sub(1)),
    };
    let (Ok(language), Some(position)) = (typed.language.parse::<Language>(), position) else {
        let field = if position.is_none() { ("position", Wrong::Number) } else { ("language", Wrong::Choose) };
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, vec![FieldProblem::new(field.0, field.1)])
            .await;
    };
    let new = CrisisForm {
        language,
        label: typed.label.clone(),
        detail: typed.detail.clone(),
        href: typed.href.trim().to_owned(),
        site: typed.site.parse().ok(),
        reviewed_on: format::local_day(app.now(), me.zone),
    };
    let outcome = replace(&app, &me, |all| {
        let (mut same, mut others): (Vec<CrisisForm>, Vec<CrisisForm>) =
            all.iter().map(as_form).partition(|one| one.language == language);
        same.insert(position.min(same.len()), new);
        others.extend(same);
        Some(others)
    })
    .await?;
    match outcome {
        Ok(flash) => Ok(done(&app, "/admin/crisis", flash)),
        Err(problems) => page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, renamed(&problems, &[])).await,
    }
}

/// Somebody checked it today.
pub async fn reviewed(
    State(app): State<App>,
    me: Signed,
    Path(resource): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let resource: CrisisResourceId = id(&resource)?;
    let today = format::local_day(app.now(), me.zone);
    let outcome = replace(&app, &me, |all| {
        let checked = |one: &CrisisResource| {
            let reviewed_on = if one.id == resource { today } else { one.reviewed_on };
            CrisisForm { reviewed_on, ..as_form(one) }
        };
        all.iter().any(|one| one.id == resource).then(|| all.iter().map(checked).collect())
    })
    .await?;
    Ok(done(&app, "/admin/crisis", outcome.unwrap_or(Flash::NotPossible)))
}

/// Takes one away; the last one of a language stays.
pub async fn delete(
    State(app): State<App>,
    me: Signed,
    Path(resource): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let resource: CrisisResourceId = id(&resource)?;
    let outcome = replace(&app, &me, |all| {
        let rest = || all.iter().filter(|one| one.id != resource).map(as_form).collect();
        all.iter().any(|one| one.id == resource).then(rest)
    })
    .await?;
    Ok(done(&app, "/admin/crisis", outcome.unwrap_or(Flash::NotPossible)))
}
