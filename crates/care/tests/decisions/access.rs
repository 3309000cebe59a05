//! Who may do what: the whole table.

use care::access::{Access, Action, Relationship, RelationshipFacts, Tie, Viewer, decide};
use care::staff::{Role, Supervision};
use care::{SiteId, StaffId, SupervisionId};
use chrono::NaiveDate;
use proptest::prelude::*;

fn viewer(roles: &[Role], sites: &[&str]) -> Viewer {
    Viewer {
        staff_id: StaffId::from_text("me"),
        roles: roles.to_vec(),
        sites: sites.iter().map(|site| SiteId::from_text(*site)).collect(),
    }
}

/// One row per role: for each action the answer without a tie and with each tie, in the order
/// none, clinician, supervisor, case owner, case recipient, site. A = allowed, F = 403, H = 404.
const ABOUT_A_CLIENT: &[(Role, Action, &str)] = &[
    (Role::Clinician, Action::ViewChart, "HAHAAH"),
    (Role::Clinician, Action::ViewContacts, "HAHAAH"),
    (Role::Clinician, Action::ManageClient, "HAHFFH"),
    (Role::Clinician, Action::ManageEpisode, "HAHFFH"),
    (Role::Clinician, Action::ManageAppointments, "HAHFFH"),
    (Role::Clinician, Action::SendCheckIn, "HAHAAH"),
    (Role::Clinician, Action::ActOnCase, "HAHAAH"),
    (Role::Clinician, Action::ReachOut, "HAHFFH"),
    (Role::Supervisor, Action::ViewChart, "HHAAAH"),
    (Role::Supervisor, Action::ViewContacts, "HHAAAH"),
    (Role::Supervisor, Action::ManageClient, "HHFFFH"),
    (Role::Supervisor, Action::ManageEpisode, "HHAFFH"),
    (Role::Supervisor, Action::ManageAppointments, "HHFFFH"),
    (Role::Supervisor, Action::SendCheckIn, "HHAAAH"),
    (Role::Supervisor, Action::ActOnCase, "HHAAAH"),
    (Role::Supervisor, Action::ReachOut, "HHAFFH"),
    (Role::Intake, Action::ViewChart, "HHHAAF"),
    (Role::Intake, Action::ViewContacts, "HHHAAA"),
    (Role::Intake, Action::ManageClient, "HHHFFA"),
    (Role::Intake, Action::ManageEpisode, "HHHFFF"),
    (Role::Intake, Action::ManageAppointments, "HHHFFA"),
    (Role::Intake, Action::SendCheckIn, "HHHAAA"),
    (Role::Intake, Action::ActOnCase, "HHHAAF"),
    (Role::Intake, Action::ReachOut, "HHHFFA"),
    (Role::Biller, Action::ViewChart, "FFFFFF"),
    (Role::Biller, Action::ViewContacts, "FFFFFF"),
    (Role::Biller, Action::ManageClient, "FFFFFF"),
    (Role::Biller, Action::ManageEpisode, "FFFFFF"),
    (Role::Biller, Action::ManageAppointments, "FFFFFF"),
    (Role::Biller, Action::SendCheckIn, "FFFFFF"),
    (Role::Biller, Action::ActOnCase, "FFFFFF"),
    (Role::Biller, Action::ReachOut, "FFFFFF"),
    (Role::Owner, Action::ViewChart, "FFFAAF"),
    (Role::Owner, Action::ViewContacts, "FFFAAF"),
    (Role::Owner, Action::ManageClient, "FFFFFF"),
    (Role::Owner, Action::ManageEpisode, "FFFFFF"),
    (Role::Owner, Action::ManageAppointments, "FFFFFF"),
    (Role::Owner, Action::SendCheckIn, "FFFAAF"),
    (Role::Owner, Action::ActOnCase, "FFFAAF"),
    (Role::Owner, Action::ReachOut, "FFFFFF"),
    (Role::Admin, Action::ViewChart, "HHHAAF"),
    (Role::Admin, Action::ViewContacts, "HHHAAA"),
    (Role::Admin, Action::ManageClient, "HHHFFA"),
    (Role::Admin, Action::ManageEpisode, "HHHFFA"),
    (Role::Admin, Action::ManageAppointments, "HHHFFA"),
    (Role::Admin, Action::SendCheckIn, "HHHAAA"),
    (Role::Admin, Action::ActOnCase, "HHHAAF"),
    (Role::Admin, Action::ReachOut, "HHHFFA"),
];

/// For each action that is about no client, who may: clinician, supervisor, intake, biller, owner, admin.
const ABOUT_NO_CLIENT: &[(Action, &str)] = &[
    (Action::ViewCaseload, "AAFFFF"),
    (Action::Supervise, "FAFFFF"),
    (Action::ViewOutcomes, "AAFFAF"),
    (Action::ViewAttendance, "AAFFAF"),
    (Action::ViewClosedLoop, "AAFFAF"),
    (Action::ViewLeaks, "AAFFAA"),
    (Action::Improve, "FFFFAA"),
    (Action::ViewOutreach, "AAAFFA"),
    (Action::ViewCapacity, "FFAFAA"),
    (Action::OverrideCapacity, "FFFFAF"),
    (Action::HoldIntake, "AFFFFF"),
    (Action::ViewTasks, "FFAFFA"),
    (Action::ListClients, "FFAFFA"),
    (Action::Import, "FFAFFA"),
    (Action::ViewDetection, "FAFFAA"),
    (Action::ChangeDetection, "FFFFFA"),
    (Action::Administer, "FFFFAA"),
];

fn letter(access: Access) -> char {
    match access {
        Access::Allowed => 'A',
        Access::Forbidden => 'F',
        Access::Hidden => 'H',
    }
}

#[test]
fn every_role_action_and_tie() {
    let ties: Vec<Relationship> = std::iter::once(Relationship::none())
        .chain(Tie::ALL.iter().map(|tie| Relationship::none().with(*tie)))
        .collect();
    for role in Role::ALL {
        for action in Action::ALL.iter().filter(|action| action.is_about_client()) {
            let row: Vec<_> = ABOUT_A_CLIENT.iter().filter(|(of, what, _)| of == role && what == action).collect();
            assert_eq!(row.len(), 1, "the table has one row for {role} {action}");
            let found: String = ties.iter().map(|tie| letter(decide(&viewer(&[*role], &[]), *action, tie))).collect();
            assert_eq!(found, row[0].2, "{role} {action}");
            let nobody: String = ties.iter().map(|tie| letter(decide(&viewer(&[], &[]), *action, tie))).collect();
            assert_eq!(nobody, "HHHHHH", "without a role there is nothing, {action}");
        }
    }
    for action in Action::ALL.iter().filter(|action| !action.is_about_client()) {
        let row: Vec<_> = ABOUT_NO_CLIENT.iter().filter(|(what, _)| what == action).collect();
        assert_eq!(row.len(), 1, "the table has one row for {action}");
        let found: String = Role::ALL
            .iter()
            .map(|role| letter(decide(&viewer(&[*role], &[]), *action, &Relationship::none())))
            .collect();
        assert_eq!(found, row[0].1, "{action}");
    }
}

#[test]
fn x1_biller_and_former_supervisor() {
    let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).expect("a day");
    let edge = |ends_on| Supervision {
        id: SupervisionId::from_text("edge"),
        supervisor_id: StaffId::from_text("me"),
        clinician_id: StaffId::from_text("clinician"),
        starts_on: day(1),
        ends_on,
    };
    let (site, clinician) = (SiteId::from_text("north"), StaffId::from_text("clinician"));
    let chart = |viewer: &Viewer, supervisions: &[Supervision]| {
        let facts = RelationshipFacts {
            site: &site,
            clinician: Some(&clinician),
            supervisions,
            today: day(10),
            case_owner: None,
            case_recipients: &[],
        };
        decide(viewer, Action::ViewChart, &Relationship::of(viewer, &facts))
    };
    assert_eq!(chart(&viewer(&[Role::Biller], &["north"]), &[]), Access::Forbidden);
    let supervisor = viewer(&[Role::Supervisor], &["north"]);
    assert_eq!(chart(&supervisor, &[edge(Some(day(9)))]), Access::Hidden, "ended yesterday");
    assert_eq!(chart(&supervisor, &[edge(Some(day(10)))]), Access::Allowed, "ends today");
    assert_eq!(chart(&supervisor, &[edge(None)]), Access::Allowed);
    let other = Supervision { clinician_id: StaffId::from_text("another"), ..edge(None) };
    assert_eq!(chart(&supervisor, &[other]), Access::Hidden, "supervises somebody else");
    assert_eq!(chart(&viewer(&[Role::Clinician], &["north"]), &[]), Access::Hidden, "another clinician");
}

#[test]
fn people_of_an_open_case_see_the_chart_while_it_is_open() {
    let (site, clinician, me) = (SiteId::from_text("north"), StaffId::from_text("clinician"), StaffId::from_text("me"));
    let viewer = viewer(&[Role::Clinician], &["bay"]);
    let chart = |case_owner, case_recipients: &[StaffId]| {
        let today = NaiveDate::from_ymd_opt(2026, 3, 10).expect("a day");
        let facts = RelationshipFacts {
            site: &site,
            clinician: Some(&clinician),
            supervisions: &[],
            today,
            case_owner,
            case_recipients,
        };
        decide(&viewer, Action::ViewChart, &Relationship::of(&viewer, &facts))
    };
    assert_eq!(chart(Some(&me), &[]), Access::Allowed);
    assert_eq!(chart(None, std::slice::from_ref(&me)), Access::Allowed, "backup or on-call");
    assert_eq!(chart(None, &[]), Access::Hidden, "closed again");
}

#[test]
fn the_desk_of_another_site_knows_nothing() {
    let site = SiteId::from_text("north");
    let contacts = |sites: &[&str]| {
        let viewer = viewer(&[Role::Intake], sites);
        let today = NaiveDate::from_ymd_opt(2026, 3, 10).expect("a day");
        let facts = RelationshipFacts {
            site: &site,
            clinician: None,
            supervisions: &[],
            today,
            case_owner: None,
            case_recipients: &[],
        };
        decide(&viewer, Action::ViewContacts, &Relationship::of(&viewer, &facts))
    };
    assert_eq!(contacts(&["bay"]), Access::Hidden);
    assert_eq!(contacts(&["bay", "north"]), Access::Allowed);
    assert_eq!(contacts(&[]), Access::Allowed, "no site named: all sites");
}

fn some<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Vec<T>> {
    proptest::sample::subsequence(all, 0..=all.len())
}

proptest! {
    /// A further role or tie never takes anything away.
    #[test]
    fn more_is_never_less(roles in some(Role::ALL), more in some(Role::ALL), ties in some(Tie::ALL), further in some(Tie::ALL)) {
        let rank = |access| match access { Access::Hidden => 0, Access::Forbidden => 1, Access::Allowed => 2 };
        let related = |ties: &[Tie]| ties.iter().fold(Relationship::none(), |all, tie| all.with(*tie));
        let (fewer, all_roles) = (viewer(&roles, &[]), viewer(&[roles.clone(), more].concat(), &[]));
        for action in Action::ALL {
            let before = rank(decide(&fewer, *action, &related(&ties)));
            prop_assert!(rank(decide(&all_roles, *action, &related(&ties))) >= before);
            prop_assert!(rank(decide(&fewer, *action, &related(&[ties.clone(), further.clone()].concat()))) >= before);
        }
    }
}
