//! The figures of the pack, each from the same counts as the page it belongs to.

use crate::error::Result;
use crate::staff::dashboard::is_safe;
use crate::staff::dashboard::span_of;
use crate::staff::session::Signed;
use care::Instant;
use care::attendance::{EndingRule, Endings, FEWEST, LONG, NoShowRule};
use care::case::ReasonLevel;
use care::closed_loop::{Alert, Count, Speed, back_on_track, middle, overdue, plan_changed};
use care::outcome::{Audience, CONFIDENCE, Counted, Figure, PAIR, Tally, least};
use chrono::NaiveDate;
use store::Read;
use store::attendance::{Span, Wanted};
use templates::format;
use templates::staff::{PackRow, PackSection, PackStatus};

/// A share, unless those it is made of are too few to be passed on.
fn share(label: &str, about: &str, count: Count) -> Option<PackRow> {
    let figure = Figure::of(count, CONFIDENCE)?;
    let few = PackRow::few(label, None, about);
    if !(is_safe(count.hits) && is_safe(count.measured - count.hits)) {
        return Some(few);
    }
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    Some(PackRow {
        status: if figure.is_reportable() { PackStatus::Shown } else { PackStatus::NotReportable },
        value: percent(figure.share.value),
        interval: format!("{:.1}–{}", figure.share.low * 100.0, percent(figure.share.high)),
        hits: Some(count.hits),
        cases: Some(count.measured),
        known: format!("{:.0} %", figure.completeness * 100.0),
        ..few
    })
}

/// A length of time of one kind of alerts.
fn length(what: Speed, kind: ReasonLevel, alerts: &[Alert], now: Instant) -> Option<PackRow> {
    let own: Vec<_> = alerts.iter().filter(|alert| alert.level == kind).map(|alert| alert.wait(what, now)).collect();
    let middle = middle(&own, CONFIDENCE)?;
    let few = PackRow::few(format!("loop-{}", what.as_str()), Some(kind), format!("loop-means-{}", what.as_str()));
    let is_enough = middle.n >= least(None, Audience::Outside) && is_safe(middle.open);
    let Some(median) = middle.median.filter(|_| is_enough) else { return Some(few) };
    Some(PackRow {
        status: PackStatus::Shown,
        value: format::minutes(median),
        interval: format::minutes_between(middle.low, middle.high),
        cases: Some(middle.n),
        ..few
    })
}

fn counted(counts: &[store::experiment::Counted]) -> Count {
    let (hits, cases) = counts.iter().fold((0, 0), |(hits, cases), one| (hits + one.hits, cases + one.cases));
    Count { hits, measured: cases, eligible: cases }
}

/// All sections.
pub async fn of(
    read: &mut Read,
    me: &Signed,
    (from, until): (NaiveDate, NaiveDate),
    now: Instant,
) -> Result<Vec<PackSection>> {
    let span = span_of("", from, until, me.zone);
    let spans = [span.clone()];
    let outcomes = outcomes(read, from, until).await?;
    let completed = counted(&store::experiment::completed(read, &spans, None).await?);
    let opted_out = counted(&store::experiment::opted_out(read, &spans, None).await?);
    let completion = [
        share("metric-completion", "metric-means-completion", completed),
        share("metric-opt_out", "metric-means-opt_out", opted_out),
    ];
    Ok(vec![
        PackSection { what: "outcomes", rows: outcomes },
        PackSection { what: "completion", rows: completion.into_iter().flatten().collect() },
        PackSection { what: "attendance", rows: attendance(read, span.clone(), now).await? },
        PackSection { what: "loop", rows: closed_loop(read, &span, now).await? },
    ])
}

async fn outcomes(read: &mut Read, from: NaiveDate, until: NaiveDate) -> Result<Vec<PackRow>> {
    let wanted = store::outcome::Wanted::all(PAIR, from, until);
    let total = store::outcome::tally(read, &wanted, None).await?.iter().fold(Tally::default(), Tally::and);
    let own = |what: Counted| {
        let count = total.count(what);
        is_safe(count.hits) && is_safe(count.measured - count.hits)
    };
    let row = |what: &Counted| {
        let (label, about) = (format!("counted-{}", what.as_str()), format!("counted-about-{}", what.as_str()));
        let row = share(&label, &about, total.count(*what))?;
        Some(if what.is_shown(own) { row } else { PackRow::few(label, None, about) })
    };
    Ok(Counted::ALL.iter().filter_map(row).collect())
}

async fn attendance(read: &mut Read, span: Span, now: Instant) -> Result<Vec<PackRow>> {
    let wanted = Wanted { spans: vec![span], clinicians: None, site: None, programme: None, payer: None };
    let sessions = store::attendance::sessions(read, &wanted, None, now).await?.pop().unwrap_or_default();
    let ended = store::attendance::ended(read, &wanted, None, EndingRule::Judged).await?;
    let endings = Endings::together(&Endings::groups(ended));
    let rows = [
        share("attendance-rate-no_show", "attendance-no_show-expected", sessions.missed(NoShowRule::Expected)),
        share("attendance-rate-late", "attendance-rate-about-late", sessions.cancelled_late()),
        share("attendance-rate-early", "attendance-early-judged", endings.early(EndingRule::Judged, FEWEST)),
        share("pack-stayed", "pack-stayed-about", endings.at_least(LONG)),
    ];
    Ok(rows.into_iter().flatten().collect())
}

async fn closed_loop(read: &mut Read, span: &Span, now: Instant) -> Result<Vec<PackRow>> {
    let wanted = store::closed_loop::Wanted { begins: span.begins, ends: span.ends, owners: None };
    let alerts = store::closed_loop::alerts(read, &wanted).await?;
    let cases = store::closed_loop::closed(read, &wanted).await?;
    let mut rows = Vec::new();
    for what in Speed::ALL {
        rows.extend(ReasonLevel::ALL.iter().rev().filter_map(|kind| length(*what, *kind, &alerts, now)));
    }
    let shares = [
        share("loop-share-overdue", "loop-about-overdue", overdue(&alerts, now)),
        share("loop-share-plan_changed", "loop-about-plan_changed", plan_changed(&cases)),
        share("loop-share-back_on_track", "loop-about-back_on_track", back_on_track(&cases)),
    ];
    rows.extend(shares.into_iter().flatten());
    Ok(rows)
}
