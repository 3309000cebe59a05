//! People with a link, each on a phone that tries again when nobody answers, and the journal of what was acknowledged to
//! them. The journal is outside the server: what is in it must be in the database, whatever happened in between.

use crate::Dice;
use crate::browser::field_of;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a person keeps trying one step. While a process is killed over and over it lives a fraction of a second each time, which on
/// a busy machine may be too short for any answer: longer than such a loop.
const PATIENCE: Duration = Duration::from_mins(8);
/// Between two tries.
const APART: Duration = Duration::from_millis(25);

/// An HTTP client that follows no redirect.
pub(crate) fn client(timeout: Duration) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "a browser of the tests, not a way out of the house")]
    let builder = reqwest::Client::builder();
    builder
        .redirect(reqwest::redirect::Policy::none())
        .timeout(timeout)
        .no_proxy()
        .build()
        .expect("the client is built")
}

/// What a server acknowledged.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged {
    /// Link's token, instrument and item, to the value sent.
    pub answers: BTreeMap<(String, String, String), i64>,
    /// Tokens of the links whose receipt was seen.
    pub receipts: BTreeSet<String>,
}

enum Entry {
    Answer { token: String, instrument: String, item: String, value: i64 },
    Receipt { token: String },
}

/// What people saw.
#[derive(Default)]
struct Pages {
    /// What was acknowledged, each with the moment of the recording it was acknowledged at the latest.
    entries: Vec<(u64, Entry)>,
    /// Links whose person was shown help.
    helped: BTreeSet<String>,
    faults: Vec<String>,
    tries: u64,
}

/// The journal. Clones share it.
#[derive(Clone)]
pub struct Journal {
    pages: Arc<Mutex<Pages>>,
    file: Arc<Mutex<File>>,
    recording: Option<PathBuf>,
}

impl Journal {
    /// An empty one, written to `folder/journal.txt` as it grows.
    pub fn begin(folder: &Path) -> Self {
        let file = File::create(folder.join("journal.txt")).expect("the journal's file");
        Self { pages: Arc::default(), file: Arc::new(Mutex::new(file)), recording: None }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, line: &str) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{line}\n").as_bytes()).expect("the journal is written");
    }

    /// From now on every entry has its moment: how long the recording at the path is.
    pub fn timed_by(&mut self, recording: &Path) {
        self.recording = Some(recording.to_owned());
    }

    fn enter(&self, entry: Entry) {
        let grown = self.recording.as_ref().map(|path| std::fs::metadata(path).map_or(0, |file| file.len()));
        self.pages().entries.push((grown.unwrap_or(0), entry));
    }

    fn answered(&self, token: &str, item: &str, value: i64) {
        self.line(&format!("answer {token} {item} {value}"));
        let (instrument, item) = item.split_once(':').unwrap_or((item, ""));
        let (token, instrument, item) = (token.to_owned(), instrument.to_owned(), item.to_owned());
        self.enter(Entry::Answer { token, instrument, item, value });
    }

    fn received(&self, token: &str) {
        self.line(&format!("receipt {token}"));
        self.enter(Entry::Receipt { token: token.to_owned() });
    }

    fn fault(&self, text: String) {
        self.line(&format!("fault {text}"));
        self.pages().faults.push(text);
    }

    /// Everything that was acknowledged.
    pub fn acknowledged(&self) -> Acknowledged {
        self.acknowledged_by(u64::MAX)
    }

    /// What was acknowledged by a moment of the recording.
    pub fn acknowledged_by(&self, moment: u64) -> Acknowledged {
        let mut acknowledged = Acknowledged::default();
        for (_, entry) in self.pages().entries.iter().filter(|(at, _)| *at <= moment) {
            match entry {
                Entry::Answer { token, instrument, item, value } => {
                    acknowledged.answers.insert((token.clone(), instrument.clone(), item.clone()), *value);
                }
                Entry::Receipt { token } => drop(acknowledged.receipts.insert(token.clone())),
            }
        }
        acknowledged
    }

    /// The moments at which something was acknowledged, the last one at the latest.
    pub fn moments(&self) -> Vec<u64> {
        self.pages().entries.iter().map(|(moment, _)| *moment).collect()
    }

    /// The tokens of those who were shown help.
    pub fn helped(&self) -> Vec<String> {
        self.pages().helped.iter().cloned().collect()
    }

    /// What people met that nobody should meet.
    pub fn faults(&self) -> Vec<String> {
        self.pages().faults.clone()
    }

    /// Requests that had to be repeated because nobody answered.
    pub fn tries(&self) -> u64 {
        self.pages().tries
    }
}

/// A person with a link.
pub struct Person {
    http: reqwest::Client,
    /// The nodes, asked in turn.
    bases: Vec<String>,
    asked: AtomicUsize,
    token: String,
    cookie: Option<String>,
    dice: Dice,
    danger: Option<i64>,
    journal: Journal,
}

struct Page {
    status: u16,
    location: Option<String>,
    cookie: Option<String>,
    body: String,
}

impl Person {
    /// A person who got the link with the token. What they answer is decided by the dice.
    pub fn new(base: &str, token: &str, dice: Dice, journal: Journal) -> Self {
        Self {
            http: client(Duration::from_secs(10)),
            bases: vec![base.to_owned()],
            asked: AtomicUsize::new(0),
            token: token.to_owned(),
            cookie: None,
            dice,
            danger: None,
            journal,
        }
    }

    /// One who says this to the question about danger.
    #[must_use]
    pub fn in_danger(mut self, value: i64) -> Self {
        self.danger = Some(value);
        self
    }

    /// One whose requests go to these nodes in turn, as behind a proxy.
    #[must_use]
    pub fn through(mut self, nodes: Vec<String>) -> Self {
        self.bases = nodes;
        self
    }

    fn base(&self) -> &str {
        &self.bases[self.asked.fetch_add(1, Ordering::Relaxed) % self.bases.len()]
    }

    /// Opens the link, answers everything, submits, and sees the receipt.
    pub async fn check_in(mut self) {
        if let Err(fault) = self.go().await {
            self.journal.fault(format!("{}: {fault}", self.token));
        }
    }

    async fn go(&mut self) -> Result<(), String> {
        self.start().await?;
        let mut path = "/check-in".to_owned();
        for _ in 0..200 {
            let page = self.get(&path).await?;
            if page.status == 303 {
                path = page.location.ok_or("a redirect to nowhere")?;
                continue;
            }
            if page.status != 200 {
                return Err(format!("{path} answers {}", page.status));
            }
            if path.starts_with("/check-in/done") {
                return Ok(());
            }
            if path.starts_with("/check-in/help-now") {
                self.journal.pages().helped.insert(self.token.clone());
                "/check-in".clone_into(&mut path);
                continue;
            }
            path = if path == "/check-in/submit" {
                self.submit(&page.body).await?
            } else {
                self.answer(&path, &page.body).await?
            };
        }
        Err("the check-in does not end".to_owned())
    }

    async fn start(&mut self) -> Result<(), String> {
        let link = format!("/c/{}", self.token);
        let landing = self.get(&link).await?;
        if landing.status != 200 {
            return Err(format!("the link answers {}", landing.status));
        }
        let started = self.post(&format!("{link}/start"), &[]).await?;
        self.cookie = started.cookie;
        if started.status == 303 && self.cookie.is_some() {
            Ok(())
        } else {
            Err(format!("Start answers {}", started.status))
        }
    }

    async fn answer(&self, path: &str, page: &str) -> Result<String, String> {
        let field = |name: &str| field_of(page, name).ok_or_else(|| format!("{path} has no field {name}"));
        let (csrf, item, seq) = (field("csrf")?, field("item")?, field("seq")?);
        let value = if item == "phq-9:9" {
            self.danger.unwrap_or_else(|| [0, 0, 1, 2, 3, 3][self.dice.below(6) as usize])
        } else {
            self.dice.below(4).cast_signed()
        };
        let text = value.to_string();
        let form = [("csrf", csrf.as_str()), ("item", &item), ("seq", &seq), ("value", &text)];
        let reply = self.post(path, &form).await?;
        let next = reply
            .location
            .filter(|_| reply.status == 303)
            .ok_or_else(|| format!("the answer at {path} got {}", reply.status))?;
        self.journal.answered(&self.token, &item, value);
        if item == "phq-9:9"
            && value > 0
            && !next.starts_with("/check-in/help-now")
            && !next.starts_with("/check-in/done")
        {
            return Err(format!("after an answer about danger comes {next}"));
        }
        // A nervous finger: the same form once more.
        if self.dice.below(8) == 0 {
            self.post(path, &form).await?;
        }
        Ok(next)
    }

    async fn submit(&self, page: &str) -> Result<String, String> {
        let csrf = field_of(page, "csrf").ok_or("the last page has no form")?;
        let form = [("csrf", csrf.as_str())];
        let reply = if self.dice.below(4) == 0 {
            let (one, two) = tokio::join!(self.post("/check-in/submit", &form), self.post("/check-in/submit", &form));
            one.and(two)?
        } else {
            self.post("/check-in/submit", &form).await?
        };
        let next = reply
            .location
            .filter(|_| reply.status == 303)
            .ok_or_else(|| format!("the submission got {}", reply.status))?;
        if !next.starts_with("/check-in/done") {
            return Err(format!("the submission leads to {next}"));
        }
        self.journal.received(&self.token);
        Ok(next)
    }

    async fn get(&self, path: &str) -> Result<Page, String> {
        self.request(|| self.http.get(format!("{}{path}", self.base()))).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Page, String> {
        self.request(|| self.http.post(format!("{}{path}", self.base())).form(form)).await
    }

    /// The same request until somebody answers it in full.
    async fn request(&self, build: impl Fn() -> reqwest::RequestBuilder) -> Result<Page, String> {
        let began = Instant::now();
        loop {
            let mut request = build();
            if let Some(cookie) = &self.cookie {
                request = request.header(COOKIE, cookie);
            }
            let answered = async {
                let response = request.send().await?;
                let status = response.status().as_u16();
                let text = |name| {
                    response
                        .headers()
                        .get(name)
                        .and_then(|value: &reqwest::header::HeaderValue| value.to_str().ok())
                        .map(str::to_owned)
                };
                let location = text(LOCATION);
                let cookie = text(SET_COOKIE).and_then(|cookie| cookie.split(';').next().map(str::to_owned));
                Ok::<_, reqwest::Error>(Page { status, location, cookie, body: response.text().await? })
            };
            match answered.await {
                // Nobody acknowledged anything with these: a person presses the button again.
                Ok(page) if page.status < 500 => return Ok(page),
                Ok(page) if began.elapsed() > PATIENCE => return Err(format!("answers {} for too long", page.status)),
                Err(error) if began.elapsed() > PATIENCE => return Err(format!("nobody answers: {error}")),
                _ => {
                    self.journal.pages().tries += 1;
                    tokio::time::sleep(APART).await;
                }
            }
        }
    }
}

/// Somebody of the practice at a browser. Asks once: what came of a request that nobody answered is for the test to find out.
pub struct Colleague {
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

/// What they see.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// Where it leads.
    pub location: Option<String>,
    /// When to come back, as it says.
    pub retry_after: Option<String>,
    /// The page.
    pub body: String,
}

impl Colleague {
    /// Signs in with a password alone.
    pub async fn sign_in(base: &str, name: &str) -> Self {
        let mut me = Self { http: client(Duration::from_mins(2)), cookies: BTreeMap::new() };
        let page = me.get(base, "/sign-in").await.expect("the door answers");
        let csrf = field_of(&page.body, "csrf").expect("the door has a form");
        let email = format!("{name}@example.org");
        let form = [("csrf", csrf.as_str()), ("email", &email), ("password", crate::harbor::PASSWORD)];
        let reply = me.post(base, "/sign-in", &form).await.expect("the door answers");
        assert_eq!(
            (reply.status, reply.location.as_deref()),
            (303, Some("/today")),
            "{name} is let in: {}",
            reply.body
        );
        me
    }

    /// A page of a node.
    pub async fn get(&mut self, base: &str, path: &str) -> Result<Seen, reqwest::Error> {
        self.request(self.http.get(format!("{base}{path}"))).await
    }

    /// A form, as it is posted.
    pub async fn post(&mut self, base: &str, path: &str, form: &[(&str, &str)]) -> Result<Seen, reqwest::Error> {
        self.request(self.http.post(format!("{base}{path}")).form(form)).await
    }

    async fn request(&mut self, request: reqwest::RequestBuilder) -> Result<Seen, reqwest::Error> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(COOKIE, cookies.join("; ")).send().await?;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().ok().and_then(|text| text.split(';').next()?.split_once('='));
            if let Some((name, value)) = pair {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (location, retry_after) = (text("location"), text("retry-after"));
        Ok(Seen { status: response.status().as_u16(), location, retry_after, body: response.text().await? })
    }
}
