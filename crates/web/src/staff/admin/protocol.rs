//! The protocol: a table of instruments and rhythms, further lines with conditions, a budget, and the whole as a file. What
//! a draft would ask is counted before it is published; running episodes move at their next session, with a reason. A version
//! may be published ahead: it waits for its day.

mod scheduled;

use self::scheduled::Scheduled;
use super::frame;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Nothing, Posted, renamed};
use crate::staff::protocol_lines::{self as lines, Fields, Lists, further_rows, read_draft};
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use care::access::Action;
use care::placement::{Entry, EntryKind, EntryState};
use care::protocol::{Difference, Line, Protocol, ProtocolState, Weight};
use care::{Language, ProtocolId};
use instruments::Rater;
use serde::Deserialize;
use std::collections::BTreeSet;
use templates::format;
use templates::staff::admin::{
    BudgetFields, DifferenceRow, FileFields, InForceRow, MoveForm, OutlookRow, OutlookView, ProtocolForm, ProtocolRow,
    Section, VersionRow,
};
use templates::staff::{FieldProblem, Flash, Wrong};
use workflows::planning::{Outlook, WEEKS_AHEAD, outlook};
use workflows::protocol::{self, Draft};

/// What a posted page is about.
#[derive(Default)]
struct Told {
    /// Which protocol in force; the one whose name was posted, or the default, unless given.
    shown: Option<ProtocolId>,
    fields: Option<Fields>,
    problems: Vec<FieldProblem>,
    file: Option<FileFields>,
    outlook: Option<OutlookView>,
    move_reason: String,
    begin_reason: String,
    apply_reason: String,
}

/// Which protocol the page shows.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Which {
    protocol: String,
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed, Query(which): Query<Which>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let told = Told { shown: which.protocol.parse().ok(), ..Told::default() };
    page(&app, &me, StatusCode::OK, told).await
}

/// The page with this protocol.
fn page_of(protocol: &ProtocolId) -> String {
    format!("/admin/protocol?protocol={protocol}")
}

/// The version in force that the page is about.
fn shown<'a>(versions: &'a [Protocol], default: Option<&Protocol>, told: &Told) -> Option<&'a Protocol> {
    let mut in_force = versions.iter().filter(|one| one.state == ProtocolState::Current);
    let posted = told.fields.iter().flatten().find(|(name, _)| name == "protocol_name").map(|(_, name)| name.trim());
    // Of one that waits for its day, the version before it.
    let asked = versions.iter().find(|one| told.shown.as_ref() == Some(&one.id)).map(|one| one.name.as_str());
    let asked = asked.and_then(|name| in_force.clone().find(|one| one.name == name));
    asked
        .or_else(|| in_force.clone().find(|one| posted == Some(one.name.as_str())))
        .or_else(|| in_force.find(|one| default.is_some_and(|default| default.id == one.id)))
}

async fn page(app: &App, me: &Signed, status: StatusCode, told: Told) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let mut versions = store::protocol::list(&mut read).await?;
    versions.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.version)));
    let mut under = Vec::new();
    for version in &versions {
        under.push(i64::try_from(store::protocol::open_episodes(&mut read, &version.id).await?.len()).unwrap_or(0));
    }
    let default = store::protocol::default(&mut read).await?;
    let current = shown(&versions, default.as_ref(), &told);
    let waiting = match current {
        Some(current) => store::protocol_exception::count_waiting(&mut read, &current.id).await?,
        None => 0,
    };
    let waiting_versions = Scheduled::read(&mut read, me, &versions).await?;
    let fields = told.fields.unwrap_or_else(|| lines::fields_of(current));
    let sites = store::site::list(&mut read).await?;
    let entries = store::placement::list(&mut read).await?;
    drop(read);
    let ticked = |name: &str, id: &str| fields.iter().any(|(key, value)| key == name && value == id);
    let value =
        |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let today = format::local_day(app.now(), me.zone);
    let instruments: Vec<_> = me
        .shelf
        .instruments()
        .filter(|one| {
            me.shelf.is_for_clients(one, today)
                || current.is_some_and(|current| current.of_client().any(|line| line.instrument == one.id))
        })
        .collect();
    let rows = instruments.iter().map(|one| ProtocolRow {
        id: one.id.clone(),
        name: one.short_name.get(me.language).to_owned(),
        burden: burden(one.items.len(), me.language),
        intake: ticked("intake", &one.id),
        before_session: ticked("before_session", &one.id),
        after_session: ticked("after_session", &one.id),
        weeks: value(&format!("weeks_{}", one.id)),
    });
    let entries_of = |kind: EntryKind| {
        // One that may not be chosen any more stays where it is named.
        let is_named = |entry: &Entry| fields.iter().any(|(_, value)| value == entry.id.as_str());
        let offered = |entry: &&Entry| entry.kind == kind && (entry.state == EntryState::Active || is_named(entry));
        entries.iter().filter(offered).map(|entry| (entry.id.as_str().to_owned(), entry.name.clone())).collect()
    };
    // A further line may be somebody else's to answer.
    let of_anybody = me.shelf.instruments().filter(|one| {
        me.shelf.standing(one, today).is_usable() || instruments.iter().any(|offered| offered.id == one.id)
    });
    let lists = Lists {
        instruments: of_anybody.map(|one| (one.id.clone(), one.short_name.get(me.language).to_owned())).collect(),
        sites: sites.iter().map(|site| (site.id.as_str().to_owned(), site.name.clone())).collect(),
        programmes: entries_of(EntryKind::Programme),
        problems: entries_of(EntryKind::Problem),
    };
    let (shell, sections) = frame(app, me, Section::Protocol);
    let position = current.and_then(|current| versions.iter().position(|one| one.id == current.id));
    let older = |one: &&Protocol| current.is_some_and(|now| is_older(one, now));
    let behind = current.map_or(0, |current| under_older(current, &versions, &under));
    // What changes for those who are the furthest behind.
    let oldest = versions.iter().zip(&under).rfind(|(one, episodes)| older(one) && **episodes > 0).map(|(one, _)| one);
    let mut in_force: Vec<InForceRow> = versions
        .iter()
        .zip(&under)
        .filter(|(one, _)| one.state == ProtocolState::Current)
        .map(|(one, episodes)| InForceRow {
            id: one.id.as_str().to_owned(),
            name: one.name.clone(),
            version: one.version,
            episodes: *episodes,
            is_default: default.as_ref().is_some_and(|default| default.id == one.id),
            is_shown: current.is_some_and(|current| current.id == one.id),
        })
        .collect();
    in_force.sort_by(|a, b| a.name.cmp(&b.name));
    let posted = scheduled::Posted {
        version: told.shown.as_ref().filter(|_| told.problems.iter().any(|one| one.field == "begin_reason")),
        reason: &told.begin_reason,
        problems: &told.problems,
    };
    let view = ProtocolForm {
        shell,
        sections,
        in_force,
        scheduled: waiting_versions.cards(me, &versions, &under, &lists.instruments, &posted),
        name: value("protocol_name"),
        in_force_from: value("in_force_from"),
        version: current.map(|current| current.version),
        episodes: position.map_or(0, |position| under[position]),
        rows: rows.collect(),
        further: further_rows(&fields, &lists),
        budget: BudgetFields { items: value("budget_items"), seconds: value("budget_seconds") },
        file: told.file.unwrap_or_else(|| FileFields {
            text: current.map(protocol::to_file).unwrap_or_default(),
            line: None,
            says: None,
        }),
        outlook: told.outlook,
        to_move: current.filter(|_| behind > 0).zip(oldest).map(|(current, oldest)| MoveForm {
            id: current.id.as_str().to_owned(),
            version: current.version,
            episodes: behind,
            waiting,
            since: oldest.version,
            differences: care::protocol::difference(oldest, current)
                .iter()
                .map(|one| difference_row(one, &lists.instruments))
                .collect(),
            reason: told.move_reason,
            reason_at_once: told.apply_reason,
        }),
        versions: versions
            .iter()
            .zip(&under)
            .map(|(one, episodes)| VersionRow {
                name: one.name.clone(),
                version: one.version,
                state: one.state,
                from: one.in_force_from.map(|day| format::day(day, me.language)),
                published: me.telling(app).day(one.created_at),
                episodes: *episodes,
                file: format!("/admin/protocol/{}/file", one.id),
            })
            .collect(),
        problems: told.problems,
    };
    me.render(app, status, &view)
}

/// Whether a version of the same protocol came before.
fn is_older(one: &Protocol, than: &Protocol) -> bool {
    one.name == than.name && one.version < than.version
}

/// Open episodes under the versions before this one.
fn under_older(than: &Protocol, versions: &[Protocol], under: &[i64]) -> i64 {
    versions.iter().zip(under).filter(|(one, _)| is_older(one, than)).map(|(_, episodes)| episodes).sum()
}

fn burden(items: usize, language: Language) -> String {
    let minutes = care::protocol::minutes(u32::try_from(items).unwrap_or(u32::MAX));
    match (language, items) {
        (Language::En, 1) => "1 question".to_owned(),
        (Language::En, _) => format!("{items} questions, about {minutes} min"),
        (Language::Es, 1) => "1 pregunta".to_owned(),
        (Language::Es, _) => format!("{items} preguntas, unos {minutes} min"),
    }
}

fn name_of(names: &[(String, String)], id: &str) -> String {
    names.iter().find(|(known, _)| known == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
}

fn difference_row(difference: &Difference, names: &[(String, String)]) -> DifferenceRow {
    let row = |sign, line: &Line| {
        let (rhythm, number) = lines::rhythm_words(line.rhythm);
        DifferenceRow {
            sign,
            instrument: name_of(names, &line.instrument),
            rhythm: rhythm.to_owned(),
            number: number.unwrap_or(1),
            rater: (line.rater != Rater::Client).then(|| line.rater.as_str()),
            supplemental: line.weight == Weight::Supplemental,
        }
    };
    match difference {
        Difference::Added(line) => row("+", line),
        Difference::Removed(line) => row("−", line),
        Difference::Budget(_, after) => DifferenceRow {
            sign: if after.is_some() { "+" } else { "−" },
            instrument: String::new(),
            rhythm: "budget".to_owned(),
            number: after.map_or(0, |budget| budget.items),
            rater: None,
            supplemental: false,
        },
    }
}

/// The draft's name among the problems of the workflow.
const NAMES: [(&str, &str); 8] = [
    ("name", "protocol_name"),
    ("lines", "weeks"),
    ("instrument", "weeks"),
    ("rhythm", "weeks"),
    ("rater", "weeks"),
    ("to_age", "weeks"),
    ("programme", "weeks"),
    ("problem", "weeks"),
];

/// Publishes a new version, or counts what it would ask.
pub async fn publish(State(app): State<App>, me: Signed, Posted(fields): Posted<Fields>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let draft = match read_draft(&fields) {
        Ok(draft) => draft,
        Err(problems) => {
            let told = Told { fields: Some(fields), problems, ..Told::default() };
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, told).await;
        }
    };
    let is_preview = fields.iter().any(|(name, value)| name == "act" && value == "preview");
    let told = Told { fields: Some(fields), ..Told::default() };
    settle(&app, &me, draft, is_preview, told).await
}

/// The same from a file.
pub async fn publish_file(State(app): State<App>, me: Signed, Posted(typed): Posted<TypedFile>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let file = |line, says| FileFields { text: typed.protocol_file.clone(), line, says };
    match protocol::from_file(&typed.protocol_file) {
        Ok(draft) => {
            let told = Told { file: Some(file(None, None)), ..Told::default() };
            settle(&app, &me, draft, typed.act == "preview", told).await
        }
        Err(error) => {
            let problems = vec![FieldProblem::new("protocol_file", Wrong::File)];
            let told = Told { file: Some(file(Some(error.line), Some(error.says))), problems, ..Told::default() };
            page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, told).await
        }
    }
}

async fn settle(app: &App, me: &Signed, draft: Draft, is_preview: bool, told: Told) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let problems = protocol::problems_of(&mut read, &app.ctx, &draft).await?;
    drop(read);
    if !problems.is_empty() {
        let mut problems = renamed(&problems, &NAMES);
        if let Some(file) = &told.file
            && file.line.is_none()
        {
            problems =
                vec![FieldProblem::new("protocol_file", problems.first().map_or(Wrong::Choose, |one| one.wrong))];
        }
        return page(app, me, StatusCode::UNPROCESSABLE_ENTITY, Told { problems, ..told }).await;
    }
    if is_preview {
        let outlook = Some(compare(app, me, &draft).await?);
        return page(app, me, StatusCode::OK, Told { outlook, ..told }).await;
    }
    let mut tx = app.db.write(&me.practice).await?;
    let published = protocol::publish(&mut tx, &app.ctx, &me.viewer, &draft).await?;
    let is_default = store::protocol::default(&mut tx).await?.is_some_and(|default| default.id == published.id);
    tx.commit().await?;
    let said = match published.state {
        ProtocolState::Scheduled => Flash::ProtocolScheduled,
        _ if is_default => Flash::ProtocolPublished,
        _ => Flash::ProtocolBeside,
    };
    Ok(done(app, &page_of(&published.id), said))
}

/// What is asked in the weeks to come as things are, and under the draft.
async fn compare(app: &App, me: &Signed, draft: &Draft) -> Result<OutlookView> {
    let mut read = app.db.read(&me.practice).await?;
    let today = workflows::access::today(&mut read, &app.ctx).await?;
    let draft = Protocol {
        id: ProtocolId::from_text("draft"),
        name: draft.name.trim().to_owned(),
        version: 0,
        lines: draft.lines.clone(),
        budget: draft.budget,
        state: ProtocolState::Current,
        in_force_from: draft.in_force_from.filter(|day| *day > today),
        created_at: app.now(),
    };
    let now = outlook(&mut read, &app.ctx, None).await?;
    let then = outlook(&mut read, &app.ctx, Some(&draft)).await?;
    drop(read);
    let from = draft.in_force_from.map(|day| format::day(day, me.language));
    Ok(OutlookView { from, ..view_of(me, &now, Some(&then)) })
}

fn view_of(me: &Signed, now: &Outlook, then: Option<&Outlook>) -> OutlookView {
    let name =
        |id: &str| me.shelf.current(id).map_or_else(|| id.to_owned(), |one| one.short_name.get(me.language).to_owned());
    let none = vec![0; now.check_ins.len()];
    let row = |label: String, now: &[u32], then: Option<&[u32]>| {
        let total = |weeks: &[u32]| weeks.iter().sum::<u32>();
        OutlookRow {
            name: label,
            rater: None,
            weeks: then.unwrap_or(now).to_vec(),
            now: total(now),
            then: then.map(total),
        }
    };
    let ids: BTreeSet<_> = now.instruments.keys().chain(then.iter().flat_map(|then| then.instruments.keys())).collect();
    let rows = ids.into_iter().map(|id| {
        let of = |outlook: &Outlook| outlook.instruments.get(id).cloned().unwrap_or_else(|| none.clone());
        row(name(id), &of(now), then.map(of).as_deref())
    });
    let asked: BTreeSet<_> = now.of_others.keys().chain(then.iter().flat_map(|then| then.of_others.keys())).collect();
    let other_rows: Vec<OutlookRow> = asked
        .into_iter()
        .map(|key| {
            let of = |outlook: &Outlook| outlook.of_others.get(key).cloned().unwrap_or_else(|| none.clone());
            let (id, rater) = key;
            OutlookRow { rater: Some(rater.as_str()), ..row(name(id), &of(now), then.map(of).as_deref()) }
        })
        .collect();
    let all = |outlook: &Outlook| {
        let week = |week: usize| outlook.of_others.values().filter_map(|weeks| weeks.get(week)).sum();
        (0..none.len()).map(week).collect::<Vec<u32>>()
    };
    OutlookView {
        episodes: now.episodes,
        moving: then.unwrap_or(now).moving,
        of_others: (!other_rows.is_empty()).then(|| row(String::new(), &all(now), then.map(all).as_deref())),
        other_rows,
        not_asked: then.unwrap_or(now).not_asked,
        weeks: u32::try_from(WEEKS_AHEAD).unwrap_or(8),
        from: None,
        check_ins: row(String::new(), &now.check_ins, then.map(|then| then.check_ins.as_slice())),
        dropped: then.unwrap_or(now).dropped.iter().sum(),
        unreachable: {
            let shown = then.unwrap_or(now);
            shown.check_ins.iter().sum::<u32>() - shown.reachable
        },
        rows: rows.collect(),
    }
}

/// A version as a file.
pub async fn file(State(app): State<App>, me: Signed, Path(protocol): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let protocol: ProtocolId = id(&protocol)?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::protocol::find(&mut read, &protocol).await?.ok_or(Error::NotFound)?;
    drop(read);
    let name = format!("attachment; filename=\"protocol-version-{}.toml\"", found.version);
    let kind = "text/plain; charset=utf-8".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], protocol::to_file(&found)).into_response())
}

/// A file as typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedFile {
    protocol_file: String,
    act: String,
}

/// Why running episodes move.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedMove {
    move_reason: String,
    begin_reason: String,
}

/// Running episodes move to this version at their next session, or at the first from its day on.
pub async fn announce(
    State(app): State<App>,
    me: Signed,
    Path(protocol): Path<String>,
    Posted(typed): Posted<TypedMove>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let protocol: ProtocolId = id(&protocol)?;
    let mut tx = app.db.write(&me.practice).await?;
    // A version that came into force while the page was open is one whose episodes move all the same.
    let reason = [&typed.begin_reason, &typed.move_reason].into_iter().find(|text| !text.is_empty());
    match protocol::announce(&mut tx, &app.ctx, &me.viewer, &protocol, reason.map_or("", String::as_str)).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let told = Told {
                shown: Some(protocol),
                problems: renamed(&problems, &[]),
                move_reason: typed.move_reason,
                begin_reason: typed.begin_reason,
                ..Told::default()
            };
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, told).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&protocol), Flash::Saved))
}

/// New episodes begin under this protocol where nobody chooses.
pub async fn make_default(
    State(app): State<App>,
    me: Signed,
    Path(protocol): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let protocol: ProtocolId = id(&protocol)?;
    let mut tx = app.db.write(&me.practice).await?;
    protocol::make_default(&mut tx, &app.ctx, &me.viewer, &protocol).await?;
    tx.commit().await?;
    Ok(done(&app, "/admin/protocol", Flash::Saved))
}

/// No new episode begins under this protocol any more.
pub async fn retire(
    State(app): State<App>,
    me: Signed,
    Path(protocol): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let protocol: ProtocolId = id(&protocol)?;
    let mut tx = app.db.write(&me.practice).await?;
    match protocol::retire(&mut tx, &app.ctx, &me.viewer, &protocol).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let told = Told { problems: renamed(&problems, &[]), ..Told::default() };
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, told).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/protocol", Flash::Saved))
}

/// A version that waits for its day is taken back.
pub async fn withdraw(
    State(app): State<App>,
    me: Signed,
    Path(protocol): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let protocol: ProtocolId = id(&protocol)?;
    let mut tx = app.db.write(&me.practice).await?;
    match protocol::withdraw(&mut tx, &app.ctx, &me.viewer, &protocol).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let told = Told { shown: Some(protocol), problems: renamed(&problems, &[]), ..Told::default() };
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, told).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&protocol), Flash::Saved))
}

/// The weeks to come, for the whole practice.
pub async fn planner(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut read = app.db.read(&me.practice).await?;
    let now = outlook(&mut read, &app.ctx, None).await?;
    drop(read);
    let (shell, sections) = frame(&app, &me, Section::Protocol);
    let view = templates::staff::admin::Planner { shell, sections, outlook: view_of(&me, &now, None) };
    me.render(&app, StatusCode::OK, &view)
}

/// Episodes of one transaction: others wait behind it.
const BATCH: usize = 500;

/// Which version running episodes move to at once, and why.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedApply {
    protocol: String,
    apply_reason: String,
}

/// Puts running episodes of older versions under the version in force, a batch at a time; what is done stays done.
pub async fn apply(State(app): State<App>, me: Signed, Posted(typed): Posted<TypedApply>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let Ok(to) = typed.protocol.parse::<ProtocolId>() else {
        return Ok(done(&app, "/admin/protocol", Flash::NotPossible));
    };
    let mut moved = 0;
    loop {
        let mut tx = app.db.write(&me.practice).await?;
        let count = match protocol::apply(&mut tx, &app.ctx, &me.viewer, &to, &typed.apply_reason, BATCH).await {
            Ok(count) => count,
            Err(workflows::Error::Invalid(problems)) if problems.iter().any(|one| one.field == "apply_reason") => {
                drop(tx);
                let told = Told {
                    shown: Some(to),
                    problems: renamed(&problems, &[]),
                    apply_reason: typed.apply_reason,
                    ..Told::default()
                };
                return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, told).await;
            }
            Err(workflows::Error::Invalid(_) | workflows::Error::NotFound) => {
                return Ok(done(&app, "/admin/protocol", Flash::NotPossible));
            }
            Err(error) => return Err(error.into()),
        };
        tx.commit().await?;
        moved += count;
        if count < BATCH {
            break;
        }
    }
    Ok(done(&app, &page_of(&to), if moved == 0 { Flash::NothingChanged } else { Flash::ProtocolApplied }))
}
