//! The invented practice itself: sites, staff, who supervises whom, protocol, help in a crisis.

use super::people::STAFF;
use super::seed::{PASSWORD, Plan, Seeder, ZONE};
use anyhow::Result;
use care::leave::{Duty, Leave};
use care::practice::{Practice, Settings, Site};
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::staff::{Role, Staff, StaffState, Supervision};
use care::{DutyId, Language, LeaveId, Phi, PracticeId, ProtocolId, SiteId, StaffId, SupervisionId, TestClock};
use chrono::Duration;
use store::Tx;
use workflows::Context;

/// Founds it.
pub async fn found(tx: &mut Tx, ctx: Context, clock: TestClock, practice: &PracticeId, plan: Plan) -> Result<Seeder> {
    let now = ctx.now();
    let today = now.date_naive();
    store::practice::insert(
        tx,
        &Practice {
            id: practice.clone(),
            name: "Harbor Lane Counseling".to_owned(),
            display_name: "Harbor Lane".to_owned(),
            phone: "+1 (415) 555-0100".to_owned(),
            language: Language::En,
            zone: ZONE.name().to_owned(),
            settings: Settings::default(),
            created_at: now,
        },
    )
    .await?;
    let sites = [ctx.id(SiteId::new), ctx.id(SiteId::new)];
    for (id, name) in sites.iter().zip(["North", "Bay"]) {
        store::site::insert(
            tx,
            &Site { id: id.clone(), name: name.to_owned(), zone: ZONE.name().to_owned(), on_call_id: None },
        )
        .await?;
    }
    let hash = workflows::password::hash(PASSWORD, ctx.entropy.as_ref());
    let mut staff = Vec::new();
    for (index, (name, mailbox, roles, place)) in STAFF.iter().enumerate() {
        let person = Staff {
            id: ctx.id(StaffId::new),
            name: Phi::new((*name).to_owned()),
            email: Phi::new(format!("{mailbox}@example.org")),
            phone: Some(Phi::new(format!("+1415555{:04}", 101 + index))),
            language: if *mailbox == "lmarin" { Language::Es } else { Language::En },
            state: StaffState::Active,
            backup_id: None,
            roles: roles.split(',').map(str::parse::<Role>).collect::<Result<_, _>>()?,
            sites: if *place == 2 { Vec::new() } else { vec![sites[usize::from(*place)].clone()] },
        };
        store::staff::insert(tx, &person, now).await?;
        store::staff::set_password(tx, &person.id, hash.text()).await?;
        staff.push(person);
    }
    let supervisors = [9, 10];
    for (place, supervisor) in supervisors.into_iter().enumerate() {
        store::site::set_on_call(tx, &sites[place], Some(&staff[supervisor].id)).await?;
        for clinician in if place == 0 { 0..5 } else { 5..9 } {
            let edge = Supervision {
                id: ctx.id(SupervisionId::new),
                supervisor_id: staff[supervisor].id.clone(),
                clinician_id: staff[clinician].id.clone(),
                starts_on: today,
                ends_on: None,
            };
            store::supervision::insert(tx, &edge).await?;
            let backup = if place == 0 { (clinician + 1) % 5 } else { 5 + (clinician - 4) % 4 };
            store::staff::set_backup(tx, &staff[clinician].id, Some(&staff[backup].id)).await?;
        }
    }
    away_and_on_call(tx, &ctx, &sites, &staff, plan).await?;
    // Harbor Lane's administrator has compared the Spanish GAD-7 with the published form.
    for instrument in ["gad-7", "gad-2"] {
        let confirmation = store::wording::Confirmation {
            instrument: instrument.to_owned(),
            version: "1".to_owned(),
            language: Language::Es,
            confirmed_by: staff[12].id.clone(),
            confirmed_at: now,
        };
        store::wording::confirm(tx, &confirmation).await?;
    }
    let protocol = ctx.id(ProtocolId::new);
    let line = |instrument: &str, rhythm| Line { instrument: instrument.to_owned(), rhythm };
    let lines = vec![
        line("wellbeing-check", Rhythm::BeforeSession),
        line("phq-9", Rhythm::Intake),
        line("phq-9", Rhythm::EveryWeeks(2)),
        line("gad-7", Rhythm::Intake),
        line("gad-7", Rhythm::EveryWeeks(2)),
        line("session-feedback", Rhythm::AfterSession),
    ];
    let version = Protocol {
        id: protocol.clone(),
        name: "Standard".to_owned(),
        version: 1,
        lines,
        state: ProtocolState::Current,
        created_at: now,
    };
    store::protocol::insert(tx, &version).await?;
    store::crisis_resource::replace_all(tx, &workflows::practice::starting_crisis_resources(&ctx)).await?;
    let wordings = workflows::consent_wording::starting(&ctx);
    store::consent_wording::publish(tx, &wordings).await?;
    let wording = wordings.first().map(|one| one.version.clone()).unwrap_or_default();
    Ok(Seeder { ctx, clock, sites, staff, protocol, wording, now: plan.now })
}

/// One clinician of Bay is away this week and their neighbour stands in; the clinicians of North share the nights.
async fn away_and_on_call(tx: &mut Tx, ctx: &Context, sites: &[SiteId; 2], staff: &[Staff], plan: Plan) -> Result<()> {
    let today = plan.now.with_timezone(&ZONE).date_naive();
    let by = &staff[12].id;
    let leave = Leave {
        id: ctx.id(LeaveId::new),
        staff_id: staff[7].id.clone(),
        cover_id: staff[8].id.clone(),
        starts_on: today - Duration::days(2),
        ends_on: today + Duration::days(5),
    };
    store::leave::insert(tx, &leave, by, ctx.now()).await?;
    for (week, person) in (0..).zip(&staff[..5]) {
        let starts_on = today + Duration::days(7 * week);
        let duty = Duty {
            id: ctx.id(DutyId::new),
            site_id: sites[0].clone(),
            staff_id: person.id.clone(),
            starts_on,
            ends_on: starts_on + Duration::days(6),
        };
        store::leave::insert_duty(tx, &duty, by, ctx.now()).await?;
    }
    Ok(())
}
