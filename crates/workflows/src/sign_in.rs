//! Signing in and out: password, second factor, recovery codes, sessions, invitations, and the brakes on guessing.
//!
//! Passwords are hashed and compared by [`crate::password`] between two transactions, never inside one. A refused try is
//! an [`Outcome`] and not an error, because it was counted: the caller commits whatever the outcome.

mod second_factor;
mod throttle;

pub use second_factor::{CODES, Enrolment, confirm_enrolment, enrolment, renew_recovery_codes, second_factor};

use crate::{Context, Error, Result, audit, password};
use care::staff::{Actor, Session, SessionStage, Staff, StaffState};
use care::{Instant, Phi, PracticeId, SessionId, StaffId};
use chrono::Duration;
use store::staff::Credentials;
use store::{InstanceRead, InstanceTx, Tx};

/// A session that was not used for this long has ended.
pub const IDLE: Duration = Duration::minutes(15);
/// A session ends this long after its second factor, however much it is used.
pub const ABSOLUTE: Duration = Duration::hours(12);
/// How long the steps between password and second factor may take.
pub const STEPS: Duration = Duration::minutes(15);
/// How stale the note of a session's last use may get: it is not written at every request.
pub const TOUCH: Duration = Duration::seconds(60);

/// A browser that moved on. The cookie's token is known here and then nowhere but in the browser.
#[derive(Debug, Clone)]
pub struct Entered {
    /// The practice.
    pub practice: PracticeId,
    /// The session.
    pub session: Session,
    /// The cookie's token.
    pub token: Phi<String>,
    /// Fresh recovery codes, to be shown once: only when the second factor has just been set up.
    pub recovery_codes: Vec<Phi<String>>,
}

/// What became of a try. Every one is to be committed.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// One step further; the session's stage says which.
    Entered(Box<Entered>),
    /// Wrong. Never says what was wrong.
    Refused,
    /// Too many tries; wait this many seconds.
    Wait(i64),
}

/// A sign-in whose password is about to be compared.
#[derive(Debug, Clone)]
pub struct Attempt {
    email: Phi<String>,
    account: Option<Credentials>,
}

impl Attempt {
    /// What [`password::verify`] compares with: none for an unknown account, and then it takes just as long.
    pub fn hash(&self) -> Option<&Phi<String>> {
        self.account
            .as_ref()
            .filter(|account| account.state == StaffState::Active)
            .and_then(|account| account.password_hash.as_ref())
    }
}

/// What to do with a sign-in.
#[derive(Debug, Clone)]
pub enum Begun {
    /// Commit, compare the password in a blocking thread, then call [`finish`].
    Compare(Attempt),
    /// Commit and refuse; wait this many seconds.
    Wait(i64),
}

/// What the comparison of a password showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// It is the account's password.
    Right,
    /// It is not, or there is no such account.
    Wrong,
}

impl Compared {
    /// Compares a password with the account of an attempt. Blocking.
    pub fn password(attempt: &Attempt, typed: &str) -> Self {
        if password::verify(typed, attempt.hash()) { Self::Right } else { Self::Wrong }
    }
}

/// Counts a sign-in (per account, per address it comes from, and for all) and looks the account up.
pub async fn begin(tx: &mut InstanceTx, ctx: &Context, email: &str, from: &str) -> Result<Begun> {
    let now = ctx.now();
    if let Some(seconds) = throttle::sign_in(tx.own(), email, from, now).await? {
        let by = Actor::System;
        audit::write(tx.own(), ctx, &by, "sign_in.limit", "account", "unknown");
        return Ok(Begun::Wait(seconds));
    }
    let account = store::staff::by_email(tx, email).await?;
    Ok(Begun::Compare(Attempt { email: Phi::new(email.to_owned()), account }))
}

/// Goes on after the comparison: to the second factor, or to setting it up where the person has none yet.
pub async fn finish(tx: &mut InstanceTx, ctx: &Context, attempt: &Attempt, compared: Compared) -> Result<Outcome> {
    let Some(seen) = &attempt.account else {
        audit::write(tx.own(), ctx, &Actor::System, "sign_in.refuse", "account", "unknown");
        return Ok(Outcome::Refused);
    };
    let by = Actor::Staff(seen.staff_id.clone());
    // The account may have been closed, or its password changed, while the password was being compared.
    let now_there = store::staff::credentials(tx.within(&seen.practice_id), &seen.staff_id).await?;
    let account =
        now_there.filter(|account| account.state == StaffState::Active && account.password_hash == seen.password_hash);
    let (Some(account), Compared::Right) = (account, compared) else {
        audit::write(tx.within(&seen.practice_id), ctx, &by, "sign_in.refuse", "staff", seen.staff_id.as_str());
        return Ok(Outcome::Refused);
    };
    throttle::forgive(tx.own(), attempt.email.text()).await?;
    let tx = tx.within(&account.practice_id);
    let entered = open_session(tx, ctx, &account).await?;
    audit::write(tx, ctx, &by, "sign_in.password", "staff", account.staff_id.as_str());
    Ok(Outcome::Entered(Box::new(entered)))
}

/// Whether somebody who is signed in has typed their own password, after the comparison: asked before what a stolen
/// session must not be able to do. A wrong one counts like a sign-in ([`begin`]).
pub async fn confirm_password(
    tx: &mut InstanceTx,
    ctx: &Context,
    session: &Session,
    attempt: &Attempt,
    compared: Compared,
) -> Result<bool> {
    let own = attempt.account.as_ref().filter(|account| account.staff_id == session.staff_id);
    let (Some(account), Compared::Right) = (own, compared) else {
        let by = Actor::Staff(session.staff_id.clone());
        let id = session.staff_id.as_str();
        match &attempt.account {
            Some(account) => audit::write(tx.within(&account.practice_id), ctx, &by, "sign_in.refuse", "staff", id),
            None => audit::write(tx.own(), ctx, &by, "sign_in.refuse", "staff", id),
        }
        return Ok(false);
    };
    let there = store::staff::credentials(tx.within(&account.practice_id), &account.staff_id).await?;
    if there.is_none_or(|there| there.password_hash != account.password_hash) {
        return Ok(false);
    }
    throttle::forgive(tx.own(), attempt.email.text()).await?;
    Ok(true)
}

/// A session behind a password: at the second factor, or at setting it up.
async fn open_session(tx: &mut Tx, ctx: &Context, account: &Credentials) -> Result<Entered> {
    let now = ctx.now();
    let stage = if second_factor::is_set_up(account) {
        SessionStage::Password
    } else {
        second_factor::propose(tx, ctx, &account.staff_id).await?;
        SessionStage::Enrol
    };
    let token = ctx.token();
    let session = Session {
        id: SessionId::from_text(care::token::hash(&token)),
        staff_id: account.staff_id.clone(),
        stage,
        created_at: now,
        last_seen_at: now,
        expires_at: now + STEPS,
    };
    store::session::insert(tx, &session).await?;
    Ok(Entered { practice: account.practice_id.clone(), session, token: Phi::new(token), recovery_codes: Vec::new() })
}

/// Signs a browser fully in. Its session gets a new token, so that one seen before the second factor is worth nothing.
async fn promote(tx: &mut Tx, ctx: &Context, session: &Session) -> Result<Option<Entered>> {
    let now = ctx.now();
    let token = ctx.token();
    let promotion = store::session::Promotion {
        from: session.stage,
        to: SessionStage::Full,
        new_id: SessionId::from_text(care::token::hash(&token)),
        expires_at: now + ABSOLUTE,
    };
    let promoted = store::session::promote(tx, &session.id, &promotion, now).await?;
    let practice = tx.practice().clone();
    Ok(promoted.map(|session| Entered { practice, session, token: Phi::new(token), recovery_codes: Vec::new() }))
}

/// Signs a browser in that has given its password and owes to set a second factor up: only for a practice that needs none,
/// the demo. [`Error::Forbidden`] for somebody who has one.
pub async fn without_second_factor(tx: &mut Tx, ctx: &Context, session: &Session) -> Result<Entered> {
    if session.stage != SessionStage::Enrol {
        return Err(Error::Forbidden);
    }
    let entered = promote(tx, ctx, session).await?.ok_or(Error::NotFound)?;
    audit::write(
        tx,
        ctx,
        &Actor::Staff(session.staff_id.clone()),
        "sign_in.without_code",
        "staff",
        session.staff_id.as_str(),
    );
    Ok(entered)
}

/// A browser whose cookie is good, and whose it is.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The practice.
    pub practice: PracticeId,
    /// The session, at whatever stage.
    pub session: Session,
    /// The person, with the roles and sites of this moment.
    pub staff: Staff,
}

/// Whose a cookie is. `None` when the session has ended, was idle too long, or its owner may no longer sign in: a person
/// who left is out with the next request.
pub async fn authenticate(read: &mut InstanceRead, ctx: &Context, token: &str) -> Result<Option<Visitor>> {
    if !care::token::is_well_formed(token) {
        return Ok(None);
    }
    visitor(read, ctx, &care::token::hash(token)).await
}

/// Whether a session that somebody came with still lets them in.
pub async fn stands(read: &mut InstanceRead, ctx: &Context, session: &Session) -> Result<bool> {
    Ok(visitor(read, ctx, session.id.as_str()).await?.is_some())
}

async fn visitor(read: &mut InstanceRead, ctx: &Context, token_hash: &str) -> Result<Option<Visitor>> {
    let now = ctx.now();
    let Some(found) = store::session::by_token_hash(read, token_hash, now).await? else { return Ok(None) };
    if is_idle(&found.session, now) {
        return Ok(None);
    }
    let staff = store::staff::find(read.within(&found.practice_id), &found.session.staff_id).await?;
    Ok(staff.filter(|staff| staff.state == StaffState::Active).map(|staff| Visitor {
        practice: found.practice_id,
        session: found.session,
        staff,
    }))
}

/// Whether a session was not used for too long.
pub fn is_idle(session: &Session, now: Instant) -> bool {
    now - session.last_seen_at >= IDLE
}

/// Whether the use of a session has to be noted again.
pub fn needs_touch(session: &Session, now: Instant) -> bool {
    now - session.last_seen_at >= TOUCH
}

/// Notes that a session was used.
pub async fn touch(tx: &mut Tx, ctx: &Context, session: &Session) -> Result<()> {
    Ok(store::session::touch(tx, &session.id, ctx.now()).await?)
}

/// Signs one browser out.
pub async fn sign_out(tx: &mut Tx, ctx: &Context, session: &Session) -> Result<()> {
    store::session::delete(tx, &session.id).await?;
    audit::write(tx, ctx, &Actor::Staff(session.staff_id.clone()), "sign_in.out", "staff", session.staff_id.as_str());
    Ok(())
}

/// Signs a person out everywhere, except in the browser given. Tells how many browsers were signed out.
pub async fn sign_out_everywhere(
    tx: &mut Tx,
    ctx: &Context,
    staff: &StaffId,
    except: Option<&SessionId>,
) -> Result<u64> {
    let ended = store::session::delete_of_staff(tx, staff, except).await?;
    tx.audit(
        audit::entry(ctx, &Actor::Staff(staff.clone()), "sign_in.out_everywhere", "staff", staff.as_str())
            .with("sessions", ended.to_string()),
    );
    Ok(ended)
}

/// Whose invitation a link is, for the page on which the password is chosen. `None` when it was used or has ended.
pub async fn invited(read: &mut InstanceRead, ctx: &Context, token: &str) -> Result<Option<(PracticeId, Staff)>> {
    if !care::token::is_well_formed(token) {
        return Ok(None);
    }
    let Some(found) = store::staff::by_invite(read, &care::token::hash(token), ctx.now()).await? else {
        return Ok(None);
    };
    let staff = store::staff::find(read.within(&found.practice_id), &found.staff_id).await?;
    Ok(staff.map(|staff| (found.practice_id, staff)))
}

/// Uses an invitation up: the password (checked by [`password::check`] and hashed before) is set, older sessions end, and
/// the browser goes on to the second factor. [`Error::NotFound`] when the link was used or has ended.
pub async fn accept_invitation(tx: &mut Tx, ctx: &Context, token: &str, hash: &Phi<String>) -> Result<Entered> {
    let token_hash = care::token::hash(token);
    let staff = store::staff::accept_invite(tx, &token_hash, hash.text(), ctx.now()).await?.ok_or(Error::NotFound)?;
    store::session::delete_of_staff(tx, &staff, None).await?;
    let account = store::staff::credentials(tx, &staff).await?.ok_or(Error::NotFound)?;
    audit::write(tx, ctx, &Actor::Staff(staff.clone()), "sign_in.choose_password", "staff", staff.as_str());
    open_session(tx, ctx, &account).await
}

/// Sets a signed-in person's new password (checked and hashed before, the old one compared) and ends their other sessions.
pub async fn change_password(tx: &mut Tx, ctx: &Context, session: &Session, hash: &Phi<String>) -> Result<()> {
    if session.stage != SessionStage::Full {
        return Err(Error::Forbidden);
    }
    if !store::staff::set_password(tx, &session.staff_id, hash.text()).await? {
        return Err(Error::NotFound);
    }
    store::session::delete_of_staff(tx, &session.staff_id, Some(&session.id)).await?;
    audit::write(
        tx,
        ctx,
        &Actor::Staff(session.staff_id.clone()),
        "sign_in.change_password",
        "staff",
        session.staff_id.as_str(),
    );
    Ok(())
}
