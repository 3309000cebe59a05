//! Two records of one person: the pairs, the two side by side, and the merges that can be taken back.

use care::client::ConsentState;
use care::merge::Likeness;
use serde::Serialize;

use super::{Section, SectionLink};
use crate::Page;
use crate::staff::{Place, Shell};
use care::staff::Role;

/// The pairs that may be one person, and what was merged (`/admin/merges/{id}/undo`).
#[derive(Clone, Serialize)]
pub struct LookAlikes {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The pairs.
    pub pairs: Vec<PairLine>,
    /// How many more there are than shown.
    pub more: i64,
    /// The latest merges.
    pub merges: Vec<MergeLine>,
}

/// A pair in one line.
#[derive(Clone, Serialize)]
pub struct PairLine {
    /// The two side by side.
    pub href: String,
    /// Name on the earlier record.
    pub one: String,
    /// Name on the later one.
    pub other: String,
    /// What they have in common. The words are `likeness-<likeness>`.
    pub likeness: Vec<Likeness>,
}

/// A merge in one line.
#[derive(Clone, Serialize)]
pub struct MergeLine {
    /// Id, for its form.
    pub id: String,
    /// Name on the record that goes on.
    pub kept: String,
    /// Its page.
    pub href: String,
    /// Name on the record that is part of it.
    pub gone: String,
    /// When, formatted.
    pub at: String,
    /// Who.
    pub by: String,
    /// What was moved. The words are `moved-<kind>`.
    pub moved: Vec<MovedCount>,
    /// When and by whom it was taken back, formatted.
    pub undone: Option<String>,
}

/// How many rows of a kind were moved.
#[derive(Clone, Serialize)]
pub struct MovedCount {
    /// `episode`, `appointment`, `packet`, `response`, `care_case` or `other`.
    pub kind: String,
    /// How many.
    pub count: i64,
}

/// Two records side by side (`kept`), or two people after all (`…/apart`).
#[derive(Clone, Serialize)]
pub struct RecordPair {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Its own address, for the forms.
    pub path: String,
    /// The two, the earlier first.
    pub records: Vec<PairRecord>,
    /// What both say, field by field.
    pub rows: Vec<PairRow>,
    /// What each holds.
    pub holdings: Vec<HoldingRow>,
    /// Which messages each agreed to.
    pub consents: Vec<ConsentRow>,
    /// Whether both are in therapy: then the second course ends.
    pub both_open: bool,
    /// Whether the form was sent without a choice.
    pub undecided: bool,
    /// Whether a kind of entry, of which a client can have one, is in both.
    pub in_the_way: bool,
}

/// One of the two.
#[derive(Clone, Serialize)]
pub struct PairRecord {
    /// Id, the value of the choice.
    pub id: String,
    /// Name.
    pub name: String,
    /// Since when it is there, formatted.
    pub href: String,
}

/// One field on both records.
#[derive(Clone, Serialize)]
pub struct PairRow {
    /// The field; the words are `field-<field>`.
    pub field: String,
    /// On the earlier record.
    pub one: Option<String>,
    /// On the later one.
    pub other: Option<String>,
    /// Whether both say the same.
    pub same: bool,
}

/// One count of both.
#[derive(Clone, Serialize)]
pub struct HoldingRow {
    /// `episodes`, `open`, `appointments`, `completed` or `waiting`; the words are `holds-<kind>`.
    pub kind: String,
    /// On the earlier record.
    pub one: i64,
    /// On the later one.
    pub other: i64,
}

/// One consent of both.
#[derive(Clone, Serialize)]
pub struct ConsentRow {
    /// Channel; the words are `channel-<channel>`.
    pub channel: care::message::Channel,
    /// Purpose; the words are `purpose-<purpose>`.
    pub purpose: care::client::Purpose,
    /// On the earlier record.
    pub one: Option<ConsentState>,
    /// On the later one.
    pub other: Option<ConsentState>,
}

fn desk() -> (Shell, Vec<SectionLink>) {
    let roles = [Role::Intake];
    (Shell::sample_for(&roles, Place::Admin), SectionLink::offered_to(&roles, Some(Section::LookAlikes)))
}

impl Page for LookAlikes {
    const TEMPLATE: &'static str = "staff/admin/look_alikes.html";

    fn samples() -> Vec<Self> {
        let (shell, sections) = desk();
        let pair = |one: &str, other: &str, likeness: &[Likeness]| PairLine {
            href: "/admin/look-alikes/c1/c2".into(),
            one: one.into(),
            other: other.into(),
            likeness: likeness.to_vec(),
        };
        let count = |kind: &str, count| MovedCount { kind: kind.into(), count };
        let merge = |undone: Option<&str>| MergeLine {
            id: "m1".into(),
            kept: "Robin Vale".into(),
            href: "/clients/c1".into(),
            gone: "Robyn Vale".into(),
            at: "Mar 9, 2026, 3:00 PM".into(),
            by: "Ida Brooks".into(),
            moved: vec![
                count("episode", 1),
                count("appointment", 12),
                count("packet", 9),
                count("response", 7),
                count("care_case", 1),
                count("other", 3),
            ],
            undone: undone.map(Into::into),
        };
        let full = Self {
            shell,
            sections,
            pairs: vec![
                pair("José Muñoz", "jose munoz", &[Likeness::NameAndBirthDate, Likeness::Phone]),
                pair(
                    "María-Fernanda de los Ángeles Villaseñor Etxeberría",
                    "Maria Fernanda Villaseñor",
                    &[Likeness::Email],
                ),
            ],
            more: 14,
            merges: vec![merge(None), merge(Some("Sam Okafor, Mar 9, 2026, 3:20 PM"))],
        };
        let empty = Self { pairs: vec![], more: 0, merges: vec![], ..full.clone() };
        vec![full, empty]
    }
}

impl Page for RecordPair {
    const TEMPLATE: &'static str = "staff/admin/record_pair.html";

    fn samples() -> Vec<Self> {
        let (shell, sections) = desk();
        let row = |field: &str, one: Option<&str>, other: Option<&str>| PairRow {
            field: field.into(),
            one: one.map(Into::into),
            other: other.map(Into::into),
            same: one == other,
        };
        let holding = |kind: &str, one, other| HoldingRow { kind: kind.into(), one, other };
        let consent = |channel, one, other| ConsentRow { channel, purpose: care::client::Purpose::CheckIn, one, other };
        let record =
            |id: &str, name: &str| PairRecord { id: id.into(), name: name.into(), href: format!("/clients/{id}") };
        let full = Self {
            shell,
            sections,
            path: "/admin/look-alikes/c1/c2".into(),
            records: vec![record("c1", "José Muñoz"), record("c2", "jose munoz")],
            rows: vec![
                row("name", Some("José Muñoz"), Some("jose munoz")),
                row("birth_date", Some("Mar 25, 1990"), Some("Mar 25, 1990")),
                row("external_id", Some("A-1"), Some("B-9")),
                row("phone", Some("(415) 555-0134"), Some("(415) 555-0134")),
                row("email", None, Some("jose.munoz.with.a.long.address@mail.example.org")),
                row("site", Some("North"), Some("Bay")),
                row("clinician", Some("Ana Ruiz"), Some("Ben Osei")),
            ],
            holdings: vec![
                holding("episodes", 1, 1),
                holding("open", 1, 1),
                holding("appointments", 14, 2),
                holding("completed", 11, 0),
                holding("waiting", 0, 1),
            ],
            consents: vec![
                consent(care::message::Channel::Sms, Some(ConsentState::Given), Some(ConsentState::Withdrawn)),
                consent(care::message::Channel::Email, None, Some(ConsentState::Given)),
            ],
            both_open: true,
            undecided: false,
            in_the_way: false,
        };
        let wrong = Self { undecided: true, both_open: false, consents: vec![], ..full.clone() };
        let refused = Self { in_the_way: true, ..full.clone() };
        vec![full, wrong, refused]
    }
}
