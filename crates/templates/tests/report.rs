//! The report of a client's record: it can be made of every sample in every language, says what the page says in the order of a
//! chart, and draws the page's own pictures.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use print::{Block, Document, Paper};
use templates::report::{ClientReport, TrajectoryPicture, of_client};
use templates::staff::{CasePage, ClientPage};
use templates::{Language, Page, Templates};

fn made(templates: &Templates, page: &ClientPage, language: Language) -> Document {
    let steps: Vec<_> = page.cases.iter().map(|_| CasePage::samples().swap_remove(0).steps).collect();
    let report = ClientReport { page, steps: &steps, dated: "Mar 10, 2026, 9:05 AM".into(), paper: Paper::Letter };
    of_client(templates, &report, language).unwrap()
}

/// Every text of the document, a line each.
fn texts(document: &Document) -> String {
    let mut all = Vec::new();
    for block in &document.blocks {
        match block {
            Block::Heading(_, text) | Block::Paragraph(_, text) => all.push(text.clone()),
            Block::List(points) => all.extend(points.clone()),
            Block::Facts(facts) => all.extend(facts.iter().map(|(name, text)| format!("{name}: {text}"))),
            Block::Table(table) => all.extend(table.rows.iter().map(|row| row.join(" | "))),
            Block::Figure(figure) => all.push(format!("picture: {}", figure.alternative)),
        }
    }
    all.join("\n")
}

#[test]
fn every_sample_makes_a_file_in_every_language() {
    let templates = Templates::new().unwrap();
    for page in ClientPage::samples() {
        for &language in Language::ALL {
            let document = made(&templates, &page, language);
            assert_eq!(document.language, language.as_str());
            let bytes = print::pdf(&document).unwrap_or_else(|error| panic!("{}: {error}", page.header.name));
            assert!(bytes.len() > 10_000);
        }
    }
}

#[test]
fn a_report_reads_like_a_chart() {
    let templates = Templates::new().unwrap();
    let page = ClientPage::samples().swap_remove(0);
    let text = texts(&made(&templates, &page, Language::En));
    let expected = [
        "Jordan Ellis",
        "Practice: Harbor Lane Counseling",
        "called Jo",
        "Data as of: Mar 10, 2026, 9:05 AM",
        "At a glance",
        "Cases and decisions",
        "Case of Mar 10, 2026",
        "Ana Ruiz",
        "Case of Feb 3, 2026",
        "PHQ-9",
        "picture: PHQ-9: scores over sessions",
        "◆\u{a0}case opened",
        "5 | Feb 5 | ▼ 22 | +4 | Severe",
        "Answers by item",
        "Session feedback",
        "Goals",
        "Goal 1: “Swim once a week with Joana”",
        "4 | Mar 9 | 5",
        "Goal 2: “Sleep through”",
        "Not rated yet.",
        "How others see it",
        "PSC-17, Maria Ellis (parent)",
        "Items about danger",
        "◆ More than half the days → Several days (changed before handing in) (counts as danger)",
        "Not answered – unknown",
        "In the client’s own words",
        "Changes of the plan",
        "Consents",
    ];
    let mut from = 0;
    for words in expected {
        from += text[from..].find(words).unwrap_or_else(|| panic!("{words:?} is missing after {from} in:\n{text}"));
    }
    let spanish = texts(&made(&templates, &page, Language::Es));
    assert!(spanish.contains("Casos y decisiones") && spanish.contains("Ítems sobre peligro"), "{spanish}");
}

#[test]
fn the_pictures_are_the_pages_own() {
    let templates = Templates::new().unwrap();
    let page = ClientPage::samples().swap_remove(0);
    let html = templates.render(&page, Language::En).unwrap();
    for measure in &page.measures {
        let picture = TrajectoryPicture { chart: measure.chart.clone() };
        let svg = templates.render(&picture, Language::En).unwrap();
        let start = svg.find("<svg class=\"chart\"").unwrap();
        let own = svg[start..].trim_end().trim_end_matches("</svg>").trim_end();
        assert!(html.contains(own), "{own}");
    }
}

#[test]
fn letters_that_cannot_be_drawn_are_said_to_be_missing() {
    let templates = Templates::new().unwrap();
    let mut page = ClientPage::samples().swap_remove(1);
    assert!(!texts(&made(&templates, &page, Language::En)).contains('□'));
    page.header.name = "李小龙".into();
    assert!(texts(&made(&templates, &page, Language::En)).contains("drawn as □"));
}
