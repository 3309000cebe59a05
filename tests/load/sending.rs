//! What leaves: the time from an acknowledged answer about danger to the alerts at the provider, with submissions beside it, and
//! how many invitations a second a node hands over. The provider answers at once, so that all of it is ours.

use crate::report::say;
use crate::stage::{Saved, Stage, generate};
use crate::submit::Sheet;
use crate::wire::{Wire, post};
use care::{Clock as _, SystemClock};
use jobs::Engine;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tests::Dice;
use tests::provider::{Provider, Reports};

/// Alerts whose way is timed. One for each of the practice's clients at most: a case that is open is not opened again.
const ALERTS: usize = 40;
/// Who is told of each: clinician and supervisor.
const TOLD: usize = 2;
/// Browsers that submit meanwhile.
const BESIDE: usize = 16;
/// Check-ins that they have.
const LAID_OUT: usize = 5_000;
/// Invitations that wait.
const INVITATIONS: usize = 4_000;
/// Longer than either could take.
const PATIENCE: Duration = Duration::from_mins(2);

/// The practice's texts go through a provider of their own from here on.
pub fn measure(stage: &Stage) {
    let folder = std::env::temp_dir().join(format!("bellwether-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let provider = stage.server.block_on(Provider::start(&folder, SystemClock, Dice::new(1), Reports::Silent));
    let jobs = stage.app.jobs_of((*stage.app.db).clone(), provider.transport(Duration::from_secs(5)));
    let engine = stage.server.block_on(async { Engine::start(jobs) });
    alerts(stage, &provider);
    invitations(stage, &provider);
    stage.server.block_on(engine.stop());
    let _ = std::fs::remove_dir_all(&folder);
}

fn alerts(stage: &Stage, provider: &Provider) {
    let open = generate(stage.with_forms(stage.check_ins(ALERTS, Saved::Nothing)));
    let beside = generate(stage.with_forms(stage.check_ins(LAID_OUT, Saved::Nothing)));
    let address = stage.product;
    let (mut latencies, submitted, elapsed) = generate(async move {
        let queue = Rc::new(std::cell::RefCell::new(beside));
        let (submitted, done) = (Rc::new(Cell::new(0_u64)), Rc::new(Cell::new(false)));
        let others: Vec<_> = (0..BESIDE)
            .map(|_| {
                let (queue, submitted, done) = (queue.clone(), submitted.clone(), done.clone());
                tokio::task::spawn_local(async move {
                    let mut wire = Wire::to(address).await;
                    while !done.get() {
                        let Some(one) = queue.borrow_mut().pop() else { return };
                        wire.ask(&post("/check-in/submit", &one.cookie, &Sheet::Along.form(&one.csrf))).await;
                        submitted.set(submitted.get() + 1);
                    }
                })
            })
            .collect();
        let (mut wire, mut latencies, began) = (Wire::to(address).await, Vec::new(), Instant::now());
        for one in open {
            let before = provider.attempts() as usize;
            let form = format!("csrf={}&item=phq-9%3A9&seq=x&value=3", one.csrf);
            let answer = wire.ask(&post("/check-in/9", &one.cookie, &form)).await;
            let acknowledged = SystemClock.now();
            assert_eq!(answer.status, 303, "{}", answer.head);
            let asked = Instant::now();
            let told = loop {
                let told = provider.taken_since(before);
                if told.len() >= TOLD {
                    break told;
                }
                assert!(asked.elapsed() < PATIENCE, "both are told");
                tokio::time::sleep(Duration::from_millis(1)).await;
            };
            for taken in told {
                latencies.push((taken.at - acknowledged).to_std().unwrap_or_default());
            }
        }
        done.set(true);
        let elapsed = began.elapsed();
        for other in others {
            other.await.expect("the browser does not fail");
        }
        (latencies, submitted.get(), elapsed)
    });
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = ((latencies.len() as f64 * share) as usize).min(latencies.len() - 1);
        latencies[index].as_secs_f64() * 1000.0
    };
    say(&format!(
        "\nFrom an acknowledged answer about danger to clinician and supervisor at the provider, {:.0} submissions a second beside it\n  \
         {} alerts: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        submitted as f64 / elapsed.as_secs_f64(),
        latencies.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    ));
}

fn invitations(stage: &Stage, provider: &Provider) {
    // The count alone: a copy of the ledger every few milliseconds would be work beside what is measured.
    let wanted = provider.attempts() + INVITATIONS as u64;
    let began = Instant::now();
    stage.plan_invitations(0..INVITATIONS);
    let planned = began.elapsed();
    stage.server.block_on(async {
        while provider.attempts() < wanted {
            assert!(began.elapsed() < PATIENCE, "{} of {INVITATIONS} are missing", wanted - provider.attempts());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let doubled = provider.doubled();
    assert!(doubled.is_empty(), "{doubled:?}");
    say(&format!(
        "\nInvitations: {INVITATIONS} at the provider after {:.1} s, {:.0} a second; of these {:.1} s were for planning them",
        began.elapsed().as_secs_f64(),
        INVITATIONS as f64 / began.elapsed().as_secs_f64(),
        planned.as_secs_f64()
    ));
}
