//! Scores and skip rules as `FHIRPath` over a `QuestionnaireResponse`. A score is given for complete answers only: FHIR has no
//! word for a missing-data rule, and a partial sum would be a wrong score.

use instruments::{Instrument, ItemKind, Points, Rounding, Scale, ScaleMethod, SkipOutcome};
use std::collections::BTreeMap;

fn answers(ids: &[&str]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
    match quoted.as_slice() {
        [one] => format!("%resource.item.where(linkId = {one}).answer"),
        many => format!("%resource.item.where(linkId in ({})).answer", many.join(" | ")),
    }
}

/// The points of the answers to these items, which are all of one kind.
fn points(instrument: &Instrument, ids: &[&str]) -> String {
    let is_choice =
        ids.iter().any(|id| instrument.item(id).is_some_and(|item| matches!(item.kind, ItemKind::Choice(_))));
    format!("{}.value{}", answers(ids), if is_choice { ".weight()" } else { "" })
}

/// How an answer is turned into points, as far as items can share one expression.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Steps(bool, i64),
    Table(bool, Vec<(i64, i64)>),
    From(bool, i64),
}

/// The score as `FHIRPath`, or why it cannot be said.
pub(super) fn of_scale(instrument: &Instrument, scale: &Scale) -> Result<String, &'static str> {
    match &scale.method {
        ScaleMethod::Sum => {}
        ScaleMethod::Table(_) => return Err("the score is looked up in a table"),
        ScaleMethod::Formula(_) => return Err("the score follows a rule of its own"),
        ScaleMethod::Licensed => return Err("the scoring key belongs to its holder"),
    }
    let mut groups: BTreeMap<Turn, Vec<&str>> = BTreeMap::new();
    let mut base = 0;
    let (mut needed, mut skippable) = (Vec::new(), BTreeMap::<usize, Vec<&str>>::new());
    for member in &scale.items {
        let item = &instrument.items[member.index];
        let is_choice = matches!(item.kind, ItemKind::Choice(_));
        let turn = match &member.points {
            Points::Linear { base: own, per_step } => {
                if item.skip.is_some() && *own != 0 {
                    return Err("a question that may be left out counts the other way round");
                }
                base += own;
                Turn::Steps(is_choice, *per_step)
            }
            Points::Table(table) => Turn::Table(is_choice, table.clone()),
            Points::From(from) => Turn::From(is_choice, *from),
        };
        groups.entry(turn).or_default().push(&item.id);
        match item.skip {
            Some(skip) => skippable.entry(skip).or_default().push(&item.id),
            None => needed.push(item.id.as_str()),
        }
    }
    let mut terms: Vec<String> = groups.iter().map(|(turn, ids)| term(instrument, turn, ids)).collect();
    if base != 0 {
        terms.push(base.to_string());
    }
    let mut complete = Vec::new();
    if !needed.is_empty() {
        complete.push(format!("{}.count() = {}", answers(&needed), needed.len()));
    }
    for (skip, ids) in skippable {
        let rule = &instrument.skips[skip];
        // What does not apply is not counted even where it was answered, which a sum over the answers cannot say.
        if rule.outcome != SkipOutcome::CountsAs(0) {
            return Err("a question that is left out changes the score");
        }
        let when = condition(instrument, rule.when.text())?;
        complete.push(format!("({}.count() = {} or ({when}))", answers(&ids), ids.len()));
    }
    let mut score = terms.join(" + ");
    if scale.multiply_by != 1 {
        score = format!("({score}) * {}", scale.multiply_by);
    }
    if scale.divide_by != 1 {
        score = format!("({score}) / {}", scale.divide_by);
        if scale.rounding == Rounding::HalfUp {
            score = format!("({score}).round({})", scale.axis.decimals);
        }
    }
    Ok(format!("iif({}, {score}, {{}})", complete.join(" and ")))
}

fn term(instrument: &Instrument, turn: &Turn, ids: &[&str]) -> String {
    let points = points(instrument, ids);
    match turn {
        Turn::Steps(_, 1) => format!("{points}.sum()"),
        Turn::Steps(_, step) => format!("{points}.sum() * ({step})"),
        Turn::From(_, from) => format!("{points}.where($this >= {from}).count()"),
        Turn::Table(_, table) => {
            let chain = table
                .iter()
                .rev()
                .fold("0".to_owned(), |rest, (value, points)| format!("iif($this = {value}, {points}, {rest})"));
            format!("{points}.select({chain}).sum()")
        }
    }
}

/// A skip rule as `FHIRPath`: item numbers, figures, comparisons, sums, `and`, `or`, `not`. What depends on the person or
/// on functions of ours cannot be said.
pub(super) fn condition(instrument: &Instrument, formula: &str) -> Result<String, &'static str> {
    const UNSAID: &str = "the rule for leaving a question out depends on more than answers";
    let mut out = Vec::new();
    let mut rest = formula.trim();
    while !rest.is_empty() {
        let word = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if let Some(after) = rest.strip_prefix('#') {
            let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
            let item = instrument.item(&after[..end]).ok_or(UNSAID)?;
            if matches!(item.kind, ItemKind::VisualAnalogue { .. } | ItemKind::Words) {
                return Err(UNSAID);
            }
            out.push(points(instrument, &[&item.id]));
            rest = after[end..].trim_start();
        } else if word > 0 {
            let (token, after) = rest.split_at(word);
            if !matches!(token, "and" | "or" | "not") && token.parse::<i64>().is_err() {
                return Err(UNSAID);
            }
            out.push(token.to_owned());
            rest = after.trim_start();
        } else {
            let sign =
                ["!=", "<=", ">=", "=", "<", ">", "+", "-", "(", ")"].into_iter().find(|sign| rest.starts_with(sign));
            let sign = sign.ok_or(UNSAID)?;
            out.push(sign.to_owned());
            rest = rest[sign.len()..].trim_start();
        }
    }
    if out.iter().any(|token| token == "not") {
        return Err(UNSAID);
    }
    Ok(out.join(" "))
}
