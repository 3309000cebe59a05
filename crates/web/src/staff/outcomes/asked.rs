//! What is asked for, all of it in the address: whose courses, through which lens, closed when, compared by what.

use super::Known;
use crate::staff::form::encoded;
use crate::staff::session::Signed;
use care::outcome::{Dimension, PAIR, scale_of};
use care::placement::EntryKind;
use care::staff::Role;
use care::{Instant, Language, StaffId, local_time};
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Deserialize;
use std::fmt::Write;
use store::outcome::Wanted;
use templates::staff::{Choice, OutcomeFilter, OutcomeView};

/// The fields of the address; what is not understood is as if it were not there.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Asked {
    view: String,
    lens: String,
    period: String,
    by: String,
    site: String,
    programme: String,
    payer: String,
    modality: String,
    language: String,
    problem: String,
    clinician: String,
}

/// Whole months, quarters and years, so that two periods do not differ by a single course.
pub const PERIODS: [&str; 6] = ["12-months", "this-quarter", "last-quarter", "this-year", "last-year", "all"];

/// What is asked for, understood.
pub struct Question {
    /// Whose courses.
    pub view: OutcomeView,
    /// Which views the viewer has.
    pub views: Vec<OutcomeView>,
    /// The period's name.
    pub period: &'static str,
    /// Compared by what.
    pub by: Option<Dimension>,
    /// Which courses.
    pub wanted: Wanted,
}

impl Asked {
    /// What it asks for, within what the viewer may see.
    pub fn question(&self, me: &Signed, known: &Known, now: Instant) -> Question {
        // A person's own view first.
        let views: Vec<OutcomeView> = [
            (Role::Clinician, OutcomeView::Own),
            (Role::Supervisor, OutcomeView::Team),
            (Role::Owner, OutcomeView::Practice),
        ]
        .into_iter()
        .filter(|(role, _)| me.is(&[*role]))
        .map(|(_, view)| view)
        .collect();
        let named = views.iter().find(|view| view.as_str() == self.view);
        let view = named.or(views.first()).copied().unwrap_or(OutcomeView::Own);
        let period = PERIODS.iter().find(|period| **period == self.period).copied().unwrap_or(PERIODS[0]);
        let (from, until) = span(period, local_time::day_of(now, me.zone));
        let lens = known.lenses.iter().find(|lens| **lens == self.lens);
        let usual = known.lenses.iter().find(|lens| *lens == PAIR).or(known.lenses.first());
        let lens = lens.or(usual).map_or(PAIR, String::as_str);
        let mut wanted = Wanted::all(lens, from, until);
        wanted.clinicians = match view {
            OutcomeView::Own => Some(vec![me.staff.id.clone()]),
            OutcomeView::Team => Some(known.looked_after.clone()),
            OutcomeView::Practice => None,
        };
        let entry = |text: &str, kind| {
            let found = known.placements.iter().find(|entry| entry.kind == kind && entry.id.as_str() == text);
            found.map(|entry| entry.id.clone())
        };
        wanted.site = known.people.sites.iter().find(|site| site.id.as_str() == self.site).map(|site| site.id.clone());
        wanted.programme = entry(&self.programme, EntryKind::Programme);
        wanted.payer = entry(&self.payer, EntryKind::Payer);
        wanted.modality = entry(&self.modality, EntryKind::Modality);
        wanted.problem = entry(&self.problem, EntryKind::Problem);
        wanted.language = self.language.parse().ok();
        if view == OutcomeView::Team {
            wanted.clinician = known.looked_after.iter().find(|id| id.as_str() == self.clinician).cloned();
        }
        let by: Option<Dimension> = self.by.parse().ok();
        Question { view, views, period, by: by.filter(|by| *by != Dimension::Clinician), wanted }
    }
}

/// First day, and the day after the last.
pub fn span(period: &str, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let month = |year: i32, month: u32| NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(today);
    let this_month = month(today.year(), today.month());
    let quarter = month(today.year(), (today.month() - 1) / 3 * 3 + 1);
    let back = |day: NaiveDate, months: u32| day.checked_sub_months(Months::new(months)).unwrap_or(day);
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    match period {
        "this-quarter" => (quarter, tomorrow),
        "last-quarter" => (back(quarter, 3), quarter),
        "this-year" => (month(today.year(), 1), tomorrow),
        "last-year" => (month(today.year() - 1, 1), month(today.year(), 1)),
        "all" => (back(this_month, 12 * 40), tomorrow),
        _ => (back(this_month, 12), tomorrow),
    }
}

impl Question {
    /// The last day of the period.
    pub fn last_day(&self) -> NaiveDate {
        self.wanted.until.checked_sub_days(Days::new(1)).unwrap_or(self.wanted.until)
    }

    /// An address that asks the same.
    pub fn address(&self, path: &str) -> String {
        let mut address = format!(
            "{path}?view={}&lens={}&period={}",
            self.view.as_str(),
            encoded(&self.wanted.lens),
            encoded(self.period)
        );
        if let Some(by) = self.by {
            let _ = write!(address, "&by={}", by.as_str());
        }
        for dimension in Dimension::ALL {
            if let Some(chosen) = self.wanted.chosen(*dimension) {
                let _ = write!(address, "&{}={}", dimension.as_str(), encoded(chosen));
            }
        }
        address
    }
}

/// What a lens is called.
pub fn lens_name(me: &Signed, lens: &str) -> String {
    if lens == PAIR {
        return match me.language {
            Language::En => "PHQ-9 and GAD-7 together".to_owned(),
            Language::Es => "PHQ-9 y GAD-7 juntos".to_owned(),
        };
    }
    let instrument = me.shelf.library.current(lens);
    instrument.map_or_else(|| lens.to_owned(), |one| one.short_name.get(me.language).to_owned())
}

/// The name of a group; none where the courses have none.
pub fn group_name(me: &Signed, known: &Known, by: Dimension, id: &str) -> String {
    match by {
        Dimension::Site => known.people.sites.iter().find(|site| site.id.as_str() == id).map(|site| site.name.clone()),
        Dimension::Language => id.parse().ok().map(|language| language_name(me, language)),
        Dimension::Clinician => id.parse::<StaffId>().ok().map(|id| known.people.name(&id)),
        _ => known.placements.iter().find(|entry| entry.id.as_str() == id).map(|entry| entry.name.clone()),
    }
    .unwrap_or_default()
}

fn language_name(me: &Signed, language: Language) -> String {
    match (me.language, language) {
        (Language::En, Language::En) => "English",
        (Language::En, Language::Es) => "Spanish",
        (Language::Es, Language::En) => "Inglés",
        (Language::Es, Language::Es) => "Español",
    }
    .to_owned()
}

/// The filters: those that are always there, and those by which the courses can be narrowed further.
pub fn filters(me: &Signed, known: &Known, question: &Question) -> (Vec<OutcomeFilter>, Vec<OutcomeFilter>) {
    let says = |en: &str, es: &str| if me.language == Language::Es { es.to_owned() } else { en.to_owned() };
    let mut first = Vec::new();
    if question.views.len() > 1 {
        let name = |view| match view {
            OutcomeView::Own => says("My own", "Los míos"),
            OutcomeView::Team => says("The people I supervise", "Las personas que superviso"),
            OutcomeView::Practice => says("The practice", "La consulta"),
        };
        let options = question.views.iter().map(|view| Choice::new(view.as_str(), name(*view), question.view.as_str()));
        first.push(OutcomeFilter { name: "view", options: options.collect() });
    }
    let shown = |lens: &&String| lens.as_str() == PAIR || scale_of(&me.shelf.library, lens).is_some();
    let lenses = known.lenses.iter().filter(shown);
    let lenses = lenses.map(|lens| Choice::new(lens.as_str(), lens_name(me, lens), &question.wanted.lens));
    first.push(OutcomeFilter { name: "lens", options: lenses.collect() });
    let periods = [
        says("the last 12 months", "los últimos 12 meses"),
        says("this quarter", "este trimestre"),
        says("last quarter", "el trimestre pasado"),
        says("this year", "este año"),
        says("last year", "el año pasado"),
        says("any time", "cualquier fecha"),
    ];
    let options = PERIODS.iter().zip(periods).map(|(period, name)| Choice::new(*period, name, question.period));
    first.push(OutcomeFilter { name: "period", options: options.collect() });

    let mut more = Vec::new();
    let mut by = vec![Choice::new("", "–", question.by.map_or("", Dimension::as_str))];
    for dimension in Dimension::ALL {
        let chosen = question.wanted.chosen(*dimension).unwrap_or_default();
        let all = || Choice::new("", says("All", "Todos"), chosen);
        let entries = |kind: EntryKind| -> Vec<Choice> {
            let own = known.placements.iter().filter(|entry| entry.kind == kind);
            own.map(|entry| Choice::new(entry.id.as_str(), entry.name.clone(), chosen)).collect()
        };
        let (name, options) = match dimension {
            Dimension::Site => {
                let sites = known.people.sites.iter();
                ("site", sites.map(|site| Choice::new(site.id.as_str(), site.name.clone(), chosen)).collect())
            }
            Dimension::Programme => ("programme", entries(EntryKind::Programme)),
            Dimension::Payer => ("payer", entries(EntryKind::Payer)),
            Dimension::Modality => ("modality", entries(EntryKind::Modality)),
            Dimension::Problem => ("problem", entries(EntryKind::Problem)),
            Dimension::Language => {
                let languages = Language::ALL.iter();
                let option = |one: &Language| Choice::new(one.as_str(), language_name(me, *one), chosen);
                ("language", languages.map(option).collect())
            }
            Dimension::Clinician => {
                let mut people: Vec<Choice> = known
                    .looked_after
                    .iter()
                    .filter(|_| question.view == OutcomeView::Team)
                    .map(|id| Choice::new(id.as_str(), known.people.name(id), chosen))
                    .collect();
                people.sort_by(|one, other| one.label.cmp(&other.label));
                ("clinician", people)
            }
        };
        let options: Vec<Choice> = options;
        if options.len() > 1 {
            if *dimension != Dimension::Clinician {
                let by_now = question.by.map_or("", Dimension::as_str);
                by.push(Choice::new(dimension.as_str(), by_name(me.language, *dimension), by_now));
            }
            more.push(OutcomeFilter { name, options: std::iter::once(all()).chain(options).collect() });
        }
    }
    if by.len() > 1 {
        first.push(OutcomeFilter { name: "by", options: by });
    }
    (first, more)
}

const fn by_name(language: Language, dimension: Dimension) -> &'static str {
    match (language, dimension) {
        (Language::En, Dimension::Site) => "Site",
        (Language::En, Dimension::Programme) => "Programme",
        (Language::En, Dimension::Payer) => "Payer",
        (Language::En, Dimension::Modality) => "Form of therapy",
        (Language::En, Dimension::Language) => "Language",
        (Language::En, Dimension::Problem) => "Problem",
        (Language::En, Dimension::Clinician) => "Clinician",
        (Language::Es, Dimension::Site) => "Sede",
        (Language::Es, Dimension::Programme) => "Programa",
        (Language::Es, Dimension::Payer) => "Pagador",
        (Language::Es, Dimension::Modality) => "Forma de terapia",
        (Language::Es, Dimension::Language) => "Idioma",
        (Language::Es, Dimension::Problem) => "Problema",
        (Language::Es, Dimension::Clinician) => "Terapeuta",
    }
}
