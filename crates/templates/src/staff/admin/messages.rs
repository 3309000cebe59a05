//! The practice's own words for its messages, and the days on which none goes.

use care::message::Channel;
use care::message_template::TemplateKind;
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{FieldProblem, Shell, Wrong};

/// Every message to a client, in whose words it goes, and when none goes.
#[derive(Clone, Serialize)]
pub struct Messages {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The sender's name, as clients see it.
    pub sender: String,
    /// Hours in which clients are written to, formatted.
    pub hours: String,
    /// The same where a client's zone is unknown.
    pub unknown_hours: String,
    /// Hours until the reminder; none where there is none.
    pub reminder_hours: Option<u32>,
    /// Hours until a check-in that was not opened goes on the other channel; none where it does not.
    pub fallback_hours: Option<u32>,
    /// Hours until the link ends.
    pub expires_hours: u32,
    /// The messages.
    pub rows: Vec<MessageRow>,
    /// The days on which nobody is written to.
    pub holidays: Vec<HolidayRow>,
    /// The holiday's day as typed.
    pub holiday: String,
    /// Its name as typed.
    pub holiday_name: String,
    /// What is wrong with the holiday.
    pub problems: Vec<FieldProblem>,
}

/// One message on one channel.
#[derive(Clone, Serialize)]
pub struct MessageRow {
    /// Which.
    pub kind: TemplateKind,
    /// Channel.
    pub channel: Channel,
    /// Its languages.
    pub words: Vec<MessageWords>,
}

/// A message in one language.
#[derive(Clone, Serialize)]
pub struct MessageWords {
    /// The language's code.
    pub code: String,
    /// Its own name.
    pub language: String,
    /// Where it is edited.
    pub href: String,
    /// The version of the practice's own words; none where the product's are in force.
    pub version: Option<i64>,
    /// Segments of a text; none for a mail.
    pub segments: Option<usize>,
    /// The text with its placeholders.
    pub text: String,
}

/// A day on which nobody is written to.
#[derive(Clone, Serialize)]
pub struct HolidayRow {
    /// As an address has it.
    pub iso: String,
    /// Formatted.
    pub day: String,
    /// What it is called.
    pub name: String,
}

impl Page for Messages {
    const TEMPLATE: &'static str = "staff/admin/messages.html";

    fn samples() -> Vec<Self> {
        let words = |code: &str, language: &str, channel: Channel, version| MessageWords {
            code: code.into(),
            language: language.into(),
            href: format!("/admin/messages/invite/{channel}/{code}"),
            version,
            segments: (channel == Channel::Sms).then_some(1),
            text: "{practice}: a few questions are waiting: {link} STOP to opt out.".into(),
        };
        let row = |kind, channel| MessageRow {
            kind,
            channel,
            words: vec![words("en", "English", channel, Some(3)), words("es", "Español", channel, None)],
        };
        let full = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Messages),
            sender: "Harbor Lane Counseling".into(),
            hours: "8:00 AM – 9:00 PM".into(),
            unknown_hours: "10:00 AM – 6:00 PM".into(),
            reminder_hours: Some(48),
            fallback_hours: Some(24),
            expires_hours: 96,
            rows: TemplateKind::ALL
                .iter()
                .flat_map(|kind| kind.channels().iter().map(move |channel| row(*kind, *channel)))
                .collect(),
            holidays: vec![HolidayRow {
                iso: "2026-12-25".into(),
                day: "Dec 25, 2026".into(),
                name: "Christmas Day".into(),
            }],
            holiday: String::new(),
            holiday_name: String::new(),
            problems: vec![],
        };
        let wrong = Self {
            reminder_hours: None,
            fallback_hours: None,
            holidays: vec![],
            holiday: "2020-01-01".into(),
            problems: vec![
                FieldProblem::new("holiday", Wrong::Past),
                FieldProblem::new("holiday_name", Wrong::Required),
            ],
            ..full.clone()
        };
        vec![full, wrong]
    }
}

/// The words of one message in one language.
#[derive(Clone, Serialize)]
pub struct MessageEditor {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Which message.
    pub kind: TemplateKind,
    /// Channel.
    pub channel: Channel,
    /// The language's code.
    pub code: String,
    /// The language's own name.
    pub language: String,
    /// The page's own address.
    pub action: String,
    /// The subject of a mail, as typed.
    pub subject: Option<String>,
    /// The text, as typed.
    pub body: String,
    /// What may stand in braces, in braces.
    pub placeholders: Vec<PlaceholderRow>,
    /// What it reads like; none where it cannot be used.
    pub preview: Option<Preview>,
    /// What stands in braces and is not on the list, or an instrument that is named.
    pub offending: Vec<String>,
    /// The version in force; none where the product's words are.
    pub version: Option<i64>,
    /// Earlier versions, latest first.
    pub versions: Vec<MessageVersion>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// A placeholder and what stands there in the end. Its meaning is `placeholder-<name>`.
#[derive(Clone, Serialize)]
pub struct PlaceholderRow {
    /// In braces.
    pub text: String,
    /// Its name.
    pub name: String,
    /// Whether the message is of no use without it.
    pub needed: bool,
}

/// What a message reads like.
#[derive(Clone, Serialize)]
pub struct Preview {
    /// The subject of a mail.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// What it costs with the longest values; none for a mail.
    pub cost: Option<Cost>,
}

/// What a text costs.
#[derive(Clone, Serialize)]
pub struct Cost {
    /// Segments.
    pub segments: usize,
    /// Characters, as the network counts them.
    pub units: usize,
    /// How many fit the segments it takes.
    pub room: usize,
    /// Whether it stays in the alphabet of text messages; the words are `alphabet-<alphabet>`.
    pub alphabet: Alphabet,
}

/// The alphabet of a text.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alphabet {
    /// 160 characters alone, 153 in each part.
    Gsm7,
    /// 70 characters alone, 67 in each part.
    Ucs2,
}

/// An earlier version.
#[derive(Clone, Serialize)]
pub struct MessageVersion {
    /// Its number.
    pub version: i64,
    /// When it was saved, formatted.
    pub saved: String,
    /// By whom.
    pub by: String,
    /// The text.
    pub text: String,
}

impl Page for MessageEditor {
    const TEMPLATE: &'static str = "staff/admin/message_editor.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, needed| PlaceholderRow { text: format!("{{{name}}}"), name: name.into(), needed };
        let body = "{practice}: a few questions are waiting: {link} STOP to opt out.";
        let text = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Messages),
            kind: TemplateKind::Invite,
            channel: Channel::Sms,
            code: "en".into(),
            language: "English".into(),
            action: "/admin/messages/invite/sms/en".into(),
            subject: None,
            body: body.into(),
            placeholders: vec![row("practice", true), row("link", true), row("minutes", false), row("open_until", false)],
            preview: Some(Preview {
                subject: None,
                text: "Harbor Lane: a few questions are waiting: https://care.example.org/c/Zk3vT0b9QnW5xH2yLr8mUg STOP to opt out.".into(),
                cost: Some(Cost { segments: 1, units: 118, room: 160, alphabet: Alphabet::Gsm7 }),
            }),
            offending: vec![],
            version: Some(2),
            versions: vec![MessageVersion { version: 1, saved: "Jan 5, 2026".into(), by: "Sam Okafor".into(), text: body.into() }],
            problems: vec![],
        };
        let mail = Self {
            channel: Channel::Email,
            code: "es".into(),
            language: "Español".into(),
            action: "/admin/messages/invite/email/es".into(),
            subject: Some("Una nota de {practice}".into()),
            body: "Hola, {first_name}\n\n{link}".into(),
            preview: None,
            offending: vec!["{first_name}".into()],
            version: None,
            versions: vec![],
            problems: vec![FieldProblem::new("body", Wrong::Placeholder), FieldProblem::new("subject", Wrong::TooLong)],
            ..text.clone()
        };
        let written = Self {
            preview: Some(Preview {
                subject: Some("A note from Harbor Lane".into()),
                text: "Hello,\n\nhttps://care.example.org/c/Zk3vT0b9QnW5xH2yLr8mUg".into(),
                cost: None,
            }),
            offending: vec![],
            problems: vec![],
            ..mail.clone()
        };
        let long = Self {
            preview: Some(Preview {
                subject: None,
                text: body.into(),
                cost: Some(Cost { segments: 2, units: 120, room: 134, alphabet: Alphabet::Ucs2 }),
            }),
            ..text.clone()
        };
        vec![text, mail, written, long]
    }
}
