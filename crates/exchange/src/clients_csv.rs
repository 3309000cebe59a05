//! Clients from a CSV file.
//!
//! [`COLUMNS`] is the list of columns, with the headers that the exports of common practice systems
//! (`SimplePractice`, `TherapyNotes`, Jane, Owl) and plain spreadsheets use for them; [`crate::describe`] prints it. A
//! row needs an external id and a name. Consent is never assumed: without a consent column, or with an empty cell,
//! nobody agreed to anything.

mod columns;
mod consent;

pub use columns::COLUMNS;

use crate::columns::{Cell, Mapping};
use crate::rows::{Faults, check_width};
use crate::table::{self, Row};
use crate::values;
use crate::values::when::{NotADate, date};
use crate::{Options, Parsed, RowError};
use care::client::{Contact, Recipient};
use care::import::{ClientRow, ConsentAnswer};
use care::message::Channel;
use care::{Phi, Sex};
use chrono::{Datelike, NaiveDate};
use consent::{EMAIL, SMS, consent};
use std::collections::HashMap;
use std::io::Read;

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
    let mapping = match Mapping::new(COLUMNS, &table, options) {
        Ok(mapping) => mapping,
        Err(errors) => return Parsed { rows: Vec::new(), errors, ignored: Vec::new() },
    };
    let mut parsed = Parsed { rows: Vec::new(), errors: Vec::new(), ignored: mapping.ignored() };
    let has_name = mapping.has("name") || (mapping.has("first_name") && mapping.has("last_name"));
    if !has_name {
        parsed.errors.push(RowError::new(
            table.header_line,
            "there is no column for the name",
            "add a column named name, or two named first_name and last_name",
        ));
        return parsed;
    }
    let mut seen: HashMap<String, u64> = HashMap::new();
    for row in &table.rows {
        let mut faults = Faults::default();
        let client = client(row, &mapping, options, &mut faults);
        if let Some(id) = mapping.cell(row, "external_id") {
            let first = *seen.entry(id.text.to_owned()).or_insert(row.line);
            if first != row.line {
                faults.0.push(id.fault(
                    format!("is the same id as on line {first}"),
                    "remove one of the two rows, or correct the id",
                ));
            }
        }
        match client {
            Some(client) if faults.0.is_empty() => parsed.rows.push(client),
            _ => parsed.errors.append(&mut faults.0),
        }
        if parsed.has_too_many(row.line) {
            break;
        }
    }
    parsed
}

fn client(row: &Row, mapping: &Mapping<'_>, options: &Options, faults: &mut Faults) -> Option<ClientRow> {
    faults.note(check_width(row, mapping.width()))?;
    let external_id = faults.note(mapping.needed(row, "external_id").and_then(|cell| values::text(&cell)));
    let name = faults.note(full_name(row, mapping));
    let phone = |faults: &mut Faults, column: &str| {
        faults.optional(mapping.cell(row, column), |cell| values::phone(cell, options))
    };
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
    let emergency_contact =
        contact(faults, ["emergency_contact_name", "emergency_contact_relation", "emergency_contact_phone", ""]);
    let recipient_cell = mapping.cell(row, "recipient");
    let recipient = faults.optional(recipient_cell, |cell| recipient(cell, guardian.as_ref()));
    let row_fields = ClientRow {
        line: row.line,
        external_id: Phi::new(external_id.unwrap_or_default()),
        name: Phi::new(name.unwrap_or_default()),
        preferred_name: faults.optional(mapping.cell(row, "preferred_name"), values::name).map(Phi::new),
        birth_date: faults.optional(mapping.cell(row, "birth_date"), |cell| birth_date(cell, options)),
        sex: faults.optional(mapping.cell(row, "sex"), |cell| sex(cell)).flatten(),
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

fn sex(cell: &Cell<'_>) -> Result<Option<Sex>, RowError> {
    match cell.text.to_lowercase().as_str() {
        "f" | "female" => Ok(Some(Sex::Female)),
        "m" | "male" => Ok(Some(Sex::Male)),
        "x" | "o" | "other" | "intersex" | "nonbinary" | "non-binary" | "u" | "unknown" | "undisclosed" | "n/a" => {
            Ok(None)
        }
        _ => Err(cell.fault("is no sex that norms know", "write female, male or unknown, or leave it empty")),
    }
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
            let reachable =
                guardian.is_some_and(|guardian| guardian.expose().phone.is_some() || guardian.expose().email.is_some());
            if reachable {
                Ok(Recipient::Guardian)
            } else {
                Err(cell.fault(
                    "names the guardian, who has no phone number and no address",
                    "fill in guardian_phone or guardian_email",
                ))
            }
        }
        _ => Err(cell.fault("is neither client nor guardian", "write client or guardian, or leave it empty")),
    }
}
