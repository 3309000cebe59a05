//! What must hold for every instrument and any answers.

use instruments::{
    Answer, Answers, Change, Completeness, Instrument, Item, ItemKind, Library, MissingRule, Points, RiskLevel,
    ScoreState, alliance_flags, change, check_answer, interpret, measure, risks, score,
};
use proptest::prelude::*;
use std::sync::LazyLock;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().unwrap_or_else(|error| panic!("{error}")));

fn instrument() -> impl Strategy<Value = &'static Instrument> {
    let all: Vec<&'static Instrument> = LIBRARY.iter().collect();
    proptest::sample::select(all)
}

fn offered(item: &Item) -> Vec<i64> {
    match &item.kind {
        ItemKind::Choice(options) => options.iter().map(|option| option.value).collect(),
        ItemKind::VisualAnalogue { .. } => (0..=instruments::VISUAL_ANALOGUE_MAX).collect(),
        ItemKind::Number { min, max } => (*min..=*max).collect(),
    }
}

/// An instrument with one of its offered values, a decline or nothing for every item; mostly values.
fn answered() -> impl Strategy<Value = (&'static Instrument, Vec<Option<Answer>>)> {
    instrument().prop_flat_map(|instrument| {
        let items: Vec<_> = instrument
            .items
            .iter()
            .map(|item| {
                prop_oneof![
                    8 => proptest::sample::select(offered(item)).prop_map(|v| Some(Answer::Value(v))),
                    1 => Just(Some(Answer::Declined)),
                    1 => Just(None),
                ]
            })
            .collect();
        (Just(instrument), items)
    })
}

fn sheet(instrument: &Instrument, answers: &[Option<Answer>]) -> Answers {
    let pairs = instrument.items.iter().zip(answers);
    pairs.filter_map(|(item, answer)| Some((item.id.clone(), (*answer)?))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_score_is_never_a_silent_partial_sum((instrument, answers) in answered()) {
        prop_assume!(instrument.skips.is_empty());
        for (result, scale) in score(instrument, &sheet(instrument, &answers)).iter().zip(&instrument.scales) {
            let given: Vec<i64> = scale
                .items
                .iter()
                .filter_map(|member| {
                    let value = answers[member.index]?.value()?;
                    Some(member.points.of(value))
                })
                .collect();
            let missing = scale.items.len() - given.len();
            prop_assert_eq!(result.missing as usize, missing);
            prop_assert_eq!(result.answered as usize, given.len());
            let sum = given.iter().sum::<i64>() as f64 / scale.divide_by as f64;
            prop_assert!((result.observed_sum - sum).abs() < 1e-9);

            let allowed = match scale.missing {
                MissingRule::Complete => 0,
                MissingRule::Prorate { at_most, .. } | MissingRule::Zero { at_most, .. } => at_most as usize,
            };
            let state = match missing {
                0 => ScoreState::Valid,
                n if n <= allowed => ScoreState::Prorated,
                _ => ScoreState::Invalid,
            };
            prop_assert_eq!(result.state, state);
            prop_assert_eq!(result.value.is_some(), state != ScoreState::Invalid);
            prop_assert_eq!(result.exact.is_some(), state != ScoreState::Invalid);
            prop_assert_eq!(result.band.is_some(), result.value.is_some() && !scale.bands.is_empty());

            if let (Some(exact), Some(value)) = (result.exact, result.value) {
                prop_assert!((scale.axis.min..=scale.axis.max).contains(&exact));
                prop_assert!((scale.axis.min..=scale.axis.max).contains(&value));
                let unit = f64::from(10_u32.pow(u32::from(scale.axis.decimals)));
                // Half up: never more than half a unit away, and a half only upwards.
                prop_assert!(value - exact <= 0.5 / unit + 1e-9 && exact - value < 0.5 / unit + 1e-9);
                if missing == 0 {
                    prop_assert!((exact - sum).abs() < 1e-9 && (value - sum).abs() < 1e-9);
                } else {
                    let scaled = sum * scale.items.len() as f64 / given.len() as f64;
                    prop_assert!((exact - scaled).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn the_order_of_the_answers_does_not_matter(
        (instrument, answers, order) in answered().prop_flat_map(|(instrument, answers)| {
            let order: Vec<usize> = (0..answers.len()).collect();
            (Just(instrument), Just(answers), Just(order).prop_shuffle())
        })
    ) {
        // Symptom items weigh the same: the same values on other items give the same scores.
        let same_kind = instrument.items.windows(2).all(|pair| pair[0].range() == pair[1].range());
        prop_assume!(same_kind && instrument.scales.iter().all(|s| s.items.len() == answers.len()
            && s.items.iter().all(|member| member.points == Points::Linear { base: 0, per_step: 1 })));
        let shuffled: Vec<Option<Answer>> = order.iter().map(|&index| answers[index]).collect();
        prop_assert_eq!(
            score(instrument, &sheet(instrument, &answers)),
            score(instrument, &sheet(instrument, &shuffled))
        );
    }

    #[test]
    fn batch_and_sheet_agree((instrument, answers) in answered()) {
        for (result, scale) in score(instrument, &sheet(instrument, &answers)).iter().zip(&instrument.scales) {
            let measured = measure(instrument, scale, |index| answers[index]);
            prop_assert_eq!(measured.state, result.state);
            prop_assert_eq!(measured.score, result.exact.zip(result.value));
        }
    }

    #[test]
    fn a_risk_finding_exactly_when_the_rule_says_so((instrument, answers) in answered()) {
        let given = sheet(instrument, &answers);
        for completeness in [Completeness::InProgress, Completeness::Submitted] {
            let found = risks(instrument, &given, completeness);
            let item_9 = (instrument.id == "phq-9").then(|| given.get("9").and_then(|a| a.value()));
            let expected = match item_9 {
                Some(Some(0)) | None => None,
                Some(Some(1)) => Some(RiskLevel::Review),
                Some(Some(_)) => Some(RiskLevel::Urgent),
                Some(None) => (completeness == Completeness::Submitted).then_some(RiskLevel::Unknown),
            };
            prop_assert_eq!(found.first().map(|finding| finding.level), expected);
            prop_assert!(found.len() <= 1);
            prop_assert_eq!(found.first().and_then(|finding| finding.value), item_9.flatten().filter(|v| *v > 0));
        }
    }

    #[test]
    fn an_answer_the_item_does_not_offer_is_refused_and_never_scored(
        (instrument, mut answers) in answered(),
        index in any::<prop::sample::Index>(),
        value in prop_oneof![Just(-1), Just(101), Just(i64::MAX), Just(i64::MIN), -500_i64..500],
    ) {
        let index = index.index(instrument.items.len());
        let item = &instrument.items[index];
        let offered = offered(item).contains(&value);
        prop_assert_eq!(check_answer(instrument, &item.id, &Answer::Value(value)).is_ok(), offered);
        answers[index] = Some(Answer::Value(value));
        let scores = score(instrument, &sheet(instrument, &answers));
        let concerned = instrument.scales.iter().zip(&scores).filter(|(scale, _)| scale.items.iter().any(|m| m.index == index));
        prop_assert!(offered || concerned.map(|(_, score)| score.state).all(|state| state == ScoreState::Invalid));
        // ... and a risk item answered with nonsense is never read as "no".
        let levels = risks(instrument, &sheet(instrument, &answers), Completeness::Submitted);
        let is_risk_item = instrument.risk.iter().any(|rule| rule.item == item.id);
        prop_assert!(offered || !is_risk_item || levels.len() == 1);
    }

    #[test]
    fn change_is_antisymmetric_and_follows_polarity(
        instrument in instrument(),
        (from, to) in (0_i32..=1000, 0_i32..=1000),
    ) {
        let scale = instrument.primary();
        let unit = f64::from(10_u32.pow(u32::from(scale.axis.decimals)));
        let on_grid = |share: i32| {
            ((scale.axis.max - scale.axis.min) * f64::from(share) / 1000.0 * unit).round() / unit
        };
        let (from, to) = (on_grid(from), on_grid(to));
        let (there, back) = (change(scale, from, to), change(scale, to, from));
        prop_assert_eq!(there.is_some(), scale.reliable_change.is_some());
        let mirrored = back.map(|verdict| match verdict {
            Change::Improved => Change::Deteriorated,
            Change::Unchanged => Change::Unchanged,
            Change::Deteriorated => Change::Improved,
        });
        prop_assert_eq!(there, mirrored);
        if there == Some(Change::Improved) {
            prop_assert!(scale.polarity.worsening(from, to) < 0.0);
        }
        if let (Some(case), Some(distance)) = (interpret(scale, from).case, interpret(scale, from).distance_to_cutoff) {
            let on_its_side = if case { distance >= 0.0 } else { distance <= 0.0 };
            prop_assert!(on_its_side);
        }
        prop_assert!(scale.alliance.is_some() || alliance_flags(scale, Some(from), to).is_empty());
    }
}
