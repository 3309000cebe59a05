//! The pages staff see. This file names them and their addresses; each group has its own file below `staff/`.
//!
//! A template extends `staff/base.html` (title, `main`) or `staff/door.html` (before sign-in) and is put together from
//! the components of `staff/parts.html`, `staff/blocks.html` and `staff/charts.html` and the classes of `staff.css`.
//! [`StyleGuide`] shows the components on one page. Values are ready to be shown (dates by [`mod@crate::format`]); states
//! and reasons are the enums of `care`, whose words are in `templates/locales/*-staff*.ftl`.
//!
//! # Form contract
//! Every form is a POST with a hidden `csrf` ([`Shell::csrf`]; before sign-in the page's own `csrf`), and with a hidden
//! `revision` where two people may act at once. After success answer 303 to the page and set [`Shell::flash`] there;
//! on invalid input answer 422 with the same page, the values as typed and `problems`.
//!
//! | page | GET | POST (fields) |
//! | --- | --- | --- |
//! | [`Login`] | `/sign-in?next=` | `/sign-in` (`email`, `password`, `to`) |
//! | [`SecondFactor`] | `/sign-in/code` | `/sign-in/code` (`code`: TOTP or recovery code; `to`) |
//! | [`EnrolTotp`] | `/sign-in/enrol` | `/sign-in/enrol` (`code`) |
//! | [`RecoveryCodes`] | answer to the POST above | – |
//! | [`ChoosePassword`] | `/invite/{token}` | `/invite/{token}` (`password`, `password_again`) |
//! | [`SignedOut`] | `/invite/{token}`, when it is over | – |
//! | [`Setup`] | `/setup?token=` | `/setup?token=` (see the struct) |
//! | shell | – | `/sign-out`; `/session/extend`; `/language` (`lang`, `to`); GET `/search` (`q`) |
//! | [`Today`] | `/today` | the forms of its cases and sessions |
//! | [`Caseload`] | `/caseload?q=&signal=&clinician=&site=&sort=&page=` | – |
//! | [`SearchResults`] | `/search?q=` | – |
//! | [`ClientPage`] | `/clients/{id}` | `/clients/{id}/check-in`, `/discharge` (`reason`, `case_to`), `/placement` (`programme`, `payer`, `modality`, `problem`), `/episodes` (`clinician`, `site`, `protocol`, `starts_on`), `/reassign` (`clinician`), `/appointments` (`date`, `starts`, `minutes`, `clinician`, `site`), `/consents` (`channel`, `purpose`, `state`), `/discuss` (`discuss_note`), `/plan-changes` (`kind`, `what`, `why`, `review_session`), `/discuss/clear`; `/packets/{id}/send`, `/packets/{id}/withdraw`; `/appointments/{id}/state` (`state`) |
//! | [`CasePage`] | `/cases/{id}` | `/cases/{id}/acknowledge`, `/review`, `/discuss`, `/decide` (`decision`), `/note`, `/reassign` (`owner`), `/close`, `/reopen`, `/support-check`, `/checklist` (`item`, repeated); `/cases/{id}/reasons/{reason}/acknowledge`, `…/dispose` (see [`DisposeForm`]); all with `note`, `revision`; `/plan-changes/{id}/review` (`outcome`) |
//! | [`LeavePage`] | `/leave` | `/leave` (`person`, `cover`, `starts_on`, `ends_on`), `/leave/{id}/end`; `/leave/duty` (`duty_site`, `duty_person`, `duty_from`, `duty_until`), `/leave/duty/{id}/end` |
//! | [`SupervisionPage`] | `/supervision` (and `/supervision.csv`, `.xlsx`) | – |
//! | [`AgendaPage`] | `/supervision/{clinician}` | `/supervision/{clinician}/meetings` (see [`MeetingForm`]), `/supervision/follow-ups/{id}/done` |
//! | [`Raters`] | `/clients/{id}/raters` | the same (`act`: `agree`, `end`; `person`, `person_name`, `relation`, `person_contact`, `person_language`, `agreed`) |
//! | [`RaterEntry`] | `/clients/{id}/raters/{instrument}?by=…` | the same without the query (`by`, `answered_on`, `answered_at`, `answer_<n>`, `decline_<n>`); `…/link` gives a [`HandOverCard`] |
//! | [`Goals`] | `/clients/{id}/goals` | the same (`act`: `agree`, `reword`, `rate`, `reached`, `dropped`; `goal`, `goal_text`, `goal_rating`) |
//! | [`ClientPlan`] | `/clients/{id}/plan` | `/clients/{id}/plan/exceptions` (`exception_what`, `exception_instrument`, `exception_rater`, `exception_rhythm`, `exception_number`, `exception_from`, `exception_stop`, `exception_times`, `exception_reason`, `exception_until`), `/clients/{id}/plan/exceptions/{exception}/end` |
//! | [`AnswerEntry`] | `/packets/{id}/answers` | same path (`mode`, `answered_on`, `answered_at`, `answer_<number>`, `decline_<number>`) |
//! | [`HandOverCard`] | answer to the POST | `/packets/{id}/card` |
//! | [`PaperForm`] | `/packets/{id}/paper` | – |
//! | [`KioskCard`] | answer to the POST | `/packets/{id}/code`, `/clients/{id}/kiosk-code` |
//! | – | – | `/packets/{id}/here`: this device for the client |
//! | [`ClientExport`] | `/clients/{id}/export` (and `/clients/{id}/export.json`) | – |
//! | [`MoveAppointment`] | `/appointments/{id}` | `/appointments/{id}/move` (`seen`, `date`, `starts`, `minutes`) |
//! | [`Account`] | `/account` | same path (`name`, `phone`, `language`, `backup`); `/account/password` (`password_now`, `password`, `password_again`); `/account/sessions/end` |
//! | [`FreshCodes`] | – | answer to `/account/recovery-codes` (`password_now`) |
//! | [`Looks`] | `/account/looks` | – |
//! | [`Outcomes`] | `/outcomes?view=&lens=&period=&by=&site=&…` (and `/outcomes.csv`, `.xlsx`; `/outcomes/published.csv`, `.xlsx`) | – |
//! | [`Attendance`] | `/attendance?view=&period=&by=&site=&programme=&payer=&no_show=&early=&fewest=` (and `/attendance.csv`, `.xlsx`) | – |
//! | [`ClosedLoop`] | `/closed-loop?view=&period=&by=&kind=&site=&programme=&payer=` (and `/closed-loop.csv`, `.xlsx`) | `/saved-views` (`page`, `query`, `view_name`), `/saved-views/{id}/delete` |
//! | [`Leaks`] | `/leaks?view=&from=&until=&leak=&site=` (and `/leaks.csv`, `.xlsx`) | – |
//! | [`Experiments`] | `/experiments` | the same (see [`ExperimentForm`]) |
//! | [`ExperimentPage`] | `/experiments/{id}` | `/experiments/{id}/decide` (`verdict`, `decision_reason`) |
//! | [`QuarterPack`] | `/quarter?quarter=` (and `/quarter.pdf`) | – |
//! | [`OutreachPage`] | `/outreach` | `/outreach/{id}/try` (`result`), `/outreach/{id}/take`, `/outreach/{id}/close` (`outcome`) |
//! | [`CapacityPage`] | `/capacity` | `/capacity/caps` (`clinician`, `max_clients`, `max_sessions`, `max_weight`), `/capacity/overrides` (`person`, `reason`), `/capacity/overrides/{id}/withdraw`, `/capacity/targets` (`payer`, `at_most`); from the caseload `/capacity/pause` (`reason`), `/capacity/resume`; from the client's page `/clients/{id}/decline` (`reason`) |
//! | [`Tasks`] | `/tasks` | `/tasks/{id}/done` |
//! | [`admin`] | `/admin/…` | see there |
//! | [`Outbox`] | `/outbox` | – |

mod account;
pub mod admin;
mod agenda;
mod appointment;
mod attendance;
mod blocks;
mod capacity;
mod case;
mod caseload;
mod client;
mod client_export;
mod client_plan;
mod client_record;
mod closed_loop;
mod dashboard;
mod exit;
mod experiments;
mod goals;
mod hand_over;
mod improvement;
mod leaks;
mod leave;
mod live;
mod outbox;
mod outcomes;
mod outreach;
mod own_words;
mod plan_change;
mod problem;
mod quarter;
mod raters;
mod shell;
mod sign_in;
mod style_guide;
mod supervision;
mod tasks;
mod today;

pub use account::{Account, FreshCodes, LookRow, Looks, SessionLine};
pub use agenda::{
    AccessRow, AgendaGroup, AgendaPage, AgendaRow, DecisionLine, FollowUpRow, General, Hours, LookedAtRow, MeetingForm,
    MeetingRow, PlanDue,
};
pub use appointment::MoveAppointment;
pub use attendance::{
    Attendance, AttendanceBody, AttendanceFigures, AttendanceGroup, AttendanceGroups, AttendanceRow, LengthText,
    RetentionRow, TargetLine,
};
pub use blocks::{Assignee, Cadence, Change, Choice, FieldProblem, ReasonText, Trend, Wrong};
pub use capacity::{
    CapacityPage, CapacityRow, CapsChange, CapsForm, DeclineText, LoadText, MixText, MoreForm, MoreText, OwnCapacity,
    ReferralRow, TargetRow,
};
pub use case::{
    AnsweredBlock, AnsweredItem, AssessmentLine, CaseActions, CasePage, CheckLine, Conflict, DecideAction, DisposeForm,
    DomainLine, MissingToClose, NoteAction, PlannedCall, Promise, PromiseState, ReasonCard, ReassignAction, Recipient,
    RiskForms, StepAction, StepLine, Support, Together,
};
pub use caseload::{
    Caseload, CaseloadRow, Column, Direction, Filters, OpenCase, Pager, SearchHit, SearchResults, SortKey,
};
pub use client::{
    AppointmentForm, BeginForm, Changed, ClientActions, ClientHeader, ClientPage, ContactLine, DischargeForm, Discuss,
    DoubtNote, ExpectationNote, ForecastNote, MeasureView, Multiple, PlaceForm, ProgressForm, ProofForm, ReadOut,
    ReassignForm, RiskAnswer, RiskHistory, SignalNote, Snippet, UnusableLine,
};
pub use client_export::{ClientExport, ExportNote, ExportSection, Fact};
pub use client_plan::{ClientPlan, DroppedRow, ExceptionRow, MoveRow, NotAskedRow, OtherRow, PlannedRow, RhythmNote};
pub use client_record::{AppointmentLine, CaseLine, ConsentLine, Event, PacketLine, Tense, TimelineEntry};
pub use closed_loop::{ClosedLoop, LoopBody, LoopFigures, LoopGroup, LoopShare, WaitText};
pub use dashboard::{FigureOverTime, FigureView, Filter, FilterForm, SavedViewLine, SavedViews};
pub use exit::{ExitFigures, ExitLine, ExitRow};
pub use experiments::{
    ControlChart, ControlRow, DecidedText, ExperimentForm, ExperimentPage, ExperimentRow, Experiments,
};
pub use goals::{GoalCard, GoalForms, GoalView, Goals, goal_chart};
pub use hand_over::{AnswerEntry, EntryItem, EntryPart, HandOverCard, KioskCard, PaperForm};
pub use improvement::ImprovementTab;
pub use leaks::{LeakGroup, LeakRow, Leaks};
pub use leave::{DutyForm, DutyRow, LeaveForm, LeavePage, LeaveRow, OnCall};
pub use live::{ClientLive, LiveLine, LiveScore, LiveState, TodayRow};
pub use outbox::{Outbox, OutboxKind, OutboxMail, Piece};
pub use outcomes::{
    BenchmarkLine, ClinicianRow, ClinicianTable, EffectRow, Estimate, FigureCell, FigureRow, FigureText, GroupRow,
    GroupTable, OutcomeBody, OutcomeFigures, Outcomes, PublishedProblems, PublishedRow,
};
pub use outreach::{OutreachCard, OutreachLine, OutreachPage, TryLine};
pub use own_words::WordsLine;
pub use plan_change::{PlanFields, PlanLine};
pub use problem::{DoorErrorPage, ErrorKind, ErrorPage};
pub use quarter::{PackExperiment, PackRow, PackSection, PackStatus, QuarterPack};
pub use raters::{CollateralCard, NewPerson, Ratable, RaterEntry, RaterSeries, Raters};
pub use shell::{Flash, Mode, NavEntry, Place, SecondStep, Shell};
pub use sign_in::{
    ChoosePassword, DemoAccount, Door, DoorNotice, EnrolTotp, LeftBecause, Login, RecoveryCodes, Refused, SecondFactor,
    Setup, SignedOut,
};
pub use style_guide::StyleGuide;
pub use supervision::{Supervisee, SupervisionPage};
pub use tasks::{TaskRow, Tasks};
pub use today::{AttentionRow, CaseCard, CheckIn, Meter, OtherDue, SendNow, SessionRow, Today};
