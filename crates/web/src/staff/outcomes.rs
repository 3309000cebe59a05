//! The outcomes explorer: how closed courses ended. What is counted comes from `store::outcome`, what the counts mean from
//! `stats` and `care::outcome`; here is decided who may see which of them. Nobody is ranked: groups and people stand by name.

mod asked;
mod cells;
mod figures;
mod file;
pub(super) mod published;

use super::dashboard::{Known, gives_away, note};
use super::download::{self, Format, Sheet};
use super::saved_view;
use super::session::Signed;
use crate::App;
use crate::error::Result;
use asked::{Asked, Question};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::outcome::{Audience, Dimension, PairedSums, Tally, least};
use care::saved_view::Dashboard;
use cells::Lifted;
use std::collections::BTreeMap;
use store::Read;
use store::outcome::OfClinician;
use templates::format;
use templates::staff::{OutcomeBody, Outcomes, Place};

/// What was counted.
pub(super) struct Counts {
    /// All courses that are wanted.
    pub total: Tally,
    /// By the group that was asked for.
    pub groups: Vec<Tally>,
    /// Where few must not be counted, each filter that is on with what would be counted without it.
    pub lifted: Vec<Lifted>,
    /// The whole practice's at caseness first in the period, as the reference of severity-adjusted effects.
    pub reference: PairedSums,
    /// The whole practice's by clinician, for what clinicians have in common.
    pub clinicians: Vec<OfClinician>,
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
        // Parts of a demographic group are held to what holds for it.
        let needed =
            least(Some(*dimension), audience).max(if question.is_of_a_demographic_group() { fewest } else { 0 });
        if gives_away(&beside, chosen, needed) {
            return Ok(Err(needed));
        }
    }
    Ok(Ok(()))
}

async fn counts(read: &mut Read, question: &Question, audience: Audience) -> Result<Counts> {
    let wanted = &question.wanted;
    let by = question.by.filter(|by| *by != Dimension::Clinician);
    let clinicians = store::outcome::of_clinicians(read, &wanted.lens, (wanted.from, wanted.until)).await?;
    let mut reference = PairedSums::default();
    for one in &clinicians {
        reference += one.cases;
    }
    let groups = store::outcome::tally(read, wanted, by).await?;
    let mut lifted = Vec::new();
    if audience == Audience::Outside || question.compares_demographic_groups() {
        for dimension in Dimension::ALL.iter().copied() {
            let Some(chosen) = wanted.chosen(dimension) else { continue };
            let parts = store::outcome::tally_across(read, &wanted.without(dimension), by, dimension).await?;
            lifted.push(Lifted { dimension, chosen: chosen.to_owned(), parts });
        }
    }
    Ok(Counts {
        total: groups.iter().fold(Tally::default(), Tally::and),
        groups: if by.is_some() { groups } else { Vec::new() },
        lifted,
        reference,
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

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::ViewOutcomes, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, &app, &me).await?;
    let lenses = store::outcome::lenses(&mut read).await?;
    let question = asked.question(&me, &known, &lenses, telling.now);
    let counts = counts(&mut read, &question, Audience::Staff).await?;
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
    note(&app, &me, question.view, &known, "view.outcomes").await?;
    let day = |day| format::day(day, me.language);
    let narrowed = Dimension::ALL.iter().any(|dimension| question.wanted.chosen(*dimension).is_some());
    let filters = asked::filters(&me, &known, &lenses, &question);
    let page = Outcomes {
        shell: me.shell(&app, Some(Place::Outcomes)),
        filters: filters.form("/outcomes", narrowed),
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
    let lenses = store::outcome::lenses(&mut read).await?;
    let question = asked.question(me, &known, &lenses, now);
    let counts = counts(&mut read, &question, Audience::Outside).await?;
    let enough = is_enough(&mut read, &question, &counts.total, Audience::Outside).await?;
    drop(read);
    note(app, me, question.view, &known, "export.outcomes").await?;
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
