//! A way out that keeps messages in memory, for tests, with a script of what goes wrong.

use crate::{Accepted, OutboxMessage, SendError};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What happens to the next message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Script {
    /// It is accepted and kept.
    Accept,
    /// It is not kept, and the sender hears this.
    Fail(SendError),
    /// It is kept, and the sender hears [`SendError::Ambiguous`]: the answer was lost.
    AcceptAndLoseAnswer,
}

#[derive(Default)]
struct Inner {
    messages: Vec<OutboxMessage>,
    sends: VecDeque<Script>,
    lookups: VecDeque<SendError>,
    calls: usize,
}

/// The messages, shared by every clone.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Inner>>);

impl Memory {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every message that a provider would have accepted, oldest first.
    pub fn messages(&self) -> Vec<OutboxMessage> {
        self.inner().messages.clone()
    }

    /// The same, and empties it.
    pub fn take(&self) -> Vec<OutboxMessage> {
        std::mem::take(&mut self.inner().messages)
    }

    /// How often a provider would have been called to send.
    pub fn calls(&self) -> usize {
        self.inner().calls
    }

    /// Adds to what happens to the next messages, one step for each call. Without steps everything is accepted.
    pub fn script(&self, steps: impl IntoIterator<Item = Script>) {
        self.inner().sends.extend(steps);
    }

    /// Makes the next look-ups fail, one error for each call.
    pub fn script_lookups(&self, errors: impl IntoIterator<Item = SendError>) {
        self.inner().lookups.extend(errors);
    }

    pub(crate) fn send(&self, message: OutboxMessage) -> Result<Accepted, SendError> {
        let mut inner = self.inner();
        inner.calls += 1;
        let accepted = message.accepted();
        match inner.sends.pop_front().unwrap_or(Script::Accept) {
            Script::Fail(error) => Err(error),
            Script::Accept => {
                inner.messages.push(message);
                Ok(accepted)
            }
            Script::AcceptAndLoseAnswer => {
                inner.messages.push(message);
                Err(SendError::Ambiguous)
            }
        }
    }

    pub(crate) fn lookup(&self) -> Result<Vec<OutboxMessage>, SendError> {
        let mut inner = self.inner();
        match inner.lookups.pop_front() {
            Some(error) => Err(error),
            None => Ok(inner.messages.clone()),
        }
    }

    /// A test that panicked while holding the lock left the messages as they were.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memory({} messages)", self.inner().messages.len())
    }
}
