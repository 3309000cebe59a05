//! SQLite: some readers (`readers.rs`), and one writer whose transactions share commits (`writer.rs`). WAL and `synchronous = FULL` are
//! asserted on every connection when it opens, and on the one that writes whenever it begins, because with anything less an
//! acknowledged answer does not survive a power cut.

mod readers;
mod writer;

use std::collections::HashMap;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};

use super::Options;
use crate::{Error, Result};

use self::readers::Readers;
pub(crate) use self::readers::Reading;
use self::writer::Writer;
pub(crate) use self::writer::{Hold, Lease};

/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Rows that a connection hands over without waiting for somebody to take them: a page's list crosses between threads once.
const ROWS_AT_ONCE: usize = 1000;
/// Prepared statements that the one writing connection keeps.
const WRITER_STATEMENTS: usize = 256;

pub(crate) struct SqliteBackend {
    readers: Readers,
    writer: Writer,
    options: SqliteConnectOptions,
}

impl SqliteBackend {
    pub(crate) async fn connect(url: &str, options: Options) -> Result<Self> {
        let connect = connect_options(url)?;
        // First: it creates the file and its journal mode.
        let writing = connect
            .clone()
            .statement_cache_capacity(WRITER_STATEMENTS)
            // A commit that touches many pages keeps them in memory instead of writing them twice, and the log is carried over
            // into the file every 16 MB instead of every 4: fewer of those who wait for a commit wait for that too.
            .pragma("cache_size", "-16000")
            .pragma("wal_autocheckpoint", "4000");
        let conn = open(&writing).await?;
        let writer = Writer::start(conn, writing, options.wait);
        let reading = connect
            .clone()
            .pragma("query_only", "ON")
            // Twice what SQLite takes by itself: a page of a large practice is read out of memory the second time.
            .pragma("cache_size", "-4000")
            .row_buffer_size(ROWS_AT_ONCE);
        let readers = Readers::start(reading, options.sqlite_readers.max(1), options.wait).await?;
        Ok(Self { readers, writer, options: connect })
    }

    /// Begins to read. What cannot write needs no durability beyond what was asserted when it was opened.
    pub(crate) async fn read(&self) -> Result<Reading> {
        self.readers.begin().await
    }

    /// Closes the reading connections that nobody uses: what SQLite has learned is read when a connection opens.
    pub(crate) async fn renew_idle_readers(&self) {
        self.readers.renew().await;
    }

    pub(crate) async fn write(&self, hold: Hold) -> Result<Lease> {
        self.writer.begin(hold).await
    }

    pub(crate) fn commit_counts(&self) -> (u64, u64) {
        self.writer.counts()
    }

    /// A connection outside of writer and readers.
    pub(crate) async fn open_apart(&self) -> Result<SqliteConnection> {
        open(&self.options).await
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// SQLite reports a violated unique rule as `table.column, table.column`; PostgreSQL reports the index. This maps the one to
    /// the other. A primary key gets PostgreSQL's default name.
    pub(crate) async fn constraint_names(&self) -> Result<HashMap<String, String>> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT t.name, i.name, i.origin, c.name
               FROM sqlite_schema AS t
               JOIN pragma_index_list(t.name) AS i ON i.\"unique\" = 1
               JOIN pragma_index_info(i.name) AS c
              WHERE t.type = 'table' AND c.name IS NOT NULL
              ORDER BY t.name, i.name, c.seqno",
        )
        .fetch_all(&mut self.open_apart().await?)
        .await?;
        let mut indexes: Vec<(String, String)> = Vec::new();
        let mut last = String::new();
        for (table, index, origin, column) in rows {
            let part = format!("{table}.{column}");
            if index == last
                && let Some((columns, _)) = indexes.last_mut()
            {
                columns.push_str(", ");
                columns.push_str(&part);
            } else {
                let name = if origin == "pk" { format!("{table}_pkey") } else { index.clone() };
                indexes.push((part, name));
                last = index;
            }
        }
        Ok(indexes.into_iter().collect())
    }
}

/// Whether the address names an existing file.
pub(crate) fn file_exists(url: &str) -> Result<bool> {
    Ok(path_options(url)?.get_filename().exists())
}

fn path_options(url: &str) -> Result<SqliteConnectOptions> {
    SqliteConnectOptions::from_str(url)
        .map_err(|_| Error::Configuration("the database address is not of the form sqlite:PATH".to_owned()))
}

fn connect_options(url: &str) -> Result<SqliteConnectOptions> {
    let options = path_options(url)?;
    let path = options.get_filename().to_owned();
    if path.as_os_str().is_empty() || url.contains(":memory:") || url.contains("mode=memory") {
        return Err(Error::Configuration("the database must be a file: one in memory survives nothing".to_owned()));
    }
    create_private(&path)?;
    Ok(options
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        // macOS: a plain fsync leaves the data in the drive's cache.
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .pragma("temp_store", "MEMORY"))
}

/// Creates the file for its owner alone; SQLite gives its journal files the same permissions.
fn create_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::Configuration(format!(
            "the database file {} cannot be created ({}); check that its folder exists and is writable",
            path.display(),
            error.kind()
        ))),
    }
}

fn closed() -> Error {
    Error::unavailable("it has been closed")
}

async fn open(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    let mut conn = options.connect().await?;
    if assert_durable(&mut conn).await.is_err() {
        return Err(Error::unavailable(
            "its folder does not let SQLite work with a write-ahead log and full synchronisation; move the file to a local disk",
        ));
    }
    Ok(conn)
}

/// One round trip: journal mode, `synchronous` and foreign keys are as they have to be.
async fn assert_durable(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let (journal, synchronous, foreign_keys): (String, i64, i64) = sqlx::query_as(
        "SELECT (SELECT journal_mode FROM pragma_journal_mode), (SELECT synchronous FROM pragma_synchronous),
                (SELECT foreign_keys FROM pragma_foreign_keys)",
    )
    .fetch_one(conn)
    .await?;
    if journal == "wal" && synchronous == 2 && foreign_keys == 1 {
        return Ok(());
    }
    tracing::error!(%journal, synchronous, foreign_keys, "a database connection would lose data in a power cut; it is refused");
    Err(sqlx::Error::Io(std::io::Error::other("connection without WAL, synchronous = FULL and foreign keys")))
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;

    #[tokio::test]
    async fn a_connection_with_less_is_refused() {
        let folder = std::env::temp_dir().join(format!("bellwether-durable-{}", crate::Keyring::fresh().active_id()));
        std::fs::create_dir_all(&folder).expect("creates");
        // Each has a file of its own: a connection that was refused closes in its own time, and a journal changes its mode
        // only when nobody else looks.
        let sound =
            |name: &str| connect_options(&format!("sqlite:{}", folder.join(name).display())).expect("a usable address");
        open(&sound("sound")).await.expect("WAL, FULL and foreign keys").close().await.expect("closes");
        for weak in [
            sound("normal").synchronous(SqliteSynchronous::Normal),
            sound("off").synchronous(SqliteSynchronous::Off),
            sound("keys").foreign_keys(false),
            sound("journal").journal_mode(SqliteJournalMode::Delete),
        ] {
            assert!(matches!(open(&weak).await, Err(Error::Unavailable(_))), "{weak:?}");
        }
        std::fs::remove_dir_all(folder).expect("cleans up");
    }
}
