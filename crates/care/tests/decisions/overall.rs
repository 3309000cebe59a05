//! The one colour of the caseload.

use crate::{at, library};
use care::case::{Disposition, Reason, ReasonLevel};
use care::detection::Detection;
use care::episode::{BaselineWindow, Measure, Point, Series};
use care::response::{Ahead, Rule, SignalInputs, SignalLevel};
use care::review::{Because, NewReason, Overall, OverallFacts, Quiet, overall_level};
use care::{CaseId, EpisodeId, Instant, ReasonId};
use chrono::Duration;
use instruments::Polarity;

const START: &str = "2026-03-03T22:00:00Z";

/// A weekly course on one instrument.
fn measure(instrument: &str, scores: &[f64]) -> Measure {
    let window = BaselineWindow::around(at(START));
    let point = |session: i64, value| Point { value, session, at: at(START) + Duration::weeks(session - 1) };
    let polarity = library().current(instrument).map_or(Polarity::HigherWorse, instruments::Instrument::polarity);
    let episode = EpisodeId::from_text("episode");
    let series = Series { episode: &episode, instrument, scale: "total", structure: 1 };
    let first = Measure::begin(series, 0, point(1, scores[0]), window);
    let later = (2..).zip(&scores[1..]);
    later.fold(first, |measure, (session, score)| measure.absorb(point(session, *score), polarity, window))
}

fn overall(measures: &[Measure], session: i64) -> Overall {
    let now = measures.iter().map(|measure| measure.latest_at).max().unwrap_or(at(START));
    with(measures, session, &[], 0, now)
}

fn with(measures: &[Measure], session: i64, open: &[Reason], missed_running: i64, now: Instant) -> Overall {
    let quiet = Quiet { missed_running, ahead: Ahead::Session };
    overall_level(&library(), &OverallFacts { measures, open, session, quiet, now, detection: &Detection::default() })
}

fn is(level: SignalLevel, because: &[Because]) -> Overall {
    Overall { level, because: because.to_vec() }
}

#[test]
fn one_scale() {
    let of = |scores: &[f64]| {
        let measure = measure("phq-9", scores);
        let session = measure.n;
        overall(&[measure], session)
    };
    assert_eq!(of(&[18.0, 16.0]), is(SignalLevel::Green, &[Because::OnTrack]));
    assert_eq!(of(&[18.0, 16.0, 14.0, 22.0]), is(SignalLevel::Amber, &[Because::WorseThanBest]));
    assert_eq!(of(&[12.0, 18.0]), is(SignalLevel::Red, &[Because::ReliableDeterioration]));
    assert_eq!(of(&[3.0, 9.0]), is(SignalLevel::Red, &[Because::ReliableDeterioration]), "red also below caseness");
    assert_eq!(of(&[18.0, 12.0, 9.0]), is(SignalLevel::Blue, &[Because::FunctionalAndImproved]));
    assert_eq!(of(&[18.0, 12.0, 10.0]), is(SignalLevel::Green, &[Because::OnTrack]), "improved, still a case");
    assert_eq!(of(&[12.0, 9.0]), is(SignalLevel::Green, &[Because::OnTrack]), "functional, not reliably improved");
    assert_eq!(of(&[18.0]), is(SignalLevel::Grey, &[Because::TooFewScores]));
    assert_eq!(of(&[6.0, 5.0]), is(SignalLevel::Grey, &[Because::BelowCaseness]));
    assert_eq!(of(&[15.0, 14.0, 14.0, 14.0, 14.0, 10.0]), is(SignalLevel::Amber, &[Because::NoImprovement]));
    assert_eq!(overall(&[], 1), is(SignalLevel::Grey, &[Because::TooFewScores]));
}

/// A form that came late, or took another's place: there is nothing to compare with, and that is not "on track".
#[test]
fn without_a_baseline_nothing_is_on_track() {
    let window = BaselineWindow::around(at(START));
    let point = |session: i64, value| Point { value, session, at: at(START) + Duration::weeks(session - 1) };
    let episode = EpisodeId::from_text("episode");
    let series = Series { episode: &episode, instrument: "phq-9", scale: "total", structure: 1 };
    let late = |scores: &[(i64, f64)]| {
        let first = Measure::begin(series, 0, point(scores[0].0, scores[0].1), window);
        scores[1..]
            .iter()
            .fold(first, |measure, one| measure.absorb(point(one.0, one.1), Polarity::HigherWorse, window))
    };
    let found = late(&[(6, 18.0), (7, 16.0)]);
    assert_eq!(found.baseline, None);
    assert_eq!(overall(std::slice::from_ref(&found), 7), is(SignalLevel::Grey, &[Because::NoBaseline]));
    assert_eq!(
        overall(&[late(&[(6, 9.0), (7, 16.0)])], 7).level,
        SignalLevel::Amber,
        "worse than the best is seen all the same"
    );
    let both = [measure("gad-7", &[12.0, 11.0, 11.0, 11.0, 11.0, 7.0, 7.0]), found];
    assert_eq!(overall(&both, 7).level, SignalLevel::Blue, "what can be followed counts");
}

#[test]
fn age_makes_green_grey_and_leaves_red() {
    let later = |scores: &[f64], days| {
        let measures = [measure("phq-9", scores)];
        with(&measures, 2, &[], 0, measures[0].latest_at + Duration::days(days))
    };
    assert_eq!(later(&[18.0, 16.0], 21).level, SignalLevel::Green);
    assert_eq!(later(&[18.0, 16.0], 22), is(SignalLevel::Grey, &[Because::Stale]));
    assert_eq!(later(&[12.0, 18.0], 200).level, SignalLevel::Red);
}

#[test]
fn several_scales() {
    let depression = measure("phq-9", &[18.0, 9.0]);
    assert_eq!(overall(&[depression.clone(), measure("gad-7", &[12.0, 7.0])], 2).level, SignalLevel::Blue);
    assert_eq!(
        overall(&[depression.clone(), measure("gad-7", &[12.0, 10.0])], 2).level,
        SignalLevel::Green,
        "one is a case still"
    );
    assert_eq!(overall(&[depression.clone(), measure("gad-7", &[12.0, 16.0])], 2).level, SignalLevel::Red);
    let alliance = [measure("phq-9", &[18.0, 16.0]), measure("session-feedback", &[38.0, 35.8])];
    assert_eq!(overall(&alliance, 2), is(SignalLevel::Amber, &[Because::AllianceDrop]));
}

#[test]
fn danger_first_silence_shown() {
    let new = NewReason { rule: Rule::RiskItem, level: ReasonLevel::Review, inputs: SignalInputs::default() };
    let mut reason = Reason {
        acknowledged_at: Some(at(START)),
        ..new.raised(ReasonId::from_text("reason"), CaseId::from_text("case"), at(START), at(START))
    };
    let measures = [measure("phq-9", &[18.0, 9.0])];
    let of = |reason: &Reason, missed| with(&measures, 2, std::slice::from_ref(reason), missed, measures[0].latest_at);
    assert_eq!(of(&reason, 2), is(SignalLevel::Red, &[Because::RiskOpen]));
    reason.disposition = Some(Disposition::AssessedSafe);
    assert_eq!(of(&reason, 2), is(SignalLevel::Amber, &[Because::Silence]));
    assert_eq!(of(&reason, 1).level, SignalLevel::Blue);
}
