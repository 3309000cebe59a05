//! What the pages of figures have in common: what they know of the practice, whose figures they show, and what is noted of who
//! looked. All that is asked stands in the address. Which figures there are and who may see which is each page's own.

mod filters;
mod period;

pub use filters::Filters;
pub use period::{DaysAsked, compared, months, period, span, span_of, steps, suppressed};

use super::people::People;
use super::session::Signed;
use crate::App;
use crate::error::Result;
use care::outcome::{Audience, Figure, least};
use care::placement::{Entry, EntryKind};
use care::staff::Role;
use care::{PlacementId, SiteId, StaffId};
use stats::suppression::suppress;
use store::Read;
use templates::chart::StepReading;
use templates::staff::FigureView;
use workflows::audit;

/// What is known of the practice, read once for the page.
pub struct Known {
    /// Its sites, and those of its people whom a page of figures names: the viewer and whoever is theirs to look after.
    pub people: People,
    /// Its lists.
    pub placements: Vec<Entry>,
    /// The people whose clients are the viewer's to look after, and to look at by name.
    pub looked_after: Vec<StaffId>,
}

impl Known {
    /// Reads it.
    pub async fn of(read: &mut Read, app: &App, me: &Signed) -> Result<Self> {
        let looked_after = workflows::access::looks_after(read, &app.ctx, &me.viewer).await?;
        let mut people = People::places(read, me.zone).await?;
        people.meet(read, looked_after.iter().chain([&me.staff.id])).await?;
        Ok(Self { people, placements: store::placement::list(read).await?, looked_after })
    }

    /// The site that an address names.
    pub fn site(&self, asked: &str) -> Option<SiteId> {
        self.people.sites.iter().find(|site| site.id.as_str() == asked).map(|site| site.id.clone())
    }

    /// The entry of a list that an address names.
    pub fn entry(&self, kind: EntryKind, asked: &str) -> Option<PlacementId> {
        let found = self.placements.iter().find(|entry| entry.kind == kind && entry.id.as_str() == asked);
        found.map(|entry| entry.id.clone())
    }

    /// The name of a site; empty where there is none.
    pub fn site_name(&self, id: &str) -> String {
        self.people.sites.iter().find(|site| site.id.as_str() == id).map(|site| site.name.clone()).unwrap_or_default()
    }

    /// The name of a list's entry; empty where there is none.
    pub fn entry_name(&self, id: &str) -> String {
        self.placements.iter().find(|entry| entry.id.as_str() == id).map(|entry| entry.name.clone()).unwrap_or_default()
    }

    /// The people whose figures a view is about; none where it is about everybody's.
    pub fn whose(&self, me: &Signed, view: FigureView) -> Option<Vec<StaffId>> {
        match view {
            FigureView::Own => Some(vec![me.staff.id.clone()]),
            FigureView::Team => Some(self.looked_after.clone()),
            FigureView::Practice => None,
        }
    }
}

/// Which views somebody has; a person's own first.
pub fn views(me: &Signed) -> Vec<FigureView> {
    [(Role::Clinician, FigureView::Own), (Role::Supervisor, FigureView::Team), (Role::Owner, FigureView::Practice)]
        .into_iter()
        .filter(|(role, _)| me.is(&[*role]))
        .map(|(_, view)| view)
        .collect()
}

/// The view that an address names, or the first that the viewer has.
pub fn view(views: &[FigureView], asked: &str) -> FigureView {
    let named = views.iter().find(|view| view.as_str() == asked);
    named.or(views.first()).copied().unwrap_or(FigureView::Own)
}

/// Notes who looked, at whose figures.
pub async fn note(app: &App, me: &Signed, view: FigureView, known: &Known, name: &str) -> Result<()> {
    let people = known.whose(me, view).unwrap_or_default();
    let mut tx = app.db.write(&me.practice).await?;
    let entry = audit::entry(&app.ctx, &me.actor(), name, "practice", me.practice.as_str());
    tx.audit(entry.with("view", view.as_str()).listing("clinicians", people.iter().map(StaffId::as_str)));
    tx.commit().await?;
    Ok(())
}

/// A figure as a step of a picture over time. Where too few were measured it has no share.
pub fn reading(figure: &Figure, percent: &dyn Fn(f64) -> String, span: &dyn Fn(f64, f64) -> String) -> StepReading {
    let share = figure.share;
    StepReading {
        share: figure.is_reportable().then_some((share.low, share.value, share.high)),
        bounds: (figure.worst, figure.best),
        value: percent(share.value),
        interval: span(share.low, share.high),
        of: (figure.count.hits, figure.count.measured),
    }
}

/// The least number of people that may be counted where few must not be known.
pub const FEWEST: u64 = least(None, Audience::Outside);

/// Whether a count may be known there: nobody, or enough.
pub const fn is_safe(count: u64) -> bool {
    count == 0 || count >= FEWEST
}

/// Whether a filter picks a group that would not be shown beside the others.
pub fn gives_away(parts: &[(String, u64)], chosen: &str, fewest: u64) -> bool {
    let counts: Vec<u64> = parts.iter().map(|(_, count)| *count).collect();
    let place = parts.iter().position(|(of, _)| of == chosen);
    !place.is_some_and(|place| suppress(&counts, fewest).shows(place))
}
