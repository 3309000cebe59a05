//! Every page with every sample in every language: it renders, reads only what it has, keeps the content security
//! policy and the weight budget, and gives nothing away to someone looking over a shoulder.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::io::Write;

use templates::client::{
    Course, ErrorPage, Help, Interruption, Landing, NewLinkSent, Question, Review, ThankYou, Unavailable, Unsubscribe,
};
use templates::staff::{self, StyleGuide};
use templates::{Language, Page, Templates, asset, asset_path};

/// One rendered sample.
struct Shown {
    template: &'static str,
    language: Language,
    html: String,
}

fn show<P: Page>(templates: &Templates, shown: &mut Vec<Shown>) {
    let template = P::TEMPLATE;
    for sample in P::samples() {
        let value = serde_json::to_value(&sample).expect("a page is a JSON object");
        let fields: BTreeSet<&str> =
            value.as_object().expect("a page is a struct").keys().map(String::as_str).collect();
        for variable in templates.variables(template) {
            assert!(fields.contains(variable), "{template} reads '{variable}', which its page does not have");
        }
        for &language in Language::ALL {
            let html = templates.render(&sample, language).unwrap_or_else(|error| panic!("{}", explain(&error)));
            shown.push(Shown { template, language, html });
        }
    }
}

#[test]
fn what_is_fetched_by_itself_is_one_element_and_no_document() {
    let templates = Templates::new().unwrap();
    let mut shown = Vec::new();
    show::<staff::TodayRow>(&templates, &mut shown);
    show::<staff::ClientLive>(&templates, &mut shown);
    for part in shown {
        let html = part.html.trim();
        assert!(html.starts_with("<li data-live-id=") || html.starts_with("<div class=\"live\""), "{html}");
        assert!(html.ends_with("</li>") || html.ends_with("</div>"), "{html}");
        assert!(!html.contains("<html") && !html.contains("<script") && !html.contains(" style="), "{html}");
    }
}

fn explain(error: &templates::Error) -> String {
    match error {
        templates::Error::Render { template, detail } => format!("{template}: {}", detail.expose()),
        other => other.to_string(),
    }
}

fn client_pages(templates: &Templates) -> Vec<Shown> {
    let mut shown = Vec::new();
    show::<Landing>(templates, &mut shown);
    show::<Question>(templates, &mut shown);
    show::<Review>(templates, &mut shown);
    show::<Interruption>(templates, &mut shown);
    show::<Help>(templates, &mut shown);
    show::<ThankYou>(templates, &mut shown);
    show::<Course>(templates, &mut shown);
    show::<Unavailable>(templates, &mut shown);
    show::<NewLinkSent>(templates, &mut shown);
    show::<templates::client::Kiosk>(templates, &mut shown);
    show::<templates::client::ProofPage>(templates, &mut shown);
    show::<templates::client::Visit>(templates, &mut shown);
    show::<templates::client::RaterPage>(templates, &mut shown);
    show::<Unsubscribe>(templates, &mut shown);
    show::<ErrorPage>(templates, &mut shown);
    shown
}

fn staff_pages(templates: &Templates, shown: &mut Vec<Shown>) {
    show::<staff::Login>(templates, shown);
    show::<staff::SecondFactor>(templates, shown);
    show::<staff::EnrolTotp>(templates, shown);
    show::<staff::RecoveryCodes>(templates, shown);
    show::<staff::ChoosePassword>(templates, shown);
    show::<staff::SignedOut>(templates, shown);
    show::<staff::Setup>(templates, shown);
    show::<staff::Today>(templates, shown);
    show::<staff::Caseload>(templates, shown);
    show::<staff::SearchResults>(templates, shown);
    show::<staff::ClientPage>(templates, shown);
    show::<staff::ClientPlan>(templates, shown);
    show::<staff::Goals>(templates, shown);
    show::<staff::Raters>(templates, shown);
    show::<staff::RaterEntry>(templates, shown);
    show::<staff::AnswerEntry>(templates, shown);
    show::<staff::HandOverCard>(templates, shown);
    show::<staff::KioskCard>(templates, shown);
    show::<staff::admin::Kiosks>(templates, shown);
    show::<staff::admin::Delivery>(templates, shown);
    show::<staff::PaperForm>(templates, shown);
    show::<staff::CasePage>(templates, shown);
    show::<staff::LeavePage>(templates, shown);
    show::<staff::SupervisionPage>(templates, shown);
    show::<staff::AgendaPage>(templates, shown);
    show::<staff::Outcomes>(templates, shown);
    show::<staff::Attendance>(templates, shown);
    show::<staff::ClosedLoop>(templates, shown);
    show::<staff::Experiments>(templates, shown);
    show::<staff::ExperimentPage>(templates, shown);
    show::<staff::QuarterPack>(templates, shown);
    show::<staff::OutreachPage>(templates, shown);
    show::<staff::CapacityPage>(templates, shown);
    show::<staff::Tasks>(templates, shown);
    show::<staff::Outbox>(templates, shown);
    show::<staff::MoveAppointment>(templates, shown);
    show::<staff::Account>(templates, shown);
    show::<staff::FreshCodes>(templates, shown);
    show::<staff::Looks>(templates, shown);
    show::<staff::ClientExport>(templates, shown);
    show::<staff::ErrorPage>(templates, shown);
    show::<staff::DoorErrorPage>(templates, shown);
    show::<staff::admin::AdminHome>(templates, shown);
    show::<staff::admin::StaffList>(templates, shown);
    show::<staff::admin::StaffForm>(templates, shown);
    show::<staff::admin::ClientList>(templates, shown);
    show::<staff::admin::ClientForm>(templates, shown);
    show::<staff::admin::Appointments>(templates, shown);
    show::<staff::admin::ProtocolForm>(templates, shown);
    show::<staff::admin::Planner>(templates, shown);
    show::<staff::admin::Messages>(templates, shown);
    show::<staff::admin::MessageEditor>(templates, shown);
    show::<staff::admin::Instruments>(templates, shown);
    show::<staff::admin::InstrumentPage>(templates, shown);
    show::<staff::admin::WordingForm>(templates, shown);
    show::<staff::admin::PreviewPage>(templates, shown);
    show::<staff::admin::NewInstrumentForm>(templates, shown);
    show::<staff::admin::InstrumentDraft>(templates, shown);
    show::<staff::admin::CrisisResources>(templates, shown);
    show::<staff::admin::Sites>(templates, shown);
    show::<staff::admin::PracticeSettings>(templates, shown);
    show::<staff::admin::Audit>(templates, shown);
    show::<staff::admin::Placements>(templates, shown);
    show::<staff::admin::ImportHome>(templates, shown);
    show::<staff::admin::ImportPage>(templates, shown);
    show::<staff::admin::ConsentWordings>(templates, shown);
    show::<staff::admin::LookAlikes>(templates, shown);
    show::<staff::admin::RecordPair>(templates, shown);
    show::<staff::admin::Retention>(templates, shown);
    show::<staff::admin::ErasePage>(templates, shown);
    show::<staff::admin::Phrases>(templates, shown);
    show::<staff::admin::Suggestions>(templates, shown);
    show::<staff::admin::DetectionHome>(templates, shown);
    show::<staff::admin::DetectionRules>(templates, shown);
    show::<staff::admin::Models>(templates, shown);
    show::<staff::admin::ModelCard>(templates, shown);
}

fn all_pages() -> Vec<Shown> {
    let templates = Templates::new().unwrap();
    let mut shown = client_pages(&templates);
    show::<StyleGuide>(&templates, &mut shown);
    staff_pages(&templates, &mut shown);
    shown
}

#[test]
fn every_page_is_a_document_in_its_language() {
    for page in all_pages() {
        let start = format!("<!doctype html>\n<html lang=\"{}\"", page.language.as_str());
        assert!(page.html.starts_with(&start), "{} in {}", page.template, page.language.as_str());
        assert!(page.html.contains("<meta name=\"robots\" content=\"noindex\">"), "{}", page.template);
        assert_eq!(page.html.matches("<h1").count(), 1, "{} has one heading of the first level", page.template);
        assert_eq!(page.html.matches("<main").count(), 1, "{}", page.template);
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for Shown { template, html, .. } in all_pages() {
        assert!(!html.contains("<style"), "{template} has an inline style sheet");
        assert!(!html.contains(" style="), "{template} has a style attribute");
        assert!(!html.contains("javascript:"), "{template} has a script address");
        for tag in html.split("<script").skip(1) {
            assert!(
                tag.starts_with(" src=\"/assets/") && tag.contains("></script>"),
                "{template} has an inline script"
            );
        }
        for handler in [" onclick=", " onload=", " onchange=", " onsubmit=", " onerror="] {
            assert!(!html.contains(handler), "{template} has an inline handler");
        }
        for attribute in ["src=\"", "<link rel=\"stylesheet\" href=\"", "<link rel=\"icon\" href=\""] {
            for address in html.split(attribute).skip(1) {
                assert!(address.starts_with("/assets/"), "{template} loads something from elsewhere");
            }
        }
    }
}

#[test]
fn every_client_page_offers_help_in_the_same_place() {
    let templates = Templates::new().unwrap();
    for Shown { template, html, .. } in client_pages(&templates) {
        let header = html.split("<header").nth(1).and_then(|rest| rest.split("</header>").next()).unwrap_or_default();
        assert!(header.contains("<a class=\"help\" href=\"/help\">"), "{template}");
        assert_eq!(html.matches("class=\"help\"").count(), 1, "{template}");
    }
}

#[test]
fn ids_are_unique_and_labels_point_to_them() {
    for Shown { template, html, .. } in all_pages() {
        let ids: Vec<&str> = values(&html, " id=\"");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{template} uses an id twice");
        for attribute in [" for=\"", " aria-describedby=\"", " aria-labelledby=\""] {
            for names in values(&html, attribute) {
                for name in names.split_whitespace() {
                    assert!(unique.contains(name), "{template}:{attribute} points to '{name}', which is not there");
                }
            }
        }
        if template.starts_with("client/") {
            for target in values(&html, " href=\"#") {
                assert!(unique.contains(target), "{template} links to '#{target}', which is not there");
            }
        }
    }
}

#[test]
fn titles_and_addresses_give_nothing_away() {
    let templates = Templates::new().unwrap();
    for question in Question::samples() {
        for &language in Language::ALL {
            let html = templates.render(&question, language).unwrap();
            let title = between(&html, "<title>", "</title>");
            assert!(!title.contains(&question.wording), "the wording would stand in the browser's history");
            assert!(!html.contains("/c/"), "after Start no address holds the token");
        }
    }
}

#[test]
fn nothing_is_chosen_for_the_client() {
    let templates = Templates::new().unwrap();
    for question in Question::samples() {
        let html = templates.render(&question, Language::En).unwrap();
        let answered = match &question.answer {
            templates::client::Answer::Choice { chosen, .. }
            | templates::client::Answer::Scale { chosen, .. }
            | templates::client::Answer::GoalItem { chosen, .. }
            | templates::client::Answer::Goal { chosen, .. } => chosen.is_some(),
            templates::client::Answer::VisualAnalogue { given, .. }
            | templates::client::Answer::Words { given, .. } => given.is_some(),
        };
        assert_eq!(html.contains(" checked"), answered && html.contains("type=\"radio\""));
        if html.contains("type=\"range\"") {
            assert_eq!(html.contains(" data-unset"), !answered, "a line without an answer has no thumb");
            assert!(html.contains("data-line hidden"), "without the script there is only the number field");
            assert_eq!(html.matches(" name=\"value\"").count(), 1, "the number is the only named control");
            assert!(html.contains("name=\"value\" inputmode=\"decimal\" min=\"0\" max=\"10\" step=\"0.1\""));
        }
    }
}

#[test]
fn a_dead_link_looks_the_same_whatever_killed_it() {
    let templates = Templates::new().unwrap();
    for sample in Unavailable::samples() {
        let html = templates.render(&sample, Language::En).unwrap();
        assert!(!html.contains("Harbor"), "not even the practice is named");
    }
}

#[test]
fn values_are_escaped() {
    let templates = Templates::new().unwrap();
    let mut question = Question::samples().swap_remove(3);
    question.wording = "<img src=x onerror=alert(1)> & \"quotes\"".into();
    question.item = "\"><script>alert(1)</script>".into();
    let html = templates.render(&question, Language::En).unwrap();
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot;"));
    assert!(!html.contains("<script>alert"));
    let mut landing = Landing::samples().swap_remove(0);
    landing.reader = Some("<b>Ana</b>".into());
    assert!(
        !templates.render(&landing, Language::En).unwrap().contains("<b>Ana"),
        "a variable inside a message is escaped too"
    );
}

#[test]
fn the_first_visit_fits_the_first_round_trip_and_further_pages_are_small() {
    let templates = Templates::new().unwrap();
    let weigh = |name: &str| asset(asset_path(name).unwrap().trim_start_matches("/assets/")).unwrap().gzip.len();
    let assets = weigh("client.css") + weigh("client.js");
    for Shown { template, language, html } in client_pages(&templates) {
        let page = gzip(html.as_bytes());
        if template == Landing::TEMPLATE {
            assert!(page + assets <= 14_600, "first visit weighs {} bytes", page + assets);
        }
        // A page of pictures, which nobody meets on the way through the questions.
        let most = if template == Course::TEMPLATE { 6_144 } else { 2_048 };
        assert!(page <= most, "{template} in {} weighs {page} bytes", language.as_str());
    }
}

#[test]
fn assets_are_found_under_the_name_pages_use_and_under_no_other() {
    for name in ["client.css", "course.css", "client.js", "staff.css", "favicon.svg"] {
        let path = asset_path(name).unwrap();
        let found = asset(path.strip_prefix("/assets/").unwrap()).unwrap();
        assert!(found.immutable);
        assert!(found.gzip.len() < found.bytes.len());
    }
    assert!(asset("client.css").is_none(), "a name without its hash could be cached wrongly");
    assert!(!asset("favicon.svg").unwrap().immutable);
    assert!(asset("tokens.css").is_none());
    assert!(asset("../locales/en.ftl").is_none());
    assert!(
        String::from_utf8_lossy(&asset(&asset_path("staff.css").unwrap()[8..]).unwrap().bytes).contains("--paper:")
    );
}

fn values<'a>(html: &'a str, before: &str) -> Vec<&'a str> {
    html.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split(start).nth(1).and_then(|rest| rest.split(end).next()).unwrap_or_default()
}

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap().len()
}
