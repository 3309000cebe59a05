//! Courses of therapy and their appointments' bearing on them.

use crate::text::text_enum;
use crate::{AssignmentId, ClientId, EpisodeId, Instant, ProtocolId, SiteId, StaffId};
use chrono::NaiveDate;

text_enum! {
    /// Where a course of therapy stands.
    EpisodeState {
        /// Running.
        Open = "open",
        /// Ended.
        Discharged = "discharged",
    }
}

text_enum! {
    /// Why a course of therapy ended.
    DischargeReason {
        /// Goals met, agreed by both.
        Completed = "completed",
        /// The client stopped without agreement.
        DroppedOut = "dropped_out",
        /// Referred elsewhere.
        Referred = "referred",
        /// Moved away or changed insurance.
        Moved = "moved",
        /// Died.
        Died = "died",
        /// Anything else.
        Other = "other",
    }
}

/// One course of therapy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Id.
    pub id: EpisodeId,
    /// Whose.
    pub client_id: ClientId,
    /// Where.
    pub site_id: SiteId,
    /// The protocol version that governs its check-ins.
    pub protocol_id: ProtocolId,
    /// First day.
    pub started_on: NaiveDate,
    /// Where it stands.
    pub state: EpisodeState,
    /// When it ended.
    pub discharged_at: Option<Instant>,
    /// Why it ended.
    pub discharge_reason: Option<DischargeReason>,
}

/// A clinician's responsibility for an episode. At most one is open at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Id.
    pub id: AssignmentId,
    /// Which episode.
    pub episode_id: EpisodeId,
    /// Who.
    pub clinician_id: StaffId,
    /// From.
    pub starts_at: Instant,
    /// Until; open without.
    pub ends_at: Option<Instant>,
}

/// The running summary of one scale in one episode: enough for the rules and for the growth model, without history.
///
/// The six sums are over x = ln(session number) and y = the score (see the growth model in `stats`): n, Σx, Σx², Σy,
/// Σxy, Σy².
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// Instrument.
    pub instrument: String,
    /// Scale of the instrument.
    pub scale: String,
    /// The baseline: the first usable score from 14 days before to 14 days after session 1.
    pub baseline: Option<f64>,
    /// When it was given.
    pub baseline_at: Option<Instant>,
    /// The best score so far, by the instrument's polarity.
    pub best: f64,
    /// The score before the latest.
    pub previous: Option<f64>,
    /// The latest score.
    pub latest: f64,
    /// When it was given.
    pub latest_at: Instant,
    /// Number of usable scores.
    pub n: i64,
    /// Σx.
    pub sum_x: f64,
    /// Σx².
    pub sum_xx: f64,
    /// Σy.
    pub sum_y: f64,
    /// Σxy.
    pub sum_xy: f64,
    /// Σy².
    pub sum_yy: f64,
}
