//! Sessions that took place and sessions that did not, courses that ended early, and how long clients stay.
//!
//! What is counted as what is chosen by whoever reads it, from the definitions here. Counting is the store's, who may see which
//! figure `outcome::least`'s and the page's.

mod ended;
mod sessions;
mod target;

pub use ended::{Ended, EndingRule, Endings, FEWEST, LONG};
pub use sessions::{NoShowRule, Sessions};
pub use stats::retention::{Reached, Stayed, table as retention};
pub use target::{Rate, Standing, Target};

use crate::calendar::Step;
use crate::text::text_enum;

text_enum! {
    /// What figures are compared by.
    By {
        /// Site.
        Site = "site",
        /// Programme.
        Programme = "programme",
        /// Who pays.
        Payer = "payer",
        /// Quarter of the year.
        Quarter = "quarter",
        /// Calendar month.
        Month = "month",
    }
}

impl By {
    /// The step of the calendar that figures are compared by; none for what sessions and courses belong to.
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::Quarter => Some(Step::Quarter),
            Self::Month => Some(Step::Month),
            Self::Site | Self::Programme | Self::Payer => None,
        }
    }
}
