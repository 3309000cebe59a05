//! The leak report: each kind is found, and no more once somebody looked or acted; names are for those who may open what they lead to.

use crate::delivery_page::{Came, Scene, scene};
use axum::http::StatusCode;
use care::access::Viewer;
use care::case::StepKind;
use care::leak::{Leak, Leaked};
use care::leave::Leave;
use care::packet::PacketState;
use care::response::Rule;
use care::staff::Role;
use care::{ClientId, Instant, LeaveId, StepId, local_time};
use chrono::Duration;
use store::leak::{Wanted, find};
use tests::{at, both_databases, harbor::sign_in, words};

impl Scene {
    async fn leaks(&self) -> Vec<Leaked> {
        let now = self.app.ctx.now();
        let wanted = Wanted {
            begins: at("2026-03-09T00:00:00-07:00"),
            ends: at("2026-03-21T00:00:00-07:00"),
            now,
            today: local_time::day_of(now, chrono_tz::America::Los_Angeles),
            whose: None,
            site: None,
            leak: None,
            most: 100,
        };
        let mut read = self.app.db.read(&self.harbor.practice).await.unwrap();
        find(&mut read, &wanted).await.unwrap()
    }

    /// How many there are of each kind, in the order of the way.
    async fn counts(&self) -> Vec<usize> {
        let all = self.leaks().await;
        Leak::ALL.iter().map(|leak| all.iter().filter(|one| one.leak == *leak).count()).collect()
    }

    /// An answer about danger, of which nobody takes care for ten days.
    async fn forgotten(&self) {
        let mut values = vec![Some(1); 8];
        values.push(Some(2));
        self.harbor.answer(&self.app, "phq-9", &values).await;
        self.app.clock.set(at("2026-03-20T10:00:00-07:00"));
    }

    async fn change(&self, sql: &'static str, at: Option<Instant>) {
        let mut tx = self.app.db.write(&self.harbor.practice).await.unwrap();
        assert_eq!(tx.query(sql).bind(&self.harbor.practice).bind(at).execute().await.unwrap(), 1);
        tx.commit().await.unwrap();
    }

    /// Ana is away from now on, and nobody has passed her work on.
    async fn leave(&self) {
        let day = self.app.ctx.now().date_naive();
        let leave = Leave {
            id: self.app.ctx.id(LeaveId::new),
            staff_id: self.harbor.ana.clone(),
            cover_id: self.harbor.ben.clone(),
            starts_on: day,
            ends_on: day + Duration::days(7),
        };
        let mut tx = self.app.db.write(&self.harbor.practice).await.unwrap();
        store::leave::insert(&mut tx, &leave, &self.harbor.adam, self.app.ctx.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

both_databases! {
    async fn check_ins_that_stopped_and_those_that_nobody_looked_at(db: TestDb) {
        let scene = scene(db).await;
        assert_eq!(scene.counts().await, [1, 2, 1, 0, 0, 0], "there is time yet to look at what was handed in");
        scene.app.clock.set(at("2026-03-14T10:00:00-07:00"));
        assert_eq!(scene.counts().await, [1, 2, 1, 3, 0, 0]);
        let page = format!("/clients/{}", scene.harbor.client);
        // The desk sees no answers, and its look is none at them.
        assert_eq!(sign_in(&scene.app, "ida").await.0.get(&page).await.status, StatusCode::OK);
        assert_eq!(scene.counts().await[3], 3);
        assert_eq!(sign_in(&scene.app, "sofia").await.0.get(&page).await.status, StatusCode::OK);
        assert_eq!(scene.counts().await[3], 0);
        // What came after the look waits for another one.
        let later = scene.app.ctx.now() + Duration::hours(1);
        scene.check_in(later, PacketState::Completed, Came::Through, None).await;
        scene.app.clock.set(later + Duration::days(5));
        assert_eq!(scene.counts().await[3], 1);
    }

    async fn a_look_counts_for_the_record_that_held_the_answers_then(db: TestDb) {
        let scene = scene(db).await;
        let (app, harbor) = (&scene.app, &scene.harbor);
        let (twin, _) = harbor.client(app, "Robyn Vale", "+14155550150").await;
        app.clock.set(at("2026-03-14T10:00:00-07:00"));
        let (sofia, _) = sign_in(app, "sofia").await;
        let look = async |client: &ClientId| {
            assert_eq!(sofia.get(&format!("/clients/{client}")).await.status, StatusCode::OK);
            app.clock.advance(Duration::minutes(1));
        };
        let desk = Viewer { staff_id: harbor.adam.clone(), roles: vec![Role::Admin], sites: Vec::new() };
        let merge = async || {
            let mut tx = app.db.write(&harbor.practice).await.unwrap();
            let id = workflows::merge::merge(&mut tx, &app.ctx, &desk, &twin, &harbor.client).await.unwrap();
            tx.commit().await.unwrap();
            app.clock.advance(Duration::minutes(1));
            id
        };
        // Whoever looked at the other record before the two were one has not seen the answers.
        look(&twin).await;
        let first = merge().await;
        assert_eq!(scene.counts().await[3], 3);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::merge::undo(&mut tx, &app.ctx, &desk, &first).await.unwrap();
        tx.commit().await.unwrap();
        app.clock.advance(Duration::minutes(1));
        // Whoever looked at the record that held them has, and they stay looked at.
        look(&harbor.client).await;
        assert_eq!(scene.counts().await[3], 0);
        merge().await;
        assert_eq!(scene.counts().await[3], 0);
        // What comes in after the merge waits for a look at the record that is kept.
        let later = app.ctx.now() + Duration::hours(1);
        scene.check_in(later, PacketState::Completed, Came::Through, None).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        tx.query("UPDATE packet SET client_id = $2 WHERE practice_id = $1").bind(&harbor.practice).bind(&twin).execute().await.unwrap();
        tx.commit().await.unwrap();
        app.clock.set(later + Duration::days(5));
        assert_eq!(scene.counts().await[3], 1);
        let (sofia, _) = sign_in(app, "sofia").await;
        assert_eq!(sofia.get(&format!("/clients/{twin}")).await.status, StatusCode::OK);
        assert_eq!(scene.counts().await[3], 0);
    }

    async fn alerts_without_an_act_and_work_without_an_owner(db: TestDb) {
        let scene = scene(db).await;
        scene.forgotten().await;
        assert_eq!(scene.counts().await[4..], [1, 0]);
        let now = scene.app.ctx.now();
        // Taken up is not acted on; a danger is disposed of.
        scene.change("UPDATE case_reason SET acknowledged_at = $2 WHERE practice_id = $1", Some(now)).await;
        assert_eq!(scene.counts().await[4], 1);
        scene.change("UPDATE case_reason SET disposed_at = $2, disposition = 'assessed_safe' WHERE practice_id = $1", Some(now)).await;
        assert_eq!(scene.counts().await[4], 0);
        // Anything else is decided on.
        let mut tx = scene.app.db.write(&scene.harbor.practice).await.unwrap();
        tx.query("UPDATE case_reason SET rule = $2, disposed_at = NULL, disposition = NULL WHERE practice_id = $1")
            .bind(&scene.harbor.practice)
            .bind(Rule::ReliableDeterioration)
            .execute()
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let [forgotten] = <[Leaked; 1]>::try_from(
            scene.leaks().await.into_iter().filter(|one| one.leak == Leak::Unacted).collect::<Vec<_>>(),
        )
        .unwrap();
        let step = care::case::Step {
            id: scene.app.ctx.id(StepId::new),
            case_id: forgotten.case_id.unwrap(),
            kind: StepKind::Decided,
            at: now,
            by: Some(scene.harbor.ana.clone()),
            to: None,
            note: None,
        };
        let mut tx = scene.app.db.write(&scene.harbor.practice).await.unwrap();
        store::case::insert_step(&mut tx, &step).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(scene.counts().await[4..], [0, 0]);
        // The owner is away, then back; then somebody who is to get in touch may not sign in any more.
        scene.leave().await;
        assert_eq!(scene.counts().await[5], 1);
        scene.change("UPDATE leave_period SET ended_at = $2 WHERE practice_id = $1", Some(now)).await;
        assert_eq!(scene.counts().await[5], 0);
        scene.change("UPDATE staff SET state = 'deactivated' WHERE practice_id = $1 AND $2 IS NULL AND id = (SELECT owner_id FROM care_case)", None).await;
        let unowned: Vec<Leaked> = scene.leaks().await.into_iter().filter(|one| one.leak == Leak::Unowned).collect();
        assert_eq!(unowned.len(), 1);
        assert_eq!(unowned[0].owner_id, Some(scene.harbor.ana.clone()));
    }

    async fn names_are_for_those_who_may_open_them_and_files_hold_none(db: TestDb) {
        let scene = scene(db).await;
        scene.forgotten().await;
        scene.leave().await;
        let days = "from=2026-03-09&until=2026-03-20";
        let ask = async |name: &str, more: &str| {
            let (browser, _) = sign_in(&scene.app, name).await;
            browser.get(&format!("/leaks?{days}{more}")).await
        };
        let sofia = ask("sofia", "").await.body;
        let case = scene.leaks().await.into_iter().find_map(|one| one.case_id).unwrap();
        for expected in ["Not opened 2", "Not looked at 4", "Nothing done 1", "Without an owner 1", "Robin Vale"] {
            assert!(words(&sofia).contains(expected), "{expected} is missing in {}", words(&sofia));
        }
        assert!(sofia.contains(&format!("href=\"/cases/{case}\"")) && sofia.contains(&format!("href=\"/clients/{}\"", scene.harbor.client)));
        // The administration writes to clients and reads no answers.
        let adam = ask("adam", "&leak=unacted").await.body;
        assert!(words(&adam).contains("Nothing done 1") && !adam.contains("Robin Vale"), "{adam}");
        assert!(!words(&adam).contains("Not opened 2"), "one kind alone");
        assert!(ask("adam", "&leak=unopened").await.body.contains("Robin Vale"));
        // Ben treats nobody here, and Bill sees no such page.
        assert!(words(&ask("ben", "").await.body).contains("Nothing got lost"));
        assert_eq!(ask("bill", "").await.status, StatusCode::FORBIDDEN);
        for wrong in ["/leaks?until=soon", "/leaks.csv?from=2026-03-10&until=2026-03-09"] {
            assert_eq!(sign_in(&scene.app, "sofia").await.0.get(wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        // Who looked, and at whom, is in the audit.
        let mut read = scene.app.db.read(&scene.harbor.practice).await.unwrap();
        let looks = store::audit_page(&mut read, 0, 10_000).await.unwrap();
        drop(read);
        let by = |name: &care::StaffId| looks.iter().filter(|row| row.action == "view.leaks" && row.actor == format!("staff:{name}")).count();
        assert_eq!((by(&scene.harbor.sofia), by(&scene.harbor.adam), by(&scene.harbor.ben)), (1, 1, 0));

        for _ in 0..12 {
            scene.check_in(at("2026-03-10T15:00:00-07:00"), PacketState::Expired, Came::Answered, None).await;
        }
        let (adam, _) = sign_in(&scene.app, "adam").await;
        let file = adam.get(&format!("/leaks.csv?{days}")).await.body;
        let row = |group: &str| file.lines().find(|line| line.contains(group)).unwrap_or_else(|| panic!("{group} in {file}")).to_owned();
        assert_eq!(row("data_as_of"), "data_as_of,from,until,whose,site,leak,count,status");
        assert_eq!(row(",all,incomplete,"), "2026-03-20T17:00:00Z,2026-03-09,2026-03-20,practice,all,incomplete,13,counted");
        assert!(row(",North,incomplete,").ends_with(",13,counted"));
        assert!(row(",all,unopened,").ends_with(",,too few to show") && !file.contains("Robin"), "{file}");
        let book = adam.get(&format!("/leaks.xlsx?{days}&leak=unacted")).await;
        assert_eq!(book.status, StatusCode::OK);
    }
}
