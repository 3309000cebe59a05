//! The library as its administrator sees it: found, narrowed, with its licences and how its figures are founded.

use tests::harbor::sign_in;
use tests::{Browser, Harbor, TestApp, at, both_databases, words};

async fn list(admin: &Browser, query: &str) -> String {
    admin.get(&format!("/admin/instruments{query}")).await.body
}

/// The row of an instrument, in words.
fn row(page: &str, id: &str) -> Option<String> {
    let start = page.find(&format!("href=\"/admin/instruments/{id}\""))?;
    Some(words(&page[start..start + page[start..].find("</tr>")?]))
}

async fn license(admin: &Browser, last: &str) {
    let csrf = admin.get("/admin/instruments/audit").await.field("csrf");
    let form = [
        ("csrf", csrf.as_str()),
        ("holder", "Harbor Lane Counseling"),
        ("number", "4711"),
        ("terms", "Commercial use"),
        ("starts_on", "2026-03-01"),
        ("ends_on", last),
    ];
    let page = admin.post("/admin/instruments/audit/licence", &form).await;
    assert!(page.status.is_success(), "{}", page.body);
}

both_databases! {
    async fn an_instrument_is_found_with_its_licence_and_how_its_figures_are_founded(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let _ = Harbor::found(&app).await;
        let (admin, _) = sign_in(&app, "adam").await;
        let all = list(&admin, "").await;
        let phq_9 = row(&all, "phq-9").expect("it ships");
        assert!(phq_9.contains("Free to use") && phq_9.contains("May be used"), "{phq_9}");
        let gad_7 = row(&all, "gad-7").expect("it ships");
        assert!(gad_7.contains("unverified") && gad_7.contains("by common practice"), "{gad_7}");
        let ors = row(&all, "ors").expect("it ships");
        assert!(ors.contains("Licensed by its holder") && ors.contains("Off: licence needed"), "{ors}");

        let usable = list(&admin, "?only=usable").await;
        assert!(row(&usable, "phq-9").is_some() && row(&usable, "ors").is_none());
        let off = list(&admin, "?only=off").await;
        assert!(row(&off, "phq-9").is_none() && row(&off, "ors").is_some() && off.contains("value=\"off\" selected"));
        assert!(list(&admin, "?only=own").await.contains("No instrument"), "the practice has none of its own");
        let both = list(&admin, "?q=anxiety&only=usable").await;
        assert!(row(&both, "gad-7").is_some() && row(&both, "phq-9").is_none());

        // Every figure with its source: what is not looked up says so, whatever it is.
        let page = words(&admin.get("/admin/instruments/phq-9").await.body);
        for said in ["Smallest change that matters", "Risk, question 9", "≥ 1 review, ≥ 2 urgent, skipped: unknown", "sensitivity 0.88"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let stepped = words(&admin.get("/admin/instruments/phq-2").await.body);
        assert!(stepped.contains("Goes on to the longer questionnaire") && stepped.contains("≥ 3: phq-9"), "{stepped}");
    }

    async fn whoever_administers_hears_of_the_end_of_a_licence_30_days_before(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let _ = Harbor::found(&app).await;
        let (admin, csrf) = sign_in(&app, "adam").await;
        admin.post("/admin/instruments/use", &[("csrf", &csrf), ("purpose", "commercial")]).await;
        let warned = "The licence of an instrument ends within 30 days.";
        license(&admin, "2026-04-09").await;
        assert!(!words(&admin.get("/admin").await.body).contains(warned), "31 days before nobody is");
        // The later of two that are on record is in force.
        app.clock.advance(chrono::Duration::minutes(1));
        license(&admin, "2026-04-08").await;
        // No protocol asks it; it may be asked by hand.
        assert!(words(&admin.get("/admin").await.body).contains(warned));
        assert!(row(&list(&admin, "").await, "audit").expect("it ships").contains("Licence ends soon"));
    }
}
