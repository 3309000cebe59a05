//! Mails and texts: they render, texts fit one segment with the longest values, and none has room for anything about
//! a client.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use templates::mail::{self, Mail};
use templates::text::{self, Text, gsm7};
use templates::{Language, Templates};

/// All that a mail or text may carry. A new field is looked at here: it must say nothing about a client.
const ALLOWED: &[&str] = &[
    "count",
    "due",
    "emergency",
    "hours",
    "inviter",
    "role",
    "link",
    "minutes",
    "open_until",
    // When something was due to staff, and nothing of what.
    "overdue",
    // The practice's own words, checked when they are saved.
    "paragraphs",
    "phone",
    "practice",
    "subject",
    "unsubscribe",
    "urgency",
    "waiting_minutes",
    // Of an appointment the client made: day and time, and nothing of what it is for.
    "when",
];

/// Words that would tell what a message is about.
const TELLING: &[&str] = &[
    "phq-",
    "gad-",
    "depress",
    "depres",
    "anxi",
    "ansiedad",
    "suicid",
    "score",
    "puntuaci",
    "risk",
    "riesgo",
    "therap",
    "terapi",
    "mental",
    "symptom",
    "síntoma",
    "questionnaire about",
];

fn check_fields(value: &serde_json::Value, what: &str) {
    for field in value.as_object().unwrap().keys() {
        assert!(ALLOWED.contains(&field.as_str()), "{what} has a field '{field}'");
    }
}

fn check_words(words: &str, practice: &str, what: &str) {
    let lower = words.replace(practice, "").replace(&gsm7::fold(practice), "").to_lowercase();
    for telling in TELLING {
        assert!(!lower.contains(telling), "{what} says '{telling}'");
    }
}

fn practice_of(value: &serde_json::Value) -> String {
    value.get("practice").and_then(|practice| practice.as_str()).unwrap_or("(none)").to_owned()
}

fn check_text<T: Text>(templates: &Templates, lengths: &mut Vec<(String, usize)>) {
    for sample in T::samples() {
        let value = serde_json::to_value(&sample).unwrap();
        check_fields(&value, T::TEMPLATE);
        for &language in Language::ALL {
            let words = templates.text(&sample, language).unwrap();
            let what = format!("{} in {}", T::TEMPLATE, language.as_str());
            let count = gsm7::septets(&words).unwrap_or_else(|| panic!("{what} leaves GSM-7"));
            assert!(count <= 160, "{what} takes {count} septets: {words}");
            assert!(!words.contains('\n'), "{what} is one line");
            check_words(&words, &practice_of(&value), &what);
            if let Some(link) = value.get("link").and_then(|link| link.as_str()) {
                assert!(words.contains(link), "{what} has its link");
            }
            lengths.push((what, count));
        }
    }
}

#[test]
fn texts_fit_one_segment_with_the_longest_names_and_links() {
    let templates = Templates::new().unwrap();
    let mut lengths = Vec::new();
    check_text::<text::Invite>(&templates, &mut lengths);
    check_text::<text::Reminder>(&templates, &mut lengths);
    check_text::<text::Appointment>(&templates, &mut lengths);
    check_text::<text::HelpReply>(&templates, &mut lengths);
    check_text::<text::NotMonitoredReply>(&templates, &mut lengths);
    check_text::<text::CaseOpened>(&templates, &mut lengths);
    check_text::<text::CaseEscalated>(&templates, &mut lengths);
    assert!(lengths.iter().any(|(_, count)| *count > 140), "the samples really are long: {lengths:?}");
}

#[test]
fn the_samples_have_the_longest_values_that_are_promised() {
    let invite = &text::Invite::samples()[0];
    assert_eq!((invite.practice.chars().count(), invite.link.len()), (text::PRACTICE_MAX, text::LINK_MAX));
    assert_eq!(text::HelpReply::samples()[0].phone.len(), text::NUMBER_MAX);
    assert_eq!(text::CaseOpened::samples()[0].link.len(), text::STAFF_LINK_MAX);
}

#[test]
fn every_text_to_a_client_says_how_to_stop() {
    let templates = Templates::new().unwrap();
    for &language in Language::ALL {
        let invite = templates.text(&text::Invite::samples()[1], language).unwrap();
        let reminder = templates.text(&text::Reminder::samples()[1], language).unwrap();
        let help = templates.text(&text::HelpReply::samples()[1], language).unwrap();
        assert!([invite, reminder, help].iter().all(|words| words.contains("STOP")));
    }
}

#[test]
fn a_kept_text_shows_a_placeholder_for_its_link() {
    let templates = Templates::new().unwrap();
    let kept = text::Invite { practice: "Harbor Lane Counseling".into(), link: "{link}".into() };
    assert!(templates.text(&kept, Language::En).unwrap().contains("{link}"));
}

fn check_mail<M: Mail>(templates: &Templates, subjects: &mut BTreeSet<String>) {
    for sample in M::samples() {
        let value = serde_json::to_value(&sample).unwrap();
        check_fields(&value, M::FOLDER);
        for &language in Language::ALL {
            let mail = templates.mail(&sample, language).unwrap();
            let what = format!("{} in {}", M::FOLDER, language.as_str());
            let link = value["link"].as_str().unwrap();
            assert!(!mail.subject.is_empty() && !mail.subject.contains('\n'), "{what}: the subject is one line");
            assert!(!mail.subject.contains("http"), "{what}: no address in the subject");
            assert!(mail.text.lines().any(|line| line == link), "{what}: the link stands alone on a line");
            assert!(!mail.text.contains("&#") && !mail.text.contains("&quot;"), "{what}: plain text is not escaped");
            assert!(!mail.text.contains("\n\n\n"), "{what}: one blank line between paragraphs\n{}", mail.text);
            assert!(mail.html.contains(&format!("href=\"{link}\"")), "{what}: the HTML has the link");
            assert!(mail.html.contains(&format!("<html lang=\"{}\">", language.as_str())), "{what}");
            assert!(
                !mail.html.contains("<img") && !mail.html.contains("<script"),
                "{what}: nothing that tracks or runs"
            );
            let practice = practice_of(&value);
            check_words(&format!("{}\n{}\n{}", mail.subject, mail.text, mail.html), &practice, &what);
            subjects.insert(mail.subject);
        }
    }
}

#[test]
fn mails_have_three_parts_and_say_nothing_about_anyone() {
    let templates = Templates::new().unwrap();
    let mut subjects = BTreeSet::new();
    check_mail::<mail::Invite>(&templates, &mut subjects);
    check_mail::<mail::Reminder>(&templates, &mut subjects);
    check_mail::<mail::Appointment>(&templates, &mut subjects);
    check_mail::<mail::Own>(&templates, &mut subjects);
    check_mail::<mail::CaseOpened>(&templates, &mut subjects);
    check_mail::<mail::CaseEscalated>(&templates, &mut subjects);
    check_mail::<mail::CaseDigest>(&templates, &mut subjects);
    check_mail::<mail::Missed>(&templates, &mut subjects);
    check_mail::<mail::StaffInvite>(&templates, &mut subjects);
    check_mail::<mail::PasswordReset>(&templates, &mut subjects);
    assert_eq!(subjects.len(), 27, "each mail has its own subject in each language: {subjects:#?}");
}
