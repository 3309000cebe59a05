//! Appointments from a CSV file.
//!
//! [`COLUMNS`] is the list of columns with the headers of real exports; [`crate::describe`] prints it. A time without an
//! offset is the local time of the appointment's site, and one that does not exist there or comes twice is a fault, not
//! a guess.

use crate::columns::{Cell, Column, Mapping};
use crate::rows::{Faults, check_width, staff_ref};
use crate::table::{self, Row};
use crate::values;
use crate::values::when::{self, Moment};
use crate::{Options, Parsed, RowError};
use care::appointment::AppointmentState;
use care::import::AppointmentRow;
use care::{Instant, Phi};
use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use std::collections::HashMap;
use std::io::Read;

/// The columns of a file of appointments.
pub const COLUMNS: &[Column] = &[
    Column::required(
        "external_id",
        "The appointment's id in the system the file comes from. Importing the same id again moves the same appointment.",
        &["Appointment ID", "Appt ID", "Appointment Number", "Booking ID", "Event ID", "Session ID", "Visit ID", "ID"],
    ),
    Column::required(
        "client_external_id",
        "The client's id in that system.",
        &[
            "Client ID",
            "Patient ID",
            "Patient Number",
            "Patient GUID",
            "Chart Number",
            "MRN",
            "Account Number",
            "Client Code",
            "Client Number",
        ],
    ),
    Column::required(
        "clinician",
        "The clinician's mail address, external id or name.",
        &[
            "Clinician Email",
            "Clinician ID",
            "Clinician Name",
            "Practitioner",
            "Staff Member",
            "Staff Member Name",
            "Therapist",
            "Provider",
            "Counsellor",
            "Counselor",
            "Rendering Provider",
        ],
    ),
    Column::optional(
        "site",
        "The site's name or external id.",
        &["Location", "Office", "Clinic", "Clinic Location", "Location Name", "Office Location"],
    ),
    Column::required(
        "start",
        "Date and time, or the time alone when there is a column for the date.",
        &[
            "Start Time",
            "Starts At",
            "Start At",
            "Start Date Time",
            "Appointment Start",
            "Appointment Time",
            "Date/Time",
            "Date and Time",
            "Time",
            "Begin Time",
            "Start Date",
        ],
    ),
    Column::optional(
        "date",
        "The day, when the start is a time alone.",
        &["Appointment Date", "Date of Service", "Service Date", "Session Date", "Day"],
    ),
    Column::optional(
        "end",
        "Date and time, or the time alone.",
        &["End Time", "Ends At", "End At", "End Date Time", "Appointment End", "Finish Time"],
    ),
    Column::optional(
        "duration",
        "Minutes, when there is no end.",
        &["Duration Minutes", "Duration (min)", "Length", "Minutes", "Appointment Length", "Appt Length"],
    ),
    Column::optional(
        "status",
        "scheduled, attended, cancelled, late cancelled or no-show. Empty: scheduled.",
        &["Appointment Status", "Attendance", "Attendance Status", "State", "Session Status"],
    ),
];

/// Reads a file of appointments.
///
/// ```
/// use care::Clock;
/// let now = care::TestClock::at("2026-11-21T12:00:00Z".parse().unwrap()).now();
/// let options = exchange::Options::new("US", now).unwrap().with_site("Harbor", chrono_tz::America::Los_Angeles);
/// let file = "id,client id,clinician,location,start,duration\na1,17,kim@harborlane.example,Harbor,2026-11-24 15:00,50\n";
/// let parsed = exchange::appointments_csv::parse(file.as_bytes(), &options);
/// assert_eq!(parsed.rows[0].starts_at.to_rfc3339(), "2026-11-24T23:00:00+00:00");
/// ```
pub fn parse(reader: impl Read, options: &Options) -> Parsed<AppointmentRow> {
    let table = match table::read(reader, options.max_bytes) {
        Ok(table) => table,
        Err(error) => return Parsed::refused(error),
    };
    let mapping = match Mapping::new(COLUMNS, &table, options) {
        Ok(mapping) => mapping,
        Err(errors) => return Parsed { rows: Vec::new(), errors, ignored: Vec::new() },
    };
    let mut parsed = Parsed { rows: Vec::new(), errors: Vec::new(), ignored: mapping.ignored() };
    if !mapping.has("end") && !mapping.has("duration") {
        parsed.errors.push(RowError::new(
            table.header_line,
            "there is no column for the end",
            "add a column named end, or one named duration with minutes",
        ));
        return parsed;
    }
    let mut seen: HashMap<String, u64> = HashMap::new();
    for row in &table.rows {
        let mut faults = Faults::default();
        let appointment = appointment(row, &mapping, options, &mut faults);
        if let Some(id) = mapping.cell(row, "external_id") {
            let first = *seen.entry(id.text.to_owned()).or_insert(row.line);
            if first != row.line {
                faults.0.push(id.fault(
                    format!("is the same id as on line {first}"),
                    "remove one of the two rows, or correct the id",
                ));
            }
        }
        match appointment {
            Some(appointment) if faults.0.is_empty() => parsed.rows.push(appointment),
            _ => parsed.errors.append(&mut faults.0),
        }
        if parsed.has_too_many(row.line) {
            break;
        }
    }
    parsed
}

fn appointment(row: &Row, mapping: &Mapping<'_>, options: &Options, faults: &mut Faults) -> Option<AppointmentRow> {
    faults.note(check_width(row, mapping.width()))?;
    let external_id = faults.note(mapping.needed(row, "external_id").and_then(|cell| values::text(&cell)));
    let client = faults.note(mapping.needed(row, "client_external_id").and_then(|cell| values::text(&cell)));
    let clinician = faults.note(mapping.needed(row, "clinician").and_then(|cell| staff_ref(&cell)));
    let site_cell = mapping.cell(row, "site");
    let site = faults.optional(site_cell, values::text);
    let times = faults.note(times(row, mapping, options));
    let (starts_at, ends_at) = times?;
    let state = match mapping.cell(row, "status") {
        None => Some(AppointmentState::Scheduled),
        Some(cell) => faults.note(state(&cell, starts_at, options)),
    };
    Some(AppointmentRow {
        line: row.line,
        external_id: external_id?,
        client_external_id: Phi::new(client?),
        clinician: clinician?,
        site,
        starts_at,
        ends_at,
        state: state?,
    })
}

/// The zone in which the row's local times are meant.
fn zone(row: &Row, mapping: &Mapping<'_>, options: &Options) -> Result<Tz, RowError> {
    match mapping.cell(row, "site") {
        Some(cell) => options.site_zones.get(&cell.text.to_lowercase()).copied().ok_or_else(|| {
            cell.fault(
                "is not a site of this practice",
                "correct the name, add the site first, or write times with their offset",
            )
        }),
        None => options.default_zone.ok_or_else(|| {
            RowError::new(
                row.line,
                "the site is empty, so the zone of the times is not known",
                "fill in the site, or write times with their offset",
            )
        }),
    }
}

fn times(row: &Row, mapping: &Mapping<'_>, options: &Options) -> Result<(Instant, Instant), RowError> {
    let start_cell = mapping.needed(row, "start")?;
    let (starts_at, day) = match when::moment(&start_cell, options.date_order)? {
        Moment::Instant(instant) => (instant, None),
        Moment::Local(local) => (when::instant(&start_cell, local, zone(row, mapping, options)?)?, Some(local.date())),
        Moment::Time(time) => {
            let day = day(row, mapping, options, &start_cell)?;
            (when::instant(&start_cell, day.and_time(time), zone(row, mapping, options)?)?, Some(day))
        }
        Moment::Day(_) => return Err(start_cell.fault("is a day without a time", "add the time of day")),
    };
    let ends_at = match (mapping.cell(row, "end"), mapping.cell(row, "duration")) {
        (Some(cell), _) => {
            let end = match (when::moment(&cell, options.date_order)?, day) {
                (Moment::Instant(instant), _) => instant,
                (Moment::Local(local), _) => when::instant(&cell, local, zone(row, mapping, options)?)?,
                (Moment::Time(time), Some(day)) => {
                    when::instant(&cell, day.and_time(time), zone(row, mapping, options)?)?
                }
                (Moment::Time(time), None) => {
                    let zone = zone(row, mapping, options)?;
                    when::instant(&cell, starts_at.with_timezone(&zone).date_naive().and_time(time), zone)?
                }
                (Moment::Day(_), _) => return Err(cell.fault("is a day without a time", "add the time of day")),
            };
            if end <= starts_at {
                return Err(cell.fault("is not after the start", "correct the start or the end"));
            }
            if end - starts_at > Duration::hours(24) {
                return Err(cell.fault("is more than 24 hours after the start", "correct the start or the end"));
            }
            end
        }
        (None, Some(cell)) => starts_at + when::duration(&cell)?,
        (None, None) => {
            return Err(RowError::new(row.line, "neither the end nor the duration is there", "fill in one of them"));
        }
    };
    Ok((starts_at, ends_at))
}

fn day(row: &Row, mapping: &Mapping<'_>, options: &Options, start: &Cell<'_>) -> Result<NaiveDate, RowError> {
    let Some(cell) = mapping.cell(row, "date") else {
        return Err(start.fault("is a time without a day", "write date and time, or add a column named date"));
    };
    match when::moment(&cell, options.date_order)? {
        Moment::Day(day) => Ok(day),
        // Spreadsheets like to add a midnight to a date.
        Moment::Local(local) => Ok(local.date()),
        Moment::Instant(_) | Moment::Time(_) => Err(cell.fault("is not a day", "write it as year-month-day")),
    }
}

/// The words of real exports. One of them says "show" for what took place and for what is still to come.
fn state(cell: &Cell<'_>, starts_at: Instant, options: &Options) -> Result<AppointmentState, RowError> {
    let word: String = cell.text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match word.as_str() {
        "scheduled" | "booked" | "confirmed" | "unconfirmed" | "pending" | "active" | "upcoming" | "open"
        | "reserved" | "new" | "notarrived" | "unarrived" | "programada" => Ok(AppointmentState::Scheduled),
        "show" | "showed" => {
            Ok(if starts_at <= options.now { AppointmentState::Attended } else { AppointmentState::Scheduled })
        }
        "attended" | "arrived" | "completed" | "complete" | "kept" | "checkedin" | "checkedout" | "present"
        | "fulfilled" | "seen" | "billed" | "paid" | "asistio" | "asistió" => Ok(AppointmentState::Attended),
        "cancelled"
        | "canceled"
        | "clientcancelled"
        | "clientcanceled"
        | "cliniciancancelled"
        | "cliniciancanceled"
        | "cancelledbyclient"
        | "canceledbyclient"
        | "cancelledbyclinician"
        | "canceledbyclinician"
        | "providercancelled"
        | "providercanceled"
        | "cancelledbypractice"
        | "canceledbypractice"
        | "cancellation"
        | "cancel"
        | "rescheduled"
        | "deleted"
        | "archived"
        | "cancelada" => Ok(AppointmentState::Cancelled),
        "latecancelled"
        | "latecanceled"
        | "latecancel"
        | "latecancellation"
        | "cancelledlate"
        | "canceledlate"
        | "cancelledwithin24hours"
        | "canceledwithin24hours" => Ok(AppointmentState::LateCancelled),
        "noshow" | "noshowed" | "didnotattend" | "dna" | "didnotshow" | "missed" | "absent" | "noshowappointment"
        | "noasistio" | "noasistió" => Ok(AppointmentState::NoShow),
        _ => Err(cell.fault(
            "is not a status that is known here",
            "write scheduled, attended, cancelled, late cancelled or no-show",
        )),
    }
}
