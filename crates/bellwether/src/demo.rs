//! `bellwether demo`: an invented practice on this machine, seeded once and kept.

mod answers;
mod belonging;
mod capacity;
mod client;
mod course;
mod desk;
mod exit;
mod founding;
mod goals;
mod improvement;
mod outreach;
mod own_form;
mod people;
mod raters;
mod seed;
mod severity;

use crate::Refusal;
use crate::config::{BackupSettings, LogFormat, Settings, SmsProviderName};
use crate::serve::{self, Worker};
use crate::wiring::{self, Parts, say};
use anyhow::Result;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use web::SecondFactor;

/// Options of the demo.
#[derive(Debug, Args)]
pub struct Demo {
    /// Port to listen on, on this machine only.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder for its database, key and outbox.
    #[arg(long, default_value = "bellwether-data/demo")]
    data: PathBuf,
    /// An empty database of its own, where it is not to be SQLite in the folder: `postgres://…`.
    #[arg(long)]
    database_url: Option<String>,
    /// Number of clients to invent.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    clients: u32,
    /// The same seed gives the same practice.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Deletes what the last demo left and starts afresh.
    #[arg(long)]
    reset: bool,
    /// Seeds and leaves.
    #[arg(long, hide = true)]
    seed_only: bool,
}

/// A file by which a folder is known to be the demo's own.
const MARK: &str = "this-is-a-bellwether-demo";

/// Runs the demo.
pub async fn run(demo: Demo) -> Result<()> {
    if demo.reset {
        if demo.database_url.is_some() {
            return Err(Refusal::Configuration(
                "--reset deletes the demo's folder and nothing else; drop and create the database of --database-url yourself"
                    .to_owned(),
            )
            .into());
        }
        reset(&demo.data)?;
    }
    std::fs::create_dir_all(&demo.data).map_err(|error| {
        Refusal::Configuration(format!("the folder {} cannot be made: {error}", crate::shown(&demo.data)))
    })?;
    let settings = settings(&demo);
    let parts = wiring::parts(&settings).await?;
    let mark = demo.data.join(MARK);
    let mut read = parts.db.read_all().await?;
    let is_empty = store::practice::ids(&mut read).await?.is_empty();
    drop(read);
    if !is_empty && !mark.exists() {
        return Err(Refusal::Configuration(format!(
            "{} holds an unfinished demo or another practice; use --reset only if it is a demo, or another --data",
            crate::shown(&demo.data)
        ))
        .into());
    }
    if is_empty {
        let seeded = seed(&demo, &parts).await?;
        let link = seeded.link.unwrap_or_default();
        std::fs::write(&mark, link)
            .map_err(|error| Refusal::Configuration(format!("{} cannot be written: {error}", crate::shown(&mark))))?;
    }
    if demo.seed_only {
        parts.db.close().await;
        return Ok(());
    }
    greet(&settings, &std::fs::read_to_string(&mark).unwrap_or_default());
    serve::run(&settings, parts, Worker::Here, SecondFactor::Optional, None, serve::stop_signal()).await?;
    say("Stopped. Start again to go on with the same data.");
    Ok(())
}

fn settings(demo: &Demo) -> Settings {
    Settings {
        database_url: demo
            .database_url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", demo.data.join("demo.db").display())),
        key_file: demo.data.join("key"),
        base_url: format!("http://localhost:{}", demo.port),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, demo.port)),
        trusted_proxies: Vec::new(),
        smtp_url: None,
        mail_from: None,
        sms_provider: SmsProviderName::Twilio,
        sms_base_url: None,
        sms_account: None,
        sms_token: None,
        sms_public_key: None,
        sms_from: None,
        sms_per_second: None,
        outbox: Some(demo.data.join("outbox")),
        backups: BackupSettings::default(),
        log_format: LogFormat::Text,
        log: std::env::var("BELLWETHER_LOG").unwrap_or_else(|_| "warn".to_owned()),
    }
}

/// Deletes a demo's folder, and refuses to delete anything else.
fn reset(data: &Path) -> Result<()> {
    if !data.exists() {
        return Ok(());
    }
    let is_demo = data.join(MARK).exists()
        || data.join("demo.db").exists()
        || std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_none());
    if !is_demo {
        return Err(Refusal::Configuration(format!(
            "{} is not a demo's folder; nothing was deleted",
            crate::shown(data)
        ))
        .into());
    }
    std::fs::remove_dir_all(data)
        .map_err(|error| Refusal::Configuration(format!("{} cannot be deleted: {error}", crate::shown(data))).into())
}

async fn seed(demo: &Demo, parts: &Parts) -> Result<seed::Seeded> {
    let bar = ProgressBar::new(u64::from(demo.clients));
    if let Ok(style) = ProgressStyle::with_template("Inventing Harbor Lane Counseling {bar:32} {pos}/{len} clients") {
        bar.set_style(style);
    }
    let plan = seed::Plan { seed: demo.seed, clients: demo.clients as usize, now: parts.ctx.now() };
    let seeded = seed::seed(&parts.db, parts.ctx.library.clone(), plan, || bar.inc(1)).await?;
    bar.finish_and_clear();
    Ok(seeded)
}

fn greet(settings: &Settings, link: &str) {
    let base = &settings.base_url;
    let password = seed::PASSWORD;
    let logins = [
        ("clinician", "clinician@example.org", "Today, caseload, client pages, cases"),
        ("supervisor", "supervisor@example.org", "supervisees, their open and overdue cases"),
        ("front desk", "intake@example.org", "clients, appointments, tasks"),
        ("admin", "admin@example.org", "staff, protocols, crisis resources"),
        ("owner", "owner@example.org", "the practice"),
        ("biller", "biller@example.org", "no charts"),
    ];
    let mut text = format!(
        "\nBellwether demo: Harbor Lane Counseling (every person in it is invented)\n\n  {base}/sign-in   password for all: {password}\n\n"
    );
    for (role, login, what) in logins {
        let _ = writeln!(text, "    {role:<11} {login:<24} {what}");
    }
    if !link.is_empty() {
        let _ = writeln!(text, "\n  A client's check-in, as on their phone:\n    {base}/c/{link}");
    }
    let _ = writeln!(
        text,
        "\n  Mails and texts are not sent; read them at {base}/outbox\n  Ctrl-C stops. The data stay for the next start."
    );
    say(&text);
}
