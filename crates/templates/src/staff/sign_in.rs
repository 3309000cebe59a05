//! Before the desk: setting up, invitation, password, second factor, signed out.

use serde::Serialize;

use super::{Choice, FieldProblem, Mode, Wrong};
use crate::Page;
use crate::client::LanguageName;

/// The frame of a page before sign-in.
#[derive(Clone, Serialize)]
pub struct Door {
    /// The token of the form, bound to a cookie of its own.
    pub csrf: String,
    /// The page's own path, to come back to after a change of language.
    pub path: String,
    /// The languages to switch to.
    pub languages: Vec<LanguageName>,
    /// Whether this is the demo practice.
    pub mode: Mode,
}

impl Door {
    pub(super) fn sample(path: &str) -> Self {
        Self {
            csrf: "v5kq0Xy2b1".into(),
            path: path.into(),
            languages: LanguageName::except(care::Language::En),
            mode: Mode::Live,
        }
    }
}

/// Why a sign-in was refused. It never says whether an account exists. The words are `refused-<refused>`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// Address and password do not belong together.
    Mismatch,
    /// Too many attempts: wait 15 minutes.
    TooMany,
}

/// Mail address and password.
#[derive(Clone, Serialize)]
pub struct Login {
    /// The frame.
    pub door: Door,
    /// The address as typed before.
    pub email: String,
    /// Why the last attempt was refused.
    pub refused: Option<Refused>,
    /// Why the person is here again.
    pub left: Option<LeftBecause>,
    /// Where to go after signing in (a path on this host), posted as `to`.
    pub to: String,
    /// In the demo: one account per role as (words, address); the password is shown beside.
    pub demo: Vec<DemoAccount>,
}

/// A demo account, offered on the sign-in page.
#[derive(Clone, Serialize)]
pub struct DemoAccount {
    /// Its role.
    pub role: care::staff::Role,
    /// Its address.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// Why somebody was signed out. The words are `left-<left>`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftBecause {
    /// They asked for it.
    SignedOut,
    /// Nothing happened for too long.
    Idle,
    /// The session reached its greatest age.
    Age,
    /// The password or the second factor was changed.
    Changed,
}

impl Page for Login {
    const TEMPLATE: &'static str = "staff/login.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            door: Door::sample("/sign-in"),
            email: String::new(),
            refused: None,
            left: None,
            to: "/today".into(),
            demo: vec![],
        };
        let refused = Self { email: "ana@example.org".into(), refused: Some(Refused::Mismatch), ..plain.clone() };
        let locked = Self { email: "ana@example.org".into(), refused: Some(Refused::TooMany), ..plain.clone() };
        let idle = Self { left: Some(LeftBecause::Idle), ..plain.clone() };
        let account = |role, name: &str| DemoAccount {
            role,
            email: format!("{name}@harborlane.example"),
            password: "harbor-lane-demo".into(),
        };
        let mut demo = Self {
            demo: vec![
                account(care::staff::Role::Clinician, "ana.ruiz"),
                account(care::staff::Role::Supervisor, "noor.haddad"),
                account(care::staff::Role::Admin, "sam.okafor"),
            ],
            ..plain.clone()
        };
        demo.door.mode = Mode::Demo;
        vec![plain, refused, locked, idle, demo]
    }
}

/// The second factor: six digits of the app, or a recovery code.
#[derive(Clone, Serialize)]
pub struct SecondFactor {
    /// The frame.
    pub door: Door,
    /// Why the last attempt was refused.
    pub refused: Option<Refused>,
    /// Where to go afterwards, posted as `to`.
    pub to: String,
}

impl Page for SecondFactor {
    const TEMPLATE: &'static str = "staff/second_factor.html";

    fn samples() -> Vec<Self> {
        let plain = Self { door: Door::sample("/sign-in/code"), refused: None, to: "/today".into() };
        vec![
            plain.clone(),
            Self { refused: Some(Refused::Mismatch), ..plain.clone() },
            Self { refused: Some(Refused::TooMany), ..plain },
        ]
    }
}

/// Setting up the second factor.
#[derive(Clone, Serialize)]
pub struct EnrolTotp {
    /// The frame.
    pub door: Door,
    /// The QR code as an `<svg>` element of our own making, without `style` attributes; put on the page as it is.
    pub qr_svg: String,
    /// The secret in groups of four, to type it.
    pub secret: String,
    /// What is wrong with the code.
    pub problems: Vec<FieldProblem>,
}

impl Page for EnrolTotp {
    const TEMPLATE: &'static str = "staff/enrol_totp.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            door: Door::sample("/sign-in/enrol"),
            qr_svg: "<svg viewBox=\"0 0 25 25\" xmlns=\"http://www.w3.org/2000/svg\"><path fill=\"#fff\" d=\"M0 0h25v25H0z\"/><path d=\"M2 2h7v7H2zM16 2h7v7h-7zM2 16h7v7H2zM11 3h2v2h-2zM12 8h3v2h-3zM10 11h4v3h-4zM16 12h2v4h-2zM20 13h3v2h-3zM12 17h3v2h-3zM17 19h5v3h-5zM11 21h3v2h-3z\"/></svg>".into(),
            secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".into(),
            problems: vec![],
        };
        let wrong = Self { problems: vec![FieldProblem::new("code", Wrong::Code)], ..plain.clone() };
        vec![plain, wrong]
    }
}

/// The recovery codes, shown once after the second factor was set up.
#[derive(Clone, Serialize)]
pub struct RecoveryCodes {
    /// The frame.
    pub door: Door,
    /// The codes.
    pub codes: Vec<String>,
    /// Where to go on.
    pub to: String,
}

impl Page for RecoveryCodes {
    const TEMPLATE: &'static str = "staff/recovery_codes.html";

    fn samples() -> Vec<Self> {
        let codes =
            ["7KQ2-M9XD", "P4TR-8WZC", "V6NB-3HJL", "X2GF-5YSA", "D9CM-7RKE", "Q3WL-6TPB", "H8ZV-2NXG", "J5SA-4FYM"];
        vec![Self { door: Door::sample("/sign-in/enrol"), codes: codes.map(String::from).into(), to: "/today".into() }]
    }
}

/// Choosing a password, from an invitation or after forgetting it.
#[derive(Clone, Serialize)]
pub struct ChoosePassword {
    /// The frame.
    pub door: Door,
    /// Whose account it is.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

impl Page for ChoosePassword {
    const TEMPLATE: &'static str = "staff/choose_password.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            door: Door::sample("/invite/Zk3vT0b9QnW5xH2yLr8mUg"),
            name: "Ana Ruiz".into(),
            email: "ana@example.org".into(),
            problems: vec![],
        };
        let wrong = Self {
            name: "María-Fernanda de los Ángeles Villaseñor Etxeberría".into(),
            problems: vec![
                FieldProblem::new("password", Wrong::PasswordShort),
                FieldProblem::new("password_again", Wrong::PasswordDiffers),
            ],
            ..plain.clone()
        };
        vec![plain, wrong]
    }
}

/// A notice without a form: the invitation has been used or has expired, the setup is done.
#[derive(Clone, Serialize)]
pub struct SignedOut {
    /// The frame.
    pub door: Door,
    /// What happened.
    pub notice: DoorNotice,
}

/// What a notice before sign-in says. The words are `door-<notice>` and `door-<notice>-lead`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoorNotice {
    /// Signed out.
    SignedOut,
    /// The invitation or reset link was used or has expired.
    LinkOver,
    /// The practice has been set up already.
    SetupDone,
}

impl Page for SignedOut {
    const TEMPLATE: &'static str = "staff/signed_out.html";

    fn samples() -> Vec<Self> {
        [DoorNotice::SignedOut, DoorNotice::LinkOver, DoorNotice::SetupDone]
            .into_iter()
            .map(|notice| Self { door: Door::sample("/sign-in"), notice })
            .collect()
    }
}

/// First run: the practice and its owner. Fields: `practice`, `display_name`, `zone`, `phone`, `site`, `owner_name`,
/// `email`, `treats`, `password`, `password_again`.
#[derive(Clone, Serialize)]
pub struct Setup {
    /// The frame.
    pub door: Door,
    /// Full name of the practice.
    pub practice: String,
    /// The neutral name for clients.
    pub display_name: String,
    /// The time zones to choose from.
    pub zones: Vec<Choice>,
    /// The practice's telephone number.
    pub phone: String,
    /// Name of the first site.
    pub site: String,
    /// The owner's name.
    pub owner_name: String,
    /// The owner's address.
    pub email: String,
    /// What the owner does besides owning and administering (`treats`).
    pub treats: Vec<care::staff::Role>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

impl Page for Setup {
    const TEMPLATE: &'static str = "staff/setup.html";

    fn samples() -> Vec<Self> {
        let zones = |current: &str| {
            ["America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York"]
                .into_iter()
                .map(|zone| Choice::new(zone, zone, current))
                .collect()
        };
        let fresh = Self {
            door: Door::sample("/setup?token=Zk3vT0b9QnW5xH2yLr8mUg"),
            practice: String::new(),
            display_name: String::new(),
            zones: zones(""),
            phone: String::new(),
            site: String::new(),
            owner_name: String::new(),
            email: String::new(),
            treats: vec![],
            problems: vec![],
        };
        let wrong = Self {
            practice: "Centro de Consejería y Bienestar Familiar de la Bahía Norte".into(),
            display_name: "Centro de Consejería y Bienestar".into(),
            zones: zones("America/Los_Angeles"),
            phone: "call us".into(),
            owner_name: "Ana Ruiz".into(),
            email: "ana".into(),
            treats: vec![care::staff::Role::Clinician],
            problems: vec![
                FieldProblem::new("display_name", Wrong::TooLong),
                FieldProblem::new("phone", Wrong::Phone),
                FieldProblem::new("email", Wrong::Email),
            ],
            ..fresh.clone()
        };
        vec![fresh, wrong]
    }
}
