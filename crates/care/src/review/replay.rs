//! A course again, score by score, through the rules of the product themselves: what they would have said, and how often
//! somebody would have been called.

use super::{Known, Review, trajectory};
use crate::case::Reason;
use crate::detection::Detection;
use crate::episode::{BaselineWindow, Measure, Point, Series};
use crate::response::Rule;
use crate::{CaseId, EpisodeId, Instant, ReasonId};
use instruments::Instrument;

/// What was said of one score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The session of the score.
    pub session: i64,
    /// When it was given.
    pub at: Instant,
    /// The rules that spoke.
    pub rules: Vec<Rule>,
    /// Those that would have opened a case, every earlier case having been closed by then.
    pub alerts: Vec<Rule>,
}

/// Replays the scores of one series of an instrument's primary scale, in the order they were given and by the numbers that its
/// sessions have in the series. The first one is the baseline and is judged by no rule.
pub fn replay(instrument: &Instrument, detection: &Detection, scores: &[Point]) -> Vec<Said> {
    let scale = instrument.primary();
    let Some(first) = scores.first() else { return Vec::new() };
    let rules = detection.rules(&instrument.id);
    let rules_name = detection.rules_name(&instrument.id);
    let model = detection.model(instrument, &scale.id);
    let window = BaselineWindow { from: first.at, until: first.at };
    let episode = EpisodeId::from_text("replayed");
    let series =
        Series { episode: &episode, instrument: &instrument.id, scale: &scale.id, structure: instrument.structure };
    let mut measure = Measure::begin(series, 0, *first, window);
    let mut closed: Vec<Reason> = Vec::new();
    let mut said = Vec::with_capacity(scores.len());
    for point in &scores[1..] {
        let after = measure.absorb(*point, scale.polarity, window);
        let look = trajectory::Look {
            instrument,
            scale,
            before: Some(&measure),
            after: &after,
            value: point.value,
            session: point.session,
            rules: &rules,
            rules_name: rules_name.clone(),
            model,
        };
        let mut review = Review::default();
        trajectory::judge(&look, &Known { packet: None, open: &[], closed: &closed }, &mut review);
        said.push(Said {
            session: point.session,
            at: point.at,
            rules: review.signals.iter().map(|finding| finding.rule).collect(),
            alerts: review.reasons.iter().map(|reason| reason.rule).collect(),
        });
        let (id, case_id) = (ReasonId::from_text("replayed"), CaseId::from_text("replayed"));
        closed.extend(
            review.reasons.into_iter().map(|reason| reason.raised(id.clone(), case_id.clone(), point.at, point.at)),
        );
        measure = after;
    }
    said
}
