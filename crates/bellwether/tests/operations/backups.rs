use crate::house::{Folder, connect, context, keys, now, postgres_copy, sqlite_copy};
use bellwether::backup;
use bellwether::config::BackupSettings;
use bellwether::copy::{self, Form};
use bellwether::erased;
use care::TestClock;
use care::retention::Kept;
use chrono::Duration;
use std::collections::BTreeSet;
use std::path::Path;
use store::testing::TestDb;
use store::transfer::Origin;
use store::{Db, InstanceScope as _, Keyring};
use workflows::fence::Source;

/// The rows of a plain copy, each with its table; without what a copy must have of its own.
fn rows(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("a plain copy");
    let mut table = String::new();
    let mut rows = Vec::new();
    for line in text.lines().skip(1) {
        let parsed: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        if let Some(name) = parsed["table"]["name"].as_str() {
            name.clone_into(&mut table);
        } else if let Some(cells) = parsed["row"].as_array() {
            // Documents are compared by their meaning: the databases order keys differently.
            let cells: Vec<serde_json::Value> = cells
                .iter()
                .map(|cell| match cell.as_str().and_then(|text| serde_json::from_str(text).ok()) {
                    Some(document @ (serde_json::Value::Object(_) | serde_json::Value::Array(_))) => document,
                    _ => cell.clone(),
                })
                .collect();
            rows.push(format!("{table} {}", serde_json::Value::from(cells)));
        }
    }
    rows
}

/// Rows that only one of two copies has.
fn difference(one: &[String], other: &[String]) -> BTreeSet<String> {
    let (one, other): (BTreeSet<_>, BTreeSet<_>) = (one.iter().collect(), other.iter().collect());
    one.symmetric_difference(&other).map(|row| (*row).clone()).collect()
}

/// Copies a database to another place and back out, and compares.
async fn assert_comes_back(source: &Db, target: &Db, form: Form) {
    let folder = Folder::new("there-and-back");
    let (before, through, after) = (folder.at("before"), folder.at("through"), folder.at("after"));
    copy::write(source, now(), &before, Form::Plain).await.expect("exports");
    let written = copy::write(source, now(), &through, form).await.expect("copies");
    let loaded = copy::read(target, &through, Origin::Restore, now()).await.expect("loads");
    assert_eq!(loaded.rows, written.summary.rows);
    copy::write(target, now(), &after, Form::Plain).await.expect("exports again");
    let (before, after) = (rows(&before), rows(&after));
    assert!(before.len() > 500, "the demo has more than {} rows", before.len());
    let odd = difference(&before, &after);
    // The copy's audit has one row more: that it is a copy.
    assert!(odd.iter().all(|row| row.starts_with("audit")), "{odd:#?}");
    assert!(odd.len() <= 3, "{odd:#?}");
    let report = workflows::verify::check(target, &context()).await.expect("verifies");
    assert_eq!(report.violations, []);
    assert!(report.responses > 20 && report.messages > 20, "{report:?}");
    let mut read = target.read_all().await.expect("reads");
    assert!(store::fence::find(&mut read).await.expect("reads").is_some(), "a copy is fenced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practice_comes_back_row_for_row_from_sqlite_to_sqlite() {
    let folder = Folder::new("sqlite");
    let source = sqlite_copy(&folder).await;
    for form in [Form::Plain, Form::Sealed] {
        let target = connect(&format!("sqlite:{}", folder.at(&format!("{form:?}.db")).display())).await;
        assert_comes_back(&source, &target, form).await;
        target.close().await;
    }
    source.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practice_moves_to_postgres_and_back_row_for_row() {
    let Some(server) = TestDb::postgres().await else { return };
    let folder = Folder::new("move");
    let sqlite = sqlite_copy(&folder).await;
    let place = server.empty_sibling().await;
    let postgres = connect(place.url()).await;
    assert_comes_back(&sqlite, &postgres, Form::Plain).await;
    let back = connect(&format!("sqlite:{}", folder.at("back.db").display())).await;
    assert_comes_back(&postgres, &back, Form::Sealed).await;
    let again = server.empty_sibling().await;
    let again = connect(again.url()).await;
    assert_comes_back(&postgres, &again, Form::Sealed).await;
    for db in [sqlite, postgres, back, again] {
        db.close().await;
    }
}

async fn refused(target: &Db, file: &Path) -> String {
    let error = copy::read(target, file, Origin::Restore, now()).await.expect_err("refused");
    format!("{error:#}")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_damaged_is_refused_and_leaves_nothing() {
    let folder = Folder::new("damaged");
    let source = sqlite_copy(&folder).await;
    let (sealed, plain) = (folder.at("sealed"), folder.at("plain"));
    copy::write(&source, now(), &sealed, Form::Sealed).await.expect("backs up");
    copy::write(&source, now(), &plain, Form::Plain).await.expect("exports");
    let target = connect(&format!("sqlite:{}", folder.at("target.db").display())).await;
    let bad = folder.at("bad");
    let whole = std::fs::read(&sealed).expect("reads");
    for length in [0, 10, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&bad, &whole[..length]).expect("writes");
        refused(&target, &bad).await;
        assert!(copy::check(&bad, &keys()).is_err());
    }
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    std::fs::write(&bad, &flipped).expect("writes");
    let said = refused(&target, &bad).await;
    assert!(said.contains("changed or cut off"), "{said}");
    let lines: Vec<String> = std::fs::read_to_string(&plain).expect("reads").lines().map(str::to_owned).collect();
    let without_end = lines[..lines.len() - 1].join("\n");
    std::fs::write(&bad, without_end).expect("writes");
    let said = refused(&target, &bad).await;
    assert!(said.contains("cut off"), "{said}");
    let client = lines.iter().position(|line| line.contains("\"name\":\"client\"")).expect("the table of clients") + 1;
    let mut odd = lines.clone();
    odd[client] = odd[client].replacen("[\"", "[17,\"", 1);
    std::fs::write(&bad, odd.join("\n")).expect("writes");
    let said = refused(&target, &bad).await;
    assert!(said.contains(&format!("line {}", client + 1)), "{said}");
    let mut fewer = lines.clone();
    fewer.remove(client);
    std::fs::write(&bad, fewer.join("\n")).expect("writes");
    refused(&target, &bad).await;
    let mut read = target.read_all().await.expect("reads");
    let left = if Db::is_set_up(&format!("sqlite:{}", folder.at("target.db").display()), store::Options::default())
        .await
        .expect("looks")
    {
        store::practice::ids(&mut read).await.expect("reads").len()
    } else {
        0
    };
    assert_eq!(left, 0, "nothing of a refused copy is kept");
    drop(read);
    // After all that the right file still goes in, and then nothing else does.
    copy::read(&target, &sealed, Origin::Restore, now()).await.expect("restores");
    let said = refused(&target, &sealed).await;
    assert!(said.contains("already holds a practice"), "{said}");
    target.close().await;
    source.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_file_is_named_and_refused() {
    let folder = Folder::new("other-key");
    let source = sqlite_copy(&folder).await;
    let file = folder.at("sealed");
    copy::write(&source, now(), &file, Form::Sealed).await.expect("backs up");
    let stranger = Keyring::fresh();
    let url = format!("sqlite:{}", folder.at("target.db").display());
    let target = Db::connect(&url, stranger, store::Options::default()).await.expect("an empty place");
    let said = refused(&target, &file).await;
    assert!(said.contains(keys().active_id()) && said.contains("key file"), "{said}");
    let plain = folder.at("plain");
    copy::write(&source, now(), &plain, Form::Plain).await.expect("exports");
    let said = refused(&target, &plain).await;
    assert!(said.contains(keys().active_id()), "{said}");
    target.close().await;
    source.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_a_name_or_an_answer_in_a_backup() {
    let folder = Folder::new("unreadable");
    let source = sqlite_copy(&folder).await;
    let file = folder.at("sealed");
    copy::write(&source, now(), &file, Form::Sealed).await.expect("backs up");
    let bytes = std::fs::read(&file).expect("reads");
    for word in ["phq-9", "client", "Harbor", "example.org", "practice_id"] {
        assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "'{word}' shows");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).expect("exists").permissions().mode() & 0o777, 0o600);
    }
    source.close().await;
}

async fn backups_while_others_write(db: &Db, folder: &Folder) {
    let mut read = db.read_all().await.expect("reads");
    let practice = store::practice::ids(&mut read).await.expect("the practices").remove(0);
    drop(read);
    let file = folder.at("under-load");
    let going_on = db.clone();
    let ctx = context();
    let (stop, mut stopped) = tokio::sync::watch::channel(());
    let writer = tokio::spawn(async move {
        let mut committed = 0_u64;
        while !stopped.has_changed().unwrap_or(true) {
            let mut tx = going_on.write(&practice).await.expect("begins");
            let id = committed.to_string();
            workflows::audit::write(&mut tx, &ctx, &care::staff::Actor::System, "test.write", "test", &id);
            tx.commit().await.expect("commits");
            committed += 1;
        }
        stopped.borrow_and_update();
        committed
    });
    for _ in 0..3 {
        copy::write(db, now(), &file, Form::Sealed).await.expect("backs up under load");
        let target = connect(&format!("sqlite:{}", folder.at("loaded.db").display())).await;
        copy::read(&target, &file, Origin::Restore, now()).await.expect("restores");
        // One state: the audit's chain and its head, written by the same commits, fit.
        let report = workflows::verify::check(&target, &context()).await.expect("verifies");
        assert_eq!(report.violations, []);
        target.close().await;
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.at(&format!("loaded.db{end}")));
        }
    }
    stop.send(()).expect("the writer is there");
    assert!(writer.await.expect("the writer ends") > 0, "others wrote meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_one_state_while_others_write() {
    let folder = Folder::new("load");
    let db = sqlite_copy(&folder).await;
    backups_while_others_write(&db, &folder).await;
    db.close().await;
    if let Some((_place, db)) = postgres_copy().await {
        backups_while_others_write(&db, &folder).await;
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scheduled_backups_are_made_when_due_and_old_ones_deleted() {
    let folder = Folder::new("schedule");
    let db = sqlite_copy(&folder).await;
    let other_node = connect(&format!("sqlite:{}", folder.at("demo.db").display())).await;
    let backups = folder.at("backups");
    let settings = BackupSettings {
        backup_keep_days: 3,
        backup_keep_weeks: 0,
        backup_keep_months: 0,
        ..BackupSettings::default()
    };
    let clock = TestClock::at(now());
    let look = async |db: &Db| backup::make_if_due(db, &clock, &backups, &settings).await.expect("looks").is_some();
    assert!(look(&db).await, "the first is due at once");
    assert!(!look(&other_node).await && !look(&db).await, "and no second");
    clock.advance(Duration::hours(23));
    assert!(!look(&db).await);
    for _ in 0..5 {
        clock.advance(Duration::hours(24));
        assert!(look(&other_node).await);
        assert!(!look(&db).await, "one node makes it");
    }
    let kept = std::fs::read_dir(&backups).expect("the folder").count();
    assert_eq!(kept, 3, "of the last three days");
    let mut read = db.read_all().await.expect("reads");
    let latest = store::backup::latest(&mut read).await.expect("reads").expect("is noted");
    drop(read);
    copy::check(&backups.join(&latest.name), &keys()).expect("the latest can be read to its end");
    // Where it cannot be written nothing is noted, and the next slot tries again.
    clock.advance(Duration::hours(25));
    let nowhere = folder.at("demo.db").join("folder");
    backup::make_if_due(&db, &clock, &nowhere, &settings).await.expect_err("a file is no folder");
    assert!(!look(&db).await, "not in the same ten minutes");
    clock.advance(Duration::minutes(10));
    assert!(look(&db).await);
    db.close().await;
    other_node.close().await;
}

async fn a_fence_holds(db: &Db) {
    let ctx = context();
    let mut tx = db.write_all().await.expect("begins");
    let held = store::message::held(&mut tx, now() + Duration::days(30), 1000).await.expect("reads");
    let (practice, id) = held.first().cloned().expect("the demo has planned messages");
    tx.query("UPDATE message SET due_at = $2 WHERE id = $1")
        .bind(&id)
        .bind(now() - Duration::hours(2))
        .execute()
        .await
        .expect("is due");
    store::fence::raise(&mut tx, Origin::Restore, now() - Duration::days(1), now()).await.expect("raises");
    tx.commit().await.expect("commits");
    let state = async |id: &care::MessageId| {
        let mut read = db.read(&practice).await.expect("reads");
        store::message::find(&mut read, id).await.expect("reads").expect("is there").state
    };
    let mut read = db.read_all().await.expect("reads");
    let due = store::message::due(&mut read, now(), 100).await.expect("reads");
    assert!(!due.iter().any(|(_, one)| *one == id), "a held message is not due");
    drop(read);
    let mut tx = db.write(&practice).await.expect("begins");
    let claimed = workflows::delivery::claim(&mut tx, &ctx, std::slice::from_ref(&id)).await.expect("looks");
    assert!(claimed.is_empty(), "nor can it be claimed");
    tx.commit().await.expect("commits");
    assert_eq!(state(&id).await, care::message::MessageState::Planned);
    let released =
        workflows::fence::release(db, &ctx, Source::MayHaveSent).await.expect("releases").expect("a fence stood");
    assert!(released.doubted >= 1);
    assert_eq!(state(&id).await, care::message::MessageState::Unknown, "never sent by guess");
    assert_eq!(workflows::fence::release(db, &ctx, Source::MayHaveSent).await.expect("again"), None);
    let mut read = db.read(&practice).await.expect("reads");
    let tasks: i64 = read
        .query("SELECT count(*) FROM task WHERE practice_id = $1 AND kind = 'unknown_outcome' AND done_at IS NULL")
        .bind(&practice)
        .scalar()
        .await
        .expect("counts");
    assert!(tasks >= 1, "the front desk has a task");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fence_holds_messages_to_clients_until_it_is_released() {
    let folder = Folder::new("fence");
    let db = sqlite_copy(&folder).await;
    a_fence_holds(&db).await;
    db.close().await;
    if let Some((_place, db)) = postgres_copy().await {
        let ctx = context();
        workflows::fence::release(&db, &ctx, Source::WasStopped).await.expect("releases").expect("an import is fenced");
        a_fence_holds(&db).await;
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_from_a_newer_release_is_refused() {
    let folder = Folder::new("older");
    let source = sqlite_copy(&folder).await;
    let file = folder.at("plain");
    copy::write(&source, now(), &file, Form::Plain).await.expect("exports");
    source.close().await;
    let text = std::fs::read_to_string(&file).expect("reads");
    let newest = store::newest_version();
    let newer = text.replacen(&format!("\"schema\":{newest}"), &format!("\"schema\":{}", newest + 1), 1);
    std::fs::write(&file, newer).expect("writes");
    let target = connect(&format!("sqlite:{}", folder.at("target.db").display())).await;
    let said = refused(&target, &file).await;
    assert!(said.contains("newer"), "{said}");
    target.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_after_a_backup_is_erased_again_by_the_list_beside_it() {
    let folder = Folder::new("erased");
    let live = sqlite_copy(&folder).await;
    let mut read = live.read_all().await.expect("reads");
    let practice = store::practice::ids(&mut read).await.expect("reads").remove(0);
    let scope = store::client::Scope::Practice;
    let client = store::client::list(read.within(&practice), &scope).await.expect("reads").remove(0);
    drop(read);
    let backup = folder.at("bellwether-20260301T000000Z.backup");
    copy::write(&live, now(), &backup, Form::Sealed).await.expect("backs up");
    let gone = store::erasure::Erased { practice, client: client.id.clone(), kept: Kept::Nothing, at: now() };
    workflows::erasure::repeat(&live, &context(), std::slice::from_ref(&gone)).await.expect("erases");
    let list = erased::beside(&backup);
    for _ in 0..2 {
        erased::keep(&live, &folder.0).await.expect("writes the list");
    }
    live.close().await;
    let text = std::fs::read_to_string(&list).expect("the list");
    assert_eq!(text.lines().count(), 1);
    assert!(!text.contains(client.name.text()), "ids only");

    let restored = connect(&format!("sqlite:{}", folder.at("restored.db").display())).await;
    copy::read(&restored, &backup, Origin::Restore, now()).await.expect("loads");
    let again = workflows::erasure::repeat(&restored, &context(), &erased::read(&list).expect("reads")).await;
    assert_eq!(again.expect("erases"), 1);
    let mut read = restored.read_all().await.expect("reads");
    let left = store::client::find(read.within(&gone.practice), &client.id).await.expect("reads").expect("a row");
    assert_eq!(left.name.text(), "");
    drop(read);
    let report = workflows::verify::check(&restored, &context()).await.expect("verifies");
    assert_eq!(report.violations, []);
    restored.close().await;

    std::fs::write(&list, format!("{text}nonsense\n")).expect("writes");
    let refused = erased::read(&list).expect_err("a list with something else in it").to_string();
    assert!(refused.contains("line 2"), "{refused}");
}
