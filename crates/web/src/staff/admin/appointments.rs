//! The appointments of a day at the person's sites, and adding one.

use super::{frame, typed_day};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::client::{Booking, changes_of, move_at};
use crate::staff::form::{Posted, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, done};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::staff::Role;
use care::{ClientId, SiteId, StaffId, local_time};
use chrono::{Duration, NaiveDate};
use serde::Deserialize;
use templates::format;
use templates::staff::admin::{AdminAppointment, Appointments, Section};
use templates::staff::{AppointmentForm, Choice, FieldProblem, Flash, Wrong};
use workflows::appointment::{self, NewAppointment};
use workflows::client;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    date: String,
}

#[derive(Deserialize, Default)]
pub struct Typed {
    #[serde(default)]
    client: String,
    #[serde(flatten)]
    booking: Booking,
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    let today = format::local_day(app.now(), me.zone);
    let day = typed_day(&asked.date).ok().flatten().unwrap_or(today);
    page(&app, &me, StatusCode::OK, day, Typed::default(), Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    day: NaiveDate,
    typed: Typed,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let sites: Vec<SiteId> =
        people.sites.iter().filter(|site| me.viewer.works_at(&site.id)).map(|site| site.id.clone()).collect();
    // A day of any zone lies within these bounds; each appointment is then asked for its own.
    let noon = local_time::at_minute(day, 12 * 60, me.zone);
    let mut found =
        store::appointment::of_sites(&mut read, &sites, noon - Duration::hours(36), noon + Duration::hours(36)).await?;
    found.retain(|one| local_time::day_of(one.starts_at, people.zone(&one.site_id)) == day);
    let all = client::list(&mut read, &app.ctx, &me.viewer).await?;
    let ids: Vec<ClientId> = all.iter().map(|client| client.id.clone()).collect();
    let open = store::episode::open_of_clients(&mut read, &ids).await?;
    let elsewhere: Vec<ClientId> =
        found.iter().map(|one| one.client_id.clone()).filter(|id| !ids.contains(id)).collect();
    let others = store::client::by_ids(&mut read, &elsewhere).await?;
    drop(read);
    let name = |id: &ClientId| {
        all.iter()
            .chain(&others)
            .find(|client| &client.id == id)
            .map(|client| client.name.text().to_owned())
            .unwrap_or_default()
    };
    let rows = found.iter().map(|one| {
        let there = telling.at(people.zone(&one.site_id));
        let time = |at| format::time(at, there.zone, me.language);
        AdminAppointment {
            id: one.id.as_str().to_owned(),
            time: format!("{} – {}", time(one.starts_at), time(one.ends_at)),
            client: name(&one.client_id),
            href: format!("/clients/{}", one.client_id),
            clinician: people.name(&one.clinician_id),
            site: people.site_name(&one.site_id),
            state: one.state,
            changes: changes_of(one, telling.now),
            move_at: move_at(one, telling.now),
        }
    });
    let clients: Vec<Choice> = all
        .iter()
        .filter(|client| open.iter().any(|episode| episode.client_id == client.id))
        .map(|client| Choice::new(client.id.as_str(), client.name.text(), &typed.client))
        .collect();
    let booking = &typed.booking;
    let (shell, sections) = frame(app, me, Section::Appointments);
    let neighbour = |days: i64| format!("/admin/appointments?date={}", day + Duration::days(days));
    let view = Appointments {
        shell,
        sections,
        date: day.to_string(),
        day: format::long_day(day, me.language),
        previous: neighbour(-1),
        next: neighbour(1),
        rows: rows.collect(),
        form: AppointmentForm {
            date: if booking.date.is_empty() { day.to_string() } else { booking.date.clone() },
            starts: booking.starts.clone(),
            minutes: if booking.minutes.is_empty() { "50".to_owned() } else { booking.minutes.clone() },
            clinicians: people.choices(&[Role::Clinician], None, &booking.clinician),
            sites: people
                .sites
                .iter()
                .filter(|site| sites.contains(&site.id))
                .map(|site| Choice::new(site.id.as_str(), format!("{} ({})", site.name, site.zone), &booking.site))
                .collect(),
        },
        clients,
        problems,
    };
    let seen = Seen::list("view.appointments", me, ids.into_iter().chain(elsewhere));
    me.show(app, status, &view, seen).await
}

/// Makes an appointment, in the site's zone.
pub async fn add(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    let today = format::local_day(app.now(), me.zone);
    let day = typed_day(&typed.booking.date).ok().flatten().unwrap_or(today);
    let Ok(client) = typed.client.parse::<ClientId>() else {
        let problems = vec![FieldProblem::new("client", Wrong::Choose)];
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, day, typed, problems).await;
    };
    me.authorise(&app, Action::ManageAppointments, Some(&client)).await?;
    let mut read = app.db.read(&me.practice).await?;
    let episode = store::episode::open_of_client(&mut read, &client).await?.ok_or(Error::Conflict)?;
    let people = People::of(&mut read, me.zone).await?;
    drop(read);
    let site = typed.booking.site.parse::<SiteId>().ok().unwrap_or_else(|| episode.site_id.clone());
    let (starts_at, ends_at) = match typed.booking.span(people.zone(&site)) {
        Ok(span) => span,
        Err(problems) => return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, day, typed, problems).await,
    };
    let clinician = typed.booking.clinician.parse::<StaffId>().ok();
    let new = NewAppointment { episode: episode.id, clinician, site: Some(site), starts_at, ends_at };
    let mut tx = app.db.write(&me.practice).await?;
    match appointment::make(&mut tx, &app.ctx, &me.actor(), &new).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &[("starts_at", "date"), ("ends_at", "minutes")]);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, day, typed, found).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &format!("/admin/appointments?date={day}"), Flash::AppointmentSaved))
}
