//! Where a course of therapy belongs in the practice: its programme, who pays for it, its form, and what it is about.

use crate::PlacementId;
use crate::text::text_enum;

text_enum! {
    /// What an entry is.
    EntryKind {
        /// A programme: adults, adolescents, intensive outpatient.
        Programme = "programme",
        /// Who pays: an insurer, a contract, the client.
        Payer = "payer",
        /// The form of therapy: individual, couples, group.
        Modality = "modality",
        /// What the therapy is about, in the practice's own words.
        Problem = "problem",
    }
}

text_enum! {
    /// Whether an entry may be chosen.
    EntryState {
        /// It may.
        Active = "active",
        /// Not any more; episodes that have it keep it.
        Retired = "retired",
    }
}

/// An entry of one of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Id.
    pub id: PlacementId,
    /// What it is.
    pub kind: EntryKind,
    /// Its name, unique among those of its kind.
    pub name: String,
    /// Whether it may be chosen.
    pub state: EntryState,
}

/// Where an episode belongs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placement {
    /// Its programme.
    pub programme_id: Option<PlacementId>,
    /// Who pays.
    pub payer_id: Option<PlacementId>,
    /// The form of therapy.
    pub modality_id: Option<PlacementId>,
    /// What it is about.
    pub problem_id: Option<PlacementId>,
}
