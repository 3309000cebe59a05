//! What is asked for, all of it in the address: whose sessions, when, by which definitions, compared by what.

use crate::staff::dashboard::{Filters, Known, compared, period, span, span_of, steps, view, views};
use crate::staff::form::encoded;
use crate::staff::session::Signed;
use care::attendance::{By, EndingRule, FEWEST, NoShowRule};
use care::placement::EntryKind;
use care::{Instant, local_time};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use std::fmt::Write;
use store::attendance::{Span, Wanted};
use templates::staff::{Choice, FigureView, Filter};

/// The fields of the address; what is not understood is as if it were not there.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Asked {
    view: String,
    period: String,
    by: String,
    site: String,
    programme: String,
    payer: String,
    no_show: String,
    early: String,
    fewest: String,
}

/// What "few sessions" may be below.
const FEW: std::ops::RangeInclusive<u64> = 2..=12;

/// What is asked for, understood.
pub struct Question {
    /// Whose.
    pub view: FigureView,
    /// Which views the viewer has.
    pub views: Vec<FigureView>,
    /// The period's name.
    pub period: &'static str,
    /// Compared by what.
    pub by: Option<By>,
    /// What a no-show rate is a share of.
    pub no_show: NoShowRule,
    /// What ending early is.
    pub early: EndingRule,
    /// Fewer sessions than this are few.
    pub fewest: u64,
    /// Which sessions and courses, in one span.
    pub wanted: Wanted,
    /// The spans of the groups.
    pub grouped: Vec<Span>,
}

impl Asked {
    /// What it asks for, within what the viewer may see.
    pub fn question(&self, me: &Signed, known: &Known, now: Instant) -> Question {
        let views = views(me);
        let view = view(&views, &self.view);
        let period = period(&self.period);
        let by: Option<By> = self.by.parse().ok();
        let step = by.and_then(By::step);
        let (from, until) = compared(step, span(period, local_time::day_of(now, me.zone)));
        let whole = vec![span_of("", from, until, me.zone)];
        let grouped = step.map_or_else(|| whole.clone(), |step| steps(step, from, until, me.zone));
        Question {
            view,
            views,
            period,
            by,
            no_show: self.no_show.parse().unwrap_or(NoShowRule::Expected),
            early: self.early.parse().unwrap_or(EndingRule::Judged),
            fewest: self.fewest.parse().ok().filter(|few| FEW.contains(few)).unwrap_or(FEWEST),
            wanted: Wanted {
                spans: whole,
                clinicians: known.whose(me, view),
                site: known.site(&self.site),
                programme: known.entry(EntryKind::Programme, &self.programme),
                payer: known.entry(EntryKind::Payer, &self.payer),
            },
            grouped,
        }
    }
}

impl Question {
    /// The first day of the period.
    pub fn first_day(&self) -> NaiveDate {
        self.wanted.spans.first().map(|span| span.from).unwrap_or_default()
    }

    /// The last day of the period.
    pub fn last_day(&self) -> NaiveDate {
        let until = self.wanted.spans.last().map(|span| span.until).unwrap_or_default();
        until.checked_sub_days(Days::new(1)).unwrap_or(until)
    }

    /// Whether another definition than the usual one was chosen.
    pub fn has_own_definitions(&self) -> bool {
        self.no_show != NoShowRule::Expected || self.early != EndingRule::Judged || self.fewest != FEWEST
    }

    /// An address that asks the same.
    pub fn address(&self, path: &str) -> String {
        let mut address = format!("{path}?view={}&period={}", self.view.as_str(), encoded(self.period));
        if let Some(by) = self.by {
            let _ = write!(address, "&by={}", by.as_str());
        }
        let _ =
            write!(address, "&no_show={}&early={}&fewest={}", self.no_show.as_str(), self.early.as_str(), self.fewest);
        for by in By::ALL {
            if let Some(chosen) = self.wanted.chosen(*by) {
                let _ = write!(address, "&{}={}", by.as_str(), encoded(chosen));
            }
        }
        address
    }
}

/// The name of a group; empty where there is none.
pub fn group_name(known: &Known, by: By, id: &str) -> String {
    match by {
        By::Site => known.site_name(id),
        By::Month | By::Quarter => id.to_owned(),
        By::Programme | By::Payer => known.entry_name(id),
    }
}

/// The filters, and the definitions by which can be counted otherwise.
pub fn filters<'a>(known: &'a Known, question: &Question) -> Filters<'a> {
    let mut filters = Filters::of(known, &question.views, question.view);
    filters.period(question.period);
    let mut offered = vec!["none"];
    for by in By::ALL {
        let chosen = question.wanted.chosen(*by);
        let options = match by {
            By::Site => filters.sites(chosen),
            By::Programme => filters.entries(EntryKind::Programme, chosen),
            By::Payer => filters.entries(EntryKind::Payer, chosen),
            By::Month | By::Quarter => {
                offered.push(by.as_str());
                continue;
            }
        };
        if filters.narrow(by.as_str(), options) {
            offered.push(by.as_str());
        }
    }
    filters.by(&offered, question.by.map(By::as_str));
    let rules: Vec<&str> = NoShowRule::ALL.iter().map(|rule| rule.as_str()).collect();
    filters.more.push(Filter::said("no_show", "attendance-no_show-", &rules, question.no_show.as_str()));
    let rules: Vec<&str> = EndingRule::ALL.iter().map(|rule| rule.as_str()).collect();
    filters.more.push(Filter::said("early", "attendance-early-", &rules, question.early.as_str()));
    let few = FEW.map(|few| Choice::new(few.to_string(), few.to_string(), &question.fewest.to_string())).collect();
    filters.more.push(Filter::named("fewest", few));
    filters
}
