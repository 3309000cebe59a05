//! What people do with a case, each act on the revision they saw.

use super::{refused, step, with_due_dates};
use crate::plan_change::{self, NewPlan};
use crate::{Context, Error, Problem, Result, audit, delivery};
use care::case::{Assessment, Case, CaseState, Decision, Disposition, Reason, StepKind, expects_verification};
use care::message::{CancelReason, Channel, MessageKind};
use care::staff::{Actor, StaffState};
use care::{CaseId, Phi, ReasonId, StaffId};
use store::Tx;

/// What a person does with a case.
#[derive(Debug, Clone)]
pub enum Act {
    /// Takes it and its waiting reasons up: their ladders end.
    Acknowledge,
    /// Looked at answers and history.
    Review,
    /// Raised it with the client.
    Discuss,
    /// Decided that the plan stays, or that somebody else goes on.
    Decide(Decision),
    /// Decided to change the plan.
    ChangePlan(NewPlan),
    /// Disposes of a risk reason, with what was done about it.
    Dispose(ReasonId, Disposition, Assessment),
    /// Writes a note.
    Note,
    /// Hands it to somebody else.
    HandOver(StaffId),
    /// Closes it.
    Close,
    /// Opens it again: it was closed by mistake.
    Reopen,
}

/// An act on a case with its note, made on the revision the person saw.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which case.
    pub case: CaseId,
    /// The revision the person saw; none where any will do (acknowledging).
    pub revision: Option<i64>,
    /// What they do.
    pub act: Act,
    /// What they write.
    pub note: Option<Phi<String>>,
}

/// Carries out an act. Doing the same again is harmless; doing it on an outdated page is [`Error::Conflict`].
pub async fn act(tx: &mut Tx, ctx: &Context, by: &StaffId, command: Command) -> Result<Case> {
    let now = ctx.now();
    let case = store::case::find(tx, &command.case).await?.ok_or(Error::NotFound)?;
    if command.revision.is_some_and(|seen| seen != case.revision) {
        return Err(Error::Conflict);
    }
    check_note(&command)?;
    if case.state == CaseState::Closed && !matches!(command.act, Act::Reopen) {
        return Err(Error::invalid("case", "case-closed"));
    }
    let reasons = match command.act {
        Act::Dispose(..) | Act::HandOver(_) | Act::Close => store::case::reasons(tx, &case.id).await?,
        _ => Vec::new(),
    };
    let mut to = None;
    let (after, kind, name) = match &command.act {
        Act::Acknowledge => {
            let waiting = store::case::acknowledge_reasons(tx, &case.id, by, now).await?;
            if waiting == 0 && case.state != CaseState::Open {
                return Ok(case);
            }
            store::message::cancel_escalations(tx, &case.id, CancelReason::Acknowledged).await?;
            (case.acknowledge().map_err(refused)?, StepKind::Acknowledged, "case.acknowledge")
        }
        Act::Review => (case.review().map_err(refused)?, StepKind::Reviewed, "case.review"),
        Act::Discuss => (case.discuss().map_err(refused)?, StepKind::Discussed, "case.discuss"),
        // A change says what and why: that is another act.
        Act::Decide(Decision::PlanChanged) => return Err(Error::invalid("what", "wrong-required")),
        Act::Decide(decision) => (case.decide(*decision).map_err(refused)?, StepKind::Decided, "case.decide"),
        Act::ChangePlan(plan) => {
            let decided = case.decide(Decision::PlanChanged).map_err(refused)?;
            plan_change::keep(tx, ctx, by, &case.episode_id, Some(&case.id), plan).await?;
            (decided, StepKind::Decided, "case.change_plan")
        }
        Act::Dispose(id, how, assessment) => {
            dispose(tx, ctx, by, &reasons, id, *how, assessment).await?;
            (Case { revision: case.revision + 1, ..case.clone() }, StepKind::Disposed, "case.dispose")
        }
        Act::Note => (Case { revision: case.revision + 1, ..case.clone() }, StepKind::Noted, "case.note"),
        Act::HandOver(person) => {
            require_active(tx, person).await?;
            to = Some(person.clone());
            (case.hand_over(person.clone()).map_err(refused)?, StepKind::Reassigned, "case.hand_over")
        }
        Act::Close => {
            let closed = case.close(&reasons, now).map_err(refused)?;
            if expects_verification(closed.decision, &reasons) {
                store::case::expect_verification(tx, &case.id, now).await?;
            }
            (closed, StepKind::Closed, "case.close")
        }
        Act::Reopen => (reopen(tx, ctx, &case).await?, StepKind::Reopened, "case.reopen"),
    };
    // Dates follow the reasons and the sessions; an act that changes neither leaves them alone.
    let after = match command.act {
        Act::Acknowledge | Act::Dispose(..) | Act::HandOver(_) | Act::Reopen => with_due_dates(tx, after).await?,
        _ => after,
    };
    store::case::save(tx, &after).await?;
    step(tx, ctx, &case.id, kind, Some(by), to.as_ref(), command.note).await?;
    if let (Some(to), Some(reason)) = (&to, reasons.iter().rev().find(|reason| reason.is_open())) {
        let key = format!("case:{}:owner:{}", case.id, after.revision);
        let about = delivery::About { case: &case.id, reason: &reason.id, key };
        delivery::tell_staff(tx, ctx, MessageKind::CaseNotice, to, &about, &[Channel::Email], now).await?;
    }
    tx.audit(
        audit::entry(ctx, &Actor::Staff(by.clone()), name, "case", case.id.as_str())
            .with("client", case.client_id.as_str()),
    );
    Ok(after)
}

/// What is brought to an end, or left as it is, is explained.
fn check_note(command: &Command) -> Result<()> {
    let needs_note = match &command.act {
        Act::Note | Act::Dispose(..) | Act::Close | Act::Reopen => true,
        Act::Decide(decision) => *decision == Decision::NoChange,
        _ => false,
    };
    if needs_note && command.note.as_ref().is_none_or(|note| note.text().trim().is_empty()) {
        return Err(Error::invalid("note", "case-note-missing"));
    }
    Ok(())
}

async fn require_active(tx: &mut Tx, person: &StaffId) -> Result<()> {
    let found = store::staff::find(tx, person).await?.ok_or_else(|| Error::invalid("owner", "case-owner-unknown"))?;
    if found.state == StaffState::Active { Ok(()) } else { Err(Error::invalid("owner", "case-owner-inactive")) }
}

async fn dispose(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    reasons: &[Reason],
    id: &ReasonId,
    how: Disposition,
    assessment: &Assessment,
) -> Result<()> {
    let now = ctx.now();
    let reason = reasons.iter().find(|reason| &reason.id == id).ok_or(Error::NotFound)?;
    reason.dispose(how, now).map_err(refused)?;
    let unfit = assessment.unfit_for(how);
    if !unfit.is_empty() {
        let problem = |field: care::case::Unfit| Problem { field: field.as_str().to_owned(), key: "wrong-unfit" };
        return Err(Error::Invalid(unfit.into_iter().map(problem).collect()));
    }
    if !store::case::dispose_reason(tx, id, how, by, now).await? {
        return Err(Error::Conflict);
    }
    Ok(store::case::insert_assessment(tx, id, assessment).await?)
}

/// The episode's row is locked, so that no finding opens another case at the same moment.
async fn reopen(tx: &mut Tx, ctx: &Context, case: &Case) -> Result<Case> {
    store::episode::lock(tx, &case.episode_id).await?.ok_or(Error::NotFound)?;
    if store::case::open_of_episode(tx, &case.episode_id).await?.is_some() {
        return Err(Error::invalid("case", "case-open-already"));
    }
    let after = case.reopen(ctx.now()).map_err(refused)?;
    store::case::forget_verification(tx, &case.id).await?;
    Ok(after)
}
