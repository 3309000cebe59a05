//! People in therapy, how to reach them and what they agreed to.

use crate::message::Channel;
use crate::text::text_enum;
use crate::{ClientId, ConsentId, Instant, Language, Phi, Sex, SiteId, StaffId};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// Age in full years.
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> Option<u32> {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    u32::try_from(day.year() - birth.year() - i32::from(!had_birthday)).ok()
}

/// What scoring and its rules may know of a client at an instant: the sex, and the age, counted by days in UTC. A birth date that is
/// not known, or lies ahead, says nothing.
///
/// ```
/// use care::Sex;
/// use care::client::person_at;
/// use chrono::{NaiveDate, TimeZone, Utc};
/// let born = NaiveDate::from_ymd_opt(2010, 5, 2).map(care::Phi::new);
/// let at = Utc.with_ymd_and_hms(2026, 5, 1, 12, 0, 0).single().expect("a time");
/// let person = person_at(born.as_ref(), Some(Sex::Female), at);
/// assert_eq!((person.age, person.sex), (Some(15.0), Some(Sex::Female)));
/// assert_eq!(person_at(None, None, at).age, None);
/// ```
pub fn person_at(birth: Option<&Phi<NaiveDate>>, sex: Option<Sex>, at: Instant) -> instruments::Context {
    let age = birth.and_then(|birth| age_on(*birth.expose(), at.date_naive()));
    instruments::Context { sex, age: age.map(f64::from) }
}

/// A client, opened for someone who may see them.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// Id.
    pub id: ClientId,
    /// The site that looks after them.
    pub site_id: SiteId,
    /// The id in the practice's other systems.
    pub external_id: Option<Phi<String>>,
    /// Full name.
    pub name: Phi<String>,
    /// The name they like to be called by.
    pub preferred_name: Option<Phi<String>>,
    /// Birth date.
    pub birth_date: Option<Phi<NaiveDate>>,
    /// Sex, as norms of questionnaires use the word; none where nobody noted it.
    pub sex: Option<Sex>,
    /// Mail address.
    pub email: Option<Phi<String>>,
    /// Number, E.164.
    pub phone: Option<Phi<String>>,
    /// Language of pages and messages.
    pub language: Language,
    /// IANA zone; the practice's, with narrower hours, where unknown.
    pub zone: Option<String>,
    /// Channel to try first.
    pub preferred_channel: Channel,
    /// Whom to call in an emergency.
    pub emergency_contact: Option<Phi<Contact>>,
    /// Who receives the messages of a minor.
    pub guardian: Option<Phi<Contact>>,
    /// Who receives the messages.
    pub recipient: Recipient,
}

impl Client {
    /// The name to call them by.
    pub fn called(&self) -> &str {
        self.preferred_name.as_ref().unwrap_or(&self.name).text()
    }

    /// The address messages go to on the channel, of the client or the guardian.
    pub fn address(&self, channel: Channel) -> Option<&str> {
        match (self.recipient, channel) {
            (Recipient::Client, Channel::Sms) => self.phone.as_ref().map(Phi::text),
            (Recipient::Client, Channel::Email) => self.email.as_ref().map(Phi::text),
            (Recipient::Guardian, Channel::Sms) => self.guardian.as_ref().and_then(|g| g.expose().phone.as_deref()),
            (Recipient::Guardian, Channel::Email) => self.guardian.as_ref().and_then(|g| g.expose().email.as_deref()),
        }
    }
}

/// Another person's name and addresses.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// How they are related.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Number, E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

text_enum! {
    /// Who receives a client's messages.
    Recipient {
        /// The client.
        Client = "client",
        /// The guardian of a minor.
        Guardian = "guardian",
    }
}

text_enum! {
    /// What a consent is for.
    Purpose {
        /// Check-in links and their reminders.
        CheckIn = "check_in",
        /// Appointment reminders.
        Appointment = "appointment",
    }
}

text_enum! {
    /// What the client decided.
    ConsentState {
        /// Agreed.
        Given = "given",
        /// Took it back.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// How a decision reached us.
    ConsentSource {
        /// A column of an imported file.
        Import = "import",
        /// A staff member recorded it.
        Staff = "staff",
        /// The client, by a page or an unsubscribe link.
        Client = "client",
        /// A keyword text such as STOP or START.
        Keyword = "keyword",
    }
}

/// One consent decision. The latest per channel and purpose holds; nothing is ever overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Id.
    pub id: ConsentId,
    /// Whose.
    pub client_id: ClientId,
    /// Channel.
    pub channel: Channel,
    /// Purpose.
    pub purpose: Purpose,
    /// Decision.
    pub state: ConsentState,
    /// The wording that was agreed to.
    pub wording_version: String,
    /// How it reached us.
    pub source: ConsentSource,
    /// When.
    pub recorded_at: Instant,
    /// Who recorded it.
    pub recorded_by: Option<StaffId>,
}

/// What clients are told before they agree to messages: one version in one language. A published version never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentWording {
    /// Its name, as printed on paper.
    pub version: String,
    /// Its language.
    pub language: Language,
    /// The text; paragraphs are separated by an empty line.
    pub body: String,
    /// When it was published.
    pub published_at: Instant,
    /// Who published it; none for the one a practice starts with.
    pub published_by: Option<StaffId>,
}
