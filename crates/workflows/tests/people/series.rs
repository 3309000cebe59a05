//! A questionnaire of the practice's own that changes while a course runs: with other words the series goes on, with other
//! questions another one begins, and nothing that is worked out mixes the two.

use crate::house::House;
use care::EpisodeId;
use care::episode::{DischargeReason, Measure};
use care::response::{Mode, Rule, Sheet};
use care::staff::Role;
use chrono::Duration;
use instruments::{Answer, Answers};
use store::testing::both_databases;
use workflows::appointment::{self, NewAppointment};
use workflows::library::{self, Filed};
use workflows::{episode, packet, response};

const FORM: &str = "my-mood";

/// Two versions of it: four questions from 0 to 3 under the sentence "Today", and five.
const OF_FOUR: &str = include_str!("../../../../tests/forms/mood-of-4.toml");
const OF_FIVE: &str = include_str!("../../../../tests/forms/mood-of-5.toml");

/// The same questions under another sentence.
fn said_otherwise(form: &str) -> String {
    form.replace("Today", "This very day")
}

struct Course {
    house: House,
    episode: EpisodeId,
    by: care::access::Viewer,
}

impl Course {
    async fn new(db: store::testing::TestDb) -> Self {
        let house = House::new(db).await;
        let by = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let episode = house.episode(&client, &by).await;
        Self { house, episode, by }
    }

    async fn publish(&self, form: &str) -> String {
        let house = &self.house;
        let mut tx = house.write().await;
        let draft = library::save_draft(&mut tx, &house.ctx, &house.owner, FORM, form).await.unwrap();
        assert!(matches!(&draft, Filed::Draft(_, problems) if problems.is_empty()), "{draft:?}");
        let Filed::Published(version) = library::publish_draft(&mut tx, &house.ctx, &house.owner, FORM).await.unwrap()
        else {
            panic!("it is published")
        };
        tx.commit().await.unwrap();
        house.ctx.forget_shelf(&house.practice);
        version
    }

    /// A weekly session, and answers to every question of the newest version in it.
    async fn answer(&self, answers: &[i64]) {
        let house = &self.house;
        house.clock.advance(Duration::days(7));
        let starts_at = house.ctx.now() + Duration::hours(1);
        let session = NewAppointment {
            episode: self.episode.clone(),
            clinician: None,
            site: None,
            starts_at,
            ends_at: starts_at + Duration::minutes(50),
        };
        let mut tx = house.write().await;
        let actor = care::staff::Actor::System;
        appointment::make(&mut tx, &house.ctx, &actor, &session).await.unwrap();
        tx.commit().await.unwrap();
        house.clock.advance(Duration::hours(2));
        let mut tx = house.write().await;
        let asked = packet::send_now(&mut tx, &house.ctx, &self.episode, &[FORM.to_owned()], &actor).await.unwrap();
        let values = (1..).zip(answers).map(|(item, value)| (format!("{item}"), Answer::Value(*value)));
        let sheet = Sheet::from([(FORM.to_owned(), values.collect::<Answers>())]);
        response::submit_sheet(&mut tx, &house.ctx, &asked, sheet, Mode::Paper, house.ctx.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn rules(&self) -> Vec<Rule> {
        let mut signals = store::response::signals(&mut self.house.read().await, &self.episode).await.unwrap();
        signals.reverse();
        signals.into_iter().map(|signal| signal.rule).collect()
    }

    /// Every series of the course, the older ones first.
    async fn series(&self) -> Vec<Measure> {
        let mut all =
            store::verify::course::measures(&mut self.house.read().await, std::slice::from_ref(&self.episode))
                .await
                .unwrap();
        all.sort_by_key(|one| one.structure);
        all
    }

    /// What `verify` says of scores, summaries and outcomes; no worker runs here, so that jobs and messages wait.
    async fn unsound(&self) -> Vec<String> {
        let report = workflows::verify::check(&self.house.db, &self.house.ctx).await.unwrap();
        let of_scores = report.violations.into_iter().filter(|one| one.rule == "scores");
        of_scores.map(|one| format!("{one:?}")).collect()
    }
}

both_databases! {
    async fn other_words_go_on_and_other_questions_begin_anew(db: TestDb) {
        let course = Course::new(db).await;
        assert_eq!(course.publish(OF_FOUR).await, "1");
        course.answer(&[2, 2, 2, 2]).await;
        assert_eq!(course.publish(&said_otherwise(OF_FOUR)).await, "2");
        course.answer(&[3, 3, 3, 3]).await;
        let all = course.series().await;
        assert_eq!(all.iter().map(|one| (one.structure, one.n, one.baseline)).collect::<Vec<_>>(), [(1, 2, Some(8.0))]);
        assert!(course.rules().await.contains(&Rule::ReliableDeterioration), "12 is worse than 8 whatever the sentence is");

        // A fifth question: 15 is no higher than 12 here, and the course begins at it.
        let said = course.rules().await.len();
        assert_eq!(course.publish(&said_otherwise(OF_FIVE)).await, "3");
        course.answer(&[3, 3, 3, 3, 3]).await;
        assert_eq!(course.rules().await.len(), said);
        course.answer(&[2, 2, 2, 2, 2]).await;
        let all = course.series().await;
        let of = |one: &Measure| (one.structure, one.sessions_before, one.n, one.baseline, one.baseline_session, one.latest_session, one.best);
        assert_eq!(of(&all[0]), (1, 0, 2, Some(8.0), Some(1), Some(2), 8.0));
        assert_eq!(of(&all[1]), (3, 2, 2, Some(15.0), Some(1), Some(2), 10.0));
        assert!((all[1].sum_x - 2.0_f64.ln()).abs() < 1e-12, "its sessions are 1 and 2, not 3 and 4");
        let in_force = store::response::measures(&mut course.house.read().await, &course.episode).await.unwrap();
        assert_eq!(in_force, all[1..]);
        assert_eq!(course.unsound().await, [""; 0]);

        // One summary of everything, as if it were one series, is not what the scores say.
        let mut mixed = all[1].clone();
        (mixed.n, mixed.sum_y, mixed.structure) = (4, all[0].sum_y + all[1].sum_y, 1);
        let mut tx = course.house.write().await;
        store::response::replace_measures(&mut tx, &course.episode, &[mixed]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(course.unsound().await.len(), 1);
    }

    /// The fit, the replay, the outcome: each of the series alone.
    async fn what_is_worked_out_of_a_course_is_of_the_series_that_goes_on(db: TestDb) {
        let course = Course::new(db).await;
        course.publish(OF_FOUR).await;
        course.answer(&[1, 1, 1, 1]).await;
        course.answer(&[1, 1, 1, 0]).await;
        course.publish(OF_FIVE).await;
        course.answer(&[3, 3, 3, 3, 2]).await;
        course.answer(&[1, 1, 0, 0, 0]).await;
        let before = course.series().await;

        let house = &course.house;
        let shelf = house.ctx.shelf(&mut house.read().await).await.unwrap();
        for (version, scores) in [("1", vec![(1, 4.0), (2, 3.0)]), ("2", vec![(1, 14.0), (2, 2.0)])] {
            let instrument = shelf.library.get(FORM, version).unwrap();
            let of = store::detection::OfStructure { instrument: FORM, structure: instrument.structure, scale: "total" };
            let mut read = house.read().await;
            let sums: Vec<u64> = store::detection::courses(&mut read, of).await.unwrap().iter().map(|one| one.measure.sums().n).collect();
            assert_eq!(sums, [2]);
            let found = store::detection::scores_of(&mut read, of, &[&course.episode]).await.unwrap();
            let own = found.into_iter().filter(|one| one.version == version).map(|one| (one.session, one.value));
            assert_eq!(own.collect::<Vec<_>>(), scores);
        }

        let mut tx = house.write().await;
        let end = episode::Discharge { episode: course.episode.clone(), reason: DischargeReason::Completed, case_to: Some(course.by.staff_id.clone()) };
        episode::discharge(&mut tx, &house.ctx, &course.by.staff_id, &end).await.unwrap();
        tx.commit().await.unwrap();
        let outcomes = store::outcome::of_episodes(&mut house.read().await, std::slice::from_ref(&course.episode)).await.unwrap();
        let of_the_form = outcomes.iter().filter(|one| one.lens.starts_with(FORM));
        let seen: Vec<_> = of_the_form.map(|one| (one.lens.as_str(), one.verdict.first, one.verdict.last, one.verdict.recovered)).collect();
        assert_eq!(seen, [("my-mood@2", Some(14.0), Some(2.0), Some(true))], "from the first score of the new form to its last, as a measure of its own");
        assert_eq!(course.series().await, before);
        assert_eq!(course.unsound().await, [""; 0]);
    }
}
