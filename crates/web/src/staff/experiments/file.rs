//! The figures of an experiment as a table for a file: each point with its limits and the rule that marks it. It leaves the house, so
//! that no point is made of fewer than 11, nor of 1 to 10 who did this or that.

use super::id;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::dashboard::is_safe;
use crate::staff::download::{self, Format, Sheet};
use crate::staff::people::People;
use crate::staff::session::Signed;
use axum::extract::{Path, State};
use axum::response::Response;
use care::ExperimentId;
use care::Instant;
use care::access::Action;
use care::experiment::{Experiment, Measured, Metric, Phase, Point, Reading, Unit, series};
use care::outcome::{Audience, least};
use chrono::Days;
use exchange::csv_out::Value;
use workflows::{audit, experiment};

const HEADERS: [&str; 18] = [
    "data_as_of",
    "change",
    "site",
    "first_day_with_change",
    "decide_on",
    "figure",
    "figure_is",
    "unit",
    "from",
    "until",
    "phase",
    "cases",
    "value",
    "lower_limit",
    "centre",
    "upper_limit",
    "rule",
    "status",
];

/// Whether what a point is made of may leave the house.
fn is_shown(point: &Point) -> bool {
    match point.measured.reading {
        Some(Reading::Share(period)) => is_safe(period.hits) && is_safe(period.cases - period.hits),
        Some(Reading::Value(..)) => true,
        None => false,
    }
}

fn rows_of(
    about: &[Value<'static>],
    metric: Metric,
    is: &'static str,
    measured: &[Measured],
) -> Vec<Vec<Value<'static>>> {
    let found = series(metric, measured, least(None, Audience::Outside));
    // Shares as percent, as everywhere else in our files.
    let (unit, factor) = match metric.unit() {
        Unit::Share => ("percent", 100.0),
        Unit::Hours => ("hours", 1.0),
    };
    let decimal = |value: f64| Value::Decimal(value * factor, 1);
    let row = |point: &Point| {
        let last = point.measured.until.checked_sub_days(Days::new(1)).unwrap_or(point.measured.until);
        let phase = if point.measured.phase == Phase::Before { "before" } else { "with" };
        let mut row = about.to_vec();
        row.extend([Value::from(metric.as_str()), is.into(), unit.into()]);
        row.extend([point.measured.from, last].map(|day| Value::Text(day.to_string().into())));
        row.push(phase.into());
        if let Some(value) = point.value.filter(|_| is_shown(point)) {
            let cases = point.measured.reading.map_or(0, Reading::cases);
            row.extend([Value::Whole(i64::try_from(cases).unwrap_or(i64::MAX)), decimal(value)]);
            match point.limits {
                Some(limits) => row.extend([limits.lower, limits.centre, limits.upper].map(decimal)),
                None => row.extend(std::iter::repeat_n(Value::Empty, 3)),
            }
            row.push(point.special.map_or(Value::Empty, |(special, _)| super::chart::rule(special).into()));
            row.push("shown".into());
        } else {
            row.extend(std::iter::repeat_n(Value::Empty, 6));
            row.push(if point.measured.reading.is_none() { "nothing counted" } else { "too few to show" }.into());
        }
        row
    };
    found.points.iter().map(row).collect()
}

fn write(people: &People, one: &Experiment, figures: &[(Metric, &'static str, Vec<Measured>)], now: Instant) -> Sheet {
    let text = |text: String| Value::Text(text.into());
    let about = [
        text(now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        text(one.change.text().to_owned()),
        text(one.site_id.as_ref().map(|site| people.site_name(site)).unwrap_or_default()),
        text(one.starts_on.to_string()),
        text(one.ends_on.to_string()),
    ];
    let rows = figures.iter().flat_map(|(metric, is, measured)| rows_of(&about, *metric, is, measured)).collect();
    Sheet { name: format!("experiment-{}", one.starts_on), headers: HEADERS.to_vec(), rows, as_of: now }
}

async fn table(app: &App, me: &Signed, one: &str) -> Result<Sheet> {
    me.authorise(app, Action::Improve, None).await?;
    let one: ExperimentId = id(one)?;
    let now = app.now();
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let found = store::experiment::find(&mut read, &one).await?.ok_or(Error::NotFound)?;
    let mut figures = Vec::new();
    for (metric, is) in
        std::iter::once((found.metric, "metric")).chain(found.guardrail.map(|metric| (metric, "guardrail")))
    {
        figures.push((metric, is, experiment::measure(&mut read, &app.ctx, &found, metric).await?));
    }
    drop(read);
    let mut tx = app.db.write(&me.practice).await?;
    tx.audit(audit::entry(&app.ctx, &me.actor(), "export.experiment", "experiment", one.as_str()));
    tx.commit().await?;
    Ok(write(&people, &found, &figures, now))
}

/// As a file.
pub(in crate::staff) async fn csv(State(app): State<App>, me: Signed, Path(one): Path<String>) -> Result<Response> {
    download::answer(table(&app, &me, &one).await?, Format::Csv).await
}

/// As a workbook.
pub(in crate::staff) async fn xlsx(State(app): State<App>, me: Signed, Path(one): Path<String>) -> Result<Response> {
    download::answer(table(&app, &me, &one).await?, Format::Workbook).await
}
