//! The figures as a file. It leaves the house, so the stricter rules count: no group below 11, and no count from 1 to 10 of
//! people who fared this way or that, nor what would give one away; an effect size stands only on 11 courses and more. Clinicians are
//! not in it.

use super::asked::{Question, group_name, lens_name};
use super::figures::{EFFECTS, Effect, counted, effects, of_whom};
use super::{Counts, Known};
use crate::staff::dashboard::FEWEST;
use crate::staff::session::Signed;
use care::Instant;
use care::outcome::{Counted, Dimension, Tally};
use exchange::csv_out::Value;
use exchange::sheet::Sheet;

const HEADERS: [&str; 23] = [
    "data_as_of",
    "closed_from",
    "closed_until",
    "whose",
    "measure",
    "filters",
    "compared_by",
    "group",
    "closed",
    "figure",
    "hits",
    "measured",
    "eligible",
    "percent",
    "percent_low_95",
    "percent_high_95",
    "percent_measured",
    "percent_worst",
    "percent_best",
    "effect",
    "effect_low_95",
    "effect_high_95",
    "status",
];

/// Columns of a figure between its name and its status.
const FIGURE: usize = 12;
const EFFECT: usize = 3;

type Row = Vec<Value<'static>>;

fn whole(count: u64) -> Value<'static> {
    Value::Whole(i64::try_from(count).unwrap_or(i64::MAX))
}

const fn status(is_reportable: bool) -> &'static str {
    if is_reportable { "reportable" } else { "not reportable" }
}

fn nothing(why: &'static str) -> Row {
    let mut row: Row = std::iter::repeat_n(Value::Empty, FIGURE).collect();
    row.push(why.into());
    row
}

/// The cells of a share.
fn share_cells(tally: &Tally, what: Counted, is_shown: bool) -> Row {
    let Some(figure) = tally.figure(what) else { return nothing("nobody measured") };
    if !is_shown {
        return nothing("too few to show");
    }
    let share = figure.share;
    let mut row: Row = [figure.count.hits, figure.count.measured, figure.count.eligible].map(whole).into();
    let shares = [share.value, share.low, share.high, figure.completeness, figure.worst, figure.best];
    row.extend(shares.map(|share| Value::Decimal(share * 100.0, 1)));
    row.extend(std::iter::repeat_n(Value::Empty, EFFECT));
    row.push(status(figure.is_reportable()).into());
    row
}

/// The cells of an effect size: of how many of how many it is, and the effect with its interval.
fn effect_cells(tally: &Tally, what: &str, effect: Option<&Effect>, is_shown: bool) -> Row {
    let Some(measured) = tally.figure(of_whom(what)) else { return nothing("nobody measured") };
    if !is_shown {
        return nothing("too few to show");
    }
    let Some(effect) = effect else { return nothing("no estimate") };
    let mut row: Row = vec![Value::Empty, whole(effect.n), whole(measured.count.eligible)];
    row.extend(std::iter::repeat_n(Value::Empty, 3));
    row.push(Value::Decimal(measured.completeness * 100.0, 1));
    row.extend([Value::Empty, Value::Empty, Value::Decimal(effect.value, 2)]);
    let (low, high) = effect.interval;
    row.extend([low, high].map(|bound| Value::Decimal(bound, 2)));
    row.push(status(measured.is_reportable()).into());
    row
}

/// A figure of everything and of each group.
struct Line {
    name: &'static str,
    total: Row,
    groups: Vec<Row>,
}

fn share_line(by: Option<Dimension>, counts: &Counts, what: Counted) -> Line {
    let is_total_shown = counts.shows(what);
    let by_group = counts.groups_showing(by, what);
    let groups = counts.groups.iter().zip(by_group);
    Line {
        name: what.as_str(),
        total: share_cells(&counts.total, what, is_total_shown),
        groups: groups.map(|(tally, is_shown)| share_cells(tally, what, is_shown && is_total_shown)).collect(),
    }
}

/// The effect sizes. A group shows one where neither its courses nor those measured are few, or could be computed.
fn effect_lines(me: &Signed, question: &Question, counts: &Counts) -> Vec<Line> {
    let lens = question.wanted.lens.as_str();
    let of_total = effects(me, lens, &counts.total, &counts.reference);
    if of_total.is_empty() {
        return Vec::new();
    }
    let of_groups: Vec<Vec<Effect>> =
        counts.groups.iter().map(|tally| effects(me, lens, tally, &counts.reference)).collect();
    let line = |what: &'static str| {
        let named = |effects: &[Effect]| effects.iter().find(|effect| effect.what == what).copied();
        let is_total_shown = counts.shows_effect(of_whom(what));
        let by_group = counts.groups_showing_effect(question.by, of_whom(what));
        let groups =
            counts.groups.iter().zip(&of_groups).zip(by_group).map(|((tally, own), is_shown)| {
                effect_cells(tally, what, named(own).as_ref(), is_shown && is_total_shown)
            });
        Line {
            name: what,
            total: effect_cells(&counts.total, what, named(&of_total).as_ref(), is_total_shown),
            groups: groups.collect(),
        }
    };
    EFFECTS.into_iter().map(line).collect()
}

/// Writes the file. Without `enough` there is one row, which says so.
pub fn write(
    me: &Signed,
    known: &Known,
    question: &Question,
    counts: &Counts,
    enough: Option<()>,
    now: Instant,
) -> Sheet {
    let sheet = |rows| Sheet { name: "outcomes".to_owned(), headers: HEADERS.to_vec(), rows, as_of: now };
    let wanted = &question.wanted;
    let filters: Vec<String> = Dimension::ALL
        .iter()
        .filter_map(|by| Some(format!("{}: {}", by.as_str(), group_name(me, known, *by, wanted.chosen(*by)?))))
        .collect();
    let about: Vec<String> = vec![
        now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        wanted.from.to_string(),
        question.last_day().to_string(),
        question.view.as_str().to_owned(),
        lens_name(me, &wanted.lens),
        filters.join("; "),
        question.by.map_or("", Dimension::as_str).to_owned(),
    ];
    let text = |text: &str| Value::Text(text.to_owned().into());
    let begin =
        |group: &str| -> Row { about.iter().map(|cell| text(cell)).chain(std::iter::once(text(group))).collect() };
    let mut rows = Vec::new();
    if enough.is_none() {
        let mut row = begin("");
        row.extend(std::iter::repeat_n(Value::Empty, HEADERS.len() - row.len() - 1));
        row.push("too few to show".into());
        return sheet(vec![row]);
    }
    let counted_groups = counts.groups_counted(question.by, FEWEST);
    let by = question.by.unwrap_or(Dimension::Site);
    let shares = counted(me, &wanted.lens).into_iter().map(|what| share_line(question.by, counts, what));
    for Line { name, total, groups } in shares.chain(effect_lines(me, question, counts)) {
        let row = |group: &str, closed: Value<'static>, cells: Row| -> Row {
            begin(group).into_iter().chain([closed, name.into()]).chain(cells).collect()
        };
        rows.push(row("all", whole(counts.total.closed), total));
        let named = counts.groups.iter().zip(groups).enumerate().map(|(place, (tally, cells))| {
            let (size, cells) = if counted_groups[place] {
                (whole(tally.closed), cells)
            } else {
                (Value::Empty, nothing("too few to show"))
            };
            (group_name(me, known, by, &tally.of), size, cells)
        });
        let mut named: Vec<_> = named.collect();
        named.sort_by(|one, other| one.0.cmp(&other.0));
        rows.extend(named.into_iter().map(|(group, size, cells)| row(&group, size, cells)));
    }
    sheet(rows)
}
