//! From counts to what the page says.

use super::asked::{Question, group_name};
use super::{Counts, Known};
use crate::staff::dashboard::{FEWEST, reading};
use crate::staff::session::Signed;
use care::StaffId;
use care::calendar::Step;
use care::outcome::{
    Audience, Benchmark, CONFIDENCE, Count, Counted, Dimension, Figure, MIN_CLOSED, MIN_MEAN, OfProblem, PAIR,
    PairedSums, Tally, least, scale_of,
};
use instruments::{Polarity, Scale};
use stats::funnel::{Funnel, Provider};
use stats::reliable_change::Direction;
use stats::shrinkage::{Common, Shrunken, log_odds, share};
use stats::suppression::suppress;
use store::outcome::OfClinician;
use templates::chart::{FunnelData, FunnelPlot, IntervalBar, StepDatum, StepPlot};
use templates::staff::{
    BenchmarkLine, ClinicianRow, ClinicianTable, EffectRow, Estimate, FigureCell, FigureOverTime, FigureRow,
    FigureText, FigureView, GroupRow, GroupTable, OutcomeFigures, PublishedProblems, PublishedRow,
};

/// What clinicians are estimated on: it needs no caseness, so that every measured course counts.
const ESTIMATED: Counted = Counted::Improvement;

/// The figures a lens has.
pub fn counted(me: &Signed, lens: &str) -> Vec<Counted> {
    let scale = scale_of(&me.shelf.library, lens);
    let has = |what: &Counted| match (what, scale) {
        (Counted::Response | Counted::Remission, None) => false,
        (_, None) => lens == PAIR,
        (Counted::Recovery, Some(scale)) => scale.caseness().is_some(),
        (Counted::ReliableRecovery, Some(scale)) => scale.caseness().is_some() && scale.reliable_change.is_some(),
        (Counted::Improvement | Counted::Deterioration | Counted::NoReliableChange, Some(scale)) => {
            scale.reliable_change.is_some()
        }
        (Counted::Response, Some(scale)) => scale.response.is_some() && scale.caseness().is_some(),
        (Counted::Remission, Some(scale)) => scale.remission.is_some() && scale.caseness().is_some(),
    };
    Counted::ALL.iter().copied().filter(|what| has(what)).collect()
}

pub fn direction(scale: &Scale) -> Direction {
    match scale.polarity {
        Polarity::HigherWorse => Direction::LowerBetter,
        Polarity::HigherBetter => Direction::HigherBetter,
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn span(low: f64, high: f64) -> String {
    format!("{:.0}–{:.0} %", low * 100.0, high * 100.0)
}

fn text(figure: &Figure, benchmark: Option<f64>) -> FigureText {
    FigureText {
        percent: percent(figure.share.value),
        interval: span(figure.share.low, figure.share.high),
        hits: figure.count.hits,
        measured: figure.count.measured,
        eligible: figure.count.eligible,
        completeness: percent(figure.completeness),
        bounds: span(figure.worst, figure.best),
        reportable: figure.is_reportable(),
        bar: IntervalBar::new(
            (figure.share.low, figure.share.value, figure.share.high),
            (figure.worst, figure.best),
            benchmark,
        ),
    }
}

/// A figure, where there is one and it may be shown.
fn cell(tally: &Tally, what: Counted, benchmark: Option<f64>, is_shown: bool) -> FigureCell {
    match tally.figure(what) {
        None => FigureCell::Unmeasured,
        Some(_) if !is_shown => FigureCell::Few,
        Some(figure) => FigureCell::Shown(Box::new(text(&figure, benchmark))),
    }
}

/// Everything the page shows of the counts.
pub fn of(me: &Signed, known: &Known, question: &Question, counts: &Counts) -> OutcomeFigures {
    let lens = question.wanted.lens.as_str();
    let benchmark = Benchmark::nhs_talking_therapies();
    let total = &counts.total;
    let is_guarded = question.is_of_a_demographic_group();
    let rows = counted(me, lens).into_iter().map(|what| {
        let published = benchmark.share(lens, what);
        FigureRow {
            what,
            figure: cell(total, what, published, !is_guarded || counts.shows(what)),
            benchmark: published.map(|share| format!("{:.1} %", share * 100.0)),
            spread: benchmark.spread(lens, what).map(|spread| format!("{:.1}–{:.1} %", spread.p10, spread.p90)),
        }
    });
    let mut effects = effect_rows(me, lens, counts, &benchmark);
    if is_guarded {
        effects.retain(|effect| counts.shows_effect(of_whom(effect.what)));
    }
    // Its marks say how many fared well at each site.
    let by_site = match question.by {
        Some(Dimension::Site) if !is_guarded => funnel_of_sites(known, &counts.groups),
        _ => None,
    };
    let looks_at_problems = question.by == Some(Dimension::Problem) || question.wanted.problem.is_some();
    let compares = lens == PAIR || benchmark.effect(lens).is_some();
    OutcomeFigures {
        closed: total.closed,
        measured: (!is_guarded || counts.shows_measured()).then_some(total.paired),
        completeness: percent(total.paired as f64 / total.closed.max(1) as f64),
        rows: rows.collect(),
        least_counted: question.compares_demographic_groups().then_some(FEWEST),
        no_effect: (effects.is_empty() && lens != PAIR).then_some(if is_guarded { FEWEST } else { MIN_MEAN }),
        effects,
        groups: question.by.map(|by| groups(me, known, question, by, counts)),
        clinicians: clinicians(known, question, &counts.clinicians),
        clinicians_of_all: Dimension::ALL
            .iter()
            .any(|by| *by != Dimension::Clinician && question.wanted.chosen(*by).is_some()),
        funnel_of: if by_site.is_some() { Dimension::Site } else { Dimension::Clinician },
        funnel: by_site.or_else(|| funnel(known, question, &counts.clinicians)),
        problems: looks_at_problems.then(|| problems(&benchmark, lens)).flatten(),
        benchmark: compares.then(|| BenchmarkLine {
            about: benchmark.effect(lens).map(|effect| effect.about.clone()),
            name: benchmark.name,
            period: benchmark.period,
            source: benchmark.source,
            licence: benchmark.licence,
        }),
    }
}

/// The effect sizes, in their order: the words are `effect-<what>`.
pub const EFFECTS: [&str; 4] = ["gain", "raw", "corrected", "adjusted"];

/// How large a change is.
#[derive(Clone, Copy)]
pub struct Effect {
    /// Which of [`EFFECTS`].
    pub what: &'static str,
    /// The effect; the gain in points, the others in standard deviations.
    pub value: f64,
    /// Its interval.
    pub interval: (f64, f64),
    /// Of how many courses with both scores.
    pub n: u64,
}

/// The share that is about the same courses as an effect: those at caseness, or all.
pub fn of_whom(effect: &str) -> Counted {
    if effect == "adjusted" { Counted::Recovery } else { Counted::Improvement }
}

/// The effect sizes of a group against the clients of the practice; those that a lens has no scale for, that too few courses would
/// make or whose scores do not differ are left out.
pub fn effects(me: &Signed, lens: &str, tally: &Tally, reference: &PairedSums) -> Vec<Effect> {
    let Some(scale) = scale_of(&me.shelf.library, lens) else { return Vec::new() };
    let (direction, all, cases) = (direction(scale), &tally.all, &tally.cases);
    let found = [
        ("gain", all.gain(direction, CONFIDENCE), all.n),
        ("raw", all.raw_effect(direction, CONFIDENCE), all.n),
        ("corrected", all.effect(direction, CONFIDENCE), all.n),
        ("adjusted", cases.adjusted(reference, direction, CONFIDENCE), cases.n),
    ];
    found
        .into_iter()
        .filter(|(.., n)| *n >= MIN_MEAN)
        .filter_map(|(what, effect, n)| {
            let effect = effect.ok()?;
            Some(Effect { what, value: effect.d, interval: (effect.low, effect.high), n })
        })
        .collect()
}

fn effect_rows(me: &Signed, lens: &str, counts: &Counts, benchmark: &Benchmark) -> Vec<EffectRow> {
    let published = |what: &str| match what {
        "gain" => benchmark.effect(lens).map(|effect| effect.first - effect.last),
        "raw" => benchmark.effect(lens).map(care::outcome::Effect::d),
        _ => None,
    };
    effects(me, lens, &counts.total, &counts.reference)
        .into_iter()
        .filter_map(|effect| {
            let (low, high) = effect.interval;
            let measured = counts.total.figure(of_whom(effect.what))?;
            Some(EffectRow {
                what: effect.what,
                value: format!("{:.2}", effect.value),
                interval: format!("{low:.2}–{high:.2}"),
                n: effect.n,
                eligible: measured.count.eligible,
                completeness: percent(measured.completeness),
                reportable: measured.is_reportable(),
                benchmark: published(effect.what).map(|value| format!("{value:.2}")),
            })
        })
        .collect()
}

fn groups(me: &Signed, known: &Known, question: &Question, by: Dimension, counts: &Counts) -> GroupTable {
    let tallies = counts.groups.as_slice();
    let lens = question.wanted.lens.as_str();
    let fewest = question.least(by);
    let shown = counts.groups_counted(question.by, fewest);
    let columns: Vec<Counted> =
        counted(me, lens).into_iter().filter(|what| !matches!(what, Counted::Response | Counted::Remission)).collect();
    // One list for each column: the groups that show it.
    let may: Vec<Vec<bool>> = columns
        .iter()
        .map(|what| {
            if question.compares_demographic_groups() {
                counts.groups_showing(question.by, *what)
            } else {
                vec![true; tallies.len()]
            }
        })
        .collect();
    let mut rows: Vec<GroupRow> = Vec::new();
    if !counts.withholds_groups(question.by, fewest) {
        for (place, tally) in tallies.iter().enumerate() {
            let is_shown = shown[place];
            let cells = columns.iter().zip(&may).filter(|_| is_shown);
            rows.push(GroupRow {
                name: group_name(me, known, by, &tally.of),
                closed: is_shown.then_some(tally.closed),
                cells: cells.map(|(what, may)| cell(tally, *what, None, may[place])).collect(),
            });
        }
    }
    rows.sort_by(|one, other| (one.name.is_empty(), &one.name).cmp(&(other.name.is_empty(), &other.name)));
    let hidden = rows.iter().filter(|row| row.closed.is_none()).count();
    let over_time =
        by.step().map(|step| over_time(question, step, &columns, tallies, (&shown, &may))).unwrap_or_default();
    GroupTable { by, columns, rows, least: fewest, hidden, over_time }
}

/// The columns of the table as pictures: a step of which nothing may be shown, or in which no course ended, is a gap.
fn over_time(
    question: &Question,
    step: Step,
    columns: &[Counted],
    tallies: &[Tally],
    (shown, may): (&[bool], &[Vec<bool>]),
) -> Vec<FigureOverTime> {
    let figure = |name: &str, what: Counted, may: &[bool]| {
        let place = tallies.iter().position(|tally| tally.of == name)?;
        tallies[place].figure(what).filter(|_| shown[place] && may[place])
    };
    let steps = step.all(question.wanted.from, question.wanted.until);
    let picture = |(what, may): (&Counted, &Vec<bool>)| {
        let data = steps.iter().map(|(name, _)| StepDatum {
            label: name.clone(),
            reading: figure(name, *what, may).map(|figure| reading(&figure, &percent, &span)),
        });
        let plot = StepPlot::new(&data.collect::<Vec<_>>(), None)?;
        Some(FigureOverTime { what: what.as_str(), plot })
    };
    columns.iter().zip(may).filter_map(picture).collect()
}

/// Whose estimates the viewer may see by name.
fn named<'a>(known: &'a Known, question: &'a Question) -> Vec<&'a StaffId> {
    match question.view {
        FigureView::Practice => Vec::new(),
        FigureView::Own | FigureView::Team => question.wanted.clinicians.iter().flatten().collect::<Vec<_>>(),
    }
    .into_iter()
    .filter(|id| question.wanted.clinician.as_ref().is_none_or(|one| one == *id))
    .filter(|id| known.people.person(id).is_some())
    .collect()
}

/// Hits and cases of a clinician or a site with enough closed courses, of which enough were measured.
fn unit(of: &str, count: Count) -> Option<(u64, u64)> {
    let figure = Figure::of(count, CONFIDENCE)?;
    let counts = count.eligible >= MIN_CLOSED && figure.is_reportable() && !of.is_empty();
    counts.then_some((count.hits, count.measured))
}

fn clinicians(known: &Known, question: &Question, all: &[OfClinician]) -> Option<ClinicianTable> {
    let people = named(known, question);
    if people.is_empty() {
        return None;
    }
    let units: Vec<_> = all
        .iter()
        .filter_map(|one| unit(&one.of, one.improvement))
        .map(|(hits, cases)| log_odds(hits, cases))
        .collect();
    let common = Common::of_by_reml(&units);
    let mut rows: Vec<ClinicianRow> = people
        .into_iter()
        .filter_map(|id| {
            let own = all.iter().find(|one| one.of == id.as_str())?;
            let (closed, unit) = (own.improvement.eligible, unit(&own.of, own.improvement));
            let why = match (&common, unit) {
                _ if closed < MIN_CLOSED => Some("few"),
                (_, None) => Some("incomplete"),
                (None, _) => Some("alone"),
                _ => None,
            };
            let estimate = common.as_ref().zip(unit).map(|(common, (hits, cases))| {
                let shrunken = common.shrink(&log_odds(hits, cases));
                // How sure the common value itself is belongs to the estimate as well.
                let widened = Shrunken { error: shrunken.error.hypot(common.error), ..shrunken };
                let (low, high) = widened.interval(CONFIDENCE);
                let (value, low, high) = (share(shrunken.estimate), share(low), share(high));
                Estimate {
                    percent: percent(value),
                    interval: span(low, high),
                    bar: IntervalBar::new((low, value, high), (value, value), Some(share(common.mean))),
                }
            });
            Some(ClinicianRow { name: known.people.name(id), closed, estimate, why })
        })
        .collect();
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    Some(ClinicianTable {
        what: ESTIMATED,
        common: common.map(|common| percent(share(common.mean))),
        rows,
        least: MIN_CLOSED,
    })
}

fn funnel(known: &Known, question: &Question, all: &[OfClinician]) -> Option<FunnelPlot> {
    let people = named(known, question);
    let mut units: Vec<(u64, f64, Option<String>)> = Vec::new();
    let mut providers = Vec::new();
    for one in all {
        let Some((hits, cases)) = unit(&one.of, one.improvement) else { continue };
        providers.push(Provider { hits, cases });
        let own = people.iter().find(|id| id.as_str() == one.of);
        let is_seen = question.view != FigureView::Own || own.is_some();
        if is_seen {
            units.push((cases, hits as f64 / cases as f64, own.map(|id| known.people.name(id))));
        }
    }
    let funnel = Funnel::of(&providers).filter(|_| providers.len() > 2)?;
    FunnelPlot::new(&FunnelData { units: &units, target: funnel.target }, &|cases, level| funnel.limits(cases, level))
}

/// The sites that the table beside it shows.
fn funnel_of_sites(known: &Known, tallies: &[Tally]) -> Option<FunnelPlot> {
    let parts: Vec<u64> = tallies.iter().map(|one| one.closed).collect();
    let shown = suppress(&parts, least(Some(Dimension::Site), Audience::Staff));
    let sites: Vec<(&Tally, (u64, u64))> = tallies
        .iter()
        .enumerate()
        .filter(|(place, _)| shown.shows(*place))
        .filter_map(|(_, tally)| Some((tally, unit(&tally.of, tally.count(ESTIMATED))?)))
        .collect();
    let providers: Vec<Provider> =
        sites.iter().map(|(_, (hits, cases))| Provider { hits: *hits, cases: *cases }).collect();
    let funnel = Funnel::of(&providers).filter(|_| providers.len() > 2)?;
    let units: Vec<(u64, f64, Option<String>)> = sites
        .iter()
        .map(|(tally, (hits, cases))| (*cases, *hits as f64 / *cases as f64, Some(known.site_name(&tally.of))))
        .collect();
    FunnelPlot::new(&FunnelData { units: &units, target: funnel.target }, &|cases, level| funnel.limits(cases, level))
}

fn problems(benchmark: &Benchmark, lens: &str) -> Option<PublishedProblems> {
    let of_it = benchmark.problems(lens);
    let row = |one: &OfProblem| PublishedRow {
        problem: one.problem,
        finished: one.counts.finished.to_string(),
        shares: OfProblem::PUBLISHED
            .iter()
            .map(|what| one.share(*what).map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0)))
            .collect(),
    };
    (!of_it.is_empty())
        .then(|| PublishedProblems { columns: OfProblem::PUBLISHED.into(), rows: of_it.iter().map(row).collect() })
}
