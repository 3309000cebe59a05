//! The case page: why it is open, what is owed, what was done, and what is missing before it can be closed.

mod answered;
mod samples;
mod support;

pub(super) use self::answered::answered;
pub use self::answered::{AnsweredBlock, AnsweredItem};

pub use self::support::{CheckLine, DomainLine, Support};

use care::case::{
    CaseState, Contacted, Decision, Disposition, EmergencyContact, ReasonLevel, Referral, SafetyPlan, Screener,
    StepKind, Verification,
};
use care::message::{Channel, Standing};
use serde::Serialize;

use super::own_words::WordsLine;
use super::{Assignee, Choice, FieldProblem, PlanFields, PlanLine, ReasonText, Shell};
use crate::Page;
use crate::format::Moment;

/// A case with everything that belongs to it.
#[derive(Clone, Serialize)]
pub struct CasePage {
    /// The frame.
    pub shell: Shell,
    /// Id, for the forms.
    pub id: String,
    /// The client's name.
    pub client: String,
    /// The client's page; none where this person may not see it.
    pub client_href: Option<String>,
    /// The next session, formatted.
    pub next_session: Option<String>,
    /// Where it stands.
    pub state: CaseState,
    /// The gravest of its open reasons.
    pub level: ReasonLevel,
    /// What was decided.
    pub decision: Option<Decision>,
    /// When it was opened.
    pub opened: Moment,
    /// When it is due; none when closed.
    pub due: Option<Moment>,
    /// When it was closed, formatted.
    pub closed: Option<String>,
    /// Who has it.
    pub owner: Assignee,
    /// Who takes over where the owner cannot; none where nobody is named, and of a closed case.
    pub backup: Option<String>,
    /// For the hidden field `revision`.
    pub revision: i64,
    /// Its reasons, the gravest first.
    pub reasons: Vec<ReasonCard>,
    /// The answers it arose from.
    pub answered: Vec<AnsweredBlock>,
    /// Everyone told, and everyone who will be unless somebody acts.
    pub recipients: Vec<Recipient>,
    /// Who hears of it in the one mail a day about all that waits.
    pub together: Vec<Together>,
    /// Whom the ladders would call next, as long as nobody takes the case up.
    pub calls: Vec<PlannedCall>,
    /// Whether the last of them is called again and again: it is about danger.
    pub calls_repeat: bool,
    /// Changes of the plan that were decided here.
    pub plans: Vec<PlanLine>,
    /// What came of it after it was closed; none where nothing is looked for.
    pub verification: Option<Verification>,
    /// What the client wrote in their own words with the check-ins of the case.
    pub words: Vec<WordsLine>,
    /// The support check.
    pub support: Support,
    /// What a supervisor goes through with the clinician.
    pub checklist: Vec<CheckLine>,
    /// Whether this person may tick it off.
    pub may_check: bool,
    /// What happened, oldest first.
    pub steps: Vec<StepLine>,
    /// What is missing before it can be closed; empty when it can.
    pub missing: Vec<MissingToClose>,
    /// What this person may do; `None` for someone who may only read.
    pub actions: Option<CaseActions>,
    /// Somebody else was faster.
    pub conflict: Option<Conflict>,
    /// What is wrong with the form that was sent.
    pub problems: Vec<FieldProblem>,
}

/// One reason of the case, with its own clock.
#[derive(Clone, Serialize)]
pub struct ReasonCard {
    /// Id, for its forms.
    pub id: String,
    /// In words.
    pub text: ReasonText,
    /// How grave.
    pub level: ReasonLevel,
    /// When it arose.
    pub raised: Moment,
    /// When it is due; none once disposed of.
    pub due: Option<Moment>,
    /// Who took it up and when, formatted.
    pub acknowledged: Option<String>,
    /// How it was disposed of.
    pub disposition: Option<Disposition>,
    /// Who disposed of it and when, formatted.
    pub disposed: Option<String>,
    /// What was done about it.
    pub assessment: Option<AssessmentLine>,
    /// How fast it was to be taken up, and how fast it was.
    pub promise: Option<Promise>,
    /// The forms of a risk reason.
    pub forms: RiskForms,
    /// The outcome's form as typed before; offered with [`RiskForms::Dispose`].
    pub dispose: Option<DisposeForm>,
}

/// What was done about danger. The words are `reached-<contact>`, `screener-<screener>` and so on.
#[derive(Clone, Copy, Serialize)]
pub struct AssessmentLine {
    /// How the client was reached.
    pub contact: Contacted,
    /// What the screener came to.
    pub screener: Screener,
    /// The safety plan.
    pub safety_plan: SafetyPlan,
    /// The emergency contact.
    pub emergency_contact: EmergencyContact,
    /// Where the client was referred.
    pub referral: Referral,
}

/// The clock of a risk reason.
#[derive(Clone, Serialize)]
pub struct Promise {
    /// Until when somebody was to take it up.
    pub until: Moment,
    /// After how many minutes somebody did; none while nobody has.
    pub minutes: Option<i64>,
    /// How it stands: `running`, `kept`, `late`.
    pub state: PromiseState,
}

/// How the clock of a risk reason stands. The words are `promise-<state>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseState {
    /// It runs.
    Running,
    /// Taken up in time.
    Kept,
    /// Taken up late, or not at all by now.
    Late,
}

/// The form that brings a risk reason to an end (`disposition`, `contact`, `screener`, `safety_plan`,
/// `emergency_contact`, `referral`, `note`).
#[derive(Clone, Serialize)]
pub struct DisposeForm {
    /// What is added to the ids of its controls, so that they differ from those of other reasons; empty for the form
    /// that was sent.
    pub suffix: String,
    /// The outcomes.
    pub disposition: Vec<Choice>,
    /// How the client was reached.
    pub contact: Vec<Choice>,
    /// What the screener came to.
    pub screener: Vec<Choice>,
    /// The safety plan.
    pub safety_plan: Vec<Choice>,
    /// The emergency contact.
    pub emergency_contact: Vec<Choice>,
    /// Where the client was referred.
    pub referral: Vec<Choice>,
    /// The note as typed before.
    pub note: String,
    /// What is wrong with it.
    pub problems: Vec<FieldProblem>,
}

impl DisposeForm {
    /// The form with what was typed before: the values of outcome, contact, screener, safety plan, emergency contact and
    /// referral, and the note.
    pub fn new(suffix: impl Into<String>, typed: [&str; 6], note: &str, problems: Vec<FieldProblem>) -> Self {
        fn choices<T: Copy + std::fmt::Display>(all: &[T], typed: &str) -> Vec<Choice> {
            all.iter().map(|one| Choice::new(one.to_string(), one.to_string(), typed)).collect()
        }
        let [disposition, contact, screener, safety_plan, emergency_contact, referral] = typed;
        Self {
            suffix: suffix.into(),
            disposition: choices(Disposition::ALL, disposition),
            contact: choices(Contacted::ALL, contact),
            screener: choices(Screener::ALL, screener),
            safety_plan: choices(SafetyPlan::ALL, safety_plan),
            emergency_contact: choices(EmergencyContact::ALL, emergency_contact),
            referral: choices(Referral::ALL, referral),
            note: note.to_owned(),
            problems,
        }
    }
}

/// A call that the ladder has planned.
#[derive(Clone, Serialize)]
pub struct PlannedCall {
    /// Who.
    pub name: String,
    /// Which tier: 0 owner and supervisors, 1 backup, 2 supervisors, 3 on call. The words are `tier-<tier>`.
    pub tier: i64,
    /// When, unless somebody takes it up.
    pub at: Moment,
}

/// Which forms a reason offers.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskForms {
    /// None: not about danger, done with, or not for this person.
    None,
    /// *Acknowledge*, which ends its ladder.
    Acknowledge,
    /// A disposition with a note.
    Dispose,
}

/// A person told about the case.
#[derive(Clone, Serialize)]
pub struct Recipient {
    /// Who.
    pub name: String,
    /// By which way.
    pub channel: Channel,
    /// Where the message stands.
    pub standing: Standing,
    /// When it went or will go.
    pub at: Moment,
    /// The tier of the ladder; none for the first notice.
    pub tier: Option<i64>,
}

/// A person who hears of the case with others, in one mail a day.
#[derive(Clone, Serialize)]
pub struct Together {
    /// Who.
    pub name: String,
    /// Since when it is among what they will hear of.
    pub at: Moment,
}

/// One step of the history.
#[derive(Clone, Serialize)]
pub struct StepLine {
    /// What.
    pub kind: StepKind,
    /// When.
    pub at: Moment,
    /// Who; none for the system.
    pub by: Option<String>,
    /// To whom.
    pub to: Option<String>,
    /// The note.
    pub note: Option<String>,
}

/// What is missing before a case can be closed. The words are `missing-<missing>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingToClose {
    /// Nobody has taken it up.
    Acknowledgement,
    /// The answers were not looked at.
    Review,
    /// There is no decision.
    Decision,
    /// A risk reason has no disposition.
    Disposition,
}

/// What this person may do with the case.
#[derive(Clone, Serialize)]
pub struct CaseActions {
    /// The steps with a button of their own.
    pub steps: Vec<StepAction>,
    /// Decide.
    pub decide: Option<DecideAction>,
    /// Add a note.
    pub note: Option<NoteAction>,
    /// Pass it on.
    pub reassign: Option<ReassignAction>,
}

/// A step that needs a press and at most a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepAction {
    /// Take it up.
    Acknowledge,
    /// Record that the answers and the history were looked at.
    Review,
    /// Record that it was raised with the client.
    Discuss,
    /// Close it (offer it when nothing is missing).
    Close,
    /// Open it again: it was closed by mistake.
    Reopen,
}

/// The form that decides (`decision`, `note`; for a change of the plan also `kind`, `what`, `why`, `review_session`).
#[derive(Clone, Serialize)]
pub struct DecideAction {
    /// The decision as typed before.
    pub decision: String,
    /// The note as typed before.
    pub note: String,
    /// What changes, where the decision is a change of the plan.
    pub plan: PlanFields,
}

/// The form that adds a note (`note`).
#[derive(Clone, Serialize)]
pub struct NoteAction {
    /// The note as typed before.
    pub note: String,
}

/// The form that passes the case on (`owner`, `note`).
#[derive(Clone, Serialize)]
pub struct ReassignAction {
    /// The people it may go to.
    pub owners: Vec<Choice>,
}

/// Somebody else changed the case while this person wrote.
#[derive(Clone, Serialize)]
pub struct Conflict {
    /// Who; none for the system.
    pub by: Option<String>,
    /// What they did.
    pub kind: StepKind,
    /// When, formatted.
    pub at: String,
    /// What this person had written, so that nothing is lost.
    pub note: Option<String>,
}

impl Page for CasePage {
    const TEMPLATE: &'static str = "staff/case.html";

    fn samples() -> Vec<Self> {
        samples::cases()
    }
}
