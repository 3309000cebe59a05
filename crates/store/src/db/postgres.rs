//! PostgreSQL: a plain pool. Reads are `REPEATABLE READ, READ ONLY`; writes rely on compare-and-set.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgConnection, Postgres, SqlSafeStr as _, Transaction};
use tokio::task::JoinHandle;

use super::Options;
use super::wakeups::Wakeups;
use crate::{Error, Result};

const CHANNEL: &str = "bellwether_job";
const NOTIFY: &str = "NOTIFY bellwether_job";
/// After a broken listening connection.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

pub(crate) struct PostgresBackend {
    pool: PgPool,
    options: PgConnectOptions,
    messengers: [JoinHandle<()>; 2],
}

impl PostgresBackend {
    pub(crate) async fn connect(url: &str, options: Options, wakeups: &Wakeups) -> Result<Self> {
        let connect = PgConnectOptions::from_str(url)
            .map_err(|_| {
                Error::Configuration(
                    "the database address is not of the form postgres://user:password@host:port/database".to_owned(),
                )
            })?
            .application_name(&process_name())
            // A transaction abandoned by a frozen process must not hold its row locks for ever.
            .options([("idle_in_transaction_session_timeout", "60s"), ("lock_timeout", "5s"), ("timezone", "UTC")]);
        let pool = PgPoolOptions::new()
            .max_connections(options.postgres_connections.max(2))
            .acquire_timeout(options.wait)
            .after_connect(|conn, _| Box::pin(async move { wait_for_the_disk(conn).await }))
            .connect_with(connect.clone())
            .await
            .map_err(unreachable)?;
        warn_about_collation(&pool).await?;
        warn_about_durability(&pool).await?;
        let messengers = [
            tokio::spawn(listen(start_listening(&pool).await?, pool.clone(), wakeups.clone())),
            tokio::spawn(tell_others(pool.clone(), wakeups.clone())),
        ];
        Ok(Self { pool, options: connect, messengers })
    }

    pub(crate) async fn read(&self) -> Result<Transaction<'static, Postgres>> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    pub(crate) async fn write(&self) -> Result<Transaction<'static, Postgres>> {
        self.begin("BEGIN").await
    }

    /// A beginning is never given up half-way, also when nobody waits for it any more (a browser went on to another page): sqlx
    /// would put the connection back with the transaction open, and the next writer could find it read-only.
    async fn begin(&self, statement: &'static str) -> Result<Transaction<'static, Postgres>> {
        let conn = self.pool.acquire().await?;
        let beginning = tokio::spawn(Transaction::begin(conn, Some(statement.into_sql_str())));
        Ok(beginning.await.map_err(|stopped| sqlx::Error::Io(stopped.into()))??)
    }

    /// A connection outside of the pool, for work that may wait long for its turn.
    pub(crate) async fn open_apart(&self) -> Result<PgConnection> {
        self.options.clone().options([("lock_timeout", "0")]).connect().await.map_err(unreachable)
    }

    pub(crate) async fn close(&self) {
        for messenger in &self.messengers {
            messenger.abort();
        }
        self.pool.close().await;
    }
}

impl Drop for PostgresBackend {
    fn drop(&mut self) {
        for messenger in &self.messengers {
            messenger.abort();
        }
    }
}

/// Under which name the server knows this process: its connections can be told from another's.
pub(crate) fn process_name() -> String {
    format!("bellwether {}", std::process::id())
}

fn unreachable(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Io(io) => Error::Unavailable(format!(
            "the database server cannot be reached ({}); check that it runs and that host and port are right",
            io.kind()
        )),
        sqlx::Error::PoolTimedOut => Error::unavailable(
            "the database server did not answer in time; check that it runs and that host and port are right",
        ),
        other => other.into(),
    }
}

/// Sort order and case folding follow the database's locale; only `C.UTF-8` gives what SQLite gives.
async fn warn_about_collation(pool: &PgPool) -> Result<()> {
    let (encoding, collation): (String, String) = sqlx::query_as(
        "SELECT pg_encoding_to_char(encoding)::text, datcollate::text FROM pg_database WHERE datname = current_database()",
    )
    .fetch_one(pool)
    .await?;
    if encoding != "UTF8" {
        return Err(Error::Configuration(format!(
            "the database has encoding {encoding}; create it with encoding UTF8 and locale C.UTF-8"
        )));
    }
    if !matches!(collation.to_ascii_lowercase().as_str(), "c" | "posix" | "c.utf-8" | "c.utf8") {
        tracing::warn!(%collation, "the database was not created with locale C.UTF-8; lists may be sorted in an unexpected order");
    }
    Ok(())
}

/// A commit is answered when the disk has it, also on a server whose default is to answer before.
async fn wait_for_the_disk(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What only the server's own configuration can change.
async fn warn_about_durability(pool: &PgPool) -> Result<()> {
    for setting in ["fsync", "full_page_writes"] {
        let value: String = sqlx::query_scalar("SELECT current_setting($1)").bind(setting).fetch_one(pool).await?;
        if value != "on" {
            tracing::warn!(
                setting,
                value,
                "a power cut can lose acknowledged answers; set it to on in postgresql.conf and restart the server"
            );
        }
    }
    Ok(())
}

async fn start_listening(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Passes other processes' announcements on to this one's workers.
async fn listen(mut listener: PgListener, pool: PgPool, wakeups: Wakeups) {
    loop {
        while let Ok(notification) = listener.try_recv().await {
            // `None` is a lost connection: announcements may have been missed.
            wakeups.wake();
            if notification.is_none() {
                tracing::info!("listening for jobs again after a lost connection");
            }
        }
        listener = loop {
            if pool.is_closed() {
                return;
            }
            tokio::time::sleep(LISTEN_AGAIN).await;
            if let Ok(listener) = start_listening(&pool).await {
                break listener;
            }
        };
        // What was announced while nobody listened.
        wakeups.wake();
    }
}

/// Announces this process's commits. Outside of their transactions: `NOTIFY` makes commits wait for each other.
async fn tell_others(pool: PgPool, wakeups: Wakeups) {
    loop {
        wakeups.to_tell().await;
        if let Err(error) = sqlx::query(NOTIFY).execute(&pool).await {
            if pool.is_closed() {
                return;
            }
            // The others look every second anyway.
            tracing::debug!(error = %Error::from(error), "other workers could not be told about a job");
        }
    }
}
