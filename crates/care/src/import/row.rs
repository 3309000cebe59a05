//! The rows of a file, once they are read: what one says, not yet compared with what the practice knows.

use crate::appointment::AppointmentState;
use crate::client::{Contact, Recipient};
use crate::message::Channel;
use crate::{Instant, Language, Phi, Sex};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// A member of staff, as other systems name them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StaffRef {
    /// By mail address, in lower case.
    Email(String),
    /// By full name.
    Name(String),
}

/// What a file says about one consent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ConsentAnswer {
    /// Nothing: not asked, and so not given.
    #[default]
    Unknown,
    /// Given, with the wording, the day, or both.
    Given {
        /// The version of the wording agreed to.
        wording: Option<String>,
        /// The day.
        on: Option<NaiveDate>,
    },
    /// Declined or taken back.
    Declined,
}

/// One client of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientRow {
    /// The line of the file.
    pub line: u64,
    /// The id in the other system; unique within the file.
    pub external_id: Phi<String>,
    /// Full name.
    pub name: Phi<String>,
    /// The name they like to be called by.
    pub preferred_name: Option<Phi<String>>,
    /// Birth date.
    pub birth_date: Option<Phi<NaiveDate>>,
    /// Sex, when the file says one that norms know.
    pub sex: Option<Sex>,
    /// Mail address.
    pub email: Option<Phi<String>>,
    /// Number, E.164.
    pub phone: Option<Phi<String>>,
    /// Language, when the file says one.
    pub language: Option<Language>,
    /// Zone, when the file says one.
    pub zone: Option<Tz>,
    /// Channel to try first, when the file says one.
    pub preferred_channel: Option<Channel>,
    /// What was agreed to about texts.
    pub sms_consent: ConsentAnswer,
    /// What was agreed to about mails.
    pub email_consent: ConsentAnswer,
    /// Who receives the messages, when the file says so. A guardian then has a number or an address.
    pub recipient: Option<Recipient>,
    /// A minor's guardian.
    pub guardian: Option<Phi<Contact>>,
    /// Whom to call in an emergency.
    pub emergency_contact: Option<Phi<Contact>>,
    /// The site, as the file calls it.
    pub site: Option<String>,
}

/// One appointment of a file. Its times are instants: whoever read the file knows the site's zone.
#[derive(Debug, Clone, PartialEq)]
pub struct AppointmentRow {
    /// The line of the file.
    pub line: u64,
    /// The id in the other system; unique within the file.
    pub external_id: String,
    /// The client's id in the other system.
    pub client_external_id: Phi<String>,
    /// The clinician.
    pub clinician: StaffRef,
    /// The site, as the file calls it; `None` means the practice's default.
    pub site: Option<String>,
    /// Start.
    pub starts_at: Instant,
    /// End, after the start and at most 24 hours later.
    pub ends_at: Instant,
    /// Where it stands.
    pub state: AppointmentState,
}
