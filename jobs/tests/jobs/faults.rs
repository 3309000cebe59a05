//! `kill -9` of a worker process at every step between intent and record. The process is this test binary once more, running
//! the engine; the outbox folder is the provider's memory.

use crate::fixture::{add_client, answer_danger, ask, context, eventually, found, jobs_named, practice, tell_ana};
use care::message::{Channel, MessageKind, MessageState};
use care::practice::Settings;
use care::{EpisodeId, Job, StaffId, SystemClock, SystemEntropy, TestClock};
use chrono::Duration;
use jobs::{Engine, JobContext, Tuning};
use notify::{FileOutbox, OutboxMessage, Transport};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration as StdDuration, Instant};
use store::testing::{TestDb, both_databases, keyring};
use store::{Db, Options};
use workflows::case::{Act, Command};

const URL: &str = "BELLWETHER_JOBS_TEST_DATABASE";
const OUTBOX: &str = "BELLWETHER_JOBS_TEST_OUTBOX";

/// Clients of a batch; `BELLWETHER_TEST_ROWS=9999` for the whole size.
const ROWS: u32 = 48;

fn rows() -> u32 {
    std::env::var("BELLWETHER_TEST_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROWS)
}

/// The steps, in their order.
const STEPS: [&str; 9] = [
    "job.claimed",
    "dispatch.before_intent",
    "dispatch.after_intent",
    "dispatch.before_send",
    "dispatch.after_accept",
    "dispatch.after_answer",
    "dispatch.before_settle",
    "dispatch.after_settle",
    "job.ran",
];

/// Not a test of its own: the body of the process that is killed. Without its variables it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_process() {
    let (Ok(url), Ok(outbox)) = (std::env::var(URL), std::env::var(OUTBOX)) else { return };
    let db = Db::connect(&url, keyring(), Options { sqlite_readers: 2, postgres_connections: 4, ..Options::default() })
        .await
        .unwrap();
    let transport = Transport::File(FileOutbox::open(outbox).unwrap());
    let quick = Tuning { heartbeat: StdDuration::from_millis(300), ..Tuning::default() };
    let engine = Engine::start(context(&db, SystemClock, SystemEntropy, transport).tuned(quick));
    tokio::time::sleep(StdDuration::from_secs(20)).await;
    engine.stop().await;
}

struct Folder(PathBuf);

impl Folder {
    fn new(db: &TestDb) -> Self {
        let name: String = db.url().chars().filter(char::is_ascii_alphanumeric).rev().take(40).collect();
        Self(std::env::temp_dir().join(format!("bellwether-outbox-{name}")))
    }

    fn outbox(&self) -> FileOutbox {
        FileOutbox::open(&self.0).unwrap()
    }

    async fn messages(&self) -> Vec<OutboxMessage> {
        self.outbox().list(1_000).await.unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Process(Child);

impl Process {
    fn start(url: &str, outbox: &Path, failpoint: Option<&str>) -> Self {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["faults::a_worker_process", "--exact", "--nocapture"]).env(URL, url).env(OUTBOX, outbox);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(failpoint) = failpoint {
            command.env(care::failpoint::VARIABLE, failpoint);
        }
        Self(command.spawn().unwrap())
    }

    async fn death(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < StdDuration::from_mins(1), "the process did not die");
            tokio::time::sleep(StdDuration::from_millis(10)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn was_killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(9)
}

fn all_day() -> Settings {
    Settings { quiet_until_minute: 0, quiet_from_minute: 24 * 60, ..Settings::default() }
}

fn here(db: &Db, folder: &Folder, clock: TestClock) -> JobContext {
    context(db, clock, SystemEntropy, Transport::File(folder.outbox()))
}

/// Lets a worker die at the step, and another one take over five minutes later.
async fn die_and_recover(db: &TestDb, folder: &Folder, step: &str, ctx: &JobContext, clock: &TestClock) {
    let mut process = Process::start(db.url(), &folder.0, Some(step));
    assert!(was_killed(process.death().await), "{step}: the process came past it");
    clock.advance(Duration::minutes(5));
    jobs::run_due(ctx, 1_000).await.unwrap();
    clock.advance(Duration::minutes(10));
    jobs::run_due(ctx, 1_000).await.unwrap();
}

fn clock_now() -> TestClock {
    TestClock::at(care::Clock::now(&SystemClock))
}

both_databases! {
    async fn a_text_to_a_client_goes_exactly_once_whatever_dies(db: TestDb) {
        let folder = Folder::new(&db);
        let clock = clock_now();
        let ctx = here(&db, &folder, clock.clone());
        found(&ctx, all_day()).await;
        jobs::run_due(&ctx, 100).await.unwrap();
        for (n, step) in (1..).zip(STEPS) {
            clock.set(care::Clock::now(&SystemClock));
            let packet = ask(&ctx, n, Channel::Sms).await;
            die_and_recover(&db, &folder, step, &ctx, &clock).await;
            let to = crate::fixture::number(n);
            let sent = folder.messages().await.iter().filter(|message| message.to() == to).count();
            assert_eq!(sent, 1, "{step}");
            let mut read = db.read(&practice()).await.unwrap();
            let messages = store::message::of_packet(&mut read, &packet).await.unwrap();
            let invite = messages.iter().find(|message| message.kind == MessageKind::Invite).unwrap();
            assert!(matches!(invite.state, MessageState::Sent | MessageState::Delivered), "{step}: {}", invite.state);
            drop(read);
            settle_jobs(&ctx, &clock).await;
        }
    }

    async fn a_mail_to_a_client_goes_at_most_once_and_a_doubt_is_visible(db: TestDb) {
        let folder = Folder::new(&db);
        let clock = clock_now();
        let ctx = here(&db, &folder, clock.clone());
        found(&ctx, all_day()).await;
        jobs::run_due(&ctx, 100).await.unwrap();
        for (n, step) in (1..).zip(STEPS) {
            clock.set(care::Clock::now(&SystemClock));
            let packet = ask(&ctx, n, Channel::Email).await;
            die_and_recover(&db, &folder, step, &ctx, &clock).await;
            let to = crate::fixture::address(n);
            let sent = folder.messages().await.iter().filter(|message| message.to() == to).count();
            let mut read = db.read(&practice()).await.unwrap();
            let messages = store::message::of_packet(&mut read, &packet).await.unwrap();
            let invite = messages.iter().find(|message| message.kind == MessageKind::Invite).unwrap();
            match invite.state {
                MessageState::Sent => assert_eq!(sent, 1, "{step}"),
                MessageState::Unknown => {
                    assert!(sent <= 1, "{step}");
                    let tasks = store::task::open(&mut read).await.unwrap();
                    assert!(tasks.iter().any(|task| task.client_id == invite.client_id), "{step}: nobody is told");
                }
                other => panic!("{step}: {other}"),
            }
            drop(read);
            settle_jobs(&ctx, &clock).await;
        }
    }

    async fn an_alert_goes_at_least_once_whatever_dies(db: TestDb) {
        for step in ["job.claimed", "alert.after_intent", "alert.before_send", "alert.after_accept", "alert.before_settle", "alert.after_settle"] {
            let folder = Folder::new(&db);
            let clock = clock_now();
            let ctx = here(&db, &folder, clock.clone());
            let mut read = db.read_all().await.unwrap();
            let is_new = store::practice::ids(&mut read).await.unwrap().is_empty();
            drop(read);
            if is_new {
                found(&ctx, all_day()).await;
                jobs::run_due(&ctx, 100).await.unwrap();
            }
            let id = tell_ana_about(&ctx, step).await;
            die_and_recover(&db, &folder, step, &ctx, &clock).await;
            let sent = folder.messages().await.iter().filter(|message| message.to() == "ana@example.org").count();
            assert!((1..=2).contains(&sent), "{step}: {sent}");
            let mut read = db.read(&practice()).await.unwrap();
            assert_eq!(store::message::find(&mut read, &id).await.unwrap().unwrap().state, MessageState::Sent, "{step}");
            drop(read);
            settle_jobs(&ctx, &clock).await;
        }
    }

    async fn a_rung_that_was_due_is_called_whatever_dies(db: TestDb) {
        let steps = ["escalate.before", "escalate.before_commit", "escalate.after_commit", "alert.after_intent", "alert.after_accept"];
        let folder = Folder::new(&db);
        let clock = clock_now();
        let ctx = here(&db, &folder, clock.clone());
        let pace = Settings { ladder_in_hours: [60, 90, 120], ladder_after_hours: [60, 90, 120], ..all_day() };
        found(&ctx, pace).await;
        jobs::run_due(&ctx, 100).await.unwrap();
        for (n, step) in (1..).zip(steps) {
            // Seventy minutes ago; ten minutes ago the supervisor should have been called.
            clock.set(care::Clock::now(&SystemClock) - Duration::minutes(70));
            let packet = ask(&ctx, n, Channel::Sms).await;
            answer_danger(&ctx, &packet).await;
            jobs::run_due(&ctx, 1_000).await.unwrap();
            let told = to_sue(&folder).await;
            let mut process = Process::start(db.url(), &folder.0, Some(step));
            assert!(was_killed(process.death().await), "{step}: the process came past it");
            clock.set(care::Clock::now(&SystemClock) + Duration::minutes(5));
            jobs::run_due(&ctx, 1_000).await.unwrap();
            assert!(to_sue(&folder).await > told, "{step}: nobody was called");
            acknowledge_all(&ctx).await;
            settle_jobs(&ctx, &clock).await;
        }
    }

    async fn a_batch_that_dies_in_the_middle_goes_on_and_nobody_hears_twice(db: TestDb) {
        let rows = rows();
        let folder = Folder::new(&db);
        let clock = clock_now();
        let ctx = here(&db, &folder, clock.clone());
        found(&ctx, all_day()).await;
        jobs::run_due(&ctx, 100).await.unwrap();
        for n in 1..=rows {
            ask(&ctx, n, Channel::Sms).await;
        }
        for (step, share) in [("dispatch.after_settle", 8), ("dispatch.after_accept", 12), ("dispatch.after_intent", 6)] {
            let step = format!("{step}@{}", rows / share);
            let mut process = Process::start(db.url(), &folder.0, Some(&step));
            assert!(was_killed(process.death().await), "{step}: the process came past it");
        }
        clock.advance(Duration::minutes(5));
        jobs::run_due(&ctx, 1_000 + 3 * rows as usize).await.unwrap();
        let mut sent = BTreeMap::new();
        for message in folder.messages().await {
            *sent.entry(message.to().to_owned()).or_insert(0) += 1;
        }
        for n in 1..=rows {
            assert_eq!(sent.get(&crate::fixture::number(n)), Some(&1), "client {n}");
        }
    }

    async fn the_jobs_of_a_killed_process_are_taken_up_by_the_next(db: TestDb) {
        let folder = Folder::new(&db);
        let ctx = context(&db, SystemClock, SystemEntropy, Transport::File(folder.outbox()));
        found(&ctx, all_day()).await;
        let episode = add_client(&ctx, 1, Channel::Sms).await;
        let mut tx = ctx.db.write(&practice()).await.unwrap();
        // The one with much to do comes last: on a slow machine it would be under way at every death, and three are taken for its fault.
        let last = ctx.now() + Duration::seconds(1);
        tx.enqueue(&Job::Plan { practice: practice(), episode: episode.clone() }, last).await.unwrap();
        for n in 0..50 {
            let job = Job::Plan { practice: practice(), episode: EpisodeId::from_text(format!("none-{n}")) };
            tx.enqueue(&job, ctx.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        for passage in [1, 7, 13] {
            let mut process = Process::start(db.url(), &folder.0, Some(&format!("job.claimed:kill@{passage}")));
            assert!(was_killed(process.death().await));
        }
        let engine = Engine::start(ctx.clone());
        eventually("the end of every job", || async { jobs_named(&db, "plan").await.iter().all(|row| row.state == "done") }).await;
        engine.stop().await;
        assert_eq!(jobs_named(&db, "plan").await.len(), 51);
        let mut read = db.read(&practice()).await.unwrap();
        assert!(!store::packet::of_episode(&mut read, &episode).await.unwrap().is_empty());
    }
}

async fn to_sue(folder: &Folder) -> usize {
    folder.messages().await.iter().filter(|message| message.to() == "sue@example.org").count()
}

/// Somebody takes every case up, so that its ladder ends.
async fn acknowledge_all(ctx: &JobContext) {
    let mut tx = ctx.db.write(&practice()).await.unwrap();
    for case in store::case::all_open(&mut tx).await.unwrap() {
        let act = Command { case: case.id, revision: None, act: Act::Acknowledge, note: None };
        workflows::case::act(&mut tx, &ctx.workflows, &StaffId::from_text("sue"), act).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Nothing of one step is left for the process of the next.
async fn settle_jobs(ctx: &JobContext, clock: &TestClock) {
    clock.advance(Duration::minutes(10));
    jobs::run_due(ctx, 1_000).await.unwrap();
}

async fn tell_ana_about(ctx: &JobContext, step: &str) -> care::MessageId {
    let id = tell_ana(ctx, Channel::Email).await;
    let mut tx = ctx.db.write(&practice()).await.unwrap();
    let sql = "UPDATE message SET unique_key = $3 WHERE practice_id = $1 AND id = $2";
    tx.query(sql).bind(practice()).bind(&id).bind(format!("about:{step}:email")).execute().await.unwrap();
    tx.commit().await.unwrap();
    id
}
