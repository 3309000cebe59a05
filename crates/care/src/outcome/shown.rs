//! How small a group may be for its figures to be shown, and to whom.

use super::Dimension;
use crate::text::text_enum;

/// A clinician's courses say nothing about the clinician below this many that are closed.
pub const MIN_CLOSED: u64 = 5;

/// A mean of fewer courses with both scores is not shown. Source: the published tables of NHS Talking Therapies, which leave means
/// of fewer than five empty.
pub const MIN_MEAN: u64 = 5;

text_enum! {
    /// Who reads the figures.
    Audience {
        /// Staff, on a page that asks who they are.
        Staff = "staff",
        /// Whoever the file is passed on to.
        Outside = "outside",
    }
}

/// The least number of courses a group must have: 5 on staff pages, 11 for a demographic group and in anything that leaves
/// the house. Source: the cell size suppression policies of NHS England (5) and of the US Centers for Medicare & Medicaid
/// Services (11).
pub const fn least(dimension: Option<Dimension>, audience: Audience) -> u64 {
    match (audience, dimension) {
        (Audience::Outside, _) | (Audience::Staff, Some(Dimension::Language)) => 11,
        (Audience::Staff, _) => 5,
    }
}
