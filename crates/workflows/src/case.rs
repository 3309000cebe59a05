//! Cases: opened and extended by findings, taken through their life by people.

mod act;
mod outcome;
mod pass;

pub use act::{Act, Command, act};
pub use outcome::verify;
pub(crate) use pass::{Why, pass_on};
pub use pass::{hand_over_all, people, recipients};

use crate::planning::{self, by};
use crate::situation::Situation;
use crate::{Context, Error, Result, audit, delivery, escalation};
use care::case::{Case, CaseState, DueFacts, Reason, ReasonLevel, Refusal, Step, StepKind, case_due, due, due_again};
use care::episode::Episode;
use care::exposure::{self, Exposure, WINDOW_DAYS};
use care::ladder::{self, People};
use care::leave::Roster;
use care::message::{Channel, MessageKind};
use care::review::NewReason;
use care::staff::Actor;
use care::{CaseId, EpisodeId, Instant, PacketId, Phi, ReasonId, ResponseId, StaffId, StepId};
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
    let roster = situation.roster(tx, now).await?;
    let (mut case, is_new) = open_case(tx, ctx, &situation, &roster, now).await?;
    let people = situation.people_among(tx, &roster, &case.owner_id, now).await?;
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
        let due_at = due(new.level, &facts);
        let reason = Reason {
            response_id: origin.response.cloned(),
            packet_id: origin.packet.cloned(),
            ..new.clone().raised(ctx.id(ReasonId::new), case.id.clone(), now, due_at)
        };
        store::case::insert_reason(tx, &reason).await?;
        if !(is_new && position == 0) {
            step(tx, ctx, &case.id, StepKind::ReasonAdded, None, None, None).await?;
        }
        case = case.with_reason(reason.level, reason.due_at).map_err(refused)?;
        store::case::save(tx, &case).await?;
        tell(tx, ctx, &situation, &people, &reason, &mut told).await?;
        escalation::begin(tx, ctx, &situation, &people, case.state, &reason).await?;
    }
    if is_new {
        // A protocol may ask something whenever a case opens.
        planning::again(tx, ctx, [situation.episode.id.clone()]).await?;
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
    roster: &Roster,
    now: Instant,
) -> Result<(Case, bool)> {
    if let Some(case) = store::case::open_of_episode(tx, &situation.episode.id).await? {
        return Ok((case, false));
    }
    let case = Case {
        id: ctx.id(CaseId::new),
        client_id: situation.client_id().clone(),
        episode_id: situation.episode.id.clone(),
        owner_id: situation.responsible_among(tx, roster, now).await?,
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
        if reason.level == ReasonLevel::Routine && is_told_enough(tx, situation, person, now).await? {
            delivery::tell_together(tx, ctx, person, digest_of(situation, now)).await?;
            step(tx, ctx, &reason.case_id, StepKind::Bundled, None, Some(person), None).await?;
            continue;
        }
        delivery::tell_staff(tx, ctx, kind, person, &about, channels, now).await?;
        step(tx, ctx, &reason.case_id, StepKind::Notified, None, Some(person), None).await?;
    }
    let later = ladder::supervisors_told_at(reason.kind(), now, &situation.practice.settings);
    for person in people.supervisors.iter().filter(|person| !at_once.contains(person) && !told.contains(person)) {
        delivery::tell_staff(tx, ctx, kind, person, &about, channels, later).await?;
    }
    told.extend(at_once);
    Ok(())
}

/// Whether the person has had as many alerts in the last days as the practice tells one by one. The one at hand is written
/// already and does not count.
async fn is_told_enough(tx: &mut Tx, situation: &Situation, person: &StaffId, now: Instant) -> Result<bool> {
    let since = now - chrono::Duration::days(WINDOW_DAYS);
    let before = store::case::alerts_of(tx, person, since).await?.len().saturating_sub(1);
    Ok(Exposure::of(before, &situation.practice.settings).is_used_up())
}

fn digest_of(situation: &Situation, now: Instant) -> Instant {
    exposure::digest_at(now, delivery::practice_zone(&situation.practice), &situation.practice.settings)
}

/// Due dates follow the sessions: recomputed for every open reason, and for the case as their earliest.
pub(crate) async fn with_due_dates(tx: &mut Tx, case: Case) -> Result<Case> {
    let situation = Situation::of(tx, &case.episode_id).await?;
    let mut reasons = store::case::reasons(tx, &case.id).await?;
    for (position, due_at) in overtaken_reasons(&reasons, &situation) {
        store::case::set_reason_due(tx, &reasons[position].id, due_at).await?;
        reasons[position].due_at = due_at;
        escalation::follow(tx, &situation, &reasons[position]).await?;
    }
    let due_at = case_due(&reasons).unwrap_or(case.due_at);
    Ok(Case { due_at, ..case })
}

/// The open reasons, by their places, that the sessions give another due date.
fn overtaken_reasons(reasons: &[Reason], situation: &Situation) -> Vec<(usize, Instant)> {
    let sessions: Vec<Instant> = situation.sessions().map(|session| session.starts_at).collect();
    let again = |reason: &Reason| {
        let facts = DueFacts {
            raised_at: reason.raised_at,
            zone: situation.zone(),
            settings: &situation.practice.settings,
            sessions: &sessions,
        };
        due_again(reason, &facts)
    };
    let open = reasons.iter().enumerate().filter(|(_, reason)| reason.is_open());
    open.map(|(position, reason)| (position, again(reason)))
        .filter(|(position, due_at)| *due_at != reasons[*position].due_at)
        .collect()
}

/// The open cases of these courses whose due dates do not follow the sessions any more: an appointment was made, moved or
/// cancelled.
pub(crate) async fn overtaken(read: &mut Read, situations: &[Situation]) -> Result<Vec<Case>> {
    let ids: Vec<EpisodeId> = situations.iter().map(|one| one.episode.id.clone()).collect();
    let mut cases = store::case::open_of_episodes(read, &ids).await?;
    if cases.is_empty() {
        return Ok(cases);
    }
    let ids: Vec<CaseId> = cases.iter().map(|case| case.id.clone()).collect();
    let reasons = by(store::case::reasons_of(read, &ids).await?, |reason| reason.case_id.clone());
    cases.retain(|case| {
        let reasons = reasons.get(&case.id).map_or(&[][..], Vec::as_slice);
        let situation = situations.iter().find(|situation| situation.episode.id == case.episode_id);
        situation.is_some_and(|situation| !overtaken_reasons(reasons, situation).is_empty())
            || case_due(reasons).is_some_and(|due_at| due_at != case.due_at)
    });
    Ok(cases)
}

/// Recomputes the due dates of these courses' open cases.
pub(crate) async fn follow_sessions(tx: &mut Tx, situations: &[Situation]) -> Result<()> {
    for case in overtaken(tx, situations).await? {
        let before = case.due_at;
        let after = with_due_dates(tx, Case { revision: case.revision + 1, ..case }).await?;
        if after.due_at != before {
            store::case::save(tx, &after).await?;
        }
    }
    Ok(())
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
        Refusal::NotReopenable => Error::invalid("case", "case-not-reopenable"),
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
