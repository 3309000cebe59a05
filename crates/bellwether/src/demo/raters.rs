//! What others say about some clients of Harbor Lane: the clinician's own view, and a parent's of those who are minors.

use super::seed::Seeder;
use anyhow::{Context as _, Result};
use care::appointment::AppointmentState;
use care::client::Client;
use care::episode::Assignment;
use care::rater::{By, Collateral, RaterForm, Relation};
use care::{CollateralId, Instant, Phi, PracticeId, RaterFormId};
use chrono::Duration;
use instruments::{Answer, Answers};
use store::{Db, Tx};

/// Courses of the clinician whose sign-in is printed, at most.
const COURSES: usize = 8;
/// Minors whose parent is asked, at most.
const PARENTS: usize = 4;

/// Rates every other course of the clinician whose sign-in is printed, and has the parents of some minors asked.
pub async fn settle(seeder: &Seeder, db: &Db, practice: &PracticeId, running: &[Assignment]) -> Result<()> {
    let mut tx = db.write_in_bulk(practice).await?;
    let hers = running.iter().filter(|one| one.clinician_id == seeder.first).step_by(2).take(COURSES);
    for assignment in hers {
        rate(seeder, &mut tx, assignment, &By::Clinician, "clinician-impression").await?;
    }
    let mut asked = 0;
    for assignment in running {
        if asked == PARENTS {
            break;
        }
        let episode = store::episode::find(&mut tx, &assignment.episode_id).await?.context("the course is there")?;
        let client = store::client::find(&mut tx, &episode.client_id).await?.context("the client is there")?;
        let Some(parent) = parent_of(seeder, &client, assignment) else { continue };
        store::rater::add(&mut tx, &parent).await?;
        rate(seeder, &mut tx, assignment, &By::Collateral(parent.id), "psc-17").await?;
        asked += 1;
    }
    tx.commit().await?;
    seeder.clock.set(seeder.now);
    Ok(())
}

fn parent_of(seeder: &Seeder, client: &Client, assignment: &Assignment) -> Option<Collateral> {
    let guardian = client.guardian.as_ref()?.expose();
    seeder.clock.set(assignment.starts_at);
    Some(Collateral {
        id: seeder.ctx.id(CollateralId::new),
        client_id: client.id.clone(),
        name: Phi::new(guardian.name.clone()),
        contact: guardian.phone.clone().map(Phi::new),
        relation: Relation::Parent,
        language: client.language,
        agreed_at: assignment.starts_at,
        agreed_with: assignment.clinician_id.clone(),
        ended_at: None,
    })
}

/// One form after every third session that took place, a little better each time.
async fn rate(seeder: &Seeder, tx: &mut Tx, assignment: &Assignment, by: &By, instrument: &str) -> Result<()> {
    let instrument = seeder.ctx.library.current(instrument).context("it ships")?;
    let mut sessions = store::appointment::of_episode(tx, &assignment.episode_id).await?;
    sessions.sort_by_key(|one| one.starts_at);
    sessions.retain(|one| one.state == AppointmentState::Attended);
    for (step, (number, session)) in (0..).zip((1..).zip(&sessions).step_by(3)) {
        let at: Instant = session.ends_at + Duration::hours(1);
        if at > seeder.now {
            break;
        }
        seeder.clock.set(at);
        let highest = instrument.items.first().map_or(0, |item| item.range().1);
        let answers: Answers = (0..)
            .zip(&instrument.items)
            .map(|(place, item): (i64, _)| {
                let value = (highest - 1 + (place + step) % 2 - step / 3).clamp(0, highest);
                (item.id.clone(), Answer::Value(value))
            })
            .collect();
        let form = RaterForm {
            id: seeder.ctx.id(RaterFormId::new),
            client_id: session.client_id.clone(),
            episode_id: assignment.episode_id.clone(),
            by: by.clone(),
            entered_by: (*by == By::Clinician).then(|| assignment.clinician_id.clone()),
            instrument: instrument.id.clone(),
            version: instrument.version.clone(),
            answers,
            session: number,
            rated_at: at,
        };
        store::rater::insert(tx, &form).await?;
    }
    Ok(())
}
