//! Databases for tests: migrated once into a template, then copied for every test, on SQLite as a file and on PostgreSQL as a
//! database. PostgreSQL is used when `BELLWETHER_TEST_POSTGRES` holds a server's address with the right to create databases
//! (`postgres://postgres@localhost:5432/postgres`); otherwise its half of a test says that it was skipped.
//!
//! ```text
//! store::testing::both_databases! {
//!     async fn a_claimed_job_is_claimed_once(db: TestDb) { … }
//! }
//! ```

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use care::{Entropy as _, SystemEntropy};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use tokio::sync::OnceCell;

use crate::seal::hex;
use crate::{Db, Engine, InstanceScope as _, Keyring, Options, Result, Tx};

pub use crate::both_databases;

/// The environment variable with the address of a PostgreSQL server for tests.
pub const POSTGRES: &str = "BELLWETHER_TEST_POSTGRES";

/// Keys that every test database of every process is sealed with.
const KEYRING: &str = "bellwether-keyring 1
index aW5kZXgga2V5IGZvciB0ZXN0cywgMzIgYnl0ZXMuLi4=
active ktest c2VhbGluZyBrZXkgZm9yIHRlc3RzLCAzMiBieXRlcy4=
";

/// A migrated database of one test's own, deleted when it is dropped.
pub struct TestDb {
    db: Db,
    url: String,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Server { admin: Box<PgConnectOptions>, name: String },
}

/// Does something to the rows that no workflow does, with these sealed values as `$1`, `$2` and so on.
pub async fn leave(tx: &mut Tx, sql: String, sealed: Vec<Vec<u8>>) {
    let values = sealed.into_iter().map(crate::Value::Bytes).collect();
    let outcome = tx.query_numbered(sql.clone(), values).execute().await;
    outcome.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

/// The keys of the test databases.
pub fn keyring() -> Keyring {
    Keyring::parse(KEYRING).expect("the test keyring is well-formed")
}

impl TestDb {
    /// A copy of the SQLite template.
    pub async fn sqlite() -> Self {
        let template = sqlite_template().await;
        let folder = fresh_folder("test");
        let file = folder.join("bellwether.db");
        std::fs::copy(template, &file).expect("the template can be copied");
        let url = format!("sqlite:{}", file.display());
        let db = connect(&url).await.expect("a copy of the template can be opened");
        Self { db, url, place: Place::Folder(folder) }
    }

    /// A copy of the PostgreSQL template, or `None` (and a word about it) without a server.
    pub async fn postgres() -> Option<Self> {
        let Ok(address) = std::env::var(POSTGRES) else {
            say_skipped();
            return None;
        };
        Some(Self::postgres_at(&address).await)
    }

    /// A copy of the PostgreSQL template on the server at the address.
    pub async fn postgres_at(address: &str) -> Self {
        let admin = PgConnectOptions::from_str(address).expect("the address of a server for tests is postgres://…");
        let template = postgres_template(address, &admin).await;
        let name = format!("bellwether_test_{}", fresh_name());
        let mut conn = admin.connect().await.expect("the PostgreSQL server for tests can be reached");
        // Its files are copied rather than written to the log: half the time. Servers before the fifteenth know no other way.
        let strategy = if conn.server_version_num() >= Some(150_000) { " STRATEGY FILE_COPY" } else { "" };
        run(&mut conn, format!("CREATE DATABASE {name} TEMPLATE {template}{strategy}")).await;
        conn.close().await.expect("the administrative connection closes");
        let url = with_database(address, &name);
        let db = connect(&url).await.expect("a copy of the template can be opened");
        Self { db, url, place: Place::Server { admin: Box::new(admin), name } }
    }

    /// How SQLite would carry out the latest statement: the lines of its plan.
    pub async fn plan(&self) -> Vec<String> {
        let text = {
            let shared = self.db.shared();
            let texts = shared.texts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            texts.back().cloned().expect("a statement was made")
        };
        let file = self.file().expect("plans are read on SQLite");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut conn = options.connect().await.expect("the database opens");
        let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}")))
            .fetch_all(&mut conn)
            .await
            .expect("a plan");
        rows.into_iter().map(|row| row.3).collect()
    }

    /// A database without any schema, of the same kind as this one.
    pub async fn empty_sibling(&self) -> Self {
        match &self.place {
            Place::Folder(_) => {
                let folder = fresh_folder("test");
                let url = format!("sqlite:{}", folder.join("bellwether.db").display());
                let db = connect(&url).await.expect("an empty database can be opened");
                Self { db, url, place: Place::Folder(folder) }
            }
            Place::Server { admin, .. } => {
                let name = format!("bellwether_test_{}", fresh_name());
                let mut conn = admin.connect().await.expect("the PostgreSQL server for tests can be reached");
                create_empty(&mut conn, &name).await;
                conn.close().await.expect("the administrative connection closes");
                let url = with_database(&self.url, &name);
                let db = connect(&url).await.expect("an empty database can be opened");
                Self { db, url, place: Place::Server { admin: admin.clone(), name } }
            }
        }
    }

    /// The database's address, for a second node on the same data.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A second node: its own connections to the same data.
    pub async fn another_node(&self) -> Db {
        connect(&self.url).await.expect("a second node can connect")
    }

    /// The database file of an SQLite test.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Folder(folder) => Some(folder.join("bellwether.db")),
            Place::Server { .. } => None,
        }
    }
}

/// The whole schema, a line or a statement each: tables, columns, constraints, indexes, triggers.
pub async fn schema(db: &Db) -> Vec<String> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS TEXT) AS line \
             FROM information_schema.columns WHERE table_schema = current_schema() \
             UNION ALL SELECT CAST(conname || ' ' || pg_get_constraintdef(oid) AS TEXT) \
             FROM pg_constraint WHERE connamespace = CAST(current_schema() AS regnamespace) \
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() \
             UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY line"
        }
    };
    let mut everything = db.read_all().await.expect("the database can be read");
    let rows: Vec<(String,)> = everything.query(sql).all().await.expect("the catalogue can be read");
    rows.into_iter().map(|(line,)| line).collect()
}

/// Takes the triggers down that keep the audit append-only, as somebody with the database's own rights could.
pub async fn take_down_guards(db: &Db) {
    let mut tx = db.write_all().await.expect("begins");
    crate::guard::take_down(tx.own()).await.expect("the triggers can be dropped");
    tx.commit().await.expect("commits");
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        match &self.place {
            Place::Folder(folder) => {
                // Left-overs are in the temporary folder: no reason to fail a test.
                let _ = std::fs::remove_dir_all(folder);
            }
            Place::Server { admin, name } => {
                let (admin, name) = (admin.clone(), name.clone());
                // The test's own runtime may be the one that is being shut down.
                let dropping = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    if let Ok(runtime) = runtime {
                        runtime.block_on(async {
                            if let Ok(mut conn) = admin.connect().await {
                                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                                let _ = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await;
                            }
                        });
                    }
                });
                let _ = dropping.join();
            }
        }
    }
}

async fn connect(url: &str) -> Result<Db> {
    // Tests run many at a time against one server with a hundred connections.
    let options = Options { sqlite_readers: 4, postgres_connections: 8, ..Options::default() };
    Db::connect(url, keyring(), options).await
}

async fn migrated(url: &str) {
    let db = connect(url).await.expect("an empty database can be opened");
    db.migrate().await.expect("the migrations run");
    db.close().await;
}

/// One template per set of migrations, shared by all test processes: runners start one per test.
async fn sqlite_template() -> &'static Path {
    static TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let template =
                std::env::temp_dir().join(format!("bellwether-template-{}.db", crate::migrate::fingerprint()));
            if !template.exists() {
                // Built elsewhere and moved into place, so that nobody copies a half-built one.
                let folder = fresh_folder("building");
                let building = folder.join("template.db");
                migrated(&format!("sqlite:{}", building.display())).await;
                assert!(!folder.join("template.db-wal").exists(), "closing has moved everything into the file");
                std::fs::rename(&building, &template).expect("the template can be moved into place");
                std::fs::remove_dir_all(folder).expect("the temporary folder can be emptied");
            }
            template
        })
        .await
}

/// One template per set of migrations, shared by all test processes on the server: its name is the hash of the migrations.
async fn postgres_template(address: &str, admin: &PgConnectOptions) -> String {
    let name = format!("bellwether_template_{}", crate::migrate::fingerprint());
    let mut conn = admin.connect().await.expect("the PostgreSQL server for tests can be reached");
    run(&mut conn, "SELECT pg_advisory_lock(20250710)".to_owned()).await;
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut conn)
        .await
        .expect("the server lists its databases");
    if !exists {
        // Built under another name, so that a test run that was killed leaves no half-built template.
        let building = format!("bellwether_building_{}", fresh_name());
        create_empty(&mut conn, &building).await;
        migrated(&with_database(address, &building)).await;
        run(&mut conn, format!("ALTER DATABASE {building} RENAME TO {name}")).await;
    }
    conn.close().await.expect("the administrative connection closes");
    name
}

async fn create_empty(conn: &mut PgConnection, name: &str) {
    run(conn, format!("CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")).await;
}

async fn run(conn: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.expect("the server lets tests create databases");
}

fn with_database(address: &str, name: &str) -> String {
    let (before, query) = address.split_once('?').map_or((address, None), |(before, query)| (before, Some(query)));
    let scheme = before.find("://").map_or(0, |position| position + 3);
    let base = before[scheme..].find('/').map_or(before, |slash| &before[..scheme + slash]);
    query.map_or_else(|| format!("{base}/{name}"), |query| format!("{base}/{name}?{query}"))
}

fn fresh_folder(what: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("bellwether-{what}-{}", fresh_name()));
    std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
    folder
}

fn fresh_name() -> String {
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes);
    hex(&bytes)
}

#[expect(clippy::print_stderr, reason = "a skipped half of a test says so in the test's output")]
fn say_skipped() {
    eprintln!("SKIPPED: PostgreSQL, because {POSTGRES} is not set");
}

/// Makes of one test body two tests, `NAME::sqlite` and `NAME::postgres`.
#[macro_export]
macro_rules! both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: TestDb) $body:block)+) => { $(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn body($db: $crate::testing::TestDb) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::testing::TestDb::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(db) = $crate::testing::TestDb::postgres().await {
                    body(db).await;
                }
            }
        }
    )+ };
}
