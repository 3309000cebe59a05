//! What was done about danger before a risk reason is brought to an end, and whether it fits the outcome chosen.

use super::Disposition;
use crate::text::text_enum;

text_enum! {
    /// How the client was reached.
    Contacted {
        /// Face to face.
        InPerson = "in_person",
        /// On the telephone.
        Phone = "phone",
        /// By video.
        Video = "video",
        /// Not the client, but somebody who is with them.
        OtherPerson = "other_person",
        /// Nobody was reached; the attempts are in the note.
        NotReached = "not_reached",
    }
}

text_enum! {
    /// What the Columbia screener (C-SSRS) came to, as triaged by the person who asked it. Its wording is not ours.
    Screener {
        /// Not asked.
        NotDone = "not_done",
        /// Every question answered with no.
        Negative = "negative",
        /// Low risk.
        Low = "low",
        /// Moderate risk.
        Moderate = "moderate",
        /// High risk.
        High = "high",
    }
}

text_enum! {
    /// The safety plan.
    SafetyPlan {
        /// Made now.
        Made = "made",
        /// One that was there was gone through and renewed.
        Renewed = "renewed",
        /// One is there and was left as it is.
        InPlace = "in_place",
        /// None.
        NotMade = "not_made",
    }
}

text_enum! {
    /// The emergency contact.
    EmergencyContact {
        /// Told, as far as consent or the danger allows.
        Informed = "informed",
        /// Tried and not reached.
        NotReached = "not_reached",
        /// Did not have to be told.
        NotNeeded = "not_needed",
        /// There is none on file.
        NoneOnFile = "none_on_file",
    }
}

text_enum! {
    /// Where the client was referred.
    Referral {
        /// Nowhere.
        None = "none",
        /// A crisis service.
        CrisisService = "crisis_service",
        /// A higher level of care.
        HigherCare = "higher_care",
        /// An emergency department or emergency services.
        EmergencyDepartment = "emergency_department",
        /// Elsewhere, as the note says.
        Other = "other",
    }
}

/// What was done. Choices only; the words are in the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assessment {
    /// How the client was reached.
    pub contact: Contacted,
    /// What the screener came to.
    pub screener: Screener,
    /// The safety plan.
    pub safety_plan: SafetyPlan,
    /// The emergency contact.
    pub emergency_contact: EmergencyContact,
    /// Where the client was referred.
    pub referral: Referral,
}

text_enum! {
    /// A part of the assessment that does not fit the outcome. The text is the field's name in the form.
    Unfit {
        /// Whether and how the client was reached.
        Contact = "contact",
        /// The screener.
        Screener = "screener",
        /// The safety plan.
        SafetyPlan = "safety_plan",
        /// The referral.
        Referral = "referral",
    }
}

impl Assessment {
    /// What does not fit the outcome; empty when the reason may be brought to an end with it.
    ///
    /// - *Could not be reached* is for a client who was not reached, and every other outcome for one who was, or whose
    ///   people were.
    /// - *No acute danger* needs the screener, at low at most.
    /// - *Safety plan* needs one made or renewed.
    /// - *Higher care* and *emergency services* need the referral that says where.
    /// - After a moderate or high screener something was done: a safety plan or a referral.
    pub fn unfit_for(&self, disposition: Disposition) -> Vec<Unfit> {
        let mut unfit = Vec::new();
        let was_reached = self.contact != Contacted::NotReached;
        if was_reached == (disposition == Disposition::Unreachable) {
            unfit.push(Unfit::Contact);
        }
        let has_plan = matches!(self.safety_plan, SafetyPlan::Made | SafetyPlan::Renewed);
        let is_graver = matches!(self.screener, Screener::Moderate | Screener::High);
        match disposition {
            Disposition::AssessedSafe => {
                if !matches!(self.screener, Screener::Negative | Screener::Low) {
                    unfit.push(Unfit::Screener);
                }
            }
            Disposition::SafetyPlan => {
                if !has_plan {
                    unfit.push(Unfit::SafetyPlan);
                }
            }
            Disposition::HigherCare => {
                if !matches!(
                    self.referral,
                    Referral::CrisisService | Referral::HigherCare | Referral::EmergencyDepartment
                ) {
                    unfit.push(Unfit::Referral);
                }
            }
            Disposition::Emergency => {
                if self.referral != Referral::EmergencyDepartment {
                    unfit.push(Unfit::Referral);
                }
            }
            Disposition::Unreachable => {}
        }
        if is_graver && !has_plan && self.referral == Referral::None && !unfit.contains(&Unfit::SafetyPlan) {
            unfit.push(Unfit::SafetyPlan);
        }
        unfit
    }
}
