//! A small demo practice, seeded once and copied for every test.

use bellwether::copy::{self, Form};
use bellwether::wiring;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use store::testing::TestDb;
use store::transfer::Origin;
use store::{Db, Keyring, Options};

/// A folder of a test's own, deleted with it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bellwether-{name}-{}", Keyring::fresh().active_id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The demo's folder: its database is closed and stays as it is.
pub fn demo() -> &'static Path {
    static DEMO: OnceLock<Folder> = OnceLock::new();
    &DEMO
        .get_or_init(|| {
            let folder = Folder::new("operations-demo");
            let done = Command::new(env!("CARGO_BIN_EXE_bellwether"))
                .args(["demo", "--clients", "6", "--seed-only", "--data"])
                .arg(&folder.0)
                .output()
                .expect("the program starts");
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            folder
        })
        .0
}

pub fn keys() -> Keyring {
    Keyring::load(demo().join("key")).expect("the demo's keys")
}

/// A copy of the demo as a file.
pub async fn sqlite_copy(folder: &Folder) -> Db {
    std::fs::copy(demo().join("demo.db"), folder.at("demo.db")).expect("the demo's database can be copied");
    connect(&format!("sqlite:{}", folder.at("demo.db").display())).await
}

pub async fn connect(url: &str) -> Db {
    let options = Options { sqlite_readers: 2, postgres_connections: 4, ..Options::default() };
    Db::connect(url, keys(), options).await.expect("the database opens")
}

/// The demo on a PostgreSQL database of the test's own; `None` without a server.
pub async fn postgres_copy() -> Option<(TestDb, Db)> {
    let folder = Folder::new("to-postgres");
    let place = TestDb::postgres().await?.empty_sibling().await;
    let source = sqlite_copy(&folder).await;
    let file = folder.at("copy");
    copy::write(&source, now(), &file, Form::Plain).await.expect("exports");
    source.close().await;
    let db = connect(place.url()).await;
    copy::read(&db, &file, Origin::Import, now()).await.expect("imports");
    Some((place, db))
}

pub fn context() -> workflows::Context {
    wiring::context().expect("the instruments are sound")
}

pub fn now() -> care::Instant {
    context().now()
}
