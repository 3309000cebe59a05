//! The power goes, at any moment of a morning's check-ins: every answer that was acknowledged by then is in what the disk
//! kept, with its score, its case and a whole audit chain.

use super::house::House;
use super::invariants;
use care::Clock;
use chrono::Duration;
use std::time::Instant;
use store::testing::schema;
use store::{Db, InstanceScope as _, Options};
use tests::TestDb;
use tests::power::{Disk, Recorder, Recording, Trouble};
use tests::process::Folder;
use tests::provider::Reports;

/// Cuts in a plain test run; `BELLWETHER_TEST_CUTS` says otherwise.
const CUTS: u64 = 60;
const PEOPLE: usize = 24;

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_at_any_moment_loses_no_acknowledged_answer() {
    let cuts = std::env::var("BELLWETHER_TEST_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(CUTS);
    let mut house = House::found(TestDb::sqlite().await, "power", PEOPLE, Reports::Messy).await;
    let file = house.file().expect("SQLite has a file");
    let now = house.clock.now();
    house
        .visit(async |db| {
            for (number, client) in house.clients.iter().enumerate() {
                house.plan(db, client, now + Duration::seconds(5 * number as i64)).await;
            }
        })
        .await;
    let recorder = house.record(&file);

    // Half of them, a stop that moves the journal into the file, a kill that does not, and the rest.
    let half = Duration::seconds(5 * PEOPLE as i64 / 2);
    let mut process = house.start(None).await;
    house.pass(&mut process, half, Duration::seconds(10)).await;
    process.terminate();
    let stopped = process.end(std::time::Duration::from_secs(20)).await;
    assert!(stopped.is_some_and(|status| status.success()), "it stops when asked: {stopped:?}");
    let mut process = house.start(None).await;
    house.pass(&mut process, half / 2, Duration::seconds(10)).await;
    process.kill();
    let mut process = house.start(None).await;
    house.pass(&mut process, half + Duration::seconds(60), Duration::seconds(10)).await;
    house.people_are_done().await;
    process.kill();

    let recording = recorder.recording();
    let told = house.journal.moments();
    let moments = recording.moments();
    assert!(told.len() > PEOPLE * 5 && recording.syncs() > told.len() / 8, "the morning was idle");
    let began = Instant::now();
    let mut checked = 0;
    for number in 0..cuts {
        // Every other cut is right after somebody was told "saved".
        let moment = if number % 2 == 0 { pick(&house, &told) } else { pick(&house, &moments) };
        checked += cut(&house, &recording, moment, Disk::Honest).await.expect("the power cut loses nothing");
    }
    // Before the stop everything new is in the journal alone.
    let forgetful = pick(&house, &told[told.len() / 5..told.len() / 4]);
    let lost = cut(&house, &recording, forgetful, Disk::ForgetsTheJournal).await;
    assert!(lost.is_err(), "a disk that forgets the journal loses answers, and the test sees it");
    println!(
        "{cuts} power cuts over {} acts and {} syncs in {:.1?}, seed {}: {checked} answers looked for, none lost",
        moments.len(),
        recording.syncs(),
        began.elapsed(),
        house.dice.seed(),
    );
}

/// A disk without space and one whose syncs fail: nothing is called saved that is not, and when the trouble is over everything
/// goes on by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_and_failing_syncs_lose_no_acknowledged_answer() {
    let mut house = House::found(TestDb::sqlite().await, "disk", 12, Reports::Messy).await;
    let file = house.file().expect("SQLite has a file");
    let now = house.clock.now();
    house
        .visit(async |db| {
            for (number, client) in house.clients.iter().enumerate() {
                house.plan(db, client, now + Duration::seconds(3 * number as i64)).await;
            }
        })
        .await;
    let recorder = house.record(&file);
    let mut process = house.start(None).await;
    for trouble in [Trouble::Full, Trouble::Sync, Trouble::Full, Trouble::Sync] {
        house.pass(&mut process, Duration::seconds(6), Duration::seconds(6)).await;
        recorder.disk_has(trouble);
        let told = house.journal.moments().len();
        house.pass(&mut process, Duration::seconds(3), Duration::seconds(3)).await;
        recorder.disk_has(Trouble::None);
        println!("{trouble:?}: {} answers acknowledged meanwhile", house.journal.moments().len() - told);
    }
    house.pass(&mut process, Duration::minutes(4), Duration::minutes(1)).await;
    let found = house.at_rest(&mut process).await;
    process.kill();
    house.must_hold(&found, "at the end");
    assert!(found.unheard.is_empty(), "I5: {:?}", found.unheard);
    assert!(house.journal.tries() > 0, "nobody met the trouble");
    assert_eq!(house.journal.acknowledged().receipts.len(), house.people_met, "everybody who got a link has a receipt");
    let recording = recorder.recording();
    let told = house.journal.moments();
    for _ in 0..20 {
        cut(&house, &recording, pick(&house, &told), Disk::Honest).await.expect("a failed sync was not taken for one");
    }
}

/// The first start makes the tables: whatever a cut leaves of that, the next start finishes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_in_a_migration_is_finished_by_the_next_start() {
    let house = House::found(TestDb::sqlite().await, "migration", 0, Reports::Silent).await;
    let fresh = Folder::fresh("first-start");
    let recorder = Recorder::compile(fresh.path(), fresh.path());
    let mut launch = house.launch.clone();
    launch.database_url = format!("sqlite:{}", fresh.path().join("bellwether.db").display());
    launch.recorder = Some(recorder.clone());
    let mut process = launch.start(None);
    process.listening().await;
    process.kill();
    let recording = recorder.recording();
    let moments = recording.moments();
    let whole = house.visit(schema).await;
    let mut unfinished = 0;
    for _ in 0..40 {
        let place = Folder::fresh("after-the-cut");
        let moment = pick(&house, &moments);
        recording.cut_at(moment, Disk::Honest, &house.dice, place.path());
        let url = format!("sqlite:{}", place.path().join("bellwether.db").display());
        let when = format!("cut at {moment}, seed {}", house.dice.seed());
        let db = Db::connect(&url, store::testing::keyring(), Options { sqlite_readers: 1, ..Options::default() })
            .await
            .unwrap_or_else(|error| panic!("{when}: {error}"));
        unfinished += u32::from(schema(&db).await != whole);
        db.migrate().await.unwrap_or_else(|error| panic!("{when}: {error}"));
        assert_eq!(schema(&db).await, whole, "{when}");
        db.close().await;
    }
    assert!(unfinished > 0, "no cut met a migration");
}

fn pick(house: &House, moments: &[u64]) -> u64 {
    moments[house.dice.below(moments.len() as u64) as usize]
}

/// Plays the recording to a cut, opens what is left and looks at it. The number of answers that had to be there.
async fn cut(house: &House, recording: &Recording, moment: u64, disk: Disk) -> Result<usize, String> {
    let place = Folder::fresh("after-the-cut");
    recording.cut_at(moment, disk, &house.dice, place.path());
    let url = format!("sqlite:{}", place.path().join("bellwether.db").display());
    let when = format!("cut at {moment}, seed {}", house.dice.seed());
    let db = Db::connect(&url, store::testing::keyring(), Options { sqlite_readers: 1, ..Options::default() })
        .await
        .map_err(|error| format!("{when}: {error}"))?;
    let mut everything = db.read_all().await.map_err(|error| format!("{when}: {error}"))?;
    let integrity: String = everything
        .query("SELECT integrity_check FROM pragma_integrity_check LIMIT 1")
        .scalar()
        .await
        .map_err(|error| format!("{when}: {error}"))?;
    drop(everything);
    if integrity != "ok" {
        return Err(format!("{when}: {integrity}"));
    }
    let acknowledged = house.journal.acknowledged_by(moment);
    let found = invariants::look_with(house, &db, &acknowledged).await;
    db.close().await;
    if found.violations.is_empty() {
        Ok(found.figures.answers)
    } else {
        Err(format!("{when}:\n{}", found.violations.join("\n")))
    }
}
