//! `bellwether doctor`: everything an instance depends on, one line each, with the remedy. Nothing is changed and no message
//! is sent.

use crate::config::Settings;
use crate::wiring::{self, say};
use crate::{Refusal, shown};
use anyhow::Result;
use chrono::Duration;
use notify::Transport;
use std::fmt;
use std::path::Path;
use std::time::Duration as Pause;
use store::{Db, Options, SealError};
use workflows::Context;

/// Free space below which a disk is a worry, and below which it is a fault.
const LITTLE: u64 = 2 << 30;
const TOO_LITTLE: u64 = 200 << 20;
/// How far the server's clock may be from ours.
const APART: Duration = Duration::seconds(2);
/// A disk that takes longer than this for a commit is slow.
const SLOW: Pause = Pause::from_millis(100);

/// How a finding is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    Ok,
    Warn,
    Fail,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        })
    }
}

#[derive(Default)]
struct Findings(Vec<(Grade, &'static str, String)>);

impl Findings {
    fn ok(&mut self, about: &'static str, text: impl Into<String>) {
        self.0.push((Grade::Ok, about, text.into()));
    }

    fn warn(&mut self, about: &'static str, text: impl Into<String>) {
        self.0.push((Grade::Warn, about, text.into()));
    }

    fn fail(&mut self, about: &'static str, text: impl Into<String>) {
        self.0.push((Grade::Fail, about, text.into()));
    }
}

/// `bellwether doctor`.
pub async fn run(settings: &Settings) -> Result<()> {
    let mut found = Findings::default();
    let ctx = wiring::context()?;
    configuration(settings, &mut found);
    key_file(settings, &mut found);
    let db = database(settings, &ctx, &mut found).await;
    disk(settings, &mut found);
    messages(settings, &mut found).await;
    if let Some(db) = db {
        practice(settings, &ctx, &db, &mut found).await?;
        db.close().await;
    }
    for (grade, about, text) in &found.0 {
        say(&format!("{grade:<4}  {about:<13}  {text}"));
    }
    let failed = found.0.iter().filter(|(grade, ..)| *grade == Grade::Fail).count();
    if failed == 0 { Ok(()) } else { Err(Refusal::Data(format!("{failed} checks failed")).into()) }
}

fn configuration(settings: &Settings, found: &mut Findings) {
    match settings.check() {
        Ok(()) => {
            found.ok("configuration", format!("reached at {}, listens on {}", settings.base_url, settings.listen));
        }
        Err(error) => found.fail("configuration", error.to_string()),
    }
    if settings.base_url.starts_with("http://") {
        found.warn("configuration", "http:// is for a trial on this machine; put a proxy with a certificate in front");
    }
    if settings.trusted_proxies.is_empty() && settings.base_url.starts_with("https://") {
        found.warn(
            "configuration",
            "no --trusted-proxies: everybody behind the proxy shares one counter of tries; name the proxy's address",
        );
    }
    if !settings.listen.ip().is_loopback() && settings.trusted_proxies.is_empty() {
        found.warn("configuration", format!("{} can be reached without a proxy, unencrypted", settings.listen));
    }
}

fn key_file(settings: &Settings, found: &mut Findings) {
    let path = &settings.key_file;
    match store::Keyring::load(path) {
        Ok(keys) => {
            let held = match keys.ids().count() {
                1 => "one key".to_owned(),
                many => format!("{many} keys"),
            };
            found.ok("key", format!("{} holds {held}; {} seals", shown(path), keys.active_id()));
        }
        Err(SealError::Missing(_)) if is_fresh(settings) => {
            return found.warn("key", format!("there is none at {} yet; the first start makes it", shown(path)));
        }
        Err(error) => return found.fail("key", error.to_string()),
    }
    #[cfg(unix)]
    if let Ok(metadata) = std::fs::metadata(path) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            found.fail("key", format!("{} can be read by others; run chmod 600 on it", shown(path)));
        }
    }
    let data = wiring::sqlite_file(&settings.database_url);
    if data.as_deref().and_then(Path::parent) == path.parent() && data.is_some() {
        found.warn(
            "key",
            "it lies beside the data: whoever copies the folder has both; move it, and keep a copy elsewhere",
        );
    }
}

/// Whether nothing was ever started here.
fn is_fresh(settings: &Settings) -> bool {
    wiring::sqlite_file(&settings.database_url).is_some_and(|file| !file.exists())
}

async fn database(settings: &Settings, ctx: &Context, found: &mut Findings) -> Option<Db> {
    if let Some(file) = wiring::sqlite_file(&settings.database_url).filter(|file| !file.exists()) {
        found.warn("database", format!("there is none at {} yet; the first start makes it", shown(&file)));
        return None;
    }
    let keys = store::Keyring::load(&settings.key_file).ok()?;
    let db = match Db::connect(&settings.database_url, keys, Options::default()).await {
        Ok(db) => db,
        Err(error) => {
            found.fail("database", wiring::refused(&error).to_string());
            return None;
        }
    };
    let inspection = match store::inspect::inspect(&db).await {
        Ok(inspection) => inspection,
        Err(error) => {
            found.fail("database", error.to_string());
            return None;
        }
    };
    let newest = store::newest_version();
    match inspection.schema {
        Some(schema) if schema == newest => found.ok("database", format!("{}, schema {schema}", inspection.version)),
        Some(schema) if schema < newest => found.warn(
            "database",
            format!(
                "{}, schema {schema}: the next start brings it to {newest}; make a backup before",
                inspection.version
            ),
        ),
        Some(schema) => found.fail("database", format!("schema {schema} is newer than this release ({newest})")),
        None => found.warn("database", format!("{}, empty: the next start prepares it", inspection.version)),
    }
    let unsound: Vec<String> = inspection
        .settings
        .iter()
        .filter(|setting| !setting.sound)
        .map(|setting| format!("{} = {}", setting.name, setting.value))
        .collect();
    if unsound.is_empty() {
        let all: Vec<String> =
            inspection.settings.iter().map(|setting| format!("{} = {}", setting.name, setting.value)).collect();
        found.ok("durability", all.join(", "));
    } else {
        found.fail(
            "durability",
            format!("{}: a power cut would lose answers; set it to on in postgresql.conf", unsound.join(", ")),
        );
    }
    clock(ctx, &inspection, found);
    inspection.schema.is_some_and(|schema| schema == newest).then_some(db)
}

fn clock(ctx: &Context, inspection: &store::inspect::Inspection, found: &mut Findings) {
    let now = ctx.now();
    if let Some(latest) = inspection.latest_audit.filter(|latest| *latest > now + Duration::minutes(5)) {
        return found.fail(
            "clock",
            format!("the machine's clock shows {now}, and something was recorded at {latest}; set the clock (NTP)"),
        );
    }
    match inspection.server_time.map(|server| server - now) {
        Some(apart) if apart.abs() > APART => {
            found.warn(
                "clock",
                format!("the database server's clock is {} s away; use NTP on both", apart.num_seconds()),
            );
        }
        _ => found.ok("clock", now.format("%Y-%m-%d %H:%M:%S UTC").to_string()),
    }
}

fn disk(settings: &Settings, found: &mut Findings) {
    let data = wiring::sqlite_file(&settings.database_url);
    let places =
        [("disk", data.as_deref().and_then(Path::parent)), ("backup disk", settings.backups.backup_folder.as_deref())];
    for (about, folder) in places.into_iter().filter_map(|(about, folder)| folder.map(|folder| (about, folder))) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        match probe(folder) {
            Err(error) => found.fail(about, format!("{} cannot be written to: {error}", shown(folder))),
            Ok(took) if took > SLOW => found.warn(
                about,
                format!("{}: a flush took {} ms; every answer waits for one", shown(folder), took.as_millis()),
            ),
            Ok(took) => found.ok(about, format!("{}: a flush takes {} ms", shown(folder), took.as_millis())),
        }
        if let Some(free) = free_space(folder) {
            let text = format!("{}: {} MB free", shown(folder), free >> 20);
            match free {
                0..TOO_LITTLE => found.fail(about, format!("{text}; make room before answers cannot be stored")),
                TOO_LITTLE..LITTLE => found.warn(about, format!("{text}; make room")),
                _ => found.ok(about, text),
            }
        }
    }
}

/// Writes, flushes and deletes a small file.
fn probe(folder: &Path) -> std::io::Result<Pause> {
    use std::io::Write as _;
    let path = folder.join(format!(".bellwether-doctor-{}", std::process::id()));
    let began = tokio::time::Instant::now();
    let written = std::fs::File::create(&path).and_then(|mut file| {
        file.write_all(&[0; 4096])?;
        file.sync_all()
    });
    let took = began.elapsed();
    // The probe is worth nothing to anybody.
    let _ = std::fs::remove_file(&path);
    written.map(|()| took)
}

#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let space = rustix::fs::statvfs(folder).ok()?;
    Some(space.f_bavail * space.f_frsize)
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

async fn messages(settings: &Settings, found: &mut Findings) {
    let transport = match wiring::transport(settings) {
        Ok(transport) => transport,
        Err(error) => return found.fail("mail, texts", error.to_string()),
    };
    let Transport::Live(live) = transport else {
        return found.warn("mail, texts", "nothing is sent: --outbox writes everything to a folder");
    };
    match &live.mail {
        None => found.warn("mail", "no --smtp-url: no mail is sent, and staff hear of alarms by text alone"),
        Some(mail) => match mail.probe().await {
            Ok(()) => found.ok("mail", "the server lets us in"),
            Err(error) => found.fail("mail", format!("{error}; check --smtp-url")),
        },
    }
    match &live.sms {
        None => found.warn("texts", "no --sms-token: no texts are sent, and alarms go by mail alone"),
        Some(sms) => match sms.probe().await {
            Ok(()) => match wiring::sms_signer(settings) {
                Ok(_) => found.ok("texts", "the provider knows the account"),
                Err(error) => found.fail("texts", format!("what the provider calls would be refused: {error}")),
            },
            Err(error) => found
                .fail("texts", format!("{error}; check --sms-provider, --sms-base-url, --sms-account and --sms-token")),
        },
    }
}

async fn practice(settings: &Settings, ctx: &Context, db: &Db, found: &mut Findings) -> Result<()> {
    let mut read = db.read_all().await?;
    if store::practice::ids(&mut read).await?.is_empty() {
        found.warn("practice", "there is none yet: open the address that bellwether serve prints");
    } else if store::crisis_resource::practices_without(&mut read).await?.is_empty() {
        found.ok("practice", "crisis resources are there");
    } else {
        found.fail(
            "practice",
            "a practice has no crisis resources, and check-ins ask about danger; bellwether import crisis-resources puts the \
             published ones back",
        );
    }
    if let Some(fence) = store::fence::find(&mut read).await? {
        found.warn(
            "fence",
            format!(
                "a copy of {}: messages to clients are held; bellwether restore --release",
                fence.taken_at.date_naive()
            ),
        );
    }
    let latest = store::backup::latest(&mut read).await?;
    drop(read);
    let now = ctx.now();
    match latest {
        None => found.warn("backup", "none was ever made; set --backup-folder, or run bellwether backup from a timer"),
        Some(latest) => {
            let age = now - latest.taken_at;
            let text = format!("{} of {} h ago, {} MB", latest.name, age.num_hours(), latest.bytes >> 20);
            if age > Duration::hours(i64::from(settings.backups.backup_every_hours) * 2) {
                found.warn("backup", format!("{text}: that is long ago; look into the log"));
            } else {
                found.ok("backup", text);
            }
        }
    }
    let depth = db.queue_depth(None, now).await?;
    let waiting = depth.oldest_due.map_or(Duration::zero(), |due| now - due);
    if waiting > Duration::minutes(10) {
        found.warn("jobs", format!("the oldest waits for {} min; does a worker run?", waiting.num_minutes()));
    } else if depth.parked > 0 {
        found.warn("jobs", format!("{} were set aside after failing; see the log of the time", depth.parked));
    } else {
        found.ok("jobs", format!("{} due, {} running", depth.due, depth.running));
    }
    Ok(())
}
