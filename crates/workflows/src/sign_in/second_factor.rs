//! The second factor: six digits of an app (RFC 6238: SHA-1, 30 seconds, one step early or late), each code good for one
//! sign-in, and ten recovery codes for the day the telephone is lost.
//!
//! A secret none of whose codes was ever accepted is a proposal: the account still has to set its second factor up.

use super::{Outcome, promote, throttle};
use crate::{Context, Error, Result, audit};
use care::staff::{Actor, Session, SessionStage};
use care::{Phi, StaffId};
use store::staff::Credentials;
use store::{Read, Tx};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// How many recovery codes a person gets.
pub const CODES: usize = 10;
/// Seconds a code lasts.
const STEP: u64 = 30;
/// Bytes of a secret: what RFC 4226 recommends.
const SECRET: usize = 20;
/// Letters and digits that are not taken for one another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Whether the account has a second factor that works.
pub(super) fn is_set_up(account: &Credentials) -> bool {
    account.totp_secret.is_some() && account.totp_step > 0
}

/// Keeps a fresh secret for a person to set up; an older proposal is worth nothing from then on.
pub(super) async fn propose(tx: &mut Tx, ctx: &Context, staff: &StaffId) -> Result<()> {
    let mut bytes = [0_u8; SECRET];
    ctx.entropy.fill(&mut bytes);
    store::staff::set_totp(tx, staff, Some(&Secret::new_stack(bytes).to_base32())).await?;
    Ok(())
}

/// What the page shows that sets the second factor up.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The secret in base32, to type it.
    pub secret: Phi<String>,
    /// The same as an `otpauth:` address, to show as a QR code.
    pub uri: Phi<String>,
}

/// The secret that a session is to set up. [`Error::Forbidden`] when there is nothing to set up: a working secret is
/// never shown again.
pub async fn enrolment(read: &mut Read, session: &Session) -> Result<Enrolment> {
    let account = store::staff::credentials(read, &session.staff_id).await?.ok_or(Error::NotFound)?;
    if session.stage != SessionStage::Enrol || is_set_up(&account) {
        return Err(Error::Forbidden);
    }
    let secret = account.totp_secret.ok_or(Error::Forbidden)?;
    let staff = store::staff::find(read, &session.staff_id).await?.ok_or(Error::NotFound)?;
    let practice = store::practice::get(read).await?;
    let issuer = encoded(&practice.display_name);
    let uri = format!(
        "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP}",
        encoded(staff.email.text()),
        secret.text()
    );
    Ok(Enrolment { secret, uri: Phi::new(uri) })
}

/// Percent-encodes everything but letters, digits and `-._~` (RFC 3986).
fn encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The first code of a new second factor: it works from now on, the browser is signed in, and ten recovery codes are
/// handed out.
pub async fn confirm_enrolment(tx: &mut Tx, ctx: &Context, session: &Session, code: &str) -> Result<Outcome> {
    if session.stage != SessionStage::Enrol {
        return Ok(Outcome::Refused);
    }
    if let Some(seconds) = throttle::code(tx, &session.staff_id, ctx.now()).await? {
        return Ok(Outcome::Wait(seconds));
    }
    let account = store::staff::credentials(tx, &session.staff_id).await?.ok_or(Error::NotFound)?;
    if is_set_up(&account) || !accept_code(tx, ctx, &account, code).await? {
        return Ok(refused(tx, ctx, session));
    }
    let Some(mut entered) = promote(tx, ctx, session).await? else { return Ok(refused(tx, ctx, session)) };
    entered.recovery_codes = replace_codes(tx, ctx, &session.staff_id).await?;
    throttle::forgive_code(tx, &session.staff_id).await?;
    let by = Actor::Staff(session.staff_id.clone());
    audit::write(tx, ctx, &by, "sign_in.enrol", "staff", session.staff_id.as_str());
    Ok(Outcome::Entered(Box::new(entered)))
}

/// The second factor of a sign-in: six digits of the app, or a recovery code.
pub async fn second_factor(tx: &mut Tx, ctx: &Context, session: &Session, code: &str) -> Result<Outcome> {
    if session.stage != SessionStage::Password {
        return Ok(Outcome::Refused);
    }
    if let Some(seconds) = throttle::code(tx, &session.staff_id, ctx.now()).await? {
        audit::write(
            tx,
            ctx,
            &Actor::Staff(session.staff_id.clone()),
            "sign_in.limit",
            "staff",
            session.staff_id.as_str(),
        );
        return Ok(Outcome::Wait(seconds));
    }
    let account = store::staff::credentials(tx, &session.staff_id).await?.ok_or(Error::NotFound)?;
    let name = if is_set_up(&account) && accept_code(tx, ctx, &account, code).await? {
        "sign_in.code"
    } else if store::staff::use_recovery_code(tx, &session.staff_id, &code_hash(tx, &session.staff_id, code), ctx.now())
        .await?
    {
        "sign_in.recovery_code"
    } else {
        return Ok(refused(tx, ctx, session));
    };
    let Some(entered) = promote(tx, ctx, session).await? else { return Ok(refused(tx, ctx, session)) };
    throttle::forgive_code(tx, &session.staff_id).await?;
    audit::write(tx, ctx, &Actor::Staff(session.staff_id.clone()), name, "staff", session.staff_id.as_str());
    Ok(Outcome::Entered(Box::new(entered)))
}

fn refused(tx: &mut Tx, ctx: &Context, session: &Session) -> Outcome {
    audit::write(
        tx,
        ctx,
        &Actor::Staff(session.staff_id.clone()),
        "sign_in.refuse_code",
        "staff",
        session.staff_id.as_str(),
    );
    Outcome::Refused
}

/// Takes a code of the app: of this step, the one before or the one after, and once.
async fn accept_code(tx: &mut Tx, ctx: &Context, account: &Credentials, code: &str) -> Result<bool> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(false);
    }
    let Some(totp) = account.totp_secret.as_ref().and_then(|secret| totp(secret.text())) else { return Ok(false) };
    let now = u64::try_from(ctx.now().timestamp()).unwrap_or(0);
    let Some(step) = totp.check(&digits, now).and_then(|step| i64::try_from(step).ok()) else { return Ok(false) };
    Ok(store::staff::advance_totp_step(tx, &account.staff_id, step).await?)
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP)
        .with_secret(secret)
        .build()
        .ok()
}

/// Hands a signed-in person ten fresh recovery codes; the old ones are worth nothing from then on.
pub async fn renew_recovery_codes(tx: &mut Tx, ctx: &Context, session: &Session) -> Result<Vec<Phi<String>>> {
    if session.stage != SessionStage::Full {
        return Err(Error::Forbidden);
    }
    let codes = replace_codes(tx, ctx, &session.staff_id).await?;
    audit::write(
        tx,
        ctx,
        &Actor::Staff(session.staff_id.clone()),
        "sign_in.renew_codes",
        "staff",
        session.staff_id.as_str(),
    );
    Ok(codes)
}

async fn replace_codes(tx: &mut Tx, ctx: &Context, staff: &StaffId) -> Result<Vec<Phi<String>>> {
    let codes: Vec<String> = (0..CODES).map(|_| fresh_code(ctx)).collect();
    let hashes: Vec<String> = codes.iter().map(|code| code_hash(tx, staff, code)).collect();
    store::staff::replace_recovery_codes(tx, staff, &hashes).await?;
    Ok(codes.into_iter().map(Phi::new).collect())
}

/// Ten characters, 50 random bits: `7KQ2N-M9XDA`.
fn fresh_code(ctx: &Context) -> String {
    let mut bytes = [0_u8; 10];
    ctx.entropy.fill(&mut bytes);
    let text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    format!("{}-{}", &text[..5], &text[5..])
}

/// The keyed hash a recovery code is kept under: a copy of the table alone lets nobody try codes. Case, hyphens and
/// blanks do not matter.
fn code_hash(read: &Read, staff: &StaffId, code: &str) -> String {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(32).collect();
    read.blind_index("recovery-code", &format!("{staff}:{plain}"))
}
