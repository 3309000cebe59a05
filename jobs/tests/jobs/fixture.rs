//! A small practice whose messages may go at any hour: clinician `ana`, supervisor `sue`, clients with episodes.

use care::client::{Client, Consent, ConsentSource, ConsentState, Purpose, Recipient};
use care::episode::{Assignment, Episode, EpisodeState};
use care::message::{Channel, Message, MessageKind};
use care::practice::{Practice, Settings, Site};
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::staff::{Actor, Role, Shortcut, Staff, StaffState, Supervision};
use care::{
    AssignmentId, ClientId, Clock, ConsentId, Entropy, EpisodeId, Instant, Language, MessageId, PacketId, Phi,
    PracticeId, ProtocolId, SiteId, StaffId, SupervisionId, SystemEntropy, TestClock,
};
use chrono::{DateTime, Duration};
use instruments::Library;
use jobs::JobContext;
use notify::{Memory, OutboxMessage, Transport};
use std::sync::{Arc, LazyLock};
use store::{Db, InstanceScope as _, Tx};
use templates::Templates;
use workflows::Context;
use workflows::response::GiveAnswer;

pub const BASE: &str = "https://care.example.org";

/// Monday 2026-03-09, 18:00 UTC: 11 o'clock at the practice.
pub fn monday() -> Instant {
    DateTime::from_timestamp(1_773_079_200, 123_456_000).unwrap()
}

pub fn library() -> Arc<Library> {
    static LIBRARY: LazyLock<Arc<Library>> = LazyLock::new(|| Arc::new(Library::embedded().unwrap()));
    Arc::clone(&LIBRARY)
}

pub fn templates() -> Arc<Templates> {
    static TEMPLATES: LazyLock<Arc<Templates>> = LazyLock::new(|| Arc::new(Templates::new().unwrap()));
    Arc::clone(&TEMPLATES)
}

pub fn context(
    db: &Db,
    clock: impl Clock + 'static,
    entropy: impl Entropy + 'static,
    transport: Transport,
) -> JobContext {
    JobContext::new(db.clone(), Context::new(clock, entropy, library()), transport, templates(), BASE).unwrap()
}

/// A practice, its clock, and what a provider would have accepted.
pub struct Clinic {
    pub ctx: JobContext,
    pub clock: TestClock,
    pub sent: Memory,
}

impl Clinic {
    /// The practice, at Monday.
    pub async fn new(db: &Db) -> Self {
        let (clock, sent) = (TestClock::at(monday()), Memory::new());
        let ctx = context(db, clock.clone(), SystemEntropy, Transport::Memory(sent.clone()));
        found(&ctx, Settings::default()).await;
        let clinic = Self { ctx, clock, sent };
        // The recurring jobs of this day have run; what follows is the test's own.
        clinic.run().await;
        clinic
    }

    /// Runs everything due now.
    pub async fn run(&self) -> usize {
        jobs::run_due(&self.ctx, 1_000).await.unwrap()
    }

    /// Moves the clock and runs everything due then.
    pub async fn later(&self, by: Duration) -> usize {
        self.clock.advance(by);
        self.run().await
    }

    pub async fn write(&self) -> Tx {
        self.ctx.db.write(&practice()).await.unwrap()
    }

    pub async fn messages(&self, packet: &PacketId) -> Vec<Message> {
        store::message::of_packet(&mut self.ctx.db.read(&practice()).await.unwrap(), packet).await.unwrap()
    }

    /// The one message of the check-in that is of the kind and the channel.
    pub async fn message(&self, packet: &PacketId, kind: MessageKind, channel: Channel) -> Message {
        let mut found = self.messages(packet).await;
        found.retain(|message| message.kind == kind && message.channel == channel);
        assert_eq!(found.len(), 1, "{kind} by {channel}");
        found.remove(0)
    }

    /// What a provider accepted for a recipient.
    pub fn sent_to(&self, to: &str) -> Vec<OutboxMessage> {
        self.sent.messages().into_iter().filter(|message| message.to() == to).collect()
    }
}

pub fn practice() -> PracticeId {
    PracticeId::from_text("harbor")
}

/// Sets the practice up.
pub async fn found(ctx: &JobContext, settings: Settings) {
    let now = ctx.now();
    let mut tx = ctx.db.write(&practice()).await.unwrap();
    let harbor = Practice {
        id: practice(),
        name: "Harbor Lane Counseling".to_owned(),
        display_name: "Harbor Lane".to_owned(),
        phone: "+12065550100".to_owned(),
        language: Language::En,
        zone: "America/Los_Angeles".to_owned(),
        settings,
        created_at: now,
    };
    store::practice::insert(&mut tx, &harbor).await.unwrap();
    let site = Site {
        id: SiteId::from_text("north"),
        name: "North".to_owned(),
        zone: harbor.zone,
        on_call_id: None,
        before_session_hours: None,
    };
    store::site::insert(&mut tx, &site).await.unwrap();
    for (id, phone, roles) in
        [("ana", "+12065550111", &[Role::Clinician][..]), ("sue", "+12065550112", &[Role::Clinician, Role::Supervisor])]
    {
        let person = Staff {
            id: StaffId::from_text(id),
            name: Phi::new(id.to_owned()),
            email: Phi::new(format!("{id}@example.org")),
            phone: Some(Phi::new(phone.to_owned())),
            language: Language::En,
            state: StaffState::Active,
            backup_id: None,
            shortcut: Shortcut::On,
            roles: roles.to_vec(),
            sites: Vec::new(),
        };
        assert!(store::staff::insert(&mut tx, &person, now).await.unwrap());
    }
    let edge = Supervision {
        id: SupervisionId::from_text("edge"),
        supervisor_id: StaffId::from_text("sue"),
        clinician_id: StaffId::from_text("ana"),
        starts_on: (now - Duration::days(30)).date_naive(),
        ends_on: None,
    };
    store::supervision::insert(&mut tx, &edge).await.unwrap();
    let protocol = Protocol {
        id: ProtocolId::from_text("standard"),
        name: "Standard".to_owned(),
        version: 1,
        lines: vec![Line::new("phq-9", Rhythm::EveryWeeks(2))],
        budget: None,
        state: ProtocolState::Current,
        in_force_from: None,
        created_at: now,
    };
    assert!(store::protocol::insert(&mut tx, &protocol).await.unwrap());
    tx.commit().await.unwrap();
}

/// A client with consent on both channels, in an open episode of `ana`'s. Number and address are told by `n`.
pub async fn add_client(ctx: &JobContext, n: u32, preferred: Channel) -> EpisodeId {
    let now = ctx.now();
    let (client, episode) = (ClientId::from_text(format!("c{n}")), EpisodeId::from_text(format!("e{n}")));
    let mut tx = ctx.db.write(&practice()).await.unwrap();
    let row = Client {
        id: client.clone(),
        site_id: SiteId::from_text("north"),
        external_id: None,
        name: Phi::new(format!("Client {n}")),
        preferred_name: None,
        birth_date: None,
        sex: None,
        email: Some(Phi::new(address(n))),
        phone: Some(Phi::new(number(n))),
        language: Language::En,
        zone: Some("America/Los_Angeles".to_owned()),
        preferred_channel: preferred,
        emergency_contact: None,
        guardian: None,
        recipient: Recipient::Client,
    };
    assert!(store::client::insert(&mut tx, &row, now).await.unwrap());
    for channel in [Channel::Sms, Channel::Email] {
        let consent = Consent {
            id: ctx.workflows.id(ConsentId::new),
            client_id: client.clone(),
            channel,
            purpose: Purpose::CheckIn,
            state: ConsentState::Given,
            wording_version: "1".to_owned(),
            source: ConsentSource::Staff,
            recorded_at: now,
            recorded_by: None,
        };
        store::consent::insert(&mut tx, &consent).await.unwrap();
    }
    let course = Episode {
        id: episode.clone(),
        client_id: client,
        site_id: SiteId::from_text("north"),
        protocol_id: ProtocolId::from_text("standard"),
        started_on: (now - Duration::days(1)).date_naive(),
        state: EpisodeState::Open,
        discharged_at: None,
        discharge_reason: None,
    };
    assert!(store::episode::insert(&mut tx, &course).await.unwrap());
    let assignment = Assignment {
        id: AssignmentId::from_text(format!("a{n}")),
        episode_id: episode.clone(),
        clinician_id: StaffId::from_text("ana"),
        starts_at: now,
        ends_at: None,
    };
    store::assignment::assign(&mut tx, &assignment).await.unwrap();
    tx.commit().await.unwrap();
    episode
}

pub fn number(n: u32) -> String {
    format!("+1206555{n:04}")
}

pub fn address(n: u32) -> String {
    format!("c{n}@example.org")
}

/// Asks a new client for a check-in now; nothing has been sent yet.
pub async fn ask(ctx: &JobContext, n: u32, preferred: Channel) -> PacketId {
    let episode = add_client(ctx, n, preferred).await;
    let mut tx = ctx.db.write(&practice()).await.unwrap();
    let packet = workflows::packet::send_now(&mut tx, &ctx.workflows, &episode, &[], &Actor::System).await.unwrap();
    tx.commit().await.unwrap();
    packet
}

/// The client of a check-in answers the question about danger with "nearly every day".
pub async fn answer_danger(ctx: &JobContext, packet: &PacketId) {
    let give = GiveAnswer {
        device: None,
        instrument: "phq-9".to_owned(),
        item: "9".to_owned(),
        answer: instruments::Answer::Value(3),
    };
    let mut tx = ctx.db.write(&practice()).await.unwrap();
    workflows::response::answer(&mut tx, &ctx.workflows, packet, &give).await.unwrap();
    tx.commit().await.unwrap();
}

/// A message to `ana` on one channel, due now.
pub async fn tell_ana(ctx: &JobContext, channel: Channel) -> MessageId {
    let now = ctx.now();
    let unique_key = format!("reason:1:notice:ana:{channel}");
    let message = Message {
        staff_id: Some(StaffId::from_text("ana")),
        case_id: Some(care::CaseId::from_text("case-1")),
        ..Message::planned(ctx.workflows.id(MessageId::new), MessageKind::RiskNotice, channel, unique_key, now)
    };
    let mut tx = ctx.db.write(&practice()).await.unwrap();
    assert!(store::message::plan(&mut tx, &message, now).await.unwrap());
    tx.enqueue(&care::Job::Alert, now).await.unwrap();
    tx.commit().await.unwrap();
    message.id
}

/// A row of the table of jobs, as an operator would look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    pub state: String,
    pub attempt: i64,
    pub seen: i64,
    pub claim: i64,
    pub run_at: Instant,
    pub reason: Option<String>,
}

/// Every job of the kind, by due time.
pub async fn jobs_named(db: &Db, name: &str) -> Vec<JobRow> {
    let mut read = db.read_all().await.unwrap();
    let sql =
        "SELECT state, attempt, seen, claim, run_at, reason FROM job WHERE payload ->> 'job' = $1 ORDER BY run_at, id";
    let rows: Vec<(String, i64, i64, i64, Instant, Option<String>)> = read.query(sql).bind(name).all().await.unwrap();
    rows.into_iter()
        .map(|(state, attempt, seen, claim, run_at, reason)| JobRow { state, attempt, seen, claim, run_at, reason })
        .collect()
}

/// Looks until it is so; fails when it never comes.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut look: impl FnMut() -> F) {
    let began = std::time::Instant::now();
    while !look().await {
        // Longer than a busy machine takes to see that a process is gone.
        assert!(began.elapsed() < std::time::Duration::from_mins(2), "{what} did not happen");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
