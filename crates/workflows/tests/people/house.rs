//! A practice to test in: one site, an owner, and whoever a test hires.

use care::access::Viewer;
use care::client::{ConsentSource, ConsentState, Purpose, Recipient};
use care::message::Channel;
use care::staff::{Actor, Role, Shortcut, Staff, StaffState};
use care::{ClientId, EpisodeId, Instant, Language, Phi, PracticeId, SeededEntropy, SiteId, StaffId, TestClock};
use instruments::Library;
use std::sync::Arc;
use store::testing::TestDb;
use store::{AuditRow, Read, Tx};
use workflows::client::{ClientForm, ContactForm, Decision};
use workflows::practice::NewPractice;
use workflows::{Context, Error, case, client, episode, practice};

pub struct House {
    pub db: TestDb,
    pub ctx: Context,
    pub clock: TestClock,
    pub practice: PracticeId,
    pub site: SiteId,
    pub owner: Viewer,
}

pub const OWNER_PASSWORD: &str = "nine green bottles";

/// Monday 9 March 2026, 15:00 in Los Angeles.
pub fn monday() -> Instant {
    "2026-03-09T22:00:00Z".parse().unwrap()
}

pub fn context(clock: &TestClock) -> Context {
    Context::new(clock.clone(), SeededEntropy::new(7), Arc::new(Library::embedded().unwrap()))
}

pub fn new_practice() -> NewPractice {
    NewPractice {
        name: "Harbor Lane Counseling".into(),
        display_name: "Harbor Lane".into(),
        phone: "(415) 555-2600".into(),
        language: Language::En,
        zone: "America/Los_Angeles".into(),
        site: "North".into(),
        owner_name: Phi::new("Marta Okafor".into()),
        owner_email: Phi::new("Marta@HarborLane.example".into()),
        owner_roles: vec![],
    }
}

impl House {
    pub async fn new(db: TestDb) -> Self {
        let clock = TestClock::at(monday());
        let ctx = context(&clock);
        let hash = workflows::password::hash(OWNER_PASSWORD, ctx.entropy.as_ref());
        let mut tx = db.write_all().await.unwrap();
        let up = practice::set_up(&mut tx, &ctx, &new_practice(), &hash).await.unwrap();
        tx.commit().await.unwrap();
        let owner = Viewer { staff_id: up.owner, roles: vec![Role::Owner, Role::Admin], sites: vec![] };
        Self { db, ctx, clock, practice: up.practice, site: up.site, owner }
    }

    pub async fn write(&self) -> Tx {
        self.db.write(&self.practice).await.unwrap()
    }

    pub async fn read(&self) -> Read {
        self.db.read(&self.practice).await.unwrap()
    }

    /// Somebody who works here already.
    pub async fn hire(&self, name: &str, roles: &[Role]) -> Viewer {
        let staff = Staff {
            id: self.ctx.id(StaffId::new),
            name: Phi::new(name.into()),
            email: Phi::new(format!("{}@harborlane.example", name.to_lowercase().replace(' ', "."))),
            phone: None,
            language: Language::En,
            state: StaffState::Active,
            backup_id: None,
            shortcut: Shortcut::On,
            roles: roles.to_vec(),
            sites: vec![],
        };
        let mut tx = self.write().await;
        assert!(store::staff::insert(&mut tx, &staff, self.ctx.now()).await.unwrap());
        tx.commit().await.unwrap();
        workflows::access::viewer(&staff)
    }

    pub fn form(&self, name: &str) -> ClientForm {
        ClientForm {
            site: self.site.clone(),
            external_id: Phi::default(),
            name: Phi::new(name.into()),
            preferred_name: Phi::default(),
            birth_date: None,
            sex: None,
            email: Phi::default(),
            phone: Phi::default(),
            language: Language::En,
            zone: "America/Los_Angeles".into(),
            preferred_channel: Channel::Sms,
            emergency_contact: ContactForm::default(),
            guardian: ContactForm::default(),
            recipient: Recipient::Client,
        }
    }

    pub async fn client(&self, form: &ClientForm) -> ClientId {
        let mut tx = self.write().await;
        let id = client::create(&mut tx, &self.ctx, &Actor::System, form).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn consent(&self, id: &ClientId, channel: Channel) {
        let mut tx = self.write().await;
        let decision = Decision {
            channel,
            purpose: Purpose::CheckIn,
            state: ConsentState::Given,
            wording_version: "2026-01".into(),
            source: ConsentSource::Staff,
        };
        client::decide(&mut tx, &self.ctx, Some(&self.owner.staff_id), id, &decision).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn episode(&self, client: &ClientId, clinician: &Viewer) -> EpisodeId {
        let mut tx = self.write().await;
        let start =
            episode::Start { clinician: Some(clinician.staff_id.clone()), ..episode::Start::of(client.clone()) };
        let episode = episode::start(&mut tx, &self.ctx, &Actor::System, &start).await.unwrap();
        tx.commit().await.unwrap();
        episode.id
    }

    /// Raises a case about danger in the episode.
    pub async fn danger(&self, id: &EpisodeId) -> care::CaseId {
        let mut tx = self.write().await;
        let episode = store::episode::lock(&mut tx, id).await.unwrap().unwrap();
        let reason = care::review::NewReason {
            rule: care::response::Rule::RiskItem,
            level: care::case::ReasonLevel::Review,
            inputs: care::response::SignalInputs::default(),
        };
        let case = case::raise(&mut tx, &self.ctx, episode, case::Origin::default(), &[reason]).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        case
    }

    /// The audit rows with this action.
    pub async fn audited(&self, action: &str) -> Vec<AuditRow> {
        let mut read = self.read().await;
        let mut rows = store::audit_page(&mut read, 0, 10_000).await.unwrap();
        assert_eq!(store::verify_audit(&mut read).await.unwrap().broken, None);
        rows.retain(|row| row.action == action);
        rows
    }

    pub async fn messages(&self, id: &ClientId) -> Vec<care::message::Message> {
        let mut messages = store::message::of_client(&mut self.read().await, id).await.unwrap();
        messages.sort_by_key(|message| (message.due_at, message.id.clone()));
        messages
    }
}

/// The problems of an error, as `field: key`.
pub fn problems(error: Error) -> Vec<String> {
    match error {
        Error::Invalid(problems) => {
            problems.into_iter().map(|problem| format!("{}: {}", problem.field, problem.key)).collect()
        }
        other => panic!("not about fields: {other:?}"),
    }
}
