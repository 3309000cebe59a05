//! Courses of therapy and the running summary of their scores.

use crate::response::StoredScore;
use crate::text::text_enum;
use crate::{AssignmentId, ClientId, EpisodeId, Instant, ProtocolId, SiteId, StaffId};
use chrono::{Duration, NaiveDate};
use instruments::{Library, Polarity};
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

/// The running summary of one series: of one scale in one episode, as long as its instrument keeps its structure. Enough for the
/// rules and for the growth model, without history.
///
/// The six sums are over x = ln(session number) and y = the score (see the growth model in `stats`): n, Σx, Σx², Σy,
/// Σxy, Σy². Sessions are counted from where the series begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// Instrument.
    pub instrument: String,
    /// Scale of the instrument.
    pub scale: String,
    /// Structure of the instrument's versions that the scores are of.
    pub structure: i64,
    /// Sessions of the episode before the first one of the series: none, unless a series of another structure went before.
    pub sessions_before: i64,
    /// The baseline: the first usable score from 14 days before to 14 days after session 1; of a series that follows another one
    /// in the episode, its first score.
    pub baseline: Option<f64>,
    /// When it was given.
    pub baseline_at: Option<Instant>,
    /// Number in the series of the session the baseline belongs to.
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
    /// Number in the series of the session it belongs to.
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

/// Which running summary a score goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Series<'a> {
    /// Episode.
    pub episode: &'a EpisodeId,
    /// Instrument id.
    pub instrument: &'a str,
    /// Scale id.
    pub scale: &'a str,
    /// Structure of the version that was answered.
    pub structure: i64,
}

impl Series<'_> {
    /// Its summary among those of the episode.
    pub fn summary<'m>(&self, measures: &'m [Measure]) -> Option<&'m Measure> {
        measures.iter().find(|one| self.is_of(one) && one.structure == self.structure)
    }

    /// Whether it goes on: no newer structure of its scale was answered in the episode.
    pub fn goes_on(&self, measures: &[Measure]) -> bool {
        !measures.iter().any(|one| self.is_of(one) && one.structure > self.structure)
    }

    /// The summary with one more usable score: of those of the episode the one it belongs to, or a new one. A new structure in
    /// a running episode starts over: its first score is its baseline and is of its session 1.
    #[must_use]
    pub fn with(&self, measures: &[Measure], point: Point, polarity: Polarity, window: BaselineWindow) -> Measure {
        if let Some(before) = self.summary(measures) {
            return before.absorb(point, polarity, window);
        }
        if measures.iter().any(|one| self.is_of(one) && one.structure < self.structure) {
            let own = BaselineWindow { from: point.at, until: point.at };
            return Measure::begin(*self, (point.session - 1).max(0), point, own);
        }
        Measure::begin(*self, 0, point, window)
    }

    fn is_of(&self, measure: &Measure) -> bool {
        (measure.instrument.as_str(), measure.scale.as_str()) == (self.instrument, self.scale)
    }
}

/// A usable score in an episode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The score, as reported.
    pub value: f64,
    /// Number of the session of the episode it belongs to, from 1.
    pub session: i64,
    /// When the answers were submitted.
    pub at: Instant,
}

/// The running summaries of an episode, made of its scores again, in the order in which they stand. What the library does not know
/// is left out.
pub fn summaries(
    library: &Library,
    episode: &EpisodeId,
    scores: &[StoredScore],
    window: BaselineWindow,
) -> Vec<Measure> {
    let mut measures: Vec<Measure> = Vec::new();
    for score in scores {
        let Some(instrument) = library.get(&score.instrument, &score.version) else { continue };
        let (Some(scale), Some(value)) = (instrument.scale(&score.scale), score.value) else { continue };
        let point = Point { value, session: score.session, at: score.at };
        let series =
            Series { episode, instrument: &score.instrument, scale: &score.scale, structure: instrument.structure };
        let after = series.with(&measures, point, scale.polarity, window);
        match measures.iter_mut().find(|one| one.is_same_series(&after)) {
            Some(kept) => *kept = after,
            None => measures.push(after),
        }
    }
    measures
}

impl Measure {
    /// The summary of a series' first usable score.
    pub fn begin(series: Series<'_>, sessions_before: i64, first: Point, window: BaselineWindow) -> Self {
        let is_baseline = window.contains(first.at);
        let session = (first.session - sessions_before).max(1);
        let begun = Self {
            episode_id: series.episode.clone(),
            instrument: series.instrument.to_owned(),
            scale: series.scale.to_owned(),
            structure: series.structure,
            sessions_before,
            baseline: is_baseline.then_some(first.value),
            baseline_at: is_baseline.then_some(first.at),
            baseline_session: is_baseline.then_some(session),
            best: first.value,
            lowest: Some(first.value),
            highest: Some(first.value),
            previous: None,
            latest: first.value,
            latest_at: first.at,
            latest_session: Some(session),
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
            next.baseline_session = Some(self.session(point.session));
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
            next.latest_session = Some(self.session(point.session));
        }
        next
    }

    /// Whether two summaries are of one series.
    pub fn is_same_series(&self, other: &Self) -> bool {
        self.episode_id == other.episode_id
            && (self.instrument.as_str(), self.scale.as_str(), self.structure)
                == (other.instrument.as_str(), other.scale.as_str(), other.structure)
    }

    /// The number in the series of a session of the episode, from 1.
    pub fn session(&self, of_episode: i64) -> i64 {
        (of_episode - self.sessions_before).max(1)
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
        sums.add(u32::try_from(self.session(point.session)).unwrap_or(1), point.value);
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
