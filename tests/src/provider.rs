//! A provider of text messages over HTTP, as the published description of Twilio's API has it: create, list, fetch, signed
//! reports. What it does with each attempt can be scripted. Its ledger is append-only and ours alone: it is the judge of
//! "no message twice".

mod api;
mod report;

use crate::Dice;
use crate::process::{ACCOUNT, SENDER, TOKEN};
use axum::Router;
use axum::routing::get;
use care::{Clock, Instant};
use notify::sms::{Sender, SmsClient, SmsConfig};
use notify::{Live, PhoneNumber, Timeouts, Transport};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::Write as _;
use std::path::Path as FilePath;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use report::signature;

/// What the provider does with one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Takes it and says so.
    Accept,
    /// Takes it and says nothing more.
    AcceptThenHang,
    /// Takes it and answers 500.
    AcceptThenFail,
    /// Takes it and answers 201 with something that is no answer.
    AcceptThenGarbage,
    /// Takes it, and the connection breaks.
    AcceptThenDrop,
    /// Takes nothing and says nothing more.
    Hang,
    /// Takes nothing, and the connection breaks.
    Drop,
    /// Takes nothing: 429, come back after so many seconds.
    Busy(u64),
    /// Takes nothing: 503.
    Unavailable,
    /// Takes nothing: 400 with the provider's code (21610: opted out, 21211: no such number).
    Refuse(u32),
}

impl Step {
    const fn takes(self) -> bool {
        matches!(
            self,
            Self::Accept | Self::AcceptThenHang | Self::AcceptThenFail | Self::AcceptThenGarbage | Self::AcceptThenDrop
        )
    }
}

/// A text the provider took.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Its id.
    pub sid: String,
    /// To whom.
    pub to: String,
    /// What it says.
    pub body: String,
    /// Where its fate is to be reported.
    pub report_to: Option<String>,
    /// When.
    pub at: Instant,
}

impl Taken {
    /// The token of its check-in link.
    pub fn token(&self) -> Option<String> {
        self.body.contains("/c/").then(|| crate::link_in(&self.body)[3..].to_owned())
    }

    /// Our own id of the message, from the address of its reports.
    pub fn message(&self) -> Option<&str> {
        self.report_to.as_deref().and_then(|url| url.rsplit('/').next())
    }
}

/// How reports are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reports {
    /// None.
    Silent,
    /// `sent` and `delivered`, each one to three times, shuffled, now and then a forged one before them.
    Messy,
}

/// How the provider is on a day without a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Takes everything.
    Fair,
    /// One attempt in five goes wrong in one of the ways of [`Step`].
    Foul,
}

struct Inner {
    clock: Arc<dyn Clock>,
    dice: Dice,
    script: Mutex<VecDeque<Step>>,
    weather: Mutex<Weather>,
    reports: Reports,
    ledger: Mutex<Vec<Taken>>,
    states: Mutex<HashMap<String, &'static str>>,
    codes: Mutex<HashMap<String, u32>>,
    fetched: AtomicU64,
    fetches_to_refuse: AtomicU64,
    file: Mutex<File>,
    attempts: AtomicU64,
    hanging: watch::Sender<u64>,
    reported: AtomicU64,
    forged_refused: AtomicU64,
    forged_believed: AtomicU64,
    http: reqwest::Client,
}

/// The provider, running until dropped.
pub struct Provider {
    inner: Arc<Inner>,
    url: String,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Provider {
    /// Starts on a free port. The ledger is written to `folder/provider-ledger.txt` as well.
    pub async fn start(folder: &FilePath, clock: impl Clock + 'static, dice: Dice, reports: Reports) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("a port"));
        let inner = Arc::new(Inner {
            clock: Arc::new(clock),
            dice,
            script: Mutex::default(),
            weather: Mutex::new(Weather::Fair),
            reports,
            ledger: Mutex::default(),
            states: Mutex::default(),
            codes: Mutex::default(),
            fetched: AtomicU64::new(0),
            fetches_to_refuse: AtomicU64::new(0),
            file: Mutex::new(File::create(folder.join("provider-ledger.txt")).expect("the ledger's file")),
            attempts: AtomicU64::new(0),
            hanging: watch::channel(0).0,
            reported: AtomicU64::new(0),
            forged_refused: AtomicU64::new(0),
            forged_believed: AtomicU64::new(0),
            http: crate::people::client(Duration::from_secs(5)),
        });
        let messages = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
        let one = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages/{{sid}}");
        let router = Router::new()
            .route(&messages, get(api::list).post(api::create))
            .route(&one, get(api::fetch))
            .with_state(Arc::clone(&inner));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { inner, url, server }
    }

    /// Its base address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The way out to it, with this much patience for one exchange, for jobs that run in the test's own process.
    pub fn transport(&self, patience: Duration) -> Transport {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = SmsConfig {
            base_url: self.url.clone(),
            account_sid: ACCOUNT.to_owned(),
            auth_token: TOKEN.to_owned().into(),
            sender: Sender::Number(PhoneNumber::parse(SENDER).expect("a number")),
        };
        let timeouts = Timeouts { connect: Duration::from_secs(2), total: patience };
        let sms = SmsClient::with_timeouts(config, timeouts).expect("a client of the stub");
        Transport::Live(Arc::new(Live { mail: None, sms: Some(sms.into()) }))
    }

    /// What it does with the next attempts; after them the weather decides.
    pub fn script(&self, steps: impl IntoIterator<Item = Step>) {
        locked(&self.inner.script).extend(steps);
    }

    /// How it is without a script.
    pub fn weather(&self, weather: Weather) {
        *locked(&self.inner.weather) = weather;
    }

    /// What becomes of a text that it took, with its code. It says so when it is asked, and reports nothing.
    pub fn fate(&self, sid: &str, status: &'static str, code: u32) {
        locked(&self.inner.states).insert(sid.to_owned(), status);
        locked(&self.inner.codes).insert(sid.to_owned(), code);
    }

    /// How often it was asked what became of one text.
    pub fn fetched(&self) -> u64 {
        self.inner.fetched.load(Ordering::SeqCst)
    }

    /// Makes the next so many questions about one text fail with 503.
    pub fn refuse_fetches(&self, count: u64) {
        self.inner.fetches_to_refuse.store(count, Ordering::SeqCst);
    }

    /// Everything it ever took.
    pub fn ledger(&self) -> Vec<Taken> {
        locked(&self.inner.ledger).clone()
    }

    /// What it took beyond the first `from`.
    pub fn taken_since(&self, from: usize) -> Vec<Taken> {
        locked(&self.inner.ledger).get(from..).unwrap_or_default().to_vec()
    }

    /// What it took for a recipient.
    pub fn taken_for(&self, to: &str) -> Vec<Taken> {
        locked(&self.inner.ledger).iter().filter(|taken| taken.to == to).cloned().collect()
    }

    /// How often it was asked to take one.
    pub fn attempts(&self) -> u64 {
        self.inner.attempts.load(Ordering::SeqCst)
    }

    /// Waits until so many attempts hang or hung.
    pub async fn hanging(&self, count: u64) {
        let mut hanging = self.inner.hanging.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(30), hanging.wait_for(|hanging| *hanging >= count)).await;
        waited.expect("an attempt hangs within half a minute").expect("the provider runs");
    }

    /// How many attempts hang or hung.
    pub fn hung(&self) -> u64 {
        *self.inner.hanging.borrow()
    }

    /// Writes the first text into the ledger a second time: what the checks must see.
    pub fn forge_a_double(&self) {
        let mut ledger = locked(&self.inner.ledger);
        let mut double = ledger.first().expect("a text was taken").clone();
        "SMdouble".clone_into(&mut double.sid);
        ledger.push(double);
    }

    /// Reports that were acknowledged, forged ones that were refused, and forged ones that were believed.
    pub fn reported(&self) -> (u64, u64, u64) {
        let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        (count(&self.inner.reported), count(&self.inner.forged_refused), count(&self.inner.forged_believed))
    }

    /// Every text that was taken more than once: recipient and link, and how often. There must be none.
    pub fn doubled(&self) -> Vec<(String, String, usize)> {
        let mut counts = BTreeMap::new();
        for taken in locked(&self.inner.ledger).iter() {
            if let Some(token) = taken.token() {
                *counts.entry((taken.to.clone(), token)).or_insert(0) += 1;
            }
        }
        counts.into_iter().filter(|(_, count)| *count > 1).map(|((to, token), count)| (to, token, count)).collect()
    }
}

impl Inner {
    fn next_step(&self) -> Step {
        if let Some(step) = locked(&self.script).pop_front() {
            return step;
        }
        if *locked(&self.weather) == Weather::Fair {
            return Step::Accept;
        }
        match self.dice.below(100) {
            0..=2 => Step::AcceptThenHang,
            3..=6 => Step::AcceptThenFail,
            7..=8 => Step::AcceptThenGarbage,
            9..=11 => Step::AcceptThenDrop,
            12 => Step::Hang,
            13..=14 => Step::Drop,
            15..=17 => Step::Busy(1),
            18..=19 => Step::Unavailable,
            _ => Step::Accept,
        }
    }

    fn take(&self, form: &HashMap<String, String>) -> Taken {
        let mut ledger = locked(&self.ledger);
        let taken = Taken {
            sid: format!("SM{:032x}", ledger.len() + 1),
            to: form["To"].clone(),
            body: form["Body"].clone(),
            report_to: form.get("StatusCallback").cloned(),
            at: self.clock.now(),
        };
        let line = format!("{} {} {} {:?}\n", taken.at, taken.sid, taken.message().unwrap_or("-"), taken.to);
        locked(&self.file).write_all(line.as_bytes()).expect("the ledger is written");
        ledger.push(taken.clone());
        taken
    }

    fn shown(&self, taken: &Taken) -> Value {
        let status = locked(&self.states).get(&taken.sid).copied().unwrap_or("queued");
        let code = locked(&self.codes).get(&taken.sid).copied();
        let at = taken.at.to_rfc2822();
        json!({
            "sid": taken.sid, "account_sid": ACCOUNT, "to": taken.to, "from": SENDER, "body": taken.body, "status": status,
            "direction": "outbound-api", "date_created": at, "date_updated": at, "date_sent": null, "num_segments": "1",
            "num_media": "0", "error_code": code, "error_message": null, "api_version": "2010-04-01",
            "uri": format!("/2010-04-01/Accounts/{ACCOUNT}/Messages/{}.json", taken.sid),
        })
    }
}

impl Inner {
    fn ledger_of(&self, to: Option<&String>) -> Vec<Taken> {
        locked(&self.ledger).iter().filter(|taken| to.is_none_or(|to| &taken.to == to)).cloned().collect()
    }
}
