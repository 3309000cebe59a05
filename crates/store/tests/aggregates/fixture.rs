//! A small practice to test in, and makers of its rows. Ids are `kind-number`, so that a failure reads well.

use care::appointment::{Appointment, AppointmentState};
use care::client::{Client, Recipient};
use care::episode::{Assignment, Episode, EpisodeState};
use care::message::Channel;
use care::packet::{Asked, Occasion, Packet};
use care::plan::Desired;
use care::practice::{Practice, Settings, Site};
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::staff::{Role, Shortcut, Staff, StaffState};
use care::{
    AppointmentId, AssignmentId, ClientId, EpisodeId, Instant, Language, PacketId, Phi, PracticeId, ProtocolId, SiteId,
    StaffId,
};
use chrono::{DateTime, NaiveDate, TimeDelta};
use store::{Db, Read, Tx};

/// 2026-03-09 15:00:00.123456 UTC: with microseconds, so that a lost digit shows.
pub fn now() -> Instant {
    DateTime::from_timestamp_micros(1_773_068_400_123_456).unwrap()
}

pub fn after(minutes: i64) -> Instant {
    now() + TimeDelta::minutes(minutes)
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn practice_id(name: &str) -> PracticeId {
    PracticeId::from_text(name)
}

pub fn practice(name: &str) -> Practice {
    Practice {
        id: practice_id(name),
        name: format!("{name} Counseling"),
        display_name: name.to_owned(),
        phone: "+12065550100".to_owned(),
        language: Language::En,
        zone: "America/Los_Angeles".to_owned(),
        settings: Settings::default(),
        created_at: now(),
    }
}

pub fn site(id: &str) -> Site {
    Site {
        id: SiteId::from_text(id),
        name: format!("Site {id}"),
        zone: "America/Los_Angeles".to_owned(),
        on_call_id: None,
        before_session_hours: None,
    }
}

pub fn staff_id(id: &str) -> StaffId {
    StaffId::from_text(id)
}

pub fn staff(id: &str, roles: &[Role]) -> Staff {
    Staff {
        id: staff_id(id),
        name: Phi::new(format!("Name of {id}")),
        email: Phi::new(format!("{id}@example.org")),
        phone: Some(Phi::new("+12065550101".to_owned())),
        language: Language::En,
        state: StaffState::Active,
        backup_id: None,
        shortcut: Shortcut::On,
        roles: roles.to_vec(),
        sites: Vec::new(),
    }
}

pub fn client_id(id: &str) -> ClientId {
    ClientId::from_text(id)
}

pub fn client(id: &str, name: &str) -> Client {
    Client {
        id: client_id(id),
        site_id: SiteId::from_text("north"),
        external_id: None,
        name: Phi::new(name.to_owned()),
        preferred_name: None,
        birth_date: None,
        sex: None,
        email: None,
        phone: None,
        language: Language::En,
        zone: None,
        preferred_channel: Channel::Sms,
        emergency_contact: None,
        guardian: None,
        recipient: Recipient::Client,
    }
}

pub fn protocol(id: &str, version: i64) -> Protocol {
    Protocol {
        id: ProtocolId::from_text(id),
        name: "Standard".to_owned(),
        version,
        lines: vec![Line::new("phq-9", Rhythm::EveryWeeks(2)), Line::new("session-feedback", Rhythm::AfterSession)],
        budget: Some(care::protocol::Budget { items: 30, seconds: 240 }),
        state: ProtocolState::Current,
        in_force_from: None,
        created_at: now(),
    }
}

pub fn episode_id(id: &str) -> EpisodeId {
    EpisodeId::from_text(id)
}

pub fn episode(id: &str, client: &str) -> Episode {
    Episode {
        id: episode_id(id),
        client_id: client_id(client),
        site_id: SiteId::from_text("north"),
        protocol_id: ProtocolId::from_text("standard-1"),
        started_on: day("2026-03-02"),
        state: EpisodeState::Open,
        discharged_at: None,
        discharge_reason: None,
    }
}

pub fn assignment(id: &str, episode: &str, clinician: &str, starts_at: Instant) -> Assignment {
    Assignment {
        id: AssignmentId::from_text(id),
        episode_id: episode_id(episode),
        clinician_id: staff_id(clinician),
        starts_at,
        ends_at: None,
    }
}

/// An appointment of client `c1` in episode `e1` with `ana`, 50 minutes from the instant.
pub fn appointment(id: &str, starts_at: Instant) -> Appointment {
    Appointment {
        id: AppointmentId::from_text(id),
        client_id: client_id("c1"),
        episode_id: episode_id("e1"),
        clinician_id: staff_id("ana"),
        site_id: SiteId::from_text("north"),
        starts_at,
        ends_at: starts_at + TimeDelta::minutes(50),
        state: AppointmentState::Scheduled,
    }
}

pub async fn write(db: &Db) -> Tx {
    db.write(&practice_id("harbor")).await.unwrap()
}

pub async fn read(db: &Db) -> Read {
    db.read(&practice_id("harbor")).await.unwrap()
}

/// The practice `harbor`: sites `north` and `bay`, clinicians `ana` and `ben`, supervisor `sue`, front desk `ida`.
pub async fn harbor(db: &Db) {
    let mut tx = write(db).await;
    store::practice::insert(&mut tx, &practice("harbor")).await.unwrap();
    for id in ["north", "bay"] {
        store::site::insert(&mut tx, &site(id)).await.unwrap();
    }
    for (id, roles) in [
        ("ana", &[Role::Clinician][..]),
        ("ben", &[Role::Clinician]),
        ("sue", &[Role::Clinician, Role::Supervisor]),
        ("ida", &[Role::Intake]),
    ] {
        assert!(store::staff::insert(&mut tx, &staff(id, roles), now()).await.unwrap());
    }
    tx.commit().await.unwrap();
}

/// [`harbor`] with the protocol `standard-1`, client `c1` in episode `e1`, assigned to `ana`.
pub async fn harbor_with_episode(db: &Db) {
    harbor(db).await;
    let mut tx = write(db).await;
    assert!(store::protocol::insert(&mut tx, &protocol("standard-1", 1)).await.unwrap());
    add_episode(&mut tx, "1", "Client One", "ana").await;
    tx.commit().await.unwrap();
}

/// Client `cN` in the open episode `eN`, assigned to the clinician as `aN`.
pub async fn add_episode(tx: &mut Tx, n: &str, name: &str, clinician: &str) {
    let (c, e, a) = (format!("c{n}"), format!("e{n}"), format!("a{n}"));
    assert!(store::client::insert(tx, &client(&c, name), now()).await.unwrap());
    assert!(store::episode::insert(tx, &episode(&e, &c)).await.unwrap());
    assert_eq!(store::assignment::assign(tx, &assignment(&a, &e, clinician, now())).await.unwrap(), None);
}

/// Every sealed column of a table's rows, as stored, and its plain index columns as bytes.
pub async fn raw(read: &mut Read, sql: &'static str) -> Vec<u8> {
    let practice = read.practice().clone();
    let rows: Vec<(Option<Vec<u8>>,)> = read.query(sql).bind(&practice).all().await.unwrap();
    rows.into_iter().filter_map(|row| row.0).flatten().collect()
}

pub fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

/// A check-in that goes out now and is open for an hour.
pub fn check_in(id: &str, client: &str, episode: &str) -> Packet {
    let desired = Desired {
        slot: format!("slot:{id}"),
        occasion: Occasion::Regular,
        appointment_id: None,
        asked: vec![Asked { id: "phq-9".to_owned(), version: "1".to_owned() }],
        send_at: now(),
        expires_at: after(60),
    };
    desired.into_packet(PacketId::from_text(id), client_id(client), episode_id(episode))
}
