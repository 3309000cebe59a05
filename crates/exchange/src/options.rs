//! What a file does not say about itself.

use care::Instant;
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// How dates with slashes or dots are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Not known: `03/25/1990` and `25/03/1990` are clear, `03/04/1990` is refused.
    #[default]
    Unknown,
    /// As in the United States.
    MonthFirst,
    /// As nearly everywhere else.
    DayFirst,
}

/// What the caller knows about the practice that the file comes from.
#[derive(Debug, Clone)]
pub struct Options {
    /// The country of phone numbers that have no country code, as two letters (ISO 3166).
    pub(crate) region: phonenumber::country::Id,
    /// The current instant: a birth date must lie before it, and an appointment that "shows" has been attended before it.
    pub now: Instant,
    /// How dates with slashes or dots are to be read.
    pub date_order: DateOrder,
    /// The wording that a bare "yes" in a consent column agreed to, when the practice used one for everybody.
    pub consent_wording: Option<String>,
    /// The zone of appointments without a site.
    pub default_zone: Option<Tz>,
    /// The zones of sites, by the names and external ids that a file may call them; compared without case.
    pub(crate) site_zones: BTreeMap<String, Tz>,
    /// What a person said that columns of this file mean, by our column's name: the file's header, or nothing for "leave
    /// it out". It wins over what the headers say by themselves.
    pub(crate) meant: BTreeMap<String, Option<String>>,
    /// The largest file read, in bytes.
    pub max_bytes: usize,
}

/// Not a country that the phone number library knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a country code; use two letters such as US or CA")]
pub struct UnknownRegion(pub String);

impl Options {
    /// The largest file read unless told otherwise: 5 MB.
    pub const MAX_BYTES: usize = 5 << 20;

    /// Options for a country, with nothing else known.
    pub fn new(region: &str, now: Instant) -> Result<Self, UnknownRegion> {
        let region = region.trim().to_ascii_uppercase().parse().map_err(|_| UnknownRegion(region.to_owned()))?;
        Ok(Self {
            region,
            now,
            date_order: DateOrder::default(),
            consent_wording: None,
            default_zone: None,
            site_zones: BTreeMap::new(),
            meant: BTreeMap::new(),
            max_bytes: Self::MAX_BYTES,
        })
    }

    /// Says which column of the file holds one of ours, by its header; `None` leaves ours out.
    #[must_use]
    pub fn with_column(mut self, name: &str, header: Option<&str>) -> Self {
        self.meant.insert(name.to_owned(), header.map(str::to_owned));
        self
    }

    /// Adds a site's zone under one of the names and external ids that a file may call it; call it once for each. Without
    /// distinction of capital and small letters.
    #[must_use]
    pub fn with_site(mut self, name: &str, zone: Tz) -> Self {
        self.site_zones.insert(name.trim().to_lowercase(), zone);
        self
    }
}
