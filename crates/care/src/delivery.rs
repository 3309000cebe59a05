//! The rules of delivery: when a message may go, what becomes of an attempt at it, and what follows.
//!
//! Pure. The rows and their compare-and-set are `store`'s (held against `ledger` on both databases), the order of events is
//! `workflows`', the conversation with a provider is `jobs`'. Histories of thousands of events are run through these very
//! functions in `tests/histories`.

mod answer;
mod check;
mod follow;
mod ledger;

pub use answer::{
    Answer, Next, Told, Verdict, after_doubt, after_interruption, asked_since, unsent, verdict, wordless,
};
pub use check::{Hours, Reach, When, about_check_in, about_reason, channels, is_overslept, when};
pub use follow::{
    AfterCancelled, Follow, after_cancelled, after_first, base_key, is_opened, is_under_way_elsewhere, may_fall_back,
};
pub use ledger::{INTERRUPTED, Outcome, PASSING};

use chrono::Duration;

/// How long a worker may hold a client's message before another may look at it.
pub const LEASE: Duration = Duration::minutes(2);
/// How long a worker may hold a message to staff. An urgent reason is to be heard of within two minutes, on one channel too: what
/// a dead worker held is given back after one, and a job that waits for that moment takes it up.
pub const STAFF_LEASE: Duration = Duration::seconds(60);
/// A worker that has less than this left of its lease no longer begins to send: it may have been asleep.
pub const MARGIN: Duration = Duration::seconds(40);
/// How long after an attempt the provider's list is believed when it does not have a text.
pub const SETTLING: Duration = Duration::minutes(2);
