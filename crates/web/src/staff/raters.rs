//! What others say about a client. What is typed is read here; what it changes is `workflows::rater`'s.

use super::door::qr;
use super::form::Posted;
use super::hand_over::{Fields, answers_of, entry_items, given_at, given_now};
use super::people::People;
use super::session::Signed;
use super::shown::{Seen, done, id};
use super::words::Telling;
use crate::App;
use crate::error::{Error, Result};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use care::access::Action;
use care::episode::Episode;
use care::packet::Asked;
use care::rater::{By, Collateral, RaterForm, Relation};
use care::sitting::Question;
use care::{ClientId, CollateralId, Language, Phi};
use chrono_tz::Tz;
use instruments::{Instrument, Library, Polarity as Direction, Reference, Since, note};
use serde::Deserialize;
use store::Read;
use templates::chart::{Mark, Polarity, Trajectory, TrajectoryData, Visit};
use templates::staff::{
    Choice, CollateralCard, FieldProblem, Flash, HandOverCard, NewPerson, Place, Ratable, RaterEntry, RaterSeries,
    Raters, Wrong,
};
use templates::{Templates, format};
use workflows::rater::{self, NewCollateral, Rated};

/// Answers this much older than now are not entered any more.
const EARLIEST: chrono::Duration = chrono::Duration::days(90);

/// What was posted about people.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    act: String,
    person: String,
    person_name: String,
    relation: String,
    person_contact: String,
    person_language: String,
    agreed: String,
}

/// What is meant.
enum Act {
    Agree(NewCollateral),
    End(CollateralId),
}

impl Typed {
    fn read(&self) -> Result<Act, Vec<FieldProblem>> {
        if self.act == "end" {
            let person = self.person.parse().map_err(|_| vec![FieldProblem::new("person_name", Wrong::Choose)])?;
            return Ok(Act::End(person));
        }
        let mut problems = Vec::new();
        let (name, contact) = (self.person_name.trim(), self.person_contact.trim());
        for (field, text) in [("person_name", name), ("person_contact", contact)] {
            if text.chars().count() > rater::LONGEST {
                problems.push(FieldProblem::new(field, Wrong::TooLong));
            }
        }
        if name.is_empty() {
            problems.push(FieldProblem::new("person_name", Wrong::Required));
        }
        let relation = self.relation.parse::<Relation>();
        if relation.is_err() {
            problems.push(FieldProblem::new("relation", Wrong::Choose));
        }
        let language = self.person_language.parse::<Language>();
        if language.is_err() {
            problems.push(FieldProblem::new("person_language", Wrong::Choose));
        }
        if self.agreed != "1" {
            problems.push(FieldProblem::new("agreed", Wrong::NoConsent));
        }
        match (relation, language) {
            (Ok(relation), Ok(language)) if problems.is_empty() => Ok(Act::Agree(NewCollateral {
                name: Phi::new(name.to_owned()),
                contact: (!contact.is_empty()).then(|| Phi::new(contact.to_owned())),
                relation,
                language,
            })),
            _ => Err(problems),
        }
    }
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewChart, Some(&client)).await?;
    page(&app, &me, &client, StatusCode::OK, &Typed::default(), Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    client: &ClientId,
    status: StatusCode,
    typed: &Typed,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let found = store::client::find(&mut read, client).await?.ok_or(Error::NotFound)?;
    let episode = store::episode::open_or_latest(&mut read, client).await?;
    let open = episode.as_ref().filter(|episode| episode.is_open());
    let people = People::of(&mut read, me.zone).await?;
    let zone = people.zone(episode.as_ref().map_or(&found.site_id, |episode| &episode.site_id));
    let telling = me.telling(app).at(zone);
    let series = match &episode {
        Some(episode) => of_episode(&mut read, &me.shelf.library, &app.templates, telling, episode).await?,
        None => Vec::new(),
    };
    let due = match open {
        Some(episode) => store::rater::due_of(&mut read, std::slice::from_ref(&episode.id), app.now()).await?,
        None => Vec::new(),
    };
    let ratable = |by: &By, one: &Instrument| Ratable {
        id: one.id.clone(),
        name: one.title.get(me.language).to_owned(),
        due: due
            .iter()
            .find(|(request, _)| request.by == *by && request.instrument == one.id)
            .map(|(request, _)| telling.short_day(request.due_at)),
    };
    let mut own = Vec::new();
    if let Some(episode) = open {
        let may = rater::to_rate(&mut read, &app.ctx, &me.shelf, &episode.id, &By::Clinician, me.language).await?;
        own.extend(may.into_iter().map(|one| ratable(&By::Clinician, one)));
    }
    let mut cards = Vec::new();
    for person in store::rater::people(&mut read, client).await? {
        let by = By::Collateral(person.id.clone());
        let may = match (open, person.ended_at) {
            (Some(episode), None) => {
                rater::to_rate(&mut read, &app.ctx, &me.shelf, &episode.id, &by, person.language).await?
            }
            _ => Vec::new(),
        };
        let may = may.into_iter().map(|one| ratable(&by, one)).collect();
        cards.push(card(&person, &people, telling, may));
    }
    drop(read);
    cards.sort_by_key(|card| card.ended.is_some());
    let view = Raters {
        shell: me.shell(app, Some(Place::Caseload)),
        client: client.as_str().to_owned(),
        name: found.called().to_owned(),
        open: open.is_some(),
        own,
        people: cards,
        series,
        new: NewPerson {
            name: typed.person_name.clone(),
            contact: typed.person_contact.clone(),
            relations: Relation::ALL
                .iter()
                .map(|one| Choice::new(one.as_str(), one.as_str(), &typed.relation))
                .collect(),
            languages: languages(if typed.person_language.is_empty() {
                found.language.as_str()
            } else {
                &typed.person_language
            }),
        },
        problems,
    };
    me.show(app, status, &view, Seen::client("view.raters", client)).await
}

fn languages(chosen: &str) -> Vec<Choice> {
    let named = |language: &Language| templates::client::LanguageName::from(*language);
    Language::ALL.iter().map(named).map(|one| Choice::new(one.code, one.name, chosen)).collect()
}

fn card(person: &Collateral, people: &People, telling: Telling, ratable: Vec<Ratable>) -> CollateralCard {
    CollateralCard {
        id: person.id.as_str().to_owned(),
        name: person.name.text().to_owned(),
        relation: person.relation.as_str().to_owned(),
        contact: person.contact.as_ref().map(|contact| contact.text().to_owned()),
        agreed: (telling.day(person.agreed_at), people.name(&person.agreed_with)),
        ended: person.ended_at.map(|at| telling.day(at)),
        ratable,
    }
}

/// Adds somebody who is asked, or stops asking somebody.
pub(super) async fn change(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewChart, Some(&client)).await?;
    let meant = match typed.read() {
        Ok(meant) => meant,
        Err(problems) => return page(&app, &me, &client, StatusCode::UNPROCESSABLE_ENTITY, &typed, problems).await,
    };
    let mut tx = app.db.write(&me.practice).await?;
    let by = &me.staff.id;
    let outcome = match &meant {
        Act::Agree(new) => rater::agree(&mut tx, &app.ctx, by, &client, new).await,
        Act::End(person) => rater::end(&mut tx, &app.ctx, by, &client, person).await,
    };
    let flash = match outcome {
        Ok(()) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Conflict) => Flash::NothingChanged,
        Err(error) => return Err(error.into()),
    };
    Ok(done(&app, &format!("/clients/{client}/raters"), flash))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Who {
    by: String,
}

/// A questionnaire that somebody may answer about the client now.
struct Form {
    client: ClientId,
    name: String,
    by: By,
    /// Whose answers are entered, where it is not the clinician's own view.
    person: Option<Collateral>,
    language: Language,
    zone: Tz,
    asked: Asked,
    library: std::sync::Arc<Library>,
}

impl Form {
    fn instrument(&self) -> Result<&Instrument> {
        self.library.get(&self.asked.id, &self.asked.version).ok_or(Error::NotFound)
    }

    fn questions(&self) -> Result<Vec<Question<'_>>> {
        let instrument = self.instrument()?;
        Ok(instrument.items.iter().map(|item| Question { instrument, item }).collect())
    }

    fn back(&self) -> String {
        format!("/clients/{}/raters", self.client)
    }
}

/// The form, for whoever may see the chart. Not found where this person may not answer that questionnaire.
async fn form(app: &App, me: &Signed, client: &str, instrument: &str, by: &str) -> Result<Form> {
    let client: ClientId = id(client)?;
    me.authorise(app, Action::ViewChart, Some(&client)).await?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::client::find(&mut read, &client).await?.ok_or(Error::NotFound)?;
    let episode = store::episode::open_of_client(&mut read, &client).await?.ok_or(Error::NotFound)?;
    let person = match by {
        "clinician" => None,
        other => {
            let person = store::rater::person(&mut read, &id(other)?).await?;
            let person = person.filter(|person| person.client_id == client && person.ended_at.is_none());
            Some(person.ok_or(Error::NotFound)?)
        }
    };
    let by = person.as_ref().map_or(By::Clinician, |person| By::Collateral(person.id.clone()));
    let language = person.as_ref().map_or(me.language, |person| person.language);
    let may = rater::to_rate(&mut read, &app.ctx, &me.shelf, &episode.id, &by, language).await?;
    let one = may.into_iter().find(|one| one.id == instrument).ok_or(Error::NotFound)?;
    let asked = Asked { id: one.id.clone(), version: one.version.clone() };
    let people = People::of(&mut read, me.zone).await?;
    Ok(Form {
        zone: people.zone(&episode.site_id),
        client,
        name: found.called().to_owned(),
        by,
        person,
        language,
        asked,
        library: me.shelf.library.clone(),
    })
}

/// The questionnaire.
pub(super) async fn enter(
    State(app): State<App>,
    me: Signed,
    Path((client, instrument)): Path<(String, String)>,
    Query(who): Query<Who>,
) -> Result<Response> {
    let form = form(&app, &me, &client, &instrument, &who.by).await?;
    entry(&app, &me, &form, StatusCode::OK, &given_now(form.zone, app.now()), Vec::new(), &[]).await
}

async fn entry(
    app: &App,
    me: &Signed,
    form: &Form,
    status: StatusCode,
    fields: &Fields,
    problems: Vec<FieldProblem>,
    wrong: &[usize],
) -> Result<Response> {
    let one =
        |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let instrument = form.instrument()?;
    let mut items = entry_items(&form.questions()?, form.language, fields, wrong);
    if form.by == By::Clinician {
        // Whoever answers for themselves leaves out what they do not know.
        for item in &mut items {
            item.decline = None;
        }
    }
    let view = RaterEntry {
        shell: me.shell(app, Some(Place::Caseload)),
        client: form.client.as_str().to_owned(),
        name: form.name.clone(),
        instrument: form.asked.id.clone(),
        title: instrument.title.get(me.language).to_owned(),
        by: form.by.collateral().map_or_else(|| "clinician".to_owned(), |id| id.as_str().to_owned()),
        who: form.person.as_ref().map(|person| person.name.text().to_owned()),
        code: form.language.as_str().to_owned(),
        stem: instrument.stem.get(form.language).to_owned(),
        items,
        date: one("answered_on"),
        time: one("answered_at"),
        problems,
    };
    me.show(app, status, &view, Seen::client("view.entry", &form.client)).await
}

/// Takes the answers in.
pub(super) async fn take_in(
    State(app): State<App>,
    me: Signed,
    Path((client, instrument)): Path<(String, String)>,
    Posted(fields): Posted<Fields>,
) -> Result<Response> {
    let by = fields.iter().find(|(name, _)| name == "by").map(|(_, value)| value.as_str()).unwrap_or_default();
    let form = form(&app, &me, &client, &instrument, by).await?;
    let now = app.now();
    let at = given_at(&fields, form.zone, now - EARLIEST, now);
    let answers = answers_of(&form.questions()?, &fields);
    let (at, mut sheet) = match (at, answers) {
        (Ok(at), Ok(sheet)) if !sheet.is_empty() => (at, sheet),
        (at, sheet) => {
            let wrong = sheet.as_ref().err().cloned().unwrap_or_default();
            let mut problems: Vec<FieldProblem> = at.err().into_iter().collect();
            match sheet {
                Err(_) => problems.push(FieldProblem::new("answers", Wrong::Choose)),
                Ok(sheet) if sheet.is_empty() => problems.push(FieldProblem::new("answers", Wrong::Required)),
                Ok(_) => {}
            }
            return entry(&app, &me, &form, StatusCode::UNPROCESSABLE_ENTITY, &fields, problems, &wrong).await;
        }
    };
    let rated = Rated {
        by: form.by.clone(),
        answers: sheet.remove(&form.asked.id).unwrap_or_default(),
        asked: form.asked.clone(),
        at,
    };
    let mut tx = app.db.write(&me.practice).await?;
    match rater::enter(&mut tx, &app.ctx, &me.staff.id, &form.client, &rated).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Closed) => return Ok(done(&app, &form.back(), Flash::NotPossible)),
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &form.back(), Flash::Saved))
}

/// A card with a link of the person's own, for one questionnaire, once.
pub(super) async fn link(
    State(app): State<App>,
    me: Signed,
    Path((client, instrument)): Path<(String, String)>,
    Posted(who): Posted<Who>,
) -> Result<Response> {
    let form = form(&app, &me, &client, &instrument, &who.by).await?;
    let Some(person) = &form.person else { return Err(Error::NotFound) };
    let mut tx = app.db.write(&me.practice).await?;
    let token = rater::hand_out(&mut tx, &app.ctx, &me.staff.id, &form.client, &person.id, &form.asked.id).await?;
    let practice = store::practice::get(&mut tx).await?;
    tx.commit().await?;
    let link = format!("{}/r/{token}", app.config.base_url);
    let view = HandOverCard {
        shell: me.shell(&app, Some(Place::Caseload)),
        client: form.client.as_str().to_owned(),
        practice: practice.display_name,
        phone: practice.phone,
        code: me.language.as_str().to_owned(),
        qr: qr::svg(&link),
        link,
        until: format::weekday_day(format::local_day(app.now() + rater::LINK_LASTS, form.zone), me.language),
    };
    let mut response = me.render(&app, StatusCode::OK, &view)?;
    // The address on it opens the questionnaire.
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What others said in a course of therapy, one for each person and questionnaire.
pub(super) async fn of_episode(
    read: &mut Read,
    library: &Library,
    templates: &Templates,
    telling: Telling,
    episode: &Episode,
) -> Result<Vec<RaterSeries>> {
    let forms = store::rater::of_episode(read, &episode.id).await?;
    if forms.is_empty() {
        return Ok(Vec::new());
    }
    let people = store::rater::people(read, &episode.client_id).await?;
    let mut known: Vec<(&By, &str)> = Vec::new();
    for form in &forms {
        if !known.contains(&(&form.by, form.instrument.as_str())) {
            known.push((&form.by, &form.instrument));
        }
    }
    let said = |key: &str| templates.said(key, telling.language).unwrap_or_default();
    let series = (1..).zip(known).filter_map(|(number, (by, id)): (usize, _)| {
        let who = match by {
            By::Clinician => said("raters-by-clinician"),
            By::Collateral(id) => {
                let person = people.iter().find(|person| person.id == *id)?;
                format!("{} ({})", person.name.text(), said(&format!("relation-{}", person.relation.as_str())))
            }
        };
        let own: Vec<&RaterForm> = forms.iter().filter(|form| form.by == *by && form.instrument == id).collect();
        drawn(library, telling, &own, &who, number)
    });
    Ok(series.collect())
}

fn drawn(library: &Library, telling: Telling, forms: &[&RaterForm], who: &str, number: usize) -> Option<RaterSeries> {
    let last = forms.last()?;
    let instrument = library.get(&last.instrument, &last.version)?;
    let scale = instrument.primary();
    let score_of = |form: &&RaterForm| {
        let instrument = library.get(&form.instrument, &form.version)?;
        instruments::score(instrument, &form.answers).into_iter().find(|score| score.scale == scale.id)
    };
    let scores: Vec<_> = forms.iter().map(score_of).collect();
    let value = |index: usize| scores.get(index)?.as_ref()?.value;
    let visits: Vec<Visit> = forms
        .iter()
        .enumerate()
        .map(|(index, form)| Visit {
            session: form.session,
            day: telling.short_day(form.rated_at),
            value: value(index),
            mark: Mark::Plain,
            band: scores[index]
                .as_ref()
                .and_then(|score| scale.band(score.band.as_deref()?))
                .map(|band| band.label.get(telling.language).to_owned()),
        })
        .collect();
    let title = format!("{}, {who}", instrument.short_name.get(telling.language));
    let first = (forms.len() > 1).then(|| (0..forms.len() - 1).find_map(value)).flatten();
    let since = first.map(|value| Since { reference: Reference::Baseline, value });
    Some(RaterSeries {
        forms: forms.len(),
        sentence: scores.last()?.as_ref().map(|score| note(instrument, score, since, telling.language)),
        chart: visits.iter().any(|visit| visit.value.is_some()).then(|| {
            Trajectory::new(&TrajectoryData {
                id: format!("rater{number}"),
                name: title.clone(),
                range: (scale.axis.min, scale.axis.max),
                polarity: match scale.polarity {
                    Direction::HigherWorse => Polarity::LowerIsBetter,
                    Direction::HigherBetter => Polarity::HigherIsBetter,
                },
                cutoff: None,
                reliable_change: None,
                visits,
                events: vec![],
                expected: vec![],
                forecast: vec![],
            })
        }),
        title,
    })
}
