//! The staff pages: every state has words in every language, what is posted is protected, charts say in words what
//! they show, and the script stays small.

use std::collections::BTreeSet;
use std::path::Path;

use care::appointment::AppointmentState;
use care::case::{
    CaseState, Contacted, Decision, Disposition, EmergencyContact, PlanChangeKind, PlanOutcome, ReasonLevel, Referral,
    SafetyPlan, Screener, StepKind, Verification,
};
use care::client::{ConsentSource, ConsentState, Purpose, Recipient};
use care::detection::{Act, LADDER, Number};
use care::episode::DischargeReason;
use care::expected_response::refit::Outcome;
use care::merge::Likeness;
use care::message::{CancelReason, Channel, MessageKind, Standing};
use care::model_card::Age;
use care::outcome::{Counted, Dimension};
use care::packet::{Occasion, PacketState};
use care::placement::EntryKind;
use care::practice::{ShowProgress, Silence, TaskKind};
use care::response::{Rule, SignalLevel};
use care::retention::{Ground, Kept};
use care::review::Because;
use care::staff::{Role, StaffState};
use care::supervision::Topic;
use care::support::CheckItem;
use serde::Serialize;
use templates::chart::EventKind;
use templates::staff::admin::{Concern, Section};
use templates::staff::{CasePage, ClientPage, ErrorKind, FigureView, Flash, Place, SortKey, Today, Wrong};
use templates::{Language, Page, Templates, asset, asset_path};

fn messages(language: Language) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/locales");
    let mut keys = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder of words") {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("an ASCII name");
        if name.starts_with(&format!("{}-staff", language.as_str())) {
            let source = std::fs::read_to_string(&path).expect("a readable file");
            keys.extend(source.lines().filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned()));
        }
    }
    keys
}

/// The text under which a state appears in templates, which is the text of its serialised form.
fn names<T: Serialize>(states: &[T]) -> Vec<String> {
    let name = |state| serde_json::to_value(state).ok().and_then(|value| value.as_str().map(str::to_owned));
    states.iter().map(|state| name(state).expect("a state is a text")).collect()
}

#[test]
fn every_state_has_words_in_every_language() {
    let because: Vec<Because> = Because::ALL.iter().copied().filter(|one| one.is_said_plainly()).collect();
    let groups: Vec<(&str, Vec<String>)> = vec![
        ("appointment-", names(AppointmentState::ALL)),
        ("case-state-", names(CaseState::ALL)),
        ("decision-", names(Decision::ALL)),
        ("disposition-", names(Disposition::ALL)),
        ("reached-", names(Contacted::ALL)),
        ("screener-", names(Screener::ALL)),
        ("safety_plan-", names(SafetyPlan::ALL)),
        ("emergency_contact-", names(EmergencyContact::ALL)),
        ("referral-", names(Referral::ALL)),
        ("plan-", names(PlanChangeKind::ALL)),
        ("plan-outcome-", names(PlanOutcome::ALL)),
        ("counted-", names(Counted::ALL)),
        ("counted-about-", names(Counted::ALL)),
        (
            "dashboard-filter-",
            Dimension::ALL.iter().filter(|by| by.step().is_none()).map(|by| by.as_str().to_owned()).collect(),
        ),
        ("dashboard-by-", names(Dimension::ALL)),
        ("dashboard-compared-", names(Dimension::ALL)),
        ("outcomes-of-", names(FigureView::ALL)),
        ("attendance-of-", names(FigureView::ALL)),
        ("dashboard-view-", names(FigureView::ALL)),
        ("dashboard-by-", names(care::attendance::By::ALL)),
        ("dashboard-compared-", names(care::attendance::By::ALL)),
        ("attendance-no_show-", names(care::attendance::NoShowRule::ALL)),
        ("attendance-early-", names(care::attendance::EndingRule::ALL)),
        ("target-", names(care::attendance::Standing::ALL)),
        ("metric-", names(care::experiment::Metric::ALL)),
        ("metric-means-", names(care::experiment::Metric::ALL)),
        ("every-", names(care::experiment::Every::ALL)),
        ("experiment-stage-", names(care::experiment::Stage::ALL)),
        ("verdict-", names(care::experiment::Verdict::ALL)),
        ("pack-status-", names(templates::staff::PackStatus::ALL)),
        ("loop-of-", names(FigureView::ALL)),
        ("dashboard-by-", names(care::closed_loop::By::ALL)),
        ("loop-share-", names(care::closed_loop::Kept::ALL)),
        ("loop-about-", names(care::closed_loop::Kept::ALL)),
        ("leak-", names(care::leak::Leak::ALL)),
        ("leak-means-", names(care::leak::Leak::ALL)),
        ("leak-todo-", names(care::leak::Leak::ALL)),
        ("leak-day-", names(care::leak::Leak::ALL)),
        ("outreach-outcome-", names(care::outreach::OutreachOutcome::ALL)),
        ("outreach-try-", names(care::outreach::TryResult::ALL)),
        ("exit-why-", names(care::exit_survey::Why::ALL)),
        ("cap-", names(care::capacity::Cap::ALL)),
        ("cap-of-", names(care::capacity::Cap::ALL)),
        ("fit-", names(care::capacity::Fit::ALL)),
        ("placements-", names(EntryKind::ALL)),
        ("placement-new-", names(EntryKind::ALL)),
        ("verification-", names(Verification::ALL)),
        ("topic-", names(Topic::ALL)),
        ("check-", names(CheckItem::ALL)),
        ("chart-event-", names(EventKind::ALL)),
        ("level-", names(ReasonLevel::ALL)),
        ("step-", names(StepKind::ALL)),
        ("consent-source-", names(ConsentSource::ALL)),
        ("consent-", names(ConsentState::ALL)),
        ("purpose-", names(Purpose::ALL)),
        ("recipient-", names(Recipient::ALL)),
        ("discharge-", names(DischargeReason::ALL)),
        ("cancelled-", names(CancelReason::ALL)),
        ("proof-setting-", names(care::proof::Proof::ALL)),
        ("proof-choice-", names(care::proof::Proof::ALL)),
        ("proof-now-", names(care::proof::Proof::ALL)),
        ("instead-email-", names(care::message::Instead::ALL)),
        ("instead-sms-", names(care::message::Instead::ALL)),
        ("unusable-", names(care::message::UnusableReason::ALL)),
        ("reply-", names(care::appointment::Reply::ALL)),
        ("channel-", names(Channel::ALL)),
        ("message-", names(MessageKind::ALL)),
        ("standing-", names(Standing::ALL)),
        ("occasion-", names(Occasion::ALL)),
        ("packet-", names(PacketState::ALL)),
        ("silence-", names(Silence::ALL)),
        ("progress-", names(ShowProgress::ALL)),
        ("task-", names(TaskKind::ALL)),
        ("because-", names(&because)),
        ("rule-", names(Rule::ALL)),
        ("reason-", names(Rule::ALL)),
        ("short-", names(Rule::ALL)),
        ("signal-", names(SignalLevel::ALL)),
        ("signal-filter-", names(SignalLevel::ALL)),
        ("role-", names(Role::ALL)),
        ("account-", names(StaffState::ALL)),
        ("protocol-state-", names(care::protocol::ProtocolState::ALL)),
        ("flash-", names(Flash::ALL)),
        ("wrong-", names(Wrong::ALL)),
        ("nav-", names(Place::ALL)),
        ("column-", names(SortKey::ALL)),
        ("staff-error-", names(ErrorKind::ALL)),
        ("section-", names(Section::ALL)),
        ("concern-", names(Concern::ALL)),
        ("likeness-", names(Likeness::ALL)),
        ("ground-", names(Ground::ALL)),
        ("kept-", names(Kept::ALL)),
        ("act-", names(Act::ALL)),
        ("means-", names(&LADDER)),
        ("field-act_", names(&LADDER)),
        ("field-", names(Number::ALL)),
        ("holds-", names(Number::ALL)),
        ("look-", names(Outcome::ALL)),
        ("group-age-", names(Age::ALL)),
        ("group-sex-", names(care::Sex::ALL)),
        ("group-language-", names(Language::ALL)),
        ("level-means-", names(SignalLevel::ALL)),
    ];
    for &language in Language::ALL {
        let known = messages(language);
        for (prefix, states) in &groups {
            for state in states {
                assert!(known.contains(&format!("{prefix}{state}")), "'{prefix}{state}' in {}", language.as_str());
            }
        }
        for kind in names(TaskKind::ALL) {
            assert!(known.contains(&format!("task-{kind}-todo")), "what to do about '{kind}' in {}", language.as_str());
        }
        for kind in names(ErrorKind::ALL) {
            assert!(known.contains(&format!("staff-error-{kind}-lead")), "'{kind}' in {}", language.as_str());
        }
    }
}

#[test]
fn what_is_wrong_with_a_form_leads_to_its_field() {
    fn check<P: Page>(templates: &Templates) {
        for sample in P::samples() {
            let html = templates.render(&sample, Language::En).unwrap();
            let Some(summary) =
                html.split("<div class=\"problem\"").nth(1).and_then(|rest| rest.split("</div>").next())
            else {
                continue;
            };
            for link in summary.split("href=\"#").skip(1) {
                let field = link.split('"').next().unwrap();
                assert!(html.contains(&format!(" id=\"{field}\"")), "{}: '{field}' is not on the page", P::TEMPLATE);
            }
        }
    }
    let templates = Templates::new().unwrap();
    check::<templates::staff::Setup>(&templates);
    check::<templates::staff::ChoosePassword>(&templates);
    check::<templates::staff::EnrolTotp>(&templates);
    check::<CasePage>(&templates);
    check::<templates::staff::LeavePage>(&templates);
    check::<templates::staff::AgendaPage>(&templates);
    check::<templates::staff::CapacityPage>(&templates);
    check::<ClientPage>(&templates);
    check::<templates::staff::AnswerEntry>(&templates);
    check::<templates::staff::admin::Kiosks>(&templates);
    check::<templates::staff::ClientPlan>(&templates);
    check::<templates::staff::Goals>(&templates);
    check::<templates::staff::Raters>(&templates);
    check::<templates::staff::RaterEntry>(&templates);
    check::<templates::staff::admin::StaffForm>(&templates);
    check::<templates::staff::admin::ClientForm>(&templates);
    check::<templates::staff::admin::Appointments>(&templates);
    check::<templates::staff::admin::ProtocolForm>(&templates);
    check::<templates::staff::admin::Messages>(&templates);
    check::<templates::staff::admin::MessageEditor>(&templates);
    check::<templates::staff::admin::CrisisResources>(&templates);
    check::<templates::staff::admin::Sites>(&templates);
    check::<templates::staff::admin::PracticeSettings>(&templates);
    check::<templates::staff::admin::DetectionRules>(&templates);
}

#[test]
fn every_form_that_changes_something_is_protected_and_cases_carry_their_revision() {
    fn forms(html: &str) -> impl Iterator<Item = &str> {
        html.split("<form")
            .skip(1)
            .filter_map(|rest| rest.split("</form>").next())
            .filter(|form| form.contains("method=\"post\""))
    }
    let templates = Templates::new().unwrap();
    let mut seen = 0;
    for page in CasePage::samples() {
        let html = templates.render(&page, Language::En).unwrap();
        for form in forms(&html) {
            assert!(form.contains("name=\"csrf\" value=\"v5kq0Xy2b1\""));
            if form.contains("action=\"/cases/") {
                assert!(form.contains("name=\"revision\""), "two people may act at once: {form}");
                seen += 1;
            }
        }
    }
    assert!(seen > 8, "{seen}");
    for page in ClientPage::samples() {
        assert!(forms(&templates.render(&page, Language::Es).unwrap()).all(|form| form.contains("name=\"csrf\"")));
    }
}

#[test]
fn a_skipped_item_about_danger_reads_unknown_and_a_changed_one_shows_both_values() {
    let templates = Templates::new().unwrap();
    let html = templates.render(&ClientPage::samples()[0], Language::En).unwrap();
    let item = html.split("PHQ-9: item about danger").nth(1).unwrap();
    assert!(item.contains("Not answered – unknown"));
    assert!(item.contains("More than half the days → Several days"));
}

#[test]
fn a_part_that_is_not_for_the_role_is_absent_and_an_empty_one_says_what_would_appear() {
    let templates = Templates::new().unwrap();
    let samples = Today::samples();
    let empty = templates.render(&samples[1], Language::En).unwrap();
    assert!(empty.contains("A case appears here when"));
    let desk = templates.render(&samples[2], Language::En).unwrap();
    for absent in ["id=\"cases\"", "id=\"attention\"", "class=\"badge"] {
        assert!(!desk.contains(absent), "the front desk sees no {absent}");
    }
}

#[test]
fn values_are_escaped_in_pages_and_in_charts() {
    let templates = Templates::new().unwrap();
    let mut page = ClientPage::samples().swap_remove(0);
    page.header.name = "<b>Jo</b>".into();
    page.measures[0].chart.name = "<script>alert(1)</script>".into();
    page.measures[0].chart.points[0].day = "\"><img src=x>".into();
    let html = templates.render(&page, Language::En).unwrap();
    assert!(!html.contains("<b>Jo") && !html.contains("<script>alert") && !html.contains("<img"));
}

#[test]
fn the_trajectory_as_it_is_drawn() {
    let templates = Templates::new().unwrap();
    for &language in Language::ALL {
        let html = templates.render(&ClientPage::samples()[0], language).unwrap();
        let figure = html.split("<figure class=\"trajectory\">").nth(1).unwrap();
        let svg = figure.split("<figcaption").next().unwrap();
        insta::assert_snapshot!(format!("trajectory-{}", language.as_str()), svg);
    }
    let caseload = templates.render(&templates::staff::Caseload::samples()[0], Language::En).unwrap();
    let spark =
        caseload.split("<svg class=\"spark\"").nth(1).and_then(|rest| rest.split("</svg></td>").next()).unwrap();
    insta::assert_snapshot!("sparkline", spark);
}

#[test]
fn the_script_stays_small() {
    let script = asset(asset_path("staff.js").unwrap().trim_start_matches("/assets/")).unwrap();
    assert!(script.bytes.len() <= 7 * 1024, "{}", script.bytes.len());
}
