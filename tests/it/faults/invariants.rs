//! The invariants, looked at from outside: the database as another node reads it, the journal of the people, the provider's
//! ledger and the mail server's folder.

use super::house::House;
use care::case::{Reason, ReasonLevel};
use care::message::{Message, MessageState};
use care::packet::Packet;
use care::response::{ResponseKind, SavedAnswer};
use care::{Clock, Instant, MessageId, PacketId};
use chrono::Duration;
use instruments::Answer;
use std::collections::{BTreeMap, BTreeSet};
use store::{Db, InstanceScope as _};
use tests::people::Acknowledged;

/// A message claimed and not settled is taken up this long after its lease at the latest.
const TAKEN_UP: Duration = Duration::seconds(90);

/// What was found.
pub struct Found {
    /// What does not hold.
    pub violations: Vec<String>,
    /// Urgent risk reasons of which no notice was accepted yet, and when they were raised.
    pub unheard: Vec<(String, Instant)>,
    /// Messages and jobs that stand past their lease.
    pub in_limbo: Vec<String>,
    /// Counts for the report.
    pub figures: Figures,
}

/// How much was looked at.
#[derive(Debug, Default, Clone, Copy)]
pub struct Figures {
    pub answers: usize,
    pub receipts: usize,
    pub texts: usize,
    pub mails: usize,
    pub cases: usize,
    pub urgent: usize,
    pub audit_rows: i64,
    /// Jobs that were set aside because they were there at too many deaths; the sweep does their work.
    pub parked: i64,
}

struct Books {
    packets: BTreeMap<PacketId, (Packet, Vec<SavedAnswer>)>,
    messages: Vec<Message>,
}

/// Looks at a database with everything the people were ever told.
pub async fn look(house: &House, db: &Db) -> Found {
    // The journal first: people go on while the database is read.
    look_with(house, db, &house.journal.acknowledged()).await
}

/// Looks at a database that must have what was acknowledged.
pub async fn look_with(house: &House, db: &Db, acknowledged: &Acknowledged) -> Found {
    let mut violations: Vec<String> = house.journal.faults();
    let mut figures = Figures::default();
    let practice = &house.harbor.practice;
    let Acknowledged { answers, receipts } = acknowledged;
    let mut everything = db.read_all().await.unwrap();
    let mut packet_of = BTreeMap::new();
    let tokens: BTreeSet<String> = answers.keys().map(|(token, ..)| token).chain(receipts).cloned().collect();
    for token in tokens {
        match store::packet::by_link(&mut everything, &care::token::hash(&token)).await.unwrap() {
            Some(found) => drop(packet_of.insert(token, found.packet)),
            None => violations.push(format!("I1: the link {token} was answered and is gone")),
        }
    }
    drop(everything);
    let mut read = db.read(practice).await.unwrap();
    let mut books = Books { packets: BTreeMap::new(), messages: Vec::new() };
    for client in &house.clients {
        for packet in store::packet::of_episode(&mut read, &client.episode).await.unwrap() {
            let answers = store::answer::of_packet(&mut read, &packet.id).await.unwrap();
            books.packets.insert(packet.id.clone(), (packet, answers));
        }
        books.messages.extend(store::message::of_client(&mut read, &client.id).await.unwrap());
    }

    // I1: what was acknowledged is there, byte for byte, and so is every receipt's response.
    let mut sheets = BTreeMap::new();
    for (packet, _) in books.packets.values() {
        let responses = store::response::of_packet(&mut read, &packet.id).await.unwrap();
        let originals = responses.iter().filter(|response| response.kind == ResponseKind::Original).count();
        if originals > 1 || (originals == 0) != (packet.state != care::packet::PacketState::Completed) {
            violations
                .push(format!("I2: check-in {} is {} with {originals} original responses", packet.id, packet.state));
        }
        if let Some(original) = responses.into_iter().find(|response| response.kind == ResponseKind::Original) {
            sheets.insert(packet.id.clone(), original);
        }
    }
    figures.answers = answers.len();
    for ((token, instrument, item), value) in answers {
        let Some(packet) = packet_of.get(token) else { continue };
        let saved = books
            .packets
            .get(&packet.id)
            .and_then(|(_, answers)| answers.iter().find(|one| one.instrument == *instrument && one.item == *item));
        if saved.and_then(|saved| saved.value) != Some(*value) {
            violations.push(format!(
                "I1: {instrument}:{item} of {token} was acknowledged as {value} and is {:?}",
                saved.map(|saved| saved.value)
            ));
        }
        if let Some(response) = sheets.get(&packet.id)
            && response.answers.get(instrument).and_then(|sheet| sheet.get(item)) != Some(&Answer::Value(*value))
        {
            violations.push(format!("I1: {instrument}:{item} of {token} is {value} and the response says otherwise"));
        }
    }
    figures.receipts = receipts.len();
    for token in receipts {
        if packet_of.get(token).is_some_and(|packet| !sheets.contains_key(&packet.id)) {
            violations.push(format!("I1: the receipt of {token} has no response"));
        }
    }

    // I4: every answer about danger that is in the database has its reason in a case.
    let mut urgent: Vec<Reason> = Vec::new();
    for (packet, answers) in books.packets.values() {
        let Some(level) = danger(answers) else { continue };
        let reasons = store::case::reasons_of_packet(&mut read, &packet.id).await.unwrap();
        if !reasons.iter().any(|reason| reason.rule.is_risk()) {
            violations.push(format!("I4: the answer about danger in {} has no reason", packet.id));
        }
        for reason in &reasons {
            if store::case::find(&mut read, &reason.case_id).await.unwrap().is_none() {
                violations.push(format!("I4: reason {} has no case", reason.id));
            }
        }
        figures.cases += usize::from(!reasons.is_empty());
        if level == ReasonLevel::Urgent && !reasons.iter().any(|reason| reason.level == ReasonLevel::Urgent) {
            violations.push(format!("I4: the urgent answer in {} has no urgent reason", packet.id));
        }
        urgent
            .extend(reasons.into_iter().filter(|reason| reason.rule.is_risk() && reason.level == ReasonLevel::Urgent));
    }
    figures.urgent = urgent.len();

    // I6: nothing to a client twice, by the ledger of the provider and the folder of the mail server.
    figures.texts = house.provider.ledger().len();
    let mut heard: BTreeSet<String> = BTreeSet::new();
    for (to, token, count) in house.provider.doubled() {
        violations.push(format!("I6: {to} got the link {token} {count} times"));
    }
    let to_clients: BTreeSet<&str> = books.messages.iter().map(|message| message.id.as_str()).collect();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for text in house.provider.ledger() {
        let Some(message) = text.message().map(str::to_owned) else { continue };
        *taken.entry(message.clone()).or_insert(0) += 1;
        heard.insert(message);
    }
    if let Some(relay) = &house.relay {
        let mails = relay.arrived();
        figures.mails = mails.len();
        for mail in mails {
            *taken.entry(mail.message().to_owned()).or_insert(0) += 1;
            heard.insert(mail.message().to_owned());
        }
    }
    for (message, count) in &taken {
        if *count > 1 && to_clients.contains(message.as_str()) {
            violations.push(format!("I6: message {message} to a client was taken {count} times"));
        }
    }
    // What the ledger has, ours knows of: no text is out that the practice takes for unsent for good.
    for message in &books.messages {
        let went = taken.contains_key(message.id.as_str());
        if went && matches!(message.state, MessageState::Cancelled | MessageState::Failed) {
            violations.push(format!("I6: message {} went and is {}", message.id, message.state));
        }
        if !went && matches!(message.state, MessageState::Sent | MessageState::Delivered) {
            violations.push(format!("I6: message {} is {} and nobody has it", message.id, message.state));
        }
    }
    // The (check-in, step, channel) of a message is unique.
    let mut steps = BTreeSet::new();
    for message in
        books.messages.iter().filter(|message| taken.contains_key(message.id.as_str()) && message.packet_id.is_some())
    {
        if !steps.insert((
            message.packet_id.clone(),
            message.kind.as_str(),
            message.channel.as_str(),
            message.unique_key.clone(),
        )) {
            violations.push(format!("I6: message {} repeats a step of its check-in", message.id));
        }
    }

    // I5 is a matter of time: told apart here, judged by the caller.
    let mut unheard = Vec::new();
    for reason in &urgent {
        let told = store::message::of_case(&mut read, &reason.case_id).await.unwrap();
        let is_heard = told.iter().any(|message| {
            message.staff_id.is_some()
                && message.reason_id.as_ref() == Some(&reason.id)
                && heard.contains(message.id.as_str())
        });
        let acknowledged = reason.acknowledged_at.is_some();
        if !is_heard && !acknowledged {
            unheard.push((reason.id.to_string(), reason.raised_at));
        }
    }

    // I8: nothing stands past its lease.
    let now = house.clock.now() - TAKEN_UP;
    let stuck: Vec<(MessageId, i64)> = read
        .query("SELECT id, attempt FROM message WHERE practice_id = $1 AND state = 'sending' AND lease_until < $2")
        .bind(practice)
        .bind(now)
        .all()
        .await
        .unwrap();
    let mut in_limbo: Vec<String> =
        stuck.into_iter().map(|(id, attempt)| format!("message {id} (attempt {attempt})")).collect();
    let overdue: Vec<(MessageId,)> = read
        .query("SELECT id FROM message WHERE practice_id = $1 AND state = 'planned' AND due_at < $2")
        .bind(practice)
        .bind(now - Duration::minutes(3))
        .all()
        .await
        .unwrap();
    in_limbo.extend(overdue.into_iter().map(|(id,)| format!("message {id} is due and not sent")));
    let report = store::verify_audit(&mut read).await.unwrap();
    figures.audit_rows = report.rows;
    if let Some(broken) = report.broken {
        violations.push(format!("I10: {broken}"));
    }
    drop(read);
    let mut everything = db.read_all().await.unwrap();
    let jobs: Vec<(String, String)> = everything
        .query("SELECT id, payload ->> 'job' FROM job WHERE state = 'running' AND lease_until < $1")
        .bind(now)
        .all()
        .await
        .unwrap();
    in_limbo.extend(jobs.into_iter().map(|(id, name)| format!("job {id} ({name}) has lost its worker")));
    figures.parked = everything.query("SELECT count(*) FROM job WHERE state = 'parked'").scalar().await.unwrap();
    Found { violations, unheard, in_limbo, figures }
}

/// The level the answers call for, by the instrument's own rule for item 9: review at 1, urgent from 2.
fn danger(answers: &[SavedAnswer]) -> Option<ReasonLevel> {
    let value = answers.iter().find(|one| one.instrument == "phq-9" && one.item == "9")?.value?;
    match value {
        0 => None,
        1 => Some(ReasonLevel::Review),
        _ => Some(ReasonLevel::Urgent),
    }
}
