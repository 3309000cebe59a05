//! The lines of a protocol as fields of a form, and back; the line that a client's exception adds is one of them.
//!
//! `intake`, `before_session` and `after_session` hold instrument ids, `weeks_<instrument>` a number; a further line has
//! fields `line_<n>_…`; the budget is `budget_items` and `budget_seconds`, the day from which it is in force `in_force_from`.

use care::message::Channel;
use care::protocol::{Budget, Conditions, Event, Line, Protocol, Rhythm, Stop, Turn, Weight};
use care::{Language, PlacementId, SiteId};
use chrono::NaiveDate;
use instruments::Rater;
use templates::client::LanguageName;
use templates::staff::admin::FurtherLine;
use templates::staff::{Cadence, Choice, FieldProblem, Wrong};
use workflows::protocol::Draft;

/// The fields as pairs.
pub(super) type Fields = Vec<(String, String)>;

/// Blank rows offered for further lines.
const BLANK: usize = 2;
/// The rhythms a further line may have, as posted.
const RHYTHMS: [&str; 10] = [
    "intake",
    "before_session",
    "after_session",
    "every_days",
    "every_weeks",
    "every_months",
    "discharge",
    "follow_up",
    "no_show",
    "case_opened",
];

/// A rhythm as posted, with its number.
pub(super) fn rhythm_words(rhythm: Rhythm) -> (&'static str, Option<u32>) {
    match rhythm {
        Rhythm::Intake => ("intake", None),
        Rhythm::BeforeSession => ("before_session", None),
        Rhythm::BeforeEvery(turn) => ("before_session", Some(turn.every)),
        Rhythm::AfterSession => ("after_session", None),
        Rhythm::AfterEvery(turn) => ("after_session", Some(turn.every)),
        Rhythm::EveryDays(days) => ("every_days", Some(days)),
        Rhythm::EveryWeeks(weeks) => ("every_weeks", Some(weeks)),
        Rhythm::EveryMonths(months) => ("every_months", Some(months)),
        Rhythm::Discharge => ("discharge", None),
        Rhythm::FollowUp(months) => ("follow_up", Some(months)),
        Rhythm::On(Event::NoShow) => ("no_show", None),
        Rhythm::On(Event::CaseOpened) => ("case_opened", None),
    }
}

/// Whether the table of instruments and rhythms can say it.
fn is_plain(line: &Line) -> bool {
    *line == Line::new(line.instrument.clone(), line.rhythm)
        && matches!(line.rhythm, Rhythm::Intake | Rhythm::BeforeSession | Rhythm::AfterSession | Rhythm::EveryWeeks(_))
}

/// What the form shows of a version in force.
pub(super) fn fields_of(current: Option<&Protocol>) -> Fields {
    let Some(current) = current else { return Vec::new() };
    let mut fields: Fields = Vec::new();
    for line in current.lines.iter().filter(|line| is_plain(line)) {
        fields.push(match line.rhythm {
            Rhythm::EveryWeeks(weeks) => (format!("weeks_{}", line.instrument), weeks.to_string()),
            rhythm => (rhythm_words(rhythm).0.to_owned(), line.instrument.clone()),
        });
    }
    for (number, line) in current.lines.iter().filter(|line| !is_plain(line)).enumerate() {
        let mut put = |name: &str, value: String| fields.push((format!("line_{number}_{name}"), value));
        let (rhythm, count) = rhythm_words(line.rhythm);
        put("instrument", line.instrument.clone());
        put("rater", line.rater.as_str().to_owned());
        put("rhythm", rhythm.to_owned());
        put("number", count.map(|count| count.to_string()).unwrap_or_default());
        if let Rhythm::BeforeEvery(turn) | Rhythm::AfterEvery(turn) = line.rhythm {
            put("from", turn.from.to_string());
        }
        put("weight", if line.weight == Weight::Core { "core" } else { "supplemental" }.to_owned());
        put("priority", line.priority.to_string());
        put("from_age", line.conditions.from_age.map(|age| age.to_string()).unwrap_or_default());
        put("to_age", line.conditions.to_age.map(|age| age.to_string()).unwrap_or_default());
        for language in &line.conditions.languages {
            put("language", language.as_str().to_owned());
        }
        for site in &line.conditions.sites {
            put("site", site.as_str().to_owned());
        }
        for programme in &line.conditions.programmes {
            put("programme", programme.as_str().to_owned());
        }
        for problem in &line.conditions.problems {
            put("problem", problem.as_str().to_owned());
        }
        for channel in &line.conditions.consented {
            put("consented", channel.as_str().to_owned());
        }
        match line.stop {
            Some(Stop::AtRemission) => put("stop", "remission".to_owned()),
            Some(Stop::AfterTimes(times)) => put("times", times.to_string()),
            None => {}
        }
    }
    if let Some(budget) = current.budget {
        fields.push(("budget_items".to_owned(), budget.items.to_string()));
        fields.push(("budget_seconds".to_owned(), budget.seconds.to_string()));
    }
    fields.push(("protocol_name".to_owned(), current.name.clone()));
    fields
}

/// The fields of one line, which begin alike.
struct Row<'a> {
    fields: &'a Fields,
    at: String,
}

impl<'a> Row<'a> {
    fn numbered(fields: &'a Fields, number: usize) -> Self {
        Self { fields, at: format!("line_{number}_") }
    }

    fn get(&self, name: &str) -> String {
        let key = format!("{}{name}", self.at);
        self.fields
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    }

    fn all(&self, name: &str) -> Vec<String> {
        let key = format!("{}{name}", self.at);
        self.fields.iter().filter(|(known, _)| *known == key).map(|(_, value)| value.clone()).collect()
    }

    /// The choices of a list, those ticked that the fields name.
    fn ticked(&self, name: &str, list: &[(String, String)]) -> Vec<Choice> {
        let named = self.all(name);
        list.iter()
            .map(|(value, label)| Choice { value: value.clone(), label: label.clone(), chosen: named.contains(value) })
            .collect()
    }

    fn number(&self, name: &str) -> Result<Option<u32>, FieldProblem> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| self.wrong(name, Wrong::Number))
    }

    fn wrong(&self, name: &str, wrong: Wrong) -> FieldProblem {
        FieldProblem::new(format!("{}{name}", self.at), wrong)
    }

    /// Who may answer; the client unless somebody else was chosen.
    fn raters(&self) -> Vec<Choice> {
        let rater = Some(self.get("rater")).filter(|text| !text.is_empty());
        let rater = rater.unwrap_or_else(|| Rater::Client.as_str().to_owned());
        Rater::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), &rater)).collect()
    }

    /// When the line is asked and when it ends, as typed.
    fn cadence(&self) -> Cadence {
        let rhythm = self.get("rhythm");
        Cadence {
            rhythms: RHYTHMS.iter().map(|one| Choice::new(*one, *one, &rhythm)).collect(),
            count: self.get("number"),
            from: self.get("from"),
            at_remission: self.get("stop") == "remission",
            times: self.get("times"),
        }
    }
}

/// Who may answer something, as a form shows it whose fields begin with `at`.
pub(super) fn raters(fields: &Fields, at: &str) -> Vec<Choice> {
    Row { fields, at: at.to_owned() }.raters()
}

/// When something is asked, as a form shows it whose fields begin with `at`.
pub(super) fn cadence(fields: &Fields, at: &str) -> Cadence {
    Row { fields, at: at.to_owned() }.cadence()
}

/// The line that the fields say which begin with `at`; none where they name no instrument.
pub(super) fn one_line(fields: &Fields, at: &str) -> Result<Option<Line>, FieldProblem> {
    further_line(&Row { fields, at: at.to_owned() })
}

fn numbers(fields: &Fields) -> Vec<usize> {
    let mut numbers: Vec<usize> = fields
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("line_")?.strip_suffix("_instrument")?.parse().ok())
        .filter(|number| *number < 40)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// What the practice has to choose from, as ids and names.
pub(super) struct Lists {
    /// Instruments.
    pub instruments: Vec<(String, String)>,
    /// Sites.
    pub sites: Vec<(String, String)>,
    /// Programmes.
    pub programmes: Vec<(String, String)>,
    /// Problems.
    pub problems: Vec<(String, String)>,
}

/// The rows of further lines as the form shows them, with some blank ones.
pub(super) fn further_rows(fields: &Fields, lists: &Lists) -> Vec<FurtherLine> {
    let filled: Vec<usize> = numbers(fields)
        .into_iter()
        .filter(|number| !Row::numbered(fields, *number).get("instrument").is_empty())
        .collect();
    let channels: Vec<(String, String)> =
        Channel::ALL.iter().map(|one| (one.as_str().to_owned(), one.as_str().to_owned())).collect();
    let next = filled.last().map_or(0, |last| last + 1);
    let blank = next..next + BLANK;
    filled
        .into_iter()
        .chain(blank)
        .map(|number| {
            let row = Row::numbered(fields, number);
            let instrument = row.get("instrument");
            let weight = Some(row.get("weight")).filter(|text| !text.is_empty()).unwrap_or_else(|| "core".to_owned());
            let language = row.get("language");
            FurtherLine {
                number,
                is_blank: instrument.is_empty(),
                instruments: lists
                    .instruments
                    .iter()
                    .map(|(id, name)| Choice::new(id.as_str(), name.as_str(), &instrument))
                    .collect(),
                raters: row.raters(),
                cadence: row.cadence(),
                weights: ["core", "supplemental"].iter().map(|one| Choice::new(*one, *one, &weight)).collect(),
                priority: Some(row.get("priority")).filter(|text| !text.is_empty()).unwrap_or_else(|| "5".to_owned()),
                from_age: row.get("from_age"),
                to_age: row.get("to_age"),
                languages: Language::ALL
                    .iter()
                    .map(|one| Choice::new(one.as_str(), LanguageName::from(*one).name, &language))
                    .collect(),
                sites: sites_of(&row, lists),
                programmes: row.ticked("programme", &lists.programmes),
                problems: row.ticked("problem", &lists.problems),
                consented: row.ticked("consented", &channels),
            }
        })
        .collect()
}

/// Where there is one site, there is nothing to choose, unless a line names it.
fn sites_of(row: &Row<'_>, lists: &Lists) -> Vec<Choice> {
    let sites = row.ticked("site", &lists.sites);
    if sites.len() > 1 || sites.iter().any(|site| site.chosen) { sites } else { Vec::new() }
}

/// The draft that the fields say, or the fields that are no numbers.
pub(super) fn read_draft(fields: &Fields) -> Result<Draft, Vec<FieldProblem>> {
    let mut lines = Vec::new();
    let mut problems = Vec::new();
    let one =
        |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).unwrap_or_default();
    for (name, value) in fields {
        let value = value.trim();
        let rhythm = match name.as_str() {
            "intake" => Rhythm::Intake,
            "before_session" => Rhythm::BeforeSession,
            "after_session" => Rhythm::AfterSession,
            _ => {
                let Some(instrument) = name.strip_prefix("weeks_").filter(|_| !value.is_empty()) else { continue };
                match value.parse::<u32>() {
                    Ok(weeks) => lines.push(Line::new(instrument, Rhythm::EveryWeeks(weeks))),
                    Err(_) => problems.push(FieldProblem::new("weeks", Wrong::Number)),
                }
                continue;
            }
        };
        lines.push(Line::new(value, rhythm));
    }
    for number in numbers(fields) {
        match further_line(&Row::numbered(fields, number)) {
            Ok(Some(line)) => lines.push(line),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
    }
    let budget = match (one("budget_items"), one("budget_seconds")) {
        ("", "") => None,
        (items, seconds) => {
            let mut number = |field: &str, text: &str| {
                text.parse::<u32>().unwrap_or_else(|_| {
                    problems.push(FieldProblem::new(field, Wrong::Number));
                    0
                })
            };
            let items = number("budget_items", items);
            // Without a time of its own, the items say how long.
            let seconds = if seconds.is_empty() {
                items * care::protocol::SECONDS_PER_ITEM
            } else {
                number("budget_seconds", seconds)
            };
            Some(Budget { items, seconds })
        }
    };
    let day = one("in_force_from");
    let in_force_from = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok();
    if in_force_from.is_none() && !day.is_empty() {
        problems.push(FieldProblem::new("in_force_from", Wrong::Date));
    }
    let name = one("protocol_name").to_owned();
    if problems.is_empty() { Ok(Draft { name, lines, budget, in_force_from }) } else { Err(problems) }
}

fn further_line(row: &Row<'_>) -> Result<Option<Line>, FieldProblem> {
    let instrument = row.get("instrument");
    if instrument.is_empty() {
        return Ok(None);
    }
    let count = row.number("number")?;
    let from = row.number("from")?;
    let turn = Turn { every: count.unwrap_or(1), from: from.unwrap_or(1) };
    let is_every = turn == Turn { every: 1, from: 1 };
    let needed = || count.ok_or_else(|| row.wrong("number", Wrong::Number));
    let rhythm = match row.get("rhythm").as_str() {
        "intake" => Rhythm::Intake,
        "before_session" if is_every => Rhythm::BeforeSession,
        "before_session" => Rhythm::BeforeEvery(turn),
        "after_session" if is_every => Rhythm::AfterSession,
        "after_session" => Rhythm::AfterEvery(turn),
        "every_days" => Rhythm::EveryDays(needed()?),
        "every_weeks" => Rhythm::EveryWeeks(needed()?),
        "every_months" => Rhythm::EveryMonths(needed()?),
        "discharge" => Rhythm::Discharge,
        "follow_up" => Rhythm::FollowUp(needed()?),
        "no_show" => Rhythm::On(Event::NoShow),
        "case_opened" => Rhythm::On(Event::CaseOpened),
        _ => return Err(row.wrong("rhythm", Wrong::Choose)),
    };
    let stop = match (row.get("stop").as_str(), row.number("times")?) {
        ("remission", _) => Some(Stop::AtRemission),
        (_, Some(times)) => Some(Stop::AfterTimes(times)),
        _ => None,
    };
    let priority = row.number("priority")?.unwrap_or(5);
    let rater = Some(row.get("rater")).filter(|text| !text.is_empty());
    let rater = rater.map_or(Ok(Rater::Client), |text| text.parse()).map_err(|_| row.wrong("rater", Wrong::Choose))?;
    Ok(Some(Line {
        instrument,
        rater,
        rhythm,
        weight: if row.get("weight") == "supplemental" { Weight::Supplemental } else { Weight::Core },
        priority: u8::try_from(priority).unwrap_or(u8::MAX),
        conditions: Conditions {
            from_age: row.number("from_age")?,
            to_age: row.number("to_age")?,
            languages: row.get("language").parse().ok().into_iter().collect(),
            sites: row.all("site").into_iter().map(SiteId::from_text).collect(),
            programmes: row.all("programme").into_iter().map(PlacementId::from_text).collect(),
            problems: row.all("problem").into_iter().map(PlacementId::from_text).collect(),
            consented: row.all("consented").iter().filter_map(|channel| channel.parse().ok()).collect(),
        },
        stop,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::ProtocolId;
    use care::protocol::ProtocolState;

    #[test]
    fn a_version_comes_back_from_its_form_as_it_was() {
        let mut special = Line::new("gad-7", Rhythm::AfterEvery(Turn { every: 2, from: 3 }));
        special.rater = Rater::Parent;
        special.weight = Weight::Supplemental;
        special.priority = 8;
        special.conditions = Conditions {
            from_age: Some(18),
            to_age: Some(64),
            languages: vec![Language::Es],
            sites: vec![SiteId::from_text("north")],
            programmes: vec![PlacementId::from_text("adults"), PlacementId::from_text("teens")],
            problems: vec![PlacementId::from_text("panic")],
            consented: vec![Channel::Email],
        };
        special.stop = Some(Stop::AtRemission);
        let mut short = Line::new("phq-2", Rhythm::EveryDays(3));
        short.stop = Some(Stop::AfterTimes(4));
        let mut lines =
            vec![Line::new("phq-9", Rhythm::Intake), Line::new("phq-9", Rhythm::EveryWeeks(2)), special, short];
        lines.extend(
            [
                Rhythm::Discharge,
                Rhythm::FollowUp(6),
                Rhythm::On(Event::NoShow),
                Rhythm::On(Event::CaseOpened),
                Rhythm::EveryMonths(1),
            ]
            .map(|rhythm| Line::new("phq-9", rhythm)),
        );
        let version = Protocol {
            id: ProtocolId::from_text("p"),
            name: "Standard".into(),
            version: 1,
            lines,
            budget: Some(Budget { items: 30, seconds: 200 }),
            state: ProtocolState::Current,
            in_force_from: None,
            created_at: chrono::DateTime::from_timestamp(0, 0).expect("an instant"),
        };
        let draft = read_draft(&fields_of(Some(&version))).expect("it can be read");
        assert_eq!((draft.name, draft.lines, draft.budget), (version.name, version.lines, version.budget));
    }

    #[test]
    fn the_only_site_is_offered_where_a_line_names_it() {
        let named = |name: &str| vec![(name.to_owned(), name.to_owned())];
        let lists =
            Lists { instruments: named("phq-9"), sites: named("north"), programmes: Vec::new(), problems: Vec::new() };
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields = vec![field("line_0_instrument", "phq-9"), field("line_0_site", "north")];
        let rows = further_rows(&fields, &lists);
        assert!(rows[0].sites.iter().any(|site| site.chosen), "what a version says is not lost by its form");
        assert!(rows[1].sites.is_empty(), "a blank line");
    }

    #[test]
    fn a_field_that_is_no_number_is_named() {
        let fields: Fields =
            [("line_0_instrument", "phq-9"), ("line_0_rhythm", "every_days"), ("line_0_number", "often")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
        assert_eq!(read_draft(&fields).unwrap_err(), [FieldProblem::new("line_0_number", Wrong::Number)]);
    }

    #[test]
    fn a_version_is_in_force_from_a_day_that_exists() {
        let of =
            |day: &str| read_draft(&vec![("in_force_from".to_owned(), day.to_owned())]).map(|one| one.in_force_from);
        assert_eq!(of(" "), Ok(None), "from today on");
        assert_eq!(of("2026-03-09"), Ok(NaiveDate::from_ymd_opt(2026, 3, 9)));
        assert_eq!(of("2026-02-30"), Err(vec![FieldProblem::new("in_force_from", Wrong::Date)]));
    }
}
