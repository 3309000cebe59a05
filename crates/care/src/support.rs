//! What may stand in the way when a course is off track: the domains of the support check, and what a supervisor goes
//! through with the clinician. The statements and the thresholds are the instrument file's.

use crate::text::text_enum;

/// The instrument that asks for them.
pub const INSTRUMENT: &str = "support-check";

text_enum! {
    /// What is asked about; each is a scale of the instrument.
    Domain {
        /// Working together.
        Alliance = "alliance",
        /// Motivation and readiness.
        Motivation = "motivation",
        /// Support from others.
        SocialSupport = "social_support",
        /// Life events.
        LifeEvents = "life_events",
        /// Practical barriers.
        Barriers = "barriers",
        /// Medication and other treatment.
        Medication = "medication",
    }
}

text_enum! {
    /// What a supervisor goes through with the clinician of a case.
    CheckItem {
        /// The answers were read together.
        AnswersRead = "answers_read",
        /// Danger was asked about, whatever the answers said.
        RiskAsked = "risk_asked",
        /// The domains of the support check were gone through.
        DomainsSeen = "domains_seen",
        /// The formulation and the plan were looked at.
        PlanSeen = "plan_seen",
        /// It is clear what is raised with the client, and how.
        WordsFound = "words_found",
        /// The next step has a person and a day.
        NextStep = "next_step",
    }
}
