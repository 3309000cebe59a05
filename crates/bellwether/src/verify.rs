//! `bellwether verify`: what must hold, checked on a live or restored database.

use crate::Refusal;
use crate::config::Settings;
use crate::wiring::{self, say};
use anyhow::Result;
use store::Db;
use store::verify::Violation;
use workflows::Context;

/// What was found.
#[derive(Debug)]
pub struct Verdict {
    report: workflows::verify::Report,
    parked: i64,
    fenced: bool,
}

/// `bellwether verify`.
pub async fn run(settings: &Settings) -> Result<()> {
    let db = wiring::existing(settings).await?;
    let verdict = look(&db, &wiring::context()?).await?;
    db.close().await;
    report(&verdict)
}

/// Looks at everything.
pub async fn look(db: &Db, ctx: &Context) -> Result<Verdict> {
    let report = workflows::verify::check(db, ctx).await?;
    let parked = db.queue_depth(None, ctx.now()).await?.parked;
    let mut read = db.read_all().await?;
    let fenced = store::fence::find(&mut read).await?.is_some();
    Ok(Verdict { report, parked, fenced })
}

/// Says what was found; an error when anything was.
pub fn report(verdict: &Verdict) -> Result<()> {
    let Verdict { report, parked, fenced } = verdict;
    if *fenced {
        say("Fenced: messages to clients are held until `bellwether restore --release`.");
    }
    if *parked > 0 {
        say(&format!("{parked} jobs were set aside after failing; see the log of the time."));
    }
    if report.violations.is_empty() {
        say(&format!(
            "Verified: {} responses were scored and judged again, {} messages checked, the file, the references, the seals and \
             the audit are sound.",
            report.responses, report.messages
        ));
        return Ok(());
    }
    let lines: Vec<String> = report.violations.iter().map(Violation::to_string).collect();
    Err(Refusal::Data(format!("{} violations were found:\n{}", lines.len(), lines.join("\n"))).into())
}
