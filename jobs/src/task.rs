//! Work in a task of its own, so that a panic stays in it, and that ends when nobody waits for it any more.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::JoinHandle;

/// A spawned task that is aborted when this is dropped. `None` when it panicked.
pub(crate) struct Contained<T>(JoinHandle<T>);

/// Starts the work.
pub(crate) fn contained<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Contained<T> {
    Contained(tokio::spawn(work))
}

impl<T> Future for Contained<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(Result::ok)
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
