//! What the plan of an episode is made from, read in one place: for the check-ins that are planned, and for the pages that
//! show what is to come and what another protocol would ask.

use crate::shelf::Shelf;
use crate::situation::Situation;
use crate::{Context, Error, Result, delivery, packet};
use care::client::{Client, age_on};
use care::packet::Packet;
use care::plan::{self, Course, Dropped, GoalQuestions, HORIZON_DAYS, Plan};
use care::protocol::{Conditions, Event, Line, Person, Protocol, ProtocolException, Rhythm, Stop, lines_for};
use care::response::Response;
use care::{EpisodeId, Instant, ProtocolId, local_time};
use chrono::{Duration, NaiveDate};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Read;

/// How many weeks the pages look ahead.
pub const WEEKS_AHEAD: i64 = 8;

/// Everything a plan of one episode is made from.
pub(crate) struct Facts {
    pub(crate) situation: Situation,
    /// The version with the lines that hold for this client.
    pub(crate) protocol: Protocol,
    pub(crate) packets: Vec<Packet>,
    answered: BTreeMap<String, Instant>,
    course: Course,
    shelf: Arc<Shelf>,
}

impl Facts {
    /// Reads what the plan under a version is made from.
    pub(crate) async fn under(read: &mut Read, ctx: &Context, situation: Situation, version: Protocol) -> Result<Self> {
        let episode = &situation.episode;
        let packets = store::packet::of_episode(read, &episode.id).await?;
        let responses = store::response::of_episode(read, &episode.id).await?;
        let exceptions = store::protocol_exception::of_episode(read, &episode.id).await?;
        let mut protocol = effective(read, ctx, &situation, version, &exceptions).await?;
        let shelf = ctx.shelf(read).await?;
        let today = local_time::day_of(ctx.now(), situation.zone());
        let clinician = packet::clinician_of(read, &situation.episode.id).await?;
        // What the practice may not use today is not asked; it is planned again when it may.
        protocol.lines.retain(|line| shelf.to_ask(&line.instrument, clinician.as_ref(), today).is_some());
        let course = course(read, &shelf, &situation, &protocol, &responses).await?;
        Ok(Self { answered: last_answered(&responses), situation, protocol, packets, course, shelf })
    }

    /// The same as the pure rules take it.
    pub(crate) fn as_plan<'a>(&'a self, ctx: &Context, horizon_days: i64) -> plan::Situation<'a> {
        plan::Situation {
            episode: &self.situation.episode,
            protocol: &self.protocol,
            appointments: &self.situation.appointments,
            packets: &self.packets,
            answered: &self.answered,
            course: &self.course,
            horizon_days,
            library: &self.shelf.library,
            settings: &self.situation.practice.settings,
            zone: self.situation.zone(),
            now: ctx.now(),
        }
    }

    /// What has to change so that the episode has the check-ins it should.
    pub(crate) fn changes(&self, ctx: &Context) -> Vec<plan::Change> {
        plan::changes(&self.as_plan(ctx, HORIZON_DAYS))
    }
}

/// The version with the lines that hold for the client. The client is read only where a line asks for it.
async fn effective(
    read: &mut Read,
    ctx: &Context,
    situation: &Situation,
    version: Protocol,
    exceptions: &[ProtocolException],
) -> Result<Protocol> {
    let is_plain = |line: &Line| line.conditions == Conditions::default();
    let client = if version.lines.iter().all(is_plain) {
        None
    } else {
        store::client::find(read, situation.client_id()).await?
    };
    let today = local_time::day_of(ctx.now(), situation.zone());
    let person = person_of(client.as_ref(), situation, today);
    let lines = lines_for(&version, exceptions, &person, today);
    Ok(Protocol { lines, ..version })
}

fn person_of(client: Option<&Client>, situation: &Situation, today: NaiveDate) -> Person {
    let birth = client.and_then(|client| client.birth_date.as_ref()).map(|day| *day.expose());
    Person {
        age: birth.and_then(|birth| age_on(birth, today)),
        language: client.map_or(situation.practice.language, |client| client.language),
        site: situation.episode.site_id.clone(),
    }
}

async fn course(
    read: &mut Read,
    shelf: &Shelf,
    situation: &Situation,
    protocol: &Protocol,
    responses: &[Response],
) -> Result<Course> {
    let mut course = Course::default();
    for response in responses.iter().filter(|one| one.kind == care::response::ResponseKind::Original) {
        for (instrument, _) in response.answers.iter().filter(|(_, answers)| !answers.is_empty()) {
            *course.times.entry(instrument.clone()).or_default() += 1;
        }
    }
    if protocol.lines.iter().any(|line| line.stop == Some(Stop::AtRemission)) {
        for measure in store::response::measures(read, &situation.episode.id).await? {
            let scale = shelf
                .library
                .of_structure(&measure.instrument, measure.structure)
                .and_then(|one| one.scales.iter().find(|scale| scale.id == measure.scale));
            if scale.and_then(|scale| scale.remitted(measure.latest)) == Some(true) {
                course.in_remission.insert(measure.instrument);
            }
        }
    }
    if protocol.lines.iter().any(|line| line.rhythm == Rhythm::On(Event::CaseOpened)) {
        let cases = store::case::of_client(read, situation.client_id()).await?;
        course.cases = cases
            .into_iter()
            .filter(|case| case.episode_id == situation.episode.id)
            .map(|case| (case.id, case.opened_at))
            .collect();
    }
    // Only a budget counts them.
    if protocol.budget.is_some() {
        course.goals = goals(read, &situation.episode.id).await?;
    }
    Ok(course)
}

async fn goals(read: &mut Read, episode: &EpisodeId) -> Result<GoalQuestions> {
    let (now, begun) = store::goal::asked::counts(read, episode).await?;
    Ok(GoalQuestions { now, begun })
}

/// When each instrument was last answered: one that was left wholly blank is asked again.
fn last_answered(responses: &[Response]) -> BTreeMap<String, Instant> {
    let mut answered = BTreeMap::new();
    for response in responses {
        for (instrument, _) in response.answers.iter().filter(|(_, answers)| !answers.is_empty()) {
            let latest = answered.entry(instrument.clone()).or_insert(response.submitted_at);
            *latest = (*latest).max(response.submitted_at);
        }
    }
    answered
}

/// What an episode will be asked in the weeks to come, and what the budget leaves out.
pub async fn ahead(read: &mut Read, ctx: &Context, episode: &EpisodeId) -> Result<Plan> {
    let situation = Situation::of(read, episode).await?;
    let version = store::protocol::find(read, &situation.episode.protocol_id).await?.ok_or(Error::NotFound)?;
    let mut facts = Facts::under(read, ctx, situation, version).await?;
    // Who looks ahead wants to know of them without a budget too.
    facts.course.goals = goals(read, episode).await?;
    Ok(plan::to_come(&facts.as_plan(ctx, WEEKS_AHEAD * 7)))
}

/// What a practice will ask in the weeks to come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Open episodes looked at.
    pub episodes: usize,
    /// Check-ins, by week from now.
    pub check_ins: Vec<u32>,
    /// How often each instrument is asked, by week from now.
    pub instruments: BTreeMap<String, Vec<u32>>,
    /// How often something is left out by the budget, by week from now.
    pub dropped: Vec<u32>,
    /// Check-ins that one channel or another can carry; the rest has nobody to go to.
    pub reachable: u32,
}

/// The outlook of all open episodes; with a draft, of those under a version of its name as if they were under the draft
/// already.
pub async fn outlook(read: &mut Read, ctx: &Context, draft: Option<&Protocol>) -> Result<Outlook> {
    let versions: BTreeMap<ProtocolId, Protocol> =
        store::protocol::list(read).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let weeks = usize::try_from(WEEKS_AHEAD).unwrap_or(8);
    let mut outlook = Outlook { check_ins: vec![0; weeks], dropped: vec![0; weeks], ..Outlook::default() };
    let now = ctx.now();
    for version in versions.values() {
        for episode in store::protocol::open_episodes(read, &version.id).await? {
            let situation = Situation::of(read, &episode).await?;
            let governs = draft.filter(|draft| draft.name == version.name).unwrap_or(version);
            let reached = match store::client::find(read, situation.client_id()).await? {
                Some(client) => delivery::is_reachable(read, &client).await?,
                None => false,
            };
            let facts = Facts::under(read, ctx, situation, governs.clone()).await?;
            let plan = plan::to_come(&facts.as_plan(ctx, WEEKS_AHEAD * 7));
            outlook.episodes += 1;
            outlook.note(&plan, now, reached);
        }
    }
    Ok(outlook)
}

impl Outlook {
    fn note(&mut self, plan: &Plan, now: Instant, reached: bool) {
        for one in &plan.wanted {
            let Some(week) = self.week(one.send_at, now) else { continue };
            self.check_ins[week] += 1;
            self.reachable += u32::from(reached);
            for asked in &one.asked {
                let weeks = self.check_ins.len();
                self.instruments.entry(asked.id.clone()).or_insert_with(|| vec![0; weeks])[week] += 1;
            }
        }
        for Dropped { at, .. } in &plan.dropped {
            if let Some(week) = self.week(*at, now) {
                self.dropped[week] += 1;
            }
        }
    }

    /// The week from now in which an instant lies; what is overdue goes now.
    fn week(&self, at: Instant, now: Instant) -> Option<usize> {
        let weeks = (at - now).max(Duration::zero()).num_weeks();
        usize::try_from(weeks).ok().filter(|week| *week < self.check_ins.len())
    }
}

#[cfg(test)]
mod tests {
    use super::age_on;
    use chrono::NaiveDate;

    #[test]
    fn age_changes_on_the_birthday() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let born = day(2008, 2, 29);
        assert_eq!(age_on(born, day(2026, 2, 28)), Some(17));
        assert_eq!(age_on(born, day(2026, 3, 1)), Some(18));
        assert_eq!(age_on(day(2030, 1, 1), day(2026, 1, 1)), None);
    }
}
