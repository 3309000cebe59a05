//! Restoring: a copy into an empty place, verified, and fenced until a person releases it.

use crate::config::Settings;
use crate::copy;
use crate::erased;
use crate::verify::{self, Verdict};
use crate::wiring::{self, say};
use crate::{Refusal, shown};
use anyhow::Result;
use std::path::{Path, PathBuf};
use store::erasure::Erased;
use store::transfer::{Origin, Summary};
use store::{Db, Options};
use workflows::fence::Source;

/// `bellwether restore FILE` and `bellwether import practice FILE`. What was erased since the copy was made is erased again,
/// by the list that is named or lies beside the copy.
pub async fn run(settings: &Settings, file: &Path, list: Option<&Path>, origin: Origin) -> Result<()> {
    let beside = erased::beside(file);
    let list = match list {
        Some(list) => erased::read(list)?,
        None if beside.exists() => erased::read(&beside)?,
        None => Vec::new(),
    };
    let keys = wiring::existing_keys(settings)?;
    let ctx = wiring::context()?;
    let place = Place::of(&settings.database_url)?;
    place.clear()?;
    let db = Db::connect(&place.url, keys, Options::default()).await.map_err(|error| wiring::refused(&error))?;
    let outcome = fill(&db, &ctx, file, &list, origin).await;
    db.close().await;
    let (summary, again, verdict) = match outcome {
        Ok(done) => done,
        Err(error) => {
            // What is half there is of no use to anybody.
            let _ = place.clear();
            return Err(error);
        }
    };
    place.settle()?;
    say(&format!(
        "{} rows of {} tables, the state of {}, are in place.",
        summary.rows,
        summary.tables,
        summary.taken_at.format("%Y-%m-%d %H:%M:%S UTC")
    ));
    if again > 0 {
        say(&format!("{again} records that were erased after the copy was made have been erased again."));
    }
    say(
        "It is fenced: start `bellwether serve` and look around. Alarms to staff go out; messages to clients are held until \
         `bellwether restore --release`.",
    );
    verify::report(&verdict)
}

async fn fill(
    db: &Db,
    ctx: &workflows::Context,
    file: &Path,
    list: &[Erased],
    origin: Origin,
) -> Result<(Summary, u64, Verdict)> {
    let summary = copy::read(db, file, origin, ctx.now()).await?;
    let again = workflows::erasure::repeat(db, ctx, list).await?;
    Ok((summary, again, verify::look(db, ctx).await?))
}

/// `bellwether restore --release`.
pub async fn release(settings: &Settings, source: Source) -> Result<()> {
    let db = wiring::existing(settings).await?;
    let ctx = wiring::context()?;
    let released = workflows::fence::release(&db, &ctx, source).await?;
    db.close().await;
    let Some(released) = released else {
        say("There was no fence: messages to clients are not held.");
        return Ok(());
    };
    say("The fence is down: messages to clients go out again.");
    if released.doubted > 0 {
        say(&format!(
            "{} messages were due before the copy was in place. They may have gone out already, so they are marked as \
             unknown and not sent; the front desk has a task for each client.",
            released.doubted
        ));
    }
    Ok(())
}

/// Where the copy is put: for SQLite beside its name until it is complete.
struct Place {
    url: String,
    /// The file that is being filled, and the name it gets.
    file: Option<(PathBuf, PathBuf)>,
}

impl Place {
    fn of(url: &str) -> Result<Self> {
        let Some(file) = wiring::sqlite_file(url) else { return Ok(Self { url: url.to_owned(), file: None }) };
        if file.exists() {
            return Err(Refusal::Configuration(format!(
                "there is a database at {} already; nothing was changed. Move it away, or name another place with --database-url",
                shown(&file)
            ))
            .into());
        }
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            wiring::make_folder(folder)?;
        }
        let filling = file.with_file_name(format!(
            "{}.restoring",
            file.file_name().map_or_else(|| "bellwether.db".into(), |name| name.to_string_lossy())
        ));
        Ok(Self { url: format!("sqlite:{}", filling.display()), file: Some((filling, file)) })
    }

    /// Deletes what an interrupted restore left.
    fn clear(&self) -> Result<()> {
        let Some((filling, _)) = &self.file else { return Ok(()) };
        for end in ["", "-wal", "-shm"] {
            let mut path = filling.clone().into_os_string();
            path.push(end);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Refusal::Configuration(format!(
                        "{} cannot be deleted: {error}",
                        shown(Path::new(&path))
                    ))
                    .into());
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives the complete file its name.
    fn settle(&self) -> Result<()> {
        let Some((filling, file)) = &self.file else { return Ok(()) };
        let moved = std::fs::File::open(filling)
            .and_then(|open| open.sync_all())
            .and_then(|()| std::fs::rename(filling, file))
            .and_then(|()| copy::flush_folder(file));
        moved.map_err(|error| {
            Refusal::Configuration(format!("{} cannot be moved to {}: {error}", shown(filling), shown(file))).into()
        })
    }
}
