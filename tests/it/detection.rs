//! Rules of detection changed in a browser, tried on the last days, and what the nightly job makes of closed courses: models
//! adopted and refused, and the card that says what the rules are worth.

use axum::http::StatusCode;
use care::client::{Client, Recipient};
use care::detection::{Act, EVERY_INSTRUMENT, Number};
use care::episode::{Assignment, BaselineWindow, DischargeReason, Episode, EpisodeState, Measure, Point, Series};
use care::expected_response::refit::Outcome;
use care::message::Channel;
use care::packet::{Asked, Occasion, Packet, PacketState};
use care::response::{Mode, Response, ResponseKind, Rule, ScoreState, Sheet, StoredScore};
use care::{AssignmentId, ClientId, EpisodeId, Instant, Language, PacketId, Phi, ResponseId, ScoreId};
use chrono::{Duration, NaiveDate};
use instruments::Polarity;
use store::history::Past;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, TestApp, at, both_databases, words};

/// Whether a course is closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// It is, as planned.
    Closed,
    /// It runs.
    Runs,
}

/// A practice whose courses are taken over as they were: weekly PHQ-9 scores.
struct Courses<'a> {
    app: &'a TestApp,
    harbor: &'a Harbor,
    past: Past,
    number: u32,
}

impl<'a> Courses<'a> {
    fn new(app: &'a TestApp, harbor: &'a Harbor) -> Self {
        Self { app, harbor, past: Past::default(), number: 0 }
    }

    /// One course of Ana's, whose last score came so many days ago.
    fn add(&mut self, scores: &[f64], days_ago: i64, ends: Ends) {
        let ctx = &self.app.ctx;
        self.number += 1;
        let last: Instant = ctx.now() - Duration::days(days_ago);
        let began = last - Duration::weeks(i64::try_from(scores.len()).unwrap() - 1);
        let client = ctx.id(ClientId::new);
        let episode = ctx.id(EpisodeId::new);
        self.past.clients.push((
            Client {
                id: client.clone(),
                site_id: self.harbor.north.clone(),
                external_id: None,
                name: Phi::new(format!("Somebody Invented {}", self.number)),
                preferred_name: None,
                birth_date: Some(Phi::new(
                    NaiveDate::from_ymd_opt(1950 + self.number.cast_signed() % 50, 1, 1).unwrap(),
                )),
                sex: Some(if self.number.is_multiple_of(2) { care::Sex::Female } else { care::Sex::Male }),
                email: None,
                phone: None,
                language: if self.number.is_multiple_of(20) { Language::Es } else { Language::En },
                zone: None,
                preferred_channel: Channel::Email,
                emergency_contact: None,
                guardian: None,
                recipient: Recipient::Client,
            },
            began,
        ));
        let is_closed = ends == Ends::Closed;
        self.past.episodes.push(Episode {
            id: episode.clone(),
            client_id: client.clone(),
            site_id: self.harbor.north.clone(),
            protocol_id: self.harbor.protocol.clone(),
            started_on: began.date_naive(),
            state: if is_closed { EpisodeState::Discharged } else { EpisodeState::Open },
            discharged_at: is_closed.then_some(last + Duration::hours(1)),
            discharge_reason: is_closed.then_some(DischargeReason::Completed),
        });
        self.past.assignments.push(Assignment {
            id: ctx.id(AssignmentId::new),
            episode_id: episode.clone(),
            clinician_id: self.harbor.ana.clone(),
            starts_at: began,
            ends_at: is_closed.then_some(last + Duration::hours(1)),
        });
        let window = BaselineWindow::around(began);
        let mut measure: Option<Measure> = None;
        for (index, value) in scores.iter().enumerate() {
            let session = i64::try_from(index).unwrap() + 1;
            let submitted_at = began + Duration::weeks(session - 1);
            let asked = Asked { id: "phq-9".to_owned(), version: "1".to_owned() };
            let packet = ctx.id(PacketId::new);
            self.past.packets.push(Packet {
                id: packet.clone(),
                client_id: client.clone(),
                episode_id: episode.clone(),
                appointment_id: None,
                occasion: Occasion::Regular,
                slot: format!("regular:{session}"),
                asked: vec![asked.clone()],
                state: PacketState::Completed,
                send_at: submitted_at,
                sent_at: Some(submitted_at),
                expires_at: submitted_at + Duration::days(4),
                started_at: Some(submitted_at),
                last_answer_at: Some(submitted_at),
                completed_at: Some(submitted_at),
                language: None,
            });
            let response = ctx.id(ResponseId::new);
            self.past.responses.push(Response {
                id: response.clone(),
                packet_id: packet,
                client_id: client.clone(),
                episode_id: episode.clone(),
                kind: ResponseKind::Original,
                mode: Mode::Import,
                answers: Sheet::new(),
                fingerprint: format!("{}-{session}", self.number),
                submitted_at,
            });
            self.past.scores.push(StoredScore {
                id: ctx.id(ScoreId::new),
                response_id: response,
                episode_id: episode.clone(),
                instrument: asked.id,
                version: asked.version,
                scale: "total".to_owned(),
                state: ScoreState::Valid,
                value: Some(*value),
                exact: Some(*value),
                answered: 9,
                missing: 0,
                band: None,
                session,
                at: submitted_at,
            });
            let point = Point { value: *value, session, at: submitted_at };
            measure = Some(match measure {
                None => {
                    let series = Series { episode: &episode, instrument: "phq-9", scale: "total", structure: 1 };
                    Measure::begin(series, 0, point, window)
                }
                Some(before) => before.absorb(point, Polarity::HigherWorse, window),
            });
        }
        self.past.measures.extend(measure);
    }

    /// Closed courses of six to ten scores: most fall, every third one stays where it was or rises.
    fn add_many(&mut self, count: u32, slope: f64) {
        for person in 0..count {
            let level = f64::from(person * 7 % 9) - 4.0;
            let stays = person.is_multiple_of(3);
            let scores: Vec<f64> = (1..=6 + person % 5)
                .map(|session| {
                    let wobble = f64::from((person * 3 + session * 7) % 5) - 2.0;
                    // Some are between those who stay and those who go, so that no line parts them.
                    let fall = if stays {
                        -0.8
                    } else if person % 5 == 1 {
                        2.7
                    } else {
                        slope
                    };
                    (16.0 + level - fall * f64::from(session).ln() + wobble).round().clamp(0.0, 27.0)
                })
                .collect();
            self.add(&scores, 20 + i64::from(count - person), Ends::Closed);
        }
    }

    async fn take_over(self) {
        let mut tx = self.app.db.write(&self.harbor.practice).await.unwrap();
        store::history::take_over(&mut tx, &self.past).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// The usual rules as fields of the form, with some of them changed.
fn fields<'a>(changed: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual: [(&str, &str); 16] = [
        ("act_reliable_deterioration", "case"),
        ("act_probable_bad_end", "case"),
        ("act_worse_than_best", "case"),
        ("act_outside_band_twice", "shown"),
        ("act_little_change", "shown"),
        ("act_no_improvement", "case"),
        ("act_two_rises", "shown"),
        ("act_worst_ever", "shown"),
        ("act_ceiling", "shown"),
        ("no_improvement_session", "6"),
        ("no_improvement_review", "0"),
        ("worse_than_best_percent", "100"),
        ("little_change_session", "4"),
        ("little_change_percent", "20"),
        ("band_percent", "80"),
        ("probability_percent", "70"),
    ];
    let of = |(name, value): &(&'a str, &'a str)| {
        changed.iter().find(|(other, _)| other == name).map_or((*name, *value), |(_, other)| (*name, *other))
    };
    usual.iter().map(of).chain(more.iter().copied()).collect()
}

async fn send(browser: &Browser, scope: &str, csrf: &str, fields: &[(&str, &str)]) -> tests::Reply {
    let form: Vec<(&str, &str)> = [("csrf", csrf)].into_iter().chain(fields.iter().copied()).collect();
    browser.post(&format!("/admin/detection/{scope}"), &form).await
}

/// The first two counts ("14 of 24") that follow a row's words: by the rules in force, and by those that are tried.
fn counts_of(page: &str, row: &str) -> [String; 2] {
    let cells: Vec<&str> = page[page.find(row).expect("the row") + row.len()..].split(' ').collect();
    let mut counts = (1..cells.len() - 1).filter(|place| cells[*place] == "of");
    [(); 2].map(|()| {
        let place = counts.next().expect("a count");
        format!("{} of {}", cells[place - 1], cells[place + 1])
    })
}

both_databases! {
    async fn a_change_is_tried_has_a_reason_and_counts_from_then_on(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut courses = Courses::new(&app, &harbor);
        // Twelve scores without improvement: from session 6 on it is stalled, said once. Two rises at the end.
        courses.add(&[15.0, 15.0, 14.0, 15.0, 14.0, 14.0, 13.0, 14.0, 15.0], 3, Ends::Runs);
        // The same long ago: not of these days.
        courses.add(&[15.0, 15.0, 14.0, 15.0, 14.0, 14.0, 13.0, 14.0, 15.0], 200, Ends::Closed);
        courses.take_over().await;
        let (browser, csrf) = sign_in(&app, "adam").await;

        let looked = send(&browser, "practice", &csrf, &fields(&[("act_two_rises", "case")], &[("revision", "0"), ("wanted", "own"), ("step", "look")])).await;
        assert_eq!(looked.status, StatusCode::OK);
        let page = words(&looked.body);
        assert!(page.contains("the last 90 days would have raised 2 alerts, 2.0 per clinician (now: 1, 1.0)"), "{page}");
        assert!(page.contains("Worse twice in a row : Shown → Opens a case"), "{page}");
        assert!(page.contains("On the closed courses") && page.contains("There are 1 (1 without reliable improvement) among 1 closed ones"), "one course says nothing: {page}");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::detection::in_force(&mut read).await.unwrap().is_empty(), "a look changes nothing");
        drop(read);

        let without = send(&browser, "practice", &csrf, &fields(&[("act_two_rises", "case")], &[("revision", "0"), ("wanted", "own"), ("step", "save")])).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(words(&without.body).contains("Reason: Fill this in"), "{}", words(&without.body));
        let save = |reason: &'static str, changed: &[(&'static str, &'static str)], seen: &'static str| {
            fields(changed, &[("revision", seen), ("wanted", "own"), ("step", "save"), ("detection_reason", reason)])
        };
        let saved = send(&browser, "practice", &csrf, &save("Two rises were missed twice.", &[("act_two_rises", "case")], "0")).await;
        assert_eq!((saved.status, saved.path.as_str()), (StatusCode::OK, "/admin/detection/practice"));
        assert!(words(&saved.body).contains("Two rises were missed twice."), "the history says why");
        // An instrument of its own, from session 9 on.
        let own = send(&browser, "phq-9", &csrf, &save("Monthly sessions.", &[("no_improvement_session", "9"), ("act_two_rises", "case")], "0")).await;
        assert!(words(&own.body).contains("Rules of its own, version 1"), "{}", words(&own.body));

        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let held = workflows::shelf::detection(&mut read).await.unwrap();
        assert_eq!((held.rules_name("phq-9"), held.rules_name("gad-7")), ("phq-9-1".to_owned(), "practice-1".to_owned()));
        assert_eq!(held.rules("gad-7").act(Rule::TwoRises), Act::Case);
        assert_eq!(held.rules("phq-9").number(Number::NoImprovementSession), 9);
        let audit = store::audit_page(&mut read, 0, 10_000).await.unwrap();
        assert_eq!(audit.iter().filter(|row| row.action == "detection.change").count(), 2);
        assert!(!format!("{audit:?}").contains("missed twice"), "the audit has no free text");
        drop(read);

        // Who saw an older state changes nothing, and loses nothing.
        let late = send(&browser, "practice", &csrf, &save("Too late.", &[("act_worst_ever", "case")], "0")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("Somebody changed these rules meanwhile") && late.body.contains("Too late."), "{}", late.body);
        // What is nothing new is no revision.
        let same = send(&browser, "practice", &csrf, &save("Again.", &[("act_two_rises", "case")], "1")).await;
        assert!(same.status == StatusCode::UNPROCESSABLE_ENTITY && words(&same.body).contains("these are the rules in force"), "{}", same.status);

        // Back to the practice's rules.
        let follow = [("revision", "1"), ("wanted", "follow"), ("step", "save"), ("detection_reason", "One ladder is enough.")];
        let back = send(&browser, "phq-9", &csrf, &follow).await;
        assert!(words(&back.body).contains("The practice’s rules, version 1") && words(&back.body).contains("goes by the practice’s rules again"), "{}", words(&back.body));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let held = workflows::shelf::detection(&mut read).await.unwrap();
        assert_eq!(held.scope("phq-9"), Some((EVERY_INSTRUMENT, 1)));
        assert_eq!(store::detection::history(&mut read, "phq-9").await.unwrap().len(), 2);
    }

    async fn e6_thresholds_that_keep_within_the_alert_budget_are_suggested(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (browser, csrf) = sign_in(&app, "adam").await;
        let ask = || send(&browser, "practice", &csrf, &[("step", "suggest")]);
        assert!(words(&ask().await.body).contains("No clinician had a score in the last 90 days"));
        let mut courses = Courses::new(&app, &harbor);
        for _ in 0..14 {
            courses.add(&[15.0, 15.0, 14.0, 15.0, 14.0, 14.0, 13.0, 14.0, 15.0], 3, Ends::Runs);
        }
        courses.take_over().await;
        // Fourteen stalled courses of one clinician in ninety days: 1.1 a week, and ten are within the budget.
        let page = words(&ask().await.body);
        assert!(page.contains("As they are now Suggested 1.1") && !page.contains("over the budget"), "{page}");
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let mut practice = store::practice::get(&mut tx).await.unwrap();
        practice.settings.alert_budget = 1;
        store::practice::update(&mut tx, &practice).await.unwrap();
        tx.commit().await.unwrap();
        // What a page knows of the practice is a few seconds old at most.
        app.clock.advance(Duration::seconds(10));
        let asked = ask().await;
        let page = words(&asked.body);
        assert!(page.contains("As they are now 1.1 over the budget too few courses"), "{page}");
        assert!(page.contains("Opens a case → Shown Suggested 0.0"), "{page}");
        // What is suggested is looked at like any other change, and nothing is in force before somebody says why.
        let form = asked.body.split("name=\"act_no_improvement\" value=\"shown\"").next().expect("the form");
        assert!(form.len() < asked.body.len(), "the suggestion can be looked at");
        let looked = send(&browser, "practice", &csrf, &fields(&[("act_no_improvement", "shown")], &[("revision", "0"), ("wanted", "own"), ("step", "look")])).await;
        assert!(words(&looked.body).contains("would have raised 0 alerts, 0.0 per clinician (now: 14, 14.0)"), "{}", words(&looked.body));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::detection::in_force(&mut read).await.unwrap().is_empty());
    }

    async fn a_change_is_tried_on_the_closed_courses_as_its_card_would_be(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut courses = Courses::new(&app, &harbor);
        courses.add_many(120, 4.0);
        courses.take_over().await;
        let (browser, csrf) = sign_in(&app, "adam").await;
        let changed = [("act_little_change", "case"), ("act_worst_ever", "case")];
        let more = |step: &'static str| {
            fields(&changed, &[("revision", "0"), ("wanted", "own"), ("step", step), ("detection_reason", "Tried first.")])
        };
        let looked = send(&browser, "phq-9", &csrf, &more("look")).await;
        assert_eq!(looked.status, StatusCode::OK);
        let page = words(&looked.body);
        assert!(page.contains("120 closed courses") && page.contains("n = 120 closed courses"), "{page}");
        let [now, then] = counts_of(&page, "Found before a bad end");

        // Before and after the change the card says the same of the rules then in force.
        app.run_jobs().await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let before = store::detection::card(&mut read, "phq-9").await.unwrap().expect("a card");
        drop(read);
        let said = |card: &care::model_card::Card| {
            let counts = card.ladder[0].counts;
            format!("{} of {}", counts.flagged_bad, counts.bad)
        };
        assert_eq!(now, said(&before));
        assert_eq!(send(&browser, "phq-9", &csrf, &more("save")).await.status, StatusCode::OK);
        app.advance(Duration::days(1)).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let after = store::detection::card(&mut read, "phq-9").await.unwrap().expect("a card");
        assert_eq!(after.rules_name, "phq-9-1");
        assert_eq!(then, said(&after));
    }

    async fn a_form_names_what_is_wrong_and_danger_is_not_in_it(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (browser, csrf) = sign_in(&app, "adam").await;
        let more = [("revision", "0"), ("wanted", "own"), ("step", "save"), ("detection_reason", "Tried.")];
        for (changed, said) in [
            (("no_improvement_session", "1"), "Judged at session: Enter a whole number within the limits"),
            (("worse_than_best_percent", "99"), "Worse by (% of the reliable change): Enter a whole number within the limits"),
            (("band_percent", "eighty"), "Band (% of new scores): Enter a whole number within the limits"),
            (("probability_percent", ""), "From a probability of (%): Fill this in"),
            (("act_two_rises", "scream"), "What follows: Choose one"),
        ] {
            let reply = send(&browser, "practice", &csrf, &fields(&[changed], &more)).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{changed:?}");
            assert!(words(&reply.body).contains(said), "{changed:?}: {}", words(&reply.body));
        }
        let kept = send(&browser, "practice", &csrf, &fields(&[("no_improvement_session", "soon")], &more)).await;
        assert!(kept.body.contains("value=\"soon\""), "what was typed is there to be put right");
        // A rule about danger cannot be smuggled in, a ceiling opens no case.
        for smuggled in ["act_risk_item", "act_risk_unknown", "act_scoring_failed", "act_risk_phrase"] {
            let form: Vec<(&str, &str)> = fields(&[], &more).into_iter().chain([(smuggled, "off")]).collect();
            assert_eq!(send(&browser, "practice", &csrf, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{smuggled}");
        }
        assert_eq!(send(&browser, "practice", &csrf, &fields(&[("act_ceiling", "case")], &more)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(send(&browser, "no-such-form", &csrf, &fields(&[], &more)).await.status, StatusCode::NOT_FOUND);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::detection::in_force(&mut read).await.unwrap().is_empty());
        drop(read);
        // A supervisor reads, and has no form.
        let (supervisor, _) = sign_in(&app, "sofia").await;
        let home = words(&supervisor.get("/admin/detection").await.body);
        assert!(home.contains("Danger is a path of its own") && home.contains("More than half the days"), "{home}");
        let rules = supervisor.get("/admin/detection/phq-9").await;
        assert!(rules.status == StatusCode::OK && !rules.body.contains("act_two_rises"), "{}", rules.body);
        assert!(words(&rules.body).contains("Worse than the first score by 6 points or more."), "{}", words(&rules.body));
    }

    async fn the_nightly_job_adopts_a_model_and_makes_a_card(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (browser, _) = sign_in(&app, "sofia").await;
        let none = words(&browser.get("/admin/models/phq-9").await.body);
        assert!(none.contains("No card yet"), "{none}");
        let before = words(&browser.get("/admin/models").await.body);
        assert!(before.contains("Constructed from published figures.") && before.contains("No night has looked at it yet"), "{before}");
        let mut courses = Courses::new(&app, &harbor);
        courses.add_many(120, 4.0);
        courses.take_over().await;
        app.run_jobs().await;

        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let looks = store::detection::last_looks(&mut read).await.unwrap();
        let look = looks.iter().find(|look| look.instrument == "phq-9").expect("a look");
        assert_eq!(look.outcome, Outcome::Adopted, "{:?}", look.checks);
        let card = store::detection::card(&mut read, "phq-9").await.unwrap().expect("a card");
        drop(read);
        assert_eq!((card.closed, card.evaluated), (120, 120));
        assert!(card.events >= 40, "every third one stays: {}", card.events);
        let any = &card.ladder[0];
        assert_eq!(i64::from(any.counts.bad + any.counts.good), card.evaluated);
        assert!(any.sensitivity.value > Some(0.5) && any.sensitivity.interval.is_some(), "{any:?}");
        assert_eq!((card.chosen.len(), card.equal_flag_rate.len()), (8, 8));
        let as_often = |row: &care::model_card::Row| f64::from(row.counts.flagged_bad + row.counts.flagged_good) / 120.0;
        let simple = card.equal_flag_rate.iter().find(|row| row.rule == "b").expect("b");
        assert!((as_often(simple) - as_often(any)).abs() < 0.2, "compared at the same number of flags");
        let agreement = card.agreement.as_ref().expect("predictions");
        assert!(agreement.n > 300 && agreement.errors.is_some(), "{agreement:?}");
        let newest = card.newest.as_ref().expect("the courses closed last");
        assert!(newest.n >= 20 && newest.learned_from >= 60 && newest.n + newest.learned_from <= 120, "{newest:?}");

        let page = words(&browser.get("/admin/models").await.body);
        assert!(page.contains("Learned from this practice’s courses (version 1).") && page.contains("a new model passed its checks"), "{page}");
        assert!(page.contains("that needs 200 closed courses, 30 of them without reliable improvement. There are 120,"), "uncalibrated before 200: {page}");
        let shown = words(&browser.get("/admin/models/phq-9").await.body);
        for expected in [
            "of 120 closed courses",
            "Found before a bad end",
            "Compared at the same number of flags",
            "Can the probability be believed?",
            "Is it worth acting on the probability?",
            "The courses closed last",
            "No group by age, sex or language is large enough yet",
        ] {
            assert!(shown.contains(expected), "{expected} should be in:\n{shown}");
        }
        // The second night: no score has come, the model stays, and the page says so.
        app.advance(Duration::days(1)).await;
        let (browser, _) = sign_in(&app, "sofia").await;
        let again = words(&browser.get("/admin/models").await.body);
        assert!(again.contains("no score has come since the model was learned; it stays. Checked on the 24 newest closed courses"), "{again}");

        let file = browser.get("/admin/models/phq-9/card.json").await;
        assert_eq!(file.status, StatusCode::OK);
        let document: serde_json::Value = serde_json::from_str(&file.body).expect("JSON");
        assert_eq!((document["evaluated"].as_i64(), document["least_count"].as_i64()), (Some(120), Some(11)));
        for rows in ["ladder", "chosen", "equal_flag_rate"] {
            for row in document[rows].as_array().expect("rows") {
                let count = |name: &str| row["counts"][name].as_i64().expect("a count");
                let cells = [
                    count("flagged_bad"),
                    count("flagged_good"),
                    count("bad") - count("flagged_bad"),
                    count("good") - count("flagged_good"),
                ];
                assert!(cells.iter().all(|cell| *cell == 0 || *cell >= 11), "{rows}: {row}");
            }
        }
        // The same as one table.
        let table = browser.get("/admin/models/phq-9/card.csv").await;
        assert_eq!(table.status, StatusCode::OK);
        let rows: Vec<Vec<&str>> = table.body.lines().map(|line| line.split(',').collect()).collect();
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{}", table.body);
        for name in ["ladder", "chosen", "equal_flag_rate"] {
            let own = rows.iter().filter(|row| row[9] == name).count();
            assert_eq!(own, document[name].as_array().expect("rows").len(), "{name}: {}", table.body);
        }
        let any = rows.iter().find(|row| row[9] == "ladder" && row[11] == "any_case").expect("what opens a case");
        assert_eq!((any[1], any[7]), ("phq-9", "120"));
        let told = document["ladder"].as_array().expect("rows").iter().find(|row| row["rule"] == "any_case").expect("the same");
        let percent = told["flag_rate"]["value"].as_f64().map(|share| format!("{:.1}", share * 100.0)).unwrap_or_default();
        assert_eq!(any[21], percent, "{}", table.body);
        assert_eq!(browser.get("/admin/models/phq-9/card.xlsx").await.status, StatusCode::OK);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 10_000).await.unwrap();
        assert_eq!(audit.iter().filter(|row| row.action == "export.model_card").count(), 3, "who took it along is in the audit");
    }

    async fn a_model_that_foretells_worse_is_refused_and_the_page_says_why(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        // Eight scores that fall as one expects, a point more or less.
        let steady = |number: u32| -> Vec<f64> {
            let level = 18.0 + f64::from(number % 5);
            (1..=8).map(|session| (level - 4.0 * f64::from(session).ln() + f64::from((number + session) % 2)).round()).collect()
        };
        let mut courses = Courses::new(&app, &harbor);
        for number in 0..40 {
            courses.add(&steady(number), 30 + i64::from(number), Ends::Closed);
        }
        courses.take_over().await;
        app.run_jobs().await;
        // Then courses are taken over that leap up and down; those that ended last are steady again.
        let mut courses = Courses::new(&app, &harbor);
        for number in 0..40 {
            let leaps: Vec<f64> = (0..8).map(|session| f64::from((number + session) % 2) * 26.0).collect();
            courses.add(&leaps, 20, Ends::Closed);
        }
        for number in 0..20 {
            courses.add(&steady(number), 2, Ends::Closed);
        }
        courses.take_over().await;
        app.advance(Duration::days(1)).await;

        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let looks = store::detection::last_looks(&mut read).await.unwrap();
        let look = looks.iter().find(|look| look.instrument == "phq-9").expect("a look");
        assert_eq!(look.outcome, Outcome::Worse, "{:?}", look.checks);
        assert!(look.checks.new_score < look.checks.old_score, "{:?}", look.checks);
        let rules = workflows::shelf::detection(&mut read).await.unwrap();
        let depression = app.ctx.library.current("phq-9").expect("it ships");
        assert_eq!(rules.model(depression, "total").map(|model| model.version), Some(1), "the old one stays in force");
        drop(read);
        let (browser, _) = sign_in(&app, "sofia").await;
        let page = words(&browser.get("/admin/models").await.body);
        assert!(page.contains("(version 1)") && page.contains("foretold the newest closed courses worse"), "{page}");
    }

    async fn too_few_courses_leave_the_published_model_and_the_page_says_why(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let mut courses = Courses::new(&app, &harbor);
        courses.add_many(12, 4.0);
        courses.take_over().await;
        app.advance(Duration::days(1)).await;
        let (browser, _) = sign_in(&app, "adam").await;
        let page = words(&browser.get("/admin/models").await.body);
        assert!(page.contains("Constructed from published figures.") && page.contains("not enough courses with two scores to learn from (12)"), "{page}");
        let card = words(&browser.get("/admin/models/phq-9").await.body);
        assert!(card.contains("Too few closed courses to say anything") && card.contains("There are 12"), "{card}");
        assert_eq!(browser.get("/admin/models/session-feedback").await.status, StatusCode::NOT_FOUND, "an alliance is not followed");
    }
}
