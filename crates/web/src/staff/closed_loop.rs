//! How soon alerts are taken up and acted on, and what the closed cases came to. What is counted comes from `store::closed_loop`, by
//! the definitions of `care::closed_loop`; here is decided who may see which figure. Nobody is ranked: there is no table of people.

mod asked;
mod figures;
mod file;

use super::dashboard::{Known, gives_away, note};
use super::download::{self, Format, Sheet};
use super::saved_view;
use super::session::Signed;
use crate::App;
use crate::error::Result;
use asked::{Asked, Question};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::Instant;
use care::access::{Access, Action, Relationship, decide};
use care::closed_loop::{Alert, By, ClosedCase};
use care::outcome::{Audience, least};
use care::saved_view::Dashboard;
use std::collections::BTreeMap;
use store::Read;
use templates::format;
use templates::staff::{ClosedLoop, ImprovementTab, LoopBody, Place};

/// What was found, and which of it may be shown.
pub(super) struct Found {
    /// The alerts that are wanted; none where they are too few for this audience.
    pub alerts: Option<Vec<Alert>>,
    /// The closed cases; none where they are too few.
    pub cases: Option<Vec<ClosedCase>>,
    /// Whether there is anything at all.
    pub is_empty: bool,
    /// When the clocks that still run were read.
    pub now: Instant,
}

/// How many there are of each value, with the other filters kept.
fn sizes<T>(all: &[T], question: &Question, by: By, key: impl Fn(&T, By) -> String) -> Vec<(String, u64)> {
    let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
    for one in all.iter().filter(|one| question.holds(|other| key(one, other), Some(by))) {
        *sizes.entry(key(one, by)).or_default() += 1;
    }
    sizes.into_iter().collect()
}

/// The rows that are wanted, unless they are too few or a filter picks a group that would not be shown beside the others.
fn shown<T>(
    all: Vec<T>,
    question: &Question,
    audience: Audience,
    key: impl Fn(&T, By) -> String + Copy,
) -> Option<Vec<T>> {
    let fewest = least(None, audience);
    for by in By::ALL {
        if let Some(chosen) = question.chosen(*by)
            && gives_away(&sizes(&all, question, *by, key), chosen, fewest)
        {
            return None;
        }
    }
    let kept: Vec<T> = all.into_iter().filter(|one| question.holds(|by| key(one, by), None)).collect();
    (kept.len() as u64 >= fewest).then_some(kept)
}

/// Reads a period's alerts and cases once; filters, groups and what may be shown are made of them here.
async fn found(read: &mut Read, question: &Question, audience: Audience, now: Instant) -> Result<Found> {
    let alerts = store::closed_loop::alerts(read, &question.wanted).await?;
    let cases = store::closed_loop::closed(read, &question.wanted).await?;
    Ok(Found {
        is_empty: alerts.is_empty() && cases.is_empty(),
        alerts: shown(alerts, question, audience, |alert, by| question.alert_group(alert, by)),
        cases: shown(cases, question, audience, |case, by| question.case_group(case, by)),
        now,
    })
}

/// The pages beside it, those of them that the viewer may open.
pub(super) fn tabs(me: &Signed, current: &str) -> Vec<ImprovementTab> {
    let mut tabs = ImprovementTab::all(current);
    tabs.retain(|tab| {
        let action = match tab.what {
            "closed_loop" => Action::ViewClosedLoop,
            "leaks" => Action::ViewLeaks,
            _ => Action::Improve,
        };
        decide(&me.viewer, action, &Relationship::none()) == Access::Allowed
    });
    tabs
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::ViewClosedLoop, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, &app, &me).await?;
    let question = asked.question(&me, &known, telling.now);
    let found = found(&mut read, &question, Audience::Staff, telling.now).await?;
    let saved = saved_view::of(&mut read, &me, Dashboard::ClosedLoop, &question.address("")).await?;
    drop(read);
    note(&app, &me, question.view, &known, "view.closed_loop").await?;
    let body = if found.is_empty {
        LoopBody::None
    } else {
        LoopBody::Shown(Box::new(figures::of(&app, &me, &known, &question, &found)))
    };
    let day = |day| format::day(day, me.language);
    let narrowed = By::ALL.iter().any(|by| question.chosen(*by).is_some());
    let filters = asked::filters(&app, &me, &known, &question);
    let page = ClosedLoop {
        shell: me.shell(&app, Some(Place::Improvement)),
        tabs: tabs(&me, "closed_loop"),
        filters: filters.form("/closed-loop", narrowed),
        view: question.view,
        period: format!("{} – {}", day(question.from), day(question.last_day())),
        as_of: format::date_time(telling.now, me.zone, me.language),
        body,
        csv: question.address("/closed-loop.csv"),
        xlsx: question.address("/closed-loop.xlsx"),
        saved,
    };
    me.render(&app, StatusCode::OK, &page)
}

/// The same as a table that leaves the house, with the stricter rules for that.
async fn table(app: &App, me: &Signed, asked: &Asked) -> Result<Sheet> {
    me.authorise(app, Action::ViewClosedLoop, None).await?;
    let now = app.now();
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, app, me).await?;
    let question = asked.question(me, &known, now);
    let found = found(&mut read, &question, Audience::Outside, now).await?;
    drop(read);
    note(app, me, question.view, &known, "export.closed_loop").await?;
    Ok(file::write(&known, &question, &found))
}

/// As a file.
pub(super) async fn csv(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    download::answer(table(&app, &me, &asked).await?, Format::Csv).await
}

/// As a workbook.
pub(super) async fn xlsx(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    download::answer(table(&app, &me, &asked).await?, Format::Workbook).await
}
