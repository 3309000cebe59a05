//! Reports of what became of a text: signed, repeated, shuffled, now and then forged, and tried again while nobody answers.

use super::{Inner, Taken, locked};
use crate::process::{ACCOUNT, SENDER, TOKEN};
use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often a report is tried while nobody answers, and how far apart.
const TRIES: u32 = 40;
const APART: Duration = Duration::from_millis(150);

/// The provider's signature of a request: the address and every field by name, HMAC-SHA1 with the account's token.
pub fn signature(token: &str, url: &str, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let mut mac = <Hmac<sha1::Sha1> as KeyInit>::new_from_slice(token.as_bytes()).expect("any key will do");
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

/// Reports a text's way, each station one to three times and in any order.
pub(super) async fn tell(inner: Arc<Inner>, taken: Taken) {
    let Some(url) = taken.report_to.clone() else { return };
    let mut stations = Vec::new();
    for station in ["sent", "delivered"] {
        for _ in 0..=inner.dice.below(3) {
            stations.push(station);
        }
    }
    for last in (1..stations.len()).rev() {
        stations.swap(last, inner.dice.below(last as u64 + 1) as usize);
    }
    if inner.dice.below(100) == 0 {
        match post(&inner, &url, &taken, "failed", "another account's token").await {
            Some(403) => inner.forged_refused.fetch_add(1, Ordering::SeqCst),
            Some(200..=299) => inner.forged_believed.fetch_add(1, Ordering::SeqCst),
            // Nobody listened, or the server was too busy to read it.
            Some(_) | None => 0,
        };
    }
    for station in stations {
        if station == "delivered" {
            locked(&inner.states).insert(taken.sid.clone(), "delivered");
        } else {
            locked(&inner.states).entry(taken.sid.clone()).or_insert("sent");
        }
        for _ in 0..TRIES {
            match post(&inner, &url, &taken, station, TOKEN).await {
                Some(200..=299) => {
                    inner.reported.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                // The provider's own patience, not a wait for anything of ours.
                _ => tokio::time::sleep(APART).await,
            }
        }
    }
}

async fn post(inner: &Inner, url: &str, taken: &Taken, station: &str, secret: &str) -> Option<u16> {
    let fields = [
        ("MessageSid", taken.sid.as_str()),
        ("SmsSid", taken.sid.as_str()),
        ("MessageStatus", station),
        ("SmsStatus", station),
        ("AccountSid", ACCOUNT),
        ("To", taken.to.as_str()),
        ("From", SENDER),
        ("ApiVersion", "2010-04-01"),
    ];
    let signed = signature(secret, url, &fields);
    let answer = inner.http.post(url).header("X-Twilio-Signature", signed).form(&fields).send().await;
    answer.ok().map(|answer| answer.status().as_u16())
}
