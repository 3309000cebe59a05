//! The figures as a table for a file. It leaves the house, so the stricter rules count: no group below 11, and no count from 1 to 10 of
//! those who did this or that, nor what would give one away.

use super::asked::{Question, group_name};
use super::figures::{LAST, of_sessions};
use super::{Counts, Known};
use crate::staff::dashboard::{FEWEST, is_safe, suppressed};
use crate::staff::exit;
use care::Instant;
use care::attendance::{By, EndingRule, Endings, LONG, Sessions, retention};
use care::calendar::Step;
use care::outcome::{CONFIDENCE, Figure};
use exchange::csv_out::Value;
use exchange::sheet::Sheet;
use stats::aggregate::Count;

const HEADERS: [&str; 18] = [
    "data_as_of",
    "from",
    "until",
    "whose",
    "filters",
    "no_show_definition",
    "early_definition",
    "compared_by",
    "group",
    "figure",
    "hits",
    "recorded",
    "eligible",
    "percent",
    "percent_low_95",
    "percent_high_95",
    "percent_recorded",
    "status",
];

/// Which groups may show a figure: neither who did nor who did not may be few, or be computed.
pub fn shown(step: Option<Step>, names: &[&str], wholes: &[u64], counts: &[Count]) -> Vec<bool> {
    let parts = |parts: &[u64]| suppressed(step, names.iter().copied(), parts, FEWEST);
    let whole = parts(wholes);
    let parts = |of: &dyn Fn(&Count) -> u64| parts(&counts.iter().map(of).collect::<Vec<_>>());
    let hits = parts(&|count| count.hits);
    let misses = parts(&|count| count.measured - count.hits);
    (0..wholes.len()).map(|place| whole.shows(place) && hits.shows(place) && misses.shows(place)).collect()
}

/// One figure of everything and of each group.
struct Line<'a> {
    name: &'static str,
    total: Option<Count>,
    groups: Vec<(&'a str, u64, Count)>,
}

fn lines<'a>(question: &Question, counts: &'a Counts) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for (at, name) in ["no_show", "late_cancelled", "cancelled_in_time"].into_iter().enumerate() {
        let of = |sessions: &Sessions| of_sessions(sessions, question.no_show)[at].1;
        lines.push(Line {
            name,
            total: counts.sessions.as_ref().map(of),
            groups: counts.by_sessions.iter().map(|one| (one.of.as_str(), one.booked(), of(one))).collect(),
        });
    }
    let mut of_courses = |name, of: &dyn Fn(&Endings) -> Count| {
        lines.push(Line {
            name,
            total: counts.endings.as_ref().map(of),
            groups: counts.by_endings.iter().map(|one| (one.of.as_str(), one.closed(), of(one))).collect(),
        });
    };
    of_courses("early_termination", &|one| one.early(question.early, question.fewest));
    of_courses("stayed_8_sessions", &|one| one.at_least(LONG));
    lines
}

/// Writes the file.
pub fn write(known: &Known, question: &Question, counts: &Counts, now: Instant) -> Sheet {
    let wanted = &question.wanted;
    let filters: Vec<String> = By::ALL
        .iter()
        .filter_map(|by| Some(format!("{}: {}", by.as_str(), group_name(known, *by, wanted.chosen(*by)?))))
        .collect();
    let early = match question.early {
        EndingRule::Few => format!("fewer_than_{}_sessions", question.fewest),
        other => other.as_str().to_owned(),
    };
    let about = [
        now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        question.first_day().to_string(),
        question.last_day().to_string(),
        question.view.as_str().to_owned(),
        filters.join("; "),
        question.no_show.as_str().to_owned(),
        early,
        question.by.map_or("", By::as_str).to_owned(),
    ];
    let text = |text: &str| Value::Text(text.to_owned().into());
    let whole = |count: u64| Value::Whole(i64::try_from(count).unwrap_or(i64::MAX));
    let begin = |group: &str, figure: &str| -> Vec<Value<'static>> {
        about.iter().map(|cell| text(cell)).chain([text(group), text(figure)]).collect()
    };
    let full = |row: &mut Vec<Value<'static>>, figure: &Figure| {
        row.extend([figure.count.hits, figure.count.measured, figure.count.eligible].map(whole));
        let share = figure.share;
        row.extend([share.value, share.low, share.high, figure.completeness].map(|one| Value::Decimal(one * 100.0, 1)));
        row.push(if figure.is_reportable() { "reportable" } else { "not reportable" }.into());
    };
    let nothing = |row: &mut Vec<Value<'static>>, status: &'static str| {
        row.extend(std::iter::repeat_n(Value::Empty, HEADERS.len() - row.len() - 1));
        row.push(status.into());
    };
    let mut rows = Vec::new();
    for Line { name, total, groups } in lines(question, counts) {
        let mut row = begin("all", name);
        let safe = total.filter(|count| is_safe(count.hits) && is_safe(count.measured - count.hits));
        match safe.and_then(|count| Figure::of(count, CONFIDENCE)) {
            Some(figure) => full(&mut row, &figure),
            None => nothing(&mut row, "too few to show"),
        }
        rows.push(row);
        let wholes: Vec<u64> = groups.iter().map(|group| group.1).collect();
        let shares: Vec<Count> = groups.iter().map(|group| group.2).collect();
        let ids: Vec<&str> = groups.iter().map(|group| group.0).collect();
        let by_group = shown(question.by.and_then(By::step), &ids, &wholes, &shares);
        let mut named: Vec<_> = groups
            .iter()
            .zip(by_group)
            .map(|((id, _, count), is_shown)| {
                (group_name(known, question.by.unwrap_or(By::Site), id), *count, is_shown && safe.is_some())
            })
            .collect();
        named.sort_by(|one, other| one.0.cmp(&other.0));
        for (group, count, is_shown) in named {
            let mut row = begin(&group, name);
            match Figure::of(count, CONFIDENCE).filter(|_| is_shown) {
                Some(figure) => full(&mut row, &figure),
                None => nothing(&mut row, "too few to show"),
            }
            rows.push(row);
        }
    }
    for (name, count) in counts.exits.as_ref().map(exit::lines).unwrap_or_default() {
        let mut row = begin("all", &name);
        match count.and_then(|count| Figure::of(count, CONFIDENCE)) {
            Some(figure) => full(&mut row, &figure),
            None => nothing(&mut row, "too few to show"),
        }
        rows.push(row);
    }
    let table_of = counts.stayed.as_ref().map(|stayed| retention(stayed, LAST, CONFIDENCE)).unwrap_or_default();
    for line in table_of.iter().filter(|line| line.session > 1) {
        let mut row = begin("all", &format!("reached_session_{}", line.session));
        if is_safe(line.ended) && line.known - line.ended >= FEWEST {
            row.extend([Value::Empty, whole(line.known), Value::Empty]);
            let share = line.share;
            row.extend([share.value, share.low, share.high].map(|one| Value::Decimal(one * 100.0, 1)));
            row.extend([Value::Empty, "reportable".into()]);
            rows.push(row);
        } else {
            nothing(&mut row, "too few to show");
            rows.push(row);
        }
    }
    Sheet { name: "attendance".to_owned(), headers: HEADERS.to_vec(), rows, as_of: now }
}
