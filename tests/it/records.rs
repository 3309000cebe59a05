//! Records as a whole: a copy that was put back, two records of one person, and records that are no longer kept.

use axum::http::StatusCode;
use care::Clock;
use store::transfer::Origin;
use tests::harbor::sign_in;
use tests::{Harbor, TestApp, at, both_databases};

const NOW: &str = "2026-03-10T09:05:00-07:00";

both_databases! {
    async fn a_fenced_copy_says_so_on_every_staff_page_until_it_is_released(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let (adam, _) = sign_in(&app, "adam").await;
        assert!(!ana.get("/today").await.body.contains("restored copy"));
        let mut tx = app.db.write_all().await.unwrap();
        store::fence::raise(&mut tx, Origin::Restore, at("2026-03-09T02:00:00-07:00"), app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        app.clock.advance(chrono::Duration::seconds(10));
        let chart = format!("/clients/{}", harbor.client);
        for (browser, path) in [(&ana, "/today"), (&ana, chart.as_str()), (&adam, "/admin"), (&adam, "/account")] {
            let page = browser.get(path).await.body;
            assert!(page.contains("restored copy, as of Mar 9, 2026"), "{path}");
            assert!(page.contains("restore --release"), "{path} says what to do");
        }
        workflows::fence::release(&app.db, &app.ctx, workflows::fence::Source::WasStopped).await.unwrap();
        app.clock.advance(chrono::Duration::seconds(10));
        assert!(!ana.get("/today").await.body.contains("restored copy"));
    }

    async fn the_desk_merges_two_records_and_an_old_link_and_an_old_address_still_lead_on(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (twin, _) = harbor.client(&app, "Robyn Vale", "+14155550150").await;
        let packet = harbor.packet(&app, &["phq-2"]).await;
        let link = harbor.link(&app, &packet).await;
        let (ida, csrf) = sign_in(&app, "ida").await;
        let list = ida.get("/admin/look-alikes").await;
        // The earlier record is first.
        let (first, second) = if harbor.client < twin { (&harbor.client, &twin) } else { (&twin, &harbor.client) };
        let pair = format!("/admin/look-alikes/{first}/{second}");
        assert!(list.body.contains(&pair), "{}", list.body);
        let compared = ida.get(&pair).await;
        assert!(compared.body.contains("Robin Vale") && compared.body.contains("Robyn Vale"));
        let undecided = ida.send(&csrf, &format!("{pair}/merge"), &[]).await;
        assert_eq!(undecided.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(undecided.body.contains("href=\"#kept\""));
        let merged = ida.send(&csrf, &format!("{pair}/merge"), &[("kept", twin.as_str())]).await;
        assert_eq!((merged.status, merged.path.as_str()), (StatusCode::OK, "/admin/look-alikes"));
        assert!(merged.body.contains("Take back"));
        let old = ida.get(&format!("/clients/{}", harbor.client)).await;
        assert_eq!(old.path, format!("/clients/{twin}"), "an old address leads to the record that goes on");

        let phone = app.browser();
        let started = phone.post(&format!("{link}/start"), &[]).await;
        assert_eq!((started.status, started.path.as_str()), (StatusCode::OK, "/check-in/1"), "{}", started.body);

        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let id = store::merge::list(&mut read, 1).await.unwrap().remove(0).id;
        drop(read);
        let undone = ida.send(&csrf, &format!("/admin/merges/{id}/undo"), &[]).await;
        assert!(undone.body.contains("Taken back: Ida"));
        assert_eq!(ida.get(&format!("/clients/{}", harbor.client)).await.path, format!("/clients/{}", harbor.client));
        let again = phone.get("/check-in/1").await;
        assert_eq!(again.status, StatusCode::OK, "whoever is answering goes on");
    }

    async fn a_record_is_erased_by_two_people_on_their_pages(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = Harbor::found(&app).await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let form = adam.get(&format!("/admin/clients/{}", harbor.client)).await;
        let page = format!("/admin/erasures/{}", harbor.client);
        assert!(form.body.contains(&page), "the form of a client leads there");
        let id = harbor.client.as_str();
        let word = &id[id.len() - 6..];
        let fields = [("ground", "request"), ("erasure_reason", "A letter"), ("stays", "nothing"), ("erasure_word", word)];
        let hindered = adam.send(&csrf, &page, &fields).await;
        assert_eq!(hindered.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(hindered.body.contains("A course of therapy is open"), "in words");
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let reason = care::episode::DischargeReason::Completed;
        let end = workflows::episode::Discharge { episode: harbor.episode.clone(), reason, case_to: None };
        workflows::episode::discharge(&mut tx, &app.ctx, &harbor.ana, &end).await.unwrap();
        tx.commit().await.unwrap();
        let asked = adam.send(&csrf, &page, &fields).await;
        assert_eq!((asked.status, asked.path.as_str()), (StatusCode::OK, page.as_str()));
        assert!(asked.body.contains("Another person can do so now"));
        let early = adam.send(&csrf, &format!("{page}/carry-out"), &[("erasure_word", word)]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        app.clock.advance(chrono::Duration::days(14));
        let (adam, csrf) = sign_in(&app, "adam").await;
        let done = adam.send(&csrf, &format!("{page}/carry-out"), &[("erasure_word", word)]).await;
        assert_eq!((done.status, done.path.as_str()), (StatusCode::OK, "/admin/retention"), "{}", done.body);
        assert_eq!(adam.get(&format!("/clients/{}", harbor.client)).await.status, StatusCode::NOT_FOUND);
        assert!(!adam.get("/admin/retention").await.body.contains("Robin"));
    }
}
