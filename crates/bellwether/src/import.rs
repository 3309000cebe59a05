//! `bellwether import`: files from the practice's other systems. Every fault is named by line and column; a dry run shows
//! what would happen and changes nothing.

use crate::Refusal;
use crate::config::Settings;
use crate::wiring::{self, say};
use anyhow::Result;
use care::import::{AppointmentRow, ClientRow};
use care::staff::Actor;
use care::{PracticeId, local_time};
use clap::{Args, Subcommand, ValueEnum};
use exchange::{DateOrder, Options, Parsed, RowError, appointments_csv, clients_csv};
use std::fs::File;
use std::path::{Path, PathBuf};
use store::Db;
use workflows::Context;
use workflows::import::{BATCH, Counts, KnownPeople, RowOutcome, Run};

/// What is brought in.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Clients: one row each, found again by their external id.
    Clients(FromFile),
    /// Appointments: one row each, found again by their external id.
    Appointments(FromFile),
    /// The whole practice, from a file that `bellwether export` or `bellwether backup` wrote, into an empty database.
    Practice {
        #[command(flatten)]
        settings: Box<Settings>,
        /// The file.
        file: PathBuf,
    },
    /// Puts the published crisis resources back where a practice has none, so that `serve` starts again.
    CrisisResources {
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Shows the columns that are understood, with the headers that real exports use.
    Columns,
}

/// A file and how to read it.
#[derive(Debug, Args)]
pub struct FromFile {
    /// The file: CSV with a header line, separated by commas, semicolons or tabs, in UTF-8.
    file: PathBuf,
    /// Shows what would happen and changes nothing.
    #[arg(long)]
    dry_run: bool,
    /// The practice, by its id; needed only where there are several.
    #[arg(long)]
    practice: Option<String>,
    /// The site of rows that name none; needed only where there are several.
    #[arg(long)]
    site: Option<String>,
    /// How 03/04/1990 is meant; without it such a date is a fault.
    #[arg(long, value_enum)]
    date_order: Option<Order>,
    /// The wording that a bare "yes" in a consent column agreed to.
    #[arg(long)]
    consent_wording: Option<String>,
    /// The country of phone numbers without a country code, as two letters.
    #[arg(long, default_value = "US")]
    region: String,
    #[command(flatten)]
    settings: Box<Settings>,
}

/// How a date with slashes is meant.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    /// Month first.
    Mdy,
    /// Day first.
    Dmy,
}

/// Runs an import.
pub async fn run(what: Import) -> Result<()> {
    match what {
        Import::Columns => {
            say("Clients\n");
            say(&exchange::describe(clients_csv::COLUMNS));
            say("\nAppointments\n");
            say(&exchange::describe(appointments_csv::COLUMNS));
            Ok(())
        }
        Import::Practice { settings, file } => {
            bellwether::restore::run(&settings, &file, None, store::transfer::Origin::Import).await
        }
        Import::CrisisResources { settings } => crisis_resources(&settings).await,
        Import::Clients(from) => {
            let import = Opened::open(&from).await?;
            let parsed = clients_csv::parse(opened(&from.file)?, &import.options);
            import.clients(&from, parsed).await
        }
        Import::Appointments(from) => {
            let import = Opened::open(&from).await?;
            let parsed = appointments_csv::parse(opened(&from.file)?, &import.options);
            import.appointments(&from, parsed).await
        }
    }
}

/// `serve` refuses to start without them, and only a page of `serve` changes them.
async fn crisis_resources(settings: &Settings) -> Result<()> {
    let db = wiring::existing(settings).await?;
    let ctx = wiring::context()?;
    let mut read = db.read_all().await?;
    let without = store::crisis_resource::practices_without(&mut read).await?;
    drop(read);
    for practice in &without {
        let mut tx = db.write(practice).await?;
        workflows::practice::start_crisis_resources(&mut tx, &ctx).await?;
        tx.commit().await?;
        say(&format!("practice {practice} has the published crisis resources; look them over under Administration"));
    }
    if without.is_empty() {
        say("every practice has crisis resources; nothing was changed");
    }
    db.close().await;
    Ok(())
}

struct Opened {
    db: Db,
    ctx: Context,
    practice: PracticeId,
    run: Run,
    options: Options,
}

impl Opened {
    async fn open(from: &FromFile) -> Result<Self> {
        wiring::log(&from.settings)?;
        let db = wiring::database(&from.settings).await?;
        let ctx = wiring::context()?;
        let mut read = db.read_all().await?;
        let practices = store::practice::ids(&mut read).await?;
        let named = from.practice.clone().map(PracticeId::from_text);
        let practice = match (named, practices.as_slice()) {
            (Some(id), all) if all.contains(&id) => id,
            (Some(_), _) => {
                return Err(Refusal::Configuration("--practice names none of the practices here".to_owned()).into());
            }
            (None, [only]) => only.clone(),
            (None, []) => {
                return Err(Refusal::Configuration(
                    "there is no practice yet; set one up with bellwether serve".to_owned(),
                )
                .into());
            }
            (None, all) => {
                let ids: Vec<&str> = all.iter().map(PracticeId::as_str).collect();
                return Err(Refusal::Configuration(format!(
                    "there are several practices; name one with --practice: {}",
                    ids.join(", ")
                ))
                .into());
            }
        };
        let face = store::practice::get(read.within(&practice)).await?;
        let sites = store::site::list(read.within(&practice)).await?;
        drop(read);
        let default_site = match &from.site {
            None => None,
            Some(name) => Some(
                sites.iter().find(|site| site.name.eq_ignore_ascii_case(name)).map(|site| site.id.clone()).ok_or_else(
                    || Refusal::Configuration(format!("--site '{name}' is none of this practice's sites")),
                )?,
            ),
        };
        let mut options = Options::new(&from.region, ctx.now())
            .map_err(|error| Refusal::Configuration(format!("--region: {error}")))?;
        options.date_order = match from.date_order {
            None => DateOrder::Unknown,
            Some(Order::Mdy) => DateOrder::MonthFirst,
            Some(Order::Dmy) => DateOrder::DayFirst,
        };
        options.consent_wording.clone_from(&from.consent_wording);
        let of_site = default_site
            .as_ref()
            .and_then(|id| sites.iter().find(|site| &site.id == id))
            .or(sites.first().filter(|_| sites.len() == 1));
        options.default_zone =
            of_site.map_or_else(|| local_time::zone(&face.zone), |site| local_time::zone(&site.zone));
        for site in &sites {
            if let Some(zone) = local_time::zone(&site.zone) {
                options = options.with_site(&site.name, zone);
            }
        }
        Ok(Self { db, ctx, practice, run: Run { by: Actor::System, default_site, record: None }, options })
    }

    async fn clients(&self, from: &FromFile, parsed: Parsed<ClientRow>) -> Result<()> {
        let mut report = Report::new(&parsed.errors, &parsed.ignored);
        let mut read = self.db.read(&self.practice).await?;
        let mut known = KnownPeople::read(&mut read).await?;
        drop(read);
        for batch in parsed.rows.chunks(BATCH) {
            let mut tx = self.db.write(&self.practice).await?;
            let outcomes = workflows::import::clients(&mut tx, &self.ctx, &self.run, &mut known, batch).await?;
            if !from.dry_run {
                tx.commit().await?;
            }
            report.take(batch.iter().map(|row| row.line), &outcomes);
        }
        report.finish(from.dry_run)
    }

    async fn appointments(&self, from: &FromFile, parsed: Parsed<AppointmentRow>) -> Result<()> {
        let mut report = Report::new(&parsed.errors, &parsed.ignored);
        for batch in parsed.rows.chunks(BATCH) {
            let mut tx = self.db.write(&self.practice).await?;
            let outcomes = workflows::import::appointments(&mut tx, &self.ctx, &self.run, batch).await?;
            if !from.dry_run {
                tx.commit().await?;
            }
            report.take(batch.iter().map(|row| row.line), &outcomes);
        }
        report.finish(from.dry_run)
    }
}

fn opened(path: &Path) -> Result<File> {
    File::open(path)
        .map_err(|error| Refusal::Configuration(format!("{} cannot be read: {error}", crate::shown(path))).into())
}

/// What is said at the end.
struct Report {
    counts: Counts,
    faults: Vec<String>,
}

impl Report {
    fn new(errors: &[RowError], ignored: &[String]) -> Self {
        if !ignored.is_empty() {
            say(&format!("columns not used: {}", ignored.join(", ")));
        }
        Self { counts: Counts::default(), faults: errors.iter().map(ToString::to_string).collect() }
    }

    fn take<T>(&mut self, lines: impl Iterator<Item = u64>, outcomes: &[RowOutcome<T>]) {
        self.counts.add(outcomes);
        for (line, outcome) in lines.zip(outcomes) {
            if let RowOutcome::Rejected(problems) = outcome {
                self.faults.extend(
                    problems
                        .iter()
                        .map(|problem| format!("line {line}, {}: {}", problem.field, explained(problem.key))),
                );
            }
        }
        // A rejected row is a fault already; it is not counted twice.
        self.counts.rejected = 0;
    }

    fn finish(self, dry_run: bool) -> Result<()> {
        for fault in &self.faults {
            say(fault);
        }
        let would = if dry_run { "would be " } else { "" };
        let Counts { created, merged, .. } = self.counts;
        say(&format!(
            "{created} {would}created, {merged} {would}merged by external id, {} fault(s)",
            self.faults.len()
        ));
        if self.faults.is_empty() {
            Ok(())
        } else {
            let were = if dry_run { "would be" } else { "were" };
            Err(Refusal::Data(format!("{} fault(s); rows without one {were} taken over", self.faults.len())).into())
        }
    }
}

/// The words for a key of a rejected row.
fn explained(key: &str) -> String {
    key.trim_start_matches("import-").replace('-', " ")
}
