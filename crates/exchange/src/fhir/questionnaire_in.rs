//! A Questionnaire from elsewhere as an instrument of the practice's own. Choices with points, yes or no, lines, whole
//! numbers and words are taken; everything else is named with its reason. Scores are the sum of the questions with points: an
//! expression of another system is not run.

use super::{
    EARLIER_EXPRESSION, ENABLE_WHEN, EXPRESSION, ITEM_CONTROL, LOINC, MAX_VALUE, MIN_VALUE, ORDINAL, SCORE, STEM,
    TRANSLATION, WEIGHT,
};
use crate::instrument_file::{
    Method, NewAnswer, NewExample, NewInstrument, NewItem, NewOption, NewScale, NewSkip, Scored, Texts,
};
use instruments::{Language, Polarity, Rater};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untaken {
    /// The item's linkId; empty for the whole.
    pub link_id: String,
    /// Why, and what to do.
    pub reason: String,
}

impl std::fmt::Display for Untaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.link_id.is_empty() {
            f.write_str(&self.reason)
        } else {
            write!(f, "item {}: {}", self.link_id, self.reason)
        }
    }
}

/// A Questionnaire that was taken over.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The instrument; its file is [`NewInstrument::to_toml`].
    pub instrument: NewInstrument,
    /// What was left behind.
    pub untaken: Vec<Untaken>,
}

/// Reads a Questionnaire (JSON). `year` stands beside what is constructed.
pub fn read_questionnaire(content: &str, year: i32) -> Result<Taken, Vec<Untaken>> {
    let refuse = |reason: String| vec![Untaken { link_id: String::new(), reason }];
    let resource: Value = serde_json::from_str(content)
        .map_err(|error| refuse(format!("line {}, column {}: this is not JSON", error.line(), error.column())))?;
    if resource["resourceType"] != "Questionnaire" {
        return Err(refuse("resourceType: a Questionnaire is needed".to_owned()));
    }
    let mut reader = Reader::default_for(&resource);
    reader.duplicates()?;
    reader.items(&resource["item"], None);
    reader.finish(year)
}

struct Reader<'a> {
    resource: &'a Value,
    stem: Texts,
    items: Vec<NewItem>,
    /// linkId by item id.
    ids: BTreeMap<String, String>,
    skips: Vec<NewSkip>,
    scores: Vec<(String, Texts, Option<String>)>,
    untaken: Vec<Untaken>,
}

impl<'a> Reader<'a> {
    fn default_for(resource: &'a Value) -> Self {
        Self {
            resource,
            stem: Texts::new(),
            items: Vec::new(),
            ids: BTreeMap::new(),
            skips: Vec::new(),
            scores: Vec::new(),
            untaken: Vec::new(),
        }
    }

    fn leave(&mut self, link_id: &str, reason: impl Into<String>) {
        self.untaken.push(Untaken { link_id: link_id.to_owned(), reason: reason.into() });
    }

    /// No validator at hand finds a linkId that was given twice, and answers could not be told apart.
    fn duplicates(&self) -> Result<(), Vec<Untaken>> {
        fn walk<'v>(items: &'v Value, seen: &mut BTreeSet<&'v str>, twice: &mut Vec<Untaken>) {
            for item in items.as_array().into_iter().flatten() {
                let link_id = item["linkId"].as_str().unwrap_or_default();
                if !seen.insert(link_id) {
                    twice.push(Untaken {
                        link_id: link_id.to_owned(),
                        reason: "this linkId was given twice; give each item its own".to_owned(),
                    });
                }
                walk(&item["item"], seen, twice);
            }
        }
        let (mut seen, mut twice) = (BTreeSet::new(), Vec::new());
        walk(&self.resource["item"], &mut seen, &mut twice);
        if twice.is_empty() { Ok(()) } else { Err(twice) }
    }

    fn items(&mut self, items: &Value, group: Option<&Texts>) {
        for item in items.as_array().into_iter().flatten() {
            let link_id = item["linkId"].as_str().unwrap_or_default().to_owned();
            let text = texts(item, "text");
            match item["type"].as_str().unwrap_or_default() {
                "group" => {
                    let lead = if text.is_empty() { group } else { Some(&text) };
                    if self.stem.is_empty() && self.items.is_empty() {
                        self.stem.clone_from(&text);
                        self.items(&item["item"], None);
                    } else {
                        self.items(&item["item"], lead);
                    }
                    if item["repeats"] == true {
                        self.leave(&link_id, "the group repeats; its questions are asked once");
                    }
                }
                "display" if link_id == STEM || (self.stem.is_empty() && self.items.is_empty()) => self.stem = text,
                "display" => self.leave(&link_id, "text between questions is not shown"),
                _ if is_score(item) => {
                    let id = link_id.strip_prefix(SCORE).unwrap_or(&link_id);
                    self.scores.push((plain(id), text, code(item)));
                    if !link_id.starts_with(SCORE) {
                        self.leave(&link_id, "its expression is not run: the score is the sum of the questions with points; check it with a test case");
                    }
                }
                kind => self.question(item, kind, &link_id, text, group),
            }
        }
    }

    fn question(&mut self, item: &Value, kind: &str, link_id: &str, text: Texts, group: Option<&Texts>) {
        let read = match kind {
            "choice" | "open-choice" => self.choice(item, link_id),
            "boolean" => Ok((yes_no(), Scored::Yes)),
            "integer" => number(item),
            "string" | "text" => Ok((NewAnswer::Words, Scored::No)),
            other => {
                Err(format!("an answer of type {other} cannot be asked here; use choice, boolean, integer or text"))
            }
        };
        let (answer, scored) = match read {
            Ok(read) => read,
            Err(reason) => return self.leave(link_id, reason),
        };
        if text.is_empty() {
            return self.leave(link_id, "it has no text");
        }
        if item["repeats"] == true {
            self.leave(link_id, "it repeats; one answer is taken");
        }
        if kind == "open-choice" {
            self.leave(link_id, "answers in own words are not taken; the options are");
        }
        let text = match group {
            Some(lead) => text.iter().map(|(language, words)| (*language, lead_in(lead, *language, words))).collect(),
            None => text,
        };
        let mut id = plain(link_id);
        while self.ids.contains_key(&id) {
            id.push('_');
        }
        let label: String = text.get(&Language::En).map(|words| words.chars().take(40).collect()).unwrap_or_default();
        self.ids.insert(id.clone(), link_id.to_owned());
        self.items.push(NewItem { id: id.clone(), label, text, answer, scored, loinc: code(item) });
        self.enabling(item, link_id, &id);
        if item["item"].is_array() && !is_slider(item) {
            self.items(&item["item"], None);
        }
    }

    fn choice(&mut self, item: &Value, link_id: &str) -> Result<(NewAnswer, Scored), String> {
        let contained;
        let options: Vec<&Value> = if let Some(options) = item["answerOption"].as_array() {
            options.iter().collect()
        } else {
            let set = item["answerValueSet"].as_str().unwrap_or_default();
            contained = self.contained(set).ok_or_else(|| match set {
                "" => "it has no options".to_owned(),
                set => {
                    format!("its options are in {set}, which is not contained in the file; put them in as answerOption")
                }
            })?;
            contained.iter().collect()
        };
        let weights: Vec<Option<f64>> = options.iter().map(|option| weight(option)).collect();
        let whole: Option<Vec<i64>> = weights.iter().map(|weight| weight.and_then(whole)).collect();
        let distinct = whole.filter(|values| values.iter().collect::<BTreeSet<_>>().len() == values.len());
        let (values, scored) = if let Some(values) = distinct {
            (values, Scored::Yes)
        } else {
            if weights.iter().any(Option::is_some) {
                self.leave(
                    link_id,
                    "its points are not whole and different from one another; it is asked and not scored",
                );
            }
            ((0..).take(options.len()).collect(), Scored::No)
        };
        let options: Vec<NewOption> = options
            .iter()
            .zip(values)
            .map(|(option, value)| {
                let coding = &option["valueCoding"];
                let label = match coding {
                    Value::Object(_) => texts(coding, "display"),
                    _ => plain_text(&option["valueString"])
                        .or_else(|| plain_text(&option["valueInteger"]))
                        .unwrap_or_default(),
                };
                let code = coding["code"].as_str();
                let label = if label.is_empty() { one_text(code.unwrap_or_default()) } else { label };
                let loinc = code.filter(|_| coding["system"] == LOINC).map(str::to_owned);
                NewOption { value, label, loinc }
            })
            .collect();
        if options.len() < 2 {
            Err("it has fewer than two options".to_owned())
        } else {
            Ok((NewAnswer::Choice(options), scored))
        }
    }

    /// The options of a value set that is contained in the file.
    fn contained(&self, set: &str) -> Option<Vec<Value>> {
        let id = set.strip_prefix('#')?;
        let set = self.resource["contained"].as_array()?.iter().find(|one| one["id"] == id)?;
        let expanded = set["expansion"]["contains"].as_array().cloned();
        let concepts = expanded.or_else(|| {
            let include = set["compose"]["include"].as_array()?;
            let all = include.iter().flat_map(|part| {
                let system = part["system"].clone();
                part["concept"].as_array().cloned().unwrap_or_default().into_iter().map(move |mut concept| {
                    concept["system"] = system.clone();
                    concept
                })
            });
            Some(all.collect())
        })?;
        let as_option =
            |concept: Value| serde_json::json!({ "extension": concept["extension"], "valueCoding": concept });
        Some(concepts.into_iter().map(as_option).collect())
    }

    fn enabling(&mut self, item: &Value, link_id: &str, id: &str) {
        if extension(item, ENABLE_WHEN).is_some() {
            self.leave(link_id, "the expression that hides it is not run: it is always asked");
        }
        let Some(rules) = item["enableWhen"].as_array().filter(|rules| !rules.is_empty()) else { return };
        let terms: Option<Vec<String>> = rules.iter().map(|rule| self.term(rule)).collect();
        let Some(terms) = terms else {
            return self.leave(link_id, "the condition that hides it cannot be said here: it is always asked");
        };
        let joined = terms.join(if item["enableBehavior"] == "all" { " and " } else { " or " });
        self.skips.push(NewSkip { items: vec![id.to_owned()], when: format!("not ({joined})"), counts_as: None });
    }

    fn term(&self, rule: &Value) -> Option<String> {
        let question = rule["question"].as_str()?;
        let (id, _) = self.ids.iter().find(|(_, link_id)| link_id.as_str() == question)?;
        let operator = rule["operator"].as_str().filter(|sign| ["=", "!=", "<", ">", "<=", ">="].contains(sign))?;
        let value = match (rule["answerBoolean"].as_bool(), rule["answerInteger"].as_i64(), &rule["answerCoding"]) {
            (Some(yes), ..) => i64::from(yes),
            (_, Some(value), _) => value,
            (_, _, coding) => {
                let item = self.items.iter().find(|item| item.id == *id)?;
                let NewAnswer::Choice(options) = &item.answer else { return None };
                let code = coding["code"].as_str()?;
                let by_code = options.iter().find(|option| option.loinc.as_deref() == Some(code));
                by_code.map(|option| option.value).or_else(|| code.parse().ok())?
            }
        };
        Some(format!("#{id} {operator} {value}"))
    }

    fn finish(mut self, year: i32) -> Result<Taken, Vec<Untaken>> {
        if self.items.is_empty() {
            self.leave("", "no question of it can be taken");
            return Err(self.untaken);
        }
        let resource = self.resource;
        let title =
            resource["title"].as_str().or_else(|| resource["name"].as_str()).unwrap_or("Questionnaire").to_owned();
        let id = id_of(resource, &title);
        let languages = languages(&self);
        let keep = |texts: &mut Texts| texts.retain(|language, _| languages.contains(language));
        keep(&mut self.stem);
        for item in &mut self.items {
            keep(&mut item.text);
            match &mut item.answer {
                NewAnswer::Choice(options) => options.iter_mut().for_each(|option| keep(&mut option.label)),
                NewAnswer::Line { low, high } => {
                    keep(low);
                    keep(high);
                }
                NewAnswer::Number { .. } | NewAnswer::Goal | NewAnswer::Words => {}
            }
        }
        let scored: Vec<String> =
            self.items.iter().filter(|item| item.scored == Scored::Yes).map(|item| item.id.clone()).collect();
        let countable = self.items.iter().filter(|item| item.answer != NewAnswer::Words);
        let items: Vec<String> =
            if scored.is_empty() { countable.map(|item| item.id.clone()).collect() } else { scored };
        if items.is_empty() {
            self.leave("", "every question of it is answered in words; give it one with points");
            return Err(self.untaken);
        }
        if self.scores.len() > 1 {
            self.leave("", "it has several scores; only one total is made, write the others into the file");
        }
        let (score, score_title, loinc) =
            self.scores.first().cloned().unwrap_or_else(|| ("total".to_owned(), one_text("Total"), None));
        let scale = NewScale {
            id: if score.is_empty() { "total".to_owned() } else { score },
            title: score_title.get(&Language::En).cloned().unwrap_or_else(|| "Total".to_owned()),
            polarity: Polarity::HigherWorse,
            method: Method::Sum,
            items,
            reverse: Vec::new(),
            weight: BTreeMap::new(),
            prorate: None,
            bands: Vec::new(),
            cutoff: None,
            loinc,
        };
        self.leave("", "bands, cut-offs, missing-data and risk rules are not part of a Questionnaire: add them, and look for questions about danger");
        let copyright = resource["copyright"].as_str().unwrap_or("Not stated in the file; check before use").to_owned();
        let mut instrument = NewInstrument {
            id,
            short_name: title.clone(),
            title,
            citation: resource["url"].as_str().unwrap_or("FHIR Questionnaire").to_owned(),
            population: "Not stated".to_owned(),
            raters: vec![Rater::Client],
            time_frame: "as asked".to_owned(),
            holder: resource["publisher"].as_str().unwrap_or("Not stated").to_owned(),
            terms: copyright,
            loinc: code(resource),
            notes: vec!["Taken over from a FHIR Questionnaire; higher is read as worse.".to_owned()],
            languages: languages.into_iter().map(|language| (language, "FHIR Questionnaire".to_owned())).collect(),
            stem: self.stem,
            items: self.items,
            skips: self.skips,
            scales: vec![scale],
            risk: Vec::new(),
            examples: Vec::new(),
            year,
        };
        instrument.examples = ends(&instrument);
        Ok(Taken { instrument, untaken: self.untaken })
    }
}

/// Test cases to begin with: everything at its lowest, at its highest, and one question of the score left out.
fn ends(instrument: &NewInstrument) -> Vec<NewExample> {
    let case = |title: &str, pick: fn((i64, i64)) -> i64| {
        let answered = |item: &NewItem| (item.answer != NewAnswer::Words).then(|| pick(item.answer.ends()));
        let answers: Vec<Option<i64>> = instrument.items.iter().map(answered).collect();
        let expected = instrument.scales.first().and_then(|scale| instrument.compute(scale, &answers).0);
        NewExample { title: title.to_owned(), answers, expected }
    };
    let mut left_out = case("one left out", |(low, _)| low);
    let counted = |item: &NewItem| instrument.scales.first().is_some_and(|scale| scale.items.contains(&item.id));
    if let Some(place) = instrument.items.iter().position(counted) {
        left_out.answers[place] = None;
        left_out.expected = None;
    }
    vec![case("lowest", |(low, _)| low), case("highest", |(_, high)| high), left_out]
}

/// English, and every other language that all texts have.
fn languages(reader: &Reader<'_>) -> Vec<Language> {
    let has = |language: Language| {
        let words = |texts: &Texts| texts.get(&language).is_some_and(|words| !words.trim().is_empty());
        (reader.stem.is_empty() || words(&reader.stem))
            && reader.items.iter().all(|item| {
                words(&item.text)
                    && match &item.answer {
                        NewAnswer::Choice(options) => options.iter().all(|option| words(&option.label)),
                        NewAnswer::Line { low, high } => words(low) && words(high),
                        NewAnswer::Number { .. } | NewAnswer::Goal | NewAnswer::Words => true,
                    }
            })
    };
    Language::ALL.iter().copied().filter(|language| *language == Language::En || has(*language)).collect()
}

fn id_of(resource: &Value, title: &str) -> String {
    let wished = resource["id"].as_str().unwrap_or(title).to_lowercase();
    let id: String =
        wished.chars().map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' }).collect();
    let id = id.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if id.is_empty() { "questionnaire".to_owned() } else { id.chars().take(50).collect() }
}

/// An item id of ours: letters, digits, underscores.
fn plain(link_id: &str) -> String {
    let id: String = link_id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    id.trim_matches('_').to_owned()
}

fn lead_in(lead: &Texts, language: Language, words: &str) -> String {
    lead.get(&language).map_or_else(|| words.to_owned(), |lead| format!("{lead} {words}"))
}

fn one_text(words: &str) -> Texts {
    Texts::from([(Language::En, words.to_owned())])
}

fn plain_text(value: &Value) -> Option<Texts> {
    value.as_str().map(one_text).or_else(|| value.as_i64().map(|number| one_text(&number.to_string())))
}

/// A text with its translations. What says no language is English here.
fn texts(of: &Value, key: &str) -> Texts {
    let mut texts = of[key].as_str().map(one_text).unwrap_or_default();
    for translation in of[format!("_{key}")]["extension"].as_array().into_iter().flatten() {
        if translation["url"] == TRANSLATION {
            let part = |url: &str, value: &str| {
                let parts = translation["extension"].as_array()?;
                parts.iter().find(|part| part["url"] == url)?[value].as_str().map(str::to_owned)
            };
            let language = part("lang", "valueCode").and_then(|code| code.get(..2)?.parse().ok());
            if let (Some(language), Some(words)) = (language, part("content", "valueString")) {
                texts.insert(language, words);
            }
        }
    }
    texts
}

fn extension<'v>(of: &'v Value, url: &str) -> Option<&'v Value> {
    of["extension"].as_array()?.iter().find(|one| one["url"] == url)
}

fn code(of: &Value) -> Option<String> {
    let codes = of["code"].as_array()?;
    codes.iter().find(|code| code["system"] == LOINC)?["code"].as_str().map(str::to_owned)
}

fn is_score(item: &Value) -> bool {
    item["readOnly"] == true || extension(item, EXPRESSION).or_else(|| extension(item, EARLIER_EXPRESSION)).is_some()
}

fn is_slider(item: &Value) -> bool {
    extension(item, ITEM_CONTROL).is_some_and(|control| {
        control["valueCodeableConcept"]["coding"]
            .as_array()
            .is_some_and(|codes| codes.iter().any(|one| one["code"] == "slider"))
    })
}

/// Points of an option, wherever they stand.
fn weight(option: &Value) -> Option<f64> {
    [option, &option["valueCoding"]].into_iter().find_map(|place| {
        let found = extension(place, ORDINAL).or_else(|| extension(place, WEIGHT))?;
        found["valueDecimal"].as_f64()
    })
}

/// A figure that is a whole number.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= 1_000_000.0).then_some(number as i64)
}

fn yes_no() -> NewAnswer {
    let option = |value, english: &str, spanish: &str| NewOption {
        value,
        label: Texts::from([(Language::En, english.to_owned()), (Language::Es, spanish.to_owned())]),
        loinc: None,
    };
    NewAnswer::Choice(vec![option(0, "No", "No"), option(1, "Yes", "Sí")])
}

fn number(item: &Value) -> Result<(NewAnswer, Scored), String> {
    let end = |url: &str| extension(item, url).and_then(|one| one["valueInteger"].as_i64());
    let (min, max) = (end(MIN_VALUE), end(MAX_VALUE));
    if is_slider(item) {
        if (min, max) != (Some(0), Some(instruments::VISUAL_ANALOGUE_MAX)) {
            return Err("a slider is taken with minValue 0 and maxValue 100".to_owned());
        }
        let words = |name: &str| {
            let ends = item["item"].as_array()?;
            let is_end = |one: &&Value| {
                extension(one, ITEM_CONTROL).is_some_and(|control| {
                    control["valueCodeableConcept"]["coding"]
                        .as_array()
                        .is_some_and(|codes| codes.iter().any(|one| one["code"] == name))
                })
            };
            Some(texts(ends.iter().find(is_end)?, "text"))
        };
        let (low, high) = (words("lower").unwrap_or_default(), words("upper").unwrap_or_default());
        if low.is_empty() || high.is_empty() {
            return Err(
                "a slider needs display items with the controls lower and upper for the words at its ends".to_owned()
            );
        }
        return Ok((NewAnswer::Line { low, high }, Scored::Yes));
    }
    match (min, max) {
        (Some(min), Some(max)) if min < max && max - min <= 400 => Ok((NewAnswer::Number { min, max }, Scored::Yes)),
        _ => Err("a whole number needs minValue and maxValue, at most 400 apart".to_owned()),
    }
}
