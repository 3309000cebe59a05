//! Supervision: what a clinician wants to talk about, meetings with their decisions, and follow-ups.

use crate::{Context, Error, Problem, Result, access, audit};
use care::access::Viewer;
use care::staff::{Actor, Role};
use care::supervision::{DiscussFlag, Meeting, MeetingDecision, Topic};
use care::{ClientId, DiscussFlagId, EpisodeId, MeetingDecisionId, MeetingId, Phi, StaffId};
use chrono::NaiveDate;
use store::{Read, Tx};

/// The longest text of a decision or a note.
const LONGEST: usize = 2000;
/// No meeting is longer, in minutes.
const LONGEST_MEETING: i64 = 8 * 60;

/// Puts a client on the agenda of the next supervision.
pub async fn raise_flag(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    client: &ClientId,
    episode: &EpisodeId,
    note: Option<Phi<String>>,
) -> Result<()> {
    if note.as_ref().is_some_and(|note| note.text().chars().count() > LONGEST) {
        return Err(Error::invalid("discuss_note", "wrong-too-long"));
    }
    let flag = DiscussFlag {
        client_id: client.clone(),
        episode_id: episode.clone(),
        raised_by: by.clone(),
        raised_at: ctx.now(),
        note: note.filter(|note| !note.text().trim().is_empty()),
    };
    if !store::discuss::raise(tx, &ctx.id(DiscussFlagId::new), &flag).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &Actor::Staff(by.clone()), "discuss.raise", "client", client.as_str());
    Ok(())
}

/// Takes a client off the agenda again.
pub async fn clear_flag(
    tx: &mut Tx,
    ctx: &Context,
    by: &StaffId,
    client: &ClientId,
    episode: &EpisodeId,
) -> Result<()> {
    if !store::discuss::clear(tx, episode, by, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &Actor::Staff(by.clone()), "discuss.clear", "client", client.as_str());
    Ok(())
}

/// Who does what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Supervisor or clinician of the meeting.
    pub owner: StaffId,
    /// By which day.
    pub due_on: NaiveDate,
}

/// A decision to record.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// About whom.
    pub client: Option<ClientId>,
    /// Why the client was on the agenda.
    pub topic: Option<Topic>,
    /// The decision.
    pub text: Phi<String>,
    /// Who follows up, if somebody does.
    pub follow_up: Option<FollowUp>,
}

/// A meeting to record.
#[derive(Debug, Clone)]
pub struct NewMeeting {
    /// Whom it was with.
    pub clinician: StaffId,
    /// On which day.
    pub held_on: NaiveDate,
    /// How long, in minutes.
    pub minutes: i64,
    /// What was noted beside the decisions.
    pub note: Option<Phi<String>>,
    /// What was decided.
    pub decisions: Vec<NewDecision>,
}

/// Records a meeting of a supervisor with a clinician they supervise. Whoever was decided about leaves the list of those to
/// talk about. A problem with a decision is told with its position: `decision.2`.
pub async fn record(tx: &mut Tx, ctx: &Context, by: &Viewer, new: &NewMeeting) -> Result<MeetingId> {
    let today = access::today(tx, ctx).await?;
    if !supervises(tx, by, &new.clinician, new.held_on.min(today)).await? {
        return Err(Error::NotFound);
    }
    check(new, &by.staff_id, today)?;
    let meeting = Meeting {
        id: ctx.id(MeetingId::new),
        supervisor_id: by.staff_id.clone(),
        clinician_id: new.clinician.clone(),
        held_on: new.held_on,
        minutes: new.minutes,
        note: new.note.clone().filter(|note| !note.text().trim().is_empty()),
    };
    let assigned = store::assignment::episodes_of(tx, std::slice::from_ref(&new.clinician)).await?;
    let episode = |client: &ClientId| assigned.iter().find(|one| &one.episode.client_id == client);
    let mut decisions = Vec::new();
    for one in &new.decisions {
        // Only a client of this clinician is decided about here.
        let found = one.client.as_ref().map(|client| episode(client).ok_or(Error::NotFound)).transpose()?;
        if let Some(found) = found {
            store::discuss::clear(tx, &found.episode.id, &by.staff_id, ctx.now()).await?;
        }
        decisions.push(MeetingDecision {
            id: ctx.id(MeetingDecisionId::new),
            meeting_id: meeting.id.clone(),
            client_id: one.client.clone(),
            topic: one.topic,
            text: Phi::new(one.text.text().trim().to_owned()),
            owner_id: one.follow_up.as_ref().map(|follow| follow.owner.clone()),
            due_on: one.follow_up.as_ref().map(|follow| follow.due_on),
            done_at: None,
        });
    }
    store::meeting::insert(tx, &meeting, &decisions, &by.staff_id, ctx.now()).await?;
    let entry =
        audit::entry(ctx, &Actor::Staff(by.staff_id.clone()), "supervision.record", "staff", new.clinician.as_str());
    tx.audit(
        entry
            .with("meeting", meeting.id.as_str())
            .listing("clients", new.decisions.iter().filter_map(|one| one.client.as_ref()).map(ClientId::as_str)),
    );
    Ok(meeting.id)
}

fn check(new: &NewMeeting, supervisor: &StaffId, today: NaiveDate) -> Result<()> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut refuse = |field: String, key: &'static str| problems.push(Problem { field, key });
    if new.held_on > today {
        refuse("held_on".to_owned(), "wrong-date");
    }
    if !(1..=LONGEST_MEETING).contains(&new.minutes) {
        refuse("minutes".to_owned(), "wrong-number");
    }
    if new.note.as_ref().is_some_and(|note| note.text().chars().count() > LONGEST) {
        refuse("note".to_owned(), "wrong-too-long");
    }
    for (position, one) in new.decisions.iter().enumerate() {
        let length = one.text.text().trim().chars().count();
        if length == 0 || length > LONGEST {
            refuse(format!("decision.{position}"), if length == 0 { "wrong-required" } else { "wrong-too-long" });
        }
        if let Some(follow) = &one.follow_up {
            if &follow.owner != supervisor && follow.owner != new.clinician {
                refuse(format!("decision.{position}"), "wrong-choose");
            }
            if follow.due_on < new.held_on {
                refuse(format!("due.{position}"), "wrong-order");
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Whether the viewer supervises the clinician on the day.
pub async fn supervises(read: &mut Read, viewer: &Viewer, clinician: &StaffId, day: NaiveDate) -> Result<bool> {
    let is_supervisor = viewer.has(&[Role::Supervisor]);
    Ok(is_supervisor && store::supervision::supervisors_of(read, clinician, day).await?.contains(&viewer.staff_id))
}

/// Marks a follow-up done: its owner may, and the supervisor of the meeting.
pub async fn finish(tx: &mut Tx, ctx: &Context, by: &Viewer, id: &MeetingDecisionId) -> Result<()> {
    let decision = store::meeting::decision(tx, id).await?.ok_or(Error::NotFound)?;
    let meeting = store::meeting::find(tx, &decision.meeting_id).await?.ok_or(Error::NotFound)?;
    let today = access::today(tx, ctx).await?;
    let may =
        decision.owner_id.as_ref() == Some(&by.staff_id) || supervises(tx, by, &meeting.clinician_id, today).await?;
    if !may {
        return Err(Error::NotFound);
    }
    if !store::meeting::finish(tx, id, &by.staff_id, ctx.now()).await? {
        return Err(Error::Conflict);
    }
    audit::write(tx, ctx, &Actor::Staff(by.staff_id.clone()), "supervision.follow_up_done", "decision", id.as_str());
    Ok(())
}
