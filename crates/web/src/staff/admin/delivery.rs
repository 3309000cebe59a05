//! How far the check-ins of a period came, counted over the whole practice. Where they got lost is the leak report's.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::dashboard::DaysAsked;
use crate::staff::download::{self, Format, Sheet};
use crate::staff::form::encoded;
use crate::staff::people::People;
use crate::staff::saved_view;
use crate::staff::session::Signed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::message::Channel;
use care::outcome::{Audience, least};
use care::saved_view::Dashboard;
use care::{Language, local_time};
use exchange::csv_out::Value;
use serde::Deserialize;
use stats::suppression::suppress_stages;
use store::delivery_funnel::{By, Stages, stages};
use templates::client::LanguageName;
use templates::format;
use templates::staff::Choice;
use templates::staff::admin::{Delivery, FunnelRow, Section};

/// The groupings, under the names of the form.
const GROUPINGS: [(&str, By); 4] =
    [("channel", By::Channel), ("site", By::Site), ("language", By::Language), ("reminder", By::Reminder)];

/// What stands above the columns of the file.
const HEADERS: [&str; 12] = [
    "data_as_of",
    "from",
    "until",
    "by",
    "group",
    "planned",
    "sent",
    "delivered",
    "opened",
    "started",
    "completed",
    "status",
];

/// The stages as the file wants them, where not all of them can be shown: where each stands among [`counts`].
const WANTED: [usize; 6] = [0, 5, 1, 3, 2, 4];

/// The counts of a row of the file, without those that are kept back.
type Shown = [Option<u64>; 6];

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
    let (first, last) = (encoded(&period.first.to_string()), encoded(&period.last.to_string()));
    // The usual days move on with the calendar in what somebody keeps.
    let days = if period.are_usual { String::new() } else { format!("from={first}&until={last}&") };
    let saved = saved_view::of(&mut read, &me, Dashboard::Delivery, &format!("{days}by={grouped}")).await?;
    drop(read);
    let all = groups.iter().map(counts).reduce(|one, other| std::array::from_fn(|place| one[place] + other[place]));
    let (shell, sections) = frame(&app, &me, Section::Messages);
    let day = |day| format::day(day, me.language);
    let address = |path: &str| format!("{path}?from={first}&until={last}");
    let page = Delivery {
        shell,
        sections,
        from: period.first.to_string(),
        until: period.last.to_string(),
        period: format!("{} – {}", day(period.first), day(period.last)),
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
        saved,
        problems: period.problems,
    };
    let status = if page.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    me.render(&app, status, &page)
}

/// The groups of a table that leaves the house, and before them all of them: no count from 1 to 10, nor one that a subtraction makes.
fn shown(groups: &[Stages]) -> (Shown, Vec<Shown>) {
    let wanted = |one: &Stages| WANTED.map(|place| u64::try_from(counts(one)[place]).unwrap_or(0));
    let found = suppress_stages(&groups.iter().map(wanted).collect::<Vec<_>>(), least(None, Audience::Outside));
    let in_order = |row: [Option<u64>; 6]| {
        let mut cells = [None; 6];
        for (place, count) in WANTED.into_iter().zip(row) {
            cells[place] = count;
        }
        cells
    };
    (in_order(found.whole), found.groups.into_iter().map(in_order).collect())
}

/// The cells of a row, and what was kept back of it.
fn cells(row: Shown) -> impl Iterator<Item = Value<'static>> {
    let status = match row.iter().flatten().count() {
        6 => "counted",
        0 => "too few to show",
        _ => "too few to show in the empty columns",
    };
    let count = |one: Option<u64>| one.and_then(|one| i64::try_from(one).ok()).map_or(Value::Empty, Value::Whole);
    row.into_iter().map(count).chain([status.into()])
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
    let mut rows: Vec<Vec<Value<'static>>> = Vec::new();
    let begin = |by: &'static str, group: String| {
        about.iter().map(|cell| Value::Text(cell.clone().into())).chain([by.into(), Value::Text(group.into())])
    };
    for (grouped, by) in GROUPINGS {
        let groups = stages(&mut read, by, from, until).await?;
        let (whole, each) = shown(&groups);
        // Every grouping has the same sums.
        if rows.is_empty() {
            rows.push(begin("all", "all".to_owned()).chain(cells(whole)).collect());
        }
        for (one, row) in groups.iter().zip(each) {
            let name = name_of(app, me.language, &people, by, one.group_key.as_deref());
            rows.push(begin(grouped, name).chain(cells(row)).collect());
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
