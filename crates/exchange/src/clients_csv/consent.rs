//! What a file says about consent. A yes counts only with its wording or its date: it may have to be shown to somebody.

use crate::columns::{Cell, Mapping};
use crate::table::Row;
use crate::values::when::{NotADate, date};
use crate::values::{self, Answer};
use crate::{DateOrder, Options, RowError};
use care::import::ConsentAnswer;
use chrono::NaiveDate;

/// The columns of one channel's consent: answer, wording, date.
pub(super) struct ConsentColumns {
    answer: &'static str,
    wording: &'static str,
    date: &'static str,
}

pub(super) const SMS: ConsentColumns =
    ConsentColumns { answer: "sms_consent", wording: "sms_consent_wording", date: "sms_consent_date" };
pub(super) const EMAIL: ConsentColumns =
    ConsentColumns { answer: "email_consent", wording: "email_consent_wording", date: "email_consent_date" };

/// What the row says about the channel.
pub(super) fn consent(
    row: &Row,
    mapping: &Mapping<'_>,
    options: &Options,
    columns: &ConsentColumns,
) -> Result<ConsentAnswer, RowError> {
    let Some(cell) = mapping.cell(row, columns.answer) else { return Ok(ConsentAnswer::Unknown) };
    let day = |cell: &Cell<'_>| -> Result<NaiveDate, RowError> {
        let day = date(cell.text, options.date_order).map_err(|fault: NotADate| fault.at(cell))?;
        if day > options.now.date_naive() {
            return Err(cell.fault("is a consent in the future", "check the year"));
        }
        Ok(day)
    };
    let own_day = match values::yes_or_no(cell.text) {
        Some(Answer::No) => return Ok(ConsentAnswer::Declined),
        Some(Answer::Yes) => None,
        None if date(cell.text, DateOrder::Unknown) == Err(NotADate::Unreadable) => {
            return Err(cell.fault("is neither yes nor no nor the date of a yes", "write yes or no, or leave it empty"));
        }
        None => Some(day(&cell)?),
    };
    let either = |own: &str, shared: &str| mapping.cell(row, own).or_else(|| mapping.cell(row, shared));
    let on = match (own_day, either(columns.date, "consent_date")) {
        (Some(own), _) => Some(own),
        (None, Some(cell)) => Some(day(&cell)?),
        (None, None) => None,
    };
    let wording = either(columns.wording, "consent_wording").map(|cell| values::text(&cell)).transpose()?;
    let wording = wording.or_else(|| options.consent_wording.clone());
    if wording.is_none() && on.is_none() {
        return Err(cell.fault(
            "is a yes of which neither the wording nor the date is known",
            format!(
                "fill in {} or {}, or name the wording for the whole file (`--consent-wording` at the command line)",
                columns.wording, columns.date
            ),
        ));
    }
    Ok(ConsentAnswer::Given { wording, on })
}
