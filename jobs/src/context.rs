//! What a job has at hand: the database, time and chance, the way out, the words, and the addresses they contain.

use crate::Error;
use crate::deliver::{Breakers, Pace, Turns};
use care::Instant;
use notify::{HttpsUrl, Transport};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use store::Db;
use templates::Templates;

/// Everything a job needs. Cheap to clone; every clone shares the breakers of the channels.
#[derive(Clone)]
pub struct JobContext {
    /// The database.
    pub db: Db,
    /// Time, chance and the instruments.
    pub workflows: workflows::Context,
    /// The way out.
    pub transport: Transport,
    /// The words.
    pub templates: Arc<Templates>,
    /// Our own public address, without a slash at the end.
    pub base_url: Arc<str>,
    /// Where the provider reports what became of a text, without the message's id; none where nobody would call.
    pub status_callback_url: Option<Arc<str>>,
    /// Sizes and waiting times.
    pub tuning: Tuning,
    pub(crate) breakers: Breakers,
    pub(crate) pace: Pace,
    pub(crate) turns: Turns,
}

impl JobContext {
    /// A context with default tuning. `base_url` is our own public address; with a live transport the provider is asked to
    /// report to `/hooks/sms/status/{message id}` below it.
    pub fn new(
        db: Db,
        workflows: workflows::Context,
        transport: Transport,
        templates: Arc<Templates>,
        base_url: &str,
    ) -> Result<Self, Error> {
        let base_url = base_url.trim_end_matches('/');
        HttpsUrl::parse(base_url).map_err(|problem| Error::BaseUrl(problem.fault))?;
        let calls_back = matches!(transport, Transport::Live(_));
        Ok(Self {
            db,
            workflows,
            transport,
            templates,
            base_url: base_url.into(),
            status_callback_url: calls_back.then(|| format!("{base_url}/hooks/sms/status").into()),
            tuning: Tuning::default(),
            breakers: Breakers::default(),
            pace: Pace::default(),
            turns: Turns::default(),
        })
    }

    /// The same with other sizes and waiting times.
    #[must_use]
    pub fn tuned(mut self, tuning: Tuning) -> Self {
        self.pace = Pace::of(tuning.texts_per_second);
        self.tuning = tuning;
        self
    }

    /// The current instant.
    pub fn now(&self) -> Instant {
        self.workflows.now()
    }
}

/// Sizes and waiting times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// Jobs of the main lane run at once (4).
    pub main_workers: usize,
    /// Jobs of the alert lane run at once (2); nothing else may take their place.
    pub alert_workers: usize,
    /// How often a lane is looked at without a wake-up (1 s).
    pub poll: Duration,
    /// How often a running job's lease is lengthened (5 s).
    pub heartbeat: Duration,
    /// How many heartbeats a lease lasts (3).
    pub heartbeats: u32,
    /// How long one job may run before it is stopped and tried again (5 min).
    pub timeout: Duration,
    /// How long running jobs may go on when the engine stops (10 s); then their leases are given back.
    pub drain: Duration,
    /// Messages handed over in one run of a dispatch (100).
    pub batch: usize,
    /// Messages handed over at the same time (16).
    pub parallel_sends: usize,
    /// Texts handed over in a second at most (as the provider takes them).
    pub texts_per_second: Option<NonZeroU32>,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            main_workers: 4,
            alert_workers: 2,
            poll: Duration::from_secs(1),
            heartbeat: Duration::from_secs(5),
            heartbeats: 3,
            timeout: Duration::from_mins(5),
            drain: Duration::from_secs(10),
            batch: 100,
            parallel_sends: 16,
            texts_per_second: None,
        }
    }
}

impl Tuning {
    /// How long a job is leased at once.
    pub(crate) fn lease(&self) -> chrono::Duration {
        chrono::Duration::from_std(self.heartbeat * self.heartbeats).unwrap_or(chrono::Duration::seconds(15))
    }
}
