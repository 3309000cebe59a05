//! Answers and submissions, each acknowledged only when it is on disk, against bare transactions on the same disk.

use crate::floor::Floor;
use crate::report::{Figures, Turn, head, line, say};
use crate::stage::{ANSWERS, CheckIn, Saved, Stage, generate};
use crate::wire::{Wire, post};
use crate::{Plan, cpu};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Instant;

/// Browsers that answer at once.
const CONNECTIONS: usize = 64;
/// Check-ins laid out for one turn of submitting; a turn ends early when they are used up.
const LAID_OUT: usize = 1500;

/// The disk and the submissions of whole sheets are what other measurements compare themselves with.
pub fn measure(stage: &Stage, plan: Plan) -> (Figures, Figures) {
    let floor = Floor::build(stage);
    let open = stage.check_ins(CONNECTIONS, Saved::Nothing);
    let open = generate(stage.with_forms(open));
    let mut sync = Figures::default();
    let (mut one_row, mut six_rows, mut group) = (Figures::default(), Figures::default(), Figures::default());
    let (mut answers, mut submissions, mut alone) = (Figures::default(), Figures::default(), Figures::default());
    let mut whole = Figures::default();
    for _ in 0..plan.turns {
        sync.add(floor.syncs(plan));
        one_row.add(floor.transactions(stage, plan, 1, 1));
        answers.add(answer(stage, plan, &open));
        six_rows.add(floor.transactions(stage, plan, 6, 1));
        let laid_out = generate(stage.with_forms(stage.check_ins(LAID_OUT, Saved::Everything)));
        submissions.add(submit(stage, plan, laid_out, CONNECTIONS, Sheet::Saved));
        group.add(floor.transactions(stage, plan, 6, 64));
        let laid_out = generate(stage.with_forms(stage.check_ins(LAID_OUT / 5, Saved::Everything)));
        alone.add(submit(stage, plan, laid_out, 1, Sheet::Saved));
        one_row.add(floor.transactions(stage, plan, 1, 1));
        let laid_out = generate(stage.with_forms(stage.check_ins(LAID_OUT, Saved::Nothing)));
        whole.add(submit(stage, plan, laid_out, CONNECTIONS, Sheet::Along));
    }
    head("Writing (64 browsers, closed loop; ratio to bare one-row commits)");
    line("floor: write 4 KB and fdatasync", &sync, None);
    line("floor: one row a transaction, synchronous = FULL", &one_row, None);
    line("floor: six rows a transaction", &six_rows, Some(&one_row));
    line("floor: 64 times six rows in one commit", &group, Some(&one_row));
    line("POST an answer", &answers, Some(&one_row));
    line("POST the submission of a PHQ-9", &submissions, Some(&one_row));
    line("POST a whole PHQ-9 in one request", &whole, Some(&one_row));
    line("POST the submission, one browser alone", &alone, Some(&one_row));
    let ratio = submissions.quantile(0.99).as_secs_f64() / sync.quantile(0.5).as_secs_f64().max(f64::EPSILON);
    say(&format!("  a submission's p99 is {ratio:.0} times the run's median fdatasync"));
    if let Some(counts) = stage.app.db.group_commits() {
        let members = counts.transactions as f64 / (counts.commits.max(1)) as f64;
        say(&format!("  transactions a commit, everything above together: {members:.1}"));
    }
    (sync, whole)
}

/// Answers given again and again, each one a transaction.
fn answer(stage: &Stage, plan: Plan, open: &[CheckIn]) -> Turn {
    measured(stage, |began| {
        let address = stage.product;
        let open = open.to_vec();
        async move {
            let mut latencies = Vec::new();
            let askers: Vec<_> = open
                .into_iter()
                .map(|one| {
                    tokio::task::spawn_local(async move {
                        let mut wire = Wire::to(address).await;
                        let mut latencies = Vec::new();
                        for (number, value) in (1..=ANSWERS.len()).zip(ANSWERS).cycle() {
                            if began.elapsed() >= plan.turn {
                                break;
                            }
                            let form = format!("csrf={}&item=phq-9%3A{number}&seq=x&value={value}", one.csrf);
                            let asked = Instant::now();
                            let answer = wire.ask(&post(&format!("/check-in/{number}"), &one.cookie, &form)).await;
                            assert_eq!(answer.status, 303, "{}", answer.head);
                            latencies.push(asked.elapsed());
                        }
                        latencies
                    })
                })
                .collect();
            for asker in askers {
                latencies.extend(asker.await.expect("the browser does not fail"));
            }
            latencies
        }
    })
}

/// Where the answers of a submission are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// Saved one by one before.
    Saved,
    /// In the request.
    Along,
}

impl Sheet {
    /// The form of a submission.
    pub fn form(self, csrf: &str) -> String {
        let mut form = format!("csrf={csrf}");
        if self == Self::Along {
            for (item, value) in (1..).zip(ANSWERS) {
                let _ = write!(form, "&answer=phq-9%3A{item}%3A{value}");
            }
        }
        form
    }
}

/// Submissions, each of a check-in of its own.
fn submit(stage: &Stage, plan: Plan, laid_out: Vec<CheckIn>, connections: usize, sheet: Sheet) -> Turn {
    let address = stage.product;
    measured(stage, |began| async move {
        let queue = Rc::new(RefCell::new(laid_out));
        let askers: Vec<_> = (0..connections)
            .map(|_| {
                let queue = queue.clone();
                tokio::task::spawn_local(async move {
                    let mut wire = Wire::to(address).await;
                    let mut latencies = Vec::new();
                    while began.elapsed() < plan.turn {
                        let Some(one) = queue.borrow_mut().pop() else { break };
                        let asked = Instant::now();
                        let answer = wire.ask(&post("/check-in/submit", &one.cookie, &sheet.form(&one.csrf))).await;
                        assert_eq!(
                            (answer.status, answer.header("location")),
                            (303, Some("/check-in/done")),
                            "{}",
                            answer.head
                        );
                        latencies.push(asked.elapsed());
                    }
                    latencies
                })
            })
            .collect();
        let mut latencies = Vec::new();
        for asker in askers {
            latencies.extend(asker.await.expect("the browser does not fail"));
        }
        latencies
    })
}

fn measured<F: Future<Output = Vec<std::time::Duration>>>(stage: &Stage, load: impl FnOnce(Instant) -> F) -> Turn {
    let (cpu, statements, began) = (cpu::of_server(), stage.app.db.statements(), Instant::now());
    let latencies = generate(load(began));
    Turn {
        operations: latencies.len() as u64,
        latencies,
        elapsed: began.elapsed(),
        cpu: cpu::of_server().saturating_sub(cpu),
        statements: stage.app.db.statements() - statements,
    }
}
