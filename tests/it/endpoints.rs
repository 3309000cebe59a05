//! Every endpoint as every kind of caller. The table is complete against the router: an endpoint without a row fails.

mod stage;
mod table;

use self::stage::stage;
use self::table::Meets::{self, Forbidden as F, Hidden as H, In as A, Public as P, SignIn as S};
use self::table::{CALLERS, table};
use axum::http::{Method, StatusCode};
use chrono::Duration;
use std::collections::BTreeSet;
use tests::harbor::PASSWORD;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases};

/// Signs in and gives the form token of the first page.
async fn sign_in(browser: &Browser, email: &str) -> String {
    let page = browser.get("/sign-in").await;
    let csrf = page.field("csrf");
    let home = browser.post("/sign-in", &[("csrf", &csrf), ("email", email), ("password", PASSWORD)]).await;
    assert!(home.path != "/sign-in", "{email} should be let in:\n{}", home.body);
    if home.body.contains("name=\"csrf\"") { home.field("csrf") } else { String::new() }
}

fn met(reply: &Reply) -> Meets {
    match reply.status {
        StatusCode::UNAUTHORIZED => S,
        StatusCode::FORBIDDEN => F,
        StatusCode::NOT_FOUND => H,
        _ if reply.location().is_some_and(|to| to.starts_with("/sign-in")) => S,
        _ => A,
    }
}

both_databases! {
    async fn every_endpoint_as_every_caller(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let ids = stage(&app, &harbor).await;
        let table = table();
        let known: BTreeSet<(String, String)> = table.iter().map(|row| (row.0.to_owned(), row.1.to_owned())).collect();
        let there: BTreeSet<(String, String)> =
            web::endpoints(&app.app).into_iter().map(|endpoint| (endpoint.method.to_string(), endpoint.path.to_owned())).collect();
        let missing: Vec<_> = there.difference(&known).collect();
        assert!(missing.is_empty(), "endpoints without a row in the table: {missing:?}");
        let gone: Vec<_> = known.difference(&there).collect();
        assert!(gone.is_empty(), "rows without an endpoint: {gone:?}");

        let emails = ["", "ana", "cora", "sofia", "felix", "otto", "bill", "ida", "adam", "olga"];
        let mut wrong = Vec::new();
        for (column, (caller, name)) in CALLERS.iter().zip(emails).enumerate() {
            let browser = app.browser();
            let csrf = if name.is_empty() { String::new() } else { sign_in(&browser, &format!("{name}@example.org")).await };
            for (method, path, expected) in &table {
                if expected[column] == P {
                    continue;
                }
                let method: Method = method.parse().unwrap();
                // Fields without which a form is not even one of ours.
                let mut form = vec![("csrf", csrf.as_str())];
                form.extend(match *path {
                    "/clients/{client}/consents" => &[("channel", "sms"), ("purpose", "check_in"), ("state", "given")][..],
                    "/appointments/{appointment}/state" => &[("state", "attended")][..],
                    "/admin/instruments/{instrument}/retire" => &[("version", "1")][..],
                    "/admin/instruments/use" => &[("purpose", "non_commercial")][..],
                    "/admin/instruments/file" | "/admin/instruments/{instrument}/draft" => &[("file", "nothing")][..],
                    "/admin/instruments/{instrument}/confirm" => &[("version", "1"), ("language", "es")][..],
                    _ => &[][..],
                });
                let reply = browser.request(method.clone(), &ids.fill(path), &form).await;
                assert!(!reply.status.is_server_error(), "{method} {path} as {caller}: {}\n{}", reply.status, reply.body);
                if met(&reply) != expected[column] {
                    wrong.push(format!("{method} {path} as {caller}: {} ({:?}), expected {:?}", reply.status, met(&reply), expected[column]));
                }
                // A second apart, so that nothing is throttled.
                app.clock.advance(Duration::seconds(1));
            }
        }
        assert!(wrong.is_empty(), "{} of the table does not hold:\n{}", wrong.len(), wrong.join("\n"));
    }

    async fn the_front_desk_sees_contacts_and_no_chart(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let ids = stage(&app, &harbor).await;
        for (name, sees) in [("ana", true), ("ida", false), ("adam", false)] {
            let browser = app.browser();
            sign_in(&browser, &format!("{name}@example.org")).await;
            let page = browser.get(&ids.fill("/clients/{client}")).await;
            assert!(page.body.contains("Robin Vale"), "{name} knows the client");
            let chart = ["PHQ-9", "<svg class=\"chart", "Several days"].iter().any(|mark| page.body.contains(mark));
            assert_eq!(chart, sees, "{name}:\n{}", page.body);
        }
    }

    async fn a_name_is_searched_within_scope_and_never_in_an_address(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        stage(&app, &harbor).await;
        for (name, finds) in [("ana", true), ("ida", true), ("cora", false)] {
            let browser = app.browser();
            let csrf = sign_in(&browser, &format!("{name}@example.org")).await;
            let page = browser.post("/search", &[("csrf", &csrf), ("q", "robin")]).await;
            assert_eq!((page.status, page.path.as_str()), (StatusCode::OK, "/search"));
            assert_eq!(page.body.contains("Robin Vale"), finds, "{name}");
            assert!(!page.body.contains("?q="), "no address carries what was searched for");
        }
    }

    async fn x1_biller_and_former_supervisor(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let ids = stage(&app, &harbor).await;
        let chart = ids.fill("/clients/{client}");
        for (name, status) in [("bill", StatusCode::FORBIDDEN), ("felix", StatusCode::NOT_FOUND)] {
            let browser = app.browser();
            sign_in(&browser, &format!("{name}@example.org")).await;
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            let before = store::audit_page(&mut read, 0, 1000).await.unwrap().len();
            drop(read);
            let reply = browser.get(&chart).await;
            assert_eq!(reply.status, status, "{name}");
            assert!(!reply.body.contains("Robin"), "the refusal names nobody");
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            let rows = store::audit_page(&mut read, 0, 1000).await.unwrap();
            let denials = rows[before..].iter().filter(|row| row.action == "access.denied").count();
            assert_eq!(denials, 1, "one audit row for {name}");
        }
    }
}
