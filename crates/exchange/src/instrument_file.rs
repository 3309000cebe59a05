//! An instrument of a practice's own, as a form or another system's file describes it, written as one file in the format
//! of the instruments folder. Reading such a file and saying what is wrong with it is `instruments`'.

use instruments::{Language, Polarity, Rater, RiskLevel};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A text by language; English is always there.
pub type Texts = BTreeMap<Language, String>;

/// An instrument to write.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewInstrument {
    /// Id: lower-case letters, digits, hyphens.
    pub id: String,
    /// Full title.
    pub title: String,
    /// What clinicians call it.
    pub short_name: String,
    /// Publication to cite, or where it was taken from.
    pub citation: String,
    /// For whom.
    pub population: String,
    /// Who answers it.
    pub raters: Vec<Rater>,
    /// The period asked about.
    pub time_frame: String,
    /// Whose work the wording is.
    pub holder: String,
    /// On which terms it is used here.
    pub terms: String,
    /// LOINC code of the panel.
    pub loinc: Option<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// Languages of the wording, and where it comes from.
    pub languages: BTreeMap<Language, String>,
    /// The sentence above the questions.
    pub stem: Texts,
    /// The questions.
    pub items: Vec<NewItem>,
    /// Which questions need not be asked.
    pub skips: Vec<NewSkip>,
    /// The scores, the total first.
    pub scales: Vec<NewScale>,
    /// Which answers mean risk.
    pub risk: Vec<NewRisk>,
    /// Test cases.
    pub examples: Vec<NewExample>,
    /// Year that stands beside everything set by the practice.
    pub year: i32,
}

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct NewItem {
    /// Id: letters, digits, underscores.
    pub id: String,
    /// Words for staff.
    pub label: String,
    /// The question.
    pub text: Texts,
    /// What can be answered.
    pub answer: NewAnswer,
    /// Whether it counts.
    pub scored: Scored,
    /// LOINC code.
    pub loinc: Option<String>,
}

/// Whether a question counts in any score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scored {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// What can be answered.
#[derive(Debug, Clone, PartialEq)]
pub enum NewAnswer {
    /// One of these.
    Choice(Vec<NewOption>),
    /// A mark on a line, between these ends.
    Line {
        /// Words at the left end.
        low: Texts,
        /// Words at the right end.
        high: Texts,
    },
    /// A whole number.
    Number {
        /// Lowest.
        min: i64,
        /// Highest.
        max: i64,
    },
    /// How near the client is to goals of their own, 0 to 10.
    Goal,
    /// The client's own words; never scored.
    Words,
}

/// One option.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOption {
    /// What is stored and summed.
    pub value: i64,
    /// Its words.
    pub label: Texts,
    /// LOINC answer code.
    pub loinc: Option<String>,
}

/// Questions that need not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSkip {
    /// Which.
    pub items: Vec<String>,
    /// When, as a formula of the format.
    pub when: String,
    /// What stands in their place when they are left out; none where they then do not count.
    pub counts_as: Option<i64>,
}

/// How a score is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The points are summed.
    Sum,
    /// Their mean.
    Mean,
}

/// A score.
#[derive(Debug, Clone, PartialEq)]
pub struct NewScale {
    /// Id.
    pub id: String,
    /// Name.
    pub title: String,
    /// Which way is worse.
    pub polarity: Polarity,
    /// Sum or mean.
    pub method: Method,
    /// Its questions.
    pub items: Vec<String>,
    /// Those that count the other way round.
    pub reverse: Vec<String>,
    /// Those that count more than once.
    pub weight: BTreeMap<String, i64>,
    /// How many missing answers may be replaced by the mean of the others.
    pub prorate: Option<u32>,
    /// Bands: id, first and last score, words.
    pub bands: Vec<(String, f64, f64, String)>,
    /// The score from which on (or below which, where higher is better) a client is a case.
    pub cutoff: Option<f64>,
    /// LOINC code.
    pub loinc: Option<String>,
}

/// When an answer means risk.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRisk {
    /// The question.
    pub item: String,
    /// From which value on which level.
    pub steps: Vec<(i64, RiskLevel)>,
}

/// A test case.
#[derive(Debug, Clone, PartialEq)]
pub struct NewExample {
    /// What it shows.
    pub title: String,
    /// One answer per question; none for skipped.
    pub answers: Vec<Option<i64>>,
    /// What must come out of the first scale; none where nothing may.
    pub expected: Option<f64>,
}

/// A text as TOML writes it, on one line.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.replace(['\n', '\r'], " ")).to_string()
}

fn texts(texts: &Texts) -> String {
    let entries: Vec<String> = texts.iter().map(|(language, text)| format!("{language} = {}", quoted(text))).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn list(ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
    format!("[{}]", ids.join(", "))
}

/// A figure without needless decimals.
fn figure(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { number.to_string() }
}

impl NewAnswer {
    /// Lowest and highest value.
    pub fn ends(&self) -> (i64, i64) {
        match self {
            Self::Choice(options) => {
                let values = options.iter().map(|option| option.value);
                (values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
            }
            Self::Line { .. } => (0, instruments::VISUAL_ANALOGUE_MAX),
            Self::Number { min, max } => (*min, *max),
            Self::Goal => (0, instruments::GOAL_MAX),
            Self::Words => (instruments::WRITTEN, instruments::WRITTEN),
        }
    }
}

impl NewInstrument {
    /// The file.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "format = 2\nid = {}\nversion = \"1\"", quoted(&self.id))?;
        writeln!(out, "title = {}\nshort_name = {}", quoted(&self.title), quoted(&self.short_name))?;
        writeln!(out, "citation = {}\npopulation = {}", quoted(&self.citation), quoted(&self.population))?;
        let raters: Vec<String> = self.raters.iter().map(|rater| rater.as_str().to_owned()).collect();
        writeln!(out, "raters = {}", list(&raters))?;
        writeln!(out, "time_frame = {}\nallow_decline = true", quoted(&self.time_frame))?;
        if let Some(loinc) = &self.loinc {
            writeln!(out, "loinc = {}", quoted(loinc))?;
        }
        if !self.stem.is_empty() {
            writeln!(out, "stem = {}", texts(&self.stem))?;
        }
        if !self.notes.is_empty() {
            writeln!(out, "notes = {}", list(&self.notes))?;
        }
        writeln!(out, "\n[licence]\nstatus = \"free\"\nholder = {}", quoted(&self.holder))?;
        writeln!(out, "terms = {}\nattribution = {}", quoted(&self.terms), quoted(&self.holder))?;
        for (language, source) in &self.languages {
            writeln!(out, "\n[languages.{language}]\nstatus = \"official\"\nsource = {}", quoted(source))?;
        }
        writeln!(
            out,
            "\n[sources]\nown = {{ text = \"Set by the practice\", date = \"{}\", evidence = \"constructed\" }}",
            self.year
        )?;
        for item in &self.items {
            write_item(item, out)?;
        }
        for skip in &self.skips {
            writeln!(out, "\n[[skip]]\nitems = {}\nwhen = {}", list(&skip.items), quoted(&skip.when))?;
            match skip.counts_as {
                Some(value) => writeln!(out, "then = \"counts_as\"\nvalue = {value}")?,
                None => writeln!(out, "then = \"not_applicable\"")?,
            }
        }
        for (place, scale) in self.scales.iter().enumerate() {
            self.write_scale(place, scale, out)?;
        }
        for rule in &self.risk {
            let steps: Vec<String> = rule
                .steps
                .iter()
                .map(|(from, level)| format!("{{ at_least = {from}, level = \"{level}\" }}"))
                .collect();
            writeln!(out, "\n[[risk]]\nitem = {}\nsteps = [{}]", quoted(&rule.item), steps.join(", "))?;
            writeln!(out, "unanswered = \"unknown\"\nsource = \"own\"")?;
        }
        for example in &self.examples {
            self.write_example(example, out)?;
        }
        Ok(())
    }

    fn write_scale(&self, place: usize, scale: &NewScale, out: &mut String) -> std::fmt::Result {
        let (low, high) = self.range(scale);
        let has_line = self.has_line(scale);
        writeln!(out, "\n[[scale]]\nid = {}\ntitle = {}", quoted(&scale.id), quoted(&scale.title))?;
        if place > 0 {
            writeln!(out, "role = \"subscale\"")?;
        }
        writeln!(out, "polarity = \"{}\"\nrange = [{}, {}]", scale.polarity, figure(low), figure(high))?;
        writeln!(out, "items = {}", list(&scale.items))?;
        if scale.method == Method::Mean {
            writeln!(out, "method = \"mean\"\ndecimals = 2")?;
        } else if has_line {
            writeln!(out, "decimals = 1")?;
        }
        if has_line {
            writeln!(out, "divide_by = 10")?;
        }
        if !scale.reverse.is_empty() {
            writeln!(out, "reverse = {}", list(&scale.reverse))?;
        }
        let weights: Vec<String> = scale
            .items
            .iter()
            .map(|id| (id, self.points(scale, id)))
            .filter(|(_, points)| *points != 1)
            .map(|(id, points)| format!("{} = {points}", quoted(id)))
            .collect();
        if !weights.is_empty() {
            writeln!(out, "weight = {{ {} }}", weights.join(", "))?;
        }
        if let Some(loinc) = &scale.loinc {
            writeln!(out, "loinc = {}", quoted(loinc))?;
        }
        match scale.prorate {
            Some(at_most) => {
                writeln!(out, "[scale.missing]\nrule = \"prorate\"\nat_most = {at_most}\nsource = \"own\"")?;
            }
            None => writeln!(out, "[scale.missing]\nrule = \"complete\"\nsource = \"own\"")?,
        }
        for (id, from, to, label) in &scale.bands {
            writeln!(out, "[[scale.band]]\nid = {}\nfrom = {}\nto = {}", quoted(id), figure(*from), figure(*to))?;
            writeln!(out, "label = {}\nsource = \"own\"", quoted(label))?;
        }
        if let Some(value) = scale.cutoff {
            let rule = if scale.polarity == Polarity::HigherWorse { "at_least" } else { "below" };
            writeln!(out, "[[scale.cutoff]]\nid = \"caseness\"\nvalue = {}\nrule = \"{rule}\"", figure(value))?;
            writeln!(out, "used_as = \"caseness\"\nmeaning = \"Calls for attention\"\nsource = \"own\"")?;
        }
        Ok(())
    }

    fn write_example(&self, example: &NewExample, out: &mut String) -> std::fmt::Result {
        let answers: Vec<String> =
            example.answers.iter().map(|answer| answer.map_or("\"-\"".to_owned(), |value| value.to_string())).collect();
        writeln!(out, "\n[[example]]\ntitle = {}\nanswers = [{}]", quoted(&example.title), answers.join(", "))?;
        for (place, scale) in self.scales.iter().enumerate() {
            let computed = self.compute(scale, &example.answers);
            let expected = if place == 0 { example.expected } else { computed.0 };
            let Some(value) = expected else {
                writeln!(out, "scores.{} = {{ state = \"invalid\" }}", scale.id)?;
                continue;
            };
            let (shown, exact, missing) = computed;
            let state = if missing > 0 { "prorated" } else { "valid" };
            let mut entry = format!("state = \"{state}\", value = {}", figure(value));
            if let (Some(shown), Some(exact)) = (shown, exact)
                && (shown - exact).abs() > 1e-9
                && (shown - value).abs() < 1e-9
            {
                let _ = write!(entry, ", exact = {exact:.6}");
            }
            if let Some(band) = scale.bands.iter().rev().find(|(_, from, ..)| value >= *from) {
                let _ = write!(entry, ", band = {}", quoted(&band.0));
            }
            writeln!(out, "scores.{} = {{ {entry} }}", scale.id)?;
        }
        let risk: Vec<String> = self
            .risk
            .iter()
            .filter_map(|rule| {
                let place = self.items.iter().position(|item| item.id == rule.item)?;
                let level = match example.answers.get(place).copied().flatten() {
                    None => "unknown".to_owned(),
                    Some(value) => rule.steps.iter().rev().find(|(from, _)| value >= *from)?.1.to_string(),
                };
                Some(format!("{} = \"{level}\"", quoted(&rule.item)))
            })
            .collect();
        if !risk.is_empty() {
            writeln!(out, "risk = {{ {} }}", risk.join(", "))?;
        }
        Ok(())
    }

    fn item(&self, id: &str) -> Option<&NewItem> {
        self.items.iter().find(|item| item.id == id)
    }

    fn is_line(&self, id: &str) -> bool {
        self.item(id).is_some_and(|item| matches!(item.answer, NewAnswer::Line { .. }))
    }

    fn has_line(&self, scale: &NewScale) -> bool {
        scale.items.iter().any(|id| self.is_line(id))
    }

    /// Points per stored value. Marks on a line are stored in tenths: beside them a whole point of another question counts ten.
    fn points(&self, scale: &NewScale, id: &str) -> i64 {
        let weight = scale.weight.get(id).copied().unwrap_or(1);
        if self.has_line(scale) && !self.is_line(id) { weight.saturating_mul(10) } else { weight }
    }

    fn divisor(&self, scale: &NewScale) -> f64 {
        let count = u32::try_from(scale.items.len().max(1)).unwrap_or(u32::MAX);
        let mean = if scale.method == Method::Mean { f64::from(count) } else { 1.0 };
        if self.has_line(scale) { mean * 10.0 } else { mean }
    }

    fn range(&self, scale: &NewScale) -> (f64, f64) {
        let mut ends = (0_i64, 0_i64);
        for id in &scale.items {
            let Some(item) = self.item(id) else { continue };
            let (low, high) = item.answer.ends();
            let points = self.points(scale, id);
            let (one, other) = (low.saturating_mul(points), high.saturating_mul(points));
            ends = (ends.0.saturating_add(one.min(other)), ends.1.saturating_add(one.max(other)));
        }
        let divisor = self.divisor(scale);
        (number(ends.0) / divisor, number(ends.1) / divisor)
    }

    /// What comes out by plain arithmetic: reported and unrounded score, and how many answers are missing.
    pub(crate) fn compute(&self, scale: &NewScale, answers: &[Option<i64>]) -> (Option<f64>, Option<f64>, u32) {
        let (mut sum, mut answered, mut missing) = (0_i64, 0_u32, 0_u32);
        for (item, answer) in self.items.iter().zip(answers).filter(|(item, _)| scale.items.contains(&item.id)) {
            let Some(value) = answer else {
                missing += 1;
                continue;
            };
            let (low, high) = item.answer.ends();
            let turned = if scale.reverse.contains(&item.id) { low + high - value } else { *value };
            sum = sum.saturating_add(turned.saturating_mul(self.points(scale, &item.id)));
            answered += 1;
        }
        if answered == 0 || missing > scale.prorate.unwrap_or(0) {
            return (None, None, missing);
        }
        let exact = number(sum) * f64::from(answered + missing) / f64::from(answered) / self.divisor(scale);
        let decimals = match scale.method {
            Method::Mean => 100.0,
            Method::Sum if self.has_line(scale) => 10.0,
            Method::Sum => 1.0,
        };
        (Some((exact * decimals + 0.5).floor() / decimals), Some(exact), missing)
    }
}

/// Scores are far smaller than what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "points of a questionnaire are small whole numbers")]
fn number(points: i64) -> f64 {
    points as f64
}

fn write_item(item: &NewItem, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "\n[[item]]\nid = {}\nlabel = {}\ntext = {}",
        quoted(&item.id),
        quoted(&item.label),
        texts(&item.text)
    )?;
    if item.scored == Scored::No {
        writeln!(out, "unscored = true")?;
    }
    if let Some(loinc) = &item.loinc {
        writeln!(out, "loinc = {}", quoted(loinc))?;
    }
    match &item.answer {
        NewAnswer::Choice(options) => {
            for option in options {
                writeln!(out, "[[item.option]]\nvalue = {}\nlabel = {}", option.value, texts(&option.label))?;
                if let Some(loinc) = &option.loinc {
                    writeln!(out, "loinc = {}", quoted(loinc))?;
                }
            }
        }
        NewAnswer::Line { low, high } => {
            writeln!(out, "kind = \"line\"\nlow = {}\nhigh = {}", texts(low), texts(high))?;
        }
        NewAnswer::Number { min, max } => writeln!(out, "kind = \"number\"\nmin = {min}\nmax = {max}")?,
        NewAnswer::Goal => writeln!(out, "kind = \"goal\"")?,
        NewAnswer::Words => writeln!(out, "kind = \"words\"")?,
    }
    Ok(())
}
