//! A mail server of a few lines that breaks the dialogue wherever it is told to.

use crate::{SHORT, install_tls, mail};
use notify::smtp::{SmtpClient, SmtpConfig};
use notify::{Mailbox, RetryReason, SendError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// What the server says to a command, `.` being the end of the message. `DROP` closes, `HANG` says nothing.
type Script = &'static [(&'static str, &'static str)];

/// Starts a server with the script and returns its address and how many connections it has seen.
async fn server(script: Script) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let seen = connections.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            seen.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let mut in_content = false;
                let mut command = "connect".to_owned();
                loop {
                    let verb = command.split([' ', ':']).next().unwrap_or_default().to_uppercase();
                    let told = script.iter().find(|(on, _)| on.eq_ignore_ascii_case(&verb)).map(|(_, say)| *say);
                    let reply = told.unwrap_or(match verb.as_str() {
                        "CONNECT" => "220 ready",
                        "EHLO" => "250 hello",
                        "DATA" => "354 go on",
                        "QUIT" => "221 bye",
                        _ => "250 ok",
                    });
                    match reply {
                        "DROP" => return,
                        "HANG" => std::future::pending::<()>().await,
                        reply => write.write_all(format!("{reply}\r\n").as_bytes()).await.unwrap_or_default(),
                    }
                    in_content = (in_content || verb == "DATA") && verb != ".";
                    if reply.starts_with(['4', '5']) {
                        in_content = false;
                    }
                    loop {
                        let Ok(Some(line)) = lines.next_line().await else { return };
                        if !in_content || line == "." {
                            command = line;
                            break;
                        }
                    }
                }
            });
        }
    });
    (url, connections)
}

fn client(url: &str) -> SmtpClient {
    install_tls();
    let config = SmtpConfig::parse(url, Mailbox::named("Harbor Lane", "checkin@harborlane.example").unwrap()).unwrap();
    SmtpClient::new(config).unwrap()
}

fn impatient(url: &str) -> SmtpClient {
    install_tls();
    let config = SmtpConfig::parse(url, Mailbox::plain("checkin@harborlane.example").unwrap()).unwrap();
    SmtpClient::with_timeouts(config, SHORT).unwrap()
}

async fn outcome(script: Script) -> Result<String, SendError> {
    let (url, _) = server(script).await;
    let hangs = script.iter().any(|(_, say)| *say == "HANG");
    let client = if hangs { impatient(&url) } else { client(&url) };
    client.send(&mail("0198-1")).await.map(|accepted| accepted.provider_id)
}

const INTERRUPTED: SendError = SendError::retry(RetryReason::Interrupted);
const UNAVAILABLE: SendError = SendError::retry(RetryReason::Unavailable);

#[tokio::test]
async fn accepted_under_our_own_message_id() {
    assert_eq!(outcome(&[]).await.unwrap(), "<0198-1@harborlane.example>");
}

#[tokio::test]
async fn before_the_content_nothing_is_ambiguous() {
    for script in [
        &[("mail", "DROP")] as Script,
        &[("rcpt", "DROP")],
        &[("data", "DROP")],
        &[("rcpt", "HANG")],
        &[("data", "HANG")],
    ] {
        assert_eq!(outcome(script).await, Err(INTERRUPTED), "{script:?}");
    }
    assert_eq!(outcome(&[("connect", "DROP")]).await, Err(SendError::retry(RetryReason::NoConnection)));
}

#[tokio::test]
async fn after_the_content_only_an_answer_is_certain() {
    assert_eq!(outcome(&[(".", "DROP")]).await, Err(SendError::Ambiguous));
    assert_eq!(outcome(&[(".", "HANG")]).await, Err(SendError::Ambiguous));
    assert_eq!(outcome(&[(".", "what?")]).await, Err(SendError::Ambiguous));
    assert_eq!(outcome(&[(".", "451 try again")]).await, Err(UNAVAILABLE));
    assert_eq!(outcome(&[(".", "554 no")]).await, Err(SendError::Permanent { code: 554 }));
}

#[tokio::test]
async fn replies_become_instructions() {
    assert_eq!(outcome(&[("connect", "421 busy")]).await, Err(UNAVAILABLE));
    assert_eq!(outcome(&[("rcpt", "450 greylisted")]).await, Err(UNAVAILABLE));
    assert_eq!(outcome(&[("rcpt", "550 nobody of that name")]).await, Err(SendError::NoMailbox { code: 550 }));
    assert!(matches!(outcome(&[("mail", "553 not yours")]).await, Err(SendError::Misconfigured { code: 553, .. })));
    assert!(matches!(outcome(&[("mail", "530 sign in first")]).await, Err(SendError::Misconfigured { code: 530, .. })));
    assert!(matches!(outcome(&[("connect", "554 go away")]).await, Err(SendError::Misconfigured { code: 554, .. })));
}

#[tokio::test]
async fn errors_say_nothing_about_the_recipient() {
    let error = outcome(&[("rcpt", "550 <ana@example.org> unknown")]).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("ana"));
}

#[tokio::test]
async fn nobody_listening_is_a_retry() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(client(&url).send(&mail("0198-1")).await, Err(SendError::retry(RetryReason::NoConnection)));
}

#[tokio::test]
async fn a_connection_is_used_again_and_a_stale_one_replaced() {
    let (url, connections) = server(&[]).await;
    let client = client(&url);
    for attempt in ["a-1", "a-2", "a-3"] {
        client.send(&mail(attempt)).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);

    let (url, connections) = server(&[("noop", "DROP")]).await;
    let client = self::client(&url);
    for attempt in ["a-1", "a-2"] {
        client.send(&mail(attempt)).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn no_more_connections_than_configured() {
    let (url, connections) = server(&[]).await;
    let client = client(&url);
    let mails: Vec<_> = (0..20).map(|number| mail(&format!("a-{number}"))).collect();
    let mut sends: Vec<_> = mails.iter().map(|mail| Box::pin(client.send(mail))).collect();
    for send in &mut sends {
        send.await.unwrap();
    }
    assert!(connections.load(Ordering::SeqCst) <= 4);
}

#[tokio::test]
async fn secrets_do_not_cross_a_wire_unencrypted() {
    let (url, _) = server(&[]).await;
    let port = url.rsplit(':').next().unwrap().to_owned();
    let from = Mailbox::plain("checkin@harborlane.example").unwrap();
    let mut config = SmtpConfig::parse(&url, from).unwrap();
    config.security = notify::smtp::Security::StartTls;
    let error = SmtpClient::with_timeouts(config.clone(), SHORT).unwrap().send(&mail("a-1")).await.unwrap_err();
    assert!(
        matches!(error, SendError::Misconfigured { .. }),
        "{port}: the server offers no STARTTLS, and that is the end of it"
    );
    config.security = notify::smtp::Security::PlainLoopback;
    config.host = "mail.example".into();
    assert!(SmtpClient::new(config).is_err());
}
