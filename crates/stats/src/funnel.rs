//! Comparing providers with what chance and their size allow: funnel limits for proportions, with the overdispersion that
//! real providers always have.
//!
//! Source: Spiegelhalter DJ, 2005, Stat Med 24:1185–1202; winsorising and additive overdispersion as in the Care Quality
//! Commission's and the SHMI's published methods.

use crate::proportion::two_sided_quantile;

/// A provider's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    /// Hits.
    pub hits: u64,
    /// Cases; above 0.
    pub cases: u64,
}

/// A funnel around a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Funnel {
    /// The target proportion.
    pub target: f64,
    /// φ: how many times more the providers vary than chance would have it.
    pub dispersion: f64,
    /// τ²: variance between providers on the arcsine scale; 0 where chance explains everything.
    pub between: f64,
}

/// Where a provider lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Inside the limits.
    Inside,
    /// Below them.
    Below,
    /// Above them.
    Above,
}

/// Share of the most extreme z scores at each end that are drawn in to the next one.
const WINSORISED: f64 = 0.1;

fn angle(proportion: f64) -> f64 {
    proportion.clamp(0.0, 1.0).sqrt().asin()
}

/// Variance of the arcsine of a proportion's root: `1/(4n)`.
fn variance(cases: f64) -> f64 {
    0.25 / cases
}

impl Funnel {
    /// Around the proportion of all providers together. `φ = Σz²/k` from winsorised z scores on the arcsine scale,
    /// `τ² = max(0, (kφ − (k − 1)) ÷ (Σw − Σw²/Σw))`, w = 1/s². None for fewer than two providers with cases.
    ///
    /// ```
    /// use stats::funnel::{Funnel, Position, Provider};
    /// let providers = [(45, 90), (52, 100), (240, 500), (31, 60), (300, 400)].map(|(hits, cases)| Provider { hits, cases });
    /// let funnel = Funnel::of(&providers).expect("providers");
    /// let (low, high) = funnel.limits(100, 0.95);
    /// assert!(low < funnel.target && funnel.target < high);
    /// assert_eq!(funnel.position(&Provider { hits: 2, cases: 100 }, 0.998), Position::Below);
    /// ```
    pub fn of(providers: &[Provider]) -> Option<Self> {
        let providers: Vec<&Provider> = providers.iter().filter(|provider| provider.cases > 0).collect();
        if providers.len() < 2 {
            return None;
        }
        let total = |of: fn(&Provider) -> u64| providers.iter().map(|provider| of(provider)).sum::<u64>() as f64;
        let target = total(|provider| provider.hits) / total(|provider| provider.cases);
        let k = providers.len() as f64;
        let mut z: Vec<f64> = providers
            .iter()
            .map(|provider| {
                let n = provider.cases as f64;
                (angle(provider.hits as f64 / n) - angle(target)) / variance(n).sqrt()
            })
            .collect();
        winsorise(&mut z);
        let dispersion = z.iter().map(|z| z * z).sum::<f64>() / k;
        let weights = providers.iter().map(|provider| variance(provider.cases as f64).recip());
        let (sum, squares) =
            weights.fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
        let between = ((k * dispersion - (k - 1.0)) / (sum - squares / sum)).max(0.0);
        Some(Self { target, dispersion, between })
    }

    /// Without overdispersion, around a target of one's own.
    pub const fn exact_chance(target: f64) -> Self {
        Self { target, dispersion: 1.0, between: 0.0 }
    }

    /// The limits for so many cases that hold a provider at the target with this probability (0.95 and 0.998 are usual).
    pub fn limits(&self, cases: u64, level: f64) -> (f64, f64) {
        let margin = two_sided_quantile(level) * (variance(cases as f64) + self.between).sqrt();
        let back = |angle: f64| angle.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2);
        (back(angle(self.target) - margin), back(angle(self.target) + margin))
    }

    /// Where a provider lies.
    pub fn position(&self, provider: &Provider, level: f64) -> Position {
        let (low, high) = self.limits(provider.cases, level);
        let share = provider.hits as f64 / provider.cases as f64;
        if share < low {
            Position::Below
        } else if share > high {
            Position::Above
        } else {
            Position::Inside
        }
    }
}

/// Draws the extremes in to the quantiles (linear interpolation between order statistics).
fn winsorise(values: &mut [f64]) {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let quantile = |share: f64| {
        let at = share * (sorted.len() - 1) as f64;
        let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
        below + (above - below) * at.fract()
    };
    let (low, high) = (quantile(WINSORISED), quantile(1.0 - WINSORISED));
    for value in values {
        *value = value.clamp(low, high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_overdispersion_the_limits_are_chance() {
        let funnel = Funnel::exact_chance(0.5);
        let (low, high) = funnel.limits(400, 0.95);
        // p ± 1.96 √(p q/n) = 0.5 ± 0.049.
        assert!((low - 0.451).abs() < 1e-3 && (high - 0.549).abs() < 1e-3, "{low} {high}");
        assert_eq!(Funnel::of(&[Provider { hits: 1, cases: 2 }]), None);
        let alike: Vec<Provider> = (1..40).map(|size| Provider { hits: size * 10, cases: size * 20 }).collect();
        let funnel = Funnel::of(&alike).expect("providers");
        assert!(funnel.between.abs() < 1e-15 && funnel.dispersion < 1e-9);
    }

    #[test]
    fn zero_and_all_have_limits() {
        let funnel = Funnel::exact_chance(0.02);
        let (low, high) = funnel.limits(10, 0.998);
        assert!(low.abs() < 1e-12 && high > 0.02 && high < 1.0);
    }
}
