//! The instrument library: what there is and whether it may be asked, the declared use, licences and their seats, and the
//! confirmation of wordings that need one. Wording that came with a licence is in `wording.rs`, instruments of the
//! practice's own in `own.rs`, how one looks to a client in `preview.rs`.

mod changes;
pub mod figures;
pub mod own;
pub mod preview;
pub mod wording;

use super::{frame, typed_day};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Posted, field_problems};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::done;
use crate::staff::words::Telling;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::library::{AdditionKind, AdditionState, DeclaredUse, Standing, Terms};
use care::staff::{Role, StaffState};
use care::{Language, StaffId, local_time};
use instruments::{Instrument, LanguageStatus};
use serde::Deserialize;
use templates::client::LanguageName;
use templates::staff::admin::{
    Figures, InstrumentPage, InstrumentRow, Instruments, LanguageState, LicenceFields, LicenceLine, SeatForm, Section,
    Standing as Shown, VersionLine, WordingLine,
};
use templates::staff::{Choice, FieldProblem, Flash};
use workflows::library::{self, LicenceForm};
use workflows::practice;
use workflows::shelf::{Shelf, terms};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    only: String,
}

fn language_choice(language: Language, current: &str) -> Choice {
    Choice::new(language.as_str(), LanguageName::from(language).name, current)
}

/// Whether a wording may be shown.
fn state_of(shelf: &Shelf, instrument: &Instrument, language: Language) -> Option<LanguageState> {
    Some(match instrument.language_status(language)? {
        LanguageStatus::Official => LanguageState::Official,
        LanguageStatus::NeedsConfirmation if shelf.may_show(instrument, language) => LanguageState::Confirmed,
        LanguageStatus::NeedsConfirmation => LanguageState::Unconfirmed,
    })
}

fn shown(standing: Standing) -> Shown {
    match standing {
        Standing::Usable => Shown::Usable,
        Standing::Expiring(_) => Shown::Expiring,
        Standing::Undeclared => Shown::Undeclared,
        Standing::CommercialUse => Shown::CommercialUse,
        Standing::Unlicensed => Shown::Unlicensed,
        Standing::NotBegun(_) => Shown::NotBegun,
        Standing::Ended(_) => Shown::Ended,
        Standing::NoWording => Shown::NoWording,
        Standing::Unconfirmed => Shown::Unconfirmed,
    }
}

/// The list.
pub async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let protocols = store::protocol::current(&mut read).await?;
    let additions = store::library::additions(&mut read).await?;
    drop(read);
    let today = local_time::day_of(app.now(), me.zone);
    let wanted = asked.q.trim().to_lowercase();
    let matches = |name: &str, title: &str, id: &str| {
        wanted.is_empty() || [name, title, id].iter().any(|text| text.to_lowercase().contains(&wanted))
    };
    let mut rows: Vec<InstrumentRow> = me
        .shelf
        .instruments()
        .map(|one| InstrumentRow {
            href: format!("/admin/instruments/{}", one.id),
            name: one.short_name.get(me.language).to_owned(),
            title: one.title.get(me.language).to_owned(),
            version: one.version.clone(),
            questions: i64::try_from(one.items.len()).unwrap_or(0),
            languages: Language::ALL
                .iter()
                .filter(|language| me.shelf.may_show(one, **language))
                .map(|language| LanguageName::from(*language).name.to_owned())
                .collect(),
            standing: shown(me.shelf.standing(one, today)),
            asked: protocols.iter().flat_map(|one| &one.lines).any(|line| line.instrument == one.id),
            licence: Some(one.licence.status.to_string()),
            figures: figures::counted(one),
        })
        .filter(|row| matches(&row.name, &row.title, &row.href))
        .collect();
    let drafts = additions.iter().filter(|one| one.state == AdditionState::Draft && one.kind == AdditionKind::Custom);
    rows.extend(drafts.filter(|one| matches(&one.instrument, "", "")).map(|one| InstrumentRow {
        href: format!("/admin/instruments/{}/draft", one.instrument),
        name: one.instrument.clone(),
        title: String::new(),
        version: one.version.clone(),
        questions: 0,
        languages: Vec::new(),
        standing: Shown::Draft,
        asked: false,
        licence: None,
        figures: Figures::default(),
    }));
    let is_own = |row: &InstrumentRow| {
        let id = row.href.trim_start_matches("/admin/instruments/").trim_end_matches("/draft");
        additions.iter().any(|one| one.instrument == id && one.kind == AdditionKind::Custom)
    };
    rows.retain(|row| match asked.only.as_str() {
        "usable" => matches!(row.standing, Shown::Usable | Shown::Expiring),
        "off" => !matches!(row.standing, Shown::Usable | Shown::Expiring),
        "own" => is_own(row),
        _ => true,
    });
    rows.sort_by_key(|row| row.name.to_lowercase());
    let purpose = me.shelf.declaration.as_ref().map_or("", |declaration| declaration.purpose.as_str());
    let page = Instruments {
        purposes: DeclaredUse::ALL.iter().map(|one| Choice::new(one.as_str(), "", purpose)).collect(),
        declared: me.shelf.declaration.as_ref().map(|declaration| {
            format!("{}, {}", people.name(&declaration.declared_by), me.telling(&app).day(declaration.declared_at))
        }),
        only: ["usable", "off", "own"].map(|value| Choice::new(value, "", &asked.only)).into(),
        q: asked.q,
        rows,
        shell: frame(&app, &me, Section::Instruments).0,
        sections: frame(&app, &me, Section::Instruments).1,
    };
    me.render(&app, StatusCode::OK, &page)
}

/// One instrument.
pub async fn one(State(app): State<App>, me: Signed, Path(instrument): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, &instrument, StatusCode::OK, None, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    id: &str,
    status: StatusCode,
    typed: Option<LicenceFields>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let shelf = &me.shelf;
    let known = shelf.current(id).or_else(|| shelf.library.current(id)).ok_or(Error::NotFound)?;
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let staff = store::staff::list(&mut read).await?;
    let additions = store::library::additions(&mut read).await?;
    drop(read);
    let telling = me.telling(app);
    let today = local_time::day_of(app.now(), me.zone);
    let is_own = additions.iter().any(|one| one.instrument == id && one.kind == AdditionKind::Custom);
    let standing = shelf.standing(known, today);
    let needs = terms(known);
    let (around, sections) = frame(app, me, Section::Instruments);
    let worded: Vec<Language> = known.languages.keys().copied().collect();
    let view = InstrumentPage {
        shell: around,
        sections,
        id: id.to_owned(),
        name: known.short_name.get(me.language).to_owned(),
        title: known.title.get(me.language).to_owned(),
        version: known.version.clone(),
        standing: if shelf.current(id).is_none() { Shown::Retired } else { shown(shelf.standing(known, today)) },
        until: match standing {
            Standing::Expiring(day) | Standing::NotBegun(day) | Standing::Ended(day) => {
                Some(templates::format::day(day, telling.language))
            }
            _ => None,
        },
        citation: known.citation.clone(),
        population: known.population.clone(),
        holder: known.licence.holder.clone(),
        terms: known.licence.terms.clone(),
        attribution: known.licence.attribution.clone(),
        status: known.licence.status.to_string(),
        terms_evidence: known.licence.evidence.map(instruments::Evidence::as_str),
        licence: (needs != Terms::Open).then(|| typed.unwrap_or_default()),
        licences: licences(shelf, id, &people, telling),
        seats: seats(shelf, id, &staff),
        wordings: known
            .languages
            .iter()
            .filter_map(|(language, version)| wording_line(shelf, known, *language, &version.source, &people, telling))
            .collect(),
        supply: if needs == Terms::Licensed && !is_own {
            Language::ALL.iter().map(|language| language_choice(*language, "")).collect()
        } else {
            Vec::new()
        },
        previews: worded.iter().map(|language| language_choice(*language, "")).collect(),
        evidence: figures::of(known, me.language),
        notes: known.notes.clone(),
        versions: versions(shelf, id, known, &additions, me.language),
        own: is_own,
        problems,
    };
    me.render(app, status, &view)
}

fn wording_line(
    shelf: &Shelf,
    known: &Instrument,
    language: Language,
    source: &str,
    people: &People,
    telling: Telling,
) -> Option<WordingLine> {
    let held = shelf.confirmation(known, language);
    let name = LanguageName::from(language);
    Some(WordingLine {
        name: name.name.to_owned(),
        code: name.code.to_owned(),
        state: state_of(shelf, known, language)?,
        source: source.to_owned(),
        confirmed: held.map(|one| format!("{}, {}", people.name(&one.confirmed_by), telling.day(one.confirmed_at))),
    })
}

fn licences(shelf: &Shelf, id: &str, people: &People, telling: Telling) -> Vec<LicenceLine> {
    let day = |day| templates::format::day(day, telling.language);
    let of_this = shelf.licences.iter().filter(|licence| licence.instrument == id);
    of_this
        .enumerate()
        .map(|(place, licence)| LicenceLine {
            name: format!("{}, {}", licence.holder, licence.number),
            period: match licence.ends_on {
                Some(last) => format!("{} – {}", day(licence.starts_on), day(last)),
                None => format!("{} –", day(licence.starts_on)),
            },
            seats: licence.seats.map(i64::from),
            recorded: format!("{}, {}", people.name(&licence.recorded_by), telling.day(licence.recorded_at)),
            current: place == 0,
        })
        .collect()
}

fn seats(shelf: &Shelf, id: &str, staff: &[care::staff::Staff]) -> Option<SeatForm> {
    let limit = shelf.licence(id)?.seats?;
    let holds = |who: &StaffId| shelf.seats.iter().any(|seat| seat.instrument == id && seat.staff_id == *who);
    let clinicians = staff.iter().filter(|one| one.state == StaffState::Active && one.is(Role::Clinician));
    let options = clinicians
        .map(|one| Choice { value: one.id.to_string(), label: one.name.text().to_owned(), chosen: holds(&one.id) })
        .collect();
    Some(SeatForm { limit: i64::from(limit), options })
}

fn versions(
    shelf: &Shelf,
    id: &str,
    known: &Instrument,
    additions: &[care::library::Addition],
    language: Language,
) -> Vec<VersionLine> {
    let all: Vec<&Instrument> = shelf.library.versions(id).collect();
    let is_published = |version: &str| {
        additions
            .iter()
            .any(|one| one.instrument == id && one.version == version && one.state == AdditionState::Published)
    };
    let mut lines: Vec<VersionLine> = all
        .iter()
        .enumerate()
        .map(|(place, one)| VersionLine {
            version: one.version.clone(),
            current: one.version == known.version && shelf.current(id).is_some(),
            may_retire: is_published(&one.version),
            changes: place
                .checked_sub(1)
                .map(|before| changes::between(all[before], one, language))
                .unwrap_or_default(),
        })
        .collect();
    lines.reverse();
    lines
}

#[derive(Deserialize)]
pub struct Use {
    purpose: DeclaredUse,
}

/// Declares what instruments are used for.
pub async fn declare(State(app): State<App>, me: Signed, Posted(form): Posted<Use>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    library::declare_use(&mut tx, &app.ctx, &me.viewer, form.purpose).await?;
    tx.commit().await?;
    app.ctx.forget_shelf(&me.practice);
    Ok(done(&app, "/admin/instruments", Flash::Saved))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct LicenceTyped {
    holder: String,
    number: String,
    terms: String,
    seats: String,
    starts_on: String,
    ends_on: String,
}

/// Records a licence.
pub async fn licence(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Posted(typed): Posted<LicenceTyped>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let wrong_day = |field: &str| vec![FieldProblem::new(field, templates::staff::Wrong::Date)];
    let days = match (typed_day(&typed.starts_on), typed_day(&typed.ends_on)) {
        (Ok(first), Ok(last)) => Ok((first, last)),
        (Err(()), _) => Err(wrong_day("starts_on")),
        (_, Err(())) => Err(wrong_day("ends_on")),
    };
    let again = |typed: LicenceTyped| LicenceFields {
        holder: typed.holder,
        number: typed.number,
        terms: typed.terms,
        seats: typed.seats,
        starts_on: typed.starts_on,
        ends_on: typed.ends_on,
    };
    let (starts_on, ends_on) = match days {
        Ok(days) => days,
        Err(problems) => {
            return page(&app, &me, &instrument, StatusCode::UNPROCESSABLE_ENTITY, Some(again(typed)), problems).await;
        }
    };
    let form = LicenceForm {
        holder: typed.holder.clone(),
        number: typed.number.clone(),
        terms: typed.terms.clone(),
        seats: typed.seats.clone(),
        starts_on,
        ends_on,
    };
    let mut tx = app.db.write(&me.practice).await?;
    match library::record_licence(&mut tx, &app.ctx, &me.viewer, &instrument, &form).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = field_problems(&problems);
            return page(&app, &me, &instrument, StatusCode::UNPROCESSABLE_ENTITY, Some(again(typed)), problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    app.ctx.forget_shelf(&me.practice);
    Ok(done(&app, &format!("/admin/instruments/{instrument}"), Flash::Saved))
}

/// Gives the seats of a licence.
pub async fn give_seats(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let ticked = fields.iter().filter(|(name, _)| name == "seat");
    let holders: Vec<StaffId> = ticked.filter_map(|(_, id)| id.parse().ok()).collect();
    let mut tx = app.db.write(&me.practice).await?;
    match library::give_seats(&mut tx, &app.ctx, &me.viewer, &instrument, &holders).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = field_problems(&problems);
            return page(&app, &me, &instrument, StatusCode::UNPROCESSABLE_ENTITY, None, problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    app.ctx.forget_shelf(&me.practice);
    Ok(done(&app, &format!("/admin/instruments/{instrument}"), Flash::Saved))
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
    app.ctx.forget_shelf(&me.practice);
    Ok(done(&app, &format!("/admin/instruments/{instrument}"), flash))
}

#[derive(Deserialize)]
pub struct Retired {
    version: String,
}

/// Takes a version of the practice's own out of new check-ins.
pub async fn retire(
    State(app): State<App>,
    me: Signed,
    Path(instrument): Path<String>,
    Posted(form): Posted<Retired>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut tx = app.db.write(&me.practice).await?;
    let flash = match library::retire(&mut tx, &app.ctx, &me.viewer, &instrument, &form.version).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Conflict) => Flash::NotPossible,
        Err(error) => return Err(error.into()),
    };
    app.ctx.forget_shelf(&me.practice);
    Ok(done(&app, "/admin/instruments", flash))
}
