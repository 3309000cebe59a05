//! The instruments of this installation, and the confirmation of wordings that need one.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::form::Posted;
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::done;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::Language;
use care::access::Action;
use instruments::{Evidence, Instrument, LanguageStatus, LicenceStatus};
use serde::Deserialize;
use templates::client::LanguageName;
use templates::staff::Flash;
use templates::staff::admin::{InstrumentRow, Instruments, LanguageState, Licence, Section, WordingLine};
use workflows::practice;

/// The page.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut read = app.db.read(&me.practice).await?;
    let confirmed = store::wording::list(&mut read).await?;
    let people = People::of(&mut read, me.zone).await?;
    drop(read);
    let current = me.shelf.instruments();
    let wording = |instrument: &Instrument, language: Language| {
        let status = instrument.language_status(language)?;
        let held = confirmed.iter().find(|one| {
            one.instrument == instrument.id && one.version == instrument.version && one.language == language
        });
        let name = LanguageName::from(language);
        Some(WordingLine {
            name: name.name.to_owned(),
            code: name.code.to_owned(),
            state: match (status, held) {
                (LanguageStatus::Official, _) => LanguageState::Official,
                (LanguageStatus::NeedsConfirmation, Some(_)) => LanguageState::Confirmed,
                (LanguageStatus::NeedsConfirmation, None) => LanguageState::Unconfirmed,
            },
            confirmed: held
                .map(|one| format!("{}, {}", people.name(&one.confirmed_by), me.telling(&app).day(one.confirmed_at))),
        })
    };
    let rows = current.map(|one| InstrumentRow {
        id: one.id.clone(),
        name: one.short_name.get(me.language).to_owned(),
        title: one.title.get(me.language).to_owned(),
        version: one.version.clone(),
        citation: one.citation.clone(),
        licence: match one.licence.status {
            LicenceStatus::Free => Licence::Free,
            LicenceStatus::Own => Licence::Own,
            LicenceStatus::Conditional => Licence::Conditional,
            LicenceStatus::Unclear | LicenceStatus::Licensed | LicenceStatus::Proprietary => Licence::Missing,
        },
        licence_terms: [one.licence.holder.as_str(), one.licence.terms.as_str()].join(": "),
        evidence: evidence(one, me.language),
        wordings: Language::ALL.iter().filter_map(|language| wording(one, *language)).collect(),
    });
    let rows = rows.collect();
    let (shell, sections) = frame(&app, &me, Section::Instruments);
    me.render(&app, StatusCode::OK, &Instruments { shell, sections, rows })
}

/// The weakest mark of the scale's thresholds, in words: nothing is shown as better founded than it is.
fn evidence(instrument: &Instrument, language: Language) -> String {
    let sources = instrument.scales.first().into_iter().flat_map(|scale| {
        let cutoffs = scale.cutoffs.iter().map(|cutoff| &cutoff.source);
        let changes = scale.reliable_change.iter().map(|rule| &rule.source);
        cutoffs.chain(changes).chain(scale.alliance.iter().map(|alliance| &alliance.source))
    });
    let rank = |evidence: Evidence| match evidence {
        Evidence::Verified => 0,
        Evidence::GeneralKnowledge => 1,
        Evidence::Convention => 2,
        Evidence::Constructed => 3,
    };
    let weakest = sources.map(|source| source.evidence).max_by_key(|evidence| rank(*evidence));
    match (weakest, language) {
        (None, Language::En) => "no thresholds",
        (None, Language::Es) => "sin umbrales",
        (Some(Evidence::Verified), Language::En) => "published, read in the source",
        (Some(Evidence::Verified), Language::Es) => "publicado, leído en la fuente",
        (Some(Evidence::GeneralKnowledge), Language::En) => "widely stated, source not opened",
        (Some(Evidence::GeneralKnowledge), Language::Es) => "ampliamente citado, fuente no abierta",
        (Some(Evidence::Convention), Language::En) => "common practice",
        (Some(Evidence::Convention), Language::Es) => "práctica habitual",
        (Some(Evidence::Constructed), Language::En) => "constructed by this project",
        (Some(Evidence::Constructed), Language::Es) => "construido por este proyecto",
    }
    .to_owned()
}

#[derive(Deserialize)]
pub struct Read {
    version: String,
    language: Language,
}

/// A person of the practice has read the wording: clients may be shown it.
pub async fn confirm(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Posted(read): Posted<Read>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let flash =
        match practice::confirm_wording(&mut tx, &app.ctx, &me.viewer, &instrument, &read.version, read.language).await
        {
            Ok(()) => {
                tx.commit().await?;
                Flash::WordingConfirmed
            }
            Err(workflows::Error::Invalid(_)) => Flash::NotPossible,
            Err(error) => return Err(error.into()),
        };
    app.forget_face(&me.practice);
    Ok(done(&app, "/admin/instruments", flash))
}
