//! The phrases that ask a person to read a client's own words.

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
use care::own_words::PhraseList;
use care::phrase::Unfit;
use serde::Deserialize;
use templates::staff::admin::{BadPhrase, PhraseField, PhraseVersion, Phrases, Section};
use templates::staff::{FieldProblem, Flash};
use workflows::own_words::{self, Draft};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    phrases_en: String,
    phrases_es: String,
    phrases_why: String,
    from: i64,
}

impl Typed {
    fn draft(&self) -> Draft {
        Draft {
            en: self.phrases_en.clone(),
            es: self.phrases_es.clone(),
            why: self.phrases_why.clone(),
            from: self.from,
        }
    }
}

/// The page; the form starts from the list in use.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, None, Vec::new()).await
}

fn differs(one: &PhraseList, other: &PhraseList) -> Vec<String> {
    let all = |list: &PhraseList| -> Vec<String> { list.en.iter().chain(&list.es).cloned().collect() };
    let there = all(other);
    all(one).into_iter().filter(|phrase| !there.contains(phrase)).collect()
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Option<Typed>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let mut lists = store::own_words::lists(&mut read).await?;
    drop(read);
    lists.push(own_words::shipped());
    let versions = lists.iter().enumerate().map(|(position, list)| {
        let before = lists.get(position + 1);
        let saved = list.saved_by.as_ref().zip(list.saved_at);
        PhraseVersion {
            version: list.version,
            saved: saved.map(|(by, at)| format!("{}, {}", people.name(by), telling.day(at))),
            why: list.why.clone(),
            added: before.map(|before| differs(list, before)).unwrap_or_default(),
            removed: before.map(|before| differs(before, list)).unwrap_or_default(),
        }
    });
    let field = |language: Language| PhraseField {
        field: format!("phrases_{}", language.as_str()),
        code: language.as_str().to_owned(),
        text: match (&typed, language) {
            (Some(typed), Language::En) => typed.phrases_en.clone(),
            (Some(typed), Language::Es) => typed.phrases_es.clone(),
            (None, language) => lists[0].of(language).join("\n"),
        },
    };
    let bad = typed.iter().flat_map(|typed| own_words::bad_lines(&typed.draft())).map(|line| BadPhrase {
        field: format!("phrases_{}", line.language.as_str()),
        line: line.number,
        text: line.text,
        wrong: match line.unfit {
            Unfit::TooShort => "short",
            Unfit::TooLong => "long",
            Unfit::Star => "star",
        },
    });
    let (source, date) = own_words::source();
    let (shell, sections) = frame(app, me, Section::Phrases);
    let view = Phrases {
        shell,
        sections,
        version: lists[0].version,
        source: source.to_owned(),
        date: date.to_owned(),
        lists: Language::ALL.iter().map(|&language| field(language)).collect(),
        bad: bad.collect(),
        versions: versions.collect(),
        why: typed.map(|typed| typed.phrases_why).unwrap_or_default(),
        problems,
    };
    me.render(app, status, &view)
}

/// Puts a changed list into force.
pub async fn save(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    match own_words::save(&mut tx, &app.ctx, &me.viewer, &typed.draft()).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(typed), renamed(&problems, &[])).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/phrases", Flash::Saved))
}
