//! A practice to test against: the whole door and the jobs, on a database of the test's own, with a clock that the test
//! moves and a memory in place of the message providers.

mod browser;
mod clock;
pub mod harbor;
pub mod people;
pub mod port;
pub mod postgres;
pub mod power;
pub mod process;
pub mod provider;
pub mod relay;

pub use browser::{Browser, Events, Reply, field_of, words};
pub use clock::{AheadClock, Dice};
pub use harbor::{Harbor, check_in};
pub use store::testing::{TestDb, both_databases};

use care::{Instant, SeededEntropy, TestClock};
use chrono::{DateTime, Duration};
use instruments::Library;
use jobs::JobContext;
use notify::{Memory, OutboxMessage, Transport};
use std::sync::{Arc, LazyLock};
use templates::Templates;
use web::{App, Outbox, SecondFactor, SmsSigner, WebConfig};
use workflows::Context;

/// Where the test practice is reached.
pub const BASE_URL: &str = "http://localhost:8080";

static LIBRARY: LazyLock<Arc<Library>> =
    LazyLock::new(|| Arc::new(Library::embedded().expect("the embedded library loads")));
static TEMPLATES: LazyLock<Arc<Templates>> =
    LazyLock::new(|| Arc::new(Templates::new().expect("the embedded templates load")));

/// An instant by its RFC 3339 text.
pub fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).expect("an instant in the form 2026-03-09T15:00:00-07:00").to_utc()
}

/// The whole application, driven by a test.
pub struct TestApp {
    /// The database.
    pub db: TestDb,
    /// The clock every part reads.
    pub clock: TestClock,
    /// What workflows need.
    pub ctx: Context,
    /// What the providers were given.
    pub memory: Memory,
    /// The door.
    pub app: App,
    router: axum::Router,
    jobs: JobContext,
}

impl TestApp {
    /// An application on the database, at the instant.
    pub fn new(db: TestDb, now: Instant) -> Self {
        Self::with_second_factor(db, now, SecondFactor::Optional)
    }

    /// The same, with the second factor as in real use where asked for.
    pub fn with_second_factor(db: TestDb, now: Instant, second_factor: SecondFactor) -> Self {
        Self::configured(db, now, |config| config.second_factor = second_factor)
    }

    /// The same with its door set up otherwise.
    pub fn configured(db: TestDb, now: Instant, change: impl FnOnce(&mut WebConfig)) -> Self {
        let clock = TestClock::at(now);
        let ctx = Context::new(clock.clone(), SeededEntropy::new(7), LIBRARY.clone());
        let memory = Memory::new();
        let mut config = WebConfig {
            base_url: BASE_URL.to_owned(),
            outbox: Outbox::Closed,
            second_factor: SecondFactor::Optional,
            sms_signer: Some(SmsSigner::Twilio(process::TOKEN.to_owned().into())),
            setup_token: None,
            metrics: None,
            trusted_proxies: Vec::new(),
        };
        change(&mut config);
        let app = App::new((*db).clone(), ctx.clone(), TEMPLATES.clone(), config);
        let transport = Transport::Memory(memory.clone());
        let jobs = JobContext::new((*db).clone(), ctx.clone(), transport, TEMPLATES.clone(), BASE_URL)
            .expect("the base address is one");
        Self { router: web::router(&app), db, clock, ctx, memory, app, jobs }
    }

    /// The same with another way out than memory.
    #[must_use]
    pub fn sending_through(mut self, transport: Transport) -> Self {
        self.jobs = self.jobs_of((*self.db).clone(), transport);
        self
    }

    /// Another node's jobs on this clock, with its own connections.
    pub fn jobs_of(&self, db: store::Db, transport: Transport) -> JobContext {
        JobContext::new(db, self.ctx.clone(), transport, TEMPLATES.clone(), BASE_URL).expect("the base address is one")
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// Runs every job that is due, and those that become due by it, with the test's clock.
    pub async fn run_jobs(&self) {
        while jobs::run_due(&self.jobs, 100).await.expect("the job table answers") > 0 {}
    }

    /// Moves the clock on and runs what became due on the way, a quarter of an hour at a time.
    pub async fn advance(&self, by: Duration) {
        let end = care::Clock::now(&self.clock) + by;
        loop {
            let next = (care::Clock::now(&self.clock) + Duration::minutes(15)).min(end);
            self.clock.set(next);
            self.run_jobs().await;
            if next == end {
                return;
            }
        }
    }

    /// Moves the clock to an instant, running what becomes due on the way.
    pub async fn advance_to(&self, instant: Instant) {
        self.advance(instant - care::Clock::now(&self.clock)).await;
    }

    /// Moves the clock on at once and runs what became due, as after a machine that was off: for a test to which the way
    /// there does not matter.
    pub async fn leap(&self, by: Duration) {
        self.run_jobs().await;
        self.clock.set(care::Clock::now(&self.clock) + by);
        self.run_jobs().await;
    }

    /// What went out since the last look.
    pub fn sent(&self) -> Vec<OutboxMessage> {
        self.memory.take()
    }
}

/// The path of the first check-in link in a text.
pub fn link_in(text: &str) -> String {
    let start = text.find("/c/").expect("the message holds a check-in link");
    let rest = &text[start..];
    let end = rest[3..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .map_or(rest.len(), |end| end + 3);
    rest[..end].to_owned()
}
