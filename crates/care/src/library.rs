//! What a practice may use of the instrument library, and for whom: the use it has declared, the licences it has
//! recorded and the clinicians their seats were given to. Which instrument asks for what is the instrument file's to
//! say; the rows are `store`'s.

use crate::text::text_enum;
use crate::{Instant, LicenceId, StaffId};
use chrono::{Days, NaiveDate};

/// An administrator is warned this many days before a licence ends.
pub const WARNING_DAYS: u64 = 30;

text_enum! {
    /// What the practice uses instruments for, as it has declared it itself.
    DeclaredUse {
        /// A public, charitable or training setting that sells nothing with them.
        NonCommercial = "non_commercial",
        /// Anything else, paid treatment included.
        Commercial = "commercial",
    }
}

/// The practice's declaration. A new one replaces the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// For what.
    pub purpose: DeclaredUse,
    /// Who declared it.
    pub declared_by: StaffId,
    /// When.
    pub declared_at: Instant,
}

/// A licence that the practice holds for an instrument, as an administrator recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// Id.
    pub id: LicenceId,
    /// The instrument.
    pub instrument: String,
    /// In whose name it was given.
    pub holder: String,
    /// Its number or reference.
    pub number: String,
    /// What it allows, in words.
    pub terms: String,
    /// How many clinicians may use it; none where it does not count them.
    pub seats: Option<u32>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day; none where it does not end.
    pub ends_on: Option<NaiveDate>,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// When. The latest one counts.
    pub recorded_at: Instant,
}

/// A clinician who may use a licensed instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The instrument.
    pub instrument: String,
    /// Who.
    pub staff_id: StaffId,
}

text_enum! {
    /// What a practice adds to the library.
    AdditionKind {
        /// An instrument of its own.
        Custom = "custom",
        /// The wording, come with a licence, of an instrument that ships as structure.
        Wording = "wording",
    }
}

text_enum! {
    /// Where an addition stands.
    AdditionState {
        /// Being written.
        Draft = "draft",
        /// In use. It never changes any more.
        Published = "published",
        /// Kept for old answers, not asked any more.
        Retired = "retired",
    }
}

/// A file that a practice added to the library, in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// Instrument id.
    pub instrument: String,
    /// Version.
    pub version: String,
    /// What it is.
    pub kind: AdditionKind,
    /// The file, in the format of the instruments folder.
    pub document: String,
    /// Where it stands.
    pub state: AdditionState,
    /// Hash of wording, order and scoring, once published.
    pub content_hash: Option<String>,
    /// Who saved it last.
    pub saved_by: StaffId,
    /// When.
    pub saved_at: Instant,
    /// When it was published.
    pub published_at: Option<Instant>,
}

/// What an instrument's rights ask of a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// Nothing.
    Open,
    /// Use that is not commercial, or a licence.
    NonCommercial,
    /// A licence.
    Licensed,
}

/// Whether there is anything to show to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// It ships, or the practice has supplied it.
    Present,
    /// It is here, in no language that a person has compared with the published form yet.
    Unconfirmed,
    /// Only the structure is there.
    Absent,
}

/// Whether an instrument may be used today, and what stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Usable,
    /// It may until this day, which is near.
    Expiring(NaiveDate),
    /// Nobody has declared what it would be used for.
    Undeclared,
    /// The declared use is commercial, and no licence is recorded.
    CommercialUse,
    /// No licence is recorded.
    Unlicensed,
    /// The licence begins on this day.
    NotBegun(NaiveDate),
    /// The licence ended on this day.
    Ended(NaiveDate),
    /// The rights are there; the wording that comes with them has not been supplied.
    NoWording,
    /// The rights and the wording are there; a person has to compare it with the published form first.
    Unconfirmed,
}

impl Standing {
    /// Whether clients may be asked.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Usable | Self::Expiring(_))
    }
}

/// Whether an instrument on these terms may be used today. `licence` is the one recorded last.
pub fn standing(
    terms: Terms,
    wording: Wording,
    declared: Option<DeclaredUse>,
    licence: Option<&Licence>,
    today: NaiveDate,
) -> Standing {
    let rights = match (terms, declared, licence) {
        (Terms::Open, ..) | (Terms::NonCommercial, Some(DeclaredUse::NonCommercial), None) => Standing::Usable,
        (_, _, Some(licence)) => of_licence(licence, today),
        (Terms::NonCommercial, None, None) => Standing::Undeclared,
        (Terms::NonCommercial, Some(DeclaredUse::Commercial), None) => Standing::CommercialUse,
        (Terms::Licensed, _, None) => Standing::Unlicensed,
    };
    // A licence that has ended does not close what the declared use leaves open.
    let rights = match (terms, declared) {
        (Terms::NonCommercial, Some(DeclaredUse::NonCommercial)) => Standing::Usable,
        _ => rights,
    };
    match wording {
        Wording::Absent if rights.is_usable() => Standing::NoWording,
        Wording::Unconfirmed if rights.is_usable() => Standing::Unconfirmed,
        _ => rights,
    }
}

fn of_licence(licence: &Licence, today: NaiveDate) -> Standing {
    if today < licence.starts_on {
        return Standing::NotBegun(licence.starts_on);
    }
    match licence.ends_on {
        Some(last) if last < today => Standing::Ended(last),
        Some(last) if last <= today + Days::new(WARNING_DAYS) => Standing::Expiring(last),
        _ => Standing::Usable,
    }
}

/// Whether a clinician's clients may be asked under a licence. A licence that counts its seats covers those who were
/// given one; a client without a clinician is covered by none.
pub fn covers(licence: Option<&Licence>, seats: &[Seat], instrument: &str, clinician: Option<&StaffId>) -> bool {
    let Some(Licence { seats: Some(_), .. }) = licence else { return true };
    clinician.is_some_and(|who| seats.iter().any(|seat| seat.instrument == instrument && seat.staff_id == *who))
}
