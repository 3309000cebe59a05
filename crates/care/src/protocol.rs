//! What is asked, and how often.

use crate::text::text_enum;
use crate::{Instant, ProtocolId};
use serde::{Deserialize, Serialize};

/// One version of a protocol. A published version never changes; an episode belongs to a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protocol {
    /// Id of this version.
    pub id: ProtocolId,
    /// Name, the same for all its versions.
    pub name: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// Which instruments, when.
    pub lines: Vec<Line>,
    /// Whether new episodes take it.
    pub state: ProtocolState,
    /// When it was published.
    pub created_at: Instant,
}

text_enum! {
    /// Whether new episodes take a protocol version.
    ProtocolState {
        /// New episodes take it.
        Current = "current",
        /// It governs the episodes that have it, and no new ones.
        Retired = "retired",
    }
}

/// One instrument on one rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Instrument id.
    pub instrument: String,
    /// When it is asked.
    pub rhythm: Rhythm,
}

/// When an instrument is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "when", content = "weeks")]
pub enum Rhythm {
    /// With the first check-in of an episode.
    Intake,
    /// Before every session.
    BeforeSession,
    /// After every session.
    AfterSession,
    /// Every so many weeks, with the check-in before the nearest session where there is one.
    EveryWeeks(u32),
}
