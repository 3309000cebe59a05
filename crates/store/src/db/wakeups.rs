//! Tells sleeping workers that something may have become due.

use tokio::sync::{Notify, watch};

use std::sync::Arc;

/// Wakes the workers of this process, and lets PostgreSQL wake those of the others.
#[derive(Clone)]
pub(crate) struct Wakeups {
    here: watch::Sender<u64>,
    elsewhere: Arc<Notify>,
}

impl Wakeups {
    pub(crate) fn new() -> Self {
        Self { here: watch::Sender::new(0), elsewhere: Arc::new(Notify::new()) }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.here.subscribe()
    }

    /// After a commit: wakes this process at once and asks for the others to be told.
    pub(crate) fn announce(&self) {
        self.wake();
        self.elsewhere.notify_one();
    }

    /// Another process has announced something.
    pub(crate) fn wake(&self) {
        self.here.send_modify(|count| *count += 1);
    }

    /// Waits until the others are to be told; several announcements make one.
    pub(crate) async fn to_tell(&self) {
        self.elsewhere.notified().await;
    }
}
