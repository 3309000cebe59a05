//! The report of a client's record as a PDF file: what it says, in which order, to whom, and that the look is on record.

use axum::http::{StatusCode, header};
use lopdf::Document as File;
use store::AuditFilter;
use tests::harbor::sign_in;
use tests::{Harbor, TestApp, at, both_databases};

/// The text of all pages, the spaces between words made one.
fn text(file: &File) -> String {
    let pages: Vec<u32> = file.get_pages().keys().copied().collect();
    file.extract_text(&pages).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn in_order(text: &str, words: &[&str]) {
    let mut from = 0;
    for word in words {
        let found = text[from..].find(word);
        from += found.unwrap_or_else(|| panic!("{word:?} is not after {from} in {text}"));
    }
}

both_databases! {
    async fn the_report_says_what_the_page_says_and_the_look_is_on_record(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        harbor.answer(&app, "phq-9", &[2, 2, 3, 3, 2, 2, 2, 1, 0].map(Some)).await;
        app.advance_to(at("2026-03-09T10:00:00-07:00")).await;
        harbor.answer(&app, "phq-9", &[3, 3, 3, 3, 3, 2, 2, 1, 2].map(Some)).await;
        let (ana, csrf) = sign_in(&app, "ana").await;
        let page = ana.get(&format!("/clients/{}", harbor.client)).await;
        let href = format!("/clients/{}/report.pdf", harbor.client);
        assert!(page.body.contains(&format!("href=\"{href}\"")), "the page leads to it");

        let reply = ana.get(&href).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/pdf");
        assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
        let named = reply.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(named, "inline; filename=\"report.pdf\"", "a file's name names nobody");
        let file = File::load_mem(&reply.bytes).unwrap();
        let said = text(&file);
        in_order(&said, &["Robin Vale", "Data as of", "At a glance", "Cases and decisions", "Risk: urgent", "PHQ-9", "17", "22", "Items about danger", "More than half the days", "Consents", "Check-ins"]);
        assert!(file.catalog().unwrap().has(b"StructTreeRoot"));
        assert_eq!(file.catalog().unwrap().get(b"Lang").and_then(|lang| lang.as_str()).unwrap(), b"en");

        // In Spanish for whoever reads Spanish.
        ana.post("/language", &[("csrf", &csrf), ("lang", "es"), ("to", "/today")]).await;
        let file = File::load_mem(&ana.get(&href).await.bytes).unwrap();
        let said = text(&file);
        in_order(&said, &["Robin Vale", "Casos y decisiones", "PHQ-9", "Ítems sobre peligro", "Más de la mitad de los días"]);

        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let filter = AuditFilter { about: Some(harbor.client.to_string()), ..AuditFilter::default() };
        let looks = store::audit_latest(&mut read, &filter, 50).await.unwrap();
        let own: Vec<_> = looks.iter().filter(|entry| entry.action == "view.report").collect();
        assert_eq!(own.len(), 2, "{looks:?}");
    }

    async fn a_record_without_scores_has_a_report_too(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let reply = ana.get(&format!("/clients/{}/report.pdf", harbor.client)).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        let said = text(&File::load_mem(&reply.bytes).unwrap());
        in_order(&said, &["Robin Vale", "Cases and decisions", "None on record.", "Items about danger", "None on record."]);
        assert_eq!(ana.get("/clients/nobody/report.pdf").await.status, StatusCode::NOT_FOUND);
    }
}
