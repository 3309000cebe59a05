//! Clients as the front desk keeps them: names, contacts, consents, people around them. No answers and no scores.

use care::staff::Role;
use serde::Serialize;

use super::{Section, SectionLink, sample_sections, sample_shell};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Pager, Place, Shell, Wrong};

/// All clients, by name.
#[derive(Clone, Serialize)]
pub struct ClientList {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// The clients.
    pub rows: Vec<ClientListRow>,
    /// Other pages.
    pub pager: Option<Pager>,
}

/// One client.
#[derive(Clone, Serialize)]
pub struct ClientListRow {
    /// Name.
    pub name: String,
    /// The form.
    pub href: String,
    /// Birth date, formatted.
    pub born: Option<String>,
    /// The site.
    pub site: String,
    /// The clinician; none where nobody is assigned.
    pub clinician: Option<String>,
    /// Whether any channel has both an address and a consent.
    pub reachable: bool,
}

impl Page for ClientList {
    const TEMPLATE: &'static str = "staff/admin/client_list.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, clinician: Option<&str>, reachable| ClientListRow {
            name: name.into(),
            href: "/admin/clients/p1".into(),
            born: Some("Mar 4, 1991".into()),
            site: "North".into(),
            clinician: clinician.map(Into::into),
            reachable,
        };
        let full = Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Admin),
            sections: SectionLink::offered_to(&[Role::Intake], Some(Section::Clients)),
            rows: vec![
                row("Jordan Ellis", Some("Ana Ruiz"), true),
                row("María-Fernanda de los Ángeles Villaseñor Etxeberría", None, false),
            ],
            pager: Some(Pager {
                from: 1,
                until: 50,
                total: 400,
                previous: None,
                next: Some("/admin/clients?page=2".into()),
            }),
        };
        let none = Self { rows: vec![], pager: None, ..full.clone() };
        vec![full, none]
    }
}

/// One client with all fields. Consents (`consent`, repeated, `<channel>:<purpose>`) are asked on the form of a new
/// client only; later decisions are recorded one by one on the client page.
#[derive(Clone, Serialize)]
pub struct ClientForm {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Where it posts.
    pub action: String,
    /// The client's page; none for a new one.
    pub page: Option<String>,
    /// Where its erasure is asked for, for whoever may.
    pub erase: Option<String>,
    /// For the hidden field; none for a new one.
    pub revision: Option<i64>,
    /// Full name.
    pub name: String,
    /// The name they like to be called by.
    pub preferred_name: String,
    /// Birth date, `YYYY-MM-DD`.
    pub birth_date: String,
    /// Sexes; the empty value for not noted.
    pub sexes: Vec<Choice>,
    /// The id in other systems.
    pub external_id: String,
    /// Telephone number.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// Languages.
    pub languages: Vec<Choice>,
    /// Time zones; the empty value for unknown.
    pub zones: Vec<Choice>,
    /// Channels (`preferred_channel`), `sms` and `email`.
    pub channels: Vec<Choice>,
    /// Sites.
    pub sites: Vec<Choice>,
    /// Clinicians; offered for a new client only, whose episode begins with saving.
    pub clinicians: Vec<Choice>,
    /// Protocols in force, offered like the clinicians; not asked where there is only one.
    pub protocols: Vec<Choice>,
    /// Emergency contact.
    pub emergency_name: String,
    /// How they are related.
    pub emergency_relation: String,
    /// Their number.
    pub emergency_phone: String,
    /// Guardian of a minor.
    pub guardian_name: String,
    /// How they are related.
    pub guardian_relation: String,
    /// Their number.
    pub guardian_phone: String,
    /// Their address.
    pub guardian_email: String,
    /// Who receives messages (`recipient`), `client` and `guardian`.
    pub recipients: Vec<Choice>,
    /// Consents of a new client; empty otherwise.
    pub consents: Vec<Choice>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

impl Page for ClientForm {
    const TEMPLATE: &'static str = "staff/admin/client_form.html";

    fn samples() -> Vec<Self> {
        let none = String::new;
        let new = Self {
            shell: sample_shell(),
            sections: sample_sections(Section::Clients),
            action: "/admin/clients/new".into(),
            page: None,
            erase: None,
            revision: None,
            name: none(),
            preferred_name: none(),
            birth_date: none(),
            sexes: vec![Choice::new("female", "", ""), Choice::new("male", "", "")],
            external_id: none(),
            phone: none(),
            email: none(),
            languages: vec![Choice::new("en", "English", "en"), Choice::new("es", "Español", "en")],
            zones: ["America/Los_Angeles", "America/Denver"].map(|zone| Choice::new(zone, zone, "")).into(),
            channels: vec![Choice::new("sms", "", "sms"), Choice::new("email", "", "sms")],
            sites: vec![Choice::new("n", "North", "n"), Choice::new("b", "Bay", "n")],
            clinicians: vec![Choice::new("s1", "Ana Ruiz", "")],
            protocols: vec![Choice::new("p1", "Standard", "p1"), Choice::new("p2", "Adolescents", "p1")],
            emergency_name: none(),
            emergency_relation: none(),
            emergency_phone: none(),
            guardian_name: none(),
            guardian_relation: none(),
            guardian_phone: none(),
            guardian_email: none(),
            recipients: vec![Choice::new("client", "", "client"), Choice::new("guardian", "", "client")],
            consents: ["sms:check_in", "email:check_in", "sms:appointment", "email:appointment"]
                .map(|key| Choice::new(key.replace(':', "-"), "", ""))
                .into(),
            problems: vec![],
        };
        let kept = Self {
            action: "/admin/clients/p1".into(),
            page: Some("/clients/p1".into()),
            erase: Some("/admin/erasures/p1".into()),
            revision: Some(7),
            name: "María-Fernanda de los Ángeles Villaseñor Etxeberría".into(),
            preferred_name: "Mafer".into(),
            birth_date: "2011-02-30".into(),
            phone: "call us".into(),
            guardian_name: "José Luis Villaseñor".into(),
            clinicians: vec![],
            protocols: vec![],
            consents: vec![],
            problems: vec![
                FieldProblem::new("birth_date", Wrong::Date),
                FieldProblem::new("phone", Wrong::Phone),
                FieldProblem::new("recipient", Wrong::NoContact),
            ],
            ..new.clone()
        };
        vec![new, kept]
    }
}
