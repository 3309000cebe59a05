//! The ids of everything that has one.

use crate::text::ids;
use crate::{Clock, Entropy};

ids! {
    /// A practice: the tenant. Every table's key begins with it.
    PracticeId,
    /// A place where the practice works, with its own time zone.
    SiteId,
    /// A person who works at the practice.
    StaffId,
    /// A signed-in browser of a staff member.
    SessionId,
    /// A supervisor's time-bounded responsibility for a clinician.
    SupervisionId,
    /// A clinician's time-bounded responsibility for an episode.
    AssignmentId,
    /// A person in therapy.
    ClientId,
    /// One consent decision of a client, for a channel and a purpose.
    ConsentId,
    /// One course of therapy, from start to discharge.
    EpisodeId,
    /// One appointment of an episode.
    AppointmentId,
    /// One version of a protocol.
    ProtocolId,
    /// A decision that one client is asked something else than the protocol says.
    ProtocolExceptionId,
    /// A move of an episode to another version of its protocol.
    ProtocolChangeId,
    /// One check-in: the questionnaires asked together on one occasion.
    PacketId,
    /// One browser that opened a packet.
    DeviceId,
    /// One submitted set of answers.
    ResponseId,
    /// One computed score.
    ScoreId,
    /// One finding of a detection rule.
    SignalId,
    /// A work item that ends in a recorded decision.
    CaseId,
    /// One reason for a case.
    ReasonId,
    /// One recorded step in a case's life.
    StepId,
    /// One message to a client or a staff member on one channel.
    MessageId,
    /// One version of a practice's own words for a message.
    MessageTemplateId,
    /// A tablet in a waiting room.
    KioskId,
    /// One job for the background.
    JobId,
    /// One task for the front desk.
    TaskId,
    /// One crisis resource shown to clients.
    CrisisResourceId,
    /// One recorded licence for an instrument.
    LicenceId,
    /// One goal of a client, in one wording.
    GoalId,
    /// Somebody close to a client who is asked about them.
    CollateralId,
    /// One questionnaire about a client that somebody else answered.
    RaterFormId,
    /// One questionnaire about a client that somebody else is to answer.
    RaterRequestId,
    /// Two records of one client made into one.
    MergeId,
    /// A request to erase a record.
    ErasureId,
    /// One programme or payer of the practice.
    PlacementId,
    /// One run of a file from another system.
    ImportRunId,
    /// Days on which a person is away.
    LeaveId,
    /// One turn of the after-hours rota.
    DutyId,
    /// One change of a client's plan.
    PlanChangeId,
    /// A clinician's wish to talk about a client in supervision.
    DiscussFlagId,
    /// One revision of the rules of detection.
    DetectionRulesId,
    /// What a client wrote once in their own words.
    OwnWordsId,
    /// One supervision meeting.
    MeetingId,
    /// One decision made in a supervision meeting.
    MeetingDecisionId,
    /// Getting in touch with a client who missed sessions.
    OutreachId,
    /// One try of it.
    OutreachTryId,
    /// One decision on how many clients a clinician takes.
    CapacityId,
    /// A time in which a clinician takes nobody new.
    IntakePauseId,
    /// One client more than the caps allow.
    CapacityOverrideId,
    /// One decision on a payer's part of the clients.
    PayerTargetId,
    /// One change that a practice tries.
    ExperimentId,
    /// A filter that a person keeps.
    SavedViewId,
    /// A new referral that was given back.
    DeclineId,
}

/// The text of a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then randomness.
pub(crate) fn uuid_v7(clock: &dyn Clock, entropy: &dyn Entropy) -> String {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().hyphenated().to_string()
}
