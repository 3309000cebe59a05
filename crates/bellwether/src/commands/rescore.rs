//! `bellwether rescore`: scores what was answered again and compares with what is stored. It changes nothing: a stored
//! score is what people acted on.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use bellwether::{
    Refusal,
    config::Settings,
    wiring::{self, say},
};
use care::{
    EpisodeId, PracticeId, ResponseId,
    response::{Response, ScoreState, StoredScore},
};
use chrono::DateTime;
use clap::Args;
use instruments::{Answers, Instrument, Score};

/// Responses per page.
const PAGE: i64 = 500;

/// Scores every stored response again with the version it was asked with, and reports every difference.
///
/// With --to-newest it also says what the newest version of each instrument would make of the same answers. Nothing is
/// changed, and no score is printed: a line names response, instrument, version, scale and which parts differ.
#[derive(Debug, Args)]
pub struct Rescore {
    /// Compares with the newest version of each instrument, too.
    #[arg(long)]
    to_newest: bool,
    #[command(flatten)]
    settings: Box<Settings>,
}

#[derive(Default)]
struct Tally {
    same: u64,
    different: u64,
}

/// Runs the command.
pub async fn run(rescore: &Rescore) -> Result<()> {
    wiring::log(&rescore.settings)?;
    let db = wiring::database(&rescore.settings).await?;
    let ctx = wiring::context()?;
    let mut read = db.read_all().await?;
    let mut tallies: BTreeMap<(String, String, String), Tally> = BTreeMap::new();
    let mut unknown: BTreeSet<(String, String)> = BTreeSet::new();
    let mut after: Option<Response> = None;
    loop {
        let page = store::response::since(&mut read, DateTime::UNIX_EPOCH, after.as_ref(), PAGE).await?;
        let Some((_, last)) = page.last() else { break };
        after = Some(last.clone());
        let mut by_practice: BTreeMap<PracticeId, Vec<Response>> = BTreeMap::new();
        for (practice, response) in page {
            by_practice.entry(practice).or_default().push(response);
        }
        for (practice, responses) in by_practice {
            let read = read.within(&practice);
            let library = ctx.shelf(read).await?.library.clone();
            let episodes: BTreeSet<&EpisodeId> = responses.iter().map(|response| &response.episode_id).collect();
            let episodes: Vec<EpisodeId> = episodes.into_iter().cloned().collect();
            let mut stored: BTreeMap<ResponseId, Vec<StoredScore>> = BTreeMap::new();
            for score in store::response::scores_of_episodes(read, &episodes).await? {
                stored.entry(score.response_id.clone()).or_default().push(score);
            }
            for response in &responses {
                let scores = stored.get(&response.id).map_or(&[][..], Vec::as_slice);
                let asked: BTreeSet<(&str, &str)> =
                    scores.iter().map(|score| (score.instrument.as_str(), score.version.as_str())).collect();
                for (id, version) in asked {
                    let theirs: Vec<&StoredScore> =
                        scores.iter().filter(|score| score.instrument == id && score.version == version).collect();
                    let Some(instrument) = library.get(id, version) else {
                        unknown.insert((id.to_owned(), version.to_owned()));
                        continue;
                    };
                    let newest = library.current(id).filter(|newest| rescore.to_newest && newest.version != version);
                    for with in std::iter::once(instrument).chain(newest) {
                        let differ = differences(with, response, &theirs);
                        for (scale, parts) in &differ {
                            say(&format!(
                                "{}: {id} {version} with {}: {scale}: {} differ",
                                response.id,
                                with.version,
                                parts.join(", ")
                            ));
                        }
                        let key = (id.to_owned(), version.to_owned(), with.version.clone());
                        let tally = tallies.entry(key).or_default();
                        if differ.is_empty() { tally.same += 1 } else { tally.different += 1 }
                    }
                }
            }
        }
    }
    let mut broken = unknown.len() as u64;
    for ((id, version, with), tally) in &tallies {
        let sheets = tally.same + tally.different;
        say(&format!("{id} {version} with {with}: {sheets} scored again, {} different", tally.different));
        if version == with {
            broken += tally.different;
        }
    }
    for (id, version) in &unknown {
        say(&format!("{id} {version}: no longer in the library, not scored again"));
    }
    if broken > 0 {
        return Err(Refusal::Data(
            "stored scores cannot be reproduced with the version they were made with".to_owned(),
        )
        .into());
    }
    Ok(())
}

/// The parts of each scale in which the new score differs from the stored one.
fn differences(
    instrument: &Instrument,
    response: &Response,
    stored: &[&StoredScore],
) -> Vec<(String, Vec<&'static str>)> {
    let none = Answers::new();
    let answers = response.answers.get(&instrument.id).unwrap_or(&none);
    let mut differ = Vec::new();
    let again = instruments::score(instrument, answers);
    for score in stored {
        match again.iter().find(|one| one.scale == score.scale) {
            Some(one) => {
                let parts = parts(one, score);
                if !parts.is_empty() {
                    differ.push((score.scale.clone(), parts));
                }
            }
            None => differ.push((score.scale.clone(), vec!["scale"])),
        }
    }
    for one in again.iter().filter(|one| !stored.iter().any(|score| score.scale == one.scale)) {
        differ.push((one.scale.clone(), vec!["scale"]));
    }
    differ
}

fn parts(again: &Score, stored: &StoredScore) -> Vec<&'static str> {
    let state = match again.state {
        instruments::ScoreState::Valid => ScoreState::Valid,
        instruments::ScoreState::Prorated => ScoreState::Prorated,
        instruments::ScoreState::Invalid => ScoreState::Invalid,
    };
    let figure = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        (one, other) => one.is_none() && other.is_none(),
    };
    let mut parts = Vec::new();
    for (name, same) in [
        ("state", state == stored.state),
        ("value", figure(again.value, stored.value)),
        ("exact", figure(again.exact, stored.exact)),
        ("band", again.band == stored.band),
        ("answered", i64::from(again.answered) == stored.answered),
        ("missing", i64::from(again.missing) == stored.missing),
    ] {
        if !same {
            parts.push(name);
        }
    }
    parts
}
