//! Statistics of measurement-based care: reliable change, the growth model, detection of courses off their track, the
//! backtest of its rules, proportions, effect sizes, provider comparison and control charts. Every function cites its
//! formula.
//!
//! Pure numbers: which instrument, which client and what follows from a figure is left to `instruments` and `care`.
//! Thresholds that a publication states for an instrument are data of the instrument; here are only those that belong to
//! a rule of a whole service ([`talking_therapies`]).

#![allow(clippy::doc_markdown, reason = "names of people, packages and charts (McNeil, XmR) are not code")]

pub mod aggregate;
pub mod backtest;
pub mod calibration;
pub mod control_chart;
pub mod detection;
pub mod effect_size;
pub mod funnel;
pub mod growth;
pub mod proportion;
pub mod reliable_change;
pub mod retention;
pub mod shrinkage;
pub mod suppression;
pub mod talking_therapies;
pub mod waiting;
