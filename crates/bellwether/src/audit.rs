//! `bellwether audit verify`: the chain of every practice from its beginning, and against ends that were written down before.
//! A chain alone does not tell that rows were cut off at its end together with the note of where it ends.

use crate::Refusal;
use crate::config::Settings;
use crate::wiring::{self, say};
use anyhow::Result;
use care::PracticeId;
use std::path::Path;
use std::str::FromStr;

/// The end of a chain, as it is printed and read again: `practice rows hash`.
struct End {
    practice: PracticeId,
    rows: i64,
    hash: String,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.practice, self.rows, self.hash)
    }
}

impl FromStr for End {
    type Err = &'static str;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [practice, rows, hash] = words[..] else {
            return Err("there are three words a line: practice, rows, hash");
        };
        let rows = rows.parse().ok().filter(|rows| *rows >= 0).ok_or("the second word is a number of rows")?;
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("the third word is a hash of 64 hexadecimal digits");
        }
        Ok(Self { practice: PracticeId::from_text(practice), rows, hash: hash.to_ascii_lowercase() })
    }
}

/// Checks every chain and prints its end. With a file of ends that were printed before, each chain must still pass through its
/// end there.
pub async fn verify(settings: &Settings, kept: Option<&Path>) -> Result<()> {
    let kept = kept.map(read).transpose()?.unwrap_or_default();
    let db = wiring::database(settings).await?;
    let mut read = db.read_all().await?;
    let mut practices = store::practice::ids(&mut read).await?;
    practices.push(PracticeId::from_text(store::INSTANCE));
    drop(read);
    let mut broken = Vec::new();
    for (place, end) in kept.iter().filter(|(_, end)| !practices.contains(&end.practice)) {
        broken.push(format!("practice {}: is not there; {place} has {} audit rows of it", end.practice, end.rows));
    }
    for practice in practices {
        let mut read = db.read(&practice).await?;
        let report = store::verify_audit(&mut read).await?;
        if let Some(first) = report.broken {
            broken.push(format!("practice {practice}: {first}"));
        }
        for (place, end) in kept.iter().filter(|(_, end)| end.practice == practice && end.rows > 0) {
            match store::audit_hash(&mut read, end.rows).await? {
                Some(hash) if hash == end.hash => {}
                Some(_) => {
                    broken.push(format!("practice {practice}: audit row {} is another one than in {place}", end.rows));
                }
                None => broken.push(format!(
                    "practice {practice}: audit row {} is missing, which was there at {place}; the chain was cut",
                    end.rows
                )),
            }
        }
        say(&End { practice, rows: report.rows, hash: report.head }.to_string());
    }
    if broken.is_empty() { Ok(()) } else { Err(Refusal::Data(broken.join("\n")).into()) }
}

/// The ends of a file, each with its place there.
fn read(file: &Path) -> Result<Vec<(String, End)>> {
    let refused =
        |place: &str, why: &str| Refusal::Configuration(format!("{place}: {why}; give what `audit verify` printed"));
    let text =
        std::fs::read_to_string(file).map_err(|error| refused(&file.display().to_string(), &error.to_string()))?;
    let mut ends = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{}, line {number}", file.display());
        let end = line.parse().map_err(|why: &str| refused(&place, why))?;
        ends.push((place, end));
    }
    Ok(ends)
}
