//! How far the check-ins of a period came, and where they stopped. Counts are of the whole practice; names are shown to
//! whoever may see them, those of their own sites.

use super::{frame, typed_day};
use crate::App;
use crate::error::Result;
use crate::staff::download::{self, Format, Sheet};
use crate::staff::form::encoded;
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::message::Channel;
use care::staff::Role;
use care::{ClientId, Instant, Language, local_time};
use chrono::{Days, NaiveDate};
use exchange::csv_out::Value;
use serde::Deserialize;
use std::collections::HashMap;
use store::delivery_funnel::{By, Leaked, Stages, leaks, stages};
use templates::client::LanguageName;
use templates::staff::admin::{Delivery, FunnelRow, LeakRow, Section};
use templates::staff::{Choice, FieldProblem, Wrong};

/// Days shown where none are named.
const USUALLY: u64 = 28;
/// Leaks counted at most; more than that is a flood, and the counts say so by being this.
const COUNTED: i64 = 5_000;
/// Leaks listed.
const LISTED: usize = 50;
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

/// A period of whole days in the reader's zone.
struct Period {
    first: NaiveDate,
    last: NaiveDate,
    problems: Vec<FieldProblem>,
}

impl Period {
    fn of(asked: &Asked, today: NaiveDate) -> Self {
        let mut problems = Vec::new();
        let mut day = |field: &str, text: &str, otherwise: NaiveDate| {
            if let Ok(day) = typed_day(text) {
                day.unwrap_or(otherwise)
            } else {
                problems.push(FieldProblem::new(field, Wrong::Date));
                otherwise
            }
        };
        let last = day("until", &asked.until, today);
        let usual = last.checked_sub_days(Days::new(USUALLY - 1)).unwrap_or(last);
        let first = day("from", &asked.from, usual);
        if first > last {
            problems.push(FieldProblem::new("until", Wrong::Order));
        }
        Self { first, last, problems }
    }

    fn instants(&self, me: &Signed) -> (Instant, Instant) {
        let end = self.last.succ_opt().unwrap_or(self.last);
        (local_time::at_minute(self.first, 0, me.zone), local_time::at_minute(end, 0, me.zone))
    }
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
    let period = Period::of(&asked, local_time::day_of(telling.now, me.zone));
    let (grouped, by) = GROUPINGS.iter().copied().find(|(name, _)| *name == asked.by).unwrap_or(GROUPINGS[0]);
    let (from, until) = period.instants(&me);
    let is_sound = period.problems.is_empty();
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let groups = if is_sound { stages(&mut read, by, from, until).await? } else { Vec::new() };
    let leaked = if is_sound { leaks(&mut read, from, until, COUNTED).await? } else { Vec::new() };
    let visible: Vec<&Leaked> =
        leaked.iter().filter(|one| me.is(&[Role::Admin]) && me.viewer.works_at(&one.site_id)).take(LISTED).collect();
    let mut ids: Vec<ClientId> = visible.iter().map(|one| one.client_id.clone()).collect();
    ids.sort();
    ids.dedup();
    let names: HashMap<ClientId, String> = store::client::by_ids(&mut read, &ids)
        .await?
        .into_iter()
        .map(|client| (client.id.clone(), client.name.into_exposed()))
        .collect();
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
        leaks: visible
            .iter()
            .map(|one| LeakRow {
                client: names.get(&one.client_id).cloned().unwrap_or_default(),
                href: format!("/clients/{}", one.client_id),
                kind: one.leak.clone(),
                day: telling.day(one.send_at),
            })
            .collect(),
        counts: ["undelivered", "unopened", "incomplete"]
            .iter()
            .map(|kind| {
                ((*kind).to_owned(), i64::try_from(leaked.iter().filter(|one| one.leak == *kind).count()).unwrap_or(0))
            })
            .filter(|(_, count)| *count > 0)
            .collect(),
        problems: period.problems,
    };
    let status = if page.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    me.show(&app, status, &page, Seen::list("view.delivery", &me, ids)).await
}

/// The counts by every grouping, as a table; none where the days are no period.
async fn table(app: &App, me: &Signed, asked: &Asked) -> Result<Option<Sheet>> {
    me.authorise(app, Action::Administer, None).await?;
    let now = app.now();
    let period = Period::of(asked, local_time::day_of(now, me.zone));
    if !period.problems.is_empty() {
        return Ok(None);
    }
    let (from, until) = period.instants(me);
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
