//! Courses of therapy, their appointments and protocols.

use crate::house::{House, problems};
use care::appointment::AppointmentState;
use care::case::{
    Assessment, CaseState, Contacted, Decision, Disposition, EmergencyContact, Referral, SafetyPlan, Screener,
};
use care::client::Recipient;
use care::episode::{DischargeReason, EpisodeState};
use care::message::{Channel, UnusableReason};
use care::packet::PacketState;
use care::protocol::{Line, Rhythm};
use care::staff::{Actor, Role};
use care::{EpisodeId, Phi};
use chrono::Duration;
use store::testing::both_databases;
use workflows::appointment::{self, Attendance, NewAppointment};
use workflows::case::{Act, Command};
use workflows::episode::{self, Discharge};
use workflows::protocol::{self, Draft};
use workflows::{Error, case, client};

fn session(house: &House, episode: &EpisodeId, hours: i64) -> NewAppointment {
    let starts_at = house.ctx.now() + Duration::hours(hours);
    NewAppointment {
        episode: episode.clone(),
        clinician: None,
        site: None,
        starts_at,
        ends_at: starts_at + Duration::minutes(50),
    }
}

both_databases! {
    async fn a_discharge_needs_its_case_closed_or_handed_over(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let ben = house.hire("Ben Osei", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let id = house.episode(&client, &ana).await;
        let mut tx = house.write().await;
        let ahead = appointment::make(&mut tx, &house.ctx, &Actor::System, &session(&house, &id, 48)).await.unwrap();
        tx.commit().await.unwrap();
        let case = house.danger(&id).await;
        let end = |case_to: Option<&care::access::Viewer>| Discharge {
            episode: id.clone(),
            reason: DischargeReason::Completed,
            case_to: case_to.map(|to| to.staff_id.clone()),
        };
        let mut tx = house.write().await;
        let refused = episode::discharge(&mut tx, &house.ctx, &ana.staff_id, &end(None)).await.unwrap_err();
        drop(tx);
        assert_eq!(
            problems(refused),
            [
                "case: discharge-case-open",
                "case: case-missing-acknowledgement",
                "case: case-missing-review",
                "case: case-missing-decision",
                "case: case-missing-risk-acknowledgement",
                "case: case-missing-disposition"
            ]
        );
        let asked = store::packet::of_episode(&mut house.read().await, &id).await.unwrap();
        assert!(asked.iter().any(|packet| packet.state == PacketState::Planned));

        let mut tx = house.write().await;
        let ended = episode::discharge(&mut tx, &house.ctx, &ana.staff_id, &end(Some(&ben))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((ended.state, ended.discharge_reason), (EpisodeState::Discharged, Some(DischargeReason::Completed)));
        let mut read = house.read().await;
        let kept = store::case::find(&mut read, &case).await.unwrap().unwrap();
        assert_eq!((kept.owner_id, kept.state), (ben.staff_id.clone(), CaseState::Open));
        let asked = store::packet::of_episode(&mut read, &id).await.unwrap();
        assert!(!asked.is_empty() && asked.iter().all(|packet| packet.state == PacketState::Withdrawn), "{asked:?}");
        assert!(store::assignment::current(&mut read, &id).await.unwrap().is_none());
        assert_eq!(store::appointment::find(&mut read, &ahead.id).await.unwrap().unwrap().state, AppointmentState::Cancelled);
        drop(read);
        let mut tx = house.write().await;
        assert!(matches!(episode::discharge(&mut tx, &house.ctx, &ana.staff_id, &end(None)).await, Err(Error::Conflict)));
    }

    async fn a_closed_case_does_not_stand_in_the_way(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let id = house.episode(&client, &ana).await;
        let case = house.danger(&id).await;
        let mut tx = house.write().await;
        let reason = store::case::reasons(&mut tx, &case).await.unwrap().remove(0).id;
        let done = Assessment {
            contact: Contacted::Phone,
            screener: Screener::Negative,
            safety_plan: SafetyPlan::InPlace,
            emergency_contact: EmergencyContact::NotNeeded,
            referral: Referral::None,
        };
        for act in [Act::Acknowledge, Act::Review, Act::Decide(Decision::Referred), Act::Dispose(reason, Disposition::AssessedSafe, done), Act::Close] {
            let command = Command { case: case.clone(), revision: None, act, note: Some(Phi::new("spoke on the phone".into())) };
            case::act(&mut tx, &house.ctx, &ana.staff_id, command).await.unwrap();
        }
        let end = Discharge { episode: id.clone(), reason: DischargeReason::Moved, case_to: None };
        episode::discharge(&mut tx, &house.ctx, &ana.staff_id, &end).await.unwrap();
        tx.commit().await.unwrap();
        // The next course may begin.
        house.episode(&client, &ana).await;
    }

    async fn an_episode_passes_on_with_its_case(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let ben = house.hire("Ben Osei", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let id = house.episode(&client, &ana).await;
        let case = house.danger(&id).await;
        house.clock.advance(Duration::minutes(5));
        let mut tx = house.write().await;
        episode::assign(&mut tx, &house.ctx, &house.owner.staff_id, &id, &ben.staff_id).await.unwrap();
        episode::assign(&mut tx, &house.ctx, &house.owner.staff_id, &id, &ben.staff_id).await.unwrap();
        tx.commit().await.unwrap();
        let mut read = house.read().await;
        assert_eq!(store::case::find(&mut read, &case).await.unwrap().unwrap().owner_id, ben.staff_id);
        let history = store::assignment::history(&mut read, &id).await.unwrap();
        assert_eq!(history.iter().map(|one| (one.clinician_id.clone(), one.ends_at.is_none())).collect::<Vec<_>>(), [(ben.staff_id.clone(), true), (ana.staff_id.clone(), false)]);
        let told = store::message::of_case(&mut read, &case).await.unwrap();
        assert!(told.iter().any(|message| message.staff_id == Some(ben.staff_id.clone())), "the new owner is told");
        drop(read);
        let mut tx = house.write().await;
        let error = episode::assign(&mut tx, &house.ctx, &house.owner.staff_id, &id, &house.owner.staff_id).await.unwrap_err();
        assert_eq!(problems(error), ["clinician: episode-not-a-clinician"]);
        drop(tx);
        assert_eq!(house.audited("episode.assign").await.len(), 2);
    }

    async fn an_appointment_carries_its_check_ins_with_it(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut form = house.form("Rosa Diaz");
        form.phone = Phi::new("415 555 2671".into());
        let client = house.client(&form).await;
        house.consent(&client, Channel::Sms).await;
        let id = house.episode(&client, &ana).await;
        let by = Actor::Staff(ana.staff_id.clone());
        let mut tx = house.write().await;
        let made = appointment::make(&mut tx, &house.ctx, &by, &session(&house, &id, 72)).await.unwrap();
        tx.commit().await.unwrap();
        let before = async |state| {
            let packets = store::packet::of_episode(&mut house.read().await, &id).await.unwrap();
            packets.into_iter().find(|p| p.slot.starts_with(&format!("before:{}", made.id)) && p.state == state)
        };
        let planned = before(PacketState::Planned).await.unwrap();
        assert_eq!(planned.send_at, made.starts_at - Duration::hours(24));

        let (starts_at, ends_at) = (made.starts_at + Duration::hours(20), made.ends_at + Duration::hours(20));
        let mut tx = house.write().await;
        assert!(matches!(appointment::move_to(&mut tx, &house.ctx, &by, &made.id, starts_at, starts_at, ends_at).await, Err(Error::Conflict)), "an outdated page");
        drop(tx);
        let mut tx = house.write().await;
        appointment::move_to(&mut tx, &house.ctx, &by, &made.id, made.starts_at, starts_at, ends_at).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(before(PacketState::Planned).await.unwrap().send_at, starts_at - Duration::hours(24));

        let mut tx = house.write().await;
        let early = appointment::record(&mut tx, &house.ctx, &by, &made.id, Attendance::NoShow).await.unwrap_err();
        assert_eq!(problems(early), ["appointment: appointment-not-started"]);
        drop(tx);
        house.clock.set(starts_at - Duration::hours(3));
        let mut tx = house.write().await;
        let cancelled = appointment::cancel(&mut tx, &house.ctx, &by, &made.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(cancelled.state, AppointmentState::LateCancelled);
        assert!(before(PacketState::Withdrawn).await.is_some());
        assert!(before(PacketState::Planned).await.is_none());
        let mut tx = house.write().await;
        let gone = appointment::record(&mut tx, &house.ctx, &by, &made.id, Attendance::Attended).await.unwrap_err();
        assert_eq!(problems(gone), ["appointment: appointment-cancelled"]);
    }

    async fn attendance_is_recorded_and_put_right(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let id = house.episode(&client, &ana).await;
        let by = Actor::Staff(ana.staff_id.clone());
        let mut tx = house.write().await;
        let made = appointment::make(&mut tx, &house.ctx, &by, &session(&house, &id, 1)).await.unwrap();
        tx.commit().await.unwrap();
        house.clock.advance(Duration::hours(2));
        for (attendance, state) in [
            (Attendance::NoShow, AppointmentState::NoShow),
            (Attendance::Attended, AppointmentState::Attended),
            (Attendance::Unknown, AppointmentState::Scheduled),
        ] {
            let mut tx = house.write().await;
            assert_eq!(appointment::record(&mut tx, &house.ctx, &by, &made.id, attendance).await.unwrap().state, state);
            tx.commit().await.unwrap();
        }
    }

    async fn a_protocol_changes_by_a_new_version(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let id = house.episode(&client, &ana).await;
        let line = |instrument: &str, rhythm| Line::new(instrument, rhythm);
        let mut tx = house.write().await;
        let bad = Draft {
            name: " ".into(),
            lines: vec![line("phq-99", Rhythm::Intake), line("phq-9", Rhythm::EveryWeeks(0)), line("gad-7", Rhythm::EveryWeeks(2)), line("gad-7", Rhythm::EveryWeeks(4))], budget: None, in_force_from: None };
        assert_eq!(
            problems(protocol::publish(&mut tx, &house.ctx, &house.owner, &bad).await.unwrap_err()),
            ["name: wrong-required", "lines.0.instrument: wrong-choose", "lines.1.weeks: wrong-number", "lines.3.rhythm: protocol-line-twice"]
        );
        let none = Draft { name: "Standard".into(), lines: vec![], budget: None, in_force_from: None };
        assert_eq!(problems(protocol::publish(&mut tx, &house.ctx, &house.owner, &none).await.unwrap_err()), ["lines: wrong-required"]);
        assert!(matches!(protocol::publish(&mut tx, &house.ctx, &ana, &protocol::usual()).await, Err(Error::Forbidden)));
        let draft = Draft { name: "Standard".into(), lines: vec![line("wellbeing-check", Rhythm::BeforeSession)], budget: None, in_force_from: None };
        let second = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft).await.unwrap();
        assert_eq!(second.version, 2);
        let last = protocol::retire(&mut tx, &house.ctx, &house.owner, &second.id).await.unwrap_err();
        assert_eq!(problems(last), ["protocol: wrong-only-protocol"]);
        tx.commit().await.unwrap();
        let mut read = house.read().await;
        assert_eq!(store::protocol::current(&mut read).await.unwrap().iter().map(|one| one.version).collect::<Vec<_>>(), [2]);
        assert_ne!(store::episode::find(&mut read, &id).await.unwrap().unwrap().protocol_id, second.id, "an episode keeps its version");
        drop(read);
        let mut tx = house.write().await;
        assert_eq!(protocol::apply(&mut tx, &house.ctx, &house.owner, &second.id, "Less to answer.", 200).await.unwrap(), 1);
        assert_eq!(protocol::apply(&mut tx, &house.ctx, &house.owner, &second.id, "Less to answer.", 200).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(store::episode::find(&mut house.read().await, &id).await.unwrap().unwrap().protocol_id, second.id);
    }

    async fn a_move_at_once_has_its_reason_and_its_row_like_one_at_the_next_session(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let id = house.episode(&client, &ana).await;
        let draft = |instrument: &str| Draft { name: "Standard".into(), lines: vec![Line::new(instrument, Rhythm::BeforeSession)], budget: None, in_force_from: None };
        let mut tx = house.write().await;
        let first = store::episode::find(&mut tx, &id).await.unwrap().unwrap().protocol_id;
        let second = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft("phq-9")).await.unwrap();
        assert_eq!(protocol::announce(&mut tx, &house.ctx, &house.owner, &second.id, "Fewer forms.").await.unwrap(), 1);
        let third = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft("gad-7")).await.unwrap();
        let refused = protocol::apply(&mut tx, &house.ctx, &house.owner, &third.id, " ", 200).await.unwrap_err();
        assert_eq!(problems(refused), ["apply_reason: wrong-required"]);
        tx.commit().await.unwrap();
        assert_eq!(store::episode::find(&mut house.read().await, &id).await.unwrap().unwrap().protocol_id, first, "no reason, no move");
        let mut tx = house.write().await;
        assert_eq!(protocol::apply(&mut tx, &house.ctx, &house.owner, &third.id, "The payer asks for it.", 200).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let mut read = house.read().await;
        let moves = store::protocol_exception::moves_of_episode(&mut read, &id).await.unwrap();
        assert_eq!(moves.len(), 1, "what waited for version 2 does not any more");
        let done = &moves[0];
        assert_eq!((&done.before, &done.after, done.reason.text(), &done.decided_by), (&first, &third.id, "The payer asks for it.", &house.owner.staff_id));
        assert_eq!(done.applied_at, Some(house.ctx.now()));
        drop(read);
        // The next session moves nothing back.
        house.clock.advance(Duration::days(20));
        let mut tx = house.write().await;
        workflows::packet::replan(&mut tx, &house.ctx, &id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store::episode::find(&mut house.read().await, &id).await.unwrap().unwrap().protocol_id, third.id);
    }

    async fn a_protocol_under_another_name_stands_beside_the_default(db: TestDb) {
        let house = House::new(db).await;
        let begin = async |name: &str, protocol: Option<care::ProtocolId>| {
            let client = house.client(&house.form(name)).await;
            let mut tx = house.write().await;
            let start = episode::Start { protocol, ..episode::Start::of(client) };
            let begun = episode::start(&mut tx, &house.ctx, &Actor::System, &start).await.unwrap();
            tx.commit().await.unwrap();
            begun.protocol_id
        };
        let draft = |name: &str| Draft { name: name.into(), ..protocol::usual() };
        let mut tx = house.write().await;
        let standard = store::protocol::default(&mut tx).await.unwrap().unwrap();
        let young = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft("Adolescents")).await.unwrap();
        assert_eq!(store::protocol::default(&mut tx).await.unwrap(), Some(standard.clone()), "the first published");
        tx.commit().await.unwrap();
        assert_eq!(begin("Rosa Diaz", None).await, standard.id);
        assert_eq!(begin("Luis Mora", Some(young.id.clone())).await, young.id);

        let mut tx = house.write().await;
        let refused = protocol::retire(&mut tx, &house.ctx, &house.owner, &standard.id).await.unwrap_err();
        assert_eq!(problems(refused), ["protocol: wrong-default-protocol"]);
        // A new version of the default is the default.
        let next = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft("Standard")).await.unwrap();
        assert_eq!(store::protocol::default(&mut tx).await.unwrap().map(|one| one.id), Some(next.id.clone()));
        let gone = protocol::make_default(&mut tx, &house.ctx, &house.owner, &standard.id).await;
        assert!(matches!(gone, Err(Error::Conflict)), "a retired version is no default");
        drop(tx);
        let mut tx = house.write().await;
        let next = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft("Standard")).await.unwrap();
        protocol::make_default(&mut tx, &house.ctx, &house.owner, &young.id).await.unwrap();
        protocol::retire(&mut tx, &house.ctx, &house.owner, &next.id).await.unwrap();
        let last = protocol::retire(&mut tx, &house.ctx, &house.owner, &young.id).await.unwrap_err();
        assert_eq!(problems(last), ["protocol: wrong-only-protocol"]);
        tx.commit().await.unwrap();
        assert_eq!(begin("Ines Vega", None).await, young.id);

        // Two make another one the default at the same time: the later one's choice holds, and neither fails.
        let mut tx = house.write().await;
        let old = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft("Elders")).await.unwrap();
        let couples = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft("Couples")).await.unwrap();
        tx.commit().await.unwrap();
        let choose = async |id: &care::ProtocolId| {
            let mut tx = house.write().await;
            protocol::make_default(&mut tx, &house.ctx, &house.owner, id).await.unwrap();
            tx.commit().await.unwrap();
        };
        for _ in 0..5 {
            tokio::join!(choose(&old.id), choose(&couples.id));
            let now = store::protocol::default(&mut house.read().await).await.unwrap().unwrap().id;
            assert!([&old.id, &couples.id].contains(&&now), "{now}");
        }
        let defaults: i64 = house.read().await.query("SELECT count(*) FROM protocol WHERE is_default").scalar().await.unwrap();
        assert_eq!(defaults, 1);
    }

    async fn a_client_form_is_read_as_a_whole(db: TestDb) {
        let house = House::new(db).await;
        let mut form = house.form("  ");
        form.phone = Phi::new("555".into());
        form.email = Phi::new("rosa@".into());
        form.zone = "Pacific".into();
        form.birth_date = Some(Phi::new("2030-01-01".parse().unwrap()));
        form.guardian.phone = Phi::new("415 555 2671".into());
        form.recipient = Recipient::Guardian;
        let mut tx = house.write().await;
        let error = client::create(&mut tx, &house.ctx, &Actor::System, &form).await.unwrap_err();
        assert_eq!(
            problems(error),
            ["name: wrong-required", "birth_date: wrong-date", "email: wrong-email", "phone: wrong-phone", "zone: wrong-zone", "guardian_name: wrong-required"]
        );
        // A guardian receives for a minor, not for an adult.
        let mut form = house.form("Rosa Diaz");
        form.guardian.name = Phi::new("Ines Diaz".into());
        form.guardian.phone = Phi::new("415 555 2671".into());
        form.recipient = Recipient::Guardian;
        form.birth_date = Some(Phi::new("2008-03-09".parse().unwrap()));
        assert_eq!(problems(client::create(&mut tx, &house.ctx, &Actor::System, &form).await.unwrap_err()), ["recipient: client-guardian-of-adult"]);
        form.birth_date = Some(Phi::new("2008-03-10".parse().unwrap()));
        form.external_id = Phi::new("C-17".into());
        let id = client::create(&mut tx, &house.ctx, &Actor::System, &form).await.unwrap();
        let known = store::client::find(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!(known.address(Channel::Sms), Some("+14155552671"));
        let mut twin = house.form("Rosa Other");
        twin.external_id = Phi::new("C-17".into());
        assert_eq!(problems(client::create(&mut tx, &house.ctx, &Actor::System, &twin).await.unwrap_err()), ["external_id: wrong-taken"]);
        twin.external_id = Phi::default();
        let other = client::create(&mut tx, &house.ctx, &Actor::System, &twin).await.unwrap();
        twin.external_id = Phi::new("C-17".into());
        assert_eq!(problems(client::edit(&mut tx, &house.ctx, &Actor::System, &other, 1, &twin).await.unwrap_err()), ["external_id: wrong-taken"]);
        form.preferred_name = Phi::new("Rosi".into());
        client::edit(&mut tx, &house.ctx, &Actor::System, &id, 1, &form).await.unwrap();
        let late = client::edit(&mut tx, &house.ctx, &Actor::System, &id, 1, &form).await;
        assert!(matches!(late, Err(workflows::Error::Conflict)), "who saw the revision before was too slow");
        tx.commit().await.unwrap();
        let edits = house.audited("client.edit").await;
        assert_eq!(edits.len(), 1);
        assert_eq!(edits[0].detail.0["fields"], serde_json::json!(["preferred_name"]), "field names, never values");
    }

    async fn a_number_that_is_a_landline_by_its_plan_is_not_tried_first(db: TestDb) {
        let house = House::new(db).await;
        // Madrid; a mobile of Spain; the United States, where numbers do not tell.
        let numbers = [("+34 912 345 678", true), ("+34 612 345 678", false), ("415 555 2671", false)];
        let mut form = house.form("Rosa Diaz");
        for (number, is_landline) in numbers {
            form.phone = Phi::new(number.into());
            form.external_id = Phi::default();
            let id = house.client(&form).await;
            let mut read = house.read().await;
            let client = store::client::find(&mut read, &id).await.unwrap().unwrap();
            let found = store::unusable_contact::find(&mut read, Channel::Sms, client.address(Channel::Sms).unwrap()).await.unwrap();
            assert_eq!(found.map(|found| found.reason), is_landline.then_some(UnusableReason::Landline), "{number}");
        }
        // Whoever knows better says so, and it stays said until the number is another one.
        let mut tx = house.write().await;
        form.phone = Phi::new("+34 913 456 789".into());
        let id = client::create(&mut tx, &house.ctx, &Actor::System, &form).await.unwrap();
        let known = async |tx: &mut store::Tx, number: &str| {
            store::unusable_contact::find(tx, Channel::Sms, number).await.unwrap().is_some()
        };
        assert!(known(&mut tx, "+34913456789").await);
        workflows::delivery::declare_usable(&mut tx, &house.ctx, &Actor::System, &id, Channel::Sms).await.unwrap();
        form.preferred_name = Phi::new("Rosi".into());
        client::edit(&mut tx, &house.ctx, &Actor::System, &id, 1, &form).await.unwrap();
        assert!(!known(&mut tx, "+34913456789").await);
        form.phone = Phi::new("+34 914 567 890".into());
        client::edit(&mut tx, &house.ctx, &Actor::System, &id, 2, &form).await.unwrap();
        assert!(known(&mut tx, "+34914567890").await);
    }
}
