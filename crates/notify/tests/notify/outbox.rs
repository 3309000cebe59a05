//! The two ways out that reach nobody.

use crate::{LINK, at, mail, sms};
use chrono::Duration;
use notify::{FileOutbox, Memory, OutboxMessage, Script, SendError, Transport};

struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("notify-outbox-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn messages_are_kept_as_files_newest_first() {
    let folder = Folder::new("list");
    let outbox = FileOutbox::open(&folder.0).unwrap();
    let transport = Transport::File(outbox.clone());
    let mut later = mail("a-2");
    later.at += Duration::milliseconds(1);
    assert_eq!(transport.send_mail(&later).await.unwrap().provider_id, "local-a-2");
    transport.send_sms(&sms("a-1")).await.unwrap();
    transport.send_sms(&sms("a-1")).await.unwrap();
    std::fs::write(folder.0.join("notes.json"), "not a message").unwrap();
    std::fs::write(folder.0.join(".half.json"), "{").unwrap();

    let listed = outbox.list(10).await.unwrap();
    let ids: Vec<&str> = listed.iter().map(OutboxMessage::attempt_id).collect();
    assert_eq!(ids, ["a-2", "a-1"], "the same attempt is one message, and strangers are left out");
    assert!(listed[1].text().contains(LINK));
    assert_eq!(outbox.list(1).await.unwrap().len(), 1);
    let parts = std::fs::read_dir(&folder.0)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"))
        .count();
    assert_eq!(parts, 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for entry in std::fs::read_dir(&folder.0)
            .unwrap()
            .map(Result::unwrap)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("2026"))
        {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0);
        }
    }

    let to = sms("x").to;
    let found = transport.find_sms(&to, at(), LINK).await.unwrap().unwrap();
    assert_eq!(found.provider_id, "local-a-1");
    assert_eq!(transport.find_sms(&to, at() + Duration::seconds(1), LINK).await.unwrap(), None);
    assert_eq!(transport.find_sms(&to, at(), "/c/other").await.unwrap(), None);
    assert!(transport.fetch_sms("local-a-1").await.unwrap().is_some());
}

#[tokio::test]
async fn an_unwritable_outbox_is_a_retry() {
    let folder = Folder::new("gone");
    let transport = Transport::File(FileOutbox::open(&folder.0).unwrap());
    std::fs::remove_dir_all(&folder.0).unwrap();
    assert!(matches!(transport.send_sms(&sms("a-1")).await, Err(SendError::Retry { .. })));
}

#[tokio::test]
async fn memory_follows_its_script() {
    let memory = Memory::new();
    memory.script([Script::Fail(SendError::OptedOut), Script::AcceptAndLoseAnswer, Script::Fail(SendError::Ambiguous)]);
    memory.script_lookups([SendError::Ambiguous]);
    let transport = Transport::Memory(memory.clone());
    assert_eq!(transport.send_sms(&sms("a-1")).await, Err(SendError::OptedOut));
    assert_eq!(transport.send_sms(&sms("a-2")).await, Err(SendError::Ambiguous));
    assert_eq!(transport.send_sms(&sms("a-3")).await, Err(SendError::Ambiguous));
    assert!(transport.send_mail(&mail("a-4")).await.is_ok());
    assert_eq!(memory.calls(), 4);
    assert_eq!(transport.find_sms(&sms("x").to, at(), LINK).await, Err(SendError::Ambiguous));
    assert_eq!(transport.find_sms(&sms("x").to, at(), LINK).await.unwrap().unwrap().provider_id, "local-a-2");
    let kept = memory.take();
    assert_eq!(kept.iter().map(OutboxMessage::attempt_id).collect::<Vec<_>>(), ["a-2", "a-4"]);
    assert!(memory.messages().is_empty());
    assert!(!format!("{kept:?}").contains("5005550006"));
}

#[tokio::test]
async fn a_channel_without_provider_says_so() {
    let transport = Transport::Live(std::sync::Arc::default());
    assert!(matches!(transport.send_sms(&sms("a-1")).await, Err(SendError::Misconfigured { code: 0, .. })));
    assert!(matches!(transport.send_mail(&mail("a-1")).await, Err(SendError::Misconfigured { code: 0, .. })));
}
