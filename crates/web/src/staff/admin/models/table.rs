//! The tables of a model card as one table for a file: what the rules would have done on closed courses. It holds what the card's own
//! file holds, and no more: no count from 1 to 10, nor what would give one away.

use super::followed;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::download::{self, Format, Sheet};
use crate::staff::session::Signed;
use axum::extract::{Path, State};
use axum::response::Response;
use care::access::Action;
use care::model_card::{Card, CardFile, Figure, Row};
use exchange::csv_out::Value;

const HEADERS: [&str; 27] = [
    "data_as_of",
    "instrument",
    "rules",
    "model",
    "closed_from",
    "closed_until",
    "closed",
    "evaluated",
    "without_improvement",
    "table",
    "of",
    "rule",
    "percent_found",
    "percent_found_low_95",
    "percent_found_high_95",
    "percent_left_alone",
    "percent_left_alone_low_95",
    "percent_left_alone_high_95",
    "percent_right",
    "percent_right_low_95",
    "percent_right_high_95",
    "percent_flagged",
    "percent_flagged_low_95",
    "percent_flagged_high_95",
    "sessions_ahead",
    "sessions_ahead_low_95",
    "sessions_ahead_high_95",
];

type Cells = Vec<Value<'static>>;

fn text(text: &str) -> Value<'static> {
    if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned().into()) }
}

fn shares(figure: &Figure) -> [Value<'static>; 3] {
    let percent = |share: Option<f64>| share.map_or(Value::Empty, |share| Value::Decimal(share * 100.0, 1));
    [figure.value, figure.interval.map(|(low, _)| low), figure.interval.map(|(_, high)| high)].map(percent)
}

fn figures(row: &Row) -> impl Iterator<Item = Value<'static>> {
    let sessions = |value: Option<f64>| value.map_or(Value::Empty, |value| Value::Decimal(value, 1));
    let lead = [row.lead, row.lead_interval.map(|(low, _)| low), row.lead_interval.map(|(_, high)| high)].map(sessions);
    [&row.sensitivity, &row.specificity, &row.ppv, &row.flag_rate].map(shares).into_iter().flatten().chain(lead)
}

fn write(card: &Card) -> Sheet {
    let file = CardFile::from(card);
    let whole = |count: Option<i64>| count.map_or(Value::Empty, Value::Whole);
    let (first, last) = file.closed_between.clone().unwrap_or_default();
    let about: Cells = vec![
        text(&card.made_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        text(&file.instrument),
        text(&file.rules),
        text(file.model.as_deref().unwrap_or_default()),
        text(&first),
        text(&last),
        whole(file.closed),
        whole(file.evaluated),
        whole(file.events),
    ];
    let line = |table: &str, of: &str, row: &Row| -> Cells {
        let begin = about.iter().cloned().chain([text(table), text(of), text(&row.rule)]);
        begin.chain(figures(row)).collect()
    };
    let mut rows: Vec<Cells> = Vec::new();
    for (table, of_it) in
        [("ladder", &file.ladder), ("equal_flag_rate", &file.equal_flag_rate), ("chosen", &file.chosen)]
    {
        rows.extend(of_it.iter().map(|row| line(table, "", row)));
    }
    rows.extend(file.newest.iter().map(|row| line("newest", "", row)));
    rows.extend(file.broken_off.iter().map(|one| line("broken_off", &one.handling, &one.row)));
    for group in &file.groups {
        let Some(found) = &group.figures else { continue };
        let row = Row {
            rule: "any_case".to_owned(),
            act: None,
            sensitivity: found.sensitivity,
            specificity: found.specificity,
            ppv: Figure::default(),
            flag_rate: found.flag_rate,
            lead: None,
            lead_interval: None,
            counts: found.counts,
        };
        rows.push(line(group.kind.as_str(), &group.value, &row));
    }
    Sheet { name: "model-card".to_owned(), headers: HEADERS.to_vec(), rows, as_of: card.made_at }
}

async fn answer(app: &App, me: &Signed, id: &str, format: Format) -> Result<Response> {
    me.authorise(app, Action::ViewDetection, None).await?;
    let instrument = followed(me, id)?;
    let mut read = app.db.read(&me.practice).await?;
    let card = store::detection::card(&mut read, &instrument.id).await?.ok_or(Error::NotFound)?;
    drop(read);
    super::note_export(app, me, &instrument).await?;
    download::answer(write(&card), format).await
}

/// As a file.
pub async fn csv(State(app): State<App>, me: Signed, Path(id): Path<String>) -> Result<Response> {
    answer(&app, &me, &id, Format::Csv).await
}

/// As a workbook.
pub async fn xlsx(State(app): State<App>, me: Signed, Path(id): Path<String>) -> Result<Response> {
    answer(&app, &me, &id, Format::Workbook).await
}
