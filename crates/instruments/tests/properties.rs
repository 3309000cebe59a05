//! What must hold for every instrument and any answers.

use instruments::{
    Answer, Answers, Batch, Change, Completeness, Context, Instrument, Item, ItemKind, Library, Line, MissingRule,
    Points, RiskLevel, Rounding, Scale, ScaleMethod, ScoreState, Scorer, Value, alliance_flags, change, check_answer,
    interpret, measure, risks, score,
};
use proptest::{prelude::*, strategy::Strategy};
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
        ItemKind::Goal => (0..=instruments::GOAL_MAX).collect(),
        ItemKind::Words => vec![instruments::WRITTEN],
    }
}

/// Whether the score is the sum of the points and nothing else.
fn summed(scale: &Scale) -> bool {
    scale.method == ScaleMethod::Sum
}

/// An instrument with one of its offered values, a decline or nothing for every item; mostly values.
fn answered() -> impl Strategy<Value = (&'static Instrument, Vec<Option<Answer>>)> {
    sheets_of(instrument())
}

fn answered_by(ids: &[&str]) -> impl Strategy<Value = (&'static Instrument, Vec<Option<Answer>>)> {
    let some: Vec<&'static Instrument> = ids.iter().filter_map(|id| LIBRARY.current(id)).collect();
    sheets_of(proptest::sample::select(some))
}

fn sheets_of(
    instruments: impl Strategy<Value = &'static Instrument>,
) -> impl Strategy<Value = (&'static Instrument, Vec<Option<Answer>>)> {
    instruments.prop_flat_map(|instrument| {
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
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_score_is_never_a_silent_partial_sum((instrument, answers) in answered()) {
        prop_assume!(instrument.skips.is_empty());
        let scores = score(instrument, &sheet(instrument, &answers));
        let missing_of_form = scores[0].missing as usize;
        for (result, scale) in scores.iter().zip(&instrument.scales).filter(|(_, scale)| summed(scale)) {
            let given: Vec<i64> = scale
                .items
                .iter()
                .filter_map(|member| Some(member.points.of(answers[member.index]?.value()?)))
                .collect();
            let missing = scale.items.len() - given.len();
            prop_assert_eq!(result.missing as usize, missing);
            prop_assert_eq!(result.answered as usize, given.len());
            let sum = (given.iter().sum::<i64>() * scale.multiply_by) as f64 / scale.divide_by as f64;
            prop_assert!((result.observed_sum - sum).abs() < 1e-9);

            let state = match scale.missing {
                MissingRule::Zero { at_most, over_form } => {
                    let counted = if over_form { missing_of_form } else { missing };
                    if counted <= at_most as usize { ScoreState::Valid } else { ScoreState::Invalid }
                }
                _ if missing == 0 => ScoreState::Valid,
                MissingRule::Prorate { at_most, .. } if missing <= at_most as usize => ScoreState::Prorated,
                _ => ScoreState::Invalid,
            };
            prop_assert_eq!(result.state, state);
            prop_assert_eq!(result.value.is_some(), state != ScoreState::Invalid);
            prop_assert_eq!(result.exact.is_some(), state != ScoreState::Invalid);
            prop_assert_eq!(result.band.is_some(), result.value.is_some() && !scale.bands.is_empty());

            if let (Some(exact), Some(value)) = (result.exact, result.value) {
                prop_assert!((scale.axis.min..=scale.axis.max).contains(&exact));
                prop_assert!((scale.axis.min..=scale.axis.max).contains(&value));
                let expected = match state {
                    ScoreState::Prorated => sum * scale.items.len() as f64 / given.len() as f64,
                    _ => sum,
                };
                prop_assert!((exact - expected).abs() < 1e-9);
                if scale.rounding == Rounding::None {
                    prop_assert_eq!(exact.to_bits(), value.to_bits());
                } else {
                    // Half up: never more than half a unit away, and a half only upwards.
                    let unit = f64::from(10_u32.pow(u32::from(scale.axis.decimals)));
                    prop_assert!(value - exact <= 0.5 / unit + 1e-9 && exact - value < 0.5 / unit + 1e-9);
                }
            }
        }
    }

    #[test]
    fn a_prorated_score_lies_within_what_the_missing_answers_could_have_made(
        (instrument, answers) in answered()
    ) {
        for scale in instrument.scales.iter().filter(|scale| summed(scale)) {
            let measured = measure(instrument, scale, |index| answers[index]);
            let (Some((exact, _)), ScoreState::Prorated) = (measured.score, measured.state) else { continue };
            let completed = |worst: bool| {
                let fill = |index: usize| {
                    let (low, high) = instrument.items[index].range();
                    let member = scale.items.iter().find(|member| member.index == index).expect("of this scale");
                    let rises = member.points.of(high) >= member.points.of(low);
                    Some(Answer::Value(if rises == worst { high } else { low }))
                };
                measure(instrument, scale, |index| answers[index].filter(|a| a.value().is_some()).or_else(|| fill(index)))
            };
            let (least, most) = (completed(false).score.expect("complete").0, completed(true).score.expect("complete").0);
            prop_assert!((least - 1e-9..=most + 1e-9).contains(&exact), "{} {}: {least} {exact} {most}", instrument.id, scale.id);
        }
    }

    #[test]
    fn more_points_on_one_item_never_lower_a_sum(
        (instrument, answers) in answered(),
        index in any::<prop::sample::Index>(),
    ) {
        prop_assume!(instrument.skips.is_empty());
        let index = index.index(instrument.items.len());
        let (low, high) = instrument.items[index].range();
        for scale in instrument.scales.iter().filter(|scale| matches!(scale.method, ScaleMethod::Sum | ScaleMethod::Table(_))) {
            let Some(member) = scale.items.iter().find(|member| member.index == index) else { continue };
            let with = |value: i64| measure(instrument, scale, |at| if at == index { Some(Answer::Value(value)) } else { answers[at] });
            if let (Some(at_low), Some(at_high)) = (with(low).score, with(high).score) {
                let rises = member.points.of(high) >= member.points.of(low);
                let (least, most) = if rises { (at_low.0, at_high.0) } else { (at_high.0, at_low.0) };
                prop_assert!(most >= least, "lowered");
            }
        }
    }

    #[test]
    fn the_mirrored_answers_give_the_mirrored_score((instrument, answers) in answered()) {
        prop_assume!(instrument.skips.is_empty());
        let mirrored = |index: usize| answers[index].map(|answer| match answer {
            Answer::Value(value) => {
                let (low, high) = instrument.items[index].range();
                Answer::Value(low + high - value)
            }
            Answer::Declined => Answer::Declined,
        });
        let linear = |scale: &Scale| scale.items.iter().all(|m| matches!(m.points, Points::Linear { .. }));
        let zero = |scale: &Scale| matches!(scale.missing, MissingRule::Zero { .. });
        for scale in instrument.scales.iter().filter(|scale| summed(scale) && linear(scale) && !zero(scale)) {
            let there = measure(instrument, scale, |index| answers[index]);
            let back = measure(instrument, scale, mirrored);
            prop_assert_eq!(there.state, back.state);
            if let (Some((there, _)), Some((back, _))) = (there.score, back.score) {
                prop_assert!((there + back - scale.axis.min - scale.axis.max).abs() < 1e-9, "{} {}", instrument.id, scale.id);
            }
        }
    }

    /// What is proved by some of the answers stays so whatever the others turn out to be.
    #[test]
    fn what_is_known_of_a_rule_stays_known(
        (id, value) in proptest::sample::select(vec![
            ("pcl-5", "provisional_dsm5"), ("itq", "ptsd_criteria"), ("itq", "dso_criteria"), ("itq", "cptsd"),
            ("mdq", "positive"), ("phq-15", "somatoform_screen_ge3_severe"), ("sds", "any_item_ge5"), ("c-ssrs", "triage"),
        ]),
        seeds in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 24),
    ) {
        let instrument = LIBRARY.current(id).expect("ships");
        let full: Vec<Option<Answer>> = instrument.items.iter().zip(&seeds).map(|(item, (pick, _))| {
            let offered = offered(item);
            Some(Answer::Value(offered[pick.index(offered.len())]))
        }).collect();
        let part: Vec<Option<Answer>> = full.iter().zip(&seeds).map(|(answer, (_, kept))| answer.filter(|_| *kept)).collect();
        let context = Context::default();
        let mut one = Scorer::new(instrument);
        let mut other = Scorer::new(instrument);
        let (partly, fully) = (one.score(&part, &context).value(value), other.score(&full, &context).value(value));
        // A triage that is not the highest may rise with the answers that are still to come; the others may not change.
        if id != "c-ssrs" || partly == Some(Value::Word("high")) {
            prop_assert!(partly == Some(Value::Unknown) || partly == fully, "{id} {value}: {partly:?} {fully:?}");
        }
    }

    /// Whatever the bytes: one line comes out, and it is JSON.
    #[test]
    fn any_line_gives_one_line(
        instrument in instrument(),
        line in prop_oneof![
            "[ -~]{0,60}",
            r#"\{"id": ?("[a-z]{0,3}"|[0-9]{1,3}|null), ?"answers": ?(\[((-?[0-9]{1,3}|null|true|"x"|[0-9]\.[0-9]{1,2}),){0,24}(null|[0-4])\]|\{"[0-9]{1,2}": ?[0-4]\}|null|7)(, ?"context": ?\{"(sex|age|exposure|problem)": ?("[fFmM]"|[0-9]{1,3}|null|true)\})?\}"#,
        ],
    ) {
        let Ok(batch) = Batch::new(&instrument.id, instrument) else {
            prop_assert_eq!(&instrument.id, "oq-45");
            return Ok(());
        };
        let mut out = Vec::new();
        let fared = batch.worker().json(3, line.as_bytes(), &mut out);
        prop_assert!(out.ends_with(b"\n") && out.split(|byte| *byte == b'\n').count() == 2);
        let out: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
        let refused = fared == Line::Refused;
        prop_assert_eq!(out.get("error").is_some(), refused);
        prop_assert_eq!(out.get("state").is_some(), !refused);
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
        prop_assume!(same_kind && instrument.skips.is_empty() && instrument.scales.iter().all(|s| s.items.len() == answers.len()
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
    fn a_risk_finding_exactly_when_the_rule_says_so((instrument, answers) in answered_by(&["phq-9", "phq-2", "gad-7"])) {
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
        prop_assert!(offered || !instrument.skips.is_empty() || concerned.map(|(_, score)| score.state).all(|state| state == ScoreState::Invalid));
        // ... and a risk item answered with nonsense is never read as "no".
        let levels = risks(instrument, &sheet(instrument, &answers), Completeness::Submitted);
        let is_risk_item = instrument.risk.iter().any(|rule| rule.item == item.id && rule.unanswered.is_some());
        prop_assert!(offered || !is_risk_item || levels.iter().any(|finding| finding.item == item.id));
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
