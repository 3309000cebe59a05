//! The protocol as a table of instruments and rhythms. Publishing makes a new version; episodes keep theirs.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::form::{Posted, renamed};
use crate::staff::session::Signed;
use crate::staff::shown::done;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::{Language, ProtocolId, local_time};
use serde::Deserialize;
use templates::staff::admin::{ApplyOffer, ProtocolForm, ProtocolRow, Section, VersionRow};
use templates::staff::{FieldProblem, Flash, Wrong};
use workflows::protocol::{self, Draft};

/// Seconds that one question takes about.
const SECONDS: usize = 7;

/// The fields as pairs: `intake`, `before_session`, `after_session` hold instrument ids, `weeks_<instrument>` a number.
type Fields = Vec<(String, String)>;

/// The page.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, None, Vec::new()).await
}

/// What the form shows: as typed, or as in force.
fn fields_of(current: Option<&Protocol>) -> Fields {
    let Some(current) = current else { return Vec::new() };
    let line = |line: &Line| match line.rhythm {
        Rhythm::Intake => ("intake".to_owned(), line.instrument.clone()),
        Rhythm::BeforeSession => ("before_session".to_owned(), line.instrument.clone()),
        Rhythm::AfterSession => ("after_session".to_owned(), line.instrument.clone()),
        Rhythm::EveryWeeks(weeks) => (format!("weeks_{}", line.instrument), weeks.to_string()),
    };
    let mut fields: Fields = current.lines.iter().map(line).collect();
    fields.push(("protocol_name".to_owned(), current.name.clone()));
    fields
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Option<Fields>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let mut versions = store::protocol::list(&mut read).await?;
    versions.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.version)));
    let mut under = Vec::new();
    for version in &versions {
        under.push(i64::try_from(store::protocol::open_episodes(&mut read, &version.id).await?.len()).unwrap_or(0));
    }
    let current = versions.iter().find(|one| one.state == ProtocolState::Current);
    let behind = match current {
        Some(current) => protocol::behind(&mut read, current).await?,
        None => 0,
    };
    drop(read);
    let fields = typed.unwrap_or_else(|| fields_of(current));
    let ticked = |name: &str, id: &str| fields.iter().any(|(key, value)| key == name && value == id);
    let value =
        |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let today = local_time::day_of(app.now(), me.zone);
    // What may not be used is not offered; what is in force stays on the page, so that it can be taken out.
    let instruments = me.shelf.instruments().filter(|one| {
        me.shelf.standing(one, today).is_usable()
            || current.is_some_and(|current| current.lines.iter().any(|line| line.instrument == one.id))
    });
    let rows = instruments.map(|one| ProtocolRow {
        id: one.id.clone(),
        name: one.short_name.get(me.language).to_owned(),
        burden: burden(one.items.len(), me.language),
        intake: ticked("intake", &one.id),
        before_session: ticked("before_session", &one.id),
        after_session: ticked("after_session", &one.id),
        weeks: value(&format!("weeks_{}", one.id)),
    });
    let (shell, sections) = frame(app, me, Section::Protocol);
    let position = current.and_then(|current| versions.iter().position(|one| one.id == current.id));
    let view = ProtocolForm {
        shell,
        sections,
        name: value("protocol_name"),
        version: current.map(|current| current.version),
        episodes: position.map_or(0, |position| under[position]),
        rows: rows.collect(),
        versions: versions
            .iter()
            .zip(&under)
            .map(|(one, episodes)| VersionRow {
                version: one.version,
                published: me.telling(app).day(one.created_at),
                episodes: *episodes,
            })
            .collect(),
        apply: current.filter(|_| behind > 0).map(|current| ApplyOffer {
            protocol: current.id.as_str().to_owned(),
            version: current.version,
            episodes: i64::try_from(behind).unwrap_or(0),
        }),
        problems,
    };
    me.render(app, status, &view)
}

fn burden(items: usize, language: Language) -> String {
    let minutes = (items * SECONDS).div_ceil(60).max(1);
    match (language, items) {
        (Language::En, 1) => "1 question".to_owned(),
        (Language::En, _) => format!("{items} questions, about {minutes} min"),
        (Language::Es, 1) => "1 pregunta".to_owned(),
        (Language::Es, _) => format!("{items} preguntas, unos {minutes} min"),
    }
}

/// Publishes a new version; new episodes take it.
pub async fn publish(State(app): State<App>, me: Signed, Posted(fields): Posted<Fields>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut lines = Vec::new();
    let mut wrong_weeks = None;
    for (name, value) in &fields {
        let value = value.trim();
        let rhythm = match name.as_str() {
            "intake" => Rhythm::Intake,
            "before_session" => Rhythm::BeforeSession,
            "after_session" => Rhythm::AfterSession,
            _ => {
                let Some(instrument) = name.strip_prefix("weeks_").filter(|_| !value.is_empty()) else { continue };
                match value.parse::<u32>() {
                    Ok(weeks) => {
                        lines.push(Line { instrument: instrument.to_owned(), rhythm: Rhythm::EveryWeeks(weeks) });
                    }
                    Err(_) => wrong_weeks = Some(FieldProblem::new("weeks", Wrong::Number)),
                }
                continue;
            }
        };
        lines.push(Line { instrument: value.to_owned(), rhythm });
    }
    if let Some(problem) = wrong_weeks {
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(fields), vec![problem]).await;
    }
    let name =
        fields.iter().find(|(name, _)| name == "protocol_name").map(|(_, name)| name.clone()).unwrap_or_default();
    let mut tx = app.db.write(&me.practice).await?;
    match protocol::publish(&mut tx, &app.ctx, &me.viewer, &Draft { name, lines }).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let names = [("name", "protocol_name"), ("lines", "weeks"), ("instrument", "weeks"), ("rhythm", "weeks")];
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(fields), renamed(&problems, &names)).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/protocol", Flash::ProtocolPublished))
}

/// Episodes of one transaction: others wait behind it.
const BATCH: usize = 100;

#[derive(Deserialize)]
pub struct Applied {
    #[serde(default)]
    protocol: String,
}

/// Puts running episodes of older versions under the version in force, a batch at a time; what is done stays done.
pub async fn apply(State(app): State<App>, me: Signed, Posted(form): Posted<Applied>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let Ok(to) = form.protocol.parse::<ProtocolId>() else {
        return Ok(done(&app, "/admin/protocol", Flash::NotPossible));
    };
    let mut moved = 0;
    loop {
        let mut tx = app.db.write(&me.practice).await?;
        let count = match protocol::apply(&mut tx, &app.ctx, &me.viewer, &to, BATCH).await {
            Ok(count) => count,
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
    Ok(done(&app, "/admin/protocol", if moved == 0 { Flash::NothingChanged } else { Flash::ProtocolApplied }))
}
