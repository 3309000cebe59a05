//! A provider over HTTP that takes a text and never answers.

use crate::fixture::{Clinic, ask, number, practice};
use care::message::{Channel, MessageKind, MessageState};
use chrono::Duration;
use notify::sms::{Sender, SmsClient, SmsConfig};
use notify::{Live, PhoneNumber, Timeouts, Transport};
use std::sync::Arc;
use std::time::Duration as StdDuration;
use store::testing::both_databases;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const MESSAGES: &str = "/2010-04-01/Accounts/AC00/Messages.json";

pub struct Hanging(MockServer);

impl Hanging {
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = MockServer::start().await;
        let hang = ResponseTemplate::new(201).set_delay(StdDuration::from_mins(1));
        Mock::given(method("POST")).and(path(MESSAGES)).respond_with(hang).mount(&server).await;
        Self(server)
    }

    /// The way out to it, with this much patience.
    pub fn transport(&self, patience: StdDuration) -> Transport {
        let config = SmsConfig {
            base_url: self.0.uri(),
            account_sid: "AC00".to_owned(),
            auth_token: "secret".to_owned().into(),
            sender: Sender::Number(PhoneNumber::parse("+15005550006").unwrap()),
        };
        let client =
            SmsClient::with_timeouts(config, Timeouts { connect: StdDuration::from_secs(2), total: patience }).unwrap();
        Transport::Live(Arc::new(Live { mail: None, sms: Some(client.into()) }))
    }

    /// The bodies of the texts it took, as they were sent.
    async fn taken(&self) -> Vec<String> {
        let requests = self.0.received_requests().await.unwrap();
        requests.iter().filter(|request| request.method.as_str() == "POST").map(body_of).collect()
    }

    pub async fn posts(&self) -> usize {
        self.taken().await.len()
    }

    /// From now on its list shows these bodies.
    async fn lists(&self, bodies: &[String]) {
        let messages: Vec<_> = bodies
            .iter()
            .map(|body| serde_json::json!({"sid": "SM0001", "status": "delivered", "to": number(1), "body": body, "direction": "outbound-api"}))
            .collect();
        let page =
            ResponseTemplate::new(200).set_body_json(serde_json::json!({"messages": messages, "next_page_uri": null}));
        Mock::given(method("GET")).and(path(MESSAGES)).respond_with(page).mount(&self.0).await;
    }
}

fn field(request: &Request, name: &str) -> Option<String> {
    let form = String::from_utf8(request.body.clone()).unwrap();
    form.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(decoded))
}

fn body_of(request: &Request) -> String {
    field(request, "Body").unwrap()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

both_databases! {
    async fn a_provider_that_takes_a_text_and_hangs_gets_it_once(db: TestDb) {
        let provider = Hanging::start().await;
        let mut clinic = Clinic::new(&db).await;
        clinic.ctx = crate::fixture::context(&db, clinic.clock.clone(), care::SystemEntropy, provider.transport(StdDuration::from_millis(300)));
        let packet = ask(&clinic.ctx, 1, Channel::Sms).await;
        clinic.run().await;
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!(message.state, MessageState::Unknown);
        let requests = provider.0.received_requests().await.unwrap();
        assert_eq!(field(&requests[0], "StatusCallback").unwrap(), format!("https://care.example.org/hooks/sms/status/{}", message.id));
        provider.lists(&provider.taken().await).await;
        for _ in 0..24 {
            clinic.later(Duration::minutes(5)).await;
        }
        let message = clinic.message(&packet, MessageKind::Invite, Channel::Sms).await;
        assert_eq!((message.state, message.provider_id.as_deref()), (MessageState::Delivered, Some("SM0001")));
        assert_eq!(provider.posts().await, 1);
        let mut read = db.read(&practice()).await.unwrap();
        assert_eq!(store::message::of_packet(&mut read, &packet).await.unwrap().len(), 2, "invite and reminder");
    }
}
