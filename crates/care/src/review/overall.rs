//! How a client stands as a whole: the one colour of the caseload list, with its reasons.

use super::trajectory::{Quiet, below_best, deteriorated, stalled};
use crate::Instant;
use crate::case::Reason;
use crate::detection::{Act, Detection};
use crate::episode::Measure;
use crate::response::{Rule, SignalLevel};
use crate::text::text_enum;
use chrono::Duration;
use instruments::{Change, Library, Scale, alliance_flags, change};

/// A score older than this says nothing about today.
const STALE_DAYS: i64 = 21;

text_enum! {
    /// Why a client stands as they do. The text is the key of the sentence a page shows.
    Because {
        /// A risk reason is not disposed of.
        RiskOpen = "risk_open",
        /// Reliably worse than at baseline.
        ReliableDeterioration = "reliable_deterioration",
        /// Worse than the best score by the reliable-change threshold.
        WorseThanBest = "worse_than_best",
        /// No reliable improvement although at caseness at baseline and the configured session (6) has come. How it stands today: a
        /// case is a matter of the sessions at which it is judged.
        NoImprovement = "no_improvement",
        /// Session feedback fell or is low.
        AllianceDrop = "alliance_drop",
        /// Check-ins are being missed, or one was and nothing is booked.
        Silence = "silence",
        /// Functional and reliably improved.
        FunctionalAndImproved = "functional_and_improved",
        /// Fewer than two scores.
        TooFewScores = "too_few_scores",
        /// The latest score is more than 21 days old.
        Stale = "stale",
        /// Below caseness at baseline: there is little to improve.
        BelowCaseness = "below_caseness",
        /// No first score near session 1 to compare with: it came late, or the instrument is a new one in the course.
        NoBaseline = "no_baseline",
        /// None of all this.
        OnTrack = "on_track",
    }
}

impl Because {
    /// The colour this stands for.
    pub const fn level(self) -> SignalLevel {
        match self {
            Self::RiskOpen | Self::ReliableDeterioration => SignalLevel::Red,
            Self::WorseThanBest | Self::NoImprovement | Self::AllianceDrop | Self::Silence => SignalLevel::Amber,
            Self::FunctionalAndImproved => SignalLevel::Blue,
            Self::TooFewScores | Self::Stale | Self::BelowCaseness | Self::NoBaseline => SignalLevel::Grey,
            Self::OnTrack => SignalLevel::Green,
        }
    }

    /// Whether it says of itself, in words without figures, why there is no alarm: blue and grey. What is a concern is said with
    /// the scores it rests on, and green needs no reason.
    pub const fn is_said_plainly(self) -> bool {
        matches!(self.level(), SignalLevel::Blue | SignalLevel::Grey)
    }
}

/// What the overall reading is made from.
#[derive(Debug, Clone, Copy)]
pub struct OverallFacts<'a> {
    /// The episode's running summaries: those of the series that go on.
    pub measures: &'a [Measure],
    /// The reasons of its open case.
    pub open: &'a [Reason],
    /// Number of the latest session, from 1.
    pub session: i64,
    /// What is not heard of the client.
    pub quiet: Quiet,
    /// Now.
    pub now: Instant,
    /// The rules that scores are judged by. What the practice switched off says nothing here either.
    pub detection: &'a Detection,
}

/// How a client stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overall {
    /// The colour.
    pub level: SignalLevel,
    /// Everything that speaks for that colour, in the order in which it should be read. Never empty.
    pub because: Vec<Because>,
}

/// The overall reading: red before amber before blue before green; grey only if nothing else can be said.
///
/// Red and amber are looked at for everyone, whatever caseness or age of the scores. Blue needs every outcome scale that
/// was at caseness at baseline to be functional now and one to be reliably improved. Green needs one scale that can be
/// followed: a baseline, two scores, the latest at most 21 days old, at caseness at baseline. Thresholds are those of the
/// newest versions of the instruments that have the structure the scores are of.
pub fn overall_level(library: &Library, facts: &OverallFacts<'_>) -> Overall {
    let mut found = Vec::new();
    if facts.open.iter().any(|reason| reason.rule.is_risk() && reason.is_open()) {
        found.push(Because::RiskOpen);
    }
    let mut outcomes = Vec::new();
    for measure in facts.measures {
        let Some(instrument) = library.of_structure(&measure.instrument, measure.structure) else { continue };
        let scale = instrument.primary();
        if scale.id != measure.scale {
            continue;
        }
        if scale.alliance.is_some() {
            if !alliance_flags(scale, measure.previous, measure.latest).is_empty() {
                found.push(Because::AllianceDrop);
            }
        } else if scale.reliable_change.is_some() {
            found.extend(concerns(scale, measure, facts));
            outcomes.push((scale, measure));
        }
    }
    if facts.quiet.is_silence() {
        found.push(Because::Silence);
    }
    if is_ready_to_end(&outcomes) {
        found.push(Because::FunctionalAndImproved);
    }
    let unfollowed: Vec<Option<Because>> =
        outcomes.iter().map(|(scale, measure)| cannot_follow(scale, measure, facts.now)).collect();
    if outcomes.is_empty() {
        found.push(Because::TooFewScores);
    } else if unfollowed.contains(&None) {
        found.push(Because::OnTrack);
    } else {
        found.extend(unfollowed.into_iter().flatten());
    }
    let rank = |level: SignalLevel| match level {
        SignalLevel::Red => 0,
        SignalLevel::Amber => 1,
        SignalLevel::Blue => 2,
        SignalLevel::Green => 3,
        SignalLevel::Grey => 4,
    };
    let level =
        found.iter().map(|because| because.level()).min_by_key(|level| rank(*level)).unwrap_or(SignalLevel::Grey);
    let mut because: Vec<Because> = found.into_iter().filter(|because| because.level() == level).collect();
    because.sort_unstable();
    because.dedup();
    Overall { level, because }
}

fn concerns(scale: &Scale, measure: &Measure, facts: &OverallFacts<'_>) -> Vec<Because> {
    let rules = facts.detection.rules(&measure.instrument);
    let session = measure.session(facts.session);
    let worse_than = |reference: f64| deteriorated(scale, reference, measure.latest);
    [
        (Rule::ReliableDeterioration, Because::ReliableDeterioration, measure.baseline.is_some_and(worse_than)),
        (Rule::WorseThanBest, Because::WorseThanBest, below_best(scale, measure.best, measure.latest, &rules)),
        (
            Rule::NoImprovement,
            Because::NoImprovement,
            measure.baseline.is_some_and(|baseline| stalled(scale, baseline, measure.latest, session, &rules)),
        ),
    ]
    .into_iter()
    .filter_map(|(rule, because, holds)| (holds && rules.act(rule) != Act::Off).then_some(because))
    .collect()
}

fn was_case(scale: &Scale, measure: &Measure) -> bool {
    measure.baseline.is_some_and(|baseline| scale.caseness().is_some_and(|cutoff| cutoff.is_met(baseline)))
}

fn is_ready_to_end(outcomes: &[(&Scale, &Measure)]) -> bool {
    let functional =
        |scale: &Scale, measure: &Measure| scale.caseness().is_some_and(|cutoff| !cutoff.is_met(measure.latest));
    let improved = |scale: &Scale, measure: &Measure| {
        measure.baseline.is_some_and(|baseline| change(scale, baseline, measure.latest) == Some(Change::Improved))
    };
    outcomes.iter().any(|(scale, measure)| functional(scale, measure) && improved(scale, measure))
        && outcomes.iter().all(|(scale, measure)| !was_case(scale, measure) || functional(scale, measure))
}

/// Why a scale cannot be followed; none if it can.
fn cannot_follow(scale: &Scale, measure: &Measure, now: Instant) -> Option<Because> {
    if measure.n < 2 {
        Some(Because::TooFewScores)
    } else if now - measure.latest_at > Duration::days(STALE_DAYS) {
        Some(Because::Stale)
    } else if measure.baseline.is_none() {
        Some(Because::NoBaseline)
    } else if scale.caseness().is_some() && !was_case(scale, measure) {
        Some(Because::BelowCaseness)
    } else {
        None
    }
}
