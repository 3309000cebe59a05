//! How many clients clinicians have and take, what part of them one payer pays for, and who could take the referrals that nobody
//! has yet. In the order of names; nobody is ranked.

use care::capacity::{Cap, Fit};
use care::staff::Role;
use serde::Serialize;

use super::{Choice, FieldProblem, Place, Shell, Wrong};
use crate::Page;

/// The page.
#[derive(Clone, Serialize)]
pub struct CapacityPage {
    /// The frame.
    pub shell: Shell,
    /// Every clinician, by name.
    pub rows: Vec<CapacityRow>,
    /// The referrals that nobody has yet, the longest waiting first.
    pub referrals: Vec<ReferralRow>,
    /// What the caps are set with (`clinician`, `max_clients`, `max_sessions`, `max_weight`); none for those who may not.
    pub caps: Option<CapsForm>,
    /// What the owner asks for more with (`person`, `reason`); none for everybody else.
    pub more: Option<MoreForm>,
    /// The targets of payers and their form (`payer`, `at_most`); the form only for those who may.
    pub targets: Vec<TargetRow>,
    /// The payers to choose from; empty for those who may not set targets.
    pub payers: Vec<Choice>,
    /// The target as typed.
    pub at_most: String,
    /// The latest decisions on caps.
    pub history: Vec<CapsChange>,
    /// Where the acuity weights come from.
    pub weights: String,
    /// What is wrong with the form that was sent.
    pub problems: Vec<FieldProblem>,
}

/// A clinician.
#[derive(Clone, Serialize)]
pub struct CapacityRow {
    /// Name.
    pub name: String,
    /// Sites.
    pub sites: String,
    /// What counts against each cap.
    pub loads: Vec<LoadText>,
    /// Since when they take nobody new, formatted.
    pub paused: Option<String>,
    /// Why, in their words.
    pub pause_reason: String,
    /// Until when they are away, formatted.
    pub away: Option<String>,
    /// Payers with a target.
    pub mix: Vec<MixText>,
    /// What the owner asked for beyond.
    pub more: Vec<MoreText>,
}

/// What counts against a cap. The words are `cap-<cap>`.
#[derive(Clone, Serialize)]
pub struct LoadText {
    /// Which.
    pub cap: Cap,
    /// Now.
    pub now: i64,
    /// At most; none without a cap.
    pub most: Option<i64>,
    /// Whether the cap is reached.
    pub reached: bool,
}

/// What part of somebody's clients a payer pays for.
#[derive(Clone, Serialize)]
pub struct MixText {
    /// Who pays.
    pub payer: String,
    /// The part ("78 %").
    pub percent: String,
    /// Of how many clients.
    pub of: i64,
    /// The target ("60 %").
    pub target: String,
    /// Whether it is over.
    pub over: bool,
}

/// What the owner asked for.
#[derive(Clone, Serialize)]
pub struct MoreText {
    /// Id, for its form.
    pub id: String,
    /// Who asked.
    pub by: String,
    /// When, formatted.
    pub at: String,
    /// Why.
    pub reason: String,
    /// Whether it has served.
    pub used: bool,
    /// Whether the reader may take it back.
    pub may_withdraw: bool,
}

/// Somebody gave a referral back.
#[derive(Clone, Serialize)]
pub struct DeclineText {
    /// Who.
    pub by: String,
    /// When, formatted.
    pub at: String,
    /// Why, in their words.
    pub reason: String,
}

/// A referral that nobody has yet.
#[derive(Clone, Serialize)]
pub struct ReferralRow {
    /// Who gave it back, the latest first.
    pub declined: Vec<DeclineText>,
    /// The client; none for those who may not see names.
    pub client: Option<String>,
    /// The client's page.
    pub href: Option<String>,
    /// Site and payer.
    pub about: String,
    /// Waiting since, formatted.
    pub since: String,
    /// Who could take it, by name.
    pub could: Vec<String>,
    /// Who could not, and why not. The words are `fit-<fit>`.
    pub could_not: Vec<(String, Fit)>,
}

/// Setting caps.
#[derive(Clone, Serialize)]
pub struct CapsForm {
    /// The clinicians.
    pub clinicians: Vec<Choice>,
    /// As typed.
    pub max_clients: String,
    /// As typed.
    pub max_sessions: String,
    /// As typed.
    pub max_weight: String,
}

/// Asking for one more.
#[derive(Clone, Serialize)]
pub struct MoreForm {
    /// The clinicians.
    pub clinicians: Vec<Choice>,
    /// Why, as typed.
    pub reason: String,
}

/// A payer's target.
#[derive(Clone, Serialize)]
pub struct TargetRow {
    /// Who pays.
    pub payer: String,
    /// At most ("60 %").
    pub at_most: String,
}

/// A decision on caps.
#[derive(Clone, Serialize)]
pub struct CapsChange {
    /// Whose.
    pub name: String,
    /// When, formatted.
    pub at: String,
    /// By whom.
    pub by: String,
    /// The caps; without one "–".
    pub clients: String,
    /// The caps; without one "–".
    pub sessions: String,
    /// The caps; without one "–".
    pub weight: String,
}

/// A clinician's own line on the caseload.
#[derive(Clone, Serialize)]
pub struct OwnCapacity {
    /// What counts against each cap.
    pub loads: Vec<LoadText>,
    /// Since when they take nobody new, formatted.
    pub paused: Option<String>,
    /// What the owner asked for beyond.
    pub more: Vec<MoreText>,
}

impl LoadText {
    pub(super) fn samples() -> Vec<Self> {
        vec![
            Self { cap: Cap::Clients, now: 24, most: Some(25), reached: false },
            Self { cap: Cap::Sessions, now: 20, most: Some(20), reached: true },
            Self { cap: Cap::Weight, now: 31, most: None, reached: false },
        ]
    }
}

impl OwnCapacity {
    pub(super) fn sample() -> Self {
        Self { loads: LoadText::samples(), paused: None, more: vec![MoreText::sample()] }
    }
}

impl MoreText {
    fn sample() -> Self {
        Self {
            id: "o1".into(),
            by: "Olga Brandt".into(),
            at: "Mar 9, 2026".into(),
            reason: "The only one who speaks Spanish at this site".into(),
            used: false,
            may_withdraw: false,
        }
    }
}

impl Page for CapacityPage {
    const TEMPLATE: &'static str = "staff/capacity.html";

    fn samples() -> Vec<Self> {
        let clinicians =
            || vec![Choice::new("s1", "Ana Ruiz", "s1"), Choice::new("s2", "Tomás Oyelaran-Whitfield", "s1")];
        let mix = MixText {
            payer: "Harbor Health Plan".into(),
            percent: "78 %".into(),
            of: 18,
            target: "60 %".into(),
            over: true,
        };
        let row = |name: &str, paused: Option<&str>| CapacityRow {
            name: name.into(),
            sites: "North".into(),
            loads: LoadText::samples(),
            paused: paused.map(str::to_owned),
            pause_reason: "Two crises this week; from April on again".into(),
            away: None,
            mix: vec![],
            more: vec![],
        };
        let full = Self {
            shell: Shell::sample_for(&[Role::Owner], Place::Capacity),
            rows: vec![
                CapacityRow {
                    more: vec![
                        MoreText { may_withdraw: true, ..MoreText::sample() },
                        MoreText { used: true, ..MoreText::sample() },
                    ],
                    ..row("Ana Ruiz", Some("Mar 9, 2026"))
                },
                CapacityRow {
                    mix: vec![mix.clone(), MixText { percent: "40 %".into(), over: false, ..mix }],
                    ..row("Noor Haddad", None)
                },
                CapacityRow {
                    away: Some("Mar 20, 2026".into()),
                    ..row("María-Fernanda de los Ángeles Villaseñor Etxeberría", None)
                },
            ],
            referrals: vec![
                ReferralRow {
                    client: None,
                    href: None,
                    about: "North · Harbor Health Plan".into(),
                    since: "Mar 2, 2026".into(),
                    could: vec!["Noor Haddad".into(), "Vera Osei".into()],
                    declined: vec![DeclineText {
                        by: "Ben Okafor".into(),
                        at: "Mar 8, 2026".into(),
                        reason: "I know the family".into(),
                    }],
                    could_not: Fit::ALL
                        .iter()
                        .filter(|fit| **fit != Fit::Fits)
                        .map(|fit| ("Ana Ruiz".into(), *fit))
                        .collect(),
                },
                ReferralRow {
                    client: Some("Mei-Ling Castellanos".into()),
                    href: Some("/clients/p3".into()),
                    about: "Bay".into(),
                    since: "Mar 5, 2026".into(),
                    could: vec![],
                    declined: vec![DeclineText {
                        by: "Ben Okafor".into(),
                        at: "Mar 8, 2026".into(),
                        reason: "I know the family".into(),
                    }],
                    could_not: vec![],
                },
            ],
            caps: Some(CapsForm {
                clinicians: clinicians(),
                max_clients: "25".into(),
                max_sessions: "twenty".into(),
                max_weight: String::new(),
            }),
            more: Some(MoreForm { clinicians: clinicians(), reason: String::new() }),
            targets: vec![TargetRow { payer: "Harbor Health Plan".into(), at_most: "60 %".into() }],
            payers: vec![Choice::new("y1", "Harbor Health Plan", "")],
            at_most: "60".into(),
            history: vec![CapsChange {
                name: "Ana Ruiz".into(),
                at: "Mar 1, 2026".into(),
                by: "Olga Brandt".into(),
                clients: "25".into(),
                sessions: "20".into(),
                weight: "–".into(),
            }],
            weights: "estimated for this program".into(),
            problems: vec![
                FieldProblem::new("max_sessions", Wrong::Number),
                FieldProblem::new("reason", Wrong::Required),
            ],
        };
        let desk = Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Capacity),
            caps: None,
            more: None,
            payers: vec![],
            history: vec![],
            problems: vec![],
            ..full.clone()
        };
        let empty = Self { rows: vec![], referrals: vec![], targets: vec![], ..desk.clone() };
        vec![full, desk, empty]
    }
}
