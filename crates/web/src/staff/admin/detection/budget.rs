//! Quieter rules beside the practice's alert budget, as the page writes them.

use super::{difference_line, form::fields_of};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::session::Signed;
use care::detection::{EVERY_INSTRUMENT, suggested};
use care::model_card::RECENT_DAYS;
use templates::staff::admin::{BudgetRow, BudgetTrial};
use workflows::detection::{self, Typed};

/// Weighs the practice's rules and quieter ones by the scores of the last days and the closed courses.
pub(super) async fn weigh(app: &App, me: &Signed) -> Result<BudgetTrial> {
    let budget = me.face.practice.settings.alert_budget;
    let mut read = app.db.read(&me.practice).await?;
    let recent = detection::recent(&mut read, &app.ctx, EVERY_INSTRUMENT).await?;
    drop(read);
    let clinicians = recent.clinicians;
    let weighed = tokio::task::spawn_blocking(move || recent.weigh()).await.map_err(|_| Error::Internal)?;
    let best = suggested(&weighed, budget);
    let in_force = weighed.first().map(|one| one.rules.clone()).unwrap_or_default();
    let rows = weighed.iter().enumerate().map(|(place, one)| BudgetRow {
        differences: in_force.differences(&one.rules).iter().map(difference_line).collect(),
        a_week: format!("{:.1}", one.a_week),
        fits: one.fits(budget),
        found: one.found,
        suggested: best == Some(place),
        fields: fields_of(&Typed::of(&one.rules)),
    });
    Ok(BudgetTrial { days: RECENT_DAYS, clinicians, rows: rows.collect() })
}
