//! A practice on a database that a process is started on and killed on, with everything around it.

use super::invariants::{self, Found};
use care::message::Channel;
use care::{Clock, Instant, Job, PacketId, SystemEntropy};
use chrono::Duration;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tests::people::{Journal, Person};
use tests::port::Port;
use tests::power::Recorder;
use tests::process::{Folder, Launch, PATIENCE, Process};
use tests::provider::{Provider, Reports, Weather};
use tests::relay::Relay;
use tests::{AheadClock, Dice, Harbor, TestApp, TestDb, at};
use workflows::Context;

/// A client of the practice.
pub struct Client {
    pub episode: care::EpisodeId,
    pub id: care::ClientId,
    pub phone: String,
}

/// Everything around the process.
pub struct House {
    pub dice: Dice,
    pub clock: AheadClock,
    pub launch: Launch,
    pub provider: Provider,
    pub relay: Option<Relay>,
    pub journal: Journal,
    pub harbor: Harbor,
    pub clients: Vec<Client>,
    db: TestDb,
    ctx: Context,
    people: Vec<tokio::task::JoinHandle<()>>,
    met: usize,
    by_mail: BTreeSet<String>,
    /// People who took up their phone.
    pub people_met: usize,
    /// What everybody says to the question about danger; their dice decide where there is nothing.
    pub danger: Option<i64>,
    /// What check-ins ask.
    pub asks: &'static str,
    // The last to go: the others write into it.
    folder: Folder,
}

impl House {
    /// Founds a practice that writes to people at any hour, with so many clients.
    pub async fn found(db: TestDb, name: &str, clients: usize, reports: Reports) -> Self {
        let dice = Dice::from_environment();
        let folder = Folder::fresh(name);
        println!(
            "{name}: seed {} on {:?}; journal, ledger and log in {}",
            dice.seed(),
            db.engine(),
            folder.path().display()
        );
        // A working morning, whenever the test runs: ladders have other steps at night.
        let clock = AheadClock::default();
        clock.advance(at("2026-03-09T09:00:00-07:00") - clock.now());
        let app = TestApp::new(db, clock.now());
        let harbor = Harbor::found(&app).await;
        let mut all = Vec::new();
        for number in 0..clients {
            let phone = format!("+1415556{number:04}");
            let (id, episode) = harbor.client(&app, &format!("Client{number} Vale"), &phone).await;
            all.push(Client { episode, id, phone });
        }
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        let mut practice = store::practice::get(&mut tx).await.unwrap();
        practice.settings.quiet_until_minute = 0;
        practice.settings.quiet_from_minute = 24 * 60;
        store::practice::update(&mut tx, &practice).await.unwrap();
        tx.commit().await.unwrap();
        let TestApp { db, ctx, .. } = app;
        let ctx = Context::new(clock.clone(), SystemEntropy, ctx.library);
        // Nobody but the process has the database open while it lives and dies.
        db.close().await;
        let relay = Relay::start(folder.path()).await;
        let provider = Provider::start(folder.path(), clock.clone(), Dice::new(dice.seed() ^ 1), reports).await;
        let port = Port::reserved();
        let launch = Launch {
            program: PathBuf::from(env!("CARGO_BIN_EXE_bellwether-under-test")),
            folder: folder.path().to_owned(),
            database_url: db.url().to_owned(),
            public_port: port.clone(),
            port,
            provider: provider.url().to_owned(),
            relay: relay.as_ref().map(Relay::url),
            clock: clock.clone(),
            recorder: None,
            more: Vec::new(),
        };
        launch.write_keys();
        let journal = Journal::begin(folder.path());
        Self {
            dice,
            clock,
            launch,
            provider,
            relay,
            journal,
            harbor,
            clients: all,
            db,
            ctx,
            people: Vec::new(),
            met: 0,
            by_mail: BTreeSet::new(),
            people_met: 0,
            danger: None,
            asks: "phq-9",
            folder,
        }
    }

    /// From now on a client is written mails.
    pub async fn prefers_mail(&self, db: &store::Db, client: &Client) {
        let mut tx = db.write(&self.harbor.practice).await.unwrap();
        let (mut row, revision) = store::client::find_to_change(&mut tx, &client.id).await.unwrap().unwrap();
        row.preferred_channel = Channel::Email;
        store::client::update(&mut tx, &row, revision, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Does something to the data, as a node that then goes away.
    pub async fn visit<T>(&self, act: impl AsyncFnOnce(&store::Db) -> T) -> T {
        let db = self.db.another_node().await;
        let result = act(&db).await;
        db.close().await;
        result
    }

    /// From now on every write to the database's file is recorded, and the journal has its moments.
    pub fn record(&mut self, file: &Path) -> Recorder {
        let database = file.parent().expect("a database file is in a folder");
        let recorder = Recorder::compile(self.folder.path(), database);
        self.journal.timed_by(recorder.path());
        self.launch.recorder = Some(recorder.clone());
        recorder
    }

    /// The file of an SQLite house.
    pub fn file(&self) -> Option<PathBuf> {
        self.db.file()
    }

    /// Plans a check-in for a client whose text is to go at the instant.
    pub async fn plan(&self, db: &store::Db, client: &Client, at: Instant) -> PacketId {
        let ctx = &self.ctx;
        let packet = tests::check_in(ctx, &client.id, &client.episode, &[self.asks], at);
        let mut tx = db.write(&self.harbor.practice).await.unwrap();
        assert!(store::packet::insert(&mut tx, &packet).await.unwrap());
        let practice = store::practice::get(&mut tx).await.unwrap();
        workflows::delivery::plan_invite(&mut tx, ctx, &practice, &packet).await.unwrap();
        tx.commit().await.unwrap();
        packet.id
    }

    /// Time, chance and the instruments, as the checks use them.
    pub const fn ctx(&self) -> &Context {
        &self.ctx
    }

    /// Leaves a job.
    pub async fn enqueue(&self, db: &store::Db, job: &Job) {
        let mut tx = db.write(&self.harbor.practice).await.unwrap();
        tx.enqueue(job, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Everybody who got a link since the last call takes up their phone.
    pub fn meet(&mut self) {
        for taken in self.provider.taken_since(self.met) {
            self.met += 1;
            let Some(token) = taken.token() else { continue };
            self.takes_up(&token);
        }
    }

    /// The same for those who were written a mail.
    pub fn meet_by_mail(&mut self) {
        let Some(relay) = &self.relay else { return };
        for mail in relay.arrived() {
            let Some(token) = mail.token() else { continue };
            if self.by_mail.insert(token.clone()) {
                self.takes_up(&token);
            }
        }
    }

    fn takes_up(&mut self, token: &str) {
        let dice = Dice::new(self.dice.seed() ^ ((self.people_met as u64 + 1) << 20));
        self.people_met += 1;
        let person = Person::new(&self.launch.base_url(), token, dice, self.journal.clone());
        self.people.push(tokio::spawn(match self.danger {
            Some(value) => person.in_danger(value).check_in(),
            None => person.check_in(),
        }));
    }

    /// Whether somebody has a link and is not known to be done.
    fn somebody_is_busy(&mut self) -> bool {
        self.meet();
        self.meet_by_mail();
        !self.people.is_empty()
    }

    /// Waits until everybody is done.
    pub async fn people_are_done(&mut self) {
        for person in self.people.drain(..) {
            person.await.expect("a person does not panic");
        }
    }

    /// Starts the process and waits until it listens, or has died.
    pub async fn start(&self, failpoint: Option<&str>) -> Process {
        let mut process = self.launch.start(failpoint);
        process.listening().await;
        process
    }

    /// Lets time pass, a few seconds at a time, while the process runs.
    pub async fn pass(&mut self, process: &mut Process, span: Duration, step: Duration) {
        let mut left = span;
        while left > Duration::zero() {
            process.advance(step.min(left));
            left -= step;
            self.meet();
            // The process looks at its tables once a second of the machine's time, whatever its clock says.
            tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
            assert!(!process.has_ended(), "the process ended by itself; see {}", self.launch.log().display());
        }
        self.meet();
    }

    /// An empty place beside the database, of the same kind.
    pub async fn empty_place(&self) -> TestDb {
        self.db.empty_sibling().await
    }

    /// Where the test's files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Waits until something is so, while everybody who gets a link takes up their phone.
    pub async fn until(&mut self, process: &mut Process, what: &str, mut is_so: impl AsyncFnMut(&Self) -> bool) {
        let began = std::time::Instant::now();
        while !is_so(self).await {
            assert!(began.elapsed() < PATIENCE, "{what}: never; see {}", self.launch.log().display());
            assert!(!process.has_ended(), "{what}: the process ended; see {}", self.launch.log().display());
            self.meet();
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Which database it is.
    pub fn engine(&self) -> store::Engine {
        self.db.engine()
    }

    /// Looks at everything from outside.
    pub async fn look(&self) -> Found {
        self.visit(async |db| invariants::look(self, db).await).await
    }

    /// Looks until everybody has heard of danger and nothing hangs. The clock has run far ahead of the machine by now, and the
    /// process may need a moment to catch up with it.
    async fn settled(&mut self, process: &mut Process) -> Found {
        let began = std::time::Instant::now();
        loop {
            let found = self.look().await;
            let is_settled = found.unheard.is_empty() && found.in_limbo.is_empty();
            if is_settled || !found.violations.is_empty() || began.elapsed() > std::time::Duration::from_mins(1) {
                return found;
            }
            self.pass(process, Duration::seconds(10), Duration::seconds(10)).await;
        }
    }

    /// Looks until all that is settled and everybody is done: what settles may be a text that brings one more person.
    pub async fn at_rest(&mut self, process: &mut Process) -> Found {
        loop {
            self.people_are_done().await;
            let found = self.settled(process).await;
            if !self.somebody_is_busy() {
                return found;
            }
        }
    }

    /// The trouble is over: within two minutes everybody who must hear of danger has heard, and a little later nothing hangs and
    /// everybody is done.
    pub async fn comes_to_rest(&mut self, mut process: Process) -> Found {
        self.provider.weather(Weather::Fair);
        self.pass(&mut process, Duration::seconds(120), Duration::seconds(30)).await;
        let found = self.look().await;
        self.must_hold(&found, "two minutes after the trouble");
        let (seed, deadline) = (self.dice.seed(), self.clock.now() - Duration::minutes(2));
        let late: Vec<_> = found.unheard.iter().filter(|(_, raised_at)| *raised_at <= deadline).collect();
        assert!(late.is_empty(), "I5: nobody was told of {late:?} within two minutes, seed {seed}");
        self.meet_by_mail();
        self.pass(&mut process, Duration::minutes(14), Duration::seconds(210)).await;
        self.meet_by_mail();
        self.people_are_done().await;
        self.pass(&mut process, Duration::minutes(4), Duration::seconds(120)).await;
        let found = self.at_rest(&mut process).await;
        process.kill();
        self.must_hold(&found, "at the end");
        assert!(found.unheard.is_empty(), "I5: {:?}, seed {seed}", found.unheard);
        assert!(found.in_limbo.is_empty(), "I8: {:?}, seed {seed}", found.in_limbo);
        assert_eq!(
            self.journal.acknowledged().receipts.len(),
            self.people_met,
            "everybody who got a link has a receipt"
        );
        let (_, _, believed) = self.provider.reported();
        assert_eq!(believed, 0, "a forged report was believed");
        found
    }

    /// Fails with everything that does not hold.
    pub fn must_hold(&self, found: &Found, when: &str) {
        assert!(
            found.violations.is_empty(),
            "{when}, seed {} (look at {}):\n{}",
            self.dice.seed(),
            self.folder.path().display(),
            found.violations.join("\n")
        );
    }
}
