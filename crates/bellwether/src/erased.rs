//! The list of erased records that is kept beside the backups: a backup from before an erasure still holds the record, so a
//! restore erases again what is on the list. Ids and days only, a line of JSON each.

use crate::{Refusal, copy, shown};
use anyhow::Result;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use store::Db;
use store::erasure::Erased;

/// The file's name, in the folder of the backups.
pub const NAME: &str = "erased.jsonl";

/// The list that belongs to a backup.
pub fn beside(backup: &Path) -> PathBuf {
    backup.with_file_name(NAME)
}

/// Reads a list; every line has to be one of ours.
pub fn read(path: &Path) -> Result<Vec<Erased>> {
    let refused = |problem: String| Refusal::Data(format!("{}: {problem}; nothing was changed", shown(path)));
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    let mut list = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let problem = |_| refused(format!("line {} is not an erased record", number + 1));
        list.push(serde_json::from_str(line).map_err(problem)?);
    }
    Ok(list)
}

/// Adds what was erased since to the list in a folder. What is on it stays: the database may have been restored since.
pub async fn keep(db: &Db, folder: &Path) -> Result<()> {
    let mut all = db.read_all().await?;
    let done = store::erasure::all_done(&mut all).await?;
    drop(all);
    if done.is_empty() {
        return Ok(());
    }
    let path = folder.join(NAME);
    let mut list = if path.exists() { read(&path)? } else { Vec::new() };
    let known = list.len();
    let is_on = |list: &[Erased], one: &Erased| {
        list.iter().any(|on| (&on.practice, &on.client) == (&one.practice, &one.client))
    };
    for one in done {
        if !is_on(&list, &one) {
            list.push(one);
        }
    }
    if list.len() == known {
        return Ok(());
    }
    let partial = folder.join(format!("{NAME}.partial"));
    let written =
        write(&partial, &list).and_then(|()| std::fs::rename(&partial, &path)).and_then(|()| copy::flush_folder(&path));
    written.map_err(|error| Refusal::Configuration(format!("{} cannot be written: {error}", shown(&path))).into())
}

fn write(path: &Path, list: &[Erased]) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    for one in list {
        let mut line = serde_json::to_vec(one)?;
        line.push(b'\n');
        file.write_all(&line)?;
    }
    file.sync_all()
}
