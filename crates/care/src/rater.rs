//! What others say about a client: a parent, a partner, the clinician. Who they are, and how their answers are named.
//!
//! Two people who answer the same questionnaire about a third do not measure the same thing: they agree little (mean r
//! 0.22 between young people and others; Achenbach, `McConaughy` and Howell, Psychol Bull 1987;101:213-32). So nothing of
//! this ever enters the client's baseline, running sums, signals or outcomes, whoever the questionnaire was made for. Danger
//! is the exception: what somebody says about it is acted on like the client's own answer.

use crate::packet::{Asked, Occasion, Packet, PacketState};
use crate::text::text_enum;
use crate::{
    AppointmentId, ClientId, CollateralId, EpisodeId, Instant, Language, PacketId, Phi, RaterFormId, RaterRequestId,
    StaffId,
};
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

text_enum! {
    /// What became of a request.
    RequestState {
        /// It is to be answered, now or when its time comes.
        Planned = "planned",
        /// The answers came.
        Answered = "answered",
        /// The plan does not ask for it any more.
        Withdrawn = "withdrawn",
    }
}

/// A questionnaire that the protocol asks of somebody other than the client, once. Nothing is sent: the clinician rates, or hands
/// the person a link or a sheet of paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaterRequest {
    /// Id.
    pub id: RaterRequestId,
    /// About whom.
    pub client_id: ClientId,
    /// In which course of therapy.
    pub episode_id: EpisodeId,
    /// Who is to answer.
    pub by: By,
    /// Instrument id.
    pub instrument: String,
    /// What makes it unique among those of the same person and instrument in the course, as for a check-in.
    pub slot: String,
    /// Why it is asked.
    pub occasion: Occasion,
    /// About which session.
    pub appointment_id: Option<AppointmentId>,
    /// What became of it.
    pub state: RequestState,
    /// From when on it should be answered.
    pub due_at: Instant,
    /// Until when.
    pub ends_at: Instant,
}

impl RaterRequest {
    /// Whether it should be answered now.
    pub fn is_due(&self, now: Instant) -> bool {
        self.state == RequestState::Planned && self.due_at <= now && now < self.ends_at
    }

    /// The same as a check-in, so that one set of rules plans both. Which version is asked is decided when it is answered: it is
    /// the current one until then.
    pub fn as_packet(&self, asked: &Asked, now: Instant) -> Packet {
        let state = match self.state {
            RequestState::Answered => PacketState::Completed,
            RequestState::Withdrawn => PacketState::Withdrawn,
            RequestState::Planned if self.ends_at <= now => PacketState::Expired,
            RequestState::Planned if self.due_at <= now => PacketState::Open,
            RequestState::Planned => PacketState::Planned,
        };
        Packet {
            id: PacketId::from_text(self.id.as_str()),
            client_id: self.client_id.clone(),
            episode_id: self.episode_id.clone(),
            appointment_id: self.appointment_id.clone(),
            occasion: self.occasion,
            slot: self.slot.clone(),
            asked: vec![asked.clone()],
            state,
            send_at: self.due_at,
            sent_at: None,
            expires_at: self.ends_at,
            started_at: None,
            last_answer_at: None,
            completed_at: None,
            language: None,
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

/// Whether a line of a protocol for this kind of rater asks somebody who is that to the client: the line means them, and the
/// instrument is theirs to answer.
///
/// ```
/// use care::rater::{Relation, is_meant};
/// use instruments::{Library, Rater};
/// let library = Library::embedded().expect("the instruments that ship");
/// let psc = library.current("psc-17").expect("it is for everybody close");
/// assert!(is_meant(psc, Rater::Parent, Relation::Parent) && is_meant(psc, Rater::Caregiver, Relation::Teacher));
/// assert!(!is_meant(psc, Rater::Parent, Relation::Teacher));
/// ```
pub fn is_meant(instrument: &Instrument, rater: Rater, relation: Relation) -> bool {
    relation.raters().contains(&rater) && relation.raters().iter().any(|kind| may_answer(instrument, *kind))
}

/// Whether a line of a protocol may ask an instrument of this kind of rater at all.
pub fn may_ask(instrument: &Instrument, rater: Rater) -> bool {
    match rater {
        Rater::Client | Rater::Clinician => may_answer(instrument, rater),
        Rater::Caregiver | Rater::Parent | Rater::Partner => {
            Relation::ALL.iter().any(|relation| is_meant(instrument, rater, *relation))
        }
    }
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
