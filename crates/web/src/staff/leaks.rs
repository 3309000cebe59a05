//! The leak report: where check-ins, alerts and tasks got lost. What counts comes from `store::leak`, whose name stands there from
//! `care::leak`. It is a list of work: whoever may open what a line leads to reads the name, everybody else the count.

mod asked;
mod file;

use super::closed_loop::tabs;
use super::dashboard::{Known, note};
use super::download::{self, Format};
use super::saved_view;
use super::session::Signed;
use super::shown::Seen;
use super::words::Telling;
use crate::App;
use crate::error::Result;
use asked::{Asked, Question};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::client::Client;
use care::leak::{Leak, Leaked};
use care::saved_view::Dashboard;
use care::{ClientId, Instant, StaffId};
use std::collections::HashMap;
use store::Read;
use store::leak::Wanted;
use templates::format;
use templates::staff::{LeakGroup, LeakRow, Leaks, Place};

/// Counted of each kind at most; more than that is a flood, and the page says so.
const COUNTED: i64 = 5_000;
/// Listed of each kind beside the others, and of one kind alone.
const LISTED: usize = 12;
const LISTED_ALONE: usize = 200;

/// Reads what is wanted; nothing where the days are no period.
async fn found(read: &mut Read, app: &App, me: &Signed, known: &Known, question: &Question) -> Result<Vec<Leaked>> {
    if !question.days.problems.is_empty() {
        return Ok(Vec::new());
    }
    let (begins, ends) = question.days.instants(me.zone);
    let wanted = Wanted {
        begins,
        ends,
        now: app.now(),
        today: workflows::access::today(read, &app.ctx).await?,
        whose: known.whose(me, question.view),
        site: None,
        leak: question.leak,
        most: COUNTED,
    };
    Ok(store::leak::find(read, &wanted).await?)
}

/// Where a line leads.
fn href(one: &Leaked) -> String {
    match (&one.case_id, one.leak) {
        (Some(case), _) => format!("/cases/{case}"),
        (None, Leak::Unowned) => "/outreach".to_owned(),
        (None, _) => format!("/clients/{}", one.client_id),
    }
}

/// Who has it to look after: the case's owner, or the clinician.
fn whose(one: &Leaked) -> Option<&StaffId> {
    one.owner_id.as_ref().or(one.clinician_id.as_ref())
}

fn row(known: &Known, clients: &HashMap<ClientId, Client>, telling: Telling, one: &Leaked) -> Option<LeakRow> {
    Some(LeakRow {
        client: clients.get(&one.client_id)?.name.text().to_owned(),
        href: href(one),
        day: telling.day(one.at),
        site: known.site_name(one.site_id.as_str()),
        who: whose(one).map(|id| known.people.name(id)),
    })
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::ViewLeaks, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let mut known = Known::of(&mut read, &app, &me).await?;
    let question = asked.question(&me, &known, telling.now);
    let mut all = found(&mut read, &app, &me, &known, &question).await?;
    all.retain(|one| question.site.as_ref().is_none_or(|site| *site == one.site_id));
    let listed = if question.leak.is_some() { LISTED_ALONE } else { LISTED };
    // What was found and left lying weighs more than what was never answered.
    let groups: Vec<(Leak, usize, Vec<&Leaked>)> = Leak::ALL
        .iter()
        .rev()
        .map(|leak| {
            let own: Vec<&Leaked> = all.iter().filter(|one| one.leak == *leak).collect();
            let seen = own.iter().copied().filter(|one| one.is_seen_by(&me.viewer, &known.looked_after));
            (*leak, own.len(), seen.take(listed).collect())
        })
        .collect();
    let named = groups.iter().flat_map(|(_, _, seen)| seen).filter_map(|one| whose(one));
    known.people.meet(&mut read, named).await?;
    let seen = groups.iter().flat_map(|(_, _, seen)| seen).map(|one| one.client_id.clone());
    let seen = Seen::list("view.leaks", &me, seen);
    let clients = store::client::by_ids(&mut read, &seen.clients).await?;
    let clients: HashMap<ClientId, Client> = clients.into_iter().map(|client| (client.id.clone(), client)).collect();
    let saved = saved_view::of(&mut read, &me, Dashboard::Leaks, &question.address("")).await?;
    drop(read);
    let groups = groups.into_iter().filter(|(_, count, _)| *count > 0).map(|(leak, count, seen)| LeakGroup {
        leak,
        count,
        is_flood: i64::try_from(count).is_ok_and(|count| count >= COUNTED),
        href: question.address_of(leak),
        rows: seen.iter().filter_map(|one| row(&known, &clients, telling, one)).collect(),
    });
    let page = Leaks {
        shell: me.shell(&app, Some(Place::Improvement)),
        tabs: tabs(&me, "leaks"),
        from: question.days.first.to_string(),
        until: question.days.last.to_string(),
        period: format!(
            "{} – {}",
            format::day(question.days.first, me.language),
            format::day(question.days.last, me.language)
        ),
        filters: asked::filters(&known, &question),
        saved,
        narrowed: question.leak.is_some() || question.site.is_some(),
        groups: groups.collect(),
        as_of: telling.date_time(telling.now),
        csv: question.address("/leaks.csv"),
        xlsx: question.address("/leaks.xlsx"),
        problems: question.days.problems.clone(),
    };
    let status = if page.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    me.show(&app, status, &page, seen).await
}

/// The counts as a table that leaves the house, with the stricter rules for that; the page where the days are no period.
async fn table(app: App, me: Signed, asked: Asked, format: Format) -> Result<Response> {
    me.authorise(&app, Action::ViewLeaks, None).await?;
    let now: Instant = app.now();
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, &app, &me).await?;
    let question = asked.question(&me, &known, now);
    if !question.days.problems.is_empty() {
        drop(read);
        return show(State(app), me, Query(asked)).await;
    }
    let all = found(&mut read, &app, &me, &known, &question).await?;
    drop(read);
    note(&app, &me, question.view, &known, "export.leaks").await?;
    download::answer(file::write(&known, &question, &all, now), format).await
}

/// As a file.
pub(super) async fn csv(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    table(app, me, asked, Format::Csv).await
}

/// As a workbook.
pub(super) async fn xlsx(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    table(app, me, asked, Format::Workbook).await
}
