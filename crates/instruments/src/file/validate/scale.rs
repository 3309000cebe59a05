//! What must hold for one scale: the range the answers can reach, bands without gaps, cut-offs and
//! thresholds within the range, a source beside every figure.

use super::{Problems, source, unique};
use crate::{CutoffRule, CutoffUse, Item, MissingRule, Polarity, Scale};

/// Decimals a score may have: enough for means, few enough for exact integers.
const MAX_DECIMALS: u8 = 3;

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
    let ranges: Vec<(i64, i64)> = scale.items.iter().map(|m| items[m.index].range()).collect();
    let reachable = |sum: i64| sum as f64 / scale.divide_by as f64;
    let (low, high) =
        (reachable(ranges.iter().map(|range| range.0).sum()), reachable(ranges.iter().map(|range| range.1).sum()));
    if (low, high) != (min, max) {
        problems.add(key("range"), format!("the answers give {low} to {high}"));
    }
    if let MissingRule::Prorate { at_most } = scale.missing {
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
        let expected = match scale.polarity {
            Polarity::HigherWorse => CutoffRule::AtLeast,
            Polarity::HigherBetter => CutoffRule::Below,
        };
        if cutoff.rule != expected {
            problems.add(format!("{key}.rule"), format!("this scale's polarity needs `{expected}`"));
        }
    }
    for purpose in [CutoffUse::Caseness, CutoffUse::Screening] {
        if scale.cutoffs.iter().filter(|cutoff| cutoff.used_as == purpose).count() > 1 {
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
