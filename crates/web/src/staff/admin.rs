//! Administration: people, clients, appointments, protocol, instruments, crisis resources, sites, settings, audit. One file
//! for each part.

mod appointments;
mod audit;
mod client_form;
mod clients;
mod consents;
mod crisis;
mod delivery;
mod detection;
mod import;
mod instruments;
mod kiosks;
mod look_alikes;
mod messages;
mod models;
mod people;
mod phrases;
mod placements;
mod protocol;
mod retention;
mod settings;
mod sites;
mod suggestions;

use super::session::Signed;
use crate::App;
use crate::error::Result;
use crate::routes::Table;
use axum::extract::{DefaultBodyLimit, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::response::Response;
use care::Language;
use care::access::{Access, Action, Relationship, decide};
use care::staff::{Role, StaffState};
use chrono::{Duration, NaiveDate};
use templates::client::LanguageName;
use templates::staff::admin::{AdminHome, Concern, Section, SectionLink};
use templates::staff::{Choice, Place, Shell};

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/admin", home)
        .get("/admin/staff", people::list)
        .get("/admin/staff/new", people::new)
        .post("/admin/staff/new", people::invite)
        .get("/admin/staff/{staff}", people::show)
        .post("/admin/staff/{staff}", people::save)
        .post("/admin/staff/{staff}/invite", people::invite_again)
        .post("/admin/staff/{staff}/deactivate", people::deactivate)
        .post("/admin/staff/{staff}/hand-on", people::hand_on)
        .post("/admin/staff/{staff}/second-factor", people::reset_second_factor)
        .post("/admin/staff/{staff}/supervision", people::supervise)
        .post("/admin/staff/{staff}/supervision/{edge}/end", people::end_supervision)
        .get("/admin/clients", clients::list)
        .get("/admin/clients/new", client_form::new)
        .post("/admin/clients/new", client_form::create)
        .get("/admin/clients/{client}", client_form::show)
        .post("/admin/clients/{client}", client_form::save)
        .get("/admin/look-alikes", look_alikes::show)
        .get("/admin/look-alikes/{one}/{other}", look_alikes::compare)
        .post("/admin/look-alikes/{one}/{other}/merge", look_alikes::join)
        .post("/admin/look-alikes/{one}/{other}/apart", look_alikes::keep_apart)
        .post("/admin/merges/{merge}/undo", look_alikes::undo)
        .get("/admin/retention", retention::show)
        .post("/admin/retention", retention::decide)
        .get("/admin/erasures/{client}", retention::one)
        .post("/admin/erasures/{client}", retention::ask)
        .post("/admin/erasures/{client}/withdraw", retention::withdraw)
        .post("/admin/erasures/{client}/carry-out", retention::carry_out)
        .get("/admin/import", import::home)
        .post("/admin/import", import::upload.layer(DefaultBodyLimit::max(import::MOST)))
        .get("/admin/import/{run}", import::show)
        .post("/admin/import/{run}", import::choose)
        .post("/admin/import/{run}/apply", import::apply)
        .post("/admin/import/{run}/undo", import::undo)
        .get("/admin/appointments", appointments::show)
        .post("/admin/appointments", appointments::add)
        .get("/admin/protocol", protocol::show)
        .post("/admin/protocol", protocol::publish)
        .post("/admin/protocol/apply", protocol::apply)
        .post("/admin/protocol/file", protocol::publish_file)
        .get("/admin/protocol/planner", protocol::planner)
        .get("/admin/protocol/{protocol}/file", protocol::file)
        .post("/admin/protocol/{protocol}/move", protocol::announce)
        .post("/admin/protocol/{protocol}/default", protocol::make_default)
        .post("/admin/protocol/{protocol}/retire", protocol::retire)
        .post("/admin/protocol/{protocol}/withdraw", protocol::withdraw)
        .get("/admin/delivery", delivery::show)
        .get("/admin/delivery/file", delivery::file)
        .get("/admin/delivery/workbook", delivery::workbook)
        .get("/admin/kiosks", kiosks::show)
        .post("/admin/kiosks", kiosks::add)
        .post("/admin/kiosks/{kiosk}/revoke", kiosks::out)
        .get("/admin/messages", messages::show)
        .post("/admin/messages/holidays", messages::holiday)
        .post("/admin/messages/holidays/{day}/delete", messages::delete_holiday)
        .get("/admin/messages/{kind}/{channel}/{language}", messages::edit)
        .post("/admin/messages/{kind}/{channel}/{language}", messages::write)
        .post("/admin/messages/{kind}/{channel}/{language}/take-back", messages::restore)
        .get("/admin/instruments", instruments::show)
        .post("/admin/instruments/use", instruments::declare)
        .get("/admin/instruments/new", instruments::own::new)
        .post("/admin/instruments/new", instruments::own::create)
        .post("/admin/instruments/file", instruments::own::take)
        .post(
            "/admin/instruments/upload",
            instruments::own::upload.layer(DefaultBodyLimit::max(instruments::own::MOST)),
        )
        .get("/admin/instruments/{instrument}", instruments::one)
        .post("/admin/instruments/{instrument}/confirm", instruments::confirm)
        .post("/admin/instruments/{instrument}/licence", instruments::licence)
        .post("/admin/instruments/{instrument}/seats", instruments::give_seats)
        .post("/admin/instruments/{instrument}/retire", instruments::retire)
        .get("/admin/instruments/{instrument}/preview", instruments::preview::all)
        .get("/admin/instruments/{instrument}/preview/{number}", instruments::preview::one)
        .get("/admin/instruments/{instrument}/draft/preview", instruments::preview::draft)
        .get("/admin/instruments/{instrument}/draft/preview/{number}", instruments::preview::draft_one)
        .get("/admin/instruments/{instrument}/wording", instruments::wording::show)
        .post("/admin/instruments/{instrument}/wording", instruments::wording::supply)
        .get("/admin/instruments/{instrument}/file", instruments::own::file)
        .get("/admin/instruments/{instrument}/draft", instruments::own::draft)
        .post("/admin/instruments/{instrument}/draft", instruments::own::save)
        .post("/admin/instruments/{instrument}/publish", instruments::own::publish)
        .post("/admin/instruments/{instrument}/discard", instruments::own::discard)
        .get("/admin/crisis", crisis::show)
        .post("/admin/crisis", crisis::add)
        .post("/admin/crisis/{resource}/reviewed", crisis::reviewed)
        .post("/admin/crisis/{resource}/delete", crisis::delete)
        .get("/admin/phrases", phrases::show)
        .post("/admin/phrases", phrases::save)
        .get("/admin/suggestions", suggestions::show)
        .post("/admin/suggestions", suggestions::save)
        .get("/admin/consents", consents::show)
        .post("/admin/consents", consents::publish)
        .get("/admin/sites", sites::show)
        .post("/admin/sites", sites::add)
        .post("/admin/sites/{site}", sites::save)
        .get("/admin/placements", placements::show)
        .post("/admin/placements", placements::add)
        .post("/admin/placements/{entry}", placements::change)
        .get("/admin/settings", settings::show)
        .post("/admin/settings", settings::save)
        .get("/admin/audit", audit::show)
        .get("/admin/detection", detection::home)
        .get("/admin/detection/{scope}", detection::show)
        .post("/admin/detection/{scope}", detection::change)
        .get("/admin/models", models::show)
        .get("/admin/models/{instrument}", models::card)
        .get("/admin/models/{instrument}/card.json", models::file)
        .get("/admin/models/{instrument}/card.csv", models::table::csv)
        .get("/admin/models/{instrument}/card.xlsx", models::table::xlsx)
}

/// A crisis resource has to be looked at again after half a year.
const REVIEW: Duration = Duration::days(183);

/// The frame of a part.
fn frame(app: &App, me: &Signed, section: Section) -> (Shell, Vec<SectionLink>) {
    (me.shell(app, Some(Place::Admin)), SectionLink::offered_to(&me.staff.roles, Some(section)))
}

/// The languages to choose from, under their own names.
fn languages(current: &str) -> Vec<Choice> {
    Language::ALL
        .iter()
        .map(|&language| Choice::new(language.as_str(), LanguageName::from(language).name, current))
        .collect()
}

/// A day as a form sends it; an empty field is no day.
pub(super) fn typed_day(text: &str) -> Result<Option<NaiveDate>, ()> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Some).map_err(|_| ()) }
}

/// The way into every part, and what needs attention.
async fn home(State(app): State<App>, me: Signed) -> Result<Response> {
    let may = |action| decide(&me.viewer, action, &Relationship::none()) == Access::Allowed;
    if !may(Action::ListClients) {
        me.authorise(&app, Action::Administer, None).await?;
    }
    let concerns = if may(Action::Administer) { concerns(&app, &me).await? } else { Vec::new() };
    let page = AdminHome {
        shell: me.shell(&app, Some(Place::Admin)),
        sections: SectionLink::offered_to(&me.staff.roles, None),
        concerns: concerns.into_iter().map(Into::into).collect(),
    };
    me.render(&app, StatusCode::OK, &page)
}

async fn concerns(app: &App, me: &Signed) -> Result<Vec<Concern>> {
    let mut read = app.db.read(&me.practice).await?;
    let resources = store::crisis_resource::all(&mut read).await?;
    let sites = store::site::list(&mut read).await?;
    let staff = store::staff::list(&mut read).await?;
    let today = workflows::access::today(&mut read, &app.ctx).await?;
    let edges = store::supervision::holding_on(&mut read, today).await?;
    let protocols = store::protocol::current(&mut read).await?;
    let left_behind = workflows::staff::left_behind(&mut read).await?;
    let due = workflows::erasure::due(&mut read, &app.ctx).await?;
    drop(read);
    let waits = |instrument: &::instruments::Instrument, language: Language| {
        instrument.language_status(language).is_some() && !me.shelf.may_show(instrument, language)
    };
    let mut asked =
        protocols.iter().flat_map(|protocol| &protocol.lines).filter_map(|line| me.shelf.current(&line.instrument));
    let standings: Vec<care::library::Standing> = protocols
        .iter()
        .flat_map(|protocol| &protocol.lines)
        .filter_map(|line| Some(me.shelf.standing(me.shelf.current(&line.instrument)?, today)))
        .collect();
    let alone = staff
        .iter()
        .filter(|person| person.state == StaffState::Active && person.is(Role::Clinician))
        .any(|person| person.backup_id.is_none() && !edges.iter().any(|edge| edge.clinician_id == person.id));
    let found = [
        (
            Concern::NoCrisisResources,
            Language::ALL.iter().any(|language| !resources.iter().any(|one| one.language == *language)),
        ),
        (Concern::CrisisReviewDue, resources.iter().any(|one| today - one.reviewed_on > REVIEW)),
        (Concern::NoOnCall, sites.iter().any(|site| site.on_call_id.is_none())),
        (Concern::NoSecondContact, alone),
        (
            Concern::WordingUnconfirmed,
            asked.any(|instrument| Language::ALL.iter().any(|language| waits(instrument, *language))),
        ),
        (Concern::EpisodesLeftBehind, !left_behind.is_empty()),
        (Concern::RetentionDue, !due.is_empty()),
        (Concern::InstrumentOff, standings.iter().any(|standing| !standing.is_usable())),
        (
            Concern::LicenceEnding,
            // Asked by a protocol or now and then by hand: whoever licensed it hears of the end in time.
            me.shelf
                .instruments()
                .any(|one| matches!(me.shelf.standing(one, today), care::library::Standing::Expiring(_))),
        ),
    ];
    Ok(found.into_iter().filter_map(|(concern, holds)| holds.then_some(concern)).collect())
}
