//! The life of a case and its due dates.

use crate::at;
use care::case::{
    Case, CaseState, Decision, Disposition, DueFacts, Missing, Reason, ReasonLevel, Refusal, case_due, due,
    due_once_acknowledged,
};
use care::practice::Settings;
use care::response::{Rule, SignalInputs};
use care::review::NewReason;
use care::{CaseId, ClientId, EpisodeId, Instant, ReasonId, StaffId};
use chrono_tz::America::Los_Angeles;

const RAISED: &str = "2026-03-10T15:00:00-07:00";

fn case(state: CaseState) -> Case {
    Case {
        id: CaseId::from_text("case"),
        client_id: ClientId::from_text("client"),
        episode_id: EpisodeId::from_text("episode"),
        owner_id: StaffId::from_text("owner"),
        state,
        decision: (state >= CaseState::Decided).then_some(Decision::NoChange),
        opened_at: at(RAISED),
        due_at: at(RAISED),
        closed_at: (state == CaseState::Closed).then(|| at(RAISED)),
        revision: 7,
    }
}

fn reason(rule: Rule, level: ReasonLevel) -> Reason {
    NewReason { rule, level, inputs: SignalInputs::default() }.raised(
        ReasonId::from_text("reason"),
        CaseId::from_text("case"),
        at(RAISED),
        at(RAISED),
    )
}

#[test]
fn every_step_from_every_state() {
    use CaseState::{Acknowledged, Closed, Decided, Discussed, Open, Reviewed};
    use Missing::{Acknowledgement, Decision as Decide, Review};
    let owed = |missing: &[Missing]| Err(Refusal::Missing(missing.to_vec()));
    let now = at(RAISED);
    for (state, acknowledge, review, discuss, decide, close) in [
        (
            Open,
            Ok(Acknowledged),
            owed(&[Acknowledgement]),
            owed(&[Acknowledgement, Review]),
            owed(&[Acknowledgement, Review]),
            owed(&[Acknowledgement, Review, Decide]),
        ),
        (Acknowledged, Ok(Acknowledged), Ok(Reviewed), owed(&[Review]), owed(&[Review]), owed(&[Review, Decide])),
        (Reviewed, Ok(Reviewed), Ok(Reviewed), Ok(Discussed), Ok(Decided), owed(&[Decide])),
        (Discussed, Ok(Discussed), Ok(Discussed), Ok(Discussed), Ok(Decided), owed(&[Decide])),
        (Decided, Ok(Decided), Ok(Decided), Ok(Decided), Ok(Decided), Ok(Closed)),
        (
            Closed,
            Err(Refusal::Closed),
            Err(Refusal::Closed),
            Err(Refusal::Closed),
            Err(Refusal::Closed),
            Err(Refusal::Closed),
        ),
    ] {
        let case = case(state);
        let state_of = |after: Result<Case, Refusal>| {
            after.map(|after| {
                assert_eq!(after.revision, 8, "every change raises the revision");
                after.state
            })
        };
        assert_eq!(state_of(case.acknowledge()), acknowledge, "{state} acknowledge");
        assert_eq!(state_of(case.review()), review, "{state} review");
        assert_eq!(state_of(case.discuss()), discuss, "{state} discuss");
        assert_eq!(state_of(case.decide(Decision::PlanChanged)), decide, "{state} decide");
        assert_eq!(state_of(case.close(&[], now)), close, "{state} close");
        assert_eq!(case.hand_over(StaffId::from_text("other")).is_ok(), state != Closed, "{state} hand over");
    }
    let decided = case(Reviewed).decide(Decision::Referred).expect("a reviewed case is decided");
    assert_eq!(decided.decision, Some(Decision::Referred));
    assert_eq!(decided.close(&[], now).expect("a decided case is closed").closed_at, Some(now));
}

#[test]
fn every_risk_reason_is_disposed_of_before_closing() {
    let decided = case(CaseState::Decided);
    let me = StaffId::from_text("me");
    let off_track = reason(Rule::WorseThanBest, ReasonLevel::Routine);
    let risk = reason(Rule::RiskItem, ReasonLevel::Urgent);
    let close = |risk: &Reason| decided.close(&[off_track.clone(), risk.clone()], at(RAISED)).map(|case| case.state);
    assert_eq!(close(&risk), Err(Refusal::Missing(vec![Missing::RiskAcknowledgement, Missing::Disposition])));
    let early = risk.dispose(Disposition::SafetyPlan, at(RAISED));
    assert_eq!(early, Err(Refusal::Missing(vec![Missing::RiskAcknowledgement])));
    let taken_up = risk.acknowledge(me.clone(), at(RAISED)).expect("nobody did before");
    assert_eq!(taken_up.acknowledge(StaffId::from_text("other"), at(RAISED)), None, "the first one stays on record");
    assert_eq!(close(&taken_up), Err(Refusal::Missing(vec![Missing::Disposition])));
    let disposed = taken_up.dispose(Disposition::SafetyPlan, at(RAISED)).expect("taken up");
    assert_eq!(close(&disposed), Ok(CaseState::Closed));
    assert_eq!(disposed.dispose(Disposition::Emergency, at(RAISED)), Err(Refusal::AlreadyDisposed));
    assert_eq!(off_track.dispose(Disposition::SafetyPlan, at(RAISED)), Err(Refusal::NotRisk));
    let second = reason(Rule::RiskItem, ReasonLevel::Review);
    let with_second = decided.close(&[disposed, second], at(RAISED));
    assert!(with_second.is_err(), "each one, not any one");
}

#[test]
fn a_new_reason_brings_a_case_back_to_work() {
    let with = |state, level, due: &str| {
        case(state).with_reason(level, at(due)).map(|case| (case.state, case.decision, case.due_at))
    };
    let (early, late) = ("2026-03-10T10:00:00-07:00", "2026-03-20T10:00:00-07:00");
    for state in
        [CaseState::Open, CaseState::Acknowledged, CaseState::Reviewed, CaseState::Discussed, CaseState::Decided]
    {
        for level in [ReasonLevel::Urgent, ReasonLevel::Review] {
            assert_eq!(with(state, level, early), Ok((CaseState::Open, None, at(early))));
        }
    }
    assert_eq!(with(CaseState::Reviewed, ReasonLevel::Routine, late), Ok((CaseState::Reviewed, None, at(RAISED))));
    assert_eq!(with(CaseState::Decided, ReasonLevel::Routine, late), Ok((CaseState::Acknowledged, None, at(RAISED))));
    assert_eq!(with(CaseState::Closed, ReasonLevel::Urgent, early), Err(Refusal::Closed));
}

fn due_at(level: ReasonLevel, raised: &str, sessions: &[&str]) -> Instant {
    let sessions: Vec<Instant> = sessions.iter().map(|session| at(session)).collect();
    let settings = Settings::default();
    due(level, &DueFacts { raised_at: at(raised), zone: Los_Angeles, settings: &settings, sessions: &sessions })
}

#[test]
fn review_is_due_before_the_next_session_or_at_noon_of_the_next_business_day() {
    let of = |raised, sessions: &[&str]| due_at(ReasonLevel::Review, raised, sessions);
    assert_eq!(of(RAISED, &[]), at("2026-03-11T12:00:00-07:00"));
    assert_eq!(of("2026-03-09T15:10:00-07:00", &[RAISED]), at("2026-03-10T12:00:00-07:00"), "noon comes first");
    assert_eq!(of(RAISED, &["2026-03-11T09:00:00-07:00"]), at("2026-03-11T09:00:00-07:00"));
    assert_eq!(
        of(RAISED, &["2026-03-11T09:00:00-07:00", "2026-03-10T18:00:00-07:00", "2026-03-10T09:00:00-07:00"]),
        at("2026-03-10T18:00:00-07:00")
    );
    assert_eq!(
        of("2026-03-06T17:00:00-08:00", &[]),
        at("2026-03-09T12:00:00-07:00"),
        "over the weekend the clocks change"
    );
    assert_eq!(of("2026-03-07T09:00:00-08:00", &[]), at("2026-03-09T12:00:00-07:00"));
    assert_eq!(of("2026-03-10T23:30:00-07:00", &[]), at("2026-03-11T12:00:00-07:00"), "the site's day, not UTC's");
}

#[test]
fn urgent_is_due_at_the_first_delay_and_routine_at_the_second_session() {
    assert_eq!(due_at(ReasonLevel::Urgent, RAISED, &["2026-03-10T15:10:00-07:00"]), at("2026-03-10T16:00:00-07:00"));
    assert_eq!(
        due_at(ReasonLevel::Urgent, "2026-03-10T18:00:00-07:00", &[]),
        at("2026-03-10T22:00:00-07:00"),
        "after hours"
    );
    let routine = |sessions: &[&str]| due_at(ReasonLevel::Routine, RAISED, sessions);
    assert_eq!(
        routine(&["2026-03-17T15:00:00-07:00", RAISED, "2026-03-20T15:00:00-07:00"]),
        at("2026-03-20T15:00:00-07:00")
    );
    assert_eq!(routine(&["2026-03-17T15:00:00-07:00"]), at("2026-03-24T15:00:00-07:00"), "14 days");
    assert_eq!(routine(&["2026-03-24T16:00:00-07:00", "2026-03-31T15:00:00-07:00"]), at("2026-03-24T15:00:00-07:00"));
}

#[test]
fn a_case_is_due_with_its_earliest_open_reason() {
    let settings = Settings::default();
    let facts = DueFacts { raised_at: at(RAISED), zone: Los_Angeles, settings: &settings, sessions: &[] };
    let mut urgent = reason(Rule::RiskItem, ReasonLevel::Urgent);
    urgent.due_at = due(ReasonLevel::Urgent, &facts);
    let mut routine = reason(Rule::WorseThanBest, ReasonLevel::Routine);
    routine.due_at = due(ReasonLevel::Routine, &facts);
    assert_eq!(case_due(&[routine.clone(), urgent.clone()]), Some(at("2026-03-10T16:00:00-07:00")));
    assert_eq!(due_once_acknowledged(&urgent, &facts), urgent.due_at, "nobody has");
    let mut taken_up =
        urgent.acknowledge(StaffId::from_text("me"), at("2026-03-10T15:20:00-07:00")).expect("nobody did");
    taken_up.due_at = due_once_acknowledged(&taken_up, &facts);
    assert_eq!(taken_up.due_at, at("2026-03-11T12:00:00-07:00"), "what remains is due as a review");
    let disposed = taken_up.dispose(Disposition::AssessedSafe, at(RAISED)).expect("taken up");
    assert_eq!(case_due(&[routine.clone(), disposed.clone()]), Some(routine.due_at));
    assert_eq!(case_due(&[disposed]), None);
}
