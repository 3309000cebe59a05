//! Everything that is done in the background.

use crate::{EpisodeId, ImportRunId, PracticeId, ReasonId, StaffId};
use serde::{Deserialize, Serialize};

/// One job. The enum is the whole list; a job carries ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Sends the messages that are due, claimed a batch at a time.
    Dispatch,
    /// Sends the messages to staff that are due, in the lane that waits for nothing else.
    Alert,
    /// Plans or re-plans the check-ins of an episode.
    Plan {
        /// Practice.
        practice: PracticeId,
        /// Episode.
        episode: EpisodeId,
    },
    /// The same for several episodes together.
    PlanSeveral {
        /// Practice.
        practice: PracticeId,
        /// Episodes.
        episodes: Vec<EpisodeId>,
    },
    /// Takes the ladder of a risk reason one tier up if nobody has acknowledged it.
    Escalate {
        /// Practice.
        practice: PracticeId,
        /// Reason.
        reason: ReasonId,
    },
    /// Passes on the open cases of whoever is away from today on, and gives back those of whoever is there again.
    Leave {
        /// Practice.
        practice: PracticeId,
    },
    /// Puts the protocol versions in force whose day has come.
    BeginProtocols {
        /// Practice.
        practice: PracticeId,
    },
    /// Goes on with a file that is being brought in or taken back.
    Import {
        /// Practice.
        practice: PracticeId,
        /// The run of the file.
        run: ImportRunId,
        /// Who asked for it.
        by: StaffId,
    },
    /// Looks whether clients are back on track after their cases were closed.
    Verify,
    /// Ends check-ins whose time has passed and looks for silence.
    Expire,
    /// Finds due rows that have no living job, and risk answers without a case (there must be none).
    Sweep,
    /// Asks the provider about messages whose outcome is unknown.
    Reconcile,
    /// Plans ahead for every open episode.
    PlanAhead,
    /// Fits the growth models of every practice anew and measures its rules on its closed courses.
    Refit,
    /// Deletes what has served: done jobs, old sessions, throttles, tokens of finished messages.
    Tidy,
}

impl Job {
    /// The queue it waits in. Alerts have a worker of their own.
    pub const fn queue(&self) -> Queue {
        match self {
            Self::Escalate { .. } | Self::Alert | Self::Leave { .. } => Queue::Alert,
            _ => Queue::Main,
        }
    }

    /// The stable text under which it is stored and counted.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Alert => "alert",
            Self::Plan { .. } => "plan",
            Self::PlanSeveral { .. } => "plan_several",
            Self::Escalate { .. } => "escalate",
            Self::Leave { .. } => "leave",
            Self::BeginProtocols { .. } => "begin_protocols",
            Self::Import { .. } => "import",
            Self::Verify => "verify",
            Self::Expire => "expire",
            Self::Sweep => "sweep",
            Self::Reconcile => "reconcile",
            Self::PlanAhead => "plan_ahead",
            Self::Refit => "refit",
            Self::Tidy => "tidy",
        }
    }
}

crate::text::text_enum! {
    /// The two lanes.
    Queue {
        /// Risk: never behind anything else.
        Alert = "alert",
        /// Everything else.
        Main = "main",
    }
}
