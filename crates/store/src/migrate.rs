//! The migrations folder, embedded, applied once however many nodes start together, and refused by a release that is older
//! than the data. Then the keys: a database knows which keys sealed it.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Connection as _, PgConnection, SqlSafeStr as _, SqliteConnection};

use crate::db::Backend;
use crate::seal::SealError;
use crate::{Db, Error, InstanceScope as _, InstanceTx, Keyring, Result};

static EMBEDDED: &[(i64, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// The schema versions this release knows.
pub(crate) fn versions() -> impl Iterator<Item = i64> {
    EMBEDDED.iter().map(|(version, ..)| *version)
}

/// The newest of them.
pub fn newest_version() -> i64 {
    versions().max().unwrap_or(0)
}

/// Tells one set of migrations from another.
#[cfg(feature = "testing")]
pub(crate) fn fingerprint() -> String {
    use sha2::Digest as _;
    let files =
        EMBEDDED.iter().map(|(version, _, sql)| (*version, *sql)).chain(crate::guard::texts().map(|sql| (0, sql)));
    let digest = files.fold(sha2::Sha256::new(), |digest, (version, sql)| {
        digest.chain_update(version.to_le_bytes()).chain_update(sql).chain_update([0])
    });
    crate::seal::hex(&digest.finalize()[..8])
}

/// The migrations up to a version.
fn migrator(newest: i64) -> Migrator {
    let migrations = EMBEDDED.iter().filter(|(version, ..)| *version <= newest).map(|&(version, description, sql)| {
        Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

impl Db {
    /// Brings the schema up to this release and checks the keys. Safe to call from every node at every start.
    pub async fn migrate(&self) -> Result<()> {
        self.migrate_to(newest_version()).await
    }

    /// The same up to a version, for a copy from an older release.
    pub(crate) async fn migrate_to(&self, newest: i64) -> Result<()> {
        match &self.shared().backend {
            Backend::Sqlite(sqlite) => {
                let mut conn = sqlite.open_apart().await?;
                let outcome = migrate_sqlite(&mut conn, newest).await;
                conn.close().await?;
                outcome?;
            }
            Backend::Postgres(postgres) => {
                // The lock belongs to the session: on a connection of its own it ends with it, whatever happens.
                let mut conn = postgres.open_apart().await?;
                let outcome = migrate_postgres(&mut conn, newest).await;
                conn.close().await?;
                outcome?;
            }
        }
        self.learn_constraints().await?;
        self.check_keys().await
    }

    /// Refuses keys that do not belong to the data, and notes a key that is new to it.
    pub(crate) async fn check_keys(&self) -> Result<()> {
        let shared = self.shared();
        let keys = &*shared.keys();
        let sql = "SELECT key_id, canary, index_check FROM instance ORDER BY key_id";
        let known: Vec<(String, Vec<u8>, String)> = self.read_all().await?.query(sql).all().await?;
        // The program was stopped between the commit of new indexes and the key file that names their key.
        if let Some(promoted) =
            keys.promoted().filter(|next| known.iter().any(|(.., check)| *check == next.index_check()))
        {
            check_ring(&promoted, &known)?;
            self.use_keys(promoted);
            return Ok(());
        }
        check_ring(keys, &known)?;
        let active = keys.active_id();
        if known.iter().any(|(key_id, ..)| key_id == active) {
            return Ok(());
        }
        let mut tx = self.write_all().await?;
        tx.query("INSERT INTO instance (key_id, canary, index_check) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(active)
            .bind(keys.seal("instance", "canary", active, "bellwether"))
            .bind(keys.index_check())
            .execute()
            .await?;
        tx.commit().await
    }

    /// Refuses keys that do not belong to what a transaction has put in.
    pub(crate) async fn check_keys_within(&self, tx: &mut InstanceTx) -> Result<()> {
        let known: Vec<(String, Vec<u8>, String)> =
            tx.query("SELECT key_id, canary, index_check FROM instance ORDER BY key_id").all().await?;
        Ok(check_ring(&self.shared().keys(), &known)?)
    }

    /// Whether anything was ever sealed here.
    pub(crate) async fn has_keys(&self) -> Result<bool> {
        self.read_all().await?.query("SELECT EXISTS (SELECT 1 FROM instance)").scalar().await
    }

    /// Whether the schema exists at all.
    pub(crate) async fn has_schema(&self) -> Result<bool> {
        let sql = match self.shared().backend {
            Backend::Sqlite(_) => {
                "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'instance')"
            }
            Backend::Postgres(_) => "SELECT to_regclass('instance') IS NOT NULL",
        };
        self.read_all().await?.query(sql).scalar().await
    }
}

fn check_ring(keys: &Keyring, known: &[(String, Vec<u8>, String)]) -> Result<(), SealError> {
    for (key_id, canary, index_check) in known {
        match keys.open("instance", "canary", key_id, canary) {
            Ok(_) if *index_check == keys.index_check() => {}
            Err(error @ SealError::UnknownKey(_)) => return Err(error),
            Ok(_) => return Err(SealError::WrongKey("index".to_owned())),
            Err(_) => return Err(SealError::WrongKey(key_id.clone())),
        }
    }
    Ok(())
}

/// All files in one `BEGIN IMMEDIATE`: a second node waits for the lock and then finds nothing left to do, and a crash half-way
/// leaves the old schema.
async fn migrate_sqlite(conn: &mut SqliteConnection, newest: i64) -> Result<()> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    migrator(newest).run_direct(None, &mut *tx, false).await.map_err(migrate_error)?;
    crate::guard::put_up_sqlite(&mut tx).await?;
    Ok(tx.commit().await?)
}

async fn migrate_postgres(conn: &mut PgConnection, newest: i64) -> Result<()> {
    migrator(newest).run_direct(None, &mut *conn, false).await.map_err(migrate_error)?;
    crate::guard::put_up_postgres(conn).await
}

fn migrate_error(error: MigrateError) -> Error {
    match error {
        MigrateError::VersionMissing(found) => Error::SchemaNewer { found, known: newest_version() },
        MigrateError::VersionMismatch(version) => Error::Migration {
            version,
            problem: "was changed after it had been applied; restore the released file".to_owned(),
        },
        MigrateError::ExecuteMigration(source, version) => {
            Error::Migration { version, problem: format!("failed and was undone: {}", Error::from(source)) }
        }
        MigrateError::Execute(source) => source.into(),
        MigrateError::Dirty(version) => Error::Migration { version, problem: "was applied only in part".to_owned() },
        _ => Error::Migration { version: 0, problem: "could not be started".to_owned() },
    }
}
