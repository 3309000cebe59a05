//! Invented cases, for looking at the page.

use care::case::{
    CaseState, Contacted, Decision, Disposition, EmergencyContact, PlanOutcome, ReasonLevel, Referral, SafetyPlan,
    Screener, StepKind, Verification,
};
use care::message::{Channel, Standing};

use super::super::own_words::WordsLine;
use super::super::today::moment;
use super::super::{Assignee, Choice, FieldProblem, Place, PlanFields, PlanLine, ReasonText, Shell, Wrong};
use super::{
    AssessmentLine, CaseActions, CasePage, CheckLine, Conflict, DecideAction, DisposeForm, MissingToClose, NoteAction,
    PlannedCall, Promise, PromiseState, ReasonCard, ReassignAction, Recipient, RiskForms, StepAction, StepLine,
    Support, Together, answered,
};

pub(super) fn cases() -> Vec<CasePage> {
    let step = |minutes, kind, by: Option<&str>, to: Option<&str>, note: Option<&str>| StepLine {
        kind,
        at: moment(minutes),
        by: by.map(Into::into),
        to: to.map(Into::into),
        note: note.map(Into::into),
    };
    let recipient = |name: &str, channel, standing, minutes, tier| Recipient {
        name: name.into(),
        channel,
        standing,
        at: moment(minutes),
        tier,
    };
    let risk = ReasonCard {
        id: "r1".into(),
        text: ReasonText::sample_risk(),
        level: ReasonLevel::Urgent,
        raised: moment(-25),
        due: Some(moment(35)),
        acknowledged: None,
        disposition: None,
        disposed: None,
        assessment: None,
        promise: Some(Promise { until: moment(35), minutes: None, state: PromiseState::Running }),
        forms: RiskForms::Acknowledge,
        dispose: None,
    };
    let worse = ReasonCard {
        id: "r2".into(),
        text: ReasonText::sample_worse(),
        level: ReasonLevel::Routine,
        due: Some(moment(14 * 24 * 60)),
        promise: None,
        forms: RiskForms::None,
        ..risk.clone()
    };
    let open = CasePage {
        shell: Shell { path: "/cases/c1".into(), ..Shell::sample() },
        id: "c1".into(),
        client: "Jordan Ellis".into(),
        client_href: Some("/clients/p1".into()),
        next_session: Some("Tue, Mar 10, 9:30\u{a0}AM".into()),
        state: CaseState::Open,
        level: ReasonLevel::Urgent,
        decision: None,
        opened: moment(-25),
        due: Some(moment(35)),
        closed: None,
        owner: Assignee { name: "Ana Ruiz".into(), me: true },
        backup: Some("Tomás Oyelaran-Whitfield".into()),
        revision: 1,
        reasons: vec![risk.clone(), worse.clone()],
        answered: vec![answered()],
        together: vec![],
        recipients: vec![
            recipient("Ana Ruiz", Channel::Sms, Standing::Delivered, -24, None),
            recipient("Ana Ruiz", Channel::Email, Standing::Accepted, -24, None),
            recipient("Noor Haddad", Channel::Sms, Standing::Undelivered, -24, None),
            recipient("Tomás Oyelaran-Whitfield", Channel::Sms, Standing::Planned, 35, Some(1)),
        ],
        calls_repeat: true,
        calls: vec![
            PlannedCall { name: "Noor Haddad".into(), tier: 2, at: moment(65) },
            PlannedCall { name: "Otto Lindqvist".into(), tier: 3, at: moment(95) },
        ],
        plans: vec![],
        verification: None,
        words: vec![],
        support: Support { answered: None, domains: vec![], ..Support::sample() },
        checklist: CheckLine::samples(),
        may_check: false,
        steps: vec![
            step(-25, StepKind::Opened, None, None, None),
            step(-24, StepKind::Notified, None, Some("Ana Ruiz"), None),
            step(-24, StepKind::Notified, None, Some("Noor Haddad"), None),
        ],
        missing: vec![
            MissingToClose::Acknowledgement,
            MissingToClose::Review,
            MissingToClose::Decision,
            MissingToClose::Disposition,
        ],
        actions: Some(CaseActions {
            steps: vec![StepAction::Acknowledge],
            decide: None,
            note: Some(NoteAction { note: String::new() }),
            reassign: Some(ReassignAction {
                owners: vec![Choice::new("s2", "Tomás Oyelaran-Whitfield", ""), Choice::new("s3", "Noor Haddad", "")],
            }),
        }),
        conflict: None,
        problems: vec![],
    };
    let worked = CasePage {
        state: CaseState::Reviewed,
        revision: 4,
        due: Some(moment(-90)),
        reasons: vec![
            ReasonCard {
                acknowledged: Some("Ana Ruiz, Mar 10, 9:02\u{a0}AM".into()),
                promise: Some(Promise { until: moment(-30), minutes: Some(14), state: PromiseState::Kept }),
                forms: RiskForms::Dispose,
                dispose: Some(DisposeForm::new(
                    "",
                    ["assessed_safe", "phone", "not_done", "in_place", "not_needed", "none"],
                    "Spoke at 8:50.",
                    vec![FieldProblem::new("screener", Wrong::Unfit)],
                )),
                ..risk.clone()
            },
            worse.clone(),
        ],
        missing: vec![MissingToClose::Decision, MissingToClose::Disposition],
        steps: vec![
            step(-90, StepKind::Opened, None, None, None),
            step(-60, StepKind::Escalated, None, Some("Tomás Oyelaran-Whitfield"), None),
            step(-30, StepKind::Acknowledged, Some("Ana Ruiz"), None, None),
            step(-20, StepKind::ReasonAdded, None, None, None),
            step(-15, StepKind::Reassigned, Some("Noor Haddad"), Some("Ana Ruiz"), Some("Back from leave.")),
            step(
                -10,
                StepKind::Reviewed,
                Some("Ana Ruiz"),
                None,
                Some(
                    "Sleep and interest carry the rise; item 9 changed from 2 to 1 before submitting. Call before the session.",
                ),
            ),
            step(-5, StepKind::Noted, Some("Noor Haddad"), None, Some("Available until noon.")),
        ],
        actions: Some(CaseActions {
            steps: vec![StepAction::Review, StepAction::Discuss],
            decide: Some(DecideAction {
                decision: "plan_changed".into(),
                note: String::new(),
                plan: PlanFields { what: "Twice a week".into(), review_session: "4".into(), ..PlanFields::sample() },
            }),
            ..open.actions.clone().expect("the sample has actions")
        }),
        conflict: Some(Conflict {
            by: Some("Noor Haddad".into()),
            kind: StepKind::Noted,
            at: "9:00\u{a0}AM".into(),
            note: Some("Spoke with Jordan at 8:50.".into()),
        }),
        calls: vec![],
        words: WordsLine::samples(),
        support: Support::sample(),
        may_check: true,
        problems: vec![
            FieldProblem::new("decision", Wrong::Choose),
            FieldProblem::new("what", Wrong::Required),
            FieldProblem::new("review_session", Wrong::SessionAhead),
            FieldProblem::new("note", Wrong::Required),
            FieldProblem::new("screener", Wrong::Unfit),
        ],
        ..open.clone()
    };
    let ready = CasePage {
        state: CaseState::Decided,
        decision: Some(Decision::PlanChanged),
        missing: vec![],
        reasons: vec![ReasonCard {
            acknowledged: Some("Ana Ruiz, Mar 10, 9:02\u{a0}AM".into()),
            disposition: Some(Disposition::SafetyPlan),
            disposed: Some("Ana Ruiz, Mar 10, 9:40\u{a0}AM".into()),
            assessment: Some(AssessmentLine {
                contact: Contacted::Phone,
                screener: Screener::Moderate,
                safety_plan: SafetyPlan::Made,
                emergency_contact: EmergencyContact::Informed,
                referral: Referral::CrisisService,
            }),
            promise: Some(Promise { until: moment(-30), minutes: Some(83), state: PromiseState::Late }),
            due: None,
            forms: RiskForms::None,
            ..risk.clone()
        }],
        calls: vec![],
        plans: vec![PlanLine::sample()],
        actions: Some(CaseActions {
            steps: vec![StepAction::Close],
            ..open.actions.clone().expect("the sample has actions")
        }),
        ..open.clone()
    };
    let routine = CasePage {
        level: ReasonLevel::Routine,
        due: Some(moment(14 * 24 * 60)),
        reasons: vec![worse.clone()],
        calls: vec![PlannedCall { name: "Noor Haddad".into(), tier: 2, at: moment(14 * 24 * 60) }],
        calls_repeat: false,
        missing: vec![MissingToClose::Acknowledgement, MissingToClose::Review, MissingToClose::Decision],
        ..open.clone()
    };
    let closed = CasePage {
        state: CaseState::Closed,
        decision: Some(Decision::NoChange),
        client: "María-Fernanda de los Ángeles Villaseñor Etxeberría-Goikoetxea".into(),
        client_href: None,
        shell: Shell { path: "/cases/c1".into(), ..Shell::sample_extreme(Place::Today) },
        level: ReasonLevel::Routine,
        backup: None,
        owner: Assignee { name: "Bartholomew Featherstonehaugh-Villanueva".into(), me: false },
        due: None,
        closed: Some("Mar 12, 2026, 4:20\u{a0}PM".into()),
        next_session: None,
        reasons: vec![ReasonCard { due: None, ..worse }],
        recipients: vec![],
        together: vec![Together { name: "Ana Ruiz".into(), at: moment(-9000) }],
        calls: vec![],
        plans: vec![PlanLine { outcome: Some(PlanOutcome::Kept), due: false, ..PlanLine::sample() }],
        verification: Some(Verification::BackOnTrack),
        support: Support { may_ask: false, out: true, ..Support::sample() },
        answered: vec![],
        steps: vec![
            step(-9000, StepKind::Opened, None, None, None),
            step(-4000, StepKind::Discussed, Some("Ana Ruiz"), None, None),
            step(-3000, StepKind::Decided, Some("Ana Ruiz"), None, Some("A week of exams explains the rise.")),
            step(-2900, StepKind::Disposed, Some("Ana Ruiz"), None, None),
            step(-2880, StepKind::Closed, Some("Ana Ruiz"), None, None),
            step(-20, StepKind::Verified, None, None, None),
        ],
        missing: vec![],
        actions: Some(CaseActions { steps: vec![StepAction::Reopen], decide: None, note: None, reassign: None }),
        ..open.clone()
    };
    vec![open, worked, ready, routine, closed]
}
