//! The backtest on courses whose answers are known.

use stats::backtest::{BacktestError, Ending, Episode, Settings, Split, run};
use stats::detection::{Rule, Rules};
use stats::reliable_change::Direction;

fn settings(split: Split) -> Settings {
    Settings {
        rules: Rules::usual(Direction::LowerBetter, 6.0),
        cutoff: 10.0,
        min_scores: 5,
        split,
        draws: 100,
        seed: 7,
    }
}

/// Every fourth person ends as badly as they began, and a third of those are worse on the way; the others recover.
fn practice(persons: u32) -> Vec<Episode> {
    (0..persons)
        .map(|person| {
            let wobble = |session: u32| f64::from((person * 13 + session * 7) % 5) - 2.0;
            let start = f64::from(14 + person % 8);
            let scores = (1..=8)
                .map(|session| {
                    let score = match (person % 12, session) {
                        (_, 1) | (0 | 4 | 8, 8) => start,
                        (0, 3) => start + 7.0,
                        (0 | 4 | 8, _) => start + wobble(session) / 4.0,
                        (_, 8) => start - 9.0,
                        _ => start - 4.0 * f64::from(session).ln() + wobble(session) / 4.0,
                    };
                    (f64::from(session), score)
                })
                .collect();
            Episode { scores, closed: Some(i64::from(person)), ending: Ending::Unknown }
        })
        .collect()
}

#[test]
fn the_simple_rules_by_count() {
    let found = run(&practice(240), &settings(Split::Folds(10))).expect("a backtest");
    assert_eq!((found.n_persons, found.n_training), (240, 240));
    assert!((found.base_rate - 0.25).abs() < 1e-12);
    let of = |rule: Rule| found.rules[rule as usize];
    let worse = of(Rule::WorseThanIntake);
    assert_eq!(worse.operating.sensitivity, Some(1.0 / 3.0), "twenty of sixty were worse by seven at session 3");
    assert_eq!((worse.operating.specificity, worse.operating.ppv), (Some(1.0), Some(1.0)));
    assert!((worse.operating.flag_rate - 20.0 / 240.0).abs() < 1e-12);
    assert_eq!(worse.median_lead, Some(5.0), "from session 3 to session 8");
    let early = of(Rule::LittleChangeEarly);
    assert_eq!((early.operating.sensitivity, early.median_lead), (Some(1.0), Some(4.0)));
    let later = of(Rule::NotImprovedLater);
    assert_eq!((later.operating.sensitivity, later.operating.specificity), (Some(1.0), Some(1.0)));
    let (low, high) = worse.intervals[0].expect("an interval");
    assert!(low < 1.0 / 3.0 && 1.0 / 3.0 < high && low > 0.15 && high < 0.55, "{low} {high}");
    let model = of(Rule::ProbablyBad);
    assert!(model.operating.sensitivity.expect("bad ends") > 0.9, "{model:?}");
    assert!(found.auc_by_session.iter().all(|area| area.n == 240 && area.events == 60));
    assert_eq!(found.auc_by_session.iter().map(|area| area.session).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7]);
    assert!(found.calibration.brier < found.calibration.brier_base_rate);
    assert!(found.dropout.is_empty());
}

#[test]
fn at_equal_flag_rates_the_half_rule_is_the_whole_rule() {
    let found = run(&practice(240), &settings(Split::Folds(10))).expect("a backtest");
    let target = found.rules[Rule::HalfWorseThanIntake as usize].operating;
    let [whole, half] =
        [Rule::WorseThanIntake, Rule::HalfWorseThanIntake].map(|rule| found.equal_flag_rate[rule as usize].operating);
    assert_eq!(whole, half);
    assert_eq!(half, target);
}

#[test]
fn a_split_by_time_judges_the_later_ones_only() {
    let found = run(&practice(240), &settings(Split::Day(168))).expect("a backtest");
    assert_eq!((found.n_persons, found.n_training), (72, 168));
    let mut early = practice(240);
    early.truncate(100);
    assert!(matches!(run(&early, &settings(Split::Day(168))), Err(BacktestError::TooFew { found: 0, .. })));
}

#[test]
fn seeds_repeat_and_broken_off_courses_count_three_ways() {
    let mut episodes = practice(240);
    for episode in episodes.iter_mut().step_by(6) {
        episode.ending = Ending::DroppedOut;
    }
    let once = run(&episodes, &settings(Split::Folds(10))).expect("a backtest");
    assert_eq!(once, run(&episodes, &settings(Split::Folds(10))).expect("the same again"));
    let ways: Vec<(&str, usize)> = once.dropout.iter().map(|way| (way.handling, way.n_persons)).collect();
    assert_eq!(ways, [("last_observation", 240), ("excluded", 200), ("worst_case", 240)]);
    assert!(once.dropout[2].base_rate > once.dropout[0].base_rate);
}

#[test]
fn what_cannot_be_judged_is_refused() {
    assert!(matches!(run(&practice(6), &settings(Split::Folds(10))), Err(BacktestError::TooFew { found: 6, .. })));
    let mut settings = settings(Split::Folds(10));
    settings.rules.reliable_change = 100.0;
    assert_eq!(run(&practice(240), &settings), Err(BacktestError::OneOutcome(240)));
}
