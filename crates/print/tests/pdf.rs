//! What is in the file: the text in its order, the structure behind it, the typefaces, and the same bytes every time.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use lopdf::{Document as File, Object};
use print::{Block, Column, Document, Figure, Paper, Table};
use proptest::prelude::*;

const PICTURE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><style>text { font-size: 12px; } .gone { fill: none; }</style><svg width="100%" height="80"><line x1="5%" x2="95%" y1="40" y2="40" stroke="#000"/><svg x="50%" y="40" overflow="visible"><circle r="5"/></svg><text x="5%" y="20">Cut-off 10</text></svg></svg>"##;

fn sample() -> Document {
    let mut document = Document::new("Report of Łukasz", "en", Paper::Letter);
    document.header = "Harbor Lane · Łukasz Nguyễn".into();
    document.footer = "Printed by Øyvind".into();
    document.numbering = "Page {page} of {pages}".into();
    document.push(Block::title("Łukasz Nguyễn"));
    document.push(Block::Facts(vec![("Practice".into(), "Harbor Lane Counseling".into())]));
    document.push(Block::part("Scores"));
    document.push(Block::paragraph("PHQ-9 of 22 is severe."));
    document.push(Block::Figure(Figure { svg: PICTURE.into(), alternative: "Scores over sessions".into() }));
    document.push(Block::Table(Table {
        summary: "Scores".into(),
        columns: vec![Column::numbers("Session", 1.0), Column::words("Day", 1.0), Column::numbers("Score", 1.0)],
        rows: (1..=90).map(|n| vec![n.to_string(), format!("Day {n}"), format!("{}", 100 + n)]).collect(),
    }));
    document.push(Block::List(vec!["Risk is open".into(), "Off track".into()]));
    document
}

fn open(document: &Document) -> File {
    let bytes = print::pdf(document).expect("a file");
    File::load_mem(&bytes).expect("a file that opens")
}

/// How often each kind of element is in the structure.
fn roles(file: &File) -> BTreeMap<String, usize> {
    let mut roles = BTreeMap::new();
    for object in file.objects.values() {
        let Ok(dictionary) = object.as_dict() else { continue };
        let is_element = dictionary.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"StructElem");
        if let Some(role) = dictionary.get(b"S").and_then(Object::as_name).ok().filter(|_| is_element) {
            *roles.entry(String::from_utf8_lossy(role).into_owned()).or_default() += 1;
        }
    }
    roles
}

fn text(file: &File) -> String {
    let pages: Vec<u32> = file.get_pages().keys().copied().collect();
    file.extract_text(&pages).expect("text")
}

fn places(text: &str, words: &[&str]) -> Vec<usize> {
    words.iter().map(|word| text.find(word).unwrap_or_else(|| panic!("{word:?} is not in {text:?}"))).collect()
}

#[test]
fn text_comes_out_in_reading_order_with_its_own_letters() {
    let text = text(&open(&sample()));
    let found =
        places(&text, &["Łukasz Nguyễn", "Harbor Lane Counseling", "PHQ-9 of 22", "101", "102", "190", "Off track"]);
    assert!(found.is_sorted(), "{found:?}");
}

#[test]
fn everything_is_tagged_and_the_file_says_so() {
    let file = open(&sample());
    let catalog = file.catalog().unwrap();
    let marked = catalog.get(b"MarkInfo").and_then(|info| file.dereference(info)).unwrap().1.as_dict().unwrap();
    assert!(marked.get(b"Marked").and_then(Object::as_bool).unwrap());
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"Outlines") && catalog.has(b"Metadata"));
    assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).unwrap(), b"en");
    let roles = roles(&file);
    let count = |role: &str| roles.get(role).copied().unwrap_or_default();
    assert_eq!((count("H1"), count("H2"), count("Figure"), count("Table"), count("L")), (1, 1, 1, 2, 1), "{roles:?}");
    // A row for each of the ninety, the head, and the fact.
    assert_eq!((count("TR"), count("THead"), count("LI")), (92, 1, 2), "{roles:?}");
    let alternatives = file.objects.values().filter(|object| object.as_dict().is_ok_and(|one| one.has(b"Alt"))).count();
    assert_eq!(alternatives, 1);
}

#[test]
fn a_long_table_goes_over_pages_and_takes_its_head_along() {
    let file = open(&sample());
    let pages = file.get_pages().len();
    assert!(pages >= 3, "{pages} pages");
    for page in 1..=u32::try_from(pages).unwrap() {
        let text = file.extract_text(&[page]).unwrap();
        assert!(text.contains(&format!("Page {page} of {pages}")), "{text:?}");
        assert!(text.contains("Harbor Lane · Łukasz Nguyễn"), "{text:?}");
        if text.contains("Day 60") {
            assert!(text.contains("Session"), "the head is missing on page {page}");
        }
    }
}

#[test]
fn the_typefaces_travel_inside_as_far_as_they_are_used() {
    let bytes = print::pdf(&sample()).unwrap();
    let file = File::load_mem(&bytes).unwrap();
    let descriptors = file.objects.values().filter_map(|object| object.as_dict().ok());
    let fonts: Vec<bool> = descriptors
        .filter(|one| one.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"FontDescriptor"))
        .map(|one| one.has(b"FontFile2") || one.has(b"FontFile3"))
        .collect();
    assert!(!fonts.is_empty() && fonts.iter().all(|embedded| *embedded), "{fonts:?}");
    assert!(bytes.len() < 250_000, "{} bytes", bytes.len());
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(print::pdf(&sample()).unwrap(), print::pdf(&sample()).unwrap());
}

#[test]
fn a_row_that_no_page_can_hold_is_divided_and_loses_nothing() {
    let mut document = Document::new("Long", "es", Paper::A4);
    document.push(Block::title("Long"));
    let words: Vec<String> = (0..3000).map(|n| format!("w{n}")).collect();
    document.push(Block::Table(Table {
        summary: "Long".into(),
        columns: vec![Column::words("When", 1.0), Column::words("What", 3.0)],
        rows: vec![vec!["Mar 9".into(), words.join(" ")], vec!["Mar 10".into(), "The end".into()]],
    }));
    let text = text(&open(&document));
    let found = places(&text, &["w0 ", "w1500", "w2999", "The end"]);
    assert!(found.is_sorted(), "{found:?}");
    for n in [1, 700, 1400, 2100, 2998] {
        assert!(text.contains(&format!("w{n}")), "w{n}");
    }
}

#[test]
fn a_letter_the_typeface_lacks_is_kept_as_text() {
    let mut document = Document::new("李", "en", Paper::Letter);
    document.push(Block::title("Name"));
    document.push(Block::paragraph("李小龙 and Müller"));
    assert!(print::lacks_letters(&document));
    assert!(!print::lacks_letters(&sample()));
    print::pdf(&document).expect("a file all the same");
}

#[test]
fn a_document_without_a_title_is_refused() {
    let error = print::pdf(&Document::new("\u{feff} ", "en", Paper::Letter)).unwrap_err().to_string();
    assert_eq!(error, "the document has no title");
    assert!(print::pdf(&Document::new("Empty", "en", Paper::Letter)).is_ok(), "an empty one has a page");
}

#[test]
fn a_picture_that_is_none_is_an_error_that_says_which() {
    let mut document = sample();
    document.push(Block::Figure(Figure { svg: "<svg".into(), alternative: String::new() }));
    let error = print::pdf(&document).unwrap_err().to_string();
    assert_eq!(error, "picture 2 of the document is not valid SVG");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever somebody wrote: there is a file.
    #[test]
    fn any_text_can_be_printed(text in "(?s).{0,200}", cell in "\\PC{0,80}") {
        let mut document = Document::new("Report", "en", Paper::Letter);
        document.header = cell.clone();
        document.push(Block::title(text.clone()));
        document.push(Block::paragraph(text.clone()));
        document.push(Block::List(vec![cell.clone()]));
        document.push(Block::Table(Table {
            summary: text.clone(),
            columns: vec![Column::words(cell.clone(), 1.0), Column::numbers(text.clone(), 0.2)],
            rows: vec![vec![text, cell]],
        }));
        prop_assert!(print::pdf(&document).is_ok());
    }
}
