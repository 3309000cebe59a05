//! A filter of a dashboard that a person keeps for themselves under a name.

use crate::text::text_enum;
use crate::{Phi, SavedViewId, StaffId};

/// As many are kept by one person; more would be a list that nobody reads.
pub const AT_MOST: i64 = 30;
/// The longest name.
pub const LONGEST_NAME: usize = 60;
/// The longest filter.
pub const LONGEST_QUERY: usize = 1000;

text_enum! {
    /// A page with filters in its address.
    Dashboard {
        /// How closed courses ended.
        Outcomes = "outcomes",
        /// Attendance and retention.
        Attendance = "attendance",
        /// How soon alerts are acted on.
        ClosedLoop = "closed_loop",
        /// Where check-ins, alerts and tasks got lost.
        Leaks = "leaks",
        /// How far check-ins came.
        Delivery = "delivery",
    }
}

impl Dashboard {
    /// Its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Outcomes => "/outcomes",
            Self::Attendance => "/attendance",
            Self::ClosedLoop => "/closed-loop",
            Self::Leaks => "/leaks",
            Self::Delivery => "/admin/delivery",
        }
    }
}

/// Whether a text can be what follows the question mark of a dashboard's address: fields and ids, nothing that leads elsewhere or
/// says something.
///
/// ```
/// use care::saved_view::is_query;
/// assert!(is_query("view=team&period=12-months&site=0192a3"));
/// assert!(!is_query("view=team\r\nx") && !is_query("q=Ana Ruiz"));
/// ```
pub fn is_query(text: &str) -> bool {
    text.len() <= LONGEST_QUERY && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%&=+/".contains(&byte))
}

/// A kept filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Id.
    pub id: SavedViewId,
    /// Whose. Nobody else sees it.
    pub staff_id: StaffId,
    /// Of which page.
    pub page: Dashboard,
    /// What follows the question mark.
    pub query: String,
    /// What the person calls it.
    pub name: Phi<String>,
}

impl SavedView {
    /// Where it leads.
    pub fn href(&self) -> String {
        if self.query.is_empty() { self.page.path().to_owned() } else { format!("{}?{}", self.page.path(), self.query) }
    }
}
