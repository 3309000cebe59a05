//! Submissions that arrive by the clock and wait for nobody: a thousand a second, and twice what the server can do. How long one
//! took counts from the moment at which it should have been sent, so that a server that falls behind cannot hide it.

use crate::Plan;
use crate::report::{Figures, say};
use crate::stage::{CheckIn, Saved, Stage, generate};
use crate::submit::Sheet;
use crate::wire::{Wire, post};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Connections that requests are spread over.
const CONNECTIONS: usize = 512;
/// The arrival rate that is promised for.
const PROMISED: f64 = 1_000.0;

/// What came of the requests of one turn.
#[derive(Debug, Default)]
struct Arrivals {
    accepted: Vec<Duration>,
    refused: u64,
    elapsed: Duration,
}

impl Arrivals {
    fn rate(&self) -> f64 {
        self.accepted.len() as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.accepted.clone();
        sorted.sort_unstable();
        sorted
            .get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }
}

/// `peak` is the closed loop of the same request, `sync` the disk of the same run.
pub fn measure(stage: &Stage, plan: Plan, peak: &Figures, sync: &Figures) {
    say(&format!("\nArrivals by the clock: a whole PHQ-9 in one request ({CONNECTIONS} connections, open loop)"));
    let promised = arrive(stage, plan, PROMISED);
    let ratio = promised.quantile(0.99).as_secs_f64() / sync.quantile(0.5).as_secs_f64().max(f64::EPSILON);
    show("1,000 a second", &promised);
    say(&format!("  p99 is {ratio:.0} times the run's median fdatasync"));
    let twice = arrive(stage, plan, 2.0 * peak.rate());
    show("twice the closed loop's rate", &twice);
    say(&format!(
        "  that keeps {:.0} % of the closed loop's rate",
        100.0 * twice.rate() / peak.rate().max(f64::EPSILON)
    ));
}

fn show(name: &str, arrivals: &Arrivals) {
    let milliseconds = |share| arrivals.quantile(share).as_secs_f64() * 1000.0;
    let accepted = arrivals.accepted.len();
    say(&format!(
        "  {name:<32} {accepted:>6} accepted ({:.0} a second), {} turned away with 503; p50 {:.1} ms, p99 {:.1} ms",
        arrivals.rate(),
        arrivals.refused,
        milliseconds(0.5),
        milliseconds(0.99)
    ));
}

/// Requests at the rate for two turns.
fn arrive(stage: &Stage, plan: Plan, rate: f64) -> Arrivals {
    let count = (rate * plan.turn.as_secs_f64() * 2.0) as usize;
    let check_ins = generate(stage.with_forms(stage.check_ins(count, Saved::Nothing)));
    let address = stage.product;
    generate(async move {
        let queue: Rc<RefCell<std::vec::IntoIter<CheckIn>>> = Rc::new(RefCell::new(check_ins.into_iter()));
        let (next, arrivals) = (Rc::new(Cell::new(0_u32)), Rc::new(RefCell::new(Arrivals::default())));
        let mut wires = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            wires.push(Wire::to(address).await);
        }
        let began = Instant::now();
        let askers: Vec<_> = wires
            .into_iter()
            .map(|mut wire| {
                let (queue, next, arrivals) = (queue.clone(), next.clone(), arrivals.clone());
                tokio::task::spawn_local(async move {
                    loop {
                        let Some(one) = queue.borrow_mut().next() else { return };
                        let due = began + Duration::from_secs_f64(f64::from(next.replace(next.get() + 1)) / rate);
                        tokio::time::sleep_until(due.into()).await;
                        let form = Sheet::Along.form(&one.csrf);
                        let answer = wire.ask(&post("/check-in/submit", &one.cookie, &form)).await;
                        match answer.status {
                            303 => arrivals.borrow_mut().accepted.push(due.elapsed()),
                            503 => arrivals.borrow_mut().refused += 1,
                            other => panic!("status {other}: {}", answer.head),
                        }
                    }
                })
            })
            .collect();
        for asker in askers {
            asker.await.expect("the browser does not fail");
        }
        let mut arrivals = arrivals.take();
        arrivals.elapsed = began.elapsed();
        arrivals
    })
}
