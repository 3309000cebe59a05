//! What a protocol asks of others: planned by the rules of check-ins, one person and one questionnaire at a time. Nothing is sent; who
//! rates or hands out sees in time that it is due.

use super::Facts;
use crate::{Context, Result, rater};
use care::packet::Asked;
use care::plan::{self, Change, Course, Desired};
use care::protocol::{Line, Protocol};
use care::rater::{By, Collateral, RaterForm, RaterRequest, RequestState, is_meant, may_ask};
use care::{Instant, Language, PacketId, RaterRequestId, StaffId, local_time};
use instruments::{Instrument, Rater};
use std::collections::BTreeMap;
use store::Tx;

/// What a course's plan for others is made from.
#[derive(Default)]
pub(super) struct Others {
    /// The protocol's lines that somebody else answers.
    pub(super) lines: Vec<Line>,
    /// The people close to the client.
    pub(super) people: Vec<Collateral>,
    /// What was answered.
    pub(super) forms: Vec<RaterForm>,
    /// What was asked.
    pub(super) requests: Vec<RaterRequest>,
    /// Who rates as the clinician.
    pub(super) clinician: Option<StaffId>,
    /// What is taken for answered by whom and when, where a look ahead goes on under another protocol.
    pub(super) supposed: Vec<(By, String, Instant)>,
}

/// Why a line that others answer asks nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// The course has no clinician.
    NoClinician,
    /// Nobody of the kind was agreed to.
    NobodyAgreed,
    /// Whoever was agreed to reads none of its languages.
    Language,
    /// The instrument may not be used now.
    Instrument,
}

impl NotAsked {
    /// A stable name, for the words of a page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoClinician => "no_clinician",
            Self::NobodyAgreed => "nobody_agreed",
            Self::Language => "language",
            Self::Instrument => "instrument",
        }
    }
}

/// One person and one questionnaire.
struct Series<'a> {
    by: By,
    instrument: &'a Instrument,
    lines: Vec<Line>,
}

/// What one course asks of others in the weeks to come.
#[derive(Debug, Clone, Default)]
pub struct OthersAhead {
    /// Who, what and when, by time.
    pub wanted: Vec<(By, String, Desired)>,
    /// The lines that ask nobody.
    pub not_asked: Vec<(Line, NotAsked)>,
}

/// A change of what is asked of somebody.
pub(super) struct OtherChange {
    by: By,
    instrument: String,
    change: Change,
}

fn request_id(packet: &PacketId) -> RaterRequestId {
    RaterRequestId::from_text(packet.as_str())
}

impl Facts {
    /// Whom the lines ask, and those that ask nobody.
    fn series(&self, ctx: &Context) -> (Vec<Series<'_>>, Vec<(Line, NotAsked)>) {
        let others = &self.others;
        let today = local_time::day_of(ctx.now(), self.situation.zone());
        let mut series: Vec<Series<'_>> = Vec::new();
        let mut not_asked = Vec::new();
        for line in &others.lines {
            let usable = |one: &&Instrument| {
                may_ask(one, line.rater) && self.shelf.is_usable(&one.id, others.clinician.as_ref(), today)
            };
            let Some(instrument) = self.shelf.current(&line.instrument).filter(usable) else {
                not_asked.push((line.clone(), NotAsked::Instrument));
                continue;
            };
            let mut whom: Vec<(By, Language)> = match line.rater {
                Rater::Clinician => {
                    let language = self.situation.practice.language;
                    others.clinician.iter().map(|_| (By::Clinician, language)).collect()
                }
                rater => others
                    .people
                    .iter()
                    .filter(|person| person.ended_at.is_none() && is_meant(instrument, rater, person.relation))
                    .map(|person| (By::Collateral(person.id.clone()), person.language))
                    .collect(),
            };
            if whom.is_empty() {
                let is_clinician = line.rater == Rater::Clinician;
                let why = if is_clinician { NotAsked::NoClinician } else { NotAsked::NobodyAgreed };
                not_asked.push((line.clone(), why));
                continue;
            }
            whom.retain(|(_, language)| self.shelf.may_show(instrument, *language));
            if whom.is_empty() {
                not_asked.push((line.clone(), NotAsked::Language));
            }
            for (by, _) in whom {
                match series.iter_mut().find(|one| one.by == by && one.instrument.id == instrument.id) {
                    Some(one) => one.lines.push(line.clone()),
                    None => series.push(Series { by, instrument, lines: vec![line.clone()] }),
                }
            }
        }
        (series, not_asked)
    }

    /// What the rules of check-ins say of one series.
    fn planned<T>(
        &self,
        ctx: &Context,
        series: &Series<'_>,
        horizon_days: i64,
        rule: impl FnOnce(&plan::Situation<'_>) -> T,
    ) -> T {
        let id = &series.instrument.id;
        let asked = Asked { id: id.clone(), version: series.instrument.version.clone() };
        let own = |request: &&RaterRequest| request.by == series.by && request.instrument == *id;
        let forms = self.others.forms.iter().map(|form| (&form.by, form.instrument.as_str(), form.rated_at));
        let supposed = self.others.supposed.iter().map(|(by, instrument, at)| (by, instrument.as_str(), *at));
        let given: Vec<Instant> = forms
            .chain(supposed)
            .filter(|(by, instrument, _)| **by == series.by && instrument == id)
            .map(|(_, _, at)| at)
            .collect();
        let packets: Vec<_> =
            self.others.requests.iter().filter(own).map(|one| one.as_packet(&asked, ctx.now())).collect();
        let answered: BTreeMap<_, _> = given.iter().max().map(|at| (id.clone(), *at)).into_iter().collect();
        let times = BTreeMap::from([(id.clone(), u32::try_from(given.len()).unwrap_or(u32::MAX))]);
        let course = Course { times, cases: self.course.cases.clone(), ..Course::default() };
        let protocol = Protocol { lines: series.lines.clone(), budget: None, ..self.protocol.clone() };
        rule(&plan::Situation {
            protocol: &protocol,
            packets: &packets,
            answered: &answered,
            course: &course,
            ..self.as_plan(ctx, horizon_days)
        })
    }

    /// What has to change so that others are asked what they should be.
    pub(super) fn changes_of_others(&self, ctx: &Context) -> Vec<OtherChange> {
        let (series, _) = self.series(ctx);
        let now = ctx.now();
        let is_of =
            |request: &RaterRequest, one: &Series<'_>| one.by == request.by && one.instrument.id == request.instrument;
        let mut changes: Vec<OtherChange> = self
            .others
            .requests
            .iter()
            .filter(|request| request.state == RequestState::Planned && request.ends_at > now)
            .filter(|request| !series.iter().any(|one| is_of(request, one)))
            .map(|request| OtherChange {
                by: request.by.clone(),
                instrument: request.instrument.clone(),
                change: Change::Withdraw {
                    packet: PacketId::from_text(request.id.as_str()),
                    reason: plan::WithdrawReason::NotNeeded,
                },
            })
            .collect();
        for one in &series {
            let found = self.planned(ctx, one, plan::HORIZON_DAYS, plan::changes);
            changes.extend(found.into_iter().map(|change| OtherChange {
                by: one.by.clone(),
                instrument: one.instrument.id.clone(),
                change,
            }));
        }
        changes
    }

    /// What others will be asked in the weeks to come.
    pub(super) fn others_to_come(&self, ctx: &Context, horizon_days: i64) -> OthersAhead {
        let (series, not_asked) = self.series(ctx);
        let mut wanted = Vec::new();
        for one in &series {
            let plan = self.planned(ctx, one, horizon_days, plan::to_come);
            wanted.extend(plan.wanted.into_iter().map(|at| (one.by.clone(), one.instrument.id.clone(), at)));
        }
        wanted.sort_by_key(|(_, _, one)| one.send_at);
        OthersAhead { wanted, not_asked }
    }
}

/// Brings what is asked of others in line with the protocols. Doing it again changes nothing.
pub(super) async fn settle(tx: &mut Tx, ctx: &Context, facts: &[Facts]) -> Result<()> {
    for one in facts {
        for OtherChange { by, instrument, change } in one.changes_of_others(ctx) {
            match change {
                Change::Create(desired) => {
                    let request = RaterRequest {
                        id: ctx.id(RaterRequestId::new),
                        client_id: one.situation.client_id().clone(),
                        episode_id: one.situation.episode.id.clone(),
                        by,
                        instrument,
                        slot: desired.slot,
                        occasion: desired.occasion,
                        appointment_id: desired.appointment_id,
                        state: RequestState::Planned,
                        due_at: desired.send_at,
                        ends_at: desired.send_at + rater::LINK_LASTS,
                    };
                    store::rater::ask(tx, &request).await?;
                }
                Change::Move { packet, to } => {
                    let ends_at = to.send_at + rater::LINK_LASTS;
                    store::rater::reschedule(tx, &request_id(&packet), to.send_at, ends_at).await?;
                }
                Change::Withdraw { packet, .. } => {
                    store::rater::withdraw(tx, &request_id(&packet)).await?;
                }
            }
        }
    }
    Ok(())
}
