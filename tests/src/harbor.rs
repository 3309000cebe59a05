//! The practice of the acceptance scenarios: Harbor Lane Counseling, small.

use crate::{Browser, TestApp};
use care::appointment::{Appointment, AppointmentState};
use care::client::{Client, Consent, ConsentSource, ConsentState, Purpose, Recipient};
use care::episode::{Assignment, Episode, EpisodeState};
use care::message::Channel;
use care::packet::{Asked, Occasion, Packet, PacketState};
use care::plan::Desired;
use care::practice::{CrisisResource, Practice, Settings, Site};
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::response::{Mode, Sheet};
use care::staff::{Role, Shortcut, Staff, StaffState, Supervision};
use care::{
    AppointmentId, AssignmentId, ClientId, Clock, ConsentId, CrisisResourceId, EpisodeId, Instant, Language, PacketId,
    Phi, PracticeId, ProtocolId, SiteId, StaffId, SupervisionId,
};
use chrono::{Duration, NaiveDate};
use instruments::Answer;
use workflows::Context;
use workflows::response::{self, Receipt};

/// The password of everyone at Harbor Lane.
pub const PASSWORD: &str = "correct horse battery";

/// Signs somebody of Harbor Lane in, by their name in small letters; their browser and its form token.
pub async fn sign_in(app: &TestApp, name: &str) -> (Browser, String) {
    let browser = app.browser();
    let csrf = browser.get("/sign-in").await.field("csrf");
    let email = format!("{name}@example.org");
    let home = browser.post("/sign-in", &[("csrf", &csrf), ("email", &email), ("password", PASSWORD)]).await;
    assert_ne!(home.path, "/sign-in", "{name} is let in");
    let csrf = home.field("csrf");
    (browser, csrf)
}

/// Answers of the PHQ-9 with a total and a value for item 9.
pub fn phq9(total: i64, item9: i64) -> Vec<Option<i64>> {
    let mut left = total - item9;
    let mut values: Vec<Option<i64>> = (0..8)
        .map(|_| {
            let value = left.min(3);
            left -= value;
            Some(value)
        })
        .collect();
    assert_eq!(left, 0, "eight items hold at most 24");
    values.push(Some(item9));
    values
}

/// A check-in that is to go at the instant, by nobody's protocol.
pub fn check_in(
    ctx: &Context,
    client: &ClientId,
    episode: &EpisodeId,
    instruments: &[&str],
    send_at: Instant,
) -> Packet {
    let desired = Desired {
        slot: format!("test:{}", ctx.token()),
        occasion: Occasion::OnRequest,
        appointment_id: None,
        asked: instruments.iter().map(|id| Asked { id: (*id).into(), version: "1".into() }).collect(),
        send_at,
        expires_at: send_at + Duration::hours(96),
    };
    desired.into_packet(ctx.id(PacketId::new), client.clone(), episode.clone())
}

/// The practice and the people in it.
pub struct Harbor {
    /// Practice.
    pub practice: PracticeId,
    /// Site North.
    pub north: SiteId,
    /// Ana, a clinician.
    pub ana: StaffId,
    /// Ben, a clinician and Ana's backup.
    pub ben: StaffId,
    /// Sofia, Ana's supervisor.
    pub sofia: StaffId,
    /// Otto, on call at North.
    pub otto: StaffId,
    /// Bill, who bills.
    pub bill: StaffId,
    /// Ida at the front desk.
    pub ida: StaffId,
    /// Adam, who administers.
    pub adam: StaffId,
    /// A client of Ana's.
    pub client: ClientId,
    /// The client's episode.
    pub episode: EpisodeId,
    /// The protocol.
    pub protocol: ProtocolId,
}

impl Harbor {
    /// Founds the practice with one client of Ana's, whose texts and mails are consented to.
    pub async fn found(app: &TestApp) -> Self {
        let ctx = &app.ctx;
        let now = ctx.now();
        let practice = ctx.id(PracticeId::new);
        let mut tx = app.db.write(&practice).await.expect("a write");
        store::practice::insert(
            &mut tx,
            &Practice {
                id: practice.clone(),
                name: "Harbor Lane Counseling".into(),
                display_name: "Harbor Lane".into(),
                phone: "+1 (415) 555-0100".into(),
                language: Language::En,
                zone: "America/Los_Angeles".into(),
                settings: Settings::default(),
                created_at: now,
            },
        )
        .await
        .expect("the practice is new");
        let north = ctx.id(SiteId::new);
        let site = Site {
            id: north.clone(),
            name: "North".into(),
            zone: "America/Los_Angeles".into(),
            on_call_id: None,
            before_session_hours: None,
        };
        store::site::insert(&mut tx, &site).await.expect("the site is new");
        let hash = workflows::password::hash(PASSWORD, ctx.entropy.as_ref());
        let people: [(&str, &[Role]); 7] = [
            ("Ana", &[Role::Clinician]),
            ("Ben", &[Role::Clinician]),
            ("Sofia", &[Role::Supervisor]),
            ("Otto", &[Role::Clinician]),
            ("Bill", &[Role::Biller]),
            ("Ida", &[Role::Intake]),
            ("Adam", &[Role::Admin, Role::Owner]),
        ];
        let mut ids = Vec::new();
        for (number, (name, roles)) in people.into_iter().enumerate() {
            let person = Staff {
                id: ctx.id(StaffId::new),
                name: Phi::new(name.to_owned()),
                email: Phi::new(format!("{}@example.org", name.to_lowercase())),
                phone: Some(Phi::new(format!("+1415555011{number}"))),
                language: Language::En,
                state: StaffState::Active,
                backup_id: None,
                shortcut: Shortcut::On,
                roles: roles.to_vec(),
                sites: Vec::new(),
            };
            store::staff::insert(&mut tx, &person, now).await.expect("the person is new");
            store::staff::set_password(&mut tx, &person.id, hash.text()).await.expect("the person is there");
            ids.push(person.id);
        }
        let [ana, ben, sofia, otto, bill, ida, adam] = <[StaffId; 7]>::try_from(ids).expect("seven people");
        store::staff::set_backup(&mut tx, &ana, Some(&ben)).await.expect("Ben is there");
        store::site::set_on_call(&mut tx, &north, Some(&otto)).await.expect("Otto is there");
        let edge = Supervision {
            id: ctx.id(SupervisionId::new),
            supervisor_id: sofia.clone(),
            clinician_id: ana.clone(),
            starts_on: NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day"),
            ends_on: None,
        };
        store::supervision::insert(&mut tx, &edge).await.expect("the edge is new");
        let protocol = ctx.id(ProtocolId::new);
        let line = |instrument: &str, rhythm| Line::new(instrument, rhythm);
        let lines = vec![
            line("wellbeing-check", Rhythm::BeforeSession),
            line("phq-9", Rhythm::Intake),
            line("phq-9", Rhythm::EveryWeeks(2)),
            line("gad-7", Rhythm::Intake),
            line("gad-7", Rhythm::EveryWeeks(2)),
            line("session-feedback", Rhythm::AfterSession),
        ];
        let version = Protocol {
            id: protocol.clone(),
            name: "Standard".into(),
            version: 1,
            lines,
            budget: None,
            state: ProtocolState::Current,
            in_force_from: None,
            created_at: now,
        };
        store::protocol::insert(&mut tx, &version).await.expect("the protocol is new");
        let resource = |language, label: &str, href: &str, position| CrisisResource {
            id: ctx.id(CrisisResourceId::new),
            language,
            label: label.into(),
            detail: String::new(),
            href: href.into(),
            site_id: None,
            position,
            reviewed_on: now.date_naive(),
        };
        let resources = [
            resource(Language::En, "988 Suicide & Crisis Lifeline", "tel:988", 0),
            resource(Language::Es, "Línea 988", "tel:988", 1),
        ];
        store::crisis_resource::replace_all(&mut tx, &resources).await.expect("the resources are new");
        tx.commit().await.expect("the practice is founded");
        let mut harbor = Self {
            practice,
            north,
            ana,
            ben,
            sofia,
            otto,
            bill,
            ida,
            adam,
            client: ClientId::from_text(""),
            episode: EpisodeId::from_text(""),
            protocol,
        };
        (harbor.client, harbor.episode) = harbor.client(app, "Robin Vale", "+14155550150").await;
        harbor
    }

    /// A client of Ana's with an open episode and consent to texts and mails.
    pub async fn client(&self, app: &TestApp, name: &str, phone: &str) -> (ClientId, EpisodeId) {
        let ctx = &app.ctx;
        let now = ctx.now();
        let client = Client {
            id: ctx.id(ClientId::new),
            site_id: self.north.clone(),
            external_id: None,
            name: Phi::new(name.to_owned()),
            preferred_name: None,
            birth_date: None,
            sex: None,
            email: Some(Phi::new(format!("{}@example.org", name.split(' ').next().unwrap_or("client").to_lowercase()))),
            phone: Some(Phi::new(phone.to_owned())),
            language: Language::En,
            zone: Some("America/Los_Angeles".into()),
            preferred_channel: Channel::Sms,
            emergency_contact: None,
            guardian: None,
            recipient: Recipient::Client,
        };
        let mut tx = app.db.write(&self.practice).await.expect("a write");
        store::client::insert(&mut tx, &client, now).await.expect("the client is new");
        for channel in Channel::ALL {
            let consent = Consent {
                id: ctx.id(ConsentId::new),
                client_id: client.id.clone(),
                channel: *channel,
                purpose: Purpose::CheckIn,
                state: ConsentState::Given,
                wording_version: "1".into(),
                source: ConsentSource::Staff,
                recorded_at: now,
                recorded_by: Some(self.ida.clone()),
            };
            store::consent::insert(&mut tx, &consent).await.expect("the consent is new");
        }
        let episode = Episode {
            id: ctx.id(EpisodeId::new),
            client_id: client.id.clone(),
            site_id: self.north.clone(),
            protocol_id: self.protocol.clone(),
            started_on: now.date_naive(),
            state: EpisodeState::Open,
            discharged_at: None,
            discharge_reason: None,
        };
        store::episode::insert(&mut tx, &episode).await.expect("the episode is new");
        let assignment = Assignment {
            id: ctx.id(AssignmentId::new),
            episode_id: episode.id.clone(),
            clinician_id: self.ana.clone(),
            starts_at: now,
            ends_at: None,
        };
        store::assignment::assign(&mut tx, &assignment).await.expect("nobody has the episode");
        tx.commit().await.expect("the client is there");
        (client.id, episode.id)
    }

    /// An appointment of the client with Ana, and the check-ins planned for it.
    pub async fn appointment(&self, app: &TestApp, starts_at: Instant) -> AppointmentId {
        let appointment = Appointment {
            id: app.ctx.id(AppointmentId::new),
            client_id: self.client.clone(),
            episode_id: self.episode.clone(),
            clinician_id: self.ana.clone(),
            site_id: self.north.clone(),
            starts_at,
            ends_at: starts_at + Duration::minutes(50),
            state: AppointmentState::Scheduled,
        };
        let mut tx = app.db.write(&self.practice).await.expect("a write");
        store::appointment::insert(&mut tx, &appointment).await.expect("the appointment is new");
        workflows::packet::replan(&mut tx, &app.ctx, &self.episode).await.expect("the check-ins are planned");
        tx.commit().await.expect("the appointment is there");
        appointment.id
    }

    /// A check-in that is open now, without a message.
    pub async fn packet(&self, app: &TestApp, instruments: &[&str]) -> PacketId {
        let now = app.clock.now();
        let packet = check_in(&app.ctx, &self.client, &self.episode, instruments, now);
        let packet = Packet { state: PacketState::Open, sent_at: Some(now), ..packet };
        let mut tx = app.db.write(&self.practice).await.expect("a write");
        assert!(store::packet::insert(&mut tx, &packet).await.expect("the check-in is new"));
        tx.commit().await.expect("the check-in is there");
        packet.id
    }

    /// Submits answers to a new check-in of one instrument, all at once.
    pub async fn answer(&self, app: &TestApp, instrument: &str, values: &[Option<i64>]) -> Receipt {
        let packet = self.packet(app, &[instrument]).await;
        let answers = (1..)
            .zip(values)
            .filter_map(|(item, value): (usize, &Option<i64>)| {
                value.map(|value| (item.to_string(), Answer::Value(value)))
            })
            .collect();
        let sheet = Sheet::from([(instrument.to_owned(), answers)]);
        let mut tx = app.db.write(&self.practice).await.expect("a write");
        let receipt = response::submit_sheet(&mut tx, &app.ctx, &packet, sheet, Mode::Link, app.clock.now())
            .await
            .expect("it is accepted");
        tx.commit().await.expect("it is kept");
        receipt
    }

    /// A link to a check-in, handed over in person.
    pub async fn link(&self, app: &TestApp, packet: &PacketId) -> String {
        let mut tx = app.db.write(&self.practice).await.expect("a write");
        let token = workflows::check_in::hand_out(&mut tx, &app.ctx, packet, &care::staff::Actor::System)
            .await
            .expect("the check-in is there");
        tx.commit().await.expect("the link is there");
        format!("/c/{token}")
    }
}
