//! A protocol version that is published ahead of its day.

use crate::house::{House, problems};
use care::access::Viewer;
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::staff::{Actor, Role};
use care::{EpisodeId, Instant, ProtocolId};
use chrono::{Duration, NaiveDate};
use store::testing::both_databases;
use workflows::appointment::{self, NewAppointment};
use workflows::episode::{self, Start};
use workflows::planning::outlook;
use workflows::protocol::{self, Draft};
use workflows::{Error, packet};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn draft(instrument: &str, in_force_from: Option<NaiveDate>) -> Draft {
    let lines = vec![Line::new(instrument, Rhythm::BeforeSession)];
    Draft { name: "Standard".into(), lines, budget: None, in_force_from }
}

async fn publish(house: &House, draft: &Draft) -> Result<Protocol, Error> {
    let mut tx = house.write().await;
    let published = protocol::publish(&mut tx, &house.ctx, &house.owner, draft).await?;
    tx.commit().await.unwrap();
    Ok(published)
}

async fn begin(house: &House, name: &str, protocol: Option<ProtocolId>) -> Result<(EpisodeId, ProtocolId), Error> {
    let client = house.client(&house.form(name)).await;
    let mut tx = house.write().await;
    let start = Start { protocol, ..Start::of(client) };
    let begun = episode::start(&mut tx, &house.ctx, &Actor::System, &start).await?;
    tx.commit().await.unwrap();
    Ok((begun.id, begun.protocol_id))
}

async fn book(house: &House, with: &Viewer, episode: &EpisodeId, starts_at: Instant) {
    let ends_at = starts_at + Duration::minutes(50);
    let clinician = Some(with.staff_id.clone());
    let new = NewAppointment { episode: episode.clone(), clinician, site: None, starts_at, ends_at };
    let mut tx = house.write().await;
    appointment::make(&mut tx, &house.ctx, &Actor::System, &new).await.unwrap();
    tx.commit().await.unwrap();
}

async fn under(house: &House, episode: &EpisodeId) -> ProtocolId {
    let mut tx = house.write().await;
    packet::replan(&mut tx, &house.ctx, episode).await.unwrap();
    tx.commit().await.unwrap();
    store::episode::find(&mut house.read().await, episode).await.unwrap().unwrap().protocol_id
}

both_databases! {
    async fn a_version_waits_for_its_day_and_can_be_withdrawn_before_it(db: TestDb) {
        let house = House::new(db).await;
        for (from, wrong) in [("2026-03-08", "wrong-past"), ("2027-03-11", "wrong-too-far")] {
            let refused = publish(&house, &draft("phq-9", Some(day(from)))).await.unwrap_err();
            assert_eq!(problems(refused), [format!("in_force_from: {wrong}")]);
        }
        let today = publish(&house, &draft("phq-9", Some(day("2026-03-09")))).await.unwrap();
        assert_eq!((today.version, today.state, today.in_force_from), (2, ProtocolState::Current, None), "today is at once");
        let ahead = publish(&house, &draft("gad-7", Some(day("2026-03-16")))).await.unwrap();
        assert_eq!((ahead.version, ahead.state, ahead.in_force_from), (3, ProtocolState::Scheduled, Some(day("2026-03-16"))));
        assert_eq!(store::protocol::default(&mut house.read().await).await.unwrap(), Some(today.clone()));
        assert_eq!(begin(&house, "Rosa Diaz", None).await.unwrap().1, today.id);

        // Until then nothing takes it, and nothing else is published beside it.
        assert_eq!(problems(begin(&house, "Luis Mora", Some(ahead.id.clone())).await.unwrap_err()), ["protocol: wrong-choose"]);
        for from in [None, Some(day("2026-03-20"))] {
            assert_eq!(problems(publish(&house, &draft("phq-9", from)).await.unwrap_err()), ["in_force_from: wrong-scheduled"]);
        }
        let (ctx, owner) = (&house.ctx, &house.owner);
        let mut tx = house.write().await;
        assert_eq!(problems(protocol::retire(&mut tx, ctx, owner, &today.id).await.unwrap_err()), ["protocol: wrong-scheduled"]);
        assert_eq!(problems(protocol::apply(&mut tx, ctx, owner, &ahead.id, "Now.", 9).await.unwrap_err()), ["protocol: wrong-choose"]);
        assert!(matches!(protocol::make_default(&mut tx, ctx, owner, &ahead.id).await, Err(Error::Conflict)));
        drop(tx);

        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let withdraw = async |by: &Viewer, id: &ProtocolId| {
            let mut tx = house.write().await;
            protocol::withdraw(&mut tx, ctx, by, id).await?;
            tx.commit().await.unwrap();
            Ok::<(), Error>(())
        };
        assert!(matches!(withdraw(&ana, &ahead.id).await, Err(Error::Forbidden)));
        withdraw(owner, &ahead.id).await.unwrap();
        assert_eq!(problems(withdraw(owner, &ahead.id).await.unwrap_err()), ["protocol: wrong-begun"]);
        house.clock.set(at("2026-03-16T18:00:00Z"));
        assert_eq!(begin(&house, "Luis Mora", None).await.unwrap().1, today.id, "what was withdrawn never comes");

        // Its number is not given again, and what has begun is not withdrawn.
        let next = publish(&house, &draft("gad-7", Some(day("2026-03-17")))).await.unwrap();
        assert_eq!(next.version, 4);
        house.clock.set(at("2026-03-17T18:00:00Z"));
        assert_eq!(problems(withdraw(owner, &next.id).await.unwrap_err()), ["protocol: wrong-begun"]);
        for (action, count) in [("protocol.withdraw", 1), ("protocol.begin", 0)] {
            assert_eq!(house.audited(action).await.len(), count, "{action}");
        }
    }

    async fn it_is_in_force_from_the_first_instant_of_the_practices_day(db: TestDb) {
        let house = House::new(db).await;
        let before = store::protocol::default(&mut house.read().await).await.unwrap().unwrap();
        let young = Draft { name: "Adolescents".into(), ..draft("gad-7", Some(day("2026-03-16"))) };
        let young = publish(&house, &young).await.unwrap();
        let next = publish(&house, &draft("phq-9", Some(day("2026-03-16")))).await.unwrap();
        house.clock.set(at("2026-03-16T06:59:59.999999Z"));
        assert_eq!(begin(&house, "Rosa Diaz", None).await.unwrap().1, before.id);
        assert_eq!(problems(begin(&house, "Ines Vega", Some(young.id.clone())).await.unwrap_err()), ["protocol: wrong-choose"]);

        // No job has run: whoever asks first after midnight finds it in force, with a form from before it as well.
        house.clock.set(at("2026-03-16T07:00:00Z"));
        assert_eq!(begin(&house, "Luis Mora", Some(before.id.clone())).await.unwrap().1, next.id);
        assert_eq!(begin(&house, "Nora Lind", None).await.unwrap().1, next.id, "it is the default in the place of the one before");
        assert_eq!(begin(&house, "Otis Park", Some(young.id)).await.unwrap().1.as_str(), store::protocol::current(&mut house.read().await).await.unwrap()[0].id.as_str());
        let mut tx = house.write().await;
        assert_eq!(protocol::begin_due(&mut tx, &house.ctx).await.unwrap(), 0);
        let states: Vec<_> = store::protocol::list(&mut tx).await.unwrap().into_iter().map(|one| (one.name, one.version, one.state)).collect();
        assert_eq!(states, [
            ("Adolescents".to_owned(), 1, ProtocolState::Current),
            ("Standard".to_owned(), 2, ProtocolState::Current),
            ("Standard".to_owned(), 1, ProtocolState::Retired),
        ]);
        drop(tx);
        assert_eq!(house.audited("protocol.begin").await.len(), 2);

        // The day is the practice's, wherever the practice is by then.
        let last = publish(&house, &draft("gad-7", Some(day("2026-03-17")))).await.unwrap();
        let mut tx = house.write().await;
        tx.query("UPDATE practice SET zone = 'Asia/Tokyo' WHERE id = $1").bind(&house.practice).execute().await.unwrap();
        tx.commit().await.unwrap();
        house.clock.set(at("2026-03-16T14:59:59Z"));
        assert_eq!(begin(&house, "Pia Roth", None).await.unwrap().1, next.id);
        house.clock.set(at("2026-03-16T15:00:00Z"));
        assert_eq!(begin(&house, "Sol Reyes", None).await.unwrap().1, last.id);
    }

    async fn running_courses_move_at_their_first_session_from_that_day_on(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let (early, first) = begin(&house, "Rosa Diaz", None).await.unwrap();
        book(&house, &ana, &early, at("2026-03-11T22:00:00Z")).await;
        book(&house, &ana, &early, at("2026-03-16T15:00:00Z")).await;
        let next = publish(&house, &draft("gad-7", Some(day("2026-03-16")))).await.unwrap();
        let announce = async |reason: &str| {
            let mut tx = house.write().await;
            let count = protocol::announce(&mut tx, &house.ctx, &house.owner, &next.id, reason).await?;
            tx.commit().await.unwrap();
            Ok::<usize, Error>(count)
        };
        assert_eq!(problems(announce(" ").await.unwrap_err()), ["begin_reason: wrong-required"]);
        let reason = "Shorter check-ins from the middle of March on.";
        assert_eq!(announce(reason).await.unwrap(), 1);
        let decided_at = house.ctx.now();

        // A session before the day moves nobody; who begins meanwhile begins under the version before.
        house.clock.set(at("2026-03-12T18:00:00Z"));
        assert_eq!(under(&house, &early).await, first);
        let (late, version) = begin(&house, "Luis Mora", None).await.unwrap();
        assert_eq!(version, first);
        book(&house, &ana, &late, at("2026-03-17T15:00:00Z")).await;

        house.clock.set(at("2026-03-16T07:00:00Z"));
        let mut tx = house.write().await;
        assert_eq!(protocol::begin_due(&mut tx, &house.ctx).await.unwrap(), 1);
        tx.commit().await.unwrap();
        for episode in [&early, &late] {
            assert_eq!(under(&house, episode).await, first, "its session is still to come");
            let moves = store::protocol_exception::moves_of_episode(&mut house.read().await, episode).await.unwrap();
            assert_eq!(moves.len(), 1);
            let found = (moves[0].reason.text(), moves[0].decided_at, &moves[0].decided_by, moves[0].applied_at);
            assert_eq!(found, (reason, decided_at, &house.owner.staff_id, None));
        }
        house.clock.set(at("2026-03-16T16:00:00Z"));
        assert_eq!((under(&house, &early).await, under(&house, &late).await), (next.id.clone(), first));
        house.clock.set(at("2026-03-17T16:00:00Z"));
        assert_eq!(under(&house, &late).await, next.id);
        let audit = format!("{:?}", house.audited("protocol.announce").await);
        assert!(!audit.contains("Shorter"), "the audit has no free text: {audit}");
    }

    async fn what_it_would_ask_is_counted_from_its_day_on(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut now = draft("wellbeing-check", None);
        now.lines.push(Line::new("phq-9", Rhythm::EveryWeeks(1)));
        publish(&house, &now).await.unwrap();
        let (episode, _) = begin(&house, "Rosa Diaz", None).await.unwrap();
        for week in 0..6 {
            book(&house, &ana, &episode, at("2026-03-11T22:00:00Z") + Duration::weeks(week)).await;
        }
        let mut lines = draft("gad-7", None).lines;
        lines.push(Line::new("phq-9", Rhythm::EveryWeeks(4)));
        let before = store::protocol::default(&mut house.read().await).await.unwrap().unwrap();
        let counts = async |in_force_from| {
            let draft = Protocol { lines: lines.clone(), in_force_from, ..before.clone() };
            let found = outlook(&mut house.read().await, &house.ctx, Some(&draft)).await.unwrap();
            let sum = |id: &str| found.instruments.get(id).map_or(0, |weeks| weeks.iter().sum::<u32>());
            assert_eq!(found.episodes, 1);
            ["wellbeing-check", "gad-7", "phq-9"].map(sum)
        };
        assert_eq!(counts(None).await, [0, 6, 2], "as if they had moved today");
        // Two sessions before the day, four after it; the PHQ-9 comes four weeks after it was asked the last time before.
        assert_eq!(counts(Some(day("2026-03-20"))).await, [2, 4, 3]);
    }

    async fn announced_moves_are_counted_from_their_sessions_on(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        publish(&house, &draft("wellbeing-check", None)).await.unwrap();
        let (episode, _) = begin(&house, "Rosa Diaz", None).await.unwrap();
        for week in 0..6 {
            book(&house, &ana, &episode, at("2026-03-11T22:00:00Z") + Duration::weeks(week)).await;
        }
        let counts = async || {
            let found = outlook(&mut house.read().await, &house.ctx, None).await.unwrap();
            let sum = |id: &str| found.instruments.get(id).map_or(0, |weeks| weeks.iter().sum::<u32>());
            (["wellbeing-check", "gad-7", "phq-9"].map(sum), found.moving)
        };
        let announce = async |id: &ProtocolId| {
            let mut tx = house.write().await;
            protocol::announce(&mut tx, &house.ctx, &house.owner, id, "Shorter.").await.unwrap();
            tx.commit().await.unwrap();
        };
        let soon = publish(&house, &draft("gad-7", None)).await.unwrap();
        assert_eq!(counts().await, ([6, 0, 0], 0), "nobody moves unless that was decided");
        announce(&soon.id).await;
        assert_eq!(counts().await, ([1, 5, 0], 1), "the next session moves");
        let later = publish(&house, &draft("phq-9", Some(day("2026-03-20")))).await.unwrap();
        assert_eq!(counts().await, ([1, 5, 0], 1));
        announce(&later.id).await;
        // It begins between two sessions: the check-in before the first session from then on is the last of the version before.
        assert_eq!(counts().await, ([1, 2, 3], 1));
        let draft = Protocol { in_force_from: Some(day("2026-04-03")), ..later.clone() };
        let found = outlook(&mut house.read().await, &house.ctx, Some(&Protocol { lines: vec![Line::new("phq-2", Rhythm::BeforeSession)], ..draft })).await.unwrap();
        assert_eq!(found.instruments.keys().collect::<Vec<_>>(), ["gad-7", "phq-2", "phq-9", "wellbeing-check"], "and a draft after them");

        // What was announced comes about as it was counted.
        house.clock.set(at("2026-03-25T23:00:00Z"));
        let mut tx = house.write().await;
        assert_eq!(protocol::begin_due(&mut tx, &house.ctx).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(under(&house, &episode).await, later.id);
    }
}
