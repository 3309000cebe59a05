//! What several staff pages show: reasons in words, choices of a form, problems of a form.

use care::case::ReasonLevel;
use care::response::Rule;
use serde::Serialize;

/// A rule's finding with everything its sentence needs; the sentences are `reason-<rule>`. Numbers are formatted.
#[derive(Clone, Serialize)]
pub struct ReasonText {
    /// Which rule.
    pub rule: Rule,
    /// How grave; `None` for a mark that is no reason of a case.
    pub level: Option<ReasonLevel>,
    /// The instrument's name as staff know it.
    pub instrument: String,
    /// The item's short label.
    pub item: String,
    /// The answer's label ("Several days").
    pub answer: String,
    /// The new score or item value.
    pub value: String,
    /// What it was compared with.
    pub reference: String,
    /// The change with its sign.
    pub change: String,
    /// The threshold in points.
    pub threshold: String,
    /// Number of the session.
    pub session: String,
    /// Number of check-ins missed running.
    pub missed: String,
    /// What was booked, where that was nothing: `nothing`.
    pub ahead: String,
    /// Probability of ending without reliable improvement, in percent.
    pub probability: String,
}

impl ReasonText {
    /// A reason with nothing but its rule; fill in what the rule's inputs hold.
    pub fn new(rule: Rule, level: Option<ReasonLevel>) -> Self {
        let none = String::new;
        Self {
            rule,
            level,
            instrument: none(),
            item: none(),
            answer: none(),
            value: none(),
            reference: none(),
            change: none(),
            threshold: none(),
            session: none(),
            missed: none(),
            ahead: none(),
            probability: none(),
        }
    }

    pub(crate) fn sample_risk() -> Self {
        Self {
            instrument: "PHQ-9".into(),
            item: "Thoughts of death or self-harm".into(),
            answer: "More than half the days".into(),
            value: "2".into(),
            session: "4".into(),
            ..Self::new(Rule::RiskItem, Some(ReasonLevel::Urgent))
        }
    }

    pub(crate) fn sample_worse() -> Self {
        Self {
            instrument: "PHQ-9".into(),
            value: "22".into(),
            reference: "14".into(),
            change: "+8".into(),
            threshold: "6".into(),
            session: "4".into(),
            ..Self::new(Rule::WorseThanBest, Some(ReasonLevel::Routine))
        }
    }

    /// One of every rule, each with its inputs.
    pub(crate) fn samples() -> Vec<Self> {
        let full = |&rule: &Rule| Self {
            instrument: "PHQ-9".into(),
            item: "Thoughts of death or self-harm".into(),
            answer: "Several days".into(),
            value: "22".into(),
            reference: "14".into(),
            change: "+8".into(),
            threshold: "6".into(),
            session: "4".into(),
            missed: "2".into(),
            probability: "78".into(),
            ..Self::new(rule, None)
        };
        Rule::ALL.iter().map(full).collect()
    }
}

/// A change since the first score.
#[derive(Clone, Serialize)]
pub struct Change {
    /// With its sign ("+8").
    pub points: String,
    /// What it means.
    pub trend: Trend,
}

/// What a change means, by the instrument's polarity. The words are `trend-<trend>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Better by the reliable-change threshold.
    ReliablyBetter,
    /// Better by less.
    Better,
    /// The same.
    Same,
    /// Worse by less than the threshold.
    Worse,
    /// Worse by the reliable-change threshold.
    ReliablyWorse,
}

/// One option of a choice.
#[derive(Clone, Serialize)]
pub struct Choice {
    /// What is posted.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// An option; it is chosen when its value is `current`.
    pub fn new(value: impl Into<String>, label: impl Into<String>, current: &str) -> Self {
        let value = value.into();
        Self { chosen: value == current, value, label: label.into() }
    }
}

/// A person something is with.
#[derive(Clone, Serialize)]
pub struct Assignee {
    /// Display name.
    pub name: String,
    /// Whether it is the person signed in.
    pub me: bool,
}

/// What is wrong with one field of a form. The label is `field-<field>`, the words are `wrong-<wrong>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The field's name, which is also the id of its control.
    pub field: String,
    /// What is wrong.
    pub wrong: Wrong,
}

impl FieldProblem {
    /// The field is wrong in this way.
    pub fn new(field: impl Into<String>, wrong: Wrong) -> Self {
        Self { field: field.into(), wrong }
    }
}

/// The ways in which a field can be wrong; each has words with the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wrong {
    /// Nothing given.
    Required,
    /// Nothing chosen.
    Choose,
    /// Too long for the field.
    TooLong,
    /// Not a mail address.
    Email,
    /// Not a telephone number.
    Phone,
    /// Not a date.
    Date,
    /// Not a time of day.
    Time,
    /// A local time that does not exist or exists twice on that day.
    LocalTime,
    /// Not a whole number in the range.
    Number,
    /// Not a known time zone.
    Zone,
    /// Somebody else has it.
    Taken,
    /// Ends before it begins.
    Order,
    /// A password shorter than 12 characters.
    PasswordShort,
    /// A password that is among the most common ones or contains the name.
    PasswordKnown,
    /// The second password is another one.
    PasswordDiffers,
    /// Not the present password.
    PasswordOld,
    /// A code that is not right.
    Code,
    /// An address that is not `tel:`, `sms:` or `https://`.
    Address,
    /// Characters that a text message cannot carry.
    Gsm,
    /// A reminder that is not before the end of the link.
    ReminderLate,
    /// Later than danger may be called about.
    Slower,
    /// No later than the person who is called before.
    Sooner,
    /// The message on the other channel must not come within 12 hours, or after the reminder whose place it takes.
    Fallback,
    /// A PIN that is none, or that everybody would try first.
    Pin,
    /// The person cannot be that (their own backup, their own supervisor).
    NotThemselves,
    /// A needed consent is missing.
    NoConsent,
    /// A needed contact is missing for the chosen channel.
    NoContact,
    /// A brace without its partner.
    Brace,
    /// Something in braces that is not on the list.
    Placeholder,
    /// The link is missing.
    LinkMissing,
    /// A needed placeholder is missing.
    PlaceholderMissing,
    /// The link of a mail does not stand alone on its line.
    LinkInLine,
    /// An address of the writer's own.
    OwnLink,
    /// No word on how to opt out.
    OptOut,
    /// It names an instrument.
    NamesInstrument,
    /// Too many segments.
    Segments,
    /// A day that has passed.
    Past,
    /// A file that cannot be read.
    File,
    /// A budget without a line that may be left out.
    NoSupplemental,
    /// A file larger than is read.
    TooLarge,
    /// A file that is no text in UTF-8.
    NotUtf8,
    /// It does not fit the outcome chosen.
    Unfit,
    /// Not the number of a session to come.
    SessionAhead,
    /// The person is away on these days.
    Away,
    /// The clinician takes nobody new for now.
    Paused,
    /// The clinician has as many clients as they take.
    Full,
    /// Not the end of the record's id.
    ErasureWord,
    /// The only protocol in force.
    OnlyProtocol,
    /// The protocol that new episodes take where nobody chooses.
    DefaultProtocol,
    /// A day more than a year ahead.
    TooFar,
    /// A version of the protocol waits for its day already.
    Scheduled,
    /// The version's day has come.
    Begun,
    /// Others are not asked at that time, or until then.
    OthersRhythm,
}

/// When a line of a protocol is asked and when it ends, as typed. Its fields are `<at>rhythm`, `number`, `from`, `stop` and
/// `times`, all beginning alike.
#[derive(Clone, Serialize)]
pub struct Cadence {
    /// The rhythms; their words are `line-rhythm-<value>`.
    pub rhythms: Vec<Choice>,
    /// So many days, weeks, months, or every so-manieth session, as typed.
    pub count: String,
    /// From which session on, as typed.
    pub from: String,
    /// Whether it ends at remission.
    pub at_remission: bool,
    /// After how many answers it ends, as typed.
    pub times: String,
}

impl Cadence {
    pub(super) fn sample(rhythm: &str, count: &str) -> Self {
        Self {
            rhythms: ["every_days", "follow_up", "no_show"].map(|one| Choice::new(one, one, rhythm)).into(),
            count: count.into(),
            from: String::new(),
            at_remission: false,
            times: String::new(),
        }
    }
}

impl Wrong {
    /// Every way.
    pub const ALL: &'static [Self] = &[
        Self::Required,
        Self::Choose,
        Self::TooLong,
        Self::Email,
        Self::Phone,
        Self::Date,
        Self::Time,
        Self::LocalTime,
        Self::Number,
        Self::Zone,
        Self::Taken,
        Self::Order,
        Self::PasswordShort,
        Self::PasswordKnown,
        Self::PasswordDiffers,
        Self::PasswordOld,
        Self::Code,
        Self::Address,
        Self::Gsm,
        Self::ReminderLate,
        Self::Slower,
        Self::Sooner,
        Self::Fallback,
        Self::Pin,
        Self::NotThemselves,
        Self::NoConsent,
        Self::NoContact,
        Self::Brace,
        Self::Placeholder,
        Self::LinkMissing,
        Self::PlaceholderMissing,
        Self::LinkInLine,
        Self::OwnLink,
        Self::OptOut,
        Self::NamesInstrument,
        Self::Segments,
        Self::Past,
        Self::File,
        Self::NoSupplemental,
        Self::TooLarge,
        Self::NotUtf8,
        Self::Unfit,
        Self::SessionAhead,
        Self::Away,
        Self::Paused,
        Self::Full,
        Self::ErasureWord,
        Self::OnlyProtocol,
        Self::DefaultProtocol,
        Self::TooFar,
        Self::Scheduled,
        Self::Begun,
        Self::OthersRhythm,
    ];
}
