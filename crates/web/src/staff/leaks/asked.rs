//! What is asked for, all of it in the address: whose, when, of which kind and where.

use crate::staff::dashboard::{DaysAsked, Filters, Known, view, views};
use crate::staff::form::encoded;
use crate::staff::session::Signed;
use care::leak::Leak;
use care::staff::Role;
use care::{Instant, SiteId, local_time};
use chrono::NaiveDate;
use serde::Deserialize;
use std::fmt::Write;
use templates::staff::{Choice, FigureView, Filter};

/// The fields of the address.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Asked {
    view: String,
    from: String,
    until: String,
    leak: String,
    site: String,
}

/// What is asked for, understood.
pub struct Question {
    /// Whose.
    pub view: FigureView,
    /// Which views the viewer has.
    views: Vec<FigureView>,
    /// When check-ins were to be sent.
    pub days: DaysAsked,
    /// Of which kind alone.
    pub leak: Option<Leak>,
    /// At which site alone.
    pub site: Option<SiteId>,
}

impl Asked {
    /// What it asks for, within what the viewer may see.
    pub fn question(&self, me: &Signed, known: &Known, now: Instant) -> Question {
        let mut views = views(me);
        // The administration sees to the practice's messages, whoever owns it.
        if me.is(&[Role::Admin]) && !views.contains(&FigureView::Practice) {
            views.push(FigureView::Practice);
        }
        Question {
            view: view(&views, &self.view),
            views,
            days: DaysAsked::of(&self.from, &self.until, local_time::day_of(now, me.zone)),
            leak: self.leak.parse().ok(),
            site: known.site(&self.site),
        }
    }
}

impl Question {
    fn address_with(&self, path: &str, leak: Option<Leak>) -> String {
        let mut address = format!("{path}?view={}", self.view.as_str());
        // The usual days move on with the calendar, also in what somebody keeps.
        let day = |day: NaiveDate| (!self.days.are_usual).then(|| day.to_string());
        let site = self.site.as_ref().map(|site| site.as_str().to_owned());
        let leak = leak.map(|leak| leak.as_str().to_owned());
        let fields = [("from", day(self.days.first)), ("until", day(self.days.last)), ("leak", leak), ("site", site)];
        for (name, value) in fields {
            if let Some(value) = value {
                let _ = write!(address, "&{name}={}", encoded(&value));
            }
        }
        address
    }

    /// An address that asks the same.
    pub fn address(&self, path: &str) -> String {
        self.address_with(path, self.leak)
    }

    /// The page of one kind alone; none where it is the one that is shown.
    pub fn address_of(&self, leak: Leak) -> Option<String> {
        (self.leak != Some(leak)).then(|| self.address_with("/leaks", Some(leak)))
    }
}

/// The filters beside the days.
pub fn filters(known: &Known, question: &Question) -> Vec<Filter> {
    let mut filters = Filters::of(known, &question.views, question.view);
    let chosen = question.leak.map_or("", Leak::as_str);
    let kinds = Leak::ALL.iter().map(|leak| Choice::new(leak.as_str(), leak.as_str(), chosen)).collect();
    filters.first.push(Filter { words: "leak-", ..Filter::narrowing("leak", kinds) });
    let sites = filters.sites(question.site.as_ref().map(SiteId::as_str));
    filters.narrow("site", sites);
    filters.first.into_iter().chain(filters.more).collect()
}
