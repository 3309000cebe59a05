//! Clients and appointments from the practice's other systems, found again by their ids there.
//!
//! Reading a file is `exchange`'s; here a row becomes a record. The caller gives at most [`BATCH`] rows to one transaction
//! and commits; a dry run does not commit. Bringing the same rows again changes nothing. A row that cannot be used is
//! rejected with its reasons and the others go on.

mod appointments;
mod clients;
mod going_on;
mod reading;
mod record;
mod runs;

pub use appointments::appointments;
pub use clients::{KnownPeople, clients};
pub use going_on::go_on;
pub use reading::{Done, House, Reading, Rows};
pub use runs::{Choices, begin, begin_undo, choose, file, leave_to_job, upload};

use crate::Problem;
use care::import::StaffRef;
use care::practice::Site;
use care::staff::{Actor, Staff};
use care::{AppointmentId, ClientId, ImportRunId, SiteId};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The most rows for one transaction: others wait behind it.
pub const BATCH: usize = 200;

/// Who imports, and where rows belong that say no site.
#[derive(Debug, Clone)]
pub struct Run {
    /// Who.
    pub by: Actor,
    /// The site of rows without one; where the practice has only one site, that one.
    pub default_site: Option<SiteId>,
    /// The run in which each change is noted, where a person may want to take it back.
    pub record: Option<ImportRunId>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome<T> {
    /// It was not known.
    Created(T),
    /// It was known by its external id: brought up to date, or the same as it was.
    Merged(T),
    /// It cannot be used. Fields are those of the row.
    Rejected(Vec<Problem>),
}

/// How many rows became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Not known before.
    pub created: usize,
    /// Known by their external id.
    pub merged: usize,
    /// Not usable.
    pub rejected: usize,
}

impl Counts {
    /// Adds a batch.
    pub fn add<T>(&mut self, outcomes: &[RowOutcome<T>]) {
        for outcome in outcomes {
            match outcome {
                RowOutcome::Created(_) => self.created += 1,
                RowOutcome::Merged(_) => self.merged += 1,
                RowOutcome::Rejected(_) => self.rejected += 1,
            }
        }
    }
}

/// A client or an appointment, by row.
pub type ClientOutcome = RowOutcome<ClientId>;
/// See [`ClientOutcome`].
pub type AppointmentOutcome = RowOutcome<AppointmentId>;

/// The one person of the staff that a row means; `None` when nobody is, or more than one.
fn meant<'a>(named: &StaffRef, staff: &'a [Staff]) -> Option<&'a Staff> {
    let is_meant = |person: &&Staff| match named {
        StaffRef::Email(email) => person.email.text().trim().eq_ignore_ascii_case(email.trim()),
        StaffRef::Name(name) => folded(person.name.text()) == folded(name),
    };
    let mut found = staff.iter().filter(is_meant);
    found.next().filter(|_| found.next().is_none())
}

/// The site a row means by name, or the run's default.
fn site_of<'a>(sites: &'a [Site], run: &Run, named: Option<&str>) -> Result<&'a Site, Problem> {
    let problem = |key| Problem { field: "site".to_owned(), key };
    match (named, &run.default_site) {
        (Some(name), _) => {
            sites.iter().find(|site| folded(&site.name) == folded(name)).ok_or_else(|| problem("import-site-unknown"))
        }
        (None, Some(default)) => {
            sites.iter().find(|site| &site.id == default).ok_or_else(|| problem("import-site-unknown"))
        }
        (None, None) if sites.len() == 1 => Ok(&sites[0]),
        (None, None) => Err(problem("import-site-missing")),
    }
}

/// A name without case, accents and needless blanks.
pub(crate) fn folded(name: &str) -> String {
    let plain: String = name.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
