//! Another time for an appointment: a page of its own, so that what was typed wrongly comes back beside its reason.

use super::acts::Booking;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Posted, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::AppointmentId;
use care::access::Action;
use care::appointment::{Appointment, AppointmentState};
use care::packet::PacketState;
use chrono::DateTime;
use serde::Deserialize;
use templates::staff::{FieldProblem, Flash, MoveAppointment};
use workflows::appointment;

async fn found(app: &App, me: &Signed, text: &str) -> Result<Appointment> {
    let appointment: AppointmentId = id(text)?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::appointment::find(&mut read, &appointment).await?.ok_or(Error::NotFound)?;
    drop(read);
    me.authorise(app, Action::ManageAppointments, Some(&found.client_id)).await?;
    Ok(found)
}

/// The form.
pub async fn show_move(State(app): State<App>, me: Signed, Path(appointment): Path<String>) -> Result<Response> {
    let found = found(&app, &me, &appointment).await?;
    page(&app, &me, StatusCode::OK, &found, None, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    appointment: &Appointment,
    typed: Option<Moved>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let mut people = People::places(&mut read, me.zone).await?;
    people.meet(&mut read, [&appointment.clinician_id]).await?;
    let client = store::client::find(&mut read, &appointment.client_id).await?.ok_or(Error::NotFound)?;
    let packets = store::packet::of_episode(&mut read, &appointment.episode_id).await?;
    drop(read);
    let zone = people.zone(&appointment.site_id);
    let local = appointment.starts_at.with_timezone(&zone);
    let minutes = (appointment.ends_at - appointment.starts_at).num_minutes();
    let moves = packets.iter().filter(|packet| {
        packet.appointment_id.as_ref() == Some(&appointment.id) && packet.state == PacketState::Planned
    });
    let typed = typed.unwrap_or_else(|| Moved {
        seen: appointment.starts_at.timestamp_micros().to_string(),
        date: local.format("%Y-%m-%d").to_string(),
        starts: local.format("%H:%M").to_string(),
        minutes: minutes.to_string(),
    });
    let view = MoveAppointment {
        shell: me.shell(app, None),
        id: appointment.id.as_str().to_owned(),
        client: client.name.text().to_owned(),
        href: format!("/clients/{}", appointment.client_id),
        when: me.telling(app).at(zone).session(appointment.starts_at),
        with: format!("{} · {}", people.name(&appointment.clinician_id), people.site_name(&appointment.site_id)),
        seen: typed.seen,
        date: typed.date,
        starts: typed.starts,
        minutes: typed.minutes,
        zone: zone.name().to_owned(),
        check_ins: i64::try_from(moves.count()).unwrap_or(0),
        problems,
    };
    me.show(app, status, &view, Seen::client("view.appointment", &appointment.client_id)).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Moved {
    seen: String,
    date: String,
    starts: String,
    minutes: String,
}

/// Gives it the other time, unless somebody else did meanwhile.
pub async fn move_appointment(
    State(app): State<App>,
    me: Signed,
    Path(appointment): Path<String>,
    Posted(typed): Posted<Moved>,
) -> Result<Response> {
    let found = found(&app, &me, &appointment).await?;
    let back = format!("/clients/{}", found.client_id);
    if found.state != AppointmentState::Scheduled {
        return Ok(done(&app, &back, Flash::NotPossible));
    }
    let seen = typed.seen.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(Error::Conflict)?;
    let mut read = app.db.read(&me.practice).await?;
    let zone = People::places(&mut read, me.zone).await?.zone(&found.site_id);
    drop(read);
    let booking = Booking {
        date: typed.date.clone(),
        starts: typed.starts.clone(),
        minutes: typed.minutes.clone(),
        ..Booking::default()
    };
    let (starts_at, ends_at) = match booking.span(zone) {
        Ok(span) => span,
        Err(problems) => {
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, &found, Some(typed), problems).await;
        }
    };
    let mut tx = app.db.write(&me.practice).await?;
    match appointment::move_to(&mut tx, &app.ctx, &me.actor(), &found.id, seen, starts_at, ends_at).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = renamed(&problems, &[("starts_at", "date"), ("ends_at", "minutes")]);
            if problems.is_empty() {
                return Ok(done(&app, &back, Flash::NotPossible));
            }
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, &found, Some(typed), problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &back, Flash::AppointmentSaved))
}
