//! STOP, START, HELP, other words, and unsubscribe links (scenario C5).

use crate::house::House;
use care::client::ConsentState;
use care::message::{CancelReason, Channel, MessageKind, MessageState};
use care::practice::TaskKind;
use care::staff::{Actor, Role};
use care::{ClientId, Phi};
use chrono::Duration;
use store::testing::both_databases;
use workflows::appointment::{self, NewAppointment};
use workflows::inbound::{self, Heeded, Inbound, Meaning, Reply};
use workflows::{client, delivery};

const NUMBER: &str = "+14155552671";

async fn text(house: &House, provider_id: &str, from: &str, meaning: Meaning) -> Heeded {
    let mut tx = house.write().await;
    let inbound = Inbound { provider_id: provider_id.into(), from: Phi::new(from.into()), meaning };
    let heeded = inbound::text(&mut tx, &house.ctx, &inbound).await.unwrap();
    tx.commit().await.unwrap();
    heeded
}

/// A client with a session in three days, written to by text.
async fn with_session(house: &House, name: &str, email: Option<&str>) -> ClientId {
    let ana = house.hire(&format!("Clinician of {name}"), &[Role::Clinician]).await;
    let mut form = house.form(name);
    form.phone = Phi::new(NUMBER.into());
    form.email = Phi::new(email.unwrap_or_default().into());
    let id = house.client(&form).await;
    house.consent(&id, Channel::Sms).await;
    if email.is_some() {
        house.consent(&id, Channel::Email).await;
    }
    let episode = house.episode(&id, &ana).await;
    let starts_at = house.ctx.now() + Duration::hours(72);
    let new =
        NewAppointment { episode, clinician: None, site: None, starts_at, ends_at: starts_at + Duration::minutes(50) };
    let mut tx = house.write().await;
    appointment::make(&mut tx, &house.ctx, &Actor::System, &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn planned(house: &House, id: &ClientId, channel: Channel) -> Vec<care::Instant> {
    let messages = house.messages(id).await;
    messages
        .into_iter()
        .filter(|m| m.channel == channel && m.state == MessageState::Planned)
        .map(|m| m.due_at)
        .collect()
}

async fn open_tasks(house: &House, kind: TaskKind) -> Vec<ClientId> {
    let mut ids: Vec<ClientId> = store::task::open(&mut house.read().await)
        .await
        .unwrap()
        .into_iter()
        .filter(|task| task.kind == kind)
        .filter_map(|task| task.client_id)
        .collect();
    ids.sort();
    ids
}

both_databases! {
    async fn stop_speaks_for_everyone_who_shares_the_number(db: TestDb) {
        let house = House::new(db).await;
        let mother = with_session(&house, "Ines Diaz", Some("ines@example.org")).await;
        let daughter = with_session(&house, "Rosa Diaz", None).await;
        let texts = planned(&house, &mother, Channel::Sms).await;
        assert!(!texts.is_empty() && !planned(&house, &daughter, Channel::Sms).await.is_empty());

        assert_eq!(text(&house, "SM1", NUMBER, Meaning::Stop).await, Heeded::Clients(2));
        for id in [&mother, &daughter] {
            assert!(planned(&house, id, Channel::Sms).await.is_empty());
            let cancelled = house.messages(id).await.into_iter().filter(|m| m.cancel_reason == Some(CancelReason::OptedOut)).count();
            assert_eq!(cancelled, texts.len(), "the ledger says why");
            let consents = store::consent::current(&mut house.read().await, id).await.unwrap();
            assert!(consents.iter().all(|one| one.state == ConsentState::Given), "the consents are as they were");
        }
        assert_eq!(planned(&house, &mother, Channel::Email).await, texts, "mails instead, at the same times, with consent");
        assert!(planned(&house, &daughter, Channel::Email).await.is_empty(), "no mail without consent");
        let mut both = vec![mother.clone(), daughter.clone()];
        both.sort();
        assert_eq!(open_tasks(&house, TaskKind::OptedOut).await, both);
        assert_eq!(house.audited("client.opt_out").await.len(), 2);

        assert_eq!(text(&house, "SM1", NUMBER, Meaning::Stop).await, Heeded::Repeated);
        assert_eq!(house.audited("client.opt_out").await.len(), 2);

        assert!(store::suppression::is_suppressed(&mut house.read().await, Channel::Sms, NUMBER).await.unwrap());
        assert_eq!(text(&house, "SM2", "+1 415 555 2671", Meaning::Start).await, Heeded::Clients(2));
        assert!(!store::suppression::is_suppressed(&mut house.read().await, Channel::Sms, NUMBER).await.unwrap());
        assert_eq!(planned(&house, &daughter, Channel::Sms).await, texts, "texts again, at their times");
        assert!(planned(&house, &mother, Channel::Sms).await.is_empty(), "nothing twice: her mails stay");
    }

    async fn stop_from_an_unknown_number_holds_for_whoever_gets_it(db: TestDb) {
        let house = House::new(db).await;
        assert_eq!(text(&house, "SM1", NUMBER, Meaning::Stop).await, Heeded::Clients(0));
        let rosa = with_session(&house, "Rosa Diaz", None).await;
        house.clock.advance(Duration::hours(49));
        let due = store::message::due(&mut house.db.read_all().await.unwrap(), house.ctx.now(), 10).await.unwrap();
        assert!(!due.is_empty());
        for (_, id) in due {
            let mut tx = house.write().await;
            assert!(delivery::claim(&mut tx, &house.ctx, std::slice::from_ref(&id)).await.unwrap().is_empty());
            tx.commit().await.unwrap();
        }
        assert!(house.messages(&rosa).await.iter().any(|m| m.cancel_reason == Some(CancelReason::OptedOut)));
    }

    async fn help_and_other_words_are_answered_a_few_times_a_day(db: TestDb) {
        let house = House::new(db).await;
        let rosa = with_session(&house, "Rosa Diaz", None).await;
        let ines = with_session(&house, "Ines Diaz", None).await;
        text(&house, "SM1", NUMBER, Meaning::Help).await;
        text(&house, "SM2", NUMBER, Meaning::Other).await;
        text(&house, "SM3", "+14155559999", Meaning::Help).await;
        for n in 4..20 {
            text(&house, &format!("SM{n}"), NUMBER, Meaning::Other).await;
        }
        let mut replies = house.messages(&rosa).await;
        replies.extend(house.messages(&ines).await);
        replies.retain(|message| message.kind == MessageKind::AutoReply);
        let words: Vec<Option<Reply>> = replies.iter().map(inbound::reply).collect();
        assert_eq!(words.len(), 3, "two machines do not talk all night");
        assert!(words.contains(&Some(Reply::Help)) && words.contains(&Some(Reply::NotMonitored)));
        assert_eq!(open_tasks(&house, TaskKind::InboundText).await.len(), 2, "one per client who shares the number");

        // The answer goes although nobody agreed to check-ins, and not to a number that asked for silence.
        let mut tx = house.write().await;
        let decision = client::Decision {
            channel: Channel::Sms,
            purpose: care::client::Purpose::CheckIn,
            state: ConsentState::Withdrawn,
            wording_version: "2026-01".into(),
            source: care::client::ConsentSource::Staff,
        };
        for id in [&rosa, &ines] {
            client::decide(&mut tx, &house.ctx, None, id, &decision).await.unwrap();
        }
        assert!(!delivery::claim(&mut tx, &house.ctx, std::slice::from_ref(&replies[0].id)).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        text(&house, "SM90", NUMBER, Meaning::Stop).await;
        let mut tx = house.write().await;
        assert!(delivery::claim(&mut tx, &house.ctx, std::slice::from_ref(&replies[1].id)).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }

    async fn a_provider_that_knows_of_an_opt_out_is_believed(db: TestDb) {
        let house = House::new(db).await;
        let mother = with_session(&house, "Ines Diaz", None).await;
        let daughter = with_session(&house, "Rosa Diaz", None).await;
        let message = house.messages(&mother).await.remove(0);
        let mut tx = house.write().await;
        inbound::opted_out(&mut tx, &house.ctx, &message).await.unwrap();
        tx.commit().await.unwrap();
        assert!(planned(&house, &daughter, Channel::Sms).await.is_empty());
        assert_eq!(open_tasks(&house, TaskKind::OptedOut).await.len(), 2);
    }

    async fn an_unsubscribe_link_ends_the_mails_and_only_them(db: TestDb) {
        let house = House::new(db).await;
        let ines = with_session(&house, "Ines Diaz", Some("ines@example.org")).await;
        let packet = house.messages(&ines).await[0].packet_id.clone().unwrap();
        for _ in 0..2 {
            let mut tx = house.write().await;
            inbound::unsubscribe(&mut tx, &house.ctx, &packet).await.unwrap();
            tx.commit().await.unwrap();
            house.clock.advance(Duration::minutes(1));
        }
        let held = store::consent::current(&mut house.read().await, &ines).await.unwrap();
        let state = |channel| held.iter().find(|one| one.channel == channel).map(|one| one.state);
        assert_eq!((state(Channel::Email), state(Channel::Sms)), (Some(ConsentState::Withdrawn), Some(ConsentState::Given)));
        assert_eq!(house.audited("consent.withdraw").await.len(), 1);
    }
}
