//! Readers: connections that are lent, one after the other, to those who read. Every trip to a connection's thread costs two switches
//! between threads, so a transaction begins on the trip of its first statement and ends on one that nobody waits for; a pool that
//! begins, ends and asks after a connection's health by trips of their own makes five where a page of two statements needs two.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{closed, open};
use crate::query::Statement;
use crate::{Error, Result};

/// What goes ahead of a reader's first statement.
const BEGIN: &str = "BEGIN";
const END: &str = "ROLLBACK";

pub(super) struct Readers {
    options: SqliteConnectOptions,
    /// How many there may be.
    most: u32,
    wait: Duration,
    shelf: Arc<Shelf>,
}

/// The connections that nobody uses, and as many places as there may be connections.
struct Shelf {
    idle: Mutex<Vec<SqliteConnection>>,
    places: Arc<Semaphore>,
}

impl Shelf {
    fn take(&self) -> Option<SqliteConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, conn: SqliteConnection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
    }
}

/// A reading connection, lent to one transaction.
pub(crate) struct Reading {
    /// There until it is dropped.
    conn: Option<SqliteConnection>,
    stage: Stage,
    shelf: Arc<Shelf>,
    _place: OwnedSemaphorePermit,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Nothing was asked yet.
    Fresh,
    /// A statement is under way, was abandoned or failed: nobody knows what the connection is at.
    Asking,
    /// The transaction is open and nothing is under way.
    Begun,
}

impl Readers {
    /// Opens the first; the others are opened when they are needed.
    pub(super) async fn start(options: SqliteConnectOptions, most: u32, wait: Duration) -> Result<Self> {
        let first = open(&options).await?;
        let places = Arc::new(Semaphore::new(most as usize));
        Ok(Self { options, most, wait, shelf: Arc::new(Shelf { idle: Mutex::new(vec![first]), places }) })
    }

    /// Waits for one that is free.
    pub(super) async fn begin(&self) -> Result<Reading> {
        let waiting = tokio::time::timeout(self.wait, Arc::clone(&self.shelf.places).acquire_owned());
        let place = waiting.await.map_err(|_| Error::Busy)?.map_err(|_| closed())?;
        let conn = match self.shelf.take() {
            Some(conn) => conn,
            None => open(&self.options).await?,
        };
        Ok(Reading { conn: Some(conn), stage: Stage::Fresh, shelf: Arc::clone(&self.shelf), _place: place })
    }

    /// Closes those that nobody uses: what SQLite has learned is read when a connection opens.
    pub(super) async fn renew(&self) {
        while let Some(conn) = self.shelf.take() {
            if let Err(error) = conn.close().await {
                tracing::debug!(error = %Error::from(error), "a reading connection was not closed cleanly");
            }
        }
    }

    /// Waits for those who read, and lets nobody in after them.
    pub(super) async fn close(&self) {
        let all = self.shelf.places.acquire_many(self.most).await;
        self.shelf.places.close();
        drop(all);
        self.renew().await;
    }
}

impl Reading {
    /// What goes with the first statement.
    pub(crate) const fn beginning() -> Statement {
        Statement::of(BEGIN)
    }

    /// The connection, for one statement. Whoever has its whole answer says so with [`Reading::answered`].
    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.stage = Stage::Asking;
        self.conn.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// The statement has come to its end.
    pub(crate) const fn answered(&mut self) {
        self.stage = Stage::Begun;
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        let is_sound = match self.stage {
            Stage::Fresh => true,
            // Asked once, the statement stands in the connection's queue, before whatever comes next; the answer is nobody's.
            Stage::Begun => !matches!(sqlx::query(END).execute(&mut conn).now_or_never(), Some(Err(_))),
            // It closes in its own time.
            Stage::Asking => false,
        };
        if is_sound {
            self.shelf.put(conn);
        }
    }
}
