//! Whom the front desk of Harbor Lane is to get in touch with, since when, and what was tried.

use super::seed::{Seeder, ZONE};
use anyhow::{Context as _, Result};
use care::appointment::Appointment;
use care::episode::Assignment;
use care::outreach::{Outreach, OutreachOutcome, OutreachTry, Step, TryResult, missed_running, step};
use care::staff::Role;
use care::{EpisodeId, OutreachId, OutreachTryId, PracticeId, local_time};
use chrono::Duration;
use std::collections::BTreeMap;
use store::Db;

/// Courses looked at together.
const TOGETHER: usize = 500;

/// Raises what the running courses call for, at the time of the missed session; the longer ago, the more was tried. What is older
/// than three weeks is closed.
pub async fn settle(seeder: &Seeder, db: &Db, practice: &PracticeId, running: &[Assignment]) -> Result<()> {
    let mut tx = db.write_in_bulk(practice).await?;
    let staff = store::staff::list(&mut tx).await?;
    let desk = staff.iter().find(|person| person.is(Role::Intake)).context("somebody at the front desk")?;
    let (mut raised, mut tries) = (Vec::new(), Vec::new());
    for chunk in running.chunks(TOGETHER) {
        let ids: Vec<EpisodeId> = chunk.iter().map(|one| one.episode_id.clone()).collect();
        let mut courses: BTreeMap<EpisodeId, Vec<Appointment>> = BTreeMap::new();
        for one in store::appointment::of_episodes(&mut tx, &ids).await? {
            courses.entry(one.episode_id.clone()).or_default().push(one);
        }
        for (episode_id, appointments) in courses {
            let Step::Raise(appointment_id) = step(&appointments, None) else { continue };
            let Some(missed) = missed_running(&appointments).pop() else { continue };
            let raised_at = missed.ends_at.min(seeder.now);
            seeder.clock.set(raised_at);
            let days = (seeder.now - raised_at).num_days();
            let mut outreach = Outreach {
                id: seeder.ctx.id(OutreachId::new),
                client_id: missed.client_id.clone(),
                episode_id,
                appointment_id,
                owner_id: desk.id.clone(),
                raised_at,
                due_at: local_time::next_business_noon(raised_at, ZONE),
                closed_at: None,
                closed_by: None,
                outcome: None,
            };
            for (after, result) in [(1, TryResult::NoAnswer), (4, TryResult::LeftMessage)] {
                let at =
                    local_time::next_business_noon(raised_at + Duration::days(after - 1), ZONE) - Duration::hours(2);
                if days > after + 2 && at < seeder.now {
                    seeder.clock.set(at);
                    tries.push(OutreachTry {
                        id: seeder.ctx.id(OutreachTryId::new),
                        outreach_id: outreach.id.clone(),
                        at,
                        by_id: desk.id.clone(),
                        result,
                    });
                    outreach.due_at = local_time::next_business_noon(at, ZONE);
                }
            }
            if days > 21 {
                outreach.closed_at = Some(raised_at + Duration::days(12));
                outreach.closed_by = Some(desk.id.clone());
                outreach.outcome = Some(OutreachOutcome::WantsBreak);
            }
            raised.push(outreach);
        }
    }
    store::outreach::insert_many(&mut tx, &raised).await?;
    store::outreach::tried(&mut tx, &tries).await?;
    tx.commit().await?;
    seeder.clock.set(seeder.now);
    Ok(())
}
