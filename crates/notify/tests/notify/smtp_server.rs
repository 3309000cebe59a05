//! Against a real mail server: aiosmtpd, when Python has it. A machine without it says so; nothing is pretended.

use crate::{LINK, install_tls, mail};
use notify::smtp::{Security, SmtpClient, SmtpConfig};
use notify::{HttpsUrl, Mailbox, SendError, Unsubscribe};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A server that signs in one user and prints every mail as a line of JSON, read by Python's own mail parser.
const SERVER: &str = r#"
import asyncio, json, ssl, sys
from email import message_from_bytes, policy
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

class Handler:
    async def handle_DATA(self, server, session, envelope):
        m = message_from_bytes(envelope.content, policy=policy.default)
        part = lambda kind: m.get_body(preferencelist=(kind,)).get_content()
        print(json.dumps({"from": envelope.mail_from, "rcpt": envelope.rcpt_tos, "headers": {k: str(v) for k, v in m.items()},
                          "plain": part("plain"), "html": part("html"), "defects": len(m.defects)}), flush=True)
        return "250 kept"

def sign_in(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and data.login == b"mailer" and data.password == b"p@ss w\xc3\xb6rd"
    return AuthResult(success=good, handled=False)

async def main():
    loop = asyncio.get_running_loop()
    mode, context = sys.argv[1], None
    if mode != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[2])
    upgrade = {"tls_context": context, "require_starttls": True} if mode == "starttls" else {}
    make = lambda: SMTP(Handler(), authenticator=sign_in, auth_required=True, auth_require_tls=mode == "starttls", **upgrade)
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"#;

struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
}

impl Server {
    /// A server in the mode `plain`, `starttls` or `tls`, with a file of certificate and key for the latter two.
    fn start(mode: &str, identity: &str) -> Option<Self> {
        let has_it = |python: &&str| {
            Command::new(python)
                .args(["-c", "import aiosmtpd"])
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        };
        let python = ["python3", "/usr/bin/python3"].into_iter().find(has_it)?;
        let mut child = Command::new(python)
            .args(["-c", SERVER, mode, identity])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, lines, port: 0 };
        server.port = server.line().trim().parse().unwrap();
        Some(server)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }

    fn client(&self, login: &str) -> SmtpClient {
        install_tls();
        let from = Mailbox::named("Harbor Lane Counseling", "checkin@harborlane.example").unwrap();
        let url = format!("smtp://{login}@127.0.0.1:{}", self.port);
        SmtpClient::new(SmtpConfig::parse(&url, from).unwrap()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[allow(clippy::print_stderr, reason = "a test that could not run must say so")]
fn skipped() {
    eprintln!("SKIPPED: no Python with aiosmtpd (Debian: python3-aiosmtpd); mail was not tried against a real server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_receives_what_was_sent() {
    let Some(mut server) = Server::start("plain", "") else { return skipped() };
    let client = server.client("mailer:p%40ss%20w%C3%B6rd");
    client.probe().await.unwrap();
    let mut mail = mail("0198-9");
    mail.unsubscribe =
        Some(Unsubscribe { one_click: HttpsUrl::parse("https://clinic.example/u/abc").unwrap(), mail: None });
    mail.reply_to = Some(Mailbox::plain("desk@harborlane.example").unwrap());
    let accepted = client.send(&mail).await.unwrap();
    let seen: Value = serde_json::from_str(&server.line()).unwrap();
    let headers = &seen["headers"];
    assert_eq!(seen["from"], "checkin@harborlane.example");
    assert_eq!(seen["rcpt"], serde_json::json!(["ana@example.org"]));
    assert_eq!(headers["Message-ID"], accepted.provider_id.as_str());
    assert_eq!(headers["Subject"], "Su cuestionario está listo");
    assert_eq!(headers["From"], "Harbor Lane Counseling <checkin@harborlane.example>");
    assert!(headers["To"].as_str().unwrap().contains("Ana Müller"));
    assert_eq!(headers["Reply-To"], "desk@harborlane.example");
    assert_eq!(headers["Auto-Submitted"], "auto-generated");
    assert_eq!(headers["List-Unsubscribe"], "<https://clinic.example/u/abc>");
    assert_eq!(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert_eq!(seen["plain"].as_str().unwrap().replace("\r\n", "\n").trim_end(), mail.text.trim_end(), "dots survive");
    assert!(seen["html"].as_str().unwrap().contains(LINK));
    assert_eq!(seen["defects"], 0);

    for number in 0..5 {
        client.send(&crate::mail(&format!("b-{number}"))).await.unwrap();
        assert!(server.line().contains(&format!("<b-{number}@harborlane.example>")));
    }

    let stranger = server.client("mailer:wrong");
    assert!(matches!(stranger.send(&mail).await, Err(SendError::Misconfigured { code: 535, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn encryption_is_checked_and_not_negotiable() {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = certified.cert.pem();
    let identity = std::env::temp_dir().join(format!("notify-smtp-{}.pem", std::process::id()));
    std::fs::write(&identity, certificate.clone() + &certified.signing_key.serialize_pem()).unwrap();
    install_tls();
    for (mode, security, other) in
        [("starttls", Security::StartTls, Security::ImplicitTls), ("tls", Security::ImplicitTls, Security::StartTls)]
    {
        let Some(mut server) = Server::start(mode, identity.to_str().unwrap()) else { return skipped() };
        let from = Mailbox::plain("checkin@harborlane.example").unwrap();
        let url = format!("smtp://mailer:p%40ss%20w%C3%B6rd@localhost:{}", server.port);
        let mut config = SmtpConfig::parse(&url, from).unwrap();
        config.security = security;
        config.extra_root = Some(certificate.clone().into_bytes());
        let outcome = async |config: &SmtpConfig| {
            SmtpClient::with_timeouts(config.clone(), crate::SHORT).unwrap().send(&mail("t-1")).await
        };

        SmtpClient::new(config.clone()).unwrap().send(&mail("t-0")).await.unwrap();
        assert!(server.line().contains("<t-0@harborlane.example>"), "{mode}");

        let mut unknown_authority = config.clone();
        unknown_authority.extra_root = None;
        assert!(matches!(outcome(&unknown_authority).await, Err(SendError::Misconfigured { .. })), "{mode}");

        let mut other_name = config.clone();
        other_name.host = "127.0.0.1".to_owned();
        assert!(matches!(outcome(&other_name).await, Err(SendError::Misconfigured { .. })), "{mode}");

        let mut other_protection = config.clone();
        other_protection.security = other;
        assert!(outcome(&other_protection).await.is_err(), "{mode}");

        let mut broken_root = config.clone();
        broken_root.extra_root = Some(b"not a certificate".to_vec());
        assert!(SmtpClient::new(broken_root).is_err());
    }
    let _ = std::fs::remove_file(identity);
}
