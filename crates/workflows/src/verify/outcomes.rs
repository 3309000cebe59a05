//! What is kept of closed courses against what their scores say: each row, none missing, none left over. Where a course belonged is
//! left alone: that may be put right later.

use super::{PAGE, Report};
use crate::planning::by;
use crate::{Context, Result, outcome};
use care::outcome::Outcome;
use care::{EpisodeId, PracticeId};
use chrono::Duration;
use store::Read;
use store::verify::Violation;

/// What is not kept of a course is worked out in the night; two nights are enough.
const NIGHTS: Duration = Duration::days(2);

pub(super) async fn check(read: &mut Read, ctx: &Context, practice: &PracticeId, report: &mut Report) -> Result<()> {
    let (mut wrong, mut left_over) = (Vec::new(), Vec::new());
    let overdue = store::outcome::overdue(read, ctx.now() - NIGHTS).await?;
    let mut missing: Vec<String> = overdue.iter().map(ToString::to_string).collect();
    let mut after: Option<EpisodeId> = None;
    loop {
        let page = store::outcome::closed_after(read, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        let mut kept = by(store::outcome::of_episodes(read, &page).await?, |one| one.episode_id.clone());
        let mut made = by(outcome::of(read, ctx, &page).await?, |one| one.episode_id.clone());
        for episode in page {
            // Where nothing is kept, nothing was worked out yet.
            let Some(kept) = kept.remove(&episode) else { continue };
            let made = made.remove(&episode).unwrap_or_default();
            let mut both =
                made.iter().filter_map(|made| Some((made, kept.iter().find(|kept| kept.lens == made.lens)?)));
            if both.any(|(made, kept)| !is_same(made, kept)) {
                wrong.push(episode.to_string());
            }
            if made.iter().any(|made| !has_counterpart(made, &kept)) {
                missing.push(episode.to_string());
            }
            if kept.iter().any(|kept| !has_counterpart(kept, &made)) {
                left_over.push(episode.to_string());
            }
        }
    }
    for (what, found) in [
        ("what is kept of closed courses is not what their scores say", wrong),
        ("of closed courses that ended nothing, or not everything, is kept", missing),
        ("of closed courses is kept what their scores do not give", left_over),
    ] {
        report.violations.extend(Violation::of("scores", what, practice.as_str(), found));
    }
    Ok(())
}

fn is_same(made: &Outcome, kept: &Outcome) -> bool {
    (kept.verdict, kept.closed_on, kept.sessions, kept.reason)
        == (made.verdict, made.closed_on, made.sessions, made.reason)
}

/// Whether there is a row through the same lens. An instrument that was asked and never answered has the structure that was current
/// when the row was made.
fn has_counterpart(one: &Outcome, others: &[Outcome]) -> bool {
    let instrument = |lens: &str| lens.split('@').next().map(str::to_owned);
    let is_unanswered = |row: &Outcome| row.verdict.first.is_none() && row.verdict.last.is_none();
    others.iter().any(|other| {
        other.lens == one.lens
            || (is_unanswered(one) && is_unanswered(other) && instrument(&other.lens) == instrument(&one.lens))
    })
}
