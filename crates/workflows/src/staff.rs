//! People who work at the practice: invited, changed, deactivated, and who supervises whom.
//!
//! Every function asks once more whether the person who acts may administer. Nobody changes their own roles, only owners
//! make and unmake owners, and somebody who can administer always remains.

mod supervision;

pub use supervision::{NewSupervision, add_supervision, end_supervision};

use crate::access::require;
use crate::field::Form;
use crate::{Context, Error, Result, access, audit, case, delivery, episode};
use care::access::{Access, Action, Viewer};
use care::message::{Channel, MessageKind};
use care::practice::Site;
use care::staff::{Actor, Role, Shortcut, Staff, StaffState};
use care::{EpisodeId, Language, Phi, SiteId, StaffId};
use chrono::Duration;
use store::assignment::Assigned;
use store::{Read, Tx};

/// How long an invitation works, counted from the mail.
pub const INVITATION: Duration = Duration::hours(72);

/// What is typed about a person.
#[derive(Debug, Clone)]
pub struct PersonForm {
    /// Full name.
    pub name: Phi<String>,
    /// Address for sign-in and notices.
    pub email: Phi<String>,
    /// Number for urgent notices; may be empty.
    pub phone: Phi<String>,
    /// Language of pages and notices.
    pub language: Language,
}

/// A new colleague.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// What is typed.
    pub person: PersonForm,
    /// Roles; at least one.
    pub roles: Vec<Role>,
    /// Sites; none means all.
    pub sites: Vec<SiteId>,
    /// Who takes over when this person does not answer.
    pub backup: Option<StaffId>,
}

struct Checked {
    name: String,
    email: String,
    phone: Option<String>,
}

fn checked(form: &mut Form, person: &PersonForm) -> Checked {
    let name = form.line("name", person.name.text(), 100);
    form.expect("email", "wrong-required", || !person.email.text().trim().is_empty());
    let email = form.email("email", person.email.text()).unwrap_or_default();
    let phone = form.phone("phone", person.phone.text());
    Checked { name, email, phone }
}

/// Invites a person: the account exists from now on, a mail with a link to choose a password goes out.
pub async fn invite(tx: &mut Tx, ctx: &Context, by: &Viewer, new: &NewStaff) -> Result<StaffId> {
    require(by, Action::Administer)?;
    let mut form = Form::default();
    let person = checked(&mut form, &new.person);
    form.expect("roles", "wrong-choose", || !new.roles.is_empty());
    let sites = store::site::list(tx).await?;
    form.expect("sites", "wrong-choose", || new.sites.iter().all(|site| knows(&sites, site)));
    if let Some(backup) = &new.backup {
        let found = store::staff::find(tx, backup).await?;
        form.expect("backup", "wrong-choose", || found.is_some_and(|person| person.state == StaffState::Active));
    }
    form.finish()?;
    may_grant(by, &[], &new.roles)?;
    let staff = Staff {
        id: ctx.id(StaffId::new),
        name: Phi::new(person.name),
        email: Phi::new(person.email),
        phone: person.phone.map(Phi::new),
        language: new.person.language,
        state: StaffState::Invited,
        backup_id: new.backup.clone(),
        shortcut: Shortcut::On,
        roles: new.roles.clone(),
        sites: new.sites.clone(),
    };
    if !store::staff::insert(tx, &staff, ctx.now()).await? {
        return Err(Error::invalid("email", "wrong-taken"));
    }
    send_invitation(tx, ctx, by, &staff.id).await?;
    let entry = audit::entry(ctx, &actor(by), "staff.invite", "staff", staff.id.as_str());
    tx.audit(entry.listing("roles", new.roles.iter().map(|role| role.as_str())));
    Ok(staff.id)
}

/// Sends a link to choose a password: once more to somebody invited, or to somebody active who forgot theirs. An older
/// link ends when the new one is sent.
pub async fn invite_again(tx: &mut Tx, ctx: &Context, by: &Viewer, staff: &StaffId) -> Result<()> {
    require(by, Action::Administer)?;
    let person = found(tx, staff).await?;
    guard_owner(by, &person)?;
    if person.state == StaffState::Deactivated {
        return Err(Error::invalid("staff", "staff-deactivated"));
    }
    send_invitation(tx, ctx, by, staff).await?;
    audit::write(tx, ctx, &actor(by), "staff.invite_again", "staff", staff.as_str());
    Ok(())
}

async fn send_invitation(tx: &mut Tx, ctx: &Context, by: &Viewer, staff: &StaffId) -> Result<()> {
    let now = ctx.now();
    store::staff::set_invited_by(tx, staff, &by.staff_id).await?;
    let key = format!("staff:{staff}:invite:{}:{}", now.timestamp_micros(), Channel::Email);
    let mut message = delivery::blank(ctx, MessageKind::StaffInvite, Channel::Email, key, now);
    message.staff_id = Some(staff.clone());
    store::message::plan(tx, &message, now).await?;
    tx.enqueue(&care::Job::Dispatch, now).await?;
    Ok(())
}

/// The link of an invitation that is being sent now. It is made at this moment and kept by its hash alone; the one of an
/// earlier mail ends.
pub(crate) async fn invite_token(tx: &mut Tx, ctx: &Context, staff: &StaffId) -> Result<String> {
    let token = ctx.token();
    if store::staff::invite(tx, staff, &care::token::hash(&token), ctx.now() + INVITATION).await? {
        Ok(token)
    } else {
        Err(Error::NotFound)
    }
}

/// Changes a person's name, address, number and language. A new address ends their sessions: they sign in with it from
/// now on. Everybody may change their own name, number and language.
pub async fn edit(tx: &mut Tx, ctx: &Context, by: &Viewer, staff: &StaffId, person: &PersonForm) -> Result<()> {
    let before = found(tx, staff).await?;
    let mut form = Form::default();
    let checked = checked(&mut form, person);
    let has_new_address = checked.email != before.email.text().to_lowercase();
    if &by.staff_id != staff || has_new_address {
        require(by, Action::Administer)?;
        guard_owner(by, &before)?;
    }
    form.finish()?;
    let after = Staff {
        name: Phi::new(checked.name),
        email: Phi::new(checked.email),
        phone: checked.phone.map(Phi::new),
        language: person.language,
        ..before.clone()
    };
    match store::staff::update(tx, &after).await {
        Err(store::Error::Conflict) => return Err(Error::invalid("email", "wrong-taken")),
        other => other?,
    }
    if has_new_address {
        store::session::delete_of_staff(tx, staff, None).await?;
    }
    let changed = [
        ("name", before.name != after.name),
        ("email", has_new_address),
        ("phone", before.phone != after.phone),
        ("language", before.language != after.language),
    ];
    let entry = audit::entry(ctx, &actor(by), "staff.edit", "staff", staff.as_str());
    tx.audit(entry.listing("fields", changed.iter().filter(|(_, is)| *is).map(|(name, _)| *name)));
    Ok(())
}

/// Gives a person exactly these roles. Nobody changes their own.
pub async fn set_roles(tx: &mut Tx, ctx: &Context, by: &Viewer, staff: &StaffId, roles: &[Role]) -> Result<()> {
    require(by, Action::Administer)?;
    if &by.staff_id == staff {
        return Err(Error::Forbidden);
    }
    let person = found(tx, staff).await?;
    if roles.is_empty() {
        return Err(Error::invalid("roles", "wrong-choose"));
    }
    may_grant(by, &person.roles, roles)?;
    if person.state == StaffState::Active && administers(&person.roles) && !administers(roles) {
        another_administers(tx, staff).await?;
    }
    store::staff::set_roles(tx, staff, roles).await?;
    let entry = audit::entry(ctx, &actor(by), "staff.set_roles", "staff", staff.as_str());
    tx.audit(
        entry
            .listing("before", person.roles.iter().map(|role| role.as_str()))
            .listing("roles", roles.iter().map(|role| role.as_str())),
    );
    Ok(())
}

/// Lets a person work at exactly these sites; none means all. Nobody widens their own.
pub async fn set_sites(tx: &mut Tx, ctx: &Context, by: &Viewer, staff: &StaffId, sites: &[SiteId]) -> Result<()> {
    require(by, Action::Administer)?;
    if &by.staff_id == staff && !by.has(&[Role::Owner]) {
        return Err(Error::Forbidden);
    }
    found(tx, staff).await?;
    let known = store::site::list(tx).await?;
    if !sites.iter().all(|site| knows(&known, site)) {
        return Err(Error::invalid("sites", "wrong-choose"));
    }
    store::staff::set_sites(tx, staff, sites).await?;
    let entry = audit::entry(ctx, &actor(by), "staff.set_sites", "staff", staff.as_str());
    tx.audit(entry.listing("sites", sites.iter().map(SiteId::as_str)));
    Ok(())
}

/// Says who takes over for a person. Everybody may say so for themself.
pub async fn set_backup(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    staff: &StaffId,
    backup: Option<&StaffId>,
) -> Result<()> {
    if &by.staff_id != staff {
        require(by, Action::Administer)?;
    }
    found(tx, staff).await?;
    if let Some(backup) = backup {
        if backup == staff {
            return Err(Error::invalid("backup", "wrong-not-themselves"));
        }
        let person = store::staff::find(tx, backup).await?;
        if !person.is_some_and(|person| person.state == StaffState::Active && is_called(&person.roles)) {
            return Err(Error::invalid("backup", "wrong-choose"));
        }
    }
    store::staff::set_backup(tx, staff, backup).await?;
    let entry = audit::entry(ctx, &actor(by), "staff.set_backup", "staff", staff.as_str());
    tx.audit(entry.listing("backup", backup.map(StaffId::as_str)));
    Ok(())
}

/// Says whether "/" goes to one's own search.
pub async fn set_shortcut(tx: &mut Tx, ctx: &Context, by: &Viewer, shortcut: Shortcut) -> Result<()> {
    store::staff::set_shortcut(tx, &by.staff_id, shortcut).await?;
    let entry = audit::entry(ctx, &actor(by), "staff.set_shortcut", "staff", by.staff_id.as_str());
    tx.audit(entry.with("shortcut", shortcut.as_str()));
    Ok(())
}

/// Ends a person's account: their sessions are over at once, their open cases pass to their backup or whom the practice
/// calls, and so does on-call duty. Their episodes keep them until somebody reassigns each (see [`left_behind`]).
pub async fn deactivate(tx: &mut Tx, ctx: &Context, by: &Viewer, staff: &StaffId) -> Result<()> {
    require(by, Action::Administer)?;
    if &by.staff_id == staff {
        return Err(Error::Forbidden);
    }
    let person = found(tx, staff).await?;
    guard_owner(by, &person)?;
    if person.state == StaffState::Deactivated {
        return Ok(());
    }
    if person.state == StaffState::Active && administers(&person.roles) {
        another_administers(tx, staff).await?;
    }
    if !store::staff::set_state(tx, staff, person.state, StaffState::Deactivated).await? {
        return Err(Error::Conflict);
    }
    store::session::delete_of_staff(tx, staff, None).await?;
    pass_on_call(tx, ctx, by, &person).await?;
    let cases = case::hand_over_all(tx, ctx, staff, &actor(by)).await?;
    tx.audit(
        audit::entry(ctx, &actor(by), "staff.deactivate", "staff", staff.as_str()).with("cases", cases.to_string()),
    );
    Ok(())
}

/// Whoever takes over for the person is on call in their place; where nobody does, nobody is.
async fn pass_on_call(tx: &mut Tx, ctx: &Context, by: &Viewer, person: &Staff) -> Result<()> {
    let backup = match &person.backup_id {
        Some(backup) => store::staff::find(tx, backup).await?.filter(|backup| backup.state == StaffState::Active),
        None => None,
    };
    for site in store::site::list(tx).await?.iter().filter(|site| site.on_call_id.as_ref() == Some(&person.id)) {
        let next = backup.as_ref().map(|backup| &backup.id);
        store::site::set_on_call(tx, &site.id, next).await?;
        tx.audit(
            audit::entry(ctx, &actor(by), "site.set_on_call", "site", site.id.as_str())
                .listing("on_call", next.map(StaffId::as_str)),
        );
    }
    Ok(())
}

/// Takes a former colleague back: a new invitation goes out, the second factor stays as it was.
pub async fn reactivate(tx: &mut Tx, ctx: &Context, by: &Viewer, staff: &StaffId) -> Result<()> {
    require(by, Action::Administer)?;
    let person = found(tx, staff).await?;
    guard_owner(by, &person)?;
    if !store::staff::set_state(tx, staff, StaffState::Deactivated, StaffState::Invited).await? {
        return Err(Error::Conflict);
    }
    send_invitation(tx, ctx, by, staff).await?;
    audit::write(tx, ctx, &actor(by), "staff.reactivate", "staff", staff.as_str());
    Ok(())
}

/// Takes a person's second factor and recovery codes away, so that they set up new ones at the next sign-in: the
/// telephone was lost. Their sessions end. Not for oneself.
pub async fn reset_second_factor(tx: &mut Tx, ctx: &Context, by: &Viewer, staff: &StaffId) -> Result<()> {
    require(by, Action::Administer)?;
    if &by.staff_id == staff {
        return Err(Error::Forbidden);
    }
    let person = found(tx, staff).await?;
    guard_owner(by, &person)?;
    store::staff::set_totp(tx, staff, None).await?;
    store::staff::replace_recovery_codes(tx, staff, &[]).await?;
    store::session::delete_of_staff(tx, staff, None).await?;
    audit::write(tx, ctx, &actor(by), "staff.reset_second_factor", "staff", staff.as_str());
    Ok(())
}

/// Open episodes whose clinician is no longer active: each needs somebody else.
pub async fn left_behind(read: &mut Read) -> Result<Vec<Assigned>> {
    let gone: Vec<StaffId> = store::staff::list(read)
        .await?
        .into_iter()
        .filter(|person| person.state == StaffState::Deactivated)
        .map(|person| person.id)
        .collect();
    Ok(store::assignment::episodes_of(read, &gone).await?)
}

/// Passes episodes of one clinician to another; their open cases go along. Of each episode it is asked again whether the
/// person may; one that has ended or has somebody else by now is left as it is. Tells how many were passed on.
pub async fn hand_on(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    from: &StaffId,
    episodes: &[EpisodeId],
    to: &StaffId,
) -> Result<usize> {
    require(by, Action::Administer)?;
    if from == to {
        return Err(Error::invalid("clinician", "wrong-not-themselves"));
    }
    let theirs = store::assignment::episodes_of(tx, std::slice::from_ref(from)).await?;
    let mut count = 0;
    for one in theirs.iter().filter(|one| episodes.contains(&one.episode.id)) {
        let client = &one.episode.client_id;
        if access::check(tx, ctx, by, Action::ManageEpisode, Some(client)).await? != Access::Allowed {
            return Err(Error::Forbidden);
        }
        episode::assign(tx, ctx, &by.staff_id, &one.episode.id, to).await?;
        count += 1;
    }
    Ok(count)
}

/// Hands on the open cases of people who are gone. There are none, unless a case was opened in the very moment in which
/// its owner's account ended. Tells how many there were.
pub async fn hand_over_leftovers(tx: &mut Tx, ctx: &Context) -> Result<usize> {
    let mut count = 0;
    for person in store::staff::list(tx).await?.iter().filter(|person| person.state == StaffState::Deactivated) {
        count += case::hand_over_all(tx, ctx, &person.id, &Actor::System).await?;
    }
    Ok(count)
}

pub(crate) fn actor(by: &Viewer) -> Actor {
    Actor::Staff(by.staff_id.clone())
}

/// Whether a person with these roles may be called about danger: the one who is called sees the chart, which a person who
/// only bills must not.
pub(crate) fn is_called(roles: &[Role]) -> bool {
    roles.iter().any(|role| *role != Role::Biller)
}

async fn found(read: &mut Read, staff: &StaffId) -> Result<Staff> {
    store::staff::find(read, staff).await?.ok_or(Error::NotFound)
}

fn knows(sites: &[Site], wanted: &SiteId) -> bool {
    sites.iter().any(|site| &site.id == wanted)
}

fn administers(roles: &[Role]) -> bool {
    roles.contains(&Role::Owner) || roles.contains(&Role::Admin)
}

/// Only an owner makes an owner, or takes that away.
fn may_grant(by: &Viewer, before: &[Role], after: &[Role]) -> Result<()> {
    let touches_owner = before.contains(&Role::Owner) != after.contains(&Role::Owner);
    if touches_owner && !by.has(&[Role::Owner]) { Err(Error::Forbidden) } else { Ok(()) }
}

/// Only an owner acts on an owner's account: otherwise an administrator could take it over.
fn guard_owner(by: &Viewer, person: &Staff) -> Result<()> {
    if person.is(Role::Owner) && !by.has(&[Role::Owner]) && by.staff_id != person.id {
        Err(Error::Forbidden)
    } else {
        Ok(())
    }
}

/// Two administrators who take the right from one another at the same moment wait for each other here: the practice's row
/// is written as it is, and with that locked until the first of them has committed.
async fn another_administers(tx: &mut Tx, except: &StaffId) -> Result<()> {
    let practice = store::practice::get(tx).await?;
    store::practice::update(tx, &practice).await?;
    let others = store::staff::list(tx).await?;
    let remains = others
        .iter()
        .any(|person| &person.id != except && person.state == StaffState::Active && administers(&person.roles));
    if remains { Ok(()) } else { Err(Error::invalid("staff", "staff-last-administrator")) }
}
