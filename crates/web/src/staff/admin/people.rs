//! Staff accounts: invitation, roles, sites, backup, supervision, the end of an account.

use super::{frame, languages, typed_day};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Nothing, Posted, field_problems, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::client::Client;
use care::staff::{Role, Staff, StaffState, Supervision};
use care::{ClientId, EpisodeId, Language, Phi, SiteId, StaffId, SupervisionId};
use serde::Deserialize;
use templates::format;
use templates::staff::admin::{EdgeRow, EpisodeRow, Episodes, Section, StaffForm, StaffList, StaffRow};
use templates::staff::{Choice, FieldProblem, Flash, Wrong};
use workflows::staff::{self, NewStaff, NewSupervision, PersonForm};

/// Everyone who works here, by name.
pub async fn list(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let left = staff::left_behind(&mut read).await?;
    drop(read);
    let mut staff: Vec<&Staff> = people.staff.iter().collect();
    staff.sort_by(|one, other| {
        let gone = |person: &Staff| person.state == StaffState::Deactivated;
        (gone(one), one.name.text()).cmp(&(gone(other), other.name.text()))
    });
    let rows = staff.into_iter().map(|person| StaffRow {
        name: person.name.text().to_owned(),
        href: format!("/admin/staff/{}", person.id),
        email: person.email.text().to_owned(),
        roles: person.roles.clone(),
        sites: person.sites.iter().map(|site| people.site_name(site)).collect(),
        backup: person.backup_id.as_ref().map(|backup| people.name(backup)),
        state: person.state,
        left_behind: i64::try_from(left.iter().filter(|one| one.clinician_id == person.id).count()).unwrap_or(0),
    });
    let (shell, sections) = frame(&app, &me, Section::Staff);
    me.render(&app, StatusCode::OK, &StaffList { shell, sections, rows: rows.collect() })
}

/// What is typed into the form of an account.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    name: String,
    email: String,
    phone: String,
    language: String,
    role: Vec<String>,
    at_site: Vec<String>,
    backup: String,
}

impl Typed {
    fn of(person: &Staff) -> Self {
        Self {
            name: person.name.text().to_owned(),
            email: person.email.text().to_owned(),
            phone: person.phone.as_ref().map(|phone| phone.text().to_owned()).unwrap_or_default(),
            language: person.language.as_str().to_owned(),
            role: person.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            at_site: person.sites.iter().map(|site| site.as_str().to_owned()).collect(),
            backup: person.backup_id.as_ref().map(|backup| backup.as_str().to_owned()).unwrap_or_default(),
        }
    }

    fn person(&self) -> PersonForm {
        PersonForm {
            name: Phi::new(self.name.clone()),
            email: Phi::new(self.email.clone()),
            phone: Phi::new(self.phone.clone()),
            language: self.language.parse().unwrap_or(Language::En),
        }
    }

    fn roles(&self) -> Vec<Role> {
        Role::ALL.iter().copied().filter(|role| self.role.iter().any(|typed| typed == role.as_str())).collect()
    }

    fn sites(&self) -> Vec<SiteId> {
        self.at_site.iter().filter_map(|site| site.parse().ok()).collect()
    }

    fn backup(&self) -> Option<StaffId> {
        self.backup.parse().ok()
    }
}

async fn form(
    app: &App,
    me: &Signed,
    status: StatusCode,
    person: Option<&StaffId>,
    typed: Option<Typed>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let known = match person {
        Some(id) => Some(people.person(id).ok_or(Error::NotFound)?),
        None => None,
    };
    let open_cases = match known {
        Some(known) => store::case::open_of_owner(&mut read, &known.id).await?.len(),
        None => 0,
    };
    let (episodes, shown) = match known {
        Some(known) => {
            let (episodes, shown) = episodes_of(&mut read, me, &people, known).await?;
            (Some(episodes), shown)
        }
        None => (None, Vec::new()),
    };
    let today = workflows::access::today(&mut read, &app.ctx).await?;
    let edges = store::supervision::list(&mut read).await?;
    drop(read);
    let typed = typed.or_else(|| known.map(Typed::of)).unwrap_or_default();
    let own = known.map(|known| known.id.as_str()).unwrap_or_default();
    let others = |choices: Vec<Choice>| choices.into_iter().filter(|choice| choice.value != own).collect::<Vec<_>>();
    let ticked = |value: &str, label: &str, chosen: &[String]| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: chosen.iter().any(|one| one == value),
    };
    let called = [Role::Clinician, Role::Supervisor, Role::Intake, Role::Owner, Role::Admin];
    let edge_row = |edge: &Supervision| EdgeRow {
        end: edge
            .ends_on
            .is_none_or(|end| end >= today)
            .then(|| format!("/admin/staff/{}/supervision/{}/end", edge.clinician_id, edge.id)),
        supervisor: people.name(&edge.supervisor_id),
        starts: format::day(edge.starts_on, me.language),
        ends: edge.ends_on.map(|day| format::day(day, me.language)),
    };
    let (shell, sections) = frame(app, me, Section::Staff);
    let page = StaffForm {
        shell,
        sections,
        action: known.map_or_else(|| "/admin/staff/new".to_owned(), |known| format!("/admin/staff/{}", known.id)),
        state: known.map(|known| known.state),
        languages: languages(&typed.language),
        roles: Role::ALL.iter().map(|role| ticked(role.as_str(), role.as_str(), &typed.role)).collect(),
        sites: people.sites.iter().map(|site| ticked(site.id.as_str(), &site.name, &typed.at_site)).collect(),
        backups: others(people.choices(&called, None, &typed.backup)),
        supervision: known
            .map(|known| edges.iter().filter(|edge| edge.clinician_id == known.id).map(edge_row).collect())
            .unwrap_or_default(),
        supervisors: others(people.choices(&[Role::Supervisor], None, "")),
        open_cases: i64::try_from(open_cases).unwrap_or(0),
        episodes,
        name: typed.name,
        email: typed.email,
        phone: typed.phone,
        problems,
    };
    me.show(app, status, &page, Seen::list("view.episodes", me, shown)).await
}

/// The open episodes of one person. Names only for whom they are to be seen by: an owner who does not administer clients
/// gets the number.
async fn episodes_of(
    read: &mut store::Read,
    me: &Signed,
    people: &People,
    person: &Staff,
) -> Result<(Episodes, Vec<ClientId>)> {
    let open = store::assignment::episodes_of(read, std::slice::from_ref(&person.id)).await?;
    let count = i64::try_from(open.len()).unwrap_or(0);
    let clients: Vec<ClientId> = open.iter().map(|one| one.episode.client_id.clone()).collect();
    let mut known = if me.is(&[Role::Admin]) { store::client::by_ids(read, &clients).await? } else { Vec::new() };
    known.retain(|client| me.viewer.works_at(&client.site_id));
    known.sort_by(|one, other| one.name.text().cmp(other.name.text()));
    let row = |client: &Client| {
        let episode = &open.iter().find(|one| one.episode.client_id == client.id)?.episode;
        Some(EpisodeRow {
            id: episode.id.as_str().to_owned(),
            client: client.name.text().to_owned(),
            href: format!("/clients/{}", client.id),
            since: format::day(episode.started_on, me.language),
            site: people.site_name(&episode.site_id),
        })
    };
    let rows = known.iter().filter_map(row).collect();
    let mut clinicians = people.choices(&[Role::Clinician], None, "");
    clinicians.retain(|choice| choice.value != person.id.as_str());
    Ok((Episodes { count, rows, clinicians }, known.into_iter().map(|client| client.id).collect()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct HandedOn {
    episode: Vec<String>,
    clinician: String,
}

/// Passes the chosen episodes to another clinician.
pub async fn hand_on(
    State(app): State<App>,
    me: Signed,
    Path(person): Path<String>,
    Posted(form): Posted<HandedOn>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let person: StaffId = id(&person)?;
    let again = |wrong| {
        let problems = vec![FieldProblem::new("clinician", wrong)];
        self::form(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(&person), None, problems)
    };
    let Ok(to) = form.clinician.parse::<StaffId>() else { return again(Wrong::Choose).await };
    let episodes: Vec<EpisodeId> = form.episode.iter().filter_map(|id| id.parse().ok()).collect();
    let mut passed = 0;
    for batch in episodes.chunks(BATCH) {
        let mut tx = app.db.write(&me.practice).await?;
        match staff::hand_on(&mut tx, &app.ctx, &me.viewer, &person, batch, &to).await {
            Ok(count) => passed += count,
            Err(workflows::Error::Invalid(problems)) => {
                drop(tx);
                return again(field_problems(&problems).first().map_or(Wrong::Choose, |problem| problem.wrong)).await;
            }
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
    }
    let flash = if passed == 0 { Flash::NothingChanged } else { Flash::EpisodesPassedOn };
    Ok(done(&app, &format!("/admin/staff/{person}"), flash))
}

/// Episodes of one transaction: others wait behind it.
const BATCH: usize = 50;

const NAMES: [(&str, &str); 2] = [("roles", "role"), ("sites", "at_site")];

/// An empty form.
pub async fn new(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    form(&app, &me, StatusCode::OK, None, None, Vec::new()).await
}

/// The account exists, and a mail with a link is on its way.
pub async fn invite(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let new = NewStaff { person: typed.person(), roles: typed.roles(), sites: typed.sites(), backup: typed.backup() };
    let mut tx = app.db.write(&me.practice).await?;
    match staff::invite(&mut tx, &app.ctx, &me.viewer, &new).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = renamed(&problems, &NAMES);
            return form(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, None, Some(typed), problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/staff", Flash::InviteSent))
}

/// One account.
pub async fn show(State(app): State<App>, me: Signed, Path(person): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    form(&app, &me, StatusCode::OK, Some(&id(&person)?), None, Vec::new()).await
}

/// Saves what is different.
pub async fn save(
    State(app): State<App>,
    me: Signed,
    Path(person): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let person: StaffId = id(&person)?;
    let mut tx = app.db.write(&me.practice).await?;
    match change(&mut tx, &app, &me, &person, &typed).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &NAMES);
            if found.is_empty() {
                return Ok(done(&app, &format!("/admin/staff/{person}"), Flash::NotPossible));
            }
            return form(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(&person), Some(typed), found).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &format!("/admin/staff/{person}"), Flash::Saved))
}

async fn change(tx: &mut store::Tx, app: &App, me: &Signed, person: &StaffId, typed: &Typed) -> workflows::Result<()> {
    let (ctx, by) = (&app.ctx, &me.viewer);
    let before = store::staff::find(tx, person).await?.ok_or(workflows::Error::NotFound)?;
    staff::edit(tx, ctx, by, person, &typed.person()).await?;
    let same = |mut one: Vec<String>, mut other: Vec<String>| {
        one.sort();
        other.sort();
        one == other
    };
    let texts = |roles: &[Role]| roles.iter().map(|role| role.as_str().to_owned()).collect::<Vec<_>>();
    if !same(texts(&before.roles), texts(&typed.roles())) {
        staff::set_roles(tx, ctx, by, person, &typed.roles()).await?;
    }
    let ids = |sites: &[SiteId]| sites.iter().map(|site| site.as_str().to_owned()).collect::<Vec<_>>();
    if !same(ids(&before.sites), ids(&typed.sites())) {
        staff::set_sites(tx, ctx, by, person, &typed.sites()).await?;
    }
    if before.backup_id != typed.backup() {
        staff::set_backup(tx, ctx, by, person, typed.backup().as_ref()).await?;
    }
    Ok(())
}

/// What is done with a whole account.
enum Act {
    Invite,
    Deactivate,
    ResetSecondFactor,
}

async fn act(app: &App, me: &Signed, person: &str, act: Act) -> Result<Response> {
    me.authorise(app, Action::Administer, None).await?;
    let person: StaffId = id(person)?;
    let (ctx, by) = (&app.ctx, &me.viewer);
    let mut tx = app.db.write(&me.practice).await?;
    let known = store::staff::find(&mut tx, &person).await?.ok_or(Error::NotFound)?;
    let (outcome, flash) = match act {
        Act::Invite if known.state == StaffState::Deactivated => {
            (staff::reactivate(&mut tx, ctx, by, &person).await, Flash::InviteSent)
        }
        Act::Invite => (staff::invite_again(&mut tx, ctx, by, &person).await, Flash::InviteSent),
        Act::Deactivate => (staff::deactivate(&mut tx, ctx, by, &person).await, Flash::Deactivated),
        Act::ResetSecondFactor => (staff::reset_second_factor(&mut tx, ctx, by, &person).await, Flash::Saved),
    };
    let page = format!("/admin/staff/{person}");
    match outcome {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(_)) => return Ok(done(app, &page, Flash::NotPossible)),
        Err(error) => return Err(error.into()),
    }
    Ok(done(app, &page, flash))
}

/// A link to choose a password: for somebody invited, active or gone.
pub async fn invite_again(
    State(app): State<App>,
    me: Signed,
    Path(person): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    act(&app, &me, &person, Act::Invite).await
}

/// Ends the account.
pub async fn deactivate(
    State(app): State<App>,
    me: Signed,
    Path(person): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    act(&app, &me, &person, Act::Deactivate).await
}

/// The telephone was lost: a new second factor is set up at the next sign-in.
pub async fn reset_second_factor(
    State(app): State<App>,
    me: Signed,
    Path(person): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    act(&app, &me, &person, Act::ResetSecondFactor).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Edge {
    supervisor: String,
    starts_on: String,
    ends_on: String,
}

/// Begins a supervision of this person.
pub async fn supervise(
    State(app): State<App>,
    me: Signed,
    Path(person): Path<String>,
    Posted(edge): Posted<Edge>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let person: StaffId = id(&person)?;
    let (starts_on, ends_on) = (typed_day(&edge.starts_on), typed_day(&edge.ends_on));
    let supervisor = edge.supervisor.parse::<StaffId>();
    let mut problems = Vec::new();
    for (field, is_wrong, wrong) in [
        ("supervisor", supervisor.is_err(), Wrong::Choose),
        ("starts_on", starts_on.is_err(), Wrong::Date),
        ("ends_on", ends_on.is_err(), Wrong::Date),
    ] {
        if is_wrong {
            problems.push(FieldProblem::new(field, wrong));
        }
    }
    let (Ok(supervisor), Ok(starts_on), Ok(ends_on)) = (supervisor, starts_on, ends_on) else {
        return form(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(&person), None, problems).await;
    };
    let new = NewSupervision { supervisor, clinician: person.clone(), starts_on, ends_on };
    let mut tx = app.db.write(&me.practice).await?;
    match staff::add_supervision(&mut tx, &app.ctx, &me.viewer, &new).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &[("clinician", "supervisor")]);
            return form(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(&person), None, found).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &format!("/admin/staff/{person}"), Flash::Saved))
}

/// Ends a supervision today.
pub async fn end_supervision(
    State(app): State<App>,
    me: Signed,
    Path((person, edge)): Path<(String, String)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let (person, edge): (StaffId, SupervisionId) = (id(&person)?, id(&edge)?);
    let mut tx = app.db.write(&me.practice).await?;
    let today = workflows::access::today(&mut tx, &app.ctx).await?;
    let flash = match staff::end_supervision(&mut tx, &app.ctx, &me.viewer, &edge, today).await {
        Ok(_) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Invalid(_)) => Flash::NotPossible,
        Err(error) => return Err(error.into()),
    };
    Ok(done(&app, &format!("/admin/staff/{person}"), flash))
}
