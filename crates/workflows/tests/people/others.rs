//! Lines of a protocol that somebody other than the client answers.

use crate::house::{House, problems};
use care::packet::Asked;
use care::protocol::{Exception, Line, Protocol, Rhythm, Stop, Turn};
use care::rater::{By, Collateral, RaterRequest, Relation, RequestState};
use care::staff::{Actor, Role};
use care::{EpisodeId, Instant, Language, Phi};
use chrono::Duration;
use instruments::{Answer, Answers, Rater};
use store::testing::both_databases;
use workflows::appointment::{self, NewAppointment};
use workflows::episode::{self, Discharge};
use workflows::planning::{self, NotAsked, outlook};
use workflows::protocol::{self, Draft, NewException};
use workflows::rater::{self, NewCollateral, Rated};

fn of(rater: Rater, instrument: &str, rhythm: Rhythm) -> Line {
    Line { rater, ..Line::new(instrument, rhythm) }
}

fn draft(lines: Vec<Line>) -> Draft {
    Draft { name: "Standard".into(), lines, budget: None, in_force_from: None }
}

async fn publish(house: &House, lines: Vec<Line>) {
    let mut tx = house.write().await;
    protocol::publish(&mut tx, &house.ctx, &house.owner, &draft(lines)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn book(house: &House, episode: &EpisodeId, starts_at: Instant) {
    let ends_at = starts_at + Duration::minutes(50);
    let new = NewAppointment { episode: episode.clone(), clinician: None, site: None, starts_at, ends_at };
    let mut tx = house.write().await;
    appointment::make(&mut tx, &house.ctx, &Actor::System, &new).await.unwrap();
    tx.commit().await.unwrap();
}

async fn agree(house: &House, client: &care::ClientId, relation: Relation, language: Language) -> Collateral {
    let new = NewCollateral { name: Phi::new("Maria".into()), contact: None, relation, language };
    let mut tx = house.write().await;
    rater::agree(&mut tx, &house.ctx, &house.owner.staff_id, client, &new).await.unwrap();
    let person = store::rater::people(&mut tx, client).await.unwrap().pop().unwrap();
    tx.commit().await.unwrap();
    person
}

async fn requests(house: &House, episode: &EpisodeId) -> Vec<RaterRequest> {
    let mut all = store::rater::requests_of(&mut house.read().await, std::slice::from_ref(episode)).await.unwrap();
    all.retain(|one| one.state == RequestState::Planned);
    all
}

/// Who should answer what now.
async fn due(house: &House, episode: &EpisodeId) -> Vec<(String, Option<Relation>)> {
    let only = std::slice::from_ref(episode);
    let found = store::rater::due_of(&mut house.read().await, only, house.ctx.now()).await.unwrap();
    let mut found: Vec<_> = found.into_iter().map(|(request, relation)| (request.instrument, relation)).collect();
    found.sort();
    found
}

async fn plan(house: &House, episode: &EpisodeId) {
    let only = std::slice::from_ref(episode);
    let mut tx = house.write().await;
    planning::replan(&mut tx, &house.ctx, only).await.unwrap();
    tx.commit().await.unwrap();
    assert!(
        planning::behind(&mut house.read().await, &house.ctx, only).await.unwrap().is_empty(),
        "planned twice is planned once"
    );
}

async fn rate(house: &House, client: &care::ClientId, by: By, instrument: &str, item: &str) {
    let asked = Asked { id: instrument.to_owned(), version: "1".to_owned() };
    let answers: Answers = [(item.to_owned(), Answer::Value(1))].into_iter().collect();
    let rated = Rated { by, asked, answers, at: house.ctx.now() };
    let mut tx = house.write().await;
    rater::enter(&mut tx, &house.ctx, &house.owner.staff_id, client, &rated).await.unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn whoever_was_agreed_to_is_asked_at_the_rhythm_of_the_line(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        publish(&house, vec![
            Line::new("wellbeing-check", Rhythm::BeforeSession),
            of(Rater::Parent, "psc-17", Rhythm::BeforeSession),
            of(Rater::Partner, "psc-17", Rhythm::BeforeSession),
            of(Rater::Clinician, "clinician-impression", Rhythm::EveryWeeks(2)),
        ]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let episode = house.episode(&client, &ana).await;
        let session = house.ctx.now() + Duration::hours(72);
        book(&house, &episode, session).await;
        let packets = store::packet::of_episode(&mut house.read().await, &episode).await.unwrap();
        assert!(packets.iter().flat_map(|one| &one.asked).all(|one| one.id == "wellbeing-check"), "the client is asked their own only");

        // Nobody was agreed to yet: the line asks nobody, and the plan says why.
        let ahead = planning::others_ahead(&mut house.read().await, &house.ctx, &episode).await.unwrap();
        let why: Vec<_> = ahead.not_asked.iter().map(|(line, why)| (line.rater, *why)).collect();
        assert_eq!(why, [(Rater::Parent, NotAsked::NobodyAgreed), (Rater::Partner, NotAsked::NobodyAgreed)]);
        assert_eq!(requests(&house, &episode).await.iter().map(|one| one.by.clone()).collect::<Vec<_>>(), [By::Clinician]);

        let maria = agree(&house, &client, Relation::Parent, Language::En).await;
        let planned = requests(&house, &episode).await;
        let parent = planned.iter().find(|one| one.by == By::Collateral(maria.id.clone())).unwrap();
        assert_eq!((parent.instrument.as_str(), parent.ends_at - parent.due_at), ("psc-17", rater::LINK_LASTS));
        assert!(parent.due_at < session && due(&house, &episode).await.is_empty(), "before the session, and not yet");
        let ahead = planning::others_ahead(&mut house.read().await, &house.ctx, &episode).await.unwrap();
        assert_eq!(ahead.not_asked.iter().map(|(line, _)| line.rater).collect::<Vec<_>>(), [Rater::Partner]);
        plan(&house, &episode).await;

        house.clock.set(parent.due_at);
        plan(&house, &episode).await;
        assert_eq!(due(&house, &episode).await, [("clinician-impression".to_owned(), None), ("psc-17".to_owned(), Some(Relation::Parent))]);
        rate(&house, &client, By::Collateral(maria.id.clone()), "psc-17", "1").await;
        rate(&house, &client, By::Clinician, "clinician-impression", "1").await;
        assert!(due(&house, &episode).await.is_empty(), "answered");
        plan(&house, &episode).await;
        assert!(due(&house, &episode).await.is_empty(), "and not asked a second time");

        // The next session asks the parent again, and the clinician when two weeks are over.
        house.clock.set(session + Duration::days(2));
        book(&house, &episode, session + Duration::days(7)).await;
        house.clock.set(session + Duration::days(7) - Duration::hours(1));
        plan(&house, &episode).await;
        assert_eq!(due(&house, &episode).await, [("psc-17".to_owned(), Some(Relation::Parent))]);

        // No longer agreed to, no longer asked.
        let mut tx = house.write().await;
        rater::end(&mut tx, &house.ctx, &house.owner.staff_id, &client, &maria.id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(due(&house, &episode).await.is_empty());
        let end = Discharge { episode: episode.clone(), reason: care::episode::DischargeReason::Completed, case_to: None };
        let mut tx = house.write().await;
        episode::discharge(&mut tx, &house.ctx, &ana.staff_id, &end).await.unwrap();
        tx.commit().await.unwrap();
        assert!(requests(&house, &episode).await.is_empty(), "nobody is asked after the end");
    }

    async fn what_is_not_answered_lapses_and_what_cannot_be_read_is_not_asked(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        publish(&house, vec![of(Rater::Clinician, "clinician-impression", Rhythm::BeforeSession)]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let episode = house.episode(&client, &ana).await;
        book(&house, &episode, house.ctx.now() + Duration::hours(30)).await;
        let due_at = requests(&house, &episode).await[0].due_at;
        house.clock.set(due_at);
        assert_eq!(due(&house, &episode).await.len(), 1);
        house.clock.set(due_at + rater::LINK_LASTS);
        assert!(due(&house, &episode).await.is_empty());
        plan(&house, &episode).await;
        assert!(due(&house, &episode).await.is_empty(), "its session is over");

        let mut tx = house.write().await;
        tx.query("UPDATE assignment SET ends_at = $2 WHERE practice_id = $1").bind(&house.practice).bind(house.ctx.now()).execute().await.unwrap();
        tx.commit().await.unwrap();
        let ahead = planning::others_ahead(&mut house.read().await, &house.ctx, &episode).await.unwrap();
        assert_eq!(ahead.not_asked.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [NotAsked::NoClinician]);
    }

    async fn an_exception_asks_somebody_else_about_one_client_alone(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        publish(&house, vec![
            Line::new("wellbeing-check", Rhythm::BeforeSession),
            of(Rater::Clinician, "clinician-impression", Rhythm::Intake),
        ]).await;
        let mut courses = Vec::new();
        for name in ["Rosa Diaz", "Luis Mora"] {
            let client = house.client(&house.form(name)).await;
            let episode = house.episode(&client, &ana).await;
            agree(&house, &client, Relation::Parent, Language::En).await;
            book(&house, &episode, house.ctx.now() + Duration::hours(72)).await;
            courses.push(episode);
        }
        let except = async |what: Exception| {
            let reason = "The school asked for it.".to_owned();
            let new = NewException { episode: courses[0].clone(), what, reason, until: None };
            let mut tx = house.write().await;
            let id = protocol::except(&mut tx, &house.ctx, &ana.staff_id, &new).await?;
            tx.commit().await.unwrap();
            Ok::<_, workflows::Error>(id)
        };
        let add = |line| Exception::Add { line };
        for (line, wrong) in [
            (of(Rater::Clinician, "psc-17", Rhythm::Intake), "exception_instrument: wrong-choose"),
            (of(Rater::Parent, "psc-17", Rhythm::Discharge), "exception_rater: wrong-others-rhythm"),
        ] {
            assert_eq!(problems(except(add(line)).await.unwrap_err()), [wrong]);
        }
        let added = except(add(of(Rater::Parent, "psc-17", Rhythm::BeforeSession))).await.unwrap();
        let asked = async |episode| {
            let mut asked: Vec<_> = requests(&house, episode).await.into_iter().map(|one| one.instrument).collect();
            asked.sort();
            asked
        };
        assert_eq!(asked(&courses[0]).await, ["clinician-impression", "psc-17"]);
        assert_eq!(asked(&courses[1]).await, ["clinician-impression"], "nobody else is asked about more");
        let packets = store::packet::of_episode(&mut house.read().await, &courses[0]).await.unwrap();
        assert!(packets.iter().flat_map(|one| &one.asked).all(|one| one.id == "wellbeing-check"), "the client is not asked it");
        plan(&house, &courses[0]).await;
        let audit = format!("{:?}", house.audited("protocol.except").await);
        assert!(audit.contains("parent") && !audit.contains("school"), "ids and codes only: {audit}");

        // What is left out is left out whoever answers it, and what is taken back is not asked any more.
        except(Exception::Skip { instrument: "clinician-impression".into() }).await.unwrap();
        assert_eq!(asked(&courses[0]).await, ["psc-17"]);
        let mut tx = house.write().await;
        protocol::end_exception(&mut tx, &house.ctx, &ana.staff_id, &added).await.unwrap();
        tx.commit().await.unwrap();
        assert!(asked(&courses[0]).await.is_empty());
        assert_eq!(asked(&courses[1]).await, ["clinician-impression"]);
    }

    async fn the_outlook_counts_what_is_asked_of_others_apart(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut lines = vec![
            Line::new("wellbeing-check", Rhythm::BeforeSession),
            of(Rater::Clinician, "clinician-impression", Rhythm::BeforeSession),
            of(Rater::Parent, "psc-17", Rhythm::EveryWeeks(2)),
        ];
        publish(&house, lines.clone()).await;
        for (name, is_agreed) in [("Rosa Diaz", true), ("Luis Mora", false)] {
            let client = house.client(&house.form(name)).await;
            let episode = house.episode(&client, &ana).await;
            if is_agreed {
                agree(&house, &client, Relation::Parent, Language::En).await;
            }
            for week in 0..4 {
                book(&house, &episode, house.ctx.now() + Duration::hours(72) + Duration::weeks(week)).await;
            }
        }
        let sum = |weeks: &Vec<u32>| weeks.iter().sum::<u32>();
        let clinician = ("clinician-impression".to_owned(), Rater::Clinician);
        let parent = ("psc-17".to_owned(), Rater::Caregiver);
        let now = outlook(&mut house.read().await, &house.ctx, None).await.unwrap();
        assert_eq!(sum(&now.check_ins), 8);
        assert_eq!(now.instruments.keys().collect::<Vec<_>>(), ["wellbeing-check"]);
        assert_eq!(now.of_others.keys().collect::<Vec<_>>(), [&clinician, &parent]);
        assert_eq!(now.of_others[&clinician], [2, 2, 2, 2, 0, 0, 0, 0]);
        assert_eq!(now.not_asked, 1, "nobody close to one of the clients was agreed to");

        // A draft changes what others are asked as it changes the check-ins; from its day on where it has one.
        lines[1].rhythm = Rhythm::BeforeEvery(Turn { every: 2, from: 1 });
        lines[2].rhythm = Rhythm::EveryWeeks(4);
        let before = store::protocol::default(&mut house.read().await).await.unwrap().unwrap();
        let drafted = async |in_force_from| {
            let draft = Protocol { lines: lines.clone(), in_force_from, ..before.clone() };
            outlook(&mut house.read().await, &house.ctx, Some(&draft)).await.unwrap()
        };
        let then = drafted(None).await;
        assert_eq!((sum(&then.check_ins), &then.of_others[&clinician]), (8, &vec![2, 0, 2, 0, 0, 0, 0, 0]));
        assert!(sum(&then.of_others[&parent]) < sum(&now.of_others[&parent]), "{:?} {:?}", then.of_others, now.of_others);
        let later = drafted(Some((house.ctx.now() + Duration::days(7)).date_naive())).await;
        assert_eq!(later.of_others[&clinician], [2, 0, 2, 0, 0, 0, 0, 0]);
    }

    async fn a_line_for_others_must_be_one_that_they_can_answer(db: TestDb) {
        let house = House::new(db).await;
        let mut tx = house.write().await;
        let lines = vec![
            of(Rater::Clinician, "psc-17", Rhythm::Intake),
            of(Rater::Client, "clinician-impression", Rhythm::Intake),
            of(Rater::Parent, "psc-17", Rhythm::Discharge),
            Line { stop: Some(Stop::AtRemission), ..of(Rater::Caregiver, "psc-17", Rhythm::BeforeSession) },
            of(Rater::Client, "psc-17", Rhythm::BeforeSession),
        ];
        let refused = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft(lines)).await.unwrap_err();
        assert_eq!(problems(refused), [
            "lines.0.instrument: wrong-choose",
            "lines.1.instrument: wrong-choose",
            "lines.2.rater: wrong-others-rhythm",
            "lines.3.rater: wrong-others-rhythm",
        ]);
    }
}
