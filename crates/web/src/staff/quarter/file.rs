//! The quarterly pack as a table for a file: the figures of the page, which already holds to the rules for what leaves the house, and
//! what was tried.

use super::{Asked, Quarter, note, pack, quarters};
use crate::App;
use crate::error::Result;
use crate::staff::download::{self, Format, Sheet};
use crate::staff::session::Signed;
use axum::extract::State;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::{Instant, local_time};
use chrono::Days;
use exchange::csv_out::Value;
use templates::staff::{PackRow, PackStatus, QuarterPack};

const HEADERS: [&str; 13] = [
    "data_as_of",
    "quarter",
    "from",
    "until",
    "section",
    "figure",
    "kind",
    "value",
    "interval_95",
    "hits",
    "of",
    "known",
    "status",
];

const fn status(status: PackStatus) -> &'static str {
    match status {
        PackStatus::Shown => "reportable",
        PackStatus::NotReportable => "not reportable",
        PackStatus::Few => "too few to show",
    }
}

fn figure(row: &PackRow) -> Vec<Value<'static>> {
    let text = |text: &str| if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned().into()) };
    let whole =
        |count: Option<u64>| count.map_or(Value::Empty, |count| Value::Whole(i64::try_from(count).unwrap_or(i64::MAX)));
    vec![
        text(&row.label),
        text(row.kind.map_or("", |kind| kind.as_str())),
        text(&row.value),
        text(&row.interval),
        whole(row.hits),
        whole(row.cases),
        text(&row.known),
        status(row.status).into(),
    ]
}

fn write(page: &QuarterPack, quarter: Quarter, now: Instant) -> Sheet {
    let last = quarter.after.checked_sub_days(Days::new(1)).unwrap_or(quarter.after);
    let about = [
        now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        quarter.name(),
        quarter.first.to_string(),
        last.to_string(),
    ];
    let begin =
        |section: &'static str| about.iter().map(|cell| Value::Text(cell.clone().into())).chain([section.into()]);
    let mut rows: Vec<Vec<Value<'static>>> = Vec::new();
    for section in &page.sections {
        rows.extend(section.rows.iter().map(|row| begin(section.what).chain(figure(row)).collect()));
    }
    for one in &page.experiments {
        let stage = one.verdict.map_or_else(|| one.stage.as_str(), |verdict| verdict.as_str());
        let text = |text: &str| Value::Text(text.to_owned().into());
        let cells = [text(one.metric.as_str()), Value::Empty, text(&one.change)];
        let rest = std::iter::repeat_n(Value::Empty, 4).chain([text(stage)]);
        rows.push(begin("experiment").chain(cells).chain(rest).collect());
    }
    Sheet { name: format!("quarter-{}", quarter.name()), headers: HEADERS.to_vec(), rows, as_of: now }
}

async fn table(app: &App, me: &Signed, asked: &Asked) -> Result<Sheet> {
    me.authorise(app, Action::Improve, None).await?;
    let now = app.now();
    let (_, chosen) = quarters(local_time::day_of(now, me.zone), &asked.quarter)?;
    let page = pack(app, me, asked).await?;
    note(app, me, "export.quarter").await?;
    Ok(write(&page, chosen, now))
}

/// As a file.
pub(in crate::staff) async fn csv(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    download::answer(table(&app, &me, &asked).await?, Format::Csv).await
}

/// As a workbook.
pub(in crate::staff) async fn xlsx(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    download::answer(table(&app, &me, &asked).await?, Format::Workbook).await
}
