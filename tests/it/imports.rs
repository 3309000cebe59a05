//! Files from other systems on their pages: looked at without a trace, applied, and taken back within the hour.

use axum::http::StatusCode;
use care::appointment::AppointmentState;
use care::import::ImportState;
use care::{Clock, Phi};
use chrono::Duration;
use store::client::Scope;
use tests::harbor::sign_in;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases};

const NOW: &str = "2026-03-10T09:05:00-07:00";

const CLIENTS: &str = "Client ID,Name,Cell,DOB,Text consent,Balance\n\
    17,Ana Reyes,(212) 555-0143,1990-03-25,yes,12\n\
    18,Ben Ocampo,(212) 555-0144,03/04/1991,,0\n\
    19,,(212) 555-0145,1990-01-01,,0\n";

/// Uploads a file and gives the page of its run.
async fn upload(browser: &Browser, csrf: &str, kind: &str, file: &str) -> Reply {
    browser.upload("/admin/import", &[("csrf", csrf), ("kind", kind)], file.as_bytes()).await
}

async fn names(app: &TestApp, harbor: &Harbor) -> Vec<String> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let all = store::client::list(&mut read, &Scope::Practice).await.unwrap();
    all.into_iter().map(|client| client.name.into_exposed()).collect()
}

both_databases! {
    async fn a_file_is_looked_at_applied_and_taken_back(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let page = upload(&ida, &csrf, "clients", CLIENTS).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let run = page.path.clone();
        assert!(page.body.contains("0 new, 0 brought up to date, 0 already as they are, 3 not usable"), "{}", page.body);
        assert!(page.body.contains("Not used: Balance") && page.body.contains("neither the wording nor the date"));
        assert_eq!(names(&app, &harbor).await, ["Robin Vale"], "a look changes nothing");
        let chosen = ida.post(&run, &[("csrf", &csrf), ("day_order", "month_first"), ("wording", "2025-01")]).await;
        assert!(chosen.body.contains("2 new, 0 brought up to date, 0 already as they are, 1 not usable"), "{}", chosen.body);
        assert!(chosen.body.contains("Ana Reyes"));
        assert_eq!(names(&app, &harbor).await, ["Robin Vale"], "nor does another look");
        let applied = ida.post(&format!("{run}/apply"), &[("csrf", &csrf)]).await;
        assert!(applied.body.contains("2 new, 0 brought up to date, 1 not usable"), "{}", applied.body);
        assert_eq!(names(&app, &harbor).await, ["Ana Reyes", "Ben Ocampo", "Robin Vale"]);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let ana = store::client::by_external(&mut read, "17").await.unwrap().unwrap();
        let consents = store::consent::current(&mut read, &ana.id).await.unwrap();
        drop(read);
        assert_eq!(consents.len(), 1, "the bare yes agreed to the wording that was named");
        // The same file again says nothing new; one row brings a number up to date.
        let second = upload(&ida, &csrf, "clients", "Client ID,Name,Cell\n17,Ana Reyes,(212) 555-0199\n18,Ben Ocampo,(212) 555-0144\n").await;
        assert!(second.body.contains("0 new, 1 brought up to date, 1 already as they are"), "{}", second.body);
        ida.post(&format!("{}/apply", second.path), &[("csrf", &csrf)]).await;
        let back = ida.post(&format!("{}/undo", second.path), &[("csrf", &csrf)]).await;
        assert!(back.body.contains("Taken back"), "{}", back.body);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let ana = store::client::by_external(&mut read, "17").await.unwrap().unwrap();
        drop(read);
        assert_eq!(ana.phone.as_ref().map(Phi::text), Some("+12125550143"), "the number is what it was");
        // Somebody has gone on with Ben meanwhile: he stays.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let (ben, revision) = store::client::by_external_to_change(&mut tx, "18").await.unwrap().unwrap();
        store::client::update(&mut tx, &ben, revision, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let undone = ida.post(&format!("{run}/undo"), &[("csrf", &csrf)]).await;
        assert!(undone.body.contains("left as"), "{}", undone.body);
        let left = names(&app, &harbor).await;
        assert!(left.contains(&"Ben Ocampo".to_owned()) && left.contains(&"Robin Vale".to_owned()), "{left:?}");
    }

    async fn the_hour_ends(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let run = upload(&ida, &csrf, "clients", "id,name\n17,Ana Reyes\n").await.path;
        ida.post(&format!("{run}/apply"), &[("csrf", &csrf)]).await;
        app.clock.advance(Duration::minutes(61));
        let (ida, csrf) = sign_in(&app, "ida").await;
        let page = ida.get(&run).await;
        assert!(!page.body.contains(&format!("{run}/undo")));
        ida.post(&format!("{run}/undo"), &[("csrf", &csrf)]).await;
        assert!(names(&app, &harbor).await.contains(&"Ana Reyes".to_owned()));
    }

    async fn a_column_is_what_the_person_says(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let page = upload(&ida, &csrf, "clients", "Nummer,Wer,Funk\n17,Ana Reyes,(212) 555-0143\n").await;
        assert!(page.body.contains("0 new"), "nothing is guessed: {}", page.body);
        let said = [("csrf", csrf.as_str()), ("column_external_id", "Nummer"), ("column_name", "Wer"), ("column_phone", "Funk")];
        let chosen = ida.post(&page.path, &said).await;
        assert!(chosen.body.contains("1 new"), "{}", chosen.body);
        ida.post(&format!("{}/apply", page.path), &[("csrf", &csrf)]).await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let ana = store::client::by_external(&mut read, "17").await.unwrap().unwrap();
        assert_eq!(ana.phone.as_ref().map(Phi::text), Some("+12125550143"));
    }

    async fn appointments_are_given_back_as_they_were(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let apply = async |kind: &str, file: &str| {
            let run = upload(&ida, &csrf, kind, file).await.path;
            let page = ida.post(&format!("{run}/apply"), &[("csrf", &csrf)]).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            app.run_jobs().await;
            run
        };
        apply("clients", "id,name\n17,Ana Reyes\n").await;
        let head = "id,client id,clinician,start,duration\n";
        let first = apply("appointments", &format!("{head}a1,17,ana@example.org,2026-03-20 15:00,50\n")).await;
        let second = apply("appointments", &format!("{head}a1,17,ana@example.org,2026-03-21 10:00,50\n")).await;
        let found = async || {
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            store::appointment::by_external(&mut read, "a1").await.unwrap()
        };
        assert_eq!(found().await.unwrap().starts_at, at("2026-03-21T10:00:00-07:00"));
        ida.post(&format!("{second}/undo"), &[("csrf", &csrf)]).await;
        let back = found().await.unwrap();
        assert_eq!((back.starts_at, back.state), (at("2026-03-20T15:00:00-07:00"), AppointmentState::Scheduled));
        ida.post(&format!("{first}/undo"), &[("csrf", &csrf)]).await;
        app.run_jobs().await;
        assert_eq!(found().await, None, "the appointment is gone");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let ana = store::client::by_external(&mut read, "17").await.unwrap().unwrap();
        let episodes = store::episode::list_of_client(&mut read, &ana.id).await.unwrap();
        assert!(episodes.is_empty(), "and so is the episode that began with it");
    }

    async fn a_large_file_goes_on_when_the_page_has_come(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let head = "id,name\n".to_owned();
        let file = (0..1_650).fold(head, |file, n| file + &format!("c{n},Client {n}\n")) + "c9999,\n";
        let run = upload(&ida, &csrf, "clients", &file).await.path;
        let id: care::ImportRunId = run.rsplit('/').next().unwrap().parse().unwrap();
        let run_now = async || {
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            store::import_run::find(&mut read, &id).await.unwrap().unwrap()
        };
        let page = ida.post(&format!("{run}/apply"), &[("csrf", &csrf)]).await;
        assert!(page.body.contains("goes on in the background") && page.body.contains("Line 1401 of 165"), "{}", page.body);
        assert_eq!(names(&app, &harbor).await.len(), 1_401, "a part of it while the person waits");

        // Whoever asks again, and a job that comes twice, take nothing twice.
        ida.post(&format!("{run}/apply"), &[("csrf", &csrf)]).await;
        app.run_jobs().await;
        let done = run_now().await;
        assert_eq!((done.state, done.created, done.changed, done.rejected), (ImportState::Applied, 1_650, 0, 1));
        assert_eq!(names(&app, &harbor).await.len(), 1_651);
        app.clock.advance(Duration::minutes(2));
        app.run_jobs().await;
        assert_eq!(run_now().await, done);
        assert!(ida.get(&run).await.body.contains("1650 new, 0 brought up to date, 1 not usable"));

        // The same way back.
        let page = ida.post(&format!("{run}/undo"), &[("csrf", &csrf)]).await;
        assert!(page.body.contains("Being taken back"), "{}", page.body);
        app.run_jobs().await;
        assert_eq!(run_now().await.state, ImportState::Undone);
        assert_eq!(names(&app, &harbor).await, ["Robin Vale"]);
    }

    async fn a_job_goes_on_where_a_process_was_killed(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let file = (0..450).fold("id,name\n".to_owned(), |file, n| file + &format!("c{n},Client {n}\n"));
        let run = upload(&ida, &csrf, "clients", &file).await.path;
        let id: care::ImportRunId = run.rsplit('/').next().unwrap().parse().unwrap();
        let viewer = care::access::Viewer { staff_id: harbor.ida.clone(), roles: vec![care::staff::Role::Intake], sites: vec![] };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::import::begin(&mut tx, &app.ctx, &viewer, &id).await.unwrap();
        tx.commit().await.unwrap();
        // One batch, and then nobody who could go on.
        let by = care::staff::Actor::Staff(harbor.ida.clone());
        assert!(workflows::import::go_on(&app.db, &app.ctx, &harbor.practice, &id, &by, 1).await.unwrap());
        assert_eq!(names(&app, &harbor).await.len(), 201);
        let page = ida.get(&run).await;
        assert!(page.body.contains("It is being taken over") && page.body.contains("Line 201 of 451"), "{}", page.body);
        app.clock.advance(Duration::seconds(41));
        app.run_jobs().await;
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let done = store::import_run::find(&mut read, &id).await.unwrap().unwrap();
        drop(read);
        assert_eq!((done.state, done.created, done.changed), (ImportState::Applied, 450, 0), "each row is counted once");
        assert_eq!(names(&app, &harbor).await.len(), 451);
    }

    async fn what_is_no_file_for_us_is_said_so(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let bad: [(&[u8], &str); 3] = [(b"", "Fill this in"), (&[0xff, 0xfe, 0x41], "no CSV in UTF-8"), (&vec![b'a'; (5 << 20) + 1], "larger than 5 MB")];
        for (bytes, words) in bad {
            let page = ida.upload("/admin/import", &[("csrf", &csrf), ("kind", "clients")], bytes).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.body.contains(words), "{words}");
        }
        let forged = ida.upload("/admin/import", &[("csrf", "guessed"), ("kind", "clients")], CLIENTS.as_bytes()).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        assert_eq!(names(&app, &harbor).await, ["Robin Vale"]);
        let quoted = upload(&ida, &csrf, "clients", "id,name\n17,\"Ana\n").await;
        assert!(quoted.status == StatusCode::OK && quoted.body.contains("never closed"), "{}", quoted.body);
    }
}
