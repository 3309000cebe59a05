//! Reminders of appointments: three of them, each with a link that acts on POST only, and none for what was moved or
//! cancelled. Numbers at which nothing arrives.

use axum::http::StatusCode;
use care::access::Viewer;
use care::appointment::{AppointmentState, Reply};
use care::client::{Consent, ConsentSource, ConsentState, Purpose};
use care::message::{CancelReason, Channel, Message, MessageKind, MessageState, UnusableReason};
use care::practice::{AppointmentReminders, Practice, TaskKind};
use care::staff::Role;
use care::{AppointmentId, ConsentId, Instant};
use chrono::Duration;
use tests::{Browser, Harbor, TestApp, at, both_databases, harbor::PASSWORD};
use workflows::practice::PracticeForm;

/// The reminder's link in a text or mail.
fn link(text: &str) -> Option<String> {
    let start = text.find("/a/")?;
    let rest = &text[start..];
    let end = rest[3..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .map_or(rest.len(), |end| end + 3);
    Some(rest[..end].to_owned())
}

/// The links of the reminders that went out since the last look.
fn links(app: &TestApp) -> Vec<String> {
    app.sent().iter().filter_map(|message| link(message.text())).collect()
}

async fn switch(app: &TestApp, harbor: &Harbor, to: AppointmentReminders) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let mut practice = store::practice::get(&mut tx).await.unwrap();
    practice.settings.appointment_reminders = to;
    store::practice::update(&mut tx, &practice).await.unwrap();
    tx.commit().await.unwrap();
}

async fn agree(app: &TestApp, harbor: &Harbor, channel: Channel, state: ConsentState) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let consent = Consent {
        id: app.ctx.id(ConsentId::new),
        client_id: harbor.client.clone(),
        channel,
        purpose: Purpose::Appointment,
        state,
        wording_version: "1".into(),
        source: ConsentSource::Staff,
        recorded_at: app.ctx.now(),
        recorded_by: Some(harbor.ida.clone()),
    };
    store::consent::insert(&mut tx, &consent).await.unwrap();
    tx.commit().await.unwrap();
}

/// Reminders are on, and the client agreed to them as texts.
async fn ready(db: tests::TestDb, now: &str) -> (TestApp, Harbor) {
    let app = TestApp::new(db, at(now));
    let harbor = Harbor::found(&app).await;
    switch(&app, &harbor, AppointmentReminders::On).await;
    agree(&app, &harbor, Channel::Sms, ConsentState::Given).await;
    (app, harbor)
}

async fn reminders(app: &TestApp, harbor: &Harbor) -> Vec<Message> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let mut all = store::message::of_client(&mut read, &harbor.client).await.unwrap();
    all.retain(|message| message.kind == MessageKind::Appointment);
    all.sort_by_key(|message| message.due_at);
    all
}

async fn appointment(app: &TestApp, harbor: &Harbor, id: &AppointmentId) -> care::appointment::Appointment {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::appointment::find(&mut read, id).await.unwrap().unwrap()
}

async fn tasks(app: &TestApp, harbor: &Harbor, kind: TaskKind) -> usize {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::task::open(&mut read).await.unwrap().iter().filter(|task| task.kind == kind).count()
}

async fn move_to(app: &TestApp, harbor: &Harbor, id: &AppointmentId, seen: Instant, to: Instant) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let by = care::staff::Actor::Staff(harbor.ida.clone());
    workflows::appointment::move_to(&mut tx, &app.ctx, &by, id, seen, to, to + Duration::minutes(50)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ida(app: &TestApp) -> Browser {
    let browser = app.browser();
    let csrf = browser.get("/sign-in").await.field("csrf");
    browser.post("/sign-in", &[("csrf", &csrf), ("email", "ida@example.org"), ("password", PASSWORD)]).await;
    browser
}

both_databases! {
    async fn c2_three_reminders_across_the_change_of_the_clocks(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-06T09:00:00-08:00").await;
        let starts_at = at("2026-03-10T15:00:00-07:00");
        let id = harbor.appointment(&app, starts_at).await;
        harbor.appointment(&app, at("2026-05-10T15:00:00-07:00")).await;
        let due: Vec<Instant> = reminders(&app, &harbor).await.iter().map(|message| message.due_at).collect();
        assert_eq!(due, [at("2026-03-07T14:00:00-08:00"), at("2026-03-09T15:00:00-07:00"), at("2026-03-10T13:00:00-07:00")]);
        // Planning again, as every night, plans nothing twice.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::packet::replan(&mut tx, &app.ctx, &harbor.episode).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(reminders(&app, &harbor).await.len(), 3);

        app.advance_to(at("2026-03-07T13:59:00-08:00")).await;
        assert_eq!(links(&app).len(), 0);
        app.advance_to(at("2026-03-07T14:00:00-08:00")).await;
        let text = app.sent().iter().find(|message| link(message.text()).is_some()).expect("the first reminder").text().to_owned();
        let first = link(&text).unwrap();
        assert!(text.contains("Tue, Mar 10, 3:00 PM") && !text.contains("Robin") && !text.contains("Ana"), "{text}");

        // Looking, as scanners do, says nothing.
        let phone = app.browser();
        for _ in 0..3 {
            let page = phone.get(&first).await;
            assert!(page.status == StatusCode::OK && page.body.contains("Can you come?"), "{}", page.body);
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::appointment_notice::reply_to(&mut read, &id, starts_at).await.unwrap(), None);
        drop(read);
        let thanks = phone.post(&format!("{first}/confirmed"), &[]).await;
        assert!(thanks.body.contains("Thank you. We expect you."), "{}", thanks.body);
        assert_eq!(phone.post(&format!("{first}/nonsense"), &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(tasks(&app, &harbor, TaskKind::AppointmentRequest).await, 0, "nobody has to do anything");

        app.advance_to(at("2026-03-09T15:00:00-07:00")).await;
        assert_eq!(links(&app).len(), 1);
        app.advance_to(at("2026-03-10T13:00:00-07:00")).await;
        let sent = links(&app);
        assert_eq!(sent.len(), 1);
        let today = ida(&app).await.get("/today").await;
        assert!(today.body.contains("confirmed"), "the front desk sees it: {}", today.body);
        // A wish for video by the last link: recorded, and the desk is told.
        phone.post(&format!("{}/video", sent[0]), &[]).await;
        assert_eq!(tasks(&app, &harbor, TaskKind::AppointmentRequest).await, 1);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::appointment_notice::reply_to(&mut read, &id, starts_at).await.unwrap(), Some(Reply::Video));
        // The ledger keeps the words and not the link.
        drop(read);
        for message in reminders(&app, &harbor).await {
            let text = message.text.unwrap();
            assert!(text.contains("{link}") && !text.contains("/a/"), "{text}");
        }
    }

    async fn the_plan_made_again_in_the_evening_adds_no_second_reminder(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-09T12:00:00-07:00").await;
        // Two hours before is 7:00, in the night; 20:59 the evening before is 11:59 after the one of 24 hours.
        harbor.appointment(&app, at("2026-03-12T09:00:00-07:00")).await;
        assert_eq!(reminders(&app, &harbor).await.len(), 1, "the one of two hours is dropped");
        app.advance_to(at("2026-03-11T09:00:00-07:00")).await;
        assert_eq!(links(&app).len(), 1);
        // The nightly plan runs at midnight UTC, which is five in the afternoon here; and something else changes at six.
        app.advance_to(at("2026-03-11T18:00:00-07:00")).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::packet::replan(&mut tx, &app.ctx, &harbor.episode).await.unwrap();
        tx.commit().await.unwrap();
        app.advance_to(at("2026-03-12T08:45:00-07:00")).await;
        assert_eq!(links(&app).len(), 0, "twelve hours have not gone by");
        assert_eq!(reminders(&app, &harbor).await.len(), 1);
    }

    async fn an_appointment_moved_across_the_change_of_the_clocks_has_its_reminders_by_the_new_clock(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-02T09:00:00-08:00").await;
        let (before, after) = (at("2026-03-06T15:00:00-08:00"), at("2026-03-09T15:00:00-07:00"));
        let id = harbor.appointment(&app, before).await;
        app.advance_to(at("2026-03-03T16:00:00-08:00")).await;
        assert_eq!(links(&app).len(), 1, "three days before Friday");
        move_to(&app, &harbor, &id, before, after).await;
        let planned = |all: Vec<Message>| -> Vec<Instant> {
            all.into_iter().filter(|one| one.state == MessageState::Planned).map(|one| one.due_at).collect()
        };
        // Saturday night the clocks go forward: 72 hours before Monday's 15:00 is Friday's 14:00, and the others are as ever.
        let due = [at("2026-03-06T14:00:00-08:00"), at("2026-03-08T15:00:00-07:00"), at("2026-03-09T13:00:00-07:00")];
        assert_eq!(planned(reminders(&app, &harbor).await), due);
        for (nth, instant) in due.into_iter().enumerate() {
            app.advance_to(instant - Duration::minutes(1)).await;
            assert_eq!(links(&app).len(), 0, "before {nth}");
            app.advance_to(instant).await;
            let texts: Vec<String> = app.sent().iter().map(|one| one.text().to_owned()).filter(|text| link(text).is_some()).collect();
            assert!(texts.len() == 1 && texts[0].contains("Mon, Mar 9, 3:00 PM"), "{nth}: {texts:?}");
        }
    }

    async fn a_client_cancels_by_link_and_hears_no_more_of_it(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-09T09:00:00-07:00").await;
        let id = harbor.appointment(&app, at("2026-03-11T15:00:00-07:00")).await;
        app.advance_to(at("2026-03-10T15:00:00-07:00")).await;
        let first = links(&app).pop().unwrap();
        let phone = app.browser();
        let page = phone.post(&format!("{first}/cancelled"), &[]).await;
        assert!(page.body.contains("Your appointment is cancelled"), "{}", page.body);
        assert_eq!(appointment(&app, &harbor, &id).await.state, AppointmentState::Cancelled, "24 hours before is in time");
        assert_eq!(tasks(&app, &harbor, TaskKind::AppointmentRequest).await, 1);
        app.advance_to(at("2026-03-12T12:00:00-07:00")).await;
        assert_eq!(links(&app).len(), 0, "no reminder of what is cancelled");
        assert_eq!(phone.post(&format!("{first}/confirmed"), &[]).await.status, StatusCode::NOT_FOUND, "it is over");
        let left = reminders(&app, &harbor).await;
        assert!(left.iter().any(|message| message.cancel_reason == Some(CancelReason::AppointmentChanged)));
    }

    async fn a_moved_appointment_takes_its_reminders_along_and_old_links_are_dead(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-09T09:00:00-07:00").await;
        let (before, after) = (at("2026-03-11T15:00:00-07:00"), at("2026-03-12T11:00:00-07:00"));
        let id = harbor.appointment(&app, before).await;
        app.advance_to(at("2026-03-10T15:00:00-07:00")).await;
        let old = links(&app).pop().unwrap();
        move_to(&app, &harbor, &id, before, after).await;
        let page = app.browser().get(&old).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "it says another time: {}", page.body);
        app.advance_to(at("2026-03-11T13:30:00-07:00")).await;
        let sent = links(&app);
        assert_eq!(sent.len(), 1, "the one for the old start did not go at 13:00, the new one went at 11:00");
        assert!(app.browser().get(&sent[0]).await.body.contains("Thursday, March 12"));
        // Moved in the last moment, past what the plan knows: the look at the time of sending still holds it back.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::appointment::reschedule(&mut tx, &id, after, after + Duration::hours(6), after + Duration::hours(7)).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        app.advance_to(at("2026-03-12T10:30:00-07:00")).await;
        for link in links(&app) {
            let page = app.browser().get(&link).await;
            assert!(page.status == StatusCode::OK && page.body.contains("5:00"), "what went says the new time: {}", page.body);
        }
        let all = reminders(&app, &harbor).await;
        let old = all.iter().find(|message| message.due_at == at("2026-03-12T09:00:00-07:00")).expect("two hours before the old start");
        assert_eq!((old.state, old.cancel_reason), (MessageState::Cancelled, Some(CancelReason::AppointmentChanged)));
    }

    async fn nobody_is_reminded_who_did_not_agree_or_whose_practice_does_not_want_it(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-09T09:00:00-07:00").await;
        harbor.appointment(&app, at("2026-03-11T15:00:00-07:00")).await;
        switch(&app, &harbor, AppointmentReminders::Off).await;
        app.advance_to(at("2026-03-10T15:30:00-07:00")).await;
        assert_eq!(links(&app).len(), 0, "switched off after it was planned");
        switch(&app, &harbor, AppointmentReminders::On).await;
        agree(&app, &harbor, Channel::Sms, ConsentState::Withdrawn).await;
        app.advance_to(at("2026-03-11T15:30:00-07:00")).await;
        assert_eq!(links(&app).len(), 0, "consent to check-ins is no consent to this");
        let all = reminders(&app, &harbor).await;
        let reasons: Vec<_> = all.iter().filter_map(|message| message.cancel_reason).collect();
        assert_eq!(reasons, [CancelReason::AppointmentChanged, CancelReason::NoConsent]);
    }

    async fn once_switched_on_those_in_the_calendar_are_reminded_of_without_waiting_for_the_night(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        agree(&app, &harbor, Channel::Sms, ConsentState::Given).await;
        harbor.appointment(&app, at("2026-03-10T15:00:00-07:00")).await;
        app.run_jobs().await;
        assert_eq!(reminders(&app, &harbor).await.len(), 0);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let Practice { name, display_name, phone, language, zone, mut settings, .. } = store::practice::get(&mut tx).await.unwrap();
        settings.appointment_reminders = AppointmentReminders::On;
        let form = PracticeForm { name, display_name, phone, language, zone, settings };
        let by = Viewer { staff_id: harbor.adam.clone(), roles: vec![Role::Owner], sites: Vec::new() };
        workflows::practice::update(&mut tx, &app.ctx, &by, &form).await.unwrap();
        tx.commit().await.unwrap();
        app.run_jobs().await;
        let due: Vec<Instant> = reminders(&app, &harbor).await.iter().map(|message| message.due_at).collect();
        assert_eq!(due, [at("2026-03-09T15:00:00-07:00"), at("2026-03-10T13:00:00-07:00")]);
    }

    async fn a_mail_ends_its_kind_with_one_click_and_no_other(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-09T09:00:00-07:00").await;
        agree(&app, &harbor, Channel::Sms, ConsentState::Withdrawn).await;
        agree(&app, &harbor, Channel::Email, ConsentState::Given).await;
        harbor.appointment(&app, at("2026-03-11T15:00:00-07:00")).await;
        app.advance_to(at("2026-03-10T15:00:00-07:00")).await;
        let mail = app.sent().into_iter().find(|message| link(message.text()).is_some()).expect("a mail");
        let text = mail.text();
        let end = text.find("/u/").expect("a way out");
        let token: String = text[end + 3..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect();
        // As a mail program does it: no cookie, one field (RFC 8058).
        let reply = app.browser().post(&format!("/u/{token}"), &[("List-Unsubscribe", "One-Click")]).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let held = store::consent::current(&mut read, &harbor.client).await.unwrap();
        drop(read);
        let state = |purpose| held.iter().find(|one| one.channel == Channel::Email && one.purpose == purpose).unwrap().state;
        assert_eq!(state(Purpose::Appointment), ConsentState::Withdrawn);
        assert_eq!(state(Purpose::CheckIn), ConsentState::Given);
        app.advance_to(at("2026-03-11T14:00:00-07:00")).await;
        assert_eq!(links(&app).len(), 0);
    }

    async fn a_landline_is_written_to_no_more_until_a_person_says_so(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-09T09:00:00-07:00").await;
        harbor.appointment(&app, at("2026-03-11T15:00:00-07:00")).await;
        app.advance_to(at("2026-03-10T15:00:00-07:00")).await;
        let sent: Vec<Message> = reminders(&app, &harbor).await.into_iter().filter(|one| one.state == MessageState::Sent).collect();
        let (message, provider_id) = (&sent[0].id, sent[0].provider_id.clone().unwrap());
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::delivery::report(&mut tx, &app.ctx, message, &provider_id, workflows::delivery::Report::Failed, Some("30006")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(tasks(&app, &harbor, TaskKind::Undeliverable).await, 1);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let found = store::unusable_contact::find(&mut read, Channel::Sms, "+14155550150").await.unwrap().expect("it is on the list");
        assert_eq!((found.reason, found.code.as_deref()), (UnusableReason::Landline, Some("30006")));
        let raw: Vec<(String,)> = read.query("SELECT contact_index FROM unusable_contact").all().await.unwrap();
        assert!(raw.iter().all(|(index,)| !index.contains("4155550150")), "the list names nobody");
        drop(read);
        app.advance_to(at("2026-03-11T13:00:00-07:00")).await;
        let last = reminders(&app, &harbor).await.pop().unwrap();
        assert_eq!((last.state, last.cancel_reason), (MessageState::Cancelled, Some(CancelReason::Unusable)));

        let desk = ida(&app).await;
        let page = desk.get(&format!("/clients/{}", harbor.client)).await;
        assert!(page.body.contains("a landline, which takes no texts"), "{}", page.body);
        let csrf = page.field("csrf");
        desk.post(&format!("/clients/{}/contacts/sms/usable", harbor.client), &[("csrf", &csrf)]).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::unusable_contact::find(&mut read, Channel::Sms, "+14155550150").await.unwrap(), None);
    }

    async fn out_of_reach_counts_the_second_time_and_a_wrong_person_at_once(db: TestDb) {
        let (app, harbor) = ready(db, "2026-03-09T09:00:00-07:00").await;
        harbor.appointment(&app, at("2026-03-12T15:00:00-07:00")).await;
        let fails = async |nth: usize| {
            let message = reminders(&app, &harbor).await[nth].clone();
            let provider_id = message.provider_id.clone().expect("it was sent");
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            workflows::delivery::report(&mut tx, &app.ctx, &message.id, &provider_id, workflows::delivery::Report::Failed, Some("30003")).await.unwrap();
            tx.commit().await.unwrap();
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            store::unusable_contact::find(&mut read, Channel::Sms, "+14155550150").await.unwrap().map(|found| found.reason)
        };
        app.advance_to(at("2026-03-09T15:00:00-07:00")).await;
        assert_eq!(fails(0).await, None, "it may have been switched off");
        app.advance_to(at("2026-03-11T15:00:00-07:00")).await;
        assert_eq!(fails(1).await, Some(UnusableReason::Unreachable));

        let (other, _) = harbor.client(&app, "Sam Hill", "+14155550151").await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let inbound = workflows::inbound::Inbound {
            provider_id: "SM-wrong".into(),
            from: care::Phi::new("+14155550151".into()),
            meaning: workflows::inbound::Meaning::WrongPerson,
        };
        workflows::inbound::text(&mut tx, &app.ctx, &inbound).await.unwrap();
        tx.commit().await.unwrap();
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let found = store::unusable_contact::find(&mut read, Channel::Sms, "+14155550151").await.unwrap().unwrap();
        assert_eq!(found.reason, UnusableReason::WrongPerson);
        let answers = store::message::of_client(&mut read, &other).await.unwrap();
        assert!(answers.is_empty(), "a stranger is not written to, not even to say so");
    }
}
