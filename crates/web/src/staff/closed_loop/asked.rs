//! What is asked for, all of it in the address: whose cases, when, of which kind and where, compared by what.

use crate::App;
use crate::staff::dashboard::{Filters, Known, months, period, span, span_of, view, views};
use crate::staff::form::encoded;
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
use templates::staff::{Choice, FigureView};

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
    pub view: FigureView,
    /// Which views the viewer has.
    pub views: Vec<FigureView>,
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
        let view = view(&views, &self.view);
        let period = period(&self.period);
        let (from, until) = span(period, local_time::day_of(now, me.zone));
        let whole = span_of("", from, until, me.zone);
        Question {
            view,
            views,
            period,
            from,
            until,
            // An urgent alert and a routine one have nothing in common but the word.
            by: if self.by == "none" { None } else { Some(self.by.parse().unwrap_or(By::Kind)) },
            wanted: Wanted { begins: whole.begins, ends: whole.ends, owners: known.whose(me, view) },
            kind: self.kind.parse().ok(),
            site: known.site(&self.site),
            programme: known.entry(EntryKind::Programme, &self.programme),
            payer: known.entry(EntryKind::Payer, &self.payer),
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

/// The filters.
pub fn filters<'a>(app: &App, me: &Signed, known: &'a Known, question: &Question) -> Filters<'a> {
    let mut filters = Filters::of(known, &question.views, question.view);
    filters.period(question.period);
    let mut compared = vec!["kind", "month"];
    for by in By::ALL {
        let chosen = question.chosen(*by);
        let options = match by {
            By::Month => continue,
            By::Kind => {
                let option = |kind: &ReasonLevel| {
                    Choice::new(kind.as_str(), kind_name(app, me, *kind), chosen.unwrap_or_default())
                };
                ReasonLevel::ALL.iter().rev().map(option).collect()
            }
            By::Site => filters.sites(chosen),
            By::Programme => filters.entries(EntryKind::Programme, chosen),
            By::Payer => filters.entries(EntryKind::Payer, chosen),
        };
        if filters.narrow(by.as_str(), options) && *by != By::Kind {
            compared.push(by.as_str());
        }
    }
    compared.push("none");
    filters.by(&compared, question.by.map(By::as_str));
    filters
}
