//! Files from other systems, brought in by a person: what they hold and where a run of one stands.

mod row;

pub use row::{AppointmentRow, ClientRow, ConsentAnswer, StaffRef};

use crate::text::text_enum;
use crate::{ImportRunId, Instant, StaffId};
use chrono::Duration;

/// For so long a run can be undone.
pub const UNDO: Duration = Duration::hours(1);

text_enum! {
    /// What a file holds.
    ImportKind {
        /// Clients.
        Clients = "clients",
        /// Appointments.
        Appointments = "appointments",
    }
}

text_enum! {
    /// Where a run stands.
    ImportState {
        /// The file is here; nothing was changed.
        Uploaded = "uploaded",
        /// Its rows are being taken over.
        Applying = "applying",
        /// Its rows are taken over.
        Applied = "applied",
        /// It is being taken back.
        Undoing = "undoing",
        /// It was taken back.
        Undone = "undone",
    }
}

text_enum! {
    /// One thing that a run did.
    ImportChange {
        /// A client was taken in.
        ClientCreated = "client_created",
        /// A known client's data were brought up to date.
        ClientChanged = "client_changed",
        /// A consent decision was recorded.
        ConsentCreated = "consent_created",
        /// A course of therapy began with an appointment.
        EpisodeBegun = "episode_begun",
        /// An appointment was made.
        AppointmentCreated = "appointment_created",
        /// A known appointment moved or was recorded.
        AppointmentChanged = "appointment_changed",
    }
}

text_enum! {
    /// How a date with slashes is meant.
    DayOrder {
        /// Only where it is clear.
        Unknown = "unknown",
        /// Month first.
        MonthFirst = "month_first",
        /// Day first.
        DayFirst = "day_first",
    }
}

/// One run of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Id.
    pub id: ImportRunId,
    /// What the file holds.
    pub kind: ImportKind,
    /// Where it stands.
    pub state: ImportState,
    /// When the file came.
    pub uploaded_at: Instant,
    /// Who brought it.
    pub uploaded_by: StaffId,
    /// When its rows were taken over.
    pub applied_at: Option<Instant>,
    /// Rows that were new.
    pub created: i64,
    /// Rows that brought known ones up to date.
    pub changed: i64,
    /// Rows that could not be used.
    pub rejected: i64,
    /// What an undo left as it is.
    pub kept: i64,
    /// The last line of the file that was gone through; the counts are those up to it.
    pub done: i64,
    /// The last line of the file that can be used; none before the first batch.
    pub total: Option<i64>,
}

impl ImportRun {
    /// Whether it can be taken back now.
    pub fn can_be_undone(&self, now: Instant) -> bool {
        self.state == ImportState::Undoing
            || self.state == ImportState::Applied && self.applied_at.is_some_and(|at| now - at < UNDO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_an_hour() {
        let at: Instant = "2026-03-10T17:00:00Z".parse().expect("an instant");
        let run = ImportRun {
            id: ImportRunId::from_text("r"),
            kind: ImportKind::Clients,
            state: ImportState::Applied,
            uploaded_at: at,
            uploaded_by: StaffId::from_text("s"),
            applied_at: Some(at),
            created: 1,
            changed: 0,
            rejected: 0,
            kept: 0,
            done: 1,
            total: Some(1),
        };
        assert!(run.can_be_undone(at + Duration::minutes(59)));
        assert!(!run.can_be_undone(at + Duration::minutes(60)));
        assert!(ImportRun { state: ImportState::Undoing, ..run.clone() }.can_be_undone(at + Duration::hours(9)));
        assert!(!ImportRun { state: ImportState::Undone, ..run }.can_be_undone(at));
    }
}
