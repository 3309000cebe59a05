//! What is asked for, all of it in the address: whose cases, when, of which kind and where, compared by what.

use super::Known;
use crate::App;
use crate::staff::attendance::{months, span_of, views};
use crate::staff::form::encoded;
use crate::staff::outcomes::{PERIODS, span};
use crate::staff::session::Signed;
use care::case::ReasonLevel;
use care::closed_loop::{Alert, Belongs, By, ClosedCase};
use care::placement::EntryKind;
use care::{Instant, PlacementId, SiteId, local_time};
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use serde::Deserialize;
use std::fmt::Write;
use store::closed_loop::Wanted;
use templates::staff::{AttendanceFilter, Choice, OutcomeView};

/// The fields of the address; what is not understood is as if it were not there.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Asked {
    view: String,
    period: String,
    by: String,
    kind: String,
    site: String,
    programme: String,
    payer: String,
}

/// What is asked for, understood.
pub struct Question {
    /// Whose.
    pub view: OutcomeView,
    /// Which views the viewer has.
    pub views: Vec<OutcomeView>,
    /// The period's name.
    pub period: &'static str,
    /// Its first day.
    pub from: NaiveDate,
    /// The day after its last.
    pub until: NaiveDate,
    /// Compared by what.
    pub by: Option<By>,
    /// Which alerts and cases, of everything that the viewer may see.
    pub wanted: Wanted,
    kind: Option<ReasonLevel>,
    site: Option<SiteId>,
    programme: Option<PlacementId>,
    payer: Option<PlacementId>,
    zone: Tz,
    first_month: String,
}

impl Asked {
    /// What it asks for, within what the viewer may see.
    pub fn question(&self, me: &Signed, known: &Known, now: Instant) -> Question {
        let views = views(me);
        let named = views.iter().find(|view| view.as_str() == self.view);
        let view = named.or(views.first()).copied().unwrap_or(OutcomeView::Own);
        let period = PERIODS.iter().find(|period| **period == self.period).copied().unwrap_or(PERIODS[0]);
        let (from, until) = span(period, local_time::day_of(now, me.zone));
        let whole = span_of("", from, until, me.zone);
        let entry = |text: &str, kind| {
            let found = known.placements.iter().find(|entry| entry.kind == kind && entry.id.as_str() == text);
            found.map(|entry| entry.id.clone())
        };
        let site = known.people.sites.iter().find(|site| site.id.as_str() == self.site);
        Question {
            view,
            views,
            period,
            from,
            until,
            // An urgent alert and a routine one have nothing in common but the word.
            by: if self.by == "none" { None } else { Some(self.by.parse().unwrap_or(By::Kind)) },
            wanted: Wanted {
                begins: whole.begins,
                ends: whole.ends,
                owners: match view {
                    OutcomeView::Own => Some(vec![me.staff.id.clone()]),
                    OutcomeView::Team => Some(known.looked_after.clone()),
                    OutcomeView::Practice => None,
                },
            },
            kind: self.kind.parse().ok(),
            site: site.map(|site| site.id.clone()),
            programme: entry(&self.programme, EntryKind::Programme),
            payer: entry(&self.payer, EntryKind::Payer),
            zone: me.zone,
            first_month: months(from, until, me.zone).first().map(|month| month.of.clone()).unwrap_or_default(),
        }
    }
}

fn of(belongs: &Belongs, by: By) -> String {
    match by {
        By::Site => belongs.site_id.as_str(),
        By::Programme => belongs.programme_id.as_ref().map_or("", PlacementId::as_str),
        By::Payer => belongs.payer_id.as_ref().map_or("", PlacementId::as_str),
        By::Kind | By::Month => "",
    }
    .to_owned()
}

impl Question {
    /// The last day of the period.
    pub fn last_day(&self) -> NaiveDate {
        self.until.checked_sub_days(Days::new(1)).unwrap_or(self.until)
    }

    /// The one value it is restricted to.
    pub fn chosen(&self, by: By) -> Option<&str> {
        match by {
            By::Kind => self.kind.map(ReasonLevel::as_str),
            By::Month => None,
            By::Site => self.site.as_ref().map(SiteId::as_str),
            By::Programme => self.programme.as_ref().map(PlacementId::as_str),
            By::Payer => self.payer.as_ref().map(PlacementId::as_str),
        }
    }

    /// Whether something with these values is wanted, whatever its value of one of them.
    pub fn holds(&self, value: impl Fn(By) -> String, whatever: Option<By>) -> bool {
        By::ALL
            .iter()
            .filter(|by| Some(**by) != whatever)
            .all(|by| self.chosen(*by).is_none_or(|chosen| value(*by) == chosen))
    }

    /// The month of an instant. The months before the last three years are not told apart.
    fn month(&self, at: Instant) -> String {
        let month = local_time::day_of(at, self.zone).format("%Y-%m").to_string();
        if month < self.first_month { format!("< {}", self.first_month) } else { month }
    }

    /// The group of an alert.
    pub fn alert_group(&self, alert: &Alert, by: By) -> String {
        match by {
            By::Kind => alert.level.as_str().to_owned(),
            By::Month => self.month(alert.raised_at),
            _ => of(&alert.belongs, by),
        }
    }

    /// The group of a closed case.
    pub fn case_group(&self, case: &ClosedCase, by: By) -> String {
        match by {
            By::Kind => case.level.as_str().to_owned(),
            By::Month => self.month(case.closed_at),
            _ => of(&case.belongs, by),
        }
    }

    /// An address that asks the same.
    pub fn address(&self, path: &str) -> String {
        let by = self.by.map_or("none", By::as_str);
        let mut address = format!("{path}?view={}&period={}&by={by}", self.view.as_str(), encoded(self.period));
        for by in By::ALL {
            if let Some(chosen) = self.chosen(*by) {
                let _ = write!(address, "&{}={}", by.as_str(), encoded(chosen));
            }
        }
        address
    }
}

/// The name of a kind.
pub fn kind_name(app: &App, me: &Signed, kind: ReasonLevel) -> String {
    app.templates.said(&format!("level-{}", kind.as_str()), me.language).unwrap_or_default()
}

/// The filters: those that are always there, and those by which can be narrowed further.
pub fn filters(
    app: &App,
    me: &Signed,
    known: &Known,
    question: &Question,
) -> (Vec<AttendanceFilter>, Vec<AttendanceFilter>) {
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
    let mut compared = vec!["kind", "month"];
    let mut more = Vec::new();
    for by in By::ALL {
        let of_kind = |kind: EntryKind| -> Vec<(String, String)> {
            let own = known.placements.iter().filter(|entry| entry.kind == kind);
            own.map(|entry| (entry.id.as_str().to_owned(), entry.name.clone())).collect()
        };
        let (name, entries) = match by {
            By::Month => continue,
            By::Kind => {
                let kinds = ReasonLevel::ALL.iter().rev();
                ("kind", kinds.map(|kind| (kind.as_str().to_owned(), kind_name(app, me, *kind))).collect())
            }
            By::Site => {
                let sites = known.people.sites.iter();
                ("site", sites.map(|site| (site.id.as_str().to_owned(), site.name.clone())).collect())
            }
            By::Programme => ("programme", of_kind(EntryKind::Programme)),
            By::Payer => ("payer", of_kind(EntryKind::Payer)),
        };
        if entries.len() > 1 {
            if *by != By::Kind {
                compared.push(by.as_str());
            }
            let options = std::iter::once((String::new(), "–".to_owned())).chain(entries);
            let chosen = question.chosen(*by).unwrap_or_default();
            let options = options.map(|(id, name)| Choice::new(id, name, chosen)).collect();
            more.push(AttendanceFilter { name, words: "", options });
        }
    }
    compared.push("none");
    first.push(said("by", "loop-by-", &compared, question.by.map_or("none", By::as_str)));
    (first, more)
}
