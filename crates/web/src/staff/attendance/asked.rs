//! What is asked for, all of it in the address: whose sessions, when, by which definitions, compared by what.

use super::Known;
use crate::staff::form::encoded;
use crate::staff::outcomes::{PERIODS, span};
use crate::staff::session::Signed;
use care::attendance::{By, EndingRule, FEWEST, NoShowRule};
use care::placement::EntryKind;
use care::staff::Role;
use care::{Instant, local_time};
use chrono::{Datelike, Days, Months, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;
use std::fmt::Write;
use store::attendance::{Span, Wanted};
use templates::staff::{AttendanceFilter, Choice, OutcomeView};

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

/// Months beside one another at most.
const MONTHS: u32 = 36;
/// What "few sessions" may be below.
const FEW: std::ops::RangeInclusive<u64> = 2..=12;

/// What is asked for, understood.
pub struct Question {
    /// Whose.
    pub view: OutcomeView,
    /// Which views the viewer has.
    pub views: Vec<OutcomeView>,
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

/// Which views somebody has; a person's own first.
pub fn views(me: &Signed) -> Vec<OutcomeView> {
    [(Role::Clinician, OutcomeView::Own), (Role::Supervisor, OutcomeView::Team), (Role::Owner, OutcomeView::Practice)]
        .into_iter()
        .filter(|(role, _)| me.is(&[*role]))
        .map(|(_, view)| view)
        .collect()
}

/// A span from its days, in the zone.
pub fn span_of(of: &str, from: NaiveDate, until: NaiveDate, zone: Tz) -> Span {
    let begins = |day| local_time::at_minute(day, 0, zone);
    Span { of: of.to_owned(), from, until, begins: begins(from), ends: begins(until) }
}

/// The calendar months of a period, the last ones where there are many.
pub fn months(from: NaiveDate, until: NaiveDate, zone: Tz) -> Vec<Span> {
    let first_of = |day: NaiveDate| day.with_day(1).unwrap_or(day);
    let latest = first_of(until.checked_sub_days(Days::new(1)).unwrap_or(until));
    let earliest = latest.checked_sub_months(Months::new(MONTHS - 1)).unwrap_or(latest);
    let mut month = first_of(from).max(earliest);
    let mut spans = Vec::new();
    while month < until {
        let Some(next) = month.checked_add_months(Months::new(1)) else { break };
        spans.push(span_of(&month.format("%Y-%m").to_string(), month.max(from), next.min(until), zone));
        month = next;
    }
    spans
}

impl Asked {
    /// What it asks for, within what the viewer may see.
    pub fn question(&self, me: &Signed, known: &Known, now: Instant) -> Question {
        let views = views(me);
        let named = views.iter().find(|view| view.as_str() == self.view);
        let view = named.or(views.first()).copied().unwrap_or(OutcomeView::Own);
        let period = PERIODS.iter().find(|period| **period == self.period).copied().unwrap_or(PERIODS[0]);
        let (from, until) = span(period, local_time::day_of(now, me.zone));
        let by: Option<By> = self.by.parse().ok();
        let whole = vec![span_of("", from, until, me.zone)];
        let grouped = if by == Some(By::Month) { months(from, until, me.zone) } else { whole.clone() };
        let entry = |text: &str, kind| {
            let found = known.placements.iter().find(|entry| entry.kind == kind && entry.id.as_str() == text);
            found.map(|entry| entry.id.clone())
        };
        let site = known.people.sites.iter().find(|site| site.id.as_str() == self.site);
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
                clinicians: match view {
                    OutcomeView::Own => Some(vec![me.staff.id.clone()]),
                    OutcomeView::Team => Some(known.looked_after.clone()),
                    OutcomeView::Practice => None,
                },
                site: site.map(|site| site.id.clone()),
                programme: entry(&self.programme, EntryKind::Programme),
                payer: entry(&self.payer, EntryKind::Payer),
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

/// The name of a group; none where there is none.
pub fn group_name(known: &Known, by: By, id: &str) -> String {
    match by {
        By::Site => known.people.sites.iter().find(|site| site.id.as_str() == id).map(|site| site.name.clone()),
        By::Month => Some(id.to_owned()),
        By::Programme | By::Payer => {
            known.placements.iter().find(|entry| entry.id.as_str() == id).map(|entry| entry.name.clone())
        }
    }
    .unwrap_or_default()
}

/// The filters: those that are always there, and those by which can be narrowed further or counted otherwise.
pub fn filters(known: &Known, question: &Question) -> (Vec<AttendanceFilter>, Vec<AttendanceFilter>) {
    let said = |name: &'static str, words: &'static str, values: &[&str], chosen: &str| AttendanceFilter {
        name,
        words,
        options: values.iter().map(|value| Choice::new(*value, *value, chosen)).collect(),
    };
    let mut first = Vec::new();
    if question.views.len() > 1 {
        let views: Vec<&str> = question.views.iter().map(|view| view.as_str()).collect();
        first.push(said("view", "attendance-view-", &views, question.view.as_str()));
    }
    first.push(said("period", "attendance-period-", &PERIODS, question.period));

    let mut more = Vec::new();
    let mut compared = vec!["none"];
    for by in By::ALL {
        let chosen = question.wanted.chosen(*by).unwrap_or_default();
        let of_kind = |kind: EntryKind| -> Vec<(String, String)> {
            let own = known.placements.iter().filter(|entry| entry.kind == kind);
            own.map(|entry| (entry.id.as_str().to_owned(), entry.name.clone())).collect()
        };
        let (name, entries) = match by {
            By::Site => {
                let sites = known.people.sites.iter();
                ("site", sites.map(|site| (site.id.as_str().to_owned(), site.name.clone())).collect())
            }
            By::Programme => ("programme", of_kind(EntryKind::Programme)),
            By::Payer => ("payer", of_kind(EntryKind::Payer)),
            By::Month => {
                compared.push(By::Month.as_str());
                continue;
            }
        };
        if entries.len() > 1 {
            compared.push(by.as_str());
            let options = std::iter::once((String::new(), "–".to_owned())).chain(entries);
            let options = options.map(|(id, name)| Choice::new(id, name, chosen)).collect();
            more.push(AttendanceFilter { name, words: "", options });
        }
    }
    first.push(said("by", "attendance-by-", &compared, question.by.map_or("none", By::as_str)));
    let rules: Vec<&str> = NoShowRule::ALL.iter().map(|rule| rule.as_str()).collect();
    more.push(said("no_show", "attendance-no_show-", &rules, question.no_show.as_str()));
    let rules: Vec<&str> = EndingRule::ALL.iter().map(|rule| rule.as_str()).collect();
    more.push(said("early", "attendance-early-", &rules, question.early.as_str()));
    let few = FEW.map(|few| Choice::new(few.to_string(), few.to_string(), &question.fewest.to_string())).collect();
    more.push(AttendanceFilter { name: "fewest", words: "", options: few });
    (first, more)
}
