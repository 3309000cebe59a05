//! Many texts wait, and danger is answered meanwhile: how long the way to clinician and supervisor takes then, how many texts leave in a
//! second, and what becomes of the memory. On SQLite or PostgreSQL, with one worker or several.

use crate::cpu;
use crate::report::say;
use crate::stage::{Saved, Stage, generate};
use crate::wire::{Wire, post};
use care::{Clock as _, SystemClock};
use jobs::{Engine, Handle, Tuning};
use std::time::{Duration, Instant};
use tests::provider::{Provider, Reports};
use tests::{Dice, TestDb};

/// Answers about danger, spread over the time that the texts take.
const ALERTS: usize = 40;
/// Who is told of each: clinician and supervisor.
const TOLD: usize = 2;
/// Texts that wait for each client.
const EACH: usize = 50;
/// Texts that have gone before, so that every table has rows.
const BEFORE: usize = 1_000;
/// Longer than anything could take.
const PATIENCE: Duration = Duration::from_hours(1);

/// Measures with so many texts that wait, so many workers with connections of their own, and so many texts under way at once in each.
pub fn measure(waiting: usize, nodes: usize, parallel_sends: usize, postgres: bool) {
    let stage = Stage::build(
        async move || {
            if !postgres {
                return TestDb::sqlite().await;
            }
            TestDb::postgres().await.expect("a server in BELLWETHER_TEST_POSTGRES; tests/with-postgres starts one")
        },
        (waiting / EACH).max(ALERTS),
    );
    let folder = std::env::temp_dir().join(format!("bellwether-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let provider = stage.server.block_on(Provider::start(&folder, SystemClock, Dice::new(1), Reports::Silent));
    let start_workers = || {
        stage.server.block_on(async {
            let mut engines = Vec::new();
            for node in 0..nodes {
                let db = if node == 0 { (*stage.app.db).clone() } else { stage.app.db.another_node().await };
                let jobs = stage.app.jobs_of(db, provider.transport(Duration::from_secs(5)));
                engines.push(Engine::start(jobs.tuned(Tuning { parallel_sends, ..Tuning::default() })));
            }
            engines
        })
    };
    let until_taken = |texts: usize| {
        let began = Instant::now();
        stage.server.block_on(async {
            while provider.attempts() < texts as u64 {
                assert!(began.elapsed() < PATIENCE, "{} texts are missing", texts as u64 - provider.attempts());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
    };
    let stop = |engines: Vec<Handle>| {
        stage.server.block_on(async {
            for engine in engines {
                engine.stop().await;
            }
        });
    };
    stage.plan_invitations(0..BEFORE);
    let engines = start_workers();
    until_taken(BEFORE);
    stop(engines);
    stage.plan_invitations(BEFORE..BEFORE + waiting);
    if postgres {
        stage.count_rows();
    }
    let open = generate(stage.with_forms(stage.check_ins(ALERTS, Saved::Nothing)));
    let at_first = cpu::resident_mb();
    let engines = start_workers();
    let began = Instant::now();
    let (address, provider_seen) = (stage.product, &provider);
    let mut latencies = generate(async move {
        let (mut wire, mut latencies) = (Wire::to(address).await, Vec::new());
        for (number, one) in open.into_iter().enumerate() {
            while provider_seen.attempts() < (BEFORE + waiting * number / ALERTS) as u64 {
                assert!(began.elapsed() < PATIENCE, "the texts leave");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let before = provider_seen.attempts() as usize;
            let form = format!("csrf={}&item=phq-9%3A9&seq=x&value=3", one.csrf);
            let answer = wire.ask(&post("/check-in/9", &one.cookie, &form)).await;
            let acknowledged = SystemClock.now();
            assert_eq!(answer.status, 303, "{}", answer.head);
            let told = loop {
                let mut told = provider_seen.taken_since(before);
                // A text with a link is a client's.
                told.retain(|taken| taken.token().is_none());
                if told.len() >= TOLD {
                    break told;
                }
                assert!(began.elapsed() < PATIENCE, "both are told");
                tokio::time::sleep(Duration::from_millis(2)).await;
            };
            latencies.extend(told.iter().map(|taken| (taken.at - acknowledged).to_std().unwrap_or_default()));
        }
        latencies
    });
    until_taken(BEFORE + waiting + TOLD * ALERTS);
    let seconds = began.elapsed().as_secs_f64();
    let doubled = provider.doubled();
    assert!(doubled.is_empty(), "{doubled:?}");
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = ((latencies.len() as f64 * share) as usize).min(latencies.len() - 1);
        latencies[index].as_secs_f64() * 1000.0
    };
    say(&format!(
        "{waiting} texts wait, {nodes} workers on {}, {parallel_sends} at once in each: all at the provider after {seconds:.1} s, {:.0} a second\n  \
         {} alerts meanwhile: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms\n  \
         memory of the whole process, the provider and its ledger included: {at_first:.0} MB at first, {:.0} MB at the end",
        if postgres { "PostgreSQL" } else { "SQLite" },
        waiting as f64 / seconds,
        latencies.len(),
        at(0.5),
        at(0.99),
        at(1.0),
        cpu::resident_mb()
    ));
    stop(engines);
    let _ = std::fs::remove_dir_all(&folder);
}
