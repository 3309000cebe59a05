//! Mails: a folder `templates/mail/<name>/` with `subject.txt`, `body.txt` and `body.html`, and a struct with samples.
//!
//! A mail names no instrument, no condition and no client: it passes through other people's servers and lies in inboxes
//! that others can see. What it is about stands behind its link, after a login or a *Start*. The structs have no field
//! that could hold such a thing, and a test keeps it that way.

use serde::Serialize;

/// A mail: its fields are the variables of its three templates.
pub trait Mail: Serialize {
    /// The folder below `templates/`, e.g. `mail/invite`.
    const FOLDER: &'static str;
    /// Examples that together show every branch.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// A finished mail.
#[derive(Clone)]
pub struct Rendered {
    /// One line, without a line break.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// To a client: a check-in is ready.
#[derive(Clone, Serialize)]
pub struct Invite {
    /// The practice's neutral display name.
    pub practice: String,
    /// The check-in's address.
    pub link: String,
    /// About how many minutes it takes.
    pub minutes: u32,
    /// The day until which the link works, formatted.
    pub open_until: Option<String>,
    /// The address of the opt-out page (also for the `List-Unsubscribe` header).
    pub unsubscribe: String,
}

/// To a client: the one reminder.
#[derive(Clone, Serialize)]
pub struct Reminder {
    /// The practice's neutral display name.
    pub practice: String,
    /// The check-in's address.
    pub link: String,
    /// The day until which the link works, formatted.
    pub open_until: Option<String>,
    /// The address of the opt-out page.
    pub unsubscribe: String,
}

/// To a client: an appointment comes up.
#[derive(Clone, Serialize)]
pub struct Appointment {
    /// The practice's neutral display name.
    pub practice: String,
    /// Day and time, formatted.
    pub when: String,
    /// The address where it can be confirmed, cancelled or moved.
    pub link: String,
    /// The address of the opt-out page.
    pub unsubscribe: String,
}

/// To a client, in the practice's own words.
#[derive(Clone, Serialize)]
pub struct Own {
    /// The practice's neutral display name.
    pub practice: String,
    /// The subject, filled.
    pub subject: String,
    /// The paragraphs, filled; the one that is the link alone becomes a button.
    pub paragraphs: Vec<Paragraph>,
    /// The message's own address.
    pub link: String,
    /// The address of the opt-out page.
    pub unsubscribe: String,
}

/// A paragraph of a mail in the practice's own words.
#[derive(Clone, Serialize)]
pub struct Paragraph {
    /// Its lines; none where the link stands.
    pub lines: Vec<String>,
}

impl Own {
    /// A mail from its filled text, whose link stands on a line of its own.
    pub fn new(practice: String, subject: String, body: &str, link: String, unsubscribe: String) -> Self {
        let mut paragraphs = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        for line in body.lines().map(str::trim) {
            if line.is_empty() || line == link {
                if !lines.is_empty() {
                    paragraphs.push(Paragraph { lines: std::mem::take(&mut lines) });
                }
                if line == link {
                    paragraphs.push(Paragraph { lines: Vec::new() });
                }
            } else {
                lines.push(line.to_owned());
            }
        }
        if !lines.is_empty() {
            paragraphs.push(Paragraph { lines });
        }
        Self { practice, subject, paragraphs, link, unsubscribe }
    }
}

/// How soon a case needs its owner.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Within minutes.
    Now,
    /// By the due date.
    Due,
}

/// To a staff member: a case needs you.
#[derive(Clone, Serialize)]
pub struct CaseOpened {
    /// How soon.
    pub urgency: Urgency,
    /// When it is due, formatted.
    pub due: String,
    /// The deep link to the case; acknowledging happens there, after login.
    pub link: String,
}

/// To a staff member, once a day: cases wait that were not told one by one because there were many.
#[derive(Clone, Serialize)]
pub struct CaseDigest {
    /// How many wait.
    pub count: u32,
    /// The link to Today.
    pub link: String,
}

/// To the next tier of the ladder: nobody acknowledged a case in time.
#[derive(Clone, Serialize)]
pub struct CaseEscalated {
    /// Minutes since it was raised.
    pub waiting_minutes: u32,
    /// When it was due, formatted, where it is not about danger: whoever is told then is told once.
    pub overdue: Option<String>,
    /// The deep link to the case.
    pub link: String,
}

/// To a clinician: check-ins before coming sessions were not answered.
#[derive(Clone, Serialize)]
pub struct Missed {
    /// How many.
    pub count: u32,
    /// The deep link to Today.
    pub link: String,
}

/// To a new staff member: set a password and a second factor.
#[derive(Clone, Serialize)]
pub struct StaffInvite {
    /// The practice's name.
    pub practice: String,
    /// Who invites; none where that is not on record.
    pub inviter: Option<String>,
    /// In which role.
    pub role: Option<care::staff::Role>,
    /// The one-time address.
    pub link: String,
    /// How many hours it works.
    pub hours: u32,
}

/// To a staff member who forgot the password.
#[derive(Clone, Serialize)]
pub struct PasswordReset {
    /// The one-time address.
    pub link: String,
    /// How many minutes it works.
    pub minutes: u32,
}

const LINK: &str = "https://care.example.org/c/Zk3vT0b9QnW5xH2yLr8mUg";
const UNSUBSCRIBE: &str = "https://care.example.org/unsubscribe/mB7cQ1w9ZrT4yU2kXv5aNs";
const CASE: &str = "https://care.example.org/cases/0195a3c2-7d10-7a51-9e7d-2f6a1f0c9b44";

impl Mail for Invite {
    const FOLDER: &'static str = "mail/invite";

    fn samples() -> Vec<Self> {
        let full = Self {
            practice: "Harbor Lane Counseling".into(),
            link: LINK.into(),
            minutes: 2,
            open_until: Some("Sunday, March 15".into()),
            unsubscribe: UNSUBSCRIBE.into(),
        };
        vec![Self { open_until: None, minutes: 1, ..full.clone() }, full]
    }
}

impl Mail for Reminder {
    const FOLDER: &'static str = "mail/reminder";

    fn samples() -> Vec<Self> {
        let full = Self {
            practice: "Harbor Lane Counseling".into(),
            link: LINK.into(),
            open_until: Some("Sunday, March 15".into()),
            unsubscribe: UNSUBSCRIBE.into(),
        };
        vec![Self { open_until: None, ..full.clone() }, full]
    }
}

impl Mail for Appointment {
    const FOLDER: &'static str = "mail/appointment";

    fn samples() -> Vec<Self> {
        vec![Self {
            practice: "Harbor Lane Counseling".into(),
            when: "Tuesday, March 10, 3:00 PM".into(),
            link: "https://care.example.org/a/Zk3vT0b9QnW5xH2yLr8mUg".into(),
            unsubscribe: UNSUBSCRIBE.into(),
        }]
    }
}

impl Mail for Own {
    const FOLDER: &'static str = "mail/own";

    fn samples() -> Vec<Self> {
        let body = format!("Hello,\n\na few questions are waiting.\nThey take 2 minutes.\n\n{LINK}\n\nThank you!");
        let subject = "A note from Harbor Lane Counseling".to_owned();
        vec![Self::new("Harbor Lane Counseling".into(), subject, &body, LINK.into(), UNSUBSCRIBE.into())]
    }
}

impl Mail for CaseOpened {
    const FOLDER: &'static str = "mail/case_opened";

    fn samples() -> Vec<Self> {
        let now = Self { urgency: Urgency::Now, due: "Tuesday, March 10, 3:41 PM".into(), link: CASE.into() };
        vec![Self { urgency: Urgency::Due, ..now.clone() }, now]
    }
}

impl Mail for CaseDigest {
    const FOLDER: &'static str = "mail/case_digest";

    fn samples() -> Vec<Self> {
        [1, 7].map(|count| Self { count, link: "https://care.example.org/today".into() }).into()
    }
}

impl Mail for CaseEscalated {
    const FOLDER: &'static str = "mail/case_escalated";

    fn samples() -> Vec<Self> {
        let danger = Self { waiting_minutes: 60, overdue: None, link: CASE.into() };
        vec![Self { overdue: Some("Tuesday, March 24, 3:00 PM".into()), ..danger.clone() }, danger]
    }
}

impl Mail for Missed {
    const FOLDER: &'static str = "mail/missed";

    fn samples() -> Vec<Self> {
        [1, 3].map(|count| Self { count, link: "https://care.example.org/today".into() }).into()
    }
}

impl Mail for StaffInvite {
    const FOLDER: &'static str = "mail/staff_invite";

    fn samples() -> Vec<Self> {
        let named = Self {
            practice: "Harbor Lane Counseling".into(),
            inviter: Some("Marta Okafor".into()),
            role: Some(care::staff::Role::Admin),
            link: "https://care.example.org/welcome/Zk3vT0b9QnW5xH2yLr8mUg".into(),
            hours: 48,
        };
        vec![named.clone(), Self { inviter: None, role: None, ..named }]
    }
}

impl Mail for PasswordReset {
    const FOLDER: &'static str = "mail/password_reset";

    fn samples() -> Vec<Self> {
        vec![Self { link: "https://care.example.org/reset/Zk3vT0b9QnW5xH2yLr8mUg".into(), minutes: 30 }]
    }
}
