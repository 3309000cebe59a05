//! Each corruption is planted alone into a sound copy, past every rule of the database, and must be found under its name.

use crate::house::{Folder, connect, context, postgres_copy, sqlite_copy};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use std::collections::BTreeSet;
use store::Db;
use store::testing::TestDb;
use store::verify::Violation;

struct Plant {
    /// Under which rule it must be found.
    rule: &'static str,
    /// And with which words, where others of the same rule might be found beside it.
    what: &'static str,
    sql: &'static str,
}

const fn plant(rule: &'static str, sql: &'static str) -> Plant {
    Plant { rule, what: "", sql }
}

const fn named(rule: &'static str, what: &'static str, sql: &'static str) -> Plant {
    Plant { rule, what, sql }
}

/// The same on both databases: one statement each, after the index that stands in its way.
const PLANTS: &[Plant] = &[
    plant("reference", "DELETE FROM staff WHERE id = (SELECT clinician_id FROM assignment ORDER BY id LIMIT 1)"),
    plant("reference", "UPDATE score SET response_id = 'nobody' WHERE id = (SELECT min(id) FROM score)"),
    plant("one completion", "DELETE FROM response WHERE id = (SELECT min(id) FROM response WHERE kind = 'original')"),
    plant(
        "one completion",
        "UPDATE packet SET state = 'open', completed_at = NULL WHERE id = (SELECT min(id) FROM packet WHERE state = 'completed')",
    ),
    plant("belonging", "UPDATE response SET client_id = 'somebody' WHERE id = (SELECT min(id) FROM response)"),
    plant("belonging", "UPDATE care_case SET client_id = 'somebody' WHERE id = (SELECT min(id) FROM care_case)"),
    plant("answers", "UPDATE response SET fingerprint = 'f' WHERE id = (SELECT min(id) FROM response)"),
    plant(
        "scores",
        "UPDATE score SET value = value + 1 WHERE id = (SELECT min(id) FROM score WHERE value IS NOT NULL)",
    ),
    plant("scores", "DELETE FROM score WHERE response_id = (SELECT min(response_id) FROM score)"),
    plant("scores", "UPDATE measure SET n = n + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    plant("scores", "UPDATE measure SET sum_y = sum_y + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    // Each field of a running summary.
    plant("scores", "UPDATE measure SET sum_x = sum_x + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    plant("scores", "UPDATE measure SET sum_xx = sum_xx + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    plant("scores", "UPDATE measure SET sum_xy = sum_xy + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    plant("scores", "UPDATE measure SET sum_yy = sum_yy + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    plant(
        "scores",
        "UPDATE measure SET baseline = baseline + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure WHERE baseline IS NOT NULL)",
    ),
    plant(
        "scores",
        "UPDATE measure SET baseline_at = (SELECT min(created_at) FROM client) WHERE episode_id = (SELECT min(episode_id) FROM measure WHERE baseline IS NOT NULL)",
    ),
    plant(
        "scores",
        "UPDATE measure SET baseline_session = baseline_session + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure WHERE baseline_session IS NOT NULL)",
    ),
    plant("scores", "UPDATE measure SET best = best + 0.5 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    plant("scores", "UPDATE measure SET lowest = lowest - 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    plant(
        "scores",
        "UPDATE measure SET highest = highest + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)",
    ),
    plant(
        "scores",
        "UPDATE measure SET previous = previous + 0.5 WHERE episode_id = (SELECT min(episode_id) FROM measure WHERE previous IS NOT NULL)",
    ),
    plant(
        "scores",
        "UPDATE measure SET latest = latest + 0.5 WHERE episode_id = (SELECT min(episode_id) FROM measure)",
    ),
    plant(
        "scores",
        "UPDATE measure SET latest_at = (SELECT min(created_at) FROM client) WHERE episode_id = (SELECT min(episode_id) FROM measure)",
    ),
    plant(
        "scores",
        "UPDATE measure SET latest_session = latest_session + 1 WHERE episode_id = (SELECT min(episode_id) FROM measure)",
    ),
    plant("scores", "UPDATE measure SET sessions_before = 3 WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    plant("scores", "DELETE FROM measure WHERE episode_id = (SELECT min(episode_id) FROM measure)"),
    // An outcome that should be there, one lens of several, and those that should not.
    plant("scores", "DELETE FROM outcome WHERE episode_id = (SELECT min(episode_id) FROM outcome)"),
    plant(
        "scores",
        "DELETE FROM outcome WHERE lens = 'phq-9' AND episode_id = (SELECT min(episode_id) FROM outcome WHERE lens = 'phq-9')",
    ),
    plant(
        "scores",
        "UPDATE outcome SET lens = 'nothing' WHERE lens = 'phq-9' AND episode_id = (SELECT min(episode_id) FROM outcome WHERE lens = 'phq-9')",
    ),
    plant(
        "scores",
        "UPDATE outcome SET episode_id = (SELECT min(id) FROM episode WHERE state = 'open') \
         WHERE episode_id = (SELECT min(episode_id) FROM outcome)",
    ),
    plant("alarm", "DELETE FROM case_reason WHERE rule = 'risk_item'"),
    plant("alarm", "UPDATE case_reason SET level = 'urgent', acknowledged_at = raised_at, acknowledged_by = NULL"),
    named(
        "alarm",
        "no next rung",
        "DELETE FROM ladder_rung WHERE fired_at IS NULL AND reason_id IN \
         (SELECT id FROM case_reason WHERE level = 'urgent' AND acknowledged_at IS NULL)",
    ),
    named(
        "alarm",
        "nobody was ever written to",
        "DELETE FROM message WHERE case_id IN \
         (SELECT case_id FROM case_reason WHERE level = 'urgent' AND acknowledged_at IS NULL)",
    ),
    plant(
        "messages",
        "UPDATE message SET sent_at = NULL WHERE id = (SELECT min(id) FROM message WHERE state IN ('sent', 'delivered'))",
    ),
    // The same message once more, on the other channel: the keys of the two differ.
    plant(
        "messages",
        "INSERT INTO message (practice_id, id, kind, channel, client_id, packet_id, unique_key, state, due_at, attempt, sent_at, created_at) \
         SELECT practice_id, 'planted', kind, CASE channel WHEN 'sms' THEN 'email' ELSE 'sms' END, client_id, packet_id, unique_key || '-other', \
         state, due_at, attempt, sent_at, created_at FROM message WHERE kind = 'invite' AND state IN ('sent', 'delivered') \
         AND packet_id IS NOT NULL ORDER BY id LIMIT 1",
    ),
    plant(
        "messages",
        "INSERT INTO message (practice_id, id, kind, channel, client_id, packet_id, unique_key, state, due_at, attempt, sent_at, instead, created_at) \
         SELECT practice_id, 'planted', kind, CASE channel WHEN 'sms' THEN 'email' ELSE 'sms' END, client_id, packet_id, unique_key || '-other', \
         state, due_at, attempt, sent_at, 'unopened', created_at FROM message WHERE kind = 'reminder' AND state IN ('sent', 'delivered') \
         AND packet_id IS NOT NULL ORDER BY id LIMIT 1",
    ),
    plant(
        "consent",
        "DELETE FROM consent WHERE client_id = (SELECT client_id FROM message WHERE state IN ('sent', 'delivered') AND packet_id IS NOT NULL ORDER BY id LIMIT 1)",
    ),
    plant(
        "look-up",
        "UPDATE client SET phone_index = 'x' WHERE id = (SELECT min(id) FROM client WHERE phone_index IS NOT NULL)",
    ),
    plant("look-up", "UPDATE staff SET email_index = 'x' WHERE id = (SELECT min(id) FROM staff)"),
    plant(
        "sealed",
        "UPDATE client SET name_sealed = email_sealed WHERE id = (SELECT min(id) FROM client WHERE email_sealed IS NOT NULL)",
    ),
    plant(
        "no limbo",
        "UPDATE message SET state = 'sending', lease_until = created_at WHERE id = (SELECT min(id) FROM message WHERE staff_id IS NOT NULL)",
    ),
    plant("jobs", "UPDATE job SET seen = 9, state = 'ready' WHERE id = (SELECT min(id) FROM job)"),
    named(
        "one completion",
        "more than one response",
        "DROP INDEX response_original; \
         INSERT INTO response (practice_id, id, packet_id, client_id, episode_id, kind, mode, answers, fingerprint, submitted_at) \
         SELECT practice_id, 'planted', packet_id, client_id, episode_id, kind, mode, answers, 'other', submitted_at \
         FROM response WHERE kind = 'original' ORDER BY id LIMIT 1",
    ),
    named(
        "belonging",
        "more than one open episode",
        "DROP INDEX episode_open; \
         INSERT INTO episode (practice_id, id, client_id, site_id, protocol_id, started_on, state) \
         SELECT practice_id, 'planted', client_id, site_id, protocol_id, started_on, state \
         FROM episode WHERE state = 'open' ORDER BY id LIMIT 1",
    ),
    named(
        "alarm",
        "more than one open case",
        "DROP INDEX care_case_open; \
         INSERT INTO care_case (practice_id, id, client_id, episode_id, owner_id, state, opened_at, due_at, revision) \
         SELECT practice_id, 'planted', client_id, episode_id, owner_id, state, opened_at, due_at, revision \
         FROM care_case WHERE state <> 'closed' ORDER BY id LIMIT 1",
    ),
    named(
        "import",
        "clients share",
        "DROP INDEX client_external; \
         UPDATE client SET external_index = 'x' WHERE id IN (SELECT id FROM client ORDER BY id LIMIT 2)",
    ),
    named(
        "import",
        "appointments share",
        "DROP INDEX appointment_external; \
         UPDATE appointment SET external_index = 'x' WHERE id IN (SELECT id FROM appointment ORDER BY id LIMIT 2)",
    ),
    // Night everywhere between New York and Honolulu.
    named(
        "hours",
        "between 21:00 and 08:00",
        "UPDATE message SET sent_at = '2026-01-15T10:30:00.000000+00:00' WHERE id = (SELECT min(id) FROM message \
         WHERE kind = 'invite' AND state IN ('sent', 'delivered') AND client_id IS NOT NULL)",
    ),
    named(
        "consent",
        "after the end of their episode",
        "UPDATE episode SET state = 'discharged', discharged_at = '2020-01-01T00:00:00.000000+00:00', discharge_reason = 'completed' \
         WHERE id = (SELECT p.episode_id FROM packet p JOIN message m ON m.packet_id = p.id \
         WHERE m.state IN ('sent', 'delivered') AND m.client_id IS NOT NULL ORDER BY m.id LIMIT 1)",
    ),
    named(
        "audit",
        "have no row in the audit",
        "UPDATE audit SET subject_id = 'x' WHERE subject_kind = 'response' AND subject_id = (SELECT min(id) FROM response WHERE kind = 'original')",
    ),
    plant("audit", "UPDATE audit SET action = 'nothing' WHERE seq = 2"),
    plant("audit", "DELETE FROM audit WHERE seq = 3"),
    plant("audit", "UPDATE audit_head SET hash = 'x'"),
    // The first: a later one may be such that it can be applied once more.
    plant("schema", "DELETE FROM _sqlx_migrations WHERE version = (SELECT min(version) FROM _sqlx_migrations)"),
];

async fn rules_broken(url: &str) -> BTreeSet<(&'static str, String)> {
    let db = connect(url).await;
    // The triggers had to go for the planting: they are not what is to be found here. Where the schema itself was touched
    // they stay away.
    let _ = db.migrate().await;
    let report = workflows::verify::check(&db, &context()).await.expect("verifies");
    db.close().await;
    report.violations.into_iter().map(|violation| (violation.rule, violation.what)).collect()
}

fn tell(broken: &BTreeSet<(&str, String)>, plant: &Plant, missed: &mut Vec<String>) {
    if !broken.iter().any(|(rule, what)| *rule == plant.rule && what.contains(plant.what)) {
        missed.push(format!("{}: {} (found {broken:?})", plant.rule, plant.sql));
    }
}

/// The triggers that keep the audit append-only are gone: said, until the next start puts them up.
async fn missing_guards_are_found(db: &Db) {
    let missing = async || {
        let report = workflows::verify::check(db, &context()).await.expect("verifies");
        let named = |violation: &Violation| violation.rule == "audit" && violation.what.contains("is missing");
        report.violations.iter().filter(|violation| named(violation)).count()
    };
    assert_eq!(missing().await, 0);
    store::testing::take_down_guards(db).await;
    assert!(missing().await >= 1, "nobody notices");
    db.migrate().await.expect("starts");
    assert_eq!(missing().await, 0, "the next start puts them up");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_triggers_are_found() {
    let folder = Folder::new("guards");
    let db = sqlite_copy(&folder).await;
    missing_guards_are_found(&db).await;
    db.close().await;
    if let Some((_place, db)) = postgres_copy().await {
        missing_guards_are_found(&db).await;
        db.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_planted_corruption_is_found_on_sqlite() {
    let mut missed = Vec::new();
    for plant in PLANTS {
        let folder = Folder::new("planted");
        let db = sqlite_copy(&folder).await;
        store::testing::take_down_guards(&db).await;
        db.close().await;
        let url = format!("sqlite:{}", folder.at("demo.db").display());
        let mut conn = SqliteConnection::connect(&url).await.expect("connects");
        conn.execute("PRAGMA foreign_keys = OFF").await.expect("as somebody with the file could");
        let planted = conn.execute(plant.sql).await.expect(plant.sql).rows_affected();
        assert!(planted > 0, "the demo has no row for: {}", plant.sql);
        conn.close().await.expect("closes");
        tell(&rules_broken(&url).await, plant, &mut missed);
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_planted_corruption_is_found_on_postgres() {
    let Some((place, db)) = postgres_copy().await else { return };
    store::testing::take_down_guards(&db).await;
    db.close().await;
    let mut missed = Vec::new();
    for (number, plant) in PLANTS.iter().enumerate() {
        let copy = CopyOf::make(&place, number).await;
        let mut conn = PgConnection::connect(&copy.url).await.expect("connects");
        conn.execute("SET session_replication_role = replica").await.expect("as the server's owner could");
        let planted = conn.execute(plant.sql).await.expect(plant.sql).rows_affected();
        assert!(planted > 0, "the demo has no row for: {}", plant.sql);
        conn.close().await.expect("closes");
        tell(&rules_broken(&copy.url).await, plant, &mut missed);
        copy.delete(&place).await;
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// A copy of a PostgreSQL database.
struct CopyOf {
    name: String,
    url: String,
}

impl CopyOf {
    async fn make(place: &TestDb, number: usize) -> Self {
        let (server, source) = place.url().rsplit_once('/').expect("an address with a database");
        let name = format!("{source}_{number}");
        let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.expect("connects");
        // The test's own connections would keep the template from being copied. The server waits five seconds for them to end,
        // which on a busy machine is not always enough.
        let gone = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'");
        let mut copied = Err(String::new());
        for _ in 0..10 {
            conn.execute(AssertSqlSafe(gone.clone())).await.expect("ends them");
            let copy = format!("CREATE DATABASE {name} TEMPLATE {source}");
            copied = conn.execute(AssertSqlSafe(copy)).await.map(drop).map_err(|error| error.to_string());
            if copied.is_ok() {
                break;
            }
        }
        copied.expect("copies");
        Self { url: format!("{server}/{name}"), name }
    }

    async fn delete(self, place: &TestDb) {
        let (server, _) = place.url().rsplit_once('/').expect("an address with a database");
        let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.expect("connects");
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        conn.execute(AssertSqlSafe(sql)).await.expect("drops");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_found() {
    let folder = Folder::new("torn");
    sqlite_copy(&folder).await.close().await;
    let file = folder.at("demo.db");
    let mut bytes = std::fs::read(&file).expect("reads");
    // The beginning of every page in the second quarter.
    let quarter = bytes.len() / 4096 / 4;
    for page in quarter..2 * quarter {
        bytes[page * 4096..page * 4096 + 64].fill(0xff);
    }
    std::fs::write(&file, bytes).expect("writes");
    let url = format!("sqlite:{}", file.display());
    let outcome = store::Db::connect(&url, crate::house::keys(), store::Options::default()).await;
    let found = match outcome {
        Ok(db) => match workflows::verify::check(&db, &context()).await {
            Ok(report) => report.violations.iter().any(|violation| violation.rule == "integrity"),
            // So damaged that a statement fails: said as well.
            Err(error) => error.to_string().contains("malformed"),
        },
        Err(error) => error.to_string().contains("malformed"),
    };
    assert!(found);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_practice_has_no_violations() {
    let folder = Folder::new("sound");
    let db = sqlite_copy(&folder).await;
    let report = workflows::verify::check(&db, &context()).await.expect("verifies");
    assert_eq!(report.violations, []);
    db.close().await;
}
