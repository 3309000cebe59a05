//! How many clients a clinician takes: caps, a pause of the intake, the mix of payers, and who could take a new referral.
//!
//! Nobody is ranked and nobody's clients are moved: what is suggested is about new referrals only.

use crate::text::text_enum;
use crate::{CapacityId, CapacityOverrideId, EpisodeId, Instant, PlacementId, StaffId};
use serde::Deserialize;

text_enum! {
    /// What a cap is on.
    Cap {
        /// Clients.
        Clients = "clients",
        /// Sessions of one week.
        Sessions = "sessions",
        /// Sum of the acuity weights.
        Weight = "weight",
    }
}

/// The most a clinician takes; none of them where there is no cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    /// Clients.
    pub clients: Option<i64>,
    /// Sessions of one week.
    pub sessions: Option<i64>,
    /// Sum of the acuity weights.
    pub weight: Option<i64>,
}

impl Caps {
    /// One of them.
    pub const fn of(&self, cap: Cap) -> Option<i64> {
        match cap {
            Cap::Clients => self.clients,
            Cap::Sessions => self.sessions,
            Cap::Weight => self.weight,
        }
    }
}

/// A decision on the caps of a clinician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// Id.
    pub id: CapacityId,
    /// Whose.
    pub clinician_id: StaffId,
    /// What was decided.
    pub caps: Caps,
    /// When.
    pub set_at: Instant,
    /// By whom.
    pub set_by: StaffId,
    /// When the next one was made; none where it holds.
    pub replaced_at: Option<Instant>,
}

/// What a clinician has now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Clients in a course of therapy.
    pub clients: i64,
    /// Of them with an open case without danger in it.
    pub cases: i64,
    /// Of them with an answer about danger that nobody has disposed of.
    pub risks: i64,
    /// Sessions of this week, taken place or booked.
    pub sessions: i64,
}

/// Acuity weights, as data with their source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Where they come from.
    pub source: String,
    /// When they were written down.
    pub dated: String,
    /// A client without an open case.
    pub steady: i64,
    /// With an open case.
    pub case: i64,
    /// With an answer about danger that nobody has disposed of.
    pub risk: i64,
}

impl Weights {
    /// The weights of this program.
    pub fn usual() -> Self {
        serde_json::from_str(include_str!("../data/acuity_weights.json"))
            .expect("the file is part of the program, and a test reads it")
    }
}

impl Load {
    /// The sum of the acuity weights.
    pub const fn weight(&self, weights: &Weights) -> i64 {
        (self.clients - self.cases - self.risks) * weights.steady
            + self.cases * weights.case
            + self.risks * weights.risk
    }

    /// What counts against a cap.
    pub const fn of(&self, cap: Cap, weights: &Weights) -> i64 {
        match cap {
            Cap::Clients => self.clients,
            Cap::Sessions => self.sessions,
            Cap::Weight => self.weight(weights),
        }
    }

    /// The caps that are reached: one client more would be over them.
    pub fn reached(&self, caps: &Caps, weights: &Weights) -> Vec<Cap> {
        let is_reached = |cap: &Cap| caps.of(*cap).is_some_and(|most| self.of(*cap, weights) >= most);
        Cap::ALL.iter().copied().filter(is_reached).collect()
    }
}

/// What the owner has asked for beyond the caps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Id.
    pub id: CapacityOverrideId,
    /// Of whom.
    pub clinician_id: StaffId,
    /// By whom.
    pub granted_by: StaffId,
    /// When.
    pub granted_at: Instant,
    /// For which course it has served.
    pub used_for: Option<EpisodeId>,
}

/// A part of the clients that one payer should pay for at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerTarget {
    /// Who pays.
    pub payer_id: PlacementId,
    /// In percent.
    pub at_most: i64,
}

/// How many of a clinician's clients a payer pays for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerPart {
    /// Whose.
    pub clinician_id: StaffId,
    /// Who pays; none where nothing is recorded.
    pub payer_id: Option<PlacementId>,
    /// Clients.
    pub clients: i64,
}

impl PayerTarget {
    /// Whether so many of so many are over it.
    pub const fn is_over(&self, paid: i64, clients: i64) -> bool {
        clients > 0 && paid * 100 > self.at_most * clients
    }
}

/// Of fewer clients than this a payer's part says nothing: of one client it is all or nothing.
pub const MIX_FROM: i64 = 5;

text_enum! {
    /// Whether a clinician could take a new referral.
    Fit {
        /// Yes.
        Fits = "fits",
        /// They gave it back.
        Declined = "declined",
        /// They take nobody new for now.
        Paused = "paused",
        /// A cap is reached.
        Full = "full",
        /// One more client of the payer would be over its target.
        OverPayer = "over_payer",
        /// They are away.
        Away = "away",
    }
}

/// A clinician, seen from a new referral.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// What they have.
    pub load: Load,
    /// What they take at most.
    pub caps: Caps,
    /// When they gave this referral back.
    pub declined: Option<Instant>,
    /// Since when they take nobody new.
    pub paused: Option<Instant>,
    /// Until when they are away.
    pub away: Option<chrono::NaiveDate>,
    /// The target of the referral's payer, and how many of their clients it pays for.
    pub payer: Option<(&'a PayerTarget, i64)>,
}

impl Candidate<'_> {
    /// Whether they could take it. The first thing that stands in the way is said.
    pub fn fit(&self, weights: &Weights) -> Fit {
        let clients = self.load.clients + 1;
        let over = |(target, paid): (&PayerTarget, i64)| clients >= MIX_FROM && target.is_over(paid + 1, clients);
        if self.declined.is_some() {
            Fit::Declined
        } else if self.away.is_some() {
            Fit::Away
        } else if self.paused.is_some() {
            Fit::Paused
        } else if !self.load.reached(&self.caps, weights).is_empty() {
            Fit::Full
        } else if self.payer.is_some_and(over) {
            Fit::OverPayer
        } else {
            Fit::Fits
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(clients: i64) -> Candidate<'static> {
        Candidate {
            load: Load { clients, ..Load::default() },
            caps: Caps { clients: Some(25), ..Caps::default() },
            declined: None,
            paused: None,
            away: None,
            payer: None,
        }
    }

    #[test]
    fn k5_whoever_gave_a_referral_back_is_not_suggested_for_it_again() {
        let declined = Candidate { declined: Some(Instant::default()), ..candidate(3) };
        assert_eq!(declined.fit(&Weights::usual()), Fit::Declined);
        assert_eq!(candidate(3).fit(&Weights::usual()), Fit::Fits, "for any other");
    }

    #[test]
    fn k5_at_twenty_four_of_twenty_five_there_is_room_until_the_intake_is_paused() {
        let weights = Weights::usual();
        assert_eq!(candidate(24).fit(&weights), Fit::Fits);
        assert_eq!(Candidate { paused: Some(Instant::default()), ..candidate(24) }.fit(&weights), Fit::Paused);
        assert_eq!(candidate(25).fit(&weights), Fit::Full);
        let heavy = Load { clients: 10, cases: 3, risks: 2, sessions: 20 };
        assert_eq!(heavy.weight(&weights), 5 + 6 + 6);
        let caps = Caps { clients: Some(25), sessions: Some(20), weight: Some(17) };
        assert_eq!(heavy.reached(&caps, &weights), [Cap::Sessions, Cap::Weight]);
    }

    #[test]
    fn o5_over_the_target_no_further_client_of_the_payer_is_suggested() {
        let weights = Weights::usual();
        let target = PayerTarget { payer_id: PlacementId::from_text("y"), at_most: 60 };
        // 14 of 18 are 78 %.
        assert!(target.is_over(14, 18));
        let mixed = Candidate { payer: Some((&target, 14)), ..candidate(18) };
        assert_eq!(mixed.fit(&weights), Fit::OverPayer);
        assert_eq!(candidate(18).fit(&weights), Fit::Fits, "of another payer");
        let first = Candidate { payer: Some((&target, 0)), ..candidate(0) };
        assert_eq!(first.fit(&weights), Fit::Fits, "the first client is always all of them");
        assert!(!target.is_over(6, 10) && target.is_over(7, 11));
        assert_eq!(
            Candidate { payer: Some((&target, 5)), ..candidate(9) }.fit(&weights),
            Fit::Fits,
            "60 % is not over 60 %"
        );
    }
}
