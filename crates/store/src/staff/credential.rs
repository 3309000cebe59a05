//! How a person proves who they are: password, second factor, recovery codes and the link to choose a password. Hashing
//! and checking happen before and after, never in here: a transaction waits for nothing but SQL.

use super::email_index;
use crate::{InstanceScope, Read, Record, Result, Row, Tx, values};
use care::staff::StaffState;
use care::{Instant, Phi, PracticeId, StaffId};

/// What a sign-in is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The practice.
    pub practice_id: PracticeId,
    /// The person.
    pub staff_id: StaffId,
    /// Where the account stands.
    pub state: StaffState,
    /// Argon2id in PHC form; none until a password was chosen.
    pub password_hash: Option<Phi<String>>,
    /// The second factor's secret; none until it was set up.
    pub totp_secret: Option<Phi<String>>,
    /// The last time step whose code was accepted.
    pub totp_step: i64,
}

struct Stored {
    practice_id: PracticeId,
    staff_id: StaffId,
    state: StaffState,
    password_hash: Option<String>,
    totp: Option<Vec<u8>>,
    totp_step: i64,
}

impl Record for Stored {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            practice_id: row.get("practice_id")?,
            staff_id: row.get("id")?,
            state: row.get("state")?,
            password_hash: row.get("password_hash")?,
            totp: row.get("totp_sealed")?,
            totp_step: row.get("totp_step")?,
        })
    }
}

impl Stored {
    fn opened(self, read: &Read) -> Result<Credentials> {
        let totp = read.open_optional("staff", "totp", self.staff_id.as_str(), self.totp.as_deref())?;
        Ok(Credentials {
            practice_id: self.practice_id,
            staff_id: self.staff_id,
            state: self.state,
            password_hash: self.password_hash.map(Phi::new),
            totp_secret: totp.map(Phi::new),
            totp_step: self.totp_step,
        })
    }
}

/// The account of a sign-in address, in whichever practice it is. Case and surrounding blanks do not matter.
pub async fn by_email(instance: &mut impl InstanceScope, email: &str) -> Result<Option<Credentials>> {
    let nowhere = PracticeId::from_text(crate::INSTANCE);
    let index = email_index(instance.within_read(&nowhere), email);
    let stored: Option<Stored> = instance
        .query("SELECT practice_id, id, state, password_hash, totp_sealed, totp_step FROM staff WHERE email_index = $1")
        .bind(index)
        .optional()
        .await?;
    stored.map(|stored| stored.opened(instance.within_read(&nowhere))).transpose()
}

/// What a known person's sign-in is checked against.
pub async fn credentials(read: &mut Read, id: &StaffId) -> Result<Option<Credentials>> {
    let practice = read.practice().clone();
    let stored: Option<Stored> = read
        .query(
            "SELECT practice_id, id, state, password_hash, totp_sealed, totp_step FROM staff \
             WHERE practice_id = $1 AND id = $2",
        )
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    stored.map(|stored| stored.opened(read)).transpose()
}

/// Replaces a person's password. `false` when the practice has no such person.
pub async fn set_password(tx: &mut Tx, id: &StaffId, password_hash: &str) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE staff SET password_hash = $3 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .bind(password_hash)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Sets the second factor's secret, or takes it away. The accepted time steps begin anew. `false` when the practice has no
/// such person.
pub async fn set_totp(tx: &mut Tx, id: &StaffId, secret: Option<&str>) -> Result<bool> {
    let practice = tx.practice().clone();
    let sealed = secret.map(|secret| tx.seal("staff", "totp", id.as_str(), secret));
    let rows = tx
        .query("UPDATE staff SET totp_sealed = $3, totp_step = 0 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .bind(sealed)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes the code of a time step. `false` when a code of that step or a later one was taken before: a code works once.
pub async fn advance_totp_step(tx: &mut Tx, id: &StaffId, step: i64) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE staff SET totp_step = $3 WHERE practice_id = $1 AND id = $2 AND totp_step < $3 AND totp_sealed IS NOT NULL")
        .bind(&practice)
        .bind(id)
        .bind(step)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Gives a person a fresh set of recovery codes, by their hashes; the old set is worth nothing from then on.
pub async fn replace_recovery_codes(tx: &mut Tx, id: &StaffId, code_hashes: &[String]) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM recovery_code WHERE practice_id = $1 AND staff_id = $2")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    if code_hashes.is_empty() {
        return Ok(());
    }
    tx.query("INSERT INTO recovery_code (practice_id, staff_id, code_hash) VALUES $rows")
        .bind_rows(code_hashes.iter().map(|hash| values![&practice, id, hash.as_str()]))
        .execute()
        .await?;
    Ok(())
}

/// Uses one recovery code. `false` when it is none of the person's or was used before.
pub async fn use_recovery_code(tx: &mut Tx, id: &StaffId, code_hash: &str, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE recovery_code SET used_at = $4 \
             WHERE practice_id = $1 AND staff_id = $2 AND code_hash = $3 AND used_at IS NULL",
        )
        .bind(&practice)
        .bind(id)
        .bind(code_hash)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// How many recovery codes a person has left.
pub async fn recovery_codes_left(read: &mut Read, id: &StaffId) -> Result<i64> {
    let practice = read.practice().clone();
    read.query("SELECT count(*) FROM recovery_code WHERE practice_id = $1 AND staff_id = $2 AND used_at IS NULL")
        .bind(&practice)
        .bind(id)
        .scalar()
        .await
}

/// Gives a person a link to choose a password, by its token's hash; an older link ends. `false` when the practice has no
/// such person or the account is deactivated.
pub async fn invite(tx: &mut Tx, id: &StaffId, token_hash: &str, until: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE staff SET invite_hash = $3, invite_until = $4 \
             WHERE practice_id = $1 AND id = $2 AND state <> 'deactivated'",
        )
        .bind(&practice)
        .bind(id)
        .bind(token_hash)
        .bind(until)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes who invites a person, so that the mail can name them. `false` when the practice has no such person.
pub async fn set_invited_by(tx: &mut Tx, id: &StaffId, by: &StaffId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE staff SET invited_by = $3 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .bind(by)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Who sent a person the latest invitation; none where that is not on record.
pub async fn invited_by(read: &mut Read, id: &StaffId) -> Result<Option<StaffId>> {
    let practice = read.practice().clone();
    let found: Option<(Option<StaffId>,)> = read
        .query("SELECT invited_by FROM staff WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await?;
    Ok(found.and_then(|(by,)| by))
}

/// A link to choose a password, as found by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The practice.
    pub practice_id: PracticeId,
    /// Whose it is.
    pub staff_id: StaffId,
    /// Where the account stands.
    pub state: StaffState,
}

impl Record for Invitation {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { practice_id: row.get("practice_id")?, staff_id: row.get("id")?, state: row.get("state")? })
    }
}

/// Whose link this is, unless it has ended. Looked up in the whole deployment.
pub async fn by_invite(
    instance: &mut impl InstanceScope,
    token_hash: &str,
    now: Instant,
) -> Result<Option<Invitation>> {
    instance
        .query(
            "SELECT practice_id, id, state FROM staff \
             WHERE invite_hash = $1 AND invite_until > $2 AND state <> 'deactivated'",
        )
        .bind(token_hash)
        .bind(now)
        .optional()
        .await
}

/// Uses the link up: the password is set and an invited account becomes active. `None` when the link has ended, was used
/// before or belongs to another practice.
pub async fn accept_invite(
    tx: &mut Tx,
    token_hash: &str,
    password_hash: &str,
    now: Instant,
) -> Result<Option<StaffId>> {
    let practice = tx.practice().clone();
    tx.query(
        "UPDATE staff SET password_hash = $4, state = 'active', invite_hash = NULL, invite_until = NULL \
         WHERE practice_id = $1 AND invite_hash = $2 AND invite_until > $3 AND state <> 'deactivated' RETURNING id",
    )
    .bind(&practice)
    .bind(token_hash)
    .bind(now)
    .bind(password_hash)
    .scalar_optional()
    .await
}
