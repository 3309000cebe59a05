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
use futures::StreamExt as _;
use futures::stream::{self, FuturesUnordered};
use notify::sms::{DeliveryFailure, DeliveryStatus, Found};
use notify::{PhoneNumber, SendError};
use std::sync::Arc;
use store::Tx;
use store::message::{Outcome, Silent};
use tokio::sync::Mutex;
use workflows::delivery::{self, Claimed, Report};

/// So many messages share the transactions of their intent and their outcome. In the lane of alerts none do: no alert waits
/// for the provider's answer to another.
const TOGETHER: usize = 8;
/// How long an answer waits at most for those to the messages beside it, so that one transaction takes them all.
const GATHERING: std::time::Duration = std::time::Duration::from_millis(20);
/// How often the outcome of an attempt is tried to be written, and how far apart.
const SETTLE_TRIES: u32 = 4;
const SETTLE_APART: std::time::Duration = std::time::Duration::from_millis(250);

/// Whose turn it is to dispatch: one run at a time in a process, so that no more messages are under way than [`crate::Tuning`]
/// says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns {
    run: Arc<Mutex<()>>,
    next: Arc<Mutex<()>>,
}

/// Sends what is due, staff first.
pub(crate) async fn dispatch(ctx: &JobContext) -> Result<(), Error> {
    // Where one waits for its turn already, it will look at the rows after this and does its work.
    let Ok(next) = ctx.turns.next.try_lock() else { return Ok(()) };
    let _turn = ctx.turns.run.lock().await;
    drop(next);
    ctx.db.absorb(&Job::Dispatch, ctx.now()).await?;
    let mut read = ctx.db.read_all().await?;
    let due = store::message::due(&mut read, ctx.now(), batch(ctx)).await?;
    drop(read);
    hand_over(ctx, due, TOGETHER, Job::Dispatch).await
}

/// Sends what is due to staff.
pub(crate) async fn alert(ctx: &JobContext) -> Result<(), Error> {
    ctx.db.absorb(&Job::Alert, ctx.now()).await?;
    let mut read = ctx.db.read_all().await?;
    let due = store::message::due_to_staff(&mut read, ctx.now(), batch(ctx)).await?;
    drop(read);
    hand_over(ctx, due, 1, Job::Alert).await
}

fn batch(ctx: &JobContext) -> i64 {
    i64::try_from(ctx.tuning.batch).unwrap_or(100)
}

async fn hand_over(
    ctx: &JobContext,
    due: Vec<(PracticeId, MessageId)>,
    together: usize,
    next: Job,
) -> Result<(), Error> {
    let is_full = due.len() >= ctx.tuning.batch;
    let at_once = (ctx.tuning.parallel_sends / together).max(1);
    let blocks = due.chunks(together).flat_map(by_practice).collect::<Vec<_>>();
    let mut sending = stream::iter(blocks)
        .map(|(practice, ids)| async move { block(ctx, &practice, &ids).await })
        .buffer_unordered(at_once);
    let mut rows = Rows::default();
    let mut is_passed_on = false;
    while let Some(results) = sending.next().await {
        for result in results {
            rows.note(result);
        }
        // There are more: whoever is free goes on with them meanwhile, here or on another node.
        if is_full && !is_passed_on && rows.succeeded() > 0 {
            is_passed_on = true;
            let mut tx = ctx.db.write_all().await?;
            tx.own().enqueue(&next, ctx.now()).await?;
            tx.commit().await?;
        }
    }
    rows.finish()
}

/// These messages by practice, in the order in which each practice's first one comes.
fn by_practice(due: &[(PracticeId, MessageId)]) -> Vec<(PracticeId, Vec<MessageId>)> {
    let mut blocks: Vec<(PracticeId, Vec<MessageId>)> = Vec::new();
    for (practice, id) in due {
        match blocks.iter_mut().find(|(of, _)| of == practice) {
            Some((_, ids)) => ids.push(id.clone()),
            None => blocks.push((practice.clone(), vec![id.clone()])),
        }
    }
    blocks
}

/// Hands some messages of a practice over at the same time: one transaction for the intent to send them, one for all that are
/// answered at about the same time. What goes wrong with several of them is tried with each alone, so that one bad row holds up no other.
async fn block(ctx: &JobContext, practice: &PracticeId, ids: &[MessageId]) -> Vec<Result<(), Error>> {
    let (claimed, mut results) = match claim(ctx, practice, ids).await {
        Ok(claimed) => (claimed, Vec::new()),
        Err(error) if ids.len() == 1 => return vec![Err(error)],
        Err(_) => {
            let (mut claimed, mut failed) = (Vec::new(), Vec::new());
            for id in ids {
                match claim(ctx, practice, std::slice::from_ref(id)).await {
                    Ok(one) => claimed.extend(one),
                    Err(error) => failed.push(Err(error)),
                }
            }
            (claimed, failed)
        }
    };
    // What somebody else has, or is not to be sent, is done with.
    results.extend((results.len() + claimed.len()..ids.len()).map(|_| Ok(())));
    // Each in a task of its own: a message that panics is one failed message.
    let sending: FuturesUnordered<_> = claimed
        .into_iter()
        .map(|intent| {
            task::contained({
                let (ctx, practice) = (ctx.clone(), practice.clone());
                async move { send(&ctx, &practice, intent).await }
            })
        })
        .collect();
    let mut answered = sending.map(|one| one.map(Arc::new));
    while let Some(first) = answered.next().await {
        let mut some = vec![first];
        let others = async {
            while let Some(one) = answered.next().await {
                some.push(one);
            }
        };
        // Where time runs out first, those that came by then are in.
        let _ = tokio::time::timeout(GATHERING, others).await;
        let panicked = some.iter().filter(|one| one.is_none()).count();
        results.extend((0..panicked).map(|_| Err(Error::Panicked)));
        results.extend(record(ctx, practice, some.into_iter().flatten().collect()).await);
    }
    results
}

/// A message that may be sent now, what its words are made of, and since when it is held.
struct Intent {
    claimed: Claimed,
    facts: Facts,
    /// By a clock that nobody sets: the machine's may be put back while this worker sleeps.
    since: tokio::time::Instant,
}

/// Puts the intent to send these messages on record.
async fn claim(ctx: &JobContext, practice: &PracticeId, ids: &[MessageId]) -> Result<Vec<Intent>, Error> {
    let (ctx, practice, ids) = (ctx.clone(), practice.clone(), ids.to_vec());
    let claiming = async move {
        pass("before_intent", None);
        let since = tokio::time::Instant::now();
        let mut tx = ctx.db.write(&practice).await?;
        let claimed = delivery::claim(&mut tx, &ctx.workflows, &ids).await?;
        let facts = Facts::read(&mut tx, &ctx.workflows, &claimed).await?;
        tx.commit().await?;
        let intents = claimed.into_iter().zip(facts).map(|(claimed, facts)| Intent { claimed, facts, since });
        Ok(intents.collect())
    };
    task::contained(claiming).await.unwrap_or(Err(Error::Panicked))
}

/// A message after its attempt.
struct Answered {
    message: Message,
    facts: Facts,
    done: Done,
    /// What it said, for the ledger.
    text: String,
}

/// Puts a message into words and hands it over.
async fn send(ctx: &JobContext, practice: &PracticeId, intent: Intent) -> Answered {
    let Intent { claimed, facts, since } = intent;
    pass("after_intent", Some(&claimed.message));
    let (done, text) = match words::write(ctx, &claimed, &facts) {
        Ok(letter) => (deliver(ctx, practice, &claimed, &facts, &letter, since).await, letter.for_ledger()),
        Err(error) => {
            let message = &claimed.message;
            tracing::error!(message = message.id.as_str(), %error, "a message has no words and waits for a release that has them");
            (wordless(message, facts.ends_at, ctx.now()).into(), String::new())
        }
    };
    let message = claimed.message;
    pass("after_answer", Some(&message));
    Answered { message, facts, done, text }
}

/// Puts on record what became of these attempts.
async fn record(ctx: &JobContext, practice: &PracticeId, answered: Vec<Arc<Answered>>) -> Vec<Result<(), Error>> {
    if answered.is_empty() {
        return Vec::new();
    }
    match settle_in_time(ctx, practice, &answered).await {
        Ok(()) => answered.iter().map(|_| Ok(())).collect(),
        Err(error) if answered.len() == 1 => vec![Err(error)],
        Err(_) => {
            let mut results = Vec::new();
            for one in answered {
                results.push(settle_in_time(ctx, practice, &[one]).await);
            }
            results
        }
    }
}

/// The providers may have these messages by now, so the record of it is worth more than one try.
async fn settle_in_time(ctx: &JobContext, practice: &PracticeId, answered: &[Arc<Answered>]) -> Result<(), Error> {
    let mut tries = 1;
    loop {
        let (ctx, practice, own) = (ctx.clone(), practice.clone(), answered.to_vec());
        let settling = task::contained(async move { settle(&ctx, &practice, &own).await });
        match settling.await.unwrap_or(Err(Error::Panicked)) {
            Err(error) if tries < SETTLE_TRIES && error.is_passing() => {
                tokio::time::sleep(SETTLE_APART * tries).await;
                tries += 1;
            }
            result => {
                if result.is_ok() {
                    for one in answered {
                        pass("after_settle", Some(&one.message));
                    }
                }
                return result;
            }
        }
    }
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

/// Records what became of attempts, and what follows from it.
async fn settle(ctx: &JobContext, practice: &PracticeId, answered: &[Arc<Answered>]) -> Result<(), Error> {
    let now = ctx.now();
    let wf = &ctx.workflows;
    let mut tx = ctx.db.write(practice).await?;
    let mut outcomes = Vec::with_capacity(answered.len());
    for one in answered {
        let text = one.text.clone();
        outcomes.push(match one.done.verdict.clone() {
            Verdict::Sent { provider_id } => Outcome::Sent { provider_id, text, at: now },
            Verdict::Retry { at, code } => Outcome::Retry { at, code },
            Verdict::Failed { code } => Outcome::Failed { code },
            Verdict::OptedOut => {
                workflows::inbound::opted_out(&mut tx, wf, &one.message).await?;
                Outcome::Cancelled { reason: CancelReason::OptedOut }
            }
            Verdict::TooLate => Outcome::Cancelled { reason: CancelReason::QuietHours },
            Verdict::Unknown => Outcome::Unknown { text, at: now },
        });
    }
    let attempts: Vec<_> = answered.iter().map(|one| &one.message).zip(&outcomes).collect();
    let own = delivery::settle_all(&mut tx, wf, &attempts).await?;
    for Answered { message, facts, done, .. } in answered.iter().map(AsRef::as_ref) {
        if !own.contains(&message.id) {
            continue;
        }
        if let (Verdict::Sent { .. }, Some(found)) = (&done.verdict, &done.found) {
            report(&mut tx, ctx, &message.id, found).await?;
        }
        let is_alarm = facts.for_staff && matches!(message.kind, MessageKind::RiskNotice | MessageKind::Escalation);
        if is_alarm && matches!(done.verdict, Verdict::Retry { .. }) {
            // Whoever must hear of danger hears of it on the other channel meanwhile.
            delivery::fall_back(&mut tx, wf, message, Instead::NotArrived).await?;
        }
    }
    for one in answered {
        pass("before_settle", Some(&one.message));
    }
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
