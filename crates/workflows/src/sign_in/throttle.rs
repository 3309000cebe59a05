//! How often may be tried: per account, per address a try comes from, and by everybody together. Kept in the database,
//! so that a restart forgives nobody.

use crate::Result;
use care::{Instant, StaffId};
use chrono::Duration;
use store::Tx;
use store::throttle::{Verdict, hit, reset};

/// Window of the counters per account and per address.
const WINDOW: Duration = Duration::minutes(15);
/// Tries at one account's password per window.
const PER_ACCOUNT: i64 = 10;
/// Tries from one address per window: a whole practice may sit behind one.
const PER_ADDRESS: i64 = 60;
/// Tries by everybody per minute: what the hashing of passwords may cost the machine.
const BY_ALL: i64 = 300;
/// Tries at one account's second factor per window: 5 of a million codes.
const PER_CODE: i64 = 5;

/// Counts a sign-in. The seconds to wait when it is one too many. Whether the account exists makes no difference.
pub(super) async fn sign_in(tx: &mut Tx, email: &str, from: &str, now: Instant) -> Result<Option<i64>> {
    let buckets = [
        (tx.blind_index("throttle-all", "sign-in"), Duration::minutes(1), BY_ALL),
        (tx.blind_index("throttle-address", from.trim()), WINDOW, PER_ADDRESS),
        (account(tx, email), WINDOW, PER_ACCOUNT),
    ];
    let mut wait = None;
    for (bucket, window, limit) in buckets {
        // Tries that were held off before do not count against the account: nobody is locked out from one address.
        if wait.is_none() {
            wait = seconds(hit(tx, &bucket, window, limit, now).await?);
        }
    }
    Ok(wait)
}

/// The right person came: their account's counter begins anew.
pub(super) async fn forgive(tx: &mut Tx, email: &str) -> Result<()> {
    let bucket = account(tx, email);
    Ok(reset(tx, &bucket).await?)
}

/// Counts a try at the second factor.
pub(super) async fn code(tx: &mut Tx, staff: &StaffId, now: Instant) -> Result<Option<i64>> {
    let bucket = tx.blind_index("throttle-code", staff.as_str());
    Ok(seconds(hit(tx, &bucket, WINDOW, PER_CODE, now).await?))
}

/// The second factor was right.
pub(super) async fn forgive_code(tx: &mut Tx, staff: &StaffId) -> Result<()> {
    let bucket = tx.blind_index("throttle-code", staff.as_str());
    Ok(reset(tx, &bucket).await?)
}

fn account(tx: &Tx, email: &str) -> String {
    tx.blind_index("throttle-account", &email.trim().to_lowercase())
}

fn seconds(verdict: Verdict) -> Option<i64> {
    match verdict {
        Verdict::Allowed => None,
        Verdict::Limited { retry_after } => Some(retry_after.num_seconds().max(1)),
    }
}
