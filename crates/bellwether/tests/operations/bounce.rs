//! Mails that come back later, handed over on standard input as a mail server does it.

use crate::house::{Folder, demo, sqlite_copy};
use crate::program::{code, said};
use care::message::MessageState::{Failed, Sent};
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use store::InstanceScope as _;

fn hand_over(folder: &Folder, mail: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(["mail", "bounce", "--database-url"])
        .arg(format!("sqlite:{}", folder.at("demo.db").display()))
        .arg("--key-file")
        .arg(demo().join("key"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // It may refuse before it has read everything.
    let _ = child.stdin.take().expect("its input").write_all(mail);
    child.wait_with_output().expect("it ends")
}

fn report(message_id: &str, action: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mail.example.org\r\nTo: checkin@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b1\"\r\n\r\n\
         --b1\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.org\r\n\r\n\
         Final-Recipient: rfc822; someone@example.net\r\nAction: {action}\r\nStatus: {status}\r\n\r\n\
         --b1\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: Your check-in\r\n\r\n--b1--\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_changes_its_message_once_and_nothing_else() {
    let folder = Folder::new("bounce");
    let db = sqlite_copy(&folder).await;
    let mut tx = db.write_all().await.expect("writes");
    let (practice, id): (care::PracticeId, care::MessageId) = tx
        .query("SELECT practice_id, id FROM message WHERE client_id IS NOT NULL AND kind = 'invite' ORDER BY due_at DESC LIMIT 1")
        .one()
        .await
        .expect("the demo has messages");
    let message_id = format!("<{id}@example.org>");
    tx.query("UPDATE message SET channel = 'email', state = 'sent', attempt = 1, code = NULL, provider_id = $2 WHERE id = $1")
        .bind(&id)
        .bind(message_id.as_str())
        .execute()
        .await
        .expect("as a mail that was taken");
    tx.commit().await.expect("kept");
    let state = async || {
        let mut read = db.read(&practice).await.expect("reads");
        let message = store::message::find(&mut read, &id).await.expect("reads").expect("it is there");
        (message.state, message.code)
    };
    let unknown =
        hand_over(&folder, report("<0198aaaa-0000-7000-8000-000000000000@example.org>", "failed", "5.1.1").as_bytes());
    assert_eq!(code(&unknown), 1, "{}", said(&unknown));
    assert!(said(&unknown).contains("does not know; nothing was changed"), "{}", said(&unknown));
    let elsewhere = hand_over(&folder, report(&format!("<{id}@example.net>"), "failed", "5.1.1").as_bytes());
    assert_eq!(code(&elsewhere), 1, "the same id at another domain is not ours");
    let away = hand_over(&folder, b"From: someone@example.net\r\nSubject: I am away\r\n\r\nUntil Monday.\r\n");
    assert_eq!(code(&away), 1);
    assert!(said(&away).contains("no report about the delivery of a mail"), "{}", said(&away));
    assert_eq!(state().await, (Sent, None));

    let delayed = hand_over(&folder, report(&message_id, "delayed", "4.2.2").as_bytes());
    assert_eq!(code(&delayed), 0, "{}", said(&delayed));
    assert_eq!(state().await, (Sent, Some("delayed-4.2.2".to_owned())));
    for (nth, words) in [(1, "undelivered (5.1.1)"), (2, "known already")] {
        let failed = hand_over(&folder, report(&message_id, "failed", "5.1.1").as_bytes());
        assert_eq!(code(&failed), 0, "{nth}: {}", said(&failed));
        assert!(said(&failed).contains(words), "{nth}: {}", said(&failed));
        assert!(!said(&failed).contains("example"), "no address is said");
    }
    assert_eq!(state().await, (Failed, Some("bounce-5.1.1".to_owned())));
    let mut read = db.read(&practice).await.expect("reads");
    let unusable: i64 =
        read.query("SELECT count(*) FROM unusable_contact WHERE channel = 'email'").scalar().await.expect("reads");
    assert_eq!(unusable, 1);
    assert_eq!(store::verify_audit(&mut read).await.expect("reads").broken, None);
}
