//! The demo's outbox: mails and texts as they would have gone out.

use care::message::{Channel, MessageKind, Standing};
use serde::Serialize;

use super::{Place, Shell};
use crate::Page;

/// What the demo practice would have sent, newest first.
#[derive(Clone, Serialize)]
pub struct Outbox {
    /// The frame.
    pub shell: Shell,
    /// Which messages are shown; links to the others.
    pub shown: OutboxKind,
    /// The messages.
    pub messages: Vec<OutboxMail>,
}

/// Which messages the outbox shows (`?to=`). The words are `outbox-<shown>`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxKind {
    /// All.
    All,
    /// To clients.
    Clients,
    /// To staff.
    Staff,
}

/// One message.
#[derive(Clone, Serialize)]
pub struct OutboxMail {
    /// What it is.
    pub kind: MessageKind,
    /// How it would travel.
    pub channel: Channel,
    /// Where it stands.
    pub standing: Standing,
    /// The address or number.
    pub to: String,
    /// When, formatted.
    pub at: String,
    /// A mail's subject.
    pub subject: Option<String>,
    /// The text, in pieces: plain text and links.
    pub body: Vec<Piece>,
}

/// A piece of a message's text.
#[derive(Clone, Serialize)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Where it leads, if it is a link; `http://` and `https://` only.
    pub href: Option<String>,
}

impl OutboxMail {
    /// Cuts a text into plain pieces and links, so that the page can show addresses as links without trusting markup.
    pub fn pieces(text: &str) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for word in text.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end();
            if bare.starts_with("http://") || bare.starts_with("https://") {
                let address = bare.trim_end_matches(['.', ',', ')', ';']);
                pieces.push(Piece { text: address.to_owned(), href: Some(address.to_owned()) });
                pieces.push(Piece { text: word[address.len()..].to_owned(), href: None });
            } else if let Some(Piece { text, href: None }) = pieces.last_mut() {
                text.push_str(word);
            } else {
                pieces.push(Piece { text: word.to_owned(), href: None });
            }
        }
        pieces.retain(|piece| !piece.text.is_empty());
        pieces
    }
}

impl Page for Outbox {
    const TEMPLATE: &'static str = "staff/outbox.html";

    fn samples() -> Vec<Self> {
        let shell = Shell::sample_at(Place::Outbox);
        let text = OutboxMail {
            kind: MessageKind::Invite,
            channel: Channel::Sms,
            standing: Standing::Delivered,
            to: "+1 555 010 0134".into(),
            at: "Mar 9, 2026, 3:00\u{a0}PM".into(),
            subject: None,
            body: OutboxMail::pieces(
                "Harbor Lane: your check-in is ready: http://localhost:8080/c/Zk3vT0b9QnW5xH2yLr8mUg STOP to opt out, HELP for help.",
            ),
        };
        let mail = OutboxMail {
            kind: MessageKind::RiskNotice,
            channel: Channel::Email,
            to: "ana.ruiz@harborlane.example".into(),
            subject: Some("A case needs you now".into()),
            body: OutboxMail::pieces(
                "Hello,\n\na case needs you now.\n\nhttp://localhost:8080/cases/c1\n\nThis mail says nothing about the person on purpose.",
            ),
            ..text.clone()
        };
        vec![
            Self { shell: shell.clone(), shown: OutboxKind::All, messages: vec![mail, text] },
            Self { shell, shown: OutboxKind::Clients, messages: vec![] },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_cut_out_and_nothing_is_lost() {
        let text = "Ready: https://x.example/c/abc. STOP\njavascript:alert(1) http://y.example";
        let pieces = OutboxMail::pieces(text);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
        let links: Vec<&str> = pieces.iter().filter_map(|piece| piece.href.as_deref()).collect();
        assert_eq!(links, ["https://x.example/c/abc", "http://y.example"]);
    }
}
