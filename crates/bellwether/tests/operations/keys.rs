//! Keys that are changed under a practice at work.

use crate::house::{Folder, context, demo, postgres_copy, sqlite_copy};
use crate::program::{code, said};
use care::message::Channel;
use chrono::Duration;
use std::process::{Command, Output};
use store::{Db, Error, InstanceScope as _, Keyring, Options, SealError, rotation};

/// A practice with a key file of its own.
struct Place {
    folder: Folder,
    url: String,
}

impl Place {
    fn new(folder: Folder, url: String) -> Self {
        std::fs::copy(demo().join("key"), folder.at("key")).expect("the key file can be copied");
        Self { folder, url }
    }

    async fn sqlite() -> Self {
        let folder = Folder::new("keys");
        sqlite_copy(&folder).await.close().await;
        let url = format!("sqlite:{}", folder.at("demo.db").display());
        Self::new(folder, url)
    }

    fn ring(&self) -> Keyring {
        Keyring::load(self.folder.at("key")).expect("the key file")
    }

    async fn open(&self) -> Db {
        self.open_with(self.ring()).await.expect("opens")
    }

    async fn open_with(&self, ring: Keyring) -> Result<Db, Error> {
        Db::connect(&self.url, ring, Options { postgres_connections: 3, ..Options::default() }).await
    }

    fn keys(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_bellwether"))
            .arg("keys")
            .args(arguments)
            .args(["--database-url", &self.url, "--key-file"])
            .arg(self.folder.at("key"))
            .output()
            .expect("the program starts")
    }
}

async fn client_names(db: &Db) -> usize {
    let mut read = db.read_all().await.expect("reads");
    let practice = store::practice::ids(&mut read).await.expect("the practices").remove(0);
    let clients: Vec<(String, Vec<u8>)> =
        read.query("SELECT id, name_sealed FROM client ORDER BY id").all().await.expect("reads");
    let read = read.within(&practice);
    clients.iter().filter(|(id, sealed)| read.open("client", "name", id, sealed).is_ok()).count()
}

async fn assert_sound(db: &Db) {
    let report = workflows::verify::check(db, &context()).await.expect("verifies");
    assert_eq!(report.violations, []);
}

async fn keys_are_changed_under_a_running_program(place: Place) {
    let running = place.open().await;
    let old = place.ring().active_id().to_owned();
    let all = client_names(&running).await;
    assert!(all > 0);
    let done = place.keys(&["rotate"]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let new = place.ring().active_id().to_owned();
    assert_ne!(new, old);
    assert_eq!(client_names(&running).await, all, "the running program finds the new key by itself");
    assert_eq!(running.keys().active_id(), new, "and seals with it");
    let usage = rotation::usage(&running).await.expect("counts");
    assert_eq!(usage.keys().collect::<Vec<_>>(), [&new], "{usage:?}");
    assert_sound(&running).await;

    let early = place.keys(&["retire", &old]);
    assert_eq!(code(&early), 1, "{}", said(&early));
    assert!(said(&early).contains("quarter of an hour"), "{}", said(&early));
    assert_eq!(code(&place.keys(&["retire", &new])), 1, "the key that seals stays");
    let mut tx = running.write_all().await.expect("begins");
    tx.query("UPDATE instance SET superseded_at = $1 WHERE key_id = $2")
        .bind(context().now() - Duration::hours(1))
        .bind(old.as_str())
        .execute()
        .await
        .expect("time passes");
    tx.commit().await.expect("commits");
    let before = place.ring();
    let retired = place.keys(&["retire", &old]);
    assert_eq!(code(&retired), 0, "{}", said(&retired));
    assert_eq!(place.ring().ids().collect::<Vec<_>>(), [new.as_str()]);
    running.close().await;
    let db = place.open().await;
    assert_eq!(client_names(&db).await, all);
    assert_sound(&db).await;
    db.close().await;
    place.open_with(before).await.expect("a ring with a key too many opens as well").close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_changed_under_a_running_program_on_sqlite() {
    keys_are_changed_under_a_running_program(Place::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_changed_under_a_running_program_on_postgres() {
    let Some((server, db)) = postgres_copy().await else { return };
    db.close().await;
    server.close().await;
    let place = Place::new(Folder::new("keys-postgres"), server.url().to_owned());
    keys_are_changed_under_a_running_program(place).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_change_of_keys_goes_on() {
    let place = Place::sqlite().await;
    let old = place.ring().active_id().to_owned();
    place.ring().rotated().save(place.folder.at("key")).expect("saves");
    let db = place.open().await;
    let interrupted = {
        let db = db.clone();
        tokio::spawn(async move { rotation::reseal(&db, |_| panic!("the machine stops after the first batch")).await })
    };
    interrupted.await.expect_err("it was interrupted");
    let usage = rotation::usage(&db).await.expect("counts");
    assert_eq!(usage.len(), 2, "some with the old key, some with the new one: {usage:?}");
    assert_sound(&db).await;
    let refused = place.keys(&["retire", &old]);
    assert_eq!(code(&refused), 1);
    assert!(said(&refused).contains("still opens"), "{}", said(&refused));
    db.close().await;
    assert_eq!(code(&place.keys(&["reseal"])), 0);
    let db = place.open().await;
    assert_eq!(rotation::usage(&db).await.expect("counts").len(), 1);
    assert_eq!(rotation::reseal(&db, |_| {}).await.expect("again"), 0, "nothing is left to do");
    assert_sound(&db).await;
    db.close().await;
}

async fn suppress(db: &Db, number: &str) {
    let mut read = db.read_all().await.expect("reads");
    let practice = store::practice::ids(&mut read).await.expect("the practices").remove(0);
    drop(read);
    let mut tx = db.write(&practice).await.expect("begins");
    let index = tx.blind_index("phone", number);
    tx.query("INSERT INTO suppression (practice_id, channel, contact_index, source, since) VALUES ($1, 'sms', $2, 'keyword', $3)")
        .bind(&practice)
        .bind(index)
        .bind(context().now())
        .execute()
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
}

async fn is_suppressed(db: &Db, number: &str) -> bool {
    let mut read = db.read_all().await.expect("reads");
    let practice = store::practice::ids(&mut read).await.expect("the practices").remove(0);
    store::suppression::is_suppressed(read.within(&practice), Channel::Sms, number).await.expect("reads")
}

async fn indexes_are_changed(place: Place) {
    let db = place.open().await;
    // A number that is on no client's page: only its hash is known.
    suppress(&db, "+14155550199").await;
    let refused = place.keys(&["rotate-index"]);
    assert_eq!(code(&refused), 2, "{}", said(&refused));
    assert!(said(&refused).contains("stop every"), "{}", said(&refused));
    db.close().await;
    let before = place.ring();
    let done = place.keys(&["rotate-index"]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let db = place.open().await;
    assert!(is_suppressed(&db, "+14155550199").await, "a number that said STOP stays stopped");
    assert!(!is_suppressed(&db, "+14155550198").await);
    assert_sound(&db).await;
    db.close().await;
    assert!(
        matches!(place.open_with(Keyring::parse(&without_next(&before)).expect("parses")).await, Err(Error::Seal(SealError::WrongKey(id))) if id == "index"),
        "the old ring would find nobody, so it is refused"
    );

    // A stop between the commit and the key file: the next start understands, and the command ends what it began.
    place.ring().with_next_index().save(place.folder.at("key")).expect("saves");
    let db = place.open().await;
    assert!(rotation::rehash(&db).await.expect("rehashes") > 0);
    db.close().await;
    let db = place.open().await;
    assert!(is_suppressed(&db, "+14155550199").await);
    assert!(!db.reload_keys().expect("reads"), "the file is behind the data and must not be taken for newer");
    assert_sound(&db).await;
    db.close().await;
    let ended = place.keys(&["rotate-index"]);
    assert_eq!(code(&ended), 0, "{}", said(&ended));
    let text = std::fs::read_to_string(place.folder.at("key")).expect("reads");
    assert_eq!(text.lines().filter(|line| line.starts_with("index ")).count(), 3, "one for each change, and the first");
    let db = place.open().await;
    assert!(is_suppressed(&db, "+14155550199").await);
    assert_sound(&db).await;
    db.close().await;
}

fn without_next(ring: &Keyring) -> String {
    let text = ring.to_text();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("next-index")).collect();
    lines.join("\n") + "\n"
}

#[tokio::test(flavor = "multi_thread")]
async fn the_look_up_key_is_changed_on_sqlite() {
    indexes_are_changed(Place::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_look_up_key_is_changed_on_postgres() {
    let Some((server, db)) = postgres_copy().await else { return };
    db.close().await;
    server.close().await;
    indexes_are_changed(Place::new(Folder::new("index-postgres"), server.url().to_owned())).await;
}
