//! The pages staff see. This file holds what all of them share; each page has its own file below `staff/`.
//!
//! A template extends `staff/base.html` (title, `main`) and is put together from the components of `staff/parts.html`
//! and the classes of `staff.css`. [`StyleGuide`] shows all of them on one page.

mod style_guide;

pub use style_guide::StyleGuide;

use serde::Serialize;

/// What stands around the content of every staff page: practice, navigation, the person signed in.
#[derive(Clone, Serialize)]
pub struct Shell {
    /// The practice's name.
    pub practice: String,
    /// The places this person may go to, in order.
    pub nav: Vec<NavEntry>,
    /// The display name of the person signed in.
    pub name: String,
    /// Their roles.
    pub roles: Vec<care::staff::Role>,
    /// The session's token against forged requests; every form posts it as `csrf`.
    pub csrf: String,
}

/// One entry of the navigation.
#[derive(Clone, Serialize)]
pub struct NavEntry {
    /// Which place.
    pub place: Place,
    /// Its address.
    pub href: String,
    /// Whether the page shown belongs to it.
    pub current: bool,
    /// How many open cases wait there; `None` or 0 shows nothing.
    pub count: Option<u32>,
}

/// The places of the navigation; the words are `nav-<place>`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The clinician's day.
    Today,
    /// All current clients.
    Caseload,
    /// The supervisor's page.
    Supervision,
    /// Staff, clients, protocol, crisis resources.
    Admin,
    /// What the demo would have sent.
    Outbox,
}

impl Shell {
    pub(crate) fn sample() -> Self {
        let entry = |place, href: &str, count| NavEntry { place, href: href.into(), current: place == Place::Today, count };
        Self {
            practice: "Harbor Lane Counseling".into(),
            nav: vec![
                entry(Place::Today, "/today", Some(2)),
                entry(Place::Caseload, "/caseload", None),
                entry(Place::Supervision, "/supervision", None),
                entry(Place::Admin, "/admin", None),
                entry(Place::Outbox, "/outbox", None),
            ],
            name: "Ana Ruiz".into(),
            roles: vec![care::staff::Role::Clinician, care::staff::Role::Supervisor],
            csrf: "v5kq0Xy2b1".into(),
        }
    }
}
