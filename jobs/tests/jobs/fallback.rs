//! The other channel: where a check-in was not opened, and where the first message did not arrive. Never a third message.

use crate::fixture::{Clinic, address, ask, number, practice};
use care::client::{Consent, ConsentSource, ConsentState, Purpose};
use care::message::{CancelReason, Channel, Instead, MessageKind, MessageState, UnusableReason};
use care::{ClientId, ConsentId, Language, PacketId};
use chrono::Duration;
use notify::Script;
use store::testing::both_databases;
use workflows::delivery::{Bounced, Report, bounced};

/// The practice wants the other channel tried after so many hours.
async fn wanted(clinic: &Clinic, hours: u32) {
    let mut tx = clinic.write().await;
    let mut practice = store::practice::get(&mut tx).await.unwrap();
    practice.settings.fallback_after_hours = hours;
    store::practice::update(&mut tx, &practice).await.unwrap();
    tx.commit().await.unwrap();
}

async fn withdraw(clinic: &Clinic, channel: Channel) {
    let mut tx = clinic.write().await;
    let consent = Consent {
        id: clinic.ctx.workflows.id(ConsentId::new),
        client_id: ClientId::from_text("c1"),
        channel,
        purpose: Purpose::CheckIn,
        state: ConsentState::Withdrawn,
        wording_version: "1".to_owned(),
        source: ConsentSource::Staff,
        recorded_at: clinic.ctx.now(),
        recorded_by: None,
    };
    store::consent::insert(&mut tx, &consent).await.unwrap();
    tx.commit().await.unwrap();
}

async fn open(clinic: &Clinic, packet: &PacketId) {
    let mut tx = clinic.write().await;
    workflows::check_in::start(&mut tx, &clinic.ctx.workflows, packet, Some(Channel::Sms), Language::En).await.unwrap();
    tx.commit().await.unwrap();
}

async fn report_failed(clinic: &Clinic, packet: &PacketId, code: &str) {
    let message = clinic.message(packet, MessageKind::Invite, Channel::Sms).await;
    let provider_id = message.provider_id.clone().expect("it was taken");
    let mut tx = clinic.write().await;
    workflows::delivery::report(&mut tx, &clinic.ctx.workflows, &message.id, &provider_id, Report::Failed, Some(code))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// How many texts and mails the client got.
fn got(clinic: &Clinic) -> (usize, usize) {
    (clinic.sent_to(&number(1)).len(), clinic.sent_to(&address(1)).len())
}

async fn days(clinic: &Clinic, days: i64) {
    for _ in 0..days * 4 {
        clinic.later(Duration::hours(6)).await;
    }
}

both_databases! {
    async fn who_does_not_open_a_text_gets_a_mail_in_place_of_the_reminder(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        wanted(&clinic, 24).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        let waiting = clinic.message(&packet, MessageKind::Reminder, Channel::Email).await;
        assert_eq!((waiting.state, waiting.instead), (MessageState::Planned, Some(Instead::Unopened)));
        assert_eq!(waiting.due_at, clinic.ctx.now() + Duration::hours(24));
        assert_eq!(clinic.messages(&packet).await.len(), 2, "no reminder beside it");
        clinic.later(Duration::hours(24) - Duration::minutes(1)).await;
        assert_eq!(got(&clinic), (1, 0));
        clinic.later(Duration::minutes(1)).await;
        assert_eq!(got(&clinic), (1, 1));
        days(&clinic, 6).await;
        assert_eq!(got(&clinic), (1, 1), "and nothing more");
        let sent = clinic.message(&packet, MessageKind::Reminder, Channel::Email).await;
        assert_eq!((sent.state, sent.instead), (MessageState::Sent, Some(Instead::Unopened)));
    }

    async fn who_has_opened_it_is_reminded_as_usual(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        wanted(&clinic, 24).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        clinic.later(Duration::hours(3)).await;
        open(&clinic, &packet).await;
        clinic.later(Duration::hours(21)).await;
        let held = clinic.message(&packet, MessageKind::Reminder, Channel::Email).await;
        assert_eq!((held.state, held.cancel_reason), (MessageState::Cancelled, Some(CancelReason::Opened)));
        assert_eq!(got(&clinic), (1, 0));
        clinic.later(Duration::hours(24)).await;
        assert_eq!(got(&clinic), (2, 0), "after two days, where the first one went");
        days(&clinic, 4).await;
        assert_eq!(got(&clinic), (2, 0));
    }

    async fn without_consent_to_the_other_channel_nothing_goes_there(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        wanted(&clinic, 24).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        withdraw(&clinic, Channel::Email).await;
        clinic.later(Duration::hours(24)).await;
        let held = clinic.message(&packet, MessageKind::Reminder, Channel::Email).await;
        assert_eq!(held.cancel_reason, Some(CancelReason::NoConsent), "looked at again when it was to go");
        days(&clinic, 5).await;
        assert_eq!(got(&clinic), (2, 0), "the reminder at its own time");
        // With consent to one channel alone from the beginning, it is not even planned.
        let mut tx = clinic.write().await;
        let episode = care::EpisodeId::from_text("e1");
        let next = workflows::packet::send_now(&mut tx, &clinic.ctx.workflows, &episode, &[], &care::staff::Actor::System).await.unwrap();
        tx.commit().await.unwrap();
        clinic.run().await;
        assert!(clinic.messages(&next).await.iter().all(|one| one.channel == Channel::Sms && one.instead.is_none()));
    }

    async fn off_unless_the_practice_wants_it_and_never_at_night(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        assert_eq!(clinic.message(&packet, MessageKind::Reminder, Channel::Sms).await.instead, None);
        wanted(&clinic, 14).await;
        let packet = ask(&clinic.ctx, 2, Channel::Sms).await;
        clinic.run().await;
        let waiting = clinic.message(&packet, MessageKind::Reminder, Channel::Email).await;
        assert_eq!(waiting.due_at.to_rfc3339(), "2026-03-10T15:00:00+00:00", "one in the morning: at eight");
    }

    async fn a_landline_sends_the_first_message_by_mail_at_once_and_only_once(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        wanted(&clinic, 24).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        for _ in 0..2 {
            report_failed(&clinic, &packet, "30006").await;
            clinic.run().await;
        }
        let mail = clinic.message(&packet, MessageKind::Invite, Channel::Email).await;
        assert_eq!((mail.state, mail.instead), (MessageState::Sent, Some(Instead::NotArrived)));
        assert_eq!(got(&clinic), (1, 1));
        days(&clinic, 6).await;
        assert_eq!(got(&clinic), (1, 2), "its reminder goes where the mail went");
        assert_eq!(clinic.message(&packet, MessageKind::Reminder, Channel::Email).await.instead, None);
    }

    async fn a_failure_that_is_reported_after_the_other_channel_was_tried_sends_nothing_more(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        wanted(&clinic, 24).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        clinic.later(Duration::hours(25)).await;
        assert_eq!(got(&clinic), (1, 1));
        report_failed(&clinic, &packet, "30005").await;
        days(&clinic, 6).await;
        assert_eq!(got(&clinic), (1, 1));
    }

    async fn a_lost_answer_neither_doubles_nor_forgets_it(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        wanted(&clinic, 24).await;
        // The text's answer is lost and learned from the provider later; the mail's is lost for good.
        clinic.sent.script([Script::AcceptAndLoseAnswer, Script::AcceptAndLoseAnswer]);
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        clinic.later(Duration::minutes(6)).await;
        assert_eq!(clinic.message(&packet, MessageKind::Invite, Channel::Sms).await.state, MessageState::Delivered);
        assert_eq!(clinic.messages(&packet).await.len(), 2, "planned once, though the text counted as gone twice");
        days(&clinic, 1).await;
        assert_eq!(clinic.message(&packet, MessageKind::Reminder, Channel::Email).await.state, MessageState::Unknown);
        days(&clinic, 6).await;
        assert_eq!((got(&clinic), clinic.sent.calls()), ((1, 1), 2), "what may have gone is not sent again");
        let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
        assert!(store::packet::find(&mut read, &packet).await.unwrap().unwrap().sent_at.is_some());
    }

    async fn a_mail_that_comes_back_later_goes_as_a_text_and_its_mailbox_is_left_alone(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let packet = ask(&clinic.ctx, 1, Channel::Email).await;
        clinic.run().await;
        let comes_back = async |fate: Bounced, status: &str| {
            let mail = clinic.message(&packet, MessageKind::Invite, Channel::Email).await;
            let provider_id = mail.provider_id.clone().expect("it was taken");
            let mut tx = clinic.write().await;
            let is_news = bounced(&mut tx, &clinic.ctx.workflows, &mail, &provider_id, fate, status).await.unwrap();
            tx.commit().await.unwrap();
            clinic.run().await;
            is_news
        };
        assert!(comes_back(Bounced::Delayed, "4.4.1").await);
        assert!(!comes_back(Bounced::Delayed, "4.4.1").await, "noted once");
        assert_eq!(got(&clinic), (0, 1));
        assert!(comes_back(Bounced::Failed, "5.1.1").await);
        assert!(!comes_back(Bounced::Failed, "5.1.1").await);
        assert!(!comes_back(Bounced::Delayed, "4.4.1").await, "a failure is not lowered");
        let mail = clinic.message(&packet, MessageKind::Invite, Channel::Email).await;
        assert_eq!((mail.state, mail.code.as_deref()), (MessageState::Failed, Some("bounce-5.1.1")));
        let text = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!((text.state, text.instead), (MessageState::Sent, Some(Instead::NotArrived)));
        assert_eq!(got(&clinic), (1, 1));
        let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
        let found = store::unusable_contact::find(&mut read, Channel::Email, &address(1)).await.unwrap().expect("on the list");
        assert_eq!(found.reason, UnusableReason::NoMailbox);
    }

    async fn a_mail_refused_for_another_reason_counts_against_the_address_the_second_time_running(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let mut packet = ask(&clinic.ctx, 1, Channel::Email).await;
        for nth in 1..=2 {
            clinic.run().await;
            let mail = clinic.message(&packet, MessageKind::Invite, Channel::Email).await;
            let provider_id = mail.provider_id.clone().expect("it was taken");
            let mut tx = clinic.write().await;
            assert!(bounced(&mut tx, &clinic.ctx.workflows, &mail, &provider_id, Bounced::Failed, "5.7.1").await.unwrap());
            tx.commit().await.unwrap();
            let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
            let found = store::unusable_contact::find(&mut read, Channel::Email, &address(1)).await.unwrap();
            assert_eq!(found.map(|found| found.reason), (nth == 2).then_some(UnusableReason::Unreachable), "{nth}");
            drop(read);
            if nth == 1 {
                // Before its reminder goes, which nobody reports on: that would count as a mail that arrived.
                clinic.later(Duration::hours(1)).await;
                let mut tx = clinic.write().await;
                let by = care::staff::Actor::System;
                workflows::packet::withdraw(&mut tx, &clinic.ctx.workflows, &packet, &by).await.unwrap();
                let episode = care::EpisodeId::from_text("e1");
                packet = workflows::packet::send_now(&mut tx, &clinic.ctx.workflows, &episode, &[], &by).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
    }
}
