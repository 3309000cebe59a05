//! Mistakes seen in other programs and data sets, one test each: what is published, and what must not come out here.

use instruments::{Answer, Answers, Batch, ItemKind, Language, Library, Line, Score, ScoreState, score};
use std::sync::LazyLock;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::embedded().unwrap_or_else(|error| panic!("{error}")));

fn instrument(id: &str) -> &'static instruments::Instrument {
    LIBRARY.current(id).unwrap_or_else(|| panic!("{id} ships"))
}

/// The total of a sheet in item order.
fn total(id: &str, values: &[Option<i64>]) -> Score {
    let instrument = instrument(id);
    assert_eq!(values.len(), instrument.items.len(), "{id}");
    let answers: Answers = instrument
        .items
        .iter()
        .zip(values)
        .filter_map(|(item, value)| Some((item.id.clone(), Answer::Value((*value)?))))
        .collect();
    score(instrument, &answers).swap_remove(0)
}

/// The first `missing` items left out, all others answered alike.
fn without(id: &str, missing: usize, value: i64) -> Score {
    let items = instrument(id).items.len();
    total(id, &(0..items).map(|index| (index >= missing).then_some(value)).collect::<Vec<_>>())
}

fn band_at(id: &str, value: f64) -> Option<&'static str> {
    instrument(id).primary().band_of(value).map(|band| band.id.as_str())
}

fn labels(id: &str, item: usize) -> Vec<&'static str> {
    let ItemKind::Choice(options) = &instrument(id).items[item].kind else { panic!("{id} offers choices") };
    options.iter().map(|option| option.label.get(Language::En)).collect()
}

fn line(id: &str, line: &str) -> (Line, serde_json::Value) {
    let batch = Batch::new(id, instrument(id)).expect("has a key");
    let mut out = Vec::new();
    let fared = batch.worker().json(1, line.as_bytes(), &mut out);
    (fared, serde_json::from_slice(&out).expect("a line of JSON"))
}

#[test]
fn gad_7_of_5_is_mild_and_not_minimal() {
    assert_eq!((band_at("gad-7", 4.0), band_at("gad-7", 5.0)), (Some("minimal"), Some("mild")));
    assert_eq!(total("gad-7", &[1, 1, 1, 1, 1, 0, 0].map(Some)).band.as_deref(), Some("mild"));
}

#[test]
fn gad_7_zero_is_labelled_not_at_all_and_not_not_at_all_sure() {
    assert_eq!(labels("gad-7", 0)[0], "Not at all");
    assert_eq!(labels("gad-2", 0)[0], "Not at all");
}

#[test]
fn ces_d_has_the_official_last_label_item_3_in_full_and_no_answer_above_3() {
    assert!(labels("ces-d", 0)[3].starts_with("Most or all of the time"), "{:?}", labels("ces-d", 0));
    assert!(instrument("ces-d").items[2].text.get(Language::En).contains("or friends"));
    let answers = format!("{{\"answers\":[4{}]}}", ",0".repeat(19));
    let (fared, said) = line("ces-d", &answers);
    assert_eq!((fared, said["field"].as_str()), (Line::Refused, Some("answers[0] (item 1)")), "{said}");
}

#[test]
fn ces_d_without_any_symptom_is_in_no_band_of_risk() {
    let none: Vec<Option<i64>> = (1..=20).map(|n| Some(if [4, 8, 12, 16].contains(&n) { 3 } else { 0 })).collect();
    let total = total("ces-d", &none);
    assert_eq!((total.value, total.band.as_deref()), (Some(0.0), Some("none")));
}

#[test]
fn core_10_is_prorated_for_one_missing_item_and_never_for_more() {
    assert_eq!(without("core-10", 1, 2).state, ScoreState::Prorated);
    for missing in 2..=10 {
        let score = without("core-10", missing, 2);
        assert_eq!((score.state, score.value), (ScoreState::Invalid, None), "{missing} missing");
    }
}

#[test]
fn core_10_reverses_items_2_and_3_and_no_other() {
    for item in 0..10 {
        let mut values = [Some(0); 10];
        // At zero everywhere the two reversed items give 4 each.
        assert_eq!(total("core-10", &values).value, Some(8.0));
        values[item] = Some(1);
        let expected = if item == 1 || item == 2 { 7.0 } else { 9.0 };
        assert_eq!(total("core-10", &values).value, Some(expected), "item {}", item + 1);
    }
}

#[test]
fn phq_9_shows_no_raw_sum_for_an_incomplete_form() {
    let prorated = without("phq-9", 1, 2);
    assert_eq!((prorated.state, prorated.observed_sum, prorated.value), (ScoreState::Prorated, 16.0, Some(18.0)));
    let invalid = without("phq-9", 3, 2);
    assert_eq!((invalid.state, invalid.value, invalid.band), (ScoreState::Invalid, None, None));
}

#[test]
fn phq_9_with_one_answer_has_no_total_and_missing_items_are_not_zero() {
    for missing in 3..=9 {
        let score = without("phq-9", missing, 3);
        assert_eq!((score.value, score.exact), (None, None), "{missing} missing");
    }
    let (_, said) = line("phq-9", r#"{"answers": {"1": 3}}"#);
    assert_eq!((said["total"].is_null(), said["state"].as_str()), (true, Some("invalid")), "{said}");
}

#[test]
fn epds_does_not_count_a_missing_answer_as_zero() {
    let score = without("epds", 1, 1);
    assert_eq!((score.state, score.value), (ScoreState::Invalid, None));
}

#[test]
fn pcl_5_has_no_severity_bands() {
    assert!(instrument("pcl-5").scales.iter().all(|scale| scale.bands.is_empty()));
    assert_eq!(without("pcl-5", 0, 4).band, None);
}

#[test]
fn pcl_5_and_dast_10_do_not_sum_whatever_is_there() {
    for id in ["pcl-5", "dast-10"] {
        let score = without(id, 1, 1);
        assert_eq!((score.state, score.value), (ScoreState::Invalid, None), "{id}");
    }
}

#[test]
fn dast_10_reverses_item_3_itself() {
    // "Yes" to item 3 (able to stop) is no problem; "no" is one.
    let only_third = |value| total("dast-10", &[0, 0, value, 0, 0, 0, 0, 0, 0, 0].map(Some)).value;
    assert_eq!((only_third(1), only_third(0)), (Some(0.0), Some(1.0)));
}

#[test]
fn gad_2_has_one_cut_off_at_3_and_no_bands_at_1_and_5() {
    let scale = instrument("gad-2").primary();
    assert!(scale.bands.is_empty());
    let screening = scale.screening().expect("a positive screen");
    assert!((screening.value - 3.0).abs() < 1e-9 && screening.is_met(3.0) && !screening.is_met(2.0));
}

#[test]
fn phq_15_has_15_entries_over_4_weeks() {
    let phq15 = instrument("phq-15");
    assert_eq!(phq15.items.len(), 15);
    assert!(phq15.time_frame.get(Language::En).contains("4 weeks"));
    let mut texts: Vec<&str> = phq15.items.iter().map(|item| item.text.get(Language::En)).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), 15, "no entry twice");
}

#[test]
fn phq_a_asks_over_2_weeks() {
    assert!(instrument("phq-a").time_frame.get(Language::En).contains("2 weeks"));
}

#[test]
fn whodas_wording_is_not_here_in_any_language() {
    assert!(!instrument("whodas-12").has_wording(), "its holder grants no reproduction");
}

#[test]
fn k10_counts_from_1_to_5_with_the_bands_of_10_to_50() {
    let k10 = instrument("k10").primary();
    assert_eq!((without("k10", 0, 1).value, without("k10", 0, 5).value), (Some(10.0), Some(50.0)));
    assert_eq!((k10.bands[0].from, k10.bands[0].to), (10.0, 15.0));
    let (fared, _) = line("k10", &format!("{{\"answers\":[0{}]}}", ",1".repeat(9)));
    assert_eq!(fared, Line::Refused, "0 is not one of its answers");
}

#[test]
fn who_5_raw_13_is_52_percent_and_not_below_50() {
    let score = total("who-5", &[3, 3, 3, 2, 2].map(Some));
    assert_eq!(score.value, Some(52.0));
    let low = instrument("who-5").primary().cutoffs.iter().find(|cutoff| cutoff.id == "low_wellbeing_le50");
    let low = low.expect("the published cut-off");
    assert!(!low.is_met(52.0) && low.is_met(48.0));
}

#[test]
fn loinc_codes_are_not_those_that_circulate_wrongly() {
    let codes: Vec<(&str, &str)> = LIBRARY
        .iter()
        .flat_map(|one| {
            let scales = one.scales.iter().filter_map(|scale| scale.loinc.as_deref());
            let items = one.items.iter().filter_map(|item| item.loinc.as_deref());
            one.loinc.as_deref().into_iter().chain(scales).chain(items).map(|code| (one.id.as_str(), code))
        })
        .collect();
    for wrong in [
        ("who-5", "65625-0"),
        ("who-5", "89708-7"),
        ("pcl-5", "97006-2"),
        ("promis-depression-4a", "91722-9"),
        ("promis-depression-8a", "91722-9"),
        ("audit-c", "75624-7"),
        ("gad-7", "69730-0"),
        ("gad-2", "70273-8"),
    ] {
        assert!(!codes.contains(&wrong), "{wrong:?}");
    }
    let of = |id: &str| instrument(id).primary().loinc.as_deref();
    assert_eq!((of("phq-15"), of("audit"), of("audit-c")), (Some("70273-8"), Some("75624-7"), Some("75626-2")));
}

#[test]
fn phq_15_keeps_the_order_of_the_paper_with_the_sexual_item_11th() {
    // The panel of LOINC has it 5th.
    let place = instrument("phq-15").items.iter().position(|item| item.text.get(Language::En).contains("sexual"));
    assert_eq!(place, Some(10));
}

#[test]
fn gad_7_item_6_asks_over_2_weeks_whatever_its_code_says() {
    assert!(instrument("gad-7").time_frame.get(Language::En).contains("2 weeks"));
    assert!(!instrument("gad-7").items[5].text.get(Language::En).contains('4'));
}

#[test]
fn halves_of_a_prorated_phq_go_up() {
    // 4, 12 and 20 over eight items are exactly 4.5, 13.5 and 22.5.
    for (sum, expected) in [(4, 5.0), (12, 14.0), (20, 23.0)] {
        let mut values = [Some(sum / 8); 9];
        let extra = usize::try_from(sum % 8).expect("small");
        for value in values.iter_mut().take(extra) {
            *value = Some(sum / 8 + 1);
        }
        values[8] = None;
        assert_eq!(total("phq-9", &values).value, Some(expected), "{sum}");
    }
}

#[test]
fn phq_a_has_the_words_for_adolescents_with_mood_first() {
    let items: Vec<&str> = instrument("phq-a").items.iter().map(|item| item.text.get(Language::En)).collect();
    assert!(items[0].contains("irritable") && items[1].starts_with("Little interest"), "{items:?}");
    assert!(items[6].contains("school work"), "the adult form speaks of the newspaper alone");
}

#[test]
fn the_spanish_phq_9_is_the_official_one_without_the_slips_of_copies() {
    // As in the transcript of the official form.
    let published = [
        "Poco interés o placer en hacer cosas",
        "Se ha sentido decaído(a), deprimido(a) o sin esperanzas",
        "Ha tenido dificultad para quedarse o permanecer dormido(a), o ha dormido demasiado",
        "Se ha sentido cansado(a) o con poca energía",
        "Sin apetito o ha comido en exceso",
        "Se ha sentido mal con usted mismo(a) – o que es un fracaso o que ha quedado mal con usted mismo(a) o con su familia",
        "Ha tenido dificultad para concentrarse en ciertas actividades, tales como leer el periódico o ver la televisión",
        "¿Se ha movido o hablado tan lento que otras personas podrían haberlo notado? o lo contrario – muy inquieto(a) o agitado(a) que ha estado moviéndose mucho más de lo normal",
        "Pensamientos de que estaría mejor muerto(a) o de lastimarse de alguna manera",
    ];
    for (item, text) in instrument("phq-9").items.iter().zip(published) {
        assert_eq!(item.text.get(Language::Es), text, "item {}", item.id);
    }
}

#[test]
fn psc_17_has_the_mixed_order_and_not_one_grouped_by_subscale() {
    let psc = instrument("psc-17");
    let of = |id: &str| -> Vec<&str> {
        let scale = psc.scale(id).unwrap_or_else(|| panic!("{id} is a scale"));
        scale.items.iter().map(|member| psc.items[member.index].id.as_str()).collect()
    };
    assert_eq!(of("internalizing"), ["2", "6", "9", "11", "15"]);
    assert_eq!(of("attention"), ["1", "3", "7", "13", "17"]);
    assert_eq!(of("externalizing"), ["4", "5", "8", "10", "12", "14", "16"]);
    assert!(
        psc.items[0].text.get(Language::En).starts_with("Fidgety")
            && psc.items[1].text.get(Language::En).starts_with("Feels sad")
    );
}

#[test]
fn nothing_is_shown_as_soon_as_one_item_is_answered() {
    // Another form engine counts what is missing as 0 from the first answer on.
    for id in ["phq-9", "gad-7", "pcl-5", "core-10", "dass-21", "psc-17"] {
        let score = without(id, instrument(id).items.len() - 1, 2);
        assert_eq!((score.state, score.value), (ScoreState::Invalid, None), "{id}");
    }
}
