//! The wording that came with a licence, typed in sentence by sentence. It becomes a version of its own; what was asked
//! before is shown as it was.

use super::super::frame;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::Posted;
use crate::staff::session::Signed;
use crate::staff::shown::done;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::Language;
use care::access::Action;
use care::library::Terms;
use instruments::{Instrument, ItemKind};
use std::fmt::Write as _;
use templates::client::LanguageName;
use templates::staff::Flash;
use templates::staff::admin::{Section, WordingField, WordingForm};
use workflows::library::{self, Filed};
use workflows::shelf::terms;

type Fields = Vec<(String, String)>;

/// The form.
pub async fn show(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Query(asked): Query<super::preview::In>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let language = asked.lang.parse().unwrap_or(Language::En);
    page(&app, &me, &instrument, language, None, Vec::new())
}

fn structure<'a>(me: &'a Signed, id: &str) -> Result<&'a Instrument> {
    let known = me.shelf.library.current(id).ok_or(Error::NotFound)?;
    if terms(known) == Terms::Licensed { Ok(known) } else { Err(Error::NotFound) }
}

fn page(
    app: &App,
    me: &Signed,
    id: &str,
    language: Language,
    typed: Option<&Fields>,
    problems: Vec<String>,
) -> Result<Response> {
    let known = structure(me, id)?;
    let value = |name: &str, otherwise: Option<&str>| {
        let as_typed =
            typed.and_then(|fields| fields.iter().find(|(key, _)| key == name)).map(|(_, value)| value.clone());
        as_typed.unwrap_or_else(|| otherwise.unwrap_or_default().to_owned())
    };
    let mut fields = vec![WordingField {
        name: "stem".to_owned(),
        what: "stem",
        option: String::new(),
        value: value("stem", known.stem.exactly(language)),
        heading: None,
    }];
    for item in &known.items {
        let mut push = |name: String, what: &'static str, option: String, now: Option<&str>| {
            let heading = (what == "text").then(|| item.id.clone());
            fields.push(WordingField { value: value(&name, now), name, what, option, heading });
        };
        push(format!("text_{}", item.id), "text", String::new(), item.text.exactly(language));
        match &item.kind {
            ItemKind::Choice(options) => {
                for option in options {
                    let name = format!("option_{}_{}", item.id, option.value);
                    push(name, "option", option.value.to_string(), option.label.exactly(language));
                }
            }
            ItemKind::VisualAnalogue { low, high } => {
                push(format!("low_{}", item.id), "low", String::new(), low.exactly(language));
                push(format!("high_{}", item.id), "high", String::new(), high.exactly(language));
            }
            ItemKind::Number { .. } | ItemKind::Goal | ItemKind::Words => {}
        }
    }
    let (shell, sections) = frame(app, me, Section::Instruments);
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let name = LanguageName::from(language);
    let view = WordingForm {
        shell,
        sections,
        id: id.to_owned(),
        name: known.short_name.get(me.language).to_owned(),
        language: name.name.to_owned(),
        code: name.code.to_owned(),
        fields,
        problems,
    };
    me.render(app, status, &view)
}

/// Takes the wording in.
pub async fn supply(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let language = fields.iter().find(|(name, _)| name == "lang").and_then(|(_, code)| code.parse().ok());
    let language = language.unwrap_or(Language::En);
    let file = file(structure(&me, &instrument)?, language, &fields);
    let mut tx = app.db.write(&me.practice).await?;
    match library::supply_wording(&mut tx, &app.ctx, &me.viewer, &instrument, language, &file).await? {
        Filed::Published(_) => tx.commit().await?,
        Filed::Draft(_, problems) | Filed::Refused(problems) => {
            drop(tx);
            return page(&app, &me, &instrument, language, Some(&fields), problems);
        }
    }
    app.ctx.forget_shelf(&me.practice);
    Ok(done(&app, &format!("/admin/instruments/{instrument}"), Flash::Saved))
}

/// The fields as a wording file.
fn file(known: &Instrument, language: Language, fields: &Fields) -> String {
    let typed = |name: &str| {
        let value = fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty()).map(exchange::instrument_file::quoted)
    };
    let mut out = format!("language = \"{language}\"\nstatus = \"official\"\nsource = \"Supplied with the licence\"\n");
    // Writing to a String does not fail.
    if let Some(stem) = typed("stem") {
        let _ = writeln!(out, "stem = {stem}");
    }
    for item in &known.items {
        let Some(text) = typed(&format!("text_{}", item.id)) else { continue };
        let _ = writeln!(out, "\n[item.\"{}\"]\ntext = {text}", item.id);
        for end in ["low", "high"] {
            if let Some(words) = typed(&format!("{end}_{}", item.id)) {
                let _ = writeln!(out, "{end} = {words}");
            }
        }
        if let ItemKind::Choice(options) = &item.kind {
            let labels: Vec<String> = options
                .iter()
                .filter_map(|option| {
                    let label = typed(&format!("option_{}_{}", item.id, option.value))?;
                    Some(format!("{} = {label}", option.value))
                })
                .collect();
            let _ = writeln!(out, "options = {{ {} }}", labels.join(", "));
        }
    }
    out
}
