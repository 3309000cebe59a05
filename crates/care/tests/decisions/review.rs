//! From a response to findings, reasons and running summaries.

mod series;

use crate::{all, answers, at, library};
use care::case::{CaseState, Reason, ReasonLevel};
use care::detection::{Act, Configuration, Detection, LADDER, Number};
use care::episode::{BaselineWindow, Measure};
use care::expected_response::{Calibration, CalibrationBand, published};
use care::packet::Asked;
use care::practice::{Settings, Silence};
use care::response::{Ahead, Rule, ScoreState, Sheet, SignalLevel};
use care::review::{self, History, Known, Quiet, Review, review, risk_of_partial, silence};
use care::{CaseId, EpisodeId, Instant, PacketId, ReasonId};
use instruments::{Answer, Answers, Library};

/// The rules that need no model and that always were: the others have tests of their own.
fn by_points() -> Detection {
    let mut rules = Configuration::default();
    for rule in LADDER {
        let is_old = matches!(rule, Rule::ReliableDeterioration | Rule::WorseThanBest | Rule::NoImprovement);
        if !is_old {
            rules.set_act(rule, Act::Off).expect("of the ladder");
        }
    }
    Detection::default().with_rules(rules)
}

fn asked(id: &str) -> Asked {
    Asked { id: id.to_owned(), version: "1".to_owned() }
}

/// An episode that is answered session after session, with one open case.
struct Course {
    library: Library,
    /// The version that is asked.
    version: &'static str,
    episode: EpisodeId,
    measures: Vec<Measure>,
    open: Vec<Reason>,
    closed: Vec<Reason>,
    window: BaselineWindow,
    detection: Detection,
}

impl Course {
    fn new() -> Self {
        Self {
            library: library(),
            version: "1",
            episode: EpisodeId::from_text("episode"),
            measures: Vec::new(),
            open: Vec::new(),
            closed: Vec::new(),
            window: BaselineWindow::around(day(1)),
            detection: by_points(),
        }
    }

    fn answer(&mut self, session: i64, instrument: &str, answers: Answers) -> Review {
        let packet = PacketId::from_text(format!("packet-{session}"));
        let known = Known { packet: Some(&packet), open: &self.open, closed: &self.closed };
        let history = History {
            episode: &self.episode,
            measures: &self.measures,
            session,
            baseline_window: self.window,
            known,
            detection: &self.detection,
        };
        let asked = [Asked { version: self.version.to_owned(), ..asked(instrument) }];
        let sheet = Sheet::from([(instrument.to_owned(), answers)]);
        let scores = review::score(&self.library, &asked, &sheet);
        let found = review(&self.library, &asked, &sheet, &scores, &history, day(session));
        for measure in found.measures.clone() {
            self.measures.retain(|one| !one.is_same_series(&measure));
            self.measures.push(measure);
        }
        self.keep(&found, &packet, day(session));
        found
    }

    fn keep(&mut self, found: &Review, packet: &PacketId, at: Instant) {
        for new in &found.reasons {
            self.open.push(reason(new, packet, at));
        }
    }

    fn phq9(&mut self, session: i64, total: i64) -> Review {
        self.answer(session, "phq-9", phq9(total, 0))
    }

    fn close_case(&mut self) {
        self.closed.append(&mut self.open);
    }
}

fn reason(new: &review::NewReason, packet: &PacketId, at: Instant) -> Reason {
    let raised = new.clone().raised(ReasonId::from_text("reason"), CaseId::from_text("case"), at, at);
    Reason { packet_id: Some(packet.clone()), ..raised }
}

/// The day of a weekly session.
fn day(session: i64) -> Instant {
    at("2026-03-03T22:00:00Z") + chrono::Duration::weeks(session - 1)
}

/// PHQ-9 answers with this total and this answer to item 9.
fn phq9(total: i64, item_9: i64) -> Answers {
    let mut rest = total - item_9;
    let mut values: Vec<i64> = (0..8)
        .map(|_| {
            let value = rest.min(3);
            rest -= value;
            value
        })
        .collect();
    assert_eq!(rest, 0, "a total that nine items can give");
    values.push(item_9);
    all(&values)
}

/// Session feedback with this total in tenths, spread over the four lines.
fn feedback(tenths: i64) -> Answers {
    let each = tenths / 4;
    all(&[each, each, each, tenths - 3 * each])
}

fn rules(found: &Review) -> Vec<(Rule, SignalLevel)> {
    found.signals.iter().map(|finding| (finding.rule, finding.level)).collect()
}

fn reasons(found: &Review) -> Vec<(Rule, ReasonLevel)> {
    found.reasons.iter().map(|reason| (reason.rule, reason.level)).collect()
}

/// 18 → 16 → 14 → 22 with item 9 = 2: worse than best by 8, than baseline by 4, which is under 6.
#[test]
fn k1_worse_than_best_and_urgent_risk_in_one_review() {
    let mut course = Course::new();
    for (session, total) in [(1, 18), (2, 16), (3, 14)] {
        let found = course.phq9(session, total);
        assert_eq!((rules(&found), reasons(&found)), (vec![], vec![]), "session {session}");
    }
    let found = course.answer(4, "phq-9", phq9(22, 2));
    assert_eq!(rules(&found), [(Rule::RiskItem, SignalLevel::Red), (Rule::WorseThanBest, SignalLevel::Amber)]);
    assert_eq!(reasons(&found), [(Rule::RiskItem, ReasonLevel::Urgent), (Rule::WorseThanBest, ReasonLevel::Routine)]);
    let risk = &found.reasons[0].inputs;
    assert_eq!((risk.item.as_deref(), risk.value), (Some("9"), Some(2.0)));
    let best = &found.reasons[1].inputs;
    assert_eq!(
        (best.value, best.reference, best.change, best.threshold, best.session),
        (Some(22.0), Some(14.0), Some(8.0), Some(6.0), Some(4))
    );
    let measure = &found.measures[0];
    assert_eq!(
        (measure.baseline, measure.best, measure.previous, measure.latest),
        (Some(18.0), 14.0, Some(14.0), 22.0)
    );
    assert_eq!((measure.n, measure.sum_y, measure.sum_yy), (4, 70.0, 1260.0));
    let x: Vec<f64> = (1..=4).map(|session: i32| f64::from(session).ln()).collect();
    assert!((measure.sum_x - x.iter().sum::<f64>()).abs() < 1e-12);
    assert!((measure.sum_xx - x.iter().map(|x| x * x).sum::<f64>()).abs() < 1e-12);
    let xy = x.iter().zip([18.0, 16.0, 14.0, 22.0]).map(|(x, y)| x * y).sum::<f64>();
    assert!((measure.sum_xy - xy).abs() < 1e-12);
}

/// 35.8 → 33.1: a flag, no case.
#[test]
fn k3_alliance_drop_is_a_flag_only() {
    let mut course = Course::new();
    course.answer(1, "session-feedback", feedback(358));
    let found = course.answer(2, "session-feedback", feedback(331));
    assert_eq!(rules(&found), [(Rule::AllianceDrop, SignalLevel::Amber)]);
    assert_eq!(reasons(&found), []);
    let inputs = &found.signals[0].inputs;
    assert_eq!(
        (inputs.value, inputs.reference, inputs.change, inputs.threshold),
        (Some(33.1), Some(35.8), Some(-2.7), Some(2.0))
    );
}

#[test]
fn a_low_first_feedback_is_a_flag() {
    let found = Course::new().answer(1, "session-feedback", feedback(300));
    assert_eq!(rules(&found), [(Rule::AllianceDrop, SignalLevel::Amber)]);
    assert_eq!((found.signals[0].inputs.reference, found.signals[0].inputs.threshold), (None, Some(36.0)));
    assert_eq!(rules(&Course::new().answer(1, "session-feedback", feedback(380))), []);
}

/// [2,2,3,–,2,2,2,1,1]: 15 over 8, 16.875, 17; the ninth item is judged whatever the score.
#[test]
fn c4_missing_answers() {
    let library = library();
    let of = |values: &[Option<i64>]| {
        let sheet = Sheet::from([("phq-9".to_owned(), answers(values))]);
        review::score(&library, &[asked("phq-9")], &sheet).remove(0)
    };
    let one = of(&[Some(2), Some(2), Some(3), None, Some(2), Some(2), Some(2), Some(1), Some(1)]);
    assert_eq!((one.state, one.exact, one.value), (ScoreState::Prorated, Some(16.875), Some(17.0)));
    assert_eq!((one.answered, one.missing), (8, 1));

    let three = [Some(2), None, Some(3), None, None, Some(2), Some(2), Some(1), Some(1)];
    let score = of(&three);
    assert_eq!((score.state, score.value, score.exact, score.band), (ScoreState::Invalid, None, None, None));
    let found = Course::new().answer(1, "phq-9", answers(&three));
    assert_eq!(reasons(&found), [(Rule::RiskItem, ReasonLevel::Review)]);
    assert_eq!(found.measures, [], "no score, no summary");
}

#[test]
fn a_skipped_risk_item_is_unknown_and_no_case() {
    let found = Course::new().answer(1, "phq-9", all(&[2, 2, 3, 3, 2, 2, 2, 1]));
    assert_eq!(rules(&found), [(Rule::RiskUnknown, SignalLevel::Grey)]);
    assert_eq!(reasons(&found), []);
    let mut declined = all(&[2, 2, 3, 3, 2, 2, 2, 1]);
    declined.insert("9".to_owned(), Answer::Declined);
    assert_eq!(rules(&Course::new().answer(1, "phq-9", declined)), [(Rule::RiskUnknown, SignalLevel::Grey)]);
}

/// The threshold of the instrument itself: 6 counts on the PHQ-9, 5 does not.
#[test]
fn deterioration_from_baseline_at_the_threshold() {
    let mut course = Course::new();
    course.phq9(1, 10);
    assert_eq!(rules(&course.phq9(2, 15)), []);
    let found = course.phq9(3, 16);
    assert_eq!(
        rules(&found),
        [(Rule::ReliableDeterioration, SignalLevel::Red)],
        "the best score is the baseline: said once"
    );
    assert_eq!(found.reasons[0].inputs.change, Some(6.0));

    let mut anxiety = Course::new();
    anxiety.answer(1, "gad-7", all(&[1, 1, 1, 1, 1, 1, 1]));
    assert_eq!(rules(&anxiety.answer(2, "gad-7", all(&[2, 2, 2, 1, 1, 1, 1]))), [], "3 points");
    assert_eq!(
        rules(&anxiety.answer(3, "gad-7", all(&[2, 2, 2, 2, 1, 1, 1]))),
        [(Rule::ReliableDeterioration, SignalLevel::Red)]
    );
}

/// Where higher is better, falling is getting worse and the best score is the highest.
#[test]
fn polarity_is_the_instruments() {
    let mut course = Course::new();
    course.answer(1, "wellbeing-check", feedback(200));
    let found = course.answer(2, "wellbeing-check", feedback(300));
    assert_eq!((rules(&found), found.measures[0].best), (vec![], 30.0));
    let found = course.answer(3, "wellbeing-check", feedback(180));
    assert_eq!(rules(&found), [(Rule::WorseThanBest, SignalLevel::Amber)]);
    assert_eq!((found.measures[0].best, found.reasons[0].inputs.change), (30.0, Some(-12.0)));
}

#[test]
fn an_open_reason_is_not_raised_again_and_a_closed_one_only_when_it_is_news() {
    let mut course = Course::new();
    course.phq9(1, 10);
    let is_reason = |found: &Review| reasons(found) == [(Rule::ReliableDeterioration, ReasonLevel::Routine)];
    assert!(is_reason(&course.phq9(2, 17)));
    let found = course.phq9(3, 20);
    assert_eq!((found.signals.len(), found.reasons.len()), (1, 0), "open: kept as a signal");
    course.close_case();
    assert_eq!(reasons(&course.phq9(4, 17)), [], "decided about, no worse");
    assert!(is_reason(&course.phq9(5, 18)), "worse than what was decided about");
    course.close_case();
    course.phq9(6, 12);
    course.close_case();
    assert!(
        reasons(&course.phq9(7, 16)).contains(&(Rule::ReliableDeterioration, ReasonLevel::Routine)),
        "it had gone and came back"
    );
}

#[test]
fn no_improvement_is_judged_at_session_6_and_not_at_every_score_after_it() {
    let stalled = |found: &Review| rules(found).contains(&(Rule::NoImprovement, SignalLevel::Amber));
    let mut course = Course::new();
    course.phq9(1, 15);
    assert!(!stalled(&course.phq9(5, 14)));
    let found = course.phq9(6, 10);
    assert!(stalled(&found), "5 points are no reliable improvement");
    assert_eq!(reasons(&found), [(Rule::NoImprovement, ReasonLevel::Routine)]);
    assert!(!stalled(&course.phq9(7, 11)), "it was looked at");

    let mut improved = Course::new();
    improved.phq9(1, 15);
    assert!(!stalled(&improved.phq9(6, 9)), "6 points are");
    assert!(!stalled(&improved.phq9(7, 10)), "a point more at the next session is chance");
    let mut seldom = Course::new();
    seldom.phq9(1, 15);
    seldom.phq9(4, 14);
    assert!(stalled(&seldom.phq9(9, 14)), "the first score from session 6 on, whenever it comes");
    let mut second = Course::new();
    second.phq9(1, 15);
    assert!(stalled(&second.phq9(8, 14)), "the baseline is no look");

    let mut below = Course::new();
    below.phq9(1, 9);
    assert!(!stalled(&below.phq9(6, 9)), "not at caseness at baseline");
    let mut late = Course::new();
    late.phq9(4, 15);
    assert!(!stalled(&late.phq9(6, 15)), "no baseline: the first score came after the window");
}

#[test]
fn the_first_score_in_the_window_is_the_baseline_even_if_entered_late() {
    let mut course = Course::new();
    course.phq9(1, 15);
    let window = BaselineWindow::around(day(1));
    assert!(window.contains(day(3)) && !window.contains(day(3) + chrono::Duration::microseconds(1)));
    let earlier = care::episode::Point { value: 19.0, session: 1, at: day(1) - chrono::Duration::days(2) };
    let measure = course.measures[0].absorb(earlier, instruments::Polarity::HigherWorse, window);
    assert_eq!((measure.baseline, measure.baseline_at), (Some(19.0), Some(earlier.at)));
    assert_eq!((measure.latest, measure.latest_at, measure.previous, measure.n), (15.0, day(1), None, 2));
}

/// Saved at the answer, again at every later answer, at submit: one reason. Taking it back takes back nothing.
#[test]
fn a_risk_answer_acts_once_per_check_in() {
    let mut course = Course::new();
    let packet = PacketId::from_text("packet-1");
    let partial = |course: &Course, values: &[Option<i64>]| {
        let sheet = Sheet::from([("phq-9".to_owned(), answers(values))]);
        let known = Known { packet: Some(&packet), open: &course.open, closed: &course.closed };
        risk_of_partial(&course.library, &[asked("phq-9")], &sheet, &known)
    };
    let nine = |value| [None, None, None, None, None, None, None, None, Some(value)];
    assert_eq!(partial(&course, &[Some(3), Some(3)]), Review::default(), "not reached yet is not unknown");
    let found = partial(&course, &nine(1));
    assert_eq!(reasons(&found), [(Rule::RiskItem, ReasonLevel::Review)]);
    course.keep(&found, &packet, day(1));
    assert_eq!(partial(&course, &nine(1)), Review::default());
    assert_eq!(partial(&course, &nine(0)), Review::default());
    let worse = partial(&course, &nine(3));
    assert_eq!(reasons(&worse), [(Rule::RiskItem, ReasonLevel::Urgent)]);
    course.keep(&worse, &packet, day(1));
    for reason in &mut course.open {
        reason.acknowledged_at = Some(day(1));
    }
    assert_eq!(partial(&course, &nine(2)), Review::default(), "less than what was acted on");
    let submitted = course.answer(1, "phq-9", phq9(12, 2));
    assert_eq!(reasons(&submitted), [], "the same check-in, taken up already");
    assert_eq!(rules(&submitted), [(Rule::RiskItem, SignalLevel::Red)], "and still shown");
    course.close_case();
    assert_eq!(partial(&course, &nine(2)), Review::default(), "and after the case was closed");
}

#[test]
fn the_next_check_ins_risk_answer() {
    let risk = |found: &Review| {
        reasons(found).into_iter().filter(|(rule, _)| rule.is_risk()).map(|(_, level)| level).collect::<Vec<_>>()
    };
    let mut course = Course::new();
    assert_eq!(risk(&course.answer(1, "phq-9", phq9(12, 2))), [ReasonLevel::Urgent]);
    assert_eq!(risk(&course.answer(2, "phq-9", phq9(12, 2))), [], "its ladder is still calling people");
    assert_eq!(risk(&course.answer(3, "phq-9", phq9(12, 1))), []);
    assert_eq!(risk(&course.answer(4, "phq-9", phq9(12, 3))), [ReasonLevel::Urgent], "worse");
    for reason in &mut course.open {
        reason.acknowledged_at = Some(day(4));
    }
    assert_eq!(risk(&course.answer(5, "phq-9", phq9(12, 1))), [ReasonLevel::Review], "taken up: a new answer is news");
    course.close_case();
    assert_eq!(risk(&course.answer(6, "phq-9", phq9(12, 1))), [ReasonLevel::Review]);
}

#[test]
fn an_amendment_is_judged_for_danger_and_changes_no_summary() {
    let library = library();
    let sheet = Sheet::from([("phq-9".to_owned(), phq9(12, 2))]);
    let found = review::amendment(&library, &[asked("phq-9")], &sheet, &Known::default());
    assert_eq!(reasons(&found), [(Rule::RiskItem, ReasonLevel::Urgent)]);
    assert_eq!(rules(&found), [(Rule::RiskItem, SignalLevel::Red), (Rule::Amendment, SignalLevel::Amber)]);
    assert_eq!(found.measures, []);
}

#[test]
fn a_lapsed_check_in_shows_what_is_unknown() {
    let library = library();
    let asked = [asked("phq-9")];
    let begun = Sheet::from([("phq-9".to_owned(), all(&[1, 1]))]);
    let found = review::lapsed(&library, &asked, &begun, &Known::default());
    assert_eq!((rules(&found), reasons(&found)), (vec![(Rule::RiskUnknown, SignalLevel::Grey)], vec![]));
    assert_eq!(review::lapsed(&library, &asked, &Sheet::new(), &Known::default()), Review::default());
}

/// Answers that cannot be judged are looked at by a person, once.
#[test]
fn an_unknown_version_is_a_reason_to_look() {
    let library = library();
    let packet = PacketId::from_text("packet");
    let asked = [Asked { id: "phq-9".to_owned(), version: "900".to_owned() }];
    let sheet = Sheet::from([("phq-9".to_owned(), phq9(12, 2))]);
    assert_eq!(review::score(&library, &asked, &sheet), []);
    let found = risk_of_partial(&library, &asked, &sheet, &Known { packet: Some(&packet), ..Known::default() });
    assert_eq!(reasons(&found), [(Rule::ScoringFailed, ReasonLevel::Review)]);
    let open = [reason(&found.reasons[0], &packet, day(1))];
    let again = risk_of_partial(&library, &asked, &sheet, &Known { packet: Some(&packet), open: &open, closed: &[] });
    assert_eq!(again, Review::default());
}

#[test]
fn silence_after_two_missed_check_ins() {
    let settings = Settings::default();
    let booked = |missed_running| Quiet { missed_running, ahead: Ahead::Session };
    let missed = |running, known: &Known<'_>, settings: &Settings| {
        let found = silence(booked(running), known, settings);
        (found.signals.len(), found.reasons.len())
    };
    let none = Known::default();
    assert_eq!(
        [0, 1, 2, 3, 4].map(|running| missed(running, &none, &settings)),
        [(0, 0), (0, 0), (1, 1), (1, 0), (1, 1)]
    );
    let open = [reason(&silence(booked(2), &none, &settings).reasons[0], &PacketId::from_text("p"), day(1))];
    assert_eq!(missed(4, &Known { open: &open, ..none }, &settings), (1, 0));
    assert_eq!(missed(2, &none, &Settings { silence: Silence::Shown, ..settings }), (1, 0));
    assert_eq!(reasons(&silence(booked(2), &none, &Settings::default())), [(Rule::Silence, ReasonLevel::Routine)]);
    assert!(CaseState::Open.is_open());
}

/// Somebody who missed one check-in and is not expected is silent; somebody who asked for a break is not.
#[test]
fn silence_without_a_next_appointment() {
    let found = |missed_running, ahead| {
        let found = silence(Quiet { missed_running, ahead }, &Known::default(), &Settings::default());
        (found.signals.len(), found.reasons.len())
    };
    let all = |ahead| [0, 1, 2, 3, 4].map(|running| found(running, ahead));
    assert_eq!(all(Ahead::Nothing), [(0, 0), (1, 1), (1, 1), (1, 0), (1, 1)]);
    assert_eq!(all(Ahead::Break), [(0, 0); 5]);
    assert_eq!(all(Ahead::Unknown), all(Ahead::Session), "a practice without a calendar here");
    assert_eq!(
        [(true, 0), (true, 3), (false, 3), (false, 0)].map(|(is_booked, sessions)| Ahead::of(is_booked, sessions)),
        [Ahead::Session, Ahead::Session, Ahead::Nothing, Ahead::Unknown]
    );
    let said = silence(Quiet { missed_running: 1, ahead: Ahead::Nothing }, &Known::default(), &Settings::default());
    let inputs = &said.signals[0].inputs;
    assert_eq!((inputs.missed, inputs.threshold, inputs.ahead), (Some(1), Some(1.0), Some(Ahead::Nothing)));
    assert_eq!(said.signals[0].level, SignalLevel::Amber);
}

/// 26.0 on the ORS: below 28, not below 25.
#[test]
fn caseness_is_that_of_the_age_at_the_response() {
    for (age, stalled) in
        [(Some(13.0), true), (Some(17.0), true), (Some(18.0), false), (Some(12.0), false), (None, false)]
    {
        let mut course = Course::new();
        course.library = course.library.for_person(&instruments::Context { sex: None, age }).into_owned();
        course.answer(1, "ors", all(&[65, 65, 65, 65]));
        let found = course.answer(6, "ors", all(&[65, 65, 65, 65]));
        let expected = if stalled { vec![(Rule::NoImprovement, SignalLevel::Amber)] } else { Vec::new() };
        assert_eq!(rules(&found), expected, "{age:?}");
    }
}

/// Eight points worse than the best are more than 133 % of six, seven are not; less than the reliable change is never a threshold.
#[test]
fn worse_than_the_best_by_as_much_as_the_practice_says() {
    let mut rules = Configuration::default();
    assert!(rules.set_number(Number::WorseThanBestPercent, 99).is_err());
    rules.set_number(Number::WorseThanBestPercent, 133).expect("in range");
    let of = |last: i64| {
        let mut course = Course { detection: Detection::default().with_rules(rules.clone()), ..Course::new() };
        for (session, score) in [(1, 18), (2, 16), (3, 14)] {
            course.phq9(session, score);
        }
        said(&course.phq9(4, last), Rule::WorseThanBest)
    };
    assert_eq!((of(21), of(22)), (None, Some(SignalLevel::Amber)));
}

/// Every fourth session after the sixth: what was improved then and is not any more is seen, once an episode.
#[test]
fn no_improvement_is_judged_again_where_the_practice_says_so() {
    let mut rules = Configuration::default();
    rules.set_number(Number::NoImprovementReview, 4).expect("in range");
    let mut course = Course { detection: Detection::default().with_rules(rules), ..Course::new() };
    let stalled = |found: &Review| said(found, Rule::NoImprovement).is_some();
    course.phq9(1, 15);
    assert!(!stalled(&course.phq9(6, 9)));
    assert!(!stalled(&course.phq9(9, 12)), "no look");
    let tenth = course.phq9(11, 12);
    assert!(stalled(&tenth), "the first score from session 10 on");
    assert!(reasons(&tenth).contains(&(Rule::NoImprovement, ReasonLevel::Routine)));
    assert!(!stalled(&course.phq9(13, 12)), "looked at for these four");
    course.close_case();
    let fourteenth = course.phq9(14, 12);
    assert!(stalled(&fourteenth));
    assert!(!reasons(&fourteenth).iter().any(|(rule, _)| *rule == Rule::NoImprovement), "decided about");
}

/// The usual rules with the published model.
fn usual() -> Course {
    Course { detection: Detection::default(), ..Course::new() }
}

fn said(found: &Review, rule: Rule) -> Option<SignalLevel> {
    found.signals.iter().find(|finding| finding.rule == rule).map(|finding| finding.level)
}

/// 16 → 24 → 26: far above what is expected of somebody who began at 16, twice, and worse each time.
#[test]
fn a_course_that_leaves_its_band_is_said_with_all_that_it_was_judged_by() {
    let mut course = usual();
    course.phq9(1, 16);
    let once = course.phq9(2, 23);
    assert_eq!(said(&once, Rule::OutsideBandTwice), None, "once is chance");
    assert_eq!(said(&once, Rule::ProbableBadEnd), Some(SignalLevel::Amber), "not red before it is calibrated");
    let twice = course.phq9(3, 24);
    assert_eq!(said(&twice, Rule::OutsideBandTwice), Some(SignalLevel::Amber));
    assert_eq!(said(&twice, Rule::TwoRises), Some(SignalLevel::Amber));
    assert_eq!(said(&twice, Rule::WorstEver), Some(SignalLevel::Amber));
    assert!(!reasons(&twice).iter().any(|(rule, _)| *rule == Rule::ProbableBadEnd), "uncalibrated: no case");
    let found = twice.signals.iter().find(|finding| finding.rule == Rule::OutsideBandTwice).expect("found");
    let inputs = &found.inputs;
    assert_eq!((inputs.model.as_deref(), inputs.rules.as_deref()), (Some("published"), Some("usual")));
    assert!(inputs.probability.is_some_and(|share| share > 0.9), "{:?}", inputs.probability);
    let (low, high) = inputs.low.zip(inputs.high).expect("a band");
    assert!(low < inputs.expected.expect("a middle") && high < 24.0, "{low} {high}");
    let sentence = inputs.sentence.as_deref().expect("a sentence");
    assert!(sentence.starts_with("PHQ-9 24: outside the expected course twice in a row"), "{sentence}");
}

#[test]
fn a_calibrated_probability_is_red_and_opens_a_case_once() {
    let mut model = published("phq-9", "total").expect("it ships").clone();
    model.calibration = Calibration {
        courses: 240,
        events: 60,
        bands: vec![CalibrationBand { from: 2, to: None, intercept: 0.0, slope: 0.9 }],
    };
    let mut course = Course { detection: Detection::default().with_model(&model), ..Course::new() };
    course.phq9(1, 16);
    let found = course.phq9(2, 23);
    assert_eq!(said(&found, Rule::ProbableBadEnd), Some(SignalLevel::Red));
    assert!(reasons(&found).contains(&(Rule::ProbableBadEnd, ReasonLevel::Routine)));
    course.close_case();
    assert!(!reasons(&course.phq9(3, 23)).iter().any(|(rule, _)| *rule == Rule::ProbableBadEnd), "once an episode");
}

#[test]
fn the_rules_follow_their_configuration_and_danger_does_not() {
    let mut rules = Configuration::default();
    for rule in LADDER {
        rules.set_act(rule, Act::Off).expect("of the ladder");
    }
    let mut course = Course { detection: Detection::default().with_rules(rules.clone()), ..Course::new() };
    course.phq9(1, 14);
    let found = course.answer(2, "phq-9", phq9(24, 2));
    assert_eq!(self::rules(&found), [(Rule::RiskItem, SignalLevel::Red)], "everything off, and danger is still seen");
    assert_eq!(reasons(&found), [(Rule::RiskItem, ReasonLevel::Urgent)]);
    rules.set_act(Rule::ReliableDeterioration, Act::Shown).expect("of the ladder");
    rules.set_act(Rule::TwoRises, Act::Case).expect("of the ladder");
    rules.set_act(Rule::NoImprovement, Act::Shown).expect("of the ladder");
    rules.set_number(Number::NoImprovementSession, 3).expect("in range");
    let mut course = Course { detection: Detection::default().with_rules(rules), ..Course::new() };
    course.phq9(1, 14);
    let shown = course.phq9(2, 20);
    assert_eq!(said(&shown, Rule::ReliableDeterioration), Some(SignalLevel::Red));
    assert_eq!(reasons(&shown), [], "shown, and nobody is called");
    let third = course.phq9(3, 21);
    assert_eq!(reasons(&third), [(Rule::TwoRises, ReasonLevel::Routine)]);
    assert_eq!(said(&third, Rule::NoImprovement), Some(SignalLevel::Amber), "from session 3 on");
}

#[test]
fn little_change_is_judged_once_and_no_room_is_grey() {
    let mut course = usual();
    course.phq9(1, 20);
    course.phq9(3, 18);
    assert_eq!(
        said(&course.phq9(5, 17), Rule::LittleChange),
        Some(SignalLevel::Amber),
        "at the first score from session 4 on"
    );
    assert_eq!(said(&course.phq9(6, 17), Rule::LittleChange), None);
    let mut enough = usual();
    enough.phq9(1, 20);
    assert_eq!(said(&enough.phq9(4, 16), Rule::LittleChange), None, "exactly a fifth is enough");
    let mut well = usual();
    well.phq9(1, 5);
    assert_eq!(said(&well.phq9(2, 4), Rule::Ceiling), Some(SignalLevel::Grey));
    assert_eq!(said(&well.phq9(3, 4), Rule::Ceiling), None, "said once");
    let mut room = usual();
    room.phq9(1, 6);
    assert_eq!(said(&room.phq9(2, 4), Rule::Ceiling), None, "six points can still be gained");
}
