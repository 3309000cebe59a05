//! The statements that change messages and check-ins do what the rules of `care` say, row by row: the histories that are played
//! against those rules (crates/care/tests/histories) are about the product only as far as this holds.

use crate::fixture::{after, check_in, client_id, harbor_with_episode, now, staff_id, write};
use care::delivery::{LEASE, Outcome, STAFF_LEASE};
use care::message::{CancelReason, Channel, Instead, Message, MessageKind, MessageState};
use care::packet::{Asked, Packet, PacketState};
use care::{Instant, Language, MessageId, PacketId, TextValue};
use store::Tx;
use store::packet::Sent;
use store::testing::both_databases;

/// What is done to a message.
#[derive(Debug, Clone)]
enum Change {
    Claim,
    Settle(i64, Outcome),
    Report(MessageState, Option<&'static str>),
    CancelOfPacket,
    GiveUpForOtherChannel,
    Reschedule(Option<Instead>),
    CancelOfClient,
}

fn changes() -> Vec<Change> {
    let text = || "Harbor Lane: {link}".to_owned();
    let outcomes = [
        Outcome::Sent { provider_id: String::new(), text: text(), at: now() },
        Outcome::Retry { at: after(5), code: "retry".to_owned() },
        Outcome::Failed { code: "30005".to_owned() },
        Outcome::Cancelled { reason: CancelReason::NoConsent },
        Outcome::Unknown { text: text(), at: now() },
    ];
    let mut all = vec![
        Change::Claim,
        Change::CancelOfPacket,
        Change::GiveUpForOtherChannel,
        Change::Reschedule(None),
        Change::Reschedule(Some(Instead::Unopened)),
        Change::CancelOfClient,
        Change::Report(MessageState::Sent, None),
        Change::Report(MessageState::Delivered, None),
        Change::Report(MessageState::Failed, Some("30003")),
    ];
    // By the worker that has it, and by one that slept.
    all.extend(outcomes.iter().flat_map(|one| [2, 1].map(|attempt| Change::Settle(attempt, one.clone()))));
    all
}

fn message(number: usize, to_staff: bool) -> Message {
    let kind = if to_staff { MessageKind::CaseNotice } else { MessageKind::Invite };
    let id = MessageId::from_text(format!("m{number}"));
    Message {
        client_id: (!to_staff).then(|| client_id("c1")),
        staff_id: to_staff.then(|| staff_id("ana")),
        packet_id: (!to_staff).then(|| PacketId::from_text(format!("p{number}"))),
        ..Message::planned(id, kind, Channel::Sms, format!("k{number}"), now())
    }
}

/// State, attempt, lease, when it is due, whether it is to staff, and why it was cancelled.
type MessageRow = (MessageState, i64, Option<Instant>, Instant, bool, Option<CancelReason>);

/// Every state a row may be in, with attempts, leases and times before and after now.
fn rows() -> Vec<MessageRow> {
    let reasons =
        [None, Some(CancelReason::PacketClosed), Some(CancelReason::QuietHours), Some(CancelReason::NoConsent)];
    let mut rows = Vec::new();
    for state in MessageState::ALL {
        for attempt in [0, 2] {
            for (lease, due) in [(None, -1), (Some(-1), 1), (Some(1), -1), (Some(0), 0)] {
                for to_staff in [false, true] {
                    let reason = reasons[rows.len() / 2 % 4].filter(|_| *state == MessageState::Cancelled);
                    rows.push((*state, attempt, lease.map(after), after(due), to_staff, reason));
                }
            }
        }
    }
    rows
}

async fn put(tx: &mut Tx, packet: &Packet, message: &Message) {
    if message.packet_id.is_some() {
        assert!(store::packet::insert(tx, packet).await.unwrap());
    }
    assert!(store::message::plan(tx, message, now()).await.unwrap());
}

/// By the store.
async fn by_store(tx: &mut Tx, message: &Message, change: &Change) {
    let (id, provider_id) = (&message.id, format!("sid-{}", message.id));
    match change {
        Change::Claim => drop(
            store::message::claim(tx, std::slice::from_ref(id), now(), now() + LEASE, now() + STAFF_LEASE)
                .await
                .unwrap(),
        ),
        Change::Settle(attempt, outcome) => {
            let outcome = named(outcome, &provider_id);
            let _ = store::message::settle(tx, &[(id, *attempt, &outcome)]).await.unwrap();
        }
        Change::Report(state, code) => {
            let _ = store::message::report(tx, id, &provider_id, *state, *code, now()).await.unwrap();
        }
        Change::CancelOfPacket => {
            if let Some(packet) = &message.packet_id {
                store::message::cancel_of_packet(tx, packet, CancelReason::PacketClosed).await.unwrap();
            }
        }
        Change::GiveUpForOtherChannel => {
            if let Some(packet) = &message.packet_id {
                let other = message.channel.other();
                store::message::cancel_on_other_channels(tx, packet, message.kind, other).await.unwrap();
            }
        }
        Change::Reschedule(instead) => {
            store::message::reschedule(tx, &message.unique_key, after(7), *instead).await.unwrap();
        }
        Change::CancelOfClient => {
            if let Some(client) = &message.client_id {
                let reason = CancelReason::OptedOut;
                store::message::cancel_of_client(tx, client, message.channel, reason).await.unwrap();
            }
        }
    }
}

/// By the rules.
fn by_rules(message: &Message, change: &Change) -> Option<Message> {
    let provider_id = format!("sid-{}", message.id);
    match change {
        Change::Claim => message.claimed(now()),
        Change::Settle(attempt, outcome) => message.settled(*attempt, &named(outcome, &provider_id)),
        Change::Report(state, code) => message.reported(&provider_id, *state, *code, now()),
        Change::CancelOfPacket => {
            message.packet_id.as_ref().and_then(|_| message.cancelled(CancelReason::PacketClosed))
        }
        Change::GiveUpForOtherChannel => message.packet_id.as_ref().and_then(|_| message.given_up_for_other_channel()),
        Change::Reschedule(instead) => message.rescheduled(after(7), *instead),
        Change::CancelOfClient => message.client_id.as_ref().and_then(|_| message.cancelled(CancelReason::OptedOut)),
    }
}

fn named(outcome: &Outcome, sid: &str) -> Outcome {
    match outcome.clone() {
        Outcome::Sent { text, at, .. } => Outcome::Sent { provider_id: sid.to_owned(), text, at },
        other => other,
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Start,
    Touch,
    Complete,
    Sent,
    Reschedule,
    Withdraw,
    Expire,
    /// As it was seen before the last answer.
    ExpireLate,
}

fn asked() -> [Asked; 1] {
    [Asked { id: "gad-7".to_owned(), version: "1".to_owned() }]
}

async fn step_by_store(tx: &mut Tx, packet: &Packet, step: Step) {
    let id = &packet.id;
    match step {
        Step::Start => drop(store::packet::start(tx, id, Language::Es, now()).await.unwrap()),
        Step::Touch => drop(store::packet::touch(tx, id, now()).await.unwrap()),
        Step::Complete => drop(store::packet::complete(tx, id, now()).await.unwrap()),
        Step::Sent => {
            let sent = Sent { id, at: now(), expires_at: after(90) };
            store::packet::mark_sent(tx, &[sent]).await.unwrap();
        }
        Step::Reschedule => {
            let _ = store::packet::reschedule(tx, id, &asked(), after(3), after(99)).await.unwrap();
        }
        Step::Withdraw => {
            let _ = store::packet::withdraw(tx, id).await.unwrap();
        }
        Step::Expire => {
            let _ = store::packet::expire(tx, packet).await.unwrap();
        }
        Step::ExpireLate => {
            let seen = Packet { last_answer_at: Some(after(-30)), ..packet.clone() };
            let _ = store::packet::expire(tx, &seen).await.unwrap();
        }
    }
}

fn step_by_rules(packet: &Packet, step: Step) -> Option<Packet> {
    match step {
        Step::Start => packet.started(Language::Es, now()),
        Step::Touch => packet.touched(now()),
        Step::Complete => packet.completed(now()),
        Step::Sent => packet.sent(now(), after(90)),
        Step::Reschedule => packet.rescheduled(&asked(), after(3), after(99)),
        Step::Withdraw => packet.withdrawn(),
        Step::Expire => packet.expired(packet.last_answer_at),
        Step::ExpireLate => packet.expired(Some(after(-30))),
    }
}

both_databases! {
    async fn the_ledger_changes_as_the_rules_say(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        let (mut number, mut changed) = (0, 0);
        for (state, attempt, lease, due_at, to_staff, reason) in rows() {
            for change in changes() {
                number += 1;
                let planned = message(number, to_staff);
                put(&mut tx, &check_in(&format!("p{number}"), "c1", "e1"), &planned).await;
                tx.query(
                    "UPDATE message SET state = $1, attempt = $2, lease_until = $3, due_at = $4, cancel_reason = $5, code = $6, \
                     sent_at = $7 WHERE id = $8",
                )
                .bind(state)
                .bind(attempt)
                .bind(lease)
                .bind(due_at)
                .bind(reason)
                .bind((attempt > 0).then_some("retry"))
                .bind((state == MessageState::Unknown).then(|| after(-3)))
                .bind(&planned.id)
                .execute()
                .await
                .unwrap();
                let before = store::message::find(&mut tx, &planned.id).await.unwrap().unwrap();
                by_store(&mut tx, &before, &change).await;
                let stored = store::message::find(&mut tx, &planned.id).await.unwrap().unwrap();
                let ruled = by_rules(&before, &change);
                changed += usize::from(ruled.is_some());
                assert_eq!(stored, ruled.unwrap_or_else(|| before.clone()), "{change:?} of {before:?}");
                // What is found for the whole client is looked for in one row.
                tx.query("UPDATE message SET client_id = NULL, staff_id = 'ana' WHERE id = $1").bind(&planned.id).execute().await.unwrap();
            }
        }
        assert!(changed * 10 > number, "{changed} of {number} rows were changed");
    }

    async fn check_ins_change_as_the_rules_say(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        let mut number = 0;
        let steps =
            [Step::Start, Step::Touch, Step::Complete, Step::Sent, Step::Reschedule, Step::Withdraw, Step::Expire, Step::ExpireLate];
        for state in PacketState::ALL {
            for (started, answered, sent) in [(false, false, false), (true, false, false), (true, true, false), (false, false, true), (true, true, true)] {
                for step in steps {
                    number += 1;
                    let planned = check_in(&format!("p{number}"), "c1", "e1");
                    assert!(store::packet::insert(&mut tx, &planned).await.unwrap());
                    tx.query("UPDATE packet SET state = $1, started_at = $2, last_answer_at = $3, sent_at = $4, completed_at = $5 WHERE id = $6")
                        .bind(*state)
                        .bind(started.then(|| after(-20)))
                        .bind(answered.then(|| after(-10)))
                        .bind(sent.then(|| after(-40)))
                        .bind((*state == PacketState::Completed).then(|| after(-5)))
                        .bind(&planned.id)
                        .execute()
                        .await
                        .unwrap();
                    let before = store::packet::find(&mut tx, &planned.id).await.unwrap().unwrap();
                    step_by_store(&mut tx, &before, step).await;
                    let stored = store::packet::find(&mut tx, &planned.id).await.unwrap().unwrap();
                    let ruled = step_by_rules(&before, step).unwrap_or_else(|| before.clone());
                    assert_eq!(stored, ruled, "{step:?} of a check-in that is {}", state.as_text());
                }
            }
        }
    }
}
