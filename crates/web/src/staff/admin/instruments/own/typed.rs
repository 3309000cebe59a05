//! The lines of the form: questions, options, bands, risk rules and test cases as a person types them. Every fault names
//! its field and its line.

use care::Language;
use exchange::instrument_file::{
    Method, NewAnswer, NewExample, NewInstrument, NewItem, NewOption, NewRisk, NewScale, Scored, Texts,
};
use instruments::{Polarity, Rater, RiskLevel};
use std::collections::BTreeMap;
use templates::staff::admin::OwnFields;

/// More questions than this nobody answers.
const MOST_QUESTIONS: usize = 100;

struct Faults(Vec<String>);

impl Faults {
    fn at(&mut self, field: &str, line: usize, what: &str) {
        self.0.push(format!("{field}, line {}: {what}", line + 1));
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn both(english: &str, spanish: Option<&str>) -> Texts {
    let mut texts = Texts::from([(Language::En, english.to_owned())]);
    if let Some(spanish) = spanish {
        texts.insert(Language::Es, spanish.to_owned());
    }
    texts
}

/// The id that a file gives itself.
pub(super) fn id_of_file(content: &str) -> Result<String, String> {
    let line = content.lines().find(|line| line.split_once('=').is_some_and(|(key, _)| key.trim() == "id"));
    let id = line.and_then(|line| line.split_once('=')).map(|(_, id)| id.trim().trim_matches(['"', '\'']).to_owned());
    id.filter(|id| !id.is_empty())
        .ok_or_else(|| "file: neither a Questionnaire (JSON) nor an instrument file with a line id = \"…\"".to_owned())
}

/// What was typed, as an instrument; every fault with its field and line.
pub(super) fn read(fields: &OwnFields, year: i32) -> Result<NewInstrument, Vec<String>> {
    let mut faults = Faults(Vec::new());
    for (field, value) in [
        ("own_title", &fields.own_title),
        ("instrument_id", &fields.instrument_id),
        ("holder", &fields.holder),
        ("time_frame", &fields.time_frame),
    ] {
        if value.trim().is_empty() {
            faults.at(field, 0, "is empty");
        }
    }
    let raters = raters(fields, &mut faults);
    let has_spanish = !fields.questions_es.trim().is_empty();
    let (items, reverse) = questions(fields, has_spanish, &mut faults);
    let scales = scales(fields, &items, &reverse, &mut faults);
    let risk = risks(fields, items.len(), &mut faults);
    let examples = cases(fields, &items, &mut faults);
    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    let title = fields.own_title.trim().to_owned();
    let mut languages = BTreeMap::from([(Language::En, "Written by the practice".to_owned())]);
    if has_spanish {
        languages.insert(Language::Es, "Written by the practice".to_owned());
    }
    let stem = fields.stem.trim();
    Ok(NewInstrument {
        id: fields.instrument_id.trim().to_owned(),
        short_name: title.clone(),
        citation: format!("{title}, an instrument of the practice's own"),
        title,
        population: "As the practice decides".to_owned(),
        raters,
        time_frame: fields.time_frame.trim().to_owned(),
        holder: fields.holder.trim().to_owned(),
        terms: "Used as its holder permits".to_owned(),
        loinc: None,
        notes: Vec::new(),
        languages,
        stem: if stem.is_empty() { Texts::new() } else { both(stem, has_spanish.then(|| fields.stem_es.trim())) },
        items,
        skips: Vec::new(),
        scales,
        risk,
        examples,
        year,
    })
}

/// Who answers it; somebody must.
fn raters(fields: &OwnFields, faults: &mut Faults) -> Vec<Rater> {
    let mut raters = Vec::new();
    for (place, typed) in fields.raters.iter().enumerate() {
        match typed.parse::<Rater>() {
            Ok(rater) if !raters.contains(&rater) => raters.push(rater),
            Ok(_) => {}
            Err(error) => faults.at("raters", place, &error.to_string()),
        }
    }
    if fields.raters.is_empty() {
        faults.at("raters", 0, "choose who answers");
    }
    raters
}

fn option(value: i64, english: &str, spanish: Option<&str>) -> NewOption {
    NewOption { value, label: both(english, spanish), loinc: None }
}

/// The options that every question with options shares.
fn options(fields: &OwnFields, has_spanish: bool, faults: &mut Faults) -> Vec<NewOption> {
    let spanish = lines(&fields.options_es);
    let mut options = Vec::new();
    for (place, line) in lines(&fields.options).into_iter().enumerate() {
        let pair = line.split_once('=').and_then(|(value, label)| Some((value.trim().parse().ok()?, label.trim())));
        let Some((value, label)) = pair.filter(|(_, label)| !label.is_empty()) else {
            faults.at("options", place, "write it as value = words");
            continue;
        };
        let twin = spanish.get(place).map(|twin| twin.split_once('=').map_or(*twin, |(_, label)| label.trim()));
        if has_spanish && twin.is_none() {
            faults.at("options_es", place, "is missing");
        }
        options.push(option(value, label, twin.filter(|_| has_spanish)));
    }
    if options.len() < 2 {
        faults.at("options", options.len(), "give at least two options");
    }
    options
}

fn yes_no(has_spanish: bool) -> Vec<NewOption> {
    vec![option(0, "No", has_spanish.then_some("No")), option(1, "Yes", has_spanish.then_some("Sí"))]
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Choice,
    YesNo,
    Numeric,
    Line,
    Goal,
    Words,
}

/// What may stand in brackets before a question.
const MARKS: [(&str, Kind); 7] = [
    ("options", Kind::Choice),
    ("yes/no", Kind::YesNo),
    ("number", Kind::Numeric),
    ("line", Kind::Line),
    ("goal", Kind::Goal),
    ("words", Kind::Words),
    ("text", Kind::Words),
];

impl Kind {
    /// The kind of every question without a mark.
    fn of_form(fields: &OwnFields) -> Self {
        match fields.kind.as_str() {
            "yes_no" => Self::YesNo,
            "numeric" => Self::Numeric,
            "line" => Self::Line,
            "goal" => Self::Goal,
            _ => Self::Choice,
        }
    }
}

/// A question without the marks before it.
struct Marked<'a> {
    text: &'a str,
    kind: Option<Kind>,
    reversed: bool,
}

/// Takes the marks off a line: `(r)` where the answer counts the other way round, and the kind of its answer.
fn marked(line: &str) -> Marked<'_> {
    let mut found = Marked { text: line.trim(), kind: None, reversed: false };
    while let Some((mark, rest)) = found.text.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        let mark = mark.trim().to_lowercase();
        let kind = MARKS.iter().find(|(name, _)| *name == mark).map(|(_, kind)| *kind);
        match kind {
            Some(kind) => found.kind = Some(kind),
            None if mark == "r" => found.reversed = true,
            // Brackets that are part of the question.
            None => break,
        }
        found.text = rest.trim();
    }
    found
}

fn questions(fields: &OwnFields, has_spanish: bool, faults: &mut Faults) -> (Vec<NewItem>, Vec<String>) {
    let spanish = lines(&fields.questions_es);
    let typed = lines(&fields.questions);
    let (mut items, mut reverse) = (Vec::new(), Vec::new());
    if typed.is_empty() {
        faults.at("questions", 0, "is empty");
    }
    if typed.len() > MOST_QUESTIONS {
        faults.at("questions", MOST_QUESTIONS, "are too many");
    }
    if has_spanish && spanish.len() != typed.len() {
        faults.at("questions_es", spanish.len().min(typed.len()), "the number of lines differs from the English one");
    }
    let usual = Kind::of_form(fields);
    let typed: Vec<Marked<'_>> = typed.into_iter().map(marked).collect();
    let has_options = typed.iter().any(|line| line.kind.unwrap_or(usual) == Kind::Choice);
    let options = if has_options { options(fields, has_spanish, faults) } else { Vec::new() };
    for (place, line) in typed.into_iter().enumerate() {
        let id = (place + 1).to_string();
        let kind = line.kind.unwrap_or(usual);
        if line.text.is_empty() {
            faults.at("questions", place, "has no question");
            continue;
        }
        match (line.reversed, kind) {
            (true, Kind::Words) => faults.at("questions", place, "words are not scored; remove (r)"),
            (true, _) => reverse.push(id.clone()),
            (false, _) => {}
        }
        let twin = spanish.get(place).map(|twin| marked(twin).text).filter(|_| has_spanish);
        let parts: Vec<&str> = line.text.split('|').map(str::trim).collect();
        let twins: Vec<&str> = twin.unwrap_or_default().split('|').map(str::trim).collect();
        let part = |place: usize| both(parts[place], twin.and(twins.get(place).copied()));
        let answer = match kind {
            Kind::Numeric => NewAnswer::Number { min: 0, max: 10 },
            Kind::Goal => NewAnswer::Goal,
            Kind::Words => NewAnswer::Words,
            Kind::YesNo => NewAnswer::Choice(yes_no(has_spanish)),
            Kind::Choice => NewAnswer::Choice(options.clone()),
            Kind::Line if parts.len() == 3 && !parts.contains(&"") => NewAnswer::Line { low: part(1), high: part(2) },
            Kind::Line => {
                faults.at("questions", place, "write it as question | left end | right end");
                continue;
            }
        };
        let scored = if kind == Kind::Words { Scored::No } else { Scored::Yes };
        items.push(NewItem {
            id,
            label: parts[0].chars().take(40).collect(),
            text: part(0),
            answer,
            scored,
            loinc: None,
        });
    }
    (items, reverse)
}

/// Question numbers, separated by commas.
fn numbers(text: &str, questions: usize) -> Option<Vec<String>> {
    text.split(',')
        .map(|number| {
            let number: usize = number.trim().parse().ok()?;
            (1..=questions).contains(&number).then(|| number.to_string())
        })
        .collect()
}

fn slug(text: &str) -> String {
    let plain: String = text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    plain.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

fn scales(fields: &OwnFields, items: &[NewItem], reverse: &[String], faults: &mut Faults) -> Vec<NewScale> {
    let counts = |item: &&NewItem| item.scored == Scored::Yes;
    let all: Vec<String> = items.iter().filter(counts).map(|item| item.id.clone()).collect();
    if all.is_empty() && !items.is_empty() {
        faults.at("questions", 0, "every question is answered in words; give one with a score");
    }
    let prorate = match fields.prorate.trim() {
        "" => None,
        text => text.parse::<u32>().map_or_else(
            |_| {
                faults.at("prorate", 0, "is not a whole number");
                None
            },
            |at_most| Some(at_most).filter(|at_most| *at_most > 0),
        ),
    };
    let mut weight = BTreeMap::new();
    for (place, line) in lines(&fields.weights).into_iter().enumerate() {
        let pair = line
            .split_once(':')
            .and_then(|(item, weight)| Some((numbers(item, items.len())?, weight.trim().parse().ok()?)));
        match pair {
            Some((ids, times)) => weight.extend(ids.into_iter().map(|id| (id, times))),
            None => faults.at("weights", place, "write it as question number: weight"),
        }
    }
    let mut bands = Vec::new();
    for (place, line) in lines(&fields.bands).into_iter().enumerate() {
        let band = line.split_once(char::is_whitespace).and_then(|(range, label)| {
            let (from, to) = range.split_once('-')?;
            Some((slug(label), from.trim().parse().ok()?, to.trim().parse().ok()?, label.trim().to_owned()))
        });
        match band {
            Some(band) => bands.push(band),
            None => faults.at("bands", place, "write it as from-to words"),
        }
    }
    let cutoff = match fields.cutoff.trim() {
        "" => None,
        text => text.parse().map_or_else(
            |_| {
                faults.at("cutoff", 0, "is not a number");
                None
            },
            Some,
        ),
    };
    let polarity = if fields.polarity == "higher_better" { Polarity::HigherBetter } else { Polarity::HigherWorse };
    let method = if fields.method == "mean" { Method::Mean } else { Method::Sum };
    let total = NewScale {
        id: "total".to_owned(),
        title: "Total".to_owned(),
        polarity,
        method,
        items: all,
        reverse: reverse.to_vec(),
        weight: weight.clone(),
        prorate,
        bands,
        cutoff,
        loinc: None,
    };
    let is_scored = |id: &String| total.items.contains(id);
    let mut subscales = Vec::new();
    for (place, line) in lines(&fields.subscales).into_iter().enumerate() {
        let pair = line.split_once(':').and_then(|(name, ids)| Some((name.trim(), numbers(ids, items.len())?)));
        let Some((name, ids)) = pair.filter(|(name, ids)| !slug(name).is_empty() && ids.iter().all(is_scored)) else {
            faults.at("subscales", place, "write it as name: numbers of scored questions");
            continue;
        };
        subscales.push(NewScale {
            id: slug(name),
            title: name.to_owned(),
            reverse: reverse.iter().filter(|id| ids.contains(id)).cloned().collect(),
            weight: weight.iter().filter(|(id, _)| ids.contains(id)).map(|(id, times)| (id.clone(), *times)).collect(),
            items: ids,
            bands: Vec::new(),
            cutoff: None,
            ..total.clone()
        });
    }
    [vec![total], subscales].concat()
}

fn risks(fields: &OwnFields, questions: usize, faults: &mut Faults) -> Vec<NewRisk> {
    let mut risk = Vec::new();
    for (place, line) in lines(&fields.risks).into_iter().enumerate() {
        let rule = line.split_once(':').and_then(|(item, steps)| {
            let item = numbers(item, questions)?.pop()?;
            let steps: Option<Vec<(i64, RiskLevel)>> = steps
                .split(',')
                .map(|step| {
                    let (from, level) = step.trim().split_once(char::is_whitespace)?;
                    Some((from.parse().ok()?, level.trim().parse().ok()?))
                })
                .collect();
            Some(NewRisk { item, steps: steps? })
        });
        match rule {
            Some(rule) => risk.push(rule),
            None => faults.at("risks", place, "write it as question number: value review, value urgent"),
        }
    }
    risk
}

/// One answer of a test case, as it is stored: a mark on a line in tenths.
fn answer_of(item: &NewItem, typed: &str) -> Option<i64> {
    match &item.answer {
        NewAnswer::Line { .. } => {
            let (whole, tenth) = typed.split_once('.').unwrap_or((typed, "0"));
            let tenth: i64 = Some(tenth).filter(|digits| digits.len() == 1)?.parse().ok()?;
            Some(whole.parse::<i64>().ok()? * 10 + tenth)
                .filter(|mark| (0..=instruments::VISUAL_ANALOGUE_MAX).contains(mark))
        }
        _ => typed.parse().ok(),
    }
}

fn cases(fields: &OwnFields, items: &[NewItem], faults: &mut Faults) -> Vec<NewExample> {
    let asked: Vec<usize> = (0..items.len()).filter(|place| items[*place].scored == Scored::Yes).collect();
    let mut cases = Vec::new();
    for (place, line) in lines(&fields.cases).into_iter().enumerate() {
        let case = line.rsplit_once('=').and_then(|(answers, expected)| {
            let typed: Vec<&str> = answers.split(',').map(str::trim).collect();
            if typed.len() != asked.len() {
                return None;
            }
            let mut answers = vec![None; items.len()];
            for (place, typed) in asked.iter().zip(typed) {
                if typed != "-" {
                    answers[*place] = Some(answer_of(&items[*place], typed)?);
                }
            }
            let expected = match expected.trim() {
                "none" => None,
                text => Some(text.parse::<f64>().ok()?),
            };
            Some(NewExample { title: format!("case {}", place + 1), answers, expected })
        });
        match case {
            Some(case) => cases.push(case),
            None => faults.at("cases", place, "write it as one answer per scored question, =, and the score or none"),
        }
    }
    if cases.is_empty() {
        faults.at("cases", 0, "give at least one test case");
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;
    use instruments::{ItemKind, Library, examples_failing};

    fn sleep() -> OwnFields {
        OwnFields {
            instrument_id: "sleep-diary".into(),
            own_title: "Sleep diary".into(),
            holder: "Harbor Lane Counseling".into(),
            raters: vec!["client".into()],
            time_frame: "past week".into(),
            questions: "How often did you lie awake?\n(r) How often did you wake rested?\nHow often did you think of not waking up?".into(),
            kind: "choice".into(),
            options: "0 = Never\n1 = Sometimes\n2 = Often".into(),
            method: "sum".into(),
            polarity: "higher_worse".into(),
            prorate: "1".into(),
            subscales: "Nights: 1, 2".into(),
            bands: "0-2 fine\n3-6 poor".into(),
            cutoff: "3".into(),
            risks: "3: 1 review, 2 urgent".into(),
            cases: "0, 2, 0 = 0\n2, 0, 2 = 6\n1, 1, - = 3\n-, -, - = none".into(),
            ..OwnFields::default()
        }
    }

    fn failing(fields: &OwnFields) -> Vec<String> {
        let file = read(fields, 2026).unwrap_or_else(|faults| panic!("{faults:?}")).to_toml();
        let library = Library::parse([("sleep-diary/1.toml", &file)]).unwrap_or_else(|error| panic!("{error}\n{file}"));
        examples_failing(library.current("sleep-diary").expect("read")).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_form_becomes_a_file_whose_test_cases_hold() {
        assert_eq!(failing(&sleep()), [""; 0]);
    }

    #[test]
    fn who_answers_stands_in_the_file() {
        let of = |raters: &[&str]| {
            let fields = OwnFields { raters: raters.iter().map(|one| (*one).to_owned()).collect(), ..sleep() };
            let file = read(&fields, 2026)?.to_toml();
            let library = Library::parse([("sleep-diary/1.toml", &file)]).expect("it reads");
            Ok::<_, Vec<String>>(library.current("sleep-diary").expect("read").raters.clone())
        };
        assert_eq!(of(&["clinician", "parent"]), Ok(vec![Rater::Clinician, Rater::Parent]));
        assert_eq!(of(&["client", "client"]), Ok(vec![Rater::Client]), "once");
        assert_eq!(of(&[]), Err(vec!["raters, line 1: choose who answers".to_owned()]));
        let unknown = of(&["client", "neighbour"]).expect_err("refused");
        assert!(unknown.len() == 1 && unknown[0].starts_with("raters, line 2:"), "{unknown:?}");
    }

    #[test]
    fn a_test_case_that_expects_something_else_fails() {
        let wrong = OwnFields { cases: "0, 2, 0 = 0\n2, 0, 2 = 6\n2, 1, 1 = 5".into(), ..sleep() };
        let found = failing(&wrong);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("case 3") && found[0].contains("value 5") && found[0].contains("value 4"),
            "{found:?}"
        );
    }

    #[test]
    fn every_kind_of_answer_is_scored() {
        let yes_no = OwnFields {
            kind: "yes_no".into(),
            bands: String::new(),
            cutoff: String::new(),
            prorate: String::new(),
            subscales: String::new(),
            risks: String::new(),
            cases: "1, 1, 1 = 2".into(),
            ..sleep()
        };
        assert_eq!(failing(&yes_no), [""; 0]);
        let numeric = OwnFields {
            kind: "numeric".into(),
            weights: "1: 3".into(),
            cases: "10, 10, 10 = 40".into(),
            ..yes_no.clone()
        };
        assert_eq!(failing(&numeric), [""; 0]);
        let mean =
            OwnFields { method: "mean".into(), weights: String::new(), cases: "1, 10, 3 = 1.33".into(), ..numeric };
        assert_eq!(failing(&mean), [""; 0]);
        let line = OwnFields {
            kind: "line".into(),
            method: "sum".into(),
            questions: "Rest | none | plenty\nWorry | none | plenty".into(),
            questions_es: "Descanso | nada | mucho\nPreocupación | nada | mucha".into(),
            cases: "7.3, 10 = 17.3".into(),
            ..mean
        };
        assert_eq!(failing(&line), [""; 0]);
    }

    #[test]
    fn one_form_may_mix_all_kinds_of_answers() {
        let mixed = OwnFields {
            questions: "How often did you lie awake?\n(r)(number) How rested are you?\n(yes/no) Did you nap?\n\
                        (line) How was the night? | awful | lovely\n(goal) How near are you to sleeping as you wish?\n\
                        (words) What woke you?"
                .into(),
            questions_es: "¿Cuánto tiempo despierto?\n¿Cuánto descanso?\n¿Durmió la siesta?\n¿Qué tal la noche? | fatal | muy bien\n\
                           ¿Cuánto le falta?\n¿Qué le despertó?"
                .into(),
            options_es: "0 = Nunca\n1 = A veces\n2 = A menudo".into(),
            prorate: String::new(),
            subscales: "Day: 2, 3".into(),
            bands: "0-10 fine\n10.1-33 poor".into(),
            cutoff: String::new(),
            risks: String::new(),
            // 2 + (10 - 4) + 1 + 7.3 + 5, and nothing for the words.
            cases: "2, 4, 1, 7.3, 5 = 21.3\n0, 10, 0, 0, 0 = 0\n2, 4, 1, 7.3, - = none".into(),
            ..sleep()
        };
        assert_eq!(failing(&mixed), [""; 0]);
        let file = read(&mixed, 2026).expect("reads").to_toml();
        let library = Library::parse([("sleep-diary/1.toml", &file)]).unwrap_or_else(|error| panic!("{error}\n{file}"));
        let made = library.current("sleep-diary").expect("read");
        assert_eq!((&made.items[4].kind, &made.items[5].kind), (&ItemKind::Goal, &ItemKind::Words));
        assert_eq!((made.scales[0].axis.max, made.scales[0].items.len(), made.scales[1].axis.max), (33.0, 5, 11.0));
        assert_eq!(made.items[3].text.get(Language::Es), "¿Qué tal la noche?");

        let faults = |change: fn(&mut OwnFields)| {
            let mut fields = mixed.clone();
            change(&mut fields);
            read(&fields, 2026).expect_err("refused").join("; ")
        };
        assert!(
            faults(|one| one.subscales = "Day: 2, 6".into()).contains("subscales, line 1:"),
            "words are not scored"
        );
        assert!(faults(|one| one.cases = "2, 4, 1, 7.3, 5, - = 21.3".into()).contains("cases, line 1:"));
        assert!(
            faults(|one| one.cases = "2, 4, 1, 10.1, 5 = 24.1".into()).contains("cases, line 1:"),
            "beyond the line"
        );
        let words = OwnFields { questions: "(text) How are you?".into(), questions_es: String::new(), ..mixed.clone() };
        let refused = read(&words, 2026).expect_err("refused").join("; ");
        assert!(refused.contains("every question is answered in words"), "{refused}");
        let brackets = marked("(very) tired?");
        assert_eq!((brackets.text, brackets.kind, brackets.reversed), ("(very) tired?", None, false));
    }

    #[test]
    fn every_fault_names_its_field_and_line() {
        let fields = OwnFields {
            options: "0 = Never\nOften".into(),
            bands: "none at all".into(),
            risks: "9: 1 review".into(),
            cases: "0, 0 = 0".into(),
            ..sleep()
        };
        let faults = read(&fields, 2026).expect_err("refused");
        for start in ["options, line 2:", "bands, line 1:", "risks, line 1:", "cases, line 1:"] {
            assert!(faults.iter().any(|fault| fault.starts_with(start)), "{start} {faults:?}");
        }
    }
}
