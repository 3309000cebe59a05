//! The growth fit of 100,000 courses, one score through detection, and a backtest of 10,000 courses. Prints times; never
//! fails on one.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stats::backtest::{Ending, Episode, Settings, Split};
use stats::detection::{Rules, Watch};
use stats::growth::{Criterion, Parameters, Sums, fit};
use stats::reliable_change::Direction;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let courses = courses(100_000);
    let persons: Vec<Sums> = courses.iter().map(|course| sums(course)).collect();
    let scores: usize = courses.iter().map(Vec::len).sum();
    let seconds = best(5, 1, || black_box(fit(black_box(&persons), Criterion::Reml)));
    say(&format!("growth fit, {} courses, {scores} scores   {:>8.1} ms", persons.len(), seconds * 1e3));

    let model = Parameters::new((14.2, -2.33), (5.10, 1.83), -0.19, 3.35).expect("a model");
    let rules = Rules::usual(Direction::LowerBetter, 6.0);
    let thresholds = rules.thresholds();
    let mut watch = Watch::new(rules, model, 8.0);
    for session in 1..=5_u32 {
        watch.add(f64::from(session), 15.0);
    }
    let seconds = best(20, 100_000, || {
        let mut watch = black_box(watch);
        black_box(watch.add(6.0, 17.0).map(|reading| reading.flags(&thresholds)))
    });
    say(&format!("detection, one score, all rules               {:>8.0} ns", seconds * 1e9));
    let seconds = best(20, 100_000, || black_box(model.posterior(black_box(&persons[7]))));
    say(&format!("posterior of one course                       {:>8.0} ns", seconds * 1e9));

    let episodes: Vec<Episode> = courses
        .iter()
        .take(10_000)
        .map(|course| Episode { scores: course.clone(), closed: None, ending: Ending::Unknown })
        .collect();
    let settings = Settings { rules, cutoff: 10.0, min_scores: 5, split: Split::Folds(10), draws: 200, seed: 1 };
    let seconds = best(3, 1, || black_box(stats::backtest::run(black_box(&episodes), &settings)));
    say(&format!("backtest, {} courses, 8 rules, 200 draws   {:>8.0} ms", episodes.len(), seconds * 1e3));
}

/// Invented courses of 2 to 14 sessions: session and score.
fn courses(persons: usize) -> Vec<Vec<(f64, f64)>> {
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    // The sum of twelve is normal enough for a time.
    let mut normal = move || (0..12).map(|_| chance.random::<f64>()).sum::<f64>() - 6.0;
    (0..persons)
        .map(|person| {
            let (level, slope) = (14.5 + 5.0 * normal(), -2.2 + 1.8 * normal());
            (1..=2 + person % 13)
                .map(|session| (session as f64, level + slope * (session as f64).ln() + 2.8 * normal()))
                .collect()
        })
        .collect()
}

fn sums(course: &[(f64, f64)]) -> Sums {
    let mut sums = Sums::default();
    for (session, score) in course {
        sums.push(session.ln(), *score);
    }
    sums
}

/// Seconds of one call in the best of some rounds: what disturbs a round only makes it slower.
fn best<T>(rounds: u32, calls: u32, mut call: impl FnMut() -> T) -> f64 {
    (0..rounds)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..calls {
                drop(call());
            }
            began.elapsed().as_secs_f64() / f64::from(calls)
        })
        .fold(f64::INFINITY, f64::min)
}

#[expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]
fn say(text: &str) {
    println!("{text}");
}
