//! How courses ended: ten clients by hand, the missing ones, and a country's figures by the same way.

use care::outcome::{
    Benchmark, Counted, Ends, OutcomeChange, PAIR, PublishedProblem, Tally, instrument_of, lenses, of_pair, of_scale,
    scale_of,
};
use instruments::{Instrument, Library};
use stats::aggregate::PairedSums;
use stats::reliable_change::Direction;

const PRE: [f64; 10] = [18.0, 15.0, 21.0, 12.0, 10.0, 16.0, 14.0, 9.0, 20.0, 13.0];
const POST: [f64; 10] = [7.0, 9.0, 16.0, 4.0, 8.0, 22.0, 8.0, 6.0, 9.0, 12.0];

fn ends(first: f64, last: f64) -> Ends {
    Ends { first: Some(first), last: Some(last) }
}

fn tally(pairs: impl IntoIterator<Item = Ends>) -> Tally {
    let library = Library::embedded().expect("the library reads");
    let scale = library.current("phq-9").expect("it ships").primary();
    let mut tally = Tally::default();
    for ends in pairs {
        let verdict = of_scale(scale, ends);
        let one = |holds: bool| u64::from(holds);
        let is_case = verdict.caseness == Some(true);
        let mut all = PairedSums::default();
        if let (Some(first), Some(last)) = (ends.first, ends.last) {
            all.add(first, last);
        }
        tally = tally.and(&Tally {
            closed: 1,
            below: one(verdict.caseness == Some(false)),
            paired: one(verdict.paired),
            paired_cases: one(verdict.paired && is_case),
            recovered: one(verdict.recovered == Some(true)),
            reliably_recovered: one(verdict.recovered == Some(true) && verdict.change == Some(OutcomeChange::Better)),
            better: one(verdict.change == Some(OutcomeChange::Better)),
            worse: one(verdict.change == Some(OutcomeChange::Worse)),
            responded: one(is_case && verdict.responded == Some(true)),
            remitted: one(is_case && verdict.remitted == Some(true)),
            all,
            ..Tally::default()
        });
    }
    tally
}

#[test]
fn o1_ten_closed_courses() {
    let ten = tally(PRE.into_iter().zip(POST).map(|(first, last)| ends(first, last)));
    let of = |what| {
        let count = ten.count(what);
        (count.hits, count.measured, count.eligible)
    };
    assert_eq!(of(Counted::Recovery), (6, 9, 9));
    assert_eq!(of(Counted::ReliableRecovery), (5, 9, 9));
    assert_eq!(of(Counted::Improvement), (5, 10, 10));
    assert_eq!(of(Counted::Deterioration), (1, 10, 10));
    assert_eq!(of(Counted::NoReliableChange), (4, 10, 10));
    assert_eq!(of(Counted::Response), (3, 9, 9));
    assert_eq!(of(Counted::Remission), (1, 9, 9));
    let lower = Direction::LowerBetter;
    assert!((ten.all.mean_gain(lower).unwrap() - 4.7).abs() < 1e-9);
    assert!((ten.all.sample().unwrap().pre.sd - 4.022).abs() < 5e-4);
    assert!((ten.all.raw_d(lower).unwrap() - 1.17).abs() < 5e-3);
    assert!((ten.all.effect(lower, 0.95).unwrap().d - 1.07).abs() < 5e-3);
}

#[test]
fn o2_forty_closed_ten_measured() {
    let missing = std::iter::repeat_n(Ends { first: Some(16.0), last: None }, 30);
    let forty = tally((0..10).map(|n| ends(16.0, if n < 6 { 6.0 } else { 13.0 })).chain(missing));
    let figure = forty.figure(Counted::Recovery).unwrap();
    let percent = |share: f64| (share * 100.0).round();
    let shown = [figure.share.value, figure.completeness, figure.worst, figure.best].map(percent);
    assert_eq!(format!("{shown:?}"), "[60.0, 25.0, 15.0, 90.0]");
    assert!(!figure.is_reportable());
}

#[test]
fn a_country_goes_the_same_way() {
    let england = Benchmark::nhs_talking_therapies();
    let percent = |what| england.share(PAIR, what).map(|share| (share * 1000.0).round() / 10.0);
    assert_eq!(percent(Counted::Recovery), Some(50.5));
    assert_eq!(percent(Counted::ReliableRecovery), Some(47.5));
    assert_eq!(percent(Counted::Improvement), Some(67.5));
    assert_eq!(percent(Counted::Deterioration), Some(5.8));
    assert_eq!(percent(Counted::NoReliableChange), Some(25.4));
    assert_eq!(england.share("phq-9", Counted::Recovery), None, "one instrument alone is not what was published");
    assert!(!england.licence.is_empty() && !england.source.is_empty());
}

/// Recovery, reliable improvement, reliable recovery, deterioration and no reliable change of 2024-25, as published.
#[test]
fn a_countrys_problems_go_the_same_way() {
    let england = Benchmark::nhs_talking_therapies();
    let published = [
        (PublishedProblem::Depression, [49.6, 66.8, 46.2, 6.4, 25.7]),
        (PublishedProblem::GeneralisedAnxiety, [57.6, 71.7, 54.7, 4.6, 22.5]),
        (PublishedProblem::Mixed, [47.6, 64.7, 44.8, 5.6, 28.7]),
        (PublishedProblem::PostTraumaticStress, [41.7, 66.7, 40.9, 7.2, 24.9]),
        (PublishedProblem::ObsessiveCompulsive, [44.6, 59.2, 38.7, 4.8, 35.2]),
        (PublishedProblem::SocialPhobia, [35.6, 68.5, 34.6, 4.9, 25.7]),
        (PublishedProblem::Panic, [50.7, 67.6, 47.8, 5.1, 26.3]),
        (PublishedProblem::HealthAnxiety, [41.6, 76.4, 40.8, 5.7, 17.2]),
        (PublishedProblem::SpecificPhobia, [63.8, 64.5, 59.7, 5.1, 29.8]),
        (PublishedProblem::Agoraphobia, [35.2, 58.4, 33.1, 7.7, 33.0]),
        (PublishedProblem::BodyDysmorphic, [48.2, 66.3, 46.7, 7.7, 25.2]),
    ];
    assert_eq!(england.problems(PAIR).len(), published.len());
    let order = [
        Counted::Recovery,
        Counted::Improvement,
        Counted::ReliableRecovery,
        Counted::Deterioration,
        Counted::NoReliableChange,
    ];
    for ((problem, shares), of_it) in published.into_iter().zip(england.problems(PAIR)) {
        let found = order.map(|what| (of_it.share(what).expect("it is published") * 1000.0).round() / 10.0);
        assert_eq!((of_it.problem, found), (problem, shares));
        assert_eq!(of_it.share(Counted::Remission), None);
    }
    assert!(england.problems("phq-9").is_empty(), "one instrument alone is not what was published");
}

#[test]
fn who_never_answered_again_is_not_paired() {
    let library = Library::embedded().expect("the library reads");
    let scale = library.current("phq-9").expect("it ships").primary();
    let verdict = of_scale(scale, Ends { first: Some(18.0), last: None });
    assert_eq!((verdict.paired, verdict.caseness, verdict.recovered), (false, Some(true), None));
    let none = of_scale(scale, Ends::default());
    assert_eq!((none.paired, none.caseness), (false, None));
    let pair = of_pair(ends(18.0, 7.0), Ends { first: Some(12.0), last: None });
    assert_eq!((pair.paired, pair.caseness), (false, Some(true)));
    let both = of_pair(ends(18.0, 7.0), ends(12.0, 5.0));
    assert_eq!((both.paired, both.recovered, both.change), (true, Some(true), Some(OutcomeChange::Better)));
}

/// What asks or scores otherwise is another measure: its courses are seen through a lens of their own.
#[test]
fn each_structure_has_a_lens_of_its_own() {
    let library = Library::embedded().expect("the library reads");
    let mut second = library.current("phq-9").expect("it ships").clone();
    "2".clone_into(&mut second.version);
    second.scales[0].multiply_by = 2;
    let library = library.with([second]);
    let seen = |structure: i64| {
        let ends = |one: &Instrument| (one.id == "phq-9" && one.structure == structure).then(|| ends(16.0, 8.0));
        let found = lenses(&library, &[], &ends).into_iter().map(|(lens, _)| lens);
        found.filter(|lens| lens.starts_with("phq-9")).collect::<Vec<_>>()
    };
    assert_eq!((seen(1), seen(2)), (vec!["phq-9".to_owned()], vec!["phq-9@2".to_owned()]));
    let version = |lens| instrument_of(&library, lens).map(|one| one.version.as_str());
    assert_eq!((version("phq-9"), version("phq-9@2")), (Some("1"), Some("2")));
    for nothing in ["phq-9@3", "phq-9@", "phq-9@x", PAIR, "course", ""] {
        assert!(scale_of(&library, nothing).is_none(), "{nothing}");
    }
}
