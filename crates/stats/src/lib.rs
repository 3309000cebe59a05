//! Statistics of measurement-based care: reliable change, proportions with their intervals, and the running sums of
//! the growth model. Every function cites its formula.
//!
//! Pure numbers: which instrument, which client and what follows from a figure is left to `instruments` and `care`.
//! Integer thresholds that a publication states for an instrument (PHQ-9: 6 points) are data of the instrument; here
//! is only what is computed from norms.

pub mod growth;
pub mod proportion;
pub mod reliable_change;
pub mod talking_therapies;
