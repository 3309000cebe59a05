//! Text messages: one segment of the GSM-7 alphabet (160 characters) each, in every language.
//!
//! A text names no instrument, no condition and no client. A text that is kept for the ledger is rendered with the
//! literal `{link}` in place of its link. The confirmation of STOP is the provider's and is not sent from here.

pub mod gsm7;

use serde::Serialize;

/// The longest practice name, in characters, with which every text stays in one segment.
pub const PRACTICE_MAX: usize = 30;
/// The longest link to a check-in with which every text stays in one segment.
pub const LINK_MAX: usize = 60;
/// The longest link to a case with which every text stays in one segment.
pub const STAFF_LINK_MAX: usize = 90;
/// The longest telephone number with which every text stays in one segment.
pub const NUMBER_MAX: usize = 18;

/// A text message: its fields are the template's variables.
pub trait Text: Serialize {
    /// Path of the template below `templates/`, e.g. `text/invite.txt`.
    const TEMPLATE: &'static str;
    /// Examples; the first has the longest values allowed.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// A text in a practice's own words: kept within the GSM-7 alphabet where the practice wrote within it, so that a name or
/// a day with an accent does not turn it into one of 70 characters.
pub fn own(filled: &str, practice: &str) -> String {
    let without_values = filled.replace(practice, "");
    if gsm7::septets(&without_values).is_some() { gsm7::fold(filled) } else { filled.to_owned() }
}

/// To a client: a check-in is ready.
#[derive(Clone, Serialize)]
pub struct Invite {
    /// The practice's display name, at most [`PRACTICE_MAX`] characters.
    pub practice: String,
    /// The check-in's address, at most [`LINK_MAX`] characters.
    pub link: String,
}

/// To a client: the one reminder.
#[derive(Clone, Serialize)]
pub struct Reminder {
    /// The practice's display name, at most [`PRACTICE_MAX`] characters.
    pub practice: String,
    /// The check-in's address, at most [`LINK_MAX`] characters.
    pub link: String,
}

/// To a client: an appointment comes up.
#[derive(Clone, Serialize)]
pub struct Appointment {
    /// The practice's display name, at most [`PRACTICE_MAX`] characters.
    pub practice: String,
    /// Day and time, formatted: at most 24 characters.
    pub when: String,
    /// The address where it can be confirmed, cancelled or moved, at most [`LINK_MAX`] characters.
    pub link: String,
}

/// The answer to HELP.
#[derive(Clone, Serialize)]
pub struct HelpReply {
    /// The practice's display name, at most [`PRACTICE_MAX`] characters.
    pub practice: String,
    /// The practice's telephone number, at most [`NUMBER_MAX`] characters.
    pub phone: String,
    /// The configured emergency number.
    pub emergency: String,
}

/// The answer to any other message: nobody reads this number.
#[derive(Clone, Serialize)]
pub struct NotMonitoredReply {
    /// The practice's display name, at most [`PRACTICE_MAX`] characters.
    pub practice: String,
    /// The practice's telephone number, at most [`NUMBER_MAX`] characters.
    pub phone: String,
    /// The configured emergency number.
    pub emergency: String,
}

/// To a staff member: a case needs you now.
#[derive(Clone, Serialize)]
pub struct CaseOpened {
    /// The deep link, at most [`STAFF_LINK_MAX`] characters.
    pub link: String,
}

/// To the next tier of the ladder: a case was not acknowledged in time.
#[derive(Clone, Serialize)]
pub struct CaseEscalated {
    /// Minutes since it was raised.
    pub waiting_minutes: u32,
    /// The deep link, at most [`STAFF_LINK_MAX`] characters.
    pub link: String,
}

/// The longest link a practice could have: 22 characters of token behind `/c/`.
fn longest_link() -> String {
    format!("https://{}.example.org/c/Zk3vT0b9QnW5xH2yLr8mUg", "c".repeat(LINK_MAX - 45))
}

fn longest_case_link() -> String {
    format!("https://{}.example.org/cases/0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44", "c".repeat(STAFF_LINK_MAX - 63))
}

/// A name that is long and needs its accents folded.
const LONG_NAME: &str = "Clínica de Terapia Bahía Norte";

macro_rules! client_link_samples {
    ($($text:ident, $template:literal;)+) => { $(
        impl Text for $text {
            const TEMPLATE: &'static str = $template;
            fn samples() -> Vec<Self> {
                vec![
                    Self { practice: LONG_NAME.into(), link: longest_link() },
                    Self { practice: "Harbor Lane Counseling".into(), link: "https://care.example.org/c/Zk3vT0b9QnW5xH2yLr8mUg".into() },
                ]
            }
        }
    )+ };
}
client_link_samples! {
    Invite, "text/invite.txt";
    Reminder, "text/reminder.txt";
}

impl Text for Appointment {
    const TEMPLATE: &'static str = "text/appointment.txt";

    fn samples() -> Vec<Self> {
        vec![
            Self { practice: LONG_NAME.into(), when: "mié, 30 de sept., 12:30".into(), link: longest_link() },
            Self {
                practice: "Harbor Lane Counseling".into(),
                when: "Tue, Mar 10, 3:00 PM".into(),
                link: "https://care.example.org/a/Zk3vT0b9QnW5xH2yLr8mUg".into(),
            },
        ]
    }
}

macro_rules! reply_samples {
    ($($text:ident, $template:literal;)+) => { $(
        impl Text for $text {
            const TEMPLATE: &'static str = $template;
            fn samples() -> Vec<Self> {
                vec![
                    Self { practice: LONG_NAME.into(), phone: "+1 (555) 010-01341".into(), emergency: "911/988".into() },
                    Self { practice: "Harbor Lane Counseling".into(), phone: "555-010-0134".into(), emergency: "911".into() },
                ]
            }
        }
    )+ };
}
reply_samples! {
    HelpReply, "text/help_reply.txt";
    NotMonitoredReply, "text/not_monitored_reply.txt";
}

impl Text for CaseOpened {
    const TEMPLATE: &'static str = "text/case_opened.txt";

    fn samples() -> Vec<Self> {
        vec![Self { link: longest_case_link() }]
    }
}

impl Text for CaseEscalated {
    const TEMPLATE: &'static str = "text/case_escalated.txt";

    fn samples() -> Vec<Self> {
        vec![Self { waiting_minutes: 1440, link: longest_case_link() }]
    }
}
