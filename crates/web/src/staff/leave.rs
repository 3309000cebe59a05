//! Leave and the after-hours rota. Everybody records their own leave, administrators that of others and the rota.

use super::form::{Nothing, Posted, field_problems, settled};
use super::people::People;
use super::session::Signed;
use super::shown::{done, id};
use crate::App;
use crate::error::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::{Access, Action, Relationship, decide};
use care::leave::{Duty, Leave, duty_day};
use care::staff::Role;
use care::{DutyId, LeaveId, SiteId, StaffId};
use chrono::NaiveDate;
use serde::Deserialize;
use templates::format;
use templates::staff::{DutyForm, DutyRow, FieldProblem, Flash, LeaveForm, LeavePage, LeaveRow, OnCall, Wrong};
use workflows::leave::{self, NewDuty, NewLeave};

/// Everybody who may be called: all but those who only bill.
const CALLED: &[Role] = &[Role::Clinician, Role::Supervisor, Role::Intake, Role::Owner, Role::Admin];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    person: String,
    cover: String,
    starts_on: String,
    ends_on: String,
    duty_site: String,
    duty_person: String,
    duty_from: String,
    duty_until: String,
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    page(&app, &me, StatusCode::OK, Typed::default(), Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Typed,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let now = app.now();
    let practice = &me.face.practice;
    let administers = decide(&me.viewer, Action::Administer, &Relationship::none()) == Access::Allowed;
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let roster = leave::roster(&mut read, practice, now).await?;
    drop(read);
    let day = |day| format::day(day, me.language);
    let row = |one: &Leave| LeaveRow {
        id: one.id.as_str().to_owned(),
        name: people.name(&one.staff_id),
        from: day(one.starts_on),
        until: day(one.ends_on),
        cover: people.name(&one.cover_id),
        now: one.holds_on(roster.today),
        may_end: administers || one.staff_id == me.staff.id,
    };
    let turn = |one: &Duty| DutyRow {
        id: one.id.as_str().to_owned(),
        site: people.site_name(&one.site_id),
        name: people.name(&one.staff_id),
        from: day(one.starts_on),
        until: day(one.ends_on),
        now: one.holds_on(roster.today),
    };
    let mut duties: Vec<&Duty> = roster
        .duties
        .iter()
        .filter(|one| one.ends_on >= duty_day(now, people.zone(&one.site_id), &practice.settings))
        .collect();
    duties.sort_by(|one, other| (one.starts_on, &one.id).cmp(&(other.starts_on, &other.id)));
    let answers = |site: &care::practice::Site| OnCall {
        site: site.name.clone(),
        now: roster.on_call(site, now, people.zone(&site.id), &practice.settings).map(|person| people.name(&person)),
        by_day: site.on_call_id.as_ref().map(|person| people.name(person)),
    };
    let person = if typed.person.is_empty() { me.staff.id.as_str() } else { typed.person.as_str() };
    let mut covers = people.choices(CALLED, None, &typed.cover);
    covers.retain(|choice| administers || choice.value != me.staff.id.as_str());
    let view = LeavePage {
        shell: me.shell(app, None),
        leaves: roster.leaves.iter().map(row).collect(),
        form: LeaveForm {
            people: if administers { people.choices(Role::ALL, None, person) } else { Vec::new() },
            covers,
            starts_on: typed.starts_on,
            ends_on: typed.ends_on,
        },
        on_call: people.sites.iter().map(answers).collect(),
        duties: duties.into_iter().map(turn).collect(),
        duty: administers.then(|| DutyForm {
            sites: people
                .sites
                .iter()
                .map(|site| templates::staff::Choice::new(site.id.as_str(), site.name.as_str(), &typed.duty_site))
                .collect(),
            people: people.choices(CALLED, None, &typed.duty_person),
            from: typed.duty_from,
            until: typed.duty_until,
        }),
        problems,
    };
    me.render(app, status, &view)
}

fn date(name: &'static str, text: &str, problems: &mut Vec<FieldProblem>) -> Option<NaiveDate> {
    let day = text.trim().parse().ok();
    if day.is_none() {
        problems.push(FieldProblem::new(name, Wrong::Date));
    }
    day
}

fn chosen<T: std::str::FromStr>(name: &'static str, text: &str, problems: &mut Vec<FieldProblem>) -> Option<T> {
    let value = text.parse().ok();
    if value.is_none() {
        problems.push(FieldProblem::new(name, Wrong::Choose));
    }
    value
}

/// What a workflow answered, as a page: done, or the form again with what is wrong.
async fn answer<T>(app: &App, me: &Signed, typed: Typed, outcome: workflows::Result<T>) -> Result<Response> {
    match outcome {
        Ok(_) => Ok(done(app, "/leave", Flash::LeaveSaved)),
        Err(workflows::Error::Invalid(problems)) => {
            page(app, me, StatusCode::UNPROCESSABLE_ENTITY, typed, field_problems(&problems)).await
        }
        Err(workflows::Error::Conflict) => Ok(done(app, "/leave", Flash::NotPossible)),
        Err(error) => Err(error.into()),
    }
}

/// Records a leave.
pub(super) async fn record(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    let mut problems = Vec::new();
    let staff = if typed.person.is_empty() {
        Some(me.staff.id.clone())
    } else {
        chosen::<StaffId>("person", &typed.person, &mut problems)
    };
    let starts_on = date("starts_on", &typed.starts_on, &mut problems);
    let ends_on = date("ends_on", &typed.ends_on, &mut problems);
    let cover = chosen::<StaffId>("cover", &typed.cover, &mut problems);
    let (Some(staff), Some(cover), Some(starts_on), Some(ends_on)) = (staff, cover, starts_on, ends_on) else {
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
    };
    let new = NewLeave { staff, cover, starts_on, ends_on };
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = leave::record(&mut tx, &app.ctx, &me.viewer, &new).await;
    answer(&app, &me, typed, settled(tx, outcome).await?).await
}

/// Ends a leave or takes it back.
pub(super) async fn end(
    State(app): State<App>,
    me: Signed,
    Path(leave): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let leave: LeaveId = id(&leave)?;
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = leave::end(&mut tx, &app.ctx, &me.viewer, &leave).await;
    answer(&app, &me, Typed::default(), settled(tx, outcome).await?).await
}

/// Puts a turn on the rota.
pub(super) async fn add_duty(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut problems = Vec::new();
    let site = chosen::<SiteId>("duty_site", &typed.duty_site, &mut problems);
    let staff = chosen::<StaffId>("duty_person", &typed.duty_person, &mut problems);
    let starts_on = date("duty_from", &typed.duty_from, &mut problems);
    let ends_on = date("duty_until", &typed.duty_until, &mut problems);
    let (Some(site), Some(staff), Some(starts_on), Some(ends_on)) = (site, staff, starts_on, ends_on) else {
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
    };
    let new = NewDuty { site, staff, starts_on, ends_on };
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = leave::add_duty(&mut tx, &app.ctx, &me.viewer, &new).await;
    answer(&app, &me, typed, settled(tx, outcome).await?).await
}

/// Takes a turn off the rota.
pub(super) async fn end_duty(
    State(app): State<App>,
    me: Signed,
    Path(duty): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let duty: DutyId = id(&duty)?;
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = leave::end_duty(&mut tx, &app.ctx, &me.viewer, &duty).await;
    answer(&app, &me, Typed::default(), settled(tx, outcome).await?).await
}
