//! What scores mean, at the edges where a comparison could go either way, and the sentence for the
//! note in both languages.

use instruments::{
    AllianceFlag, Answer, Answers, Change, Completeness, Instrument, Language, Library, Reference, RiskLevel, Score,
    ScoreState, Since, alliance_flags, change, interpret, note, risks, score,
};

fn library() -> Library {
    Library::embedded().expect("reads")
}

fn sheet(instrument: &Instrument, values: &[Option<i64>]) -> Answers {
    let pairs = instrument.items.iter().zip(values);
    pairs.filter_map(|(item, value)| Some((item.id.clone(), Answer::Value((*value)?)))).collect()
}

fn total(instrument: &Instrument, values: &[Option<i64>]) -> Score {
    score(instrument, &sheet(instrument, values)).remove(0)
}

#[test]
fn the_change_of_exactly_the_threshold_counts() {
    let library = library();
    let verdict = |id: &str, from, to| change(library.current(id).expect("ships").primary(), from, to);
    assert_eq!(verdict("phq-9", 18.0, 12.0), Some(Change::Improved));
    assert_eq!(verdict("phq-9", 18.0, 13.0), Some(Change::Unchanged));
    assert_eq!(verdict("phq-9", 14.0, 20.0), Some(Change::Deteriorated));
    assert_eq!(verdict("gad-7", 12.0, 8.0), Some(Change::Improved));
    assert_eq!(verdict("gad-7", 12.0, 9.0), Some(Change::Unchanged));
    // 24.1 - 18.1 is 6.0000000000000000 only on paper.
    assert_eq!(verdict("wellbeing-check", 18.1, 24.1), Some(Change::Improved));
    assert_eq!(verdict("wellbeing-check", 24.1, 18.1), Some(Change::Deteriorated));
    assert_eq!(verdict("wellbeing-check", 24.1, 18.2), Some(Change::Unchanged));
    assert_eq!(verdict("phq-2", 0.0, 6.0), None);
}

#[test]
fn best_and_baseline_at_the_fourth_session() {
    // 18, 16, 14, 22: reliably worse than the best score, not than the baseline.
    let library = library();
    let phq9 = library.current("phq-9").expect("ships").primary();
    assert_eq!(change(phq9, 18.0, 22.0), Some(Change::Unchanged));
    assert_eq!(change(phq9, 14.0, 22.0), Some(Change::Deteriorated));
}

#[test]
fn the_cut_off_belongs_to_the_side_its_rule_says() {
    let library = library();
    let read = |id: &str, value| {
        let reading = interpret(library.current(id).expect("ships").primary(), value);
        (reading.case, reading.distance_to_cutoff)
    };
    assert_eq!(read("phq-9", 10.0), (Some(true), Some(0.0)));
    assert_eq!(read("phq-9", 9.0), (Some(false), Some(-1.0)));
    assert_eq!(read("gad-7", 8.0), (Some(true), Some(0.0)));
    assert_eq!(read("wellbeing-check", 24.0), (Some(false), Some(0.0)));
    assert_eq!(read("wellbeing-check", 23.0), (Some(true), Some(1.0)));
    assert_eq!(read("session-feedback", 10.0), (None, None));
}

#[test]
fn the_measurement_band_stays_on_the_scale() {
    let library = library();
    let phq9 = library.current("phq-9").expect("ships").primary();
    let band = |value| interpret(phq9, value).measurement_band.expect("has figures");
    // 1.96 × 5.4 × √(1 − 0.84) = 4.2336.
    let (low, high) = band(18.0);
    assert!((low - 13.7664).abs() < 1e-9 && (high - 22.2336).abs() < 1e-9);
    assert_eq!((band(1.0).0, band(26.0).1), (0.0, 27.0));
}

#[test]
fn a_fall_from_35_8_to_33_1_is_an_alliance_flag() {
    let library = library();
    let form = library.current("session-feedback").expect("ships");
    let [before, after] =
        [[90, 88, 92, 88], [84, 80, 86, 81]].map(|marks| total(form, &marks.map(Some)).value.expect("complete"));
    assert_eq!((before, after), (35.8, 33.1));
    let flags = alliance_flags(form.primary(), Some(before), after);
    assert_eq!(flags, [AllianceFlag::Low, AllianceFlag::Drop]);

    let scale = form.primary();
    assert_eq!(alliance_flags(scale, None, 36.0), [], "the threshold itself is no concern");
    assert_eq!(alliance_flags(scale, Some(40.0), 38.0), [AllianceFlag::Drop]);
    assert_eq!(alliance_flags(scale, Some(40.0), 38.1), []);
    assert_eq!(alliance_flags(scale, Some(30.0), 35.9), [AllianceFlag::Low], "a rise is no drop");
}

#[test]
fn item_9_speaks_whatever_else_is_missing() {
    let library = library();
    let phq9 = library.current("phq-9").expect("ships");
    let three_missing = [Some(2), None, Some(3), None, Some(2), Some(2), None, Some(1), Some(2)];
    let answers = sheet(phq9, &three_missing);
    let result = total(phq9, &three_missing);
    assert_eq!((result.state, result.value, result.band), (ScoreState::Invalid, None, None));
    for completeness in [Completeness::InProgress, Completeness::Submitted] {
        let found = risks(phq9, &answers, completeness);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].level, found[0].value), (RiskLevel::Urgent, Some(2)));
    }
    let declined = [("9".to_owned(), Answer::Declined)].into();
    assert_eq!(risks(phq9, &declined, Completeness::InProgress), []);
    assert_eq!(risks(phq9, &declined, Completeness::Submitted)[0].level, RiskLevel::Unknown);
}

#[test]
fn answers_are_numbers_or_null_in_json() {
    let answers: Answers = [("1".to_owned(), Answer::Value(3)), ("2".to_owned(), Answer::Declined)].into();
    let json = serde_json::to_string(&answers).expect("serializes");
    assert_eq!(json, r#"{"1":3,"2":null}"#);
    assert_eq!(serde_json::from_str::<Answers>(&json).expect("reads"), answers);
    assert!(serde_json::from_str::<Answers>(r#"{"1":2.5}"#).is_err());
}

#[test]
fn the_sentence_for_the_note() {
    let library = library();
    let of = |id: &str| library.current(id).expect("ships");
    let since = |reference, value| Some(Since { reference, value });
    let phq9 = of("phq-9");
    let full = [2, 2, 3, 3, 2, 2, 2, 1, 1].map(Some);
    let mut one_missing = full;
    one_missing[3] = None;
    let mut three_missing = one_missing;
    (three_missing[0], three_missing[1]) = (None, None);
    let line = of("wellbeing-check");

    for (instrument, score, since, english, spanish) in [
        (
            phq9,
            total(phq9, &full),
            since(Reference::Baseline, 14.0),
            "PHQ-9 18 (moderately severe), up 4 since baseline",
            "PHQ-9 18 (moderadamente grave), sube 4 respecto al inicio",
        ),
        (
            phq9,
            total(phq9, &one_missing),
            since(Reference::Previous, 17.0),
            "PHQ-9 17 (moderately severe) [prorated from 8 of 9 items], unchanged since the previous score",
            "PHQ-9 17 (moderadamente grave) [prorrateado a partir de 8 de 9 preguntas], sin cambio respecto a la puntuación anterior",
        ),
        (
            phq9,
            total(phq9, &three_missing),
            since(Reference::Baseline, 14.0),
            "PHQ-9 not scored (6 of 9 items answered)",
            "PHQ-9 sin puntuación (6 de 9 preguntas respondidas)",
        ),
        (
            line,
            total(line, &[73, 58, 61, 57].map(Some)),
            since(Reference::Best, 26.0),
            "Wellbeing check 24.9, down 1.1 since the best score",
            "Chequeo de bienestar 24.9, baja 1.1 respecto a la mejor puntuación",
        ),
    ] {
        assert_eq!(note(instrument, &score, since, Language::En), english);
        assert_eq!(note(instrument, &score, since, Language::Es), spanish);
    }
}
