//! How many clients the clinicians of Harbor Lane take, and three referrals that nobody has yet.

use super::people::{FIRST_NAMES, LAST_NAMES};
use super::seed::{Seeder, ZONE};
use anyhow::{Context as _, Result};
use care::capacity::{Capacity, Caps, Override};
use care::client::{Client, Recipient};
use care::message::Channel;
use care::placement::{EntryKind, Placement};
use care::staff::{Actor, Role};
use care::{CapacityId, CapacityOverrideId, ClientId, IntakePauseId, Language, PayerTargetId, Phi, PracticeId};
use chrono::Duration;
use store::Db;
use workflows::episode;

/// Caps of everybody, one of them decided anew; one clinician pauses, another was asked for one more.
pub async fn settle(seeder: &Seeder, db: &Db, practice: &PracticeId) -> Result<()> {
    let ctx = &seeder.ctx;
    let mut tx = db.write_in_bulk(practice).await?;
    let staff = store::staff::list(&mut tx).await?;
    let owner = staff.iter().find(|person| person.is(Role::Owner)).context("an owner")?;
    let founders = seeder.clinicians.iter().flatten().take(9);
    for (number, people) in founders.enumerate() {
        let mut decided = vec![(120, Caps { clients: Some(25), sessions: Some(24), weight: Some(40) })];
        if number == 0 {
            decided.push((30, Caps { clients: Some(28), sessions: Some(26), weight: Some(44) }));
        }
        for (days, caps) in decided {
            seeder.clock.set(seeder.now - Duration::days(days));
            let capacity = Capacity {
                id: ctx.id(CapacityId::new),
                clinician_id: people.owner.clone(),
                caps,
                set_at: ctx.now(),
                set_by: owner.id.clone(),
                replaced_at: None,
            };
            store::capacity::set(&mut tx, &capacity).await?;
        }
    }
    seeder.clock.set(seeder.now - Duration::days(3));
    if let Some(paused) = seeder.clinicians[0].get(1) {
        let id = ctx.id(IntakePauseId::new);
        let reason = "Two new groups begin this month";
        store::capacity::pause(&mut tx, &id, &paused.owner, reason, ctx.now()).await?;
        let one = Override {
            id: ctx.id(CapacityOverrideId::new),
            clinician_id: paused.owner.clone(),
            granted_by: owner.id.clone(),
            granted_at: ctx.now(),
            used_for: None,
        };
        store::capacity::grant(&mut tx, &one, "The only one at North who works with this kind of trauma").await?;
    }
    let payers: Vec<_> =
        store::placement::list(&mut tx).await?.into_iter().filter(|entry| entry.kind == EntryKind::Payer).collect();
    let payer = payers.first().context("a payer")?;
    let id = ctx.id(PayerTargetId::new);
    store::capacity::set_target(&mut tx, &id, &payer.id, Some(60), &owner.id, ctx.now()).await?;
    for number in 0..3_usize {
        let days = 9 - 3 * i64::try_from(number).unwrap_or(0);
        seeder.clock.set(seeder.now - Duration::days(days));
        let client = Client {
            id: ctx.id(ClientId::new),
            site_id: seeder.sites[number % 2].clone(),
            external_id: None,
            name: Phi::new(format!("{} {}", FIRST_NAMES[7 + number], LAST_NAMES[11 + 5 * number])),
            preferred_name: None,
            birth_date: None,
            sex: None,
            email: Some(Phi::new(format!("referral{number}@example.org"))),
            phone: None,
            language: Language::En,
            zone: Some(ZONE.name().to_owned()),
            preferred_channel: Channel::Email,
            emergency_contact: None,
            guardian: None,
            recipient: Recipient::Client,
        };
        store::client::insert(&mut tx, &client, ctx.now()).await?;
        let begun = episode::start(&mut tx, ctx, &Actor::System, &episode::Start::of(client.id.clone())).await?;
        let to = Placement { payer_id: Some(payer.id.clone()), ..Placement::default() };
        if number != 1 {
            store::history::place(&mut tx, &[begun.id], &to).await?;
        }
    }
    tx.commit().await?;
    seeder.clock.set(seeder.now);
    Ok(())
}
