//! How episodes stand: what the caseload, *Today* and the supervisor's page say about a client in one line. Read for many
//! episodes in a handful of statements.

use super::words::{gravest_first, standing_reasons};
use crate::error::Result;
use care::appointment::Appointment;
use care::case::{Case, Reason};
use care::client::person_at;
use care::episode::Measure;
use care::response::{Ahead, SignalLevel};
use care::review::{Because, Overall, OverallFacts, Quiet, overall_level};
use care::{EpisodeId, Instant, Language};
use instruments::{Context as Person, Instrument};
use std::collections::HashMap;
use store::Read;
use templates::staff::ReasonText;
use workflows::shelf::Shelf;

/// How one episode stands.
pub(super) struct Standing {
    /// What is known of the client for instruments whose cut-offs hold for some ages or for one sex: as of the last score.
    pub person: Person,
    /// Its running summaries.
    pub measures: Vec<Measure>,
    /// Its open case with the reasons, the gravest first.
    pub case: Option<(Case, Vec<Reason>)>,
    /// Sessions so far.
    pub sessions: i64,
    /// What is not heard of the client.
    pub quiet: Quiet,
    /// The next session.
    pub next: Option<Appointment>,
    /// The overall reading.
    pub overall: Overall,
    /// What it rests on, in words.
    pub reasons: Vec<ReasonText>,
}

impl Standing {
    /// Why there is no alarm, where there is none and it needs a word.
    pub(super) fn because(&self) -> Vec<Because> {
        self.overall.because.iter().copied().filter(|one| one.is_said_plainly()).collect()
    }

    /// When a check-in was last completed with a score.
    pub(super) fn completed_at(&self) -> Option<Instant> {
        self.measures.iter().map(|measure| measure.latest_at).max()
    }
}

/// The order of attention: red, amber, then what is ready to end, on track, and what says nothing.
pub(super) const fn rank(level: SignalLevel) -> u8 {
    match level {
        SignalLevel::Red => 0,
        SignalLevel::Amber => 1,
        SignalLevel::Blue => 2,
        SignalLevel::Green => 3,
        SignalLevel::Grey => 4,
    }
}

/// How these open episodes stand now.
pub(super) async fn of_episodes(
    read: &mut Read,
    shelf: &Shelf,
    language: Language,
    now: Instant,
    episodes: &[EpisodeId],
) -> Result<HashMap<EpisodeId, Standing>> {
    let library = &shelf.library;
    let mut measures: HashMap<EpisodeId, Vec<Measure>> = HashMap::new();
    for measure in store::response::measures_of(read, episodes).await? {
        measures.entry(measure.episode_id.clone()).or_default().push(measure);
    }
    let by_age = |measure: &Measure| library.current(&measure.instrument).is_some_and(Instrument::depends_on_person);
    let aged: Vec<EpisodeId> =
        measures.iter().filter(|(_, own)| own.iter().any(by_age)).map(|(id, _)| id.clone()).collect();
    let persons: HashMap<EpisodeId, _> = store::client::persons_of_episodes(read, &aged).await?.into_iter().collect();
    let mut cases: HashMap<EpisodeId, (Case, Vec<Reason>)> = HashMap::new();
    for case in store::case::open_of_episodes(read, episodes).await? {
        cases.insert(case.episode_id.clone(), (case, Vec::new()));
    }
    let ids: Vec<_> = cases.values().map(|(case, _)| case.id.clone()).collect();
    for reason in store::case::reasons_of(read, &ids).await? {
        if let Some((_, reasons)) = cases.values_mut().find(|(case, _)| case.id == reason.case_id) {
            reasons.push(reason);
        }
    }
    let sessions: HashMap<EpisodeId, i64> =
        store::appointment::sessions_of(read, episodes, now).await?.into_iter().collect();
    let missed: HashMap<EpisodeId, i64> = store::packet::missed_running_of(read, episodes).await?.into_iter().collect();
    let mut next: HashMap<EpisodeId, Appointment> = store::appointment::next_of(read, episodes, now)
        .await?
        .into_iter()
        .map(|appointment| (appointment.episode_id.clone(), appointment))
        .collect();
    let unbooked: Vec<EpisodeId> = missed.keys().filter(|id| !next.contains_key(id)).cloned().collect();
    let on_break = store::outreach::on_break(read, &unbooked).await?;
    let standing = |id: &EpisodeId| {
        let measures = measures.remove(id).unwrap_or_default();
        let mut case = cases.remove(id);
        if let Some((_, reasons)) = &mut case {
            gravest_first(reasons);
        }
        let open = case.as_ref().map(|(_, reasons)| reasons.as_slice()).unwrap_or_default();
        let sessions = sessions.get(id).copied().unwrap_or(0);
        let ahead = if on_break.contains(id) { Ahead::Break } else { Ahead::of(next.contains_key(id), sessions) };
        let quiet = Quiet { missed_running: missed.get(id).copied().unwrap_or(0), ahead };
        let facts = OverallFacts {
            measures: &measures,
            open,
            session: sessions.max(1),
            quiet,
            now,
            detection: &shelf.detection,
        };
        let latest = measures.iter().map(|measure| measure.latest_at).max().unwrap_or(now);
        let known = persons.get(id);
        let person = person_at(known.and_then(|one| one.born.as_ref()), known.and_then(|one| one.sex), latest);
        let library = &*library.for_person(&person);
        let overall = overall_level(library, &facts);
        let reasons = standing_reasons(library, language, &overall.because, &measures, open, sessions.max(1), quiet);
        (id.clone(), Standing { person, measures, case, sessions, quiet, next: next.remove(id), overall, reasons })
    };
    Ok(episodes.iter().map(standing).collect())
}
