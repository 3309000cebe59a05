//! Where the invented courses belong, and how the closed ones ended: the lists of Harbor Lane, and every episode in them.

use super::seed::Seeder;
use anyhow::Result;
use care::placement::{Entry, EntryKind, EntryState, Placement};
use care::{EpisodeId, PlacementId, PracticeId};
use std::collections::BTreeMap;
use store::Db;

const PROGRAMMES: &[&str] = &["Adults", "Adolescents"];
const PAYERS: &[&str] = &["Harbor Health Plan", "Pacific Mutual", "Self-pay"];
const MODALITIES: &[&str] = &["In person", "Video"];
const PROBLEMS: &[&str] = &["Depression", "Anxiety", "Trauma", "Relationships"];

/// A number that looks like chance and is the same every time.
fn drawn(number: usize, salt: usize) -> usize {
    let mixed = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(salt as u64 * 0x85EB_CA6B);
    usize::try_from((mixed ^ (mixed >> 29)) >> 7 & 0xFFFF).unwrap_or(0) % 100
}

/// Puts the practice's lists in, every episode into them, and works out how the closed ones ended.
pub async fn settle(seeder: &Seeder, db: &Db, practice: &PracticeId, episodes: &[EpisodeId]) -> Result<()> {
    let mut tx = db.write_in_bulk(practice).await?;
    let mut lists: BTreeMap<EntryKind, Vec<PlacementId>> = BTreeMap::new();
    let names = [
        (EntryKind::Programme, PROGRAMMES),
        (EntryKind::Payer, PAYERS),
        (EntryKind::Modality, MODALITIES),
        (EntryKind::Problem, PROBLEMS),
    ];
    for (kind, names) in names {
        for name in names {
            let id = seeder.ctx.id(PlacementId::new);
            let entry = Entry { id: id.clone(), kind, name: (*name).to_owned(), state: EntryState::Active };
            store::placement::insert(&mut tx, &entry).await?;
            lists.entry(kind).or_default().push(id);
        }
    }
    let mut placed: BTreeMap<[usize; 4], Vec<EpisodeId>> = BTreeMap::new();
    for (number, episode) in episodes.iter().enumerate() {
        let at = |salt, shares: &[usize]| {
            shares.iter().position(|share| drawn(number, salt) < *share).unwrap_or(shares.len())
        };
        let key = [at(1, &[88]), at(2, &[52, 84]), at(3, &[61]), at(4, &[42, 76, 90])];
        placed.entry(key).or_default().push(episode.clone());
    }
    for ([programme, payer, modality, problem], episodes) in &placed {
        let id = |kind, place: usize| lists.get(&kind).and_then(|list: &Vec<PlacementId>| list.get(place)).cloned();
        let to = Placement {
            programme_id: id(EntryKind::Programme, *programme),
            payer_id: id(EntryKind::Payer, *payer),
            modality_id: id(EntryKind::Modality, *modality),
            problem_id: id(EntryKind::Problem, *problem),
        };
        store::history::place(&mut tx, episodes, &to).await?;
    }
    tx.commit().await?;
    loop {
        let mut tx = db.write_in_bulk(practice).await?;
        let settled = workflows::outcome::settle_missing(&mut tx, &seeder.ctx).await?;
        tx.commit().await?;
        if settled == 0 {
            return Ok(());
        }
    }
}
