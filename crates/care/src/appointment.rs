//! Appointments.

use crate::text::text_enum;
use crate::{AppointmentId, ClientId, EpisodeId, Instant, SiteId, StaffId};

text_enum! {
    /// Where an appointment stands.
    AppointmentState {
        /// To come.
        Scheduled = "scheduled",
        /// The session took place.
        Attended = "attended",
        /// Cancelled in time.
        Cancelled = "cancelled",
        /// Cancelled less than 24 hours before.
        LateCancelled = "late_cancelled",
        /// The client did not come.
        NoShow = "no_show",
    }
}

impl AppointmentState {
    /// Whether the session takes place or took place, so that its check-ins make sense.
    pub const fn is_on(self) -> bool {
        matches!(self, Self::Scheduled | Self::Attended)
    }
}

/// One appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Id.
    pub id: AppointmentId,
    /// With whom.
    pub client_id: ClientId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// By whom.
    pub clinician_id: StaffId,
    /// Where.
    pub site_id: SiteId,
    /// Start.
    pub starts_at: Instant,
    /// End.
    pub ends_at: Instant,
    /// Where it stands.
    pub state: AppointmentState,
}
