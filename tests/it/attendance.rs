//! Attendance: the figures by hand and by every definition, what is kept back; and outreach, which is raised once and closes by
//! itself.

use axum::http::StatusCode;
use care::appointment::{Appointment, AppointmentState};
use care::client::{Client, Recipient};
use care::episode::{Assignment, DischargeReason, Episode, EpisodeState};
use care::message::Channel;
use care::outreach::{Outreach, OutreachOutcome};
use care::staff::Actor;
use care::{AppointmentId, AssignmentId, ClientId, EpisodeId, Language, Phi, SiteId, StaffId};
use chrono::Duration;
use store::history::Past;
use tests::{Harbor, TestApp, at, both_databases, harbor::sign_in, words};
use workflows::appointment::{self, Attendance, NewAppointment};

/// Closed courses as they were: whose, where, what came of their sessions, and how they ended.
struct Courses<'a> {
    app: &'a TestApp,
    harbor: &'a Harbor,
    past: Past,
}

impl<'a> Courses<'a> {
    fn new(app: &'a TestApp, harbor: &'a Harbor) -> Self {
        Self { app, harbor, past: Past::default() }
    }

    fn course(&mut self, clinician: &StaffId, site: &SiteId, states: &[AppointmentState], reason: DischargeReason) {
        let ctx = &self.app.ctx;
        let began = ctx.now() - Duration::days(100);
        let ended = ctx.now() - Duration::days(8);
        let client = Client {
            id: ctx.id(ClientId::new),
            site_id: site.clone(),
            external_id: None,
            name: Phi::new("Somebody Invented".to_owned()),
            preferred_name: None,
            birth_date: None,
            sex: None,
            email: None,
            phone: None,
            language: Language::En,
            zone: None,
            preferred_channel: Channel::Email,
            emergency_contact: None,
            guardian: None,
            recipient: Recipient::Client,
        };
        let episode = Episode {
            id: ctx.id(EpisodeId::new),
            client_id: client.id.clone(),
            site_id: site.clone(),
            protocol_id: self.harbor.protocol.clone(),
            started_on: began.date_naive(),
            state: EpisodeState::Discharged,
            discharged_at: Some(ended),
            discharge_reason: Some(reason),
        };
        self.past.assignments.push(Assignment {
            id: ctx.id(AssignmentId::new),
            episode_id: episode.id.clone(),
            clinician_id: clinician.clone(),
            starts_at: began,
            ends_at: Some(ended),
        });
        for (week, state) in (0..).zip(states) {
            let starts_at = began + Duration::days(7 * week);
            self.past.appointments.push(Appointment {
                id: ctx.id(AppointmentId::new),
                client_id: client.id.clone(),
                episode_id: episode.id.clone(),
                clinician_id: clinician.clone(),
                site_id: site.clone(),
                starts_at,
                ends_at: starts_at + Duration::minutes(50),
                state: *state,
            });
        }
        self.past.clients.push((client, began));
        self.past.episodes.push(episode);
    }

    async fn take_over(self) {
        let mut tx = self.app.db.write(&self.harbor.practice).await.unwrap();
        store::history::take_over(&mut tx, &self.past).await.unwrap();
        while workflows::outcome::settle_missing(&mut tx, &self.app.ctx).await.unwrap() > 0 {}
        tx.commit().await.unwrap();
    }
}

/// O3: 143 sessions took place and 21 were missed; 9 were cancelled late and 12 in time. Of 38 courses 9 were broken off, after
/// three sessions each; the others had four.
fn o3(courses: &mut Courses<'_>, clinician: &StaffId, site: &SiteId) {
    use AppointmentState::{Attended, Cancelled, LateCancelled, NoShow};
    for number in 0..38 {
        let dropped = number < 9;
        let mut states = vec![Attended; if dropped { 3 } else { 4 }];
        if (5..26).contains(&number) {
            states.insert(1, NoShow);
        }
        if number < 9 {
            states.push(LateCancelled);
        }
        if (20..32).contains(&number) {
            states.push(Cancelled);
        }
        let reason = if dropped { DischargeReason::DroppedOut } else { DischargeReason::Completed };
        courses.course(clinician, site, &states, reason);
    }
}

both_databases! {
    async fn o3_no_shows_and_early_ends_as_a_page_and_as_a_file(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut courses = Courses::new(&app, &harbor);
        o3(&mut courses, &harbor.ana, &harbor.north);
        courses.take_over().await;
        let (owner, _) = sign_in(&app, "adam").await;
        let page = words(&owner.get("/attendance").await.body);
        for expected in [
            "Clients of the practice", "185 sessions were booked; what came of them is recorded for each", "38 courses of therapy ended",
            "12.8 % 8.5–18.8 % 21 of 164", "23.7 % 13.0–39.2 % 9 of 38",
            "below 10 % Above target, uncertain", "below 20 % Above target, uncertain",
            "9 of 173", "12 of 185",
            "Sessions of a course, mean 3.8 median 4, the middle half 4 to 4", "ended before session 4 23.7 %",
            "Data as of Mar 10, 2026",
        ] {
            assert!(page.contains(expected), "{expected} should be in:\n{page}");
        }
        // Session 2 and 3 are reached by all of the 38, session 4 by 29.
        assert!(page.contains("2 100 % 91–100 % 38") && page.contains("4 76 % 61–87 % 38"), "{page}");
        // Other definitions say something else, and print which they are.
        let page = words(&owner.get("/attendance?no_show=with_late&early=few&fewest=5").await.body);
        assert!(page.contains("30 of 173") && page.contains("38 of 38") && page.contains("fewer than 5"), "{page}");
        assert!(!page.contains("below 10 %"), "the target is about the usual definition");
        let page = words(&owner.get("/attendance?no_show=booked&early=missed_last").await.body);
        assert!(page.contains("21 of 185") && page.contains("0 of 38"), "{page}");
        let page = words(&owner.get("/attendance?early=unilateral").await.body);
        assert!(page.contains("9 of 38"), "nobody was measured, so nobody was better: {page}");
        // The file: nine is a count from 1 to 10 and stays in the house.
        let file = owner.get("/attendance.csv").await.body;
        let row = |figure: &str| file.lines().find(|line| line.contains(figure)).unwrap().to_owned();
        assert!(row(",all,no_show,").ends_with(",21,164,164,12.8,8.5,18.8,100.0,reportable"), "{file}");
        assert!(row(",all,early_termination,").ends_with("too few to show"), "{file}");
        assert!(row(",all,no_show,").starts_with("2026-03-10T17:00:00Z,2025-03-01,2026-03-10,practice,"), "{file}");
        // A clinician sees their own: Ana all of it, Ben nothing.
        let (ana, _) = sign_in(&app, "ana").await;
        assert!(words(&ana.get("/attendance?view=practice").await.body).contains("My own clients"));
        assert!(words(&ana.get("/attendance").await.body).contains("21 of 164"));
        let (ben, _) = sign_in(&app, "ben").await;
        assert!(words(&ben.get("/attendance").await.body).contains("No sessions in this period"));
        // Their supervisor sees them together, and no row with a name.
        let (sofia, _) = sign_in(&app, "sofia").await;
        let page = words(&sofia.get("/attendance?by=month").await.body);
        assert!(page.contains("Clients of the people I supervise") && page.contains("By month") && page.contains("2025-12"), "{page}");
        assert!(!page.contains("Ana"), "nobody is listed: {page}");
    }

    async fn quarters_stand_beside_one_another_with_their_sessions_and_their_endings(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut courses = Courses::new(&app, &harbor);
        o3(&mut courses, &harbor.ana, &harbor.north);
        courses.take_over().await;
        let (owner, _) = sign_in(&app, "adam").await;
        // The courses began on 30 November: their first five weeks are the old year's, and all ended in this one.
        let page = owner.get("/attendance?period=8-quarters&by=quarter").await.body;
        let said = words(&page);
        assert!(said.contains("Apr 1, 2024 – Mar 10, 2026") && said.contains("By quarter"), "{said}");
        assert!(said.contains("2025-Q4") && said.contains("2026-Q1 6") && said.contains("38 23.7 % 13.0–39.2 % 9 of 38"), "{said}");
        assert!(page.contains("id=\"over-time-no_show-desc\"") && page.contains("id=\"over-time-early-desc\""), "{page}");
        assert!(said.contains("Long dashes: the target."), "the pictures have the targets: {said}");
        let file = owner.get("/attendance.csv?period=8-quarters&by=quarter").await.body;
        let row = |named: &str| file.lines().find(|line| line.contains(named)).unwrap_or_else(|| panic!("{named} in {file}")).to_owned();
        assert!(row(",quarter,all,no_show,").contains(",21,164,164,"), "{file}");
        assert!(file.contains(",quarter,2025-Q4,no_show,") && !file.contains(",2024-Q"), "nothing was then: {file}");
        let page = words(&owner.get("/attendance?period=8-quarters&by=month").await.body);
        assert!(page.contains("2025-12") && page.contains("By month") && page.contains("Apr 1, 2024"), "{page}");
        assert_eq!(owner.get("/attendance.xlsx?period=8-quarters&by=quarter").await.status, StatusCode::OK);
    }

    async fn a_small_site_is_hidden_and_so_is_what_would_give_it_away(db: TestDb) {
        use AppointmentState::{Attended, NoShow};
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let bay = app.ctx.id(SiteId::new);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let site = care::practice::Site {
            id: bay.clone(),
            name: "Bay".to_owned(),
            zone: "America/Los_Angeles".to_owned(),
            on_call_id: None,
            before_session_hours: None,
        };
        store::site::insert(&mut tx, &site).await.unwrap();
        tx.commit().await.unwrap();
        let mut courses = Courses::new(&app, &harbor);
        o3(&mut courses, &harbor.ana, &harbor.north);
        courses.course(&harbor.ben, &bay, &[Attended, NoShow], DischargeReason::DroppedOut);
        courses.take_over().await;
        let (owner, _) = sign_in(&app, "adam").await;
        let page = words(&owner.get("/attendance?by=site").await.body);
        assert!(page.contains("Bay Not shown Not shown") && page.contains("North Not shown Not shown"), "{page}");
        let page = words(&owner.get(&format!("/attendance?site={bay}")).await.body);
        assert!(page.contains("Sessions: too few to show") && !page.contains("1 of 2"), "{page}");
        // The large site alone would give the small one away.
        let page = words(&owner.get(&format!("/attendance?site={}", harbor.north)).await.body);
        assert!(page.contains("Sessions: too few to show"), "{page}");
    }

    async fn sessions_of_which_nothing_is_recorded_make_a_rate_unreportable(db: TestDb) {
        use AppointmentState::{Attended, NoShow, Scheduled};
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut courses = Courses::new(&app, &harbor);
        courses.course(&harbor.ana, &harbor.north, &[[Scheduled; 6].as_slice(), &[Attended, NoShow]].concat(), DischargeReason::Other);
        courses.take_over().await;
        let (owner, _) = sign_in(&app, "adam").await;
        let page = words(&owner.get("/attendance").await.body);
        assert!(page.contains("8 sessions were booked; of 6 nobody"), "{page}");
        assert!(page.contains("Not reportable 50.0 % of what is recorded") && page.contains("25 % 2 of 8"), "{page}");
    }
}

/// Records what came of a session an hour after its start.
async fn record(app: &TestApp, harbor: &Harbor, id: &AppointmentId, what: Attendance) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    appointment::record(&mut tx, &app.ctx, &Actor::Staff(harbor.ana.clone()), id, what).await.unwrap();
    tx.commit().await.unwrap();
}

async fn replan(app: &TestApp, harbor: &Harbor) {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    workflows::packet::replan(&mut tx, &app.ctx, &harbor.episode).await.unwrap();
    tx.commit().await.unwrap();
}

async fn open(app: &TestApp, harbor: &Harbor) -> Vec<Outreach> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::outreach::open(&mut read).await.unwrap()
}

async fn latest(app: &TestApp, harbor: &Harbor) -> Outreach {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::outreach::of_episodes(&mut read, std::slice::from_ref(&harbor.episode)).await.unwrap().remove(0)
}

/// Two sessions a week apart, the second on Friday 13 March at 13:30, both missed and recorded; it is 14:15 then.
async fn missed(app: &TestApp, harbor: &Harbor) -> [AppointmentId; 2] {
    let first = harbor.appointment(app, at("2026-03-06T13:30:00-08:00")).await;
    let second = harbor.appointment(app, at("2026-03-13T13:30:00-07:00")).await;
    app.clock.set(at("2026-03-06T14:20:00-08:00"));
    record(app, harbor, &first, Attendance::NoShow).await;
    assert!(open(app, harbor).await.is_empty(), "one is not two");
    app.clock.set(at("2026-03-13T14:15:00-07:00"));
    record(app, harbor, &second, Attendance::NoShow).await;
    [first, second]
}

both_databases! {
    async fn a5_the_second_no_show_raises_one_task_that_closes_when_rebooked(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T09:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let [_, second] = missed(&app, &harbor).await;
        let raised = open(&app, &harbor).await;
        assert_eq!(raised.len(), 1);
        // A Friday: the next business day is Monday.
        assert_eq!(raised[0].due_at, at("2026-03-16T12:00:00-07:00"));
        assert_eq!((&raised[0].owner_id, &raised[0].appointment_id), (&harbor.ida, &second));
        // Planned again, recorded again, missed a third time: still that one.
        replan(&app, &harbor).await;
        record(&app, &harbor, &second, Attendance::NoShow).await;
        let third = harbor.appointment(&app, at("2026-03-13T14:20:00-07:00")).await;
        app.clock.set(at("2026-03-13T15:20:00-07:00"));
        record(&app, &harbor, &third, Attendance::NoShow).await;
        assert_eq!(open(&app, &harbor).await, raised);

        // The front desk sees it with the words in the client's language; the biller does not see it at all.
        let (ida, csrf) = sign_in(&app, "ida").await;
        let page = words(&ida.get("/outreach").await.body);
        assert!(page.contains("To get in touch with 1") && page.contains("none booked") && page.contains("We missed you"), "{page}");
        let (bill, _) = sign_in(&app, "bill").await;
        assert_eq!(bill.get("/outreach").await.status, StatusCode::FORBIDDEN);
        // Nobody answers: the try is noted, and it is due at noon of the next business day.
        let path = format!("/outreach/{}/try", raised[0].id);
        assert_eq!(ida.post(&path, &[("csrf", &csrf), ("result", "no_answer")]).await.status, StatusCode::OK);
        app.clock.set(at("2026-03-17T09:00:00-07:00"));
        let (sofia, _) = sign_in(&app, "sofia").await;
        let page = words(&sofia.get("/outreach").await.body);
        assert!(page.contains("1 overdue") && page.contains("Tried so far: 1 No answer"), "the supervisor sees it is late: {page}");

        // A new appointment closes it.
        let new = NewAppointment {
            episode: harbor.episode.clone(),
            clinician: None,
            site: None,
            starts_at: at("2026-03-20T13:30:00-07:00"),
            ends_at: at("2026-03-20T14:20:00-07:00"),
        };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        appointment::make(&mut tx, &app.ctx, &Actor::Staff(harbor.ida.clone()), &new).await.unwrap();
        tx.commit().await.unwrap();
        assert!(open(&app, &harbor).await.is_empty());
        let closed = latest(&app, &harbor).await;
        assert_eq!((closed.outcome, closed.closed_by), (Some(OutreachOutcome::Rebooked), None));
        replan(&app, &harbor).await;
        assert!(open(&app, &harbor).await.is_empty(), "the same no-shows raise nothing again");
    }

    async fn a_session_that_is_kept_closes_it_and_a_later_no_show_begins_again(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T09:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        missed(&app, &harbor).await;
        let kept = harbor.appointment(&app, at("2026-03-20T13:30:00-07:00")).await;
        app.clock.set(at("2026-03-20T14:20:00-07:00"));
        record(&app, &harbor, &kept, Attendance::Attended).await;
        assert!(open(&app, &harbor).await.is_empty());
        let closed = latest(&app, &harbor).await;
        assert_eq!((closed.outcome, closed.closed_by.clone()), (Some(OutreachOutcome::Kept), None));
        // The kept session was a mistake after all: the run of two is there again, and closed is closed.
        record(&app, &harbor, &kept, Attendance::Unknown).await;
        assert!(open(&app, &harbor).await.is_empty());
        record(&app, &harbor, &kept, Attendance::Attended).await;
        for (start, expected) in [("2026-03-27T13:30:00-07:00", 0), ("2026-04-03T13:30:00-07:00", 1)] {
            let again = harbor.appointment(&app, at(start)).await;
            app.clock.set(at(start) + Duration::minutes(40));
            record(&app, &harbor, &again, Attendance::NoShow).await;
            assert_eq!(open(&app, &harbor).await.len(), expected);
        }
        assert_ne!(latest(&app, &harbor).await.id, closed.id);
    }

    async fn what_a_person_records_is_kept_and_a_mistake_or_a_discharge_closes_it(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T09:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let [_, second] = missed(&app, &harbor).await;
        // A no-show that was none.
        record(&app, &harbor, &second, Attendance::Unknown).await;
        assert_eq!(latest(&app, &harbor).await.outcome, Some(OutreachOutcome::Corrected));
        // It was one after all, recorded later: a no-show from before the closing raises nothing new.
        record(&app, &harbor, &second, Attendance::NoShow).await;
        assert!(open(&app, &harbor).await.is_empty());
        let third = harbor.appointment(&app, at("2026-03-16T13:30:00-07:00")).await;
        app.clock.set(at("2026-03-16T14:20:00-07:00"));
        record(&app, &harbor, &third, Attendance::NoShow).await;
        let raised = open(&app, &harbor).await.remove(0);
        let (ida, csrf) = sign_in(&app, "ida").await;
        let path = format!("/outreach/{}/close", raised.id);
        // What happens by itself is not for a person to record.
        ida.post(&path, &[("csrf", &csrf), ("outcome", "kept")]).await;
        assert_eq!(open(&app, &harbor).await.len(), 1);
        ida.post(&path, &[("csrf", &csrf), ("outcome", "wants_break")]).await;
        let closed = latest(&app, &harbor).await;
        assert_eq!((closed.outcome, closed.closed_by), (Some(OutreachOutcome::WantsBreak), Some(harbor.ida.clone())));
        let page = words(&ida.get("/outreach").await.body);
        assert!(page.contains("Nobody to get in touch with") && page.contains("Wants a break"), "{page}");
        // Another no-show, and then therapy ends.
        let fourth = harbor.appointment(&app, at("2026-03-23T13:30:00-07:00")).await;
        app.clock.set(at("2026-03-23T14:20:00-07:00"));
        record(&app, &harbor, &fourth, Attendance::NoShow).await;
        assert_eq!(open(&app, &harbor).await.len(), 1);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let end = workflows::episode::Discharge {
            episode: harbor.episode.clone(),
            reason: DischargeReason::DroppedOut,
            case_to: None,
        };
        workflows::episode::discharge(&mut tx, &app.ctx, &harbor.ana, &end).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(latest(&app, &harbor).await.outcome, Some(OutreachOutcome::Discharged));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::verify_audit(&mut read).await.unwrap().broken, None);
    }
}
