//! A client's own course in plain words: drawn for the client after a check-in, and for the session on the staff's screen.

use crate::error::Result;
use crate::goals::Drawing;
use care::episode::Episode;
use care::practice::ShowProgress;
use care::response::{StoredScore, read_by};
use care::{ClientId, Language};
use chrono_tz::Tz;
use instruments::{Change, Instrument, Library, Polarity as Direction, Rater, change};
use store::Read;
use templates::Templates;
use templates::chart::{Mark, Polarity, Trajectory, TrajectoryData, Visit};
use templates::client::{CourseGoal, CourseLine, CourseSaid};
use templates::format;

/// How it is said and when.
#[derive(Clone, Copy)]
pub struct Saying {
    pub language: Language,
    pub zone: Tz,
}

/// The client's episode: the open one, else the last.
pub async fn episode_of(read: &mut Read, client: &ClientId) -> Result<Option<Episode>> {
    let episodes = store::episode::list_of_client(read, client).await?;
    let open = episodes.iter().find(|episode| episode.is_open()).cloned();
    Ok(open.or_else(|| episodes.into_iter().next()))
}

/// One line for each questionnaire that may be shown and has a score, in the order in which they were first answered.
pub async fn lines(
    read: &mut Read,
    library: &Library,
    episode: &Episode,
    shown: ShowProgress,
    saying: Saying,
) -> Result<Vec<CourseLine>> {
    if shown == ShowProgress::Nothing {
        return Ok(Vec::new());
    }
    let scores = store::response::scores_of_episode(read, &episode.id).await?;
    let mut ids: Vec<&str> = Vec::new();
    for score in &scores {
        if !ids.contains(&score.instrument.as_str()) {
            ids.push(&score.instrument);
        }
    }
    let may_show = |instrument: &&Instrument| {
        let scale = instrument.primary();
        // A file that does not say who answers is for the client.
        let is_own = instrument.raters.is_empty() || instrument.raters.contains(&Rater::Client);
        // How working together felt is for the clinician to have read; it is never among what is shown.
        scale.alliance.is_none() && scale.reliable_change.is_some() && is_own
    };
    let instruments = ids.into_iter().filter_map(|id| read_by(library, id, &scores)).filter(may_show);
    Ok(instruments.filter_map(|instrument| line(library, instrument, &scores, saying)).collect())
}

/// The client's own goals that are followed and were rated.
pub async fn goals(
    read: &mut Read,
    templates: &Templates,
    episode: &Episode,
    shown: ShowProgress,
    saying: Saying,
) -> Result<Vec<CourseGoal>> {
    if shown == ShowProgress::Nothing {
        return Ok(Vec::new());
    }
    let goals = store::goal::of_episode(read, &episode.id).await?;
    if goals.is_empty() {
        return Ok(Vec::new());
    }
    let appointments = store::appointment::of_episode(read, &episode.id).await?;
    let Saying { language, zone } = saying;
    let drawing = Drawing { templates, appointments: &appointments, zone, language };
    let followed = drawing.followed(&goals);
    Ok(followed.into_iter().filter_map(|goal| Some(CourseGoal { text: goal.text, chart: goal.chart? })).collect())
}

/// The course of what can be compared: the scores of the version's structure.
fn line(library: &Library, instrument: &Instrument, scores: &[StoredScore], saying: Saying) -> Option<CourseLine> {
    let scale = instrument.primary();
    let own: Vec<(&StoredScore, f64)> = scores
        .iter()
        .filter(|score| score.is_of_series(library, instrument))
        .filter_map(|score| score.value.map(|value| (score, value)))
        .collect();
    let (first, last) = (own.first()?.1, own.last()?.1);
    let said = if own.len() < 2 {
        CourseSaid::First
    } else {
        match change(scale, first, last) {
            Some(Change::Improved) => CourseSaid::Better,
            Some(Change::Deteriorated) => CourseSaid::Harder,
            _ => CourseSaid::Same,
        }
    };
    let visits = own.iter().map(|(score, value)| Visit {
        session: score.session,
        day: format::short_day(format::local_day(score.at, saying.zone), saying.language),
        value: Some(*value),
        mark: Mark::Plain,
        band: None,
    });
    let name = instrument.title.get(saying.language).to_owned();
    Some(CourseLine {
        said,
        chart: Trajectory::new(&TrajectoryData {
            id: format!("course{}", instrument.id.chars().filter(char::is_ascii_alphanumeric).collect::<String>()),
            name: name.clone(),
            range: (scale.axis.min, scale.axis.max),
            polarity: match scale.polarity {
                Direction::HigherWorse => Polarity::LowerIsBetter,
                Direction::HigherBetter => Polarity::HigherIsBetter,
            },
            cutoff: None,
            reliable_change: None,
            visits: visits.collect(),
            events: Vec::new(),
            expected: Vec::new(),
            forecast: Vec::new(),
        }),
        name,
    })
}
