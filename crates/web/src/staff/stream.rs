//! What an open page is told without asking: a line whenever it differs from the last one said. Every page says the same when
//! it is loaded; the stream only keeps it true.
//!
//! A stream is opened by a page that somebody looks at and never again by itself, so that a page left open keeps no session
//! alive. It ends with the session, with the service, and long before a session that nobody uses does.

use super::session::Signed;
use crate::App;
use crate::error::{Error, Result};
use crate::streams::Open;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{Stream, unfold};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep, timeout};
use workflows::sign_in;

/// Looked at again after this long, whatever was announced.
const LOOK: Duration = Duration::from_secs(15);
/// Between an announcement and the look: a busy practice commits many times a second.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a page is kept true. A session ends after half an hour without a request.
const LASTS: Duration = Duration::from_mins(14);

struct Watch<L> {
    look: L,
    wakeups: watch::Receiver<u64>,
    ending: watch::Receiver<()>,
    until: Pin<Box<Sleep>>,
    said: Option<String>,
    /// Counted for as long as it lasts.
    _open: Open,
}

impl<L, F> Watch<L>
where
    L: Fn() -> F,
    F: Future<Output = Option<String>>,
{
    /// The next line that differs from the last one said; none when it is time to end.
    async fn next(mut self) -> Option<(std::result::Result<Event, Infallible>, Self)> {
        loop {
            if self.said.is_some() {
                tokio::select! {
                    () = &mut self.until => return None,
                    _ = self.ending.changed() => return None,
                    _ = timeout(LOOK, self.wakeups.changed()) => {}
                }
                sleep(PAUSE).await;
            }
            let line = (self.look)().await?;
            if self.said.as_ref() != Some(&line) {
                self.said = Some(line.clone());
                return Some((Ok(Event::default().data(line)), self));
            }
        }
    }
}

/// Tells what `look` finds, now and whenever it changes; ends when it finds nothing, or when the session has ended. Where too many are open already it is refused.
pub(super) fn of<L, F>(
    app: &App,
    me: &Signed,
    look: L,
) -> Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>> + use<L, F>>>
where
    L: Fn() -> F + Send + 'static,
    F: Future<Output = Option<String>> + Send + 'static,
{
    let open = app.streams.open(&me.staff.id).ok_or(Error::Unavailable)?;
    let (of, session) = (app.clone(), me.session.clone());
    let look = move || {
        let (app, session, line) = (of.clone(), session.clone(), look());
        async move {
            let stands = {
                let mut read = app.db.read_all().await.ok()?;
                sign_in::stands(&mut read, &app.ctx, &session).await.ok()?
            };
            if stands { line.await } else { None }
        }
    };
    let watch = Watch {
        look,
        wakeups: app.db.wakeups(),
        ending: app.ending(),
        until: Box::pin(sleep(LASTS)),
        said: None,
        _open: open,
    };
    Ok(Sse::new(unfold(watch, Watch::next)).keep_alive(KeepAlive::default()))
}
