//! From counts to what the page says.

use super::asked::{Question, group_name};
use super::{Counts, Known};
use crate::staff::dashboard::{reading, suppressed};
use crate::staff::exit;
use care::attendance::{By, Endings, LONG, NoShowRule, Rate, Sessions, Target, retention};
use care::outcome::{Audience, CONFIDENCE, Figure, least};
use stats::aggregate::Count;
use stats::proportion::Share;
use stats::suppression::Shown;
use templates::chart::{IntervalBar, StepDatum, StepPlot};
use templates::staff::{
    AttendanceFigures, AttendanceGroup, AttendanceGroups, AttendanceRow, FigureOverTime, FigureText, LengthText,
    RetentionRow, TargetLine,
};

/// The last session of the retention table.
pub const LAST: u64 = 12;
/// Who has left before this session has left early.
pub const BEFORE: u64 = 4;

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn interval(low: f64, high: f64) -> String {
    format!("{:.1}–{:.1} %", low * 100.0, high * 100.0)
}

/// A figure with one decimal: rates of attendance are compared with targets that are close.
pub fn text(figure: &Figure, target: Option<f64>) -> FigureText {
    FigureText {
        percent: percent(figure.share.value),
        interval: interval(figure.share.low, figure.share.high),
        hits: figure.count.hits,
        measured: figure.count.measured,
        eligible: figure.count.eligible,
        completeness: format!("{:.0} %", figure.completeness * 100.0),
        bounds: interval(figure.worst, figure.best),
        reportable: figure.is_reportable(),
        bar: IntervalBar::new(
            (figure.share.low, figure.share.value, figure.share.high),
            (figure.worst, figure.best),
            target,
        ),
    }
}

fn row(what: &'static str, count: Count, rate: Option<Rate>) -> AttendanceRow {
    let target = rate.map(Target::of);
    let figure = Figure::of(count, CONFIDENCE);
    AttendanceRow {
        what,
        standing: target
            .as_ref()
            .zip(figure.as_ref().filter(|figure| figure.is_reportable()))
            .map(|(target, figure)| target.standing(&figure.share)),
        figure: figure.map(|figure| text(&figure, target.as_ref().map(|target| target.below))),
        target: target.map(|target| TargetLine {
            below: format!("{:.0} %", target.below * 100.0),
            source: target.source,
            dated: target.dated,
        }),
    }
}

/// The rates of sessions, each with what is counted.
pub fn of_sessions(sessions: &Sessions, rule: NoShowRule) -> [(&'static str, Count, Option<Rate>); 3] {
    // The target is about missed sessions among those that were expected.
    let rate = (rule == NoShowRule::Expected).then_some(Rate::NoShow);
    [
        ("no_show", sessions.missed(rule), rate),
        ("late", sessions.cancelled_late(), None),
        ("cancelled", sessions.cancelled_in_time(), None),
    ]
}

/// Everything the page shows of the counts.
pub fn of(known: &Known, question: &Question, counts: &Counts) -> AttendanceFigures {
    let least = least(None, Audience::Staff);
    let mut rows: Vec<AttendanceRow> = Vec::new();
    if let Some(sessions) = &counts.sessions {
        rows.extend(of_sessions(sessions, question.no_show).map(|(what, count, rate)| row(what, count, rate)));
    }
    if let Some(endings) = &counts.endings {
        rows.push(row("early", endings.early(question.early, question.fewest), Some(Rate::Early)));
    }
    AttendanceFigures {
        booked: counts.sessions.as_ref().map(Sessions::booked),
        unrecorded: counts.sessions.as_ref().map_or(0, |sessions| sessions.unrecorded),
        closed: counts.endings.as_ref().map(Endings::closed),
        rows,
        length: counts.endings.as_ref().and_then(length),
        retention: counts.stayed.as_ref().map(|stayed| {
            let table = retention(stayed, LAST, CONFIDENCE);
            table
                .into_iter()
                .filter(|line| line.session > 1 && line.known >= least)
                .map(|line| reached(&line))
                .collect()
        }),
        exits: counts.exits.as_ref().and_then(|asked| exit::figures(asked, least)),
        groups: question.by.map(|by| groups(known, question, by, counts)),
        least,
    }
}

fn length(endings: &Endings) -> Option<LengthText> {
    let stayed = Figure::of(endings.at_least(LONG), CONFIDENCE)?;
    let left = endings.closed() - endings.at_least(BEFORE).hits;
    let left = Figure::of(Count { hits: left, ..endings.at_least(BEFORE) }, CONFIDENCE)?;
    let quantile = |share| endings.quantile(share).unwrap_or_default();
    Some(LengthText {
        mean: format!("{:.1}", endings.mean()?),
        median: quantile(0.5),
        lower: quantile(0.25),
        upper: quantile(0.75),
        stayed: text(&stayed, None),
        left: text(&left, None),
        long: LONG,
        before: BEFORE,
    })
}

fn reached(line: &care::attendance::Reached) -> RetentionRow {
    let Share { value, low, high } = line.share;
    RetentionRow {
        session: line.session,
        percent: format!("{:.0} %", value * 100.0),
        interval: format!("{:.0}–{:.0} %", low * 100.0, high * 100.0),
        known: line.known,
        bar: IntervalBar::new((low, value, high), (value, value), None),
    }
}

/// Groups by name (months by date): the number of sessions and of courses are hidden each by itself.
fn groups(known: &Known, question: &Question, by: By, counts: &Counts) -> AttendanceGroups {
    let fewest = least(None, Audience::Staff);
    let booked: Vec<u64> = counts.by_sessions.iter().map(Sessions::booked).collect();
    let closed: Vec<u64> = counts.by_endings.iter().map(Endings::closed).collect();
    let sessions = suppressed(by.step(), counts.by_sessions.iter().map(|one| one.of.as_str()), &booked, fewest);
    let courses = suppressed(by.step(), counts.by_endings.iter().map(|one| one.of.as_str()), &closed, fewest);
    let mut ids: Vec<&str> = counts.by_sessions.iter().map(|one| one.of.as_str()).collect();
    ids.extend(counts.by_endings.iter().map(|one| one.of.as_str()));
    ids.sort_unstable();
    ids.dedup();
    let mut hidden = 0;
    let mut rows: Vec<AttendanceGroup> = ids
        .into_iter()
        .map(|id| {
            let place = counts.by_sessions.iter().position(|one| one.of == id);
            let seen = place.filter(|place| sessions.shows(*place)).map(|place| &counts.by_sessions[place]);
            let course = counts.by_endings.iter().position(|one| one.of == id);
            let ended = course.filter(|place| courses.shows(*place)).map(|place| &counts.by_endings[place]);
            hidden += usize::from(place.is_some() && seen.is_none()) + usize::from(course.is_some() && ended.is_none());
            let figure = |count: Option<Count>, rate: Option<Rate>| {
                let figure = Figure::of(count?, CONFIDENCE)?;
                Some(text(&figure, rate.map(|rate| Target::of(rate).below)))
            };
            let [no_show, late, _] = [0, 1, 2].map(|at| seen.map(|one| of_sessions(one, question.no_show)[at]));
            AttendanceGroup {
                name: group_name(known, by, id),
                booked: seen.map(Sessions::booked),
                no_show: figure(no_show.map(|one| one.1), no_show.and_then(|one| one.2)),
                late: figure(late.map(|one| one.1), None),
                closed: ended.map(Endings::closed),
                early: figure(ended.map(|one| one.early(question.early, question.fewest)), Some(Rate::Early)),
                hides_sessions: place.is_some() && seen.is_none(),
                hides_courses: course.is_some() && ended.is_none(),
            }
        })
        .collect();
    rows.sort_by(|one, other| (one.name.is_empty(), &one.name).cmp(&(other.name.is_empty(), &other.name)));
    let over_time = if by.step().is_some() { over_time(question, counts, &sessions, &courses) } else { Vec::new() };
    AttendanceGroups { by, rows, hidden, over_time }
}

/// The rates of the table as pictures: a step of which nothing may be shown, or in which nothing was, is a gap.
fn over_time(question: &Question, counts: &Counts, sessions: &Shown, courses: &Shown) -> Vec<FigureOverTime> {
    let of = |name: &str, what: &str| {
        if what == "early" {
            let place = counts.by_endings.iter().position(|one| one.of == name)?;
            let ended = courses.shows(place).then(|| &counts.by_endings[place])?;
            return Some((ended.early(question.early, question.fewest), Some(Rate::Early)));
        }
        let place = counts.by_sessions.iter().position(|one| one.of == name)?;
        let seen = sessions.shows(place).then(|| &counts.by_sessions[place])?;
        let (_, count, rate) = of_sessions(seen, question.no_show).into_iter().find(|(rate, ..)| *rate == what)?;
        Some((count, rate))
    };
    let picture = |what: &'static str| {
        let found: Vec<_> = question.grouped.iter().map(|span| (span.of.as_str(), of(&span.of, what))).collect();
        let target =
            found.iter().find_map(|(_, one)| one.and_then(|(_, rate)| rate)).map(|rate| Target::of(rate).below);
        let data = found.into_iter().map(|(name, one)| StepDatum {
            label: name.to_owned(),
            reading: one
                .and_then(|(count, _)| Figure::of(count, CONFIDENCE))
                .map(|figure| reading(&figure, &percent, &interval)),
        });
        let plot = StepPlot::new(&data.collect::<Vec<_>>(), target)?;
        Some(FigureOverTime { what, plot })
    };
    ["no_show", "late", "early"].into_iter().filter_map(picture).collect()
}
