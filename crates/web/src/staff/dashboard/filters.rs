//! The form above the figures: filters that are always there, and those by which can be narrowed further.

use super::Known;
use super::period::PERIODS;
use care::placement::EntryKind;
use templates::staff::{Choice, FigureView, Filter, FilterForm};

/// The filters of a page, in the order in which they are added.
pub struct Filters<'a> {
    known: &'a Known,
    /// Those that are always there.
    pub first: Vec<Filter>,
    /// Those by which can be narrowed further, which are seldom set.
    pub more: Vec<Filter>,
}

impl<'a> Filters<'a> {
    /// Whose, where the viewer has a choice.
    pub fn of(known: &'a Known, views: &[FigureView], view: FigureView) -> Self {
        let mut first = Vec::new();
        if views.len() > 1 {
            let views: Vec<&str> = views.iter().map(|view| view.as_str()).collect();
            first.push(Filter::said("view", "dashboard-view-", &views, view.as_str()));
        }
        Self { known, first, more: Vec::new() }
    }

    /// When.
    pub fn period(&mut self, chosen: &str) {
        self.first.push(Filter::said("period", "dashboard-period-", &PERIODS, chosen));
    }

    /// By what is compared.
    pub fn by(&mut self, values: &[&str], chosen: Option<&str>) {
        self.first.push(Filter::said("by", "dashboard-by-", values, chosen.unwrap_or("none")));
    }

    /// One more by which can be narrowed. Tells whether there is more than one to choose from; one alone narrows nothing.
    pub fn narrow(&mut self, name: &'static str, options: Vec<Choice>) -> bool {
        let offers = options.len() > 1;
        if offers {
            self.more.push(Filter::narrowing(name, options));
        }
        offers
    }

    /// The sites, as what can be chosen.
    pub fn sites(&self, chosen: Option<&str>) -> Vec<Choice> {
        let sites = self.known.people.sites.iter();
        sites.map(|site| Choice::new(site.id.as_str(), site.name.clone(), chosen.unwrap_or_default())).collect()
    }

    /// The entries of a list, as what can be chosen.
    pub fn entries(&self, kind: EntryKind, chosen: Option<&str>) -> Vec<Choice> {
        let own = self.known.placements.iter().filter(|entry| entry.kind == kind);
        own.map(|entry| Choice::new(entry.id.as_str(), entry.name.clone(), chosen.unwrap_or_default())).collect()
    }

    /// The form of a page. `narrowed` is whether one of the further filters is set: then they are seen.
    pub fn form(self, path: &'static str, narrowed: bool) -> FilterForm {
        FilterForm { path, first: self.first, more: self.more, narrowed }
    }
}
