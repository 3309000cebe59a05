//! What must hold for one scale: the range the answers can reach, bands without gaps, cut-offs and
//! thresholds within the range, a source beside every figure.

use super::{Problems, source, unique};
use crate::{CutoffRule, CutoffUse, Item, MissingRule, Points, Polarity, Scale, ScaleItem, ScaleMethod};

/// Decimals a score may have: enough for means, few enough for exact integers.
const MAX_DECIMALS: u8 = 3;

/// How far from zero the points of all items together may come, before they are divided.
const MOST_POINTS: i64 = 1_000_000;

pub(super) fn scale(scale: &Scale, items: &[Item], problems: &mut Problems<'_>) {
    let key = |part: &str| format!("scale[{}].{part}", scale.id);
    let (min, max) = (scale.axis.min, scale.axis.max);

    if scale.axis.decimals > MAX_DECIMALS {
        problems.add(key("decimals"), format!("at most {MAX_DECIMALS}"));
        return;
    }
    if scale.divide_by < 1 {
        problems.add(key("divide_by"), "use 1 or more");
        return;
    }
    if scale.items.is_empty() {
        problems.add(key("items"), "give at least one item");
        return;
    }
    if scale.multiply_by < 1 {
        problems.add(key("multiply_by"), "use 1 or more");
        return;
    }
    let ranges: Vec<(i64, i64)> = scale.items.iter().map(|member| points(member, &items[member.index])).collect();
    let sum = (ranges.iter().map(|range| range.0).sum::<i64>(), ranges.iter().map(|range| range.1).sum::<i64>());
    if sum.0 * scale.multiply_by < -MOST_POINTS || sum.1 * scale.multiply_by > MOST_POINTS {
        problems.add(key("items"), format!("the points of all items come to more than {MOST_POINTS}"));
        return;
    }
    let reached = |sum: i64| (sum * scale.multiply_by) as f64 / scale.divide_by as f64;
    match &scale.method {
        ScaleMethod::Sum if (reached(sum.0), reached(sum.1)) != (min, max) => {
            problems.add(key("range"), format!("the answers give {} to {}", reached(sum.0), reached(sum.1)));
        }
        ScaleMethod::Table(table) => {
            let raw: Vec<i64> = table.iter().map(|(raw, _)| *raw).collect();
            if raw != (sum.0..=sum.1).collect::<Vec<i64>>() {
                problems.add(key("table"), format!("needs one row for every sum from {} to {}", sum.0, sum.1));
            }
            let scores = table.iter().map(|(_, score)| *score);
            let ends = scores.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
            if ends != (min, max) {
                problems.add(key("range"), format!("the table gives {} to {}", ends.0, ends.1));
            }
        }
        ScaleMethod::Sum | ScaleMethod::Formula(_) | ScaleMethod::Licensed => {}
    }
    if let MissingRule::Prorate { at_most, .. } = scale.missing {
        if at_most == 0 || at_most as usize >= scale.items.len() {
            problems.add(key("missing.at_most"), "between 1 and one less than the number of items");
        }
        if ranges.windows(2).any(|pair| pair[0] != pair[1]) {
            problems.add(key("missing.rule"), "`prorate` needs items that all have the same range");
        }
    }
    source(&key("missing"), &scale.missing_source, problems);
    bands(scale, problems);
    cutoffs(scale, problems);

    let change = scale.reliable_change.iter().map(|change| ("reliable_change", change));
    let others = &scale.reliable_change_alternatives;
    for (name, change) in change.chain(others.iter().map(|c| ("reliable_change_alternative", c))) {
        positive(&key(&format!("{name}.points")), change.points, problems);
        source(&key(name), &change.source, problems);
    }
    if let Some(response) = &scale.response {
        share(&key("response.reduction"), response.reduction, problems);
        source(&key("response"), &response.source, problems);
        if scale.polarity == Polarity::HigherBetter {
            problems.add(key("response"), "only for scales on which a higher score is worse");
        }
    }
    if let Some(remission) = &scale.remission {
        within(&key("remission.below"), remission.below, scale, problems);
        source(&key("remission"), &remission.source, problems);
        if scale.polarity == Polarity::HigherBetter {
            problems.add(key("remission"), "only for scales on which a higher score is worse");
        }
    }
    if let Some(mcid) = &scale.mcid {
        positive(&key("mcid.points"), mcid.points, problems);
        source(&key("mcid"), &mcid.source, problems);
    }
    if let Some(error) = &scale.measurement_error {
        positive(&key("measurement_error.sd"), error.sd, problems);
        share(&key("measurement_error.reliability"), error.reliability, problems);
        source(&key("measurement_error"), &error.source, problems);
    }
    if let Some(alliance) = &scale.alliance {
        within(&key("alliance.concern_below"), alliance.concern_below, scale, problems);
        positive(&key("alliance.drop_at_least"), alliance.drop_at_least, problems);
        source(&key("alliance"), &alliance.source, problems);
        if scale.polarity == Polarity::HigherWorse {
            problems.add(key("alliance"), "only for scales on which a higher score is better");
        }
    }
}

/// Fewest and most points an item can give.
fn points(member: &ScaleItem, item: &Item) -> (i64, i64) {
    let (low, high) = item.range();
    let ends = match &member.points {
        Points::Table(table) => {
            let points = || table.iter().map(|(_, points)| *points);
            (points().min().unwrap_or_default(), points().max().unwrap_or_default())
        }
        rule => (rule.of(low), rule.of(high)),
    };
    (ends.0.min(ends.1), ends.0.max(ends.1))
}

fn bands(scale: &Scale, problems: &mut Problems<'_>) {
    let key = |id: &str, part: &str| format!("scale[{}].band[{id}]{part}", scale.id);
    unique(&format!("scale[{}].band", scale.id), scale.bands.iter().map(|b| &b.id), problems);
    let unit = f64::from(10_u32.pow(u32::from(scale.axis.decimals)));
    let steps = |value: f64| (value * unit).round() as i64;
    let mut next = steps(scale.axis.min);
    for band in &scale.bands {
        source(&key(&band.id, ""), &band.source, problems);
        if steps(band.from) != next {
            let expected = scale.shown(next as f64 / unit);
            problems
                .add(key(&band.id, ".from"), format!("bands follow each other without a gap: {expected} is expected"));
        }
        if band.to < band.from {
            problems.add(key(&band.id, ".to"), "a band ends at or after its beginning");
        }
        next = steps(band.to) + 1;
    }
    if let Some(last) = scale.bands.last()
        && steps(last.to) != steps(scale.axis.max)
    {
        let max = scale.shown(scale.axis.max);
        problems.add(key(&last.id, ".to"), format!("the last band ends at {max}"));
    }
}

fn cutoffs(scale: &Scale, problems: &mut Problems<'_>) {
    unique(&format!("scale[{}].cutoff", scale.id), scale.cutoffs.iter().map(|c| &c.id), problems);
    for cutoff in &scale.cutoffs {
        let key = format!("scale[{}].cutoff[{}]", scale.id, cutoff.id);
        within(&format!("{key}.value"), cutoff.value, scale, problems);
        source(&key, &cutoff.source, problems);
        for (name, figure) in [("sensitivity", cutoff.sensitivity), ("specificity", cutoff.specificity)] {
            if let Some(figure) = figure {
                share(&format!("{key}.{name}"), figure, problems);
            }
        }
        let (expected, fits) = match scale.polarity {
            Polarity::HigherWorse => ("at_least", matches!(cutoff.rule, CutoffRule::AtLeast | CutoffRule::Above)),
            Polarity::HigherBetter => ("below", matches!(cutoff.rule, CutoffRule::Below | CutoffRule::AtMost)),
        };
        if !fits {
            problems.add(format!("{key}.rule"), format!("this scale's polarity needs `{expected}`"));
        }
    }
    for purpose in [CutoffUse::Caseness, CutoffUse::Screening] {
        if scale.cutoffs.iter().filter(|cutoff| cutoff.used_as == purpose && cutoff.applies.is_none()).count() > 1 {
            problems.add(
                format!("scale[{}].cutoff", scale.id),
                format!("only one can be used as {purpose}; mark the others `reference`"),
            );
        }
    }
}

fn positive(key: &str, figure: f64, problems: &mut Problems<'_>) {
    if !(figure.is_finite() && figure > 0.0) {
        problems.add(key, "must be above 0");
    }
}

fn share(key: &str, figure: f64, problems: &mut Problems<'_>) {
    if !(figure > 0.0 && figure <= 1.0) {
        problems.add(key, "must be above 0 and at most 1");
    }
}

fn within(key: &str, value: f64, scale: &Scale, problems: &mut Problems<'_>) {
    if !(scale.axis.min..=scale.axis.max).contains(&value) {
        let (min, max) = (scale.shown(scale.axis.min), scale.shown(scale.axis.max));
        problems.add(key, format!("outside the scale, which goes from {min} to {max}"));
    }
}
