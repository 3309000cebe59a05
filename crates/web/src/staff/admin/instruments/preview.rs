//! An instrument as the client sees it, published or still a draft: all its questions on one page, and question by question on the
//! very page that clients answer. Nothing is saved.

use super::super::frame;
use super::language_choice;
use crate::App;
use crate::client::{question, shell, switch_links};
use crate::error::{Error, Result};
use crate::staff::session::Signed;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use care::Language;
use care::access::Action;
use care::library::{AdditionKind, AdditionState};
use instruments::{Instrument, ItemKind, Library, Rater};
use serde::Deserialize;
use templates::client::{Decline, Preview, Question};
use templates::staff::admin::{PreviewItem, PreviewPage, Section};

#[derive(Deserialize)]
pub struct In {
    #[serde(default)]
    pub(super) lang: String,
}

impl In {
    /// The language asked for, or the first there is.
    fn language(&self, known: &Instrument) -> Result<Language> {
        let wished = self.lang.parse().ok().filter(|language| known.languages.contains_key(language));
        wished.or_else(|| known.languages.keys().next().copied()).ok_or(Error::NotFound)
    }
}

/// All questions of the version in use.
pub async fn all(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Query(asked): Query<In>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let known = me.shelf.library.current(&instrument).ok_or(Error::NotFound)?;
    page(&app, &me, known, &format!("/admin/instruments/{instrument}"), &asked)
}

/// One question of it.
pub async fn one(
    State(app): State<App>,
    me: Signed,
    Path((instrument, number)): Path<(String, usize)>,
    Query(asked): Query<In>,
    headers: HeaderMap,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let known = me.shelf.library.current(&instrument).ok_or(Error::NotFound)?;
    let base = format!("/admin/instruments/{instrument}/preview");
    numbered(&app, &me, known, &base, number, &asked, &headers).await
}

/// All questions of a draft.
pub async fn draft(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Query(asked): Query<In>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let known = of_draft(&app, &me, &instrument).await?;
    page(&app, &me, &known, &format!("/admin/instruments/{instrument}/draft"), &asked)
}

/// One question of it.
pub async fn draft_one(
    State(app): State<App>,
    me: Signed,
    Path((instrument, number)): Path<(String, usize)>,
    Query(asked): Query<In>,
    headers: HeaderMap,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let known = of_draft(&app, &me, &instrument).await?;
    let base = format!("/admin/instruments/{instrument}/draft/preview");
    numbered(&app, &me, &known, &base, number, &asked, &headers).await
}

/// The draft of an instrument of the practice's own, as far as its file can be read.
async fn of_draft(app: &App, me: &Signed, id: &str) -> Result<Instrument> {
    let mut read = app.db.read(&me.practice).await?;
    let additions = store::library::additions(&mut read).await?;
    drop(read);
    let draft = additions
        .into_iter()
        .find(|one| one.instrument == id && one.kind == AdditionKind::Custom && one.state == AdditionState::Draft)
        .ok_or(Error::NotFound)?;
    let path = format!("{id}/{}.toml", draft.version);
    let library = Library::parse([(path, draft.document)]).map_err(|_| Error::NotFound)?;
    library.get(id, &draft.version).cloned().ok_or(Error::NotFound)
}

fn page(app: &App, me: &Signed, known: &Instrument, back: &str, asked: &In) -> Result<Response> {
    let language = asked.language(known)?;
    let item = |item: &instruments::Item| PreviewItem {
        text: item.text.get(language).to_owned(),
        options: match &item.kind {
            ItemKind::Choice(options) => options.iter().map(|option| option.label.get(language).to_owned()).collect(),
            _ => Vec::new(),
        },
        ends: match &item.kind {
            ItemKind::Choice(_) | ItemKind::Words => None,
            ItemKind::VisualAnalogue { low, high } => {
                Some((low.get(language).to_owned(), high.get(language).to_owned()))
            }
            ItemKind::Number { .. } | ItemKind::Goal => {
                let (low, high) = item.range();
                Some((low.to_string(), high.to_string()))
            }
        },
        in_words: item.kind == ItemKind::Words,
        decline: item.allow_decline,
    };
    let (around, sections) = frame(app, me, Section::Instruments);
    let view = PreviewPage {
        shell: around,
        sections,
        back: back.to_owned(),
        name: known.short_name.get(me.language).to_owned(),
        code: language.as_str().to_owned(),
        previews: known.languages.keys().map(|one| language_choice(*one, language.as_str())).collect(),
        stem: known.stem.get(language).to_owned(),
        items: known.items.iter().map(item).collect(),
        attribution: known.licence.attribution.clone(),
        raters: match known.raters.as_slice() {
            [] | [Rater::Client] => Vec::new(),
            raters => raters.iter().map(|rater| rater.as_str().to_owned()).collect(),
        },
    };
    me.render(app, StatusCode::OK, &view)
}

/// The page that clients answer, with nothing behind it. After the last question comes the list again.
async fn numbered(
    app: &App,
    me: &Signed,
    known: &Instrument,
    base: &str,
    number: usize,
    asked: &In,
    headers: &HeaderMap,
) -> Result<Response> {
    let language = asked.language(known)?;
    if number == known.items.len() + 1 {
        return Ok(Redirect::to(&format!("{base}?lang={language}")).into_response());
    }
    let item = number.checked_sub(1).and_then(|place| known.items.get(place)).ok_or(Error::NotFound)?;
    let face = app.face(&me.practice).await?;
    let offered: Vec<Language> = known.languages.keys().copied().collect();
    let stem = known.stem.get(language);
    let view = Question {
        shell: shell(app, headers, Some(face.practice.display_name.clone())).with_switch(switch_links(
            format!("{base}/{number}"),
            &offered,
            language,
        )),
        number: u32::try_from(number).unwrap_or(u32::MAX),
        total: u32::try_from(known.items.len()).ok(),
        item: item.id.clone(),
        follows: None,
        stem: (!stem.is_empty()).then(|| stem.to_owned()),
        wording: item.text.get(language).to_owned(),
        answer: question::looked_at(item, language),
        decline: if item.allow_decline { Decline::Offered } else { Decline::NotOffered },
        back: (number > 1).then(|| format!("{base}/{}?lang={language}", number - 1)),
        csrf: String::new(),
        seq: String::new(),
        draft: String::new(),
        problem: None,
        preview: Some(Preview { next: format!("{base}/{}", number + 1), leave: format!("{base}?lang={language}") }),
    };
    Ok(Html(app.templates.render(&view, language)?).into_response())
}
