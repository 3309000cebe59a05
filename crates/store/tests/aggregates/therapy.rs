//! Protocols, episodes, assignments and supervisions.

use crate::fixture::*;
use care::episode::{DischargeReason, EpisodeState};
use care::protocol::ProtocolState;
use care::staff::Supervision;
use care::{ProtocolId, SupervisionId};
use store::testing::both_databases;
use store::{Error, assignment as assignments, episode as episodes, protocol as protocols, supervision};

fn edge(id: &str, supervisor: &str, clinician: &str, from: &str, until: Option<&str>) -> Supervision {
    Supervision {
        id: SupervisionId::from_text(id),
        supervisor_id: staff_id(supervisor),
        clinician_id: staff_id(clinician),
        starts_on: day(from),
        ends_on: until.map(day),
    }
}

both_databases! {
    async fn a_protocol_version_is_published_once_and_retired_once(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let (one, two) = (protocol("p1", 1), protocol("p2", 2));
        assert!(protocols::insert(&mut tx, &one).await.unwrap());
        assert!(!protocols::insert(&mut tx, &protocol("p1b", 1)).await.unwrap(), "somebody published version 1 already");
        assert!(protocols::insert(&mut tx, &two).await.unwrap());
        assert_eq!(protocols::find(&mut tx, &one.id).await.unwrap(), Some(one.clone()));
        assert!(protocols::retire(&mut tx, &one.id).await.unwrap());
        assert!(!protocols::retire(&mut tx, &one.id).await.unwrap());
        assert_eq!(protocols::current(&mut tx).await.unwrap(), std::slice::from_ref(&two));
        let all = protocols::list(&mut tx).await.unwrap();
        assert_eq!(all, [two, care::protocol::Protocol { state: ProtocolState::Retired, ..one }]);
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(protocols::list(&mut bayside).await.unwrap().is_empty());
        assert_eq!(protocols::find(&mut bayside, &ProtocolId::from_text("p1")).await.unwrap(), None);
    }

    async fn a_version_published_ahead_begins_once_or_is_withdrawn(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let practice = tx.practice().clone();
        let ahead = |id: &str, version| care::protocol::Protocol {
            state: ProtocolState::Scheduled,
            in_force_from: Some(day("2026-03-16")),
            ..protocol(id, version)
        };
        let (one, two) = (protocol("p1", 1), ahead("p2", 2));
        assert!(protocols::insert(&mut tx, &one).await.unwrap());
        assert!(protocols::insert(&mut tx, &two).await.unwrap());
        assert!(!protocols::insert(&mut tx, &ahead("p3", 3)).await.unwrap(), "one at a time waits under a name");
        assert_eq!(protocols::current(&mut tx).await.unwrap(), std::slice::from_ref(&one));
        assert_eq!(protocols::scheduled(&mut tx).await.unwrap(), std::slice::from_ref(&two));
        let planned = protocols::PlannedMove {
            protocol_id: two.id.clone(),
            reason: care::Phi::new("Less to answer.".into()),
            decided_at: now(),
            decided_by: staff_id("ana"),
        };
        assert!(!protocols::plan_move(&mut tx, &protocols::PlannedMove { protocol_id: one.id.clone(), ..planned.clone() }).await.unwrap());
        assert!(protocols::plan_move(&mut tx, &planned).await.unwrap());
        let kept: Vec<u8> = tx.query("SELECT move_reason_sealed FROM protocol WHERE practice_id = $1 AND id = 'p2'").bind(&practice).scalar().await.unwrap();
        assert!(!String::from_utf8_lossy(&kept).contains("Less"), "it is sealed");
        let found = protocols::planned_moves(&mut tx, &[one.id.clone(), two.id.clone()]).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].reason.text(), found[0].decided_at, &found[0].decided_by), ("Less to answer.", now(), &staff_id("ana")));
        tx.commit().await.unwrap();

        let mut all = db.read_all().await.unwrap();
        assert!(protocols::practices_due(&mut all, day("2026-03-15")).await.unwrap().is_empty());
        assert_eq!(protocols::practices_due(&mut all, day("2026-03-16")).await.unwrap().len(), 1);
        drop(all);
        let mut tx = write(&db).await;
        assert!(protocols::begin(&mut tx, &two.id).await.unwrap());
        assert!(!protocols::begin(&mut tx, &two.id).await.unwrap());
        assert!(!protocols::withdraw(&mut tx, &two.id).await.unwrap(), "it is in force");
        protocols::fill_default(&mut tx, &two.id).await.unwrap();
        assert_eq!(protocols::default(&mut tx).await.unwrap().map(|one| one.id), Some(one.id.clone()), "the default stays while there is one");
        assert!(protocols::retire(&mut tx, &one.id).await.unwrap());
        protocols::fill_default(&mut tx, &two.id).await.unwrap();
        let default: bool = tx.query("SELECT is_default FROM protocol WHERE practice_id = $1 AND id = 'p2'").bind(&practice).scalar().await.unwrap();
        assert!(default);
        assert!(protocols::insert(&mut tx, &ahead("p3", 3)).await.unwrap());
        assert!(protocols::withdraw(&mut tx, &ProtocolId::from_text("p3")).await.unwrap());
        assert!(!protocols::begin(&mut tx, &ProtocolId::from_text("p3")).await.unwrap());
        assert!(protocols::scheduled(&mut tx).await.unwrap().is_empty());
    }

    async fn a_client_is_in_one_episode_at_a_time(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        let (e1, c1) = (episode_id("e1"), client_id("c1"));
        assert_eq!(episodes::find(&mut tx, &e1).await.unwrap(), Some(episode("e1", "c1")));
        assert!(!episodes::insert(&mut tx, &episode("e2", "c1")).await.unwrap());
        let ended = episodes::discharge(&mut tx, &e1, DischargeReason::Moved, after(1)).await.unwrap().unwrap();
        assert_eq!(
            (ended.state, ended.discharged_at, ended.discharge_reason),
            (EpisodeState::Discharged, Some(after(1)), Some(DischargeReason::Moved))
        );
        assert_eq!(episodes::discharge(&mut tx, &e1, DischargeReason::Other, after(2)).await.unwrap(), None);
        assert_eq!(episodes::open_of_client(&mut tx, &c1).await.unwrap(), None);
        let mut second = episode("e2", "c1");
        second.started_on = day("2026-04-01");
        assert!(episodes::insert(&mut tx, &second).await.unwrap(), "the next course of therapy");
        assert_eq!(episodes::open_of_client(&mut tx, &c1).await.unwrap(), Some(second.clone()));
        assert_eq!(episodes::open_of_clients(&mut tx, &[c1.clone(), client_id("x")]).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(episodes::list_of_client(&mut tx, &c1).await.unwrap(), [second.clone(), ended.clone()]);
        assert_eq!(episodes::by_ids(&mut tx, &[second.id.clone(), e1.clone()]).await.unwrap(), [ended, second]);
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert_eq!(episodes::find(&mut bayside, &e1).await.unwrap(), None);
        assert!(episodes::list_of_client(&mut bayside, &c1).await.unwrap().is_empty());
    }

    async fn an_episode_changes_its_protocol_by_compare_and_set(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        assert!(protocols::insert(&mut tx, &protocol("standard-2", 2)).await.unwrap());
        let (e1, old, new) = (episode_id("e1"), ProtocolId::from_text("standard-1"), ProtocolId::from_text("standard-2"));
        assert_eq!(episodes::set_protocol(&mut tx, &e1, &old, &new).await.unwrap().unwrap().protocol_id, new);
        assert_eq!(episodes::set_protocol(&mut tx, &e1, &old, &new).await.unwrap(), None, "somebody was faster");
        episodes::discharge(&mut tx, &e1, DischargeReason::Other, now()).await.unwrap();
        assert_eq!(episodes::set_protocol(&mut tx, &e1, &new, &old).await.unwrap(), None, "ended");
    }

    async fn open_episodes_are_paged_over_all_practices(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        for n in ["2", "3", "4"] {
            add_episode(&mut tx, n, "Somebody", "ana").await;
        }
        episodes::discharge(&mut tx, &episode_id("e3"), DischargeReason::Completed, now()).await.unwrap();
        tx.commit().await.unwrap();
        let bay = practice_id("bayside");
        let mut tx = db.write(&bay).await.unwrap();
        store::practice::insert(&mut tx, &practice("bayside")).await.unwrap();
        store::site::insert(&mut tx, &site("north")).await.unwrap();
        protocols::insert(&mut tx, &protocol("standard-1", 1)).await.unwrap();
        assert!(store::client::insert(&mut tx, &client("c1", "The same id elsewhere"), now()).await.unwrap());
        assert!(episodes::insert(&mut tx, &episode("e1", "c1")).await.unwrap());
        tx.commit().await.unwrap();

        let mut all = db.read_all().await.unwrap();
        let mut seen = Vec::new();
        loop {
            let page = episodes::open_ids(&mut all, seen.last(), 2).await.unwrap();
            let short = page.len() < 2;
            seen.extend(page);
            if short {
                break;
            }
        }
        let harbor = practice_id("harbor");
        let wanted = [(&bay, "e1"), (&harbor, "e1"), (&harbor, "e2"), (&harbor, "e4")];
        assert_eq!(seen, wanted.map(|(practice, episode)| (practice.clone(), episode_id(episode))));
    }

    async fn an_episode_passes_from_one_clinician_to_another(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        let e1 = episode_id("e1");
        let before = assignments::assign(&mut tx, &assignment("a2", "e1", "ben", after(5))).await.unwrap().unwrap();
        assert_eq!((before.clinician_id.as_str(), before.ends_at), ("ana", Some(after(5))));
        let current = assignments::current(&mut tx, &e1).await.unwrap().unwrap();
        assert_eq!(current, assignment("a2", "e1", "ben", after(5)));
        assert_eq!(assignments::history(&mut tx, &e1).await.unwrap(), [current.clone(), before]);
        assert_eq!(assignments::current_of(&mut tx, &[episode_id("x"), e1.clone()]).await.unwrap(), [current]);
        assert!(assignments::episodes_of(&mut tx, &[staff_id("ana")]).await.unwrap().is_empty());
        let caseload = assignments::episodes_of(&mut tx, &[staff_id("ana"), staff_id("ben")]).await.unwrap();
        assert_eq!(caseload.len(), 1);
        assert_eq!((caseload[0].clinician_id.as_str(), &caseload[0].episode.id), ("ben", &e1));
        assert_eq!(assignments::end(&mut tx, &e1, after(9)).await.unwrap().unwrap().ends_at, Some(after(9)));
        assert_eq!(assignments::end(&mut tx, &e1, after(9)).await.unwrap(), None);
        assert_eq!(assignments::current(&mut tx, &e1).await.unwrap(), None);
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(assignments::history(&mut bayside, &e1).await.unwrap().is_empty());
        assert!(assignments::episodes_of(&mut bayside, &[staff_id("ben")]).await.unwrap().is_empty());
    }

    async fn of_eight_who_assign_at_once_one_assignment_is_left_open(db: TestDb) {
        harbor_with_episode(&db).await;
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut tx = write(&db).await;
                    let clinician = if n % 2 == 0 { "ana" } else { "ben" };
                    let one = assignment(&format!("race-{n}"), "e1", clinician, after(n));
                    match assignments::assign(&mut tx, &one).await {
                        Ok(before) => {
                            assert!(before.is_some(), "the episode was never without a clinician");
                            tx.commit().await.unwrap();
                            1
                        }
                        Err(Error::Conflict) => 0,
                        Err(other) => panic!("{other}"),
                    }
                })
            })
            .collect();
        let mut made = 1;
        for task in tasks {
            made += task.await.unwrap();
        }
        let history = assignments::history(&mut read(&db).await, &episode_id("e1")).await.unwrap();
        assert_eq!(history.len(), made, "a conflict leaves nothing behind");
        assert_eq!(history.iter().filter(|assignment| assignment.ends_at.is_none()).count(), 1);
    }

    async fn a_supervision_holds_on_its_first_and_last_day_only(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let bounded = edge("s1", "sue", "ana", "2026-03-02", Some("2026-03-09"));
        let open = edge("s2", "sue", "ben", "2026-03-05", None);
        let other = edge("s3", "ben", "ana", "2026-01-01", None);
        for one in [&bounded, &open, &other] {
            supervision::insert(&mut tx, one).await.unwrap();
        }
        for (on, supervisors, supervisees) in [
            ("2026-03-01", &["ben"][..], &[][..]),
            ("2026-03-02", &["ben", "sue"], &["ana"]),
            ("2026-03-09", &["ben", "sue"], &["ana", "ben"]),
            ("2026-03-10", &["ben"], &["ben"]),
        ] {
            let found = supervision::supervisors_of(&mut tx, &staff_id("ana"), day(on)).await.unwrap();
            assert_eq!(found, supervisors.iter().map(|id| staff_id(id)).collect::<Vec<_>>(), "supervisors on {on}");
            let found = supervision::supervisees_of(&mut tx, &staff_id("sue"), day(on)).await.unwrap();
            assert_eq!(found, supervisees.iter().map(|id| staff_id(id)).collect::<Vec<_>>(), "supervisees on {on}");
        }
        let holding = supervision::holding_on(&mut tx, day("2026-03-02")).await.unwrap();
        assert_eq!(holding, [other.clone(), bounded.clone()]);
        let of_ana = supervision::holding_of(&mut tx, &staff_id("ana"), day("2026-03-09")).await.unwrap();
        assert_eq!(of_ana, [other.clone(), bounded.clone()], "and not that of ben");
        let of_ana = supervision::holding_of(&mut tx, &staff_id("ana"), day("2026-03-10")).await.unwrap();
        assert_eq!(of_ana, std::slice::from_ref(&other));
        assert_eq!(supervision::end(&mut tx, &open.id, day("2026-03-04")).await.unwrap(), None, "not before it starts");
        let ended = supervision::end(&mut tx, &open.id, day("2026-03-31")).await.unwrap().unwrap();
        assert_eq!(ended.ends_on, Some(day("2026-03-31")));
        assert_eq!(supervision::end(&mut tx, &open.id, day("2026-04-30")).await.unwrap(), None, "never prolonged");
        assert_eq!(supervision::list(&mut tx).await.unwrap(), [ended, bounded, other]);
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(supervision::list(&mut bayside).await.unwrap().is_empty());
        assert!(supervision::supervisors_of(&mut bayside, &staff_id("ana"), day("2026-03-02")).await.unwrap().is_empty());
        let mut tx = write(&db).await;
        let own = supervision::insert(&mut tx, &edge("s4", "sue", "sue", "2026-03-02", None)).await;
        assert!(matches!(own, Err(Error::Constraint { .. })), "nobody supervises themself");
    }
}
