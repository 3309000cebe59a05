//! The outcomes explorer: figures by hand, what is missing, who may see whose, and what is kept back.

use axum::http::StatusCode;
use care::appointment::{Appointment, AppointmentState};
use care::client::{Client, Recipient};
use care::episode::{Assignment, DischargeReason, Episode, EpisodeState, Measure};
use care::message::Channel;
use care::outcome::PAIR;
use care::staff::{Role, Shortcut, Staff, StaffState};
use care::{AppointmentId, AssignmentId, ClientId, EpisodeId, Instant, Language, Phi, SiteId, StaffId, SupervisionId};
use chrono::Duration;
use store::history::Past;
use tests::{Browser, Harbor, TestApp, at, both_databases, harbor::PASSWORD, words};

async fn sign_in(app: &TestApp, name: &str) -> Browser {
    let browser = app.browser();
    let csrf = browser.get("/sign-in").await.field("csrf");
    let email = format!("{name}@example.org");
    browser.post("/sign-in", &[("csrf", &csrf), ("email", &email), ("password", PASSWORD)]).await;
    browser
}

/// A practice whose closed courses are taken over as they were.
struct Closed<'a> {
    app: &'a TestApp,
    harbor: &'a Harbor,
    past: Past,
}

impl<'a> Closed<'a> {
    fn new(app: &'a TestApp, harbor: &'a Harbor) -> Self {
        Self { app, harbor, past: Past::default() }
    }

    /// A closed course of the clinician's at the site, with a first and perhaps a last PHQ-9.
    fn course(&mut self, clinician: &StaffId, site: &SiteId, language: Language, first: f64, last: Option<f64>) {
        self.course_until(self.app.ctx.now() - Duration::days(8), clinician, site, language, (first, last));
    }

    /// The same, ended at an instant.
    fn course_until(
        &mut self,
        ended: Instant,
        clinician: &StaffId,
        site: &SiteId,
        language: Language,
        (first, last): (f64, Option<f64>),
    ) {
        let ctx = &self.app.ctx;
        let began = ended - Duration::days(82);
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
            language,
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
            discharge_reason: Some(DischargeReason::Completed),
        };
        self.past.assignments.push(Assignment {
            id: ctx.id(AssignmentId::new),
            episode_id: episode.id.clone(),
            clinician_id: clinician.clone(),
            starts_at: began,
            ends_at: Some(ended),
        });
        self.past.appointments.push(Appointment {
            id: ctx.id(AppointmentId::new),
            client_id: client.id.clone(),
            episode_id: episode.id.clone(),
            clinician_id: clinician.clone(),
            site_id: site.clone(),
            starts_at: began,
            ends_at: began + Duration::minutes(50),
            state: AppointmentState::Attended,
        });
        self.past.measures.push(Measure {
            episode_id: episode.id.clone(),
            instrument: "phq-9".to_owned(),
            scale: "total".to_owned(),
            structure: 1,
            sessions_before: 0,
            baseline: Some(first),
            baseline_at: Some(began),
            baseline_session: Some(1),
            best: last.map_or(first, |last| last.min(first)),
            lowest: Some(last.map_or(first, |last| last.min(first))),
            highest: Some(last.map_or(first, |last| last.max(first))),
            previous: last.map(|_| first),
            latest: last.unwrap_or(first),
            latest_at: if last.is_some() { ended - Duration::days(1) } else { began },
            latest_session: Some(if last.is_some() { 2 } else { 1 }),
            n: if last.is_some() { 2 } else { 1 },
            sum_x: 0.0,
            sum_xx: 0.0,
            sum_y: 0.0,
            sum_xy: 0.0,
            sum_yy: 0.0,
        });
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

async fn site(app: &TestApp, harbor: &Harbor, name: &str) -> SiteId {
    let id = app.ctx.id(SiteId::new);
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let site = care::practice::Site {
        id: id.clone(),
        name: name.to_owned(),
        zone: "America/Los_Angeles".to_owned(),
        on_call_id: None,
        before_session_hours: None,
    };
    store::site::insert(&mut tx, &site).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn clinician(app: &TestApp, harbor: &Harbor, name: &str, supervisor: &StaffId) -> StaffId {
    let person = Staff {
        id: app.ctx.id(StaffId::new),
        name: Phi::new(name.to_owned()),
        email: Phi::new(format!("{}@example.org", name.to_lowercase())),
        phone: None,
        language: Language::En,
        state: StaffState::Active,
        backup_id: None,
        shortcut: Shortcut::On,
        roles: vec![Role::Clinician],
        sites: vec![],
    };
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    store::staff::insert(&mut tx, &person, app.ctx.now()).await.unwrap();
    let edge = care::staff::Supervision {
        id: app.ctx.id(SupervisionId::new),
        supervisor_id: supervisor.clone(),
        clinician_id: person.id.clone(),
        starts_on: "2025-01-01".parse().unwrap(),
        ends_on: None,
    };
    store::supervision::insert(&mut tx, &edge).await.unwrap();
    tx.commit().await.unwrap();
    person.id
}

const PRE: [f64; 10] = [18.0, 15.0, 21.0, 12.0, 10.0, 16.0, 14.0, 9.0, 20.0, 13.0];
const POST: [f64; 10] = [7.0, 9.0, 16.0, 4.0, 8.0, 22.0, 8.0, 6.0, 9.0, 12.0];

both_databases! {
    async fn o1_ten_closed_courses_as_a_page_and_as_a_file(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut closed = Closed::new(&app, &harbor);
        for (first, last) in PRE.into_iter().zip(POST) {
            closed.course(&harbor.ana, &harbor.north, Language::En, first, Some(last));
        }
        let anxiety = |one: &Measure| Measure { instrument: "gad-7".to_owned(), ..one.clone() };
        let anxious: Vec<Measure> = closed.past.measures.iter().map(anxiety).collect();
        closed.past.measures.extend(anxious);
        closed.take_over().await;
        let page = words(&sign_in(&app, "ana").await.get("/outcomes?lens=phq-9").await.body);
        for expected in [
            "10 closed courses; 10 of them (100 %)",
            "6 of 9", "5 of 9", "5 of 10", "1 of 10", "No reliable change neither better nor worse by more than measurement error 40 %", "4 of 10", "3 of 9", "1 of 9",
            "points towards better 4.70", "first scores 1.17", "(4n − 5)) 1.07", "100 % 10 of 10",
        ] {
            assert!(page.contains(expected), "{expected} should be in:\n{page}");
        }
        // What is published by problem stands beside a look at problems through the lens it is about, and nowhere else.
        let ana = sign_in(&app, "ana").await;
        let page = words(&ana.get("/outcomes?lens=phq-9&by=problem").await.body);
        assert!(!page.contains("Published by problem"), "one instrument alone is not what was published: {page}");
        let page = words(&ana.get(&format!("/outcomes?lens={PAIR}&by=problem")).await.body);
        for expected in [
            "Published by problem: NHS Talking Therapies, England, 2024-25", "Depression 288049 49.6 % 46.2 % 66.8 % 6.4 % 25.7 %",
            "Post-traumatic stress disorder 46021 41.7 % 40.9 % 66.7 % 7.2 %", "Open Government Licence v3.0", "no target",
        ] {
            assert!(page.contains(expected), "{expected} should be in:\n{page}");
        }

        let published = ana.get("/outcomes/published.csv").await;
        assert_eq!(published.status, StatusCode::OK);
        for row in ["2024-25,", ",Open Government Licence v3.0,depression,288049,no_reliable_change,25.7", ",panic,15155,recovery,50.7"] {
            assert!(published.body.contains(row), "{row} should be in {}", published.body);
        }
        assert_eq!(published.body.lines().count(), 1 + 11 * 5);
        assert_eq!(ana.get("/outcomes/published.xlsx").await.status, StatusCode::OK);

        // Ten courses may be shown to whoever treated them, and do not leave the house.
        let file = sign_in(&app, "ana").await.get("/outcomes.csv?lens=phq-9").await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.body.contains("too few to show") && !file.body.contains("recovery"), "{}", file.body);
        let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
        let wrong: Vec<_> = report.violations.iter().filter(|one| format!("{one:?}").contains("closed courses")).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    async fn o2_ten_of_forty_measured_is_not_reportable(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut closed = Closed::new(&app, &harbor);
        for number in 0..40 {
            let last = if number < 6 { Some(5.0) } else { (number < 10).then_some(14.0) };
            closed.course(&harbor.ana, &harbor.north, Language::En, 16.0, last);
        }
        closed.take_over().await;
        let page = words(&sign_in(&app, "adam").await.get("/outcomes?lens=phq-9&view=practice").await.body);
        assert!(page.contains("Recovery at caseness first, below it at the end Not reportable 60 % of those measured"), "{page}");
        assert!(page.contains("6 of 10") && page.contains("25 % 10 of 40") && page.contains("15–90 %"), "{page}");
        // Six recovered: a count from 1 to 10 does not leave the house.
        let file = sign_in(&app, "adam").await.get("/outcomes.csv?lens=phq-9&view=practice").await.body;
        let row = file.lines().find(|line| line.contains(",recovery,")).expect("a row for recovery");
        assert!(row.contains(",40,recovery,,,") && row.ends_with("too few to show"), "{row}");
        assert!(row.starts_with("2026-03-10T17:00:00Z,2025-03-01,2026-03-10,practice,PHQ-9"), "{row}");
    }

    async fn o2_neither_are_the_effect_sizes_of_ten_of_forty_nor_those_of_four(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut closed = Closed::new(&app, &harbor);
        for number in 0..44 {
            let last = (number < 11).then(|| POST[number % 10]);
            closed.course(&harbor.ana, &harbor.north, Language::En, PRE[number % 10], last);
        }
        for number in 0..6 {
            closed.course(&harbor.ben, &harbor.north, Language::En, PRE[number], (number < 4).then_some(POST[number]));
        }
        closed.take_over().await;
        let page = words(&sign_in(&app, "ana").await.get("/outcomes?lens=phq-9").await.body);
        let effects = page.split("How large the change is").nth(1).expect("the effect sizes");
        let effects = effects.split("By clinician").next().expect("the effect sizes");
        assert_eq!(effects.matches("Not reportable").count(), 4, "gain, d, corrected and adjusted: {effects}");
        assert!(effects.contains("of those measured") && effects.contains("25 % 11 of 44"), "{effects}");
        let file = sign_in(&app, "ana").await.get("/outcomes.csv?lens=phq-9").await.body;
        for what in ["gain", "raw", "corrected"] {
            let row = file.lines().find(|line| line.contains(&format!(",{what},"))).expect("a row");
            assert!(row.ends_with(",not reportable") && row.contains(",,11,44,") && row.contains(",25.0,"), "{row}");
        }
        // Four of Ben's six were measured: enough of them, and too few for a mean.
        let page = words(&sign_in(&app, "ben").await.get("/outcomes?lens=phq-9").await.body);
        assert!(page.contains("67 % 4 of 6") && !page.contains("How large the change is"), "{page}");
        assert!(page.contains("at least 5 courses"), "{page}");
    }

    async fn what_is_said_of_clinicians_says_that_it_is_not_filtered(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let bay = site(&app, &harbor, "Bay").await;
        let zoe = clinician(&app, &harbor, "Zoe", &harbor.sofia).await;
        let mut closed = Closed::new(&app, &harbor);
        for (person, hits) in [(&harbor.ana, 9), (&harbor.ben, 5), (&zoe, 7)] {
            for number in 0..12 {
                let site = if number % 2 == 0 { &harbor.north } else { &bay };
                closed.course(person, site, Language::En, 16.0, Some(if number < hits { 6.0 } else { 15.0 }));
            }
        }
        closed.take_over().await;
        let sofia = sign_in(&app, "sofia").await;
        let all = words(&sofia.get("/outcomes?lens=phq-9").await.body);
        assert!(all.contains("Ana 12") && !all.contains("Not filtered"), "{all}");
        let one = words(&sofia.get(&format!("/outcomes?lens=phq-9&site={bay}")).await.body);
        assert!(one.contains("12 closed courses") && one.contains("Ana 12"), "six of hers ended at Bay: {one}");
        assert_eq!(one.matches("Not filtered: this is about all closed courses").count(), 2, "table and funnel: {one}");
        // The funnel says in words where its limits are and who lies outside.
        assert!(one.contains("of 3 outside the 95 % limits") && one.contains("95 % limits 99.8 % limits Where it lies"), "{one}");
        assert!(one.contains(" % inside"), "{one}");
    }

    async fn of_a_language_few_are_not_counted_on_either_side_nor_to_be_computed(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut closed = Closed::new(&app, &harbor);
        // Reliably better, neither, reliably worse.
        for (language, parts) in [(Language::En, [20, 14, 6]), (Language::Es, [15, 13, 2])] {
            for (last, courses) in [6.0, 15.0, 22.0].into_iter().zip(parts) {
                for _ in 0..courses {
                    closed.course(&harbor.ana, &harbor.north, language, 16.0, Some(last));
                }
            }
        }
        closed.take_over().await;
        let owner = sign_in(&app, "adam").await;
        let look = async |asked: &str| words(&owner.get(&format!("/outcomes?lens=phq-9&view=practice{asked}")).await.body);
        // Everybody together is no demographic group: a page for staff counts them.
        let all = look("&by=language").await;
        for said in ["35 of 70", "8 of 70", "27 of 70", "English 40", "20 of 40 measured, 40 in all: 50–50 %", "15 of 30 measured, 30 in all: 50–50 %"] {
            assert!(all.contains(said), "{said} should be in {all}");
        }
        // Six and two are few; with those who did not change they would be what is left of the others.
        for hidden in ["6 of 40", "14 of 40", "2 of 30", "13 of 30"] {
            assert!(!all.contains(hidden), "{hidden} should not be in {all}");
        }
        assert!(all.contains("fewer than 11 people fared one way or the other"), "and it is said: {all}");
        let spanish = look("&language=es").await;
        assert!(spanish.contains("15 of 30") && !spanish.contains("2 of 30") && !spanish.contains("13 of 30"), "{spanish}");
        assert!(spanish.contains("by more than measurement error Not shown"), "{spanish}");
        let by_site = look("&language=es&by=site").await;
        assert!(by_site.contains("North 30") && !by_site.contains("2 of 30") && !by_site.contains("13 of 30"), "{by_site}");
        // By site staff see the few: that is no demographic group.
        assert!(look("&by=site").await.contains("8 of 70 measured, 70 in all"));
        let file = owner.get("/outcomes.csv?lens=phq-9&view=practice&by=language").await.body;
        let row = |named: &str| file.lines().find(|line| line.contains(named)).unwrap_or_else(|| panic!("{named} in {file}")).to_owned();
        assert!(row(",English,40,improvement,").contains(",20,40,40,50.0,"), "{file}");
        for what in ["deterioration", "no_reliable_change"] {
            for group in ["all,70", "English,40", "Spanish,30"] {
                assert!(row(&format!(",{group},{what},")).ends_with("too few to show"), "{group} {what}: {file}");
            }
        }
    }

    async fn what_a_filter_leaves_out_cannot_be_computed_from_what_it_lets_through(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let bay = site(&app, &harbor, "Bay").await;
        let mut closed = Closed::new(&app, &harbor);
        // Reliably better, neither, reliably worse.
        let parts = [
            (&harbor.north, Language::En, [14, 12, 23]), (&harbor.north, Language::Es, [3, 2, 2]),
            (&bay, Language::En, [12, 2, 3]), (&bay, Language::Es, [12, 11, 0]),
        ];
        for (site, language, parts) in parts {
            for (last, courses) in [6.0, 15.0, 22.0].into_iter().zip(parts) {
                for _ in 0..courses {
                    closed.course(&harbor.ana, site, language, 16.0, Some(last));
                }
            }
        }
        closed.take_over().await;
        let owner = sign_in(&app, "adam").await;
        let look = async |asked: &str| words(&owner.get(&format!("/outcomes?lens=phq-9&view=practice{asked}")).await.body);
        assert!(look("").await.contains("28 of 96"));
        // 15 Spanish courses are better, but only two of them worse.
        let english = look("&language=en").await;
        assert!(english.contains("better by more than measurement error 39 % 29–51 % 26 of 66"), "{english}");
        assert!(english.contains("worse by more than measurement error Not shown"), "{english}");
        // At North seven are Spanish: neither they nor what is left of the site's courses are counted.
        let by_site = look("&language=en&by=site").await;
        assert!(!by_site.contains("North 49") && !by_site.contains("23 of 49"), "{by_site}");
        assert!(look("&by=site").await.contains("25 of 56"), "a site is no demographic group");
        // A file of one site beside the file of all.
        let file = owner.get(&format!("/outcomes.csv?lens=phq-9&view=practice&site={}", harbor.north)).await.body;
        let row = |named: &str| file.lines().find(|line| line.contains(named)).unwrap_or_else(|| panic!("{named} in {file}")).to_owned();
        assert!(row(",all,56,improvement,").contains(",17,56,56,"), "{file}");
        assert!(row(",all,56,deterioration,").ends_with("too few to show"), "three of Bay are worse: {file}");
    }

    async fn no_reliable_change_is_a_figure_like_the_others(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let bay = site(&app, &harbor, "Bay").await;
        let mut closed = Closed::new(&app, &harbor);
        for (site, parts, unmeasured) in [(&harbor.north, [20, 15, 12], 3), (&bay, [18, 13, 11], 0)] {
            for (last, courses) in [6.0, 15.0, 22.0].into_iter().zip(parts) {
                for _ in 0..courses {
                    closed.course(&harbor.ana, site, Language::En, 16.0, Some(last));
                }
            }
            for _ in 0..unmeasured {
                closed.course(&harbor.ana, site, Language::En, 16.0, None);
            }
        }
        closed.take_over().await;
        let owner = sign_in(&app, "adam").await;
        let page = words(&owner.get("/outcomes?lens=phq-9&view=practice&by=site").await.body);
        // 28 of 89 measured of 92: Wilson's interval, and 28 and 31 of 92 as bounds.
        for said in ["31 % 23–42 % 28 of 89", "30–34 %", "15 of 47 measured, 50 in all: 30–36 %"] {
            assert!(page.contains(said), "{said} should be in {page}");
        }
        let file = owner.get("/outcomes.csv?lens=phq-9&view=practice&by=site").await.body;
        let row = |named: &str| file.lines().find(|line| line.contains(named)).unwrap_or_else(|| panic!("{named} in {file}")).to_owned();
        assert!(row(",all,92,no_reliable_change,").contains(",28,89,92,31.5,22.8,41.7,96.7,30.4,33.7,"), "{file}");
        assert!(row(",Bay,42,no_reliable_change,").contains(",13,42,42,31.0,"), "{file}");
        assert!(row(",North,50,deterioration,").contains(",12,47,50,25.5,"), "{file}");
    }

    async fn effect_sizes_are_in_the_file_of_whom_they_may_be(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (bay, south) = (site(&app, &harbor, "Bay").await, site(&app, &harbor, "South").await);
        let mut closed = Closed::new(&app, &harbor);
        for (site, courses) in [(&harbor.north, 20), (&bay, 12), (&south, 3)] {
            for (first, last) in PRE.into_iter().zip(POST).cycle().take(courses) {
                closed.course(&harbor.ana, site, Language::En, first, Some(last));
            }
        }
        closed.take_over().await;
        let owner = sign_in(&app, "adam").await;
        let page = words(&owner.get("/outcomes?lens=phq-9&view=practice").await.body);
        let file = owner.get("/outcomes.csv?lens=phq-9&view=practice&by=site").await.body;
        let row = |named: &str| {
            let found = file.lines().find(|line| line.contains(named)).unwrap_or_else(|| panic!("{named} in {file}"));
            found.split(',').skip(7).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(row("data_as_of")[12..], ["effect", "effect_low_95", "effect_high_95", "status"]);
        assert_eq!(row(",all,35,gain,")[..13].join(","), "all,35,gain,,35,35,,,,100.0,,,5.14");
        // North is twice the ten courses of O1: the mean change is theirs, the spread a little smaller. Its differences have
        // squares of 906 in all, so that the mean ± 2.093 √((906 − 20·4.7²) ÷ 19 ÷ 20) is 2.39 to 7.01.
        assert_eq!(row(",North,20,gain,").join(","), "North,20,gain,,20,20,,,,100.0,,,4.70,2.39,7.01,reportable");
        assert_eq!(row(",North,20,raw,")[12], "1.20");
        // What the file says of all is what the page says.
        for what in ["gain", "raw", "corrected", "adjusted"] {
            let all = row(&format!(",all,35,{what},"));
            let said = format!("{} {}–{} 100 % {} of {}", all[12], all[13], all[14], all[4], all[5]);
            assert!(page.contains(&said), "{said} of {what} in {page}");
        }
        assert_eq!(row(",North,20,adjusted,")[3..6], ["", "18", "18"], "those at caseness");
        // Three courses take the smaller of the others with them.
        for site in ["Bay", "South"] {
            for what in ["gain", "raw", "corrected", "adjusted"] {
                let hidden = row(&format!(",{site},,{what},"));
                assert!(hidden[3..15].iter().all(String::is_empty) && hidden[15] == "too few to show", "{hidden:?}");
            }
        }
        let book = owner.get("/outcomes.xlsx?lens=phq-9&view=practice&by=site").await;
        assert_eq!(book.status, StatusCode::OK);
    }

    async fn v4_four_are_too_few_twenty_two_are_estimated_and_nobody_is_ranked(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let zoe = clinician(&app, &harbor, "Zoe", &harbor.sofia).await;
        let mut closed = Closed::new(&app, &harbor);
        for number in 0..22 {
            let last = if number < 15 { 6.0 } else { 15.0 };
            closed.course(&harbor.ana, &harbor.north, Language::En, 16.0, Some(last));
        }
        for _ in 0..4 {
            closed.course(&zoe, &harbor.north, Language::En, 16.0, Some(6.0));
        }
        for number in 0..12 {
            closed.course(&harbor.ben, &harbor.north, Language::En, 16.0, Some(if number < 3 { 6.0 } else { 15.0 }));
        }
        closed.take_over().await;
        let page = words(&sign_in(&app, "sofia").await.get("/outcomes?lens=phq-9").await.body);
        assert!(page.contains("Zoe 4 Too few to estimate (min 5)"), "{page}");
        let estimate = page.split("Ana 22 ").nth(1).expect("Ana is estimated");
        let percent: f64 = estimate.split(' ').next().unwrap().parse().unwrap();
        // 15 of 22 are 68 %, all together about 48: the estimate lies between.
        assert!(percent < 68.0 && percent > 48.0, "{percent}");
        assert!(estimate.split(' ').nth(2).is_some_and(|interval| interval.contains('–')), "with its interval");
        assert!(!page.contains("Ben "), "whom she does not supervise");
        assert!(!page.to_lowercase().contains("rank ") && page.find("Ana 22") < page.find("Zoe 4"), "by name");
        // A clinician sees their own, the biller nothing.
        let own = words(&sign_in(&app, "ben").await.get("/outcomes?lens=phq-9").await.body);
        assert!(own.contains("12 closed courses") && own.contains("Ben 12") && !own.contains("Ana 22"), "{own}");
        assert_eq!(sign_in(&app, "bill").await.get("/outcomes").await.status, StatusCode::FORBIDDEN);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let looks = store::audit_page(&mut read, 0, 10_000).await.unwrap();
        assert!(looks.iter().any(|row| row.action == "view.outcomes"), "who looked is in the audit");
    }

    async fn the_last_eight_quarters_stand_beside_one_another_on_the_page_and_in_the_file(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut closed = Closed::new(&app, &harbor);
        // When they ended, how many, of how many a last score is known, and how many of those were better.
        let quarters = [
            ("2024-05-15T12:00:00-07:00", 20, 20, 12),
            ("2024-08-15T12:00:00-07:00", 24, 24, 12),
            // Its last minute in the practice's zone is the next quarter's first day in UTC.
            ("2024-12-31T23:59:00-08:00", 22, 22, 11),
            ("2025-02-15T12:00:00-08:00", 30, 12, 12),
            ("2025-05-15T12:00:00-07:00", 25, 25, 13),
            ("2025-08-15T12:00:00-07:00", 26, 26, 13),
            ("2025-11-15T12:00:00-08:00", 28, 28, 14),
            ("2026-02-15T12:00:00-08:00", 3, 3, 3),
        ];
        for (ended, courses, measured, better) in quarters {
            for number in 0..courses {
                let last = (number < measured).then_some(if number < better { 6.0 } else { 15.0 });
                closed.course_until(at(ended), &harbor.ana, &harbor.north, Language::En, (16.0, last));
            }
        }
        // Long before the eight.
        closed.course_until(at("2023-08-15T12:00:00-07:00"), &harbor.ana, &harbor.north, Language::En, (16.0, Some(6.0)));
        closed.take_over().await;
        let owner = sign_in(&app, "adam").await;
        let address = "lens=phq-9&view=practice&period=8-quarters&by=quarter";
        let page = owner.get(&format!("/outcomes?{address}")).await.body;
        let said = words(&page);
        assert!(said.contains("Apr 1, 2024 – Mar 10, 2026") && said.contains("178 closed courses"), "{said}");
        for expected in ["By quarter", "2024-Q3 24", "2024-Q4 22", "2025-Q1 30", "2025-Q4 28", "12 of 24 measured, 24 in all: 50–50 %"] {
            assert!(said.contains(expected), "{expected} should be in:\n{said}");
        }
        // Twelve of thirty measured are not reportable: worst to best stands there all the same.
        assert!(said.contains("2025-Q1 30 Not reportable") && said.contains("12 of 12 measured, 30 in all: 40–100 %"), "{said}");
        // Three are few, and take the smallest of the others with them; in the picture both are gaps.
        assert!(said.contains("2026-Q1 Not shown") && said.contains("2024-Q2 Not shown"), "{said}");
        assert!(page.contains("id=\"over-time-improvement-title\"") && page.contains("id=\"over-time-improvement-desc\""), "{page}");
        assert!(said.contains("From 50 % in 2024-Q3 to 50 % in 2025-Q4. 5 of 8 can be reported."), "{said}");
        let picture = page.split("over-time-improvement-title").nth(2).unwrap().split("</svg>\n<figcaption>").next().unwrap();
        assert!(picture.contains("<title>2025-Q4: 50 % (33–67 %), 14 of 28</title>"), "{picture}");
        assert!(!picture.contains("2026-Q1:") && !picture.contains("2025-Q1:"), "{picture}");
        assert_eq!(picture.matches("class=\"band\"").count(), 5, "{picture}");
        // What is asked stands in the addresses of the files and of what is kept.
        assert!(page.contains("/outcomes.csv?view=practice&amp;lens=phq-9&amp;period=8-quarters&amp;by=quarter"), "{page}");
        assert_eq!(owner.get(&format!("/outcomes?{address}")).await.field("query"), "view=practice&amp;lens=phq-9&amp;period=8-quarters&amp;by=quarter");
        // The file: groups below eleven are left out, and so is a count from 1 to 10.
        let file = owner.get(&format!("/outcomes.csv?{address}")).await.body;
        let row = |named: &str| file.lines().find(|line| line.contains(named)).unwrap_or_else(|| panic!("{named} in {file}")).to_owned();
        assert!(row(",all,178,improvement,").contains(",2024-04-01,2026-03-10,"), "{file}");
        assert!(row(",quarter,2024-Q3,24,improvement,").contains(",12,24,24,50.0,"), "{file}");
        assert!(row(",quarter,2025-Q2,25,improvement,").contains(",13,25,25,52.0,"), "{file}");
        assert!(row(",quarter,2024-Q4,22,improvement,").ends_with("too few to show"), "11 less would be the running quarter's 3: {file}");
        assert!(row(",quarter,2026-Q1,,improvement,").ends_with("too few to show"), "{file}");
        assert!(row(",quarter,2024-Q2,,improvement,").ends_with("too few to show"), "{file}");
        assert!(row(",quarter,2025-Q1,30,improvement,").ends_with("too few to show"), "nobody of the measured was not better: {file}");
        assert_eq!(owner.get(&format!("/outcomes.xlsx?{address}")).await.status, StatusCode::OK);
        // A period that begins within a quarter is made whole, and none goes back further than three years.
        let year = words(&owner.get("/outcomes?lens=phq-9&view=practice&by=quarter").await.body);
        assert!(year.contains("Jan 1, 2025 – Mar 10, 2026") && year.contains("2025-Q1 30"), "{year}");
        let all = words(&owner.get("/outcomes?lens=phq-9&view=practice&period=all&by=quarter").await.body);
        assert!(all.contains("Apr 1, 2023 – Mar 10, 2026") && all.contains("2023-Q3 Not shown"), "{all}");
    }

    async fn months_are_hidden_within_their_quarter(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut closed = Closed::new(&app, &harbor);
        let months = [("2025-07", 9), ("2025-08", 8), ("2025-09", 7), ("2025-10", 12), ("2025-11", 6), ("2025-12", 2), ("2026-02", 30)];
        for (month, courses) in months {
            for _ in 0..courses {
                let ended = at(&format!("{month}-15T12:00:00-08:00"));
                closed.course_until(ended, &harbor.ana, &harbor.north, Language::En, (16.0, Some(6.0)));
            }
        }
        closed.take_over().await;
        let owner = sign_in(&app, "adam").await;
        let by = async |what: &str| words(&owner.get(&format!("/outcomes?lens=phq-9&view=practice&by={what}")).await.body);
        let quarters = by("quarter").await;
        for shown in ["2025-Q3 24", "2025-Q4 20", "2026-Q1 30"] {
            assert!(quarters.contains(shown), "{quarters}");
        }
        // The quarter is 20: with December's two goes November, or 20 − 12 − 6 would be 2.
        let months = by("month").await;
        for said in ["2025-07 9", "2025-08 8", "2025-09 7", "2025-10 12", "2025-11 Not shown", "2025-12 Not shown", "2026-02 30"] {
            assert!(months.contains(said), "{said} should be in {months}");
        }
        // In a file at least eleven: of a quarter's 24 no month, of the other none beside 12.
        let file = owner.get("/outcomes.csv?lens=phq-9&view=practice&by=month").await.body;
        for month in ["2025-07", "2025-08", "2025-09", "2025-11", "2025-12"] {
            assert!(file.contains(&format!(",month,{month},,")) && !file.contains(&format!(",{month},9,")), "{month}: {file}");
        }
        assert!(file.contains(",month,2026-02,30,"), "{file}");
    }

    async fn a_small_group_cannot_be_computed_from_what_is_shown_nor_by_filtering(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (bay, south) = (site(&app, &harbor, "Bay").await, site(&app, &harbor, "South").await);
        let mut closed = Closed::new(&app, &harbor);
        for (site, courses) in [(&harbor.north, 20), (&bay, 9), (&south, 3)] {
            for number in 0..courses {
                let language = if number == 0 { Language::Es } else { Language::En };
                closed.course(&harbor.ana, site, language, 16.0, Some(6.0));
            }
        }
        closed.take_over().await;
        let owner = sign_in(&app, "adam").await;
        let page = words(&owner.get("/outcomes?lens=phq-9&by=site").await.body);
        assert!(page.contains("32 closed courses") && page.contains("North 20"), "{page}");
        assert!(page.contains("Bay Not shown") && page.contains("South Not shown"), "32 − 20 − 9 would be 3: {page}");
        for small in [&south, &bay] {
            let filtered = words(&owner.get(&format!("/outcomes?lens=phq-9&site={small}")).await.body);
            assert!(filtered.contains("Too few to show"), "{filtered}");
        }
        // Languages are a demographic group: at least 11, and three of 32 take the rest with them.
        let by_language = words(&owner.get("/outcomes?lens=phq-9&by=language").await.body);
        assert!(by_language.contains("English Not shown") && by_language.contains("Spanish Not shown"), "{by_language}");
        // What is not understood in the address asks for nothing.
        let odd = owner.get("/outcomes?lens=%27&period=x&by=shoe&site=nowhere&language=tlh&view=all").await;
        assert_eq!(odd.status, StatusCode::OK);
    }
}
