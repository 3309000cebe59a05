//! `bellwether keys`: a new key from now on, everything sealed again, old keys retired; and the same for the key of the
//! look-up indexes. Each step can be interrupted and begun again.

use crate::config::Settings;
use crate::wiring::{self, say};
use crate::{Refusal, shown};
use anyhow::Result;
use chrono::Duration;
use clap::{Args, Subcommand};
use store::rotation::{self, Standing};
use store::{Db, Keyring, Options};

/// How long every running program surely needs to notice a new key.
const NOTICED: Duration = Duration::minutes(15);

/// What is done with the keys.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Shows the keys and how many values each has sealed.
    List(At),
    /// Makes a new key that seals from now on, and seals everything with it. Programs that run notice within a minute.
    Rotate(At),
    /// Seals with the newest key what older ones have sealed: goes on where an interrupted rotation stopped.
    Reseal(At),
    /// Takes a key that seals nothing any more out of the key file.
    Retire {
        /// Where the data and keys are.
        #[command(flatten)]
        at: At,
        /// The key's id, from `bellwether keys list`.
        id: String,
        /// Also where backups on record need it: they will open only with a copy of today's key file.
        #[arg(long)]
        although_backups_need_it: bool,
    },
    /// Makes a new key for the look-up indexes and hashes them all on under it. Every other program must be stopped.
    RotateIndex(At),
}

/// Where the data and keys are.
#[derive(Debug, Args)]
pub struct At {
    #[command(flatten)]
    settings: Box<Settings>,
}

/// `bellwether keys …`.
pub async fn run(what: Keys) -> Result<()> {
    match what {
        Keys::List(at) => list(&at.settings).await,
        Keys::Rotate(at) => rotate(&at.settings).await,
        Keys::Reseal(at) => reseal(&wiring::existing(&at.settings).await?).await,
        Keys::Retire { at, id, although_backups_need_it } => {
            let backups = if although_backups_need_it { Backups::Disregarded } else { Backups::Honoured };
            retire(&at.settings, &id, backups).await
        }
        Keys::RotateIndex(at) => rotate_index(&at.settings).await,
    }
}

async fn list(settings: &Settings) -> Result<()> {
    let db = wiring::existing(settings).await?;
    let usage = rotation::usage(&db).await?;
    for (position, id) in db.keys().ids().enumerate() {
        let role = if position == 0 { "seals" } else { "opens" };
        say(&format!("{id}  {role}  {} values", usage.get(id).copied().unwrap_or(0)));
    }
    db.close().await;
    Ok(())
}

async fn rotate(settings: &Settings) -> Result<()> {
    let ring = wiring::existing_keys(settings)?;
    // The data must be in order with the keys of today before there are new ones.
    wiring::existing(settings).await?.close().await;
    let rotated = ring.rotated();
    save(settings, &rotated)?;
    say(&format!(
        "Key {} seals from now on. Copy the key file to its safe place now: {}",
        rotated.active_id(),
        shown(&settings.key_file)
    ));
    let db = wiring::existing(settings).await?;
    rotation::note_active(&db, wiring::context()?.now()).await?;
    reseal(&db).await
}

async fn reseal(db: &Db) -> Result<()> {
    let mut count = 0;
    // What a running program sealed with the old key meanwhile is found by a second look.
    while let done @ 1.. = rotation::reseal(db, |_| {}).await? {
        count += done;
    }
    let keys = db.keys();
    db.close().await;
    say(&format!("{count} values were sealed again with key {}.", keys.active_id()));
    for old in keys.ids().skip(1) {
        say(&format!("In a quarter of an hour: bellwether keys reseal, then bellwether keys retire {old}"));
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Backups {
    Honoured,
    Disregarded,
}

async fn retire(settings: &Settings, id: &str, backups: Backups) -> Result<()> {
    let refuse = |text: String| Err(Refusal::Data(text).into());
    let db = wiring::existing(settings).await?;
    let Some(ring) = db.keys().without(id) else {
        return refuse(format!("'{id}' is not an older key of the key file; see bellwether keys list"));
    };
    let now = wiring::context()?.now();
    if let Some(Standing { values, superseded_at, backups: files }) = rotation::standing(&db, id).await? {
        if values > 0 {
            return refuse(format!("key {id} still opens {values} values; run bellwether keys reseal first"));
        }
        if superseded_at.is_none_or(|since| now - since < NOTICED) {
            return refuse(format!(
                "key {id} was superseded less than a quarter of an hour ago; a running program may still seal with it"
            ));
        }
        if files > 0 && backups == Backups::Honoured {
            return refuse(format!(
                "{files} backups on record open only with key {id}; keep it until they are gone, or keep a copy of today's key \
                 file with them and say --although-backups-need-it"
            ));
        }
    }
    rotation::forget_key(&db, id).await?;
    db.close().await;
    save(settings, &ring)?;
    say(&format!("Key {id} is no longer in the key file. Copy the file to its safe place now."));
    Ok(())
}

async fn rotate_index(settings: &Settings) -> Result<()> {
    let others = || {
        Refusal::Configuration(
            "another program is connected to the database; stop every bellwether serve and worker first: they would look \
             people up under the old indexes"
                .to_owned(),
        )
    };
    let url = &settings.database_url;
    if !rotation::is_alone(url, None).await.map_err(|error| wiring::refused(&error))? {
        return Err(others().into());
    }
    let prepared = wiring::existing_keys(settings)?.with_next_index();
    save(settings, &prepared)?;
    let db = Db::connect(url, wiring::existing_keys(settings)?, Options::default())
        .await
        .map_err(|error| wiring::refused(&error))?;
    if !rotation::is_alone(url, Some(&db)).await? {
        return Err(others().into());
    }
    db.migrate().await.map_err(|error| wiring::refused(&error))?;
    // An interrupted run had committed the indexes already: then only the key file is behind.
    let is_done = db.keys().promoted().is_none();
    let count = if is_done { 0 } else { rotation::rehash(&db).await? };
    let ring = db.keys();
    db.close().await;
    save(settings, &ring)?;
    say(&format!(
        "{count} index values were hashed on. Copy the key file to its safe place now: {}",
        shown(&settings.key_file)
    ));
    Ok(())
}

fn save(settings: &Settings, ring: &Keyring) -> Result<()> {
    Ok(ring.save(&settings.key_file).map_err(|error| {
        Refusal::Configuration(format!("{error}; the folder of the key file must be writable for this command"))
    })?)
}
