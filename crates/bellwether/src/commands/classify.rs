//! `bellwether classify`: reliable and clinically significant change of persons with a score before and after.

mod pairs;
mod report;

use super::research_file::{self, Column, Line, Row, Rows};
use crate::wiring::complain;
use crate::{Refusal, commands::research_file::save};
use anyhow::Result;
use clap::{Args, ValueEnum};
pub(super) use report::cell;
use report::{Categories, Person, Summary};
use stats::reliable_change::{Class, Cutoff, Direction, Group, Index, Method, Reliability, Reliable, Sample};
use stats::talking_therapies::Thresholds;
use std::collections::HashMap;
use std::path::PathBuf;

/// Says for each person whether the change from `pre` to `post` is more than measurement error, and with a cut-off
/// whether it led out of the clinical range.
///
/// FILE has the columns id, pre and post. Means and SDs come from the rows with both scores. Printed is
/// `id,pre,post,change,statistic,category`.
#[derive(Debug, Args)]
pub struct Classify {
    /// The index of reliable change.
    #[arg(long, value_enum, default_value = "jt")]
    method: MethodName,
    /// Reliability of the scores, 0 to below 1.
    #[arg(long)]
    reliability: Option<f64>,
    /// Reliability of the scores after treatment, where it differs (nk).
    #[arg(long)]
    reliability_post: Option<f64>,
    /// Mean of a functional group.
    #[arg(long, allow_negative_numbers = true, requires = "sd_functional")]
    m_functional: Option<f64>,
    /// SD of a functional group.
    #[arg(long, requires = "m_functional")]
    sd_functional: Option<f64>,
    /// Where the clinical range ends; c where a functional group is given.
    #[arg(long, value_enum)]
    cutoff: Option<CutoffName>,
    /// Which way is better. Needed for every method but nhs, which takes lower.
    #[arg(long, value_enum)]
    better: Option<Better>,
    /// nhs: the score from which a person is at caseness, inclusive.
    #[arg(long, allow_negative_numbers = true)]
    caseness: Option<f64>,
    /// nhs: the smallest reliable change in points, inclusive.
    #[arg(long)]
    reliable_change: Option<f64>,
    /// Writes cut-off, SEM, `S_diff` and counts to this file, as JSON.
    #[arg(long)]
    summary: Option<PathBuf>,
    /// The file: CSV with a header line, plain or gzipped; - for standard input.
    file: PathBuf,
}

/// The methods by their usual letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MethodName {
    /// Jacobson and Truax.
    Jt,
    /// Gulliksen, Lord and Novick.
    Gln,
    /// Hsu, Linn and Lord.
    Hll,
    /// Edwards and Nunnally.
    En,
    /// Nunnally and Kotsch.
    Nk,
    /// Hageman and Arrindell.
    Ha,
    /// NHS Talking Therapies: integer thresholds; with the columns `phq_pre`, `phq_post`, `gad_pre` and `gad_post` the rules for the pair.
    Nhs,
}

impl MethodName {
    const fn word(self) -> &'static str {
        match self {
            Self::Jt => "jt",
            Self::Gln => "gln",
            Self::Hll => "hll",
            Self::En => "en",
            Self::Nk => "nk",
            Self::Ha => "ha",
            Self::Nhs => "nhs",
        }
    }

    const fn index(self) -> Option<Method> {
        Some(match self {
            Self::Jt => Method::JacobsonTruax,
            Self::Gln => Method::GulliksenLordNovick,
            Self::Hll => Method::HsuLinnLord,
            Self::En => Method::EdwardsNunnally,
            Self::Nk => Method::NunnallyKotsch,
            Self::Ha => Method::HagemanArrindell,
            Self::Nhs => return None,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CutoffName {
    /// Two SDs from the mean before treatment.
    A,
    /// Two SDs from the functional mean.
    B,
    /// Between both means, weighted by the SDs.
    C,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Better {
    /// A lower score is better.
    Lower,
    /// A higher score is better.
    Higher,
}

impl Better {
    /// As the formulas have it.
    pub const fn direction(self) -> Direction {
        match self {
            Self::Lower => Direction::LowerBetter,
            Self::Higher => Direction::HigherBetter,
        }
    }

    /// As the option has it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
        }
    }
}

/// Runs the command.
pub fn run(classify: &Classify) -> Result<()> {
    let plan = Plan::of(classify)?;
    let mut rows = Rows::open(&classify.file)?;
    let (table, summary) = match plan {
        Plan::Thresholds(None) => pairs::judge(&mut rows)?,
        Plan::Thresholds(Some(thresholds)) => by_thresholds(&mut rows, &thresholds, classify)?,
        Plan::Index { method, reliability, functional, cutoff, better } => {
            by_index(&mut rows, classify, method, reliability, functional, cutoff, better)?
        }
    };
    if let Some(path) = &classify.summary {
        save(path, &summary)?;
    }
    research_file::print(&table)
}

/// What the options ask for, once they fit together.
enum Plan {
    Index {
        method: Method,
        reliability: Reliability,
        functional: Option<Group>,
        cutoff: Option<Cutoff>,
        better: Better,
    },
    /// By integer thresholds: of one measure, or (none) of the pair PHQ-9 and GAD-7.
    Thresholds(Option<Thresholds>),
}

fn usage(text: &str) -> Refusal {
    Refusal::Configuration(text.to_owned())
}

impl Plan {
    fn of(asked: &Classify) -> Result<Self, Refusal> {
        let Some(method) = asked.method.index() else { return Self::nhs(asked) };
        if asked.caseness.is_some() || asked.reliable_change.is_some() {
            return Err(usage("--caseness and --reliable-change belong to --method nhs"));
        }
        let Some(reliability) = asked.reliability else {
            return Err(usage("--reliability is needed: the reliability of the scores, 0 to below 1"));
        };
        let reliability = Reliability::new(reliability, asked.reliability_post)
            .map_err(|error| usage(&format!("--reliability: {error}")))?;
        let Some(better) = asked.better else {
            return Err(usage("--better is needed: lower or higher"));
        };
        let functional = asked.m_functional.zip(asked.sd_functional).map(|(mean, sd)| Group { mean, sd });
        if functional.is_some_and(|group| !(group.mean.is_finite() && group.sd.is_finite() && group.sd > 0.0)) {
            return Err(usage("--m-functional must be a number and --sd-functional a number above 0"));
        }
        let cutoff = match (method, asked.cutoff) {
            (Method::HagemanArrindell, Some(_)) => {
                return Err(usage("--method ha takes no --cutoff: it has no cut-off on the scores' own scale"));
            }
            (Method::HagemanArrindell, None) => {
                if functional.is_some() {
                    complain("note: --method ha uses no cut-off; --m-functional and --sd-functional are not used");
                }
                None
            }
            (_, Some(CutoffName::A)) => Some(Cutoff::A),
            (_, Some(CutoffName::B | CutoffName::C)) if functional.is_none() => {
                return Err(usage("--cutoff b and c need --m-functional and --sd-functional"));
            }
            (_, Some(CutoffName::B)) => Some(Cutoff::B),
            (_, Some(CutoffName::C)) => Some(Cutoff::C),
            (_, None) => functional.map(|_| Cutoff::C),
        };
        if method == Method::NunnallyKotsch && asked.reliability_post.is_none() {
            complain("note: without --reliability-post, nk takes --reliability for the scores after treatment too");
        }
        Ok(Self::Index { method, reliability, functional, cutoff, better })
    }

    fn nhs(asked: &Classify) -> Result<Self, Refusal> {
        if asked.reliability.is_some()
            || asked.reliability_post.is_some()
            || asked.m_functional.is_some()
            || asked.cutoff.is_some()
        {
            return Err(usage(
                "--method nhs goes by integer thresholds and takes no reliability, no functional group and no --cutoff",
            ));
        }
        let direction = asked.better.unwrap_or(Better::Lower).direction();
        match (asked.caseness, asked.reliable_change) {
            (Some(caseness), Some(reliable_change))
                if caseness.is_finite() && reliable_change.is_finite() && reliable_change > 0.0 =>
            {
                Ok(Self::Thresholds(Some(Thresholds { caseness, reliable_change, direction })))
            }
            (Some(_), Some(_)) => Err(usage("--caseness must be a number and --reliable-change a number above 0")),
            (None, None) if asked.better == Some(Better::Higher) => Err(usage(
                "PHQ-9 and GAD-7 are better when lower; --better higher needs --caseness and --reliable-change",
            )),
            (None, None) => Ok(Self::Thresholds(None)),
            _ => Err(usage(
                "--method nhs needs both --caseness and --reliable-change, or neither for the pair PHQ-9 and GAD-7",
            )),
        }
    }
}

/// The persons of a file with the columns id, pre and post.
struct People {
    people: Vec<Person>,
    /// Lines of persons without both scores.
    incomplete: Vec<Line>,
}

impl People {
    fn read(rows: &mut Rows) -> Result<Self, Refusal> {
        let [id, pre, post] = rows.columns(["id", "pre", "post"])?;
        let mut seen = Seen::default();
        let (mut people, mut incomplete) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let own = seen.new_id(&row, id)?;
            let scores = row.number(pre)?.zip(row.number(post)?);
            if scores.is_none() {
                incomplete.push(row.line);
            }
            people.push(Person { id: own, texts: [row.text(pre).to_vec(), row.text(post).to_vec()], scores });
        }
        report_incomplete(&incomplete);
        Ok(Self { people, incomplete })
    }

    fn pairs(&self) -> Vec<(f64, f64)> {
        self.people.iter().filter_map(|person| person.scores).collect()
    }
}

/// Says which rows have no category.
fn report_incomplete(lines: &[Line]) {
    if let [first, ..] = lines {
        complain(&format!("note: {} row(s) lack a score and get no category (first: line {first})", lines.len()));
    }
}

/// The ids so far: a person has one row.
#[derive(Default)]
struct Seen(HashMap<Vec<u8>, Line>);

impl Seen {
    fn new_id(&mut self, row: &Row<'_>, column: Column) -> Result<Vec<u8>, Refusal> {
        let id = row.id(column)?.to_vec();
        if let Some(before) = self.0.insert(id.clone(), row.line) {
            return Err(row.fault(
                column,
                &format!("stands already on line {before}"),
                "a person has one row here; remove one or give another id",
            ));
        }
        Ok(id)
    }
}

fn by_index(
    rows: &mut Rows,
    asked: &Classify,
    method: Method,
    reliability: Reliability,
    functional: Option<Group>,
    cutoff: Option<Cutoff>,
    better: Better,
) -> Result<(Vec<u8>, String)> {
    let people = People::read(rows)?;
    let sample = Sample::of(&people.pairs())
        .map_err(|error| rows.objection(&error.to_string(), "check the columns pre and post"))?;
    let index = Index::new(method, &sample, reliability)
        .map_err(|error| rows.objection(&error.to_string(), "check --reliability and the scores"))?;
    let direction = better.direction();
    let value = cutoff
        .map(|cutoff| cutoff.value(sample.pre, functional, direction))
        .transpose()
        .map_err(|error| rows.objection(&error.to_string(), "check --better and --m-functional"))?;
    let (table, counts) = report::judge(&people.people, |pre, post| {
        let statistic = index.statistic(pre, post);
        let change = Reliable::by(direction.sign() * statistic, index.critical());
        (Some(statistic), Class::of(change, pre, post, value, direction))
    });
    let summary = Summary {
        method: asked.method.word(),
        better: better.word(),
        n: sample.n,
        n_incomplete: people.incomplete.len(),
        cutoff: value,
        cutoff_type: cutoff.map(Cutoff::letter),
        sem: Some(index.sem()),
        s_diff: Some(index.s_diff()),
        standard_error: Some(index.standard_error()),
        critical_value: Some(index.critical()),
        difference_reliability: index.difference_reliability(),
        reliability: asked.reliability,
        reliability_post: asked.reliability_post,
        m_pre: sample.pre.mean,
        sd_pre: sample.pre.sd,
        m_post: sample.post.mean,
        sd_post: sample.post.sd,
        correlation: sample.correlation,
        m_functional: functional.map(|group| group.mean),
        sd_functional: functional.map(|group| group.sd),
        caseness: None,
        reliable_change: None,
        counts: counts.shown(if value.is_some() { Categories::WithCutoff } else { Categories::WithoutCutoff }),
    };
    Ok((table, report::json(&summary)?))
}

fn by_thresholds(rows: &mut Rows, thresholds: &Thresholds, asked: &Classify) -> Result<(Vec<u8>, String)> {
    let people = People::read(rows)?;
    let pairs = people.pairs();
    if pairs.is_empty() {
        return Err(rows.objection("nobody has both scores", "check the columns pre and post").into());
    }
    let (table, counts) = report::judge(&people.people, |pre, post| (None, thresholds.classify(pre, post)));
    let described = report::described(&pairs);
    let summary = Summary {
        method: asked.method.word(),
        better: asked.better.unwrap_or(Better::Lower).word(),
        n: pairs.len(),
        n_incomplete: people.incomplete.len(),
        m_pre: described[0].mean,
        sd_pre: described[0].sd,
        m_post: described[1].mean,
        sd_post: described[1].sd,
        caseness: Some(thresholds.caseness),
        reliable_change: Some(thresholds.reliable_change),
        counts: counts.shown(Categories::Nhs),
        ..Summary::default()
    };
    Ok((table, report::json(&summary)?))
}
