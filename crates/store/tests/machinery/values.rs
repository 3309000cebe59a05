//! What goes in comes out, the same on both databases; what one of them would take differently is refused.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use store::testing::both_databases;
use store::{Error, Json, Rule, values};

use crate::{create_box, ids, noon, practice};

type Everything = (
    String,
    i64,
    f64,
    bool,
    Vec<u8>,
    DateTime<Utc>,
    NaiveDate,
    Json<serde_json::Value>,
    Option<String>,
    Option<DateTime<Utc>>,
);

both_databases! {
    async fn every_type_comes_back_as_it_went_in(db: TestDb) {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap day");
        let document = json!({"b": [1, 2.5, "ü"], "a": null});
        let nanos = noon() + chrono::Duration::nanoseconds(789);
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.query(
            "CREATE TABLE everything (a TEXT, b BIGINT, c DOUBLE PRECISION, d BOOLEAN, e BYTEA, f TIMESTAMPTZ, g DATE, h JSONB,
                                      i TEXT, j TIMESTAMPTZ)",
        ).execute().await.expect("creates");
        tx.query("INSERT INTO everything VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
            .bind("Zoë 💬").bind(i64::MIN).bind(3.0).bind(true).bind(&[0_u8, 255][..]).bind(nanos).bind(day)
            .bind(Json(&document)).bind(None::<String>).bind(None::<DateTime<Utc>>)
            .execute().await.expect("inserts");
        tx.query("INSERT INTO everything (b, c, d, e, g, h) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(None::<i64>).bind(None::<f64>).bind(None::<bool>).bind(None::<Vec<u8>>).bind(None::<NaiveDate>)
            .bind(None::<Json<serde_json::Value>>)
            .execute().await.expect("inserts nothing but nulls");
        tx.commit().await.expect("commits");
        let mut read = db.read(&practice()).await.expect("begins");
        let row: Everything = read.query("SELECT * FROM everything WHERE f = $1").bind(noon()).one().await.expect("is found");
        assert_eq!(row, ("Zoë 💬".to_owned(), i64::MIN, 3.0, true, vec![0, 255], noon(), day, Json(document), None, None));
        let text: String = read.query("SELECT h ->> 'b' FROM everything WHERE f = $1").bind(noon()).scalar().await.expect("reads");
        assert!(text.contains("2.5"));
        let nulls: i64 = read.query("SELECT count(*) FROM everything WHERE b IS NULL AND c IS NULL AND d IS NULL AND e IS NULL
                                       AND f IS NULL AND g IS NULL AND h IS NULL").scalar().await.expect("counts");
        assert_eq!(nulls, 1);
    }

    async fn instants_sort_like_time_whatever_their_fraction(db: TestDb) {
        let start = noon() - chrono::Duration::microseconds(123_456);
        let instants: Vec<DateTime<Utc>> = [0, 1, 10, 100_000, 123_000, 999_999, 1_000_000]
            .into_iter().map(|micros| start + chrono::Duration::microseconds(micros)).collect();
        let mut tx = db.write(&practice()).await.expect("begins");
        tx.query("CREATE TABLE moment (at TIMESTAMPTZ)").execute().await.expect("creates");
        tx.query("INSERT INTO moment (at) VALUES $rows").bind_rows(instants.iter().rev().map(|at| values![at])).execute().await.expect("inserts");
        let sorted: Vec<DateTime<Utc>> = tx.query("SELECT at FROM moment ORDER BY at").scalars().await.expect("reads");
        assert_eq!(sorted, instants);
        let before: i64 = tx.query("SELECT count(*) FROM moment WHERE at < $1").bind(instants[4]).scalar().await.expect("counts");
        assert_eq!(before, 4);
    }

    async fn a_wrong_number_of_values_is_refused_and_fails_the_transaction(db: TestDb) {
        create_box(&db).await;
        for given in [0, 1, 3] {
            let mut tx = db.write(&practice()).await.expect("begins");
            let mut query = tx.query("INSERT INTO box (practice_id, id, n, label) VALUES ($1, $2, 0, 'a $3')");
            for value in ["a", "b", "c"].into_iter().take(given) {
                query = query.bind(value);
            }
            let error = query.execute().await.expect_err("refused");
            assert!(matches!(error, Error::Binds { expected: 2, given: found, .. } if found == given), "{error}");
            assert!(matches!(tx.commit().await, Err(Error::Failed)));
        }
        assert!(ids(&db).await.is_empty());
    }

    async fn what_only_one_database_would_take_is_refused(db: TestDb) {
        let mut read = db.read(&practice()).await.expect("begins");
        assert!(matches!(read.query("SELECT $1").bind(f64::NAN).execute().await, Err(Error::Value { position: 1, .. })));
        let mut read = db.read(&practice()).await.expect("begins");
        assert!(matches!(read.query("SELECT $1").bind("a\0b").execute().await, Err(Error::Value { .. })));
        let mut read = db.read(&practice()).await.expect("begins");
        assert!(matches!(read.query("SELECT $1").bind(Json(5)).execute().await, Err(Error::Value { .. })));
    }

    async fn lists_and_rows_of_any_length(db: TestDb) {
        create_box(&db).await;
        let mut tx = db.write(&practice()).await.expect("begins");
        let rows = (0..700).map(|n: i64| values![practice(), format!("{n:03}"), n]);
        let inserted = tx.query("INSERT INTO box (practice_id, id, n) VALUES $rows ON CONFLICT DO NOTHING").bind_rows(rows).execute().await.expect("inserts");
        assert_eq!(inserted, 700);
        let found: Vec<i64> = tx.query("SELECT n FROM box WHERE practice_id = $1 AND id IN ($each) ORDER BY n")
            .bind(practice()).bind_each(["005", "699", "nobody"]).scalars().await.expect("reads");
        assert_eq!(found, [5, 699]);
        let none: Vec<i64> = tx.query("SELECT n FROM box WHERE practice_id = $1 AND id IN ($each)")
            .bind(practice()).bind_each(Vec::<String>::new()).scalars().await.expect("reads");
        assert!(none.is_empty());
    }

    async fn a_broken_rule_has_the_same_name_on_both(db: TestDb) {
        create_box(&db).await;
        let cases = [
            ("INSERT INTO box (practice_id, id, n) VALUES ('p', 'a', 1), ('p', 'a', 2)", Rule::Unique, "box_pkey"),
            ("INSERT INTO box (practice_id, id, n, label) VALUES ('p', 'a', 1, 'x'), ('p', 'b', 2, 'x')", Rule::Unique, "box_label"),
            ("INSERT INTO box (practice_id, id, n, label) VALUES ('p', 'a', 1, 'twenty characters long')", Rule::Check, "box_label_short"),
            ("INSERT INTO box (practice_id, id, n) VALUES ('p', 'a', NULL)", Rule::NotNull, "box.n"),
        ];
        for (sql, rule, name) in cases {
            let mut tx = db.write(&practice()).await.expect("begins");
            let error = tx.query(sql).execute().await.expect_err("refused");
            assert!(matches!(&error, Error::Constraint { kind, .. } if *kind == rule), "{error}");
            assert!(error.is_constraint(name), "{error}");
        }
    }

    async fn an_error_never_quotes_a_value(db: TestDb) {
        create_box(&db).await;
        let secret = "Ana Ruiz";
        let mut tx = db.write(&practice()).await.expect("begins");
        let error = tx.query("INSERT INTO box (practice_id, id, n, label) VALUES ($1, 'a', 1, $2), ($1, 'b', 1, $2)")
            .bind(practice()).bind(secret).execute().await.expect_err("refused");
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
        let mut read = db.read(&practice()).await.expect("begins");
        let error = read.query("SELECT CAST($1 AS TEXT)").bind(secret).scalar::<DateTime<Utc>>().await.expect_err("is no instant");
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    }
}
