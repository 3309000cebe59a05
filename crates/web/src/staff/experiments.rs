//! What a practice tries in order to get better: the list with its form, and each with its chart and decision. Owner and
//! administrators only: a figure that somebody tries to move is not yet one to be judged by.

mod chart;
pub(super) mod file;

use super::closed_loop::tabs;
use super::form::{Posted, renamed};
use super::people::People;
use super::session::Signed;
use super::shown::{done, id};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::experiment::{Every, Experiment, Metric, Verdict};
use care::staff::Role;
use care::{ExperimentId, local_time};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use templates::format;
use templates::staff::{
    Choice, DecidedText, ExperimentForm, ExperimentPage, ExperimentRow, Experiments, FieldProblem, Flash, Place, Wrong,
};
use workflows::experiment::{self, NewExperiment};

/// How long a change is tried unless somebody says otherwise.
const USUALLY: Days = Days::new(28);

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    change: String,
    expectation: String,
    metric: String,
    guardrail: String,
    at_site: String,
    every: String,
    owner: String,
    starts_on: String,
    decide_on: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Deciding {
    verdict: String,
    decision_reason: String,
}

pub(super) fn row(people: &People, me: &Signed, today: NaiveDate, one: &Experiment) -> ExperimentRow {
    ExperimentRow {
        href: format!("/experiments/{}", one.id),
        change: one.change.text().to_owned(),
        metric: one.metric,
        site: one.site_id.as_ref().map(|site| people.site_name(site)),
        owner: people.name(&one.owner_id),
        starts: format::day(one.starts_on, me.language),
        ends: format::day(one.ends_on, me.language),
        stage: one.stage(today),
        verdict: one.decided.as_ref().map(|decided| decided.verdict),
    }
}

/// The list.
pub(super) async fn list(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Improve, None).await?;
    let today = local_time::day_of(app.now(), me.zone);
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let typed = Typed {
        metric: Metric::Completion.as_str().to_owned(),
        every: Every::Week.as_str().to_owned(),
        owner: me.staff.id.as_str().to_owned(),
        starts_on: today.to_string(),
        decide_on: day(today.checked_add_days(USUALLY)),
        ..Typed::default()
    };
    page(&app, &me, StatusCode::OK, typed, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Typed,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let today = local_time::day_of(app.now(), me.zone);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let all = store::experiment::list(&mut read).await?;
    drop(read);
    let metrics = |chosen: &str| -> Vec<Choice> {
        Metric::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), chosen)).collect()
    };
    let view = Experiments {
        shell: me.shell(app, Some(Place::Improvement)),
        tabs: tabs(me, "experiments"),
        rows: all.iter().map(|one| row(&people, me, today, one)).collect(),
        form: ExperimentForm {
            change: typed.change,
            expectation: typed.expectation,
            metrics: metrics(&typed.metric),
            guardrails: metrics(&typed.guardrail),
            sites: people
                .sites
                .iter()
                .map(|site| Choice::new(site.id.as_str(), site.name.clone(), &typed.at_site))
                .collect(),
            every: Every::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), &typed.every)).collect(),
            owners: people.choices(Role::ALL, None, &typed.owner),
            starts_on: typed.starts_on,
            decide_on: typed.decide_on,
        },
        problems,
    };
    me.render(app, status, &view)
}

/// What was typed, or what is wrong with it.
fn understood(typed: &Typed) -> std::result::Result<NewExperiment, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, wrong: Wrong| problems.push(FieldProblem::new(field, wrong));
    let metric = typed.metric.parse::<Metric>().map_err(|_| wrong("metric", Wrong::Choose)).ok();
    let every = typed.every.parse::<Every>().map_err(|_| wrong("every", Wrong::Choose)).ok();
    let owner = typed.owner.parse().map_err(|_| wrong("owner", Wrong::Choose)).ok();
    let guardrail = match typed.guardrail.as_str() {
        "" => Some(None),
        text => text.parse::<Metric>().map_err(|_| wrong("guardrail", Wrong::Choose)).ok().map(Some),
    };
    let site = match typed.at_site.as_str() {
        "" => Some(None),
        text => text.parse().map_err(|_| wrong("at_site", Wrong::Choose)).ok().map(Some),
    };
    let starts_on = typed.starts_on.trim().parse().map_err(|_| wrong("starts_on", Wrong::Date)).ok();
    let ends_on = typed.decide_on.trim().parse().map_err(|_| wrong("decide_on", Wrong::Date)).ok();
    match (metric, every, owner, guardrail, site, starts_on, ends_on) {
        (Some(metric), Some(every), Some(owner), Some(guardrail), Some(site), Some(starts_on), Some(ends_on)) => {
            Ok(NewExperiment {
                change: typed.change.clone(),
                expectation: typed.expectation.clone(),
                metric,
                guardrail,
                site,
                every,
                owner,
                starts_on,
                ends_on,
            })
        }
        _ => Err(problems),
    }
}

/// Writes another one down.
pub(super) async fn begin(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::Improve, None).await?;
    let new = match understood(&typed) {
        Ok(new) => new,
        Err(problems) => return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await,
    };
    let mut tx = app.db.write(&me.practice).await?;
    match experiment::begin(&mut tx, &app.ctx, &me.viewer, new).await {
        Ok(begun) => {
            tx.commit().await?;
            Ok(done(&app, &format!("/experiments/{}", begun.id), Flash::ExperimentBegun))
        }
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = renamed(&problems, &[("site", "at_site")]);
            page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// One of them.
pub(super) async fn show(State(app): State<App>, me: Signed, Path(one): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Improve, None).await?;
    one_page(&app, &me, &id(&one)?, StatusCode::OK, Deciding::default(), Vec::new()).await
}

async fn one_page(
    app: &App,
    me: &Signed,
    one: &ExperimentId,
    status: StatusCode,
    typed: Deciding,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let found = store::experiment::find(&mut read, one).await?.ok_or(Error::NotFound)?;
    let measured = experiment::measure(&mut read, &app.ctx, &found, found.metric).await?;
    let guarded = match found.guardrail {
        Some(metric) => Some((metric, experiment::measure(&mut read, &app.ctx, &found, metric).await?)),
        None => None,
    };
    drop(read);
    let verdicts = Verdict::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), &typed.verdict));
    let view = ExperimentPage {
        shell: me.shell(app, Some(Place::Improvement)),
        tabs: tabs(me, "experiments"),
        id: found.id.as_str().to_owned(),
        row: row(&people, me, local_time::day_of(telling.now, me.zone), &found),
        expectation: found.expectation.text().to_owned(),
        every: found.every,
        chart: chart::of(me.language, "metric", found.metric, &measured),
        guardrail: guarded.map(|(metric, measured)| chart::of(me.language, "guardrail", metric, &measured)),
        decided: found.decided.as_ref().map(|decided| DecidedText {
            verdict: decided.verdict,
            reason: decided.reason.text().to_owned(),
            at: telling.day(decided.at),
            by: people.name(&decided.by),
        }),
        verdicts: if found.decided.is_none() { verdicts.collect() } else { Vec::new() },
        reason: typed.decision_reason,
        problems,
        as_of: telling.date_time(telling.now),
    };
    me.render(app, status, &view)
}

/// Keeps what was decided.
pub(super) async fn decide(
    State(app): State<App>,
    me: Signed,
    Path(one): Path<String>,
    Posted(typed): Posted<Deciding>,
) -> Result<Response> {
    me.authorise(&app, Action::Improve, None).await?;
    let one: ExperimentId = id(&one)?;
    let back = format!("/experiments/{one}");
    let Ok(verdict) = typed.verdict.parse::<Verdict>() else {
        let problems = vec![FieldProblem::new("verdict", Wrong::Choose)];
        return one_page(&app, &me, &one, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
    };
    let mut tx = app.db.write(&me.practice).await?;
    match experiment::decide(&mut tx, &app.ctx, &me.viewer, &one, verdict, &typed.decision_reason).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(done(&app, &back, Flash::ExperimentDecided))
        }
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = renamed(&problems, &[]);
            one_page(&app, &me, &one, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await
        }
        Err(workflows::Error::Conflict) => Ok(done(&app, &back, Flash::NotPossible)),
        Err(error) => Err(error.into()),
    }
}
