//! Hands due messages over: intent on record, words, provider, outcome on record; each step a transaction of its own and
//! none of them held over the network.
//!
//! A message to a client goes at most once: after an attempt whose outcome is unknown it is looked up, and sent again only
//! where the provider surely has nothing. A message to staff goes at least once: after such an attempt it is sent again.
//! Whether a message may go at all is `workflows::delivery`'s, what a provider's answer means is [`verdict`]'s.

mod breaker;
mod pace;
mod verdict;
mod words;

pub(crate) use self::breaker::Breakers;
pub(crate) use self::pace::Pace;
use self::words::{Facts, Letter, Outgoing};
use crate::error::Rows;
use crate::{Error, JobContext, task, work};
use care::delivery::{Next, Told, Verdict, after_doubt, after_interruption, asked_since, is_overslept, wordless};
use care::message::{CancelReason, Channel, Instead, Message, MessageKind};
use care::packet::LinkPurpose;
use care::{Job, MessageId, PracticeId};
use chrono::Duration;
use futures::{StreamExt as _, stream};
use notify::sms::{DeliveryFailure, DeliveryStatus, Found};
use notify::{PhoneNumber, SendError};
use store::Tx;
use store::message::{Outcome, Silent};
use workflows::delivery::{self, Claimed, Report};

/// How often the outcome of an attempt is tried to be written, and how far apart.
const SETTLE_TRIES: u32 = 4;
const SETTLE_APART: std::time::Duration = std::time::Duration::from_millis(250);

/// Sends what is due, staff first.
pub(crate) async fn dispatch(ctx: &JobContext) -> Result<(), Error> {
    // One run does the work of all that are due by now: ten thousand check-ins at eight o'clock are not ten thousand runs.
    ctx.db.absorb(&Job::Dispatch, ctx.now()).await?;
    let mut read = ctx.db.read_all().await?;
    let due = store::message::due(&mut read, ctx.now(), batch(ctx)).await?;
    drop(read);
    hand_over(ctx, due, Job::Dispatch).await
}

/// Sends what is due to staff.
pub(crate) async fn alert(ctx: &JobContext) -> Result<(), Error> {
    ctx.db.absorb(&Job::Alert, ctx.now()).await?;
    let mut read = ctx.db.read_all().await?;
    let due = store::message::due_to_staff(&mut read, ctx.now(), batch(ctx)).await?;
    drop(read);
    hand_over(ctx, due, Job::Alert).await
}

fn batch(ctx: &JobContext) -> i64 {
    i64::try_from(ctx.tuning.batch).unwrap_or(100)
}

async fn hand_over(ctx: &JobContext, due: Vec<(PracticeId, MessageId)>, next: Job) -> Result<(), Error> {
    let is_full = due.len() >= ctx.tuning.batch;
    // Each in a task of its own: a message that panics is one failed message.
    let mut sending = stream::iter(due)
        .map(|(practice, id)| {
            let ctx = ctx.clone();
            task::contained(async move { attempt(&ctx, &practice, &id).await })
        })
        .buffer_unordered(ctx.tuning.parallel_sends.max(1));
    let mut rows = Rows::default();
    while let Some(result) = sending.next().await {
        rows.note(result.unwrap_or(Err(Error::Panicked)));
    }
    if is_full && rows.succeeded() > 0 {
        let mut tx = ctx.db.write_all().await?;
        tx.own().enqueue(&next, ctx.now()).await?;
        tx.commit().await?;
    }
    rows.finish()
}

/// One attempt at one message.
async fn attempt(ctx: &JobContext, practice: &PracticeId, id: &MessageId) -> Result<(), Error> {
    pass("before_intent", None);
    // A clock that nobody sets: the machine's may be put back while this worker sleeps.
    let claimed_at = tokio::time::Instant::now();
    let mut tx = ctx.db.write(practice).await?;
    let Some(claimed) = delivery::claim(&mut tx, &ctx.workflows, id).await? else {
        return Ok(tx.commit().await?);
    };
    let facts = Facts::read(&mut tx, &ctx.workflows, &claimed).await?;
    tx.commit().await?;
    let message = &claimed.message;
    pass("after_intent", Some(message));

    let (done, letter) = match words::write(ctx, &claimed, &facts) {
        Ok(letter) => (deliver(ctx, practice, &claimed, &facts, &letter, claimed_at).await, letter.for_ledger()),
        Err(error) => {
            tracing::error!(message = message.id.as_str(), %error, "a message has no words and waits for a release that has them");
            (wordless(message, facts.ends_at, ctx.now()).into(), String::new())
        }
    };
    pass("after_answer", Some(message));
    let mut tries = 1;
    // The provider may have the message by now, so the record of it is worth more than one try.
    while let Err(error) = settle(ctx, practice, message, &facts, &done, &letter).await {
        if tries == SETTLE_TRIES || !error.is_passing() {
            return Err(error);
        }
        tokio::time::sleep(SETTLE_APART * tries).await;
        tries += 1;
    }
    pass("after_settle", Some(message));
    Ok(())
}

/// What came of one attempt.
struct Done {
    verdict: Verdict,
    /// What a look-up said beyond that.
    found: Option<Found>,
}

impl From<Verdict> for Done {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, found: None }
    }
}

/// Everything between the two transactions.
async fn deliver(
    ctx: &JobContext,
    practice: &PracticeId,
    claimed: &Claimed,
    facts: &Facts,
    letter: &Letter,
    claimed_at: tokio::time::Instant,
) -> Done {
    let message = &claimed.message;
    let for_client = message.client_id.is_some();
    if claimed.interrupted && for_client {
        let (told, found) = look_up(ctx, message, &claimed.ready.to, claimed.ready.token.as_deref()).await;
        match after_interruption(told, claimed.ready.when) {
            Next::Adopt => {
                let provider_id = found.as_ref().map(|found| found.provider_id.clone()).unwrap_or_default();
                return Done { verdict: Verdict::Sent { provider_id }, found };
            }
            Next::Doubt => return Verdict::Unknown.into(),
            Next::Wait(at) => return Verdict::Retry { at, code: "quiet_hours".to_owned() }.into(),
            Next::GiveUp => return Verdict::TooLate.into(),
            Next::Send => tracing::info!(
                message = message.id.as_str(),
                practice = practice.as_str(),
                "an interrupted text never left; it is sent now"
            ),
        }
    } else if for_client && let Some(until) = ctx.breakers.closed_until(message.channel, ctx.now()) {
        let at = until + work::jittered(Duration::seconds(10), ctx.workflows.entropy.as_ref());
        return Verdict::Retry { at, code: "paused".to_owned() }.into();
    }
    let outgoing = match letter.outgoing(ctx, claimed, facts) {
        Ok(outgoing) => outgoing,
        Err(problem) => {
            tracing::warn!(message = message.id.as_str(), %problem, "a message has a part that cannot be sent");
            return Verdict::Failed { code: "invalid".to_owned() }.into();
        }
    };
    if message.channel == Channel::Sms {
        ctx.pace.turn(for_client).await;
    }
    pass("before_send", Some(message));
    let held = Duration::from_std(claimed_at.elapsed()).unwrap_or(Duration::MAX);
    if is_overslept(message, ctx.now(), held) {
        // Nothing was sent; whoever has the message by now goes on with it.
        return Verdict::Retry { at: ctx.now(), code: "overslept".to_owned() }.into();
    }
    let answer = match &outgoing {
        Outgoing::Sms(sms) => ctx.transport.send_sms(sms).await,
        Outgoing::Mail(mail) => ctx.transport.send_mail(mail).await,
    };
    pass("after_accept", Some(message));
    let label = answer.as_ref().map_or_else(SendError::label, |_| "accepted");
    metrics::counter!("bellwether_sends_total", "channel" => message.channel.as_str(), "answer" => label).increment(1);
    if let Err(error @ SendError::Misconfigured { .. }) = &answer {
        tracing::error!(channel = message.channel.as_str(), %error, "messages cannot be sent");
    }
    ctx.breakers.note(message.channel, verdict::is_trouble(&answer), ctx.now());
    if let Some(after) = verdict::asked_to_wait(&answer) {
        ctx.breakers.pause(message.channel, after, ctx.now());
    }
    verdict::of(answer, message, facts.ends_at, ctx.now(), ctx.workflows.entropy.as_ref()).into()
}

/// Records what became of an attempt, and what follows from it.
async fn settle(
    ctx: &JobContext,
    practice: &PracticeId,
    message: &Message,
    facts: &Facts,
    done: &Done,
    text: &str,
) -> Result<(), Error> {
    let now = ctx.now();
    let text = text.to_owned();
    let mut tx = ctx.db.write(practice).await?;
    let wf = &ctx.workflows;
    match done.verdict.clone() {
        Verdict::Sent { provider_id } => {
            let outcome = Outcome::Sent { provider_id, text, at: now };
            let own = delivery::settle(&mut tx, wf, message, &outcome).await?;
            if let Some(found) = done.found.as_ref().filter(|_| own) {
                report(&mut tx, ctx, &message.id, found).await?;
            }
        }
        Verdict::Retry { at, code } => {
            let is_alarm = facts.for_staff && matches!(message.kind, MessageKind::RiskNotice | MessageKind::Escalation);
            if delivery::settle(&mut tx, wf, message, &Outcome::Retry { at, code }).await? && is_alarm {
                // Whoever must hear of danger hears of it on the other channel meanwhile.
                delivery::fall_back(&mut tx, wf, message, Instead::NotArrived).await?;
            }
        }
        Verdict::Failed { code } => {
            delivery::settle(&mut tx, wf, message, &Outcome::Failed { code }).await?;
        }
        Verdict::OptedOut => {
            workflows::inbound::opted_out(&mut tx, wf, message).await?;
            delivery::settle(&mut tx, wf, message, &Outcome::Cancelled { reason: CancelReason::OptedOut }).await?;
        }
        Verdict::TooLate => {
            delivery::settle(&mut tx, wf, message, &Outcome::Cancelled { reason: CancelReason::QuietHours }).await?;
        }
        Verdict::Unknown => {
            delivery::settle(&mut tx, wf, message, &Outcome::Unknown { text, at: now }).await?;
        }
    }
    pass("before_settle", Some(message));
    Ok(tx.commit().await?)
}

/// Takes in what a look-up said beyond "it is there".
async fn report(tx: &mut Tx, ctx: &JobContext, id: &MessageId, found: &Found) -> Result<(), Error> {
    let Some(report) = report_of(found) else { return Ok(()) };
    let code = found.error_code.map(|code| code.to_string());
    Ok(delivery::report(tx, &ctx.workflows, id, &found.provider_id, report, code.as_deref()).await?)
}

/// Asks the provider for a text by its recipient and its unique link.
async fn look_up(ctx: &JobContext, message: &Message, to: &str, token: Option<&str>) -> (Told, Option<Found>) {
    let (Channel::Sms, Some(token), Ok(to)) = (message.channel, token, PhoneNumber::parse(to)) else {
        return (Told::CannotSay, None);
    };
    match ctx.transport.find_sms(&to, asked_since(message), token).await {
        Ok(Some(found)) => (Told::Has, Some(found)),
        Ok(None) => (Told::HasNot, None),
        Err(error) => {
            tracing::warn!(
                message = message.id.as_str(),
                label = error.label(),
                "the provider could not say whether it has a text"
            );
            (Told::CannotSay, None)
        }
    }
}

fn report_of(found: &Found) -> Option<Report> {
    match found.status? {
        DeliveryStatus::Delivered | DeliveryStatus::Read => Some(Report::Delivered),
        status if status.is_failure() => match found.error_code.map(DeliveryFailure::classify) {
            Some(DeliveryFailure::OptedOut) => Some(Report::OptedOut),
            _ => Some(Report::Failed),
        },
        _ => None,
    }
}

/// Asks the provider what became of a text that it took. `false` when it could not say, and is asked again.
pub(crate) async fn ask_about(ctx: &JobContext, silent: &Silent) -> Result<bool, Error> {
    let found = match ctx.transport.fetch_sms(&silent.provider_id).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(
                message = silent.id.as_str(),
                label = error.label(),
                "the provider could not say what became of a text"
            );
            return Ok(false);
        }
    };
    let mut tx = ctx.db.write(&silent.practice_id).await?;
    store::message::note_asked(&mut tx, silent).await?;
    if let Some(found) = found {
        report(&mut tx, ctx, &silent.id, &found).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Settles a message whose outcome is unknown, when the provider can be asked. `false` when it stays unknown.
pub(crate) async fn reconcile(ctx: &JobContext, practice: &PracticeId, id: &MessageId) -> Result<bool, Error> {
    let mut read = ctx.db.read(practice).await?;
    let Some(message) = store::message::find(&mut read, id).await? else { return Ok(false) };
    let (Some(client), Some(tried_at)) = (&message.client_id, message.sent_at) else { return Ok(false) };
    let Some(client) = store::client::find(&mut read, client).await? else { return Ok(false) };
    let tokens = store::packet::tokens_of_message(&mut read, id).await?;
    let answer = match message.kind {
        MessageKind::Appointment => store::appointment_notice::tokens(&mut read, id).await?.map(|tokens| tokens.answer),
        _ => None,
    };
    drop(read);
    let token =
        tokens.into_iter().find(|(purpose, _)| *purpose == LinkPurpose::CheckIn).map(|(_, token)| token).or(answer);
    let Some(to) = client.address(message.channel) else { return Ok(false) };
    let (told, found) = look_up(ctx, &message, to, token.as_deref()).await;
    let outcome = match after_doubt(told, tried_at, ctx.now()) {
        Next::Adopt => Outcome::Sent {
            provider_id: found.as_ref().map(|found| found.provider_id.clone()).unwrap_or_default(),
            text: message.text.clone().unwrap_or_default(),
            at: tried_at,
        },
        Next::Send => Outcome::Retry { at: ctx.now(), code: "not_taken".to_owned() },
        Next::Doubt | Next::Wait(_) | Next::GiveUp => return Ok(false),
    };
    let mut tx = ctx.db.write(practice).await?;
    let own = delivery::settle(&mut tx, &ctx.workflows, &message, &outcome).await?;
    if let Some(found) = found.filter(|_| own) {
        report(&mut tx, ctx, id, &found).await?;
    }
    tx.commit().await?;
    Ok(own)
}

/// A place of the fault matrix: `dispatch.…` for every message, `alert.…` for those to staff.
#[inline]
fn pass(step: &str, message: Option<&Message>) {
    let _ = (step, message);
    care::failpoint!(&format!("dispatch.{step}"));
    if message.is_some_and(|message| message.staff_id.is_some()) {
        care::failpoint!(&format!("alert.{step}"));
    }
}
