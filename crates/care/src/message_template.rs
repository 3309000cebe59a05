//! The words a practice writes for its messages to clients, in place of the ones that come with the product.
//!
//! A template is plain text with placeholders in braces. The list of placeholders is closed, and none of them can carry
//! what a message must not say: no name of a client, no instrument, no score, no free text. Who may change a template and
//! where it is kept is `workflows`' and `store`'s; sending it is `jobs`'.

use crate::message::Channel;
use crate::segments::{Segments, segments};
use crate::text::text_enum;
use crate::{Instant, Language, MessageTemplateId, StaffId};

/// The most segments a text message may take with the longest values its placeholders can have.
pub const MOST_SEGMENTS: usize = 2;
/// The longest link to a check-in that is counted with, in characters.
pub const LINK_CHARACTERS: usize = 60;
/// The most minutes that a message names, so that a text is as long as it was counted.
pub const MOST_MINUTES: u32 = 99;
/// The longest subject of a mail.
pub const SUBJECT_CHARACTERS: usize = 90;
/// The longest body of a mail.
pub const MAIL_CHARACTERS: usize = 1_500;

text_enum! {
    /// Which message the words are for.
    TemplateKind {
        /// First message of a check-in, and the fresh link that a client asked for.
        Invite = "invite",
        /// The one reminder of a check-in.
        Reminder = "reminder",
        /// A reminder of an appointment.
        Appointment = "appointment",
        /// The answer to HELP.
        Help = "help",
        /// The answer to anything else written to the practice's number.
        NotMonitored = "not_monitored",
    }
}

text_enum! {
    /// What may stand in braces. Nothing here says who the client is or what is asked.
    Placeholder {
        /// The practice's neutral name.
        Practice = "practice",
        /// The message's own link.
        Link = "link",
        /// The practice's telephone number.
        Phone = "phone",
        /// The emergency number.
        Emergency = "emergency",
        /// About how many minutes the check-in takes.
        Minutes = "minutes",
        /// The day until which the link works.
        OpenUntil = "open_until",
        /// Day and time of the appointment.
        When = "when",
    }
}

impl TemplateKind {
    /// The channels on which the message exists: an answer to a text is a text.
    pub const fn channels(self) -> &'static [Channel] {
        match self {
            Self::Help | Self::NotMonitored => &[Channel::Sms],
            Self::Invite | Self::Reminder | Self::Appointment => &[Channel::Sms, Channel::Email],
        }
    }

    /// What may stand in braces.
    pub const fn allowed(self) -> &'static [Placeholder] {
        use Placeholder as P;
        match self {
            Self::Invite | Self::Reminder => &[P::Practice, P::Link, P::Minutes, P::OpenUntil],
            Self::Appointment => &[P::Practice, P::Link, P::When, P::Phone],
            Self::Help | Self::NotMonitored => &[P::Practice, P::Phone, P::Emergency],
        }
    }

    /// What must stand there, or the message is of no use. A mail has its sender's name; a text has to say it.
    pub const fn needed(self, channel: Channel) -> &'static [Placeholder] {
        use Placeholder as P;
        match (self, channel) {
            (Self::Invite | Self::Reminder, Channel::Sms) => &[P::Practice, P::Link],
            (Self::Invite | Self::Reminder, Channel::Email) => &[P::Link],
            (Self::Appointment, Channel::Sms) => &[P::Practice, P::Link, P::When],
            (Self::Appointment, Channel::Email) => &[P::Link, P::When],
            (Self::Help, _) => &[P::Practice, P::Phone],
            (Self::NotMonitored, _) => &[P::Practice, P::Phone, P::Emergency],
        }
    }
}

/// One version of a practice's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplate {
    /// Id of this version.
    pub id: MessageTemplateId,
    /// Which message.
    pub kind: TemplateKind,
    /// In which language.
    pub language: Language,
    /// For which channel.
    pub channel: Channel,
    /// 1, 2, 3 …
    pub version: i64,
    /// The subject, of a mail.
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// When it was saved.
    pub created_at: Instant,
    /// Who saved it.
    pub created_by: StaffId,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Value(Placeholder),
}

/// A text with its placeholders found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed(Vec<Piece>);

/// Why words cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing is there.
    #[error("the text is empty")]
    Empty,
    /// A brace that is not closed, or closed and not opened.
    #[error("a brace at character {0} has no partner")]
    Brace(usize),
    /// A placeholder that is not on the list: it could say who the client is or what is asked.
    #[error("'{{{0}}}' is not on the list of placeholders and could say something about the client")]
    NotAllowed(String),
    /// A placeholder without which the message is of no use.
    #[error("'{{{0}}}' is missing")]
    Missing(Placeholder),
    /// A mail's link stands within a line: it becomes a button and needs a line of its own.
    #[error("'{{link}}' needs a line of its own")]
    LinkInLine,
    /// A link of the writer's own: carriers filter it, and people cannot tell it from a stranger's.
    #[error("an address of its own; the only link is {{link}}")]
    OwnLink,
    /// The text has no word on how to opt out.
    #[error("the word STOP is missing: a text says how to opt out")]
    NoOptOut,
    /// It names an instrument.
    #[error("it names the instrument '{0}'")]
    NamesInstrument(String),
    /// A character that has no place in a message.
    #[error("a character at {0} has no place in a message")]
    Character(usize),
    /// More segments than allowed with the longest values.
    #[error("with the longest values it takes {0} segments; at most {MOST_SEGMENTS}")]
    Segments(usize),
    /// Too many characters.
    #[error("longer than {0} characters")]
    TooLong(usize),
}

impl Fault {
    /// The key of its words in the language files.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Empty => "wrong-required",
            Self::Brace(_) => "wrong-brace",
            Self::NotAllowed(_) => "wrong-placeholder",
            Self::Missing(Placeholder::Link) => "wrong-link-missing",
            Self::Missing(_) => "wrong-placeholder-missing",
            Self::LinkInLine => "wrong-link-in-line",
            Self::OwnLink => "wrong-own-link",
            Self::NoOptOut => "wrong-opt-out",
            Self::NamesInstrument(_) => "wrong-names-instrument",
            Self::Character(_) => "wrong-characters",
            Self::Segments(_) => "wrong-segments",
            Self::TooLong(_) => "wrong-too-long",
        }
    }
}

/// Finds the placeholders. The braces of anything that is not on the list are a fault: nothing is passed on unread.
///
/// # Errors
/// [`Fault::Brace`] and [`Fault::NotAllowed`].
pub fn parse(text: &str, allowed: &[Placeholder]) -> Result<Parsed, Fault> {
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut opened: Option<(usize, String)> = None;
    for (position, c) in text.chars().enumerate() {
        match (c, &mut opened) {
            ('{', None) => opened = Some((position, String::new())),
            ('{', Some(_)) | ('}', None) => return Err(Fault::Brace(position + 1)),
            ('}', Some((_, name))) => {
                let known = name.trim().parse().ok().filter(|one| allowed.contains(one));
                let Some(placeholder) = known else { return Err(Fault::NotAllowed(name.trim().to_owned())) };
                if !words.is_empty() {
                    pieces.push(Piece::Words(std::mem::take(&mut words)));
                }
                pieces.push(Piece::Value(placeholder));
                opened = None;
            }
            (c, Some((_, name))) => name.push(c),
            (c, None) => words.push(c),
        }
    }
    if let Some((position, _)) = opened {
        return Err(Fault::Brace(position + 1));
    }
    if !words.is_empty() {
        pieces.push(Piece::Words(words));
    }
    Ok(Parsed(pieces))
}

impl Parsed {
    /// The text with every placeholder filled.
    pub fn fill(&self, mut value: impl FnMut(Placeholder) -> String) -> String {
        self.0.iter().fold(String::new(), |mut text, piece| {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Value(placeholder) => text.push_str(&value(*placeholder)),
            }
            text
        })
    }

    fn has(&self, placeholder: Placeholder) -> bool {
        self.0.contains(&Piece::Value(placeholder))
    }
}

/// What the practice's placeholders stand for when a text is counted.
#[derive(Debug, Clone, Copy)]
pub struct Longest<'a> {
    /// The practice's neutral name.
    pub practice: &'a str,
    /// Its telephone number.
    pub phone: &'a str,
}

/// What a text costs with the longest values its placeholders can have.
pub fn worst(parsed: &Parsed, longest: Longest<'_>) -> Segments {
    segments(&parsed.fill(|placeholder| match placeholder {
        Placeholder::Practice => longest.practice.to_owned(),
        Placeholder::Phone => longest.phone.to_owned(),
        Placeholder::Link => "x".repeat(LINK_CHARACTERS),
        Placeholder::Emergency => "911".to_owned(),
        Placeholder::Minutes => MOST_MINUTES.to_string(),
        Placeholder::OpenUntil => "Wednesday, September 30".to_owned(),
        Placeholder::When => "Wed, Sep 30, 12:30 PM".to_owned(),
    }))
}

/// Checks the words of a message; every fault found, of the subject and of the body.
///
/// `instruments` are the names and ids of the library: none of them may stand in a message.
pub fn faults<'a>(
    kind: TemplateKind,
    channel: Channel,
    subject: Option<&str>,
    body: &str,
    longest: Longest<'_>,
    instruments: impl Iterator<Item = &'a str> + Clone,
) -> (Vec<Fault>, Vec<Fault>) {
    let mut of_body = line_faults(body, instruments.clone(), channel == Channel::Email);
    match parse(body, kind.allowed()) {
        Err(fault) => of_body.push(fault),
        Ok(parsed) => {
            let missing = kind.needed(channel).iter().filter(|needed| !parsed.has(**needed));
            of_body.extend(missing.map(|needed| Fault::Missing(*needed)));
            match channel {
                Channel::Sms => {
                    let is_unasked = !matches!(kind, TemplateKind::NotMonitored);
                    if is_unasked && !body.split(|c: char| !c.is_alphanumeric()).any(|word| word == "STOP") {
                        of_body.push(Fault::NoOptOut);
                    }
                    let count = worst(&parsed, longest).count;
                    if count > MOST_SEGMENTS {
                        of_body.push(Fault::Segments(count));
                    }
                }
                Channel::Email => {
                    let in_line = |line: &str| line.contains("{link}") && line.trim() != "{link}";
                    if body.lines().any(in_line) {
                        of_body.push(Fault::LinkInLine);
                    }
                    if body.chars().count() > MAIL_CHARACTERS {
                        of_body.push(Fault::TooLong(MAIL_CHARACTERS));
                    }
                }
            }
        }
    }
    let mut of_subject = Vec::new();
    if channel == Channel::Email {
        let subject = subject.unwrap_or_default();
        of_subject = line_faults(subject, instruments, false);
        // A subject stays on the lock screen: the practice's name and nothing else.
        if let Err(fault) = parse(subject, &[Placeholder::Practice]) {
            of_subject.push(fault);
        }
        if subject.chars().count() > SUBJECT_CHARACTERS {
            of_subject.push(Fault::TooLong(SUBJECT_CHARACTERS));
        }
    }
    (of_subject, of_body)
}

fn line_faults<'a>(text: &str, instruments: impl Iterator<Item = &'a str>, lines: bool) -> Vec<Fault> {
    if text.trim().is_empty() {
        return vec![Fault::Empty];
    }
    let mut faults = Vec::new();
    let out_of_place = |c: char| c.is_control() && !(lines && c == '\n');
    if let Some(position) = text.chars().position(out_of_place) {
        faults.push(Fault::Character(position + 1));
    }
    let lower = text.to_lowercase();
    if ["http:", "https:", "www.", "://"].iter().any(|mark| lower.contains(mark)) {
        faults.push(Fault::OwnLink);
    }
    let squeezed: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    let named = |name: &str| {
        let name: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        name.len() >= 4 && squeezed.contains(&name)
    };
    if let Some(name) = instruments.into_iter().find(|name| named(name)) {
        faults.push(Fault::NamesInstrument(name.to_owned()));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HARBOR: Longest<'_> = Longest { practice: "Harbor Lane", phone: "+1 (415) 555-0100" };
    const NAMES: [&str; 3] = ["phq-9", "PHQ-9", "Wellbeing check"];

    fn of_text(kind: TemplateKind, body: &str) -> Vec<Fault> {
        faults(kind, Channel::Sms, None, body, HARBOR, NAMES.into_iter()).1
    }

    #[test]
    fn a_plain_text_is_fine_and_counted_with_its_longest_values() {
        let body = "{practice}: a few questions are waiting: {link} STOP to opt out.";
        assert_eq!(of_text(TemplateKind::Invite, body), []);
        let parsed = parse(body, TemplateKind::Invite.allowed()).unwrap();
        let cost = worst(&parsed, HARBOR);
        assert_eq!((cost.count, cost.units), (1, body.chars().count() - 10 + 11 - 6 + 60));
        let filled = parsed.fill(|one| format!("<{one}>"));
        assert_eq!(filled, "<practice>: a few questions are waiting: <link> STOP to opt out.");
    }

    #[test]
    fn what_could_say_something_about_a_client_is_refused_by_name() {
        for name in
            ["first_name", "instrument", "score", "name", "diagnosis", "clinician", "Practice", "__tera_context"]
        {
            let body = format!("{{practice}} {{{name}}} {{link}} STOP");
            assert_eq!(of_text(TemplateKind::Invite, &body), [Fault::NotAllowed(name.to_owned())]);
        }
        assert_eq!(
            of_text(TemplateKind::Invite, "{practice}: PHQ 9 {link} STOP"),
            [Fault::NamesInstrument("phq-9".into())]
        );
        assert!(
            of_text(TemplateKind::Invite, "{practice}: your WELL-BEING CHECK {link} STOP")
                .contains(&Fault::NamesInstrument("Wellbeing check".into()))
        );
        assert_eq!(
            of_text(TemplateKind::Invite, "{practice} {when} {link} STOP"),
            [Fault::NotAllowed("when".into())],
            "an appointment's time belongs to messages about appointments"
        );
    }

    #[test]
    fn each_fault_is_told() {
        let told = |body: &str| of_text(TemplateKind::Invite, body);
        assert_eq!(
            told("  "),
            [Fault::Empty, Fault::Missing(Placeholder::Practice), Fault::Missing(Placeholder::Link), Fault::NoOptOut]
        );
        assert_eq!(told("{practice} {link STOP"), [Fault::Brace(12)]);
        assert_eq!(told("practice} {link} STOP"), [Fault::Brace(9)]);
        assert_eq!(told("{practice} {{link}} STOP"), [Fault::Brace(13)]);
        assert_eq!(told("{practice} STOP"), [Fault::Missing(Placeholder::Link)]);
        assert_eq!(told("{practice} {link}"), [Fault::NoOptOut]);
        assert_eq!(told("{practice} {link} NONSTOP"), [Fault::NoOptOut]);
        assert_eq!(told("{practice} {link} https://other.example.org STOP"), [Fault::OwnLink]);
        assert_eq!(told("{practice} {link}\nSTOP"), [Fault::Character(18)]);
        assert_eq!(told(&format!("{{practice}} {{link}} STOP {}", "a".repeat(300))), [Fault::Segments(3)]);
        assert_eq!(
            told(&format!("{{practice}} {{link}} STOP {}", "á".repeat(60))),
            [Fault::Segments(3)],
            "UCS-2 holds 67"
        );
    }

    #[test]
    fn a_mail_has_a_subject_and_its_link_on_a_line() {
        let told = |subject, body| {
            faults(TemplateKind::Invite, Channel::Email, Some(subject), body, HARBOR, NAMES.into_iter())
        };
        assert_eq!(
            told("A note from {practice}", "Hello,\n\n{practice} has a few questions.\n\n{link}\n"),
            (vec![], vec![])
        );
        assert_eq!(told("{open_until}", "{practice}\n{link}").0, [Fault::NotAllowed("open_until".into())]);
        assert_eq!(told("", "{practice}\n{link}").0, [Fault::Empty]);
        assert_eq!(told("x\r\nBcc: y", "{practice}\n{link}").0, [Fault::Character(2)]);
        assert_eq!(told("x", "{practice}: {link}").1, [Fault::LinkInLine]);
    }

    proptest! {
        /// Whatever is typed: it is refused, or what comes out is what was typed with the values in their places.
        #[test]
        fn nothing_in_braces_passes_unread(text in "[a-z{} _%#]{0,60}") {
            if let Ok(parsed) = parse(&text, TemplateKind::Invite.allowed()) {
                let filled = parsed.fill(|_| String::new());
                let unread = filled.contains(['{', '}']);
                prop_assert!(!unread, "{}", filled);
                prop_assert_eq!(parsed.fill(|one| format!("{{{one}}}")).replace(' ', ""), text.replace(' ', ""));
            }
        }
    }
}
