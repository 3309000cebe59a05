//! The consent wordings: what is in force, what was, and publishing the next version.

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
use care::client::ConsentWording;
use serde::Deserialize;
use templates::client::LanguageName;
use templates::staff::admin::{ConsentWordings, Section, WordingBody, WordingVersion};
use templates::staff::{FieldProblem, Flash};
use workflows::consent_wording::{self, Draft};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    version: String,
    body_en: String,
    body_es: String,
}

impl Typed {
    fn body(&self, language: Language) -> &str {
        match language {
            Language::En => &self.body_en,
            Language::Es => &self.body_es,
        }
    }
}

/// The page; the form starts from the text in force.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, None, Vec::new()).await
}

fn body(language: Language, text: &str) -> WordingBody {
    WordingBody {
        code: language.as_str().to_owned(),
        language: LanguageName::from(language).name.to_owned(),
        field: format!("body_{}", language.as_str()),
        text: text.to_owned(),
    }
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
    let mut all = store::consent_wording::list(&mut read).await?;
    let held = store::consent_wording::held(&mut read).await?;
    drop(read);
    if all.is_empty() {
        all = consent_wording::starting(&app.ctx);
    }
    let mut versions: Vec<WordingVersion> = Vec::new();
    for wording in &all {
        let text = body(wording.language, &wording.body);
        match versions.iter_mut().find(|version| version.version == wording.version) {
            Some(version) => version.texts.push(text),
            None => versions.push(WordingVersion {
                version: wording.version.clone(),
                since: telling.day(wording.published_at),
                by: wording.published_by.as_ref().map(|by| people.name(by)),
                held: held.iter().find(|(one, _)| *one == wording.version).map_or(0, |(_, count)| *count),
                texts: vec![text],
            }),
        }
    }
    let in_force = |language: Language| {
        let newest = versions.first().map(|version| version.version.as_str());
        let is_it = |one: &&ConsentWording| Some(one.version.as_str()) == newest && one.language == language;
        all.iter().find(is_it).map(|one| one.body.clone()).unwrap_or_default()
    };
    let text = |language: Language| match &typed {
        Some(typed) => typed.body(language).to_owned(),
        None => in_force(language),
    };
    let bodies = Language::ALL.iter().map(|&language| body(language, &text(language))).collect();
    let (shell, sections) = frame(app, me, Section::Consents);
    let view = ConsentWordings {
        shell,
        sections,
        bodies,
        versions,
        version: typed.map(|typed| typed.version).unwrap_or_default(),
        problems,
    };
    me.render(app, status, &view)
}

/// Publishes the next version.
pub async fn publish(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let draft = Draft {
        version: typed.version.clone(),
        bodies: Language::ALL.iter().map(|&language| (language, typed.body(language).to_owned())).collect(),
    };
    let mut tx = app.db.write(&me.practice).await?;
    match consent_wording::publish(&mut tx, &app.ctx, &me.viewer, &draft).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &[]);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(typed), found).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/admin/consents", Flash::Saved))
}
