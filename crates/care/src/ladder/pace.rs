//! How fast a ladder is climbed, by the kind of its reason. A practice may have danger, and what a person must read, called about
//! sooner than the program comes with, never later; about the rest it decides.

use crate::case::ReasonLevel;
use crate::practice::Settings;
use crate::response::Rule;
use crate::text::text_enum;
use chrono::Duration;

/// Minutes to backup, supervisors and on-call person about danger, in working hours, as the program comes.
pub const IN_HOURS: [u32; 3] = [60, 90, 120];
/// The same outside working hours.
pub const AFTER_HOURS: [u32; 3] = [240, 270, 300];
/// Minutes between calls of the last tier, as the program comes.
pub const REPEAT: u32 = 15;
/// Hours until the supervisors are told of what is not about danger, as the program comes.
pub const SUPERVISORS: u32 = 48;

text_enum! {
    /// The kinds of reasons that a practice has a ladder of its own for.
    Kind {
        /// Danger, and nobody may wait.
        Urgent = "urgent",
        /// Danger that is to be reviewed by a day.
        Review = "review",
        /// What a person must read, though no rule calls it danger: words, and answers that could not be judged.
        Read = "read",
        /// A course that does not go as it should.
        OffTrack = "off_track",
        /// Check-ins that were missed.
        Missed = "missed",
    }
}

impl Kind {
    /// The kind of a reason.
    pub const fn of(rule: Rule, level: ReasonLevel) -> Self {
        match (rule, level) {
            (Rule::RiskItem, ReasonLevel::Urgent) => Self::Urgent,
            (Rule::RiskItem, ReasonLevel::Review | ReasonLevel::Routine) => Self::Review,
            (Rule::RiskUnknown | Rule::RiskPhrase | Rule::Amendment | Rule::ScoringFailed, _) => Self::Read,
            (Rule::Silence, _) => Self::Missed,
            (
                Rule::ReliableDeterioration
                | Rule::WorseThanBest
                | Rule::NoImprovement
                | Rule::ProbableBadEnd
                | Rule::OutsideBandTwice
                | Rule::LittleChange
                | Rule::TwoRises
                | Rule::WorstEver
                | Rule::Ceiling
                | Rule::AllianceDrop,
                _,
            ) => Self::OffTrack,
        }
    }

    /// Whether it is called about again and again until somebody takes it up.
    pub const fn is_danger(self) -> bool {
        matches!(self, Self::Urgent | Self::Review)
    }
}

/// The practice's minutes where they are sooner than those the program comes with, which hold otherwise. Never decreasing.
fn sooner(own: [u32; 3], shipped: [u32; 3]) -> [u32; 3] {
    let [first, second, third] = [0, 1, 2].map(|tier| own[tier].min(shipped[tier]));
    [first, first.max(second), first.max(second).max(third)]
}

/// Minutes from the start of a ladder about danger to backup, supervisors and on-call person, in working hours and outside them. A
/// review goes by those of urgent reasons where the practice has set none for it.
pub fn tiers(kind: Kind, settings: &Settings) -> ([u32; 3], [u32; 3]) {
    let (in_hours, after_hours) = match kind {
        Kind::Urgent => (None, None),
        Kind::Review | Kind::Read | Kind::OffTrack | Kind::Missed => {
            (settings.review_in_hours, settings.review_after_hours)
        }
    };
    (
        sooner(in_hours.unwrap_or(settings.ladder_in_hours), IN_HOURS),
        sooner(after_hours.unwrap_or(settings.ladder_after_hours), AFTER_HOURS),
    )
}

/// Minutes between calls of the last tier about danger.
pub fn repeat(settings: &Settings) -> u32 {
    settings.ladder_repeat.clamp(1, REPEAT)
}

/// Hours until the supervisors are told of a reason of which they are not told at once. Of missed check-ins and of what a person
/// must read the practice says it as of a course off track where it has set nothing for them.
pub fn supervisors_after(kind: Kind, settings: &Settings) -> u32 {
    let off_track = settings.off_track_supervisor_after_hours;
    match kind {
        Kind::OffTrack => off_track,
        Kind::Missed => settings.missed_supervisor_after_hours.unwrap_or(off_track),
        Kind::Urgent | Kind::Review | Kind::Read => {
            settings.read_supervisor_after_hours.unwrap_or(off_track).min(SUPERVISORS)
        }
    }
}

/// How long after its due date backup and supervisors hear that nobody has taken a reason up that is not about danger.
pub(super) fn overdue_after(kind: Kind, settings: &Settings) -> Duration {
    let hours = match kind {
        Kind::OffTrack => settings.off_track_overdue_after_hours,
        Kind::Missed => settings.missed_overdue_after_hours,
        Kind::Urgent | Kind::Review | Kind::Read => 0,
    };
    Duration::hours(i64::from(hours))
}
