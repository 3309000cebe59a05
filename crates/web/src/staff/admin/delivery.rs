//! How far the check-ins of a period came, counted over the whole practice. Where they got lost is the leak report's.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::dashboard::DaysAsked;
use crate::staff::download::{self, Format, Sheet};
use crate::staff::form::encoded;
use crate::staff::people::People;
use crate::staff::session::Signed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::message::Channel;
use care::{Language, local_time};
use exchange::csv_out::Value;
use serde::Deserialize;
use store::delivery_funnel::{By, Stages, stages};
use templates::client::LanguageName;
use templates::staff::Choice;
use templates::staff::admin::{Delivery, FunnelRow, Section};

/// The groupings, under the names of the form.
const GROUPINGS: [(&str, By); 4] =
    [("channel", By::Channel), ("site", By::Site), ("language", By::Language), ("reminder", By::Reminder)];

/// What stands above the columns of the file.
const HEADERS: [&str; 11] =
    ["data_as_of", "from", "until", "by", "group", "planned", "sent", "delivered", "opened", "started", "completed"];

/// What is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    from: String,
    until: String,
    by: String,
}

const fn counts(one: &Stages) -> [i64; 6] {
    [one.planned, one.sent, one.delivered, one.opened, one.started, one.completed]
}

/// A group in words.
fn name_of(app: &App, language: Language, people: &People, by: By, key: Option<&str>) -> String {
    let said = |message: &str| app.templates.said(message, language).unwrap_or_else(|| message.to_owned());
    match (by, key) {
        (By::Channel, None) => said("delivery-in-person"),
        (_, None) => String::new(),
        (By::Channel, Some(key)) => {
            key.parse::<Channel>().map_or_else(|_| key.to_owned(), |one| said(&format!("channel-{one}")))
        }
        (By::Site, Some(key)) => people.site_name(&care::SiteId::from_text(key)),
        (By::Language, Some(key)) => {
            key.parse::<Language>().map_or_else(|_| key.to_owned(), |one| LanguageName::from(one).name.to_owned())
        }
        (By::Reminder, Some("0")) => said("delivery-reminders-0"),
        (By::Reminder, Some("1")) => said("delivery-reminders-1"),
        (By::Reminder, Some(key)) => key.to_owned(),
    }
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let telling = me.telling(&app);
    let period = DaysAsked::of(&asked.from, &asked.until, local_time::day_of(telling.now, me.zone));
    let (grouped, by) = GROUPINGS.iter().copied().find(|(name, _)| *name == asked.by).unwrap_or(GROUPINGS[0]);
    let (from, until) = period.instants(me.zone);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let groups = if period.problems.is_empty() { stages(&mut read, by, from, until).await? } else { Vec::new() };
    drop(read);
    let all = groups.iter().map(counts).reduce(|one, other| std::array::from_fn(|place| one[place] + other[place]));
    let (shell, sections) = frame(&app, &me, Section::Messages);
    let (first, last) = (encoded(&period.first.to_string()), encoded(&period.last.to_string()));
    let address = |path: &str| format!("{path}?from={first}&until={last}");
    let page = Delivery {
        shell,
        sections,
        from: period.first.to_string(),
        until: period.last.to_string(),
        by: GROUPINGS.iter().map(|(name, _)| Choice::new(*name, *name, grouped)).collect(),
        grouped: grouped.to_owned(),
        all: all.map(|all| FunnelRow::new(String::new(), all)),
        rows: groups
            .iter()
            .map(|one| FunnelRow::new(name_of(&app, me.language, &people, by, one.group_key.as_deref()), counts(one)))
            .collect(),
        file: address("/admin/delivery/file"),
        workbook: address("/admin/delivery/workbook"),
        leaks: address("/leaks"),
        problems: period.problems,
    };
    let status = if page.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    me.render(&app, status, &page)
}

/// The counts by every grouping, as a table; none where the days are no period.
async fn table(app: &App, me: &Signed, asked: &Asked) -> Result<Option<Sheet>> {
    me.authorise(app, Action::Administer, None).await?;
    let now = app.now();
    let period = DaysAsked::of(&asked.from, &asked.until, local_time::day_of(now, me.zone));
    if !period.problems.is_empty() {
        return Ok(None);
    }
    let (from, until) = period.instants(me.zone);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let about =
        [now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), period.first.to_string(), period.last.to_string()];
    let mut rows = Vec::new();
    for (grouped, by) in GROUPINGS {
        for one in stages(&mut read, by, from, until).await? {
            let name = name_of(app, me.language, &people, by, one.group_key.as_deref());
            let mut row: Vec<Value<'static>> = about.iter().map(|cell| Value::Text(cell.clone().into())).collect();
            row.extend([Value::from(grouped), Value::Text(name.into())]);
            row.extend(counts(&one).map(Value::Whole));
            rows.push(row);
        }
    }
    Ok(Some(Sheet {
        name: format!("delivery-{}-{}", period.first, period.last),
        headers: HEADERS.to_vec(),
        rows,
        as_of: now,
    }))
}

/// As a file that spreadsheets open as text.
pub async fn file(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    match table(&app, &me, &asked).await? {
        Some(sheet) => download::answer(sheet, Format::Csv).await,
        None => show(State(app), me, Query(asked)).await,
    }
}

/// As a workbook.
pub async fn workbook(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    match table(&app, &me, &asked).await? {
        Some(sheet) => download::answer(sheet, Format::Workbook).await,
        None => show(State(app), me, Query(asked)).await,
    }
}
