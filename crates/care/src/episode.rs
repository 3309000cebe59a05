//! Courses of therapy and the running summary of their scores.

use crate::text::text_enum;
use crate::{AssignmentId, ClientId, EpisodeId, Instant, ProtocolId, SiteId, StaffId};
use chrono::{Duration, NaiveDate};
use instruments::Polarity;
use stats::growth::Sums;

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

impl Episode {
    /// Whether it is running.
    pub fn is_open(&self) -> bool {
        self.state == EpisodeState::Open
    }
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
    /// Number of the session the baseline belongs to.
    pub baseline_session: Option<i64>,
    /// The best score so far, by the instrument's polarity.
    pub best: f64,
    /// The lowest score so far; not known of summaries that were taken over without it.
    pub lowest: Option<f64>,
    /// The highest score so far; likewise.
    pub highest: Option<f64>,
    /// The score before the latest.
    pub previous: Option<f64>,
    /// The latest score.
    pub latest: f64,
    /// When it was given.
    pub latest_at: Instant,
    /// Number of the session it belongs to.
    pub latest_session: Option<i64>,
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

/// A usable score may become the baseline this many days before and after session 1.
const BASELINE_DAYS: i64 = 14;

/// When a score may become the baseline; both ends count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaselineWindow {
    /// First instant.
    pub from: Instant,
    /// Last instant.
    pub until: Instant,
}

impl BaselineWindow {
    /// From 14 days before to 14 days after session 1: its start if it took place, else the first one planned, else the
    /// first day of the episode.
    pub fn around(session_one: Instant) -> Self {
        Self { from: session_one - Duration::days(BASELINE_DAYS), until: session_one + Duration::days(BASELINE_DAYS) }
    }

    /// Whether a score given then may become the baseline.
    pub fn contains(self, at: Instant) -> bool {
        (self.from..=self.until).contains(&at)
    }
}

/// A usable score in an episode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The score, as reported.
    pub value: f64,
    /// Number of the session it belongs to, from 1.
    pub session: i64,
    /// When the answers were submitted.
    pub at: Instant,
}

impl Measure {
    /// The summary of a scale's first usable score.
    pub fn begin(episode_id: EpisodeId, instrument: &str, scale: &str, first: Point, window: BaselineWindow) -> Self {
        let is_baseline = window.contains(first.at);
        let begun = Self {
            episode_id,
            instrument: instrument.to_owned(),
            scale: scale.to_owned(),
            baseline: is_baseline.then_some(first.value),
            baseline_at: is_baseline.then_some(first.at),
            baseline_session: is_baseline.then_some(first.session),
            best: first.value,
            lowest: Some(first.value),
            highest: Some(first.value),
            previous: None,
            latest: first.value,
            latest_at: first.at,
            latest_session: Some(first.session),
            n: 0,
            sum_x: 0.0,
            sum_xx: 0.0,
            sum_y: 0.0,
            sum_xy: 0.0,
            sum_yy: 0.0,
        };
        begun.with_sums(first)
    }

    /// The summary with one more usable score. A score that was given before the latest one (entered late from paper)
    /// counts for baseline, best and sums, and leaves the latest one in its place.
    #[must_use]
    pub fn absorb(&self, point: Point, polarity: Polarity, window: BaselineWindow) -> Self {
        let mut next = self.with_sums(point);
        let is_earliest = self.baseline_at.is_none_or(|baseline_at| point.at < baseline_at);
        if window.contains(point.at) && is_earliest {
            next.baseline = Some(point.value);
            next.baseline_at = Some(point.at);
            next.baseline_session = Some(point.session);
        }
        next.lowest = self.lowest.map(|lowest| lowest.min(point.value));
        next.highest = self.highest.map(|highest| highest.max(point.value));
        if polarity.worsening(self.best, point.value) < 0.0 {
            next.best = point.value;
        }
        if point.at >= self.latest_at {
            next.previous = Some(self.latest);
            next.latest = point.value;
            next.latest_at = point.at;
            next.latest_session = Some(point.session);
        }
        next
    }

    /// The six sums in the shape the growth model takes.
    pub fn sums(&self) -> Sums {
        Sums {
            n: u64::try_from(self.n).unwrap_or(0),
            x: self.sum_x,
            xx: self.sum_xx,
            y: self.sum_y,
            xy: self.sum_xy,
            yy: self.sum_yy,
        }
    }

    fn with_sums(&self, point: Point) -> Self {
        let mut sums = self.sums();
        sums.add(u32::try_from(point.session).unwrap_or(1), point.value);
        Self {
            n: self.n + 1,
            sum_x: sums.x,
            sum_xx: sums.xx,
            sum_y: sums.y,
            sum_xy: sums.xy,
            sum_yy: sums.yy,
            ..self.clone()
        }
    }
}
