//! The running summaries against the scores that they are of: every field that is kept, series by series, some episodes at a time.

use super::{PAGE, Report};
use crate::planning::by;
use crate::{Context, Result};
use care::episode::{BaselineWindow, Measure, summaries};
use care::response::StoredScore;
use care::{EpisodeId, Instant, PracticeId};
use instruments::Library;
use store::Read;
use store::verify::Violation;
use store::verify::course;

/// How far a kept sum may be from the one made again, as a share of it: the scores may have been added in another order.
const TOLERANCE: f64 = 1e-6;

pub(super) async fn check(read: &mut Read, ctx: &Context, practice: &PracticeId, report: &mut Report) -> Result<()> {
    let shelf = ctx.shelf(read).await?;
    let mut wrong = Vec::new();
    let mut after: Option<EpisodeId> = None;
    loop {
        let page = course::episodes(read, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        let mut kept = by(course::measures(read, &page).await?, |one| one.episode_id.clone());
        let scores = store::response::scores_of_episodes(read, &page).await?;
        let mut scores = by(scores, |one| one.episode_id.clone());
        for episode in page {
            let kept = kept.remove(&episode).unwrap_or_default();
            let scores = scores.remove(&episode).unwrap_or_default();
            if !fits(&shelf.library, &episode, &kept, scores) {
                wrong.push(episode.to_string());
            }
        }
    }
    let what = "running summaries are not those of the scores";
    report.violations.extend(Violation::of("scores", what, practice.as_str(), wrong));
    Ok(())
}

/// Whether the summaries of an episode are those of its scores. They were added as they came in; where two records of a client
/// were put together, in the order in which they were given.
fn fits(library: &Library, episode: &EpisodeId, kept: &[Measure], mut scores: Vec<StoredScore>) -> bool {
    // What may be the baseline depends on when session 1 was then planned: that is looked at below.
    let always = BaselineWindow { from: Instant::MIN_UTC, until: Instant::MAX_UTC };
    scores.sort_by(|one, other| one.id.cmp(&other.id));
    let as_come = summaries(library, episode, &scores, always);
    scores.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    let as_given = summaries(library, episode, &scores, always);
    kept.len() == as_come.len()
        && kept.iter().all(|kept| {
            let same = |made: &&Measure| made.is_same_series(kept);
            let made = (as_come.iter().find(same), as_given.iter().find(same));
            let (Some(as_come), Some(as_given)) = made else { return false };
            let own: Vec<&StoredScore> = scores.iter().filter(|score| is_of(library, score, kept)).collect();
            // Of two scores of one instant nothing says any more which came first.
            if own.windows(2).any(|two| two[0].at == two[1].at) {
                return has_totals(kept, as_come) && has_marks(kept, as_come, &own);
            }
            let is_placed = |made: &Measure| made.sessions_before == kept.sessions_before;
            let summed = [as_come, as_given].into_iter().find(|made| is_placed(made));
            let follows = [as_come, as_given].iter().any(|made| is(made.previous, kept.previous));
            follows && summed.is_some_and(|made| has_sums(kept, made) && has_marks(kept, made, &own))
        })
}

fn is_of(library: &Library, score: &StoredScore, series: &Measure) -> bool {
    (score.instrument.as_str(), score.scale.as_str()) == (series.instrument.as_str(), series.scale.as_str())
        && score.structure(library) == Some(series.structure)
}

/// Bit for bit.
fn is(one: Option<f64>, other: Option<f64>) -> bool {
    one.map(f64::to_bits) == other.map(f64::to_bits)
}

/// The sums, in whatever order they were added.
fn has_sums(kept: &Measure, made: &Measure) -> bool {
    let of_sessions = |one: &Measure| [one.sum_x, one.sum_xx, one.sum_xy];
    has_totals(kept, made) && are_near(of_sessions(kept), of_sessions(made))
}

/// What is summed up without regard to the sessions.
fn has_totals(kept: &Measure, made: &Measure) -> bool {
    kept.n == made.n && are_near([kept.sum_y, kept.sum_yy], [made.sum_y, made.sum_yy])
}

fn are_near<const N: usize>(kept: [f64; N], made: [f64; N]) -> bool {
    kept.into_iter().zip(made).all(|(kept, made)| (kept - made).abs() <= TOLERANCE * made.abs().max(1.0))
}

/// Best, lowest and highest are those of the scores; baseline and latest are each one of them, with its time and its session.
fn has_marks(kept: &Measure, made: &Measure, scores: &[&StoredScore]) -> bool {
    // Lowest, highest and the sessions are not known of some summaries that were taken over.
    let known = |kept: Option<f64>, made: Option<f64>| kept.is_none() || is(kept, made);
    let is_given = |at: Instant, value: f64, session: Option<i64>| {
        scores.iter().any(|score| {
            score.at == at
                && is(score.value, Some(value))
                && session.is_none_or(|session| session == kept.session(score.session))
        })
    };
    let has_baseline = match (kept.baseline, kept.baseline_at) {
        (Some(value), Some(at)) => is_given(at, value, kept.baseline_session),
        (None, None) => kept.baseline_session.is_none(),
        _ => false,
    };
    has_baseline
        && is(Some(kept.best), Some(made.best))
        && known(kept.lowest, made.lowest)
        && known(kept.highest, made.highest)
        && kept.latest_at == made.latest_at
        && is_given(kept.latest_at, kept.latest, kept.latest_session)
}
