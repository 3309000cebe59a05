//! Messages to staff about danger: at least once, on both channels, until a person takes it up.

use crate::fixture::{Clinic, answer_danger, ask, practice, tell_ana};
use care::StaffId;
use care::case::StepKind;
use care::message::{Channel, MessageState};
use chrono::Duration;
use notify::{RetryReason, Script, SendError};
use store::testing::both_databases;
use workflows::case::{Act, Command};

both_databases! {
    async fn an_answer_about_danger_reaches_owner_and_supervisor_on_both_channels(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        clinic.sent.take();
        answer_danger(&clinic.ctx, &packet).await;
        clinic.run().await;
        for to in ["ana@example.org", "sue@example.org", "+12065550111", "+12065550112"] {
            let told = clinic.sent_to(to);
            assert_eq!(told.len(), 1, "{to}");
            assert!(told[0].text().contains("https://care.example.org/cases/"), "{to}: {}", told[0].text());
            for hidden in ["Client 1", "PHQ", "phq", "suicid"] {
                assert!(!told[0].text().contains(hidden), "{to} reads {hidden}");
            }
        }
    }

    async fn the_ladder_calls_until_a_person_takes_it_up(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        answer_danger(&clinic.ctx, &packet).await;
        clinic.run().await;
        clinic.sent.take();
        for _ in 0..(3 * 60) {
            clinic.later(Duration::minutes(1)).await;
        }
        let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
        let case = store::case::all_open(&mut read).await.unwrap().remove(0);
        let steps = store::case::steps(&mut read, std::slice::from_ref(&case.id)).await.unwrap();
        drop(read);
        let calls = steps.iter().filter(|step| step.kind == StepKind::Escalated).count();
        assert!(calls >= 4, "supervisor after an hour, then every quarter: {calls}");
        let heard = clinic.sent.take().len();
        assert_eq!(heard, calls * 2, "each call on both channels, once");
        let mut tx = clinic.write().await;
        let act = Command { case: case.id, revision: None, act: Act::Acknowledge, note: None };
        workflows::case::act(&mut tx, &clinic.ctx.workflows, &StaffId::from_text("sue"), act).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..60 {
            clinic.later(Duration::minutes(1)).await;
        }
        assert!(clinic.sent.messages().is_empty(), "and then it is quiet");
    }

    async fn a_ladder_catches_up_after_a_standstill(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        answer_danger(&clinic.ctx, &packet).await;
        clinic.run().await;
        clinic.sent.take();
        clinic.later(Duration::hours(5)).await;
        assert!(!clinic.sent_to("sue@example.org").is_empty());
    }

    async fn a_lost_answer_is_sent_again_to_staff_and_the_other_channel_is_taken_at_once(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script([Script::AcceptAndLoseAnswer]);
        let id = tell_ana(&clinic.ctx, Channel::Email).await;
        clinic.run().await;
        assert_eq!(clinic.sent_to("+12065550111").len(), 1, "the text goes at once");
        clinic.later(Duration::seconds(10)).await;
        assert_eq!(clinic.sent_to("ana@example.org").len(), 2, "twice is better than never");
        let mut read = clinic.ctx.db.read(&practice()).await.unwrap();
        assert_eq!(store::message::find(&mut read, &id).await.unwrap().unwrap().state, MessageState::Sent);
    }

    async fn staff_never_wait_for_the_breaker(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.sent.script(vec![Script::Fail(SendError::retry(RetryReason::Unavailable)); 20]);
        for n in 1..=20 {
            ask(&clinic.ctx, n, Channel::Sms).await;
        }
        clinic.run().await;
        assert_eq!(clinic.sent.messages().len(), 0);
        tell_ana(&clinic.ctx, Channel::Sms).await;
        clinic.run().await;
        assert_eq!(clinic.sent_to("+12065550111").len(), 1);
    }

    async fn alerts_go_before_any_number_of_check_ins(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        for n in 1..=5 {
            ask(&clinic.ctx, n, Channel::Sms).await;
        }
        clinic.clock.advance(Duration::seconds(1));
        tell_ana(&clinic.ctx, Channel::Sms).await;
        clinic.run().await;
        assert_eq!(clinic.sent.messages()[0].to(), "+12065550111");
    }

    async fn what_a_dead_worker_held_is_heard_within_two_minutes_on_one_channel(db: TestDb) {
        let clinic = Clinic::new(&db).await;
        clinic.run().await;
        let id = tell_ana(&clinic.ctx, Channel::Email).await;
        // A worker takes the notice, and is never heard of again.
        let mut tx = clinic.write().await;
        let claimed = workflows::delivery::claim(&mut tx, &clinic.ctx.workflows, &[id]).await.unwrap();
        assert_eq!(claimed.len(), 1, "it is due");
        tx.commit().await.unwrap();
        let began = clinic.ctx.now();
        while clinic.sent_to("ana@example.org").is_empty() {
            assert!(clinic.ctx.now() - began < Duration::seconds(100), "nobody has heard of it");
            clinic.later(Duration::seconds(10)).await;
        }
    }
}
