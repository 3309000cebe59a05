//! Appointments.

use crate::fixture::*;
use care::SiteId;
use care::appointment::{Appointment, AppointmentState};
use chrono::TimeDelta;
use store::appointment::{self as appointments, Upserted};
use store::testing::both_databases;

fn in_state(id: &str, days: i64, state: AppointmentState) -> Appointment {
    Appointment { state, ..appointment(id, now() + TimeDelta::days(days)) }
}

both_databases! {
    async fn importing_twice_tells_what_changed(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        let first = appointment("p1", after(60));
        assert_eq!(appointments::upsert(&mut tx, "cal-1", &first).await.unwrap(), Upserted::Created(first.clone()));
        let proposed = Appointment { id: care::AppointmentId::from_text("p2"), ..first.clone() };
        assert_eq!(appointments::upsert(&mut tx, " cal-1 ", &proposed).await.unwrap(), Upserted::Unchanged(first.clone()));

        let moved = Appointment { starts_at: after(120), ends_at: after(170), site_id: SiteId::from_text("bay"), ..proposed.clone() };
        let after_move = Appointment { id: first.id.clone(), ..moved.clone() };
        assert_eq!(
            appointments::upsert(&mut tx, "cal-1", &moved).await.unwrap(),
            Upserted::Moved { before: first.clone(), after: after_move.clone() },
            "the row keeps its id"
        );
        let cancelled = Appointment { state: AppointmentState::Cancelled, ..moved };
        let after_cancel = Appointment { id: first.id.clone(), ..cancelled.clone() };
        assert_eq!(
            appointments::upsert(&mut tx, "cal-1", &cancelled).await.unwrap(),
            Upserted::Changed { before: after_move, after: after_cancel.clone() }
        );
        assert_eq!(appointments::by_external(&mut tx, "cal-1").await.unwrap(), Some(after_cancel.clone()));
        assert_eq!(appointments::find(&mut tx, &first.id).await.unwrap(), Some(after_cancel));
        assert_eq!(appointments::find(&mut tx, &proposed.id).await.unwrap(), None);
        let other = appointment("p3", after(60));
        assert!(matches!(appointments::upsert(&mut tx, "cal-2", &other).await.unwrap(), Upserted::Created(_)));
        assert_eq!(appointments::of_episode(&mut tx, &episode_id("e1")).await.unwrap().len(), 2);
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert_eq!(appointments::by_external(&mut bayside, "cal-1").await.unwrap(), None);
        assert_eq!(appointments::find(&mut bayside, &first.id).await.unwrap(), None);
    }

    async fn of_eight_imports_at_once_one_creates(db: TestDb) {
        harbor_with_episode(&db).await;
        let imports: Vec<_> = (0..8)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut tx = write(&db).await;
                    let one = appointment(&format!("p{n}"), after(60));
                    let outcome = appointments::upsert(&mut tx, "cal-1", &one).await.unwrap();
                    tx.commit().await.unwrap();
                    outcome
                })
            })
            .collect();
        let mut outcomes = Vec::new();
        for import in imports {
            outcomes.push(import.await.unwrap());
        }
        let created = outcomes.iter().filter(|outcome| matches!(outcome, Upserted::Created(_))).count();
        let unchanged = outcomes.iter().filter(|outcome| matches!(outcome, Upserted::Unchanged(_))).count();
        assert_eq!((created, unchanged), (1, 7));
        assert_eq!(appointments::of_episode(&mut read(&db).await, &episode_id("e1")).await.unwrap().len(), 1);
    }

    async fn a_year_of_appointments_goes_in_at_once(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        let year: Vec<_> = (0..1201).map(|n| appointment(&format!("p{n:04}"), after(n * 60))).collect();
        appointments::insert_many(&mut tx, &[]).await.unwrap();
        appointments::insert_many(&mut tx, &year).await.unwrap();
        assert_eq!(appointments::of_episode(&mut tx, &episode_id("e1")).await.unwrap(), year);
        assert_eq!(appointments::count_sessions_until(&mut tx, &episode_id("e1"), after(600 * 60)).await.unwrap(), 601);
    }

    async fn a_state_is_left_once_and_a_past_session_does_not_move(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        let one = appointment("p1", after(60));
        appointments::insert(&mut tx, &one).await.unwrap();
        let moved = appointments::reschedule(&mut tx, &one.id, one.starts_at, after(90), after(140)).await.unwrap().unwrap();
        assert_eq!((moved.starts_at, moved.ends_at), (after(90), after(140)));
        assert_eq!(
            appointments::reschedule(&mut tx, &one.id, one.starts_at, after(30), after(80)).await.unwrap(),
            None,
            "it no longer starts then"
        );
        let (scheduled, attended) = (AppointmentState::Scheduled, AppointmentState::Attended);
        assert_eq!(appointments::set_state(&mut tx, &one.id, scheduled, attended).await.unwrap().unwrap().state, attended);
        let late = appointments::set_state(&mut tx, &one.id, scheduled, AppointmentState::NoShow).await.unwrap();
        assert_eq!(late, None, "somebody was faster");
        assert_eq!(appointments::reschedule(&mut tx, &one.id, after(90), after(30), after(80)).await.unwrap(), None);
        assert_eq!(appointments::find(&mut tx, &one.id).await.unwrap().unwrap().starts_at, after(90));
    }

    async fn days_next_last_and_session_number(db: TestDb) {
        use AppointmentState::{Attended, Cancelled, LateCancelled, NoShow, Scheduled};
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        add_episode(&mut tx, "2", "Client Two", "ben").await;
        for one in [
            in_state("p1", -21, Attended),
            in_state("p2", -14, NoShow),
            in_state("p3", -7, Attended),
            in_state("p4", -6, LateCancelled),
            in_state("p5", -1, Scheduled),
            in_state("p6", 1, Cancelled),
            in_state("p7", 7, Scheduled),
            in_state("p8", 14, Scheduled),
        ] {
            appointments::insert(&mut tx, &one).await.unwrap();
        }
        let second = Appointment {
            client_id: client_id("c2"),
            episode_id: episode_id("e2"),
            clinician_id: staff_id("ben"),
            site_id: SiteId::from_text("bay"),
            ..appointment("q1", now())
        };
        appointments::insert(&mut tx, &second).await.unwrap();
        let (e1, e2) = (episode_id("e1"), episode_id("e2"));
        let text = |found: &[Appointment]| found.iter().map(|one| one.id.to_string()).collect::<Vec<_>>().join(" ");

        let both = [e2.clone(), e1.clone(), episode_id("x")];
        assert_eq!(text(&appointments::next_of(&mut tx, &both, now()).await.unwrap()), "p7 q1", "now counts as to come");
        assert_eq!(text(&appointments::last_of(&mut tx, &both, now()).await.unwrap()), "p5", "not marked yet, but past");
        assert!(appointments::next_of(&mut tx, &[], now()).await.unwrap().is_empty());
        for (days, wanted) in [(-22, 0), (-21, 1), (-14, 1), (-7, 2), (-1, 3), (6, 3), (7, 4), (30, 5)] {
            let until = now() + TimeDelta::days(days);
            assert_eq!(appointments::count_sessions_until(&mut tx, &e1, until).await.unwrap(), wanted, "day {days}");
        }
        let (from, until) = (now() - TimeDelta::days(7), now() + TimeDelta::days(7));
        let (ana, ben) = (staff_id("ana"), staff_id("ben"));
        let found = appointments::of_clinicians(&mut tx, std::slice::from_ref(&ana), from, until).await.unwrap();
        assert_eq!(text(&found), "p3 p4 p5 p6", "the start counts, the end does not");
        let found = appointments::of_clinicians(&mut tx, &[ana.clone(), ben], from, until).await.unwrap();
        assert_eq!(text(&found), "p3 p4 p5 q1 p6");
        assert_eq!(text(&appointments::of_sites(&mut tx, &[SiteId::from_text("bay")], from, until).await.unwrap()), "q1");
        assert_eq!(text(&appointments::of_client(&mut tx, &client_id("c2")).await.unwrap()), "q1");
        assert_eq!(text(&appointments::of_episode(&mut tx, &e1).await.unwrap()), "p1 p2 p3 p4 p5 p6 p7 p8");
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(appointments::of_clinicians(&mut bayside, &[ana], from, until).await.unwrap().is_empty());
        assert!(appointments::next_of(&mut bayside, &both, now()).await.unwrap().is_empty());
        assert_eq!(appointments::count_sessions_until(&mut bayside, &e1, until).await.unwrap(), 0);
    }
}
