//! Two records of one person: proposed, made into one, answered by a link from before, and taken apart again.

use crate::house::House;
use care::case::CaseState;
use care::client::{ConsentSource, ConsentState, Purpose};
use care::merge::Likeness;
use care::message::Channel;
use care::packet::PacketState;
use care::response::{Mode, Rule};
use care::staff::{Actor, Role};
use care::{ClientId, EpisodeId, PacketId, Phi};
use chrono::Duration;
use instruments::Answer;
use store::testing::both_databases;
use workflows::appointment::{self, NewAppointment};
use workflows::client::{ClientForm, Decision};
use workflows::response::{self, GiveAnswer};
use workflows::{Error, check_in, client, merge, packet, verify};

struct Two {
    kept: ClientId,
    gone: ClientId,
    into: EpisodeId,
    ended: EpisodeId,
}

/// One person who came twice: with Ana, and with Ben under another spelling.
async fn twice(house: &House) -> Two {
    let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
    let ben = house.hire("Ben Osei", &[Role::Clinician]).await;
    let form = |name: &str, external: &str, email: &str| ClientForm {
        birth_date: Some(Phi::new("1990-03-25".parse().unwrap())),
        external_id: Phi::new(external.into()),
        phone: Phi::new("415 555 2671".into()),
        email: Phi::new(email.into()),
        ..house.form(name)
    };
    let kept = house.client(&form("José Muñoz", "A-1", "")).await;
    let gone = house.client(&form("jose munoz", "B-9", "jose@example.org")).await;
    house.consent(&kept, Channel::Sms).await;
    house.consent(&gone, Channel::Sms).await;
    house.consent(&gone, Channel::Email).await;
    let into = house.episode(&kept, &ana).await;
    let ended = house.episode(&gone, &ben).await;
    Two { kept, gone, into, ended }
}

/// A check-in that is out.
async fn open_packet(house: &House, episode: &EpisodeId) -> PacketId {
    let mut tx = house.write().await;
    let id = packet::send_now(&mut tx, &house.ctx, episode, &["phq-9".to_owned()], &Actor::System).await.unwrap();
    let now = house.ctx.now();
    store::packet::mark_sent(
        &mut tx,
        &[store::packet::Sent { id: &id, at: now, expires_at: now + Duration::hours(96) }],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn withdraw(house: &House, id: &ClientId, channel: Channel) {
    let mut tx = house.write().await;
    let decision = Decision {
        channel,
        purpose: Purpose::CheckIn,
        state: ConsentState::Withdrawn,
        wording_version: "2026-01".into(),
        source: ConsentSource::Keyword,
    };
    client::decide(&mut tx, &house.ctx, None, id, &decision).await.unwrap();
    tx.commit().await.unwrap();
}

async fn give(house: &House, packet: &PacketId, item: &str, value: i64) {
    let mut tx = house.write().await;
    let give = GiveAnswer { device: None, instrument: "phq-9".into(), item: item.into(), answer: Answer::Value(value) };
    response::answer(&mut tx, &house.ctx, packet, &give).await.unwrap();
    tx.commit().await.unwrap();
}

async fn answer_all(house: &House, packet: &PacketId) {
    for item in 1..=9 {
        give(house, packet, &item.to_string(), 2).await;
    }
    let mut tx = house.write().await;
    response::submit(&mut tx, &house.ctx, packet, Mode::Link).await.unwrap();
    tx.commit().await.unwrap();
}

/// Every row of the tables a merge may touch, as text, but for what is new.
async fn rows(house: &House) -> Vec<(String, String, String, String)> {
    let mut read = house.read().await;
    let mut all = Vec::new();
    for sql in [
        "SELECT 'episode', id, client_id, state FROM episode ORDER BY id",
        "SELECT 'assignment', id, clinician_id, COALESCE(CAST(ends_at AS TEXT), '') FROM assignment ORDER BY id",
        "SELECT 'appointment', id, client_id, episode_id FROM appointment ORDER BY id",
        "SELECT 'packet', id, client_id, episode_id || slot || state FROM packet WHERE state <> 'withdrawn' ORDER BY id",
        "SELECT 'case', id, client_id, episode_id || state FROM care_case ORDER BY id",
        "SELECT 'message', id, COALESCE(client_id, ''), state FROM message WHERE state = 'planned' ORDER BY id",
        "SELECT 'consent', id, client_id, state FROM consent ORDER BY id",
        "SELECT 'task', id, COALESCE(client_id, ''), kind FROM task ORDER BY id",
        "SELECT 'client', id, COALESCE(email_index, ''), COALESCE(merged_into, '') FROM client ORDER BY id",
    ] {
        let found: Vec<(String, String, String, String)> = read.query(sql).all().await.unwrap();
        all.extend(found);
    }
    all
}

async fn nothing_broken(house: &House) {
    let report = verify::check(&house.db, &house.ctx).await.unwrap();
    let found: Vec<String> = report.violations.iter().map(ToString::to_string).collect();
    assert_eq!(found, Vec::<String>::new());
}

both_databases! {
    async fn two_records_become_one_and_the_old_link_goes_on_working(db: TestDb) {
        let house = House::new(db).await;
        let Two { kept, gone, into, ended } = twice(&house).await;
        let case = house.danger(&ended).await;
        let open = open_packet(&house, &ended).await;
        let mut tx = house.write().await;
        let token = check_in::hand_out(&mut tx, &house.ctx, &open, &Actor::System).await.unwrap();
        let starts_at = house.ctx.now() + Duration::hours(72);
        let session = NewAppointment {
            episode: ended.clone(), clinician: None, site: None, starts_at, ends_at: starts_at + Duration::minutes(50),
        };
        let session = appointment::make(&mut tx, &house.ctx, &Actor::System, &session).await.unwrap();
        tx.commit().await.unwrap();
        withdraw(&house, &gone, Channel::Sms).await;

        let pairs = merge::look_alikes(&mut house.read().await, &house.ctx, &house.owner).await.unwrap();
        assert_eq!(pairs.len(), 1);
        assert_eq!((&pairs[0].one.id, &pairs[0].other.id), (&kept, &gone));
        assert_eq!(pairs[0].likeness, [Likeness::NameAndBirthDate, Likeness::Phone]);

        let mut tx = house.write().await;
        merge::merge(&mut tx, &house.ctx, &house.owner, &kept, &gone).await.unwrap();
        tx.commit().await.unwrap();

        let mut read = house.read().await;
        let episodes = store::episode::list_of_client(&mut read, &kept).await.unwrap();
        assert_eq!(episodes.iter().filter(|one| one.is_open()).map(|one| &one.id).collect::<Vec<_>>(), [&into]);
        assert_eq!(episodes.len(), 2, "the other course stays in the record");
        let of_gone = store::case::find(&mut read, &case).await.unwrap().unwrap();
        assert_eq!((of_gone.client_id, of_gone.state), (kept.clone(), CaseState::Open), "no case is lost");
        assert_eq!(store::appointment::find(&mut read, &session.id).await.unwrap().unwrap().episode_id, into);
        let packets = store::packet::of_episode(&mut read, &into).await.unwrap();
        let before = packets.iter().filter(|one| one.appointment_id.as_ref() == Some(&session.id) && one.slot.starts_with("before:"));
        assert!(before.count() <= 1, "never two for one session");
        let current = store::consent::current(&mut read, &kept).await.unwrap();
        let holds = |channel| current.iter().find(|one| one.channel == channel).map(|one| one.state);
        assert_eq!(holds(Channel::Sms), Some(ConsentState::Withdrawn), "the stricter of the two");
        assert_eq!(holds(Channel::Email), Some(ConsentState::Given), "the address came along, and what was agreed about it");
        assert_eq!(store::client::find(&mut read, &kept).await.unwrap().unwrap().email.unwrap().text(), "jose@example.org");
        assert_eq!(store::client::by_external(&mut read, "B-9").await.unwrap().unwrap().id, kept, "a later import finds the record that goes on");
        assert_eq!(store::client::by_phone(&mut read, "+14155552671").await.unwrap().len(), 1);
        assert_eq!(client::list(&mut read, &house.ctx, &house.owner).await.unwrap().len(), 1);
        let filter = store::AuditFilter { about: Some(kept.to_string()), ..store::AuditFilter::default() };
        let about = store::audit_latest(&mut read, &filter, 100).await.unwrap();
        assert!(about.iter().any(|row| row.action == "client.create" && row.subject_id == gone.as_str()), "read by both ids");
        drop(read);

        let mut read = house.db.read_all().await.unwrap();
        let found = store::packet::by_link(&mut read, &care::token::hash(&token)).await.unwrap().unwrap();
        assert_eq!((&found.packet.id, &found.packet.client_id, &found.packet.episode_id), (&open, &kept, &into));
        drop(read);
        answer_all(&house, &open).await;
        let mut read = house.read().await;
        assert_eq!(store::packet::find(&mut read, &open).await.unwrap().unwrap().state, PacketState::Completed);
        let measures = store::response::measures(&mut read, &into).await.unwrap();
        assert_eq!(measures.iter().find(|one| one.instrument == "phq-9").unwrap().latest.to_bits(), 18.0_f64.to_bits());
        assert!(store::case::open_of_episode(&mut read, &into).await.unwrap().is_some(), "danger is told to who treats now");
        drop(read);
        nothing_broken(&house).await;
    }

    async fn a_merge_taken_back_at_once_leaves_every_row_as_it_was(db: TestDb) {
        let house = House::new(db).await;
        let Two { kept, gone, into, ended } = twice(&house).await;
        house.danger(&ended).await;
        open_packet(&house, &ended).await;
        withdraw(&house, &gone, Channel::Sms).await;
        // Plans are brought up to date on the way back, so they have to be so before.
        let mut tx = house.write().await;
        for episode in [&into, &ended, &into, &ended, &into, &ended] {
            packet::replan(&mut tx, &house.ctx, episode).await.unwrap();
        }
        tx.commit().await.unwrap();
        let before = rows(&house).await;
        let mut tx = house.write().await;
        let id = merge::merge(&mut tx, &house.ctx, &house.owner, &kept, &gone).await.unwrap();
        tx.commit().await.unwrap();
        assert_ne!(rows(&house).await, before);
        let mut tx = house.write().await;
        merge::undo(&mut tx, &house.ctx, &house.owner, &id).await.unwrap();
        tx.commit().await.unwrap();
        // Check-ins that were planned meanwhile are the only new rows.
        let mut after = rows(&house).await;
        after.retain(|row| before.contains(row) || !matches!(row.0.as_str(), "packet" | "message"));
        assert_eq!(after, before);
        let mut tx = house.write().await;
        let again = merge::undo(&mut tx, &house.ctx, &house.owner, &id).await.unwrap_err();
        assert!(matches!(again, Error::Conflict), "{again:?}");
        drop(tx);
        nothing_broken(&house).await;
    }

    async fn what_was_answered_meanwhile_goes_back_with_its_check_in_and_its_danger_is_told(db: TestDb) {
        let house = House::new(db).await;
        let Two { kept, gone, into, ended } = twice(&house).await;
        let open = open_packet(&house, &ended).await;
        let own = open_packet(&house, &into).await;
        let mut tx = house.write().await;
        let id = merge::merge(&mut tx, &house.ctx, &house.owner, &kept, &gone).await.unwrap();
        tx.commit().await.unwrap();
        answer_all(&house, &own).await;
        house.clock.advance(Duration::hours(1));
        answer_all(&house, &open).await;
        let mut tx = house.write().await;
        merge::undo(&mut tx, &house.ctx, &house.owner, &id).await.unwrap();
        tx.commit().await.unwrap();
        let mut read = house.read().await;
        for (packet, client, episode) in [(&own, &kept, &into), (&open, &gone, &ended)] {
            let found = store::packet::find(&mut read, packet).await.unwrap().unwrap();
            assert_eq!((&found.client_id, &found.episode_id), (client, episode));
            let responses = store::response::of_packet(&mut read, packet).await.unwrap();
            assert_eq!((&responses[0].client_id, &responses[0].episode_id), (client, episode));
            let measures = store::response::measures(&mut read, episode).await.unwrap();
            assert_eq!(measures.iter().map(|one| one.n).collect::<Vec<_>>(), [1], "each course has its own answers");
            let case = store::case::open_of_episode(&mut read, episode).await.unwrap().unwrap();
            assert_eq!(&case.client_id, client);
            let reasons = store::case::reasons(&mut read, &case.id).await.unwrap();
            assert!(reasons.iter().any(|one| one.rule == Rule::RiskItem && one.packet_id.as_ref() == Some(packet)));
        }
        drop(read);
        nothing_broken(&house).await;
    }

    async fn who_are_two_people_is_asked_once_and_nobody_merges_what_is_not_theirs(db: TestDb) {
        let house = House::new(db).await;
        let Two { kept, gone, .. } = twice(&house).await;
        let sister = ClientForm {
            birth_date: Some(Phi::new("1992-07-01".parse().unwrap())),
            phone: Phi::new("415 555 2671".into()),
            ..house.form("Luz Muñoz")
        };
        house.client(&sister).await;
        let count = async || merge::look_alikes(&mut house.read().await, &house.ctx, &house.owner).await.unwrap().len();
        assert_eq!(count().await, 1, "two birth dates are two people");
        let clinician = house.hire("Cleo Park", &[Role::Clinician]).await;
        let mut tx = house.write().await;
        let refused = merge::merge(&mut tx, &house.ctx, &clinician, &kept, &gone).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden), "{refused:?}");
        let itself = merge::merge(&mut tx, &house.ctx, &house.owner, &kept, &kept).await.unwrap_err();
        assert!(matches!(itself, Error::NotFound), "{itself:?}");
        drop(tx);
        let mut tx = house.write().await;
        merge::keep_apart(&mut tx, &house.ctx, &house.owner, &gone, &kept).await.unwrap();
        merge::keep_apart(&mut tx, &house.ctx, &house.owner, &kept, &gone).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count().await, 0);
    }
}
