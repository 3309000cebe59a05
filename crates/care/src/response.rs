//! Answers, responses, scores and signals.

use crate::expected_response::Agreement;
use crate::text::text_enum;
use crate::{ClientId, DeviceId, EpisodeId, Instant, PacketId, ResponseId, ScoreId, SignalId};
use instruments::{Answers, Instrument, Library, Rater};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The answers of a packet: instrument id → item id → answer. An item that is absent was not answered.
pub type Sheet = BTreeMap<String, Answers>;

/// One saved answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedAnswer {
    /// Instrument id.
    pub instrument: String,
    /// Item id.
    pub item: String,
    /// The value; none where the client preferred not to answer.
    pub value: Option<i64>,
    /// Which device gave it: no other device is shown it.
    pub device_id: Option<DeviceId>,
    /// When.
    pub answered_at: Instant,
}

text_enum! {
    /// Which of a packet's responses it is.
    ResponseKind {
        /// The one that counts.
        Original = "original",
        /// A later one with other answers: kept apart, scored for risk, shown to staff.
        Amendment = "amendment",
    }
}

text_enum! {
    /// How answers reached us.
    Mode {
        /// The client, by link.
        Link = "link",
        /// A staff member from paper.
        Paper = "paper",
        /// A staff member on the phone.
        Phone = "phone",
        /// Taken over from another system.
        Import = "import",
    }
}

/// A submitted set of answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Id; also the receipt.
    pub id: ResponseId,
    /// Which check-in.
    pub packet_id: PacketId,
    /// Whose.
    pub client_id: ClientId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// Which of the packet's responses.
    pub kind: ResponseKind,
    /// How it reached us.
    pub mode: Mode,
    /// What was answered.
    pub answers: Sheet,
    /// Hash of the answers, so that the same submission twice is known as the same.
    pub fingerprint: String,
    /// When it was submitted.
    pub submitted_at: Instant,
}

text_enum! {
    /// Whether a score may be used.
    ScoreState {
        /// Every item answered.
        Valid = "valid",
        /// Some items missing, made up for by the instrument's own rule.
        Prorated = "prorated",
        /// Too much missing: there is no value.
        Invalid = "invalid",
    }
}

/// A score as just computed, before it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewScore {
    /// Instrument id.
    pub instrument: String,
    /// Its version.
    pub version: String,
    /// Scale.
    pub scale: String,
    /// Whether it may be used.
    pub state: ScoreState,
    /// The score, rounded by the instrument's rule; none when invalid.
    pub value: Option<f64>,
    /// Before rounding; none when invalid.
    pub exact: Option<f64>,
    /// Number of items answered.
    pub answered: i64,
    /// Number of items missing.
    pub missing: i64,
    /// Severity band id.
    pub band: Option<String>,
}

/// One computed score.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredScore {
    /// Id.
    pub id: ScoreId,
    /// From which response.
    pub response_id: ResponseId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// Instrument id.
    pub instrument: String,
    /// Its version.
    pub version: String,
    /// Scale.
    pub scale: String,
    /// Whether it may be used.
    pub state: ScoreState,
    /// The score, rounded by the instrument's rule.
    pub value: Option<f64>,
    /// Before rounding.
    pub exact: Option<f64>,
    /// Number of items answered.
    pub answered: i64,
    /// Number of items missing.
    pub missing: i64,
    /// Severity band id.
    pub band: Option<String>,
    /// Number of the session it belongs to, from 1.
    pub session: i64,
    /// When the answers were submitted.
    pub at: Instant,
}

impl StoredScore {
    /// The structure of the version that was answered; none where the library does not know it.
    pub fn structure(&self, library: &Library) -> Option<i64> {
        library.get(&self.instrument, &self.version).map(|answered| answered.structure)
    }

    /// Whether it is of an instrument's primary scale and of its structure.
    pub fn is_of_series(&self, library: &Library, instrument: &Instrument) -> bool {
        self.instrument == instrument.id
            && self.scale == instrument.primary().id
            && self.structure(library) == Some(instrument.structure)
    }
}

/// The version by which the scores of an instrument are read in a course: the newest one of the structure that was answered last;
/// the current one before there are scores.
pub fn read_by<'a>(library: &'a Library, instrument: &str, scores: &[StoredScore]) -> Option<&'a Instrument> {
    let own = scores.iter().filter(|score| score.instrument == instrument && score.value.is_some());
    let answered = own.filter_map(|score| score.structure(library)).max();
    answered.map_or_else(|| library.current(instrument), |structure| library.of_structure(instrument, structure))
}

text_enum! {
    /// How a signal is read.
    SignalLevel {
        /// Look first.
        Red = "red",
        /// Look.
        Amber = "amber",
        /// On track.
        Green = "green",
        /// Ready to plan the ending.
        Blue = "blue",
        /// Not enough to say.
        Grey = "grey",
    }
}

text_enum! {
    /// The rules that look at a new response.
    Rule {
        /// An item that asks about danger was endorsed.
        RiskItem = "risk_item",
        /// An item that asks about danger was skipped: unknown, never negative.
        RiskUnknown = "risk_unknown",
        /// Worse than baseline by the reliable-change threshold.
        ReliableDeterioration = "reliable_deterioration",
        /// Worse than the best score so far by the reliable-change threshold.
        WorseThanBest = "worse_than_best",
        /// No reliable improvement by session 6 although at caseness at baseline.
        NoImprovement = "no_improvement",
        /// Likely to end without reliable improvement, and outside what was to be expected.
        ProbableBadEnd = "probable_bad_end",
        /// Outside the band expected from the first score, twice running.
        OutsideBandTwice = "outside_band_twice",
        /// Little better by session 4 although at caseness at baseline.
        LittleChange = "little_change",
        /// Worse than the score before, twice running.
        TwoRises = "two_rises",
        /// Worse than every score before.
        WorstEver = "worst_ever",
        /// The baseline leaves no room for a reliable improvement: the scores will say little.
        Ceiling = "ceiling",
        /// Two check-ins running were missed.
        Silence = "silence",
        /// Session feedback fell or is low.
        AllianceDrop = "alliance_drop",
        /// Two devices submitted different answers.
        Amendment = "amendment",
        /// The answers are kept but could not be scored.
        ScoringFailed = "scoring_failed",
        /// The client's own words hold a phrase of the practice's list: a person must read them.
        RiskPhrase = "risk_phrase",
    }
}

impl Rule {
    /// Whether the rule is about danger, with its own level, clock and ladder.
    pub const fn is_risk(self) -> bool {
        matches!(self, Self::RiskItem)
    }
}

/// One finding of a rule, with what it was computed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Id.
    pub id: SignalId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// From which response; none for silence.
    pub response_id: Option<ResponseId>,
    /// Which rule.
    pub rule: Rule,
    /// How it is read.
    pub level: SignalLevel,
    /// What it was computed from.
    pub inputs: SignalInputs,
    /// When.
    pub raised_at: Instant,
}

text_enum! {
    /// What is booked in an open episode.
    Ahead {
        /// A session.
        Session = "session",
        /// Nothing.
        Nothing = "nothing",
        /// Nothing, because the client wants a break.
        Break = "break",
        /// Nothing is known: no session of the course ever was in the calendar.
        Unknown = "unknown",
    }
}

impl Ahead {
    /// What is ahead after so many sessions, where a next one is booked or none is.
    pub const fn of(is_booked: bool, sessions: i64) -> Self {
        match (is_booked, sessions) {
            (true, _) => Self::Session,
            (false, 0) => Self::Unknown,
            (false, _) => Self::Nothing,
        }
    }
}

/// The inputs of a rule, kept so that a signal can be explained and checked later.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignalInputs {
    /// Instrument id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// Instrument version, whose thresholds were used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Item id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Who answered, where it was not the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rater: Option<Rater>,
    /// The new score or item value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What it was compared with: baseline, best or previous.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<f64>,
    /// The change, in points, new minus reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// The threshold, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The session number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<i64>,
    /// The number of check-ins missed running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<i64>,
    /// What was booked, where that was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Ahead>,
    /// Which rules were in force: `usual`, `practice-2`, `phq-9-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Which growth model was in force: `published`, `practice-3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What the model expected from the first score, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// The expected band: lower end, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// Probability of ending without reliable improvement, from all scores so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Whether that probability was compared with what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// What was said of it, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
}
