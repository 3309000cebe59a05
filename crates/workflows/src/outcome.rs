//! How closed courses ended, worked out when they end and while their last scores may still come in. The verdicts are
//! `care::outcome`'s, the counting of many is done where they are shown.

use crate::{Context, Result};
use care::episode::{Episode, EpisodeState, Measure};
use care::outcome::{AFTERWARDS, Ends, Outcome, lenses};
use care::protocol::Protocol;
use care::{EpisodeId, Instant, ProtocolId, local_time};
use chrono_tz::Tz;
use instruments::{Instrument, Library};
use std::collections::HashMap;
use store::outcome::Origin;
use store::{Read, Tx};

/// Courses worked out together.
const TOGETHER: usize = 200;

/// Works the outcomes of these episodes out anew; those that are not closed are left alone.
pub async fn settle(tx: &mut Tx, ctx: &Context, episodes: &[EpisodeId]) -> Result<()> {
    let found = of(tx, ctx, episodes).await?;
    store::outcome::save(tx, &found).await?;
    Ok(())
}

/// The same for an episode that something has happened to; an open one, or one that ended long ago, has nothing to settle.
pub(crate) async fn touch(tx: &mut Tx, ctx: &Context, episode: &Episode) -> Result<()> {
    if episode.state == EpisodeState::Discharged {
        settle(tx, ctx, std::slice::from_ref(&episode.id)).await?;
    }
    Ok(())
}

/// Whether a score given now may still be the last of the course.
pub(crate) fn counts_still(episode: &Episode, at: Instant) -> bool {
    episode.discharged_at.is_some_and(|ended| at <= ended + AFTERWARDS)
}

/// Works out closed episodes of which nothing is kept yet: those that ended before this was kept, or were taken over from
/// elsewhere. How many there were; 0 when all are done.
pub async fn settle_missing(tx: &mut Tx, ctx: &Context) -> Result<usize> {
    let missing = store::outcome::missing(tx, i64::try_from(TOGETHER).unwrap_or(i64::MAX)).await?;
    settle(tx, ctx, &missing).await?;
    Ok(missing.len())
}

/// What is to be kept of these episodes, from their running summaries.
pub async fn of(read: &mut Read, ctx: &Context, episodes: &[EpisodeId]) -> Result<Vec<Outcome>> {
    if episodes.is_empty() {
        return Ok(Vec::new());
    }
    let zone = local_time::zone(&store::practice::get(read).await?.zone).unwrap_or(Tz::UTC);
    let shelf = ctx.shelf(read).await?;
    let closed: Vec<Episode> = store::episode::by_ids(read, episodes)
        .await?
        .into_iter()
        .filter(|episode| episode.state == EpisodeState::Discharged)
        .collect();
    let ids: Vec<EpisodeId> = closed.iter().map(|episode| episode.id.clone()).collect();
    let mut origins: HashMap<EpisodeId, Origin> =
        store::outcome::origins(read, &ids).await?.into_iter().map(|one| (one.episode_id.clone(), one)).collect();
    let mut measures: HashMap<EpisodeId, Vec<Measure>> = HashMap::new();
    for batch in ids.chunks(TOGETHER) {
        for measure in store::response::measures_of(read, batch).await? {
            measures.entry(measure.episode_id.clone()).or_default().push(measure);
        }
    }
    let asked = asked(read, &closed).await?;
    let mut found = Vec::new();
    for episode in closed {
        let (Some(ended), Some(reason)) = (episode.discharged_at, episode.discharge_reason) else { continue };
        let Some(origin) = origins.remove(&episode.id) else { continue };
        let own = measures.remove(&episode.id).unwrap_or_default();
        let library: &Library = &shelf.library;
        let ends = ends(read, library, &episode.id, &own, ended).await?;
        let asked = asked.get(&episode.protocol_id).map(Vec::as_slice).unwrap_or_default();
        let at = |one: &Instrument| ends.get(&(one.id.clone(), one.structure, one.primary().id.clone())).copied();
        for (lens, verdict) in lenses(library, asked, &at) {
            found.push(Outcome {
                episode_id: episode.id.clone(),
                lens,
                closed_on: local_time::day_of(ended, zone),
                reason,
                sessions: origin.sessions,
                belonging: origin.belonging.clone(),
                verdict,
            });
        }
    }
    Ok(found)
}

/// The instruments that each protocol asks for.
async fn asked(read: &mut Read, episodes: &[Episode]) -> Result<HashMap<ProtocolId, Vec<String>>> {
    let mut asked = HashMap::new();
    for episode in episodes {
        if !asked.contains_key(&episode.protocol_id) {
            let protocol = store::protocol::find(read, &episode.protocol_id).await?;
            let lines = protocol.iter().flat_map(Protocol::of_client).map(|line| line.instrument.clone());
            asked.insert(episode.protocol_id.clone(), lines.collect());
        }
    }
    Ok(asked)
}

/// First and last score of every series. Where scores came in long after the end, the scores themselves are asked.
async fn ends(
    read: &mut Read,
    library: &Library,
    episode: &EpisodeId,
    measures: &[Measure],
    ended: Instant,
) -> Result<HashMap<(String, i64, String), Ends>> {
    let mut found = HashMap::new();
    let mut scores = None;
    for measure in measures {
        let ends = if let Some(ends) = Ends::of(measure, ended) {
            ends
        } else {
            if scores.is_none() {
                let all = store::response::scores_of_episodes(read, std::slice::from_ref(episode)).await?;
                scores = Some(all);
            }
            let last = scores
                .iter()
                .flatten()
                .filter(|score| score.instrument == measure.instrument && score.scale == measure.scale)
                .filter(|score| {
                    library.get(&score.instrument, &score.version).is_some_and(|one| one.structure == measure.structure)
                })
                .filter(|score| score.at <= ended + AFTERWARDS)
                .filter(|score| measure.baseline_at.is_some_and(|at| score.at > at))
                .filter_map(|score| Some((score.at, score.value?)))
                .max_by_key(|(at, _)| *at);
            Ends { first: measure.baseline, last: last.map(|(_, value)| value) }
        };
        found.insert((measure.instrument.clone(), measure.structure, measure.scale.clone()), ends);
    }
    Ok(found)
}
