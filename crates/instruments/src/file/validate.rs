//! What must hold inside one instrument file. Every problem names its key and a remedy. Checks across
//! files (published versions, shared items) and the worked examples are left to [`crate::check`].

mod scale;

use std::collections::BTreeSet;

use super::{Problems, wording::worded};
use crate::{Instrument, ItemKind, Language, LicenceStatus, Rater, RiskLevel, ScaleMethod, Source, Text};

pub(super) fn instrument(instrument: &Instrument, problems: &mut Problems<'_>) {
    let id_is_plain = !instrument.id.is_empty()
        && instrument.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !id_is_plain {
        problems.add("id", "use lower-case letters, digits and hyphens");
    }
    if instrument.version.parse::<u32>().is_err() || instrument.version.starts_with(['0', '+']) {
        problems.add("version", "use a whole number from 1, in quotes");
    }
    if !instrument.languages.is_empty() && !instrument.languages.contains_key(&Language::En) {
        problems.add("languages", "English is needed: other languages fall back to it");
    }
    for (key, text, kind) in texts(instrument) {
        let needed: Vec<Language> = match kind {
            Words::Staff => Language::ALL.to_vec(),
            Words::Client => instrument.languages.keys().copied().collect(),
        };
        for language in needed.into_iter().filter(|&language| !worded(text, language)) {
            problems.add(key.clone(), format!("the wording in `{language}` is missing"));
        }
    }
    items(instrument, problems);
    if instrument.scales.is_empty() {
        problems.add("scale", "give at least one scale");
    }
    unique("scale", instrument.scales.iter().map(|scale| &scale.id), problems);
    let licensed = instrument.scales.iter().any(|scale| scale.method == ScaleMethod::Licensed);
    if licensed != (instrument.licence.status == LicenceStatus::Proprietary) {
        problems.add("licence.status", "`proprietary` and scales with `method = \"licensed\"` belong together");
    }
    for member in &instrument.scales {
        scale::scale(member, &instrument.items, problems);
    }
    risk(instrument, problems);
    if let Some(fault) = crate::step::fault(instrument) {
        problems.add("step", fault);
    }
    codes(instrument, problems);
    for example in &instrument.examples {
        let key = format!("example[{}]", example.title);
        if example.answers.len() != instrument.items.len() {
            problems.add(format!("{key}.answers"), "give one entry per item, \"-\" for none");
        }
        for id in example.scores.keys().filter(|id| instrument.scale(id).is_none()) {
            problems.add(format!("{key}.scores.{id}"), "there is no such scale");
        }
    }
}

/// Who reads a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    /// Staff: our own words.
    Staff,
    /// Clients: the instrument's wording.
    Client,
}

/// Every text of the instrument with its key.
fn texts(instrument: &Instrument) -> Vec<(String, &Text, Words)> {
    let mut all = vec![
        ("title".to_owned(), &instrument.title, Words::Staff),
        ("short_name".to_owned(), &instrument.short_name, Words::Staff),
        ("time_frame".to_owned(), &instrument.time_frame, Words::Staff),
    ];
    if !instrument.stem.is_empty() {
        all.push(("stem".to_owned(), &instrument.stem, Words::Client));
    }
    for item in &instrument.items {
        let key = format!("item[{}]", item.id);
        all.push((format!("{key}.label"), &item.label, Words::Staff));
        all.push((format!("{key}.text"), &item.text, Words::Client));
        match &item.kind {
            ItemKind::Choice(options) => {
                all.extend(
                    options.iter().map(|o| (format!("{key}.option[{}].label", o.value), &o.label, Words::Client)),
                );
            }
            ItemKind::VisualAnalogue { low, high } => {
                all.push((format!("{key}.low"), low, Words::Client));
                all.push((format!("{key}.high"), high, Words::Client));
            }
            ItemKind::Number { .. } | ItemKind::Goal | ItemKind::Words => {}
        }
    }
    for scale in &instrument.scales {
        let key = format!("scale[{}]", scale.id);
        all.push((format!("{key}.title"), &scale.title, Words::Staff));
        all.extend(scale.bands.iter().map(|b| (format!("{key}.band[{}].label", b.id), &b.label, Words::Staff)));
        all.extend(scale.cutoffs.iter().map(|c| (format!("{key}.cutoff[{}].meaning", c.id), &c.meaning, Words::Staff)));
    }
    all
}

fn unique<'a>(key: &str, ids: impl Iterator<Item = &'a String>, problems: &mut Problems<'_>) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if id.is_empty() {
            problems.add(key, "an id is empty");
        } else if !seen.insert(id) {
            problems.add(format!("{key}[{id}]"), "this id was given twice");
        }
    }
}

fn items(instrument: &Instrument, problems: &mut Problems<'_>) {
    if instrument.items.is_empty() {
        problems.add("item", "give at least one item");
    }
    unique("item", instrument.items.iter().map(|item| &item.id), problems);
    for item in &instrument.items {
        if let ItemKind::Choice(options) = &item.kind {
            let values: BTreeSet<i64> = options.iter().map(|option| option.value).collect();
            if values.len() < 2 || values.len() != options.len() {
                problems.add(
                    format!("item[{}].option", item.id),
                    "give at least two options with different values, or another kind",
                );
            }
        }
        if let ItemKind::Number { min, max } = item.kind
            && min >= max
        {
            problems.add(format!("item[{}].max", item.id), "must be above min");
        }
    }
    words(instrument, problems);
}

/// What is answered in words is never scored, and words and goals are the client's own.
fn words(instrument: &Instrument, problems: &mut Problems<'_>) {
    let is_words = |index: usize| instrument.items.get(index).is_some_and(|item| item.kind == ItemKind::Words);
    for scale in &instrument.scales {
        if let Some(member) = scale.items.iter().find(|member| is_words(member.index)) {
            let id = &instrument.items[member.index].id;
            problems.add(format!("scale[{}].items", scale.id), format!("item {id} is answered in words; leave it out"));
        }
    }
    let asks_others = !matches!(instrument.raters.as_slice(), [] | [Rater::Client]);
    for item in instrument.items.iter().filter(|item| matches!(item.kind, ItemKind::Words | ItemKind::Goal)) {
        if asks_others {
            let reason = "words and goals are asked of clients alone; leave it out, or set raters = [\"client\"]";
            problems.add(format!("item[{}].kind", item.id), reason);
        }
        if item.kind == ItemKind::Words && instrument.risk.iter().any(|rule| rule.item == item.id) {
            let reason = "words have no steps; the practice's phrases are looked for in them. Remove the rule";
            problems.add(format!("risk[{}]", item.id), reason);
        }
    }
}

fn risk(instrument: &Instrument, problems: &mut Problems<'_>) {
    unique("risk", instrument.risk.iter().map(|rule| &rule.item), problems);
    for rule in &instrument.risk {
        let key = format!("risk[{}]", rule.item);
        source(&key, &rule.source, problems);
        let Some(item) = instrument.item(&rule.item) else {
            problems.add(key, "there is no such item");
            continue;
        };
        if rule.steps.is_empty() {
            problems.add(format!("{key}.steps"), "give at least one step");
        }
        for step in &rule.steps {
            if !item.offers(step.at_least) {
                problems.add(format!("{key}.steps"), "a step begins at a value the item offers");
            }
            if step.level == RiskLevel::Unknown {
                problems.add(format!("{key}.steps"), "`unknown` is for unanswered items only");
            }
        }
        let climbs = |pair: &[crate::RiskStep]| pair[0].at_least < pair[1].at_least && pair[0].level < pair[1].level;
        if !rule.steps.windows(2).all(climbs) {
            problems.add(format!("{key}.steps"), "steps climb in value and in level");
        }
    }
}

/// LOINC codes end in a check digit, which catches most slips of the pen.
fn codes(instrument: &Instrument, problems: &mut Problems<'_>) {
    let mut answers = Vec::new();
    let mut check = |key: String, code: Option<&String>| {
        if let Some(code) = code
            && !loinc_is_plausible(code)
        {
            problems.add(key, format!("{code} is not a LOINC code: its check digit is wrong"));
        }
    };
    check("loinc".to_owned(), instrument.loinc.as_ref());
    for item in &instrument.items {
        check(format!("item[{}].loinc", item.id), item.loinc.as_ref());
        if let ItemKind::Choice(options) = &item.kind {
            for option in options {
                // Answer codes have a check digit of another kind; their shape must do.
                let number = option.loinc.as_ref().map(|code| code.replacen("LA", "", 1));
                if number.is_some_and(|number| loinc_parts(&number).is_none()) {
                    answers.push(format!("item[{}].option[{}].loinc", item.id, option.value));
                }
            }
        }
    }
    for scale in &instrument.scales {
        check(format!("scale[{}].loinc", scale.id), scale.loinc.as_ref());
    }
    for key in answers {
        problems.add(key, "a LOINC answer code looks like LA6568-5");
    }
}

/// Number and check digit of `44249-1`.
fn loinc_parts(code: &str) -> Option<(&str, &str)> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    code.split_once('-').filter(|(number, check)| digits(number) && digits(check))
}

/// Mod-10 check digit as LOINC defines it.
fn loinc_is_plausible(code: &str) -> bool {
    let Some((number, check)) = loinc_parts(code) else {
        return false;
    };
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(position, digit)| {
            let digit = u32::from(digit - b'0');
            if position % 2 == 1 {
                return digit;
            }
            let doubled = 2 * digit;
            doubled / 10 + doubled % 10
        })
        .sum();
    check == ((10 - sum % 10) % 10).to_string()
}

fn source(key: &str, source: &Source, problems: &mut Problems<'_>) {
    if source.text.trim().is_empty() || source.date.trim().is_empty() {
        problems.add(format!("{key}.source"), "text and date must say where the figure comes from");
    }
}

#[cfg(test)]
mod tests {
    use super::loinc_is_plausible;

    #[test]
    fn loinc_check_digits() {
        for code in ["44249-1", "44261-6", "69737-5", "55758-7"] {
            assert!(loinc_is_plausible(code), "{code}");
        }
        for code in ["44249-2", "44294-1", "44249", "", "-1", "x-1"] {
            assert!(!loinc_is_plausible(code), "{code}");
        }
    }
}
