//! Data and key file belong together, and a start with the wrong one is refused.

use store::testing::{TestDb, both_databases, keyring};
use store::{Db, Error, Keyring, Options, Result, SealError};

use crate::practice;

async fn connect(db: &TestDb, keys: Keyring) -> Result<Db> {
    Db::connect(db.url(), keys, Options { postgres_connections: 2, ..Options::default() }).await
}

async fn refused(db: &TestDb, keys: Keyring) -> SealError {
    match connect(db, keys).await.err() {
        Some(Error::Seal(error)) => error,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The test keys with one line's key exchanged.
fn exchanged(line: &str) -> Keyring {
    let fresh = Keyring::fresh().to_text();
    let fresh = fresh
        .lines()
        .find(|other| other.starts_with(line))
        .and_then(|other| other.split_whitespace().last())
        .expect("a key");
    let text: Vec<String> = keyring()
        .to_text()
        .lines()
        .map(|own| {
            if own.starts_with(line) {
                let name = own.rsplit_once(' ').expect("a name and a key").0;
                format!("{name} {fresh}")
            } else {
                own.to_owned()
            }
        })
        .collect();
    Keyring::parse(&text.join("\n")).expect("well-formed")
}

both_databases! {
    async fn a_start_with_the_wrong_keys_is_refused(db: TestDb) {
        assert!(matches!(refused(&db, Keyring::fresh()).await, SealError::UnknownKey(id) if id == keyring().active_id()));
        assert!(matches!(refused(&db, exchanged("active")).await, SealError::WrongKey(id) if id == keyring().active_id()));
        assert!(matches!(refused(&db, exchanged("index")).await, SealError::WrongKey(id) if id == "index"));
        connect(&db, keyring()).await.expect("the right keys").close().await;
    }

    async fn an_existing_database_is_known_without_its_keys(db: TestDb) {
        let options = Options::default();
        assert!(Db::is_set_up(db.url(), options).await.expect("looks"));
        let empty = db.empty_sibling().await;
        assert!(!Db::is_set_up(empty.url(), options).await.expect("looks"));
        if let Some(file) = db.file() {
            let nowhere = file.with_file_name("nowhere.db");
            assert!(!Db::is_set_up(&format!("sqlite:{}", nowhere.display()), options).await.expect("looks"));
            assert!(!nowhere.exists(), "looking creates nothing");
        }
    }

    async fn after_a_rotation_the_old_file_alone_is_refused(db: TestDb) {
        let sealed = db.read(&practice()).await.expect("begins").seal("client", "name", "1", "before");
        let rotated = connect(&db, keyring().rotated()).await.expect("a ring that still holds the old key");
        let opened = rotated.read(&practice()).await.expect("begins").open("client", "name", "1", &sealed);
        assert_eq!(opened.expect("opens"), "before");
        rotated.close().await;
        assert!(matches!(refused(&db, keyring()).await, SealError::UnknownKey(_)));
    }

    async fn sealed_columns_and_look_up_in_a_row(db: TestDb) {
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.query("CREATE TABLE contact (id TEXT, address_sealed BYTEA, address_index TEXT, note_sealed BYTEA)").execute().await.expect("creates");
        let (sealed, index) = (tx.seal("contact", "address", "1", "ana@example.org"), tx.blind_index("email", "ana@example.org"));
        tx.query("INSERT INTO contact (id, address_sealed, address_index) VALUES ('1', $1, $2)").bind(&sealed).bind(&index).execute().await.expect("inserts");
        let index = tx.blind_index("email", "ana@example.org");
        let (id, sealed, note): (String, Vec<u8>, Option<Vec<u8>>) =
            tx.query("SELECT id, address_sealed, note_sealed FROM contact WHERE address_index = $1").bind(index).one().await.expect("is found");
        assert_eq!(tx.open("contact", "address", &id, &sealed).expect("opens"), "ana@example.org");
        assert_eq!(tx.open_optional("contact", "note", &id, note.as_deref()).expect("opens"), None);
        assert!(matches!(tx.open("contact", "note", &id, &sealed), Err(Error::Seal(SealError::Damaged { .. }))));
        assert_ne!(tx.blind_index("email", "ana@example.org"), db.blind_index("email", "ana@example.org"), "practice and instance are apart");
    }
}

#[test]
fn a_key_file_is_made_once_and_is_its_owners_alone() {
    let folder = std::env::temp_dir().join(format!("bellwether-keys-{}", Keyring::fresh().active_id()));
    std::fs::create_dir_all(&folder).expect("creates");
    let path = folder.join("keys");
    assert!(matches!(Keyring::load(&path), Err(SealError::Missing(missing)) if missing == path));
    let made = Keyring::generate(&path).expect("generates");
    assert_eq!(Keyring::load(&path).expect("loads").to_text(), made.to_text());
    assert!(matches!(Keyring::generate(&path), Err(SealError::Exists(_))), "a key file is never overwritten");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).expect("exists").permissions().mode() & 0o777, 0o600);
    }
    assert!(
        !format!("{made:?}")
            .contains(made.to_text().lines().last().and_then(|line| line.rsplit(' ').next()).expect("a key"))
    );
    std::fs::remove_dir_all(folder).expect("cleans up");
}
