//! How the loop is closed, what is tried in order to get better, and filters that people keep.

use axum::http::StatusCode;
use care::access::Viewer;
use care::appointment::{Appointment, AppointmentState};
use care::case::{Case, CaseState, Decision, Reason, ReasonLevel, Step, StepKind, Verification};
use care::experiment::{Every, Metric, Verdict};
use care::packet::{Packet, PacketState};
use care::practice::Site;
use care::response::{Rule, SignalInputs};
use care::saved_view::Dashboard;
use care::staff::Role;
use care::{AppointmentId, CaseId, ClientId, EpisodeId, ExperimentId, Instant, ReasonId, SiteId, StepId};
use chrono::Duration;
use store::history::Past;
use tests::harbor::{check_in, sign_in};
use tests::{Harbor, TestApp, at, both_databases, words};
use workflows::experiment::{self, NewExperiment};

/// A case with one alert: how grave, after how many minutes it was taken up and decided on, and whether the client got back on track.
struct Told {
    level: ReasonLevel,
    raised: Instant,
    due: Duration,
    taken_up: Option<i64>,
    acted: Option<i64>,
    verified: Option<Verification>,
}

/// Puts cases into the past of one course, each closed when it was acted on.
async fn tell(app: &TestApp, harbor: &Harbor, told: &[Told]) {
    let ctx = &app.ctx;
    let mut past = Past::default();
    let mut verified = Vec::new();
    for one in told {
        let minutes = |count: Option<i64>| count.map(|count| one.raised + Duration::minutes(count));
        let acted = minutes(one.acted);
        let risk = one.level != ReasonLevel::Routine;
        let case = Case {
            id: ctx.id(CaseId::new),
            client_id: harbor.client.clone(),
            episode_id: harbor.episode.clone(),
            owner_id: harbor.ana.clone(),
            state: if acted.is_some() { CaseState::Closed } else { CaseState::Open },
            decision: acted.map(|_| if risk { Decision::PlanChanged } else { Decision::NoChange }),
            opened_at: one.raised,
            due_at: one.raised + one.due,
            closed_at: acted,
            revision: 1,
        };
        past.reasons.push(Reason {
            id: ctx.id(ReasonId::new),
            case_id: case.id.clone(),
            rule: if risk { Rule::RiskItem } else { Rule::ReliableDeterioration },
            level: one.level,
            response_id: None,
            packet_id: None,
            inputs: SignalInputs::default(),
            raised_at: one.raised,
            due_at: one.raised + one.due,
            acknowledged_at: minutes(one.taken_up),
            acknowledged_by: one.taken_up.map(|_| harbor.ana.clone()),
            disposed_at: acted.filter(|_| risk),
            disposition: acted.filter(|_| risk).map(|_| care::case::Disposition::AssessedSafe),
        });
        for kind in [StepKind::Decided, StepKind::Closed] {
            past.steps.extend(acted.map(|at| Step {
                id: ctx.id(StepId::new),
                case_id: case.id.clone(),
                kind,
                at,
                by: Some(harbor.ana.clone()),
                to: None,
                note: None,
            }));
        }
        verified.extend(acted.zip(one.verified).map(|(at, what)| (case.id.clone(), at, what)));
        past.cases.push(case);
    }
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    store::history::take_over(&mut tx, &past).await.unwrap();
    for (case, at, what) in verified {
        store::case::expect_verification(&mut tx, &case, at).await.unwrap();
        if what != Verification::Pending {
            store::case::decide_verification(&mut tx, &case, what, at + Duration::days(20)).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// Twelve urgent alerts, taken up after 10, 20, … 120 minutes and acted on an hour later; sixteen routine ones, of which four are
/// late and one is still open.
fn alerts() -> Vec<Told> {
    let urgent = (1..=12).map(|number| Told {
        level: ReasonLevel::Urgent,
        raised: at("2026-01-05T09:00:00-08:00") + Duration::days(number),
        due: Duration::minutes(150),
        taken_up: Some(10 * number),
        acted: Some(10 * number + 60),
        verified: None,
    });
    let routine = (0..16).map(|number| Told {
        level: ReasonLevel::Routine,
        raised: at("2026-02-02T09:00:00-08:00") + Duration::days(number),
        due: Duration::days(14),
        taken_up: (number < 15).then_some(60 * 24),
        acted: match number {
            0..=3 => Some(60 * 24 * 15),
            15 => None,
            _ => Some(60 * 24 * 7),
        },
        verified: (number < 15).then_some(match number {
            0..=7 => Verification::BackOnTrack,
            8..=11 => Verification::StillOff,
            _ => Verification::Pending,
        }),
    });
    urgent.chain(routine).collect()
}

/// A second site, with six clients.
struct Bay {
    site: SiteId,
    clients: Vec<(ClientId, EpisodeId)>,
}

impl Bay {
    async fn found(app: &TestApp, harbor: &Harbor) -> Self {
        let site = app.ctx.id(SiteId::new);
        let new = Site {
            id: site.clone(),
            name: "Bay".to_owned(),
            zone: "America/Los_Angeles".to_owned(),
            on_call_id: None,
            before_session_hours: None,
        };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::site::insert(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        let mut clients = Vec::new();
        for number in 0..6 {
            let client = harbor.client(app, &format!("Bea{number} Tide"), &format!("+1415555016{number}")).await;
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            let move_there = "UPDATE episode SET site_id = $3 WHERE practice_id = $1 AND id = $2";
            tx.query(move_there).bind(&harbor.practice).bind(&client.1).bind(&site).execute().await.unwrap();
            tx.commit().await.unwrap();
            clients.push(client);
        }
        Self { site, clients }
    }

    /// Thirty check-ins that went at the instant and are over, of which so many were handed in.
    async fn asked(&self, app: &TestApp, harbor: &Harbor, sent_at: Instant, handed_in: usize) {
        let mut past = Past::default();
        for number in 0..30 {
            let (client, episode) = &self.clients[number % self.clients.len()];
            let completed_at = (number < handed_in).then_some(sent_at + Duration::hours(1));
            past.packets.push(Packet {
                state: if completed_at.is_some() { PacketState::Completed } else { PacketState::Expired },
                sent_at: Some(sent_at),
                started_at: completed_at,
                last_answer_at: completed_at,
                completed_at,
                ..check_in(&app.ctx, client, episode, &["wellbeing-check"], sent_at)
            });
        }
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::history::take_over(&mut tx, &past).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A session of the first client with Ana, and the check-ins planned for it.
    async fn appointment(&self, app: &TestApp, harbor: &Harbor, starts_at: Instant) {
        let (client, episode) = &self.clients[0];
        let appointment = Appointment {
            id: app.ctx.id(AppointmentId::new),
            client_id: client.clone(),
            episode_id: episode.clone(),
            clinician_id: harbor.ana.clone(),
            site_id: self.site.clone(),
            starts_at,
            ends_at: starts_at + Duration::minutes(50),
            state: AppointmentState::Scheduled,
        };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::appointment::insert(&mut tx, &appointment).await.unwrap();
        workflows::packet::replan(&mut tx, &app.ctx, episode).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn owner(harbor: &Harbor) -> Viewer {
    Viewer { staff_id: harbor.adam.clone(), roles: vec![Role::Owner], sites: Vec::new() }
}

fn tried(harbor: &Harbor, metric: Metric) -> NewExperiment {
    NewExperiment {
        change: "Check-ins go out 24 hours before the session instead of 2".into(),
        expectation: "More are handed in".into(),
        metric,
        guardrail: Some(Metric::OptOut),
        site: None,
        every: Every::Week,
        owner: harbor.adam.clone(),
        starts_on: "2026-03-02".parse().unwrap(),
        ends_on: "2026-03-30".parse().unwrap(),
    }
}

both_databases! {
    async fn e7_the_loop_as_a_page_and_as_files(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        tell(&app, &harbor, &alerts()).await;
        let (owner, _) = sign_in(&app, "adam").await;
        let page = words(&owner.get("/closed-loop").await.body);
        for expected in [
            "Cases of the practice", "28 alerts arose; 1 of them nobody has taken up yet.", "27 cases were closed.",
            // Urgent ones past 150 minutes: 160, 170, 180. Routine ones: four late, one open and past its date.
            "Overdue of the alerts: acted on after the due date, or past it and not acted on 28.6 %", "8 of 28",
            "Plan changed of the closed cases 44.4 %", "12 of 27",
            "Back on track within four sessions, of the closed cases that later scores can speak to 66.7 %", "8 of 12", "12 of 15",
            "urgent 12 60 min", "middle half 30–90 min", "2.0 h", "Follow up 16 24.0 h", "1 still waits",
            "Nights and weekends count", "People are never ranked",
        ] {
            assert!(page.contains(expected), "{expected} should be in:\n{page}");
        }
        assert!(!page.contains("Ana"), "nobody is listed: {page}");
        // A kind by itself, all together, and month by month.
        let page = words(&owner.get("/closed-loop?kind=urgent&by=none").await.body);
        assert!(page.contains("12 alerts arose; 0 of them") && page.contains("3 of 12"), "{page}");
        let page = words(&owner.get("/closed-loop?by=month").await.body);
        assert!(page.contains("2026-01 12") && page.contains("2026-02 16"), "{page}");
        // The file: 3 of 12 is a count below 11, the medians of both kinds are of enough.
        let csv = owner.get("/closed-loop.csv").await;
        let row = |start: &str| csv.body.lines().find(|line| line.contains(start)).unwrap_or_else(|| panic!("{start}: {}", csv.body)).to_owned();
        assert!(row(",all,until_taken_up,").ends_with("too few to show"), "one still waits: {}", csv.body);
        assert!(row(",urgent,until_taken_up,").contains(",12,12,,,,,60,"), "{}", csv.body);
        assert!(row(",urgent,overdue,").ends_with("too few to show"), "{}", csv.body);
        assert!(row(",all,plan_changed,").contains(",12,27,27,44.4,"), "{}", csv.body);
        assert!(row(",urgent,until_taken_up,").starts_with("2026-03-10T17:00:00Z,2025-03-01,2026-03-10,practice,,kind,"), "{}", csv.body);
        for path in ["/closed-loop.xlsx", "/attendance.xlsx", "/outcomes.xlsx", "/admin/delivery/workbook?from=2026-03-01&until=2026-03-09"] {
            let book = owner.get(path).await;
            assert_eq!(book.status, StatusCode::OK, "{path}");
            assert_eq!(book.headers["content-type"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "{path}");
            assert!(book.headers["content-disposition"].to_str().unwrap().ends_with(".xlsx\""), "{path}");
            assert!(book.body.starts_with("PK"), "{path}");
        }
        // The clinician who has the cases sees them, their supervisor does, a colleague sees none.
        let (ana, _) = sign_in(&app, "ana").await;
        let page = words(&ana.get("/closed-loop?view=practice").await.body);
        assert!(page.contains("My own cases") && page.contains("28 alerts arose"), "{page}");
        let (sofia, _) = sign_in(&app, "sofia").await;
        assert!(words(&sofia.get("/closed-loop").await.body).contains("Cases of the people I supervise"));
        let (ben, _) = sign_in(&app, "ben").await;
        assert!(words(&ben.get("/closed-loop").await.body).contains("No alerts in this period"));
        // Looks and downloads are in the audit.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 500).await.unwrap();
        for action in ["view.closed_loop", "export.closed_loop"] {
            assert!(audit.iter().any(|row| row.action == action), "{action}");
        }
    }

    async fn too_few_alerts_are_no_figure_and_a_filter_does_not_pick_them_out(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let told: Vec<Told> = alerts().into_iter().skip(9).collect();
        tell(&app, &harbor, &told).await;
        let (owner, _) = sign_in(&app, "adam").await;
        let page = words(&owner.get("/closed-loop").await.body);
        assert!(page.contains("urgent Not shown") && page.contains("Follow up Not shown"), "three could be computed: {page}");
        let page = words(&owner.get("/closed-loop?kind=urgent").await.body);
        assert!(page.contains("Alerts: too few to show") && !page.contains("of 3"), "{page}");
    }

    async fn o4_an_experiment_from_plan_to_decision(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        tell(&app, &harbor, &alerts()).await;
        let (owner_browser, csrf) = sign_in(&app, "adam").await;
        let form = [
            ("csrf", csrf.as_str()), ("change", "Alerts ring on the telephone"), ("expectation", "They are taken up within the hour"),
            ("metric", "acknowledge"), ("guardrail", ""), ("at_site", ""), ("every", "week"), ("owner", harbor.adam.as_str()),
            ("starts_on", "2026-02-02"), ("decide_on", "2026-03-09"),
        ];
        // What is wrong is said field by field, and nothing is kept.
        let mut wrong = form;
        wrong[1].1 = "";
        wrong[9].1 = "2026-02-01";
        let page = owner_browser.post("/experiments", &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let said = words(&page.body);
        assert!(said.contains("What is changed: ") && said.contains("Decision by: "), "{said}");
        let mut same = form;
        same[4].1 = "acknowledge";
        assert_eq!(owner_browser.post("/experiments", &same).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::experiment::list(&mut read).await.unwrap().is_empty());
        drop(read);
        let page = owner_browser.post("/experiments", &form).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let said = words(&page.body);
        // Before: twelve alerts in two weeks with enough of them; with the change: a day each.
        assert!(said.contains("Alerts ring on the telephone") && said.contains("To be decided"), "{said}");
        assert!(said.contains("Worse than usual") && said.contains("beyond a limit"), "{said}");
        assert!(said.contains("The limits are provisional: 2 points"), "{said}");
        assert!(said.contains("24.0 h"), "{said}");
        let path = page.path.clone();
        // As a file: every point with its limits, and none that is made of fewer than eleven.
        let file = owner_browser.get(&format!("{path}/figures.csv")).await;
        assert_eq!(file.headers["content-type"].to_str().unwrap(), "text/csv; charset=utf-8");
        let points: Vec<&str> = file.body.lines().skip(1).collect();
        assert!(!points.is_empty() && points.iter().all(|row| row.starts_with("2026-03-10T17:00:00Z,Alerts ring on the telephone,,2026-02-02,2026-03-09,acknowledge,metric,hours,")), "{}", file.body);
        assert!(points.iter().all(|row| row.contains(",before,") || row.contains(",with,")), "{}", file.body);
        assert!(points.iter().any(|row| row.ends_with("too few to show")), "{}", file.body);
        assert!(!file.body.contains(",6,") && !file.body.contains(",4,"), "no point of so few: {}", file.body);
        let book = owner_browser.get(&format!("{path}/figures.xlsx")).await;
        assert!(book.status == StatusCode::OK && book.bytes.starts_with(b"PK"), "and as a workbook");
        // A decision needs its reason, and is made once.
        let decide = format!("{path}/decide");
        let refused = owner_browser.post(&decide, &[("csrf", &csrf), ("verdict", "stop"), ("decision_reason", " ")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = owner_browser.post(&decide, &[("csrf", &csrf), ("verdict", "stop"), ("decision_reason", "It took longer")]).await;
        let said = words(&done.body);
        assert!(said.contains("Stop – It took longer") && !said.contains("Record the decision"), "{said}");
        let again = owner_browser.post(&decide, &[("csrf", &csrf), ("verdict", "keep"), ("decision_reason", "Or not")]).await;
        assert!(!words(&again.body).contains("Or not"), "what was decided stays");
        // What was typed is nowhere in the clear, and only owner and administrators may look.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let id: ExperimentId = path.rsplit('/').next().unwrap().parse().unwrap();
        assert_eq!(store::experiment::find(&mut read, &id).await.unwrap().unwrap().decided.unwrap().verdict, Verdict::Stop);
        let audit = store::audit_page(&mut read, 0, 500).await.unwrap();
        assert!(audit.iter().any(|row| row.action == "experiment.begin") && audit.iter().any(|row| row.action == "experiment.decide"));
        assert!(!format!("{audit:?}").contains("telephone"));
        drop(read);
        let (ana, _) = sign_in(&app, "ana").await;
        assert_eq!(ana.get("/experiments").await.status, StatusCode::FORBIDDEN);
        assert_eq!(ana.get(&path).await.status, StatusCode::FORBIDDEN);
    }

    async fn o4_the_check_in_goes_two_hours_before_the_session_at_bay_and_the_change_is_kept(db: TestDb) {
        // A Monday. At Bay six clients are asked five times a week, and hand in a little more than half of it.
        let app = TestApp::new(db, at("2026-02-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let bay = Bay::found(&app, &harbor).await;
        for week in 1..=12 {
            let sent_at = at("2026-02-03T09:00:00-08:00") - Duration::weeks(week);
            bay.asked(&app, &harbor, sent_at, if week % 3 == 0 { 19 } else { 17 }).await;
        }
        // Everybody's check-in goes a day before the session.
        let session = at("2026-02-05T15:00:00-08:00");
        harbor.appointment(&app, session).await;
        bay.appointment(&app, &harbor, session).await;
        let goes = async |episode| {
            let planned = store::packet::of_episode(&mut app.db.read(&harbor.practice).await.unwrap(), episode).await.unwrap();
            planned.into_iter().find(|one| one.slot.starts_with("before:")).expect("a check-in before the session").send_at
        };
        assert_eq!((goes(&harbor.episode).await, goes(&bay.clients[0].1).await), (session - Duration::hours(24), session - Duration::hours(24)));
        let (owner, csrf) = sign_in(&app, "adam").await;
        let page = owner.post("/experiments", &[
            ("csrf", &csrf), ("change", "The check-in goes 2 hours before the session instead of 24"),
            ("expectation", "More of them are handed in"), ("metric", "completion"), ("guardrail", "opt_out"), ("at_site", bay.site.as_str()),
            ("every", "week"), ("owner", harbor.adam.as_str()), ("starts_on", "2026-02-02"), ("decide_on", "2026-03-02"),
        ]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let experiment = page.path.clone();
        assert!(words(&page.body).contains("Too early"), "{}", page.body);
        // What is no number of hours is said, and nothing is changed.
        let change = async |hours: &str| {
            let form = [("csrf", csrf.as_str()), ("site_name", "Bay"), ("zone", "America/Los_Angeles"), ("on_call", ""), ("before_session_hours", hours)];
            owner.post(&format!("/admin/sites/{}", bay.site), &form).await
        };
        for wrong in ["0", "169", "two", "-2"] {
            let page = change(wrong).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(words(&page.body).contains("Hours before a session: ") && page.body.contains(&format!("value=\"{wrong}\"")), "{}", page.body);
        }
        assert_eq!(change("2").await.status, StatusCode::OK);
        app.run_jobs().await;
        assert_eq!((goes(&harbor.episode).await, goes(&bay.clients[0].1).await), (session - Duration::hours(24), session - Duration::hours(2)));
        // It goes when it should, and once.
        let mut sent = Vec::new();
        let told = |sent: &[String], phone: &str| sent.iter().filter(|to| *to == phone).count();
        app.leap(session - Duration::hours(2) - Duration::minutes(15) - app.ctx.now()).await;
        sent.extend(app.sent().iter().map(|one| one.to().to_owned()));
        assert_eq!((told(&sent, "+14155550150"), told(&sent, "+14155550160")), (1, 0), "North's went the day before");
        app.advance(Duration::minutes(30)).await;
        sent.extend(app.sent().iter().map(|one| one.to().to_owned()));
        assert_eq!((told(&sent, "+14155550150"), told(&sent, "+14155550160")), (1, 1));
        // A month later.
        for week in 0..4 {
            bay.asked(&app, &harbor, at("2026-02-03T09:00:00-08:00") + Duration::weeks(week), 28).await;
        }
        app.leap(at("2026-03-02T10:00:00-08:00") - app.ctx.now()).await;
        let (owner, csrf) = sign_in(&app, "adam").await;
        let said = words(&owner.get(&experiment).await.body);
        assert!(said.contains("Better than usual") && said.contains("To be decided"), "{said}");
        assert!(said.contains("Must not get worse"), "{said}");
        let form = [("csrf", csrf.as_str()), ("verdict", "keep"), ("decision_reason", "More come in, and nobody opted out")];
        let said = words(&owner.post(&format!("{experiment}/decide"), &form).await.body);
        assert!(said.contains("Keep – More come in, and nobody opted out"), "{said}");
        // The change and who made it are on record.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 500).await.unwrap();
        let edited: Vec<_> = audit.iter().filter(|row| row.action == "site.edit").map(|row| row.detail.0["before_session_hours"].clone()).collect();
        assert_eq!(edited, [serde_json::json!("none -> 2")]);
    }

    async fn every_metric_is_counted_on_both_databases(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        tell(&app, &harbor, &alerts()).await;
        harbor.appointment(&app, at("2026-03-05T15:00:00-08:00")).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let by = owner(&harbor);
        for metric in Metric::ALL {
            let guardrail = if *metric == Metric::OptOut { None } else { Some(Metric::OptOut) };
            let new = NewExperiment { guardrail, ..tried(&harbor, *metric) };
            let begun = experiment::begin(&mut tx, &app.ctx, &by, new).await.unwrap();
            let measured = experiment::measure(&mut tx, &app.ctx, &begun, *metric).await.unwrap();
            assert_eq!(measured.len(), 19, "eighteen weeks before, one with the change: {metric}");
            let is_of_cases = matches!(metric, Metric::Acknowledge | Metric::Overdue | Metric::BackOnTrack);
            assert_eq!(measured.iter().any(|one| one.reading.is_some()), is_of_cases, "{metric}");
        }
        let mut late = tried(&harbor, Metric::Completion);
        late.ends_on = "2028-03-30".parse().unwrap();
        assert!(matches!(experiment::begin(&mut tx, &app.ctx, &by, late).await, Err(workflows::Error::Invalid(_))));
        let clinician = Viewer { staff_id: harbor.ana.clone(), roles: vec![Role::Clinician], sites: Vec::new() };
        let refused = experiment::begin(&mut tx, &app.ctx, &clinician, tried(&harbor, Metric::Completion)).await;
        assert!(matches!(refused, Err(workflows::Error::Forbidden)));
    }

    async fn a_kept_view_is_its_owners_alone(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let keep = async |page: &str, query: &str, name: &str| {
            adam.post("/saved-views", &[("csrf", &csrf), ("page", page), ("query", query), ("view_name", name)]).await
        };
        let page = keep("attendance", "view=practice&period=last-quarter&by=site", "Last quarter by site").await;
        assert!(page.path.starts_with("/attendance?"), "{}", page.path);
        assert!(page.body.contains("Last quarter by site") && page.body.contains("Kept."), "{}", page.body);
        assert!(page.body.contains("href=\"/attendance?view=practice&amp;period=last-quarter&amp;by=site\""), "{}", page.body);
        assert!(!adam.get("/outcomes").await.body.contains("Last quarter by site"), "each page has its own");
        // The leak report's: its usual days move on with the calendar, and others are kept as they are.
        let asked = "view=practice&leak=unopened";
        let shown = adam.get(&format!("/leaks?{asked}&from=2026-02-11&until=2026-03-10")).await;
        assert_eq!(shown.field("query"), asked.replace('&', "&amp;"));
        let days = "view=practice&from=2026-01-01&until=2026-01-31&leak=unopened";
        let shown = adam.get(&format!("/leaks?{days}")).await;
        assert_eq!(shown.field("query"), days.replace('&', "&amp;"));
        let page = keep("leaks", asked, "Not opened anywhere").await;
        assert!(page.path.starts_with("/leaks?"), "{}", page.path);
        assert!(page.body.contains("href=\"/leaks?view=practice&amp;leak=unopened\""), "{}", page.body);
        // The delivery page's too, by whoever may look at it.
        assert_eq!(adam.get("/admin/delivery").await.field("query"), "by=channel");
        let days = "from=2026-01-01&until=2026-01-31&by=site";
        assert_eq!(adam.get(&format!("/admin/delivery?{days}")).await.field("query"), days.replace('&', "&amp;"));
        let page = keep("delivery", "by=site", "Site by site").await;
        assert!(page.path.starts_with("/admin/delivery?by=site") && page.body.contains("Site by site"), "{}", page.body);
        // No name, and what leads elsewhere, is not kept.
        assert!(keep("attendance", "view=practice", " ").await.body.contains("Not kept"));
        assert!(keep("attendance", "view=practice\r\nx: y", "Odd").await.body.contains("Not kept"));
        let (sofia, their_csrf) = sign_in(&app, "sofia").await;
        assert!(!sofia.get("/attendance").await.body.contains("Last quarter by site"));
        let theirs = [("csrf", their_csrf.as_str()), ("page", "delivery"), ("query", "by=site"), ("view_name", "Theirs")];
        assert_eq!(sofia.post("/saved-views", &theirs).await.status, StatusCode::FORBIDDEN);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let kept = store::saved_view::of(&mut read, &harbor.adam).await.unwrap();
        assert_eq!(kept.len(), 3);
        drop(read);
        let of_attendance = kept.iter().find(|view| view.page == Dashboard::Attendance).unwrap();
        let delete = format!("/saved-views/{}/delete", of_attendance.id);
        assert_eq!(sofia.post(&delete, &[("csrf", &their_csrf)]).await.status, StatusCode::NOT_FOUND);
        assert!(!adam.post(&delete, &[("csrf", &csrf)]).await.body.contains("Last quarter by site"));
        assert_eq!(adam.post(&delete, &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
    }

    async fn k5_a_new_referral_is_given_back_with_a_reason_and_not_suggested_again(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let page = format!("/clients/{}", harbor.client);
        assert!(ana.get(&page).await.body.contains("Give this referral back"));
        let give_back = format!("{page}/decline");
        let unsaid = ana.post(&give_back, &[("csrf", &csrf), ("reason", " ")]).await;
        assert!(unsaid.body.contains("give a reason"), "{}", unsaid.body);
        let done = ana.post(&give_back, &[("csrf", &csrf), ("reason", "I know the family")]).await;
        assert_eq!(done.path, "/today");
        assert!(done.body.contains("Given back."), "{}", done.body);
        assert_eq!(ana.get(&page).await.status, StatusCode::NOT_FOUND, "the chart is theirs no more");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::assignment::current(&mut read, &harbor.episode).await.unwrap(), None);
        drop(read);
        // The owner reads who and why; the suggestion is somebody else.
        let (owner, _) = sign_in(&app, "adam").await;
        let said = words(&owner.get("/capacity").await.body);
        assert!(said.contains("Given back by") && said.contains("I know the family"), "{said}");
        assert!(said.contains("gave it back"), "{said}");
        // With a session behind it a course is no new referral.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::episode::assign(&mut tx, &app.ctx, &harbor.ida, &harbor.episode, &harbor.ben).await.unwrap();
        tx.commit().await.unwrap();
        let session = harbor.appointment(&app, at("2026-03-09T15:00:00-07:00")).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let by = care::staff::Actor::Staff(harbor.ben.clone());
        let attended = workflows::appointment::Attendance::Attended;
        workflows::appointment::record(&mut tx, &app.ctx, &by, &session, attended).await.unwrap();
        tx.commit().await.unwrap();
        let (ben, csrf) = sign_in(&app, "ben").await;
        assert!(!ben.get(&page).await.body.contains("Give this referral back"));
        ben.post(&give_back, &[("csrf", &csrf), ("reason", "Too far")]).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let current = store::assignment::current(&mut read, &harbor.episode).await.unwrap();
        assert_eq!(current.map(|one| one.clinician_id), Some(harbor.ben.clone()), "nothing was changed");
    }

    async fn the_quarterly_pack_is_a_page_and_a_document(db: TestDb) {
        let app = TestApp::new(db, at("2026-04-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        tell(&app, &harbor, &alerts()).await;
        let (owner_browser, _) = sign_in(&app, "adam").await;
        let said = words(&owner_browser.get("/quarter").await.body);
        for expected in [
            "Quarterly pack: 2026 Q1", "Jan 1, 2026 – Mar 31, 2026", "Until taken up – Risk: urgent", "60 min", "12 of 27",
            // Eight of 28 were late: a count below 11 stays in the house.
            "Too few to show", "Nothing was tried in this quarter", "Data as of Apr 10, 2026",
        ] {
            assert!(said.contains(expected), "{expected} should be in:\n{said}");
        }
        assert!(!said.contains("8 of 28"), "{said}");
        let pdf = owner_browser.get("/quarter.pdf?quarter=2026-Q1").await;
        assert_eq!((pdf.status, pdf.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "application/pdf"));
        assert!(pdf.body.starts_with("%PDF-"));
        let file = owner_browser.get("/quarter.csv?quarter=2026-Q1").await.body;
        let row = |figure: &str| file.lines().find(|line| line.contains(figure)).unwrap_or_else(|| panic!("{figure}: {file}")).to_owned();
        assert!(row("loop-acknowledge,urgent").starts_with("2026-04-10T17:00:00Z,2026-Q1,2026-01-01,2026-03-31,loop,"), "{file}");
        assert!(row("loop-acknowledge,urgent").contains(",60 min,") && row("loop-acknowledge,urgent").ends_with("reportable"), "{file}");
        assert!(row("loop-share-overdue").ends_with("too few to show") && !row("loop-share-overdue").contains(",8,"), "{file}");
        let book = owner_browser.get("/quarter.xlsx?quarter=2026-Q1").await;
        assert!(book.status == StatusCode::OK && book.bytes.starts_with(b"PK"), "and as a workbook");
        assert!(words(&owner_browser.get("/quarter?quarter=2025-Q3").await.body).contains("Nothing was counted in this quarter"));
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let audit = store::audit_page(&mut read, 0, 500).await.unwrap();
        assert!(audit.iter().any(|row| row.action == "export.quarter"));
    }
}
