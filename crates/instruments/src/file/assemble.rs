//! From the shape of the file to an [`Instrument`]: references are looked up, formulas read, short forms written out.

use std::collections::BTreeMap;

use super::{
    ExampleAnswer, ExampleFile, ExampleWord, InstrumentFile, ItemFile, KindFile, MethodFile, MissingFile,
    MissingRuleFile, Problems, ReadingFile, ScaleFile, SkipWord, source,
};
use crate::{
    Answer, AnswerOption, Axis, Context, Example, Formula, Instrument, Item, ItemKind, MissingRule, Offered, Points,
    Reading, Rounding, Scale, ScaleItem, ScaleMethod, ScaleRole, Skip, SkipOutcome, Text,
    formula::parse::{Names, parse},
};

pub(super) fn instrument(file: InstrumentFile, content_hash: String, problems: &mut Problems<'_>) -> Instrument {
    let shared = options(file.option, &file.offers);
    let numbered = (1..=file.numbered.unwrap_or_default()).map(|number| ItemFile {
        id: number.to_string(),
        label: Text::default(),
        text: Text::default(),
        kind: None,
        low: Text::default(),
        high: Text::default(),
        min: None,
        max: None,
        option: Vec::new(),
        offers: Vec::new(),
        allow_decline: None,
        unscored: false,
        context: None,
        loinc: None,
        same_as: None,
    });
    let files: Vec<ItemFile> = numbered.chain(file.item).collect();
    let scored: Vec<String> =
        files.iter().filter(|item| item.is_scored(file.kind)).map(|item| item.id.clone()).collect();
    let mut items: Vec<Item> =
        files.into_iter().map(|item| one_item(item, file.kind, file.allow_decline, &shared, problems)).collect();

    let ids: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
    let mut skips = Vec::new();
    for (number, skip) in file.skip.into_iter().enumerate() {
        let key = format!("skip[{}]", number + 1);
        let outcome = match (skip.then, skip.value) {
            (SkipWord::NotApplicable, None) => SkipOutcome::NotApplicable,
            (SkipWord::CountsAs, Some(value)) => SkipOutcome::CountsAs(value),
            (SkipWord::NotApplicable, Some(_)) => {
                problems.add(format!("{key}.value"), "only `counts_as` has it; remove it");
                SkipOutcome::NotApplicable
            }
            (SkipWord::CountsAs, None) => {
                problems.add(format!("{key}.value"), "say as which value it counts");
                SkipOutcome::NotApplicable
            }
        };
        let names = Names { items: &ids, scales: &[], values: &BTreeMap::new() };
        let Some(when) = formula(&format!("{key}.when"), &skip.when, &names, problems) else {
            continue;
        };
        let mut asked = Vec::new();
        when.tree.items(&mut asked);
        for index in positions(&format!("{key}.items"), &skip.items, &ids, problems) {
            if asked.iter().any(|earlier| *earlier >= index) {
                problems.add(format!("{key}.when"), "may only ask for items that stand before the skipped ones");
            } else if items[index].skip.is_some() {
                problems.add(format!("{key}.items"), format!("item {} has a skip rule already", ids[index]));
            } else {
                items[index].skip = Some(skips.len());
            }
        }
        skips.push(Skip { when, outcome });
    }

    let mut scales = Vec::new();
    for (number, one) in file.scale.into_iter().enumerate() {
        let role = one.role.unwrap_or(if number == 0 { ScaleRole::Total } else { ScaleRole::Subscale });
        scales.push(scale(one, role, &items, &ids, &scored, problems));
    }
    let scale_ids: Vec<String> = scales.iter().map(|scale| scale.id.clone()).collect();
    let values = readings(file.values, &ids, &scale_ids, problems);

    let mut instrument = Instrument {
        id: file.id,
        aliases: file.aliases,
        version: file.version,
        structure: 1,
        title: file.title,
        short_name: file.short_name,
        citation: file.citation,
        population: file.population,
        ages: file.ages,
        raters: file.raters,
        licence: file.licence,
        languages: file.languages,
        time_frame: file.time_frame,
        stem: file.stem,
        scales,
        items,
        skips,
        values,
        risk: file.risk,
        step: file.step,
        loinc: file.loinc,
        notes: file.notes,
        examples: file.example.into_iter().map(example).collect(),
        content_hash,
        wording_hashes: BTreeMap::new(),
    };
    source::resolve(&mut instrument, &file.sources, problems);
    instrument
}

impl ItemFile {
    /// Whether a scale that names no items counts it.
    fn is_scored(&self, kind: KindFile) -> bool {
        !self.unscored && self.context.is_none() && self.kind.unwrap_or(kind) != KindFile::Words
    }
}

fn options(written: Vec<AnswerOption>, values: &[i64]) -> Vec<AnswerOption> {
    let short = values.iter().map(|&value| AnswerOption { value, label: Text::default(), loinc: None });
    written.into_iter().chain(short).collect()
}

fn one_item(
    file: ItemFile,
    kind: KindFile,
    allow_decline: bool,
    shared: &[AnswerOption],
    problems: &mut Problems<'_>,
) -> Item {
    let key = format!("item[{}]", file.id);
    let kind = file.kind.unwrap_or(kind);
    if kind != KindFile::Choice && !(file.option.is_empty() && file.offers.is_empty()) {
        problems.add(key.clone(), "only a choice has options");
    }
    if kind != KindFile::Number && (file.min.is_some() || file.max.is_some()) {
        problems.add(key.clone(), "only a number has min and max");
    }
    let own = options(file.option, &file.offers);
    let kind = match kind {
        KindFile::Line => ItemKind::VisualAnalogue { low: file.low, high: file.high },
        KindFile::Choice => ItemKind::Choice(if own.is_empty() { shared.to_vec() } else { own }),
        KindFile::Number => {
            if file.min.is_none() || file.max.is_none() {
                problems.add(key, "a number needs min and max");
            }
            ItemKind::Number { min: file.min.unwrap_or_default(), max: file.max.unwrap_or_default() }
        }
        KindFile::Goal => ItemKind::Goal,
        KindFile::Words => ItemKind::Words,
    };
    Item {
        id: file.id,
        label: file.label,
        text: file.text,
        kind,
        allow_decline: file.allow_decline.unwrap_or(allow_decline),
        context: file.context,
        skip: None,
        loinc: file.loinc,
        same_as: file.same_as,
    }
}

/// Positions of items given by id or as a range `1..5`.
fn positions(key: &str, list: &[String], ids: &[String], problems: &mut Problems<'_>) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for entry in list {
        let (from, to) = entry.split_once("..").unwrap_or((entry, entry));
        let position = |id: &str| ids.iter().position(|item| item == id);
        match (position(from), position(to)) {
            (Some(start), Some(end)) if start <= end => {
                for (index, id) in ids.iter().enumerate().take(end + 1).skip(start) {
                    if found.contains(&index) {
                        problems.add(key, format!("item {id} is listed twice"));
                    }
                    found.push(index);
                }
            }
            (Some(_), Some(_)) => problems.add(key, format!("{entry} goes backwards")),
            (None, _) => problems.add(key, format!("there is no item {from}")),
            (_, None) => problems.add(key, format!("there is no item {to}")),
        }
    }
    found
}

fn formula(key: &str, text: &str, names: &Names<'_>, problems: &mut Problems<'_>) -> Option<Formula> {
    parse(text, names).map_err(|reason| problems.add(key, reason)).ok()
}

fn scale(
    file: ScaleFile,
    role: ScaleRole,
    items: &[Item],
    ids: &[String],
    scored: &[String],
    problems: &mut Problems<'_>,
) -> Scale {
    let key = |part: &str| format!("scale[{}].{part}", file.id);
    let members = positions(&key("items"), file.items.as_deref().unwrap_or(scored), ids, problems);
    let mut points: BTreeMap<usize, Points> = BTreeMap::new();
    let mut given = |part: &str, index: usize, rule: Points, problems: &mut Problems<'_>| {
        if !members.contains(&index) {
            problems.add(key(part), format!("item {} is not one of this scale's items", ids[index]));
        } else if points.insert(index, rule).is_some() {
            problems.add(key(part), format!("item {} has another rule already", ids[index]));
        }
    };
    // What is reversed may be weighted as well.
    let reversed = positions(&key("reverse"), &file.reverse, ids, problems);
    let mut weighted = Vec::new();
    for (id, weight) in &file.weight {
        for index in positions(&key("weight"), std::slice::from_ref(id), ids, problems) {
            weighted.push(index);
            let (low, high) = items[index].range();
            let (base, per_step) =
                if reversed.contains(&index) { (weight * (low + high), -weight) } else { (0, *weight) };
            given("weight", index, Points::Linear { base, per_step }, problems);
        }
    }
    for index in reversed.into_iter().filter(|index| !weighted.contains(index)) {
        let (low, high) = items[index].range();
        given("reverse", index, Points::Linear { base: low + high, per_step: -1 }, problems);
    }
    for recode in &file.recode {
        for index in positions(&key("recode"), &recode.items, ids, problems) {
            for (value, _) in recode.points.iter().filter(|(value, _)| !items[index].offers(*value)) {
                problems.add(key("recode"), format!("item {} does not offer {value}", ids[index]));
            }
            given("recode", index, Points::Table(recode.points.clone()), problems);
        }
    }
    for count in &file.count {
        for index in positions(&key("count"), &count.items, ids, problems) {
            given("count", index, Points::From(count.at_least), problems);
        }
    }
    if (file.method == MethodFile::Count) == file.count.is_empty() {
        problems.add(key("count"), "`method = \"count\"` and `count` belong together");
    }
    if (file.method == MethodFile::Table) == file.table.is_empty() {
        problems.add(key("table"), "`method = \"table\"` and `table` belong together");
    }
    if (file.method == MethodFile::Formula) != file.formula.is_some() {
        problems.add(key("formula"), "`method = \"formula\"` and `formula` belong together");
    }
    let names = Names { items: ids, scales: &[], values: &BTreeMap::new() };
    let read = file.formula.as_ref().and_then(|text| formula(&key("formula"), text, &names, problems));
    let method = match read {
        Some(formula) => ScaleMethod::Formula(formula),
        None if file.method == MethodFile::Table => ScaleMethod::Table(file.table),
        None if file.method == MethodFile::Licensed => ScaleMethod::Licensed,
        None => ScaleMethod::Sum,
    };
    let mean = if file.method == MethodFile::Mean { i64::try_from(members.len().max(1)).unwrap_or(1) } else { 1 };
    for cutoff in &file.cutoff {
        if cutoff.applies.as_ref().is_some_and(|condition| condition.0.is_none()) {
            problems.add(
                key(&format!("cutoff[{}].applies", cutoff.id)),
                "cannot be read; it is a formula over @sex and @age, such as \"@age >= 18\"",
            );
        }
    }
    let members = members
        .into_iter()
        .map(|index| ScaleItem {
            index,
            points: points.remove(&index).unwrap_or(Points::Linear { base: 0, per_step: 1 }),
            offered: offered(&items[index].kind),
        })
        .collect();
    let missing = missing(&file.missing, &file.id, problems);
    Scale {
        id: file.id,
        role,
        title: file.title,
        polarity: file.polarity,
        axis: Axis { min: file.range[0], max: file.range[1], decimals: file.decimals },
        items: members,
        method,
        multiply_by: file.multiply_by,
        divide_by: file.divide_by.saturating_mul(mean),
        rounding: file.rounding.unwrap_or(Rounding::HalfUp),
        missing,
        missing_source: file.missing.source,
        bands: file.band,
        cutoffs: file.cutoff,
        reliable_change: file.reliable_change,
        reliable_change_alternatives: file.reliable_change_alternative,
        response: file.response,
        remission: file.remission,
        mcid: file.mcid,
        measurement_error: file.measurement_error,
        alliance: file.alliance,
        loinc: file.loinc,
    }
}

fn offered(kind: &ItemKind) -> Offered {
    match kind {
        ItemKind::VisualAnalogue { .. } => Offered::Between(0, crate::VISUAL_ANALOGUE_MAX),
        ItemKind::Number { min, max } => Offered::Between(*min, *max),
        ItemKind::Goal => Offered::Between(0, crate::GOAL_MAX),
        ItemKind::Words => Offered::Between(crate::WRITTEN, crate::WRITTEN),
        ItemKind::Choice(options) if options.iter().all(|option| (0..64).contains(&option.value)) => {
            Offered::Bits(options.iter().fold(0, |bits, option| bits | 1 << option.value))
        }
        ItemKind::Choice(options) => Offered::List(options.iter().map(|option| option.value).collect()),
    }
}

fn missing(file: &MissingFile, scale: &str, problems: &mut Problems<'_>) -> MissingRule {
    let key = |part: &str| format!("scale[{scale}].missing.{part}");
    if file.optional && file.rule != MissingRuleFile::Prorate {
        problems.add(key("optional"), "only the rule `prorate` has it; remove it");
    }
    if file.over_form && file.rule != MissingRuleFile::Zero {
        problems.add(key("over_form"), "only the rule `zero` has it; remove it");
    }
    match (file.rule, file.at_most) {
        (MissingRuleFile::Complete, None) => MissingRule::Complete,
        (MissingRuleFile::Prorate, Some(at_most)) => MissingRule::Prorate { at_most, optional: file.optional },
        (MissingRuleFile::Zero, Some(at_most)) => MissingRule::Zero { at_most, over_form: file.over_form },
        (MissingRuleFile::Complete, Some(_)) => {
            problems.add(key("at_most"), "only the rules `prorate` and `zero` have it; remove it");
            MissingRule::Complete
        }
        (MissingRuleFile::Prorate | MissingRuleFile::Zero, None) => {
            problems.add(key("at_most"), "say how many missing items may be replaced");
            MissingRule::Complete
        }
    }
}

/// Reads the values. One may use another by name, wherever it stands.
fn readings(
    files: BTreeMap<String, ReadingFile>,
    items: &[String],
    scales: &[String],
    problems: &mut Problems<'_>,
) -> Vec<(String, Reading)> {
    let mut read: BTreeMap<String, Formula> = BTreeMap::new();
    let mut groups: BTreeMap<String, Vec<(String, Formula)>> = BTreeMap::new();
    let mut open: Vec<(String, String)> = Vec::new();
    for (name, file) in files {
        match file {
            ReadingFile::One(text) => open.push((name, text)),
            ReadingFile::Group(parts) => {
                let values = BTreeMap::new();
                let names = Names { items, scales, values: &values };
                let parts = parts.into_iter().filter_map(|(part, text)| {
                    Some((part.clone(), formula(&format!("values.{name}.{part}"), &text, &names, problems)?))
                });
                groups.insert(name.clone(), parts.collect());
            }
        }
    }
    loop {
        let before = open.len();
        open.retain(|(name, text)| match parse(text, &Names { items, scales, values: &read }) {
            Ok(formula) => {
                read.insert(name.clone(), formula);
                false
            }
            Err(_) => true,
        });
        if open.len() == before {
            break;
        }
    }
    for (name, text) in open {
        formula(&format!("values.{name}"), &text, &Names { items, scales, values: &read }, problems);
    }
    let mut all: Vec<(String, Reading)> =
        read.into_iter().map(|(name, formula)| (name, Reading::One(formula))).collect();
    all.extend(groups.into_iter().map(|(name, parts)| (name, Reading::Group(parts))));
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all
}

fn example(file: ExampleFile) -> Example {
    let answers = file.answers.into_iter().map(|answer| match answer {
        ExampleAnswer::Value(value) => Some(Answer::Value(value)),
        ExampleAnswer::Word(ExampleWord::Declined) => Some(Answer::Declined),
        ExampleAnswer::Word(ExampleWord::Skipped) => None,
    });
    Example {
        title: file.title,
        context: Context { sex: file.context.sex, age: file.context.age },
        answers: answers.collect(),
        scores: file.scores,
        risk: file.risk,
    }
}
