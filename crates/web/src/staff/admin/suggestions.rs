//! What may help where a domain of the support check is low: the practice's own list, in versions.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::form::{Posted, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::done;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use care::Language;
use care::access::Action;
use care::support::{Domain, INSTRUMENT, SuggestionList, Unfit};
use std::collections::HashMap;
use templates::staff::admin::{BadSuggestion, DomainField, Section, SuggestionVersion, Suggestions};
use templates::staff::{FieldProblem, Flash};
use workflows::support::library::{self, Draft};

/// The fields by their names.
type Fields = HashMap<String, String>;

fn field(domain: Domain, language: Language) -> String {
    format!("suggest_{}_{}", domain.as_str(), language.as_str())
}

fn draft(fields: &Fields) -> Draft {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let both = |domain: &Domain| {
        let domain = *domain;
        Language::ALL.iter().map(move |language| (domain, *language))
    };
    let lines = Domain::ALL.iter().flat_map(both);
    Draft {
        lines: lines.map(|(domain, language)| (domain, language, text(&field(domain, language)))).collect(),
        why: text("suggestions_why"),
        from: text("from").trim().parse().unwrap_or_default(),
    }
}

/// Its lines as they are typed.
fn written(list: &SuggestionList, domain: Domain, language: Language) -> String {
    let lines: Vec<String> = list.of(domain, language).map(|one| format!("{} | {}", one.text, one.source)).collect();
    lines.join("\n")
}

/// What one version has and another has not.
fn differs(one: &SuggestionList, other: &SuggestionList) -> Vec<String> {
    let new = one.suggestions.iter().filter(|suggestion| !other.suggestions.contains(suggestion));
    new.map(|one| format!("{} | {}", one.text, one.source)).collect()
}

/// The page; the form starts from the list in use.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, None, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Option<Fields>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let mut lists = store::support::lists(&mut read).await?;
    drop(read);
    lists.push(library::shipped());
    let title = |domain: Domain| {
        let scale = me.shelf.library.current(INSTRUMENT).and_then(|one| one.scale(domain.as_str()));
        scale.map_or_else(|| domain.as_str().to_owned(), |scale| scale.title.get(me.language).to_owned())
    };
    let versions = lists.iter().enumerate().map(|(position, list)| {
        let before = lists.get(position + 1);
        let saved = list.saved_by.as_ref().zip(list.saved_at);
        SuggestionVersion {
            version: list.version,
            saved: saved.map(|(by, at)| format!("{}, {}", people.name(by), telling.day(at))),
            why: list.why.clone(),
            added: before.map(|before| differs(list, before)).unwrap_or_default(),
            removed: before.map(|before| differs(before, list)).unwrap_or_default(),
        }
    });
    let text = |domain, language| match &typed {
        Some(fields) => fields.get(&field(domain, language)).cloned().unwrap_or_default(),
        None => written(&lists[0], domain, language),
    };
    let bad = typed.iter().flat_map(|fields| library::bad_lines(&draft(fields))).map(|line| BadSuggestion {
        field: field(line.domain, line.language),
        title: title(line.domain),
        language: line.language.as_str(),
        line: line.number,
        text: line.text,
        wrong: match line.unfit {
            Unfit::NoText => "text",
            Unfit::NoSource => "source",
            Unfit::TooLong => "long",
        },
    });
    let (shell, sections) = frame(app, me, Section::Suggestions);
    let view = Suggestions {
        shell,
        sections,
        version: lists[0].version,
        domains: Domain::ALL
            .iter()
            .map(|domain| DomainField {
                domain: *domain,
                title: title(*domain),
                en: text(*domain, Language::En),
                es: text(*domain, Language::Es),
            })
            .collect(),
        why: typed.as_ref().and_then(|fields| fields.get("suggestions_why")).cloned().unwrap_or_default(),
        bad: bad.collect(),
        versions: versions.collect(),
        problems,
    };
    me.render(app, status, &view)
}

/// Puts a changed list into force.
pub async fn save(State(app): State<App>, me: Signed, Posted(fields): Posted<Fields>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    match library::save(&mut tx, &app.ctx, &me.viewer, &draft(&fields)).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(fields), renamed(&problems, &[])).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/suggestions", Flash::Saved))
}
