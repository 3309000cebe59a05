//! Getting in touch with clients who missed two sessions running: when it is called for, what may come of it, when it is over.

use crate::appointment::{Appointment, AppointmentState};
use crate::text::text_enum;
use crate::{AppointmentId, ClientId, EpisodeId, Instant, OutreachId, OutreachTryId, StaffId};

/// So many missed sessions running call for it.
pub const RUNNING: usize = 2;

text_enum! {
    /// How it ended.
    OutreachOutcome {
        /// Spoken with; they come to the next session.
        Reached = "reached",
        /// They have another appointment.
        Rebooked = "rebooked",
        /// They want to pause.
        WantsBreak = "wants_break",
        /// The course of therapy has ended.
        Discharged = "discharged",
        /// Given up after several tries.
        NotReached = "not_reached",
        /// They came to a session meanwhile.
        Kept = "kept",
        /// A no-show was recorded by mistake.
        Corrected = "corrected",
    }
}

impl OutreachOutcome {
    /// What a person may record; the rest happens by itself.
    pub const BY_HAND: &'static [Self] =
        &[Self::Reached, Self::Rebooked, Self::WantsBreak, Self::Discharged, Self::NotReached];
}

text_enum! {
    /// What came of one try.
    TryResult {
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// A message was left, without saying what it is about.
        LeftMessage = "left_message",
        /// Written to.
        Wrote = "wrote",
    }
}

/// Somebody is to get in touch with a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outreach {
    /// Id.
    pub id: OutreachId,
    /// With whom.
    pub client_id: ClientId,
    /// In which course of therapy.
    pub episode_id: EpisodeId,
    /// The missed session that called for it.
    pub appointment_id: AppointmentId,
    /// Who. Always one person.
    pub owner_id: StaffId,
    /// Since when.
    pub raised_at: Instant,
    /// Until when.
    pub due_at: Instant,
    /// When it was over.
    pub closed_at: Option<Instant>,
    /// Who closed it; none where it closed by itself.
    pub closed_by: Option<StaffId>,
    /// How it ended.
    pub outcome: Option<OutreachOutcome>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutreachTry {
    /// Id.
    pub id: OutreachTryId,
    /// Of which outreach.
    pub outreach_id: OutreachId,
    /// When.
    pub at: Instant,
    /// Who tried.
    pub by_id: StaffId,
    /// What came of it.
    pub result: TryResult,
}

/// The missed sessions at the end of what is recorded, earliest first. A session that took place ends a run; one that was
/// cancelled, in time or late, neither ends it nor counts.
pub fn missed_running(appointments: &[Appointment]) -> Vec<&Appointment> {
    let mut recorded: Vec<&Appointment> = appointments
        .iter()
        .filter(|one| matches!(one.state, AppointmentState::Attended | AppointmentState::NoShow))
        .collect();
    recorded.sort_by(|one, other| (one.starts_at, &one.id).cmp(&(other.starts_at, &other.id)));
    let after = recorded.iter().rposition(|one| one.state == AppointmentState::Attended).map_or(0, |place| place + 1);
    recorded.split_off(after)
}

/// What has to happen now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Nothing,
    /// Raise one, because of this missed session.
    Raise(AppointmentId),
    /// Close the open one.
    Close(OutreachOutcome),
}

/// Decides from the appointments of an open course and the latest outreach in it. Deciding again after the step was taken says
/// nothing: a run of missed sessions raises one, and once that is closed only a later no-show raises another.
pub fn step(appointments: &[Appointment], latest: Option<&Outreach>) -> Step {
    let run = missed_running(appointments);
    let Some(last) = run.last().filter(|_| run.len() >= RUNNING) else {
        let Some(open) = latest.filter(|one| one.closed_at.is_none()) else { return Step::Nothing };
        let missed = appointments.iter().find(|one| one.id == open.appointment_id);
        let came = missed.filter(|one| one.state == AppointmentState::NoShow).is_some_and(|missed| {
            let after =
                |one: &&Appointment| one.state == AppointmentState::Attended && one.starts_at > missed.starts_at;
            appointments.iter().any(|one| after(&one))
        });
        return Step::Close(if came { OutreachOutcome::Kept } else { OutreachOutcome::Corrected });
    };
    match latest {
        None => Step::Raise(last.id.clone()),
        Some(one) => match one.closed_at {
            Some(closed) if closed < last.starts_at => Step::Raise(last.id.clone()),
            // The run it was about may be another one by now: the client came in between.
            Some(_)
                if !run.iter().any(|missed| missed.id == one.appointment_id) && one.raised_at < run[0].starts_at =>
            {
                Step::Raise(last.id.clone())
            }
            _ => Step::Nothing,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AppointmentState::{Attended, Cancelled, LateCancelled, NoShow, Scheduled};
    use chrono::{Duration, TimeZone, Utc};

    fn at(day: i64) -> Instant {
        Utc.with_ymd_and_hms(2026, 3, 2, 22, 0, 0).single().expect("an instant") + Duration::days(day)
    }

    fn weeks(states: &[AppointmentState]) -> Vec<Appointment> {
        states
            .iter()
            .zip(0_i64..)
            .map(|(state, week)| Appointment {
                id: AppointmentId::from_text(format!("a{week}")),
                client_id: ClientId::from_text("c"),
                episode_id: EpisodeId::from_text("e"),
                clinician_id: StaffId::from_text("s"),
                site_id: crate::SiteId::from_text("n"),
                starts_at: at(7 * week),
                ends_at: at(7 * week) + Duration::minutes(50),
                state: *state,
            })
            .collect()
    }

    fn outreach(about: &str, raised: i64, closed: Option<i64>) -> Outreach {
        Outreach {
            id: OutreachId::from_text("o"),
            client_id: ClientId::from_text("c"),
            episode_id: EpisodeId::from_text("e"),
            appointment_id: AppointmentId::from_text(about),
            owner_id: StaffId::from_text("s"),
            raised_at: at(raised),
            due_at: at(raised + 1),
            closed_at: closed.map(at),
            closed_by: None,
            outcome: closed.map(|_| OutreachOutcome::Reached),
        }
    }

    #[test]
    fn two_running_raise_one_and_only_one() {
        assert_eq!(step(&weeks(&[Attended, NoShow, Scheduled]), None), Step::Nothing);
        assert_eq!(step(&weeks(&[NoShow, Attended, NoShow]), None), Step::Nothing);
        let raised = weeks(&[Attended, NoShow, Cancelled, LateCancelled, NoShow, Scheduled]);
        assert_eq!(
            step(&raised, None),
            Step::Raise(AppointmentId::from_text("a4")),
            "what was cancelled does not come between"
        );
        assert_eq!(step(&raised, Some(&outreach("a4", 28, None))), Step::Nothing);
        assert_eq!(step(&raised, Some(&outreach("a4", 28, Some(29)))), Step::Nothing, "a person has closed it");
    }

    #[test]
    fn a_session_that_was_kept_closes_it_and_so_does_a_mistake() {
        let open = outreach("a1", 7, None);
        assert_eq!(step(&weeks(&[NoShow, NoShow, Attended]), Some(&open)), Step::Close(OutreachOutcome::Kept));
        assert_eq!(step(&weeks(&[NoShow, Attended]), Some(&open)), Step::Close(OutreachOutcome::Corrected));
        assert_eq!(step(&weeks(&[NoShow, Scheduled]), Some(&open)), Step::Close(OutreachOutcome::Corrected));
        assert_eq!(step(&weeks(&[Attended, NoShow]), Some(&open)), Step::Close(OutreachOutcome::Corrected));
    }

    #[test]
    fn a_third_no_show_raises_another_only_once_the_first_is_closed() {
        let third = weeks(&[NoShow, NoShow, NoShow]);
        assert_eq!(step(&third, Some(&outreach("a1", 7, None))), Step::Nothing);
        assert_eq!(step(&third, Some(&outreach("a1", 7, Some(9)))), Step::Raise(AppointmentId::from_text("a2")));
        // A new run after sessions that were kept, recorded late.
        let again = weeks(&[NoShow, NoShow, Attended, NoShow, NoShow]);
        assert_eq!(step(&again, Some(&outreach("a1", 7, Some(40)))), Step::Raise(AppointmentId::from_text("a4")));
        assert_eq!(step(&again, Some(&outreach("a4", 41, Some(42)))), Step::Nothing);
    }
}
