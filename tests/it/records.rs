//! Records as a whole: a copy that was put back, two records of one person, and records that are no longer kept.

use care::Clock;
use store::transfer::Origin;
use tests::harbor::PASSWORD;
use tests::{Browser, Harbor, TestApp, at, both_databases};

const NOW: &str = "2026-03-10T09:05:00-07:00";

async fn sign_in(app: &TestApp, who: &str) -> (Browser, String) {
    let browser = app.browser();
    let csrf = browser.get("/sign-in").await.field("csrf");
    let email = format!("{who}@example.org");
    let page = browser.post("/sign-in", &[("csrf", &csrf), ("email", &email), ("password", PASSWORD)]).await;
    assert_eq!(page.path, "/today", "{who} is let in");
    let csrf = page.field("csrf");
    (browser, csrf)
}

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
}
