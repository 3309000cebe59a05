//! What can go wrong between the program and its database. No variant carries a stored value: database messages may quote
//! what somebody typed, so only codes and names from our own schema are kept.

use sqlx::error::ErrorKind;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

/// The store's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Somebody was faster: a compare-and-set found the row in another state. Read again and decide anew.
    #[error("the record was changed by somebody else in the meantime")]
    Conflict,
    /// A row that had to be there is not.
    #[error("no such record")]
    NotFound,
    /// A rule of the schema refused the row.
    #[error("the database refused the row: {kind} rule '{name}'")]
    Constraint {
        /// Which kind of rule.
        kind: Rule,
        /// The rule's name in the schema. SQLite names no foreign keys: the name is empty there.
        name: String,
    },
    /// A statement of this transaction failed or was abandoned; nothing more may be done with it, least of all a commit.
    #[error("an earlier statement of this transaction failed, so it cannot go on")]
    Failed,
    /// The database is too busy right now; trying again later is safe.
    #[error("the database is busy; try again in a moment")]
    Busy,
    /// The database cannot be used right now; nothing was stored.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The connection broke while the commit was on its way: stored or not, only a fresh look can tell.
    #[error("the connection broke during the commit; whether it was stored is unknown")]
    CommitUnknown,
    /// The database file or its content is damaged.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// A statement and its values do not fit together: a mistake in the program.
    #[error("statement '{sql}' needs {expected} values and was given {given}")]
    Binds {
        /// The beginning of the statement.
        sql: String,
        /// Highest placeholder in the text.
        expected: usize,
        /// Values bound.
        given: usize,
    },
    /// A value no database of ours can hold.
    #[error("value {position} of the statement cannot be stored: {problem}")]
    Value {
        /// 1-based position of the value in the statement.
        position: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A column is missing or holds something else than its type.
    #[error("column '{column}' {problem}")]
    Column {
        /// Name or position.
        column: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Sealing or opening a column failed.
    #[error(transparent)]
    Seal(#[from] crate::seal::SealError),
    /// The database was written by a newer release.
    #[error(
        "the database has schema version {found}, newer than the {known} this release knows; start the newer release, or restore an older backup"
    )]
    SchemaNewer {
        /// Version in the database.
        found: i64,
        /// Newest version this release knows.
        known: i64,
    },
    /// A migration failed or was changed after it had run.
    #[error("migration {version} {problem}")]
    Migration {
        /// The migration's number.
        version: i64,
        /// What went wrong.
        problem: String,
    },
    /// The address or the server's settings are unusable.
    #[error("{0}")]
    Configuration(String),
    /// Any other error the database reported.
    #[error("the database reported error {code}{detail}")]
    Database {
        /// SQLSTATE on PostgreSQL, extended result code on SQLite.
        code: String,
        /// For mistakes in our own SQL, the message with a leading colon; empty otherwise.
        detail: String,
    },
}

/// The kinds of rules a schema can enforce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A unique index or primary key.
    Unique,
    /// A reference to another row.
    ForeignKey,
    /// A column that must not be empty.
    NotNull,
    /// A `CHECK`.
    Check,
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unique => "unique",
            Self::ForeignKey => "reference",
            Self::NotNull => "not-null",
            Self::Check => "check",
        })
    }
}

impl Error {
    /// Whether a unique rule refused the row.
    pub const fn is_unique(&self) -> bool {
        matches!(self, Self::Constraint { kind: Rule::Unique, .. })
    }

    /// Whether the rule of this name refused the row. Unique indexes have the same name on both databases.
    pub fn is_constraint(&self, rule: &str) -> bool {
        matches!(self, Self::Constraint { name, .. } if name == rule)
    }

    /// Whether trying the whole transaction again later may succeed and cannot do anything twice.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_) | Self::Conflict)
    }

    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable(reason.into())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::PoolClosed => Self::unavailable("it has been closed"),
            sqlx::Error::WorkerCrashed => Self::unavailable("its worker thread ended"),
            sqlx::Error::Io(io) => Self::unavailable(format!("the connection broke ({})", io.kind())),
            sqlx::Error::Tls(_) => Self::unavailable("no TLS connection could be made; check the server's certificate"),
            sqlx::Error::Protocol(_) => {
                Self::unavailable("the server answered with something that is not its protocol")
            }
            sqlx::Error::BeginFailed => Self::unavailable("a transaction could not be started"),
            sqlx::Error::Configuration(_) => Self::Configuration("the database address cannot be read".to_owned()),
            sqlx::Error::ColumnNotFound(column) => Self::Column { column, problem: "is not in the result".to_owned() },
            sqlx::Error::ColumnIndexOutOfBounds { index, len } => {
                Self::Column { column: index.to_string(), problem: format!("is not in the result, which has {len}") }
            }
            sqlx::Error::ColumnDecode { index, .. } => {
                Self::Column { column: index, problem: "does not hold what its type says".to_owned() }
            }
            sqlx::Error::Database(database) => from_database(&*database),
            _ => Self::Database { code: "(driver)".to_owned(), detail: String::new() },
        }
    }
}

fn from_database(error: &(dyn sqlx::error::DatabaseError + 'static)) -> Error {
    let rule = match error.kind() {
        ErrorKind::UniqueViolation => Some(Rule::Unique),
        ErrorKind::ForeignKeyViolation => Some(Rule::ForeignKey),
        ErrorKind::NotNullViolation => Some(Rule::NotNull),
        ErrorKind::CheckViolation => Some(Rule::Check),
        _ => None,
    };
    let code = error.code().unwrap_or_default().into_owned();
    if let Some(sqlite) = error.try_downcast_ref::<SqliteError>() {
        let message = sqlx::error::DatabaseError::message(sqlite);
        if let Some(kind) = rule {
            // "UNIQUE constraint failed: table.column, table.column"; names from our own schema, never values.
            let name = message.split_once("failed: ").map_or("", |(_, name)| name).to_owned();
            return Error::Constraint { kind, name };
        }
        return from_sqlite(&code, message);
    }
    if let Some(kind) = rule {
        let name = error.constraint().map_or_else(
            || {
                let postgres = error.try_downcast_ref::<PgDatabaseError>();
                let table = postgres.and_then(PgDatabaseError::table).unwrap_or_default();
                let column = postgres.and_then(PgDatabaseError::column).unwrap_or_default();
                format!("{table}.{column}")
            },
            str::to_owned,
        );
        return Error::Constraint { kind, name };
    }
    from_postgres(&code, error.message())
}

fn from_sqlite(code: &str, message: &str) -> Error {
    match sqlite_primary_code(code) {
        // BUSY, LOCKED, INTERRUPT
        5 | 6 | 9 => Error::Busy,
        7 => Error::unavailable("out of memory"),
        8 => Error::unavailable("the file is read-only; check its permissions"),
        10 => Error::unavailable("reading or writing the file failed; check the disk"),
        11 => Error::Corrupt("the database file is malformed; restore a backup".to_owned()),
        13 => Error::unavailable("the disk is full"),
        14 => Error::unavailable("the file cannot be opened; check that its folder exists and is writable"),
        26 => Error::Corrupt("the file is not an SQLite database".to_owned()),
        // SQLITE_ERROR is a mistake in our own SQL; its message quotes that text and never a value.
        1 => Error::Database { code: code.to_owned(), detail: format!(": {message}") },
        _ => Error::Database { code: code.to_owned(), detail: String::new() },
    }
}

fn from_postgres(code: &str, message: &str) -> Error {
    match code {
        // Serialization failure, deadlock, lock not available, statement cancelled.
        "40001" | "40P01" | "55P03" | "57014" => Error::Busy,
        "25006" => Error::unavailable("the server is read-only"),
        "28P01" | "28000" => Error::Configuration("the database server refused user or password".to_owned()),
        "3D000" => Error::Configuration(
            "the database does not exist on the server; create it with encoding UTF8 and locale C.UTF-8".to_owned(),
        ),
        "XX001" | "XX002" => Error::Corrupt(format!("the server reported error {code}")),
        _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
            Error::unavailable(format!("the server reported error {code}"))
        }
        // Class 42 is a mistake in our own SQL; its message quotes names of the schema and never a value.
        _ if code.starts_with("42") => Error::Database { code: code.to_owned(), detail: format!(": {message}") },
        _ => Error::Database { code: code.to_owned(), detail: String::new() },
    }
}

/// The low byte of an extended SQLite result code.
fn sqlite_primary_code(code: &str) -> i32 {
    code.parse::<i32>().map_or(0, |code| code & 0xff)
}

/// Whether this error may have taken the whole outer SQLite transaction with it (FULL, IOERR, NOMEM, CORRUPT, NOTADB, or a
/// dead connection).
pub(crate) fn ends_sqlite_batch(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(database) => {
            matches!(sqlite_primary_code(&database.code().unwrap_or_default()), 7 | 9 | 10 | 11 | 13 | 26)
        }
        sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => true,
        _ => false,
    }
}
