//! The case page: why it is open, what was answered, who was told, what was done and what is still owed.

mod acts;
mod answered;
mod risk;
mod support;

pub(super) use acts::{
    acknowledge, acknowledge_reason, close, decide, discuss, dispose, hand_over, note, reopen, review,
};
pub(super) use answered::line as words_line;
pub(super) use support::{ask as ask_support, go_through};

use super::people::People;
use super::plan_change;
use super::session::Signed;
use super::shown::{Seen, id};
use super::words::{Telling, gravest_first, level_of};
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::{Access, Action, decide as may};
use care::case::{Case, CaseState, Missing, REOPEN_DAYS, Reason, Step, StepKind};
use care::message::{Message, MessageKind};
use care::staff::Role;
use care::{CaseId, ReasonId};
use chrono::Duration;
use std::collections::HashMap;
use std::slice;
use templates::staff::{
    CaseActions, CasePage, Choice, Conflict, DecideAction, FieldProblem, MissingToClose, NoteAction, Place,
    PlannedCall, ReassignAction, Recipient, StepAction, StepLine, Together,
};
use workflows::{access, escalation};

/// What was typed into a form that could not be carried out, and why.
#[derive(Default)]
struct Typed {
    written: acts::Written,
    /// The reason whose form was sent.
    reason: Option<ReasonId>,
    problems: Vec<FieldProblem>,
    conflict: bool,
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Path(case): Path<String>) -> Result<Response> {
    let case = find(&app, &me, &case).await?;
    me.authorise(&app, Action::ViewChart, Some(&case.client_id)).await?;
    page(&app, &me, &case.id, StatusCode::OK, Typed::default()).await
}

async fn find(app: &App, me: &Signed, case: &str) -> Result<Case> {
    let case: CaseId = id(case)?;
    let mut read = app.db.read(&me.practice).await?;
    store::case::find(&mut read, &case).await?.ok_or(Error::NotFound)
}

async fn page(app: &App, me: &Signed, case: &CaseId, status: StatusCode, typed: Typed) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let case = store::case::find(&mut read, case).await?.ok_or(Error::NotFound)?;
    let client = store::client::find(&mut read, &case.client_id).await?.ok_or(Error::NotFound)?;
    let people = People::of(&mut read, me.zone).await?;
    let relationship = access::to_client(&mut read, &app.ctx, &me.viewer, &case.client_id).await?;
    let may_act =
        case.state != CaseState::Closed && may(&me.viewer, Action::ActOnCase, &relationship) == Access::Allowed;
    let episode = store::episode::find(&mut read, &case.episode_id).await?.ok_or(Error::NotFound)?;
    let telling = me.telling(app).at(people.zone(&episode.site_id));
    let mut reasons = store::case::reasons(&mut read, &case.id).await?;
    gravest_first(&mut reasons);
    let mut steps = store::case::steps(&mut read, slice::from_ref(&case.id)).await?;
    // What happened in one transaction has one instant: opened comes before told.
    steps.sort_by_key(|step| (step.at, step.kind));
    let messages = store::message::of_case(&mut read, &case.id).await?;
    let next = store::appointment::next_of(&mut read, std::slice::from_ref(&case.episode_id), telling.now).await?;
    let answered = answered::blocks(&mut read, &me.shelf.library, telling, &reasons).await?;
    let words = answered::words(&mut read, &me.shelf.library, telling, &reasons).await?;
    let ids: Vec<ReasonId> = reasons.iter().map(|reason| reason.id.clone()).collect();
    let assessments: HashMap<ReasonId, _> = store::case::assessments(&mut read, &ids).await?.into_iter().collect();
    let (ahead, backup) = if case.state == CaseState::Closed {
        (Vec::new(), None)
    } else {
        let people = workflows::case::people(&mut read, &case, telling.now).await?;
        (escalation::ahead(&mut read, &case, &reasons, telling.now).await?, people.backup)
    };
    let mut plans = store::plan_change::of_episodes(&mut read, std::slice::from_ref(&case.episode_id)).await?;
    plans.retain(|plan| plan.case_id.as_ref() == Some(&case.id));
    let support = support::view(&mut read, &me.shelf.library, telling, &case, may_act).await?;
    let checklist = support::checklist(&mut read, &people, telling, &case).await?;
    let verification = store::case::verification(&mut read, &case.id).await?;
    let sessions = store::appointment::count_sessions_until(&mut read, &case.episode_id, telling.now).await?;
    let appointments = store::appointment::of_episode(&mut read, &case.episode_id).await?;
    let mut tiers: HashMap<ReasonId, Vec<store::case::Rung>> = HashMap::new();
    for reason in &reasons {
        tiers.insert(reason.id.clone(), store::case::rungs(&mut read, &reason.id).await?);
    }
    drop(read);

    let missing = missing(&case, &reasons);
    let conflict = typed.conflict.then(|| conflict_of(&steps, &people, telling, &typed.written.note)).flatten();
    let may_reopen = may(&me.viewer, Action::ViewChart, &relationship) == Access::Allowed
        && case.closed_at.is_some_and(|at| telling.now - at <= Duration::days(REOPEN_DAYS));
    let actions = if may_act {
        Some(actions(&case, &reasons, &people, &missing, &typed, sessions))
    } else {
        may_reopen.then(|| CaseActions { steps: vec![StepAction::Reopen], decide: None, note: None, reassign: None })
    };
    let cards = risk::Cards {
        me,
        people: &people,
        telling,
        case: &case,
        may_act,
        steps: &steps,
        assessments: &assessments,
        typed: &typed,
        appointments: &appointments,
    };
    let page = CasePage {
        shell: me.shell(app, Some(Place::Today)),
        id: case.id.as_str().to_owned(),
        client: client.name.text().to_owned(),
        client_href: Some(format!("/clients/{}", client.id)),
        next_session: next.first().map(|next| telling.session(next.starts_at)),
        state: case.state,
        level: level_of(&reasons),
        decision: case.decision,
        opened: telling.moment(case.opened_at),
        due: (case.state != CaseState::Closed).then(|| telling.moment(case.due_at)),
        closed: case.closed_at.map(|at| telling.date_time(at)),
        owner: people.assignee(&case.owner_id, &me.staff.id),
        backup: backup.map(|backup| people.name(&backup)),
        revision: case.revision,
        reasons: reasons.iter().map(|reason| cards.of(reason)).collect(),
        answered,
        words,
        recipients: recipients(&messages, &people, telling, &tiers),
        together: together(&steps, &people, telling),
        calls_repeat: reasons.iter().any(|one| one.rule.is_risk() && one.acknowledged_at.is_none()),
        calls: ahead.iter().flat_map(|step| calls(step, &people, telling)).collect(),
        plans: plans.iter().map(|plan| plan_change::line(plan, &people, telling, sessions)).collect(),
        support,
        checklist,
        may_check: may_act && me.is(&[Role::Supervisor]),
        verification: verification.filter(|_| case.state == CaseState::Closed),
        steps: steps.iter().map(|step| step_line(step, &people, telling)).collect(),
        missing,
        actions,
        conflict,
        problems: typed.problems,
    };
    let seen = Seen { action: "view.case", subject: ("case", case.id.as_str()), clients: vec![client.id.clone()] };
    me.show(app, status, &page, seen).await
}

fn missing(case: &Case, reasons: &[Reason]) -> Vec<MissingToClose> {
    let mut missing: Vec<MissingToClose> = Vec::new();
    if case.state == CaseState::Closed {
        return missing;
    }
    for owed in case.owed_before_closing(reasons) {
        let word = match owed {
            Missing::Acknowledgement | Missing::RiskAcknowledgement => MissingToClose::Acknowledgement,
            Missing::Review => MissingToClose::Review,
            Missing::Decision => MissingToClose::Decision,
            Missing::Disposition => MissingToClose::Disposition,
        };
        if !missing.contains(&word) {
            missing.push(word);
        }
    }
    missing
}

fn actions(
    case: &Case,
    reasons: &[Reason],
    people: &People,
    missing: &[MissingToClose],
    typed: &Typed,
    sessions: i64,
) -> CaseActions {
    let written = &typed.written;
    let waits = |reason: &Reason| reason.rule.is_risk() && reason.acknowledged_at.is_none();
    let is_looked_at = matches!(case.state, CaseState::Reviewed | CaseState::Discussed | CaseState::Decided);
    let owners = people.choices(&[Role::Clinician, Role::Supervisor], None, "");
    let steps = [
        (StepAction::Acknowledge, case.state == CaseState::Open || reasons.iter().any(waits)),
        (StepAction::Review, case.state == CaseState::Acknowledged),
        (StepAction::Discuss, case.state == CaseState::Reviewed),
        (StepAction::Close, missing.is_empty()),
    ];
    CaseActions {
        steps: steps.into_iter().filter_map(|(step, is_next)| is_next.then_some(step)).collect(),
        decide: is_looked_at.then(|| DecideAction {
            decision: written.decision.clone(),
            note: written.note.clone(),
            plan: written.plan.fields(sessions),
        }),
        note: Some(NoteAction { note: written.note.clone() }),
        reassign: Some(ReassignAction {
            owners: owners.into_iter().filter(|choice: &Choice| choice.value != case.owner_id.as_str()).collect(),
        }),
    }
}

/// One line for each person of a tier that is still to be called.
fn calls(step: &care::ladder::LadderStep, people: &People, telling: Telling) -> Vec<PlannedCall> {
    let call = |id| PlannedCall { name: people.name(id), tier: step.tier, at: telling.moment(step.at) };
    step.to.iter().map(call).collect()
}

/// Everyone told, one line for each message, the first first.
fn recipients(
    messages: &[Message],
    people: &People,
    telling: Telling,
    rungs: &HashMap<ReasonId, Vec<store::case::Rung>>,
) -> Vec<Recipient> {
    let tier = |message: &Message| {
        let rungs = rungs.get(message.reason_id.as_ref()?)?;
        let rung: i64 = message.unique_key.split(':').skip_while(|part| *part != "rung").nth(1)?.parse().ok()?;
        rungs.iter().find(|one| one.rung == rung).map(|one| one.tier)
    };
    let mut told: Vec<(&Message, care::Instant)> = messages
        .iter()
        .filter(|message| message.staff_id.is_some())
        .map(|message| (message, message.sent_at.unwrap_or(message.due_at)))
        .collect();
    told.sort_by_key(|(message, at)| (*at, message.id.clone()));
    told.into_iter()
        .filter_map(|(message, at)| {
            Some(Recipient {
                name: people.name(message.staff_id.as_ref()?),
                channel: message.channel,
                standing: message.standing(telling.now),
                at: telling.moment(at),
                tier: if message.kind == MessageKind::Escalation { tier(message) } else { None },
            })
        })
        .collect()
}

/// Who hears of it in the one mail a day.
fn together(steps: &[Step], people: &People, telling: Telling) -> Vec<Together> {
    let bundled = steps.iter().filter(|step| step.kind == StepKind::Bundled);
    bundled
        .filter_map(|step| Some(Together { name: people.name(step.to.as_ref()?), at: telling.moment(step.at) }))
        .collect()
}

pub(super) fn step_line(step: &Step, people: &People, telling: Telling) -> StepLine {
    StepLine {
        kind: step.kind,
        at: telling.moment(step.at),
        by: step.by.as_ref().map(|by| people.name(by)),
        to: step.to.as_ref().map(|to| people.name(to)),
        note: step.note.as_ref().map(|note| note.text().to_owned()),
    }
}

/// What happened to the case while this person wrote: the last step, and what they had written.
fn conflict_of(steps: &[Step], people: &People, telling: Telling, note: &str) -> Option<Conflict> {
    let last = steps.last()?;
    Some(Conflict {
        by: last.by.as_ref().map(|by| people.name(by)),
        kind: last.kind,
        at: telling.date_time(last.at),
        note: Some(note.to_owned()).filter(|note| !note.is_empty()),
    })
}
