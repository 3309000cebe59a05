//! Against servers that behave and servers that do not.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its scene fails")]

mod outbox;
mod sms_broken;
mod sms_provider;
mod smtp_dialogue;
mod smtp_server;
mod telnyx_provider;
mod twilio_library;

use chrono::{DateTime, TimeZone, Utc};
use notify::sms::{Sender, SmsClient, SmsConfig};
use notify::{AttemptId, HeaderText, HttpsUrl, Mail, Mailbox, PhoneNumber, Sms, SmsBody, Timeouts, ValidityPeriod};
use std::time::Duration;

pub(crate) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const TO: &str = "+15005550006";
pub(crate) const LINK: &str = "https://clinic.example/c/Zm9vYmFy";

/// For servers that hang: short for a test's patience, long enough for a busy machine to come as far as the hanging.
pub(crate) const SHORT: Timeouts = Timeouts { connect: Duration::from_secs(2), total: Duration::from_secs(2) };

pub(crate) fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 15, 0, 0).unwrap()
}

/// The binary does this at start.
pub(crate) fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

pub(crate) fn sms_client(base_url: &str, sender: Sender) -> SmsClient {
    sms_client_with(base_url, sender, Timeouts::default())
}

pub(crate) fn sms_client_with(base_url: &str, sender: Sender, timeouts: Timeouts) -> SmsClient {
    install_tls();
    let (base_url, account_sid) = (base_url.to_owned(), ACCOUNT.to_owned());
    let config = SmsConfig { base_url, account_sid, auth_token: "secret".into(), sender };
    SmsClient::with_timeouts(config, timeouts).unwrap()
}

pub(crate) fn from_number() -> Sender {
    Sender::Number(PhoneNumber::parse("+15005550001").unwrap())
}

pub(crate) fn sms(attempt: &str) -> Sms {
    Sms {
        to: PhoneNumber::parse(TO).unwrap(),
        body: SmsBody::parse(&format!("Harbor Lane: your check-in is ready {LINK}")).unwrap(),
        status_callback: Some(HttpsUrl::parse(&format!("https://clinic.example/hooks/sms/{attempt}")).unwrap()),
        attempt_id: AttemptId::parse(attempt).unwrap(),
        validity_period: ValidityPeriod::clamp(Duration::from_hours(2)),
        at: at(),
    }
}

pub(crate) fn mail(attempt: &str) -> Mail {
    Mail {
        to: Mailbox::named("Ana Müller", "ana@example.org").unwrap(),
        from_name: None,
        reply_to: None,
        bounce_to: None,
        subject: HeaderText::parse("subject", "Su cuestionario está listo").unwrap(),
        text: format!("Hola\n.\n..puntos\n{LINK}\n"),
        html: format!("<p>Hola</p><a href=\"{LINK}\">Empezar</a>"),
        unsubscribe: None,
        attempt_id: AttemptId::parse(attempt).unwrap(),
        at: at(),
    }
}
