//! What is asked for, all of it in the address: whose courses, through which lens, closed when, compared by what.

use crate::staff::dashboard::{Filters, Known, compared, period, span, view, views};
use crate::staff::form::encoded;
use crate::staff::session::Signed;
use care::outcome::{Dimension, PAIR, instrument_of, scale_of};
use care::placement::EntryKind;
use care::{Instant, Language, StaffId, local_time};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use std::fmt::Write;
use store::outcome::Wanted;
use templates::staff::{Choice, FigureView, Filter};

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

/// What is asked for, understood.
pub struct Question {
    /// Whose courses.
    pub view: FigureView,
    /// Which views the viewer has.
    pub views: Vec<FigureView>,
    /// The period's name.
    pub period: &'static str,
    /// Compared by what.
    pub by: Option<Dimension>,
    /// Which courses.
    pub wanted: Wanted,
}

impl Asked {
    /// What it asks for, within what the viewer may see.
    pub fn question(&self, me: &Signed, known: &Known, lenses: &[String], now: Instant) -> Question {
        let views = views(me);
        let view = view(&views, &self.view);
        let period = period(&self.period);
        let by: Option<Dimension> = self.by.parse().ok();
        let step = by.and_then(Dimension::step);
        let (from, until) = compared(step, span(period, local_time::day_of(now, me.zone)));
        let lens = lenses.iter().find(|lens| **lens == self.lens);
        let usual = lenses.iter().find(|lens| *lens == PAIR).or(lenses.first());
        let lens = lens.or(usual).map_or(PAIR, String::as_str);
        let mut wanted = Wanted::all(lens, from, until);
        wanted.clinicians = known.whose(me, view);
        wanted.site = known.site(&self.site);
        wanted.programme = known.entry(EntryKind::Programme, &self.programme);
        wanted.payer = known.entry(EntryKind::Payer, &self.payer);
        wanted.modality = known.entry(EntryKind::Modality, &self.modality);
        wanted.problem = known.entry(EntryKind::Problem, &self.problem);
        wanted.language = self.language.parse().ok();
        if view == FigureView::Team {
            wanted.clinician = known.looked_after.iter().find(|id| id.as_str() == self.clinician).cloned();
        }
        Question { view, views, period, by: by.filter(|by| *by != Dimension::Clinician), wanted }
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
    let Some(instrument) = instrument_of(&me.shelf.library, lens) else { return lens.to_owned() };
    let name = instrument.short_name.get(me.language);
    match (instrument.structure, me.language) {
        (1, _) => name.to_owned(),
        (structure, Language::En) => format!("{name}, from version {structure} on"),
        (structure, Language::Es) => format!("{name}, desde la versión {structure}"),
    }
}

/// The name of a group; empty where the courses have none.
pub fn group_name(me: &Signed, known: &Known, by: Dimension, id: &str) -> String {
    match by {
        Dimension::Site => known.site_name(id),
        Dimension::Language => id.parse().map(|language| language_name(me, language)).unwrap_or_default(),
        Dimension::Clinician => id.parse::<StaffId>().map(|id| known.people.name(&id)).unwrap_or_default(),
        Dimension::Programme | Dimension::Payer | Dimension::Modality | Dimension::Problem => known.entry_name(id),
        Dimension::Quarter | Dimension::Month => id.to_owned(),
    }
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

/// The filters.
pub fn filters<'a>(me: &Signed, known: &'a Known, lenses: &[String], question: &Question) -> Filters<'a> {
    let mut filters = Filters::of(known, &question.views, question.view);
    let shown = lenses.iter().filter(|lens| lens.as_str() == PAIR || scale_of(&me.shelf.library, lens).is_some());
    let shown = shown.map(|lens| Choice::new(lens.as_str(), lens_name(me, lens), &question.wanted.lens));
    filters.first.push(Filter::named("lens", shown.collect()));
    filters.period(question.period);
    let mut by = vec!["none"];
    for dimension in Dimension::ALL {
        let chosen = question.wanted.chosen(*dimension);
        let options = match dimension {
            Dimension::Site => filters.sites(chosen),
            Dimension::Programme => filters.entries(EntryKind::Programme, chosen),
            Dimension::Payer => filters.entries(EntryKind::Payer, chosen),
            Dimension::Modality => filters.entries(EntryKind::Modality, chosen),
            Dimension::Problem => filters.entries(EntryKind::Problem, chosen),
            Dimension::Language => {
                let option =
                    |one: &Language| Choice::new(one.as_str(), language_name(me, *one), chosen.unwrap_or_default());
                Language::ALL.iter().map(option).collect()
            }
            Dimension::Clinician if question.view == FigureView::Team => {
                let option = |id: &StaffId| Choice::new(id.as_str(), known.people.name(id), chosen.unwrap_or_default());
                let mut people: Vec<Choice> = known.looked_after.iter().map(option).collect();
                people.sort_by(|one, other| one.label.cmp(&other.label));
                people
            }
            Dimension::Clinician => Vec::new(),
            Dimension::Quarter | Dimension::Month => {
                by.push(dimension.as_str());
                continue;
            }
        };
        if filters.narrow(dimension.as_str(), options) && *dimension != Dimension::Clinician {
            by.push(dimension.as_str());
        }
    }
    filters.by(&by, question.by.map(Dimension::as_str));
    filters
}
