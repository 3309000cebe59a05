//! The agenda of a supervisor and a clinician, the log of their meetings, and the wish to talk about a client. Both see the
//! same page, and the clinician sees who looked.

use super::form::{Nothing, Posted, field_problems};
use super::people::People;
use super::plan_change;
use super::session::Signed;
use super::shown::{Seen, done, id};
use super::standing::{self, Standing};
use super::words::Telling;
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::{Access, Action};
use care::staff::Role;
use care::supervision::{AgendaFacts, DiscussFlag, Meeting, MeetingDecision, Topic, topics};
use care::{ClientId, EpisodeId, Instant, MeetingDecisionId, MeetingId, Phi, StaffId};
use chrono::{Datelike, Duration, NaiveDate};
use serde::Deserialize;
use std::collections::HashMap;
use store::assignment::Assigned;
use store::{AuditFilter, AuditRow, Read};
use templates::format;
use templates::staff::{
    AccessRow, AgendaGroup, AgendaPage, AgendaRow, Choice, DecisionLine, FieldProblem, Flash, FollowUpRow, General,
    Hours, LookedAtRow, MeetingForm, MeetingRow, Place, PlanDue, Wrong,
};
use workflows::supervision::{FollowUp, NewDecision, NewMeeting};
use workflows::{access, supervision};

/// How far back looks are shown, and how many at most; how many there are is said.
const LOOKS: Duration = Duration::days(30);
const LOOKS_SHOWN: usize = 30;
/// How many entries of the audit are read at once.
const LOOKS_READ: i64 = 400;
/// What became known of closed cases is shown for so many days.
const LOOKED_AT_DAYS: i64 = 60;
/// Meetings shown at most.
const MEETINGS: usize = 8;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    held_on: String,
    minutes: String,
    note: String,
    client: Vec<String>,
    topic: Vec<String>,
    decision: Vec<String>,
    task: Vec<String>,
    due: Vec<String>,
}

impl Typed {
    /// Decision, follow-up and day as typed for a client; for the empty text those about no client.
    fn row(&self, client: &str) -> [&str; 3] {
        let at = self.client.iter().position(|one| one == client);
        [&self.decision, &self.task, &self.due]
            .map(|list| at.and_then(|at| list.get(at)).map_or("", |text: &String| text.as_str()))
    }
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Path(clinician): Path<String>) -> Result<Response> {
    let clinician = pair(&app, &me, &clinician).await?;
    page(&app, &me, &clinician, StatusCode::OK, Typed::default(), Vec::new()).await
}

/// The clinician of the page, if the person is that clinician or supervises them today. To everybody else there is no such
/// page, and the look is noted.
async fn pair(app: &App, me: &Signed, clinician: &str) -> Result<StaffId> {
    me.authorise(app, Action::ViewCaseload, None).await?;
    let clinician: StaffId = id(clinician)?;
    let mut read = app.db.read(&me.practice).await?;
    let today = access::today(&mut read, &app.ctx).await?;
    let is_own = clinician == me.staff.id && me.is(&[Role::Clinician]);
    if is_own || supervision::supervises(&mut read, &me.viewer, &clinician, today).await? {
        return Ok(clinician);
    }
    drop(read);
    let refused = access::deny(&app.db, &me.practice, &app.ctx, &me.viewer, Action::Supervise, None, Access::Hidden);
    Err(refused.await?.into())
}

async fn page(
    app: &App,
    me: &Signed,
    clinician: &StaffId,
    status: StatusCode,
    typed: Typed,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let today = access::today(&mut read, &app.ctx).await?;
    let is_supervisor = clinician != &me.staff.id;
    let assigned = store::assignment::episodes_of(&mut read, std::slice::from_ref(clinician)).await?;
    let episodes: Vec<EpisodeId> = assigned.iter().map(|one| one.episode.id.clone()).collect();
    let standings = standing::of_episodes(&mut read, &me.shelf, me.language, telling.now, &episodes).await?;
    let flags = store::discuss::open_of(&mut read, &episodes).await?;
    let supervisors = store::supervision::supervisors_of(&mut read, clinician, today).await?;
    let asked_by = is_supervisor.then_some(&me.staff.id);
    let since = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
    let meetings =
        store::meeting::of_clinician(&mut read, clinician, asked_by, since.min(today - Duration::days(92))).await?;
    let shown: Vec<MeetingId> = meetings.iter().take(MEETINGS).map(|meeting| meeting.id.clone()).collect();
    let decisions = store::meeting::decisions_of(&mut read, &shown).await?;
    let mut owed = store::meeting::follow_ups_of(&mut read, clinician).await?;
    if is_supervisor {
        owed.extend(store::meeting::follow_ups_of(&mut read, &me.staff.id).await?);
        // What a supervisor owes somebody else is not this clinician's business, nor what the clinician owes another.
        let of_pair: Vec<MeetingId> = meetings.iter().map(|meeting| meeting.id.clone()).collect();
        owed.retain(|one| of_pair.contains(&one.meeting_id));
    }
    let plans = store::plan_change::of_episodes(&mut read, &episodes).await?;
    let looked_at = store::case::looked_at(&mut read, &episodes, telling.now - Duration::days(LOOKED_AT_DAYS)).await?;
    let mut clients: Vec<ClientId> = assigned.iter().map(|one| one.episode.client_id.clone()).collect();
    let treated = clients.clone();
    clients.extend(decisions.iter().chain(&owed).filter_map(|one| one.client_id.clone()));
    clients.sort();
    clients.dedup();
    let names: HashMap<ClientId, String> = store::client::by_ids(&mut read, &clients)
        .await?
        .into_iter()
        .map(|client| (client.id.clone(), client.name.into_exposed()))
        .collect();
    // Whoever stopped supervising in that time may have looked before.
    let lookers =
        store::supervision::supervisors_between(&mut read, clinician, today - LOOKS - Duration::days(1), today).await?;
    let mut looks = looks(&mut read, app, &lookers, clinician, &treated).await?;
    let looks_all = looks.len();
    looks.truncate(LOOKS_SHOWN);
    drop(read);

    let name = |client: &ClientId| names.get(client).cloned().unwrap_or_default();
    let agenda = Agenda { me, people: &people, telling, clinician, typed: &typed };
    let (groups, count) = agenda.groups(&assigned, &standings, &flags, &name);
    let [decision, task, due_on] = typed.row("");
    let form = is_supervisor.then(|| MeetingForm {
        held_on: if typed.held_on.is_empty() { today.to_string() } else { typed.held_on.clone() },
        minutes: if typed.minutes.is_empty() { "50".to_owned() } else { typed.minutes.clone() },
        note: typed.note.clone(),
        general: General {
            number: count,
            decision: decision.to_owned(),
            task: agenda.tasks(task),
            due_on: due_on.to_owned(),
        },
    });
    let due_plans = plans.iter().filter_map(|plan| {
        let standing = standings.get(&plan.episode_id)?;
        let one = assigned.iter().find(|one| one.episode.id == plan.episode_id)?;
        plan.is_due(standing.sessions).then(|| PlanDue {
            client: name(&one.episode.client_id),
            href: format!("/clients/{}", one.episode.client_id),
            plan: plan_change::line(plan, &people, telling, standing.sessions),
        })
    });
    let view = AgendaPage {
        shell: me.shell(app, Some(Place::Supervision)),
        clinician: clinician.as_str().to_owned(),
        name: people.name(clinician),
        mine: !is_supervisor,
        supervisors: supervisors.iter().map(|one| people.name(one)).collect(),
        groups,
        plans: due_plans.collect(),
        looked_at: looked_at
            .iter()
            .map(|one| LookedAtRow {
                client: name(&one.client_id),
                href: format!("/cases/{}", one.case_id),
                closed: telling.day(one.closed_at),
                state: one.state,
            })
            .collect(),
        form,
        follow_ups: owed.iter().map(|one| follow_up(one, me, Some(&people), &name, today)).collect(),
        meetings: meetings.iter().take(MEETINGS).map(|one| agenda.meeting(one, &decisions, &name)).collect(),
        hours: hours(&meetings, today),
        looks_all,
        looks: looks.iter().map(|look| agenda.look(look, &name)).collect(),
        problems,
    };
    let seen = Seen { action: "view.agenda", subject: ("staff", clinician.as_str()), clients: treated };
    me.show(app, status, &view, seen).await
}

/// What a page is put together from.
struct Agenda<'a> {
    me: &'a Signed,
    people: &'a People,
    telling: Telling,
    clinician: &'a StaffId,
    typed: &'a Typed,
}

impl Agenda<'_> {
    /// The clients under their gravest topic, by name, and how many there are.
    fn groups(
        &self,
        assigned: &[Assigned],
        standings: &HashMap<EpisodeId, Standing>,
        flags: &[DiscussFlag],
        name: &impl Fn(&ClientId) -> String,
    ) -> (Vec<AgendaGroup>, usize) {
        let mut rows: Vec<(Vec<Topic>, AgendaRow)> = Vec::new();
        for one in assigned {
            let Some(standing) = standings.get(&one.episode.id) else { continue };
            let flag = flags.iter().find(|flag| flag.episode_id == one.episode.id);
            let facts = AgendaFacts {
                case: standing.case.as_ref().map(|(case, reasons)| (case, reasons.as_slice())),
                measures: &standing.measures,
                sessions: standing.sessions,
                missed_running: standing.quiet.missed_running,
                flagged_at: flag.map(|flag| flag.raised_at),
                now: self.telling.now,
            };
            let found = topics(&self.me.shelf.library.for_person(&standing.person), &facts);
            if found.is_empty() {
                continue;
            }
            let client = &one.episode.client_id;
            let [decision, task, due_on] = self.typed.row(client.as_str());
            let row = AgendaRow {
                number: 0,
                id: client.as_str().to_owned(),
                client: name(client),
                href: format!("/clients/{client}"),
                case: standing.case.as_ref().map(|(case, _)| format!("/cases/{}", case.id)),
                topics: found.clone(),
                reasons: standing.reasons.clone(),
                due: standing.case.as_ref().map(|(case, _)| self.telling.moment(case.due_at)),
                missed: standing.quiet.missed_running,
                sessions: standing.sessions,
                note: flag.and_then(|flag| flag.note.as_ref()).map(|note| note.text().to_owned()),
                decision: decision.to_owned(),
                task: self.tasks(task),
                due_on: due_on.to_owned(),
            };
            rows.push((found, row));
        }
        rows.sort_by(|(one, first), (other, second)| (one[0], &first.client).cmp(&(other[0], &second.client)));
        let count = rows.len();
        let mut groups: Vec<AgendaGroup> = Vec::new();
        for (number, (found, row)) in rows.into_iter().enumerate() {
            let row = AgendaRow { number, ..row };
            match groups.last_mut().filter(|group| group.topic == found[0]) {
                Some(group) => group.rows.push(row),
                None => groups.push(AgendaGroup { topic: found[0], rows: vec![row] }),
            }
        }
        (groups, count)
    }

    fn tasks(&self, chosen: &str) -> Vec<Choice> {
        let nobody = match self.me.language {
            care::Language::En => "Nobody",
            care::Language::Es => "Nadie",
        };
        vec![
            Choice::new("", nobody, chosen),
            Choice::new("clinician", self.people.name(self.clinician), chosen),
            Choice::new("supervisor", self.me.staff.name.text(), chosen),
        ]
    }

    fn meeting(
        &self,
        meeting: &Meeting,
        decisions: &[MeetingDecision],
        name: &impl Fn(&ClientId) -> String,
    ) -> MeetingRow {
        let day = |day| format::day(day, self.me.language);
        let line = |one: &MeetingDecision| DecisionLine {
            client: one.client_id.as_ref().map(name),
            topic: one.topic,
            text: one.text.text().to_owned(),
            follow_up: one
                .owner_id
                .as_ref()
                .zip(one.due_on)
                .map(|(owner, due)| format!("{}, {}", self.people.name(owner), day(due))),
            done: one.done_at.is_some(),
        };
        MeetingRow {
            day: day(meeting.held_on),
            minutes: meeting.minutes,
            by: self.people.name(&meeting.supervisor_id),
            note: meeting.note.as_ref().map(|note| note.text().to_owned()),
            decisions: decisions.iter().filter(|one| one.meeting_id == meeting.id).map(line).collect(),
        }
    }

    fn look(&self, look: &Look, name: &impl Fn(&ClientId) -> String) -> AccessRow {
        AccessRow {
            at: self.telling.moment(look.at),
            who: self.people.name(&look.who),
            what: look.what.to_owned(),
            client: look.client.as_ref().map(name),
        }
    }
}

/// A follow-up as a line; with `people` the line says whose it is.
pub(super) fn follow_up(
    one: &MeetingDecision,
    me: &Signed,
    people: Option<&People>,
    name: &impl Fn(&ClientId) -> String,
    today: NaiveDate,
) -> FollowUpRow {
    FollowUpRow {
        id: one.id.as_str().to_owned(),
        text: one.text.text().to_owned(),
        client: one.client_id.as_ref().map(name),
        href: one.client_id.as_ref().map(|client| format!("/clients/{client}")),
        owner: people.zip(one.owner_id.as_ref()).map(|(people, owner)| people.name(owner)),
        due: one.due_on.map(|day| format::day(day, me.language)).unwrap_or_default(),
        late: one.due_on.is_some_and(|day| day < today),
        may_finish: true,
    }
}

/// A person's own follow-ups, with the clients they are about.
pub(super) async fn own_follow_ups(read: &mut Read, me: &Signed) -> Result<Vec<MeetingDecision>> {
    Ok(store::meeting::follow_ups_of(read, &me.staff.id).await?)
}

fn hours(meetings: &[Meeting], today: NaiveDate) -> Hours {
    let sum = |counts: &dyn Fn(&Meeting) -> bool| {
        let minutes: i64 = meetings.iter().filter(|one| counts(one)).map(|one| one.minutes).sum();
        format::score((minutes as f64 / 6.0).round() / 10.0)
    };
    Hours {
        month: sum(&|one| (one.held_on.year(), one.held_on.month()) == (today.year(), today.month())),
        year: sum(&|one| one.held_on.year() == today.year()),
    }
}

/// A look at something of the clinician's.
struct Look {
    at: Instant,
    who: StaffId,
    what: &'static str,
    client: Option<ClientId>,
}

/// What the supervisors looked at lately, newest first, from the audit.
async fn looks(
    read: &mut Read,
    app: &App,
    supervisors: &[StaffId],
    clinician: &StaffId,
    clients: &[ClientId],
) -> Result<Vec<Look>> {
    let from = app.now() - LOOKS;
    let mut found = Vec::new();
    for supervisor in supervisors {
        let mut filter = AuditFilter { actor: Some(format!("staff:{supervisor}")), ..AuditFilter::default() };
        loop {
            let rows = store::audit_latest(read, &filter, LOOKS_READ).await?;
            let lately = rows.iter().take_while(|row| row.at >= from);
            found.extend(lately.filter_map(|row| look_of(row, supervisor, clinician, clients)));
            match rows.last() {
                Some(last) if last.at >= from => filter.before = Some(last.seq),
                _ => break,
            }
        }
    }
    found.sort_by_key(|look| std::cmp::Reverse(look.at));
    Ok(found)
}

fn look_of(row: &AuditRow, who: &StaffId, clinician: &StaffId, clients: &[ClientId]) -> Option<Look> {
    let listed = row.detail.0.get("clients").and_then(|list| list.as_array());
    let theirs: Vec<&ClientId> = clients
        .iter()
        .filter(|client| listed.is_some_and(|list| list.iter().any(|one| one.as_str() == Some(client.as_str()))))
        .collect();
    let look =
        |what, client: Option<&ClientId>| Some(Look { at: row.at, who: who.clone(), what, client: client.cloned() });
    match row.action.as_str() {
        "view.agenda" if row.subject_id == clinician.as_str() => look("agenda", None),
        "view.chart" => look("chart", Some(theirs.first()?)),
        "view.case" => look("case", Some(theirs.first()?)),
        action if action.starts_with("view.") && !theirs.is_empty() && action != "view.agenda" => look("list", None),
        _ => None,
    }
}

/// Records a meeting.
pub(super) async fn record(
    State(app): State<App>,
    me: Signed,
    Path(clinician): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    me.authorise(&app, Action::Supervise, None).await?;
    let clinician = pair(&app, &me, &clinician).await?;
    let (decisions, mut problems) = decisions(&typed, &me.staff.id, &clinician);
    let held_on = typed.held_on.trim().parse::<NaiveDate>();
    if held_on.is_err() {
        problems.push(FieldProblem::new("held_on", Wrong::Date));
    }
    let minutes = typed.minutes.trim().parse::<i64>();
    if minutes.is_err() {
        problems.push(FieldProblem::new("minutes", Wrong::Number));
    }
    let (Ok(held_on), Ok(minutes), true) = (held_on, minutes, problems.is_empty()) else {
        return page(&app, &me, &clinician, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
    };
    let note = Some(typed.note.trim().to_owned()).filter(|note| !note.is_empty()).map(Phi::new);
    let new = NewMeeting { clinician: clinician.clone(), held_on, minutes, note, decisions };
    let mut tx = app.db.write(&me.practice).await?;
    match supervision::record(&mut tx, &app.ctx, &me.viewer, &new).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            // A row is not named: what is wrong stands in the row as it was typed.
            let problems: Vec<workflows::Problem> = problems
                .into_iter()
                .map(|problem| {
                    let field = problem.field.split('.').next().unwrap_or_default().to_owned();
                    workflows::Problem { field, key: problem.key }
                })
                .collect();
            let problems = field_problems(&problems);
            return page(&app, &me, &clinician, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &format!("/supervision/{clinician}"), Flash::MeetingSaved))
}

/// The rows in which something was decided.
fn decisions(typed: &Typed, supervisor: &StaffId, clinician: &StaffId) -> (Vec<NewDecision>, Vec<FieldProblem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let at =
        |list: &[String], position: usize| list.get(position).map(|text| text.trim().to_owned()).unwrap_or_default();
    for position in 0..typed.decision.len() {
        let text = at(&typed.decision, position);
        let owner = match at(&typed.task, position).as_str() {
            "clinician" => Some(clinician.clone()),
            "supervisor" => Some(supervisor.clone()),
            _ => None,
        };
        if text.is_empty() {
            if owner.is_some() {
                problems.push(FieldProblem::new("decision", Wrong::Required));
            }
            continue;
        }
        let due = at(&typed.due, position);
        let follow_up = match (owner, due.parse::<NaiveDate>()) {
            (Some(owner), Ok(due_on)) => Some(FollowUp { owner, due_on }),
            (Some(_), Err(_)) => {
                problems.push(FieldProblem::new("due", Wrong::Date));
                None
            }
            (None, _) => None,
        };
        found.push(NewDecision {
            client: at(&typed.client, position).parse().ok(),
            topic: at(&typed.topic, position).parse().ok(),
            text: Phi::new(text),
            follow_up,
        });
    }
    problems.dedup();
    (found, problems)
}

/// Marks a follow-up done.
pub(super) async fn finish(
    State(app): State<App>,
    me: Signed,
    Path(decision): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::ViewCaseload, None).await?;
    let decision: MeetingDecisionId = id(&decision)?;
    let mut tx = app.db.write(&me.practice).await?;
    match supervision::finish(&mut tx, &app.ctx, &me.viewer, &decision).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Conflict) => return Ok(done(&app, "/today", Flash::NotPossible)),
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/today", Flash::FollowUpDone))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wish {
    discuss_note: String,
}

/// The open episode of a client whose chart the person may see.
async fn episode_of(app: &App, me: &Signed, client: &ClientId) -> Result<EpisodeId> {
    me.authorise(app, Action::ViewChart, Some(client)).await?;
    let mut read = app.db.read(&me.practice).await?;
    let episode = store::episode::open_of_client(&mut read, client).await?;
    episode.map(|episode| episode.id).ok_or(Error::Conflict)
}

/// Puts a client on the agenda.
pub(super) async fn raise(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(wish): Posted<Wish>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    let episode = episode_of(&app, &me, &client).await?;
    let to = format!("/clients/{client}");
    let note = Some(wish.discuss_note.trim().to_owned()).filter(|note| !note.is_empty()).map(Phi::new);
    let mut tx = app.db.write(&me.practice).await?;
    match supervision::raise_flag(&mut tx, &app.ctx, &me.staff.id, &client, &episode, note).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Conflict) => return Ok(done(&app, &to, Flash::NothingChanged)),
        Err(workflows::Error::Invalid(_)) => {
            drop(tx);
            return super::client::refuse_wish(&app, &me, &client, wish.discuss_note).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &to, Flash::DiscussSaved))
}

/// Takes a client off the agenda.
pub(super) async fn clear(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    let episode = episode_of(&app, &me, &client).await?;
    let to = format!("/clients/{client}");
    let mut tx = app.db.write(&me.practice).await?;
    match supervision::clear_flag(&mut tx, &app.ctx, &me.staff.id, &client, &episode).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Conflict) => return Ok(done(&app, &to, Flash::NothingChanged)),
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &to, Flash::DiscussSaved))
}
