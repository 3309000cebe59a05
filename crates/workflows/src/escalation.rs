//! The ladder of a reason: every rung is a row that fires once, and the next one is put up when it does. Only a person's
//! acknowledgement ends the one of a risk reason; of another that is overdue backup and supervisors are told once.

use crate::case::step;
use crate::situation::Situation;
use crate::{Context, Error, Result, audit, delivery};
use care::case::{Case, CaseState, Reason, StepKind};
use care::ladder::{self, Kind, LadderStep, People};
use care::message::{Channel, MessageKind};
use care::staff::Actor;
use care::{Instant, Job, ReasonId};
use store::case::Rung;
use store::{Read, Tx};

/// Puts the first rungs of a new reason up. The first call of an urgent reason is its notice, which has gone out with it.
pub(crate) async fn begin(
    tx: &mut Tx,
    ctx: &Context,
    situation: &Situation,
    people: &People,
    case: CaseState,
    reason: &Reason,
) -> Result<()> {
    if !reason.has_ladder(case) {
        return Ok(());
    }
    let (kind, steps) = ladder_of(situation, people, reason);
    let Some(first) = steps.first() else { return Ok(()) };
    if first.at <= ctx.now() {
        let fired = Rung { rung: first.rung, tier: first.tier, due_at: first.at, fired_at: Some(ctx.now()) };
        store::case::insert_rung(tx, &reason.id, &fired).await?;
        if let Some(next) = ladder::next_step(kind, &steps, Some(first.rung), &situation.practice.settings, ctx.now()) {
            put_up(tx, reason, &next).await?;
        }
    } else {
        put_up(tx, reason, first).await?;
    }
    Ok(())
}

/// Puts up the ladder of a waiting reason that was taken over from the past. The clock stands at the instant it arose.
pub async fn take_over(tx: &mut Tx, ctx: &Context, reason: &ReasonId) -> Result<()> {
    let reason = store::case::reason(tx, reason).await?.ok_or(Error::NotFound)?;
    let case = store::case::find(tx, &reason.case_id).await?.ok_or(Error::NotFound)?;
    let situation = Situation::of(tx, &case.episode_id).await?;
    let people = situation.people(tx, &case.owner_id, ctx.now()).await?;
    begin(tx, ctx, &situation, &people, case.state, &reason).await
}

/// A ladder that begins when its reason is due moves with it, as long as nobody was called.
pub(crate) async fn follow(tx: &mut Tx, situation: &Situation, reason: &Reason) -> Result<()> {
    let settings = &situation.practice.settings;
    let begins_at = ladder::starts_at(reason.kind(), reason.raised_at, reason.due_at, settings);
    if reason.acknowledged_at.is_none() && store::case::move_first_rung(tx, &reason.id, begins_at).await? {
        let job = Job::Escalate { practice: tx.practice().clone(), reason: reason.id.clone() };
        tx.enqueue(&job, begins_at).await?;
    }
    Ok(())
}

fn ladder_of(situation: &Situation, people: &People, reason: &Reason) -> (Kind, Vec<LadderStep>) {
    let (kind, settings) = (reason.kind(), &situation.practice.settings);
    (kind, ladder::steps(kind, reason.raised_at, reason.due_at, situation.zone(), settings, people))
}

async fn put_up(tx: &mut Tx, reason: &Reason, next: &LadderStep) -> Result<()> {
    let rung = Rung { rung: next.rung, tier: next.tier, due_at: next.at, fired_at: None };
    if store::case::insert_rung(tx, &reason.id, &rung).await? {
        let job = Job::Escalate { practice: tx.practice().clone(), reason: reason.id.clone() };
        tx.enqueue(&job, next.at).await?;
    }
    Ok(())
}

/// Fires the rungs of a reason that are due, in order. Safe to run any number of times, on any number of nodes.
pub async fn run(tx: &mut Tx, ctx: &Context, reason: &ReasonId) -> Result<()> {
    let now = ctx.now();
    let Some(reason) = store::case::reason(tx, reason).await? else { return Ok(()) };
    if reason.acknowledged_at.is_some() {
        return Ok(());
    }
    let case = store::case::find(tx, &reason.case_id).await?.ok_or(Error::NotFound)?;
    let situation = Situation::of(tx, &case.episode_id).await?;
    let people = situation.people(tx, &case.owner_id, now).await?;
    let (kind, steps) = ladder_of(&situation, &people, &reason);
    let channels: &[Channel] = if reason.rule.is_risk() { &[Channel::Email, Channel::Sms] } else { &[Channel::Email] };
    // After a standstill several tiers may be overdue: each is called, in its order.
    loop {
        let rungs = store::case::rungs(tx, &reason.id).await?;
        let Some(due) = rungs.iter().find(|rung| rung.fired_at.is_none() && rung.due_at <= now) else { return Ok(()) };
        if !store::case::fire_rung(tx, &reason.id, due.rung, now).await? {
            return Ok(());
        }
        let called = steps.iter().find(|step| step.rung == due.rung).or(steps.last());
        let about = delivery::About {
            case: &case.id,
            reason: &reason.id,
            key: format!("reason:{}:rung:{}", reason.id, due.rung),
        };
        for person in called.map_or(&[][..], |step| &step.to) {
            delivery::tell_staff(tx, ctx, MessageKind::Escalation, person, &about, channels, now).await?;
            step(tx, ctx, &case.id, StepKind::Escalated, None, Some(person), None).await?;
        }
        tx.audit(
            audit::entry(ctx, &Actor::System, "case.escalate", "case", case.id.as_str())
                .with("rung", due.rung.to_string()),
        );
        if let Some(next) = ladder::next_step(kind, &steps, Some(due.rung), &situation.practice.settings, now) {
            put_up(tx, &reason, &next).await?;
        }
    }
}

/// Whom the ladders of a case would still call, and when, as long as nobody takes its reasons up: the tiers ahead of
/// each, earliest first. What repeats is named once.
pub async fn ahead(read: &mut Read, case: &Case, reasons: &[Reason], now: Instant) -> Result<Vec<LadderStep>> {
    let waits =
        |reason: &&Reason| reason.has_ladder(case.state) && reason.is_open() && reason.acknowledged_at.is_none();
    if !reasons.iter().any(|reason| waits(&reason)) {
        return Ok(Vec::new());
    }
    let situation = Situation::of(read, &case.episode_id).await?;
    let people = situation.people(read, &case.owner_id, now).await?;
    let mut all = Vec::new();
    for reason in reasons.iter().filter(waits) {
        let fired = store::case::rungs(read, &reason.id).await?;
        let taken = fired.iter().filter(|rung| rung.fired_at.is_some()).map(|rung| rung.rung).max();
        let (_, steps) = ladder_of(&situation, &people, reason);
        let further = steps.iter().filter(|step| taken.is_none_or(|taken| step.rung > taken));
        all.extend(further.filter(|step| step.at > now).cloned());
    }
    all.sort_by_key(|step| (step.at, step.rung));
    all.dedup_by(|one, other| one.at == other.at && one.to == other.to);
    Ok(all)
}
