//! Backups: one by hand, or regularly beside the pages, with those deleted that nobody would look for any more.

use crate::config::{BackupSettings, Settings};
use crate::copy::{self, Form};
use crate::wiring::{self, say};
use crate::{Refusal, shown};
use anyhow::Result;
use care::{Clock, Instant};
use chrono::{DateTime, Datelike as _, Duration, NaiveDateTime, Utc};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration as Pause;
use store::Db;
use store::backup::Backup;

/// How the names of scheduled backups begin and end; between them stands the instant.
const PREFIX: &str = "bellwether-";
const SUFFIX: &str = ".backup";
const STAMP: &str = "%Y%m%dT%H%M%SZ";
/// How often it is asked whether a backup is due, and how soon after a failure the next try is.
const LOOK: Pause = Pause::from_mins(1);
const TRY_AGAIN: Duration = Duration::minutes(10);

/// `bellwether backup FILE`.
pub async fn run(settings: &Settings, file: &Path) -> Result<()> {
    let db = wiring::existing(settings).await?;
    let ctx = wiring::context()?;
    let path = if file.is_dir() { file.join(name_of(ctx.now())) } else { file.to_owned() };
    let made = make(&db, ctx.clock.as_ref(), &path).await?;
    db.close().await;
    say(&format!("{}: {} rows, {} bytes, sealed with key {}", shown(&path), made.row_count, made.bytes, made.key_id));
    say("It opens only with the key file of today: keep a copy of that file elsewhere, as long as this one.");
    Ok(())
}

/// `bellwether export FILE`.
pub async fn export(settings: &Settings, file: &Path) -> Result<()> {
    let db = wiring::existing(settings).await?;
    let ctx = wiring::context()?;
    let written = copy::write(&db, ctx.now(), file, Form::Plain).await?;
    let mut tx = db.write_all().await?;
    tx.own().audit(entry(&ctx, "instance.export"));
    tx.commit().await?;
    db.close().await;
    say(&format!("{}: {} rows, {} bytes", shown(file), written.summary.rows, written.bytes));
    say(
        "Scores and answers in it can be read by anybody; names and contacts need the key file. Delete it when it has served.",
    );
    Ok(())
}

fn entry(ctx: &workflows::Context, action: &str) -> store::AuditEntry {
    workflows::audit::entry(ctx, &care::staff::Actor::System, action, "instance", store::INSTANCE)
}

/// Makes one backup and notes it in the database.
pub async fn make(db: &Db, clock: &dyn Clock, path: &Path) -> Result<Backup> {
    let taken_at = clock.now();
    let key_id = db.keys().active_id().to_owned();
    let written = copy::write(db, taken_at, path, Form::Sealed).await?;
    let backup = Backup {
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        taken_at,
        ended_at: clock.now(),
        bytes: i64::try_from(written.bytes).unwrap_or(i64::MAX),
        row_count: i64::try_from(written.summary.rows).unwrap_or(i64::MAX),
        key_id,
    };
    let mut tx = db.write_all().await?;
    store::backup::note(&mut tx, &backup).await?;
    let audit = store::AuditEntry::new(backup.ended_at, "system", "instance.backup", "instance", store::INSTANCE);
    tx.own().audit(audit);
    tx.commit().await?;
    // A list that cannot be written spoils no backup; it is tried again at the next look, and said.
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Err(error) = crate::erased::keep(db, folder).await {
        tracing::error!(
            error = format!("{error:#}"),
            "the list of erased records could not be written beside the backup"
        );
    }
    Ok(backup)
}

/// Makes backups for as long as it is polled: one whenever the latest is older than the settings say.
pub async fn keep_making(db: Db, clock: Arc<dyn Clock>, settings: BackupSettings) {
    let Some(folder) = settings.backup_folder.clone() else { return std::future::pending().await };
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        // Between two backups as well: the disk may be lost before the next one.
        if folder.is_dir()
            && let Err(error) = crate::erased::keep(&db, &folder).await
        {
            tracing::error!(error = format!("{error:#}"), "the list of erased records could not be written");
        }
        match make_if_due(&db, clock.as_ref(), &folder, &settings).await {
            Ok(Some(backup)) => {
                tracing::info!(bytes = backup.bytes, rows = backup.row_count, "a backup was made");
            }
            Ok(None) => {}
            Err(error) => {
                metrics::counter!("bellwether_backup_failures_total").increment(1);
                tracing::error!(
                    error = format!("{error:#}"),
                    "no backup could be made; it is tried again in ten minutes"
                );
            }
        }
    }
}

/// One look: makes a backup where one is due and nobody else is at it, then deletes what is not to be kept.
pub async fn make_if_due(
    db: &Db,
    clock: &dyn Clock,
    folder: &Path,
    settings: &BackupSettings,
) -> Result<Option<Backup>> {
    let now = clock.now();
    let mut read = db.read_all().await?;
    let latest = store::backup::latest(&mut read).await?;
    drop(read);
    if let Some(latest) = &latest {
        metrics::gauge!("bellwether_backup_age_seconds").set((now - latest.taken_at).num_seconds() as f64);
    }
    let every = Duration::hours(i64::from(settings.backup_every_hours));
    if latest.is_some_and(|latest| now - latest.taken_at < every) {
        return Ok(None);
    }
    // Of many nodes one makes it; after a failure the next slot tries again.
    let slot = DateTime::from_timestamp(now.timestamp() - now.timestamp().rem_euclid(TRY_AGAIN.num_seconds()), 0);
    let mut tx = db.write_all().await?;
    let own = tx.own().schedule("backup", slot.unwrap_or(now)).await?;
    tx.commit().await?;
    if !own {
        return Ok(None);
    }
    std::fs::create_dir_all(folder)
        .map_err(|error| Refusal::Configuration(format!("--backup-folder {}: {error}", shown(folder))))?;
    let backup = make(db, clock, &folder.join(name_of(now))).await?;
    prune(db, folder, settings, now).await?;
    Ok(Some(backup))
}

fn name_of(at: Instant) -> String {
    format!("{PREFIX}{}{SUFFIX}", at.format(STAMP))
}

/// When a scheduled backup was made, by its name; `None` for any other file.
fn instant_of(name: &str) -> Option<Instant> {
    let stamp = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    Some(NaiveDateTime::parse_from_str(stamp, STAMP).ok()?.and_utc())
}

/// When a scheduled backup was begun that has no name yet; `None` for any other file.
fn unfinished(name: &str) -> Option<Instant> {
    instant_of(name.strip_suffix(copy::PARTIAL)?.strip_suffix('.')?)
}

/// Deletes the backups that are not to be kept, and what was left by one that was killed while it wrote: it never got its name.
async fn prune(db: &Db, folder: &Path, settings: &BackupSettings, now: Instant) -> Result<()> {
    let mut found: Vec<(Instant, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(at) = instant_of(&name) {
            found.push((at, path));
        } else if unfinished(&name)
            .is_some_and(|at| now - at >= Duration::hours(i64::from(settings.backup_every_hours)))
        {
            // Older than the time between two: nobody is writing it any more, on this node or another.
            std::fs::remove_file(&path)?;
        }
    }
    let kept = keep(found.iter().map(|(at, _)| *at), settings);
    for (_, path) in found.into_iter().filter(|(at, _)| !kept.contains(at)) {
        std::fs::remove_file(&path)?;
        let mut tx = db.write_all().await?;
        store::backup::forget(&mut tx, &path.file_name().unwrap_or_default().to_string_lossy()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Which backups are kept: the latest of each of the last days, weeks and months that have one, and always the newest.
fn keep(all: impl Iterator<Item = Instant>, settings: &BackupSettings) -> BTreeSet<Instant> {
    let newest_first: Vec<Instant> = all.collect::<BTreeSet<_>>().into_iter().rev().collect();
    let mut kept: BTreeSet<Instant> = newest_first.iter().take(1).copied().collect();
    let mut latest_of = |count: u16, period: fn(DateTime<Utc>) -> (i32, u32)| {
        let mut seen = BTreeSet::new();
        for at in &newest_first {
            if seen.len() >= usize::from(count) {
                break;
            }
            if seen.insert(period(*at)) {
                kept.insert(*at);
            }
        }
    };
    latest_of(settings.backup_keep_days, |at| (at.year(), at.ordinal()));
    latest_of(settings.backup_keep_weeks, |at| (at.iso_week().year(), at.iso_week().week()));
    latest_of(settings.backup_keep_months, |at| (at.year(), at.month()));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    fn settings(days: u16, weeks: u16, months: u16) -> BackupSettings {
        BackupSettings {
            backup_folder: None,
            backup_every_hours: 24,
            backup_keep_days: days,
            backup_keep_weeks: weeks,
            backup_keep_months: months,
        }
    }

    fn day(n: i64) -> Instant {
        Utc.with_ymd_and_hms(2026, 1, 1, 2, 0, 0).single().expect("an instant") + Duration::days(n)
    }

    #[test]
    fn the_latest_of_each_day_week_and_month_is_kept() {
        let year = || (0..365).flat_map(|n| [day(n), day(n) + Duration::hours(12)]);
        let kept = keep(year(), &settings(14, 8, 12));
        let newest = day(364) + Duration::hours(12);
        assert!((0..14).all(|n| kept.contains(&(newest - Duration::days(n)))), "one of each of the last 14 days");
        assert!(kept.iter().all(|at| at.format("%H").to_string() == "14"), "the later one of a day");
        assert_eq!(kept.iter().map(chrono::Datelike::month).collect::<BTreeSet<_>>().len(), 12, "one of each month");
        assert!(kept.len() < 14 + 8 + 12, "most weeks and months are among the days: {}", kept.len());
        assert_eq!(keep(year(), &settings(0, 0, 0)), BTreeSet::from([newest]), "the newest is always kept");
        assert_eq!(keep(std::iter::empty(), &settings(1, 1, 1)), BTreeSet::new());
    }

    #[test]
    fn only_names_of_its_own_are_taken_for_backups() {
        let at = day(0);
        assert_eq!(instant_of(&name_of(at)), Some(at));
        for name in ["bellwether-20260101T020000Z.backup.partial", "bellwether-x.backup", "notes.txt", "key"] {
            assert_eq!(instant_of(name), None, "{name}");
        }
        assert_eq!(unfinished("bellwether-20260101T020000Z.backup.partial"), Some(at));
        for name in ["bellwether-20260101T020000Z.backup", "bellwether-x.backup.partial", "key.partial"] {
            assert_eq!(unfinished(name), None, "{name}");
        }
    }
}
