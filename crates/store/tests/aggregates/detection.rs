//! Rules of detection, growth models, looks of the refit, and model cards.

use crate::fixture::*;
use care::detection::{Act, Configuration, EVERY_INSTRUMENT, Number, Revision, ScopeState};
use care::expected_response::refit::{Checks, Outcome};
use care::expected_response::{Calibration, CalibrationBand, GrowthModel, Origin, published};
use care::response::Rule;
use care::staff::Role;
use care::{DetectionRulesId, Phi};
use store::detection::{self, LastLook};
use store::testing::both_databases;

fn revision(scope: &str, number: i64, session: i64) -> Revision {
    let mut rules = Configuration::default();
    rules.set_number(Number::NoImprovementSession, session).unwrap();
    rules.set_act(Rule::TwoRises, Act::Case).unwrap();
    Revision {
        id: DetectionRulesId::from_text(format!("{scope}-{number}")),
        scope: scope.to_owned(),
        revision: number,
        rules,
        state: ScopeState::Own,
        reason: Phi::new("Our sessions are monthly.".to_owned()),
        changed_by: staff_id("ida"),
        changed_at: now(),
    }
}

both_databases! {
    async fn the_highest_revision_of_a_scope_is_in_force_and_its_reason_is_sealed(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        store::staff::insert(&mut tx, &staff("ida", &[Role::Admin]), now()).await.unwrap();
        let held = store::library::revision(&mut tx).await.unwrap();
        for (scope, number, session) in [(EVERY_INSTRUMENT, 1, 8), (EVERY_INSTRUMENT, 2, 9), ("phq-9", 1, 5)] {
            assert!(detection::insert(&mut tx, &revision(scope, number, session)).await.unwrap());
        }
        assert!(!detection::insert(&mut tx, &Revision { id: DetectionRulesId::from_text("late"), ..revision("phq-9", 1, 7) }).await.unwrap());
        let in_force = detection::in_force(&mut tx).await.unwrap();
        let told: Vec<_> = in_force
            .iter()
            .map(|one| (one.scope.as_str(), one.revision, one.rules.number(Number::NoImprovementSession)))
            .collect();
        assert_eq!(told, [(EVERY_INSTRUMENT, 2, 9), ("phq-9", 1, 5)]);
        assert_eq!(in_force[0].rules.act(Rule::TwoRises), Act::Case);
        assert_eq!(detection::history(&mut tx, EVERY_INSTRUMENT).await.unwrap()[1].reason.text(), "Our sessions are monthly.");
        assert_eq!(store::library::revision(&mut tx).await.unwrap(), held + 3, "every node hears of it");
        let raw: Vec<u8> = tx
            .query("SELECT reason_sealed FROM detection_rules WHERE scope = $1")
            .bind("phq-9")
            .scalar()
            .await
            .unwrap();
        assert!(!raw.windows(7).any(|part| part == b"monthly"));
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(detection::in_force(&mut bayside).await.unwrap().is_empty());
    }

    async fn a_model_is_adopted_once_and_comes_back_as_it_was(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let old = published("phq-9", "total").unwrap();
        let checks = Checks { courses: 240, scores: 1900, new_score: Some(-2.61), ..Checks::default() };
        let first = GrowthModel {
            version: 1,
            courses: 240,
            origin: Origin::Practice { fitted_at: now(), scores: 1900 },
            calibration: Calibration {
                courses: 210,
                events: 60,
                bands: vec![CalibrationBand { from: 2, to: Some(3), intercept: 0.1, slope: 0.8 }],
            },
            ..old.clone()
        };
        let second = GrowthModel { version: 2, calibration: Calibration::default(), ..first.clone() };
        assert!(!detection::adopt(&mut tx, old, &checks).await.unwrap(), "what ships is no row");
        assert!(detection::adopt(&mut tx, &first, &checks).await.unwrap());
        assert!(!detection::adopt(&mut tx, &first, &checks).await.unwrap(), "another node was faster");
        assert_eq!(detection::models(&mut tx).await.unwrap()[0].model, first);
        assert!(detection::adopt(&mut tx, &second, &checks).await.unwrap());
        let kept = detection::models(&mut tx).await.unwrap();
        assert_eq!((kept.len(), &kept[0].model, &kept[0].checks), (1, &second, &checks));
        assert_eq!(detection::models_of(&mut tx, "phq-9").await.unwrap().len(), 2);
        let look = |outcome| LastLook {
            instrument: "phq-9".to_owned(),
            scale: "total".to_owned(),
            looked_at: now(),
            outcome,
            checks,
        };
        for outcome in Outcome::ALL {
            detection::note_look(&mut tx, &look(*outcome)).await.unwrap();
        }
        assert_eq!(detection::last_looks(&mut tx).await.unwrap(), [look(Outcome::Worse)], "the last one, every outcome can be kept");
    }
}
