//! How many clients a clinician takes: caps, the pause, what the owner asks for beyond, and whom a new referral is offered to.

use axum::http::StatusCode;
use care::EpisodeId;
use care::placement::{Entry, EntryKind, EntryState, Placement};
use care::staff::Actor;
use tests::{Browser, Harbor, TestApp, at, both_databases, harbor::sign_in, words};

/// Clients of Ana's, so that she has this many; their courses.
async fn clients(app: &TestApp, harbor: &Harbor, many: usize) -> Vec<EpisodeId> {
    let mut episodes = vec![harbor.episode.clone()];
    for number in 1..many {
        episodes.push(harbor.client(app, "Somebody Invented", &format!("+14155550{number:03}")).await.1);
    }
    episodes
}

/// A course that nobody has.
async fn referral(app: &TestApp, harbor: &Harbor, name: &str) -> (care::ClientId, EpisodeId) {
    let (client, episode) = harbor.client(app, name, "+14155550199").await;
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    store::assignment::end(&mut tx, &episode, app.ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
    (client, episode)
}

async fn clinician_of(app: &TestApp, harbor: &Harbor, episode: &EpisodeId) -> Option<care::StaffId> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::assignment::current(&mut read, episode).await.unwrap().map(|one| one.clinician_id)
}

async fn give_to_ana(browser: &Browser, csrf: &str, harbor: &Harbor, client: &care::ClientId) -> (StatusCode, String) {
    let ana = harbor.ana.to_string();
    let reply = browser.post(&format!("/clients/{client}/reassign"), &[("csrf", csrf), ("clinician", &ana)]).await;
    (reply.status, words(&reply.body))
}

both_databases! {
    async fn k5_at_twenty_four_of_twenty_five_a_pause_stops_everybody_but_for_the_owners_reason(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        clients(&app, &harbor, 24).await;
        let (first, first_episode) = referral(&app, &harbor, "Nora Quill").await;
        let (adam, csrf) = sign_in(&app, "adam").await;
        let ana = harbor.ana.to_string();
        let caps = [("csrf", csrf.as_str()), ("clinician", &ana), ("max_clients", "25")];
        assert_eq!(adam.post("/capacity/caps", &caps).await.status, StatusCode::OK);
        let wrong = [("csrf", csrf.as_str()), ("clinician", &ana), ("max_clients", "many")];
        let refused = adam.post("/capacity/caps", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("value=\"many\""), "what was typed is kept");
        let (ida, _) = sign_in(&app, "ida").await;
        let page = words(&ida.get("/capacity").await.body);
        assert!(page.contains("Ana 24 of 25 clients") || page.contains("24 of 25 clients"), "{page}");
        assert!(page.contains("Nora Quill") && page.contains("Could take it: Ana, Ben, Otto"), "{page}");

        // As a file: counts from 1 to 10 stay in the house, and no client is in it.
        let file = ida.get("/capacity.csv").await.body;
        let row = |figure: &str| file.lines().find(|line| line.contains(figure)).unwrap_or_else(|| panic!("{figure}: {file}")).to_owned();
        assert!(row(",Ana,,open,clients,").ends_with(",,24,25,room,shown"), "{file}");
        assert!(row(",Ana,,open,sessions,").starts_with("2026-03-10T17:00:00Z,"), "{file}");
        assert!(!file.contains("Nora") && !file.contains("Quill"), "{file}");
        let book = ida.get("/capacity.xlsx").await;
        assert!(book.status == StatusCode::OK && book.bytes.starts_with(b"PK"), "and as a workbook");

        // Ana pauses; without a reason she does not.
        let (anas, anas_csrf) = sign_in(&app, "ana").await;
        let caseload = words(&anas.get("/caseload").await.body);
        assert!(caseload.contains("My capacity 24 of 25 clients"), "{caseload}");
        anas.post("/capacity/pause", &[("csrf", &anas_csrf), ("reason", "  ")]).await;
        assert!(!words(&anas.get("/caseload").await.body).contains("Takes nobody new"));
        anas.post("/capacity/pause", &[("csrf", &anas_csrf), ("reason", "Two crises this week")]).await;
        assert!(words(&anas.get("/caseload").await.body).contains("Takes nobody new since Mar 10, 2026"));
        let page = words(&ida.get("/capacity").await.body);
        assert!(page.contains("Could take it: Ben, Otto") && page.contains("Ana: takes nobody new for now"), "{page}");
        assert!(page.contains("Reason: Two crises this week"), "{page}");

        // Nobody can assign: not the administration, not by beginning a course with her.
        let (status, said) = give_to_ana(&adam, &csrf, &harbor, &first).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(said.contains("This clinician takes nobody new for now"), "{said}");
        assert_eq!(clinician_of(&app, &harbor, &first_episode).await, None);
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let ended = store::episode::discharge(&mut tx, &first_episode, care::episode::DischargeReason::Other, app.ctx.now());
        ended.await.unwrap();
        let start = workflows::episode::Start {
            clinician: Some(harbor.ana.clone()),
            ..workflows::episode::Start::of(first.clone())
        };
        let begun = workflows::episode::start(&mut tx, &app.ctx, &Actor::Staff(harbor.ida.clone()), &start).await;
        assert!(matches!(begun, Err(workflows::Error::Invalid(_))), "{begun:?}");
        drop(tx);

        // The owner asks for one more: with a reason, and for nobody else to do.
        let more = |csrf: &str, reason: &str| {
            [("csrf", csrf), ("person", &ana), ("reason", reason)].map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let post = async |browser: &Browser, form: [(String, String); 3]| {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.post("/capacity/overrides", &form).await.status
        };
        let (ida, ida_csrf) = sign_in(&app, "ida").await;
        assert_eq!(post(&ida, more(&ida_csrf, "Because")).await, StatusCode::FORBIDDEN);
        assert_eq!(post(&adam, more(&csrf, "")).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(post(&adam, more(&csrf, "Speaks Spanish, nobody else does")).await, StatusCode::OK);
        let caseload = words(&anas.get("/caseload").await.body);
        assert!(caseload.contains("One client more was asked for by Adam, Mar 10, 2026: Speaks Spanish, nobody else does"), "{caseload}");
        let (second, second_episode) = referral(&app, &harbor, "Olin Reyes").await;
        assert_eq!(give_to_ana(&adam, &csrf, &harbor, &first).await.0, StatusCode::OK);
        assert_eq!(clinician_of(&app, &harbor, &first_episode).await, Some(harbor.ana.clone()));
        assert!(words(&anas.get("/caseload").await.body).contains("One client more was given by Adam"));
        // It has served.
        assert_eq!(give_to_ana(&adam, &csrf, &harbor, &second).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(clinician_of(&app, &harbor, &second_episode).await, None);

        // She resumes: now it is the cap.
        anas.post("/capacity/resume", &[("csrf", &anas_csrf)]).await;
        let (status, said) = give_to_ana(&adam, &csrf, &harbor, &second).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(said.contains("as many clients as they take"), "{said}");
        let caps = [("csrf", csrf.as_str()), ("clinician", &ana), ("max_clients", "26"), ("max_sessions", "30")];
        adam.post("/capacity/caps", &caps).await;
        assert_eq!(give_to_ana(&adam, &csrf, &harbor, &second).await.0, StatusCode::OK);
        // Both decisions stay.
        let page = words(&adam.get("/capacity").await.body);
        assert!(page.contains("Adam 26 30 –") && page.contains("Adam 25 – –"), "{page}");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert_eq!(store::verify_audit(&mut read).await.unwrap().broken, None);
    }

    async fn o5_over_a_payers_target_a_further_referral_of_the_payer_is_offered_to_others(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-10T10:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let episodes = clients(&app, &harbor, 18).await;
        let (_, waiting) = referral(&app, &harbor, "Nora Quill").await;
        let payer = |name: &str| Entry {
            id: app.ctx.id(care::PlacementId::new),
            kind: EntryKind::Payer,
            name: name.to_owned(),
            state: EntryState::Active,
        };
        let (plan, other) = (payer("Harbor Health Plan"), payer("Pacific Mutual"));
        let paid = |entry: &Entry| Placement { payer_id: Some(entry.id.clone()), ..Placement::default() };
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::placement::insert(&mut tx, &plan).await.unwrap();
        store::placement::insert(&mut tx, &other).await.unwrap();
        store::history::place(&mut tx, &episodes[..14], &paid(&plan)).await.unwrap();
        store::history::place(&mut tx, &episodes[14..], &paid(&other)).await.unwrap();
        store::history::place(&mut tx, std::slice::from_ref(&waiting), &paid(&plan)).await.unwrap();
        tx.commit().await.unwrap();
        let (adam, csrf) = sign_in(&app, "adam").await;
        let id = plan.id.to_string();
        let wrong = [("csrf", csrf.as_str()), ("payer", &id), ("at_most", "160")];
        assert_eq!(adam.post("/capacity/targets", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let target = [("csrf", csrf.as_str()), ("payer", &id), ("at_most", "60")];
        assert_eq!(adam.post("/capacity/targets", &target).await.status, StatusCode::OK);
        let page = words(&adam.get("/capacity").await.body);
        assert!(page.contains("Harbor Health Plan: 78 % of 18 clients, target at most 60 % Over target"), "{page}");
        assert!(page.contains("Could take it: Ben, Otto"), "{page}");
        assert!(page.contains("Ana: one more of this payer would be over its target"), "{page}");
        // Nobody's clients are moved, and whoever decides may decide otherwise: it is a suggestion.
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        workflows::episode::assign(&mut tx, &app.ctx, &harbor.adam, &waiting, &harbor.ana).await.unwrap();
        tx.commit().await.unwrap();
        assert!(words(&adam.get("/capacity").await.body).contains("79 % of 19 clients"));
    }
}
