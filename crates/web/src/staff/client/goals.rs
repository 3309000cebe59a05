//! The client's own goals on the client page, over the same sessions as the scores and apart from them.

use crate::error::Result;
use crate::goals::Drawing;
use crate::staff::words::Telling;
use care::episode::Episode;
use store::Read;
use templates::Templates;
use templates::staff::{GoalView, Multiple};

/// The goals that are followed in a course.
pub async fn followed(
    read: &mut Read,
    templates: &Templates,
    telling: Telling,
    episode: &Episode,
) -> Result<Vec<GoalView>> {
    let goals = store::goal::of_episode(read, &episode.id).await?;
    if goals.is_empty() {
        return Ok(Vec::new());
    }
    let appointments = store::appointment::of_episode(read, &episode.id).await?;
    let drawing = Drawing { templates, appointments: &appointments, zone: telling.zone, language: telling.language };
    Ok(drawing.followed(&goals))
}

/// The same, each the size of a word.
pub fn multiples(templates: &Templates, telling: Telling, goals: &[GoalView]) -> Vec<Multiple> {
    let word = templates.said("goal-word", telling.language).unwrap_or_default();
    goals.iter().filter_map(|goal| goal.multiple(format!("{word} {}", goal.number))).collect()
}
