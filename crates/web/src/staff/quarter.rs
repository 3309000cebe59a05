//! The quarterly pack: a practice's figures of one quarter on one page, and as a document. It is passed on to people outside, so the
//! page already holds to the rules for what leaves the house.

mod figures;
pub(super) mod file;

use super::closed_loop::tabs;
use super::people::People;
use super::session::Signed;
use crate::App;
use crate::error::{Error, Result};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use care::access::Action;
use care::experiment::Experiment;
use care::outcome::{Audience, least};
use care::{Instant, local_time};
use chrono::{Datelike, Days, Months, NaiveDate};
use print::Paper;
use serde::Deserialize;
use templates::format;
use templates::report::of_quarter;
use templates::staff::{Choice, PackExperiment, Place, QuarterPack};
use workflows::audit;

/// Quarters to choose from.
const QUARTERS: u32 = 12;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    quarter: String,
}

/// A quarter of a year.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Quarter {
    first: NaiveDate,
    after: NaiveDate,
}

impl Quarter {
    /// The one that a day is in, or so many before it.
    fn before(day: NaiveDate, count: u32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(day.year(), (day.month() - 1) / 3 * 3 + 1, 1)?;
        let first = first.checked_sub_months(Months::new(3 * count))?;
        Some(Self { first, after: first.checked_add_months(Months::new(3))? })
    }

    /// "2026-Q1".
    fn name(self) -> String {
        format!("{}-Q{}", self.first.year(), (self.first.month() - 1) / 3 + 1)
    }
}

/// Which quarters can be asked for, the present one first, and which is: the last whole one unless another is named.
fn quarters(today: NaiveDate, asked: &str) -> Result<(Vec<Quarter>, Quarter)> {
    let all: Vec<Quarter> = (0..QUARTERS).filter_map(|count| Quarter::before(today, count)).collect();
    let chosen = all.iter().find(|quarter| quarter.name() == asked).or(all.get(1)).copied().ok_or(Error::Internal)?;
    Ok((all, chosen))
}

async fn pack(app: &App, me: &Signed, asked: &Asked) -> Result<QuarterPack> {
    let telling = me.telling(app);
    let (all, chosen) = quarters(local_time::day_of(telling.now, me.zone), &asked.quarter)?;
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let sections = figures::of(&mut read, me, (chosen.first, chosen.after), telling.now).await?;
    let experiments = store::experiment::list(&mut read).await?;
    drop(read);
    let last = chosen.after.checked_sub_days(Days::new(1)).unwrap_or(chosen.after);
    let shown = |name: &str| name.replace('-', " ");
    Ok(QuarterPack {
        shell: me.shell(app, Some(Place::Improvement)),
        tabs: tabs(me, "quarter"),
        quarters: all
            .iter()
            .map(|quarter| Choice::new(quarter.name(), shown(&quarter.name()), &chosen.name()))
            .collect(),
        quarter: shown(&chosen.name()),
        period: format!("{} – {}", format::day(chosen.first, me.language), format::day(last, me.language)),
        as_of: telling.date_time(telling.now),
        sections,
        experiments: experiments
            .iter()
            .filter(|one| is_of(one, chosen, me, telling.now))
            .map(|one| experiment(&people, me, telling.now, one))
            .collect(),
        pdf: format!("/quarter.pdf?quarter={}", chosen.name()),
        csv: format!("/quarter.csv?quarter={}", chosen.name()),
        xlsx: format!("/quarter.xlsx?quarter={}", chosen.name()),
        least: least(None, Audience::Outside),
    })
}

/// Whether an experiment was on in the quarter: begun by its end and not decided before it began.
fn is_of(one: &Experiment, quarter: Quarter, me: &Signed, now: Instant) -> bool {
    let ended = one.decided.as_ref().map_or(now, |decided| decided.at);
    one.starts_on < quarter.after && local_time::day_of(ended, me.zone) >= quarter.first
}

fn experiment(people: &People, me: &Signed, now: Instant, one: &Experiment) -> PackExperiment {
    PackExperiment {
        change: one.change.text().to_owned(),
        metric: one.metric,
        site: one.site_id.as_ref().map(|site| people.site_name(site)),
        starts: format::day(one.starts_on, me.language),
        stage: one.stage(local_time::day_of(now, me.zone)),
        verdict: one.decided.as_ref().map(|decided| decided.verdict),
        reason: one.decided.as_ref().map(|decided| decided.reason.text().to_owned()).unwrap_or_default(),
    }
}

/// Notes who looked at it or took it along.
async fn note(app: &App, me: &Signed, name: &str) -> Result<()> {
    let mut tx = app.db.write(&me.practice).await?;
    tx.audit(audit::entry(&app.ctx, &me.actor(), name, "practice", me.practice.as_str()));
    tx.commit().await?;
    Ok(())
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::Improve, None).await?;
    let page = pack(&app, &me, &asked).await?;
    note(&app, &me, "view.quarter").await?;
    me.render(&app, StatusCode::OK, &page)
}

/// The document.
pub(super) async fn pdf(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::Improve, None).await?;
    let page = pack(&app, &me, &asked).await?;
    let paper = if me.zone.name().starts_with("America/") { Paper::Letter } else { Paper::A4 };
    let document = of_quarter(&app.templates, &page, paper, me.language)?;
    let written = tokio::task::spawn_blocking(move || print::pdf(&document)).await;
    let file = written.map_err(|_| Error::Internal)?.map_err(|error| {
        tracing::error!(%error, "a quarterly pack could not be written");
        Error::Internal
    })?;
    note(&app, &me, "export.quarter").await?;
    let mut response = file.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    let name = format!("inline; filename=\"quarter-{}.pdf\"", page.quarter.replace(' ', "-"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_whole_quarter_unless_another_is_named() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
        let (all, chosen) = quarters(today, "").unwrap();
        assert_eq!((all.len(), all[0].name(), chosen.name()), (12, "2026-Q1".to_owned(), "2025-Q4".to_owned()));
        assert_eq!(chosen.after, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
        assert!(
            quarters(today, "2025-Q2").unwrap().1.name() == "2025-Q2" && quarters(today, "never").unwrap().1 == chosen
        );
    }
}
