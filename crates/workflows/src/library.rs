//! What an administrator does with the instrument library: declares what it is used for, records licences and their
//! seats, supplies the wording that came with one, and adds instruments of the practice's own. A published version
//! never changes; whether an instrument may be asked is on the [`crate::shelf`].

use crate::access::require;
use crate::field::Form;
use crate::{Context, Error, Result, audit, staff};
use care::access::{Action, Viewer};
use care::library::{Addition, AdditionKind, AdditionState, Declaration, DeclaredUse, Licence, Terms};
use care::staff::{Role, StaffState};
use care::{Language, LicenceId, StaffId};
use chrono::NaiveDate;
use instruments::{Instrument, Library};
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;

use crate::shelf::{terms, worded};

/// Declares what the practice uses instruments for.
pub async fn declare_use(tx: &mut Tx, ctx: &Context, by: &Viewer, purpose: DeclaredUse) -> Result<()> {
    require(by, Action::Administer)?;
    let declaration = Declaration { purpose, declared_by: by.staff_id.clone(), declared_at: ctx.now() };
    store::library::declare(tx, &declaration).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "library.declare_use", "practice", tx.practice().clone().as_str());
    tx.audit(entry.with("purpose", purpose.as_str()));
    let conditional: Vec<String> =
        ctx.library.iter().filter(|one| terms(one) != Terms::Open).map(|one| one.id.clone()).collect();
    plan_again(tx, ctx, |instrument| conditional.iter().any(|id| id == instrument)).await
}

/// A licence as typed.
#[derive(Debug, Clone, Default)]
pub struct LicenceForm {
    /// In whose name it was given.
    pub holder: String,
    /// Its number or reference.
    pub number: String,
    /// What it allows.
    pub terms: String,
    /// How many clinicians may use it; empty where it does not count them.
    pub seats: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day, where it ends.
    pub ends_on: Option<NaiveDate>,
}

/// Records a licence. It takes the place of an earlier one; that stays on record.
pub async fn record_licence(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    instrument: &str,
    form: &LicenceForm,
) -> Result<Licence> {
    require(by, Action::Administer)?;
    let known = ctx.library.current(instrument).ok_or(Error::NotFound)?;
    let mut check = Form::default();
    check.expect("number", "wrong-choose", || terms(known) != Terms::Open);
    let holder = check.line("holder", &form.holder, 120);
    let number = check.line("number", &form.number, 80);
    let said = check.line("terms", &form.terms, 400);
    let seats = match form.seats.trim() {
        "" => None,
        text => {
            let seats = text.parse::<u32>().ok().filter(|seats| (1..=10_000).contains(seats));
            check.expect("seats", "wrong-number", || seats.is_some());
            seats
        }
    };
    check.expect("starts_on", "wrong-date", || form.starts_on.is_some());
    check.expect("ends_on", "wrong-order", || {
        form.starts_on.zip(form.ends_on).is_none_or(|(first, last)| first <= last)
    });
    let holders = seats_of(tx, instrument).await?;
    check.expect("seats", "wrong-order", || seats.is_none_or(|seats| holders.len() <= seats as usize));
    check.finish()?;
    let licence = Licence {
        id: ctx.id(LicenceId::new),
        instrument: instrument.to_owned(),
        holder,
        number,
        terms: said,
        seats,
        starts_on: form.starts_on.ok_or(Error::NotFound)?,
        ends_on: form.ends_on,
        recorded_by: by.staff_id.clone(),
        recorded_at: ctx.now(),
    };
    store::library::record_licence(tx, &licence).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "library.record_licence", "instrument", instrument);
    tx.audit(entry.with("licence", licence.id.as_str()));
    plan_again(tx, ctx, |id| id == instrument).await?;
    Ok(licence)
}

async fn seats_of(tx: &mut Tx, instrument: &str) -> Result<Vec<StaffId>> {
    let seats = store::library::seats(tx).await?;
    Ok(seats.into_iter().filter(|seat| seat.instrument == instrument).map(|seat| seat.staff_id).collect())
}

/// Gives the seats of a licence to these clinicians and no others.
pub async fn give_seats(tx: &mut Tx, ctx: &Context, by: &Viewer, instrument: &str, holders: &[StaffId]) -> Result<()> {
    require(by, Action::Administer)?;
    let licences = store::library::licences(tx).await?;
    let licence = licences.iter().find(|licence| licence.instrument == instrument).ok_or(Error::NotFound)?;
    let clinicians = store::staff::list(tx).await?;
    let unique: BTreeSet<&StaffId> = holders.iter().collect();
    let mut check = Form::default();
    check.expect("seat", "wrong-order", || licence.seats.is_none_or(|seats| unique.len() <= seats as usize));
    check.expect("seat", "wrong-choose", || {
        unique.iter().all(|id| {
            clinicians.iter().any(|one| one.id == **id && one.state == StaffState::Active && one.is(Role::Clinician))
        })
    });
    check.finish()?;
    let holders: Vec<StaffId> = unique.into_iter().cloned().collect();
    store::library::seat(tx, instrument, &holders).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "library.give_seats", "instrument", instrument);
    tx.audit(entry.listing("staff", holders.iter().map(StaffId::as_str)));
    plan_again(tx, ctx, |id| id == instrument).await
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// It is in use under this version.
    Published(String),
    /// It is kept as a draft of this version, and cannot be used as it is: what is wrong, and where.
    Draft(String, Vec<String>),
    /// It cannot be kept: what is wrong, and where.
    Refused(Vec<String>),
}

/// Supplies the wording of an instrument that ships as structure, in one language; other languages that were supplied
/// before stay with it. A further wording is a further version: what was asked before is shown as it was.
pub async fn supply_wording(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    instrument: &str,
    language: Language,
    file: &str,
) -> Result<Filed> {
    require(by, Action::Administer)?;
    let structure = ctx.library.current(instrument).ok_or(Error::NotFound)?;
    if terms(structure) != Terms::Licensed {
        return Err(Error::invalid("instrument", "wrong-choose"));
    }
    let additions = store::library::additions(tx).await?;
    let prefix = format!("{}.", structure.version);
    let earlier: Vec<&Addition> = additions
        .iter()
        .filter(|one| {
            one.instrument == instrument && one.kind == AdditionKind::Wording && one.version.starts_with(&prefix)
        })
        .collect();
    let number = |one: &&Addition| one.version[prefix.len()..].parse::<u32>().unwrap_or(0);
    let latest = earlier.iter().copied().max_by_key(number);
    let mut wordings: BTreeMap<Language, String> =
        latest.and_then(|latest| serde_json::from_str(&latest.document).ok()).unwrap_or_default();
    wordings.insert(language, file.to_owned());
    let version = format!("{prefix}{}", latest.as_ref().map_or(0, number) + 1);
    let document = serde_json::to_string(&wordings).map_err(|_| Error::NotFound)?;
    let addition = addition(ctx, by, instrument, &version, AdditionKind::Wording, document);
    let read = match worded(structure, &addition) {
        Ok(read) => read,
        Err(problems) => return Ok(Filed::Refused(problems)),
    };
    store::library::save_draft(tx, &addition).await?;
    publish_read(tx, ctx, by, &read).await?;
    Ok(Filed::Published(version))
}

fn addition(
    ctx: &Context,
    by: &Viewer,
    instrument: &str,
    version: &str,
    kind: AdditionKind,
    document: String,
) -> Addition {
    Addition {
        instrument: instrument.to_owned(),
        version: version.to_owned(),
        kind,
        document,
        state: AdditionState::Draft,
        content_hash: None,
        saved_by: by.staff_id.clone(),
        saved_at: ctx.now(),
        published_at: None,
    }
}

async fn publish_read(tx: &mut Tx, ctx: &Context, by: &Viewer, read: &Instrument) -> Result<()> {
    if !store::library::publish(tx, &read.id, &read.version, &read.content_hash, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &staff::actor(by), "library.publish", "instrument", &read.id);
    tx.audit(entry.with("version", read.version.as_str()));
    plan_again(tx, ctx, |id| id == read.id).await
}

/// Largest file of an instrument, in bytes.
const LARGEST: usize = 200 * 1024;

/// What must be true of a file of the practice's own before it is used: it can be read, none of its test cases fails,
/// and there is at least one.
pub fn problems_of_own(shipped: &Library, id: &str, version: &str, document: &str) -> Vec<String> {
    match read_own(shipped, id, version, document) {
        Err(problems) => problems,
        Ok(instrument) => {
            let mut found: Vec<String> = instruments::examples_failing(&instrument)
                .iter()
                .map(|one| format!("{}: {}", one.place, one.reason))
                .collect();
            if instrument.examples.is_empty() {
                found.push("example: give at least one test case with the score it must give".to_owned());
            }
            found
        }
    }
}

fn read_own(shipped: &Library, id: &str, version: &str, document: &str) -> Result<Instrument, Vec<String>> {
    if document.len() > LARGEST {
        return Err(vec![format!("the file is larger than {} KB", LARGEST / 1024)]);
    }
    if shipped.current(id).is_some() {
        return Err(vec![format!("id: {id} is the name of an instrument that ships; choose another")]);
    }
    let path = format!("{id}/{version}.toml");
    let library = Library::parse([(path, document)])
        .map_err(|error| error.problems.iter().map(|one| format!("{}: {}", one.key, one.reason)).collect::<Vec<_>>())?;
    let instrument = library.get(id, version).cloned().ok_or_else(|| vec!["id: not found in the file".to_owned()])?;
    if instrument.has_wording() { Ok(instrument) } else { Err(vec!["languages: the wording is missing".to_owned()]) }
}

/// Keeps a file of the practice's own as the draft of its next version.
pub async fn save_draft(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &str, document: &str) -> Result<Filed> {
    require(by, Action::Administer)?;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || id.len() > 60 || !id.chars().all(is_plain) || ctx.library.current(id).is_some() {
        return Err(Error::invalid("instrument_id", "wrong-taken"));
    }
    if document.len() > LARGEST {
        return Err(Error::invalid("file", "wrong-too-long"));
    }
    let version = next_version(tx, id).await?;
    let document = with_version(document, &version);
    let addition = addition(ctx, by, id, &version, AdditionKind::Custom, document);
    if !store::library::save_draft(tx, &addition).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &staff::actor(by), "library.save_draft", "instrument", id);
    tx.audit(entry.with("version", version.as_str()));
    let problems = problems_of_own(&ctx.library, id, &version, &addition.document);
    Ok(Filed::Draft(version, problems))
}

/// The version a draft has or a new one gets.
pub async fn next_version(tx: &mut Tx, id: &str) -> Result<String> {
    let additions = store::library::additions(tx).await?;
    let published = additions.iter().filter(|one| one.instrument == id && one.state != AdditionState::Draft);
    let highest = published.filter_map(|one| one.version.parse::<u32>().ok()).max().unwrap_or(0);
    Ok((highest + 1).to_string())
}

/// The file with its version line set: a copied file carries the number of the one it was copied from.
fn with_version(document: &str, version: &str) -> String {
    let is_line = |line: &str| line.split_once('=').is_some_and(|(key, _)| key.trim() == "version");
    let mut done = false;
    let mut lines: Vec<String> = document
        .lines()
        .map(|line| {
            if !done && is_line(line) {
                done = true;
                format!("version = \"{version}\"")
            } else {
                line.to_owned()
            }
        })
        .collect();
    lines.push(String::new());
    lines.join("\n")
}

/// Publishes the draft of an instrument of the practice's own. A draft with a failing test case stays a draft.
pub async fn publish_draft(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &str) -> Result<Filed> {
    require(by, Action::Administer)?;
    let additions = store::library::additions(tx).await?;
    let draft = additions
        .into_iter()
        .find(|one| one.instrument == id && one.kind == AdditionKind::Custom && one.state == AdditionState::Draft)
        .ok_or(Error::NotFound)?;
    let problems = problems_of_own(&ctx.library, id, &draft.version, &draft.document);
    if !problems.is_empty() {
        return Ok(Filed::Draft(draft.version, problems));
    }
    let read = read_own(&ctx.library, id, &draft.version, &draft.document).map_err(|_| Error::NotFound)?;
    publish_read(tx, ctx, by, &read).await?;
    Ok(Filed::Published(draft.version))
}

/// Throws the draft of an instrument away.
pub async fn drop_draft(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &str) -> Result<()> {
    require(by, Action::Administer)?;
    let version = next_version(tx, id).await?;
    if !store::library::drop_draft(tx, id, &version).await? {
        return Err(Error::NotFound);
    }
    audit::write(tx, ctx, &staff::actor(by), "library.drop_draft", "instrument", id);
    Ok(())
}

/// Takes the newest version of the practice's own out of new check-ins. Old answers are shown and scored with it.
pub async fn retire(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &str, version: &str) -> Result<()> {
    require(by, Action::Administer)?;
    if !store::library::set_state(tx, id, version, AdditionState::Published, AdditionState::Retired).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &staff::actor(by), "library.retire", "instrument", id);
    tx.audit(entry.with("version", version));
    plan_again(tx, ctx, |instrument| instrument == id).await
}

/// Has the check-ins of every open episode planned anew whose protocol asks one of these.
async fn plan_again(tx: &mut Tx, ctx: &Context, concerned: impl Fn(&str) -> bool) -> Result<()> {
    let practice = tx.practice().clone();
    ctx.forget_shelf(&practice);
    for protocol in store::protocol::list(tx).await? {
        if protocol.lines.iter().any(|line| concerned(&line.instrument)) {
            let episodes = store::protocol::open_episodes(tx, &protocol.id).await?;
            crate::planning::again(tx, ctx, episodes).await?;
        }
    }
    Ok(())
}
