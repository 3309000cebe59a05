//! An operator's days with processes that die in them: backups under load and cut short, a copy that is restored elsewhere,
//! several nodes on one database, a file of clients, an orderly stop; and what a person or a scorer does at a bad moment.

use super::house::{Client, House};
use super::invariants;
use bellwether::{backup, copy};
use care::access::Viewer;
use care::case::{CaseState, StepKind};
use care::import::ImportKind;
use care::message::{Message, MessageKind, MessageState};
use care::packet::{Packet, PacketState};
use care::response::Rule;
use care::staff::{Actor, Role};
use care::{CaseId, Clock, PacketId};
use chrono::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;
use store::testing::{TestDb, schema};
use store::transfer::Origin;
use store::{Db, InstanceScope as _};
use tests::people::{Colleague, Person};
use tests::process::{Launch, PATIENCE, Process, was_killed};
use tests::provider::Reports;
use tests::{Dice, Harbor, TestApp, at, both_databases};
use workflows::fence::{self, Source};

/// Rows of the files that are imported; `BELLWETHER_TEST_ROWS=10000` for the whole size.
const ROWS: usize = 450;

fn rows() -> usize {
    std::env::var("BELLWETHER_TEST_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROWS)
}

/// What lies in a folder of backups, but for the list of erased records.
fn backups(folder: &Path) -> Vec<String> {
    let Ok(found) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = found.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("bellwether-")).collect();
    names.sort();
    names
}

/// The latest backup on record.
async fn latest(house: &House) -> Option<String> {
    let found = house.visit(async |db| store::backup::latest(&mut db.read_all().await.unwrap()).await.unwrap()).await;
    found.map(|backup| backup.name)
}

/// Waits for a death by `kill -9`.
pub async fn dies(process: &mut Process, at: &str) {
    let status = process.end(PATIENCE).await.unwrap_or_else(|| panic!("{at}: it lives"));
    assert!(was_killed(status), "{at}: {status}");
}

/// Whether nothing is on its way: a clock that leaps over the lease of a message to staff may have it sent again.
pub async fn rests(house: &House) -> bool {
    let now = house.clock.now();
    let waiting: i64 = house
        .visit(async |db| {
            db.read_all()
                .await
                .unwrap()
                .query("SELECT count(*) FROM message WHERE state = 'sending' OR (state = 'planned' AND due_at <= $1)")
                .bind(now)
                .scalar()
                .await
                .unwrap()
        })
        .await;
    waiting == 0
}

/// The open case of a client.
async fn case_of(house: &House, client: &Client) -> Option<CaseId> {
    let practice = &house.harbor.practice;
    let found = house
        .visit(async |db| {
            store::case::open_of_episode(&mut db.read(practice).await.unwrap(), &client.episode).await.unwrap()
        })
        .await;
    found.map(|case| case.id)
}

/// What the provider and the mail server took, by our own id of the message.
fn taken(house: &House) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for text in house.provider.ledger() {
        if let Some(message) = text.message() {
            *taken.entry(message.to_owned()).or_insert(0) += 1;
        }
    }
    for mail in house.relay.iter().flat_map(tests::relay::Relay::arrived) {
        *taken.entry(mail.message().to_owned()).or_insert(0) += 1;
    }
    taken
}

/// Messages to staff about a client's case that somebody has.
async fn alarms(house: &House, db: &Db, client: &Client) -> usize {
    let taken = taken(house);
    let mut read = db.read(&house.harbor.practice).await.unwrap();
    let mut heard = 0;
    for case in store::case::of_client(&mut read, &client.id).await.unwrap() {
        let told = store::message::of_case(&mut read, &case.id).await.unwrap();
        heard += told.iter().filter(|one| one.staff_id.is_some() && taken.contains_key(one.id.as_str())).count();
    }
    heard
}

/// A check-in that is open, and the token of its link, handed over in person.
async fn handed_out(house: &House, db: &Db, client: &Client) -> (PacketId, String) {
    let now = house.clock.now();
    let packet = tests::check_in(house.ctx(), &client.id, &client.episode, &[house.asks], now);
    let packet = Packet { state: PacketState::Open, sent_at: Some(now), ..packet };
    let mut tx = db.write(&house.harbor.practice).await.unwrap();
    assert!(store::packet::insert(&mut tx, &packet).await.unwrap());
    let token = workflows::check_in::hand_out(&mut tx, house.ctx(), &packet.id, &Actor::System).await.unwrap();
    tx.commit().await.unwrap();
    (packet.id, token)
}

/// Presses a button of a page.
pub async fn press(me: &mut Colleague, base: &str, page: &str, button: &str) -> Result<tests::people::Seen, String> {
    let seen = me.get(base, page).await.map_err(|error| error.to_string())?;
    let csrf = tests::field_of(&seen.body, "csrf").ok_or_else(|| format!("{page} has no form: {}", seen.status))?;
    me.post(base, button, &[("csrf", &csrf)]).await.map_err(|error| error.to_string())
}

both_databases! {
    async fn a_killed_backup_leaves_the_one_before_it_and_its_rest_goes_with_the_next(db: TestDb) {
        let house = House::found(db, "backup", 1, Reports::Silent).await;
        let folder = house.folder().join("backups");
        let launch = house.launch.clone().with(&["--backup-every-hours", "1", "--backup-folder", folder.to_str().unwrap()]);
        let made = async |other_than: Option<String>| {
            let mut process = launch.start(None);
            process.listening().await;
            let began = Instant::now();
            loop {
                let found = latest(&house).await;
                if let Some(name) = found.filter(|name| Some(name) != other_than.as_ref()) {
                    return (process, name);
                }
                assert!(began.elapsed() < PATIENCE, "no backup; see {}", launch.log().display());
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        let (process, first) = made(None).await;
        drop(process);
        let before = std::fs::read(folder.join(&first)).unwrap();

        house.clock.advance(Duration::hours(2));
        let mut dying = launch.start(Some("backup.before_rename"));
        dies(&mut dying, "backup.before_rename").await;
        let left = backups(&folder);
        assert!(left.len() == 2 && left[1].ends_with(".backup.partial"), "{left:?}");
        assert_eq!(latest(&house).await.as_ref(), Some(&first), "what has no name yet is on no record");
        assert_eq!(std::fs::read(folder.join(&first)).unwrap(), before, "the one before it is untouched");
        let place = house.empty_place().await;
        copy::read(&place, &folder.join(&first), Origin::Restore, house.clock.now()).await.unwrap();

        house.clock.advance(Duration::hours(2));
        let (process, second) = made(Some(first.clone())).await;
        // The deletion follows the note.
        let began = Instant::now();
        while backups(&folder).iter().any(|name| name.ends_with(".partial")) && began.elapsed() < PATIENCE {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        drop(process);
        let left: BTreeSet<String> = backups(&folder).into_iter().collect();
        assert!(left.contains(&second) && left.iter().all(|name| name.ends_with(".backup")), "{left:?}");
    }

    async fn a_backup_taken_while_people_answer_has_what_was_acknowledged_before_it(db: TestDb) {
        let mut house = House::found(db, "loaded", 8, Reports::Messy).await;
        house.danger = Some(3);
        let now = house.clock.now();
        house.visit(async |db| for client in &house.clients { house.plan(db, client, now).await; }).await;
        let mut process = house.start(None).await;
        house.until(&mut process, "thirty answers", async |house| house.journal.acknowledged().answers.len() >= 30).await;
        let before = house.journal.acknowledged();
        let file = house.folder().join("taken.backup");
        house.visit(async |db| { backup::make(db, &house.clock, &file).await.unwrap(); }).await;
        house.people_are_done().await;
        process.kill();
        assert!(house.journal.acknowledged().answers.len() > before.answers.len(), "people went on while it was taken");

        let place = house.empty_place().await;
        copy::read(&place, &file, Origin::Restore, house.clock.now()).await.unwrap();
        let found = invariants::look_with(&house, &place, &before).await;
        house.must_hold(&found, "in the copy");
        let dangers = before.answers.iter().filter(|((_, _, item), _)| item == "9").count();
        assert!(found.figures.answers >= 30 && found.figures.urgent >= dangers, "{:?}, {dangers} of danger", found.figures);
        let report = workflows::verify::check(&place, house.ctx()).await.unwrap();
        assert_eq!(report.violations, []);
    }

    async fn a_restored_copy_alarms_staff_and_writes_to_nobody_twice(db: TestDb) {
        let mut house = House::found(db, "fenced", 3, Reports::Silent).await;
        let start = house.clock.now();
        let file = house.folder().join("taken.backup");
        // One text goes after the backup and before the disk is lost; one is due while the copy is fenced.
        let token = house
            .visit(async |db| {
                house.plan(db, &house.clients[0], start).await;
                house.plan(db, &house.clients[1], start + Duration::hours(3)).await;
                let (_, token) = handed_out(&house, db, &house.clients[2]).await;
                backup::make(db, &house.clock, &file).await.unwrap();
                token
            })
            .await;
        let mut lost = house.start(None).await;
        let phones: Vec<String> = house.clients.iter().map(|client| client.phone.clone()).collect();
        let got = |house: &House| phones.iter().map(|phone| house.provider.taken_for(phone).len()).collect::<Vec<_>>();
        house.until(&mut lost, "the first text", async |house| got(house) == [1, 0, 0]).await;
        lost.kill();

        house.clock.advance(Duration::minutes(30));
        let place = house.empty_place().await;
        copy::read(&place, &file, Origin::Restore, house.clock.now()).await.unwrap();
        let launch = Launch { database_url: place.url().to_owned(), ..house.launch.clone() };
        let mut process = launch.start(None);
        process.listening().await;
        Person::new(&launch.base_url(), &token, Dice::new(1), house.journal.clone()).in_danger(3).check_in().await;
        let began = Instant::now();
        while alarms(&house, &place, &house.clients[2]).await == 0 {
            assert!(began.elapsed() < PATIENCE, "nobody is told of danger; see {}", launch.log().display());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        house.pass(&mut process, Duration::hours(4), Duration::hours(2)).await;
        assert_eq!(got(&house), [1, 0, 0], "nothing goes to clients while the fence stands");

        let released = fence::release(&place, house.ctx(), Source::MayHaveSent).await.unwrap().unwrap();
        assert_eq!(released.doubted, 1, "the one that was due before the copy was there");
        let began = Instant::now();
        while got(&house) != [1, 1, 0] {
            assert!(began.elapsed() < PATIENCE, "{:?}; see {}", got(&house), launch.log().display());
            house.pass(&mut process, Duration::seconds(10), Duration::seconds(10)).await;
        }
        house.pass(&mut process, Duration::minutes(20), Duration::minutes(10)).await;
        process.kill();
        assert_eq!(got(&house), [1, 1, 0], "what was held goes once, what had gone does not go again");
        assert_eq!(house.provider.doubled(), []);
        let mut read = place.read(&house.harbor.practice).await.unwrap();
        let first = store::message::of_client(&mut read, &house.clients[0].id).await.unwrap();
        assert!(first.iter().any(|one| one.state == MessageState::Unknown && one.kind == MessageKind::Invite), "{first:?}");
    }

    async fn a_scorer_that_panics_costs_no_answer_and_a_person_is_told(db: TestDb) {
        let mut house = House::found(db, "scorer", 1, Reports::Silent).await;
        house.danger = Some(3);
        let now = house.clock.now();
        house.visit(async |db| drop(house.plan(db, &house.clients[0], now).await)).await;
        let launch = house.launch.clone().with(&["--password-alone"]);
        let mut process = launch.start(Some("score:panic"));
        process.listening().await;
        house.until(&mut process, "the receipt", async |house| house.journal.acknowledged().receipts.len() == 1).await;
        house.people_are_done().await;
        let found = house.look().await;
        house.must_hold(&found, "after the panic");
        assert_eq!((found.figures.answers, found.figures.urgent), (9, 1));
        let case = case_of(&house, &house.clients[0]).await.unwrap();
        let (rules, scores) = house
            .visit(async |db| {
                let mut read = db.read(&house.harbor.practice).await.unwrap();
                let reasons = store::case::reasons(&mut read, &case).await.unwrap();
                let scores = store::response::scores_of_episode(&mut read, &house.clients[0].episode).await.unwrap();
                (reasons.into_iter().map(|reason| reason.rule).collect::<Vec<_>>(), scores.len())
            })
            .await;
        assert!(rules.contains(&Rule::ScoringFailed) && rules.contains(&Rule::RiskItem), "{rules:?}");
        assert_eq!(scores, 0, "nothing is made up");
        let mut ana = Colleague::sign_in(&launch.base_url(), "ana").await;
        for page in [format!("/cases/{case}"), format!("/clients/{}", house.clients[0].id), "/today".to_owned()] {
            let seen = ana.get(&launch.base_url(), &page).await.unwrap();
            assert_eq!(seen.status, 200, "{page}");
        }
        let seen = ana.get(&launch.base_url(), &format!("/cases/{case}")).await.unwrap();
        assert!(seen.body.contains("Not scored"), "{}", seen.body);
        assert!(!process.has_ended(), "the process lives on");
    }

    async fn a_kill_after_a_case_is_taken_up_and_before_the_page_leaves_it_taken_up_once(db: TestDb) {
        let mut house = House::found(db, "taken_up", 1, Reports::Silent).await;
        house.danger = Some(3);
        let now = house.clock.now();
        house.visit(async |db| drop(house.plan(db, &house.clients[0], now).await)).await;
        let launch = house.launch.clone().with(&["--password-alone"]);
        let mut process = launch.start(Some("case.after_commit"));
        process.listening().await;
        house.until(&mut process, "the receipt", async |house| house.journal.acknowledged().receipts.len() == 1).await;
        house.people_are_done().await;
        let case = case_of(&house, &house.clients[0]).await.unwrap();
        let (page, button) = (format!("/cases/{case}"), format!("/cases/{case}/acknowledge"));
        let base = launch.base_url();
        let mut ana = Colleague::sign_in(&base, "ana").await;
        let cut = press(&mut ana, &base, &page, &button).await;
        assert!(cut.is_err(), "nobody answered: {cut:?}");
        dies(&mut process, "case.after_commit").await;

        let mut process = launch.start(None);
        process.listening().await;
        // The page that she still has: its button once more.
        let again = press(&mut ana, &base, &page, &button).await;
        // Every step of the ladder would be due by then.
        house.pass(&mut process, Duration::hours(6), Duration::hours(3)).await;
        process.kill();
        let practice = &house.harbor.practice;
        let heard = taken(&house);
        let (state, taken_up, called) = house
            .visit(async |db| {
                let mut read = db.read(practice).await.unwrap();
                let state = store::case::find(&mut read, &case).await.unwrap().unwrap().state;
                let steps = store::case::steps(&mut read, std::slice::from_ref(&case)).await.unwrap();
                let taken_up = steps.iter().filter(|step| step.kind == StepKind::Acknowledged).count();
                let fired = steps.iter().filter(|step| step.kind == StepKind::Escalated).count();
                let told = store::message::of_case(&mut read, &case).await.unwrap();
                let is_call = |one: &&Message| one.kind == MessageKind::Escalation && heard.contains_key(one.id.as_str());
                (state, taken_up, fired + told.iter().filter(is_call).count())
            })
            .await;
        assert_eq!((state, taken_up, called), (CaseState::Acknowledged, 1, 0), "nobody is called any more; {again:?}");
        let found = house.look().await;
        house.must_hold(&found, "at the end");
    }

    async fn a_file_whose_import_was_killed_is_imported_again_without_a_double(db: TestDb) {
        let house = House::found(db, "import", 0, Reports::Silent).await;
        let rows = rows();
        let ida = Viewer { staff_id: house.harbor.ida.clone(), roles: vec![Role::Intake], sites: Vec::new() };
        let clients: Vec<String> =
            (0..rows).map(|n| format!("c{n},Client{n} Vale,(212) 555-{:04}\n", n % 10_000)).collect();
        let clients = clients.concat();
        // In the whole size everybody has a session, and a plan.
        let seen = if rows == ROWS { 40 } else { rows };
        let day = |n: usize| (house.clock.now() + Duration::days(2 + (n % 4) as i64)).format("%Y-%m-%d").to_string();
        let session = |n: usize| format!("a{n},c{n},ana@example.org,{} 15:00,50\n", day(n));
        let sessions = (0..seen).map(session).collect::<Vec<_>>().concat();
        let files = [
            (ImportKind::Clients, format!("id,name,cell\n{clients}"), rows / 400 + 1),
            (ImportKind::Appointments, format!("id,client id,clinician,start,duration\n{sessions}"), 1),
        ];
        let launch = house.launch.clone().with(&["--password-alone", "--no-worker"]);
        let base = launch.base_url();
        for (kind, file, batch) in &files {
            let run = house
                .visit(async |db| {
                    let mut tx = db.write(&house.harbor.practice).await.unwrap();
                    let run = workflows::import::upload(&mut tx, house.ctx(), &ida, *kind, file).await.unwrap();
                    tx.commit().await.unwrap();
                    run
                })
                .await;
            let apply = format!("/admin/import/{run}/apply");
            let mut process = launch.start(Some(&format!("import.{kind}@{batch}")));
            process.listening().await;
            let mut ida = Colleague::sign_in(&base, "ida").await;
            let cut = press(&mut ida, &base, "/admin/import", &apply).await;
            assert!(cut.is_err(), "nobody answered: {cut:?}");
            dies(&mut process, "in the middle of the file").await;
            let mut process = launch.start(None);
            process.listening().await;
            // Again, and once more: then there is nothing left to do. On a busy machine a page may take longer than it may, and
            // whoever presses again goes on where it was.
            let mut done = 0;
            let began = Instant::now();
            while done < 2 {
                let seen = press(&mut ida, &base, "/admin/import", &apply).await.unwrap();
                assert!(seen.status < 500 || seen.status == 503, "{} {}", seen.status, seen.body);
                done += usize::from(seen.status < 500);
                assert!(began.elapsed() < PATIENCE, "it is never done; see {}", launch.log().display());
            }
        }
        let practice = &house.harbor.practice;
        let count = async |db: &Db, sql: &'static str| -> i64 {
            db.read(practice).await.unwrap().query(sql).bind(practice).scalar().await.unwrap()
        };
        house
            .visit(async |db| {
                let clients = count(db, "SELECT count(*) FROM client WHERE practice_id = $1 AND external_index IS NOT NULL").await;
                let different = count(db, "SELECT count(DISTINCT external_index) FROM client WHERE practice_id = $1").await;
                assert_eq!((clients, different), (rows as i64, rows as i64), "every row once");
                let sessions = count(db, "SELECT count(*) FROM appointment WHERE practice_id = $1").await;
                assert_eq!(sessions, seen as i64);
                let episodes = count(db, "SELECT count(*) FROM episode WHERE practice_id = $1").await;
                assert_eq!(episodes, seen as i64 + 1, "one course each, and the one that was there");
            })
            .await;
        // What is planned for them is planned once.
        let mut process = house.start(None).await;
        let began = Instant::now();
        let planned = "SELECT count(DISTINCT appointment_id) FROM packet WHERE practice_id = $1";
        while house.visit(async |db| count(db, planned).await).await < seen as i64 {
            assert!(began.elapsed() < PATIENCE, "they are not planned; see {}", house.launch.log().display());
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        process.kill();
        house
            .visit(async |db| {
                let all = count(db, "SELECT count(*) FROM packet WHERE practice_id = $1").await;
                let slots = "SELECT count(*) FROM (SELECT DISTINCT episode_id, slot FROM packet WHERE practice_id = $1) AS p";
                assert_eq!(all, count(db, slots).await, "a slot has one check-in");
                let messages = "SELECT count(*) FROM message WHERE practice_id = $1 AND packet_id IS NOT NULL";
                let keys = "SELECT count(DISTINCT unique_key) FROM message WHERE practice_id = $1 AND packet_id IS NOT NULL";
                assert_eq!(count(db, messages).await, count(db, keys).await, "and a step one message");
            })
            .await;
    }

    async fn two_nodes_of_pages_and_two_workers_do_as_one(db: TestDb) {
        let mut house = House::found(db, "four", 4, Reports::Messy).await;
        let now = house.clock.now();
        let token = house
            .visit(async |db| {
                for client in &house.clients[1..] {
                    house.plan(db, client, now).await;
                }
                handed_out(&house, db, &house.clients[0]).await.1
            })
            .await;
        let pages = house.launch.clone().with(&["--no-worker", "--password-alone"]);
        let nodes = [pages.clone(), pages.another_node()];
        let workers = [house.launch.another_node().with(&["--worker-only"]), house.launch.another_node().with(&["--worker-only"])];
        let mut processes: Vec<Process> = nodes.iter().chain(&workers).map(|launch| launch.start(None)).collect();
        for process in &mut processes[..2] {
            process.listening().await;
        }
        let urls: Vec<String> = nodes.iter().map(Launch::own_url).collect();
        // A check-in whose every request meets the other node than the one before.
        Person::new(&urls[0], &token, Dice::new(5), house.journal.clone()).through(urls.clone()).in_danger(3).check_in().await;
        let [first, rest @ ..] = processes.as_mut_slice() else { panic!("four processes") };
        house.until(first, "three texts", async |house| house.provider.ledger().iter().filter(|one| one.token().is_some()).count() == 3).await;
        house.meet();
        house.people_are_done().await;
        let case = case_of(&house, &house.clients[0]).await.unwrap();
        let mut ana = Colleague::sign_in(&urls[0], "ana").await;
        for turn in 0..4 {
            let seen = ana.get(&urls[turn % 2], "/today").await.unwrap();
            assert_eq!(seen.status, 200, "signed in at either node");
        }
        // Nobody takes it up: the ladder climbs, and every rung once, whichever worker sees it.
        for _ in 0..3 {
            house.until(first, "rest", rests).await;
            // Past a rung by more than the minute that is left out below: what is due is waited for before the next leap.
            first.advance(Duration::minutes(63));
            for process in &mut *rest {
                process.advance(Duration::zero());
            }
            let wanted = house.clock.now() - Duration::minutes(1);
            house.until(first, "the rungs", async |house| {
                house.visit(async |db| store::case::rungs_due(&mut db.read_all().await.unwrap(), wanted).await.unwrap().is_empty()).await
            }).await;
        }
        // Hours later she has been signed out: she comes in by one node and works on the other.
        let mut ana = Colleague::sign_in(&urls[0], "ana").await;
        let done = press(&mut ana, &urls[1], &format!("/cases/{case}"), &format!("/cases/{case}/acknowledge")).await.unwrap();
        assert_eq!(done.status, 303, "{}", done.body);
        let seen = ana.get(&urls[0], &format!("/cases/{case}")).await.unwrap();
        assert!(seen.status == 200 && !seen.body.contains("/acknowledge\""), "the other node knows");
        let found = house.at_rest(first).await;
        drop(processes);
        house.must_hold(&found, "at the end");
        let doubled: Vec<_> = taken(&house).into_iter().filter(|(_, count)| *count != 1).collect();
        assert_eq!(doubled, [], "each message and each rung once");
        assert_eq!(house.journal.acknowledged().receipts.len(), 4);
        let (rungs, told) = house
            .visit(async |db| {
                let mut read = db.read(&house.harbor.practice).await.unwrap();
                let steps = store::case::steps(&mut read, std::slice::from_ref(&case)).await.unwrap();
                let told = store::message::of_case(&mut read, &case).await.unwrap();
                (steps.iter().filter(|step| step.kind == StepKind::Escalated).count(), told.len())
            })
            .await;
        assert!(rungs >= 1 && told > rungs, "{rungs} rungs, {told} told");
    }

    async fn a_kill_in_the_first_start_is_finished_by_the_next(db: TestDb) {
        let house = House::found(db, "first_start", 0, Reports::Silent).await;
        let whole = house.visit(schema).await;
        let on = |place: &TestDb| Launch { database_url: place.url().to_owned(), ..house.launch.clone() };
        let place = house.empty_place().await;
        let began = Instant::now();
        let mut process = on(&place).start(None);
        process.listening().await;
        let span = began.elapsed();
        process.kill();
        assert_eq!(schema(&place).await, whole);
        let mut unfinished = 0;
        for round in 0..10 {
            let place = house.empty_place().await;
            let launch = on(&place);
            let mut process = launch.start(None);
            // At any moment of it, each round in another tenth.
            tokio::time::sleep(span * (round * 10 + house.dice.below(10) as u32) / 100).await;
            process.kill();
            unfinished += u32::from(schema(&place).await != whole);
            let mut process = launch.start(None);
            process.listening().await;
            assert!(!process.has_ended(), "round {round}, seed {}; see {}", house.dice.seed(), launch.log().display());
            process.kill();
            assert_eq!(schema(&place).await, whole, "round {round}, seed {}", house.dice.seed());
        }
        println!("{:?}: {unfinished} of 10 kills met an unfinished schema", house.engine());
        assert!(unfinished > 0, "no kill met a migration");
    }

    async fn an_orderly_stop_keeps_what_was_acknowledged_on_the_way(db: TestDb) {
        let mut house = House::found(db, "stop", 10, Reports::Silent).await;
        let now = house.clock.now();
        house.visit(async |db| for client in &house.clients { house.plan(db, client, now).await; }).await;
        let mut process = house.start(None).await;
        house.until(&mut process, "thirty answers", async |house| house.journal.acknowledged().answers.len() >= 30).await;
        process.terminate();
        let status = process.end(std::time::Duration::from_secs(20)).await.expect("it ends within ten seconds, and some more");
        assert_eq!(status.code(), Some(0), "in order; see {}", house.launch.log().display());
        let found = house.look().await;
        house.must_hold(&found, "after the stop");
        let running = house
            .visit(async |db| -> i64 {
                db.read_all().await.unwrap().query("SELECT count(*) FROM job WHERE state = 'running'").scalar().await.unwrap()
            })
            .await;
        assert_eq!(running, 0, "leases were given back");
        let mut process = house.start(None).await;
        house.pass(&mut process, Duration::minutes(4), Duration::minutes(2)).await;
        let found = house.at_rest(&mut process).await;
        process.kill();
        house.must_hold(&found, "at the end");
        assert_eq!(house.journal.acknowledged().receipts.len(), house.people_met, "everybody has a receipt");
        assert_eq!(house.people_met, 10);
    }
}

/// Another program holds the file's lock for longer than anybody waits.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_meets_a_locked_file_is_refused_whole_and_works_after() {
    let app = TestApp::new(TestDb::sqlite().await, at("2026-03-09T09:00:00-07:00"));
    let harbor = Harbor::found(&app).await;
    let packet = harbor.packet(&app, &["phq-2"]).await;
    let link = harbor.link(&app, &packet).await;
    let phone = app.browser();
    let page = phone.post(&format!("{link}/start"), &[]).await;
    let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
    let form = [("csrf", csrf.as_str()), ("item", item.as_str()), ("seq", seq.as_str()), ("value", "2")];
    let other = app.db.another_node().await;
    let mut foreign = other.write(&harbor.practice).await.unwrap();
    foreign.query("UPDATE practice SET name = name").execute().await.unwrap();
    let refused = phone.post(&page.path, &form).await;
    assert_eq!(refused.status.as_u16(), 503, "{}", refused.body);
    assert!(refused.headers.contains_key("retry-after"), "{:?}", refused.headers);
    let saved =
        async || store::answer::of_packet(&mut app.db.read(&harbor.practice).await.unwrap(), &packet).await.unwrap();
    assert_eq!(saved().await.len(), 0, "nothing is half done");
    assert_eq!(phone.get(&page.path).await.status.as_u16(), 200, "pages are still read");
    drop(foreign);
    let taken = phone.post(&page.path, &form).await;
    assert_eq!(taken.status.as_u16(), 200, "{}", taken.body);
    assert_eq!(saved().await.iter().map(|answer| answer.value).collect::<Vec<_>>(), [Some(2)]);
    other.close().await;
}
