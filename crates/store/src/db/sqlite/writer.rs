//! Group commit: one writing connection, one task that alone begins and commits, and members that work in savepoints.
//!
//! A member asks for its turn and is lent the connection inside a savepoint. Committing hands the connection back and waits
//! until the shared commit is on disk; dropping hands it back to be rolled back to the savepoint. Everything that must not
//! be abandoned half-way (BEGIN, SAVEPOINT, RELEASE, ROLLBACK, COMMIT) is done by the task, which nobody can cancel.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{closed, open};
use crate::error::ends_sqlite_batch;
use crate::query::{Statement, sqlite_execute};
use crate::{Error, Result};

/// Members of one commit at most.
const MEMBERS: usize = 64;
/// How long a commit may be put off for others who wait already: twice as long as the last one took, so that a slow disk
/// gathers more of them and nobody waits much longer than the disk makes them wait anyway; on a fast one long enough for
/// several. Nobody waits for those who have not asked yet: a lone writer's commit begins at once.
const WINDOW: std::ops::RangeInclusive<Duration> = Duration::from_millis(8)..=Duration::from_millis(40);
/// Longer than this nobody should hold the writer: only SQL is awaited while a transaction is open.
const HOLD: Duration = Duration::from_millis(250);

/// While one transaction in bulk follows another, the pages they touch again and again stay in memory (256 MB at most), and the
/// log is carried over into the file every 128 MB.
const FOR_BULK: &str = "PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 32000";
/// As the connection was opened; what has been gathered is given back.
const FOR_SHORT: &str = "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000; \
    PRAGMA wal_checkpoint(TRUNCATE); PRAGMA shrink_memory";

/// Begins for the first member, unless the connection does not synchronise fully: without a row of its own a statement can only
/// refuse by an error, and an integer that overflows is one in every build of SQLite.
const BEGIN: &str = "SELECT abs(CASE WHEN (SELECT synchronous FROM pragma_synchronous) = 2 \
    AND (SELECT foreign_keys FROM pragma_foreign_keys) = 1 THEN 1 ELSE -9223372036854775807 - 1 END); \
    BEGIN IMMEDIATE; SAVEPOINT member";
const WEAK: &str = "a connection would lose data in a power cut, and so would its replacement";

/// Whether [`BEGIN`] found that it does not.
fn is_not_durable(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message().contains("integer overflow"))
}

/// Who works next in the shared transaction.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// One who waits already: the next savepoint begins on the same trip to the database on which the last one ends.
    Member,
    Nobody,
}

impl Next {
    /// Keeps what the last member did.
    const fn release(self) -> &'static str {
        match self {
            Self::Member => "RELEASE member; SAVEPOINT member",
            Self::Nobody => "RELEASE member",
        }
    }

    /// Undoes it; rolling back to a savepoint leaves it open.
    const fn roll_back(self) -> &'static str {
        match self {
            Self::Member => "ROLLBACK TO member",
            Self::Nobody => "ROLLBACK TO member; RELEASE member",
        }
    }
}

/// The way to the writing task.
pub(super) struct Writer {
    inbox: mpsc::UnboundedSender<Request>,
    wait: Duration,
    counts: Arc<Counts>,
}

/// How often the writer has committed, and for how many transactions.
#[derive(Default)]
struct Counts {
    commits: AtomicU64,
    members: AtomicU64,
}

/// What a member says of how long it will hold the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// As short as it can: others wait.
    Short,
    /// As long as its rows take: nobody is served yet.
    Bulk,
}

/// A member's turn, once it has come.
type Turn = (oneshot::Sender<Result<Lease>>, Hold);

enum Request {
    Begin(Turn),
    Close(oneshot::Sender<()>),
}

/// The writing connection, lent to one transaction.
pub(crate) struct Lease {
    conn: Option<SqliteConnection>,
    home: Option<oneshot::Sender<Returned>>,
    broken: bool,
}

/// The connection on its way home, and what to do with the savepoint.
struct Returned {
    conn: SqliteConnection,
    end: End,
}

enum End {
    /// What the member has left to the end, and whom to tell when the shared commit is on disk.
    Release(Vec<Statement>, oneshot::Sender<Result<()>>),
    RollBack,
    /// The member met an error that may have ended the shared transaction.
    Broken,
}

impl Writer {
    /// Starts the task. It ends when the last [`Writer`] is gone.
    pub(super) fn start(conn: SqliteConnection, options: SqliteConnectOptions, wait: Duration) -> Self {
        let (inbox, requests) = mpsc::unbounded_channel();
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let task = Task {
            requests,
            options,
            conn: Some(conn),
            postponed: None,
            fitted: Hold::Short,
            window: *WINDOW.start(),
            counts: counted,
        };
        tokio::spawn(task.run());
        Self { inbox, wait, counts }
    }

    /// Commits so far, and the transactions in them.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.counts.commits.load(Ordering::Relaxed), self.counts.members.load(Ordering::Relaxed))
    }

    /// Waits for a turn.
    pub(super) async fn begin(&self, hold: Hold) -> Result<Lease> {
        let (reply, answer) = oneshot::channel();
        self.inbox.send(Request::Begin((reply, hold))).map_err(|_| closed())?;
        match tokio::time::timeout(self.wait, answer).await {
            Ok(answer) => answer.map_err(|_| closed())?,
            Err(_) => Err(Error::Busy),
        }
    }

    pub(super) async fn close(&self) {
        let (reply, done) = oneshot::channel();
        if self.inbox.send(Request::Close(reply)).is_ok() {
            // A task that is gone has closed.
            let _ = done.await;
        }
    }
}

impl Lease {
    /// The connection, inside of this member's savepoint.
    pub(crate) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.conn.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Notes an error that may have ended the shared transaction for everybody.
    pub(crate) const fn break_batch(&mut self) {
        self.broken = true;
    }

    /// Hands the connection back with what is still to be run and waits until the shared commit is on disk.
    pub(crate) async fn commit(mut self, last: Vec<Statement>) -> Result<()> {
        let (durable, answer) = oneshot::channel();
        self.hand_back(End::Release(last, durable));
        answer.await.map_err(|_| Error::CommitUnknown)?
    }

    fn hand_back(&mut self, end: End) {
        if let (Some(conn), Some(home)) = (self.conn.take(), self.home.take()) {
            // A task that is gone has rolled everything back.
            let _ = home.send(Returned { conn, end });
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.hand_back(if self.broken { End::Broken } else { End::RollBack });
    }
}

struct Task {
    requests: mpsc::UnboundedReceiver<Request>,
    options: SqliteConnectOptions,
    /// `None` after it had to be given up; reopened for the next member.
    conn: Option<SqliteConnection>,
    /// Was to work in a shared transaction that broke; begins the next one.
    postponed: Option<Turn>,
    /// What its cache and its log are fitted for.
    fitted: Hold,
    /// How long the next commit may be put off.
    window: Duration,
    counts: Arc<Counts>,
}

/// The shared transaction can no longer be trusted.
struct Broken;

impl Task {
    async fn run(mut self) {
        loop {
            let request = match self.postponed.take() {
                Some(turn) => Some(Request::Begin(turn)),
                None => self.requests.recv().await,
            };
            match request {
                Some(Request::Begin((reply, _))) if reply.is_closed() => {}
                Some(Request::Begin(turn)) => {
                    if let Some(closing) = self.batch(turn).await {
                        self.shut_down(closing).await;
                        return;
                    }
                }
                Some(Request::Close(done)) => {
                    self.shut_down(done).await;
                    return;
                }
                None => break,
            }
        }
        if let Some(conn) = self.conn.take() {
            let _ = conn.close().await;
        }
    }

    async fn shut_down(&mut self, done: oneshot::Sender<()>) {
        self.requests.close();
        if let Some(conn) = self.conn.take()
            && let Err(error) = conn.close().await
        {
            tracing::warn!(error = %Error::from(error), "the database was not closed cleanly; nothing is lost");
        }
        let _ = done.send(());
    }

    /// One shared transaction, from its first member to its commit. Returns a request to close that came in meanwhile.
    async fn batch(&mut self, first: Turn) -> Option<oneshot::Sender<()>> {
        let mut conn = match self.begin(first.1).await {
            Ok(conn) => Some(conn),
            Err(error) => {
                let _ = first.0.send(Err(error));
                return None;
            }
        };
        let started = Instant::now();
        let mut waiting = Vec::new();
        let mut closing = None;
        let mut turn = Some(first);
        let mut members = 0;
        while let Some(one) = turn.take()
            && let Some(lent) = conn.take()
        {
            members += 1;
            let Some(returned) = lend(lent, one).await else { break };
            if members < MEMBERS && started.elapsed() < self.window {
                turn = self.next_turn(&mut closing);
            }
            let next = if turn.is_some() { Next::Member } else { Next::Nobody };
            match settle(returned, next).await {
                Ok((settled, answer)) => {
                    waiting.extend(answer);
                    conn = Some(settled);
                }
                Err(Broken) => break,
            }
        }
        self.postponed = turn;
        self.end(conn, waiting).await;
        closing
    }

    /// Whose turn it is, if somebody waits; or the request to close.
    fn next_turn(&mut self, closing: &mut Option<oneshot::Sender<()>>) -> Option<Turn> {
        loop {
            match self.requests.try_recv() {
                Ok(Request::Begin((reply, _))) if reply.is_closed() => {}
                Ok(Request::Begin(turn)) => return Some(turn),
                Ok(Request::Close(done)) => {
                    *closing = Some(done);
                    return None;
                }
                Err(_) => return None,
            }
        }
    }

    async fn begin(&mut self, hold: Hold) -> Result<SqliteConnection> {
        let mut conn = if let Some(conn) = self.conn.take() {
            conn
        } else {
            self.fitted = Hold::Short;
            self.reopen().await?
        };
        if self.fitted != hold {
            let fit = if hold == Hold::Bulk { FOR_BULK } else { FOR_SHORT };
            if let Err(error) = run(&mut conn, fit).await {
                tracing::debug!(error = %Error::from(error), "the writing connection keeps its cache as it was");
            }
            self.fitted = hold;
        }
        match run(&mut conn, BEGIN).await {
            Ok(()) => Ok(conn),
            Err(error) if is_not_durable(&error) => {
                tracing::error!("somebody changed the writing connection's durability; it is opened anew");
                let _ = conn.close().await;
                Err(Error::unavailable(WEAK))
            }
            Err(error) => {
                let fatal = ends_sqlite_batch(&error);
                let error = Error::from(error);
                if !fatal && matches!(error, Error::Busy) {
                    // Another process holds the lock; the connection itself is fine.
                    self.conn = Some(conn);
                }
                Err(error)
            }
        }
    }

    /// Opens and checks the file again after an error that may have touched it.
    async fn reopen(&self) -> Result<SqliteConnection> {
        let mut conn = open(&self.options).await?;
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut conn).await?;
        if verdict != "ok" {
            tracing::error!("the database file is damaged; writing stays off");
            return Err(Error::Corrupt("the database file is malformed; restore a backup".to_owned()));
        }
        tracing::info!("the database was opened again and is sound");
        Ok(conn)
    }

    /// Commits for everybody who waits. Without a connection the shared transaction is lost for all of them.
    async fn end(&mut self, conn: Option<SqliteConnection>, waiting: Vec<oneshot::Sender<Result<()>>>) {
        let Some(mut conn) = conn else {
            tracing::error!(
                members = waiting.len(),
                "a shared transaction was lost; everybody in it is told that nothing was stored"
            );
            for answer in waiting {
                let _ = answer.send(Err(Error::unavailable("writing failed; nothing was stored")));
            }
            return;
        };
        let began = Instant::now();
        let outcome =
            if waiting.is_empty() { run(&mut conn, "ROLLBACK").await } else { run(&mut conn, "COMMIT").await };
        if !waiting.is_empty() {
            self.window = (began.elapsed() * 2).clamp(*WINDOW.start(), *WINDOW.end());
        }
        match outcome {
            Ok(()) => {
                self.conn = Some(conn);
                self.counts.commits.fetch_add(u64::from(!waiting.is_empty()), Ordering::Relaxed);
                self.counts.members.fetch_add(waiting.len() as u64, Ordering::Relaxed);
                for answer in waiting {
                    let _ = answer.send(Ok(()));
                }
            }
            Err(error) => {
                tracing::error!(members = waiting.len(), error = %Error::from(error), "a shared commit failed");
                let _ = conn.close().await;
                for answer in waiting {
                    // The journal may or may not hold it: only a fresh look can tell.
                    let _ = answer.send(Err(Error::CommitUnknown));
                }
            }
        }
    }
}

/// Lends the connection to one member, inside of its savepoint, and takes it back.
async fn lend(conn: SqliteConnection, (reply, hold): Turn) -> Option<Returned> {
    let (home, returned) = oneshot::channel();
    // Whoever has stopped waiting drops the lease, and with it the connection comes home at once.
    drop(reply.send(Ok(Lease { conn: Some(conn), home: Some(home), broken: false })));
    wait_for(returned, hold).await
}

/// Ends a member's savepoint and begins the next one's. Tells who waits for the shared commit.
async fn settle(
    Returned { mut conn, end }: Returned,
    next: Next,
) -> Result<(SqliteConnection, Option<oneshot::Sender<Result<()>>>), Broken> {
    let refused = match end {
        End::Broken => return give_up(conn).await,
        End::RollBack => None,
        End::Release(last, answer) => match sqlite_execute(&mut conn, last, Statement::of(next.release())).await {
            Ok(_) => return Ok((conn, Some(answer))),
            Err(error) if ends_sqlite_batch(&error) => {
                let _ = answer.send(Err(error.into()));
                return give_up(conn).await;
            }
            Err(error) => Some((answer, error)),
        },
    };
    let undone = run(&mut conn, next.roll_back()).await;
    if let Some((answer, error)) = refused {
        let _ = answer.send(Err(error.into()));
    }
    match undone {
        Ok(()) => Ok((conn, None)),
        // SQLite has ended the whole transaction by itself.
        Err(_) => give_up(conn).await,
    }
}

async fn run(conn: &mut SqliteConnection, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(sql).execute(conn).await.map(|_| ())
}

async fn give_up<T>(conn: SqliteConnection) -> Result<T, Broken> {
    // Closing rolls back whatever is still open.
    let _ = conn.close().await;
    Err(Broken)
}

async fn wait_for(mut returned: oneshot::Receiver<Returned>, hold: Hold) -> Option<Returned> {
    if hold == Hold::Bulk {
        return returned.await.ok();
    }
    let since = Instant::now();
    if let Ok(returned) = tokio::time::timeout(HOLD, &mut returned).await {
        return returned.ok();
    }
    let returned = returned.await.ok();
    tracing::warn!(held_ms = since.elapsed().as_millis() as u64, "a transaction held the only writer for long");
    returned
}
