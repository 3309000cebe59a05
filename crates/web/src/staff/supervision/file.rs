//! What is open among the clients of the people somebody supervises, as a table for a file, in the order of their names. It leaves the
//! house, so that counts from 1 to 10 stay in it; clients are not in it.

use super::{Found, found};
use crate::App;
use crate::error::Result;
use crate::staff::dashboard::is_safe;
use crate::staff::download::{self, Format, Sheet};
use crate::staff::people::People;
use crate::staff::session::Signed;
use axum::extract::State;
use axum::response::Response;
use care::access::Action;
use care::{Instant, StaffId};
use exchange::csv_out::Value;
use templates::format;
use workflows::{access, audit};

const HEADERS: [&str; 10] = [
    "data_as_of",
    "supervisor",
    "clinician",
    "supervised_since",
    "clients",
    "open_cases",
    "open_about_danger",
    "overdue",
    "off_track",
    "silent",
];

fn write(me: &Signed, found: &Found, now: Instant) -> Sheet {
    let text = |text: String| Value::Text(text.into());
    let count = |count: i64| match u64::try_from(count) {
        Ok(known) if is_safe(known) => Value::Whole(count),
        _ => text("too few to show".to_owned()),
    };
    let rows = found.supervisees.iter().map(|(since, one)| {
        let about = [
            now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            me.staff.name.text().to_owned(),
            one.name.clone(),
            since.to_string(),
        ];
        let counts = [one.clients, one.open, one.risk, one.overdue, one.off_track, one.silent];
        about.map(text).into_iter().chain(counts.map(count)).collect()
    });
    let day = format::local_day(now, chrono_tz::Tz::UTC);
    Sheet { name: format!("supervision-{day}"), headers: HEADERS.to_vec(), rows: rows.collect(), as_of: now }
}

async fn table(app: &App, me: &Signed) -> Result<Sheet> {
    me.authorise(app, Action::Supervise, None).await?;
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let today = access::today(&mut read, &app.ctx).await?;
    let found = found(&mut read, me, &people, telling, today).await?;
    drop(read);
    let mut tx = app.db.write(&me.practice).await?;
    let entry = audit::entry(&app.ctx, &me.actor(), "export.supervision", "practice", me.practice.as_str());
    tx.audit(entry.listing("clinicians", found.clinicians.iter().map(StaffId::as_str)));
    tx.commit().await?;
    Ok(write(me, &found, telling.now))
}

/// As a file.
pub(in crate::staff) async fn csv(State(app): State<App>, me: Signed) -> Result<Response> {
    download::answer(table(&app, &me).await?, Format::Csv).await
}

/// As a workbook.
pub(in crate::staff) async fn xlsx(State(app): State<App>, me: Signed) -> Result<Response> {
    download::answer(table(&app, &me).await?, Format::Workbook).await
}
