//! The figures as a table for a file. It leaves the house, so the stricter rules count: no group below 11, and no count from 1 to 10
//! of alerts or cases of which this or that is true, nor what would give one away.

use super::asked::Question;
use super::figures::{group_name, grouped, speed};
use super::{Found, Known};
use crate::staff::attendance::shown;
use crate::staff::dashboard::is_safe;
use care::closed_loop::{Alert, By, ClosedCase, Count, Middle, Speed, back_on_track, overdue, plan_changed};
use care::outcome::{Audience, CONFIDENCE, Figure, least};
use exchange::csv_out::Value;
use exchange::sheet::Sheet;
use stats::suppression::suppress;

const HEADERS: [&str; 21] = [
    "data_as_of",
    "from",
    "until",
    "whose",
    "filters",
    "compared_by",
    "group",
    "figure",
    "hits",
    "known",
    "eligible",
    "percent",
    "percent_low_95",
    "percent_high_95",
    "percent_known",
    "median_minutes",
    "median_low_95",
    "median_high_95",
    "lower_quartile_minutes",
    "upper_quartile_minutes",
    "status",
];

const SHARES: usize = 7;
const LENGTHS: usize = 5;

type Row = Vec<Value<'static>>;

fn whole(count: u64) -> Value<'static> {
    Value::Whole(i64::try_from(count).unwrap_or(i64::MAX))
}

fn share(count: Count) -> Option<Row> {
    let figure = Figure::of(count, CONFIDENCE)?;
    let mut row: Row = [count.hits, count.measured, count.eligible].map(whole).into();
    let shares = [figure.share.value, figure.share.low, figure.share.high, figure.completeness];
    row.extend(shares.map(|one| Value::Decimal(one * 100.0, 1)));
    row.extend(std::iter::repeat_n(Value::Empty, LENGTHS));
    row.push(if figure.is_reportable() { "reportable" } else { "not reportable" }.into());
    Some(row)
}

fn length(middle: &Middle) -> Row {
    let mut row: Row = vec![Value::Empty, whole(middle.n - middle.open), whole(middle.n)];
    row.extend(std::iter::repeat_n(Value::Empty, SHARES - 3));
    let lengths = [middle.median, middle.low, middle.high, middle.lower, middle.upper];
    row.extend(lengths.map(|one| one.map_or(Value::Empty, |minutes| Value::Decimal(minutes, 0))));
    row.push(if middle.median.is_some() { "reportable" } else { "not yet half" }.into());
    row
}

fn nothing() -> Row {
    let mut row: Row = std::iter::repeat_n(Value::Empty, SHARES + LENGTHS).collect();
    row.push("too few to show".into());
    row
}

/// A figure of everything and of each group, with how many each group has.
struct Line {
    name: &'static str,
    total: Row,
    groups: Vec<(String, Row)>,
}

/// A share: the groups show it where neither hits nor misses are few or can be computed.
fn share_line<T>(
    name: &'static str,
    all: Option<&[T]>,
    groups: &[(String, Vec<&T>)],
    count: impl Fn(&[&T]) -> Count,
) -> Line {
    let total = all.map(|all| count(&all.iter().collect::<Vec<_>>()));
    let safe = total.filter(|total| is_safe(total.hits) && is_safe(total.measured - total.hits));
    let wholes: Vec<u64> = groups.iter().map(|(_, own)| own.len() as u64).collect();
    let counts: Vec<Count> = groups.iter().map(|(_, own)| count(own)).collect();
    let by_group = shown(None, &[], &wholes, &counts);
    Line {
        name,
        total: safe.and_then(share).unwrap_or_else(nothing),
        groups: groups
            .iter()
            .zip(counts.iter().zip(by_group))
            .map(|((id, _), (count, is_shown))| {
                let row = if is_shown && safe.is_some() { share(*count) } else { None };
                (id.clone(), row.unwrap_or_else(nothing))
            })
            .collect(),
    }
}

fn length_line(name: &'static str, what: Speed, found: &Found, groups: &[(String, Vec<&Alert>)]) -> Line {
    let wholes: Vec<u64> = groups.iter().map(|(_, own)| own.len() as u64).collect();
    let by_size = suppress(&wholes, least(None, Audience::Outside));
    // How many still wait is a count of its own.
    let safe = |middle: &Middle| is_safe(middle.open) && is_safe(middle.n - middle.open);
    let row = |middle: Option<Middle>| middle.filter(safe).map_or_else(nothing, |middle| length(&middle));
    Line {
        name,
        total: row(found.alerts.as_ref().and_then(|alerts| speed(alerts, what, found.now))),
        groups: groups
            .iter()
            .enumerate()
            .map(|(place, (id, own))| {
                let own = if by_size.shows(place) { speed(own.iter().copied(), what, found.now) } else { None };
                (id.clone(), row(own))
            })
            .collect(),
    }
}

/// Writes the table.
pub fn write(known: &Known, question: &Question, found: &Found) -> Sheet {
    let filters: Vec<String> = By::ALL
        .iter()
        .filter_map(|by| Some(format!("{}: {}", by.as_str(), group_name(known, *by, question.chosen(*by)?))))
        .collect();
    let about = [
        found.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        question.from.to_string(),
        question.last_day().to_string(),
        question.view.as_str().to_owned(),
        filters.join("; "),
        question.by.map_or("", By::as_str).to_owned(),
    ];
    let (alerts, cases) = (found.alerts.as_deref(), found.cases.as_deref());
    let by_alerts: Vec<(String, Vec<&Alert>)> = question
        .by
        .map(|by| grouped(alerts.unwrap_or_default(), |alert| question.alert_group(alert, by)))
        .unwrap_or_default();
    let by_cases: Vec<(String, Vec<&ClosedCase>)> = question
        .by
        .map(|by| grouped(cases.unwrap_or_default(), |case| question.case_group(case, by)))
        .unwrap_or_default();
    let lines = [
        length_line("until_taken_up", Speed::Acknowledge, found, &by_alerts),
        length_line("until_acted_on", Speed::Act, found, &by_alerts),
        share_line("overdue", alerts, &by_alerts, |own| overdue(own.iter().copied(), found.now)),
        share_line("plan_changed", cases, &by_cases, |own| plan_changed(own.iter().copied())),
        share_line("back_on_track", cases, &by_cases, |own| back_on_track(own.iter().copied())),
    ];
    let begin = |group: &str, figure: &'static str| -> Row {
        let text = |text: &str| Value::Text(text.to_owned().into());
        about.iter().map(|cell| text(cell)).chain([text(group), figure.into()]).collect()
    };
    let mut rows = Vec::new();
    for Line { name, total, groups } in lines {
        rows.push(begin("all", name).into_iter().chain(total).collect());
        let by = question.by.unwrap_or(By::Kind);
        let mut named: Vec<(String, Row)> =
            groups.into_iter().map(|(id, row)| (group_name(known, by, &id), row)).collect();
        named.sort_by(|one, other| one.0.cmp(&other.0));
        rows.extend(named.into_iter().map(|(group, row)| begin(&group, name).into_iter().chain(row).collect()));
    }
    Sheet { name: "closed-loop".to_owned(), headers: HEADERS.to_vec(), rows, as_of: found.now }
}
