//! Where a course of therapy belongs in the practice: its programme, and who pays for it.

use crate::PlacementId;
use crate::text::text_enum;

text_enum! {
    /// What an entry is.
    EntryKind {
        /// A programme: adults, adolescents, intensive outpatient.
        Programme = "programme",
        /// Who pays: an insurer, a contract, the client.
        Payer = "payer",
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

/// A programme or a payer.
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
}
