//! The provider's own helper library for Python before our stub of the provider: it sends, looks up and lists there as it would at
//! the real one, so what is shown with the stub holds for what it stands for. A machine without the library says so.

use care::SystemClock;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use tests::Dice;
use tests::process::{ACCOUNT, Folder, SENDER, TOKEN};
use tests::provider::{Provider, Reports, Step};

const TO: &str = "+14155550134";
const BODY: &str = "Harbor Lane: no sé, ¿mañana? https://care.example.org/c/abc";

/// Sends a text, looks it up, lists what the number got, asks for one that is not there, and sends two that are refused.
const USE: &str = r"
import json, sys
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
base, account, token, sender, to, body = sys.argv[1:]

def client_with(token):
    client = Client(account, token)
    client.api.base_url = base
    return client.messages

def shown(one):
    return [one.sid, one.account_sid, one.to, one.from_, one.body, one.status, one.direction, one.date_created is not None]

def refusal(ask):
    try:
        ask()
    except TwilioRestException as error:
        return [error.status, error.code]

messages = client_with(token)
made = messages.create(to=to, from_=sender, body=body, validity_period=600, smart_encoded=True)
json.dump({
    'made': shown(made),
    'fetched': shown(messages(made.sid).fetch()),
    'listed': [shown(one) for one in messages.list(to=to, limit=5)],
    'busy': refusal(lambda: messages.create(to=to, from_=sender, body=body)),
    'nobody': refusal(lambda: messages.create(to='nobody', from_=sender, body=body)),
    'not there': refusal(lambda: messages('SM' + '0' * 32).fetch()),
    'stranger': refusal(lambda: client_with('another').create(to=to, from_=sender, body=body)),
}, sys.stdout)
";

/// What the library says of each; `None` where Python has no such library.
fn said_by_the_library(url: &str) -> Option<Value> {
    let python = ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        let check = Command::new(python)
            .args(["-c", "from twilio.rest import Client"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        check.is_ok_and(|status| status.success())
    })?;
    let output =
        Command::new(python).args(["-c", USE, url, ACCOUNT, TOKEN, SENDER, TO, BODY]).output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("what the library said"))
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stderr, reason = "a test that could not run must say so")]
async fn the_providers_own_library_sends_and_looks_up_at_the_stub() {
    let folder = Folder::fresh("provider-library");
    let provider = Provider::start(folder.path(), SystemClock, Dice::new(1), Reports::Silent).await;
    provider.script([Step::Accept, Step::Busy(1)]);
    let url = provider.url().to_owned();
    let said = tokio::task::spawn_blocking(move || said_by_the_library(&url)).await.expect("it is asked");
    let Some(said) = said else {
        eprintln!("SKIPPED: Python has no library of the provider");
        return;
    };
    let taken = provider.ledger();
    assert_eq!(taken.len(), 1, "the others were refused: {taken:?}");
    assert_eq!((taken[0].to.as_str(), taken[0].body.as_str()), (TO, BODY));
    let shown = json!([taken[0].sid, ACCOUNT, TO, SENDER, BODY, "queued", "outbound-api", true]);
    assert_eq!(said["made"], shown);
    assert_eq!(said["fetched"], shown);
    assert_eq!(said["listed"], json!([shown]));
    assert_eq!(said["busy"], json!([429, 20429]));
    assert_eq!(said["nobody"], json!([400, 21211]));
    assert_eq!(said["not there"], json!([404, 20404]));
    assert_eq!(said["stranger"], json!([401, 20003]));
}
