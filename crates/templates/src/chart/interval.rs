//! A share with its interval as a line the height of a word: what was measured, what the missing could make of it, and a
//! public figure to compare with.

use serde::Serialize;

use super::number;

/// The finished geometry: horizontal positions in percent of the picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntervalBar {
    /// Left end of the band from worst to best.
    pub worst: String,
    /// Width of the band.
    pub band: String,
    /// Left end of the interval.
    pub low: String,
    /// Right end of it.
    pub high: String,
    /// The share.
    pub value: String,
    /// The figure to compare with.
    pub benchmark: Option<String>,
}

impl IntervalBar {
    /// Lays shares between 0 and 1 out: (low, value, high), (worst, best), the benchmark.
    pub fn new((low, value, high): (f64, f64, f64), (worst, best): (f64, f64), benchmark: Option<f64>) -> Self {
        // A margin keeps the marks of 0 and 100 % inside.
        let at = |share: f64| 2.0 + share.clamp(0.0, 1.0) * 96.0;
        let percent = |position: f64| format!("{}%", number(position));
        Self {
            worst: percent(at(worst)),
            band: percent((at(best) - at(worst)).max(0.0)),
            low: percent(at(low)),
            high: percent(at(high)),
            value: percent(at(value)),
            benchmark: benchmark.map(|share| percent(at(share))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_stay_inside() {
        let bar = IntervalBar::new((0.0, 0.5, 1.0), (0.0, 1.0), Some(0.25));
        assert_eq!((bar.low.as_str(), bar.value.as_str(), bar.high.as_str()), ("2%", "50%", "98%"));
        assert_eq!((bar.band.as_str(), bar.benchmark.as_deref()), ("96%", Some("26%")));
    }
}
