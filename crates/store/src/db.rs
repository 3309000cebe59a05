//! The database: one address, one set of keys, two kinds of transactions. Which of the two databases stands behind the address
//! is known in `db/sqlite.rs` and `db/postgres.rs` only.

pub(crate) mod postgres;
pub(crate) mod sqlite;
pub(crate) mod wakeups;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use care::PracticeId;
use tokio::sync::watch;

use self::postgres::PostgresBackend;
use self::sqlite::{Hold, SqliteBackend};
use self::wakeups::Wakeups;
use crate::tx::{Conn, INSTANCE};
use crate::{Error, InstanceRead, InstanceTx, Keyring, Read, Result, SealError, Tx};

/// A connected database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) backend: Backend,
    keys: RwLock<Arc<Keyring>>,
    pub(crate) wakeups: Wakeups,
    /// Statements since the start, for those who watch over round trips.
    pub(crate) statements: AtomicU64,
    /// The latest statements' texts, for tests that look at how the database carries them out.
    #[cfg(feature = "testing")]
    pub(crate) texts: std::sync::Mutex<std::collections::VecDeque<String>>,
    /// How many wait for a connection just now.
    pub(crate) waiting: AtomicUsize,
    pub(crate) audit_heads: crate::audit::Heads,
    /// SQLite names a unique rule by its columns; this gives it the index's name, as on PostgreSQL.
    constraints: RwLock<HashMap<String, String>>,
}

pub(crate) enum Backend {
    Sqlite(Box<SqliteBackend>),
    Postgres(Box<PostgresBackend>),
}

/// Sizes and waiting times.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Reading connections on SQLite.
    pub sqlite_readers: u32,
    /// Connections on PostgreSQL.
    pub postgres_connections: u32,
    /// How long to wait for a connection or for the writer's turn before [`Error::Busy`].
    pub wait: Duration,
}

impl Default for Options {
    /// Two readers for each processor: each has a thread and pages in memory of its own, and they take turns.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let sqlite_readers = u32::try_from(processors * 2).unwrap_or(u32::MAX).clamp(4, 16);
        Self { sqlite_readers, postgres_connections: 16, wait: Duration::from_secs(5) }
    }
}

/// The kinds of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// The work of the SQLite writer since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupCommits {
    /// Commits that reached the disk.
    pub commits: u64,
    /// Transactions they held.
    pub transactions: u64,
}

impl Db {
    /// Connects to `sqlite:PATH` or `postgres://…`. Refuses SQLite connections that would not survive a power cut, and keys that
    /// do not belong to the data. The schema is [`Db::migrate`]'s.
    pub async fn connect(url: &str, keys: Keyring, options: Options) -> Result<Self> {
        let db = Self::open(url, keys, options).await?;
        if db.has_schema().await? {
            db.check_keys().await?;
            db.learn_constraints().await?;
        }
        Ok(db)
    }

    /// Whether there is data behind the address that was sealed with some key: then a missing key file must not be replaced by
    /// a fresh one. Creates nothing.
    pub async fn is_set_up(url: &str, options: Options) -> Result<bool> {
        if url.starts_with("sqlite:") && !sqlite::file_exists(url)? {
            return Ok(false);
        }
        // These keys never meet the data.
        let db = Self::open(url, Keyring::fresh(), options).await?;
        let sealed = db.has_schema().await? && db.has_keys().await?;
        db.close().await;
        Ok(sealed)
    }

    async fn open(url: &str, keys: Keyring, options: Options) -> Result<Self> {
        let wakeups = Wakeups::new();
        let backend = if url.starts_with("sqlite:") {
            Backend::Sqlite(Box::new(SqliteBackend::connect(url, options).await?))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Backend::Postgres(Box::new(PostgresBackend::connect(url, options, &wakeups).await?))
        } else {
            return Err(Error::Configuration(
                "the database address must start with sqlite: or postgres://, as in sqlite:/var/lib/bellwether/bellwether.db".to_owned(),
            ));
        };
        Ok(Self(Arc::new(Inner {
            backend,
            keys: RwLock::new(Arc::new(keys)),
            wakeups,
            statements: AtomicU64::new(0),
            #[cfg(feature = "testing")]
            texts: std::sync::Mutex::default(),
            waiting: AtomicUsize::new(0),
            audit_heads: crate::audit::Heads::default(),
            constraints: RwLock::default(),
        })))
    }

    /// Which kind of database this is.
    pub fn engine(&self) -> Engine {
        match self.0.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Begins reading one practice: one consistent state, however many statements.
    pub async fn read(&self, practice: &PracticeId) -> Result<Read> {
        Ok(Read::new(self, self.reading().await?, practice.clone()))
    }

    /// Begins changing one practice. On SQLite there is one writer: hold it for SQL only, no hashing and no network.
    pub async fn write(&self, practice: &PracticeId) -> Result<Tx> {
        Ok(Tx::new(self, self.writing(Hold::Short).await?, practice.clone()))
    }

    /// Begins changing one practice in bulk, before anybody is served: on SQLite nobody else writes until it is done, however
    /// long that takes.
    pub async fn write_in_bulk(&self, practice: &PracticeId) -> Result<Tx> {
        Ok(Tx::new(self, self.writing(Hold::Bulk).await?, practice.clone()))
    }

    /// Begins reading across practices.
    pub async fn read_all(&self) -> Result<InstanceRead> {
        self.read(&PracticeId::from_text(INSTANCE)).await.map(InstanceRead)
    }

    /// Begins changing rows across practices.
    pub async fn write_all(&self) -> Result<InstanceTx> {
        self.write(&PracticeId::from_text(INSTANCE)).await.map(InstanceTx)
    }

    /// The keyed index of a value that is unique in the whole instance (sign-in addresses, tokens): the same text gives the same
    /// index, and without the key nobody can tell which text it was. Within a practice use [`Read::blind_index`].
    pub fn blind_index(&self, kind: &'static str, normalised: &str) -> String {
        self.0.keys().blind_index(kind, "", normalised)
    }

    /// The keys in use.
    pub fn keys(&self) -> Arc<Keyring> {
        self.0.keys()
    }

    /// Reads the key file again, where the keys came from one. Tells whether it held other keys than before.
    pub fn reload_keys(&self) -> Result<bool, SealError> {
        self.0.reload_keys()
    }

    /// Uses other keys from now on.
    pub(crate) fn use_keys(&self, keys: Keyring) {
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// Under which name a PostgreSQL server knows this process.
    pub(crate) fn process_name() -> String {
        postgres::process_name()
    }

    /// Changes whenever jobs may have become due: after a commit of this process, and on PostgreSQL of any. A wake-up may be
    /// missed, so look at the table every second as well.
    pub fn wakeups(&self) -> watch::Receiver<u64> {
        self.0.wakeups.subscribe()
    }

    /// How many commits reached the disk and how many transactions they held; `None` on PostgreSQL, which groups by itself.
    pub fn group_commits(&self) -> Option<GroupCommits> {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => {
                let (commits, transactions) = sqlite.commit_counts();
                Some(GroupCommits { commits, transactions })
            }
            Backend::Postgres(_) => None,
        }
    }

    /// How many statements were run since the start, those that begin and end transactions left out: a submission is to take
    /// few, and the difference shows how many it took.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Whether the database learns from samples that somebody has to ask for.
    pub(crate) fn samples(&self) -> bool {
        matches!(self.0.backend, Backend::Sqlite(_))
    }

    /// Closes the reading connections that nobody uses: what SQLite has learned is read when a connection opens.
    pub(crate) async fn renew_idle_readers(&self) {
        if let Backend::Sqlite(sqlite) = &self.0.backend {
            sqlite.renew_idle_readers().await;
        }
    }

    /// Waits for what is under way and closes all connections. Later calls fail with [`Error::Unavailable`].
    pub async fn close(&self) {
        match &self.0.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close().await,
        }
    }

    pub(crate) fn shared(&self) -> Arc<Inner> {
        Arc::clone(&self.0)
    }

    /// How many wait for a connection or for the writer's turn just now: a door that is asked for more than the database can
    /// give sees it here before anybody has waited long.
    pub fn waiting(&self) -> usize {
        self.0.waiting.load(Ordering::Relaxed)
    }

    async fn reading(&self) -> Result<Conn> {
        let _waiting = Waiting::new(&self.0.waiting);
        match &self.0.backend {
            Backend::Sqlite(sqlite) => sqlite.read().await.map(Conn::SqliteRead),
            Backend::Postgres(postgres) => postgres.read().await.map(Conn::Postgres),
        }
    }

    async fn writing(&self, hold: Hold) -> Result<Conn> {
        let _waiting = Waiting::new(&self.0.waiting);
        match &self.0.backend {
            Backend::Sqlite(sqlite) => sqlite.write(hold).await.map(Conn::SqliteWrite),
            Backend::Postgres(postgres) => postgres.write().await.map(Conn::Postgres),
        }
    }

    pub(crate) async fn learn_constraints(&self) -> Result<()> {
        if let Backend::Sqlite(sqlite) = &self.0.backend {
            let names = sqlite.constraint_names().await?;
            *self.0.constraints.write().unwrap_or_else(PoisonError::into_inner) = names;
        }
        Ok(())
    }
}

/// One who waits, for as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Inner {
    pub(crate) fn keys(&self) -> Arc<Keyring> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn reload_keys(&self) -> Result<bool, SealError> {
        let Some(fresh) = self.keys().read_again()? else { return Ok(false) };
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(true)
    }

    /// Opens something; where its key is not known, the key file may have been rotated while this program runs.
    pub(crate) fn opening<T>(&self, open: impl Fn(&Keyring) -> Result<T, SealError>) -> Result<T, SealError> {
        match open(&self.keys()) {
            Err(SealError::UnknownKey(id)) => match self.reload_keys() {
                Ok(true) => open(&self.keys()),
                _ => Err(SealError::UnknownKey(id)),
            },
            outcome => outcome,
        }
    }

    pub(crate) fn name_constraint(&self, error: Error) -> Error {
        match error {
            Error::Constraint { kind, name } => {
                let names = self.constraints.read().unwrap_or_else(PoisonError::into_inner);
                Error::Constraint { kind, name: names.get(&name).cloned().unwrap_or(name) }
            }
            other => other,
        }
    }
}
