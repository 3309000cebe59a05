//! Messages to clients: never twice, never after a no, never at night.

use crate::fixture::{Clinic, address, ask, monday, number, practice, tell_ana};
use care::message::{CancelReason, Channel, MessageKind, MessageState};
use care::message_template::TemplateKind;
use care::packet::PacketState;
use care::practice::TaskKind;
use care::staff::Role;
use care::{Language, StaffId};
use chrono::{Duration, Timelike as _};
use notify::{OutboxMessage, RetryReason, Script, SendError};
use store::testing::both_databases;
use workflows::inbound::{Inbound, Meaning};
use workflows::message_template::Draft;

async fn tasks(clinic: &Clinic) -> Vec<TaskKind> {
    let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
    store::task::open(&mut read).await.unwrap().into_iter().map(|task| task.kind).collect()
}

async fn write_in(clinic: &Clinic, n: u32, meaning: Meaning, id: &str) {
    let mut tx = clinic.write().await;
    let inbound = Inbound { provider_id: id.to_owned(), from: number(n).into(), meaning };
    workflows::inbound::text(&mut tx, &clinic.ctx.workflows, &inbound).await.unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn a_check_in_goes_out_with_its_link_and_the_ledger_keeps_the_words_without_it(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        assert!(clinic.run().await > 0);
        let sent = clinic.sent_to(&number(1));
        assert_eq!(sent.len(), 1);
        let link = sent[0].text().split_whitespace().find(|word| word.starts_with("https://care.example.org/c/")).expect("a link").to_owned();
        assert!(link.len() > 40 && care::segments::segments(sent[0].text()).count == 1, "{}", sent[0].text());
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!((message.state, message.attempt), (MessageState::Sent, 1));
        assert_eq!(message.provider_id.as_deref(), Some(format!("local-{}", message.id).as_str()));
        let ledger = message.text.expect("the words are kept");
        assert!(ledger.contains("{link}") && !ledger.contains(&link), "{ledger}");
        let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
        assert_eq!(store::packet::find(&mut read, &packet).await.unwrap().unwrap().state, PacketState::Open);
        assert!(store::packet::tokens_of_message(&mut read, &message.id).await.unwrap().is_empty(), "the token is wiped");
        drop(read);
        assert_eq!(clinic.run().await, 0, "nothing is left over");
        assert_eq!(clinic.message(&packet, MessageKind::Reminder, Channel::Sms).await.state, MessageState::Planned);
    }

    async fn a_client_whose_record_cannot_be_read_holds_up_nobody_else(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        for n in 1..=8 {
            ask(&clinic.ctx, n, Channel::Sms).await;
        }
        let mut tx = clinic.write().await;
        tx.query("UPDATE client SET phone_sealed = email_sealed WHERE id = 'c3'").execute().await.unwrap();
        tx.commit().await.unwrap();
        clinic.run().await;
        for n in 1..=8 {
            assert_eq!(clinic.sent_to(&number(n)).len(), usize::from(n != 3), "client {n}");
        }
    }

    async fn texts_that_go_together_share_their_statements(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let texts = 80;
        for n in 1..=texts {
            ask(&clinic.ctx, n, Channel::Sms).await;
        }
        let before = db.statements();
        clinic.run().await;
        assert_eq!(clinic.sent.messages().len(), texts as usize);
        let each = (db.statements() - before) as f64 / f64::from(texts);
        assert!(each < 6.0, "{each} statements for each text");
    }

    async fn a_mail_carries_both_parts_and_a_way_to_leave(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        ask(&clinic.ctx, 1, Channel::Email).await;
        clinic.run().await;
        let [OutboxMessage::Mail { text, html, unsubscribe, from_name, .. }] = &clinic.sent_to(&address(1))[..] else { panic!("one mail") };
        let leave = unsubscribe.as_deref().expect("a way to leave");
        assert!(leave.starts_with("https://care.example.org/u/") && text.contains("https://care.example.org/c/"));
        assert!(!html.is_empty() && from_name.as_deref() == Some("Harbor Lane"));
    }

    async fn a_practice_writes_in_its_own_words(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let admin = care::access::Viewer { staff_id: StaffId::from_text("ana"), roles: vec![Role::Admin], sites: vec![] };
        for (channel, subject, body) in [
            (Channel::Sms, "", "{practice} asks how you are, {minutes} min: {link} Reply STOP to opt out"),
            (Channel::Email, "A note from {practice}", "Hello,\r\n\r\nit is time again.\r\n\r\n{link}\r\n\r\nUntil {open_until}."),
        ] {
            let draft = Draft { kind: TemplateKind::Invite, language: Language::En, channel, subject: subject.into(), body: body.into() };
            let mut tx = clinic.write().await;
            workflows::message_template::save(&mut tx, &clinic.ctx.workflows, &admin, &draft).await.unwrap();
            tx.commit().await.unwrap();
        }
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        ask(&clinic.ctx, 2, Channel::Email).await;
        clinic.run().await;
        let text = clinic.sent_to(&number(1)).remove(0).text().to_owned();
        assert!(text.starts_with("Harbor Lane asks how you are, ") && text.ends_with(" Reply STOP to opt out"), "{text}");
        assert!(text.contains("https://care.example.org/c/"), "{text}");
        let kept = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await.text.expect("the words are kept");
        assert!(kept.starts_with("Harbor Lane asks how you are, ") && kept.contains(" min: {link} Reply STOP"), "{kept}");
        let [OutboxMessage::Mail { subject, text, html, .. }] = &clinic.sent_to(&address(2))[..] else { panic!("one mail") };
        assert_eq!(subject, "A note from Harbor Lane");
        assert!(text.contains("it is time again.") && text.contains("\nUntil Fri, Mar 13."), "{text}");
        assert!(text.contains("/u/") && html.contains("class=\"go\""), "the way to leave and the button are there all the same");
        // Taken back, the next one is in the product's words.
        let mut tx = clinic.write().await;
        workflows::message_template::take_back(&mut tx, &clinic.ctx.workflows, &admin, TemplateKind::Invite, Language::En, Channel::Sms).await.unwrap();
        tx.commit().await.unwrap();
        ask(&clinic.ctx, 3, Channel::Sms).await;
        clinic.run().await;
        assert!(clinic.sent_to(&number(3))[0].text().contains("your check-in is ready"));
    }

    async fn on_a_holiday_it_waits_for_the_day_after(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let admin = care::access::Viewer { staff_id: StaffId::from_text("ana"), roles: vec![Role::Admin], sites: vec![] };
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        let mut tx = clinic.write().await;
        let today = monday().date_naive();
        workflows::practice::add_holiday(&mut tx, &clinic.ctx.workflows, &admin, today, "Closed").await.unwrap();
        tx.commit().await.unwrap();
        clinic.run().await;
        assert_eq!(clinic.sent.calls(), 0, "known before it was sent, though not when it was planned");
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!(message.due_at.to_rfc3339(), "2026-03-10T15:00:00+00:00", "08:00 on the day after");
    }

    async fn a_text_waits_at_the_provider_no_longer_than_its_hours(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        // 20:30 at the client's place: half an hour is left.
        clinic.clock.advance(Duration::hours(9) + Duration::minutes(30));
        ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        let [OutboxMessage::Sms { validity_period, .. }] = &clinic.sent_to(&number(1))[..] else { panic!("one text") };
        assert!((1_700..=1_800).contains(validity_period), "{validity_period}");
    }

    async fn a_provider_that_drops_nothing_is_given_nothing_in_the_last_minutes(db: TestDb) {
        let mut clinic = Clinic::new(&db).await;
        clinic.ctx.workflows.texts_end_early = 15;
        // 20:44 at the client's place, and 20:45.
        clinic.clock.set(care::local_time::at_minute(monday().date_naive(), 20 * 60 + 44, chrono_tz::America::Los_Angeles));
        ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        assert_eq!(clinic.sent_to(&number(1)).len(), 1);
        let planned = ask(&clinic.ctx, 2, Channel::Sms).await;
        clinic.clock.advance(Duration::minutes(1));
        let second = ask(&clinic.ctx, 3, Channel::Sms).await;
        ask(&clinic.ctx, 4, Channel::Email).await;
        clinic.run().await;
        assert!(clinic.sent_to(&number(2)).is_empty() && clinic.sent_to(&number(3)).is_empty(), "planned before or after");
        assert_eq!(clinic.sent_to(&address(4)).len(), 1, "a mail goes until nine");
        for packet in [&planned, &second] {
            let message = clinic.message(packet, MessageKind::Invite, Channel::Sms).await;
            assert_eq!(message.due_at.to_rfc3339(), "2026-03-10T15:00:00+00:00", "08:00 on the day after");
        }
    }

    async fn at_night_it_waits_for_the_morning(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        // Planned at 20:59, and the worker comes at 21:05.
        clinic.clock.advance(Duration::hours(9) + Duration::minutes(59));
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.later(Duration::minutes(6)).await;
        assert_eq!(clinic.sent.calls(), 0);
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!(message.state, MessageState::Planned);
        assert_eq!((message.due_at.hour(), message.due_at.minute()), (15, 0), "08:00 at the client's place");
        clinic.clock.set(message.due_at);
        clinic.run().await;
        assert_eq!(clinic.sent_to(&number(1)).len(), 1);
    }

    async fn a_text_whose_answer_was_lost_is_adopted_and_never_sent_again(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script([Script::AcceptAndLoseAnswer]);
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        assert_eq!(clinic.message(&packet, MessageKind::Invite, Channel::Sms).await.state, MessageState::Unknown);
        assert_eq!(tasks(&clinic).await, [TaskKind::UnknownOutcome], "and the desk sees it");
        clinic.later(Duration::minutes(5)).await;
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!(message.state, MessageState::Delivered);
        assert!(message.provider_id.is_some());
        clinic.later(Duration::hours(3)).await;
        assert_eq!(clinic.sent.calls(), 1, "never twice");
    }

    async fn a_text_the_provider_surely_does_not_have_goes_once_more(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script([Script::Fail(SendError::Ambiguous)]);
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        // The provider cannot be asked yet, neither by the text's own job nor by the recurring one; the text stays where it is.
        clinic.sent.script_lookups(vec![SendError::retry(RetryReason::NoConnection); 2]);
        clinic.later(Duration::minutes(5)).await;
        assert_eq!(clinic.message(&packet, MessageKind::Invite, Channel::Sms).await.state, MessageState::Unknown);
        clinic.later(Duration::minutes(5)).await;
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!((message.state, message.attempt), (MessageState::Sent, 2));
        assert_eq!((clinic.sent_to(&number(1)).len(), clinic.sent.calls()), (1, 2));
    }

    async fn a_mail_whose_answer_was_lost_is_left_alone(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script([Script::AcceptAndLoseAnswer]);
        let packet = ask(&clinic.ctx, 1, Channel::Email).await;
        clinic.run().await;
        clinic.later(Duration::hours(12)).await;
        assert_eq!(clinic.message(&packet, MessageKind::Invite, Channel::Email).await.state, MessageState::Unknown);
        assert_eq!(clinic.sent.calls(), 1);
    }

    async fn stop_between_plan_and_sending_cancels_it_and_mail_takes_over(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        write_in(&clinic, 1, Meaning::Stop, "SM1").await;
        clinic.run().await;
        assert!(clinic.sent_to(&number(1)).is_empty());
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!((message.state, message.cancel_reason), (MessageState::Cancelled, Some(CancelReason::OptedOut)));
        assert_eq!(clinic.sent_to(&address(1)).len(), 1, "the client agreed to mails");
    }

    async fn a_number_that_opted_out_at_the_provider_is_on_the_stop_list(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script([Script::Fail(SendError::OptedOut)]);
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!((message.state, message.cancel_reason), (MessageState::Cancelled, Some(CancelReason::OptedOut)));
        let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
        assert!(store::suppression::is_suppressed(&mut read, Channel::Sms, &number(1)).await.unwrap());
        drop(read);
        assert_eq!(clinic.sent_to(&address(1)).len(), 1);
        assert_eq!(clinic.sent.calls(), 2, "the text is not tried again");
        assert_eq!(tasks(&clinic).await, [TaskKind::OptedOut]);
    }

    async fn a_number_that_does_not_exist_is_told_to_the_desk_and_mail_takes_over(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script([Script::Fail(SendError::Permanent { code: 21_211 })]);
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!((message.state, message.code.as_deref()), (MessageState::Failed, Some("21211")));
        assert_eq!(clinic.sent_to(&address(1)).len(), 1);
        assert_eq!(tasks(&clinic).await, [TaskKind::Undeliverable]);
    }

    async fn a_provider_in_trouble_is_tried_again_with_growing_pauses(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script(vec![Script::Fail(SendError::retry(RetryReason::Unavailable)); 3]);
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        let mut pauses = Vec::new();
        for _ in 0..3 {
            let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
            assert_eq!(message.state, MessageState::Planned);
            pauses.push((message.due_at - clinic.ctx.now()).num_seconds());
            clinic.clock.set(message.due_at);
            clinic.run().await;
        }
        for (pause, minutes) in pauses.iter().zip([1, 5, 15]) {
            assert!((minutes * 48..=minutes * 72).contains(pause), "{pauses:?}");
        }
        assert_eq!(clinic.message(&packet, MessageKind::Invite, Channel::Sms).await.state, MessageState::Sent);
        assert_eq!((clinic.sent_to(&number(1)).len(), clinic.sent.calls()), (1, 4));
    }

    async fn the_breaker_spares_a_provider_in_trouble_a_minute(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script(vec![Script::Fail(SendError::retry(RetryReason::Unavailable)); 30]);
        let mut packets = Vec::new();
        for n in 1..=40 {
            packets.push(ask(&clinic.ctx, n, Channel::Sms).await);
        }
        clinic.run().await;
        let calls = clinic.sent.calls();
        assert!((20..=20 + clinic.ctx.tuning.parallel_sends).contains(&calls), "{calls} calls");
        let mut paused = 0;
        for packet in &packets {
            let message = clinic.message(packet, MessageKind::Invite, Channel::Sms).await;
            assert_eq!(message.state, MessageState::Planned);
            paused += usize::from(message.code.as_deref() == Some("paused"));
        }
        assert_eq!(paused, 40 - calls);
        for _ in 0..12 {
            clinic.later(Duration::minutes(10)).await;
        }
        for n in 1..=40 {
            assert_eq!(clinic.sent_to(&number(n)).len(), 1, "client {n}");
        }
    }

    async fn who_is_asked_to_come_back_later_sends_clients_nothing_until_then(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let after = Some(std::time::Duration::from_mins(10));
        clinic.sent.script([Script::Fail(SendError::Retry { after, reason: RetryReason::RateLimited })]);
        ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        assert_eq!(clinic.sent.calls(), 1);
        let other = ask(&clinic.ctx, 2, Channel::Sms).await;
        let by_mail = ask(&clinic.ctx, 3, Channel::Email).await;
        clinic.later(Duration::minutes(5)).await;
        assert_eq!(clinic.sent.calls(), 2, "the mail alone");
        assert_eq!(clinic.message(&other, MessageKind::Invite, Channel::Sms).await.code.as_deref(), Some("paused"));
        assert_eq!(clinic.message(&by_mail, MessageKind::Invite, Channel::Email).await.state, MessageState::Sent);
        tell_ana(&clinic.ctx, Channel::Sms).await;
        clinic.run().await;
        assert_eq!(clinic.sent_to("+12065550111").len(), 1, "who must hear of danger does not wait");
        clinic.later(Duration::minutes(6)).await;
        assert_eq!((clinic.sent_to(&number(1)).len(), clinic.sent_to(&number(2)).len()), (1, 1));
    }

    async fn many_that_are_due_at_once_are_one_piece_of_work(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        for n in 1..=130 {
            ask(&clinic.ctx, n, Channel::Sms).await;
        }
        let ran = clinic.run().await;
        assert_eq!(clinic.sent.messages().len(), 130);
        assert!(ran < 10, "{ran} jobs for 130 messages");
    }

    async fn help_is_answered_with_the_practice_and_its_number(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        crate::fixture::add_client(&clinic.ctx, 1, Channel::Sms).await;
        write_in(&clinic, 1, Meaning::Help, "SM2").await;
        write_in(&clinic, 1, Meaning::Help, "SM2").await;
        clinic.run().await;
        let answers = clinic.sent_to(&number(1));
        assert_eq!(answers.len(), 1);
        assert!(answers[0].text().contains("Harbor Lane") && answers[0].text().contains("+12065550100"), "{}", answers[0].text());
    }

    async fn a_check_in_gets_one_reminder_and_then_ends(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        for _ in 0..(24 * 6) {
            clinic.later(Duration::hours(1)).await;
        }
        assert_eq!(clinic.ctx.now(), monday() + Duration::days(6));
        let about: Vec<_> = clinic.messages(&packet).await.into_iter().map(|m| (m.kind, m.state)).collect();
        assert_eq!(about, [(MessageKind::Invite, MessageState::Sent), (MessageKind::Reminder, MessageState::Sent)]);
        let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
        assert_eq!(store::packet::find(&mut read, &packet).await.unwrap().unwrap().state, PacketState::Expired);
    }
}
