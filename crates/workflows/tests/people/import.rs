//! Importing twice changes nothing; nobody is merged by looks; no consent is assumed (scenario I2).

use crate::house::{House, problems};
use care::appointment::AppointmentState;
use care::client::ConsentState;
use care::import::{AppointmentRow, ClientRow, ConsentAnswer, StaffRef};
use care::message::Channel;
use care::practice::TaskKind;
use care::staff::{Actor, Role};
use care::{Instant, Phi};
use chrono::Duration;
use store::testing::both_databases;
use workflows::import::{self, BATCH, Counts, KnownPeople, RowOutcome, Run};
use workflows::{Error, appointment};

fn run() -> Run {
    Run { by: Actor::System, default_site: None, record: None }
}

fn row(external: &str, name: &str) -> ClientRow {
    ClientRow {
        line: 2,
        external_id: Phi::new(external.into()),
        name: Phi::new(name.into()),
        preferred_name: None,
        birth_date: None,
        sex: None,
        email: None,
        phone: None,
        language: None,
        zone: None,
        preferred_channel: None,
        sms_consent: ConsentAnswer::Unknown,
        email_consent: ConsentAnswer::Unknown,
        recipient: None,
        guardian: None,
        emergency_contact: None,
        site: None,
    }
}

async fn bring(house: &House, rows: &[ClientRow]) -> Vec<import::ClientOutcome> {
    let mut known = KnownPeople::read(&mut house.read().await).await.unwrap();
    let mut outcomes = Vec::new();
    for batch in rows.chunks(BATCH) {
        let mut tx = house.write().await;
        outcomes.extend(import::clients(&mut tx, &house.ctx, &run(), &mut known, batch).await.unwrap());
        tx.commit().await.unwrap();
    }
    outcomes
}

async fn tasks(house: &House, kind: TaskKind) -> usize {
    store::task::open(&mut house.read().await).await.unwrap().iter().filter(|task| task.kind == kind).count()
}

both_databases! {
    async fn i2_1240_rows_once_and_again(db: TestDb) {
        let house = House::new(db).await;
        let mut rows: Vec<ClientRow> = (0..1_240).map(|n| row(&format!("C-{n}"), &format!("Person Number {n}"))).collect();
        // 31 are known from before, 6 cannot be used.
        bring(&house, &rows[100..131]).await;
        for (position, n) in [3, 205, 420, 777, 1_001, 1_239].into_iter().enumerate() {
            match position {
                0 => rows[n].name = Phi::new("  ".into()),
                1 => rows[n].external_id = Phi::default(),
                2 => rows[n].phone = Some(Phi::new("not a number".into())),
                3 => rows[n].email = Some(Phi::new("nobody".into())),
                4 => rows[n].birth_date = Some(Phi::new("2031-01-01".parse().unwrap())),
                _ => rows[n].site = Some("Atlantis".into()),
            }
        }
        let first = bring(&house, &rows).await;
        let mut counts = Counts::default();
        counts.add(&first);
        assert_eq!(counts, Counts { created: 1_203, merged: 31, rejected: 6 });
        let RowOutcome::Rejected(why) = &first[1_239] else { panic!("{:?}", first[1_239]) };
        assert_eq!(problems(Error::Invalid(why.clone())), ["site: import-site-unknown"]);

        let before = house.audited("client.import").await.len();
        let mut counts = Counts::default();
        counts.add(&bring(&house, &rows).await);
        assert_eq!(counts, Counts { created: 0, merged: 1_234, rejected: 6 });
        assert_eq!(house.audited("client.import").await.len(), before, "nothing changed");
    }

    async fn look_alikes_go_to_a_person(db: TestDb) {
        let house = House::new(db).await;
        let born = Some(Phi::new("1990-03-25".parse().unwrap()));
        let rows = [
            ClientRow { birth_date: born.clone(), ..row("A-1", "José Muñoz") },
            ClientRow { birth_date: born.clone(), ..row("B-9", "jose  munoz") },
            ClientRow { birth_date: Some(Phi::new("1991-03-25".parse().unwrap())), ..row("B-10", "José Muñoz") },
            row("B-11", "José Muñoz"),
        ];
        let mut counts = Counts::default();
        counts.add(&bring(&house, &rows).await);
        assert_eq!(counts.created, 4, "never merged");
        assert_eq!(tasks(&house, TaskKind::LookAlike).await, 1);
        bring(&house, &rows).await;
        assert_eq!(tasks(&house, TaskKind::LookAlike).await, 1);
    }

    async fn consent_is_said_or_not_given_and_a_withdrawal_holds(db: TestDb) {
        let house = House::new(db).await;
        let phone = Some(Phi::new("415 555 2671".into()));
        let given = |on: Option<&str>| ConsentAnswer::Given { wording: Some("2026-01".into()), on: on.map(|day| day.parse().unwrap()) };
        let rows = [
            ClientRow { phone: phone.clone(), ..row("A-1", "Rosa Diaz") },
            ClientRow { phone: phone.clone(), sms_consent: given(Some("2026-02-01")), ..row("A-2", "Ravi Patel") },
        ];
        bring(&house, &rows).await;
        let held = async |external: &str| {
            let mut read = house.read().await;
            let id = store::client::by_external(&mut read, external).await.unwrap().unwrap().id;
            store::consent::current(&mut read, &id).await.unwrap().into_iter().find(|one| one.channel == Channel::Sms).map(|one| one.state)
        };
        assert_eq!(held("A-1").await, None);
        assert_eq!(held("A-2").await, Some(ConsentState::Given));
        house.clock.advance(Duration::days(1));
        bring(&house, &[ClientRow { sms_consent: ConsentAnswer::Declined, sex: Some(care::Sex::Male), ..row("A-2", "Ravi Patel") }]).await;
        assert_eq!(held("A-2").await, Some(ConsentState::Withdrawn));
        house.clock.advance(Duration::days(30));
        bring(&house, &rows).await;
        bring(&house, &[ClientRow { sms_consent: given(None), ..row("A-2", "Ravi Patel") }]).await;
        assert_eq!(held("A-2").await, Some(ConsentState::Withdrawn), "an old yes undoes nothing");
        bring(&house, &[ClientRow { sms_consent: given(Some("2026-03-20")), ..row("A-2", "Ravi Patel") }]).await;
        assert_eq!(held("A-2").await, Some(ConsentState::Given), "a later one does");
        let mut read = house.read().await;
        let kept = store::client::by_external(&mut read, "A-2").await.unwrap().unwrap();
        assert_eq!(kept.phone.unwrap().text(), "+14155552671", "an empty cell says nothing");
        assert_eq!(kept.sex, Some(care::Sex::Male), "and takes nothing back");
    }

    async fn a_dry_run_leaves_no_trace(db: TestDb) {
        let house = House::new(db).await;
        let mut known = KnownPeople::read(&mut house.read().await).await.unwrap();
        let mut tx = house.write().await;
        let outcomes = import::clients(&mut tx, &house.ctx, &run(), &mut known, &[row("A-1", "Rosa Diaz")]).await.unwrap();
        assert!(matches!(outcomes[0], RowOutcome::Created(_)));
        drop(tx);
        assert!(store::client::by_external(&mut house.read().await, "A-1").await.unwrap().is_none());
    }

    async fn appointments_are_found_again_and_begin_a_course(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        bring(&house, &[row("A-1", "Rosa Diaz"), row("A-2", "Ravi Patel")]).await;
        // Two protocols are in force; the file says nothing of them.
        let mut tx = house.write().await;
        let default = store::protocol::default(&mut tx).await.unwrap().unwrap();
        let other = workflows::protocol::Draft { name: "Adolescents".into(), ..workflows::protocol::usual() };
        workflows::protocol::publish(&mut tx, &house.ctx, &house.owner, &other).await.unwrap();
        tx.commit().await.unwrap();
        let at = |external: &str, client: &str, starts_at: Instant| AppointmentRow {
            line: 2,
            external_id: external.into(),
            client_external_id: Phi::new(client.into()),
            clinician: StaffRef::Name("ANA  ruiz".into()),
            site: None,
            starts_at,
            ends_at: starts_at + Duration::minutes(50),
            state: AppointmentState::Scheduled,
        };
        let put = async |rows: &[AppointmentRow]| {
            let mut tx = house.write().await;
            let outcomes = import::appointments(&mut tx, &house.ctx, &run(), rows).await.unwrap();
            tx.commit().await.unwrap();
            outcomes
        };
        let now = house.ctx.now();
        let rows = [
            at("X-1", "A-1", now - Duration::days(7)),
            at("X-2", "A-1", now + Duration::days(7)),
            at("X-3", "A-2", now + Duration::days(1)),
            at("X-4", "A-9", now + Duration::days(1)),
            AppointmentRow { clinician: StaffRef::Email("nobody@example.org".into()), ..at("X-5", "A-2", now) },
            AppointmentRow { ends_at: now - Duration::days(9), ..at("X-6", "A-2", now) },
            at("X-2", "A-2", now + Duration::days(7)),
        ];
        let outcomes = put(&rows).await;
        let mut counts = Counts::default();
        counts.add(&outcomes);
        assert_eq!(counts, Counts { created: 3, merged: 0, rejected: 4 });
        let why: Vec<String> = outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                RowOutcome::Rejected(why) => Some(problems(Error::Invalid(why.clone()))),
                _ => None,
            })
            .flatten()
            .collect();
        assert_eq!(
            why,
            ["client_external_id: import-client-unknown", "clinician: import-clinician-unknown", "ends_at: wrong-order", "client_external_id: import-appointment-of-another"]
        );
        let mut read = house.read().await;
        let rosa = store::client::by_external(&mut read, "A-1").await.unwrap().unwrap();
        let episode = store::episode::open_of_client(&mut read, &rosa.id).await.unwrap().unwrap();
        assert_eq!(episode.started_on.to_string(), "2026-03-02");
        assert_eq!(episode.protocol_id, default.id);
        assert_eq!(store::assignment::current(&mut read, &episode.id).await.unwrap().unwrap().clinician_id, ana.staff_id);
        let sessions = store::appointment::of_episode(&mut read, &episode.id).await.unwrap();
        assert_eq!(sessions.len(), 2);
        drop(read);
        assert!(house.db.queue_depth(None, now).await.unwrap().due >= 1, "the check-ins are planned by a job");

        // What a person recorded is not overwritten; a calendar that moved is followed.
        let mut tx = house.write().await;
        appointment::record(&mut tx, &house.ctx, &Actor::System, &sessions[0].id, appointment::Attendance::Attended).await.unwrap();
        tx.commit().await.unwrap();
        let moved = at("X-2", "A-1", now + Duration::days(8));
        let mut counts = Counts::default();
        counts.add(&put(&[rows[0].clone(), moved.clone(), rows[2].clone()]).await);
        assert_eq!(counts, Counts { created: 0, merged: 3, rejected: 0 });
        let sessions = store::appointment::of_episode(&mut house.read().await, &episode.id).await.unwrap();
        assert_eq!(sessions.iter().map(|one| (one.state, one.starts_at)).collect::<Vec<_>>(), [
            (AppointmentState::Attended, rows[0].starts_at),
            (AppointmentState::Scheduled, moved.starts_at)
        ]);
    }
}
