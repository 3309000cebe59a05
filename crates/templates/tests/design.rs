//! The design tokens: every pair of colours used for text or for the parts of a control has the contrast that
//! WCAG 2.2 AA asks for, in light and in dark.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

/// Text on its ground: at least 4.5 to 1.
const TEXT: &[(&str, &str)] = &[
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "brand-tint"),
    ("ink", "caution-tint"),
    ("ink", "concern-tint"),
    ("ink", "good-tint"),
    ("ink-soft", "paper"),
    ("ink-soft", "surface"),
    ("ink-soft", "sunken"),
    ("ink-soft", "brand-tint"),
    ("brand", "paper"),
    ("brand", "surface"),
    ("brand", "brand-tint"),
    ("on-brand", "brand"),
    ("on-brand", "brand-deep"),
    ("brand-deep", "brand-tint"),
    ("brand-deep", "paper"),
    ("concern", "paper"),
    ("concern", "surface"),
    ("concern", "concern-tint"),
    ("surface", "concern"),
    ("good", "good-tint"),
    ("caution", "caution-tint"),
    ("calm", "calm-tint"),
    ("calm", "surface"),
];

/// Borders of controls, lines of charts, marks: at least 3 to 1.
const PARTS: &[(&str, &str)] = &[
    ("edge", "paper"),
    ("edge", "surface"),
    ("brand", "surface"),
    ("concern", "surface"),
    ("calm", "surface"),
    ("good", "good-tint"),
    ("caution", "surface"),
    ("ink-soft", "paper"),
];

fn source(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/assets").join(name)).unwrap()
}

fn tokens(block: &str) -> BTreeMap<String, [f64; 3]> {
    block
        .split("--")
        .skip(1)
        .filter_map(|declaration| {
            let (name, value) = declaration.split_once(':')?;
            let digits = value.trim().strip_prefix('#')?.get(..6)?;
            let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map(f64::from);
            Some((name.to_owned(), [channel(0).ok()?, channel(2).ok()?, channel(4).ok()?]))
        })
        .collect()
}

/// Relative luminance, WCAG 2.2.
fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let part = channel / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn colours_have_contrast_in_both_schemes() {
    let css = source("tokens.css");
    let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
    assert!((contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 1e-9, "the formula itself");
    for (scheme, block) in [("light", light), ("dark", dark)] {
        let tokens = tokens(block);
        for (pairs, least) in [(TEXT, 4.5), (PARTS, 3.0)] {
            for (front, ground) in pairs {
                let found = contrast(tokens[*front], tokens[*ground]);
                assert!(found >= least, "{scheme}: {front} on {ground} is {found:.2}, needs {least}");
            }
        }
    }
}

#[test]
fn both_schemes_define_the_same_colours() {
    let css = source("tokens.css");
    let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
    assert_eq!(tokens(light).keys().collect::<Vec<_>>(), tokens(dark).keys().collect::<Vec<_>>());
}

#[test]
fn stylesheets_use_only_tokens_that_exist() {
    let defined = source("tokens.css");
    for name in ["client.css", "staff.css"] {
        for used in source(name).split("var(").skip(1) {
            let token = used.split(')').next().unwrap();
            assert!(defined.contains(&format!("{token}:")), "{name} uses {token}");
        }
    }
}

#[test]
fn stylesheets_respect_the_readers_settings() {
    for name in ["client.css", "staff.css"] {
        let css = source(name);
        for feature in ["forced-colors: active", "prefers-reduced-motion", "@media print", ":focus-visible"] {
            assert!(css.contains(feature), "{name} has {feature}");
        }
    }
}
