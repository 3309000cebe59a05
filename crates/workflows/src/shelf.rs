//! The instruments of one practice: those that ship, those it added, and whether each may be asked. Held in memory for a
//! few seconds, because every answer needs it and it changes a few times a year.

use crate::{Context, Result};
use care::detection::Detection;
use care::library::{
    Addition, AdditionKind, AdditionState, Declaration, Licence, Seat, Standing, Terms, Wording, covers, standing,
};
use care::packet::Asked;
use care::rater::may_answer;
use care::{Instant, Language, PracticeId, StaffId};
use chrono::{Duration, NaiveDate};
use instruments::{Instrument, LanguageStatus, Library, LicenceStatus, Purpose, Rater};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use store::Read;
use store::wording::Confirmation;

/// How long a shelf may be out of date.
const FRESH: Duration = Duration::seconds(5);

/// The instruments of one practice.
#[derive(Debug)]
pub struct Shelf {
    /// Every instrument in every version that this practice ever asked or may ask.
    pub library: Arc<Library>,
    /// The declared use.
    pub declaration: Option<Declaration>,
    /// Licences, the latest of an instrument first.
    pub licences: Vec<Licence>,
    /// Who holds the seats.
    pub seats: Vec<Seat>,
    /// Wordings that a person has compared with the published form.
    confirmed: Vec<Confirmation>,
    /// The rules and growth models that scores are judged by.
    pub detection: Detection,
    /// Versions of the practice's own that are not asked any more.
    retired: Vec<Asked>,
    revision: i64,
}

/// The shelves in memory.
#[derive(Debug, Default)]
pub struct Shelves(Mutex<HashMap<PracticeId, (Instant, Arc<Shelf>)>>);

impl Shelves {
    fn held(&self, practice: &PracticeId) -> Option<(Instant, Arc<Shelf>)> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(practice).cloned()
    }

    fn keep(&self, practice: &PracticeId, at: Instant, one: Arc<Shelf>) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(practice.clone(), (at, one));
    }
}

impl Context {
    /// The practice's instruments where they are in memory and no more than a few seconds old: no statement is needed.
    pub fn shelf_at_hand(&self, practice: &PracticeId) -> Option<Arc<Shelf>> {
        let (at, held) = self.shelves.held(practice)?;
        ((self.now() - at).abs() < FRESH).then_some(held)
    }

    /// The practice's instruments, at most a few seconds old.
    pub async fn shelf(&self, read: &mut Read) -> Result<Arc<Shelf>> {
        match self.shelf_at_hand(read.practice()) {
            Some(held) => Ok(held),
            None => self.fresh_shelf(read).await,
        }
    }

    /// Something was changed and committed: the next look sees it.
    pub fn forget_shelf(&self, practice: &PracticeId) {
        self.shelves.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(practice);
    }

    async fn fresh_shelf(&self, read: &mut Read) -> Result<Arc<Shelf>> {
        let practice = read.practice().clone();
        let revision = store::library::revision(read).await?;
        let held = match self.shelves.held(&practice) {
            Some((_, held)) if held.revision == revision => held,
            _ => Arc::new(Shelf::load(read, &self.library, revision).await?),
        };
        self.shelves.keep(&practice, self.now(), held.clone());
        Ok(held)
    }

    /// The practice's instruments, with these versions among them where the practice has them at all: another node may
    /// have published one a moment ago.
    pub async fn shelf_with(&self, read: &mut Read, asked: &[Asked]) -> Result<Arc<Shelf>> {
        let held = self.shelf(read).await?;
        if held.knows(asked) { Ok(held) } else { self.fresh_shelf(read).await }
    }
}

impl Shelf {
    async fn load(read: &mut Read, shipped: &Arc<Library>, revision: i64) -> Result<Self> {
        let additions = store::library::additions(read).await?;
        let published = additions.iter().filter(|one| one.state != AdditionState::Draft);
        let added: Vec<Instrument> = published.clone().filter_map(|one| read_addition(shipped, one)).collect();
        let retired = published
            .filter(|one| one.state == AdditionState::Retired)
            .map(|one| Asked { id: one.instrument.clone(), version: one.version.clone() })
            .collect();
        let library = if added.is_empty() { shipped.clone() } else { Arc::new(shipped.with(added)) };
        Ok(Self {
            library,
            declaration: store::library::declaration(read).await?,
            licences: store::library::licences(read).await?,
            seats: store::library::seats(read).await?,
            confirmed: store::wording::list(read).await?,
            detection: detection(read).await?,
            retired,
            revision,
        })
    }

    /// Whether every version is here.
    pub fn knows(&self, asked: &[Asked]) -> bool {
        asked.iter().all(|one| self.library.get(&one.id, &one.version).is_some())
    }

    /// The licence in force for an instrument.
    pub fn licence(&self, instrument: &str) -> Option<&Licence> {
        self.licences.iter().find(|licence| licence.instrument == instrument)
    }

    /// Whether clients may read an instrument in a language: its wording there is official, or a person has confirmed it.
    pub fn may_show(&self, instrument: &Instrument, language: Language) -> bool {
        match instrument.language_status(language) {
            Some(LanguageStatus::Official) => true,
            Some(LanguageStatus::NeedsConfirmation) => self.confirmation(instrument, language).is_some(),
            None => false,
        }
    }

    /// Who has compared an instrument's wording in a language with the published form.
    pub fn confirmation(&self, instrument: &Instrument, language: Language) -> Option<&Confirmation> {
        self.confirmed.iter().find(|one| {
            one.instrument == instrument.id && one.version == instrument.version && one.language == language
        })
    }

    /// Whether an instrument may be used today, and what stands in the way.
    pub fn standing(&self, instrument: &Instrument, today: NaiveDate) -> Standing {
        let wording = match instrument.has_wording() {
            false => Wording::Absent,
            true if Language::ALL.iter().any(|language| self.may_show(instrument, *language)) => Wording::Present,
            true => Wording::Unconfirmed,
        };
        let declared = self.declaration.as_ref().map(|declaration| declaration.purpose);
        standing(terms(instrument), wording, declared, self.licence(&instrument.id), today)
    }

    /// The version of an instrument to ask a clinician's clients today; none while it may not be used, or where it is not
    /// for clients to answer.
    pub fn to_ask(&self, id: &str, clinician: Option<&StaffId>, today: NaiveDate) -> Option<&Instrument> {
        let instrument = self.current(id).filter(|one| may_answer(one, Rater::Client))?;
        self.is_usable(id, clinician, today).then_some(instrument)
    }

    /// Whether clients may be asked an instrument today; whether a seat is needed and held is another matter.
    pub fn is_for_clients(&self, instrument: &Instrument, today: NaiveDate) -> bool {
        may_answer(instrument, Rater::Client) && self.standing(instrument, today).is_usable()
    }

    /// Whether an instrument may be used with a clinician's clients today, whoever answers it.
    pub fn is_usable(&self, id: &str, clinician: Option<&StaffId>, today: NaiveDate) -> bool {
        let Some(instrument) = self.current(id) else { return false };
        let licence = self.licence(id).filter(|_| terms(instrument) != Terms::Open);
        self.standing(instrument, today).is_usable() && covers(licence, &self.seats, id, clinician)
    }

    /// The newest version of an instrument that is not retired.
    pub fn current(&self, id: &str) -> Option<&Instrument> {
        let is_retired =
            |one: &&Instrument| self.retired.iter().any(|old| old.id == one.id && old.version == one.version);
        self.library.versions(id).rfind(|one| !is_retired(one))
    }

    /// The newest version of each instrument, by id, retired ones left out.
    pub fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        self.library.ids().filter_map(|id| self.current(id))
    }
}

/// What scores are judged by: the rules in force and the models in force.
pub async fn detection(read: &mut Read) -> Result<Detection> {
    let rules = store::detection::in_force(read).await?;
    let models = store::detection::models(read).await?;
    Ok(Detection::new(&rules, models.into_iter().map(|one| one.model).collect()))
}

/// What an instrument's rights ask of a practice.
pub fn terms(instrument: &Instrument) -> Terms {
    match instrument.licence.status {
        LicenceStatus::Free | LicenceStatus::Own => Terms::Open,
        LicenceStatus::Conditional if instrument.licence.allows(Purpose::Commercial) => Terms::Open,
        LicenceStatus::Conditional => Terms::NonCommercial,
        LicenceStatus::Unclear | LicenceStatus::Licensed | LicenceStatus::Proprietary => Terms::Licensed,
    }
}

/// An addition as an instrument. One that this release cannot read is left out and said so: nothing is asked with it.
fn read_addition(shipped: &Library, addition: &Addition) -> Option<Instrument> {
    let read = match addition.kind {
        AdditionKind::Custom => {
            let path = format!("{}/{}.toml", addition.instrument, addition.version);
            let library = Library::parse([(path, addition.document.as_str())]).ok();
            library.and_then(|library| library.get(&addition.instrument, &addition.version).cloned())
        }
        AdditionKind::Wording => {
            let structure = addition.version.split_once('.').map_or(addition.version.as_str(), |(version, _)| version);
            let structure = shipped.get(&addition.instrument, structure);
            structure.and_then(|structure| worded(structure, addition).ok())
        }
    };
    if read.is_none() {
        let (instrument, version) = (&addition.instrument, &addition.version);
        tracing::error!(%instrument, %version, "an instrument of the practice's own cannot be read");
    }
    read
}

/// The structure with the wording of an addition, or what is wrong with that wording.
pub(crate) fn worded(structure: &Instrument, addition: &Addition) -> Result<Instrument, Vec<String>> {
    let wordings: BTreeMap<Language, String> =
        serde_json::from_str(&addition.document).map_err(|error| vec![error.to_string()])?;
    let files: Vec<(Language, &str)> = wordings.iter().map(|(language, file)| (*language, file.as_str())).collect();
    structure
        .worded(&addition.version, &files)
        .map_err(|problems| problems.iter().map(|one| format!("{}: {}", one.key, one.reason)).collect())
}
