//! Why clients stopped coming: asked once, by the rules of every message, answered in their own choice and words; and somebody calls
//! whoever wants it.

use care::SiteId;
use care::appointment::AppointmentState;
use care::case::ReasonLevel;
use care::client::ConsentState;
use care::episode::DischargeReason;
use care::exit_survey::INSTRUMENT;
use care::message::{CancelReason, MessageState};
use care::outreach::Outreach;
use care::packet::{Packet, PacketState};
use care::practice::Site;
use care::response::{Mode, Rule, Sheet};
use care::staff::Actor;
use chrono::Duration;
use instruments::Answer;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, TestApp, at, both_databases, link_in, words};
use workflows::appointment::{self, Attendance};
use workflows::episode::{Discharge, discharge};
use workflows::inbound::{Inbound, Meaning};

/// Two sessions a week apart, both missed; the second ended on Friday 13 March at 14:15.
async fn stayed_away(app: &TestApp, harbor: &Harbor) {
    for start in ["2026-03-06T13:30:00-08:00", "2026-03-13T13:30:00-07:00"] {
        let session = harbor.appointment(app, at(start)).await;
        app.clock.set(at(start) + Duration::minutes(45));
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let by = Actor::Staff(harbor.ana.clone());
        appointment::record(&mut tx, &app.ctx, &by, &session, Attendance::NoShow).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn open(app: &TestApp, harbor: &Harbor) -> Vec<Outreach> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::outreach::open(&mut read).await.unwrap()
}

/// The front desk gives up, on a Monday at ten.
async fn given_up(app: &TestApp, harbor: &Harbor) -> (Browser, String) {
    app.clock.set(at("2026-03-16T10:00:00-07:00"));
    app.run_jobs().await;
    app.sent();
    let (ida, csrf) = sign_in(app, "ida").await;
    let path = format!("/outreach/{}/close", open(app, harbor).await[0].id);
    ida.post(&path, &[("csrf", &csrf), ("outcome", "not_reached")]).await;
    (ida, csrf)
}

async fn asked(app: &TestApp, harbor: &Harbor) -> Vec<Packet> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let packets = store::packet::of_episode(&mut read, &harbor.episode).await.unwrap();
    packets.into_iter().filter(Packet::is_exit_survey).collect()
}

/// What went to the client about it.
async fn links(app: &TestApp) -> Vec<String> {
    app.run_jobs().await;
    app.sent().iter().filter(|message| message.text().contains("/c/")).map(|message| link_in(message.text())).collect()
}

async fn ended(app: &TestApp, harbor: &Harbor, reason: DischargeReason) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let end = Discharge { episode: harbor.episode.clone(), reason, case_to: Some(harbor.ana.clone()) };
    discharge(&mut tx, &app.ctx, &harbor.ana, &end).await.unwrap();
    tx.commit().await.unwrap();
}

/// A client whose course was broken off after one session, with what they said when they were asked why.
async fn broke_off(app: &TestApp, harbor: &mut Harbor, number: i64, why: Option<i64>) {
    let phone = format!("+14155550{}", 160 + number);
    (harbor.client, harbor.episode) = harbor.client(app, &format!("Client{number} Invented"), &phone).await;
    let session = harbor.appointment(app, app.ctx.now() - Duration::days(7)).await;
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let (planned, held) = (AppointmentState::Scheduled, AppointmentState::Attended);
    store::appointment::set_state(&mut tx, &session, planned, held).await.unwrap();
    tx.commit().await.unwrap();
    ended(app, harbor, DischargeReason::DroppedOut).await;
    assert_eq!(links(app).await.len(), 1, "client {number}");
    let Some(why) = why else { return };
    let packet = asked(app, harbor).await.remove(0);
    let answers = [("1".to_owned(), Answer::Value(why)), ("2".to_owned(), Answer::Value(0))].into();
    let sheet = Sheet::from([(INSTRUMENT.to_owned(), answers)]);
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let now = app.ctx.now();
    workflows::response::submit_sheet(&mut tx, &app.ctx, &packet.id, sheet, Mode::Link, now).await.unwrap();
    tx.commit().await.unwrap();
}

/// Answers on a phone, and hands in with words.
async fn answered(app: &TestApp, link: &str, values: [&str; 2], said: &str) -> String {
    let phone = app.browser();
    let landing = phone.get(link).await;
    assert!(!landing.body.contains("PHQ"), "{}", landing.body);
    let mut page = phone.post(&format!("{link}/start"), &[]).await;
    for value in values {
        let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
        page = phone.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", value)]).await;
    }
    assert_eq!(page.path, "/check-in/submit", "two questions and no more: {}", page.body);
    phone.post("/check-in/submit", &[("csrf", &page.field("csrf")), ("words", said)]).await.path
}

both_databases! {
    async fn whoever_stays_away_is_asked_once_and_called_when_they_want_it(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T09:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        stayed_away(&app, &harbor).await;
        let (ida, _) = given_up(&app, &harbor).await;
        let sent = links(&app).await;
        assert_eq!(sent.len(), 1, "asked, at once");
        let desk = words(&ida.get("/outreach").await.body);
        assert!(desk.contains("Not reached, given up") && desk.contains("no answer yet"), "{desk}");
        // The course ends as broken off while the question is out: the link goes on, and nobody is asked again or reminded.
        ended(&app, &harbor, DischargeReason::DroppedOut).await;
        app.advance(Duration::hours(30)).await;
        assert_eq!(links(&app).await, Vec::<String>::new());
        assert_eq!(asked(&app, &harbor).await.len(), 1);

        let path = answered(&app, &sent[0], ["2", "1"], "The waiting was hard.").await;
        assert_eq!(path, "/check-in/done");
        let calls = open(&app, &harbor).await;
        assert_eq!(calls.len(), 1, "somebody calls");
        assert_eq!((&calls[0].owner_id, calls[0].due_at), (&harbor.ida, at("2026-03-18T12:00:00-07:00")));
        let (ida, csrf) = sign_in(&app, "ida").await;
        let desk = words(&ida.get("/outreach").await.body);
        assert!(desk.contains("Asks to be called") && !desk.contains("not helping"), "the front desk reads no answers: {desk}");
        assert!(!desk.contains("The waiting was hard"));
        // Planning anew, which closes what the end of a course closes, leaves it.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::packet::replan(&mut tx, &app.ctx, &harbor.episode).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(open(&app, &harbor).await.len(), 1);
        ida.post(&format!("/outreach/{}/close", calls[0].id), &[("csrf", &csrf), ("outcome", "reached")]).await;
        assert!(open(&app, &harbor).await.is_empty());
        // The figures of the house hold: nothing went after the end that should not have.
        let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
        assert!(report.violations.is_empty(), "{:?}", report.violations);
    }

    async fn the_reason_is_the_clinicians_to_read_and_words_of_danger_are_a_case(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T09:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        stayed_away(&app, &harbor).await;
        given_up(&app, &harbor).await;
        let sent = links(&app).await;
        let path = answered(&app, &sent[0], ["4", "0"], "It did not fit, and I can't go on").await;
        assert!(path.starts_with("/check-in/help-now"), "{path}");
        assert!(open(&app, &harbor).await.is_empty(), "nobody asked to be called");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().expect("a person reads it");
        let reasons = store::case::reasons(&mut read, &case.id).await.unwrap();
        assert_eq!((reasons[0].rule, reasons[0].level), (Rule::RiskPhrase, ReasonLevel::Review));
        drop(read);
        let (ana, _) = sign_in(&app, "ana").await;
        for path in ["/outreach".to_owned(), format!("/clients/{}", harbor.client)] {
            let page = words(&ana.get(&path).await.body);
            assert!(page.contains("It did not feel right with this therapist"), "{path}: {page}");
        }
        let page = ana.get(&format!("/clients/{}", harbor.client)).await.body;
        assert!(page.contains("It did not fit, and I can") && !page.contains("m-exitsurvey"), "words, and no curve");
    }

    async fn nobody_is_asked_who_said_stop_or_comes_again_or_ended_otherwise(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T09:00:00-08:00"));
        let mut harbor = Harbor::found(&app).await;
        // STOP, on the only channel that is agreed to.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let consents = store::consent::current(&mut tx, &harbor.client).await.unwrap();
        for given in consents.into_iter().filter(|one| one.channel == care::message::Channel::Email) {
            let withdrawn = care::client::Consent {
                id: app.ctx.id(care::ConsentId::new),
                state: ConsentState::Withdrawn,
                recorded_at: app.ctx.now() + Duration::minutes(1),
                ..given
            };
            store::consent::insert(&mut tx, &withdrawn).await.unwrap();
        }
        let stop = Inbound { provider_id: "SM-stop".into(), from: care::Phi::new("+14155550150".into()), meaning: Meaning::Stop };
        workflows::inbound::text(&mut tx, &app.ctx, &stop).await.unwrap();
        tx.commit().await.unwrap();
        stayed_away(&app, &harbor).await;
        let (ida, _) = given_up(&app, &harbor).await;
        assert_eq!(links(&app).await, Vec::<String>::new());
        let packet = asked(&app, &harbor).await.remove(0);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let ledger = store::message::of_packet(&mut read, &packet.id).await.unwrap();
        assert!(ledger.iter().all(|one| one.state == MessageState::Cancelled && one.sent_at.is_none()), "{ledger:?}");
        assert!(ledger.iter().any(|one| matches!(one.cancel_reason, Some(CancelReason::OptedOut | CancelReason::NoConsent))));
        drop(read);
        assert!(words(&ida.get("/outreach").await.body).contains("no message has gone"));

        // Ended as agreed: not asked.
        (harbor.client, harbor.episode) = harbor.client(&app, "Sky Moreno", "+14155550151").await;
        ended(&app, &harbor, DischargeReason::Completed).await;
        assert!(asked(&app, &harbor).await.is_empty());
        // Broken off: asked, and taken back when they begin again.
        (harbor.client, harbor.episode) = harbor.client(&app, "Lou Adeyemi", "+14155550152").await;
        ended(&app, &harbor, DischargeReason::DroppedOut).await;
        assert_eq!(asked(&app, &harbor).await.len(), 1);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let start = workflows::episode::Start::of(harbor.client.clone());
        workflows::episode::start(&mut tx, &app.ctx, &Actor::Staff(harbor.ida.clone()), &start).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(asked(&app, &harbor).await[0].state, PacketState::Withdrawn);
    }

    async fn the_attendance_page_counts_reasons_and_keeps_rare_ones_back(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let mut harbor = Harbor::found(&app).await;
        // Six stop for want of time, five because they are better, two because it did not help; one more says nothing.
        for number in 0..14_i64 {
            let why = match number {
                0..6 => Some(3),
                6..11 => Some(1),
                11..13 => Some(2),
                _ => None,
            };
            broke_off(&app, &mut harbor, number, why).await;
        }
        let (owner, _) = sign_in(&app, "adam").await;
        let page = words(&owner.get("/attendance").await.body);
        assert!(page.contains("14 clients were asked once") && page.contains("13 answered"), "{page}");
        assert!(page.contains("Time, cost, or getting there 6"), "{page}");
        assert!(page.contains("Is doing better Not shown") && page.contains("It was not helping enough Not shown"), "5 would give 2 away: {page}");
        let (ben, _) = sign_in(&app, "ben").await;
        assert!(!words(&ben.get("/attendance").await.body).contains("Why clients stopped"), "none of his");
        // One did not answer: that is too few for a file that leaves the house, and so are all the reasons.
        let file = owner.get("/attendance.csv").await.body;
        let rows: Vec<&str> = file.lines().filter(|line| line.contains(",exit_")).collect();
        assert_eq!(rows.len(), 1, "and a list of reasons without a figure is none: {file}");
        assert!(rows.iter().all(|row| row.ends_with(",,,,,,,,too few to show")), "{file}");

        // A site where six broke off and two said why: beside all of them the other site would give the two away.
        let (north, bay) = (harbor.north.clone(), app.ctx.id(SiteId::new));
        let site = Site { id: bay.clone(), name: "Bay".to_owned(), zone: "America/Los_Angeles".to_owned(), on_call_id: None, before_session_hours: None };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::site::insert(&mut tx, &site).await.unwrap();
        tx.commit().await.unwrap();
        harbor.north = bay.clone();
        for number in 14..20_i64 {
            broke_off(&app, &mut harbor, number, (number < 16).then_some(3)).await;
        }
        let (owner, _) = sign_in(&app, "adam").await;
        let page = words(&owner.get("/attendance").await.body);
        assert!(page.contains("20 clients were asked once") && page.contains("15 answered"), "{page}");
        for site in [&north, &bay] {
            let page = words(&owner.get(&format!("/attendance?site={site}")).await.body);
            assert!(page.contains("courses of therapy ended") && page.contains("Too few answers to show"), "{page}");
            assert!(!page.contains("were asked once"), "{page}");
        }
    }

    async fn the_file_says_how_often_each_reason_was_given(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let mut harbor = Harbor::found(&app).await;
        // Twelve for want of time, eleven because they are better; eleven do not answer.
        for number in 0..34_i64 {
            let why = match number {
                0..12 => Some(3),
                12..23 => Some(1),
                _ => None,
            };
            broke_off(&app, &mut harbor, number, why).await;
        }
        let (owner, _) = sign_in(&app, "adam").await;
        let file = owner.get("/attendance.csv").await.body;
        let row = |figure: &str| file.lines().find(|line| line.contains(figure)).unwrap_or_else(|| panic!("{figure}: {file}")).to_owned();
        assert!(row(",all,exit_survey_answered,").contains(",23,34,34,67.6,"), "{file}");
        assert!(row(",all,exit_reason_practical,").contains(",12,23,34,52.2,"), "{file}");
        assert!(row(",all,exit_reason_better,").contains(",11,23,34,47.8,"), "{file}");
        assert!(row(",all,exit_reason_better,").ends_with(",67.6,reportable"), "as complete as it was answered: {file}");
        assert!(row(",all,exit_reason_better,").starts_with("2026-03-09T16:00:00Z,2025-03-01,2026-03-09,practice,"), "{file}");
        let book = owner.get("/attendance.xlsx").await;
        assert!(book.status.is_success() && book.bytes.starts_with(b"PK"), "and as a workbook");
    }
}
