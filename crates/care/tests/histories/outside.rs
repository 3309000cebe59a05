//! What is outside of the product and remembers by itself: the provider with its ledger, and the journal of what clients were
//! told is safe. The invariants hold the one against the other.

use crate::event::Fate;
use care::delivery::{MARGIN, Told, asked_since};
use care::message::{Channel, Message, MessageKind};
use care::{Instant, PacketId};
use chrono::Duration;

/// After this long a text that was taken is in the provider's list (assumed; it is there at once as a rule).
const LAG: Duration = Duration::seconds(15);
/// A request is given up after this long; whatever of it was to arrive has arrived by then.
pub const REQUEST: Duration = Duration::seconds(15);
/// How much older than asked for an entry of the list may be.
const SLACK: Duration = Duration::minutes(5);
const _: () = assert!(MARGIN.num_seconds() > REQUEST.num_seconds() + LAG.num_seconds());

/// A message that the provider took.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Position in the ledger of the product.
    pub message: usize,
    pub kind: MessageKind,
    pub channel: Channel,
    pub packet: Option<PacketId>,
    pub fate: Fate,
    /// Whether it goes to the client.
    pub for_client: bool,
    /// By the provider's clock.
    pub at: Instant,
}

/// What an answer or a submission was acknowledged with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub packet: PacketId,
    pub response: usize,
}

#[derive(Debug, Clone, Default)]
pub struct Outside {
    pub taken: Vec<Taken>,
    pub receipts: Vec<Receipt>,
    /// The provider's list cannot be read.
    pub is_list_down: bool,
}

impl Outside {
    /// Whether everything that was taken is in the list.
    pub fn has_settled(&self, now: Instant) -> bool {
        self.taken.iter().all(|one| one.at + LAG <= now)
    }

    /// What the provider says of a text when it is asked at `at` by its own clock.
    pub fn tell(&self, place: usize, message: &Message, has_token: bool, at: Instant) -> Told {
        if message.channel == Channel::Email || self.is_list_down || !has_token {
            return Told::CannotSay;
        }
        let since = asked_since(message) - SLACK;
        let is_listed = |one: &Taken| one.message == place && one.at + LAG <= at && one.at >= since;
        if self.taken.iter().any(is_listed) { Told::Has } else { Told::HasNot }
    }
}
