//! Clients from a CSV file.
//!
//! [`COLUMNS`] is the list of columns, with the headers that SimplePractice, TherapyNotes, Jane, Owl and plain
//! spreadsheets use for them; [`crate::describe`] prints it. A row needs an external id and a name. Consent is never
//! assumed: without a consent column, or with an empty cell, nobody agreed to anything.

use crate::columns::{Cell, Column, Mapping};
use crate::table::{self, Row};
use crate::values::when::date;
use crate::values::{self, Answer, when::NotADate};
use crate::{DateOrder, Options, Parsed, RowError};
use care::client::{Contact, Recipient};
use care::message::Channel;
use care::{Language, Phi};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use std::collections::HashMap;
use std::io::Read;

/// The columns of a file of clients.
pub const COLUMNS: &[Column] = &[
    Column::required(
        "external_id",
        "The client's id in the system the file comes from. Importing the same id again updates the same client.",
        &["Client ID", "Patient ID", "Patient Number", "Patient GUID", "Chart Number", "MRN", "Account Number", "Client Code", "Client Number", "Record ID", "ID"],
    ),
    Column::optional("name", "The full name; \"Last, First\" is turned round. Or first_name and last_name.", &["Client Name", "Patient Name", "Full Name", "Client", "Patient", "Legal Name"]),
    Column::optional("first_name", "The first name.", &["First", "Given Name", "Legal First Name", "Client First Name", "Patient First Name"]),
    Column::optional("middle_name", "The middle name.", &["Middle", "Middle Initial"]),
    Column::optional("last_name", "The last name.", &["Last", "Surname", "Family Name", "Legal Last Name", "Client Last Name", "Patient Last Name"]),
    Column::optional("preferred_name", "The name the client likes to be called by.", &["Preferred First Name", "Goes By", "Nickname", "Name They Go By", "Chosen Name"]),
    Column::optional("birth_date", "Year-month-day, or with slashes when the order of month and day is clear.", &["Date of Birth", "DOB", "Birthday", "Client DOB", "Patient DOB"]),
    Column::optional("email", "One address.", &["Email Address", "Client Email", "Patient Email", "Primary Email", "Personal Email", "Home Email"]),
    Column::optional(
        "phone",
        "A number that can receive texts; without country code it is one of the practice's country.",
        &["Mobile Phone", "Mobile", "Cell Phone", "Cell", "Mobile Number", "Text Phone", "Phone Number", "Primary Phone", "Client Phone", "Patient Phone"],
    ),
    Column::optional("language", "en or es.", &["Preferred Language", "Primary Language", "Client Language"]),
    Column::optional("time_zone", "An IANA name such as America/Denver.", &["TZ", "Client Time Zone"]),
    Column::optional("preferred_channel", "sms or email.", &["Contact Preference", "Preferred Contact Method", "Reminder Preference", "Preferred Contact"]),
    Column::optional(
        "sms_consent",
        "yes, no, or the date of a yes. A yes needs its wording or its date. Empty: no texts.",
        &["Text Consent", "SMS Opt In", "Text Message Consent", "Text Permission", "Text OK", "Consent to Text"],
    ),
    Column::optional("sms_consent_wording", "The version of the wording agreed to.", &["Text Consent Wording", "SMS Consent Version", "Text Consent Version"]),
    Column::optional("sms_consent_date", "The day of the agreement.", &["Text Consent Date", "SMS Opt In Date"]),
    Column::optional(
        "email_consent",
        "yes, no, or the date of a yes. A yes needs its wording or its date. Empty: no mails.",
        &["Email Opt In", "Email Permission", "Email OK", "Consent to Email"],
    ),
    Column::optional("email_consent_wording", "The version of the wording agreed to.", &["Email Consent Version"]),
    Column::optional("email_consent_date", "The day of the agreement.", &["Email Opt In Date"]),
    Column::optional("consent_wording", "The version of the wording, when it is the same for texts and mails.", &["Consent Version"]),
    Column::optional("consent_date", "The day of the agreement, when it is the same for texts and mails.", &["Consent Signed Date", "Date Consent Signed"]),
    Column::optional("recipient", "client or guardian: who receives the messages.", &["Message Recipient", "Send To"]),
    Column::optional("guardian_name", "A minor's guardian.", &["Guardian", "Parent Name", "Parent/Guardian", "Parent or Guardian Name", "Legal Guardian", "Responsible Party"]),
    Column::optional("guardian_relation", "How they are related.", &["Guardian Relationship", "Relationship to Guardian", "Responsible Party Relationship"]),
    Column::optional("guardian_phone", "The guardian's number.", &["Guardian Mobile", "Guardian Mobile Phone", "Parent Phone", "Guardian Phone Number", "Responsible Party Phone"]),
    Column::optional("guardian_email", "The guardian's address.", &["Parent Email", "Guardian Email Address", "Responsible Party Email"]),
    Column::optional("emergency_contact_name", "Whom to call in an emergency.", &["Emergency Contact", "Emergency Name"]),
    Column::optional("emergency_contact_relation", "How they are related.", &["Emergency Contact Relationship", "Emergency Relationship"]),
    Column::optional("emergency_contact_phone", "Their number.", &["Emergency Phone", "Emergency Contact Phone Number", "Emergency Contact Number"]),
    Column::optional(
        "clinician",
        "The clinician's mail address, external id or name.",
        &["Clinician Email", "Clinician ID", "Primary Clinician", "Assigned Clinician", "Assigned Clinicians", "Clinician Name", "Practitioner", "Primary Practitioner", "Therapist", "Primary Therapist", "Provider", "Counsellor", "Counselor"],
    ),
    Column::optional("site", "The site's name or external id.", &["Location", "Office", "Primary Location", "Clinic", "Clinic Location", "Office Location"]),
];

/// One usable client.
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
    /// The clinician.
    pub clinician: Option<StaffRef>,
    /// The site, as the file calls it.
    pub site: Option<String>,
}

/// What a file says about one consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// Nothing: not asked, and so not given.
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

/// A member of staff, as other systems name them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StaffRef {
    /// By mail address, in lower case.
    Email(String),
    /// By external id or full name, whichever the caller finds.
    IdOrName(String),
}

impl StaffRef {
    pub(crate) fn parse(cell: &Cell<'_>) -> Result<Self, RowError> {
        if cell.text.contains('@') {
            return Ok(Self::Email(values::email(cell)?.into_exposed().to_lowercase()));
        }
        Ok(Self::IdOrName(values::name(cell)?))
    }
}

/// Reads a file of clients.
///
/// ```
/// use care::Clock;
/// let now = care::TestClock::at("2026-11-21T12:00:00Z".parse().unwrap()).now();
/// let options = exchange::Options::new("US", now).unwrap();
/// let file = "Client ID;Name;Mobile;DOB\n17;\"Reyes, Ana\";(212) 555-0143;1990-03-25\n";
/// let parsed = exchange::clients_csv::parse(file.as_bytes(), &options);
/// assert!(parsed.errors.is_empty());
/// assert_eq!(parsed.rows[0].phone.as_ref().unwrap().text(), "+12125550143");
/// ```
pub fn parse(reader: impl Read, options: &Options) -> Parsed<ClientRow> {
    let table = match table::read(reader, options.max_bytes) {
        Ok(table) => table,
        Err(error) => return Parsed::refused(error),
    };
    let mapping = match Mapping::new(COLUMNS, &table) {
        Ok(mapping) => mapping,
        Err(errors) => return Parsed { rows: Vec::new(), errors, ignored: Vec::new() },
    };
    let mut parsed = Parsed { rows: Vec::new(), errors: Vec::new(), ignored: mapping.ignored() };
    if !mapping.has("name") && !(mapping.has("first_name") && mapping.has("last_name")) {
        parsed.errors.push(RowError::new(table.header_line, "there is no column for the name", "add a column named name, or two named first_name and last_name"));
        return parsed;
    }
    let mut seen: HashMap<String, u64> = HashMap::new();
    for row in &table.rows {
        let mut faults = Faults::default();
        let client = client(row, &mapping, options, &mut faults);
        if let Some(id) = mapping.cell(row, "external_id") {
            let first = *seen.entry(id.text.to_owned()).or_insert(row.line);
            if first != row.line {
                faults.0.push(id.fault(format!("is the same id as on line {first}"), "remove one of the two rows, or correct the id"));
            }
        }
        match client {
            Some(client) if faults.0.is_empty() => parsed.rows.push(client),
            _ => parsed.errors.append(&mut faults.0),
        }
    }
    parsed
}

/// The faults of one row; a row may have several, and all are told at once.
#[derive(Default)]
pub(crate) struct Faults(pub Vec<RowError>);

impl Faults {
    /// Keeps the fault and goes on.
    pub(crate) fn note<T>(&mut self, result: Result<T, RowError>) -> Option<T> {
        result.map_err(|fault| self.0.push(fault)).ok()
    }

    /// The same for a cell that may be empty.
    pub(crate) fn optional<'r, T>(&mut self, cell: Option<Cell<'r>>, read: impl FnOnce(&Cell<'r>) -> Result<T, RowError>) -> Option<T> {
        cell.and_then(|cell| self.note(read(&cell)))
    }
}

/// A row with more cells than the header has lost its alignment somewhere; nothing in it can be trusted.
pub(crate) fn check_width(row: &Row, width: usize) -> Result<(), RowError> {
    match row.surplus {
        None => Ok(()),
        Some(cells) => Err(RowError::new(
            row.line,
            format!("has {cells} cells, the header line has {width}"),
            "put quotation marks around cells that contain the separator",
        )),
    }
}

fn client(row: &Row, mapping: &Mapping<'_>, options: &Options, faults: &mut Faults) -> Option<ClientRow> {
    faults.note(check_width(row, mapping.width()))?;
    let external_id = faults.note(mapping.needed(row, "external_id").and_then(|cell| values::text(&cell)));
    let name = faults.note(full_name(row, mapping));
    let phone = |faults: &mut Faults, column: &str| faults.optional(mapping.cell(row, column), |cell| values::phone(cell, options));
    let email = |faults: &mut Faults, column: &str| faults.optional(mapping.cell(row, column), values::email);
    let contact = |faults: &mut Faults, columns: [&str; 4]| {
        let name = faults.optional(mapping.cell(row, columns[0]), values::name);
        let relation = faults.optional(mapping.cell(row, columns[1]), values::text);
        let phone = phone(faults, columns[2]).map(Phi::into_exposed);
        let email = email(faults, columns[3]).map(Phi::into_exposed);
        // Without a name there is still somebody to reach; without either there is nobody.
        let anybody = name.is_some() || phone.is_some() || email.is_some();
        anybody.then(|| Phi::new(Contact { name: name.unwrap_or_default(), relation, phone, email }))
    };
    let guardian = contact(faults, ["guardian_name", "guardian_relation", "guardian_phone", "guardian_email"]);
    let emergency_contact = contact(faults, ["emergency_contact_name", "emergency_contact_relation", "emergency_contact_phone", ""]);
    let recipient_cell = mapping.cell(row, "recipient");
    let recipient = faults.optional(recipient_cell, |cell| recipient(cell, guardian.as_ref()));
    let row_fields = ClientRow {
        line: row.line,
        external_id: Phi::new(external_id.unwrap_or_default()),
        name: Phi::new(name.unwrap_or_default()),
        preferred_name: faults.optional(mapping.cell(row, "preferred_name"), values::name).map(Phi::new),
        birth_date: faults.optional(mapping.cell(row, "birth_date"), |cell| birth_date(cell, options)),
        email: email(faults, "email"),
        phone: phone(faults, "phone"),
        language: faults.optional(mapping.cell(row, "language"), values::language),
        zone: faults.optional(mapping.cell(row, "time_zone"), values::zone),
        preferred_channel: faults.optional(mapping.cell(row, "preferred_channel"), channel),
        sms_consent: faults.note(consent(row, mapping, options, &SMS)).unwrap_or(ConsentAnswer::Unknown),
        email_consent: faults.note(consent(row, mapping, options, &EMAIL)).unwrap_or(ConsentAnswer::Unknown),
        recipient,
        guardian,
        emergency_contact,
        clinician: faults.optional(mapping.cell(row, "clinician"), StaffRef::parse),
        site: faults.optional(mapping.cell(row, "site"), values::text),
    };
    faults.0.is_empty().then_some(row_fields)
}

fn full_name(row: &Row, mapping: &Mapping<'_>) -> Result<String, RowError> {
    if let (Some(first), Some(last)) = (mapping.cell(row, "first_name"), mapping.cell(row, "last_name")) {
        let middle = mapping.cell(row, "middle_name").map(|cell| values::text(&cell)).transpose()?;
        let parts = [Some(values::text(&first)?), middle, Some(values::text(&last)?)];
        return Ok(parts.into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    if let Some(cell) = mapping.cell(row, "name") {
        return values::name(&cell);
    }
    // One of the two is better than refusing somebody who has only one name.
    let only = mapping.cell(row, "first_name").or_else(|| mapping.cell(row, "last_name"));
    match only {
        Some(cell) => values::text(&cell),
        None => Err(RowError::new(row.line, "the name is empty", "fill it in, or remove the row")),
    }
}

fn birth_date(cell: &Cell<'_>, options: &Options) -> Result<Phi<NaiveDate>, RowError> {
    let day = date(cell.text, options.date_order).map_err(|fault: NotADate| fault.at(cell))?;
    if day > options.now.date_naive() {
        return Err(cell.fault("is a birth date in the future", "check the year"));
    }
    if day.year() < options.now.year() - 120 {
        return Err(cell.fault("is a birth date more than 120 years ago", "check the year"));
    }
    Ok(Phi::new(day))
}

fn channel(cell: &Cell<'_>) -> Result<Channel, RowError> {
    match cell.text.to_lowercase().as_str() {
        "sms" | "text" | "texts" | "text message" | "mobile" | "cell" => Ok(Channel::Sms),
        "email" | "e-mail" | "mail" => Ok(Channel::Email),
        _ => Err(cell.fault("is not a channel", "write sms or email, or leave it empty")),
    }
}

fn recipient(cell: &Cell<'_>, guardian: Option<&Phi<Contact>>) -> Result<Recipient, RowError> {
    match cell.text.to_lowercase().as_str() {
        "client" | "patient" | "self" => Ok(Recipient::Client),
        "guardian" | "parent" => {
            let reachable = guardian.is_some_and(|guardian| guardian.expose().phone.is_some() || guardian.expose().email.is_some());
            if reachable {
                Ok(Recipient::Guardian)
            } else {
                Err(cell.fault("names the guardian, who has no phone number and no address", "fill in guardian_phone or guardian_email"))
            }
        }
        _ => Err(cell.fault("is neither client nor guardian", "write client or guardian, or leave it empty")),
    }
}

/// The columns of one channel's consent: answer, wording, date.
struct ConsentColumns {
    answer: &'static str,
    wording: &'static str,
    date: &'static str,
}

const SMS: ConsentColumns = ConsentColumns { answer: "sms_consent", wording: "sms_consent_wording", date: "sms_consent_date" };
const EMAIL: ConsentColumns = ConsentColumns { answer: "email_consent", wording: "email_consent_wording", date: "email_consent_date" };

fn consent(row: &Row, mapping: &Mapping<'_>, options: &Options, columns: &ConsentColumns) -> Result<ConsentAnswer, RowError> {
    let Some(cell) = mapping.cell(row, columns.answer) else { return Ok(ConsentAnswer::Unknown) };
    let day = |cell: &Cell<'_>| -> Result<NaiveDate, RowError> {
        let day = date(cell.text, options.date_order).map_err(|fault: NotADate| fault.at(cell))?;
        if day > options.now.date_naive() {
            return Err(cell.fault("is a consent in the future", "check the year"));
        }
        Ok(day)
    };
    let own_day = match values::yes_or_no(cell.text) {
        Some(Answer::No) => return Ok(ConsentAnswer::Declined),
        Some(Answer::Yes) => None,
        None if date(cell.text, DateOrder::Unknown) == Err(NotADate::Unreadable) => {
            return Err(cell.fault("is neither yes nor no nor the date of a yes", "write yes or no, or leave it empty"));
        }
        None => Some(day(&cell)?),
    };
    let either = |own: &str, shared: &str| mapping.cell(row, own).or_else(|| mapping.cell(row, shared));
    let on = match (own_day, either(columns.date, "consent_date")) {
        (Some(own), _) => Some(own),
        (None, Some(cell)) => Some(day(&cell)?),
        (None, None) => None,
    };
    let wording = either(columns.wording, "consent_wording").map(|cell| values::text(&cell)).transpose()?;
    let wording = wording.or_else(|| options.consent_wording.clone());
    if wording.is_none() && on.is_none() {
        return Err(cell.fault(
            "is a yes of which neither the wording nor the date is known",
            format!("fill in {} or {}, or name the wording for the whole file", columns.wording, columns.date),
        ));
    }
    Ok(ConsentAnswer::Given { wording, on })
}
