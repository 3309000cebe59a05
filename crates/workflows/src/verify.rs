//! What must hold whatever happened to the machine, checked on the stored rows: the structure (`store::verify`), and here what
//! needs the instruments, the rules about danger and the clients' clocks. Nothing is changed.

mod courses;
mod outcomes;

use crate::{Context, Result, response};
use care::response::{NewScore, ResponseKind, Rule, StoredScore};
use care::review::{self, Known};
use care::{Instant, PracticeId, ResponseId, local_time};
use chrono::{Duration, NaiveTime};
use chrono_tz::Tz;
use instruments::Library;
use std::collections::HashMap;
use store::verify::course::{self, AskedResponse};
use store::verify::{Violation, structure};
use store::{Db, Read};

/// Rows looked at together.
const PAGE: i64 = 500;
/// Between the last look at what may be sent and the provider's answer.
const ON_ITS_WAY: Duration = Duration::minutes(5);

/// Everything that was found, and how much was looked at.
#[derive(Debug, Default)]
pub struct Report {
    /// What must not be.
    pub violations: Vec<Violation>,
    /// Responses that were scored and judged again.
    pub responses: u64,
    /// Messages whose consent, hours and addressee were checked.
    pub messages: u64,
}

/// Checks the whole deployment.
pub async fn check(db: &Db, ctx: &Context) -> Result<Report> {
    let mut report = Report { violations: structure(db, ctx.now()).await?, ..Report::default() };
    let mut read = db.read_all().await?;
    for practice in store::practice::ids(&mut read).await? {
        let read = read.within(&practice);
        responses(read, ctx, &practice, &mut report).await?;
        courses::check(read, ctx, &practice, &mut report).await?;
        outcomes::check(read, ctx, &practice, &mut report).await?;
        messages(read, &practice, &mut report).await?;
    }
    Ok(report)
}

/// Each response that counts has the scores that its answers give, bit for bit; its fingerprint is that of its answers; and
/// an answer about danger has its case.
async fn responses(read: &mut Read, ctx: &Context, practice: &PracticeId, report: &mut Report) -> Result<()> {
    let (mut scored_wrongly, mut altered, mut silent) = (Vec::new(), Vec::new(), Vec::new());
    let shelf = ctx.shelf(read).await?;
    let library: &Library = &shelf.library;
    let mut after: Option<ResponseId> = None;
    loop {
        let page = course::responses(read, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.response.id.clone());
        let ids: Vec<ResponseId> = page.iter().map(|one| one.response.id.clone()).collect();
        let mut stored: HashMap<ResponseId, Vec<StoredScore>> = HashMap::new();
        for score in course::scores(read, &ids).await? {
            stored.entry(score.response_id.clone()).or_default().push(score);
        }
        for one in &page {
            report.responses += 1;
            let id = &one.response.id;
            let scores = stored.remove(id).unwrap_or_default();
            if one.response.kind == ResponseKind::Original
                && !same(&review::score(library, &one.asked, &one.response.answers), &scores)
            {
                scored_wrongly.push(id.to_string());
            }
            if response::fingerprint(&one.response.answers) != one.response.fingerprint {
                altered.push(id.to_string());
            }
            if lacks_case(read, library, one).await? {
                silent.push(id.to_string());
            }
        }
    }
    let practice = practice.as_str();
    let found = &mut report.violations;
    found.extend(Violation::of("scores", "stored scores are not what the answers give", practice, scored_wrongly));
    found.extend(Violation::of("answers", "answers were changed after they were submitted", practice, altered));
    found.extend(Violation::of("alarm", "answers about danger have no case", practice, silent));
    Ok(())
}

fn same(computed: &[NewScore], stored: &[StoredScore]) -> bool {
    let bits = |value: Option<f64>| value.map(f64::to_bits);
    computed.len() == stored.len()
        && computed.iter().all(|new| {
            stored.iter().any(|old| {
                (old.instrument.as_str(), old.version.as_str(), old.scale.as_str())
                    == (new.instrument.as_str(), new.version.as_str(), new.scale.as_str())
                    && old.state == new.state
                    && bits(old.value) == bits(new.value)
                    && bits(old.exact) == bits(new.exact)
                    && (old.answered, old.missing) == (new.answered, new.missing)
                    && old.band == new.band
            })
        })
}

async fn lacks_case(read: &mut Read, library: &Library, one: &AskedResponse) -> Result<bool> {
    let (packet, answers) = (&one.response.packet_id, &one.response.answers);
    let in_danger = |known: &Known<'_>| {
        let found = review::risk_of_partial(library, &one.asked, answers, known);
        found.reasons.iter().any(|reason| reason.rule == Rule::RiskItem)
    };
    // Most answers say nothing of danger: those need no look at the cases.
    if !in_danger(&Known { packet: Some(packet), open: &[], closed: &[] }) {
        return Ok(false);
    }
    let (open, closed) = store::case::reasons_of_episode(read, &one.response.episode_id).await?;
    Ok(in_danger(&Known { packet: Some(packet), open: &open, closed: &closed }))
}

/// No message went to a client without consent, after the end of the episode, or at night.
async fn messages(read: &mut Read, practice: &PracticeId, report: &mut Report) -> Result<()> {
    let (mut unwanted, mut late, mut at_night) = (Vec::new(), Vec::new(), Vec::new());
    let own_zone = crate::delivery::practice_zone(&store::practice::get(read).await?);
    let mut after = None;
    loop {
        let page = course::sent(read, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        for message in &page {
            report.messages += 1;
            let id = message.id.to_string();
            if message.consent.as_deref() != Some("given") && message.kind != "auto_reply" {
                unwanted.push(message.clone());
            }
            if message.discharged_at.is_some_and(|end| end + ON_ITS_WAY < message.sent_at) {
                late.push(id.clone());
            }
            let zone = message.zone.as_deref().and_then(local_time::zone).unwrap_or(own_zone);
            // Who asks for a link at night gets it.
            if matches!(message.kind.as_str(), "invite" | "reminder")
                && is_night(message.sent_at, zone)
                && is_night(message.sent_at - ON_ITS_WAY, zone)
            {
                at_night.push(id);
            }
        }
    }
    // A withdrawal may have crossed a message on its way.
    let mut without = Vec::new();
    for message in unwanted {
        let before =
            store::consent::held_at(read, &message.client_id, message.channel, message.sent_at - ON_ITS_WAY).await?;
        if !before {
            without.push(message.id.to_string());
        }
    }
    let practice = practice.as_str();
    let found = &mut report.violations;
    found.extend(Violation::of(
        "consent",
        "messages went to clients who had not agreed or had withdrawn",
        practice,
        without,
    ));
    found.extend(Violation::of("consent", "messages went to clients after the end of their episode", practice, late));
    found.extend(Violation::of(
        "hours",
        "messages went to clients between 21:00 and 08:00 of their own time",
        practice,
        at_night,
    ));
    Ok(())
}

/// Outside of 08:00 to 21:00.
fn is_night(at: Instant, zone: Tz) -> bool {
    let time = at.with_timezone(&zone).time();
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    time < hour(8) || time > hour(21)
}
