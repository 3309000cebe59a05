//! Public figures to stand beside a practice's own, with their date, source and licence: data, read from a file.

use super::{Counted, PAIR, Tally};
use crate::text::text_enum;
use serde::Deserialize;

/// A published service's figures.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// Of whom.
    pub name: String,
    /// When.
    pub period: String,
    /// Where it was published.
    pub source: String,
    /// Under which licence.
    pub licence: String,
    /// Its counts, all problems together.
    pub counts: Published,
    spread: Vec<Spread>,
    effects: Vec<Effect>,
    problems: Vec<OfProblem>,
}

text_enum! {
    /// The problems that figures are published for, as the service names them.
    PublishedProblem {
        /// Depression.
        Depression = "depression",
        /// Generalised anxiety disorder.
        GeneralisedAnxiety = "generalised_anxiety",
        /// Mixed anxiety and depressive disorder.
        Mixed = "mixed",
        /// Post-traumatic stress disorder.
        PostTraumaticStress = "post_traumatic_stress",
        /// Obsessive-compulsive disorder.
        ObsessiveCompulsive = "obsessive_compulsive",
        /// Social phobias.
        SocialPhobia = "social_phobia",
        /// Panic disorder.
        Panic = "panic",
        /// Hypochondriacal disorders.
        HealthAnxiety = "health_anxiety",
        /// Specific (isolated) phobias.
        SpecificPhobia = "specific_phobia",
        /// Agoraphobia.
        Agoraphobia = "agoraphobia",
        /// Body dysmorphic disorder.
        BodyDysmorphic = "body_dysmorphic",
    }
}

/// The figures of one problem.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfProblem {
    /// Which.
    pub problem: PublishedProblem,
    /// Its counts.
    pub counts: Published,
}

/// What is published of many courses.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Courses that were finished.
    pub finished: u64,
    not_at_caseness: u64,
    recovered: u64,
    reliably_recovered: u64,
    better: u64,
    worse: u64,
    no_reliable_change: u64,
}

impl Published {
    /// A share of the courses that were finished, as it is published. Who changed and who did not do not add up to all of them:
    /// some have no last score.
    fn share(&self, what: Counted) -> Option<f64> {
        match what {
            Counted::NoReliableChange => {
                (self.finished > 0).then(|| self.no_reliable_change as f64 / self.finished as f64)
            }
            _ => self.tally().figure(what).map(|figure| figure.worst),
        }
    }

    /// The counts as a tally. In the tables whoever lacks a last score counts as no hit: the figure to compare with is
    /// [`stats::aggregate::Figure::worst`], and so nobody counts as unmeasured here.
    pub fn tally(&self) -> Tally {
        Tally {
            closed: self.finished,
            below: self.not_at_caseness,
            paired: self.finished,
            paired_cases: self.finished - self.not_at_caseness,
            recovered: self.recovered,
            reliably_recovered: self.reliably_recovered,
            better: self.better,
            worse: self.worse,
            ..Tally::default()
        }
    }
}

/// The tenth and the ninetieth percentile of its providers, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    measure: Counted,
    /// One in ten has less.
    pub p10: f64,
    /// One in ten has more.
    pub p90: f64,
}

/// Mean scores of an instrument before and after.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    instrument: String,
    /// Mean before, in points.
    pub first: f64,
    /// SD before.
    pub sd: f64,
    /// Mean after.
    pub last: f64,
    /// Which courses these are.
    pub about: String,
}

impl Benchmark {
    /// NHS Talking Therapies in England.
    pub fn nhs_talking_therapies() -> Self {
        serde_json::from_str(include_str!("../../data/nhs_talking_therapies.json"))
            .expect("the file is part of the program, and a test reads it")
    }

    /// Its figures by problem, for the lens they are about.
    pub fn problems(&self, lens: &str) -> &[OfProblem] {
        if lens == PAIR { &self.problems } else { &[] }
    }

    /// Its share, for the lens it is about: PHQ-9 and GAD-7 together.
    pub fn share(&self, lens: &str, what: Counted) -> Option<f64> {
        let is_published = !matches!(what, Counted::Response | Counted::Remission);
        (lens == PAIR && is_published).then(|| self.counts.share(what)).flatten()
    }

    /// The spread of its providers, for the lens it is about.
    pub fn spread(&self, lens: &str, what: Counted) -> Option<Spread> {
        self.spread.iter().copied().find(|spread| lens == PAIR && spread.measure == what)
    }

    /// Its effect on an instrument.
    pub fn effect(&self, instrument: &str) -> Option<&Effect> {
        self.effects.iter().find(|effect| effect.instrument == instrument)
    }
}

impl OfProblem {
    /// The figures that are published by problem.
    pub const PUBLISHED: [Counted; 5] = [
        Counted::Recovery,
        Counted::ReliableRecovery,
        Counted::Improvement,
        Counted::Deterioration,
        Counted::NoReliableChange,
    ];

    /// Its share.
    pub fn share(&self, what: Counted) -> Option<f64> {
        self.counts.share(what).filter(|_| Self::PUBLISHED.contains(&what))
    }
}

impl Effect {
    /// Mean change ÷ SD before.
    pub fn d(&self) -> f64 {
        (self.first - self.last) / self.sd
    }
}
