//! A client's own goals: agreed, put into other words, rated, ended; theirs alone.

use axum::http::StatusCode;
use care::goal::GoalState;
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases, harbor::sign_in};

async fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Reply {
    let csrf = browser.get(path).await.field("csrf");
    let all: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.post(path, &all).await
}

async fn goals(app: &TestApp, harbor: &Harbor) -> Vec<care::goal::Goal> {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::goal::of_episode(&mut read, &harbor.episode).await.unwrap()
}

both_databases! {
    async fn agreed_reworded_rated_and_reached(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let path = format!("/clients/{}/goals", harbor.client);
        let page = post(&ana, &path, &[("act", "agree"), ("goal_text", " Get out more ")]).await;
        assert!(page.body.contains("“Get out more”") && page.body.contains("Not rated yet"), "{}", page.body);
        for rating in ["2", "3"] {
            app.clock.advance(chrono::Duration::days(1));
            let (ana, _) = sign_in(&app, "ana").await;
            post(&ana, &path, &[("act", "rate"), ("goal", "1"), ("goal_rating", rating)]).await;
        }
        let (ana, _) = sign_in(&app, "ana").await;
        app.clock.advance(chrono::Duration::minutes(10));
        post(&ana, &path, &[("act", "reword"), ("goal", "1"), ("goal_text", "Swim once a week")]).await;
        let page = post(&ana, &path, &[("act", "rate"), ("goal", "1"), ("goal_rating", "5")]).await;
        assert!(page.body.contains("“Swim once a week”") && page.body.contains("rated 2 times"), "{}", page.body);
        let goal = goals(&app, &harbor).await.remove(0);
        let said: Vec<_> = goal.ratings.iter().map(|one| (one.version, one.rating)).collect();
        assert_eq!(said, [(1, 2), (1, 3), (2, 5)], "earlier ratings keep the words they were given to");

        // What cannot be read changes nothing and says where.
        for (field, typed) in [("goal_rating", "11"), ("goal_rating", "7.5"), ("goal_rating", "")] {
            let refused = post(&ana, &path, &[("act", "rate"), ("goal", "1"), (field, typed)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        }
        let long = "a".repeat(201);
        for typed in ["  ", long.as_str()] {
            let refused = post(&ana, &path, &[("act", "agree"), ("goal_text", typed)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(goals(&app, &harbor).await.len(), 1);

        // A few at a time; an ended one makes room, and its number is not given again.
        for text in ["Sleep through", "Call my brother", "One too many"] {
            post(&ana, &path, &[("act", "agree"), ("goal_text", text)]).await;
        }
        assert_eq!(goals(&app, &harbor).await.len(), 3);
        post(&ana, &path, &[("act", "reached"), ("goal", "1")]).await;
        post(&ana, &path, &[("act", "rate"), ("goal", "1"), ("goal_rating", "1")]).await;
        post(&ana, &path, &[("act", "agree"), ("goal_text", "Paint again")]).await;
        let all = goals(&app, &harbor).await;
        let states: Vec<_> = all.iter().map(|one| (one.number, one.state, one.ratings.len())).collect();
        assert_eq!(states, [(1, GoalState::Reached, 3), (2, GoalState::Active, 0), (3, GoalState::Active, 0), (4, GoalState::Active, 0)]);

        // Sealed, in no score, in the export, and nothing is wrong with it.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::response::scores_of_episode(&mut read, &harbor.episode).await.unwrap().is_empty());
        let audit = store::audit_page(&mut read, 0, 1000).await.unwrap();
        assert!(audit.iter().any(|row| row.action == "goal.reword"));
        assert!(audit.iter().all(|row| !format!("{row:?}").contains("Swim")), "ids only");
        drop(read);
        let report = workflows::verify::check(&app.db, &app.ctx).await.unwrap();
        assert!(report.violations.is_empty(), "{:?}", report.violations);
    }
}
