//! Everything that is held about a client, handed out: no table is forgotten, nothing stays sealed, no door is given away.

use care::Clock;
use care::retention::Kept;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use store::held::{COLUMNS_LEFT_OUT, TABLES_LEFT_OUT};
use tests::harbor::sign_in;
use tests::{Harbor, TestApp, at, both_databases};

const NOW: &str = "2026-03-10T09:05:00-07:00";

/// What a row is about, by the columns that say so.
const ABOUT: &[&str] = &[
    "client_id",
    "episode_id",
    "packet_id",
    "case_id",
    "response_id",
    "message_id",
    "reason_id",
    "appointment_id",
    "goal_id",
    "collateral_id",
    "outreach_id",
];

/// One row of each table that answering, a case and a session do not leave by themselves. `S` is a sealed text.
const ROWS: &[(&str, &str, &str, &[&str])] = &[
    (
        "plan_change",
        "id, episode_id, kind, review_session, changed_at, changed_by",
        "'p1', E, 'focus', 4, NOW, ANA",
        &["what", "why"],
    ),
    (
        "protocol_exception",
        "id, episode_id, what, decided_at, decided_by",
        "'x1', E, '{\"what\":\"skip\",\"instrument\":\"gad-7\"}', NOW, ANA",
        &["reason"],
    ),
    (
        "protocol_change",
        "id, episode_id, before_id, after_id, decided_at, decided_by",
        "'pc1', E, PROTOCOL, PROTOCOL, NOW, ANA",
        &["reason"],
    ),
    ("discuss_flag", "id, client_id, episode_id, raised_by, raised_at", "'d1', C, E, ANA, NOW", &["note"]),
    (
        "supervision_meeting",
        "id, supervisor_id, clinician_id, held_on, minutes, recorded_by, recorded_at",
        "'m1', SOFIA, ANA, '2026-03-09', 50, SOFIA, NOW",
        &[],
    ),
    ("supervision_decision", "id, meeting_id, client_id, topic", "'sd1', 'm1', C, 'stalled'", &["text"]),
    (
        "outreach",
        "id, client_id, episode_id, appointment_id, owner_id, raised_at, due_at",
        "'o1', C, E, 'ap1', ANA, NOW, NOW",
        &[],
    ),
    ("outreach_try", "id, outreach_id, at, by_id, result", "'ot1', 'o1', NOW, ANA, 'left_message'", &[]),
    ("task", "id, client_id, kind, raised_at, due_at", "'t1', C, 'undeliverable', NOW, NOW", &[]),
    ("case_checklist", "case_id, item, checked_by, checked_at", "CASE, 'answers_read', SOFIA, NOW", &[]),
    ("case_verification", "case_id, state, closed_at", "CASE, 'pending', NOW", &[]),
    ("referral_decline", "id, episode_id, clinician_id, declined_at", "'rd1', E, BEN, NOW", &["reason"]),
    (
        "appointment",
        "id, client_id, episode_id, clinician_id, site_id, starts_at, ends_at, state",
        "'ap1', C, E, ANA, NORTH, NOW, LATER, 'scheduled'",
        &[],
    ),
    (
        "message",
        "id, channel, client_id, unique_key, state, due_at, attempt, created_at, kind",
        "'ms1', 'sms', C, 'u1', 'sent', NOW, 1, NOW, 'appointment'",
        &["text"],
    ),
    (
        "appointment_notice",
        "message_id, appointment_id, starts_at, token_hash, unsubscribe_hash",
        "'ms1', 'ap1', NOW, 'canary-hash', 'canary-out'",
        &["token"],
    ),
    ("appointment_reply", "appointment_id, starts_at, reply, replied_at", "'ap1', NOW, 'video', NOW", &[]),
    ("goal", "id, client_id, episode_id, number, state", "'g1', C, E, 1, 'active'", &[]),
    ("goal_wording", "goal_id, version, agreed_at, agreed_with", "'g1', 1, NOW, ANA", &["text"]),
    ("goal_rating", "goal_id, rated_at, version, rating, entered_by", "'g1', NOW, 1, 4, ANA", &[]),
    (
        "signal",
        "id, episode_id, rule, level, inputs, raised_at",
        "'s1', E, 'silence', 'amber', '{\"instrument\":\"phq-9\"}', NOW",
        &[],
    ),
    (
        "import_run",
        "id, kind, state, choices, uploaded_at, uploaded_by",
        "'ir1', 'appointments', 'applied', '{}', NOW, ANA",
        &[],
    ),
    (
        "import_change",
        "run_id, seq, what, subject_id, fields",
        "'ir1', 1, 'appointment_changed', 'ap1', '[]'",
        &["before"],
    ),
    ("placement", "id, kind, name, state", "'pl1', 'payer', 'Pacific Plan', 'active'", &[]),
];

/// Leaves them, as an operator with a database tool could.
async fn seed(app: &TestApp, harbor: &Harbor, case: &str) {
    let now = app.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, false);
    let later = (app.clock.now() + chrono::Duration::hours(1)).to_rfc3339_opts(chrono::SecondsFormat::Micros, false);
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let mut rows: Vec<_> = ROWS.iter().collect();
    // What others refer to comes first.
    rows.sort_by_key(|(table, ..)| !["appointment", "message"].contains(table));
    for (table, columns, values, sealed) in rows {
        let words = [
            ("PROTOCOL", harbor.protocol.as_str()),
            ("SOFIA", harbor.sofia.as_str()),
            ("NORTH", harbor.north.as_str()),
            ("LATER", &later),
            ("CASE", case),
            ("NOW", &now),
            ("ANA", harbor.ana.as_str()),
            ("BEN", harbor.ben.as_str()),
            ("E", harbor.episode.as_str()),
            ("C", harbor.client.as_str()),
        ];
        let values: Vec<String> = values
            .split(", ")
            .map(|value| {
                words
                    .iter()
                    .find(|(word, _)| *word == value)
                    .map_or_else(|| value.to_owned(), |(_, id)| format!("'{id}'"))
            })
            .collect();
        let id = match *table {
            "goal_wording" => "g1:1",
            "import_change" => "ir1:ap1",
            _ => values[0].trim_matches('\''),
        };
        let words = sealed.iter().map(|column| tx.seal(table, column, id, &format!("words of {table} {column}")));
        let words: Vec<Vec<u8>> = words.collect();
        let names = sealed.iter().map(|column| format!(", {column}_sealed")).collect::<Vec<_>>().concat();
        let places = (1..=sealed.len()).map(|number| format!(", ${number}")).collect::<Vec<_>>().concat();
        let sql = format!(
            "INSERT INTO {table} (practice_id, {columns}{names}) VALUES ('{}', {}{places})",
            harbor.practice,
            values.join(", ")
        );
        store::testing::leave(&mut tx, sql, words).await;
    }
    store::testing::leave(&mut tx, "UPDATE episode SET payer_id = 'pl1'".to_owned(), Vec::new()).await;
    tx.commit().await.unwrap();
}

async fn scene(app: &TestApp) -> Harbor {
    let harbor = Harbor::found(app).await;
    // An answer about danger: response, scores, reason, case, ladder, and somebody told.
    harbor
        .answer(app, "phq-9", &[Some(1), Some(1), Some(1), Some(1), Some(1), Some(1), Some(1), Some(1), Some(2)])
        .await;
    app.run_jobs().await;
    // Begun on a phone and never handed in.
    let packet = harbor.packet(app, &["gad-7"]).await;
    let link = harbor.link(app, &packet).await;
    let phone = app.browser();
    let page = phone.post(&format!("{link}/start"), &[]).await;
    let (csrf, item, seq) = (page.field("csrf"), page.field("item"), page.field("seq"));
    phone.post(&page.path, &[("csrf", &csrf), ("item", &item), ("seq", &seq), ("value", "2")]).await;
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let case = store::case::open_of_episode(&mut read, &harbor.episode).await.unwrap().unwrap();
    drop(read);
    seed(app, &harbor, case.id.as_str()).await;
    harbor
}

both_databases! {
    async fn every_table_about_a_client_is_handed_out_or_named_with_the_reason(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = scene(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let reply = ana.get(&format!("/clients/{}/export.json", harbor.client)).await;
        let document: Json = serde_json::from_str(&reply.body).unwrap();
        let tables = document["tables"].as_object().unwrap();

        // Asked of the schema in another way than the export asks it: a new table is not forgotten.
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        let about = store::held::tables_with(&mut read, ABOUT).await.unwrap();
        drop(read);
        let named: BTreeSet<&str> = TABLES_LEFT_OUT.iter().map(|(table, _)| *table).collect();
        for table in &about {
            assert!(tables.contains_key(table) || named.contains(table.as_str()), "{table} is neither handed out nor named");
        }
        for (table, _) in TABLES_LEFT_OUT {
            assert!(!tables.contains_key(*table), "{table} is named as left out");
            assert!(document["left_out"].as_array().unwrap().iter().any(|one| one["table"] == *table), "{table} is said");
        }

        // Of every table that has a row, the words are opened.
        for (table, _, _, sealed) in ROWS {
            let Some(rows) = tables.get(*table) else { continue };
            let rows = rows.as_array().unwrap();
            assert!(!rows.is_empty(), "{table} has a row");
            for column in sealed.iter().filter(|column| !COLUMNS_LEFT_OUT.iter().any(|(of, left, _)| of == table && *left == format!("{column}_sealed"))) {
                let words = format!("words of {table} {column}");
                assert!(rows.iter().any(|row| row[*column] == words.as_str()), "{table}.{column}: {rows:?}");
            }
        }
        for table in ["client", "consent", "episode", "assignment", "packet", "link", "device", "answer", "response", "score",
            "measure", "care_case", "case_reason", "ladder_rung", "case_step", "message"]
        {
            assert!(!tables[table].as_array().unwrap().is_empty(), "{table} has a row");
        }
        assert_eq!(tables["client"][0]["name"], "Robin Vale");
        assert_eq!(tables["answer"][0]["value"], 2, "an answer of what was never handed in");
        assert!(tables["message"].as_array().unwrap().iter().any(|row| row["case_id"].is_string()), "what staff were told");

        // No door is given away, and nothing comes out sealed.
        for (table, rows) in tables {
            for row in rows.as_array().unwrap() {
                for column in row.as_object().unwrap().keys() {
                    let is_secret = ["_sealed", "_index", "_hash", "token"].iter().any(|ending| column.ends_with(ending));
                    assert!(!is_secret, "{table}.{column}");
                }
            }
        }
        assert!(!reply.body.contains("canary-"), "hashes of tokens stay");
    }

    async fn the_page_tells_it_in_words(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = scene(&app).await;
        let (ana, _) = sign_in(&app, "ana").await;
        let page = ana.get(&format!("/clients/{}/export", harbor.client)).await.body;
        for words in [
            "begun, not handed in", "words of plan_change what · words of plan_change why", "Left out · GAD-7 · words of protocol_exception reason",
            "words of protocol_change reason", "words of discuss_flag note", "words of supervision_decision text", "Mar 9, 2026",
            "Left a message", "Could not be reached", "The answers were read together", "Looked at until the fourth session",
            "words of referral_decline reason", "asks for video", "1. “words of goal_wording text”", "1. 4 / 10", "Watch · Silence · PHQ-9",
            "Pacific Plan", "Standard 1", "Answer about danger",
        ] {
            assert!(page.contains(words), "'{words}' in {page}");
        }
        // What the case was about is for those who see the chart.
        let (ida, _) = sign_in(&app, "ida").await;
        assert_eq!(ida.get(&format!("/clients/{}/export.json", harbor.client)).await.status, axum::http::StatusCode::FORBIDDEN);
    }

    async fn what_is_handed_out_is_what_an_erasure_destroys(db: TestDb) {
        let app = TestApp::new(db, at(NOW));
        let harbor = scene(&app).await;
        let mut tx = app.db.write(&harbor.practice).await.unwrap();
        store::erasure::destroy(&mut tx, &harbor.client, Kept::Nothing, app.clock.now()).await.unwrap();
        let held = store::held::of_client(&mut tx, &harbor.client).await.unwrap();
        let left: Vec<&str> = held.iter().filter(|(_, rows)| !rows.is_empty()).map(|(table, _)| table.as_str()).collect();
        assert_eq!(left, ["client"], "the row without a name");
        let notices: i64 = tx.query("SELECT count(*) FROM message WHERE case_id IS NOT NULL").scalar().await.unwrap();
        assert_eq!(notices, 0, "what staff were told about the case goes with it");
    }
}
