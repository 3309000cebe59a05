//! How a closed course of therapy ended: what its first and last score say together, seen through one lens.
//!
//! Counting many courses is `stats::aggregate`'s; keeping what is decided here is the store's. The thresholds are those of
//! the instrument's file, and for the pair of PHQ-9 and GAD-7 those of NHS Talking Therapies.

mod benchmark;
mod shown;
mod tally;

pub use benchmark::{Benchmark, Effect, OfProblem, PublishedProblem, Spread};
pub use shown::{Audience, MIN_CLOSED, MIN_MEAN, least};
pub use stats::aggregate::{Count, Figure, PairedSums};
pub use tally::{CONFIDENCE, Counted, Tally};

use crate::calendar::Step;
use crate::episode::{DischargeReason, Measure};
use crate::text::text_enum;
use crate::{EpisodeId, Instant, Language, PlacementId, SiteId, StaffId};
use chrono::{Duration, NaiveDate};
use instruments::{Change, Instrument, Library, Scale, ScaleRole, change};
use stats::reliable_change::Reliable;
use stats::talking_therapies::{Course, FirstLast, GAD_7, PHQ_9};

/// The lens of every closed course: how many there are, without any score.
pub const COURSE: &str = "course";
/// PHQ-9 and GAD-7 together, by the rules of NHS Talking Therapies.
pub const PAIR: &str = "phq-9+gad-7";
/// A score given this long after the end still belongs to the course.
pub const AFTERWARDS: Duration = Duration::days(14);

text_enum! {
    /// Change between first and last score.
    OutcomeChange {
        /// Better by more than measurement error.
        Better = "better",
        /// Within measurement error.
        None = "none",
        /// Worse by more than measurement error.
        Worse = "worse",
    }
}

text_enum! {
    /// What closed courses are sorted by.
    Dimension {
        /// Site.
        Site = "site",
        /// Programme.
        Programme = "programme",
        /// Who pays.
        Payer = "payer",
        /// Form of therapy.
        Modality = "modality",
        /// The client's language: a demographic group.
        Language = "language",
        /// What the therapy is about.
        Problem = "problem",
        /// The clinician at the end.
        Clinician = "clinician",
        /// Quarter of the year in which the course ended.
        Quarter = "quarter",
        /// Month in which it ended.
        Month = "month",
    }
}

impl Dimension {
    /// The step of the calendar that courses are sorted by; none for what they belong to.
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::Quarter => Some(Step::Quarter),
            Self::Month => Some(Step::Month),
            Self::Site
            | Self::Programme
            | Self::Payer
            | Self::Modality
            | Self::Language
            | Self::Problem
            | Self::Clinician => None,
        }
    }
}

/// What a lens says of a course.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Verdict {
    /// Baseline.
    pub first: Option<f64>,
    /// Last score after it.
    pub last: Option<f64>,
    /// Whether there is both.
    pub paired: bool,
    /// Whether the first score is at caseness.
    pub caseness: Option<bool>,
    /// Reliable change.
    pub change: Option<OutcomeChange>,
    /// From caseness to below it.
    pub recovered: Option<bool>,
    /// Response to treatment, by the instrument's rule.
    pub responded: Option<bool>,
    /// Remission, by the instrument's rule.
    pub remitted: Option<bool>,
}

/// Where a course belonged when it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belonging {
    /// Where.
    pub site_id: SiteId,
    /// In which language the client answers.
    pub language: Language,
    /// Who had it last.
    pub clinician_id: Option<StaffId>,
    /// Programme.
    pub programme_id: Option<PlacementId>,
    /// Payer.
    pub payer_id: Option<PlacementId>,
    /// Form of therapy.
    pub modality_id: Option<PlacementId>,
    /// Problem.
    pub problem_id: Option<PlacementId>,
}

/// One lens's verdict on a closed course, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Which course.
    pub episode_id: EpisodeId,
    /// An instrument's id, [`PAIR`] or [`COURSE`].
    pub lens: String,
    /// The day it ended, in the practice's zone.
    pub closed_on: NaiveDate,
    /// Why it ended.
    pub reason: DischargeReason,
    /// Sessions that took place.
    pub sessions: i64,
    /// Where it belonged.
    pub belonging: Belonging,
    /// What the lens says.
    pub verdict: Verdict,
}

/// First and last score of a scale in a course.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ends {
    /// The baseline.
    pub first: Option<f64>,
    /// The last usable score after the baseline, none later than [`AFTERWARDS`] the end.
    pub last: Option<f64>,
}

impl Ends {
    /// From the running summary; none where the latest score came too long after the end, so that the scores themselves have
    /// to be looked at.
    pub fn of(measure: &Measure, ended: Instant) -> Option<Self> {
        if measure.latest_at > ended + AFTERWARDS {
            return None;
        }
        let later = measure.baseline_at.is_some_and(|at| measure.latest_at > at);
        Some(Self { first: measure.baseline, last: later.then_some(measure.latest) })
    }
}

/// The verdict of one scale.
pub fn of_scale(scale: &Scale, ends: Ends) -> Verdict {
    let is_case = |score: f64| scale.caseness().map(|cutoff| cutoff.is_met(score));
    let caseness = ends.first.and_then(is_case);
    let (Some(first), Some(last)) = (ends.first, ends.last) else {
        return Verdict { first: ends.first, caseness, ..Verdict::default() };
    };
    Verdict {
        first: Some(first),
        last: Some(last),
        paired: true,
        caseness,
        change: change(scale, first, last).map(|found| match found {
            Change::Improved => OutcomeChange::Better,
            Change::Unchanged => OutcomeChange::None,
            Change::Deteriorated => OutcomeChange::Worse,
        }),
        recovered: is_case(last).zip(caseness).map(|(after, before)| before && !after),
        responded: scale.responded(first, last),
        remitted: scale.remitted(last),
    }
}

/// The verdict of PHQ-9 and GAD-7 together.
pub fn of_pair(depression: Ends, anxiety: Ends) -> Verdict {
    let ends = |ends: Ends| FirstLast { first: ends.first, last: ends.last };
    let judged = Course { depression: ends(depression), anxiety: ends(anxiety) }.judge(&PHQ_9, &GAD_7);
    Verdict {
        paired: judged.paired.is_some(),
        caseness: judged.caseness,
        change: judged.paired.map(|paired| match paired.change {
            Reliable::Better => OutcomeChange::Better,
            Reliable::No => OutcomeChange::None,
            Reliable::Worse => OutcomeChange::Worse,
        }),
        recovered: judged.paired.map(|paired| paired.recovered),
        ..Verdict::default()
    }
}

/// The lens of an instrument: its id, and where a version of it asks or scores otherwise than the first did, the structure
/// with it (`my-mood@3`). Scores of two structures are not of one measure, and neither are their means.
pub fn lens_of(instrument: &Instrument) -> String {
    match instrument.structure {
        1 => instrument.id.clone(),
        structure => format!("{}@{structure}", instrument.id),
    }
}

/// The version of an instrument by which a lens is read; none for a lens of none.
pub fn instrument_of<'a>(library: &'a Library, lens: &str) -> Option<&'a Instrument> {
    let (id, structure) = lens.split_once('@').unwrap_or((lens, "1"));
    library.of_structure(id, structure.parse().ok()?)
}

/// The scale by which a lens says how a course ended; none for an instrument that measures the alliance or knows neither
/// caseness nor reliable change.
pub fn scale_of<'a>(library: &'a Library, lens: &str) -> Option<&'a Scale> {
    judging(instrument_of(library, lens)?)
}

fn judging(instrument: &Instrument) -> Option<&Scale> {
    let scale = instrument.primary();
    let says = scale.caseness().is_some() || scale.reliable_change.is_some();
    (scale.alliance.is_none() && says && scale.role == ScaleRole::Total).then_some(scale)
}

/// What every lens says of a course: the instruments its protocol asks for and those that were answered, the pair where both
/// are among them, and the course as such. `ends` knows first and last score of the series that went on to the end, by a version
/// of its structure; it is judged by the newest one.
pub fn lenses(
    library: &Library,
    asked: &[String],
    ends: &dyn Fn(&Instrument) -> Option<Ends>,
) -> Vec<(String, Verdict)> {
    let mut found = vec![(COURSE.to_owned(), Verdict::default())];
    let of = |instrument: &str| {
        let answered = library.versions(instrument).rev().find_map(|version| Some((version, ends(version)?)));
        let (version, answered) =
            answered.map_or((library.current(instrument)?, None), |(one, ends)| (one, Some(ends)));
        let scale = judging(version)?;
        let applies = answered.is_some() || asked.iter().any(|one| one == instrument);
        applies.then(|| (lens_of(version), scale, answered.unwrap_or_default()))
    };
    for (lens, scale, ends) in library.ids().filter_map(of) {
        found.push((lens, of_scale(scale, ends)));
    }
    if let (Some((.., depression)), Some((.., anxiety))) = (of("phq-9"), of("gad-7")) {
        found.push((PAIR.to_owned(), of_pair(depression, anxiety)));
    }
    found
}
