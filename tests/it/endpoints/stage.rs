//! One of everything that an address can name.

use care::case::{PlanChange, PlanChangeKind};
use care::leave::{Duty, Leave};
use care::practice::{Task, TaskKind};
use care::staff::{Role, Shortcut, Staff, StaffState, Supervision};
use care::supervision::{Meeting, MeetingDecision};
use care::{
    DutyId, Language, LeaveId, MeetingDecisionId, MeetingId, Phi, PlanChangeId, StaffId, SupervisionId, TaskId,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use tests::harbor::PASSWORD;
use tests::{Harbor, TestApp, at};

/// The ids that stand for the parameters of the paths.
pub(super) struct Ids(BTreeMap<&'static str, String>);

impl Ids {
    pub(super) fn fill(&self, path: &str) -> String {
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
        shortcut: Shortcut::On,
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
pub(super) async fn stage(app: &TestApp, harbor: &Harbor) -> Ids {
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
