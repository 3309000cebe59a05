//! The words: the same messages with the same variables in every language, and every message a template asks for.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use templates::Language;
use templates::text::gsm7;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates").join(name)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Message → its variables, for one language.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    let mut paths = Vec::new();
    files(&folder("locales"), &mut paths);
    for path in paths {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if stem.split('-').next() != Some(language.as_str()) {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let resource =
            fluent_syntax::parser::parse(source.as_str()).unwrap_or_else(|(_, errors)| panic!("{stem}: {errors:?}"));
        for entry in resource.body {
            if let Entry::Message(message) = entry {
                let mut variables = BTreeSet::new();
                collect(
                    message.value.as_ref().unwrap_or_else(|| panic!("{stem}: {} has no text", message.id.name)),
                    &mut variables,
                );
                let twice = messages.insert(message.id.name.to_owned(), variables);
                assert!(twice.is_none(), "{} is there twice in {stem}", message.id.name);
            }
        }
    }
    messages
}

fn collect(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => collect_inline(inline, variables),
            Expression::Select { selector, variants } => {
                collect_inline(selector, variables);
                for variant in variants {
                    collect(&variant.value, variables);
                }
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        variables.insert(id.name.to_owned());
    }
}

/// The keys that templates name literally.
fn keys_in_templates() -> BTreeSet<String> {
    let mut paths = Vec::new();
    for name in ["client", "staff", "mail", "text"] {
        files(&folder(name), &mut paths);
    }
    let mut keys = BTreeSet::new();
    for path in paths {
        let source = std::fs::read_to_string(&path).unwrap();
        for call in source.split("t(key=\"").skip(1) {
            let (key, rest) = call.split_once('"').unwrap();
            // `t(key="nav-" ~ place)` is checked by rendering the samples.
            if !rest.trim_start().starts_with('~') {
                keys.insert(key.to_owned());
            }
        }
    }
    keys
}

#[test]
fn all_languages_have_the_same_messages_with_the_same_variables() {
    let english = messages(Language::En);
    assert!(english.len() > 100, "only {} messages were read", english.len());
    for &language in Language::ALL {
        let other = messages(language);
        for (key, variables) in &english {
            assert_eq!(other.get(key), Some(variables), "'{key}' in {}", language.as_str());
        }
        for key in other.keys() {
            assert!(english.contains_key(key), "'{key}' is only in {}", language.as_str());
        }
    }
}

#[test]
fn every_message_a_template_names_exists() {
    let messages = messages(Language::En);
    let keys = keys_in_templates();
    assert!(keys.len() > 100);
    for key in &keys {
        assert!(messages.contains_key(key), "a template asks for '{key}'");
    }
}

#[test]
fn every_client_message_is_used() {
    let keys = keys_in_templates();
    let source =
        ["en.ftl", "en-mail.ftl"].map(|name| std::fs::read_to_string(folder("locales").join(name)).unwrap()).join("\n");
    for key in source
        .lines()
        .filter_map(|line| line.split_once(" = ").map(|(key, _)| key))
        .filter(|key| !key.starts_with([' ', '#']))
    {
        assert!(keys.contains(key), "no template says '{key}'");
    }
}

#[test]
fn every_trouble_with_a_message_has_its_words_and_no_others() {
    let wanted: BTreeSet<String> =
        care::message::Trouble::ALL.iter().map(|trouble| format!("trouble-{trouble}")).collect();
    for &language in Language::ALL {
        let there: BTreeSet<String> =
            messages(language).into_keys().filter(|key| key.starts_with("trouble-")).collect();
        assert_eq!(there, wanted, "{}", language.as_str());
    }
}

#[test]
fn text_messages_are_written_in_the_alphabet_of_text_messages() {
    for &language in Language::ALL {
        let source =
            std::fs::read_to_string(folder("locales").join(format!("{}-mail.ftl", language.as_str()))).unwrap();
        let mut seen = 0;
        for line in source.lines().filter(|line| line.starts_with("text-")) {
            let (key, words) = line.split_once(" = ").unwrap();
            assert!(gsm7::septets(words).is_some(), "'{key}' in {} has a character outside GSM-7", language.as_str());
            seen += 1;
        }
        assert_eq!(seen, 7);
    }
}
