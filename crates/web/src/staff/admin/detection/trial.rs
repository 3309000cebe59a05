//! What rules that are tried are worth on closed courses, as the page writes it.

use super::name_of;
use crate::staff::admin::models::figures::row;
use crate::staff::session::Signed;
use care::model_card::{LEAST_COURSES, LEAST_OF_OUTCOME, LEAST_SCORES, Row};
use templates::staff::admin::{TrialWorth, WorthFigures};
use workflows::detection::WorthTrial;

/// The rules in force and those that are tried, on one instrument's closed courses.
pub(super) fn worth(me: &Signed, trial: &WorthTrial) -> TrialWorth {
    let known = me.shelf.library.current(&trial.instrument);
    TrialWorth {
        instrument: known.map_or_else(|| trial.instrument.clone(), |one| name_of(me, one)),
        closed: trial.now.closed,
        evaluated: trial.now.evaluated,
        events: trial.now.events,
        needed: LEAST_COURSES,
        scores: LEAST_SCORES,
        figures: trial.now.row.as_ref().map(figures).zip(trial.then.row.as_ref().map(figures)),
        least: LEAST_OF_OUTCOME,
    }
}

fn figures(found: &Row) -> WorthFigures {
    let shown = row(found);
    WorthFigures {
        sensitivity: shown.sensitivity,
        specificity: shown.specificity,
        ppv: shown.ppv,
        flag_rate: shown.flag_rate,
        lead: shown.lead,
    }
}
