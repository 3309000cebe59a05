//! Administration: people, clients, appointments, protocol, crisis resources, sites, settings, instruments, audit.
//!
//! | page | GET | POST (fields) |
//! | --- | --- | --- |
//! | [`AdminHome`] | `/admin` | – |
//! | [`StaffList`] | `/admin/staff` | – |
//! | [`StaffForm`] | `/admin/staff/new`, `/admin/staff/{id}` | same path (`name`, `email`, `phone`, `language`, `role`…, `at_site`…, `backup`); `…/invite`, `…/deactivate`; `…/hand-on` (`episode`…, `clinician`); `…/supervision` (`supervisor`, `starts_on`, `ends_on`), `…/supervision/{edge}/end` |
//! | [`ClientList`] | `/admin/clients?q=` | – |
//! | [`ClientForm`] | `/admin/clients/new`, `/admin/clients/{id}` | same path (fields of the struct, `consent`…) |
//! | [`Appointments`] | `/admin/appointments?date=` | `/admin/appointments` (`client`, `date`, `starts`, `minutes`, `clinician`, `site`) |
//! | [`ProtocolForm`] | `/admin/protocol` | same path (`protocol_name`, `intake`…, `before_session`…, `after_session`…: instrument ids; `weeks_<instrument>`; `in_force_from`); `/admin/protocol/apply` (`protocol`, `apply_reason`); `/admin/protocol/{protocol}/default`, `/retire`, `/withdraw` |
//! | [`Messages`] | `/admin/messages` | `/admin/messages/holidays` (`holiday`, `holiday_name`), `/admin/messages/holidays/{day}/delete` |
//! | [`MessageEditor`] | `/admin/messages/{kind}/{channel}/{language}` | same path (`subject`, `body`, `act`: `save` or `preview`), `…/take-back` |
//! | – | `/admin/protocol/{protocol}/file` | `/admin/protocol/file` (`protocol_file`, `act`), `/admin/protocol/{protocol}/move` (`move_reason` or `begin_reason`) |
//! | [`Planner`] | `/admin/protocol/planner` | – |
//! | [`Delivery`] | `/admin/delivery?from=&until=&by=`, `/admin/delivery/file?from=&until=`, `/admin/delivery/workbook?from=&until=` | – |
//! | [`Kiosks`] | `/admin/kiosks` | same path (`kiosk_name`, `site`), `/admin/kiosks/{kiosk}/revoke` |
//! | [`CrisisResources`] | `/admin/crisis` | `/admin/crisis` (`language`, `label`, `detail`, `href`, `position`), `/admin/crisis/{id}/reviewed`, `/admin/crisis/{id}/delete` |
//! | [`Sites`] | `/admin/sites` | `/admin/sites`, `/admin/sites/{id}` (`site_name`, `zone`, `on_call`) |
//! | [`Placements`] | `/admin/placements` | same path (`kind`, `name`), `/admin/placements/{id}` (`name`, `state`) |
//! | [`PracticeSettings`] | `/admin/settings` | same path (fields of the struct) |
//! | [`LookAlikes`] | `/admin/look-alikes` | `/admin/merges/{id}/undo` |
//! | [`RecordPair`] | `/admin/look-alikes/{one}/{other}` | `…/merge` (`kept`), `…/apart` |
//! | [`Retention`] | `/admin/retention` | same path (`retention_years`, `minor_age`, `minor_years`, `stays`, `retention_source`) |
//! | [`ErasePage`] | `/admin/erasures/{client}` | same path (`ground`, `erasure_reason`, `stays`, `erasure_word`), `…/carry-out` (`erasure_word`), `…/withdraw` |
//! | [`ImportHome`] | `/admin/import` | same path, multipart (`kind`, `file`) |
//! | [`ImportPage`] | `/admin/import/{id}` | same path (`site`, `day_order`, `wording`, `column_<name>`), `…/apply`, `…/undo` |
//! | [`Instruments`] | `/admin/instruments?q=` | `/admin/instruments/use` (`purpose`) |
//! | [`InstrumentPage`] | `/admin/instruments/{id}` | `…/confirm` (`version`, `language`), `…/licence`, `…/seats` (`seat`…), `…/retire` (`version`) |
//! | [`WordingForm`] | `/admin/instruments/{id}/wording?lang=` | same path (`stem`, `text_<item>`, `low_<item>`, `high_<item>`, `option_<value>` …) |
//! | [`PreviewPage`] | `/admin/instruments/{id}/preview?lang=` | – |
//! | [`NewInstrumentForm`] | `/admin/instruments/new` | same path (fields of the struct), `/admin/instruments/file` (`file`) |
//! | [`InstrumentDraft`] | `/admin/instruments/{id}/draft` | same path (`file`), `…/publish`, `…/discard` |
//! | [`Phrases`] | `/admin/phrases` | same path (`phrases_<language>`, `phrases_why`, `from`) |
//! | [`Suggestions`] | `/admin/suggestions` | same path (`suggest_<domain>_<language>`, `suggestions_why`, `from`) |
//! | [`ConsentWordings`] | `/admin/consents` | same path (`version`, `body_<language>`) |
//! | [`DetectionHome`] | `/admin/detection` | – |
//! | [`DetectionRules`] | `/admin/detection/{scope}` (`practice` or an instrument) | same path (`wanted`, `step`, `revision`, `act_<rule>`, the numbers, `detection_reason`) |
//! | [`Models`] | `/admin/models` | – |
//! | [`ModelCard`] | `/admin/models/{instrument}` (and `…/card.json`, `…/card.csv`, `…/card.xlsx`) | – |
//! | [`Audit`] | `/admin/audit?who=&client=&from=&until=` | – |

mod appointments;
mod audit;
mod clients;
mod consents;
mod delivery;
mod detection;
mod import;
mod kiosks;
mod library;
mod messages;
mod model_card;
mod models;
mod people;
mod phrases;
mod placements;
mod practice;
mod protocol;
mod records;
mod retention;
mod suggestions;

pub use appointments::{AdminAppointment, Appointments};
pub use audit::{Audit, AuditClient, AuditRow};
pub use clients::{ClientForm, ClientList, ClientListRow};
pub use consents::{ConsentWordings, WordingBody, WordingVersion};
pub use delivery::{Delivery, FunnelCell, FunnelRow};
pub use detection::{
    BudgetRow, BudgetTrial, DangerLine, DetectionHome, DetectionRules, NumberLine, RuleLine, RulesDifference,
    RulesPreview, RulesRevision, ScopeLine, TrialFigures, TrialWorth, WorthFigures,
};
pub use import::{ImportColumn, ImportHome, ImportPage, ImportProgress, ImportRow, ImportRunLine, Plan, RowDoes};
pub use kiosks::{KioskRow, Kiosks};
pub use library::{
    EvidenceLine, Figures, InstrumentDraft, InstrumentPage, InstrumentRow, Instruments, LanguageState, LicenceFields,
    LicenceLine, NewInstrumentForm, OwnFields, PreviewItem, PreviewPage, SeatForm, Standing, VersionChange,
    VersionLine, WordingField, WordingForm, WordingLine,
};
pub use messages::{
    Alphabet, Cost, HolidayRow, MessageEditor, MessageRow, MessageVersion, MessageWords, Messages, PlaceholderRow,
    Preview,
};
pub use model_card::{
    AgreementText, AreaRow, CardBody, CardFigures, CardGroup, CardRow, DecisionRow, ModelCard, NewestText,
    PlainFigures, ReadingRow, Share,
};
pub use models::{LookText, ModelFigures, ModelRow, ModelVersion, Models};
pub use people::{EdgeRow, EpisodeRow, Episodes, StaffForm, StaffList, StaffRow};
pub use phrases::{BadPhrase, PhraseField, PhraseVersion, Phrases};
pub use placements::{PlacementGroup, PlacementRow, Placements};
pub use practice::{CrisisGroup, CrisisResources, CrisisRow, PracticeSettings, SiteForm, Sites};
pub use protocol::{
    BudgetFields, DifferenceRow, FileFields, FurtherLine, InForceRow, MoveForm, OutlookRow, OutlookView,
    PlannedMoveNote, Planner, ProtocolForm, ProtocolRow, ScheduledCard, VersionRow,
};

pub use records::{
    ConsentRow, HoldingRow, LookAlikes, MergeLine, MovedCount, PairLine, PairRecord, PairRow, RecordPair,
};
pub use retention::{AskedLine, DueLine, EraseForm, ErasePage, ErasureLine, HindranceLine, Retention};
pub use suggestions::{BadSuggestion, DomainField, SuggestionVersion, Suggestions};

use care::staff::Role;
use serde::Serialize;

use super::{Place, Shell};
use crate::Page;

/// A part of the administration. The words are `section-<section>` and `section-<section>-lead`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Clients.
    Clients,
    /// Records that may be of one person.
    LookAlikes,
    /// Appointments.
    Appointments,
    /// Files from other systems.
    Import,
    /// Staff.
    Staff,
    /// The protocol.
    Protocol,
    /// Messages to clients.
    Messages,
    /// Instruments.
    Instruments,
    /// Crisis resources.
    Crisis,
    /// Phrases that ask a person to read.
    Phrases,
    /// What may help where a domain of the support check is low.
    Suggestions,
    /// What clients are told before they agree.
    Consents,
    /// Sites.
    Sites,
    /// Programmes and payers.
    Placements,
    /// The practice's settings.
    Settings,
    /// How long records are kept, and erasing them.
    Retention,
    /// The rules of detection.
    Detection,
    /// The growth models, and what rules and models are worth.
    Models,
    /// The audit.
    Audit,
}

impl Section {
    /// Every part, in the order shown.
    pub const ALL: &'static [Self] = &[
        Self::Clients,
        Self::LookAlikes,
        Self::Appointments,
        Self::Import,
        Self::Staff,
        Self::Protocol,
        Self::Messages,
        Self::Instruments,
        Self::Crisis,
        Self::Phrases,
        Self::Suggestions,
        Self::Consents,
        Self::Sites,
        Self::Placements,
        Self::Settings,
        Self::Retention,
        Self::Detection,
        Self::Models,
        Self::Audit,
    ];

    /// Its address.
    pub const fn href(self) -> &'static str {
        match self {
            Self::Clients => "/admin/clients",
            Self::LookAlikes => "/admin/look-alikes",
            Self::Appointments => "/admin/appointments",
            Self::Import => "/admin/import",
            Self::Staff => "/admin/staff",
            Self::Protocol => "/admin/protocol",
            Self::Messages => "/admin/messages",
            Self::Instruments => "/admin/instruments",
            Self::Crisis => "/admin/crisis",
            Self::Phrases => "/admin/phrases",
            Self::Suggestions => "/admin/suggestions",
            Self::Consents => "/admin/consents",
            Self::Sites => "/admin/sites",
            Self::Placements => "/admin/placements",
            Self::Settings => "/admin/settings",
            Self::Retention => "/admin/retention",
            Self::Detection => "/admin/detection",
            Self::Models => "/admin/models",
            Self::Audit => "/admin/audit",
        }
    }

    /// Whether it is offered to somebody with these roles; what is allowed is `care::access`.
    pub fn is_offered_to(self, roles: &[Role]) -> bool {
        let runs_the_practice = roles.contains(&Role::Admin) || roles.contains(&Role::Owner);
        match self {
            Self::Clients | Self::LookAlikes | Self::Appointments | Self::Import => {
                roles.contains(&Role::Intake) || roles.contains(&Role::Admin)
            }
            Self::Detection | Self::Models => runs_the_practice || roles.contains(&Role::Supervisor),
            _ => runs_the_practice,
        }
    }
}

/// One link between the parts.
#[derive(Clone, Serialize)]
pub struct SectionLink {
    /// Which part.
    pub section: Section,
    /// Its address.
    pub href: &'static str,
    /// Whether the page shown belongs to it.
    pub current: bool,
}

impl SectionLink {
    /// The parts offered to somebody with these roles.
    pub fn offered_to(roles: &[Role], current: Option<Section>) -> Vec<Self> {
        let offered = Section::ALL.iter().filter(|section| section.is_offered_to(roles));
        offered.map(|&section| Self { section, href: section.href(), current: current == Some(section) }).collect()
    }
}

/// Something the administrator should see to. The words are `concern-<concern>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// A language has no crisis resources.
    NoCrisisResources,
    /// Crisis resources were not looked at for half a year.
    CrisisReviewDue,
    /// A site has nobody on call.
    NoOnCall,
    /// A clinician has neither backup nor supervisor.
    NoSecondContact,
    /// A wording waits for confirmation.
    WordingUnconfirmed,
    /// Open episodes have a clinician who has left.
    EpisodesLeftBehind,
    /// The protocol asks for an instrument that may not be used.
    InstrumentOff,
    /// A licence in use ends within a month.
    LicenceEnding,
    /// The time of records is over by the practice's rule.
    RetentionDue,
}

impl Concern {
    /// Every concern.
    pub const ALL: &'static [Self] = &[
        Self::NoCrisisResources,
        Self::CrisisReviewDue,
        Self::NoOnCall,
        Self::NoSecondContact,
        Self::WordingUnconfirmed,
        Self::EpisodesLeftBehind,
        Self::InstrumentOff,
        Self::LicenceEnding,
        Self::RetentionDue,
    ];

    /// Where it is seen to.
    pub const fn section(self) -> Section {
        match self {
            Self::NoCrisisResources | Self::CrisisReviewDue => Section::Crisis,
            Self::NoOnCall => Section::Sites,
            Self::RetentionDue => Section::Retention,
            Self::NoSecondContact | Self::EpisodesLeftBehind => Section::Staff,
            Self::WordingUnconfirmed | Self::InstrumentOff | Self::LicenceEnding => Section::Instruments,
        }
    }
}

/// The way into every part, and what needs attention.
#[derive(Clone, Serialize)]
pub struct AdminHome {
    /// The frame.
    pub shell: Shell,
    /// The parts.
    pub sections: Vec<SectionLink>,
    /// What needs attention.
    pub concerns: Vec<ConcernLink>,
}

/// A concern with its address.
#[derive(Clone, Serialize)]
pub struct ConcernLink {
    concern: Concern,
    href: &'static str,
}

impl From<Concern> for ConcernLink {
    fn from(concern: Concern) -> Self {
        Self { concern, href: concern.section().href() }
    }
}

pub(crate) fn sample_shell() -> Shell {
    Shell::sample_for(&[Role::Admin], Place::Admin)
}

pub(crate) fn sample_sections(current: Section) -> Vec<SectionLink> {
    SectionLink::offered_to(&[Role::Admin], Some(current))
}

impl Page for AdminHome {
    const TEMPLATE: &'static str = "staff/admin/home.html";

    fn samples() -> Vec<Self> {
        let all = Self {
            shell: sample_shell(),
            sections: SectionLink::offered_to(&[Role::Admin], None),
            concerns: Concern::ALL.iter().map(|&concern| concern.into()).collect(),
        };
        let desk = Self {
            shell: Shell::sample_for(&[Role::Intake], Place::Admin),
            sections: SectionLink::offered_to(&[Role::Intake], None),
            concerns: vec![],
        };
        vec![all, desk]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_desk_is_offered_what_clients_need_only() {
        let offered: Vec<Section> =
            SectionLink::offered_to(&[Role::Intake], None).iter().map(|link| link.section).collect();
        assert_eq!(offered, [Section::Clients, Section::LookAlikes, Section::Appointments, Section::Import]);
        assert!(SectionLink::offered_to(&[Role::Clinician], None).is_empty());
    }
}
