//! Where the clinical range ends: the three cut-offs of Jacobson and Truax (1991).

use super::{Direction, Group};

/// Which cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutoff {
    /// Two clinical SDs from the clinical mean: needs no functional norms.
    A,
    /// Two functional SDs from the functional mean.
    B,
    /// Between the means, weighted by the SDs: where the groups overlap.
    C,
}

/// Why a cut-off cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CutoffError {
    /// b and c need a functional group.
    #[error("cut-off {0} needs the mean and the SD of a functional group")]
    NoNorms(&'static str),
    /// The functional group is not better than the clinical one.
    #[error(
        "the functional mean ({functional}) is not better than the clinical mean ({clinical}): check which way is \
         better, and which group is which"
    )]
    Order {
        /// The functional mean, in points.
        functional: f64,
        /// The clinical mean, in points.
        clinical: f64,
    },
}

impl Cutoff {
    /// Its letter.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
        }
    }

    /// The cut-off in points. `a = M₁ ± 2 s₁`, `b = M₀ ∓ 2 s₀` (the *functional* SD), `c = (s₁ M₀ + s₀ M₁) ÷ (s₀ + s₁)`.
    ///
    /// ```
    /// use stats::reliable_change::{Cutoff, Direction, Group};
    /// let (clinical, functional) = (Group { mean: 40.0, sd: 7.5 }, Group { mean: 60.0, sd: 5.0 });
    /// let cutoffs = [Cutoff::A, Cutoff::B, Cutoff::C]
    ///     .map(|cutoff| cutoff.value(clinical, Some(functional), Direction::HigherBetter));
    /// assert_eq!(cutoffs, [Ok(55.0), Ok(50.0), Ok(52.0)]);
    /// ```
    pub fn value(self, clinical: Group, functional: Option<Group>, direction: Direction) -> Result<f64, CutoffError> {
        if let Some(functional) = functional
            && direction.sign() * (functional.mean - clinical.mean) <= 0.0
        {
            return Err(CutoffError::Order { functional: functional.mean, clinical: clinical.mean });
        }
        match (self, functional) {
            (Self::A, _) => Ok(a(clinical, direction)),
            (Self::B, Some(functional)) => Ok(b(functional, direction)),
            (Self::C, Some(functional)) => Ok(c(clinical, functional)),
            (Self::B | Self::C, None) => Err(CutoffError::NoNorms(self.letter())),
        }
    }
}

pub(super) fn a(clinical: Group, direction: Direction) -> f64 {
    clinical.mean + direction.sign() * 2.0 * clinical.sd
}

pub(super) fn b(functional: Group, direction: Direction) -> f64 {
    functional.mean - direction.sign() * 2.0 * functional.sd
}

pub(super) fn c(clinical: Group, functional: Group) -> f64 {
    (clinical.sd * functional.mean + functional.sd * clinical.mean) / (functional.sd + clinical.sd)
}

#[cfg(test)]
mod tests {
    use super::{Cutoff, CutoffError, Direction, Group};

    #[test]
    fn what_is_missing_or_the_wrong_way_round_is_refused() {
        let clinical = Group { mean: 15.0, sd: 5.0 };
        let of = |cutoff: Cutoff, functional| cutoff.value(clinical, functional, Direction::LowerBetter);
        assert_eq!(of(Cutoff::A, None), Ok(5.0));
        assert_eq!(of(Cutoff::C, None), Err(CutoffError::NoNorms("c")));
        assert_eq!(
            of(Cutoff::C, Some(Group { mean: 20.0, sd: 5.0 })),
            Err(CutoffError::Order { functional: 20.0, clinical: 15.0 })
        );
    }
}
