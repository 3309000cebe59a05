//! The invented practice itself: sites, staff, who supervises whom, protocol, help in a crisis.

use super::people::{FIRST_NAMES, LAST_NAMES, STAFF};
use super::seed::{PASSWORD, Plan, Seeder, ZONE};
use anyhow::{Context as _, Result};
use care::ladder::People;
use care::leave::{Duty, Leave};
use care::message::Channel;
use care::message_template::{MessageTemplate, TemplateKind};
use care::practice::{AppointmentReminders, Holiday, Practice, Settings, Site};
use care::protocol::{Line, Protocol, ProtocolState, Rhythm};
use care::staff::{Role, Shortcut, Staff, StaffState, Supervision};
use care::{
    DutyId, Instant, Language, LeaveId, MessageTemplateId, Phi, PracticeId, ProtocolId, SiteId, StaffId, SupervisionId,
    TestClock,
};
use chrono::{Datelike, Duration, NaiveDate};
use store::{Db, Tx};
use workflows::Context;

/// How many clients an invented clinician looks after, past ones included.
const CLIENTS_EACH: usize = 45;
/// Further clinicians that share a commit.
const TOGETHER: usize = 40;

/// The days around the turn of the year on which Harbor Lane writes to nobody.
fn holidays(now: Instant) -> Vec<Holiday> {
    [(11, 26, "Thanksgiving"), (12, 24, "Christmas Eve"), (12, 25, "Christmas Day"), (12, 31, "New Year's Eve")]
        .into_iter()
        .filter_map(|(month, day, name)| {
            Some(Holiday { day: NaiveDate::from_ymd_opt(now.year(), month, day)?, name: name.to_owned() })
        })
        .collect()
}

/// Founds it.
pub async fn found(db: &Db, ctx: Context, clock: TestClock, practice: &PracticeId, plan: Plan) -> Result<Seeder> {
    let mut tx = db.write_in_bulk(practice).await?;
    let mut seeder = founded(&mut tx, ctx, clock, practice, plan).await?;
    tx.commit().await?;
    let known = seeder.clinicians.iter().map(Vec::len).sum();
    let further: Vec<usize> = (known..plan.clients.div_ceil(CLIENTS_EACH)).collect();
    if further.is_empty() {
        return Ok(seeder);
    }
    let hash = workflows::password::hash(PASSWORD, seeder.ctx.entropy.as_ref());
    for numbers in further.chunks(TOGETHER) {
        let mut tx = db.write_in_bulk(practice).await?;
        for number in numbers {
            let place = number % 2;
            let people = another_clinician(&mut tx, &seeder, *number, place, hash.text()).await?;
            seeder.clinicians[place].push(people);
        }
        tx.commit().await?;
    }
    Ok(seeder)
}

/// One more clinician, for practices larger than the one that was imagined.
async fn another_clinician(tx: &mut Tx, seeder: &Seeder, number: usize, place: usize, hash: &str) -> Result<People> {
    let (ctx, now) = (&seeder.ctx, seeder.ctx.now());
    let first = FIRST_NAMES[(number * 31) % FIRST_NAMES.len()];
    let last = LAST_NAMES[(number * 17) % LAST_NAMES.len()];
    let around = seeder.clinicians[place].first().context("the founders of the site")?;
    let person = Staff {
        id: ctx.id(StaffId::new),
        name: Phi::new(format!("{first} {last}")),
        email: Phi::new(format!("clinician{number}@example.org")),
        phone: None,
        language: Language::En,
        state: StaffState::Active,
        backup_id: Some(around.owner.clone()),
        shortcut: Shortcut::On,
        roles: vec![Role::Clinician],
        sites: vec![seeder.sites[place].clone()],
    };
    store::staff::insert(tx, &person, now).await?;
    store::staff::set_password(tx, &person.id, hash).await?;
    for supervisor in &around.supervisors {
        let edge = Supervision {
            id: ctx.id(SupervisionId::new),
            supervisor_id: supervisor.clone(),
            clinician_id: person.id.clone(),
            starts_on: now.date_naive(),
            ends_on: None,
        };
        store::supervision::insert(tx, &edge).await?;
    }
    Ok(People { owner: person.id, backup: Some(around.owner.clone()), ..around.clone() })
}

async fn founded(tx: &mut Tx, ctx: Context, clock: TestClock, practice: &PracticeId, plan: Plan) -> Result<Seeder> {
    let now = ctx.now();
    let today = now.date_naive();
    let settings = Settings {
        holidays: holidays(plan.now),
        appointment_reminders: AppointmentReminders::On,
        fallback_after_hours: 24,
        ..Settings::default()
    };
    store::practice::insert(
        tx,
        &Practice {
            id: practice.clone(),
            name: "Harbor Lane Counseling".to_owned(),
            display_name: "Harbor Lane".to_owned(),
            phone: "+1 (415) 555-0100".to_owned(),
            language: Language::En,
            zone: ZONE.name().to_owned(),
            settings: settings.clone(),
            created_at: now,
        },
    )
    .await?;
    let sites = [ctx.id(SiteId::new), ctx.id(SiteId::new)];
    for (id, name) in sites.iter().zip(["North", "Bay"]) {
        store::site::insert(
            tx,
            &Site {
                id: id.clone(),
                name: name.to_owned(),
                zone: ZONE.name().to_owned(),
                on_call_id: None,
                before_session_hours: None,
            },
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
            shortcut: Shortcut::On,
            roles: roles.split(',').map(str::parse::<Role>).collect::<Result<_, _>>()?,
            sites: if *place == 2 { Vec::new() } else { vec![sites[usize::from(*place)].clone()] },
        };
        store::staff::insert(tx, &person, now).await?;
        store::staff::set_password(tx, &person.id, hash.text()).await?;
        staff.push(person);
    }
    let supervisors = [9, 10];
    let mut clinicians = [Vec::new(), Vec::new()];
    for (place, supervisor) in supervisors.into_iter().enumerate() {
        // They see clients too, and stand in for one another.
        store::staff::set_backup(tx, &staff[supervisor].id, Some(&staff[supervisors[1 - place]].id)).await?;
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
            clinicians[place].push(People {
                owner: staff[clinician].id.clone(),
                backup: Some(staff[backup].id.clone()),
                supervisors: vec![staff[supervisor].id.clone()],
                on_call: Some(staff[supervisor].id.clone()),
            });
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
    let line = |instrument: &str, rhythm| Line::new(instrument, rhythm);
    let lines = vec![
        line("wellbeing-check", Rhythm::BeforeSession),
        line("phq-9", Rhythm::Intake),
        line("phq-9", Rhythm::EveryWeeks(2)),
        line("gad-7", Rhythm::Intake),
        line("gad-7", Rhythm::EveryWeeks(2)),
        line("session-feedback", Rhythm::AfterSession),
        line("phq-9", Rhythm::FollowUp(6)),
    ];
    let version = Protocol {
        id: protocol.clone(),
        name: "Standard".to_owned(),
        version: 1,
        lines,
        budget: None,
        state: ProtocolState::Current,
        in_force_from: None,
        created_at: now,
    };
    store::protocol::insert(tx, &version).await?;
    store::message_template::insert(
        tx,
        &MessageTemplate {
            id: ctx.id(MessageTemplateId::new),
            kind: TemplateKind::Reminder,
            language: Language::En,
            channel: Channel::Sms,
            version: 1,
            subject: None,
            body: "{practice}: a few questions are still waiting, about {minutes} min: {link} STOP to opt out."
                .to_owned(),
            created_at: now,
            created_by: staff[12].id.clone(),
        },
    )
    .await?;
    store::crisis_resource::replace_all(tx, &workflows::practice::starting_crisis_resources(&ctx)).await?;
    let wordings = workflows::consent_wording::starting(&ctx);
    store::consent_wording::publish(tx, &wordings).await?;
    let wording = wordings.first().map(|one| one.version.clone()).unwrap_or_default();
    let first = staff[0].id.clone();
    Ok(Seeder { ctx, clock, sites, clinicians, first, protocol, wording, settings, seed: plan.seed, now: plan.now })
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
