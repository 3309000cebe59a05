//! From alerts and closed cases to what the page says.

use super::asked::{Question, kind_name};
use super::{Found, Known};
use crate::App;
use crate::staff::attendance::figure_text;
use crate::staff::session::Signed;
use care::Instant;
use care::case::ReasonLevel;
use care::closed_loop::{Alert, By, ClosedCase, Count, Middle, Speed, back_on_track, middle, overdue, plan_changed};
use care::outcome::{Audience, CONFIDENCE, Figure, least};
use stats::suppression::suppress;
use std::collections::BTreeMap;
use templates::format;
use templates::staff::{FigureText, LoopFigures, LoopGroup, LoopShare, WaitText};

/// How long it takes, of these alerts.
pub fn speed<'a>(alerts: impl IntoIterator<Item = &'a Alert>, speed: Speed, now: Instant) -> Option<Middle> {
    let waits: Vec<_> = alerts.into_iter().map(|alert| alert.wait(speed, now)).collect();
    middle(&waits, CONFIDENCE)
}

/// In words.
pub fn wait_text(middle: &Middle) -> WaitText {
    WaitText {
        median: middle.median.map(format::minutes),
        interval: format::minutes_between(middle.low, middle.high),
        middle: format::minutes_between(middle.lower, middle.upper),
        open: middle.open,
    }
}

fn text(count: Count) -> Option<FigureText> {
    Figure::of(count, CONFIDENCE).map(|figure| figure_text(&figure, None))
}

/// The alerts and cases of each group, by the group's id.
pub fn grouped<T>(all: &[T], key: impl Fn(&T) -> String) -> Vec<(String, Vec<&T>)> {
    let mut groups: BTreeMap<String, Vec<&T>> = BTreeMap::new();
    for one in all {
        groups.entry(key(one)).or_default().push(one);
    }
    groups.into_iter().collect()
}

/// Everything the page shows.
pub fn of(app: &App, me: &Signed, known: &Known, question: &Question, found: &Found) -> LoopFigures {
    let (alerts, cases) = (found.alerts.as_deref(), found.cases.as_deref());
    let now = found.now;
    let mut shares = Vec::new();
    if let Some(alerts) = alerts {
        shares.push(LoopShare { what: "overdue", figure: text(overdue(alerts, now)) });
    }
    if let Some(cases) = cases {
        shares.push(LoopShare { what: "plan_changed", figure: text(plan_changed(cases)) });
        shares.push(LoopShare { what: "back_on_track", figure: text(back_on_track(cases)) });
    }
    let groups = groups(app, me, known, question, found);
    LoopFigures {
        alerts: alerts.map(|alerts| alerts.len() as u64),
        waiting: alerts.map_or(0, |alerts| alerts.iter().filter(|one| one.acknowledged_at.is_none()).count() as u64),
        closed: cases.map(|cases| cases.len() as u64),
        shares,
        by: question.by.map_or("none", By::as_str),
        hidden: groups.iter().map(|one| usize::from(one.hides_alerts) + usize::from(one.hides_cases)).sum(),
        groups,
        least: least(None, Audience::Staff),
    }
}

/// The name of a group; empty where it has none.
pub fn group_name(known: &Known, by: By, id: &str) -> String {
    match by {
        By::Site => known.site_name(id),
        By::Kind | By::Month => id.to_owned(),
        By::Programme | By::Payer => known.entry_name(id),
    }
}

/// By name; months in time, kinds by how grave they are. The numbers of alerts and of cases are hidden each by itself.
fn groups(app: &App, me: &Signed, known: &Known, question: &Question, found: &Found) -> Vec<LoopGroup> {
    let now = found.now;
    let (alerts, cases) = (found.alerts.as_deref().unwrap_or_default(), found.cases.as_deref().unwrap_or_default());
    let Some(by) = question.by else {
        let name = app.templates.said("loop-all", me.language).unwrap_or_default();
        let (alerts, cases): (Vec<&Alert>, Vec<&ClosedCase>) = (alerts.iter().collect(), cases.iter().collect());
        let (alerts, cases) = ((!alerts.is_empty()).then_some(alerts), (!cases.is_empty()).then_some(cases));
        return vec![group(name, alerts.as_deref(), cases.as_deref(), now)];
    };
    let fewest = least(None, Audience::Staff);
    let by_alerts = grouped(alerts, |alert| question.alert_group(alert, by));
    let by_cases = grouped(cases, |case| question.case_group(case, by));
    let alerts_shown = suppress(&by_alerts.iter().map(|(_, own)| own.len() as u64).collect::<Vec<_>>(), fewest);
    let cases_shown = suppress(&by_cases.iter().map(|(_, own)| own.len() as u64).collect::<Vec<_>>(), fewest);
    let mut ids: Vec<&str> = by_alerts.iter().map(|(id, _)| id.as_str()).collect();
    ids.extend(by_cases.iter().map(|(id, _)| id.as_str()));
    ids.sort_unstable();
    ids.dedup();
    let mut rows: Vec<((bool, String), LoopGroup)> = ids
        .into_iter()
        .map(|id| {
            let alert_place = by_alerts.iter().position(|(of, _)| of == id);
            let case_place = by_cases.iter().position(|(of, _)| of == id);
            let alerts =
                alert_place.filter(|place| alerts_shown.shows(*place)).map(|place| by_alerts[place].1.as_slice());
            let cases = case_place.filter(|place| cases_shown.shows(*place)).map(|place| by_cases[place].1.as_slice());
            let kind: Option<ReasonLevel> = if by == By::Kind { id.parse().ok() } else { None };
            let name = kind.map_or_else(|| group_name(known, by, id), |kind| kind_name(app, me, kind));
            // The gravest first.
            let order = kind.map_or_else(|| name.clone(), |kind| (9 - kind as u8).to_string());
            let row = LoopGroup {
                hides_alerts: alert_place.is_some() && alerts.is_none(),
                hides_cases: case_place.is_some() && cases.is_none(),
                ..group(name, alerts, cases, now)
            };
            ((order.is_empty(), order), row)
        })
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn group(name: String, alerts: Option<&[&Alert]>, cases: Option<&[&ClosedCase]>, now: Instant) -> LoopGroup {
    let wait = |what: Speed| speed(alerts?.iter().copied(), what, now).map(|middle| wait_text(&middle));
    LoopGroup {
        name,
        alerts: alerts.map(|alerts| alerts.len() as u64),
        acknowledge: wait(Speed::Acknowledge),
        act: wait(Speed::Act),
        overdue: alerts.and_then(|alerts| text(overdue(alerts.iter().copied(), now))),
        closed: cases.map(|cases| cases.len() as u64),
        plan_changed: cases.and_then(|cases| text(plan_changed(cases.iter().copied()))),
        back_on_track: cases.and_then(|cases| text(back_on_track(cases.iter().copied()))),
        hides_alerts: false,
        hides_cases: false,
    }
}
