//! The outcomes explorer: how closed courses ended. What is counted comes from `store::outcome`, what the counts mean from
//! `stats` and `care::outcome`; here is decided who may see which of them. Nobody is ranked: groups and people stand by name.

mod asked;
mod figures;
mod file;

pub(super) use asked::{PERIODS, span};

use super::download::{self, Format, Sheet};
use super::people::People;
use super::saved_view;
use super::session::Signed;
use crate::App;
use crate::error::Result;
use asked::{Asked, Question};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::StaffId;
use care::access::Action;
use care::outcome::{Audience, Dimension, Tally, least};
use care::placement::Entry;
use care::saved_view::Dashboard;
use stats::suppression::suppress;
use std::collections::BTreeMap;
use store::Read;
use templates::format;
use templates::staff::{OutcomeBody, OutcomeView, Outcomes, Place};
use workflows::audit;

/// What is known of the practice, read once for the page.
pub(super) struct Known {
    /// Its people and sites.
    pub people: People,
    /// Its lists.
    pub placements: Vec<Entry>,
    /// The lenses that have courses.
    pub lenses: Vec<String>,
    /// The people whose courses are the viewer's to look at by name.
    pub looked_after: Vec<StaffId>,
}

impl Known {
    async fn of(read: &mut Read, app: &App, me: &Signed) -> Result<Self> {
        Ok(Self {
            people: People::of(read, me.zone).await?,
            placements: store::placement::list(read).await?,
            lenses: store::outcome::lenses(read).await?,
            looked_after: workflows::access::looks_after(read, &app.ctx, &me.viewer).await?,
        })
    }
}

/// What was counted.
pub(super) struct Counts {
    /// All courses that are wanted.
    pub total: Tally,
    /// By the group that was asked for.
    pub groups: Vec<Tally>,
    /// The whole practice's in the period, as the reference of severity-adjusted effects.
    pub reference: Tally,
    /// The whole practice's by clinician, for what clinicians have in common.
    pub clinicians: Vec<Tally>,
}

/// Whether the courses asked for are enough to be shown to this audience: all together, and none of the filters picks a group
/// that would not be shown beside the others.
async fn is_enough(
    read: &mut Read,
    question: &Question,
    total: &Tally,
    audience: Audience,
) -> Result<std::result::Result<(), u64>> {
    let fewest = Dimension::ALL
        .iter()
        .filter(|dimension| question.wanted.chosen(**dimension).is_some())
        .map(|dimension| least(Some(*dimension), audience))
        .max()
        .unwrap_or(least(None, audience));
    if total.closed < fewest {
        return Ok(Err(fewest));
    }
    for dimension in Dimension::ALL {
        let Some(chosen) = question.wanted.chosen(*dimension) else { continue };
        // Whoever looks after the clients of somebody knows their number.
        if *dimension == Dimension::Clinician && audience == Audience::Staff {
            continue;
        }
        let beside = store::outcome::sizes(read, &question.wanted.without(*dimension), *dimension).await?;
        let parts: Vec<u64> = beside.iter().map(|(_, closed)| *closed).collect();
        let place = beside.iter().position(|(of, _)| of == chosen);
        let needed = least(Some(*dimension), audience);
        if !place.is_some_and(|place| suppress(&parts, needed).shows(place)) {
            return Ok(Err(needed));
        }
    }
    Ok(Ok(()))
}

async fn counts(read: &mut Read, question: &Question) -> Result<Counts> {
    let wanted = &question.wanted;
    let by = question.by.filter(|by| *by != Dimension::Clinician);
    let whole = store::outcome::Wanted::all(&wanted.lens, wanted.from, wanted.until);
    // A practice of many years is walked through once where the whole of it is looked at.
    let of_whole = (*wanted == whole).then_some(by).flatten();
    let parts = store::outcome::tally_by_clinician(read, &whole, of_whole).await?;
    let clinicians = together(parts.iter().map(|part| (part.clinician.as_str(), &part.tally)));
    let groups = if *wanted == whole {
        together(parts.iter().map(|part| (part.tally.of.as_str(), &part.tally)))
    } else {
        store::outcome::tally(read, wanted, by).await?
    };
    let sum = |tallies: &[Tally]| tallies.iter().fold(Tally::default(), Tally::and);
    Ok(Counts {
        total: sum(&groups),
        reference: sum(&clinicians),
        groups: if by.is_some() { groups } else { Vec::new() },
        clinicians,
    })
}

/// Adds up what has the same name, in the order of the names.
fn together<'a>(parts: impl Iterator<Item = (&'a str, &'a Tally)>) -> Vec<Tally> {
    let mut sums = BTreeMap::new();
    for (of, part) in parts {
        let sum = sums.entry(of).or_insert_with(|| Tally { of: of.to_owned(), ..Tally::default() });
        *sum = std::mem::take(sum).and(part);
    }
    sums.into_values().collect()
}

/// Notes who looked, at whose courses.
async fn note(app: &App, me: &Signed, question: &Question, known: &Known, name: &str) -> Result<()> {
    let people: Vec<&StaffId> = match question.view {
        OutcomeView::Own => vec![&me.staff.id],
        OutcomeView::Team => known.looked_after.iter().collect(),
        OutcomeView::Practice => Vec::new(),
    };
    let mut tx = app.db.write(&me.practice).await?;
    let entry = audit::entry(&app.ctx, &me.actor(), name, "practice", me.practice.as_str());
    tx.audit(entry.with("view", question.view.as_str()).listing("clinicians", people.into_iter().map(StaffId::as_str)));
    tx.commit().await?;
    Ok(())
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::ViewOutcomes, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, &app, &me).await?;
    let question = asked.question(&me, &known, telling.now);
    let counts = counts(&mut read, &question).await?;
    let body = if counts.total.closed == 0 {
        OutcomeBody::None
    } else {
        match is_enough(&mut read, &question, &counts.total, Audience::Staff).await? {
            Err(least) => OutcomeBody::Few { least },
            Ok(()) => OutcomeBody::Shown(Box::new(figures::of(&me, &known, &question, &counts))),
        }
    };
    let saved = saved_view::of(&mut read, &me, Dashboard::Outcomes, &question.address("")).await?;
    drop(read);
    note(&app, &me, &question, &known, "view.outcomes").await?;
    let day = |day| format::day(day, me.language);
    let (filters, more) = asked::filters(&me, &known, &question);
    let page = Outcomes {
        shell: me.shell(&app, Some(Place::Outcomes)),
        narrowed: Dimension::ALL.iter().any(|dimension| question.wanted.chosen(*dimension).is_some()),
        filters,
        more,
        view: question.view,
        period: format!("{} – {}", day(question.wanted.from), day(question.last_day())),
        as_of: format::date_time(telling.now, me.zone, me.language),
        body,
        csv: question.address("/outcomes.csv"),
        xlsx: question.address("/outcomes.xlsx"),
        saved,
    };
    me.render(&app, StatusCode::OK, &page)
}

/// The same as a table that leaves the house, with the stricter rules for that.
async fn table(app: &App, me: &Signed, asked: &Asked) -> Result<Sheet> {
    me.authorise(app, Action::ViewOutcomes, None).await?;
    let now = app.now();
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, app, me).await?;
    let question = asked.question(me, &known, now);
    let counts = counts(&mut read, &question).await?;
    let enough = is_enough(&mut read, &question, &counts.total, Audience::Outside).await?;
    drop(read);
    note(app, me, &question, &known, "export.outcomes").await?;
    Ok(file::write(me, &known, &question, &counts, enough.is_ok().then_some(()), now))
}

/// As a file.
pub(super) async fn csv(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    download::answer(table(&app, &me, &asked).await?, Format::Csv).await
}

/// As a workbook.
pub(super) async fn xlsx(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    download::answer(table(&app, &me, &asked).await?, Format::Workbook).await
}
