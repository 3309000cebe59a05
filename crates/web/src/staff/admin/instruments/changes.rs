//! What differs between two versions of an instrument, part by part, as it was and as it is.

use super::figures;
use care::Language;
use instruments::{Instrument, ItemKind, Points, Scale, ScaleItem, SkipOutcome, Text};
use templates::staff::admin::VersionChange;

/// Every part that differs, in the order of the later version; what is gone comes last.
pub fn between(before: &Instrument, after: &Instrument, language: Language) -> Vec<VersionChange> {
    let (old, new) = (parts(before, language), parts(after, language));
    let value_in = |parts: &[(String, String)], what: &str| {
        parts.iter().find(|(name, _)| name == what).map(|(_, value)| value.clone())
    };
    let mut found: Vec<VersionChange> = new
        .iter()
        .map(|(what, value)| (what, value_in(&old, what), value))
        .filter(|(_, before, value)| before.as_ref() != Some(value))
        .map(|(what, before, value)| VersionChange { what: what.clone(), before, after: Some(value.clone()) })
        .collect();
    let gone = old.into_iter().filter(|(what, _)| value_in(&new, what).is_none());
    found.extend(gone.map(|(what, value)| VersionChange { what, before: Some(value), after: None }));
    found
}

struct Names {
    stem: &'static str,
    question: &'static str,
    answers: &'static str,
    left_out: &'static str,
    scored: &'static str,
    reversed: &'static str,
    recoded: &'static str,
    line: &'static str,
    goal: &'static str,
    words: &'static str,
}

const ENGLISH: Names = Names {
    stem: "Sentence above the questions",
    question: "Question",
    answers: "answers",
    left_out: "left out when",
    scored: "questions that count",
    reversed: "reversed",
    recoded: "recoded",
    line: "a line",
    goal: "own goals, 0–10",
    words: "in words",
};

const SPANISH: Names = Names {
    stem: "Frase sobre las preguntas",
    question: "Pregunta",
    answers: "respuestas",
    left_out: "se omite cuando",
    scored: "preguntas que puntúan",
    reversed: "al revés",
    recoded: "recodificada",
    line: "una línea",
    goal: "metas propias, 0–10",
    words: "con palabras",
};

/// Everything that makes up a version, named and in words.
fn parts(instrument: &Instrument, language: Language) -> Vec<(String, String)> {
    let names = match language {
        Language::En => &ENGLISH,
        Language::Es => &SPANISH,
    };
    let mut parts = Vec::new();
    let mut say = |what: &str, text: &Text| {
        for language in instrument.languages.keys() {
            if let Some(words) = text.exactly(*language).filter(|words| !words.is_empty()) {
                parts.push((format!("{what} ({language})"), words.to_owned()));
            }
        }
    };
    say(names.stem, &instrument.stem);
    for item in &instrument.items {
        say(&format!("{} {}", names.question, item.id), &item.text);
    }
    for item in &instrument.items {
        for language in instrument.languages.keys() {
            let what = format!("{} {}, {} ({language})", names.question, item.id, names.answers);
            parts.push((what, answers(&item.kind, *language, names)));
        }
        if let Some(skip) = item.skip.and_then(|place| instrument.skips.get(place)) {
            let counts_as = match skip.outcome {
                SkipOutcome::NotApplicable => String::new(),
                SkipOutcome::CountsAs(value) => format!(" (= {value})"),
            };
            let what = format!("{} {}, {}", names.question, item.id, names.left_out);
            parts.push((what, format!("{}{counts_as}", skip.when.text())));
        }
    }
    for scale in &instrument.scales {
        let members: Vec<String> = scale.items.iter().map(|one| member(instrument, one, names)).collect();
        let what = format!("{}: {}", scale.title.get(language), names.scored);
        parts.push((what, format!("{} ({})", members.join(", "), axis(scale))));
    }
    parts.extend(figures::of(instrument, language).into_iter().map(|line| (line.what, line.value)));
    parts
}

fn axis(scale: &Scale) -> String {
    format!("{}–{}", scale.shown(scale.axis.min), scale.shown(scale.axis.max))
}

fn answers(kind: &ItemKind, language: Language, names: &Names) -> String {
    match kind {
        ItemKind::Choice(options) => {
            let options: Vec<String> =
                options.iter().map(|option| format!("{} = {}", option.value, option.label.get(language))).collect();
            options.join(" · ")
        }
        ItemKind::VisualAnalogue { low, high } => {
            format!("{}: {} – {}", names.line, low.get(language), high.get(language))
        }
        ItemKind::Number { min, max } => format!("{min}–{max}"),
        ItemKind::Goal => names.goal.to_owned(),
        ItemKind::Words => names.words.to_owned(),
    }
}

/// A question that counts, and how.
fn member(instrument: &Instrument, member: &ScaleItem, names: &Names) -> String {
    let id = instrument.items.get(member.index).map_or("", |item| item.id.as_str());
    match &member.points {
        Points::Linear { per_step: 1, .. } => id.to_owned(),
        Points::Linear { per_step: -1, .. } => format!("{id} {}", names.reversed),
        Points::Linear { per_step, .. } if *per_step < 0 => format!("{id} ×{} {}", -per_step, names.reversed),
        Points::Linear { per_step, .. } => format!("{id} ×{per_step}"),
        Points::Table(table) => {
            let points: Vec<String> = table.iter().map(|(value, points)| format!("{value}→{points}")).collect();
            format!("{id} {} {}", names.recoded, points.join(" "))
        }
        Points::From(least) => format!("{id} ≥ {least}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use instruments::Library;

    fn phq_2(change: impl Fn(String) -> String, english: impl Fn(String) -> String) -> Instrument {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../instruments/phq-2");
        let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).expect("it ships");
        let files = [
            ("phq-2/1.toml", change(read("1.toml"))),
            ("phq-2/1.en.toml", english(read("1.en.toml"))),
            ("phq-2/1.es.toml", read("1.es.toml")),
        ];
        Library::parse(files).unwrap_or_else(|error| panic!("{error}")).current("phq-2").expect("read").clone()
    }

    #[test]
    fn what_changed_is_said_as_it_was_and_as_it_is_and_nothing_else() {
        let same = |text: String| text;
        let first = phq_2(same, same);
        assert!(between(&first, &first, Language::En).is_empty());
        let next = phq_2(
            |text| {
                let cutoff = "id = \"positive\"\nvalue = 3";
                assert!(text.contains(cutoff));
                text.replace(cutoff, "id = \"positive\"\nvalue = 4")
            },
            |text| text.replacen("Feeling down", "Being down", 1),
        );
        let found = between(&first, &next, Language::En);
        let said: Vec<(&str, Option<&str>, Option<&str>)> =
            found.iter().map(|one| (one.what.as_str(), one.before.as_deref(), one.after.as_deref())).collect();
        assert!(
            said.contains(&(
                "Question 2 (en)",
                Some("Feeling down, depressed, or hopeless"),
                Some("Being down, depressed, or hopeless")
            )),
            "{said:?}"
        );
        assert!(
            said.iter().any(|(_, before, after)| before.is_some_and(|text| text.starts_with("≥ 3"))
                && after.is_some_and(|text| text.starts_with("≥ 4"))),
            "{said:?}"
        );
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(between(&first, &next, Language::Es)[0].what.starts_with("Pregunta 2"));
    }
}
