//! Versions that wait for their day, as cards of the page.

use super::{difference_row, under_older};
use crate::error::Result;
use crate::staff::people::People;
use crate::staff::session::Signed;
use care::ProtocolId;
use care::protocol::{Protocol, ProtocolState, difference};
use store::Read;
use store::protocol::PlannedMove;
use templates::format;
use templates::staff::FieldProblem;
use templates::staff::admin::{PlannedMoveNote, ScheduledCard};

/// What is known of the versions that wait.
pub(super) struct Scheduled {
    moves: Vec<PlannedMove>,
    people: People,
}

/// What was posted about one of them.
pub(super) struct Posted<'a> {
    /// Which.
    pub version: Option<&'a ProtocolId>,
    /// Why running episodes move, as typed.
    pub reason: &'a str,
    /// What is wrong with it.
    pub problems: &'a [FieldProblem],
}

impl Scheduled {
    pub(super) async fn read(read: &mut Read, me: &Signed, versions: &[Protocol]) -> Result<Self> {
        let waiting = versions.iter().filter(|one| one.state == ProtocolState::Scheduled);
        let ids: Vec<ProtocolId> = waiting.map(|one| one.id.clone()).collect();
        let moves = store::protocol::planned_moves(read, &ids).await?;
        Ok(Self { moves, people: People::of(read, me.zone).await? })
    }

    /// The cards, the earliest day first. `under` is how many open episodes each version has.
    pub(super) fn cards(
        &self,
        me: &Signed,
        versions: &[Protocol],
        under: &[i64],
        names: &[(String, String)],
        posted: &Posted<'_>,
    ) -> Vec<ScheduledCard> {
        let mut waiting: Vec<&Protocol> = versions.iter().filter(|one| one.state == ProtocolState::Scheduled).collect();
        waiting.sort_by_key(|one| (one.in_force_from, &one.name));
        let mut cards = Vec::new();
        for version in waiting {
            let Some(day) = version.in_force_from else { continue };
            let is_posted = posted.version == Some(&version.id);
            let before = versions.iter().find(|one| one.name == version.name && one.state == ProtocolState::Current);
            // The fields of several cards are told apart by their ids; what is wrong links to the one that was posted.
            let is_plain = is_posted || (cards.is_empty() && posted.version.is_none());
            cards.push(ScheduledCard {
                id: version.id.as_str().to_owned(),
                name: version.name.clone(),
                version: version.version,
                from: format::day(day, me.language),
                episodes: under_older(version, versions, under),
                before: before.map(|before| before.version),
                differences: before
                    .map(|before| difference(before, version))
                    .unwrap_or_default()
                    .iter()
                    .map(|one| difference_row(one, names))
                    .collect(),
                moves: self.moves.iter().find(|one| one.protocol_id == version.id).map(|one| PlannedMoveNote {
                    reason: one.reason.text().to_owned(),
                    by: self.people.name(&one.decided_by),
                    at: format::day(format::local_day(one.decided_at, me.zone), me.language),
                }),
                field: if is_plain { "begin_reason".to_owned() } else { format!("begin_reason-{}", version.id) },
                reason: if is_posted { posted.reason.to_owned() } else { String::new() },
                problems: if is_posted { posted.problems.to_vec() } else { Vec::new() },
            });
        }
        cards
    }
}
