//! Who may see what: the facts behind a relationship, gathered for the rules of `care::access`, and the trace that a
//! refused look leaves. A page asks [`check`] and, where it is refused, answers with what [`deny`] gives back.

use crate::{Context, Error, Result, audit, case};
use care::access::{Access, Action, Relationship, RelationshipFacts, Tie, Viewer, decide};
use care::case::CaseState;
use care::staff::{Actor, Role, Staff, StaffState};
use care::{ClientId, PracticeId, StaffId, local_time};
use chrono::NaiveDate;
use chrono_tz::Tz;
use store::client::Scope;
use store::{Db, Read, Tx};

/// The viewer that a staff member is. A person who is not active is nobody: without roles, nothing is allowed.
pub fn viewer(staff: &Staff) -> Viewer {
    let roles = if staff.state == StaffState::Active { staff.roles.clone() } else { Vec::new() };
    Viewer { staff_id: staff.id.clone(), roles, sites: staff.sites.clone() }
}

/// Today in the practice's zone: the day on which supervision holds or does not.
pub async fn today(read: &mut Read, ctx: &Context) -> Result<NaiveDate> {
    let practice = store::practice::get(read).await?;
    Ok(local_time::day_of(ctx.now(), local_time::zone(&practice.zone).unwrap_or(Tz::UTC)))
}

/// What ties the viewer to a client; no tie at all to a client who does not exist.
pub async fn to_client(read: &mut Read, ctx: &Context, viewer: &Viewer, client: &ClientId) -> Result<Relationship> {
    let Some(found) = store::client::find(read, client).await? else { return Ok(Relationship::none()) };
    let today = today(read, ctx).await?;
    let episodes = store::episode::list_of_client(read, client).await?;
    let episode = episodes.iter().find(|episode| episode.is_open()).or(episodes.first());
    let clinician = match episode {
        Some(open) if open.is_open() => store::assignment::current(read, &open.id).await?,
        Some(ended) => store::assignment::history(read, &ended.id).await?.into_iter().next(),
        None => None,
    };
    let clinician = clinician.map(|assignment| assignment.clinician_id);
    let supervisions = match &clinician {
        Some(clinician) => store::supervision::holding_of(read, clinician, today).await?,
        None => Vec::new(),
    };
    let mut relationship = Relationship::of(
        viewer,
        &RelationshipFacts {
            site: &found.site_id,
            clinician: clinician.as_ref(),
            supervisions: &supervisions,
            today,
            case_owner: None,
            case_recipients: &[],
        },
    );
    for open in store::case::of_client(read, client).await?.iter().filter(|one| one.state != CaseState::Closed) {
        if open.owner_id == viewer.staff_id {
            relationship = relationship.with(Tie::CaseOwner);
        }
        if case::recipients(read, open, ctx.now()).await?.contains(&viewer.staff_id) {
            relationship = relationship.with(Tie::CaseRecipient);
        }
    }
    Ok(relationship)
}

/// Whether the viewer may take the action, about a client where the action is about one. A client who does not exist, and a
/// record that is part of another or erased, is hidden from everyone.
pub async fn check(
    read: &mut Read,
    ctx: &Context,
    viewer: &Viewer,
    action: Action,
    client: Option<&ClientId>,
) -> Result<Access> {
    let relationship = match client {
        Some(client) => {
            if !store::client::stands(read, client).await? {
                return Ok(Access::Hidden);
            }
            to_client(read, ctx, viewer, client).await?
        }
        None => Relationship::none(),
    };
    Ok(decide(viewer, action, &relationship))
}

/// Notes a refused look: who, what, about whom, and whether it was forbidden or hidden.
pub fn note_denial(
    tx: &mut Tx,
    ctx: &Context,
    viewer: &Viewer,
    action: Action,
    client: Option<&ClientId>,
    access: Access,
) {
    let by = Actor::Staff(viewer.staff_id.clone());
    let (kind, id) = client.map_or(("action", action.as_str()), |client| ("client", client.as_str()));
    tx.audit(
        audit::entry(ctx, &by, "access.denied", kind, id)
            .with("action", action.as_str())
            .with("outcome", access.as_str()),
    );
}

/// Writes a refused look in a transaction of its own, committed before anything is answered, and gives the error to
/// answer with: [`Error::Forbidden`] or [`Error::NotFound`].
pub async fn deny(
    db: &Db,
    practice: &PracticeId,
    ctx: &Context,
    viewer: &Viewer,
    action: Action,
    client: Option<&ClientId>,
    access: Access,
) -> Result<Error> {
    let mut tx = db.write(practice).await?;
    note_denial(&mut tx, ctx, viewer, action, client, access);
    tx.commit().await?;
    Ok(if access == Access::Forbidden { Error::Forbidden } else { Error::NotFound })
}

/// [`check`] and, where it is refused, [`deny`]: `Ok` means go on.
pub async fn authorise(
    db: &Db,
    practice: &PracticeId,
    ctx: &Context,
    viewer: &Viewer,
    action: Action,
    client: Option<&ClientId>,
) -> Result<()> {
    let mut read = db.read(practice).await?;
    let access = check(&mut read, ctx, viewer, action, client).await?;
    drop(read);
    if access == Access::Allowed { Ok(()) } else { Err(deny(db, practice, ctx, viewer, action, client, access).await?) }
}

/// The people whose clients are the viewer's to look after: themself as a clinician, their supervisees of today as a
/// supervisor.
pub async fn looks_after(read: &mut Read, ctx: &Context, viewer: &Viewer) -> Result<Vec<StaffId>> {
    let mut people = Vec::new();
    if viewer.has(&[Role::Clinician]) {
        people.push(viewer.staff_id.clone());
    }
    if viewer.has(&[Role::Supervisor]) {
        let today = today(read, ctx).await?;
        people.extend(store::supervision::supervisees_of(read, &viewer.staff_id, today).await?);
    }
    people.sort();
    people.dedup();
    Ok(people)
}

/// Whose clients the viewer's lists and searches are about: everyone of their sites for the front desk and the
/// administration, the clients of [`looks_after`] for everyone else. For somebody who is neither, nobody.
pub async fn scope(read: &mut Read, ctx: &Context, viewer: &Viewer) -> Result<Scope> {
    if viewer.has(&[Role::Intake, Role::Admin]) {
        return Ok(if viewer.sites.is_empty() { Scope::Practice } else { Scope::Sites(viewer.sites.clone()) });
    }
    Ok(Scope::Clinicians(looks_after(read, ctx, viewer).await?))
}

/// [`scope`], and for a person of the desk who treats as well, their own clients at other sites besides.
pub async fn scopes(read: &mut Read, ctx: &Context, viewer: &Viewer) -> Result<Vec<Scope>> {
    let first = scope(read, ctx, viewer).await?;
    let mut all = vec![first];
    if matches!(all[0], Scope::Sites(_)) {
        let people = looks_after(read, ctx, viewer).await?;
        if !people.is_empty() {
            all.push(Scope::Clinicians(people));
        }
    }
    Ok(all)
}

/// Whether the viewer may take an action that is about no client; the administrative workflows ask once more.
pub(crate) fn require(viewer: &Viewer, action: Action) -> Result<()> {
    if decide(viewer, action, &Relationship::none()) == Access::Allowed { Ok(()) } else { Err(Error::Forbidden) }
}
