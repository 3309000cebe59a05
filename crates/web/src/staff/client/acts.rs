//! What can be done from the client page. A form that cannot be carried out comes back with what was typed.

use super::{Typed, page};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Nothing, Posted, field_problems};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::appointment::AppointmentState;
use care::client::{ConsentSource, ConsentState, Purpose};
use care::episode::{DischargeReason, Episode};
use care::message::Channel;
use care::packet::Packet;
use care::staff::Actor;
use care::{AppointmentId, ClientId, Instant, PacketId, SiteId, StaffId};
use chrono::{Duration, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use templates::staff::{FieldProblem, Flash, Wrong};
use workflows::appointment::{self, Attendance, NewAppointment};
use workflows::{client, episode, packet};

pub(super) fn page_of(client: &ClientId) -> String {
    format!("/clients/{client}")
}

pub(super) async fn open_episode(app: &App, me: &Signed, client: &ClientId) -> Result<Episode> {
    let mut read = app.db.read(&me.practice).await?;
    store::episode::open_of_client(&mut read, client).await?.ok_or(Error::Conflict)
}

/// Back to the page with what is wrong; a problem of no field is said at its top.
pub(super) async fn again(
    app: &App,
    me: &Signed,
    client: &ClientId,
    found: &[workflows::Problem],
    typed: Typed,
) -> Result<Response> {
    let on_page = |problem: &FieldProblem| FIELDS.contains(&problem.field.as_str());
    let problems: Vec<FieldProblem> = field_problems(found).into_iter().filter(on_page).collect();
    if problems.is_empty() && typed.problems.is_empty() {
        let said = match found.first().map(|problem| problem.key) {
            Some("packet-already-sent") => Flash::CheckInAlreadyOut,
            Some("packet-being-answered") => Flash::CheckInUnderway,
            _ => Flash::NotPossible,
        };
        return Ok(done(app, &page_of(client), said));
    }
    let problems = if typed.problems.is_empty() { problems } else { typed.problems };
    page(app, me, client, StatusCode::UNPROCESSABLE_ENTITY, Typed { problems, ..typed }).await
}

/// The fields of the page's forms.
const FIELDS: [&str; 11] = [
    "date",
    "starts",
    "minutes",
    "clinician",
    "site",
    "reason",
    "case_to",
    "protocol",
    "starts_on",
    "programme",
    "payer",
];

/// Sends a check-in now.
pub async fn send_check_in(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::SendCheckIn, Some(&client)).await?;
    let episode = open_episode(&app, &me, &client).await?;
    let mut tx = app.db.write(&me.practice).await?;
    match packet::send_now(&mut tx, &app.ctx, &episode.id, &[], &me.actor()).await {
        Ok(_) => {
            tx.commit().await?;
            care::failpoint!("send_now.after_commit");
        }
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return again(&app, &me, &client, &problems, Typed::default()).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&client), Flash::CheckInSent))
}

async fn packet_of(app: &App, me: &Signed, packet: &str) -> Result<Packet> {
    let packet: PacketId = id(packet)?;
    let mut read = app.db.read(&me.practice).await?;
    store::packet::find(&mut read, &packet).await?.ok_or(Error::NotFound)
}

/// Sends this check-in now, or once more.
pub async fn send_packet(
    State(app): State<App>,
    me: Signed,
    Path(packet): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let found = packet_of(&app, &me, &packet).await?;
    me.authorise(&app, Action::SendCheckIn, Some(&found.client_id)).await?;
    let mut tx = app.db.write(&me.practice).await?;
    match packet::send_this(&mut tx, &app.ctx, &found.id, &me.actor()).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return again(&app, &me, &found.client_id, &problems, Typed::default()).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&found.client_id), Flash::CheckInSent))
}

/// Takes a check-in back.
pub async fn withdraw_packet(
    State(app): State<App>,
    me: Signed,
    Path(packet): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let found = packet_of(&app, &me, &packet).await?;
    me.authorise(&app, Action::SendCheckIn, Some(&found.client_id)).await?;
    let mut tx = app.db.write(&me.practice).await?;
    packet::withdraw(&mut tx, &app.ctx, &found.id, &me.actor()).await?;
    tx.commit().await?;
    Ok(done(&app, &page_of(&found.client_id), Flash::CheckInWithdrawn))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Booking {
    pub date: String,
    pub starts: String,
    pub minutes: String,
    pub clinician: String,
    pub site: String,
}

/// A local time as an instant; none where it does not exist or comes twice on that day.
fn instant(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<Instant> {
    match zone.from_local_datetime(&day.and_time(time)) {
        LocalResult::Single(at) => Some(at.with_timezone(&Utc)),
        LocalResult::None | LocalResult::Ambiguous(..) => None,
    }
}

impl Booking {
    /// Start and end in the site's zone, or what is wrong.
    pub fn span(&self, zone: Tz) -> Result<(Instant, Instant), Vec<FieldProblem>> {
        let day = NaiveDate::parse_from_str(self.date.trim(), "%Y-%m-%d").ok();
        let typed = self.starts.trim();
        let time =
            NaiveTime::parse_from_str(typed, "%H:%M").or_else(|_| NaiveTime::parse_from_str(typed, "%H:%M:%S")).ok();
        let minutes = self.minutes.trim().parse::<i64>().ok().filter(|minutes| (5..=480).contains(minutes));
        let mut problems = Vec::new();
        for (field, is_wrong, wrong) in [
            ("date", day.is_none(), if self.date.trim().is_empty() { Wrong::Required } else { Wrong::Date }),
            ("starts", time.is_none(), if typed.is_empty() { Wrong::Required } else { Wrong::Time }),
            ("minutes", minutes.is_none(), Wrong::Number),
        ] {
            if is_wrong {
                problems.push(FieldProblem::new(field, wrong));
            }
        }
        let (Some(day), Some(time), Some(minutes)) = (day, time, minutes) else { return Err(problems) };
        match instant(day, time, zone) {
            Some(starts_at) => Ok((starts_at, starts_at + Duration::minutes(minutes))),
            None => Err(vec![FieldProblem::new("starts", Wrong::LocalTime)]),
        }
    }

    fn typed(self, problems: Vec<FieldProblem>) -> Typed {
        Typed {
            date: self.date,
            starts: self.starts,
            minutes: Some(self.minutes),
            clinician: self.clinician,
            site: self.site,
            problems,
            ..Typed::default()
        }
    }
}

/// Makes an appointment, in the site's zone.
pub async fn add_appointment(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(booking): Posted<Booking>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageAppointments, Some(&client)).await?;
    let episode = open_episode(&app, &me, &client).await?;
    let mut read = app.db.read(&me.practice).await?;
    let people = People::places(&mut read, me.zone).await?;
    drop(read);
    let site = booking.site.parse::<SiteId>().ok().unwrap_or_else(|| episode.site_id.clone());
    let (starts_at, ends_at) = match booking.span(people.zone(&site)) {
        Ok(span) => span,
        Err(problems) => return again(&app, &me, &client, &[], booking.typed(problems)).await,
    };
    let new = NewAppointment {
        episode: episode.id,
        clinician: booking.clinician.parse::<StaffId>().ok(),
        site: Some(site),
        starts_at,
        ends_at,
    };
    let mut tx = app.db.write(&me.practice).await?;
    match appointment::make(&mut tx, &app.ctx, &me.actor(), &new).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let named: Vec<workflows::Problem> = problems
                .into_iter()
                .map(|problem| match problem.field.as_str() {
                    "starts_at" => workflows::Problem { field: "date".to_owned(), ..problem },
                    "ends_at" => workflows::Problem { field: "minutes".to_owned(), ..problem },
                    _ => problem,
                })
                .collect();
            return again(&app, &me, &client, &named, booking.typed(Vec::new())).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&client), Flash::AppointmentSaved))
}

#[derive(Deserialize)]
pub struct Recorded {
    state: AppointmentState,
}

/// Cancels an appointment to come, or records how a session went.
pub async fn record_appointment(
    State(app): State<App>,
    me: Signed,
    Path(appointment): Path<String>,
    Posted(recorded): Posted<Recorded>,
) -> Result<Response> {
    let appointment: AppointmentId = id(&appointment)?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::appointment::find(&mut read, &appointment).await?.ok_or(Error::NotFound)?;
    drop(read);
    me.authorise(&app, Action::ManageAppointments, Some(&found.client_id)).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let (ctx, by) = (&app.ctx, me.actor());
    let recorded = match recorded.state {
        AppointmentState::Cancelled | AppointmentState::LateCancelled => {
            appointment::cancel(&mut tx, ctx, &by, &appointment).await
        }
        AppointmentState::Attended => appointment::record(&mut tx, ctx, &by, &appointment, Attendance::Attended).await,
        AppointmentState::NoShow => appointment::record(&mut tx, ctx, &by, &appointment, Attendance::NoShow).await,
        AppointmentState::Scheduled => appointment::record(&mut tx, ctx, &by, &appointment, Attendance::Unknown).await,
    };
    match recorded {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return again(&app, &me, &found.client_id, &problems, Typed::default()).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&found.client_id), Flash::AppointmentSaved))
}

#[derive(Deserialize)]
pub struct Decided {
    channel: Channel,
    purpose: Purpose,
    state: ConsentState,
}

/// Records what a client decided about messages.
pub async fn consent(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(decided): Posted<Decided>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageClient, Some(&client)).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let decision = client::Decision {
        channel: decided.channel,
        purpose: decided.purpose,
        state: decided.state,
        wording_version: workflows::consent_wording::current_version(&mut tx, &app.ctx).await?,
        source: ConsentSource::Staff,
    };
    client::decide(&mut tx, &app.ctx, Some(&me.staff.id), &client, &decision).await?;
    tx.commit().await?;
    Ok(done(&app, &page_of(&client), Flash::ConsentRecorded))
}

/// Somebody says that a number or address works after all.
pub async fn usable(
    State(app): State<App>,
    me: Signed,
    Path((client, channel)): Path<(String, String)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageClient, Some(&client)).await?;
    let channel: Channel = channel.parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write(&me.practice).await?;
    let by = Actor::Staff(me.staff.id.clone());
    match workflows::delivery::declare_usable(&mut tx, &app.ctx, &by, &client, channel).await {
        Ok(()) => tx.commit().await?,
        // Somebody was faster.
        Err(workflows::Error::Conflict) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&client), Flash::Saved))
}

#[derive(Deserialize)]
pub struct Reassigned {
    #[serde(default)]
    clinician: String,
}

/// Passes the episode on. Whoever had it may not see the page any more: then they are back at *Today*.
pub async fn assign(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(form): Posted<Reassigned>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageEpisode, Some(&client)).await?;
    let episode = open_episode(&app, &me, &client).await?;
    let Ok(clinician) = form.clinician.parse::<StaffId>() else {
        let typed = Typed { problems: vec![FieldProblem::new("clinician", Wrong::Choose)], ..Typed::default() };
        return again(&app, &me, &client, &[], typed).await;
    };
    let mut tx = app.db.write(&me.practice).await?;
    match episode::assign(&mut tx, &app.ctx, &me.staff.id, &episode.id, &clinician).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return again(&app, &me, &client, &problems, Typed::default()).await;
        }
        Err(error) => return Err(error.into()),
    }
    let mut read = app.db.read(&me.practice).await?;
    let access = workflows::access::check(&mut read, &app.ctx, &me.viewer, Action::ViewContacts, Some(&client)).await?;
    let next = if access == care::access::Access::Allowed { page_of(&client) } else { "/today".to_owned() };
    Ok(done(&app, &next, Flash::Reassigned))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Ending {
    reason: String,
    case_to: String,
}

/// Ends the episode.
pub async fn discharge(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(form): Posted<Ending>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageEpisode, Some(&client)).await?;
    let ended = open_episode(&app, &me, &client).await?;
    let Ok(reason) = form.reason.parse::<DischargeReason>() else {
        let typed = Typed { problems: vec![FieldProblem::new("reason", Wrong::Choose)], ..Typed::default() };
        return again(&app, &me, &client, &[], typed).await;
    };
    let case_to = form.case_to.parse::<StaffId>().ok();
    let end = episode::Discharge { episode: ended.id, reason, case_to };
    let mut tx = app.db.write(&me.practice).await?;
    match episode::discharge(&mut tx, &app.ctx, &me.staff.id, &end).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            // Of a case that is still open, the form says where to name whoever has it from then on.
            let owes = problems.iter().any(|problem| problem.key == "discharge-case-open");
            let wrong = if owes { vec![FieldProblem::new("case_to", Wrong::Choose)] } else { Vec::new() };
            let named: Vec<workflows::Problem> = problems
                .into_iter()
                .map(|problem| workflows::Problem {
                    field: if problem.field == "owner" { "case_to".to_owned() } else { problem.field },
                    ..problem
                })
                .collect();
            let typed = Typed { reason: form.reason, case_to: form.case_to, problems: wrong, ..Typed::default() };
            return again(&app, &me, &client, &named, typed).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&client), Flash::Discharged))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_does_not_exist_or_comes_twice_is_wrong() {
        let booking = |date: &str, starts: &str| Booking {
            date: date.into(),
            starts: starts.into(),
            minutes: "50".into(),
            ..Booking::default()
        };
        let zone = chrono_tz::America::Los_Angeles;
        let wrong = |date, starts| booking(date, starts).span(zone).err().map(|problems| problems[0].wrong);
        assert_eq!(wrong("2026-03-08", "02:30"), Some(Wrong::LocalTime), "the clocks jump over it");
        assert_eq!(wrong("2026-11-01", "01:30"), Some(Wrong::LocalTime), "it comes twice");
        assert_eq!(wrong("2026-02-30", "09:00"), Some(Wrong::Date));
        assert_eq!(wrong("2026-03-10", ""), Some(Wrong::Required));
        let (from, until) = booking("2026-03-10", "09:30").span(zone).expect("an ordinary time");
        assert_eq!(from.to_rfc3339(), "2026-03-10T16:30:00+00:00");
        assert_eq!(until - from, Duration::minutes(50));
    }
}
