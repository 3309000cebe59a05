//! The figures as a file. It leaves the house, so the stricter rules count: no group below 11, and no count from 1 to 10 of
//! people who fared this way or that, nor what would give one away. Clinicians are not in it.

use super::asked::{Question, group_name, lens_name};
use super::figures::counted;
use super::{Counts, Known};
use crate::staff::session::Signed;
use care::Instant;
use care::outcome::{Audience, Counted, Dimension, Tally, least};
use exchange::csv_out::Value;
use exchange::sheet::Sheet;
use stats::suppression::suppress;

const HEADERS: [&str; 20] = [
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
    "status",
];

/// Whether a count may leave the house: nobody, or enough.
const fn is_safe(count: u64) -> bool {
    count == 0 || count >= least(None, Audience::Outside)
}

/// Which groups may show a figure: neither who fared this way nor who did not may be few, or be computed.
fn shown(tallies: &[Tally], what: Counted) -> Vec<bool> {
    let fewest = least(None, Audience::Outside);
    let counts: Vec<_> = tallies.iter().map(|tally| tally.count(what)).collect();
    let closed = suppress(&tallies.iter().map(|tally| tally.closed).collect::<Vec<_>>(), fewest);
    let hits = suppress(&counts.iter().map(|count| count.hits).collect::<Vec<_>>(), fewest);
    let misses = suppress(&counts.iter().map(|count| count.measured - count.hits).collect::<Vec<_>>(), fewest);
    (0..tallies.len()).map(|place| closed.shows(place) && hits.shows(place) && misses.shows(place)).collect()
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
    let begin = |group: &str| -> Vec<Value<'static>> {
        about.iter().map(|cell| text(cell)).chain(std::iter::once(text(group))).collect()
    };
    let mut rows = Vec::new();
    if enough.is_none() {
        let mut row = begin("");
        row.extend(std::iter::repeat_n(Value::Empty, HEADERS.len() - row.len() - 1));
        row.push("too few to show".into());
        return sheet(vec![row]);
    }
    for what in counted(me, &wanted.lens) {
        let by_group = shown(&counts.groups, what);
        let total = counts.total.count(what);
        let is_total_shown = is_safe(total.hits) && is_safe(total.measured - total.hits);
        let groups = counts.groups.iter().zip(by_group).map(|(tally, is_shown)| {
            let by = question.by.unwrap_or(Dimension::Site);
            (group_name(me, known, by, &tally.of), tally, is_shown && is_total_shown)
        });
        let mut groups: Vec<_> = groups.collect();
        groups.sort_by(|one, other| one.0.cmp(&other.0));
        let closed = suppress(
            &counts.groups.iter().map(|tally| tally.closed).collect::<Vec<_>>(),
            least(None, Audience::Outside),
        );
        for (name, tally, is_shown) in std::iter::once(("all".to_owned(), &counts.total, is_total_shown)).chain(groups)
        {
            let mut row = begin(&name);
            let place = counts.groups.iter().position(|one| std::ptr::eq(one, tally));
            let is_closed_shown = place.is_none_or(|place| closed.shows(place));
            let whole = |count: u64| Value::Whole(i64::try_from(count).unwrap_or(i64::MAX));
            row.push(if is_closed_shown { whole(tally.closed) } else { Value::Empty });
            row.push(what.as_str().into());
            if let Some(figure) = tally.figure(what).filter(|_| is_shown && is_closed_shown) {
                row.extend([figure.count.hits, figure.count.measured, figure.count.eligible].map(whole));
                let share = figure.share;
                let shares = [share.value, share.low, share.high, figure.completeness, figure.worst, figure.best];
                row.extend(shares.map(|share| Value::Decimal(share * 100.0, 1)));
                row.push(if figure.is_reportable() { "reportable" } else { "not reportable" }.into());
            } else {
                row.extend(std::iter::repeat_n(Value::Empty, 9));
                let nobody = is_closed_shown && tally.count(what).measured == 0;
                row.push(if nobody { "nobody measured" } else { "too few to show" }.into());
            }
            rows.push(row);
        }
    }
    sheet(rows)
}
