//! A practice of many open courses, each with an appointment: how long planning them all takes, the first time, in a night in which
//! nothing changes, and after another version of their protocol was put in force.

use crate::cpu;
use crate::report::say;
use care::appointment::{Appointment, AppointmentState};
use care::client::{Client, Consent, ConsentSource, ConsentState, Purpose, Recipient};
use care::episode::{Assignment, Episode, EpisodeState};
use care::job::Queue;
use care::message::Channel;
use care::protocol::{Line, Rhythm};
use care::staff::Role;
use care::{
    AppointmentId, AssignmentId, ClientId, ConsentId, EpisodeId, Job, Language, Phi, ProtocolId, access::Viewer,
};
use chrono::Duration;
use notify::{Memory, Transport};
use std::time::Instant;
use store::Claim;
use store::history::Past;
use tests::{Harbor, TestApp, TestDb, at};
use workflows::protocol::{Draft, apply, publish};

/// Courses of the practice where nothing else is said.
pub const COURSES: usize = 10_000;
/// Courses that the page of the protocol moves in one transaction.
const BATCH: usize = 500;

/// Measures with so many courses.
pub fn measure(courses: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("server")
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let app = TestApp::new(TestDb::sqlite().await, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let by = Viewer { staff_id: harbor.adam.clone(), roles: vec![Role::Admin, Role::Owner], sites: vec![] };
        let first = version(&app, &harbor, &by, &["wellbeing-check"]).await;
        settle(&app, &harbor, &first, courses).await;
        say(&format!("\nplanning {courses} open courses with an appointment each{:>20} {:>10}", "s", "SQL each"));
        timed(&app, courses, "the first plan", || run(&app, Job::PlanAhead)).await;
        timed(&app, courses, "a night in which nothing changes", || run(&app, Job::PlanAhead)).await;
        let second = version(&app, &harbor, &by, &["wellbeing-check", "phq-9"]).await;
        timed(&app, courses, "put under another version, and planned by its jobs", async || {
            loop {
                let mut tx = app.db.write(&harbor.practice).await.expect("a write");
                let moved = apply(&mut tx, &app.ctx, &by, &second, "Less to answer.", BATCH)
                    .await
                    .expect("the version is in force");
                tx.commit().await.expect("a commit");
                if moved < BATCH {
                    break;
                }
            }
            drain(&app).await;
        })
        .await;
        let mut read = app.db.read(&harbor.practice).await.expect("a read");
        let open = store::protocol::open_episodes(&mut read, &second).await.expect("the version is there");
        let packets = store::packet::of_episode(&mut read, &open[open.len() / 2]).await.expect("a course");
        assert!(
            packets.iter().any(|packet| packet.asked.iter().any(|one| one.id == "phq-9")),
            "the new version is planned: {packets:?}"
        );
        say(&format!("  memory of the process: {:.0} MB resident", cpu::resident_mb()));
    });
}

async fn timed(app: &TestApp, courses: usize, what: &str, work: impl AsyncFnOnce()) {
    let (statements, began) = (app.db.statements(), Instant::now());
    work().await;
    let (seconds, statements) = (began.elapsed().as_secs_f64(), app.db.statements() - statements);
    say(&format!("  {what:<60} {seconds:>8.2} {:>10.2}", statements as f64 / courses as f64));
}

async fn run(app: &TestApp, job: Job) {
    let jobs = app.jobs_of((*app.db).clone(), Transport::Memory(Memory::new()));
    jobs::run(&job, &jobs).await.expect("the job does its work");
}

/// Does what waits in the main lane but for the sending, one job after the other.
async fn drain(app: &TestApp) {
    let lease = Duration::minutes(1);
    while let Some(claim) = app.db.claim(Queue::Main, app.ctx.now(), lease).await.expect("the job table answers") {
        let Claim::Run(claimed) = claim else { panic!("no job dies") };
        let job = claimed.job().expect("a job of this release");
        if job != Job::Dispatch {
            run(app, job).await;
        }
        let mut tx = app.db.write(&claimed.practice_id).await.expect("a write");
        tx.finish_job(&claimed, app.ctx.now()).await.expect("the job is held");
        tx.commit().await.expect("a commit");
    }
}

/// A version of a protocol that asks these before every session, and the GAD-7 every other week.
async fn version(app: &TestApp, harbor: &Harbor, by: &Viewer, before: &[&str]) -> ProtocolId {
    let mut lines: Vec<Line> = before.iter().map(|id| Line::new(*id, Rhythm::BeforeSession)).collect();
    lines.push(Line::new("gad-7", Rhythm::EveryWeeks(2)));
    let mut tx = app.db.write(&harbor.practice).await.expect("a write");
    let draft = Draft { name: "Measured".into(), lines, budget: None, in_force_from: None };
    let protocol = publish(&mut tx, &app.ctx, by, &draft).await.expect("a protocol as it should be");
    tx.commit().await.expect("a commit");
    protocol.id
}

/// The courses, with clients who may be written to and a session next week each.
async fn settle(app: &TestApp, harbor: &Harbor, protocol: &ProtocolId, courses: usize) {
    let (ctx, now) = (&app.ctx, app.ctx.now());
    for some in (0..courses).collect::<Vec<_>>().chunks(1_000) {
        let mut past = Past::default();
        for &number in some {
            let (client, episode) = (ctx.id(ClientId::new), ctx.id(EpisodeId::new));
            past.clients.push((
                Client {
                    id: client.clone(),
                    site_id: harbor.north.clone(),
                    external_id: None,
                    name: Phi::new(format!("Client {number}")),
                    preferred_name: None,
                    birth_date: None,
                    sex: None,
                    email: None,
                    phone: Some(Phi::new(format!("+1415{number:07}"))),
                    language: Language::En,
                    zone: None,
                    preferred_channel: Channel::Sms,
                    emergency_contact: None,
                    guardian: None,
                    recipient: Recipient::Client,
                },
                now,
            ));
            past.consents.push(Consent {
                id: ctx.id(ConsentId::new),
                client_id: client.clone(),
                channel: Channel::Sms,
                purpose: Purpose::CheckIn,
                state: ConsentState::Given,
                wording_version: "1".into(),
                source: ConsentSource::Staff,
                recorded_at: now,
                recorded_by: None,
            });
            past.episodes.push(Episode {
                id: episode.clone(),
                client_id: client.clone(),
                site_id: harbor.north.clone(),
                protocol_id: protocol.clone(),
                started_on: now.date_naive(),
                state: EpisodeState::Open,
                discharged_at: None,
                discharge_reason: None,
            });
            past.assignments.push(Assignment {
                id: ctx.id(AssignmentId::new),
                episode_id: episode.clone(),
                clinician_id: harbor.ana.clone(),
                starts_at: now,
                ends_at: None,
            });
            let starts_at =
                now + Duration::days(7) + Duration::minutes(15 * i64::try_from(number % 32).expect("a small number"));
            past.appointments.push(Appointment {
                id: ctx.id(AppointmentId::new),
                client_id: client,
                episode_id: episode,
                clinician_id: harbor.ana.clone(),
                site_id: harbor.north.clone(),
                starts_at,
                ends_at: starts_at + Duration::minutes(50),
                state: AppointmentState::Scheduled,
            });
        }
        let mut tx = app.db.write(&harbor.practice).await.expect("a write");
        store::history::take_over(&mut tx, &past).await.expect("all of it is new");
        tx.commit().await.expect("a commit");
    }
    app.db.learn_distribution().await.expect("the tables are sampled");
}
