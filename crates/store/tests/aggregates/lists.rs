//! What lists and pages read of many clients, and nothing besides: the last scores of one series, names, who can be chosen.

use crate::fixture::*;
use care::response::{Mode, Response, ResponseKind, ScoreState, Sheet, StoredScore};
use care::staff::{Role, Staff, StaffState};
use care::{ResponseId, ScoreId, SiteId};
use store::response::{self, Scored};
use store::testing::both_databases;
use store::{Tx, client, packet, staff as people};

/// A response of an episode `number` minutes on, with scores: instrument, version, scale and value.
async fn respond(tx: &mut Tx, episode: &str, number: i64, scores: &[(&str, &str, &str, Option<f64>)]) {
    let (client, episode_id) = (client_id(&episode.replace('e', "c")), episode_id(episode));
    let id = format!("{episode}-{number}");
    let check_in = check_in(&id, client.as_str(), episode);
    assert!(packet::insert(tx, &check_in).await.unwrap());
    let given = Response {
        id: ResponseId::from_text(id.as_str()),
        packet_id: check_in.id,
        client_id: client,
        episode_id: episode_id.clone(),
        kind: ResponseKind::Original,
        mode: Mode::Link,
        answers: Sheet::new(),
        fingerprint: id.clone(),
        submitted_at: after(number),
    };
    assert!(response::insert(tx, &given).await.unwrap());
    let scores = scores.iter().map(|&(instrument, version, scale, value)| StoredScore {
        id: ScoreId::from_text(format!("{id}-{instrument}-{scale}")),
        response_id: given.id.clone(),
        episode_id: episode_id.clone(),
        instrument: instrument.to_owned(),
        version: version.to_owned(),
        scale: scale.to_owned(),
        state: if value.is_some() { ScoreState::Valid } else { ScoreState::Invalid },
        value,
        exact: value,
        answered: 9,
        missing: 0,
        band: None,
        session: number,
        at: after(number),
    });
    response::insert_scores(tx, &scores.collect::<Vec<_>>()).await.unwrap();
}

both_databases! {
    async fn a_line_draws_the_last_scores_of_its_own_series(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        add_episode(&mut tx, "2", "Client Two", "ana").await;
        // Most instruments call their scale the same.
        for number in [3, 1, 2, 4] {
            let value = number as f64;
            let both = [("phq-9", "1", "total", Some(value)), ("gad-7", "1", "total", Some(value + 10.0))];
            respond(&mut tx, "e1", number, &both).await;
            respond(&mut tx, "e2", number, &both).await;
        }
        respond(&mut tx, "e1", 5, &[("phq-9", "1", "total", None)]).await;
        respond(&mut tx, "e1", 6, &[("phq-9", "2", "total", Some(6.0)), ("phq-9-sub", "1", "total", Some(60.0))]).await;
        respond(&mut tx, "e1", 7, &[("phq-9", "3", "total", Some(70.0)), ("phq-9", "1", "other", Some(71.0))]).await;
        tx.commit().await.unwrap();

        let mut reading = read(&db).await;
        let (one, two) = (episode_id("e1"), episode_id("e2"));
        let scored = |episode, instrument, version| Scored { episode, instrument, version, scale: "total" };
        let series = [scored(&one, "phq-9", "1"), scored(&one, "phq-9", "2"), scored(&two, "gad-7", "1")];
        let mut drawn = response::last_of_series(&mut reading, &series, 3).await.unwrap();
        drawn.sort_by(|(one, _), (other, _)| one.cmp(other));
        let wanted = [(&one, 3.0), (&one, 4.0), (&one, 6.0), (&two, 12.0), (&two, 13.0), (&two, 14.0)];
        assert_eq!(drawn, wanted.map(|(episode, value)| (episode.clone(), value)));
        assert!(response::last_of_series(&mut reading, &[], 3).await.unwrap().is_empty());
        drop(reading);
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(response::last_of_series(&mut bayside, &series, 3).await.unwrap().is_empty());
    }

    async fn check_ins_are_missed_until_the_next_is_handed_in(db: TestDb) {
        // A check-in's state, when it was to go, whether it went, when it was handed in.
        type CheckIn = (&'static str, i64, bool, Option<i64>);
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        for number in ["2", "3", "4"] {
            add_episode(&mut tx, number, &format!("Client {number}"), "ana").await;
        }
        let courses: [(&str, &[CheckIn]); 4] = [
            ("e1", &[("expired", 1, true, None), ("expired", 2, true, None), ("expired", 3, false, None), ("open", 4, true, None)]),
            ("e2", &[("expired", 1, true, None), ("completed", 2, true, Some(5)), ("expired", 5, true, None), ("expired", 6, true, None)]),
            ("e3", &[("completed", 1, true, Some(2)), ("withdrawn", 3, true, None), ("expired", 4, false, None)]),
            ("e4", &[("expired", 1, true, None), ("completed", 2, true, Some(3))]),
        ];
        for (episode, check_ins) in courses {
            for &(state, send_at, was_sent, completed_at) in check_ins {
                let planned = check_in(&format!("{episode}-{send_at}"), &episode.replace('e', "c"), episode);
                assert!(packet::insert(&mut tx, &planned).await.unwrap());
                tx.query("UPDATE packet SET state = $1, send_at = $2, sent_at = $3, completed_at = $4 WHERE id = $5")
                    .bind(state)
                    .bind(after(send_at))
                    .bind(was_sent.then(|| after(send_at)))
                    .bind(completed_at.map(after))
                    .bind(&planned.id)
                    .execute()
                    .await
                    .unwrap();
            }
        }
        tx.commit().await.unwrap();

        let all = ["e1", "e2", "e3", "e4"].map(episode_id);
        let mut missed = packet::missed_running_of(&mut read(&db).await, &all).await.unwrap();
        missed.sort();
        assert_eq!(missed, [(episode_id("e1"), 2), (episode_id("e2"), 2)]);
        assert_eq!(packet::missed_running(&mut read(&db).await, &all[1]).await.unwrap(), 2);
        assert_eq!(packet::missed_running(&mut read(&db).await, &all[3]).await.unwrap(), 0);
    }

    async fn who_can_be_chosen_is_there_and_works_there(db: TestDb) {
        harbor(&db).await;
        let (north, bay) = (SiteId::from_text("north"), SiteId::from_text("bay"));
        let mut tx = write(&db).await;
        let at = |id: &str, site: &SiteId| Staff { sites: vec![site.clone()], ..staff(id, &[Role::Clinician]) };
        for one in [at("nora", &north), at("bea", &bay), Staff { state: StaffState::Deactivated, ..at("gone", &north) }] {
            assert!(people::insert(&mut tx, &one, now()).await.unwrap());
        }
        tx.commit().await.unwrap();
        let mut reading = read(&db).await;
        for (site, roles, wanted) in [
            (&north, &[Role::Clinician][..], &["ana", "ben", "nora", "sue"][..]),
            (&bay, &[Role::Clinician], &["ana", "bea", "ben", "sue"]),
            (&bay, &[Role::Supervisor], &["sue"]),
            (&bay, &[Role::Clinician, Role::Supervisor], &["ana", "bea", "ben", "sue", "sue"]),
            (&bay, &[Role::Owner], &[]),
        ] {
            let found = people::working_at(&mut reading, site, roles).await.unwrap();
            let mut ids: Vec<&str> = found.iter().map(|(_, id, _)| id.as_str()).collect();
            ids.sort_unstable();
            assert_eq!(ids, wanted, "{roles:?} at {site:?}");
            assert!(found.iter().all(|(role, id, name)| roles.contains(role) && name.text() == format!("Name of {id}")));
        }
        drop(reading);
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(people::working_at(&mut bayside, &north, &[Role::Clinician]).await.unwrap().is_empty());
    }

    async fn clients_are_named_once_each(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        add_episode(&mut tx, "2", "Client Two", "ana").await;
        tx.commit().await.unwrap();
        let asked = [client_id("c2"), client_id("ghost"), client_id("c1"), client_id("c2")];
        let named = client::named(&mut read(&db).await, &asked).await.unwrap();
        let mut names: Vec<_> = named.iter().map(|one| (one.id.as_str(), one.name.text(), one.site_id.as_str())).collect();
        names.sort_unstable();
        assert_eq!(names, [("c1", "Client One", "north"), ("c2", "Client Two", "north")]);
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(client::named(&mut bayside, &asked).await.unwrap().is_empty());
    }
}
