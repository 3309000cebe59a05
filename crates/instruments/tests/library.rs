//! The instruments that ship: complete, unchanged since publication, and saying what they must.

use instruments::{
    Evidence, Instrument, ItemKind, Language, LanguageStatus, Library, LicenceStatus, MissingRule, Polarity,
    ReliableChangeRule, check,
};

fn library() -> Library {
    Library::embedded().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_check_of_the_shipped_library_passes() {
    let findings: Vec<String> = check(&library()).iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn every_instrument_is_there() {
    let library = library();
    let ids: Vec<&str> = library.iter().map(|instrument| instrument.id.as_str()).collect();
    for id in ["audit", "gad-2", "gad-7", "ors", "pcl-5", "phq-2", "phq-9", "session-feedback", "wellbeing-check"] {
        assert!(ids.contains(&id), "{id}");
    }
    for instrument in library.iter() {
        let again = library.get(&instrument.id, &instrument.version).expect("iterated");
        assert_eq!(again.content_hash, instrument.content_hash);
    }
    assert!(library.get("phq-9", "2").is_none() && library.current("nothing").is_none());
}

#[test]
fn thresholds_and_their_standing() {
    let library = library();
    let of = |id: &str| library.current(id).expect("ships");

    let phq9 = of("phq-9");
    assert_eq!(phq9.caseness().map(|cutoff| cutoff.value), Some(10.0));
    let change = phq9.reliable_change().expect("has one");
    assert_eq!((change.points, change.rule), (6.0, ReliableChangeRule::AtLeast));
    assert_eq!(phq9.primary().missing, MissingRule::Prorate { at_most: 2, optional: false });
    assert_eq!(phq9.primary().missing_source.evidence, Evidence::Verified);
    assert_eq!(phq9.polarity(), Polarity::HigherWorse);
    assert_eq!(phq9.bands().len(), 5);

    let gad7 = of("gad-7");
    assert_eq!(gad7.caseness().map(|cutoff| cutoff.value), Some(8.0));
    assert!(gad7.primary().cutoffs.iter().any(|cutoff| (cutoff.value - 10.0).abs() < 1e-9));
    assert_eq!(gad7.reliable_change().map(|change| change.points), Some(4.0));
    assert_eq!(gad7.primary().missing_source.evidence, Evidence::Convention);

    for id in ["phq-2", "gad-2"] {
        let short = of(id).primary();
        assert_eq!(short.screening().map(|cutoff| cutoff.value), Some(3.0));
        assert_eq!(short.missing, MissingRule::Complete);
        assert!(short.caseness().is_none());
    }
}

#[test]
fn spanish_of_the_gad_waits_for_confirmation() {
    for instrument in library().iter().filter(|one| one.languages.contains_key(&Language::Es)) {
        let expected =
            if instrument.id.starts_with("gad") { LanguageStatus::NeedsConfirmation } else { LanguageStatus::Official };
        assert_eq!(instrument.language_status(Language::Es), Some(expected), "{}", instrument.id);
        assert_eq!(instrument.language_status(Language::En), Some(LanguageStatus::Official));
    }
}

/// Words of the licensed four-line pair's lines; ours must not be that pair in other clothes.
const NOT_OURS: [&str; 14] = [
    "individual",
    "interpersonal",
    "social",
    "overall",
    "family",
    "relationship",
    "goals",
    "topics",
    "approach",
    "method",
    "heard",
    "understood",
    "respected",
    "rating scale",
];

#[test]
fn our_own_pair_is_ours_and_says_that_its_figures_are_constructed() {
    let library = library();
    for id in ["wellbeing-check", "session-feedback"] {
        let form = library.current(id).expect("ships");
        assert_eq!(form.licence.status, LicenceStatus::Own);
        assert_eq!((form.items.len(), form.polarity()), (4, Polarity::HigherBetter));
        assert!(form.items.iter().all(|i| matches!(i.kind, ItemKind::VisualAnalogue { .. })));

        let mut wording = form.title.get(Language::En).to_lowercase();
        for item in &form.items {
            let ItemKind::VisualAnalogue { low, high } = &item.kind else { unreachable!() };
            for text in [&item.label, &item.text, low, high] {
                wording.push(' ');
                wording += &text.get(Language::En).to_lowercase();
            }
        }
        for word in NOT_OURS {
            assert!(!wording.contains(word), "{id}: {word}");
        }
        assert!(constants(form).iter().all(|evidence| *evidence == Evidence::Constructed));
    }
}

/// The evidence of every clinical constant of the primary scale.
fn constants(instrument: &Instrument) -> Vec<Evidence> {
    let scale = instrument.primary();
    let mut all = vec![scale.missing_source.evidence];
    all.extend(scale.bands.iter().map(|band| band.source.evidence));
    all.extend(scale.cutoffs.iter().map(|cutoff| cutoff.source.evidence));
    all.extend(scale.reliable_change.iter().map(|change| change.source.evidence));
    all.extend(scale.alliance.iter().map(|alliance| alliance.source.evidence));
    all
}
