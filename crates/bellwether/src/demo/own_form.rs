//! A form of Harbor Lane's own: published twice, so that its versions can be compared, and a draft whose test case does not hold yet.

use super::seed::Seeder;
use anyhow::{Context as _, Result, ensure};
use care::PracticeId;
use care::staff::Role;
use chrono::Duration;
use store::Db;
use workflows::access::viewer;
use workflows::library::{Filed, publish_draft, save_draft};

const ID: &str = "my-week";
const FIRST: &str = include_str!("own_form.toml");

/// Writes it, each version on the day on which it would have been.
pub async fn settle(seeder: &Seeder, db: &Db, practice: &PracticeId) -> Result<()> {
    let ctx = &seeder.ctx;
    let mut tx = db.write_in_bulk(practice).await?;
    let staff = store::staff::list(&mut tx).await?;
    let admin = staff.iter().find(|person| person.is(Role::Admin)).context("an administrator")?;
    let by = viewer(admin);
    let second = FIRST.replace("What helped you most?", "What helped you, even a little?");
    for (weeks, file) in [(20, FIRST), (6, second.as_str())] {
        seeder.clock.set(seeder.now - Duration::weeks(weeks));
        save_draft(&mut tx, ctx, &by, ID, file).await?;
        let filed = publish_draft(&mut tx, ctx, &by, ID).await?;
        ensure!(matches!(filed, Filed::Published(_)), "the form of the demo holds: {filed:?}");
    }
    seeder.clock.set(seeder.now - Duration::days(1));
    let draft = second
        .replace("value = 16, band", "value = 17, band")
        .replace("\"in the middle\"", "\"in the middle, as hoped\"");
    save_draft(&mut tx, ctx, &by, ID, &draft).await?;
    tx.commit().await?;
    seeder.clock.set(seeder.now);
    Ok(())
}
