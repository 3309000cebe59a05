//! What the second provider of texts calls: believed with its signature only, while it is fresh; its reports and texts go the
//! same way as the first one's.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use care::message::{Channel, Message, MessageState};
use care::practice::TaskKind;
use care::staff::Actor;
use chrono::Duration;
use notify::sms::telnyx::PublicKey;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use tests::{Harbor, TestApp, at, both_databases};
use web::SmsSigner;

const ID: &str = "40385f64-5717-4562-b3fc-2c963f66afa6";

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn app_of(db: tests::TestDb) -> TestApp {
    let key = PublicKey::parse(&STANDARD.encode(pair().public_key().as_ref())).unwrap();
    TestApp::configured(db, at("2026-03-09T10:00:00-07:00"), |config| config.sms_signer = Some(SmsSigner::Telnyx(key)))
}

/// Posts an event, signed at the application's time.
async fn posts(app: &TestApp, path: &str, event: &Value) -> StatusCode {
    posts_at(app, path, event, app.ctx.now().timestamp()).await
}

async fn posts_at(app: &TestApp, path: &str, event: &Value, seconds: i64) -> StatusCode {
    let body = event.to_string();
    let signature = STANDARD.encode(pair().sign(format!("{seconds}|{body}").as_bytes()).as_ref());
    let headers = [("telnyx-signature-ed25519", signature), ("telnyx-timestamp", seconds.to_string())];
    app.browser().raw(path, &headers, body).await.status
}

fn report(kind: &str, status: &str, errors: &Value) -> Value {
    json!({"data": {"record_type": "event", "event_type": kind, "id": "e1", "payload": {"record_type": "message", "direction": "outbound",
        "id": ID, "to": [{"phone_number": "+14155550150", "status": status}], "errors": errors}}})
}

fn received(id: &str, text: &str) -> Value {
    json!({"data": {"record_type": "event", "event_type": "message.received", "id": "e2", "payload": {"record_type": "message",
        "direction": "inbound", "id": id, "from": {"phone_number": "+14155550150"}, "to": [{"phone_number": "+15005550001"}], "text": text}}})
}

/// An invitation by text that has been handed over.
async fn invited(app: &TestApp, harbor: &Harbor) -> Message {
    let mut tx = app.db.write(&harbor.practice).await.unwrap();
    let packet = workflows::packet::send_now(&mut tx, &app.ctx, &harbor.episode, &[], &Actor::System).await.unwrap();
    tx.commit().await.unwrap();
    app.run_jobs().await;
    app.sent();
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    let mut messages = store::message::of_packet(&mut read, &packet).await.unwrap();
    messages.retain(|one| one.state == MessageState::Sent);
    messages.remove(0)
}

async fn now(app: &TestApp, harbor: &Harbor, message: &Message) -> Message {
    let mut read = app.db.read(&harbor.practice).await.unwrap();
    store::message::find(&mut read, &message.id).await.unwrap().unwrap()
}

both_databases! {
    async fn reports_raise_a_message_and_never_lower_it(db: TestDb) {
        let app = app_of(db);
        let harbor = Harbor::found(&app).await;
        let message = invited(&app, &harbor).await;
        let path = format!("/hooks/sms/status/{}", message.id);
        let delivered = report("message.finalized", "delivered", &json!([]));
        for event in [&delivered, &report("message.sent", "sent", &json!([])), &delivered] {
            assert_eq!(posts(&app, &path, event).await, StatusCode::NO_CONTENT);
        }
        assert_eq!(now(&app, &harbor, &message).await.state, MessageState::Delivered);
        // A word that is newer than this release, and an event of no use, are acknowledged and change nothing.
        assert_eq!(posts(&app, &path, &report("message.finalized", "seen", &json!([]))).await, StatusCode::NO_CONTENT);
        assert_eq!(posts(&app, &path, &json!({"data": {"event_type": "number.ported", "payload": {}}})).await, StatusCode::NO_CONTENT);
        assert_eq!(posts(&app, "/hooks/sms/status/nobody", &delivered).await, StatusCode::NOT_FOUND);
        assert_eq!(posts(&app, &path, &json!({"data": 1})).await, StatusCode::BAD_REQUEST);
        assert_eq!(now(&app, &harbor, &message).await.state, MessageState::Delivered);
    }

    async fn what_is_forged_changed_or_kept_for_later_is_refused(db: TestDb) {
        let app = app_of(db);
        let harbor = Harbor::found(&app).await;
        let message = invited(&app, &harbor).await;
        let path = format!("/hooks/sms/status/{}", message.id);
        let event = report("message.finalized", "delivery_failed", &json!([{"code": "40001"}]));
        let seconds = app.ctx.now().timestamp();
        for old in [seconds - 301, seconds + 301] {
            assert_eq!(posts_at(&app, &path, &event, old).await, StatusCode::FORBIDDEN, "replayed");
        }
        let body = event.to_string();
        let stranger = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
        let forged = STANDARD.encode(stranger.sign(format!("{seconds}|{body}").as_bytes()).as_ref());
        let signed = STANDARD.encode(pair().sign(format!("{seconds}|{body}").as_bytes()).as_ref());
        for (signature, body) in [(forged, body.clone()), (signed, body.replace("40001", "40300")), (String::new(), body)] {
            let headers = [("telnyx-signature-ed25519", signature), ("telnyx-timestamp", seconds.to_string())];
            assert_eq!(app.browser().raw(&path, &headers, body).await.status, StatusCode::FORBIDDEN);
        }
        // Nor does the other provider's signature open this door.
        assert_eq!(app.browser().webhook("/hooks/sms/inbound", &[("From", "+14155550150")]).await, StatusCode::FORBIDDEN);
        assert_eq!(now(&app, &harbor, &message).await.state, MessageState::Sent);
    }

    async fn a_landline_goes_by_mail_and_stop_is_heeded(db: TestDb) {
        let app = app_of(db);
        let harbor = Harbor::found(&app).await;
        let message = invited(&app, &harbor).await;
        let path = format!("/hooks/sms/status/{}", message.id);
        let failed = report("message.finalized", "delivery_failed", &json!([{"code": "40001", "title": "Not routable"}]));
        assert_eq!(posts(&app, &path, &failed).await, StatusCode::NO_CONTENT);
        assert_eq!(now(&app, &harbor, &message).await.code.as_deref(), Some("40001"));
        app.run_jobs().await;
        assert_eq!(app.sent().len(), 1, "the mail in its place");
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::unusable_contact::find(&mut read, Channel::Sms, "+14155550150").await.unwrap().is_some());
        drop(read);

        for text in ["Stop", "Stop"] {
            assert_eq!(posts(&app, "/hooks/sms/inbound", &received("7ee4241c-f127-47e5-9c34-3aac291f8058", text)).await, StatusCode::OK);
        }
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(store::suppression::is_suppressed(&mut read, Channel::Sms, "+14155550150").await.unwrap());
        let tasks = store::task::open(&mut read).await.unwrap();
        assert_eq!(tasks.iter().filter(|task| task.kind == TaskKind::OptedOut).count(), 1);
        drop(read);
        app.clock.advance(Duration::minutes(1));
        assert_eq!(posts(&app, "/hooks/sms/inbound", &received("8ee4241c-f127-47e5-9c34-3aac291f8058", "START")).await, StatusCode::OK);
        let mut read = app.db.read(&harbor.practice).await.unwrap();
        assert!(!store::suppression::is_suppressed(&mut read, Channel::Sms, "+14155550150").await.unwrap());
    }
}
