//! What is asked of a client whose course has ended: once at the end, and at follow-ups.

use super::wanted::{asked, check_in, push};
use super::{Change, Desired, Situation, WithdrawReason, is_slot, settle};
use crate::episode::DischargeReason;
use crate::exit_survey;
use crate::local_time::{at_minute, day_of};
use crate::packet::{Occasion, PacketState};
use crate::protocol::Rhythm;
use chrono::{Duration, Months};
use std::collections::BTreeSet;

/// What should have been asked longer ago than this is not asked any more.
const LATE_DAYS: i64 = 7;

/// Takes back what belongs to the course, plans what belongs to its end. Nothing is asked about a client who died.
pub(super) fn changes(situation: &Situation<'_>) -> Vec<Change> {
    let wanted = desired(situation);
    let reason = situation.episode.discharge_reason;
    let is_wanted = |slot: &str| wanted.iter().any(|one| is_slot(slot, &one.slot));
    let mut changes: Vec<Change> = situation
        .packets
        .iter()
        .filter(|packet| matches!(packet.state, PacketState::Planned | PacketState::Open))
        .filter(|packet| !is_wanted(&packet.slot))
        // Whoever was asked why they stopped is asked all the same when that is how the course ends.
        .filter(|packet| !(packet.is_exit_survey() && reason.is_some_and(exit_survey::follows_discharge)))
        // What the client was told of, or has begun to answer, runs its course.
        .filter(|packet| !packet.is_after_discharge() || (packet.sent_at.is_none() && packet.started_at.is_none()))
        .map(|packet| Change::Withdraw { packet: packet.id.clone(), reason: WithdrawReason::Discharged })
        .collect();
    for one in wanted {
        settle(one, situation, &mut changes);
    }
    changes
}

fn desired(situation: &Situation<'_>) -> Vec<Desired> {
    let episode = situation.episode;
    let Some(ended) = episode.discharged_at.filter(|_| episode.discharge_reason != Some(DischargeReason::Died)) else {
        return Vec::new();
    };
    let mut wanted = Vec::new();
    let lines = &situation.protocol.lines;
    let at_end = lines.iter().filter(|line| line.rhythm == Rhythm::Discharge);
    push(
        &mut wanted,
        situation,
        check_in("discharge".to_owned(), Occasion::Discharge, asked(situation, at_end), ended),
    );
    let months: BTreeSet<u32> = lines
        .iter()
        .filter_map(|line| match line.rhythm {
            Rhythm::FollowUp(months) => Some(months),
            _ => None,
        })
        .collect();
    for months in months {
        let of_it = lines.iter().filter(|line| line.rhythm == Rhythm::FollowUp(months));
        let Some(day) = day_of(ended, situation.zone).checked_add_months(Months::new(months)) else { continue };
        let at = at_minute(day, situation.settings.business_from_minute, situation.zone);
        push(
            &mut wanted,
            situation,
            check_in(format!("follow_up:{months}"), Occasion::FollowUp, asked(situation, of_it), at),
        );
    }
    wanted.retain(|one| one.send_at > situation.now - Duration::days(LATE_DAYS));
    wanted
}
