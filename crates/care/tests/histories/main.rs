//! Random histories of one client's check-ins, messages and cases, with everything that may go wrong: workers that die or
//! sleep between any two steps, a provider that says nothing, clocks that jump. `step` makes of a state, an event and the time
//! the next state and what is seen from outside, and calls the very functions of `care` that the product calls; after every
//! step the invariants of docs/reliability.md are looked at. A history that breaks is made as short as it can be and printed
//! with its seed.
//!
//! `BELLWETHER_TEST_HISTORIES=1000000` plays as many, `BELLWETHER_TEST_SEED` begins elsewhere: see tests/README.md.

#![allow(
    clippy::print_stdout,
    clippy::cast_possible_wrap,
    reason = "a summary of what was played is what a long run is for, and its counts are small"
)]

mod answering;
mod cases;
mod dice;
mod event;
mod invariants;
mod outside;
mod planning;
mod planted;
mod run;
mod sending;
mod step;
mod world;

use event::Event;
use planted::Planted;
use run::{Figures, account, events_of, play, shrink};
use std::collections::BTreeMap;

/// How many are played where nothing else is asked for: a few seconds without optimisation.
const USUAL: u64 = 2_000;
/// The fewest and the most events of one history: short ones are many, long ones go far.
const LENGTHS: std::ops::RangeInclusive<usize> = 20..=120;
/// After so many kinds of breaks it is enough.
const KINDS: usize = 8;
/// How many histories an error that was planted may escape.
const ESCAPES: u64 = 20_000;

/// The history that belongs to a seed.
fn history_of(seed: u64) -> Vec<Event> {
    let span = LENGTHS.end() - LENGTHS.start() + 1;
    events_of(seed, LENGTHS.start() + seed as usize % span)
}

fn number(name: &str, usual: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not '{text}'")),
        Err(_) => usual,
    }
}

/// What broke, by what it says without its numbers.
type Broken = BTreeMap<String, (u64, String)>;

/// Plays the histories of the seeds, a part on each core.
fn play_all(first: u64, count: u64) -> (Figures, Broken) {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let played: Vec<(Figures, Broken)> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..cores).map(|part| scope.spawn(move || play_part(first, count, part, cores))).collect();
        parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let (mut all, mut broken) = (Figures::default(), Broken::new());
    for (figures, found) in played {
        all.add(&figures);
        broken.extend(found);
    }
    (all, broken)
}

fn play_part(first: u64, count: u64, part: u64, cores: u64) -> (Figures, Broken) {
    let (mut figures, mut broken) = (Figures::default(), Broken::new());
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for place in (part..count).step_by(cores as usize) {
        let seed = first.wrapping_add(place);
        let events = history_of(seed);
        if let Err(why) = play(seed, &events, None, &mut figures) {
            let kind: String = why.chars().take_while(|one| *one != '(').filter(|one| !one.is_ascii_digit()).collect();
            broken.entry(kind).or_insert((seed, why));
            if broken.len() >= KINDS {
                break;
            }
        }
        // Names cost more than steps: of sixty-four histories one is counted.
        if (place / cores).is_multiple_of(64) {
            for event in events {
                *counted.entry(event.name()).or_default() += 1;
            }
        }
    }
    figures.events = counted;
    (figures, broken)
}

#[test]
fn whatever_happens_the_invariants_hold() {
    let count = number("BELLWETHER_TEST_HISTORIES", USUAL);
    let first = number("BELLWETHER_TEST_SEED", 1);
    let (figures, broken) = play_all(first, count);
    for (seed, _) in broken.values() {
        let (short, why) = shrink(*seed, &history_of(*seed), None);
        println!("{}", account(*seed, &short, &why, None));
    }
    let kinds: Vec<&String> = broken.values().map(|(_, why)| why).collect();
    assert!(broken.is_empty(), "{} kinds of histories break; see above: {kinds:#?}", broken.len());
    println!(
        "{} histories of {} to {} events from seed {first}: {} steps over {} days; {} messages taken by the provider, {} receipts, \
         {} reasons, {} rungs",
        figures.histories,
        LENGTHS.start(),
        LENGTHS.end(),
        figures.steps,
        figures.days,
        figures.taken,
        figures.receipts,
        figures.reasons,
        figures.rungs
    );
    let counted: u64 = figures.events.values().sum();
    for (name, seen) in &figures.events {
        println!("  {name}: {:.2} %", 100.0 * *seen as f64 / counted as f64);
    }
    assert!(
        figures.taken > figures.histories && figures.receipts * 4 > figures.histories,
        "histories in which much happens"
    );
    assert!(figures.reasons > 0 && figures.rungs > 0, "danger, and ladders that call");
}

/// A check that nothing can fail shows nothing: every error that is planted is found, and its history is short.
#[test]
fn planted_errors_are_found() {
    for planted in Planted::ALL {
        let found = (0..ESCAPES).find_map(|place| {
            let seed = 7_000_000 + place;
            let events = history_of(seed);
            let why = play(seed, &events, Some(planted), &mut Figures::default()).err()?;
            Some((place, seed, events, why))
        });
        let Some((place, seed, events, _)) = found else { panic!("{planted:?} was not found in {ESCAPES} histories") };
        let (short, why) = shrink(seed, &events, Some(planted));
        println!("{planted:?}: found in history {}, {} events: {why}", place + 1, short.len());
        assert!(short.len() <= 30, "{}", account(seed, &short, &why, Some(planted)));
    }
}
