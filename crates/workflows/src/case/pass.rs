//! Cases in other hands: passed on, and who has to do with one at all.

use super::{refused, step};
use crate::situation::Situation;
use crate::{Context, Result, audit, delivery};
use care::case::{Case, ReasonLevel, StepKind};
use care::ladder::People;
use care::message::{Channel, MessageKind};
use care::staff::Actor;
use care::{Instant, StaffId};
use store::{Read, Tx};

/// Why a case is passed on without anybody having asked for this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its owner's account ended.
    Left,
    /// Its owner is on leave.
    Away,
    /// Its owner is there again.
    Back,
}

impl Why {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Away => "away",
            Self::Back => "back",
        }
    }
}

/// Gives a case to somebody else and tells them: at once by text as well where nobody has taken up danger in it.
pub(crate) async fn pass_on(
    tx: &mut Tx,
    ctx: &Context,
    case: &Case,
    to: &StaffId,
    by: &Actor,
    why: Why,
) -> Result<Case> {
    let after = case.hand_over(to.clone()).map_err(refused)?;
    store::case::save(tx, &after).await?;
    let person = if let Actor::Staff(person) = by { Some(person) } else { None };
    step(tx, ctx, &case.id, StepKind::Reassigned, person, Some(to), None).await?;
    let reasons = store::case::reasons(tx, &case.id).await?;
    let open = || reasons.iter().filter(|reason| reason.is_open());
    let waits = |reason: &&care::case::Reason| reason.rule.is_risk() && reason.acknowledged_at.is_none();
    if let Some(reason) = open().filter(waits).max_by_key(|reason| reason.level).or_else(|| open().next_back()) {
        let urgent = waits(&reason) && reason.level == ReasonLevel::Urgent;
        let kind = if waits(&reason) { MessageKind::RiskNotice } else { MessageKind::CaseNotice };
        let channels: &[Channel] = if urgent { &[Channel::Email, Channel::Sms] } else { &[Channel::Email] };
        let key = format!("case:{}:owner:{}", case.id, after.revision);
        let about = delivery::About { case: &case.id, reason: &reason.id, key };
        delivery::tell_staff(tx, ctx, kind, to, &about, channels, ctx.now()).await?;
    }
    tx.audit(
        audit::entry(ctx, by, "case.hand_over", "case", case.id.as_str())
            .with("from", case.owner_id.as_str())
            .with("to", to.as_str())
            .with("why", why.as_str()),
    );
    Ok(after)
}

/// Hands every open case of somebody who left to whoever stands in for them, or to whom the episode's situation names:
/// nobody's case is nobody's.
pub async fn hand_over_all(tx: &mut Tx, ctx: &Context, from: &StaffId, by: &Actor) -> Result<usize> {
    let cases = store::case::open_of_owner(tx, from).await?;
    let count = cases.len();
    for case in cases {
        let situation = Situation::of(tx, &case.episode_id).await?;
        let roster = situation.roster(tx, ctx.now()).await?;
        let to = match roster.stand_in(from) {
            Some(stand_in) => stand_in,
            None => situation.responsible_among(tx, &roster, ctx.now()).await?,
        };
        pass_on(tx, ctx, &case, &to, by, Why::Left).await?;
    }
    Ok(count)
}

/// The people around a case now: who has it, and who would act for or after them.
pub async fn people(read: &mut Read, case: &Case, now: Instant) -> Result<People> {
    Situation::of(read, &case.episode_id).await?.people(read, &case.owner_id, now).await
}

/// Everyone who was or will be told of a case: they may see the client's chart while it is open.
pub async fn recipients(read: &mut Read, case: &Case, now: Instant) -> Result<Vec<StaffId>> {
    let people = people(read, case, now).await?;
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
