//! A file as it is understood: read with what the practice knows and a person said of it. Both the look at a file and the taking over
//! read it this way, whatever time has passed between them.

use super::runs::Choices;
use super::{BATCH, KnownPeople, RowOutcome, Run, appointments, clients};
use crate::{Context, Problem, Result};
use care::import::{AppointmentRow, ClientRow, DayOrder, ImportChange, ImportKind, ImportRun};
use care::practice::{Practice, Site};
use care::staff::Actor;
use care::{ClientId, Instant, SiteId, TextValue, local_time};
use chrono_tz::Tz;
use exchange::{Column, DateOrder, Options, RowError, appointments_csv, clients_csv};
use std::collections::{BTreeSet, HashMap};
use store::{Read, Tx};

/// The country of numbers without a country code.
const REGION: &str = "US";
/// Changes that are read back of one batch at most: eight for each of its rows.
const CHANGES: i64 = 1600;

/// A file as it is understood.
pub struct Reading {
    /// The headers of the file.
    pub headers: Vec<String>,
    /// Our columns with the headers they are found under.
    pub columns: Vec<(&'static Column, Option<String>)>,
    /// What can be used.
    pub rows: Rows,
    /// What cannot be read, in the file's own words.
    pub errors: Vec<RowError>,
    /// Headers that mean nothing here.
    pub ignored: Vec<String>,
    site: Option<SiteId>,
}

/// The rows of a file, by line.
pub enum Rows {
    /// Clients.
    Clients(Vec<ClientRow>),
    /// Appointments.
    Appointments(Vec<AppointmentRow>),
}

/// What became of a row, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It was not known.
    Created,
    /// It was known: these fields were brought up to date, or nothing was. Whose it is, where it is a client.
    Merged(Option<ClientId>, Vec<String>),
    /// It cannot be used.
    Rejected(Vec<Problem>),
}

/// What of the practice the reading of a file depends on.
pub struct House {
    zone: Tz,
    sites: Vec<Site>,
}

impl House {
    /// Reads it.
    pub async fn read(read: &mut Read) -> Result<Self> {
        let practice: Practice = store::practice::get(read).await?;
        let zone = local_time::zone(&practice.zone).unwrap_or(Tz::UTC);
        Ok(Self { zone, sites: store::site::list(read).await? })
    }

    fn zone(&self, id: &SiteId) -> Tz {
        let site = self.sites.iter().find(|site| &site.id == id);
        site.and_then(|site| local_time::zone(&site.zone)).unwrap_or(self.zone)
    }
}

impl Reading {
    /// Reads a file that came at the instant.
    pub fn of(house: &House, came: Instant, kind: ImportKind, file: &str, choices: &Choices) -> Self {
        let options = options(house, came, choices);
        let known = match kind {
            ImportKind::Clients => clients_csv::COLUMNS,
            ImportKind::Appointments => appointments_csv::COLUMNS,
        };
        let (headers, columns) = match exchange::understand(file.as_bytes(), known, &options) {
            Ok(understood) => (understood.headers, understood.columns),
            Err(_) => (Vec::new(), known.iter().map(|column| (column, None)).collect()),
        };
        let (rows, errors, ignored) = match kind {
            ImportKind::Clients => {
                let parsed = clients_csv::parse(file.as_bytes(), &options);
                (Rows::Clients(parsed.rows), parsed.errors, parsed.ignored)
            }
            ImportKind::Appointments => {
                let parsed = appointments_csv::parse(file.as_bytes(), &options);
                (Rows::Appointments(parsed.rows), parsed.errors, parsed.ignored)
            }
        };
        Self { headers, columns, rows, errors, ignored, site: choices.site.clone() }
    }

    /// The lines that can be used, ascending.
    pub fn lines(&self) -> Vec<u64> {
        match &self.rows {
            Rows::Clients(rows) => rows.iter().map(|row| row.line).collect(),
            Rows::Appointments(rows) => rows.iter().map(|row| row.line).collect(),
        }
    }

    /// How many lines cannot be read.
    pub(super) fn unreadable(&self) -> usize {
        self.errors.iter().map(|error| error.line).collect::<BTreeSet<_>>().len()
    }

    /// Takes over what comes after a line, at most [`BATCH`] rows of it: each with its line. The caller commits, or does not.
    pub async fn take(
        &self,
        tx: &mut Tx,
        ctx: &Context,
        run: &ImportRun,
        by: &Actor,
        known: &mut KnownPeople,
        after: u64,
    ) -> Result<Vec<(u64, Done)>> {
        let how = Run { by: by.clone(), default_site: self.site.clone(), record: Some(run.id.clone()) };
        Ok(match &self.rows {
            Rows::Clients(rows) => {
                let batch = next(rows, |row| row.line, after);
                let found = clients(tx, ctx, &how, known, batch).await?;
                let fields = changed_fields(tx, run).await?;
                let done = found.into_iter().map(|one| told(one, &fields, |id| Some(id.clone())));
                batch.iter().map(|row| row.line).zip(done).collect()
            }
            Rows::Appointments(rows) => {
                let batch = next(rows, |row| row.line, after);
                let found = appointments(tx, ctx, &how, batch).await?;
                let fields = changed_fields(tx, run).await?;
                let done = found.into_iter().map(|one| told(one, &fields, |_| None));
                batch.iter().map(|row| row.line).zip(done).collect()
            }
        })
    }
}

/// The rows after a line, a batch at most.
fn next<T>(rows: &[T], line: impl Fn(&T) -> u64, after: u64) -> &[T] {
    let rest = &rows[rows.partition_point(|row| line(row) <= after)..];
    &rest[..rest.len().min(BATCH)]
}

fn options(house: &House, came: Instant, choices: &Choices) -> Options {
    let mut options = Options::new(REGION, came).expect("the country is one the library knows");
    options.date_order = match choices.day_order {
        DayOrder::Unknown => DateOrder::Unknown,
        DayOrder::MonthFirst => DateOrder::MonthFirst,
        DayOrder::DayFirst => DateOrder::DayFirst,
    };
    options.consent_wording.clone_from(&choices.wording);
    options.default_zone = Some(choices.site.as_ref().map_or(house.zone, |site| house.zone(site)));
    for site in &house.sites {
        if let Some(zone) = local_time::zone(&site.zone) {
            options = options.with_site(&site.name, zone);
        }
    }
    for (name, header) in &choices.columns {
        options = options.with_column(name, Some(header.as_str()).filter(|header| !header.is_empty()));
    }
    options
}

/// The fields that the run has changed, by what they belong to.
async fn changed_fields(tx: &mut Tx, run: &ImportRun) -> Result<HashMap<String, Vec<String>>> {
    let changes = store::import_run::changes(tx, &run.id, CHANGES).await?;
    let is_change = |what| matches!(what, ImportChange::ClientChanged | ImportChange::AppointmentChanged);
    Ok(changes
        .into_iter()
        .filter(|change| is_change(change.what))
        .map(|change| (change.subject_id, change.fields))
        .collect())
}

fn told<T: TextValue>(
    outcome: RowOutcome<T>,
    fields: &HashMap<String, Vec<String>>,
    client: impl Fn(&T) -> Option<ClientId>,
) -> Done {
    match outcome {
        RowOutcome::Created(_) => Done::Created,
        RowOutcome::Merged(id) => Done::Merged(client(&id), fields.get(id.as_text()).cloned().unwrap_or_default()),
        RowOutcome::Rejected(problems) => Done::Rejected(problems),
    }
}
