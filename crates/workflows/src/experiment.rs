//! What a practice tries in order to get better: one change, one figure, a day on which it is decided, and the decision with its
//! reason. What was written down stays as it is: a change of the change is another experiment.

use crate::access::{require, today};
use crate::field::Form;
use crate::{Context, Error, Result, audit};
use care::access::{Action, Viewer};
use care::attendance::{By, EndingRule, Endings, NoShowRule};
use care::closed_loop::{Count, Speed, back_on_track, middle, overdue};
use care::experiment::{Decided, Every, Experiment, Measured, Metric, Period, Reading, Verdict};
use care::outcome::CONFIDENCE;
use care::staff::{Actor, StaffState};
use care::{ExperimentId, Instant, Phi, SiteId, StaffId, local_time};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use store::attendance::{Span, Wanted};
use store::{Read, Tx};

/// The longest text about an experiment.
const LONGEST: usize = 500;
/// An experiment takes no longer than this.
const MOST: Duration = Duration::days(366);
/// Nor does it begin earlier or later than this.
const FAR: Duration = Duration::days(366);

/// A new experiment.
#[derive(Debug, Clone)]
pub struct NewExperiment {
    /// What is changed.
    pub change: String,
    /// What is expected of it.
    pub expectation: String,
    /// The figure.
    pub metric: Metric,
    /// What must not get worse.
    pub guardrail: Option<Metric>,
    /// Where.
    pub site: Option<SiteId>,
    /// What one point is made of.
    pub every: Every,
    /// Who answers for it.
    pub owner: StaffId,
    /// The first day with the change.
    pub starts_on: NaiveDate,
    /// The day on which it is decided.
    pub ends_on: NaiveDate,
}

/// Writes one down.
pub async fn begin(tx: &mut Tx, ctx: &Context, by: &Viewer, new: NewExperiment) -> Result<Experiment> {
    require(by, Action::Improve)?;
    let mut form = Form::default();
    let change = form.line("change", &new.change, LONGEST);
    let expectation = form.line("expectation", &new.expectation, LONGEST);
    form.expect("guardrail", "wrong-taken", || new.guardrail != Some(new.metric));
    let today = today(tx, ctx).await?;
    form.expect("starts_on", "wrong-date", || (new.starts_on - today).abs() <= FAR);
    form.expect("decide_on", "wrong-order", || new.ends_on > new.starts_on);
    form.expect("decide_on", "wrong-date", || new.ends_on - new.starts_on <= MOST);
    let owner = store::staff::find(tx, &new.owner).await?;
    form.expect("owner", "wrong-choose", || owner.is_some_and(|owner| owner.state == StaffState::Active));
    if let Some(site) = &new.site {
        let sites = store::site::list(tx).await?;
        form.expect("site", "wrong-choose", || sites.iter().any(|one| &one.id == site));
    }
    form.finish()?;
    let experiment = Experiment {
        id: ctx.id(ExperimentId::new),
        change: Phi::new(change),
        expectation: Phi::new(expectation),
        metric: new.metric,
        guardrail: new.guardrail,
        site_id: new.site,
        every: new.every,
        owner_id: new.owner,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        created_at: ctx.now(),
        created_by: by.staff_id.clone(),
        decided: None,
    };
    store::experiment::insert(tx, &experiment).await?;
    let actor = Actor::Staff(by.staff_id.clone());
    let entry = audit::entry(ctx, &actor, "experiment.begin", "experiment", experiment.id.as_str());
    tx.audit(entry.with("metric", experiment.metric.as_str()));
    Ok(experiment)
}

/// Keeps what was decided. [`Error::Conflict`] where somebody has decided already.
pub async fn decide(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    id: &ExperimentId,
    verdict: Verdict,
    reason: &str,
) -> Result<()> {
    require(by, Action::Improve)?;
    store::experiment::find(tx, id).await?.ok_or(Error::NotFound)?;
    let mut form = Form::default();
    let reason = form.line("decision_reason", reason, LONGEST);
    form.finish()?;
    let decided = Decided { verdict, reason: Phi::new(reason), at: ctx.now(), by: by.staff_id.clone() };
    if !store::experiment::decide(tx, id, &decided).await? {
        return Err(Error::Conflict);
    }
    let actor = Actor::Staff(by.staff_id.clone());
    let entry = audit::entry(ctx, &actor, "experiment.decide", "experiment", id.as_str());
    tx.audit(entry.with("decision", verdict.as_str()));
    Ok(())
}

/// The figure of an experiment in each of its periods that is over.
pub async fn measure(read: &mut Read, ctx: &Context, one: &Experiment, metric: Metric) -> Result<Vec<Measured>> {
    let zone = local_time::zone(&store::practice::get(read).await?.zone).unwrap_or(Tz::UTC);
    let periods = one.periods(local_time::day_of(ctx.now(), zone));
    let begins = |day| local_time::at_minute(day, 0, zone);
    let spans: Vec<Span> = periods
        .iter()
        .map(|(from, until, _)| Span {
            of: from.to_string(),
            from: *from,
            until: *until,
            begins: begins(*from),
            ends: begins(*until),
        })
        .collect();
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    let readings = readings(read, ctx.now(), &spans, one.site_id.as_ref(), metric).await?;
    let of = |from: &NaiveDate| {
        let name = from.to_string();
        readings.iter().find(|(of, _)| *of == name).map(|(_, reading)| *reading)
    };
    Ok(periods
        .iter()
        .map(|(from, until, phase)| Measured { from: *from, until: *until, phase: *phase, reading: of(from) })
        .collect())
}

/// What a metric comes to in each span in which there is anything to count.
pub async fn readings(
    read: &mut Read,
    now: Instant,
    spans: &[Span],
    site: Option<&SiteId>,
    metric: Metric,
) -> Result<Vec<(String, Reading)>> {
    let share = |of: String, count: Count| (of, count.hits, count.measured);
    let counts: Vec<(String, u64, u64)> = match metric {
        Metric::Completion => counted(store::experiment::completed(read, spans, site).await?),
        Metric::OptOut => counted(store::experiment::opted_out(read, spans, site).await?),
        Metric::Improvement => counted(store::experiment::improved(read, spans, site).await?),
        Metric::NoShow | Metric::LateCancelled => {
            let sessions = store::attendance::sessions(read, &wanted(spans, site), Some(By::Month), now).await?;
            let count = |one: &care::attendance::Sessions| match metric {
                Metric::NoShow => one.missed(NoShowRule::Expected),
                _ => one.cancelled_late(),
            };
            sessions.into_iter().map(|one| share(one.of.clone(), count(&one))).collect()
        }
        Metric::EarlyEnd => {
            let rows =
                store::attendance::ended(read, &wanted(spans, site), Some(By::Month), EndingRule::Judged).await?;
            let groups = Endings::groups(rows);
            groups.iter().map(|one| share(one.of.clone(), one.early(EndingRule::Judged, 0))).collect()
        }
        Metric::Acknowledge | Metric::Overdue | Metric::BackOnTrack => {
            return of_cases(read, now, spans, site, metric).await;
        }
    };
    Ok(counts
        .into_iter()
        .filter(|(_, _, cases)| *cases > 0)
        .map(|(of, hits, cases)| (of, Reading::Share(Period { hits, cases })))
        .collect())
}

fn counted(counts: Vec<store::experiment::Counted>) -> Vec<(String, u64, u64)> {
    counts.into_iter().map(|one| (one.of, one.hits, one.cases)).collect()
}

fn wanted(spans: &[Span], site: Option<&SiteId>) -> Wanted {
    Wanted { spans: spans.to_vec(), clinicians: None, site: site.cloned(), programme: None, payer: None }
}

/// The figures of alerts and closed cases.
async fn of_cases(
    read: &mut Read,
    now: Instant,
    spans: &[Span],
    site: Option<&SiteId>,
    metric: Metric,
) -> Result<Vec<(String, Reading)>> {
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(Vec::new()) };
    let wanted = store::closed_loop::Wanted { begins: first.begins, ends: last.ends, owners: None };
    let is_there = |of: &SiteId| site.is_none_or(|site| site == of);
    let mut found = Vec::new();
    if metric == Metric::BackOnTrack {
        let cases = store::closed_loop::closed(read, &wanted).await?;
        for span in spans {
            let inside = cases.iter().filter(|case| {
                is_there(&case.belongs.site_id) && case.closed_at >= span.begins && case.closed_at < span.ends
            });
            found.push((span.of.clone(), as_share(back_on_track(inside))));
        }
    } else {
        let alerts = store::closed_loop::alerts(read, &wanted).await?;
        for span in spans {
            let inside = alerts.iter().filter(|alert| {
                is_there(&alert.belongs.site_id) && alert.raised_at >= span.begins && alert.raised_at < span.ends
            });
            let reading = if metric == Metric::Overdue {
                as_share(overdue(inside, now))
            } else {
                let waits: Vec<_> = inside.map(|alert| alert.wait(Speed::Acknowledge, now)).collect();
                let middle = middle(&waits, CONFIDENCE);
                middle.and_then(|middle| Some(Reading::Value(middle.median? / 60.0, middle.n)))
            };
            found.push((span.of.clone(), reading));
        }
    }
    Ok(found.into_iter().filter_map(|(of, reading)| Some((of, reading?))).collect())
}

fn as_share(count: Count) -> Option<Reading> {
    (count.measured > 0).then_some(Reading::Share(Period { hits: count.hits, cases: count.measured }))
}
