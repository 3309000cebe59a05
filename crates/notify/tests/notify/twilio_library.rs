//! Signatures made by the provider's own helper library for Python (`twilio`), in both of its algorithms: ours are believed, and
//! a tampered one never. A machine without the library says so; nothing is pretended.

use notify::sms::{SignatureHeaders, verify_signature};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Reads requests as JSON, writes the signatures that the library makes for them.
const SIGN: &str = r"
import json, sys
from twilio.request_validator import RequestValidator
asked = json.load(sys.stdin)
json.dump([RequestValidator(one['token']).compute_signature(one['url'], one['params'], one['algorithm']) for one in asked], sys.stdout)
";

/// The signatures of these requests; `None` where Python has no such library.
fn signed_by_the_library(requests: &Value) -> Option<Vec<String>> {
    let python = ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        let check = Command::new(python)
            .args(["-c", "from twilio.request_validator import HMAC_SHA256"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        check.is_ok_and(|status| status.success())
    })?;
    let mut child =
        Command::new(python).args(["-c", SIGN]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(requests.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the library refused a request");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

const TOKEN: &str = "12345";
const URLS: [&str; 4] = [
    "https://care.example.org/hooks/sms/inbound",
    "https://care.example.org/hooks/sms/status/0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44",
    "https://care.example.org/hooks/sms/inbound?attempt=2&x=%20y",
    "https://care.example.org:8443/hooks/sms/inbound",
];
const BODIES: [&str; 5] = ["STOP", "", "no sé, ¿mañana? 🙂", "a=b&c=d +%2B", "two\nlines"];

fn params(body: &str) -> Vec<(String, String)> {
    [("From", "+15550100134"), ("To", "+15005550006"), ("MessageSid", "SM0001"), ("NumMedia", "0"), ("Body", body)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

#[test]
#[allow(clippy::print_stderr, reason = "a test that could not run must say so")]
fn what_the_providers_own_library_signs_is_believed_and_nothing_else() {
    let settings = [None, Some("key=webhooks_sharedkey_01,algorithm=HMAC_SHA256")];
    let mut cases = Vec::new();
    for url in URLS {
        for body in BODIES {
            for setting in settings {
                cases.push((url, body, setting));
            }
        }
    }
    let asked: Vec<Value> = cases
        .iter()
        .map(|(url, body, setting)| {
            let params: serde_json::Map<String, Value> =
                params(body).into_iter().map(|(name, value)| (name, Value::from(value))).collect();
            let algorithm = setting.map_or("HMAC_SHA1", |_| "HMAC_SHA256");
            json!({ "token": TOKEN, "url": url, "params": params, "algorithm": algorithm })
        })
        .collect();
    let Some(signatures) = signed_by_the_library(&Value::from(asked)) else {
        eprintln!("SKIPPED: no Python with the twilio library (pip install twilio); its signatures were not tried");
        return;
    };
    assert_eq!(signatures.len(), cases.len());
    let token = SecretString::from(TOKEN);
    for ((url, body, setting), signature) in cases.iter().zip(&signatures) {
        let believed = |url: &str, params: &[(String, String)], signature: &str, settings: Option<&str>| {
            verify_signature(&token, url, params, SignatureHeaders { signature, settings }).is_ok()
        };
        let genuine = params(body);
        assert!(believed(url, &genuine, signature, *setting), "{url} {body:?} {setting:?}");
        let mut other = genuine.clone();
        other[4].1.push('x');
        assert!(!believed(url, &other, signature, *setting), "another text");
        let mut more = genuine.clone();
        more.push(("OptOutType".to_owned(), "STOP".to_owned()));
        assert!(!believed(url, &more, signature, *setting), "a field more");
        assert!(!believed(&format!("{url}x"), &genuine, signature, *setting), "another address");
        assert!(!believed(url, &genuine, &signature[1..], *setting), "a shortened signature");
        let wrong_algorithm = if setting.is_some() { None } else { Some("algorithm=HMAC_SHA256") };
        assert!(!believed(url, &genuine, signature, wrong_algorithm), "the other algorithm");
        let stranger = SecretString::from("54321");
        let headers = SignatureHeaders { signature, settings: *setting };
        assert!(verify_signature(&stranger, url, &genuine, headers).is_err(), "another account");
    }
}
