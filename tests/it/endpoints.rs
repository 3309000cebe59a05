//! Every endpoint as every kind of caller. The table is complete against the router: an endpoint without a row fails.

use axum::http::{Method, StatusCode};
use care::case::{PlanChange, PlanChangeKind};
use care::leave::{Duty, Leave};
use care::practice::{Task, TaskKind};
use care::staff::{Role, Staff, StaffState, Supervision};
use care::supervision::{Meeting, MeetingDecision};
use care::{
    DutyId, Language, LeaveId, MeetingDecisionId, MeetingId, Phi, PlanChangeId, StaffId, SupervisionId, TaskId,
};
use chrono::{Duration, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Browser, Harbor, Reply, TestApp, at, both_databases, harbor::PASSWORD};

/// What a caller meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meets {
    /// The door is not the staff's: everyone is treated alike, signed in or not.
    Public,
    /// Sent to the sign-in page, or 401 for a change.
    SignIn,
    /// Let in: neither sent away nor told that there is nothing.
    In,
    /// 403: they may know of it, it is not theirs.
    Forbidden,
    /// 404: they may not know that it exists.
    Hidden,
}

use Meets::{Forbidden as F, Hidden as H, In as A, Public as P, SignIn as S};

/// The callers, in the order of the columns.
const CALLERS: [&str; 10] = [
    "nobody",
    "clinician",
    "colleague",
    "supervisor",
    "former supervisor",
    "on call",
    "biller",
    "intake",
    "admin",
    "owner",
];

/// Method, path, and what each caller meets.
type Row = (&'static str, &'static str, [Meets; 10]);

/// Public: no sign-in, no difference.
const PUBLIC: [Meets; 10] = [P; 10];
/// A page of everyone who is signed in.
const EVERYONE: [Meets; 10] = [S, A, A, A, A, A, A, A, A, A];
/// A client's chart and cases: clinician, supervisor of today, and who is called about the open case.
//                      nobody  own   other  super  former call  biller intake admin owner
const CHART: [Meets; 10] = [S, A, H, A, H, A, F, F, F, F];
/// Sending a check-in: those of the chart and the front desk.
const SENDING: [Meets; 10] = [S, A, H, A, H, A, F, A, A, F];
/// A client's data and appointments: their clinician and the front desk.
const DESK: [Meets; 10] = [S, A, H, F, H, F, F, A, A, F];
/// The course of therapy: clinician, supervisor, administration.
const COURSE: [Meets; 10] = [S, A, H, A, H, F, F, F, A, F];
/// Getting in touch with a client: clinician, supervisor of today, and the front desk.
const REACHING: [Meets; 10] = [S, A, H, A, H, F, F, A, A, F];
/// The front desk's tasks and lists.
const LISTS: [Meets; 10] = [S, F, F, F, F, F, F, A, A, F];
/// One's own caseload.
const CASELOAD: [Meets; 10] = [S, A, A, A, A, A, F, F, F, F];
/// How courses ended: one's own, one's supervisees', the practice's.
// The administrator here is an owner too.
const OUTCOMES: [Meets; 10] = [S, A, A, A, A, A, F, F, A, A];
/// Administration.
const ADMIN: [Meets; 10] = [S, F, F, F, F, F, F, F, A, A];
/// How scores are judged, and what that is worth.
const DETECTION: [Meets; 10] = [S, F, F, A, A, F, F, F, A, A];
/// What a clinician shares with their supervisor of today.
const PAIR: [Meets; 10] = [S, A, H, A, H, H, F, F, F, F];

fn table() -> Vec<Row> {
    vec![
        ("GET", "/c/{token}", PUBLIC),
        ("POST", "/c/{token}/start", PUBLIC),
        ("POST", "/c/{token}/new-link", PUBLIC),
        ("GET", "/c/{token}/help", PUBLIC),
        ("GET", "/check-in", PUBLIC),
        ("GET", "/check-in/submit", PUBLIC),
        ("POST", "/check-in/submit", PUBLIC),
        ("GET", "/check-in/done", PUBLIC),
        ("GET", "/check-in/help-now", PUBLIC),
        ("POST", "/check-in/language", PUBLIC),
        ("GET", "/check-in/{number}", PUBLIC),
        ("POST", "/check-in/{number}", PUBLIC),
        ("GET", "/help", PUBLIC),
        ("GET", "/u/{token}", PUBLIC),
        ("POST", "/u/{token}", PUBLIC),
        ("POST", "/hooks/sms/status/{message}", PUBLIC),
        ("POST", "/hooks/sms/inbound", PUBLIC),
        ("GET", "/healthz", PUBLIC),
        ("GET", "/readyz", PUBLIC),
        ("GET", "/metrics", PUBLIC),
        ("GET", "/assets/{name}", PUBLIC),
        ("GET", "/sign-in", PUBLIC),
        ("POST", "/sign-in", PUBLIC),
        ("GET", "/sign-in/code", PUBLIC),
        ("POST", "/sign-in/code", PUBLIC),
        ("GET", "/sign-in/enrol", PUBLIC),
        ("POST", "/sign-in/enrol", PUBLIC),
        ("GET", "/invite/{token}", PUBLIC),
        ("POST", "/invite/{token}", PUBLIC),
        ("GET", "/setup", PUBLIC),
        ("POST", "/setup", PUBLIC),
        ("GET", "/", EVERYONE),
        ("POST", "/language", PUBLIC),
        ("POST", "/session/extend", EVERYONE),
        ("GET", "/today", EVERYONE),
        ("GET", "/bell", EVERYONE),
        ("GET", "/check-in/progress", PUBLIC),
        ("GET", "/check-in/confirm", PUBLIC),
        ("POST", "/check-in/confirm", PUBLIC),
        ("POST", "/clients/{client}/proof", DESK),
        ("POST", "/clients/{client}/proof/unlock", DESK),
        ("GET", "/clients/{client}/progress", CHART),
        ("POST", "/clients/{client}/progress", CHART),
        ("GET", "/account", EVERYONE),
        ("POST", "/account", EVERYONE),
        ("GET", "/account/looks", EVERYONE),
        ("POST", "/account/password", EVERYONE),
        ("POST", "/account/recovery-codes", EVERYONE),
        ("POST", "/account/sessions/end", EVERYONE),
        ("GET", "/outcomes", OUTCOMES),
        ("GET", "/outcomes.csv", OUTCOMES),
        ("GET", "/attendance", OUTCOMES),
        ("GET", "/attendance.csv", OUTCOMES),
        ("GET", "/outcomes.xlsx", OUTCOMES),
        ("GET", "/attendance.xlsx", OUTCOMES),
        ("GET", "/closed-loop", OUTCOMES),
        ("GET", "/closed-loop.csv", OUTCOMES),
        ("GET", "/closed-loop.xlsx", OUTCOMES),
        ("GET", "/experiments", ADMIN),
        ("POST", "/experiments", ADMIN),
        ("GET", "/experiments/{experiment}", ADMIN),
        ("POST", "/experiments/{experiment}/decide", ADMIN),
        ("GET", "/quarter", ADMIN),
        ("GET", "/quarter.pdf", ADMIN),
        ("POST", "/saved-views", OUTCOMES),
        // It is the last caller's; to anybody else it does not exist.
        ("POST", "/saved-views/{view}/delete", [S, H, H, H, H, H, H, H, H, A]),
        ("GET", "/outreach", [S, A, A, A, A, A, F, A, A, F]),
        ("POST", "/outreach/{outreach}/try", REACHING),
        ("POST", "/outreach/{outreach}/take", REACHING),
        ("POST", "/outreach/{outreach}/close", REACHING),
        ("GET", "/capacity", [S, F, F, F, F, F, F, A, A, A]),
        ("POST", "/capacity/caps", ADMIN),
        ("POST", "/capacity/overrides", ADMIN),
        ("POST", "/capacity/overrides/{override}/withdraw", ADMIN),
        ("POST", "/capacity/targets", ADMIN),
        ("POST", "/capacity/pause", [S, A, A, F, F, A, F, F, F, F]),
        ("POST", "/capacity/resume", [S, A, A, F, F, A, F, F, F, F]),
        ("GET", "/tasks", LISTS),
        ("POST", "/tasks/{task}/done", LISTS),
        ("GET", "/caseload", CASELOAD),
        // A clinician is led to the page their supervisor sees of them.
        ("GET", "/supervision", [S, A, A, A, A, A, F, F, F, F]),
        // Ana's: hers and her supervisor's.
        ("GET", "/supervision/{clinician}", PAIR),
        ("POST", "/supervision/{clinician}/meetings", [S, F, F, A, H, F, F, F, F, F]),
        ("POST", "/supervision/follow-ups/{decision}/done", PAIR),
        ("POST", "/clients/{client}/discuss", CHART),
        ("POST", "/clients/{client}/discuss/clear", CHART),
        // Intake and administration see the contacts, not the chart.
        ("GET", "/clients/{client}", [S, A, H, A, H, A, F, A, A, F]),
        ("GET", "/clients/{client}/goals", CHART),
        ("POST", "/clients/{client}/goals", COURSE),
        ("GET", "/clients/{client}/raters", CHART),
        ("POST", "/clients/{client}/raters", CHART),
        // Nobody but the client answers the questionnaire of this row.
        ("GET", "/clients/{client}/raters/{instrument}", [S, H, H, H, H, H, F, F, F, F]),
        ("POST", "/clients/{client}/raters/{instrument}", [S, H, H, H, H, H, F, F, F, F]),
        ("POST", "/clients/{client}/raters/{instrument}/link", [S, H, H, H, H, H, F, F, F, F]),
        ("GET", "/clients/{client}/plan", CHART),
        ("POST", "/clients/{client}/plan/exceptions", COURSE),
        ("POST", "/clients/{client}/plan/exceptions/{exception}/end", COURSE),
        ("GET", "/clients/{client}/export", CHART),
        ("GET", "/clients/{client}/export.json", CHART),
        ("GET", "/clients/{client}/report.pdf", CHART),
        ("POST", "/clients/{client}/check-in", SENDING),
        ("POST", "/clients/{client}/appointments", DESK),
        ("POST", "/clients/{client}/consents", DESK),
        ("POST", "/clients/{client}/contacts/{channel}/usable", DESK),
        ("POST", "/clients/{client}/reassign", COURSE),
        ("POST", "/clients/{client}/decline", [S, A, H, F, H, F, F, F, F, F]),
        ("POST", "/clients/{client}/discharge", COURSE),
        ("POST", "/clients/{client}/episodes", DESK),
        ("GET", "/packets/{packet}/answers", SENDING),
        ("POST", "/packets/{packet}/answers", SENDING),
        ("POST", "/packets/{packet}/card", SENDING),
        ("GET", "/packets/{packet}/paper", SENDING),
        ("POST", "/clients/{client}/placement", DESK),
        ("POST", "/packets/{packet}/send", SENDING),
        ("POST", "/packets/{packet}/withdraw", SENDING),
        ("GET", "/appointments/{appointment}", DESK),
        ("POST", "/appointments/{appointment}/move", DESK),
        ("POST", "/appointments/{appointment}/state", DESK),
        ("GET", "/cases/{case}", CHART),
        ("POST", "/cases/{case}/acknowledge", CHART),
        ("POST", "/cases/{case}/review", CHART),
        ("POST", "/cases/{case}/discuss", CHART),
        ("POST", "/cases/{case}/decide", CHART),
        ("POST", "/cases/{case}/note", CHART),
        ("POST", "/cases/{case}/reassign", CHART),
        ("POST", "/cases/{case}/close", CHART),
        ("POST", "/cases/{case}/reopen", CHART),
        ("POST", "/cases/{case}/support-check", CHART),
        ("POST", "/cases/{case}/checklist", CHART),
        ("POST", "/plan-changes/{plan}/review", CHART),
        ("GET", "/leave", EVERYONE),
        ("POST", "/leave", EVERYONE),
        // Of somebody who is none of the callers.
        ("POST", "/leave/{leave}/end", ADMIN),
        ("POST", "/leave/duty", ADMIN),
        ("POST", "/leave/duty/{duty}/end", ADMIN),
        ("POST", "/cases/{case}/reasons/{reason}/acknowledge", CHART),
        ("POST", "/cases/{case}/reasons/{reason}/dispose", CHART),
        ("GET", "/search", [S, A, A, A, A, A, F, A, A, F]),
        ("POST", "/search", [S, A, A, A, A, A, F, A, A, F]),
        ("GET", "/outbox", [S, H, H, H, H, H, H, H, H, H]),
        ("GET", "/admin", [S, F, F, F, F, F, F, A, A, A]),
        ("GET", "/admin/clients", LISTS),
        ("GET", "/admin/clients/new", LISTS),
        ("POST", "/admin/clients/new", LISTS),
        ("GET", "/admin/appointments", LISTS),
        ("POST", "/admin/appointments", LISTS),
        ("GET", "/admin/import", LISTS),
        ("POST", "/admin/import", LISTS),
        ("GET", "/admin/import/{run}", LISTS),
        ("POST", "/admin/import/{run}", LISTS),
        ("POST", "/admin/import/{run}/apply", LISTS),
        ("POST", "/admin/import/{run}/undo", LISTS),
        ("GET", "/admin/clients/{client}", DESK),
        ("POST", "/admin/clients/{client}", DESK),
        ("GET", "/admin/audit", ADMIN),
        ("GET", "/admin/phrases", ADMIN),
        ("POST", "/admin/phrases", ADMIN),
        ("GET", "/admin/consents", ADMIN),
        ("POST", "/admin/consents", ADMIN),
        ("GET", "/admin/crisis", ADMIN),
        ("GET", "/admin/instruments", ADMIN),
        ("GET", "/admin/messages", ADMIN),
        ("POST", "/admin/messages/holidays", ADMIN),
        ("POST", "/admin/messages/holidays/{day}/delete", ADMIN),
        ("GET", "/admin/messages/{kind}/{channel}/{language}", ADMIN),
        ("POST", "/admin/messages/{kind}/{channel}/{language}", ADMIN),
        ("POST", "/admin/messages/{kind}/{channel}/{language}/take-back", ADMIN),
        ("GET", "/admin/retention", ADMIN),
        ("POST", "/admin/retention", ADMIN),
        ("GET", "/admin/erasures/{client}", ADMIN),
        ("POST", "/admin/erasures/{client}", ADMIN),
        ("POST", "/admin/erasures/{client}/carry-out", ADMIN),
        ("POST", "/admin/erasures/{client}/withdraw", ADMIN),
        ("GET", "/admin/look-alikes", LISTS),
        ("GET", "/admin/look-alikes/{one}/{other}", LISTS),
        ("POST", "/admin/look-alikes/{one}/{other}/merge", LISTS),
        ("POST", "/admin/look-alikes/{one}/{other}/apart", LISTS),
        ("POST", "/admin/merges/{merge}/undo", LISTS),
        ("GET", "/admin/placements", ADMIN),
        ("POST", "/admin/placements", ADMIN),
        ("POST", "/admin/placements/{entry}", ADMIN),
        ("GET", "/admin/instruments/new", ADMIN),
        // An instrument that ships with its wording has no draft and takes none.
        ("GET", "/admin/instruments/{instrument}", ADMIN),
        ("GET", "/admin/instruments/{instrument}/preview", ADMIN),
        ("GET", "/admin/instruments/{instrument}/wording", [S, F, F, F, F, F, F, F, H, H]),
        ("GET", "/admin/instruments/{instrument}/file", [S, F, F, F, F, F, F, F, H, H]),
        ("GET", "/admin/instruments/{instrument}/draft", [S, F, F, F, F, F, F, F, H, H]),
        ("GET", "/admin/protocol", ADMIN),
        ("GET", "/admin/settings", ADMIN),
        ("GET", "/admin/sites", ADMIN),
        ("GET", "/admin/staff", ADMIN),
        ("GET", "/admin/staff/new", ADMIN),
        ("GET", "/admin/staff/{staff}", ADMIN),
        ("POST", "/admin/crisis", ADMIN),
        ("POST", "/admin/crisis/{resource}/delete", ADMIN),
        ("POST", "/admin/crisis/{resource}/reviewed", ADMIN),
        ("POST", "/admin/instruments/{instrument}/confirm", ADMIN),
        ("POST", "/admin/instruments/{instrument}/licence", ADMIN),
        // Of an instrument that has no licence, no draft and ships with its wording.
        ("POST", "/admin/instruments/{instrument}/seats", [S, F, F, F, F, F, F, F, H, H]),
        ("POST", "/admin/instruments/{instrument}/wording", [S, F, F, F, F, F, F, F, H, H]),
        ("POST", "/admin/instruments/{instrument}/draft", ADMIN),
        ("POST", "/admin/instruments/{instrument}/publish", [S, F, F, F, F, F, F, F, H, H]),
        ("POST", "/admin/instruments/{instrument}/discard", [S, F, F, F, F, F, F, F, H, H]),
        ("POST", "/admin/instruments/{instrument}/retire", ADMIN),
        ("POST", "/admin/instruments/use", ADMIN),
        ("POST", "/admin/instruments/new", ADMIN),
        ("POST", "/admin/instruments/file", ADMIN),
        ("POST", "/admin/protocol", ADMIN),
        ("POST", "/admin/protocol/apply", ADMIN),
        ("POST", "/admin/protocol/file", ADMIN),
        ("GET", "/admin/protocol/planner", ADMIN),
        ("GET", "/admin/protocol/{protocol}/file", ADMIN),
        ("POST", "/admin/protocol/{protocol}/move", ADMIN),
        ("POST", "/admin/settings", ADMIN),
        ("POST", "/admin/sites", ADMIN),
        ("POST", "/admin/sites/{site}", ADMIN),
        ("POST", "/admin/staff/new", ADMIN),
        ("POST", "/admin/staff/{staff}", ADMIN),
        ("POST", "/admin/staff/{staff}/invite", ADMIN),
        ("POST", "/admin/staff/{staff}/second-factor", ADMIN),
        ("POST", "/admin/staff/{staff}/supervision", ADMIN),
        ("POST", "/admin/staff/{staff}/supervision/{edge}/end", ADMIN),
        ("POST", "/admin/staff/{staff}/hand-on", ADMIN),
        ("POST", "/admin/staff/{staff}/deactivate", ADMIN),
        ("POST", "/packets/{packet}/code", SENDING),
        ("POST", "/clients/{client}/kiosk-code", SENDING),
        ("GET", "/r/{token}", PUBLIC),
        ("POST", "/r/{token}", PUBLIC),
        ("GET", "/a/{token}", PUBLIC),
        ("POST", "/a/{token}/{reply}", PUBLIC),
        ("GET", "/kiosk", PUBLIC),
        ("POST", "/kiosk/pair", PUBLIC),
        ("POST", "/kiosk/code", PUBLIC),
        ("GET", "/admin/delivery", ADMIN),
        ("GET", "/admin/delivery/file", ADMIN),
        ("GET", "/admin/delivery/workbook", ADMIN),
        ("GET", "/admin/kiosks", ADMIN),
        ("POST", "/admin/kiosks", ADMIN),
        ("POST", "/admin/kiosks/{kiosk}/revoke", ADMIN),
        // The rules of detection and what they are worth: read by supervisors too, changed by an administrator.
        ("GET", "/admin/detection", DETECTION),
        ("GET", "/admin/detection/{scope}", DETECTION),
        ("POST", "/admin/detection/{scope}", [S, F, F, F, F, F, F, F, A, F]),
        ("GET", "/admin/models", DETECTION),
        ("GET", "/admin/models/{instrument}", DETECTION),
        // No card has been made.
        ("GET", "/admin/models/{instrument}/card.json", [S, F, F, H, H, F, F, F, H, H]),
        // Last: they end the session.
        ("POST", "/packets/{packet}/here", [S, A, H, A, H, A, F, A, A, F]),
        ("POST", "/sign-out", [S; 10]),
    ]
}

/// The ids that stand for the parameters of the paths.
struct Ids(BTreeMap<&'static str, String>);

impl Ids {
    fn fill(&self, path: &str) -> String {
        self.0.iter().fold(path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id))
    }
}

async fn person(app: &TestApp, harbor: &Harbor, name: &str, roles: &[Role]) -> StaffId {
    let person = Staff {
        id: app.ctx.id(StaffId::new),
        name: Phi::new(name.to_owned()),
        email: Phi::new(format!("{name}@example.org")),
        phone: None,
        language: Language::En,
        state: StaffState::Active,
        backup_id: None,
        roles: roles.to_vec(),
        sites: Vec::new(),
    };
    let hash = workflows::password::hash(PASSWORD, app.ctx.entropy.as_ref());
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    store::staff::insert(&mut tx, &person, app.ctx.now()).await.unwrap();
    store::staff::set_password(&mut tx, &person.id, hash.text()).await.unwrap();
    tx.commit().await.unwrap();
    person.id
}

/// A practice with one of everything, and who signs in as whom.
async fn stage(app: &TestApp, harbor: &Harbor) -> Ids {
    let former = person(app, harbor, "felix", &[Role::Supervisor]).await;
    let olga = person(app, harbor, "olga", &[Role::Owner]).await;
    person(app, harbor, "cora", &[Role::Clinician]).await;
    let edge = Supervision {
        id: app.ctx.id(SupervisionId::new),
        supervisor_id: former,
        clinician_id: harbor.ana.clone(),
        starts_on: NaiveDate::from_ymd_opt(2025, 1, 1).unwrap(),
        // Yesterday.
        ends_on: NaiveDate::from_ymd_opt(2026, 3, 1),
    };
    let appointment = harbor.appointment(app, at("2026-03-05T15:00:00-08:00")).await;
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let exception = workflows::protocol::NewException {
        episode: harbor.episode.clone(),
        what: care::protocol::Exception::Skip { instrument: "gad-7".into() },
        reason: "Not what we work on.".into(),
        until: None,
    };
    let exception = workflows::protocol::except(&mut tx, &app.ctx, &harbor.ana, &exception).await.unwrap();
    tx.commit().await.unwrap();
    // Two records of one person, and two that were made one.
    let (one, _) = harbor.client(app, "Toni Marsh", "+14155550160").await;
    let (other, _) = harbor.client(app, "Tony Marsh", "+14155550160").await;
    let (kept, _) = harbor.client(app, "Uma Reed", "+14155550161").await;
    let (gone, _) = harbor.client(app, "Uma Read", "+14155550161").await;
    let desk = care::access::Viewer { staff_id: harbor.ida.clone(), roles: vec![Role::Intake], sites: Vec::new() };
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let merge = workflows::merge::merge(&mut tx, &app.ctx, &desk, &kept, &gone).await.unwrap();
    tx.commit().await.unwrap();
    let mut values = vec![Some(1); 8];
    values.push(Some(2));
    harbor.answer(app, "phq-9", &values).await;
    let packet = harbor.packet(app, &["phq-2"]).await;
    let task = Task {
        id: app.ctx.id(TaskId::new),
        kind: TaskKind::Undeliverable,
        client_id: Some(harbor.client.clone()),
        raised_at: app.ctx.now(),
        due_at: app.ctx.now(),
        done_at: None,
        done_by: None,
    };
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    store::supervision::insert(&mut tx, &edge).await.unwrap();
    store::task::raise(&mut tx, &task).await.unwrap();
    let outreach = care::outreach::Outreach {
        id: app.ctx.id(care::OutreachId::new),
        client_id: harbor.client.clone(),
        episode_id: harbor.episode.clone(),
        appointment_id: appointment.clone(),
        owner_id: harbor.ida.clone(),
        raised_at: app.ctx.now(),
        due_at: app.ctx.now(),
        closed_at: None,
        closed_by: None,
        outcome: None,
    };
    store::outreach::raise(&mut tx, &outreach).await.unwrap();
    let by = care::access::Viewer { staff_id: harbor.ida.clone(), roles: vec![Role::Intake], sites: Vec::new() };
    let file = "id,name\n17,Ana Reyes\n";
    let kind = care::import::ImportKind::Clients;
    let import = workflows::import::upload(&mut tx, &app.ctx, &by, kind, file).await.unwrap();
    let case = store::case::open_of_episode(&mut tx, &harbor.episode).await.unwrap().expect("item 9 opened a case");
    let reason = store::case::reasons(&mut tx, &case.id).await.unwrap().remove(0);
    let resource = store::crisis_resource::all(&mut tx).await.unwrap().remove(0).id;
    let days = |day: &str| day.parse::<NaiveDate>().unwrap();
    let leave = Leave {
        id: app.ctx.id(LeaveId::new),
        staff_id: harbor.ben.clone(),
        cover_id: harbor.otto.clone(),
        starts_on: days("2026-09-01"),
        ends_on: days("2026-09-02"),
    };
    store::leave::insert(&mut tx, &leave, &harbor.adam, app.ctx.now()).await.unwrap();
    let duty = Duty {
        id: app.ctx.id(DutyId::new),
        site_id: harbor.north.clone(),
        staff_id: harbor.ben.clone(),
        starts_on: leave.starts_on,
        ends_on: leave.ends_on,
    };
    store::leave::insert_duty(&mut tx, &duty, &harbor.adam, app.ctx.now()).await.unwrap();
    let text = |text: &str| Phi::new(text.to_owned());
    let plan = PlanChange {
        id: app.ctx.id(PlanChangeId::new),
        episode_id: harbor.episode.clone(),
        case_id: Some(case.id.clone()),
        kind: PlanChangeKind::Focus,
        what: text("Sleep first"),
        why: text("It carries the rise"),
        review_session: 4,
        changed_at: app.ctx.now(),
        changed_by: harbor.ana.clone(),
        outcome: None,
        reviewed_at: None,
    };
    store::plan_change::insert(&mut tx, &plan).await.unwrap();
    let meeting = Meeting {
        id: app.ctx.id(MeetingId::new),
        supervisor_id: harbor.sofia.clone(),
        clinician_id: harbor.ana.clone(),
        held_on: days("2026-03-02"),
        minutes: 50,
        note: None,
    };
    let decision = MeetingDecision {
        id: app.ctx.id(MeetingDecisionId::new),
        meeting_id: meeting.id.clone(),
        client_id: Some(harbor.client.clone()),
        topic: None,
        text: text("Call the prescriber"),
        owner_id: Some(harbor.ana.clone()),
        due_on: Some(days("2026-03-09")),
        done_at: None,
    };
    let owner = care::access::Viewer { staff_id: olga.clone(), roles: vec![Role::Owner], sites: Vec::new() };
    let tried = workflows::experiment::NewExperiment {
        change: "Check-ins go out a day earlier".into(),
        expectation: "More are handed in".into(),
        metric: care::experiment::Metric::Completion,
        guardrail: Some(care::experiment::Metric::OptOut),
        site: None,
        every: care::experiment::Every::Week,
        owner: olga.clone(),
        starts_on: days("2026-03-09"),
        ends_on: days("2026-04-06"),
    };
    let experiment = workflows::experiment::begin(&mut tx, &app.ctx, &owner, tried).await.unwrap();
    let page = care::saved_view::Dashboard::Outcomes;
    workflows::saved_view::keep(&mut tx, &app.ctx, &owner, page, "view=practice", "Everybody").await.unwrap();
    let view = store::saved_view::of(&mut tx, &olga).await.unwrap().remove(0);
    store::meeting::insert(&mut tx, &meeting, std::slice::from_ref(&decision), &harbor.sofia, app.ctx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    Ids(BTreeMap::from([
        ("client", harbor.client.to_string()),
        ("case", case.id.to_string()),
        ("reason", reason.id.to_string()),
        ("leave", leave.id.to_string()),
        ("duty", duty.id.to_string()),
        ("plan", plan.id.to_string()),
        ("clinician", harbor.ana.to_string()),
        ("decision", decision.id.to_string()),
        ("packet", packet.to_string()),
        ("outreach", outreach.id.to_string()),
        ("override", outreach.id.to_string()),
        ("appointment", appointment.to_string()),
        ("task", task.id.to_string()),
        ("staff", harbor.ben.to_string()),
        ("resource", resource.to_string()),
        ("edge", edge.id.to_string()),
        ("instrument", "gad-7".to_owned()),
        ("site", harbor.north.to_string()),
        ("token", "AAAAAAAAAAAAAAAAAAAAAA".to_owned()),
        ("number", "1".to_owned()),
        ("message", "none".to_owned()),
        ("kind", "invite".to_owned()),
        ("reply", "confirmed".to_owned()),
        ("kiosk", "0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44".to_owned()),
        ("exception", exception.to_string()),
        ("protocol", harbor.protocol.to_string()),
        ("channel", "sms".to_owned()),
        ("language", "en".to_owned()),
        ("day", "2026-12-25".to_owned()),
        ("name", "favicon.svg".to_owned()),
        ("run", import.to_string()),
        ("entry", harbor.north.to_string()),
        ("one", one.to_string()),
        ("other", other.to_string()),
        ("merge", merge.to_string()),
        ("scope", "practice".to_owned()),
        ("experiment", experiment.id.to_string()),
        ("view", view.id.to_string()),
    ]))
}

/// Signs in and gives the form token of the first page.
async fn sign_in(browser: &Browser, email: &str) -> String {
    let page = browser.get("/sign-in").await;
    let csrf = page.field("csrf");
    let home = browser.post("/sign-in", &[("csrf", &csrf), ("email", email), ("password", PASSWORD)]).await;
    assert!(home.path != "/sign-in", "{email} should be let in:\n{}", home.body);
    if home.body.contains("name=\"csrf\"") { home.field("csrf") } else { String::new() }
}

fn met(reply: &Reply) -> Meets {
    match reply.status {
        StatusCode::UNAUTHORIZED => S,
        StatusCode::FORBIDDEN => F,
        StatusCode::NOT_FOUND => H,
        _ if reply.location().is_some_and(|to| to.starts_with("/sign-in")) => S,
        _ => A,
    }
}

both_databases! {
    async fn every_endpoint_as_every_caller(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let ids = stage(&app, &harbor).await;
        let table = table();
        let known: BTreeSet<(String, String)> = table.iter().map(|row| (row.0.to_owned(), row.1.to_owned())).collect();
        let there: BTreeSet<(String, String)> =
            web::endpoints(&app.app).into_iter().map(|endpoint| (endpoint.method.to_string(), endpoint.path.to_owned())).collect();
        let missing: Vec<_> = there.difference(&known).collect();
        assert!(missing.is_empty(), "endpoints without a row in the table: {missing:?}");
        let gone: Vec<_> = known.difference(&there).collect();
        assert!(gone.is_empty(), "rows without an endpoint: {gone:?}");

        let emails = ["", "ana", "cora", "sofia", "felix", "otto", "bill", "ida", "adam", "olga"];
        let mut wrong = Vec::new();
        for (column, (caller, name)) in CALLERS.iter().zip(emails).enumerate() {
            let browser = app.browser();
            let csrf = if name.is_empty() { String::new() } else { sign_in(&browser, &format!("{name}@example.org")).await };
            for (method, path, expected) in &table {
                if expected[column] == P {
                    continue;
                }
                let method: Method = method.parse().unwrap();
                // Fields without which a form is not even one of ours.
                let mut form = vec![("csrf", csrf.as_str())];
                form.extend(match *path {
                    "/clients/{client}/consents" => &[("channel", "sms"), ("purpose", "check_in"), ("state", "given")][..],
                    "/appointments/{appointment}/state" => &[("state", "attended")][..],
                    "/admin/instruments/{instrument}/retire" => &[("version", "1")][..],
                    "/admin/instruments/use" => &[("purpose", "non_commercial")][..],
                    "/admin/instruments/file" | "/admin/instruments/{instrument}/draft" => &[("file", "nothing")][..],
                    "/admin/instruments/{instrument}/confirm" => &[("version", "1"), ("language", "es")][..],
                    _ => &[][..],
                });
                let reply = browser.request(method.clone(), &ids.fill(path), &form).await;
                assert!(!reply.status.is_server_error(), "{method} {path} as {caller}: {}\n{}", reply.status, reply.body);
                if met(&reply) != expected[column] {
                    wrong.push(format!("{method} {path} as {caller}: {} ({:?}), expected {:?}", reply.status, met(&reply), expected[column]));
                }
                // A minute apart, so that nothing is throttled.
                app.clock.advance(Duration::seconds(1));
            }
        }
        assert!(wrong.is_empty(), "{} of the table does not hold:\n{}", wrong.len(), wrong.join("\n"));
    }

    async fn the_front_desk_sees_contacts_and_no_chart(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let ids = stage(&app, &harbor).await;
        for (name, sees) in [("ana", true), ("ida", false), ("adam", false)] {
            let browser = app.browser();
            sign_in(&browser, &format!("{name}@example.org")).await;
            let page = browser.get(&ids.fill("/clients/{client}")).await;
            assert!(page.body.contains("Robin Vale"), "{name} knows the client");
            let chart = ["PHQ-9", "<svg class=\"chart", "Several days"].iter().any(|mark| page.body.contains(mark));
            assert_eq!(chart, sees, "{name}:\n{}", page.body);
        }
    }

    async fn a_name_is_searched_within_scope_and_never_in_an_address(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        stage(&app, &harbor).await;
        for (name, finds) in [("ana", true), ("ida", true), ("cora", false)] {
            let browser = app.browser();
            let csrf = sign_in(&browser, &format!("{name}@example.org")).await;
            let page = browser.post("/search", &[("csrf", &csrf), ("q", "robin")]).await;
            assert_eq!((page.status, page.path.as_str()), (StatusCode::OK, "/search"));
            assert_eq!(page.body.contains("Robin Vale"), finds, "{name}");
            assert!(!page.body.contains("?q="), "no address carries what was searched for");
        }
    }

    async fn x1_biller_and_former_supervisor(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-02T10:00:00-08:00"));
        let harbor = Harbor::found(&app).await;
        let ids = stage(&app, &harbor).await;
        let chart = ids.fill("/clients/{client}");
        for (name, status) in [("bill", StatusCode::FORBIDDEN), ("felix", StatusCode::NOT_FOUND)] {
            let browser = app.browser();
            sign_in(&browser, &format!("{name}@example.org")).await;
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            let before = store::audit_page(&mut read, 0, 1000).await.unwrap().len();
            drop(read);
            let reply = browser.get(&chart).await;
            assert_eq!(reply.status, status, "{name}");
            assert!(!reply.body.contains("Robin"), "the refusal names nobody");
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            let rows = store::audit_page(&mut read, 0, 1000).await.unwrap();
            let denials = rows[before..].iter().filter(|row| row.action == "access.denied").count();
            assert_eq!(denials, 1, "one audit row for {name}");
        }
    }
}
