//! What the plans of some courses of therapy are made from: read with one statement for each kind of row, however many courses
//! they are.

use super::others::{Others, OthersAhead};
use crate::shelf::Shelf;
use crate::situation::Situation;
use crate::{Context, Error, Result};
use care::client::{Client, ConsentState, Purpose, age_on};
use care::message::Channel;
use care::packet::Packet;
use care::plan::{self, Course, GoalQuestions, HORIZON_DAYS, Plan};
use care::protocol::{
    Conditions, Event, Exception, Line, Person, Protocol, ProtocolException, Rhythm, Stop, lines_for,
};
use care::rater::{Collateral, RaterForm, RaterRequest};
use care::response::{Response, ResponseKind};
use care::{ClientId, EpisodeId, Instant, PlacementId, ProtocolId, StaffId, local_time};
use chrono::NaiveDate;
use instruments::Rater;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;
use store::Read;

/// Everything a plan of one episode is made from.
pub(crate) struct Facts {
    pub(crate) situation: Situation,
    /// The version with the lines that hold for this client and that the client answers.
    pub(crate) protocol: Protocol,
    pub(crate) packets: Vec<Packet>,
    pub(super) course: Course,
    pub(super) others: Others,
    answered: BTreeMap<String, Instant>,
    pub(super) shelf: Arc<Shelf>,
}

impl Facts {
    /// Reads what the plans under the versions are made from that govern these courses.
    pub(crate) async fn of(read: &mut Read, ctx: &Context, situations: Vec<Situation>) -> Result<Vec<Self>> {
        let mut ids: Vec<ProtocolId> = situations.iter().map(|one| one.episode.protocol_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        let versions = store::protocol::by_ids(read, &ids).await?;
        let mut governed = Vec::with_capacity(situations.len());
        for situation in situations {
            let version = versions.iter().find(|version| version.id == situation.episode.protocol_id);
            governed.push((situation, version.cloned().ok_or(Error::NotFound)?));
        }
        Self::under(read, ctx, governed).await
    }

    /// The same under versions that are named.
    pub(crate) async fn under(
        read: &mut Read,
        ctx: &Context,
        governed: Vec<(Situation, Protocol)>,
    ) -> Result<Vec<Self>> {
        let mut rows = Rows::read(read, ctx, &governed).await?;
        let mut facts: Vec<(Self, Vec<Response>)> =
            governed.into_iter().map(|(situation, version)| rows.facts(ctx, situation, version)).collect();
        courses(read, &mut facts).await?;
        Ok(facts.into_iter().map(|(facts, _)| facts).collect())
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
            before_session_hours: self.situation.site.hours_before_session(&self.situation.practice.settings),
            zone: self.situation.zone(),
            now: ctx.now(),
        }
    }

    /// What has to change so that the episode has the check-ins it should.
    pub(crate) fn changes(&self, ctx: &Context) -> Vec<plan::Change> {
        plan::changes(&self.as_plan(ctx, HORIZON_DAYS))
    }

    /// Takes for answered what is asked until another protocol takes its place: what comes every few weeks is counted on from
    /// there.
    pub(super) fn suppose_asked(&mut self, plan: &Plan, others: &OthersAhead) {
        for one in &plan.wanted {
            for asked in &one.asked {
                let latest = self.answered.entry(asked.id.clone()).or_insert(one.send_at);
                *latest = (*latest).max(one.send_at);
                *self.course.times.entry(asked.id.clone()).or_default() += 1;
            }
        }
        let asked = others.wanted.iter().map(|(by, instrument, one)| (by.clone(), instrument.clone(), one.send_at));
        self.others.supposed.extend(asked);
    }

    fn id(&self) -> &EpisodeId {
        &self.situation.episode.id
    }
}

/// The rows that every plan needs, by whose they are.
struct Rows {
    packets: HashMap<EpisodeId, Vec<Packet>>,
    responses: HashMap<EpisodeId, Vec<Response>>,
    exceptions: HashMap<EpisodeId, Vec<ProtocolException>>,
    clinicians: HashMap<EpisodeId, StaffId>,
    /// Only of courses whose protocol asks who the client is.
    clients: HashMap<ClientId, Client>,
    /// Programme and problem; only of courses whose protocol asks for them.
    placements: HashMap<EpisodeId, (Option<PlacementId>, Option<PlacementId>)>,
    /// The channels on which clients agreed to check-ins; only where a protocol asks for them.
    consented: HashMap<ClientId, Vec<Channel>>,
    /// Of whoever else is asked; people and answers only of courses in which others are asked.
    people: HashMap<ClientId, Vec<Collateral>>,
    forms: HashMap<EpisodeId, Vec<RaterForm>>,
    requests: HashMap<EpisodeId, Vec<RaterRequest>>,
    shelf: Arc<Shelf>,
}

impl Rows {
    async fn read(read: &mut Read, ctx: &Context, governed: &[(Situation, Protocol)]) -> Result<Self> {
        let ids: Vec<EpisodeId> = governed.iter().map(|(situation, _)| situation.episode.id.clone()).collect();
        let under = |asks: fn(&Conditions) -> bool| {
            governed.iter().filter(move |(_, version)| version.lines.iter().any(|line| asks(&line.conditions)))
        };
        let clients_under = |asks: fn(&Conditions) -> bool| -> Vec<ClientId> {
            under(asks).map(|(situation, _)| situation.client_id().clone()).collect()
        };
        let asked_about = clients_under(|conditions| *conditions != Conditions::default());
        let asked_consent = clients_under(|conditions| !conditions.consented.is_empty());
        let placed: Vec<EpisodeId> =
            under(|conditions| !(conditions.programmes.is_empty() && conditions.problems.is_empty()))
                .map(|(situation, _)| situation.episode.id.clone())
                .collect();
        let exceptions = by(store::protocol_exception::of_episodes(read, &ids).await?, |one: &ProtocolException| {
            one.episode_id.clone()
        });
        let is_for_others = |line: &Line| line.rater != Rater::Client;
        let adds_for_others = |episode: &EpisodeId| {
            let added = exceptions.get(episode).into_iter().flatten();
            added.map(|one| &one.what).any(|what| matches!(what, Exception::Add { line } if is_for_others(line)))
        };
        let (of_others, about): (Vec<EpisodeId>, Vec<ClientId>) = governed
            .iter()
            .filter(|(situation, version)| {
                version.lines.iter().any(is_for_others) || adds_for_others(&situation.episode.id)
            })
            .map(|(situation, _)| (situation.episode.id.clone(), situation.client_id().clone()))
            .unzip();
        Ok(Self {
            packets: by(store::packet::of_episodes(read, &ids).await?, |one| one.episode_id.clone()),
            responses: by(store::response::of_episodes(read, &ids).await?, |one| one.episode_id.clone()),
            exceptions,
            shelf: ctx.shelf(read).await?,
            clinicians: store::assignment::current_of(read, &ids)
                .await?
                .into_iter()
                .map(|one| (one.episode_id, one.clinician_id))
                .collect(),
            clients: store::client::by_ids(read, &asked_about)
                .await?
                .into_iter()
                .map(|client| (client.id.clone(), client))
                .collect(),
            placements: placements(read, &placed).await?,
            consented: consented(read, &asked_consent).await?,
            people: if of_others.is_empty() {
                HashMap::new()
            } else {
                by(store::rater::people_of(read, &about).await?, |one| one.client_id.clone())
            },
            forms: if of_others.is_empty() {
                HashMap::new()
            } else {
                by(store::rater::of_episodes(read, &of_others).await?, |one| one.episode_id.clone())
            },
            requests: by(store::rater::requests_of(read, &ids).await?, |one| one.episode_id.clone()),
        })
    }

    /// What is known of one course but for what only some protocols ask, and its responses.
    fn facts(&mut self, ctx: &Context, situation: Situation, version: Protocol) -> (Facts, Vec<Response>) {
        let id = situation.episode.id.clone();
        let today = local_time::day_of(ctx.now(), situation.zone());
        let person = self.person(&situation, today);
        let exceptions = self.exceptions.remove(&id).unwrap_or_default();
        let lines = lines_for(&version, &exceptions, &person, today);
        let (lines, of_others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.rater == Rater::Client);
        let mut protocol = Protocol { lines, ..version };
        // What the practice may not use today is not asked; it is planned again when it may.
        let clinician = self.clinicians.get(&id);
        let others = Others {
            lines: of_others,
            people: self.people.get(situation.client_id()).cloned().unwrap_or_default(),
            forms: self.forms.remove(&id).unwrap_or_default(),
            requests: self.requests.remove(&id).unwrap_or_default(),
            clinician: clinician.cloned(),
            supposed: Vec::new(),
        };
        protocol.lines.retain(|line| self.shelf.to_ask(&line.instrument, clinician, today).is_some());
        let responses = self.responses.remove(&id).unwrap_or_default();
        let facts = Facts {
            answered: last_answered(&responses),
            packets: self.packets.remove(&id).unwrap_or_default(),
            course: Course::default(),
            others,
            situation,
            protocol,
            shelf: self.shelf.clone(),
        };
        (facts, responses)
    }

    /// What the conditions of a course's protocol are held against.
    fn person(&self, situation: &Situation, today: NaiveDate) -> Person {
        let client = self.clients.get(situation.client_id());
        let birth = client.and_then(|client| client.birth_date.as_ref()).map(|day| *day.expose());
        let (programme, problem) = self.placements.get(&situation.episode.id).cloned().unwrap_or_default();
        Person {
            age: birth.and_then(|birth| age_on(birth, today)),
            language: client.map_or(situation.practice.language, |client| client.language),
            site: situation.episode.site_id.clone(),
            programme,
            problem,
            consented: self.consented.get(situation.client_id()).cloned().unwrap_or_default(),
        }
    }
}

async fn placements(
    read: &mut Read,
    episodes: &[EpisodeId],
) -> Result<HashMap<EpisodeId, (Option<PlacementId>, Option<PlacementId>)>> {
    if episodes.is_empty() {
        return Ok(HashMap::new());
    }
    let found = store::placement::of_episodes(read, episodes).await?;
    Ok(found.into_iter().map(|(episode, programme, problem)| (episode, (programme, problem))).collect())
}

async fn consented(read: &mut Read, clients: &[ClientId]) -> Result<HashMap<ClientId, Vec<Channel>>> {
    if clients.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found: HashMap<ClientId, Vec<Channel>> = HashMap::new();
    for one in store::consent::current_of(read, clients).await? {
        if one.purpose == Purpose::CheckIn && one.state == ConsentState::Given {
            found.entry(one.client_id).or_default().push(one.channel);
        }
    }
    Ok(found)
}

/// Reads what else a plan depends on, of the courses whose protocol's lines ask for it.
async fn courses(read: &mut Read, facts: &mut [(Facts, Vec<Response>)]) -> Result<()> {
    let those = |asks: fn(&Protocol) -> bool| -> Vec<EpisodeId> {
        facts.iter().filter(|(one, _)| asks(&one.protocol)).map(|(one, _)| one.id().clone()).collect()
    };
    let to_remission = those(|protocol| protocol.lines.iter().any(|line| line.stop == Some(Stop::AtRemission)));
    let on_cases: Vec<EpisodeId> = facts
        .iter()
        .filter(|(one, _)| {
            let mut lines = one.protocol.lines.iter().chain(&one.others.lines);
            lines.any(|line| line.rhythm == Rhythm::On(Event::CaseOpened))
        })
        .map(|(one, _)| one.id().clone())
        .collect();
    // Only a budget counts them.
    let budgeted = those(|protocol| protocol.budget.is_some());
    let mut measures = HashMap::new();
    if !to_remission.is_empty() {
        measures = by(store::response::measures_of(read, &to_remission).await?, |one| one.episode_id.clone());
    }
    let mut cases = HashMap::new();
    if !on_cases.is_empty() {
        cases = by(store::case::of_episodes(read, &on_cases).await?, |one| one.episode_id.clone());
    }
    let mut goals = if budgeted.is_empty() { BTreeMap::new() } else { goals(read, &budgeted).await? };
    for (one, responses) in facts {
        let id = one.id().clone();
        let mut course = Course { goals: goals.remove(&id).unwrap_or_default(), ..Course::default() };
        for response in responses.iter().filter(|one| one.kind == ResponseKind::Original) {
            for (instrument, _) in response.answers.iter().filter(|(_, answers)| !answers.is_empty()) {
                *course.times.entry(instrument.clone()).or_default() += 1;
            }
        }
        for measure in measures.remove(&id).unwrap_or_default() {
            let scale = one
                .shelf
                .library
                .of_structure(&measure.instrument, measure.structure)
                .and_then(|instrument| instrument.scales.iter().find(|scale| scale.id == measure.scale));
            if scale.and_then(|scale| scale.remitted(measure.latest)) == Some(true) {
                course.in_remission.insert(measure.instrument);
            }
        }
        let opened = cases.remove(&id).unwrap_or_default();
        course.cases = opened.into_iter().map(|case| (case.id, case.opened_at)).collect();
        one.course = course;
    }
    Ok(())
}

/// What check-ins of these courses ask about goals.
pub(super) async fn goals(read: &mut Read, episodes: &[EpisodeId]) -> Result<BTreeMap<EpisodeId, GoalQuestions>> {
    let counts = store::goal::asked::counts(read, episodes).await?;
    Ok(counts.into_iter().map(|(episode, (now, begun))| (episode, GoalQuestions { now, begun })).collect())
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

/// Rows by whose they are, in the order in which they came.
pub(crate) fn by<K: Eq + Hash, T>(rows: Vec<T>, whose: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    let mut found: HashMap<K, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(whose(&row)).or_default().push(row);
    }
    found
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
