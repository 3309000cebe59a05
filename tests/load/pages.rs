//! Pages: the first page of a link and a question, against a static page of the same size from the same listener.

use crate::report::{Figures, Turn, head, line, say};
use crate::stage::{Saved, Stage, generate};
use crate::wire::{Wire, get};
use crate::{Plan, cpu};
use std::net::SocketAddr;
use std::time::Instant;

/// Connections that ask at once.
const CONNECTIONS: usize = 8;

pub fn measure(stage: &Stage, plan: Plan) {
    let check_ins = stage.check_ins(32, Saved::Nothing);
    let questions: Vec<Vec<u8>> =
        (0..).zip(&check_ins).map(|(n, one)| get(&format!("/check-in/{}", n % 9 + 1), &one.cookie)).collect();
    let landings: Vec<Vec<u8>> = check_ins.iter().map(|one| get(&stage.link(one), "")).collect();
    let sample = generate(async { Wire::to(stage.product).await.ask(&questions[0]).await });
    assert_eq!(sample.status, 200, "{}", sample.head);
    let page = String::from_utf8_lossy(&sample.body).into_owned();
    let bare = stage.bare_door(page);
    let (mut floor, mut question, mut landing) = (Figures::default(), Figures::default(), Figures::default());
    for _ in 0..plan.turns {
        floor.add(turn(stage, plan, bare, &[get("/", "")]));
        question.add(turn(stage, plan, stage.product, &questions));
        landing.add(turn(stage, plan, stage.product, &landings));
    }
    head(&format!("Pages ({CONNECTIONS} connections, closed loop; ratio to the floor's rate)"));
    line("floor: a static page of the question's size, axum", &floor, None);
    line("GET a question", &question, Some(&floor));
    line("GET the page of a link", &landing, Some(&floor));
    say(&format!("  a question page is {} bytes before compression", sample.body.len()));
}

fn turn(stage: &Stage, plan: Plan, address: SocketAddr, requests: &[Vec<u8>]) -> Turn {
    let (cpu, statements, began) = (cpu::of_server(), stage.app.db.statements(), Instant::now());
    let latencies = generate(async {
        let askers: Vec<_> = (0..CONNECTIONS)
            .map(|start| {
                let requests = requests.to_vec();
                tokio::task::spawn_local(async move {
                    let mut wire = Wire::to(address).await;
                    let mut latencies = Vec::new();
                    for request in requests.iter().cycle().skip(start * 5) {
                        if began.elapsed() >= plan.turn {
                            break;
                        }
                        let asked = Instant::now();
                        let answer = wire.ask(request).await;
                        assert_eq!(answer.status, 200, "{}", answer.head);
                        latencies.push(asked.elapsed());
                    }
                    latencies
                })
            })
            .collect();
        let mut latencies = Vec::new();
        for asker in askers {
            latencies.extend(asker.await.expect("the asker does not fail"));
        }
        latencies
    });
    Turn {
        operations: latencies.len() as u64,
        latencies,
        elapsed: began.elapsed(),
        cpu: cpu::of_server().saturating_sub(cpu),
        statements: stage.app.db.statements() - statements,
    }
}
