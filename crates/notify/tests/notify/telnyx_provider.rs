//! The second provider's script: what it is asked, and what its answers mean. The shapes are those of its published API
//! reference (version 2, read in November 2026).

use crate::{LINK, SHORT, TO, install_tls, sms};
use notify::sms::telnyx::{TelnyxClient, TelnyxConfig, TelnyxSender};
use notify::sms::{DeliveryStatus, SmsProvider};
use notify::{Live, PhoneNumber, RetryReason, SendError, Timeouts, Transport};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const ID: &str = "40385f64-5717-4562-b3fc-2c963f66afa6";
const PROFILE: &str = "4000eba1-a0c0-4563-9925-b25e842a7cb6";

fn client(base_url: &str, sender: TelnyxSender, timeouts: Timeouts) -> TelnyxClient {
    install_tls();
    let config = TelnyxConfig { base_url: base_url.to_owned(), api_key: "KEY0198_secret".into(), sender };
    TelnyxClient::with_timeouts(config, timeouts).unwrap()
}

fn number() -> TelnyxSender {
    TelnyxSender::Number(PhoneNumber::parse("+15005550001").unwrap())
}

fn message(status: &str, errors: &Value) -> Value {
    json!({"data": {"record_type": "message", "direction": "outbound", "id": ID, "type": "SMS", "from": {"phone_number": "+15005550001"},
        "to": [{"phone_number": TO, "status": status, "carrier": "", "line_type": "Wireless"}], "text": "…", "errors": errors,
        "valid_until": null, "parts": 1}})
}

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/v2/messages")).respond_with(template).mount(&server).await;
    server
}

async fn outcome(template: ResponseTemplate) -> Result<String, SendError> {
    let server = answering(template).await;
    client(&server.uri(), number(), Timeouts::default()).send(&sms("0198-1")).await.map(|accepted| accepted.provider_id)
}

/// The parameters of "Send a message" in the provider's published description.
const PUBLISHED: &[&str] = &[
    "auto_detect",
    "from",
    "media_urls",
    "messaging_profile_id",
    "send_at",
    "subject",
    "text",
    "to",
    "type",
    "use_profile_webhooks",
    "webhook_failover_url",
    "webhook_url",
];

#[tokio::test]
async fn the_request_has_the_published_shape() {
    let server = answering(ResponseTemplate::new(200).set_body_json(message("queued", &json!([])))).await;
    let sent = client(&format!("{}/", server.uri()), number(), Timeouts::default()).send(&sms("0198-1")).await.unwrap();
    assert_eq!(sent.provider_id, ID);
    client(&server.uri(), TelnyxSender::Profile(PROFILE.into()), Timeouts::default())
        .send(&sms("0198-2"))
        .await
        .unwrap();
    let requests = server.received_requests().await.unwrap();
    let bodies: Vec<Value> = requests.iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect();
    for (request, body) in requests.iter().zip(&bodies) {
        assert_eq!(request.headers["content-type"], "application/json");
        assert_eq!(request.headers["authorization"], "Bearer KEY0198_secret");
        assert!(request.url.query().is_none(), "nothing protected in an address");
        assert!(body.as_object().unwrap().keys().all(|name| PUBLISHED.contains(&name.as_str())), "{body}");
        assert_eq!((&body["to"], &body["type"]), (&json!(TO), &json!("SMS")));
        assert!(body["text"].as_str().unwrap().ends_with(LINK));
    }
    assert_eq!(bodies[0]["from"], "+15005550001");
    assert_eq!(bodies[0]["webhook_url"], "https://clinic.example/hooks/sms/0198-1");
    assert!(bodies[0].get("messaging_profile_id").is_none());
    assert_eq!((&bodies[1]["messaging_profile_id"], bodies[1].get("from")), (&json!(PROFILE), None));
}

#[tokio::test]
async fn answers_become_instructions() {
    let error = |status: u16, code: &str| {
        let fault = json!({"errors": [{"code": code, "title": "A fault", "detail": format!("about {TO}")}]});
        ResponseTemplate::new(status).set_body_json(fault)
    };
    assert_eq!(outcome(error(409, "40300")).await, Err(SendError::OptedOut));
    assert_eq!(outcome(error(422, "40310")).await, Err(SendError::Permanent { code: 40310 }));
    assert!(matches!(outcome(error(401, "10009")).await, Err(SendError::Misconfigured { code: 10009, .. })));
    assert!(matches!(outcome(error(422, "40305")).await, Err(SendError::Misconfigured { code: 40305, .. })));
    let slow = error(429, "10011").insert_header("retry-after", "7");
    let Err(SendError::Retry { after: Some(after), reason: RetryReason::RateLimited }) = outcome(slow).await else {
        panic!("a later try")
    };
    assert_eq!(after.as_secs(), 7);
    assert_eq!(outcome(error(503, "10007")).await, Err(SendError::retry(RetryReason::Unavailable)));
    // What may have been taken is never sent again by guess.
    for open in [error(500, "10007"), ResponseTemplate::new(502), ResponseTemplate::new(200).set_body_string("<html>")]
    {
        assert_eq!(outcome(open).await, Err(SendError::Ambiguous));
    }
    let without_id = ResponseTemplate::new(200).set_body_json(json!({"data": {"record_type": "message"}}));
    assert_eq!(outcome(without_id).await, Err(SendError::Ambiguous));
}

#[tokio::test]
async fn a_server_that_hangs_or_breaks_off_leaves_it_open_and_one_that_is_not_there_does_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        for hangs in [true, false] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut some = [0; 20];
            stream.read_exact(&mut some).await.unwrap();
            if hangs {
                // Held open until the client has lost its patience.
                let mut rest = Vec::new();
                let _ = stream.read_to_end(&mut rest).await;
            }
        }
    });
    for _ in 0..2 {
        assert_eq!(client(&base, number(), SHORT).send(&sms("0198-1")).await, Err(SendError::Ambiguous));
    }
    server.await.unwrap();
    assert_eq!(
        client(&base, number(), SHORT).send(&sms("0198-1")).await,
        Err(SendError::retry(RetryReason::NoConnection))
    );
}

#[tokio::test]
async fn a_text_is_looked_up_by_its_id_and_by_nothing_else() {
    let server = MockServer::start().await;
    let failed = message("delivery_failed", &json!([{"code": "40001", "title": "Not routable"}]));
    Mock::given(method("GET"))
        .and(path(format!("/v2/messages/{ID}")))
        .respond_with(ResponseTemplate::new(200).set_body_json(failed))
        .mount(&server)
        .await;
    let provider = SmsProvider::from(client(&server.uri(), number(), Timeouts::default()));
    let found = provider.fetch(ID).await.unwrap().unwrap();
    assert_eq!((found.status, found.error_code), (Some(DeliveryStatus::Undelivered), Some(40_001)));
    assert_eq!(provider.fetch("00000000-0000-4000-8000-000000000001").await, Ok(None));
    assert_eq!(provider.fetch("../messaging_profiles").await, Ok(None), "no other address is asked");
    assert_eq!(provider.probe().await, Ok(()), "not found: the key may ask");
    let to = PhoneNumber::parse(TO).unwrap();
    assert_eq!(provider.find(&to, crate::at(), LINK).await, Err(SendError::Ambiguous), "it cannot be asked for that");
}

#[tokio::test]
async fn a_wrong_key_is_told_by_the_probe() {
    let server = MockServer::start().await;
    let refused = json!({"errors": [{"code": "10009", "title": "Authentication failed"}]});
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(401).set_body_json(refused)).mount(&server).await;
    let probed = client(&server.uri(), number(), Timeouts::default()).probe().await;
    assert!(matches!(probed, Err(SendError::Misconfigured { code: 10009, .. })), "{probed:?}");
}

#[test]
fn settings_that_cannot_work_are_named() {
    const OWN: &str = "https://api.telnyx.com";
    install_tls();
    let of = |base_url: &str, api_key: &str, sender: TelnyxSender| {
        TelnyxClient::new(TelnyxConfig { base_url: base_url.to_owned(), api_key: api_key.into(), sender })
            .map(|_| ())
            .map_err(|error| error.setting)
    };
    assert_eq!(of(OWN, "KEY", number()), Ok(()));
    assert_eq!(of(OWN, "", number()), Err("SMS API key"));
    assert_eq!(of("", "KEY", number()), Err("SMS base URL"));
    assert_eq!(of("http://api.telnyx.com", "KEY", number()), Err("SMS base URL"), "not without encryption");
    assert_eq!(of(OWN, "KEY", TelnyxSender::Profile("a b".into())), Err("SMS messaging profile"));
}

#[test]
fn a_provider_that_drops_nothing_has_hours_that_end_early() {
    let telnyx = SmsProvider::from(client("https://api.telnyx.com", number(), Timeouts::default()));
    let twilio = SmsProvider::from(crate::sms_client("https://api.twilio.com", crate::from_number()));
    assert_eq!((telnyx.ends_early(), twilio.ends_early()), (15, 0));
    let way = |sms| Transport::Live(Arc::new(Live { mail: None, sms })).texts_end_early();
    assert_eq!((way(Some(telnyx)), way(Some(twilio)), way(None)), (15, 0, 0));
}
