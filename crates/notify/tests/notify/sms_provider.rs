//! The provider's script: what it is asked, and what its answers mean.

use crate::{ACCOUNT, LINK, SHORT, TO, at, from_number, install_tls, sms, sms_client, sms_client_with};
use notify::sms::{DeliveryStatus, Sender, SmsClient, SmsConfig};
use notify::{ConfigError, PhoneNumber, SendError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

fn messages_path() -> String {
    format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
}

/// A message as the provider shows it.
fn resource(sid: &str, body: Option<&str>, created: &str, direction: &str) -> Value {
    json!({
        "sid": sid, "account_sid": ACCOUNT, "to": TO, "from": "+15005550001", "body": body, "status": "queued",
        "direction": direction, "date_created": created, "date_sent": null, "error_code": null, "error_message": null,
        "num_segments": "1", "num_media": "0", "api_version": "2010-04-01", "price": null, "price_unit": "USD",
    })
}

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path(messages_path())).respond_with(template).mount(&server).await;
    server
}

async fn outcome(template: ResponseTemplate) -> Result<String, SendError> {
    let server = answering(template).await;
    sms_client(&server.uri(), from_number()).send(&sms("0198-1")).await.map(|accepted| accepted.provider_id)
}

fn form(request: &Request) -> BTreeMap<String, String> {
    let body = std::str::from_utf8(&request.body).unwrap();
    reqwest::Url::parse(&format!("http://x/?{body}")).unwrap().query_pairs().into_owned().collect()
}

/// The parameters of the create-message call in the provider's published description (version 2010-04-01).
const PUBLISHED: &[&str] = &[
    "To",
    "StatusCallback",
    "ApplicationSid",
    "MaxPrice",
    "ProvideFeedback",
    "Attempt",
    "ValidityPeriod",
    "ForceDelivery",
    "ContentRetention",
    "AddressRetention",
    "SmartEncoded",
    "PersistentAction",
    "TrafficType",
    "ShortenUrls",
    "ScheduleType",
    "SendAt",
    "SendAsMms",
    "ContentVariables",
    "RiskCheck",
    "From",
    "FallbackFrom",
    "MessagingServiceSid",
    "Body",
    "MediaUrl",
    "ContentSid",
];

#[tokio::test]
async fn the_request_has_the_published_shape() {
    let server = answering(ResponseTemplate::new(201).set_body_json(resource("SM1", None, "", "outbound-api"))).await;
    let service = Sender::MessagingService("MG0123456789abcdef0123456789abcdef".to_owned());
    sms_client(&format!("{}/", server.uri()), service).send(&sms("0198-1")).await.unwrap();
    sms_client(&server.uri(), from_number()).send(&sms("0198-2")).await.unwrap();

    let requests = server.received_requests().await.unwrap();
    for request in &requests {
        assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
        // Basic, of "AC0123456789abcdef0123456789abcdef:secret".
        assert_eq!(request.headers["authorization"], "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjpzZWNyZXQ=");
        assert!(request.url.query().is_none(), "nothing protected in an address");
        let form = form(request);
        assert!(form.keys().all(|name| PUBLISHED.contains(&name.as_str())), "{:?}", form.keys());
        assert_eq!(form["To"], TO);
        assert!(form["Body"].ends_with(LINK));
        assert_eq!(form["ValidityPeriod"], "7200");
        assert_eq!(form["SmartEncoded"], "true");
    }
    let (service, number) = (form(&requests[0]), form(&requests[1]));
    assert_eq!(service["MessagingServiceSid"], "MG0123456789abcdef0123456789abcdef");
    assert_eq!(service["StatusCallback"], "https://clinic.example/hooks/sms/0198-1");
    assert!(!service.contains_key("From"));
    assert_eq!(number["From"], "+15005550001");
    assert!(!number.contains_key("MessagingServiceSid"));
}

#[tokio::test]
async fn answers_become_instructions() {
    let error = |status: u16, code: u32| {
        ResponseTemplate::new(status)
            .set_body_json(json!({"code": code, "message": format!("about {TO}"), "status": status}))
    };
    assert_eq!(
        outcome(ResponseTemplate::new(201).set_body_json(resource("SM77", None, "", "outbound-api"))).await.unwrap(),
        "SM77"
    );
    assert_eq!(outcome(error(400, 21610)).await, Err(SendError::OptedOut));
    assert_eq!(outcome(error(400, 21211)).await, Err(SendError::Permanent { code: 21211 }));
    assert_eq!(outcome(error(400, 21614)).await, Err(SendError::Permanent { code: 21614 }));
    assert!(matches!(outcome(error(401, 20003)).await, Err(SendError::Misconfigured { code: 20003, .. })));
    let limited = error(429, 20429).insert_header("Retry-After", "17");
    assert!(
        matches!(outcome(limited).await, Err(SendError::Retry { after: Some(after), .. }) if after.as_secs() == 17)
    );
    let endless = error(503, 20503).insert_header("Retry-After", "99999999999");
    assert!(
        matches!(outcome(endless).await, Err(SendError::Retry { after: Some(after), .. }) if after.as_secs() == 3600)
    );
    assert!(matches!(
        outcome(error(503, 0).insert_header("Retry-After", "soon")).await,
        Err(SendError::Retry { after: None, .. })
    ));
    let moved = ResponseTemplate::new(302).insert_header("Location", "http://127.0.0.1:1/");
    assert!(matches!(outcome(moved).await, Err(SendError::Misconfigured { .. })), "credentials follow no redirect");
}

#[tokio::test]
async fn whatever_may_have_been_taken_is_ambiguous() {
    for template in [
        ResponseTemplate::new(500).set_body_json(json!({"code": 20500, "status": 500})),
        ResponseTemplate::new(502).set_body_string("<html>bad gateway</html>"),
        ResponseTemplate::new(200).set_body_string("garbage"),
        ResponseTemplate::new(201).set_body_json(json!({"id": 1})),
    ] {
        assert_eq!(outcome(template).await, Err(SendError::Ambiguous));
    }
}

#[tokio::test]
async fn a_provider_that_hangs_after_accepting_is_ambiguous() {
    let taken = ResponseTemplate::new(201).set_body_json(resource("SM1", None, "", "outbound-api"));
    let server = answering(taken.set_delay(std::time::Duration::from_mins(1))).await;
    let impatient = sms_client_with(&server.uri(), from_number(), SHORT);
    assert_eq!(impatient.send(&sms("0198-1")).await, Err(SendError::Ambiguous));
}

#[tokio::test]
async fn errors_say_nothing_about_the_recipient() {
    let body = json!({"code": 21211, "message": format!("The 'To' number {TO} is not valid."), "status": 400});
    let error = outcome(ResponseTemplate::new(400).set_body_json(body)).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("5005550006"));
}

async fn listing(pages: &[Value]) -> MockServer {
    let server = MockServer::start().await;
    for (number, messages) in pages.iter().enumerate().rev() {
        let next = (number + 1 < pages.len())
            .then(|| format!("{}?To=%2B15005550006&PageSize=100&Page={}&PageToken=PA", messages_path(), number + 1));
        let body = json!({"messages": messages, "next_page_uri": next, "page": number, "page_size": 100});
        let mock = Mock::given(method("GET")).and(path(messages_path())).and(query_param("To", TO));
        let mock = if number == 0 { mock } else { mock.and(query_param("Page", number.to_string())) };
        mock.respond_with(ResponseTemplate::new(200).set_body_json(body))
            .with_priority(if number == 0 { 5 } else { 1 })
            .mount(&server)
            .await;
    }
    server
}

async fn find(pages: &[Value]) -> Result<Option<String>, SendError> {
    let server = listing(pages).await;
    let to = PhoneNumber::parse(TO).unwrap();
    let found = sms_client(&server.uri(), from_number()).find(&to, at(), LINK).await;
    let asked = server.received_requests().await.unwrap();
    // Texts that are still queued have no date sent; a filter on it would hide them.
    assert!(asked.iter().all(|request| request.url.query_pairs().all(|(name, _)| !name.starts_with("DateSent"))));
    found.map(|found| found.map(|found| found.provider_id))
}

const IN_TIME: &str = "Sat, 21 Nov 2026 15:00:02 +0000";
const BEFORE: &str = "Sat, 21 Nov 2026 14:00:00 +0000";

#[tokio::test]
async fn a_text_is_found_again() {
    let body = format!("ready {LINK}");
    let ours = resource("SM9", Some(&body), IN_TIME, "outbound-api");
    let other = resource("SM8", Some("something else"), IN_TIME, "outbound-api");
    assert_eq!(find(&[json!([other, ours])]).await, Ok(Some("SM9".into())));
    assert_eq!(find(&[json!([other]), json!([other]), json!([ours])]).await, Ok(Some("SM9".into())), "on a later page");
    // The server's clock may be a little behind ours.
    let slow = resource("SM9", Some(&body), "Sat, 21 Nov 2026 14:58:00 +0000", "outbound-api");
    assert_eq!(find(&[json!([slow])]).await, Ok(Some("SM9".into())));
}

#[tokio::test]
async fn what_was_not_taken_is_not_found() {
    let body = format!("ready {LINK}");
    let reply = resource("SM1", Some(&body), IN_TIME, "inbound");
    let earlier = resource("SM2", Some(&body), BEFORE, "outbound-api");
    let other = resource("SM3", Some("something else"), IN_TIME, "outbound-api");
    assert_eq!(find(&[json!([])]).await, Ok(None));
    assert_eq!(find(&[json!([reply, earlier, other])]).await, Ok(None));
}

#[tokio::test]
async fn a_list_that_does_not_settle_it_says_so() {
    let redacted = resource("SM4", Some(""), IN_TIME, "outbound-api");
    assert_eq!(find(&[json!([redacted])]).await, Err(SendError::Ambiguous));
    let older_redacted = resource("SM4", None, BEFORE, "outbound-api");
    assert_eq!(find(&[json!([older_redacted])]).await, Ok(None));

    let server = MockServer::start().await;
    let other = resource("SM3", Some("something else"), IN_TIME, "outbound-api");
    let endless = json!({"messages": [other], "next_page_uri": messages_path()});
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_json(endless)).mount(&server).await;
    let to = PhoneNumber::parse(TO).unwrap();
    assert_eq!(sms_client(&server.uri(), from_number()).find(&to, at(), LINK).await, Err(SendError::Ambiguous));
}

#[tokio::test]
async fn looking_up_is_always_repeatable_and_stays_at_home() {
    let to = PhoneNumber::parse(TO).unwrap();
    for template in
        [ResponseTemplate::new(500), ResponseTemplate::new(429), ResponseTemplate::new(200).set_body_string("garbage")]
    {
        let server = MockServer::start().await;
        Mock::given(method("GET")).respond_with(template).mount(&server).await;
        assert!(matches!(
            sms_client(&server.uri(), from_number()).find(&to, at(), LINK).await,
            Err(SendError::Retry { .. })
        ));
    }
    let server = MockServer::start().await;
    let elsewhere = json!({"messages": [], "next_page_uri": "http://evil.example/list"});
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_json(elsewhere)).mount(&server).await;
    assert!(matches!(
        sms_client(&server.uri(), from_number()).find(&to, at(), LINK).await,
        Err(SendError::Misconfigured { .. })
    ));
}

#[tokio::test]
async fn one_text_s_state_is_read_by_its_id() {
    let server = MockServer::start().await;
    let mut message = resource("SM5", None, IN_TIME, "outbound-api");
    message["status"] = json!("undelivered");
    message["error_code"] = json!(30003);
    Mock::given(method("GET"))
        .and(path(format!("/2010-04-01/Accounts/{ACCOUNT}/Messages/SM5.json")))
        .respond_with(ResponseTemplate::new(200).set_body_json(message))
        .mount(&server)
        .await;
    let client = sms_client(&server.uri(), from_number());
    let found = client.fetch("SM5").await.unwrap().unwrap();
    assert_eq!((found.status, found.error_code), (Some(DeliveryStatus::Undelivered), Some(30003)));
    assert_eq!(client.fetch("SM6").await, Ok(None));
    assert_eq!(client.fetch("../../Accounts").await, Ok(None));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    install_tls();
    let new = |base: &str, sid: &str, token: &str| -> Result<(), ConfigError> {
        SmsClient::new(SmsConfig {
            base_url: base.into(),
            account_sid: sid.into(),
            auth_token: token.into(),
            sender: from_number(),
        })
        .map(|_| ())
    };
    assert_eq!(new("https://api.twilio.com", ACCOUNT, "t"), Ok(()));
    assert_eq!(new("https://space.example/api/laml/", ACCOUNT, "t"), Ok(()));
    for (base, sid, token) in [
        ("http://api.twilio.com", ACCOUNT, "t"),
        ("api.twilio.com", ACCOUNT, "t"),
        ("", ACCOUNT, "t"),
        ("https://u:p@api.twilio.com", ACCOUNT, "t"),
        ("https://api.twilio.com?x=1", ACCOUNT, "t"),
        ("https://api.twilio.com", "../x", "t"),
        ("https://api.twilio.com", "", "t"),
        ("https://api.twilio.com", ACCOUNT, ""),
    ] {
        assert!(new(base, sid, token).is_err(), "{base} {sid} {token}");
    }
}
