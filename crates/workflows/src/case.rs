//! Cases: opened and extended by findings, taken through their life by people.

use crate::situation::Situation;
use crate::{Context, Error, Result, audit, delivery, escalation};
use care::case::{
    Case, CaseState, Decision, Disposition, DueFacts, Reason, ReasonLevel, Refusal, Step, StepKind, case_due, due,
    due_again,
};
use care::episode::Episode;
use care::ladder::{self, People};
use care::message::{CancelReason, Channel, MessageKind};
use care::review::NewReason;
use care::staff::{Actor, Staff, StaffState};
use care::{CaseId, Instant, PacketId, Phi, ReasonId, ResponseId, StaffId, StepId};
use store::{Read, Tx};

/// Where a reason comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The check-in.
    pub packet: Option<&'a PacketId>,
    /// The response, once submitted.
    pub response: Option<&'a ResponseId>,
}

/// Opens the episode's case for new reasons, or extends the open one, and plans who is told and called. One transaction
/// with the answers that gave the reasons: there is no answer about danger without its case.
pub async fn raise(
    tx: &mut Tx,
    ctx: &Context,
    episode: Episode,
    origin: Origin<'_>,
    reasons: &[NewReason],
) -> Result<Option<CaseId>> {
    if reasons.is_empty() {
        return Ok(None);
    }
    let now = ctx.now();
    let situation = Situation::around(tx, episode).await?;
    let staff = store::staff::list(tx).await?;
    let (mut case, is_new) = open_case(tx, ctx, &situation, &staff, now).await?;
    let people = situation.people_among(tx, &staff, &case.owner_id, now).await?;
    let sessions: Vec<Instant> = situation.sessions().map(|session| session.starts_at).collect();
    let facts = DueFacts {
        raised_at: now,
        zone: situation.zone(),
        settings: &situation.practice.settings,
        sessions: &sessions,
    };
    // The gravest first: whoever is told of it needs no second message about the same moment.
    let mut reasons: Vec<&NewReason> = reasons.iter().collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.level));
    let mut told = Vec::new();
    for (position, new) in reasons.into_iter().enumerate() {
        let reason = Reason {
            id: ctx.id(ReasonId::new),
            case_id: case.id.clone(),
            rule: new.rule,
            level: new.level,
            response_id: origin.response.cloned(),
            packet_id: origin.packet.cloned(),
            inputs: new.inputs.clone(),
            raised_at: now,
            due_at: due(new.level, &facts),
            acknowledged_at: None,
            acknowledged_by: None,
            disposed_at: None,
            disposition: None,
        };
        store::case::insert_reason(tx, &reason).await?;
        if !(is_new && position == 0) {
            step(tx, ctx, &case.id, StepKind::ReasonAdded, None, None, None).await?;
        }
        case = case.with_reason(reason.level, reason.due_at).map_err(refused)?;
        store::case::save(tx, &case).await?;
        tell(tx, ctx, &situation, &people, &reason, &mut told).await?;
        escalation::begin(tx, ctx, &situation, &people, &reason).await?;
    }
    tx.audit(
        audit::entry(ctx, &Actor::System, "case.raise", "case", case.id.as_str()).with("owner", case.owner_id.as_str()),
    );
    Ok(Some(case.id))
}

async fn open_case(
    tx: &mut Tx,
    ctx: &Context,
    situation: &Situation,
    staff: &[Staff],
    now: Instant,
) -> Result<(Case, bool)> {
    if let Some(case) = store::case::open_of_episode(tx, &situation.episode.id).await? {
        return Ok((case, false));
    }
    let case = Case {
        id: ctx.id(CaseId::new),
        client_id: situation.client_id().clone(),
        episode_id: situation.episode.id.clone(),
        owner_id: situation.responsible_among(tx, staff).await?,
        state: CaseState::Open,
        decision: None,
        opened_at: now,
        // Later than any reason: the first one brings its own date.
        due_at: now + chrono::Duration::days(14),
        closed_at: None,
        revision: 0,
    };
    if !store::case::open(tx, &case).await? {
        // Somebody opened it between the look and the insert.
        let case = store::case::open_of_episode(tx, &situation.episode.id).await?.ok_or(Error::Conflict)?;
        return Ok((case, false));
    }
    step(tx, ctx, &case.id, StepKind::Opened, None, Some(&case.owner_id), None).await?;
    Ok((case, true))
}

/// Tells the people of the case: about danger owner and supervisors at once, by mail and when urgent by text as well;
/// about the rest the owner at once and the supervisors after the practice's delay.
async fn tell(
    tx: &mut Tx,
    ctx: &Context,
    situation: &Situation,
    people: &People,
    reason: &Reason,
    told: &mut Vec<StaffId>,
) -> Result<()> {
    let now = ctx.now();
    let kind = if reason.rule.is_risk() { MessageKind::RiskNotice } else { MessageKind::CaseNotice };
    let channels: &[Channel] =
        if reason.level == ReasonLevel::Urgent { &[Channel::Email, Channel::Sms] } else { &[Channel::Email] };
    let about =
        delivery::About { case: &reason.case_id, reason: &reason.id, key: format!("reason:{}:notice", reason.id) };
    let at_once = ladder::told_at_once(reason.level, people);
    for person in at_once.iter().filter(|person| !told.contains(person)) {
        delivery::tell_staff(tx, ctx, kind, person, &about, channels, now).await?;
        step(tx, ctx, &reason.case_id, StepKind::Notified, None, Some(person), None).await?;
    }
    let later = ladder::supervisors_told_at(now, &situation.practice.settings);
    for person in people.supervisors.iter().filter(|person| !at_once.contains(person) && !told.contains(person)) {
        delivery::tell_staff(tx, ctx, kind, person, &about, channels, later).await?;
    }
    told.extend(at_once);
    Ok(())
}

/// What a person does with a case.
#[derive(Debug, Clone)]
pub enum Act {
    /// Takes it and its waiting reasons up: their ladders end.
    Acknowledge,
    /// Looked at answers and history.
    Review,
    /// Raised it with the client.
    Discuss,
    /// Decided.
    Decide(Decision),
    /// Disposes of a risk reason.
    Dispose(ReasonId, Disposition),
    /// Writes a note.
    Note,
    /// Hands it to somebody else.
    HandOver(StaffId),
    /// Closes it.
    Close,
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
    let reasons = match command.act {
        Act::Dispose(..) | Act::HandOver(_) | Act::Close => store::case::reasons(tx, &case.id).await?,
        Act::Acknowledge | Act::Review | Act::Discuss | Act::Decide(_) | Act::Note => Vec::new(),
    };
    let needs_note = match &command.act {
        Act::Note | Act::Dispose(..) | Act::Close => true,
        Act::Decide(decision) => *decision == Decision::NoChange,
        _ => false,
    };
    if needs_note && command.note.as_ref().is_none_or(|note| note.text().trim().is_empty()) {
        return Err(Error::invalid("note", "case-note-missing"));
    }
    let (after, kind, to, name) = match &command.act {
        Act::Acknowledge => {
            let waiting = store::case::acknowledge_reasons(tx, &case.id, by, now).await?;
            if waiting == 0 && case.state != CaseState::Open {
                return Ok(case);
            }
            store::message::cancel_escalations(tx, &case.id, CancelReason::Acknowledged).await?;
            (case.acknowledge().map_err(refused)?, StepKind::Acknowledged, None, "case.acknowledge")
        }
        Act::Review => (case.review().map_err(refused)?, StepKind::Reviewed, None, "case.review"),
        Act::Discuss => (case.discuss().map_err(refused)?, StepKind::Discussed, None, "case.discuss"),
        Act::Decide(decision) => (case.decide(*decision).map_err(refused)?, StepKind::Decided, None, "case.decide"),
        Act::Dispose(id, how) => {
            let reason = reasons.iter().find(|reason| &reason.id == id).ok_or(Error::NotFound)?;
            reason.dispose(*how, now).map_err(refused)?;
            if !store::case::dispose_reason(tx, id, *how, by, now).await? {
                return Err(Error::Conflict);
            }
            let kept = Case { revision: case.revision + 1, ..case.clone() };
            (kept, StepKind::Disposed, None, "case.dispose")
        }
        Act::Note => (Case { revision: case.revision + 1, ..case.clone() }, StepKind::Noted, None, "case.note"),
        Act::HandOver(to) => {
            let person =
                store::staff::find(tx, to).await?.ok_or_else(|| Error::invalid("owner", "case-owner-unknown"))?;
            if person.state != StaffState::Active {
                return Err(Error::invalid("owner", "case-owner-inactive"));
            }
            (case.hand_over(to.clone()).map_err(refused)?, StepKind::Reassigned, Some(to.clone()), "case.hand_over")
        }
        Act::Close => (case.close(&reasons, now).map_err(refused)?, StepKind::Closed, None, "case.close"),
    };
    if case.state == CaseState::Closed {
        return Err(Error::invalid("case", "case-closed"));
    }
    // Dates follow the reasons and the sessions; an act that changes neither leaves them alone.
    let after = match command.act {
        Act::Acknowledge | Act::Dispose(..) | Act::HandOver(_) => with_due_dates(tx, after).await?,
        Act::Review | Act::Discuss | Act::Decide(_) | Act::Note | Act::Close => after,
    };
    store::case::save(tx, &after).await?;
    step(tx, ctx, &case.id, kind, Some(by), to.as_ref(), command.note).await?;
    if let (Act::HandOver(to), Some(reason)) = (&command.act, reasons.iter().rev().find(|reason| reason.is_open())) {
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

/// Due dates follow the sessions: recomputed for every open reason, and for the case as their earliest.
async fn with_due_dates(tx: &mut Tx, case: Case) -> Result<Case> {
    let situation = Situation::of(tx, &case.episode_id).await?;
    let sessions: Vec<Instant> = situation.sessions().map(|session| session.starts_at).collect();
    let mut reasons = store::case::reasons(tx, &case.id).await?;
    for reason in reasons.iter_mut().filter(|reason| reason.is_open()) {
        let facts = DueFacts {
            raised_at: reason.raised_at,
            zone: situation.zone(),
            settings: &situation.practice.settings,
            sessions: &sessions,
        };
        let due_at = due_again(reason, &facts);
        if due_at != reason.due_at {
            store::case::set_reason_due(tx, &reason.id, due_at).await?;
            reason.due_at = due_at;
        }
    }
    let due_at = case_due(&reasons).unwrap_or(case.due_at);
    Ok(Case { due_at, ..case })
}

/// Recomputes the due dates of an episode's open case: an appointment was made, moved or cancelled.
pub async fn sessions_changed(tx: &mut Tx, case: Case) -> Result<()> {
    let before = case.due_at;
    let after = with_due_dates(tx, Case { revision: case.revision + 1, ..case }).await?;
    if after.due_at != before {
        store::case::save(tx, &after).await?;
    }
    Ok(())
}

/// Hands every open case of an owner to their backup, or to whom the episode's situation names: nobody's case is nobody's.
pub async fn hand_over_all(tx: &mut Tx, ctx: &Context, from: &StaffId, by: &Actor) -> Result<usize> {
    let cases = store::case::open_of_owner(tx, from).await?;
    let staff = store::staff::list(tx).await?;
    let backup = staff.iter().find(|person| &person.id == from).and_then(|person| person.backup_id.clone());
    let active =
        |id: &StaffId| id != from && staff.iter().any(|person| &person.id == id && person.state == StaffState::Active);
    let count = cases.len();
    for case in cases {
        let to = match backup.clone().filter(|id| active(id)) {
            Some(backup) => backup,
            None => Situation::of(tx, &case.episode_id).await?.responsible(tx).await?,
        };
        let after = case.hand_over(to.clone()).map_err(refused)?;
        store::case::save(tx, &after).await?;
        step(tx, ctx, &case.id, StepKind::Reassigned, None, Some(&to), None).await?;
        tx.audit(audit::entry(ctx, by, "case.hand_over", "case", case.id.as_str()).with("to", to.as_str()));
    }
    Ok(count)
}

/// Records a step.
pub(crate) async fn step(
    tx: &mut Tx,
    ctx: &Context,
    case: &CaseId,
    kind: StepKind,
    by: Option<&StaffId>,
    to: Option<&StaffId>,
    note: Option<Phi<String>>,
) -> Result<()> {
    let note = note.filter(|note| !note.text().trim().is_empty());
    let step = Step {
        id: ctx.id(StepId::new),
        case_id: case.clone(),
        kind,
        at: ctx.now(),
        by: by.cloned(),
        to: to.cloned(),
        note,
    };
    Ok(store::case::insert_step(tx, &step).await?)
}

pub(crate) fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Closed => Error::invalid("case", "case-closed"),
        Refusal::NotRisk => Error::invalid("reason", "case-not-risk"),
        Refusal::AlreadyDisposed => Error::Conflict,
        Refusal::Missing(missing) => Error::Invalid(
            missing.into_iter().map(|one| crate::Problem { field: "case".to_owned(), key: missing_key(one) }).collect(),
        ),
    }
}

/// The sentence for what is owed before a step.
pub const fn missing_key(missing: care::case::Missing) -> &'static str {
    use care::case::Missing;
    match missing {
        Missing::Acknowledgement => "case-missing-acknowledgement",
        Missing::Review => "case-missing-review",
        Missing::Decision => "case-missing-decision",
        Missing::RiskAcknowledgement => "case-missing-risk-acknowledgement",
        Missing::Disposition => "case-missing-disposition",
    }
}

/// Everyone who was or will be told of a case: they may see the client's chart while it is open.
pub async fn recipients(read: &mut Read, case: &Case, now: Instant) -> Result<Vec<StaffId>> {
    let situation = Situation::of(read, &case.episode_id).await?;
    let people = situation.people(read, &case.owner_id, now).await?;
    let mut all: Vec<StaffId> =
        store::message::of_case(read, &case.id).await?.into_iter().filter_map(|message| message.staff_id).collect();
    all.push(people.owner);
    all.extend(people.backup);
    all.extend(people.supervisors);
    all.extend(people.on_call);
    all.sort();
    all.dedup();
    Ok(all)
}
