//! What Harbor Lane tries in order to get better: one change that was kept, one that runs; and filters that two people keep.

use super::seed::Seeder;
use anyhow::{Context as _, Result};
use care::access::Viewer;
use care::experiment::{Every, Metric, Verdict};
use care::saved_view::Dashboard;
use care::staff::{Role, Staff};
use care::{PracticeId, StaffId};
use chrono::Duration;
use store::Db;
use workflows::access::viewer;
use workflows::experiment::{self, NewExperiment};
use workflows::saved_view;

fn of_role(staff: &[Staff], role: Role) -> Result<(StaffId, Viewer)> {
    let person = staff.iter().find(|person| person.is(role)).with_context(|| format!("somebody who is {role}"))?;
    Ok((person.id.clone(), viewer(person)))
}

/// Writes them down, each on the day on which it would have been.
pub async fn settle(seeder: &Seeder, db: &Db, practice: &PracticeId) -> Result<()> {
    let ctx = &seeder.ctx;
    let mut tx = db.write_in_bulk(practice).await?;
    let staff = store::staff::list(&mut tx).await?;
    let (owner, owners) = of_role(&staff, Role::Owner)?;
    let (_, supervisors) = of_role(&staff, Role::Supervisor)?;
    let day = |weeks: i64| (seeder.now - Duration::weeks(weeks)).date_naive();
    seeder.clock.set(seeder.now - Duration::weeks(13));
    let kept = NewExperiment {
        change: "Check-ins go out 24 hours before the session instead of 2".to_owned(),
        expectation: "More check-ins are handed in, and nobody opts out because of it".to_owned(),
        metric: Metric::Completion,
        guardrail: Some(Metric::OptOut),
        site: Some(seeder.sites[1].clone()),
        every: Every::Week,
        owner: owner.clone(),
        starts_on: day(12),
        ends_on: day(8),
    };
    let kept = experiment::begin(&mut tx, ctx, &owners, kept).await?;
    seeder.clock.set(seeder.now - Duration::weeks(8));
    let reason = "Nothing got worse, and clients say that they have more time to answer";
    experiment::decide(&mut tx, ctx, &owners, &kept.id, Verdict::Keep, reason).await?;
    seeder.clock.set(seeder.now - Duration::weeks(4));
    let runs = NewExperiment {
        change: "The front desk calls on the afternoon after a missed session".to_owned(),
        expectation: "Fewer sessions are missed".to_owned(),
        metric: Metric::NoShow,
        guardrail: None,
        site: None,
        every: Every::Week,
        owner,
        starts_on: day(3),
        ends_on: (seeder.now + Duration::weeks(3)).date_naive(),
    };
    experiment::begin(&mut tx, ctx, &owners, runs).await?;
    seeder.clock.set(seeder.now - Duration::days(2));
    let kept = [
        (&owners, Dashboard::Outcomes, "view=practice&period=last-quarter&by=site", "Last quarter, site by site"),
        (&owners, Dashboard::ClosedLoop, "view=practice&period=12-months&by=month", "Month by month"),
        (&supervisors, Dashboard::ClosedLoop, "view=team&period=this-quarter&by=kind", "My team, this quarter"),
    ];
    for (by, page, query, name) in kept {
        saved_view::keep(&mut tx, ctx, by, page, query, name).await?;
    }
    tx.commit().await?;
    seeder.clock.set(seeder.now);
    Ok(())
}
