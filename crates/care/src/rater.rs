//! What others say about a client: a parent, a partner, the clinician. Who they are, and how their answers are named.
//!
//! Two people who answer the same questionnaire about a third do not measure the same thing: they agree little (mean r
//! 0.22 between young people and others; Achenbach, `McConaughy` and Howell, Psychol Bull 1987;101:213-32). So nothing of
//! this ever enters the client's baseline, running sums, signals or outcomes, whoever the questionnaire was made for. Danger
//! is the exception: what somebody says about it is acted on like the client's own answer.

use crate::text::text_enum;
use crate::{ClientId, CollateralId, EpisodeId, Instant, Language, Phi, RaterFormId, StaffId};
use instruments::{Answers, Instrument, Rater};

text_enum! {
    /// What somebody is to the client.
    Relation {
        /// A parent, or who stands in for one.
        Parent = "parent",
        /// Husband, wife, partner.
        Partner = "partner",
        /// Another relative.
        Relative = "relative",
        /// Somebody who looks after the client.
        Caregiver = "caregiver",
        /// A teacher.
        Teacher = "teacher",
        /// Somebody else.
        Other = "other",
    }
}

impl Relation {
    /// As what an instrument's file may mean this person: everybody close is its `caregiver`, and it may mean parents or
    /// partners alone.
    ///
    /// ```
    /// use care::rater::Relation;
    /// use instruments::Rater;
    /// assert_eq!(Relation::Parent.raters(), [Rater::Caregiver, Rater::Parent]);
    /// assert_eq!(Relation::Teacher.raters(), [Rater::Caregiver]);
    /// ```
    pub const fn raters(self) -> &'static [Rater] {
        match self {
            Self::Parent => &[Rater::Caregiver, Rater::Parent],
            Self::Partner => &[Rater::Caregiver, Rater::Partner],
            Self::Relative | Self::Caregiver | Self::Teacher | Self::Other => &[Rater::Caregiver],
        }
    }
}

/// Somebody close to a client who is asked how the client is doing.
#[derive(Debug, Clone)]
pub struct Collateral {
    /// Id.
    pub id: CollateralId,
    /// About whom they are asked.
    pub client_id: ClientId,
    /// Their name.
    pub name: Phi<String>,
    /// A number or an address, as written down; nothing is sent to it.
    pub contact: Option<Phi<String>>,
    /// What they are to the client.
    pub relation: Relation,
    /// The language they read.
    pub language: Language,
    /// When the client, or who decides for them, agreed that they are asked.
    pub agreed_at: Instant,
    /// Who wrote that down.
    pub agreed_with: StaffId,
    /// Since when they are no longer asked.
    pub ended_at: Option<Instant>,
}

/// A questionnaire about a client that somebody else answered.
#[derive(Debug, Clone)]
pub struct RaterForm {
    /// Id.
    pub id: RaterFormId,
    /// About whom.
    pub client_id: ClientId,
    /// In which course of therapy.
    pub episode_id: EpisodeId,
    /// Who answered.
    pub by: By,
    /// Who answered as the clinician, or entered what another person wrote; none where they answered by link.
    pub entered_by: Option<StaffId>,
    /// Instrument id.
    pub instrument: String,
    /// Its version.
    pub version: String,
    /// What was answered.
    pub answers: Answers,
    /// The number of sessions begun by then, from 1.
    pub session: i64,
    /// When.
    pub rated_at: Instant,
}

/// Who answered about a client.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The clinician.
    Clinician,
    /// Somebody close to the client.
    Collateral(CollateralId),
}

impl By {
    /// The kind of rater, as answers are kept and as a reason names it.
    pub const fn rater(&self) -> Rater {
        match self {
            Self::Clinician => Rater::Clinician,
            Self::Collateral(_) => Rater::Caregiver,
        }
    }

    /// The person, where it is somebody close to the client.
    pub const fn collateral(&self) -> Option<&CollateralId> {
        match self {
            Self::Clinician => None,
            Self::Collateral(id) => Some(id),
        }
    }
}

/// A link handed to somebody close to a client, for one questionnaire, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaterLink {
    /// About whom.
    pub client_id: ClientId,
    /// In which course of therapy.
    pub episode_id: EpisodeId,
    /// Who was given it.
    pub collateral_id: CollateralId,
    /// Instrument id.
    pub instrument: String,
    /// Its version.
    pub version: String,
    /// Until when it opens the questionnaire.
    pub expires_at: Instant,
    /// When the answers came.
    pub used_at: Option<Instant>,
}

/// Whether an instrument may be answered by this kind of rater. A file that does not say who answers is for the client.
///
/// ```
/// use instruments::{Library, Rater};
/// let library = Library::embedded().expect("the instruments that ship");
/// let psc = library.current("psc-17").expect("it ships");
/// assert!(care::rater::may_answer(psc, Rater::Caregiver) && !care::rater::may_answer(psc, Rater::Clinician));
/// ```
pub fn may_answer(instrument: &Instrument, rater: Rater) -> bool {
    instrument.raters.contains(&rater) || (instrument.raters.is_empty() && rater == Rater::Client)
}
