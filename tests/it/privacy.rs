//! Nothing that names or describes a client leaves its sealed column: not in the database's files, not in a message, not
//! in an address, not in the audit.

use care::Phi;
use chrono::Duration;
use tests::{Harbor, TestApp, at, both_databases, link_in};
use workflows::case::{Act, Command, act};

const CANARIES: [&str; 5] =
    ["Zephyrine", "Quillfeather", "4155550177", "zephyrine@example.org", "a heron at the window"];

both_databases! {
    async fn no_canary_outside_its_seal(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let mut harbor = Harbor::found(&app).await;
        (harbor.client, harbor.episode) = harbor.client(&app, "Zephyrine Quillfeather", "+14155550177").await;
        harbor.appointment(&app, at("2026-03-10T15:00:00-07:00")).await;
        app.advance_to(at("2026-03-09T15:00:00-07:00")).await;
        let mut values = vec![Some(2); 8];
        values.push(Some(1));
        harbor.answer(&app, "phq-9", &values).await;
        app.advance(Duration::days(3)).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let case = store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().expect("a case");
        let note = Some(Phi::new("a heron at the window".to_owned()));
        act(&mut tx, &app.ctx, &harbor.ana, Command { case: case.id, revision: None, act: Act::Note, note }).await.unwrap();
        tx.commit().await.unwrap();

        let sent = app.sent();
        let link = sent.iter().find(|message| message.text().contains("/c/")).map(|message| link_in(message.text())).expect("a link went");
        for message in &sent {
            let words = format!("{}\n{message:?}", message.text());
            for canary in &CANARIES[..3] {
                assert!(!words.contains(canary), "a message says '{canary}'");
            }
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        for row in store::audit_page(&mut read, 0, 5000).await.unwrap() {
            let row = format!("{row:?}");
            assert!(CANARIES.iter().all(|canary| !row.contains(canary)), "the audit holds ids only");
        }
        drop(read);
        let Some(file) = app.db.file() else { return };
        for end in ["", "-wal"] {
            let path = format!("{}{end}", file.display());
            let Ok(bytes) = std::fs::read(&path) else { continue };
            let token = link.trim_start_matches("/c/");
            for canary in CANARIES.into_iter().chain([token]) {
                let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
                assert!(!found, "'{canary}' stands in the database file");
            }
        }
    }
}
