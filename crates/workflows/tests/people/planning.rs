//! Many courses planned together: the same rows as one by one, and few statements however many they are.

use crate::house::House;
use care::access::Viewer;
use care::appointment::{Appointment, AppointmentState};
use care::client::{ConsentState, Purpose};
use care::episode::DischargeReason;
use care::message::Channel;
use care::placement::{EntryKind, Placement};
use care::practice::AppointmentReminders;
use care::protocol::{Conditions, Exception, Line, Rhythm};
use care::staff::{Actor, Role};
use care::{ClientId, EpisodeId, Phi, PlacementId};
use chrono::Duration;
use std::collections::{BTreeMap, BTreeSet};
use store::testing::both_databases;
use store::{Read, Tx};
use workflows::appointment::{self, NewAppointment};
use workflows::episode::{self, Discharge};
use workflows::planning::{behind, replan};
use workflows::protocol::{self, Draft, NewException};
use workflows::{client, packet, placement};

async fn book(house: &House, episode: &EpisodeId, hours: i64) -> Appointment {
    let starts_at = house.ctx.now() + Duration::hours(hours);
    let ends_at = starts_at + Duration::minutes(50);
    let new = NewAppointment { episode: episode.clone(), clinician: None, site: None, starts_at, ends_at };
    let mut tx = house.write().await;
    let made = appointment::make(&mut tx, &house.ctx, &Actor::System, &new).await.unwrap();
    tx.commit().await.unwrap();
    made
}

/// A course of a client with a number of their own, who agreed to everything.
async fn course(house: &House, ana: &Viewer, number: usize) -> (ClientId, EpisodeId) {
    let mut form = house.form(&format!("Client {number}"));
    form.phone = Phi::new(format!("415 555 20{number:02}"));
    let id = house.client(&form).await;
    for purpose in [Purpose::CheckIn, Purpose::Appointment] {
        let decision = client::Decision {
            channel: Channel::Sms,
            purpose,
            state: ConsentState::Given,
            wording_version: "2026-01".into(),
            source: care::client::ConsentSource::Staff,
        };
        let mut tx = house.write().await;
        client::decide(&mut tx, &house.ctx, Some(&house.owner.staff_id), &id, &decision).await.unwrap();
        tx.commit().await.unwrap();
    }
    let episode = house.episode(&id, ana).await;
    (id, episode)
}

/// Moves an appointment, or gives it another state, behind the planner's back.
async fn behind_the_back(house: &House, id: &care::AppointmentId, hours: i64, state: AppointmentState) {
    let mut tx = house.write().await;
    let starts_at = house.ctx.now() + Duration::hours(hours);
    tx.query("UPDATE appointment SET starts_at = $3, ends_at = $4, state = $5 WHERE practice_id = $1 AND id = $2")
        .bind(&house.practice)
        .bind(id)
        .bind(starts_at)
        .bind(starts_at + Duration::minutes(50))
        .bind(state)
        .execute()
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Every row that planning writes, by words that are the same whatever ids were given.
async fn written(read: &mut Read, courses: &[(ClientId, EpisodeId)]) -> Vec<String> {
    let practice = read.practice().clone();
    let mut rows = Vec::new();
    for (client, episode) in courses {
        let course = store::episode::find(read, episode).await.unwrap().unwrap();
        rows.push(format!("{episode} under {}", course.protocol_id));
        let packets = store::packet::of_episode(read, episode).await.unwrap();
        let slots: BTreeMap<_, _> = packets.iter().map(|one| (one.id.as_str(), one.slot.as_str())).collect();
        for one in &packets {
            rows.push(format!(
                "{episode} {} {} {:?} {} {} {} {:?}",
                one.slot, one.occasion, one.asked, one.state, one.send_at, one.expires_at, one.appointment_id
            ));
        }
        for one in store::message::of_client(read, client).await.unwrap() {
            let mut key = one.unique_key.clone();
            for (id, slot) in &slots {
                key = key.replace(id, slot);
            }
            rows.push(format!(
                "{key} {} {} {:?} {:?} {:?}",
                one.state, one.due_at, one.cancel_reason, one.instead, one.code
            ));
        }
        for one in store::outreach::of_episodes(read, std::slice::from_ref(episode)).await.unwrap() {
            rows.push(format!(
                "outreach {episode} {} {} {} {:?}",
                one.appointment_id, one.owner_id, one.due_at, one.outcome
            ));
        }
        if let Some(case) = store::case::open_of_episode(read, episode).await.unwrap() {
            let due: Vec<_> =
                store::case::reasons(read, &case.id).await.unwrap().iter().map(|one| one.due_at).collect();
            rows.push(format!("case {episode} {} {due:?} {}", case.due_at, case.revision));
        }
        let waiting = store::protocol_exception::waiting(read, std::slice::from_ref(episode)).await.unwrap();
        rows.push(format!("{episode} waits: {}", waiting.len()));
    }
    let jobs: Vec<(store::Json<serde_json::Value>, chrono::DateTime<chrono::Utc>)> =
        read.query("SELECT payload, run_at FROM job WHERE practice_id = $1").bind(&practice).all().await.unwrap();
    // Of many jobs for one instant one is enough.
    let jobs: BTreeSet<String> = jobs.into_iter().map(|(payload, at)| format!("{} {at}", payload.0)).collect();
    rows.extend(jobs);
    rows.sort();
    rows
}

/// Courses in every situation that planning knows, each behind its calendar or protocol, but for one that is in order.
async fn a_mix(house: &House) -> Vec<(ClientId, EpisodeId)> {
    let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
    let mut tx = house.write().await;
    let mut practice = store::practice::get(&mut tx).await.unwrap();
    practice.settings.appointment_reminders = AppointmentReminders::On;
    store::practice::update(&mut tx, &practice).await.unwrap();
    tx.commit().await.unwrap();
    let mut courses = Vec::new();
    for number in 0..9 {
        courses.push(course(house, &ana, number).await);
    }
    let id = |number: usize| courses[number].1.clone();
    // In order.
    book(house, &id(0), 50).await;
    // Moved, called off, and moved with a case open.
    let moved = book(house, &id(1), 60).await;
    let off = book(house, &id(2), 70).await;
    let with_case = book(house, &id(3), 80).await;
    house.danger(&id(3)).await;
    // Asked differently.
    let except = NewException {
        episode: id(4),
        what: Exception::Skip { instrument: "wellbeing-check".into() },
        reason: "asked at school".into(),
        until: None,
    };
    let mut tx = house.write().await;
    protocol::except(&mut tx, &house.ctx, &ana.staff_id, &except).await.unwrap();
    tx.commit().await.unwrap();
    let differently = book(house, &id(4), 90).await;
    // Ended, with a session that somebody put back into the calendar.
    let ended = book(house, &id(5), 100).await;
    let end = Discharge { episode: id(5), reason: DischargeReason::Completed, case_to: None };
    let mut tx = house.write().await;
    episode::discharge(&mut tx, &house.ctx, &ana.staff_id, &end).await.unwrap();
    tx.commit().await.unwrap();
    // Did not come twice.
    let missed = [book(house, &id(6), 30).await, book(house, &id(6), 54).await];
    // Moves to another version, whose session has passed by then.
    let session = book(house, &id(7), 30).await;
    // Nothing arrives at the number.
    let unreachable = book(house, &id(8), 120).await;
    let lines = vec![Line::new("phq-9", Rhythm::BeforeSession), Line::new("gad-7", Rhythm::EveryWeeks(1))];
    let draft = Draft { name: "Standard".into(), lines, budget: None, in_force_from: None };
    let mut tx = house.write().await;
    let next = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft).await.unwrap();
    protocol::announce(&mut tx, &house.ctx, &house.owner, &next.id, "less to answer").await.unwrap();
    // The others stay where they are.
    let others: Vec<&EpisodeId> = courses.iter().map(|one| &one.1).filter(|one| **one != courses[7].1).collect();
    tx.query("DELETE FROM protocol_change WHERE practice_id = $1 AND episode_id IN ($each)")
        .bind(&house.practice)
        .bind_each(others)
        .execute()
        .await
        .unwrap();
    tx.commit().await.unwrap();
    house.clock.advance(Duration::hours(3));
    behind_the_back(house, &moved.id, 200, AppointmentState::Scheduled).await;
    behind_the_back(house, &off.id, 70, AppointmentState::Cancelled).await;
    behind_the_back(house, &with_case.id, 7, AppointmentState::Scheduled).await;
    behind_the_back(house, &differently.id, 30, AppointmentState::Scheduled).await;
    behind_the_back(house, &ended.id, 40, AppointmentState::Scheduled).await;
    behind_the_back(house, &missed[0].id, -2, AppointmentState::NoShow).await;
    behind_the_back(house, &missed[1].id, -1, AppointmentState::NoShow).await;
    behind_the_back(house, &session.id, -1, AppointmentState::Attended).await;
    behind_the_back(house, &unreachable.id, 50, AppointmentState::Scheduled).await;
    let mut tx = house.write().await;
    let reason = care::message::UnusableReason::Landline;
    store::unusable_contact::add(&mut tx, Channel::Sms, "+14155552008", reason, None, house.ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
    courses
}

/// What the check-ins of a course ask, each instrument once.
async fn asked(house: &House, episode: &EpisodeId) -> BTreeSet<String> {
    let packets = store::packet::of_episode(&mut house.read().await, episode).await.unwrap();
    packets.into_iter().flat_map(|packet| packet.asked).map(|one| one.id).collect()
}

fn only(instrument: &str, conditions: Conditions) -> Line {
    Line { conditions, ..Line::new(instrument, Rhythm::BeforeSession) }
}

async fn one_by_one(tx: &mut Tx, house: &House, courses: &[EpisodeId]) {
    for episode in courses {
        packet::replan(tx, &house.ctx, episode).await.unwrap();
    }
}

both_databases! {
    async fn a_page_of_courses_is_planned_as_each_would_be_alone(db: TestDb) {
        let house = House::new(db).await;
        let courses = a_mix(&house).await;
        let ids: Vec<EpisodeId> = courses.iter().map(|one| one.1.clone()).collect();
        let before = written(&mut house.read().await, &courses).await;

        let mut tx = house.write().await;
        one_by_one(&mut tx, &house, &ids).await;
        let alone = written(&mut tx, &courses).await;
        // None of it happened.
        drop(tx);
        assert_eq!(written(&mut house.read().await, &courses).await, before);
        let found = behind(&mut house.read().await, &house.ctx, &ids).await.unwrap();
        for number in [1, 2, 3, 4, 6, 7, 8] {
            assert!(found.contains(&ids[number]), "course {number} is behind: {found:?}");
        }
        assert!(!found.contains(&ids[0]), "that one is in order");

        let mut tx = house.write().await;
        replan(&mut tx, &house.ctx, &found).await.unwrap();
        let together = written(&mut tx, &courses).await;
        tx.commit().await.unwrap();
        assert_eq!(together, alone, "what was not found behind needed nothing, and the rest is as it would be alone");
        for sign in ["outreach", "case", "withdrawn", "cancelled"] {
            assert!(together.iter().any(|row| row.contains(sign) && !before.contains(row)), "{sign} was to be seen to");
        }
        assert_eq!(house.audited("episode.set_protocol").await.len(), 1);

        // Neither one by one nor together does anything a second time.
        assert_eq!(behind(&mut house.read().await, &house.ctx, &ids).await.unwrap(), [] as [EpisodeId; 0]);
        let mut tx = house.write().await;
        replan(&mut tx, &house.ctx, &ids).await.unwrap();
        one_by_one(&mut tx, &house, &ids).await;
        assert_eq!(written(&mut tx, &courses).await, together);
    }

    async fn many_courses_take_as_many_statements_as_few(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut ids = Vec::new();
        for number in 0..12 {
            ids.push(course(&house, &ana, number).await.1);
        }
        for (number, id) in ids.iter().enumerate() {
            let appointment = book(&house, id, 200).await;
            behind_the_back(&house, &appointment.id, 300 + i64::try_from(number).unwrap(), AppointmentState::Scheduled).await;
        }
        let mut cost = Vec::new();
        for (some, is_done) in [(&ids[..2], false), (&ids[2..], false), (&ids[..], true)] {
            let before = house.db.statements();
            let found = behind(&mut house.read().await, &house.ctx, some).await.unwrap();
            assert_eq!(found.is_empty(), is_done);
            let looked = house.db.statements() - before;
            let mut tx = house.write().await;
            replan(&mut tx, &house.ctx, &found).await.unwrap();
            tx.commit().await.unwrap();
            cost.push((looked, house.db.statements() - before - looked));
        }
        assert_eq!(cost[0], cost[1], "two courses and ten");
        assert_eq!(cost[2].1, 0, "nothing to do");
        assert!(cost[1].0 <= 16 && cost[1].1 <= 32, "{cost:?}");
    }
    async fn a_line_reaches_the_programme_the_problem_and_the_consent_it_is_for(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut tx = house.write().await;
        let teens = placement::add(&mut tx, &house.ctx, &house.owner, EntryKind::Programme, "Adolescents").await.unwrap();
        let panic = placement::add(&mut tx, &house.ctx, &house.owner, EntryKind::Problem, "Panic").await.unwrap();
        let of_programme = |id: PlacementId| Conditions { programmes: vec![id], ..Conditions::default() };
        let lines = vec![
            Line::new("wellbeing-check", Rhythm::BeforeSession),
            only("gad-7", of_programme(teens.clone())),
            only("phq-9", Conditions { problems: vec![panic.clone()], ..Conditions::default() }),
            only("phq-2", Conditions { consented: vec![Channel::Email], ..Conditions::default() }),
        ];
        let draft = Draft { name: "Standard".into(), lines, budget: None, in_force_from: None };
        protocol::publish(&mut tx, &house.ctx, &house.owner, &draft).await.unwrap();
        // A problem is no programme.
        let wrong = Draft { name: "Standard".into(), lines: vec![only("gad-7", of_programme(panic.clone()))], budget: None, in_force_from: None };
        let refused = protocol::publish(&mut tx, &house.ctx, &house.owner, &wrong).await.unwrap_err();
        let workflows::Error::Invalid(problems) = refused else { panic!("{refused:?}") };
        assert_eq!(problems.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(), ["lines.0.programme"]);
        tx.commit().await.unwrap();

        let mut form = house.form("Client 1");
        form.email = Phi::new("client-1@example.org".to_owned());
        let id = house.client(&form).await;
        let episode = house.episode(&id, &ana).await;
        book(&house, &episode, 50).await;
        let expect = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(asked(&house, &episode).await, expect(&["wellbeing-check"]));

        let mut tx = house.write().await;
        let to = Placement { programme_id: Some(teens), problem_id: Some(panic), ..Placement::default() };
        placement::place(&mut tx, &house.ctx, &Actor::System, &episode, &to).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(asked(&house, &episode).await, expect(&["gad-7", "phq-9", "wellbeing-check"]));

        let mut tx = house.write().await;
        let decision = client::Decision {
            channel: Channel::Email,
            purpose: Purpose::CheckIn,
            state: ConsentState::Given,
            wording_version: "2026-01".into(),
            source: care::client::ConsentSource::Staff,
        };
        client::decide(&mut tx, &house.ctx, None, &id, &decision).await.unwrap();
        tx.commit().await.unwrap();
        let only = std::slice::from_ref(&episode);
        assert_eq!(behind(&mut house.read().await, &house.ctx, only).await.unwrap(), only, "the nightly plan finds it");
        let mut tx = house.write().await;
        replan(&mut tx, &house.ctx, only).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(asked(&house, &episode).await, expect(&["gad-7", "phq-2", "phq-9", "wellbeing-check"]));
    }
}
